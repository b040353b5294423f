//! The OpenAPI document, from the route table.

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::route::{Access, Rate, Route, table};
use crate::shape::Shape;
use crate::surface::Surface;

pub fn document(site_url: &str, version: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let rows = table().into_iter();
    for route in rows.filter(|route| route.surface == Surface::RocketChat) {
        let path = paths
            .entry(route.url(|name| format!("{{{name}}}")))
            .or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Hark: the Rocket.Chat REST surface",
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": site_url}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "userId": {"type": "apiKey", "in": "header", "name": "X-User-Id"},
                "authToken": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"},
            },
            "schemas": {
                "Success": {
                    "type": "object",
                    "properties": {"success": {"const": true}},
                    "required": ["success"],
                },
                "Failure": {
                    "type": "object",
                    "properties": {
                        "success": {"const": false},
                        "error": {"type": "string"},
                        "errorType": {"type": "string"},
                        "details": {},
                    },
                },
            },
        },
    })
}

fn operation(route: &Route) -> Value {
    let mut described = described(route);
    described["responses"] = responses(route);
    if route.access.wants_login() {
        described["security"] = json!([{"userId": [], "authToken": []}]);
    }
    described
}

/// What is said of a row on every surface.
pub(crate) fn described(route: &Route) -> Value {
    let mut described = json!({
        "summary": route.summary,
        "operationId": format!("{} {}", route.method, route.path),
    });
    let mut parameters: Vec<Value> = route
        .path_names()
        .into_iter()
        .map(|name| {
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
        })
        .collect();
    if route.method == Method::GET {
        parameters.extend(query_parameters(&route.params));
    } else if route.file {
        let file = json!({"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]});
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

fn responses(route: &Route) -> Value {
    let failure = |description: &str| {
        json!({
            "description": description,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}},
        })
    };
    let mut responses = json!({
        "200": {
            "description": "Done",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        "400": failure("Declined; `error` says why"),
        "503": failure("Not possible at the moment; try again after `Retry-After` seconds"),
    });
    if route.access.wants_login() {
        responses["401"] = json!({"description": "Not logged in"});
    }
    if route.access.wants_login() && route.access != Access::User {
        responses["403"] = failure("The permission is missing");
    }
    if route.rate != Rate::Unlimited {
        responses["429"] = failure("Too many requests from this address");
    }
    responses
}

fn query_parameters(shape: &Shape) -> Vec<Value> {
    match shape {
        Shape::Object(fields) | Shape::Matched(fields) => fields
            .iter()
            .map(|field| {
                json!({
                    "name": field.name,
                    "in": "query",
                    "required": field.required,
                    "schema": field.shape.schema(),
                })
            })
            .collect(),
        // One of several sets: each name is optional by itself.
        Shape::Either(shapes) => shapes
            .iter()
            .flat_map(query_parameters)
            .map(|mut parameter| {
                parameter["required"] = json!(false);
                parameter
            })
            .collect(),
        _ => Vec::new(),
    }
}
