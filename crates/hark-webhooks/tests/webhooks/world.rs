//! A store of one's own whose webhooks are sent, for the tests of the engine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use hark_egress::{Allowed, Client};
use hark_jobs::{Board, Ending, Running};
use hark_model::{Actor, Keyring, Policies, Policy, Who};
use hark_staff::bootstrap;
use hark_store::{Clock, NewEvent, Options, Store, Timestamp, Tx, View, log};
use hark_testkit::{Database, Engine, eventually};
use hark_webhooks::deliveries::lists::{self, Stats};
use hark_webhooks::dialects::Dialect;
use hark_webhooks::endpoints::{self, Draft, Endpoint, New, Origin};
use hark_webhooks::schedule::Overrides;
use hark_webhooks::{Metrics, Parts, Refusal};
use prometheus_client::registry::Registry;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::time::{Duration, Instant};

/// More than is made for an endpoint that takes nothing, also when its lane still takes the first of it.
const TOO_MUCH: usize = 1_000;

pub struct World {
    pub store: Store,
    pub keys: Arc<Keyring>,
    pub policies: Arc<Policies>,
    pub runtime: Runtime,
    _database: Arc<Database>,
    /// The number of the last event of each conversation.
    numbers: Arc<Mutex<HashMap<String, i64>>>,
}

impl World {
    pub fn new(engine: Engine) -> Self {
        Self::with_clock(engine, Clock::system())
    }

    pub fn with_clock(engine: Engine, clock: Clock) -> Self {
        let world = Self::open(Arc::new(Database::fresh(engine)), Arc::default(), clock);
        let (now, policies) = (world.store.clock().now(), Arc::clone(&world.policies));
        world.write(move |tx| {
            policies
                .command(tx, now, &Who::System, bootstrap::prepare)
                .map_err(|refusal| Refusal::Conflict(refusal.to_string()))
        });
        world
    }

    /// Another node on the same database.
    pub fn beside(&self) -> Self {
        let (database, numbers) = (Arc::clone(&self._database), Arc::clone(&self.numbers));
        Self::open(database, numbers, self.store.clock().clone())
    }

    fn open(
        database: Arc<Database>,
        numbers: Arc<Mutex<HashMap<String, i64>>>,
        clock: Clock,
    ) -> Self {
        let engine = database.url().map_or(hark_store::Engine::Sqlite, |url| {
            hark_store::Engine::Postgres(url.to_owned())
        });
        let mut options = Options::new(engine, database.folder());
        options.clock = clock;
        options.alone = false;
        let store = Store::open(&options).unwrap();
        let keys = Arc::new(Keyring::open(database.folder()).unwrap());
        let policies = Arc::new(Policies::new(Arc::clone(&keys), HashMap::new()));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        Self {
            store,
            keys,
            policies,
            runtime: runtime.unwrap(),
            _database: database,
            numbers,
        }
    }

