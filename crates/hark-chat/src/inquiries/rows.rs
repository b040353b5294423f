use hark_store::{Error, Row, Statement, Timestamp, Tx, View, params, statements};

use super::{Inquiry, Order, Status};
use crate::accounts::Page;

macro_rules! inquiry_columns {
    () => {
        "inquiry.id, inquiry.room_id, inquiry.status, inquiry.department_id, inquiry.first_message,
        inquiry.default_agent_id,
        (SELECT username FROM account WHERE account.id = inquiry.default_agent_id),
        inquiry.priority_weight, inquiry.estimated_wait, inquiry.queued_at, inquiry.taken_at,
        inquiry.created_at, inquiry.updated_at"
    };
}

/// What an agent sees of the queue: what is for everyone, for his departments, for himself.
macro_rules! for_agent {
    () => {
        " WHERE inquiry.status = 'queued' AND (inquiry.department_id IS NULL OR inquiry.default_agent_id = $1
            OR inquiry.department_id IN (SELECT department_id FROM department_agent JOIN department ON department.id = department_id
                WHERE department_agent.account_id = $1 AND department.enabled))"
    };
}

statements! {
    /// Primary key.
    FIND = concat!("SELECT ", inquiry_columns!(), " FROM inquiry WHERE id = $1");
    /// inquiry_by_room.
    OF_ROOM = concat!("SELECT ", inquiry_columns!(), " FROM inquiry WHERE room_id = $1");
    INSERT = "INSERT INTO inquiry (id, room_id, status, department_id, first_message, default_agent_id,
            priority_weight, estimated_wait, queued_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, $9, $9)";
    /// Primary key.
    SAVE = "UPDATE inquiry SET status = $2, department_id = $3, default_agent_id = $4, queued_at = $5,
            taken_at = $6, priority_weight = $7, estimated_wait = $8, updated_at = $9
        WHERE id = $1";
    /// inquiry_by_room.
    REMOVE_OF_ROOM = "DELETE FROM inquiry WHERE room_id = $1";
    /// inquiry_by_time.
    FOR_AGENT = concat!("SELECT ", inquiry_columns!(), " FROM inquiry", for_agent!(), " ORDER BY created_at, id LIMIT $2 OFFSET $3");
    FOR_AGENT_DOWN = concat!("SELECT ", inquiry_columns!(), " FROM inquiry", for_agent!(), " ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3");
    /// inquiry_by_time, ordered anew: the queue is as long as people wait in it.
    FOR_AGENT_BY_PRIORITY = concat!("SELECT ", inquiry_columns!(), " FROM inquiry", for_agent!(), " ORDER BY priority_weight, created_at, id LIMIT $2 OFFSET $3");
    FOR_AGENT_BY_PROMISE = concat!("SELECT ", inquiry_columns!(), " FROM inquiry", for_agent!(), " ORDER BY estimated_wait, created_at, id LIMIT $2 OFFSET $3");
    COUNT_FOR_AGENT = concat!("SELECT count(*) FROM inquiry", for_agent!());
    /// inquiry_by_time.
    QUEUED = concat!("SELECT ", inquiry_columns!(), " FROM inquiry WHERE status = 'queued' ORDER BY created_at, id LIMIT $1 OFFSET $2");
    QUEUED_DOWN = concat!("SELECT ", inquiry_columns!(), " FROM inquiry WHERE status = 'queued' ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2");
    COUNT_QUEUED = "SELECT count(*) FROM inquiry WHERE status = 'queued'";
    /// inquiry_by_department.
    QUEUED_OF = concat!("SELECT ", inquiry_columns!(), " FROM inquiry WHERE status = 'queued' AND department_id = $3 ORDER BY created_at, id LIMIT $1 OFFSET $2");
    QUEUED_OF_DOWN = concat!("SELECT ", inquiry_columns!(), " FROM inquiry WHERE status = 'queued' AND department_id = $3 ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2");
    COUNT_QUEUED_OF = "SELECT count(*) FROM inquiry WHERE status = 'queued' AND department_id = $1";
    /// inquiry_by_time: who waits for an agent, the first first, of each queue.
    WAITING_BY_PRIORITY = concat!("SELECT ", inquiry_columns!(), " FROM inquiry WHERE status IN ('queued', 'ready') ORDER BY priority_weight, created_at, id LIMIT $1");
    WAITING_BY_PROMISE = concat!("SELECT ", inquiry_columns!(), " FROM inquiry WHERE status IN ('queued', 'ready') ORDER BY estimated_wait, created_at, id LIMIT $1");
    WAITING_BY_TIME = concat!("SELECT ", inquiry_columns!(), " FROM inquiry WHERE status IN ('queued', 'ready') ORDER BY created_at, id LIMIT $1");
    /// inquiry_by_department: the same in one queue, ordered anew.
    WAITING_IN_DEPARTMENT = concat!("SELECT ", inquiry_columns!(), " FROM inquiry
        WHERE status IN ('queued', 'ready') AND department_id = $3
        ORDER BY CASE $2 WHEN 'priority' THEN priority_weight WHEN 'promise' THEN estimated_wait ELSE 0 END, created_at, id LIMIT $1");
    WAITING_IN_PUBLIC = concat!("SELECT ", inquiry_columns!(), " FROM inquiry
        WHERE status IN ('queued', 'ready') AND department_id IS NULL
        ORDER BY CASE $2 WHEN 'priority' THEN priority_weight WHEN 'promise' THEN estimated_wait ELSE 0 END, created_at, id LIMIT $1");
    /// inquiry_by_department or inquiry_by_time: how many stand before this one.
    BEFORE_IN_DEPARTMENT = "SELECT count(*) FROM inquiry WHERE status = 'queued' AND department_id = $1
        AND (CASE $2 WHEN 'priority' THEN priority_weight WHEN 'promise' THEN estimated_wait ELSE 0 END < $3
            OR (CASE $2 WHEN 'priority' THEN priority_weight WHEN 'promise' THEN estimated_wait ELSE 0 END = $3
                AND (created_at < $4 OR (created_at = $4 AND id < $5))))";
    BEFORE_IN_PUBLIC = "SELECT count(*) FROM inquiry WHERE status = 'queued' AND department_id IS NULL
        AND (CASE $1 WHEN 'priority' THEN priority_weight WHEN 'promise' THEN estimated_wait ELSE 0 END < $2
            OR (CASE $1 WHEN 'priority' THEN priority_weight WHEN 'promise' THEN estimated_wait ELSE 0 END = $2
                AND (created_at < $3 OR (created_at = $3 AND id < $4))))";
}

pub(crate) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Inquiry>, Error> {
    view.one(&FIND, params![id], read)
}

pub(crate) fn of_room(view: &mut View<'_>, room: &str) -> Result<Option<Inquiry>, Error> {
    view.one(&OF_ROOM, params![room], read)
}

pub(crate) fn insert(tx: &mut Tx<'_>, inquiry: &Inquiry) -> Result<u64, Error> {
    tx.execute(
        &INSERT,
        params![
            &inquiry.id,
            &inquiry.room,
            inquiry.status.as_str(),
            inquiry.department.as_deref(),
            inquiry.default_agent.as_deref(),
            inquiry.priority_weight,
            inquiry.estimated_wait,
            inquiry.queued_at,
            inquiry.created_at,
        ],
    )
}

pub(crate) fn save(tx: &mut Tx<'_>, now: Timestamp, inquiry: &Inquiry) -> Result<u64, Error> {
    tx.execute(
        &SAVE,
        params![
            &inquiry.id,
            inquiry.status.as_str(),
            inquiry.department.as_deref(),
            inquiry.default_agent.as_deref(),
            inquiry.queued_at,
            inquiry.taken_at,
            inquiry.priority_weight,
            inquiry.estimated_wait,
            now,
        ],
    )
}

pub(crate) fn remove_of_room(tx: &mut Tx<'_>, room: &str) -> Result<u64, Error> {
    tx.execute(&REMOVE_OF_ROOM, params![room])
}

pub(crate) fn for_agent(
    view: &mut View<'_>,
    agent: &str,
    order: Order,
    descending: bool,
    page: Page,
) -> Result<(Vec<Inquiry>, i64), Error> {
    let statement: &'static Statement = match (order, descending) {
        (_, true) => &FOR_AGENT_DOWN,
        (Order::Time, false) => &FOR_AGENT,
        (Order::Priority, false) => &FOR_AGENT_BY_PRIORITY,
        (Order::Promise, false) => &FOR_AGENT_BY_PROMISE,
    };
    let found = view.query(statement, params![agent, page.limit, page.offset], read)?;
    Ok((found, view.number(&COUNT_FOR_AGENT, params![agent])?))
}

