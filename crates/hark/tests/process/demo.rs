//! `hark demo` beside a real server: what it makes, what is played, what it leaves alone.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use hark_testkit::{
    Client, Database, Engine, Outcome, Server, Setup, each, eventually, names, on_both_engines,
};
use serde_json::{Value, json};

use crate::HARK;

fn get(client: &Client, path: &str) -> Value {
    client.get(path).expect(200)
}

fn post(client: &Client, path: &str, body: &Value) -> Value {
    client.post(path, body).expect(200)
}

struct Fixture {
    setup: Setup,
    server: Server,
    admin: Client,
    _database: Database,
}

impl Fixture {
    fn new(engine: Engine) -> Self {
        Self::with(engine, |setup| setup)
    }

    fn with(engine: Engine, change: impl FnOnce(Setup) -> Setup) -> Self {
        let database = Database::fresh(engine);
        let setup = change(Setup::new(HARK).on(&database));
        let server = setup.start();
        let admin = server.admin();
        Self {
            setup,
            server,
            admin,
            _database: database,
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// A demo at full speed, to its end.
    fn demo(&self, arguments: &[&str]) -> Outcome {
        let url = self.url();
        let mut whole = vec!["demo", &url, "--pace", "1000"];
        whole.extend(arguments);
        self.setup.command_line(&whole, "")
    }

    /// A demo that is still running when this returns.
    fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(HARK);
        command
            .args(["demo", &self.url(), "--password", "secret-of-admin"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command.spawn().unwrap()
    }

    fn list(&self, path: &str, name: &str) -> Vec<Value> {
        get(&self.admin, path)[name].as_array().unwrap().clone()
    }

    fn chats(&self) -> Vec<Value> {
        self.list("livechat/rooms?count=100", "rooms")
    }

    fn open_chats(&self) -> usize {
        let chats = self.chats();
        chats.iter().filter(|room| room["open"] == true).count()
    }
}

/// No line says that something went wrong.
#[track_caller]
fn assert_well(outcome: &Outcome) {
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(outcome.stderr, "");
    for word in ["declined", "cannot", "Not able"] {
        assert!(!outcome.stdout.contains(word), "{}", outcome.stdout);
    }
}

on_both_engines! {
    fn an_empty_server_is_filled_and_a_second_run_goes_on(engine: Engine) {
        let fixture = Fixture::new(engine);
        let first = fixture.demo(&["--chats", "9", "--seed", "1"]);
        assert_well(&first);
        let ended = "The demo has ended: 9 chats opened, ";
        assert!(first.stdout.contains(ended), "{}", first.stdout);
        assert!(first.stdout.contains(" 2 forwarded, 9 closed, 6 rated."), "{}", first.stdout);
        assert!(!first.stdout.contains("--rate-limit off"));

        let mut names: Vec<String> = fixture
            .list("livechat/department", "departments")
            .iter()
            .map(|department| department["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        assert_eq!(names, ["Billing", "Sales", "Support"]);
        let agents = fixture.list("livechat/users/agent", "users");
        assert_eq!(agents.len(), 5);
        // They have gone home: nobody is routed to people who are not there.
        assert!(agents.iter().all(|agent| agent["statusLivechat"] == "not-available"));
        assert_eq!(fixture.list("livechat/custom-fields", "customFields")[0]["_id"], "orderNumber");
        assert_eq!(fixture.list("livechat/triggers", "triggers").len(), 1);

        let chats = fixture.chats();
        assert_eq!(chats.len(), 9);
        assert_eq!(fixture.open_chats(), 0);
        let with = |name: &str| chats.iter().filter(|room| !room[name].is_null()).count();
        assert_eq!(with("surveyFeedback"), 6);
        assert_eq!(with("tags"), 7);
        let of = |name: &str| {
            let room = chats.iter().find(|room| room["fname"] == name).unwrap();
            let path = format!("livechat/{}/messages?count=50", room["_id"].as_str().unwrap());
            let said = fixture.list(&path, "messages");
            (room, said)
        };
        let (waited, _) = of("Beatriz Nogueira");
        assert_eq!(waited["department"]["name"], "Billing");
        assert_eq!(waited["servedBy"]["username"], "grace.demo");
        let history = format!("livechat/transfer.history/{}", waited["_id"].as_str().unwrap());
        assert_eq!(get(&fixture.admin, &history)["count"], 1);
        let (_, quoted) = of("Noor Jansen");
        assert!(quoted.iter().any(|message| message["attachments"][0]["text"] == "Do I have to send the cracked one back?"));
        let (_, corrected) = of("Lukas Brandt");
        assert!(corrected.iter().any(|message| !message["editedAt"].is_null()));
        let (arabic, _) = of("ليلى منصور");
        assert_eq!(arabic["servedBy"]["username"], "amira.demo");
        let lead = get(&fixture.admin, "livechat/visitors.search?term=hannah.orders@example.com");
        assert_eq!(lead["total"], 1);

        // What an interrupted demo has left open is ended first.
        let visitor = fixture.server.client();
        post(&fixture.admin, "livechat/agent.status", &json!({"agentId": agents[0]["_id"], "status": "available"}));
        post(&fixture.admin, "settings/Livechat_accept_chats_with_no_agents", &json!({"value": true}));
        post(&visitor, "livechat/visitor", &json!({"visitor": {"token": "hark-demo-left", "name": "Left"}}));
        get(&visitor, "livechat/room?token=hark-demo-left");
        let second = fixture.demo(&["--chats", "2", "--quiet"]);
        assert_well(&second);
        assert!(second.stdout.contains("The demo has been here before and goes on."));
        assert!(second.stdout.contains("Left open then, ended now: 1."), "{}", second.stdout);
        assert!(!second.stdout.contains("opens a chat"));
        assert_eq!(fixture.list("livechat/department", "departments").len(), 3);
        assert_eq!(fixture.list("livechat/users/agent", "users").len(), 5);
        assert_eq!(fixture.list("livechat/triggers", "triggers").len(), 1);
        assert_eq!(fixture.chats().len(), 12);
        assert_eq!(fixture.open_chats(), 0);
    }
}

/// Kinds that take minutes of silence, or an endpoint that fails: `hark trigger` sends any of them.
const NOT_PLAYED: &[&str] = &[
    "chat.abandoned",
    "chat.overdue",
    "delivery.given-up",
    "endpoint.disabled",
    "endpoint.failing",
    "endpoint.recovered",
];

#[test]
fn every_kind_that_people_bring_about_is_played() {
    let fixture = Fixture::new(Engine::Sqlite);
    let outcome = fixture.demo(&["--chats", "10", "--seed", "1"]);
    assert_well(&outcome);
    let catalogue = get(&fixture.admin, "/api/hark/v1/catalogue");
    let mut wanted = each(&catalogue["kinds"], "name");
    wanted.retain(|kind| !NOT_PLAYED.contains(kind));
    // Counted: of a note that is gone no body can be shown any more.
    let counted = get(&fixture.admin, "/api/hark/v1/events/counts");
    let counted = names(&counted["kinds"]);
    wanted.retain(|kind| !counted.contains(kind));
    assert!(wanted.is_empty(), "{wanted:?}\n{}", outcome.stdout);
}

#[test]
fn it_says_why_it_waits_and_waits_for_nothing_at_the_end() {
    let fixture = Fixture::with(Engine::Sqlite, |setup| setup.env("HARK_RATE_LIMIT", "on"));
    let mut demo = fixture.begin(&["--pace", "1000"]);
    let out = BufReader::new(demo.stdout.take().unwrap());
    let mut lines = out.lines().map_while(Result::ok);
    read_until(&mut lines, "Visitors come now");
    read_until(
        &mut lines,
        "the server asks callers to slow down; going on in",
    );
    interrupt(&demo);
    let last: Vec<String> = lines.collect();
    assert_eq!(demo.wait().unwrap().code(), Some(0), "{last:?}");
    let ended = last.iter().any(|line| line.contains("The demo has ended"));
    assert!(ended, "{last:?}");
}

#[test]
fn interrupted_while_the_shop_is_filled_it_leaves_nobody_who_takes_chats() {
    let fixture = Fixture::with(Engine::Sqlite, |setup| setup.env("HARK_RATE_LIMIT", "on"));
    let mut demo = fixture.begin(&[]);
    let out = BufReader::new(demo.stdout.take().unwrap());
    let mut lines = out.lines().map_while(Result::ok);
    read_until(&mut lines, "Filling the empty server");
    eventually("an agent of the demo", || {
        (!fixture.list("livechat/users/agent", "users").is_empty()).then_some(())
    });
    interrupt(&demo);
    // On a machine that is quick enough the shop is complete by then.
    read_until(&mut lines, "The demo has ended");
    assert_eq!(demo.wait().unwrap().code(), Some(0));
    let agents = fixture.list("livechat/users/agent", "users");
    assert!(!agents.is_empty());
    for agent in agents {
        assert_eq!(agent["status"], "offline", "{agent}");
        assert_ne!(agent["statusLivechat"], "available", "{agent}");
    }
}

#[test]
fn a_server_in_use_is_left_alone() {
    let fixture = Fixture::new(Engine::Sqlite);
    let outcome = fixture.demo(&["--chats", "1", "--password", "wrong"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("Incorrect password"), "{outcome:?}");

    fixture.admin.person("amira.demo", &["user"]);
    let outcome = fixture.demo(&["--chats", "1"]);
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome
            .stderr
            .contains("amira.demo whom the demo has not made"),
        "{outcome:?}"
    );

    let department = json!({"department": {
        "name": "Ours", "email": "ours@example.org", "enabled": true,
        "showOnRegistration": true, "showOnOfflineForm": true,
    }});
    post(&fixture.admin, "livechat/department", &department);
    let outcome = fixture.demo(&["--chats", "1"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("in use"), "{outcome:?}");
    assert!(
        outcome.stderr.contains("(departments: 1, chats: 0)"),
        "{outcome:?}"
    );
    assert_eq!(fixture.list("livechat/department", "departments").len(), 1);
    assert_eq!(fixture.list("livechat/users/agent", "users").len(), 0);
}

#[test]
fn what_cannot_begin_says_why() {
    let fixture = Fixture::new(Engine::Sqlite);
    let run = |arguments: &[&str]| {
        let setup = Setup::new(HARK).without("ADMIN_PASS");
        let outcome = setup.command_line(arguments, "");
        assert_ne!(outcome.code, Some(0));
        outcome.stderr
    };
    assert!(run(&["demo", &fixture.url()]).contains("ADMIN_PASS"));
    let with = |url: &str| run(&["demo", url, "--password", "secret"]);
    assert!(with("https://chat.example").contains("plain HTTP"));
    assert!(with("http://127.0.0.1:1").contains("refused"));
    assert!(run(&["demo", "--pace", "0"]).contains("between"));
}

/// Its lines up to one that has these words.
fn read_until(lines: &mut impl Iterator<Item = String>, words: &str) {
    assert!(
        lines.any(|line| line.contains(words)),
        "no line with {words}"
    );
}

fn interrupt(demo: &Child) {
    let interrupt = Command::new("kill")
        .args(["-INT", &demo.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
}

#[test]
fn ctrl_c_ends_the_demo_and_its_chats() {
    let fixture = Fixture::new(Engine::Sqlite);
    let mut demo = fixture.begin(&["--pace", "20"]);
    let out = BufReader::new(demo.stdout.take().unwrap());
    let mut lines = out.lines().map_while(Result::ok);
    read_until(&mut lines, "opens a chat with Support");
    assert!(fixture.open_chats() > 0);
    interrupt(&demo);
    read_until(&mut lines, "The demo has ended");
    assert_eq!(demo.wait().unwrap().code(), Some(0));
    assert_eq!(fixture.open_chats(), 0);
}

#[test]
fn anyone_who_looks_at_the_demo_may_end_a_chat() {
    let fixture = Fixture::new(Engine::Sqlite);
    let mut demo = fixture.begin(&["--pace", "10", "--chats", "1"]);
    let out = BufReader::new(demo.stdout.take().unwrap());
    let mut lines = out.lines().map_while(Result::ok);
    read_until(&mut lines, "opens a chat");
    let room = eventually("an open chat", || {
        let chats = fixture.chats();
        let open = chats.into_iter().find(|room| room["open"] == true);
        open.map(|room| room["_id"].clone())
    });
    let end = json!({"rid": room, "comment": "enough"});
    post(&fixture.admin, "livechat/room.closeByUser", &end);
    read_until(&mut lines, "closed by someone else");
    read_until(&mut lines, "The demo has ended");
    assert_eq!(demo.wait().unwrap().code(), Some(0));
}
