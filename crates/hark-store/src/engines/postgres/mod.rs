//! The threads of the PostgreSQL engine: those that write and read, the sequencer of the event log,
//! and the listener that hears of other nodes' events.
//!
//! Commands run under READ COMMITTED. Whatever a command decides on it locks or changes
//! conditionally, so that it means the same here as behind SQLite's single writer. Deadlocks and
//! lost connections before the commit are played again; a connection lost *during* the commit is
//! answered as an error, since nobody knows.
//!
//! * [`workers`]: the threads that write and read
//! * [`sequencer`]: the order of the log
//! * [`listener`]: what other nodes say
//! * [`bus`]: what this node says to the others

mod bus;
mod listener;
mod sequencer;
mod workers;

use std::time::Duration;

pub(crate) use workers::{Workers, start};

/// How often the threads look up from waiting: to end, and as the safety net under wake-ups.
const LOOK_AROUND: Duration = Duration::from_millis(500);
/// The channels of `NOTIFY`: how far the log has come, and the bus.
const EVENTS: &str = "hark_event";
const BUS: &str = "hark_bus";
