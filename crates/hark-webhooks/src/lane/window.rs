//! What a lane does next. Nothing in here touches the store, the network or a clock: what happened,
//! and at which time, comes in as arguments, and what is to be done comes out, so that a test can play
//! a lane's life in a moment.
//!
//! What is on disk is the truth, and this is a window of it. One thing is done with the store at a
//! time, so that what is loaded agrees with what was written.

mod health;
mod pace;
mod queue;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use hark_store::{Ids, Position, Timestamp};

use self::health::Health;
use self::pace::{LONGEST_REST, Pace};
use self::queue::Queue;
use super::Handed;
use crate::deliveries::{Item, Step, What, Written};
use crate::endpoints::{Endpoint, Origin, State, Trouble};
use crate::request::Outcome;
use crate::schedule::LONGEST_RETRY_AFTER;

/// Fresh deliveries in memory: at least so many, and twice what may be on its way.
const WINDOW: usize = 256;
/// And never more, however long some conversation is.
const MOST_IN_MEMORY: usize = 4_096;
/// What is written down in one command.
const AT_ONCE: usize = 256;
/// Outcomes that wait to be written down. Beyond that nothing more is sent: a store that takes
/// nothing must not cause a flood of repeats.
const MOST_UNWRITTEN: usize = 2_048;
/// A lane that nobody wakes looks by itself, in case that it was forgotten.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// An endpoint to which nothing has arrived for so long is disabled.
const PATIENCE_DAYS: i64 = 5;
/// How long a lane waits when the store does not answer.
pub(super) const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// Why an endpoint is disabled that answered 410.
const GONE: &str = "it answered 410 Gone: it wants nothing more";

/// What the dispatcher wants of a lane.
#[derive(Clone)]
pub(crate) struct Orders {
    pub(crate) endpoint: Arc<Endpoint>,
    /// There may be fresh deliveries up to here.
    pub(crate) fresh_to: Position,
    /// Grows when someone has changed what is parked.
    pub(crate) parked: u64,
    pub(crate) stopping: bool,
}

/// A change of the endpoint's state that follows from what it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StateChange {
    Disable(String),
    /// It begins to fail.
    Fail(Trouble),
    /// Something arrived; or, `at_once`, may be sent again.
    Recover {
        at_once: bool,
    },
}

/// Something to be done with the store.
#[derive(Debug)]
pub(super) enum Task {
    /// Up to the cursor nothing is fresh any more.
    Write {
        steps: Vec<Step>,
        cursor: Position,
    },
    LoadFresh {
        after: Position,
        upto: Position,
        limit: usize,
    },
    LoadDue {
        limit: usize,
    },
    Change(StateChange),
}

/// What came of a task.
#[derive(Debug)]
pub(super) enum Done {
    Written(Vec<Step>, Written),
    /// With each delivery whether one ahead of it is parked.
    Fresh {
        upto: Position,
        limit: usize,
        found: Vec<(Item, bool)>,
    },
    Due {
        limit: usize,
        found: Vec<Item>,
    },
    Changed,
    /// The store could not do it, or it is not known whether it did.
    Failed(Task),
}

pub(super) struct Window {
    endpoint: Arc<Endpoint>,
    fresh_to: Position,
    parked: u64,
    stopping: bool,
    /// Whether the clock is one by which nothing is given up.
    doubts_time: bool,
    queue: Queue,
    pace: Pace,
    health: Health,
    /// How many attempts are being made.
    on_the_way: usize,
    /// What is to be written down.
    steps: VecDeque<Step>,
    /// Fresh ones in memory of which nothing is written yet.
    unwritten: BTreeSet<Position>,
    loaded_to: Position,
    has_loaded: bool,
    /// When something fresh was found last.
    found_at: Timestamp,
    /// Whether the parked ones are to be read again.
    look_for_due: bool,
    looked_at: Timestamp,
    /// Each at most once, in the order in which they came.
    changes: VecDeque<StateChange>,
    /// Whether a task is under way.
    store_is_busy: bool,
    store_rests_until: Option<Timestamp>,
    chance: Ids,
}

