//! The methods with which clients of the real-time API read and write in rooms.

use hark_chat::accounts::Page;
use hark_chat::messages::{self, Message};
use hark_chat::settings::catalogue;
use hark_chat::{Refusal, rooms, subscriptions};
use hark_store::{Error, Timestamp, View};
use serde_json::{Value, json};

use super::chat::{asking, seen, shown};
use super::methods::{Method, Outcome, match_failed, method, text};
use super::visitor_rooms::hidden_kinds;
use super::{chat, documents, ejson, subscriptions as places, team_rooms};
use crate::answer::Failure;
use crate::call::Call;
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
    method!("subscriptions/get", Access::User, places_of_caller),
    method!("permissions/get", Access::User, permissions),
    method!("public-settings/get", Access::Anyone, public_settings),
];

/// As much as a client ever scrolls back in one step.
const MOST_HISTORY: i64 = 1_000;

fn number(params: &[Value], index: usize) -> Option<i64> {
    let number = params.get(index)?.as_f64()?;
    Some(number as i64)
}

fn moment(params: &[Value], index: usize) -> Option<Timestamp> {
    ejson::moment(params.get(index)?)
}

fn member(params: &[Value], name: &str) -> Option<String> {
    let text = params.first()?.get(name)?.as_str()?;
    Some(text.to_owned())
}

async fn send(call: &Call, params: &[Value]) -> Outcome {
    let message = params.first().and_then(Value::as_object);
    let message = message.ok_or_else(match_failed)?;
    if message.get("t").is_some_and(|kind| !kind.is_null()) {
        return Err(Failure::plain("error-invalid-message"));
    }
    let (rid, draft) = chat::drafted(message)?;
    let message = chat::post(call, rid, draft).await?;
    Ok(ejson::written(chat::said(&message)))
}

/// `updateMessage({_id, msg})`. A message that is gone is left alone.
async fn update(call: &Call, params: &[Value]) -> Outcome {
    let id = member(params, "_id").ok_or_else(match_failed)?;
    let new = member(params, "msg").ok_or_else(match_failed)?;
    let (now, policy, account) = asking(call)?;
    call.write(move |tx| {
        let Some(rid) = messages::find(tx, &id)?.and_then(|message| message.room) else {
            return Ok(());
        };
        messages::change(tx, now, &policy, &account, &rid, &id, &new).map(drop)
    })
    .await?;
    Ok(Value::Null)
}

async fn delete(call: &Call, params: &[Value]) -> Outcome {
    let id = member(params, "_id").ok_or_else(match_failed)?;
    let (now, policy, account) = asking(call)?;
    call.write(move |tx| {
        let rid = messages::find(tx, &id)?.and_then(|message| message.room);
        let rid = rid.ok_or(Refusal::ActionNotAllowed)?;
        messages::remove(tx, now, &policy, &account, &rid, &id).map(drop)
    })
    .await?;
    Ok(Value::Null)
}

/// `loadHistory(rid, end, limit, lastSeen)`: newest first. False: not for the caller to see.
async fn load_history(call: &Call, params: &[Value]) -> Outcome {
    let rid = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let (end, last_seen) = (moment(params, 1), moment(params, 3));
    let page = Page {
        offset: 0,
        limit: number(params, 2).unwrap_or(20).clamp(1, MOST_HISTORY),
    };
    let (_, policy, account) = asking(call)?;
    let hidden = hidden_kinds(&call.policy);
    call.look(move |view| {
        let room = match seen(view, &policy, &account, &rid) {
            Err(Refusal::NoSuchRoom | Refusal::NotAllowed) => return Ok(json!(false)),
            room => room?,
        };
        let found = messages::history(view, &room.id, end, &hidden, page)?;
        let oldest = found.last().map(|message| message.at);
        let (first, unread) = not_loaded(view, &room.id, last_seen, oldest, &hidden)?;
        let found: Vec<Value> = found.iter().map(|one| shown(one, &room)).collect();
        let mut told = json!({"messages": found, "unreadNotLoaded": unread});
        if let Some(first) = first {
            told["firstUnread"] = shown(&first, &room);
        }
        Ok(ejson::written(told))
    })
    .await
}

/// The first message that someone has not seen and that was not loaded, and how many there are.
pub(super) fn not_loaded(
    view: &mut View<'_>,
    room: &str,
    last_seen: Option<Timestamp>,
    oldest: Option<Timestamp>,
    hidden: &[String],
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
async fn load_around(call: &Call, params: &[Value]) -> Outcome {
    let id = member(params, "_id").ok_or_else(match_failed)?;
    let limit = number(params, 1).unwrap_or(50).clamp(2, MOST_HISTORY) - 1;
    let (_, policy, account) = asking(call)?;
    let hidden = hidden_kinds(&call.policy);
    call.look(move |view| {
        let message = messages::find(view, &id)?.filter(|message| !message.hidden);
        let Some((message, rid)) = message.and_then(|message| {
            let rid = message.room.clone()?;
            Some((message, rid))
        }) else {
            return Ok(json!(false));
        };
        let room = match seen(view, &policy, &account, &rid) {
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
            .map(|one| shown(one, &room))
            .collect();
        Ok(ejson::written(json!({
            "messages": found,
            "moreBefore": more_before,
            "moreAfter": more_after,
        })))
    })
    .await
}

async fn read(call: &Call, params: &[Value]) -> Outcome {
    let rid = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let (now, _, account) = asking(call)?;
    call.write(move |tx| subscriptions::read(tx, now, &account, &rid))
        .await?;
    Ok(Value::Null)
}

/// `getRoomByTypeAndName("l", rid)`: a channel goes by its name too.
async fn room(call: &Call, params: &[Value]) -> Outcome {
    let kind = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let name = text(params, 1).ok_or_else(match_failed)?.to_owned();
    let (_, policy, account) = asking(call)?;
    let room = call
        .look(move |view| {
            let found = rooms::find_by_id_or_name(view, &name)?;
            let Some(room) = found.filter(|room| room.kind.letter() == kind) else {
                return Ok(None);
            };
            match rooms::may_see(view, &policy, &account, &room)? {
                true => Ok(Some(team_rooms::with_last(view, &policy, &room)?)),
                false => Err(Refusal::NotAllowed),
            }
        })
        .await?;
    let room = room.ok_or_else(|| Failure::coded("Invalid room", "error-invalid-room"))?;
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

async fn rooms_of_caller(call: &Call, params: &[Value]) -> Outcome {
    let after = moment(params, 0);
    let (_, policy, account) = asking(call)?;
    let found = call
        .read(move |view| team_rooms::of_account(view, &policy, &account.id, after))
        .await?;
    Ok(changed(found, after))
}

async fn places_of_caller(call: &Call, params: &[Value]) -> Outcome {
    let after = moment(params, 0);
    let account = call.account()?.clone();
    let found = call
        .read(move |view| places::of_account(view, &account, after))
        .await?;
    Ok(changed(found, after))
}

async fn permissions(call: &Call, params: &[Value]) -> Outcome {
    let after = moment(params, 0);
    let permissions = call.policy.permissions.values();
    let found = permissions
        .filter(|permission| after.is_none_or(|after| permission.updated_at > after))
        .map(documents::permission);
    Ok(changed(found.collect(), after))
}

async fn public_settings(call: &Call, params: &[Value]) -> Outcome {
    let after = moment(params, 0);
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
