//! What people who work here say: in live chats, in channels, to each other.

use std::sync::Arc;

use hark_chat::accounts::Account;
use hark_chat::messages::{self, Draft, Message};
use hark_chat::rooms::{self, Room};
use hark_chat::{Policy, Refusal};
use hark_store::{Timestamp, View};
use serde_json::{Map, Value, json};

use super::{chat_documents, ejson};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "chat.sendMessage", Access::User, "Say something in a room", send),
    &route!(POST "chat.postMessage", Access::User, "Say something in a room, in a channel or to a person", post_to),
    &route!(POST "chat.update", Access::User, "Change a message", update).takes(UPDATE),
    &route!(POST "chat.delete", Access::User, "Take a message back", delete).takes(DELETE),
    &route!(GET "chat.getMessage", Access::User, "One message", one),
    &route!(GET "chat.syncMessages", Access::User, "What changed in a room since a moment", sync),
    &route!(GET "chat.search", Access::User, "Messages of a room that contain a text", search),
    &route!(POST "chat.react", Access::User, "Put a reaction under a message, or take it away", react),
    &route!(POST "chat.starMessage", Access::User, "Mark a message for oneself", star),
    &route!(POST "chat.unStarMessage", Access::User, "Take one's mark off a message", unstar),
    &route!(POST "chat.pinMessage", Access::User, "Pin a message", pin),
    &route!(POST "chat.unPinMessage", Access::User, "Unpin a message", unpin),
];

const UPDATE: Shape = Shape::Object(&[
    Field::required("roomId", Shape::Text),
    Field::required("msgId", Shape::Text),
    Field::required("text", Shape::Text),
    Field::optional("previewUrls", Shape::List(&Shape::Text)),
    Field::optional("customFields", Shape::Open),
]);
const DELETE: Shape = Shape::Object(&[
    Field::required("msgId", Shape::Text),
    Field::required("roomId", Shape::Text),
    Field::optional("asUser", Shape::Flag),
]);

/// How many places one call may speak to.
const MOST_PLACES: usize = 50;
/// How many changes of a room are told at once; whoever gets as many asks again.
const MOST_CHANGED: i64 = 1_000;
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
    let rid = text("rid").filter(|rid| !rid.is_empty());
    let rid =
        rid.ok_or_else(|| Failure::plain("The 'rid' property on the message object is missing."))?;
    let draft = Draft {
        id: text("_id").map(str::to_owned),
        text: text("msg").unwrap_or_default().to_owned(),
        extra: extra(message),
    };
    Ok((rid.to_owned(), draft))
}

fn extra(message: &Map<String, Value>) -> Option<Value> {
    let given = EXTRA.iter().filter_map(|name| {
        let value = message.get(*name)?;
        let is_there = !value.is_null() && *value != json!([]);
        is_there.then(|| ((*name).to_owned(), value.clone()))
    });
    let extra: Map<String, Value> = given.collect();
    (!extra.is_empty()).then_some(Value::Object(extra))
}

/// Says what a client has drafted.
pub(super) async fn post(call: &Call, rid: String, draft: Draft) -> Result<Message, Failure> {
    let (now, policy, account) = asking(call)?;
    call.write(move |tx| messages::post(tx, now, &policy, &account, &rid, &draft))
        .await
}

/// What commands on messages are told of the one who calls.
pub(super) fn asking(call: &Call) -> Result<(Timestamp, Arc<Policy>, Account), Failure> {
    let account = call.account()?.clone();
    Ok((call.now, Arc::clone(&call.policy), account))
}

