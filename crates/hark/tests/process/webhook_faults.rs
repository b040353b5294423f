//! What goes wrong between us and a receiver: deaths of the server, disks that are full, answers
//! of every bad kind. What was acknowledged arrives, in order, and the log says how.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hark_testkit::{
    Client, Database, Desk, Engine, Mount, Received, Receiver, Reply, Server, Setup, eventually,
    on_both_engines, text,
};
use serde_json::{Value, json};

use crate::HARK;

const SOON: [u64; 20] = [30; 20];

fn reaching(setup: Setup) -> Setup {
    setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
}

/// Makes a standard endpoint and answers its id.
fn endpoint(admin: &Client, url: &str, events: &[&str], delays: &[u64]) -> String {
    let body = json!({
        "name": "test",
        "url": url,
        "dialect": "standard",
        "events": events,
        "policy": {"delaysMs": delays, "timeoutMs": 1_500},
    });
    let made = admin.post("/api/hark/v1/endpoints", &body);
    text(&made.expect(201), "/id")
}

/// What our own API says of an endpoint's deliveries, newest first.
fn deliveries(admin: &Client, endpoint: &str) -> Vec<Value> {
    let path = format!("/api/hark/v1/endpoints/{endpoint}/deliveries?limit=200");
    let listed = admin.get(&path).expect(200);
    listed["items"].as_array().unwrap().clone()
}

/// Waits until the first attempt of the only delivery is in the log.
fn first_attempt(admin: &Client, endpoint: &str) -> Value {
    eventually("an attempt in the log", || {
        let made = deliveries(admin, endpoint);
        let id = made.first()?["id"].as_str()?.to_owned();
        let delivery = admin
            .get(&format!("/api/hark/v1/deliveries/{id}"))
            .expect(200);
        delivery["attemptLog"].as_array()?.first().cloned()
    })
}

/// Keeps which requests were answered with 200, and fails some of the others.
struct Keeper {
    receiver: Receiver,
    arrived: Arc<Mutex<Vec<(Received, bool)>>>,
}

impl Keeper {
    fn open() -> Self {
        let arrived: Arc<Mutex<Vec<(Received, bool)>>> = Arc::default();
        let kept = Arc::clone(&arrived);
        let random = RandomState::new();
        let receiver = Receiver::answering(move |request| {
            let mut kept = kept.lock().unwrap();
            let is_good = !random.hash_one(kept.len()).is_multiple_of(10);
            kept.push((request.clone(), is_good));
            Reply::status(if is_good { 200 } else { 503 })
        });
        Self { receiver, arrived }
    }

    /// The texts that arrived in each conversation, in order and without repeats; what comes
    /// before the one ahead of it has arrived is a fault.
    #[track_caller]
    fn texts(&self) -> HashMap<String, Vec<String>> {
        let mut texts: HashMap<String, Vec<String>> = HashMap::new();
        let mut numbers: BTreeMap<String, i64> = BTreeMap::new();
        let mut bodies: HashMap<String, Vec<u8>> = HashMap::new();
        for (request, is_good) in self.arrived.lock().unwrap().iter() {
            let id = request.header("webhook-id").unwrap().to_owned();
            let first = bodies.entry(id).or_insert_with(|| request.body.clone());
            assert_eq!(*first, request.body, "a repeat has other bytes");
            let body = request.json();
            let conversation = text(&body, "/data/conversation/id");
            let seq: i64 = request.header("hark-sequence").unwrap().parse().unwrap();
            let last = numbers.entry(conversation.clone()).or_default();
            assert!(seq <= *last + 1, "{conversation}: {seq} after {last}");
            if *is_good && seq > *last {
                *last = seq;
                if let Some(words) = body["data"]["message"]["text"].as_str() {
                    texts
                        .entry(conversation)
                        .or_default()
                        .push(words.to_owned());
                }
            }
        }
        texts
    }
}

