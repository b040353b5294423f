use hark_store::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::accounts::Account;
use crate::rooms::{self, Person, Room};
use crate::visitors::Visitor;

/// Who does something: a person who works here, a visitor, or the program itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<Named>", into = "Option<Named>")]
pub enum Actor {
    Account {
        id: String,
        username: String,
    },
    Visitor {
        id: String,
        username: String,
    },
    #[default]
    System,
}

#[derive(Serialize, Deserialize)]
struct Named {
    id: String,
    username: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    visitor: bool,
}

impl From<Option<Named>> for Actor {
    fn from(named: Option<Named>) -> Self {
        match named {
            Some(Named {
                id,
                username,
                visitor: true,
            }) => Self::Visitor { id, username },
            Some(Named { id, username, .. }) => Self::Account { id, username },
            None => Self::System,
        }
    }
}

impl From<Actor> for Option<Named> {
    fn from(actor: Actor) -> Self {
        let visitor = matches!(actor, Actor::Visitor { .. });
        match actor {
            Actor::Account { id, username } | Actor::Visitor { id, username } => Some(Named {
                id,
                username,
                visitor,
            }),
            Actor::System => None,
        }
    }
}

impl Actor {
    pub fn account(account: &Account) -> Self {
        Self::Account {
            id: account.id.clone(),
            username: account.username.clone(),
        }
    }

    pub fn visitor(visitor: &Visitor) -> Self {
        Self::Visitor {
            id: visitor.id.clone(),
            username: visitor.username.clone(),
        }
    }

    pub fn is(&self, account: &str) -> bool {
        matches!(self, Self::Account { id, .. } if id == account)
    }

    pub const fn is_visitor(&self) -> bool {
        matches!(self, Self::Visitor { .. })
    }

    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Account { id, .. } | Self::Visitor { id, .. } => Some(id),
            Self::System => None,
        }
    }

    pub fn username(&self) -> Option<&str> {
        match self {
            Self::Account { username, .. } | Self::Visitor { username, .. } => Some(username),
            Self::System => None,
        }
    }
}

/// A conversation as an event left it, and who did it. Anyone who reads it later, or sends it to a
/// CRM, needs no other source. Messages are not repeated: an event names its message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChatSnapshot {
    pub room: RoomSnapshot,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitor: Option<VisitorSnapshot>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentSnapshot>,
    #[serde(default)]
    pub by: Actor,
}

impl ChatSnapshot {
    pub fn of(room: &Room, by: Actor) -> Self {
        Self {
            room: RoomSnapshot::of(room),
            visitor: room.visitor.as_ref().map(VisitorSnapshot::of),
            agent: room.served_by.as_ref().map(AgentSnapshot::of),
            by,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomSnapshot {
    pub id: String,
    pub kind: rooms::Kind,
    pub name: String,
    pub created_at: Timestamp,
    pub last_message_at: Timestamp,
    pub open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crm_data: Option<String>,
    /// Of a live chat: how the visitor came, if that is known.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub source: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub custom: Map<String, Value>,
    /// When an agent first had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_hold: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served_by: Option<Serving>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// `visitor` or `user`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<Person>,
}

impl RoomSnapshot {
    fn of(room: &Room) -> Self {
        let closing = room.closing.as_ref();
        let is_live = room.kind == rooms::Kind::Live;
        let source = room.source.get("type").and_then(Value::as_str);
        Self {
            id: room.id.clone(),
            kind: room.kind,
            name: room.name.clone(),
            created_at: room.created_at,
            last_message_at: room.last_message_at,
            open: room.open,
            topic: room.topic.clone(),
            department: room.department.clone(),
            crm_data: room.crm_data.clone(),
            source: is_live.then(|| source.map(str::to_owned)),
            tags: room.tags.clone(),
            custom: room.custom.clone(),
            taken_at: room.metrics.taken_at.map(Timestamp::from_millis),
            on_hold: room.is_on_hold(),
            served_by: room.served_by.as_ref().map(Serving::of),
            closed_at: closing.map(|closing| closing.at),
            closer: closing.map(|closing| closing.closer.clone()),
            closed_by: closing.map(|closing| closing.by.clone()),
        }
    }
}

/// Who serves a room, and since when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Serving {
    pub id: String,
    pub username: String,
    pub at: Timestamp,
}

impl Serving {
    pub fn of(agent: &rooms::ServedBy) -> Self {
        Self {
            id: agent.id.clone(),
            username: agent.username.clone(),
            at: agent.at,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitorSnapshot {
    pub id: String,
    pub token: String,
    pub username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub custom: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
}

impl VisitorSnapshot {
    pub fn of(visitor: &Visitor) -> Self {
        Self {
            id: visitor.id.clone(),
            token: visitor.token.clone(),
            username: visitor.username.clone(),
            created_at: Some(visitor.created_at),
            name: visitor.name.clone(),
            department: visitor.department.clone(),
            ip: visitor.ip.clone(),
            user_agent: visitor.user_agent.clone(),
            custom: visitor.custom.clone(),
            emails: visitor.emails.clone(),
            phones: visitor.phones.clone(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentSnapshot {
    pub id: String,
    pub username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub custom_fields: Map<String, Value>,
}

impl AgentSnapshot {
    fn of(agent: &rooms::ServedBy) -> Self {
        let fields = agent.custom_fields.as_object();
        Self {
            id: agent.id.clone(),
            username: agent.username.clone(),
            name: agent.name.clone(),
            email: agent.email.clone(),
            custom_fields: fields.cloned().unwrap_or_default(),
        }
    }
}

/// A value that is there, if only as `null`.
fn present<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
