//! A lane's surroundings without a lane: the disk, the receiver, the people and the time. Each step is
//! judged by the [`rules`] that hold always.

mod rules;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use hark_store::{Ids, Position, Timestamp};

use super::super::pace::LONGEST_REST;
use super::super::{Done, Handed, Orders, StateChange, Task, Window};
use super::disk::Disk;
use crate::deliveries::{Attempt, DELIVERED, FRESH, Item, What};
use crate::dialects::Dialect;
use crate::endpoints::{Endpoint, Origin, State};
use crate::request::Outcome;
use crate::schedule::Overrides;

/// How the receiver answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Mood {
    Good,
    Status(u16),
    AsksForTime(u64),
    Silent,
    /// Nobody is there.
    Refuses,
    /// Something different each time.
    Moody,
}

/// What becomes of a task of the store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Loss {
    /// Nothing was done.
    Before,
    /// It was done, and nobody was told.
    After,
}

struct Running {
    /// When it takes effect on disk, until then as it was asked for.
    effect_at: Timestamp,
    ends_at: Timestamp,
    task: Option<Task>,
    done: Option<Done>,
}

struct OnTheWay {
    item: Item,
    ends_at: Timestamp,
    outcome: Option<Outcome>,
}

pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) disk: Disk,
    pub(super) window: Window,
    pub(super) mood: Mood,
    pub(super) losses: Vec<Loss>,
    /// So many bodies cannot be read.
    pub(super) unreadable: usize,
    /// How things are, and from when on the lane knows.
    orders: Orders,
    known_at: Option<Timestamp>,
    /// What the lane is handed, and has not taken in or left.
    handed: Vec<Handed>,
    attempts: Vec<OnTheWay>,
    running: Option<Running>,
    /// What arrived, as the lane knows, or is settled on disk.
    done: HashSet<Position>,
    /// What arrived and was acknowledged to the lane since it began.
    acknowledged: HashSet<Position>,
    rests_until: Timestamp,
    probed_at: Timestamp,
    pub(super) starts: usize,
    tasks: usize,
    allowed_tasks: usize,
    dice: Ids,
}

pub(super) fn endpoint(concurrency: usize, delays: &[u64]) -> Endpoint {
    let at = Timestamp::from_millis(0);
    let overrides = Overrides {
        delays_ms: Some(delays.to_vec()),
        concurrency: Some(concurrency),
        ..Overrides::default()
    };
    Endpoint {
        number: 1,
        id: "e".to_owned(),
        origin: Origin::Hark,
        name: String::new(),
        dialect: Dialect::Standard,
        url: "http://receiver.test/".to_owned(),
        events: Vec::new(),
        secrets: Vec::new(),
        token: String::new(),
        schedule: Dialect::Standard.schedule().with(&overrides),
        overrides,
        state: State::Active,
        reason: None,
        trouble: None,
        state_since: at,
        since: 0,
        created_at: at,
        updated_at: at,
    }
}

impl World {
    pub(super) fn new(seed: u64, concurrency: usize, delays: &[u64]) -> Self {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let orders = Orders {
            endpoint: Arc::new(endpoint(concurrency, delays)),
            fresh_to: 0,
            parked: 0,
            stopping: false,
        };
        Self {
            now,
            disk: Disk::default(),
            window: Window::new(orders.clone(), 0, Ids::from_seed(seed), now),
            mood: Mood::Good,
            losses: Vec::new(),
            unreadable: 0,
            orders,
            known_at: None,
            handed: Vec::new(),
            attempts: Vec::new(),
            running: None,
            done: HashSet::new(),
            acknowledged: HashSet::new(),
            rests_until: now,
            probed_at: now,
            starts: 0,
            tasks: 0,
            allowed_tasks: 20,
            dice: Ids::from_seed(!seed),
        }
    }

    pub(super) fn roll(&mut self, upto: i64) -> i64 {
        (self.dice.fraction() * upto as f64) as i64
    }

    fn soon(&mut self, most: i64) -> Timestamp {
        let after = 1 + self.roll(most);
        self.now.plus_millis(after)
    }

