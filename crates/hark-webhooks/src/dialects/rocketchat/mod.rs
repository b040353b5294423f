//! Rocket.Chat's Omnichannel webhooks: its names, in its order, present and absent as its receivers
//! know them.

mod envelope;
mod messages;
pub(super) mod user_agent;

use hark_model::events::{self, Event, Kind, Navigated};
use hark_store::Timestamp;
use serde::Serialize;

use self::envelope::Envelope;
use crate::dialects::Iso;
use crate::moment::{Moment, Needs};
use crate::written;

/// What the vendor calls what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
enum Type {
    #[serde(rename = "LivechatSessionStart")]
    Started,
    #[serde(rename = "LivechatSessionQueued")]
    Queued,
    #[serde(rename = "LivechatSessionTaken")]
    Taken,
    #[serde(rename = "LivechatSessionForwarded")]
    Forwarded,
    #[serde(rename = "LivechatSession")]
    Closed,
    #[serde(rename = "LivechatEdit")]
    Edited,
    Message,
    LeadCapture,
    #[serde(rename = "LivechatOfflineMessage")]
    Offline,
}

impl Type {
    fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::ChatStarted(_) => Self::Started,
            Event::ChatQueued(_) => Self::Queued,
            Event::ChatTaken(_) => Self::Taken,
            Event::ChatForwarded(_) => Self::Forwarded,
            Event::ChatClosed(_) => Self::Closed,
            // What is noted while a chat goes on goes out with what comes next.
            Event::ChatEdited(edited) if !edited.chat.room.open => Self::Edited,
            // A page that was visited before there was a chat is in the history of that chat.
            Event::MessageVisitor(_)
            | Event::MessageAgent(_)
            | Event::MessageEdited(_)
            | Event::VisitorNavigated(Navigated::InRoom(_)) => Self::Message,
            Event::LeadCaptured(_) => Self::LeadCapture,
            Event::OfflineSubmitted(_) => Self::Offline,
            _ => return None,
        })
    }

    /// Whether it says in which department the chat is.
    const fn is_session(self) -> bool {
        matches!(self, Self::Started | Self::Queued) || self.has_server()
    }

    /// Whether it says who serves the chat.
    const fn has_server(self) -> bool {
        matches!(self, Self::Taken | Self::Forwarded | Self::Closed)
    }
}

pub(crate) fn topic(event: &Event) -> Option<Kind> {
    Type::of(event)?;
    // There is no word, and no switch, for a message that was changed: it is said once more.
    Some(match event {
        Event::MessageEdited(edited) if edited.details.by_visitor => Kind::MessageVisitor,
        Event::MessageEdited(_) => Kind::MessageAgent,
        event => event.kind(),
    })
}

pub(crate) fn needs(event: &Event) -> Needs {
    match Type::of(event) {
        Some(Type::Message) => Needs::Message,
        Some(Type::Queued | Type::Taken | Type::Forwarded | Type::Closed | Type::Edited) => {
            Needs::History
        }
        Some(Type::Started | Type::LeadCapture | Type::Offline) | None => Needs::Nothing,
    }
}

pub(crate) fn render(moment: &Moment<'_>) -> Option<Vec<u8>> {
    let event = &moment.recorded.event;
    let body = match (Type::of(event)?, event) {
        (_, Event::OfflineSubmitted(left)) => {
            serde_json::to_vec(&LeftMessage::of(moment.recorded.at, left))
        }
        (kind, event) => serde_json::to_vec(&Envelope::written(moment, event, kind)?),
    };
    body.ok()
}

written! {
    [#[derive(Serialize)] #[serde(rename_all = "camelCase")]]

    /// A message that was left while nobody was there.
    struct LeftMessage<'a> of(at: Timestamp, left: &'a events::LeftMessage) {
        r#type: Type = Type::Offline,
        sent_at: Iso = Iso(at),
        visitor: Sender<'a> = Sender::of(left),
        message: &'a str = &left.message,
    }

    struct Sender<'a> of(left: &'a events::LeftMessage) {
        name: &'a str = &left.name,
        email: &'a str = &left.email,
    }
}

#[cfg(test)]
mod tests;
