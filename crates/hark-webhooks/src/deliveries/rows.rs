use hark_store::{Position, Record as _, sql, statements, writes};

use super::{Attempt, Item};

statements! {
    /// Primary key of a small table. Commands that change what is parked of an endpoint take
    /// turns, so that each sees what the one before it did (decision 3).
    LOCK = "SELECT 1 FROM lane WHERE endpoint = $1",
        postgres = "SELECT 1 FROM lane WHERE endpoint = $1 FOR UPDATE";
    /// Primary keys, at their ends. What is there already was made from the same event.
    INSERT = "INSERT INTO delivery (endpoint, position, mark, kind, order_key, seq, at, state, attempts, attempts_before)
        SELECT CAST(value AS BIGINT), $2, $3, $4, $5, $6, $7, 0, 0, 0 FROM json_each($1) WHERE TRUE
        ON CONFLICT (endpoint, position) DO NOTHING",
        postgres = "INSERT INTO delivery (endpoint, position, mark, kind, order_key, seq, at, state, attempts, attempts_before)
        SELECT CAST(value AS BIGINT), $2, $3, $4, $5, $6, $7, 0, 0, 0 FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON))
        ON CONFLICT (endpoint, position) DO NOTHING";
    INSERT_BODY = "INSERT INTO delivery_body (position, dialect, body) VALUES ($1, $2, $3)
        ON CONFLICT (position, dialect) DO NOTHING";
    COUNT_MADE = "UPDATE lane SET made = made + $2 WHERE endpoint IN (SELECT value FROM json_each($1))",
        postgres = "UPDATE lane SET made = made + $2
        WHERE endpoint IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON)))";
    /// Primary keys: the fresh ones after a position; the last column says whether one ahead of it
    /// in its order is parked (delivery_in_line).
    FRESH = sql!("SELECT ", Item::COLUMNS, ", delivery.order_key IS NOT NULL AND EXISTS (
            SELECT 1 FROM delivery AS ahead WHERE ahead.endpoint = delivery.endpoint
                AND ahead.order_key = delivery.order_key AND ahead.state = 1 AND ahead.position < delivery.position)
        FROM delivery LEFT JOIN delivery_body ON delivery_body.position = delivery.position AND delivery_body.dialect = $2
        WHERE delivery.endpoint = $1 AND delivery.position > $3 AND delivery.state = 0
        ORDER BY delivery.position LIMIT $4");
    /// delivery_due, then primary keys.
    DUE = sql!("SELECT ", Item::COLUMNS, " FROM delivery
            LEFT JOIN delivery_body ON delivery_body.position = delivery.position AND delivery_body.dialect = $2
        WHERE delivery.endpoint = $1 AND delivery.next_at IS NOT NULL
        ORDER BY delivery.next_at, delivery.position LIMIT $3");
    /// Primary key.
    BODY = "SELECT body FROM delivery_body WHERE position = $1 AND dialect = $2";
    /// Primary key; nothing when it was written already, or somebody asked for it to be sent again.
    WRITE = "UPDATE delivery SET state = $3, attempts = $4, next_at = $5, settled_at = $6, status = $7, error = $8
        WHERE endpoint = $1 AND position = $2 AND attempts = $9 AND attempts_before = $10";
    /// Primary key, and delivery_in_line for what may be ahead.
    BLOCK = "UPDATE delivery SET state = 1, next_at = CASE WHEN EXISTS (
            SELECT 1 FROM delivery AS ahead WHERE ahead.endpoint = $1
                AND ahead.order_key = $3 AND ahead.state = 1 AND ahead.position < $2) THEN NULL ELSE CAST($4 AS BIGINT) END
        WHERE endpoint = $1 AND position = $2 AND state = 0";
    /// delivery_in_line, then the primary key: the next one of an order is due.
    PROMOTE = "UPDATE delivery SET next_at = $3 WHERE endpoint = $1 AND next_at IS NULL AND position = (
        SELECT min(ahead.position) FROM delivery AS ahead
        WHERE ahead.endpoint = $1 AND ahead.order_key = $2 AND ahead.state = 1)";
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
            SELECT 1 FROM delivery AS ahead WHERE ahead.endpoint = $1 AND ahead.order_key = delivery.order_key
                AND ahead.state = 1 AND ahead.position < $2) THEN NULL ELSE CAST($3 AS BIGINT) END
        WHERE endpoint = $1 AND position = $2 AND state = $4";
    /// Primary key of a small table.
    TAKE_BACK = "UPDATE lane SET
            delivered = delivered - CASE WHEN $2 THEN 1 ELSE 0 END,
            given_up = given_up - CASE WHEN $2 THEN 0 ELSE 1 END
        WHERE endpoint = $1";
    STATE_OF = "SELECT state FROM delivery WHERE endpoint = $1 AND position = $2";
}

writes! {
    /// Primary key, at the end of what the endpoint has. After a commit of which nobody knows whether
    /// it took place, the same is written once more.
    pub(super) fn insert_attempt(endpoint: i64, position: Position, attempt: &Attempt) insert attempt {
        endpoint = endpoint,
        position = position,
        number = attempt.number,
        at = attempt.at,
        url = &attempt.url,
        request_headers = &attempt.request_headers,
        status = attempt.status,
        response_headers = &attempt.response_headers,
        response = &attempt.response,
        truncated = attempt.truncated,
        error = attempt.error.as_deref(),
        detail = &attempt.detail,
        address = &attempt.address,
        reused = attempt.reused,
        dns = attempt.dns,
        connect = attempt.connect,
        tls = attempt.tls,
        first_byte = attempt.first_byte,
        total = attempt.total,
    } "ON CONFLICT (endpoint, position, number) DO NOTHING";
}
