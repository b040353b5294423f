//! Closed chats are removed.

use hark_store::{Timestamp, Tx};

use super::{Kind, remove, rows};
use crate::Refusal;

/// Removes one chat, which has to be closed.
pub fn remove_closed(tx: &mut Tx<'_>, now: Timestamp, room: &str) -> Result<(), Refusal> {
    let room = rows::lock(tx, room)?.ok_or(Refusal::NoSuchRoom)?;
    if room.kind != Kind::Live {
        return Err(Refusal::NotALiveChat);
    }
    if room.open {
        return Err(Refusal::RoomNotClosed);
    }
    remove(tx, now, &room)
}

/// Removes so many of those that were closed before a moment, of one department or of all, and
/// answers how many there were.
pub fn remove_some_closed(
    tx: &mut Tx<'_>,
    now: Timestamp,
    department: Option<&str>,
    limit: i64,
) -> Result<i64, Refusal> {
    let mut removed = 0;
    for id in rows::closed(tx, department, now, limit)? {
        // Someone else may have removed it meanwhile.
        if let Some(room) = rows::lock(tx, &id)?.filter(|room| !room.open) {
            remove(tx, now, &room)?;
            removed += 1;
        }
    }
    Ok(removed)
}
