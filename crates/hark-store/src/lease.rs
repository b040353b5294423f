//! Leases: background work that must run once, however many nodes there are. The holder of the lease
//! does the work; when a holder dies, another node takes over after the lease has run out.

use crate::{Error, Timestamp, Tx, params, statements};

statements! {
    /// Primary key of a small table.
    TAKE = "INSERT INTO lease (name, owner, until) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
        WHERE lease.owner = excluded.owner OR lease.until <= $4 OR lease.until = $5";
    UNTIL = "SELECT until FROM lease WHERE name = $1";
    HELD = "SELECT 1 FROM lease WHERE name = $1 AND owner = $2 AND until > $3";
    /// On PostgreSQL the row is held until the commit: nobody takes the lease in between.
    PINNED = "SELECT 1 FROM lease WHERE name = $1 AND owner = $2 AND until > $3",
        postgres = "SELECT 1 FROM lease WHERE name = $1 AND owner = $2 AND until > $3 FOR SHARE";
    GIVE_UP = "DELETE FROM lease WHERE name = $1 AND owner = $2";
}

/// Whose a lease is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Mine,
    /// Another's, until a moment by the clock of that one.
    Until(Timestamp),
}

/// Takes or keeps a lease until a moment. One that says `abandoned` is taken as well: it was watched
/// for as long as a lease may be held, and nobody renewed it.
pub fn take(
    tx: &mut Tx<'_>,
    now: Timestamp,
    name: &str,
    owner: &str,
    until: Timestamp,
    abandoned: Option<Timestamp>,
) -> Result<Taken, Error> {
    let abandoned = abandoned.unwrap_or(now);
    if tx.changed(&TAKE, params![name, owner, until, now, abandoned])? == 1 {
        return Ok(Taken::Mine);
    }
    let found = tx.one(&UNTIL, params![name], |row| row.get(0))?;
    Ok(Taken::Until(found.unwrap_or(now)))
}

/// At an orderly end: the next node can take it at once.
pub fn give_up(tx: &mut Tx<'_>, name: &str, owner: &str) -> Result<(), Error> {
    tx.execute(&GIVE_UP, params![name, owner])
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
