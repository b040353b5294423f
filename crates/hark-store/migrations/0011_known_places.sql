-- From where people have logged in, so that a stranger's guesses do not keep them out there.

-- A hash of the user name and the network, and the account to which it belongs.
CREATE TABLE known_place (
    place TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    seen_at BIGINT NOT NULL
);
CREATE INDEX known_place_by_account ON known_place (account_id, seen_at);
