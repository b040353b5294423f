//! The methods with which agents take chats, give them back and tidy up.

use hark_chat::Close;
use hark_chat::routing::Method as Routing;
use hark_model::Refusal;
use serde_json::{Value, json};

use super::agent_rooms::{self, CLOSE, TranscriptEmail};
use super::chat::as_shown;
use super::methods::{Method, Outcome, count, match_failed, method};
use super::{chat_documents, ejson};
use crate::answer::Failure;
use crate::call::Call;
use crate::params::{Lenient, filled, params};
use crate::route::Access;

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:getRoutingConfig", Access::User, routing),
    method!("livechat:takeInquiry", AGENT, take),
    method!("livechat:returnAsInquiry", AGENT, give_back),
    method!(
        "livechat:removeRoom",
        Access::Permission("remove-closed-livechat-room"),
        remove
    ),
    method!(
        "livechat:removeAllClosedRooms",
        Access::Permission("remove-closed-livechat-rooms"),
        remove_all
    ),
    method!("livechat:closeRoom", CLOSE.access, close),
];

params! {
    struct Ending: OpenObject {
        /// The tags that the chat gets.
        tags: Option<Vec<String>>,
        /// Whether the transcript is mailed, and to whom.
        email as "emailTranscript": Option<TranscriptEmail>,
        /// Whether the agent gets the transcript as a PDF.
        pdf as "generateTranscriptPdf": Option<bool>,
    }
}

/// How many rooms are removed in one transaction.
const STEP: i64 = 50;

/// What an agent's client shows of the queue, by how chats find their agents.
async fn routing(call: &Call, (): ()) -> Outcome {
    let method = Routing::of(&call.policy);
    let assigns = method.assigns();
    Ok(json!({
        "previewRoom": !assigns,
        "showConnecting": !assigns,
        "showQueue": !assigns,
        "showQueueLink": assigns && method != Routing::External,
        "returnQueue": !assigns,
        "enableTriggerAction": assigns,
        "autoAssignAgent": assigns,
    }))
}

async fn take(call: &Call, (inquiry,): (String,)) -> Outcome {
    let room = call
        .command(move |_, cx| {
            let agent = &cx.account()?.id;
            hark_chat::take(cx, &inquiry, agent)
        })
        .await?;
    let room = as_shown(call, room)?;
    Ok(ejson::written(chat_documents::room(&room)))
}

/// `livechat:returnAsInquiry(rid, departmentId)`: false when nobody had it.
async fn give_back(call: &Call, (rid, department): (String, Lenient<String>)) -> Outcome {
    let department = filled(department.0);
    let returned = call
        .command(move |_, cx| hark_chat::return_to_queue(cx, &rid, department.as_deref()))
        .await
        .map_err(unknown_room)?;
    Ok(json!(returned))
}

/// `livechat:closeRoom(rid, comment, {tags, emailTranscript, generateTranscriptPdf})`: it counts as a chat that is ended over REST.
async fn close(
    call: &Call,
    (rid, comment, how): (String, Option<String>, Option<Ending>),
) -> Outcome {
    count(call, &CLOSE, None)?;
    let (tags, email, pdf) = how.map_or((None, None, None), |how| (how.tags, how.email, how.pdf));
    let ending = Close {
        comment: comment.unwrap_or_default(),
        tags: tags.unwrap_or_default(),
        transcript: email.and_then(TranscriptEmail::wanted),
    };
    agent_rooms::end(call, rid, ending, pdf.unwrap_or(false)).await?;
    Ok(json!(true))
}

/// The words of these methods for a room that is not there.
fn unknown_room(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::InvalidRoom | Refusal::NoSuchRoom => {
            Failure::coded("Invalid room [error-invalid-room]")
        }
        other => other.into(),
    }
}

async fn remove(call: &Call, (rid,): (String,)) -> Outcome {
    call.command(move |_, cx| hark_chat::remove_closed(cx, &rid))
        .await
        .map_err(unknown_room)?;
    Ok(Value::Null)
}

/// `livechat:removeAllClosedRooms(departmentIds)`: those that were closed when it was called, some
/// at a time. Answers how many they were.
async fn remove_all(call: &Call, (departments,): (Option<Value>,)) -> Outcome {
    let named: Vec<String> = match departments {
        Some(Value::String(one)) if !one.is_empty() => vec![one],
        Some(Value::Array(several)) => several
            .iter()
            .map(|one| one.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(match_failed)?,
        _ => Vec::new(),
    };
    let departments = call.query(move |call, view| {
        let account = call.account()?;
        let named = named.clone();
        Ok(hark_chat::removable(view, &call.policy, account, named)?)
    });
    let departments = departments.await?;
    let mut removed = 0;
    for department in departments {
        loop {
            let department = department.clone();
            let some = call
                .command(move |_, cx| {
                    hark_chat::remove_some_closed(cx, department.as_deref(), STEP)
                })
                .await?;
            removed += some;
            if some == 0 {
                break;
            }
        }
    }
    Ok(json!(removed))
}
