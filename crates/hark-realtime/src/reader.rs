//! The reader of the event log.

use std::sync::Arc;
use std::time::Duration;

use hark_store::{Error, Event, Store, View, log};
use tokio::sync::watch;

use crate::hub::{Hub, Push};

/// Events that are told at once.
const PIECE: usize = 64;
/// Before a store that does not answer is asked again.
const PAUSE: Duration = Duration::from_millis(250);

/// Says what events mean to those who listen. It may be asked twice about the same ones.
pub trait Teller: Send + Sync + 'static {
    type Pass: Clone + Send + 'static;

    fn tell(
        &self,
        view: &mut View<'_>,
        hub: &Hub<Self::Pass>,
        events: &[Event],
    ) -> Result<Vec<Push>, Error>;
}

/// Tells all who listen what happens from now on, until the server stops. What was before they
/// read elsewhere.
pub async fn read<T: Teller>(
    store: Store,
    hub: Arc<Hub<T::Pass>>,
    teller: Arc<T>,
    mut stopping: watch::Receiver<bool>,
) {
    tokio::select! {
        () = follow(&store, &hub, &teller) => {}
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
}

async fn follow<T: Teller>(store: &Store, hub: &Arc<Hub<T::Pass>>, teller: &Arc<T>) {
    let last = loop {
        match store.read(log::last).await {
            Ok(last) => break last,
            Err(error) => pause(&error).await,
        }
    };
    let mut follower = store.follow(last);
    loop {
        match follower.next(PIECE).await {
            Ok(events) => tell(store, hub, teller, events.into()).await,
            Err(error) => pause(&error).await,
        }
    }
}

async fn tell<T: Teller>(
    store: &Store,
    hub: &Arc<Hub<T::Pass>>,
    teller: &Arc<T>,
    events: Arc<[Event]>,
) {
    if hub.is_silent() {
        return;
    }
    loop {
        let (told, to, by) = (Arc::clone(&events), Arc::clone(hub), Arc::clone(teller));
        let look = store.read(move |view| by.tell(view, &to, &told));
        match look.await {
            Ok(pushes) => {
                pushes.iter().for_each(|push| hub.deliver(push));
                return;
            }
            // It would happen again with the same ones.
            Err(error) if !error.passes() => {
                let first = events.first().map(|event| event.position);
                tracing::error!(error = %error, first, "events were not told to those who are connected");
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
