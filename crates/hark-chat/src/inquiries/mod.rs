//! Inquiries: the place of an open chat in the queue, and what became of it. There is exactly one
//! for each open chat; it goes when the chat is closed.

pub(crate) mod rows;

use hark_store::{Error, Timestamp, Tx, View};

use crate::accounts::Page;
use crate::{Policy, Refusal, departments};

#[derive(Debug, Clone, PartialEq)]
pub struct Inquiry {
    pub id: String,
    pub room: String,
    pub status: Status,
    /// The one that was asked for; the room's may be another that stands in for it.
    pub department: Option<String>,
    pub first_message: String,
    pub default_agent: Option<String>,
    pub default_agent_username: Option<String>,
    pub priority_weight: i64,
    pub estimated_wait: i64,
    pub queued_at: Option<Timestamp>,
    pub taken_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The house looks for an agent.
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

    pub(crate) fn of(text: &str) -> Self {
        match text {
            "queued" => Self::Queued,
            "taken" => Self::Taken,
            _ => Self::Ready,
        }
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
        match policy.text("Omnichannel_sorting_mechanism").as_str() {
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
    pub(crate) const fn queue(&mut self, now: Timestamp) {
        self.status = Status::Queued;
        self.queued_at = Some(now);
        self.taken_at = None;
    }

    pub(crate) fn take(&mut self, now: Timestamp) {
        self.status = Status::Taken;
        self.taken_at = Some(now);
        self.queued_at = None;
        self.default_agent = None;
        self.default_agent_username = None;
    }
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Inquiry>, Error> {
    rows::find(view, id)
}

pub fn of_room(view: &mut View<'_>, room: &str) -> Result<Option<Inquiry>, Error> {
    rows::of_room(view, room)
}

/// What an agent may take: of a department that has to be his, or of all that he sees.
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
    let is_his = links
        .iter()
        .any(|link| link.department == department && link.department_enabled);
    match is_his {
        true => Ok(rows::queued(view, Some(department), descending, page)?),
        false => Err(Refusal::NotAuthorized),
    }
}

/// The whole queue, or that of a department.
pub fn queued(
    view: &mut View<'_>,
    department: Option<&str>,
    descending: bool,
    page: Page,
) -> Result<(Vec<Inquiry>, i64), Error> {
    rows::queued(view, department, descending, page)
}

/// The place in the queue, from 1. None: it does not wait there.
pub fn position(
    view: &mut View<'_>,
    policy: &Policy,
    inquiry: &Inquiry,
) -> Result<Option<i64>, Error> {
    if inquiry.status != Status::Queued {
        return Ok(None);
    }
    let before = rows::count_before(view, inquiry, Order::of(policy))?;
    Ok(Some(before + 1))
}

/// The first of those who stand in one queue, in its order.
pub fn line(
    view: &mut View<'_>,
    policy: &Policy,
    department: Option<&str>,
    limit: i64,
) -> Result<Vec<Inquiry>, Error> {
    let mut line = rows::waiting_in(view, Order::of(policy), department, limit)?;
    line.retain(|inquiry| inquiry.status == Status::Queued);
    Ok(line)
}

/// The first of those who wait for an agent.
pub fn waiting(view: &mut View<'_>, policy: &Policy, limit: i64) -> Result<Vec<Inquiry>, Error> {
    rows::waiting(view, Order::of(policy), limit)
}

/// The first of each queue, for when so many wait in one of them that they hide the others.
pub fn waiting_in_each(
    view: &mut View<'_>,
    policy: &Policy,
    limit: i64,
) -> Result<Vec<Inquiry>, Error> {
    let order = Order::of(policy);
    let mut waiting = rows::waiting_in(view, order, None, limit)?;
    for department in departments::list(view, &departments::Filter::default())? {
        waiting.extend(rows::waiting_in(view, order, Some(&department.id), limit)?);
    }
    Ok(waiting)
}

pub(crate) fn save(tx: &mut Tx<'_>, now: Timestamp, inquiry: &Inquiry) -> Result<(), Error> {
    rows::save(tx, now, inquiry).map(drop)
}
