use serde_json::{Value, json};

use crate::{Client, Database, Engine, Program, Response, Server, Setup};

/// A server with its live chat, as visitors, agents and a manager of everything call it.
pub struct Desk {
    pub server: Server,
    pub admin: Client,
    pub database: Database,
}

/// Someone who answers visitors.
pub struct Agent {
    pub client: Client,
    pub id: String,
    pub name: String,
}

/// The Rocket.Chat API in short.
impl Client {
    /// Logs in and answers a client with the two headers of that user.
    pub fn login(&self, user: &str, password: &str) -> Self {
        let body = serde_json::json!({"user": user, "password": password});
        let answer = self.post("login", &body);
        assert_eq!(answer.status, 200, "log-in of {user}: {answer:?}");
        let data = &answer.value()["data"];
        self.with("X-User-Id", data["userId"].as_str().unwrap())
            .with("X-Auth-Token", data["authToken"].as_str().unwrap())
    }

    /// The same client, who shows nothing of themselves.
    fn anyone(&self) -> Self {
        Self::new(self.address())
    }

    /// As an administrator: makes an account `name`, whose password is `secret-of-name`, and
    /// answers its client.
    pub fn person(&self, name: &str, roles: &[&str]) -> Self {
        let password = format!("secret-of-{name}");
        let body = serde_json::json!({
            "username": name,
            "name": name,
            "email": format!("{name}@example.org"),
            "password": password,
            "roles": roles,
        });
        self.post("users.create", &body).expect(200);
        self.anyone().login(name, &password)
    }

    /// As an administrator: an agent who is there and available.
    pub fn agent(&self, name: &str) -> Agent {
        self.agent_with(name, &["user", "livechat-agent"])
    }

    pub fn agent_with(&self, name: &str, roles: &[&str]) -> Agent {
        let client = self.person(name, roles);
        let online = json!({"status": "online", "message": ""});
        client.post("users.setStatus", &online).expect(200);
        if roles.contains(&"livechat-agent") {
            let available = json!({"status": "available"});
            client.post("livechat/agent.status", &available).expect(200);
        }
        Agent {
            id: client.id(),
            client,
            name: name.to_owned(),
        }
    }

    /// As an administrator: gives a setting a value.
    pub fn set(&self, id: &str, value: impl Into<Value>) {
        let body = json!({"value": value.into()});
        self.post(&format!("settings/{id}"), &body).expect(200);
    }

    /// Whose client this is.
    pub fn id(&self) -> String {
        self.header("X-User-Id").unwrap().to_owned()
    }

    /// What a method of the real-time API answers over REST: its result or its error.
    pub fn method(&self, name: &str, params: &Value) -> Value {
        self.call_method("method.call", name, params)
    }

    /// The same as those who have not logged in call it.
    pub fn anonymous_method(&self, name: &str, params: &Value) -> Value {
        self.call_method("method.callAnon", name, params)
    }

    fn call_method(&self, route: &str, name: &str, params: &Value) -> Value {
        let frame = json!({"msg": "method", "id": "1", "method": name, "params": params});
        let body = json!({"message": frame.to_string()});
        let name = name.replace(':', "%3A").replace('/', "%2F");
        let answer = self.post(&format!("{route}/{name}"), &body).expect(200);
        serde_json::from_str(answer["message"].as_str().unwrap()).unwrap()
    }
}

impl Desk {
    pub fn open(program: impl Into<Program>, engine: Engine) -> Self {
        Self::open_with(program, engine, |setup| setup)
    }

    pub fn open_with(
        program: impl Into<Program>,
        engine: Engine,
        more: impl Fn(Setup) -> Setup,
    ) -> Self {
        let database = Database::fresh(engine);
        let server = more(Setup::new(program).on(&database)).start();
        let admin = server.admin();
        Self {
            server,
            admin,
            database,
        }
    }

    /// Someone who shows nothing.
    pub fn anyone(&self) -> Client {
        self.server.client()
    }

    pub fn agent(&self, name: &str) -> Agent {
        self.admin.agent(name)
    }

    pub fn set(&self, id: &str, value: impl Into<Value>) {
        self.admin.set(id, value);
    }