    // What people do.

    pub(super) fn happens(&mut self, conversation: Option<usize>, count: usize) {
        let follow = self.orders.fresh_to;
        for _ in 0..count {
            let key = conversation.map(|number| Arc::from(format!("c{number}")));
            self.orders.fresh_to = self.disk.make(key);
        }
        // Most are handed to the lane, some it has to read from disk.
        if self.roll(4) > 0 {
            let items = self.disk.made_after(follow);
            self.handed.push(Handed { follow, items });
        }
        self.allowed_tasks += 2 * count;
        self.is_told();
    }

    pub(super) fn late(&mut self, conversation: Option<usize>) {
        let after = 10 * self.roll(self.disk.last() / 10 + 1);
        let key = conversation.map(|number| Arc::from(format!("c{number}")));
        if let Some(position) = self.disk.make_late(self.now, after, key) {
            self.wanted_again(position);
        }
    }

    pub(super) fn resend(&mut self) {
        let index = self.roll(self.disk.rows.len() as i64) as usize;
        if let Some(position) = self.disk.rows.keys().nth(index).copied()
            && self.disk.resend(self.now, position)
        {
            self.wanted_again(position);
        }
    }

    fn wanted_again(&mut self, position: Position) {
        self.done.remove(&position);
        self.acknowledged.remove(&position);
        self.parked_changed();
    }

    pub(super) fn prune(&mut self) {
        let upto = self.roll(self.disk.last() / 2 + 1);
        self.disk.prune(self.now, upto);
        self.parked_changed();
    }

    fn parked_changed(&mut self) {
        self.orders.parked += 1;
        self.is_told();
    }

    pub(super) fn set_concurrency(&mut self, concurrency: usize) {
        let mut endpoint = Endpoint::clone(&self.orders.endpoint);
        endpoint.schedule.concurrency = concurrency;
        self.orders.endpoint = Arc::new(endpoint);
        self.is_told();
    }

    pub(super) fn set_state(&mut self, state: State, reason: Option<&str>) {
        let mut endpoint = Endpoint::clone(&self.orders.endpoint);
        endpoint.state = state;
        endpoint.reason = reason.map(str::to_owned);
        self.orders.endpoint = Arc::new(endpoint);
        if state == State::Active {
            self.disk.hurry(self.now);
            self.orders.parked += 1;
        }
        self.is_told();
    }

    pub(super) fn state(&self) -> State {
        self.orders.endpoint.state
    }

    /// The lane hears of it after a while, and of all that has happened until then.
    fn is_told(&mut self) {
        self.allowed_tasks += 10;
        if self.known_at.is_none() {
            self.known_at = Some(self.soon(50));
        }
    }

    pub(super) fn stop(&mut self) {
        self.orders.stopping = true;
        self.is_told();
    }

    /// As if the process had died: what was on its way has arrived or not, nobody knows.
    pub(super) fn restart(&mut self) {
        let mut orders = self.orders.clone();
        orders.fresh_to = self.disk.last();
        self.orders = orders.clone();
        self.window = Window::new(orders, self.disk.cursor, Ids::from_seed(1), self.now);
        self.attempts.clear();
        self.running = None;
        self.known_at = None;
        self.handed.clear();
        let settled = self.disk.rows.iter().filter(|(_, row)| row.is_settled());
        self.done = settled.map(|(position, _)| *position).collect();
        self.acknowledged.clear();
        self.rests_until = self.now;
        self.probed_at = self.now;
        self.allowed_tasks += 20 + self.disk.rows.len();
    }

    // What the driver does, and what answers it.

    /// Lets time pass.
    pub(super) fn pass(&mut self, duration: Duration) {
        let until = self.now.plus(duration);
        self.allowed_tasks += 10 + 2 * (duration.as_secs() / 60) as usize;
        loop {
            self.drive();
            let after = self.window.wake_after(self.now);
            assert!(!after.is_zero(), "it would not sleep");
            self.check_alarm(self.now.plus(after));
            let running = self.running.as_ref();
            let next = self
                .attempts
                .iter()
                .map(|attempt| attempt.ends_at)
                .chain(running.map(|running| running.effect_at.max(self.now)))
                .chain(
                    running
                        .filter(|running| running.done.is_some())
                        .map(|running| running.ends_at),
                )
                .chain(self.known_at)
                .chain([self.now.plus(after)])
                .filter(|at| *at > self.now)
                .min();
            let next = next.unwrap();
            if next > until {
                self.now = until;
                return;
            }
            self.now = next;
        }
    }

