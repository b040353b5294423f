//! The dashboards: totals and charts of the chats of a stretch of time.

use std::collections::BTreeMap;

use hark_chat::figures::{self, Calendar, Totals, duty};
use hark_chat::units;
use hark_model::Refusal;
use hark_staff::agents::{self, Filter};
use hark_store::View;
use serde_json::{Map, Value, json};

use super::stretch::{Busiest, Stretch, average, clock};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::params::params;
use crate::route::{Access, Route, route};

pub(super) const MANAGES: &str = "view-livechat-manager";
pub(super) const MANAGER: Access = Access::Permission(MANAGES);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/analytics/dashboards/conversation-totalizers", MANAGER, "How many chats, messages and visitors there were", conversations).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/agents-productivity-totalizers", MANAGER, "When most was said, and how long agents were there and served", agents_productivity).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/chats-totalizers", MANAGER, "How many chats were abandoned, and how long chats took", chats).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/productivity-totalizers", MANAGER, "How soon visitors were answered", productivity).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/charts/chats", MANAGER, "How chats stand", states).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/charts/chats-per-agent", MANAGER, "How the chats of each agent stand", per_agent).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/charts/agents-status", MANAGER, "How many agents are there", agents_status).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/charts/chats-per-department", MANAGER, "How the chats of each department stand", per_department).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/charts/timings", MANAGER, "How long answers and chats took, on average and at most", timings).per_minute(OF_A_DESK),
];

params! {
    struct Wanted {
        start: String,
        end: String,
        department_id as "departmentId": Option<String>,
    }

    struct OfDepartment {
        department_id as "departmentId": Option<String>,
    }
}

impl Wanted {
    fn stretch(self, call: &Call) -> Result<Stretch, Failure> {
        Stretch::between(
            call.bound(MANAGES),
            &self.start,
            &self.end,
            self.department_id,
        )
    }
}

fn totalizers(entries: &[(&str, Value)]) -> Answer {
    let entries = entries.iter();
    let entries = entries.map(|(title, value)| json!({"title": title, "value": value}));
    Reply::object(json!({"totalizers": entries.collect::<Vec<_>>()}))
}

async fn conversations(call: Call, wanted: Wanted) -> Answer {
    let stretch = wanted.stretch(&call)?;
    let found = call.query(move |_, view| {
        let visitors = figures::visitors(view, &stretch.asked())?;
        Ok((stretch.totals(view)?, visitors))
    });
    let (totals, visitors) = found.await?;
    totalizers(&[
        ("Total_conversations", json!(totals.sums.chats)),
        ("Open_conversations", json!(totals.queued + totals.served)),
        ("On_Hold_conversations", json!(totals.held)),
        ("Total_messages", json!(totals.sums.messages)),
        ("Total_visitors", json!(visitors)),
    ])
}

async fn agents_productivity(call: Call, wanted: Wanted) -> Answer {
    let stretch = wanted.stretch(&call)?;
    let found = call.query(move |call, view| {
        let calendar = Calendar::of(&call.policy);
        let busiest = Busiest::of(view, &calendar, &stretch.asked())?;
        let time = duty::time(view, call.now, &stretch.asked())?;
        Ok((stretch.totals(view)?, busiest, time))
    });
    let (totals, busiest, time) = found.await?;
    let there = average(time.values().sum(), time.len() as i64);
    let served = average(totals.sums.service, totals.sums.served);
    totalizers(&[
        ("Busiest_time", json!(busiest.time())),
        ("Avg_of_available_service_time", json!(clock(there))),
        ("Avg_of_service_time", json!(clock(served))),
    ])
}

async fn chats(call: Call, wanted: Wanted) -> Answer {
    let totals = totals(&call, wanted).await?;
    let share = average(totals.sums.abandoned * 100, totals.sums.chats);
    let duration = average(totals.sums.duration, totals.closed());
    totalizers(&[
        ("Total_abandoned_chats", json!(totals.sums.abandoned)),
        ("Avg_of_abandoned_chats", json!(format!("{share}%"))),
        ("Avg_of_chat_duration_time", json!(clock(duration))),
    ])
}

async fn productivity(call: Call, wanted: Wanted) -> Answer {
    let totals = totals(&call, wanted).await?;
    let sums = &totals.sums;
    let of_answered = |sum: i64| json!(clock(average(sum, sums.answered)));
    let waited = average(sums.first_response, sums.chats - totals.waiting);
    totalizers(&[
        ("Avg_response_time", of_answered(sums.response)),
        ("Avg_first_response_time", of_answered(sums.first_response)),
        ("Avg_reaction_time", of_answered(sums.reaction)),
        ("Avg_of_waiting_time", json!(clock(waited))),
    ])
}

