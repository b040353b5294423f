//! Opens and closes at the hours of the house: by one node, when the next change is due, and
//! often besides, as clocks are moved and nodes come and go.

use std::sync::Arc;
use std::time::Duration;

use hark_chat::{Refusal, hours};
use hark_store::{Ids, Store, Timestamp, Tx, lease};
use hark_wire::Wire;

const LEASE: &str = "hours";
const HELD_FOR_SECONDS: i64 = 20;
/// Whoever follows a node that died comes in time for the minute.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// At the end nothing waits for a database that says nothing.
const FAREWELL: Duration = Duration::from_secs(1);

pub(crate) fn owner() -> String {
    Ids::from_system().id17()
}

pub(crate) async fn keep(store: Store, wire: Arc<Wire>, owner: String) {
    loop {
        let wait = match turn(&store, &wire, &owner).await {
            Ok(next) => wait_until(next, store.clock().now()),
            Err(error) => {
                tracing::warn!(error = %error, "the opening hours were not looked at; it is tried again");
                LONGEST_WAIT
            }
        };
        tokio::time::sleep(wait).await;
    }
}

async fn turn(store: &Store, wire: &Arc<Wire>, owner: &str) -> Result<Option<Timestamp>, Refusal> {
    let (now, owner, wire) = (store.clock().now(), owner.to_owned(), Arc::clone(wire));
    store
        .write(move |tx: &mut Tx<'_>| -> Result<_, Refusal> {
            let until = now.plus_seconds(HELD_FOR_SECONDS);
            if !lease::take(tx, now, LEASE, &owner, until)? {
                return Ok(None);
            }
            let policy = wire.policies().at(tx)?;
            hours::apply(tx, now, &policy)
        })
        .await
}

/// At an orderly end the next node, or the next start of this one, need not wait.
pub(crate) async fn hand_over(store: &Store, owner: String) {
    let giving = store.write(move |tx: &mut Tx<'_>| lease::give_up(tx, LEASE, &owner));
    if !matches!(tokio::time::timeout(FAREWELL, giving).await, Ok(Ok(()))) {
        tracing::debug!("the lease of the opening hours ends by itself");
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