    pub fn write<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.store.write(command)).unwrap()
    }

    pub fn read<T: Send + 'static>(
        &self,
        query: impl Fn(&mut View<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.store.read(query)).unwrap()
    }

    pub fn policy(&self) -> Arc<Policy> {
        let policies = Arc::clone(&self.policies);
        self.read(move |view| Ok(policies.at(view)?))
    }

    /// A standard endpoint that wants everything, and is tried again after these delays.
    pub fn endpoint(&self, id: &'static str, url: &str, delays: &[u64]) -> Endpoint {
        let draft = Draft {
            name: id.to_owned(),
            dialect: Dialect::Standard,
            url: url.to_owned(),
            events: vec!["*".to_owned()],
            overrides: Overrides {
                delays_ms: Some(delays.to_vec()),
                timeout_ms: Some(2_000),
                ..Overrides::default()
            },
        };
        let (keys, now) = (Arc::clone(&self.keys), self.store.clock().now());
        self.write(move |tx| {
            let new = New {
                id,
                origin: Origin::Hark,
                draft: &draft,
                secret: None,
            };
            endpoints::create(tx, &Actor::System, now, &keys, &new)
        });
        self.find(id)
    }

    pub fn find(&self, id: &'static str) -> Endpoint {
        let (keys, policy) = (Arc::clone(&self.keys), self.policy());
        self.read(move |view| endpoints::find(view, &keys, &policy, id))
    }

    /// Something happens in a conversation.
    pub fn happens(&self, conversation: &str) {
        self.happens_in(&[conversation.to_owned()]);
    }

    /// Something happens so many times, in as many conversations by turns.
    pub fn happens_often(&self, times: usize, conversations: usize) {
        let all: Vec<String> = (0..times)
            .map(|number| format!("c{}", number % conversations))
            .collect();
        for some in all.chunks(100) {
            self.happens_in(some);
        }
    }

    fn happens_in(&self, conversations: &[String]) {
        let now = self.store.clock().now();
        let mut numbers = self.numbers.lock().unwrap();
        let numbered: Vec<(String, i64)> = conversations
            .iter()
            .map(|conversation| {
                let number = numbers.entry(conversation.clone()).or_default();
                *number += 1;
                (conversation.clone(), *number)
            })
            .collect();
        self.write(move |tx| {
            numbered
                .iter()
                .try_for_each(|(conversation, seq)| Self::append(tx, now, conversation, *seq))
        });
    }

    fn append(
        tx: &mut Tx<'_>,
        now: Timestamp,
        conversation: &str,
        seq: i64,
    ) -> Result<(), Refusal> {
        let body = json!({
            "room": {
                "id": conversation,
                "kind": "l",
                "name": "Vera",
                "createdAt": now.millis(),
                "lastMessageAt": now.millis(),
                "open": true,
                "source": "api",
            },
            "visitor": {"id": "v1", "token": "t1", "username": "guest-1"},
            "by": null,
            "comment": "",
        });
        let event = NewEvent::in_conversation("chat.resumed", conversation, seq, body.to_string());
        log::append(tx, now, &event)?;
        Ok(())
    }

    pub fn change(&self, id: &'static str, change: impl Fn(&mut Draft)) {
        let mut draft = Draft::of(&self.find(id));
        change(&mut draft);
        let now = self.store.clock().now();
        self.write(move |tx| endpoints::change(tx, &Actor::System, now, id, &draft));
    }

    pub fn pause(&self, id: &'static str) {
        let now = self.store.clock().now();
        self.write(move |tx| endpoints::pause(tx, &Actor::System, now, id));
    }

    pub fn resume(&self, id: &'static str) {
        let now = self.store.clock().now();
        self.write(move |tx| endpoints::resume(tx, &Actor::System, now, id));
    }

    pub fn stats(&self, endpoint: i64) -> Stats {
        let mut stats = self.read(move |view| Ok(lists::stats(view, &[endpoint])?));
        stats.remove(0)
    }

    /// So much happens that what comes next waits in the log for an endpoint that takes nothing. Answers how
    /// much it was.
    pub fn falls_behind(&self, endpoint: i64) -> usize {
        let before = self.stats(endpoint).tally.made;
        self.happens_often(TOO_MUCH, 20);
        eventually("all to be counted, and some not to be made", || {
            let counted = self.stats(endpoint).tally.made - before;
            (counted == TOO_MUCH as i64 && self.made(endpoint) < counted as usize)
                .then_some(TOO_MUCH)
        })
    }

    /// How many deliveries are made for an endpoint.
    pub fn made(&self, endpoint: i64) -> usize {
        let page = self.read(move |view| {
            let filter = lists::Filter::default();
            Ok(lists::page(view, &[endpoint], &filter, None, 10_000)?)
        });
        page.deliveries.len()
    }

    /// The webhooks' jobs at work.
    pub fn dispatch(&self) -> Running {
        let with = Parts {
            store: self.store.clone(),
            policies: Arc::clone(&self.policies),
            site_url: "http://hark.test".into(),
            client: Client::new(Allowed::parse("127.0.0.0/8").unwrap()).unwrap(),
            metrics: Metrics::registered(&mut Registry::default()),
        };
        let _context = self.runtime.enter();
        hark_jobs::start(
            hark_webhooks::jobs(&with).into(),
            &self.store,
            &Board::default(),
        )
    }

    /// An orderly end: what is on its way arrives.
    pub fn stop(&self, running: Running) {
        running.end(Ending::AtOnce);
        running.end(Ending::Finished);
        let ended = running.ended(Instant::now() + Duration::from_secs(10));
        self.runtime.block_on(ended);
    }

    /// As if the process had died.
    pub fn kill(&self, running: Running) {
        drop(running);
    }
}
