//! When there is somebody there: hours of the week, and of days that are no days of the week like others, on the
//! clocks of one time zone.
//!
//! A day's hours begin when its clocks first show the start and end when they last show the
//! finish: where clocks go back, nobody is sent home twice, and where they go forward, hours that
//! are skipped are not there.

use hark_store::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp as Moment};

/// One after the other, as the original's documents have them.
pub const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MINUTES_OF_A_DAY: i16 = 24 * 60;
/// Two weeks: clocks that skip a day can skip the one change that a week has.
const DAYS_AHEAD: i64 = 14;
/// So far it is looked where other days are ahead, two weeks at a time: a year, and what is left of two weeks.
pub const MOST_DAYS_AHEAD: i64 = 27 * DAYS_AHEAD;

/// Minutes since midnight as a clock shows them; 24:00 is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime(i16);

impl ClockTime {
    /// `HH:mm`.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |text: &str, most: i16| -> Option<i16> {
            let is_short =
                (1..=2).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit());
            let number = is_short.then(|| text.parse().ok()).flatten()?;
            (number <= most).then_some(number)
        };
        let total = number(hours, 24)? * 60 + number(minutes, 59)?;
        (total <= MINUTES_OF_A_DAY).then_some(Self(total))
    }

    /// The last minute that a clock shows stands for the end of the day: nobody who writes 23:59
    /// wants to be closed for the minute behind it.
    const fn as_finish(self) -> Self {
        if self.0 == MINUTES_OF_A_DAY - 1 {
            Self(MINUTES_OF_A_DAY)
        } else {
            self
        }
    }

    fn on(self, date: Date) -> Option<DateTime> {
        if self.0 == MINUTES_OF_A_DAY {
            return Some(date.tomorrow().ok()?.to_datetime(Time::midnight()));
        }
        let hour = i8::try_from(self.0 / 60).ok()?;
        let minute = i8::try_from(self.0 % 60).ok()?;
        Some(date.to_datetime(Time::new(hour, minute, 0, 0).ok()?))
    }
}

/// The hours of one day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// 0 is Monday.
    pub day: usize,
    pub start: ClockTime,
    pub finish: ClockTime,
}

/// Days on which the hours of the week do not hold, the last one included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    pub first: Date,
    pub last: Date,
    /// From when until when it is open all the same.
    pub spans: Vec<(ClockTime, ClockTime)>,
}

/// A week's hours in a place, and the days on which others hold.
#[derive(Debug, Clone)]
pub struct Plan {
    zone: TimeZone,
    shifts: Vec<Shift>,
    exceptions: Vec<Exception>,
}

pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

impl Plan {
    pub const fn new(zone: TimeZone, shifts: Vec<Shift>, exceptions: Vec<Exception>) -> Self {
        Self {
            zone,
            shifts,
            exceptions,
        }
    }

    pub fn is_open(&self, at: Timestamp) -> bool {
        let Ok(at) = Moment::from_millisecond(at.millis()) else {
            return false;
        };
        let spans = self.spans_around(at, 0);
        spans.iter().any(|span| span.holds(at))
    }

