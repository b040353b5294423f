//! PostgreSQL: bounded threads with a connection each, the sequencer of the event log, and the
//! listener that hears of other nodes' events.
//!
//! Commands run under READ COMMITTED. Whatever a command decides on it locks or changes
//! conditionally, so that it means the same here as behind SQLite's single writer. Deadlocks and
//! lost connections before the commit are played again; a connection lost *during* the commit is
//! answered as an error, since nobody knows.
//!
//! * [`server`]: where the database is and how to get in
//! * [`session`]: one thread's connection
//! * [`crew`]: the threads that write and read
//! * [`sequencer`]: the order of the log, and the wake-ups between nodes
//! * [`whisper`]: what nodes tell each other and nobody keeps
//! * [`words`]: what an error means

mod crew;
mod sequencer;
mod server;
mod session;
mod whisper;
mod words;

use std::time::Duration;

pub(crate) use crew::{Crew, start};
pub(crate) use server::Server;
pub(crate) use session::Session;
pub(crate) use words::words;

/// How often the threads look up from waiting: to end, and as the safety net under wake-ups.
const LOOK_AROUND: Duration = Duration::from_millis(500);
