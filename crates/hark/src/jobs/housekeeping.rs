//! What has run out is removed, a little at a time, by one node.

use std::sync::Arc;
use std::time::Duration;

use hark_chat::figures::duty;
use hark_chat::uploads::quota;
use hark_chat::{email_inboxes, mail, messages, sms};
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_model::{audit, settings};
use hark_staff::sessions;
use hark_store::{Error, Store, Tx, log};
use hark_webhooks::{replays, retention};
use hark_wire::Wire;

const EVERY: Duration = Duration::from_secs(60);
const HELD: Duration = Duration::from_secs(180);
/// For how many days reports can say when agents were there.
pub(crate) const KEEP_DUTY: u32 = 800;
const DAY: Duration = Duration::from_secs(86_400);
/// Rows in one command: a chat's command behind it waits for milliseconds, not for seconds.
const AT_ONCE: usize = 500;
/// How many times longer than usual an event waits for a reader that does not come.
const LONGEST_KEEP: u32 = 3;

pub(super) fn job(store: &Store, wire: &Arc<Wire>, keep_days: u32) -> Job {
    let housekeeping = Housekeeping {
        store: store.clone(),
        wire: Arc::clone(wire),
        keep: DAY * keep_days,
    };
    Job::new("housekeeping", housekeeping)
        .on_one_node(HELD)
        .retries_after(EVERY)
}

#[derive(Clone)]
struct Housekeeping {
    store: Store,
    wire: Arc<Wire>,
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
    /// For how many days it is known who changed what.
    async fn audit_days(&self) -> Result<u32, Error> {
        let wire = Arc::clone(&self.wire);
        let look = self.store.read(move |view| wire.policies.at(view));
        let days = look.await?.number(settings::Audit_log_days);
        Ok(u32::try_from(days).unwrap_or(u32::MAX))
    }

    async fn remove_some(&self, turn: &Turn) -> Result<u64, Error> {
        // What else runs out does so as if the clock had not been set ahead meanwhile.
        let (old, now) = (turn.ago(self.keep), turn.now_for(self.keep));
        let oldest = turn.ago(self.keep * LONGEST_KEEP);
        let over = turn.ago(DAY * KEEP_DUTY);
        let unaudited = turn.ago(DAY * self.audit_days().await?);
        let remove = move |tx: &mut Tx<'_>| -> Result<u64, Error> {
            let events = log::prune(tx, old, oldest, AT_ONCE)?;
            let visits = messages::forget_stale_visits(tx, now, AT_ONCE as i64)?;
            let sessions = sessions::tidy(tx, now, AT_ONCE as i64)?;
            let mails = mail::tidy(tx, now, AT_ONCE as i64)? + sms::tidy(tx, now, AT_ONCE as i64)?;
            let threads = email_inboxes::tidy(tx, now, AT_ONCE as i64)?;
            let deliveries = retention::prune(tx, now, old, AT_ONCE)?;
            let replays = replays::tidy(tx, old, AT_ONCE as i64)?;
            let quotas = quota::tidy(tx, now, AT_ONCE as i64)?;
            let duties = duty::tidy(tx, over, AT_ONCE as i64)?;
            let audited = audit::tidy(tx, unaudited, AT_ONCE as i64)?;
            let others = events + visits + sessions + mails + deliveries + replays + quotas;
            Ok(others + duties + audited + threads)
        };
        self.store.write(remove).await
    }
}
