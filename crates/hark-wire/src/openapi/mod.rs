//! The OpenAPI documents, from the route table.

pub(crate) mod hark;
mod parameters;
pub(crate) mod rocketchat;

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::route::{Access, Route};
use crate::route_table::table;
use crate::shape::Shape;
use crate::surface::Surface;

/// A document as far as all have it: what it is of, and the paths of a surface.
fn document(
    surface: Surface,
    (title, version): (&str, &str),
    site_url: &str,
    mut operation: impl FnMut(&Route) -> Value,
) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut tags = BTreeSet::new();
    let rows = table().into_iter();
    for route in rows.filter(|route| route.surface == surface) {
        let path = paths
            .entry(route.url(|name| format!("{{{name}}}")))
            .or_insert_with(|| json!({}));
        tags.insert(tag(route));
        path[route.method.as_str().to_lowercase()] = operation(route);
    }
    let tags = tags.into_iter().map(|name| json!({"name": name}));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": site_url}],
        "tags": tags.collect::<Vec<_>>(),
        "paths": paths,
    })
}

/// What a row is about: the first part of its path.
fn tag(route: &Route) -> &'static str {
    let end = route.path.find(['/', '.', ':', '{']);
    &route.path[..end.unwrap_or(route.path.len())]
}

/// The name of a row for programs: its method and the words of its path, `postEndpointsByIdPause`.
fn operation_id(route: &Route) -> String {
    let mut id = route.method.as_str().to_ascii_lowercase();
    for word in route.path.split(['/', '.', ':', '-', '_']) {
        let (by, word) = match word.strip_prefix('{') {
            Some(word) => ("By", word.trim_end_matches('}')),
            None => ("", word),
        };
        let word = word.trim_end_matches('}');
        let (first, rest) = word.split_at(word.len().min(1));
        id.push_str(by);
        id.push_str(&first.to_ascii_uppercase());
        id.push_str(rest);
    }
    id
}

fn parameter(name: &str, place: &str, required: bool, mut schema: Value) -> Value {
    if parameters::is_moment(name) {
        schema["format"] = json!("date-time");
    }
    let mut parameter = json!({"name": name, "in": place, "required": required, "schema": schema});
    if let Some(description) = parameters::description(name) {
        parameter["description"] = json!(description);
    }
    parameter
}

/// What is said of a row on every surface.
fn described(route: &Route) -> Value {
    let mut described = json!({
        "summary": route.summary,
        "operationId": operation_id(route),
        "tags": [tag(route)],
    });
    let text = json!({"type": "string"});
    let names = route.path_names().into_iter();
    let mut parameters: Vec<Value> = names
        .map(|name| parameter(name, "path", true, text.clone()))
        .collect();
    if route.method == Method::GET {
        parameters.extend(query_parameters(&route.params));
    } else if let Some(field) = route.file {
        let file = json!({"type": "object", "properties": {field: {"type": "string", "format": "binary"}}, "required": [field]});
        described["requestBody"] = json!({"content": {"multipart/form-data": {"schema": file}}});
    } else if !matches!(route.params, Shape::Anything | Shape::Object([])) {
        described["requestBody"] =
            json!({"content": {"application/json": {"schema": route.params.schema()}}});
    }
    if !parameters.is_empty() {
        described["parameters"] = Value::Array(parameters);
    }
    match route.access {
        Access::Permission(permission) => described["x-permission"] = json!(permission),
        Access::AllOf(permissions) => described["x-permissions"] = json!({"allOf": permissions}),
        Access::AnyOf(permissions) => described["x-permissions"] = json!({"anyOf": permissions}),
        Access::Anyone | Access::Visitor | Access::User => {}
    }
    if route.deprecated {
        described["deprecated"] = json!(true);
    }
    if route.second_factor {
        described["x-second-factor"] = json!(true);
    }
    described
}

fn query_parameters(shape: &Shape) -> Vec<Value> {
    match shape {
        Shape::Object(fields) | Shape::MeteorMatch(fields) => fields
            .iter()
            .map(|field| parameter(field.name, "query", field.required, field.shape.schema()))
            .collect(),
        // One of several sets: each name is optional by itself, and stands here once.
        Shape::Either(shapes) => {
            let mut found: Vec<Value> = Vec::new();
            for mut parameter in shapes.iter().flat_map(query_parameters) {
                parameter["required"] = json!(false);
                if found.iter().all(|other| other["name"] != parameter["name"]) {
                    found.push(parameter);
                }
            }
            found
        }
        _ => Vec::new(),
    }
}
