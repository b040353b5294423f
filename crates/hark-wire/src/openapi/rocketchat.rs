//! The OpenAPI document of the Rocket.Chat surface.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::described;
use crate::route::{Access, Rate, Route};
use crate::surface::Surface;

/// What the routes answer with 200 beside `success`, by method and path, and the documents that several of them
/// hold: `{"schemas": …, "answers": …}`. Whatever else an answer has is passed over.
static ANSWERS: LazyLock<Value> = LazyLock::new(|| {
    // It is part of the program, and the tests read it.
    serde_json::from_str(include_str!("rocketchat_answers.json")).unwrap_or_default()
});

pub fn document(site_url: &str, version: &str) -> Value {
    let about = ("Hark: the Rocket.Chat REST surface", version);
    let mut document = super::document(Surface::RocketChat, about, site_url, operation);
    let mut schemas = ANSWERS["schemas"].clone();
    schemas["Success"] = json!({
        "type": "object",
        "description": "What was done",
        "properties": {"success": {"const": true, "description": "It was done"}},
        "required": ["success"],
    });
    schemas["LogIn"] = json!({
        "type": "object",
        "description": "What a log-in or a log-out came to",
        "properties": {
            "status": {"const": "success", "description": "It was done"},
            "data": {"type": "object", "description": "The account, its id and the token of the session"},
        },
        "required": ["status", "data"],
    });
    schemas["Failure"] = json!({
        "type": "object",
        "description": "Why it was not done",
        "properties": {
            "success": {"const": false, "description": "It was not done"},
            "error": {"type": "string", "description": "What is wrong, often with its code in brackets"},
            "errorType": {"type": "string", "description": "The code of what is wrong, for programs"},
            "details": {"description": "More about it"},
        },
    });
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

/// What a route answers when all is well, and with which status.
fn done(route: &Route) -> (&'static str, Value) {
    // What it answers is where to look.
    if route.path == "users.getAvatar" {
        let location = json!({"description": "Where the picture is", "schema": {"type": "string"}});
        let there =
            json!({"description": "The picture is there", "headers": {"Location": location}});
        return ("307", there);
    }
    let body =
        json!({"description": "Done", "content": {"application/json": {"schema": body(route)}}});
    ("200", body)
}

fn body(route: &Route) -> Value {
    // The log-in has an envelope of its own.
    if matches!(route.path, "login" | "logout") {
        return json!({"$ref": "#/components/schemas/LogIn"});
    }
    let success = json!({"$ref": "#/components/schemas/Success"});
    let own = &ANSWERS["answers"][format!("{} {}", route.method, route.path)];
    match own.as_object() {
        Some(members) if !members.is_empty() => json!({"allOf": [success, own]}),
        _ => success,
    }
}

fn operation(route: &Route) -> Value {
    let mut described = described(route);
    described["responses"] = responses(route);
    described["security"] = if route.access.wants_login() {
        json!([{"bearer": []}, {"userId": [], "authToken": []}])
    } else {
        json!([])
    };
    described
}

fn responses(route: &Route) -> Value {
    let failure = |description: &str| {
        json!({
            "description": description,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}},
        })
    };
    let (status, done) = done(route);
    let mut responses = json!({
        status: done,
        "400": failure("Declined; `error` says why"),
        "503": failure("Not possible at the moment; try again after `Retry-After` seconds"),
    });
    if status == "307" {
        responses["200"] = json!({
            "description": "The picture, for those who go there",
            "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
        });
    }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::route_table::table;

    #[test]
    fn what_every_route_answers_is_described() {
        let rows = table().into_iter();
        let rows = rows.filter(|row| row.surface == Surface::RocketChat);
        let rows = rows.filter(|row| !matches!(row.path, "login" | "logout" | "users.getAvatar"));
        let rows: BTreeSet<_> = rows
            .map(|row| format!("{} {}", row.method, row.path))
            .collect();
        let described = ANSWERS["answers"].as_object().unwrap().keys().cloned();
        assert_eq!(described.collect::<BTreeSet<_>>(), rows);
    }
}
