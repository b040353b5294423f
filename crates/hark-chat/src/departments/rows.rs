use hark_store::{Error, Row, Timestamp, Tx, View, params, statements};
use serde_json::{Value, json};

use super::{Department, Link, MOST, MOST_AGENTS, Placement};

macro_rules! columns {
    () => {
        "department.id, department.name, department.description, department.email,
        department.enabled, department.archived, department.show_on_registration,
        department.show_on_offline_form, department.tag_before_closing, department.closing_tags,
        department.offline_channel, department.fallback_id, department.forward_to,
        department.receive_forward_offline, department.business_hour_id, department.extra,
        department.updated_at,
        (SELECT count(*) FROM department_agent WHERE department_id = department.id)"
    };
}

macro_rules! link_columns {
    () => {
        "SELECT link.id, link.department_id, department.name, department.enabled, link.account_id,
            account.username, link.assigned, link.place, link.updated_at
        FROM department_agent AS link
            JOIN department ON department.id = link.department_id
            JOIN account ON account.id = link.account_id"
    };
}

statements! {
    /// Primary key.
    FIND = concat!("SELECT ", columns!(), " FROM department WHERE id = $1");
    /// A small table. Whose id it is goes before whose name it is.
    FIND_BY_ID_OR_NAME = concat!("SELECT ", columns!(), " FROM department WHERE id = $1 OR name = $1
        ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END, id LIMIT 1");
    /// A small table.
    EVERY = concat!("SELECT ", columns!(), " FROM department ORDER BY name, id LIMIT $1");
    COUNT = "SELECT count(*) FROM department";
    /// Primary key. Two changes of one department take turns.
    LOCK = "SELECT id FROM department WHERE id = $1",
        postgres = "SELECT id FROM department WHERE id = $1 FOR UPDATE";
    PUT = "INSERT INTO department (id, name, description, email, enabled, archived, show_on_registration,
            show_on_offline_form, tag_before_closing, closing_tags, offline_channel, fallback_id,
            forward_to, receive_forward_offline, business_hour_id, extra, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT (id) DO UPDATE SET name = $2, description = $3, email = $4, enabled = $5,
            archived = $6, show_on_registration = $7, show_on_offline_form = $8,
            tag_before_closing = $9, closing_tags = $10, offline_channel = $11, fallback_id = $12,
            forward_to = $13, receive_forward_offline = $14, business_hour_id = $15, extra = $16,
            updated_at = $17";
    /// Primary key.
    DELETE = "DELETE FROM department WHERE id = $1";

    /// Primary key of account, then department_agent_once. Who is no account is passed over.
    PLACE = "INSERT INTO department_agent (id, department_id, account_id, assigned, place, updated_at)
        SELECT $1, $2, account.id, CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT)
        FROM account WHERE account.id = $3
        ON CONFLICT (department_id, account_id) DO UPDATE
            SET assigned = excluded.assigned, place = excluded.place, updated_at = excluded.updated_at
        RETURNING id";
    /// department_agent_once.
    DISPLACE = "DELETE FROM department_agent WHERE department_id = $1 AND account_id = $2";
    LINKS = concat!(link_columns!(), " WHERE link.department_id = $1
        ORDER BY account.username_key LIMIT $2");
    LINK = concat!(link_columns!(), " WHERE link.department_id = $1 AND link.account_id = $2");
    /// department_agent_by_account.
    LINKS_OF_AGENT = concat!(link_columns!(), " WHERE link.account_id = $1
        ORDER BY department.name, department.id LIMIT $2");

    /// room_open, or room_by_department.
    LEAVE_OPEN_ROOMS = "UPDATE room SET department_id = NULL, updated_at = $2
        WHERE department_id = $1 AND open AND kind = 'l' RETURNING id";
    /// inquiry_by_department.
    LEAVE_INQUIRIES = "UPDATE inquiry SET department_id = NULL, updated_at = $2
        WHERE status IN ('ready', 'queued', 'taken') AND department_id = $1";
    /// room_by_department.
    LEAVE_ROOMS = "UPDATE room SET department_id = NULL WHERE id IN
        (SELECT id FROM room WHERE department_id = $1 ORDER BY created_at, id LIMIT $2)";
}

pub(super) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Department>, Error> {
    view.one(&FIND, params![id], read)
}

pub(super) fn find_by_id_or_name(
    view: &mut View<'_>,
    id_or_name: &str,
) -> Result<Option<Department>, Error> {
    view.one(&FIND_BY_ID_OR_NAME, params![id_or_name], read)
}

pub(super) fn every(view: &mut View<'_>) -> Result<Vec<Department>, Error> {
    view.query(&EVERY, params![MOST], read)
}

pub(super) fn count(view: &mut View<'_>) -> Result<i64, Error> {
    view.number(&COUNT, params![])
}

pub(super) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<(), Error> {
    tx.query(&LOCK, params![id], |_| Ok(())).map(drop)
}

pub(super) fn put(tx: &mut Tx<'_>, department: &Department) -> Result<u64, Error> {
    let closing_tags = json!(department.closing_tags).to_string();
    let forward_to = json!(department.forward_to).to_string();
    let extra = json!(department.extra).to_string();
    tx.execute(
        &PUT,
        params![
            &department.id,
            &department.name,
            &department.description,
            &department.email,
            department.enabled,
            department.archived,
            department.show_on_registration,
            department.show_on_offline_form,
            department.tag_before_closing,
            &closing_tags,
            department.offline_channel.as_deref(),
            department.fallback.as_deref(),
            &forward_to,
            department.receive_forward_offline,
            department.business_hour.as_deref(),
            &extra,
            department.updated_at,
        ],
    )
}

pub(super) fn delete(tx: &mut Tx<'_>, id: &str) -> Result<u64, Error> {
    tx.execute(&DELETE, params![id])
}

/// The id of the link, which is the one offered when there was none before.
pub(super) fn place(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    department: &str,
    placement: &Placement,
) -> Result<Option<String>, Error> {
    let placed = tx.change(
        &PLACE,
        params![
            id,
            department,
            &placement.agent,
            placement.assigned,
            placement.place,
            now,
        ],
        |row| row.get(0),
    )?;
    Ok(placed.into_iter().next())
}

pub(super) fn displace(tx: &mut Tx<'_>, department: &str, agent: &str) -> Result<u64, Error> {
    tx.execute(&DISPLACE, params![department, agent])
}

pub(super) fn links(view: &mut View<'_>, department: &str) -> Result<Vec<Link>, Error> {
    view.query(&LINKS, params![department, MOST_AGENTS], read_link)
}

pub(super) fn link(
    view: &mut View<'_>,
    department: &str,
    agent: &str,
) -> Result<Option<Link>, Error> {
    view.one(&LINK, params![department, agent], read_link)
}

pub(super) fn links_of_agent(view: &mut View<'_>, agent: &str) -> Result<Vec<Link>, Error> {
    view.query(&LINKS_OF_AGENT, params![agent, MOST], read_link)
}

/// Which rooms they were.
pub(super) fn leave_open_rooms(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
) -> Result<Vec<String>, Error> {
    tx.change(&LEAVE_OPEN_ROOMS, params![id, now], |row| row.get(0))
}

pub(super) fn leave_inquiries(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<u64, Error> {
    tx.execute(&LEAVE_INQUIRIES, params![id, now])
}

pub(super) fn leave_rooms(tx: &mut Tx<'_>, id: &str, limit: i64) -> Result<u64, Error> {
    tx.execute(&LEAVE_ROOMS, params![id, limit])
}

fn read(row: &Row<'_>) -> Result<Department, Error> {
    let mut columns = row.columns_from(0);
    Ok(Department {
        id: columns.next()?,
        name: columns.next()?,
        description: columns.next()?,
        email: columns.next()?,
        enabled: columns.next()?,
        archived: columns.next()?,
        show_on_registration: columns.next()?,
        show_on_offline_form: columns.next()?,
        tag_before_closing: columns.next()?,
        closing_tags: texts(&columns.next()?),
        offline_channel: columns.next()?,
        fallback: columns.next()?,
        forward_to: texts(&columns.next()?),
        receive_forward_offline: columns.next()?,
        business_hour: columns.next()?,
        extra: match columns.next()? {
            Value::Object(members) => members,
            _ => serde_json::Map::new(),
        },
        updated_at: columns.next()?,
        agents: columns.next()?,
    })
}

fn read_link(row: &Row<'_>) -> Result<Link, Error> {
    let mut columns = row.columns_from(0);
    Ok(Link {
        id: columns.next()?,
        department: columns.next()?,
        department_name: columns.next()?,
        department_enabled: columns.next()?,
        agent: columns.next()?,
        username: columns.next()?,
        assigned: columns.next()?,
        place: columns.next()?,
        updated_at: columns.next()?,
    })
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