pub(crate) fn queued(
    view: &mut View<'_>,
    department: Option<&str>,
    descending: bool,
    page: Page,
) -> Result<(Vec<Inquiry>, i64), Error> {
    let (limit, offset) = (page.limit, page.offset);
    let Some(department) = department else {
        let statement = if descending { &QUEUED_DOWN } else { &QUEUED };
        let found = view.query(statement, params![limit, offset], read)?;
        return Ok((found, view.number(&COUNT_QUEUED, params![])?));
    };
    let statement = if descending {
        &QUEUED_OF_DOWN
    } else {
        &QUEUED_OF
    };
    let found = view.query(statement, params![limit, offset, department], read)?;
    Ok((found, view.number(&COUNT_QUEUED_OF, params![department])?))
}

pub(crate) fn waiting_in(
    view: &mut View<'_>,
    order: Order,
    department: Option<&str>,
    limit: i64,
) -> Result<Vec<Inquiry>, Error> {
    let order = order.word();
    match department {
        Some(department) => {
            let params = params![limit, order, department];
            view.query(&WAITING_IN_DEPARTMENT, params, read)
        }
        None => view.query(&WAITING_IN_PUBLIC, params![limit, order], read),
    }
}

/// Those who wait for an agent, the first first.
pub(crate) fn waiting(
    view: &mut View<'_>,
    order: Order,
    limit: i64,
) -> Result<Vec<Inquiry>, Error> {
    let statement = match order {
        Order::Time => &WAITING_BY_TIME,
        Order::Priority => &WAITING_BY_PRIORITY,
        Order::Promise => &WAITING_BY_PROMISE,
    };
    view.query(statement, params![limit], read)
}

pub(crate) fn count_before(
    view: &mut View<'_>,
    inquiry: &Inquiry,
    order: Order,
) -> Result<i64, Error> {
    let rank = match order {
        Order::Time => 0,
        Order::Priority => inquiry.priority_weight,
        Order::Promise => inquiry.estimated_wait,
    };
    let by = order.word();
    let (at, id) = (inquiry.created_at, &inquiry.id);
    match &inquiry.department {
        Some(department) => {
            view.number(&BEFORE_IN_DEPARTMENT, params![department, by, rank, at, id])
        }
        None => view.number(&BEFORE_IN_PUBLIC, params![by, rank, at, id]),
    }
}

fn read(row: &Row<'_>) -> Result<Inquiry, Error> {
    let mut columns = row.columns_from(0);
    Ok(Inquiry {
        id: columns.next()?,
        room: columns.next()?,
        status: Status::of(&columns.next::<String>()?),
        department: columns.next()?,
        first_message: columns.next()?,
        default_agent: columns.next()?,
        default_agent_username: columns.next()?,
        priority_weight: columns.next()?,
        estimated_wait: columns.next()?,
        queued_at: columns.next()?,
        taken_at: columns.next()?,
        created_at: columns.next()?,
        updated_at: columns.next()?,
    })
}