impl Window {
    /// On disk nothing is fresh up to the cursor.
    pub(super) fn new(orders: Orders, cursor: Position, chance: Ids, now: Timestamp) -> Self {
        Self {
            pace: Pace::new(&orders.endpoint, now),
            health: Health::new(&orders.endpoint),
            endpoint: orders.endpoint,
            fresh_to: orders.fresh_to,
            parked: orders.parked,
            stopping: orders.stopping,
            doubts_time: false,
            queue: Queue::default(),
            on_the_way: 0,
            steps: VecDeque::new(),
            unwritten: BTreeSet::new(),
            loaded_to: cursor,
            has_loaded: false,
            found_at: now,
            look_for_due: true,
            looked_at: now,
            changes: VecDeque::new(),
            store_is_busy: false,
            store_rests_until: None,
            chance,
        }
    }

    pub(super) const fn endpoint(&self) -> &Arc<Endpoint> {
        &self.endpoint
    }

    pub(super) fn apply_orders(&mut self, orders: Orders, now: Timestamp) {
        self.fresh_to = self.fresh_to.max(orders.fresh_to);
        self.stopping |= orders.stopping;
        self.pace.follow(&self.endpoint, &orders.endpoint, now);
        let change = self.health.follow(&self.endpoint, &orders.endpoint, now);
        if let Some(change) = change {
            self.turn(change);
        }
        self.look_for_due |= orders.parked != self.parked;
        self.look_for_due |= orders.endpoint.state != self.endpoint.state;
        self.parked = orders.parked;
        self.endpoint = orders.endpoint;
    }

    pub(super) const fn doubt_time(&mut self, doubts: bool) {
        self.doubts_time = doubts;
    }

    /// Whether a lane that is to stop has nothing left to do.
    pub(super) fn is_over(&self) -> bool {
        let is_written = self.steps.is_empty() && self.changes.is_empty() && !self.store_is_busy;
        self.stopping && self.on_the_way == 0 && is_written
    }

    /// What is to be done with the store, after what can be sent was sent: write down what happened,
    /// then look for more. Nothing, as long as the task before has not come back.
    pub(super) fn next_task(&mut self, now: Timestamp) -> Option<Task> {
        let is_resting = self.store_rests_until.is_some_and(|until| now < until);
        if self.store_is_busy || is_resting {
            return None;
        }
        let task = self.choose_task(now);
        self.store_is_busy = task.is_some();
        task
    }

    fn choose_task(&mut self, now: Timestamp) -> Option<Task> {
        if let Some(change) = self.changes.pop_front() {
            return Some(Task::Change(change));
        }
        let wants_fresh = self.wants_fresh(now);
        // What is loaded after one that has to wait must find it waiting on disk.
        let has_waited = self.steps.len() >= AT_ONCE
            || !wants_fresh
            || !self.queue.ready.is_empty()
            || self.steps.iter().any(is_blocked);
        if !self.steps.is_empty() && has_waited {
            return Some(self.write());
        }
        if wants_fresh {
            return Some(Task::LoadFresh {
                after: self.loaded_to,
                upto: self.fresh_to,
                limit: self.size().saturating_sub(self.in_memory()).max(1),
            });
        }
        if self.wants_due(now) {
            self.look_for_due = false;
            self.looked_at = now;
            let limit = self.queue.due_limit();
            return Some(Task::LoadDue { limit });
        }
        None
    }

    fn is_served(&self) -> bool {
        !self.stopping && matches!(self.endpoint.state, State::Active | State::Disabled)
    }

    fn has_loaded_all(&self) -> bool {
        self.has_loaded && self.loaded_to >= self.fresh_to
    }

    fn wants_fresh(&self, now: Timestamp) -> bool {
        !self.has_loaded_all() && self.has_room(now)
    }

    pub(super) const fn loaded_to(&self) -> Position {
        self.loaded_to
    }

    /// Whether deliveries are to be made of what waits for the endpoint in the log.
    pub(super) fn takes_more(&self, now: Timestamp) -> bool {
        let is_time = match self.endpoint.state {
            State::Active if self.health.fails() => self.next_new_at() <= now,
            State::Active => true,
            // There has to be something with which it is tried whether it is back.
            _ => self.on_the_way == 0 && self.steps.is_empty() && self.is_empty(),
        };
        is_time && self.has_loaded_all() && self.has_room(now)
    }

