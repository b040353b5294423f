//! What receivers of Rocket.Chat's webhooks may rely on, kind by kind. Written by hand and not made
//! from the dialect: it is what the dialect has to keep to.

use hark_model::events::Kind;
use serde_json::{Value, json};

use super::shapes::{list, number, object, rooted, some, text};

pub(super) fn schema(kind: Kind) -> Option<Value> {
    let schema = match kind {
        Kind::ChatStarted => session("LivechatSessionStart", &none(), &["departmentId?"]),
        Kind::ChatQueued => session("LivechatSessionQueued", &any(), &["departmentId?"]),
        Kind::ChatTaken => {
            let extras = ["agent", "servedBy", "departmentId?"];
            session("LivechatSessionTaken", &any(), &extras)
        }
        Kind::ChatForwarded => {
            let now = ["agent?", "departmentId?", "servedBy?"];
            let before = ["oldDepartmentId?", "oldServedBy?"];
            session(
                "LivechatSessionForwarded",
                &any(),
                &[&now[..], &before].concat(),
            )
        }
        Kind::ChatClosed => {
            let end = ["closedAt", "closedBy", "closer"];
            let serving = ["agent?", "departmentId?", "servedBy?"];
            session("LivechatSession", &any(), &[end, serving].concat())
        }
        Kind::ChatEdited => session("LivechatEdit", &any(), &["agent?"]),
        Kind::MessageVisitor
        | Kind::MessageAgent
        | Kind::MessageEdited
        | Kind::VisitorNavigated => session("Message", &one(kind), &["agent?"]),
        Kind::LeadCaptured => session("LeadCapture", &none(), &["agent?"]),
        Kind::OfflineSubmitted => object(json!({
            "type": {"const": "LivechatOfflineMessage"},
            "sentAt": date(),
            "visitor": object(json!({"name": text(), "email": text()})),
            "message": text(),
        })),
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
fn one(kind: Kind) -> Value {
    let mut message = message();
    match kind {
        Kind::MessageVisitor => message["not"] = json!({"required": ["agentId"]}),
        Kind::MessageAgent => require(&mut message, "agentId"),
        Kind::MessageEdited => require(&mut message, "editedAt"),
        _ => require(&mut message, "navigation"),
    }
    json!({"type": "array", "items": message, "minItems": 1, "maxItems": 1})
}

fn require(object: &mut Value, name: &str) {
    if let Some(required) = object["required"].as_array_mut() {
        required.push(json!(name));
    }
}

fn session(kind: &str, messages: &Value, extras: &[&str]) -> Value {
    let mut members = json!({
        "_id": text(),
        "label": text(),
        "topic?": text(),
        "createdAt": date(),
        "lastMessageAt": date(),
        "tags?": some(&text()),
        "customFields?": fields(),
        "visitor": visitor(),
        "crmData?": text(),
        "type": {"const": kind},
        "messages": messages,
    });
    for name in extras {
        members[*name] = extra(name.trim_end_matches('?'));
    }
    object(members)
}

fn extra(name: &str) -> Value {
    match name {
        "agent" => object(json!({
            "_id": text(),
            "username": text(),
            "name?": text(),
            "customFields?": fields(),
            "email?": text(),
        })),
        "servedBy" | "oldServedBy" => {
            object(json!({"_id": text(), "username": text(), "ts": date()}))
        }
        "closedBy" => object(json!({"_id": text(), "username": text()})),
        "closedAt" => date(),
        "closer" => json!({"enum": ["user", "visitor"]}),
        _ => text(),
    }
}

fn visitor() -> Value {
    let number = object(json!({"phoneNumber": text()}));
    object(json!({
        "_id": text(),
        "token": text(),
        "name?": text(),
        "username": text(),
        "department?": text(),
        "ip?": text(),
        "os?": text(),
        "browser?": text(),
        "customFields?": fields(),
        "email?": some(&object(json!({"address": text()}))),
        "phone": {"anyOf": [{"type": "null"}, some(&number)]},
    }))
}

fn message() -> Value {
    let page = json!({
        "title": text(),
        "change": text(),
        "location": object(json!({"href": text()})),
    });
    object(json!({
        "u": object(json!({"_id": text(), "username": text(), "name?": text()})),
        "_id": text(),
        "username": text(),
        "msg?": text(),
        "ts": date(),
        "rid": text(),
        "editedAt?": date(),
        "agentId?": text(),
        "navigation?": object(json!({"page": object(page), "token": text()})),
        "closingMessage?": {"const": true},
        "file?": object(json!({
            "_id": text(),
            "name": text(),
            "type": text(),
            "size?": number(),
            "format?": text(),
        })),
        "attachments?": some(&json!({"type": "object", "required": ["title", "type"]})),
        "fileUpload?": object(json!({"publicFilePath": text(), "type": text(), "size": number()})),
        "_updatedAt": date(),
    }))
}
