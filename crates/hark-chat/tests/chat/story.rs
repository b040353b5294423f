//! What the log says of each conversation: the order of its events is the one that webhooks
//! promise, and each event says what its receivers have to know.

use std::collections::{BTreeMap, BTreeSet};

use hark_store::{Event, Statement, params};
use serde_json::{Value, json};

use crate::world::{World, body_of};

static OF_CONVERSATIONS: Statement = Statement::new(
    "of_conversations",
    "SELECT position, at, kind, conversation, seq, visitor, agent, department, body
        FROM event WHERE conversation IS NOT NULL ORDER BY conversation, seq",
    None,
);

pub fn events(world: &World) -> BTreeMap<String, Vec<Event>> {
    let events = world.read(|view| {
        view.query(&OF_CONVERSATIONS, params![], |row| {
            Ok(Event {
                position: row.get(0)?,
                at: row.get(1)?,
                kind: row.get(2)?,
                conversation: Some(hark_store::log::ConversationSeq {
                    conversation: row.get(3)?,
                    seq: row.get(4)?,
                }),
                visitor: row.get(5)?,
                agent: row.get(6)?,
                department: row.get(7)?,
                body: row.get(8)?,
            })
        })
    });
    let mut events_of: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for event in events {
        let place = event.conversation.clone().unwrap();
        events_of.entry(place.conversation).or_default().push(event);
    }
    events_of
}

pub fn kinds(world: &World, room: &str) -> Vec<String> {
    let events = events(world).remove(room).unwrap_or_default();
    events.into_iter().map(|event| event.kind).collect()
}

pub fn check(world: &World) {
    for (conversation, events) in events(world) {
        let mut listener = Listener {
            conversation: &conversation,
            open: false,
            on_hold: false,
            agent: None,
            last_message_at: Value::Null,
            said: BTreeSet::new(),
        };
        for (at, event) in events.iter().enumerate() {
            let seq = event.conversation.as_ref().unwrap().seq;
            assert_eq!(seq, at as i64 + 1, "the numbers of {conversation}");
            let before = at.checked_sub(1).map(|before| &events[before]);
            listener.hear(before, event, events.get(at + 1));
        }
    }
}

fn kind_of(event: Option<&Event>) -> &str {
    event.map_or("", |event| event.kind.as_str())
}

/// Someone who knows of a conversation only what its events say.
struct Listener<'c> {
    conversation: &'c str,
    open: bool,
    on_hold: bool,
    agent: Option<String>,
    last_message_at: Value,
    said: BTreeSet<String>,
}

