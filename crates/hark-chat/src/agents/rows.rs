use hark_store::{Error, Timestamp, Tx, View, params, statements};

statements! {
    /// Primary key.
    INSERT = "INSERT INTO agent (account_id, available, paused_by_house, assigned, updated_at)
        VALUES ($1, $2, FALSE, 0, $3) ON CONFLICT (account_id) DO NOTHING";
    DELETE = "DELETE FROM agent WHERE account_id = $1";
    /// Primary key. Two log-outs of one agent take turns, so that one of them sees that it is the last.
    LOCK = "SELECT available FROM agent WHERE account_id = $1",
        postgres = "SELECT available FROM agent WHERE account_id = $1 FOR UPDATE";
    SET_AVAILABLE = "UPDATE agent SET available = $2, paused_by_house = $3, updated_at = $4 WHERE account_id = $1";
    /// Primary key, then that of agent_hour.
    IS_IN_HOURS = "SELECT count(*) FROM agent_hour WHERE account_id = $1";
    /// session_by_account.
    COUNT_LOG_INS = "SELECT count(*) FROM session WHERE account_id = $1 AND personal_name IS NULL";
    /// Primary key. A moment that is there already stays.
    LEAVE = "UPDATE agent SET left_at = coalesce(left_at, $2) WHERE account_id = $1";
    COME_BACK = "UPDATE agent SET left_at = NULL WHERE account_id = $1 AND left_at IS NOT NULL";
    /// Primary key; changes a row only when the house had paused him.
    RESUME = "UPDATE agent SET available = TRUE, paused_by_house = FALSE, updated_at = $2
        WHERE account_id = $1 AND paused_by_house";
    /// department_agent_by_account.
    LEAVE_DEPARTMENTS = "DELETE FROM department_agent WHERE account_id = $1";
    /// visitor_by_contact_manager.
    RELEASE_VISITORS = "UPDATE visitor SET contact_manager = NULL, updated_at = $2 WHERE contact_manager = $1";
    RENAME_CONTACT_MANAGER = "UPDATE visitor SET contact_manager = $2, updated_at = $3 WHERE contact_manager = $1";
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &str,
    available: bool,
) -> Result<u64, Error> {
    tx.execute(&INSERT, params![account, available, now])
}

pub(super) fn delete(tx: &mut Tx<'_>, account: &str) -> Result<u64, Error> {
    tx.execute(&DELETE, params![account])
}

/// Whether he is available; nothing for who is no agent.
pub(super) fn lock(tx: &mut Tx<'_>, account: &str) -> Result<Option<bool>, Error> {
    tx.one(&LOCK, params![account], |row| row.get(0))
}

pub(super) fn set_available(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &str,
    available: bool,
    paused_by_house: bool,
) -> Result<u64, Error> {
    tx.execute(
        &SET_AVAILABLE,
        params![account, available, paused_by_house, now],
    )
}

pub(super) fn is_in_hours(view: &mut View<'_>, account: &str) -> Result<bool, Error> {
    Ok(view.number(&IS_IN_HOURS, params![account])? > 0)
}

pub(super) fn has_log_in(view: &mut View<'_>, account: &str) -> Result<bool, Error> {
    Ok(view.number(&COUNT_LOG_INS, params![account])? > 0)
}

pub(super) fn leave(tx: &mut Tx<'_>, now: Timestamp, account: &str) -> Result<u64, Error> {
    tx.execute(&LEAVE, params![account, now])
}

pub(super) fn come_back(tx: &mut Tx<'_>, account: &str) -> Result<u64, Error> {
    tx.execute(&COME_BACK, params![account])
}

pub(super) fn resume(tx: &mut Tx<'_>, now: Timestamp, account: &str) -> Result<u64, Error> {
    tx.execute(&RESUME, params![account, now])
}

pub(super) fn leave_departments(tx: &mut Tx<'_>, account: &str) -> Result<u64, Error> {
    tx.execute(&LEAVE_DEPARTMENTS, params![account])
}

pub(super) fn release_visitors(
    tx: &mut Tx<'_>,
    now: Timestamp,
    username: &str,
) -> Result<u64, Error> {
    tx.execute(&RELEASE_VISITORS, params![username, now])
}

pub(super) fn rename_contact_manager(
    tx: &mut Tx<'_>,
    now: Timestamp,
    from: &str,
    to: &str,
) -> Result<u64, Error> {
    tx.execute(&RENAME_CONTACT_MANAGER, params![from, to, now])
}
