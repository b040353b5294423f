//! Comm100's webhook API: three members, bare lists, and errors with a number of their own.

pub(crate) mod oauth;
pub(crate) mod webhooks;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hark_store::Error;
use hark_webhooks::Refusal;
use serde_json::{Value, json};

use crate::surface::Refused;

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
                let mut response = said(StatusCode::CREATED, &value);
                if let Ok(location) = HeaderValue::from_str(&location) {
                    response.headers_mut().insert(header::LOCATION, location);
                }
                response
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

/// What is said before a handler sees the request.
pub(crate) fn refuse(refused: Refused) -> Response {
    match refused {
        Refused::Unreadable(StatusCode::BAD_REQUEST, _) | Refused::Misshapen(..) => {
            error(400_001, "the request cannot be read: it should be JSON")
        }
        Refused::Unreadable(status, words) => {
            error(u32::from(status.as_u16()) * 1_000, &words.to_lowercase())
        }
        Refused::NotLoggedIn => {
            let mut response = error(
                401_000,
                "a valid access token, or an account and its API key, is needed",
            );
            let wanted = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, wanted);
            response
        }
        Refused::TooMany(seconds) => {
            let why = format!("too many calls from this address; wait {seconds} seconds");
            retry_after(error(403_001, &why), seconds)
        }
        Refused::Forbidden { .. } => error(
            403_000,
            "the permission Manage Integration is needed (view-livechat-webhooks)",
        ),
        Refused::WrongMethod(allowed) => {
            let mut response = error(405_000, &format!("only {allowed} can be done here"));
            if let Ok(allowed) = HeaderValue::from_str(&allowed) {
                response.headers_mut().insert(header::ALLOW, allowed);
            }
            response
        }
        Refused::UnknownPath { path, .. } => error(404_000, &format!("there is nothing at {path}")),
        Refused::Store(trouble) => broken(&trouble),
    }
}

fn broken(trouble: &Error) -> Response {
    if trouble.passes() {
        let words = "the server cannot do it at the moment; try again shortly";
        return retry_after(error(503_000, words), 2);
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

fn retry_after(mut response: Response, seconds: i64) -> Response {
    let seconds = HeaderValue::from(seconds);
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}

fn said(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let told: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, text) in told {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(text));
    }
    response
}
