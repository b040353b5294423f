//! Subscriptions: the rooms that someone is in, and what they have not read there.

use hark_chat::{access, messages, subscriptions};
use hark_model::{Refusal, rooms};
use hark_store::{Timestamp, View};
use serde_json::{Value, json};

use super::chat_documents;
use super::team_rooms::{CHANGED, MOST_ROOMS, since};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::params::{either, params};
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "subscriptions.get", Access::User, "The caller's places in rooms", list)
        .reads(CHANGED),
    &route!(GET "subscriptions.getOne", Access::User, "The caller's place in one room", one),
    &route!(POST "subscriptions.read", Access::User, "Everything in a room is read", read),
    &route!(POST "subscriptions.unread", Access::User, "A room is unread again", unread),
];

params! {
    struct One {
        room_id as "roomId": String,
    }

    struct ReadById {
        rid: String,
        _threads as "readThreads": Option<bool>,
    }

    struct ReadByRoomId {
        room_id as "roomId": String,
        _threads as "readThreads": Option<bool>,
    }

    struct UnreadFrom {
        /// The message from which on nothing counts as read.
        first as "firstUnreadMessage": FirstUnread,
    }

    struct FirstUnread: OpenObject {
        /// The id of the message.
        id as "_id": String,
    }
}

either!(
    enum Read {
        Id(ReadById),
        RoomId(ReadByRoomId),
    }
);
either!(
    enum Unread {
        Room(One),
        From(UnreadFrom),
    }
);

/// The caller's subscriptions that changed after a moment.
pub(super) fn of_caller(
    call: &Call,
    view: &mut View<'_>,
    after: Option<Timestamp>,
) -> Result<Vec<Value>, Refusal> {
    let account = call.account()?;
    let found = subscriptions::of_account(view, &account.id, after, MOST_ROOMS)?;
    let rooms = rooms::of_account(view, &account.id, after, MOST_ROOMS)?;
    let shown = rooms.into_iter();
    let shown = shown.map(|room| access::as_shown(&call.policy, account, room));
    let each = found.iter().zip(shown);
    Ok(each
        .map(|(subscription, room)| chat_documents::subscription(subscription, &room, account))
        .collect())
}

async fn list(call: Call) -> Answer {
    let after = since(&call, "lastUpdate", "error-roomId-param-invalid")?;
    let update = call
        .query(move |call, view| of_caller(call, view, after))
        .await?;
    // Clients learn of subscriptions that are gone from the real-time API.
    Reply::object(json!({"update": update, "remove": []}))
}

async fn one(call: Call, one: One) -> Answer {
    let subscription = call
        .query(move |call, view| {
            let rid = &one.room_id;
            let account = call.account()?;
            let Some(found) = subscriptions::find(view, rid, &account.id)? else {
                return Ok(Value::Null);
            };
            let room = rooms::find(view, rid)?;
            Ok(room.map_or(Value::Null, |room| {
                let room = access::as_shown(&call.policy, account, room);
                chat_documents::subscription(&found, &room, account)
            }))
        })
        .await?;
    Reply::object(json!({"subscription": subscription}))
}

async fn read(call: Call, read: Read) -> Answer {
    let (Read::Id(ReadById { rid, .. }) | Read::RoomId(ReadByRoomId { room_id: rid, .. })) = read;
    call.done(move |_, cx| subscriptions::read(cx, &rid)).await
}

async fn unread(call: Call, unread: Unread) -> Answer {
    let (room, first) = match unread {
        Unread::Room(room) => (Some(room.room_id), None),
        Unread::From(from) => (None, Some(from.first.id)),
    };
    call.done(move |_, cx| messages::mark_unread(cx, room.as_deref(), first.as_deref()))
        .await
}
