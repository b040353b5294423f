//! The OpenAPI documents, from the route table.

mod examples;
pub(crate) mod hark;
pub(crate) mod rocketchat;

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::route::{Access, Route};
use crate::route_table::table;
use crate::shape::{Field, Shape};
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
    let tags = tags
        .into_iter()
        .map(|name| json!({"name": name, "description": about(name)}));
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

/// What the rows of a tag are about.
fn about(tag: &str) -> &'static str {
    match tag {
        "audit" => "Who of those who work here changed what",
        "business-hours" => {
            "Opening hours: which are open, and the days on which others hold than those of the week"
        }
        "canned-responses" => "Answers that are said again and again",
        "capacity" => "How many chats somebody has, and may have",
        "catalogue" => "Every kind of events, with its body in each dialect",
        "channels" | "groups" => "Rooms of those who work here; Hark has one for all of them",
        "chat" => "Messages in rooms: writing, changing, finding",
        "conversations" => "Chats with their messages, notes, readers and deliveries",
        "deliveries" => "What endpoints were sent, with each attempt",
        "email-inbox" => "Mailboxes of which each mail is a chat",
        "endpoints" => "Where webhooks go, and how it goes with them",
        "events" => "The log of everything that happened, as pages and as a stream",
        "figures" => "How long visitors wait, and when they come",
        "health" => "How it goes with the server, and what somebody should do",
        "im" => "Rooms between people who work here",
        "livechat" => "Visitors, chats, the queue, agents, departments and what surrounds them",
        "licenses" => "What clients ask before they show what needs a licence elsewhere",
        "login" | "logout" => "The session",
        "mail" => "Whether mail goes out",
        "mailer" => "One mail to everybody who works here",
        "me" => "The account of the caller",
        "mentions" => "Notes in which the caller is mentioned",
        "method" => "Methods of the real-time API, called over HTTP",
        "omnichannel" => "Contacts, and the settings of the workspace's webhook",
        "passwords" => "A new password for one that was forgotten",
        "patterns" => "Regular expressions, tried on a text",
        "permissions" => "Which role may do what",
        "push" => "Messages to browsers in which no page of ours is open",
        "replays" => "What happened, sent to an endpoint once more",
        "roles" => "Roles, and who has them",
        "rooms" => "What is known of a room, and its files",
        "sessions" => "Where the caller is logged in",
        "settings" => "Every setting, by its id",
        "sites" => "Web sites that vouch for their visitors",
        "stats" => "How it goes with all endpoints",
        "subscriptions" => "The places of the caller in rooms: unread, read",
        "users" => "Accounts of those who work here",
        "views" => "Lists of conversations that somebody looks at again and again",
        "visitors" => "What is kept of a visitor, and how they are forgotten",
        "widget" => "What a visitor's window asks besides Rocket.Chat's API",
        _ => "",
    }
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

/// What a schema says of its meaning stands beside it, where readers look for it.
fn parameter(name: &str, place: &str, required: bool, mut schema: Value) -> Value {
    let members = schema.as_object_mut();
    let description = members.and_then(|members| members.remove("description"));
    let mut parameter = json!({"name": name, "in": place, "required": required, "schema": schema});
    if let Some(description) = description {
        parameter["description"] = description;
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
    let names = route.path_names().into_iter();
    let mut parameters: Vec<Value> = names
        .map(|name| {
            let schema = Field::required(name, Shape::Text).schema();
            parameter(name, "path", true, schema)
        })
        .collect();
    if route.method == Method::GET {
        parameters.extend(query_parameters(&route.params));
        parameters.extend(query_parameters(&Shape::OpenObject(route.reads)));
    } else if let Some(field) = route.file {
        let file = json!({"type": "string", "format": "binary", "description": "The file"});
        let file = json!({"type": "object", "properties": {field: file}, "required": [field]});
        described["requestBody"] = json!({"content": {"multipart/form-data": {"schema": file}}});
    } else if !matches!(route.params, Shape::Object([])) {
        let shape = match route.params {
            Shape::Anything if !route.reads.is_empty() => Shape::OpenObject(route.reads),
            shape => shape,
        };
        let mut media = json!({"schema": shape.schema()});
        let example = examples::of(route);
        let is_described = !matches!(shape, Shape::Anything) || example.is_some();
        if let Some(example) = example {
            media["example"] = example;
        }
        if is_described {
            described["requestBody"] = json!({"content": {"application/json": media}});
        }
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
        Shape::Object(fields) | Shape::MeteorMatch(fields) | Shape::OpenObject(fields) => fields
            .iter()
            .map(|field| parameter(field.name, "query", field.required, field.schema()))
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
