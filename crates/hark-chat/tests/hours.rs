//! Opening and closing against a real store, on both engines.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::sync::Arc;

use hark_chat::accounts::{self, NewAccount};
use hark_chat::hours::{self, Day, Draft, Kind};
use hark_chat::{Actor, Keyring, Policies, Policy, Refusal, founding, settings};
use hark_store::{Options, Statement, Store, Timestamp, Tx, View, log, params};
use hark_testkit::{Database, Engine, on_both_engines};
use serde_json::{Value, json};

/// A Wednesday, 10:00 in Berlin.
const NOW: Timestamp = Timestamp::from_millis(1_700_038_800_000);

static MAKE_AGENT: Statement = Statement::new(
    "agent",
    "INSERT INTO agent (account_id, available, paused_by_house, assigned, updated_at) VALUES ($1, $2, $3, 0, $4)
        ON CONFLICT (account_id) DO UPDATE SET available = excluded.available",
    None,
);
static IS_AVAILABLE: Statement = Statement::new(
    "available",
    "SELECT available FROM agent WHERE account_id = $1",
    None,
);
static CHOOSE: Statement = Statement::new(
    "choose",
    "UPDATE agent SET available = $2 WHERE account_id = $1",
    None,
);
static ONLINE: Statement = Statement::new(
    "online",
    "UPDATE account SET status = 'online' WHERE id = $1",
    None,
);
static MAKE_DEPARTMENT: Statement = Statement::new(
    "department",
    "INSERT INTO department (id, name, description, email, enabled, archived, show_on_registration, show_on_offline_form,
        tag_before_closing, closing_tags, forward_to, receive_forward_offline, extra, updated_at)
        VALUES ($1, $1, '', '', $2, $3, $2, $2, $3, '[]', '[]', $3, '{}', 0)",
    None,
);
static ENTER: Statement = Statement::new(
    "enter",
    "INSERT INTO department_agent (id, department_id, account_id, assigned, place, updated_at) VALUES ($1, $2, $3, 0, 0, 0)",
    None,
);
static BONDS: Statement = Statement::new("bonds", "SELECT count(*) FROM agent_hour", None);

struct House {
    store: Store,
    keys: Arc<Keyring>,
    policies: Arc<Policies>,
    runtime: tokio::runtime::Runtime,
    _database: Database,
}

impl House {
    fn new(engine: Engine) -> Self {
        let database = Database::fresh(engine);
        let engine = database.url().map_or(hark_store::Engine::Sqlite, |url| {
            hark_store::Engine::Postgres(url.to_owned())
        });
        let mut options = Options::new(engine, database.folder());
        options.writers = 2;
        options.readers = 2;
        let keys = Arc::new(Keyring::open(database.folder()).unwrap());
        let house = Self {
            store: Store::open(&options).unwrap(),
            policies: Arc::new(Policies::new(Arc::clone(&keys), HashMap::new())),
            keys,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .unwrap(),
            _database: database,
        };
        house.write(|tx| {
            founding::found(tx, NOW)?;
            hours::found(tx, NOW, "Europe/Berlin")?;
            Ok(hours::found(tx, NOW, "UTC")?)
        });
        house
    }

