//! A chat becomes that of another visitor.

use crate::access;
use hark_model::events::{Edited, Event, record_in_room};
use hark_model::rooms::{self, Room, lock_live};
use hark_model::visitors;
use hark_model::{Context, Refusal};

/// An agent has found out that the one who writes here is known as somebody else. Their token opens the
/// chat from then on, so of those behind a border the agent makes nobody its visitor.
pub fn change_visitor(
    cx: &mut Context<'_, '_>,
    room: &str,
    from: &str,
    to: &str,
) -> Result<Room, Refusal> {
    let is_known = |found: &visitors::Visitor| !found.token.is_empty();
    let other = visitors::find(cx.tx, to)?.filter(is_known);
    let other = other.ok_or(Refusal::InvalidVisitor)?;
    let account = cx.account()?;
    if !access::may_change(cx.tx, cx.policy, account, &other)? {
        return Err(Refusal::InvalidVisitor);
    }
    let mut room = lock_live(cx.tx, room)?;
    if room.guest()?.id != from {
        return Err(Refusal::NotItsVisitor);
    }
    let visitor = visitors::lock(cx.tx, to)?.filter(is_known);
    let visitor = visitor.ok_or(Refusal::InvalidVisitor)?;
    if visitor.id == from {
        return Ok(room);
    }
    if room.open && rooms::open_of(cx.tx, &visitor.id)?.is_some() {
        return Err(Refusal::VisitorChatsElsewhere);
    }
    visitor.shown_name().clone_into(&mut room.name);
    if room.open {
        room.visitor_status = Some(visitor.status.clone());
    }
    room.visitor = Some(visitor);
    room.updated_at = cx.now;
    rooms::give_to_visitor(cx.tx, &room)?;
    let by = cx.who.actor();
    let edited = Edited { noted: true };
    record_in_room(cx.tx, cx.now, &room, by, Event::ChatEdited, edited)?;
    Ok(room)
}
