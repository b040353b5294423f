//! The analytics page: an overview, a table of agents, and a chart with a point for each hour or day.

use std::collections::BTreeMap;

use hark_chat::figures::{self, Calendar, Totals};
use hark_model::Refusal;
use jiff::civil::Weekday;
use serde_json::{Value, json};

use super::dashboards::{MANAGER, MANAGES, of_agents};
use super::methods::{Method, Outcome, method};
use super::stretch::{Busiest, Day, Stretch, average, clock, hour_in_words};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::params::params;
use crate::route::{Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/analytics/agent-overview", MANAGER, "One figure of each agent", of_each_agent).per_minute(OF_A_DESK),
    &route!(GET "livechat/analytics/overview", MANAGER, "How many chats there were, and how soon they were answered", overview).per_minute(OF_A_DESK),
];

pub(super) static METHODS: &[Method] = &[method!("livechat:getAnalyticsChartData", MANAGER, chart)];

params! {
    struct Wanted {
        /// Which figures are wanted.
        name: String,
        /// The first day.
        from: String,
        /// The last day.
        to: String,
        department_id as "departmentId": Option<String>,
    }
}

impl Wanted {
    fn checked(self) -> Result<Self, Failure> {
        if self.name.is_empty() {
            return Err(Failure::plain("invalid-chart-name"));
        }
        Ok(self)
    }

    fn stretch(&self, call: &Call) -> Result<Option<(Stretch, Vec<Day>)>, Failure> {
        let (monitor, calendar) = (call.bound(MANAGES), Calendar::of(&call.policy));
        let department = self.department_id.clone();
        Stretch::of_days(monitor, &calendar, &self.from, &self.to, department)
    }
}

/// A figure that agents, hours and days are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Conversations,
    ChatDuration,
    Messages,
    FirstResponse,
    BestResponse,
    Response,
    Reaction,
}

impl Figure {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Total_conversations" => Self::Conversations,
            "Avg_chat_duration" => Self::ChatDuration,
            "Total_messages" => Self::Messages,
            "Avg_first_response_time" => Self::FirstResponse,
            "Best_first_response_time" => Self::BestResponse,
            "Avg_response_time" => Self::Response,
            "Avg_reaction_time" => Self::Reaction,
            _ => return None,
        })
    }

    /// Nothing: there is no chat of which it could be. Times are milliseconds.
    fn of(self, totals: &Totals) -> Option<i64> {
        let sums = &totals.sums;
        let of_answered = |sum| (sums.answered > 0).then(|| average(sum, sums.answered));
        match self {
            Self::Conversations => (sums.chats > 0).then_some(sums.chats),
            Self::Messages => (sums.chats > 0).then_some(sums.messages),
            Self::ChatDuration => {
                let closed = totals.closed();
                (closed > 0).then(|| average(sums.duration, closed))
            }
            Self::FirstResponse => of_answered(sums.first_response),
            Self::BestResponse => sums.best_response,
            Self::Response => of_answered(sums.response),
            Self::Reaction => of_answered(sums.reaction),
        }
    }

    const fn is_a_number(self) -> bool {
        matches!(self, Self::Conversations | Self::Messages)
    }

    /// More is better, or longer; of what visitors wait for the shortest comes first.
    const fn goes_down(self) -> bool {
        self.is_a_number() || matches!(self, Self::ChatDuration)
    }
}

async fn of_each_agent(call: Call, wanted: Wanted) -> Answer {
    let wanted = wanted.checked()?;
    let stretch = wanted.stretch(&call)?;
    let (Some(figure), Some((stretch, _))) = (Figure::named(&wanted.name), stretch) else {
        return Reply::done();
    };
    let found = call.query(move |_, view| {
        let of_agents = of_agents(view, &stretch)?;
        let ids: Vec<String> = of_agents.keys().cloned().collect();
        Ok((of_agents, figures::people(view, &ids)?))
    });
    let (of_agents, people) = found.await?;
    let all: i64 = of_agents.values().map(|totals| totals.sums.chats).sum();
    let rows = of_agents.iter().filter_map(|(id, totals)| {
        let person = people.get(id)?;
        Some((figure.of(totals)?, person.username.as_str()))
    });
    let mut rows: Vec<(i64, &str)> = rows.collect();
    rows.sort_unstable_by(|one, other| {
        let by_value = one.0.cmp(&other.0);
        let by_value = if figure.goes_down() {
            by_value.reverse()
        } else {
            by_value
        };
        by_value.then(one.1.cmp(other.1))
    });
    let rows = rows.into_iter().map(|(value, name)| {
        let value = match figure {
            Figure::Conversations => {
                json!(format!("{:.2}%", value as f64 * 100.0 / all as f64))
            }
            Figure::Messages => json!(value),
            _ => json!(clock(value)),
        };
        json!({"name": name, "value": value})
    });
    let column = match figure {
        Figure::Conversations => "%_of_conversations",
        _ => wanted.name.as_str(),
    };
    Reply::object(json!({
        "head": [{"name": "Agent"}, {"name": column}],
        "data": rows.collect::<Vec<_>>(),
    }))
}

