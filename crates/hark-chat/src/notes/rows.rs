use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::{MOST_UNREAD, Mention, Note};
use hark_model::rooms::Room;

statements! {
    /// Primary key, the few versions of one note.
    FIND = sql!("SELECT ", Note::COLUMNS, " FROM note WHERE id = $1 AND until_seq IS NULL");
    /// The same: the version that held at an event.
    AS_OF = sql!("SELECT ", Note::COLUMNS, " FROM note
        WHERE id = $1 AND room_id = $2 AND version_seq <= $3 ORDER BY version_seq DESC LIMIT 1");
    /// note_by_room.
    COUNT = "SELECT count(*) FROM note WHERE room_id = $1 AND until_seq IS NULL";
    /// note_by_room, backwards.
    LATEST = sql!("SELECT ", Note::COLUMNS, " FROM note
        WHERE room_id = $1 AND seq < $2 AND until_seq IS NULL ORDER BY seq DESC LIMIT $3");
    /// Primary key.
    END = "UPDATE note SET until_seq = $2 WHERE id = $1 AND until_seq IS NULL";
    /// Primary key.
    REMOVE_MENTION = "DELETE FROM note_mention WHERE account_id = $1 AND note_id = $2";
    /// note_mention_by_note.
    REMOVE_MENTIONS = "DELETE FROM note_mention WHERE note_id = $1";
    /// note_mention_by_time, backwards.
    MENTIONS_OF = sql!("SELECT ", Mention::COLUMNS, " FROM note_mention
        WHERE account_id = $1 AND (at < $2 OR (at = $2 AND note_id < $3)) ORDER BY at DESC, note_id DESC LIMIT $4");
    /// note_mention_unread.
    UNREAD = "SELECT count(*) FROM (SELECT 1 AS one FROM note_mention
        WHERE account_id = $1 AND read_at IS NULL LIMIT $2) AS unread";
    /// note_mention_unread.
    READ = "UPDATE note_mention SET read_at = $3 WHERE account_id = $1 AND read_at IS NULL AND at <= $2";
}

writes! {
    pub(super) fn insert(note: &Note) insert note {
        id = &note.id,
        room_id = &note.room,
        seq = note.seq,
        version_seq = note.version_seq,
        author_id = &note.author.id,
        author_username = &note.author.username,
        author_name = &note.author.name,
        text = &note.text,
        mentions = &note.mentions,
        at = note.at,
        edited_at = note.edited_at,
    };
    pub(super) fn mention(now: Timestamp, room: &Room, note: &str, account: &str) insert note_mention {
        account_id = account,
        note_id = note,
        room_id = &room.id,
        at = now,
    } "ON CONFLICT (account_id, note_id) DO NOTHING";
}

/// As it is now. Nothing: it is gone.
pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Note>> {
    view.record(&FIND, params![id])
}

/// A note as it was at an event of its conversation.
pub fn as_of(view: &mut View<'_>, room: &str, id: &str, seq: i64) -> Result<Option<Note>> {
    view.record(&AS_OF, params![id, room, seq])
}

pub(super) fn count(view: &mut View<'_>, room: &str) -> Result<i64> {
    view.number(&COUNT, params![room])
}

/// Those of a conversation that came before one of its events, newest first.
pub fn latest(view: &mut View<'_>, room: &str, before: i64, limit: i64) -> Result<Vec<Note>> {
    view.records(&LATEST, params![room, before, limit])
}

pub(super) fn end(tx: &mut Tx<'_>, id: &str, seq: i64) -> Result<()> {
    tx.execute(&END, params![id, seq])
}

pub(super) fn remove_mention(tx: &mut Tx<'_>, account: &str, note: &str) -> Result<()> {
    tx.execute(&REMOVE_MENTION, params![account, note])
}

pub(super) fn remove_mentions(tx: &mut Tx<'_>, note: &str) -> Result<()> {
    tx.execute(&REMOVE_MENTIONS, params![note])
}

/// Where somebody is mentioned, newest first, from a place on.
pub fn mentions_of(
    view: &mut View<'_>,
    account: &str,
    (at, note): (Timestamp, &str),
    limit: i64,
) -> Result<Vec<Mention>> {
    view.records(&MENTIONS_OF, params![account, at, note, limit])
}

/// How many mentions somebody has not seen.
pub fn unread_mentions(view: &mut View<'_>, account: &str) -> Result<i64> {
    view.number(&UNREAD, params![account, MOST_UNREAD])
}

pub(super) fn read_mentions(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &str,
    up_to: Timestamp,
) -> Result<()> {
    tx.execute(&READ, params![account, up_to, now])
}
