use hark_store::{Record, Result, Statement, Timestamp, Tx, View, params, sql, statements, writes};

use super::{Inquiry, Order};
use hark_model::Page;

/// What an agent sees of the queue: what is for everyone, for their departments, for themselves.
macro_rules! for_agent {
    () => {
        " WHERE inquiry.status = 'queued' AND (inquiry.department_id IS NULL OR inquiry.default_agent_id = $1
            OR inquiry.department_id IN (SELECT department_id FROM department_agent JOIN department ON department.id = department_id
                WHERE department_agent.account_id = $1 AND department.enabled))"
    };
}

statements! {
    /// Primary key.
    FIND = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE id = $1");
    /// inquiry_by_room.
    OF_ROOM = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE room_id = $1");
    /// inquiry_by_room.
    REMOVE_OF_ROOM = "DELETE FROM inquiry WHERE room_id = $1";
    /// inquiry_by_time.
    FOR_AGENT = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry", for_agent!(), " ORDER BY created_at, id LIMIT $2 OFFSET $3");
    FOR_AGENT_DOWN = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry", for_agent!(), " ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3");
    /// inquiry_by_time, ordered anew: the queue is as long as people wait in it.
    FOR_AGENT_BY_PRIORITY = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry", for_agent!(), " ORDER BY priority_weight, created_at, id LIMIT $2 OFFSET $3");
    FOR_AGENT_BY_PROMISE = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry", for_agent!(), " ORDER BY estimated_wait, created_at, id LIMIT $2 OFFSET $3");
    COUNT_FOR_AGENT = concat!("SELECT count(*) FROM inquiry", for_agent!());
    /// inquiry_by_time.
    QUEUED = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE status = 'queued' ORDER BY created_at, id LIMIT $1 OFFSET $2");
    QUEUED_DOWN = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE status = 'queued' ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2");
    COUNT_QUEUED = "SELECT count(*) FROM inquiry WHERE status = 'queued'";
    /// inquiry_by_department.
    QUEUED_OF = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE status = 'queued' AND department_id = $3 ORDER BY created_at, id LIMIT $1 OFFSET $2");
    QUEUED_OF_DOWN = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE status = 'queued' AND department_id = $3 ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2");
    COUNT_QUEUED_OF = "SELECT count(*) FROM inquiry WHERE status = 'queued' AND department_id = $1";
    /// inquiry_by_time: who waits for an agent, the first first, of each queue.
    WAITING_BY_PRIORITY = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE status IN ('queued', 'ready') ORDER BY priority_weight, created_at, id LIMIT $1");
    WAITING_BY_PROMISE = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE status IN ('queued', 'ready') ORDER BY estimated_wait, created_at, id LIMIT $1");
    WAITING_BY_TIME = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE status IN ('queued', 'ready') ORDER BY created_at, id LIMIT $1");
    /// inquiry_by_department: the same in one queue, ordered anew.
    WAITING_IN_DEPARTMENT = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry
        WHERE status IN ('queued', 'ready') AND department_id = $3
        ORDER BY CASE $2 WHEN 'priority' THEN priority_weight WHEN 'promise' THEN estimated_wait ELSE 0 END, created_at, id LIMIT $1");
    WAITING_IN_PUBLIC = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry
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

writes! {
    pub fn insert(inquiry: &Inquiry) insert inquiry {
        id = &inquiry.id,
        room_id = &inquiry.room,
        status = &inquiry.status,
        department_id = &inquiry.department,
        first_message = "",
        default_agent_id = &inquiry.default_agent,
        priority_weight = inquiry.priority_weight,
        estimated_wait = inquiry.estimated_wait,
        queued_at = inquiry.queued_at,
        created_at = inquiry.created_at,
        updated_at = inquiry.created_at,
    };
    /// Primary key.
    pub fn save(now: Timestamp, inquiry: &Inquiry) update inquiry {
        id = &inquiry.id,
        status = &inquiry.status,
        department_id = &inquiry.department,
        default_agent_id = &inquiry.default_agent,
        queued_at = inquiry.queued_at,
        taken_at = inquiry.taken_at,
        priority_weight = inquiry.priority_weight,
        estimated_wait = inquiry.estimated_wait,
        updated_at = now,
    };
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Inquiry>> {
    view.record(&FIND, params![id])
}

pub fn of_room(view: &mut View<'_>, room: &str) -> Result<Option<Inquiry>> {
    view.record(&OF_ROOM, params![room])
}

pub(crate) fn remove_of_room(tx: &mut Tx<'_>, room: &str) -> Result<u64> {
    tx.changed(&REMOVE_OF_ROOM, params![room])
}

pub(crate) fn for_agent(
    view: &mut View<'_>,
    agent: &str,
    order: Order,
    descending: bool,
    page: Page,
) -> Result<(Vec<Inquiry>, i64)> {
    let statement: &'static Statement = match (order, descending) {
        (_, true) => &FOR_AGENT_DOWN,
        (Order::Time, false) => &FOR_AGENT,
        (Order::Priority, false) => &FOR_AGENT_BY_PRIORITY,
        (Order::Promise, false) => &FOR_AGENT_BY_PROMISE,
    };
    let found = view.records(statement, params![agent, page.limit, page.offset])?;
    Ok((found, view.number(&COUNT_FOR_AGENT, params![agent])?))
}

/// The whole queue, or that of a department.
pub fn queued(
    view: &mut View<'_>,
    department: Option<&str>,
    descending: bool,
    page: Page,
) -> Result<(Vec<Inquiry>, i64)> {
    let (limit, offset) = (page.limit, page.offset);
    let Some(department) = department else {
        let statement = if descending { &QUEUED_DOWN } else { &QUEUED };
        let found = view.records(statement, params![limit, offset])?;
        return Ok((found, view.number(&COUNT_QUEUED, params![])?));
    };
    let statement = if descending {
        &QUEUED_OF_DOWN
    } else {
        &QUEUED_OF
    };
    let found = view.records(statement, params![limit, offset, department])?;
    Ok((found, view.number(&COUNT_QUEUED_OF, params![department])?))
}

pub(crate) fn waiting_in(
    view: &mut View<'_>,
    order: Order,
    department: Option<&str>,
    limit: i64,
) -> Result<Vec<Inquiry>> {
    let order = order.word();
    match department {
        Some(department) => {
            let params = params![limit, order, department];
            view.records(&WAITING_IN_DEPARTMENT, params)
        }
        None => view.records(&WAITING_IN_PUBLIC, params![limit, order]),
    }
}

/// Those who wait for an agent, the first first.
pub fn waiting(view: &mut View<'_>, order: Order, limit: i64) -> Result<Vec<Inquiry>> {
    let statement = match order {
        Order::Time => &WAITING_BY_TIME,
        Order::Priority => &WAITING_BY_PRIORITY,
        Order::Promise => &WAITING_BY_PROMISE,
    };
    view.records(statement, params![limit])
}

pub(crate) fn count_before(view: &mut View<'_>, inquiry: &Inquiry, order: Order) -> Result<i64> {
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
