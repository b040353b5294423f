//! Comm100's webhooks: seven events, in the members that its receivers know and no other. What
//! nobody here knows is an empty text, or 0 where a number is wanted.

mod chat;
mod presence;
#[cfg(test)]
mod tests;
mod transcript;
mod visitor;

use hark_model::events::{self, AgentStatus, ChatSnapshot, Event, InRoom, Kind, Recorded};
use hark_store::{Timestamp, text_enum};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use self::chat::{Chat, WrapUp};
use self::presence::Presence;
use self::visitor::{Status, Visitor};
use crate::guid;
use crate::moment::{Moment, Needs};
use crate::written;

text_enum! {
    /// What a webhook of Comm100 may hear of.
    pub enum Subscription {
        OfflineMessageIsSubmitted = "offlineMessageIsSubmitted",
        ChatStarts = "chatStarts",
        ChatEnds = "chatEnds",
        ChatIsWrappedUp = "chatIsWrappedUp",
        AgentStatusChanges = "agentStatusChanges",
        ChatIsRequested = "chatIsRequested",
        ChatIsTransferred = "chatIsTransferred",
    }
}

impl Subscription {
    /// In any case.
    pub fn parse_in_any_case(text: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.as_str().eq_ignore_ascii_case(text))
    }

    /// The kind of events of which it tells some.
    pub const fn kind(self) -> Kind {
        match self {
            Self::OfflineMessageIsSubmitted => Kind::OfflineSubmitted,
            Self::ChatStarts => Kind::ChatTaken,
            Self::ChatEnds => Kind::ChatClosed,
            Self::ChatIsWrappedUp => Kind::ChatEdited,
            Self::AgentStatusChanges => Kind::AgentStatus,
            Self::ChatIsRequested => Kind::ChatStarted,
            Self::ChatIsTransferred => Kind::ChatForwarded,
        }
    }

    pub fn of_kind(kind: Kind) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.kind() == kind)
    }

    /// What an event is, if it is anything here.
    fn of(event: &Event) -> Option<Self> {
        let counts = match event {
            Event::ChatTaken(taken) => taken.details.first,
            // A chat that nobody ever had was missed, which is not an end.
            Event::ChatClosed(closed) => closed.chat.room.taken_at.is_some(),
            Event::ChatEdited(edited) => edited.details.noted,
            Event::AgentStatus(status) => Presence::word(status).is_some(),
            _ => true,
        };
        Self::of_kind(event.kind()).filter(|_| counts)
    }
}

pub(crate) fn topic(event: &Event) -> Option<Kind> {
    Subscription::of(event).map(Subscription::kind)
}

pub(crate) fn needs(event: &Event) -> Needs {
    match Subscription::of(event) {
        // If nothing else, the pages that the visitor saw.
        Some(
            Subscription::ChatStarts
            | Subscription::ChatEnds
            | Subscription::ChatIsWrappedUp
            | Subscription::ChatIsTransferred,
        ) => Needs::HistoryAndPages,
        // The pages that they saw before become a part of the chat after it was asked for.
        Some(
            Subscription::ChatIsRequested
            | Subscription::OfflineMessageIsSubmitted
            | Subscription::AgentStatusChanges,
        )
        | None => Needs::Nothing,
    }
}

pub(crate) fn render(moment: &Moment<'_>) -> Option<Vec<u8>> {
    let recorded = moment.recorded;
    Subscription::of(&recorded.event)?;
    let in_chat = |event, chat, status, details| {
        let visitor = Visitor::of(moment, chat, status)?;
        let body = InChat {
            event,
            visitor,
            chat: details,
        };
        serde_json::to_vec(&body).ok()
    };
    match &recorded.event {
        Event::OfflineSubmitted(left) => serde_json::to_vec(&LeftMessage::of(moment, left)).ok(),
        Event::ChatStarted(InRoom { chat, .. }) => {
            in_chat("chat_requested", chat, Status::Waiting, None)
        }
        Event::ChatTaken(InRoom { chat, .. }) => {
            in_chat("chat_started", chat, Status::Chatting, None)
        }
        Event::ChatClosed(closed) => {
            let details = Chat::closed(moment, closed)?;
            in_chat("chat_ended", &closed.chat, Status::Ended, Some(details))
        }
        Event::ChatForwarded(InRoom { chat, details }) => {
            let department = details.department_name.as_deref();
            let details = Chat::of(moment, &chat.room, chat.visitor.as_ref()?, department);
            in_chat("chat_transferred", chat, Status::Chatting, Some(details))
        }
        Event::ChatEdited(edited) => serde_json::to_vec(&WrappedUp::of(moment, &edited.chat)?).ok(),
        Event::AgentStatus(status) => serde_json::to_vec(&Agent::of(status)?).ok(),
        _ => None,
    }
}

