//! How long is waited for a visitor who owes an answer.

use hark_store::{Result, Timestamp};

use crate::departments::{self, Department};
use hark_model::rooms::Room;
use hark_model::{Context, Policy, settings};

/// What becomes of the chat of a visitor who counts as gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Close,
    Hold,
}

impl Action {
    /// Nothing: nobody counts as gone.
    pub fn of(policy: &Policy) -> Option<Self> {
        match policy.text(settings::Livechat_abandoned_rooms_action) {
            "close" => Some(Self::Close),
            "on-hold" => Some(Self::Hold),
            _ => None,
        }
    }
}

/// In seconds: the department's own, or what is set for all. 0: as long as they like.
pub(crate) fn of(policy: &Policy, department: Option<&Department>) -> i64 {
    let own = department.and_then(|department| department.patience);
    own.unwrap_or_else(|| policy.number(settings::Livechat_visitor_inactivity_timeout))
}

/// When the visitor of a chat counts as gone, if they say nothing and somebody wants to know.
pub(crate) fn foretold(cx: &mut Context<'_, '_>, room: &Room) -> Result<Option<Timestamp>> {
    if Action::of(cx.policy).is_none() {
        return Ok(None);
    }
    let Some(since) = room.visitor_silent_since else {
        return Ok(None);
    };
    let department = match &room.department {
        Some(id) => departments::find(cx.tx, id)?,
        None => None,
    };
    let seconds = Some(of(cx.policy, department.as_ref())).filter(|seconds| *seconds > 0);
    Ok(seconds.map(|seconds| since.plus_seconds(seconds)))
}
