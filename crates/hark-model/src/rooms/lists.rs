//! Lists of chats: what may be asked of one, which index leads to it, and its totals.

use hark_store::{Param, Record, Result, Statement, Timestamp, View, params, sql, statements};
use serde_json::Value;

use super::rows::FROM_ROOMS;
use super::{Filter, Load, Room, RoomSort};
use crate::Page;
use crate::text::{escape, key};
use crate::units::DEPARTMENTS_OF;

/// What a list may ask of a room beyond what its index is for: the parameters $1 to $10, with [`ENDED`].
const ASKED: &str = " AND ($1 = '' OR ($1 = 'served' AND room.open AND room.served_by IS NOT NULL AND NOT room.on_hold)
        OR ($1 = 'closed' AND NOT room.open AND NOT room.on_hold)
        OR ($1 = 'queued' AND room.open AND room.served_by IS NULL AND NOT room.on_hold)
        OR ($1 = 'on hold' AND room.on_hold))
    AND ($2 = '' OR replace($2, ',' || room.served_by || ',', '') <> $2)
    AND ($3 = '' OR lower(room.name) LIKE $3 ESCAPE '\\')
    AND ($4 = '' OR room.department_id = $4)
    AND room.created_at BETWEEN $5 AND $6
    AND (CAST($7 AS BIGINT) = 0 OR room.closed_at BETWEEN $8 AND $9)
    AND ($10 = '' OR (room.open AND room.served_by = $10) OR room.department_id IN ";

/// What a monitor may see is in their units, or they have it themselves.
const ENDED: &str = sql!(DEPARTMENTS_OF, "$10))");

/// A list in the order of an index.
macro_rules! list {
    ($where:literal, $by:literal, $way:literal, $page:literal) => {
        sql!(
            "SELECT ",
            Room::COLUMNS,
            FROM_ROOMS,
            "WHERE ",
            $where,
            ASKED,
            ENDED,
            " ORDER BY ",
            $by,
            $way,
            ", room.id",
            $way,
            " ",
            $page
        )
    };
}

/// A list in an order that is named by `$11`.
macro_rules! list_sorted {
    ($way:literal) => {
        sql!(
            "SELECT ", Room::COLUMNS, FROM_ROOMS, "WHERE room.kind = 'l'", ASKED, ENDED,
            " ORDER BY CASE $11 WHEN 'name' THEN lower(room.name) WHEN 'agent' THEN server.username
                WHEN 'department' THEN room.department_id ELSE '' END", $way,
            ", CASE $11 WHEN 'last message' THEN room.last_message_at WHEN 'messages' THEN room.messages
                WHEN 'open' THEN CASE WHEN room.open THEN 1 ELSE 0 END ELSE 0 END", $way,
            ", room.created_at", $way, ", room.id", $way, " LIMIT $12 OFFSET $13"
        )
    };
}

statements! {
    /// room_open_of_agent, then primary keys.
    LOADS = sql!("SELECT ", Load::COLUMNS, "
        FROM room JOIN account ON account.id = room.served_by LEFT JOIN department ON department.id = room.department_id
        WHERE room.open AND room.served_by IS NOT NULL AND ($1 = '' OR room.department_id IN ", DEPARTMENTS_OF, "$1))
        GROUP BY room.served_by, account.username, account.status, room.department_id, department.name
        ORDER BY count(*) DESC, account.username LIMIT 5000");
    /// room_by_created, backwards.
    SOURCES = sql!("SELECT source FROM room WHERE kind = 'l' AND ($1 = '' OR room.department_id IN ", DEPARTMENTS_OF, "$1))
        ORDER BY created_at DESC, id DESC LIMIT 1000");
    /// For the statements with a filter that follow. PostgreSQL's plan for any values takes each part
    /// of the filter for a narrow one, and sorts all chats of an agent for a page of them.
    PLAN_BY_VALUES = "SELECT 'custom'",
        postgres = "SELECT set_config('plan_cache_mode', 'force_custom_plan', TRUE)";
    /// room_by_created.
    LIST_ALL = list!("room.kind = 'l'", "room.created_at", "", "LIMIT $11 OFFSET $12");
    LIST_ALL_DOWN = list!("room.kind = 'l'", "room.created_at", " DESC", "LIMIT $11 OFFSET $12");
    /// room_open.
    LIST_OPEN = list!("room.open AND room.kind = 'l'", "room.created_at", "", "LIMIT $11 OFFSET $12");
    LIST_OPEN_DOWN = list!("room.open AND room.kind = 'l'", "room.created_at", " DESC", "LIMIT $11 OFFSET $12");
    /// room_by_closed.
    LIST_CLOSED = list!("room.closed_at IS NOT NULL", "room.closed_at", "", "LIMIT $11 OFFSET $12");
    LIST_CLOSED_DOWN = list!("room.closed_at IS NOT NULL", "room.closed_at", " DESC", "LIMIT $11 OFFSET $12");
    /// room_by_agent.
    LIST_OF_AGENT = list!("room.served_by = $11", "room.created_at", "", "LIMIT $12 OFFSET $13");
    LIST_OF_AGENT_DOWN = list!("room.served_by = $11", "room.created_at", " DESC", "LIMIT $12 OFFSET $13");
    /// room_by_department.
    LIST_OF_DEPARTMENT = list!("room.department_id = $11", "room.created_at", "", "LIMIT $12 OFFSET $13");
    LIST_OF_DEPARTMENT_DOWN = list!("room.department_id = $11", "room.created_at", " DESC", "LIMIT $12 OFFSET $13");
    /// room_by_visitor.
    LIST_OF_VISITOR = sql!("SELECT ", Room::COLUMNS, FROM_ROOMS,
        "WHERE room.visitor_id = $1 AND ($4 = '' OR (room.open AND room.served_by = $4) OR room.department_id IN ", DEPARTMENTS_OF, "$4))
        ORDER BY room.created_at DESC, room.id DESC LIMIT $2 OFFSET $3");
    COUNT_OF_VISITOR = sql!("SELECT count(*) FROM room
        WHERE room.visitor_id = $1 AND ($2 = '' OR (room.open AND room.served_by = $2) OR room.department_id IN ", DEPARTMENTS_OF, "$2))");
    /// visitor_by_contact, then room_by_visitor: the chats of the visitors of a contact that are over.
    ENDED_OF_PERSON = sql!("SELECT ", Room::COLUMNS, FROM_ROOMS,
        "WHERE room.visitor_id IN (SELECT id FROM visitor WHERE contact_id = $1 ORDER BY id LIMIT $3)
            AND room.closed_at IS NOT NULL
            AND ($4 = '' OR (room.open AND room.served_by = $4) OR room.department_id IN ", DEPARTMENTS_OF, "$4))
        ORDER BY room.created_at DESC, room.id DESC LIMIT $2");
    /// Primary key of visitor_contact, from the end, then room_by_visitor: the chats of the latest
    /// visitors who have given an address or a number.
    LIST_OF_CONTACT = sql!("SELECT ", Room::COLUMNS, FROM_ROOMS,
        "WHERE room.visitor_id IN (SELECT visitor_id FROM visitor_contact
                WHERE kind = $1 AND value_key = $2 ORDER BY visitor_id DESC LIMIT $3)
            ORDER BY room.created_at DESC, room.id DESC LIMIT $3");
    /// Primary key: those of some chats that answer.
    THOSE = sql!("SELECT ", Room::COLUMNS, FROM_ROOMS, "WHERE room.id IN (SELECT value FROM json_each($11)) AND room.kind = 'l'", ASKED, ENDED),
        postgres = sql!("SELECT ", Room::COLUMNS, FROM_ROOMS, "WHERE room.id IN (
            SELECT value FROM json_array_elements_text(CAST(CAST($11 AS TEXT) AS JSON))) AND room.kind = 'l'", ASKED, ENDED);
    /// room_by_created, in the order of a sort for which there is no index: all that answer are looked at.
    LIST_SORTED = list_sorted!("");
    LIST_SORTED_DOWN = list_sorted!(" DESC");
    /// room_by_created: all that may answer are looked at.
    COUNT_ALL = sql!("SELECT count(*) FROM room WHERE room.kind = 'l'", ASKED, ENDED);
    /// room_open.
    COUNT_OPEN = sql!("SELECT count(*) FROM room WHERE room.open AND room.kind = 'l'", ASKED, ENDED);
    /// room_open.
    ALL_OPEN = "SELECT count(*) FROM room WHERE open AND kind = 'l'";
    /// room_by_agent.
    COUNT_OF_AGENT = sql!("SELECT count(*) FROM room WHERE room.served_by = $11", ASKED, ENDED);
    /// room_by_department.
    COUNT_OF_DEPARTMENT = sql!("SELECT count(*) FROM room WHERE room.department_id = $11", ASKED, ENDED);
}

/// How many chats go on.
pub fn all_open(view: &mut View<'_>) -> Result<i64> {
    view.number(&ALL_OPEN, params![])
}

/// Who serves how many chats, the most first; for a monitor of those in their units.
pub fn loads(view: &mut View<'_>, monitor: Option<&str>) -> Result<Vec<Load>> {
    view.records(&LOADS, params![monitor.unwrap_or_default()])
}

/// Where the latest chats came from, each source once; for a monitor those in their units.
pub fn sources(view: &mut View<'_>, monitor: Option<&str>) -> Result<Vec<Value>> {
    let mut sources = Vec::new();
    for source in view.query(&SOURCES, params![monitor.unwrap_or_default()], |row| {
        row.get(0)
    })? {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(sources)
}

/// The parameters of [`ASKED`], kept alive beside the statement that takes them.
struct Asked {
    state: &'static str,
    agents: String,
    name: String,
    department: String,
    created: (Timestamp, Timestamp),
    closed: Option<(Timestamp, Timestamp)>,
    monitor: String,
}

impl Asked {
    fn of(filter: &Filter) -> Self {
        Self {
            state: filter.state.map_or("", |state| state.as_str()),
            agents: if filter.agents.is_empty() {
                String::new()
            } else {
                // Each between commas of its own, so that one's removal shows that it was there.
                format!(",{},", filter.agents.join(",,"))
            },
            name: if filter.name.is_empty() {
                String::new()
            } else {
                format!("%{}%", escape(&key(&filter.name)))
            },
            department: filter.department.clone().unwrap_or_default(),
            created: filter.created,
            closed: filter.closed,
            monitor: filter.monitor.clone().unwrap_or_default(),
        }
    }

    fn params(&self) -> Vec<Param<'_>> {
        let (from, to) = self.closed.unwrap_or_default();
        params![
            self.state,
            &self.agents,
            &self.name,
            &self.department,
            self.created.0,
            self.created.1,
            i64::from(self.closed.is_some()),
            from,
            to,
            &self.monitor,
        ]
        .to_vec()
    }
}

/// What leads to the rooms of a list: the narrowest index that knows them.
enum AccessPath<'f> {
    Agent(&'f str),
    Department(&'f str),
    Open,
    Closed,
    All,
}

impl Filter {
    fn access_path(&self) -> AccessPath<'_> {
        match (self.agents.as_slice(), &self.department, self.state) {
            // Rooms that wait or are served are few, no matter who serves them.
            (_, _, Some(state)) if state.is_open() => AccessPath::Open,
            ([agent], _, _) => AccessPath::Agent(agent),
            (_, Some(department), _) => AccessPath::Department(department),
            _ if self.closed.is_some() && self.sort == RoomSort::Closed => AccessPath::Closed,
            _ => AccessPath::All,
        }
    }
}

/// The rooms of a list without its total, for those who look closer at them themselves.
pub fn rooms_only(view: &mut View<'_>, filter: &Filter, page: Page) -> Result<Vec<Room>> {
    let asked = Asked::of(filter);
    let mut params = asked.params();
    let down = filter.descending;
    let pick =
        |up: &'static Statement, reversed: &'static Statement| if down { reversed } else { up };
    let by = match filter.sort {
        RoomSort::Created => None,
        RoomSort::Closed => None,
        RoomSort::Name => Some("name"),
        RoomSort::Agent => Some("agent"),
        RoomSort::Department => Some("department"),
        RoomSort::LastMessage => Some("last message"),
        RoomSort::Messages => Some("messages"),
        RoomSort::Open => Some("open"),
    };
    let statement = match (by, filter.access_path()) {
        (Some(by), _) => {
            params.push(by.into());
            pick(&LIST_SORTED, &LIST_SORTED_DOWN)
        }
        (None, _) if filter.sort == RoomSort::Closed => pick(&LIST_CLOSED, &LIST_CLOSED_DOWN),
        (None, AccessPath::Agent(agent)) => {
            params.push(agent.into());
            pick(&LIST_OF_AGENT, &LIST_OF_AGENT_DOWN)
        }
        (None, AccessPath::Department(department)) => {
            params.push(department.into());
            pick(&LIST_OF_DEPARTMENT, &LIST_OF_DEPARTMENT_DOWN)
        }
        (None, AccessPath::Open) => pick(&LIST_OPEN, &LIST_OPEN_DOWN),
        (None, AccessPath::Closed | AccessPath::All) => pick(&LIST_ALL, &LIST_ALL_DOWN),
    };
    params.push(page.limit.into());
    params.push(page.offset.into());
    plan_by_values(view)?;
    view.records(statement, &params)
}

/// Those of some chats that a filter admits, in any order.
pub fn those(view: &mut View<'_>, filter: &Filter, ids: &[String]) -> Result<Vec<Room>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let asked = Asked::of(filter);
    let mut params = asked.params();
    params.push(Param::json(ids));
    view.records(&THOSE, &params)
}

/// Until the end of this transaction. SQLite's plans do not depend on values.
fn plan_by_values(view: &mut View<'_>) -> Result<()> {
    view.query(&PLAN_BY_VALUES, params![], |_| Ok(())).map(drop)
}

/// Of those that a filter without a state admits, the open ones.
pub(crate) fn count_open(view: &mut View<'_>, filter: &Filter) -> Result<i64> {
    view.number(&COUNT_OPEN, &Asked::of(filter).params())
}

pub fn count(view: &mut View<'_>, filter: &Filter) -> Result<i64> {
    let asked = Asked::of(filter);
    let mut params = asked.params();
    let statement = match filter.access_path() {
        AccessPath::Agent(agent) => {
            params.push(agent.into());
            &COUNT_OF_AGENT
        }
        AccessPath::Department(department) => {
            params.push(department.into());
            &COUNT_OF_DEPARTMENT
        }
        AccessPath::Open => &COUNT_OPEN,
        AccessPath::Closed | AccessPath::All => &COUNT_ALL,
    };
    view.number(statement, &params)
}

/// The latest chats of those who have given an address (`email`) or a number (`phone`), newest
/// first. That they are one person is not said by this.
pub fn of_contact(view: &mut View<'_>, kind: &str, value: &str, limit: i64) -> Result<Vec<Room>> {
    view.records(&LIST_OF_CONTACT, params![kind, &key(value), limit])
}

/// All chats of a visitor, newest first; for a monitor those that they may see.
/// The chats that are over of all visitors of a contact, the latest first.
pub fn ended_of_person(
    view: &mut View<'_>,
    contact: &str,
    visitors: i64,
    monitor: Option<&str>,
    most: i64,
) -> Result<Vec<Room>> {
    let monitor = monitor.unwrap_or_default();
    view.records(&ENDED_OF_PERSON, params![contact, most, visitors, monitor])
}

pub fn of_visitor(
    view: &mut View<'_>,
    visitor: &str,
    monitor: Option<&str>,
    page: Page,
) -> Result<(Vec<Room>, i64)> {
    let monitor = monitor.unwrap_or_default();
    let params = params![visitor, page.limit, page.offset, monitor];
    let rooms = view.records(&LIST_OF_VISITOR, params)?;
    let total = view.number(&COUNT_OF_VISITOR, params![visitor, monitor])?;
    Ok((rooms, total))
}
