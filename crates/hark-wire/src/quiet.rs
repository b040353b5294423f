//! Whether what waits is sent.

use std::fmt;

use hark_model::facts;
use hark_store::{Result, View};

use crate::wire::Wire;

/// Why no webhook and no mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quiet {
    /// This server was started so.
    Switched,
    /// The database is a copy of another.
    Copy,
}

impl Quiet {
    /// Why this server sends nothing at this moment, no matter who asks it to.
    pub(crate) async fn here(wire: &Wire) -> Result<Option<Self>> {
        let delivers = wire.options.delivers;
        wire.store.read(move |view| Self::at(view, delivers)).await
    }

    /// `delivers`: whether this server may.
    pub fn at(view: &mut View<'_>, delivers: bool) -> Result<Option<Self>> {
        if !delivers {
            return Ok(Some(Self::Switched));
        }
        Ok(facts::is_copy(view)?.then_some(Self::Copy))
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Switched => {
                "no webhook and no mail is sent: this server was started with --deliver off"
            }
            Self::Copy => {
                "no webhook and no mail is sent: this is a restored copy; when it is the one that counts, run: hark admin deliver"
            }
        })
    }
}
