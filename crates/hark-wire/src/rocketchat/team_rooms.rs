//! The rooms that someone is in, and one room as everyone who may knows it.

use std::collections::HashMap;

use hark_chat::access;
use hark_chat::messages::{self, Message};
use hark_model::rooms::{self, Kind, Room};
use hark_model::{Policy, Refusal, settings};
use hark_store::{Error, Timestamp, View};
use serde_json::{Value, json};

use super::chat::{as_shown, may_see};
use super::chat_documents::{self, message_in};
use super::date;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::params;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "rooms.get", Access::User, "The rooms that the caller is in", list).reads(CHANGED),
    &route!(GET "rooms.info", Access::User, "A room that the caller may see", info).reads(NAMED),
    &route!(POST "rooms.leave", Access::User, "Go out of a channel", leave),
    &route!(POST "groups.create", Access::Permission("create-p"), "Make a group that only its members see", create_group).reads(GROUP),
    &route!(POST "groups.delete", Access::User, "Remove a group", remove_group).reads(NAMED),
    &route!(GET "channels.info", Access::User, "A channel or a live chat", channel).reads(NAMED),
];

const GROUP: &[Field] = &[
    Field::required("name", Shape::NonEmpty).about("The group's name"),
    Field::optional("members", Shape::List(&Shape::Text)).about("The user names of its members"),
    Field::optional("excludeSelf", Shape::Flag).about("Whether the caller is not one of them"),
];
const NAMED: &[Field] = &[
    Field::optional("roomId", Shape::Text),
    Field::optional("roomName", Shape::Text).about("The name of a room, instead of `roomId`"),
];
pub(super) const CHANGED: &[Field] = &[Field::optional("updatedSince", Shape::Text)];

params! {
    struct Leave {
        room_id as "roomId": String,
    }
}
/// In how many rooms someone is at most, as far as clients learn: those in which something
/// happened last.
pub(super) const MOST_ROOMS: i64 = 1_000;

/// A room with its last message, where the settings keep one.
pub(super) fn with_last(view: &mut View<'_>, policy: &Policy, room: &Room) -> Result<Value, Error> {
    let last = if shows_last(policy) {
        messages::last(view, room)?
    } else {
        None
    };
    Ok(document(room, last.as_ref()))
}

pub(super) fn shows_last(policy: &Policy) -> bool {
    policy.flag(settings::Store_Last_Message)
}

pub(super) fn document(room: &Room, last: Option<&Message>) -> Value {
    let mut document = chat_documents::room(room);
    if let Some(last) = last {
        document["lastMessage"] = message_in(last, room);
    }
    document
}

/// The rooms of the caller that changed after a moment.
pub(super) fn of_caller(
    call: &Call,
    view: &mut View<'_>,
    after: Option<Timestamp>,
) -> Result<Vec<Value>, Refusal> {
    let account = call.account()?;
    let rooms = rooms::of_account(view, &account.id, None, MOST_ROOMS)?;
    let last = if shows_last(&call.policy) {
        messages::last_of_account(view, &account.id, MOST_ROOMS)?
    } else {
        Vec::new()
    };
    let last: HashMap<_, _> = last
        .into_iter()
        .map(|one| (one.room.clone(), one))
        .collect();
    let changed = rooms
        .into_iter()
        .filter(|room| after.is_none_or(|after| room.updated_at > after))
        .map(|room| access::as_shown(&call.policy, account, room));
    let documents = changed.map(|room| document(&room, last.get(&Some(room.id.clone()))));
    Ok(documents.collect())
}

/// A moment in the query, if there is one. Not all routes complain of it under its name.
pub(super) fn since(call: &Call, name: &str, code: &str) -> Result<Option<Timestamp>, Failure> {
    let given = call.text("updatedSince").filter(|text| !text.is_empty());
    given.map(|text| date(name, text, code)).transpose()
}

async fn list(call: Call) -> Answer {
    let after = since(&call, "updatedSince", "error-updatedSince-param-invalid")?;
    let update = call
        .query(move |call, view| of_caller(call, view, after))
        .await?;
    // Clients learn of rooms that they are in no longer from the real-time API.
    Reply::object(json!({"update": update, "remove": []}))
}

/// The room that `roomId` or `roomName` means.
fn named(call: &Call) -> Result<String, Failure> {
    let given = call.text("roomId").or_else(|| call.text("roomName"));
    let given = given.filter(|name| !name.is_empty()).ok_or_else(|| {
        Failure::coded("The parameter \"roomId\" or \"roomName\" is required [error-roomid-param-not-provided]")
    })?;
    Ok(given.to_owned())
}

fn unknown() -> Failure {
    Failure::coded(
        "The required \"roomId\" or \"roomName\" param provided does not match any channel [error-room-not-found]",
    )
}

async fn info(call: Call) -> Answer {
    let name = named(&call)?;
    let room = call
        .query(move |call, view| {
            let Some(room) = rooms::find_by_id_or_name(view, &name)? else {
                return Ok(Err(unknown()));
            };
            if !may_see(call, view, &room)? {
                return Ok(Err(Failure::Typed("not-allowed".into(), "Not Allowed")));
            }
            let room = as_shown(call, room)?;
            Ok(Ok(with_last(view, &call.policy, &room)?))
        })
        .await??;
    Reply::object(json!({"room": room}))
}

async fn channel(call: Call) -> Answer {
    let name = named(&call)?;
    let room = call
        .query(move |call, view| {
            let found = rooms::find_by_id_or_name(view, &name)?;
            let found = found.filter(|room| matches!(room.kind, Kind::Channel | Kind::Live));
            let Some(room) = found else {
                return Ok(Err(unknown()));
            };
            if may_see(call, view, &room)? {
                let room = as_shown(call, room)?;
                Ok(Ok(with_last(view, &call.policy, &room)?))
            } else if room.kind == Kind::Channel {
                Err(Refusal::NotAllowed)
            } else {
                Ok(Err(unknown()))
            }
        })
        .await??;
    Reply::object(json!({"channel": room}))
}

async fn create_group(call: Call) -> Answer {
    let name = call.text("name").filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Failure::plain("Body param \"name\" is required"))?;
    let name = name.trim().to_owned();
    if call
        .params
        .get("members")
        .is_some_and(|members| !members.is_array())
    {
        return Err(Failure::plain(
            "Body param \"members\" must be an array if provided",
        ));
    }
    let members = call.texts("members").unwrap_or_default();
    let without_founder = call.flag("excludeSelf") == Some(true);
    let room = call
        .command(move |_, cx| hark_chat::found_group(cx, &name, &members, without_founder))
        .await?;
    let mut document = chat_documents::room(&room);
    let founder = call.account()?;
    document["u"] = json!({"_id": founder.id, "username": founder.username});
    Reply::object(json!({"group": document}))
}

async fn remove_group(call: Call) -> Answer {
    let name = named(&call)?;
    let removed = call.command(move |_, cx| hark_chat::remove_group(cx, &name));
    removed.await.map_err(|refusal| match refusal {
        Refusal::NoSuchRoom => Failure::coded(
            "The required \"roomId\" or \"roomName\" param provided does not match any group [error-room-not-found]",
        ),
        other => other.into(),
    })?;
    Reply::done()
}

async fn leave(call: Call, leave: Leave) -> Answer {
    call.done(move |_, cx| hark_chat::leave(cx, &leave.room_id))
        .await
}
