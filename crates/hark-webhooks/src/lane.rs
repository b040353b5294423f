//! A lane: the deliveries of one endpoint on their way. Each endpoint has its own, so that none
//! waits for another; inside of it a line (a conversation) keeps its order, and lines do not wait
//! for each other.
//!
//! What is on disk is the truth; a lane holds a window of it. It does one thing with the store at
//! a time, so that what it loads agrees with what it has written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use hark_egress::Client;
use hark_store::{Clock, Error, Position, Store, Timestamp, Tx, View, lease};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::deliveries::{self, Item, Recorded, Step, What};
use crate::dispatcher::LEASE;
use crate::endpoints::{self, Endpoint, Origin, State};
use crate::metrics::Metrics;
use crate::request::{self, Outcome};
use crate::schedule::LONGEST_WISH;

/// Fresh deliveries in memory: at least so many, and twice what may be on its way.
const WINDOW: usize = 256;
/// And never more, however long some conversation is.
const MOST_IN_MEMORY: usize = 4_096;
/// Parked deliveries in memory, those whose turn comes first.
const DUE_WINDOW: usize = 256;
/// What is written down in one command.
const AT_ONCE: usize = 256;
/// Outcomes that wait to be written down. Beyond that nothing more is sent: a store that takes
/// nothing must not cause a flood of repeats.
const MOST_UNWRITTEN: usize = 2_048;
/// Beyond that the lane itself does not wait, however much time its receiver asks for.
const LONGEST_REST: Duration = Duration::from_secs(600);
/// A lane that nobody wakes looks by itself, in case that it was forgotten.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// An endpoint to which nothing has arrived for so long is disabled.
const PATIENCE_DAYS: i64 = 5;
/// How often it is tried whether a disabled endpoint is back.
const PROBE_SECONDS: i64 = 900;
/// How long a lane waits when the store does not answer.
const TROUBLE: Duration = Duration::from_secs(1);
/// A receiver that does not heed or that is not to be spared gets at least so many at once.
const FEWEST: usize = 8;

/// What a lane needs besides its own endpoint.
pub(crate) struct Context {
    pub(crate) store: Store,
    pub(crate) client: Client,
    pub(crate) owner: String,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) steady: Steady,
}

/// Time that is not set back with the system's clock: what was to be sent in ten seconds is still
/// sent in ten seconds. Set ahead it follows, so that nothing that others wrote is in the future.
pub(crate) struct Steady {
    clock: Clock,
    began: Instant,
    /// By how much the system's clock was ahead of the time since then, at most.
    ahead: AtomicI64,
}

impl Steady {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self {
            ahead: AtomicI64::new(clock.now().millis()),
            began: Instant::now(),
            clock: clock.clone(),
        }
    }

    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let ahead = self.clock.now().millis() - passed;
        let most = self.ahead.fetch_max(ahead, Ordering::Relaxed).max(ahead);
        Timestamp::from_millis(passed.saturating_add(most))
    }
}

/// What a lane is told. It carries no deliveries: those are on disk.
#[derive(Clone)]
pub(crate) struct Orders {
    pub(crate) endpoint: Arc<Endpoint>,
    /// There may be fresh deliveries up to here.
    pub(crate) fresh_to: Position,
    /// Grows when someone has changed what is parked.
    pub(crate) parked: u64,
    pub(crate) stopping: bool,
}

type Io = Pin<Box<dyn Future<Output = Done> + Send>>;

/// What came of the one thing that is done with the store.
enum Done {
    Written(Vec<Step>, Result<Recorded, Error>),
    Fresh(Position, usize, Result<Vec<(Item, bool)>, Error>),
    Due(Result<Vec<Item>, Error>),
    Told(Turn, Result<(), Error>),
}

struct Sent {
    item: Item,
    /// Nothing when the body could not be read.
    outcome: Option<Outcome>,
}

/// Something that the house has to be told of the endpoint.
#[derive(Clone)]
enum Turn {
    Disable(String),
    Resume,
}

