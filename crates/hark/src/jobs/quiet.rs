//! What sends something waits while the database is a copy of which nobody has said that it counts.

use std::time::Duration;

use hark_jobs::{AnyWork, Job, JobError, Rest, Turn, Work};
use hark_model::facts;
use hark_store::Store;

/// How often it is looked whether somebody has.
const EVERY: Duration = Duration::from_secs(1);

pub(super) fn unless_quiet(job: Job, store: &Store) -> Job {
    let store = store.clone();
    job.wrapped(move |work| Waiting {
        work,
        store: store.clone(),
        is_over: false,
    })
}

struct Waiting {
    work: AnyWork,
    store: Store,
    is_over: bool,
}

impl Work for Waiting {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        if !self.is_over {
            if self.store.read(facts::is_copy).await? {
                return Ok(Rest::For(EVERY));
            }
            self.is_over = true;
        }
        self.work.turn(turn).await
    }

    async fn woken(&mut self) {
        if !self.is_over {
            return std::future::pending().await;
        }
        self.work.woken().await;
    }
}
