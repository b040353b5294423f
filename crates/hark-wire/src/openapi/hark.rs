//! The OpenAPI document of our own API: its rows, what they answer, and what endpoints are sent.

use std::sync::LazyLock;

use hark_webhooks::catalogue::{self, KINDS, PublicKind};
use hark_webhooks::dialects::Dialect;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::described;
use crate::problem::Problem;
use crate::route::{Rate, Route};
use crate::surface::Surface;

/// What each row answered once, by method and path. A test asks again, and fails when that has another shape.
static EXAMPLES: LazyLock<Value> = LazyLock::new(|| {
    // It is part of the program, and the test reads it.
    serde_json::from_str(include_str!("hark_answers.json")).unwrap_or_default()
});

pub fn document(site_url: &str, version: &str) -> Value {
    let mut schemas = generator();
    let mut document = super::document(Surface::Hark, ("Hark", version), site_url, |route| {
        operation(route, &mut schemas)
    });
    let mut schemas = schemas.take_definitions(true);
    document["webhooks"] = webhooks(&mut schemas);
    document["components"] = json!({
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer"},
            "userId": {"type": "apiKey", "in": "header", "name": "X-User-Id"},
            "authToken": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"},
        },
        "schemas": schemas,
    });
    document
}

fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    settings.into_generator()
}

fn operation(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let mut described = described(route);
    described["responses"] = responses(route, schemas);
    described["security"] = if route.access.wants_login() {
        json!([{"bearer": []}, {"userId": [], "authToken": []}])
    } else {
        json!([])
    };
    described
}

fn responses(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let problem = schemas.subschema_for::<Problem>();
    let problem = |description: &str| {
        json!({
            "description": description,
            "content": {"application/problem+json": {"schema": problem}},
        })
    };
    let mut responses = json!({
        "400": problem("Something in the request is not as it has to be"),
        "503": problem("Not possible at the moment; try again after `Retry-After` seconds"),
    });
    if route.access.wants_login() {
        responses["401"] = problem("Nobody is logged in");
        responses["403"] = problem("The permission is missing");
    }
    for (number, answer) in route.answers.iter().enumerate() {
        let mut body = json!({"schema": (answer.schema)(schemas)});
        let example = &EXAMPLES[format!("{} {}", route.method, route.path)];
        // Of the first answer: others are the same with less in it.
        if number == 0 && !example.is_null() {
            body["example"] = example.clone();
        }
        responses[answer.status.to_string()] = json!({
            "description": answer.description,
            "content": {"application/json": body},
        });
    }
    if route.endless {
        responses["200"] = json!({
            "description": "Server-Sent Events: `id` is the place in the log, `data` the event",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        });
    } else if route.answers.is_empty() {
        responses["204"] = json!({"description": "Done"});
    }
    if !route.path_names().is_empty() {
        responses["404"] = problem("What the path names is not there");
        responses["409"] = problem("It cannot be done as things are");
    }
    if route.rate != Rate::Unlimited {
        responses["429"] = problem("Too many requests from this address");
    }
    responses
}

/// What an endpoint of the standard dialect is sent. The parts that several kinds have in common
/// become schemas of the document.
fn webhooks(schemas: &mut Map<String, Value>) -> Value {
    let mut webhooks = Map::new();
    for PublicKind { kind, summary } in KINDS {
        let Some(mut schema) = catalogue::schema(*kind, Dialect::Standard) else {
            continue;
        };
        let mut parts = Map::new();
        if let Some(members) = schema.as_object_mut() {
            members.remove("$schema");
            if let Some(Value::Object(found)) = members.remove("$defs") {
                parts = found;
            }
        }
        let own = |name: &str| match name {
            // What differs from kind to kind.
            "Data" => format!("{}.{name}", kind.as_str()),
            _ => name.to_owned(),
        };
        point(&mut schema, &own);
        for (name, mut part) in parts {
            point(&mut part, &own);
            schemas.insert(own(&name), part);
        }
        let example = catalogue::example(*kind, Dialect::Standard);
        let example = example.and_then(|body| serde_json::from_slice::<Value>(&body).ok());
        let request = json!({
            "summary": summary,
            "operationId": kind.as_str(),
            // Nobody logs in there: the signature says who asks.
            "security": [],
            "parameters": headers(),
            "requestBody": {
                "required": true,
                "content": {"application/json": {"schema": schema, "example": example}},
            },
            "responses": {"2XX": {"description": "Taken; anything else is tried again later"}},
        });
        webhooks.insert(kind.as_str().to_owned(), json!({"post": request}));
    }
    Value::Object(webhooks)
}

/// Lets references to parts of a schema of its own lead to schemas of the document.
fn point(value: &mut Value, own: &impl Fn(&str) -> String) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let part = member
                    .as_str()
                    .and_then(|text| text.strip_prefix("#/$defs/"));
                match part.filter(|_| name == "$ref") {
                    Some(part) => *member = json!(format!("#/components/schemas/{}", own(part))),
                    None => point(member, own),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| point(item, own)),
        _ => {}
    }
}

fn headers() -> Value {
    json!([
        {"name": "webhook-id", "in": "header", "required": true, "description": "The same for all attempts of a delivery", "schema": {"type": "string"}},
        {"name": "webhook-timestamp", "in": "header", "required": true, "description": "When it was sent, in seconds since 1970", "schema": {"type": "integer"}},
        {"name": "webhook-signature", "in": "header", "required": false, "description": "By Standard Webhooks, an entry for each secret", "schema": {"type": "string"}},
        {"name": "hark-event", "in": "header", "required": true, "description": "The kind of the event", "schema": {"type": "string"}},
        {"name": "hark-sequence", "in": "header", "required": false, "description": "The number inside the conversation", "schema": {"type": "integer"}},
        {"name": "hark-attempt", "in": "header", "required": true, "description": "1 for the first attempt", "schema": {"type": "integer"}},
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All references of a document.
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member.as_str().filter(|_| name == "$ref") {
                        Some(text) => found.push(text.to_owned()),
                        None => references(member, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document("http://x", "1");
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 100);
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn parts_of_one_name_are_one_thing() {
        for PublicKind { kind, .. } in KINDS {
            let mut schemas = Map::new();
            webhooks(&mut schemas);
            let schema = catalogue::schema(*kind, Dialect::Standard).unwrap();
            for (name, mut part) in schema["$defs"].as_object().unwrap().clone() {
                point(&mut part, &|name: &str| name.to_owned());
                if name != "Data" {
                    assert_eq!(schemas[&name], part, "{name} of {kind:?}");
                }
            }
        }
    }
}
