//! A store of one's own with what every installation has, the ways in, and what people do there:
//! agents, departments, visitors and their chats.

use std::collections::HashMap;
use std::sync::Arc;

use hark_chat::departments::{self, Department, Draft as DepartmentDraft, Placement};
use hark_chat::inquiries::{self, Inquiry};
use hark_chat::messages::{self, Draft, Message};
use hark_chat::visitors::Registration;
use hark_chat::{Close, Forward, Opening};
use hark_model::accounts::{self, Account, NewAccount, Presence};
use hark_model::rooms::{self, Room};
use hark_model::visitors::Visitor;
use hark_model::{Context, Keyring, Policies, Policy, Refusal, Who};
use hark_staff::agents;
use hark_staff::bootstrap;
use hark_store::{Event, Options, Statement, Store, Timestamp, Tx, View, params};
use hark_testkit::{Database, Engine};
use serde_json::{Value, json};

pub const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

pub struct World {
    pub store: Store,
    pub keys: Arc<Keyring>,
    pub policies: Arc<Policies>,
    pub runtime: tokio::runtime::Runtime,
    database: Database,
}

impl World {
    pub fn new(engine: Engine) -> Self {
        let database = Database::fresh(engine);
        let keys = Arc::new(Keyring::open(database.folder()).unwrap());
        let world = Self {
            store: open(&database, true),
            policies: Arc::new(Policies::new(Arc::clone(&keys), HashMap::new())),
            keys,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .unwrap(),
            database,
        };
        world.command(bootstrap::prepare).unwrap();
        world
    }

    /// With `ada`, the first administrator.
    pub fn with_admin(engine: Engine) -> Self {
        let world = Self::new(engine);
        let admin = person("ada", &["admin"]);
        let made = world.command(move |cx| bootstrap::first_administrator(cx, &admin));
        assert!(made.unwrap());
        world
    }

    /// Another program at work on the same database.
    pub fn another_store(&self) -> Store {
        open(&self.database, false)
    }

