//! The page behind the way out of a mail to all: it asks once, so that no program that looks at links
//! in mails unsubscribes anybody.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use hark_model::Who;
use hark_staff::circular;
use hark_store::{Result, Timestamp};

use crate::answer::{Failure, respond};
use crate::response::with;
use crate::wire::Wire;

/// Of an account: its id, and when it was made.
type Named = Path<(String, i64)>;

pub async fn ask(State(wire): State<Arc<Wire>>, Path((id, made)): Named) -> Response {
    let made = Timestamp::from_millis(made);
    let known = wire
        .store
        .read(move |view| circular::is_recipient(view, &id, made));
    match known.await {
        Ok(true) => page(
            StatusCode::OK,
            "<p>No more mail that goes to everybody?</p><form method=\"post\"><button>Unsubscribe</button></form>",
        ),
        known => unknown(known),
    }
}

pub async fn unsubscribe(State(wire): State<Arc<Wire>>, Path((id, made)): Named) -> Response {
    let made = Timestamp::from_millis(made);
    let sought = id.clone();
    let known = wire
        .store
        .read(move |view| circular::is_recipient(view, &sought, made));
    match known.await {
        Ok(true) => {}
        known => return unknown(known),
    }
    let done = wire.command(Who::Anonymous, move |cx| {
        circular::unsubscribe(cx, &id, made)
    });
    match done.await {
        Ok(()) => page(StatusCode::OK, "<p>You get no such mail any more.</p>"),
        Err(refusal) => respond(Err(Failure::from(refusal))),
    }
}

fn unknown(looked: Result<bool>) -> Response {
    match looked {
        Ok(_) => page(
            StatusCode::NOT_FOUND,
            "<p>This link belongs to no mail of this server.</p>",
        ),
        Err(error) => respond(Err(Failure::Store(error))),
    }
}

fn page(status: StatusCode, words: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Mail</title><body>{words}</body></html>"
    );
    let policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    with((status, Html(html)).into_response(), headers)
}