/// A room that the caller may see.
pub(super) fn seen(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    rid: &str,
) -> Result<Room, Refusal> {
    let room = rooms::find(view, rid)?.ok_or(Refusal::NoSuchRoom)?;
    match rooms::may_see(view, policy, account, &room)? {
        true => Ok(room),
        false => Err(Refusal::NotAllowed),
    }
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

/// Where `chat.postMessage` is to say something: one place or several.
fn addresses(call: &Call) -> Vec<String> {
    let given = ["channel", "roomId"]
        .into_iter()
        .filter_map(|name| call.params.get(name));
    let mut places = Vec::new();
    for one in given.flat_map(|given| match given {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }) {
        if places.len() == MOST_PLACES {
            break;
        }
        let place = one.as_str().unwrap_or_default().to_owned();
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

async fn post_to(call: Call) -> Answer {
    let (now, policy, account) = asking(&call)?;
    let text = call.text("text").or_else(|| call.text("msg"));
    let draft = Draft {
        id: None,
        text: text.unwrap_or_default().trim().to_owned(),
        extra: call.params.as_object().and_then(extra),
    };
    let mut first = None;
    // Each by itself: two who write to the same places in another order do not wait for each other.
    for place in addresses(&call) {
        let (policy, account, draft) = (Arc::clone(&policy), account.clone(), draft.clone());
        let told = place.clone();
        let message = call
            .write(move |tx| {
                let room = rooms::addressed(tx, now, &policy, &account, &place)?;
                messages::post(tx, now, &policy, &account, &room, &draft)
            })
            .await?;
        first.get_or_insert((told, message));
    }
    let Some((place, message)) = first else {
        return Err(Failure::coded("", "invalid-channel"));
    };
    Reply::object(json!({"ts": now.millis(), "channel": place, "message": said(&message)}))
}

async fn update(call: Call) -> Answer {
    let (now, policy, account) = asking(&call)?;
    let text = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let (rid, id, new) = (text("roomId"), text("msgId"), text("text"));
    let (message, room) = call
        .write(move |tx| {
            let message = messages::change(tx, now, &policy, &account, &rid, &id, &new)?;
            Ok((message, rooms::find(tx, &rid)?.ok_or(Refusal::NoSuchRoom)?))
        })
        .await?;
    Reply::object(json!({"message": shown(&message, &room)}))
}

async fn delete(call: Call) -> Answer {
    let (now, policy, account) = asking(&call)?;
    let text = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let (rid, id) = (text("roomId"), text("msgId"));
    let as_author = call.flag("asUser") == Some(true) && !call.may("force-delete-message");
    let message = call
        .write(move |tx| {
            // In the name of its author is said only by him, or by whoever may force it.
            if as_author
                && let Some(message) = messages::find(tx, &id)?
                && message.author.id != account.id
            {
                return Err(Refusal::ActionNotAllowed);
            }
            messages::remove(tx, now, &policy, &account, &rid, &id)
        })
        .await?;
    let author = json!({"_id": message.author.id, "username": message.author.username});
    Reply::object(json!({
        "_id": message.id,
        "ts": now.millis().to_string(),
        "message": {"_id": message.id, "rid": message.room, "u": author},
    }))
}

async fn one(call: Call) -> Answer {
    let id = call.text("msgId").filter(|id| !id.is_empty());
    let id = id
        .map(str::to_owned)
        .ok_or_else(|| Failure::plain("The \"msgId\" query parameter must be provided."))?;
    let (_, policy, account) = asking(&call)?;
    let found = call
        .look(move |view| {
            let message = messages::find(view, &id)?;
            let Some((message, rid)) = message.and_then(|message| {
                let rid = message.room.clone()?;
                (!message.hidden).then_some((message, rid))
            }) else {
                return Ok(None);
            };
            let room = seen(view, &policy, &account, &rid)?;
            Ok(Some(shown(&message, &room)))
        })
        .await?;
    match found {
        Some(message) => Reply::object(json!({"message": message})),
        None => Err(Failure::Silent),
    }
}

/// A parameter of the query that has to be there.
fn needed<'c>(call: &'c Call, name: &str, code: &'static str) -> Result<&'c str, Failure> {
    let given = call.text(name).filter(|text| !text.is_empty());
    given.ok_or_else(|| {
        Failure::coded(
            format!("The required \"{name}\" query param is missing."),
            code,
        )
    })
}

/// `chat.syncMessages`: since a moment, or page by page from the cursor of the page before.
async fn sync(call: Call) -> Answer {
    let rid = needed(&call, "roomId", "error-roomId-param-not-provided")?.to_owned();
    let (_, policy, account) = asking(&call)?;
    let cursor = call.text("next").filter(|_| call.text("type").is_some());
    if let Some(cursor) = cursor {
        return sync_on(&call, rid, cursor).await;
    }
    let since = needed(&call, "lastUpdate", "error-lastUpdate-param-not-provided")?;
    let since = Timestamp::parse(since).ok_or_else(|| {
        Failure::coded(
            "The \"lastUpdate\" query parameter must be a valid date.",
            "error-roomId-param-invalid",
        )
    })?;
    let result = call
        .look(move |view| {
            let room = seen(view, &policy, &account, &rid)?;
            let (changed, removed) = messages::changed_since(view, &rid, since, MOST_CHANGED)?;
            let updated: Vec<Value> = changed.iter().map(|one| shown(one, &room)).collect();
            let deleted: Vec<Value> = removed.iter().map(gone).collect();
            Ok(json!({"updated": updated, "deleted": deleted}))
        })
        .await?;
    Reply::object(json!({"result": result}))
}

fn gone((id, at): &(String, Timestamp)) -> Value {
    json!({"_id": id, "_deletedAt": Value::from(*at)})
}

/// One page of `updated` or of `deleted`, from the cursor on.
async fn sync_on(call: &Call, rid: String, cursor: &str) -> Answer {
    let since = cursor
        .parse()
        .ok()
        .and_then(|millis: i64| ejson::moment(&json!(millis)));
    let since = since.ok_or_else(|| {
        Failure::coded(
            "The \"next\" query parameter must be a moment in milliseconds.",
            "error-cursor-param-invalid",
        )
    })?;
    let removals = call.text("type") == Some("DELETED");
    let limit = paging::page(call).limit.min(MOST_CHANGED);
    let (_, policy, account) = asking(call)?;
    let result = call
        .look(move |view| {
            let room = seen(view, &policy, &account, &rid)?;
            let (changed, removed) = messages::changed_since(view, &rid, since, limit)?;
            let (name, page, moments): (_, Vec<Value>, Vec<Timestamp>) = match removals {
                true => (
                    "deleted",
                    removed.iter().map(gone).collect(),
                    removed.iter().map(|(_, at)| *at).collect(),
                ),
                false => (
                    "updated",
                    changed.iter().map(|one| shown(one, &room)).collect(),
                    changed.iter().map(|one| one.updated_at).collect(),
                ),
            };
            let is_full = i64::try_from(page.len()).is_ok_and(|length| length == limit);
            let next = moments.last().filter(|_| is_full);
            Ok(json!({
                name: page,
                "cursor": {
                    "next": next.map(|at| at.millis().to_string()),
                    "previous": moments.first().map(|at| at.millis().to_string()),
                },
            }))
        })
        .await?;
    Reply::object(json!({"result": result}))
}

async fn search(call: Call) -> Answer {
    let rid = needed(&call, "roomId", "error-roomId-param-not-provided")?.to_owned();
    let term = needed(&call, "searchText", "error-searchText-param-not-provided")?.to_owned();
    let page = paging::page(&call);
    let (_, policy, account) = asking(&call)?;
    let found = call
        .look(move |view| {
            let room = seen(view, &policy, &account, &rid)?;
            let (found, _) = messages::said(view, &rid, &term, page)?;
            Ok(found
                .iter()
                .map(|one| shown(one, &room))
                .collect::<Vec<_>>())
        })
        .await?;
    Reply::object(json!({"messages": found}))
}

/// The message that a mark is for.
fn marked(call: &Call) -> Result<String, Failure> {
    let id = call.text("messageId").map(str::trim);
    let id = id.filter(|id| !id.is_empty()).ok_or_else(|| {
        Failure::coded(
            "The required \"messageId\" param is missing.",
            "error-messageid-param-not-provided",
        )
    })?;
    Ok(id.to_owned())
}

fn unknown_message(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::NoSuchMessage(_) => Refusal::MessageNotFound,
        other => other,
    }
}

async fn react(call: Call) -> Answer {
    let id = marked(&call)?;
    let emoji = call.text("emoji").or_else(|| call.text("reaction"));
    let emoji = emoji.filter(|emoji| !emoji.is_empty()).ok_or_else(|| {
        Failure::coded(
            "The required \"emoji\" param is missing.",
            "error-emoji-param-not-provided",
        )
    })?;
    let (emoji, wanted) = (emoji.to_owned(), call.flag("shouldReact"));
    let (now, policy, account) = asking(&call)?;
    call.write(move |tx| {
        messages::react(tx, now, &policy, &account, &id, &emoji, wanted).map_err(unknown_message)
    })
    .await?;
    Reply::done()
}

async fn star(call: Call) -> Answer {
    set_star(call, true).await
}

async fn unstar(call: Call) -> Answer {
    set_star(call, false).await
}

async fn set_star(call: Call, starred: bool) -> Answer {
    let id = marked(&call)?;
    let (now, policy, account) = asking(&call)?;
    call.write(move |tx| {
        messages::star(tx, now, &policy, &account, &id, starred).map_err(unknown_message)
    })
    .await?;
    Reply::done()
}

async fn set_pin(call: &Call, pinned: bool) -> Result<Value, Failure> {
    let id = marked(call)?;
    let (now, policy, account) = asking(call)?;
    call.write(move |tx| {
        let message = messages::pin(tx, now, &policy, &account, &id, pinned);
        let message = message.map_err(unknown_message)?;
        let rid = message.room.clone().unwrap_or_default();
        let room = rooms::find(tx, &rid)?.ok_or(Refusal::NoSuchRoom)?;
        Ok(shown(&message, &room))
    })
    .await
}

async fn pin(call: Call) -> Answer {
    let message = set_pin(&call, true).await?;
    Reply::object(json!({"message": message}))
}

async fn unpin(call: Call) -> Answer {
    set_pin(&call, false).await?;
    Reply::done()
}
