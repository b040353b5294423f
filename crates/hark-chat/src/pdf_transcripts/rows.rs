use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::Wanted;

statements! {
    /// pdf_transcript_due, not further than the bound that is asked about.
    HAS_WAITING = "SELECT 1 FROM pdf_transcript ORDER BY next_at LIMIT 1 OFFSET $1";
    /// pdf_transcript_due. On PostgreSQL nodes that look at the same time find different ones.
    CLAIM = sql!("UPDATE pdf_transcript SET attempts = attempts + 1, next_at = $2
        WHERE room_id IN (SELECT room_id FROM pdf_transcript WHERE next_at <= $1 ORDER BY next_at LIMIT 1)
        RETURNING ", Wanted::COLUMNS),
        postgres = sql!("UPDATE pdf_transcript SET attempts = attempts + 1, next_at = $2
        WHERE room_id = ANY (ARRAY(
            SELECT room_id FROM pdf_transcript WHERE next_at <= $1 ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED))
        RETURNING ", Wanted::COLUMNS);
    /// pdf_transcript_due, first entry.
    NEXT_DUE = "SELECT next_at FROM pdf_transcript WHERE next_at > 0 ORDER BY next_at LIMIT 1";
    /// Primary key; nothing when someone else has claimed it since.
    REMOVE = "DELETE FROM pdf_transcript WHERE room_id = $1 AND attempts = $2";
    /// Primary key; nothing when someone else has claimed it since.
    SET_NEXT = "UPDATE pdf_transcript SET next_at = $3 WHERE room_id = $1 AND attempts = $2";
}

writes! {
    pub(super) fn add(now: Timestamp, room: &str, account: &str, up_to_seq: i64) insert pdf_transcript {
        room_id = room,
        account_id = account,
        up_to_seq = up_to_seq,
        attempts = 0,
        next_at = now,
    };
}

/// Whether at least so many wait.
pub(super) fn has_waiting(view: &mut View<'_>, number: i64) -> Result<bool> {
    let last = view.one(&HAS_WAITING, params![number - 1], |_| Ok(()))?;
    Ok(last.is_some())
}

pub(super) fn claim(tx: &mut Tx<'_>, now: Timestamp, until: Timestamp) -> Result<Option<Wanted>> {
    let claimed = tx.change(&CLAIM, params![now, until], Wanted::read)?;
    Ok(claimed.into_iter().next())
}

/// When the next one is due.
pub fn next_due(view: &mut View<'_>) -> Result<Option<Timestamp>> {
    view.one(&NEXT_DUE, params![], |row| row.get(0))
}

pub(super) fn remove(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<u64> {
    tx.changed(&REMOVE, params![&wanted.room, wanted.attempts])
}

pub(super) fn set_next(tx: &mut Tx<'_>, wanted: &Wanted, next: Timestamp) -> Result<()> {
    tx.execute(&SET_NEXT, params![&wanted.room, wanted.attempts, next])
}