    /// When an endpoint at which nothing arrives gets something that it has not had.
    fn next_new_at(&self) -> Timestamp {
        self.found_at.plus(self.health.pause_after(self.found_at))
    }

    /// Whether nothing is known to wait.
    fn is_empty(&self) -> bool {
        self.unwritten.is_empty() && !self.look_for_due && self.queue.has_no_parked()
    }

    fn has_room(&self, now: Timestamp) -> bool {
        self.is_served()
            && self.in_memory() < self.size() / 2
            // Of what cannot be sent now, enough is there.
            && (self.queue.ready.is_empty() || self.places(now) > 0)
    }

    /// Whether the window may be given what was handed to the lane: while something is being written, it is
    /// not known what has to wait for it.
    pub(super) const fn can_take_in(&self) -> bool {
        !self.store_is_busy
    }

    /// Deliveries that were made just now. They are left to be read from disk unless they follow what is in memory, there is
    /// room, and nothing is parked for which some of them might have to wait.
    pub(super) fn take_in(&mut self, handed: Handed, now: Timestamp) {
        let Handed { follow, items } = handed;
        let loaded_to = self.loaded_to;
        let follow_on = self.has_loaded && loaded_to >= follow;
        let is_all_known = !self.look_for_due && self.queue.due_known_to().is_none();
        let is_none_parked = is_all_known && self.queue.has_no_parked();
        let is_none_to_park = !self.steps.iter().any(is_blocked);
        let may_come_in = follow_on && is_none_parked && is_none_to_park && self.has_room(now);
        if !may_come_in {
            return;
        }
        // What was read from disk meanwhile may have been more than was asked for.
        for item in items.into_iter().filter(|item| item.position > loaded_to) {
            self.loaded_to = item.position;
            self.found_at = now;
            self.unwritten.insert(item.position);
            self.queue.admit(item, false);
        }
    }

    fn wants_due(&self, now: Timestamp) -> bool {
        self.is_served()
            && (self.look_for_due
                || self.queue.wants_due(now)
                || self.looked_at.plus(LONGEST_SLEEP) <= now)
    }

    fn size(&self) -> usize {
        WINDOW.max(2 * self.endpoint.schedule.concurrency)
    }

    /// What waits behind another one of its order does not keep others out, up to a bound.
    fn in_memory(&self) -> usize {
        let all = self.unwritten.len();
        if all >= MOST_IN_MEMORY {
            all
        } else {
            all - self.queue.behind()
        }
    }

    /// Writes down what happened, and puts behind a parked delivery what follows it in its order.
    fn write(&mut self) -> Task {
        let count = self.steps.len().min(AT_ONCE);
        let mut steps: Vec<Step> = self.steps.drain(..count).collect();
        // Of these none stays for the next command: what is loaded in between would not see them.
        let rest = std::mem::take(&mut self.steps);
        let (blocked, rest): (Vec<Step>, Vec<Step>) = rest.into_iter().partition(is_blocked);
        self.steps = rest.into();
        steps.extend(blocked);
        let parked: HashSet<Arc<str>> = steps
            .iter()
            .filter(|step| !step.what.settles())
            .filter_map(|step| step.item.order_key.clone())
            .collect();
        if !parked.is_empty() {
            let behind = self.queue.take_behind(&parked);
            steps.extend(behind.into_iter().map(blocked_step));
            // In the order of the log, so that each finds the one ahead of it parked.
            steps.sort_by_key(|step| (is_blocked(step), step.item.position));
        }
        for step in &steps {
            self.unwritten.remove(&step.item.position);
        }
        let cursor = match self.unwritten.first() {
            Some(first) => first - 1,
            None => self.loaded_to,
        };
        Task::Write { steps, cursor }
    }

