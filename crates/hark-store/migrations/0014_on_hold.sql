-- Since when a chat is on hold: it ends when that was too long ago.

ALTER TABLE room ADD COLUMN held_since BIGINT;
UPDATE room SET held_since = updated_at WHERE on_hold;
CREATE INDEX room_on_hold ON room (held_since, id) WHERE held_since IS NOT NULL;
