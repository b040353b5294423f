//! Inquiries: the place of an open chat in the queue, and what became of it. There is exactly one
//! for each open chat; it goes when the chat is closed.

mod rows;

pub use self::rows::insert;
pub(crate) use self::rows::{ALL, WRITES, remove_of_room};
pub use self::rows::{find, of_room, queued};
use hark_store::{Result, Timestamp, View, record, text_column};

use crate::departments;
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
        pub taken_at: Option<Timestamp>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// An agent is looked for.
    Ready,
    /// Agents see it and may take it.
    Queued,
    Taken,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Queued => "queued",
            Self::Taken => "taken",
        }
    }

    pub fn of(text: &str) -> Self {
        match text {
            "queued" => Self::Queued,
            "taken" => Self::Taken,
            _ => Self::Ready,
        }
    }
}

text_column!(Status, Status::of, Status::as_str);

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
    pub const fn queue(&mut self, now: Timestamp) {
        self.status = Status::Queued;
        self.queued_at = Some(now);
        self.taken_at = None;
    }

    pub fn take(&mut self, now: Timestamp) {
        self.status = Status::Taken;
        self.taken_at = Some(now);
        self.queued_at = None;
        self.default_agent = None;
        self.default_agent_username = None;
    }
}

/// What an agent may take: of a department that has to be theirs, or of all that they see.
pub fn queued_for(
    view: &mut View<'_>,
    policy: &Policy,
    agent: &str,
    department: Option<&str>,
    descending: bool,
    page: Page,
) -> Result<(Vec<Inquiry>, i64), Refusal> {
    let Some(department) = department else {
        let order = Order::of(policy);
        return Ok(rows::for_agent(view, agent, order, descending, page)?);
    };
    let links = departments::links_of_agent(view, agent)?;
    let is_member = links
        .iter()
        .any(|link| link.department == department && link.department_enabled);
    if is_member {
        Ok(queued(view, Some(department), descending, page)?)
    } else {
        Err(Refusal::NotAuthorized)
    }
}

/// The place in the queue, from 1. None: it does not wait there.
pub fn position(view: &mut View<'_>, policy: &Policy, inquiry: &Inquiry) -> Result<Option<i64>> {
    if inquiry.status != Status::Queued {
        return Ok(None);
    }
    let before = rows::count_before(view, inquiry, Order::of(policy))?;
    Ok(Some(before + 1))
}

/// The first of those who stand in one queue, in its order.
pub fn queue_in_order(
    view: &mut View<'_>,
    policy: &Policy,
    department: Option<&str>,
    limit: i64,
) -> Result<Vec<Inquiry>> {
    let mut queue = rows::waiting_in(view, Order::of(policy), department, limit)?;
    queue.retain(|inquiry| inquiry.status == Status::Queued);
    Ok(queue)
}

/// The first of those who wait for an agent.
pub fn waiting(view: &mut View<'_>, policy: &Policy, limit: i64) -> Result<Vec<Inquiry>> {
    rows::waiting(view, Order::of(policy), limit)
}

/// The first of each queue, for when so many wait in one of them that they hide the others.
pub fn waiting_in_each(view: &mut View<'_>, policy: &Policy, limit: i64) -> Result<Vec<Inquiry>> {
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
