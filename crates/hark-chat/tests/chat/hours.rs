//! Opening and closing against a real store, on both engines.

use hark_model::Refusal;
use hark_model::accounts::{self, NewAccount};
use hark_staff::hours::{self, Day, Draft, Kind};
use hark_store::{Statement, Timestamp, log, params};
use hark_testkit::{Engine, on_both_engines};
use serde_json::json;

use crate::world::{World, body_of};

/// A Wednesday, 10:00 in Berlin.
const NOW: Timestamp = Timestamp::from_millis(1_700_038_800_000);

static MAKE_AGENT: Statement = Statement::new(
    "agent",
    "INSERT INTO agent (account_id, available, paused_by_system, assigned, updated_at) VALUES ($1, $2, $3, 0, $4)
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

fn with_hours(engine: Engine) -> World {
    let world = World::new(engine);
    let prepared = world.command_at(NOW, |cx| {
        hours::ensure_default(cx, "Europe/Berlin")?;
        hours::ensure_default(cx, "UTC")
    });
    prepared.unwrap();
    world
}

impl World {
    /// An agent who is there, and available or not.
    fn agent_with(&self, name: &'static str, roles: &[&str], available: bool) -> String {
        let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        self.command_at(NOW, move |cx| {
            let new = NewAccount {
                roles: roles.clone(),
                ..NewAccount::person(name, name)
            };
            let account = hark_staff::accounts::create(cx, &new)?;
            cx.tx.execute(&ONLINE, params![&account.id])?;
            cx.tx
                .execute(&MAKE_AGENT, params![&account.id, available, false, NOW])?;
            Ok(account.id)
        })
        .unwrap()
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
        self.write(move |tx| Ok(tx.execute(&CHOOSE, params![&agent, available])?))
            .unwrap();
    }

    fn apply(&self, now: Timestamp) -> Option<Timestamp> {
        self.command_at(now, hours::apply).unwrap()
    }

    fn save(&self, now: Timestamp, draft: Draft) -> Result<(), Refusal> {
        self.command_at(now, move |cx| hours::save(cx, &draft))
    }

    /// Who became available or not, in the order of the log.
    fn changes(&self) -> Vec<(String, bool)> {
        let events = self.read(|view| log::after(view, 0, 1000)).into_iter();
        let turns = events.filter(|event| event.kind == "agent.status");
        let changes = turns.map(|event| {
            let body = body_of(&event);
            let name = body["agent"]["username"].as_str().unwrap().to_owned();
            (name, body["available"] == true)
        });
        changes.collect()
    }

    fn changes_eventually(&self, count: usize) -> Vec<(String, bool)> {
        hark_testkit::eventually("the events", || {
            let changes = self.changes();
            (changes.len() >= count).then_some(changes)
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
        let world = with_hours(engine);
        let ann = world.agent_with("ann", &["livechat-agent"], true);
        let bob = world.agent_with("bob", &["livechat-agent"], false);
        let bot = world.agent_with("robot", &["livechat-agent", "bot"], true);
        // nothing happens while the setting is off
        assert_eq!(world.apply(hours_later(12)), None);
        assert!(world.is_available(&ann) && !world.is_available(&bob));

        // open: those who are there become available
        world.set_at(NOW, "Livechat_enable_business_hours", json!(true));
        assert!(world.is_available(&ann) && world.is_available(&bob));
        assert_eq!(world.read(|view| view.number(&BONDS, params![])), 2);
        let closing = Timestamp::parse("2023-11-15T19:00:00Z").unwrap();
        assert_eq!(world.apply(NOW), Some(closing));
        assert!(world.admits(&ann) && world.admits(&bot));
        // what someone chooses for themselves stays
        world.choose(&bob, false);
        assert_eq!(world.apply(hours_later(1)), Some(closing));
        assert!(!world.is_available(&bob));

        let opening = Timestamp::parse("2023-11-16T07:00:00Z").unwrap();
        for _ in 0..2 {
            assert_eq!(world.apply(closing), Some(opening));
            assert!(!world.is_available(&ann) && !world.is_available(&bob) && world.is_available(&bot));
            assert!(!world.admits(&ann) && world.admits(&bot));
        }
        world.apply(opening);
        assert!(world.is_available(&ann) && world.is_available(&bob));

        // off: nobody is bound any more, and everybody stays what they are
        world.apply(closing);
        world.set_at(closing, "Livechat_enable_business_hours", json!(false));
        assert_eq!(world.read(|view| view.number(&BONDS, params![])), 0);
        assert!(!world.is_available(&ann) && world.is_available(&bot));
        world.choose(&ann, true);
        assert_eq!(world.apply(closing), None);
        assert!(world.is_available(&ann) && world.admits(&ann));

        let changes = world.changes_eventually(6);
        let changes: Vec<String> = changes.iter().map(|(name, there)| format!("{name} {there}")).collect();
        let mut later = [changes[2..4].to_vec(), changes[4..].to_vec()];
        later.iter_mut().for_each(|pair| pair.sort());
        assert_eq!(changes[..2], ["bob true", "ann false"]);
        assert_eq!(later, [["ann true", "bob true"], ["ann false", "bob false"]]);
    }

    fn departments_have_hours_of_their_own(engine: Engine) {
        let world = with_hours(engine);
        let ann = world.agent_with("ann", &["livechat-agent"], true);
        let bob = world.agent_with("bob", &["livechat-agent"], true);
        let id = bob.clone();
        world.write(move |tx| {
            tx.execute(&MAKE_DEPARTMENT, params!["night", true, false])?;
            Ok(tx.execute(&ENTER, params!["link", "night", &id])?)
        }).unwrap();
        world.set_at(NOW, "Livechat_enable_business_hours", json!(true));
        let night = Draft {
            departments: Some(vec!["night".to_owned(), "unknown".to_owned()]),
            ..draft(Kind::Custom, "20:00", "24:00")
        };
        world.save(NOW, night).unwrap();
        // one for all, until the setting says that there may be several
        assert!(world.is_available(&ann) && world.is_available(&bob));
        world.set_at(NOW, "Livechat_business_hour_type", json!("Multiple"));
        assert!(world.is_available(&ann) && !world.is_available(&bob));
        let evening = Timestamp::parse("2023-11-15T19:00:00Z").unwrap();
        let midnight = Timestamp::parse("2023-11-15T23:00:00Z").unwrap();
        assert_eq!(world.apply(evening), Some(midnight));
        assert!(!world.is_available(&ann) && world.is_available(&bob));
        assert!(!world.admits(&ann) && world.admits(&bob));
        world.apply(midnight);
        assert!(!world.is_available(&ann) && !world.is_available(&bob));
    }

    fn each_departments_clocks_are_changed_on_their_own_day(engine: Engine) {
        let world = with_hours(engine);
        // Everybody works from 01:00 to 04:00 on the clocks of their department.
        let places = [("berlin", "Europe/Berlin"), ("boston", "America/New_York"), ("hobart", "Australia/Hobart")];
        let agents = places.map(|(name, zone)| {
            let agent = world.agent_with(name, &["livechat-agent"], false);
            let id = agent.clone();
            world.write(move |tx| {
                tx.execute(&MAKE_DEPARTMENT, params![name, true, false])?;
                Ok(tx.execute(&ENTER, params![name, name, &id])?)
            }).unwrap();
            let hour = Draft {
                departments: Some(vec![name.to_owned()]),
                timezone: zone.to_owned(),
                ..draft(Kind::Custom, "01:00", "04:00")
            };
            world.save(NOW, hour).unwrap();
            agent
        });
        let closed = Draft { active: false, ..draft(Kind::Default, "01:00", "04:00") };
        world.save(NOW, closed).unwrap();
        world.set_at(NOW, "Livechat_business_hour_type", json!("Multiple"));
        world.set_at(NOW, "Livechat_enable_business_hours", json!(true));
        // Looks at each moment that the look before it named, and tells who is there then.
        let passes = |from: &str, most: usize| -> Vec<String> {
            let mut next = world.apply(Timestamp::parse(from).unwrap());
            let turns = std::iter::from_fn(|| {
                let at = next?;
                next = world.apply(at);
                let there = places.iter().zip(&agents).filter(|(_, agent)| world.is_available(agent));
                let there: Vec<&str> = there.map(|((name, _), _)| *name).collect();
                Some(format!("{} {}", at.iso().replace(":00.000Z", "Z"), there.join(" ")).trim().to_owned())
            });
            turns.take(most).collect()
        };
        // Boston skips the hour behind 02:00 on 8 March 2026.
        assert_eq!(passes("2026-03-07T17:00:00Z", 10), [
            "2026-03-08T00:00Z berlin", "2026-03-08T03:00Z",
            "2026-03-08T06:00Z boston", "2026-03-08T08:00Z",
            "2026-03-08T14:00Z hobart", "2026-03-08T17:00Z",
            "2026-03-09T00:00Z berlin", "2026-03-09T03:00Z",
            "2026-03-09T05:00Z boston", "2026-03-09T08:00Z",
        ]);
        // Berlin skips one on 29 March, Hobart has one twice on 5 April.
        assert_eq!(passes("2026-03-28T18:00:00Z", 4), [
            "2026-03-29T00:00Z berlin", "2026-03-29T02:00Z",
            "2026-03-29T05:00Z boston", "2026-03-29T08:00Z",
        ]);
        assert_eq!(passes("2026-04-04T09:00:00Z", 4), [
            "2026-04-04T14:00Z hobart", "2026-04-04T18:00Z",
            "2026-04-04T23:00Z berlin", "2026-04-05T02:00Z",
        ]);
        // Berlin has one twice on 25 October; there its hours touch those of nobody else.
        assert_eq!(passes("2026-10-24T18:00:00Z", 2), ["2026-10-24T23:00Z berlin", "2026-10-25T03:00Z"]);
        // A look that comes late does what was missed: two were to go, and one to come.
        assert_eq!(passes("2026-10-25T23:59:00Z", 1), ["2026-10-26T00:00Z berlin"]);
        world.apply(Timestamp::parse("2026-10-26T05:30:00Z").unwrap());
        let there: Vec<bool> = agents.iter().map(|agent| world.is_available(agent)).collect();
        assert_eq!(there, [false, true, false]);
    }

    fn who_is_offline_does_not_become_available(engine: Engine) {
        let world = with_hours(engine);
        let ann = world.command_at(NOW, |cx| {
            let account = hark_staff::accounts::create(cx, &NewAccount::person("ann", "Ann"))?;
            cx.tx.execute(&MAKE_AGENT, params![&account.id, false, false, NOW])?;
            Ok(account.id)
        }).unwrap();
        world.set_at(NOW, "Livechat_enable_business_hours", json!(true));
        assert!(!world.is_available(&ann));
        assert_eq!(world.read(|view| view.number(&BONDS, params![])), 1);
        assert!(world.changes().is_empty());
    }

    fn saved_hours_hold_at_once(engine: Engine) {
        let world = with_hours(engine);
        let ann = world.agent_with("ann", &["livechat-agent"], true);
        world.set_at(NOW, "Livechat_enable_business_hours", json!(true));
        world.save(NOW, draft(Kind::Default, "12:00", "13:00")).unwrap();
        assert!(!world.is_available(&ann));
        world.save(NOW, draft(Kind::Default, "10:00", "13:00")).unwrap();
        assert!(world.is_available(&ann));
        let idle = Draft { active: false, ..draft(Kind::Default, "10:00", "13:00") };
        world.save(NOW, idle).unwrap();
        assert!(!world.is_available(&ann));
        let saved = world.read(hours::the_default).unwrap();
        assert!(saved.saved && !saved.is_open && !saved.active);
        let lost = Draft { id: Some("none".into()), ..draft(Kind::Custom, "10:00", "13:00") };
        assert!(matches!(world.save(NOW, lost), Err(Refusal::NoSuchBusinessHour)));
    }
}
