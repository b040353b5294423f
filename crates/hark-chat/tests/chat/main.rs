//! The life of chats against real stores: commands in any order and at once, what has to be true
//! after each of them counted anew with statements of the tests' own, and the refusals in their
//! order.
#![expect(clippy::unwrap_used, reason = "tests")]

mod house;
mod recount;
mod refusals;
mod sequences;
mod story;
mod together;
