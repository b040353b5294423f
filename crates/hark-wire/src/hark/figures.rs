//! Figures of chats: how long visitors waited in the last hour, and in which hours of the week they come.

use std::collections::BTreeMap;

use hark_chat::figures::{self, Asked, Calendar, DAY, HOUR, LONGEST_DAYS, Totals};
use hark_store::Timestamp;
use hark_webhooks::dialects::Iso;

use super::answers::{HourOfWeek, Waits, Week};
use super::{POLLED, in_order, misfit, moment};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::params::{NonEmpty, params};
use crate::route::{Access, Route, route};

const MANAGES: &str = "view-livechat-manager";
const MANAGER: Access = Access::Permission(MANAGES);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "figures/waits", MANAGER, "How long visitors who came in the last hour waited for an answer, and who waits for an agent now", waits)
        .per_minute(POLLED),
    &route!(Hark GET "figures/week", MANAGER, "In which hours of the week chats began, in the zone of the settings", week)
        .per_minute(POLLED),
];

params! {
    struct OfDepartment {
        department: Option<NonEmpty>,
    }

    struct Stretch {
        from: NonEmpty,
        to: NonEmpty,
        department: Option<NonEmpty>,
    }
}

async fn waits(call: Call, wanted: OfDepartment) -> Result<Done<Waits>, Failure> {
    let (now, department) = (call.now.millis(), wanted.department);
    let monitor = call.bound(MANAGES);
    let found = call.query(move |_, view| {
        let asked = Asked {
            from: now - HOUR,
            to: now + 1,
            department: department.as_deref(),
            monitor: monitor.as_deref(),
        };
        let mut totals = Totals::default();
        for part in figures::by_place(view, &asked)?.values() {
            totals.add(part);
        }
        Ok((totals, figures::queue(view, &asked)?))
    });
    let (totals, queue) = found.await?;
    let sums = &totals.sums;
    let average = (sums.answered > 0).then(|| sums.first_response / sums.answered);
    Ok(Done(Waits {
        from: Iso(Timestamp::from_millis(now - HOUR)),
        to: Iso(call.now),
        chats: sums.chats,
        answered: sums.answered,
        average_first_response_ms: average,
        longest_first_response_ms: (sums.answered > 0).then_some(sums.longest_response),
        waiting: queue.chats,
        longest_wait_ms: queue.since.map(|since| (now - since.millis()).max(0)),
    }))
}

async fn week(call: Call, wanted: Stretch) -> Result<Done<Week>, Failure> {
    let from = required("from", &wanted.from)?;
    let to = required("to", &wanted.to)?;
    in_order(("from", Some(from)), ("to", Some(to)))?;
    if to.millis_since(from) > LONGEST_DAYS * DAY {
        return Err(misfit("to", "may be a year after from at most"));
    }
    let (department, monitor) = (wanted.department, call.bound(MANAGES));
    let found = call.query(move |call, view| {
        let asked = Asked {
            from: from.millis(),
            to: to.millis(),
            department: department.as_deref(),
            monitor: monitor.as_deref(),
        };
        let calendar = Calendar::of(&call.policy);
        let mut hours: BTreeMap<(i8, i8), Totals> = BTreeMap::new();
        for weekday in 1..=7 {
            for hour in 0..24 {
                hours.insert((weekday, hour), Totals::default());
            }
        }
        for (at, totals) in figures::by_hour(view, &asked)? {
            let Some(shown) = calendar.shows(at.max(asked.from)) else {
                continue;
            };
            let place = (shown.weekday().to_monday_one_offset(), shown.hour());
            hours.entry(place).or_default().add(&totals);
        }
        Ok((hours, calendar.name().to_owned()))
    });
    let (hours, zone) = found.await?;
    let items = hours.iter().map(|((weekday, hour), totals)| HourOfWeek {
        weekday: *weekday,
        hour: *hour,
        chats: totals.sums.chats,
        messages: totals.sums.messages,
    });
    Ok(Done(Week {
        from: Iso(from),
        to: Iso(to),
        zone,
        items: items.collect(),
    }))
}

fn required(name: &str, given: &NonEmpty) -> Result<Timestamp, Failure> {
    moment(name, Some(given))?.ok_or_else(|| misfit(name, "is required"))
}
