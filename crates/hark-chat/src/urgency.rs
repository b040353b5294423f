//! How urgent a chat is: the priority that somebody gives it, and what it is promised.

use serde_json::json;

use crate::access;
use crate::inquiries::{self, Inquiry, Status};
use crate::messages::{self, Author, Notice, System};
use crate::priorities::{self, Priority};
use crate::sla::{self, Sla};
use hark_model::events::{
    Event, NamedPriority, Overdue, Prioritized, Promise, Promised, record_in_room,
};
use hark_model::rooms::{self, NO_PRIORITY, NO_PROMISE, Room, lock_live};
use hark_model::{Context, Refusal};

/// Someone who may see or take a chat gives it a priority, or none.
pub fn set_priority(
    cx: &mut Context<'_, '_>,
    room: &str,
    priority: Option<&str>,
) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut room = lock_live(cx.tx, room)?;
    let inquiry = inquiries::of_room(cx.tx, &room.id)?;
    if !access::may_handle(cx.tx, cx.policy, account, &room, inquiry.as_ref())? {
        return Err(Refusal::InvalidRoom);
    }
    prioritize(cx, &mut room, inquiry, priority)
}

/// Someone who may see or take a chat that waits promises something to it, or nothing any more.
pub fn set_sla(cx: &mut Context<'_, '_>, room: &str, sla: Option<&str>) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut room = lock_live(cx.tx, room)?;
    let inquiry = inquiries::of_room(cx.tx, &room.id)?;
    if !access::may_handle(cx.tx, cx.policy, account, &room, inquiry.as_ref())? {
        return Err(Refusal::InvalidRoom);
    }
    match inquiry {
        None => Err(Refusal::InvalidInquiry),
        Some(inquiry) if inquiry.status == Status::Taken => Err(Refusal::InquiryTaken),
        inquiry => promise(cx, &mut room, inquiry, sla),
    }
}

/// What was promised to a chat that waits has not been kept, if that is still so.
pub fn tell_overdue(cx: &mut Context<'_, '_>, room: &str) -> Result<(), Refusal> {
    let room = lock_live(cx.tx, room)?;
    let Some(mut inquiry) = inquiries::of_room(cx.tx, &room.id)? else {
        return Ok(());
    };
    let Some(due_at) = inquiry.due_at.filter(|due_at| *due_at <= cx.now) else {
        return Ok(());
    };
    inquiry.due_at = None;
    inquiries::save(cx, &inquiry)?;
    let Some(sla) = of(cx, &room)? else {
        return Ok(());
    };
    let details = Overdue {
        promise: promised(&sla),
        due_at,
    };
    let by = cx.who.actor();
    record_in_room(cx.tx, cx.now, &room, by, Event::ChatOverdue, details)?;
    Ok(())
}

/// The room is locked, and who asks may do it.
pub(super) fn prioritize(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    inquiry: Option<Inquiry>,
    priority: Option<&str>,
) -> Result<(), Refusal> {
    let to = match priority {
        Some(id) => Some(priorities::find(cx.tx, id)?.ok_or(Refusal::InvalidPriority)?),
        None => None,
    };
    if room.priority.as_deref() == priority {
        return Ok(());
    }
    let from = match &room.priority {
        Some(id) => priorities::find(cx.tx, id)?,
        None => None,
    };
    let weight = to.as_ref().map_or(NO_PRIORITY, |priority| priority.weight);
    room.priority = priority.map(str::to_owned);
    room.priority_weight = weight;
    rooms::save(cx.tx, cx.now, room)?;
    if let Some(mut inquiry) = inquiry {
        inquiry.priority_weight = weight;
        inquiries::save(cx, &inquiry)?;
    }
    let details = Prioritized {
        from: from.as_ref().map(named),
        to: to.as_ref().map(named),
    };
    let by = cx.who.actor();
    let seq = record_in_room(cx.tx, cx.now, room, by, Event::ChatPriorityChanged, details)?;
    let author = Author::of(cx.who);
    let mut data = json!({"definedBy": {"_id": author.id, "username": author.username}});
    if let Some(priority) = &to {
        data["priority"] = json!({"i18n": priority.label});
        if let Some(name) = &priority.name {
            data["priority"]["name"] = json!(name);
        }
    }
    let notice = Notice::new(System::Prioritized, author).with(json!({"priorityData": data}));
    messages::notify(cx, room, seq, vec![notice])?;
    Ok(())
}

fn named(priority: &Priority) -> NamedPriority {
    NamedPriority {
        id: priority.id.clone(),
        label: priority.label.clone(),
        name: priority.name.clone(),
        weight: priority.weight,
    }
}

/// The room is locked, and who asks may do it.
pub(super) fn promise(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    inquiry: Option<Inquiry>,
    sla: Option<&str>,
) -> Result<(), Refusal> {
    let to = match sla {
        Some(id) => Some(sla::hold(cx.tx, id)?.ok_or(Refusal::InvalidSla)?),
        None => None,
    };
    if room.sla.as_deref() == sla {
        return Ok(());
    }
    let from = of(cx, room)?;
    let minutes = to.as_ref().map_or(NO_PROMISE, |sla| sla.minutes);
    room.sla = sla.map(str::to_owned);
    room.estimated_wait = minutes;
    rooms::save(cx.tx, cx.now, room)?;
    let mut due_at = None;
    if let Some(mut inquiry) = inquiry {
        inquiry.estimated_wait = minutes;
        inquiry.due_at = inquiry.due();
        due_at = inquiry.due_at;
        inquiries::save(cx, &inquiry)?;
    }
    let details = Promised {
        from: from.as_ref().map(promised),
        to: to.as_ref().map(promised),
        due_at,
    };
    let by = cx.who.actor();
    let seq = record_in_room(cx.tx, cx.now, room, by, Event::ChatSlaChanged, details)?;
    let author = Author::of(cx.who);
    let mut data = json!({"definedBy": {"_id": author.id, "username": author.username}});
    if let Some(sla) = &to {
        data["sla"] = json!({"name": sla.name});
    }
    let notice = Notice::new(System::Promised, author).with(json!({"slaData": data}));
    messages::notify(cx, room, seq, vec![notice])?;
    Ok(())
}

fn of(cx: &mut Context<'_, '_>, room: &Room) -> Result<Option<Sla>, Refusal> {
    match &room.sla {
        Some(id) => Ok(sla::find(cx.tx, id)?),
        None => Ok(None),
    }
}

fn promised(sla: &Sla) -> Promise {
    Promise {
        id: sla.id.clone(),
        name: sla.name.clone(),
        minutes: sla.minutes,
    }
}
