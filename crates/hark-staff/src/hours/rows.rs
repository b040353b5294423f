use hark_store::{Param, Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::{BusinessHour, MOST, Turned};

/// Whether the hours `h` are those of an agent; `$1` is whether departments have their own.
macro_rules! bound {
    ($agent:literal) => {
        concat!(
            "(CASE WHEN h.kind = 'default' THEN NOT EXISTS (
                SELECT 1 FROM department_agent AS place
                JOIN department ON department.id = place.department_id
                JOIN business_hour AS own ON own.id = department.business_hour_id
                WHERE place.account_id = ",
            $agent,
            " AND department.enabled
                AND own.kind = 'custom' AND own.active AND $1)
            ELSE EXISTS (
                SELECT 1 FROM department_agent AS place
                JOIN department ON department.id = place.department_id
                WHERE place.account_id = ",
            $agent,
            " AND department.enabled AND department.business_hour_id = h.id) END)"
        )
    };
}

/// Programs work at any hour.
macro_rules! a_person {
    () => {
        "NOT EXISTS (SELECT 1 FROM account_role WHERE account_role.account_id = agent.account_id AND role_id = 'bot')"
    };
}

statements! {
    /// Who opens, closes or changes hours takes turns.
    LOCK = "SELECT id FROM business_hour ORDER BY id",
        postgres = "SELECT id FROM business_hour ORDER BY id FOR UPDATE";
    /// The whole of a small table.
    EVERY = sql!("SELECT ", BusinessHour::COLUMNS, " FROM business_hour ORDER BY created_at, id LIMIT $1");
    /// Primary key.
    FIND = sql!("SELECT ", BusinessHour::COLUMNS, " FROM business_hour WHERE id = $1");
    /// business_hour_default.
    DEFAULT = sql!("SELECT ", BusinessHour::COLUMNS, " FROM business_hour WHERE kind = 'default'");
    /// Primary key.
    SET_OPEN = "UPDATE business_hour SET is_open = $2 WHERE id = $1";
    /// Primary key; the bonds of agents go with it.
    REMOVE = "DELETE FROM business_hour WHERE id = $1";
    /// department_by_hour.
    DEPARTMENTS = "SELECT id, name FROM department WHERE business_hour_id = $1 ORDER BY name, id LIMIT $2";
    /// department_by_hour.
    LEAVE_DEPARTMENTS = "UPDATE department SET business_hour_id = NULL, updated_at = $2 WHERE business_hour_id = $1";
    /// Primary key.
    ENTER_DEPARTMENT = "UPDATE department SET business_hour_id = $1, updated_at = $2 WHERE id = $3";
    /// All agents and open hours, which are few; then the indexes of the places in departments.
    MISSING = concat!("SELECT agent.account_id, h.id,
            NOT EXISTS (SELECT 1 FROM agent_hour WHERE agent_hour.account_id = agent.account_id)
        FROM agent CROSS JOIN business_hour AS h
        WHERE h.is_open AND ", bound!("agent.account_id"), " AND ", a_person!(), "
            AND NOT EXISTS (SELECT 1 FROM agent_hour
                WHERE agent_hour.account_id = agent.account_id AND agent_hour.business_hour_id = h.id)
        ORDER BY agent.account_id, h.id LIMIT $2");
    /// The open hours, which are few; then the indexes of the places in departments.
    OPEN_OF = concat!("SELECT h.id FROM business_hour AS h
        WHERE h.is_open AND ", bound!("$2"), " ORDER BY h.id LIMIT $3");
    /// Primary key.
    BIND = "INSERT INTO agent_hour (account_id, business_hour_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    /// As many as there are agents.
    UNBIND = concat!("DELETE FROM agent_hour WHERE NOT EXISTS (
            SELECT 1 FROM business_hour AS h WHERE h.id = agent_hour.business_hour_id
            AND h.is_open AND ", bound!("agent_hour.account_id"), ")
        OR NOT EXISTS (SELECT 1 FROM agent WHERE agent.account_id = agent_hour.account_id)");
    FORGET_AGENTS = "DELETE FROM agent_hour";
    /// Primary keys.
    MAKE_AVAILABLE = sql!("UPDATE agent SET available = $3, paused_by_system = $4, updated_at = $2
        WHERE account_id = $1 AND NOT available
        AND EXISTS (SELECT 1 FROM account WHERE id = $1 AND active AND status <> 'offline')
        RETURNING ", Turned::COLUMNS);
    /// As many as there are agents.
    MAKE_UNAVAILABLE = sql!("UPDATE agent SET available = $3, updated_at = $1 WHERE account_id IN (
            SELECT agent.account_id FROM agent WHERE agent.available AND ", a_person!(), "
            AND NOT EXISTS (SELECT 1 FROM agent_hour WHERE agent_hour.account_id = agent.account_id)
            ORDER BY agent.account_id LIMIT $2)
        RETURNING ", Turned::COLUMNS);
}

writes! {
    /// One at most is the default.
    pub(crate) fn add(hour: &BusinessHour) insert business_hour {
        id = &hour.id,
        name = &hour.name,
        kind = &hour.kind,
        active = hour.active,
        timezone = &hour.timezone,
        saved = hour.saved,
        work_hours = Param::json(&hour.days),
        is_open = hour.is_open,
        created_at = hour.created_at,
        updated_at = hour.updated_at,
    } "ON CONFLICT DO NOTHING", update change;
}

pub(crate) fn lock(tx: &mut Tx<'_>) -> Result<()> {
    tx.query(&LOCK, params![], |_| Ok(())).map(drop)
}

/// The oldest first.
pub fn all(view: &mut View<'_>) -> Result<Vec<BusinessHour>> {
    view.records(&EVERY, params![MOST as i64])
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<BusinessHour>> {
    view.record(&FIND, params![id])
}

pub fn the_default(view: &mut View<'_>) -> Result<Option<BusinessHour>> {
    view.record(&DEFAULT, params![])
}

pub(crate) fn set_open(tx: &mut Tx<'_>, id: &str, open: bool) -> Result<()> {
    tx.execute(&SET_OPEN, params![id, open])
}

pub(crate) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&REMOVE, params![id])
}

pub(crate) fn departments(
    view: &mut View<'_>,
    id: &str,
    most: i64,
) -> Result<Vec<(String, String)>> {
    view.query(&DEPARTMENTS, params![id, most], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

pub(crate) fn leave_departments(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<()> {
    tx.execute(&LEAVE_DEPARTMENTS, params![id, now])
}

pub(crate) fn enter_department(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    department: &str,
) -> Result<()> {
    tx.execute(&ENTER_DEPARTMENT, params![id, now, department])
}

/// Agents who are not bound to an open hour of theirs, and whether they are bound to none.
pub(crate) fn missing(
    view: &mut View<'_>,
    several: bool,
    most: i64,
) -> Result<Vec<(String, String, bool)>> {
    view.query(&MISSING, params![several, most], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

pub(crate) fn open_of(view: &mut View<'_>, several: bool, agent: &str) -> Result<Vec<String>> {
    view.query(&OPEN_OF, params![several, agent, MOST as i64], |row| {
        row.get(0)
    })
}

pub(crate) fn bind(tx: &mut Tx<'_>, agent: &str, hour: &str) -> Result<()> {
    tx.execute(&BIND, params![agent, hour])
}

/// Bonds to hours that are closed or no longer the agent's.
pub(crate) fn unbind(tx: &mut Tx<'_>, several: bool) -> Result<()> {
    tx.execute(&UNBIND, params![several])
}

pub(crate) fn forget_agents(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(&FORGET_AGENTS, params![])
}

/// Unless they are offline, or available already.
pub(crate) fn make_available(tx: &mut Tx<'_>, now: Timestamp, agent: &str) -> Result<Vec<Turned>> {
    tx.change(
        &MAKE_AVAILABLE,
        params![agent, now, true, false],
        Turned::read,
    )
}

/// Those who are bound to no hour.
pub(crate) fn make_unavailable(tx: &mut Tx<'_>, now: Timestamp, most: i64) -> Result<Vec<Turned>> {
    tx.change(&MAKE_UNAVAILABLE, params![now, most, false], Turned::read)
}
