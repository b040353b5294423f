//! The methods with which agents take chats, give them back and tidy up.

use hark_chat::routing::Method as Routing;
use hark_chat::{Refusal, rooms};
use serde_json::{Value, json};

use super::chat::asking;
use super::methods::{Method, Outcome, match_failed, method, text};
use super::{chat_documents, ejson};
use crate::answer::Failure;
use crate::call::Call;
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
];

/// How many rooms are removed in one transaction.
const STEP: i64 = 50;

/// What an agent's client shows of the queue, by how chats find their agents.
async fn routing(call: &Call, _: &[Value]) -> Outcome {
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

async fn take(call: &Call, params: &[Value]) -> Outcome {
    let inquiry = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let (now, policy, account) = asking(call)?;
    let who = account.actor();
    let room = call
        .write(move |tx| rooms::take(tx, now, &policy, &who, &inquiry, &account.id))
        .await?;
    Ok(ejson::written(chat_documents::room(&room)))
}

/// `livechat:returnAsInquiry(rid, departmentId)`: false when nobody had it.
async fn give_back(call: &Call, params: &[Value]) -> Outcome {
    let rid = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let department = text(params, 1)
        .filter(|department| !department.is_empty())
        .map(str::to_owned);
    let (now, policy, account) = asking(call)?;
    let returned = call
        .write(move |tx| {
            let department = department.as_deref();
            match rooms::return_to_queue(tx, now, &policy, &account, &rid, department) {
                Err(Refusal::InvalidRoom) => Ok(None),
                returned => returned.map(Some),
            }
        })
        .await?;
    Ok(json!(returned.ok_or_else(unknown_room)?))
}

fn unknown_room() -> Failure {
    Failure::coded("Invalid room", "error-invalid-room")
}

async fn remove(call: &Call, params: &[Value]) -> Outcome {
    let rid = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let now = call.now;
    let removed = call
        .write(move |tx| match rooms::remove_closed(tx, now, &rid) {
            Err(Refusal::NoSuchRoom) => Ok(None),
            removed => removed.map(Some),
        })
        .await?;
    removed.ok_or_else(unknown_room)?;
    Ok(Value::Null)
}

/// `livechat:removeAllClosedRooms(departmentIds)`: those that were closed when it was called, some
/// at a time. Answers how many they were.
async fn remove_all(call: &Call, params: &[Value]) -> Outcome {
    let departments: Vec<Option<String>> = match params.first() {
        Some(Value::String(one)) if !one.is_empty() => vec![Some(one.clone())],
        Some(Value::Array(several)) if !several.is_empty() => several
            .iter()
            .map(|one| one.as_str().map(|id| Some(id.to_owned())))
            .collect::<Option<_>>()
            .ok_or_else(match_failed)?,
        _ => vec![None],
    };
    let now = call.now;
    let mut removed = 0;
    for department in departments {
        loop {
            let department = department.clone();
            let some = call
                .write(move |tx| rooms::remove_some_closed(tx, now, department.as_deref(), STEP))
                .await?;
            removed += some;
            if some == 0 {
                break;
            }
        }
    }
    Ok(json!(removed))
}
