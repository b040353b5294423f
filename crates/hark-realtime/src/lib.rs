//! Real time: who listens to what, and how what happened gets to him.
//!
//! * [`hub`]: the seats of those who are connected, their topics, and a bounded queue for each
//! * [`reader`]: the one reader of the event log that turns events into pushes
//!
//! What a topic is called, what gives somebody the right to hear it and how a push is written is
//! the wire's business. What lasts only a moment, such as that someone writes, is in no log: the wire
//! hands it to the hub as it comes, from those who are connected here or from another node.

pub mod hub;
pub mod reader;

pub use hub::{Feed, Hub, Listener, Push, Seat, SeatId, Topic};
pub use reader::{Teller, read};
