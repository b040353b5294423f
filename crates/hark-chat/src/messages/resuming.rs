//! A chat that is on hold goes on, at the latest when somebody speaks in it.

use serde_json::json;

use super::{Author, Notice, System, notify};
use crate::routing;
use hark_model::events::{Commented, Event, record_in_room};
use hark_model::rooms::{self, Room};
use hark_model::{Context, Refusal};

/// The room is locked, and on hold.
pub(crate) fn go_on(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    comment: &str,
) -> Result<(), Refusal> {
    room.held_since = None;
    rooms::save(cx.tx, cx.now, room)?;
    // What is to happen to the chats of agents who are gone happens to this one, too.
    if let Some(agent) = &room.served_by {
        routing::note_still_gone(cx.tx, cx.now, &agent.id)?;
    }
    let details = Commented {
        comment: comment.to_owned(),
    };
    let by = cx.who.actor();
    let seq = record_in_room(cx.tx, cx.now, room, by, Event::ChatResumed, details)?;
    let notice = Notice::new(System::Resumed, Author::of(cx.who))
        .by_visitor(cx.who.is_visitor())
        .with(json!({"comment": comment}));
    notify(cx, room, seq, vec![notice])?;
    Ok(())
}

/// Somebody has spoken.
pub(super) fn spoken_in(cx: &mut Context<'_, '_>, room: &mut Room) -> Result<(), Refusal> {
    if !room.is_on_hold() {
        return Ok(());
    }
    let speaker = Author::of(cx.who);
    let name = speaker.name.unwrap_or(speaker.username);
    let comment =
        format!("The chat was automatically resumed from On Hold because {name} has written");
    go_on(cx, room, &comment)
}
