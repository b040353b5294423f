use std::sync::Arc;

use bytes::Bytes;
use hark_store::{Error, Position, Row, Timestamp, Tx, View, params, statements};
use serde_json::Value;

use super::{Attempt, Fresh, Item, Tally};

macro_rules! item_columns {
    () => {
        "delivery.position, delivery.mark, delivery.kind, delivery.line, delivery.seq, delivery.at, delivery.attempts, delivery.attempts_before,
            CASE WHEN length(delivery_body.body) <= 8192 THEN delivery_body.body END, delivery.next_at"
    };
}

statements! {
    /// Primary key of a small table. Whoever changes what is parked of an endpoint takes turns, so
    /// that each sees what the one before him did (decision 3).
    LOCK = "SELECT 1 FROM lane WHERE endpoint = $1",
        postgres = "SELECT 1 FROM lane WHERE endpoint = $1 FOR UPDATE";
    /// Primary keys, at their ends. What is there already was made from the same event.
    INSERT = "INSERT INTO delivery (endpoint, position, mark, kind, line, seq, at, state, attempts, attempts_before)
        SELECT CAST(value AS BIGINT), $2, $3, $4, $5, $6, $7, 0, 0, 0 FROM json_each($1) WHERE TRUE
        ON CONFLICT (endpoint, position) DO NOTHING",
        postgres = "INSERT INTO delivery (endpoint, position, mark, kind, line, seq, at, state, attempts, attempts_before)
        SELECT CAST(value AS BIGINT), $2, $3, $4, $5, $6, $7, 0, 0, 0 FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON))
        ON CONFLICT (endpoint, position) DO NOTHING";
    INSERT_BODY = "INSERT INTO delivery_body (position, dialect, body) VALUES ($1, $2, $3)
        ON CONFLICT (position, dialect) DO NOTHING";
    COUNT_MADE = "UPDATE lane SET made = made + $2 WHERE endpoint IN (SELECT value FROM json_each($1))",
        postgres = "UPDATE lane SET made = made + $2
        WHERE endpoint IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON)))";
    /// Primary keys: the fresh ones after a position; the last column says whether one ahead of it
    /// in its line is parked (delivery_in_line).
    FRESH = concat!("SELECT ", item_columns!(), ", delivery.line IS NOT NULL AND EXISTS (
            SELECT 1 FROM delivery AS ahead WHERE ahead.endpoint = delivery.endpoint
                AND ahead.line = delivery.line AND ahead.state = 1 AND ahead.position < delivery.position)
        FROM delivery LEFT JOIN delivery_body ON delivery_body.position = delivery.position AND delivery_body.dialect = $2
        WHERE delivery.endpoint = $1 AND delivery.position > $3 AND delivery.state = 0
        ORDER BY delivery.position LIMIT $4");
    /// delivery_due, then primary keys.
    DUE = concat!("SELECT ", item_columns!(), " FROM delivery
            LEFT JOIN delivery_body ON delivery_body.position = delivery.position AND delivery_body.dialect = $2
        WHERE delivery.endpoint = $1 AND delivery.next_at IS NOT NULL
        ORDER BY delivery.next_at, delivery.position LIMIT $3");
    /// Primary key.
    BODY = "SELECT body FROM delivery_body WHERE position = $1 AND dialect = $2";
    /// Primary key; nothing when it was written already, or somebody asked for it to be sent again.
    SETTLE = "UPDATE delivery SET state = $3, attempts = $4, next_at = NULL, settled_at = $5, status = $6, error = $7
        WHERE endpoint = $1 AND position = $2 AND attempts = $8 AND attempts_before = $9";
    PARK = "UPDATE delivery SET state = 1, attempts = $3, next_at = $4, status = $5, error = $6
        WHERE endpoint = $1 AND position = $2 AND attempts = $7 AND attempts_before = $8";
    /// Primary key, and delivery_in_line for what may be ahead.
    BLOCK = "UPDATE delivery SET state = 1, next_at = CASE WHEN EXISTS (
            SELECT 1 FROM delivery AS ahead WHERE ahead.endpoint = $1
                AND ahead.line = $3 AND ahead.state = 1 AND ahead.position < $2) THEN NULL ELSE CAST($4 AS BIGINT) END
        WHERE endpoint = $1 AND position = $2 AND state = 0";
    /// delivery_in_line, then the primary key: the next one of a line has its turn.
    PROMOTE = "UPDATE delivery SET next_at = $3 WHERE endpoint = $1 AND next_at IS NULL AND position = (
        SELECT min(ahead.position) FROM delivery AS ahead
        WHERE ahead.endpoint = $1 AND ahead.line = $2 AND ahead.state = 1)";
    /// Primary key, at the end of what the endpoint has. After a commit of which nobody knows whether
    /// it took place, the same is written once more.
    INSERT_ATTEMPT = "INSERT INTO attempt (endpoint, position, number, at, url, request_headers, status, response_headers,
            response, truncated, error, detail, address, reused, dns, connect, tls, first_byte, total)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        ON CONFLICT (endpoint, position, number) DO NOTHING";
    /// Primary key of a small table. A time without deliveries that arrive begins with the first
    /// that is given up.
    NOTE = "UPDATE lane SET
            cursor = CASE WHEN cursor < $2 THEN $2 ELSE cursor END,
            delivered = delivered + $3,
            given_up = given_up + $4,
            attempts = attempts + $5,
            failed_attempts = failed_attempts + $6,
            last_success_at = coalesce($7, last_success_at),
            last_failure_at = coalesce($8, last_failure_at),
            failing_since = CASE WHEN $3 > 0 THEN NULL WHEN $4 > 0 THEN coalesce(failing_since, $8) ELSE failing_since END
        WHERE endpoint = $1 RETURNING CASE WHEN CAST($4 AS BIGINT) > 0 THEN failing_since END";
    CURSOR = "SELECT cursor FROM lane WHERE endpoint = $1";
    START_AFRESH = "UPDATE lane SET failing_since = NULL WHERE endpoint = $1";
    /// delivery_due, bounded: those that have waited longest.
    HURRY = "UPDATE delivery SET next_at = $2 WHERE endpoint = $1 AND position IN (
        SELECT position FROM delivery WHERE endpoint = $1 AND next_at > $2 ORDER BY next_at LIMIT $3)";
    /// Primary key, and delivery_in_line for what may be ahead.
    AGAIN = "UPDATE delivery SET state = 1, attempts_before = attempts, settled_at = NULL, next_at = CASE WHEN EXISTS (
            SELECT 1 FROM delivery AS ahead WHERE ahead.endpoint = $1 AND ahead.line = delivery.line
                AND ahead.state = 1 AND ahead.position < $2) THEN NULL ELSE CAST($3 AS BIGINT) END
        WHERE endpoint = $1 AND position = $2 AND state = $4";
    /// Primary key of a small table.
    TAKE_BACK = "UPDATE lane SET
            delivered = delivered - CASE WHEN $2 THEN 1 ELSE 0 END,
            given_up = given_up - CASE WHEN $2 THEN 0 ELSE 1 END
        WHERE endpoint = $1";
    STATE_OF = "SELECT state FROM delivery WHERE endpoint = $1 AND position = $2";
}

