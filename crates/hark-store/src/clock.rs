use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Locked;

/// A moment, in whole milliseconds since 1970 UTC, as it is stored and as the wire says it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const MAX: Self = Self(i64::MAX);

    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads ISO 8601 with a zone, as clients send it.
    pub fn parse(text: &str) -> Option<Self> {
        let parsed: jiff::Timestamp = text.parse().ok()?;
        Some(Self(parsed.as_millisecond()))
    }

    /// Reads a date as HTTP writes it: `Sat, 21 Nov 2026 10:00:30 GMT`.
    pub fn parse_http_date(text: &str) -> Option<Self> {
        let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text);
        Some(Self(parsed.ok()?.as_millisecond()))
    }

    /// `2024-11-20T23:18:05.123Z`; a moment outside of the calendar is shown as its nearest end.
    pub fn iso(self) -> String {
        let at = jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        });
        format!("{at:.3}")
    }

    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        self.plus_millis(whole_millis(time))
    }

    #[must_use]
    pub fn minus(self, time: Duration) -> Self {
        self.plus_millis(-whole_millis(time))
    }

    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

fn whole_millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::String(at.iso())
    }
}

/// The one source of time. Tests hold a clock that stands still until they move it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    fixed: Option<Arc<AtomicI64>>,
    watch: Option<Arc<Locked<Watch>>>,
}

/// How far ahead the clock may be of the time that has passed: what is kept for days or weeks does not go
/// much earlier for that.
const TOLERANCE: Duration = Duration::from_secs(3_600);
/// A process that did not look for longer has slept, or was made to believe so.
const LONGEST_BETWEEN_LOOKS: Duration = Duration::from_secs(600);
/// How long nobody may have seen the time before a start: longer, and the clock is doubted.
const LONGEST_ABSENCE: Duration = Duration::from_secs(7 * 86_400);

/// The time as it has passed, beside what the system's clock says.
#[derive(Debug)]
struct Watch {
    looked_at: Instant,
    /// What the time was then for all that is known.
    passed: Timestamp,
    is_doubted: bool,
}

/// The system's clock leapt ahead: nothing is removed, given up or ended because of what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What it says.
    pub says: Timestamp,
    /// What the time is by the time that has passed since it was last believed.
    pub passed: Timestamp,
}

impl Watch {
    fn look(&mut self, says: Timestamp) -> Option<Doubt> {
        let now = Instant::now();
        let passed = now
            .duration_since(self.looked_at)
            .min(LONGEST_BETWEEN_LOOKS);
        self.looked_at = now;
        self.passed = self.passed.plus(passed);
        let was_doubted = self.is_doubted;
        self.is_doubted = says > self.passed.plus(TOLERANCE);
        if !self.is_doubted {
            self.passed = self.passed.max(says);
        }
        if self.is_doubted && !was_doubted {
            tracing::warn!(
                clock = says.iso(),
                passed = self.passed.iso(),
                "the system's clock is ahead of the time that has passed: nothing is removed, given up or ended by it until it comes back, or `hark admin trust-clock` says that it is right"
            );
        }
        if was_doubted && !self.is_doubted {
            tracing::info!(clock = says.iso(), "the system's clock is believed again");
        }
        self.is_doubted.then_some(Doubt {
            says,
            passed: self.passed,
        })
    }
}

impl Clock {
    pub const fn system() -> Self {
        Self {
            fixed: None,
            watch: None,
        }
    }

    pub fn fixed(at: Timestamp) -> Self {
        Self {
            fixed: Some(Arc::new(AtomicI64::new(at.millis()))),
            watch: None,
        }
    }

    /// The same clock, compared from now on with the time that passes. Clones share what is found.
    #[must_use]
    pub fn watched(self) -> Self {
        let watch = Watch {
            looked_at: Instant::now(),
            passed: self.now(),
            is_doubted: false,
        };
        Self {
            watch: Some(Arc::new(Locked::new(watch))),
            ..self
        }
    }

    /// At a start: the last time that is known to have been. A clock that is far beyond it is doubted.
    pub fn was_last(&self, known: Timestamp) {
        let Some(watch) = &self.watch else {
            return;
        };
        let watch = &mut *watch.lock();
        if watch.passed > known.plus(LONGEST_ABSENCE) {
            watch.passed = known;
        }
    }

    /// Whether the clock leapt ahead. To be asked often: what happens between two looks is only believed
    /// for some minutes.
    pub fn doubt(&self) -> Option<Doubt> {
        self.watch.as_ref()?.lock().look(self.now())
    }

