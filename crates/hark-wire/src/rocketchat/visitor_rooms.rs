//! A visitor's chat: opening it, writing in it, leaving it. Their token opens nothing else.

use std::sync::Arc;

use hark_chat::messages::{self, Draft, Message};
use hark_chat::uploads::links;
use hark_chat::visitors::Registration;
use hark_chat::{Close, Forward, Opening};
use hark_model::rooms::{self, Room};
use hark_model::{Page, Policy, Refusal, Who, settings, visitors};
use hark_store::{Timestamp, View};
use serde_json::{Value, json};

use super::chat_documents;
use super::documents::only;
use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::params::{AtLeastOne, filled, params};
use crate::route::{Access, Route, route};
use crate::shape::Shape;

/// What is read is counted, whichever way it is asked for.
pub(super) static HISTORY: Route = route!(GET "livechat/messages.history/{rid}", Access::Visitor, "What was said, newest first", history);

/// Anyone who speaks for visitors is one who may see chats, and not anybody with an account.
const IMPORTS: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/room", Access::Visitor, "The visitor's open chat, opened if there is none", open)
        .leaves_something()
        .per_minute(5),
    &route!(POST "livechat/room.close", Access::Visitor, "The visitor ends their chat", close)
        .ends_something(),
    &route!(POST "livechat/room.transfer", Access::Visitor, "The visitor goes to another department", transfer)
        .deprecated(),
    &route!(POST "livechat/room.survey", Access::Visitor, "What the visitor thought of a chat", survey),
    &route!(POST "livechat/message", Access::Visitor, "The visitor says something", post)
        .takes(body::OF_A_MESSAGE),
    &route!(GET "livechat/message/{_id}", Access::Visitor, "A message of the visitor's chat", read),
    &route!(PUT "livechat/message/{_id}", Access::Visitor, "The visitor changes a message of theirs", change)
        .takes(body::OF_A_MESSAGE),
    &route!(DELETE "livechat/message/{_id}", Access::Visitor, "The visitor takes a message back", remove),
    &HISTORY,
    &route!(POST "livechat/messages", IMPORTS, "What a visitor said elsewhere, several messages at once", import)
        .takes(body::OF_AN_IMPORT),
];

params! {
    struct Open: MeteorMatch {
        token: String,
        /// The id of the chat that is looked for; without one, the open one, or a new one.
        rid: Option<Option<String>>,
        /// The id of the agent who is wished for.
        agent_id as "agentId": Option<Option<String>>,
        /// The id of an SLA policy; not heard of a visitor.
        sla: Option<Option<String>>,
        /// The id of a priority; not heard of a visitor.
        priority: Option<Option<String>>,
    }

    /// A chat, and the token that opens it.
    struct Own {
        token: String,
        rid: String,
    }

    struct Closing {
        rid: String,
        token: String,
    }

    struct Transfer {
        rid: String,
        token: String,
        /// The id of the department that is to have the chat.
        department: String,
    }

    struct Survey {
        rid: String,
        token: String,
        /// The answers.
        data: AtLeastOne<Rating>,
    }

    struct Rating {
        /// What is answered: `satisfaction`, `additionalFeedback`, ….
        name: String,
        /// The answer; of stars, 1 to 5.
        value: String,
    }

    struct Post {
        token: String,
        rid: String,
        /// What is said.
        msg: String,
        /// The id that the message is to have: one that is sent again is there once.
        id as "_id": Option<String>,
        _agent as "agent": Option<Agent>,
    }

    struct Agent {
        _id as "agentId": String,
        _username as "username": String,
    }

    struct Change {
        token: String,
        rid: String,
        /// What it says from now on.
        msg: String,
    }

    struct History {
        token: String,
        /// How many messages are wanted; 20 without it.
        limit: Option<f64> = Shape::Clamped(1, MOST_HISTORY),
        offset: Option<f64>,
        _last_seen as "ls": Option<String>,
        end: Option<String>,
        _count as "count": Option<f64>,
        _sort as "sort": Option<String>,
        _search_text as "searchText": Option<String>,
    }

    struct Import {
        /// Whose messages they are.
        visitor: ImportVisitor,
        /// What was said.
        messages: AtLeastOne<ImportMessage>,
    }

    struct ImportVisitor {
        token: String,
    }

    struct ImportMessage {
        /// What was said.
        msg: String,
    }
}
/// As many as a widget ever scrolls back in one step.
const MOST_HISTORY: i64 = 1_000;
const MOST_IMPORTED: usize = 1_000;

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
pub(super) fn hidden_kinds(policy: &Policy) -> Vec<&str> {
    policy.choices(settings::Hide_System_Messages)
}

