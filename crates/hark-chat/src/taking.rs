//! An agent takes a chat or is given one; someone joins them.

use crate::inquiries::{self, Inquiry, Status};
use crate::messages::{self, Author, Notice, System};
use crate::routing::{self, Presence};
use crate::{access, subscriptions};
use hark_model::accounts::{self, Account};
use hark_model::events::{Event, Taken, record_in_room};
use hark_model::rooms::{self, Room, ServedBy, lock_live};
use hark_model::visitors::{self, LastAgent};
use hark_model::{Actor, Context, Refusal, Who, settings};

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
    let department = room.department.as_deref();
    let online =
        routing::online_agent_for(cx.tx, cx.policy, &account.id, department, Presence::Idle)?;
    let online = online.filter(|_| held).ok_or(Refusal::AgentNotInService)?;
    if !routing::may_have_another(cx.tx, cx.policy, department, &online)? {
        return Err(Refusal::AgentFull);
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
    room.unanswered_since = Some(cx.now).filter(|_| {
        let timeout = cx
            .policy
            .number(settings::Livechat_auto_transfer_chat_timeout);
        timeout > 0 && room.auto_transferred_at.is_none()
    });
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
    messages::record_person(cx, &mut room, account, Event::ChatJoined, System::Joined)?;
    Ok(())
}
