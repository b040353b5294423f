//! A visitor's chat: opening it, writing in it, leaving it. His token opens nothing else.

use std::sync::Arc;

use hark_chat::accounts::Page;
use hark_chat::messages::{self, Draft, Message};
use hark_chat::rooms::{self, Close, Closer, Forward, Hand, Opening, Room};
use hark_chat::visitors::{self, Registration};
use hark_chat::{Policy, Refusal};
use hark_store::{Timestamp, View};
use serde_json::{Value, json};

use super::chat_documents;
use super::uploads::shown_to_visitor;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/room", Access::Visitor, "The visitor's open chat, opened if there is none", open)
        .takes(OPEN)
        .per_minute(5),
    &route!(POST "livechat/room.close", Access::Visitor, "The visitor ends his chat", close).takes(CLOSE),
    &route!(POST "livechat/room.transfer", Access::Visitor, "The visitor goes to another department", transfer)
        .takes(TRANSFER)
        .deprecated(),
    &route!(POST "livechat/room.survey", Access::Visitor, "What the visitor thought of a chat", survey).takes(SURVEY),
    &route!(POST "livechat/message", Access::Visitor, "The visitor says something", post).takes(POST),
    &route!(GET "livechat/message/{_id}", Access::Visitor, "A message of the visitor's chat", read).takes(PLACE),
    &route!(PUT "livechat/message/{_id}", Access::Visitor, "The visitor changes a message of his", change).takes(CHANGE),
    &route!(DELETE "livechat/message/{_id}", Access::Visitor, "The visitor takes a message back", remove).takes(PLACE),
    &route!(GET "livechat/messages.history/{rid}", Access::Visitor, "What was said, newest first", history).takes(HISTORY),
    &route!(POST "livechat/messages", Access::User, "What a visitor said elsewhere, several messages at once", import).takes(IMPORT),
];

const OPEN: Shape = Shape::Matched(&[
    Field::required("token", Shape::Text),
    Field::optional("rid", Shape::Maybe(&Shape::Text)),
    Field::optional("agentId", Shape::Maybe(&Shape::Text)),
]);
const CLOSE: Shape = Shape::Object(&[
    Field::required("rid", Shape::Text),
    Field::required("token", Shape::Text),
]);
const TRANSFER: Shape = Shape::Object(&[
    Field::required("rid", Shape::Text),
    Field::required("token", Shape::Text),
    Field::required("department", Shape::Text),
]);
const SURVEY: Shape = Shape::Object(&[
    Field::required("rid", Shape::Text),
    Field::required("token", Shape::Text),
    Field::required(
        "data",
        Shape::SomeOf(&Shape::Object(&[
            Field::required("name", Shape::Text),
            Field::required("value", Shape::Text),
        ])),
    ),
]);
const POST: Shape = Shape::Object(&[
    Field::required("token", Shape::Text),
    Field::required("rid", Shape::Text),
    Field::required("msg", Shape::Text),
    Field::optional("_id", Shape::Text),
    Field::optional(
        "agent",
        Shape::Object(&[
            Field::required("agentId", Shape::Text),
            Field::required("username", Shape::Text),
        ]),
    ),
]);
const PLACE: Shape = Shape::Object(&[
    Field::required("token", Shape::Text),
    Field::required("rid", Shape::Text),
]);
const CHANGE: Shape = Shape::Object(&[
    Field::required("token", Shape::Text),
    Field::required("rid", Shape::Text),
    Field::required("msg", Shape::Text),
]);
const HISTORY: Shape = Shape::Object(&[
    Field::required("token", Shape::Text),
    Field::optional("limit", Shape::Number),
    Field::optional("offset", Shape::Number),
    Field::optional("ls", Shape::Text),
    Field::optional("end", Shape::Text),
    Field::optional("count", Shape::Number),
    Field::optional("sort", Shape::Text),
    Field::optional("searchText", Shape::Text),
]);
const IMPORT: Shape = Shape::Object(&[
    Field::required(
        "visitor",
        Shape::Object(&[Field::required("token", Shape::Text)]),
    ),
    Field::required(
        "messages",
        Shape::SomeOf(&Shape::Object(&[Field::required("msg", Shape::Text)])),
    ),
]);
/// As many as a widget ever scrolls back in one step.
const MOST_HISTORY: i64 = 1_000;
const MOST_IMPORTED: usize = 1_000;

fn text(call: &Call, name: &str) -> String {
    call.text(name).unwrap_or_default().to_owned()
}

/// Where the browser says that it comes from. In the frame of another site it may keep no cookies; what
/// our own page asks it says by its address.
pub(super) fn source(call: &Call) -> Value {
    let has_cookies =
        call.cookie("rc_is_widget") == Some("t") && call.cookie("rc_room_type") == Some("l");
    let from = call
        .header("referer")
        .and_then(|from| from.split('?').next());
    let is_widget = has_cookies || from.is_some_and(|from| from.ends_with("/livechat"));
    if !is_widget {
        return json!({"type": "api"});
    }
    match call.header("host") {
        Some(host) => json!({"type": "widget", "destination": host}),
        None => json!({"type": "widget"}),
    }
}

