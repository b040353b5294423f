//! Opens and closes at the business hours: by one node, when the next change is due, and often
//! besides, as clocks are moved and nodes come and go.

use std::sync::Arc;
use std::time::Duration;

use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_model::Who;
use hark_staff::hours;
use hark_store::{Store, Timestamp};
use hark_wire::Wire;

const HELD: Duration = Duration::from_secs(20);
/// A node that follows one that died comes in time for the minute.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

pub(super) fn job(store: &Store, wire: &Arc<Wire>) -> Job {
    let hours = Hours {
        store: store.clone(),
        wire: Arc::clone(wire),
    };
    Job::new("hours", hours).on_one_node(HELD)
}

#[derive(Clone)]
struct Hours {
    store: Store,
    wire: Arc<Wire>,
}

impl Work for Hours {
    async fn turn(&mut self, _: &Turn) -> Result<Rest, JobError> {
        let applied = self.wire.command(Who::System, hours::apply).await;
        let next = applied.map_err(super::refused)?;
        Ok(Rest::For(wait_until(next, self.store.clock().now())))
    }
}

fn wait_until(next: Option<Timestamp>, now: Timestamp) -> Duration {
    let due = next.map(|next| u64::try_from(next.millis_since(now)).unwrap_or(0));
    due.map_or(LONGEST_WAIT, |millis| {
        Duration::from_millis(millis).min(LONGEST_WAIT)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_change_is_waited_for_and_never_for_long() {
        let now = Timestamp::from_millis(1_000_000);
        assert_eq!(wait_until(None, now), LONGEST_WAIT);
        assert_eq!(wait_until(Some(now), now), Duration::ZERO);
        assert_eq!(wait_until(Some(now.plus_millis(-5)), now), Duration::ZERO);
        assert_eq!(
            wait_until(Some(now.plus_millis(700)), now),
            Duration::from_millis(700)
        );
        assert_eq!(wait_until(Some(now.plus_days(3)), now), LONGEST_WAIT);
    }
}
