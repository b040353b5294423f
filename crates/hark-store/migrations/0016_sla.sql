-- What a chat that waits is promised: that an agent has it within so many minutes.

CREATE TABLE sla (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    minutes BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- By when; nothing once that moment has passed and has been told.
ALTER TABLE inquiry ADD COLUMN due_at BIGINT;
CREATE INDEX inquiry_due ON inquiry (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX room_by_sla ON room (sla_id, id) WHERE open AND sla_id IS NOT NULL;
