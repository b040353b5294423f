//! The frames of the real-time API: each a JSON object that says in `msg` what it is.

use std::sync::Arc;

use bytes::Bytes;
use hark_realtime::Topic;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::super::{ejson, methods};
use crate::answer::Failure;

#[derive(Serialize)]
struct Changed<'a, A> {
    msg: &'static str,
    collection: &'static str,
    id: &'static str,
    fields: Fields<'a, A>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a, A> {
    event_name: &'a str,
    args: &'a A,
}

/// Something happened on a stream, with arguments as the real-time API writes them. Clients go by
/// the stream and the event; `id` is always this.
#[expect(
    clippy::expect_used,
    reason = "arguments are documents, whose keys are texts"
)]
pub(super) fn changed(topic: &Topic, args: &impl Serialize) -> Bytes {
    let frame = Changed {
        msg: "changed",
        collection: topic.stream,
        id: "id",
        fields: Fields {
            event_name: &topic.event,
            args,
        },
    };
    serde_json::to_vec(&frame)
        .expect("a frame can be written")
        .into()
}

/// A document as the real-time API writes it, for several frames.
#[expect(clippy::expect_used, reason = "the keys of a document are texts")]
pub(super) fn written(document: Value) -> Arc<RawValue> {
    to_raw_value(&ejson::written(document))
        .expect("a document can be written")
        .into()
}

/// A subscription is in force.
pub(super) fn ready(id: &str) -> Value {
    json!({"msg": "ready", "subs": [id]})
}

/// A subscription is not in force, or no longer.
pub(super) fn nosub(id: &str, why: Option<Failure>) -> Value {
    let mut frame = json!({"msg": "nosub", "id": id});
    if let Some(failure) = why {
        frame["error"] = methods::in_words(failure);
    }
    frame
}

/// What a method came to; a client that awaits it wants an `updated` behind it.
pub(super) fn result(id: &Value, outcome: Result<Value, Failure>) -> [Value; 2] {
    let mut frame = json!({"msg": "result", "id": id});
    match outcome {
        Ok(Value::Null) => {}
        Ok(result) => frame["result"] = result,
        Err(failure) => frame["error"] = methods::in_words(failure),
    }
    [frame, json!({"msg": "updated", "methods": [id]})]
}

pub(super) fn not_allowed() -> Failure {
    Failure::coded("Not allowed [not-allowed]")
}
