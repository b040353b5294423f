-- Tokens for programs: a session that is nobody's log-in, and what renews it.

-- Whether a session was given to a program. It makes nobody present.
ALTER TABLE session ADD COLUMN for_program BOOLEAN NOT NULL DEFAULT FALSE;

-- Shown once, kept as a hash, good for one use.
CREATE TABLE refresh_token (
    hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX refresh_token_by_account ON refresh_token (account_id, created_at);
CREATE INDEX refresh_token_by_expiry ON refresh_token (expires_at);
