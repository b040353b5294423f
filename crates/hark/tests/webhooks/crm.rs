//! A desk whose workspace webhook goes to a receiver of the test.

use std::cell::Cell;
use std::ops::Deref;

use hark_testkit::form::file_part;
use hark_testkit::{Agent, Desk, Engine, Received, Receiver, eventually, text};
use serde_json::{Value, json};

use crate::HARK;

pub struct Crm {
    pub desk: Desk,
    pub receiver: Receiver,
    heard: Cell<usize>,
}

impl Deref for Crm {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

/// The switches of the integration page.
const SWITCHES: [&str; 8] = [
    "LivechatWebhookOnStart",
    "LivechatWebhookOnClose",
    "LivechatWebhookOnChatTaken",
    "LivechatWebhookOnChatQueued",
    "LivechatWebhookOnForward",
    "LivechatWebhookOnOfflineMsg",
    "LivechatWebhookOnVisitorMessage",
    "LivechatWebhookOnAgentMessage",
];

impl Crm {
    /// Hears of everything that the integration page has a switch for.
    pub fn open(engine: Engine) -> Self {
        let crm = Self::silent(engine);
        crm.switch_all(true);
        crm.point_to(&crm.receiver.url("/hook?from=hark"));
        crm
    }

    /// Has no address yet, and asks for nothing.
    pub fn silent(engine: Engine) -> Self {
        let desk = Desk::open_with(HARK, engine, |setup| {
            setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
        });
        // The server must not be quicker than the test.
        desk.set("Omnichannel_queue_delay_timeout", 3600);
        // Nobody asks the network of the test where mail goes.
        desk.set("Livechat_validate_offline_email", false);
        // A machine that has much to do is no receiver that does not answer.
        desk.set("Livechat_http_timeout", 60_000);
        Self {
            desk,
            receiver: Receiver::open(),
            heard: Cell::new(0),
        }
    }

    pub fn integrate(&self, body: &Value) {
        self.admin
            .post("omnichannel/integrations", body)
            .expect(200);
    }

    pub fn point_to(&self, url: &str) {
        self.integrate(&json!({"LivechatWebhookUrl": url}));
    }

    pub fn switch_all(&self, on: bool) {
        let all: serde_json::Map<String, Value> = SWITCHES
            .iter()
            .map(|switch| ((*switch).to_owned(), json!(on)))
            .collect();
        self.integrate(&Value::Object(all));
    }

    /// The workspace webhook as Hark's own API shows it.
    pub fn endpoint(&self) -> Value {
        let path = "/api/hark/v1/endpoints/workspace";
        self.admin.get(path).expect(200)
    }

    /// Serves the workspace webhook otherwise than its dialect would.
    pub fn serve_by(&self, policy: &Value) {
        let path = "/api/hark/v1/endpoints/workspace";
        let body = json!({"policy": policy});
        self.admin.json("PATCH", path, &body).expect(200);
    }

    /// Failures are tried again after these times.
    pub fn retry_after(&self, milliseconds: &[u64]) {
        self.serve_by(&json!({"delaysMs": milliseconds}));
    }

    /// Waits until everything that has happened so far is sent.
    pub fn settle(&self) {
        self.set("Livechat_background", "");
        self.set("Livechat_background", "white");
        let last = self
            .database
            .number("SELECT max(position) FROM event WHERE kind = 'setting.changed'");
        eventually("the reader of the log", || {
            let reached = "SELECT max(position) FROM event_reader WHERE name = 'webhooks'";
            (self.database.number(reached) >= last).then_some(())
        });
    }

    /// The next requests are these, by their types; more than these do not come before them.
    #[track_caller]
    pub fn hears(&self, wanted: &[&str]) -> Vec<Received> {
        let from = self.heard.get();
        let received = self.receiver.wait(from + wanted.len());
        let types: Vec<String> = received[from..]
            .iter()
            .map(|one| text(&one.json(), "/type"))
            .collect();
        assert_eq!(types, wanted);
        self.heard.set(received.len());
        received[from..].to_vec()
    }

    /// The next request, of which nothing but the body is asked.
    #[track_caller]
    pub fn hears_one(&self, wanted: &str) -> Value {
        self.hears(&[wanted])[0].json()
    }

    /// An agent who answers something.
    pub fn answer(&self, agent: &Agent, rid: &str, words: &str) -> Value {
        let body = json!({"message": {"rid": rid, "msg": words}});
        agent.client.post("chat.sendMessage", &body).expect(200)["message"].clone()
    }

    pub fn close(&self, agent: &Agent, rid: &str, comment: &str) {
        let body = json!({"rid": rid, "comment": comment});
        agent
            .client
            .post("livechat/room.closeByUser", &body)
            .expect(200);
    }

    pub fn close_as_visitor(&self, token: &str, rid: &str) {
        let body = json!({"rid": rid, "token": token});
        self.anyone().post("livechat/room.close", &body).expect(200);
    }

    /// Saves something about a chat; of one that is closed the CRM always hears.
    pub fn note(&self, rid: &str, topic: &str) {
        let visitor = text(&self.room(rid), "/v/_id");
        let body = json!({"guestData": {"_id": visitor}, "roomData": {"_id": rid, "topic": topic}});
        self.admin.post("livechat/room.saveInfo", &body).expect(200);
    }

    pub fn forward(&self, rid: &str, to: &Value) {
        let mut body = json!({"roomId": rid});
        for (name, value) in to.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.admin.post("livechat/room.forward", &body).expect(200);
    }

    pub fn visit(&self, token: &str, rid: Option<&str>, title: &str) {
        let mut body = json!({"token": token, "pageInfo": {
            "title": title, "change": "url", "location": {"href": format!("https://shop.example.org/{title}")},
        }});
        if let Some(rid) = rid {
            body["rid"] = json!(rid);
        }
        self.anyone()
            .post("livechat/page.visited", &body)
            .expect(200);
    }

    pub fn send_file(&self, caller: &hark_testkit::Client, path: &str, name: &str, bytes: &[u8]) {
        let file = file_part("file", name, "application/pdf", bytes);
        caller.send_form(path, &[file]).expect(200);
    }
}
