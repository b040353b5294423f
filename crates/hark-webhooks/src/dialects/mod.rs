//! How an event is written: a pure function from the moment of which it tells to bytes. A new
//! dialect is a module with `needs` and `render`, and its line in each function here.

pub mod comm100;
pub mod rocketchat;
pub mod standard;

use std::borrow::Cow;
use std::time::Duration;

use hark_model::events::{Kind, Recorded};
use hark_store::{Timestamp, text_enum};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::moment::{Moment, Needs};
use crate::schedule::{Schedule, Success};

text_enum! {
    #[derive(Hash, PartialOrd, Ord)]
    pub enum Dialect {
        RocketChat = "rocketchat",
        Comm100 = "comm100",
        Standard = "standard",
    }
}

impl Dialect {
    /// The kind under which an endpoint asks for this event; nothing when the dialect has no word
    /// for it.
    pub fn topic(self, recorded: &Recorded) -> Option<Kind> {
        match self {
            Self::RocketChat => rocketchat::topic(&recorded.event),
            Self::Comm100 => comm100::topic(&recorded.event),
            Self::Standard => Some(recorded.kind()),
        }
    }

    /// What has to be looked up before an event can be written.
    pub fn needs(self, recorded: &Recorded) -> Needs {
        match self {
            Self::RocketChat => rocketchat::needs(&recorded.event),
            Self::Comm100 => comm100::needs(&recorded.event),
            Self::Standard => standard::needs(recorded.kind()),
        }
    }

    /// The body. Nothing when what it would tell of is gone.
    pub fn render(self, moment: &Moment<'_>) -> Option<Vec<u8>> {
        match self {
            Self::RocketChat => rocketchat::render(moment),
            Self::Comm100 => comm100::render(moment),
            Self::Standard => standard::render(moment),
        }
    }

    /// How endpoints of this dialect are served unless they wish otherwise.
    pub fn schedule(self) -> Schedule {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        let (success, timeout, delays): (Success, u64, &[u64]) = match self {
            Self::RocketChat => (Success::Exactly200, 5, &[10; 10]),
            Self::Comm100 => (
                Success::Any2xx,
                10,
                &[MINUTE, 10 * MINUTE, HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR],
            ),
            Self::Standard => (
                Success::Any2xx,
                15,
                &[
                    5,
                    5 * MINUTE,
                    30 * MINUTE,
                    2 * HOUR,
                    5 * HOUR,
                    10 * HOUR,
                    14 * HOUR,
                    20 * HOUR,
                    24 * HOUR,
                ],
            ),
        };
        Schedule {
            success,
            timeout: Duration::from_secs(timeout),
            delays: delays.iter().copied().map(Duration::from_secs).collect(),
            jitter: self == Self::Standard,
            heeds_receiver: self == Self::Standard,
            concurrency: 32,
        }
    }
}

/// A moment as ISO 8601 writes it, in UTC, with milliseconds.
#[derive(Clone, Copy)]
pub struct Iso(pub Timestamp);

impl Serialize for Iso {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.iso())
    }
}

impl JsonSchema for Iso {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}
/// A browser and its system, as two dialects name them.
#[cfg(feature = "fuzzing")]
pub fn read_user_agent(text: &str) {
    rocketchat::user_agent::system(text);
    rocketchat::user_agent::browser(text);
}
