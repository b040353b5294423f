//! Accounts: the people and programs that log in. Visitors are not among them.

mod rows;

pub(crate) use self::rows::{ALL, LISTS, WRITES};
pub use self::rows::{
    add_email, count_active, count_active_administrators, delete, insert, lock, make_bot,
    remove_emails, set_active, set_password, set_picture, set_preferences, set_status, touch,
    unsubscribe, update,
};
pub use self::rows::{beginning_with, find, find_by_email, find_by_username, present};
use hark_store::{Result, Timestamp, View, record, text_enum};
use serde_json::{Value, json};

pub use self::rows::SortKey;
pub use self::rows::gathered;
use crate::{Page, Refusal};

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Account from "account" {
        pub id: String,
        pub username: String,
        pub name: String,
        /// `user`, `bot` or `app`.
        pub kind: String,
        pub emails: Vec<Email> = "(SELECT string_agg(CASE WHEN verified THEN '+' ELSE '-' END || address, ',' ORDER BY place)
                FROM account_email WHERE account_id = account.id)"
                => rows::emails,
        pub roles: Vec<String> = "(SELECT string_agg(role_id, ',' ORDER BY role_id) FROM account_role
                WHERE account_id = account.id)"
                => gathered,
        pub active: bool,
        pub status: String,
        pub status_default: String,
        pub status_text: String,
        /// Of an agent: whether they take chats.
        pub available: Option<bool> = "(SELECT available FROM agent WHERE account_id = account.id)",
        pub require_password_change: bool,
        pub bio: Option<String>,
        pub nickname: Option<String>,
        pub language: Option<String>,
        /// The file that is shown in place of their initials.
        pub picture_id: Option<String>,
        pub preferences: Value,
        pub custom_fields: Value,
        pub has_password: bool = "account.password IS NOT NULL",
        pub two_factor: bool = "account.totp_secret IS NOT NULL",
        /// Wants no mail that goes to all.
        pub unsubscribed: bool,
        pub last_login_at: Option<Timestamp>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    pub address: String,
    pub verified: bool,
}

#[derive(Debug, Clone)]
pub struct NewAccount {
    pub username: String,
    pub name: String,
    pub email: Option<String>,
    pub email_verified: bool,
    /// Hashed already: that takes too long for a transaction.
    pub password: Option<String>,
    pub roles: Vec<String>,
    pub active: bool,
    pub require_password_change: bool,
    pub custom_fields: Value,
    /// Whether they are in the channel of all from the start.
    pub joins_channel: bool,
    /// Only for the first administrator, whom the operator may name.
    pub id: Option<String>,
}

impl NewAccount {
    pub fn person(username: &str, name: &str) -> Self {
        Self {
            username: username.to_owned(),
            name: name.to_owned(),
            email: None,
            email_verified: false,
            password: None,
            roles: vec!["user".to_owned()],
            active: true,
            require_password_change: false,
            custom_fields: json!({}),
            joins_channel: true,
            id: None,
        }
    }
}

/// What may be changed of an account; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub username: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub email_verified: Option<bool>,
    pub password: Option<String>,
    pub roles: Option<Vec<String>>,
    pub active: Option<bool>,
    pub require_password_change: Option<bool>,
    pub bio: Option<String>,
    pub nickname: Option<String>,
    pub language: Option<String>,
    pub status_text: Option<String>,
    pub custom_fields: Option<Value>,
}

/// A page of all accounts and how many there are.
pub fn list(
    view: &mut View<'_>,
    sort: SortKey,
    descending: bool,
    page: Page,
) -> Result<(Vec<Account>, i64)> {
    let accounts = rows::list(view, sort, descending, page)?;
    Ok((accounts, rows::count(view)?))
}

pub fn find_many(view: &mut View<'_>, ids: &[String]) -> Result<Vec<Account>> {
    let found = ids.iter().map(|id| find(view, id));
    Ok(found
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}

text_enum! {
    pub enum Presence {
        Online = "online",
        Away = "away",
        Busy = "busy",
        Offline = "offline",
    }
}

impl Presence {
    /// The one that somebody asks for.
    pub fn asked(text: &str) -> Result<Self, Refusal> {
        Self::parse(text).ok_or(Refusal::NoSuchStatus)
    }
}
