//! How an event is written: a pure function from the moment of which it tells to bytes. A new
//! dialect is a module with `needs` and `render`, and its line in each function here.

pub mod comm100;
pub mod rocketchat;
pub mod standard;

use std::time::Duration;

use hark_store::Event;

use crate::moment::{Moment, Needs};
use crate::schedule::{Schedule, Success};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    RocketChat,
    Comm100,
    Standard,
}

impl Dialect {
    pub const ALL: [Self; 3] = [Self::RocketChat, Self::Comm100, Self::Standard];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RocketChat => "rocketchat",
            Self::Comm100 => "comm100",
            Self::Standard => "standard",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// The kind under which an endpoint asks for this event; nothing when the dialect has no word
    /// for it.
    pub fn topic(self, event: &Event) -> Option<&str> {
        match self {
            Self::RocketChat => rocketchat::topic(event),
            Self::Comm100 => comm100::topic(event),
            Self::Standard => Some(&event.kind),
        }
    }

    /// What has to be looked up before an event can be written.
    pub fn needs(self, event: &Event) -> Needs {
        match self {
            Self::RocketChat => rocketchat::needs(event),
            Self::Comm100 => comm100::needs(event),
            Self::Standard => standard::needs(event),
        }
    }

    /// The body. Nothing when what it would tell of is gone.
    pub fn render(self, moment: &Moment) -> Option<Vec<u8>> {
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
