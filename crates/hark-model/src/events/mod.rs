//! Events: what stands in the log, as types. The log is durable, so what stands in it is a contract
//! with every version that comes: members are only ever added, each with a default, and
//! `tests/events` holds bodies that were really written, which have to parse and to come out the
//! same.
//!
//! * [`kinds`]: the one table of all kinds, with the name of each in the log
//! * [`snapshots`]: what was true of a room, its visitor and its agent
//! * [`chats`], [`staff`], [`webhooks`]: what the kinds say besides

mod chats;
mod kinds;
mod snapshots;
mod staff;
#[cfg(test)]
mod tests;
mod webhooks;

use hark_store::log::ConversationSeq;
use hark_store::{NewEvent, Position, Result, Timestamp, Tx, log};

pub use self::chats::{
    Abandoned, Changed, Closed, Commented, ContactSnapshot, ContactUpdated, Edited, Feedback,
    Forwarded, InRoom, LeadCaptured, LeftMessage, LeftPlace, NamedDepartment, NamedPriority,
    Navigated, NavigatedOutside, Noted, Overdue, Page, PersonOf, Prioritized, Promise, Promised,
    QueuePlace, Rated, Returned, Said, Tagged, Taken, TranscriptRequested, TransferOrigin,
    TransferScope, Visit, VisitorErased,
};
pub use self::kinds::{Event, Kind};
pub use self::snapshots::{
    Actor, AgentSnapshot, ChatSnapshot, RoomSnapshot, Serving, VisitorSnapshot,
};
pub use self::staff::{
    AccountChanged, AccountSnapshot, AgentName, AgentStatus, BusinessHourChanged, CannedAudience,
    CannedResponseChanged, CircularSent, CustomFieldChanged, DepartmentChanged, DepartmentLink,
    DepartmentSnapshot, EmailInboxChanged, LinkAction, LinkedDepartment, LoggedOut, Moved,
    PasswordForgotten, PermissionChanged, PriorityRenamed, Reachability, RoleChanged,
    SettingChanged, SiteChanged, SlaChanged, SubscriptionChanged, TagChanged, TriggerChanged,
    UnitChanged,
};
pub use self::webhooks::{
    CrmAnswered, DeliveryGivenUp, DeliveryResent, EndpointChanged, EndpointDisabled,
    EndpointFailing, EndpointRecovered, EndpointShed, ReplayStarted, SampleTriggered,
    SecretRotated,
};
use crate::rooms::{self, Room};

/// An event as a reader of the log has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    pub position: Position,
    pub at: Timestamp,
    pub conversation: Option<ConversationSeq>,
    pub visitor: Option<String>,
    pub agent: Option<String>,
    pub department: Option<String>,
    pub event: Event,
}

/// Why an entry of the log says nothing to this program.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("there is no kind of events called {0}")]
    UnknownKind(String),
    #[error(transparent)]
    Body(#[from] serde_json::Error),
}

impl Recorded {
    pub fn parse(stored: hark_store::Event) -> Result<Self, Unreadable> {
        let Some(kind) = Kind::parse(&stored.kind) else {
            return Err(Unreadable::UnknownKind(stored.kind));
        };
        Ok(Self {
            position: stored.position,
            at: stored.at,
            conversation: stored.conversation,
            visitor: stored.visitor,
            agent: stored.agent,
            department: stored.department,
            event: Event::parse(kind, &stored.body)?,
        })
    }

    /// The events of a piece of the log. One that cannot be read must not hold up those after it:
    /// it is logged and left out.
    pub fn parse_all(stored: impl IntoIterator<Item = hark_store::Event>) -> Vec<Self> {
        stored.into_iter().filter_map(Self::parse_or_log).collect()
    }

    /// The same for one event.
    pub fn parse_or_log(stored: hark_store::Event) -> Option<Self> {
        let position = stored.position;
        Self::parse(stored)
            .inspect_err(|error| {
                tracing::error!(position, error = %error, "an event of the log cannot be read; it is left out");
            })
            .ok()
    }

