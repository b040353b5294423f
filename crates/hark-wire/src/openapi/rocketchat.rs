//! The OpenAPI document of the Rocket.Chat surface.

use serde_json::{Value, json};

use super::described;
use crate::route::{Access, Rate, Route};
use crate::surface::Surface;

pub fn document(site_url: &str, version: &str) -> Value {
    let about = ("Hark: the Rocket.Chat REST surface", version);
    let mut document = super::document(Surface::RocketChat, about, site_url, operation);
    document["components"] = json!({
        "securitySchemes": {
            "userId": {"type": "apiKey", "in": "header", "name": "X-User-Id"},
            "authToken": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"},
        },
        "schemas": {
            "Success": {
                "type": "object",
                "description": "What was done, with what it came to beside `success`",
                "properties": {"success": {"const": true}},
                "required": ["success"],
            },
            "LogIn": {
                "type": "object",
                "properties": {
                    "status": {"const": "success"},
                    "data": {"type": "object"},
                },
                "required": ["status", "data"],
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
    });
    document
}

fn operation(route: &Route) -> Value {
    let mut described = described(route);
    described["responses"] = responses(route);
    if route.access.wants_login() {
        described["security"] = json!([{"userId": [], "authToken": []}]);
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
    // The log-in has an envelope of its own.
    let envelope = match route.path {
        "login" | "logout" => "LogIn",
        _ => "Success",
    };
    let mut responses = json!({
        "200": {
            "description": "Done",
            "content": {"application/json": {"schema": {
                "$ref": format!("#/components/schemas/{envelope}"),
            }}},
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
