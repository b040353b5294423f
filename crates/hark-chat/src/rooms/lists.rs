//! Lists of chats: what may be asked of one, which index leads to it, and its totals.

use hark_store::{Error, Statement, Timestamp, View, params, statements};
use serde_json::Value;

use super::rows::{from_rooms, read, room_columns};
use super::{Filter, Load, Room, RoomSort};
use crate::accounts::Page;
use crate::visitors::rows::{escape, key, visitor_columns};

/// What a list may ask of a room beyond what its index is for: the parameters $1 to $9.
macro_rules! asked {
    () => {
        " AND ($1 = '' OR ($1 = 'served' AND room.open AND room.served_by IS NOT NULL AND NOT room.on_hold)
            OR ($1 = 'closed' AND NOT room.open AND NOT room.on_hold)
            OR ($1 = 'queued' AND room.open AND room.served_by IS NULL AND NOT room.on_hold)
            OR ($1 = 'on hold' AND room.on_hold))
        AND ($2 = '' OR replace($2, ',' || room.served_by || ',', '') <> $2)
        AND ($3 = '' OR lower(room.name) LIKE $3 ESCAPE '\\')
        AND ($4 = '' OR room.department_id = $4)
        AND room.created_at BETWEEN $5 AND $6
        AND (CAST($7 AS BIGINT) = 0 OR room.closed_at BETWEEN $8 AND $9)"
    };
}

statements! {
    /// room_open_of_agent, then primary keys.
    LOADS = "SELECT room.served_by, account.username, account.status, room.department_id, department.name, count(*)
        FROM room JOIN account ON account.id = room.served_by LEFT JOIN department ON department.id = room.department_id
        WHERE room.open AND room.served_by IS NOT NULL
        GROUP BY room.served_by, account.username, account.status, room.department_id, department.name
        ORDER BY count(*) DESC, account.username LIMIT 5000";
    /// room_by_created, backwards.
    SOURCES = "SELECT source FROM room WHERE kind = 'l' ORDER BY created_at DESC, id DESC LIMIT 1000";
    /// For the statements with a filter that follow. PostgreSQL's plan for any values takes each part
    /// of the filter for a narrow one, and sorts all chats of an agent for a page of them.
    PLAN_BY_VALUES = "SELECT 'custom'",
        postgres = "SELECT set_config('plan_cache_mode', 'force_custom_plan', TRUE)";
    /// room_by_created.
    LIST_ALL = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.kind = 'l'", asked!(), " ORDER BY room.created_at, room.id LIMIT $10 OFFSET $11");
    LIST_ALL_DOWN = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.kind = 'l'", asked!(), " ORDER BY room.created_at DESC, room.id DESC LIMIT $10 OFFSET $11");
    /// room_open.
    LIST_OPEN = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.open AND room.kind = 'l'", asked!(), " ORDER BY room.created_at, room.id LIMIT $10 OFFSET $11");
    LIST_OPEN_DOWN = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.open AND room.kind = 'l'", asked!(), " ORDER BY room.created_at DESC, room.id DESC LIMIT $10 OFFSET $11");
    /// room_by_closed.
    LIST_CLOSED = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.closed_at IS NOT NULL", asked!(), " ORDER BY room.closed_at, room.id LIMIT $10 OFFSET $11");
    LIST_CLOSED_DOWN = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.closed_at IS NOT NULL", asked!(), " ORDER BY room.closed_at DESC, room.id DESC LIMIT $10 OFFSET $11");
    /// room_by_agent.
    LIST_OF_AGENT = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.served_by = $10", asked!(), " ORDER BY room.created_at, room.id LIMIT $11 OFFSET $12");
    LIST_OF_AGENT_DOWN = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.served_by = $10", asked!(), " ORDER BY room.created_at DESC, room.id DESC LIMIT $11 OFFSET $12");
    /// room_by_department.
    LIST_OF_DEPARTMENT = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.department_id = $10", asked!(), " ORDER BY room.created_at, room.id LIMIT $11 OFFSET $12");
    LIST_OF_DEPARTMENT_DOWN = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.department_id = $10", asked!(), " ORDER BY room.created_at DESC, room.id DESC LIMIT $11 OFFSET $12");
    /// room_by_visitor.
    LIST_OF_VISITOR = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.visitor_id = $1 ORDER BY room.created_at DESC, room.id DESC LIMIT $2 OFFSET $3");
    COUNT_OF_VISITOR = "SELECT count(*) FROM room WHERE visitor_id = $1";
    /// room_by_created, in the order of a sort for which there is no index: all that answer are looked at.
    LIST_SORTED = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.kind = 'l'", asked!(), " ORDER BY CASE $10 WHEN 'name' THEN lower(room.name) WHEN 'agent' THEN server.username
            WHEN 'department' THEN room.department_id ELSE '' END,
        CASE $10 WHEN 'last message' THEN room.last_message_at WHEN 'messages' THEN room.messages ELSE 0 END,
        room.created_at, room.id LIMIT $11 OFFSET $12");
    LIST_SORTED_DOWN = concat!("SELECT ", room_columns!(), from_rooms!(),
        "WHERE room.kind = 'l'", asked!(), " ORDER BY CASE $10 WHEN 'name' THEN lower(room.name) WHEN 'agent' THEN server.username
            WHEN 'department' THEN room.department_id ELSE '' END DESC,
        CASE $10 WHEN 'last message' THEN room.last_message_at WHEN 'messages' THEN room.messages ELSE 0 END DESC,
        room.created_at DESC, room.id DESC LIMIT $11 OFFSET $12");
    /// room_by_created: all that may answer are looked at.
    COUNT_ALL = concat!("SELECT count(*) FROM room WHERE room.kind = 'l'", asked!());
    /// room_open.
    COUNT_OPEN = concat!("SELECT count(*) FROM room WHERE room.open AND room.kind = 'l'", asked!());
    /// room_by_agent.
    COUNT_OF_AGENT = concat!("SELECT count(*) FROM room WHERE room.served_by = $10", asked!());
    /// room_by_department.
    COUNT_OF_DEPARTMENT = concat!("SELECT count(*) FROM room WHERE room.department_id = $10", asked!());
}

pub(crate) fn loads(view: &mut View<'_>) -> Result<Vec<Load>, Error> {
    view.query(&LOADS, params![], |row| {
        let mut columns = row.columns_from(0);
        Ok(Load {
            agent: columns.next()?,
            username: columns.next()?,
            status: columns.next()?,
            department: columns.next()?,
            department_name: columns.next()?,
            chats: columns.next()?,
        })
    })
}

pub(crate) fn sources(view: &mut View<'_>) -> Result<Vec<Value>, Error> {
    let mut sources = Vec::new();
    for source in view.query(&SOURCES, params![], |row| row.get(0))? {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(sources)
}

/// The parameters of [`asked!`], kept alive beside the statement that takes them.
struct Asked {
    state: &'static str,
    agents: String,
    name: String,
    department: String,
    created: (Timestamp, Timestamp),
    closed: Option<(Timestamp, Timestamp)>,
}

impl Asked {
    fn of(filter: &Filter) -> Self {
        Self {
            state: filter.state.map_or("", |state| state.as_str()),
            agents: match filter.agents.is_empty() {
                true => String::new(),
                // Each between commas of its own, so that one's removal shows that it was there.
                false => format!(",{},", filter.agents.join(",,")),
            },
            name: match filter.name.is_empty() {
                true => String::new(),
                false => format!("%{}%", escape(&key(&filter.name))),
            },
            department: filter.department.clone().unwrap_or_default(),
            created: filter.created,
            closed: filter.closed,
        }
    }

    fn params(&self) -> Vec<hark_store::Param<'_>> {
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
        ]
        .to_vec()
    }
}

