//! What operators and their machines ask.

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hark_chat::routing::Presence;
use hark_chat::{email_inboxes, inquiries, routing};
use hark_jobs::{State as JobState, Status};
use hark_model::rooms;
use hark_store::{Error, View, log};
use hark_webhooks::endpoints;
use serde_json::{Value, json};

use crate::answer::{self, Failure, Reply, respond};
use crate::dispatch::identify;
use crate::metrics::{Work, classic};
use crate::openapi;
use crate::quiet::Quiet;
use crate::response::text;
use crate::surface::Surface;
use crate::wire::{SPEAKS, Wire};

pub async fn healthy() -> &'static str {
    "ok\n"
}

/// The process can do its work: the store answers a question, and what is done for those who are
/// connected is not down for long. Other jobs are only named: another node does them, or this one in
/// a moment, and requests are answered meanwhile.
pub async fn ready(State(wire): State<Arc<Wire>>) -> Response {
    let quiet = match Quiet::here(&wire).await {
        Ok(quiet) => quiet,
        Err(error) => {
            let why = format!("not ready: {error}\n");
            return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
        }
    };
    if let Some(error) = wire.store.refuses_writes() {
        let why = format!("not ready: {error}\n");
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    }
    let jobs = wire.jobs.jobs();
    let (status, mut text) = if jobs.iter().any(Status::is_unready) {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned())
    } else {
        (StatusCode::OK, "ready\n".to_owned())
    };
    for job in jobs {
        if let JobState::Failing { since, .. } = job.state {
            // Why, only the log says: here strangers may read.
            let (name, seconds) = (job.name, since.elapsed().as_secs());
            text += &format!("the job {name} is down for {seconds} s; the log says why\n");
        }
    }
    if let Some(doubt) = wire.store.clock().doubt() {
        let (says, passed) = (doubt.says.iso(), doubt.passed.iso());
        text += &format!(
            "the clock says {says}, but by the time that has passed it is {passed}: nothing is removed, given up or ended by it; set it right, or run: hark admin trust-clock\n"
        );
    }
    if let Some(quiet) = quiet {
        text += &format!("{quiet}\n");
    }
    (status, text).into_response()
}

pub(crate) async fn last_position(wire: &Wire) -> Result<i64, Error> {
    wire.store.read(log::last).await
}

pub async fn metrics(State(wire): State<Arc<Wire>>, request: Request) -> Response {
    let accepted = text(request.headers(), header::ACCEPT);
    let by_prometheus =
        accepted.is_some_and(|accepted| accepted.contains("application/openmetrics-text"));
    // A browser would not show the former, only save it.
    let kind = if by_prometheus {
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    } else {
        "text/plain; version=0.0.4; charset=utf-8"
    };
    // If the database does not answer, the other numbers are still shown.
    if let Ok(waiting) = wire.store.read(endpoints::waiting).await {
        let now = wire.store.clock().now();
        wire.metrics.endpoints(waiting, now);
    }
    let policies = Arc::clone(&wire.policies);
    let look = move |view: &mut View<'_>| -> Result<Work, Error> {
        let policy = policies.at(view)?;
        Ok(Work {
            open_chats: rooms::all_open(view)?,
            queued_chats: inquiries::queue(view, None, None)?.chats,
            agents: routing::online(view, &policy, None, Presence::There)?.len() as i64,
            failing_inboxes: email_inboxes::in_trouble(view)?,
        })
    };
    if let Ok(work) = wire.store.read(look).await {
        wire.metrics.work(&work);
    }
    let text = wire.metrics.text(
        wire.store.stats(),
        wire.hub.seats(),
        &wire.jobs.jobs(),
        wire.store.clock().now(),
    );
    let text = if by_prometheus { text } else { classic(&text) };
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

pub async fn icon() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, include_str!("icon.svg")).into_response()
}

/// `/api/info`: the version, in full only for those who may see statistics.
pub async fn info(State(wire): State<Arc<Wire>>, request: Request) -> Response {
    let credentials = Surface::RocketChat.credentials(request.headers());
    let (policy, session) = match identify(&wire, credentials).await {
        Ok(found) => found,
        Err(error) => return respond(Err(Failure::Store(error))),
    };
    let in_full =
        session.is_some_and(|session| policy.grants(&session.account.roles, "view-statistics"));
    let clients = json!({"desktop": "3.9.6", "mobile": "4.39.0"});
    respond(Reply::object(if in_full {
        json!({
            "version": SPEAKS,
            "info": {"version": SPEAKS, "hark": wire.options.version, "engine": wire.store.engine()},
            "minimumClientVersions": clients,
        })
    } else {
        let (short, _) = SPEAKS.rsplit_once('.').unwrap_or((SPEAKS, ""));
        json!({"version": short, "minimumClientVersions": clients})
    }))
}

pub async fn rocketchat_openapi(State(wire): State<Arc<Wire>>) -> Response {
    give_document(
        &wire,
        &wire.rocketchat_document,
        openapi::rocketchat::document,
    )
}

pub async fn hark_openapi(State(wire): State<Arc<Wire>>) -> Response {
    give_document(&wire, &wire.hark_document, openapi::hark::document)
}

/// Written for whoever asks first.
fn give_document(
    wire: &Wire,
    kept: &OnceLock<Bytes>,
    document: impl FnOnce(&str, &str) -> Value,
) -> Response {
    let options = &wire.options;
    let write = || {
        document(&options.site_url, options.version)
            .to_string()
            .into()
    };
    answer::written_response(StatusCode::OK, kept.get_or_init(write).clone())
}
