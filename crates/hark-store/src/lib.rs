//! The store: every durable fact of Hark, on one of two engines.
//!
//! A caller passes a *command*, a plain function on a [`Tx`], and awaits its outcome:
//! `store.write(|tx| …).await`. When the answer is there, it is on disk. A *query* is the same on
//! a [`View`]: `store.read(|view| …).await`. Callers see nothing of the engine.
//!
//! * [`engines::sqlite`]: one writer thread takes waiting commands and commits many of them together;
//!   readers have connections of their own and never wait for it.
//! * [`engines::postgres`]: a bounded set of threads, each with its connection. PostgreSQL's own
//!   group commit does the rest.
//!
//! A command may run more than once before it is answered (its group is rolled back, a
//! connection breaks, two commands deadlock), so it is an `Fn` and touches nothing but the `Tx`.
//!
//! The [`log`] is the one way in which the rest of the program learns what happened. What lasts only
//! a moment nodes send each other over the [`bus`], which keeps nothing.

mod backup;
mod bus;
mod clock;
mod engines;
mod error;
pub mod explain;
mod follower;
mod ids;
mod job;
pub mod lease;
mod locked;
pub mod log;
mod migrate;
mod moving;
mod postgres;
mod record;
mod revision;
mod row;
mod seal;
mod sqlite;
mod statement;
mod store;
mod text_enum;
mod tx;

pub use backup::{COPY, copy_sqlite, inspect_sqlite, restored_sqlite};
pub use clock::{Clock, Doubt, MonotonicClock, Timestamp};
pub use error::{Error, OpenError};
pub use follower::Follower;
pub use ids::Ids;
pub use locked::Locked;
pub use log::{Event, NewEvent, Position};
pub use moving::sqlite_to_postgres;
pub use record::Record;
#[doc(hidden)]
pub use record::joined;
pub use revision::Revision;
pub use row::{Cell, Column, Columns, Json, Param, Row};
pub use seal::is_sealed;
pub use statement::{Statement, Text};
pub use store::{Engine, Options, Stats, Store};
pub use tx::{Tx, View};

/// What a query or a statement answers. Commands that may decline have an error of their own.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every statement of this crate, for the test that prepares and explains them on both engines.
pub fn all_statements() -> Vec<&'static Statement> {
    [log::ALL, lease::ALL, revision::ALL].concat()
}
