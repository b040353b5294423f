use hark_store::text_enum;

use super::Body;
use super::chats::{
    Abandoned, Changed, Closed, Commented, ContactUpdated, Edited, Forwarded, InRoom, LeadCaptured,
    LeftMessage, Navigated, Noted, Overdue, PersonOf, Prioritized, Promised, Rated, Returned, Said,
    Tagged, Taken, TranscriptRequested, VisitorErased,
};
use super::staff::{
    AccountChanged, AgentStatus, BusinessHourChanged, CannedResponseChanged, CircularSent,
    CustomFieldChanged, DepartmentChanged, DepartmentLink, EmailInboxChanged, LoggedOut,
    PasswordForgotten, PermissionChanged, PriorityRenamed, RoleChanged, SettingChanged,
    SiteChanged, SlaChanged, SubscriptionChanged, TagChanged, TriggerChanged, UnitChanged,
};
use super::webhooks::{
    CrmAnswered, DeliveryGivenUp, DeliveryResent, EndpointChanged, EndpointDisabled,
    EndpointFailing, EndpointRecovered, EndpointShed, ReplayStarted, SampleTriggered,
    SecretRotated,
};

impl Kind {
    /// Whether it says that somebody who works here has changed how things are set up: the audit has a
    /// line for it.
    pub const fn is_change_by_staff(self) -> bool {
        matches!(
            self,
            Self::AccountCreated
                | Self::AccountChanged
                | Self::AccountRemoved
                | Self::RoleChanged
                | Self::PermissionChanged
                | Self::SettingChanged
                | Self::DepartmentCreated
                | Self::DepartmentChanged
                | Self::DepartmentRemoved
                | Self::DepartmentAgent
                | Self::TriggerSaved
                | Self::TriggerRemoved
                | Self::PriorityRenamed
                | Self::SlaSaved
                | Self::SlaRemoved
                | Self::TagSaved
                | Self::TagRemoved
                | Self::UnitSaved
                | Self::UnitRemoved
                | Self::CannedResponseSaved
                | Self::CannedResponseRemoved
                | Self::EmailInboxSaved
                | Self::EmailInboxRemoved
                | Self::CircularSent
                | Self::CustomFieldSaved
                | Self::CustomFieldRemoved
                | Self::BusinessHourSaved
                | Self::BusinessHourRemoved
                | Self::SiteCreated
                | Self::SiteSecretRotated
                | Self::SiteRemoved
                | Self::EndpointCreated
                | Self::EndpointChanged
                | Self::EndpointRemoved
                | Self::EndpointPaused
                | Self::EndpointResumed
                | Self::EndpointSecretRotated
                | Self::ReplayStarted
        )
    }
}

macro_rules! kinds {
    ($($kind:ident = $name:literal: $body:ty,)*) => {
        text_enum! {
            /// What kind of event something is, by its name in the log and for those who ask for it.
            #[derive(PartialOrd, Ord, Hash)]
            pub enum Kind {
                $($kind = $name,)*
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
            pub fn parse(kind: Kind, body: &str) -> Result<Self, serde_json::Error> {
                Ok(match kind {
                    $(Kind::$kind => Self::$kind(serde_json::from_str(body)?),)*
                })
            }

            pub(super) fn to_body(&self) -> String {
                let body = match self {
                    $(Self::$kind(body) => serde_json::to_string(body),)*
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
    ChatPriorityChanged = "chat.priority-changed": InRoom<Prioritized>,
    ChatSlaChanged = "chat.sla-changed": InRoom<Promised>,
    ChatOverdue = "chat.overdue": InRoom<Overdue>,
    ChatAbandoned = "chat.abandoned": InRoom<Abandoned>,
    ChatTagged = "chat.tagged": InRoom<Tagged>,
    ChatClosed = "chat.closed": InRoom<Closed>,
    ChatEdited = "chat.edited": InRoom<Edited>,
    MessageVisitor = "message.visitor": InRoom<Said>,
    MessageAgent = "message.agent": InRoom<Said>,
    MessagePosted = "message.posted": InRoom<Said>,
    MessageEdited = "message.edited": InRoom<Changed>,
    MessageDeleted = "message.deleted": InRoom<Changed>,
    NoteAdded = "note.added": InRoom<Noted>,
    NoteEdited = "note.edited": InRoom<Noted>,
    NoteDeleted = "note.deleted": InRoom<Noted>,
    VisitorNavigated = "visitor.navigated": Navigated,
    VisitorChanged = "visitor.changed": InRoom,
    VisitorErased = "visitor.erased": VisitorErased,
    ContactUpdated = "contact.updated": ContactUpdated,
    LeadCaptured = "lead.captured": InRoom<LeadCaptured>,
    FeedbackSubmitted = "feedback.submitted": InRoom<Rated>,
    OfflineSubmitted = "offline.submitted": LeftMessage,
    TranscriptRequested = "transcript.requested": InRoom<TranscriptRequested>,
    TranscriptWithdrawn = "transcript.withdrawn": InRoom,
    TranscriptSent = "transcript.sent": InRoom,
    TranscriptPdfRequested = "transcript.pdf-requested": InRoom,
    TranscriptPdfWritten = "transcript.pdf-written": InRoom,
    TranscriptPdfFailed = "transcript.pdf-failed": InRoom,
    RoomLeft = "room.left": InRoom<PersonOf>,
    SubscriptionChanged = "subscription.changed": SubscriptionChanged,
    AgentStatus = "agent.status": AgentStatus,
    AccountCreated = "account.created": AccountChanged,
    AccountChanged = "account.changed": AccountChanged,
    AccountRemoved = "account.removed": AccountChanged,
    AccountLoggedOut = "account.loggedout": LoggedOut,
    PasswordForgotten = "account.password-forgotten": PasswordForgotten,
    RoleChanged = "role.changed": RoleChanged,
    PermissionChanged = "permission.changed": PermissionChanged,
    SettingChanged = "setting.changed": SettingChanged,
    DepartmentCreated = "department.created": DepartmentChanged,
    DepartmentChanged = "department.changed": DepartmentChanged,
    DepartmentRemoved = "department.removed": DepartmentChanged,
    DepartmentAgent = "department.agent": DepartmentLink,
    TriggerSaved = "trigger.saved": TriggerChanged,
    TriggerRemoved = "trigger.removed": TriggerChanged,
    PriorityRenamed = "priority.renamed": PriorityRenamed,
    SlaSaved = "sla.saved": SlaChanged,
    SlaRemoved = "sla.removed": SlaChanged,
    TagSaved = "tag.saved": TagChanged,
    TagRemoved = "tag.removed": TagChanged,
    UnitSaved = "unit.saved": UnitChanged,
    UnitRemoved = "unit.removed": UnitChanged,
    CannedResponseSaved = "canned-response.saved": CannedResponseChanged,
    CannedResponseRemoved = "canned-response.removed": CannedResponseChanged,
    EmailInboxSaved = "email-inbox.saved": EmailInboxChanged,
    EmailInboxRemoved = "email-inbox.removed": EmailInboxChanged,
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
    CrmAnswered = "crm.answered": CrmAnswered,
    DeliveryGivenUp = "delivery.given-up": DeliveryGivenUp,
    DeliveryResent = "delivery.resent": DeliveryResent,
    ReplayStarted = "replay.started": ReplayStarted,
    SampleTriggered = "sample.triggered": SampleTriggered,
}
