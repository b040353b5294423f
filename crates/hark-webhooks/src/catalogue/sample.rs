//! One invented chat, in which everything happens once: what the examples tell of. The dialects
//! write it down as they write what is sent.

use std::sync::{Arc, LazyLock};

use hark_chat::messages::{Author, Edit, Message, System};
use hark_chat::notes::{Mentions, Note, Writer};
use hark_chat::uploads::Upload;
use hark_model::events::{
    Abandoned, AgentName, AgentSnapshot, AgentStatus, Changed, ChatSnapshot, Closed, Commented,
    ContactSnapshot, ContactUpdated, DeliveryGivenUp, Edited, EndpointDisabled, EndpointFailing,
    EndpointRecovered, Event, Feedback, Forwarded, InRoom, Kind, LeadCaptured, LeftMessage,
    NamedDepartment, NamedPriority, Navigated, Noted, Overdue, Page, PersonOf, Prioritized,
    Promise, Promised, Rated, Reachability, Recorded, Returned, RoomSnapshot, Said as Named,
    Serving, Tagged, Taken, TransferOrigin, TransferScope, Visit, VisitorErased, VisitorSnapshot,
};
use hark_model::rooms::{self, Person};
use hark_model::{Actor, Keyring, Policy};
use hark_store::Timestamp;
use hark_store::log::ConversationSeq;
use serde_json::{Map, json};

use crate::dialects::Dialect;
use crate::moment::{Moment, Needs, RenderContext, Said};

const ROOM: &str = "69b5252c8f0b3e6d71a4c902";
const VISITOR: &str = "69b525178f0b3e6d71a4c8fe";
const TOKEN: &str = "b1c4e27f90d84a6d8f3c5a7e21d9f604";
const MARTHA: Colleague = Colleague {
    id: "69a1d0c48f0b3e6d71a40017",
    username: "martha",
    name: "Martha Lindqvist",
};
const JONAS: Colleague = Colleague {
    id: "69a1d0d98f0b3e6d71a4001b",
    username: "jonas",
    name: "Jonas Abebe",
};
const ORDERS: &str = "69a1d1278f0b3e6d71a40023";
const RETURNS: &str = "69a1d1308f0b3e6d71a40026";
/// 14 March 2026, 09:07 UTC.
const BEGINNING: i64 = 1_773_479_220_000;

/// The moment of the sample for a kind of events, with the messages that a dialect needs. Nothing
/// where the dialect has no word for the kind.
pub(super) fn moment(kind: Kind, dialect: Dialect) -> Option<Moment<'static>> {
    let mut events = INVENTED_CHAT
        .events
        .iter()
        .filter(|event| event.kind() == kind);
    let recorded = events.find(|event| dialect.topic(event).is_some())?;
    let seq = recorded.seq().unwrap_or(0);
    let needs = dialect.needs(recorded);
    let words = INVENTED_CHAT.words.iter().filter(|word| {
        let is_needed = match needs {
            Needs::Nothing | Needs::Note => false,
            Needs::Message => recorded.event.message() == Some(&word.said.message.id),
            Needs::History | Needs::HistoryAndPages => true,
        };
        is_needed && word.said.message.seq <= seq && word.from <= seq && seq < word.until
    });
    let notes = INVENTED_CHAT.notes.iter().rev();
    let mut notes = notes.filter(|note| note.version_seq <= seq);
    Some(Moment {
        note: (needs == Needs::Note)
            .then(|| notes.next().cloned())
            .flatten(),
        said: words.map(|word| word.said.clone()).collect(),
        recorded,
        context: &INVENTED_CHAT.context,
    })
}

static INVENTED_CHAT: LazyLock<InventedChat> = LazyLock::new(InventedChat::write);

/// Something that was said, and from which event to which it stood so.
struct Word {
    said: Said,
    from: i64,
    until: i64,
}

struct InventedChat {
    context: RenderContext,
    now: Timestamp,
    seq: i64,
    room: RoomSnapshot,
    visitor: VisitorSnapshot,
    agent: Option<AgentSnapshot>,
    events: Vec<Recorded>,
    words: Vec<Word>,
    notes: Vec<Note>,
}

/// Someone who answers.
#[derive(Clone, Copy)]
struct Colleague {
    id: &'static str,
    username: &'static str,
    name: &'static str,
}

