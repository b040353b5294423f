//! A chat goes from hand to hand: to another agent, to a department, back into the queue.

use hark_store::Tx;
use serde_json::{Value, json};

use super::taking;
use crate::access;
use crate::departments::{self, Department};
use crate::inquiries::{self, Inquiry, Status};
use crate::messages::{self, Author, Notice, System};
use crate::routing::{self, Method, Presence};
use crate::subscriptions::{self, Subscription};
use hark_model::accounts::{self, Account};
use hark_model::events::{
    Event, Forwarded, NamedDepartment, Returned, TransferOrigin, TransferScope, record_in_room,
};
use hark_model::rooms::{self, Person, Room, ServedBy, lock_live};
use hark_model::{Context, Refusal, Who};

/// Where a chat is to go.
#[derive(Debug, Clone, Default)]
pub struct Forward {
    pub agent: Option<String>,
    pub department: Option<String>,
    pub comment: Option<String>,
    /// The agent whom another program named for the department, where it says who.
    pub suggested: Option<String>,
}

/// What a transfer was aimed at, and what was said of it.
struct Aim<'s> {
    scope: TransferScope,
    comment: Option<&'s str>,
    to_agent: Option<&'s Account>,
    to_department: Option<&'s Department>,
}

/// Passes a chat on: its visitor's own, or one that the agent might take.
pub fn forward(cx: &mut Context<'_, '_>, room: &str, forward: &Forward) -> Result<Room, Refusal> {
    let mut room = lock_live(cx.tx, room)?;
    let inquiry = inquiries::of_room(cx.tx, &room.id)?;
    if let Some(account) = cx.who.account() {
        let may = match &inquiry {
            Some(inquiry) => access::may_take(cx.tx, cx.policy, account, &room, inquiry)?,
            None => access::may_see(cx.tx, cx.policy, account, &room)?,
        };
        if !may {
            return Err(Refusal::InvalidRoom);
        }
    }
    if let Some(comment) = &forward.comment {
        messages::check_text(cx.policy, comment)?;
    }
    if !room.open {
        return Err(Refusal::ConversationClosed);
    }
    if room.on_hold {
        return Err(Refusal::RoomOnHold);
    }
    let mut inquiry = inquiry.ok_or(Refusal::InvalidInquiry)?;
    match (&forward.department, &forward.agent) {
        (Some(department), agent) => {
            to_department(
                cx,
                &mut room,
                &mut inquiry,
                forward,
                department,
                agent.as_deref(),
            )?;
        }
        (None, Some(agent)) => {
            to_agent(cx, &mut room, &mut inquiry, forward, agent)?;
        }
        (None, None) => return Err(Refusal::ForwardWhere),
    }
    Ok(room)
}

fn to_agent(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    inquiry: &mut Inquiry,
    forward: &Forward,
    agent: &str,
) -> Result<(), Refusal> {
    if !routing::hold(cx.tx, agent)? {
        return Err(Refusal::AgentOffline);
    }
    let online = routing::online_agent(cx.tx, cx.policy, agent, Presence::There)?;
    let account = match online {
        Some(_) => accounts::find(cx.tx, agent)?,
        None => None,
    };
    let account = account.ok_or(Refusal::AgentOffline)?;
    if room.is_served_by(&account.id) {
        return Err(Refusal::SameAgent);
    }
    let before = room.clone();
    taking::assign(cx, room, inquiry, &account)?;
    let aim = Aim {
        scope: TransferScope::Agent,
        comment: forward.comment.as_deref(),
        to_agent: Some(&account),
        to_department: None,
    };
    let left = match &before.served_by {
        Some(agent) => subscriptions::find(cx.tx, &room.id, &agent.id)?,
        None => None,
    };
    let left = left.as_slice();
    let seq = record_forwarded(cx, &before, room, &aim, left)?;
    let history = history(cx, &before, &aim);
    messages::notify(cx, room, seq, vec![history])?;
    dismiss(cx, room, seq, before.served_by.as_ref())?;
    Ok(())
}

