//! Sums of the chats of some days: of each day, hour, agent or department, and what visitors thought of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hark_chat::figures::{
    self, Asked, Calendar, DAY, HOUR, LONGEST_DAYS, Label, Totals, day, spreads,
};
use hark_model::Refusal;
use hark_store::{Timestamp, View, text_enum};
use hark_webhooks::dialects::Iso;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};

use super::answers::{Rated, Ratings, Spread, Spreads, Summed, Sums, SumsOf, Tagged, Tags};
use super::figures::{MANAGER, MANAGES, MOST_AGENTS};
use super::{POLLED, misfit};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::params::{NonEmpty, choices, params};
use crate::route::{Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "figures/sums", MANAGER, "What the chats of some days were, of each day, hour, agent or department", sums)
        .per_minute(POLLED),
    &route!(Hark GET "figures/ratings", MANAGER, "What visitors thought of the chats of some days", ratings)
        .per_minute(POLLED),
    &route!(Hark GET "figures/tags", MANAGER, "How many of the chats of some days had each tag", tags)
        .per_minute(POLLED),
    &route!(Hark GET "figures/spreads", MANAGER, "How long first answers took and chats lasted of some days: how many between which bounds, and where the median is", spread)
        .per_minute(POLLED),
];

/// Days of which each hour may be asked for.
pub(crate) const MOST_DAYS_OF_HOURS: usize = 35;

text_enum! {
    /// By what chats are summed up.
    enum By {
        Day = "day",
        Hour = "hour",
        Agent = "agent",
        Department = "department",
    }
}

choices!(By);

params! {
    struct Wanted {
        /// By what the chats are summed up.
        by: By,
        /// The first day, `2026-11-30`, in the zone for reports; without one, today.
        first_day as "firstDay": Option<NonEmpty>,
        /// The last day, which is inside; without one, the first.
        last_day as "lastDay": Option<NonEmpty>,
        /// The id of a department.
        department: Option<NonEmpty>,
    }

    struct Days {
        /// The first day, `2026-11-30`, in the zone for reports; without one, today.
        first_day as "firstDay": Option<NonEmpty>,
        /// The last day, which is inside; without one, the first.
        last_day as "lastDay": Option<NonEmpty>,
        /// The id of a department.
        department: Option<NonEmpty>,
    }
}

/// Whole days where the reports are made, each with its beginning and its end.
struct Stretch {
    calendar: Calendar,
    days: Vec<(Date, i64, i64)>,
}

impl Stretch {
    fn asked(call: &Call, from: Option<&NonEmpty>, to: Option<&NonEmpty>) -> Result<Self, Failure> {
        let calendar = Calendar::of(&call.policy);
        let named = |name: &str, given: Option<&NonEmpty>| match given {
            None => Ok(None),
            Some(text) => match day(text) {
                None => Err(misfit(name, "has to be a day as 2026-11-30")),
                found => Ok(found),
            },
        };
        let today = calendar.shows(call.now.millis()).map(DateTime::date);
        let first = named("firstDay", from)?.or(today).unwrap_or_default();
        let last = named("lastDay", to)?.unwrap_or(first);
        if last < first {
            return Err(misfit("firstDay", "has to be before lastDay"));
        }
        let longest = LONGEST_DAYS.unsigned_abs() as usize;
        let days = calendar.days(first, last, longest + 1);
        if days.is_empty() || days.len() > longest {
            return Err(misfit("lastDay", "may be a year after firstDay at most"));
        }
        Ok(Self { calendar, days })
    }

    fn from(&self) -> i64 {
        self.days.first().map_or(0, |(_, from, _)| *from)
    }

    fn to(&self) -> i64 {
        self.days.last().map_or(0, |(_, _, to)| *to)
    }

    fn of<'a>(&self, department: Option<&'a str>, monitor: Option<&'a str>) -> Asked<'a> {
        Asked {
            from: self.from(),
            to: self.to(),
            department,
            monitor,
        }
    }

