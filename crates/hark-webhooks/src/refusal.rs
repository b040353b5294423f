use hark_store::Error;

/// Why a command of this crate is declined, in words for whoever asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("{field}: {why}")]
    Invalid { field: &'static str, why: String },
    #[error("{0}")]
    Conflict(String),
    #[error(transparent)]
    Store(#[from] Error),
}

impl Refusal {
    pub(crate) fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            why: why.into(),
        }
    }
}

impl From<hark_chat::keys::KeyError> for Refusal {
    fn from(error: hark_chat::keys::KeyError) -> Self {
        Self::Store(Error::Unavailable(error.to_string()))
    }
}
