use hark_store::Event;

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

    /// The kind of the house's events that it is about.
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
}

pub(crate) fn topic(event: &Event) -> Option<&str> {
    Some(&event.kind)
}

pub(crate) fn needs(_event: &Event) -> Needs {
    Needs::Nothing
}

pub(crate) fn render(moment: &Moment) -> Option<Vec<u8>> {
    Some(moment.event.body.to_string().into_bytes())
}
