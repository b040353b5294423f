//! When an endpoint begins to fail, and when that is over.

use std::time::Duration;

use hark_store::Timestamp;

use crate::endpoints::{Endpoint, Trouble, is_closed};
use crate::request::Outcome;

use super::StateChange;

/// A receiver that is started anew, or drops a request now and then, is not one that fails: so many
/// attempts in a row, and so long from the first to the last of them.
const ATTEMPTS: i64 = 3;
const LASTING: Duration = Duration::from_secs(30);
/// One at which nothing arrives gets something that it has not had, now and then: what failed before would
/// find out hours later that it is back. Between two of them a part of the time that it has failed, and
/// at least and at most so long.
const PART: u32 = 8;
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Between two lines about what is given up.
const BETWEEN_LINES: Duration = Duration::from_secs(60);

/// What is said of the endpoint, or on its way to be.
#[derive(PartialEq, Eq)]
enum Reported {
    Nothing,
    Failing,
    /// Nothing is sent at all, and why.
    Closed(String),
}

/// What the last look at its address found, or a later attempt.
enum Address {
    Unknown,
    Open,
    Closed { class: String, why: String },
}

pub(super) struct Health {
    reported: Reported,
    address: Address,
    /// Since the last success: when the first attempt failed, and how many did.
    failing: Option<(Timestamp, i64)>,
    /// What was given up and not said yet, and when something was said last.
    given_up: usize,
    said_at: Option<Timestamp>,
}

fn reported(endpoint: &Endpoint) -> Reported {
    match &endpoint.trouble {
        None => Reported::Nothing,
        Some(trouble) if trouble.is_closed() => Reported::Closed(trouble.why.clone()),
        Some(_) => Reported::Failing,
    }
}

impl Health {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        Self {
            reported: reported(endpoint),
            address: Address::Unknown,
            failing: None,
            given_up: 0,
            said_at: None,
        }
    }

    /// The endpoint was changed. What is on disk is seen late: it may be what was so before the latest
    /// look, so what that look found is reported once more. Twice changes nothing.
    pub(super) fn follow(
        &mut self,
        before: &Endpoint,
        after: &Endpoint,
        now: Timestamp,
    ) -> Option<StateChange> {
        if before.url != after.url {
            self.failing = None;
            self.address = Address::Unknown;
        }
        if before.trouble == after.trouble {
            return None;
        }
        self.reported = reported(after);
        match &self.address {
            Address::Unknown => None,
            Address::Open => self.open(),
            Address::Closed { class, why } => {
                let (class, why) = (class.clone(), why.clone());
                self.close(&class, why, now).map(StateChange::Fail)
            }
        }
    }

    /// Answers whether it works again.
    pub(super) fn on_success(&mut self) -> bool {
        self.failing = None;
        self.address = Address::Open;
        std::mem::replace(&mut self.reported, Reported::Nothing) != Reported::Nothing
    }

    /// An attempt failed, the last of so many if the delivery is given up. Answers what is to be said.
    pub(super) fn on_failure(
        &mut self,
        outcome: &Outcome,
        given_up_after: Option<i64>,
        now: Timestamp,
    ) -> Option<Trouble> {
        let (since, attempts) = self.failing.get_or_insert((now, 0));
        *attempts += 1;
        let class = outcome.attempt.error.as_deref().unwrap_or_default();
        let lasts = *attempts >= ATTEMPTS && since.plus(LASTING) <= now;
        let was_all = given_up_after.is_some_and(|tries| *attempts >= tries);
        if is_closed(class) {
            return self.close(class, sentence(outcome), now);
        }
        if self.reported != Reported::Nothing || !(lasts || was_all) {
            return None;
        }
        self.reported = Reported::Failing;
        Some(Trouble {
            class: class.to_owned(),
            why: sentence(outcome),
            since: *since,
        })
    }

    /// Nothing may be sent to where it leads. What is said of another address is not said of this one.
    pub(super) fn close(&mut self, class: &str, why: String, now: Timestamp) -> Option<Trouble> {
        self.address = Address::Closed {
            class: class.to_owned(),
            why: why.clone(),
        };
        let is_said = matches!(&self.reported, Reported::Closed(said) if *said == why);
        self.reported = Reported::Closed(why.clone());
        if is_said {
            return None;
        }
        Some(Trouble {
            class: class.to_owned(),
            why,
            since: now,
        })
    }

    /// Whether it is said that nothing arrives.
    pub(super) fn fails(&self) -> bool {
        self.reported != Reported::Nothing
    }

    /// How long it gets nothing new after a moment.
    pub(super) fn pause_after(&self, at: Timestamp) -> Duration {
        let failed = self.failing.map_or(0, |(since, _)| at.millis_since(since));
        let pause = Duration::from_millis(failed.max(0).unsigned_abs()) / PART;
        pause.clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
    }

    /// Something may be sent to where it leads.
    pub(super) fn open(&mut self) -> Option<StateChange> {
        self.address = Address::Open;
        matches!(self.reported, Reported::Closed(_)).then(|| {
            self.reported = Reported::Nothing;
            StateChange::Recover { at_once: true }
        })
    }

    /// It is disabled, and that is said.
    pub(super) fn disabled(&mut self) {
        if matches!(self.reported, Reported::Nothing) {
            self.reported = Reported::Failing;
        }
    }

    pub(super) const fn count_given_up(&mut self, deliveries: usize) {
        self.given_up += deliveries;
    }

    /// How many were given up since it was said last, if it is time to.
    pub(super) fn say_given_up(&mut self, now: Timestamp) -> Option<usize> {
        let is_soon = self.said_at.is_some_and(|at| now < at.plus(BETWEEN_LINES));
        if self.given_up == 0 || is_soon {
            return None;
        }
        self.said_at = Some(now);
        Some(std::mem::take(&mut self.given_up))
    }
}

