//! Subscriptions: who of those who work here is in which room, and what they have not read there.

mod rows;

pub use self::rows::remove;
pub(crate) use self::rows::{ALL, WRITES, remove_all, unread_from};
pub use self::rows::{MOST_LISTED, find, of_room};
use hark_store::{Result, Timestamp, View, record};

use hark_model::accounts::Account;
use hark_model::events::{Event, LeftPlace, Subject, SubscriptionChanged, record_event};
use hark_model::rooms::{Kind, Room};
use hark_model::{Context, Refusal, settings};

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Subscription from "subscription" {
        pub id: String,
        pub room: String = "subscription.room_id",
        pub account: String = "subscription.account_id",
        pub open: bool,
        pub alert: bool,
        pub unread: i64,
        pub user_mentions: i64,
        pub group_mentions: i64,
        pub last_seen: Option<Timestamp>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

/// Those of someone that changed after a moment, latest first.
pub fn of_account(
    view: &mut View<'_>,
    account: &str,
    after: Option<Timestamp>,
    limit: i64,
) -> Result<Vec<Subscription>> {
    let after = after.unwrap_or(Timestamp::from_millis(i64::MIN));
    rows::of_account(view, account, after, limit)
}

/// An agent gets a chat: it rings. False: they were in it already.
pub fn assign(cx: &mut Context<'_, '_>, room: &str, account: &str) -> Result<bool> {
    enter(cx, room, account, true)
}

/// Someone comes in by themselves.
pub fn join(cx: &mut Context<'_, '_>, room: &str, account: &str) -> Result<bool> {
    enter(cx, room, account, false)
}

fn enter(cx: &mut Context<'_, '_>, room: &str, account: &str, rings: bool) -> Result<bool> {
    let new = Subscription {
        id: cx.tx.ids().id24_at(cx.now),
        room: room.to_owned(),
        account: account.to_owned(),
        open: true,
        alert: rings,
        unread: i64::from(rings),
        user_mentions: i64::from(rings),
        group_mentions: 0,
        last_seen: None,
        created_at: cx.now,
        updated_at: cx.now,
    };
    rows::insert(cx.tx, &new)
}

/// A message came; everybody else in the room has one more to read.
pub fn note_message(cx: &mut Context<'_, '_>, room: &Room, author: &str) -> Result<()> {
    if nobody_else_works_in(room, author) {
        return Ok(());
    }
    let counts = cx.policy.text(settings::Unread_Count_Omni) != "mentions_only";
    match room.kind {
        // Nobody is mentioned in the chats of visitors.
        Kind::Live if !counts => rows::open_and_alert(cx.tx, cx.now, &room.id, author),
        Kind::Live | Kind::Direct => rows::count_unread(cx.tx, cx.now, &room.id, author),
        Kind::Channel | Kind::Group => rows::alert(cx.tx, cx.now, &room.id, author),
    }
    .map(drop)
}

/// A chat's people are its visitor and those who are in it; who serves it is.
fn nobody_else_works_in(room: &Room, author: &str) -> bool {
    room.kind == Kind::Live
        && (room.people_count <= 1 || (room.people_count == 2 && room.is_served_by(author)))
}

/// Everything in a room has been read. There is an event only where something had not been.
pub fn read(cx: &mut Context<'_, '_>, room: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    let before = find(cx.tx, room, &account.id)?.ok_or(Refusal::NotSubscribed)?;
    rows::read_all(cx.tx, cx.now, room, &account.id)?;
    if before.unread > 0 || before.alert {
        record(cx, account, room)?;
    }
    Ok(())
}

/// Up to when one of those who are in a room has read it.
pub fn seen_at(view: &mut View<'_>, room: &str) -> Result<Option<Timestamp>> {
    let places = of_room(view, room)?;
    Ok(places.iter().filter_map(|place| place.last_seen).max())
}

/// Someone's place in a room is another than it was, by their own doing: their other windows show it.
pub fn record(cx: &mut Context<'_, '_>, account: &Account, room: &str) -> Result<()> {
    let changed = Event::SubscriptionChanged(SubscriptionChanged {
        room: room.to_owned(),
    });
    record_event(cx.tx, cx.now, Subject::agent(&account.id), &changed)
}

/// The places that people lose with an event.
pub fn left(places: &[Subscription]) -> Vec<LeftPlace> {
    let each = places.iter();
    each.map(|place| LeftPlace {
        id: place.id.clone(),
        account: place.account.clone(),
    })
    .collect()
}