/// The kinds of notices that histories leave out.
pub(super) fn hidden_kinds(policy: &Policy) -> Vec<String> {
    let hidden = policy.value("Hide_System_Messages");
    let kinds = hidden.as_array().into_iter().flatten();
    kinds.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What the customer's CRM said of a visitor is for the agents alone.
fn own_room_document(room: &Room) -> Value {
    let mut document = chat_documents::room(room);
    if let Value::Object(members) = &mut document {
        members.shift_remove("crmData");
    }
    document
}

async fn open(call: Call) -> Answer {
    let token = text(&call, "token");
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    if let Some(rid) = call.text("rid").filter(|rid| !rid.is_empty()) {
        let rid = rid.to_owned();
        let room = call
            .look(move |view| {
                let visitor = visitors::known(view, &token)?;
                let room = rooms::of_token(view, &visitor, &rid)?;
                if room.open {
                    Ok(room)
                } else {
                    Err(Refusal::InvalidRoom)
                }
            })
            .await?;
        return Reply::object(json!({"room": own_room_document(&room), "newRoom": false}));
    }
    let mut opening = Opening {
        agent: call.text("agentId").map(str::to_owned),
        source: source(&call),
        suggested: None,
    };
    opening.suggested = suggested(&call, &token, &opening).await?;
    let opened = call
        .write(move |tx| rooms::open(tx, now, &policy, &token, &opening))
        .await?;
    Reply::object(json!({
        "room": own_room_document(&opened.room),
        "newRoom": opened.new,
    }))
}

/// Whom another program names for a chat that is about to be opened.
async fn suggested(call: &Call, token: &str, opening: &Opening) -> Result<Option<String>, Failure> {
    let (policy, token, opening) = (Arc::clone(&call.policy), token.to_owned(), opening.clone());
    call.suggested(move |view| rooms::question(view, &policy, &token, &opening))
        .await
}

/// The room that a visitor's token and a room's id name.
fn own_room(view: &mut View<'_>, token: &str, rid: &str) -> Result<Room, Refusal> {
    let visitor = visitors::known(view, token)?;
    rooms::of_token(view, &visitor, rid)
}

async fn close(call: Call) -> Answer {
    if !call
        .policy
        .flag("Omnichannel_allow_visitors_to_close_conversation")
    {
        return Err(Failure::plain("error-not-allowed-to-close-conversation"));
    }
    let (token, rid) = (text(&call, "token"), text(&call, "rid"));
    let (now, policy, shown) = (call.now, Arc::clone(&call.policy), rid.clone());
    let comment = "Closed by visitor";
    call.write(move |tx| {
        let visitor = visitors::known(tx, &token)?;
        let room = rooms::of_token(tx, &visitor, &rid)?;
        if !room.open {
            return Err(Refusal::RoomClosed);
        }
        let ending = Close {
            by: Closer::Visitor(visitor),
            comment: comment.to_owned(),
            tags: Vec::new(),
            transcript: None,
        };
        match rooms::close(tx, now, &policy, &rid, &ending) {
            Err(Refusal::RoomClosedAlready) => Err(Refusal::RoomClosed),
            closed => closed,
        }
    })
    .await?;
    Reply::object(json!({"rid": shown, "comment": comment}))
}

async fn transfer(call: Call) -> Answer {
    let (token, rid, department) = (
        text(&call, "token"),
        text(&call, "rid"),
        text(&call, "department"),
    );
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    let (his, chat, to) = (token.clone(), rid.clone(), department.clone());
    let suggested = call
        .suggested(move |view| {
            let visitor = visitors::known(view, &his)?;
            let room = rooms::of_token(view, &visitor, &chat)?;
            Ok(Some(rooms::question_of(&room, Some(&to))))
        })
        .await?;
    let room = call
        .write(move |tx| {
            let visitor = visitors::known(tx, &token)?;
            rooms::of_token(tx, &visitor, &rid)?;
            let forward = Forward {
                by: Hand::Visitor(visitor),
                agent: None,
                department: Some(department.clone()),
                comment: None,
                suggested: suggested.clone(),
            };
            match rooms::forward(tx, now, &policy, &rid, &forward) {
                Err(Refusal::ConversationClosed) => Err(Refusal::InvalidRoom),
                forwarded => forwarded,
            }
        })
        .await?;
    let whole = chat_documents::room(&room);
    let mut shown = json!({});
    for name in ["_id", "t", "ts", "v", "open", "departmentId", "servedBy"] {
        if let Some(value) = whole.get(name) {
            shown[name] = value.clone();
        }
    }
    Reply::object(json!({"room": shown}))
}

async fn survey(call: Call) -> Answer {
    let (token, rid) = (text(&call, "token"), text(&call, "rid"));
    let given = call.params["data"].as_array().into_iter().flatten();
    let answers: Vec<(String, String)> = given
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            (text("name"), text("value"))
        })
        .collect();
    let (now, shown) = (call.now, rid.clone());
    let accepted = call
        .write(move |tx| {
            let visitor = visitors::known(tx, &token)?;
            rooms::rate(tx, now, &visitor, &rid, &answers)
        })
        .await?;
    Reply::object(json!({"rid": shown, "data": accepted}))
}

