//! Transcripts of conversations, by mail.

use hark_chat::{pdf_transcripts, transcripts};
use hark_model::Refusal;
use serde_json::json;

use super::agent_rooms::to_agents;
use super::methods::{Method, Outcome, method};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::{Lenient, params};
use crate::route::{Access, Route, route};

/// So many transcripts are asked for from one address in a minute. A visitor's own address is one that
/// they have said, so anyone who makes up visitors could have mail sent to anybody.
pub(crate) const AT_AN_ADDRESS: i64 = 5;

const SEND: Access = Access::Permission("send-omnichannel-chat-transcript");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "omnichannel/{rid}/request-transcript", Access::Permission(pdf_transcripts::PERMISSION), "The transcript of a chat that is over, as a document", request_pdf),
    &route!(POST "livechat/transcript", Access::Visitor, "Mail the visitor what was said so far", ask)
        .per_minute(AT_AN_ADDRESS)
        .each_address(),
    &route!(POST "livechat/transcript/{rid}", SEND, "Mail the transcript when the chat ends", request),
    &route!(DELETE "livechat/transcript/{rid}", SEND, "Do not mail it after all", withdraw),
];

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:sendTranscript", SEND, send),
    method!("livechat:requestTranscript", SEND, request_by_method),
];

params! {
    struct Asked {
        token: String,
        rid: String,
        /// The visitor's own address.
        email: String,
    }

    struct Requested {
        /// The address that the transcript is mailed to.
        email: String,
        /// The subject of the mail.
        subject: String,
    }
}

async fn ask(call: Call, asked: Asked) -> Answer {
    let asked = call.command(move |_, cx| {
        transcripts::ask_as_visitor(cx, &asked.token, &asked.rid, &asked.email)
    });
    asked.await.map_err(|refusal| match refusal {
        Refusal::InvalidToken | Refusal::InvalidRoom => Failure::plain("error-invalid-visitor"),
        Refusal::Invalid { .. } => Failure::Message(refusal.to_string()),
        other => other.into(),
    })?;
    Reply::object(json!({"message": "Omnichannel transcript sent"}))
}

/// The words of those who work here for a room that is not there for them.
fn in_words(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::InvalidRoom => Failure::coded("Invalid room [error-invalid-room]"),
        other => other.into(),
    }
}

async fn request(call: Call, requested: Requested) -> Answer {
    let requested = call.command(move |call, cx| {
        let to = (&*requested.email, &*requested.subject);
        transcripts::request(cx, call.path(0), to)
    });
    requested.await.map_err(in_words)?;
    Reply::done()
}

/// `livechat:requestTranscript(rid, email, subject)`
async fn request_by_method(
    call: &Call,
    (rid, email, subject): (String, String, String),
) -> Outcome {
    let requested = call.command(move |_, cx| transcripts::request(cx, &rid, (&*email, &*subject)));
    requested.await.map_err(in_words)?;
    Ok(json!(true))
}

async fn withdraw(call: Call) -> Answer {
    let withdrawn = call.command(|call, cx| transcripts::withdraw(cx, call.path(0)));
    withdrawn.await.map_err(in_words)?;
    Reply::done()
}

/// `token, rid, email, subject`
async fn send(
    call: &Call,
    (token, room, email, subject): (String, String, String, Lenient<String>),
) -> Outcome {
    let subject = subject.0.unwrap_or_default();
    let sent =
        call.command(move |_, cx| transcripts::ask_as_agent(cx, &token, &room, (&email, &subject)));
    sent.await.map_err(in_words)?;
    Ok(json!(true))
}

/// It is written a little later; who asked is told.
async fn request_pdf(call: Call) -> Answer {
    call.command(|call, cx| pdf_transcripts::request(cx, call.path(0)))
        .await
        .map_err(to_agents)?;
    Reply::done()
}
