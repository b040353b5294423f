//! Opening hours: read by a route, written by methods.

use hark_chat::units;
use hark_model::text::key;
use hark_model::{Context, Refusal};
use hark_staff::hours::plan::Shift;
use hark_staff::hours::{self, BusinessHour, Day, Draft, Kind, plan};
use hark_store::{Timestamp, View};
use serde_json::{Value, json};

use super::methods::{Method, Outcome, match_failed, method};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{Lenient, Parameter, filled, params};
use crate::route::{Access, Route, route};
use crate::shape::Shape;

const MANAGES: &str = "view-livechat-business-hours";
pub(crate) const MANAGE: Access = Access::Permission(MANAGES);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/business-hour", MANAGE, "Opening hours", one),
    &route!(GET "livechat/business-hours", MANAGE, "All opening hours, by a part of their name", list).per_minute(OF_A_DESK),
];

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:saveBusinessHour", MANAGE, save),
    method!("livechat:removeBusinessHour", MANAGE, remove),
];

params! {
    struct Which {
        /// The id of the business hours.
        id as "_id": Option<String>,
        /// `default`, or `custom`.
        kind as "type": Option<String>,
    }

    struct Named {
        /// A part of a name, in any case.
        name: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Wanted: OpenObject {
        /// The id of what is changed; without one, they are new.
        id as "_id": Option<String>,
        /// `default`, or `custom`.
        kind as "type": String,
        /// What they are called.
        name: Option<String>,
        /// Whether they hold.
        active: bool,
        /// The time zone that they are meant in, `Europe/Stockholm`.
        timezone as "timezoneName": Option<String>,
        /// The days.
        days as "workHours": Vec<WantedDay>,
        /// The ids of the departments for which they hold, with commas between.
        departments as "departmentsToApplyBusinessHour": Option<Ids>,
    }

    struct WantedDay: OpenObject {
        /// The name of the day, in English.
        day: String,
        /// Whether there are hours on this day.
        open: bool,
        /// The number of the day, from 0 for Sunday.
        code: Lenient<Whole>,
        /// When they begin, `HH:mm`.
        start: String,
        /// When they end, `HH:mm`.
        finish: String,
    }
}

/// A number without a fraction.
struct Whole(i64);

impl Parameter for Whole {
    const SHAPE: Shape = Shape::Integer;

    fn read(value: &Value) -> Option<Self> {
        value.as_i64().map(Self)
    }
}

/// A list, or a text with commas between.
struct Ids(Vec<String>);

impl Parameter for Ids {
    const SHAPE: Shape = Shape::Anything;

    fn read(value: &Value) -> Option<Self> {
        if let Value::String(ids) = value {
            let ids = ids.split(',').map(str::trim).filter(|id| !id.is_empty());
            return Some(Self(ids.map(str::to_owned).collect()));
        }
        Vec::read(value).map(Self)
    }
}

async fn one(call: Call, which: Which) -> Answer {
    let kind = filled(which.kind);
    let kind = Kind::parse(kind.as_deref().unwrap_or("default"));
    let id = which.id.unwrap_or_default();
    let found = call
        .query(move |call, view| {
            let found = match kind {
                Some(Kind::Default) => hours::the_default(view)?,
                Some(Kind::Custom) => {
                    hours::find(view, &id)?.filter(|hour| hour.kind == Kind::Custom)
                }
                None => None,
            };
            let Some(hour) = found else { return Ok(None) };
            let departments = departments_of(call, view, &hour)?;
            Ok(Some((hour, departments)))
        })
        .await?;
    let now = call.now;
    let shown = found.map(|(hour, departments)| document(&hour, &departments, now));
    Reply::object(json!({"businessHour": shown}))
}

/// For whom hours are, as far as the caller may know of these departments.
fn departments_of(
    call: &Call,
    view: &mut View<'_>,
    hour: &BusinessHour,
) -> Result<Vec<(String, String)>, Refusal> {
    let mut departments = hours::departments(view, &hour.id)?;
    if let Some(own) = units::bounds(view, call.bound(MANAGES).as_deref())? {
        departments.retain(|(id, _)| own.contains(id));
    }
    Ok(departments)
}

async fn list(call: Call, named: Named) -> Answer {
    let part = key(&named.name.unwrap_or_default());
    let now = call.now;
    let found = call.query(move |call, view| {
        let fits = |hour: &BusinessHour| key(&hour.name).contains(&part);
        let hours = hours::all(view)?.into_iter().filter(fits);
        let documents = hours.map(|hour| {
            let departments = departments_of(call, view, &hour)?;
            Ok(document(&hour, &departments, now))
        });
        documents.collect()
    });
    paging::small_list(&call, "businessHours", found.await?)
}

fn document(hour: &BusinessHour, departments: &[(String, String)], now: Timestamp) -> Value {
    let ahead = plan::zone(&hour.timezone).map_or(0, |zone| plan::offset_minutes(&zone, now));
    let days = hour.days.iter().map(|day| day_document(day, ahead));
    let mut document = json!({
        "_id": hour.id,
        "name": hour.name,
        "active": hour.active,
        "type": hour.kind.as_str(),
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

async fn save(call: &Call, (wanted,): (Wanted,)) -> Outcome {
    let draft = draft(wanted).ok_or_else(match_failed)?;
    let saved = call.command(move |call, cx| {
        let departments = draft.departments.as_deref().unwrap_or_default();
        check_border(call, cx, draft.id.as_deref(), departments)?;
        hours::save(cx, &draft)
    });
    saved.await?;
    Ok(Value::Null)
}

/// A monitor changes hours that are for departments of their units and for no others: never those of everybody.
pub(crate) fn check_border(
    call: &Call,
    cx: &mut Context<'_, '_>,
    hour: Option<&str>,
    departments: &[String],
) -> Result<(), Refusal> {
    let Some(own) = units::bounds(cx.tx, call.bound(MANAGES).as_deref())? else {
        return Ok(());
    };
    let has = match hour {
        Some(hour) => hours::departments(cx.tx, hour)?,
        None => Vec::new(),
    };
    let mut all = has.iter().map(|(id, _)| id).chain(departments);
    let is_of_some = all.clone().next().is_some();
    if is_of_some && all.all(|id| own.contains(id)) {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// Absent when there is no such kind of opening hours.
fn draft(wanted: Wanted) -> Option<Draft> {
    let days = wanted.days.into_iter().map(|day| Day {
        name: day.day,
        open: day.open,
        code: day.code.0.map(|code| code.0),
        start: day.start,
        finish: day.finish,
    });
    Some(Draft {
        id: filled(wanted.id),
        kind: Kind::parse(&wanted.kind)?,
        name: wanted.name.unwrap_or_default(),
        active: wanted.active,
        timezone: filled(wanted.timezone).unwrap_or_else(hours::zone_here),
        days: days.collect(),
        departments: wanted.departments.map(|ids| ids.0),
    })
}

async fn remove(call: &Call, (id,): (String,)) -> Outcome {
    let removed = call.command(move |call, cx| {
        check_border(call, cx, Some(&id), &[])?;
        hours::remove(cx, &id)
    });
    removed.await?;
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
