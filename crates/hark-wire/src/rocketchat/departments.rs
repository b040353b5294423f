//! Departments and who answers there.

use hark_chat::departments::{self, Department, Draft, Filter, Link, Placement};
use serde_json::{Map, Value, json};

use super::methods::{self, Method, Outcome, method};
use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const SEES: Access = Access::AnyOf(&["view-livechat-departments", "view-l-room"]);
const MANAGES: Access = Access::Permission("manage-livechat-departments");
const CHANGES_AGENTS: Access = Access::AnyOf(&[
    "manage-livechat-departments",
    "add-livechat-department-agents",
]);
const REMOVES: Access =
    Access::AnyOf(&["manage-livechat-departments", "remove-livechat-department"]);
const MAY_CREATE: Access =
    Access::AnyOf(&["view-livechat-departments", "manage-livechat-departments"]);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/department", SEES, "Departments", list).takes(LIST),
    &route!(POST "livechat/department", MANAGES, "Make a department", create).takes(CREATE),
    &route!(GET "livechat/department/{_id}", SEES, "A department and who answers there", info)
        .takes(INFO),
    &route!(PUT "livechat/department/{_id}", CHANGES_AGENTS, "Change a department", change)
        .takes(CHANGE),
    &route!(DELETE "livechat/department/{_id}", REMOVES, "Remove a department", remove),
    &route!(GET "livechat/departments/archived", SEES, "Departments that were put away", archived)
        .takes(LIST),
    &route!(POST "livechat/department/{_id}/archive", MANAGES, "Put a department away", archive),
    &route!(POST "livechat/department/{_id}/unarchive", MANAGES, "Take a department out again", unarchive),
    &route!(GET "livechat/department.autocomplete", SEES, "Departments that have a text in their name", autocomplete),
    &route!(GET "livechat/department/{_id}/agents", SEES, "Who answers in a department", agents)
        .takes(AGENTS),
    &route!(POST "livechat/department/{_id}/agents", CHANGES_AGENTS, "Change who answers in a department", set_agents)
        .takes(SET_AGENTS),
    &route!(GET "livechat/department.listByIds", SEES, "The departments with these ids", by_ids),
    &route!(GET "livechat/department/isDepartmentCreationAvailable", MAY_CREATE, "Whether one more department may be made", is_creation_available),
];

pub(crate) static METHODS: &[Method] =
    &[method!("livechat:saveDepartment", MANAGES, save_by_method)];