    /// The first day of which all is known of departments, if that is not so of each of these.
    fn counted_from(
        &self,
        view: &mut View<'_>,
        asked: &Asked<'_>,
    ) -> Result<Option<String>, Refusal> {
        if asked.department.is_none() && asked.monitor.is_none() {
            return Ok(None);
        }
        let end = figures::to_recount(view)?.map(|day| day + DAY);
        let shown = end.filter(|end| *end > asked.from);
        let shown = shown.and_then(|end| self.calendar.shows(end));
        // They are kept by days of UTC, one of which may end in the middle of this one.
        let first = shown.map(|shown| {
            let date = shown.date();
            if shown == date.at(0, 0, 0, 0) {
                date
            } else {
                date.saturating_add(1.day())
            }
        });
        Ok(first.map(|date| date.to_string()))
    }

    /// Those of each day or hour, as the clock shows it there.
    fn by_time(
        &self,
        view: &mut View<'_>,
        asked: &Asked<'_>,
        by: By,
    ) -> Result<Vec<SumsOf>, Refusal> {
        let shown = |at: DateTime| match by {
            By::Hour => at.strftime("%Y-%m-%dT%H").to_string(),
            _ => at.strftime("%Y-%m-%d").to_string(),
        };
        let mut keys = BTreeMap::new();
        for (date, from, to) in &self.days {
            keys.insert(shown(date.at(0, 0, 0, 0)), Totals::default());
            let mut at = *from;
            while at < *to && matches!(by, By::Hour) {
                if let Some(hour) = self.calendar.shows(at) {
                    keys.insert(shown(hour), Totals::default());
                }
                at += HOUR;
            }
        }
        for (at, totals) in figures::by_hour(view, asked)? {
            // An hour that began before the first day is there with what is inside.
            if let Some(hour) = self.calendar.shows(at.max(asked.from)) {
                keys.entry(shown(hour)).or_default().add(&totals);
            }
        }
        let items = keys.into_iter().map(|(key, totals)| SumsOf {
            key: Some(key),
            name: None,
            sums: Sums::of(&totals),
        });
        Ok(items.collect())
    }
}

/// Those of each agent or department, the one with most chats first.
fn by_name(
    view: &mut View<'_>,
    by_place: &BTreeMap<figures::Key, Totals>,
    by: By,
) -> Result<Vec<SumsOf>, Refusal> {
    let mut named: BTreeMap<Option<String>, Totals> = BTreeMap::new();
    for ((department, agent), totals) in by_place {
        let key = match by {
            By::Agent => agent,
            _ => department,
        };
        named.entry(key.clone()).or_default().add(totals);
    }
    let ids: Vec<String> = named.keys().flatten().cloned().collect();
    let names: BTreeMap<String, String> = match by {
        By::Agent => {
            let people = figures::people(view, &ids)?.into_iter();
            people
                .map(|(id, person)| {
                    (
                        id,
                        if person.name.is_empty() {
                            person.username
                        } else {
                            person.name
                        },
                    )
                })
                .collect()
        }
        _ => figures::departments(view)?,
    };
    let mut items: Vec<(Option<String>, Totals)> = named.into_iter().collect();
    items.sort_by(|(one_key, one), (other_key, other)| {
        other
            .sums
            .chats
            .cmp(&one.sums.chats)
            .then_with(|| one_key.cmp(other_key))
    });
    items.truncate(MOST_AGENTS);
    let items = items.into_iter().map(|(key, totals)| SumsOf {
        name: key.as_ref().and_then(|key| names.get(key).cloned()),
        sums: Sums::of(&totals),
        key,
    });
    Ok(items.collect())
}

