//! Connections: who has a window open, at which node. Whoever opens one is as he wants to be seen;
//! whoever has lost his last one for a while is offline. Who never opens one, such as a program that
//! calls over REST, is what he says of himself.
//!
//! A row is written when the first window of an account opens at a node, and when the last one there
//! closes. A node that dies leaves its rows, which are lost from the moment in which that is noticed.

pub(crate) mod rows;

use hark_store::{Error, Timestamp, Tx, View};

use crate::accounts::{self, Account, Was};
use crate::agents;

/// How long someone may be without a window before he counts as gone: a page that is loaded again,
/// a server that starts again, and a train's tunnel take less.
pub const GRACE_SECONDS: i64 = 60;
/// A node that has said nothing for so long is dead.
const DEAD_AFTER_SECONDS: i64 = 30;

/// A node says that it lives, who has opened his first window there, and who has closed his last one.
/// False: it was not known, or was taken for dead. What it said before is forgotten, and it has to say all
/// again.
pub fn report(
    tx: &mut Tx<'_>,
    now: Timestamp,
    node: &str,
    came: &[String],
    went: &[String],
) -> Result<bool, Error> {
    let known = rows::see(tx, now, node)?;
    if !known {
        rows::add_node(tx, now, node)?;
    }
    for account in came {
        // He may have been removed meanwhile.
        accounts::rows::lock(tx, account)?;
        if let Some(account) = accounts::find(tx, account)? {
            rows::open(tx, node, &account.id)?;
            appear(tx, now, account)?;
        }
    }
    for account in went {
        rows::lose(tx, now, node, account)?;
    }
    Ok(known)
}

/// Whoever was connected to a node that is dead has lost that connection now, whenever it died: while
/// nobody noticed it, nobody could come back elsewhere.
pub fn bury(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
    for node in rows::dead(tx, now.plus_seconds(-DEAD_AFTER_SECONDS))? {
        rows::lose_all(tx, now, &node)?;
    }
    Ok(())
}

/// Somebody looks for the gone, after nobody did or another node. Whoever has no window has lost it now:
/// when a server and all before it were away together, nobody could come back meanwhile.
pub fn begin_to_look(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
    rows::lose_again(tx, now)
}

/// Those who have been without a window somewhere for longer than they may.
pub fn overdue(view: &mut View<'_>, now: Timestamp, limit: i64) -> Result<Vec<String>, Error> {
    rows::overdue(view, now.plus_seconds(-GRACE_SECONDS), limit)
}

/// Whoever has no window any more, here or elsewhere, is offline.
pub fn lapse(tx: &mut Tx<'_>, now: Timestamp, account: &str) -> Result<(), Error> {
    accounts::rows::lock(tx, account)?;
    let gone = rows::forget(tx, now.plus_seconds(-GRACE_SECONDS), account)?;
    if gone == 0 || rows::left(tx, account)? > 0 {
        return Ok(());
    }
    match accounts::find(tx, account)? {
        Some(account) => show(tx, now, account, "offline"),
        None => Ok(()),
    }
}

fn appear(tx: &mut Tx<'_>, now: Timestamp, account: Account) -> Result<(), Error> {
    if account.status != "offline" || !account.active {
        return Ok(());
    }
    let wanted = account.status_default.clone();
    show(tx, now, account, &wanted)
}

/// As if he had said so, but what he wants to be seen as stays. Whether he takes chats is another matter.
fn show(tx: &mut Tx<'_>, now: Timestamp, mut account: Account, status: &str) -> Result<(), Error> {
    if account.status == status {
        return Ok(());
    }
    let was = Was::of(&account);
    let before = std::mem::replace(&mut account.status, status.to_owned());
    agents::seen(tx, now, &account, &before)?;
    accounts::rows::set_status(tx, now, &account)?;
    accounts::tell_status(tx, &account.actor(), now, &account, &was)
}

/// One who has a window open is idle, or is back. Whoever wants to be seen as something else than
/// online, such as busy, stays that.
pub fn set_idle(tx: &mut Tx<'_>, now: Timestamp, account: &str, idle: bool) -> Result<(), Error> {
    accounts::rows::lock(tx, account)?;
    let status = match idle {
        true => "away",
        false => "online",
    };
    match accounts::find(tx, account)? {
        Some(account) if account.status_default == "online" => show(tx, now, account, status),
        _ => Ok(()),
    }
}
