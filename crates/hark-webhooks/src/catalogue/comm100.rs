//! What receivers of Comm100's webhooks may rely on, kind by kind. Written by hand and not made
//! from the dialect: it is what the dialect has to keep to.

use hark_model::events::Kind;
use serde_json::{Value, json};

use super::shapes::{list, number, object, rooted, text};

pub(super) fn schema(kind: Kind) -> Option<Value> {
    let schema = match kind {
        Kind::OfflineSubmitted => object(json!({
            "event": {"const": "offline_message_submitted"},
            "offline_message": offline_message(),
            "visitor": visitor(&[10]),
        })),
        Kind::ChatStarted => {
            object(json!({"event": {"const": "chat_requested"}, "visitor": visitor(&[0])}))
        }
        Kind::ChatTaken => {
            object(json!({"event": {"const": "chat_started"}, "visitor": visitor(&[2])}))
        }
        Kind::ChatClosed => with_chat("chat_ended", 9),
        Kind::ChatForwarded => with_chat("chat_transferred", 2),
        Kind::ChatEdited => object(json!({
            "event": {"const": "chat_wrapped_up"},
            "chat_id": guid(),
            "visitor": visitor(&[2, 9]),
            "wrapup": wrap_up(),
        })),
        Kind::AgentStatus => object(json!({
            "event": {"enum": ["online", "away", "login", "logout"]},
            "operator_id": guid(),
        })),
        _ => return None,
    };
    Some(rooted(schema))
}

fn with_chat(event: &str, status: u8) -> Value {
    object(json!({"event": {"const": event}, "visitor": visitor(&[status]), "chat": chat()}))
}

fn guid() -> Value {
    json!({"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"})
}

/// Empty where there is none.
fn perhaps(pattern: &str) -> Value {
    json!({"type": "string", "pattern": format!("^({pattern})?$")})
}

fn date() -> Value {
    json!({"type": "string", "pattern": r"^/Date\([0-9]+\)/$"})
}

fn date_or_nothing() -> Value {
    perhaps(r"/Date\([0-9]+\)/")
}

fn fields() -> Value {
    list(&object(
        json!({"id": guid(), "name": text(), "value": text()}),
    ))
}

fn variables() -> Value {
    list(&object(json!({"name": text(), "value": text()})))
}

fn attachment() -> Value {
    object(json!({"name": text(), "uri": text()}))
}

fn visitor(status: &[u8]) -> Value {
    object(json!({
        "id": guid(),
        "chat_id": guid(),
        "name": text(),
        "email": text(),
        "phone": text(),
        "company": text(),
        "product_service": text(),
        "status": {"enum": status},
        "first_visit_time": date_or_nothing(),
        "visit_time": date_or_nothing(),
        "visits": number(),
        "chats": number(),
        "page_views": number(),
        "city": text(),
        "state": text(),
        "country": text(),
        "ip": text(),
        "language": text(),
        "time_zone": text(),
        "browser": text(),
        "operating_system": text(),
        "screen_resolution": text(),
        "flash_version": text(),
        "current_browsing": text(),
        "landing_page": text(),
        "referrer_url": text(),
        "search_engine": text(),
        "keywords": text(),
        "department": perhaps("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        "skill": text(),
        "custom_fields": fields(),
        "custom_variables": variables(),
    }))
}

fn chat() -> Value {
    object(json!({
        "id": guid(),
        "name": text(),
        "email": text(),
        "phone": text(),
        "company": text(),
        "product_service": text(),
        "department": text(),
        "operators": text(),
        "start_time": date_or_nothing(),
        "end_time": date_or_nothing(),
        "waiting_time": perhaps("[0-9]+s"),
        "chat_transcript": text(),
        "attachment": list(&attachment()),
        "rating": {"type": "integer", "minimum": 0, "maximum": 5},
        "rating_comment": text(),
        "operator_comment": text(),
        "wrap_up": wrap_up(),
        "custom_fields": fields(),
        "custom_variable": variables(),
    }))
}

fn wrap_up() -> Value {
    object(json!({
        "category": text(),
        "comment": text(),
        "fields": fields(),
        "time": date_or_nothing(),
    }))
}

fn offline_message() -> Value {
    object(json!({
        "attachment": attachment(),
        "company": text(),
        "content": text(),
        "custom_fields": fields(),
        "custom_variable": variables(),
        "department": text(),
        "skill": text(),
        "email": text(),
        "id": guid(),
        "name": text(),
        "phone": text(),
        "subject": text(),
        "time": date(),
    }))
}