pub(super) fn lock(tx: &mut Tx<'_>, endpoint: i64) -> Result<(), Error> {
    tx.one(&LOCK, params![endpoint], |_| Ok(())).map(drop)
}

pub(super) fn insert(tx: &mut Tx<'_>, fresh: &Fresh) -> Result<(), Error> {
    let mark = tx.ids().id17();
    let endpoints = Value::from(fresh.endpoints.clone()).to_string();
    tx.execute(
        &INSERT,
        params![
            &endpoints,
            fresh.position,
            &mark,
            &fresh.kind,
            fresh.line.as_deref(),
            fresh.seq,
            fresh.at,
        ],
    )
    .map(drop)
}

pub(super) fn insert_body(
    tx: &mut Tx<'_>,
    position: Position,
    dialect: &'static str,
    body: &[u8],
) -> Result<(), Error> {
    tx.execute(&INSERT_BODY, params![position, dialect, body])
        .map(drop)
}

pub(super) fn count_made(tx: &mut Tx<'_>, endpoints: &[i64], made: i64) -> Result<(), Error> {
    let endpoints = Value::from(endpoints.to_vec()).to_string();
    tx.execute(&COUNT_MADE, params![&endpoints, made]).map(drop)
}

/// With each whether one ahead of it in its line is parked.
pub(super) fn fresh(
    view: &mut View<'_>,
    endpoint: i64,
    dialect: &'static str,
    after: Position,
    limit: i64,
) -> Result<Vec<(Item, bool)>, Error> {
    view.query(&FRESH, params![endpoint, dialect, after, limit], |row| {
        Ok((read_item(row)?, row.get(10)?))
    })
}

pub(super) fn due(
    view: &mut View<'_>,
    endpoint: i64,
    dialect: &'static str,
    limit: i64,
) -> Result<Vec<Item>, Error> {
    view.query(&DUE, params![endpoint, dialect, limit], read_item)
}

pub(super) fn body(
    view: &mut View<'_>,
    position: Position,
    dialect: &'static str,
) -> Result<Option<Vec<u8>>, Error> {
    view.one(&BODY, params![position, dialect], |row| row.get(0))
}

