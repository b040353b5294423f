//! The methods with which clients of the real-time API read and write in rooms.

use hark_chat::accounts::Page;
use hark_chat::{messages, rooms};
use hark_store::{Timestamp, View};
use serde_json::{Value, json};
use std::sync::Arc;

use super::methods::{Method, Outcome, match_failed, method, text};
use super::visitor_rooms::hidden_kinds;
use super::{chat, ejson};
use crate::call::Call;
use crate::route::Access;

pub(crate) static METHODS: &[Method] = &[
    method!("sendMessage", Access::User, send),
    method!("loadHistory", Access::User, load_history),
];

/// As much as a client ever scrolls back in one step.
const MOST_HISTORY: i64 = 1_000;

async fn send(call: &Call, params: &[Value]) -> Outcome {
    let message = params.first().and_then(Value::as_object);
    let (rid, draft) = chat::drafted(message.ok_or_else(match_failed)?)?;
    let message = chat::post(call, rid, draft).await?;
    Ok(ejson::written(chat::said(&message)))
}

fn number(params: &[Value], index: usize) -> Option<i64> {
    let number = params.get(index)?.as_f64()?;
    Some(number as i64)
}

fn moment(params: &[Value], index: usize) -> Option<Timestamp> {
    ejson::moment(params.get(index)?)
}

/// `loadHistory(rid, end, limit, lastSeen)`: newest first. False: not for the caller to see.
async fn load_history(call: &Call, params: &[Value]) -> Outcome {
    let rid = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let (end, seen) = (moment(params, 1), moment(params, 3));
    let page = Page {
        offset: 0,
        limit: number(params, 2).unwrap_or(20).clamp(1, MOST_HISTORY),
    };
    let (policy, account) = (Arc::clone(&call.policy), call.account()?.clone());
    let hidden = hidden_kinds(&call.policy);
    call.look(move |view| {
        let Some(room) = rooms::find(view, &rid)? else {
            return Ok(json!(false));
        };
        if !rooms::may_see(view, &policy, &account, &room)? {
            return Ok(json!(false));
        }
        let found = messages::history(view, &room.id, end, &hidden, page)?;
        let oldest = found.last().map(|message| message.at);
        let (first, unread) = not_loaded(view, &room.id, seen, oldest, &hidden)?;
        let found: Vec<Value> = found
            .iter()
            .map(|message| chat::shown(message, &room))
            .collect();
        let mut told = json!({"messages": found, "unreadNotLoaded": unread});
        if let Some(first) = first {
            told["firstUnread"] = chat::shown(&first, &room);
        }
        Ok(ejson::written(told))
    })
    .await
}

/// The first message that someone has not seen and that was not loaded, and how many there are.
fn not_loaded(
    view: &mut View<'_>,
    room: &str,
    seen: Option<Timestamp>,
    oldest: Option<Timestamp>,
    hidden: &[String],
) -> Result<(Option<messages::Message>, i64), hark_store::Error> {
    let (Some(seen), Some(oldest)) = (seen, oldest) else {
        return Ok((None, 0));
    };
    if oldest <= seen {
        return Ok((None, 0));
    }
    let first = messages::since(view, room, seen, hidden, 1)?.pop();
    let unread = messages::count_between(view, room, seen, oldest)?;
    Ok((first.filter(|first| first.at < oldest), unread))
}