/// What a guid stands for.
const ROOM: &str = "room";
const VISITOR: &str = "visitor";
const AGENT: &str = "agent";
const DEPARTMENT: &str = "department";
const FIELD: &str = "field";
const LEFT_MESSAGE: &str = "offline message";
const SENDER: &str = "offline sender";

#[derive(Serialize)]
struct InChat<'a> {
    event: &'static str,
    visitor: Visitor<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<Chat<'a>>,
}

written! {
    [#[derive(Serialize)]]

    struct WrappedUp<'a> of(moment: &'a Moment<'_>, chat: &'a ChatSnapshot) -> Option {
        event: &'static str = "chat_wrapped_up",
        chat_id: String = guid::derived(ROOM, &chat.room.id),
        visitor: Visitor<'a> = Visitor::of(moment, chat, if chat.room.open { Status::Chatting } else { Status::Ended })?,
        wrapup: WrapUp<'a> = WrapUp::of(&chat.room, Some(moment.recorded.at)),
    }

    struct Agent of(status: &AgentStatus) -> Option {
        event: &'static str = Presence::word(status)?,
        operator_id: String = guid::derived(AGENT, &status.agent.id),
    }

    struct LeftMessage<'a> of(moment: &'a Moment<'_>, left: &'a events::LeftMessage) {
        event: &'static str = "offline_message_submitted",
        offline_message: OfflineMessage<'a> = OfflineMessage::of(moment.recorded, left),
        visitor: Visitor<'a> = Visitor::of_sender(moment.recorded, left),
    }

    struct OfflineMessage<'a> of(recorded: &Recorded, left: &'a events::LeftMessage) {
        attachment: Attachment<'a> = Attachment::default(),
        company: &'a str = "",
        content: &'a str = &left.message,
        custom_fields: Vec<Field<'a>> = Vec::new(),
        custom_variable: Vec<Variable<'a>> = Vec::new(),
        department: &'a str = left.department_name.as_deref().unwrap_or_default(),
        skill: &'a str = "",
        email: &'a str = &left.email,
        id: String = left_message_id(recorded),
        name: &'a str = &left.name,
        phone: &'a str = "",
        subject: &'a str = "",
        time: Date = Date(recorded.at),
    }
}

fn left_message_id(recorded: &Recorded) -> String {
    guid::derived(LEFT_MESSAGE, &recorded.position.to_string())
}

#[derive(Serialize, Default)]
struct Attachment<'a> {
    name: &'a str,
    uri: String,
}

#[derive(Serialize)]
struct Field<'a> {
    id: String,
    name: &'a str,
    value: String,
}

#[derive(Serialize)]
struct Variable<'a> {
    name: &'a str,
    value: String,
}

/// The values of custom fields: the id of a field here is its name there.
fn fields(of: &Map<String, Value>) -> Vec<Field<'_>> {
    of.iter()
        .map(|(name, value)| Field {
            id: guid::derived(FIELD, name),
            name,
            value: plain(value),
        })
        .collect()
}

fn variables(of: &Map<String, Value>) -> Vec<Variable<'_>> {
    of.iter()
        .map(|(name, value)| Variable {
            name,
            value: plain(value),
        })
        .collect()
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The first of a list of texts.
fn first(of: &[String]) -> &str {
    of.first().map_or("", String::as_str)
}

/// A moment in the wrapper of Microsoft's old serializer: milliseconds of UTC.
#[derive(Clone, Copy)]
struct Date(Timestamp);

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("/Date({})/", self.0.millis()))
    }
}

/// A moment, or an empty text.
fn date_or_nothing<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => date.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}
