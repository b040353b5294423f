-- The number of a conversation's last event stands in its room, which is changed with most events anyway and goes when
-- the conversation does.
ALTER TABLE room ADD COLUMN last_seq BIGINT NOT NULL DEFAULT 0;
UPDATE room SET last_seq = (SELECT last_seq FROM conversation WHERE conversation.id = room.id)
    WHERE id IN (SELECT id FROM conversation);
DROP TABLE conversation;
