//! The kinds of events that endpoints may ask for. The log has more: what concerns only those who run
//! Hark (accounts, permissions, settings) is nobody's webhook. For each kind and dialect there is a JSON
//! Schema of the bodies, and an example.

mod comm100;
mod rocketchat;
mod sample;
mod shapes;

use hark_model::events::{Kind, Recorded};
use hark_model::rooms;
use serde_json::Value;

use crate::dialects::{Dialect, standard};

/// A kind that endpoints may ask for.
pub struct PublicKind {
    pub kind: Kind,
    /// One line for people.
    pub summary: &'static str,
}

const fn kind(kind: Kind, summary: &'static str) -> PublicKind {
    PublicKind { kind, summary }
}

pub const KINDS: &[PublicKind] = &[
    kind(Kind::ChatStarted, "A visitor opened a chat"),
    kind(Kind::ChatQueued, "A chat waits for an agent"),
    kind(
        Kind::ChatTaken,
        "An agent has the chat, by taking it or by being given it",
    ),
    kind(Kind::ChatJoined, "Another agent joined a chat"),
    kind(
        Kind::ChatForwarded,
        "A chat went to another agent or department",
    ),
    kind(
        Kind::ChatReturned,
        "An agent put a chat back into the queue",
    ),
    kind(Kind::ChatOnHold, "A chat was put on hold"),
    kind(Kind::ChatResumed, "A chat that was on hold goes on"),
    kind(
        Kind::ChatPriorityChanged,
        "A chat was given a priority, another one, or none",
    ),
    kind(
        Kind::ChatSlaChanged,
        "A chat was promised an agent by some moment, by another, or no longer",
    ),
    kind(
        Kind::ChatOverdue,
        "No agent has taken a chat by the moment that was promised",
    ),
    kind(
        Kind::ChatAbandoned,
        "A visitor who owed an answer counts as gone; the chat is closed or put on hold for that",
    ),
    kind(Kind::ChatTagged, "A chat has other tags than before"),
    kind(Kind::ChatClosed, "A chat ended"),
    kind(Kind::ChatEdited, "What is noted about a chat was changed"),
    kind(Kind::MessageVisitor, "The visitor said something"),
    kind(
        Kind::MessageAgent,
        "An agent, or Hark itself, said something",
    ),
    kind(Kind::MessageEdited, "A message was changed"),
    kind(Kind::MessageDeleted, "A message was removed"),
    kind(
        Kind::NoteAdded,
        "An agent wrote a note, which the visitor never sees",
    ),
    kind(Kind::NoteEdited, "A note was changed"),
    kind(Kind::NoteDeleted, "A note was removed"),
    kind(Kind::VisitorNavigated, "The visitor looked at a page"),
    kind(
        Kind::VisitorErased,
        "A visitor was forgotten, with all that they said",
    ),
    kind(
        Kind::ContactUpdated,
        "Someone who works here changed what is known of a person",
    ),
    kind(
        Kind::LeadCaptured,
        "A visitor wrote an address or a number that was not known",
    ),
    kind(
        Kind::OfflineSubmitted,
        "Someone left a message while nobody was there",
    ),
    kind(Kind::FeedbackSubmitted, "A visitor rated a chat"),
    kind(
        Kind::AgentStatus,
        "An agent came, went, or changed their status",
    ),
    kind(
        Kind::EndpointFailing,
        "Nothing arrives at another endpoint any more",
    ),
    kind(
        Kind::EndpointDisabled,
        "Failures stopped the deliveries to another endpoint",
    ),
    kind(
        Kind::EndpointRecovered,
        "Something arrives again at another endpoint",
    ),
    kind(
        Kind::DeliveryGivenUp,
        "A delivery to another endpoint is not tried again by itself",
    ),
];

/// The JSON Schema (2020-12) that every body of a kind keeps to.
pub fn schema(kind: Kind, dialect: Dialect) -> Option<Value> {
    match dialect {
        Dialect::RocketChat => rocketchat::schema(kind),
        Dialect::Comm100 => comm100::schema(kind),
        Dialect::Standard => standard::schema(kind),
    }
}

/// Whether a dialect has a word for a kind.
pub fn tells(kind: Kind, dialect: Dialect) -> bool {
    example(kind, dialect).is_some()
}

/// The body that a dialect writes of an invented chat; nothing when it does not tell of this kind.
pub fn example(kind: Kind, dialect: Dialect) -> Option<Vec<u8>> {
    dialect.render(&sample::moment(kind, dialect)?)
}

pub fn find(name: &str) -> Option<Kind> {
    Kind::parse(name).filter(|kind| is_public_kind(*kind))
}

fn is_public_kind(kind: Kind) -> bool {
    KINDS.iter().any(|public| public.kind == kind)
}

/// Whether an event is one that endpoints may hear of: of a visitor's chat, and not of what the
/// team says among itself.
pub fn is_public(recorded: &Recorded) -> bool {
    is_public_kind(recorded.kind())
        && recorded
            .event
            .chat()
            .is_none_or(|chat| chat.room.kind == rooms::Kind::Live)
}

/// What an event has to keep its order with: its conversation, or the states of an agent or endpoint.
pub fn order_key(recorded: &Recorded) -> Option<String> {
    let conversation = recorded.conversation.as_ref();
    let of_agent = || Some(format!("agent:{}", recorded.agent.as_ref()?));
    let of_endpoint = || Some(format!("endpoint:{}", recorded.event.endpoint()?));
    conversation
        .map(|known| known.conversation.clone())
        .or_else(of_agent)
        .or_else(of_endpoint)
}

