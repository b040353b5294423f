-- What those who work here changed: a line for each command that changed something.
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    -- Nobody: the operator on the command line, or the program itself.
    person_id TEXT,
    person_username TEXT,
    -- Of the first change; the others stand beside it.
    kind TEXT NOT NULL,
    changes TEXT NOT NULL,
    left_out BIGINT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at, id);
CREATE INDEX audit_by_person ON audit (person_id, at, id) WHERE person_id IS NOT NULL;
CREATE INDEX audit_by_kind ON audit (kind, at, id);
