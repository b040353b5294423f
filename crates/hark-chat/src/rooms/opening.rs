//! A visitor opens a chat: which department it goes to, and whether an agent has it at once.

use hark_store::{Timestamp, Tx, View};
use serde_json::{Value, json};

use super::{Kind, NO_PRIORITY, NO_PROMISE, Room, rows, story, taking};
use crate::accounts;
use crate::inquiries::{self, Inquiry, Status};
use crate::messages::{self, Author, Notice, System};
use crate::routing::{self, Method, Presence, Question};
use crate::visitors::{self, Visitor};
use crate::{Actor, Policy, Refusal, departments};

/// What a visitor's browser asks for.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// The agent he would like, by id.
    pub agent: Option<String>,
    /// Where the chat comes from: `{"type": "widget", …}`.
    pub source: Value,
    /// The agent whom another program named, where it says who.
    pub suggested: Option<String>,
}

/// The room of a visitor, and whether it was made just now.
pub struct Opened {
    pub room: Room,
    pub new: bool,
}

/// What is known of a chat before it is opened.
struct Plan {
    department: Option<String>,
    /// What the queue is told; the room's department may stand in for it.
    asked_department: Option<String>,
    agent: Option<String>,
    agent_is_bot: bool,
}

/// Answers the visitor's open room, or opens one.
pub fn open(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    token: &str,
    opening: &Opening,
) -> Result<Opened, Refusal> {
    let visitor = visitors::known(tx, token)?;
    if let Some(room) = super::open_of(tx, &visitor.id)? {
        return Ok(Opened { room, new: false });
    }
    if !policy.flag("Livechat_enabled") {
        return Err(Refusal::ChatIsOff);
    }
    let visitor = visitors::rows::lock(tx, &visitor.id)?.ok_or(Refusal::InvalidToken)?;
    // Another request of the same visitor may have been first.
    if let Some(room) = super::open_of(tx, &visitor.id)? {
        return Ok(Opened { room, new: false });
    }
    let plan = plan(tx, policy, visitor.department.as_deref(), opening)?;
    let method = Method::of(policy);
    if method == Method::External
        && !policy.flag("Livechat_accept_chats_with_no_agents")
        && !is_there(tx, policy, plan.agent.as_deref())?
        && !is_there(tx, policy, opening.suggested.as_deref())?
    {
        return Err(Refusal::NobodyOnline);
    }
    let at_once = method.assigns() || plan.agent_is_bot;
    let mut room = draft(tx, now, &visitor, &plan, opening, at_once);
    if rows::insert(tx, &room)? == 0 {
        return Err(Refusal::InvalidRoom);
    }
    visitors::rows::note_chat(tx, now, &visitor.id, &room.id)?;
    let by = Actor::visitor(&visitor);
    let seq = story::tell(tx, now, "chat.started", &room, &by, json!({}))?;
    let started = Notice::new(System::Started, Author::visitor(&visitor)).by_visitor(true);
    messages::notify(tx, now, &mut room, seq, vec![started])?;
    let mut inquiry = Inquiry {
        id: tx.ids().id24_at(now),
        room: room.id.clone(),
        status: if at_once {
            Status::Ready
        } else {
            Status::Queued
        },
        department: plan.asked_department,
        first_message: String::new(),
        default_agent: plan.agent.clone(),
        default_agent_username: None,
        priority_weight: NO_PRIORITY,
        estimated_wait: NO_PROMISE,
        queued_at: Some(now),
        taken_at: None,
        created_at: now,
        updated_at: now,
    };
    inquiries::rows::insert(tx, &inquiry)?;
    // What he looked at before he wrote belongs to this chat, after its beginning.
    let visits = messages::rows::give_room(tx, token, &room.id, seq + 1)?;
    if visits > 0 {
        rows::count_messages(tx, now, &room.id, visits.cast_signed())?;
        room.messages += visits.cast_signed();
    }
    if at_once {
        delegate(
            tx,
            now,
            policy,
            &mut room,
            &mut inquiry,
            plan.agent.as_deref(),
            opening.suggested.as_deref(),
        )?;
    } else {
        story::tell(tx, now, "chat.queued", &room, &by, json!({}))?;
    }
    room.visitor = visitors::find(tx, &visitor.id)?;
    Ok(Opened { room, new: true })
}

/// What another program has to be asked before a chat is opened. Nothing where the house chooses
/// itself, where someone is wished for who is there, or where nothing will be opened.
pub fn question(
    view: &mut View<'_>,
    policy: &Policy,
    token: &str,
    opening: &Opening,
) -> Result<Option<Question>, Refusal> {
    if Method::of(policy) != Method::External || !policy.flag("Livechat_enabled") {
        return Ok(None);
    }
    let visitor = visitors::find_by_token(view, token)?;
    if let Some(visitor) = &visitor
        && super::open_of(view, &visitor.id)?.is_some()
    {
        return Ok(None);
    }
    let department = visitor.and_then(|visitor| visitor.department);
    let plan = plan(view, policy, department.as_deref(), opening)?;
    if is_there(view, policy, plan.agent.as_deref())? {
        return Ok(None);
    }
    Ok(Some(Question {
        department: plan.asked_department,
        instead_of: None,
    }))
}

