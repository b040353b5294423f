use hark_store::{Columns, Error, Row, Timestamp, Tx, View, params, statements};
use serde_json::{Value, json};

use super::{Closing, Kind, Person, Room, ServedBy};
use crate::visitors::rows as visitors;
use crate::visitors::rows::{members, texts, visitor_columns};

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
pub(super) use {from_rooms, room_columns};

statements! {
    /// Primary keys.
    FIND = concat!("SELECT ", room_columns!(), from_rooms!(), "WHERE room.id = $1");
    /// Primary key. Whatever changes a room comes through here first.
    LOCK = "SELECT id FROM room WHERE id = $1",
        postgres = "SELECT id FROM room WHERE id = $1 FOR UPDATE";
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
    KEEP_CRM_DATA = "UPDATE room SET crm_data = nullif($2, '') WHERE id = $1 AND crm_data IS DISTINCT FROM nullif($2, '')";
    /// Primary key; its place in the queue and people's places in it go with it.
    REMOVE = "DELETE FROM room WHERE id = $1";
    /// upload_by_room. Whoever keeps the bytes takes them away later.
    NOTE_GARBAGE = "INSERT INTO upload_garbage (id, since) SELECT id, CAST($2 AS BIGINT) FROM upload WHERE room_id = $1 ON CONFLICT DO NOTHING";
    DROP_FILES = "DELETE FROM upload WHERE room_id = $1";
}

pub(crate) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Room>, Error> {
    view.one(&FIND, params![id], read)
}

/// Locks a room and then reads it: read in one with the lock, what is joined to it would be of the
/// moment before the wait.
pub(crate) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Room>, Error> {
    match tx.one(&LOCK, params![id], |_| Ok(()))? {
        Some(()) => find(tx, id),
        None => Ok(None),
    }
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

pub(crate) fn drop_files(tx: &mut Tx<'_>, now: Timestamp, room: &str) -> Result<(), Error> {
    tx.execute(&NOTE_GARBAGE, params![room, now])?;
    tx.execute(&DROP_FILES, params![room]).map(drop)
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