/// What leads to the rooms of a list: the narrowest index that knows them.
enum Lead<'f> {
    Agent(&'f str),
    Department(&'f str),
    Open,
    Closed,
    All,
}

impl Filter {
    fn lead(&self) -> Lead<'_> {
        match (self.agents.as_slice(), &self.department, self.state) {
            // Rooms that wait or are served are few, whoever serves them.
            (_, _, Some(state)) if state.is_open() => Lead::Open,
            ([agent], _, _) => Lead::Agent(agent),
            (_, Some(department), _) => Lead::Department(department),
            _ if self.closed.is_some() && self.sort == RoomSort::Closed => Lead::Closed,
            _ => Lead::All,
        }
    }
}

pub(crate) fn list(view: &mut View<'_>, filter: &Filter, page: Page) -> Result<Vec<Room>, Error> {
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
    };
    let statement = match (by, filter.lead()) {
        (Some(by), _) => {
            params.push(by.into());
            pick(&LIST_SORTED, &LIST_SORTED_DOWN)
        }
        (None, _) if filter.sort == RoomSort::Closed => pick(&LIST_CLOSED, &LIST_CLOSED_DOWN),
        (None, Lead::Agent(agent)) => {
            params.push(agent.into());
            pick(&LIST_OF_AGENT, &LIST_OF_AGENT_DOWN)
        }
        (None, Lead::Department(department)) => {
            params.push(department.into());
            pick(&LIST_OF_DEPARTMENT, &LIST_OF_DEPARTMENT_DOWN)
        }
        (None, Lead::Open) => pick(&LIST_OPEN, &LIST_OPEN_DOWN),
        (None, Lead::Closed | Lead::All) => pick(&LIST_ALL, &LIST_ALL_DOWN),
    };
    params.push(page.limit.into());
    params.push(page.offset.into());
    plan_by_values(view)?;
    view.query(statement, &params, read)
}

/// Until the end of this transaction. SQLite's plans do not depend on values.
fn plan_by_values(view: &mut View<'_>) -> Result<(), Error> {
    view.query(&PLAN_BY_VALUES, params![], |_| Ok(())).map(drop)
}

/// Of those that a filter without a state admits, the open ones.
pub(crate) fn count_open(view: &mut View<'_>, filter: &Filter) -> Result<i64, Error> {
    view.number(&COUNT_OPEN, &Asked::of(filter).params())
}

pub(crate) fn count(view: &mut View<'_>, filter: &Filter) -> Result<i64, Error> {
    let asked = Asked::of(filter);
    let mut params = asked.params();
    let statement = match filter.lead() {
        Lead::Agent(agent) => {
            params.push(agent.into());
            &COUNT_OF_AGENT
        }
        Lead::Department(department) => {
            params.push(department.into());
            &COUNT_OF_DEPARTMENT
        }
        Lead::Open => &COUNT_OPEN,
        Lead::Closed | Lead::All => &COUNT_ALL,
    };
    view.number(statement, &params)
}

pub(crate) fn of_visitor(
    view: &mut View<'_>,
    visitor: &str,
    page: Page,
) -> Result<(Vec<Room>, i64), Error> {
    let rooms = view.query(
        &LIST_OF_VISITOR,
        params![visitor, page.limit, page.offset],
        read,
    )?;
    let total = view.number(&COUNT_OF_VISITOR, params![visitor])?;
    Ok((rooms, total))
}
