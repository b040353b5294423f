//! Makes a shop of an empty server: people, departments, a custom field, a trigger. What is there
//! already from an earlier run stays.

use futures_util::future::try_join_all;
use hark_model::keys;
use serde_json::{Value, json};

use super::client::{Api, ApiError, text};
use super::conversations::Department;
use crate::CliError;

/// Stands in the description of the departments that the demo has made; by it the demo knows the
/// server again.
const MARK: &str = "(made by hark demo)";
/// The address of the people whom the demo has made ends with it.
const ADDRESSES: &str = "@kiln-and-clay.example";
/// The secret of each visitor of the demo begins with it.
pub(super) const TOKENS: &str = "hark-demo-";

pub(super) struct Member {
    pub id: String,
    pub name: &'static str,
    pub username: &'static str,
    /// Where they answer; the lead answers nowhere.
    pub department: Option<Department>,
    pub api: Api,
    password: String,
}

/// Those who answer in the demo.
pub(super) struct Team {
    pub admin: Api,
    /// Passes chats on, which takes the role of a manager.
    pub lead: Member,
    pub agents: Vec<Member>,
    departments: Vec<(Department, String)>,
}

struct Person {
    name: &'static str,
    username: &'static str,
    department: Option<Department>,
}

const fn person(
    name: &'static str,
    username: &'static str,
    department: Option<Department>,
) -> Person {
    Person {
        name,
        username,
        department,
    }
}

const PEOPLE: [Person; 5] = [
    person("Amira Haddad", "amira.demo", Some(Department::Sales)),
    person("Jonas Keller", "jonas.demo", Some(Department::Sales)),
    person("Priya Raman", "priya.demo", Some(Department::Support)),
    person("Tomás Ferreira", "tomas.demo", Some(Department::Support)),
    person("Grace Okafor", "grace.demo", Some(Department::Billing)),
];
const LEAD: Person = person("Mara Lindqvist", "mara.demo", None);

const DEPARTMENTS: [Department; 3] = [Department::Sales, Department::Support, Department::Billing];

impl Department {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sales => "Sales",
            Self::Support => "Support",
            Self::Billing => "Billing",
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::Sales => "What there is, and what it costs",
            Self::Support => "Parcels, breakages, returns",
            Self::Billing => "Invoices and payments",
        }
    }
}

impl Team {
    pub(super) fn department(&self, wanted: Department) -> &str {
        let found = self.departments.iter().find(|(one, _)| *one == wanted);
        found.map_or("", |(_, id)| id)
    }

    pub(super) fn agents_of(&self, department: Department) -> impl Iterator<Item = &Member> {
        let here = move |agent: &&Member| agent.department == Some(department);
        self.agents.iter().filter(here)
    }

    /// Names and passwords, for anyone who wants to look at it with an agent's eyes.
    pub(super) fn table(&self) -> String {
        let rows = self.agents.iter().chain([&self.lead]).map(|member| {
            let place = member.department.map_or("lead", Department::name);
            format!(
                "  {:<16} {place:<9} {:<12} {}\n",
                member.name, member.username, member.password
            )
        });
        rows.collect()
    }

    /// They are there, and take chats.
    pub(super) async fn come(&self) -> Result<(), ApiError> {
        for member in self.agents.iter().chain([&self.lead]) {
            let online = json!({"status": "online", "message": "At the shop"});
            member.api.post("users.setStatus", &online).await?;
        }
        for agent in &self.agents {
            agent.takes_chats(true).await?;
        }
        Ok(())
    }

    /// They take no more chats and go.
    pub(super) async fn log_out(&self) -> Result<(), ApiError> {
        let agents = self.agents.iter();
        try_join_all(agents.map(|agent| agent.takes_chats(false))).await?;
        let members = self.agents.iter().chain([&self.lead]);
        try_join_all(members.map(Member::leave)).await?;
        Ok(())
    }
}

impl Member {
    pub(super) fn first_name(&self) -> &'static str {
        first_name(self.name)
    }

    async fn leave(&self) -> Result<(), ApiError> {
        let offline = json!({"status": "offline", "message": ""});
        self.api.post("users.setStatus", &offline).await?;
        self.api.post("logout", &json!({})).await?;
        Ok(())
    }

    pub(super) async fn takes_chats(&self, takes: bool) -> Result<(), ApiError> {
        let status = if takes { "available" } else { "not-available" };
        let status = json!({"status": status});
        self.api.post("livechat/agent.status", &status).await?;
        Ok(())
    }
}

pub(super) fn first_name(name: &str) -> &str {
    name.split(' ').next().unwrap_or_default()
}

/// What is there before anything is done.
pub(super) struct Found {
    departments: Vec<Value>,
    chats: i64,
}

impl Found {
    pub(super) async fn on(admin: &Api) -> Result<Self, ApiError> {
        let departments = admin.get("livechat/department?count=100").await?;
        let departments = departments["departments"].as_array().cloned();
        let chats = admin.get("livechat/rooms?count=1").await?;
        Ok(Self {
            departments: departments.unwrap_or_default(),
            chats: chats["total"].as_i64().unwrap_or_default(),
        })
    }

    /// Whether an earlier run has made what is there.
    pub(super) fn is_ours(&self) -> bool {
        self.departments.iter().any(is_marked)
    }

    /// A server on which people work is not filled.
    pub(super) fn check(&self) -> Result<(), CliError> {
        let (departments, chats) = (self.departments.len(), self.chats);
        if (departments, chats) == (0, 0) || self.is_ours() {
            return Ok(());
        }
        Err(format!(
            "this server is in use (departments: {departments}, chats: {chats}), and not by the demo. The demo fills an empty server; start one beside it with `hark serve --data ./hark-demo --listen 127.0.0.1:3001`"
        )
        .into())
    }
}

