//! Rocket.Chat's Omnichannel webhooks: its names, in its order, present and absent as its receivers
//! know them.

mod envelope;
mod messages;
pub(super) mod user_agent;

use hark_store::{Event, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::Value;

use self::envelope::Envelope;
use crate::moment::{Moment, Needs};

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
        Some(match event.kind.as_str() {
            "chat.started" => Self::Started,
            "chat.queued" => Self::Queued,
            "chat.taken" => Self::Taken,
            "chat.forwarded" => Self::Forwarded,
            "chat.closed" => Self::Closed,
            // What is noted while a chat goes on is told with what comes next.
            "chat.edited" if event.body["room"]["open"] == false => Self::Edited,
            "message.visitor" | "message.agent" | "message.edited" => Self::Message,
            // A page that was visited before there was a chat is in the history of that chat.
            "visitor.navigated" if event.conversation.is_some() => Self::Message,
            "lead.captured" => Self::LeadCapture,
            "offline.submitted" => Self::Offline,
            _ => return None,
        })
    }
}

pub(crate) fn topic(event: &Event) -> Option<&str> {
    Type::of(event)?;
    // There is no word, and no switch, for a message that was changed: it is said once more.
    Some(match event.kind.as_str() {
        "message.edited" if event.body["byVisitor"] == true => "message.visitor",
        "message.edited" => "message.agent",
        kind => kind,
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

pub(crate) fn render(moment: &Moment) -> Option<Vec<u8>> {
    let body = match Type::of(&moment.event)? {
        Type::Offline => serde_json::to_vec(&LeftMessage::of(&moment.event)?),
        kind => serde_json::to_vec(&Envelope::of(moment, kind)?),
    };
    body.ok()
}

/// A message that was left while nobody was there.
#[derive(Serialize)]
struct LeftMessage<'a> {
    #[serde(rename = "type")]
    kind: Type,
    #[serde(rename = "sentAt")]
    sent_at: Date,
    visitor: Sender<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct Sender<'a> {
    name: &'a str,
    email: &'a str,
}

impl<'a> LeftMessage<'a> {
    fn of(event: &'a Event) -> Option<Self> {
        Some(Self {
            kind: Type::Offline,
            sent_at: Date(event.at),
            visitor: Sender {
                name: text(&event.body, "name")?,
                email: text(&event.body, "email")?,
            },
            message: text(&event.body, "message")?,
        })
    }
}

/// A moment as this dialect writes it.
#[derive(Clone, Copy)]
struct Date(Timestamp);

impl Date {
    /// Of the milliseconds that events tell.
    fn told(of: &Value, name: &str) -> Option<Self> {
        let millis = of.get(name)?.as_i64()?;
        Some(Self(Timestamp::from_millis(millis)))
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.iso())
    }
}

fn text<'a>(of: &'a Value, name: &str) -> Option<&'a str> {
    of.get(name)?.as_str()
}

#[cfg(test)]
mod tests;