    pub(super) fn on_task_done(&mut self, done: Done, now: Timestamp) {
        self.store_is_busy = false;
        match done {
            Done::Written(steps, written) => {
                self.health.count_given_up(written.given_up(&steps).len());
                for step in steps {
                    let is_stale = written.stale.contains(&step.item.position);
                    self.on_written(step, is_stale);
                }
                self.check_disable(written.failing_since, now);
            }
            Done::Fresh { upto, limit, found } => {
                self.loaded_to = match found.last() {
                    Some((last, _)) if found.len() >= limit => last.position,
                    Some((last, _)) => upto.max(last.position),
                    None => upto.max(self.loaded_to),
                };
                self.has_loaded = true;
                if !found.is_empty() {
                    self.found_at = now;
                }
                for (item, is_blocked) in found {
                    self.unwritten.insert(item.position);
                    let blocked = self.queue.admit(item, is_blocked);
                    self.steps.extend(blocked.map(blocked_step));
                }
            }
            Done::Due { limit, found } => {
                let delays = &self.endpoint.schedule.delays;
                let longest = delays.iter().max().copied().unwrap_or_default();
                let longest = longest.mul_f64(1.2).max(LONGEST_RETRY_AFTER);
                // No wait is longer, unless the clock was ahead when it began.
                let latest = now.plus(longest);
                self.queue.set_due(found, limit, latest);
            }
            Done::Changed => {}
            Done::Failed(task) => {
                self.store_rests_until = Some(now.plus(RETRY_PAUSE));
                self.take_back(task);
            }
        }
    }

    /// What could not be done is done later.
    fn take_back(&mut self, task: Task) {
        match task {
            Task::Write { steps, .. } => {
                // Written with the next ones, in the same order.
                for step in steps.into_iter().rev() {
                    if step.item.next_at.is_none() {
                        self.unwritten.insert(step.item.position);
                    }
                    self.steps.push_front(step);
                }
            }
            Task::LoadFresh { .. } => {}
            Task::LoadDue { .. } => self.look_for_due = true,
            Task::Change(change) if !self.changes.contains(&change) => {
                self.changes.push_front(change);
            }
            Task::Change(_) => {}
        }
    }

    /// After it is written how it went: those behind it go on, or wait for what is parked.
    fn on_written(&mut self, step: Step, is_stale: bool) {
        let Step { mut item, what } = step;
        let was_parked = item.next_at.is_some();
        if was_parked {
            self.queue.parked_out.remove(&item.position);
        }
        // After a first success those behind went on at once, and the next may be on its way.
        let has_gone_on = !was_parked && matches!(what, What::Delivered { .. });
        match what {
            // On disk it is as somebody else has left it.
            _ if is_stale => self.look_for_due = true,
            What::Blocked => {
                self.look_for_due = true;
                return;
            }
            What::Failed {
                next_at: Some(at), ..
            } => {
                self.queue.release(item.order_key.as_ref());
                item.attempts += 1;
                item.next_at = Some(at);
                return self.queue.insert_due(at, item);
            }
            // On disk the next one of its order has got a time.
            What::Delivered { .. } | What::Failed { next_at: None, .. } => {
                self.look_for_due |= was_parked && item.order_key.is_some();
            }
        }
        if !has_gone_on {
            self.queue.release(item.order_key.as_ref());
        }
    }

    fn check_disable(&mut self, failing_since: Option<Timestamp>, now: Timestamp) {
        let Some(since) = failing_since else {
            return;
        };
        let is_served = self.endpoint.state == State::Active && !self.doubts_time;
        if is_served && since.plus_days(PATIENCE_DAYS) <= now {
            let reason = format!("nothing has arrived since {}", since.iso());
            self.health.disabled();
            self.turn(StateChange::Disable(reason));
        }
    }

    fn turn(&mut self, change: StateChange) {
        if !self.changes.contains(&change) {
            self.changes.push_back(change);
        }
    }

    /// It was looked at where its address leads: why nothing may be sent there, if so, by its class and
    /// in a sentence.
    pub(super) fn on_look(&mut self, objection: Option<(&str, String)>, now: Timestamp) {
        let change = match objection {
            Some((class, why)) => self.health.close(class, why, now).map(StateChange::Fail),
            None => self.health.open(),
        };
        if let Some(change) = change {
            self.turn(change);
        }
    }

    /// How many deliveries were given up, when it is time to say so.
    pub(super) fn given_up(&mut self, now: Timestamp) -> Option<usize> {
        self.health.say_given_up(now)
    }

