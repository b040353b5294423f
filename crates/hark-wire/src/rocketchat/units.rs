//! Business units, and the monitors who look after them.

use hark_chat::departments::{self, Department, Filter};
use hark_chat::units::{self, Draft, Unit, UnitMonitor};
use hark_model::Refusal;
use hark_model::accounts::{self, Account};
use hark_model::text::key;
use hark_staff::agents;
use serde_json::{Value, json};

use super::agents::document as account_document;
use super::departments::document as department_document;
use super::methods::{Method, Outcome, method};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{filled, params};
use crate::route::{Access, Route, route};

const UNITS: Access = Access::Permission("manage-livechat-units");
const MONITORS: Access = Access::Permission("manage-livechat-monitors");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/units", UNITS, "Business units", list).per_minute(OF_A_DESK),
    &route!(POST "livechat/units", UNITS, "Make a business unit", create),
    &route!(GET "livechat/units/{id}", UNITS, "One business unit", one).per_minute(OF_A_DESK),
    &route!(POST "livechat/units/{id}", UNITS, "Change a business unit", change),
    &route!(DELETE "livechat/units/{id}", UNITS, "Remove a business unit; its departments stay", remove),
    &route!(GET "livechat/units/{unitId}/monitors", MONITORS, "Who looks after a business unit", monitors_of).per_minute(OF_A_DESK),
    &route!(GET "livechat/units/{unitId}/departments", UNITS, "The departments of a business unit", departments_of).per_minute(OF_A_DESK),
    &route!(GET "livechat/units/{unitId}/departments/available", UNITS, "The departments that a business unit has or may have", available).per_minute(OF_A_DESK),
    &route!(GET "livechat/monitors", MONITORS, "The monitors of business units", monitors).per_minute(OF_A_DESK),
    &route!(GET "livechat/monitors/{username}", MONITORS, "One monitor", monitor),
];

pub(crate) static METHODS: &[Method] = &[
    method!("livechat:saveUnit", UNITS, save_by_method),
    method!("livechat:removeUnit", UNITS, remove_by_method),
    method!("livechat:addMonitor", MONITORS, add_monitor),
    method!("livechat:removeMonitor", MONITORS, remove_monitor),
];

