//! A chat goes from hand to hand: to another agent, to a department, back into the queue.

use hark_store::{Timestamp, Tx};
use serde_json::{Value, json};

use super::{Room, ServedBy, lock_live, rows, story, taking};
use crate::accounts::{self, Account};
use crate::departments::Department;
use crate::inquiries::{self, Inquiry, Status};
use crate::messages::{self, Author, Notice, System};
use crate::routing::{self, Method, Presence};
use crate::subscriptions::Subscription;
use crate::visitors::Visitor;
use crate::{Actor, Policy, Refusal, departments, subscriptions};

/// Where a chat is to go, and who says so.
#[derive(Debug, Clone)]
pub struct Forward {
    pub by: Hand,
    pub agent: Option<String>,
    pub department: Option<String>,
    pub comment: Option<String>,
    /// The agent whom another program named for the department, where it says who.
    pub suggested: Option<String>,
}

/// Who passes a chat on.
#[derive(Debug, Clone)]
pub enum Hand {
    Account(Account),
    Visitor(Visitor),
    /// The house, for an agent who is gone.
    House,
}

impl Hand {
    fn author(&self) -> Author {
        match self {
            Self::Account(account) => Author::account(account),
            Self::Visitor(visitor) => Author::visitor(visitor),
            Self::House => Author::house(),
        }
    }

    fn actor(&self) -> Actor {
        match self {
            Self::Account(account) => account.actor(),
            Self::Visitor(visitor) => Actor::visitor(visitor),
            Self::House => Actor::System,
        }
    }

    /// What the story of a transfer calls him.
    fn kind(&self, room: &Room) -> &'static str {
        match self {
            Self::Visitor(_) => "visitor",
            Self::Account(account) if room.is_served_by(&account.id) => "agent",
            Self::Account(_) | Self::House => "user",
        }
    }
}

/// What the story of a transfer tells.
struct Story<'s> {
    scope: &'static str,
    comment: Option<&'s str>,
    to_agent: Option<&'s Account>,
    to_department: Option<&'s Department>,
}

/// Passes a chat on.
pub fn forward(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &str,
    forward: &Forward,
) -> Result<Room, Refusal> {
    let mut room = lock_live(tx, room)?;
    if let Some(comment) = &forward.comment {
        messages::check_text(policy, comment)?;
    }
    if !room.open {
        return Err(Refusal::ConversationClosed);
    }
    if room.on_hold {
        return Err(Refusal::RoomOnHold);
    }
    let mut inquiry = inquiries::of_room(tx, &room.id)?.ok_or(Refusal::InvalidInquiry)?;
    match (&forward.department, &forward.agent) {
        (Some(department), agent) => {
            to_department(
                tx,
                now,
                policy,
                &mut room,
                &mut inquiry,
                forward,
                department,
                agent.as_deref(),
            )?;
        }
        (None, Some(agent)) => {
            to_agent(tx, now, policy, &mut room, &mut inquiry, forward, agent)?;
        }
        (None, None) => return Err(Refusal::ForwardWhere),
    }
    Ok(room)
}

fn to_agent(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &mut Room,
    inquiry: &mut Inquiry,
    forward: &Forward,
    agent: &str,
) -> Result<(), Refusal> {
    if !routing::hold(tx, agent)? {
        return Err(Refusal::AgentOffline);
    }
    let online = routing::online_agent(tx, policy, agent, Presence::There)?;
    let account = match online {
        Some(_) => accounts::find(tx, agent)?,
        None => None,
    };
    let account = account.ok_or(Refusal::AgentOffline)?;
    if room.is_served_by(&account.id) {
        return Err(Refusal::SameAgent);
    }
    let before = room.clone();
    taking::assign(tx, now, room, inquiry, &account, &forward.by.actor())?;
    let story = Story {
        scope: "agent",
        comment: forward.comment.as_deref(),
        to_agent: Some(&account),
        to_department: None,
    };
    let left = match &before.served_by {
        Some(agent) => subscriptions::find(tx, &room.id, &agent.id)?,
        None => None,
    };
    let left = left.as_slice();
    let seq = tell_forwarded(tx, now, &before, room, &forward.by, &story, left)?;
    let history = history(now, &before, &forward.by, &story);
    messages::notify(tx, now, room, seq, vec![history])?;
    dismiss(tx, now, room, seq, before.served_by.as_ref())?;
    Ok(())
}

