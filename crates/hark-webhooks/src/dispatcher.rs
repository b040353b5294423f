//! The dispatcher: one node of the house makes the deliveries and sends them. It holds a lease,
//! and everything that it writes is written only while it does; when it dies, another node has
//! the lease within seconds and goes on from what is on disk.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hark_chat::Policies;
use hark_egress::Client;
use hark_store::{Error, Ids, Position, Store, Tx, lease};
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinHandle, JoinSet};
use tokio::time::Instant;

use crate::endpoints::{Endpoint, State};
use crate::fanout::{Fanout, Known, News};
use crate::lane::{self, Context, Orders, Steady};
use crate::metrics::Metrics;
use crate::replays;

pub(crate) const LEASE: &str = "webhooks";
const HELD_FOR_SECONDS: i64 = 6;
const RENEWED_EVERY: Duration = Duration::from_secs(2);
/// Without a renewal for so long another node may have the lease soon: nothing more is sent.
const TRUSTED_FOR: Duration = Duration::from_secs(5);
/// How long requests that are on their way at the end may take: the lease is kept no longer.
const FAREWELL: Duration = Duration::from_secs(4);
const TROUBLE: Duration = Duration::from_secs(1);

pub struct Dispatcher {
    store: Store,
    policies: Arc<Policies>,
    site_url: Arc<str>,
    client: Client,
    metrics: Arc<Metrics>,
    owner: String,
}

impl Dispatcher {
    pub fn new(
        store: Store,
        policies: Arc<Policies>,
        site_url: &str,
        client: Client,
        metrics: Arc<Metrics>,
    ) -> Self {
        // The data folder of the embedded database is locked by one process: whoever held the
        // lease before is dead, and need not be waited for.
        let owner = match store.engine() {
            "sqlite" => "this folder".to_owned(),
            _ => Ids::from_system().id17(),
        };
        Self {
            store,
            policies,
            site_url: site_url.into(),
            client,
            metrics,
            owner,
        }
    }

    /// Until it is told to stop; requests on their way then have a few seconds.
    pub async fn dispatch(self, mut stopping: watch::Receiver<bool>) {
        let keeper = Keeper {
            store: self.store.clone(),
            owner: self.owner.clone(),
        };
        loop {
            let asked = Instant::now();
            match keeper.take().await {
                Ok(true) => {
                    let kept = tokio::spawn(keeper.clone().keep(asked));
                    if let Err(error) = self.deliver(kept, &mut stopping).await {
                        tracing::warn!(error = %error, "webhooks pause; they go on as soon as they can");
                    }
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(error = %error, "whether this node delivers webhooks could not be settled");
                }
            }
            if *stopping.borrow() {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep(TROUBLE) => {}
                _ = stopping.changed() => {}
            }
        }
        if let Err(error) = keeper.give_up().await {
            tracing::debug!(error = %error, "the lease of the webhooks runs out by itself");
        }
    }

    async fn fanout(&self) -> Result<Fanout, Error> {
        let (policies, site_url) = (Arc::clone(&self.policies), Arc::clone(&self.site_url));
        Fanout::begin(self.store.clone(), policies, site_url, self.owner.clone()).await
    }

    /// As long as the lease is kept. What is on disk is where it begins and what it leaves.
    async fn deliver(
        &self,
        kept: JoinHandle<Error>,
        stopping: &mut watch::Receiver<bool>,
    ) -> Result<(), Error> {
        let mut kept = AbortOnDrop(kept);
        let mut fanout = self.fanout().await?;
        let mut lanes = Lanes::new(Arc::new(Context {
            store: self.store.clone(),
            client: self.client.clone(),
            owner: self.owner.clone(),
            metrics: Arc::clone(&self.metrics),
            steady: Steady::new(self.store.clock()),
        }));
        lanes.follow(fanout.known(), fanout.position());
        let replaying = replays::Worker::new(
            self.store.clone(),
            Arc::clone(&self.policies),
            Arc::clone(&self.site_url),
            self.owner.clone(),
        );
        let (asked, has_replays) = watch::channel(());
        let (requeued, mut parked) = watch::channel(());
        let mut helpers = JoinSet::new();
        helpers.spawn(replaying.work(has_replays, requeued));
        let mut moved = self.store.moved();
        let mut has_more = true;
        loop {
            if *stopping.borrow() {
                lanes.stop().await;
                return Ok(());
            }
            if has_more {
                // Registered before looking: what is committed between the two wakes us.
                moved.borrow_and_update();
                let before = fanout.known().clone();
                let turn = tokio::select! {
                    biased;
                    lost = &mut kept.0 => return Err(ended(lost)),
                    turn = fanout.turn() => turn,
                };
                match turn {
                    Ok(news) => {
                        has_more = news.more;
                        if news.replays {
                            asked.send_replace(());
                        }
                        if !fanout.known().is(&before) {
                            lanes.follow(fanout.known(), fanout.position());
                        }
                        lanes.tell(&news);
                    }
                    // What is on its way to endpoints has nothing to do with it.
                    Err(error) if error.passes() => {
                        tracing::warn!(error = %error, "the log could not be read for webhooks; it is tried again");
                        tokio::time::sleep(TROUBLE).await;
                        fanout = self.fanout().await?;
                        lanes.follow(fanout.known(), fanout.position());
                        lanes.look_for_fresh(fanout.position());
                    }
                    Err(error) => return Err(error),
                }
            }
            tokio::select! {
                biased;
                lost = &mut kept.0 => return Err(ended(lost)),
                _ = moved.changed(), if !has_more => has_more = true,
                _ = parked.changed() => lanes.look_at_parked(),
                Some(ended) = lanes.tasks.join_next_with_id() => lanes.begin_anew(ended, fanout.position()),
                Some(_) = helpers.join_next() => {
                    return Err(Error::Panicked("the worker of replays ended".into()));
                }
                _ = stopping.changed() => {}
                () = std::future::ready(()), if has_more => {}
            }
        }
    }
}

