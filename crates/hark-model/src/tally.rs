//! Counts that are kept instead of counted, for the totals of lists that grow without end.

use hark_store::{Result, Tx, View, params, sql, statements};

use crate::units::DEPARTMENTS_OF;

/// Enough for closings on PostgreSQL not to queue behind each other.
const SHARDS: u64 = 16;

statements! {
    /// Primary key.
    ADD = "INSERT INTO tally (scope, shard, number) VALUES ($1, $2, $3)
        ON CONFLICT (scope, shard) DO UPDATE SET number = tally.number + excluded.number";
    /// Primary key, a range.
    FORGET = "DELETE FROM tally WHERE scope = $1";
    /// Primary key, a range for each department.
    CLOSED_OF_MONITOR = sql!("SELECT CAST(coalesce(sum(number), 0) AS BIGINT) FROM tally
        WHERE scope IN (SELECT 'closed:department:' || own.id FROM ", DEPARTMENTS_OF, "$1) AS own)");
    TOTAL = "SELECT CAST(coalesce(sum(number), 0) AS BIGINT) FROM tally WHERE scope = $1";
}

pub const CLOSED: &str = "closed";
pub const VISITORS: &str = "visitors";
pub const CONTACTS: &str = "contacts";

/// Visitors whom an agent has answered in a month: `2026-11`.
pub fn active_in(month: &str) -> String {
    format!("active:{month}")
}

pub fn closed_of_agent(agent: &str) -> String {
    format!("closed:agent:{agent}")
}

pub fn closed_of_department(department: &str) -> String {
    format!("closed:department:{department}")
}

/// Adds to several counts. What they concern decides the shard, so that a repetition hits the
/// same rows; the order is the same for all callers.
pub fn add(tx: &mut Tx<'_>, concerns: &str, scopes: &mut [String], number: i64) -> Result<()> {
    scopes.sort_unstable();
    let shard = concerns.bytes().fold(7_u64, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(u64::from(byte))
    }) % SHARDS;
    for scope in scopes {
        tx.execute(&ADD, params![&*scope, shard.cast_signed(), number])?;
    }
    Ok(())
}

/// What was counted is gone.
pub fn forget(tx: &mut Tx<'_>, scope: &str) -> Result<()> {
    tx.execute(&FORGET, params![scope])
}

pub fn total(view: &mut View<'_>, scope: &str) -> Result<i64> {
    view.number(&TOTAL, params![scope])
}

/// The chats that were closed in the departments of a monitor's units.
pub fn closed_of_monitor(view: &mut View<'_>, monitor: &str) -> Result<i64> {
    view.number(&CLOSED_OF_MONITOR, params![monitor])
}
