//! The store: every durable fact of Hark, on one of two engines.
//!
//! A caller hands over a *command*, a plain function on a [`Tx`], and awaits its outcome:
//! `store.write(|tx| …).await`. When the answer is there, it is on disk. A *query* is the same on
//! a [`View`]: `store.read(|view| …).await`. Nothing of the engine shows through.
//!
//! * [`sqlite`]: one writer thread takes waiting commands and commits many of them together;
//!   readers have connections of their own and never wait for it.
//! * [`postgres`]: a bounded set of threads, each with its connection. PostgreSQL's own group
//!   commit does the rest.
//!
//! A command may run more than once before it is answered (its group is rolled back, a
//! connection breaks, two commands deadlock), so it is an `Fn` and touches nothing but the `Tx`.
//!
//! The [`log`] is the one way in which the rest of the program learns what happened. What lasts only
//! a moment nodes tell each other by [`whispers`], which keep nothing.

mod backup;
mod clock;
mod error;
mod ids;
mod job;
pub mod lease;
pub mod log;
mod migrate;
mod postgres;
mod sqlite;
mod statement;
mod store;
mod tx;
mod whispers;

pub use backup::{copy_sqlite, inspect_sqlite};
pub use clock::{Clock, Timestamp};
pub use error::{Error, OpenError};
pub use ids::Ids;
pub use log::{Event, Follower, NewEvent, Position};
pub use statement::Statement;
pub use store::{Engine, Options, Stats, Store, knock};
pub use tx::{Column, Columns, Param, Row, Tx, View};

/// Every statement of this crate, for the test that prepares and explains them on both engines.
pub fn all_statements() -> Vec<&'static Statement> {
    [log::ALL, lease::ALL].concat()
}

pub mod explain {
    //! The check that no statement of the program walks through a growing table.
    pub use crate::statement::explain::{Plan, plan};
}
