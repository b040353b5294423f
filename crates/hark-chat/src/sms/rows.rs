use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::Outgoing;

statements! {
    /// sms_due, not further than the bound that is asked about.
    HAS_WAITING = "SELECT 1 FROM sms WHERE next_at > 0 ORDER BY next_at LIMIT 1 OFFSET $1";
    /// sms_due. On PostgreSQL nodes that look at the same time find different ones.
    CLAIM = sql!("UPDATE sms SET attempts = attempts + 1, next_at = $2
        WHERE id IN (SELECT id FROM sms WHERE next_at <= $1 ORDER BY next_at, id LIMIT 1)
        RETURNING ", Outgoing::COLUMNS),
        postgres = sql!("UPDATE sms SET attempts = attempts + 1, next_at = $2
        WHERE id = ANY (ARRAY(
            SELECT id FROM sms WHERE next_at <= $1 ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED))
        RETURNING ", Outgoing::COLUMNS);
    /// sms_due, first entry.
    NEXT_DUE = "SELECT next_at FROM sms WHERE next_at > 0 ORDER BY next_at LIMIT 1";
    /// Primary key.
    REMOVE = "DELETE FROM sms WHERE id = $1";
    /// Primary key; nothing when someone else has claimed it since.
    SET_NEXT = "UPDATE sms SET next_at = $3, last_error = $4 WHERE id = $1 AND attempts = $2";
    /// sms_given_up.
    PRUNE = "DELETE FROM sms WHERE id IN (
        SELECT id FROM sms WHERE next_at IS NULL AND created_at < $1 ORDER BY created_at LIMIT $2)";
}

writes! {
    pub(super) fn add(now: Timestamp, due: Timestamp, outgoing: &Outgoing) insert sms {
        id = &outgoing.id,
        account_id = &outgoing.account,
        sender = &outgoing.sender,
        recipient = &outgoing.recipient,
        text = &outgoing.text,
        attempts = 0,
        next_at = due,
        created_at = now,
    };
}

/// Whether at least so many wait.
pub(super) fn has_waiting(view: &mut View<'_>, number: i64) -> Result<bool> {
    let last = view.one(&HAS_WAITING, params![number - 1], |_| Ok(()))?;
    Ok(last.is_some())
}

pub(super) fn claim(tx: &mut Tx<'_>, now: Timestamp, until: Timestamp) -> Result<Option<Outgoing>> {
    let claimed = tx.change(&CLAIM, params![now, until], Outgoing::read)?;
    Ok(claimed.into_iter().next())
}

/// When the next one is due.
pub fn next_due(view: &mut View<'_>) -> Result<Option<Timestamp>> {
    view.one(&NEXT_DUE, params![], |row| row.get(0))
}

pub(super) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    tx.execute(&REMOVE, params![id])
}

pub(super) fn set_next(
    tx: &mut Tx<'_>,
    outgoing: &Outgoing,
    next: Option<Timestamp>,
    error: &str,
) -> Result<()> {
    tx.execute(
        &SET_NEXT,
        params![&outgoing.id, outgoing.attempts, next, error],
    )
}

pub(super) fn prune(tx: &mut Tx<'_>, before: Timestamp, most: i64) -> Result<u64> {
    tx.changed(&PRUNE, params![before, most])
}
