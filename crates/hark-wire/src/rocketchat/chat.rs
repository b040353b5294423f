//! What people who work here say: in live chats, in channels, to each other.

use hark_chat::access;
use hark_chat::messages::{self, Draft, Message};
use hark_model::Refusal;
use hark_model::rooms::{self, Room};
use hark_store::{Timestamp, View};
use serde_json::{Map, Value, json};

use super::chat_documents::{self, message_in};
use super::{date, ejson};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::params;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "chat.sendMessage", Access::User, "Say something in a room", send).reads(SEND),
    &route!(POST "chat.postMessage", Access::User, "Say something in a room, in a channel or to a person", post_to).reads(POST_TO),
    &route!(POST "chat.update", Access::User, "Change a message", update),
    &route!(POST "chat.delete", Access::User, "Take a message back", delete),
    &route!(GET "chat.getMessage", Access::User, "One message", one).reads(ONE),
    &route!(GET "chat.syncMessages", Access::User, "What changed in a room since a moment", sync)
        .reads(SYNC)
        .per_minute(OF_A_DESK),
    &route!(GET "chat.search", Access::User, "Messages of a room that contain a text", search).reads(SEARCH),
    &route!(POST "chat.react", Access::User, "Put a reaction under a message, or take it away", react).reads(REACT),
    &route!(POST "chat.starMessage", Access::User, "Mark a message for oneself", star::<true>).reads(MARKED),
    &route!(POST "chat.unStarMessage", Access::User, "Take one's mark off a message", star::<false>).reads(MARKED),
    &route!(POST "chat.pinMessage", Access::User, "Pin a message", pin).reads(MARKED),
    &route!(POST "chat.unPinMessage", Access::User, "Unpin a message", unpin).reads(MARKED),
];

const TEXT: &str = "What is said; Markdown";
const ALIAS: Field = Field::optional("alias", Shape::Text).about("Another name for who says it");
const AVATAR: Field =
    Field::optional("avatar", Shape::Text).about("The address of another picture");
const EMOJI: Field =
    Field::optional("emoji", Shape::Text).about("An emoji instead of the picture, `:robot:`");
const ATTACHMENTS: Field =
    Field::optional("attachments", Shape::List(&Shape::Open)).about("What is shown below the text");
const THREAD: Field =
    Field::optional("tmid", Shape::Text).about("The id of the message whose thread it belongs to");

const SEND: &[Field] = &[Field::required(
    "message",
    Shape::OpenObject(&[
        Field::required("rid", Shape::Text),
        Field::optional("msg", Shape::Text).about(TEXT),
        Field::optional("_id", Shape::Text)
            .about("An id of the client's own: sent again, it is said once"),
        ALIAS,
        AVATAR,
        EMOJI,
        ATTACHMENTS,
        THREAD,
    ]),
)
.about("The message")];

const ADDRESS: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]);
const POST_TO: &[Field] = &[
    Field::optional("channel", ADDRESS)
        .about("`#` and the name of a room, `@` and a user name, or an id; or up to 50 of them"),
    Field::optional("roomId", ADDRESS).about("The id of a room, or up to 50 of them"),
    Field::optional("text", Shape::Text).about(TEXT),
    Field::optional("msg", Shape::Text).about("The same as `text`"),
    ALIAS,
    AVATAR,
    EMOJI,
    ATTACHMENTS,
    THREAD,
];

const ONE: &[Field] = &[Field::required("msgId", Shape::NonEmpty).about("The id of the message")];
const SYNC: &[Field] = &[
    Field::required("roomId", Shape::NonEmpty),
    Field::optional("lastUpdate", Shape::Text)
        .about("What changed after this moment (ISO 8601); needed without `next`"),
    Field::optional("type", Shape::OneOf(&["UPDATED", "DELETED"]))
        .about("Which of both, where pages are asked for"),
    Field::optional("next", Shape::Text)
        .about("Where the page before ended, as its `cursor.next` says; goes with `type`"),
    paging::COUNT,
];
const SEARCH: &[Field] = &[
    Field::required("roomId", Shape::NonEmpty),
    Field::required("searchText", Shape::NonEmpty).about("What the message contains"),
    paging::COUNT,
    paging::OFFSET,
];
const MESSAGE: Field = Field::required("messageId", Shape::NonEmpty).about("The id of the message");
const MARKED: &[Field] = &[MESSAGE];
const REACT: &[Field] = &[
    MESSAGE,
    Field::optional("emoji", Shape::NonEmpty)
        .about("The name of an emoji, `:thumbsup:`; needed without `reaction`"),
    Field::optional("reaction", Shape::NonEmpty).about("The same as `emoji`"),
    Field::optional("shouldReact", Shape::Flag)
        .about("Whether it is to be there; without it, it is taken away where it was"),
];

