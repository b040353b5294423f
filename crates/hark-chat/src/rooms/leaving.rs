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

/// Whoever is switched off takes his chats with him; those of one who answers visitors no longer
/// are for others.
fn fate(before: &Account, after: &Account) -> Option<Fate> {
    if before.active && !after.active {
        Some(Fate::Close)
    } else if agents::has_role(before) && !agents::has_role(after) {
        Some(Fate::Return)
    } else {
        None
    }
}

/// Changes an account, and does with its open chats what the change means for them.
pub fn settling<T>(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    id: &str,
    change: impl FnOnce(&mut Tx<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    // Nobody gives him another chat meanwhile.
    accounts::rows::lock(tx, id)?;
    let before = accounts::find(tx, id)?;
    let changed = change(tx)?;
    let after = accounts::find(tx, id)?;
    if let (Some(before), Some(after)) = (before, after)
        && let Some(fate) = fate(&before, &after)
    {
        settle(tx, now, policy, &after, fate)?;
    }
    Ok(changed)
}

/// An account is about to be deleted: its open chats go back into the queue.
pub fn let_go_of_all(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    id: &str,
) -> Result<(), Refusal> {
    accounts::rows::lock(tx, id)?;
    match accounts::find(tx, id)? {
        Some(account) => settle(tx, now, policy, &account, Fate::Return),
        None => Ok(()),
    }
}

fn settle(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    agent: &Account,
    fate: Fate,
) -> Result<(), Refusal> {
    for id in rows::open_of_agent(tx, &agent.id, MOST)? {
        let room = rows::lock(tx, &id)?;
        let Some(mut room) = room.filter(|room| room.open && room.is_served_by(&agent.id)) else {
            continue;
        };
        match fate {
            Fate::Close => closing::switched_off(tx, now, policy, &mut room, agent, DEACTIVATED)?,
            Fate::Return => transfer::let_go(tx, now, policy, &mut room)?,
        }
    }
    Ok(())
}
