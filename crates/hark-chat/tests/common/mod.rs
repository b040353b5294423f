//! A house of one's own, for the tests of the rules.

use std::collections::HashMap;
use std::sync::Arc;

use hark_chat::accounts::{self, NewAccount};
use hark_chat::{Actor, Keyring, Policies, Refusal, founding};
use hark_store::{Options, Store, Timestamp, Tx, View};
use hark_testkit::{Database, Engine};

pub const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// A founded house with an administrator.
pub struct House {
    pub store: Store,
    pub keys: Arc<Keyring>,
    pub runtime: tokio::runtime::Runtime,
    _database: Database,
}

impl House {
    pub fn new(engine: Engine) -> Self {
        let database = Database::fresh(engine);
        let engine = database.url().map_or(hark_store::Engine::Sqlite, |url| {
            hark_store::Engine::Postgres(url.to_owned())
        });
        let mut options = Options::new(engine, database.folder());
        options.writers = 2;
        options.readers = 2;
        let store = Store::open(&options).unwrap();
        let keys = Arc::new(Keyring::open(database.folder()).unwrap());
        let house = Self {
            store,
            keys,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .unwrap(),
            _database: database,
        };
        house.write(|tx| founding::found(tx, NOW)).unwrap();
        let admin = person("ada", &["admin"]);
        assert!(
            house
                .write(move |tx| founding::first_administrator(tx, NOW, &admin))
                .unwrap()
        );
        house
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

    pub fn policy(&self) -> Arc<hark_chat::Policy> {
        // A view is needed where the policies are; tests hold both.
        let policies = Policies::new(Arc::clone(&self.keys), HashMap::new());
        self.read(move |view| policies.at(view))
    }

    pub fn account(&self, username: &'static str) -> accounts::Account {
        self.read(move |view| accounts::find_by_username(view, username))
            .unwrap()
    }

    pub fn create(&self, new: NewAccount) -> Result<accounts::Account, Refusal> {
        self.write(move |tx| accounts::create(tx, &Actor::System, NOW, &new))
    }
}

pub fn person(username: &str, roles: &[&str]) -> NewAccount {
    NewAccount {
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        email: Some(format!("{username}@example.org")),
        ..NewAccount::person(username, username)
    }
}
