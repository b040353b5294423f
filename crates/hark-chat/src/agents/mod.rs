//! Agents: the accounts that answer visitors. Whoever holds the role `livechat-agent` is one, from
//! the moment he gets it until he loses it.

pub(crate) mod rows;

use hark_store::{Error, Timestamp, Tx, View};

use crate::accounts::{self, Account, Moved, Page, Was};
use crate::{Actor, Policy, Refusal, departments, hours, roles};

/// The role that makes an agent.
pub const ROLE: &str = "livechat-agent";
/// The role that makes a manager of the chat.
pub const MANAGER: &str = "livechat-manager";

/// How many agents a list looks at.
const MOST: i64 = 10_000;

/// An agent: his account, which says whether he is available, and what is kept of his work.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    pub account: Account,
    /// Made unavailable when he logged out; the next log-in makes him available again.
    pub paused_by_house: bool,
    /// How many chats he was given that belong to no department.
    pub assigned: i64,
    pub last_routed_at: Option<Timestamp>,
    pub most_chats: Option<i64>,
    pub left_at: Option<Timestamp>,
    pub departments: Vec<String>,
}

impl Agent {
    pub fn is_available(&self) -> bool {
        self.account.available == Some(true)
    }

    fn is_bot(&self) -> bool {
        self.account.roles.iter().any(|role| role == "bot")
    }
}

pub fn has_role(account: &Account) -> bool {
    account.roles.iter().any(|role| role == ROLE)
}

pub fn find(view: &mut View<'_>, account: &str) -> Result<Option<Agent>, Error> {
    rows::find(view, account)
}

// === lists ===

/// Which agents a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// A part of the user name, of the name or of an address, in any case.
    pub text: Option<String>,
    pub only_available: bool,
    /// Without those who are offline, unless they are programs.
    pub only_present: bool,
    pub except: Option<String>,
}

impl Filter {
    fn admits(&self, agent: &Agent) -> bool {
        let text = self.text.as_deref().unwrap_or_default();
        is_called(&agent.account, text)
            && (agent.is_available() || !self.only_available)
            && (agent.account.status != "offline" || agent.is_bot() || !self.only_present)
            && self.except.as_ref() != Some(&agent.account.id)
    }
}

/// Whether a text is in what someone is known by.
fn is_called(account: &Account, text: &str) -> bool {
    let text = text.to_lowercase();
    let addresses = account.emails.iter().map(|email| &email.address);
    [&account.username, &account.name]
        .into_iter()
        .chain(addresses)
        .any(|name| name.to_lowercase().contains(&text))
}

/// By name.
pub fn list(view: &mut View<'_>, filter: &Filter) -> Result<Vec<Agent>, Error> {
    let mut agents = rows::every(view)?;
    agents.retain(|agent| filter.admits(agent));
    Ok(agents)
}

/// Those who manage the chat, and of what a text is a part.
pub fn managers(view: &mut View<'_>, text: &str) -> Result<Vec<Account>, Error> {
    let page = Page {
        offset: 0,
        limit: MOST,
    };
    let mut managers = roles::rows::members(view, MANAGER, page)?;
    managers.retain(|account| is_called(account, text));
    Ok(managers)
}

// === who is an agent ===

/// He has got the role.
pub fn appointed(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    available: bool,
) -> Result<(), Error> {
    let made = rows::insert(tx, now, &account.id, available)?;
    match made > 0 && available {
        true => tell(tx, who, now, account, true),
        false => Ok(()),
    }
}

/// He has lost the role, and with it all that an agent has.
pub fn dismissed(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
) -> Result<(), Error> {
    let available = rows::lock(tx, &account.id)?;
    departments::leave_all(tx, who, now, &account.id)?;
    rows::delete(tx, &account.id)?;
    rows::release_visitors(tx, now, &account.username)?;
    match available {
        Some(true) => tell(tx, who, now, account, false),
        _ => Ok(()),
    }
}