struct Lane {
    context: Arc<Context>,
    orders: watch::Receiver<Orders>,
    endpoint: Arc<Endpoint>,
    fresh_to: Position,
    parked: u64,
    stopping: bool,
    /// In the order in which they are to be sent.
    fresh: VecDeque<Item>,
    /// Behind one of their line that is on its way.
    held: HashMap<Arc<str>, VecDeque<Item>>,
    held_count: usize,
    /// Lines with a delivery on its way, or with one of which it is not written yet how it went.
    busy: HashSet<Arc<str>>,
    due: BTreeMap<(Timestamp, Position), Item>,
    /// Whether `due` is to be read again.
    look_for_due: bool,
    /// When there were more than fit: up to when all are in memory.
    due_known_to: Option<Timestamp>,
    looked_at: Timestamp,
    /// Parked ones on their way, or not yet written.
    parked_out: HashSet<Position>,
    sending: JoinSet<Sent>,
    steps: VecDeque<Step>,
    /// Fresh ones in memory of which nothing is written yet.
    unwritten: BTreeSet<Position>,
    loaded_to: Position,
    has_loaded: bool,
    /// How many may be on their way now.
    limit: usize,
    rests_until: Option<Timestamp>,
    probe_at: Option<Timestamp>,
    turn: Option<Turn>,
}

/// Until it is told to stop or is dropped.
pub(crate) async fn run(context: Arc<Context>, mut orders: watch::Receiver<Orders>) {
    let first = orders.borrow_and_update().clone();
    let number = first.endpoint.number;
    let cursor = loop {
        let read = move |view: &mut View<'_>| deliveries::cursor(view, number);
        match context.store.read(read).await {
            Ok(cursor) => break cursor,
            Err(error) => {
                tracing::warn!(endpoint = first.endpoint.id, error = %error, "the deliveries of an endpoint could not be read yet");
                tokio::time::sleep(TROUBLE).await;
            }
        }
    };
    let lane = Lane {
        context,
        orders,
        limit: first.endpoint.schedule.concurrency,
        endpoint: first.endpoint,
        fresh_to: first.fresh_to,
        parked: first.parked,
        stopping: first.stopping,
        fresh: VecDeque::new(),
        held: HashMap::new(),
        held_count: 0,
        busy: HashSet::new(),
        due: BTreeMap::new(),
        look_for_due: true,
        due_known_to: None,
        looked_at: Timestamp::from_millis(0),
        parked_out: HashSet::new(),
        sending: JoinSet::new(),
        steps: VecDeque::new(),
        unwritten: BTreeSet::new(),
        loaded_to: cursor,
        has_loaded: false,
        rests_until: None,
        probe_at: None,
        turn: None,
    };
    lane.live().await;
}