#[expect(
    clippy::too_many_arguments,
    reason = "a transfer has two ends and a reason"
)]
fn to_department(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &mut Room,
    inquiry: &mut Inquiry,
    forward: &Forward,
    department: &str,
    agent: Option<&str>,
) -> Result<(), Refusal> {
    let target = departments::find(tx, department)?.ok_or(Refusal::UnknownDepartment)?;
    if room.department.as_deref() == Some(&target.id) {
        return Err(Refusal::SameDepartment);
    }
    if let Some(agent) = agent
        && !routing::is_member(tx, &target.id, agent)?
    {
        return Err(Refusal::NotInDepartment);
    }
    let nobody = routing::online(tx, policy, Some(&target.id), Presence::There)?.is_empty();
    let queues = !Method::of(policy).assigns() || (target.receive_forward_offline && nobody);
    let before = room.clone();
    let named = match agent {
        Some(agent) => accounts::find(tx, agent)?,
        None => None,
    };
    let story = Story {
        scope: "department",
        comment: forward.comment.as_deref(),
        to_agent: named.as_ref(),
        to_department: Some(&target),
    };
    if queues {
        room.department = Some(target.id.clone());
        rows::save(tx, now, room)?;
        let left = subscriptions::of_room(tx, &room.id)?;
        let seq = tell_forwarded(tx, now, &before, room, &forward.by, &story, &left)?;
        let history = history(now, &before, &forward.by, &story);
        messages::notify(tx, now, room, seq, vec![history])?;
        room.queued_at = Some(now);
        release(tx, now, room, seq)?;
        inquiry.department = Some(target.id.clone());
        inquiry.default_agent = named.as_ref().map(|account| account.id.clone());
        inquiry.queue(now);
        inquiries::save(tx, now, inquiry)?;
        story::tell(tx, now, "chat.queued", room, &forward.by.actor(), json!({}))?;
        return Ok(());
    }
    let suggested = forward.suggested.as_deref();
    let found = successor(tx, now, policy, room, &target, named.as_ref(), suggested)?;
    let Some((account, reached)) = found else {
        return Err(Refusal::NobodyInDepartment);
    };
    let story = Story {
        to_department: Some(&reached),
        ..story
    };
    taking::assign(tx, now, room, inquiry, &account, &forward.by.actor())?;
    room.department = Some(reached.id.clone());
    let mut left = subscriptions::of_room(tx, &room.id)?;
    left.retain(|place| place.account != account.id);
    keep_only(tx, room, &[Some(&account.id), served_by(&before)])?;
    rows::save(tx, now, room)?;
    inquiry.department = Some(reached.id.clone());
    inquiries::save(tx, now, inquiry)?;
    let seq = tell_forwarded(tx, now, &before, room, &forward.by, &story, &left)?;
    let mut notices = vec![history(now, &before, &forward.by, &story)];
    if reached.id != target.id {
        notices.push(stood_in(now, &before, &forward.by, &story, &target));
    }
    messages::notify(tx, now, room, seq, notices)?;
    dismiss(tx, now, room, seq, before.served_by.as_ref())?;
    Ok(())
}

fn served_by(room: &Room) -> Option<&String> {
    room.served_by.as_ref().map(|agent| &agent.id)
}

/// Whoever had joined in the old department does not come along.
fn keep_only(tx: &mut Tx<'_>, room: &mut Room, kept: &[Option<&String>]) -> Result<(), Refusal> {
    for other in subscriptions::of_room(tx, &room.id)? {
        if !kept.contains(&Some(&other.account))
            && subscriptions::rows::remove(tx, &room.id, &other.account)? > 0
        {
            room.people_count -= 1;
        }
    }
    Ok(())
}

/// Who takes over in a department, or in one that stands in for it; never who has it now, and
/// never where it is now.
fn successor(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &Room,
    department: &Department,
    named: Option<&Account>,
    suggested: Option<&str>,
) -> Result<Option<(Account, Department)>, Refusal> {
    let is_new = |account: &Account| !room.is_served_by(&account.id);
    if let Some(named) = named
        && routing::online_agent(tx, policy, &named.id, Presence::There)?.is_some()
    {
        let named = Some(named.clone()).filter(is_new);
        return Ok(named.map(|named| (named, department.clone())));
    }
    let staffed = routing::staffed(tx, policy, &department.id)?;
    let Some(staffed) = staffed.filter(|staffed| room.department.as_deref() != Some(staffed))
    else {
        return Ok(None);
    };
    let Some(agent) = routing::next(tx, now, policy, Some(&staffed), suggested)? else {
        return Ok(None);
    };
    let account = accounts::find(tx, &agent.id)?.filter(is_new);
    Ok(account.zip(departments::find(tx, &staffed)?))
}

