//! The kinds of events that endpoints may ask for. The log has more: what concerns the house alone
//! (accounts, permissions, settings) is nobody's webhook. For each kind and dialect there is a JSON
//! Schema of the bodies, and an example.

mod comm100;
mod rocketchat;
mod sample;
mod shapes;

use hark_store::Event;
use serde_json::{Map, Value, json};

use crate::dialects::{Dialect, standard};

pub struct Kind {
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
}

const fn kind(name: &'static str, summary: &'static str) -> Kind {
    Kind { name, summary }
}

pub const KINDS: &[Kind] = &[
    kind("chat.started", "A visitor opened a chat"),
    kind("chat.queued", "A chat waits for an agent"),
    kind(
        "chat.taken",
        "An agent has the chat, by taking it or by being given it",
    ),
    kind("chat.joined", "Another agent joined a chat"),
    kind(
        "chat.forwarded",
        "A chat went to another agent or department",
    ),
    kind("chat.returned", "An agent put a chat back into the queue"),
    kind("chat.onhold", "A chat was put on hold"),
    kind("chat.resumed", "A chat that was on hold goes on"),
    kind("chat.closed", "A chat ended"),
    kind("chat.edited", "What is noted about a chat was changed"),
    kind("message.visitor", "The visitor said something"),
    kind("message.agent", "An agent, or the house, said something"),
    kind("message.edited", "A message was changed"),
    kind("message.deleted", "A message was removed"),
    kind("visitor.navigated", "The visitor looked at a page"),
    kind(
        "lead.captured",
        "A visitor wrote an address or a number that was not known",
    ),
    kind(
        "offline.submitted",
        "Someone left a message while nobody was there",
    ),
    kind("feedback.submitted", "A visitor rated a chat"),
    kind("agent.status", "An agent came, went, or changed his status"),
];

/// Every kind, with what each dialect that tells of it says: `{schema, example}`.
pub fn document() -> Value {
    let kinds: Vec<Value> = KINDS.iter().map(describe).collect();
    json!({"kinds": kinds})
}

fn describe(kind: &Kind) -> Value {
    let mut dialects = Map::new();
    for dialect in Dialect::ALL {
        let written = example(kind.name, dialect);
        let written = written.and_then(|body| serde_json::from_slice::<Value>(&body).ok());
        if let Some((schema, example)) = schema(kind.name, dialect).zip(written) {
            let told = json!({"schema": schema, "example": example});
            dialects.insert(dialect.as_str().to_owned(), told);
        }
    }
    json!({"name": kind.name, "summary": kind.summary, "dialects": dialects})
}

/// The JSON Schema (2020-12) that every body of a kind keeps to.
pub fn schema(kind: &str, dialect: Dialect) -> Option<Value> {
    match dialect {
        Dialect::RocketChat => rocketchat::schema(kind),
        Dialect::Comm100 => comm100::schema(kind),
        Dialect::Standard => standard::schema(kind),
    }
}

/// Whether a dialect has a word for a kind.
pub fn tells(kind: &str, dialect: Dialect) -> bool {
    example(kind, dialect).is_some()
}

/// The body that a dialect writes of an invented chat; nothing when it does not tell of this kind.
pub fn example(kind: &str, dialect: Dialect) -> Option<Vec<u8>> {
    dialect.render(&sample::moment(kind, dialect)?)
}

pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Whether an event is one that endpoints may hear of: of a visitor's chat, and not of what the
/// team says among itself.
pub fn is_public(event: &Event) -> bool {
    find(&event.kind).is_some()
        && match event.body["room"]["kind"].as_str() {
            Some(kind) => kind == "l",
            None => event.conversation.is_none(),
        }
}

/// What an event has to keep its order with: its conversation, or the states of an agent.
pub fn line(event: &Event) -> Option<String> {
    match (&event.conversation, &event.agent) {
        (Some(place), _) => Some(place.conversation.clone()),
        (None, Some(agent)) => Some(format!("agent:{agent}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use jsonschema::Validator;

    use super::*;

    fn example_of(kind: &str, dialect: Dialect) -> Value {
        serde_json::from_slice(&example(kind, dialect).unwrap()).unwrap()
    }

    fn validator(kind: &str, dialect: Dialect) -> Validator {
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
                let told = example(kind.name, dialect).is_some();
                let described = schema(kind.name, dialect).is_some();
                assert_eq!(told, described, "{} in {dialect:?}", kind.name);
                if !told {
                    assert_ne!(dialect, Dialect::Standard, "{}", kind.name);
                    continue;
                }
                let example = example_of(kind.name, dialect);
                let validator = validator(kind.name, dialect);
                let wrong: Vec<String> = validator
                    .iter_errors(&example)
                    .map(|error| format!("{}: {error}", error.instance_path()))
                    .collect();
                assert!(
                    wrong.is_empty(),
                    "{} in {dialect:?}: {wrong:?} {example}",
                    kind.name
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
                assert_eq!(is_valid, may_have_more, "{kind} in {dialect:?}: {place}");
            }
        }
    }

    #[test]
    fn standard_bodies_have_every_member_always() {
        for kind in KINDS {
            let validator = validator(kind.name, Dialect::Standard);
            let good = example_of(kind.name, Dialect::Standard);
            for place in objects(&good).iter().filter(|place| !is_open(place)) {
                let names = good.pointer(place).unwrap().as_object().unwrap().keys();
                for name in names {
                    let mut less = good.clone();
                    let object = less.pointer_mut(place).unwrap().as_object_mut().unwrap();
                    object.shift_remove(name);
                    assert!(!validator.is_valid(&less), "{}: {place}/{name}", kind.name);
                }
            }
        }
    }

    #[test]
    fn a_body_of_one_kind_is_not_one_of_another() {
        for (kind, dialect) in described() {
            let other = match kind {
                "chat.closed" => "chat.onhold",
                _ => "chat.closed",
            };
            if let Some(other) = example(other, dialect) {
                let other: Value = serde_json::from_slice(&other).unwrap();
                assert!(
                    !validator(kind, dialect).is_valid(&other),
                    "{kind} in {dialect:?}"
                );
            }
        }
    }

    fn described() -> Vec<(&'static str, Dialect)> {
        let all = KINDS
            .iter()
            .flat_map(|kind| Dialect::ALL.map(|dialect| (kind.name, dialect)));
        all.filter(|(kind, dialect)| schema(kind, *dialect).is_some())
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
            let body = example(kind.name, Dialect::Standard).unwrap();
            assert!(body.len() < 3_000, "{}: {} bytes", kind.name, body.len());
            let text = String::from_utf8(body).unwrap();
            assert!(!text.contains("b1c4e27f90d84a6d8f3c5a7e21d9f604"), "{text}");
            assert!(!text.to_lowercase().contains("\"token\""), "{text}");
        }
    }

    #[test]
    fn examples_are_the_same_each_time() {
        assert_eq!(document(), document());
    }
}
