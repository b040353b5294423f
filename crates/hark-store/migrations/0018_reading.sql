-- How far the visitor of a chat has read. It is written anew each time, so it stands apart from the
-- chat itself. How far those who work here have read stands in their places in the room.
CREATE TABLE visitor_reading (
    room_id TEXT PRIMARY KEY REFERENCES room (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    message_at BIGINT NOT NULL,
    at BIGINT NOT NULL
);