async fn told(call: &Call, message: Message, token: &str) -> Answer {
    let mut shown = shown_to_visitor(call, vec![message], token).await?;
    Reply::object(json!({"message": shown.pop()}))
}

async fn post(call: Call) -> Answer {
    let (token, rid) = (text(&call, "token"), text(&call, "rid"));
    let draft = Draft {
        id: call
            .text("_id")
            .filter(|id| !id.is_empty())
            .map(str::to_owned),
        text: text(&call, "msg"),
        extra: None,
    };
    let (now, policy, shown) = (call.now, Arc::clone(&call.policy), token.clone());
    let message = call
        .write(move |tx| messages::post_as_visitor(tx, now, &policy, &token, &rid, &draft))
        .await?;
    told(&call, message, &shown).await
}

async fn read(call: Call) -> Answer {
    let (token, rid, id) = (
        text(&call, "token"),
        text(&call, "rid"),
        call.path(0).to_owned(),
    );
    let shown = token.clone();
    let message = call
        .look(move |view| {
            let room = own_room(view, &token, &rid)?;
            let message = messages::find(view, &id)?;
            let here = message
                .filter(|message| message.room.as_deref() == Some(&room.id) && !message.hidden);
            here.ok_or(Refusal::InvalidMessage)
        })
        .await?;
    told(&call, message, &shown).await
}

async fn change(call: Call) -> Answer {
    let (token, rid, id, new) = (
        text(&call, "token"),
        text(&call, "rid"),
        call.path(0).to_owned(),
        text(&call, "msg"),
    );
    let (now, policy, shown) = (call.now, Arc::clone(&call.policy), token.clone());
    let message = call
        .write(move |tx| messages::change_as_visitor(tx, now, &policy, &token, &rid, &id, &new))
        .await?;
    told(&call, message, &shown).await
}

async fn remove(call: Call) -> Answer {
    let (token, rid, id) = (
        text(&call, "token"),
        text(&call, "rid"),
        call.path(0).to_owned(),
    );
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    let message = call
        .write(move |tx| messages::remove_as_visitor(tx, now, &policy, &token, &rid, &id))
        .await?;
    Reply::object(json!({"message": {"_id": message.id, "ts": Value::from(now)}}))
}

async fn history(call: Call) -> Answer {
    let (token, rid) = (text(&call, "token"), call.path(0).to_owned());
    let number = |name: &str| call.params[name].as_f64();
    let page = Page {
        limit: number("limit")
            .map_or(20, |limit| limit as i64)
            .clamp(1, MOST_HISTORY),
        offset: number("offset").map_or(0, |offset| offset as i64).max(0),
    };
    let before = call.text("end").and_then(Timestamp::parse);
    let hidden = hidden_kinds(&call.policy);
    let shown = token.clone();
    let messages = call
        .look(move |view| {
            let room = own_room(view, &token, &rid)?;
            Ok(messages::history(view, &room.id, before, &hidden, page)?)
        })
        .await?;
    let messages = shown_to_visitor(&call, messages, &shown).await?;
    Reply::object(json!({"messages": messages}))
}

async fn import(call: Call) -> Answer {
    let token = call
        .inner("visitor", "token")
        .unwrap_or_default()
        .to_owned();
    let given = call.params["messages"].as_array().into_iter().flatten();
    let texts: Vec<String> = given
        .filter_map(|one| one["msg"].as_str())
        .take(MOST_IMPORTED)
        .map(str::to_owned)
        .collect();
    let mut opening = Opening {
        source: json!({"type": "api"}),
        ..Opening::default()
    };
    opening.suggested = suggested(&call, &token, &opening).await?;
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    let said = call
        .write(move |tx| {
            if visitors::find_by_token(tx, &token)?.is_none() {
                let told = Registration {
                    token: token.clone(),
                    ..Registration::default()
                };
                visitors::register(tx, now, &policy, &told)?;
            }
            let room = rooms::open(tx, now, &policy, &token, &opening)?.room;
            let mut said = Vec::new();
            // Each a moment after the other, so that a history can be read on from any of them.
            for (now, text) in (0..).map(|later| now.plus_millis(later)).zip(&texts) {
                let draft = Draft {
                    text: text.clone(),
                    ..Draft::default()
                };
                said.push(messages::post_as_visitor(
                    tx, now, &policy, &token, &room.id, &draft,
                )?);
            }
            Ok(said)
        })
        .await?;
    let messages = said.iter().map(|message| {
        json!({
            "username": message.author.username,
            "msg": message.text,
            "ts": Value::from(message.at),
        })
    });
    Reply::object(json!({"messages": messages.collect::<Vec<_>>()}))
}
