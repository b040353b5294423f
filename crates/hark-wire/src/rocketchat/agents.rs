//! Who answers visitors and who manages that, and whether an agent takes chats.

use std::collections::HashMap;

use hark_chat::{departments, units};
use hark_model::Refusal;
use hark_model::accounts::{self, Account};
use hark_staff::agents::{self, Agent, Filter};
use serde_json::{Value, json};

use super::departments::link_document;
use super::documents;
use super::methods::{Method, Outcome, method};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::{Lenient, Parameter, at_least_one, filled, params};
use crate::route::{Access, Route, route};
use crate::shape::Shape;

const MANAGES: &str = "view-livechat-manager";
const MANAGER: Access = Access::Permission(MANAGES);
const MAKES_MANAGERS: Access =
    Access::AllOf(&["view-livechat-manager", "manage-livechat-managers"]);
const AGENT: Access = Access::Permission("view-l-room");
const TO_SEE_AGENTS: &[&str] = &["transfer-livechat-guest", "edit-omnichannel-contact"];
const SEES_AGENTS: Access = Access::AnyOf(TO_SEE_AGENTS);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/users/agent", SEES_AGENTS, "All agents", list_agents).per_minute(OF_A_DESK).hides_permission(),
    &route!(GET "livechat/users/manager", MANAGER, "All managers of the chat", list_managers)
        .hides_permission(),
    &route!(GET "livechat/users/{type}", Access::User, "Says that there is no such kind of people", no_such_type),
    &route!(POST "livechat/users/agent", MANAGER, "Make someone an agent", appoint_agent),
    &route!(POST "livechat/users/manager", MAKES_MANAGERS, "Make someone a manager of the chat", appoint_manager)
        .with_second_factor(),
    &route!(POST "livechat/users/{type}", MANAGER, "Says that there is no such kind of people", no_such_type_for),
    &route!(GET "livechat/users/{type}/{_id}", MANAGER, "An agent, or a manager of the chat", info),
    &route!(DELETE "livechat/users/{type}/{_id}", MANAGER, "Make someone no agent, or no manager of the chat, any more", dismiss),
    &route!(POST "livechat/agent.status", AGENT, "Say whether an agent takes chats", set_status),
    &route!(GET "livechat/agents/{agentId}/departments", AGENT, "Where an agent answers", of_agent).per_minute(OF_A_DESK),
];

pub(crate) static METHODS: &[Method] = &[
    method!(
        "livechat:saveAgentInfo",
        Access::Permission("manage-livechat-agents"),
        save_info
    ),
    method!("livechat:changeLivechatStatus", AGENT, change_status),
];

