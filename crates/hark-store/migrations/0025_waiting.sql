-- What those who wait for a department are told. Clients have kept it among what is theirs.

ALTER TABLE department ADD COLUMN waiting_message TEXT;
-- only sqlite
UPDATE department SET waiting_message = nullif(json_extract(extra, '$.waitingQueueMessage'), '');
UPDATE department SET extra = json_remove(extra, '$.waitingQueueMessage');
-- end
-- only postgres
UPDATE department SET waiting_message = nullif(CAST(extra AS JSONB) ->> 'waitingQueueMessage', '');
UPDATE department SET extra = CAST(CAST(extra AS JSONB) - 'waitingQueueMessage' AS VARCHAR)
    WHERE extra LIKE '%waitingQueueMessage%';
-- end
