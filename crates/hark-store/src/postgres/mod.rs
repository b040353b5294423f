//! PostgreSQL: where the server is, and how statements run on a connection to it.
//!
//! * [`server`]: the address and how to get in
//! * [`connection`]: what is sent, and what is waited for
//! * [`batch`]: the statements of commands that share a commit
//! * [`session`]: one thread's connection, its transactions and statements
//! * [`failure`]: what an error means

mod batch;
mod connection;
mod failure;
mod server;
mod session;

pub(crate) use failure::describe;
pub(crate) use server::Server;
pub(crate) use session::{PoolState, Session};
