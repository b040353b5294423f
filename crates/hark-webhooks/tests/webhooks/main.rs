//! Webhooks, from the event to the receiver.
#![expect(clippy::unwrap_used, reason = "tests")]

mod behind;
mod bodies;
mod cost;
mod engine;
mod signatures;
mod statements;
mod world;
