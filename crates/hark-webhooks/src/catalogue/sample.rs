//! One invented chat, in which everything happens once: what the examples tell of. The dialects
//! write it down as they write what is sent.

use std::sync::{Arc, LazyLock};

use hark_chat::messages::{Author, Edit, Message, System};
use hark_chat::uploads::Upload;
use hark_chat::{Keyring, Policy};
use hark_store::log::Place;
use hark_store::{Event, Timestamp};
use serde_json::{Value, json};

use crate::dialects::Dialect;
use crate::moment::{House, Moment, Needs, Said};

const ROOM: &str = "69b5252c8f0b3e6d71a4c902";
const VISITOR: &str = "69b525178f0b3e6d71a4c8fe";
const TOKEN: &str = "b1c4e27f90d84a6d8f3c5a7e21d9f604";
const MARTHA: (&str, &str, &str) = ("69a1d0c48f0b3e6d71a40017", "martha", "Martha Lindqvist");
const JONAS: (&str, &str, &str) = ("69a1d0d98f0b3e6d71a4001b", "jonas", "Jonas Abebe");
const ORDERS: &str = "69a1d1278f0b3e6d71a40023";
const RETURNS: &str = "69a1d1308f0b3e6d71a40026";
/// 14 March 2026, 09:07 UTC.
const BEGINNING: i64 = 1_773_479_220_000;

/// What is told of a kind of events, as far as a dialect wants to know it. Nothing of a kind that
/// there is not, or that the dialect does not tell of.
pub(super) fn moment(kind: &str, dialect: Dialect) -> Option<Moment> {
    let mut events = STORY.events.iter().filter(|event| event.kind == kind);
    let event = events.find(|event| dialect.topic(event).is_some())?;
    let seq = event.conversation.as_ref().map_or(0, |place| place.seq);
    let named = event.body["message"].as_str();
    let needs = dialect.needs(event);
    let words = STORY.words.iter().filter(|word| {
        let is_needed = match needs {
            Needs::Nothing => false,
            Needs::Message => named == Some(&word.said.message.id),
            Needs::History | Needs::HistoryAndPages => true,
        };
        is_needed && word.said.message.seq <= seq && word.from <= seq && seq < word.until
    });
    Some(Moment {
        said: words.map(|word| word.said.clone()).collect(),
        event: event.clone(),
        house: STORY.house.clone(),
    })
}

static STORY: LazyLock<Story> = LazyLock::new(Story::write);

/// Something that was said, and from which event to which it stood so.
struct Word {
    said: Said,
    from: i64,
    until: i64,
}

struct Story {
    house: House,
    now: Timestamp,
    seq: i64,
    room: Value,
    visitor: Value,
    agent: Option<Value>,
    events: Vec<Event>,
    words: Vec<Word>,
}

impl Story {
    fn write() -> Self {
        let mut story = Self::begin();
        let visitor = by_visitor();
        story.happen("chat.started", &visitor, json!({}));
        story.notice(System::Started, guest());
        story.happen("chat.queued", &visitor, json!({}));
        story.take(MARTHA);
        story.room["takenAt"] = json!(story.now.millis());
        story.happen("chat.taken", &by(MARTHA), json!({"first": true}));
        story.notice(System::Joined, author(MARTHA));
        story.say(
            "Yk7rQm2XvT9cLw4Ea",
            "My order 4711 has not come. You reach me at ada.moreau@example.com.",
            None,
        );
        story.visitor["emails"] = json!(["ada.moreau@example.com"]);
        let lead = json!({
            "message": "Yk7rQm2XvT9cLw4Ea", "emails": ["ada.moreau@example.com"], "phones": [],
        });
        story.happen("lead.captured", &visitor, lead);
        story.answer();
        story.take_back();
        story.look();
        story.room["topic"] = json!("Order 4711");
        story.room["tags"] = json!(["parcel"]);
        story.room["custom"] = json!({"order": "4711"});
        story.happen("chat.edited", &by(MARTHA), json!({"noted": true}));
        story.room["onHold"] = json!(true);
        let comment = json!({"comment": "Waiting for the carrier"});
        story.happen("chat.onhold", &by(MARTHA), comment);
        story.room["onHold"] = json!(false);
        let comment = json!({"comment": "The carrier has answered"});
        story.happen("chat.resumed", &by(MARTHA), comment);
        story.change_hands();
        story.end(&visitor);
        story.elsewhere();
        story
    }

