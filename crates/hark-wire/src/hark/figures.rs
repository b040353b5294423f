//! Figures of chats: how long visitors waited in the last hour, in which hours of the week they come, and what
//! goes on now. What chats of some days were is in `sums`.

use std::collections::BTreeMap;

use hark_chat::figures::{self, Asked, Calendar, DAY, HOUR, LONGEST_DAYS, Totals, now};
use hark_chat::{inquiries, routing, units};
use hark_model::rooms;
use hark_staff::agents::{self, Filter};
use hark_store::Timestamp;
use hark_webhooks::dialects::Iso;

use super::answers::{AgentNow, HourOfWeek, InQueue, Now, Taken, TakenLast, Wait, Waits, Week};
use super::{Nothing, POLLED, in_order, misfit, moment};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::params::{AtLeastOne, NonEmpty, params};
use crate::route::{Access, Route, route};

pub(super) const MANAGES: &str = "view-livechat-manager";
pub(super) const MANAGER: Access = Access::Permission(MANAGES);
/// What one answer lists of an hour, of the queue, and of those who answer.
pub(crate) const MOST_WAITS: usize = 500;
pub(crate) const MOST_QUEUED: i64 = 100;
pub(crate) const MOST_AGENTS: usize = 1_000;

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "figures/waits", MANAGER, "How long visitors who came in the last hour waited for an answer, and who waits for an agent now", waits)
        .per_minute(POLLED),
    &route!(Hark GET "figures/now", MANAGER, "What goes on at this moment: the queue, and who has how many chats", at_this_moment)
        .per_minute(POLLED),
    &route!(Hark GET "figures/taken", Access::Permission("view-l-room"), "What was taken in the last hour from the queues that the caller sees, and who is there", taken)
        .per_minute(POLLED),
    &route!(Hark GET "figures/week", MANAGER, "In which hours of the week chats began, of some departments or of all", week)
        .earlier(&[("department", "departments")])
        .per_minute(POLLED),
];

params! {
    struct OfDepartment {
        department: Option<NonEmpty>,
    }

    struct Stretch {
        from: NonEmpty,
        to: NonEmpty,
        /// The ids of departments, with commas between; without it, all of them.
        departments: Option<AtLeastOne<NonEmpty>>,
        /// On whose clocks: `Europe/Berlin`. Without it, on those for reports.
        zone: Option<NonEmpty>,
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
        let each = figures::waits(view, &asked, MOST_WAITS)?;
        let queue = inquiries::queue(view, asked.department, asked.monitor)?;
        Ok((totals, queue, each))
    });
    let (totals, queue, each) = found.await?;
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
        longest_wait_ms: queue.since.map(|since| call.now.millis_since(since).max(0)),
        each: each.into_iter().map(Wait::of).collect(),
    }))
}

async fn at_this_moment(call: Call, wanted: OfDepartment) -> Result<Done<Now>, Failure> {
    let (department, monitor) = (wanted.department, call.bound(MANAGES));
    let at = call.now;
    let found = call.query(move |call, view| {
        let (department, monitor) = (department.as_deref(), monitor.as_deref());
        let waiting = inquiries::queue(view, department, monitor)?;
        let mut queue = Vec::new();
        for inquiry in inquiries::who_waits(view, department, monitor, MOST_QUEUED)? {
            if let Some(room) = rooms::find(view, &inquiry.room)? {
                queue.push(InQueue {
                    conversation: room.id.clone(),
                    name: room.name.clone(),
                    department: inquiry.department.clone(),
                    since: Iso(inquiry.queued_at.unwrap_or(inquiry.created_at)),
                    due: room.due_at().map(Iso),
                });
            }
        }
        let open = now::open(view, department, monitor)?;
        let own = units::bounds(view, monitor)?;
        let filter = Filter {
            departments: own.clone(),
            ..Filter::default()
        };
        let is_seen = |id: &&String| own.as_ref().is_none_or(|own| own.contains(id));
        let mut agents = Vec::new();
        for agent in agents::list(view, &filter)? {
            let answers_there =
                department.is_none_or(|id| agent.departments.iter().any(|own| own == id));
            if !answers_there || agents.len() == MOST_AGENTS {
                continue;
            }
            let chats = open.get(&agent.account.id).cloned().unwrap_or_default();
            agents.push(AgentNow {
                available: agent.is_available(),
                departments: agent.departments.iter().filter(is_seen).cloned().collect(),
                chats: chats.chats,
                held: chats.held,
                waiting: chats.waiting,
                longest_wait_ms: chats.since.map(|since| at.millis_since(since).max(0)),
                most: routing::most(&call.policy, agent.most_chats),
                id: agent.account.id,
                username: agent.account.username,
                name: agent.account.name,
                status: agent.account.status,
            });
        }
        Ok(Now {
            at: Iso(at),
            queued: waiting.chats,
            longest_wait_ms: waiting.since.map(|since| at.millis_since(since).max(0)),
            served: open.values().map(|open| open.chats).sum(),
            held: open.values().map(|open| open.held).sum(),
            queue,
            agents,
        })
    });
    Ok(Done(found.await?))
}

