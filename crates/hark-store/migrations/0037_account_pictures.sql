-- What somebody shows in place of their initials: a file in no room.

ALTER TABLE account ADD COLUMN picture_id TEXT;
