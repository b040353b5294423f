//! Departments and who answers there.

use hark_chat::access;
use hark_chat::departments::{self, Department, Draft, Filter, Link, Placement};
use hark_chat::units::{self, Place};
use hark_model::Refusal;
use hark_staff::hours;
use hark_store::View;
use serde_json::{Map, Value, json};

use super::documents::{extend, given};
use super::methods::{Method, Outcome, match_failed, method};
use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{Lenient, Parameter, at_least_one, filled, params};
use crate::query::Query;
use crate::route::{Access, Route, route};
use crate::second_factor;
use crate::shape::{Field, Shape};

const TO_SEE: &[&str] = &["view-livechat-departments", "view-l-room"];
const TO_MANAGE: &str = "manage-livechat-departments";
const TO_CHANGE_AGENTS: &[&str] = &[TO_MANAGE, "add-livechat-department-agents"];
const TO_REMOVE: &[&str] = &[TO_MANAGE, "remove-livechat-department"];
const SEES: Access = Access::AnyOf(TO_SEE);
const MANAGES: Access = Access::Permission(TO_MANAGE);
const CHANGES_AGENTS: Access = Access::AnyOf(TO_CHANGE_AGENTS);
const REMOVES: Access = Access::AnyOf(TO_REMOVE);
const MAY_CREATE: Access =
    Access::AnyOf(&["view-livechat-departments", "manage-livechat-departments"]);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/department", SEES, "Departments", list).per_minute(OF_A_DESK),
    &route!(POST "livechat/department", MANAGES, "Make a department", create),
    &route!(GET "livechat/department/{_id}", SEES, "A department and who answers there", info)
        .per_minute(OF_A_DESK),
    &route!(PUT "livechat/department/{_id}", CHANGES_AGENTS, "Change a department", change),
    &route!(DELETE "livechat/department/{_id}", REMOVES, "Remove a department", remove),
    &route!(GET "livechat/departments/archived", SEES, "Departments that were put away", archived),
    &route!(POST "livechat/department/{_id}/archive", MANAGES, "Put a department away", archive),
    &route!(POST "livechat/department/{_id}/unarchive", MANAGES, "Take a department out again", unarchive),
    &route!(GET "livechat/department.autocomplete", SEES, "Departments that have a text in their name", autocomplete).reads(SELECTOR),
    &route!(GET "livechat/department/{_id}/agents", SEES, "Who answers in a department", agents),
    &route!(POST "livechat/department/{_id}/agents", CHANGES_AGENTS, "Change who answers in a department", set_agents),
    &route!(GET "livechat/department.listByIds", SEES, "The departments with these ids", by_ids).reads(THESE),
    &route!(GET "livechat/department/isDepartmentCreationAvailable", MAY_CREATE, "Whether one more department may be made", is_creation_available),
];

pub(crate) static METHODS: &[Method] =
    &[method!("livechat:saveDepartment", MANAGES, save_by_method)];

const SELECTOR: &[Field] = &[
    Field::required("selector", Shape::Text)
        .about("JSON text: `{\"term\": \"sup\", \"exceptions\": [], \"conditions\": {}}`"),
    Field::optional("showArchived", Shape::Text)
        .about("`true`: with departments that are archived"),
];
const THESE: &[Field] = &[
    Field::required("ids", Shape::List(&Shape::Text))
        .about("Ids of departments: `ids[]=…&ids[]=…`"),
    paging::FIELDS,
];