pub(super) fn settle(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    item: &Item,
    state: i64,
    attempt: &Attempt,
) -> Result<u64, Error> {
    tx.execute(
        &SETTLE,
        params![
            endpoint,
            item.position,
            state,
            item.attempts + 1,
            now,
            attempt.status,
            attempt.error,
            item.attempts,
            item.attempts_before,
        ],
    )
}

pub(super) fn park(
    tx: &mut Tx<'_>,
    endpoint: i64,
    item: &Item,
    next_at: Timestamp,
    attempt: &Attempt,
) -> Result<u64, Error> {
    tx.execute(
        &PARK,
        params![
            endpoint,
            item.position,
            item.attempts + 1,
            next_at,
            attempt.status,
            attempt.error,
            item.attempts,
            item.attempts_before,
        ],
    )
}

pub(super) fn block(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    position: Position,
    line: Option<&str>,
) -> Result<(), Error> {
    let params = params![endpoint, position, line, now];
    tx.execute(&BLOCK, params).map(drop)
}

pub(super) fn promote(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    line: &str,
) -> Result<u64, Error> {
    tx.execute(&PROMOTE, params![endpoint, line, now])
}

pub(super) fn insert_attempt(
    tx: &mut Tx<'_>,
    endpoint: i64,
    item: &Item,
    attempt: &Attempt,
) -> Result<(), Error> {
    tx.execute(
        &INSERT_ATTEMPT,
        params![
            endpoint,
            item.position,
            item.attempts + 1,
            attempt.at,
            &*attempt.url,
            &attempt.request_headers,
            attempt.status,
            attempt.response_headers.as_deref(),
            attempt.response.as_deref(),
            attempt.truncated,
            attempt.error,
            attempt.detail.as_deref(),
            attempt.address.as_deref(),
            attempt.reused,
            attempt.dns,
            attempt.connect,
            attempt.tls,
            attempt.first_byte,
            attempt.total,
        ],
    )
    .map(drop)
}

/// Answers since when deliveries have been given up without one that arrived.
pub(super) fn note(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    cursor: Position,
    tally: &Tally,
) -> Result<Option<Timestamp>, Error> {
    let succeeded = (tally.delivered > 0).then_some(now);
    let failed = (tally.failed_attempts > 0).then_some(now);
    let params = params![
        endpoint,
        cursor,
        tally.delivered,
        tally.given_up,
        tally.attempts,
        tally.failed_attempts,
        succeeded,
        failed,
    ];
    let since = tx.change(&NOTE, params, |row| row.get(0))?;
    Ok(since.into_iter().next().flatten())
}

pub(super) fn cursor(view: &mut View<'_>, endpoint: i64) -> Result<Position, Error> {
    let cursor = view.one(&CURSOR, params![endpoint], |row| row.get(0))?;
    Ok(cursor.unwrap_or(0))
}

pub(super) fn start_afresh(tx: &mut Tx<'_>, endpoint: i64) -> Result<(), Error> {
    tx.execute(&START_AFRESH, params![endpoint]).map(drop)
}

pub(super) fn hurry(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    most: i64,
) -> Result<u64, Error> {
    tx.execute(&HURRY, params![endpoint, now, most])
}

pub(super) fn again(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    position: Position,
    state: i64,
) -> Result<u64, Error> {
    tx.execute(&AGAIN, params![endpoint, position, now, state])
}

/// A delivery that was delivered, or given up, is so no more.
pub(super) fn take_back(tx: &mut Tx<'_>, endpoint: i64, was_delivered: bool) -> Result<(), Error> {
    tx.execute(&TAKE_BACK, params![endpoint, was_delivered])
        .map(drop)
}

pub(crate) fn state_of(
    view: &mut View<'_>,
    endpoint: i64,
    position: Position,
) -> Result<Option<i64>, Error> {
    view.one(&STATE_OF, params![endpoint, position], |row| row.get(0))
}

fn read_item(row: &Row<'_>) -> Result<Item, Error> {
    let mut columns = row.columns_from(0);
    let position = columns.next()?;
    let mark = columns.next()?;
    let kind = columns.next()?;
    let line: Option<String> = columns.next()?;
    let seq = columns.next()?;
    let at = columns.next()?;
    let attempts = columns.next()?;
    let attempts_before = columns.next()?;
    let body: Option<Vec<u8>> = columns.next()?;
    Ok(Item {
        position,
        mark,
        kind,
        line: line.map(Arc::from),
        seq,
        at,
        attempts,
        attempts_before,
        body: body.map(Bytes::from),
        next_at: columns.next()?,
    })
}
