//! Standard Webhooks: `{type, timestamp, data}`. What stands in `data` is said by the types in
//! [`payloads`], from which the catalogue also makes its JSON Schemas: there is no second
//! description.

mod payloads;

use hark_model::events::{Event, InRoom, Kind};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Value, json};

use self::payloads::{
    Abandoned, AgentStatusChanged, Chat, Commented, ContactUpdated, Data, Ended, EndpointDisabled,
    EndpointFailing, EndpointRecovered, Forwarded, GivenUp, LeadCaptured, LeftMessage,
    MessageDeleted, MessagePosted, Navigated, NoteDeleted, Noted, Overdue, Prioritized, Promised,
    Rated, Returned, Tagged, VisitorErased,
};
use crate::dialects::Iso;
use crate::moment::{Moment, Needs};

pub(crate) const fn needs(kind: Kind) -> Needs {
    match kind {
        Kind::MessageVisitor | Kind::MessageAgent | Kind::MessageEdited => Needs::Message,
        Kind::NoteAdded | Kind::NoteEdited => Needs::Note,
        _ => Needs::Nothing,
    }
}

/// Nothing when what it would tell of is gone.
pub(crate) fn render(moment: &Moment<'_>) -> Option<Vec<u8>> {
    match &moment.recorded.event {
        Event::ChatStarted(InRoom { chat, .. })
        | Event::ChatQueued(InRoom { chat, .. })
        | Event::ChatTaken(InRoom { chat, .. })
        | Event::ChatJoined(InRoom { chat, .. })
        | Event::ChatEdited(InRoom { chat, .. }) => write(moment, Chat::of(chat)),
        Event::ChatForwarded(forwarded) => write(moment, Forwarded::of(forwarded)),
        Event::ChatReturned(returned) => write(moment, Returned::of(returned)),
        Event::ChatOnHold(InRoom { chat, details })
        | Event::ChatResumed(InRoom { chat, details }) => {
            write(moment, Commented::of(chat, &details.comment))
        }
        Event::ChatPriorityChanged(changed) => write(moment, Prioritized::of(changed)),
        Event::ChatSlaChanged(changed) => write(moment, Promised::of(changed)),
        Event::ChatOverdue(overdue) => write(moment, Overdue::of(overdue)),
        Event::ChatAbandoned(abandoned) => write(moment, Abandoned::of(abandoned)),
        Event::ChatTagged(tagged) => write(moment, Tagged::of(tagged)),
        Event::ChatClosed(closed) => write(moment, Ended::of(closed)),
        Event::MessageVisitor(InRoom { chat, .. })
        | Event::MessageAgent(InRoom { chat, .. })
        | Event::MessageEdited(InRoom { chat, .. }) => write(
            moment,
            MessagePosted::of(chat, moment, moment.said.first()?),
        ),
        Event::MessageDeleted(deleted) => write(moment, MessageDeleted::of(deleted)),
        Event::NoteAdded(noted) | Event::NoteEdited(noted) => {
            write(moment, Noted::of(noted, moment.note.as_ref()?))
        }
        Event::NoteDeleted(noted) => write(moment, NoteDeleted::of(noted)),
        Event::VisitorNavigated(navigated) => write(moment, Navigated::of(navigated)?),
        Event::VisitorErased(erased) => write(moment, VisitorErased::of(erased)),
        Event::ContactUpdated(updated) => write(moment, ContactUpdated::of(updated)),
        Event::LeadCaptured(captured) => write(moment, LeadCaptured::of(captured)),
        Event::OfflineSubmitted(left) => write(moment, LeftMessage::of(left, moment.recorded)),
        Event::FeedbackSubmitted(rated) => write(moment, Rated::of(rated)),
        Event::AgentStatus(status) => write(moment, AgentStatusChanged::of(status)),
        Event::EndpointFailing(failing) => write(moment, EndpointFailing::of(failing)),
        Event::EndpointDisabled(disabled) => write(moment, EndpointDisabled::of(disabled)),
        Event::EndpointRecovered(recovered) => write(moment, EndpointRecovered::of(recovered)),
        Event::DeliveryGivenUp(given_up) => write(moment, GivenUp::of(given_up)),
        _ => None,
    }
}

/// The JSON Schema of the bodies of a kind.
pub(crate) fn schema(kind: Kind) -> Option<Value> {
    let mut schema = match kind {
        Kind::ChatStarted
        | Kind::ChatQueued
        | Kind::ChatTaken
        | Kind::ChatJoined
        | Kind::ChatEdited => schema_of::<Chat>(),
        Kind::ChatForwarded => schema_of::<Forwarded>(),
        Kind::ChatReturned => schema_of::<Returned>(),
        Kind::ChatPriorityChanged => schema_of::<Prioritized>(),
        Kind::ChatSlaChanged => schema_of::<Promised>(),
        Kind::ChatOverdue => schema_of::<Overdue>(),
        Kind::ChatAbandoned => schema_of::<Abandoned>(),
        Kind::ChatTagged => schema_of::<Tagged>(),
        Kind::ChatClosed => schema_of::<Ended>(),
        Kind::ChatOnHold | Kind::ChatResumed => schema_of::<Commented>(),
        Kind::MessageVisitor | Kind::MessageAgent | Kind::MessageEdited => {
            schema_of::<MessagePosted>()
        }
        Kind::MessageDeleted => schema_of::<MessageDeleted>(),
        Kind::NoteAdded | Kind::NoteEdited => schema_of::<Noted>(),
        Kind::NoteDeleted => schema_of::<NoteDeleted>(),
        Kind::VisitorNavigated => schema_of::<Navigated>(),
        Kind::VisitorErased => schema_of::<VisitorErased>(),
        Kind::ContactUpdated => schema_of::<ContactUpdated>(),
        Kind::LeadCaptured => schema_of::<LeadCaptured>(),
        Kind::OfflineSubmitted => schema_of::<LeftMessage>(),
        Kind::FeedbackSubmitted => schema_of::<Rated>(),
        Kind::AgentStatus => schema_of::<AgentStatusChanged>(),
        Kind::EndpointFailing => schema_of::<EndpointFailing>(),
        Kind::EndpointDisabled => schema_of::<EndpointDisabled>(),
        Kind::EndpointRecovered => schema_of::<EndpointRecovered>(),
        Kind::DeliveryGivenUp => schema_of::<GivenUp>(),
        _ => return None,
    };
    let schema = schema.as_object_mut()?;
    schema["properties"]["type"] =
        json!({"const": kind.as_str(), "description": "The kind of the event."});
    Some(Value::Object(std::mem::take(schema)))
}

/// A body. The header `webhook-timestamp` says when it was sent, this when it happened.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body<T> {
    /// The kind of the event.
    r#type: &'static str,
    /// When it happened.
    timestamp: Iso,
    /// What happened.
    data: Data<T>,
}

fn write<T: Serialize>(moment: &Moment<'_>, about: T) -> Option<Vec<u8>> {
    let recorded = moment.recorded;
    let body = Body {
        r#type: recorded.kind().as_str(),
        timestamp: Iso(recorded.at),
        data: Data::of(recorded, about),
    };
    serde_json::to_vec(&body).ok()
}

fn schema_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Body<T>>()
}
