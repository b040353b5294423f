use std::collections::{BTreeSet, HashMap};

use hark_store::{
    Error, Param, Record, Result, Timestamp, Tx, View, params, sql, statements, writes,
};

use super::Room;

pub(super) const FROM_ROOMS: &str = " FROM room LEFT JOIN visitor ON visitor.id = room.visitor_id
    LEFT JOIN account AS server ON server.id = room.served_by ";

statements! {
    /// Primary keys.
    FIND = sql!("SELECT ", Room::COLUMNS, FROM_ROOMS, "WHERE room.id = $1") => batched;
    /// Primary key.
    NAMES = "SELECT id, name FROM room WHERE id IN (SELECT value FROM json_each($1))",
        postgres = "SELECT id, name FROM room WHERE id IN (
            SELECT value FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON)))";
    /// Primary key. Whatever changes a room comes through here first.
    LOCK = "SELECT id FROM room WHERE id = $1",
        postgres = "SELECT id FROM room WHERE id = $1 ORDER BY id FOR UPDATE" => batched;
    /// room_open_of_visitor.
    OPEN_OF_VISITOR = "SELECT id FROM room WHERE visitor_id = $1 AND open";
    /// room_by_visitor.
    ALL_OF_VISITOR = "SELECT id FROM room WHERE visitor_id = $1 ORDER BY id LIMIT $2";
    /// room_open_of_agent.
    OPEN_OF_AGENT = "SELECT id FROM room WHERE served_by = $1 AND open ORDER BY id LIMIT $2";
    /// room_open: all that are open are looked at.
    ABANDONED = "SELECT id FROM room WHERE open AND kind = 'l' AND abandoned_at <= $1 ORDER BY created_at, id LIMIT $2";
    /// room_open, then the primary key of a small table.
    FORETOLD_OTHERWISE = "SELECT room.id FROM room LEFT JOIN department ON department.id = room.department_id
        WHERE room.open AND room.kind = 'l' AND room.visitor_silent_since IS NOT NULL
            AND room.abandoned_at IS DISTINCT FROM room.visitor_silent_since
                + 1000 * nullif(coalesce(department.patience, CAST($1 AS BIGINT)), 0)
        ORDER BY room.created_at, room.id LIMIT $2";
    /// room_unanswered, from the oldest on.
    UNANSWERED = "SELECT id FROM room WHERE unanswered_since <= $1 ORDER BY unanswered_since, id LIMIT $2";
    /// room_on_hold, from the oldest on.
    HELD = "SELECT id FROM room WHERE held_since <= $1 ORDER BY held_since, id LIMIT $2";
    /// room_by_channel.
    FIND_CHANNEL = "SELECT id FROM room WHERE kind IN ('c', 'p') AND name = $1";
    /// subscription_by_account, then primary keys.
    OF_ACCOUNT = sql!("SELECT ", Room::COLUMNS, " FROM subscription JOIN room ON room.id = subscription.room_id
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
    /// Primary key. No index speaks of these, but for one that the chat leaves with its agent's first word.
    NOTE_MESSAGE = "UPDATE room SET messages = messages + $2, said = said + $2, last_message_at = $3, last_message_id = coalesce($4, last_message_id),
            visitor_last_message_at = $5, waiting_response = $6, response_by = $7, metrics = $8, visitor_silent_since = $9,
            abandoned_at = $10, unanswered_since = $11, last_seq = $12, updated_at = $3
        WHERE id = $1" => batched;
    /// Primary key. The row's lock orders the commits of one conversation.
    COUNT_EVENT = "UPDATE room SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq";
    SET_LAST_MESSAGE = "UPDATE room SET last_message_id = $2 WHERE id = $1";
    /// What is gone was the last that was said, or not; it may leave a notice behind.
    TAKE_BACK = "UPDATE room SET said = said - 1, messages = messages - $2, updated_at = $3 WHERE id = $1";
    NOTE_TRANSFER = "UPDATE room SET transfers = transfers + 1, last_message_id = $2 WHERE id = $1";
    COUNT_MESSAGES = "UPDATE room SET messages = messages + $2, updated_at = $3 WHERE id = $1";
    SET_CALL_STATUS = "UPDATE room SET call_status = $2, updated_at = $3 WHERE id = $1";
    /// Primary key. The visitor has no other open room.
    GIVE_TO_VISITOR = "UPDATE room SET visitor_id = $2, visitor_status = $3, name = $4, updated_at = $5 WHERE id = $1";
    CALL_IT = "UPDATE room SET name = $2, updated_at = $3 WHERE id = $1";
    SHOW_VISITOR_AS = "UPDATE room SET visitor_status = $2, updated_at = $3 WHERE id = $1";
    KEEP_CUSTOM = "UPDATE room SET custom = $2, updated_at = $3 WHERE id = $1";
    NOTE_TRANSCRIPT = "UPDATE room SET transcript_at = $2 WHERE id = $1";
    NOTE_PDF = "UPDATE room SET pdf_wanted = $2, pdf_file = $3, updated_at = $4 WHERE id = $1";
    COUNT_PEOPLE = "UPDATE room SET people_count = people_count + $2 WHERE id = $1";
    KEEP_CRM_DATA = "UPDATE room SET crm_data = nullif($2, '') WHERE id = $1 AND crm_data IS DISTINCT FROM nullif($2, '')";
    /// Primary key; its place in the queue and people's places in it go with it.
    REMOVE = "DELETE FROM room WHERE id = $1";
    /// upload_by_room. The one who keeps the bytes takes them away later.
    NOTE_GARBAGE = "INSERT INTO upload_garbage (id, since) SELECT id, CAST($2 AS BIGINT) FROM upload WHERE room_id = $1 ON CONFLICT DO NOTHING";
    DROP_FILES = "DELETE FROM upload WHERE room_id = $1";
}