params! {
    struct Update {
        room_id as "roomId": String,
        /// The id of the message.
        msg_id as "msgId": String,
        /// What it says from now on.
        text: String,
        _previews as "previewUrls": Option<Vec<String>>,
        _custom_fields as "customFields": Option<Map<String, Value>>,
    }

    struct Delete {
        /// The id of the message.
        msg_id as "msgId": String,
        room_id as "roomId": String,
        /// Whether it is deleted in the name of its author.
        as_user as "asUser": Option<bool>,
    }
}

/// How many rooms and people one call may speak to.
const MOST_ADDRESSED: usize = 50;
/// How many changes of a room are shown at once; anyone who gets as many asks again.
const MOST_CHANGED: i64 = 1_000;
/// What a client may give a message besides its text.
const EXTRA: &[&str] = &["alias", "attachments", "avatar", "emoji", "tmid"];

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

pub(super) async fn post(call: &Call, rid: String, draft: Draft) -> Result<Message, Refusal> {
    let chat = rid.clone();
    call.command_in(&chat, move |_, cx| messages::post(cx, &rid, &draft))
        .await
}

pub(super) fn seen(call: &Call, view: &mut View<'_>, rid: &str) -> Result<Room, Refusal> {
    let room = rooms::find(view, rid)?.ok_or(Refusal::NoSuchRoom)?;
    if may_see(call, view, &room)? {
        as_shown(call, room)
    } else {
        Err(Refusal::NotAllowed)
    }
}

pub(super) fn may_see(call: &Call, view: &mut View<'_>, room: &Room) -> Result<bool, Refusal> {
    let account = call.account()?;
    Ok(access::may_see(view, &call.policy, account, room)?)
}

/// A room whose document the caller gets.
pub(super) fn as_shown(call: &Call, room: Room) -> Result<Room, Refusal> {
    Ok(access::as_shown(&call.policy, call.account()?, room))
}

