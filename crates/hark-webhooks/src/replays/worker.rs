//! Brings replays forward, one after the other, on the node that delivers.

use std::sync::Arc;

use bytes::Bytes;
use hark_jobs::{JobError, Rest, Turn, Work};
use hark_model::events::Recorded;
use hark_store::{Position, Result, Timestamp, Tx, View, lease, params};
use tokio::sync::watch;
use tokio::time::Duration;

use super::{EVENTS_AT_ONCE, Plan, Replay, State, rows, stretch};
use crate::LEASE;
use crate::deliveries::{self, NewDeliveries};
use crate::dialects::Dialect;
use crate::endpoints;
use crate::fanout;
use crate::parts::Parts;

pub(crate) const RETRY_PAUSE: Duration = Duration::from_secs(2);
/// Between two looks that nobody has asked for.
const LONGEST_REST: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub(crate) struct Worker {
    with: Parts,
    /// Something may be there to do.
    asked: watch::Receiver<()>,
    /// Something was parked for the lanes.
    parked: watch::Sender<()>,
}

/// What is written of a replay in one command.
struct Step {
    replay: Replay,
    reached: Position,
    is_last: bool,
    events: i64,
    /// Deliveries that are sent again.
    again: Vec<Position>,
    bodies: Vec<(Position, Dialect, Bytes)>,
    /// Those that there were none of yet.
    missing: Vec<NewDeliveries>,
}

impl Worker {
    pub(crate) fn new(with: &Parts, asked: watch::Receiver<()>, parked: watch::Sender<()>) -> Self {
        Self {
            with: with.clone(),
            asked,
            parked,
        }
    }

    /// False: no replay is running, or another node delivers.
    async fn step(&self, owner: &Arc<str>) -> Result<bool> {
        let store = &self.with.store;
        let with = self.with.clone();
        let look = move |view: &mut View<'_>| next_step(view, &with);
        let Some(step) = store.read(look).await? else {
            return Ok(false);
        };
        let (now, owner) = (store.clock().now(), Arc::clone(owner));
        let command = move |tx: &mut Tx<'_>| -> Result<bool> {
            let is_ours = lease::pin(tx, now, LEASE, &owner)?;
            if is_ours {
                advance(tx, now, &step)?;
            }
            Ok(is_ours)
        };
        store.write(command).await
    }
}

impl Work for Worker {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        self.asked.borrow_and_update();
        while self.step(&turn.owner).await? {
            self.parked.send_replace(());
        }
        Ok(Rest::For(LONGEST_REST))
    }

    async fn woken(&mut self) {
        if self.asked.changed().await.is_err() {
            // Nobody is there to ask any more.
            std::future::pending::<()>().await;
        }
    }
}

fn next_step(view: &mut View<'_>, with: &Parts) -> Result<Option<Step>> {
    let Some(replay) = view.record::<Replay>(&rows::NEXT, params![])? else {
        return Ok(None);
    };
    let policy = with.policies.at(view)?;
    let endpoints = endpoints::all(view, with.policies.keys(), &policy)?;
    let endpoint = endpoints
        .iter()
        .find(|endpoint| endpoint.number == replay.endpoint);
    let events = match endpoint {
        Some(_) => stretch(view, replay.reached, replay.until)?,
        // It was removed; the replay has nothing more to do.
        None => Vec::new(),
    };
    let context = with.context(policy);
    let mut step = Step {
        reached: events.last().map_or(replay.until, |last| last.position),
        is_last: events.len() < EVENTS_AT_ONCE,
        replay,
        events: 0,
        again: Vec::new(),
        bodies: Vec::new(),
        missing: Vec::new(),
    };
    let Some(endpoint) = endpoint else {
        return Ok(Some(step));
    };
    for recorded in Recorded::parse_all(events) {
        if !endpoint.would_want(&recorded) {
            continue;
        }
        step.events += 1;
        let state = deliveries::state_of(view, endpoint.number, recorded.position)?;
        match Plan::of(state, step.replay.failed_only) {
            Plan::Leave => {}
            Plan::Again => step.again.push(recorded.position),
            Plan::Make => {
                let written = fanout::bodies(view, &context, &recorded, vec![endpoint.dialect])?;
                for (dialect, body) in written {
                    let fresh = NewDeliveries::of(vec![endpoint.number], &recorded);
                    step.missing.push(fresh);
                    step.bodies.push((recorded.position, dialect, body));
                }
            }
        }
    }
    Ok(Some(step))
}

fn advance(tx: &mut Tx<'_>, now: Timestamp, step: &Step) -> Result<()> {
    let endpoint = step.replay.endpoint;
    deliveries::lock(tx, endpoint)?;
    let queued = (step.again.len() + step.missing.len()) as i64;
    let state = if step.is_last {
        State::Done
    } else {
        State::Running
    };
    let params = params![
        &step.replay.id,
        step.reached,
        step.events,
        queued,
        state.as_str(),
        step.is_last.then_some(now),
    ];
    if tx.changed(&rows::ADVANCE, params)? == 0 {
        return Ok(());
    }
    deliveries::make(tx, &step.bodies, &step.missing)?;
    let made: Vec<Position> = step.missing.iter().map(|fresh| fresh.position).collect();
    let order_keys = step.missing.iter();
    let order_keys = order_keys.filter_map(|fresh| fresh.order_key.as_deref());
    deliveries::block(tx, now, endpoint, &made, order_keys)?;
    for position in &step.again {
        deliveries::send_again(tx, now, endpoint, *position)?;
    }
    Ok(())
}