/// What the customer's CRM said of a visitor is for the agents alone.
fn own_room_document(room: &Room) -> Value {
    let mut document = chat_documents::room(room);
    if let Value::Object(members) = &mut document {
        members.shift_remove("crmData");
    }
    document
}

async fn open(call: Call, open: Open) -> Answer {
    let token = open.token;
    if let Some(rid) = filled(open.rid.flatten()) {
        let room = call.query(move |_, view| {
            let room = own_room(view, &token, &rid)?;
            if room.open {
                Ok(room)
            } else {
                Err(Refusal::InvalidRoom)
            }
        });
        let room = own_room_document(&room.await?);
        return Reply::object(json!({"room": room, "newRoom": false}));
    }
    let mut opening = Opening {
        agent: open.agent_id.flatten(),
        email: None,
        source: source(&call),
        suggested: None,
        priority: filled(open.priority.flatten()),
        sla: filled(open.sla.flatten()),
    };
    opening.suggested = suggested(&call, &token, &opening).await?;
    let opened = call
        .command(move |_, cx| hark_chat::open(cx, &token, &opening))
        .await?;
    Reply::object(json!({
        "room": own_room_document(&opened.room),
        "newRoom": opened.new,
    }))
}

/// Whom another program names for a chat that is about to be opened.
async fn suggested(call: &Call, token: &str, opening: &Opening) -> Result<Option<String>, Refusal> {
    let (token, opening) = (token.to_owned(), opening.clone());
    call.suggested(move |call, view| hark_chat::question(view, &call.policy, &token, &opening))
        .await
}

/// The room that a visitor's token and a room's id name.
pub(super) fn own_room(view: &mut View<'_>, token: &str, rid: &str) -> Result<Room, Refusal> {
    let visitor = visitors::known(view, token)?;
    rooms::of_token(view, &visitor, rid)
}

async fn close(call: Call, closing: Closing) -> Answer {
    if !call
        .policy
        .flag(settings::Omnichannel_allow_visitors_to_close_conversation)
    {
        return Err(Failure::plain("error-not-allowed-to-close-conversation"));
    }
    let comment = "Closed by visitor";
    let (rid, token) = (closing.rid.clone(), closing.token);
    let was_open = super::is_open(&call, &rid).await?;
    let closed = call.command(move |_, cx| {
        let visitor = visitors::known(cx.tx, &token)?;
        if !rooms::of_token(cx.tx, &visitor, &rid)?.open {
            return Err(Refusal::RoomClosed);
        }
        let ending = Close {
            comment: comment.to_owned(),
            ..Close::default()
        };
        match hark_chat::close(&mut cx.by(&Who::Visitor(visitor)), &rid, &ending) {
            Err(Refusal::RoomClosedAlready) => Err(Refusal::RoomClosed),
            closed => closed,
        }
    });
    closed.await.map_err(|refusal| match refusal {
        Refusal::RoomClosed if was_open => Refusal::RoomBeingClosed,
        other => other,
    })?;
    Reply::object(json!({"rid": closing.rid, "comment": comment}))
}

async fn transfer(call: Call, transfer: Transfer) -> Answer {
    let transfer = Arc::new(transfer);
    let asked = Arc::clone(&transfer);
    let suggested = call
        .suggested(move |_, view| {
            let room = own_room(view, &asked.token, &asked.rid)?;
            Ok(Some(hark_chat::question_of(&room, Some(&asked.department))))
        })
        .await?;
    let room = call
        .command(move |_, cx| {
            let rid = &transfer.rid;
            let visitor = visitors::known(cx.tx, &transfer.token)?;
            rooms::of_token(cx.tx, &visitor, rid)?;
            let forward = Forward {
                department: Some(transfer.department.clone()),
                suggested: suggested.clone(),
                ..Forward::default()
            };
            match hark_chat::forward(&mut cx.by(&Who::Visitor(visitor)), rid, &forward) {
                Err(Refusal::ConversationClosed) => Err(Refusal::InvalidRoom),
                forwarded => forwarded,
            }
        })
        .await?;
    let shown = ["_id", "t", "ts", "v", "open", "departmentId", "servedBy"];
    Reply::object(json!({"room": only(&chat_documents::room(&room), &shown)}))
}

async fn survey(call: Call, survey: Survey) -> Answer {
    let answers = survey.data.0.into_iter();
    let answers: Vec<_> = answers.map(|one| (one.name, one.value)).collect();
    let (rid, token) = (survey.rid.clone(), survey.token);
    let accepted = call.command(move |_, cx| hark_chat::rate(cx, &token, &rid, &answers));
    Reply::object(json!({"rid": survey.rid, "data": accepted.await?}))
}

