//! `hark listen` beside a real server: what it prints, what it forwards, and that it comes back.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use hark_testkit::{Database, Desk, Receiver, Reply, Setup, eventually, on_both_engines, text};
use serde_json::json;

use crate::HARK;

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A `hark listen` that is killed when it goes out of scope.
struct Listening {
    process: Child,
    said: Arc<Mutex<Vec<String>>>,
}

impl Listening {
    fn begin(server: &str, arguments: &[&str]) -> Self {
        let mut process = Command::new(HARK)
            .args(["listen", "--server", &format!("http://{server}")])
            .args(arguments)
            .env_remove("HARK_TOKEN")
            .env_remove("HARK_PASSWORD")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let stdout = process.stdout.take().unwrap();
        let stderr = process.stderr.take().unwrap();
        let (heard, complained) = (Arc::clone(&said), Arc::clone(&said));
        std::thread::spawn(move || {
            let lines = BufReader::new(stdout).lines();
            lines
                .map_while(Result::ok)
                .for_each(|line| heard.lock().unwrap().push(line));
        });
        std::thread::spawn(move || {
            let lines = BufReader::new(stderr).lines();
            lines
                .map_while(Result::ok)
                .for_each(|line| complained.lock().unwrap().push(line));
        });
        Self { process, said }
    }

    fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// Waits for a line with all of these words.
    fn hear(&self, words: &[&str]) -> String {
        eventually(&format!("a line with {words:?}"), || {
            let said = self.said();
            let is_refused = said
                .iter()
                .any(|line| line.starts_with("error: unexpected"));
            assert!(!is_refused, "no line with {words:?}: {said:#?}");
            let mut said = said.into_iter();
            said.find(|line| words.iter().all(|word| line.contains(word)))
        })
    }

    /// As Ctrl-C does.
    fn interrupt(mut self) -> Option<i32> {
        let pid = self.process.id().to_string();
        Command::new("kill").args(["-INT", &pid]).status().unwrap();
        let code = self.process.wait().unwrap().code();
        self.hear(&["event"]);
        code
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

on_both_engines! {
    fn what_happens_is_printed_and_forwarded_signed(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(202));
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let target = receiver.url("/hook");
        let arguments = [&target, "--user", "admin", "--password", "secret-of-admin", "--kinds", "chat.*,message.visitor,note.added", "--secret", SECRET];
        let listening = Listening::begin(desk.server.address(), &arguments);
        listening.hear(&["signed with", SECRET]);
        // a listener hears of what happens from then on
        let mut number = 0;
        eventually("the first event", || {
            number += 1;
            desk.new_chat(&format!("guest{number}"));
            (!receiver.received().is_empty()).then_some(())
        });
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "is anybody\u{1b}[2J there?");
        let line = listening.hear(&["message.visitor", &rid, "is anybody"]);
        assert!(line.contains("→ 202 in ") && !line.contains('\u{1b}'), "{line}");
        listening.hear(&["chat.started", &rid]);
        let note = json!({"text": "She is known here"});
        desk.admin.post(&format!("/api/hark/v1/conversations/{rid}/notes"), &note).expect(201);
        listening.hear(&["note.added", &rid, "She is known here"]);
        let received = receiver.received();
        let said = received.iter().find(|request| request.header("hark-event") == Some("message.visitor")).unwrap();
        let body = said.json();
        assert_eq!(text(&body, "/data/conversation/id"), rid);
        let seconds: i64 = said.header("webhook-timestamp").unwrap().parse().unwrap();
        let secret = hark_webhooks::signing::Secret::parse(SECRET).unwrap();
        let now = hark_store::Timestamp::from_millis(seconds * 1000);
        let expected = hark_webhooks::signing::signature(&[secret], now, said.header("webhook-id").unwrap(), seconds, &said.body);
        assert_eq!(said.header("webhook-signature"), expected.as_deref());
        assert!(received.iter().all(|request| request.header("hark-event") != Some("visitor.navigated")));
        assert_eq!(listening.interrupt(), Some(0));
    }