    pub fn write<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.runtime.block_on(self.store.write(command))
    }

    /// Runs a command for which nobody asked.
    pub fn command<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Context<'_, '_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.command_as(Who::System, NOW, command)
    }

    pub fn command_at<T: Send + 'static>(
        &self,
        now: Timestamp,
        command: impl Fn(&mut Context<'_, '_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.command_as(Who::System, now, command)
    }

    pub fn command_as<T: Send + 'static>(
        &self,
        who: Who,
        now: Timestamp,
        command: impl Fn(&mut Context<'_, '_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let policies = Arc::clone(&self.policies);
        self.write(move |tx| policies.command(tx, now, &who, &command))
    }

    pub fn read<T: Send + 'static>(
        &self,
        query: impl Fn(&mut View<'_>) -> Result<T, hark_store::Error> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.store.read(query)).unwrap()
    }

    pub fn policy(&self) -> Arc<Policy> {
        let policies = Arc::clone(&self.policies);
        self.read(move |view| policies.at(view))
    }

    pub fn set(&self, id: &'static str, value: Value) {
        self.set_at(NOW, id, value);
    }

    pub fn set_at(&self, now: Timestamp, id: &'static str, value: Value) {
        let keys = Arc::clone(&self.keys);
        self.command_at(now, move |cx| {
            hark_staff::change_setting(cx, &keys, id, &value)
        })
        .unwrap();
    }

    pub fn number(&self, statement: &'static Statement) -> i64 {
        self.read(move |view| view.number(statement, params![]))
    }

    pub fn run(&self, statement: &'static Statement) {
        self.write(move |tx| Ok(tx.execute(statement, params![])?))
            .unwrap();
    }

    // === who works here ===

    pub fn create(&self, new: NewAccount) -> Result<Account, Refusal> {
        self.command(move |cx| hark_staff::accounts::create(cx, &new))
    }

    /// Someone with these roles who is there.
    pub fn person(&self, username: &str, roles: &[&str]) -> Account {
        self.create(person(username, roles)).unwrap();
        self.set_status(username, Presence::Online, NOW).unwrap();
        if roles.contains(&"livechat-agent") {
            self.set_available(username, true, NOW).unwrap();
        }
        self.account(username)
    }

    pub fn agent(&self, username: &str) -> Account {
        self.person(username, &["user", "livechat-agent"])
    }

    pub fn account(&self, username: &str) -> Account {
        let username = username.to_owned();
        self.read(move |view| accounts::find_by_username(view, &username))
            .unwrap()
    }

    pub fn set_status(
        &self,
        username: &str,
        presence: Presence,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let id = self.account(username).id;
        self.command_at(at, move |cx| {
            hark_staff::accounts::set_status(cx, &id, Some(presence), None).map(drop)
        })
    }

    pub fn set_available(
        &self,
        username: &str,
        available: bool,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let id = self.account(username).id;
        self.command_at(at, move |cx| {
            agents::set_available(cx, &id, available).map(drop)
        })
    }

    pub fn department(&self, draft: DepartmentDraft, agents: &[&Account]) -> Department {
        let placed: Vec<Placement> = agents
            .iter()
            .map(|account| Placement::of(account.id.clone()))
            .collect();
        self.command(move |cx| departments::save(cx, None, &draft, &placed))
            .unwrap()
    }

    // === chats ===

    pub fn register(&self, visitor: &Registration, at: Timestamp) -> Result<Visitor, Refusal> {
        let visitor = visitor.clone();
        self.command_as(Who::Anonymous, at, move |cx| {
            hark_chat::visitors::register(cx, &visitor)
        })
    }

    /// A visitor whose token is their name.
    pub fn visitor(&self, token: &str) -> Visitor {
        let visitor = Registration {
            token: token.to_owned(),
            ..Registration::default()
        };
        self.register(&visitor, NOW).unwrap()
    }

    pub fn open(&self, token: &str, agent: Option<&str>, at: Timestamp) -> Result<Room, Refusal> {
        let token = token.to_owned();
        let opening = Opening {
            agent: agent.map(str::to_owned),
            source: json!({"type": "widget"}),
            suggested: None,
            ..Opening::default()
        };
        self.command_as(Who::Anonymous, at, move |cx| {
            Ok(hark_chat::open(cx, &token, &opening)?.room)
        })
    }

    /// A chat in the queue, and its place there.
    pub fn queued(&self, token: &str) -> (Room, Inquiry) {
        self.visitor(token);
        let room = self.open(token, None, NOW).unwrap();
        let inquiry = self.inquiry(&room).unwrap();
        (room, inquiry)
    }

    pub fn served(&self, token: &str, agent: &Account) -> Room {
        let (_, inquiry) = self.queued(token);
        self.take(&inquiry.id, agent, NOW).unwrap()
    }

    pub fn room(&self, id: &str) -> Option<Room> {
        let id = id.to_owned();
        self.read(move |view| rooms::find(view, &id))
    }

    pub fn inquiry(&self, room: &Room) -> Option<Inquiry> {
        let id = room.id.clone();
        self.read(move |view| inquiries::of_room(view, &id))
    }

    pub fn take(&self, inquiry: &str, agent: &Account, at: Timestamp) -> Result<Room, Refusal> {
        let (inquiry, agent, who) = (inquiry.to_owned(), agent.id.clone(), by(agent));
        self.command_as(who, at, move |cx| hark_chat::take(cx, &inquiry, &agent))
    }

    pub fn join(&self, account: &Account, room: &str, at: Timestamp) -> Result<(), Refusal> {
        let room = room.to_owned();
        self.command_as(by(account), at, move |cx| hark_chat::join(cx, &room))
    }

    pub fn forward(
        &self,
        account: &Account,
        room: &str,
        agent: Option<&str>,
        department: Option<&str>,
        at: Timestamp,
    ) -> Result<Room, Refusal> {
        let room = room.to_owned();
        let forward = Forward {
            agent: agent.map(str::to_owned),
            department: department.map(str::to_owned),
            comment: Some("please".into()),
            suggested: None,
        };
        self.command_as(by(account), at, move |cx| {
            hark_chat::forward(cx, &room, &forward)
        })
    }

    pub fn return_to_queue(
        &self,
        account: &Account,
        room: &str,
        department: Option<&str>,
        at: Timestamp,
    ) -> Result<bool, Refusal> {
        let (room, department) = (room.to_owned(), department.map(str::to_owned));
        self.command_as(by(account), at, move |cx| {
            hark_chat::return_to_queue(cx, &room, department.as_deref())
        })
    }

    pub fn close(&self, who: Who, room: &str, at: Timestamp) -> Result<Room, Refusal> {
        self.close_with(who, room, "done", &[], at)
    }

    pub fn close_with(
        &self,
        who: Who,
        room: &str,
        comment: &str,
        tags: &[&str],
        at: Timestamp,
    ) -> Result<Room, Refusal> {
        let room = room.to_owned();
        let close = Close {
            comment: comment.to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            transcript: None,
        };
        self.command_as(who, at, move |cx| hark_chat::close(cx, &room, &close))
    }

    // === messages ===

    pub fn say(
        &self,
        token: &str,
        room: &str,
        draft: &Draft,
        at: Timestamp,
    ) -> Result<Message, Refusal> {
        let (token, room, draft) = (token.to_owned(), room.to_owned(), draft.clone());
        self.command_as(Who::Anonymous, at, move |cx| {
            messages::post_as_visitor(cx, &token, &room, &draft)
        })
    }

    pub fn reply(
        &self,
        account: &Account,
        room: &str,
        draft: &Draft,
        at: Timestamp,
    ) -> Result<Message, Refusal> {
        let (room, draft) = (room.to_owned(), draft.clone());
        self.command_as(by(account), at, move |cx| messages::post(cx, &room, &draft))
    }

    /// A conversation as it was at one of its events.
    pub fn up_to(&self, room: &str, seq: i64) -> Vec<Message> {
        let room = room.to_owned();
        self.read(move |view| messages::up_to(view, &room, seq, 10_000))
    }
}

fn open(database: &Database, alone: bool) -> Store {
    let engine = database.url().map_or(hark_store::Engine::Sqlite, |url| {
        hark_store::Engine::Postgres(url.to_owned())
    });
    let mut options = Options::new(engine, database.folder());
    options.writers = 6;
    options.readers = 2;
    options.alone = alone;
    Store::open(&options).unwrap()
}

pub fn person(username: &str, roles: &[&str]) -> NewAccount {
    NewAccount {
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        email: Some(format!("{username}@example.org")),
        ..NewAccount::person(username, username)
    }
}

pub fn by(account: &Account) -> Who {
    Who::Account(account.clone())
}

pub fn department(name: &str) -> DepartmentDraft {
    DepartmentDraft {
        name: name.to_owned(),
        email: "team@example.org".into(),
        enabled: true,
        show_on_registration: true,
        ..DepartmentDraft::default()
    }
}

pub fn text(text: &str) -> Draft {
    Draft {
        text: text.to_owned(),
        ..Draft::default()
    }
}

/// A text that a client may send twice.
pub fn named(id: &str, text: &str) -> Draft {
    Draft {
        id: Some(id.to_owned()),
        text: text.to_owned(),
        extra: None,
    }
}

/// What an event says.
pub fn body_of(event: &Event) -> Value {
    serde_json::from_str(&event.body).unwrap()
}
