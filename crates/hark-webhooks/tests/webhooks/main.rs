//! Webhooks, from the event to the receiver.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bodies;
mod engine;
mod signatures;
mod statements;
mod world;
