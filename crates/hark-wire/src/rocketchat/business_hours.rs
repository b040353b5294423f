//! Opening hours: read by a route, written by methods.

use std::sync::Arc;

use hark_chat::hours::plan::{self, Shift};
use hark_chat::hours::{self, BusinessHour, Day, Draft, Kind};
use hark_store::Timestamp;
use serde_json::{Value, json};

use super::methods::{Method, Outcome, match_failed, method, text};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const MANAGE: Access = Access::Permission("view-livechat-business-hours");

pub(crate) static ROUTES: &[&Route] =
    &[&route!(GET "livechat/business-hour", MANAGE, "Opening hours", one).takes(WHICH)];

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:saveBusinessHour", MANAGE, save),
    method!("livechat:removeBusinessHour", MANAGE, remove),
];

const WHICH: Shape = Shape::Object(&[
    Field::optional("_id", Shape::Text),
    Field::optional("type", Shape::Text),
]);

async fn one(call: Call) -> Answer {
    let kind = call.text("type").filter(|kind| !kind.is_empty());
    let kind = Kind::parse(kind.unwrap_or("default"));
    let id = call.text("_id").unwrap_or_default().to_owned();
    let found = call
        .read(move |view| {
            let found = match kind {
                Some(Kind::Default) => hours::the_default(view)?,
                Some(Kind::Custom) => {
                    hours::find(view, &id)?.filter(|hour| hour.kind == Kind::Custom)
                }
                None => None,
            };
            let Some(hour) = found else { return Ok(None) };
            let departments = hours::departments(view, &hour.id)?;
            Ok(Some((hour, departments)))
        })
        .await?;
    let now = call.now;
    let shown = found.map(|(hour, departments)| document(&hour, &departments, now));
    Reply::object(json!({"businessHour": shown}))
}

fn document(hour: &BusinessHour, departments: &[(String, String)], now: Timestamp) -> Value {
    let ahead = plan::zone(&hour.timezone).map_or(0, |zone| plan::offset_minutes(&zone, now));
    let days = hour.days.iter().map(|day| day_document(day, ahead));
    let mut document = json!({
        "_id": hour.id,
        "name": hour.name,
        "active": hour.active,
        "type": hour.kind.name(),
        "timezone": {"name": hour.timezone, "utc": in_words(ahead, hour.saved)},
        "ts": Value::from(hour.created_at),
        "workHours": days.collect::<Vec<_>>(),
        "_updatedAt": Value::from(hour.updated_at),
    });
    if hour.kind == Kind::Custom {
        let each = departments
            .iter()
            .map(|(id, name)| json!({"_id": id, "name": name}));
        document["departments"] = Value::Array(each.collect());
    }
    document
}

/// How far a zone is ahead: `+05:30`, or as hours before anyone has saved it.
fn in_words(ahead: i64, saved: bool) -> String {
    if !saved {
        return (ahead as f64 / 60.0).to_string();
    }
    let sign = if ahead < 0 { '-' } else { '+' };
    let ahead = ahead.abs();
    format!("{sign}{:02}:{:02}", ahead / 60, ahead % 60)
}

fn day_document(day: &Day, ahead: i64) -> Value {
    let shift = day.shift();
    let side = |text: &str, time: fn(&Shift) -> plan::ClockTime| {
        let mut side = json!({"time": text});
        if let Some(shift) = &shift {
            let (name, time) = plan::shifted(shift.day, time(shift), ahead);
            let moment = json!({"dayOfWeek": name, "time": time});
            side["utc"] = moment.clone();
            side["cron"] = moment;
        }
        side
    };
    let mut document = json!({
        "day": day.name,
        "open": day.open,
        "start": side(&day.start, |shift| shift.start),
        "finish": side(&day.finish, |shift| shift.finish),
    });
    if let Some(code) = day.code {
        document["code"] = json!(code);
    }
    document
}

async fn save(call: &Call, params: &[Value]) -> Outcome {
    let draft = params.first().and_then(read).ok_or_else(match_failed)?;
    let (who, now, policy) = (call.actor()?, call.now, Arc::clone(&call.policy));
    call.write(move |tx| hours::save(tx, &who, now, &policy, &draft))
        .await?;
    Ok(Value::Null)
}

/// Absent when a member is of another type.
fn read(given: &Value) -> Option<Draft> {
    let given = given.as_object()?;
    let text = |name: &str| match given.get(name) {
        None | Some(Value::Null) => Some(String::new()),
        Some(value) => value.as_str().map(str::to_owned),
    };
    let departments = match given.get("departmentsToApplyBusinessHour") {
        None | Some(Value::Null) => None,
        Some(Value::String(ids)) => {
            let ids = ids.split(',').map(str::trim).filter(|id| !id.is_empty());
            Some(ids.map(str::to_owned).collect())
        }
        Some(Value::Array(ids)) => {
            let ids = ids.iter().map(|id| id.as_str().map(str::to_owned));
            Some(ids.collect::<Option<Vec<String>>>()?)
        }
        Some(_) => return None,
    };
    let days = given.get("workHours")?.as_array()?.iter().map(read_day);
    Some(Draft {
        id: Some(text("_id")?).filter(|id| !id.is_empty()),
        kind: Kind::parse(given.get("type")?.as_str()?)?,
        name: text("name")?,
        active: given.get("active")?.as_bool()?,
        timezone: given.get("timezoneName")?.as_str()?.to_owned(),
        days: days.collect::<Option<_>>()?,
        departments,
    })
}

fn read_day(given: &Value) -> Option<Day> {
    let text = |name: &str| Some(given.get(name)?.as_str()?.to_owned());
    Some(Day {
        name: text("day")?,
        open: given.get("open")?.as_bool()?,
        code: given.get("code").and_then(Value::as_i64),
        start: text("start")?,
        finish: text("finish")?,
    })
}

async fn remove(call: &Call, params: &[Value]) -> Outcome {
    let id = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let (who, now, policy) = (call.actor()?, call.now, Arc::clone(&call.policy));
    call.write(move |tx| hours::remove(tx, &who, now, &policy, &id))
        .await?;
    Ok(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_told_as_clients_know_it() {
        for (ahead, saved, words) in [
            (-180, false, "-3"),
            (330, false, "5.5"),
            (0, false, "0"),
            (-210, true, "-03:30"),
            (345, true, "+05:45"),
            (0, true, "+00:00"),
        ] {
            assert_eq!(in_words(ahead, saved), words);
        }
    }
}
