//! The methods with which clients of the real-time API read and write in rooms.

use hark_chat::messages::{self, Message};
use hark_chat::subscriptions;
use hark_model::rooms::{self, Room};
use hark_model::settings::catalogue;
use hark_model::{Page, Policy, Refusal};
use hark_store::{Error, Timestamp, View};
use serde_json::{Map, Value, json};

use super::chat::seen;
use super::chat_documents::message_in;
use super::methods::{Method, Outcome, method};
use super::visitor_rooms::hidden_kinds;
use super::{chat, documents, ejson, subscriptions as subscription_routes, team_rooms};
use crate::answer::Failure;
use crate::call::Call;
use crate::params::{Lenient, params};
use crate::route::Access;

pub(crate) static METHODS: &[Method] = &[
    method!("sendMessage", Access::User, send),
    method!("updateMessage", Access::User, update),
    method!("deleteMessage", Access::User, delete),
    method!("loadHistory", Access::User, load_history),
    method!("loadSurroundingMessages", Access::User, load_around),
    method!("readMessages", Access::User, read),
    method!("getRoomByTypeAndName", Access::User, room),
    method!("rooms/get", Access::User, rooms_of_caller),
    method!("subscriptions/get", Access::User, subscriptions_of_caller),
    method!("permissions/get", Access::User, permissions),
    method!("public-settings/get", Access::Anyone, public_settings),
];

/// As much as a client ever scrolls back in one step.
const MOST_HISTORY: i64 = 1_000;

params! {
    struct MessageId: OpenObject {
        id as "_id": String,
    }

    struct Edited: OpenObject {
        id as "_id": String,
        msg: String,
    }
}

/// A moment that counts only if it is one.
pub(super) type Since = Lenient<ejson::Moment>;

pub(super) fn moment(given: &Since) -> Option<Timestamp> {
    given.0.as_ref().map(|moment| moment.0)
}

/// How many are wanted, of so many at least and at most.
pub(super) fn limit(given: &Lenient<f64>, usual: i64, least: i64) -> i64 {
    let given = given.0.map_or(usual, |number| number as i64);
    given.clamp(least, MOST_HISTORY)
}

async fn send(call: &Call, (message,): (Map<String, Value>,)) -> Outcome {
    let message = &message;
    if message.get("t").is_some_and(|kind| !kind.is_null()) {
        return Err(Failure::plain("error-invalid-message"));
    }
    let (rid, draft) = chat::drafted(message)?;
    let message = chat::post(call, rid, draft).await?;
    Ok(ejson::written(chat::said(&message)))
}

/// `updateMessage({_id, msg})`. A message that is gone is left alone.
async fn update(call: &Call, (edited,): (Edited,)) -> Outcome {
    call.command(move |_, cx| {
        let id = &edited.id;
        let Some(rid) = messages::find(cx.tx, id)?.and_then(|message| message.room) else {
            return Ok(());
        };
        messages::change(cx, &rid, id, &edited.msg).map(drop)
    })
    .await?;
    Ok(Value::Null)
}

async fn delete(call: &Call, (MessageId { id },): (MessageId,)) -> Outcome {
    call.command(move |_, cx| {
        let rid = messages::find(cx.tx, &id)?.and_then(|message| message.room);
        let rid = rid.ok_or(Refusal::ActionNotAllowed)?;
        messages::remove(cx, &rid, &id).map(drop)
    })
    .await?;
    Ok(Value::Null)
}

/// `loadHistory(rid, end, limit, lastSeen)`: newest first. False: not for the caller to see.
async fn load_history(
    call: &Call,
    (rid, end, most, last_seen): (String, Since, Lenient<f64>, Since),
) -> Outcome {
    let stretch = Stretch::asked(&end, &most, &last_seen);
    let found = call.query(move |call, view| {
        let room = match seen(call, view, &rid) {
            Err(Refusal::NoSuchRoom | Refusal::NotAllowed) => return Ok(json!(false)),
            room => room?,
        };
        Ok(stretch.of(view, &room, &call.policy)?)
    });
    Ok(found.await?)
}

/// A part of what was said in a room, newest first.
pub(super) struct Stretch {
    end: Option<Timestamp>,
    limit: i64,
    last_seen: Option<Timestamp>,
}

impl Stretch {
    pub(super) fn asked(end: &Since, most: &Lenient<f64>, last_seen: &Since) -> Self {
        Self {
            end: moment(end),
            limit: limit(most, 20, 1),
            last_seen: moment(last_seen),
        }
    }

    /// With how much there is between it and what was seen last.
    pub(super) fn of(
        &self,
        view: &mut View<'_>,
        room: &Room,
        policy: &Policy,
    ) -> Result<Value, Error> {
        let hidden = hidden_kinds(policy);
        let page = Page {
            offset: 0,
            limit: self.limit,
        };
        let found = messages::history(view, &room.id, self.end, &hidden, page)?;
        let oldest = found.last().map(|message| message.at);
        let (first, unread) = not_loaded(view, &room.id, self.last_seen, oldest, &hidden)?;
        let found: Vec<Value> = found.iter().map(|one| message_in(one, room)).collect();
        let mut history = json!({"messages": found, "unreadNotLoaded": unread});
        if let Some(first) = first {
            history["firstUnread"] = message_in(&first, room);
        }
        Ok(ejson::written(history))
    }
}

