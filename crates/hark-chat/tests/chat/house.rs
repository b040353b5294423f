//! A house with agents and departments, and the ways in.

use std::collections::HashMap;
use std::sync::Arc;

use hark_chat::accounts::{self, Account, NewAccount, Presence};
use hark_chat::agents;
use hark_chat::departments::{self, Department, Draft as DepartmentDraft, Placement};
use hark_chat::inquiries::{self, Inquiry};
use hark_chat::messages::{self, Draft, Message};
use hark_chat::rooms::{self, Close, Closer, Forward, Hand, Opening, Room};
use hark_chat::visitors::{self, Registration, Visitor};
use hark_chat::{Actor, Keyring, Policies, Policy, Refusal, founding, settings};
use hark_store::{Options, Statement, Store, Timestamp, Tx, View, params};
use hark_testkit::{Database, Engine};
use serde_json::{Value, json};

pub const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const SYSTEM: &Actor = &Actor::System;

/// A founded house with an administrator.
pub struct House {
    pub store: Store,
    keys: Arc<Keyring>,
    policies: Arc<Policies>,
    pub runtime: tokio::runtime::Runtime,
    pub database: Database,
}

impl House {
    pub fn new(engine: Engine) -> Self {
        let database = Database::fresh(engine);
        let store = open(&database, true);
        let keys = Arc::new(Keyring::open(database.folder()).unwrap());
        let house = Self {
            store,
            policies: Arc::new(Policies::new(Arc::clone(&keys), HashMap::new())),
            keys,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .unwrap(),
            database,
        };
        house.write(|tx| founding::found(tx, NOW)).unwrap();
        house
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
        let (keys, policy) = (Arc::clone(&self.keys), self.policy());
        self.write(move |tx| settings::change(tx, SYSTEM, NOW, &keys, &policy, id, &value))
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

    /// Someone with these roles who is there.
    pub fn person(&self, username: &str, roles: &[&str]) -> Account {
        let new = NewAccount {
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            email: Some(format!("{username}@example.org")),
            ..NewAccount::person(username, username)
        };
        let account = self
            .write(move |tx| accounts::create(tx, SYSTEM, NOW, &new))
            .unwrap();
        self.show(&account, Presence::Online, NOW).unwrap();
        if roles.contains(&"livechat-agent") {
            self.set_available(&account, true, NOW).unwrap();
        }
        self.account(&account.id)
    }

    pub fn agent(&self, username: &str) -> Account {
        self.person(username, &["user", "livechat-agent"])
    }

    pub fn account(&self, id: &str) -> Account {
        let id = id.to_owned();
        self.read(move |view| accounts::find(view, &id)).unwrap()
    }

    pub fn show(
        &self,
        account: &Account,
        presence: Presence,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let (policy, id) = (self.policy(), account.id.clone());
        self.write(move |tx| {
            accounts::set_status(tx, SYSTEM, at, &policy, &id, Some(presence), None).map(drop)
        })
    }

    pub fn set_available(
        &self,
        account: &Account,
        available: bool,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let (policy, id) = (self.policy(), account.id.clone());
        self.write(move |tx| {
            agents::set_available(tx, SYSTEM, at, &policy, &id, available).map(drop)
        })
    }

    pub fn department(&self, draft: DepartmentDraft, agents: &[&Account]) -> Department {
        let placed: Vec<Placement> = agents
            .iter()
            .map(|account| Placement::of(account.id.clone()))
            .collect();
        self.write(move |tx| departments::save(tx, SYSTEM, NOW, None, &draft, &placed))
            .unwrap()
    }

    // === chats ===

    pub fn register(&self, told: &Registration, at: Timestamp) -> Result<Visitor, Refusal> {
        let (policy, told) = (self.policy(), told.clone());
        self.write(move |tx| visitors::register(tx, at, &policy, &told))
    }

    /// A visitor whose token is his name.
    pub fn visitor(&self, token: &str) -> Visitor {
        let told = Registration {
            token: token.to_owned(),
            ..Registration::default()
        };
        self.register(&told, NOW).unwrap()
    }

    pub fn open(&self, token: &str, agent: Option<&str>, at: Timestamp) -> Result<Room, Refusal> {
        let (policy, token) = (self.policy(), token.to_owned());
        let opening = Opening {
            agent: agent.map(str::to_owned),
            source: json!({"type": "widget"}),
            suggested: None,
        };
        self.write(move |tx| Ok(rooms::open(tx, at, &policy, &token, &opening)?.room))
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
        let (policy, inquiry, agent) = (self.policy(), inquiry.to_owned(), agent.clone());
        self.write(move |tx| rooms::take(tx, at, &policy, &agent.actor(), &inquiry, &agent.id))
    }

    pub fn join(&self, account: &Account, room: &str, at: Timestamp) -> Result<(), Refusal> {
        let (policy, account, room) = (self.policy(), account.clone(), room.to_owned());
        self.write(move |tx| rooms::join(tx, at, &policy, &account, &room))
    }

    pub fn forward(
        &self,
        by: &Account,
        room: &str,
        agent: Option<&str>,
        department: Option<&str>,
        at: Timestamp,
    ) -> Result<Room, Refusal> {
        let (policy, room) = (self.policy(), room.to_owned());
        let forward = Forward {
            by: Hand::Account(by.clone()),
            agent: agent.map(str::to_owned),
            department: department.map(str::to_owned),
            comment: Some("please".into()),
            suggested: None,
        };
        self.write(move |tx| rooms::forward(tx, at, &policy, &room, &forward))
    }

    pub fn return_to_queue(
        &self,
        account: &Account,
        room: &str,
        department: Option<&str>,
        at: Timestamp,
    ) -> Result<bool, Refusal> {
        let (policy, account, room) = (self.policy(), account.clone(), room.to_owned());
        let department = department.map(str::to_owned);
        self.write(move |tx| {
            rooms::return_to_queue(tx, at, &policy, &account, &room, department.as_deref())
        })
    }

    pub fn close(&self, by: Closer, room: &str, at: Timestamp) -> Result<Room, Refusal> {
        self.close_with(by, room, "done", &[], at)
    }

    pub fn close_with(
        &self,
        by: Closer,
        room: &str,
        comment: &str,
        tags: &[&str],
        at: Timestamp,
    ) -> Result<Room, Refusal> {
        let (policy, room) = (self.policy(), room.to_owned());
        let close = Close {
            by,
            comment: comment.to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            transcript: None,
        };
        self.write(move |tx| rooms::close(tx, at, &policy, &room, &close))
    }

    // === messages ===

    pub fn say(
        &self,
        token: &str,
        room: &str,
        draft: &Draft,
        at: Timestamp,
    ) -> Result<Message, Refusal> {
        let (policy, token, room) = (self.policy(), token.to_owned(), room.to_owned());
        let draft = draft.clone();
        self.write(move |tx| messages::post_as_visitor(tx, at, &policy, &token, &room, &draft))
    }

    pub fn reply(
        &self,
        account: &Account,
        room: &str,
        draft: &Draft,
        at: Timestamp,
    ) -> Result<Message, Refusal> {
        let (policy, account, room) = (self.policy(), account.clone(), room.to_owned());
        let draft = draft.clone();
        self.write(move |tx| messages::post(tx, at, &policy, &account, &room, &draft))
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