async fn send(call: Call) -> Answer {
    let Some(message) = call.params.get("message").and_then(Value::as_object) else {
        return Err(Failure::coded(
            "The \"message\" parameter must be provided. [error-invalid-params]",
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

/// Where `chat.postMessage` is to say something: to one address or to several.
fn addresses(call: &Call) -> Vec<String> {
    let given = ["channel", "roomId"]
        .into_iter()
        .filter_map(|name| call.params.get(name));
    let mut addressed = Vec::new();
    for one in given.flat_map(|given| match given {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }) {
        if addressed.len() == MOST_ADDRESSED {
            break;
        }
        let address = one.as_str().unwrap_or_default().to_owned();
        if !addressed.contains(&address) {
            addressed.push(address);
        }
    }
    addressed
}

async fn post_to(call: Call) -> Answer {
    let text = call.text("text").or_else(|| call.text("msg"));
    let draft = Draft {
        id: None,
        text: text.unwrap_or_default().trim().to_owned(),
        extra: call.params.as_object().and_then(extra),
    };
    let mut first = None;
    // Each by itself: two who write to the same rooms in another order do not wait for each other.
    for address in addresses(&call) {
        let (draft, to) = (draft.clone(), address.clone());
        let message = call
            .command(move |_, cx| {
                let room = hark_chat::addressed(cx, &address)?;
                messages::post(cx, &room, &draft)
            })
            .await?;
        first.get_or_insert((to, message));
    }
    let Some((address, message)) = first else {
        return Err(Failure::coded("[invalid-channel]"));
    };
    Reply::object(json!({"ts": call.now.millis(), "channel": address, "message": said(&message)}))
}

async fn update(call: Call, update: Update) -> Answer {
    let message = call
        .command(move |call, cx| {
            let rid = &update.room_id;
            let message = messages::change(cx, rid, &update.msg_id, &update.text)?;
            let room = rooms::find(cx.tx, rid)?.ok_or(Refusal::NoSuchRoom)?;
            Ok(message_in(&message, &as_shown(call, room)?))
        })
        .await?;
    Reply::object(json!({"message": message}))
}

async fn delete(call: Call, delete: Delete) -> Answer {
    let message = call
        .command(move |_, cx| {
            let (rid, id) = (&delete.room_id, &delete.msg_id);
            // In the name of its author is said only by them, or by anyone who may force it.
            if delete.as_user == Some(true)
                && !cx.may("force-delete-message")
                && let Some(message) = messages::find(cx.tx, id)?
                && !cx.who.is(&message.author.id)
            {
                return Err(Refusal::ActionNotAllowed);
            }
            messages::remove(cx, rid, id)
        })
        .await?;
    let author = json!({"_id": message.author.id, "username": message.author.username});
    Reply::object(json!({
        "_id": message.id,
        "ts": call.now.millis().to_string(),
        "message": {"_id": message.id, "rid": message.room, "u": author},
    }))
}

async fn one(call: Call) -> Answer {
    if call.text("msgId").is_none_or(str::is_empty) {
        return Err(Failure::plain(
            "The \"msgId\" query parameter must be provided.",
        ));
    }
    let found = call
        .query(|call, view| {
            let message = messages::find(view, call.text("msgId").unwrap_or_default())?;
            let Some((message, rid)) = message.and_then(|message| {
                let rid = message.room.clone()?;
                (!message.hidden).then_some((message, rid))
            }) else {
                return Ok(None);
            };
            let room = seen(call, view, &rid)?;
            Ok(Some(message_in(&message, &room)))
        })
        .await?;
    match found {
        Some(message) => Reply::object(json!({"message": message})),
        None => Err(Failure::Silent),
    }
}

/// A parameter of the query that has to be there.
fn needed<'c>(call: &'c Call, name: &str, code: &str) -> Result<&'c str, Failure> {
    let given = call.text(name).filter(|text| !text.is_empty());
    given.ok_or_else(|| {
        Failure::coded(format!(
            "The required \"{name}\" query param is missing. [{code}]"
        ))
    })
}

/// `chat.syncMessages`: since a moment, or page by page from the cursor of the page before.
async fn sync(call: Call) -> Answer {
    let rid = needed(&call, "roomId", "error-roomId-param-not-provided")?.to_owned();
    let cursor = call.text("next").filter(|_| call.text("type").is_some());
    if let Some(cursor) = cursor {
        return sync_on(&call, rid, cursor).await;
    }
    let since = needed(&call, "lastUpdate", "error-lastUpdate-param-not-provided")?;
    let since = date("lastUpdate", since, "error-roomId-param-invalid")?;
    let result = call
        .query(move |call, view| {
            let room = seen(call, view, &rid)?;
            let (changed, removed) = messages::changed_since(view, &rid, since, MOST_CHANGED)?;
            let updated: Vec<Value> = changed.iter().map(|one| message_in(one, &room)).collect();
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
        Failure::coded("The \"next\" query parameter must be a moment in milliseconds. [error-cursor-param-invalid]")
    })?;
    let removals = call.text("type") == Some("DELETED");
    let limit = paging::page(call).limit.min(MOST_CHANGED);
    let result = call
        .query(move |call, view| {
            let room = seen(call, view, &rid)?;
            let (changed, removed) = messages::changed_since(view, &rid, since, limit)?;
            let (name, page, moments): (_, Vec<Value>, Vec<Timestamp>) = if removals {
                (
                    "deleted",
                    removed.iter().map(gone).collect(),
                    removed.iter().map(|(_, at)| *at).collect(),
                )
            } else {
                (
                    "updated",
                    changed.iter().map(|one| message_in(one, &room)).collect(),
                    changed.iter().map(|one| one.updated_at).collect(),
                )
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
    let found = call
        .query(move |call, view| {
            let room = seen(call, view, &rid)?;
            let (found, _) = messages::said(view, &rid, &term, page)?;
            let found = found.iter().map(|one| message_in(one, &room));
            Ok(found.collect::<Vec<_>>())
        })
        .await?;
    Reply::object(json!({"messages": found}))
}

/// The message that a mark is for.
fn marked(call: &Call) -> Result<String, Failure> {
    let id = call.text("messageId").map(str::trim);
    let id = id.filter(|id| !id.is_empty()).ok_or_else(|| {
        Failure::coded(
            "The required \"messageId\" param is missing. [error-messageid-param-not-provided]",
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
        Failure::coded("The required \"emoji\" param is missing. [error-emoji-param-not-provided]")
    })?;
    let (emoji, wanted) = (emoji.to_owned(), call.flag("shouldReact"));
    call.done(move |_, cx| messages::react(cx, &id, &emoji, wanted).map_err(unknown_message))
        .await
}

async fn star<const STARRED: bool>(call: Call) -> Answer {
    let id = marked(&call)?;
    call.done(move |_, cx| messages::star(cx, &id, STARRED).map_err(unknown_message))
        .await
}

async fn set_pin(call: &Call, pinned: bool) -> Result<Value, Failure> {
    let id = marked(call)?;
    let message = call.command(move |call, cx| {
        let message = messages::pin(cx, &id, pinned).map_err(unknown_message)?;
        let rid = message.room.as_deref().unwrap_or_default();
        let room = rooms::find(cx.tx, rid)?.ok_or(Refusal::NoSuchRoom)?;
        Ok(message_in(&message, &as_shown(call, room)?))
    });
    Ok(message.await?)
}

async fn pin(call: Call) -> Answer {
    let message = set_pin(&call, true).await?;
    Reply::object(json!({"message": message}))
}

async fn unpin(call: Call) -> Answer {
    set_pin(&call, false).await?;
    Reply::done()
}
