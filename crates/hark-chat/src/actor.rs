use serde_json::{Value, json};

use crate::visitors::Visitor;

/// Who does something: a person who works here, a visitor, or the house itself.
#[derive(Debug, Clone)]
pub enum Actor {
    Account { id: String, username: String },
    Visitor { id: String, username: String },
    System,
}

impl Actor {
    pub fn visitor(visitor: &Visitor) -> Self {
        Self::Visitor {
            id: visitor.id.clone(),
            username: visitor.username.clone(),
        }
    }

    /// How an event tells who it was.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Account { id, username } => json!({"id": id, "username": username}),
            Self::Visitor { id, username } => {
                json!({"id": id, "username": username, "visitor": true})
            }
            Self::System => Value::Null,
        }
    }

    pub fn is(&self, account: &str) -> bool {
        matches!(self, Self::Account { id, .. } if id == account)
    }
}
