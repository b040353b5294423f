-- Answers that agents have ready: for themselves, for a department, for everybody.

CREATE TABLE canned_response (
    id TEXT PRIMARY KEY,
    shortcut TEXT NOT NULL,
    body TEXT NOT NULL,
    -- user, department, global
    scope TEXT NOT NULL,
    -- Whose it is, of one that is somebody's own.
    account_id TEXT,
    -- Whose agents have it, of one of a department.
    department_id TEXT,
    tags TEXT NOT NULL,
    created_by_id TEXT NOT NULL,
    created_by_username TEXT NOT NULL,
    -- How often it was put into a chat.
    uses BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX canned_response_by_shortcut ON canned_response (shortcut);
