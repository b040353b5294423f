//! Who answers visitors and who manages that, and whether an agent takes chats.

use std::collections::HashMap;

use hark_chat::departments;
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
use crate::params::{Lenient, Parameter, filled, params};
use crate::route::{Access, Route, route};
use crate::shape::Shape;

const MANAGER: Access = Access::Permission("view-livechat-manager");
const MAKES_MANAGERS: Access =
    Access::AllOf(&["view-livechat-manager", "manage-livechat-managers"]);
const AGENT: Access = Access::Permission("view-l-room");
const SEES_AGENTS: Access = Access::AnyOf(&["transfer-livechat-guest", "edit-omnichannel-contact"]);

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
        text: Option<String>,
        only_available as "onlyAvailable": Option<bool>,
        exclude_id as "excludeId": Option<String>,
        show_idle as "showIdleAgents": Option<bool>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Managers {
        text: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Person {
        username: String,
    }

    struct Status {
        status: Option<Option<Availability>>,
        agent_id as "agentId": Option<Option<String>>,
    }

    struct OfAgent {
        only_enabled as "enabledDepartmentsOnly": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT,
    }

    struct AgentInfo: OpenObject {
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
    let filter = Filter {
        text: wanted.text,
        only_available: wanted.only_available == Some(true),
        only_present: wanted.show_idle == Some(false),
        except: wanted.exclude_id,
    };
    let found = call
        .query(move |_, view| Ok(agents::list(view, &filter)?))
        .await?
        .iter()
        .map(|agent| in_list(&agent.account, Some(agent)))
        .collect();
    paging::answer(&call, "users", found, "name")
}

async fn list_managers(call: Call, wanted: Managers) -> Answer {
    let text = wanted.text.unwrap_or_default();
    let (managers, agents) = call
        .query(move |_, view| {
            let managers = agents::managers(view, &text)?;
            Ok((managers, agents::list(view, &Filter::default())?))
        })
        .await?;
    let agents: HashMap<&str, &Agent> = agents
        .iter()
        .map(|agent| (agent.account.id.as_str(), agent))
        .collect();
    let found = managers
        .iter()
        .map(|account| in_list(account, agents.get(account.id.as_str()).copied()))
        .collect();
    paging::answer(&call, "users", found, "name")
}

async fn no_such_type(_: Call) -> Answer {
    Err(Failure::plain("Invalid type"))
}

async fn no_such_type_for(call: Call, _: Person) -> Answer {
    no_such_type(call).await
}

fn in_list(account: &Account, agent: Option<&Agent>) -> Value {
    let mut document = document(account, agent);
    document["departments"] = json!(agent.map_or(&[][..], |agent| &agent.departments));
    document
}

fn document(account: &Account, agent: Option<&Agent>) -> Value {
    let most = agent.and_then(|agent| agent.most_chats);
    documents::given(json!({
        "_id": account.id,
        "username": account.username,
        "name": account.name,
        "status": account.status,
        "emails": documents::emails(account),
        "statusLivechat": account.available.map(documents::status_livechat),
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
    let (account, agent) = call
        .query(|call, view| {
            let id = call.path(1);
            Ok((accounts::find(view, id)?, agents::find(view, id)?))
        })
        .await?;
    let account = account.ok_or_else(|| Failure::plain("User not found"))?;
    let user = if account.roles.iter().any(|held| held == role) {
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
    let account = call
        .query(move |_, view| Ok(accounts::find(view, &looked_up)?))
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
        .query(|call, view| Ok(departments::links_of_agent(view, call.path(0))?))
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
    let most_chats = match info.0.and_then(|info| info.most_chats.0) {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let most_chats = most_chats.filter(|most| *most > 0);
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