params! {
    struct Listing {
        /// A part of a name, in any case.
        text: Option<String>,
        /// `true`: only what is enabled.
        enabled: Option<String>,
        _only_mine as "onlyMyDepartments": Option<TextFlag>,
        /// The id of a department that is left out.
        exclude_id as "excludeDepartmentId": Option<String>,
        /// `true`: with departments that are archived.
        show_archived as "showArchived": Option<TextFlag>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct One {
        /// `false`: without those who answer there.
        include_agents as "includeAgents": Option<String>,
        _only_mine as "onlyMyDepartments": Option<TextFlag>,
    }

    struct Create {
        /// The department's own members.
        department: Wanted,
        /// Those who answer there.
        agents: Option<Option<Vec<Placed>>>,
        /// The business unit that it is to be in.
        unit as "departmentUnit": Option<Option<Unit>>,
    }

    /// What is in a department is looked at only when the caller may change it.
    struct Change: MeteorMatch {
        /// The department's own members, all of them.
        department: Map<String, Value>,
        /// Those who answer there, all of them.
        agents: Option<Option<Vec<Value>>>,
        /// The business unit that it is to be in.
        unit as "departmentUnit": Option<Option<Unit>>,
    }

    struct SetAgents: MeteorMatch {
        /// Those who are added or changed.
        upsert: Vec<Upserted>,
        /// Those who are taken out.
        remove: Vec<Removed>,
    }

    struct Upserted: OpenObject {
        agent_id as "agentId": String,
        _username as "username": String,
        /// How many chats the agent has had there, where turns are taken by that.
        count: Option<Option<i64>>,
        /// Whose turn it is first among those who have had as many.
        order: Option<Option<i64>>,
    }

    struct Removed: OpenObject {
        agent_id as "agentId": String,
        _username as "username": Option<Option<String>>,
    }

    struct Placed: OpenObject {
        agent_id as "agentId": String,
        /// How many chats the agent has had there, where turns are taken by that.
        count: Option<Option<f64>>,
        /// Whose turn it is first among those who have had as many.
        order: Option<Option<f64>>,
    }

    /// The business unit that a department is to be in; none without an id.
    struct Unit: OpenObject {
        /// The id of the business unit.
        id as "_id": Option<Option<String>>,
    }

    /// A department's own members.
    struct Known: OpenObject {
        /// Whether visitors can choose it.
        enabled: bool,
        /// What it is called.
        name: String,
        /// Where offline messages for it are mailed.
        email: String,
        /// Whether the form before a chat offers it.
        show_on_registration as "showOnRegistration": bool,
        /// Whether the form for offline messages offers it.
        show_on_offline_form as "showOnOfflineForm": bool,
        /// What it is for.
        description: Option<Option<String>>,
        /// Whether a chat needs a tag before it can be closed.
        tag_before_closing as "requestTagBeforeClosingChat": Option<Option<bool>>,
        /// The tags that are offered then.
        closing_tags as "chatClosingTags": Option<Option<Vec<String>>>,
        /// The id of the department that has a chat which nobody here can take.
        fallback as "fallbackForwardDepartment": Option<Option<String>>,
        /// The ids of the only departments to which chats may be forwarded.
        forward_to as "departmentsAllowedToForward": Option<Option<Vec<String>>>,
        /// Whether chats may be forwarded here while nobody is there.
        receive_forward_offline as "allowReceiveForwardOffline": Option<Option<bool>>,
        /// The channel in which offline messages are told.
        offline_channel as "offlineMessageChannelName": Option<Option<String>>,
        /// How many chats each agent has here at most.
        most_chats as "maxNumberSimultaneousChat": Lenient<Value>,
        /// What visitors read while they wait.
        waiting_message as "waitingQueueMessage": Option<Option<String>>,
        /// After how long a silent visitor's chat is taken for abandoned.
        patience as "visitorInactivityTimeoutInSeconds": Lenient<Value>,
        /// What an abandoned chat is closed with.
        abandoned_comment as "abandonedRoomsCloseCustomMessage": Option<Option<String>>,
    }
}

/// A department as clients send it, who keep members of their own beside those that are known.
struct Wanted {
    known: Known,
    whole: Map<String, Value>,
}

impl Parameter for Wanted {
    const SHAPE: Shape = Known::SHAPE;

    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            known: Known::read(value)?,
            whole: Map::read(value)?,
        })
    }
}

/// A switch that is a text.
struct TextFlag(bool);

impl Parameter for TextFlag {
    const SHAPE: Shape = Shape::OneOf(&["true", "false"]);

    fn read(value: &Value) -> Option<Self> {
        Some(Self(value == "true"))
    }
}

// === looking ===

async fn list(call: Call, listing: Listing) -> Answer {
    let show_archived = listing.show_archived.as_ref().is_some_and(|flag| flag.0);
    listed(&call, listing, (!show_archived).then_some(false)).await
}

