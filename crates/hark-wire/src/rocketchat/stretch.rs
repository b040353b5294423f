//! The stretch of time that a report is asked for, and how times are written in reports.

use hark_chat::figures::{self, Asked, Calendar, DAY, LONGEST_DAYS, Totals, day};
use hark_model::Refusal;
use hark_store::{Timestamp, View};
use jiff::civil::Date;

use crate::answer::Failure;

/// Chats that began between two moments, of a department or of all; for a monitor, of those of their units.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub(super) from: i64,
    /// Outside.
    pub(super) to: i64,
    pub(super) department: Option<String>,
    monitor: Option<String>,
}

impl Stretch {
    /// Between two moments, both inside.
    pub(super) fn between(
        monitor: Option<String>,
        start: &str,
        end: &str,
        department: Option<String>,
    ) -> Result<Self, Failure> {
        let (from, to) = (moment("start", start)?, moment("end", end)?);
        if from > to {
            return Err(Failure::plain(
                "The \"start\" query parameter must be before the \"end\" query parameter.",
            ));
        }
        check_length(from, to, "start", "end")?;
        Ok(Self {
            from,
            to: to + 1,
            department: wanted(department),
            monitor,
        })
    }

    /// Whole days. Nothing where the original says nothing: one of them is no day.
    pub(super) fn of_days(
        monitor: Option<String>,
        calendar: &Calendar,
        from: &str,
        to: &str,
        department: Option<String>,
    ) -> Result<Option<(Self, Vec<Day>)>, Failure> {
        let (Some(first), Some(last)) = (day(from), day(to)) else {
            return Ok(None);
        };
        let begin = |day: Date| calendar.begin(day).unwrap_or_default();
        check_length(begin(first), begin(last), "from", "to")?;
        let days = calendar.days(first, last, LONGEST_DAYS as usize + 1);
        let days: Vec<Day> = days
            .into_iter()
            .map(|(day, from, to)| Day { day, from, to })
            .collect();
        let stretch = Self {
            from: days.first().map_or(0, |day| day.from),
            to: days.last().map_or(0, |day| day.to),
            department: wanted(department),
            monitor,
        };
        Ok(Some((stretch, days)))
    }

    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            from: self.from,
            to: self.to,
            department: self.department.as_deref(),
            monitor: self.monitor.as_deref(),
        }
    }

    /// The sums of all its chats.
    pub(super) fn totals(&self, view: &mut View<'_>) -> Result<Totals, Refusal> {
        let mut totals = Totals::default();
        for part in figures::by_place(view, &self.asked())?.values() {
            totals.add(part);
        }
        Ok(totals)
    }
}

/// A day where the reports are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    pub(super) day: Date,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// Clients write what they do not have.
fn wanted(department: Option<String>) -> Option<String> {
    department.filter(|id| !id.is_empty() && id != "undefined")
}

fn moment(name: &str, text: &str) -> Result<i64, Failure> {
    let midnight = || Timestamp::parse(&format!("{text}T00:00:00Z"));
    let moment = Timestamp::parse(text).or_else(midnight);
    let moment = moment.ok_or_else(|| {
        Failure::plain(format!(
            "The \"{name}\" query parameter must be a valid date."
        ))
    });
    Ok(moment?.millis())
}

fn check_length(from: i64, to: i64, first: &str, last: &str) -> Result<(), Failure> {
    if to.saturating_sub(from) > LONGEST_DAYS * DAY {
        return Err(Failure::plain(format!(
            "The \"{first}\" and \"{last}\" query parameters must be less than 1 year apart."
        )));
    }
    Ok(())
}

/// What one of so many has of a sum.
pub(super) const fn average(sum: i64, number: i64) -> i64 {
    if number == 0 { 0 } else { sum / number }
}

/// `01:02:03`.
pub(super) fn clock(millis: i64) -> String {
    let seconds = (millis + 500) / 1_000;
    let (hours, rest) = (seconds / 3_600, seconds % 3_600);
    format!("{hours:02}:{:02}:{:02}", rest / 60, rest % 60)
}

