-- What those who work here write for each other in a chat. No visitor ever hears of it, so it stands
-- apart from what is said to them. A note that was changed keeps what it was: each version is a row,
-- which holds from one event of the conversation until another.
CREATE TABLE note (
    id TEXT NOT NULL,
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    -- The number of the conversation's event with which the note came.
    seq BIGINT NOT NULL,
    version_seq BIGINT NOT NULL,
    until_seq BIGINT,
    author_id TEXT NOT NULL,
    author_username TEXT NOT NULL,
    author_name TEXT,
    text TEXT NOT NULL,
    mentions TEXT NOT NULL,
    at BIGINT NOT NULL,
    edited_at BIGINT,
    PRIMARY KEY (id, version_seq)
);
CREATE INDEX note_by_room ON note (room_id, seq);

-- Who is mentioned in which note, and when they saw it.
CREATE TABLE note_mention (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    note_id TEXT NOT NULL,
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (account_id, note_id)
);
CREATE INDEX note_mention_by_time ON note_mention (account_id, at, note_id);
CREATE INDEX note_mention_unread ON note_mention (account_id, at) WHERE read_at IS NULL;
CREATE INDEX note_mention_by_note ON note_mention (note_id);
CREATE INDEX note_mention_by_room ON note_mention (room_id);
