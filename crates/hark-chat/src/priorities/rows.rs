use hark_store::{Record, Result, Tx, View, params, sql, statements};

use super::Priority;

statements! {
    /// The whole of a table of five.
    EVERY = sql!("SELECT ", Priority::COLUMNS, " FROM priority ORDER BY weight, id LIMIT 5");
    /// The same. Those who change names take turns.
    LOCK_EVERY = "SELECT id FROM priority ORDER BY id LIMIT 5",
        postgres = "SELECT id FROM priority ORDER BY id LIMIT 5 FOR UPDATE";
    /// Primary key.
    FIND = sql!("SELECT ", Priority::COLUMNS, " FROM priority WHERE id = $1");
    /// Primary key.
    CALL = "UPDATE priority SET name = $2 WHERE id = $1";
}

/// The most urgent first.
pub fn all(view: &mut View<'_>) -> Result<Vec<Priority>> {
    view.records(&EVERY, params![])
}

/// The same, for one who changes a name.
pub(super) fn lock_all(tx: &mut Tx<'_>) -> Result<Vec<Priority>> {
    tx.lock(&LOCK_EVERY, params![])?;
    all(tx)
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Priority>> {
    view.record(&FIND, params![id])
}

pub(super) fn call(tx: &mut Tx<'_>, id: &str, name: Option<&str>) -> Result<()> {
    tx.execute(&CALL, params![id, name])
}