async fn taken(call: Call, _: Nothing) -> Result<Done<Taken>, Failure> {
    let to = call.now;
    let from = Timestamp::from_millis(to.millis() - HOUR);
    // A manager of all departments sees all queues.
    let sees_all = call.may(MANAGES) && call.bound(MANAGES).is_none();
    let found = call.query(move |call, view| {
        let own = &call.account()?.id;
        let taken = now::taken(view, from, (!sees_all).then_some(own))?;
        let mut waited: Vec<i64> = taken
            .iter()
            .filter_map(|(_, taken)| taken.metrics.first_response)
            .collect();
        waited.sort_unstable();
        let agents = agents::list(view, &Filter::default())?;
        let open = now::open(view, None, None)?;
        let (mut available, mut free_slots) = (0, Some(0));
        for agent in &agents {
            if agent.is_available() && agent.account.status != "offline" {
                available += 1;
                let chats = open.get(&agent.account.id).map_or(0, |open| open.chats);
                let free = routing::most(&call.policy, agent.most_chats);
                free_slots = free_slots
                    .zip(free)
                    .map(|(sum, most): (i64, i64)| sum + (most - chats).max(0));
            }
        }
        let last = taken.iter().max_by_key(|(at, _)| *at);
        Ok(Taken {
            from: Iso(from),
            to: Iso(to),
            chats: taken.len() as i64,
            own: taken
                .iter()
                .filter(|(_, taken)| taken.agent == *own)
                .count() as i64,
            median_first_response_ms: waited.get(waited.len() / 2).copied(),
            last: last.map(|(at, taken)| TakenLast {
                name: taken.name.clone(),
                agent: taken.agent_name.clone(),
                at: Iso(*at),
                waited_ms: at.millis_since(taken.created_at).max(0),
            }),
            available,
            agents: agents.len() as i64,
            free_slots,
        })
    });
    Ok(Done(found.await?))
}

async fn week(call: Call, wanted: Stretch) -> Result<Done<Week>, Failure> {
    let from = required("from", &wanted.from)?;
    let to = required("to", &wanted.to)?;
    in_order(("from", Some(from)), ("to", Some(to)))?;
    if to.millis_since(from) > LONGEST_DAYS * DAY {
        return Err(misfit("to", "may be a year after from at most"));
    }
    let calendar = match &wanted.zone {
        None => Calendar::of(&call.policy),
        Some(zone) => {
            let named = Calendar::named(zone);
            named.ok_or_else(|| misfit("zone", "has to be a time zone such as Europe/Berlin"))?
        }
    };
    let monitor = call.bound(MANAGES);
    let departments = wanted
        .departments
        .map(|given| given.0.into_iter().map(|id| id.0));
    let departments: Option<Vec<String>> = departments.map(Iterator::collect);
    let found = call.query(move |_, view| {
        let asked = Asked {
            from: from.millis(),
            to: to.millis(),
            department: None,
            monitor: monitor.as_deref(),
        };
        let by_hour = match &departments {
            None => figures::by_hour(view, &asked)?,
            Some(some) => figures::by_hour_of_some(view, &asked, some)?,
        };
        let mut hours: BTreeMap<(i8, i8), Totals> = BTreeMap::new();
        for weekday in 1..=7 {
            for hour in 0..24 {
                hours.insert((weekday, hour), Totals::default());
            }
        }
        for (at, totals) in by_hour {
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