fn is_marked(department: &Value) -> bool {
    let description = department["description"].as_str();
    description.is_some_and(|text| text.ends_with(MARK))
}

/// Makes what is missing, and logs everyone in; nobody takes chats yet. `secret` is the administrator's password.
pub(super) async fn set_up(admin: Api, secret: &str, found: &Found) -> Result<Team, CliError> {
    let lead = make_member(&admin, secret, &LEAD, &["user", "livechat-manager"]).await?;
    let mut agents = Vec::new();
    for person in &PEOPLE {
        agents.push(make_member(&admin, secret, person, &["user", "livechat-agent"]).await?);
    }
    let mut departments = Vec::new();
    for department in DEPARTMENTS {
        let id = open_department(&admin, department, &agents, found).await?;
        departments.push((department, id));
    }
    make_field_and_trigger(&admin).await?;
    // Its visitors' addresses are nobody's, and its agents may put chats on hold.
    for (id, value) in [
        ("Livechat_validate_offline_email", false),
        ("Livechat_allow_manual_on_hold", true),
    ] {
        let path = format!("settings/{id}");
        admin.post(&path, &json!({"value": value})).await?;
    }
    Ok(Team {
        admin,
        lead,
        agents,
        departments,
    })
}

async fn make_member(
    admin: &Api,
    secret: &str,
    person: &Person,
    roles: &[&str],
) -> Result<Member, CliError> {
    let email = format!("{}{ADDRESSES}", person.username);
    let password = keys::first_password()?;
    let path = format!("users.info?username={}", person.username);
    let id = match admin.get(&path).await {
        Ok(answer) => {
            let user = &answer["user"];
            if user["emails"][0]["address"] != json!(email) {
                return Err(format!(
                    "there is a user {} whom the demo has not made; rename that account first",
                    person.username
                )
                .into());
            }
            let id = text(&user["_id"]);
            let change = json!({"userId": id, "data": {"password": password}});
            let confirmed = admin.confirmed_with(&keys::hex_digest(secret));
            confirmed.post("users.update", &change).await?;
            id
        }
        Err(ApiError::Refused { .. }) => {
            let new = json!({
                "username": person.username,
                "name": person.name,
                "email": email,
                "password": password,
                "roles": roles,
                "verified": true,
                "requirePasswordChange": false,
            });
            let answer = admin.post("users.create", &new).await?;
            text(&answer["user"]["_id"])
        }
        Err(gone) => return Err(gone.into()),
    };
    let api = Api::of_nobody(admin)
        .log_in(person.username, &password)
        .await?;
    Ok(Member {
        id,
        name: person.name,
        username: person.username,
        department: person.department,
        api,
        password,
    })
}

async fn open_department(
    admin: &Api,
    department: Department,
    agents: &[Member],
    found: &Found,
) -> Result<String, CliError> {
    let name = department.name();
    let ours = found.departments.iter();
    let ours = ours.filter(|one| is_marked(one) && one["name"] == name);
    if let Some(id) = ours.filter_map(|one| one["_id"].as_str()).next() {
        return Ok(id.to_owned());
    }
    let here = agents
        .iter()
        .filter(|agent| agent.department == Some(department));
    let here: Vec<Value> = here
        .map(|agent| json!({"agentId": agent.id, "count": 0, "order": 0}))
        .collect();
    // Billing is reached through others, and may be at lunch: what comes then waits.
    let is_asked = department != Department::Billing;
    let wanted = json!({
        "department": {
            "name": name,
            "description": format!("{} {MARK}", department.description()),
            "email": format!("{}{ADDRESSES}", name.to_lowercase()),
            "enabled": true,
            "showOnRegistration": is_asked,
            "showOnOfflineForm": is_asked,
            "allowReceiveForwardOffline": true,
        },
        "agents": here,
    });
    let answer = admin.post("livechat/department", &wanted).await?;
    Ok(text(&answer["department"]["_id"]))
}

async fn make_field_and_trigger(admin: &Api) -> Result<(), ApiError> {
    let fields = admin.get("livechat/custom-fields?count=100").await?;
    if !has(&fields["customFields"], "_id", "orderNumber") {
        let field = json!({
            "field": "orderNumber",
            "label": "Order number",
            "scope": "visitor",
            "visibility": "visible",
            "searchable": true,
            "type": "input",
            "required": false,
            "public": true,
            "regexp": "",
        });
        let params = json!([null, field]);
        admin.method("livechat:saveCustomField", &params).await?;
    }
    let name = "Greeting after half a minute";
    let triggers = admin.get("livechat/triggers?count=100").await?;
    if !has(&triggers["triggers"], "name", name) {
        let trigger = json!({
            "name": name,
            "description": format!("Says hello to visitors who look around {MARK}"),
            "enabled": true,
            "runOnce": true,
            "conditions": [{"name": "time-on-site", "value": "30"}],
            "actions": [{
                "name": "send-message",
                "params": {
                    "sender": "queue",
                    "name": "",
                    "msg": "Hello! If you look for something special, just ask.",
                },
            }],
        });
        admin.post("livechat/triggers", &trigger).await?;
    }
    Ok(())
}

fn has(list: &Value, name: &str, wanted: &str) -> bool {
    let items = list.as_array().into_iter().flatten();
    items.into_iter().any(|item| item[name] == wanted)
}
