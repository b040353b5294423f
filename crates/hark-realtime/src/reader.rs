//! The reader of the event log.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hark_store::{Error, Event, Store, View, log};

use crate::hub::{Hub, Push};

/// Events that are turned into pushes together.
const BATCH: usize = 64;
/// Before a store that does not answer is asked again.
const PAUSE: Duration = Duration::from_millis(250);

/// Turns events into pushes.
pub trait Pusher: Send + Sync + 'static {
    type Pass: Clone + Send + 'static;
    type Event: Send + Sync + 'static;

    /// Reads an entry of the log. Nothing: it is left out.
    fn parse(&self, event: Event) -> Option<Self::Event>;

    /// May be asked twice about the same events.
    fn pushes(
        &self,
        view: &mut View<'_>,
        hub: &Hub<Self::Pass>,
        events: &[Self::Event],
    ) -> Result<Vec<Push>, Error>;
}

/// How far the log was pushed; nowhere yet, before the first look at it.
#[derive(Default)]
pub struct Reached(OnceLock<AtomicI64>);

/// Pushes to all who listen what happens from now on, or from where another reader has left off, until
/// it is dropped.
pub async fn read<P: Pusher>(
    store: &Store,
    hub: &Arc<Hub<P::Pass>>,
    pusher: &Arc<P>,
    reached: &Reached,
) {
    let reached = loop {
        if let Some(reached) = reached.0.get() {
            break reached;
        }
        match store.read(log::last).await {
            Ok(last) => break reached.0.get_or_init(|| AtomicI64::new(last)),
            Err(error) => pause(&error).await,
        }
    };
    let mut follower = store.follow(reached.load(Ordering::Relaxed));
    loop {
        match follower.next(BATCH).await {
            Ok(events) => {
                // Before they are pushed: those that break a reader would break the next one as well.
                reached.store(follower.position(), Ordering::Relaxed);
                push(store, hub, pusher, events).await;
            }
            Err(error) => pause(&error).await,
        }
    }
}

async fn push<P: Pusher>(
    store: &Store,
    hub: &Arc<Hub<P::Pass>>,
    pusher: &Arc<P>,
    events: Vec<Event>,
) {
    if hub.is_silent() {
        return;
    }
    let first = events.first().map(|event| event.position);
    let events = events.into_iter();
    let events: Arc<[P::Event]> = events.filter_map(|event| pusher.parse(event)).collect();
    loop {
        let (batch, listening, by) = (Arc::clone(&events), Arc::clone(hub), Arc::clone(pusher));
        let pushes = store.read(move |view| by.pushes(view, &listening, &batch));
        match pushes.await {
            Ok(pushes) => {
                pushes.iter().for_each(|push| hub.deliver(push));
                return;
            }
            // It would fail again with the same events.
            Err(error) if !error.passes() => {
                tracing::error!(error = %error, first, "events were not pushed to those who are connected");
                return;
            }
            Err(error) => pause(&error).await,
        }
    }
}

async fn pause(error: &Error) {
    tracing::debug!(error = %error, "the log cannot be read; trying again");
    tokio::time::sleep(PAUSE).await;
}