async fn sums(call: Call, wanted: Wanted) -> Result<Done<Summed>, Failure> {
    let stretch = Stretch::asked(&call, wanted.first_day.as_ref(), wanted.last_day.as_ref())?;
    if matches!(wanted.by, By::Hour) && stretch.days.len() > MOST_DAYS_OF_HOURS {
        return Err(misfit(
            "lastDay",
            "may be 34 days after firstDay at most, for hours",
        ));
    }
    let (department, monitor) = (wanted.department, call.bound(MANAGES));
    let found = call.query(move |_, view| {
        let asked = stretch.of(department.as_deref(), monitor.as_deref());
        let by_place = figures::by_place(view, &asked)?;
        let mut total = Totals::default();
        for part in by_place.values() {
            total.add(part);
        }
        let items = match wanted.by {
            By::Day | By::Hour => stretch.by_time(view, &asked, wanted.by)?,
            By::Agent | By::Department => by_name(view, &by_place, wanted.by)?,
        };
        let day = |place: Option<&(Date, i64, i64)>| {
            place.map_or_else(String::new, |(date, ..)| date.to_string())
        };
        Ok(Summed {
            from: Iso(Timestamp::from_millis(asked.from)),
            to: Iso(Timestamp::from_millis(asked.to)),
            first_day: day(stretch.days.first()),
            last_day: day(stretch.days.last()),
            zone: stretch.calendar.name().to_owned(),
            counted_from: stretch.counted_from(view, &asked)?,
            total: Sums::of(&total),
            items,
        })
    });
    Ok(Done(found.await?))
}

async fn ratings(call: Call, wanted: Days) -> Result<Done<Ratings>, Failure> {
    let stretch = Stretch::asked(&call, wanted.first_day.as_ref(), wanted.last_day.as_ref())?;
    let (department, monitor) = (wanted.department, call.bound(MANAGES));
    let found = call.query(move |_, view| {
        let asked = stretch.of(department.as_deref(), monitor.as_deref());
        let rated = figures::labels(view, &asked, Label::Rating)?;
        let items = (1..=5).rev().map(|rating: i64| Rated {
            rating,
            chats: rated.get(&rating.to_string()).copied().unwrap_or(0),
        });
        Ok(Ratings {
            from: Iso(Timestamp::from_millis(asked.from)),
            to: Iso(Timestamp::from_millis(asked.to)),
            chats: together(view, &asked)?.sums.chats,
            items: items.collect(),
        })
    });
    Ok(Done(found.await?))
}

async fn tags(call: Call, wanted: Days) -> Result<Done<Tags>, Failure> {
    let stretch = Stretch::asked(&call, wanted.first_day.as_ref(), wanted.last_day.as_ref())?;
    let (department, monitor) = (wanted.department, call.bound(MANAGES));
    let found = call.query(move |_, view| {
        let asked = stretch.of(department.as_deref(), monitor.as_deref());
        let tags = figures::labels(view, &asked, Label::Tag)?.into_iter();
        let mut items: Vec<Tagged> = tags.map(|(tag, chats)| Tagged { tag, chats }).collect();
        // Those with as many chats stay in the order of their names.
        items.sort_by_key(|tagged| Reverse(tagged.chats));
        items.truncate(MOST_AGENTS);
        let total = together(view, &asked)?;
        Ok(Tags {
            from: Iso(Timestamp::from_millis(asked.from)),
            to: Iso(Timestamp::from_millis(asked.to)),
            chats: total.sums.chats,
            tagged: total.sums.tagged,
            items,
        })
    });
    Ok(Done(found.await?))
}

async fn spread(call: Call, wanted: Days) -> Result<Done<Spreads>, Failure> {
    let stretch = Stretch::asked(&call, wanted.first_day.as_ref(), wanted.last_day.as_ref())?;
    let (department, monitor) = (wanted.department, call.bound(MANAGES));
    let found = call.query(move |_, view| {
        let asked = stretch.of(department.as_deref(), monitor.as_deref());
        let (first_answer, duration) = spreads::spreads(view, &asked)?;
        Ok(Spreads {
            from: Iso(Timestamp::from_millis(asked.from)),
            to: Iso(Timestamp::from_millis(asked.to)),
            first_answer: Spread::of(&first_answer),
            duration: Spread::of(&duration),
        })
    });
    Ok(Done(found.await?))
}

/// All chats of a stretch of time.
fn together(view: &mut View<'_>, asked: &Asked<'_>) -> Result<Totals, Refusal> {
    let mut total = Totals::default();
    for part in figures::by_place(view, asked)?.values() {
        total.add(part);
    }
    Ok(total)
}
