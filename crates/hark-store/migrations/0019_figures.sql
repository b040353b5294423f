-- Figures for reports: sums of what closed chats were, by the moment at which each began.

-- What was said, without notices, and how often the chat was passed on.
ALTER TABLE room ADD COLUMN said BIGINT NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN transfers BIGINT NOT NULL DEFAULT 0;
UPDATE room SET
    said = (SELECT count(*) FROM message WHERE room_id = room.id AND kind IS NULL),
    transfers = (SELECT count(*) FROM message WHERE room_id = room.id AND kind = 'livechat_transfer_history')
    WHERE kind = 'l';

-- A row where something happened. `span` is d for a day of one agent, h for an hour whoever served;
-- both in UTC. Nobody and no department are empty. Times are milliseconds.
CREATE TABLE figure (
    span TEXT NOT NULL,
    at BIGINT NOT NULL,
    department TEXT NOT NULL,
    agent TEXT NOT NULL,
    chats BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    tagged BIGINT NOT NULL,
    transferred BIGINT NOT NULL,
    abandoned BIGINT NOT NULL,
    duration BIGINT NOT NULL,
    longest_duration BIGINT NOT NULL,
    served BIGINT NOT NULL,
    service BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    first_response BIGINT NOT NULL,
    best_response BIGINT,
    longest_response BIGINT NOT NULL,
    response BIGINT NOT NULL,
    reaction BIGINT NOT NULL,
    longest_reaction BIGINT NOT NULL,
    PRIMARY KEY (span, at, department, agent)
-- only sqlite
) WITHOUT ROWID, STRICT;
-- end
-- only postgres
);
-- end

-- How many chats that began on a day had a label: `kind` is s for where they came from, t for a tag.
CREATE TABLE figure_label (
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (at, kind, label)
);

-- Closed chats that are not in the sums yet. Reports add them, so that nothing is missing meanwhile.
CREATE TABLE figure_due (
    room_id TEXT PRIMARY KEY REFERENCES room (id) ON DELETE CASCADE
);
INSERT INTO figure_due (room_id) SELECT id FROM room WHERE kind = 'l' AND NOT open;

-- Whose turn it is to change the sums: its one row is locked by whoever does.
CREATE TABLE figure_turn (
    id BIGINT PRIMARY KEY
);
INSERT INTO figure_turn (id) VALUES (1);
