//! Agents: the accounts that answer visitors. Anyone who holds the role `livechat-agent` is one, from
//! the moment they get it until they lose it.

mod rows;

pub(crate) use self::rows::ALL;
pub use self::rows::find;
use hark_store::{Result, Timestamp, Tx, View, record};

use crate::hours;
use crate::status::{Was, record_status};
use hark_chat::{departments, units};
use hark_model::accounts::{self, Account};
use hark_model::events::Moved;
use hark_model::{Actor, Context, Page, Refusal, roles};

/// The role that makes an agent.
pub const ROLE: &str = "livechat-agent";
/// The role that makes a manager of the chat.
pub const MANAGER: &str = "livechat-manager";
/// The role that makes a monitor of business units.
pub use hark_model::policy::MONITOR;

/// How many agents a list looks at.
const MOST: i64 = 10_000;

record! {
    /// An agent: their account, which says whether they are available, and what is kept of their work.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Agent from "agent" {
        pub account: Account = record,
        /// Made unavailable when they logged out; the next log-in makes them available again.
        pub paused_by_system: bool,
        /// How many chats they were given that belong to no department.
        pub assigned: i64,
        pub last_routed_at: Option<Timestamp>,
        pub most_chats: Option<i64>,
        pub left_at: Option<Timestamp>,
        pub departments: Vec<String> = "(SELECT string_agg(department_id, ',' ORDER BY department_id)
                FROM department_agent WHERE account_id = agent.account_id)"
                => accounts::gathered,
    }
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
    /// Only those who answer in one of these.
    pub departments: Option<Vec<String>>,
}

