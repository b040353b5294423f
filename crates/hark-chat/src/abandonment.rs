//! A visitor who owes an answer counts as gone, and what becomes of the chat then.

use hark_store::Timestamp;

use crate::closing::{self, Close};
use crate::departments;
use crate::holding;
use crate::patience::{self, Action};
use hark_model::events::{Abandoned, Event, record_in_room};
use hark_model::rooms::{self, Room, lock_live};
use hark_model::{Context, Refusal, settings};

/// What is set of patience has changed since it was foretold when a visitor counts as gone.
pub fn foretell(cx: &mut Context<'_, '_>, room: &str) -> Result<(), Refusal> {
    let mut room = lock_live(cx.tx, room)?;
    let foretold = patience::foretold(cx, &room)?;
    if room.open && room.abandoned_at != foretold {
        room.abandoned_at = foretold;
        rooms::save(cx.tx, room.updated_at, &room)?;
    }
    Ok(())
}

/// A chat whose visitor counts as gone by a moment is ended or put on hold, if that is still so.
pub fn settle_abandoned(
    cx: &mut Context<'_, '_>,
    room: &str,
    by: Timestamp,
) -> Result<(), Refusal> {
    let mut room = lock_live(cx.tx, room)?;
    let (Some(action), Some(since)) = (Action::of(cx.policy), room.visitor_silent_since) else {
        return Ok(());
    };
    if !room.open || room.is_on_hold() || room.abandoned_at.is_none_or(|at| at > by) {
        return Ok(());
    }
    let department = match &room.department {
        Some(id) => departments::find(cx.tx, id)?,
        None => None,
    };
    let seconds = patience::of(cx.policy, department.as_ref());
    let details = Abandoned {
        silent_since: since,
        closes: action == Action::Close,
    };
    let actor = cx.who.actor();
    record_in_room(cx.tx, cx.now, &room, actor, Event::ChatAbandoned, details)?;
    if action == Action::Hold {
        let comment = said(&room, "placed On Hold", seconds);
        return holding::hold(cx, &mut room, &comment);
    }
    let own = department.and_then(|department| department.abandoned_comment);
    let custom = cx
        .policy
        .text(settings::Livechat_abandoned_rooms_closed_custom_message);
    let custom = own.unwrap_or_else(|| custom.to_owned());
    let comment = match custom.trim() {
        "" => said(&room, "closed", seconds),
        custom => custom.to_owned(),
    };
    let ending = Close {
        comment,
        ..Close::default()
    };
    closing::close(cx, &room.id, &ending).map(drop)
}

fn said(room: &Room, done: &str, seconds: i64) -> String {
    let guest = &room.name;
    format!(
        "The chat was automatically {done} because we haven't received any reply from {guest} in {seconds} seconds"
    )
}
