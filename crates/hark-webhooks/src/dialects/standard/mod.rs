//! Standard Webhooks: `{type, timestamp, data}`. What stands in `data` is said by the types in
//! [`told`], from which the catalogue also makes its JSON Schemas: there is no second description.

mod told;

use hark_store::Event;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Value, json};

use self::told::{
    Captured, Chat, Commented, Data, Deleted, Forwarded, Iso, Navigated, Rated, Returned, Spoken,
    Submitted, Tale, Turned,
};
use crate::moment::{Moment, Needs};

/// How the events of a kind are told.
struct Telling {
    write: fn(&Moment) -> Option<Vec<u8>>,
    schema: fn() -> Schema,
    needs: Needs,
}

const fn by<T: Tale>(needs: Needs) -> Telling {
    Telling {
        write: write::<T>,
        schema: schema_of::<T>,
        needs,
    }
}

fn telling(kind: &str) -> Option<Telling> {
    Some(match kind {
        "chat.started" | "chat.queued" | "chat.taken" | "chat.joined" | "chat.edited" => {
            by::<Chat>(Needs::Nothing)
        }
        "chat.forwarded" => by::<Forwarded>(Needs::Nothing),
        "chat.returned" => by::<Returned>(Needs::Nothing),
        "chat.onhold" | "chat.resumed" | "chat.closed" => by::<Commented>(Needs::Nothing),
        "message.visitor" | "message.agent" | "message.edited" => by::<Spoken>(Needs::Message),
        "message.deleted" => by::<Deleted>(Needs::Nothing),
        "visitor.navigated" => by::<Navigated>(Needs::Nothing),
        "lead.captured" => by::<Captured>(Needs::Nothing),
        "offline.submitted" => by::<Submitted>(Needs::Nothing),
        "feedback.submitted" => by::<Rated>(Needs::Nothing),
        "agent.status" => by::<Turned>(Needs::Nothing),
        _ => return None,
    })
}

pub(crate) fn needs(event: &Event) -> Needs {
    telling(&event.kind).map_or(Needs::Nothing, |telling| telling.needs)
}

pub(crate) fn render(moment: &Moment) -> Option<Vec<u8>> {
    (telling(&moment.event.kind)?.write)(moment)
}

/// The JSON Schema of the bodies of a kind.
pub(crate) fn schema(kind: &str) -> Option<Value> {
    let mut schema = (telling(kind)?.schema)();
    let schema = schema.as_object_mut()?;
    schema["properties"]["type"] = json!({"const": kind});
    Some(Value::Object(std::mem::take(schema)))
}

/// A body. The header `webhook-timestamp` says when it was sent, this when it happened.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body<'a, T> {
    r#type: &'a str,
    timestamp: Iso,
    data: Data<T>,
}

fn write<T: Tale>(moment: &Moment) -> Option<Vec<u8>> {
    let event = &moment.event;
    let body = Body {
        r#type: &event.kind,
        timestamp: Iso(event.at),
        data: Data::of(event, T::of(moment)?),
    };
    serde_json::to_vec(&body).ok()
}

fn schema_of<T: Tale>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<Body<'_, T>>()
}
