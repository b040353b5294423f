//! The rooms that someone is in, and one room as everyone who may knows it.

use std::collections::HashMap;

use hark_chat::rooms::{self, Kind, Room};
use hark_chat::{Policy, Refusal, messages};
use hark_store::{Error, Timestamp, View};
use serde_json::{Value, json};

use super::chat::{asking, shown};
use super::chat_documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "rooms.get", Access::User, "The rooms that the caller is in", list),
    &route!(GET "rooms.info", Access::User, "A room that the caller may see", info),
    &route!(POST "rooms.leave", Access::User, "Go out of a channel", leave).takes(LEAVE),
    &route!(GET "channels.info", Access::User, "A channel or a live chat", channel),
];

const LEAVE: Shape = Shape::Object(&[Field::required("roomId", Shape::Text)]);
/// In how many rooms someone is at most, as far as clients are told: those in which something
/// happened last.
pub(super) const MOST_ROOMS: i64 = 1_000;

/// A room with its last message, where the settings keep one.
pub(super) fn with_last(view: &mut View<'_>, policy: &Policy, room: &Room) -> Result<Value, Error> {
    let mut document = chat_documents::room(room);
    if policy.flag("Store_Last_Message")
        && let Some(last) = messages::last(view, room)?
    {
        document["lastMessage"] = shown(&last, room);
    }
    Ok(document)
}

/// The rooms of an account that changed after a moment.
pub(super) fn of_account(
    view: &mut View<'_>,
    policy: &Policy,
    account: &str,
    after: Option<Timestamp>,
) -> Result<Vec<Value>, Error> {
    let rooms = rooms::of_account(view, account, None, MOST_ROOMS)?;
    let last = match policy.flag("Store_Last_Message") {
        true => messages::last_of_account(view, account, MOST_ROOMS)?,
        false => Vec::new(),
    };
    let last: HashMap<_, _> = last
        .into_iter()
        .map(|one| (one.room.clone(), one))
        .collect();
    let changed = rooms
        .iter()
        .filter(|room| after.is_none_or(|after| room.updated_at > after));
    let documents = changed.map(|room| {
        let mut document = chat_documents::room(room);
        if let Some(last) = last.get(&Some(room.id.clone())) {
            document["lastMessage"] = shown(last, room);
        }
        document
    });
    Ok(documents.collect())
}

/// A moment in the query, if there is one.
pub(super) fn since(
    call: &Call,
    words: &str,
    code: &'static str,
) -> Result<Option<Timestamp>, Failure> {
    match call.text("updatedSince").filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => match Timestamp::parse(text) {
            None => Err(Failure::coded(words, code)),
            since => Ok(since),
        },
    }
}

async fn list(call: Call) -> Answer {
    let after = since(
        &call,
        "The \"updatedSince\" query parameter must be a valid date.",
        "error-updatedSince-param-invalid",
    )?;
    let (_, policy, account) = asking(&call)?;
    let update = call
        .read(move |view| of_account(view, &policy, &account.id, after))
        .await?;
    // Clients learn of rooms that they are in no longer from the real-time API.
    Reply::object(json!({"update": update, "remove": []}))
}

/// The room that `roomId` or `roomName` means.
fn named(call: &Call) -> Result<String, Failure> {
    let given = call.text("roomId").or_else(|| call.text("roomName"));
    let given = given.filter(|name| !name.is_empty()).ok_or_else(|| {
        Failure::coded(
            "The parameter \"roomId\" or \"roomName\" is required",
            "error-roomid-param-not-provided",
        )
    })?;
    Ok(given.to_owned())
}

fn unknown() -> Failure {
    Failure::coded(
        "The required \"roomId\" or \"roomName\" param provided does not match any channel",
        "error-room-not-found",
    )
}

async fn info(call: Call) -> Answer {
    let name = named(&call)?;
    let (_, policy, account) = asking(&call)?;
    let room = call
        .look(move |view| {
            let Some(room) = rooms::find_by_id_or_name(view, &name)? else {
                return Ok(Err(unknown()));
            };
            if !rooms::may_see(view, &policy, &account, &room)? {
                return Ok(Err(Failure::Typed("not-allowed".into(), "Not Allowed")));
            }
            Ok(Ok(with_last(view, &policy, &room)?))
        })
        .await??;
    Reply::object(json!({"room": room}))
}

/// A live chat is shown here to whoever is logged in; but what opens it to the visitor, and what
/// was said there, only to those who may see it.
async fn channel(call: Call) -> Answer {
    let name = named(&call)?;
    let (_, policy, account) = asking(&call)?;
    let room = call
        .look(move |view| {
            let found = rooms::find_by_id_or_name(view, &name)?;
            let Some(room) = found.filter(|room| room.kind != Kind::Direct) else {
                return Ok(Err(unknown()));
            };
            if rooms::may_see(view, &policy, &account, &room)? {
                return Ok(Ok(with_last(view, &policy, &room)?));
            }
            if room.kind == Kind::Channel {
                return Err(Refusal::NotAllowed);
            }
            let mut document = chat_documents::room(&room);
            if let Some(Value::Object(visitor)) = document.get_mut("v") {
                visitor.shift_remove("token");
            }
            if let Value::Object(members) = &mut document {
                members.shift_remove("crmData");
                members.shift_remove("transcriptRequest");
            }
            Ok(Ok(document))
        })
        .await??;
    Reply::object(json!({"channel": room}))
}

async fn leave(call: Call) -> Answer {
    let rid = call.text("roomId").unwrap_or_default().to_owned();
    let (now, policy, account) = asking(&call)?;
    call.write(move |tx| rooms::leave(tx, now, &policy, &account, &rid))
        .await?;
    Reply::done()
}
