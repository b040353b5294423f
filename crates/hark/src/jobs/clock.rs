//! Compares the system's clock with the time that passes, and remembers on disk how late it is for sure.

use std::time::{Duration, Instant};

use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_model::facts;
use hark_store::{Error, Store, Timestamp, Tx, View};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(1);
/// How often it is written down.
const WRITTEN_EVERY: Duration = Duration::from_secs(60);
/// Somebody who said so long ago that the clock is right meant another time.
const MEANT_FOR: i64 = 3_600_000;

pub(super) fn job(store: &Store) -> Job {
    let watch = Watch {
        store: store.clone(),
        written: None,
    };
    Job::new("clock", watch)
}

#[derive(Clone)]
struct Watch {
    store: Store,
    written: Option<Instant>,
}

impl Work for Watch {
    async fn turn(&mut self, _: &Turn) -> Result<Rest, JobError> {
        if let Some(doubt) = self.store.clock().doubt() {
            let look = |view: &mut View<'_>| facts::believed_at(view);
            let believed: Option<Timestamp> = self.store.read(look).await?;
            let is_meant =
                |at: Timestamp| at > doubt.passed && doubt.says.millis_since(at).abs() < MEANT_FOR;
            if believed.is_some_and(is_meant) {
                self.store.clock().believe();
            }
        }
        // It is also what notices that writes go through again.
        let is_refused = self.store.refuses_writes().is_some();
        if is_refused || self.written.is_none_or(|at| at.elapsed() >= WRITTEN_EVERY) {
            let now = self.store.clock().sure();
            let saw = move |tx: &mut Tx<'_>| -> Result<(), Error> { facts::saw(tx, now) };
            self.store.write(saw).await?;
            self.written = Some(Instant::now());
        }
        Ok(Rest::For(EVERY))
    }
}
