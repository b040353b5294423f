use serde_json::Value;

use super::Body;
use super::chats::{
    Changed, Closed, Commented, Edited, Forwarded, InRoom, LeadCaptured, LeftMessage, Navigated,
    PersonOf, Rated, Returned, Said, Taken, TranscriptRequested,
};
use super::staff::{
    AccountChanged, AgentStatus, BusinessHourChanged, CircularSent, CustomFieldChanged,
    DepartmentChanged, DepartmentLink, LoggedOut, PermissionChanged, RoleChanged, SettingChanged,
    SiteChanged, SubscriptionChanged, TriggerChanged,
};
use super::webhooks::{
    DeliveryGivenUp, DeliveryResent, EndpointChanged, EndpointDisabled, EndpointFailing,
    EndpointRecovered, EndpointShed, ReplayStarted, SampleTriggered, SecretRotated,
};

macro_rules! kinds {
    ($($kind:ident = $name:literal: $body:ty,)*) => {
        /// What kind of event something is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($kind,)*
        }

        impl Kind {
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// Its name in the log, and for those who ask for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }

        /// Something that happened, with all that was true then and that readers need to describe it.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($kind($body),)*
        }

        impl Event {
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                }
            }

            /// Reads a body as it stands in the log.
            pub fn parse(kind: Kind, body: Value) -> Result<Self, serde_json::Error> {
                Ok(match kind {
                    $(Kind::$kind => Self::$kind(serde_json::from_value(body)?),)*
                })
            }

            pub(super) fn to_body(&self) -> Value {
                let body = match self {
                    $(Self::$kind(body) => serde_json::to_value(body),)*
                };
                // Bodies are structs, and all keys of their maps are texts.
                body.expect("a body can be written")
            }

            pub(super) fn as_body(&self) -> &dyn Body {
                match self {
                    $(Self::$kind(body) => body,)*
                }
            }
        }
    };
}

// The names stand here and nowhere else. One that was ever written stays: the log is durable.
kinds! {
    ChatStarted = "chat.started": InRoom,
    ChatQueued = "chat.queued": InRoom,
    ChatTaken = "chat.taken": InRoom<Taken>,
    ChatJoined = "chat.joined": InRoom<PersonOf>,
    ChatForwarded = "chat.forwarded": InRoom<Forwarded>,
    ChatReturned = "chat.returned": InRoom<Returned>,
    ChatOnHold = "chat.onhold": InRoom<Commented>,
    ChatResumed = "chat.resumed": InRoom<Commented>,
    ChatClosed = "chat.closed": InRoom<Closed>,
    ChatEdited = "chat.edited": InRoom<Edited>,
    MessageVisitor = "message.visitor": InRoom<Said>,
    MessageAgent = "message.agent": InRoom<Said>,
    MessagePosted = "message.posted": InRoom<Said>,
    MessageEdited = "message.edited": InRoom<Changed>,
    MessageDeleted = "message.deleted": InRoom<Changed>,
    VisitorNavigated = "visitor.navigated": Navigated,
    VisitorChanged = "visitor.changed": InRoom,
    LeadCaptured = "lead.captured": InRoom<LeadCaptured>,
    FeedbackSubmitted = "feedback.submitted": InRoom<Rated>,
    OfflineSubmitted = "offline.submitted": LeftMessage,
    TranscriptRequested = "transcript.requested": InRoom<TranscriptRequested>,
    TranscriptWithdrawn = "transcript.withdrawn": InRoom,
    TranscriptSent = "transcript.sent": InRoom,
    RoomLeft = "room.left": InRoom<PersonOf>,
    SubscriptionChanged = "subscription.changed": SubscriptionChanged,
    AgentStatus = "agent.status": AgentStatus,
    AccountCreated = "account.created": AccountChanged,
    AccountChanged = "account.changed": AccountChanged,
    AccountRemoved = "account.removed": AccountChanged,
    AccountLoggedOut = "account.loggedout": LoggedOut,
    RoleChanged = "role.changed": RoleChanged,
    PermissionChanged = "permission.changed": PermissionChanged,
    SettingChanged = "setting.changed": SettingChanged,
    DepartmentCreated = "department.created": DepartmentChanged,
    DepartmentChanged = "department.changed": DepartmentChanged,
    DepartmentRemoved = "department.removed": DepartmentChanged,
    DepartmentAgent = "department.agent": DepartmentLink,
    TriggerSaved = "trigger.saved": TriggerChanged,
    TriggerRemoved = "trigger.removed": TriggerChanged,
    CircularSent = "circular.sent": CircularSent,
    CustomFieldSaved = "custom-field.saved": CustomFieldChanged,
    CustomFieldRemoved = "custom-field.removed": CustomFieldChanged,
    BusinessHourSaved = "business-hour.saved": BusinessHourChanged,
    BusinessHourRemoved = "business-hour.removed": BusinessHourChanged,
    BusinessHourOpened = "business-hour.opened": BusinessHourChanged,
    BusinessHourClosed = "business-hour.closed": BusinessHourChanged,
    SiteCreated = "site.created": SiteChanged,
    SiteSecretRotated = "site.secret-rotated": SiteChanged,
    SiteRemoved = "site.removed": SiteChanged,
    EndpointCreated = "endpoint.created": EndpointChanged,
    EndpointChanged = "endpoint.changed": EndpointChanged,
    EndpointRemoved = "endpoint.removed": EndpointChanged,
    EndpointPaused = "endpoint.paused": EndpointChanged,
    EndpointResumed = "endpoint.resumed": EndpointChanged,
    EndpointFailing = "endpoint.failing": EndpointFailing,
    EndpointDisabled = "endpoint.disabled": EndpointDisabled,
    EndpointRecovered = "endpoint.recovered": EndpointRecovered,
    EndpointSecretRotated = "endpoint.secret-rotated": SecretRotated,
    EndpointShed = "endpoint.shed": EndpointShed,
    DeliveryGivenUp = "delivery.given-up": DeliveryGivenUp,
    DeliveryResent = "delivery.resent": DeliveryResent,
    ReplayStarted = "replay.started": ReplayStarted,
    SampleTriggered = "sample.triggered": SampleTriggered,
}

impl Kind {
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}
