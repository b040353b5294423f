use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::{MOST, MOST_DEPARTMENTS, MOST_MONITORS, Unit, UnitMonitor};

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", Unit::COLUMNS, " FROM unit ORDER BY name, id LIMIT $1");
    /// Primary key.
    FIND = sql!("SELECT ", Unit::COLUMNS, " FROM unit WHERE unit.id = $1");
    COUNT = "SELECT count(*) FROM unit";
    /// Primary key.
    REMOVE = "DELETE FROM unit WHERE id = $1";
    /// One row: what is in which unit is changed by one after the other.
    TURN = "SELECT id FROM role WHERE id = 'livechat-monitor'",
        postgres = "SELECT id FROM role WHERE id = 'livechat-monitor' FOR UPDATE";

    /// unit_monitor_by_unit, then the account's primary key.
    MONITORS = sql!("SELECT ", UnitMonitor::COLUMNS, " FROM unit_monitor AS link JOIN account ON account.id = link.account_id
        WHERE link.unit_id = $1 ORDER BY account.username_key LIMIT $2");
    /// Primary keys. Who is no monitor is passed over.
    ADD_MONITOR = "INSERT INTO unit_monitor (id, unit_id, account_id, updated_at)
        SELECT $1, $2, account_role.account_id, CAST($4 AS BIGINT) FROM account_role
        WHERE account_role.account_id = $3 AND account_role.role_id = 'livechat-monitor' RETURNING id";
    /// unit_monitor_once.
    REMOVE_MONITOR = "DELETE FROM unit_monitor WHERE account_id = $1 AND unit_id = $2";
    LEAVE_ALL = "DELETE FROM unit_monitor WHERE account_id = $1";
    LOOKS_AFTER = "SELECT count(*) FROM unit_monitor WHERE account_id = $1 AND unit_id = $2";
    IS_MONITORED = "SELECT count(*) FROM department JOIN unit_monitor ON unit_monitor.unit_id = department.unit_id
        WHERE department.id = $2 AND unit_monitor.account_id = $1";
    /// unit_monitor_once, then department_by_unit.
    DEPARTMENTS_OF_MONITOR = "SELECT department.id FROM unit_monitor JOIN department ON department.unit_id = unit_monitor.unit_id
        WHERE unit_monitor.account_id = $1 ORDER BY department.id LIMIT $2";

    /// department_by_unit.
    DEPARTMENTS = "SELECT id FROM department WHERE unit_id = $1 ORDER BY name, id LIMIT $2";
    /// Primary key.
    UNIT_OF = "SELECT unit_id FROM department WHERE id = $1 AND unit_id IS NOT NULL";
    EXISTS = "SELECT count(*) FROM department WHERE id = $1";
    PLACE = "UPDATE department SET unit_id = $2, updated_at = $3 WHERE id = $1";
    /// department_by_unit.
    LEAVE_UNIT = "UPDATE department SET unit_id = NULL, updated_at = $2 WHERE unit_id = $1";
}

writes! {
    pub fn add(unit: &Unit) insert unit {
        id = &unit.id,
        name = &unit.name,
        visibility = &unit.visibility,
        updated_at = unit.updated_at,
    }, update change;
}

pub(super) fn all(view: &mut View<'_>) -> Result<Vec<Unit>> {
    view.records(&EVERY, params![MOST as i64])
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Unit>> {
    view.record(&FIND, params![id])
}

pub(super) fn count(view: &mut View<'_>) -> Result<i64> {
    view.number(&COUNT, params![])
}

pub(super) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&REMOVE, params![id])
}

pub(super) fn wait_for_turn(tx: &mut Tx<'_>) -> Result<()> {
    tx.lock(&TURN, params![])
}

/// Who looks after a unit, by user name.
pub fn monitors(view: &mut View<'_>, unit: &str) -> Result<Vec<UnitMonitor>> {
    view.records(&MONITORS, params![unit, MOST_MONITORS as i64])
}

/// Whether they are a monitor.
pub(super) fn add_monitor(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    unit: &str,
    account: &str,
) -> Result<bool> {
    let added = tx.change(&ADD_MONITOR, params![id, unit, account, now], |row| {
        row.get::<String>(0)
    })?;
    Ok(!added.is_empty())
}

pub(super) fn remove_monitor(tx: &mut Tx<'_>, unit: &str, account: &str) -> Result<()> {
    tx.execute(&REMOVE_MONITOR, params![account, unit])
}

/// Anyone who is no monitor any more looks after nothing.
pub fn leave_all(tx: &mut Tx<'_>, account: &str) -> Result<()> {
    tx.execute(&LEAVE_ALL, params![account])
}

/// Whether a department is in a unit that somebody looks after.
pub fn is_monitored(view: &mut View<'_>, account: &str, department: &str) -> Result<bool> {
    Ok(view.number(&IS_MONITORED, params![account, department])? > 0)
}

pub(super) fn looks_after(view: &mut View<'_>, account: &str, unit: &str) -> Result<bool> {
    Ok(view.number(&LOOKS_AFTER, params![account, unit])? > 0)
}

/// The departments of all units that somebody looks after.
pub fn departments_of_monitor(view: &mut View<'_>, account: &str) -> Result<Vec<String>> {
    let params = params![account, crate::departments::MOST];
    view.query(&DEPARTMENTS_OF_MONITOR, params, |row| row.get(0))
}

pub(super) fn departments(view: &mut View<'_>, unit: &str) -> Result<Vec<String>> {
    view.query(
        &DEPARTMENTS,
        params![unit, MOST_DEPARTMENTS as i64],
        |row| row.get(0),
    )
}

pub(crate) fn unit_of(view: &mut View<'_>, department: &str) -> Result<Option<String>> {
    view.one(&UNIT_OF, params![department], |row| row.get(0))
}

pub(super) fn exists(view: &mut View<'_>, department: &str) -> Result<bool> {
    Ok(view.number(&EXISTS, params![department])? > 0)
}

pub(super) fn place(
    tx: &mut Tx<'_>,
    now: Timestamp,
    department: &str,
    unit: Option<&str>,
) -> Result<()> {
    tx.execute(&PLACE, params![department, unit, now])
}

pub(super) fn leave_unit(tx: &mut Tx<'_>, now: Timestamp, unit: &str) -> Result<()> {
    tx.execute(&LEAVE_UNIT, params![unit, now])
}
