//! An agent takes a chat or is given one; someone joins them; a chat is put on hold.

use serde_json::json;

use crate::inquiries::{self, Inquiry, Status};
use crate::messages::{self, Author, Notice, System};
use crate::routing::{self, Presence};
use crate::{access, subscriptions};
use hark_model::accounts::{self, Account};
use hark_model::events::{Commented, Event, InRoom, PersonOf, Taken, record_in_room};
use hark_model::rooms::{self, Person, Room, ServedBy, lock_live};
use hark_model::visitors::{self, LastAgent};
use hark_model::{Actor, Context, Refusal, Who};

/// An agent takes a chat from the queue, or someone who may take it gives it to them. Of two who take
/// at once one gets it, and the other is refused.
pub fn take(cx: &mut Context<'_, '_>, inquiry: &str, agent: &str) -> Result<Room, Refusal> {
    let account = accounts::find(cx.tx, agent)?.ok_or(Refusal::NoSuchTaker)?;
    if !cx.policy.grants(&account.roles, "view-l-room") {
        return Err(Refusal::MayNotTake);
    }
    let unlocked = inquiries::find(cx.tx, inquiry)?.ok_or(Refusal::NoSuchInquiry)?;
    let mut room = rooms::lock(cx.tx, &unlocked.room)?.ok_or(Refusal::NoSuchInquiry)?;
    let mut inquiry = inquiries::find(cx.tx, inquiry)?.ok_or(Refusal::NoSuchInquiry)?;
    if let Some(taker) = cx.who.account()
        && !access::may_take(cx.tx, cx.policy, taker, &room, &inquiry)?
    {
        // Somebody for whom it waited until now hears that another was faster.
        return Err(if access::may_follow(cx.tx, cx.policy, taker, &inquiry)? {
            Refusal::InquiryTaken
        } else {
            Refusal::NoSuchInquiry
        });
    }
    if inquiry.status == Status::Taken {
        return Err(Refusal::InquiryTaken);
    }
    let held = routing::hold(cx.tx, &account.id)?;
    if !held || routing::online_agent(cx.tx, cx.policy, &account.id, Presence::Idle)?.is_none() {
        return Err(Refusal::AgentNotInService);
    }
    assign(cx, &mut room, &mut inquiry, &account)?;
    Ok(room)
}

/// The room is locked. An agent who has it already keeps it, and nothing happens.
pub(super) fn assign(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    inquiry: &mut Inquiry,
    account: &Account,
) -> Result<(), Refusal> {
    if room.is_served_by(&account.id) {
        return Ok(());
    }
    if subscriptions::assign(cx, &room.id, &account.id)? {
        room.people_count += 1;
    }
    room.served_by = Some(ServedBy {
        id: account.id.clone(),
        username: account.username.clone(),
        at: cx.now,
        name: Some(account.name.clone()),
        email: account.emails.first().map(|email| email.address.clone()),
        custom_fields: account.custom_fields.clone(),
    });
    room.queued_at = None;
    let is_first = room.metrics.taken_at.is_none();
    if is_first {
        room.metrics.taken_at = Some(cx.now.millis());
    }
    rooms::save(cx.tx, cx.now, room)?;
    inquiry.take(cx.now);
    inquiries::save(cx, inquiry)?;
    if let Some(visitor) = &mut room.visitor {
        let agent = LastAgent {
            id: account.id.clone(),
            username: account.username.clone(),
            at: cx.now,
        };
        visitors::note_agent(cx.tx, cx.now, &visitor.id, &agent)?;
        visitor.last_agent = Some(agent);
    }
    let by = match cx.who {
        Who::System => Actor::account(account),
        who => who.actor(),
    };
    let taken = Taken { first: is_first };
    let seq = record_in_room(cx.tx, cx.now, room, by, Event::ChatTaken, taken)?;
    let author = Author::account(account);
    let notices = vec![
        Notice::new(System::Command, author.clone()).saying("connected"),
        Notice::new(System::Joined, author),
    ];
    messages::notify(cx, room, seq, notices)?;
    Ok(())
}

/// Someone who may see a chat comes in beside the agent who serves it.
pub fn join(cx: &mut Context<'_, '_>, room: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut room = lock_live(cx.tx, room).map_err(|_| Refusal::NoSuchRoom)?;
    if !room.open {
        return Err(Refusal::RoomClosed);
    }
    if !access::may_see(cx.tx, cx.policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    if !subscriptions::join(cx, &room.id, &account.id)? {
        return Ok(());
    }
    room.people_count += 1;
    rooms::save(cx.tx, cx.now, &room)?;
    let who = PersonOf {
        person: Person::of(account),
    };
    let seq = record_in_room(
        cx.tx,
        cx.now,
        &room,
        Actor::account(account),
        Event::ChatJoined,
        who,
    )?;
    let joined = Notice::new(System::Joined, Author::account(account)).saying(&account.username);
    messages::notify(cx, &mut room, seq, vec![joined])?;
    Ok(())
}

/// A chat waits for something outside of it; it is not counted as the agent's work meanwhile.
pub fn put_on_hold(cx: &mut Context<'_, '_>, room: &str, comment: &str) -> Result<(), Refusal> {
    let mut room = lock_live(cx.tx, room)?;
    if !room.open {
        return Err(Refusal::RoomClosed);
    }
    if room.on_hold {
        return Err(Refusal::OnHoldAlready);
    }
    if room.served_by.is_none() || room.waiting_response {
        return Err(Refusal::CannotHold);
    }
    set_hold(cx, &mut room, true, comment)
}

/// It goes on.
pub fn resume(cx: &mut Context<'_, '_>, room: &str, comment: &str) -> Result<(), Refusal> {
    let mut room = lock_live(cx.tx, room)?;
    if !room.open {
        return Err(Refusal::RoomClosed);
    }
    if !room.on_hold {
        return Err(Refusal::NotOnHold);
    }
    set_hold(cx, &mut room, false, comment)
}

fn set_hold(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    on_hold: bool,
    comment: &str,
) -> Result<(), Refusal> {
    let account = cx.account()?;
    let (event, system): (fn(InRoom<Commented>) -> Event, System) = if on_hold {
        (Event::ChatOnHold, System::PutOnHold)
    } else {
        (Event::ChatResumed, System::Resumed)
    };
    room.on_hold = on_hold;
    rooms::save(cx.tx, cx.now, room)?;
    let details = Commented {
        comment: comment.to_owned(),
    };
    let seq = record_in_room(cx.tx, cx.now, room, Actor::account(account), event, details)?;
    let comment = json!({"comment": comment});
    let notice = Notice::new(system, Author::account(account)).with(comment);
    messages::notify(cx, room, seq, vec![notice])?;
    Ok(())
}
