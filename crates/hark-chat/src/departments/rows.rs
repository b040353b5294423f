use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::{Department, Link, MOST, MOST_AGENTS, Placement};
use hark_model::units::DEPARTMENTS_OF;

const LINKS_JOINED: &str = sql!(
    "SELECT ",
    Link::COLUMNS,
    " FROM department_agent AS link
        JOIN department ON department.id = link.department_id
        JOIN account ON account.id = link.account_id"
);

statements! {
    /// Primary key.
    FIND = sql!("SELECT ", Department::COLUMNS, " FROM department WHERE id = $1");
    /// A small table. Whose id it is goes before whose name it is.
    FIND_BY_ID_OR_NAME = sql!("SELECT ", Department::COLUMNS, " FROM department WHERE id = $1 OR name = $1
        ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END, id LIMIT 1");
    /// A small table.
    EVERY = sql!("SELECT ", Department::COLUMNS, " FROM department WHERE $2 = '' OR department.id IN ", DEPARTMENTS_OF, "$2)
        ORDER BY name, id LIMIT $1");
    COUNT = "SELECT count(*) FROM department";
    LONGEST_PATIENCE = "SELECT coalesce(max(patience), 0) FROM department";
    /// Primary key. Two changes of one department take turns.
    LOCK = "SELECT id FROM department WHERE id = $1",
        postgres = "SELECT id FROM department WHERE id = $1 FOR UPDATE";
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
    LINKS = sql!(LINKS_JOINED, " WHERE link.department_id = $1
        ORDER BY account.username_key LIMIT $2");
    LINK = sql!(LINKS_JOINED, " WHERE link.department_id = $1 AND link.account_id = $2");
    /// department_agent_by_account.
    LINKS_OF_AGENT = sql!(LINKS_JOINED, " WHERE link.account_id = $1
        ORDER BY department.name, department.id LIMIT $2");

    /// room_open, or room_by_department.
    LEAVE_OPEN_ROOMS = "UPDATE room SET department_id = NULL, updated_at = $2
        WHERE department_id = $1 AND open AND kind = 'l' RETURNING id";
    /// inquiry_by_department.
    LEAVE_INQUIRIES = "UPDATE inquiry SET department_id = NULL, updated_at = $2
        WHERE status IN ('ready', 'queued', 'taken') AND department_id = $1";
    /// room_by_department.
    LEAVE_ROOMS = "UPDATE room SET department_id = NULL WHERE id IN
        (SELECT id FROM room WHERE department_id = $1 ORDER BY created_at, id LIMIT $2) RETURNING id";
}

writes! {
    pub(super) fn put(department: &Department) put department {
        id = &department.id,
        name = &department.name,
        description = &department.description,
        email = &department.email,
        enabled = department.enabled,
        archived = department.archived,
        show_on_registration = department.show_on_registration,
        show_on_offline_form = department.show_on_offline_form,
        tag_before_closing = department.tag_before_closing,
        closing_tags = &department.closing_tags,
        offline_channel = &department.offline_channel,
        fallback_id = &department.fallback,
        forward_to = &department.forward_to,
        receive_forward_offline = department.receive_forward_offline,
        business_hour_id = &department.business_hour,
        most_chats = department.most_chats,
        waiting_message = &department.waiting_message,
        patience = department.patience,
        abandoned_comment = &department.abandoned_comment,
        extra = &department.extra,
        updated_at = department.updated_at,
    };
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Department>> {
    view.record(&FIND, params![id])
}

/// Clients name a department by its id or by its name.
pub fn find_by_id_or_name(view: &mut View<'_>, id_or_name: &str) -> Result<Option<Department>> {
    view.record(&FIND_BY_ID_OR_NAME, params![id_or_name])
}

pub(super) fn every(view: &mut View<'_>, monitor: Option<&str>) -> Result<Vec<Department>> {
    view.records(&EVERY, params![MOST, monitor.unwrap_or_default()])
}

pub(super) fn count(view: &mut View<'_>) -> Result<i64> {
    view.number(&COUNT, params![])
}

/// The longest time, in seconds, that a department gives its visitors; 0 where none has one of its own.
pub fn longest_patience(view: &mut View<'_>) -> Result<i64> {
    view.number(&LONGEST_PATIENCE, params![])
}

pub(super) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    tx.query(&LOCK, params![id], |_| Ok(())).map(drop)
}

pub(super) fn delete(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&DELETE, params![id])
}

/// The id of the link, which is the one offered when there was none before.
pub(super) fn place(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    department: &str,
    placement: &Placement,
) -> Result<Option<String>> {
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

pub(super) fn displace(tx: &mut Tx<'_>, department: &str, agent: &str) -> Result<()> {
    tx.execute(&DISPLACE, params![department, agent])
}

/// Who answers in a department, by user name.
pub fn links(view: &mut View<'_>, department: &str) -> Result<Vec<Link>> {
    view.records(&LINKS, params![department, MOST_AGENTS])
}

pub(super) fn link(view: &mut View<'_>, department: &str, agent: &str) -> Result<Option<Link>> {
    view.record(&LINK, params![department, agent])
}

/// Where an agent answers, by the department's name.
pub fn links_of_agent(view: &mut View<'_>, agent: &str) -> Result<Vec<Link>> {
    view.records(&LINKS_OF_AGENT, params![agent, MOST])
}

/// Which rooms they were.
pub(super) fn leave_open_rooms(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<Vec<String>> {
    tx.change(&LEAVE_OPEN_ROOMS, params![id, now], |row| row.get(0))
}

pub(super) fn leave_inquiries(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<()> {
    tx.execute(&LEAVE_INQUIRIES, params![id, now])
}

pub(super) fn leave_rooms(tx: &mut Tx<'_>, id: &str, limit: i64) -> Result<Vec<String>> {
    tx.change(&LEAVE_ROOMS, params![id, limit], |row| row.get(0))
}
