//! Agents and departments against a real store, on both engines.

use std::sync::Arc;

use crate::figures::{self, ALWAYS};
use crate::world::{NOW, World, body_of, department, person};
use hark_chat::departments::{self, Department, Draft, Placement};
use hark_model::accounts::{Account, Change, Presence};
use hark_model::{Context, Refusal, Who, roles};
use hark_staff::agents::{self, Agent, Filter};
use hark_staff::sessions;
use hark_store::{Event, Statement, Timestamp, Tx};
use hark_testkit::on_both_engines;
use serde_json::{Value, json};

fn later(minutes: i64) -> Timestamp {
    NOW.plus_seconds(60 * minutes)
}

impl World {
    fn find_agent(&self, username: &'static str) -> Option<Agent> {
        let id = self.account(username).id;
        self.read(move |view| agents::find(view, &id))
    }

    fn hire(&self, username: &'static str) -> Account {
        let account = self.create(person(username, &["user"])).unwrap();
        let hired = account.clone();
        self.command(move |cx| hark_staff::appoint(cx, &hired, agents::ROLE))
            .unwrap();
        account
    }

    fn change(&self, username: &'static str, change: Change) {
        let id = self.account(username).id;
        self.command(move |cx| hark_staff::accounts::change(cx, &id, &change))
            .unwrap();
    }

    fn log_in(&self, username: &'static str, token: &'static str) {
        let account = self.account(username);
        self.command(move |cx| sessions::begin(cx, &account, None, token))
            .unwrap();
    }

    fn log_out(&self, token: &'static str, at: Timestamp) {
        let hash = hark_model::keys::hash(token);
        self.command_at(at, move |cx| sessions::end(cx, &hash))
            .unwrap();
    }

