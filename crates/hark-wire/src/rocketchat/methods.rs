//! What a method of the real-time API is, and how it says what is wrong. Methods stand beside the
//! routes of their aggregate; all of them are in [`super::method_table`].

use std::pin::Pin;

use hark_store::Error;
use serde_json::{Value, json};

use crate::answer::{Failure, coded_text};
use crate::call::Call;
use crate::dispatch::{allowance, enter};
use crate::limits::Caller;
use crate::params::Arguments;
use crate::route::{Access, Route};

/// One method of the real-time API. Who may call it is declared as for a route.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) access: Access,
    pub(crate) perform: Perform,
}

type Perform =
    for<'c> fn(&'c Call, &'c [Value]) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'c>>;
pub(crate) type Outcome = Result<Value, Failure>;

/// Writes a row: `method!("livechat:takeInquiry", Access::User, take)`. The function says what it
/// takes: `async fn take(call: &Call, (inquiry,): (String,)) -> Outcome`.
macro_rules! method {
    ($name:literal, $access:expr, $perform:path) => {
        $crate::rocketchat::methods::Method {
            name: $name,
            access: $access,
            perform: |call, given| {
                Box::pin(async move {
                    let taken = $crate::rocketchat::methods::arguments(given)?;
                    $perform(call, taken).await
                })
            },
        }
    };
}
pub(crate) use method;

const MATCH_FAILED: i64 = 400;

/// Counts a call that can also come over a route of REST as one of that route: anyone who may call this so
/// often may call the other only so often.
pub(super) fn count(
    call: &Call,
    route: &'static Route,
    visitor: Option<&str>,
) -> Result<(), Failure> {
    let caller = Caller {
        address: call.address,
        visitor,
    };
    let session = call.session.as_ref();
    let allowance = allowance(&call.wire, route, &call.policy, session, caller, call.now);
    let Some(allowance) = allowance.filter(|allowance| allowance.exceeded) else {
        return Ok(());
    };
    let millis = allowance.resets_at.millis_since(call.now);
    let seconds = millis.div_euclid(1_000) + 1;
    let words = format!("Too many attempts. Try again in {seconds} seconds. [too-many-requests]");
    Err(Failure::coded(words).with(json!({"timeToReset": millis})))
}

/// The row of a route that does what a method does.
pub(super) fn row(rows: &[&'static Route], path: &str) -> Result<&'static Route, Failure> {
    let found = rows.iter().find(|route| route.path == path);
    found.copied().ok_or_else(|| {
        // Nobody but ourselves can be the cause.
        Failure::Store(Error::Panicked(format!("there is no route {path}")))
    })
}

/// Does what can also be done over a route of REST, and counts what it leaves behind, of so many bytes, as
/// that route does.
pub(super) async fn leaving<T, E: Into<Failure>>(
    call: &Call,
    route: &'static Route,
    visitor: Option<&str>,
    bytes: usize,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    let caller = Caller {
        address: call.address,
        visitor,
    };
    let session = call.session.as_ref();
    let entered = enter(
        &call.wire,
        route,
        &call.policy,
        session,
        caller,
        bytes,
        call.now,
    )?;
    let done = work.await;
    if let Some(entered) = entered.filter(|_| done.is_err()) {
        call.wire.quotas.take_back(&entered, call.now);
    }
    done.map_err(Into::into)
}

pub(crate) fn arguments<A: Arguments>(given: &[Value]) -> Result<A, Failure> {
    A::read(given).ok_or_else(match_failed)
}

/// A parameter of another type than the method takes.
pub(crate) fn match_failed() -> Failure {
    Failure::coded(format!("Match failed [{MATCH_FAILED}]"))
}

/// An error as it stands in the answer of a request, where a parameter of another type has a kind of
/// its own. On sockets the original words it as any other error.
pub(super) fn over_http(mut words: Value) -> Value {
    if words["error"] == MATCH_FAILED {
        words["errorType"] = json!("Match.Error");
    }
    words
}

/// An error as it stands in a frame.
pub(super) fn in_words(failure: Failure) -> Value {
    let (error, reason, details) = match failure {
        Failure::Coded {
            reason,
            code,
            details,
        } => {
            let error = code
                .parse::<i64>()
                .map_or_else(|_| json!(code), |code| json!(code));
            (error, reason, details)
        }
        Failure::Plain(text) | Failure::Typed(text, _) | Failure::Message(text) => {
            (json!(text), String::new(), None)
        }
        Failure::TooMany(seconds) => {
            let words = format!(
                "Error, too many requests. Please slow down. You must wait {seconds} seconds before trying again."
            );
            let details = json!({"timeToReset": seconds * 1000});
            (json!("too-many-requests"), words, Some(details))
        }
        Failure::Login(mut body) => {
            let details = body.get("details").cloned();
            let reason = body["message"].as_str().unwrap_or_default();
            // Of the two forms of these words the longer one ends with the code.
            let reason = reason.split(" [").next().unwrap_or_default().to_owned();
            (body["error"].take(), reason, details)
        }
        Failure::Store(error) => {
            let code = if matches!(error, Error::Busy) {
                503
            } else {
                500
            };
            (json!(code), "Internal server error".to_owned(), None)
        }
        _ => (json!("error-not-allowed"), "Not allowed".to_owned(), None),
    };
    let code = match &error {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut words = json!({"isClientSafe": true, "error": error});
    if !reason.is_empty() {
        words["reason"] = json!(reason);
    }
    if let Some(details) = details {
        words["details"] = details;
    }
    words["message"] = json!(coded_text(&reason, &code));
    words["errorType"] = json!("Meteor.Error");
    words
}
