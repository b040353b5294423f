use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements};

use super::Stored;

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", Stored::COLUMNS, " FROM setting");
    /// Primary key.
    FIND = sql!("SELECT ", Stored::COLUMNS, " FROM setting WHERE id = $1");
    /// Primary key.
    SET = "INSERT INTO setting (id, value, sealed, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
        ON CONFLICT (id) DO UPDATE SET value = excluded.value, sealed = excluded.sealed, updated_at = excluded.updated_at";
}

pub fn all(view: &mut View<'_>) -> Result<Vec<Stored>> {
    view.records(&EVERY, params![])
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Stored>> {
    view.record(&FIND, params![id])
}

pub fn set(tx: &mut Tx<'_>, now: Timestamp, id: &str, value: &str, sealed: bool) -> Result<()> {
    tx.execute(&SET, params![id, value, sealed, now])
}