    fn try_write<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.runtime.block_on(self.store.write(command))
    }

    fn write<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> T {
        self.try_write(command).unwrap()
    }

    fn read<T: Send + 'static>(
        &self,
        query: impl Fn(&mut View<'_>) -> Result<T, hark_store::Error> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.store.read(query)).unwrap()
    }

    fn policy(&self) -> Arc<Policy> {
        let policies = Arc::clone(&self.policies);
        self.read(move |view| policies.at(view))
    }

    fn set(&self, now: Timestamp, id: &'static str, value: &Value) {
        let (keys, policy, value) = (Arc::clone(&self.keys), self.policy(), value.clone());
        self.write(move |tx| settings::change(tx, &Actor::System, now, &keys, &policy, id, &value));
    }

    /// An agent who is there, and available or not.
    fn agent(&self, name: &'static str, roles: &[&str], available: bool) -> String {
        let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        self.write(move |tx| {
            let new = NewAccount {
                roles: roles.clone(),
                ..NewAccount::person(name, name)
            };
            let account = accounts::create(tx, &Actor::System, NOW, &new)?;
            tx.execute(&ONLINE, params![&account.id])?;
            tx.execute(&MAKE_AGENT, params![&account.id, available, false, NOW])?;
            Ok(account.id)
        })
    }

    fn is_available(&self, agent: &str) -> bool {
        let agent = agent.to_owned();
        self.read(move |view| view.one(&IS_AVAILABLE, params![&agent], |row| row.get(0)))
            .unwrap()
    }

    fn admits(&self, agent: &str) -> bool {
        let (agent, policy) = (agent.to_owned(), self.policy());
        self.read(move |view| {
            let account = accounts::find(view, &agent)?.unwrap();
            hours::admit(view, &policy, &account)
        })
    }

    fn choose(&self, agent: &str, available: bool) {
        let agent = agent.to_owned();
        self.write(move |tx| Ok(tx.execute(&CHOOSE, params![&agent, available])?));
    }

    fn apply(&self, now: Timestamp) -> Option<Timestamp> {
        let policy = self.policy();
        self.write(move |tx| hours::apply(tx, now, &policy))
    }

    fn save(&self, now: Timestamp, draft: Draft) -> Result<(), Refusal> {
        let policy = self.policy();
        self.try_write(move |tx| hours::save(tx, &Actor::System, now, &policy, &draft))
    }

    /// Who became available or not, in the order of the log.
    fn told(&self) -> Vec<(String, bool)> {
        let events = self.read(|view| log::after(view, 0, 1000)).into_iter();
        let turns = events.filter(|event| event.kind == "agent.status");
        let told = turns.map(|event| {
            let name = event.body["agent"]["username"].as_str().unwrap().to_owned();
            (name, event.body["available"] == true)
        });
        told.collect()
    }

    fn told_eventually(&self, count: usize) -> Vec<(String, bool)> {
        hark_testkit::eventually("the events", || {
            let told = self.told();
            (told.len() >= count).then_some(told)
        })
    }
}

fn draft(kind: Kind, start: &str, finish: &str) -> Draft {
    let days = hours::plan::DAYS.iter().map(|day| Day {
        name: (*day).to_owned(),
        open: true,
        code: None,
        start: start.to_owned(),
        finish: finish.to_owned(),
    });
    Draft {
        id: None,
        kind,
        name: String::new(),
        active: true,
        timezone: "Europe/Berlin".to_owned(),
        days: days.collect(),
        departments: None,
    }
}

fn hours_later(hours: i64) -> Timestamp {
    NOW.plus_seconds(hours * 3600)
}

