//! Business units: departments that belong together, and the monitors who look after them. A department
//! is in one unit at most, and its chats are in the unit where it is now: when it moves, all of them do.

mod rows;

pub(crate) use self::rows::{ALL, WRITES, unit_of};
pub use self::rows::{departments_of_monitor, find, is_monitored, leave_all, monitors};
use hark_store::{Result, Timestamp, View, record};
use serde_json::{Value, json};

use crate::departments::{self, Department, Placement};
use hark_model::accounts::Account;
use hark_model::events::{Event, Subject, UnitChanged, record_event};
use hark_model::policy::MONITOR;
use hark_model::text::check_size;
use hark_model::{Context, Refusal, audit};

/// Lists are read whole.
pub const MOST: usize = 1_000;
/// Of one unit.
pub const MOST_MONITORS: usize = 500;
pub const MOST_DEPARTMENTS: usize = 1_000;
const LONGEST_NAME: usize = 256;
const LONGEST_VISIBILITY: usize = 32;

record! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Unit from "unit" {
        pub id: String,
        pub name: String,
        /// Clients say `public` or `private`, and nothing follows from it.
        pub visibility: String,
        pub updated_at: Timestamp,
        pub monitors: i64 = "(SELECT count(*) FROM unit_monitor WHERE unit_monitor.unit_id = unit.id)",
        pub departments: i64 = "(SELECT count(*) FROM department WHERE department.unit_id = unit.id)",
    }
}

record! {
    /// That somebody looks after a unit.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct UnitMonitor from "link" {
        pub id: String,
        pub unit: String = "link.unit_id",
        pub account: String = "link.account_id",
        pub username: String = "account.username",
    }
}

/// A unit as someone wants it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: String,
    pub visibility: String,
    /// The ids of accounts.
    pub monitors: Vec<String>,
    pub departments: Vec<String>,
}

impl Draft {
    fn check(&self) -> Result<(), Refusal> {
        check_size("Name", &self.name, LONGEST_NAME)?;
        check_size("Visibility", &self.visibility, LONGEST_VISIBILITY)?;
        if self.name.trim().is_empty() {
            return Err(Refusal::Required("name"));
        }
        for (what, listed, most) in [
            ("monitors of a unit", &self.monitors, MOST_MONITORS),
            ("departments of a unit", &self.departments, MOST_DEPARTMENTS),
        ] {
            if listed.len() > most {
                return Err(Refusal::TooMany { what, most });
            }
        }
        if self.monitors.is_empty() {
            return Err(Refusal::Required("monitors"));
        }
        if self.departments.is_empty() {
            return Err(Refusal::UnitEmpty);
        }
        Ok(())
    }
}

/// By name.
pub fn list(view: &mut View<'_>) -> Result<Vec<Unit>> {
    rows::all(view)
}

/// The departments where somebody answers, and those of the units that they look after.
pub(crate) fn departments_of(view: &mut View<'_>, account: &Account) -> Result<Vec<String>> {
    let links = departments::links_of_agent(view, &account.id)?;
    let mut own: Vec<String> = links.into_iter().map(|link| link.department).collect();
    if account.roles.iter().any(|role| role == MONITOR) {
        own.extend(departments_of_monitor(view, &account.id)?);
    }
    Ok(own)
}

/// The departments to which a list is cut for a monitor; for others nothing.
pub fn bounds(view: &mut View<'_>, monitor: Option<&str>) -> Result<Option<Vec<String>>> {
    monitor
        .map(|monitor| departments_of_monitor(view, monitor))
        .transpose()
}

/// Makes a unit, or changes the one that is named, which has exactly these monitors and departments then.
pub fn save(cx: &mut Context<'_, '_>, named: Option<&str>, draft: &Draft) -> Result<Unit, Refusal> {
    draft.check()?;
    rows::wait_for_turn(cx.tx)?;
    let before = match named {
        Some(id) => {
            find(cx.tx, id)?.ok_or(Refusal::NoSuchUnit)?;
            Some(shown(cx.tx, id)?)
        }
        None if rows::count(cx.tx)? >= MOST as i64 => {
            return Err(Refusal::TooMany {
                what: "units",
                most: MOST,
            });
        }
        None => None,
    };
    let unit = Unit {
        id: match named {
            Some(id) => id.to_owned(),
            None => cx.tx.ids().id24(),
        },
        name: draft.name.trim().to_owned(),
        visibility: draft.visibility.clone(),
        updated_at: cx.now,
        monitors: 0,
        departments: 0,
    };
    if named.is_none() {
        rows::add(cx.tx, &unit)?;
    } else {
        rows::change(cx.tx, &unit)?;
    }
    set_monitors(cx, &unit.id, &draft.monitors)?;
    set_departments(cx, &unit.id, &draft.departments)?;
    changed(cx, &unit.id, before)?;
    find(cx.tx, &unit.id)?.ok_or(Refusal::NoSuchUnit)
}

fn set_monitors(cx: &mut Context<'_, '_>, unit: &str, wanted: &[String]) -> Result<(), Refusal> {
    let mut has: Vec<String> = Vec::new();
    for link in monitors(cx.tx, unit)? {
        if wanted.contains(&link.account) {
            has.push(link.account);
        } else {
            rows::remove_monitor(cx.tx, unit, &link.account)?;
        }
    }
    for account in wanted {
        if has.contains(account) {
            continue;
        }
        let id = cx.tx.ids().id24();
        if !rows::add_monitor(cx.tx, cx.now, &id, unit, account)? {
            return Err(Refusal::NotAMonitor);
        }
        has.push(account.clone());
    }
    Ok(())
}

