//! The methods with which agents take chats, give them back and tidy up.

use std::sync::Arc;

use hark_chat::{Refusal, rooms};
use serde_json::{Value, json};

use super::methods::{Method, Outcome, match_failed, method, text};
use super::{chat_documents, ejson};
use crate::answer::Failure;
use crate::call::Call;
use crate::route::Access;

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:takeInquiry", AGENT, take),
    method!("livechat:returnAsInquiry", AGENT, give_back),
];

async fn take(call: &Call, params: &[Value]) -> Outcome {
    let inquiry = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let (now, policy, who) = (call.now, Arc::clone(&call.policy), call.actor()?);
    let agent = call.account()?.id.clone();
    let room = call
        .write(move |tx| rooms::take(tx, now, &policy, &who, &inquiry, &agent))
        .await?;
    Ok(ejson::written(chat_documents::room(&room)))
}

/// `livechat:returnAsInquiry(rid, departmentId)`: false when nobody had it.
async fn give_back(call: &Call, params: &[Value]) -> Outcome {
    let rid = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let department = text(params, 1)
        .filter(|department| !department.is_empty())
        .map(str::to_owned);
    let (now, policy, account) = (call.now, Arc::clone(&call.policy), call.account()?.clone());
    let returned = call
        .write(move |tx| {
            let department = department.as_deref();
            match rooms::return_to_queue(tx, now, &policy, &account, &rid, department) {
                Err(Refusal::InvalidRoom) => Ok(Err(unknown_room())),
                returned => returned.map(Ok),
            }
        })
        .await?;
    Ok(json!(returned?))
}

fn unknown_room() -> Failure {
    Failure::coded("Invalid room", "error-invalid-room")
}
