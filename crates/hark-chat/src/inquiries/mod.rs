//! Inquiries: the place of an open chat in the queue, and what became of it. There is exactly one
//! for each open chat; it goes when the chat is closed.

mod pace;
mod rows;

pub use self::pace::{Pace, pace, usual_first_answer};
pub use self::rows::insert;
pub(crate) use self::rows::{ALL, WRITES, remove_of_room};
pub use self::rows::{find, late, of_room, queue, queued, waiting_since, who_waits};
use hark_store::{Result, Timestamp, View, record, text_enum};

use crate::{departments, units};
use hark_model::accounts::Account;
use hark_model::policy::MONITOR;
use hark_model::rooms::{NO_PROMISE, Room};
use hark_model::{Context, Page, Policy, Refusal, settings};

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Inquiry from "inquiry" {
        pub id: String,
        pub room: String = "inquiry.room_id",
        pub status: Status,
        /// The one that was asked for; the room's may be another that stands in for it.
        pub department: Option<String> = "inquiry.department_id",
        pub first_message: String,
        pub default_agent: Option<String> = "inquiry.default_agent_id",
        pub default_agent_username: Option<String> = "(SELECT username FROM account WHERE account.id = inquiry.default_agent_id)",
        pub priority_weight: i64,
        pub estimated_wait: i64,
        pub queued_at: Option<Timestamp>,
        /// By when an agent is promised, as long as it is not late and known to be.
        pub due_at: Option<Timestamp>,
        pub taken_at: Option<Timestamp>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

record! {
    /// A chat that waits, as far as the look for an agent has to know it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Waiting from "inquiry" {
        pub id: String,
        pub room: String = "inquiry.room_id",
        /// In whose queue it stands.
        pub queue: Option<String> = "inquiry.department_id",
        /// Whose agents may have it.
        pub department: Option<String> = "room.department_id",
        pub default_agent: Option<String> = "inquiry.default_agent_id",
    }
}

record! {
    /// Chats that wait for an agent.
    #[derive(Debug, Clone, Default)]
    pub struct Queue from "inquiry" {
        pub chats: i64 = "count(*)",
        /// Since when the first of them waits.
        pub since: Option<Timestamp> = "min(coalesce(inquiry.queued_at, inquiry.created_at))",
    }
}

text_enum! {
    pub enum Status {
        /// An agent is looked for.
        Ready = "ready",
        /// Agents see it and may take it.
        Queued = "queued",
        Taken = "taken",
    }
}

/// Who comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Time,
    Priority,
    Promise,
}

impl Order {
    pub fn of(policy: &Policy) -> Self {
        match policy.text(settings::Omnichannel_sorting_mechanism) {
            "Priority" => Self::Priority,
            "SLAs" => Self::Promise,
            _ => Self::Time,
        }
    }

    /// What statements call it.
    const fn word(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Priority => "priority",
            Self::Promise => "promise",
        }
    }
}

impl Inquiry {
    /// Gets a place in the queue.
    pub fn queue(&mut self, now: Timestamp) {
        self.status = Status::Queued;
        self.queued_at = Some(now);
        self.taken_at = None;
        self.due_at = self.due();
    }

    /// By when an agent is promised to it, where one is and it waits.
    pub fn due(&self) -> Option<Timestamp> {
        let minutes = Some(self.estimated_wait).filter(|minutes| *minutes < NO_PROMISE)?;
        let since = self.queued_at.filter(|_| self.status != Status::Taken)?;
        Some(since.plus_seconds(minutes.saturating_mul(60)))
    }

    pub fn take(&mut self, now: Timestamp) {
        self.status = Status::Taken;
        self.taken_at = Some(now);
        self.queued_at = None;
        self.due_at = None;
        self.default_agent = None;
        self.default_agent_username = None;
    }
}

/// What an agent may take: of a department that has to be theirs, or of all that they see. Of a monitor who is
/// no agent those are the departments of their units.
pub fn queued_for(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    department: Option<&str>,
    descending: bool,
    page: Page,
) -> Result<(Vec<Inquiry>, i64), Refusal> {
    let Some(department) = department else {
        let order = Order::of(policy);
        return Ok(match policy.bound(account, "view-l-room") {
            Some(monitor) if descending => queued(view, None, Some(monitor), true, page)?,
            Some(monitor) => rows::queued_of_monitor(view, monitor, order, page)?,
            None => rows::for_agent(view, &account.id, order, descending, page)?,
        });
    };
    let links = departments::links_of_agent(view, &account.id)?;
    let mut is_theirs = links
        .iter()
        .any(|link| link.department == department && link.department_enabled);
    if !is_theirs && account.roles.iter().any(|role| role == MONITOR) {
        is_theirs = units::is_monitored(view, &account.id, department)?;
    }
    if !is_theirs {
        return Err(Refusal::NotAuthorized);
    }
    if descending {
        return Ok(queued(view, Some(department), None, true, page)?);
    }
    let order = Order::of(policy);
    Ok(rows::queued_in_order(view, department, order, page)?)
}

/// The place in the queue, from 1. None: it does not wait there.
pub fn position(view: &mut View<'_>, policy: &Policy, inquiry: &Inquiry) -> Result<Option<i64>> {
    if inquiry.status != Status::Queued {
        return Ok(None);
    }
    let before = rows::count_before(view, inquiry, Order::of(policy))?;
    Ok(Some(before + 1))
}

/// The chats of the first who stand in one queue, in its order.
pub fn rooms_in_order(
    view: &mut View<'_>,
    policy: &Policy,
    department: Option<&str>,
    limit: i64,
) -> Result<Vec<Room>> {
    rows::rooms_in_order(view, Order::of(policy), department, limit)
}

/// The first of those who wait for an agent.
pub fn waiting(view: &mut View<'_>, policy: &Policy, limit: i64) -> Result<Vec<Waiting>> {
    rows::waiting(view, Order::of(policy), limit)
}

/// The first of each queue, for when so many wait in one of them that they hide the others.
pub fn waiting_in_each(view: &mut View<'_>, policy: &Policy, limit: i64) -> Result<Vec<Waiting>> {
    let order = Order::of(policy);
    let mut waiting = rows::waiting_in(view, order, None, limit)?;
    for department in departments::list(view, &departments::Filter::default())? {
        waiting.extend(rows::waiting_in(view, order, Some(&department.id), limit)?);
    }
    Ok(waiting)
}

pub fn save(cx: &mut Context<'_, '_>, inquiry: &Inquiry) -> Result<()> {
    rows::save(cx.tx, cx.now, inquiry).map(drop)
}
