//! PostgreSQL: where the server is, and how statements run on a connection to it.
//!
//! * [`server`]: the address and how to get in
//! * [`session`]: one thread's connection
//! * [`failure`]: what an error means

mod failure;
mod server;
mod session;

pub(crate) use failure::{Interruption, describe};
pub(crate) use server::Server;
pub(crate) use session::Session;
