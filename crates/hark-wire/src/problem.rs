//! What is wrong, as our own API says it: problem details by RFC 9457.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hark_store::Error;
use hark_webhooks::Refusal;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::answer::{Answer, Failure, Reply, TOTP_REQUIRED, json_response, outage};
use crate::response::with;

/// What stands before the names of our kinds of problems.
const KIND: &str = "urn:hark:problem:";

/// The status of a kind of problems, its name for programs, and a line for people.
type Kind = (u16, &'static str, &'static str);

const INVALID: Kind = (
    400,
    "invalid",
    "Something in the request is not as it has to be",
);
const DECLINED: Kind = (400, "declined", "It was declined");
const UNAUTHENTICATED: Kind = (401, "unauthenticated", "Nobody is logged in");
const FORBIDDEN: Kind = (403, "forbidden", "The permission is missing");
const SECOND_FACTOR: Kind = (
    403,
    "second-factor",
    "A second factor has to come with the request",
);
const MISSING: Kind = (404, "not-found", "It is not there");
const WRONG_METHOD: Kind = (405, "wrong-method", "This cannot be done here");
const CONFLICT: Kind = (409, "conflict", "It cannot be done as things are");
const TOO_MANY: Kind = (
    429,
    "too-many-requests",
    "Too many requests from this address",
);
const FAILED: Kind = (500, "internal", "The server has failed");
const UNAVAILABLE: Kind = (
    503,
    "unavailable",
    "Not possible at the moment; the same request may be sent again",
);

const UNREADABLE: &str = "unreadable";

/// A kind of problems for whoever looks it up: its type, its status, when it is, and what to do.
pub type Described = (&'static str, u16, &'static str, &'static str);

const fn described((status, name, title): Kind, remedy: &'static str) -> Described {
    (name, status, title, remedy)
}

/// All of them.
pub const PROBLEMS: &[Described] = &[
    described(
        INVALID,
        "`errors` names each member of the body (`pointer`) or parameter of the query (`parameter`) that is wrong, and how.",
    ),
    (
        UNREADABLE,
        400,
        "The request cannot be read",
        "`detail` says why: no JSON (400), too large (413), another content type (415), too slow (408).",
    ),
    described(
        DECLINED,
        "`detail` says why, and `reason` names it for programs.",
    ),
    described(
        UNAUTHENTICATED,
        "Send a token: `Authorization: Bearer …`, or `X-User-Id` and `X-Auth-Token`. `hark admin token` makes one.",
    ),
    described(
        FORBIDDEN,
        "Give one of the account's roles the permission that the reference names, or use another account.",
    ),
    described(
        SECOND_FACTOR,
        "Send it again with `X-2fa-Method` and `X-2fa-Code`, or use a personal access token that bypasses the second factor.",
    ),
    described(
        MISSING,
        "Look at the path and the ids in it. What may not be seen is answered like what is not there.",
    ),
    described(WRONG_METHOD, "`Allow` says which methods there are."),
    described(
        CONFLICT,
        "Read what it is about again: somebody or something has changed it, or it is in a state that does not allow this.",
    ),
    described(TOO_MANY, "Wait as long as `Retry-After` says."),
    described(
        UNAVAILABLE,
        "Send the same again after `Retry-After` seconds; nothing has changed.",
    ),
    described(
        FAILED,
        "That is a fault of Hark. Its log says more; nothing has changed.",
    ),
];

#[derive(Serialize, JsonSchema)]
pub struct Problem {
    /// The name of its kind, for programs.
    #[serde(rename = "type")]
    kind: String,
    /// One line that is the same for all of its kind.
    title: &'static str,
    /// The status of the answer.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What is wrong this time.
    detail: String,
    /// Which reason it is of several, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The members of the body, or the parameters of the query, that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Misfit>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Misfit {
    /// In a body: a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// In a query: the parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// What is wrong with it.
    detail: String,
}

impl Problem {
    fn new((status, kind, title): Kind, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("{KIND}{kind}"),
            title,
            status,
            detail: detail.into(),
            reason: None,
            errors: Vec::new(),
        }
    }

    fn invalid(pointer: String, detail: String) -> Self {
        let said = match pointer.trim_start_matches('/') {
            "" => format!("The request {detail}"),
            name => format!("{name}: {detail}"),
        };
        let mut problem = Self::new(INVALID, said);
        problem.errors.push(Misfit {
            pointer: Some(pointer),
            parameter: None,
            detail,
        });
        problem
    }

    fn of_query(name: String, detail: String) -> Self {
        let mut problem = Self::new(INVALID, format!("{name}: {detail}"));
        problem.errors.push(Misfit {
            pointer: None,
            parameter: Some(name),
            detail,
        });
        problem
    }
}