    fn begin() -> Self {
        let now = Timestamp::from_millis(BEGINNING);
        // Without these two, one dialect has nothing to say of the pages that a visitor looks at.
        let settings = [
            ("Livechat_Visitor_navigation_as_a_message", json!(true)),
            (
                "Send_visitor_navigation_history_livechat_webhook_request",
                json!(true),
            ),
        ];
        Self {
            house: House {
                site_url: "https://chat.example.com".into(),
                policy: Arc::new(Policy::of_presets(settings)),
                keys: Arc::new(Keyring::of_examples()),
            },
            now,
            seq: 0,
            room: json!({
                "id": ROOM,
                "kind": "l",
                "name": "Ada Moreau",
                "createdAt": now.millis(),
                "lastMessageAt": now.millis(),
                "open": true,
                "department": ORDERS,
                "source": "widget",
            }),
            visitor: json!({
                "id": VISITOR,
                "token": TOKEN,
                "username": "guest-7",
                "createdAt": now.plus_millis(-21_400).millis(),
                "name": "Ada Moreau",
                "department": ORDERS,
                "ip": "203.0.113.24",
                "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "custom": {"customer": "C-20817"},
                "phones": ["+46 8 123 456 78"],
            }),
            agent: None,
            events: Vec::new(),
            words: Vec::new(),
        }
    }

    fn happen(&mut self, kind: &str, by: &Value, more: Value) {
        self.now = self.now.plus_millis(17_250);
        self.seq += 1;
        let mut body = json!({"room": self.room, "visitor": self.visitor, "by": by});
        if let Some(agent) = &self.agent {
            body["agent"] = agent.clone();
        }
        self.tell(kind, body, more);
    }

    fn tell(&mut self, kind: &str, mut body: Value, more: Value) {
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        let in_chat = body.get("room").is_some();
        self.events.push(Event {
            position: 48_211 + self.events.len() as i64,
            at: self.now,
            kind: kind.to_owned(),
            conversation: in_chat.then(|| Place {
                conversation: ROOM.to_owned(),
                seq: self.seq,
            }),
            visitor: in_chat.then(|| VISITOR.to_owned()),
            agent: body["agent"]["id"].as_str().map(str::to_owned),
            department: body["room"]["department"].as_str().map(str::to_owned),
            body,
        });
    }

    fn take(&mut self, (id, username, name): (&str, &str, &str)) {
        let now = self.now.millis();
        self.room["servedBy"] = json!({"id": id, "username": username, "at": now});
        let email = format!("{username}@example.com");
        let agent = json!({"id": id, "username": username, "name": name, "email": email});
        self.agent = Some(agent);
    }

    fn notice(&mut self, system: System, author: Author) {
        let id = format!("69b5252c8f0b3e6d71a4ca{:02x}", self.words.len());
        let message = self.message(&id, author, "");
        self.keep(
            Message {
                system: Some(system),
                ..message
            },
            None,
        );
    }

    fn message(&self, id: &str, author: Author, text: &str) -> Message {
        Message {
            n: self.words.len() as i64 + 1,
            id: id.to_owned(),
            room: Some(ROOM.to_owned()),
            seq: self.seq,
            system: None,
            hidden: false,
            by_visitor: author.id == VISITOR,
            author,
            text: text.to_owned(),
            extra: None,
            edited: None,
            at: self.now,
            updated_at: self.now,
        }
    }

    fn keep(&mut self, message: Message, file: Option<Upload>) {
        self.words.push(Word {
            said: Said { message, file },
            from: self.seq,
            until: i64::MAX,
        });
    }

    /// By the agent with whom he talks, or by the visitor.
    fn say(&mut self, id: &str, text: &str, agent: Option<(&str, &str, &str)>) {
        let named = json!({"message": id});
        self.room["lastMessageAt"] = json!(self.now.plus_millis(17_250).millis());
        let message = match agent {
            Some(agent) => {
                self.happen("message.agent", &by(agent), named);
                self.message(id, author(agent), text)
            }
            None => {
                self.happen("message.visitor", &by_visitor(), named);
                self.message(id, guest(), text)
            }
        };
        self.keep(message, None);
    }

    /// An answer with a file, which is corrected.
    fn answer(&mut self) {
        let id = "69b525d98f0b3e6d71a4c917";
        self.say(id, "It left our house on Thursday.", Some(MARTHA));
        let file = Upload {
            id: "q8NzB4sJd6HuR3mPx".into(),
            room_id: ROOM.into(),
            account_id: Some(MARTHA.0.into()),
            name: "delivery note.pdf".into(),
            media_type: "application/pdf".into(),
            size: 48_120,
            sha256: "9f2c".repeat(16),
            picture: None,
            attached: true,
            created_at: self.now,
        };
        let Some(word) = self.words.last_mut() else {
            return;
        };
        word.said.message.extra = Some(file.in_message(Some("The delivery note")));
        word.said.file = Some(file);
        let before = word.said.clone();
        let edited = json!({"message": id, "byVisitor": false});
        self.happen("message.edited", &by(MARTHA), edited);
        if let Some(word) = self.words.last_mut() {
            word.until = self.seq;
        }
        let edit = Edit {
            at: self.now,
            by: author(MARTHA),
        };
        let message = Message {
            text: "It left our house on Friday.".into(),
            edited: Some(edit),
            updated_at: self.now,
            ..before.message
        };
        self.keep(message, before.file);
    }

