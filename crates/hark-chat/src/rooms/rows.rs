use hark_store::{Columns, Error, Row, Statement, Timestamp, Tx, View, params, statements};
use serde_json::{Value, json};

use super::{Closing, Filter, Kind, Load, Person, Room, RoomSort, ServedBy};
use crate::accounts::Page;
use crate::visitors::rows as visitors;
use crate::visitors::rows::{escape, key, members, texts, visitor_columns};

/// The columns that [`read`] reads: the room, who serves it, and its visitor.
macro_rules! room_columns {
    () => {
        concat!(
            "room.id, room.kind, room.name, room.topic, room.people, room.visitor_status, room.department_id,
            room.open, room.on_hold, room.served_by, room.served_at, server.username, server.name,
            server.custom_fields,
            (SELECT address FROM account_email WHERE account_id = room.served_by ORDER BY place LIMIT 1),
            room.response_by, room.waiting_response, room.source, room.tags, room.custom, room.metrics,
            room.priority_id, room.priority_weight, room.sla_id, room.estimated_wait,
            room.transcript_request, room.survey, room.crm_data, room.messages, room.people_count,
            room.last_message_at, room.last_message_id, room.visitor_last_message_at,
            room.visitor_silent_since, room.queued_at, room.closed_at, room.closer, room.closed_by,
            room.created_at, room.updated_at, ",
            visitor_columns!()
        )
    };
}

macro_rules! from_rooms {
    () => {
        " FROM room LEFT JOIN visitor ON visitor.id = room.visitor_id
        LEFT JOIN account AS server ON server.id = room.served_by "
    };
}

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
    /// Primary keys.
    FIND = concat!("SELECT ", room_columns!(), from_rooms!(), "WHERE room.id = $1");
    /// Primary keys. Whatever changes a room comes through here first.
    LOCK = concat!("SELECT ", room_columns!(), from_rooms!(), "WHERE room.id = $1"),
        postgres = concat!("SELECT ", room_columns!(), from_rooms!(), "WHERE room.id = $1 FOR UPDATE OF room");
    /// room_open_of_visitor.
    OPEN_OF_VISITOR = "SELECT id FROM room WHERE visitor_id = $1 AND open";
    /// room_by_visitor.
    ALL_OF_VISITOR = "SELECT id FROM room WHERE visitor_id = $1 ORDER BY id LIMIT $2";
    /// room_open_of_agent.
    OPEN_OF_AGENT = "SELECT id FROM room WHERE served_by = $1 AND open ORDER BY id LIMIT $2";
    /// room_open: all that are open are looked at.
    SILENT = "SELECT id FROM room WHERE open AND kind = 'l' AND visitor_silent_since <= $1 ORDER BY created_at, id LIMIT $2";
    /// room_by_channel.
    FIND_CHANNEL = "SELECT id FROM room WHERE kind = 'c' AND name = $1";
    /// subscription_by_account, then primary keys.
    OF_ACCOUNT = concat!("SELECT ", room_columns!(), " FROM subscription JOIN room ON room.id = subscription.room_id
            LEFT JOIN visitor ON visitor.id = room.visitor_id
            LEFT JOIN account AS server ON server.id = room.served_by
        WHERE subscription.account_id = $1 AND subscription.updated_at > $2
        ORDER BY subscription.updated_at DESC, subscription.id LIMIT $3");
    /// room_by_closed, from the oldest on.
    CLOSED = "SELECT id FROM room WHERE closed_at <= $1 ORDER BY closed_at, id LIMIT $2";
    /// room_by_department.
    CLOSED_OF_DEPARTMENT = "SELECT id FROM room WHERE department_id = $3 AND closed_at <= $1 ORDER BY created_at, id LIMIT $2";
    /// room_by_people.
    FIND_DIRECT = "SELECT id FROM room WHERE people = $1";
    INSERT = "INSERT INTO room (id, kind, name, people, visitor_id, visitor_status, department_id, open, on_hold,
            waiting_response, source, tags, custom, metrics, priority_weight, estimated_wait, messages,
            people_count, last_message_at, queued_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '[]', '{}', '{}', $12, $13, 0, $14, $15, $16, $15, $15)
        ON CONFLICT DO NOTHING";
    /// Primary key. What changes when a room passes from hand to hand.
    SAVE = "UPDATE room SET name = $2, topic = $3, department_id = $4, open = $5, on_hold = $6, served_by = $7,
            served_at = $8, response_by = $9, waiting_response = $10, tags = $11, custom = $12, metrics = $13,
            transcript_request = $14, survey = $15, people_count = $16, queued_at = $17, closed_at = $18,
            closer = $19, closed_by = $20, visitor_status = $21, visitor_silent_since = $22, updated_at = $23,
            priority_id = $24, priority_weight = $25, sla_id = $26, estimated_wait = $27
        WHERE id = $1";
    /// Primary key. No index speaks of these.
    NOTE_MESSAGE = "UPDATE room SET messages = messages + $2, last_message_at = $3, last_message_id = coalesce($4, last_message_id),
            visitor_last_message_at = $5, waiting_response = $6, response_by = $7, metrics = $8, visitor_silent_since = $9,
            updated_at = $3
        WHERE id = $1";
    SET_LAST_MESSAGE = "UPDATE room SET last_message_id = $2 WHERE id = $1";
    COUNT_MESSAGES = "UPDATE room SET messages = messages + $2, updated_at = $3 WHERE id = $1";
    CALL_IT = "UPDATE room SET name = $2, updated_at = $3 WHERE id = $1";
    SHOW_VISITOR_AS = "UPDATE room SET visitor_status = $2, updated_at = $3 WHERE id = $1";
    KEEP_CUSTOM = "UPDATE room SET custom = $2, updated_at = $3 WHERE id = $1";
    COUNT_PEOPLE = "UPDATE room SET people_count = people_count + $2 WHERE id = $1";
    KEEP_CRM_DATA = "UPDATE room SET crm_data = $2 WHERE id = $1";
    /// Primary key; its place in the queue and people's places in it go with it.
    REMOVE = "DELETE FROM room WHERE id = $1";
    /// room_open_of_agent, then primary keys.
    LOADS = "SELECT room.served_by, account.username, account.status, room.department_id, department.name, count(*)
        FROM room JOIN account ON account.id = room.served_by LEFT JOIN department ON department.id = room.department_id
        WHERE room.open AND room.served_by IS NOT NULL
        GROUP BY room.served_by, account.username, account.status, room.department_id, department.name
        ORDER BY count(*) DESC, account.username LIMIT 5000";
    /// room_by_created, backwards.
    SOURCES = "SELECT source FROM room WHERE kind = 'l' ORDER BY created_at DESC, id DESC LIMIT 1000";
    /// upload_by_room. Whoever keeps the bytes takes them away later.
    NOTE_GARBAGE = "INSERT INTO upload_garbage (id, since) SELECT id, CAST($2 AS BIGINT) FROM upload WHERE room_id = $1 ON CONFLICT DO NOTHING";
    DROP_FILES = "DELETE FROM upload WHERE room_id = $1";
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