/// Visitors who write until the server dies: what was acknowledged, by chat.
fn write_and_kill(
    server: Server,
    rooms: &[(String, String)],
    round: usize,
    enough: usize,
) -> HashMap<String, Vec<String>> {
    let said: Mutex<HashMap<String, Vec<String>>> = Mutex::default();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let dead = AtomicBool::new(false);
    let client = server.client();
    std::thread::scope(|scope| {
        for (token, room) in rooms {
            let (said, count, dead, client) = (&said, &count, &dead, &client);
            scope.spawn(move || {
                for number in 0.. {
                    let words = format!("{round}-{number}");
                    let body = json!({"token": token, "rid": room, "msg": words}).to_string();
                    let headers = [("Content-Type", "application/json")];
                    let path = "/api/v1/livechat/message";
                    let sent = client.try_send("POST", path, &headers, body.as_bytes());
                    let whole = sent.ok().and_then(|answer| {
                        let value: Value = serde_json::from_slice(&answer.body).ok()?;
                        (answer.status == 200).then_some(value)
                    });
                    if whole.is_none() {
                        assert!(dead.load(Ordering::SeqCst), "refused while alive");
                        return;
                    }
                    let mut said = said.lock().unwrap();
                    said.entry(room.clone()).or_default().push(words);
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        eventually("enough messages", || {
            (count.load(Ordering::SeqCst) >= enough).then_some(())
        });
        dead.store(true, Ordering::SeqCst);
        server.kill();
    });
    said.into_inner().unwrap()
}

on_both_engines! {
    fn what_was_acknowledged_arrives_in_order_after_any_number_of_deaths(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = reaching(Setup::new(HARK)).on(&database);
        let mut server = setup.start();
        let keeper = Keeper::open();
        let admin = server.admin();
        admin.post("settings/Livechat_accept_chats_with_no_agents", &json!({"value": true})).expect(200);
        endpoint(&admin, &keeper.receiver.url("/"), &["*"], &SOON);
        let visitor = server.client();
        let rooms: Vec<(String, String)> = (0..6).map(|number| {
            let token = format!("visitor-{number}");
            visitor.post("livechat/visitor", &json!({"visitor": {"token": token}})).expect(200);
            let opened = visitor.get(&format!("livechat/room?token={token}")).expect(200);
            (token, text(&opened, "/room/_id"))
        }).collect();
        let random = RandomState::new();
        let mut acknowledged: HashMap<String, Vec<String>> = HashMap::new();
        for round in 0..6 {
            let enough = 10 + usize::try_from(random.hash_one(round) % 150).unwrap();
            for (room, words) in write_and_kill(server, &rooms, round, enough) {
                acknowledged.entry(room).or_default().extend(words);
            }
            server = setup.start();
        }
        let all_arrived = || {
            let arrived = keeper.texts();
            acknowledged.iter().all(|(room, words)| {
                let of_room = arrived.get(room).map_or(&[][..], Vec::as_slice);
                // One that was on its way when the server died may be there without having been
                // acknowledged.
                let mut of_room = of_room.iter();
                words.iter().all(|one| of_room.any(|other| other == one))
            })
        };
        // With PostgreSQL the dead one's lease has to run out first.
        let before = keeper.receiver.received().len();
        let goes_on = || keeper.receiver.received().len() > before;
        eventually("deliveries to go on", || (goes_on() || all_arrived()).then_some(()));
        eventually("everything to arrive", || all_arrived().then_some(()));
    }

    fn a_receiver_that_comes_back_gets_everything_once_in_order(engine: Engine) {
        let desk = Desk::open_with(HARK, engine, reaching);
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let receiver = Receiver::answering(|_| Reply::status(500));
        endpoint(&desk.admin, &receiver.url("/"), &["message.visitor"], &SOON);
        desk.visitor("ana", &json!({}));
        let room = desk.new_chat("ana");
        for number in 0..5 {
            desk.say("ana", &room, &format!("{number}"));
        }
        receiver.wait(3);
        let before = receiver.received();
        assert!(before.iter().all(|request| request.header("hark-event") == Some("message.visitor")));
        receiver.answer(|_| Reply::status(204));
        let arrived = eventually("all five", || {
            let received = receiver.received();
            let mut words: Vec<String> = received.iter().map(|request| text(&request.json(), "/data/message/text")).collect();
            words.dedup();
            (words.len() >= 5).then_some(words)
        });
        assert_eq!(arrived, ["0", "1", "2", "3", "4"]);
    }
}

/// A bad answer, and what the log calls it.
fn bad_answers() -> Vec<(&'static str, Reply, &'static str, Option<i64>)> {
    let bomb = {
        // A gzip stream whose inside is much longer than what is kept of an answer.
        let mut raw =
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\n".to_vec();
        raw.extend_from_slice(b"broken");
        raw
    };
    vec![
        (
            "moved",
            Reply::status(301).header("Location", "http://127.0.0.1:1/"),
            "redirect",
            Some(301),
        ),
        ("not found", Reply::status(404), "status", Some(404)),
        (
            "too many",
            Reply::status(429).header("Retry-After", "3600"),
            "status",
            Some(429),
        ),
        ("broken", Reply::status(500), "status", Some(500)),
        ("silent", Reply::silence(), "timeout", None),
        (
            "dripping",
            Reply::status(200)
                .body(vec![b'x'; 100])
                .dripping(Duration::from_secs(1)),
            "timeout",
            None,
        ),
        (
            "no HTTP",
            Reply::raw("SSH-2.0-OpenSSH_9\r\n").closing(),
            "protocol",
            None,
        ),
        ("bad gzip", Reply::raw(bomb), "protocol", None),
    ]
}

#[test]
fn every_bad_answer_is_in_the_log_under_its_name_and_holds_up_nobody() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, reaching);
    desk.set("Livechat_accept_chats_with_no_agents", true);
    let good = Receiver::open();
    let cases: Vec<_> = bad_answers()
        .into_iter()
        .map(|(name, reply, class, status)| {
            let receiver = Receiver::answering(move |_| reply.clone());
            let id = endpoint(
                &desk.admin,
                &receiver.url("/"),
                &["chat.started"],
                &[3_600_000],
            );
            (name, receiver, id, class, status)
        })
        .collect();
    endpoint(&desk.admin, &good.url("/"), &["chat.started"], &[]);
    desk.visitor("ana", &json!({}));
    desk.new_chat("ana");
    assert_eq!(good.wait(1).len(), 1);
    for (name, _receiver, id, class, status) in cases {
        let attempt = first_attempt(&desk.admin, &id);
        assert_eq!(attempt["error"], class, "{name}: {attempt}");
        assert_eq!(attempt["status"].as_i64(), status, "{name}: {attempt}");
        let delivery = &deliveries(&desk.admin, &id)[0];
        assert_eq!(delivery["state"], "pending", "{name}: {delivery}");
    }
}

#[test]
fn an_endless_answer_counts_as_the_success_that_its_head_says() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, reaching);
    desk.set("Livechat_accept_chats_with_no_agents", true);
    let receiver = Receiver::answering(|_| {
        Reply::status(200)
            .header("Content-Length", "10000000000")
            .body(vec![b'x'; 65_536])
            .endless()
    });
    let id = endpoint(&desk.admin, &receiver.url("/"), &["chat.started"], &[]);
    desk.visitor("ana", &json!({}));
    desk.new_chat("ana");
    let attempt = first_attempt(&desk.admin, &id);
    assert_eq!(attempt["status"], 200, "{attempt}");
    assert_eq!(attempt["responseTruncated"], true);
    assert_eq!(attempt["response"].as_str().unwrap().len(), 65_536);
    assert_eq!(deliveries(&desk.admin, &id)[0]["state"], "delivered");
}

