use hark_store::{Record, Result, Statement, Timestamp, Tx, View, params, sql, statements, writes};

use super::{Inquiry, Order, Queue, Waiting};
use crate::units;
use hark_model::Page;
use hark_model::rooms::{Metrics, Room};
use hark_model::units::{DEPARTMENTS_OF, QUEUES_OF};

/// What an agent sees of the queue: what is for everyone, for their departments, for themselves.
const FOR_AGENT_WHERE: &str = sql!(
    " WHERE inquiry.status = 'queued' AND (inquiry.department_id IS NULL OR inquiry.default_agent_id = $1
        OR inquiry.department_id IN ",
    QUEUES_OF,
    "$1))"
);
/// In a department or in all, and of a monitor in their units; the first two parameters.
const ALL_WAITING: &str = sql!(
    " FROM inquiry WHERE status IN ('queued', 'ready') AND ($1 = '' OR department_id = $1)
        AND ($2 = '' OR department_id IN ",
    DEPARTMENTS_OF,
    "$2))"
);
const WAITING: &str = " FROM inquiry JOIN room ON room.id = inquiry.room_id WHERE inquiry.status IN ('queued', 'ready')";
const QUEUED_ROOMS: &str = " FROM inquiry JOIN room ON room.id = inquiry.room_id
    LEFT JOIN visitor ON visitor.id = room.visitor_id LEFT JOIN account AS server ON server.id = room.served_by
    WHERE inquiry.status = 'queued'";
/// All that wait, or of a monitor those in their units; the number of the parameter with their account follows.
const QUEUED_WITHIN: &str = sql!(
    " FROM inquiry WHERE status = 'queued' AND ($3 = '' OR department_id IN ",
    DEPARTMENTS_OF
);
const IN_ORDER: &str = " ORDER BY CASE $2 WHEN 'priority' THEN inquiry.priority_weight
    WHEN 'promise' THEN inquiry.estimated_wait ELSE 0 END, inquiry.created_at, inquiry.id LIMIT $1";

statements! {
    /// Primary key.
    FIND = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE id = $1");
    /// inquiry_by_room.
    OF_ROOM = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE room_id = $1");
    /// inquiry_by_room.
    REMOVE_OF_ROOM = "DELETE FROM inquiry WHERE room_id = $1";
    /// inquiry_by_time.
    FOR_AGENT = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry", FOR_AGENT_WHERE, " ORDER BY created_at, id LIMIT $2 OFFSET $3");
    FOR_AGENT_DOWN = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry", FOR_AGENT_WHERE, " ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3");
    /// inquiry_by_time, ordered anew: the queue is as long as people wait in it.
    FOR_AGENT_BY_PRIORITY = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry", FOR_AGENT_WHERE, " ORDER BY priority_weight, created_at, id LIMIT $2 OFFSET $3");
    FOR_AGENT_BY_PROMISE = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry", FOR_AGENT_WHERE, " ORDER BY estimated_wait, created_at, id LIMIT $2 OFFSET $3");
    COUNT_FOR_AGENT = sql!("SELECT count(*) FROM inquiry", FOR_AGENT_WHERE);
    /// inquiry_by_time.
    QUEUED = sql!("SELECT ", Inquiry::COLUMNS, QUEUED_WITHIN, "$3)) ORDER BY created_at, id LIMIT $1 OFFSET $2");
    QUEUED_DOWN = sql!("SELECT ", Inquiry::COLUMNS, QUEUED_WITHIN, "$3)) ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2");
    /// The same, ordered anew.
    QUEUED_IN_ORDER = sql!("SELECT ", Inquiry::COLUMNS, QUEUED_WITHIN, "$3))
        ORDER BY CASE $4 WHEN 'priority' THEN priority_weight WHEN 'promise' THEN estimated_wait ELSE 0 END, created_at, id LIMIT $1 OFFSET $2");
    COUNT_QUEUED = sql!("SELECT count(*) FROM inquiry WHERE status = 'queued' AND ($1 = '' OR department_id IN ", DEPARTMENTS_OF, "$1))");
    /// inquiry_by_department.
    QUEUED_OF = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE status = 'queued' AND department_id = $3 ORDER BY created_at, id LIMIT $1 OFFSET $2");
    QUEUED_OF_DOWN = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE status = 'queued' AND department_id = $3 ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2");
    /// inquiry_due, from the earliest on.
    LATE = "SELECT room_id FROM inquiry WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    /// inquiry_by_queued, from the earliest on.
    WAITING_SINCE = "SELECT room_id FROM inquiry WHERE queued_at <= $1 ORDER BY queued_at, id LIMIT $2";
    /// inquiry_by_department, ordered anew.
    QUEUED_OF_IN_ORDER = sql!("SELECT ", Inquiry::COLUMNS, " FROM inquiry WHERE status = 'queued' AND department_id = $3
        ORDER BY CASE $4 WHEN 'priority' THEN priority_weight WHEN 'promise' THEN estimated_wait ELSE 0 END, created_at, id LIMIT $1 OFFSET $2");
    /// inquiry_by_time, or inquiry_by_department: all that wait, ordered anew.
    WHO_WAITS = sql!("SELECT ", Inquiry::COLUMNS, ALL_WAITING, " ORDER BY coalesce(inquiry.queued_at, inquiry.created_at), inquiry.id LIMIT $3");
    QUEUE = sql!("SELECT ", Queue::COLUMNS, ALL_WAITING);
    COUNT_QUEUED_OF = "SELECT count(*) FROM inquiry WHERE status = 'queued' AND department_id = $1";
    /// inquiry_by_time, then the room's primary key: who waits for an agent, the first first, of each queue.
    WAITING_BY_PRIORITY = sql!("SELECT ", Waiting::COLUMNS, WAITING, " ORDER BY inquiry.priority_weight, inquiry.created_at, inquiry.id LIMIT $1");
    WAITING_BY_PROMISE = sql!("SELECT ", Waiting::COLUMNS, WAITING, " ORDER BY inquiry.estimated_wait, inquiry.created_at, inquiry.id LIMIT $1");
    WAITING_BY_TIME = sql!("SELECT ", Waiting::COLUMNS, WAITING, " ORDER BY inquiry.created_at, inquiry.id LIMIT $1");
    /// inquiry_by_department, then the room's primary key: the same in one queue, ordered anew.
    WAITING_IN_DEPARTMENT = sql!("SELECT ", Waiting::COLUMNS, WAITING, " AND inquiry.department_id = $3", IN_ORDER);
    WAITING_IN_PUBLIC = sql!("SELECT ", Waiting::COLUMNS, WAITING, " AND inquiry.department_id IS NULL", IN_ORDER);
    /// inquiry_by_department, then primary keys: the chats of one queue, ordered anew.
    ROOMS_IN_DEPARTMENT = sql!("SELECT ", Room::COLUMNS, QUEUED_ROOMS, " AND inquiry.department_id = $3", IN_ORDER);
    ROOMS_IN_PUBLIC = sql!("SELECT ", Room::COLUMNS, QUEUED_ROOMS, " AND inquiry.department_id IS NULL", IN_ORDER);
    /// room_by_department, backwards, and room_by_closed: how long the latest chats took.
    LATEST_TOOK_IN = "SELECT closed_at - created_at FROM room
        WHERE department_id = $1 AND closed_at IS NOT NULL AND served_by IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT $2";
    LATEST_TOOK = "SELECT closed_at - created_at FROM room
        WHERE closed_at IS NOT NULL AND served_by IS NOT NULL ORDER BY closed_at DESC, id DESC LIMIT $1";
    /// room_by_closed: how long each of the latest chats waited, among other things.
    LATEST_METRICS = "SELECT metrics FROM room
        WHERE closed_at IS NOT NULL AND served_by IS NOT NULL ORDER BY closed_at DESC, id DESC LIMIT $1";
    /// room_open_of_agent_in: as many as are open.
    COUNT_SERVED_IN = "SELECT count(*) FROM room WHERE open AND served_by IS NOT NULL AND NOT on_hold AND department_id = $1";
    COUNT_SERVED = "SELECT count(*) FROM room WHERE open AND served_by IS NOT NULL AND NOT on_hold";
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
        due_at = inquiry.due_at,
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

/// The rooms that were promised an agent by a moment, and have none.
pub fn late(view: &mut View<'_>, by: Timestamp, limit: i64) -> Result<Vec<String>> {
    view.query(&LATE, params![by, limit], |row| row.get(0))
}

/// The rooms that have waited for an agent since a moment or longer.
pub fn waiting_since(view: &mut View<'_>, before: Timestamp, limit: i64) -> Result<Vec<String>> {
    view.query(&WAITING_SINCE, params![before, limit], |row| row.get(0))
}

/// The queue of a department, in its order.
pub(super) fn queued_in_order(
    view: &mut View<'_>,
    department: &str,
    order: Order,
    page: Page,
) -> Result<(Vec<Inquiry>, i64)> {
    let params = params![page.limit, page.offset, department, order.word()];
    let found = view.records(&QUEUED_OF_IN_ORDER, params)?;
    Ok((found, view.number(&COUNT_QUEUED_OF, params![department])?))
}

/// What a monitor may take, in the order of the queue.
pub(super) fn queued_of_monitor(
    view: &mut View<'_>,
    monitor: &str,
    order: Order,
    page: Page,
) -> Result<(Vec<Inquiry>, i64)> {
    let params = params![page.limit, page.offset, monitor, order.word()];
    let found = view.records(&QUEUED_IN_ORDER, params)?;
    Ok((found, view.number(&COUNT_QUEUED, params![monitor])?))
}

/// The whole queue, or that of a department; of a monitor, that of their units.
pub fn queued(
    view: &mut View<'_>,
    department: Option<&str>,
    monitor: Option<&str>,
    descending: bool,
    page: Page,
) -> Result<(Vec<Inquiry>, i64)> {
    let (limit, offset) = (page.limit, page.offset);
    let Some(department) = department else {
        let statement = if descending { &QUEUED_DOWN } else { &QUEUED };
        let monitor = monitor.unwrap_or_default();
        let found = view.records(statement, params![limit, offset, monitor])?;
        return Ok((found, view.number(&COUNT_QUEUED, params![monitor])?));
    };
    if let Some(monitor) = monitor
        && !units::is_monitored(view, monitor, department)?
    {
        return Ok((Vec::new(), 0));
    }
    let statement = if descending {
        &QUEUED_OF_DOWN
    } else {
        &QUEUED_OF
    };
    let found = view.records(statement, params![limit, offset, department])?;
    Ok((found, view.number(&COUNT_QUEUED_OF, params![department])?))
}

/// Who waits for an agent now, the first first: those in the queue, and those for whom an agent is looked for.
pub fn who_waits(
    view: &mut View<'_>,
    department: Option<&str>,
    monitor: Option<&str>,
    limit: i64,
) -> Result<Vec<Inquiry>> {
    let (department, monitor) = (department.unwrap_or_default(), monitor.unwrap_or_default());
    view.records(&WHO_WAITS, params![department, monitor, limit])
}

/// How many they are.
pub fn queue(
    view: &mut View<'_>,
    department: Option<&str>,
    monitor: Option<&str>,
) -> Result<Queue> {
    let (department, monitor) = (department.unwrap_or_default(), monitor.unwrap_or_default());
    let queue = view.record(&QUEUE, params![department, monitor])?;
    Ok(queue.unwrap_or_default())
}

pub(super) fn waiting_in(
    view: &mut View<'_>,
    order: Order,
    department: Option<&str>,
    limit: i64,
) -> Result<Vec<Waiting>> {
    let order = order.word();
    match department {
        Some(department) => {
            let params = params![limit, order, department];
            view.records(&WAITING_IN_DEPARTMENT, params)
        }
        None => view.records(&WAITING_IN_PUBLIC, params![limit, order]),
    }
}

pub(super) fn rooms_in_order(
    view: &mut View<'_>,
    order: Order,
    department: Option<&str>,
    limit: i64,
) -> Result<Vec<Room>> {
    let order = order.word();
    match department {
        Some(department) => view.records(&ROOMS_IN_DEPARTMENT, params![limit, order, department]),
        None => view.records(&ROOMS_IN_PUBLIC, params![limit, order]),
    }
}

/// Those who wait for an agent, the first first.
pub(super) fn waiting(view: &mut View<'_>, order: Order, limit: i64) -> Result<Vec<Waiting>> {
    let statement = match order {
        Order::Time => &WAITING_BY_TIME,
        Order::Priority => &WAITING_BY_PRIORITY,
        Order::Promise => &WAITING_BY_PROMISE,
    };
    view.records(statement, params![limit])
}

/// How long each of the latest chats took that an agent had, in milliseconds.
pub(super) fn latest_took(
    view: &mut View<'_>,
    department: Option<&str>,
    count: i64,
) -> Result<Vec<i64>> {
    match department {
        Some(department) => {
            let params = params![department, count];
            view.query(&LATEST_TOOK_IN, params, |row| row.get(0))
        }
        None => view.query(&LATEST_TOOK, params![count], |row| row.get(0)),
    }
}

/// What was measured of the latest chats that an agent had.
pub(super) fn latest_metrics(view: &mut View<'_>, count: i64) -> Result<Vec<Metrics>> {
    view.query(&LATEST_METRICS, params![count], |row| row.get(0))
}

/// How many chats agents have at this moment.
pub(super) fn count_served(view: &mut View<'_>, department: Option<&str>) -> Result<i64> {
    match department {
        Some(department) => view.number(&COUNT_SERVED_IN, params![department]),
        None => view.number(&COUNT_SERVED, params![]),
    }
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
