//! Leases: background work that must run once, however many nodes there are. Whoever holds the
//! lease does the work; a holder that dies is followed when its time is up.

use crate::{Error, Timestamp, Tx, params, statements};

statements! {
    /// Primary key of a small table.
    TAKE = "INSERT INTO lease (name, owner, until) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
        WHERE lease.owner = excluded.owner OR lease.until <= $4";
    HELD = "SELECT 1 FROM lease WHERE name = $1 AND owner = $2 AND until > $3";
    /// On PostgreSQL the row is held until the commit: nobody takes the lease in between.
    PINNED = "SELECT 1 FROM lease WHERE name = $1 AND owner = $2 AND until > $3",
        postgres = "SELECT 1 FROM lease WHERE name = $1 AND owner = $2 AND until > $3 FOR SHARE";
    GIVE_UP = "DELETE FROM lease WHERE name = $1 AND owner = $2";
}

/// Takes or keeps a lease until a moment. False: someone else holds it.
pub fn take(
    tx: &mut Tx<'_>,
    now: Timestamp,
    name: &str,
    owner: &str,
    until: Timestamp,
) -> Result<bool, Error> {
    tx.execute(&TAKE, params![name, owner, until, now])
        .map(|changed| changed == 1)
}

/// Lets the next one have it at once, at an orderly end.
pub fn give_up(tx: &mut Tx<'_>, name: &str, owner: &str) -> Result<(), Error> {
    tx.execute(&GIVE_UP, params![name, owner]).map(drop)
}

/// Whether someone holds a lease. Many may ask at the same time without being in the way of its
/// renewal.
pub fn holds(tx: &mut Tx<'_>, now: Timestamp, name: &str, owner: &str) -> Result<bool, Error> {
    let held = tx.one(&HELD, params![name, owner, now], |_| Ok(()))?;
    Ok(held.is_some())
}

/// As [`holds`], and nobody takes the lease before the end of this transaction.
pub fn pin(tx: &mut Tx<'_>, now: Timestamp, name: &str, owner: &str) -> Result<bool, Error> {
    let held = tx.one(&PINNED, params![name, owner, now], |_| Ok(()))?;
    Ok(held.is_some())
}
