//! Brings replays forward, one after the other, on the node that delivers.

use std::sync::Arc;

use bytes::Bytes;
use hark_chat::Policies;
use hark_store::{Error, Position, Store, Timestamp, Tx, View, lease};
use tokio::sync::watch;
use tokio::time::Duration;

use super::{EVENTS_AT_ONCE, Plan, Replay, rows, stretch};
use crate::deliveries::{self, Fresh};
use crate::dialects::Dialect;
use crate::dispatcher::LEASE;
use crate::endpoints;
use crate::fanout;
use crate::moment::House;

const TROUBLE: Duration = Duration::from_secs(2);

pub(crate) struct Worker {
    store: Store,
    policies: Arc<Policies>,
    site_url: Arc<str>,
    owner: String,
}

/// The next step of a replay.
struct Stage {
    replay: Replay,
    reached: Position,
    is_last: bool,
    events: i64,
    again: Vec<Position>,
    bodies: Vec<(Position, Dialect, Bytes)>,
    missing: Vec<Fresh>,
}

impl Worker {
    pub(crate) const fn new(
        store: Store,
        policies: Arc<Policies>,
        site_url: Arc<str>,
        owner: String,
    ) -> Self {
        Self {
            store,
            policies,
            site_url,
            owner,
        }
    }

    /// Looks whenever it is asked to. Whoever sends what is parked hears of each step.
    pub(crate) async fn work(self, mut asked: watch::Receiver<()>, parked: watch::Sender<()>) {
        loop {
            asked.borrow_and_update();
            match self.step().await {
                Ok(true) => {
                    parked.send_replace(());
                    continue;
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(error = %error, "a replay could not be brought forward; it is tried again");
                    tokio::time::sleep(TROUBLE).await;
                    continue;
                }
            }
            if asked.changed().await.is_err() {
                return;
            }
        }
    }

    /// False: there is none to bring forward.
    async fn step(&self) -> Result<bool, Error> {
        let (policies, site_url) = (Arc::clone(&self.policies), Arc::clone(&self.site_url));
        let look = move |view: &mut View<'_>| stage(view, &policies, &site_url);
        let Some(stage) = self.store.read(look).await? else {
            return Ok(false);
        };
        let (now, owner) = (self.store.clock().now(), self.owner.clone());
        let command = move |tx: &mut Tx<'_>| -> Result<(), Error> {
            if !lease::pin(tx, now, LEASE, &owner)? {
                return Err(Error::Unavailable("another node delivers now".into()));
            }
            advance(tx, now, &stage)
        };
        self.store.write(command).await?;
        Ok(true)
    }
}

fn stage(
    view: &mut View<'_>,
    policies: &Policies,
    site_url: &Arc<str>,
) -> Result<Option<Stage>, Error> {
    let Some(replay) = rows::next(view)? else {
        return Ok(None);
    };
    let policy = policies.at(view)?;
    let endpoints = endpoints::all(view, policies.keys(), &policy)?;
    let endpoint = endpoints
        .iter()
        .find(|endpoint| endpoint.number == replay.endpoint);
    let events = match endpoint {
        Some(_) => stretch(view, replay.reached, replay.until)?,
        // It was removed; the replay has nothing more to do.
        None => Vec::new(),
    };
    let house = House {
        site_url: Arc::clone(site_url),
        policy,
        keys: Arc::clone(policies.keys()),
    };
    let mut stage = Stage {
        reached: events.last().map_or(replay.until, |last| last.position),
        is_last: events.len() < EVENTS_AT_ONCE,
        replay,
        events: 0,
        again: Vec::new(),
        bodies: Vec::new(),
        missing: Vec::new(),
    };
    let Some(endpoint) = endpoint else {
        return Ok(Some(stage));
    };
    for event in events {
        if !endpoint.would_want(&event) {
            continue;
        }
        stage.events += 1;
        let state = deliveries::rows::state_of(view, endpoint.number, event.position)?;
        match Plan::of(state, stage.replay.failed_only) {
            Plan::Leave => {}
            Plan::Again => stage.again.push(event.position),
            Plan::Make => {
                let written = fanout::bodies(view, &house, &event, &[endpoint])?;
                for (dialect, body) in written {
                    stage
                        .missing
                        .push(fanout::fresh(vec![endpoint.number], &event));
                    stage.bodies.push((event.position, dialect, body));
                }
            }
        }
    }
    Ok(Some(stage))
}

fn advance(tx: &mut Tx<'_>, now: Timestamp, stage: &Stage) -> Result<(), Error> {
    let endpoint = stage.replay.endpoint;
    deliveries::lock(tx, endpoint)?;
    let queued = (stage.again.len() + stage.missing.len()) as i64;
    let finished = stage.is_last.then_some(now);
    let changed = rows::advance(
        tx,
        &stage.replay.id,
        stage.reached,
        stage.events,
        queued,
        finished,
    )?;
    if changed == 0 {
        return Ok(());
    }
    deliveries::make(tx, &stage.bodies, &stage.missing)?;
    for fresh in &stage.missing {
        deliveries::park(tx, now, endpoint, fresh)?;
    }
    for position in &stage.again {
        deliveries::send_again(tx, now, endpoint, *position)?;
    }
    Ok(())
}