    fn it_goes_on_where_it_was_when_the_server_comes_back(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database);
        let server = setup.start();
        let address = server.address().to_owned();
        let admin = server.admin();
        admin.post("settings/Livechat_accept_chats_with_no_agents", &json!({"value": true})).expect(200);
        let token = admin.header("X-Auth-Token").unwrap().to_owned();
        let visit = |client: &hark_testkit::Client, name: &str| {
            client.post("livechat/visitor", &json!({"visitor": {"token": name, "username": name}})).expect(200);
            client.get(&format!("livechat/room?token={name}")).expect(200)["room"]["_id"].as_str().unwrap().to_owned()
        };
        let receiver = Receiver::open();
        let target = receiver.url("/");
        let listening = Listening::begin(&address, &[&target, "--token", &token, "--events", "chat.started", "--after", "0"]);
        let first = visit(&admin, "ann");
        listening.hear(&["chat.started", &first]);
        assert_eq!(server.stop(), Some(0));
        listening.hear(&["trying again"]);
        let server = setup.env("HARK_LISTEN", address).start();
        listening.hear(&["connected again"]);
        let second = visit(&server.client(), "bob");
        listening.hear(&["chat.started", &second]);
        let rooms: Vec<String> = receiver.wait(2).iter().map(|request| text(&request.json(), "/data/conversation/id")).collect();
        assert_eq!(rooms, [first, second], "each once, in order");
        // and it says so when it may no longer
        server.client().with("X-Auth-Token", &token).with("X-User-Id", admin.header("X-User-Id").unwrap()).post("logout", &json!({})).expect(200);
        listening.hear(&["the token is not valid"]);
    }

    fn bodies_are_printed_whole_for_programs(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let rid = desk.new_chat("ann");
        let token = desk.admin.header("X-Auth-Token").unwrap();
        let address = format!("http://{}", desk.server.address());
        let listening = Command::new(HARK)
            .args(["listen", "--server", &address, "--token", token, "--after", "0", "--json"])
            .stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut listening = Listening { process: listening, said: Arc::default() };
        let mut lines = BufReader::new(listening.process.stdout.take().unwrap()).lines();
        let first: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!((&first["type"], &first["data"]["conversation"]["id"]), (&json!("chat.started"), &json!(rid)));
        // By its place it can be gone on from.
        let place = first["data"]["eventId"].as_i64().unwrap();
        let later = Listening::begin(desk.server.address(), &["--token", token, "--after", &(place - 1).to_string()]);
        assert!(later.hear(&["chat.started", &rid]).starts_with(&format!("{place} ")));
    }

    fn someone_who_may_not_listen_learns_why(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.admin.person("ursula", &["user"]);
        let address = desk.server.address();
        let fails = |arguments: &[&str], words: &str| {
            let mut listening = Listening::begin(address, arguments);
            assert_eq!(listening.process.wait().unwrap().code(), Some(1));
            listening.hear(&[words]);
            let said = listening.said();
            assert!(!said.iter().any(|line| line.contains("Listening to")), "{said:?}");
        };
        fails(&["--user", "ursula", "--password", "secret-of-ursula"], "view-livechat-webhooks");
        fails(&["--user", "ursula", "--password", "wrong"], "cannot log in as ursula");
        for token in ["wrong", "-8rong", "--rong"] {
            fails(&["--token", token], "the token is not valid");
        }
        fails(&["--user", "ursula", "--password", "-wrong"], "cannot log in as ursula");
        fails(&[], "who listens?");
        fails(&["--user", "admin", "--password", "secret-of-admin", "--events", "chat.danced"], "chat.danced");
        fails(&["nonsense", "--token", "x"], "is not a URL");
        fails(&["--token", "x", "--secret", "short"], "whsec_");
    }
}

#[test]
fn who_reads_only_the_beginning_ends_it_without_a_complaint() {
    let database = Database::fresh(hark_testkit::Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database);
    let server = setup
        .env("Livechat_accept_chats_with_no_agents", "true")
        .start();
    for token in ["ann", "ben", "cleo"] {
        server.visit(token);
    }
    let script =
        "set -o pipefail; \"$0\" listen --server \"$1\" --user admin --after 0 | head -n 1";
    let piped = Command::new("bash")
        .args(["-c", script, HARK, &format!("http://{}", server.address())])
        .env("HARK_PASSWORD", "secret-of-admin")
        .env_remove("HARK_TOKEN")
        .output()
        .unwrap();
    assert_eq!(piped.status.code(), Some(0), "{piped:?}");
    assert!(piped.stderr.is_empty(), "{piped:?}");
}
