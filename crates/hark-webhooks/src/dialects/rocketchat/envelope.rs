//! What every event of a conversation tells: the room, its visitor, its agent, what was said.

use hark_chat::Policy;
use serde::Serialize;
use serde_json::{Map, Value};

use super::messages::{self, Message};
use super::{Date, Type, text, user_agent};
use crate::moment::Moment;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope<'a> {
    #[serde(rename = "_id")]
    id: &'a str,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<&'a str>,
    created_at: Date,
    last_message_at: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_fields: Option<&'a Value>,
    visitor: Visitor<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<Agent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crm_data: Option<&'a str>,
    #[serde(rename = "type")]
    kind: Type,
    messages: Vec<Message<'a>>,
    #[serde(flatten)]
    extras: Extras<'a>,
}

impl<'a> Envelope<'a> {
    pub(super) fn of(moment: &'a Moment, kind: Type) -> Option<Self> {
        let body = &moment.event.body;
        let room = body.get("room")?;
        let visitor = body.get("visitor")?;
        let messages = messages::told(moment, text(visitor, "username")?);
        if kind == Type::Message && messages.is_empty() {
            return None;
        }
        // The last word in a room that is closed is the one that closed it.
        let last_message_at = match kind {
            Type::Edited => Date::told(room, "closedAt"),
            _ => None,
        };
        Some(Self {
            id: text(room, "id")?,
            label: text(room, "name")?,
            topic: text(room, "topic"),
            created_at: Date::told(room, "createdAt")?,
            last_message_at: last_message_at.or_else(|| Date::told(room, "lastMessageAt"))?,
            tags: room.get("tags"),
            custom_fields: room.get("custom"),
            visitor: Visitor::of(visitor)?,
            agent: body
                .get("agent")
                .and_then(|agent| Agent::of(agent, &moment.house.policy)),
            crm_data: text(room, "crmData"),
            kind,
            messages,
            extras: Extras::of(body, room, kind),
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Visitor<'a> {
    #[serde(rename = "_id")]
    id: &'a str,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_fields: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Vec<Address<'a>>>,
    /// `null` when there is none, as receivers have always seen it.
    phone: Option<Vec<Number<'a>>>,
}

#[derive(Serialize)]
struct Address<'a> {
    address: &'a Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Number<'a> {
    phone_number: &'a Value,
}

impl<'a> Visitor<'a> {
    fn of(told: &'a Value) -> Option<Self> {
        let agent = text(told, "userAgent");
        let emails = told.get("emails").and_then(Value::as_array);
        let phones = told.get("phones").and_then(Value::as_array);
        Some(Self {
            id: text(told, "id")?,
            token: text(told, "token")?,
            name: text(told, "name"),
            username: text(told, "username")?,
            department: text(told, "department"),
            ip: text(told, "ip"),
            os: agent.and_then(user_agent::system),
            browser: agent.and_then(user_agent::browser),
            custom_fields: told.get("custom"),
            email: emails.map(|all| all.iter().map(|address| Address { address }).collect()),
            phone: phones.map(|all| {
                let each = all.iter();
                each.map(|phone_number| Number { phone_number }).collect()
            }),
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Agent<'a> {
    #[serde(rename = "_id")]
    id: &'a str,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_fields: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

impl<'a> Agent<'a> {
    /// None: the account is gone.
    fn of(told: &'a Value, policy: &Policy) -> Option<Self> {
        let custom = told.get("customFields");
        Some(Self {
            id: text(told, "id")?,
            username: text(told, "username").filter(|username| !username.is_empty())?,
            name: text(told, "name").filter(|name| !name.is_empty()),
            custom_fields: custom.map(|custom| exported(custom, policy)),
            email: text(told, "email"),
        })
    }
}

/// Those of an agent's fields that the house lets out.
fn exported(custom: &Value, policy: &Policy) -> Map<String, Value> {
    let declared = policy.text("Accounts_CustomFields");
    let declared: Value = serde_json::from_str(&declared).unwrap_or_default();
    let fields = custom.as_object().into_iter().flatten();
    fields
        .filter(|(name, _)| declared[name.as_str()]["sendToIntegrations"] == true)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// What only some types have.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Extras<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    department_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    served_by: Option<ServedBy<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_department_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_served_by: Option<ServedBy<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_by: Option<ClosedBy<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closer: Option<&'a str>,
}

#[derive(Serialize)]
struct ServedBy<'a> {
    #[serde(rename = "_id")]
    id: &'a str,
    username: &'a str,
    ts: Date,
}

#[derive(Serialize)]
struct ClosedBy<'a> {
    #[serde(rename = "_id")]
    id: &'a str,
    username: &'a str,
}

impl<'a> Extras<'a> {
    fn of(body: &'a Value, room: &'a Value, kind: Type) -> Self {
        let department_id = text(room, "department");
        let served_by = ServedBy::of(room);
        match kind {
            Type::Started | Type::Queued => Self {
                department_id,
                ..Self::default()
            },
            Type::Taken => Self {
                department_id,
                served_by,
                ..Self::default()
            },
            Type::Forwarded => {
                let from = &body["from"];
                // Either the one or the other has changed, and only that is told of.
                let to_agent = text(body, "scope") == Some("agent");
                Self {
                    department_id,
                    served_by,
                    old_department_id: text(from, "department").filter(|_| !to_agent),
                    old_served_by: ServedBy::of(from).filter(|_| to_agent),
                    ..Self::default()
                }
            }
            Type::Closed => Self {
                department_id,
                served_by,
                closed_at: Date::told(room, "closedAt"),
                closed_by: room.get("closedBy").and_then(ClosedBy::of),
                closer: text(room, "closer"),
                ..Self::default()
            },
            Type::Edited | Type::Message | Type::LeadCapture | Type::Offline => Self::default(),
        }
    }
}

impl<'a> ServedBy<'a> {
    /// Of a room, or of what it was before.
    fn of(told: &'a Value) -> Option<Self> {
        let agent = told.get("servedBy")?;
        Some(Self {
            id: text(agent, "id")?,
            username: text(agent, "username")?,
            ts: Date::told(agent, "at")?,
        })
    }
}

impl<'a> ClosedBy<'a> {
    fn of(told: &'a Value) -> Option<Self> {
        Some(Self {
            id: text(told, "id")?,
            username: text(told, "username")?,
        })
    }
}
