//! How much an endpoint gets at once, and when it gets nothing.

use std::time::Duration;

use hark_store::Timestamp;

use super::GONE;
use crate::endpoints::{Endpoint, State};
use crate::request::Outcome;
use crate::schedule::Schedule;

/// A lane does not wait longer, however much time its receiver asks for.
pub(super) const LONGEST_REST: Duration = Duration::from_secs(600);
/// How often it is tried whether a disabled endpoint is back.
const PROBE_EVERY: Duration = Duration::from_secs(900);
/// A receiver whose dialect has no way to ask for less still gets so many requests at once when it
/// does not answer.
const FEWEST: usize = 8;
/// One that gets one at a time and does not answer is left alone for a moment, each time twice as long:
/// one that refuses connections would fail a thousand times a second.
const SHORTEST_REST: Duration = Duration::from_millis(50);
const LONGEST_UNASKED: Duration = Duration::from_secs(2);

pub(super) struct Pace {
    /// How many may be on their way.
    limit: usize,
    rests_until: Option<Timestamp>,
    /// How long it rests after the next failure, when nobody says for how long.
    next_rest: Duration,
    /// When a disabled endpoint is tried again.
    probe_at: Timestamp,
}

impl Pace {
    pub(super) fn new(endpoint: &Endpoint, now: Timestamp) -> Self {
        Self {
            limit: endpoint.schedule.concurrency,
            rests_until: None,
            next_rest: SHORTEST_REST,
            probe_at: now.plus(PROBE_EVERY),
        }
    }

    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    #[cfg(test)]
    pub(super) const fn rests_until(&self) -> Option<Timestamp> {
        self.rests_until
    }

    /// The endpoint was changed.
    pub(super) fn follow(&mut self, before: &Endpoint, after: &Endpoint, now: Timestamp) {
        let has_come_back = before.state != State::Active && after.state == State::Active;
        if has_come_back || before.schedule.concurrency != after.schedule.concurrency {
            self.limit = after.schedule.concurrency;
            self.rests_until = None;
        }
        if before.state != after.state {
            self.probed(now);
        }
    }

    /// How many attempts may be begun now.
    pub(super) fn places(&self, endpoint: &Endpoint, on_the_way: usize, now: Timestamp) -> usize {
        if self.rests_until.is_some_and(|until| now < until) {
            return 0;
        }
        let limit = match endpoint.state {
            State::Active => self.limit,
            State::Disabled => usize::from(self.probe_of(endpoint).is_some_and(|at| at <= now)),
            State::Paused | State::Removed => 0,
        };
        limit.saturating_sub(on_the_way)
    }

    /// When it is tried whether a disabled endpoint is back. One that said it is gone for good is
    /// not asked.
    fn probe_of(&self, endpoint: &Endpoint) -> Option<Timestamp> {
        let is_asked =
            endpoint.state == State::Disabled && endpoint.reason.as_deref() != Some(GONE);
        is_asked.then_some(self.probe_at)
    }

    pub(super) fn wakes_at(&self, endpoint: &Endpoint) -> Option<Timestamp> {
        self.rests_until.max(self.probe_of(endpoint))
    }

    /// A disabled endpoint was tried.
    pub(super) fn probed(&mut self, now: Timestamp) {
        self.probe_at = now.plus(PROBE_EVERY);
    }

    pub(super) fn rest(&mut self, pause: Duration, now: Timestamp) {
        self.rests_until = Some(now.plus(pause.min(LONGEST_REST)));
    }

    pub(super) fn on_success(&mut self, schedule: &Schedule) {
        self.rests_until = None;
        self.next_rest = SHORTEST_REST;
        self.limit = (self.limit + 1).min(schedule.concurrency);
    }

    /// A receiver that has too much to do, or does not answer, gets less at once.
    pub(super) fn on_failure(&mut self, schedule: &Schedule, outcome: &Outcome, now: Timestamp) {
        let heeds = schedule.heeds_receiver;
        let is_overloaded = match outcome.status {
            Some(status) => heeds && matches!(status, 429 | 502 | 503 | 504),
            None => true,
        };
        if !is_overloaded {
            return;
        }
        let fewest = if heeds { 1 } else { FEWEST };
        let was_one = self.limit == 1;
        self.limit = (self.limit / 2).max(fewest.min(schedule.concurrency));
        if heeds && let Some(pause) = outcome.retry_after {
            self.rest(pause, now);
        } else if heeds && was_one {
            // It may have asked for more than that a moment ago.
            self.rests_until = self.rests_until.max(Some(now.plus(self.next_rest)));
            self.next_rest = (self.next_rest * 2).min(LONGEST_UNASKED);
        }
    }
}
