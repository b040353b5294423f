//! What receivers of Rocket.Chat's webhooks may rely on, kind by kind. Written by hand and not made
//! from the dialect: it is what the dialect has to keep to.

use serde_json::{Value, json};

use super::shapes::{list, number, object, rooted, some, text};

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
    Some(rooted(schema))
}

fn date() -> Value {
    json!({"type": "string", "format": "date-time", "pattern": r"\.\d{3}Z$"})
}

fn fields() -> Value {
    json!({"type": "object"})
}

fn none() -> Value {
    json!({"const": []})
}

/// The whole conversation.
fn any() -> Value {
    list(&message())
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
        "tags": some(&text()),
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
            "email": some(&address),
            "phone": {"anyOf": [{"type": "null"}, some(&number)]},
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
    let file = json!({
        "_id": text(),
        "name": text(),
        "type": text(),
        "size": number(),
        "format": text(),
    });
    let upload = json!({"publicFilePath": text(), "type": text(), "size": number()});
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
            "attachments": some(&json!({"type": "object", "required": ["title", "type"]})),
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