pub(crate) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Room>, Error> {
    view.one(&FIND, params![id], read)
}

pub(crate) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Room>, Error> {
    tx.one(&LOCK, params![id], read)
}

pub(crate) fn open_of_visitor(view: &mut View<'_>, visitor: &str) -> Result<Option<String>, Error> {
    view.one(&OPEN_OF_VISITOR, params![visitor], |row| row.get(0))
}

pub(crate) fn all_of_visitor(
    view: &mut View<'_>,
    visitor: &str,
    limit: i64,
) -> Result<Vec<String>, Error> {
    view.query(&ALL_OF_VISITOR, params![visitor, limit], |row| row.get(0))
}

pub(crate) fn open_of_agent(
    view: &mut View<'_>,
    account: &str,
    limit: i64,
) -> Result<Vec<String>, Error> {
    view.query(&OPEN_OF_AGENT, params![account, limit], |row| row.get(0))
}

pub(crate) fn silent_since(
    view: &mut View<'_>,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<String>, Error> {
    view.query(&SILENT, params![before, limit], |row| row.get(0))
}

/// The rooms that an account is in, those first in which something happened last.
pub(crate) fn of_account(
    view: &mut View<'_>,
    account: &str,
    after: Timestamp,
    limit: i64,
) -> Result<Vec<Room>, Error> {
    view.query(&OF_ACCOUNT, params![account, after, limit], read)
}

