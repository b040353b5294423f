-- Transcripts of closed chats as documents: those that are wanted, and when each is tried next.

CREATE TABLE pdf_transcript (
    room_id TEXT PRIMARY KEY REFERENCES room (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL,
    up_to_seq BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL
);
CREATE INDEX pdf_transcript_due ON pdf_transcript (next_at, room_id);

-- Whether one is wanted, and the file that was written last.
ALTER TABLE room ADD COLUMN pdf_wanted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE room ADD COLUMN pdf_file TEXT;
