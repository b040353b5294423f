//! What receivers of Rocket.Chat's webhooks may rely on, kind by kind. Written by hand and not made
//! from the dialect: it is what the dialect has to keep to.

use serde_json::{Map, Value, json};

pub(super) fn schema(kind: &str) -> Option<Value> {
    let schema = match kind {
        "chat.started" => session("LivechatSessionStart", &none(), &[], &["departmentId"]),
        "chat.queued" => session("LivechatSessionQueued", &any(), &[], &["departmentId"]),
        "chat.taken" => session(
            "LivechatSessionTaken",
            &any(),
            &["agent", "servedBy"],
            &["departmentId"],
        ),
        "chat.forwarded" => session(
            "LivechatSessionForwarded",
            &any(),
            &[],
            &[
                "agent",
                "departmentId",
                "servedBy",
                "oldDepartmentId",
                "oldServedBy",
            ],
        ),
        "chat.closed" => session(
            "LivechatSession",
            &any(),
            &["closedAt", "closedBy", "closer"],
            &["agent", "departmentId", "servedBy"],
        ),
        "chat.edited" => session("LivechatEdit", &any(), &[], &["agent"]),
        "message.visitor" | "message.agent" | "message.edited" | "visitor.navigated" => {
            session("Message", &one(kind), &[], &["agent"])
        }
        "lead.captured" => session("LeadCapture", &none(), &[], &["agent"]),
        "offline.submitted" => object(
            &json!({
                "type": {"const": "LivechatOfflineMessage"},
                "sentAt": date(),
                "visitor": object(&json!({"name": text(), "email": text()}), &[]),
                "message": text(),
            }),
            &[],
        ),
        _ => return None,
    };
    let mut rooted = Map::new();
    let dialect = "https://json-schema.org/draft/2020-12/schema";
    rooted.insert("$schema".into(), json!(dialect));
    rooted.extend(schema.as_object().cloned()?);
    Some(Value::Object(rooted))
}

/// An object with these members and no others, of which some may be absent.
fn object(members: &Value, optional: &[&str]) -> Value {
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

fn text() -> Value {
    json!({"type": "string"})
}

fn date() -> Value {
    json!({"type": "string", "format": "date-time", "pattern": r"\.\d{3}Z$"})
}

fn list(of: &Value) -> Value {
    json!({"type": "array", "items": of, "minItems": 1})
}

fn fields() -> Value {
    json!({"type": "object"})
}

fn none() -> Value {
    json!({"const": []})
}

/// The whole conversation.
fn any() -> Value {
    json!({"type": "array", "items": message()})
}

/// What was just said.
fn one(kind: &str) -> Value {
    let mut message = message();
    match kind {
        "message.visitor" => message["not"] = json!({"required": ["agentId"]}),
        "message.agent" => require(&mut message, "agentId"),
        "message.edited" => require(&mut message, "editedAt"),
        _ => require(&mut message, "navigation"),
    }
    json!({"type": "array", "items": message, "minItems": 1, "maxItems": 1})
}

fn require(object: &mut Value, name: &str) {
    if let Some(required) = object["required"].as_array_mut() {
        required.push(json!(name));
    }
}

fn session(kind: &str, messages: &Value, always: &[&str], sometimes: &[&str]) -> Value {
    let mut members = json!({
        "_id": text(),
        "label": text(),
        "topic": text(),
        "createdAt": date(),
        "lastMessageAt": date(),
        "tags": list(&text()),
        "customFields": fields(),
        "visitor": visitor(),
        "crmData": text(),
        "type": {"const": kind},
        "messages": messages,
    });
    let mut optional = vec!["topic", "tags", "customFields", "crmData"];
    for name in always.iter().chain(sometimes) {
        members[*name] = extra(name);
    }
    optional.extend(sometimes);
    object(&members, &optional)
}

fn extra(name: &str) -> Value {
    match name {
        "agent" => object(
            &json!({
                "_id": text(),
                "username": text(),
                "name": text(),
                "customFields": fields(),
                "email": text(),
            }),
            &["name", "customFields", "email"],
        ),
        "servedBy" | "oldServedBy" => object(
            &json!({"_id": text(), "username": text(), "ts": date()}),
            &[],
        ),
        "closedBy" => object(&json!({"_id": text(), "username": text()}), &[]),
        "closedAt" => date(),
        "closer" => json!({"enum": ["user", "visitor"]}),
        _ => text(),
    }
}

fn visitor() -> Value {
    let address = object(&json!({"address": text()}), &[]);
    let number = object(&json!({"phoneNumber": text()}), &[]);
    object(
        &json!({
            "_id": text(),
            "token": text(),
            "name": text(),
            "username": text(),
            "department": text(),
            "ip": text(),
            "os": text(),
            "browser": text(),
            "customFields": fields(),
            "email": list(&address),
            "phone": {"anyOf": [{"type": "null"}, list(&number)]},
        }),
        &[
            "name",
            "department",
            "ip",
            "os",
            "browser",
            "customFields",
            "email",
        ],
    )
}

fn message() -> Value {
    let author = json!({"_id": text(), "username": text(), "name": text()});
    let size = json!({"type": "integer", "minimum": 0});
    let file = json!({
        "_id": text(),
        "name": text(),
        "type": text(),
        "size": size,
        "format": text(),
    });
    let upload = json!({"publicFilePath": text(), "type": text(), "size": size});
    let page = json!({
        "title": text(),
        "change": text(),
        "location": object(&json!({"href": text()}), &[]),
    });
    let navigation = json!({"page": object(&page, &[]), "token": text()});
    object(
        &json!({
            "u": object(&author, &["name"]),
            "_id": text(),
            "username": text(),
            "msg": text(),
            "ts": date(),
            "rid": text(),
            "editedAt": date(),
            "agentId": text(),
            "navigation": object(&navigation, &[]),
            "closingMessage": {"const": true},
            "file": object(&file, &["size", "format"]),
            "attachments": list(&json!({"type": "object", "required": ["title", "type"]})),
            "fileUpload": object(&upload, &[]),
            "_updatedAt": date(),
        }),
        &[
            "msg",
            "editedAt",
            "agentId",
            "navigation",
            "closingMessage",
            "file",
            "attachments",
            "fileUpload",
        ],
    )
}
