-- In a tree whose rows are its keys, a row longer than a quarter of a page goes on in a page of its own, and most bodies
-- are: each took 8 KB of the file and of its log. In a plain table three or four share a page.
-- only sqlite
ALTER TABLE delivery_body RENAME TO delivery_body_before;
CREATE TABLE delivery_body (
    position BIGINT NOT NULL,
    dialect TEXT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (position, dialect)
);
INSERT INTO delivery_body (position, dialect, body)
    SELECT position, dialect, body FROM delivery_body_before ORDER BY position, dialect;
DROP TABLE delivery_body_before;
-- end
