use hark_store::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Body;
use super::snapshots::{Actor, ChatSnapshot, Serving, VisitorSnapshot};
use crate::rooms::{Person, Room};
use crate::visitors::Visitor;

/// What happened in a conversation: what was true of it then, and what the kind says besides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InRoom<T = ()> {
    #[serde(flatten)]
    pub chat: ChatSnapshot,
    #[serde(flatten)]
    pub details: T,
}

/// What a kind says of a conversation besides its snapshot.
pub trait Details {
    /// The message that it names.
    fn message(&self) -> Option<&str> {
        None
    }

    /// The note that it names.
    fn note(&self) -> Option<&str> {
        None
    }
}

impl<T: Details> Body for InRoom<T> {
    fn chat(&self) -> Option<&ChatSnapshot> {
        Some(&self.chat)
    }

    fn message(&self) -> Option<&str> {
        self.details.message()
    }

    fn note(&self) -> Option<&str> {
        self.details.note()
    }
}

impl Details for () {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Whether nobody had the chat before.
    #[serde(default)]
    pub first: bool,
}

impl Details for Taken {}

/// Who came in, or went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonOf {
    pub person: Person,
}

impl Details for PersonOf {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commented {
    pub comment: String,
}

impl Details for Commented {}

/// What a transfer was aimed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransferScope {
    Agent,
    Department,
    Queue,
    /// To another agent, because its own did not say a word.
    #[serde(rename = "autoTransferUnansweredChatsToAgent")]
    UnansweredToAgent,
    /// Back into the queue, for the same reason.
    #[serde(rename = "autoTransferUnansweredChatsToQueue")]
    UnansweredToQueue,
}

/// Where a chat was before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransferOrigin {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served_by: Option<Serving>,
}

impl TransferOrigin {
    pub fn of(room: &Room) -> Self {
        Self {
            department: room.department.clone(),
            served_by: room.served_by.as_ref().map(Serving::of),
        }
    }
}

/// Someone's place in a room, which ends with the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftPlace {
    pub id: String,
    pub account: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedDepartment {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forwarded {
    pub scope: TransferScope,
    pub from: TransferOrigin,
    #[serde(default)]
    pub left: Vec<LeftPlace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// To whom it went, as the one who forwarded it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_agent: Option<Person>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_department: Option<NamedDepartment>,
    /// Of the department where it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_name: Option<String>,
}

impl Details for Forwarded {}

/// A priority as it was called then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPriority {
    pub id: String,
    /// What clients translate, as long as it has no name of its own.
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// From 1, which comes first.
    pub weight: i64,
}

/// How urgent a chat was, and is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prioritized {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NamedPriority>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NamedPriority>,
}

impl Details for Prioritized {}

/// An SLA policy as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    pub id: String,
    pub name: String,
    pub minutes: i64,
}

/// What a chat was promised, and is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Promised {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Promise>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Promise>,
    /// By when an agent is to have it, if it waits for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
}

impl Details for Promised {}

/// No agent has taken a chat by the moment that was promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overdue {
    pub promise: Promise,
    pub due_at: Timestamp,
}

impl Details for Overdue {}

/// A visitor who owed an answer counts as gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Abandoned {
    pub silent_since: Timestamp,
    /// Whether the chat is closed for that; else it is put on hold.
    pub closes: bool,
}

impl Details for Abandoned {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Returned {
    pub from: TransferOrigin,
    #[serde(default)]
    pub left: Vec<LeftPlace>,
}

impl Details for Returned {}

/// The place in the queue that a chat had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuePlace {
    pub id: String,
    pub department: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Closed {
    pub comment: String,
    #[serde(default)]
    pub left: Vec<LeftPlace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inquiry: Option<QueuePlace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_name: Option<String>,
    /// What the visitor had said of the chat by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
}

impl Details for Closed {}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// Whether somebody saved what is noted about the chat; else it changed by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub noted: bool,
}

impl Details for Edited {}

/// Other tags than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tagged {
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

impl Details for Tagged {}

/// A message that somebody sent, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub message: String,
}

impl Details for Said {
    fn message(&self) -> Option<&str> {
        Some(&self.message)
    }
}

/// A message that was edited or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    pub message: String,
    /// Whether it is the visitor's.
    #[serde(default)]
    pub by_visitor: bool,
}

impl Details for Changed {
    fn message(&self) -> Option<&str> {
        Some(&self.message)
    }
}

/// A note that somebody wrote for those who work here, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    pub note: String,
    /// Who is mentioned in it, and was not before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Person>,
}

impl Details for Noted {
    fn note(&self) -> Option<&str> {
        Some(&self.note)
    }
}

