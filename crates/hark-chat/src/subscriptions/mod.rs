//! Subscriptions: who of those who work here is in which room, and what he has not read there.

pub(crate) mod rows;

use hark_store::{Error, NewEvent, Timestamp, Tx, View, log};
use serde_json::json;

use crate::accounts::Account;
use crate::rooms::{Kind, Room};
use crate::{Refusal, messages};

#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    pub id: String,
    pub room: String,
    pub account: String,
    pub open: bool,
    pub alert: bool,
    pub unread: i64,
    pub user_mentions: i64,
    pub group_mentions: i64,
    pub last_seen: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

pub fn find(view: &mut View<'_>, room: &str, account: &str) -> Result<Option<Subscription>, Error> {
    rows::find(view, room, account)
}

pub fn of_room(view: &mut View<'_>, room: &str) -> Result<Vec<Subscription>, Error> {
    rows::of_room(view, room)
}

/// Those of someone that changed after a moment, latest first.
pub fn of_account(
    view: &mut View<'_>,
    account: &str,
    after: Option<Timestamp>,
    limit: i64,
) -> Result<Vec<Subscription>, Error> {
    let after = after.unwrap_or(Timestamp::from_millis(i64::MIN));
    rows::of_account(view, account, after, limit)
}

/// An agent gets a chat: it rings. False: he was in it already.
pub(crate) fn assign(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    account: &str,
) -> Result<bool, Error> {
    enter(tx, now, room, account, true)
}

/// Someone comes in by himself.
pub(crate) fn join(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    account: &str,
) -> Result<bool, Error> {
    enter(tx, now, room, account, false)
}

fn enter(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    account: &str,
    rings: bool,
) -> Result<bool, Error> {
    let new = Subscription {
        id: tx.ids().id24_at(now),
        room: room.to_owned(),
        account: account.to_owned(),
        open: true,
        alert: rings,
        unread: i64::from(rings),
        user_mentions: i64::from(rings),
        group_mentions: 0,
        last_seen: None,
        created_at: now,
        updated_at: now,
    };
    Ok(rows::insert(tx, &new)? == 1)
}

/// A message came; everybody else in the room has one more to read.
pub(crate) fn note_message(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &Room,
    author: &str,
) -> Result<(), Error> {
    match room.kind {
        Kind::Live | Kind::Direct => rows::count_unread(tx, now, &room.id, author),
        Kind::Channel => rows::alert(tx, now, &room.id, author),
    }
    .map(drop)
}

/// Everything in a room has been read. It is only told where something had not been.
pub fn read(tx: &mut Tx<'_>, now: Timestamp, account: &Account, room: &str) -> Result<(), Refusal> {
    let before = rows::find(tx, room, &account.id)?.ok_or(Refusal::NotSubscribed)?;
    rows::read_all(tx, now, room, &account.id)?;
    match before.unread > 0 || before.alert {
        true => Ok(tell(tx, now, account, room)?),
        false => Ok(()),
    }
}

/// Someone's place in a room is another than it was, by his own doing: his other windows show it.
fn tell(tx: &mut Tx<'_>, now: Timestamp, account: &Account, room: &str) -> Result<(), Error> {
    let event = NewEvent {
        agent: Some(&account.id),
        ..NewEvent::plain("subscription.changed", json!({"room": room}))
    };
    log::append(tx, now, &event).map(drop)
}

/// Unread again, from a message on; without one, from the last one that someone else wrote.
pub fn unread(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &Account,
    room: Option<&str>,
    first: Option<&str>,
) -> Result<(), Refusal> {
    let first = match (first, room) {
        (Some(id), _) => messages::rows::find(tx, id)?,
        (None, Some(room)) => {
            let page = crate::accounts::Page {
                offset: 0,
                limit: 50,
            };
            let latest = Timestamp::from_millis(i64::MAX);
            let recent = messages::rows::history(tx, room, latest, &[], page)?;
            recent
                .into_iter()
                .find(|message| message.author.id != account.id)
        }
        (None, None) => None,
    };
    let first = first.ok_or(Refusal::NothingToUnread)?;
    let room = first.room.clone().ok_or(Refusal::NothingToUnread)?;
    let subscription = rows::find(tx, &room, &account.id)?.ok_or(Refusal::NotSubscribed)?;
    if first.author.id == account.id {
        return Err(Refusal::OwnMessage);
    }
    let before = first.at.plus_millis(-1);
    let latest = Timestamp::from_millis(i64::MAX);
    let unread = messages::rows::count_between(tx, &room, before, latest)?;
    let unread = unread.max(subscription.unread);
    rows::unread_from(tx, now, &room, &account.id, unread, before)?;
    Ok(tell(tx, now, account, &room)?)
}
