use std::borrow::Cow;

use hark_store::Error;

/// Why a command of this crate is declined, in words for the one who asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("{field}: {why}")]
    Invalid {
        /// With slashes between where it is a part of a member: `policy/delaysMs/0`.
        field: Cow<'static, str>,
        why: String,
    },
    #[error("{0}")]
    Conflict(String),
    #[error(transparent)]
    Store(#[from] Error),
}

impl Refusal {
    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, why: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.into(),
            why: why.into(),
        }
    }
}

impl From<hark_model::keys::KeyError> for Refusal {
    fn from(error: hark_model::keys::KeyError) -> Self {
        Self::Store(Error::Unavailable(error.to_string()))
    }
}