    fn change_department(&self, id: &str, draft: Draft) -> Result<Department, Refusal> {
        let id = id.to_owned();
        self.command(move |cx| departments::save(cx, Some(&id), &draft, &[]))
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

    /// Begins both before it waits for either.
    fn both_at_once(&self, commands: [Command; 2]) {
        let tasks = commands.map(|command| {
            let (store, policies) = (self.store.clone(), Arc::clone(&self.policies));
            let write = move |tx: &mut Tx<'_>| policies.command(tx, NOW, &Who::System, &command);
            self.runtime.spawn(async move { store.write(write).await })
        });
        for task in tasks {
            self.runtime.block_on(task).unwrap().unwrap();
        }
    }

    /// All events of this kind until now.
    fn events(&self, kind: &str) -> Vec<Value> {
        self.create(person("last-of-all", &["user"])).unwrap();
        let is_last = |event: &Event| {
            event.kind == "account.created"
                && body_of(event)["account"]["username"] == "last-of-all"
        };
        let mut follower = self.store.follow(0);
        let mut events: Vec<Event> = Vec::new();
        while !events.iter().any(is_last) {
            events.extend(self.runtime.block_on(follower.next(1_000)).unwrap());
        }
        events.retain(|event| event.kind == kind);
        events.into_iter().map(|event| body_of(&event)).collect()
    }
}

type Command = Box<dyn Fn(&mut Context<'_, '_>) -> Result<(), Refusal> + Send>;

fn ending(token: &str) -> Command {
    let hash = hark_model::keys::hash(token);
    Box::new(move |cx| sessions::end(cx, &hash))
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
    fn anyone_who_holds_the_role_is_an_agent(engine: Engine) {
        let world = World::with_admin(engine);
        let amy = world.create(person("amy", &["user"])).unwrap();
        assert_eq!(world.find_agent("amy"), None);
        assert_eq!(world.account("amy").available, None);

        // by a role edit, of someone who is offline and of someone who is there
        let roles = |roles: &[&str]| Change {
            roles: Some(roles.iter().map(|role| (*role).to_owned()).collect()),
            ..Change::default()
        };
        world.change("amy", roles(&["user", "livechat-agent"]));
        assert_eq!(world.account("amy").available, Some(false));
        world.change("amy", roles(&["user"]));
        assert_eq!(world.find_agent("amy"), None);
        world.set_status("amy", Presence::Busy, NOW).unwrap();
        world.change("amy", roles(&["livechat-agent", "user"]));
        assert_eq!(world.account("amy").available, Some(true));
        world.change("amy", roles(&["livechat-agent"]));
        assert_eq!(world.account("amy").available, Some(true));

        // by the lists of roles
        let (account, role) = (world.account("amy"), world.read(|view| roles::find(view, "livechat-agent")).unwrap());
        let (held, kept) = (account.clone(), role.clone());
        world.command(move |cx| hark_staff::take_role(cx, &held, &kept)).unwrap();
        assert_eq!(world.find_agent("amy"), None);
        world.command(move |cx| hark_staff::give_role(cx, &account, &role)).unwrap();
        assert!(world.find_agent("amy").unwrap().is_available());

        // by the list of agents, wherever they are; once more makes them available
        let ben = world.hire("ben");
        assert_eq!(world.account("ben").available, Some(true));
        world.set_available("ben", false, NOW).unwrap();
        world.command(move |cx| hark_staff::appoint(cx, &ben, agents::ROLE)).unwrap();
        assert_eq!(world.account("ben").available, Some(true));

        // from the start, and to the end
        let cog = world.create(person("cog", &["user", "livechat-agent"])).unwrap();
        assert_eq!(cog.available, Some(false));
        assert_eq!(world.account("cog").available, Some(false));
        let gone = amy.id;
        world.command(move |cx| hark_staff::accounts::delete(cx, &gone)).unwrap();
        let names = |agent: Agent| agent.account.username;
        let agents = world.read(|view| agents::list(view, &Filter::default()));
        assert_eq!(agents.into_iter().map(names).collect::<Vec<_>>(), ["ben", "cog"]);

        let events = world.events("agent.status");
        let available: Vec<(&str, &Value)> = events
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

    fn someone_who_is_dismissed_leaves_nothing_behind(engine: Engine) {
        let world = World::with_admin(engine);
        let amy = world.hire("amy");
        let sales = world.department(department("Sales"), &[&amy]);
        assert_eq!(sales.agents, 1);
        assert_eq!(world.find_agent("amy").unwrap().departments, std::slice::from_ref(&sales.id));
        world.run(&MANAGED);
        // contacts follow them when they get another name
        world.change("amy", Change { username: Some("amelia".into()), ..Change::default() });
        assert_eq!(world.number(&MANAGED_BY_AMY), 0);
        assert_eq!(world.number(&MANAGED_BY_NOBODY), 0);
        world.change("amelia", Change { username: Some("amy".into()), ..Change::default() });
        assert_eq!(world.number(&MANAGED_BY_AMY), 1);
        let account = world.account("amy");
        world.command(move |cx| hark_staff::dismiss(cx, &account, agents::ROLE)).unwrap();
        assert_eq!(world.find_agent("amy"), None);
        assert_eq!(world.find_department(&sales.id).unwrap().agents, 0);
        assert_eq!(world.number(&MANAGED_BY_NOBODY), 1);
        // who is none already is none
        let account = world.account("amy");
        world.command(move |cx| hark_staff::dismiss(cx, &account, agents::ROLE)).unwrap();
        let events = world.events("department.agent");
        let actions: Vec<&Value> = events.iter().map(|body| &body["action"]).collect();
        assert_eq!(actions, ["added", "removed"]);
    }

    fn the_last_log_out_pauses_and_the_next_log_in_goes_on(engine: Engine) {
        let world = World::with_admin(engine);
        world.hire("amy");
        world.set_status("amy", Presence::Online, NOW).unwrap();
        world.log_in("amy", "one");
        world.log_in("amy", "two");
        let amy = Who::Account(world.account("amy"));
        world.command_as(amy, NOW, |cx| sessions::add_personal_token(cx, "script", false, "three")).unwrap();
        world.log_out("one", later(1));
        world.log_out("one", later(1));
        let agent = world.find_agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.left_at), (true, None));
        world.log_out("two", later(2));
        let agent = world.find_agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.paused_by_system), (false, true));
        assert_eq!(agent.left_at, Some(later(2)));
        world.log_in("amy", "four");
        let agent = world.find_agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.paused_by_system, agent.left_at), (true, false, None));

        // what they chose themselves stays as they chose it
        world.set_available("amy", false, NOW).unwrap();
        world.log_out("four", later(3));
        world.log_in("amy", "five");
        let agent = world.find_agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.left_at), (false, None));

        // a log-in that runs out is a log-out, and so is a new password
        world.set_available("amy", true, NOW).unwrap();
        assert_eq!(world.write(|tx| Ok(sessions::tidy(tx, NOW.plus_days(91), 10)?)).unwrap(), 1);
        let agent = world.find_agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.left_at), (false, Some(NOW.plus_days(91))));
        world.log_in("amy", "six");
        assert!(world.find_agent("amy").unwrap().is_available());
        world.change("amy", Change { password: Some("hash".into()), ..Change::default() });
        assert!(!world.find_agent("amy").unwrap().is_available());

        let events = world.events("agent.status");
        let available: Vec<&Value> = events.iter().map(|body| &body["available"]).collect();
        // hired, shown online, logged out, in, off, on, expired, in, out
        assert_eq!(available, [true, true, false, true, false, true, false, true, false]);
    }

    fn of_log_outs_at_once_one_is_the_last(engine: Engine) {
        let world = World::with_admin(engine);
        let amy = world.hire("amy").id;
        for _ in 0..10 {
            world.log_in("amy", "one");
            world.log_in("amy", "two");
            world.set_available("amy", true, NOW).unwrap();
            world.both_at_once([ending("one"), ending("two")]);
            let agent = world.find_agent("amy").unwrap();
            assert_eq!((agent.is_available(), agent.paused_by_system), (false, true));
        }
        for _ in 0..10 {
            world.log_in("amy", "one");
            let id = amy.clone();
            let switched_off: Command = Box::new(move |cx| hark_staff::accounts::set_active(cx, &id, false).map(drop));
            world.both_at_once([ending("one"), switched_off]);
            let agent = world.find_agent("amy").unwrap();
            assert_eq!((agent.is_available(), agent.paused_by_system), (false, false));
            world.change("amy", Change { active: Some(true), ..Change::default() });
        }
    }

    fn someone_who_goes_offline_is_gone_until_they_are_back(engine: Engine) {
        let world = World::with_admin(engine);
        world.hire("amy");
        world.set_status("amy", Presence::Online, NOW).unwrap();
        world.set_status("amy", Presence::Offline, later(1)).unwrap();
        world.set_status("amy", Presence::Offline, later(2)).unwrap();
        assert_eq!(world.find_agent("amy").unwrap().left_at, Some(later(1)));
        // who is invisible and logs in is still gone
        world.log_in("amy", "one");
        assert_eq!(world.find_agent("amy").unwrap().left_at, Some(later(1)));
        world.set_status("amy", Presence::Away, later(3)).unwrap();
        assert_eq!(world.find_agent("amy").unwrap().left_at, None);
        // that is not about being available
        assert!(world.find_agent("amy").unwrap().is_available());
    }

    fn an_account_that_is_switched_off_takes_no_chats(engine: Engine) {
        let world = World::with_admin(engine);
        world.hire("amy");
        world.log_in("amy", "one");
        world.change("amy", Change { active: Some(false), ..Change::default() });
        let agent = world.find_agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.paused_by_system), (false, false));
        assert!(matches!(world.set_available("amy", true, NOW), Err(Refusal::AgentDeactivated)));
        world.change("amy", Change { active: Some(true), ..Change::default() });
        world.log_in("amy", "two");
        assert!(!world.find_agent("amy").unwrap().is_available());
        world.set_available("amy", true, NOW).unwrap();
        assert!(world.find_agent("amy").unwrap().is_available());
        assert!(matches!(world.set_available("ada", true, NOW), Err(Refusal::NotAnAgent)));
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
        let world = World::with_admin(engine);
        world.hire("amy");
        world.hire("cog");
        let roles = ["bot", "livechat-agent"].map(str::to_owned).to_vec();
        world.change("cog", Change { roles: Some(roles), ..Change::default() });
        world.log_in("amy", "one");
        world.log_out("one", NOW);
        world.set("Livechat_enable_business_hours", json!(true));
        world.set_available("cog", false, NOW).unwrap();
        world.set_available("cog", true, NOW).unwrap();
        // neither by asking for it nor by logging in
        assert!(matches!(world.set_available("amy", true, NOW), Err(Refusal::HoursClosed)));
        world.log_in("amy", "two");
        let agent = world.find_agent("amy").unwrap();
        assert_eq!((agent.is_available(), agent.paused_by_system), (false, true));
        world.run(&HOUR);
        world.run(&BIND);
        world.log_in("amy", "three");
        assert!(world.find_agent("amy").unwrap().is_available());
        world.change("amy", Change { active: Some(false), ..Change::default() });
        assert!(!world.find_agent("amy").unwrap().is_available());
        // the hour is still open when they are switched on again
        world.change("amy", Change { active: Some(true), ..Change::default() });
        assert!(world.find_agent("amy").unwrap().is_available());
    }

    fn departments_are_saved_with_their_agents(engine: Engine) {
        let world = World::with_admin(engine);
        let (amy, ben) = (world.hire("amy"), world.hire("ben"));
        let sales = world.department(department("Sales"), &[&amy]);
        assert_eq!(world.who_answers_in(&sales.id), ["amy"]);
        // a shorter list removes nobody, and who does not exist is passed over
        let placed = [Placement::of(ben.id.clone()), Placement::of("nobody".into())];
        let id = sales.id.clone();
        world.command(move |cx| departments::set_agents(cx, &id, &placed, &[])).unwrap();
        assert_eq!(world.who_answers_in(&sales.id), ["amy", "ben"]);
        let placed = [Placement { agent: amy.id.clone(), assigned: 7, place: 2 }];
        let removed = [ben.id, "nobody".to_owned()];
        let id = sales.id.clone();
        world.command(move |cx| departments::set_agents(cx, &id, &placed, &removed)).unwrap();
        let id = sales.id.clone();
        let links = world.read(move |view| departments::links(view, &id));
        assert_eq!((links.len(), links[0].assigned, links[0].place), (1, 7, 2));
        assert_eq!(world.find_department(&sales.id).unwrap().agents, 1);
        let unknown = world.command(|cx| departments::set_agents(cx, "x", &[], &[]));
        assert!(matches!(unknown, Err(Refusal::NoSuchDepartment)));

        // all of an agent's departments at once
        let help = world.department(department("Help"), &[]);
        let (id, wanted) = (amy.id, [help.id.clone(), "nowhere".to_owned()]);
        world.command(move |cx| agents::save(cx, &id, Some(3), &wanted)).unwrap();
        let agent = world.find_agent("amy").unwrap();
        assert_eq!((agent.most_chats, agent.departments), (Some(3), vec![help.id]));
        let refused = world.command(|cx| agents::save(cx, "x", None, &[]));
        assert!(matches!(refused, Err(Refusal::NotAnAgent)));

        let events = world.events("department.agent");
        let events: Vec<(&Value, &Value, &Value)> = events
            .iter()
            .map(|body| (&body["action"], &body["agent"]["username"], &body["department"]["name"]))
            .collect();
        let event = |action: &str, agent: &str, department: &str| (json!(action), json!(agent), json!(department));
        let expected = [
            event("added", "amy", "Sales"),
            event("added", "ben", "Sales"),
            event("changed", "amy", "Sales"),
            event("removed", "ben", "Sales"),
            event("added", "amy", "Help"),
            event("removed", "amy", "Sales"),
        ];
        let mut events: Vec<_> = events.into_iter().map(|(a, b, c)| (a.clone(), b.clone(), c.clone())).collect();
        // the departments of an agent are gone through in the order of their ids
        events[4..].sort_by_key(|(action, _, _)| action.to_string());
        assert_eq!(events, expected);
    }

    fn a_department_refuses_what_makes_no_sense(engine: Engine) {
        let world = World::with_admin(engine);
        let sales = world.department(department("Sales"), &[]);
        assert!(matches!(world.change_department("x", department("X")), Err(Refusal::NoSuchDepartment)));
        let own = Draft { fallback: Some(sales.id.clone()), ..department("Sales") };
        assert!(matches!(world.change_department(&sales.id, own), Err(Refusal::FallbackToItself)));
        let unknown = Draft { fallback: Some("x".into()), ..department("Sales") };
        assert!(matches!(world.change_department(&sales.id, unknown), Err(Refusal::NoSuchFallback)));
        let no_tags = Draft { tag_before_closing: Some(true), ..department("Sales") };
        assert!(matches!(world.change_department(&sales.id, no_tags), Err(Refusal::ClosingTagsMissing)));
        let long = department(&"n".repeat(257));
        assert!(matches!(world.change_department(&sales.id, long), Err(Refusal::TooLong { .. })));
        let id = sales.id.clone();
        world.command(move |cx| departments::archive(cx, &id)).unwrap();
        assert!(matches!(world.change_department(&sales.id, department("Sales")), Err(Refusal::DepartmentArchived)));
        let disabled = Draft { enabled: false, ..department("Shop") };
        let shop = world.change_department(&sales.id, disabled).unwrap();
        assert_eq!((shop.name.as_str(), shop.archived, shop.enabled), ("Shop", true, false));
        let id = sales.id.clone();
        world.command(move |cx| departments::unarchive(cx, &id)).unwrap();
        let shop = world.find_department(&sales.id).unwrap();
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
        let world = World::with_admin(engine);
        let amy = world.hire("amy");
        let sales = world.department(department("Sales"), &[&amy]);
        let help = world.department(department("Help"), &[]);
        let other = Draft {
            fallback: Some(sales.id.clone()),
            forward_to: Some(vec![sales.id.clone(), "elsewhere".into()]),
            ..department("Help")
        };
        let fallen = world.change_department(&help.id, other).unwrap();
        assert_eq!(fallen.fallback.as_deref(), Some(sales.id.as_str()));
        world.run(&ROOMS);
        world.run(&INQUIRY);
        world.run(&CLOSED);
        assert_eq!(world.number(&TALLIES), 1);
        assert_eq!((world.number(&IN_DEPARTMENTS), world.number(&QUEUED_IN_DEPARTMENTS)), (4, 1));

        let id = sales.id.clone();
        world.command(move |cx| departments::remove(cx, &id)).unwrap();
        assert_eq!(world.find_department(&sales.id), None);
        assert_eq!(world.find_agent("amy").unwrap().departments, Vec::<String>::new());
        let help = world.find_department(&help.id).unwrap();
        assert_eq!((help.fallback, help.forward_to), (None, vec!["elsewhere".to_owned()]));
        // the closed rooms follow, a few at a time
        assert_eq!((world.number(&IN_DEPARTMENTS), world.number(&QUEUED_IN_DEPARTMENTS)), (3, 0));
        for left in [2, 1] {
            let id = sales.id.clone();
            assert_eq!(world.command(move |cx| departments::leave_rooms(cx, &id, 2)).unwrap(), left);
        }
        assert_eq!((world.number(&IN_DEPARTMENTS), world.number(&TALLIES)), (0, 0));
        figures::check(&world, ALWAYS, Some(&sales.id));
        let again = world.command(move |cx| departments::remove(cx, &sales.id));
        assert!(matches!(again, Err(Refusal::NoSuchDepartment)));
        let events = world.events("chat.edited");
        let rooms: Vec<&Value> = events.iter().map(|body| &body["room"]["id"]).collect();
        assert_eq!(rooms, ["r1"]);
        assert_eq!(events[0]["room"].get("department"), None);
    }
}
