//! How the log tells of a live chat: each event carries what was true then of the room, its
//! visitor and its agent, so that whoever reads it later, or sends it to a CRM, needs no other
//! source. Words that were said are not repeated: an event names its message.

use hark_store::{Error, NewEvent, Timestamp, Tx, log};
use serde_json::{Map, Value, json};

use super::{Kind, Room, ServedBy};
use crate::Actor;
use crate::subscriptions::Subscription;
use crate::visitors::Visitor;

/// Appends an event of this conversation and answers its number there.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    now: Timestamp,
    kind: &str,
    room: &Room,
    by: &Actor,
    more: Value,
) -> Result<i64, Error> {
    let mut body = Map::new();
    body.insert("room".into(), of_room(room));
    if let Some(visitor) = &room.visitor {
        body.insert("visitor".into(), of_visitor(visitor));
    }
    if let Some(agent) = &room.served_by {
        body.insert("agent".into(), of_agent(agent));
    }
    body.insert("by".into(), by.to_json());
    if let Value::Object(more) = more {
        body.extend(more);
    }
    let event = NewEvent {
        kind,
        conversation: Some(&room.id),
        visitor: room.visitor.as_ref().map(|visitor| visitor.id.as_str()),
        agent: room.served_by.as_ref().map(|agent| agent.id.as_str()),
        department: room.department.as_deref(),
        body: Value::Object(body),
    };
    let seq = log::append(tx, now, &event)?;
    Ok(seq.unwrap_or(0))
}

/// Appends an event of a visitor who has no chat.
pub(crate) fn tell_outside(
    tx: &mut Tx<'_>,
    now: Timestamp,
    kind: &str,
    visitor: &Visitor,
    more: Value,
) -> Result<(), Error> {
    let mut body = json!({
        "visitor": of_visitor(visitor),
        "by": Actor::visitor(visitor).to_json(),
    });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    let event = NewEvent {
        visitor: Some(&visitor.id),
        ..NewEvent::plain(kind, body)
    };
    log::append(tx, now, &event).map(drop)
}

fn put(document: &mut Value, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        document[name] = json!(value);
    }
}

fn of_room(room: &Room) -> Value {
    let mut told = json!({
        "id": room.id,
        "kind": room.kind.letter(),
        "name": room.name,
        "createdAt": room.created_at.millis(),
        "lastMessageAt": room.last_message_at.millis(),
        "open": room.open,
    });
    put(&mut told, "topic", room.topic.as_deref());
    put(&mut told, "department", room.department.as_deref());
    put(&mut told, "crmData", room.crm_data.as_deref());
    if room.kind == Kind::Live {
        told["source"] = room.source.get("type").cloned().unwrap_or(Value::Null);
    }
    if !room.tags.is_empty() {
        told["tags"] = json!(room.tags);
    }
    if !room.custom.is_empty() {
        told["custom"] = json!(room.custom);
    }
    if let Some(at) = room.metrics.taken_at {
        told["takenAt"] = json!(at);
    }
    if room.on_hold {
        told["onHold"] = json!(true);
    }
    if let Some(agent) = &room.served_by {
        told["servedBy"] = served_by(agent);
    }
    if let Some(closing) = &room.closing {
        told["closedAt"] = json!(closing.at.millis());
        told["closer"] = json!(closing.closer);
        told["closedBy"] = json!({"id": closing.by.id, "username": closing.by.username});
    }
    told
}

/// Who serves a room and since when.
pub(crate) fn served_by(agent: &ServedBy) -> Value {
    json!({"id": agent.id, "username": agent.username, "at": agent.at.millis()})
}

/// The places that people lose with an event.
pub(crate) fn left(places: &[Subscription]) -> Value {
    let each = places.iter();
    each.map(|place| json!({"id": place.id, "account": place.account}))
        .collect()
}

fn of_agent(agent: &ServedBy) -> Value {
    let mut told = json!({"id": agent.id, "username": agent.username});
    put(&mut told, "name", agent.name.as_deref());
    put(&mut told, "email", agent.email.as_deref());
    let fields = agent.custom_fields.as_object();
    if fields.is_some_and(|fields| !fields.is_empty()) {
        told["customFields"] = agent.custom_fields.clone();
    }
    told
}

fn of_visitor(visitor: &Visitor) -> Value {
    let mut told = json!({
        "id": visitor.id,
        "token": visitor.token,
        "username": visitor.username,
        "createdAt": visitor.created_at.millis(),
    });
    put(&mut told, "name", visitor.name.as_deref());
    put(&mut told, "department", visitor.department.as_deref());
    put(&mut told, "ip", visitor.ip.as_deref());
    put(&mut told, "userAgent", visitor.user_agent.as_deref());
    if !visitor.custom.is_empty() {
        told["custom"] = json!(visitor.custom);
    }
    if !visitor.emails.is_empty() {
        told["emails"] = json!(visitor.emails);
    }
    if !visitor.phones.is_empty() {
        told["phones"] = json!(visitor.phones);
    }
    told
}
