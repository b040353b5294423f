//! An agent gets a chat, by himself or by the house; someone joins him; a chat is put on hold.

use hark_store::{Timestamp, Tx};
use serde_json::json;

use super::{Room, ServedBy, access, lock_live, rows, story};
use crate::accounts::{self, Account};
use crate::inquiries::{self, Inquiry, Status};
use crate::messages::{self, Author, Notice, System};
use crate::routing::{self, Presence};
use crate::visitors::LastAgent;
use crate::{Actor, Policy, Refusal, subscriptions, visitors};

/// An agent takes a chat from the queue, or someone takes it for him. Of two who take at once one
/// wins, and the other is told.
pub fn take(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    who: &Actor,
    inquiry: &str,
    agent: &str,
) -> Result<Room, Refusal> {
    let account = accounts::find(tx, agent)?.ok_or(Refusal::NoSuchTaker)?;
    if !policy.grants(&account.roles, "view-l-room") {
        return Err(Refusal::MayNotTake);
    }
    let unlocked = inquiries::find(tx, inquiry)?.ok_or(Refusal::NoSuchInquiry)?;
    let mut room = rows::lock(tx, &unlocked.room)?.ok_or(Refusal::NoSuchInquiry)?;
    let mut inquiry = inquiries::find(tx, inquiry)?.ok_or(Refusal::NoSuchInquiry)?;
    if inquiry.status == Status::Taken {
        return Err(Refusal::InquiryTaken);
    }
    let held = routing::hold(tx, &account.id)?;
    if !held || routing::online_agent(tx, policy, &account.id, Presence::Idle)?.is_none() {
        return Err(Refusal::AgentNotInService);
    }
    assign(tx, now, &mut room, &mut inquiry, &account, who)?;
    Ok(room)
}

/// The room is locked. An agent who has it already keeps it, and nothing happens.
pub(super) fn assign(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &mut Room,
    inquiry: &mut Inquiry,
    account: &Account,
    who: &Actor,
) -> Result<(), Refusal> {
    if room.is_served_by(&account.id) {
        return Ok(());
    }
    if subscriptions::assign(tx, now, &room.id, &account.id)? {
        room.people_count += 1;
    }
    room.served_by = Some(ServedBy {
        id: account.id.clone(),
        username: account.username.clone(),
        at: now,
        name: Some(account.name.clone()),
        email: account.emails.first().map(|email| email.address.clone()),
        custom_fields: account.custom_fields.clone(),
    });
    room.queued_at = None;
    let is_first = room.metrics.taken_at.is_none();
    if is_first {
        room.metrics.taken_at = Some(now.millis());
    }
    rows::save(tx, now, room)?;
    inquiry.take(now);
    inquiries::save(tx, now, inquiry)?;
    if let Some(visitor) = &mut room.visitor {
        let agent = LastAgent {
            id: account.id.clone(),
            username: account.username.clone(),
            at: now,
        };
        visitors::rows::note_agent(tx, now, &visitor.id, &agent)?;
        visitor.last_agent = Some(agent);
    }
    let by = match who {
        Actor::System => account.actor(),
        who => who.clone(),
    };
    let seq = story::tell(tx, now, "chat.taken", room, &by, json!({"first": is_first}))?;
    let author = Author::account(account);
    let notices = vec![
        Notice::new(System::Command, author.clone()).saying("connected"),
        Notice::new(System::Joined, author),
    ];
    messages::notify(tx, now, room, seq, notices)?;
    Ok(())
}

/// Someone who may see a chat comes in beside the agent who serves it.
pub fn join(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    room: &str,
) -> Result<(), Refusal> {
    let mut room = lock_live(tx, room).map_err(|_| Refusal::NoSuchRoom)?;
    if !room.open {
        return Err(Refusal::RoomClosed);
    }
    if !access::may_see(tx, policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    if !subscriptions::join(tx, now, &room.id, &account.id)? {
        return Ok(());
    }
    room.people_count += 1;
    rows::save(tx, now, &room)?;
    let more = json!({"person": person(account)});
    let seq = story::tell(tx, now, "chat.joined", &room, &account.actor(), more)?;
    let joined = Notice::new(System::Joined, Author::account(account)).saying(&account.username);
    messages::notify(tx, now, &mut room, seq, vec![joined])?;
    Ok(())
}

fn person(account: &Account) -> serde_json::Value {
    json!({"id": account.id, "username": account.username})
}

/// A chat waits for something outside of it; it is not counted as the agent's work meanwhile.
pub fn put_on_hold(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &Account,
    room: &str,
    comment: &str,
) -> Result<(), Refusal> {
    let mut room = lock_live(tx, room)?;
    if !room.open {
        return Err(Refusal::RoomClosed);
    }
    if room.on_hold {
        return Err(Refusal::OnHoldAlready);
    }
    if room.served_by.is_none() || room.waiting_response {
        return Err(Refusal::CannotHold);
    }
    set_hold(tx, now, account, &mut room, true, comment)
}

/// It goes on.
pub fn resume(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &Account,
    room: &str,
    comment: &str,
) -> Result<(), Refusal> {
    let mut room = lock_live(tx, room)?;
    if !room.open {
        return Err(Refusal::RoomClosed);
    }
    if !room.on_hold {
        return Err(Refusal::NotOnHold);
    }
    set_hold(tx, now, account, &mut room, false, comment)
}

fn set_hold(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &Account,
    room: &mut Room,
    on_hold: bool,
    comment: &str,
) -> Result<(), Refusal> {
    let (kind, system) = match on_hold {
        true => ("chat.onhold", System::PutOnHold),
        false => ("chat.resumed", System::Resumed),
    };
    room.on_hold = on_hold;
    rows::save(tx, now, room)?;
    let comment = json!({"comment": comment});
    let seq = story::tell(tx, now, kind, room, &account.actor(), comment.clone())?;
    let notice = Notice::new(system, Author::account(account)).with(comment);
    messages::notify(tx, now, room, seq, vec![notice])?;
    Ok(())
}