/// What went wrong, for people.
fn sentence(outcome: &Outcome) -> String {
    let attempt = &outcome.attempt;
    match (attempt.status, &attempt.detail) {
        (Some(status), Some(detail)) => format!("it answered with status {status}: {detail}"),
        (Some(status), None) => format!("it answered with status {status}"),
        (None, Some(detail)) => detail.clone(),
        (None, None) => "no request could be made".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliveries::Attempt;

    const SECOND: Duration = Duration::from_secs(1);

    fn failed(class: &'static str) -> Outcome {
        Outcome {
            attempt: Attempt {
                error: Some(class.into()),
                ..Attempt::default()
            },
            succeeded: false,
            status: None,
            retry_after: None,
            is_first: false,
            waited: Duration::ZERO,
        }
    }

    fn health() -> Health {
        Health {
            reported: Reported::Nothing,
            address: Address::Unknown,
            failing: None,
            given_up: 0,
            said_at: None,
        }
    }

    #[test]
    fn what_fails_for_half_a_minute_is_said_once_and_what_drops_a_request_is_not() {
        let begin = Timestamp::from_millis(1_000_000);
        let mut health = health();
        let fail = |health: &mut Health, seconds: u32| {
            health.on_failure(&failed("connect"), None, begin.plus(SECOND * seconds))
        };
        for seconds in 0..10 {
            assert_eq!(fail(&mut health, seconds), None);
        }
        assert!(!health.on_success());
        assert_eq!(fail(&mut health, 20), None);
        assert_eq!(fail(&mut health, 60), None);
        let trouble = fail(&mut health, 61).unwrap();
        assert_eq!(trouble.since, begin.plus(SECOND * 20));
        assert_eq!(fail(&mut health, 62), None);
        assert!(health.on_success());
        assert!(!health.on_success());
    }

    #[test]
    fn what_is_given_up_is_said_when_nothing_else_arrived_and_what_is_closed_at_once() {
        let now = Timestamp::from_millis(1_000_000);
        let mut health = health();
        assert_eq!(health.on_failure(&failed("status"), None, now), None);
        assert!(!health.on_success());
        // Others arrive in between.
        assert_eq!(health.on_failure(&failed("status"), Some(2), now), None);
        assert!(health.on_failure(&failed("status"), Some(2), now).is_some());
        let closed = health.on_failure(&failed("forbidden"), None, now);
        assert!(closed.is_some_and(|trouble| trouble.is_closed()));
        let close = |health: &mut Health, why: &str| health.close("forbidden", why.to_owned(), now);
        assert_eq!(close(&mut health, "no request could be made"), None);
        // It leads to another address.
        assert!(close(&mut health, "10.0.0.9 is no public address").is_some());
        assert_eq!(close(&mut health, "10.0.0.9 is no public address"), None);
        assert!(health.open().is_some());
        assert!(health.open().is_none());
    }

    #[test]
    fn what_is_given_up_is_said_once_a_minute() {
        let now = Timestamp::from_millis(1_000_000);
        let mut health = health();
        assert_eq!(health.say_given_up(now), None);
        health.count_given_up(1);
        assert_eq!(health.say_given_up(now), Some(1));
        health.count_given_up(3);
        assert_eq!(health.say_given_up(now.plus(SECOND * 59)), None);
        health.count_given_up(2);
        assert_eq!(health.say_given_up(now.plus(SECOND * 60)), Some(5));
    }
}
