use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::Value;

/// A moment, in whole milliseconds since 1970 UTC, as it is stored and as the wire says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
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

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::String(at.iso())
    }
}

/// The one source of time. Tests hold a clock that stands still until they move it.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    pub const fn system() -> Self {
        Self(None)
    }

    pub fn fixed(at: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.millis()))))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the system's time comes in"
    )]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(millis) => Timestamp(millis.load(Ordering::SeqCst)),
            None => Timestamp(jiff::Timestamp::now().as_millisecond()),
        }
    }

    /// Moves a fixed clock; the system's cannot be moved.
    pub fn advance(&self, millis: i64) {
        if let Some(now) = &self.0 {
            now.fetch_add(millis, Ordering::SeqCst);
        }
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
    fn moments_outside_the_calendar_do_not_panic() {
        assert!(Timestamp::from_millis(i64::MIN).iso().starts_with('-'));
        assert!(Timestamp::from_millis(i64::MAX).iso().starts_with("9999"));
    }
}
