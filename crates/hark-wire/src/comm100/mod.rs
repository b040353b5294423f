//! Comm100's webhook API and its tokens. How it answers is in [`crate::comm100_answer`].

pub(crate) mod oauth;
pub(crate) mod webhooks;
