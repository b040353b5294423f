-- Text messages that agents answer with, until somebody has taken them.

CREATE TABLE sms (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    text TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    -- Nothing once it was given up.
    next_at BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX sms_due ON sms (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX sms_given_up ON sms (created_at) WHERE next_at IS NULL;
