//! Rocket.Chat's webhooks as a CRM gets them: which requests come in which order, what they look
//! like byte by byte, and what becomes of those that are not answered with 200.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bodies;
mod crm;
mod delivery;
mod sequences;

const HARK: &str = env!("CARGO_BIN_EXE_hark");