/// What another program has to be asked before an open chat goes to somebody else, perhaps of
/// another department.
pub fn question_of(room: &Room, department: Option<&str>) -> Question {
    Question {
        department: department.or(room.department.as_deref()).map(str::to_owned),
        instead_of: room.served_by.as_ref().map(|agent| agent.id.clone()),
    }
}

fn is_there(view: &mut View<'_>, policy: &Policy, agent: Option<&str>) -> Result<bool, Refusal> {
    Ok(match agent {
        Some(agent) => routing::online_agent(view, policy, agent, Presence::There)?.is_some(),
        None => false,
    })
}

fn plan(
    view: &mut View<'_>,
    policy: &Policy,
    department: Option<&str>,
    opening: &Opening,
) -> Result<Plan, Refusal> {
    let asked_agent = match opening.agent.as_deref() {
        // An agent who does not exist is as good as none.
        Some(id) => accounts::find(view, id)?,
        None => None,
    };
    let bot = match &asked_agent {
        None if policy.flag("Livechat_assign_new_conversation_to_bot") => {
            routing::bot(view, policy)?
        }
        _ => None,
    };
    let accepts_anyway = policy.flag("Livechat_accept_chats_with_no_agents");
    let mut department = match department {
        // A department that is gone is as good as none, too.
        Some(id) => departments::find(view, id)?.map(|department| department.id),
        None => None,
    };
    if department.is_none() && asked_agent.is_none() {
        department = first_staffed(view, policy)?;
    }
    let asked_department = department.clone();
    let mut anyone = true;
    if let Some(asked) = &department {
        match routing::staffed(view, policy, asked)? {
            Some(here) => department = Some(here),
            None => anyone = false,
        }
    } else if asked_agent.is_none() {
        anyone = !routing::online(view, policy, None, Presence::There)?.is_empty();
    }
    if let Some(agent) = &asked_agent {
        anyone = routing::online_agent(view, policy, &agent.id, Presence::There)?.is_some();
    }
    if !anyone && bot.is_none() && !accepts_anyway {
        return Err(Refusal::NobodyOnline);
    }
    Ok(Plan {
        department,
        asked_department,
        agent_is_bot: bot.is_some()
            || asked_agent
                .as_ref()
                .is_some_and(|agent| agent.roles.iter().any(|role| role == "bot")),
        agent: asked_agent
            .map(|agent| agent.id)
            .or_else(|| bot.map(|bot| bot.id)),
    })
}

/// For someone who has chosen none: the first department of the form where someone is there.
fn first_staffed(view: &mut View<'_>, policy: &Policy) -> Result<Option<String>, Refusal> {
    let enabled = departments::Filter {
        only_enabled: true,
        ..departments::Filter::default()
    };
    let mut offered = departments::list(view, &enabled)?;
    offered.retain(|department| department.show_on_registration && department.agents > 0);
    for department in offered {
        if !routing::online(view, policy, Some(&department.id), Presence::There)?.is_empty() {
            return Ok(Some(department.id));
        }
    }
    Ok(None)
}

fn draft(
    tx: &mut Tx<'_>,
    now: Timestamp,
    visitor: &Visitor,
    plan: &Plan,
    opening: &Opening,
    at_once: bool,
) -> Room {
    let id = tx.ids().id17_at(now);
    Room {
        visitor_status: Some(visitor.status.clone()),
        visitor: Some(visitor.clone()),
        department: plan.department.clone(),
        waiting_response: true,
        source: opening.source.clone(),
        people_count: 1,
        queued_at: Some(now).filter(|_| !at_once || !plan.agent_is_bot),
        ..Room::blank(id, Kind::Live, visitor.shown_name(), now)
    }
}

/// The house looks for an agent for a chat that waits. A default agent who is there comes first.
/// False: nobody was found, and it waits on.
pub fn delegate(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &mut Room,
    inquiry: &mut Inquiry,
    preferred: Option<&str>,
    suggested: Option<&str>,
) -> Result<bool, Refusal> {
    let wanted = match preferred {
        Some(agent) => routing::online_agent(tx, policy, agent, Presence::There)?,
        None => None,
    };
    let department = room.department.clone();
    let chosen = match wanted {
        Some(agent) => Some(agent),
        None => routing::next(tx, now, policy, department.as_deref(), suggested)?,
    };
    let Some(agent) = chosen else {
        return Ok(false);
    };
    let Some(account) = accounts::find(tx, &agent.id)? else {
        return Ok(false);
    };
    taking::assign(tx, now, room, inquiry, &account, &Actor::System)?;
    Ok(true)
}

/// The worker's turn: an agent for a chat that still waits.
pub fn delegate_waiting(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &str,
    suggested: Option<&str>,
) -> Result<bool, Refusal> {
    let Some(mut room) = rows::lock(tx, room)?.filter(|room| room.open && !room.on_hold) else {
        return Ok(false);
    };
    let Some(mut inquiry) = inquiries::of_room(tx, &room.id)? else {
        return Ok(false);
    };
    if inquiry.status == Status::Taken || !Method::of(policy).assigns() {
        return Ok(false);
    }
    let preferred = inquiry.default_agent.clone();
    delegate(
        tx,
        now,
        policy,
        &mut room,
        &mut inquiry,
        preferred.as_deref(),
        suggested,
    )
}
