//! The dispatcher: one node makes the deliveries and sends them. It holds a lease, and everything that
//! it writes is written only while it does; when it dies, another node has the lease within seconds and
//! goes on from what is on disk.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hark_jobs::{Ending, Job, JobError, Rest, Turn, Work};
use hark_store::{MonotonicClock, Result};
use tokio::sync::{Semaphore, watch};
use tokio::task::{Id, JoinError, JoinSet};

use crate::LEASE;
use crate::dialects::Dialect;
use crate::endpoints::{Endpoint, State};
use crate::fanout::{Fanout, News};
use crate::lane::{self, Context, Handed, Intakes, Memory, Orders, WRITING_AT_ONCE};
use crate::parts::Parts;
use crate::replays;

/// How long the lease is held without a sign of life.
const HELD: Duration = Duration::from_secs(6);
/// How long requests that are on their way at the end may take.
const LONGEST_STOP: Duration = Duration::from_secs(3);
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// One sends events to endpoints, on one node; the other brings replays forward on the same node.
pub fn jobs(with: &Parts) -> [Job; 2] {
    let (asked, parked) = (watch::Sender::new(()), watch::Sender::new(()));
    let dispatcher = Dispatcher {
        with: with.clone(),
        replays: asked.clone(),
        parked: parked.clone(),
    };
    let worker = replays::Worker::new(with, asked.subscribe(), parked);
    [
        Job::new(LEASE, dispatcher)
            .on_one_node(HELD)
            .retries_after(RETRY_PAUSE)
            .ends(Ending::Finished),
        Job::new("replays", worker).retries_after(replays::RETRY_PAUSE),
    ]
}

#[derive(Clone)]
struct Dispatcher {
    with: Parts,
    /// Asks the job of the replays to look for some.
    replays: watch::Sender<()>,
    /// It has parked something.
    parked: watch::Sender<()>,
}

impl Work for Dispatcher {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        self.deliver(turn, turn.stopping()).await?;
        Ok(Rest::Ended)
    }
}

impl Dispatcher {
    /// Until the server stops; requests on their way then have a few seconds. It begins with what is
    /// on disk, and leaves nothing that is not.
    async fn deliver(&self, turn: &Turn, mut stopping: watch::Receiver<bool>) -> Result<()> {
        let mut fanout = Fanout::begin(&self.with, &turn.owner).await?;
        let mut lanes = Lanes::new(Arc::new(Context {
            with: self.with.clone(),
            owner: Arc::clone(&turn.owner),
            holding: turn.holding.clone(),
            clock: MonotonicClock::new(self.with.store.clock()),
            memory: Memory::default(),
            writing: Semaphore::new(WRITING_AT_ONCE),
            takes_more: watch::Sender::new(()),
        }));
        lanes.follow(&fanout);
        let mut takes_more = lanes.context.takes_more.subscribe();
        let mut parked = self.parked.subscribe();
        self.replays.send_replace(());
        let mut moved = self.with.store.moved();
        let mut has_more = true;
        loop {
            if *stopping.borrow() {
                lanes.stop().await;
                return Ok(());
            }
            if has_more {
                // Registered before looking: what is committed between the two wakes us.
                moved.borrow_and_update();
                takes_more.borrow_and_update();
                has_more = tokio::select! {
                    biased;
                    _ = stopping.changed() => continue,
                    more = self.read_on(&mut fanout, &mut lanes) => more?,
                };
            }
            tokio::select! {
                biased;
                _ = moved.changed(), if !has_more => has_more = true,
                _ = takes_more.changed(), if fanout.is_behind() && !has_more => has_more = true,
                () = time_to_count(&fanout), if !has_more => has_more = true,
                _ = parked.changed() => lanes.look_at_parked(),
                Some(ended) = lanes.tasks.join_next_with_id() => lanes.restart(ended, &fanout),
                _ = stopping.changed() => {}
                () = std::future::ready(()), if has_more => {}
            }
        }
    }