impl Lane {
    async fn live(mut self) {
        let mut io: Option<Io> = None;
        loop {
            if io.is_none() {
                io = self.next_io();
            }
            self.start_some();
            if self.stopping && self.sending.is_empty() && self.steps.is_empty() && io.is_none() {
                return;
            }
            let pause = self.next_alarm();
            tokio::select! {
                biased;
                done = async { match &mut io { Some(io) => io.await, None => std::future::pending().await } } => {
                    io = None;
                    if !self.take_in(done) {
                        tokio::time::sleep(TROUBLE).await;
                    }
                }
                Some(sent) = self.sending.join_next() => {
                    match sent {
                        Ok(sent) => self.note(sent),
                        Err(error) => {
                            // The delivery is fresh or due on disk still; only memory forgot it.
                            tracing::error!(endpoint = self.endpoint.id, error = %error, "an attempt broke off; the lane begins anew");
                            return;
                        }
                    }
                }
                changed = self.orders.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    self.heed();
                }
                () = tokio::time::sleep(pause) => self.look_for_due = true,
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.context.steady.now()
    }

    fn heed(&mut self) {
        let orders = self.orders.borrow_and_update().clone();
        self.fresh_to = orders.fresh_to;
        self.stopping |= orders.stopping;
        if orders.parked != self.parked {
            self.parked = orders.parked;
            self.look_for_due = true;
        }
        let was = std::mem::replace(&mut self.endpoint, orders.endpoint);
        if was.schedule.concurrency != self.endpoint.schedule.concurrency
            || (was.state != State::Active && self.endpoint.state == State::Active)
        {
            self.limit = self.endpoint.schedule.concurrency;
            self.rests_until = None;
        }
        if was.state != self.endpoint.state {
            self.probe_at = None;
            self.look_for_due = true;
        }
    }

    fn window(&self) -> usize {
        WINDOW.max(2 * self.endpoint.schedule.concurrency)
    }

    /// What is held behind others of its line does not keep other lines out, up to a bound.
    fn in_memory(&self) -> usize {
        match self.unwritten.len() {
            all if all >= MOST_IN_MEMORY => all,
            all => all - self.held_count,
        }
    }

    /// What is to be done with the store now: write down what happened, then look for more.
    fn next_io(&mut self) -> Option<Io> {
        if let Some(turn) = self.turn.take() {
            return Some(self.tell(turn));
        }
        let wants_more = !self.stopping
            && self.endpoint.state != State::Paused
            && self.in_memory() < self.window() / 2
            // Whoever hangs has enough with what is there.
            && (self.fresh.is_empty() || self.has_places())
            && (self.loaded_to < self.fresh_to || !self.has_loaded);
        let has_waited = self.steps.len() >= AT_ONCE || !wants_more || !self.fresh.is_empty();
        if !self.steps.is_empty() && has_waited {
            return Some(self.write());
        }
        if wants_more {
            return Some(self.load_fresh());
        }
        if !self.stopping && self.wants_due() {
            self.look_for_due = false;
            self.looked_at = self.now();
            return Some(self.load_due());
        }
        None
    }

    fn wants_due(&self) -> bool {
        let now = self.now();
        let has_room = self.due.len() < DUE_WINDOW / 2;
        self.look_for_due
            || (has_room && self.due_known_to.is_some_and(|to| to <= now))
            || now.millis_since(self.looked_at) >= LONGEST_SLEEP.as_millis() as i64
    }

    /// Writes down what happened, and puts behind a parked delivery what follows it in its line.
    fn write(&mut self) -> Io {
        let count = self.steps.len().min(AT_ONCE);
        let mut steps: Vec<Step> = self.steps.drain(..count).collect();
        // Of these none stays for the next command: what is loaded in between would not see them.
        let rest = std::mem::take(&mut self.steps);
        let (blocked, rest): (Vec<Step>, Vec<Step>) = rest
            .into_iter()
            .partition(|step| matches!(step.what, What::Blocked));
        steps.extend(blocked);
        self.steps = rest.into();
        let parked: HashSet<Arc<str>> = steps
            .iter()
            .filter(|step| !step.what.settles())
            .filter_map(|step| step.item.line.clone())
            .collect();
        if !parked.is_empty() {
            self.put_behind(&parked, &mut steps);
        }
        for step in &steps {
            self.unwritten.remove(&step.item.position);
        }
        let cursor = match self.unwritten.first() {
            Some(first) => first - 1,
            None => self.loaded_to,
        };
        let (context, number) = (Arc::clone(&self.context), self.endpoint.number);
        // The lease was taken by the system's clock, which may have been set back since.
        let (now, wall) = (self.now(), self.context.store.clock().now());
        Box::pin(async move {
            let owner = context.owner.clone();
            let shared = Arc::new(steps);
            let told = Arc::clone(&shared);
            let command = move |tx: &mut Tx<'_>| -> Result<Recorded, Error> {
                if !lease::holds(tx, wall, LEASE, &owner)? {
                    return Err(Error::Unavailable("another node delivers now".into()));
                }
                deliveries::record(tx, now, number, cursor, &told)
            };
            let written = context.store.write(command).await;
            Done::Written(Arc::unwrap_or_clone(shared), written)
        })
    }

