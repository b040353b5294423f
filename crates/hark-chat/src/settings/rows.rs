use hark_store::{Error, Timestamp, Tx, View, params, statements};

use super::Stored;

statements! {
    /// The whole of a small table.
    EVERY = "SELECT id, value, sealed, created_at, updated_at FROM setting";
    /// Primary key.
    EXISTS = "SELECT id FROM setting WHERE id = $1";
    /// Primary key.
    SET = "INSERT INTO setting (id, value, sealed, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
        ON CONFLICT (id) DO UPDATE SET value = excluded.value, sealed = excluded.sealed, updated_at = excluded.updated_at";
}

pub(crate) fn all(view: &mut View<'_>) -> Result<Vec<Stored>, Error> {
    view.query(&EVERY, params![], |row| {
        Ok(Stored {
            id: row.get(0)?,
            value: row.get(1)?,
            sealed: row.get(2)?,
            created_at: row.get(3)?,
            updated_at: row.get(4)?,
        })
    })
}

pub(crate) fn exists(view: &mut View<'_>, id: &str) -> Result<bool, Error> {
    let found = view.one(&EXISTS, params![id], |_| Ok(()))?;
    Ok(found.is_some())
}

pub(crate) fn set(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    value: &str,
    sealed: bool,
) -> Result<u64, Error> {
    tx.execute(&SET, params![id, value, sealed, now])
}
