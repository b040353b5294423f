//! When there is somebody there: hours of the week, on the clocks of one time zone.
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

/// A week's hours in a place.
#[derive(Debug, Clone)]
pub struct Plan {
    zone: TimeZone,
    shifts: Vec<Shift>,
}

pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

impl Plan {
    pub const fn new(zone: TimeZone, shifts: Vec<Shift>) -> Self {
        Self { zone, shifts }
    }

    pub fn is_open(&self, at: Timestamp) -> bool {
        let Ok(at) = Moment::from_millisecond(at.millis()) else {
            return false;
        };
        let spans = self.spans_around(at);
        spans.iter().any(|span| span.holds(at))
    }

    /// When it opens or closes next. Never, if it is always open or always closed.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        let after = Moment::from_millisecond(after.millis()).ok()?;
        let horizon = after
            .checked_add(SignedDuration::from_hours(24 * DAYS_AHEAD))
            .ok()?;
        let spans = self.spans_around(after);
        let changes = spans.iter().flat_map(|span| [span.from, span.until]);
        let next = changes.filter(|change| *change > after).min()?;
        (next < horizon).then(|| Timestamp::from_millis(next.as_millisecond()))
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

    /// What is open from the day before a moment on, without gaps of nothing between two.
    fn spans_around(&self, at: Moment) -> Vec<Span> {
        let today = self.zone.to_datetime(at).date();
        let mut spans: Vec<Span> = (-1..=DAYS_AHEAD + 1)
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
        let day = index_of(date.weekday());
        self.shifts
            .iter()
            .filter(move |shift| shift.day == day)
            .filter_map(move |shift| {
                let from = self.first(shift.start.on(date)?)?;
                let until = self.last(shift.finish.as_finish().on(date)?)?;
                (from < until).then_some(Span { from, until })
            })
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    fn shift(day: usize, start: &str, finish: &str) -> Shift {
        Shift {
            day,
            start: ClockTime::parse(start).unwrap(),
            finish: ClockTime::parse(finish).unwrap(),
        }
    }

    fn plan(zone_name: &str, shifts: &[(usize, &str, &str)]) -> Plan {
        let shifts = shifts
            .iter()
            .map(|(day, start, finish)| shift(*day, start, finish));
        Plan::new(zone(zone_name).unwrap(), shifts.collect())
    }

    fn changes(plan: &Plan, from: &str, most: usize) -> Vec<String> {
        let next = |at: &Timestamp| plan.next_change(*at);
        let first = plan.next_change(at(from));
        let changes = std::iter::successors(first, next).take(most);
        changes
            .map(|at| at.iso().replace(":00.000Z", "Z"))
            .collect()
    }

    #[test]
    fn times_are_read_as_clocks_show_them() {
        for (text, minutes) in [
            ("00:00", 0),
            ("8:05", 485),
            ("23:59", 1439),
            ("24:00", 1440),
        ] {
            assert_eq!(ClockTime::parse(text), Some(ClockTime(minutes)));
        }
        for text in [
            "", "8", "24:01", "25:00", "12:60", "-1:00", "+1:00", "12:00:00", "é:00", "012:00",
        ] {
            assert_eq!(ClockTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_plain_week_opens_and_closes() {
        let plan = plan(
            "Europe/Berlin",
            &[(0, "08:00", "20:00"), (1, "09:30", "12:00")],
        );
        // a Sunday in winter
        assert_eq!(
            changes(&plan, "2026-01-04T12:00:00Z", 5),
            [
                "2026-01-05T07:00Z",
                "2026-01-05T19:00Z",
                "2026-01-06T08:30Z",
                "2026-01-06T11:00Z",
                "2026-01-12T07:00Z"
            ]
        );
        assert!(!plan.is_open(at("2026-01-05T06:59:59.999Z")));
        assert!(plan.is_open(at("2026-01-05T07:00:00Z")));
        assert!(plan.is_open(at("2026-01-05T18:59:59.999Z")));
        assert!(!plan.is_open(at("2026-01-05T19:00:00Z")));
        // the same hours are an hour earlier in UTC in summer
        assert!(plan.is_open(at("2026-07-06T06:00:00Z")));
    }

    #[test]
    fn a_week_has_each_of_its_days_once_and_begins_today() {
        let plan = plan(
            "Europe/Berlin",
            &[
                (0, "13:00", "18:00"),
                (0, "08:00", "12:00"),
                (1, "00:00", "24:00"),
            ],
        );
        let week = |from: &str| {
            let spans = plan.week(at(from)).into_iter();
            let short = |at: Timestamp| at.iso()[..16].to_owned();
            spans
                .map(|(from, until)| [short(from), short(until)])
                .collect::<Vec<_>>()
        };
        // a Monday in winter, when its first hours are over, and the day before
        let days = [
            ["2026-01-05T07:00", "2026-01-05T11:00"],
            ["2026-01-05T12:00", "2026-01-05T17:00"],
            ["2026-01-05T23:00", "2026-01-06T23:00"],
        ];
        assert_eq!(week("2026-01-05T11:30:00Z"), days);
        assert_eq!(week("2026-01-04T12:00:00Z"), days);
    }

    #[test]
    fn where_clocks_go_forward_the_skipped_hour_is_not_there() {
        // Sunday, 29 March 2026: 02:00 is followed by 03:00, at 01:00 UTC.
        let night = |start, finish| plan("Europe/Berlin", &[(6, start, finish)]);
        let from = "2026-03-28T12:00:00Z";
        assert_eq!(
            changes(&night("01:00", "02:30"), from, 2),
            ["2026-03-29T00:00Z", "2026-03-29T01:00Z"]
        );
        assert_eq!(
            changes(&night("02:30", "04:00"), from, 2),
            ["2026-03-29T01:00Z", "2026-03-29T02:00Z"]
        );
        assert_eq!(
            changes(&night("02:15", "02:45"), from, 1),
            ["2026-04-05T00:15Z"]
        );
        // a day of 23 hours
        assert_eq!(
            changes(&night("00:00", "24:00"), from, 2),
            ["2026-03-28T23:00Z", "2026-03-29T22:00Z"]
        );
    }

    #[test]
    fn where_clocks_go_back_nobody_is_sent_home_twice() {
        // Sunday, 25 October 2026: 03:00 is followed by 02:00, at 01:00 UTC.
        let night = |start, finish| plan("Europe/Berlin", &[(6, start, finish)]);
        let from = "2026-10-24T12:00:00Z";
        assert_eq!(
            changes(&night("01:00", "02:30"), from, 3),
            [
                "2026-10-24T23:00Z",
                "2026-10-25T01:30Z",
                "2026-11-01T00:00Z"
            ]
        );
        assert_eq!(
            changes(&night("02:30", "04:00"), from, 2),
            ["2026-10-25T00:30Z", "2026-10-25T03:00Z"]
        );
        // a day of 25 hours
        assert_eq!(
            changes(&night("00:00", "23:59"), from, 2),
            ["2026-10-24T22:00Z", "2026-10-25T23:00Z"]
        );
    }

    #[test]
    fn zones_that_change_at_midnight_or_by_half_an_hour_are_no_exception() {
        // Cairo, 24 April 2026: 00:00 is followed by 01:00; the Friday begins at 01:00.
        let friday = plan("Africa/Cairo", &[(4, "00:00", "02:00")]);
        assert_eq!(
            changes(&friday, "2026-04-23T12:00:00Z", 2),
            ["2026-04-23T22:00Z", "2026-04-23T23:00Z"]
        );
        // Lord Howe, 5 April 2026: back by half an hour at 02:00.
        let sunday = plan("Australia/Lord_Howe", &[(6, "01:00", "02:00")]);
        assert_eq!(
            changes(&sunday, "2026-04-04T00:00:00Z", 2),
            ["2026-04-04T14:00Z", "2026-04-04T15:30Z"]
        );
        // Samoa had no 30 December 2011, which was a Friday.
        let friday = plan("Pacific/Apia", &[(4, "08:00", "20:00")]);
        assert_eq!(
            changes(&friday, "2011-12-28T00:00:00Z", 1),
            ["2012-01-05T18:00Z"]
        );
    }

    #[test]
    fn always_and_never_do_not_change() {
        let days = |start: &'static str, finish: &'static str| -> Vec<(usize, &str, &str)> {
            (0..7).map(|day| (day, start, finish)).collect()
        };
        for finish in ["24:00", "23:59"] {
            let always = plan("America/New_York", &days("00:00", finish));
            assert!(always.is_open(at("2026-11-01T05:59:59Z")));
            assert_eq!(always.next_change(at("2026-10-30T00:00:00Z")), None);
        }
        let never = plan("UTC", &[]);
        assert!(!never.is_open(at("2026-01-01T00:00:00Z")));
        assert_eq!(never.next_change(at("2026-01-01T00:00:00Z")), None);
        // two days that touch are one
        let two = plan("UTC", &[(0, "12:00", "24:00"), (1, "00:00", "12:00")]);
        assert_eq!(
            changes(&two, "2026-01-05T00:00:00Z", 2),
            ["2026-01-05T12:00Z", "2026-01-06T12:00Z"]
        );
        assert!(zone("Mars/Olympus").is_none());
        for moment in [
            i64::MIN,
            i64::MAX,
            -377_705_023_201_000,
            253_402_207_200_000,
        ] {
            let _answer = two.is_open(Timestamp::from_millis(moment));
            let _answer = two.next_change(Timestamp::from_millis(moment));
        }
    }

    #[test]
    fn times_move_over_the_ends_of_days_and_of_the_week() {
        let time = |text| ClockTime::parse(text).unwrap();
        assert_eq!(shifted(0, time("08:00"), 120), ("Monday", "06:00".into()));
        assert_eq!(shifted(0, time("01:00"), 120), ("Sunday", "23:00".into()));
        assert_eq!(shifted(6, time("24:00"), -330), ("Monday", "05:30".into()));
    }

    const ZONES: &[&str] = &[
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "Asia/Kolkata",
        "Africa/Cairo",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "America/St_Johns",
    ];

    fn any_plan() -> impl Strategy<Value = Plan> {
        let shift =
            (0..7_usize, 0..1440_i16, 1..=1440_i16).prop_map(|(day, start, length)| Shift {
                day,
                start: ClockTime(start),
                finish: ClockTime((start + length).min(1440)),
            });
        let zone_name = proptest::sample::select(ZONES);
        (zone_name, proptest::collection::vec(shift, 0..9))
            .prop_map(|(name, shifts)| Plan::new(zone(name).unwrap(), shifts))
    }

    /// From 2001 to 2037.
    fn any_moment() -> impl Strategy<Value = Timestamp> {
        (978_307_200_000..2_114_380_800_000_i64).prop_map(Timestamp::from_millis)
    }

    proptest! {
        #[test]
        fn nothing_changes_before_the_next_change(plan in any_plan(), from in any_moment(), part in 0.0..1.0_f64) {
            let now = plan.is_open(from);
            match plan.next_change(from) {
                Some(next) => {
                    prop_assert!(next > from);
                    prop_assert_ne!(plan.is_open(next), now);
                    let between = from.plus_millis((next.millis_since(from) as f64 * part) as i64);
                    prop_assert_eq!(plan.is_open(between), now || between == next);
                    prop_assert_eq!(plan.is_open(next.plus_millis(-1)), now);
                }
                None => {
                    let later = from.plus_millis((14.0 * 86_400_000.0 * part) as i64);
                    prop_assert_eq!(plan.is_open(later), now);
                }
            }
        }

        /// Where clocks are not being changed, the rule is what the clock on the wall says.
        #[test]
        fn the_clock_on_the_wall_agrees(plan in any_plan(), at in any_moment()) {
            let moment = Moment::from_millisecond(at.millis()).unwrap();
            let calm = |hours| plan.zone.to_offset(moment + SignedDuration::from_hours(hours));
            prop_assume!(calm(-48) == calm(0) && calm(0) == calm(48));
            let wall = plan.zone.to_datetime(moment);
            let minute = i16::from(wall.hour()) * 60 + i16::from(wall.minute());
            let day = index_of(wall.date().weekday());
            let open = plan.shifts.iter().any(|shift| {
                shift.day == day && shift.start.0 <= minute && minute < shift.finish.as_finish().0
            });
            prop_assert_eq!(plan.is_open(at), open);
        }
    }
}
