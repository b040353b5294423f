//! What holds always: before a delivery is sent or the store is asked, and after each step.

use std::collections::HashSet;
use std::sync::Arc;

use hark_store::{Position, Timestamp};

use super::{OnTheWay, World};
use crate::deliveries::{FRESH, Item, What};
use crate::endpoints::State;
use crate::lane::window::{AT_ONCE, GONE, MOST_IN_MEMORY, MOST_UNWRITTEN, Task};

impl World {
    pub(super) fn check_start(&mut self, item: &Item) {
        let position = item.position;
        let known = self.window.endpoint();
        let is_probe = known.state == State::Disabled;
        assert!(!self.window.stopping, "{position} is sent at the end");
        assert!(
            self.rests_until <= self.now,
            "{position} is sent although the receiver rests"
        );
        match known.state {
            State::Active => {
                assert!(
                    self.attempts.len() < known.schedule.concurrency,
                    "too many at once"
                );
            }
            State::Disabled => {
                assert!(self.attempts.is_empty(), "two probes at once");
                assert!(
                    self.probed_at.plus_seconds(900) <= self.now,
                    "a probe too early"
                );
                assert_ne!(
                    known.reason.as_deref(),
                    Some(GONE),
                    "what is gone is not asked"
                );
            }
            state => panic!(
                "{position} is sent to an endpoint that is {}",
                state.as_str()
            ),
        }
        assert!(!self.done.contains(&position), "{position} is sent twice");
        let is_due = item.next_at.is_none_or(|at| at <= self.now);
        assert!(is_due || is_probe, "{position} is sent before its time");
        let Some(key) = &item.order_key else { return };
        let beside = |other: &OnTheWay| other.item.order_key.as_ref() == Some(key);
        assert!(
            !self.attempts.iter().any(beside),
            "{position} is sent beside another of {key}"
        );
        if !self.disk.rows.contains_key(&position) {
            // It was removed while it was in memory.
            return;
        }
        if self.disk.rows[&position].is_passed {
            return;
        }
        for (ahead, row) in self.disk.rows.range(..position) {
            let has_to_come = row.key.as_ref() == Some(key) && !row.is_passed;
            let has_come = self.done.contains(ahead);
            assert!(
                !has_to_come || has_come,
                "{position} of {key} is sent before {ahead}"
            );
        }
    }

    pub(super) fn check_task(&mut self, task: &Task) {
        self.tasks += 1;
        let (tasks, allowed) = (self.tasks, self.allowed_tasks);
        assert!(
            tasks <= allowed,
            "the store is asked again and again: {tasks} times"
        );
        let size = self.window.size();
        match task {
            Task::Write { steps, .. } => {
                let outcomes = steps
                    .iter()
                    .filter(|step| !matches!(step.what, What::Blocked));
                assert!(outcomes.count() <= AT_ONCE);
                assert!(!steps.is_empty());
            }
            Task::LoadFresh { limit, .. } => assert!(*limit <= size),
            Task::LoadDue { limit } => assert!(*limit <= 256 + MOST_UNWRITTEN + 2 * size),
            Task::Change(_) => {}
        }
    }

    pub(super) fn check_bounds(&self) {
        let window = &self.window;
        let (size, at_once) = (window.size(), window.endpoint.schedule.concurrency.max(64));
        assert_eq!(window.on_the_way, self.attempts.len());
        assert!(window.unwritten.len() < MOST_IN_MEMORY + size);
        assert!(window.steps.len() < MOST_UNWRITTEN + MOST_IN_MEMORY + at_once + size);
        let outcomes = window
            .steps
            .iter()
            .filter(|step| !matches!(step.what, What::Blocked));
        assert!(
            outcomes.count() <= MOST_UNWRITTEN + at_once,
            "more and more is unwritten"
        );
        assert!(window.queue.due.len() <= 512);
        assert!(window.queue.ready.len() + window.queue.behind() <= window.unwritten.len());
    }

    /// Whether nothing is under way between the lane, the store and those who give it orders.
    fn is_quiet(&self) -> bool {
        let window = &self.window;
        let is_patient = window
            .store_rests_until
            .is_some_and(|until| self.now < until);
        let is_idle = self.running.is_none() && window.steps.is_empty() && !is_patient;
        is_idle && self.known_at.is_none()
    }

    /// From when on each could be sent that waits, but for those that follow one on its way.
    fn waiting(&self) -> impl Iterator<Item = (Position, Timestamp)> {
        let out: HashSet<Position> = self.attempts.iter().map(|one| one.item.position).collect();
        let on_the_way = self.attempts.iter();
        let keys = on_the_way.filter_map(|one| one.item.order_key.as_ref());
        let busy: HashSet<&Arc<str>> = keys.collect();
        self.disk.rows.iter().filter_map(move |(position, row)| {
            let is_busy = row.key.as_ref().is_some_and(|key| busy.contains(key));
            let at = row
                .next_at
                .or_else(|| (row.state == FRESH).then_some(self.now))?;
            (!is_busy && !out.contains(position)).then_some((*position, at))
        })
    }

    /// What could be sent is on its way when there is a place.
    pub(super) fn check_progress(&self) {
        if self.is_quiet() && self.window.places(self.now) > 0 {
            let forgotten = self.waiting().find(|(_, at)| *at <= self.now);
            assert_eq!(forgotten, None, "it waits, and there is a place");
        }
    }

    /// The lane does not sleep longer than until it has something to do.
    pub(super) fn check_alarm(&self, alarm: Timestamp) {
        let window = &self.window;
        let store = window.store_rests_until.filter(|until| self.now < *until);
        if let Some(store) = store.filter(|_| self.running.is_none() && !window.steps.is_empty()) {
            assert!(
                alarm <= store,
                "it sleeps, and there is something to be written"
            );
        }
        let has_places = self.attempts.len() < window.pace.limit();
        let is_served = window.endpoint.state == State::Active && !window.stopping;
        if self.is_quiet() && has_places && is_served {
            let first = self.waiting().map(|(_, at)| at).min();
            let rests_until = self
                .rests_until
                .max(window.pace.rests_until().unwrap_or(self.now));
            let first = first.map(|at| at.max(rests_until));
            assert!(
                first.is_none_or(|first| alarm <= first),
                "it sleeps too long"
            );
        }
    }
}