on_both_engines! {
    fn agents_come_and_go_with_the_hours(engine: Engine) {
        let house = House::new(engine);
        let ann = house.agent("ann", &["livechat-agent"], true);
        let bob = house.agent("bob", &["livechat-agent"], false);
        let bot = house.agent("robot", &["livechat-agent", "bot"], true);
        // nothing happens while the setting is off
        assert_eq!(house.apply(hours_later(12)), None);
        assert!(house.is_available(&ann) && !house.is_available(&bob));

        // open: those who are there become available
        house.set(NOW, "Livechat_enable_business_hours", &json!(true));
        assert!(house.is_available(&ann) && house.is_available(&bob));
        assert_eq!(house.read(|view| view.number(&BONDS, params![])), 2);
        let closing = Timestamp::parse("2023-11-15T19:00:00Z").unwrap();
        assert_eq!(house.apply(NOW), Some(closing));
        assert!(house.admits(&ann) && house.admits(&bot));
        // what someone chooses for himself stays
        house.choose(&bob, false);
        assert_eq!(house.apply(hours_later(1)), Some(closing));
        assert!(!house.is_available(&bob));

        let opening = Timestamp::parse("2023-11-16T07:00:00Z").unwrap();
        for _ in 0..2 {
            assert_eq!(house.apply(closing), Some(opening));
            assert!(!house.is_available(&ann) && !house.is_available(&bob) && house.is_available(&bot));
            assert!(!house.admits(&ann) && house.admits(&bot));
        }
        house.apply(opening);
        assert!(house.is_available(&ann) && house.is_available(&bob));

        // off: nobody is bound any more, and everybody stays what he is
        house.apply(closing);
        house.set(closing, "Livechat_enable_business_hours", &json!(false));
        assert_eq!(house.read(|view| view.number(&BONDS, params![])), 0);
        assert!(!house.is_available(&ann) && house.is_available(&bot));
        house.choose(&ann, true);
        assert_eq!(house.apply(closing), None);
        assert!(house.is_available(&ann) && house.admits(&ann));

        let told = house.told_eventually(6);
        let told: Vec<String> = told.iter().map(|(name, there)| format!("{name} {there}")).collect();
        let mut later = [told[2..4].to_vec(), told[4..].to_vec()];
        later.iter_mut().for_each(|pair| pair.sort());
        assert_eq!(told[..2], ["bob true", "ann false"]);
        assert_eq!(later, [["ann true", "bob true"], ["ann false", "bob false"]]);
    }

    fn departments_have_hours_of_their_own(engine: Engine) {
        let house = House::new(engine);
        let ann = house.agent("ann", &["livechat-agent"], true);
        let bob = house.agent("bob", &["livechat-agent"], true);
        let id = bob.clone();
        house.write(move |tx| {
            tx.execute(&MAKE_DEPARTMENT, params!["night", true, false])?;
            Ok(tx.execute(&ENTER, params!["link", "night", &id])?)
        });
        house.set(NOW, "Livechat_enable_business_hours", &json!(true));
        let night = Draft {
            departments: Some(vec!["night".to_owned(), "unknown".to_owned()]),
            ..draft(Kind::Custom, "20:00", "24:00")
        };
        house.save(NOW, night).unwrap();
        // one for all, until the setting says that there may be several
        assert!(house.is_available(&ann) && house.is_available(&bob));
        house.set(NOW, "Livechat_business_hour_type", &json!("Multiple"));
        assert!(house.is_available(&ann) && !house.is_available(&bob));
        let evening = Timestamp::parse("2023-11-15T19:00:00Z").unwrap();
        let midnight = Timestamp::parse("2023-11-15T23:00:00Z").unwrap();
        assert_eq!(house.apply(evening), Some(midnight));
        assert!(!house.is_available(&ann) && house.is_available(&bob));
        assert!(!house.admits(&ann) && house.admits(&bob));
        house.apply(midnight);
        assert!(!house.is_available(&ann) && !house.is_available(&bob));
    }

    fn who_is_offline_does_not_become_available(engine: Engine) {
        let house = House::new(engine);
        let ann = house.write(move |tx| {
            let account = accounts::create(tx, &Actor::System, NOW, &NewAccount::person("ann", "Ann"))?;
            tx.execute(&MAKE_AGENT, params![&account.id, false, false, NOW])?;
            Ok(account.id)
        });
        house.set(NOW, "Livechat_enable_business_hours", &json!(true));
        assert!(!house.is_available(&ann));
        assert_eq!(house.read(|view| view.number(&BONDS, params![])), 1);
        assert!(house.told().is_empty());
    }

    fn saved_hours_hold_at_once(engine: Engine) {
        let house = House::new(engine);
        let ann = house.agent("ann", &["livechat-agent"], true);
        house.set(NOW, "Livechat_enable_business_hours", &json!(true));
        house.save(NOW, draft(Kind::Default, "12:00", "13:00")).unwrap();
        assert!(!house.is_available(&ann));
        house.save(NOW, draft(Kind::Default, "10:00", "13:00")).unwrap();
        assert!(house.is_available(&ann));
        let idle = Draft { active: false, ..draft(Kind::Default, "10:00", "13:00") };
        house.save(NOW, idle).unwrap();
        assert!(!house.is_available(&ann));
        let saved = house.read(hours::the_default).unwrap();
        assert!(saved.saved && !saved.is_open && !saved.active);
        let lost = Draft { id: Some("none".into()), ..draft(Kind::Custom, "10:00", "13:00") };
        assert!(matches!(house.save(NOW, lost), Err(Refusal::NoSuchBusinessHour)));
    }
}
