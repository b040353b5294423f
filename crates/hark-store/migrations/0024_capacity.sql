-- How many of its chats an agent has at once at most. Clients have kept it among what is theirs.

ALTER TABLE department ADD COLUMN most_chats BIGINT;
-- only sqlite
UPDATE department SET most_chats = CAST(json_extract(extra, '$.maxNumberSimultaneousChat') AS INTEGER)
    WHERE CAST(json_extract(extra, '$.maxNumberSimultaneousChat') AS INTEGER) > 0;
UPDATE department SET extra = json_remove(extra, '$.maxNumberSimultaneousChat');
-- end
-- only postgres
UPDATE department SET most_chats = CAST(CAST(extra AS JSONB) ->> 'maxNumberSimultaneousChat' AS BIGINT)
    WHERE CAST(extra AS JSONB) ->> 'maxNumberSimultaneousChat' ~ '^0*[1-9][0-9]{0,8}$';
UPDATE department SET extra = CAST(CAST(extra AS JSONB) - 'maxNumberSimultaneousChat' AS VARCHAR)
    WHERE extra LIKE '%maxNumberSimultaneousChat%';
-- end
CREATE INDEX room_open_of_agent_in ON room (served_by, department_id)
    WHERE open AND served_by IS NOT NULL AND NOT on_hold;
