//! A chat goes from hand to hand: to another agent, to a department, back into the queue.

use hark_store::{Timestamp, Tx};
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
use hark_model::{Context, Refusal, Who, settings};

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
    if let Some(account) = cx.who.account()
        && !access::may_handle(cx.tx, cx.policy, account, &room, inquiry.as_ref())?
    {
        return Err(Refusal::InvalidRoom);
    }
    if let Some(comment) = &forward.comment {
        messages::check_text(cx.policy, comment)?;
    }
    if !room.open {
        return Err(Refusal::ConversationClosed);
    }
    if room.is_on_hold() {
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
            let scope = TransferScope::Agent;
            to_agent(cx, &mut room, &mut inquiry, forward, agent, scope)?;
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
    scope: TransferScope,
) -> Result<(), Refusal> {
    if !routing::hold(cx.tx, agent)? {
        return Err(Refusal::AgentOffline);
    }
    let department = room.department.as_deref();
    let online = routing::online_agent_for(cx.tx, cx.policy, agent, department, Presence::There)?;
    let online = online.ok_or(Refusal::AgentOffline)?;
    let account = accounts::find(cx.tx, agent)?.ok_or(Refusal::AgentOffline)?;
    if room.is_served_by(&account.id) {
        return Err(Refusal::SameAgent);
    }
    if !routing::may_have_another(cx.tx, cx.policy, department, &online)? {
        return Err(Refusal::AgentFull);
    }
    let before = room.clone();
    taking::assign(cx, room, inquiry, &account)?;
    let aim = Aim {
        scope,
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
    if let Some(id) = &room.department
        && let Some(own) = departments::find(cx.tx, id)?
        && !own.may_forward_to(&target.id)
    {
        return Err(Refusal::MayNotForwardThere);
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
    let found = if queues {
        None
    } else {
        let suggested = forward.suggested.as_deref();
        successor(cx, room, &target, named.as_ref(), suggested)?
    };
    let Some((account, reached)) = found else {
        // Those who are there have as much as they may have, and it waits for them.
        if !queues && (nobody || !routing::queues_first(cx.policy)) {
            return Err(Refusal::NobodyInDepartment);
        }
        room.department = Some(target.id.clone());
        room.unit.clone_from(&target.unit);
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
    };
    let aim = Aim {
        to_department: Some(&reached),
        ..aim
    };
    taking::assign(cx, room, inquiry, &account)?;
    room.department = Some(reached.id.clone());
    room.unit.clone_from(&reached.unit);
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
    let online = match named {
        Some(named) => {
            let (of, there) = (Some(department.id.as_str()), Presence::There);
            routing::online_agent_for(cx.tx, cx.policy, &named.id, of, there)?
        }
        None => None,
    };
    if let Some((named, online)) = named.zip(online) {
        if is_new(named)
            && !routing::may_have_another(cx.tx, cx.policy, Some(&department.id), &online)?
        {
            return Err(Refusal::AgentFull);
        }
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
    if room.is_on_hold() {
        return Err(Refusal::RoomOnHold);
    }
    if !access::may_see(cx.tx, cx.policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    put_back(cx, &mut room, department, None)
}

/// A chat of an agent who is one no longer, on hold or not, is for others.
pub(super) fn let_go(cx: &mut Context<'_, '_>, room: &mut Room) -> Result<(), Refusal> {
    if room.is_on_hold() {
        let comment = "The chat was automatically resumed from On Hold because its agent is gone";
        messages::go_on(cx, room, comment)?;
    }
    match put_back(cx, room, None, None) {
        Ok(_) | Err(Refusal::CannotReturn) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

/// The room is locked and open. `unanswered` is said of one whose agent did not say a word. False: nobody
/// has it.
fn put_back(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    department: Option<&str>,
    unanswered: Option<&str>,
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
        scope: match unanswered {
            Some(_) => TransferScope::UnansweredToQueue,
            None => TransferScope::Queue,
        },
        comment: unanswered,
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
        room.unit.clone_from(&target.unit);
        seq = record_forwarded(cx, &before, room, &aim, &[])?;
    }
    let mut history = history(cx, &before, &aim);
    if unanswered.is_none() {
        history = history.in_name_of(Author {
            id: agent.id,
            username: agent.username,
            name: agent.name,
        });
    }
    messages::notify(cx, room, seq, vec![history])?;
    room.queued_at = Some(cx.now);
    release(cx, room, seq)?;
    if let Some(target) = target {
        inquiry.department = Some(target.id);
    }
    inquiry.queue(cx.now);
    if Method::of(cx.policy).assigns() && !routing::queues_first(cx.policy) {
        // The worker looks for someone else at its next turn.
        inquiry.status = Status::Ready;
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
    room.expect_nothing();
    room.unanswered_since = None;
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
    let Some(mut room) = rooms::lock(cx.tx, room)?.filter(|room| room.open && !room.is_on_hold())
    else {
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
    let scope = TransferScope::Agent;
    to_agent(cx, &mut room, &mut inquiry, &forward, &agent.id, scope)?;
    Ok(true)
}

/// A chat whose agent has not said a word since a moment or longer goes to another one, or back into the
/// queue where agents take chats themselves, if that is still so. Once: whoever has it then keeps it.
pub fn pass_on_unanswered(
    cx: &mut Context<'_, '_>,
    room: &str,
    before: Timestamp,
    suggested: Option<&str>,
) -> Result<(), Refusal> {
    let Some(mut room) = rooms::lock(cx.tx, room)?.filter(|room| {
        let is_due = room.unanswered_since.is_some_and(|since| since <= before);
        room.open && is_due && !room.is_on_hold()
    }) else {
        return Ok(());
    };
    let timeout = cx
        .policy
        .number(settings::Livechat_auto_transfer_chat_timeout);
    let comment = timeout.to_string();
    if !Method::of(cx.policy).assigns() {
        room.auto_transferred_at = Some(cx.now);
        put_back(cx, &mut room, None, Some(&comment))?;
        return Ok(());
    }
    let mut inquiry = inquiries::of_room(cx.tx, &room.id)?.ok_or(Refusal::InvalidInquiry)?;
    let department = room.department.clone();
    let silent = room.served_by.as_ref().map(|agent| agent.id.clone());
    let (department, silent) = (department.as_deref(), silent.as_deref());
    let Some(agent) = routing::next_instead_of(cx, department, silent, suggested)? else {
        // They have as long again, and so has somebody else to come.
        room.unanswered_since = Some(cx.now);
        rooms::save(cx.tx, room.updated_at, &room)?;
        return Ok(());
    };
    let forward = Forward {
        comment: Some(comment),
        ..Forward::default()
    };
    room.auto_transferred_at = Some(cx.now);
    let scope = TransferScope::UnansweredToAgent;
    to_agent(cx, &mut room, &mut inquiry, &forward, &agent.id, scope)
}