fn to_department(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    inquiry: &mut Inquiry,
    forward: &Forward,
    department: &str,
    agent: Option<&str>,
) -> Result<(), Refusal> {
    let target = departments::find(cx.tx, department)?.ok_or(Refusal::UnknownDepartment)?;
    if room.department.as_deref() == Some(&target.id) {
        return Err(Refusal::SameDepartment);
    }
    if let Some(agent) = agent
        && !routing::is_member(cx.tx, &target.id, agent)?
    {
        return Err(Refusal::NotInDepartment);
    }
    let nobody = routing::online(cx.tx, cx.policy, Some(&target.id), Presence::There)?.is_empty();
    let queues = !Method::of(cx.policy).assigns() || (target.receive_forward_offline && nobody);
    let before = room.clone();
    let named = match agent {
        Some(agent) => accounts::find(cx.tx, agent)?,
        None => None,
    };
    let aim = Aim {
        scope: TransferScope::Department,
        comment: forward.comment.as_deref(),
        to_agent: named.as_ref(),
        to_department: Some(&target),
    };
    if queues {
        room.department = Some(target.id.clone());
        rooms::save(cx.tx, cx.now, room)?;
        let left = subscriptions::of_room(cx.tx, &room.id)?;
        let seq = record_forwarded(cx, &before, room, &aim, &left)?;
        let history = history(cx, &before, &aim);
        messages::notify(cx, room, seq, vec![history])?;
        room.queued_at = Some(cx.now);
        release(cx, room, seq)?;
        inquiry.department = Some(target.id.clone());
        inquiry.default_agent = named.as_ref().map(|account| account.id.clone());
        inquiry.queue(cx.now);
        inquiries::save(cx, inquiry)?;
        record_in_room(cx.tx, cx.now, room, cx.who.actor(), Event::ChatQueued, ())?;
        return Ok(());
    }
    let suggested = forward.suggested.as_deref();
    let found = successor(cx, room, &target, named.as_ref(), suggested)?;
    let Some((account, reached)) = found else {
        return Err(Refusal::NobodyInDepartment);
    };
    let aim = Aim {
        to_department: Some(&reached),
        ..aim
    };
    taking::assign(cx, room, inquiry, &account)?;
    room.department = Some(reached.id.clone());
    let mut left = subscriptions::of_room(cx.tx, &room.id)?;
    left.retain(|place| place.account != account.id);
    keep_only(cx.tx, room, &[Some(&account.id), served_by(&before)])?;
    rooms::save(cx.tx, cx.now, room)?;
    inquiry.department = Some(reached.id.clone());
    inquiries::save(cx, inquiry)?;
    let seq = record_forwarded(cx, &before, room, &aim, &left)?;
    let mut notices = vec![history(cx, &before, &aim)];
    if reached.id != target.id {
        notices.push(stood_in(cx, &before, &aim, &target));
    }
    messages::notify(cx, room, seq, notices)?;
    dismiss(cx, room, seq, before.served_by.as_ref())?;
    Ok(())
}

fn served_by(room: &Room) -> Option<&String> {
    room.served_by.as_ref().map(|agent| &agent.id)
}

/// Anyone who had joined in the old department does not come along.
fn keep_only(tx: &mut Tx<'_>, room: &mut Room, kept: &[Option<&String>]) -> Result<(), Refusal> {
    for other in subscriptions::of_room(tx, &room.id)? {
        if !kept.contains(&Some(&other.account))
            && subscriptions::remove(tx, &room.id, &other.account)? > 0
        {
            room.people_count -= 1;
        }
    }
    Ok(())
}

/// Who takes over in a department, or in one that stands in for it; never who has it now, and
/// never where it is now.
fn successor(
    cx: &mut Context<'_, '_>,
    room: &Room,
    department: &Department,
    named: Option<&Account>,
    suggested: Option<&str>,
) -> Result<Option<(Account, Department)>, Refusal> {
    let is_new = |account: &Account| !room.is_served_by(&account.id);
    if let Some(named) = named
        && routing::online_agent(cx.tx, cx.policy, &named.id, Presence::There)?.is_some()
    {
        let named = Some(named.clone()).filter(is_new);
        return Ok(named.map(|named| (named, department.clone())));
    }
    let staffed = routing::staffed(cx.tx, cx.policy, &department.id)?;
    let Some(staffed) = staffed.filter(|staffed| room.department.as_deref() != Some(staffed))
    else {
        return Ok(None);
    };
    let Some(agent) = routing::next(cx, Some(&staffed), suggested)? else {
        return Ok(None);
    };
    let account = accounts::find(cx.tx, &agent.id)?.filter(is_new);
    Ok(account.zip(departments::find(cx.tx, &staffed)?))
}