impl Listener<'_> {
    fn hear(&mut self, before: Option<&Event>, event: &Event, after: Option<&Event>) {
        let (before_kind, after_kind) = (kind_of(before), kind_of(after));
        let body = &body_of(event);
        let context = format!(
            "{} {:?}: {before_kind} → {} → {after_kind}: {body}",
            self.conversation, event.conversation, event.kind
        );
        self.check_frame(event, &context);
        let agent = body["agent"]["id"].as_str().map(str::to_owned);
        let is_open = body["room"]["open"] == json!(true);
        match event.kind.as_str() {
            "chat.started" => {
                assert!(before.is_none() && is_open && agent.is_none(), "{context}");
                self.open = true;
                self.last_message_at = body["room"]["createdAt"].clone();
            }
            "chat.queued" => {
                let causes = ["chat.started", "chat.forwarded", "chat.returned"];
                assert!(causes.contains(&before_kind), "{context}");
                assert!(agent.is_none() && self.open, "{context}");
                self.agent = None;
            }
            "chat.taken" => {
                assert!(self.open && !self.on_hold && agent.is_some(), "{context}");
                assert_ne!(agent, self.agent, "{context}");
                assert_eq!(
                    body["room"]["servedBy"]["at"],
                    json!(event.at.millis()),
                    "{context}"
                );
                self.agent.clone_from(&agent);
            }
            "chat.returned" => {
                assert!(self.open && !self.on_hold, "{context}");
                assert!(
                    ["chat.forwarded", "chat.queued"].contains(&after_kind),
                    "{context}"
                );
                assert_eq!(
                    body["from"]["servedBy"]["id"],
                    json!(self.agent),
                    "{context}"
                );
            }
            "chat.forwarded" => self.hear_forwarded(before_kind, event, after_kind, &context),
            "message.visitor" | "message.agent" => {
                assert!(self.open, "{context}");
                let id = body["message"].as_str().unwrap().to_owned();
                assert!(self.said.insert(id), "said twice: {context}");
                let by_visitor = event.kind == "message.visitor";
                assert_eq!(
                    body["by"]["visitor"] == json!(true),
                    by_visitor,
                    "{context}"
                );
            }
            "lead.captured" => {
                assert_eq!(before_kind, "message.visitor", "{context}");
                assert_eq!(
                    body["message"],
                    body_of(before.unwrap())["message"],
                    "{context}"
                );
                for (found, kept) in [("emails", "emails"), ("phones", "phones")] {
                    for one in body[found].as_array().unwrap() {
                        let kept = body["visitor"][kept].as_array();
                        assert!(kept.is_some_and(|kept| kept.contains(one)), "{context}");
                    }
                }
            }
            "message.edited" | "message.deleted" => {
                let id = body["message"].as_str().unwrap();
                assert!(self.said.contains(id), "{context}");
                if event.kind == "message.deleted" {
                    self.said.remove(id);
                }
            }
            "chat.closed" => {
                assert!(self.open && !is_open, "{context}");
                let room = &body["room"];
                assert_eq!(room["closedAt"], json!(event.at.millis()), "{context}");
                assert!(room["closedBy"]["id"].is_string(), "{context}");
                assert!(
                    ["user", "visitor"].contains(&room["closer"].as_str().unwrap()),
                    "{context}"
                );
                assert!(body["comment"].is_string(), "{context}");
                self.open = false;
                self.on_hold = false;
            }
            "chat.joined" => assert!(self.open && body["person"]["id"].is_string(), "{context}"),
            "chat.onhold" => {
                assert!(self.open && !self.on_hold && agent.is_some(), "{context}");
                self.on_hold = true;
            }
            "chat.resumed" => {
                assert!(self.open && self.on_hold, "{context}");
                self.on_hold = false;
            }
            "visitor.navigated" | "visitor.changed" => assert!(self.open, "{context}"),
            "chat.edited"
            | "chat.priority-changed"
            | "chat.sla-changed"
            | "chat.overdue"
            | "chat.abandoned"
            | "chat.tagged"
            | "feedback.submitted" => {}
            other => panic!("nobody knows {other}: {context}"),
        }
        assert_eq!(is_open, self.open, "{context}");
        assert_eq!(agent, self.agent, "{context}");
        assert_eq!(
            body["room"]["onHold"] == json!(true),
            self.on_hold,
            "{context}"
        );
        assert_eq!(
            body["room"]["lastMessageAt"], self.last_message_at,
            "{context}"
        );
        if event.kind == "message.visitor" || event.kind == "message.agent" {
            self.last_message_at = json!(event.at.millis());
        }
    }

    fn hear_forwarded(&self, before: &str, event: &Event, after: &str, context: &str) {
        let body = &body_of(event);
        assert!(self.open && !self.on_hold, "{context}");
        let from = &body["from"];
        let department = |of: &Value| of["department"].as_str().map(str::to_owned);
        match body["scope"].as_str().unwrap() {
            "agent" => {
                assert_eq!(before, "chat.taken", "{context}");
                assert_eq!(body["toAgent"]["id"], json!(self.agent), "{context}");
                assert_ne!(from["servedBy"]["id"], json!(self.agent), "{context}");
                assert_eq!(department(from), department(&body["room"]), "{context}");
            }
            "department" => {
                assert_ne!(department(from), department(&body["room"]), "{context}");
                assert!(body["toDepartment"]["id"].is_string(), "{context}");
                match before {
                    "chat.taken" if after != "chat.queued" => {
                        assert_ne!(from["servedBy"]["id"], json!(self.agent), "{context}");
                    }
                    // The old agent has it until the queue does.
                    _ => {
                        assert_eq!(after, "chat.queued", "{context}");
                        let old = from["servedBy"]["id"].as_str();
                        assert_eq!(old, self.agent.as_deref(), "{context}");
                    }
                }
            }
            "queue" => {
                assert_eq!(
                    (before, after),
                    ("chat.returned", "chat.queued"),
                    "{context}"
                );
                assert_ne!(department(from), department(&body["room"]), "{context}");
            }
            other => panic!("no transfer is called {other}: {context}"),
        }
    }

    /// What every event carries.
    fn check_frame(&self, event: &Event, context: &str) {
        let body = &body_of(event);
        assert_eq!(body["room"]["id"], json!(self.conversation), "{context}");
        assert_eq!(body["room"]["kind"], json!("l"), "{context}");
        for member in ["name", "createdAt", "lastMessageAt", "source"] {
            assert!(!body["room"][member].is_null(), "{member} of {context}");
        }
        for member in ["id", "token", "username"] {
            assert!(body["visitor"][member].is_string(), "{member} of {context}");
        }
        assert_eq!(body["visitor"]["id"], json!(event.visitor), "{context}");
        assert_eq!(body["agent"]["id"], json!(event.agent), "{context}");
        assert_eq!(
            body["room"]["servedBy"]["id"], body["agent"]["id"],
            "{context}"
        );
        assert_eq!(
            body["room"]["department"],
            json!(event.department),
            "{context}"
        );
        assert!(body.get("by").is_some(), "{context}");
        if event.agent.is_some() {
            assert!(body["agent"]["username"].is_string(), "{context}");
            assert!(body["agent"]["email"].is_string(), "{context}");
        }
    }
}