    /// When it opens or closes next. Never, if it is always open or always closed.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        let after = Moment::from_millisecond(after.millis()).ok()?;
        let mut days = DAYS_AHEAD;
        loop {
            let horizon = SignedDuration::from_hours(24 * days);
            let horizon = after.checked_add(horizon).ok()?;
            let spans = self.spans_around(after, days);
            let changes = spans.iter().flat_map(|span| [span.from, span.until]);
            let next = changes.filter(|change| *change > after).min();
            if let Some(next) = next.filter(|next| *next < horizon) {
                return Some(Timestamp::from_millis(next.as_millisecond()));
            }
            // Two weeks that are like all others have shown all that there is.
            if days >= MOST_DAYS_AHEAD || !self.has_exceptions_from(after, days - DAYS_AHEAD) {
                return None;
            }
            days += DAYS_AHEAD;
        }
    }

    /// Whether there are other days so many days ahead, or later.
    fn has_exceptions_from(&self, at: Moment, days: i64) -> bool {
        let today = self.zone.to_datetime(at).date();
        let first = today.checked_add(jiff::Span::new().days(days));
        first.is_ok_and(|first| self.exceptions.iter().any(|other| other.last >= first))
    }

    /// What is open from the beginning of a moment's day on its clocks, for a week: each day of the week once.
    pub fn week(&self, at: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let Ok(at) = Moment::from_millisecond(at.millis()) else {
            return Vec::new();
        };
        let today = self.zone.to_datetime(at).date();
        let mut spans: Vec<Span> = (0..7)
            .filter_map(|days| today.checked_add(jiff::Span::new().days(days)).ok())
            .flat_map(|date| self.spans_of(date))
            .collect();
        spans.sort_by_key(|span| (span.from, span.until));
        let millis = |moment: Moment| Timestamp::from_millis(moment.as_millisecond());
        let spans = spans.into_iter();
        spans
            .map(|span| (millis(span.from), millis(span.until)))
            .collect()
    }

    /// What is open from the day before a moment until the day after so many, without gaps of nothing between two.
    fn spans_around(&self, at: Moment, days_ahead: i64) -> Vec<Span> {
        let today = self.zone.to_datetime(at).date();
        let mut spans: Vec<Span> = (-1..=days_ahead + 1)
            .filter_map(|days| today.checked_add(jiff::Span::new().days(days)).ok())
            .flat_map(|date| self.spans_of(date))
            .collect();
        spans.sort_by_key(|span| (span.from, span.until));
        let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
                _ => joined.push(span),
            }
        }
        joined
    }

    fn spans_of(&self, date: Date) -> impl Iterator<Item = Span> {
        self.times_of(date)
            .into_iter()
            .filter_map(move |(start, finish)| {
                let from = self.first(start.on(date)?)?;
                let until = self.last(finish.as_finish().on(date)?)?;
                (from < until).then_some(Span { from, until })
            })
    }

    /// From when until when it is open on a day, as the clocks show it.
    fn times_of(&self, date: Date) -> Vec<(ClockTime, ClockTime)> {
        let is_of_it = |other: &&Exception| other.first <= date && date <= other.last;
        if let Some(other) = self.exceptions.iter().find(is_of_it) {
            return other.spans.clone();
        }
        let day = index_of(date.weekday());
        let shifts = self.shifts.iter().filter(|shift| shift.day == day);
        shifts.map(|shift| (shift.start, shift.finish)).collect()
    }

    /// When the clocks first show this or, where they skip it, more.
    fn first(&self, shown: DateTime) -> Option<Moment> {
        match self.zone.to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(shown).ok(),
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(shown).ok(),
            AmbiguousOffset::Gap { before, .. } => {
                let beyond = before.to_timestamp(shown).ok()?;
                let behind = beyond.checked_add(SignedDuration::from_nanos(1)).ok()?;
                let skip = self.zone.preceding(behind).next()?;
                Some(skip.timestamp())
            }
        }
    }

    /// As [`Self::first`], of two times the second.
    fn last(&self, shown: DateTime) -> Option<Moment> {
        match self.zone.to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Fold { after, .. } => after.to_timestamp(shown).ok(),
            _ => self.first(shown),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Span {
    from: Moment,
    until: Moment,
}

impl Span {
    fn holds(self, at: Moment) -> bool {
        self.from <= at && at < self.until
    }
}

fn index_of(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

/// How far a zone's clocks are ahead of UTC at a moment, in minutes.
pub fn offset_minutes(zone: &TimeZone, at: Timestamp) -> i64 {
    let at = Moment::from_millisecond(at.millis()).unwrap_or(Moment::UNIX_EPOCH);
    i64::from(zone.to_offset(at).seconds()) / 60
}

/// A time of a weekday on clocks that are so many minutes behind: the day's name and `HH:mm`.
pub fn shifted(day: usize, time: ClockTime, behind: i64) -> (&'static str, String) {
    let minutes_of_a_day = i64::from(MINUTES_OF_A_DAY);
    let day = i64::try_from(day).unwrap_or(0);
    let minute = day * minutes_of_a_day + i64::from(time.0) - behind;
    let minute = minute.rem_euclid(7 * minutes_of_a_day);
    let (day, minute) = (minute / minutes_of_a_day, minute % minutes_of_a_day);
    let name = usize::try_from(day).ok().and_then(|day| DAYS.get(day));
    let time = format!("{:02}:{:02}", minute / 60, minute % 60);
    (name.copied().unwrap_or("Monday"), time)
}

#[cfg(test)]
mod tests;
