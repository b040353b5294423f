use hark_store::{Error, Row, Statement, Timestamp, Tx, View, params, statements};
use serde_json::Value;

use super::{Account, Email, NewAccount, Page};

/// The columns that [`read`] reads, with the roles and addresses gathered into one text each.
macro_rules! account_columns {
    () => {
        "account.id, account.username, account.name, account.kind, account.active, account.status,
        account.status_default, account.status_text, account.require_password_change, account.bio,
        account.nickname, account.language, account.preferences, account.custom_fields,
        account.password IS NOT NULL, account.totp_secret IS NOT NULL, account.last_login_at,
        account.created_at, account.updated_at,
        (SELECT string_agg(role_id, ',' ORDER BY role_id) FROM account_role WHERE account_id = account.id),
        (SELECT string_agg(CASE WHEN verified THEN '+' ELSE '-' END || address, ',' ORDER BY place)
            FROM account_email WHERE account_id = account.id),
        (SELECT available FROM agent WHERE account_id = account.id)"
    };
}
pub(crate) use account_columns;
/// How many columns those are; a statement may add its own behind them.
pub(crate) const ACCOUNT_COLUMNS: usize = 22;

statements! {
    /// Primary key.
    FIND = concat!("SELECT ", account_columns!(), " FROM account WHERE id = $1");
    /// account_by_username.
    FIND_BY_USERNAME = concat!("SELECT ", account_columns!(), " FROM account WHERE username_key = $1");
    /// Primary key of account_email, then of account.
    FIND_BY_EMAIL = concat!("SELECT ", account_columns!(), " FROM account
        WHERE id = (SELECT account_id FROM account_email WHERE address_key = $1)");
    /// account_by_username; a narrow index, read once for a list's total.
    COUNT = "SELECT count(*) FROM account WHERE username_key >= ''";
    /// account_by_username, a range.
    BEGINNING_WITH = concat!("SELECT ", account_columns!(), " FROM account
        WHERE username_key >= $1 AND username_key < $2 ORDER BY username_key LIMIT $3");
    /// account_by_status.
    PRESENT = concat!("SELECT ", account_columns!(), " FROM account
        WHERE status IN ('online', 'away', 'busy') ORDER BY status, id LIMIT 1000");
    /// account_role_by_role, then the account's primary key.
    COUNT_ACTIVE_ADMINISTRATORS = "SELECT count(*) FROM account
        WHERE active AND id IN (SELECT account_id FROM account_role WHERE role_id = 'admin')";
    /// Primary key. Two changes of one account take turns.
    LOCK = "SELECT id FROM account WHERE id = $1",
        postgres = "SELECT id FROM account WHERE id = $1 FOR UPDATE";
    INSERT = "INSERT INTO account (id, username, username_key, name, kind, password, active, status,
            status_default, status_text, require_password_change, preferences, custom_fields,
            totp_last_step, totp_codes, created_at, updated_at)
        VALUES ($1, $2, $3, $4, 'user', $5, $6, 'offline', 'online', '', $7, '{}', $8, 0, '[]', $9, $9)
        ON CONFLICT DO NOTHING";
    /// Primary key.
    UPDATE = "UPDATE account SET username = $2, username_key = $3, name = $4, bio = $5, nickname = $6,
            language = $7, status_text = $8, custom_fields = $9, require_password_change = $10, updated_at = $11
        WHERE id = $1";
    SET_PASSWORD = "UPDATE account SET password = $2, updated_at = $3 WHERE id = $1";
    SET_ACTIVE = "UPDATE account SET active = $2, updated_at = $3 WHERE id = $1";
    SET_STATUS = "UPDATE account SET status = $2, status_default = $3, status_text = $4, updated_at = $5 WHERE id = $1";
    SET_PREFERENCES = "UPDATE account SET preferences = $2, updated_at = $3 WHERE id = $1";
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
            use hark_store::statements;
            statements! {$(
                $name = concat!("SELECT ", account_columns!(), " FROM account ORDER BY ", $columns, " LIMIT $1 OFFSET $2");
            )+}
            pub(super) mod descending {
                use hark_store::statements;
                statements! {$(
                    $name = concat!("SELECT ", account_columns!(), " FROM account ORDER BY ", $reversed, " LIMIT $1 OFFSET $2");
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

/// User names and addresses are compared without regard to case.
pub(crate) fn key(text: &str) -> String {
    text.trim().to_lowercase()
}

pub(crate) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Account>, Error> {
    view.one(&FIND, params![id], read)
}

pub(crate) fn find_by_username(
    view: &mut View<'_>,
    username: &str,
) -> Result<Option<Account>, Error> {
    view.one(&FIND_BY_USERNAME, params![&key(username)], read)
}

pub(crate) fn find_by_email(view: &mut View<'_>, address: &str) -> Result<Option<Account>, Error> {
    view.one(&FIND_BY_EMAIL, params![&key(address)], read)
}

pub(crate) fn list(
    view: &mut View<'_>,
    sort: SortKey,
    descending: bool,
    page: Page,
) -> Result<Vec<Account>, Error> {
    view.query(
        list_statement(sort, descending),
        params![page.limit, page.offset],
        read,
    )
}

pub(crate) fn count(view: &mut View<'_>) -> Result<i64, Error> {
    view.number(&COUNT, params![])
}

pub(crate) fn present(view: &mut View<'_>) -> Result<Vec<Account>, Error> {
    view.query(&PRESENT, params![], read)
}

pub(crate) fn beginning_with(
    view: &mut View<'_>,
    text: &str,
    limit: i64,
) -> Result<Vec<Account>, Error> {
    let from = key(text);
    let to = format!("{from}\u{10ffff}");
    view.query(&BEGINNING_WITH, params![&from, &to, limit], read)
}

pub(crate) fn count_active_administrators(view: &mut View<'_>) -> Result<i64, Error> {
    view.number(&COUNT_ACTIVE_ADMINISTRATORS, params![])
}

pub(crate) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<(), Error> {
    tx.query(&LOCK, params![id], |_| Ok(())).map(drop)
}

pub(crate) fn insert(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    new: &NewAccount,
) -> Result<u64, Error> {
    tx.execute(
        &INSERT,
        params![
            id,
            &new.username,
            &key(&new.username),
            new.name.trim(),
            new.password.as_deref(),
            new.active,
            new.require_password_change,
            &new.custom_fields.to_string(),
            now,
        ],
    )
}

pub(crate) fn update(tx: &mut Tx<'_>, now: Timestamp, account: &Account) -> Result<u64, Error> {
    tx.execute(
        &UPDATE,
        params![
            &account.id,
            &account.username,
            &key(&account.username),
            account.name.trim(),
            account.bio.as_deref(),
            account.nickname.as_deref(),
            account.language.as_deref(),
            &account.status_text,
            &account.custom_fields.to_string(),
            account.require_password_change,
            now,
        ],
    )
}

pub(crate) fn set_password(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    hash: &str,
) -> Result<u64, Error> {
    tx.execute(&SET_PASSWORD, params![id, hash, now])
}

pub(crate) fn set_active(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    active: bool,
) -> Result<u64, Error> {
    tx.execute(&SET_ACTIVE, params![id, active, now])
}

pub(crate) fn set_status(tx: &mut Tx<'_>, now: Timestamp, account: &Account) -> Result<u64, Error> {
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

pub(crate) fn set_preferences(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    preferences: &Value,
) -> Result<u64, Error> {
    tx.execute(&SET_PREFERENCES, params![id, &preferences.to_string(), now])
}

pub(crate) fn make_bot(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<u64, Error> {
    tx.execute(&MAKE_BOT, params![id, now])
}

pub(crate) fn touch(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<u64, Error> {
    tx.execute(&TOUCH, params![id, now])
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: &str) -> Result<u64, Error> {
    tx.execute(&DELETE, params![id])
}

pub(crate) fn add_email(
    tx: &mut Tx<'_>,
    id: &str,
    address: &str,
    verified: bool,
) -> Result<u64, Error> {
    tx.execute(
        &ADD_EMAIL,
        params![&key(address), id, address.trim(), verified],
    )
}

pub(crate) fn remove_emails(tx: &mut Tx<'_>, id: &str) -> Result<u64, Error> {
    tx.execute(&REMOVE_EMAILS, params![id])
}

pub(crate) fn read(row: &Row<'_>) -> Result<Account, Error> {
    let roles: Option<String> = row.get(19)?;
    let emails: Option<String> = row.get(20)?;
    Ok(Account {
        id: row.get(0)?,
        username: row.get(1)?,
        name: row.get(2)?,
        kind: row.get(3)?,
        active: row.get(4)?,
        status: row.get(5)?,
        status_default: row.get(6)?,
        status_text: row.get(7)?,
        require_password_change: row.get(8)?,
        bio: row.get(9)?,
        nickname: row.get(10)?,
        language: row.get(11)?,
        preferences: row.get(12)?,
        custom_fields: row.get(13)?,
        has_password: row.get(14)?,
        two_factor: row.get(15)?,
        last_login_at: row.get(16)?,
        created_at: row.get(17)?,
        updated_at: row.get(18)?,
        roles: parts(roles.as_deref()).map(str::to_owned).collect(),
        available: row.get(21)?,
        emails: parts(emails.as_deref())
            .map(|part| Email {
                verified: part.starts_with('+'),
                address: part.get(1..).unwrap_or_default().to_owned(),
            })
            .collect(),
    })
}

pub(crate) fn parts(gathered: Option<&str>) -> impl Iterator<Item = &str> {
    gathered.into_iter().flat_map(|text| text.split(','))
}
