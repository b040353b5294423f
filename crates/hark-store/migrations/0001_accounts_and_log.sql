-- The house: the event log, leases, accounts, roles, permissions, settings, sessions.
-- Written in the subset that both engines speak; see src/migrate.rs for the few words that
-- are said differently. Times are milliseconds since 1970, documents are JSON text.

-- The event log. `position` is the order in which every reader sees it, without gaps.
CREATE TABLE event (
    position BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    conversation TEXT,
    seq BIGINT,
    visitor TEXT,
    agent TEXT,
    department TEXT,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX event_by_conversation ON event (conversation, seq) WHERE conversation IS NOT NULL;

-- The last number given to an event inside a conversation. Its row lock is what makes the
-- numbers and the commit order of one conversation agree.
CREATE TABLE conversation (
    id TEXT PRIMARY KEY,
    last_seq BIGINT NOT NULL
);

-- Where each durable reader of the log has come to; retention waits for them.
CREATE TABLE event_reader (
    name TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    moved_at BIGINT NOT NULL
);

-- only postgres
-- A sequence is not commit order. A transaction leaves its events here, and the sequencer moves
-- what is committed into `event`, giving out positions behind the lock on `event_head`.
CREATE TABLE event_staged (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    conversation TEXT,
    seq BIGINT,
    visitor TEXT,
    agent TEXT,
    department TEXT,
    body TEXT NOT NULL
);
CREATE TABLE event_head (
    position BIGINT NOT NULL
);
INSERT INTO event_head (position) VALUES (0);
-- end

-- Background work that must run once, however many nodes there are.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL
);

-- Small facts about this database itself, such as the fingerprint of the key that sealed it.
CREATE TABLE fact (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Raised by every change of a setting, a permission or a role: a node whose copy carries an older
-- number reads them again before it answers.
CREATE TABLE revision (
    name TEXT PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO revision (name, number) VALUES ('policy', 1);

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    password TEXT,
    active BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    status_default TEXT NOT NULL,
    status_text TEXT NOT NULL,
    require_password_change BOOLEAN NOT NULL,
    bio TEXT,
    nickname TEXT,
    language TEXT,
    preferences TEXT NOT NULL,
    custom_fields TEXT NOT NULL,
    totp_secret BYTEA,
    totp_pending BYTEA,
    totp_last_step BIGINT NOT NULL,
    totp_codes TEXT NOT NULL,
    last_login_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_by_username ON account (username_key);
CREATE INDEX account_by_name ON account (name, id);
CREATE INDEX account_by_created ON account (created_at, id);
CREATE INDEX account_by_updated ON account (updated_at, id);
CREATE INDEX account_by_status ON account (status, id);
CREATE INDEX account_by_active ON account (active, id);
CREATE INDEX account_by_kind ON account (kind, id);
CREATE INDEX account_by_last_login ON account (last_login_at, id);

CREATE TABLE account_email (
    address_key TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    verified BOOLEAN NOT NULL,
    place BIGINT NOT NULL
);
CREATE INDEX account_email_by_account ON account_email (account_id, place);

CREATE TABLE account_role (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    role_id TEXT NOT NULL,
    PRIMARY KEY (account_id, role_id)
);
CREATE INDEX account_role_by_role ON account_role (role_id, account_id);

CREATE TABLE role (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    description TEXT NOT NULL,
    protected BOOLEAN NOT NULL,
    mandatory2fa BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE permission (
    id TEXT PRIMARY KEY,
    roles TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Only what differs from the catalogue in the code. A secret's value is sealed, then base64.
CREATE TABLE setting (
    id TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    sealed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Log-ins and personal access tokens, by the SHA-256 of the token.
CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    personal_name TEXT,
    last_part TEXT NOT NULL,
    bypass_two_factor BOOLEAN NOT NULL,
    verified_at BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX session_by_account ON session (account_id, personal_name);
CREATE UNIQUE INDEX session_by_personal_name ON session (account_id, personal_name) WHERE personal_name IS NOT NULL;
CREATE INDEX session_by_expiry ON session (expires_at) WHERE expires_at IS NOT NULL;

-- Failed log-ins, counted by user name and by address, so that a restart forgives nobody.
CREATE TABLE login_failure (
    subject TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX login_failure_by_age ON login_failure (last_at);
