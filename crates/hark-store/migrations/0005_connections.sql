-- Who is connected, so that whoever closed his last window is not taken to be there.

-- A server that runs. One that has not said for a while that it lives is dead.
CREATE TABLE node (
    id TEXT PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

-- Someone who has a window at a node, or had one there until a moment ago.
CREATE TABLE connection (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    node_id TEXT NOT NULL,
    lost_at BIGINT,
    PRIMARY KEY (account_id, node_id)
);
CREATE INDEX connection_of_node ON connection (node_id);
CREATE INDEX connection_lost ON connection (lost_at);
