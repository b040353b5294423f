//! The methods of older widgets, which anyone may call who shows a visitor's token.

use hark_chat::Opening;
use hark_chat::messages::{self, Draft};
use hark_model::{Refusal, settings, visitors};
use serde_json::{Value, json};

use super::chat_documents;
use super::chat_methods::{Since, Stretch};
use super::documents::only;
use super::ejson;
use super::methods::{Method, Outcome, count, leaving, match_failed, method, row};
use super::visitor_rooms::{self, HISTORY, own_room};
use super::visitors as visitor_routes;
use super::visitors::{REGISTER, Registering, registration};
use super::widget::{self, AGENT_INFO, CONFIG};
use crate::answer::Failure;
use crate::call::Call;
use crate::params::{Lenient, Parameter, filled, params};
use crate::route::Access;

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:registerGuest", Access::Visitor, register),
    method!("livechat:loadHistory", Access::Visitor, load_history),
    method!("livechat:loginByToken", Access::Visitor, visitor_of),
    method!("livechat:getInitialData", Access::Visitor, initial_data),
    method!("livechat:getAgentData", Access::Visitor, agent),
    method!("sendMessageLivechat", Access::Visitor, say),
];

params! {
    struct Wanted: OpenObject {
        token: String,
        rid: String,
        end: Since,
        /// How many messages are wanted.
        limit: Lenient<f64>,
        /// Since when unread messages are counted.
        last_seen as "ls": Since,
    }

    struct Served: OpenObject {
        room_id as "roomId": String,
        token: String,
    }

    struct Saying: OpenObject {
        token: String,
        /// The id that the message is to have.
        id as "_id": String,
        rid: String,
        /// What is said.
        msg: String,
    }

    struct Wished: OpenObject {
        /// The id of the agent who is wished for.
        id as "agentId": String,
        _username as "username": String,
    }
}

/// `livechat:registerGuest({token, name, email, department, customFields})`. It counts as a registration
/// over REST.
async fn register(call: &Call, (given,): (Value,)) -> Outcome {
    if Registering::SHAPE.matches(&given).is_err() {
        return Err(match_failed());
    }
    let guest = Registering::read(&given).ok_or_else(match_failed)?;
    let token = given["token"].as_str();
    count(call, &REGISTER, token)?;
    let bytes = given.to_string().len();
    let registered = visitor_routes::registered(call, registration(call, guest));
    let visitor = leaving(call, &REGISTER, token, bytes, registered).await?;
    let shown = [
        "_id",
        "token",
        "name",
        "username",
        "visitorEmails",
        "department",
    ];
    let document = only(&chat_documents::visitor(&visitor), &shown);
    Ok(json!({"userId": visitor.id, "visitor": document}))
}

/// `livechat:loadHistory({token, rid, end, limit, ls})`: newest first.
async fn load_history(call: &Call, (wanted,): (Wanted,)) -> Outcome {
    count(call, &HISTORY, Some(&wanted.token))?;
    let stretch = Stretch::asked(&wanted.end, &wanted.limit, &wanted.last_seen);
    let found = call.query(move |call, view| {
        let room = own_room(view, &wanted.token, &wanted.rid)?;
        Ok(stretch.of(view, &room, &call.policy)?)
    });
    found.await.map_err(|refusal| match Failure::from(refusal) {
        Failure::Plain(code) if code == "invalid-token" => {
            Failure::coded("Invalid visitor [error-invalid-visitor]")
        }
        Failure::Plain(code) if code == "invalid-room" => {
            Failure::coded("Invalid room [error-invalid-room]")
        }
        other => other,
    })
}

/// `livechat:loginByToken(token)`: the visitor's id, if there is one.
async fn visitor_of(call: &Call, (token,): (String,)) -> Outcome {
    let visitor = call.query(move |_, view| Ok(visitors::find_by_token(view, &token)?));
    let visitor = visitor.await?;
    Ok(visitor.map_or(Value::Null, |visitor| json!({"_id": visitor.id})))
}

