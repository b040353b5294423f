//! The OpenAPI document of our own API: its rows, what they answer, and what endpoints are sent.

use hark_webhooks::catalogue::{self, KINDS};
use hark_webhooks::dialects::Dialect;
use serde_json::{Map, Value, json};

use super::schemas;
use crate::openapi::described;
use crate::route::{Rate, Route, table};
use crate::surface::Surface;

pub fn document(site_url: &str, version: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let rows = table().into_iter();
    for route in rows.filter(|route| route.surface == Surface::Hark) {
        let path = paths
            .entry(route.url(|name| format!("{{{name}}}")))
            .or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation(route);
    }
    let mut schemas = schemas::all();
    let webhooks = webhooks(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Hark",
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": site_url}],
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "userId": {"type": "apiKey", "in": "header", "name": "X-User-Id"},
                "authToken": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"},
            },
            "schemas": schemas,
        },
    })
}

fn operation(route: &Route) -> Value {
    let mut described = described(route);
    described["responses"] = responses(route);
    if route.access.wants_login() {
        described["security"] = json!([{"bearer": []}, {"userId": [], "authToken": []}]);
    }
    described
}

fn responses(route: &Route) -> Value {
    let problem = |description: &str| {
        let schema = json!({"$ref": "#/components/schemas/Problem"});
        json!({
            "description": description,
            "content": {"application/problem+json": {"schema": schema}},
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
    match route.answers {
        Some((status, name)) => {
            let schema = json!({"$ref": format!("#/components/schemas/{name}")});
            responses[status.to_string()] = json!({
                "description": "Done",
                "content": {"application/json": {"schema": schema}},
            });
        }
        None if route.endless => {
            responses["200"] = json!({
                "description": "Server-Sent Events: `id` is the place in the log, `data` the event",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            });
        }
        None => responses["204"] = json!({"description": "Done"}),
    }
    if route.path == "endpoints/{id}:replay" {
        let schema = json!({"$ref": "#/components/schemas/Count"});
        responses["200"] = json!({
            "description": "With `dryRun`: what would be sent",
            "content": {"application/json": {"schema": schema}},
        });
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
    for kind in KINDS {
        let Some(mut schema) = catalogue::schema(kind.name, Dialect::Standard) else {
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
            "Data" => format!("{}.{name}", kind.name),
            _ => name.to_owned(),
        };
        point(&mut schema, &own);
        for (name, mut part) in parts {
            point(&mut part, &own);
            schemas.insert(own(&name), part);
        }
        let example = catalogue::example(kind.name, Dialect::Standard);
        let example = example.and_then(|body| serde_json::from_slice::<Value>(&body).ok());
        let request = json!({
            "summary": kind.summary,
            "operationId": kind.name,
            "parameters": headers(),
            "requestBody": {
                "required": true,
                "content": {"application/json": {"schema": schema, "example": example}},
            },
            "responses": {"2XX": {"description": "Taken; anything else is tried again later"}},
        });
        webhooks.insert(kind.name.to_owned(), json!({"post": request}));
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
    let header = |name: &str, required: bool, kind: &str, description: &str| {
        json!({
            "name": name,
            "in": "header",
            "required": required,
            "description": description,
            "schema": {"type": kind},
        })
    };
    json!([
        header(
            "webhook-id",
            true,
            "string",
            "The same for all attempts of a delivery"
        ),
        header(
            "webhook-timestamp",
            true,
            "integer",
            "When it was sent, in seconds since 1970"
        ),
        header(
            "webhook-signature",
            false,
            "string",
            "By Standard Webhooks, an entry for each secret"
        ),
        header("hark-event", true, "string", "The kind of the event"),
        header(
            "hark-sequence",
            false,
            "integer",
            "The number inside the conversation"
        ),
        header("hark-attempt", true, "integer", "1 for the first attempt"),
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
        for kind in KINDS {
            let mut schemas = schemas::all();
            let count = schemas.len();
            webhooks(&mut schemas);
            let schema = catalogue::schema(kind.name, Dialect::Standard).unwrap();
            for (name, mut part) in schema["$defs"].as_object().unwrap().clone() {
                point(&mut part, &|name: &str| name.to_owned());
                if name != "Data" {
                    assert_eq!(schemas[&name], part, "{name} of {}", kind.name);
                }
            }
            assert!(schemas.len() > count);
        }
    }
}
