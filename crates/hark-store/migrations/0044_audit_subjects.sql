-- What each line of the audit speaks of, by which the history of one thing is found.
CREATE TABLE audit_subject (
    subject TEXT NOT NULL,
    at BIGINT NOT NULL,
    audit_id TEXT NOT NULL REFERENCES audit (id) ON DELETE CASCADE,
    PRIMARY KEY (subject, at, audit_id)
-- only sqlite
) WITHOUT ROWID, STRICT;
-- end
-- only postgres
);
-- end
CREATE INDEX audit_subject_by_line ON audit_subject (audit_id);
-- only sqlite
INSERT INTO audit_subject (subject, at, audit_id)
    SELECT DISTINCT change.value ->> 'subject', audit.at, audit.id FROM audit, json_each(audit.changes) AS change
    WHERE change.value ->> 'subject' <> '';
-- end
-- only postgres
INSERT INTO audit_subject (subject, at, audit_id)
    SELECT DISTINCT change.value ->> 'subject', audit.at, audit.id
    FROM audit CROSS JOIN LATERAL json_array_elements(CAST(audit.changes AS JSON)) AS change
    WHERE change.value ->> 'subject' <> '';
-- end
