//! The database knows who has a window open at this node: one job writes what has changed since the
//! last time, many changes in one command, and says now and then that this node lives. So a server to
//! which everybody comes back at once writes little, and a database that is away for a while hears of it
//! when it is back. Another job, on one node, looks for those who have gone.

use std::sync::Arc;
use std::time::Duration;

use hark_jobs::{Ending, Job, JobError, Rest, Turn, Work};
use hark_model::Who;
use hark_staff::connections;
use hark_store::{Error, Timestamp};
use tokio::time::Instant;

use crate::windows::Changes;
use crate::wire::Wire;

/// How often a node says that it lives, and one of them looks for those who have gone.
const BEAT: Duration = Duration::from_secs(5);
/// A node that looks late gives everybody a minute again, so one beat may be missed.
const LATE: Duration = Duration::from_secs(15);
/// People in one look for those who have gone.
const AT_ONCE: i64 = 200;
/// Commands before it is time for something else.
const IN_A_TURN: usize = 20;
/// Before a store that does not answer is asked again.
const RETRY: Duration = Duration::from_millis(500);

/// At the end of the process nothing is taken back: those who were connected have time to come back,
/// to the next one.
pub(crate) fn jobs(wire: &Arc<Wire>) -> [Job; 2] {
    let reporter = Reporter {
        wire: Arc::clone(wire),
        beat: None,
    };
    let watcher = Watcher {
        wire: Arc::clone(wire),
        looked: None,
    };
    [
        Job::new("connections", reporter)
            .serves_connections()
            .retries_after(RETRY)
            .ends(Ending::First),
        Job::new("presence", watcher)
            .on_one_node(LATE)
            .ends(Ending::First),
    ]
}

#[derive(Clone)]
struct Reporter {
    wire: Arc<Wire>,
    /// When this node has last said that it lives.
    beat: Option<Instant>,
}

impl Work for Reporter {
    async fn turn(&mut self, _: &Turn) -> Result<Rest, JobError> {
        let now = Instant::now();
        let is_due = self.beat.is_none_or(|beat| now >= beat + BEAT);
        report_changes(&self.wire, is_due).await?;
        if is_due {
            self.beat = Some(now);
        }
        let next = self.beat.map_or(now, |beat| beat + BEAT);
        Ok(Rest::For(next.saturating_duration_since(Instant::now())))
    }

    async fn woken(&mut self) {
        self.wire.windows.changed.notified().await;
    }
}

async fn report_changes(wire: &Arc<Wire>, is_beat: bool) -> Result<(), Error> {
    for round in 0..IN_A_TURN {
        let changes = wire.windows.changes();
        let is_due = is_beat && round == 0;
        if changes.is_empty() && !is_due {
            return Ok(());
        }
        match report(wire, &changes).await {
            Ok(is_known) => wire.windows.note(&changes, is_known),
            // Nothing was done.
            Err(Error::Busy) => return Err(Error::Busy),
            Err(error) => {
                wire.windows.doubt(&changes);
                return Err(error);
            }
        }
    }
    // There may be more.
    wire.windows.changed.notify_one();
    Ok(())
}

async fn report(wire: &Arc<Wire>, changes: &Changes) -> Result<bool, Error> {
    let node = wire.windows.node.clone();
    let texts = |accounts: &[Arc<str>]| -> Vec<String> {
        accounts.iter().map(ToString::to_string).collect()
    };
    let (came, went) = (texts(&changes.came), texts(&changes.went));
    wire.command(Who::System, move |cx| {
        connections::report(cx, &node, &came, &went)
    })
    .await
}

#[derive(Clone)]
struct Watcher {
    wire: Arc<Wire>,
    /// When it last looked for those who have gone, by both clocks.
    looked: Option<(Instant, Timestamp)>,
}

impl Work for Watcher {
    async fn turn(&mut self, _: &Turn) -> Result<Rest, JobError> {
        let at = (Instant::now(), self.wire.store.clock().now());
        let is_late = self.looked.is_none_or(|looked| is_late(looked, at));
        look_for_the_gone(&self.wire, at.1, is_late).await?;
        self.looked = Some(at);
        Ok(Rest::For(BEAT))
    }
}

/// Whether nobody has looked for a while, or the system's clock was set to another time since.
fn is_late(looked: (Instant, Timestamp), now: (Instant, Timestamp)) -> bool {
    let by_the_clock = Duration::from_millis(now.1.millis_since(looked.1).unsigned_abs());
    now.0.duration_since(looked.0).max(by_the_clock) > LATE
}

async fn look_for_the_gone(wire: &Arc<Wire>, now: Timestamp, is_late: bool) -> Result<(), Error> {
    let expire = wire.command(Who::System, move |cx| {
        if is_late {
            connections::restart_grace(cx)?;
        }
        connections::expire_dead_nodes(cx)
    });
    expire.await?;
    let overdue = wire
        .store
        .read(move |view| connections::overdue(view, now, AT_ONCE));
    for account in overdue.await? {
        let gone = account.clone();
        let marked = wire.command(Who::System, move |cx| connections::mark_offline(cx, &gone));
        match marked.await {
            Ok(()) => {}
            // It would be the same with the others.
            Err(error) if error.passes() => return Err(error),
            Err(error) => {
                tracing::warn!(%account, %error, "someone has gone, and that could not be written down");
            }
        }
    }
    Ok(())
}
