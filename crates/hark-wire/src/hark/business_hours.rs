//! What Rocket.Chat's API does not say of opening hours: whether they are open now, and the days on which others hold.

use hark_model::Refusal;
use hark_staff::hours::other_days::{self, Days, OtherDay, Span};
use hark_staff::hours::{self, Opening};

use super::answers::{self, OpeningHours, OpeningHoursInFull, Page};
use super::{Nothing, POLLED, misfit};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::limits::OF_A_DESK;
use crate::params::params;
use crate::rocketchat::business_hours::{MANAGE, check_border};
use crate::route::{Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "business-hours", MANAGE, "Which opening hours are open by their clocks, and when that changes", list)
        .per_minute(POLLED),
    &route!(Hark GET "business-hours/{id}", MANAGE, "Opening hours with the days on which others hold than those of the week", one)
        .per_minute(POLLED),
    &route!(Hark PATCH "business-hours/{id}", MANAGE, "Say on which days other hours hold than those of the week", change)
        .per_minute(OF_A_DESK),
];

params! {
    struct Changed {
        /// The days on which other hours hold, all of them: those that are not named are like others of the week again. At
        /// most 200, of which no two have a day in common.
        other_days as "otherDays": Vec<Wanted>,
    }

    struct Wanted {
        /// The first of the days, `2026-12-24`.
        from: String,
        /// The last of them, at most a year later.
        until: String,
        /// What they are called.
        name: String,
        /// From when until when it is open on each of them, at most four times; nothing where it is closed.
        hours: Vec<WantedSpan>,
    }

    struct WantedSpan {
        /// When it opens, `HH:mm`.
        start: String,
        /// When it closes, `HH:mm`, at most `24:00`.
        finish: String,
    }
}

async fn list(call: Call, _: Nothing) -> Result<Done<Page<OpeningHours>>, Failure> {
    let now = call.now;
    let found = call.query(move |_, view| Ok(hours::openings(view, now)?));
    Ok(Done(Page {
        items: found.await?.iter().map(OpeningHours::of).collect(),
        next_cursor: None,
    }))
}

async fn one(call: Call, _: Nothing) -> Result<Done<OpeningHoursInFull>, Failure> {
    in_full(&call).await
}

async fn in_full(call: &Call) -> Result<Done<OpeningHoursInFull>, Failure> {
    let now = call.now;
    let found = call.query(move |call, view| {
        let mut openings = hours::openings(view, now)?;
        openings.retain(|Opening { hour, .. }| hour.id == call.path(0));
        let Some(opening) = openings.pop() else {
            return Ok(None);
        };
        let days = other_days::of(view, &opening.hour.id)?;
        Ok(Some((opening, days)))
    });
    let (opening, days) = found.await?.ok_or_else(missing)?;
    Ok(Done(OpeningHoursInFull {
        hours: OpeningHours::of(&opening),
        other_days: days.iter().map(answers::OtherDay::of).collect(),
    }))
}

fn missing() -> Failure {
    Failure::NotFound("There are no such business hours".into())
}

async fn change(call: Call, changed: Changed) -> Result<Done<OpeningHoursInFull>, Failure> {
    let days = changed.other_days.into_iter().map(|wanted| OtherDay {
        business_hour_id: call.path(0).to_owned(),
        first_day: wanted.from,
        last_day: wanted.until,
        name: wanted.name,
        spans: wanted.hours.into_iter().map(span).collect(),
    });
    let days = Days::of(days.collect());
    let days = days.map_err(|wrong| {
        let place = format!("otherDays/{}", wrong.place);
        misfit(place.trim_end_matches('/'), wrong.why)
    })?;
    let replaced = call.command(move |call, cx| {
        check_border(call, cx, Some(call.path(0)), &[])?;
        other_days::replace(cx, call.path(0), &days)
    });
    match replaced.await {
        Err(Refusal::NoSuchBusinessHour) => Err(missing()),
        replaced => {
            replaced?;
            in_full(&call).await
        }
    }
}

fn span(wanted: WantedSpan) -> Span {
    Span {
        start: wanted.start,
        finish: wanted.finish,
    }
}
