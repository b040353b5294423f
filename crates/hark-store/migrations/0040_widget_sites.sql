-- Sites on which the widget was seen, by what its script says when a page loads it.

CREATE TABLE widget_site (
    -- Scheme and host, and the port if it is an unusual one.
    origin TEXT PRIMARY KEY,
    -- The version of the script; those of long ago say none.
    loader TEXT,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
