-- How urgent a chat can be: five priorities, whose names may be changed.

CREATE TABLE priority (
    id TEXT PRIMARY KEY,
    -- What clients translate, as long as it has no name of its own.
    label TEXT NOT NULL,
    name TEXT,
    -- From 1, which comes first.
    weight BIGINT NOT NULL
);
INSERT INTO priority (id, label, weight) VALUES ('692a9d80b36f1c4e07d58a01', 'Highest', 1);
INSERT INTO priority (id, label, weight) VALUES ('692a9d80b36f1c4e07d58a02', 'High', 2);
INSERT INTO priority (id, label, weight) VALUES ('692a9d80b36f1c4e07d58a03', 'Medium', 3);
INSERT INTO priority (id, label, weight) VALUES ('692a9d80b36f1c4e07d58a04', 'Low', 4);
INSERT INTO priority (id, label, weight) VALUES ('692a9d80b36f1c4e07d58a05', 'Lowest', 5);
