//! Reports: one figure of each agent or department, and how many chats there were of each kind.

use std::collections::BTreeMap;

use hark_chat::figures::{self, Label, Person, Totals, duty};
use hark_model::Refusal;
use serde_json::{Map, Value, json};

use super::dashboards::{MANAGER, MANAGES, of_agents};
use super::documents::given;
use super::stretch::{Stretch, average};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::params;
use crate::route::{Access, Route, route};

const SEES_REPORTS: &str = "view-livechat-reports";
const REPORTS: Access = Access::Permission(SEES_REPORTS);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/analytics/agents/average-service-time", MANAGER, "How long each agent served a chat", average_service_of_agents).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/agents/total-service-time", MANAGER, "How long each agent served in all", service_of_agents).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/agents/available-for-service-history", MANAGER, "How long each agent was there and open for chats", on_duty).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/departments/amount-of-chats", MANAGER, "How many chats each department had", amount).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/departments/average-service-time", MANAGER, "How long a chat of each department was served", average_service).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/departments/average-chat-duration-time", MANAGER, "How long a chat of each department took", average_duration).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/departments/total-service-time", MANAGER, "How long each department served in all", service).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/departments/average-waiting-time", MANAGER, "How long visitors of each department waited for an answer", waiting).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/departments/total-transferred-chats", MANAGER, "How many chats of each department were passed on", transferred).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/departments/total-abandoned-chats", MANAGER, "How many chats of each department were abandoned", abandoned).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/departments/percentage-abandoned-chats", MANAGER, "How many of a hundred chats of each department were abandoned", share_abandoned).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/conversations-by-source", REPORTS, "Where chats came from", by_source).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/conversations-by-status", REPORTS, "How chats stand", by_status).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/conversations-by-department", REPORTS, "How many chats departments had, and how many there were in none", by_department).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/conversations-by-tags", REPORTS, "How many chats had each tag, and how many none", by_tag).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/dashboards/conversations-by-agent", REPORTS, "How many chats agents had, and how many nobody had", by_agent).per_minute(OF_A_DESK),
];

/// Tags and the like are what people make up: the most frequent are shown.
pub const MOST_SHOWN: usize = 1_000;
/// Stretches of duty of one agent, and agents whose stretches are shown on a page.
pub const MOST_DUTIES: i64 = 500;
const MOST_IN_FULL: i64 = 100;