const EITHER: Shape = Shape::OneOf(&["true", "false"]);
const LIST: Shape = Shape::Object(&[
    Field::optional("text", Shape::Text),
    Field::optional("enabled", Shape::Text),
    Field::optional("onlyMyDepartments", EITHER),
    Field::optional("excludeDepartmentId", Shape::Text),
    Field::optional("showArchived", EITHER),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);
const INFO: Shape = Shape::Object(&[
    Field::optional("includeAgents", Shape::Text),
    Field::optional("onlyMyDepartments", EITHER),
]);
const AGENTS: Shape = Shape::Object(&[paging::COUNT, paging::OFFSET, paging::SORT]);

/// A department's own members; clients keep others of theirs beside them.
const DEPARTMENT: Shape = Shape::Loosely(&[
    Field::required("enabled", Shape::Flag),
    Field::required("name", Shape::Text),
    Field::required("email", Shape::Text),
    Field::required("showOnRegistration", Shape::Flag),
    Field::required("showOnOfflineForm", Shape::Flag),
    Field::optional("description", Shape::Maybe(&Shape::Text)),
    Field::optional("requestTagBeforeClosingChat", Shape::Maybe(&Shape::Flag)),
    Field::optional("chatClosingTags", Shape::Maybe(&TEXTS)),
    Field::optional("fallbackForwardDepartment", Shape::Maybe(&Shape::Text)),
    Field::optional("departmentsAllowedToForward", Shape::Maybe(&TEXTS)),
    Field::optional("allowReceiveForwardOffline", Shape::Maybe(&Shape::Flag)),
    Field::optional("offlineMessageChannelName", Shape::Maybe(&Shape::Text)),
]);
static TEXTS: Shape = Shape::List(&Shape::Text);
static ANYTHING: Shape = Shape::List(&Shape::Anything);
static PLACEMENTS: Shape = Shape::List(&Shape::Loosely(&[
    Field::required("agentId", Shape::Text),
    Field::optional("count", Shape::Maybe(&Shape::Number)),
    Field::optional("order", Shape::Maybe(&Shape::Number)),
]));
/// Hark has no units; clients name them all the same.
static UNIT: Shape = Shape::Loosely(&[Field::optional("_id", Shape::Maybe(&Shape::Text))]);

const CREATE: Shape = Shape::Object(&[
    Field::required("department", DEPARTMENT),
    Field::optional("agents", Shape::Maybe(&PLACEMENTS)),
    Field::optional("departmentUnit", Shape::Maybe(&UNIT)),
]);
/// What is in a department is looked at only when the caller may change it.
const CHANGE: Shape = Shape::Matched(&[
    Field::required("department", Shape::Open),
    Field::optional("agents", Shape::Maybe(&ANYTHING)),
    Field::optional("departmentUnit", Shape::Maybe(&UNIT)),
]);
const SET_AGENTS: Shape = Shape::Matched(&[
    Field::required(
        "upsert",
        Shape::List(&Shape::Loosely(&[
            Field::required("agentId", Shape::Text),
            Field::required("username", Shape::Text),
            Field::optional("count", Shape::Maybe(&Shape::Integer)),
            Field::optional("order", Shape::Maybe(&Shape::Integer)),
        ])),
    ),
    Field::required(
        "remove",
        Shape::List(&Shape::Loosely(&[
            Field::required("agentId", Shape::Text),
            Field::optional("username", Shape::Maybe(&Shape::Text)),
        ])),
    ),
]);

// === looking ===

async fn list(call: Call) -> Answer {
    let show_archived = call.text("showArchived") == Some("true");
    listed(&call, (!show_archived).then_some(false)).await
}

async fn archived(call: Call) -> Answer {
    listed(&call, Some(true)).await
}

async fn listed(call: &Call, archived: Option<bool>) -> Answer {
    let filter = Filter {
        text: call.text("text").map(str::to_owned),
        only_enabled: call.text("enabled") == Some("true"),
        archived,
        except: call.text("excludeDepartmentId").map(str::to_owned),
    };
    let found = call
        .read(move |view| departments::list(view, &filter))
        .await?;
    let found = found.iter().map(document).collect();
    paging::answer(call, "departments", found, "name")
}

async fn info(call: Call) -> Answer {
    let id = call.path(0).to_owned();
    let with_agents =
        call.text("includeAgents") != Some("false") && call.may("view-livechat-departments");
    let (department, links) = call
        .read(move |view| {
            let links = match with_agents {
                true => Some(departments::links(view, &id)?),
                false => None,
            };
            Ok((departments::find(view, &id)?, links))
        })
        .await?;
    let mut answer = json!({"department": department.as_ref().map(document)});
    if let Some(links) = links {
        answer["agents"] = link_documents(&links);
    }
    Reply::object(answer)
}

async fn agents(call: Call) -> Answer {
    let id = call.path(0).to_owned();
    let links = call.read(move |view| departments::links(view, &id)).await?;
    let found = links.iter().map(link_document).collect();
    paging::answer(&call, "agents", found, "username")
}

async fn autocomplete(call: Call) -> Answer {
    let text = call
        .text("selector")
        .ok_or_else(|| Failure::plain("The 'selector' param is required"))?;
    let selector =
        body::json(text).ok_or_else(|| Failure::plain("Unexpected token in JSON of 'selector'"))?;
    let term = selector.get("term").and_then(Value::as_str);
    let show_archived = call.text("showArchived") == Some("true");
    let filter = Filter {
        text: term.map(|term| term.trim().to_owned()),
        archived: (!show_archived).then_some(false),
        ..Filter::default()
    };
    let except: Vec<&str> = selector
        .get("exceptions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let conditions = selector.get("conditions").and_then(Value::as_object);
    let conditions = conditions.cloned().unwrap_or_default();
    let found = call
        .read(move |view| departments::list(view, &filter))
        .await?;
    let items = found
        .iter()
        .filter(|department| !except.contains(&department.id.as_str()))
        .filter(|department| paging::matches(&document(department), &conditions))
        .map(|department| json!({"_id": department.id, "name": department.name}));
    Reply::object(json!({"items": items.collect::<Vec<_>>()}))
}

async fn by_ids(call: Call) -> Answer {
    match call.params.get("ids") {
        None => return Err(Failure::plain("The 'ids' param is required")),
        Some(Value::Array(_)) => {}
        Some(_) => return Err(Failure::plain("The 'ids' param must be an array")),
    }
    let ids = call.texts("ids").unwrap_or_default();
    let fields = paging::fields(&call)?;
    let found = call
        .read(|view| departments::list(view, &Filter::default()))
        .await?;
    let departments: Vec<Value> = found
        .iter()
        .filter(|department| ids.contains(&department.id))
        .map(|department| {
            let mut document = document(department);
            if let Value::Object(members) = &mut document {
                paging::project(members, &fields);
            }
            document
        })
        .collect();
    Reply::object(json!({"departments": departments}))
}

/// One is enough to begin with, but more are allowed.
async fn is_creation_available(_: Call) -> Answer {
    Reply::object(json!({"isDepartmentCreationAvailable": true}))
}

// === changing ===

async fn create(call: Call) -> Answer {
    let draft = draft(call.params.get("department"))?;
    let agents = placements(call.params.get("agents"));
    let (department, links) = save(&call, None, draft, agents).await?;
    Reply::object(json!({"department": document(&department), "agents": link_documents(&links)}))
}

async fn change(call: Call) -> Answer {
    if !call.may("manage-livechat-departments") {
        return Err(Failure::plain("error-not-allowed"));
    }
    let id = call.path(0).to_owned();
    let wanted = call.params.get("department");
    let agents = call
        .params
        .get("agents")
        .filter(|agents| !agents.is_null() && call.may("add-livechat-department-agents"));
    let draft = matching_draft(wanted, agents)?;
    let agents = placements(agents);
    let (department, links) = save(&call, Some(id), draft, agents).await?;
    Reply::object(json!({"department": document(&department), "agents": link_documents(&links)}))
}

async fn save_by_method(call: &Call, params: &[Value]) -> Outcome {
    let id = methods::text(params, 0).filter(|id| !id.is_empty());
    let agents = params.get(2).filter(|agents| agents.is_array());
    let draft = matching_draft(params.get(1), agents)?;
    let agents = placements(agents);
    let (department, _) = save(call, id.map(str::to_owned), draft, agents).await?;
    Ok(document(&department))
}

/// As the original looks at a department where no schema stands before it.
fn matching_draft(wanted: Option<&Value>, agents: Option<&Value>) -> Result<Draft, Failure> {
    DEPARTMENT
        .matches(wanted.unwrap_or(&Value::Null))
        .map_err(Failure::Plain)?;
    if let Some(agents) = agents {
        PLACEMENTS
            .matches_at(agents, "upsert")
            .map_err(Failure::Plain)?;
    }
    draft(wanted)
}

async fn save(
    call: &Call,
    id: Option<String>,
    draft: Draft,
    agents: Vec<Placement>,
) -> Result<(Department, Vec<Link>), Failure> {
    let (who, now) = (call.actor()?, call.now);
    call.write(move |tx| {
        let department = departments::save(tx, &who, now, id.as_deref(), &draft, &agents)?;
        let links = departments::links(tx, &department.id)?;
        Ok((department, links))
    })
    .await
}

/// Members of the document that are not for clients to set in this way.
const COMPUTED: &[&str] = &[
    "_id",
    "_updatedAt",
    "archived",
    "businessHourId",
    "numAgents",
    "type",
];

/// What has the right shape already.
fn draft(wanted: Option<&Value>) -> Result<Draft, Failure> {
    let mut members = wanted
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    COMPUTED.iter().for_each(|name| {
        members.remove(*name);
    });
    let mut take = |name: &str| members.remove(name).unwrap_or_default();
    let flag = |value: Value| value.as_bool();
    let text = |value: Value| value.as_str().map(str::to_owned);
    let texts = |value: Value| {
        let items = value.as_array()?.iter();
        Some(items.filter_map(Value::as_str).map(str::to_owned).collect())
    };
    Ok(Draft {
        name: text(take("name")).unwrap_or_default(),
        email: text(take("email")).unwrap_or_default(),
        enabled: flag(take("enabled")) == Some(true),
        show_on_registration: flag(take("showOnRegistration")) == Some(true),
        show_on_offline_form: flag(take("showOnOfflineForm")) == Some(true),
        description: text(take("description")),
        tag_before_closing: flag(take("requestTagBeforeClosingChat")),
        closing_tags: texts(take("chatClosingTags")),
        offline_channel: text(take("offlineMessageChannelName")),
        fallback: text(take("fallbackForwardDepartment")),
        forward_to: texts(take("departmentsAllowedToForward")),
        receive_forward_offline: flag(take("allowReceiveForwardOffline")),
        extra: extra(members)?,
    })
}

/// What is left over: anything but lists and objects.
fn extra(mut members: Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    members.retain(|_, value| !value.is_null());
    match members
        .iter()
        .find(|(_, value)| value.is_array() || value.is_object())
    {
        Some((name, _)) => Err(Failure::plain(format!(
            "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation in field {name}"
        ))),
        None => Ok(members),
    }
}

fn placements(agents: Option<&Value>) -> Vec<Placement> {
    let number = |item: &Value, name: &str| {
        let number = item.get(name).and_then(Value::as_f64).unwrap_or(0.0);
        number as i64
    };
    let items = agents.and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(|item| {
            Some(Placement {
                agent: item.get("agentId")?.as_str()?.to_owned(),
                assigned: number(item, "count"),
                place: number(item, "order"),
            })
        })
        .collect()
}

async fn set_agents(call: Call) -> Answer {
    let id = call.path(0).to_owned();
    let placed = placements(call.params.get("upsert"));
    let removed: Vec<String> = placements(call.params.get("remove"))
        .into_iter()
        .map(|placement| placement.agent)
        .collect();
    let (who, now) = (call.actor()?, call.now);
    call.write(move |tx| departments::set_agents(tx, &who, now, &id, &placed, &removed))
        .await?;
    Reply::done()
}

/// How many rooms forget their department in one transaction.
const ROOMS_AT_ONCE: i64 = 500;

async fn remove(call: Call) -> Answer {
    let id = call.path(0).to_owned();
    let (who, now) = (call.actor()?, call.now);
    let gone = id.clone();
    call.write(move |tx| departments::remove(tx, &who, now, &gone))
        .await
        .map_err(|failure| missing(failure, Failure::plain("error-department-not-found")))?;
    loop {
        let gone = id.clone();
        let rooms = call
            .write(move |tx| Ok(departments::leave_rooms(tx, &gone, ROOMS_AT_ONCE)?))
            .await?;
        if rooms < ROOMS_AT_ONCE as u64 {
            return Reply::done();
        }
    }
}

async fn archive(call: Call) -> Answer {
    let id = call.path(0).to_owned();
    let (who, now) = (call.actor()?, call.now);
    call.write(move |tx| departments::archive(tx, &who, now, &id))
        .await
        .map_err(|failure| missing(failure, Failure::plain("department-not-found")))?;
    Reply::done()
}

async fn unarchive(call: Call) -> Answer {
    let id = call.path(0).to_owned();
    let (who, now) = (call.actor()?, call.now);
    call.write(move |tx| departments::unarchive(tx, &who, now, &id))
        .await
        .map_err(|failure| missing(failure, Failure::coded("", "department-not-found")))?;
    Reply::done()
}

/// Each route has words of its own for a department that is not there.
fn missing(failure: Failure, words: Failure) -> Failure {
    match failure {
        Failure::Coded {
            code: "error-department-not-found",
            ..
        } => words,
        other => other,
    }
}

// === documents ===

pub(super) fn document(department: &Department) -> Value {
    let mut document = Value::Object(department.extra.clone());
    let mut put = |name: &str, value: Value| document[name] = value;
    put("_id", json!(department.id));
    put("name", json!(department.name));
    put("description", json!(department.description));
    put("enabled", json!(department.enabled));
    put("email", json!(department.email));
    put("showOnRegistration", json!(department.show_on_registration));
    put("showOnOfflineForm", json!(department.show_on_offline_form));
    put(
        "requestTagBeforeClosingChat",
        json!(department.tag_before_closing),
    );
    put("chatClosingTags", json!(department.closing_tags));
    put("departmentsAllowedToForward", json!(department.forward_to));
    put(
        "allowReceiveForwardOffline",
        json!(department.receive_forward_offline),
    );
    put("numAgents", json!(department.agents));
    if department.archived {
        put("archived", json!(true));
    }
    for (name, text) in [
        ("offlineMessageChannelName", &department.offline_channel),
        ("fallbackForwardDepartment", &department.fallback),
        ("businessHourId", &department.business_hour),
    ] {
        if let Some(text) = text {
            put(name, json!(text));
        }
    }
    put("_updatedAt", department.updated_at.into());
    document
}

pub(super) fn link_document(link: &Link) -> Value {
    json!({
        "_id": link.id,
        "agentId": link.agent,
        "departmentId": link.department,
        "departmentEnabled": link.department_enabled,
        "username": link.username,
        "count": link.assigned,
        "order": link.place,
        "_updatedAt": Value::from(link.updated_at),
    })
}

fn link_documents(links: &[Link]) -> Value {
    links.iter().map(link_document).collect()
}
