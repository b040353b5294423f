use serde_json::{Value, json};

/// Who does something: a person, or the house itself.
#[derive(Debug, Clone)]
pub enum Actor {
    Account { id: String, username: String },
    System,
}

impl Actor {
    /// How an event tells who it was.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Account { id, username } => json!({"id": id, "username": username}),
            Self::System => Value::Null,
        }
    }

    pub fn is(&self, account: &str) -> bool {
        matches!(self, Self::Account { id, .. } if id == account)
    }
}