async fn overview(call: Call, wanted: Wanted) -> Answer {
    let wanted = wanted.checked()?;
    let Some((stretch, days)) = wanted.stretch(&call)? else {
        return Reply::done();
    };
    let entries = match wanted.name.as_str() {
        "Conversations" => conversations(&call, stretch, days.len()).await?,
        "Productivity" => productivity(&call, stretch).await?,
        _ => return Reply::done(),
    };
    let entries = entries.into_iter();
    let entries = entries.map(|(title, value)| json!({"title": title, "value": value}));
    Ok(Reply::Bare(entries.collect()))
}

type Entries = Vec<(&'static str, Value)>;

async fn conversations(call: &Call, stretch: Stretch, days: usize) -> Result<Entries, Refusal> {
    let found = call.query(move |call, view| {
        let calendar = Calendar::of(&call.policy);
        let busiest = Busiest::of(view, &calendar, &stretch.asked())?;
        Ok((stretch.totals(view)?, busiest))
    });
    let (totals, busiest) = found.await?;
    let each_day = totals.sums.chats as f64 / days.max(1) as f64;
    Ok(vec![
        ("Total_conversations", json!(totals.sums.chats)),
        ("Open_conversations", json!(totals.queued + totals.served)),
        ("On_Hold_conversations", json!(totals.held)),
        ("Total_messages", json!(totals.sums.messages)),
        ("Busiest_day", json!(busiest.weekday.map_or("-", in_words))),
        ("Conversations_per_day", json!(format!("{each_day:.2}"))),
        ("Busiest_time", json!(busiest.time())),
    ])
}

async fn productivity(call: &Call, stretch: Stretch) -> Result<Entries, Refusal> {
    let totals = call.query(move |_, view| stretch.totals(view)).await?;
    let sums = &totals.sums;
    let of_answered = |sum: i64| json!(clock(average(sum, sums.answered)));
    Ok(vec![
        ("Avg_response_time", of_answered(sums.response)),
        ("Avg_first_response_time", of_answered(sums.first_response)),
        ("Avg_reaction_time", of_answered(sums.reaction)),
    ])
}

const fn in_words(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// `livechat:getAnalyticsChartData({daterange: {from, to}, chartOptions: {name}, departmentId})`. What it
/// cannot read it answers with nothing, as the original does.
async fn chart(call: &Call, (options,): (Value,)) -> Outcome {
    let text = |pointer: &str| options.pointer(pointer).and_then(Value::as_str);
    let (Some(from), Some(to)) = (text("/daterange/from"), text("/daterange/to")) else {
        return Ok(Value::Null);
    };
    let name = text("/chartOptions/name").unwrap_or_default().to_owned();
    let department = text("/departmentId").map(str::to_owned);
    let (monitor, calendar) = (call.bound(MANAGES), Calendar::of(&call.policy));
    let found = Stretch::of_days(monitor, &calendar, from, to, department)?;
    let (Some(figure), Some((stretch, days))) = (Figure::named(&name), found) else {
        return Ok(Value::Null);
    };
    let (from, asked) = (stretch.from, stretch);
    let by_hour = call.query(move |_, view| Ok(figures::by_hour(view, &asked.asked())?));
    let by_hour = by_hour.await?;
    let points = match days.as_slice() {
        [day] => hours_of(day),
        _ => days.iter().map(Point::of_day).collect(),
    };
    let values = points
        .iter()
        .map(|point| point.value(figure, &by_hour, from));
    Ok(json!({
        "chartLabel": name,
        "dataLabels": points.iter().map(|point| &point.label).collect::<Vec<_>>(),
        "dataPoints": values.collect::<Vec<_>>(),
    }))
}

struct Point {
    label: String,
    from: i64,
    to: i64,
}

fn hours_of(day: &Day) -> Vec<Point> {
    let hours = (0..24_i8).map(|hour| {
        let from = day.from + i64::from(hour) * figures::HOUR;
        let to = from + figures::HOUR;
        Point {
            label: format!("{}-{}", hour_in_words(hour), hour_in_words((hour + 1) % 24)),
            from,
            // A day is an hour longer or shorter when clocks are changed.
            to: if hour == 23 { to.max(day.to) } else { to },
        }
    });
    hours.collect()
}

impl Point {
    fn of_day(day: &Day) -> Self {
        Self {
            label: format!("{}/{}", day.day.month(), day.day.day()),
            from: day.from,
            to: day.to,
        }
    }

    fn value(&self, figure: Figure, by_hour: &BTreeMap<i64, Totals>, first: i64) -> Value {
        let mut totals = Totals::default();
        // An hour that began before the stretch is there with what is inside.
        for (at, part) in by_hour.range(self.from - figures::HOUR..self.to) {
            if (self.from..self.to).contains(&(*at).max(first)) {
                totals.add(part);
            }
        }
        let value = figure.of(&totals).unwrap_or(0);
        if figure.is_a_number() {
            return json!(value);
        }
        json!(((value + 5) / 10) as f64 / 100.0)
    }
}
