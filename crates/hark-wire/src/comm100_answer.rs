//! How Comm100's API answers: three members, bare lists, and errors with a number of their own.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hark_store::Error;
use hark_webhooks::Refusal;
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::body::Size;
use crate::handler::IntoAnswer;
use crate::response::with;

/// Two short texts fit in many times.
pub(crate) const LARGEST_BODY: Size = Size {
    bytes: 64 << 10,
    values: 2_000,
};

pub(crate) enum Reply {
    Found(Value),
    /// With the address of what was made.
    Made(Value, String),
    Gone,
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self {
            Self::Found(value) => json_response(StatusCode::OK, &value),
            Self::Made(value, location) => {
                let made = json_response(StatusCode::CREATED, &value);
                with(made, [(header::LOCATION, &location)])
            }
            Self::Gone => StatusCode::NO_CONTENT.into_response(),
        }
    }
}

/// What a handler declines with. The text names the parameter.
pub(crate) enum Failure {
    Missing(&'static str),
    /// The same where the body came as another type, so that nothing of it was read.
    MissingInOther(&'static str),
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
            Refusal::Invalid { field, why } if field == "url" => {
                Self::Invalid(format!("targetUrl: {why}"))
            }
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
            Self::MissingInOther(name) => error(
                400_000,
                &format!(
                    "{name} is required; send the body as JSON, with Content-Type: application/json"
                ),
            ),
            Self::Invalid(why) => error(400_001, &why),
            Self::NotFound => error(404_000, "there is no such webhook"),
            Self::Conflict(why) => error(409_000, &why),
            Self::Store(failure) => store_failure(&failure),
        }
    }
}

impl IntoAnswer for Result<Reply, Failure> {
    fn into_answer(self) -> Answer {
        Ok(answer::Reply::Whole(self.into_response()))
    }
}

/// What is answered for a handler, and before one sees the request.
pub(crate) fn respond(answer: Answer) -> Response {
    let failure = match answer {
        Ok(answer::Reply::Whole(response)) => return response,
        Ok(answer::Reply::Bare(value) | answer::Reply::Made(value)) => {
            return json_response(StatusCode::OK, &value);
        }
        Ok(answer::Reply::Object(members)) => {
            return json_response(StatusCode::OK, &members.into());
        }
        Ok(answer::Reply::Nothing) => return StatusCode::NO_CONTENT.into_response(),
        Err(failure) => failure,
    };
    match failure {
        answer::Failure::Unauthenticated => {
            let words = "a valid access token, or an account and its API key, is needed";
            with(
                error(401_000, words),
                [(header::WWW_AUTHENTICATE, "Bearer")],
            )
        }
        answer::Failure::Forbidden | answer::Failure::Unauthorized => error(
            403_000,
            "the permission Manage Integration is needed (view-livechat-webhooks)",
        ),
        answer::Failure::Coded { code, .. } if code == answer::TOTP_REQUIRED => error(
            403_002,
            "a second factor is asked for, which this API key does not bypass; make a personal access token that does, or get a token from oauth/token",
        ),
        answer::Failure::TooMany(seconds) => {
            let words = format!("too many calls from this address; wait {seconds} seconds");
            let seconds = seconds.to_string();
            with(error(403_001, &words), [(header::RETRY_AFTER, &seconds)])
        }
        answer::Failure::NoSuchPath { path, .. } => {
            error(404_000, &format!("there is nothing at {path}"))
        }
        answer::Failure::WrongMethod(allowed) => {
            let words = format!("only {allowed} can be done here");
            with(error(405_000, &words), [(header::ALLOW, &allowed)])
        }
        answer::Failure::Unreadable(status, words) if status != StatusCode::BAD_REQUEST => {
            error(u32::from(status.as_u16()) * 1_000, &words.to_lowercase())
        }
        answer::Failure::Store(failure) => store_failure(&failure),
        _ => error(
            400_001,
            "the request cannot be read; its body should be JSON",
        ),
    }
}

pub(crate) fn store_failure(failure: &Error) -> Response {
    if failure.passes() {
        let words = "the server cannot do it at the moment; try again shortly";
        return with(error(503_000, words), [(header::RETRY_AFTER, "2")]);
    }
    tracing::error!(error = %failure, "a request failed inside");
    error(500_000, "the server failed")
}

/// The status, and what more there is to say, in one number of six digits.
fn error(code: u32, message: &str) -> Response {
    let status = u16::try_from(code / 1_000).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    json_response(
        status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        &json!({"code": code, "message": message}),
    )
}

pub(crate) fn json_response(status: StatusCode, value: &Value) -> Response {
    let kind = (header::CONTENT_TYPE, "application/json; charset=utf-8");
    let response = (status, value.to_string()).into_response();
    with(response, [kind, (header::CACHE_CONTROL, "no-store")])
}
