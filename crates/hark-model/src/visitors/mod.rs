//! Visitors: who writes from a web site. There is no log-in; the token that a visitor's browser
//! has chosen is their key, and opens nothing but what is theirs.

mod rows;

pub use self::rows::find;
pub(crate) use self::rows::{ALL, LONGEST_CONTACT, WRITES};
pub use self::rows::{
    add_contacts, count_found, find_by_contact, find_by_identity, insert, lock, next_guest,
    note_activity, note_agent, note_chat, of_contact, remove, save, search,
};
use hark_store::{Result, Timestamp, View, record};
use serde_json::{Map, Value};

use crate::Refusal;
use crate::text::key;

record! {
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Visitor from "visitor" {
        pub id: String,
        pub token: String = "coalesce(visitor.token, '')",
        pub username: String = "coalesce(visitor.username, '')",
        pub name: Option<String>,
        pub status: String = "coalesce(visitor.status, '')",
        pub department: Option<String> = "visitor.department_id",
        /// Values of custom fields, by field.
        pub custom: Map<String, Value>,
        pub emails: Vec<String>,
        pub phones: Vec<String>,
        pub last_chat: Option<LastChat> = record,
        pub last_agent: Option<LastAgent> => rows::last_agent,
        pub contact_manager: Option<String>,
        /// The contact that they are, where contacts are kept.
        pub contact: Option<String> = "visitor.contact_id",
        /// The site that has said who they are, and its own name for them.
        pub identity: Option<String>,
        /// The months in which an agent has answered them: `2026-11`.
        pub activity: Vec<String>,
        pub ip: Option<String>,
        pub user_agent: Option<String>,
        pub host: Option<String>,
        pub created_at: Timestamp = "coalesce(visitor.created_at, 0)",
        pub updated_at: Timestamp,
    }
}

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct LastChat from "visitor" {
        pub room: String = "visitor.last_chat_id",
        pub at: Timestamp = "visitor.last_chat_at",
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct LastAgent {
    pub id: String,
    pub username: String,
    pub at: Timestamp,
}

/// In which order a list of visitors comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Newest,
    LatestChat { first: bool },
}

impl Visitor {
    /// By what an agent sees them called.
    pub fn shown_name(&self) -> &str {
        match self.name.as_deref() {
            Some(name) if !name.is_empty() => name,
            _ => &self.username,
        }
    }
}

/// Bounds of what visitors may say of themselves.
pub const LONGEST_TOKEN: usize = 256;

pub fn find_by_token(view: &mut View<'_>, token: &str) -> Result<Option<Visitor>> {
    if token.is_empty() {
        return Ok(None);
    }
    rows::find_by_token(view, token)
}

/// The visitor of a token, or the refusal of everyone who shows a wrong one.
pub fn known(view: &mut View<'_>, token: &str) -> Result<Visitor, Refusal> {
    find_by_token(view, token)?.ok_or(Refusal::InvalidToken)
}

/// Those whose name begins with a text, for a field that completes it.
pub fn beginning_with(
    view: &mut View<'_>,
    term: &str,
    without: &[String],
    limit: usize,
) -> Result<Vec<Visitor>> {
    let more = (limit + without.len().min(1_000)) as i64;
    let mut found = rows::beginning_with(view, term, more)?;
    found.retain(|visitor| !without.contains(&visitor.id));
    found.truncate(limit);
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The first one with all of these: an address, a number, values of custom fields.
pub fn matching(
    view: &mut View<'_>,
    email: Option<&str>,
    phone: Option<&str>,
    custom: &Map<String, Value>,
) -> Result<Option<Visitor>> {
    let candidates = match (email, phone, custom.values().next()) {
        (Some(email), _, _) => find_by_contact(view, "email", email)?.into_iter().collect(),
        (None, Some(phone), _) => find_by_contact(view, "phone", phone)?.into_iter().collect(),
        (None, None, Some(Value::String(value))) => rows::with_custom(view, value, 1_000)?,
        _ => Vec::new(),
    };
    let has = |list: &[String], wanted: Option<&str>| {
        wanted.is_none_or(|wanted| list.iter().any(|one| key(one) == key(wanted)))
    };
    Ok(candidates.into_iter().find(|visitor| {
        has(&visitor.emails, email)
            && has(&visitor.phones, phone)
            && custom
                .iter()
                .all(|(key, value)| visitor.custom.get(key) == Some(value))
    }))
}
