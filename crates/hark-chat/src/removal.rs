//! Closed chats are removed.

use hark_store::{Result, View};

use super::closing;
use crate::{access, email_inboxes, figures, messages, units};
use hark_model::accounts::Account;
use hark_model::rooms::{self, Kind, Room};
use hark_model::visitors::Visitor;
use hark_model::{Context, Policy, Refusal};

/// Removes one chat, which has to be closed.
pub fn remove_closed(cx: &mut Context<'_, '_>, room: &str) -> Result<(), Refusal> {
    let room = rooms::lock(cx.tx, room)?.ok_or(Refusal::NoSuchRoom)?;
    if room.kind != Kind::Live {
        return Err(Refusal::NotALiveChat);
    }
    if room.open {
        return Err(Refusal::RoomNotClosed);
    }
    if !access::holds(cx, &room, "remove-closed-livechat-room")? {
        return Err(Refusal::NoSuchRoom);
    }
    remove(cx, &room)
}

/// The departments whose closed chats somebody may remove, of those that they name; all, where they name
/// none. Nothing in its place: everywhere.
pub fn removable(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    named: Vec<String>,
) -> Result<Vec<Option<String>>> {
    let Some(monitor) = policy.bound(account, "remove-closed-livechat-rooms") else {
        return Ok(if named.is_empty() {
            vec![None]
        } else {
            named.into_iter().map(Some).collect()
        });
    };
    let mut own = units::departments_of_monitor(view, monitor)?;
    if !named.is_empty() {
        own.retain(|id| named.contains(id));
    }
    Ok(own.into_iter().map(Some).collect())
}

/// Removes so many of those that were closed before a moment, of one department or of all, and
/// answers how many there were.
pub fn remove_some_closed(
    cx: &mut Context<'_, '_>,
    department: Option<&str>,
    limit: i64,
) -> Result<i64, Refusal> {
    let mut removed = 0;
    for id in rooms::closed(cx.tx, department, cx.now, limit)? {
        // Someone else may have removed it meanwhile.
        if let Some(room) = rooms::lock(cx.tx, &id)?.filter(|room| !room.open) {
            remove(cx, &room)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Removes every chat of a visitor, and what was said in them. Answers how many there were.
pub fn remove_all_of(cx: &mut Context<'_, '_>, visitor: &Visitor) -> Result<i64, Refusal> {
    const MOST: i64 = 10_000;
    let mut removed = 0;
    for id in rooms::all_of_visitor(cx.tx, &visitor.id, MOST)? {
        if let Some(room) = rooms::lock(cx.tx, &id)? {
            remove(cx, &room)?;
            removed += 1;
        }
    }
    messages::remove_waiting(cx.tx, &visitor.token)?;
    Ok(removed)
}

/// Removes a chat: its messages, files, its place in the queue and everyone's place in it.
pub fn remove(cx: &mut Context<'_, '_>, room: &Room) -> Result<(), Refusal> {
    figures::goes(cx.tx, room)?;
    messages::remove_of_room(cx.tx, &room.id)?;
    rooms::drop_files(cx.tx, cx.now, &room.id)?;
    email_inboxes::forget_room(cx.tx, &room.id)?;
    rooms::remove(cx.tx, &room.id)?;
    if room.closing.is_some() {
        closing::count(cx.tx, room, -1)?;
    }
    Ok(())
}
