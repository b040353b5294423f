//! Comm100's webhooks: seven events, in the members that its receivers know and no other. What
//! nobody here knows is an empty text, or 0 where a number is wanted.

mod chat;
mod presence;
#[cfg(test)]
mod tests;
mod transcript;
mod visitor;

use hark_store::{Event, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use self::chat::{Chat, WrapUp};
use self::presence::Presence;
use self::visitor::{Status, Visitor};
use crate::guid;
use crate::moment::{Moment, Needs};

/// What a webhook of Comm100 may be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subscription {
    OfflineMessageIsSubmitted,
    ChatStarts,
    ChatEnds,
    ChatIsWrappedUp,
    AgentStatusChanges,
    ChatIsRequested,
    ChatIsTransferred,
}

impl Subscription {
    pub const ALL: [Self; 7] = [
        Self::OfflineMessageIsSubmitted,
        Self::ChatStarts,
        Self::ChatEnds,
        Self::ChatIsWrappedUp,
        Self::AgentStatusChanges,
        Self::ChatIsRequested,
        Self::ChatIsTransferred,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OfflineMessageIsSubmitted => "offlineMessageIsSubmitted",
            Self::ChatStarts => "chatStarts",
            Self::ChatEnds => "chatEnds",
            Self::ChatIsWrappedUp => "chatIsWrappedUp",
            Self::AgentStatusChanges => "agentStatusChanges",
            Self::ChatIsRequested => "chatIsRequested",
            Self::ChatIsTransferred => "chatIsTransferred",
        }
    }

    /// In any case.
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.as_str().eq_ignore_ascii_case(text))
    }

    /// The kind of the house's events of which it tells some.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::OfflineMessageIsSubmitted => "offline.submitted",
            Self::ChatStarts => "chat.taken",
            Self::ChatEnds => "chat.closed",
            Self::ChatIsWrappedUp => "chat.edited",
            Self::AgentStatusChanges => "agent.status",
            Self::ChatIsRequested => "chat.started",
            Self::ChatIsTransferred => "chat.forwarded",
        }
    }

    pub fn of_kind(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.kind() == kind)
    }

    /// What an event is, if it is anything here.
    fn of(event: &Event) -> Option<Self> {
        let subscription = Self::of_kind(&event.kind)?;
        let body = &event.body;
        let is_told = match subscription {
            Self::ChatStarts => body["first"] == true,
            // A chat that nobody ever had was missed, which is not an end.
            Self::ChatEnds => body["room"]["takenAt"].is_i64(),
            Self::ChatIsWrappedUp => body["noted"] == true,
            Self::AgentStatusChanges => Presence::told(body).is_some(),
            Self::OfflineMessageIsSubmitted | Self::ChatIsRequested | Self::ChatIsTransferred => {
                true
            }
        };
        is_told.then_some(subscription)
    }
}

pub(crate) fn topic(event: &Event) -> Option<&str> {
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
        // The pages that he saw before become a part of the chat after it was asked for.
        Some(
            Subscription::ChatIsRequested
            | Subscription::OfflineMessageIsSubmitted
            | Subscription::AgentStatusChanges,
        )
        | None => Needs::Nothing,
    }
}

pub(crate) fn render(moment: &Moment) -> Option<Vec<u8>> {
    let body = &moment.event.body;
    let written = match Subscription::of(&moment.event)? {
        Subscription::OfflineMessageIsSubmitted => serde_json::to_vec(&LeftMessage::of(moment)),
        Subscription::ChatIsRequested => serde_json::to_vec(&Told {
            event: "chat_requested",
            visitor: Visitor::of(moment, Status::Waiting)?,
            chat: None,
        }),
        Subscription::ChatStarts => serde_json::to_vec(&Told {
            event: "chat_started",
            visitor: Visitor::of(moment, Status::Chatting)?,
            chat: None,
        }),
        Subscription::ChatEnds => serde_json::to_vec(&Told {
            event: "chat_ended",
            visitor: Visitor::of(moment, Status::Ended)?,
            chat: Some(Chat::of(moment)),
        }),
        Subscription::ChatIsTransferred => serde_json::to_vec(&Told {
            event: "chat_transferred",
            visitor: Visitor::of(moment, Status::Chatting)?,
            chat: Some(Chat::of(moment)),
        }),
        Subscription::ChatIsWrappedUp => {
            let status = match body["room"]["open"] == true {
                true => Status::Chatting,
                false => Status::Ended,
            };
            serde_json::to_vec(&WrappedUp {
                event: "chat_wrapped_up",
                chat_id: guid::derived(ROOM, text(&body["room"], "id")),
                visitor: Visitor::of(moment, status)?,
                wrapup: WrapUp::of(&body["room"], Some(moment.event.at)),
            })
        }
        Subscription::AgentStatusChanges => serde_json::to_vec(&Agent {
            event: Presence::told(body)?,
            operator_id: guid::derived(AGENT, text(&body["agent"], "id")),
        }),
    };
    written.ok()
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
struct Told<'a> {
    event: &'static str,
    visitor: Visitor<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<Chat<'a>>,
}

#[derive(Serialize)]
struct WrappedUp<'a> {
    event: &'static str,
    chat_id: String,
    visitor: Visitor<'a>,
    wrapup: WrapUp<'a>,
}

#[derive(Serialize)]
struct Agent {
    event: &'static str,
    operator_id: String,
}

#[derive(Serialize)]
struct LeftMessage<'a> {
    event: &'static str,
    offline_message: OfflineMessage<'a>,
    visitor: Visitor<'a>,
}

#[derive(Serialize)]
struct OfflineMessage<'a> {
    attachment: Attachment<'a>,
    company: &'a str,
    content: &'a str,
    custom_fields: Vec<Field<'a>>,
    custom_variable: Vec<Variable<'a>>,
    department: &'a str,
    skill: &'a str,
    email: &'a str,
    id: String,
    name: &'a str,
    phone: &'a str,
    subject: &'a str,
    time: Date,
}

impl<'a> LeftMessage<'a> {
    fn of(moment: &'a Moment) -> Self {
        let event = &moment.event;
        let id = guid::derived(LEFT_MESSAGE, &event.position.to_string());
        Self {
            event: "offline_message_submitted",
            visitor: Visitor::of_sender(event, &id),
            offline_message: OfflineMessage {
                attachment: Attachment::default(),
                company: "",
                content: text(&event.body, "message"),
                custom_fields: Vec::new(),
                custom_variable: Vec::new(),
                department: text(&event.body, "departmentName"),
                skill: "",
                email: text(&event.body, "email"),
                id,
                name: text(&event.body, "name"),
                phone: "",
                subject: "",
                time: Date(event.at),
            },
        }
    }
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

/// The values of custom fields: by which each field is known here is its name there.
fn fields(of: &Value) -> Vec<Field<'_>> {
    let values = of.as_object().into_iter().flat_map(Map::iter);
    values
        .map(|(name, value)| Field {
            id: guid::derived(FIELD, name),
            name,
            value: plain(value),
        })
        .collect()
}

fn variables(of: &Value) -> Vec<Variable<'_>> {
    let values = of.as_object().into_iter().flat_map(Map::iter);
    values
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

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}

/// The first of a list of texts.
fn first<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name][0].as_str().unwrap_or_default()
}

/// A moment in the wrapper of Microsoft's old serializer: milliseconds of UTC.
#[derive(Clone, Copy)]
struct Date(Timestamp);

impl Date {
    fn told(of: &Value, name: &str) -> Option<Self> {
        let millis = of[name].as_i64()?;
        Some(Self(Timestamp::from_millis(millis)))
    }
}

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
