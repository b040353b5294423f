//! A server with people who answer chats, and what its clients say to it.

use std::net::SocketAddr;
use std::sync::Arc;

use hark_testkit::{Client, Server, Setup};
use serde_json::{Value, json};

use crate::load::{self, Connection};

pub struct Staffed {
    pub server: Server,
    pub desk: Arc<Desk>,
}

/// Who works there, and what is said to the server.
pub struct Desk {
    address: String,
    admin: Client,
    pub agents: Vec<Agent>,
}

pub struct Agent {
    pub id: String,
    pub username: String,
    client: Client,
}

/// About as long as people write.
pub const SENTENCES: [&str; 4] = [
    "Hello, I ordered two weeks ago and the parcel has still not arrived.",
    "One moment please, I will have a look where it is at the moment.",
    "Thank you! I would like to have it before the weekend, if that is possible at all, because it is a present for my sister.",
    "It left our house this morning and should be with you tomorrow.",
];

impl Staffed {
    /// With so many people there who take chats.
    pub fn open(setup: &Setup, agents: usize) -> Self {
        let server = setup.start();
        let admin = server.admin();
        let desk = Desk {
            address: server.address().to_owned(),
            agents: (0..agents).map(|number| agent(&admin, number)).collect(),
            admin,
        };
        Self {
            server,
            desk: Arc::new(desk),
        }
    }
}

impl Desk {
    /// The same people at another address: those who were logged in still are.
    pub fn at(&self, address: &str) -> Self {
        let agents = self.agents.iter().map(|agent| Agent {
            id: agent.id.clone(),
            username: agent.username.clone(),
            client: agent.client.at(address),
        });
        Self {
            address: address.to_owned(),
            admin: self.admin.at(address),
            agents: agents.collect(),
        }
    }

    pub fn set(&self, setting: &str, value: &Value) {
        let path = format!("/api/v1/settings/{setting}");
        self.admin.post(&path, &json!({"value": value})).expect(200);
    }

    /// A department in which all agents answer: its id.
    pub fn department(&self, name: &str) -> String {
        let department = json!({
            "name": name,
            "email": "team@example.org",
            "enabled": true,
            "showOnRegistration": true,
            "showOnOfflineForm": true,
        });
        let agents: Vec<Value> = self
            .agents
            .iter()
            .map(|agent| json!({"agentId": agent.id, "username": agent.username}))
            .collect();
        let body = json!({"department": department, "agents": agents});
        let made = self.admin.post("/api/v1/livechat/department", &body);
        text(&made.expect(200)["department"]["_id"])
    }

    pub fn by_name(&self, username: &str) -> &Agent {
        let mut agents = self.agents.iter();
        agents.find(|agent| agent.username == username).unwrap()
    }

    pub fn address(&self) -> SocketAddr {
        self.address.parse().unwrap()
    }

    pub fn connect(&self) -> impl Future<Output = Connection> + Send + 'static {
        Connection::open(self.address())
    }

    pub fn register(&self, token: &str, department: Option<&str>) -> String {
        let mut visitor = json!({"token": token, "name": "Vera Visitor"});
        if let Some(department) = department {
            visitor["department"] = json!(department);
        }
        self.post("livechat/visitor", &[], &json!({"visitor": visitor}))
    }

    pub fn open_chat(&self, token: &str) -> String {
        self.get(&format!("livechat/room?token={token}"), &[])
    }

    pub fn say(&self, token: &str, room: &str, number: usize) -> String {
        self.say_this(token, room, SENTENCES[number % SENTENCES.len()])
    }

    pub fn say_this(&self, token: &str, room: &str, text: &str) -> String {
        let body = json!({"token": token, "rid": room, "msg": text});
        self.post("livechat/message", &[], &body)
    }

    pub fn answer(&self, agent: &Agent, room: &str, number: usize) -> String {
        self.answer_this(agent, room, SENTENCES[number % SENTENCES.len()])
    }

    pub fn answer_this(&self, agent: &Agent, room: &str, text: &str) -> String {
        let body = json!({"message": {"rid": room, "msg": text}});
        self.post("chat.sendMessage", &signed(&agent.client), &body)
    }

    /// An endpoint that wants one kind of event.
    pub fn endpoint_for(&self, url: &str, kind: &str) {
        let body = json!({"name": url, "url": url, "dialect": "standard", "events": [kind]});
        self.admin.post("/api/hark/v1/endpoints", &body).expect(201);
    }

    /// Makes an endpoint that wants the messages of visitors, and answers its id.
    pub fn endpoint(&self, url: &str, concurrency: usize) -> String {
        let body = json!({
            "name": url,
            "url": url,
            "dialect": "standard",
            "events": ["message.visitor"],
            "policy": {"concurrency": concurrency},
        });
        let made = self.admin.post("/api/hark/v1/endpoints", &body);
        text(&made.expect(201)["id"])
    }

    /// `pause`, `resume`.
    pub fn switch_endpoint(&self, id: &str, what: &str) {
        let path = format!("/api/hark/v1/endpoints/{id}:{what}");
        self.admin.post(&path, &json!({})).expect(200);
    }

    pub fn take(&self, agent: &Agent, inquiry: &str) -> String {
        let body = json!({"inquiryId": inquiry});
        self.post("livechat/inquiries.take", &signed(&agent.client), &body)
    }

    pub fn close(&self, agent: &Agent, room: &str) -> String {
        let body = json!({"rid": room, "comment": "Answered"});
        self.post("livechat/room.closeByUser", &signed(&agent.client), &body)
    }

    pub fn as_admin(&self, path: &str) -> String {
        self.get(path, &signed(&self.admin))
    }

    pub fn as_agent(&self, agent: &Agent, path: &str) -> String {
        self.get(path, &signed(&agent.client))
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> String {
        load::get(&format!("/api/v1/{path}"), &self.address, headers)
    }

    fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> String {
        load::post(&format!("/api/v1/{path}"), &self.address, headers, body)
    }
}

fn agent(admin: &Client, number: usize) -> Agent {
    let username = format!("agent{number:02}");
    let client = admin.person(&username, &["user", "livechat-agent"]);
    let online = json!({"status": "online"});
    client.post("/api/v1/users.setStatus", &online).expect(200);
    let available = json!({"status": "available"});
    client
        .post("/api/v1/livechat/agent.status", &available)
        .expect(200);
    let me = client.get("/api/v1/me").expect(200);
    Agent {
        id: text(&me["_id"]),
        username,
        client,
    }
}

impl Agent {
    /// What a socket is sent to know them.
    pub fn token(&self) -> &str {
        self.client.header("X-Auth-Token").unwrap()
    }
}

fn signed(client: &Client) -> [(&str, &str); 2] {
    ["X-User-Id", "X-Auth-Token"].map(|name| (name, client.header(name).unwrap()))
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
