//! What is wrong, as our own API says it: problem details by RFC 9457.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use hark_store::Error;
use hark_webhooks::Refusal;
use serde_json::{Value, json};

use crate::answer::{Answer, Failure, Reply, json_response, outage};

/// What stands before the names of our kinds of problems.
const KIND: &str = "urn:hark:problem:";

pub struct Problem {
    pub status: u16,
    /// The name of its kind, for programs.
    pub kind: &'static str,
    /// One line that is the same for all of its kind.
    pub title: &'static str,
    /// What is wrong this time.
    pub detail: String,
    /// The members that are wrong, by JSON pointer.
    pub errors: Vec<(String, String)>,
}

impl Problem {
    fn new(
        status: u16,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            kind,
            title,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    fn invalid(pointer: String, detail: String) -> Self {
        let said = match pointer.trim_start_matches('/') {
            "" => format!("The request {detail}"),
            name => format!("{name}: {detail}"),
        };
        let title = "Something in the request is not as it has to be";
        let mut problem = Self::new(400, "invalid", title, said);
        problem.errors.push((pointer, detail));
        problem
    }

    pub fn document(&self) -> Value {
        let mut document = json!({
            "type": format!("{KIND}{}", self.kind),
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        });
        if !self.errors.is_empty() {
            let errors = self.errors.iter();
            let errors = errors.map(|(at, detail)| json!({"pointer": at, "detail": detail}));
            document["errors"] = errors.collect();
        }
        document
    }
}

pub fn respond(answer: Answer) -> Response {
    let failure = match answer {
        Ok(Reply::Object(members)) => {
            return json_response(StatusCode::OK, &Value::Object(members));
        }
        Ok(Reply::Bare(value)) => return json_response(StatusCode::OK, &value),
        Ok(Reply::Made(value)) => return json_response(StatusCode::CREATED, &value),
        Ok(Reply::Nothing) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            return response;
        }
        Ok(Reply::Whole(response)) => return response,
        Err(failure) => failure,
    };
    let more = match &failure {
        Failure::WrongMethod(allowed) => Some((header::ALLOW, allowed.clone())),
        Failure::Unauthenticated => Some((header::WWW_AUTHENTICATE, "Bearer".to_owned())),
        Failure::TooMany(seconds) => Some((header::RETRY_AFTER, seconds.to_string())),
        Failure::Store(error) if error.passes() => Some((header::RETRY_AFTER, "2".to_owned())),
        Failure::Files(_) => Some((header::RETRY_AFTER, "2".to_owned())),
        _ => None,
    };
    let problem = of(failure);
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json_response(status, &problem.document());
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/problem+json");
    headers.insert(header::CONTENT_TYPE, kind);
    if let Some((name, value)) = more
        && let Ok(value) = HeaderValue::from_str(&value)
    {
        headers.insert(name, value);
    }
    response
}

fn of(failure: Failure) -> Problem {
    match failure {
        Failure::Misfit { pointer, detail } => Problem::invalid(pointer, detail),
        Failure::Unauthenticated | Failure::Login(_) => Problem::new(
            401,
            "unauthenticated",
            "Nobody is logged in",
            "Show a token: in X-User-Id and X-Auth-Token, or as Authorization: Bearer",
        ),
        Failure::Forbidden | Failure::Unauthorized => Problem::new(
            403,
            "forbidden",
            "The permission is missing",
            "The roles of this account do not allow this",
        ),
        Failure::NotFound(words) => missing(words),
        Failure::NoSuchPath { method, path } => {
            missing(format!("There is nothing at {method} {path}"))
        }
        Failure::WrongMethod(allowed) => Problem::new(
            405,
            "wrong-method",
            "This cannot be done here",
            format!("What can be: {allowed}"),
        ),
        Failure::TooMany(seconds) => Problem::new(
            429,
            "too-many-requests",
            "Too many requests from this address",
            format!("Wait {seconds} seconds"),
        ),
        Failure::Unreadable(status, words) => Problem::new(
            status.as_u16(),
            "unreadable",
            "The request cannot be read",
            words,
        ),
        Failure::Webhooks(refusal) => of_webhooks(refusal),
        Failure::Store(error) => of_store(&error),
        Failure::Files(trouble) => {
            tracing::error!(error = %trouble, "a file could not be kept or read");
            later("Files cannot be kept or read at the moment")
        }
        Failure::Plain(words) | Failure::Typed(words, _) | Failure::Message(words) => {
            declined(words)
        }
        Failure::Coded { reason, code, .. } => declined(match reason.is_empty() {
            true => code.to_owned(),
            false => reason,
        }),
        Failure::Told(told) => declined(told.to_string()),
        Failure::Silent => declined("It was declined".to_owned()),
    }
}

fn declined(detail: String) -> Problem {
    Problem::new(400, "declined", "It was declined", detail)
}

fn missing(detail: impl Into<String>) -> Problem {
    Problem::new(404, "not-found", "It is not there", detail)
}

fn later(detail: &str) -> Problem {
    let title = "Not possible at the moment; the same request may be sent again";
    Problem::new(503, "unavailable", title, detail)
}

fn of_webhooks(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotFound(what) => missing(format!("There is no such {what}")),
        Refusal::Invalid { field, why } => Problem::invalid(format!("/{field}"), why),
        Refusal::Conflict(why) => {
            let title = "It cannot be done as things are";
            Problem::new(409, "conflict", title, why)
        }
        Refusal::Store(error) => of_store(&error),
    }
}

fn of_store(error: &Error) -> Problem {
    if error.passes() {
        return later(outage(error));
    }
    tracing::error!(error = %error, "a request failed inside");
    let title = "The server has failed";
    Problem::new(500, "internal", title, "The log of the server says more")
}
