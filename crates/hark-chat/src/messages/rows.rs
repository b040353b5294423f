use std::collections::BTreeMap;

use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::{Author, Message, System};
use hark_model::Page;
use hark_model::text::{escape, key};

/// The columns of [`Message`] as `message_past` has them.
const PAST: &str =
    "past.n, past.message_id, past.room_id, past.seq, CAST(NULL AS TEXT), FALSE, past.by_visitor,
    past.author_id, past.author_username, past.author_name, past.text, past.extra,
    past.edited_at, past.edited_by, past.at, past.updated_at";

/// Changes of one conversation that are looked through.
const MOST_PAST: i64 = 20_000;

statements! {
    /// message_by_id.
    FIND = sql!("SELECT ", Message::COLUMNS, " FROM message WHERE id = $1");
    /// message_by_room, backwards.
    HISTORY = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND at < $2 AND NOT hidden AND ($3 = '' OR kind IS NULL OR replace($3, ',' || kind || ',', '') = $3)
        ORDER BY at DESC, n DESC LIMIT $4 OFFSET $5");
    /// message_by_room, backwards from one message on.
    BEFORE = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND (at < $2 OR (at = $2 AND n < $3)) AND NOT hidden ORDER BY at DESC, n DESC LIMIT $4");
    /// message_by_room.
    SINCE = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND at > $2 AND NOT hidden AND ($3 = '' OR kind IS NULL OR replace($3, ',' || kind || ',', '') = $3)
        ORDER BY at, n LIMIT $4");
    /// message_by_room: unread of one room.
    COUNT_SINCE = "SELECT count(*) FROM message WHERE room_id = $1 AND at > $2 AND at < $3 AND NOT hidden";
    /// message_by_room, backwards: the last that somebody said.
    LAST_SAID = "SELECT id FROM message WHERE room_id = $1 AND kind IS NULL AND NOT hidden
        ORDER BY at DESC, n DESC LIMIT 1";
    /// message_by_room, backwards: what people said, and how it ended.
    SAID = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND NOT hidden AND (kind IS NULL OR kind = 'livechat-close')
            AND ($2 = '' OR lower(text) LIKE $2 ESCAPE '\\')
        ORDER BY at DESC, n DESC LIMIT $3 OFFSET $4");
    COUNT_SAID = "SELECT count(*) FROM message
        WHERE room_id = $1 AND NOT hidden AND (kind IS NULL OR kind = 'livechat-close')
            AND ($2 = '' OR lower(text) LIKE $2 ESCAPE '\\')";
    /// message_by_room, backwards.
    OF_KIND = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND kind = $2 ORDER BY at DESC, n DESC LIMIT $3 OFFSET $4");
    OF_KIND_UP = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND kind = $2 ORDER BY at, n LIMIT $3 OFFSET $4");
    COUNT_OF_KIND = "SELECT count(*) FROM message WHERE room_id = $1 AND kind = $2";
    /// message_by_room: all of a conversation up to one of its events.
    UP_TO = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND seq <= $2 AND NOT hidden ORDER BY at, n LIMIT $3");
    /// The same from the end.
    LATEST_UP_TO = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND seq <= $2 AND NOT hidden ORDER BY at DESC, n DESC LIMIT $3");
    /// message_by_room: what came with one event, which has the same moment.
    OF_EVENT = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND at = $2 AND seq = $3 AND NOT hidden ORDER BY n LIMIT 100");
    /// message_by_room: the pages that are kept out of sight.
    HIDDEN_VISITS_UP_TO = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND kind = $2 AND hidden AND seq <= $3 ORDER BY at, n LIMIT $4");
    /// Primary key: what each message was then that has been changed or removed since.
    PAST_UP_TO = sql!("SELECT ", PAST, " FROM message_past AS past
        WHERE past.room_id = $1 AND past.seq <= $2 AND past.until_seq > $2 AND NOT EXISTS (
            SELECT 1 FROM message_past AS older WHERE older.room_id = past.room_id
                AND older.message_id = past.message_id AND older.until_seq > $2 AND older.until_seq < past.until_seq)
        ORDER BY past.at, past.n LIMIT $3");
    /// Primary key: what one message was before it was changed next.
    PAST_OF = sql!("SELECT ", PAST, " FROM message_past AS past
        WHERE past.room_id = $1 AND past.message_id = $2 AND past.until_seq > $3
        ORDER BY past.until_seq LIMIT 1");
    /// message_by_room: what changed since, the first change first, so that anyone who got as much as
    /// the limit goes on from there.
    CHANGED_SINCE = sql!("SELECT ", Message::COLUMNS, " FROM message
        WHERE room_id = $1 AND updated_at > $2 AND NOT hidden ORDER BY updated_at, n LIMIT $3");
    /// subscription_by_account, then primary keys: the last word in each room of an account.
    LAST_OF_ACCOUNT = sql!("SELECT ", Message::COLUMNS, " FROM subscription
            JOIN room ON room.id = subscription.room_id
            JOIN message ON message.id = room.last_message_id
        WHERE subscription.account_id = $1
        ORDER BY subscription.updated_at DESC, subscription.id LIMIT $2");
    /// message_removed_by_room.
    REMOVED_SINCE = "SELECT message_id, removed_at FROM message_removed
        WHERE room_id = $1 AND removed_at > $2 ORDER BY removed_at LIMIT $3";
    /// message_by_id.
    KEEP_EXTRA = "UPDATE message SET extra = $2, updated_at = $3 WHERE id = $1";
    REMOVE = "DELETE FROM message WHERE id = $1";
    MAKE_SYSTEM = "UPDATE message SET kind = $2, text = '', extra = NULL, edited_at = $3, edited_by = $4, updated_at = $3 WHERE id = $1";
    /// The index of words. What somebody took back is not found from then on.
    FORGET_WORDS = "DELETE FROM message_words WHERE rowid = $1",
        postgres = "DELETE FROM message_words WHERE n = $1";
    NOTE_REMOVED = "INSERT INTO message_removed (message_id, room_id, removed_at) VALUES ($1, $2, $3)
        ON CONFLICT (message_id) DO UPDATE SET room_id = excluded.room_id, removed_at = excluded.removed_at";
    /// message_by_room, the primary key, message_removed_by_room.
    REMOVE_OF_ROOM = "DELETE FROM message WHERE room_id = $1";
    REMOVE_PAST_OF_ROOM = "DELETE FROM message_past WHERE room_id = $1";
    REMOVE_REMOVED_OF_ROOM = "DELETE FROM message_removed WHERE room_id = $1";
    /// message_waiting.
    GIVE_ROOM = "UPDATE message SET room_id = $2, waits_for_token = NULL, seq = $3 WHERE waits_for_token = $1 AND room_id IS NULL";
    COUNT_WAITING = "SELECT count(*) FROM message WHERE waits_for_token = $1 AND room_id IS NULL";
    REMOVE_WAITING = "DELETE FROM message WHERE waits_for_token = $1 AND room_id IS NULL";
    /// message_waiting.
    REMOVE_STALE = "DELETE FROM message WHERE n IN (
        SELECT n FROM message WHERE room_id IS NULL AND waits_for_token >= '' AND at < $1 LIMIT $2)";
}

writes! {
    /// For an id that a client has chosen. False: there is a message of this id already.
    pub(super) fn insert_if_free(message: &Message, waits_for_token: Option<&str>) insert message {
        id = &message.id,
        room_id = &message.room,
        waits_for_token = waits_for_token,
        seq = message.seq,
        kind = message.system.map(System::as_str),
        hidden = message.hidden,
        by_visitor = message.by_visitor,
        author_id = &message.author.id,
        author_username = &message.author.username,
        author_name = &message.author.name,
        text = &message.text,
        extra = &message.extra,
        at = message.at,
        updated_at = message.at,
    } "ON CONFLICT (id) DO NOTHING" => batched, insert insert => batched;
    /// message_by_id.
    pub(crate) fn edit_to(message: &Message) update message {
        id = &message.id,
        text = &message.text,
        extra = &message.extra,
        edited_at = message.edited.as_ref().map(|edit| edit.at),
        edited_by = message.edited.as_ref().map(|edit| &edit.by),
        updated_at = message.edited.as_ref().map(|edit| edit.at),
    };
    /// What a message was until an event of its conversation changed it.
    pub(crate) fn keep_past(message: &Message, room: &str, until_seq: i64) insert message_past {
        room_id = room,
        message_id = &message.id,
        until_seq = until_seq,
        n = message.n,
        seq = message.seq,
        by_visitor = message.by_visitor,
        author_id = &message.author.id,
        author_username = &message.author.username,
        author_name = &message.author.name,
        text = &message.text,
        extra = &message.extra,
        edited_at = message.edited.as_ref().map(|edit| edit.at),
        edited_by = message.edited.as_ref().map(|edit| &edit.by),
        at = message.at,
        updated_at = message.updated_at,
    };
}

/// What came with one event of a conversation, as it is now.
pub fn of_event(view: &mut View<'_>, room: &str, at: Timestamp, seq: i64) -> Result<Vec<Message>> {
    view.records(&OF_EVENT, params![room, at, seq])
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Message>> {
    view.record(&FIND, params![id])
}

/// Kinds of messages that are left out, as a statement takes them.
fn without(hidden: &[&str]) -> String {
    if hidden.is_empty() {
        String::new()
    } else {
        format!(",{},", hidden.join(",,"))
    }
}

/// Newest first.
pub fn history(
    view: &mut View<'_>,
    room: &str,
    before: Timestamp,
    hidden: &[&str],
    page: Page,
) -> Result<Vec<Message>> {
    view.records(
        &HISTORY,
        params![room, before, &without(hidden), page.limit, page.offset],
    )
}

/// What was said in a room before a place in it, newest first.
pub fn before(
    view: &mut View<'_>,
    room: &str,
    (at, n): (Timestamp, i64),
    limit: i64,
) -> Result<Vec<Message>> {
    view.records(&BEFORE, params![room, at, n, limit])
}

/// What was said in a room after a moment, oldest first.
pub fn since(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    hidden: &[&str],
    limit: i64,
) -> Result<Vec<Message>> {
    view.records(&SINCE, params![room, after, &without(hidden), limit])
}

pub fn count_between(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    before: Timestamp,
) -> Result<i64> {
    view.number(&COUNT_SINCE, params![room, after, before])
}

pub(crate) fn last_said(view: &mut View<'_>, room: &str) -> Result<Option<String>> {
    view.one(&LAST_SAID, params![room], |row| row.get(0))
}

/// What people said in a room and how it ended, newest first, and how much there is; with a
/// term, what contains it.
pub fn said(
    view: &mut View<'_>,
    room: &str,
    term: &str,
    page: Page,
) -> Result<(Vec<Message>, i64)> {
    let part = match term {
        "" => String::new(),
        term => format!("%{}%", escape(&key(term))),
    };
    let found = view.records(&SAID, params![room, &part, page.limit, page.offset])?;
    Ok((found, view.number(&COUNT_SAID, params![room, &part])?))
}

/// The notices of one kind in a room.
pub fn of_kind(
    view: &mut View<'_>,
    room: &str,
    kind: System,
    oldest_first: bool,
    page: Page,
) -> Result<(Vec<Message>, i64)> {
    let statement = if oldest_first { &OF_KIND_UP } else { &OF_KIND };
    let params = params![room, kind.as_str(), page.limit, page.offset];
    let found = view.records(statement, params)?;
    let total = view.number(&COUNT_OF_KIND, params![room, kind.as_str()])?;
    Ok((found, total))
}

/// The pages that the visitor had looked at by one of its events and that nobody is shown, oldest
/// first.
pub fn hidden_visits_up_to(
    view: &mut View<'_>,
    room: &str,
    seq: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    let params = params![room, System::Visited.as_str(), seq, limit];
    view.records(&HIDDEN_VISITS_UP_TO, params)
}

/// A conversation as it was at one of its events, oldest message first.
pub fn up_to(view: &mut View<'_>, room: &str, seq: i64, limit: i64) -> Result<Vec<Message>> {
    let most = usize::try_from(limit).unwrap_or(0);
    let present = view.records(&UP_TO, params![room, seq, limit])?;
    let all = with_past(view, room, seq, present)?;
    Ok(all.into_iter().take(most).collect())
}

/// The same; of a long conversation the end.
pub fn latest_up_to(view: &mut View<'_>, room: &str, seq: i64, limit: i64) -> Result<Vec<Message>> {
    let most = usize::try_from(limit).unwrap_or(0);
    let present = view.records(&LATEST_UP_TO, params![room, seq, limit])?;
    let mut all = with_past(view, room, seq, present)?;
    all.drain(..all.len().saturating_sub(most));
    Ok(all)
}

fn with_past(
    view: &mut View<'_>,
    room: &str,
    seq: i64,
    present: Vec<Message>,
) -> Result<Vec<Message>> {
    let past = view.records(&PAST_UP_TO, params![room, seq, MOST_PAST])?;
    // What a message was then stands where it stood, also when it is gone. SQLite gives the number
    // of the last message again when that is removed, so that the id belongs to the place.
    let mut messages: BTreeMap<(Timestamp, i64, String), Message> = BTreeMap::new();
    for message in present.into_iter().chain(past) {
        messages.insert((message.at, message.n, message.id.clone()), message);
    }
    Ok(messages.into_values().collect())
}

/// A message as it was at an event of its conversation.
pub fn as_of(view: &mut View<'_>, room: &str, id: &str, seq: i64) -> Result<Option<Message>> {
    let present = find(view, id)?.filter(|message| message.room.as_deref() == Some(room));
    // What was never changed is what it was.
    if present
        .as_ref()
        .is_some_and(|message| message.edited.is_none())
    {
        return Ok(present);
    }
    let past = view.record(&PAST_OF, params![room, id, seq])?;
    Ok(past.or(present))
}

pub(crate) fn changed_since(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    limit: i64,
) -> Result<Vec<Message>> {
    view.records(&CHANGED_SINCE, params![room, after, limit])
}

/// The last word in each of the rooms that an account is in, as [`rooms::of_account`] lists them.
pub fn last_of_account(view: &mut View<'_>, account: &str, limit: i64) -> Result<Vec<Message>> {
    view.records(&LAST_OF_ACCOUNT, params![account, limit])
}

pub(crate) fn removed_since(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    limit: i64,
) -> Result<Vec<(String, Timestamp)>> {
    view.query(&REMOVED_SINCE, params![room, after, limit], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

pub(crate) fn keep_extra(tx: &mut Tx<'_>, now: Timestamp, message: &Message) -> Result<()> {
    tx.execute(&KEEP_EXTRA, params![&message.id, &message.extra, now])
}

pub fn remove(tx: &mut Tx<'_>, now: Timestamp, message: &Message, room: &str) -> Result<()> {
    tx.execute(&REMOVE, params![&message.id])?;
    tx.execute(&NOTE_REMOVED, params![&message.id, room, now])
}

/// No chat is found by what a message said.
pub(super) fn forget_words(tx: &mut Tx<'_>, message: &Message) -> Result<()> {
    tx.execute(&FORGET_WORDS, params![message.n])
}

/// Leaves a trace where a message was.
pub(crate) fn make_system(
    tx: &mut Tx<'_>,
    now: Timestamp,
    message: &str,
    kind: System,
    by: &Author,
) -> Result<()> {
    tx.execute(&MAKE_SYSTEM, params![message, kind.as_str(), now, by])
}

pub(crate) fn remove_of_room(tx: &mut Tx<'_>, room: &str) -> Result<()> {
    tx.execute(&REMOVE_OF_ROOM, params![room])?;
    tx.execute(&REMOVE_PAST_OF_ROOM, params![room])?;
    tx.execute(&REMOVE_REMOVED_OF_ROOM, params![room])
}

/// Pages seen before there was a room go into it. Answers how many.
pub(crate) fn attach_to_room(tx: &mut Tx<'_>, token: &str, room: &str, seq: i64) -> Result<u64> {
    tx.changed(&GIVE_ROOM, params![token, room, seq])
}

pub(crate) fn count_waiting(view: &mut View<'_>, token: &str) -> Result<i64> {
    view.number(&COUNT_WAITING, params![token])
}

pub(crate) fn remove_waiting(tx: &mut Tx<'_>, token: &str) -> Result<()> {
    tx.execute(&REMOVE_WAITING, params![token])
}

pub(crate) fn remove_stale(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64> {
    tx.changed(&REMOVE_STALE, params![before, limit])
}

pub(super) fn system(kind: Option<String>) -> Option<System> {
    kind.and_then(|kind| System::parse(&kind))
}
