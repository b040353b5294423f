use std::path::Path;

use serde_json::{Value, json};

use crate::{Client, Database, Engine, Response, Server, Setup};

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

/// A path below `/api/v1/`; the letters of JSON that a URL does not have are written as it has
/// them.
fn api(path: &str) -> String {
    let mut url = String::from("/api/v1/");
    for letter in path.chars() {
        match letter {
            ' ' | '"' | '{' | '}' | '^' | '|' | '\\' | '+' | '<' | '>' => {
                url.push_str(&format!("%{:02X}", u32::from(letter)));
            }
            letter => url.push(letter),
        }
    }
    url
}

/// The Rocket.Chat API in short.
impl Client {
    pub fn ask(&self, path: &str) -> Response {
        self.get(&api(path))
    }

    pub fn tell(&self, path: &str, body: &Value) -> Response {
        self.json("POST", &api(path), body)
    }

    pub fn change(&self, path: &str, body: &Value) -> Response {
        self.json("PUT", &api(path), body)
    }

    pub fn remove(&self, path: &str, body: &Value) -> Response {
        self.json("DELETE", &api(path), body)
    }

    /// What a method of the real-time API answers over REST: its result or its error.
    pub fn method(&self, name: &str, params: &Value) -> Value {
        let frame = json!({"msg": "method", "id": "1", "method": name, "params": params});
        let body = json!({"message": frame.to_string()});
        let answer = self
            .tell(&format!("method.call/{}", name.replace(':', "%3A")), &body)
            .expect(200);
        serde_json::from_str(answer["message"].as_str().unwrap()).unwrap()
    }
}

impl Desk {
    pub fn open(binary: impl AsRef<Path>, engine: Engine) -> Self {
        Self::open_with(binary, engine, |setup| setup)
    }

    pub fn open_with(
        binary: impl AsRef<Path>,
        engine: Engine,
        more: impl Fn(Setup) -> Setup,
    ) -> Self {
        let database = Database::fresh(engine);
        let server = more(Setup::new(binary).on(&database)).start();
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

    /// An agent who is there and available.
    pub fn agent(&self, name: &str) -> Agent {
        self.agent_with(name, &["user", "livechat-agent"])
    }

    pub fn agent_with(&self, name: &str, roles: &[&str]) -> Agent {
        let client = self.admin.person(name, roles);
        let id = text(&client.ask("me").expect(200), "/_id");
        let online = json!({"status": "online", "message": ""});
        client.tell("users.setStatus", &online).expect(200);
        if roles.contains(&"livechat-agent") {
            let available = json!({"status": "available"});
            client.tell("livechat/agent.status", &available).expect(200);
        }
        Agent {
            client,
            id,
            name: name.to_owned(),
        }
    }

    pub fn set(&self, id: &str, value: impl Into<Value>) {
        let body = json!({"value": value.into()});
        self.admin
            .tell(&format!("settings/{id}"), &body)
            .expect(200);
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
        let made = self.admin.tell("livechat/department", &body).expect(200);
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

    /// Registers a visitor by the name of his token; answers him.
    pub fn visitor(&self, token: &str, more: &Value) -> Value {
        let mut visitor = json!({"token": token});
        for (name, value) in more.as_object().into_iter().flatten() {
            visitor[name] = value.clone();
        }
        let answer = self
            .anyone()
            .tell("livechat/visitor", &json!({"visitor": visitor}));
        answer.expect(200)["visitor"].clone()
    }

    /// Opens a chat for a visitor who is known; answers the room.
    pub fn chat(&self, token: &str) -> Value {
        let answer = self.anyone().ask(&format!("livechat/room?token={token}"));
        answer.expect(200)["room"].clone()
    }

    /// Registers a visitor and opens his chat; answers the room's id.
    pub fn new_chat(&self, token: &str) -> String {
        self.visitor(token, &json!({}));
        text(&self.chat(token), "/_id")
    }

    pub fn say(&self, token: &str, rid: &str, words: &str) -> Value {
        let body = json!({"token": token, "rid": rid, "msg": words});
        let answer = self.anyone().tell("livechat/message", &body);
        answer.expect(200)["message"].clone()
    }

    /// The room as managers see it in their list.
    pub fn room(&self, rid: &str) -> Value {
        let rooms = self.admin.ask("livechat/rooms?count=0").expect(200);
        let rooms = rooms["rooms"].as_array().unwrap().iter();
        let found = rooms.into_iter().find(|room| room["_id"] == rid);
        found.unwrap_or_else(|| panic!("no room {rid}")).clone()
    }

    /// The room's place in the queue; null if it has none.
    pub fn inquiry(&self, rid: &str) -> Value {
        let path = format!("livechat/inquiries.getOne?roomId={rid}");
        self.admin.ask(&path).expect(200)["inquiry"].clone()
    }

    pub fn take(&self, agent: &Agent, rid: &str) -> Response {
        let inquiry = text(&self.inquiry(rid), "/_id");
        let body = json!({"inquiryId": inquiry});
        agent.client.tell("livechat/inquiries.take", &body)
    }

    /// All that was said in a chat, oldest first.
    pub fn history(&self, token: &str, rid: &str) -> Vec<Value> {
        let path = format!("livechat/messages.history/{rid}?token={token}&limit=1000");
        let answer = self.anyone().ask(&path).expect(200);
        let mut messages = answer["messages"].as_array().unwrap().clone();
        messages.reverse();
        messages
    }

    /// The same in short: `author type words` of what the house said, `author: words` of the rest.
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