    /// Something the visitor says and removes.
    fn take_back(&mut self) {
        let id = "u3FpWc8KnE5xZt1Vb";
        self.say(id, "Or was it 4171?", None);
        let removed = json!({"message": id, "byVisitor": true});
        self.happen("message.deleted", &by_visitor(), removed);
        if let Some(word) = self.words.last_mut() {
            word.until = self.seq;
        }
    }

    /// At a page, which is told as a message too.
    fn look(&mut self) {
        let (title, url) = (
            "Where is my parcel?",
            "https://shop.example.com/help/parcels",
        );
        let id = "69b5266f8f0b3e6d71a4c921";
        let page = json!({"title": title, "change": "url", "address": url});
        let told = json!({"message": id, "page": page});
        self.happen("visitor.navigated", &by_visitor(), told);
        let page = json!({"title": title, "change": "url", "location": {"href": url}});
        let navigation = json!({"page": page, "token": TOKEN});
        let message = self.message(id, Author::house(), &format!("{title} - {url}"));
        let message = Message {
            system: Some(System::Visited),
            extra: Some(json!({"navigation": navigation})),
            ..message
        };
        self.keep(message, None);
    }

    /// The chat goes back into the queue, to another department, and to who works there.
    fn change_hands(&mut self) {
        let served_by = self.room["servedBy"].clone();
        let from = json!({"department": ORDERS, "servedBy": served_by});
        let returned = json!({"from": from});
        self.happen("chat.returned", &by(MARTHA), returned);
        self.take(JONAS);
        self.room["department"] = json!(RETURNS);
        let forwarded = json!({
            "scope": "department",
            "from": from,
            "comment": "The parcel came back to us",
            "toAgent": {"id": JONAS.0, "username": JONAS.1},
            "toDepartment": {"id": RETURNS, "name": "Returns"},
            "departmentName": "Returns",
            "departmentName": "Returns",
        });
        self.happen("chat.forwarded", &by(MARTHA), forwarded);
        let person = json!({"person": {"id": MARTHA.0, "username": MARTHA.1}});
        self.happen("chat.joined", &by(MARTHA), person);
    }

    fn end(&mut self, visitor: &Value) {
        self.room["open"] = json!(false);
        self.room["closedAt"] = json!(self.now.plus_millis(17_250).millis());
        self.room["closer"] = json!("user");
        self.room["closedBy"] = json!({"id": JONAS.0, "username": JONAS.1});
        let comment = json!({"comment": "Sent again", "departmentName": "Returns"});
        self.happen("chat.closed", &by(JONAS), comment);
        self.notice(System::Closed, author(JONAS));
        // What is noted about a chat that is over is told by more dialects.
        self.room["tags"] = json!(["parcel", "lost"]);
        self.happen("chat.edited", &by(JONAS), json!({"noted": true}));
        let feedback = json!({
            "satisfaction": "5",
            "agentKnowledge": "5",
            "agentResposiveness": "4",
            "agentFriendliness": "5",
            "additionalFeedback": "Thank you!",
        });
        self.happen("feedback.submitted", visitor, json!({"feedback": feedback}));
    }

    /// What happens outside of chats.
    fn elsewhere(&mut self) {
        self.now = self.now.plus_seconds(31_000);
        let form = json!({
            "name": "Ilya Petrov",
            "email": "ilya.petrov@example.org",
            "message": "Do you deliver to Norway?",
            "department": "Orders",
            "departmentName": "Orders",
            "host": "https://shop.example.com",
        });
        self.tell("offline.submitted", form, json!({}));
        if let Some(event) = self.events.last_mut() {
            event.department = Some(ORDERS.to_owned());
        }
        let (id, username, name) = MARTHA;
        let status = json!({
            "agent": {"id": id, "username": username, "name": name},
            "status": "away",
            "text": "Back at three",
            "by": by(MARTHA),
            "was": {"status": "online", "available": true},
            "available": true,
            "was": {"status": "online", "available": true},
        });
        self.tell("agent.status", status, json!({}));
    }
}

fn by((id, username, _): (&str, &str, &str)) -> Value {
    json!({"id": id, "username": username})
}

fn by_visitor() -> Value {
    json!({"id": VISITOR, "username": "guest-7", "visitor": true})
}

fn author((id, username, name): (&str, &str, &str)) -> Author {
    Author {
        id: id.to_owned(),
        username: username.to_owned(),
        name: Some(name.to_owned()),
    }
}

fn guest() -> Author {
    Author {
        id: VISITOR.to_owned(),
        username: "guest-7".to_owned(),
        name: Some("Ada Moreau".to_owned()),
    }
}