impl Filter {
    fn admits(&self, agent: &Agent) -> bool {
        let is_within = |own: &Vec<String>| agent.departments.iter().any(|id| own.contains(id));
        if !self.departments.as_ref().is_none_or(is_within) {
            return false;
        }
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
pub fn list(view: &mut View<'_>, filter: &Filter) -> Result<Vec<Agent>> {
    let mut agents = rows::every(view)?;
    agents.retain(|agent| filter.admits(agent));
    Ok(agents)
}

/// Those who hold a role, and of what a text is a part: managers of the chat, or monitors.
pub fn with_role(view: &mut View<'_>, role: &str, text: &str) -> Result<Vec<Account>> {
    let page = Page {
        offset: 0,
        limit: MOST,
    };
    let mut found = roles::with_role(view, role, page)?;
    found.retain(|account| is_called(account, text));
    Ok(found)
}

// === who is an agent ===

/// They have got the role. Says whether they are available: never while their hours are closed.
pub(crate) fn appointed(
    cx: &mut Context<'_, '_>,
    account: &Account,
    available: bool,
) -> Result<bool> {
    let available = available && hours::admit(cx.tx, cx.policy, account)?;
    let made = rows::insert(cx.tx, cx.now, &account.id, available)?;
    if made > 0 && available {
        record_availability(cx, account, true)?;
    }
    Ok(available)
}

/// They have lost the role, and with it all that an agent has.
pub(crate) fn dismissed(cx: &mut Context<'_, '_>, account: &Account) -> Result<()> {
    let available = rows::lock(cx.tx, &account.id)?;
    departments::leave_all(cx, &account.id)?;
    rows::delete(cx.tx, &account.id)?;
    rows::release_visitors(cx.tx, cx.now, account)?;
    match available {
        Some(true) => record_availability(cx, account, false),
        _ => Ok(()),
    }
}

/// How many chats an agent has at once at most, and in which departments they answer.
pub fn save(
    cx: &mut Context<'_, '_>,
    id: &str,
    most_chats: Option<i64>,
    in_departments: &[String],
) -> Result<(), Refusal> {
    rows::lock(cx.tx, id)?.ok_or(Refusal::NotAnAgent)?;
    let account = cx.who.account();
    let monitor = account.and_then(|account| cx.policy.bound(account, "manage-livechat-agents"));
    let mut wanted = in_departments.to_vec();
    if let Some(own) = units::bounds(cx.tx, monitor)? {
        // Where they answer outside of the units is not theirs to say who looks after these.
        let has = departments::links_of_agent(cx.tx, id)?;
        let mut elsewhere: Vec<String> = has.into_iter().map(|link| link.department).collect();
        let before = elsewhere.len();
        elsewhere.retain(|department| !own.contains(department));
        if elsewhere.len() == before {
            return Err(Refusal::NotAnAgent);
        }
        wanted.retain(|department| own.contains(department));
        wanted.extend(elsewhere);
    }
    hours::around(cx, |cx| {
        rows::set_most_chats(cx.tx, cx.now, id, most_chats)?;
        departments::set_departments_of_agent(cx, id, &wanted)
    })
}

/// Whether an agent answers where somebody may know of it: a monitor in their units, others anywhere.
pub fn is_within(view: &mut View<'_>, monitor: Option<&str>, agent: &str) -> Result<bool> {
    let Some(own) = units::bounds(view, monitor)? else {
        return Ok(true);
    };
    let links = departments::links_of_agent(view, agent)?;
    Ok(links.iter().any(|link| own.contains(&link.department)))
}

/// Contacts name the agent who looks after them by user name.
pub(crate) fn renamed(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &Account,
    before: &str,
) -> Result<()> {
    if has_role(account) && account.username != before {
        rows::rename_contact_manager(tx, now, before, &account.username)?;
    }
    Ok(())
}

// === whether they take chats ===

/// Someone was made an agent again, who has to be available then, within their hours.
pub(crate) fn make_available(cx: &mut Context<'_, '_>, account: &Account) -> Result<()> {
    if rows::lock(cx.tx, &account.id)? == Some(false) && hours::admit(cx.tx, cx.policy, account)? {
        rows::set_available(cx.tx, cx.now, &account.id, true, false)?;
        record_availability(cx, account, true)?;
    }
    Ok(())
}

/// An agent says, or someone says for them, whether they take chats.
pub fn set_available(
    cx: &mut Context<'_, '_>,
    id: &str,
    available: bool,
) -> Result<Account, Refusal> {
    let before = rows::lock(cx.tx, id)?.ok_or(Refusal::NotAnAgent)?;
    let mut account = accounts::find(cx.tx, id)?.ok_or(Refusal::NotAnAgent)?;
    if !account.active {
        return Err(Refusal::AgentDeactivated);
    }
    if available && !before && !hours::admit(cx.tx, cx.policy, &account)? {
        return Err(Refusal::HoursClosed);
    }
    rows::set_available(cx.tx, cx.now, id, available, false)?;
    account.available = Some(available);
    if available != before {
        record_availability(cx, &account, available)?;
    }
    Ok(account)
}

/// The account was switched off, or on again. Anyone who is bound to open hours comes back with it.
pub(crate) fn switched(cx: &mut Context<'_, '_>, account: &Account) -> Result<()> {
    let Some(before) = rows::lock(cx.tx, &account.id)? else {
        return Ok(());
    };
    let available = account.active && rows::is_in_hours(cx.tx, &account.id)?;
    rows::set_available(cx.tx, cx.now, &account.id, available, false)?;
    if available != before {
        record_availability(cx, account, available)?;
    }
    Ok(())
}

// === whether they are there ===

/// They said that they are there, or that they are not.
pub(crate) fn seen(tx: &mut Tx<'_>, now: Timestamp, account: &Account, before: &str) -> Result<()> {
    match (before, account.status.as_str()) {
        ("offline", "offline") => Ok(()),
        (_, "offline") => rows::leave(tx, now, &account.id).map(drop),
        _ => rows::come_back(tx, &account.id).map(drop),
    }
}

/// They logged in: what was paused when they had gone goes on.
pub(crate) fn logged_in(cx: &mut Context<'_, '_>, account: &Account) -> Result<()> {
    if !has_role(account) {
        return Ok(());
    }
    if account.status != "offline" {
        rows::come_back(cx.tx, &account.id)?;
    }
    if hours::admit(cx.tx, cx.policy, account)? && rows::resume(cx.tx, cx.now, &account.id)? > 0 {
        let moved = Some(Moved::LoggedIn);
        record_moved(
            cx.tx,
            &Actor::account(account),
            cx.now,
            account,
            true,
            moved,
        )?;
    }
    Ok(())
}

/// A log-in of theirs ended. After the last one they are gone, and get no chats until they are back.
pub(crate) fn logged_out(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<()> {
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
            record_moved(tx, &Actor::System, now, &account, false, moved)?;
        }
    }
    Ok(())
}

/// Whether they take chats has changed.
fn record_availability(cx: &mut Context<'_, '_>, account: &Account, available: bool) -> Result<()> {
    record_moved(cx.tx, &cx.who.actor(), cx.now, account, available, None)
}

fn record_moved(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    available: bool,
    moved: Option<Moved>,
) -> Result<()> {
    let was = Was {
        available: Some(!available),
        moved,
        ..Was::of(account)
    };
    let account = Account {
        available: Some(available),
        ..account.clone()
    };
    record_status(tx, who, now, &account, &was)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use hark_model::accounts::Email;

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
            picture_id: None,
            preferences: json!({}),
            custom_fields: json!({}),
            has_password: true,
            two_factor: false,
            unsubscribed: false,
            last_login_at: None,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
        };
        Agent {
            account,
            paused_by_system: false,
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
