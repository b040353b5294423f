//! Agents: the accounts that answer visitors. Whoever holds the role `livechat-agent` is one, from
//! the moment he gets it until he loses it.

pub(crate) mod rows;

use hark_store::{Error, Timestamp, Tx, View};

use crate::accounts::{self, Account};
use crate::{Actor, Policy, Refusal, roles};

/// The role that makes an agent.
pub const ROLE: &str = "livechat-agent";
/// The role that makes a manager of the chat.
pub const MANAGER: &str = "livechat-manager";

pub fn has_role(account: &Account) -> bool {
    account.roles.iter().any(|role| role == ROLE)
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
    rows::leave_departments(tx, &account.id)?;
    rows::delete(tx, &account.id)?;
    rows::release_visitors(tx, now, &account.username)?;
    match available {
        Some(true) => tell(tx, who, now, account, false),
        _ => Ok(()),
    }
}

/// His roles are others now; whoever became an agent in this way is available unless he is away.
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

/// Makes someone an agent who is available at once, wherever he is; an agent is one already, and
/// becomes available.
pub fn appoint(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
) -> Result<(), Refusal> {
    let role = roles::find(tx, ROLE)?.ok_or_else(|| Refusal::NoSuchRole(ROLE.into()))?;
    match roles::give(tx, who, now, account, &role) {
        Ok(()) | Err(Refusal::HasRole) => {}
        Err(refusal) => return Err(refusal),
    }
    if rows::lock(tx, &account.id)? == Some(false) {
        rows::set_available(tx, now, &account.id, true, false)?;
        tell(tx, who, now, account, true)?;
    }
    Ok(())
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
    Ok(!policy.flag("Livechat_enable_business_hours")
        || account.roles.iter().any(|role| role == "bot")
        || rows::is_in_hours(view, &account.id)?)
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
        tell(tx, &account.actor(), now, account, true)?;
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
            tell(tx, &Actor::System, now, &account, false)?;
        }
    }
    Ok(())
}

fn tell(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    available: bool,
) -> Result<(), Error> {
    let account = Account {
        available: Some(available),
        ..account.clone()
    };
    accounts::tell_status(tx, who, now, &account)
}