/// Another unit's departments are taken from it where they are meant to go, and not by the way.
fn set_departments(cx: &mut Context<'_, '_>, unit: &str, wanted: &[String]) -> Result<(), Refusal> {
    for id in wanted {
        match unit_of(cx.tx, id)? {
            Some(other) if other != unit => return Err(Refusal::DepartmentOfAnotherUnit),
            Some(_) => {}
            None if rows::exists(cx.tx, id)? => rows::place(cx.tx, cx.now, id, Some(unit))?,
            None => return Err(Refusal::NoSuchDepartment),
        }
    }
    for id in rows::departments(cx.tx, unit)? {
        if !wanted.contains(&id) {
            rows::place(cx.tx, cx.now, &id, None)?;
        }
    }
    Ok(())
}

/// Its departments are in no unit then. Answers how many units that were.
pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<u64, Refusal> {
    rows::wait_for_turn(cx.tx)?;
    let unit = find(cx.tx, id)?.ok_or(Refusal::NoSuchUnit)?;
    let before = shown(cx.tx, id)?;
    rows::leave_unit(cx.tx, cx.now, id)?;
    let removed = rows::remove(cx.tx, id)?;
    audit::differs(cx.tx, id, Some(&unit.name), Some(before), None);
    record(cx, Event::UnitRemoved, id)?;
    Ok(removed)
}

/// The unit that a department shall be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Where it is.
    Unchanged,
    /// In this one, or in none.
    In(Option<String>),
}

/// Makes a department, or changes the one with this id, and puts it into a unit.
pub fn save_department(
    cx: &mut Context<'_, '_>,
    id: Option<&str>,
    draft: &departments::Draft,
    agents: &[Placement],
    place: &Place,
) -> Result<Department, Refusal> {
    let account = cx.account()?;
    let monitor = cx.policy.bound(account, "manage-livechat-departments");
    if let Some(monitor) = monitor {
        check_place(cx.tx, monitor, id.is_none(), place)?;
    }
    let Place::In(wanted) = place else {
        return departments::save(cx, id, draft, agents);
    };
    rows::wait_for_turn(cx.tx)?;
    let department = departments::save(cx, id, draft, agents)?;
    move_to(cx, &department.id, wanted.as_deref())?;
    departments::find(cx.tx, &department.id)?.ok_or(Refusal::NoSuchDepartment)
}

/// A monitor makes departments in their units, and moves them from one of these to another.
fn check_place(
    view: &mut View<'_>,
    monitor: &str,
    is_new: bool,
    place: &Place,
) -> Result<(), Refusal> {
    match place {
        Place::Unchanged if !is_new => Ok(()),
        Place::In(Some(unit)) if rows::looks_after(view, monitor, unit)? => Ok(()),
        Place::Unchanged | Place::In(_) => Err(Refusal::InvalidUnit),
    }
}

fn move_to(cx: &mut Context<'_, '_>, id: &str, wanted: Option<&str>) -> Result<(), Refusal> {
    let from = unit_of(cx.tx, id)?;
    if from.as_deref() == wanted {
        return Ok(());
    }
    let mut concerned: Vec<(String, Value)> = Vec::new();
    if let Some(from) = &from {
        let unit = find(cx.tx, from)?.ok_or(Refusal::NoSuchUnit)?;
        if unit.departments <= 1 {
            return Err(Refusal::UnitEmpty);
        }
        concerned.push((unit.id, shown(cx.tx, from)?));
    }
    if let Some(to) = wanted {
        let unit = find(cx.tx, to)?.ok_or(Refusal::InvalidUnit)?;
        if unit.departments >= MOST_DEPARTMENTS as i64 {
            return Err(Refusal::TooMany {
                what: "departments of a unit",
                most: MOST_DEPARTMENTS,
            });
        }
        concerned.push((unit.id, shown(cx.tx, to)?));
    }
    rows::place(cx.tx, cx.now, id, wanted)?;
    for (unit, before) in concerned {
        changed(cx, &unit, Some(before))?;
    }
    Ok(())
}

// === its events ===

/// For the audit.
fn shown(view: &mut View<'_>, id: &str) -> Result<Value> {
    let unit = find(view, id)?;
    let monitors = monitors(view, id)?;
    let monitors: Vec<&str> = monitors.iter().map(|link| link.username.as_str()).collect();
    Ok(json!({
        "name": unit.as_ref().map(|unit| &unit.name),
        "visibility": unit.as_ref().map(|unit| &unit.visibility),
        "monitors": monitors,
        "departments": rows::departments(view, id)?,
    }))
}

fn changed(cx: &mut Context<'_, '_>, id: &str, before: Option<Value>) -> Result<()> {
    let now = shown(cx.tx, id)?;
    let name = now["name"].as_str().map(str::to_owned);
    audit::differs(cx.tx, id, name.as_deref(), before, Some(now));
    record(cx, Event::UnitSaved, id)
}

fn record(cx: &mut Context<'_, '_>, event: fn(UnitChanged) -> Event, id: &str) -> Result<()> {
    let changed = UnitChanged {
        unit: id.to_owned(),
        by: cx.who.actor(),
    };
    record_event(cx.tx, cx.now, Subject::NONE, &event(changed))
}
