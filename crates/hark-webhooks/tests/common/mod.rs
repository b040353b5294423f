//! A house of one's own with a dispatcher in it, for the tests of the engine.

use std::collections::HashMap;
use std::sync::Arc;

use hark_chat::{Actor, Keyring, Policies, Policy, founding};
use hark_egress::{Allowed, Client};
use hark_store::{Clock, NewEvent, Options, Store, Tx, View, log};
use hark_testkit::{Database, Engine};
use hark_webhooks::dialects::Dialect;
use hark_webhooks::endpoints::{self, Draft, Endpoint, New, Origin};
use hark_webhooks::schedule::Wishes;
use hark_webhooks::{Dispatcher, Metrics, Refusal};
use prometheus_client::registry::Registry;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub struct House {
    pub store: Store,
    pub keys: Arc<Keyring>,
    pub policies: Arc<Policies>,
    pub runtime: Runtime,
    _database: Arc<Database>,
}

/// A dispatcher at work.
pub struct Post {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl House {
    pub fn new(engine: Engine) -> Self {
        Self::with_clock(engine, Clock::system())
    }

    pub fn with_clock(engine: Engine, clock: Clock) -> Self {
        let house = Self::open(Arc::new(Database::fresh(engine)), clock);
        let now = house.store.clock().now();
        house.write(move |tx| {
            founding::found(tx, now).map_err(|refusal| Refusal::Conflict(refusal.to_string()))
        });
        house
    }

    /// Another node of the same house.
    pub fn beside(&self) -> Self {
        Self::open(Arc::clone(&self._database), self.store.clock().clone())
    }

    fn open(database: Arc<Database>, clock: Clock) -> Self {
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
            wishes: Wishes {
                delays_ms: Some(delays.to_vec()),
                timeout_ms: Some(2_000),
                ..Wishes::default()
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
        let (conversation, now) = (conversation.to_owned(), self.store.clock().now());
        self.write(move |tx| {
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
            });
            let event = NewEvent::in_conversation("chat.resumed", &conversation, body);
            log::append(tx, now, &event)?;
            Ok(())
        });
    }

    pub fn dispatch(&self) -> Post {
        let client = Client::new(Allowed::parse("127.0.0.0/8").unwrap()).unwrap();
        let dispatcher = Dispatcher::new(
            self.store.clone(),
            Arc::clone(&self.policies),
            "http://hark.test",
            client,
            Metrics::registered(&mut Registry::default()),
        );
        let (stop, stopping) = watch::channel(false);
        Post {
            stop,
            task: self.runtime.spawn(dispatcher.dispatch(stopping)),
        }
    }

    /// An orderly end: what is on its way arrives.
    pub fn stop(&self, post: Post) {
        post.stop.send_replace(true);
        self.runtime.block_on(post.task).unwrap();
    }

    /// As if the process had died.
    pub fn kill(&self, post: Post) {
        post.task.abort();
        assert!(self.runtime.block_on(post.task).is_err());
    }
}