    /// How many attempts may be begun now.
    fn places(&self, now: Timestamp) -> usize {
        if !self.is_served() || self.steps.len() >= MOST_UNWRITTEN {
            return 0;
        }
        self.pace.places(&self.endpoint, self.on_the_way, now)
    }

    /// A delivery that is to be sent now.
    pub(super) fn next_to_send(&mut self, now: Timestamp) -> Option<Item> {
        if self.places(now) == 0 {
            return None;
        }
        let is_probe = self.endpoint.state == State::Disabled;
        let item = self.queue.next(now, is_probe)?;
        self.on_the_way += 1;
        Some(item)
    }

    /// An attempt is over. No outcome: the store could not be asked for the body.
    pub(super) fn on_attempt_done(&mut self, item: Item, outcome: Option<Outcome>, now: Timestamp) {
        self.on_the_way -= 1;
        let Some(outcome) = outcome else {
            self.pace.rest(RETRY_PAUSE, now);
            return self.queue.put_back(item);
        };
        let is_disabled = self.endpoint.state == State::Disabled;
        if is_disabled {
            self.pace.probed(now);
        }
        if outcome.succeeded {
            return self.on_success(item, outcome);
        }
        self.pace.on_failure(&self.endpoint.schedule, &outcome, now);
        let endpoint = Arc::clone(&self.endpoint);
        let schedule = &endpoint.schedule;
        let is_gone = outcome.status == Some(410) && schedule.heeds_receiver;
        if is_gone {
            self.health.disabled();
            self.turn(StateChange::Disable(GONE.to_owned()));
        }
        let tries = item.attempts + 1 - item.attempts_before;
        let delay = schedule.delay_after(tries, self.chance.fraction(), outcome.retry_after);
        // What an endpoint that is out of service did not take is kept for the day of its return.
        let is_kept = is_gone || is_disabled || self.doubts_time;
        let delay = delay.or_else(|| is_kept.then_some(LONGEST_REST));
        let given_up_after = delay.is_none().then_some(tries);
        if let Some(trouble) = self.health.on_failure(&outcome, given_up_after, now) {
            self.turn(StateChange::Fail(trouble));
        }
        let what = What::Failed {
            attempt: outcome.attempt,
            next_at: delay.map(|delay| now.plus(delay)),
        };
        self.steps.push_back(Step { item, what });
    }

    fn on_success(&mut self, item: Item, outcome: Outcome) {
        self.pace.on_success(&self.endpoint.schedule);
        let works_again = self.health.on_success();
        if works_again || self.endpoint.state == State::Disabled {
            self.turn(StateChange::Recover { at_once: false });
        }
        // The next one need not wait until this is written: after a crash both are sent again, in
        // this order.
        if item.next_at.is_none() {
            self.queue.release(item.order_key.as_ref());
        }
        // Agents see what the workspace's receiver answers.
        let is_shown = self.endpoint.origin == Origin::Workspace && item.seq.is_some();
        let room = item.order_key.as_ref().filter(|_| is_shown);
        let crm = room
            .map(ToString::to_string)
            .zip(outcome.attempt.response.clone());
        let what = What::Delivered {
            attempt: outcome.attempt,
            crm,
        };
        self.steps.push_back(Step { item, what });
    }

    /// How long the lane may sleep: then it has something to do, also if nothing happens.
    pub(super) fn wake_after(&self, now: Timestamp) -> Duration {
        let due = match self.endpoint.state {
            State::Active if self.on_the_way < self.pace.limit() => self.queue.next_due_after(now),
            _ => None,
        };
        let at = [
            due,
            self.pace.wakes_at(&self.endpoint),
            self.queue.due_known_to(),
            self.store_rests_until,
            self.health.fails().then(|| self.next_new_at()),
        ];
        let next = at.into_iter().flatten().filter(|at| *at > now).min();
        let next = next.unwrap_or(Timestamp::MAX).millis_since(now);
        Duration::from_millis(next.unsigned_abs()).min(LONGEST_SLEEP)
    }
}

const fn blocked_step(item: Item) -> Step {
    Step {
        item,
        what: What::Blocked,
    }
}

const fn is_blocked(step: &Step) -> bool {
    matches!(step.what, What::Blocked)
}
