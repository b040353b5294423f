//! What has run out is removed, a little at a time, by one node.

use std::time::Duration;

use hark_chat::uploads::quota;
use hark_chat::{mail, messages};
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_staff::sessions;
use hark_store::{Error, Store, Tx, log};
use hark_webhooks::{replays, retention};

const EVERY: Duration = Duration::from_secs(60);
const HELD: Duration = Duration::from_secs(180);
const DAY: Duration = Duration::from_secs(86_400);
/// Rows in one command: a chat's command behind it waits for milliseconds, not for seconds.
const AT_ONCE: usize = 500;
/// How many times longer than usual an event waits for a reader that does not come.
const LONGEST_KEEP: u32 = 3;

pub(super) fn job(store: &Store, keep_days: u32) -> Job {
    let housekeeping = Housekeeping {
        store: store.clone(),
        keep: DAY * keep_days,
    };
    Job::new("housekeeping", housekeeping)
        .on_one_node(HELD)
        .retries_after(EVERY)
}

#[derive(Clone)]
struct Housekeeping {
    store: Store,
    /// How long events and what came of them are kept.
    keep: Duration,
}

impl Work for Housekeeping {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        loop {
            // By a clock that leapt, all of it has run out.
            if self.store.clock().doubt().is_some() {
                return Ok(Rest::For(EVERY));
            }
            let rows = self.remove_some(turn).await?;
            if rows < AT_ONCE as u64 {
                return Ok(Rest::For(EVERY));
            }
            tracing::debug!(rows, "removed what has run out; there is more");
        }
    }
}

impl Housekeeping {
    async fn remove_some(&self, turn: &Turn) -> Result<u64, Error> {
        // What else runs out does so as if the clock had not been set ahead meanwhile.
        let (old, now) = (turn.ago(self.keep), turn.now_for(self.keep));
        let oldest = turn.ago(self.keep * LONGEST_KEEP);
        let remove = move |tx: &mut Tx<'_>| -> Result<u64, Error> {
            let events = log::prune(tx, old, oldest, AT_ONCE)?;
            let visits = messages::forget_stale_visits(tx, now, AT_ONCE as i64)?;
            let sessions = sessions::tidy(tx, now, AT_ONCE as i64)?;
            let mails = mail::tidy(tx, now, AT_ONCE as i64)?;
            let deliveries = retention::prune(tx, now, old, AT_ONCE)?;
            let replays = replays::tidy(tx, old, AT_ONCE as i64)?;
            let quotas = quota::tidy(tx, now, AT_ONCE as i64)?;
            Ok(events + visits + sessions + mails + deliveries + replays + quotas)
        };
        self.store.write(remove).await
    }
}