/// `livechat:getInitialData(token, department)`: what the configuration says, under the names of before.
async fn initial_data(call: &Call, (token, department): (String, Option<String>)) -> Outcome {
    count(call, &CONFIG, Some(&token))?;
    let known = widget::asked(call, Some(token), department, None).await?;
    let config = widget::document(call, &known);
    let mut data = json!({
        "enabled": call.policy.flag(settings::Livechat_enabled),
        "online": config["online"],
        "title": config["theme"]["title"],
        "color": config["theme"]["color"],
        "offlineTitle": config["theme"]["offlineTitle"],
        "offlineColor": config["theme"]["offlineColor"],
        "triggers": config["triggers"],
        "departments": config["departments"],
        "room": known.room.as_ref().map(|room| only(&chat_documents::room(room), &OF_A_ROOM)),
        "visitor": config["guest"],
    });
    for (group, names) in OF_BEFORE {
        for name in *names {
            data[name] = config[group][name].clone();
        }
    }
    if let Some(agent) = config.get("agent") {
        data["agentData"] = agent.clone();
    }
    Ok(ejson::written(data))
}

/// What visitors knew of their room.
const OF_A_ROOM: [&str; 7] = ["_id", "t", "cl", "ts", "v", "departmentId", "servedBy"];

/// What stood beside everything else before it had groups.
const OF_BEFORE: &[(&str, &[&str])] = &[
    (
        "settings",
        &[
            "registrationForm",
            "nameFieldRegistrationForm",
            "emailFieldRegistrationForm",
            "allowSwitchingDepartments",
            "displayOfflineForm",
            "videoCall",
            "fileUpload",
            "language",
            "transcript",
            "historyMonitorType",
            "showConnecting",
        ],
    ),
    (
        "messages",
        &[
            "offlineMessage",
            "offlineSuccessMessage",
            "offlineUnavailableMessage",
            "conversationFinishedMessage",
            "conversationFinishedText",
            "transcriptMessage",
            "registrationFormMessage",
        ],
    ),
];

/// `livechat:getAgentData({roomId, token})`: nothing, if nobody serves the chat.
async fn agent(call: &Call, (served,): (Served,)) -> Outcome {
    count(call, &AGENT_INFO, Some(&served.token))?;
    let agent = widget::agent_of(call, served.room_id, served.token).await;
    let agent = agent.map_err(|refusal| match refusal {
        Refusal::InvalidToken | Refusal::InvalidRoom => {
            Failure::coded("Invalid room [error-invalid-room]")
        }
        other => other.into(),
    })?;
    Ok(agent.map_or(Value::Null, |agent| {
        widget::shown_agent(&call.policy, &agent)
    }))
}

/// `sendMessageLivechat({token, _id, rid, msg}, agent)`. Where `rid` names no open chat of theirs, they
/// get one: its id is ours, and the message says it.
async fn say(call: &Call, (saying, wished): (Saying, Option<Wished>)) -> Outcome {
    let Saying {
        token,
        id,
        rid,
        msg,
    } = saying;
    let post = row(visitor_rooms::ROUTES, "livechat/message")?;
    count(call, post, Some(&token))?;
    let bytes = id.len() + rid.len() + msg.len();
    let draft = Draft {
        id: filled(Some(id)),
        text: msg,
        extra: None,
    };
    let (shown, asked) = (token.clone(), rid.clone());
    let is_open = call.query(move |_, view| match own_room(view, &shown, &asked) {
        Ok(room) => Ok(room.open),
        Err(Refusal::InvalidRoom) => Ok(false),
        Err(other) => Err(other),
    });
    let message = if is_open.await? {
        let shown = token.clone();
        let chat = rid.clone();
        let said = call.command_in(&chat, move |_, cx| {
            messages::post_as_visitor(cx, &shown, &rid, &draft)
        });
        leaving(call, post, Some(&token), bytes, said).await?
    } else {
        let open = row(visitor_rooms::ROUTES, "livechat/room")?;
        count(call, open, Some(&token))?;
        let opening = Opening {
            agent: wished.map(|agent| agent.id),
            source: json!({"type": "api"}),
            ..Opening::default()
        };
        let opened = opened_by(call, token.clone(), opening, draft);
        let said = leaving(call, post, Some(&token), bytes, opened);
        leaving(call, open, Some(&token), 0, said).await?
    };
    Ok(ejson::written(chat_documents::message(&message, &token)))
}

/// A chat, with what its visitor says first.
async fn opened_by(
    call: &Call,
    token: String,
    mut opening: Opening,
    draft: Draft,
) -> Result<messages::Message, Refusal> {
    let (shown, asked) = (token.clone(), opening.clone());
    opening.suggested = call
        .suggested(move |call, view| hark_chat::question(view, &call.policy, &shown, &asked))
        .await?;
    call.command(move |_, cx| {
        let room = hark_chat::open(cx, &token, &opening)?.room;
        messages::post_as_visitor(cx, &token, &room.id, &draft)
    })
    .await
}