#[cfg(test)]
mod tests {
    use jsonschema::Validator;
    use serde_json::json;

    use super::*;

    fn example_of(kind: Kind, dialect: Dialect) -> Value {
        serde_json::from_slice(&example(kind, dialect).unwrap()).unwrap()
    }

    fn validator(kind: Kind, dialect: Dialect) -> Validator {
        let schema = schema(kind, dialect).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{schema}");
        let options = jsonschema::draft202012::options();
        options
            .should_validate_formats(true)
            .build(&schema)
            .unwrap()
    }

    #[test]
    fn every_kind_has_an_example_that_keeps_to_its_schema() {
        for kind in KINDS {
            for dialect in Dialect::ALL {
                let told = example(kind.kind, dialect).is_some();
                let described = schema(kind.kind, dialect).is_some();
                assert_eq!(told, described, "{:?} in {dialect:?}", kind.kind);
                if !told {
                    assert_ne!(dialect, Dialect::Standard, "{:?}", kind.kind);
                    continue;
                }
                let example = example_of(kind.kind, dialect);
                let validator = validator(kind.kind, dialect);
                let wrong: Vec<String> = validator
                    .iter_errors(&example)
                    .map(|error| format!("{}: {error}", error.instance_path()))
                    .collect();
                assert!(
                    wrong.is_empty(),
                    "{:?} in {dialect:?}: {wrong:?} {example}",
                    kind.kind
                );
            }
        }
    }

    #[test]
    fn schemas_admit_nothing_else() {
        for (kind, dialect) in described() {
            let validator = validator(kind, dialect);
            let good = example_of(kind, dialect);
            for place in objects(&good) {
                let mut more = good.clone();
                more.pointer_mut(&place).unwrap()["surprise"] = json!(true);
                let may_have_more = is_open(&place);
                let is_valid = validator.is_valid(&more);
                assert_eq!(is_valid, may_have_more, "{kind:?} in {dialect:?}: {place}");
            }
        }
    }

    #[test]
    fn standard_bodies_have_every_member_always() {
        for kind in KINDS {
            let validator = validator(kind.kind, Dialect::Standard);
            let good = example_of(kind.kind, Dialect::Standard);
            for place in objects(&good).iter().filter(|place| !is_open(place)) {
                let names = good.pointer(place).unwrap().as_object().unwrap().keys();
                for name in names {
                    let mut less = good.clone();
                    let object = less.pointer_mut(place).unwrap().as_object_mut().unwrap();
                    object.shift_remove(name);
                    assert!(
                        !validator.is_valid(&less),
                        "{:?}: {place}/{name}",
                        kind.kind
                    );
                }
            }
        }
    }

    #[test]
    fn a_body_of_one_kind_is_not_one_of_another() {
        for (kind, dialect) in described() {
            let other = match kind {
                Kind::ChatClosed => Kind::ChatOnHold,
                _ => Kind::ChatClosed,
            };
            if let Some(other) = example(other, dialect) {
                let other: Value = serde_json::from_slice(&other).unwrap();
                assert!(
                    !validator(kind, dialect).is_valid(&other),
                    "{kind:?} in {dialect:?}"
                );
            }
        }
    }

    fn described() -> Vec<(Kind, Dialect)> {
        let all = KINDS
            .iter()
            .flat_map(|kind| Dialect::ALL.map(|dialect| (kind.kind, dialect)));
        all.filter(|(kind, dialect)| schema(*kind, *dialect).is_some())
            .collect()
    }

    /// Where people decide what stands there, or another contract that is not ours.
    fn is_open(place: &str) -> bool {
        place.ends_with("/customFields") || place.contains("/attachments/")
    }

    /// The places of all objects of a document.
    fn objects(document: &Value) -> Vec<String> {
        let mut found = Vec::new();
        let mut left = vec![(String::new(), document)];
        while let Some((place, value)) = left.pop() {
            match value {
                Value::Object(members) => {
                    let inner = members
                        .iter()
                        .map(|(name, one)| (format!("{place}/{name}"), one));
                    left.extend(inner.filter(|_| !is_open(&place)));
                    found.push(place);
                }
                Value::Array(all) => {
                    let inner = all.iter().enumerate();
                    left.extend(inner.map(|(number, one)| (format!("{place}/{number}"), one)));
                }
                _ => {}
            }
        }
        found
    }

    #[test]
    fn a_standard_body_is_small_and_never_has_the_visitors_token() {
        for kind in KINDS {
            let body = example(kind.kind, Dialect::Standard).unwrap();
            assert!(body.len() < 3_000, "{:?}: {} bytes", kind.kind, body.len());
            let text = String::from_utf8(body).unwrap();
            assert!(!text.contains("b1c4e27f90d84a6d8f3c5a7e21d9f604"), "{text}");
            assert!(!text.to_lowercase().contains("\"token\""), "{text}");
        }
    }

    #[test]
    fn examples_are_the_same_each_time() {
        for PublicKind { kind, .. } in KINDS {
            for dialect in Dialect::ALL {
                assert_eq!(example(*kind, dialect), example(*kind, dialect));
            }
        }
    }
}
