//! Who answers visitors and who manages that, and whether an agent takes chats.

use std::collections::HashMap;
use std::sync::Arc;

use hark_chat::accounts::{self, Account};
use hark_chat::agents::{self, Agent, Filter};
use hark_chat::{Actor, Refusal};
use hark_chat::{departments, rooms};
use hark_store::{Timestamp, Tx};
use serde_json::{Value, json};

use super::departments::link_document;
use super::documents;
use super::methods::{self, Method, Outcome, method};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const MANAGER: Access = Access::Permission("view-livechat-manager");
const AGENT: Access = Access::Permission("view-l-room");
const SEES_AGENTS: Access = Access::AnyOf(&["transfer-livechat-guest", "edit-omnichannel-contact"]);

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/users/agent", SEES_AGENTS, "All agents", list_agents)
        .takes(AGENTS)
        .curt(),
    &route!(GET "livechat/users/manager", MANAGER, "All managers of the chat", list_managers)
        .takes(MANAGERS)
        .curt(),
    &route!(GET "livechat/users/{type}", Access::User, "Says that there is no such kind of people", no_such_type),
    &route!(POST "livechat/users/agent", MANAGER, "Make someone an agent", appoint_agent)
        .takes(PERSON),
    &route!(POST "livechat/users/manager", MANAGER, "Make someone a manager of the chat", appoint_manager)
        .takes(PERSON),
    &route!(POST "livechat/users/{type}", MANAGER, "Says that there is no such kind of people", no_such_type)
        .takes(PERSON),
    &route!(GET "livechat/users/{type}/{_id}", MANAGER, "An agent, or a manager of the chat", info),
    &route!(DELETE "livechat/users/{type}/{_id}", MANAGER, "Make someone no agent, or no manager of the chat, any more", dismiss),
    &route!(POST "livechat/agent.status", AGENT, "Say whether an agent takes chats", set_status)
        .takes(STATUS),
    &route!(GET "livechat/agents/{agentId}/departments", AGENT, "Where an agent answers", of_agent)
        .takes(OF_AGENT),
];

pub(crate) static METHODS: &[Method] = &[method!(
    "livechat:saveAgentInfo",
    Access::Permission("manage-livechat-agents"),
    save_info
)];

