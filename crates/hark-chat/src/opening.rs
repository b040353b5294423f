//! A visitor opens a chat: which department it goes to, and whether an agent has it at once.

use hark_store::View;
use serde_json::Value;

use super::{taking, urgency};
use crate::access;
use crate::contacts;
use crate::departments;
use crate::inquiries::{self, Inquiry, Status};
use crate::messages::{self, Author, Notice, System};
use crate::routing::{self, Method, Presence, Question};
use crate::units;
use hark_model::events::{Event, record_in_room};
use hark_model::rooms::{self, EmailThread, Kind, NO_PRIORITY, NO_PROMISE, Room};
use hark_model::visitors::{self, Visitor};
use hark_model::{Actor, Context, Policy, Refusal, Who, accounts, settings};

/// What a visitor's browser asks for.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// The agent they would like, by id.
    pub agent: Option<String>,
    /// Where the chat comes from: `{"type": "widget", …}`.
    pub source: Value,
    /// The thread that it is, of one by e-mail. Such a chat waits where nobody is there.
    pub email: Option<EmailThread>,
    /// The agent whom another program named, where it says who.
    pub suggested: Option<String>,
    /// What somebody who works here gives the new chat, if they might give it afterwards; of a visitor it
    /// is not taken.
    pub priority: Option<String>,
    pub sla: Option<String>,
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
    let mut visitor = visitors::lock(cx.tx, &visitor.id)?.ok_or(Refusal::InvalidToken)?;
    // Another request of the same visitor may have been first.
    if let Some(room) = rooms::open_of(cx.tx, &visitor.id)? {
        return Ok(Opened { room, new: false });
    }
    let plan = plan(cx.tx, cx.policy, Some(&visitor), opening)?;
    let method = Method::of(cx.policy);
    let queues_first = routing::queues_first(cx.policy);
    if method == Method::External
        && !queues_first
        && !waits_for_agents(cx.policy, opening)
        && !is_there(cx.tx, cx.policy, plan.agent.as_deref())?
        && !is_there(cx.tx, cx.policy, opening.suggested.as_deref())?
    {
        return Err(Refusal::NobodyOnline);
    }
    let at_once = (method.assigns() && !queues_first) || plan.agent_is_bot;
    let mut room = draft(cx, &visitor, &plan, opening, at_once)?;
    if !rooms::insert(cx.tx, &room)? {
        return Err(Refusal::InvalidRoom);
    }
    visitors::note_chat(cx.tx, cx.now, &visitor.id, &room.id)?;
    contacts::note_channel(cx, &mut visitor, &room)?;
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
        due_at: None,
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
    urge(cx, &mut room, &mut inquiry, opening)?;
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

/// The place in the queue that the new chat has by its priority and its promise.
fn urge(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    inquiry: &mut Inquiry,
    opening: &Opening,
) -> Result<(), Refusal> {
    let Some(account) = cx.who.account() else {
        return Ok(());
    };
    if (opening.priority.is_none() && opening.sla.is_none())
        || !cx.policy.grants(&account.roles, "view-l-room")
        || !access::may_handle(cx.tx, cx.policy, account, room, Some(inquiry))?
    {
        return Ok(());
    }
    if opening.priority.is_some() {
        let kept = Some(inquiry.clone());
        urgency::prioritize(cx, room, kept, opening.priority.as_deref())?;
        inquiry.priority_weight = room.priority_weight;
    }
    if opening.sla.is_some() {
        let kept = Some(inquiry.clone());
        urgency::promise(cx, room, kept, opening.sla.as_deref())?;
        inquiry.estimated_wait = room.estimated_wait;
        inquiry.due_at = inquiry.due();
    }
    Ok(())
}

