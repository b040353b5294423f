//! The engines' threads, which take commands and queries from the queues and answer them.
//!
//! * [`sqlite`]: one thread that writes, several that read, one for maintenance
//! * [`postgres`]: threads with a connection each, and those that keep the log in order

pub(crate) mod postgres;
pub(crate) mod sqlite;

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::Receiver;
use tokio::sync::watch;

use crate::job::{Read, Write};
use crate::{Error, Locked, OpenError};

/// What waits to be done.
pub(crate) struct Work {
    pub(crate) writes: Receiver<Box<dyn Write>>,
    pub(crate) reads: Receiver<Box<dyn Read>>,
}

/// What the threads have done, and how far the log has come.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) groups: AtomicU64,
    pub(crate) commands: AtomicU64,
    pub(crate) statements: AtomicU64,
    pub(crate) waits: AtomicU64,
    pub(crate) position: watch::Sender<i64>,
    /// Why nothing can be written, as the last write that was tried found it.
    pub(crate) refusal: Locked<Option<Error>>,
}

impl Counters {
    /// How a write went that changes something. It is said once when none can be made any more, and once
    /// when they can again: each of those in between would say the same.
    pub(crate) fn wrote(&self, outcome: Result<(), &Error>) {
        let refusal = match outcome {
            Ok(()) => None,
            Err(error @ (Error::Full | Error::ReadOnly(_))) => Some(error.clone()),
            // Of this command, or of a database that is away, which reads notice as well.
            Err(_) => return,
        };
        let mut known = self.refusal.lock();
        match (&*known, &refusal) {
            (None, Some(error)) => {
                tracing::error!(error = %error, "nothing can be written; it is said when it is over");
            }
            (Some(_), None) => tracing::info!("the database can be written again"),
            _ => {}
        }
        *known = refusal;
    }

    /// What a command or a look asked of the engine.
    pub(crate) fn asked(&self, statements: u64, waits: u64) {
        self.statements.fetch_add(statements, Ordering::Relaxed);
        self.waits.fetch_add(waits, Ordering::Relaxed);
    }

    /// Positions only grow, in whichever order they are reported.
    pub(crate) fn advance(&self, position: i64) {
        self.position.send_if_modified(|known| {
            let newer = position > *known;
            if newer {
                *known = position;
            }
            newer
        });
    }
}

fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    // What it logs goes where that of the one who opened the store goes.
    let log = tracing::dispatcher::get_default(tracing::Dispatch::clone);
    std::thread::Builder::new()
        .name(name)
        .spawn(move || tracing::dispatcher::with_default(&log, body))
        .map_err(|error| OpenError::Store(Error::Unavailable(error.to_string())))
}
