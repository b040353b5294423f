use hark_model::accounts::Account;
use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements};

use super::{Agent, MOST};

const JOINED: &str = " FROM agent JOIN account ON account.id = agent.account_id";

statements! {
    /// A small table, then the account's primary key.
    EVERY = sql!("SELECT ", Agent::COLUMNS, JOINED, " ORDER BY account.name, account.id LIMIT $1");
    /// Primary keys.
    FIND = sql!("SELECT ", Agent::COLUMNS, JOINED, " WHERE agent.account_id = $1");
    SET_MOST_CHATS = "UPDATE agent SET most_chats = $2, updated_at = $3 WHERE account_id = $1";
    /// Primary key.
    INSERT = "INSERT INTO agent (account_id, available, paused_by_system, assigned, updated_at)
        VALUES ($1, $2, FALSE, 0, $3) ON CONFLICT (account_id) DO NOTHING";
    DELETE = "DELETE FROM agent WHERE account_id = $1";
    /// Primary key. Two log-outs of one agent take turns, so that one of them sees that it is the last.
    LOCK = "SELECT available FROM agent WHERE account_id = $1",
        postgres = "SELECT available FROM agent WHERE account_id = $1 FOR UPDATE";
    SET_AVAILABLE = "UPDATE agent SET available = $2, paused_by_system = $3, updated_at = $4 WHERE account_id = $1";
    /// Primary key, then that of agent_hour.
    IS_IN_HOURS = "SELECT count(*) FROM agent_hour WHERE account_id = $1";
    /// session_by_account.
    COUNT_LOG_INS = "SELECT count(*) FROM session WHERE account_id = $1 AND personal_name IS NULL AND NOT for_program";
    /// Primary key. A moment that is there already stays.
    LEAVE = "UPDATE agent SET left_at = coalesce(left_at, $2) WHERE account_id = $1";
    COME_BACK = "UPDATE agent SET left_at = NULL WHERE account_id = $1 AND left_at IS NOT NULL";
    /// Primary key; changes a row only where a log-out had paused it.
    RESUME = "UPDATE agent SET available = TRUE, paused_by_system = FALSE, updated_at = $2
        WHERE account_id = $1 AND paused_by_system";
    /// visitor_by_contact_manager.
    RELEASE_VISITORS = "UPDATE visitor SET contact_manager = NULL, updated_at = $2 WHERE contact_manager = $1";
    /// contact_by_manager.
    RELEASE_CONTACTS = "UPDATE contact SET manager_id = NULL, updated_at = $2 WHERE manager_id = $1";
    RENAME_CONTACT_MANAGER = "UPDATE visitor SET contact_manager = $2, updated_at = $3 WHERE contact_manager = $1";
}

pub(super) fn every(view: &mut View<'_>) -> Result<Vec<Agent>> {
    view.records(&EVERY, params![MOST])
}

pub fn find(view: &mut View<'_>, account: &str) -> Result<Option<Agent>> {
    view.record(&FIND, params![account])
}

pub(super) fn set_most_chats(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &str,
    most: Option<i64>,
) -> Result<()> {
    tx.execute(&SET_MOST_CHATS, params![account, most, now])
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &str,
    available: bool,
) -> Result<u64> {
    tx.changed(&INSERT, params![account, available, now])
}

pub(super) fn delete(tx: &mut Tx<'_>, account: &str) -> Result<u64> {
    tx.changed(&DELETE, params![account])
}

/// Whether they are available; nothing for anyone who is no agent.
pub(super) fn lock(tx: &mut Tx<'_>, account: &str) -> Result<Option<bool>> {
    tx.one(&LOCK, params![account], |row| row.get(0))
}

pub(super) fn set_available(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &str,
    available: bool,
    paused_by_system: bool,
) -> Result<()> {
    tx.execute(
        &SET_AVAILABLE,
        params![account, available, paused_by_system, now],
    )
}

pub(super) fn is_in_hours(view: &mut View<'_>, account: &str) -> Result<bool> {
    Ok(view.number(&IS_IN_HOURS, params![account])? > 0)
}

pub(super) fn has_log_in(view: &mut View<'_>, account: &str) -> Result<bool> {
    Ok(view.number(&COUNT_LOG_INS, params![account])? > 0)
}

pub(super) fn leave(tx: &mut Tx<'_>, now: Timestamp, account: &str) -> Result<()> {
    tx.execute(&LEAVE, params![account, now])
}

pub(super) fn come_back(tx: &mut Tx<'_>, account: &str) -> Result<u64> {
    tx.changed(&COME_BACK, params![account])
}

pub(super) fn resume(tx: &mut Tx<'_>, now: Timestamp, account: &str) -> Result<u64> {
    tx.changed(&RESUME, params![account, now])
}

/// Visitors and contacts are looked after by nobody where it was this one.
pub(super) fn release_visitors(tx: &mut Tx<'_>, now: Timestamp, account: &Account) -> Result<()> {
    tx.execute(&RELEASE_VISITORS, params![&account.username, now])?;
    tx.execute(&RELEASE_CONTACTS, params![&account.id, now])
}

pub(super) fn rename_contact_manager(
    tx: &mut Tx<'_>,
    now: Timestamp,
    from: &str,
    to: &str,
) -> Result<()> {
    tx.execute(&RENAME_CONTACT_MANAGER, params![from, to, now])
}
