use hark_store::{Position, Timestamp};
use serde::{Deserialize, Serialize};

use super::Body;
use super::snapshots::Actor;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointChanged {
    pub endpoint: String,
    pub by: Actor,
}

/// Nothing arrives there any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointFailing {
    pub endpoint: String,
    pub name: String,
    pub since: Timestamp,
    /// The class of what goes wrong.
    pub error: String,
    pub reason: String,
}

/// Failures stopped the deliveries to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointDisabled {
    pub endpoint: String,
    pub by: Actor,
    pub reason: String,
    #[serde(default)]
    pub name: String,
}

/// Something arrives again where nothing did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointRecovered {
    pub endpoint: String,
    pub name: String,
    /// When it had begun to fail.
    pub since: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRotated {
    pub endpoint: String,
    pub by: Actor,
    /// How the new secret signs.
    pub scheme: String,
}

/// Deliveries that never arrived were removed at the end of their keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointShed {
    pub endpoint: String,
    pub deliveries: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryResent {
    pub delivery: String,
    pub by: Actor,
}

/// The CRM has answered to a webhook of the workspace what it had not answered before in this chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrmAnswered {
    pub room: String,
}

/// It did not arrive, and is not tried again by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryGivenUp {
    pub delivery: String,
    pub endpoint: String,
    pub name: String,
    /// The place in the log of what it tells of, its kind, and its conversation.
    pub event: Position,
    pub kind: String,
    pub conversation: Option<String>,
    pub attempts: i64,
    pub status: Option<i64>,
    pub error: Option<String>,
}

/// A sample is to go to those who want its kind, or to one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleTriggered {
    pub kind: String,
    pub endpoint: Option<String>,
    pub by: Actor,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayStarted {
    pub replay: String,
    pub endpoint: String,
    pub by: Actor,
}

/// What is about an endpoint, and who did it.
macro_rules! about {
    ($($body:ident by $by:expr;)*) => {$(
        impl Body for $body {
            fn by(&self) -> Option<&Actor> {
                let by: fn(&Self) -> &Actor = $by;
                Some(by(self))
            }

            fn endpoint(&self) -> Option<&str> {
                Some(&self.endpoint)
            }
        }
    )*};
}

about! {
    EndpointChanged by |body| &body.by;
    EndpointFailing by |_| &Actor::System;
    EndpointDisabled by |body| &body.by;
    EndpointRecovered by |_| &Actor::System;
    SecretRotated by |body| &body.by;
    EndpointShed by |_| &Actor::System;
    DeliveryGivenUp by |_| &Actor::System;
    ReplayStarted by |body| &body.by;
}

impl Body for CrmAnswered {}
impl Body for DeliveryResent {}
impl Body for SampleTriggered {}