pub(crate) fn closed(
    view: &mut View<'_>,
    department: Option<&str>,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<String>, Error> {
    match department {
        None => view.query(&CLOSED, params![before, limit], |row| row.get(0)),
        Some(department) => view.query(
            &CLOSED_OF_DEPARTMENT,
            params![before, limit, department],
            |row| row.get(0),
        ),
    }
}

pub(crate) fn channel(view: &mut View<'_>, name: &str) -> Result<Option<String>, Error> {
    view.one(&FIND_CHANNEL, params![name], |row| row.get(0))
}

pub(crate) fn direct(view: &mut View<'_>, people: &str) -> Result<Option<String>, Error> {
    view.one(&FIND_DIRECT, params![people], |row| row.get(0))
}

/// Answers 0 when the visitor has an open room already, or the company a room of its own.
pub(crate) fn insert(tx: &mut Tx<'_>, room: &Room) -> Result<u64, Error> {
    tx.execute(
        &INSERT,
        params![
            &room.id,
            room.kind.letter(),
            &room.name,
            room.people.as_deref(),
            room.visitor.as_ref().map(|visitor| visitor.id.as_str()),
            room.visitor_status.as_deref(),
            room.department.as_deref(),
            room.open,
            room.on_hold,
            room.waiting_response,
            &room.source.to_string(),
            room.priority_weight,
            room.estimated_wait,
            room.people_count,
            room.created_at,
            room.queued_at,
        ],
    )
}

pub(crate) fn save(tx: &mut Tx<'_>, now: Timestamp, room: &Room) -> Result<(), Error> {
    let response_by = room.response_by.as_ref().map(written);
    let request = room.transcript_request.as_ref().map(Value::to_string);
    let survey = room.survey.as_ref().map(Value::to_string);
    let closing = room.closing.as_ref();
    let closed_by = closing
        .map(|closing| json!({"id": closing.by.id, "username": closing.by.username}).to_string());
    let served = room.served_by.as_ref();
    tx.execute(
        &SAVE,
        params![
            &room.id,
            &room.name,
            room.topic.as_deref(),
            room.department.as_deref(),
            room.open,
            room.on_hold,
            served.map(|agent| agent.id.as_str()),
            served.map(|agent| agent.at),
            response_by.as_deref(),
            room.waiting_response,
            &json!(room.tags).to_string(),
            &json!(room.custom).to_string(),
            &written(&room.metrics),
            request.as_deref(),
            survey.as_deref(),
            room.people_count,
            room.queued_at,
            closing.map(|closing| closing.at),
            closing.map(|closing| closing.closer.as_str()),
            closed_by.as_deref(),
            room.visitor_status.as_deref(),
            room.visitor_silent_since,
            now,
            room.priority.as_deref(),
            room.priority_weight,
            room.sla.as_deref(),
            room.estimated_wait,
        ],
    )
    .map(drop)
}

/// A message that counts as said: the room's last one, and who owes whom an answer.
pub(crate) fn note_message(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &Room,
    count: i64,
    last: Option<&str>,
) -> Result<(), Error> {
    let response_by = room.response_by.as_ref().map(written);
    tx.execute(
        &NOTE_MESSAGE,
        params![
            &room.id,
            count,
            now,
            last,
            room.visitor_last_message_at,
            room.waiting_response,
            response_by.as_deref(),
            &written(&room.metrics),
            room.visitor_silent_since,
        ],
    )
    .map(drop)
}

pub(crate) fn set_last_message(tx: &mut Tx<'_>, room: &Room) -> Result<u64, Error> {
    tx.execute(
        &SET_LAST_MESSAGE,
        params![&room.id, room.last_message_id.as_deref()],
    )
}

/// Messages of the house, which count but are nobody's last word.
pub(crate) fn count_messages(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    count: i64,
) -> Result<u64, Error> {
    tx.execute(&COUNT_MESSAGES, params![room, count, now])
}

pub(crate) fn call_it(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    name: &str,
) -> Result<u64, Error> {
    tx.execute(&CALL_IT, params![room, name, now])
}

pub(crate) fn show_visitor_as(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &str,
    status: &str,
) -> Result<u64, Error> {
    tx.execute(&SHOW_VISITOR_AS, params![room, status, now])
}

pub(crate) fn keep_custom(tx: &mut Tx<'_>, now: Timestamp, room: &Room) -> Result<u64, Error> {
    tx.execute(
        &KEEP_CUSTOM,
        params![&room.id, &json!(room.custom).to_string(), now],
    )
}

pub(crate) fn keep_crm_data(tx: &mut Tx<'_>, room: &str, answer: &str) -> Result<u64, Error> {
    tx.execute(&KEEP_CRM_DATA, params![room, answer])
}

pub(crate) fn count_people(tx: &mut Tx<'_>, room: &str, number: i64) -> Result<u64, Error> {
    tx.execute(&COUNT_PEOPLE, params![room, number])
}

pub(crate) fn remove(tx: &mut Tx<'_>, room: &str) -> Result<u64, Error> {
    tx.execute(&REMOVE, params![room])
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

pub(crate) fn drop_files(tx: &mut Tx<'_>, now: Timestamp, room: &str) -> Result<(), Error> {
    tx.execute(&NOTE_GARBAGE, params![room, now])?;
    tx.execute(&DROP_FILES, params![room]).map(drop)
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

pub(crate) fn read(row: &Row<'_>) -> Result<Room, Error> {
    read_from(&mut row.columns_from(0))
}

pub(crate) fn read_from(columns: &mut Columns<'_, '_>) -> Result<Room, Error> {
    let id = columns.next()?;
    let kind: String = columns.next()?;
    let name = columns.next()?;
    let topic = columns.next()?;
    let people = columns.next()?;
    let visitor_status = columns.next()?;
    let department = columns.next()?;
    let open = columns.next()?;
    let on_hold = columns.next()?;
    let served_by: Option<String> = columns.next()?;
    let served_at: Option<Timestamp> = columns.next()?;
    let username: Option<String> = columns.next()?;
    let agent_name: Option<String> = columns.next()?;
    let custom_fields: Option<Value> = columns.next()?;
    let email: Option<String> = columns.next()?;
    let served_by = served_by.zip(served_at).map(|(id, at)| ServedBy {
        id,
        at,
        username: username.unwrap_or_default(),
        name: agent_name,
        email,
        custom_fields: custom_fields.unwrap_or(Value::Null),
    });
    let response_by: Option<Value> = columns.next()?;
    let waiting_response = columns.next()?;
    let source = columns.next()?;
    let tags: Value = columns.next()?;
    let custom: Value = columns.next()?;
    let metrics: Value = columns.next()?;
    let priority = columns.next()?;
    let priority_weight = columns.next()?;
    let sla = columns.next()?;
    let estimated_wait = columns.next()?;
    let transcript_request = columns.next()?;
    let survey = columns.next()?;
    let crm_data = columns.next()?;
    let messages = columns.next()?;
    let people_count = columns.next()?;
    let last_message_at = columns.next()?;
    let last_message_id = columns.next()?;
    let visitor_last_message_at = columns.next()?;
    let visitor_silent_since = columns.next()?;
    let queued_at = columns.next()?;
    let closed_at: Option<Timestamp> = columns.next()?;
    let closer: Option<String> = columns.next()?;
    let closed_by: Option<Value> = columns.next()?;
    let created_at = columns.next()?;
    let updated_at = columns.next()?;
    let closing = closed_at.zip(closer).map(|(at, closer)| Closing {
        at,
        closer,
        by: person(closed_by.as_ref()),
    });
    Ok(Room {
        id,
        kind: Kind::of(&kind),
        name,
        topic,
        people,
        visitor: visitors::read_optional(columns)?,
        visitor_status,
        department,
        open,
        on_hold,
        served_by,
        response_by: response_by.and_then(|by| serde_json::from_value(by).ok()),
        waiting_response,
        source,
        tags: texts(&tags),
        custom: members(custom),
        metrics: serde_json::from_value(metrics).unwrap_or_default(),
        priority,
        priority_weight,
        sla,
        estimated_wait,
        transcript_request,
        survey,
        crm_data,
        messages,
        people_count,
        last_message_at,
        last_message_id,
        visitor_last_message_at,
        visitor_silent_since,
        queued_at,
        closing,
        created_at,
        updated_at,
    })
}

/// A small record as its column holds it.
fn written(record: &impl serde::Serialize) -> String {
    json!(record).to_string()
}

fn person(document: Option<&Value>) -> Person {
    let text = |name: &str| {
        let value = document.and_then(|document| document.get(name));
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    Person {
        id: text("id"),
        username: text("username"),
    }
}
