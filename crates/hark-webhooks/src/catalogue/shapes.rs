//! What schemas that are kept by hand are made of.

use serde_json::{Map, Value, json};

/// An object with these members and no others, of which some may be absent.
pub(super) fn object(members: &Value, optional: &[&str]) -> Value {
    let names = members
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name);
    let required: Vec<&String> = names
        .filter(|name| !optional.contains(&name.as_str()))
        .collect();
    json!({
        "type": "object",
        "required": required,
        "properties": members,
        "additionalProperties": false,
    })
}

pub(super) fn text() -> Value {
    json!({"type": "string"})
}

pub(super) fn number() -> Value {
    json!({"type": "integer", "minimum": 0})
}

pub(super) fn list(of: &Value) -> Value {
    json!({"type": "array", "items": of})
}

/// A list that is left out when it is empty.
pub(super) fn some(of: &Value) -> Value {
    json!({"type": "array", "items": of, "minItems": 1})
}

/// A schema that stands for itself.
pub(super) fn rooted(schema: Value) -> Value {
    let mut rooted = Map::new();
    let dialect = json!("https://json-schema.org/draft/2020-12/schema");
    rooted.insert("$schema".to_owned(), dialect);
    if let Value::Object(members) = schema {
        rooted.extend(members);
    }
    Value::Object(rooted)
}