#[test]
fn where_requests_may_not_go_is_said_with_the_setting_that_allows_it() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, |setup| setup);
    desk.set("Livechat_accept_chats_with_no_agents", true);
    let receiver = Receiver::open();
    let port = receiver.address().port();
    let urls = [
        receiver.url("/"),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "http://0.0.0.0/".to_owned(),
    ];
    let ids = urls.map(|url| endpoint(&desk.admin, &url, &["chat.started"], &[3_600_000]));
    desk.visitor("ana", &json!({}));
    desk.new_chat("ana");
    for id in ids {
        let attempt = first_attempt(&desk.admin, &id);
        assert_eq!(attempt["error"], "forbidden", "{attempt}");
        assert!(
            text(&attempt, "/detail").contains("HARK_WEBHOOK_ALLOW"),
            "{attempt}"
        );
    }
    assert!(receiver.received().is_empty());
}

#[test]
fn a_chat_of_five_megabytes_reaches_the_crm_whole() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, reaching);
    desk.set("Livechat_accept_chats_with_no_agents", true);
    let receiver = Receiver::open();
    desk.set("Livechat_webhookUrl", receiver.url("/hook"));
    desk.set("Livechat_webhook_on_close", true);
    desk.visitor("ana", &json!({}));
    let room = desk.new_chat("ana");
    let words = "w".repeat(4_900);
    for number in 0..1_050 {
        desk.say("ana", &room, &format!("{number} {words}"));
    }
    let close = json!({"rid": room, "token": "ana"});
    desk.anyone()
        .post("livechat/room.close", &close)
        .expect(200);
    let received = receiver.wait(1);
    assert!(
        received[0].body.len() > 5_000_000,
        "{}",
        received[0].body.len()
    );
    let body = received[0].json();
    let messages = body["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 1_051);
    assert!(text(&messages[1_049], "/msg").starts_with("1049 "));
    assert_eq!(messages[1_050]["closingMessage"], true);
}