    /// A department that the form offers, with members of the given fields besides; answers its id.
    pub fn department(&self, name: &str, agents: &[&Agent], more: &Value) -> String {
        let mut department = json!({
            "name": name,
            "email": "department@example.org",
            "enabled": true,
            "showOnRegistration": true,
            "showOnOfflineForm": true,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            department[name] = value.clone();
        }
        let agents: Vec<Value> = agents
            .iter()
            .map(|agent| json!({"agentId": agent.id}))
            .collect();
        let body = json!({"department": department, "agents": agents});
        let made = self.admin.post("livechat/department", &body).expect(200);
        text(&made, "/department/_id")
    }

    pub fn field(&self, id: &str, scope: &str, more: &Value) {
        let mut field = json!({
            "field": id,
            "label": format!("The {id}"),
            "scope": scope,
            "visibility": "visible",
            "regexp": "",
            "searchable": true,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            field[name] = value.clone();
        }
        let saved = self
            .admin
            .method("livechat:saveCustomField", &json!([null, field]));
        assert_eq!(saved["result"]["_id"], id, "{saved}");
    }

    /// Registers a visitor by the name of their token; answers the visitor.
    pub fn visitor(&self, token: &str, more: &Value) -> Value {
        let mut visitor = json!({"token": token});
        for (name, value) in more.as_object().into_iter().flatten() {
            visitor[name] = value.clone();
        }
        let answer = self
            .anyone()
            .post("livechat/visitor", &json!({"visitor": visitor}));
        answer.expect(200)["visitor"].clone()
    }

    /// Opens a chat for a visitor who is known; answers the room.
    pub fn chat(&self, token: &str) -> Value {
        let answer = self.anyone().get(&format!("livechat/room?token={token}"));
        answer.expect(200)["room"].clone()
    }

    /// Registers a visitor and opens their chat; answers the room's id.
    pub fn new_chat(&self, token: &str) -> String {
        self.visitor(token, &json!({}));
        text(&self.chat(token), "/_id")
    }

    pub fn say(&self, token: &str, rid: &str, words: &str) -> Value {
        let body = json!({"token": token, "rid": rid, "msg": words});
        let answer = self.anyone().post("livechat/message", &body);
        answer.expect(200)["message"].clone()
    }

    /// The room as managers see it in their list.
    pub fn room(&self, rid: &str) -> Value {
        let rooms = self.admin.get("livechat/rooms?count=0").expect(200);
        let rooms = rooms["rooms"].as_array().unwrap().iter();
        let found = rooms.into_iter().find(|room| room["_id"] == rid);
        found.unwrap_or_else(|| panic!("no room {rid}")).clone()
    }

    /// The room's place in the queue; null if it has none.
    pub fn inquiry(&self, rid: &str) -> Value {
        let path = format!("livechat/inquiries.getOne?roomId={rid}");
        self.admin.get(&path).expect(200)["inquiry"].clone()
    }

    pub fn take(&self, agent: &Agent, rid: &str) -> Response {
        let inquiry = text(&self.inquiry(rid), "/_id");
        let body = json!({"inquiryId": inquiry});
        agent.client.post("livechat/inquiries.take", &body)
    }

    /// All that was said in a chat, oldest first.
    pub fn history(&self, token: &str, rid: &str) -> Vec<Value> {
        let path = format!("livechat/messages.history/{rid}?token={token}&limit=1000");
        let answer = self.anyone().get(&path).expect(200);
        let mut messages = answer["messages"].as_array().unwrap().clone();
        messages.reverse();
        messages
    }

    /// The same in short: `author type words` of what the server said, `author: words` of the rest.
    pub fn story(&self, token: &str, rid: &str) -> Vec<String> {
        let messages = self.history(token, rid).into_iter();
        messages
            .map(|message| {
                let author = text(&message, "/u/username");
                let words = text(&message, "/msg");
                let line = match message["t"].as_str() {
                    Some(kind) => format!("{author} {kind} {words}"),
                    None => format!("{author}: {words}"),
                };
                line.trim_end().to_owned()
            })
            .collect()
    }
}

/// A member of each item of a list, all of them texts.
#[track_caller]
pub fn each<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item[name].as_str().unwrap()).collect()
}

/// The names of a document's members, sorted.
#[track_caller]
pub fn names(document: &Value) -> Vec<&str> {
    let members = document.as_object().unwrap().keys();
    let mut names: Vec<&str> = members.map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// A text in a document.
pub fn text(document: &Value, pointer: &str) -> String {
    let found = document.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no text at {pointer} of {document}"))
        .to_owned()
}

impl Response {
    /// It is exactly this refusal: its words, and nothing else but that it failed.
    #[track_caller]
    pub fn refused(&self, status: u16, words: &str) {
        let wanted = json!({"success": false, "error": words});
        assert_eq!((self.status, self.value()), (status, wanted));
    }

    /// It is exactly this refusal of a kind.
    #[track_caller]
    pub fn refused_of(&self, words: &str, kind: &str) {
        let wanted = json!({"success": false, "error": words, "errorType": kind});
        assert_eq!((self.status, self.value()), (400, wanted));
    }

    /// It is this refusal with a code: `reason [code]`.
    #[track_caller]
    pub fn refused_with_code(&self, reason: &str, code: &str) {
        let words = format!("{reason} [{code}]").trim_start().to_owned();
        let mut body = self.value();
        if let Some(members) = body.as_object_mut() {
            members.remove("details");
        }
        let wanted = json!({"success": false, "error": words, "errorType": code});
        assert_eq!((self.status, body), (400, wanted));
    }

    /// The parameters do not have the shape that the schema wants.
    #[track_caller]
    pub fn refused_by_schema(&self, words: &str) {
        self.refused_with_code(words, "invalid-params");
    }
}
