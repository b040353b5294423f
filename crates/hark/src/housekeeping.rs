//! Background work of the house itself: what has run out is removed, a little at a time, by one
//! node.

use std::time::Duration;

use hark_chat::{mail, messages, sessions};
use hark_store::{Error, Ids, Store, Tx, lease, log};
use hark_webhooks::{deliveries, replays};

const LEASE: &str = "housekeeping";
const EVERY: Duration = Duration::from_secs(60);
const HELD_FOR_SECONDS: i64 = 180;
/// Rows in one command: a chat's command behind it waits for milliseconds, not for seconds.
const AT_ONCE: usize = 500;
/// How many times longer than usual an event waits for a reader that does not come.
const LONGEST_KEEP: i64 = 3;

pub(crate) async fn keep(store: Store, keep_days: i64) {
    let owner = Ids::from_system().id17();
    let mut turns = tokio::time::interval(EVERY);
    loop {
        turns.tick().await;
        if let Err(error) = turn(&store, &owner, keep_days).await {
            tracing::warn!(error = %error, "housekeeping did not finish; it comes again");
        }
    }
}

async fn turn(store: &Store, owner: &str, keep_days: i64) -> Result<(), Error> {
    loop {
        let (now, owner) = (store.clock().now(), owner.to_owned());
        let removed = store
            .write(move |tx: &mut Tx<'_>| -> Result<Option<u64>, Error> {
                let until = now.plus_seconds(HELD_FOR_SECONDS);
                if !lease::take(tx, now, LEASE, &owner, until)? {
                    return Ok(None);
                }
                let old = now.plus_days(-keep_days);
                let oldest = now.plus_days(-keep_days * LONGEST_KEEP);
                let events = log::prune(tx, old, oldest, AT_ONCE)?;
                let visits = messages::forget_stale_visits(tx, now, AT_ONCE as i64)?;
                let sessions = sessions::tidy(tx, now, AT_ONCE as i64)?;
                let mails = mail::tidy(tx, now, AT_ONCE as i64)?;
                let deliveries = deliveries::prune(tx, now, old, AT_ONCE)?;
                let replays = replays::tidy(tx, old, AT_ONCE as i64)?;
                Ok(Some(
                    events + visits + sessions + mails + deliveries + replays,
                ))
            })
            .await?;
        match removed {
            Some(rows) if rows >= AT_ONCE as u64 => {
                tracing::debug!(rows, "removed what has run out; there is more");
            }
            _ => return Ok(()),
        }
    }
}
