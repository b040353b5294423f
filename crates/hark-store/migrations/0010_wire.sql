-- What a custom field's visibility is called: any word, of which only 'hidden' hides it.

ALTER TABLE custom_field ADD COLUMN visibility TEXT NOT NULL DEFAULT 'visible';
UPDATE custom_field SET visibility = 'hidden' WHERE NOT visible;
ALTER TABLE custom_field DROP COLUMN visible;

-- Visitors in the order of their latest chats, those without one last.

-- only sqlite
CREATE INDEX visitor_by_last_chat ON visitor (last_chat_at DESC, id DESC);
-- end
-- only postgres
CREATE INDEX visitor_by_last_chat ON visitor (last_chat_at DESC NULLS LAST, id DESC);
-- end

-- How the video call of a chat stands, and who has made a private group.
ALTER TABLE room ADD COLUMN call_status TEXT;
ALTER TABLE room ADD COLUMN owner_id TEXT;

-- No two channels and groups have one name.
DROP INDEX room_by_channel;
CREATE UNIQUE INDEX room_by_channel ON room (name) WHERE kind IN ('c', 'p');

-- Who wants no mail that goes to all.
ALTER TABLE account ADD COLUMN unsubscribed BOOLEAN NOT NULL DEFAULT FALSE;
