//! Real time: who listens to what, and how what happened gets to them.
//!
//! * [`hub`]: those who are connected, their topics, and a bounded queue for each
//! * [`reader`]: the one reader of the event log that turns events into pushes
//!
//! How a topic is called, what gives somebody the right to listen to it and how a push is written is
//! decided by the wire. What lasts only a moment, such as that someone is typing, is in no log: the
//! wire gives it to the hub as it comes, from those who are connected here or from another node.

pub mod hub;
pub mod reader;

pub use hub::{Feed, Hub, Listener, Push, Seat, SeatId, Topic};
pub use reader::{Pusher, Reached, read};
