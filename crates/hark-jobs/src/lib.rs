//! Work that nobody asks for, and the one lifecycle of all of it.
//!
//! A [`Job`] has a name, a lease if only one node may do it, and its [`Work`]: a turn that says how long
//! it may rest afterwards, and what wakes it before. [`start`] runs each in a task of its own: takes
//! the lease, keeps it and hands it over; starts again what panicked or ended, after a pause that grows;
//! and writes on the [`Board`] how each is doing, for `/readyz` and the metrics.
//!
//! * [`lifecycle`]: from the first turn to the last
//! * [`lease`]: one node at a time, whatever their clocks say
//! * [`leaps`]: how far the system's clock was set ahead

mod board;
mod leaps;
mod lease;
mod lifecycle;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hark_store::{Error, Timestamp};
use tokio::sync::watch;

pub use crate::board::{Board, State, Status};
use crate::leaps::Leaps;
pub use crate::lease::Holding;
pub use crate::lifecycle::{Running, start};

/// What is done again and again.
pub trait Work: Send + 'static {
    /// Does what there is to do. May be dropped between two steps, unless the job
    /// [finishes](Ending::Finished) its turns.
    fn turn(&mut self, turn: &Turn) -> impl Future<Output = Result<Rest, JobError>> + Send;

    /// Comes back when there is something to do before the rest is over. Asked again for each rest,
    /// and dropped at its end.
    fn woken(&mut self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// What follows a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Another one, at the latest after so long.
    For(Duration),
    /// Nothing: it was asked to stop. Answered at any other time, it counts as breaking off.
    Ended,
}

/// Why a turn did not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobError {
    /// It is worth another try with what the work has in hand.
    Passing(String),
    /// The work has to begin anew.
    Broken(String),
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        if error.passes() {
            Self::Passing(error.to_string())
        } else {
            Self::Broken(error.to_string())
        }
    }
}

/// What a turn is given.
pub struct Turn {
    /// Whose the lease is, for commands that make sure of it.
    pub owner: Arc<str>,
    /// Whether that lease is held still.
    pub holding: Holding,
    leaps: Arc<Leaps>,
    stopping: watch::Receiver<bool>,
}

impl Turn {
    /// The moment in which something has to have been to be this old. What was written before the
    /// system's clock was set ahead is not older for that.
    pub fn ago(&self, age: Duration) -> Timestamp {
        self.now_for(age).minus(age)
    }

    /// The present for a command that itself counts back so long from it, and not longer.
    pub fn now_for(&self, age: Duration) -> Timestamp {
        let allowance = self.leaps.within(age);
        self.leaps.now().plus_millis(-allowance)
    }

    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.clone()
    }
}

/// How a job ends when the server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Before connections are cut off, so that it does not take them for people who have gone.
    First,
    /// Its turn is dropped.
    AtOnce,
    /// It is asked to end, and has some seconds to finish what it has begun.
    Finished,
}

/// A piece of work with its place in the lifecycle.
pub struct Job {
    name: &'static str,
    /// How long one node holds it without a sign of life; `None`: each node does it.
    lease: Option<Duration>,
    /// After a turn that did not do its work.
    retry: Duration,
    ending: Ending,
    serves_connections: bool,
    begin: Box<dyn Fn() -> AnyWork + Send + Sync>,
}

impl Job {
    /// Each life begins with the work as it is given here: the first, and those after it broke off.
    pub fn new<W: Work + Clone + Sync>(name: &'static str, work: W) -> Self {
        Self {
            name,
            lease: None,
            retry: Duration::from_secs(5),
            ending: Ending::AtOnce,
            serves_connections: false,
            begin: Box::new(move || AnyWork(Box::new(work.clone()))),
        }
    }

    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Only one node does it at a time. Another follows when the one says nothing for so long.
    #[must_use]
    pub const fn on_one_node(mut self, held: Duration) -> Self {
        self.lease = Some(held);
        self
    }

    #[must_use]
    pub const fn retries_after(mut self, pause: Duration) -> Self {
        self.retry = pause;
        self
    }

    #[must_use]
    pub const fn ends(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// Those who are connected to this node depend on it: without it the node is not ready.
    #[must_use]
    pub const fn serves_connections(mut self) -> Self {
        self.serves_connections = true;
        self
    }

    /// The same job with its work inside of another.
    #[must_use]
    pub fn wrapped<W: Work>(mut self, wrap: impl Fn(AnyWork) -> W + Send + Sync + 'static) -> Self {
        let begin = self.begin;
        self.begin = Box::new(move || AnyWork(Box::new(wrap(begin()))));
        self
    }
}

/// The work of any job.
pub struct AnyWork(Box<dyn ObjectSafe>);

impl Work for AnyWork {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        self.0.turn(turn).await
    }

    async fn woken(&mut self) {
        self.0.woken().await;
    }
}

/// [`Work`] as an object can have it.
trait ObjectSafe: Send {
    fn turn<'a>(&'a mut self, turn: &'a Turn) -> BoxFuture<'a, Result<Rest, JobError>>;
    fn woken(&mut self) -> BoxFuture<'_, ()>;
}

impl<W: Work> ObjectSafe for W {
    fn turn<'a>(&'a mut self, turn: &'a Turn) -> BoxFuture<'a, Result<Rest, JobError>> {
        Box::pin(Work::turn(self, turn))
    }

    fn woken(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(Work::woken(self))
    }
}
