//! Connections: who has a window open, at which node. Anyone who opens one is as they want to be
//! seen; anyone who has lost their last one for a while is offline. Those who never open one, such as
//! programs that call over REST, are what they say of themselves.
//!
//! A row is written when the first window of an account opens at a node, and when the last one there
//! closes. A node that dies leaves its rows, which are lost from the moment in which that is noticed.

mod rows;

pub(crate) use self::rows::ALL;
use hark_store::{Result, Timestamp, View};

use crate::agents;
use crate::status::{Was, record_status};
use hark_model::accounts::{self, Account};
use hark_model::{Actor, Context, Refusal};

/// How long someone may be without a window before they count as gone: a page that is loaded again,
/// a server that starts again, and a train's tunnel take less.
pub const GRACE_SECONDS: i64 = 60;
/// A node that has said nothing for so long is dead.
const DEAD_AFTER_SECONDS: i64 = 30;

/// A node says that it lives, who has opened their first window there, and who has closed their last one.
/// False: it was not known, or was taken for dead. What it said before is forgotten, and it has to say all
/// again.
pub fn report(
    cx: &mut Context<'_, '_>,
    node: &str,
    came: &[String],
    went: &[String],
) -> Result<bool> {
    let known = rows::see(cx.tx, cx.now, node)?;
    if !known {
        rows::add_node(cx.tx, cx.now, node)?;
    }
    for account in came {
        // They may have been removed meanwhile.
        accounts::lock(cx.tx, account)?;
        if let Some(account) = accounts::find(cx.tx, account)? {
            rows::open(cx.tx, node, &account.id)?;
            mark_online(cx, account)?;
        }
    }
    for account in went {
        rows::lose(cx.tx, cx.now, node, account)?;
    }
    Ok(known)
}

/// Anyone who was connected to a node that is dead has lost that connection now, whenever it died: while
/// nobody noticed it, nobody could come back elsewhere.
pub fn expire_dead_nodes(cx: &mut Context<'_, '_>) -> Result<()> {
    for node in rows::dead(cx.tx, cx.now.plus_seconds(-DEAD_AFTER_SECONDS))? {
        rows::lose_all(cx.tx, cx.now, &node)?;
    }
    Ok(())
}

/// This node begins to look for those who are gone, after another node did or none. Anyone without a
/// window counts as having lost it now: while no server was there, nobody could come back.
pub fn restart_grace(cx: &mut Context<'_, '_>) -> Result<()> {
    rows::lose_again(cx.tx, cx.now)
}

/// Those who have been without a window somewhere for longer than they may.
pub fn overdue(view: &mut View<'_>, now: Timestamp, limit: i64) -> Result<Vec<String>> {
    rows::overdue(view, now.plus_seconds(-GRACE_SECONDS), limit)
}

/// Anyone who has no window any more, here or elsewhere, is offline.
pub fn mark_offline(cx: &mut Context<'_, '_>, account: &str) -> Result<()> {
    accounts::lock(cx.tx, account)?;
    let gone = rows::forget(cx.tx, cx.now.plus_seconds(-GRACE_SECONDS), account)?;
    if gone == 0 || rows::left(cx.tx, account)? > 0 {
        return Ok(());
    }
    match accounts::find(cx.tx, account)? {
        Some(account) => show(cx, account, "offline"),
        None => Ok(()),
    }
}

fn mark_online(cx: &mut Context<'_, '_>, account: Account) -> Result<()> {
    if account.status != "offline" || !account.active {
        return Ok(());
    }
    let wanted = account.status_default.clone();
    show(cx, account, &wanted)
}

/// As if they had said so, but what they want to be seen as stays. Whether they take chats is another
/// matter.
fn show(cx: &mut Context<'_, '_>, mut account: Account, status: &str) -> Result<()> {
    if account.status == status {
        return Ok(());
    }
    let was = Was::of(&account);
    let before = std::mem::replace(&mut account.status, status.to_owned());
    agents::seen(cx.tx, cx.now, &account, &before)?;
    accounts::set_status(cx.tx, cx.now, &account)?;
    record_status(cx.tx, &Actor::account(&account), cx.now, &account, &was)
}

/// The one who asks has a window open and is idle there, or is back. Anyone who wants to be seen as
/// something else than online, such as busy, stays that.
pub fn set_idle(cx: &mut Context<'_, '_>, idle: bool) -> Result<(), Refusal> {
    let id = &cx.account()?.id;
    accounts::lock(cx.tx, id)?;
    let status = if idle { "away" } else { "online" };
    if let Some(account) = accounts::find(cx.tx, id)?
        && account.status_default == "online"
    {
        show(cx, account, status)?;
    }
    Ok(())
}
