use hark_store::{Record, Result, Statement, Timestamp, Tx, View, params, sql, statements, writes};
use serde_json::Value;

use super::{Account, Email, NewAccount, Page};
use crate::text::key;

statements! {
    /// Primary key.
    FIND = sql!("SELECT ", Account::COLUMNS, " FROM account WHERE id = $1");
    /// account_by_username.
    FIND_BY_USERNAME = sql!("SELECT ", Account::COLUMNS, " FROM account WHERE username_key = $1");
    /// Primary key of account_email, then of account.
    FIND_BY_EMAIL = sql!("SELECT ", Account::COLUMNS, " FROM account
        WHERE id = (SELECT account_id FROM account_email WHERE address_key = $1)");
    /// account_by_username; a narrow index, read once for a list's total.
    COUNT = "SELECT count(*) FROM account WHERE username_key >= ''";
    /// account_by_username, a range.
    BEGINNING_WITH = sql!("SELECT ", Account::COLUMNS, " FROM account
        WHERE username_key >= $1 AND username_key < $2 ORDER BY username_key LIMIT $3");
    /// account_by_status.
    PRESENT = sql!("SELECT ", Account::COLUMNS, " FROM account
        WHERE status IN ('online', 'away', 'busy') ORDER BY status, id LIMIT 1000");
    /// account_role_by_role, then the account's primary key.
    /// The whole of a table that people who work here fill.
    COUNT_ACTIVE = "SELECT count(*) FROM account WHERE active";
    COUNT_ACTIVE_ADMINISTRATORS = "SELECT count(*) FROM account
        WHERE active AND id IN (SELECT account_id FROM account_role WHERE role_id = 'admin')";
    /// Primary key. Two changes of one account take turns.
    LOCK = "SELECT id FROM account WHERE id = $1",
        postgres = "SELECT id FROM account WHERE id = $1 FOR UPDATE";
    /// Primary key.
    SET_PASSWORD = "UPDATE account SET password = $2, updated_at = $3 WHERE id = $1";
    SET_ACTIVE = "UPDATE account SET active = $2, updated_at = $3 WHERE id = $1";
    SET_STATUS = "UPDATE account SET status = $2, status_default = $3, status_text = $4, updated_at = $5 WHERE id = $1";
    SET_PREFERENCES = "UPDATE account SET preferences = $2, updated_at = $3 WHERE id = $1";
    SET_PICTURE = "UPDATE account SET picture_id = $2, updated_at = $3 WHERE id = $1";
    UNSUBSCRIBE = "UPDATE account SET unsubscribed = TRUE, updated_at = $3 WHERE id = $1 AND created_at = $2 AND NOT unsubscribed";
    MAKE_BOT = "UPDATE account SET kind = 'bot', status = 'online', updated_at = $2 WHERE id = $1";
    TOUCH = "UPDATE account SET updated_at = $2 WHERE id = $1";
    /// Primary key; the addresses, roles and sessions go with it.
    DELETE = "DELETE FROM account WHERE id = $1";
    /// Primary key of account_email.
    ADD_EMAIL = "INSERT INTO account_email (address_key, account_id, address, verified, place)
        VALUES ($1, $2, $3, $4, 0) ON CONFLICT DO NOTHING";
    /// account_email_by_account.
    REMOVE_EMAILS = "DELETE FROM account_email WHERE account_id = $1";
}

writes! {
    pub fn insert(now: Timestamp, id: &str, new: &NewAccount) insert account {
        id = id,
        username = &new.username,
        username_key = &key(&new.username),
        name = new.name.trim(),
        kind = "user",
        password = &new.password,
        active = new.active,
        status = "offline",
        status_default = "online",
        status_text = "",
        require_password_change = new.require_password_change,
        preferences = "{}",
        custom_fields = &new.custom_fields,
        totp_last_step = 0,
        totp_codes = "[]",
        created_at = now,
        updated_at = now,
    } "ON CONFLICT DO NOTHING";
    /// Primary key.
    pub fn update(now: Timestamp, account: &Account) update account {
        id = &account.id,
        username = &account.username,
        username_key = &key(&account.username),
        name = account.name.trim(),
        bio = &account.bio,
        nickname = &account.nickname,
        language = &account.language,
        status_text = &account.status_text,
        custom_fields = &account.custom_fields,
        require_password_change = account.require_password_change,
        updated_at = now,
    };
}

/// What a list may be sorted by. Each has an index, and each direction a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    Username,
    Name,
    Status,
    Active,
    Kind,
    LastLogin,
    CreatedAt,
    UpdatedAt,
}

macro_rules! list_statements {
    ($($key:ident => $name:ident, $columns:literal, $reversed:literal;)+) => {
        mod lists {
            use hark_store::{Record, sql, statements};
            use crate::accounts::{Account};
            statements! {$(
                $name = sql!("SELECT ", Account::COLUMNS, " FROM account ORDER BY ", $columns, " LIMIT $1 OFFSET $2");
            )+}
            pub(super) mod descending {
                use hark_store::{Record, sql, statements};
                use crate::accounts::{Account};
                statements! {$(
                    $name = sql!("SELECT ", Account::COLUMNS, " FROM account ORDER BY ", $reversed, " LIMIT $1 OFFSET $2");
                )+}
            }
        }

        const fn list_statement(key: SortKey, descending: bool) -> &'static Statement {
            match (key, descending) {
                $((SortKey::$key, false) => &lists::$name,
                (SortKey::$key, true) => &lists::descending::$name,)+
            }
        }

        /// The lists' statements, which stand apart from the others.
        pub(crate) static LISTS: &[&Statement] = &[$(&lists::$name, &lists::descending::$name),+];
    };
}

list_statements! {
    Username => BY_USERNAME, "username_key", "username_key DESC";
    Name => BY_NAME, "name, id", "name DESC, id DESC";
    Status => BY_STATUS, "status, id", "status DESC, id DESC";
    Active => BY_ACTIVE, "active, id", "active DESC, id DESC";
    Kind => BY_KIND, "kind, id", "kind DESC, id DESC";
    LastLogin => BY_LAST_LOGIN, "last_login_at, id", "last_login_at DESC, id DESC";
    CreatedAt => BY_CREATED, "created_at, id", "created_at DESC, id DESC";
    UpdatedAt => BY_UPDATED, "updated_at, id", "updated_at DESC, id DESC";
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Account>> {
    view.record(&FIND, params![id])
}

pub fn find_by_username(view: &mut View<'_>, username: &str) -> Result<Option<Account>> {
    view.record(&FIND_BY_USERNAME, params![&key(username)])
}

pub fn find_by_email(view: &mut View<'_>, address: &str) -> Result<Option<Account>> {
    view.record(&FIND_BY_EMAIL, params![&key(address)])
}

pub fn list(
    view: &mut View<'_>,
    sort: SortKey,
    descending: bool,
    page: Page,
) -> Result<Vec<Account>> {
    view.records(
        list_statement(sort, descending),
        params![page.limit, page.offset],
    )
}

pub fn count(view: &mut View<'_>) -> Result<i64> {
    view.number(&COUNT, params![])
}

/// Those who are not offline.
pub fn present(view: &mut View<'_>) -> Result<Vec<Account>> {
    view.records(&PRESENT, params![])
}

/// Accounts whose user name begins with a text, for a field that completes it.
pub fn beginning_with(view: &mut View<'_>, text: &str, limit: i64) -> Result<Vec<Account>> {
    let from = key(text);
    let to = format!("{from}\u{10ffff}");
    view.records(&BEGINNING_WITH, params![&from, &to, limit])
}

pub fn count_active(view: &mut View<'_>) -> Result<i64> {
    view.number(&COUNT_ACTIVE, params![])
}

pub fn count_active_administrators(view: &mut View<'_>) -> Result<i64> {
    view.number(&COUNT_ACTIVE_ADMINISTRATORS, params![])
}

pub fn lock(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    tx.query(&LOCK, params![id], |_| Ok(())).map(drop)
}

pub fn set_password(tx: &mut Tx<'_>, now: Timestamp, id: &str, hash: &str) -> Result<()> {
    tx.execute(&SET_PASSWORD, params![id, hash, now])
}

pub fn set_active(tx: &mut Tx<'_>, now: Timestamp, id: &str, active: bool) -> Result<()> {
    tx.execute(&SET_ACTIVE, params![id, active, now])
}

pub fn set_status(tx: &mut Tx<'_>, now: Timestamp, account: &Account) -> Result<()> {
    tx.execute(
        &SET_STATUS,
        params![
            &account.id,
            &account.status,
            &account.status_default,
            &account.status_text,
            now
        ],
    )
}

pub fn set_preferences(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    preferences: &Value,
) -> Result<()> {
    tx.execute(&SET_PREFERENCES, params![id, &preferences.to_string(), now])
}

pub fn set_picture(tx: &mut Tx<'_>, now: Timestamp, id: &str, picture: Option<&str>) -> Result<()> {
    tx.execute(&SET_PICTURE, params![id, picture, now])
}

/// Who shows when an account was made has it from a mail to its owner.
pub fn unsubscribe(tx: &mut Tx<'_>, now: Timestamp, id: &str, made: Timestamp) -> Result<u64> {
    tx.changed(&UNSUBSCRIBE, params![id, made, now])
}

pub fn make_bot(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<()> {
    tx.execute(&MAKE_BOT, params![id, now])
}

pub fn touch(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<()> {
    tx.execute(&TOUCH, params![id, now])
}

pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&DELETE, params![id])
}

pub fn add_email(tx: &mut Tx<'_>, id: &str, address: &str, verified: bool) -> Result<u64> {
    tx.changed(
        &ADD_EMAIL,
        params![&key(address), id, address.trim(), verified],
    )
}

pub fn remove_emails(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&REMOVE_EMAILS, params![id])
}

/// Each begins with a sign that says whether it is verified.
pub(super) fn emails(texts: Option<String>) -> Vec<Email> {
    let emails = gathered(texts).into_iter();
    emails
        .map(|part| Email {
            verified: part.starts_with('+'),
            address: part.get(1..).unwrap_or_default().to_owned(),
        })
        .collect()
}

/// What a statement has gathered into one text.
pub fn gathered(texts: Option<String>) -> Vec<String> {
    texts.map_or_else(Vec::new, |texts| {
        texts.split(',').map(str::to_owned).collect()
    })
}