async fn archived(call: Call, listing: Listing) -> Answer {
    listed(&call, listing, Some(true)).await
}

async fn listed(call: &Call, listing: Listing, archived: Option<bool>) -> Answer {
    let filter = Filter {
        text: listing.text,
        only_enabled: listing.enabled.as_deref() == Some("true"),
        archived,
        except: listing.exclude_id,
        monitor: call.bound_by_any(TO_SEE),
        ..Filter::default()
    };
    let found = call
        .query(move |_, view| Ok(departments::list(view, &filter)?))
        .await?;
    let found = found.iter().map(document).collect();
    paging::answer(call, "departments", found, "name")
}

async fn info(call: Call, one: One) -> Answer {
    let with_agents =
        one.include_agents.as_deref() != Some("false") && call.may("view-livechat-departments");
    let (department, links) = call
        .query(move |call, view| {
            let id = call.path(0);
            let is_seen = sees(call, view, id)?;
            let links = match (with_agents, is_seen) {
                (true, true) => Some(departments::links(view, id)?),
                (true, false) => Some(Vec::new()),
                (false, _) => None,
            };
            let found = departments::find(view, id)?;
            Ok((found.filter(|_| is_seen), links))
        })
        .await?;
    let mut answer = json!({"department": department.as_ref().map(document)});
    if let Some(links) = links {
        answer["agents"] = link_documents(&links);
    }
    Reply::object(answer)
}

/// Whether a department is not behind a border for the caller.
fn sees(call: &Call, view: &mut View<'_>, department: &str) -> Result<bool, Refusal> {
    match call.bound_by_any(TO_SEE) {
        Some(monitor) => Ok(units::is_monitored(view, &monitor, department)?),
        None => Ok(true),
    }
}

async fn agents(call: Call, _: paging::Sorted) -> Answer {
    let links = call
        .query(|call, view| {
            if sees(call, view, call.path(0))? {
                Ok(departments::links(view, call.path(0))?)
            } else {
                Ok(Vec::new())
            }
        })
        .await?;
    let found = links.iter().map(link_document).collect();
    paging::answer(&call, "agents", found, "username")
}

