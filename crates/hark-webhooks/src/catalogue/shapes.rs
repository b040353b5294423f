//! What schemas that are kept by hand are made of.

use serde_json::{Map, Value, json};

/// An object with these members and no others. One whose name ends with a question mark may be absent.
pub(super) fn object(members: Value) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    if let Value::Object(members) = members {
        for (name, schema) in members {
            match name.strip_suffix('?') {
                Some(name) => properties.insert(name.to_owned(), schema),
                None => {
                    required.push(name.clone());
                    properties.insert(name, schema)
                }
            };
        }
    }
    json!({
        "type": "object",
        "required": required,
        "properties": properties,
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
    let mut rooted = json!({"$schema": "https://json-schema.org/draft/2020-12/schema"});
    if let (Value::Object(rooted), Value::Object(members)) = (&mut rooted, schema) {
        rooted.extend(members);
    }
    rooted
}