/// A page that the visitor looked at, in a chat or before one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Navigated {
    InRoom(Box<InRoom<Visit>>),
    Outside(Box<NavigatedOutside>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NavigatedOutside {
    pub visitor: VisitorSnapshot,
    #[serde(default)]
    pub by: Actor,
    #[serde(flatten)]
    pub visit: Visit,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The message that shows it among what was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    pub page: Page,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub title: String,
    /// What made it another page: `url` or `title`.
    pub change: String,
    pub address: String,
}

impl Details for Visit {
    fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

impl Navigated {
    pub fn chat(&self) -> Option<&ChatSnapshot> {
        match self {
            Self::InRoom(seen) => Some(&seen.chat),
            Self::Outside(_) => None,
        }
    }

    pub fn page(&self) -> &Page {
        match self {
            Self::InRoom(seen) => &seen.details.page,
            Self::Outside(seen) => &seen.visit.page,
        }
    }

    pub fn visitor(&self) -> Option<&VisitorSnapshot> {
        match self {
            Self::InRoom(seen) => seen.chat.visitor.as_ref(),
            Self::Outside(seen) => Some(&seen.visitor),
        }
    }
}

impl Body for Navigated {
    fn chat(&self) -> Option<&ChatSnapshot> {
        Self::chat(self)
    }

    fn by(&self) -> Option<&Actor> {
        match self {
            Self::InRoom(seen) => seen.by(),
            Self::Outside(seen) => Some(&seen.by),
        }
    }

    fn message(&self) -> Option<&str> {
        match self {
            Self::InRoom(seen) => seen.message(),
            Self::Outside(seen) => seen.visit.message(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadCaptured {
    pub message: String,
    pub emails: Vec<String>,
    pub phones: Vec<String>,
}

impl Details for LeadCaptured {
    fn message(&self) -> Option<&str> {
        Some(&self.message)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rated {
    pub feedback: Feedback,
}

impl Details for Rated {}

/// A visitor's answers to what is asked about a chat, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Feedback(pub Map<String, Value>);

impl Feedback {
    pub const SATISFACTION: &str = "satisfaction";
    pub const AGENT_KNOWLEDGE: &str = "agentKnowledge";
    /// The slip of the pen is the wire's.
    pub const AGENT_RESPONSIVENESS: &str = "agentResposiveness";
    pub const AGENT_FRIENDLINESS: &str = "agentFriendliness";
    pub const COMMENT: &str = "additionalFeedback";

    pub fn answer(&self, question: &str) -> Option<&str> {
        self.0.get(question)?.as_str()
    }

    /// From 1 to 5.
    pub fn stars(&self, question: &str) -> Option<u8> {
        self.answer(question)?.parse().ok()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptRequested {
    pub email: String,
}

impl Details for TranscriptRequested {}

/// A message that was left while nobody was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftMessage {
    pub name: String,
    pub email: String,
    pub message: String,
    /// As the form names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Of the department that was found under that name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_name: Option<String>,
    /// The site on which the visitor was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

impl Body for LeftMessage {}

/// What is known of a person, as somebody who works here has left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactUpdated {
    pub contact: ContactSnapshot,
    /// What is different now: `name`, `emails`, `phones`, `customFields`, `contactManager`.
    pub changed: Vec<String>,
    #[serde(default)]
    pub by: Actor,
}

impl Body for ContactUpdated {
    fn by(&self) -> Option<&Actor> {
        Some(&self.by)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactSnapshot {
    /// Of the contact that gathers a person's visitors; where there are none, of the visitor.
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default)]
    pub emails: Vec<String>,
    #[serde(default)]
    pub phones: Vec<String>,
    #[serde(default)]
    pub custom: Map<String, Value>,
    /// The user name of the agent who looks after them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
}

impl ContactSnapshot {
    pub fn of_visitor(visitor: &Visitor) -> Self {
        Self {
            id: visitor.id.clone(),
            name: visitor.name.clone(),
            emails: visitor.emails.clone(),
            phones: visitor.phones.clone(),
            custom: visitor.custom.clone(),
            manager: visitor.contact_manager.clone(),
        }
    }

    /// What is different in another one, by the names that clients know.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let differs = [
            ("name", self.name != other.name),
            ("emails", self.emails != other.emails),
            ("phones", self.phones != other.phones),
            ("customFields", self.custom != other.custom),
            ("contactManager", self.manager != other.manager),
        ];
        let differs = differs.into_iter().filter(|(_, differs)| *differs);
        differs.map(|(name, _)| name.to_owned()).collect()
    }
}

/// A visitor was forgotten. Nothing here says who they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorErased {
    pub visitor: String,
    /// How many chats of theirs are gone.
    pub chats: i64,
    #[serde(default)]
    pub by: Actor,
}

impl Body for VisitorErased {
    fn by(&self) -> Option<&Actor> {
        Some(&self.by)
    }
}