writes! {
    /// Answers 0 when the visitor has an open room already, or these people have a room of their own.
    pub fn insert(room: &Room) insert room {
        id = &room.id,
        kind = &room.kind,
        name = &room.name,
        people = &room.people,
        owner_id = &room.owner,
        visitor_id = room.visitor.as_ref().map(|visitor| &visitor.id),
        visitor_status = &room.visitor_status,
        department_id = &room.department,
        open = room.open,
        on_hold = room.is_on_hold(),
        waiting_response = room.waiting_response,
        source = &room.source,
        email = room.email.as_ref(),
        tags = &room.tags,
        custom = &room.custom,
        metrics = &room.metrics,
        priority_weight = room.priority_weight,
        estimated_wait = room.estimated_wait,
        messages = 0,
        people_count = room.people_count,
        last_message_at = room.last_message_at,
        queued_at = room.queued_at,
        created_at = room.created_at,
        updated_at = room.updated_at,
    } "ON CONFLICT DO NOTHING";
    /// Primary key. What changes when a room passes from one agent to another.
    pub fn save(now: Timestamp, room: &Room) update room {
        id = &room.id,
        name = &room.name,
        topic = &room.topic,
        department_id = &room.department,
        open = room.open,
        on_hold = room.is_on_hold(),
        held_since = room.held_since,
        served_by = room.served_by.as_ref().map(|agent| &agent.id),
        served_at = room.served_by.as_ref().map(|agent| agent.at),
        response_by = room.response_by.as_ref(),
        waiting_response = room.waiting_response,
        tags = &room.tags,
        custom = &room.custom,
        metrics = &room.metrics,
        transcript_request = &room.transcript_request,
        survey = &room.survey,
        people_count = room.people_count,
        queued_at = room.queued_at,
        closed_at = room.closing.as_ref().map(|closing| closing.at),
        closer = room.closing.as_ref().map(|closing| &closing.closer),
        closed_by = room.closing.as_ref().map(|closing| &closing.by),
        visitor_status = &room.visitor_status,
        visitor_silent_since = room.visitor_silent_since,
        abandoned_at = room.abandoned_at,
        unanswered_since = room.unanswered_since,
        auto_transferred_at = room.auto_transferred_at,
        updated_at = now,
        priority_id = &room.priority,
        priority_weight = room.priority_weight,
        sla_id = &room.sla,
        estimated_wait = room.estimated_wait,
    };
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Room>> {
    view.record(&FIND, params![id])
}

/// What rooms are called, by their ids.
pub fn names(view: &mut View<'_>, ids: &BTreeSet<&str>) -> Result<HashMap<String, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = view.query(&NAMES, params![Param::json(ids)], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(found.into_iter().collect())
}

/// Locks a room and then reads it: read in one with the lock, what is joined to it would be of the
/// moment before the wait.
pub fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Room>> {
    tx.lock(&LOCK, params![id])?;
    find(tx, id)
}

pub(crate) fn open_of_visitor(view: &mut View<'_>, visitor: &str) -> Result<Option<String>> {
    view.one(&OPEN_OF_VISITOR, params![visitor], |row| row.get(0))
}

pub fn all_of_visitor(view: &mut View<'_>, visitor: &str, limit: i64) -> Result<Vec<String>> {
    view.query(&ALL_OF_VISITOR, params![visitor, limit], |row| row.get(0))
}

/// The open chats of an agent.
pub fn open_of_agent(view: &mut View<'_>, account: &str, limit: i64) -> Result<Vec<String>> {
    view.query(&OPEN_OF_AGENT, params![account, limit], |row| row.get(0))
}

/// Chats whose visitors count as gone by a moment.
pub fn abandoned(view: &mut View<'_>, by: Timestamp, limit: i64) -> Result<Vec<String>> {
    view.query(&ABANDONED, params![by, limit], |row| row.get(0))
}

/// Chats of which something else is foretold than what is set now: so many seconds of silence, where their
/// department says nothing of its own, and for 0 nothing.
pub fn foretold_otherwise(view: &mut View<'_>, seconds: i64, limit: i64) -> Result<Vec<String>> {
    view.query(&FORETOLD_OTHERWISE, params![seconds, limit], |row| {
        row.get(0)
    })
}

/// Chats whose agents have not said a word since a moment or longer, the longest first.
pub fn unanswered(view: &mut View<'_>, before: Timestamp, limit: i64) -> Result<Vec<String>> {
    view.query(&UNANSWERED, params![before, limit], |row| row.get(0))
}

/// Chats that have been on hold since a moment or longer, the longest first.
pub fn held(view: &mut View<'_>, before: Timestamp, limit: i64) -> Result<Vec<String>> {
    view.query(&HELD, params![before, limit], |row| row.get(0))
}

/// The rooms that an account is in, those first in which something happened last.
pub fn of_account(
    view: &mut View<'_>,
    account: &str,
    after: Timestamp,
    limit: i64,
) -> Result<Vec<Room>> {
    view.records(&OF_ACCOUNT, params![account, after, limit])
}

pub fn closed(
    view: &mut View<'_>,
    department: Option<&str>,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<String>> {
    match department {
        None => view.query(&CLOSED, params![before, limit], |row| row.get(0)),
        Some(department) => view.query(
            &CLOSED_OF_DEPARTMENT,
            params![before, limit, department],
            |row| row.get(0),
        ),
    }
}

/// The id of a channel, by its name.
pub fn channel(view: &mut View<'_>, name: &str) -> Result<Option<String>> {
    view.one(&FIND_CHANNEL, params![name], |row| row.get(0))
}

pub fn direct(view: &mut View<'_>, people: &str) -> Result<Option<String>> {
    view.one(&FIND_DIRECT, params![people], |row| row.get(0))
}

/// A message that counts as said: the room's last one, and who owes whom an answer.
pub fn note_message(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &Room,
    count: i64,
    last: Option<&str>,
) -> Result<()> {
    tx.execute(
        &NOTE_MESSAGE,
        params![
            &room.id,
            count,
            now,
            last,
            room.visitor_last_message_at,
            room.waiting_response,
            room.response_by.as_ref(),
            &room.metrics,
            room.visitor_silent_since,
            room.abandoned_at,
            room.unanswered_since,
            room.last_seq,
        ],
    )
}

/// The number of the next event of a conversation.
pub(crate) fn count_event(tx: &mut Tx<'_>, id: &str) -> Result<i64> {
    let counted = tx.change(&COUNT_EVENT, params![id], |row| row.get(0))?;
    counted.into_iter().next().ok_or_else(|| Error::Broken {
        statement: COUNT_EVENT.name(),
        detail: format!("there is no room {id}"),
    })
}

pub fn set_last_message(tx: &mut Tx<'_>, room: &Room) -> Result<()> {
    tx.execute(
        &SET_LAST_MESSAGE,
        params![&room.id, room.last_message_id.as_deref()],
    )
}

/// A message is taken back, and counts no more as said; of those in the room there are so many less.
pub fn take_back(tx: &mut Tx<'_>, now: Timestamp, room: &str, gone: i64) -> Result<()> {
    tx.execute(&TAKE_BACK, params![room, gone, now])
}

/// A chat was passed on, which is the last that was said in it.
pub fn note_transfer(tx: &mut Tx<'_>, room: &Room) -> Result<()> {
    tx.execute(
        &NOTE_TRANSFER,
        params![&room.id, room.last_message_id.as_deref()],
    )
}

/// Messages of Hark's own, which count but are nobody's last word.
pub fn count_messages(tx: &mut Tx<'_>, now: Timestamp, room: &str, count: i64) -> Result<()> {
    tx.execute(&COUNT_MESSAGES, params![room, count, now])
}

pub fn rename(tx: &mut Tx<'_>, now: Timestamp, room: &str, name: &str) -> Result<()> {
    tx.execute(&CALL_IT, params![room, name, now])
}

pub fn set_call_status(tx: &mut Tx<'_>, now: Timestamp, room: &Room) -> Result<()> {
    tx.execute(
        &SET_CALL_STATUS,
        params![&room.id, room.call_status.as_deref(), now],
    )
}

pub fn give_to_visitor(tx: &mut Tx<'_>, room: &Room) -> Result<()> {
    tx.execute(
        &GIVE_TO_VISITOR,
        params![
            &room.id,
            room.visitor.as_ref().map(|visitor| visitor.id.as_str()),
            room.visitor_status.as_deref(),
            &room.name,
            room.updated_at,
        ],
    )
}

pub fn set_visitor_status(tx: &mut Tx<'_>, now: Timestamp, room: &str, status: &str) -> Result<()> {
    tx.execute(&SHOW_VISITOR_AS, params![room, status, now])
}

pub fn save_custom_fields(tx: &mut Tx<'_>, now: Timestamp, room: &Room) -> Result<()> {
    tx.execute(&KEEP_CUSTOM, params![&room.id, &room.custom, now])
}

pub(crate) fn keep_crm_data(tx: &mut Tx<'_>, room: &str, answer: &str) -> Result<u64> {
    tx.changed(&KEEP_CRM_DATA, params![room, answer])
}

pub fn note_transcript(tx: &mut Tx<'_>, now: Timestamp, room: &str) -> Result<()> {
    tx.execute(&NOTE_TRANSCRIPT, params![room, now])
}

/// Its transcript as a document.
pub fn note_pdf(tx: &mut Tx<'_>, now: Timestamp, room: &Room) -> Result<()> {
    let file = room.pdf_file.as_deref();
    tx.execute(&NOTE_PDF, params![&room.id, room.pdf_wanted, file, now])
}

pub fn count_people(tx: &mut Tx<'_>, room: &str, number: i64) -> Result<()> {
    tx.execute(&COUNT_PEOPLE, params![room, number])
}

pub fn remove(tx: &mut Tx<'_>, room: &str) -> Result<()> {
    tx.execute(&REMOVE, params![room])
}

pub fn drop_files(tx: &mut Tx<'_>, now: Timestamp, room: &str) -> Result<()> {
    tx.execute(&NOTE_GARBAGE, params![room, now])?;
    tx.execute(&DROP_FILES, params![room])
}
