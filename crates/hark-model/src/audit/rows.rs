use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

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
    /// audit_by_time, from the oldest on.
    REMOVE_OLD = "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at, id LIMIT $2)";
}

writes! {
    pub(super) fn insert(line: &Line, changes: &Changes) insert audit {
        id = &line.id,
        at = line.at,
        person_id = line.by.as_ref().map(|by| &by.id),
        person_username = line.by.as_ref().map(|by| &by.username),
        kind = &line.kind,
        changes = changes,
        left_out = line.left_out,
    };
}

/// Which lines somebody looks for, by what has an index.
#[derive(Debug, Clone)]
pub struct Search {
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
    match (&search.person, &search.kind) {
        (Some(person), _) => view.records(&LATEST_OF_PERSON, params![from, at, id, limit, person]),
        (None, Some(kind)) => view.records(&LATEST_OF_KIND, params![from, at, id, limit, kind]),
        (None, None) => view.records(&LATEST, params![from, at, id, limit]),
    }
}

/// Removes some of what is older than a moment.
pub fn tidy(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64> {
    tx.changed(&REMOVE_OLD, params![before, limit])
}