/// `9AM`.
pub(super) fn hour_in_words(hour: i8) -> String {
    let half = if hour < 12 { "AM" } else { "PM" };
    format!("{}{half}", (hour + 11) % 12 + 1)
}

/// On which day of the week, and in which of its hours, most was said in the chats that began then.
pub(super) struct Busiest {
    pub(super) weekday: Option<jiff::civil::Weekday>,
    pub(super) hour: Option<i8>,
}

impl Busiest {
    pub(super) fn of(
        view: &mut View<'_>,
        calendar: &Calendar,
        asked: &Asked<'_>,
    ) -> Result<Self, Refusal> {
        let by_hour = figures::by_hour(view, asked)?;
        let shown = by_hour.iter().filter_map(|(at, totals)| {
            let shown = calendar.shows((*at).max(asked.from))?;
            Some((shown.weekday(), shown.hour(), totals.sums.messages))
        });
        let shown: Vec<_> = shown.collect();
        let weekday = most(
            shown
                .iter()
                .map(|(weekday, _, messages)| (*weekday, *messages)),
        );
        let of_day = shown.iter().filter(|(day, ..)| Some(*day) == weekday);
        let hour = most(of_day.map(|(_, hour, messages)| (*hour, *messages)));
        Ok(Self { weekday, hour })
    }

    /// From when to when.
    pub(super) fn time(&self) -> String {
        match self.hour {
            Some(hour) => {
                let (from, to) = (hour_in_words(hour), hour_in_words((hour + 1) % 24));
                format!("{from}- {to}")
            }
            None => "- -".to_owned(),
        }
    }
}

/// Under which key there is most, the first of equals; nothing where there is nothing under any.
fn most<K: Copy + PartialEq>(entries: impl Iterator<Item = (K, i64)>) -> Option<K> {
    let mut sums: Vec<(K, i64)> = Vec::new();
    for (key, number) in entries {
        match sums.iter_mut().find(|(known, _)| *known == key) {
            Some((_, sum)) => *sum += number,
            None => sums.push((key, number)),
        }
    }
    let most = sums.iter().map(|(_, sum)| *sum).max()?;
    let found = sums.into_iter().find(|(_, sum)| *sum == most && most > 0);
    found.map(|(key, _)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_clocks_show_them() {
        for (millis, written) in [
            (0, "00:00:00"),
            (499, "00:00:00"),
            (59_500, "00:01:00"),
            (3_723_000, "01:02:03"),
            (360_000_000, "100:00:00"),
        ] {
            assert_eq!(clock(millis), written);
        }
        let hours: Vec<String> = [0, 9, 12, 23].map(hour_in_words).into();
        assert_eq!(hours, ["12AM", "9AM", "12PM", "11PM"]);
    }

    #[test]
    fn the_first_of_the_busiest_is_the_busiest() {
        let entries = [(1, 2), (2, 5), (1, 3), (3, 4)];
        assert_eq!(most(entries.into_iter()), Some(1));
        assert_eq!(most([(1, 0)].into_iter()), None);
        assert_eq!(most::<i8>([].into_iter()), None);
    }

    #[test]
    fn what_is_no_stretch_is_refused() {
        let between = |start: &str, end: &str| Stretch::between(None, start, end, None);
        let is_refused = |start: &str, end: &str, words: &str| match between(start, end) {
            Err(Failure::Plain(said)) => assert_eq!(said, words),
            _ => panic!("{start} {end}"),
        };
        is_refused(
            "test",
            "test",
            "The \"start\" query parameter must be a valid date.",
        );
        is_refused(
            "2020-01-01",
            "2020-x01-02",
            "The \"end\" query parameter must be a valid date.",
        );
        is_refused(
            "2020-01-02",
            "2020-01-01",
            "The \"start\" query parameter must be before the \"end\" query parameter.",
        );
        is_refused(
            "2020-01-01",
            "2021-01-15",
            "The \"start\" and \"end\" query parameters must be less than 1 year apart.",
        );
        let day = between("2020-01-01", "2020-01-01T12:00:00.000Z")
            .ok()
            .unwrap();
        assert_eq!(day.to - day.from, 12 * 3_600_000 + 1);
        assert!(between("2020-01-01", "2021-01-01").is_ok());
    }
}
