use hark_store::{Record, Result, Timestamp, Tx, View, params, sql, statements, writes};

use super::{MOST, Sla};
use hark_model::rooms::NO_PROMISE;

statements! {
    /// The whole of a small table.
    EVERY = sql!("SELECT ", Sla::COLUMNS, " FROM sla ORDER BY name, id LIMIT $1");
    /// Primary key.
    FIND = sql!("SELECT ", Sla::COLUMNS, " FROM sla WHERE id = $1");
    /// Primary key. It stays as it is until a chat has it.
    HOLD = "SELECT id FROM sla WHERE id = $1",
        postgres = "SELECT id FROM sla WHERE id = $1 FOR SHARE";
    REMOVE = "DELETE FROM sla WHERE id = $1";
    /// room_by_sla. Rooms are locked before anything else, in one order.
    LOCK_ROOMS = "SELECT id FROM room WHERE sla_id = $1 AND open ORDER BY id",
        postgres = "SELECT id FROM room WHERE sla_id = $1 AND open ORDER BY id FOR UPDATE";
    /// room_by_sla.
    CHANGE_ROOMS = "UPDATE room SET sla_id = $2, estimated_wait = $3, updated_at = $4 WHERE sla_id = $1 AND open";
    /// room_by_sla, then inquiry_by_room.
    CHANGE_INQUIRIES = "UPDATE inquiry SET estimated_wait = $2, updated_at = $4,
            due_at = CASE WHEN status <> 'taken' AND CAST($3 AS BIGINT) IS NOT NULL THEN queued_at + $3 END
        WHERE room_id IN (SELECT id FROM room WHERE sla_id = $1 AND open)";
}

writes! {
    pub fn add(sla: &Sla) insert sla {
        id = &sla.id,
        name = &sla.name,
        description = &sla.description,
        minutes = sla.minutes,
        updated_at = sla.updated_at,
    }, update change;
}

/// By name.
pub fn all(view: &mut View<'_>) -> Result<Vec<Sla>> {
    view.records(&EVERY, params![MOST as i64])
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Sla>> {
    view.record(&FIND, params![id])
}

/// The same for a command that gives it to a chat.
pub(crate) fn hold(tx: &mut Tx<'_>, id: &str) -> Result<Option<Sla>> {
    tx.lock(&HOLD, params![id])?;
    find(tx, id)
}

pub(super) fn lock_rooms(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    tx.lock(&LOCK_ROOMS, params![id])
}

pub(super) fn remove(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    tx.changed(&REMOVE, params![id])
}

/// Open chats that have it are promised something else, or nothing any more.
pub(super) fn promise(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    minutes: Option<i64>,
) -> Result<()> {
    let wait = minutes.unwrap_or(NO_PROMISE);
    let millis = minutes.map(|minutes| minutes * 60_000);
    tx.execute(&CHANGE_INQUIRIES, params![id, wait, millis, now])?;
    let kept = minutes.map(|_| id);
    tx.execute(&CHANGE_ROOMS, params![id, kept, wait, now])
}