    /// Time goes by in which nothing is done: the machine slept, or its clock was set.
    pub(super) fn leap(&mut self, duration: Duration) {
        self.now = self.now.plus(duration);
    }

    fn drive(&mut self) {
        self.events();
        while let Some(item) = self.window.next_to_send(self.now) {
            self.start(item);
        }
        if let Some(task) = self.window.next_task(self.now) {
            assert!(
                self.running.is_none(),
                "two things with the store at a time"
            );
            self.check_task(&task);
            let effect_at = self.soon(20);
            self.running = Some(Running {
                effect_at,
                ends_at: effect_at.plus_millis(self.roll(20)),
                task: Some(task),
                done: None,
            });
        }
        self.check_bounds();
        self.check_progress();
    }

    /// What has its time now.
    fn events(&mut self) {
        if self.known_at.is_some_and(|at| at <= self.now) {
            self.known_at = None;
            let (before, after) = (self.window.endpoint().clone(), self.orders.endpoint.clone());
            if before.state != after.state {
                self.probed_at = self.now;
            }
            let has_come_back = before.state != State::Active && after.state == State::Active;
            if has_come_back || before.schedule.concurrency != after.schedule.concurrency {
                self.rests_until = self.now;
            }
            self.window.apply_orders(self.orders.clone(), self.now);
        }
        if let Some(mut running) = self.running.take() {
            if running.effect_at <= self.now
                && let Some(task) = running.task.take()
            {
                running.done = Some(self.effect(task));
            }
            if running.ends_at <= self.now
                && let Some(done) = running.done.take()
            {
                self.window.on_task_done(done, self.now);
            } else {
                self.running = Some(running);
            }
        }
        if self.window.can_take_in() && self.known_at.is_none() {
            for handed in std::mem::take(&mut self.handed) {
                self.window.take_in(handed, self.now);
            }
        }
        let now = self.now;
        let ended: Vec<OnTheWay> = self
            .attempts
            .extract_if(.., |attempt| attempt.ends_at <= now)
            .collect();
        for attempt in ended {
            self.end(attempt);
        }
    }

    fn effect(&mut self, task: Task) -> Done {
        let loss = self.losses.pop();
        if loss == Some(Loss::Before) {
            return Done::Failed(task);
        }
        if let (Some(Loss::After), Task::Write { steps, cursor }) = (loss, &task) {
            self.write(steps, *cursor);
            return Done::Failed(task);
        }
        match task {
            Task::Write { steps, cursor } => {
                let recorded = self.write(&steps, cursor);
                Done::Written(steps, recorded)
            }
            Task::LoadFresh { after, upto, limit } => Done::Fresh {
                upto,
                limit,
                found: self.disk.fresh(after, limit),
            },
            Task::LoadDue { limit } => Done::Due {
                limit,
                found: self.disk.due(limit),
            },
            Task::Change(StateChange::Disable(reason)) => {
                if self.state() == State::Active {
                    self.set_state(State::Disabled, Some(&reason));
                }
                Done::Changed
            }
            // What is told of an endpoint changes nothing about how it is served.
            Task::Change(StateChange::Fail(_)) => Done::Changed,
            Task::Change(StateChange::Recover { .. }) => {
                if self.state() == State::Disabled {
                    self.set_state(State::Active, None);
                }
                Done::Changed
            }
        }
    }

