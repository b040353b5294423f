//! The rules of the chat against real stores: commands one by one, in any order and at once; what
//! has to be true after each of them counted anew with statements of the tests' own; and the
//! refusals in their order.
#![expect(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod agents;
mod connections;
mod cost;
mod figures;
mod hours;
mod identity;
mod mail;
mod pdf_transcripts;
mod recount;
mod refusals;
mod sequences;
mod staff;
mod story;
mod together;
mod uploads;
mod world;
