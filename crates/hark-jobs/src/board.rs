use std::sync::Arc;
use std::time::Duration;

use hark_store::Locked;
use tokio::time::Instant;

/// How long something that connections depend on may be down before the node counts as not ready.
const UNREADY_AFTER: Duration = Duration::from_secs(60);

/// How the jobs of this node are doing. Clones share it.
#[derive(Clone, Default)]
pub struct Board(Arc<Locked<Vec<Arc<Locked<Entry>>>>>);

struct Entry {
    name: &'static str,
    serves_connections: bool,
    state: State,
    restarts: u64,
    /// A turn that goes on for ever is taken for well while it lasts.
    is_in_a_long_turn: bool,
    succeeded: Option<Instant>,
}

/// What a job is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Working,
    /// Another node has the lease.
    Elsewhere,
    Failing {
        since: Instant,
        why: String,
    },
}

/// One job at one moment.
#[derive(Clone, Debug)]
pub struct Status {
    pub name: &'static str,
    pub state: State,
    /// How often it has broken off.
    pub restarts: u64,
    /// How long ago it did its work, at this node.
    pub succeeded: Option<Duration>,
    serves_connections: bool,
}

impl Status {
    /// Whether this node should be spared until it is back.
    pub fn is_unready(&self) -> bool {
        self.serves_connections
            && matches!(&self.state, State::Failing { since, .. } if since.elapsed() > UNREADY_AFTER)
    }
}

impl Board {
    pub fn jobs(&self) -> Vec<Status> {
        let entries = self.0.lock();
        entries.iter().map(|entry| entry.lock().status()).collect()
    }

    pub(crate) fn add(&self, name: &'static str, serves_connections: bool) -> Report {
        let entry = Arc::new(Locked::new(Entry {
            name,
            serves_connections,
            state: State::Working,
            restarts: 0,
            is_in_a_long_turn: false,
            succeeded: None,
        }));
        self.0.lock().push(Arc::clone(&entry));
        Report(entry)
    }
}

impl Entry {
    fn status(&self) -> Status {
        Status {
            name: self.name,
            state: self.state.clone(),
            restarts: self.restarts,
            succeeded: if self.is_in_a_long_turn {
                Some(Duration::ZERO)
            } else {
                self.succeeded.map(|at| at.elapsed())
            },
            serves_connections: self.serves_connections,
        }
    }

    fn ends_turn(&mut self) {
        if std::mem::take(&mut self.is_in_a_long_turn) {
            self.succeeded = Some(Instant::now());
        }
    }

    /// Whether it did not fail before.
    fn fails(&mut self, why: &str) -> bool {
        self.ends_turn();
        let (since, is_new) = match self.state {
            State::Failing { since, .. } => (since, false),
            State::Working | State::Elsewhere => (Instant::now(), true),
        };
        self.state = State::Failing {
            since,
            why: why.to_owned(),
        };
        is_new
    }

    fn works_again(&mut self) {
        if let State::Failing { since, .. } = &self.state {
            let seconds = since.elapsed().as_secs();
            tracing::info!(job = self.name, seconds, "a job does its work again");
        }
        self.state = State::Working;
    }
}

/// Where one job's lifecycle writes.
pub(crate) struct Report(Arc<Locked<Entry>>);

impl Report {
    /// A turn has done its work.
    pub(crate) fn succeeded(&self) {
        let entry = &mut *self.0.lock();
        entry.is_in_a_long_turn = false;
        entry.succeeded = Some(Instant::now());
        entry.works_again();
    }

    /// A turn goes on, and is well.
    pub(crate) fn goes_on(&self) {
        let entry = &mut *self.0.lock();
        entry.is_in_a_long_turn = true;
        entry.works_again();
    }

    /// A life begins here.
    pub(crate) fn begins(&self) {
        let entry = &mut *self.0.lock();
        if entry.state == State::Elsewhere {
            entry.state = State::Working;
        }
    }

    /// Another node does it.
    pub(crate) fn elsewhere(&self) {
        let entry = &mut *self.0.lock();
        entry.ends_turn();
        entry.state = State::Elsewhere;
    }

    /// It did not do its work, and tries again.
    pub(crate) fn failing(&self, why: &str) {
        let entry = &mut *self.0.lock();
        let job = entry.name;
        if entry.fails(why) {
            tracing::warn!(
                job,
                error = why,
                "a job could not do its work; it tries again"
            );
        } else {
            tracing::debug!(job, error = why, "a job could still not do its work");
        }
    }

    /// It starts again after a pause.
    pub(crate) fn broke_off(&self, why: &str, pause: Duration) {
        let entry = &mut *self.0.lock();
        entry.fails(why);
        entry.restarts += 1;
        tracing::error!(
            job = entry.name,
            error = why,
            restarts = entry.restarts,
            pause_seconds = pause.as_secs(),
            "a job broke off; it starts again"
        );
    }
}
