//! Agents and departments against a real store, on both engines.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::sync::Arc;

use common::{House, NOW, person};
use hark_chat::accounts::{self, Account, Change, Presence};
use hark_chat::agents::{self, Agent, Filter};
use hark_chat::departments::{self, Department, Draft, Placement};
use hark_chat::{Actor, Refusal, roles, sessions, settings};
use hark_store::{Event, Statement, Timestamp, Tx, params};
use hark_testkit::on_both_engines;
use serde_json::{Value, json};

const SYSTEM: &Actor = &Actor::System;

fn later(minutes: i64) -> Timestamp {
    NOW.plus_seconds(60 * minutes)
}

impl House {
    fn agent(&self, username: &'static str) -> Option<Agent> {
        let id = self.account(username).id;
        self.read(move |view| agents::find(view, &id))
    }

    fn hire(&self, username: &'static str) -> Account {
        let account = self.create(person(username, &["user"])).unwrap();
        let hired = account.clone();
        self.write(move |tx| agents::appoint(tx, SYSTEM, NOW, &hired))
            .unwrap();
        account
    }

    fn change(&self, username: &'static str, change: Change) {
        let id = self.account(username).id;
        self.write(move |tx| accounts::change(tx, SYSTEM, NOW, &id, &change))
            .unwrap();
    }

    fn log_in(&self, username: &'static str, token: &'static str) {
        let (policy, account) = (self.policy(), self.account(username));
        self.write(move |tx| Ok(sessions::begin(tx, NOW, &policy, &account, None, token)?))
            .unwrap();
    }

    fn log_out(&self, token: &'static str, at: Timestamp) {
        let hash = hark_chat::keys::hash(token);
        self.write(move |tx| Ok(sessions::end(tx, at, &hash)?))
            .unwrap();
    }

    fn show(&self, username: &'static str, presence: Presence, at: Timestamp) {
        let (policy, id) = (self.policy(), self.account(username).id);
        self.write(move |tx| {
            accounts::set_status(tx, SYSTEM, at, &policy, &id, Some(presence), None)
        })
        .unwrap();
    }

    fn set_available(&self, username: &'static str, available: bool) -> Result<Account, Refusal> {
        let (policy, id) = (self.policy(), self.account(username).id);
        self.write(move |tx| agents::set_available(tx, SYSTEM, NOW, &policy, &id, available))
    }

    fn set(&self, id: &'static str, value: Value) {
        let (keys, policy) = (Arc::clone(&self.keys), self.policy());
        self.write(move |tx| settings::change(tx, SYSTEM, NOW, &keys, &policy, id, &value))
            .unwrap();
    }

    fn department(&self, name: &str, agents: &[&Account]) -> Department {
        let draft = draft(name);
        let placed: Vec<Placement> = agents
            .iter()
            .map(|account| Placement::of(account.id.clone()))
            .collect();
        self.write(move |tx| departments::save(tx, SYSTEM, NOW, None, &draft, &placed))
            .unwrap()
    }

    fn change_department(&self, id: &str, draft: Draft) -> Result<Department, Refusal> {
        let id = id.to_owned();
        self.write(move |tx| departments::save(tx, SYSTEM, NOW, Some(&id), &draft, &[]))
    }

    fn find_department(&self, id: &str) -> Option<Department> {
        let id = id.to_owned();
        self.read(move |view| departments::find(view, &id))
    }

    fn who_answers_in(&self, id: &str) -> Vec<String> {
        let id = id.to_owned();
        let links = self.read(move |view| departments::links(view, &id));
        links.into_iter().map(|link| link.username).collect()
    }

    fn run(&self, statement: &'static Statement) {
        self.write(move |tx| Ok(tx.execute(statement, params![])?))
            .unwrap();
    }

    fn number(&self, statement: &'static Statement) -> i64 {
        self.read(move |view| view.number(statement, params![]))
    }

    /// Begins both before it waits for either.
    fn at_once(&self, commands: [Command; 2]) {
        let tasks = commands.map(|command| {
            let store = self.store.clone();
            self.runtime
                .spawn(async move { store.write(move |tx| command(tx)).await })
        });
        for task in tasks {
            self.runtime.block_on(task).unwrap().unwrap();
        }
    }

