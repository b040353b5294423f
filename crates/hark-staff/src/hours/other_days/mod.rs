//! Days on which other hours hold than those of the week: holidays, and days that are shorter or longer. They are on
//! the clocks of the business hours that they belong to.

mod rows;

pub use self::rows::of;
pub(crate) use self::rows::{ALL, WRITES, ahead};
use hark_model::events::Event;
use hark_model::{Context, Refusal, audit};
use hark_store::{Json, record};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::plan::{ClockTime, Exception};

/// Of one business hour. Those that are over count, until somebody removes them.
pub const MOST: usize = 200;
pub const MOST_SPANS: usize = 4;
const LONGEST_NAME: usize = 200;
const LONGEST_DAYS: i32 = 366;

/// From when until when it is open, `HH:mm`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub start: String,
    pub finish: String,
}

impl Span {
    fn times(&self) -> Option<(ClockTime, ClockTime)> {
        Some((
            ClockTime::parse(&self.start)?,
            ClockTime::parse(&self.finish)?,
        ))
    }
}

record! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OtherDay from "other_day" {
        pub business_hour_id: String,
        /// As `2026-12-24`.
        pub first_day: String,
        /// The last one is among them.
        pub last_day: String,
        pub name: String,
        /// Without one it is closed.
        pub spans: Vec<Span> = "other_day.spans" => |Json(spans)| spans,
    }
}

impl OtherDay {
    fn dates(&self) -> Option<(Date, Date)> {
        Some((day(&self.first_day)?, day(&self.last_day)?))
    }

    pub(super) fn exception(&self) -> Option<Exception> {
        let (first, last) = self.dates()?;
        Some(Exception {
            first,
            last,
            spans: self.spans.iter().filter_map(Span::times).collect(),
        })
    }

    /// For the audit.
    fn shown(&self) -> Value {
        json!({
            "from": self.first_day,
            "until": self.last_day,
            "name": self.name,
            "hours": self.spans,
        })
    }
}

/// With years of four digits, so that days are in the order of their texts.
fn day(text: &str) -> Option<Date> {
    let is_long = text.len() == "2026-12-24".len();
    let day = is_long.then(|| text.parse::<Date>().ok()).flatten()?;
    (day.year() > 0).then_some(day)
}

/// What is wrong with a list of days.
#[derive(Debug)]
pub struct Misfit {
    /// Which part of which one, `3/from`; nothing where it is the list itself.
    pub place: String,
    pub why: &'static str,
}

/// Days that fit together, in their order.
#[derive(Debug, Clone)]
pub struct Days(Vec<OtherDay>);

impl Days {
    pub fn of(mut days: Vec<OtherDay>) -> Result<Self, Misfit> {
        if days.len() > MOST {
            return Err(Misfit {
                place: String::new(),
                why: "can be 200 at most",
            });
        }
        let mut taken: Vec<(Date, Date)> = Vec::with_capacity(days.len());
        for (index, other) in days.iter().enumerate() {
            let wrong = |member: &str, why| Misfit {
                place: format!("{index}/{member}"),
                why,
            };
            let first = day(&other.first_day);
            let first = first.ok_or_else(|| wrong("from", "has to be a day as 2026-12-24"))?;
            let last = day(&other.last_day);
            let last = last.ok_or_else(|| wrong("until", "has to be a day as 2026-12-24"))?;
            if last < first {
                return Err(wrong("until", "cannot be before from"));
            }
            if first
                .until(last)
                .is_ok_and(|all| all.get_days() >= LONGEST_DAYS)
            {
                return Err(wrong("until", "can be a year behind from at most"));
            }
            if other.name.chars().nth(LONGEST_NAME).is_some() {
                return Err(wrong("name", "may have 200 characters"));
            }
            if other.spans.len() > MOST_SPANS {
                return Err(wrong("hours", "can be four at most"));
            }
            let is_right = |span: &Span| span.times().is_some_and(|(start, finish)| start < finish);
            if !other.spans.iter().all(is_right) {
                return Err(wrong(
                    "hours",
                    "have to be from a time to a later one, as 09:00 and 12:30",
                ));
            }
            if taken
                .iter()
                .any(|(from, until)| first <= *until && *from <= last)
            {
                return Err(wrong("from", "is among the days of another one"));
            }
            taken.push((first, last));
        }
        days.sort_by(|one, other| one.first_day.cmp(&other.first_day));
        Ok(Self(days))
    }
}

/// The days take the place of those that there were, and hold at once.
pub fn replace(cx: &mut Context<'_, '_>, id: &str, days: &Days) -> Result<(), Refusal> {
    super::rows::lock(cx.tx)?;
    let hour = super::find(cx.tx, id)?.ok_or(Refusal::NoSuchBusinessHour)?;
    let known = of(cx.tx, id)?;
    let missing = |all: &[OtherDay], from: &[OtherDay]| -> Vec<OtherDay> {
        let missing = all.iter().filter(|other| !from.contains(other));
        missing.cloned().collect()
    };
    let (gone, new) = (missing(&known, &days.0), missing(&days.0, &known));
    if gone.is_empty() && new.is_empty() {
        return Ok(());
    }
    for other in &gone {
        rows::remove(cx.tx, id, &other.first_day)?;
    }
    for other in &new {
        rows::insert(cx.tx, other)?;
    }
    let shown = |days: &[OtherDay]| {
        let days: Vec<Value> = days.iter().map(OtherDay::shown).collect();
        json!({ "otherDays": days })
    };
    audit::differs(
        cx.tx,
        id,
        Some(&hour.name),
        Some(shown(&gone)),
        Some(shown(&new)),
    );
    super::record(cx, cx.who.actor(), Event::BusinessHourSaved, id)?;
    super::apply(cx).map(drop)
}
