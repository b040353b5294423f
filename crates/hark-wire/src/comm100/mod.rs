//! Comm100's webhook API: three members, bare lists, and errors with a number of their own.

pub(crate) mod oauth;
pub(crate) mod webhooks;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hark_store::Error;
use hark_webhooks::Refusal;
use serde_json::{Value, json};

use crate::answer::{self, Answer};

/// Two short texts fit in many times.
pub(crate) const LARGEST_BODY: usize = 64 << 10;
/// The calls that one address may make in a window, of all routes together, and its seconds.
const CALLS: i64 = 300;
const WINDOW: i64 = 300;

pub(crate) enum Reply {
    Found(Value),
    /// With the address of what was made.
    Made(Value, String),
    Gone,
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self {
            Self::Found(value) => said(StatusCode::OK, &value),
            Self::Made(value, location) => {
                let made = said(StatusCode::CREATED, &value);
                with(made, header::LOCATION, &location)
            }
            Self::Gone => StatusCode::NO_CONTENT.into_response(),
        }
    }
}

/// What a handler declines with. The text names the parameter.
pub(crate) enum Failure {
    Missing(&'static str),
    Invalid(String),
    NotFound,
    Conflict(String),
    Store(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound(_) => Self::NotFound,
            // An endpoint's address has another name here.
            Refusal::Invalid { field: "url", why } => Self::Invalid(format!("targetUrl: {why}")),
            Refusal::Invalid { field, why } => Self::Invalid(format!("{field}: {why}")),
            Refusal::Conflict(why) => Self::Conflict(why),
            Refusal::Store(error) => Self::Store(error),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Missing(name) => error(400_000, &format!("{name} is required")),
            Self::Invalid(why) => error(400_001, &why),
            Self::NotFound => error(404_000, "there is no such webhook"),
            Self::Conflict(why) => error(409_000, &why),
            Self::Store(trouble) => broken(&trouble),
        }
    }
}

/// A handler's answer, for the way that all requests take.
pub(crate) fn answer(said: impl IntoResponse) -> Answer {
    Ok(answer::Reply::Whole(said.into_response()))
}

/// What is said for a handler, and before one sees the request.
pub(crate) fn respond(answer: Answer) -> Response {
    let failure = match answer {
        Ok(answer::Reply::Whole(response)) => return response,
        Ok(answer::Reply::Bare(value) | answer::Reply::Made(value)) => {
            return said(StatusCode::OK, &value);
        }
        Ok(answer::Reply::Object(members)) => return said(StatusCode::OK, &members.into()),
        Ok(answer::Reply::Nothing) => return StatusCode::NO_CONTENT.into_response(),
        Err(failure) => failure,
    };
    match failure {
        answer::Failure::Unauthenticated => {
            let words = "a valid access token, or an account and its API key, is needed";
            with(error(401_000, words), header::WWW_AUTHENTICATE, "Bearer")
        }
        answer::Failure::Forbidden | answer::Failure::Unauthorized => error(
            403_000,
            "the permission Manage Integration is needed (view-livechat-webhooks)",
        ),
        answer::Failure::TooMany(seconds) => {
            let words = format!("too many calls from this address; wait {seconds} seconds");
            let seconds = seconds.to_string();
            with(error(403_001, &words), header::RETRY_AFTER, &seconds)
        }
        answer::Failure::NoSuchPath { path, .. } => {
            error(404_000, &format!("there is nothing at {path}"))
        }
        answer::Failure::WrongMethod(allowed) => {
            let words = format!("only {allowed} can be done here");
            with(error(405_000, &words), header::ALLOW, &allowed)
        }
        answer::Failure::Unreadable(status, words) if status != StatusCode::BAD_REQUEST => {
            error(u32::from(status.as_u16()) * 1_000, &words.to_lowercase())
        }
        answer::Failure::Store(trouble) => broken(&trouble),
        _ => error(
            400_001,
            "the request cannot be read; its body should be JSON",
        ),
    }
}

fn broken(trouble: &Error) -> Response {
    if trouble.passes() {
        let words = "the server cannot do it at the moment; try again shortly";
        return with(error(503_000, words), header::RETRY_AFTER, "2");
    }
    tracing::error!(error = %trouble, "a request failed inside");
    error(500_000, "the server failed")
}

/// The status, and what more is to be told, in one number of six digits.
fn error(code: u32, message: &str) -> Response {
    let status = u16::try_from(code / 1_000).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    said(
        status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        &json!({"code": code, "message": message}),
    )
}

fn with(mut response: Response, name: HeaderName, text: &str) -> Response {
    if let Ok(text) = HeaderValue::from_str(text) {
        response.headers_mut().insert(name, text);
    }
    response
}

fn said(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let kind = "application/json; charset=utf-8";
    with(
        with(response, header::CONTENT_TYPE, kind),
        header::CACHE_CONTROL,
        "no-store",
    )
}
