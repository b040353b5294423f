use std::collections::BTreeSet;

use hark_store::{Param, Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::{Changes, Line};

statements! {
    /// audit_by_time, backwards.
    LATEST = sql!("SELECT ", Line::COLUMNS, " FROM audit
        WHERE at >= $1 AND (at < $2 OR (at = $2 AND id < $3)) ORDER BY at DESC, id DESC LIMIT $4");
    /// audit_by_person, backwards.
    LATEST_OF_PERSON = sql!("SELECT ", Line::COLUMNS, " FROM audit
        WHERE person_id = $5 AND at >= $1 AND (at < $2 OR (at = $2 AND id < $3)) ORDER BY at DESC, id DESC LIMIT $4");
    /// audit_by_kind, backwards.
    LATEST_OF_KIND = sql!("SELECT ", Line::COLUMNS, " FROM audit
        WHERE kind = $5 AND at >= $1 AND (at < $2 OR (at = $2 AND id < $3)) ORDER BY at DESC, id DESC LIMIT $4");
    /// The primary key of what lines speak of, backwards, then that of the lines.
    LATEST_OF_SUBJECT = sql!("SELECT ", Line::COLUMNS, " FROM audit_subject JOIN audit ON audit.id = audit_subject.audit_id
        WHERE audit_subject.subject = $5 AND audit_subject.at >= $1
            AND (audit_subject.at < $2 OR (audit_subject.at = $2 AND audit_subject.audit_id < $3))
        ORDER BY audit_subject.at DESC, audit_subject.audit_id DESC LIMIT $4");
    /// Primary key.
    ONE = sql!("SELECT ", Line::COLUMNS, " FROM audit WHERE id = $1");
    /// Primary key, at the ends of what is known of each.
    ADD_SUBJECTS = "INSERT INTO audit_subject (subject, at, audit_id) SELECT value, $2, $3 FROM json_each($1)",
        postgres = "INSERT INTO audit_subject (subject, at, audit_id)
        SELECT value, CAST($2 AS BIGINT), CAST($3 AS TEXT) FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON))";
    /// audit_by_time, from the oldest on.
    REMOVE_OLD = "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at, id LIMIT $2)";
}

writes! {
    fn insert_line(line: &Line, changes: &Changes) insert audit {
        id = &line.id,
        at = line.at,
        person_id = line.by.as_ref().map(|by| &by.id),
        person_username = line.by.as_ref().map(|by| &by.username),
        kind = &line.kind,
        changes = changes,
        left_out = line.left_out,
    };
}

pub(super) fn insert(tx: &mut Tx<'_>, line: &Line, changes: &Changes) -> Result<()> {
    insert_line(tx, line, changes)?;
    let subjects: BTreeSet<&str> = line
        .changes
        .iter()
        .map(|one| one.subject.as_str())
        .collect();
    let subjects: Vec<&str> = subjects.into_iter().filter(|one| !one.is_empty()).collect();
    if subjects.is_empty() {
        return Ok(());
    }
    let params = params![Param::json(&subjects), line.at, &line.id];
    tx.execute(&ADD_SUBJECTS, params)
}

/// A line by its id.
pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Line>> {
    view.record(&ONE, params![id])
}

/// Which lines somebody looks for, by what has an index: the first of these that is named.
#[derive(Debug, Clone)]
pub struct Search {
    /// The id of what was changed.
    pub subject: Option<String>,
    pub person: Option<String>,
    pub kind: Option<String>,
    pub from: Timestamp,
}

/// Lines before a place, newest first.
pub fn latest(
    view: &mut View<'_>,
    search: &Search,
    (at, id): (Timestamp, &str),
    limit: i64,
) -> Result<Vec<Line>> {
    let from = search.from;
    let (statement, wanted) = match (&search.subject, &search.person, &search.kind) {
        (Some(subject), ..) => (&LATEST_OF_SUBJECT, subject),
        (None, Some(person), _) => (&LATEST_OF_PERSON, person),
        (None, None, Some(kind)) => (&LATEST_OF_KIND, kind),
        (None, None, None) => return view.records(&LATEST, params![from, at, id, limit]),
    };
    view.records(statement, params![from, at, id, limit, wanted])
}

/// Removes some of what is older than a moment.
pub fn tidy(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64> {
    tx.changed(&REMOVE_OLD, params![before, limit])
}
