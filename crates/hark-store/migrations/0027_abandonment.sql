-- When a visitor who owes an answer counts as gone: after the department's own time where it has one. It changes with
-- every turn of a talk, so that no index speaks of it.

ALTER TABLE room ADD COLUMN abandoned_at BIGINT;
-- In seconds, and what is said then. Clients have kept both among what is theirs.
ALTER TABLE department ADD COLUMN patience BIGINT;
ALTER TABLE department ADD COLUMN abandoned_comment TEXT;
-- only sqlite
UPDATE department SET patience = CAST(json_extract(extra, '$.visitorInactivityTimeoutInSeconds') AS INTEGER)
    WHERE CAST(json_extract(extra, '$.visitorInactivityTimeoutInSeconds') AS INTEGER) > 0;
UPDATE department SET abandoned_comment = nullif(json_extract(extra, '$.abandonedRoomsCloseCustomMessage'), '');
UPDATE department SET extra = json_remove(extra, '$.visitorInactivityTimeoutInSeconds', '$.abandonedRoomsCloseCustomMessage');
-- end
-- only postgres
UPDATE department SET patience = CAST(CAST(extra AS JSONB) ->> 'visitorInactivityTimeoutInSeconds' AS BIGINT)
    WHERE CAST(extra AS JSONB) ->> 'visitorInactivityTimeoutInSeconds' ~ '^0*[1-9][0-9]{0,8}$';
UPDATE department SET abandoned_comment = nullif(CAST(extra AS JSONB) ->> 'abandonedRoomsCloseCustomMessage', '');
UPDATE department SET extra = CAST(CAST(extra AS JSONB) - 'visitorInactivityTimeoutInSeconds'
        - 'abandonedRoomsCloseCustomMessage' AS VARCHAR)
    WHERE extra LIKE '%visitorInactivityTimeoutInSeconds%' OR extra LIKE '%abandonedRoomsCloseCustomMessage%';
-- end
