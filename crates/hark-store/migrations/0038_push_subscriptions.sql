-- Where a browser of somebody who works here takes messages while no page is open. It goes with the log-in that made it.

CREATE TABLE push_subscription (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    session_hash TEXT NOT NULL REFERENCES session (hash) ON DELETE CASCADE,
    -- The SHA-256 of its address, which is as good as a key.
    address_hash TEXT NOT NULL,
    -- The address and the keys of the browser.
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX push_subscription_by_address ON push_subscription (address_hash);
CREATE INDEX push_subscription_by_account ON push_subscription (account_id, created_at);
CREATE INDEX push_subscription_by_session ON push_subscription (session_hash);
