//! What a client of the real-time API listens by.

use std::sync::Arc;

/// What gives someone the right to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pass {
    Nobody,
    /// The token of a visitor.
    Visitor(Arc<str>),
    /// The token of a log-in.
    Login(Arc<str>),
}