#[test]
fn a_full_disk_delays_webhooks_and_loses_none() {
    let disk = Mount::of_megabytes(16);
    let setup = reaching(Setup::new(HARK))
        .env("HARK_DATA", disk.path().join("data"))
        .may_log_error("the disk that holds the database is full");
    let server = setup.start();
    let admin = server.admin();
    let open = json!({"value": true});
    admin
        .post("settings/Livechat_accept_chats_with_no_agents", &open)
        .expect(200);
    let receiver = Receiver::open();
    endpoint(&admin, &receiver.url("/"), &["message.visitor"], &SOON);
    let visitor = server.client();
    let register = json!({"visitor": {"token": "ana"}});
    visitor.post("livechat/visitor", &register).expect(200);
    let opened = visitor.get("livechat/room?token=ana").expect(200);
    let room = text(&opened, "/room/_id");
    let mut taken: Vec<String> = Vec::new();
    let ballast = disk.fill();
    // The write-ahead log has some room left inside.
    for number in 0.. {
        let words = format!("{number} {}", "x".repeat(4_000));
        let body = json!({"token": "ana", "rid": room, "msg": words});
        let answer = visitor.post("livechat/message", &body);
        if answer.status != 200 {
            assert_eq!(answer.status, 503, "{answer:?}");
            break;
        }
        taken.push(words);
    }
    drop(ballast);
    let arrived = eventually("what was taken to arrive", || {
        let received = receiver.received();
        let mut arrived: Vec<String> = received
            .iter()
            .map(|request| text(&request.json(), "/data/message/text"))
            .collect();
        arrived.dedup();
        (arrived.len() >= taken.len()).then_some(arrived)
    });
    assert_eq!(arrived, taken);
}

#[test]
fn what_waits_is_shown_to_the_operator() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, reaching);
    desk.set("Livechat_accept_chats_with_no_agents", true);
    let receiver = Receiver::answering(|request| match request.path() {
        "/gone" => Reply::status(410),
        _ => Reply::status(500),
    });
    let failing = endpoint(&desk.admin, &receiver.url("/failing"), &["*"], &[3_600_000]);
    endpoint(&desk.admin, &receiver.url("/gone"), &["*"], &[3_600_000]);
    desk.visitor("ana", &json!({}));
    let room = desk.new_chat("ana");
    desk.say("ana", &room, "hello");
    let shown = |name: &str| {
        let text = desk.anyone().get("/metrics").text();
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().parse::<f64>().ok()
    };
    eventually("both events to wait", || {
        let backlog = shown(&format!("hark_webhook_backlog{{endpoint=\"{failing}\"}}"))?;
        (backlog >= 2.0).then_some(())
    });
    eventually("one endpoint to be disabled", || {
        (shown("hark_webhook_endpoints_disabled")? >= 1.0).then_some(())
    });
    let failed = shown("hark_webhook_attempts_total{dialect=\"standard\",class=\"status\"}");
    assert!(failed.unwrap() >= 2.0);
    assert!(shown("hark_webhook_first_byte_seconds_count").unwrap() >= 2.0);
    assert!(
        shown(&format!(
            "hark_webhook_oldest_seconds{{endpoint=\"{failing}\"}}"
        ))
        .is_some()
    );
}
