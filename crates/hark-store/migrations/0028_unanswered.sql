-- Since when a chat waits for the first word of the agent who has it, where such chats go on to somebody else; and when
-- one did, which happens once.

ALTER TABLE room ADD COLUMN unanswered_since BIGINT;
ALTER TABLE room ADD COLUMN auto_transferred_at BIGINT;
CREATE INDEX room_unanswered ON room (unanswered_since, id) WHERE unanswered_since IS NOT NULL;
