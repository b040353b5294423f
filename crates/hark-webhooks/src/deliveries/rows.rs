use hark_store::{Record as _, sql, statements};

use super::Item;

statements! {
    /// Primary key of a small table. Commands that change what is parked of an endpoint take
    /// turns, so that each sees what the one before it did (decision 3).
    LOCK = "SELECT 1 FROM lane WHERE endpoint = $1",
        postgres = "SELECT 1 FROM lane WHERE endpoint = $1 FOR UPDATE";
    /// Primary keys, at their ends. What is there already was made from the same event. Once for all
    /// events that are handed in, which stand in a list of their own because SQLite would read each
    /// anew for each of its endpoints.
    INSERT = "WITH given AS MATERIALIZED (
            SELECT value ->> 'position' AS position, value ->> 'mark' AS mark, value ->> 'kind' AS kind,
                value ->> 'order_key' AS order_key, value ->> 'seq' AS seq, value ->> 'at' AS at,
                value -> 'endpoints' AS endpoints
            FROM json_each($1))
        INSERT INTO delivery (endpoint, position, mark, kind, order_key, seq, at, state, attempts, attempts_before)
        SELECT endpoint.value, given.position, given.mark, given.kind, given.order_key, given.seq, given.at, 0, 0, 0
        FROM given, json_each(given.endpoints) AS endpoint WHERE TRUE
        ON CONFLICT (endpoint, position) DO NOTHING",
        postgres = "INSERT INTO delivery (endpoint, position, mark, kind, order_key, seq, at, state, attempts, attempts_before)
        SELECT CAST(endpoint.value AS BIGINT), given.position, given.mark, given.kind, given.order_key, given.seq, given.at, 0, 0, 0
        FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS JSON)) AS given (
            position BIGINT, mark TEXT, kind TEXT, order_key TEXT, seq BIGINT, at BIGINT, endpoints JSON)
        CROSS JOIN json_array_elements_text(given.endpoints) AS endpoint
        ON CONFLICT (endpoint, position) DO NOTHING";
    /// Primary key, at its end. The bodies are one behind the other in the second parameter.
    INSERT_BODIES = "INSERT INTO delivery_body (position, dialect, body)
        SELECT value ->> 'position', value ->> 'dialect', substr($2, value ->> 'begin', value ->> 'length')
        FROM json_each($1) WHERE TRUE
        ON CONFLICT (position, dialect) DO NOTHING",
        postgres = "INSERT INTO delivery_body (position, dialect, body)
        SELECT position, dialect, substr(CAST($2 AS BYTEA), begin, length)
        FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS JSON)) AS given (
            position BIGINT, dialect TEXT, begin INT, length INT)
        ON CONFLICT (position, dialect) DO NOTHING";
    /// Primary key of a small table.
    COUNT_MADE = "UPDATE lane SET made = made + given.value FROM json_each($1) AS given
        WHERE lane.endpoint = CAST(given.key AS BIGINT)",
        postgres = "UPDATE lane SET made = made + CAST(given.value AS BIGINT)
        FROM json_each_text(CAST(CAST($1 AS TEXT) AS JSON)) AS given
        WHERE lane.endpoint = CAST(given.key AS BIGINT)";
    /// Primary keys: the fresh ones after a position; the last column says whether one ahead of it
    /// in its order is parked (delivery_in_line).
    FRESH = sql!("SELECT ", Item::COLUMNS, ", delivery.order_key IS NOT NULL AND EXISTS (
            SELECT 1 FROM delivery AS ahead WHERE ahead.endpoint = delivery.endpoint
                AND ahead.order_key = delivery.order_key AND ahead.state = 1 AND ahead.position < delivery.position)
        FROM delivery LEFT JOIN delivery_body ON delivery_body.position = delivery.position AND delivery_body.dialect = $2
        WHERE delivery.endpoint = $1 AND delivery.position > $4 AND delivery.state = 0
        ORDER BY delivery.position LIMIT $5");
    /// delivery_due, then primary keys.
    DUE = sql!("SELECT ", Item::COLUMNS, " FROM delivery
            LEFT JOIN delivery_body ON delivery_body.position = delivery.position AND delivery_body.dialect = $2
        WHERE delivery.endpoint = $1 AND delivery.next_at IS NOT NULL
        ORDER BY delivery.next_at, delivery.position LIMIT $4");
    /// Primary key: a range.
    BODIES = "SELECT position, dialect FROM delivery_body WHERE position > $1 AND position <= $2";
    /// Primary key.
    BODY = "SELECT body FROM delivery_body WHERE position = $1 AND dialect = $2";
    /// Primary key, for each of those that are handed in: with the endpoint beside each of them, because
    /// SQLite would otherwise walk all that the endpoint has. Answers which were changed: not those that
    /// are written already, or that somebody asked to be sent again.
    WRITE = "WITH given AS MATERIALIZED (
            SELECT $1 AS endpoint, value ->> 'position' AS position, value ->> 'state' AS state,
                value ->> 'attempts' AS attempts, value ->> 'attempts_before' AS attempts_before,
                value ->> 'next_at' AS next_at, value ->> 'status' AS status, value ->> 'error' AS error
            FROM json_each($2))
        UPDATE delivery SET state = given.state, attempts = given.attempts + 1, next_at = given.next_at,
            settled_at = CASE WHEN given.state > 1 THEN $3 END, status = given.status, error = given.error
        FROM given
        WHERE delivery.endpoint = given.endpoint AND delivery.position = given.position
            AND delivery.attempts = given.attempts AND delivery.attempts_before = given.attempts_before
        RETURNING position",
        postgres = "WITH given AS MATERIALIZED (
            SELECT CAST($1 AS BIGINT) AS endpoint, outcome.* FROM json_to_recordset(CAST(CAST($2 AS TEXT) AS JSON)) AS outcome (
                position BIGINT, state BIGINT, attempts BIGINT, attempts_before BIGINT, next_at BIGINT, status BIGINT, error TEXT))
        UPDATE delivery SET state = given.state, attempts = given.attempts + 1, next_at = given.next_at,
            settled_at = CASE WHEN given.state > 1 THEN CAST($3 AS BIGINT) END, status = given.status, error = given.error
        FROM given
        WHERE delivery.endpoint = given.endpoint AND delivery.position = given.position
            AND delivery.attempts = given.attempts AND delivery.attempts_before = given.attempts_before
        RETURNING delivery.position";
    /// Primary key, at the end of what the endpoint has. After a commit of which nobody knows whether
    /// it took place, the same is written once more. SQLite would write and read what is handed in anew for each
    /// column of a row if it did not stand in a list of its own.
    INSERT_ATTEMPTS = "WITH given AS MATERIALIZED (SELECT value FROM json_each($2))
        INSERT INTO attempt (endpoint, position, number, at, url, request_headers, status, response_headers,
            response, truncated, error, detail, address, reused, dns, connect, tls, first_byte, total)
        SELECT $1, value ->> 'position', value ->> 'number', value ->> 'at', value ->> 'url', value ->> 'request_headers',
            value ->> 'status', value ->> 'response_headers', value ->> 'response', value ->> 'truncated', value ->> 'error',
            value ->> 'detail', value ->> 'address', value ->> 'reused', value ->> 'dns', value ->> 'connect',
            value ->> 'tls', value ->> 'first_byte', value ->> 'total'
        FROM given WHERE TRUE
        ON CONFLICT (endpoint, position, number) DO NOTHING",
        postgres = "INSERT INTO attempt (endpoint, position, number, at, url, request_headers, status, response_headers,
            response, truncated, error, detail, address, reused, dns, connect, tls, first_byte, total)
        SELECT CAST($1 AS BIGINT), given.* FROM json_to_recordset(CAST(CAST($2 AS TEXT) AS JSON)) AS given (
            position BIGINT, number BIGINT, at BIGINT, url TEXT, request_headers TEXT, status BIGINT, response_headers TEXT,
            response TEXT, truncated BOOLEAN, error TEXT, detail TEXT, address TEXT, reused BOOLEAN, dns BIGINT,
            connect BIGINT, tls BIGINT, first_byte BIGINT, total BIGINT)
        ON CONFLICT (endpoint, position, number) DO NOTHING";
    /// Primary key. What keeps no order is due; of the others the first of each order is, when it is
    /// promoted.
    BLOCK = "UPDATE delivery SET state = 1, next_at = CASE WHEN order_key IS NULL THEN CAST($3 AS BIGINT) END
        WHERE endpoint = $1 AND position IN (SELECT value FROM json_each($2)) AND state = 0",
        postgres = "UPDATE delivery SET state = 1, next_at = CASE WHEN order_key IS NULL THEN CAST($3 AS BIGINT) END
        WHERE endpoint = $1 AND state = 0 AND position IN (
            SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(CAST($2 AS TEXT) AS JSON)))";
    /// delivery_in_line, then the primary key: the next one of each of these orders is due.
    PROMOTE = "UPDATE delivery SET next_at = $3 WHERE endpoint = $1 AND next_at IS NULL AND position IN (
        SELECT (SELECT min(first.position) FROM delivery AS first
            WHERE first.endpoint = $1 AND first.order_key = given.value AND first.state = 1)
        FROM json_each($2) AS given)",
        postgres = "UPDATE delivery SET next_at = $3 WHERE endpoint = $1 AND next_at IS NULL AND position IN (
        SELECT (SELECT min(first.position) FROM delivery AS first
            WHERE first.endpoint = $1 AND first.order_key = given.value AND first.state = 1)
        FROM json_array_elements_text(CAST(CAST($2 AS TEXT) AS JSON)) AS given)";
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
    /// Primary key.
    NOTE_HALF_HOUR = "INSERT INTO half_hour (endpoint, begins, delivered, failed_attempts, first_requests, waited, longest,
            within_100, within_200, within_500, within_1000, within_2000, within_5000, within_15000, within_60000, within_300000, later)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT (endpoint, begins) DO UPDATE SET
            delivered = half_hour.delivered + excluded.delivered,
            failed_attempts = half_hour.failed_attempts + excluded.failed_attempts,
            first_requests = half_hour.first_requests + excluded.first_requests,
            waited = half_hour.waited + excluded.waited,
            within_100 = half_hour.within_100 + excluded.within_100,
            within_200 = half_hour.within_200 + excluded.within_200,
            within_500 = half_hour.within_500 + excluded.within_500,
            within_1000 = half_hour.within_1000 + excluded.within_1000,
            within_2000 = half_hour.within_2000 + excluded.within_2000,
            within_5000 = half_hour.within_5000 + excluded.within_5000,
            within_15000 = half_hour.within_15000 + excluded.within_15000,
            within_60000 = half_hour.within_60000 + excluded.within_60000,
            within_300000 = half_hour.within_300000 + excluded.within_300000,
            later = half_hour.later + excluded.later,
            longest = CASE WHEN half_hour.longest < excluded.longest THEN excluded.longest ELSE half_hour.longest END";
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