    /// What was told of this kind until now.
    fn told(&self, kind: &str) -> Vec<Value> {
        self.create(person("last-of-all", &["user"])).unwrap();
        let is_last = |event: &Event| {
            event.kind == "account.created" && event.body["account"]["username"] == "last-of-all"
        };
        let mut follower = self.store.follow(0);
        let mut events: Vec<Event> = Vec::new();
        while !events.iter().any(is_last) {
            events.extend(self.runtime.block_on(follower.next(1_000)).unwrap());
        }
        events.retain(|event| event.kind == kind);
        events.into_iter().map(|event| event.body).collect()
    }
}

type Command = Box<dyn Fn(&mut Tx<'_>) -> Result<(), Refusal> + Send>;

fn ending(token: &str) -> Command {
    let hash = hark_chat::keys::hash(token);
    Box::new(move |tx| Ok(sessions::end(tx, NOW, &hash)?))
}

fn draft(name: &str) -> Draft {
    Draft {
        name: name.to_owned(),
        email: "team@example.org".into(),
        enabled: true,
        ..Draft::default()
    }
}

static MANAGED: Statement = Statement::new(
    "managed",
    "INSERT INTO visitor (id, token, custom, contact_manager, activity, emails, phones, removed, updated_at)
        VALUES ('v1', 't1', '{}', 'amy', '[]', '[]', '[]', FALSE, 0)",
    None,
);
static MANAGED_BY_AMY: Statement = Statement::new(
    "managed_by_amy",
    "SELECT count(*) FROM visitor WHERE contact_manager = 'amy'",
    None,
);
static MANAGED_BY_NOBODY: Statement = Statement::new(
    "managed_by_nobody",
    "SELECT count(*) FROM visitor WHERE contact_manager IS NULL",
    None,
);

on_both_engines! {
    fn whoever_holds_the_role_is_an_agent(engine: Engine) {
        let house = House::new(engine);
        let amy = house.create(person("amy", &["user"])).unwrap();
        assert_eq!(house.agent("amy"), None);
        assert_eq!(house.account("amy").available, None);

        // by a role edit, of someone who is offline and of someone who is there
        let roles = |roles: &[&str]| Change {
            roles: Some(roles.iter().map(|role| (*role).to_owned()).collect()),
            ..Change::default()
        };
        house.change("amy", roles(&["user", "livechat-agent"]));
        assert_eq!(house.account("amy").available, Some(false));
        house.change("amy", roles(&["user"]));
        assert_eq!(house.agent("amy"), None);
        house.show("amy", Presence::Busy, NOW);
        house.change("amy", roles(&["livechat-agent", "user"]));
        assert_eq!(house.account("amy").available, Some(true));
        house.change("amy", roles(&["livechat-agent"]));
        assert_eq!(house.account("amy").available, Some(true));

        // by the lists of roles
        let (account, role) = (house.account("amy"), house.read(|view| roles::find(view, "livechat-agent")).unwrap());
        let (held, kept) = (account.clone(), role.clone());
        house.write(move |tx| roles::take(tx, SYSTEM, NOW, &held, &kept)).unwrap();
        assert_eq!(house.agent("amy"), None);
        house.write(move |tx| roles::give(tx, SYSTEM, NOW, &account, &role)).unwrap();
        assert!(house.agent("amy").unwrap().is_available());

        // by the list of agents, wherever he is; once more makes him available
        let ben = house.hire("ben");
        assert_eq!(house.account("ben").available, Some(true));
        house.set_available("ben", false).unwrap();
        house.write(move |tx| agents::appoint(tx, SYSTEM, NOW, &ben)).unwrap();
        assert_eq!(house.account("ben").available, Some(true));

        // from the start, and to the end
        let cog = house.create(person("cog", &["user", "livechat-agent"])).unwrap();
        assert_eq!(cog.available, Some(false));
        assert_eq!(house.account("cog").available, Some(false));
        let gone = amy.id;
        house.write(move |tx| accounts::delete(tx, SYSTEM, NOW, &gone)).unwrap();
        let names = |agent: Agent| agent.account.username;
        let agents = house.read(|view| agents::list(view, &Filter::default()));
        assert_eq!(agents.into_iter().map(names).collect::<Vec<_>>(), ["ben", "cog"]);

        let told = house.told("agent.status");
        let available: Vec<(&str, &Value)> = told
            .iter()
            .map(|body| (body["agent"]["username"].as_str().unwrap(), &body["available"]))
            .collect();
        assert_eq!(available, [
            ("amy", &Value::Null),
            ("amy", &json!(true)),
            ("amy", &json!(false)),
            ("amy", &json!(true)),
            ("ben", &json!(true)),
            ("ben", &json!(false)),
            ("ben", &json!(true)),
            ("amy", &json!(false)),
        ]);
    }

    fn whoever_is_dismissed_leaves_nothing_behind(engine: Engine) {
        let house = House::new(engine);
        let amy = house.hire("amy");
        let sales = house.department("Sales", &[&amy]);
        assert_eq!(sales.agents, 1);
        assert_eq!(house.agent("amy").unwrap().departments, std::slice::from_ref(&sales.id));
        house.run(&MANAGED);
        // contacts follow him when he gets another name
        house.change("amy", Change { username: Some("amelia".into()), ..Change::default() });
        assert_eq!(house.number(&MANAGED_BY_AMY), 0);
        assert_eq!(house.number(&MANAGED_BY_NOBODY), 0);
        house.change("amelia", Change { username: Some("amy".into()), ..Change::default() });
        assert_eq!(house.number(&MANAGED_BY_AMY), 1);
        let account = house.account("amy");
        house.write(move |tx| agents::dismiss(tx, SYSTEM, NOW, &account)).unwrap();
        assert_eq!(house.agent("amy"), None);
        assert_eq!(house.find_department(&sales.id).unwrap().agents, 0);
        assert_eq!(house.number(&MANAGED_BY_NOBODY), 1);
        // who is none already is none
        let account = house.account("amy");
        house.write(move |tx| agents::dismiss(tx, SYSTEM, NOW, &account)).unwrap();
        let told = house.told("department.agent");
        let actions: Vec<&Value> = told.iter().map(|body| &body["action"]).collect();
        assert_eq!(actions, ["added", "removed"]);
    }

    fn the_last_log_out_pauses_and_the_next_log_in_goes_on(engine: Engine) {
        let house = House::new(engine);
        house.hire("amy");
        house.show("amy", Presence::Online, NOW);
        house.log_in("amy", "one");
        house.log_in("amy", "two");
        let id = house.account("amy").id;
        house.write(move |tx| sessions::add_personal_token(tx, NOW, &id, "script", false, "three")).unwrap();
        house.log_out("one", later(1));
        house.log_out("one", later(1));
        let agent = house.agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.left_at), (true, None));
        house.log_out("two", later(2));
        let agent = house.agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.paused_by_house), (false, true));
        assert_eq!(agent.left_at, Some(later(2)));
        house.log_in("amy", "four");
        let agent = house.agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.paused_by_house, agent.left_at), (true, false, None));

        // what someone chose himself stays as he chose it
        house.set_available("amy", false).unwrap();
        house.log_out("four", later(3));
        house.log_in("amy", "five");
        let agent = house.agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.left_at), (false, None));

        // a log-in that runs out is a log-out, and so is a new password
        house.set_available("amy", true).unwrap();
        assert_eq!(house.write(|tx| Ok(sessions::tidy(tx, NOW.plus_days(91), 10)?)).unwrap(), 1);
        let agent = house.agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.left_at), (false, Some(NOW.plus_days(91))));
        house.log_in("amy", "six");
        assert!(house.agent("amy").unwrap().is_available());
        house.change("amy", Change { password: Some("hash".into()), ..Change::default() });
        assert!(!house.agent("amy").unwrap().is_available());

        let told = house.told("agent.status");
        let available: Vec<&Value> = told.iter().map(|body| &body["available"]).collect();
        // hired, said that she is there, logged out, in, off, on, expired, in, out
        assert_eq!(available, [true, true, false, true, false, true, false, true, false]);
    }

    fn of_log_outs_at_once_one_is_the_last(engine: Engine) {
        let house = House::new(engine);
        let amy = house.hire("amy").id;
        for _ in 0..10 {
            house.log_in("amy", "one");
            house.log_in("amy", "two");
            house.set_available("amy", true).unwrap();
            house.at_once([ending("one"), ending("two")]);
            let agent = house.agent("amy").unwrap();
            assert_eq!((agent.is_available(), agent.paused_by_house), (false, true));
        }
        for _ in 0..10 {
            house.log_in("amy", "one");
            let id = amy.clone();
            let switched_off: Command = Box::new(move |tx| accounts::set_active(tx, SYSTEM, NOW, &id, false).map(drop));
            house.at_once([ending("one"), switched_off]);
            let agent = house.agent("amy").unwrap();
            assert_eq!((agent.is_available(), agent.paused_by_house), (false, false));
            house.change("amy", Change { active: Some(true), ..Change::default() });
        }
    }

    fn who_goes_offline_is_gone_until_he_is_back(engine: Engine) {
        let house = House::new(engine);
        house.hire("amy");
        house.show("amy", Presence::Online, NOW);
        house.show("amy", Presence::Offline, later(1));
        house.show("amy", Presence::Offline, later(2));
        assert_eq!(house.agent("amy").unwrap().left_at, Some(later(1)));
        // who is invisible and logs in is still gone
        house.log_in("amy", "one");
        assert_eq!(house.agent("amy").unwrap().left_at, Some(later(1)));
        house.show("amy", Presence::Away, later(3));
        assert_eq!(house.agent("amy").unwrap().left_at, None);
        // that is not about being available
        assert!(house.agent("amy").unwrap().is_available());
    }

    fn an_account_that_is_switched_off_takes_no_chats(engine: Engine) {
        let house = House::new(engine);
        house.hire("amy");
        house.log_in("amy", "one");
        house.change("amy", Change { active: Some(false), ..Change::default() });
        let agent = house.agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.paused_by_house), (false, false));
        assert!(matches!(house.set_available("amy", true), Err(Refusal::AgentDeactivated)));
        house.change("amy", Change { active: Some(true), ..Change::default() });
        house.log_in("amy", "two");
        assert!(!house.agent("amy").unwrap().is_available());
        house.set_available("amy", true).unwrap();
        assert!(house.agent("amy").unwrap().is_available());
        assert!(matches!(house.set_available("ada", true), Err(Refusal::NotAnAgent)));
    }

    fn while_the_hours_are_closed_nobody_but_programs_becomes_available(engine: Engine) {
        static HOUR: Statement = Statement::new(
            "hour",
            "INSERT INTO business_hour (id, name, kind, active, timezone, saved, work_hours, is_open, created_at, updated_at)
                VALUES ('h1', '', 'default', TRUE, '{}', FALSE, '[]', TRUE, 0, 0)",
            None,
        );
        static BIND: Statement = Statement::new(
            "bind",
            "INSERT INTO agent_hour (account_id, business_hour_id)
                SELECT id, 'h1' FROM account WHERE username = 'amy'",
            None,
        );
        let house = House::new(engine);
        house.hire("amy");
        house.hire("cog");
        let roles = ["bot", "livechat-agent"].map(str::to_owned).to_vec();
        house.change("cog", Change { roles: Some(roles), ..Change::default() });
        house.log_in("amy", "one");
        house.log_out("one", NOW);
        house.set("Livechat_enable_business_hours", json!(true));
        house.set_available("cog", false).unwrap();
        house.set_available("cog", true).unwrap();
        // neither by asking for it nor by logging in
        assert!(matches!(house.set_available("amy", true), Err(Refusal::HoursClosed)));
        house.log_in("amy", "two");
        let agent = house.agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.paused_by_house), (false, true));
        house.run(&HOUR);
        house.run(&BIND);
        house.log_in("amy", "three");
        assert!(house.agent("amy").unwrap().is_available());
        house.change("amy", Change { active: Some(false), ..Change::default() });
        assert!(!house.agent("amy").unwrap().is_available());
        // the hour is still open when he is switched on again
        house.change("amy", Change { active: Some(true), ..Change::default() });
        assert!(house.agent("amy").unwrap().is_available());
    }

    fn departments_are_saved_with_their_agents(engine: Engine) {
        let house = House::new(engine);
        let (amy, ben) = (house.hire("amy"), house.hire("ben"));
        let sales = house.department("Sales", &[&amy]);
        assert_eq!(house.who_answers_in(&sales.id), ["amy"]);
        // a shorter list removes nobody, and who does not exist is passed over
        let placed = [Placement::of(ben.id.clone()), Placement::of("nobody".into())];
        let id = sales.id.clone();
        house.write(move |tx| departments::set_agents(tx, SYSTEM, NOW, &id, &placed, &[])).unwrap();
        assert_eq!(house.who_answers_in(&sales.id), ["amy", "ben"]);
        let placed = [Placement { agent: amy.id.clone(), assigned: 7, place: 2 }];
        let removed = [ben.id, "nobody".to_owned()];
        let id = sales.id.clone();
        house.write(move |tx| departments::set_agents(tx, SYSTEM, NOW, &id, &placed, &removed)).unwrap();
        let id = sales.id.clone();
        let links = house.read(move |view| departments::links(view, &id));
        assert_eq!((links.len(), links[0].assigned, links[0].place), (1, 7, 2));
        assert_eq!(house.find_department(&sales.id).unwrap().agents, 1);
        let unknown = house.write(|tx| departments::set_agents(tx, SYSTEM, NOW, "x", &[], &[]));
        assert!(matches!(unknown, Err(Refusal::NoSuchDepartment)));

        // all of an agent's departments at once
        let help = house.department("Help", &[]);
        let (id, wanted) = (amy.id, [help.id.clone(), "nowhere".to_owned()]);
        house.write(move |tx| agents::save(tx, SYSTEM, NOW, &id, Some(3), &wanted)).unwrap();
        let agent = house.agent("amy").unwrap();
        assert_eq!((agent.most_chats, agent.departments), (Some(3), vec![help.id]));
        let refused = house.write(|tx| agents::save(tx, SYSTEM, NOW, "x", None, &[]));
        assert!(matches!(refused, Err(Refusal::NotAnAgent)));

        let told = house.told("department.agent");
        let told: Vec<(&Value, &Value, &Value)> = told
            .iter()
            .map(|body| (&body["action"], &body["agent"]["username"], &body["department"]["name"]))
            .collect();
        let told_of = |action: &str, agent: &str, department: &str| (json!(action), json!(agent), json!(department));
        let expected = [
            told_of("added", "amy", "Sales"),
            told_of("added", "ben", "Sales"),
            told_of("changed", "amy", "Sales"),
            told_of("removed", "ben", "Sales"),
            told_of("added", "amy", "Help"),
            told_of("removed", "amy", "Sales"),
        ];
        let mut told: Vec<_> = told.into_iter().map(|(a, b, c)| (a.clone(), b.clone(), c.clone())).collect();
        // the departments of an agent are gone through in the order of their ids
        told[4..].sort_by_key(|(action, _, _)| action.to_string());
        assert_eq!(told, expected);
    }

    fn a_department_refuses_what_makes_no_sense(engine: Engine) {
        let house = House::new(engine);
        let sales = house.department("Sales", &[]);
        assert!(matches!(house.change_department("x", draft("X")), Err(Refusal::NoSuchDepartment)));
        let own = Draft { fallback: Some(sales.id.clone()), ..draft("Sales") };
        assert!(matches!(house.change_department(&sales.id, own), Err(Refusal::FallbackToItself)));
        let unknown = Draft { fallback: Some("x".into()), ..draft("Sales") };
        assert!(matches!(house.change_department(&sales.id, unknown), Err(Refusal::NoSuchFallback)));
        let no_tags = Draft { tag_before_closing: Some(true), ..draft("Sales") };
        assert!(matches!(house.change_department(&sales.id, no_tags), Err(Refusal::ClosingTagsMissing)));
        let long = draft(&"n".repeat(257));
        assert!(matches!(house.change_department(&sales.id, long), Err(Refusal::TooLong { .. })));
        let id = sales.id.clone();
        house.write(move |tx| departments::archive(tx, SYSTEM, NOW, &id)).unwrap();
        assert!(matches!(house.change_department(&sales.id, draft("Sales")), Err(Refusal::DepartmentArchived)));
        let disabled = Draft { enabled: false, ..draft("Shop") };
        let shop = house.change_department(&sales.id, disabled).unwrap();
        assert_eq!((shop.name.as_str(), shop.archived, shop.enabled), ("Shop", true, false));
        let id = sales.id.clone();
        house.write(move |tx| departments::unarchive(tx, SYSTEM, NOW, &id)).unwrap();
        let shop = house.find_department(&sales.id).unwrap();
        assert_eq!((shop.archived, shop.enabled), (false, false));
    }

    fn a_department_that_is_removed_is_removed_everywhere(engine: Engine) {
        static ROOMS: Statement = Statement::new(
            "rooms",
            "INSERT INTO room (id, kind, name, department_id, open, on_hold, waiting_response, source, tags,
                    custom, metrics, priority_weight, estimated_wait, messages, people_count, last_message_at,
                    closed_at, created_at, updated_at)
                SELECT 'r' || n, 'l', 'room', department.id, n = 1, FALSE, FALSE, '{}', '[]', '{}', '{}', 0, 0, 0, 0, 0,
                    CASE WHEN n = 1 THEN NULL ELSE 5 END, n, 0
                FROM department, (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS numbers
                WHERE department.name = 'Sales'",
            None,
        );
        static INQUIRY: Statement = Statement::new(
            "inquiry",
            "INSERT INTO inquiry (id, room_id, status, department_id, first_message, priority_weight, estimated_wait, created_at, updated_at)
                SELECT 'i1', 'r1', 'queued', department_id, 'hello', 0, 0, 0, 0 FROM room WHERE id = 'r1'",
            None,
        );
        static IN_DEPARTMENTS: Statement = Statement::new(
            "in_departments",
            "SELECT count(*) FROM room WHERE department_id IS NOT NULL",
            None,
        );
        static QUEUED_IN_DEPARTMENTS: Statement = Statement::new(
            "queued_in_departments",
            "SELECT count(*) FROM inquiry WHERE department_id IS NOT NULL",
            None,
        );
        static CLOSED: Statement = Statement::new(
            "closed",
            "INSERT INTO tally (scope, shard, number)
                SELECT 'closed:department:' || id, 1, 3 FROM department WHERE name = 'Sales'",
            None,
        );
        static TALLIES: Statement = Statement::new(
            "tallies",
            "SELECT count(*) FROM tally WHERE scope <> 'closed'",
            None,
        );
        let house = House::new(engine);
        let amy = house.hire("amy");
        let sales = house.department("Sales", &[&amy]);
        let help = house.department("Help", &[]);
        let other = Draft {
            fallback: Some(sales.id.clone()),
            forward_to: Some(vec![sales.id.clone(), "elsewhere".into()]),
            ..draft("Help")
        };
        let fallen = house.change_department(&help.id, other).unwrap();
        assert_eq!(fallen.fallback.as_deref(), Some(sales.id.as_str()));
        house.run(&ROOMS);
        house.run(&INQUIRY);
        house.run(&CLOSED);
        assert_eq!(house.number(&TALLIES), 1);
        assert_eq!((house.number(&IN_DEPARTMENTS), house.number(&QUEUED_IN_DEPARTMENTS)), (4, 1));

        let id = sales.id.clone();
        house.write(move |tx| departments::remove(tx, SYSTEM, NOW, &id)).unwrap();
        assert_eq!(house.find_department(&sales.id), None);
        assert_eq!(house.agent("amy").unwrap().departments, Vec::<String>::new());
        let help = house.find_department(&help.id).unwrap();
        assert_eq!((help.fallback, help.forward_to), (None, vec!["elsewhere".to_owned()]));
        // the closed rooms follow, a few at a time
        assert_eq!((house.number(&IN_DEPARTMENTS), house.number(&QUEUED_IN_DEPARTMENTS)), (3, 0));
        for left in [2, 1] {
            let id = sales.id.clone();
            assert_eq!(house.write(move |tx| Ok(departments::leave_rooms(tx, &id, 2)?)).unwrap(), left);
        }
        assert_eq!((house.number(&IN_DEPARTMENTS), house.number(&TALLIES)), (0, 0));
        let again = house.write(move |tx| departments::remove(tx, SYSTEM, NOW, &sales.id));
        assert!(matches!(again, Err(Refusal::NoSuchDepartment)));
        let told = house.told("chat.edited");
        let rooms: Vec<&Value> = told.iter().map(|body| &body["room"]["id"]).collect();
        assert_eq!(rooms, ["r1"]);
        assert_eq!(told[0]["room"].get("department"), None);
    }
}