    /// Makes deliveries of the next events, and of some that wait, and hands on what follows from them.
    /// Answers whether there may be more.
    async fn read_on(&self, fanout: &mut Fanout, lanes: &mut Lanes) -> Result<bool> {
        let before = fanout.known().clone();
        let news = match fanout.turn(&lanes.intakes).await {
            Ok(news) => {
                if news.replays {
                    self.replays.send_replace(());
                }
                if !fanout.known().is(&before) {
                    lanes.follow(fanout);
                }
                let has_more = news.more;
                lanes.pass_on(news);
                let later = fanout.make_later(&lanes.intakes).await;
                later.map(|later| {
                    let more = has_more || later.more;
                    lanes.pass_on(later);
                    more
                })
            }
            Err(error) => Err(error),
        };
        match news {
            Ok(more) => Ok(more),
            // The lanes go on meanwhile.
            Err(error) if error.passes() => {
                tracing::debug!(error = %error, "the log could not be read for webhooks; it is tried again");
                tokio::time::sleep(RETRY_PAUSE).await;
                *fanout = Fanout::begin(&self.with, &lanes.context.owner).await?;
                lanes.follow(fanout);
                lanes.look_for_fresh(fanout);
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }
}

/// Comes back when it is to be written down how much waits in the log.
async fn time_to_count(fanout: &Fanout) {
    match fanout.counts_in() {
        Some(rest) => tokio::time::sleep(rest).await,
        None => std::future::pending().await,
    }
}

/// The lanes of all endpoints, each a task of its own.
struct Lanes {
    context: Arc<Context>,
    /// By the number of the endpoint.
    orders: HashMap<i64, watch::Sender<Orders>>,
    intakes: Intakes,
    tasks: JoinSet<()>,
    /// Which endpoint's lane a task is.
    numbers: HashMap<Id, i64>,
}

impl Lanes {
    fn new(context: Arc<Context>) -> Self {
        Self {
            context,
            orders: HashMap::new(),
            intakes: Intakes::new(),
            tasks: JoinSet::new(),
            numbers: HashMap::new(),
        }
    }

    /// Endpoints have changed: each has one lane that knows its state of now.
    fn follow(&mut self, fanout: &Fanout) {
        let endpoints = fanout.known().endpoints.iter();
        let endpoints: HashMap<i64, &Arc<Endpoint>> = endpoints
            .filter(|endpoint| endpoint.state != State::Removed)
            .map(|endpoint| (endpoint.number, endpoint))
            .collect();
        // A lane ends when the sender of its orders is dropped.
        self.orders
            .retain(|number, _| endpoints.contains_key(number));
        self.intakes
            .retain(|number, _| endpoints.contains_key(number));
        for (number, endpoint) in endpoints {
            match self.orders.get(&number) {
                Some(orders) => {
                    orders.send_modify(|orders| orders.endpoint = Arc::clone(endpoint));
                }
                None => self.begin(
                    Duration::ZERO,
                    Orders {
                        endpoint: Arc::clone(endpoint),
                        fresh_to: fanout.made_to(number),
                        parked: 0,
                        stopping: false,
                    },
                ),
            }
        }
    }

    fn begin(&mut self, pause: Duration, orders: Orders) {
        let number = orders.endpoint.number;
        let (sender, receiver) = watch::channel(orders);
        let context = Arc::clone(&self.context);
        self.orders.insert(number, sender);
        let intake = Arc::default();
        self.intakes.insert(number, Arc::clone(&intake));
        let task = self.tasks.spawn(async move {
            tokio::time::sleep(pause).await;
            lane::run(context, receiver, intake).await;
        });
        self.numbers.insert(task.id(), number);
    }

    /// A lane ended. Unless its orders have ended, it starts again from what is on disk, after a
    /// pause: what ended it may do so again.
    fn restart(&mut self, ended: Result<(Id, ()), JoinError>, fanout: &Fanout) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                // Else the runtime ends, and everything with it.
                if error.is_panic() {
                    tracing::error!(error = %error, "a lane broke off");
                }
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
        orders.fresh_to = orders.fresh_to.max(fanout.made_to(orders.endpoint.number));
        self.begin(RETRY_PAUSE, orders);
    }

    /// There may be fresh deliveries for any endpoint.
    fn look_for_fresh(&self, fanout: &Fanout) {
        for (number, orders) in &self.orders {
            let made_to = fanout.made_to(*number);
            orders.send_modify(|orders| orders.fresh_to = orders.fresh_to.max(made_to));
        }
    }

    fn pass_on(&self, news: News) {
        // Before anything is handed to the lanes that may have to wait for what is parked.
        if news.parked {
            self.look_at_parked();
        }
        let takers = news.fresh_to.keys().filter_map(|number| {
            let (orders, intake) = (self.orders.get(number)?, self.intakes.get(number)?);
            let orders = orders.borrow();
            let goes_on = intake.goes_on_from(orders.fresh_to);
            goes_on.then_some((*number, orders.endpoint.dialect))
        });
        let takers: HashMap<i64, Dialect> = takers.collect();
        let mut made = news.made.items(&takers, &self.context.memory);
        for (number, position) in news.fresh_to {
            let Some(orders) = self.orders.get(&number) else {
                continue;
            };
            if let Some(intake) = self.intakes.get(&number)
                && let Some(items) = made.remove(&number)
            {
                let follow = orders.borrow().fresh_to;
                intake.hand(Handed { follow, items });
            }
            orders.send_modify(|orders| orders.fresh_to = position);
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
        if tokio::time::timeout(LONGEST_STOP, ending).await.is_err() {
            tracing::warn!("some webhooks are still on their way; they will be sent once more");
        }
    }
}