    fn put_behind(&mut self, lines: &HashSet<Arc<str>>, steps: &mut Vec<Step>) {
        let blocked = |item| Step {
            item,
            what: What::Blocked,
        };
        for line in lines {
            let held = self.held.remove(line).unwrap_or_default();
            self.held_count -= held.len();
            steps.extend(held.into_iter().map(blocked));
        }
        let is_behind = |item: &Item| item.line.as_ref().is_some_and(|line| lines.contains(line));
        let fresh = std::mem::take(&mut self.fresh);
        let (behind, free): (VecDeque<Item>, VecDeque<Item>) =
            fresh.into_iter().partition(is_behind);
        self.fresh = free;
        steps.extend(behind.into_iter().map(blocked));
        // In the order of the log, so that each finds the one ahead of it parked.
        steps.sort_by_key(|step| (matches!(step.what, What::Blocked), step.item.position));
    }

    fn load_fresh(&self) -> Io {
        let (store, endpoint) = (self.context.store.clone(), Arc::clone(&self.endpoint));
        let (after, until) = (self.loaded_to, self.fresh_to);
        let limit = self.window().saturating_sub(self.in_memory()).max(1);
        Box::pin(async move {
            let (number, dialect) = (endpoint.number, endpoint.dialect);
            let look =
                move |view: &mut View<'_>| deliveries::fresh(view, number, dialect, after, limit);
            Done::Fresh(until, limit, store.read(look).await)
        })
    }

    fn load_due(&self) -> Io {
        let (store, endpoint) = (self.context.store.clone(), Arc::clone(&self.endpoint));
        Box::pin(async move {
            let (number, dialect) = (endpoint.number, endpoint.dialect);
            let look =
                move |view: &mut View<'_>| deliveries::due(view, number, dialect, DUE_WINDOW);
            Done::Due(store.read(look).await)
        })
    }