params! {
    struct Units {
        /// A part of a name, in any case.
        text: String,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Monitors {
        /// A part of a name or a user name, in any case.
        text: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Available {
        /// A part of a name, in any case.
        text: Option<String>,
        _only_mine as "onlyMyDepartments": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Save {
        /// The unit's own members.
        data as "unitData": Data,
        /// Those who watch over it.
        monitors as "unitMonitors": Vec<MonitorOf>,
        /// The departments that belong to it.
        departments as "unitDepartments": Vec<DepartmentOf>,
    }

    struct Data: OpenObject {
        /// What it is called.
        name: String,
        /// `public`, or `private`.
        visibility: Option<String>,
    }

    struct MonitorOf: OpenObject {
        /// The id of the monitor's account.
        account as "monitorId": String,
        _username as "username": Option<String>,
    }

    struct DepartmentOf: OpenObject {
        department as "departmentId": String,
    }
}

impl Save {
    fn draft(self) -> Draft {
        let monitors = self.monitors.into_iter();
        let departments = self.departments.into_iter();
        Draft {
            name: self.data.name,
            visibility: filled(self.data.visibility).unwrap_or_else(|| "public".to_owned()),
            monitors: monitors.map(|monitor| monitor.account).collect(),
            departments: departments
                .map(|department| department.department)
                .collect(),
        }
    }
}

fn document(unit: &Unit) -> Value {
    json!({
        "_id": unit.id,
        "name": unit.name,
        "visibility": unit.visibility,
        "type": "u",
        "numMonitors": unit.monitors,
        "numDepartments": unit.departments,
        "_updatedAt": Value::from(unit.updated_at),
    })
}

fn monitor_of_unit(link: &UnitMonitor) -> Value {
    json!({
        "_id": link.id,
        "monitorId": link.account,
        "unitId": link.unit,
        "username": link.username,
    })
}

// === units ===

async fn list(call: Call, wanted: Units) -> Answer {
    let text = key(&wanted.text);
    let found = call.query(|_, view| Ok(units::list(view)?)).await?;
    let named = found.iter().filter(|unit| key(&unit.name).contains(&text));
    paging::small_list(&call, "units", named.map(document).collect())
}

async fn one(call: Call) -> Answer {
    let found = call.query(|call, view| Ok(units::find(view, call.path(0))?));
    match found.await? {
        Some(unit) => Reply::object(document(&unit)),
        None => not_found("Unit", &call),
    }
}

fn not_found(what: &str, call: &Call) -> Answer {
    let words = format!("{what} with id {} not found", call.path(0));
    Err(Failure::NotFound(words.into()))
}

async fn create(call: Call, save: Save) -> Answer {
    Reply::object(saved(&call, None, save.draft()).await?)
}

async fn change(call: Call, save: Save) -> Answer {
    let id = call.path(0).to_owned();
    Reply::object(saved(&call, Some(id), save.draft()).await?)
}

async fn save_by_method(
    call: &Call,
    (named, data, monitors, departments): (Option<String>, Data, Vec<MonitorOf>, Vec<DepartmentOf>),
) -> Outcome {
    let save = Save {
        data,
        monitors,
        departments,
    };
    saved(call, filled(named), save.draft()).await
}

async fn saved(call: &Call, named: Option<String>, draft: Draft) -> Outcome {
    let saved = call.command(move |_, cx| units::save(cx, named.as_deref(), &draft));
    Ok(document(&saved.await?))
}

/// The bare number of units that are gone.
async fn remove(call: Call) -> Answer {
    let removed = call.command(|call, cx| units::remove(cx, call.path(0)));
    Ok(Reply::Bare(json!(removed.await?)))
}

async fn remove_by_method(call: &Call, (id,): (String,)) -> Outcome {
    let removed = call.command(move |_, cx| units::remove(cx, &id)).await?;
    Ok(json!({"acknowledged": true, "deletedCount": removed}))
}

async fn monitors_of(call: Call) -> Answer {
    let found = call.query(|call, view| Ok(units::monitors(view, call.path(0))?));
    let found = found.await?;
    Reply::object(json!({"monitors": found.iter().map(monitor_of_unit).collect::<Vec<_>>()}))
}

async fn departments_of(call: Call, _: paging::List) -> Answer {
    let found = call.query(|call, view| {
        let filter = Filter {
            unit: Some(call.path(0).to_owned()),
            ..Filter::default()
        };
        Ok(departments::list(view, &filter)?)
    });
    listed(&call, &found.await?)
}

async fn available(call: Call, wanted: Available) -> Answer {
    let filter = Filter {
        text: wanted.text,
        archived: Some(false),
        ..Filter::default()
    };
    let found = call.query(move |call, view| {
        let mut found = departments::list(view, &filter)?;
        found.retain(|department| {
            let unit = department.unit.as_deref();
            unit.is_none_or(|unit| unit == call.path(0))
        });
        Ok(found)
    });
    listed(&call, &found.await?)
}

fn listed(call: &Call, departments: &[Department]) -> Answer {
    let found = departments.iter().map(department_document).collect();
    paging::answer(call, "departments", found, "name")
}

// === monitors ===

async fn monitors(call: Call, wanted: Monitors) -> Answer {
    let text = wanted.text.unwrap_or_default();
    let found = call.query(move |_, view| Ok(agents::with_role(view, agents::MONITOR, &text)?));
    let found = found.await?;
    let found = found.iter().map(|account| account_document(account, None));
    paging::answer(&call, "monitors", found.collect(), "name")
}

async fn monitor(call: Call) -> Answer {
    let found = call.query(|call, view| Ok(accounts::find_by_username(view, call.path(0))?));
    match found.await?.filter(is_monitor) {
        Some(account) => Reply::object(account_document(&account, None)),
        None => {
            let words = format!("Monitor {} not found", call.path(0));
            Err(Failure::NotFound(words.into()))
        }
    }
}

fn is_monitor(account: &Account) -> bool {
    account.roles.iter().any(|role| role == agents::MONITOR)
}

async fn add_monitor(call: &Call, (username,): (String,)) -> Outcome {
    let added = call.command(move |_, cx| {
        let account = accounts::find_by_username(cx.tx, &username)?;
        let account = account.ok_or(Refusal::NotAMonitor)?;
        hark_staff::appoint(cx, &account, agents::MONITOR)?;
        Ok(account)
    });
    Ok(account_document(&added.await?, None))
}

async fn remove_monitor(call: &Call, (username,): (String,)) -> Outcome {
    call.command(move |_, cx| {
        let account = accounts::find_by_username(cx.tx, &username)?;
        let account = account.ok_or(Refusal::NotAMonitor)?;
        hark_staff::dismiss(cx, &account, agents::MONITOR)
    })
    .await?;
    Ok(json!(true))
}