/// Messages as a visitor's client reads them: with the address of each file.
async fn shown_to_visitor(
    call: &Call,
    messages: Vec<Message>,
    token: &str,
) -> Result<Vec<Value>, Failure> {
    let mut documents: Vec<Value> = messages
        .iter()
        .map(|message| chat_documents::message(message, token))
        .collect();
    let carries = |message: &Message| {
        let extra = message.extra.as_ref();
        extra.is_some_and(|extra| extra.get("file").is_some())
    };
    if !messages.iter().any(carries) {
        return Ok(documents);
    }
    let asked = messages.clone();
    let files = call
        .query(move |_, view| {
            let files = asked
                .iter()
                .map(|message| messages::carried_file(view, message));
            Ok(files.collect::<Result<Vec<_>, _>>()?)
        })
        .await?;
    let (keys, site) = (call.wire.policies.keys(), &call.wire.options.site_url);
    for ((document, message), file) in documents.iter_mut().zip(&messages).zip(&files) {
        if let Some(file) = file {
            let author = &message.author.id;
            document["fileUpload"] =
                links::file_upload(&call.policy, keys, site, file, author, call.now);
        }
    }
    Ok(documents)
}

async fn shown_message(call: &Call, message: Message, token: &str) -> Answer {
    let mut shown = shown_to_visitor(call, vec![message], token).await?;
    Reply::object(json!({"message": shown.pop()}))
}

async fn post(call: Call, post: Post) -> Answer {
    let draft = Draft {
        id: filled(post.id),
        text: post.msg,
        extra: None,
    };
    let (token, rid, chat) = (post.token.clone(), post.rid.clone(), post.rid);
    let message = call.command_in(&chat, move |_, cx| {
        messages::post_as_visitor(cx, &token, &rid, &draft)
    });
    shown_message(&call, message.await?, &post.token).await
}

async fn read(call: Call, own: Own) -> Answer {
    let token = own.token.clone();
    let message = call.query(move |call, view| {
        let room = own_room(view, &own.token, &own.rid)?;
        let message = messages::find(view, call.path(0))?;
        let here =
            message.filter(|message| message.room.as_deref() == Some(&room.id) && !message.hidden);
        here.ok_or(Refusal::InvalidMessage)
    });
    shown_message(&call, message.await?, &token).await
}

async fn change(call: Call, change: Change) -> Answer {
    let token = change.token.clone();
    let message = call.command(move |call, cx| {
        messages::change_as_visitor(cx, &change.token, &change.rid, call.path(0), &change.msg)
    });
    shown_message(&call, message.await?, &token).await
}

async fn remove(call: Call, own: Own) -> Answer {
    let message = call.command(move |call, cx| {
        messages::remove_as_visitor(cx, &own.token, &own.rid, call.path(0))
    });
    let id = message.await?.id;
    Reply::object(json!({"message": {"_id": id, "ts": Value::from(call.now)}}))
}

async fn history(call: Call, wanted: History) -> Answer {
    let page = Page {
        limit: wanted
            .limit
            .map_or(20, |limit| limit as i64)
            .clamp(1, MOST_HISTORY),
        offset: wanted.offset.map_or(0, |offset| offset as i64).max(0),
    };
    let before = wanted.end.as_deref().and_then(Timestamp::parse);
    let token = wanted.token.clone();
    let messages = call.query(move |call, view| {
        let room = own_room(view, &wanted.token, call.path(0))?;
        let hidden = hidden_kinds(&call.policy);
        Ok(messages::history(view, &room.id, before, &hidden, page)?)
    });
    let messages = shown_to_visitor(&call, messages.await?, &token).await?;
    Reply::object(json!({"messages": messages}))
}

async fn import(call: Call, import: Import) -> Answer {
    let token = import.visitor.token;
    let texts = import.messages.0.into_iter().take(MOST_IMPORTED);
    let texts: Vec<String> = texts.map(|message| message.msg).collect();
    let mut opening = Opening {
        source: json!({"type": "api"}),
        ..Opening::default()
    };
    opening.suggested = suggested(&call, &token, &opening).await?;
    let said = call
        .command(move |_, cx| {
            if visitors::find_by_token(cx.tx, &token)?.is_none() {
                let registration = Registration {
                    token: token.clone(),
                    ..Registration::default()
                };
                hark_chat::visitors::register(cx, &registration)?;
            }
            let room = hark_chat::open(cx, &token, &opening)?.room;
            let mut said = Vec::new();
            // Each a moment after the other, so that a history can be read on from any of them.
            for (later, text) in (0..).zip(&texts) {
                let draft = Draft {
                    text: text.clone(),
                    ..Draft::default()
                };
                let cx = &mut cx.at(cx.now.plus_millis(later));
                said.push(messages::post_as_visitor(cx, &token, &room.id, &draft)?);
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