/// Back into the queue, of the same department or of another. False: nobody has it.
pub fn return_to_queue(
    cx: &mut Context<'_, '_>,
    room: &str,
    department: Option<&str>,
) -> Result<bool, Refusal> {
    let account = cx.account()?;
    let mut room = lock_live(cx.tx, room)?;
    if !room.open {
        return Err(Refusal::RoomClosed);
    }
    if room.on_hold {
        return Err(Refusal::RoomOnHold);
    }
    if !access::may_see(cx.tx, cx.policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    put_back(cx, &mut room, department)
}

/// A chat of an agent who is one no longer, on hold or not, is for others.
pub(super) fn let_go(cx: &mut Context<'_, '_>, room: &mut Room) -> Result<(), Refusal> {
    room.on_hold = false;
    match put_back(cx, room, None) {
        Ok(_) | Err(Refusal::CannotReturn) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

/// The room is locked and open. False: nobody has it.
fn put_back(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    department: Option<&str>,
) -> Result<bool, Refusal> {
    let Some(agent) = room.served_by.clone() else {
        return Ok(false);
    };
    let mut inquiry = inquiries::of_room(cx.tx, &room.id)?.ok_or(Refusal::CannotReturn)?;
    let target = match department {
        Some(id) => Some(departments::find(cx.tx, id)?.ok_or(Refusal::UnknownDepartment)?),
        None => None,
    };
    let before = room.clone();
    let elsewhere = target
        .as_ref()
        .filter(|target| before.department.as_deref() != Some(&target.id));
    let aim = Aim {
        scope: TransferScope::Queue,
        comment: None,
        to_agent: None,
        to_department: target.as_ref(),
    };
    let left = subscriptions::of_room(cx.tx, &room.id)?;
    let returned = Returned {
        from: TransferOrigin::of(&before),
        left: subscriptions::left(&left),
    };
    let by = cx.who.actor();
    let mut seq = record_in_room(cx.tx, cx.now, room, by, Event::ChatReturned, returned)?;
    if let Some(target) = elsewhere {
        room.department = Some(target.id.clone());
        seq = record_forwarded(cx, &before, room, &aim, &[])?;
    }
    let history = history(cx, &before, &aim).in_name_of(Author {
        id: agent.id,
        username: agent.username,
        name: agent.name,
    });
    messages::notify(cx, room, seq, vec![history])?;
    room.queued_at = Some(cx.now);
    release(cx, room, seq)?;
    if let Some(target) = target {
        inquiry.department = Some(target.id);
    }
    if Method::of(cx.policy).assigns() {
        // The worker looks for someone else at its next turn.
        inquiry.queue(cx.now);
        inquiry.status = Status::Ready;
    } else {
        inquiry.queue(cx.now);
    }
    inquiries::save(cx, &inquiry)?;
    record_in_room(cx.tx, cx.now, room, cx.who.actor(), Event::ChatQueued, ())?;
    Ok(true)
}

/// Nobody has the chat any more.
fn release(cx: &mut Context<'_, '_>, room: &mut Room, seq: i64) -> Result<(), Refusal> {
    let people = subscriptions::remove_all(cx.tx, &room.id)?;
    room.people_count -= people.cast_signed();
    let agent = room.served_by.take();
    // They wait for us now, not we for them.
    room.visitor_silent_since = None;
    rooms::save(cx.tx, cx.now, room)?;
    if let Some(agent) = agent {
        messages::notify(cx, room, seq, vec![left(&agent)])?;
    }
    Ok(())
}

/// The one who had it before leaves the room.
fn dismiss(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    seq: i64,
    agent: Option<&ServedBy>,
) -> Result<(), Refusal> {
    let Some(agent) = agent else {
        return Ok(());
    };
    if subscriptions::remove(cx.tx, &room.id, &agent.id)? > 0 {
        room.people_count -= 1;
        rooms::save(cx.tx, cx.now, room)?;
    }
    messages::notify(cx, room, seq, vec![left(agent)])?;
    Ok(())
}

fn left(agent: &ServedBy) -> Notice {
    let author = Author {
        id: agent.id.clone(),
        username: agent.username.clone(),
        name: agent.name.clone(),
    };
    Notice::new(System::Left, author).saying(&agent.username)
}

fn record_forwarded(
    cx: &mut Context<'_, '_>,
    before: &Room,
    room: &Room,
    aim: &Aim<'_>,
    left: &[Subscription],
) -> Result<i64, Refusal> {
    let department = match &room.department {
        Some(id) => departments::find(cx.tx, id)?,
        None => None,
    };
    let forwarded = Forwarded {
        scope: aim.scope,
        from: TransferOrigin::of(before),
        left: subscriptions::left(left),
        comment: aim.comment.map(str::to_owned),
        to_agent: aim.to_agent.map(Person::of),
        to_department: aim.to_department.map(|department| NamedDepartment {
            id: department.id.clone(),
            name: department.name.clone(),
        }),
        department_name: department.map(|department| department.name),
    };
    let by = cx.who.actor();
    Ok(record_in_room(
        cx.tx,
        cx.now,
        room,
        by,
        Event::ChatForwarded,
        forwarded,
    )?)
}

/// The notice of a transfer, in the words of the wire.
fn history(cx: &Context<'_, '_>, before: &Room, aim: &Aim<'_>) -> Notice {
    notice(System::Transferred, cx.who, &transfer_data(cx, before, aim))
}

/// The notice that another department stood in for the one that was meant.
fn stood_in(cx: &Context<'_, '_>, before: &Room, aim: &Aim<'_>, meant: &Department) -> Notice {
    let mut data = transfer_data(cx, before, aim);
    data["previousDepartment"] = json!(meant.id);
    data["prevDepartment"] = json!(meant.name);
    if let Some(department) = aim.to_department {
        data["department"] = json!({"_id": department.id, "name": department.name});
    }
    notice(System::TransferFallback, cx.who, &data)
}

fn notice(kind: System, by: &Who, data: &Value) -> Notice {
    Notice::new(kind, Author::of(by))
        .by_visitor(by.is_visitor())
        .with(json!({"transferData": data}))
}

fn transfer_data(cx: &Context<'_, '_>, before: &Room, aim: &Aim<'_>) -> Value {
    let author = Author::of(cx.who);
    let kind = match cx.who {
        Who::Visitor(_) => "visitor",
        Who::Account(account) if before.is_served_by(&account.id) => "agent",
        Who::Account(_) | Who::Anonymous | Who::System => "user",
    };
    let mut transferred_by = json!({
        "_id": author.id,
        "username": author.username,
        "userType": kind,
    });
    if let Some(name) = &author.name {
        transferred_by["name"] = json!(name);
    }
    let mut data = json!({
        "transferredBy": transferred_by,
        "ts": Value::from(cx.now),
        "scope": aim.scope,
    });
    if let Some(comment) = aim.comment {
        data["comment"] = json!(comment);
    }
    if let Some(department) = &before.department {
        data["previousDepartment"] = json!(department);
    }
    if let Some(department) = aim.to_department {
        data["nextDepartment"] = json!({"_id": department.id, "name": department.name});
    }
    if let Some(account) = aim.to_agent {
        data["transferredTo"] =
            json!({"_id": account.id, "username": account.username, "name": account.name});
    }
    data
}

/// An agent is gone: their chat goes to another of its department, or of all.
pub fn pass_on(
    cx: &mut Context<'_, '_>,
    room: &str,
    comment: Option<&str>,
    suggested: Option<&str>,
) -> Result<bool, Refusal> {
    let Some(mut room) = rooms::lock(cx.tx, room)?.filter(|room| room.open && !room.on_hold) else {
        return Ok(false);
    };
    let Some(mut inquiry) = inquiries::of_room(cx.tx, &room.id)? else {
        return Ok(false);
    };
    let department = room.department.clone();
    let gone = room.served_by.as_ref().map(|agent| agent.id.as_str());
    let department = department.as_deref();
    let chosen = routing::next_instead_of(cx, department, gone, suggested)?;
    let Some(agent) = chosen else {
        return Ok(false);
    };
    let forward = Forward {
        comment: comment.map(str::to_owned),
        ..Forward::default()
    };
    to_agent(cx, &mut room, &mut inquiry, &forward, &agent.id)?;
    Ok(true)
}
