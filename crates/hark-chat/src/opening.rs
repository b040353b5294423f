//! A visitor opens a chat: which department it goes to, and whether an agent has it at once.

use hark_store::View;
use serde_json::Value;

use super::taking;
use crate::departments;
use crate::inquiries::{self, Inquiry, Status};
use crate::messages::{self, Author, Notice, System};
use crate::routing::{self, Method, Presence, Question};
use hark_model::events::{Event, record_in_room};
use hark_model::rooms::{self, Kind, NO_PRIORITY, NO_PROMISE, Room};
use hark_model::visitors::{self, Visitor};
use hark_model::{Actor, Context, Policy, Refusal, Who, accounts, settings};

/// What a visitor's browser asks for.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// The agent they would like, by id.
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
    /// What the queue goes by; the room's department may stand in for it.
    asked_department: Option<String>,
    agent: Option<String>,
    agent_is_bot: bool,
}

/// Answers the visitor's open room, or opens one.
pub fn open(cx: &mut Context<'_, '_>, token: &str, opening: &Opening) -> Result<Opened, Refusal> {
    let visitor = visitors::known(cx.tx, token)?;
    if let Some(room) = rooms::open_of(cx.tx, &visitor.id)? {
        return Ok(Opened { room, new: false });
    }
    if !cx.policy.flag(settings::Livechat_enabled) {
        return Err(Refusal::ChatIsOff);
    }
    let visitor = visitors::lock(cx.tx, &visitor.id)?.ok_or(Refusal::InvalidToken)?;
    // Another request of the same visitor may have been first.
    if let Some(room) = rooms::open_of(cx.tx, &visitor.id)? {
        return Ok(Opened { room, new: false });
    }
    let plan = plan(cx.tx, cx.policy, visitor.department.as_deref(), opening)?;
    let method = Method::of(cx.policy);
    if method == Method::External
        && !cx
            .policy
            .flag(settings::Livechat_accept_chats_with_no_agents)
        && !is_there(cx.tx, cx.policy, plan.agent.as_deref())?
        && !is_there(cx.tx, cx.policy, opening.suggested.as_deref())?
    {
        return Err(Refusal::NobodyOnline);
    }
    let at_once = method.assigns() || plan.agent_is_bot;
    let mut room = draft(cx, &visitor, &plan, opening, at_once);
    if !rooms::insert(cx.tx, &room)? {
        return Err(Refusal::InvalidRoom);
    }
    visitors::note_chat(cx.tx, cx.now, &visitor.id, &room.id)?;
    let by = Actor::visitor(&visitor);
    let seq = record_in_room(cx.tx, cx.now, &room, by.clone(), Event::ChatStarted, ())?;
    let started = Notice::new(System::Started, Author::visitor(&visitor)).by_visitor(true);
    messages::notify(cx, &mut room, seq, vec![started])?;
    let mut inquiry = Inquiry {
        id: cx.tx.ids().id24_at(cx.now),
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
        queued_at: Some(cx.now),
        taken_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    };
    inquiries::insert(cx.tx, &inquiry)?;
    // What they looked at before they wrote belongs to this chat, after its beginning.
    let visits = messages::attach_to_room(cx.tx, token, &room.id, seq + 1)?;
    if visits > 0 {
        rooms::count_messages(cx.tx, cx.now, &room.id, visits.cast_signed())?;
        room.messages += visits.cast_signed();
    }
    if at_once {
        delegate(
            cx,
            &mut room,
            &mut inquiry,
            plan.agent.as_deref(),
            opening.suggested.as_deref(),
        )?;
    } else {
        record_in_room(cx.tx, cx.now, &room, by, Event::ChatQueued, ())?;
    }
    room.visitor = visitors::find(cx.tx, &visitor.id)?;
    Ok(Opened { room, new: true })
}

/// What another program has to be asked before a chat is opened. Nothing where Hark chooses
/// itself, where someone is wished for who is there, or where nothing will be opened.
pub fn question(
    view: &mut View<'_>,
    policy: &Policy,
    token: &str,
    opening: &Opening,
) -> Result<Option<Question>, Refusal> {
    if Method::of(policy) != Method::External || !policy.flag(settings::Livechat_enabled) {
        return Ok(None);
    }
    let visitor = visitors::find_by_token(view, token)?;
    if let Some(visitor) = &visitor
        && rooms::open_of(view, &visitor.id)?.is_some()
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
        None if policy.flag(settings::Livechat_assign_new_conversation_to_bot) => {
            routing::bot(view, policy)?
        }
        _ => None,
    };
    let accepts_anyway = policy.flag(settings::Livechat_accept_chats_with_no_agents);
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
    cx: &mut Context<'_, '_>,
    visitor: &Visitor,
    plan: &Plan,
    opening: &Opening,
    at_once: bool,
) -> Room {
    let id = cx.tx.ids().id17_at(cx.now);
    Room {
        visitor_status: Some(visitor.status.clone()),
        visitor: Some(visitor.clone()),
        department: plan.department.clone(),
        waiting_response: true,
        source: opening.source.clone(),
        people_count: 1,
        queued_at: Some(cx.now).filter(|_| !at_once || !plan.agent_is_bot),
        ..Room::blank(id, Kind::Live, visitor.shown_name(), cx.now)
    }
}

/// Looks for an agent for a chat that waits. A default agent who is there comes first.
/// False: nobody was found, and it waits on.
pub fn delegate(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    inquiry: &mut Inquiry,
    preferred: Option<&str>,
    suggested: Option<&str>,
) -> Result<bool, Refusal> {
    let wanted = match preferred {
        Some(agent) => routing::online_agent(cx.tx, cx.policy, agent, Presence::There)?,
        None => None,
    };
    let department = room.department.clone();
    let chosen = match wanted {
        Some(agent) => Some(agent),
        None => routing::next(cx, department.as_deref(), suggested)?,
    };
    let Some(agent) = chosen else {
        return Ok(false);
    };
    let Some(account) = accounts::find(cx.tx, &agent.id)? else {
        return Ok(false);
    };
    taking::assign(&mut cx.by(&Who::System), room, inquiry, &account)?;
    Ok(true)
}

/// The worker's turn: an agent for a chat that still waits.
pub fn delegate_waiting(
    cx: &mut Context<'_, '_>,
    room: &str,
    suggested: Option<&str>,
) -> Result<bool, Refusal> {
    let Some(mut room) = rooms::lock(cx.tx, room)?.filter(|room| room.open && !room.on_hold) else {
        return Ok(false);
    };
    let Some(mut inquiry) = inquiries::of_room(cx.tx, &room.id)? else {
        return Ok(false);
    };
    if inquiry.status == Status::Taken || !Method::of(cx.policy).assigns() {
        return Ok(false);
    }
    let preferred = inquiry.default_agent.clone();
    delegate(cx, &mut room, &mut inquiry, preferred.as_deref(), suggested)
}