    fn write(
        &mut self,
        steps: &[crate::deliveries::Step],
        cursor: Position,
    ) -> crate::deliveries::Written {
        let tries = self.orders.endpoint.schedule.delays.len() as i64 + 1;
        for step in steps {
            let item = &step.item;
            if let What::Failed { next_at: None, .. } = step.what {
                let tried = item.attempts + 1 - item.attempts_before;
                assert!(tried >= tries, "{} is given up too early", item.position);
            }
        }
        let recorded = self.disk.record(self.now, cursor, steps);
        let first = self.disk.rows.iter().find(|(_, row)| row.state == FRESH);
        let first = first.map_or(Position::MAX, |(position, _)| *position);
        assert!(
            self.disk.cursor < first,
            "{first} is fresh and never found again"
        );
        for step in steps {
            let position = step.item.position;
            if self
                .disk
                .rows
                .get(&position)
                .is_some_and(super::disk::Row::is_settled)
            {
                self.done.insert(position);
            }
        }
        recorded
    }

    fn start(&mut self, item: Item) {
        self.starts += 1;
        self.allowed_tasks += 4;
        self.check_start(&item);
        let mut took = 1 + self.roll(200);
        let mut mood = self.mood;
        if mood == Mood::Moody {
            mood = match self.roll(8) {
                0 => Mood::Status(500),
                1 => Mood::Status(429),
                2 => Mood::AsksForTime(3),
                3 => Mood::Silent,
                _ => Mood::Good,
            };
        }
        let mut outcome = Outcome {
            attempt: Attempt::default(),
            succeeded: false,
            status: None,
            retry_after: None,
            is_first: item.attempts == 0,
            waited: Duration::ZERO,
        };
        match mood {
            Mood::Good | Mood::Moody => {
                outcome.succeeded = true;
                outcome.status = Some(200);
            }
            Mood::Status(status) => outcome.status = Some(status),
            Mood::AsksForTime(seconds) => {
                outcome.status = Some(503);
                outcome.retry_after = Some(Duration::from_secs(seconds));
            }
            Mood::Silent => took = 15_000,
            Mood::Refuses => took = 1,
        }
        let is_unreadable = self.unreadable > 0;
        self.unreadable -= usize::from(is_unreadable);
        self.attempts.push(OnTheWay {
            ends_at: self.now.plus_millis(took),
            outcome: (!is_unreadable).then_some(outcome),
            item,
        });
    }

    fn end(&mut self, attempt: OnTheWay) {
        let OnTheWay { item, outcome, .. } = attempt;
        let Some(result) = &outcome else {
            self.rests_until = self.now.plus_seconds(1);
            return self.window.on_attempt_done(item, outcome, self.now);
        };
        if self.window.endpoint().state == State::Disabled {
            self.probed_at = self.now;
        }
        if result.succeeded {
            self.rests_until = self.now;
            let row = self.disk.rows.get(&item.position);
            let is_as_known = row.is_some_and(|row| {
                (row.attempts, row.attempts_before) == (item.attempts, item.attempts_before)
            });
            // Unless somebody asked for it once more meanwhile.
            if is_as_known {
                self.done.insert(item.position);
                self.acknowledged.insert(item.position);
            }
        } else if let Some(pause) = result.retry_after {
            self.rests_until = self.now.plus(pause.min(LONGEST_REST));
        }
        self.window.on_attempt_done(item, outcome, self.now);
    }

    /// Everything is as it should be, and the receiver takes all: the lane comes to rest.
    pub(super) fn comes_to_rest(&mut self) {
        self.mood = Mood::Good;
        self.losses.clear();
        self.unreadable = 0;
        self.pass(Duration::from_secs(1));
        // Until the lane knows that the endpoint goes on, failures from before may disable it.
        for _ in 0..3 {
            if self.state() != State::Active {
                self.set_state(State::Active, None);
            }
            self.pass(Duration::from_secs(60));
        }
        self.pass(Duration::from_secs(7_200));
        assert!(self.attempts.is_empty() && self.window.steps.is_empty());
        for (position, row) in &self.disk.rows {
            assert!(row.is_settled(), "{position} was never sent: {row:?}");
            let is_lost = self.acknowledged.contains(position) && row.state != DELIVERED;
            assert!(
                !is_lost,
                "{position} arrived, and it is not written: {row:?}"
            );
        }
    }
}
