//! Transcripts of conversations, by mail.

use std::sync::Arc;

use hark_chat::{Refusal, mail};
use serde_json::{Value, json};

use super::methods::{Method, Outcome, method, text};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const SEND: Access = Access::Permission("send-omnichannel-chat-transcript");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "livechat/transcript", Access::Visitor, "Mail the visitor what was said so far", ask)
        .takes(ASK),
    &route!(POST "livechat/transcript/{rid}", SEND, "Mail the transcript when the chat ends", request)
        .takes(REQUEST),
    &route!(DELETE "livechat/transcript/{rid}", SEND, "Do not mail it after all", withdraw),
];

pub(crate) static METHODS: &[Method] = &[method!("livechat:sendTranscript", SEND, send)];

const ASK: Shape = Shape::Object(&[
    Field::required("token", Shape::Text),
    Field::required("rid", Shape::Text),
    Field::required("email", Shape::Text),
]);
const REQUEST: Shape = Shape::Object(&[
    Field::required("email", Shape::Text),
    Field::required("subject", Shape::Text),
]);

async fn ask(call: Call) -> Answer {
    let owned = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let (token, room, email) = (owned("token"), owned("rid"), owned("email"));
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    let asked = call
        .wire
        .store
        .write(move |tx| mail::ask_as_visitor(tx, now, &policy, &token, &room, &email))
        .await;
    asked.map_err(|refusal| match refusal {
        Refusal::InvalidToken | Refusal::InvalidRoom => Failure::plain("error-invalid-visitor"),
        Refusal::Invalid { .. } => Failure::Message(refusal.to_string()),
        other => other.into(),
    })?;
    Reply::object(json!({"message": "Omnichannel transcript sent"}))
}

/// The words of those who work here for a room that is not there for them.
fn in_words(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::InvalidRoom => Failure::coded("Invalid room", "error-invalid-room"),
        other => other.into(),
    }
}

async fn request(call: Call) -> Answer {
    let owned = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let (room, email, subject) = (call.path(0).to_owned(), owned("email"), owned("subject"));
    let (now, policy, account) = (call.now, Arc::clone(&call.policy), call.account()?.clone());
    let requested = call
        .wire
        .store
        .write(move |tx| mail::request(tx, now, &policy, &account, &room, (&email, &subject)))
        .await;
    requested.map_err(in_words)?;
    Reply::done()
}

async fn withdraw(call: Call) -> Answer {
    let room = call.path(0).to_owned();
    let (now, policy, account) = (call.now, Arc::clone(&call.policy), call.account()?.clone());
    let withdrawn = call
        .wire
        .store
        .write(move |tx| mail::withdraw(tx, now, &policy, &account, &room))
        .await;
    withdrawn.map_err(in_words)?;
    Reply::done()
}

/// `token, rid, email, subject`
async fn send(call: &Call, params: &[Value]) -> Outcome {
    let owned = |index| text(params, index).unwrap_or_default().to_owned();
    let (token, room, email, subject) = (owned(0), owned(1), owned(2), owned(3));
    let (now, policy, account) = (call.now, Arc::clone(&call.policy), call.account()?.clone());
    let sent = call
        .wire
        .store
        .write(move |tx| {
            let to = (email.as_str(), subject.as_str());
            mail::ask_as_agent(tx, now, &policy, &account, &token, &room, to)
        })
        .await;
    sent.map_err(in_words)?;
    Ok(json!(true))
}
