//! What operators and their machines ask, and the page that a browser finds at the address.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use hark_store::{Error, log};
use hark_webhooks::deliveries::lists;
use serde_json::json;

use crate::answer::{self, Failure, Reply, respond};
use crate::dispatch::identify;
use crate::surface::Surface;
use crate::wire::Wire;
use crate::{hark, openapi};

/// Rocket.Chat's version whose wire this is.
pub const SPEAKS: &str = "6.14.0";

/// The process answers.
pub async fn healthy() -> &'static str {
    "ok\n"
}

/// The process can do its work: the store answers a question.
pub async fn ready(wire: Arc<Wire>) -> Response {
    match looks(&wire).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("not ready: {error}\n"),
        )
            .into_response(),
    }
}

async fn looks(wire: &Wire) -> Result<i64, Error> {
    wire.store.read(log::last).await
}

pub async fn metrics(wire: Arc<Wire>, request: Request) -> Response {
    let accepted = request.headers().get(header::ACCEPT);
    let by_prometheus = accepted
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| text.contains("application/openmetrics-text"));
    // A browser would not show the former, only save it.
    let kind = if by_prometheus {
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    } else {
        "text/plain; version=0.0.4; charset=utf-8"
    };
    // Of a database that does not answer the other numbers are still told.
    if let Ok(waiting) = wire.store.read(lists::waiting).await {
        let now = wire.store.clock().now();
        wire.metrics.endpoints(waiting, now);
    }
    let text = wire.metrics.text(wire.store.stats(), wire.hub.seats());
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
pub async fn info(wire: Arc<Wire>, request: Request) -> Response {
    let now = wire.store.clock().now();
    let (policy, session) = match identify(&wire, Surface::RocketChat, request.headers(), now).await
    {
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

/// The OpenAPI document of the Rocket.Chat surface.
pub async fn document(wire: Arc<Wire>) -> Response {
    let document = openapi::document(&wire.options.site_url, wire.options.version);
    answer::json_response(StatusCode::OK, &document)
}

/// The OpenAPI document of our own API.
pub async fn own_document(wire: Arc<Wire>) -> Response {
    let document = hark::openapi::document(&wire.options.site_url, wire.options.version);
    answer::json_response(StatusCode::OK, &document)
}

/// A page for whoever opens the address in a browser: it lives, and where things are.
pub async fn front(wire: Arc<Wire>) -> Response {
    let state = match looks(&wire).await {
        Ok(position) => format!("Ready. The event log stands at {position}."),
        Err(error) => format!("Not ready: {error}."),
    };
    let engine = match wire.store.engine() {
        "postgres" => "PostgreSQL",
        _ => "SQLite",
    };
    let page = include_str!("front.html")
        .replace("{{version}}", &escape(wire.options.version))
        .replace("{{state}}", &escape(&state))
        .replace("{{engine}}", engine);
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(page)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
