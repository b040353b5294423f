//! How many chats an agent has at once at most. What was said of the agent goes before what was said of
//! the department, and that before the setting for all; a department's limit counts its own chats, the
//! others all that the agent has. Chats on hold do not count.

use std::collections::HashMap;

use hark_store::{Result, Tx, View};

use super::{Candidate, rows};
use hark_model::{Policy, settings};

/// What an agent has, and may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    pub chats: i64,
    /// Nothing: as many as they like.
    pub most: Option<i64>,
}

/// A limit, and whether it counts only the chats of the department that is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit {
    most: i64,
    here: bool,
}

impl Limit {
    fn of(policy: &Policy, agent: &Candidate) -> Option<Self> {
        // The bot that meets visitors first meets them all.
        if agent.bot && policy.flag(settings::Livechat_assign_new_conversation_to_bot) {
            return None;
        }
        let limit = |most: Option<i64>, here| {
            let most = most.filter(|most| *most > 0)?;
            Some(Self { most, here })
        };
        limit(agent.most_chats, false)
            .or_else(|| limit(agent.most_chats_here, true))
            .or_else(|| limit(for_all(policy), false))
    }
}

fn for_all(policy: &Policy) -> Option<i64> {
    Some(policy.number(settings::Livechat_maximum_chats_per_agent)).filter(|most| *most > 0)
}

/// Leaves those who may be given another chat, with one look for all of them.
pub(super) fn pass_over_full(
    view: &mut View<'_>,
    policy: &Policy,
    department: Option<&str>,
    candidates: &mut Vec<Candidate>,
) -> Result<()> {
    let limits = |here| {
        let mut limits = candidates.iter().map(|one| Limit::of(policy, one));
        limits.any(|limit| limit.is_some_and(|limit| limit.here == here))
    };
    let everywhere = if limits(false) {
        rows::open_chats(view)?
    } else {
        HashMap::new()
    };
    let here = match department.filter(|_| limits(true)) {
        Some(department) => rows::open_chats_in(view, department)?,
        None => HashMap::new(),
    };
    candidates.retain(|one| {
        Limit::of(policy, one).is_none_or(|limit| {
            let counted = if limit.here { &here } else { &everywhere };
            counted.get(&one.id).copied().unwrap_or(0) < limit.most
        })
    });
    Ok(())
}

/// Whether an agent may be given another chat of a department. Until this command is done nobody else
/// gives them one, where they have a limit.
pub(crate) fn may_have_another(
    tx: &mut Tx<'_>,
    policy: &Policy,
    department: Option<&str>,
    agent: &Candidate,
) -> Result<bool> {
    let Some(limit) = Limit::of(policy, agent) else {
        return Ok(true);
    };
    rows::lock(tx, &agent.id)?;
    let department = department.filter(|_| limit.here);
    Ok(rows::open_chats_of(tx, &agent.id, department)? < limit.most)
}

/// How many chats an agent has, and may have by what is said of all their chats.
pub fn capacity(view: &mut View<'_>, policy: &Policy, account: &str) -> Result<Capacity> {
    Ok(Capacity {
        chats: rows::open_chats_of(view, account, None)?,
        most: most(policy, rows::most_chats(view, account)?),
    })
}

/// How many chats an agent may have of whom this number is said.
pub fn most(policy: &Policy, own: Option<i64>) -> Option<i64> {
    own.filter(|most| *most > 0).or_else(|| for_all(policy))
}
