-- Since when chats wait for an agent: they end when that was too long ago.

CREATE INDEX inquiry_by_queued ON inquiry (queued_at, id) WHERE queued_at IS NOT NULL;