params! {
    struct Agents {
        /// A part of a name or a user name, in any case.
        text: Option<String>,
        /// Only agents who take chats.
        only_available as "onlyAvailable": Option<bool>,
        /// The id of an account that is left out.
        exclude_id as "excludeId": Option<String>,
        /// `false`: without agents who are offline.
        show_idle as "showIdleAgents": Option<bool>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Managers {
        /// A part of a name or a user name, in any case.
        text: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Person {
        username: String,
    }

    struct Status {
        /// Whether the agent takes chats; without it, the other one of the two.
        status: Option<Option<Availability>>,
        /// The id of the agent; without one, the caller.
        agent_id as "agentId": Option<Option<String>>,
    }

    struct OfAgent {
        /// `true`: only departments that are enabled.
        only_enabled as "enabledDepartmentsOnly": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT,
    }

    struct AgentInfo: OpenObject {
        /// How many chats the agent has at most at the same time.
        most_chats as "maxNumberSimultaneousChat": Lenient<Value>,
    }
}

/// Whether an agent takes chats.
struct Availability(bool);

impl Parameter for Availability {
    const SHAPE: Shape = Shape::OneOf(&["available", "not-available"]);

    fn read(value: &Value) -> Option<Self> {
        match value.as_str()? {
            "available" => Some(Self(true)),
            "not-available" => Some(Self(false)),
            _ => None,
        }
    }
}

async fn list_agents(call: Call, wanted: Agents) -> Answer {
    let monitor = call.bound_by_any(TO_SEE_AGENTS);
    let filter = Filter {
        text: wanted.text,
        only_available: wanted.only_available == Some(true),
        only_present: wanted.show_idle == Some(false),
        except: wanted.exclude_id,
        departments: None,
    };
    let (found, own) = call
        .query(move |_, view| {
            let own = units::bounds(view, monitor.as_deref())?;
            let filter = Filter {
                departments: own.clone(),
                ..filter.clone()
            };
            Ok((agents::list(view, &filter)?, own))
        })
        .await?;
    let found = found.iter();
    let found = found.map(|agent| in_list(&agent.account, Some(agent), own.as_deref()));
    let found = found.collect();
    paging::answer(&call, "users", found, "name")
}

async fn list_managers(call: Call, wanted: Managers) -> Answer {
    let text = wanted.text.unwrap_or_default();
    let monitor = call.bound(MANAGES);
    let (managers, agents, own) = call
        .query(move |_, view| {
            let managers = agents::with_role(view, agents::MANAGER, &text)?;
            let own = units::bounds(view, monitor.as_deref())?;
            Ok((managers, agents::list(view, &Filter::default())?, own))
        })
        .await?;
    let agents: HashMap<&str, &Agent> = agents
        .iter()
        .map(|agent| (agent.account.id.as_str(), agent))
        .collect();
    let found = managers
        .iter()
        .map(|account| {
            let agent = agents.get(account.id.as_str()).copied();
            in_list(account, agent, own.as_deref())
        })
        .collect();
    paging::answer(&call, "users", found, "name")
}

async fn no_such_type(_: Call) -> Answer {
    Err(Failure::plain("Invalid type"))
}

async fn no_such_type_for(call: Call, _: Person) -> Answer {
    no_such_type(call).await
}

/// `own`: the only departments that the caller may know of.
fn in_list(account: &Account, agent: Option<&Agent>, own: Option<&[String]>) -> Value {
    let mut document = document(account, agent);
    let departments = agent.into_iter().flat_map(|agent| &agent.departments);
    let departments = departments.filter(|id| own.is_none_or(|own| own.contains(id)));
    document["departments"] = departments.cloned().collect();
    document
}

pub(super) fn document(account: &Account, agent: Option<&Agent>) -> Value {
    let most = agent.and_then(|agent| agent.most_chats);
    documents::given(json!({
        "_id": account.id,
        "username": account.username,
        "name": account.name,
        "status": account.status,
        "emails": documents::emails(account),
        "statusLivechat": account.available.map(documents::status_livechat),
        "avatarETag": account.picture_id,
        "livechat": most.map(|most| json!({"maxNumberSimultaneousChat": most})),
    }))
}

async fn appoint_agent(call: Call, person: Person) -> Answer {
    appoint(&call, person, agents::ROLE).await
}

async fn appoint_manager(call: Call, person: Person) -> Answer {
    appoint(&call, person, agents::MANAGER).await
}

async fn appoint(call: &Call, person: Person, role: &'static str) -> Answer {
    let account = call
        .command(move |_, cx| {
            let account = accounts::find_by_username(cx.tx, &person.username)?;
            if let Some(account) = &account {
                hark_staff::appoint(cx, account, role)?;
            }
            Ok(account)
        })
        .await?
        .ok_or_else(|| Failure::coded("[error-invalid-user]"))?;
    Reply::object(json!({"user": {"_id": account.id, "username": account.username}}))
}

/// The role of those of whom the path speaks.
fn role_in_path(call: &Call) -> Result<&'static str, Failure> {
    match call.path(0) {
        "agent" => Ok(agents::ROLE),
        "manager" => Ok(agents::MANAGER),
        _ => Err(Failure::plain("Invalid type")),
    }
}

async fn info(call: Call) -> Answer {
    let role = role_in_path(&call)?;
    let (account, agent, is_shown) = call
        .query(move |call, view| {
            let id = call.path(1);
            let is_shown = role != agents::ROLE
                || agents::is_within(view, call.bound(MANAGES).as_deref(), id)?;
            Ok((accounts::find(view, id)?, agents::find(view, id)?, is_shown))
        })
        .await?;
    let account = account.ok_or_else(|| Failure::plain("User not found"))?;
    let user = if is_shown && account.roles.iter().any(|held| held == role) {
        document(&account, agent.as_ref())
    } else {
        Value::Null
    };
    Reply::object(json!({"user": user}))
}

async fn dismiss(call: Call) -> Answer {
    let role = role_in_path(&call)?;
    if role == agents::MANAGER && !MAKES_MANAGERS.admits(|permission| call.may(permission)) {
        return Err(Failure::Forbidden);
    }
    call.command(move |call, cx| {
        let account = accounts::find(cx.tx, call.path(1))?;
        let account = account.ok_or(Refusal::NoSuchAccount)?;
        let monitor = call.bound(MANAGES);
        if !agents::is_within(cx.tx, monitor.as_deref(), &account.id)? {
            return Err(Refusal::NoSuchAccount);
        }
        hark_staff::dismiss(cx, &account, role)
    })
    .await
    .map_err(|refusal| match refusal {
        Refusal::NoSuchAccount => Failure::Silent,
        other => other.into(),
    })?;
    Reply::done()
}

async fn set_status(call: Call, wanted: Status) -> Answer {
    let available = take_chats(&call, wanted).await?;
    Reply::object(json!({"status": documents::status_livechat(available)}))
}

/// `livechat:changeLivechatStatus({status, agentId})`, as `livechat/agent.status` does it. What is wrong
/// has codes of its own here.
async fn change_status(call: &Call, (wanted,): (Option<Status>,)) -> Outcome {
    let wanted = wanted.unwrap_or(Status {
        status: None,
        agent_id: None,
    });
    let changed = take_chats(call, wanted).await;
    let available = changed.map_err(|failure| match failure {
        Failure::NotFound(_) => Failure::coded("Invalid Agent Id [error-not-allowed]"),
        Failure::Plain(code) => Failure::coded(format!("Not allowed [{code}]")),
        other => other,
    })?;
    Ok(json!(documents::status_livechat(available)))
}

/// Whether an agent takes chats afterwards.
async fn take_chats(call: &Call, wanted: Status) -> Result<bool, Failure> {
    let own = call.account()?.id.clone();
    let named = filled(wanted.agent_id.flatten());
    let id = named.unwrap_or_else(|| own.clone());
    let looked_up = id.clone();
    let monitor = call.bound("manage-livechat-agents").filter(|_| id != own);
    let account = call
        .query(move |_, view| {
            let is_within = agents::is_within(view, monitor.as_deref(), &looked_up)?;
            Ok(accounts::find(view, &looked_up)?.filter(|_| is_within))
        })
        .await?;
    let (account, before) = account
        .and_then(|account| account.available.map(|available| (account, available)))
        .ok_or_else(|| Failure::from(Refusal::NotAnAgent))?;
    if !account.active {
        return Err(Refusal::AgentDeactivated.into());
    }
    let wanted = wanted.status.flatten();
    let wanted = wanted.map_or(!before, |status| status.0);
    if wanted == before {
        return Ok(before);
    }
    let is_own = id == own;
    if !is_own && !call.may("manage-livechat-agents") {
        return Err(Failure::Unauthorized);
    }
    let set = call.command(move |_, cx| match agents::set_available(cx, &id, wanted) {
        Ok(account) => Ok(account.available == Some(true)),
        // Anyone who asks for somebody else sees that nothing changed.
        Err(Refusal::HoursClosed) if !is_own => Ok(before),
        Err(refusal) => Err(refusal),
    });
    Ok(set.await?)
}

async fn of_agent(call: Call, wanted: OfAgent) -> Answer {
    let only_enabled = wanted.only_enabled.as_deref() == Some("true");
    let links = call
        .query(|call, view| {
            let mut links = departments::links_of_agent(view, call.path(0))?;
            if let Some(own) = units::bounds(view, call.bound("view-l-room").as_deref())? {
                links.retain(|link| own.contains(&link.department));
            }
            Ok(links)
        })
        .await?;
    let departments: Vec<Value> = links
        .iter()
        .filter(|link| link.department_enabled || !only_enabled)
        .map(|link| {
            let mut document = link_document(link);
            document["departmentName"] = json!(link.department_name);
            document
        })
        .collect();
    Reply::object(json!({"departments": departments}))
}

/// What the administrators' form sends: how many chats at once, and all departments.
async fn save_info(
    call: &Call,
    (id, info, departments): (Lenient<String>, Lenient<AgentInfo>, Lenient<Vec<Value>>),
) -> Outcome {
    let id = id.0.unwrap_or_default();
    let most_chats = info.0.and_then(|info| info.most_chats.0);
    let most_chats = most_chats.as_ref().and_then(at_least_one);
    let items = departments.0.unwrap_or_default();
    let items = items.iter().filter_map(Value::as_str);
    let in_departments: Vec<String> = items.map(str::to_owned).collect();
    call.command(move |_, cx| agents::save(cx, &id, most_chats, &in_departments))
        .await
        .map_err(|refusal| match refusal {
            Refusal::NotAnAgent => {
                Failure::coded("User is not a livechat agent [error-user-is-not-agent]")
                    .with(json!({"method": "livechat:saveAgentInfo"}))
            }
            other => other.into(),
        })?;
    Ok(json!(true))
}