    /// Somebody says that it is right.
    pub fn believe(&self) {
        if let Some(watch) = &self.watch {
            let says = self.now();
            watch.lock().passed = says;
            self.doubt();
        }
    }

    /// The present for those who end something by it: what the clock says, unless it is doubted.
    pub fn sure(&self) -> Timestamp {
        self.doubt()
            .map_or_else(|| self.now(), |doubt| doubt.passed)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the system's time comes in"
    )]
    pub fn now(&self) -> Timestamp {
        match &self.fixed {
            Some(millis) => Timestamp(millis.load(Ordering::SeqCst)),
            None => Timestamp(jiff::Timestamp::now().as_millisecond()),
        }
    }

    /// Moves a fixed clock; the system's cannot be moved.
    pub fn advance(&self, millis: i64) {
        if let Some(now) = &self.fixed {
            now.fetch_add(millis, Ordering::SeqCst);
        }
    }
}

/// Time that is not set back with the system's clock: what is due in ten seconds is still due in ten
/// seconds. Set ahead it follows, so that nothing that other nodes wrote is in the future.
#[derive(Debug)]
pub struct MonotonicClock {
    clock: Clock,
    began: Instant,
    /// By how much the system's clock was ahead of the time since then, at most.
    ahead: AtomicI64,
}

impl MonotonicClock {
    pub fn new(clock: &Clock) -> Self {
        Self {
            ahead: AtomicI64::new(clock.now().millis()),
            began: Instant::now(),
            clock: clock.clone(),
        }
    }

    pub fn now(&self) -> Timestamp {
        let passed = whole_millis(self.began.elapsed());
        let ahead = self.clock.now().millis() - passed;
        let most = self.ahead.fetch_max(ahead, Ordering::Relaxed).max(ahead);
        Timestamp::from_millis(passed.saturating_add(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_with_milliseconds_and_read_back() {
        let at = Timestamp::from_millis(1_732_144_685_123);
        assert_eq!(at.iso(), "2024-11-20T23:18:05.123Z");
        assert_eq!(Timestamp::parse(&at.iso()), Some(at));
        assert_eq!(Timestamp::from_millis(0).iso(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_turn_back_what_is_due() {
        let clock = Clock::fixed(Timestamp::from_millis(1_000_000));
        let monotonic = MonotonicClock::new(&clock);
        clock.advance(60_000);
        let ahead = monotonic.now();
        assert!(ahead.millis() >= 1_060_000);
        clock.advance(-90_000);
        assert!(monotonic.now() >= ahead);
    }

    #[test]
    fn a_clock_that_leaps_is_doubted_until_it_comes_back_or_somebody_believes_it() {
        let day = 86_400_000;
        let clock = Clock::fixed(Timestamp::from_millis(100 * day)).watched();
        assert_eq!(clock.doubt(), None);
        // Half an hour is nothing, and time that goes by slowly is none at all.
        clock.advance(1_800_000);
        assert_eq!(clock.doubt(), None);
        clock.advance(400 * day);
        let doubt = clock.doubt().unwrap();
        assert_eq!(doubt.says.millis(), 500 * day + 1_800_000);
        assert!(doubt.passed.millis() - 100 * day < 1_900_000);
        assert!(clock.sure() >= doubt.passed && clock.sure() < doubt.says);
        clock.advance(-400 * day);
        assert_eq!(clock.doubt(), None);
        // Set back, and right again.
        clock.advance(-2 * day);
        clock.advance(2 * day);
        assert_eq!(clock.doubt(), None);
        clock.advance(8 * day);
        assert!(clock.doubt().is_some());
        clock.believe();
        assert_eq!(clock.doubt(), None);
        assert_eq!(clock.sure(), clock.now());
    }

    #[test]
    fn a_start_far_beyond_what_is_known_is_doubted() {
        let day = 86_400_000;
        let started = |known: i64| {
            let clock = Clock::fixed(Timestamp::from_millis(100 * day)).watched();
            clock.was_last(Timestamp::from_millis(known));
            clock.doubt()
        };
        assert_eq!(started(99 * day), None);
        assert_eq!(started(200 * day), None);
        assert!(started(92 * day).unwrap().passed.millis() < 93 * day);
        assert_eq!(Clock::system().doubt(), None);
    }

    #[test]
    fn moments_outside_the_calendar_do_not_panic() {
        assert!(Timestamp::from_millis(i64::MIN).iso().starts_with('-'));
        assert!(Timestamp::from_millis(i64::MAX).iso().starts_with("9999"));
    }
}