    fn tell(&self, turn: Turn) -> Io {
        let (context, endpoint) = (Arc::clone(&self.context), Arc::clone(&self.endpoint));
        let (now, wall) = (self.now(), self.context.store.clock().now());
        Box::pin(async move {
            let (owner, what) = (context.owner.clone(), turn.clone());
            let command = move |tx: &mut Tx<'_>| {
                if !lease::holds(tx, wall, LEASE, &owner)? {
                    let why = "another node delivers now".to_owned();
                    return Err(Error::Unavailable(why).into());
                }
                match &what {
                    Turn::Disable(reason) => endpoints::disable(tx, now, &endpoint.id, reason),
                    Turn::Resume => endpoints::come_back(tx, now, &endpoint.id),
                }
            };
            let told = context.store.write(command).await;
            let told = told.map_err(|refusal| Error::Unavailable(refusal.to_string()));
            Done::Told(turn, told)
        })
    }

    /// False: the store could not do it.
    fn take_in(&mut self, done: Done) -> bool {
        let outcome = match done {
            Done::Written(steps, Ok(recorded)) => {
                self.settle(steps, &recorded.stale);
                self.judge(recorded.failing_since);
                return true;
            }
            Done::Written(steps, Err(error)) => {
                // Written with the next ones, in the same order.
                for step in steps.into_iter().rev() {
                    self.keep_unwritten(&step.item);
                    self.steps.push_front(step);
                }
                Err(error)
            }
            Done::Fresh(until, limit, Ok(found)) => {
                self.loaded_to = match found.last() {
                    Some((last, _)) if found.len() >= limit => last.position,
                    Some((last, _)) => until.max(last.position),
                    None => until,
                };
                self.has_loaded = true;
                for (item, is_blocked) in found {
                    self.admit(item, is_blocked);
                }
                return true;
            }
            Done::Due(Ok(found)) => {
                self.take_due(found);
                return true;
            }
            Done::Fresh(_, _, Err(error)) => Err(error),
            Done::Due(Err(error)) => {
                self.look_for_due = true;
                Err(error)
            }
            Done::Told(turn, Err(error)) => {
                self.turn = Some(turn);
                Err(error)
            }
            Done::Told(_, Ok(())) => Ok(()),
        };
        match outcome {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(endpoint = self.endpoint.id, error = %error, "the deliveries of an endpoint could not be brought forward; it is tried again");
                false
            }
        }
    }

    fn take_due(&mut self, found: Vec<Item>) {
        let delays = &self.endpoint.schedule.delays;
        let longest = delays.iter().max().copied().unwrap_or_default();
        let longest = longest.mul_f64(1.2).max(LONGEST_WISH).as_millis() as i64;
        // No wait is longer, unless the clock was ahead when it began.
        let latest = self.now().plus_millis(longest);
        let is_all = found.len() < DUE_WINDOW;
        let last = found.last().and_then(|item| item.next_at);
        self.due_known_to = last.filter(|_| !is_all).map(|at| at.min(latest));
        self.due.clear();
        for item in found {
            if let Some(at) = item.next_at
                && !self.parked_out.contains(&item.position)
            {
                self.due.insert((at.min(latest), item.position), item);
            }
        }
    }

    fn keep_unwritten(&mut self, item: &Item) {
        if item.next_at.is_none() {
            self.unwritten.insert(item.position);
        }
    }

    /// A fresh delivery comes into the window.
    fn admit(&mut self, item: Item, is_blocked: bool) {
        self.unwritten.insert(item.position);
        if is_blocked {
            let what = What::Blocked;
            return self.steps.push_back(Step { item, what });
        }
        self.fresh.push_back(item);
    }

    /// After it is written how it went: the line is free, or waits for what is parked.
    fn settle(&mut self, steps: Vec<Step>, stale: &HashSet<Position>) {
        for Step { mut item, what } in steps {
            let was_parked = item.next_at.is_some();
            if was_parked {
                self.parked_out.remove(&item.position);
            }
            if stale.contains(&item.position) {
                // On disk it is as somebody else has left it. After a first success the line was
                // free at once, and the next may be on its way.
                self.look_for_due = true;
                if was_parked || !matches!(what, What::Delivered { .. }) {
                    self.release(item.line.as_ref());
                }
                continue;
            }
            match what {
                What::Blocked => self.look_for_due = true,
                What::Delivered { .. } if !was_parked => {}
                What::Failed {
                    next_at: Some(at), ..
                } => {
                    item.attempts += 1;
                    item.next_at = Some(at);
                    self.release(item.line.as_ref());
                    self.due.insert((at, item.position), item);
                    self.keep_due_small();
                }
                What::Delivered { .. } | What::Failed { next_at: None, .. } => {
                    self.look_for_due |= was_parked && item.line.is_some();
                    self.release(item.line.as_ref());
                }
            }
        }
    }

    fn keep_due_small(&mut self) {
        while self.due.len() > 2 * DUE_WINDOW {
            let gone = self.due.pop_last().map(|((at, _), _)| at);
            self.due_known_to = self.due_known_to.into_iter().chain(gone).min();
        }
    }

    fn judge(&mut self, failing_since: Option<Timestamp>) {
        let Some(since) = failing_since else {
            return;
        };
        let now = self.now();
        if self.endpoint.state == State::Active && since.plus_days(PATIENCE_DAYS) <= now {
            let reason = format!("nothing has arrived since {}", since.iso());
            self.turn = Some(Turn::Disable(reason));
        }
    }

    /// A line is free: what was held behind it may go, its first at once.
    fn release(&mut self, line: Option<&Arc<str>>) {
        let Some(line) = line else {
            return;
        };
        self.busy.remove(line);
        if let Some(held) = self.held.get_mut(line) {
            if let Some(next) = held.pop_front() {
                self.held_count -= 1;
                self.fresh.push_front(next);
            }
            if held.is_empty() {
                self.held.remove(line);
            }
        }
    }

    /// How many may be sent now.
    fn places(&mut self, now: Timestamp) -> usize {
        if self.stopping || self.steps.len() >= MOST_UNWRITTEN {
            return 0;
        }
        // No rest is longer, unless the clock was ahead when it began.
        let latest = now.plus_millis(LONGEST_REST.as_millis() as i64);
        if self
            .rests_until
            .is_some_and(|until| now < until && until <= latest)
        {
            return 0;
        }
        let limit = match self.endpoint.state {
            State::Active => self.limit,
            State::Disabled => usize::from(self.may_probe(now)),
            State::Paused | State::Removed => 0,
        };
        limit.saturating_sub(self.sending.len())
    }

    /// Whether it is time to see if a disabled endpoint is back. One that said it is gone for good
    /// is not asked.
    fn may_probe(&mut self, now: Timestamp) -> bool {
        if self.endpoint.reason.as_deref() == Some(GONE) {
            return false;
        }
        let at = *self
            .probe_at
            .get_or_insert_with(|| now.plus_seconds(PROBE_SECONDS));
        let at = at.min(now.plus_seconds(PROBE_SECONDS));
        self.probe_at = Some(at);
        if now < at || !self.sending.is_empty() {
            return false;
        }
        true
    }

    fn start_some(&mut self) {
        let now = self.now();
        let mut places = self.places(now);
        let mut due_first = true;
        while places > 0 {
            let next = match due_first {
                true => self.next_due(now).or_else(|| self.next_fresh()),
                false => self.next_fresh().or_else(|| self.next_due(now)),
            };
            let Some(item) = next else {
                return;
            };
            due_first = !due_first;
            places -= 1;
            self.start(item);
        }
    }

    fn next_due(&mut self, now: Timestamp) -> Option<Item> {
        let is_free = |item: &Item| {
            item.line
                .as_ref()
                .is_none_or(|line| !self.busy.contains(line))
        };
        let is_probe = self.endpoint.state == State::Disabled;
        let key = self
            .due
            .iter()
            .take_while(|((at, _), _)| is_probe || *at <= now)
            .find(|(_, item)| is_free(item))
            .map(|(key, _)| *key)?;
        let item = self.due.remove(&key);
        // Others wait on disk behind those that were loaded.
        self.look_for_due |= self.due.is_empty();
        item
    }

    fn next_fresh(&mut self) -> Option<Item> {
        while let Some(item) = self.fresh.pop_front() {
            match &item.line {
                Some(line) if self.busy.contains(line) => {
                    let held = self.held.entry(Arc::clone(line)).or_default();
                    held.push_back(item);
                    self.held_count += 1;
                }
                _ => return Some(item),
            }
        }
        None
    }

    fn start(&mut self, item: Item) {
        if let Some(line) = &item.line {
            self.busy.insert(Arc::clone(line));
        }
        if item.next_at.is_some() {
            self.parked_out.insert(item.position);
        }
        let (context, endpoint) = (Arc::clone(&self.context), Arc::clone(&self.endpoint));
        self.sending.spawn(attempt(context, endpoint, item));
    }

    /// An attempt is over.
    fn note(&mut self, sent: Sent) {
        let now = self.now();
        let Sent { item, outcome } = sent;
        let Some(outcome) = outcome else {
            return self.put_back(item, now);
        };
        self.context.metrics.attempted(&self.endpoint, &outcome);
        if self.endpoint.state == State::Disabled {
            self.probe_at = Some(now.plus_seconds(PROBE_SECONDS));
        }
        if outcome.succeeded {
            return self.succeeded(item, outcome);
        }
        self.slow_down(&outcome, now);
        let is_gone = outcome.status == Some(410) && self.endpoint.schedule.heeds_receiver;
        if is_gone {
            self.turn = Some(Turn::Disable(GONE.to_owned()));
        }
        let tries = item.attempts + 1 - item.attempts_before;
        let delay = self
            .endpoint
            .schedule
            .delay_after(tries, rand::random(), outcome.wish);
        // What an endpoint that is out of service did not take is kept for the day of its return.
        let is_kept = is_gone || self.endpoint.state == State::Disabled;
        let delay = delay.or_else(|| is_kept.then_some(LONGEST_REST));
        let next_at = delay.map(|delay| now.plus_millis(delay.as_millis() as i64));
        let what = What::Failed {
            attempt: outcome.attempt,
            next_at,
        };
        self.steps.push_back(Step { item, what });
    }

    fn succeeded(&mut self, item: Item, outcome: Outcome) {
        self.rests_until = None;
        self.limit = (self.limit + 1).min(self.endpoint.schedule.concurrency);
        if self.endpoint.state == State::Disabled {
            self.turn = Some(Turn::Resume);
        }
        // The next of the line need not wait until this is written: after a crash both are sent
        // again, in this order.
        if item.next_at.is_none() {
            self.release(item.line.as_ref());
        }
        let is_told_to_agents = self.endpoint.origin == Origin::Workspace && item.seq.is_some();
        let crm = item
            .line
            .as_ref()
            .filter(|_| is_told_to_agents)
            .zip(outcome.attempt.response.clone())
            .map(|(room, answer)| (room.to_string(), answer));
        let what = What::Delivered {
            attempt: outcome.attempt,
            crm,
        };
        self.steps.push_back(Step { item, what });
    }

    /// A receiver that has too much to do, or does not answer, gets less at once.
    fn slow_down(&mut self, outcome: &Outcome, now: Timestamp) {
        let heeds = self.endpoint.schedule.heeds_receiver;
        let is_overloaded = match outcome.status {
            Some(status) => heeds && matches!(status, 429 | 502 | 503 | 504),
            None => true,
        };
        if !is_overloaded {
            return;
        }
        let fewest = if heeds { 1 } else { FEWEST };
        let fewest = fewest.min(self.endpoint.schedule.concurrency);
        self.limit = (self.limit / 2).max(fewest);
        if heeds
            && outcome.status.is_some()
            && let Some(wish) = outcome.wish
        {
            let rest = wish.min(LONGEST_REST).as_millis() as i64;
            self.rests_until = Some(now.plus_millis(rest));
        }
    }

    /// The store could not be asked for the body: the delivery goes back to where it was.
    fn put_back(&mut self, item: Item, now: Timestamp) {
        self.rests_until = Some(now.plus_millis(TROUBLE.as_millis() as i64));
        if let Some(line) = &item.line {
            self.busy.remove(line);
        }
        match item.next_at {
            Some(at) => {
                self.parked_out.remove(&item.position);
                self.due.insert((at, item.position), item);
            }
            None => self.fresh.push_front(item),
        }
    }

    /// When the lane looks again although nobody tells it to.
    fn next_alarm(&self) -> Duration {
        let next_due = self.due.keys().next().map(|(at, _)| *at);
        let at = match self.endpoint.state {
            State::Active => [next_due.filter(|_| self.has_places()), self.rests_until],
            State::Disabled => [self.probe_at, None],
            State::Paused | State::Removed => [None, None],
        };
        let now = self.now();
        let next = at.into_iter().flatten().filter(|at| *at > now).min();
        let millis = next.map(|at| at.millis_since(now).unsigned_abs());
        millis
            .map_or(LONGEST_SLEEP, Duration::from_millis)
            .min(LONGEST_SLEEP)
    }

    fn has_places(&self) -> bool {
        self.sending.len() < self.limit
    }
}

/// Why an endpoint is disabled that answered 410.
const GONE: &str = "it answered 410 Gone: it wants nothing more";

async fn attempt(context: Arc<Context>, endpoint: Arc<Endpoint>, item: Item) -> Sent {
    let body = match &item.body {
        Some(body) => Ok(Some(body.clone())),
        None => {
            let (position, dialect) = (item.position, endpoint.dialect);
            let read = move |view: &mut View<'_>| deliveries::body(view, position, dialect);
            context.store.read(read).await
        }
    };
    let now = context.store.clock().now();
    let outcome = match body {
        Ok(Some(body)) => Some(request::send(&context.client, &endpoint, &item, body, now).await),
        Ok(None) => Some(request::without_body(&endpoint, &item, now)),
        Err(_) => None,
    };
    Sent { item, outcome }
}
