-- Who a visitor is by the word of a site, and when the transcript of a chat was last mailed.

-- A web site that says who its visitors are, with its secrets and public keys, sealed.
CREATE TABLE site (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secrets BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- The site, and its own name for them.
ALTER TABLE visitor ADD COLUMN identity TEXT;
CREATE UNIQUE INDEX visitor_by_identity ON visitor (identity) WHERE identity IS NOT NULL;

-- Asked for at once, by whomever.
ALTER TABLE room ADD COLUMN transcript_at BIGINT;
