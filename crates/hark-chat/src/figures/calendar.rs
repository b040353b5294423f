//! The days and hours of reports, in the zone that the settings name.

use hark_model::{Policy, settings};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp as Moment, ToSpan};

/// Where it is which time.
pub struct Calendar(TimeZone);

impl Calendar {
    /// That of the server, unless the settings name another.
    pub fn of(policy: &Policy) -> Self {
        let named = match policy.text(settings::Default_Timezone_For_Reporting) {
            "custom" => TimeZone::get(policy.text(settings::Default_Custom_Timezone)).ok(),
            // Clients say nothing of where they are.
            "user" => Some(TimeZone::UTC),
            _ => None,
        };
        Self(named.unwrap_or_else(TimeZone::system))
    }

    /// That of a place: `Europe/Berlin`.
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// When a day begins, in milliseconds.
    pub fn begin(&self, day: Date) -> Option<i64> {
        let begin = day.to_zoned(self.0.clone()).ok()?;
        Some(begin.timestamp().as_millisecond())
    }

    /// The days from one to another, each with its beginning and its end.
    pub fn days(&self, first: Date, last: Date, most: usize) -> Vec<(Date, i64, i64)> {
        let days = first.series(1.day()).take_while(|day| *day <= last);
        let days = days.take(most).filter_map(|day| {
            let end = self.begin(day.tomorrow().ok()?)?;
            Some((day, self.begin(day)?, end))
        });
        days.collect()
    }

    /// What the clock shows there at a moment.
    pub fn shows(&self, at: i64) -> Option<DateTime> {
        let moment = Moment::from_millisecond(at).ok()?;
        Some(self.0.to_datetime(moment))
    }
}

/// `2026-11-30`.
pub fn day(text: &str) -> Option<Date> {
    if text.len() != "2026-11-30".len() {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_where_people_are() {
        let berlin = Calendar::named("Europe/Berlin").unwrap();
        let (first, last) = (day("2026-03-28").unwrap(), day("2026-03-30").unwrap());
        let days = berlin.days(first, last, 10);
        let hours: Vec<i64> = days
            .iter()
            .map(|(_, from, to)| (to - from) / 3_600_000)
            .collect();
        // the clock is set ahead in the night to the 29th
        assert_eq!(hours, [24, 23, 24]);
        assert_eq!(days[0].1, 1_774_652_400_000);
        assert_eq!(berlin.days(first, last, 2).len(), 2);
        assert_eq!(berlin.days(last, first, 10).len(), 0);
        assert_eq!(
            berlin.shows(days[0].1).unwrap().to_string(),
            "2026-03-28T00:00:00"
        );
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "2026-02-30",
            "2026-11-30T00:00",
            "tomorrow!!",
            "20261130",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
