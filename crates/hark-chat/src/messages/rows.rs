use std::collections::BTreeMap;

use hark_store::{Error, Row, Timestamp, Tx, View, params, statements};
use serde_json::{Value, json};

use super::{Author, Edit, Message, System};
use crate::accounts::Page;
use crate::visitors::rows::{escape, key};

macro_rules! message_columns {
    () => {
        "message.n, message.id, message.room_id, message.seq, message.kind, message.hidden, message.by_visitor,
        message.author_id, message.author_username, message.author_name, message.text, message.extra,
        message.edited_at, message.edited_by, message.at, message.updated_at"
    };
}

/// Changes of one conversation that are looked through.
const MOST_PAST: i64 = 20_000;

statements! {
    INSERT = "INSERT INTO message (id, room_id, waits_for_token, seq, kind, hidden, by_visitor, author_id,
            author_username, author_name, text, extra, at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
        ON CONFLICT (id) DO NOTHING";
    /// message_by_id.
    FIND = concat!("SELECT ", message_columns!(), " FROM message WHERE id = $1");
    /// message_by_room, backwards.
    HISTORY = concat!("SELECT ", message_columns!(), " FROM message
        WHERE room_id = $1 AND at < $2 AND NOT hidden AND ($3 = '' OR kind IS NULL OR replace($3, ',' || kind || ',', '') = $3)
        ORDER BY at DESC, n DESC LIMIT $4 OFFSET $5");
    /// message_by_room.
    SINCE = concat!("SELECT ", message_columns!(), " FROM message
        WHERE room_id = $1 AND at > $2 AND NOT hidden AND ($3 = '' OR kind IS NULL OR replace($3, ',' || kind || ',', '') = $3)
        ORDER BY at, n LIMIT $4");
    /// message_by_room: unread of one room.
    COUNT_SINCE = "SELECT count(*) FROM message WHERE room_id = $1 AND at > $2 AND at < $3 AND NOT hidden";
    /// message_by_room, backwards: the last that somebody said.
    LAST_SAID = "SELECT id FROM message WHERE room_id = $1 AND kind IS NULL AND NOT hidden
        ORDER BY at DESC, n DESC LIMIT 1";
    /// message_by_room, backwards: what people said, and how it ended.
    SAID = concat!("SELECT ", message_columns!(), " FROM message
        WHERE room_id = $1 AND NOT hidden AND (kind IS NULL OR kind = 'livechat-close')
            AND ($2 = '' OR lower(text) LIKE $2 ESCAPE '\\')
        ORDER BY at DESC, n DESC LIMIT $3 OFFSET $4");
    COUNT_SAID = "SELECT count(*) FROM message
        WHERE room_id = $1 AND NOT hidden AND (kind IS NULL OR kind = 'livechat-close')
            AND ($2 = '' OR lower(text) LIKE $2 ESCAPE '\\')";
    /// message_by_room, backwards.
    OF_KIND = concat!("SELECT ", message_columns!(), " FROM message
        WHERE room_id = $1 AND kind = $2 ORDER BY at DESC, n DESC LIMIT $3 OFFSET $4");
    OF_KIND_UP = concat!("SELECT ", message_columns!(), " FROM message
        WHERE room_id = $1 AND kind = $2 ORDER BY at, n LIMIT $3 OFFSET $4");
    COUNT_OF_KIND = "SELECT count(*) FROM message WHERE room_id = $1 AND kind = $2";
    /// message_by_room: all of a conversation up to one of its events.
    UP_TO = concat!("SELECT ", message_columns!(), " FROM message
        WHERE room_id = $1 AND seq <= $2 AND NOT hidden ORDER BY at, n LIMIT $3");
    /// The same from the end.
    LATEST_UP_TO = concat!("SELECT ", message_columns!(), " FROM message
        WHERE room_id = $1 AND seq <= $2 AND NOT hidden ORDER BY at DESC, n DESC LIMIT $3");
    /// message_by_room: what came with one event, which has the same moment.
    OF_EVENT = concat!("SELECT ", message_columns!(), " FROM message
        WHERE room_id = $1 AND at = $2 AND seq = $3 AND NOT hidden ORDER BY n LIMIT 100");
    /// message_by_room: the pages that are kept out of sight.
    HIDDEN_VISITS_UP_TO = concat!("SELECT ", message_columns!(), " FROM message
        WHERE room_id = $1 AND kind = $2 AND hidden AND seq <= $3 ORDER BY at, n LIMIT $4");
    /// Primary key: what each message was then that has been changed or removed since.
    PAST_UP_TO = "SELECT past.n, past.message_id, past.room_id, past.seq, CAST(NULL AS TEXT), FALSE, past.by_visitor,
            past.author_id, past.author_username, past.author_name, past.text, past.extra,
            past.edited_at, past.edited_by, past.at, past.updated_at
        FROM message_past AS past
        WHERE past.room_id = $1 AND past.seq <= $2 AND past.until_seq > $2 AND NOT EXISTS (
            SELECT 1 FROM message_past AS older WHERE older.room_id = past.room_id
                AND older.message_id = past.message_id AND older.until_seq > $2 AND older.until_seq < past.until_seq)
        ORDER BY past.at, past.n LIMIT $3";
    /// Primary key: what one message was before it was changed next.
    PAST_OF = "SELECT past.n, past.message_id, past.room_id, past.seq, CAST(NULL AS TEXT), FALSE, past.by_visitor,
            past.author_id, past.author_username, past.author_name, past.text, past.extra,
            past.edited_at, past.edited_by, past.at, past.updated_at
        FROM message_past AS past
        WHERE past.room_id = $1 AND past.message_id = $2 AND past.until_seq > $3
        ORDER BY past.until_seq LIMIT 1";
    /// message_by_room: what changed since, the first change first, so that whoever got as much as
    /// the limit goes on from there.
    CHANGED_SINCE = concat!("SELECT ", message_columns!(), " FROM message
        WHERE room_id = $1 AND updated_at > $2 AND NOT hidden ORDER BY updated_at, n LIMIT $3");
    /// subscription_by_account, then primary keys: the last word in each room of an account.
    LAST_OF_ACCOUNT = concat!("SELECT ", message_columns!(), " FROM subscription
            JOIN room ON room.id = subscription.room_id
            JOIN message ON message.id = room.last_message_id
        WHERE subscription.account_id = $1
        ORDER BY subscription.updated_at DESC, subscription.id LIMIT $2");
    /// message_removed_by_room.
    REMOVED_SINCE = "SELECT message_id, removed_at FROM message_removed
        WHERE room_id = $1 AND removed_at > $2 ORDER BY removed_at LIMIT $3";
    /// message_by_id.
    EDIT = "UPDATE message SET text = $2, extra = $3, edited_at = $4, edited_by = $5, updated_at = $4 WHERE id = $1";
    KEEP_EXTRA = "UPDATE message SET extra = $2, updated_at = $3 WHERE id = $1";
    REMOVE = "DELETE FROM message WHERE id = $1";
    MAKE_SYSTEM = "UPDATE message SET kind = $2, text = '', extra = NULL, edited_at = $3, edited_by = $4, updated_at = $3 WHERE id = $1";
    NOTE_REMOVED = "INSERT INTO message_removed (message_id, room_id, removed_at) VALUES ($1, $2, $3)
        ON CONFLICT (message_id) DO UPDATE SET room_id = excluded.room_id, removed_at = excluded.removed_at";
    KEEP_PAST = "INSERT INTO message_past (room_id, message_id, until_seq, n, seq, by_visitor, author_id,
            author_username, author_name, text, extra, edited_at, edited_by, at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
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

pub(crate) fn of_event(
    view: &mut View<'_>,
    room: &str,
    at: Timestamp,
    seq: i64,
) -> Result<Vec<Message>, Error> {
    view.query(&OF_EVENT, params![room, at, seq], read)
}

pub(crate) fn find(view: &mut View<'_>, id: &str) -> Result<Option<Message>, Error> {
    view.one(&FIND, params![id], read)
}

/// Answers 0 when there is a message of this id already.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    message: &Message,
    waits_for_token: Option<&str>,
) -> Result<u64, Error> {
    let extra = message.extra.as_ref().map(Value::to_string);
    tx.execute(
        &INSERT,
        params![
            &message.id,
            message.room.as_deref(),
            waits_for_token,
            message.seq,
            message.system.map(System::as_str),
            message.hidden,
            message.by_visitor,
            &message.author.id,
            &message.author.username,
            message.author.name.as_deref(),
            &message.text,
            extra.as_deref(),
            message.at,
        ],
    )
}

/// Kinds of messages that are left out, as a statement takes them.
fn without(hidden: &[String]) -> String {
    match hidden.is_empty() {
        true => String::new(),
        false => format!(",{},", hidden.join(",,")),
    }
}

/// Newest first.
pub(crate) fn history(
    view: &mut View<'_>,
    room: &str,
    before: Timestamp,
    hidden: &[String],
    page: Page,
) -> Result<Vec<Message>, Error> {
    view.query(
        &HISTORY,
        params![room, before, &without(hidden), page.limit, page.offset],
        read,
    )
}

/// Oldest first.
pub(crate) fn since(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    hidden: &[String],
    limit: i64,
) -> Result<Vec<Message>, Error> {
    view.query(&SINCE, params![room, after, &without(hidden), limit], read)
}

pub(crate) fn count_between(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    before: Timestamp,
) -> Result<i64, Error> {
    view.number(&COUNT_SINCE, params![room, after, before])
}

pub(crate) fn last_said(view: &mut View<'_>, room: &str) -> Result<Option<String>, Error> {
    view.one(&LAST_SAID, params![room], |row| row.get(0))
}

pub(crate) fn said(
    view: &mut View<'_>,
    room: &str,
    term: &str,
    page: Page,
) -> Result<(Vec<Message>, i64), Error> {
    let part = match term {
        "" => String::new(),
        term => format!("%{}%", escape(&key(term))),
    };
    let found = view.query(&SAID, params![room, &part, page.limit, page.offset], read)?;
    Ok((found, view.number(&COUNT_SAID, params![room, &part])?))
}

pub(crate) fn of_kind(
    view: &mut View<'_>,
    room: &str,
    kind: System,
    oldest_first: bool,
    page: Page,
) -> Result<(Vec<Message>, i64), Error> {
    let statement = match oldest_first {
        true => &OF_KIND_UP,
        false => &OF_KIND,
    };
    let params = params![room, kind.as_str(), page.limit, page.offset];
    let found = view.query(statement, params, read)?;
    let total = view.number(&COUNT_OF_KIND, params![room, kind.as_str()])?;
    Ok((found, total))
}

pub(crate) fn hidden_visits_up_to(
    view: &mut View<'_>,
    room: &str,
    seq: i64,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    let params = params![room, System::Visited.as_str(), seq, limit];
    view.query(&HIDDEN_VISITS_UP_TO, params, read)
}

/// A conversation as it was at one of its events, oldest message first.
pub(crate) fn up_to(
    view: &mut View<'_>,
    room: &str,
    seq: i64,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    let most = usize::try_from(limit).unwrap_or(0);
    let present = view.query(&UP_TO, params![room, seq, limit], read)?;
    let all = with_past(view, room, seq, present)?;
    Ok(all.into_iter().take(most).collect())
}

/// Of a long conversation the end.
pub(crate) fn latest_up_to(
    view: &mut View<'_>,
    room: &str,
    seq: i64,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    let most = usize::try_from(limit).unwrap_or(0);
    let present = view.query(&LATEST_UP_TO, params![room, seq, limit], read)?;
    let mut all = with_past(view, room, seq, present)?;
    all.drain(..all.len().saturating_sub(most));
    Ok(all)
}

fn with_past(
    view: &mut View<'_>,
    room: &str,
    seq: i64,
    present: Vec<Message>,
) -> Result<Vec<Message>, Error> {
    let past = view.query(&PAST_UP_TO, params![room, seq, MOST_PAST], read)?;
    // What a message was then stands where it stood, also when it is gone. SQLite gives the number
    // of the last message again when that is removed, so that the id belongs to the place.
    let mut messages: BTreeMap<(Timestamp, i64, String), Message> = BTreeMap::new();
    for message in present.into_iter().chain(past) {
        messages.insert((message.at, message.n, message.id.clone()), message);
    }
    Ok(messages.into_values().collect())
}

pub(crate) fn as_of(
    view: &mut View<'_>,
    room: &str,
    id: &str,
    seq: i64,
) -> Result<Option<Message>, Error> {
    let present = find(view, id)?.filter(|message| message.room.as_deref() == Some(room));
    // What was never changed is what it was.
    if present
        .as_ref()
        .is_some_and(|message| message.edited.is_none())
    {
        return Ok(present);
    }
    let past = view.one(&PAST_OF, params![room, id, seq], read)?;
    Ok(past.or(present))
}

pub(crate) fn changed_since(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    view.query(&CHANGED_SINCE, params![room, after, limit], read)
}

/// The last message of each room that an account is in.
pub(crate) fn last_of_account(
    view: &mut View<'_>,
    account: &str,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    view.query(&LAST_OF_ACCOUNT, params![account, limit], read)
}

pub(crate) fn removed_since(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    limit: i64,
) -> Result<Vec<(String, Timestamp)>, Error> {
    view.query(&REMOVED_SINCE, params![room, after, limit], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

pub(crate) fn edit_to(tx: &mut Tx<'_>, message: &Message) -> Result<(), Error> {
    let extra = message.extra.as_ref().map(Value::to_string);
    let by = message.edited.as_ref().map(|edit| written(&edit.by));
    tx.execute(
        &EDIT,
        params![
            &message.id,
            &message.text,
            extra.as_deref(),
            message.edited.as_ref().map(|edit| edit.at),
            by.as_deref(),
        ],
    )
    .map(drop)
}

pub(crate) fn keep_extra(tx: &mut Tx<'_>, now: Timestamp, message: &Message) -> Result<u64, Error> {
    let extra = message.extra.as_ref().map(Value::to_string);
    tx.execute(&KEEP_EXTRA, params![&message.id, extra.as_deref(), now])
}

/// What a message was until an event of its conversation changed it.
pub(crate) fn keep_past(
    tx: &mut Tx<'_>,
    message: &Message,
    room: &str,
    until_seq: i64,
) -> Result<u64, Error> {
    let extra = message.extra.as_ref().map(Value::to_string);
    let by = message.edited.as_ref().map(|edit| written(&edit.by));
    tx.execute(
        &KEEP_PAST,
        params![
            room,
            &message.id,
            until_seq,
            message.n,
            message.seq,
            message.by_visitor,
            &message.author.id,
            &message.author.username,
            message.author.name.as_deref(),
            &message.text,
            extra.as_deref(),
            message.edited.as_ref().map(|edit| edit.at),
            by.as_deref(),
            message.at,
            message.updated_at,
        ],
    )
}

pub(crate) fn remove(
    tx: &mut Tx<'_>,
    now: Timestamp,
    message: &Message,
    room: &str,
) -> Result<(), Error> {
    tx.execute(&REMOVE, params![&message.id])?;
    tx.execute(&NOTE_REMOVED, params![&message.id, room, now])
        .map(drop)
}

/// Leaves a trace where a message was.
pub(crate) fn make_system(
    tx: &mut Tx<'_>,
    now: Timestamp,
    message: &str,
    kind: System,
    by: &Author,
) -> Result<u64, Error> {
    tx.execute(
        &MAKE_SYSTEM,
        params![message, kind.as_str(), now, &written(by)],
    )
}

pub(crate) fn remove_of_room(tx: &mut Tx<'_>, room: &str) -> Result<(), Error> {
    tx.execute(&REMOVE_OF_ROOM, params![room])?;
    tx.execute(&REMOVE_PAST_OF_ROOM, params![room])?;
    tx.execute(&REMOVE_REMOVED_OF_ROOM, params![room]).map(drop)
}

/// Pages seen before there was a room go into it. Answers how many.
pub(crate) fn give_room(tx: &mut Tx<'_>, token: &str, room: &str, seq: i64) -> Result<u64, Error> {
    tx.execute(&GIVE_ROOM, params![token, room, seq])
}

pub(crate) fn count_waiting(view: &mut View<'_>, token: &str) -> Result<i64, Error> {
    view.number(&COUNT_WAITING, params![token])
}

pub(crate) fn remove_waiting(tx: &mut Tx<'_>, token: &str) -> Result<u64, Error> {
    tx.execute(&REMOVE_WAITING, params![token])
}

pub(crate) fn remove_stale(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64, Error> {
    tx.execute(&REMOVE_STALE, params![before, limit])
}

fn written(author: &Author) -> String {
    json!({"id": author.id, "username": author.username}).to_string()
}

fn edit(at: Option<Timestamp>, by: Option<Value>) -> Option<Edit> {
    let text = |by: &Value, name: &str| {
        by.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    at.zip(by).map(|(at, by)| Edit {
        at,
        by: Author {
            id: text(&by, "id"),
            username: text(&by, "username"),
            name: None,
        },
    })
}

fn read(row: &Row<'_>) -> Result<Message, Error> {
    let mut columns = row.columns_from(0);
    let n = columns.next()?;
    let id = columns.next()?;
    let room = columns.next()?;
    let seq = columns.next()?;
    let kind: Option<String> = columns.next()?;
    let hidden = columns.next()?;
    let by_visitor = columns.next()?;
    let author = Author {
        id: columns.next()?,
        username: columns.next()?,
        name: columns.next()?,
    };
    let text = columns.next()?;
    let extra = columns.next()?;
    let edited_at: Option<Timestamp> = columns.next()?;
    let edited_by: Option<Value> = columns.next()?;
    Ok(Message {
        n,
        id,
        room,
        seq,
        system: kind.as_deref().and_then(System::parse),
        hidden,
        by_visitor,
        author,
        text,
        extra,
        edited: edit(edited_at, edited_by),
        at: columns.next()?,
        updated_at: columns.next()?,
    })
}