impl InventedChat {
    fn write() -> Self {
        let mut story = Self::begin();
        story.happen(Event::ChatStarted, guest(), ());
        story.notice(System::Started, guest_author());
        story.happen(Event::ChatQueued, guest(), ());
        story.take(MARTHA);
        story.room.taken_at = Some(story.now);
        story.happen(Event::ChatTaken, MARTHA.actor(), Taken { first: true });
        story.notice(System::Joined, MARTHA.author());
        story.say(
            "Yk7rQm2XvT9cLw4Ea",
            "My order 4711 has not come. You reach me at ada.moreau@example.com.",
            None,
        );
        let emails = vec!["ada.moreau@example.com".to_owned()];
        story.visitor.emails.clone_from(&emails);
        let lead = LeadCaptured {
            message: "Yk7rQm2XvT9cLw4Ea".into(),
            emails,
            phones: Vec::new(),
        };
        story.happen(Event::LeadCaptured, guest(), lead);
        story.answer();
        story.take_back();
        story.look();
        story.room.topic = Some("Order 4711".into());
        story.room.tags = vec!["parcel".into()];
        story.room.custom = Map::from_iter([("order".to_owned(), json!("4711"))]);
        story.happen(Event::ChatEdited, MARTHA.actor(), Edited { noted: true });
        story.room.on_hold = true;
        let comment = "Waiting for the carrier".into();
        story.happen(Event::ChatOnHold, MARTHA.actor(), Commented { comment });
        story.room.on_hold = false;
        let comment = "The carrier has answered".into();
        story.happen(Event::ChatResumed, MARTHA.actor(), Commented { comment });
        story.change_hands();
        story.end();
        story.elsewhere();
        story.wait();
        story.note();
        story.fall_silent();
        story.tag();
        story.know_better();
        story
    }

