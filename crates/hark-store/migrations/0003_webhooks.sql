-- Webhooks: where events go, what is on its way there, and how each attempt went.

-- Raised by every change of an endpoint, behind whose lock endpoints get their numbers.
INSERT INTO revision (name, number) VALUES ('endpoints', 1);

-- Where events go. `number` is the short name by which deliveries know it.
CREATE TABLE endpoint (
    number BIGINT PRIMARY KEY,
    id TEXT NOT NULL,
    origin TEXT NOT NULL,
    name TEXT NOT NULL,
    dialect TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    -- Sealed.
    secrets BYTEA,
    -- What differs from the dialect's own way of delivering.
    policy TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    state_since BIGINT NOT NULL,
    -- It hears of what happens after this position of the log.
    since BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX endpoint_by_id ON endpoint (id);
-- The one that the settings describe.
INSERT INTO endpoint (number, id, origin, name, dialect, url, events, policy, state, state_since, since, created_at, updated_at)
    VALUES (1, 'workspace', 'workspace', 'Workspace webhook', 'rocketchat', '', '[]', '{}', 'active', 0, 0, 0, 0);

-- How far the deliveries of an endpoint have come, and how it went. Up to `cursor` none is fresh.
CREATE TABLE lane (
    endpoint BIGINT PRIMARY KEY,
    cursor BIGINT NOT NULL,
    made BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    given_up BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    failed_attempts BIGINT NOT NULL,
    last_success_at BIGINT,
    last_failure_at BIGINT,
    -- Since when deliveries are given up without one that arrives.
    failing_since BIGINT
);
INSERT INTO lane (endpoint, cursor, made, delivered, given_up, attempts, failed_attempts)
    VALUES (1, 0, 0, 0, 0, 0, 0);

-- What is sent, once for all endpoints of a dialect.
CREATE TABLE delivery_body (
    position BIGINT NOT NULL,
    dialect TEXT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (position, dialect)
-- only sqlite
) WITHOUT ROWID, STRICT;
-- end
-- only postgres
);
-- end

-- One event for one endpoint. `state`: 0 fresh, 1 parked (failed before, or behind such a one),
-- 2 delivered, 3 given up. A parked one without `next_at` waits for the one ahead of it in its
-- line. Fresh ones are in no index but the primary key: most are delivered at once.
CREATE TABLE delivery (
    endpoint BIGINT NOT NULL,
    position BIGINT NOT NULL,
    -- Makes the delivery's public id unique and unguessable.
    mark TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- What has to arrive in order: a conversation, or the states of an agent.
    line TEXT,
    seq BIGINT,
    at BIGINT NOT NULL,
    state BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- How many attempts there had been when someone asked for it to be sent again.
    attempts_before BIGINT NOT NULL,
    next_at BIGINT,
    settled_at BIGINT,
    status BIGINT,
    error TEXT,
    PRIMARY KEY (endpoint, position)
-- only sqlite
) WITHOUT ROWID, STRICT;
-- end
-- only postgres
);
-- end
CREATE INDEX delivery_due ON delivery (endpoint, next_at, position) WHERE next_at IS NOT NULL;
CREATE INDEX delivery_in_line ON delivery (endpoint, line, position) WHERE state = 1;
CREATE INDEX delivery_parked ON delivery (endpoint, position) WHERE state = 1;
CREATE INDEX delivery_given_up ON delivery (endpoint, position) WHERE state = 3;

-- One HTTP request of a delivery. Times are microseconds.
CREATE TABLE attempt (
    endpoint BIGINT NOT NULL,
    position BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    url TEXT NOT NULL,
    request_headers TEXT NOT NULL,
    status BIGINT,
    response_headers TEXT,
    response TEXT,
    truncated BOOLEAN NOT NULL,
    error TEXT,
    detail TEXT,
    address TEXT,
    reused BOOLEAN NOT NULL,
    dns BIGINT,
    connect BIGINT,
    tls BIGINT,
    first_byte BIGINT,
    total BIGINT NOT NULL,
    PRIMARY KEY (endpoint, position, number)
-- only sqlite
) WITHOUT ROWID, STRICT;
-- end
-- only postgres
);
-- end

-- A job that sends again what happened in a stretch of the log.
CREATE TABLE replay (
    id TEXT PRIMARY KEY,
    endpoint BIGINT NOT NULL,
    -- After the first and up to the second.
    after_position BIGINT NOT NULL,
    until_position BIGINT NOT NULL,
    failed_only BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    reached BIGINT NOT NULL,
    events BIGINT NOT NULL,
    queued BIGINT NOT NULL,
    asked_by TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX replay_by_endpoint ON replay (endpoint, created_at, id);
CREATE INDEX replay_running ON replay (created_at) WHERE state = 'running';

-- The deliveries' reader of the log begins here: what happened before is not told.
INSERT INTO event_reader (name, position, moved_at)
    SELECT 'webhooks', coalesce(max(position), 0), 0 FROM event;
