//! What becomes of an agent's chats when he is an agent no longer.

use hark_store::{Timestamp, Tx};

use super::{closing, rows, transfer};
use crate::accounts::{self, Account};
use crate::{Policy, Refusal, agents};

/// More than one agent ever has open.
const MOST: i64 = 10_000;
const DEACTIVATED: &str = "Agent was deactivated";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Close,
    Return,
}

/// Whoever is switched off takes his chats with him; those of one who goes away or answers
/// visitors no longer are for others.
fn fate(before: &Account, after: Option<&Account>) -> Option<Fate> {
    match after {
        None => Some(Fate::Return),
        Some(after) if before.active && !after.active => Some(Fate::Close),
        Some(after) if agents::has_role(before) && !agents::has_role(after) => Some(Fate::Return),
        Some(_) => None,
    }
}

/// An account has changed, or is about to be deleted: its open chats are closed or go back into
/// the queue where that is what the change means for them.
pub fn left_by(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    before: &Account,
    after: Option<&Account>,
) -> Result<(), Refusal> {
    let Some(fate) = fate(before, after) else {
        return Ok(());
    };
    // Nobody gives him another one meanwhile.
    accounts::rows::lock(tx, &before.id)?;
    for id in rows::open_of_agent(tx, &before.id, MOST)? {
        let Some(mut room) = rows::lock(tx, &id)? else {
            continue;
        };
        if !room.open || !room.is_served_by(&before.id) {
            continue;
        }
        match fate {
            Fate::Close => closing::switched_off(tx, now, policy, &mut room, before, DEACTIVATED)?,
            Fate::Return => transfer::let_go(tx, now, policy, &mut room)?,
        }
    }
    Ok(())
}