pub fn respond(answer: Answer) -> Response {
    let failure = match answer {
        Ok(Reply::Object(members)) => return json_response(StatusCode::OK, &members.into()),
        Ok(Reply::Bare(value)) => return json_response(StatusCode::OK, &value),
        Ok(Reply::Made(value)) => return json_response(StatusCode::CREATED, &value),
        Ok(Reply::Nothing) => return StatusCode::NO_CONTENT.into_response(),
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
    let response = json_response(status, &json!(problem));
    let response = with(
        response,
        [(header::CONTENT_TYPE, "application/problem+json")],
    );
    match more {
        Some((name, value)) => with(response, [(name, &value)]),
        None => response,
    }
}

fn of(failure: Failure) -> Problem {
    match failure {
        Failure::Misfit { pointer, detail } => Problem::invalid(pointer, detail),
        Failure::WrongParameter { name, detail } => Problem::of_query(name, detail),
        Failure::Unauthenticated | Failure::Login(_) => {
            let how = "Show a token: in X-User-Id and X-Auth-Token, or as Authorization: Bearer";
            Problem::new(UNAUTHENTICATED, how)
        }
        Failure::Forbidden | Failure::Unauthorized => {
            Problem::new(FORBIDDEN, "The roles of this account do not allow this")
        }
        Failure::NotFound(words) => Problem::new(MISSING, words),
        Failure::NoSuchPath { method, path } => {
            Problem::new(MISSING, format!("There is nothing at {method} {path}"))
        }
        Failure::WrongMethod(allowed) => {
            Problem::new(WRONG_METHOD, format!("What can be: {allowed}"))
        }
        Failure::TooMany(seconds) => Problem::new(TOO_MANY, format!("Wait {seconds} seconds")),
        Failure::Unreadable(status, words) => {
            let title = "The request cannot be read";
            Problem::new(
                (status.as_u16(), UNREADABLE, title),
                unreadable(status, words),
            )
        }
        Failure::Webhooks(refusal) => of_webhooks(refusal),
        Failure::Store(error) => of_store(&error),
        Failure::Files(error) => {
            tracing::error!(error = %error, "a file could not be kept or read");
            Problem::new(UNAVAILABLE, "Files cannot be kept or read at the moment")
        }
        Failure::Plain(words) | Failure::Typed(words, _) | Failure::Message(words) => {
            Problem::new(DECLINED, words)
        }
        Failure::Coded { code, details, .. } if code == TOTP_REQUIRED => {
            let method = details.unwrap_or_default()["method"].clone();
            let method = method.as_str().unwrap_or("totp");
            let how = format!(
                "Send it again with X-2fa-Method: {method} and a code in X-2fa-Code, or with a personal access token that bypasses the second factor"
            );
            Problem::new(SECOND_FACTOR, how)
        }
        Failure::Coded { reason, code, .. } => {
            let words = if reason.is_empty() { &code } else { &reason };
            let mut problem = Problem::new(DECLINED, words);
            problem.reason = Some(code);
            problem
        }
        Failure::Members(members) => Problem::new(DECLINED, members.to_string()),
        Failure::Silent => Problem::new(DECLINED, "It was declined"),
    }
}

/// What to do about a request that nobody has read.
fn unreadable(status: StatusCode, words: &'static str) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => {
            "The body has to be one whole JSON object, and the query at most 1000 parameters"
        }
        StatusCode::PAYLOAD_TOO_LARGE => "The body is larger than it may be",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "The body has to be JSON, with Content-Type: application/json"
        }
        StatusCode::REQUEST_TIMEOUT => "The body took too long to come",
        _ => words,
    }
}

fn of_webhooks(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotFound(what) => Problem::new(MISSING, format!("There is no such {what}")),
        Refusal::Invalid { field, why } => Problem::invalid(format!("/{field}"), why),
        Refusal::Conflict(why) => Problem::new(CONFLICT, why),
        Refusal::Store(error) => of_store(&error),
    }
}

fn of_store(error: &Error) -> Problem {
    if error.passes() {
        return Problem::new(UNAVAILABLE, outage(error));
    }
    tracing::error!(error = %error, "a request failed inside");
    Problem::new(FAILED, "The log of the server says more")
}