/// The first message that someone has not seen and that was not loaded, and how many there are.
pub(super) fn not_loaded(
    view: &mut View<'_>,
    room: &str,
    last_seen: Option<Timestamp>,
    oldest: Option<Timestamp>,
    hidden: &[&str],
) -> Result<(Option<Message>, i64), Error> {
    let (Some(last_seen), Some(oldest)) = (last_seen, oldest) else {
        return Ok((None, 0));
    };
    if oldest <= last_seen {
        return Ok((None, 0));
    }
    let first = messages::since(view, room, last_seen, hidden, 1)?.pop();
    let unread = messages::count_between(view, room, last_seen, oldest)?;
    Ok((first.filter(|first| first.at < oldest), unread))
}

/// `loadSurroundingMessages({_id, rid}, limit)`: the message, those before it backwards, those
/// after it forwards.
async fn load_around(call: &Call, (MessageId { id }, most): (MessageId, Lenient<f64>)) -> Outcome {
    let limit = limit(&most, 50, 2) - 1;
    let found = call.query(move |call, view| {
        let hidden = hidden_kinds(&call.policy);
        let message = messages::find(view, &id)?.filter(|message| !message.hidden);
        let Some((message, rid)) = message.and_then(|message| {
            let rid = message.room.clone()?;
            Some((message, rid))
        }) else {
            return Ok(json!(false));
        };
        let room = match seen(call, view, &rid) {
            Err(Refusal::NoSuchRoom | Refusal::NotAllowed) => return Ok(json!(false)),
            room => room?,
        };
        let page = Page {
            offset: 0,
            limit: (limit + 1) / 2,
        };
        let before = messages::history(view, &rid, Some(message.at), &hidden, page)?;
        let after = messages::since(view, &rid, message.at, &hidden, limit / 2)?;
        let full = |found: &[Message], most: i64| found.len() as i64 == most;
        let (more_before, more_after) = (full(&before, page.limit), full(&after, limit / 2));
        let around = before.iter().chain(&after);
        let found: Vec<Value> = std::iter::once(&message)
            .chain(around)
            .map(|one| message_in(one, &room))
            .collect();
        Ok(ejson::written(json!({
            "messages": found,
            "moreBefore": more_before,
            "moreAfter": more_after,
        })))
    });
    Ok(found.await?)
}

async fn read(call: &Call, (rid,): (String,)) -> Outcome {
    call.command(move |_, cx| subscriptions::read(cx, &rid))
        .await?;
    Ok(Value::Null)
}

/// `getRoomByTypeAndName("l", rid)`: a channel goes by its name too.
async fn room(call: &Call, (kind, name): (String, String)) -> Outcome {
    let room = call
        .query(move |call, view| {
            let found = rooms::find_by_id_or_name(view, &name)?;
            let Some(room) = found.filter(|room| room.kind.as_str() == kind) else {
                return Ok(None);
            };
            if chat::may_see(call, view, &room)? {
                let room = chat::as_shown(call, room)?;
                Ok(Some(team_rooms::with_last(view, &call.policy, &room)?))
            } else {
                Err(Refusal::NotAllowed)
            }
        })
        .await?;
    let room = room.ok_or_else(|| Failure::coded("Invalid room [error-invalid-room]"))?;
    Ok(ejson::written(room))
}

/// All of something, or with a moment what changed since then.
fn changed(found: Vec<Value>, after: Option<Timestamp>) -> Value {
    let found = ejson::written(Value::Array(found));
    match after {
        None => found,
        Some(_) => json!({"update": found, "remove": []}),
    }
}

async fn rooms_of_caller(call: &Call, (after,): (Since,)) -> Outcome {
    let after = moment(&after);
    let found = call.query(move |call, view| team_rooms::of_caller(call, view, after));
    Ok(changed(found.await?, after))
}

async fn subscriptions_of_caller(call: &Call, (after,): (Since,)) -> Outcome {
    let after = moment(&after);
    let found = call.query(move |call, view| subscription_routes::of_caller(call, view, after));
    Ok(changed(found.await?, after))
}

async fn permissions(call: &Call, (after,): (Since,)) -> Outcome {
    let after = moment(&after);
    let permissions = call.policy.permissions.values();
    let found = permissions
        .filter(|permission| after.is_none_or(|after| permission.updated_at > after))
        .map(documents::permission);
    Ok(changed(found.collect(), after))
}

async fn public_settings(call: &Call, (after,): (Since,)) -> Outcome {
    let after = moment(&after);
    let changed_after = |id: &str| match after {
        None => true,
        Some(after) => {
            let stored = call.policy.stored(id);
            stored.is_some_and(|stored| stored.updated_at > after)
        }
    };
    let found = catalogue::SETTINGS
        .iter()
        .filter(|setting| setting.public && changed_after(setting.id))
        .map(|setting| documents::setting_in_short(setting, &call.policy));
    Ok(changed(found.collect(), after))
}
