use hark_store::{Error, Row, Statement, Timestamp, Tx, View, params, statements};
use serde_json::Value;

use super::{BusinessHour, Day, Kind, MOST, Turned};

macro_rules! columns {
    () => {
        "id, name, kind, active, timezone, saved, work_hours, is_open, created_at, updated_at"
    };
}

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
    EVERY = concat!("SELECT ", columns!(), " FROM business_hour ORDER BY created_at, id LIMIT $1");
    /// Primary key.
    FIND = concat!("SELECT ", columns!(), " FROM business_hour WHERE id = $1");
    /// business_hour_default.
    DEFAULT = concat!("SELECT ", columns!(), " FROM business_hour WHERE kind = 'default'");
    /// One at most is the default.
    ADD = concat!("INSERT INTO business_hour (", columns!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING");
    /// Primary key.
    CHANGE = "UPDATE business_hour SET name = $2, kind = $3, active = $4, timezone = $5, saved = $6,
        work_hours = $7, is_open = $8, created_at = $9, updated_at = $10 WHERE id = $1";
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
    MAKE_AVAILABLE = "UPDATE agent SET available = $3, paused_by_house = $4, updated_at = $2
        WHERE account_id = $1 AND NOT available
        AND EXISTS (SELECT 1 FROM account WHERE id = $1 AND active AND status <> 'offline')
        RETURNING account_id, (SELECT username FROM account WHERE account.id = agent.account_id),
            (SELECT name FROM account WHERE account.id = agent.account_id),
            (SELECT status FROM account WHERE account.id = agent.account_id)";
    /// As many as there are agents.
    MAKE_UNAVAILABLE = concat!("UPDATE agent SET available = $3, updated_at = $1 WHERE account_id IN (
            SELECT agent.account_id FROM agent WHERE agent.available AND ", a_person!(), "
            AND NOT EXISTS (SELECT 1 FROM agent_hour WHERE agent_hour.account_id = agent.account_id)
            ORDER BY agent.account_id LIMIT $2)
        RETURNING account_id, (SELECT username FROM account WHERE account.id = agent.account_id),
            (SELECT name FROM account WHERE account.id = agent.account_id),
            (SELECT status FROM account WHERE account.id = agent.account_id)");
}

pub(crate) fn lock(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.query(&LOCK, params![], |_| Ok(())).map(drop)
}

pub(crate) fn all(view: &mut View<'_>) -> Result<Vec<BusinessHour>, Error> {
    view.query(&EVERY, params![MOST as i64], read)
}

pub(crate) fn find(view: &mut View<'_>, id: &str) -> Result<Option<BusinessHour>, Error> {
    view.one(&FIND, params![id], read)
}

pub(crate) fn the_default(view: &mut View<'_>) -> Result<Option<BusinessHour>, Error> {
    view.one(&DEFAULT, params![], read)
}

pub(crate) fn add(tx: &mut Tx<'_>, hour: &BusinessHour) -> Result<u64, Error> {
    write(tx, &ADD, hour)
}

pub(crate) fn change(tx: &mut Tx<'_>, hour: &BusinessHour) -> Result<u64, Error> {
    write(tx, &CHANGE, hour)
}

fn write(
    tx: &mut Tx<'_>,
    statement: &'static Statement,
    hour: &BusinessHour,
) -> Result<u64, Error> {
    let days = Value::Array(hour.days.iter().map(Day::to_json).collect()).to_string();
    tx.execute(
        statement,
        params![
            &hour.id,
            &hour.name,
            hour.kind.name(),
            hour.active,
            &hour.timezone,
            hour.saved,
            &days,
            hour.is_open,
            hour.created_at,
            hour.updated_at,
        ],
    )
}

pub(crate) fn set_open(tx: &mut Tx<'_>, id: &str, open: bool) -> Result<u64, Error> {
    tx.execute(&SET_OPEN, params![id, open])
}

pub(crate) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64, Error> {
    tx.execute(&REMOVE, params![id])
}

pub(crate) fn departments(
    view: &mut View<'_>,
    id: &str,
    most: i64,
) -> Result<Vec<(String, String)>, Error> {
    view.query(&DEPARTMENTS, params![id, most], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

pub(crate) fn leave_departments(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<u64, Error> {
    tx.execute(&LEAVE_DEPARTMENTS, params![id, now])
}

pub(crate) fn enter_department(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    department: &str,
) -> Result<u64, Error> {
    tx.execute(&ENTER_DEPARTMENT, params![id, now, department])
}

/// Agents who are not bound to an open hour of theirs, and whether they are bound to none.
pub(crate) fn missing(
    view: &mut View<'_>,
    several: bool,
    most: i64,
) -> Result<Vec<(String, String, bool)>, Error> {
    view.query(&MISSING, params![several, most], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

pub(crate) fn open_of(
    view: &mut View<'_>,
    several: bool,
    agent: &str,
) -> Result<Vec<String>, Error> {
    view.query(&OPEN_OF, params![several, agent, MOST as i64], |row| {
        row.get(0)
    })
}

pub(crate) fn bind(tx: &mut Tx<'_>, agent: &str, hour: &str) -> Result<u64, Error> {
    tx.execute(&BIND, params![agent, hour])
}

/// Bonds to hours that are closed or no longer the agent's.
pub(crate) fn unbind(tx: &mut Tx<'_>, several: bool) -> Result<u64, Error> {
    tx.execute(&UNBIND, params![several])
}

pub(crate) fn forget_agents(tx: &mut Tx<'_>) -> Result<u64, Error> {
    tx.execute(&FORGET_AGENTS, params![])
}

/// Unless he is offline, or it already.
pub(crate) fn make_available(
    tx: &mut Tx<'_>,
    now: Timestamp,
    agent: &str,
) -> Result<Vec<Turned>, Error> {
    tx.change(&MAKE_AVAILABLE, params![agent, now, true, false], turned)
}

/// Those who are bound to no hour.
pub(crate) fn make_unavailable(
    tx: &mut Tx<'_>,
    now: Timestamp,
    most: i64,
) -> Result<Vec<Turned>, Error> {
    tx.change(&MAKE_UNAVAILABLE, params![now, most, false], turned)
}

fn turned(row: &Row<'_>) -> Result<Turned, Error> {
    Ok(Turned {
        id: row.get(0)?,
        username: row.get(1)?,
        name: row.get(2)?,
        status: row.get(3)?,
    })
}

fn read(row: &Row<'_>) -> Result<BusinessHour, Error> {
    let mut columns = row.columns_from(0);
    Ok(BusinessHour {
        id: columns.next()?,
        name: columns.next()?,
        kind: Kind::parse(&columns.next::<String>()?).unwrap_or(Kind::Custom),
        active: columns.next()?,
        timezone: columns.next()?,
        saved: columns.next()?,
        days: match columns.next::<Value>()? {
            Value::Array(days) => days.iter().map(Day::from_json).collect(),
            _ => Vec::new(),
        },
        is_open: columns.next()?,
        created_at: columns.next()?,
        updated_at: columns.next()?,
    })
}
