use hark_store::{Param, Record, Result, Tx, View, params, record, sql, statements};

use crate::messages::Message;

record! {
    /// A message, as far as it is found by its words.
    #[derive(Debug, Clone)]
    pub(super) struct Said from "message" {
        pub n: i64,
        pub id: String,
        pub room: String = "message.room_id",
        pub kind: Option<String>,
        pub text: String,
    }
}

/// What somebody said in a chat, and the notice that it has begun.
const FOUND_BY: &str = " FROM message JOIN room ON room.id = message.room_id
    WHERE room.kind = 'l' AND NOT message.hidden AND (message.kind IS NULL OR message.kind = 'livechat-started') ";

statements! {
    /// message_by_id.
    NAMED = sql!("SELECT ", Said::COLUMNS, FOUND_BY, "AND message.id IN (SELECT value FROM json_each($1)) ORDER BY message.n"),
        postgres = sql!("SELECT ", Said::COLUMNS, FOUND_BY, "AND message.id IN (
            SELECT value FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON))) ORDER BY message.n");
    /// message_by_room, from its first message on.
    BEGINNING = sql!("SELECT ", Said::COLUMNS, FOUND_BY, "AND message.room_id = $1 AND message.kind = 'livechat-started'
        ORDER BY message.at, message.n LIMIT 1");
    /// Primary key, backwards.
    WALK = sql!("SELECT ", Said::COLUMNS, FOUND_BY, "AND message.n <= $1 ORDER BY message.n DESC LIMIT $2");
    /// Primary key, last entry.
    LAST = "SELECT coalesce(max(n), 0) FROM message";
    /// Primary keys. What was changed or removed since it was read is left out; on PostgreSQL it can not go
    /// before this is there. Its words for the parts of the numbers are what leads to one part of the messages.
    PUT = "INSERT OR REPLACE INTO message_words (rowid, words) SELECT n, $2 FROM message WHERE n = $1 AND id = $3 AND text = $4",
        postgres = "INSERT INTO message_words (n, words)
            SELECT n, array_to_tsvector(string_to_array(CAST($2 AS TEXT) || ' /16/' || (n >> 16) || ' /20/' || (n >> 20), ' '))
            FROM message WHERE n = $1 AND id = $3 AND text = $4 FOR KEY SHARE
            ON CONFLICT (n) DO UPDATE SET words = excluded.words";
    /// One row.
    WALKED_TO = "SELECT upto FROM message_words_walk";
    WALK_ON = "INSERT INTO message_words_walk (id, upto) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET upto = excluded.upto";
    /// The index of the words, the latest message first. `$5` says how large the parts are in which PostgreSQL
    /// looks: it gathers all that fit in a part before it sorts them.
    FIND = "SELECT rowid FROM message_words WHERE message_words MATCH $1 AND rowid < $2 AND rowid >= $4 AND $5 > 0
            ORDER BY rowid DESC LIMIT $3",
        postgres = "SELECT part.n FROM generate_series((CAST($2 AS BIGINT) - 1) >> CAST(CAST($5 AS BIGINT) AS INTEGER),
                CAST($4 AS BIGINT) >> CAST(CAST($5 AS BIGINT) AS INTEGER), -1) AS number,
            LATERAL message_words_found(CAST(replace(replace($1, ' ', ' & '), '*', ':*')
                || ' & /' || CAST($5 AS BIGINT) || '/' || number AS tsquery), $4, $2, $3) AS part(n)
            LIMIT $3";
    /// Primary key. In which rooms messages are.
    ROOMS = "SELECT n, room_id FROM message WHERE n IN (SELECT value FROM json_each($1)) AND room_id IS NOT NULL",
        postgres = "SELECT n, room_id FROM message WHERE n IN (
            SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON))) AND room_id IS NOT NULL";
    /// Primary key.
    NUMBERED = sql!("SELECT ", Message::COLUMNS, " FROM message WHERE n IN (SELECT value FROM json_each($1)) ORDER BY n DESC"),
        postgres = sql!("SELECT ", Message::COLUMNS, " FROM message WHERE n IN (
            SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON))) ORDER BY n DESC");
}

/// Oldest first.
pub(super) fn named(view: &mut View<'_>, ids: &[String]) -> Result<Vec<Said>> {
    view.records(&NAMED, params![Param::json(ids)])
}

/// The notice with which a chat has begun.
pub(super) fn beginning(view: &mut View<'_>, room: &str) -> Result<Option<Said>> {
    view.record(&BEGINNING, params![room])
}

/// Up to a number, latest first.
pub(super) fn up_to(view: &mut View<'_>, n: i64, limit: i64) -> Result<Vec<Said>> {
    view.records(&WALK, params![n, limit])
}

pub(super) fn last(view: &mut View<'_>) -> Result<i64> {
    view.number(&LAST, params![])
}

pub(super) fn put(tx: &mut Tx<'_>, said: &Said, words: &str) -> Result<()> {
    tx.execute(&PUT, params![said.n, words, &said.id, &said.text])
}

/// Nothing: nobody has begun.
pub(super) fn walked_to(view: &mut View<'_>) -> Result<Option<i64>> {
    view.one(&WALKED_TO, params![], |row| row.get(0))
}

pub(super) fn walk_on(tx: &mut Tx<'_>, upto: i64) -> Result<()> {
    tx.execute(&WALK_ON, params![upto])
}

/// Numbers of messages from `from` on and before `below`, the latest first.
pub(super) fn find(
    view: &mut View<'_>,
    words: &str,
    (from, below): (i64, i64),
    limit: i64,
    part: i64,
) -> Result<Vec<i64>> {
    view.query(&FIND, params![words, below, limit, from, part], |row| {
        row.get(0)
    })
}

/// The numbers with the rooms in which they are, in any order.
pub(super) fn rooms(view: &mut View<'_>, numbers: &[i64]) -> Result<Vec<(i64, String)>> {
    view.query(&ROOMS, params![Param::json(numbers)], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// Latest first.
pub(super) fn numbered(view: &mut View<'_>, numbers: &[i64]) -> Result<Vec<Message>> {
    view.records(&NUMBERED, params![Param::json(numbers)])
}