const AGENTS: Shape = Shape::Object(&[
    Field::optional("text", Shape::Text),
    Field::optional("onlyAvailable", Shape::Flag),
    Field::optional("excludeId", Shape::Text),
    Field::optional("showIdleAgents", Shape::Flag),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);
const MANAGERS: Shape = Shape::Object(&[
    Field::optional("text", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);
const PERSON: Shape = Shape::Object(&[Field::required("username", Shape::Text)]);
const STATUS: Shape = Shape::Object(&[
    Field::optional(
        "status",
        Shape::Maybe(&Shape::OneOf(&["available", "not-available"])),
    ),
    Field::optional("agentId", Shape::Maybe(&Shape::Text)),
]);
const OF_AGENT: Shape = Shape::Object(&[
    Field::optional("enabledDepartmentsOnly", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
]);

async fn list_agents(call: Call) -> Answer {
    let filter = Filter {
        text: call.text("text").map(str::to_owned),
        only_available: call.flag("onlyAvailable") == Some(true),
        only_present: call.flag("showIdleAgents") == Some(false),
        except: call.text("excludeId").map(str::to_owned),
    };
    let found = call
        .read(move |view| agents::list(view, &filter))
        .await?
        .iter()
        .map(|agent| in_list(&agent.account, Some(agent)))
        .collect();
    paging::answer(&call, "users", found, "name")
}

async fn list_managers(call: Call) -> Answer {
    let text = call.text("text").unwrap_or_default().to_owned();
    let (managers, agents) = call
        .read(move |view| {
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

/// Someone as the lists show him.
fn in_list(account: &Account, agent: Option<&Agent>) -> Value {
    let mut document = document(account, agent);
    document["departments"] = json!(agent.map_or(&[][..], |agent| &agent.departments));
    document
}

fn document(account: &Account, agent: Option<&Agent>) -> Value {
    let mut document = json!({
        "_id": account.id,
        "username": account.username,
        "name": account.name,
        "status": account.status,
        "emails": documents::emails(account),
    });
    if let Some(available) = account.available {
        document["statusLivechat"] = json!(documents::status_livechat(available));
    }
    if let Some(most) = agent.and_then(|agent| agent.most_chats) {
        document["livechat"] = json!({"maxNumberSimultaneousChat": most});
    }
    document
}

type Appoint = fn(&mut Tx<'_>, &Actor, Timestamp, &Account) -> Result<(), Refusal>;

async fn appoint_agent(call: Call) -> Answer {
    appoint(&call, agents::appoint).await
}

async fn appoint_manager(call: Call) -> Answer {
    appoint(&call, agents::appoint_manager).await
}

async fn appoint(call: &Call, appoint: Appoint) -> Answer {
    let username = call.text("username").unwrap_or_default().to_owned();
    let (who, now) = (call.actor()?, call.now);
    let account = call
        .write(move |tx| {
            let account = accounts::find_by_username(tx, &username)?;
            if let Some(account) = &account {
                appoint(tx, &who, now, account)?;
            }
            Ok(account)
        })
        .await?
        .ok_or_else(|| Failure::coded("", "error-invalid-user"))?;
    Reply::object(json!({"user": {"_id": account.id, "username": account.username}}))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Agent,
    Manager,
}

impl Type {
    fn named(call: &Call) -> Result<Self, Failure> {
        match call.path(0) {
            "agent" => Ok(Self::Agent),
            "manager" => Ok(Self::Manager),
            _ => Err(Failure::plain("Invalid type")),
        }
    }

    const fn role(self) -> &'static str {
        match self {
            Self::Agent => agents::ROLE,
            Self::Manager => agents::MANAGER,
        }
    }
}

async fn info(call: Call) -> Answer {
    let role = Type::named(&call)?.role();
    let id = call.path(1).to_owned();
    let (account, agent) = call
        .read(move |view| Ok((accounts::find(view, &id)?, agents::find(view, &id)?)))
        .await?;
    let account = account.ok_or_else(|| Failure::plain("User not found"))?;
    let user = match account.roles.iter().any(|held| held == role) {
        true => document(&account, agent.as_ref()),
        false => Value::Null,
    };
    Reply::object(json!({"user": user}))
}

async fn dismiss(call: Call) -> Answer {
    let dismiss: Appoint = match Type::named(&call)? {
        Type::Agent => agents::dismiss,
        Type::Manager => agents::dismiss_manager,
    };
    let id = call.path(1).to_owned();
    let (who, now, policy) = (call.actor()?, call.now, Arc::clone(&call.policy));
    let known = call
        .write(move |tx| match accounts::find(tx, &id)? {
            Some(account) => rooms::settling(tx, now, &policy, &id, |tx| {
                dismiss(tx, &who, now, &account).map(|()| true)
            }),
            None => Ok(false),
        })
        .await?;
    match known {
        true => Reply::done(),
        false => Err(Failure::Silent),
    }
}

async fn set_status(call: Call) -> Answer {
    let own = call.account()?.id.clone();
    let named = call.text("agentId").filter(|id| !id.is_empty());
    let id = named.map_or_else(|| own.clone(), str::to_owned);
    let looked_up = id.clone();
    let account = call
        .read(move |view| accounts::find(view, &looked_up))
        .await?;
    let (account, before) = account
        .and_then(|account| account.available.map(|available| (account, available)))
        .ok_or_else(|| Failure::from(Refusal::NotAnAgent))?;
    if !account.active {
        return Err(Refusal::AgentDeactivated.into());
    }
    let wanted = call
        .text("status")
        .map_or(!before, |status| status == "available");
    if wanted == before {
        return status(before);
    }
    let is_own = id == own;
    if !is_own && !call.may("manage-livechat-agents") {
        return Err(Failure::Unauthorized);
    }
    let (who, now, policy) = (call.actor()?, call.now, Arc::clone(&call.policy));
    let available = call
        .write(
            move |tx| match agents::set_available(tx, &who, now, &policy, &id, wanted) {
                Ok(account) => Ok(account.available == Some(true)),
                // Whoever asks for somebody else sees that nothing changed.
                Err(Refusal::HoursClosed) if !is_own => Ok(before),
                Err(refusal) => Err(refusal),
            },
        )
        .await?;
    status(available)
}

fn status(available: bool) -> Answer {
    Reply::object(json!({"status": documents::status_livechat(available)}))
}

async fn of_agent(call: Call) -> Answer {
    let id = call.path(0).to_owned();
    let only_enabled = call.text("enabledDepartmentsOnly") == Some("true");
    let links = call
        .read(move |view| departments::links_of_agent(view, &id))
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
async fn save_info(call: &Call, params: &[Value]) -> Outcome {
    let id = methods::text(params, 0).unwrap_or_default().to_owned();
    let most_chats = params
        .get(1)
        .and_then(|data| data.get("maxNumberSimultaneousChat"))
        .and_then(|most| match most {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        })
        .filter(|most| *most > 0);
    let items = params
        .get(2)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let in_departments: Vec<String> = items.filter_map(Value::as_str).map(str::to_owned).collect();
    let (who, now) = (call.actor()?, call.now);
    call.write(move |tx| agents::save(tx, &who, now, &id, most_chats, &in_departments))
        .await
        .map_err(|failure| match failure {
            Failure::NotFound(_) => {
                Failure::coded("User is not a livechat agent", "error-user-is-not-agent")
                    .with(json!({"method": "livechat:saveAgentInfo"}))
            }
            other => other,
        })?;
    Ok(json!(true))
}
