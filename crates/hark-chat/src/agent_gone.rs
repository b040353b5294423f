//! What becomes of an agent's chats when they are an agent no longer.

use super::{closing, transfer};
use hark_model::accounts::Account;
use hark_model::{Context, Refusal, Who, rooms};

/// More than one agent ever has open.
const MOST: i64 = 10_000;
const DEACTIVATED: &str = "Agent was deactivated";

/// What becomes of the open chats of someone who is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenChats {
    /// They end with the one who had them.
    Close,
    /// They are for others.
    Requeue,
}

/// The agent's account is locked, so that nobody gives them another chat meanwhile.
pub fn agent_gone(
    cx: &mut Context<'_, '_>,
    agent: &Account,
    chats: OpenChats,
) -> Result<(), Refusal> {
    let by_agent = Who::Account(agent.clone());
    for id in rooms::open_of_agent(cx.tx, &agent.id, MOST)? {
        let room = rooms::lock(cx.tx, &id)?;
        let Some(mut room) = room.filter(|room| room.open && room.is_served_by(&agent.id)) else {
            continue;
        };
        match chats {
            OpenChats::Close => {
                closing::switched_off(&mut cx.by(&by_agent), &mut room, DEACTIVATED)?;
            }
            OpenChats::Requeue => transfer::let_go(&mut cx.by(&Who::System), &mut room)?,
        }
    }
    Ok(())
}