/// His roles are others now; whoever became an agent in this way is available unless he is
/// offline.
pub(crate) fn follow_roles(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    roles: &[String],
) -> Result<(), Error> {
    let is_agent = roles.iter().any(|role| role == ROLE);
    match (has_role(account), is_agent) {
        (false, true) => appointed(tx, who, now, account, account.status != "offline"),
        (true, false) => dismissed(tx, who, now, account),
        _ => Ok(()),
    }
}

/// Gives someone a role that he may have already.
fn grant(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    role: &str,
) -> Result<(), Refusal> {
    let role = roles::find(tx, role)?.ok_or_else(|| Refusal::NoSuchRole(role.to_owned()))?;
    match roles::give(tx, who, now, account, &role) {
        Ok(()) | Err(Refusal::HasRole) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

/// Takes a role from someone who may not have it.
fn withdraw(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    role: &str,
) -> Result<(), Refusal> {
    let role = roles::find(tx, role)?.ok_or_else(|| Refusal::NoSuchRole(role.to_owned()))?;
    match roles::take(tx, who, now, account, &role) {
        Ok(()) | Err(Refusal::LacksRole) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

pub fn appoint_manager(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
) -> Result<(), Refusal> {
    grant(tx, who, now, account, MANAGER)
}

pub fn dismiss_manager(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
) -> Result<(), Refusal> {
    withdraw(tx, who, now, account, MANAGER)
}

pub fn dismiss(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
) -> Result<(), Refusal> {
    withdraw(tx, who, now, account, ROLE)
}

/// Makes someone an agent who is available at once, wherever he is; an agent is one already, and
/// becomes available.
pub fn appoint(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
) -> Result<(), Refusal> {
    grant(tx, who, now, account, ROLE)?;
    if rows::lock(tx, &account.id)? == Some(false) {
        rows::set_available(tx, now, &account.id, true, false)?;
        tell(tx, who, now, account, true)?;
    }
    Ok(())
}

/// How many chats an agent has at once at most, and in which departments he answers.
pub fn save(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    id: &str,
    most_chats: Option<i64>,
    in_departments: &[String],
) -> Result<(), Refusal> {
    rows::lock(tx, id)?.ok_or(Refusal::NotAnAgent)?;
    rows::set_most_chats(tx, now, id, most_chats)?;
    departments::set_departments_of_agent(tx, who, now, id, in_departments)
}

/// Contacts name the agent who looks after them by his user name.
pub(crate) fn renamed(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &Account,
    before: &str,
) -> Result<(), Error> {
    if has_role(account) && account.username != before {
        rows::rename_contact_manager(tx, now, before, &account.username)?;
    }
    Ok(())
}

// === whether he takes chats ===

/// While the hours are closed nobody becomes available, except for programs.
pub fn may_be_available(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
) -> Result<bool, Error> {
    hours::admit(view, policy, account)
}

/// An agent says, or someone says for him, whether he takes chats.
pub fn set_available(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    policy: &Policy,
    id: &str,
    available: bool,
) -> Result<Account, Refusal> {
    let before = rows::lock(tx, id)?.ok_or(Refusal::NotAnAgent)?;
    let mut account = accounts::find(tx, id)?.ok_or(Refusal::NotAnAgent)?;
    if !account.active {
        return Err(Refusal::AgentDeactivated);
    }
    if available && !before && !may_be_available(tx, policy, &account)? {
        return Err(Refusal::HoursClosed);
    }
    rows::set_available(tx, now, id, available, false)?;
    account.available = Some(available);
    if available != before {
        tell(tx, who, now, &account, available)?;
    }
    Ok(account)
}

/// The account was switched off, or on again. Whoever is bound to open hours comes back with it.
pub(crate) fn switched(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
) -> Result<(), Error> {
    let Some(before) = rows::lock(tx, &account.id)? else {
        return Ok(());
    };
    let available = account.active && rows::is_in_hours(tx, &account.id)?;
    rows::set_available(tx, now, &account.id, available, false)?;
    if available != before {
        tell(tx, who, now, account, available)?;
    }
    Ok(())
}

// === whether he is there ===

/// He said that he is there, or that he is not.
pub(crate) fn seen(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &Account,
    before: &str,
) -> Result<(), Error> {
    match (before, account.status.as_str()) {
        ("offline", "offline") => Ok(()),
        (_, "offline") => rows::leave(tx, now, &account.id).map(drop),
        _ => rows::come_back(tx, &account.id).map(drop),
    }
}

/// He logged in: what the house paused when he had gone goes on.
pub(crate) fn logged_in(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
) -> Result<(), Error> {
    if !has_role(account) {
        return Ok(());
    }
    if account.status != "offline" {
        rows::come_back(tx, &account.id)?;
    }
    if may_be_available(tx, policy, account)? && rows::resume(tx, now, &account.id)? > 0 {
        let moved = Some(Moved::LoggedIn);
        tell_moved(tx, &account.actor(), now, account, true, moved)?;
    }
    Ok(())
}

/// A log-in of his ended. When it was the last one he is gone, and gets no chats until he is back.
pub(crate) fn logged_out(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<(), Error> {
    let Some(available) = rows::lock(tx, id)? else {
        return Ok(());
    };
    if rows::has_log_in(tx, id)? {
        return Ok(());
    }
    rows::leave(tx, now, id)?;
    if available {
        rows::set_available(tx, now, id, false, true)?;
        if let Some(account) = accounts::find(tx, id)? {
            let moved = Some(Moved::LoggedOut);
            tell_moved(tx, &Actor::System, now, &account, false, moved)?;
        }
    }
    Ok(())
}

/// Whether he takes chats has changed.
fn tell(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    available: bool,
) -> Result<(), Error> {
    tell_moved(tx, who, now, account, available, None)
}

fn tell_moved(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    available: bool,
    moved: Option<Moved>,
) -> Result<(), Error> {
    let was = Was {
        available: Some(!available),
        moved,
        ..Was::of(account)
    };
    let account = Account {
        available: Some(available),
        ..account.clone()
    };
    accounts::tell_status(tx, who, now, &account, &was)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::accounts::Email;

    fn agent(username: &str, status: &str, available: bool, roles: &[&str]) -> Agent {
        let account = Account {
            id: format!("id-of-{username}"),
            username: username.to_owned(),
            name: username.to_uppercase(),
            kind: "user".into(),
            emails: vec![Email {
                address: format!("{username}@example.org"),
                verified: true,
            }],
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            active: true,
            status: status.to_owned(),
            status_default: status.to_owned(),
            status_text: String::new(),
            available: Some(available),
            require_password_change: false,
            bio: None,
            nickname: None,
            language: None,
            preferences: json!({}),
            custom_fields: json!({}),
            has_password: true,
            two_factor: false,
            last_login_at: None,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
        };
        Agent {
            account,
            paused_by_house: false,
            assigned: 0,
            last_routed_at: None,
            most_chats: None,
            left_at: None,
            departments: Vec::new(),
        }
    }

    #[test]
    fn a_list_shows_whom_its_filter_admits() {
        let agents = [
            agent("amy", "online", true, &[ROLE]),
            agent("ben", "offline", true, &[ROLE]),
            agent("cog", "offline", false, &[ROLE, "bot"]),
        ];
        let check = |filter: Filter, shown: &[&str]| {
            let admitted = agents.iter().filter(|agent| filter.admits(agent));
            let names: Vec<&str> = admitted
                .map(|agent| agent.account.username.as_str())
                .collect();
            assert_eq!(names, shown, "{filter:?}");
        };
        let with_text = |text: &str| Filter {
            text: Some(text.to_owned()),
            ..Filter::default()
        };
        check(Filter::default(), &["amy", "ben", "cog"]);
        check(with_text("Amy"), &["amy"]);
        check(with_text("EXAMPLE.org"), &["amy", "ben", "cog"]);
        check(with_text(".*"), &[]);
        let only_available = Filter {
            only_available: true,
            ..Filter::default()
        };
        check(only_available, &["amy", "ben"]);
        let only_present = Filter {
            only_present: true,
            ..Filter::default()
        };
        check(only_present, &["amy", "cog"]);
        let except = Filter {
            except: Some("id-of-amy".into()),
            ..Filter::default()
        };
        check(except, &["ben", "cog"]);
    }
}