/// Why the lease is not kept any more.
fn ended(kept: Result<Error, JoinError>) -> Error {
    kept.unwrap_or_else(|error| Error::Panicked(error.to_string()))
}

struct AbortOnDrop(JoinHandle<Error>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Takes the lease and keeps it, whatever else takes its time.
#[derive(Clone)]
struct Keeper {
    store: Store,
    owner: String,
}

impl Keeper {
    async fn take(&self) -> Result<bool, Error> {
        let (now, owner) = (self.store.clock().now(), self.owner.clone());
        let take = move |tx: &mut Tx<'_>| {
            let until = now.plus_seconds(HELD_FOR_SECONDS);
            lease::take(tx, now, LEASE, &owner, until)
        };
        self.store.write(take).await
    }

    /// Until it cannot be kept; answers why. `trusted` is when it was asked for.
    async fn keep(self, mut trusted: Instant) -> Error {
        loop {
            tokio::time::sleep(RENEWED_EVERY).await;
            let asked = Instant::now();
            match tokio::time::timeout_at(trusted + TRUSTED_FOR, self.take()).await {
                Ok(Ok(true)) => trusted = asked,
                Ok(Ok(false)) => return Error::Unavailable("another node delivers now".into()),
                Ok(Err(error)) => {
                    tracing::warn!(error = %error, "the lease of the webhooks could not be renewed yet");
                }
                Err(_) => {}
            }
            if trusted.elapsed() >= TRUSTED_FOR {
                return Error::Unavailable("the lease could not be renewed in time".into());
            }
        }
    }

    async fn give_up(&self) -> Result<(), Error> {
        let owner = self.owner.clone();
        let give_up = move |tx: &mut Tx<'_>| lease::give_up(tx, LEASE, &owner);
        self.store.write(give_up).await
    }
}

/// The lanes of all endpoints, each a task of its own.
struct Lanes {
    context: Arc<Context>,
    orders: HashMap<i64, watch::Sender<Orders>>,
    tasks: JoinSet<()>,
    numbers: HashMap<Id, i64>,
}

impl Lanes {
    fn new(context: Arc<Context>) -> Self {
        Self {
            context,
            orders: HashMap::new(),
            tasks: JoinSet::new(),
            numbers: HashMap::new(),
        }
    }

    /// Endpoints have changed: lanes hear of it, begin, or end.
    fn follow(&mut self, known: &Known, position: Position) {
        let alive = |endpoint: &Arc<Endpoint>| endpoint.state != State::Removed;
        let endpoints: HashMap<i64, &Arc<Endpoint>> = known
            .endpoints
            .iter()
            .filter(|endpoint| alive(endpoint))
            .map(|endpoint| (endpoint.number, endpoint))
            .collect();
        // A lane whose orders end, ends.
        self.orders
            .retain(|number, _| endpoints.contains_key(number));
        for (number, endpoint) in endpoints {
            match self.orders.get(&number) {
                Some(orders) => {
                    orders.send_modify(|orders| orders.endpoint = Arc::clone(endpoint));
                }
                None => self.begin(Orders {
                    endpoint: Arc::clone(endpoint),
                    fresh_to: position,
                    parked: 0,
                    stopping: false,
                }),
            }
        }
    }

    fn begin(&mut self, orders: Orders) {
        self.begin_after(Duration::ZERO, orders);
    }

    fn begin_after(&mut self, pause: Duration, orders: Orders) {
        let number = orders.endpoint.number;
        let (sender, receiver) = watch::channel(orders);
        let context = Arc::clone(&self.context);
        self.orders.insert(number, sender);
        let task = self.tasks.spawn(async move {
            tokio::time::sleep(pause).await;
            lane::run(context, receiver).await;
        });
        self.numbers.insert(task.id(), number);
    }

    /// A lane ended. If nobody told it to, it begins again from what is on disk, after a while:
    /// what ended it may do so again.
    fn begin_anew(&mut self, ended: Result<(Id, ()), JoinError>, position: Position) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!(error = %error, "a lane broke off");
                error.id()
            }
        };
        let number = self.numbers.remove(&id);
        // Its orders may be those of another lane, if the endpoint was removed and came back.
        let is_alone = !self.numbers.values().any(|other| Some(*other) == number);
        let Some(sender) = number
            .filter(|_| is_alone)
            .and_then(|number| self.orders.remove(&number))
        else {
            return;
        };
        let mut orders = sender.borrow().clone();
        orders.fresh_to = orders.fresh_to.max(position);
        self.begin_after(TROUBLE, orders);
    }

    /// There may be fresh deliveries of anyone up to here.
    fn look_for_fresh(&self, position: Position) {
        for orders in self.orders.values() {
            orders.send_modify(|orders| orders.fresh_to = orders.fresh_to.max(position));
        }
    }

    fn tell(&self, news: &News) {
        for (number, position) in &news.fresh_to {
            if let Some(orders) = self.orders.get(number) {
                orders.send_modify(|orders| orders.fresh_to = *position);
            }
        }
        if news.parked {
            self.look_at_parked();
        }
    }

    fn look_at_parked(&self) {
        for orders in self.orders.values() {
            orders.send_modify(|orders| orders.parked += 1);
        }
    }

    /// No more requests; those on their way may end, and how they went is written.
    async fn stop(mut self) {
        for orders in self.orders.values() {
            orders.send_modify(|orders| orders.stopping = true);
        }
        let ending = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(FAREWELL, ending).await.is_err() {
            tracing::warn!("some webhooks are still on their way; they will be sent once more");
        }
    }
}
