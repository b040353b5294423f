//! The event log: what happened, in one order, for every reader.
//!
//! An event is appended in the transaction of the change that it reports. Readers hold a
//! [`Position`] and follow from there; they are woken, they do not poll. The wake-up carries no
//! data: a reader that is woken reads the log.

use crate::{Error, Record as _, Timestamp, Tx, View, params, record, sql, statements};

/// Where an event stands in the log; positions grow by one and are given in the order in which
/// readers see events.
pub type Position = i64;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Event from "event" {
        pub position: Position,
        pub at: Timestamp,
        pub kind: String,
        pub conversation: Option<ConversationSeq> = record,
        pub visitor: Option<String>,
        pub agent: Option<String>,
        pub department: Option<String>,
        /// What was true at that moment, as JSON: all that a reader needs.
        pub body: String,
    }
}

record! {
    /// Where an event stands inside its conversation; the numbers have no gaps.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ConversationSeq from "event" {
        pub conversation: String,
        pub seq: i64,
    }
}

/// An event to be appended. The log gives it its position.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    pub kind: &'a str,
    /// Its id, and the event's number in it. The caller counts, behind a lock that it holds until the commit: so these
    /// numbers are in the order of the log.
    pub conversation: Option<(&'a str, i64)>,
    pub visitor: Option<&'a str>,
    pub agent: Option<&'a str>,
    pub department: Option<&'a str>,
    /// JSON.
    pub body: String,
}

impl<'a> NewEvent<'a> {
    /// Something that concerns no conversation.
    pub fn plain(kind: &'a str, body: String) -> Self {
        Self {
            kind,
            conversation: None,
            visitor: None,
            agent: None,
            department: None,
            body,
        }
    }

    pub fn in_conversation(kind: &'a str, conversation: &'a str, seq: i64, body: String) -> Self {
        Self {
            conversation: Some((conversation, seq)),
            ..Self::plain(kind, body)
        }
    }
}