/// Back into the queue, of the same department or of another. False: nobody has it.
pub fn return_to_queue(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    room: &str,
    department: Option<&str>,
) -> Result<bool, Refusal> {
    let mut room = lock_live(tx, room)?;
    if !room.open {
        return Err(Refusal::RoomClosed);
    }
    if room.on_hold {
        return Err(Refusal::RoomOnHold);
    }
    if !super::may_see(tx, policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    put_back(
        tx,
        now,
        policy,
        &mut room,
        &Hand::Account(account.clone()),
        department,
    )
}

/// A chat of an agent who is one no longer, on hold or not, is for others.
pub(super) fn let_go(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &mut Room,
) -> Result<(), Refusal> {
    room.on_hold = false;
    match put_back(tx, now, policy, room, &Hand::House, None) {
        Ok(_) | Err(Refusal::CannotReturn) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

/// The room is locked and open. False: nobody has it.
fn put_back(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &mut Room,
    by: &Hand,
    department: Option<&str>,
) -> Result<bool, Refusal> {
    let Some(agent) = room.served_by.clone() else {
        return Ok(false);
    };
    let mut inquiry = inquiries::of_room(tx, &room.id)?.ok_or(Refusal::CannotReturn)?;
    let target = match department {
        Some(id) => Some(departments::find(tx, id)?.ok_or(Refusal::UnknownDepartment)?),
        None => None,
    };
    let before = room.clone();
    let elsewhere = target
        .as_ref()
        .filter(|target| before.department.as_deref() != Some(&target.id));
    let story = Story {
        scope: "queue",
        comment: None,
        to_agent: None,
        to_department: target.as_ref(),
    };
    let left = subscriptions::of_room(tx, &room.id)?;
    let more = json!({"from": from(&before), "left": story::left(&left)});
    let mut seq = story::tell(tx, now, "chat.returned", room, &by.actor(), more)?;
    if let Some(target) = elsewhere {
        room.department = Some(target.id.clone());
        seq = tell_forwarded(tx, now, &before, room, by, &story, &[])?;
    }
    let history = history(now, &before, by, &story).in_name_of(Author {
        id: agent.id,
        username: agent.username,
        name: agent.name,
    });
    messages::notify(tx, now, room, seq, vec![history])?;
    room.queued_at = Some(now);
    release(tx, now, room, seq)?;
    if let Some(target) = target {
        inquiry.department = Some(target.id);
    }
    if Method::of(policy).assigns() {
        // The house looks for someone else at its next turn.
        inquiry.queue(now);
        inquiry.status = Status::Ready;
    } else {
        inquiry.queue(now);
    }
    inquiries::save(tx, now, &inquiry)?;
    story::tell(tx, now, "chat.queued", room, &by.actor(), json!({}))?;
    Ok(true)
}

/// Nobody has the chat any more.
fn release(tx: &mut Tx<'_>, now: Timestamp, room: &mut Room, seq: i64) -> Result<(), Refusal> {
    let people = subscriptions::rows::remove_all(tx, &room.id)?;
    room.people_count -= people.cast_signed();
    let agent = room.served_by.take();
    // He waits for us now, not we for him.
    room.visitor_silent_since = None;
    rows::save(tx, now, room)?;
    if let Some(agent) = agent {
        messages::notify(tx, now, room, seq, vec![left(&agent)])?;
    }
    Ok(())
}

/// The one who had it before leaves the room.
fn dismiss(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &mut Room,
    seq: i64,
    agent: Option<&ServedBy>,
) -> Result<(), Refusal> {
    let Some(agent) = agent else {
        return Ok(());
    };
    if subscriptions::rows::remove(tx, &room.id, &agent.id)? > 0 {
        room.people_count -= 1;
        rows::save(tx, now, room)?;
    }
    messages::notify(tx, now, room, seq, vec![left(agent)])?;
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

fn from(before: &Room) -> Value {
    let mut from = json!({});
    if let Some(department) = &before.department {
        from["department"] = json!(department);
    }
    if let Some(agent) = &before.served_by {
        from["servedBy"] = story::served_by(agent);
    }
    from
}

fn tell_forwarded(
    tx: &mut Tx<'_>,
    now: Timestamp,
    before: &Room,
    room: &Room,
    by: &Hand,
    story: &Story<'_>,
    left: &[Subscription],
) -> Result<i64, Refusal> {
    let mut more = json!({"scope": story.scope, "from": from(before), "left": story::left(left)});
    if let Some(comment) = story.comment {
        more["comment"] = json!(comment);
    }
    if let Some(account) = story.to_agent {
        more["toAgent"] = json!({"id": account.id, "username": account.username});
    }
    if let Some(department) = story.to_department {
        more["toDepartment"] = json!({"id": department.id, "name": department.name});
    }
    let department = match &room.department {
        Some(id) => departments::find(tx, id)?,
        None => None,
    };
    if let Some(department) = department {
        more["departmentName"] = json!(department.name);
    }
    let kind = "chat.forwarded";
    Ok(story::tell(tx, now, kind, room, &by.actor(), more)?)
}

/// The notice that tells people of a transfer, in the words of the wire.
fn history(now: Timestamp, before: &Room, by: &Hand, story: &Story<'_>) -> Notice {
    notice(
        System::Transferred,
        by,
        &transfer_data(now, before, by, story),
    )
}

/// The notice that another department stood in for the one that was meant.
fn stood_in(
    now: Timestamp,
    before: &Room,
    by: &Hand,
    story: &Story<'_>,
    meant: &Department,
) -> Notice {
    let mut data = transfer_data(now, before, by, story);
    data["previousDepartment"] = json!(meant.id);
    data["prevDepartment"] = json!(meant.name);
    if let Some(department) = story.to_department {
        data["department"] = json!({"_id": department.id, "name": department.name});
    }
    notice(System::TransferFallback, by, &data)
}

fn notice(kind: System, by: &Hand, data: &Value) -> Notice {
    Notice::new(kind, by.author())
        .by_visitor(matches!(by, Hand::Visitor(_)))
        .with(json!({"transferData": data}))
}

fn transfer_data(now: Timestamp, before: &Room, by: &Hand, story: &Story<'_>) -> Value {
    let author = by.author();
    let mut transferred_by = json!({
        "_id": author.id,
        "username": author.username,
        "userType": by.kind(before),
    });
    if let Some(name) = &author.name {
        transferred_by["name"] = json!(name);
    }
    let mut data = json!({
        "transferredBy": transferred_by,
        "ts": Value::from(now),
        "scope": story.scope,
    });
    if let Some(comment) = story.comment {
        data["comment"] = json!(comment);
    }
    if let Some(department) = &before.department {
        data["previousDepartment"] = json!(department);
    }
    if let Some(department) = story.to_department {
        data["nextDepartment"] = json!({"_id": department.id, "name": department.name});
    }
    if let Some(account) = story.to_agent {
        data["transferredTo"] =
            json!({"_id": account.id, "username": account.username, "name": account.name});
    }
    data
}

/// An agent is gone: his chats go to others of their department, or of the house.
pub fn pass_on(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &str,
    comment: Option<&str>,
    suggested: Option<&str>,
) -> Result<bool, Refusal> {
    let Some(mut room) = rows::lock(tx, room)?.filter(|room| room.open && !room.on_hold) else {
        return Ok(false);
    };
    let Some(mut inquiry) = inquiries::of_room(tx, &room.id)? else {
        return Ok(false);
    };
    let department = room.department.clone();
    let gone = room.served_by.as_ref().map(|agent| agent.id.as_str());
    let department = department.as_deref();
    let chosen = routing::next_instead_of(tx, now, policy, department, gone, suggested)?;
    let Some(agent) = chosen else {
        return Ok(false);
    };
    let forward = Forward {
        by: Hand::House,
        agent: Some(agent.id.clone()),
        department: None,
        comment: comment.map(str::to_owned),
        suggested: None,
    };
    to_agent(
        tx,
        now,
        policy,
        &mut room,
        &mut inquiry,
        &forward,
        &agent.id,
    )?;
    Ok(true)
}