/// What another program has to be asked before a chat is opened. Nothing where Hark chooses
/// itself, where someone is wished for who is there, or where nothing will be opened.
pub fn question(
    view: &mut View<'_>,
    policy: &Policy,
    token: &str,
    opening: &Opening,
) -> Result<Option<Question>, Refusal> {
    if Method::of(policy) != Method::External
        || routing::queues_first(policy)
        || !policy.flag(settings::Livechat_enabled)
    {
        return Ok(None);
    }
    let visitor = visitors::find_by_token(view, token)?;
    if let Some(visitor) = &visitor
        && rooms::open_of(view, &visitor.id)?.is_some()
    {
        return Ok(None);
    }
    let plan = plan(view, policy, visitor.as_ref(), opening)?;
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

fn waits_for_agents(policy: &Policy, opening: &Opening) -> bool {
    opening.email.is_some() || policy.flag(settings::Livechat_accept_chats_with_no_agents)
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
    visitor: Option<&Visitor>,
    opening: &Opening,
) -> Result<Plan, Refusal> {
    let asked_agent = match opening.agent.as_deref() {
        // An agent who does not exist is as good as none.
        Some(id) => accounts::find(view, id)?,
        None => None,
    };
    let familiar = match (&asked_agent, visitor) {
        (None, Some(visitor)) => familiar(view, policy, visitor)?,
        _ => None,
    };
    let bot = match &asked_agent {
        None if familiar.is_some() => None,
        None if policy.flag(settings::Livechat_assign_new_conversation_to_bot) => {
            routing::bot(view, policy)?
        }
        _ => None,
    };
    let accepts_anyway = waits_for_agents(policy, opening);
    let department = visitor.and_then(|visitor| visitor.department.as_deref());
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
    if !anyone && familiar.is_none() && bot.is_none() && !accepts_anyway {
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
            .or(familiar)
            .or_else(|| bot.map(|bot| bot.id)),
    })
}

/// Who knows the visitor and is there: the one who looks after them, or else the one whom they talked to
/// last. Where they have chosen a department, it has to be one of its agents.
fn familiar(
    view: &mut View<'_>,
    policy: &Policy,
    visitor: &Visitor,
) -> Result<Option<String>, Refusal> {
    let manager = visitor.contact_manager.as_ref();
    let manager = manager.filter(|_| policy.flag(settings::Omnichannel_contact_manager_routing));
    let last = visitor.last_agent.as_ref();
    let last = last.filter(|_| policy.flag(settings::Livechat_last_chatted_agent_routing));
    let manager = match manager {
        Some(username) => routing::online_by_name(view, policy, username)?,
        None => None,
    };
    for agent in manager.into_iter().chain(last.map(|last| last.id.clone())) {
        if !is_there(view, policy, Some(&agent))? {
            continue;
        }
        match &visitor.department {
            Some(department) if !routing::is_member(view, department, &agent)? => {}
            _ => return Ok(Some(agent)),
        }
    }
    Ok(None)
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
) -> Result<Room, Refusal> {
    let id = cx.tx.ids().id17_at(cx.now);
    let unit = match &plan.department {
        Some(department) => units::unit_of(cx.tx, department)?,
        None => None,
    };
    Ok(Room {
        visitor_status: Some(visitor.status.clone()),
        visitor: Some(visitor.clone()),
        department: plan.department.clone(),
        unit,
        waiting_response: true,
        source: opening.source.clone(),
        email: opening.email.clone(),
        people_count: 1,
        queued_at: Some(cx.now).filter(|_| !at_once || !plan.agent_is_bot),
        ..Room::blank(id, Kind::Live, visitor.shown_name(), cx.now)
    })
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
    let department = room.department.as_deref();
    let wanted = match preferred {
        Some(agent) => {
            routing::online_agent_for(cx.tx, cx.policy, agent, department, Presence::There)?
        }
        None => None,
    };
    let chosen = match wanted {
        Some(agent) if routing::may_have_another(cx.tx, cx.policy, department, &agent)? => {
            Some(agent)
        }
        _ => routing::next(cx, department, suggested)?,
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

/// The worker's turn: an agent for a chat that still waits. False: there is nobody for it.
pub fn delegate_waiting(
    cx: &mut Context<'_, '_>,
    room: &str,
    suggested: Option<&str>,
) -> Result<bool, Refusal> {
    let Some(mut room) = rooms::lock(cx.tx, room)?.filter(|room| room.open && !room.is_on_hold())
    else {
        return Ok(true);
    };
    let Some(mut inquiry) = inquiries::of_room(cx.tx, &room.id)? else {
        return Ok(true);
    };
    if inquiry.status == Status::Taken || !Method::of(cx.policy).assigns() {
        return Ok(true);
    }
    let preferred = inquiry.default_agent.clone();
    delegate(cx, &mut room, &mut inquiry, preferred.as_deref(), suggested)
}