    fn begin() -> Self {
        let now = Timestamp::from_millis(BEGINNING);
        // Without these two, one dialect has nothing to say of the pages that a visitor looks at.
        let settings = [
            (
                hark_model::settings::Livechat_Visitor_navigation_as_a_message.id,
                json!(true),
            ),
            (
                hark_model::settings::Send_visitor_navigation_history_livechat_webhook_request.id,
                json!(true),
            ),
        ];
        Self {
            context: RenderContext {
                site_url: "https://chat.example.com".into(),
                policy: Arc::new(Policy::of_presets(settings)),
                keys: Arc::new(Keyring::of_examples()),
            },
            now,
            seq: 0,
            room: RoomSnapshot {
                id: ROOM.into(),
                kind: rooms::Kind::Live,
                name: "Ada Moreau".into(),
                created_at: now,
                last_message_at: now,
                open: true,
                topic: None,
                department: Some(ORDERS.into()),
                crm_data: None,
                source: Some(Some("widget".into())),
                tags: Vec::new(),
                custom: Map::new(),
                taken_at: None,
                on_hold: false,
                served_by: None,
                closed_at: None,
                closer: None,
                closed_by: None,
            },
            visitor: VisitorSnapshot {
                id: VISITOR.into(),
                token: TOKEN.into(),
                username: "guest-7".into(),
                created_at: Some(now.plus_millis(-21_400)),
                name: Some("Ada Moreau".into()),
                department: Some(ORDERS.into()),
                ip: Some("203.0.113.24".into()),
                user_agent: Some(
                    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
                ),
                custom: Map::from_iter([("customer".to_owned(), json!("C-20817"))]),
                emails: Vec::new(),
                phones: vec!["+46 8 123 456 78".into()],
            },
            agent: None,
            events: Vec::new(),
            words: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn happen<T>(&mut self, event: fn(InRoom<T>) -> Event, by: Actor, details: T) {
        self.now = self.now.plus_millis(17_250);
        self.seq += 1;
        let chat = ChatSnapshot {
            room: self.room.clone(),
            visitor: Some(self.visitor.clone()),
            agent: self.agent.clone(),
            by,
        };
        let recorded = Recorded {
            conversation: Some(ConversationSeq {
                conversation: self.room.id.clone(),
                seq: self.seq,
            }),
            visitor: Some(VISITOR.to_owned()),
            agent: self.agent.as_ref().map(|agent| agent.id.clone()),
            department: self.room.department.clone(),
            ..self.outside(event(InRoom { chat, details }))
        };
        self.events.push(recorded);
    }

    /// Outside of chats.
    fn outside(&self, event: Event) -> Recorded {
        Recorded {
            position: 48_211 + self.events.len() as i64,
            at: self.now,
            conversation: None,
            visitor: None,
            agent: None,
            department: None,
            event,
        }
    }

    fn take(&mut self, agent: Colleague) {
        self.room.served_by = Some(Serving {
            id: agent.id.into(),
            username: agent.username.into(),
            at: self.now,
        });
        self.agent = Some(AgentSnapshot {
            id: agent.id.into(),
            username: agent.username.into(),
            name: Some(agent.name.into()),
            email: Some(format!("{}@example.com", agent.username)),
            custom_fields: Map::new(),
        });
    }

    fn notice(&mut self, system: System, author: Author) {
        let id = format!("69b5252c8f0b3e6d71a4ca{:02x}", self.words.len());
        let mut message = self.message(&id, author, "");
        message.system = Some(system);
        self.keep(message, None);
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

    /// By the agent with whom they talk, or by the visitor.
    fn say(&mut self, id: &str, text: &str, agent: Option<Colleague>) {
        self.room.last_message_at = self.now.plus_millis(17_250);
        let named = Named { message: id.into() };
        let author = match agent {
            Some(agent) => {
                self.happen(Event::MessageAgent, agent.actor(), named);
                agent.author()
            }
            None => {
                self.happen(Event::MessageVisitor, guest(), named);
                guest_author()
            }
        };
        self.keep(self.message(id, author, text), None);
    }

    /// An answer with a file, which is corrected.
    fn answer(&mut self) {
        let id = "69b525d98f0b3e6d71a4c917";
        self.say(id, "It left our house on Thursday.", Some(MARTHA));
        let file = Upload {
            id: "q8NzB4sJd6HuR3mPx".into(),
            room_id: ROOM.into(),
            account_id: Some(MARTHA.id.into()),
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
        let edited = Changed {
            message: id.into(),
            by_visitor: false,
        };
        self.happen(Event::MessageEdited, MARTHA.actor(), edited);
        if let Some(word) = self.words.last_mut() {
            word.until = self.seq;
        }
        let edit = Edit {
            at: self.now,
            by: MARTHA.author(),
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
        let removed = Changed {
            message: id.into(),
            by_visitor: true,
        };
        self.happen(Event::MessageDeleted, guest(), removed);
        if let Some(word) = self.words.last_mut() {
            word.until = self.seq;
        }
    }

    /// At a page, which is a message too.
    fn look(&mut self) {
        let (title, url) = (
            "Where is my parcel?",
            "https://shop.example.com/help/parcels",
        );
        let id = "69b5266f8f0b3e6d71a4c921";
        let visit = Visit {
            message: Some(id.into()),
            page: Page {
                title: title.into(),
                change: "url".into(),
                address: url.into(),
            },
        };
        let navigated = |seen| Event::VisitorNavigated(Navigated::InRoom(Box::new(seen)));
        self.happen(navigated, guest(), visit);
        let page = json!({"title": title, "change": "url", "location": {"href": url}});
        let navigation = json!({"page": page, "token": TOKEN});
        let mut message = self.message(id, Author::system(), &format!("{title} - {url}"));
        message.system = Some(System::Visited);
        message.extra = Some(json!({"navigation": navigation}));
        self.keep(message, None);
    }

    /// The chat goes back into the queue, to another department, and to who works there.
    fn change_hands(&mut self) {
        let from = TransferOrigin {
            department: Some(ORDERS.into()),
            served_by: self.room.served_by.clone(),
        };
        let returned = Returned {
            from: from.clone(),
            left: Vec::new(),
        };
        self.happen(Event::ChatReturned, MARTHA.actor(), returned);
        self.take(JONAS);
        self.room.department = Some(RETURNS.into());
        let forwarded = Forwarded {
            scope: TransferScope::Department,
            from,
            left: Vec::new(),
            comment: Some("The parcel came back to us".into()),
            to_agent: Some(JONAS.person()),
            to_department: Some(NamedDepartment {
                id: RETURNS.into(),
                name: "Returns".into(),
            }),
            department_name: Some("Returns".into()),
        };
        self.happen(Event::ChatForwarded, MARTHA.actor(), forwarded);
        let joined = PersonOf {
            person: MARTHA.person(),
        };
        self.happen(Event::ChatJoined, MARTHA.actor(), joined);
    }

    fn end(&mut self) {
        self.room.open = false;
        self.room.closed_at = Some(self.now.plus_millis(17_250));
        self.room.closer = Some("user".into());
        self.room.closed_by = Some(JONAS.person());
        let closed = Closed {
            comment: "Sent again".into(),
            left: Vec::new(),
            inquiry: None,
            department_name: Some("Returns".into()),
            feedback: None,
        };
        self.happen(Event::ChatClosed, JONAS.actor(), closed);
        self.notice(System::Closed, JONAS.author());
        // More dialects have a word for what is noted about a chat that is over.
        self.room.tags = vec!["parcel".into(), "lost".into()];
        self.happen(Event::ChatEdited, JONAS.actor(), Edited { noted: true });
        let answers = [
            (Feedback::SATISFACTION, "5"),
            (Feedback::AGENT_KNOWLEDGE, "5"),
            (Feedback::AGENT_RESPONSIVENESS, "4"),
            (Feedback::AGENT_FRIENDLINESS, "5"),
            (Feedback::COMMENT, "Thank you!"),
        ];
        let answers = answers.map(|(question, answer)| (question.to_owned(), json!(answer)));
        let feedback = Feedback(Map::from_iter(answers));
        self.happen(Event::FeedbackSubmitted, guest(), Rated { feedback });
    }

    /// Another chat of the same visitor is in a hurry.
    fn wait(&mut self) {
        self.now = self.now.plus_seconds(31_000);
        self.seq = 2;
        self.agent = None;
        self.room = RoomSnapshot {
            id: "69bcf1d28f0b3e6d71a4d377".into(),
            name: self.room.name.clone(),
            created_at: self.now,
            last_message_at: self.now,
            open: true,
            department: Some(ORDERS.into()),
            topic: None,
            crm_data: None,
            tags: Vec::new(),
            custom: Map::new(),
            taken_at: None,
            served_by: None,
            closed_at: None,
            closer: None,
            closed_by: None,
            ..self.room.clone()
        };
        let urgent = NamedPriority {
            id: "692a9d80b36f1c4e07d58a02".into(),
            label: "High".into(),
            name: Some("Urgent".into()),
            weight: 2,
        };
        let prioritized = Prioritized {
            from: None,
            to: Some(urgent),
        };
        self.happen(Event::ChatPriorityChanged, MARTHA.actor(), prioritized);
        let promise = Promise {
            id: "69a1d13b8f0b3e6d71a40029".into(),
            name: "Within a quarter of an hour".into(),
            minutes: 15,
        };
        let due_at = self.room.created_at.plus_seconds(15 * 60);
        let promised = Promised {
            from: None,
            to: Some(promise.clone()),
            due_at: Some(due_at),
        };
        self.happen(Event::ChatSlaChanged, MARTHA.actor(), promised);
        self.now = due_at;
        let overdue = Overdue { promise, due_at };
        self.happen(Event::ChatOverdue, Actor::System, overdue);
    }

    /// That chat has an agent, who answers, and its visitor says nothing more.
    fn fall_silent(&mut self) {
        self.now = self.now.plus_seconds(400);
        self.take(MARTHA);
        self.now = self.now.plus_seconds(90);
        let silent_since = self.now;
        self.now = self.now.plus_seconds(3_600);
        let abandoned = Abandoned {
            silent_since,
            closes: true,
        };
        self.happen(Event::ChatAbandoned, Actor::System, abandoned);
    }

    /// What happens outside of chats.
    fn elsewhere(&mut self) {
        self.now = self.now.plus_seconds(31_000);
        let left = LeftMessage {
            name: "Ilya Petrov".into(),
            email: "ilya.petrov@example.org".into(),
            message: "Do you deliver to Norway?".into(),
            department: Some("Orders".into()),
            department_name: Some("Orders".into()),
            host: Some("https://shop.example.com".into()),
        };
        self.events.push(Recorded {
            department: Some(ORDERS.to_owned()),
            ..self.outside(Event::OfflineSubmitted(left))
        });
        let status = AgentStatus {
            agent: AgentName {
                id: MARTHA.id.into(),
                username: MARTHA.username.into(),
                name: MARTHA.name.into(),
            },
            status: Some("away".into()),
            text: Some("Back at three".into()),
            by: MARTHA.actor(),
            was: Some(Reachability {
                status: "online".into(),
                available: Some(true),
            }),
            available: Some(true),
            because: None,
        };
        self.events.push(Recorded {
            agent: Some(MARTHA.id.to_owned()),
            ..self.outside(Event::AgentStatus(status))
        });
        self.fail();
    }

    /// An agent asks another one something, says it otherwise, and takes it back.
    fn note(&mut self) {
        let id = "69b527a18f0b3e6d71a4c93a";
        let noted = |mentions: &[Colleague]| Noted {
            note: id.into(),
            mentions: mentions.iter().map(|one| one.person()).collect(),
        };
        self.happen(Event::NoteAdded, MARTHA.actor(), noted(&[JONAS]));
        let note = Note {
            id: id.into(),
            room: ROOM.into(),
            seq: self.seq,
            version_seq: self.seq,
            author: Writer {
                id: MARTHA.id.into(),
                username: MARTHA.username.into(),
                name: Some(MARTHA.name.into()),
            },
            text: "@jonas did the carrier call you about 4711?".into(),
            mentions: Mentions(vec![JONAS.person()]),
            at: self.now,
            edited_at: None,
        };
        self.notes.push(note.clone());
        self.happen(Event::NoteEdited, MARTHA.actor(), noted(&[]));
        self.notes.push(Note {
            version_seq: self.seq,
            text: "@jonas did the carrier call you about order 4711?".into(),
            edited_at: Some(self.now),
            ..note
        });
        self.happen(Event::NoteDeleted, MARTHA.actor(), noted(&[]));
    }

    /// Somebody writes down what is known of a person, and forgets them later.
    fn know_better(&mut self) {
        let contact = ContactSnapshot {
            id: VISITOR.into(),
            name: Some("Ada Moreau".into()),
            emails: vec!["ada.moreau@example.org".into()],
            phones: vec!["+46 8 123 456 78".into()],
            custom: self.visitor.custom.clone(),
            manager: Some(MARTHA.username.into()),
        };
        let updated = ContactUpdated {
            contact,
            changed: vec!["emails".into(), "contactManager".into()],
            by: MARTHA.actor(),
        };
        self.events.push(Recorded {
            visitor: Some(VISITOR.to_owned()),
            ..self.outside(Event::ContactUpdated(updated))
        });
        self.now = self.now.plus_seconds(86_400);
        let erased = VisitorErased {
            visitor: VISITOR.into(),
            chats: 1,
            by: JONAS.actor(),
        };
        self.events.push(Recorded {
            visitor: Some(VISITOR.to_owned()),
            ..self.outside(Event::VisitorErased(erased))
        });
    }

    /// A chat is tagged with one word more.
    fn tag(&mut self) {
        let word = "complaint".to_owned();
        self.room.tags.push(word.clone());
        let tagged = Tagged {
            added: vec![word],
            removed: Vec::new(),
        };
        self.happen(Event::ChatTagged, MARTHA.actor(), tagged);
    }

    /// Another endpoint is out of reach, and comes back.
    fn fail(&mut self) {
        let (endpoint, name) = ("69a1c8a08f0b3e6d71a3fff1", "The warehouse");
        let (endpoint, name) = (endpoint.to_owned(), name.to_owned());
        let since = self.now;
        self.now = self.now.plus_seconds(40);
        let failing = EndpointFailing {
            endpoint: endpoint.clone(),
            name: name.clone(),
            since,
            error: "connect".into(),
            reason: "no connection: connection refused".into(),
        };
        self.events
            .push(self.outside(Event::EndpointFailing(failing)));
        self.now = self.now.plus_seconds(70);
        let given_up = DeliveryGivenUp {
            delivery: "msg_4_48190_c0rLd5eVqTzXb8WnA".into(),
            endpoint: endpoint.clone(),
            name: name.clone(),
            event: 48_190,
            kind: "chat.closed".into(),
            conversation: Some(ROOM.into()),
            attempts: 11,
            status: None,
            error: Some("connect".into()),
        };
        self.events
            .push(self.outside(Event::DeliveryGivenUp(given_up)));
        self.now = self.now.plus_days(5);
        let disabled = EndpointDisabled {
            endpoint: endpoint.clone(),
            by: Actor::System,
            reason: format!("nothing has arrived since {}", since.iso()),
            name: name.clone(),
        };
        self.events
            .push(self.outside(Event::EndpointDisabled(disabled)));
        self.now = self.now.plus_seconds(900);
        let recovered = EndpointRecovered {
            endpoint,
            name,
            since,
        };
        self.events
            .push(self.outside(Event::EndpointRecovered(recovered)));
    }
}

impl Colleague {
    fn actor(self) -> Actor {
        Actor::Account {
            id: self.id.to_owned(),
            username: self.username.to_owned(),
        }
    }

    fn person(self) -> Person {
        Person {
            id: self.id.to_owned(),
            username: self.username.to_owned(),
        }
    }

    fn author(self) -> Author {
        Author {
            id: self.id.to_owned(),
            username: self.username.to_owned(),
            name: Some(self.name.to_owned()),
        }
    }
}

fn guest() -> Actor {
    Actor::Visitor {
        id: VISITOR.to_owned(),
        username: "guest-7".to_owned(),
    }
}

fn guest_author() -> Author {
    Author {
        id: VISITOR.to_owned(),
        username: "guest-7".to_owned(),
        name: Some("Ada Moreau".to_owned()),
    }
}