params! {
    struct OfAgents {
        start: String,
        end: String,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct OnDuty {
        start: String,
        end: String,
        /// `true`: with the stretches of time themselves.
        full_report as "fullReport": Option<bool>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct OfDepartments {
        start: String,
        end: String,
        /// `true`: only chats in which an agent answered; `false`: the others.
        answered: Option<bool>,
        department_id as "departmentId": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Conversations {
        start: String,
        end: String,
        ; paging::SORT,
    }
}

/// Whole seconds.
const fn seconds(millis: i64) -> i64 {
    (millis + 500) / 1_000
}

// === agents ===

fn agent(id: &str, person: &Person) -> Value {
    json!({
        "_id": id,
        "username": person.username,
        "name": person.name,
        "active": person.active,
    })
}

async fn agents(
    call: Call,
    wanted: OfAgents,
    member: &str,
    figure: fn(&Totals) -> Option<i64>,
) -> Answer {
    let stretch = Stretch::between(call.bound(MANAGES), &wanted.start, &wanted.end, None)?;
    let found = call.query(move |_, view| {
        let of_agents = of_agents(view, &stretch)?;
        let ids: Vec<String> = of_agents.keys().cloned().collect();
        Ok((of_agents, figures::people(view, &ids)?))
    });
    let (of_agents, people) = found.await?;
    let rows = of_agents.iter().filter_map(|(id, totals)| {
        let (person, figure) = (people.get(id)?, figure(totals)?);
        let mut row = agent(id, person);
        row[member] = json!(figure);
        Some(row)
    });
    paging::small_list(&call, "agents", by_username(rows.collect()))
}

fn by_username(mut rows: Vec<Value>) -> Vec<Value> {
    let usual = [("username".to_owned(), false)];
    rows.sort_by(|one, other| paging::compare(one, other, &usual));
    rows
}

fn served_on_average(totals: &Totals) -> Option<i64> {
    let sums = &totals.sums;
    (sums.served > 0).then(|| seconds(average(sums.service, sums.served)))
}

fn served_in_all(totals: &Totals) -> Option<i64> {
    let sums = &totals.sums;
    (sums.served > 0).then(|| seconds(sums.service))
}

async fn average_service_of_agents(call: Call, wanted: OfAgents) -> Answer {
    let member = "averageServiceTimeInSeconds";
    agents(call, wanted, member, served_on_average).await
}

async fn service_of_agents(call: Call, wanted: OfAgents) -> Answer {
    agents(call, wanted, "serviceTimeDuration", served_in_all).await
}

async fn on_duty(call: Call, wanted: OnDuty) -> Answer {
    let stretch = Stretch::between(call.bound(MANAGES), &wanted.start, &wanted.end, None)?;
    let in_full = wanted.full_report.unwrap_or(false);
    let mut page = paging::page(&call);
    if in_full {
        page.limit = page.limit.min(MOST_IN_FULL);
    }
    let sort = paging::sort(&call)?;
    let found = call.query(move |call, view| {
        let time = duty::time(view, call.now, &stretch.asked())?;
        let ids: Vec<String> = time.keys().cloned().collect();
        let people = figures::people(view, &ids)?;
        let rows = time.iter().filter_map(|(id, millis)| {
            let mut row = agent(id, people.get(id)?);
            row["agentId"] = json!(id);
            row["availableTimeInSeconds"] = json!(seconds(*millis));
            Some(row)
        });
        let mut rows = by_username(rows.collect());
        rows.sort_by(|one, other| paging::compare(one, other, &sort));
        let total = rows.len();
        let mut shown: Vec<Value> = paging::cut(rows, page).collect();
        if in_full {
            for row in &mut shown {
                let id = row["_id"].as_str().unwrap_or_default();
                let (from, to) = (stretch.from, stretch.to);
                let duties = duty::of_agent(view, id, from, to, MOST_DUTIES)?;
                let duties = duties.iter().map(|duty| {
                    given(json!({
                        "startedAt": Value::from(duty.began_at),
                        "stoppedAt": duty.ended_at.map(Value::from),
                    }))
                });
                row["serviceHistory"] = duties.collect();
            }
        }
        Ok((shown, total))
    });
    let (shown, total) = found.await?;
    paging::listed("agents", shown, page, total as i64)
}

// === departments ===

async fn departments(
    call: Call,
    wanted: OfDepartments,
    member: &str,
    figure: impl Fn(&Totals) -> Option<i64>,
) -> Answer {
    let stretch = Stretch::between(
        call.bound(MANAGES),
        &wanted.start,
        &wanted.end,
        wanted.department_id,
    )?;
    let found = call.query(move |_, view| {
        let mut of_departments: BTreeMap<Option<String>, Totals> = BTreeMap::new();
        for ((department, _), totals) in figures::by_place(view, &stretch.asked())? {
            of_departments.entry(department).or_default().add(&totals);
        }
        Ok((of_departments, figures::departments(view)?))
    });
    let (of_departments, names) = found.await?;
    let rows = of_departments.iter().filter_map(|(id, totals)| {
        let name = id.as_ref().and_then(|id| names.get(id));
        Some(json!({"_id": id, "name": name, member: figure(totals)?}))
    });
    paging::small_list(&call, "departments", rows.collect())
}

/// A count, where there is one.
fn some(number: i64) -> Option<i64> {
    (number > 0).then_some(number)
}

async fn amount(call: Call, wanted: OfDepartments) -> Answer {
    let answered = wanted.answered;
    departments(call, wanted, "rooms", move |totals| {
        let sums = &totals.sums;
        some(match answered {
            None => sums.chats,
            Some(true) => sums.answered,
            Some(false) => sums.chats - sums.answered,
        })
    })
    .await
}

async fn average_service(call: Call, wanted: OfDepartments) -> Answer {
    let member = "averageServiceTimeInSeconds";
    departments(call, wanted, member, served_on_average).await
}

async fn service(call: Call, wanted: OfDepartments) -> Answer {
    departments(call, wanted, "serviceTimeDuration", served_in_all).await
}

async fn average_duration(call: Call, wanted: OfDepartments) -> Answer {
    departments(call, wanted, "averageChatDurationTimeInSeconds", |totals| {
        let closed = some(totals.closed())?;
        Some(seconds(average(totals.sums.duration, closed)))
    })
    .await
}

async fn waiting(call: Call, wanted: OfDepartments) -> Answer {
    departments(call, wanted, "averageWaitingTimeInSeconds", |totals| {
        let answered = some(totals.sums.chats - totals.waiting)?;
        Some(seconds(average(totals.sums.first_response, answered)))
    })
    .await
}

async fn transferred(call: Call, wanted: OfDepartments) -> Answer {
    let number = |totals: &Totals| some(totals.sums.transferred);
    departments(call, wanted, "numberOfTransferredRooms", number).await
}

async fn abandoned(call: Call, wanted: OfDepartments) -> Answer {
    let number = |totals: &Totals| some(totals.sums.abandoned);
    departments(call, wanted, "abandonedRooms", number).await
}

async fn share_abandoned(call: Call, wanted: OfDepartments) -> Answer {
    departments(call, wanted, "percentageOfAbandonedChats", |totals| {
        let chats = some(totals.sums.chats)?;
        Some(average(totals.sums.abandoned * 100, chats))
    })
    .await
}

// === conversations by what they have ===

impl Conversations {
    fn stretch(&self, call: &Call) -> Result<Stretch, Failure> {
        Stretch::between(call.bound(SEES_REPORTS), &self.start, &self.end, None)
    }
}

/// The most frequent first, unless the caller wants another order.
fn conversations(
    call: &Call,
    entries: impl IntoIterator<Item = (String, i64)>,
    total: i64,
    unspecified: Option<i64>,
) -> Answer {
    let mut entries: Vec<(String, i64)> = entries.into_iter().collect();
    entries.retain(|(_, number)| *number > 0);
    entries.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    entries.truncate(MOST_SHOWN);
    let entries = entries.into_iter();
    let entries = entries.map(|(label, value)| json!({"label": label, "value": value}));
    let mut entries: Vec<Value> = entries.collect();
    let sort = paging::sort(call)?;
    entries.sort_by(|one, other| paging::compare(one, other, &sort));
    let mut report = Map::new();
    report.insert("data".to_owned(), Value::Array(entries));
    report.insert("total".to_owned(), json!(total));
    if let Some(unspecified) = unspecified {
        report.insert("unspecified".to_owned(), json!(unspecified));
    }
    Ok(Reply::Object(report))
}

/// What chats are listed under is summed up for all departments together, so that it is not for those who may
/// know of some.
async fn by_label(call: Call, wanted: Conversations, label: Label) -> Answer {
    if call.bound(SEES_REPORTS).is_some() {
        return Err(Failure::Forbidden);
    }
    let stretch = wanted.stretch(&call)?;
    let found = call.query(move |_, view| {
        let labels = figures::labels(view, &stretch.asked(), label)?;
        Ok((labels, stretch.totals(view)?))
    });
    let (labels, totals) = found.await?;
    let chats = totals.sums.chats;
    let unspecified = (label == Label::Tag).then(|| chats - totals.sums.tagged);
    conversations(&call, labels, chats, unspecified)
}

async fn by_source(call: Call, wanted: Conversations) -> Answer {
    by_label(call, wanted, Label::Source).await
}

async fn by_tag(call: Call, wanted: Conversations) -> Answer {
    by_label(call, wanted, Label::Tag).await
}

async fn by_status(call: Call, wanted: Conversations) -> Answer {
    let stretch = wanted.stretch(&call)?;
    let totals = call.query(move |_, view| stretch.totals(view)).await?;
    let entries = [
        ("Open", totals.served),
        ("Queued", totals.queued),
        ("On_Hold", totals.held),
        ("Closed", totals.closed()),
    ];
    let entries = entries.map(|(label, number)| (label.to_owned(), number));
    conversations(&call, entries, totals.sums.chats, None)
}

async fn by_department(call: Call, wanted: Conversations) -> Answer {
    let named = wanted.named(&call, |(department, _)| department).await?;
    let departments = call.query(|_, view| Ok(figures::departments(view)?));
    let departments = departments.await?;
    named.report(&call, |id| departments.get(id).cloned())
}

async fn by_agent(call: Call, wanted: Conversations) -> Answer {
    let named = wanted.named(&call, |(_, agent)| agent).await?;
    let ids: Vec<String> = named.chats.keys().flatten().cloned().collect();
    let people = call.query(move |_, view| Ok(figures::people(view, &ids)?));
    let people = people.await?;
    named.report(&call, |id| {
        let person = people.get(id)?;
        let name = Some(&person.name).filter(|name| !name.is_empty());
        Some(name.unwrap_or(&person.username).clone())
    })
}

/// How many chats each department or agent had, by their ids.
struct Named {
    chats: BTreeMap<Option<String>, i64>,
}

impl Conversations {
    async fn named(
        &self,
        call: &Call,
        which: fn(figures::Key) -> Option<String>,
    ) -> Result<Named, Failure> {
        let stretch = self.stretch(call)?;
        let found = call.query(move |_, view| -> Result<_, Refusal> {
            let mut chats: BTreeMap<Option<String>, i64> = BTreeMap::new();
            for (key, totals) in figures::by_place(view, &stretch.asked())? {
                *chats.entry(which(key)).or_default() += totals.sums.chats;
            }
            Ok(chats)
        });
        Ok(Named {
            chats: found.await?,
        })
    }
}

impl Named {
    /// Those of whom there is no record any more are as good as none.
    fn report(self, call: &Call, name: impl Fn(&str) -> Option<String>) -> Answer {
        let total = self.chats.values().sum();
        let mut named: BTreeMap<String, i64> = BTreeMap::new();
        for (id, number) in self.chats {
            if let Some(name) = id.as_deref().and_then(&name) {
                *named.entry(name).or_default() += number;
            }
        }
        let specified: i64 = named.values().sum();
        conversations(call, named, total, Some(total - specified))
    }
}
