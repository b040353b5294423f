-- Tags that are offered to agents for their chats; they may give others.

CREATE TABLE tag (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    -- Whose agents are offered it; everybody when there are none.
    departments TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