async fn autocomplete(call: Call) -> Answer {
    let text = call
        .text("selector")
        .ok_or_else(|| Failure::plain("The 'selector' param is required"))?;
    let selector = body::json_within(text, paging::BOUNDS)
        .map_err(|_| Failure::plain("Unexpected token in JSON of 'selector'"))?;
    let term = selector.get("term").and_then(Value::as_str);
    let show_archived = call.text("showArchived") == Some("true");
    let filter = Filter {
        text: term.map(|term| term.trim().to_owned()),
        archived: (!show_archived).then_some(false),
        monitor: call.bound_by_any(TO_SEE),
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
    let may = call.may("view-livechat-departments");
    let conditions = Query::of(conditions, may, &call.wire.parsing).await?;
    let found = call.query(move |_, view| {
        let mut found = departments::list(view, &filter)?;
        found.retain(|department| conditions.matches(&document(department)));
        Ok(found)
    });
    let found = found.await?;
    let items = found
        .iter()
        .filter(|department| !except.contains(&department.id.as_str()))
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
    let filter = Filter {
        monitor: call.bound_by_any(TO_SEE),
        ..Filter::default()
    };
    let found = call
        .query(move |_, view| Ok(departments::list(view, &filter)?))
        .await?;
    let departments: Vec<Value> = found
        .iter()
        .filter(|department| ids.contains(&department.id))
        .map(|department| paging::projected(document(department), &fields))
        .collect();
    Reply::object(json!({"departments": departments}))
}

/// One is enough to begin with, but more are allowed.
async fn is_creation_available(_: Call) -> Answer {
    Reply::object(json!({"isDepartmentCreationAvailable": true}))
}

// === changing ===

async fn create(call: Call, create: Create) -> Answer {
    let draft = draft(create.department)?;
    let agents = create.agents.flatten().unwrap_or_default();
    let place = place(create.unit.flatten());
    let (department, links) = save(&call, None, draft, agents, place).await?;
    Reply::object(json!({"department": document(&department), "agents": link_documents(&links)}))
}

async fn change(call: Call, change: Change) -> Answer {
    if !call.may("manage-livechat-departments") {
        return Err(Failure::plain("error-not-allowed"));
    }
    let id = call.path(0).to_owned();
    let agents = change.agents.flatten();
    let agents = agents.filter(|_| call.may("add-livechat-department-agents"));
    let draft = draft(matching(&Value::Object(change.department), "")?)?;
    let agents = placed(agents)?;
    let place = place(change.unit.flatten());
    let (department, links) = save(&call, Some(id), draft, agents, place).await?;
    Reply::object(json!({"department": document(&department), "agents": link_documents(&links)}))
}

async fn save_by_method(
    call: &Call,
    (id, department, agents, unit): (
        Lenient<String>,
        Option<Value>,
        Lenient<Vec<Value>>,
        Lenient<Unit>,
    ),
) -> Outcome {
    let draft = draft(matching(&department.unwrap_or_default(), "")?)?;
    let agents = placed(agents.0)?;
    let (department, _) = save(call, filled(id.0), draft, agents, place(unit.0)).await?;
    Ok(document(&department))
}

fn place(unit: Option<Unit>) -> Place {
    unit.map_or(Place::Unchanged, |unit| {
        Place::In(filled(unit.id.flatten()))
    })
}

/// As the original looks at what no schema stands before.
fn matching<T: Parameter>(value: &Value, path: &str) -> Result<T, Failure> {
    let matched = T::SHAPE.matches_at(value, path);
    matched.map_err(Failure::Plain)?;
    T::read(value).ok_or_else(match_failed)
}

fn placed(agents: Option<Vec<Value>>) -> Result<Vec<Placed>, Failure> {
    match agents {
        Some(agents) => matching(&Value::Array(agents), "upsert"),
        None => Ok(Vec::new()),
    }
}

async fn save(
    call: &Call,
    id: Option<String>,
    draft: Draft,
    agents: Vec<Placed>,
    place: Place,
) -> Result<(Department, Vec<Link>), Failure> {
    let number = |given: Option<Option<f64>>| given.flatten().unwrap_or(0.0) as i64;
    let agents = agents.into_iter().map(|placed| Placement {
        agent: placed.agent_id,
        assigned: number(placed.count),
        place: number(placed.order),
    });
    let agents: Vec<Placement> = agents.collect();
    if let Some(id) = id.clone() {
        let before = call
            .query(move |_, view| Ok(departments::find(view, &id)?))
            .await?;
        if before.is_some_and(|before| before.email != draft.email) {
            second_factor::demand_for_address(call).await?;
        }
    }
    let saved = call.command(move |_, cx| {
        if let Some(id) = &id {
            access::check_department(cx, &[TO_MANAGE], id)?;
        }
        let department = hours::around(cx, |cx| {
            units::save_department(cx, id.as_deref(), &draft, &agents, &place)
        })?;
        let links = departments::links(cx.tx, &department.id)?;
        Ok((department, links))
    });
    Ok(saved.await?)
}

/// Members of the document that are not for clients to set in this way.
const COMPUTED: &[&str] = &[
    "_id",
    "_updatedAt",
    "ancestors",
    "archived",
    "businessHourId",
    "numAgents",
    "parentId",
    "type",
];

/// What has the right shape already.
fn draft(wanted: Wanted) -> Result<Draft, Failure> {
    let known = wanted.known;
    Ok(Draft {
        name: known.name,
        email: known.email,
        enabled: known.enabled,
        show_on_registration: known.show_on_registration,
        show_on_offline_form: known.show_on_offline_form,
        description: known.description.flatten(),
        tag_before_closing: known.tag_before_closing.flatten(),
        closing_tags: known.closing_tags.flatten(),
        offline_channel: known.offline_channel.flatten(),
        fallback: known.fallback.flatten(),
        forward_to: known.forward_to.flatten(),
        receive_forward_offline: known.receive_forward_offline.flatten(),
        most_chats: known.most_chats.0.as_ref().map(at_least_one),
        waiting_message: known.waiting_message.flatten(),
        patience: known.patience.0.as_ref().map(at_least_one),
        abandoned_comment: known.abandoned_comment.flatten(),
        extra: extra(wanted.whole)?,
    })
}

/// What is left over: anything but lists and objects.
fn extra(mut members: Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    let is_known = |name: &str| match Known::SHAPE {
        Shape::OpenObject(fields) => fields.iter().any(|field| field.name == name),
        _ => false,
    };
    members.retain(|name, value| {
        !value.is_null() && !is_known(name) && !COMPUTED.contains(&name.as_str())
    });
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

async fn set_agents(call: Call, set: SetAgents) -> Answer {
    let placed = set.upsert.into_iter().map(|agent| Placement {
        agent: agent.agent_id,
        assigned: agent.count.flatten().unwrap_or(0),
        place: agent.order.flatten().unwrap_or(0),
    });
    let placed: Vec<Placement> = placed.collect();
    let removed: Vec<String> = set.remove.into_iter().map(|agent| agent.agent_id).collect();
    call.done(move |call, cx| {
        access::check_department(cx, TO_CHANGE_AGENTS, call.path(0))?;
        hours::around(cx, |cx| {
            departments::set_agents(cx, call.path(0), &placed, &removed)
        })
    })
    .await
}

/// How many rooms forget their department in one transaction.
const ROOMS_AT_ONCE: i64 = 500;

async fn remove(call: Call) -> Answer {
    let removed = call.command(|call, cx| {
        access::check_department(cx, TO_REMOVE, call.path(0))?;
        departments::remove(cx, call.path(0))
    });
    removed
        .await
        .map_err(|refusal| missing(refusal, Failure::plain("error-department-not-found")))?;
    loop {
        let rooms = call
            .command(|call, cx| departments::leave_rooms(cx, call.path(0), ROOMS_AT_ONCE))
            .await?;
        if rooms < ROOMS_AT_ONCE as u64 {
            return Reply::done();
        }
    }
}

async fn archive(call: Call) -> Answer {
    let archived = call.command(|call, cx| {
        access::check_department(cx, &[TO_MANAGE], call.path(0))?;
        departments::archive(cx, call.path(0))
    });
    archived
        .await
        .map_err(|refusal| missing(refusal, Failure::plain("department-not-found")))?;
    Reply::done()
}

async fn unarchive(call: Call) -> Answer {
    let unarchived = call.command(|call, cx| {
        access::check_department(cx, &[TO_MANAGE], call.path(0))?;
        departments::unarchive(cx, call.path(0))
    });
    unarchived
        .await
        .map_err(|refusal| missing(refusal, Failure::coded("[department-not-found]")))?;
    Reply::done()
}

/// Each route has words of its own for a department that is not there.
fn missing(refusal: Refusal, words: Failure) -> Failure {
    if matches!(refusal, Refusal::NoSuchDepartment) {
        words
    } else {
        refusal.into()
    }
}

// === documents ===

pub(super) fn document(department: &Department) -> Value {
    let mut document = Value::Object(department.extra.clone());
    let known = given(json!({
        "_id": department.id,
        "name": department.name,
        "description": department.description,
        "enabled": department.enabled,
        "email": department.email,
        "showOnRegistration": department.show_on_registration,
        "showOnOfflineForm": department.show_on_offline_form,
        "requestTagBeforeClosingChat": department.tag_before_closing,
        "chatClosingTags": department.closing_tags,
        "departmentsAllowedToForward": department.forward_to,
        "allowReceiveForwardOffline": department.receive_forward_offline,
        "numAgents": department.agents,
        "archived": department.archived.then_some(true),
        "offlineMessageChannelName": department.offline_channel,
        "fallbackForwardDepartment": department.fallback,
        "businessHourId": department.business_hour,
        "type": department.unit.as_ref().map(|_| "d"),
        "parentId": department.unit,
        "ancestors": department.unit.as_ref().map(|unit| [unit]),
        "maxNumberSimultaneousChat": department.most_chats,
        "waitingQueueMessage": department.waiting_message,
        "visitorInactivityTimeoutInSeconds": department.patience,
        "abandonedRoomsCloseCustomMessage": department.abandoned_comment,
        "_updatedAt": Value::from(department.updated_at),
    }));
    extend(&mut document, known);
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