async fn totals(call: &Call, wanted: Wanted) -> Result<Totals, Failure> {
    let stretch = wanted.stretch(call)?;
    let found = call.query(move |_, view| stretch.totals(view));
    Ok(found.await?)
}

async fn states(call: Call, wanted: Wanted) -> Answer {
    let totals = totals(&call, wanted).await?;
    Reply::object(json!({
        "open": totals.served,
        "closed": totals.closed(),
        "queued": totals.queued,
        "onhold": totals.held,
    }))
}

async fn per_agent(call: Call, wanted: Wanted) -> Answer {
    let stretch = wanted.stretch(&call)?;
    let found = call.query(move |_, view| {
        let of_agents = of_agents(view, &stretch)?;
        let ids: Vec<String> = of_agents.keys().cloned().collect();
        Ok((of_agents, figures::people(view, &ids)?))
    });
    let (of_agents, people) = found.await?;
    let mut chart = Map::new();
    for (id, totals) in of_agents {
        let Some(person) = people.get(&id) else {
            continue;
        };
        let mut bars = json!({"open": totals.served, "closed": totals.closed()});
        if totals.held > 0 {
            bars["onhold"] = json!(totals.held);
        }
        chart.insert(person.username.clone(), bars);
    }
    Reply::object(Value::Object(chart))
}

/// The sums of the chats of each agent.
pub(super) fn of_agents(
    view: &mut View<'_>,
    stretch: &Stretch,
) -> Result<BTreeMap<String, Totals>, Refusal> {
    let mut of_agents: BTreeMap<String, Totals> = BTreeMap::new();
    for ((_, agent), totals) in figures::by_place(view, &stretch.asked())? {
        if let Some(agent) = agent {
            of_agents.entry(agent).or_default().add(&totals);
        }
    }
    Ok(of_agents)
}

async fn agents_status(call: Call, wanted: OfDepartment) -> Answer {
    let department = wanted.department_id.filter(|id| !id.is_empty());
    let monitor = call.bound(MANAGES);
    let agents = call.query(move |_, view| {
        let filter = Filter {
            departments: units::bounds(view, monitor.as_deref())?,
            ..Filter::default()
        };
        Ok(agents::list(view, &filter)?)
    });
    let (mut offline, mut away, mut busy, mut available) = (0, 0, 0, 0);
    for agent in agents.await? {
        let is_asked_for = |id: &String| agent.departments.contains(id);
        if !department.as_ref().is_none_or(is_asked_for) {
            continue;
        }
        let status = Some(agent.account.status.as_str());
        match status.filter(|_| agent.is_available()) {
            Some("online") => available += 1,
            Some("away") => away += 1,
            Some("busy") => busy += 1,
            _ => offline += 1,
        }
    }
    Reply::object(json!({"offline": offline, "away": away, "busy": busy, "available": available}))
}

async fn per_department(call: Call, wanted: Wanted) -> Answer {
    let stretch = wanted.stretch(&call)?;
    let found = call.query(move |_, view| {
        let mut of_departments: BTreeMap<String, Totals> = BTreeMap::new();
        for ((department, _), totals) in figures::by_place(view, &stretch.asked())? {
            if let Some(department) = department {
                of_departments.entry(department).or_default().add(&totals);
            }
        }
        Ok((of_departments, figures::departments(view)?))
    });
    let (of_departments, names) = found.await?;
    let mut chart = Map::new();
    for (id, totals) in of_departments {
        if let Some(name) = names.get(&id) {
            let bars = json!({"open": totals.open(), "closed": totals.closed()});
            chart.insert(name.clone(), bars);
        }
    }
    Reply::object(Value::Object(chart))
}

async fn timings(call: Call, wanted: Wanted) -> Answer {
    let totals = totals(&call, wanted).await?;
    let sums = &totals.sums;
    let of = |sum: i64, number: i64, longest: i64| json!({"avg": average(sum, number) / 1_000, "longest": longest as f64 / 1_000.0});
    Reply::object(json!({
        "response": of(sums.response, sums.answered, sums.longest_response),
        "reaction": of(sums.reaction, sums.answered, sums.longest_reaction),
        "chatDuration": of(sums.duration, totals.closed(), sums.longest_duration),
    }))
}