    pub const fn kind(&self) -> Kind {
        self.event.kind()
    }

    /// The number of the event in its conversation.
    pub fn seq(&self) -> Option<i64> {
        self.conversation.as_ref().map(|place| place.seq)
    }
}

/// What an event is about, for those who look for events by it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    pub visitor: Option<&'a str>,
    pub agent: Option<&'a str>,
    pub department: Option<&'a str>,
}

impl<'a> Subject<'a> {
    pub const NONE: Self = Self {
        visitor: None,
        agent: None,
        department: None,
    };

    pub const fn agent(id: &'a str) -> Self {
        Self {
            agent: Some(id),
            ..Self::NONE
        }
    }
}

/// Records something that happened outside of conversations.
pub fn record_event(
    tx: &mut Tx<'_>,
    now: Timestamp,
    subject: Subject<'_>,
    event: &Event,
) -> Result<()> {
    if event.kind().is_change_by_staff() {
        tx.keep(event.clone());
    }
    append(tx, now, None, subject, event)
}

/// Records something that happened in a conversation, with what is true of it now, and answers
/// its number there.
pub fn record_in_room<T>(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &Room,
    by: Actor,
    event: fn(InRoom<T>) -> Event,
    details: T,
) -> Result<i64> {
    let seq = rooms::count_event(tx, &room.id)?;
    record_numbered(tx, now, room, seq, by, event, details)?;
    Ok(seq)
}

/// The same with a number that the caller has taken, and writes into the room itself, in a change that it makes anyway.
/// Until it has, nothing else may be recorded in this room: it would get the same number.
pub fn record_numbered<T>(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &Room,
    seq: i64,
    by: Actor,
    event: fn(InRoom<T>) -> Event,
    details: T,
) -> Result<()> {
    let chat = ChatSnapshot::of(room, by);
    let subject = Subject {
        visitor: room.visitor.as_ref().map(|visitor| visitor.id.as_str()),
        agent: room.served_by.as_ref().map(|agent| agent.id.as_str()),
        department: room.department.as_deref(),
    };
    let event = event(InRoom { chat, details });
    append(tx, now, Some((&room.id, seq)), subject, &event)
}

fn append(
    tx: &mut Tx<'_>,
    now: Timestamp,
    conversation: Option<(&str, i64)>,
    subject: Subject<'_>,
    event: &Event,
) -> Result<()> {
    let new = NewEvent {
        kind: event.kind().as_str(),
        conversation,
        visitor: subject.visitor,
        agent: subject.agent,
        department: subject.department,
        body: event.to_body(),
    };
    log::append(tx, now, &new)
}

/// What every body can be asked.
trait Body {
    /// Nothing: it did not happen in a conversation.
    fn chat(&self) -> Option<&ChatSnapshot> {
        None
    }

    /// Who did it, as far as those may know who hear of it outside.
    fn by(&self) -> Option<&Actor> {
        self.chat().map(|chat| &chat.by)
    }

    /// The message that it names.
    fn message(&self) -> Option<&str> {
        None
    }

    /// The note that it names.
    fn note(&self) -> Option<&str> {
        None
    }

    /// The endpoint that it is about.
    fn endpoint(&self) -> Option<&str> {
        None
    }
}

impl Event {
    /// The conversation in which it happened.
    pub fn chat(&self) -> Option<&ChatSnapshot> {
        self.as_body().chat()
    }

    /// Who did it. Nothing: someone of whom there is no record.
    pub fn by(&self) -> Option<&Actor> {
        self.as_body().by()
    }

    /// The id of the message that it names.
    pub fn message(&self) -> Option<&str> {
        self.as_body().message()
    }

    /// The id of the note that it names.
    pub fn note(&self) -> Option<&str> {
        self.as_body().note()
    }

    /// The id of the endpoint that it is about.
    pub fn endpoint(&self) -> Option<&str> {
        self.as_body().endpoint()
    }
}
