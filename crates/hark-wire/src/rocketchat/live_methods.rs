//! The methods with which agents take chats, give them back and tidy up.

use hark_chat::routing::Method as Routing;
use hark_model::Refusal;
use serde_json::{Value, json};

use super::chat::as_shown;
use super::methods::{Method, Outcome, match_failed, method};
use super::{chat_documents, ejson};
use crate::answer::Failure;
use crate::call::Call;
use crate::params::{Lenient, filled};
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
    let departments: Vec<Option<String>> = match departments {
        Some(Value::String(one)) if !one.is_empty() => vec![Some(one)],
        Some(Value::Array(several)) if !several.is_empty() => several
            .iter()
            .map(|one| one.as_str().map(|id| Some(id.to_owned())))
            .collect::<Option<_>>()
            .ok_or_else(match_failed)?,
        _ => vec![None],
    };
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