statements! {
    /// To the end of the table. PostgreSQL's sequencer gives the position after the commit.
    APPEND = "INSERT INTO event (at, kind, conversation, seq, visitor, agent, department, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        postgres = "INSERT INTO event_staged (at, kind, conversation, seq, visitor, agent, department, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" => batched;
    /// Primary key, in order.
    AFTER = sql!("SELECT ", Event::COLUMNS, " FROM event WHERE position > $1 ORDER BY position LIMIT $2");
    /// event_by_conversation.
    OF_CONVERSATION = sql!("SELECT ", Event::COLUMNS, " FROM event WHERE conversation = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    /// Primary key of a small table.
    READER = "SELECT position FROM event_reader WHERE name = $1";
    /// Primary key of a small table. A reader never goes back.
    MOVE_READER = "INSERT INTO event_reader (name, position, moved_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position, moved_at = excluded.moved_at
        WHERE event_reader.position < excluded.position";
    FORGET_READER = "DELETE FROM event_reader WHERE name = $1";
    SLOWEST_READER = "SELECT min(position) FROM event_reader";
    /// Primary key, last entry.
    LAST = "SELECT coalesce(max(position), 0) FROM event";
    /// Primary key: a range.
    COUNT_OF_KINDS = "SELECT count(*) FROM event WHERE position > $1 AND position <= $2
        AND replace($3, ',' || kind || ',', '') <> $3";
    /// Primary key: a range.
    COUNTS = "SELECT kind, count(*) FROM event WHERE position > $1 GROUP BY kind ORDER BY kind";
    /// Primary key, first entry.
    FIRST = "SELECT coalesce(min(position), 0) FROM event";
    /// Primary key.
    TIME_AT = "SELECT at FROM event WHERE position >= $1 ORDER BY position LIMIT 1";
    /// Primary key: a range from the oldest on, bounded, and never the newest event, after which
    /// SQLite counts on.
    PRUNE = "DELETE FROM event WHERE position IN (
        SELECT position FROM event
        WHERE position <= $1 AND at < $2 AND position < (SELECT max(position) FROM event)
        ORDER BY position LIMIT $3)";
}

pub fn append(tx: &mut Tx<'_>, now: Timestamp, event: &NewEvent<'_>) -> Result<(), Error> {
    let (conversation, seq) = event.conversation.unzip();
    tx.execute(
        &APPEND,
        params![
            now,
            event.kind,
            conversation,
            seq,
            event.visitor,
            event.agent,
            event.department,
            &event.body
        ],
    )?;
    tx.note_event();
    Ok(())
}

/// The next events after a position, oldest first.
pub fn after(view: &mut View<'_>, position: Position, limit: usize) -> Result<Vec<Event>, Error> {
    view.records(&AFTER, params![position, limit as i64])
}

/// The next events of one conversation after one of its numbers.
pub fn of_conversation(
    view: &mut View<'_>,
    conversation: &str,
    seq: i64,
    limit: usize,
) -> Result<Vec<Event>, Error> {
    view.records(&OF_CONVERSATION, params![conversation, seq, limit as i64])
}

/// Whether an event of one of these kinds stands after a position, up to another.
pub fn has_kind(
    view: &mut View<'_>,
    after: Position,
    until: Position,
    kinds: &[&str],
) -> Result<bool, Error> {
    let kinds = format!(",{},", kinds.join(","));
    Ok(view.number(&COUNT_OF_KINDS, params![after, until, &kinds])? > 0)
}

/// How many events of each kind stand after a position.
pub fn counts(view: &mut View<'_>, after: Position) -> Result<Vec<(String, i64)>, Error> {
    view.query(&COUNTS, params![after], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

pub fn last(view: &mut View<'_>) -> Result<Position, Error> {
    view.number(&LAST, params![])
}

/// The last position of before a moment. Events are in the order of their commits, and their times
/// are those of their commands: around the moment a few may be on the other side.
pub fn before(view: &mut View<'_>, moment: Timestamp) -> Result<Position, Error> {
    let first = view.number(&FIRST, params![])?;
    // What is before `low` is earlier; what is at `high` or behind it is not.
    let (mut low, mut high) = (first, last(view)? + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let at = view.one(&TIME_AT, params![middle], |row| row.get::<Timestamp>(0))?;
        if at.is_some_and(|at| at < moment) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok((low - 1).max(0))
}

/// How far a durable reader has come: 0 for one that never moved.
pub fn reader(view: &mut View<'_>, name: &str) -> Result<Position, Error> {
    let position = view.one(&READER, params![name], |row| row.get(0))?;
    Ok(position.unwrap_or(0))
}

/// Remembers how far a durable reader has come, in the transaction of what it did with it.
pub fn move_reader(
    tx: &mut Tx<'_>,
    now: Timestamp,
    name: &str,
    position: Position,
) -> Result<(), Error> {
    tx.execute(&MOVE_READER, params![name, position, now])
}

/// Retention no longer waits for this reader.
pub fn forget_reader(tx: &mut Tx<'_>, name: &str) -> Result<(), Error> {
    tx.execute(&FORGET_READER, params![name])
}

/// Removes at most `limit` events that are older than `before` and that every durable reader
/// has passed. Those older than `at_last` go even if a reader has not come so far: a reader that
/// never moves again must not fill the disk. Answers how many went.
pub fn prune(
    tx: &mut Tx<'_>,
    before: Timestamp,
    at_last: Timestamp,
    limit: usize,
) -> Result<u64, Error> {
    let slowest = tx.one(&SLOWEST_READER, params![], |row| row.get(0))?;
    let passed: Position = slowest.flatten().unwrap_or(Position::MAX);
    let limit = limit as i64;
    let gone = tx.changed(&PRUNE, params![passed, before, limit])?;
    let forced = tx.changed(&PRUNE, params![Position::MAX, at_last, limit])?;
    if forced > 0 {
        tracing::warn!(
            events = forced,
            slowest_reader = passed,
            "events were removed at the end of their longest keep although a reader had not come so far"
        );
    }
    Ok(gone + forced)
}
