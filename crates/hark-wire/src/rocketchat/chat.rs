//! What people who work here say: in live chats, in channels, to each other.

use std::sync::Arc;

use hark_chat::messages::{self, Draft, Message};
use hark_chat::rooms::Room;
use serde_json::{Map, Value, json};

use super::chat_documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] =
    &[&route!(POST "chat.sendMessage", Access::User, "Say something in a room", send)];

/// What a client may give a message besides its text.
const EXTRA: &[&str] = &["alias", "attachments", "avatar", "emoji", "tmid"];

/// A message as those see it who may see its room.
pub(super) fn shown(message: &Message, room: &Room) -> Value {
    let token = room.visitor.as_ref().map_or("", |visitor| &visitor.token);
    chat_documents::message(message, token)
}

/// A message of someone who works here.
pub(super) fn said(message: &Message) -> Value {
    chat_documents::message(message, "")
}

/// A message that a client wants to be said, and where.
pub(super) fn drafted(message: &Map<String, Value>) -> Result<(String, Draft), Failure> {
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let rid = text("rid")
        .filter(|rid| !rid.is_empty())
        .ok_or_else(|| Failure::plain("The 'rid' property on the message object is missing."))?;
    let mut extra = Map::new();
    for name in EXTRA {
        if let Some(value) = message.get(*name).filter(|value| !value.is_null()) {
            extra.insert((*name).to_owned(), value.clone());
        }
    }
    let draft = Draft {
        id: text("_id").map(str::to_owned),
        text: text("msg").unwrap_or_default().to_owned(),
        extra: (!extra.is_empty()).then_some(Value::Object(extra)),
    };
    Ok((rid.to_owned(), draft))
}

/// Says what a client has drafted.
pub(super) async fn post(call: &Call, rid: String, draft: Draft) -> Result<Message, Failure> {
    let (now, policy, account) = (call.now, Arc::clone(&call.policy), call.account()?.clone());
    call.write(move |tx| messages::post(tx, now, &policy, &account, &rid, &draft))
        .await
}

async fn send(call: Call) -> Answer {
    let Some(message) = call.params.get("message").and_then(Value::as_object) else {
        return Err(Failure::coded(
            "The \"message\" parameter must be provided.",
            "error-invalid-params",
        ));
    };
    if message.get("t").is_some_and(|kind| !kind.is_null()) {
        return Err(Failure::plain(
            "Cannot send system messages using 'chat.sendMessage'",
        ));
    }
    let (rid, draft) = drafted(message)?;
    let message = post(&call, rid, draft).await?;
    Reply::object(json!({"message": said(&message)}))
}
