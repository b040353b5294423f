//! A clock that leaps ends nothing.

use std::time::{Duration, Instant};

use hark_store::Clock;
use hark_testkit::form::file_part;
use hark_testkit::{
    Client, Database, Desk, Engine, Receiver, Reply, Setup, Socket, eventually, on_both_engines,
    text,
};
use serde_json::{Value, json};

use crate::{BINARY, HARK, inside};

const MESSAGES: &str = "stream-room-messages";
const DAYS: i64 = 400;
const LEAP: i64 = DAYS * 86_400_000;

fn ready(client: &Client) -> String {
    let answer = client.get("/readyz");
    assert_eq!(answer.status, 200);
    answer.text()
}

/// How long ago a round of the chat worker ended, on a clock that stands still.
fn since_last_round(desk: &Desk, clock: &Clock) -> Duration {
    let metrics = desk.admin.get("/metrics").text();
    let mut lines = metrics.lines();
    let found = lines.find_map(|line| {
        line.strip_prefix("hark_job_last_success_timestamp_seconds{job=\"chats\"} ")
    });
    let ended: f64 = found.unwrap().parse().unwrap();
    Duration::from_secs_f64((clock.now().millis() as f64 / 1000.0 - ended).max(0.0))
}

#[test]
fn a_second_of_a_clock_that_is_ahead_shuts_no_route() {
    let clock = Clock::fixed(Clock::system().now().plus_days(-DAYS));
    inside::go_by(&clock);
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database).env("HARK_RATE_LIMIT", "on");
    let server = setup.start();
    let guess = || {
        server
            .client()
            .post("login", &json!({"user": "nobody", "password": "x"}))
    };
    clock.advance(LEAP);
    for _ in 0..10 {
        guess().expect(401);
    }
    guess().expect(429);
    clock.advance(-LEAP);
    guess().expect(401);
}

on_both_engines! {
    fn a_clock_that_leaps_keeps_nobody_out(engine: Engine) {
        let clock = Clock::fixed(Clock::system().now().plus_days(-DAYS));
        inside::go_by(&clock);
        let desk = Desk::open(HARK, engine);
        let (amy, anyone) = (desk.agent("amy"), desk.anyone());
        desk.admin.person("ben", &["user"]);
        let rid = desk.new_chat("guest");
        let guest = anyone.with("x-visitor-token", "guest");
        let file = file_part("file", "a.txt", "text/plain", b"hello");
        let sent = guest.send_form(&format!("livechat/upload/{rid}"), &[file]).expect(200);
        let file = text(&sent, "/attachments/0/title_link");
        let mut socket = Socket::of(&desk.server, &amy.client);
        socket.subscribe(MESSAGES, &rid, &Value::Null);
        let tokens = |body: &Value| anyone.post("/oauth/token", body);
        let right = json!({"user": "ben", "password": "secret-of-ben"});
        let granted = tokens(&json!({"grant_type": "password", "username": "ben", "password": "secret-of-ben"}));
        let refresh = text(&granted.expect(200), "/refresh_token");

        clock.advance(LEAP);
        let token = amy.client.header("X-Auth-Token").unwrap();
        anyone.post("login", &json!({"resume": token})).expect(200);
        assert_eq!(amy.client.get(&file).status, 200);
        assert_eq!(anyone.get(&file).status, 403);
        desk.say("guest", &rid, "are you there?");
        assert_eq!(socket.event(MESSAGES, &rid)[0]["msg"], "are you there?");
        let writes = json!([format!("{rid}/user-activity"), "amy", ["user-typing"]]);
        let answer = socket.call("stream-notify-room", &writes);
        assert!(answer.get("error").is_none(), "{answer}");
        tokens(&json!({"grant_type": "refresh_token", "refresh_token": refresh})).expect(200);
        let admin = anyone.login("admin", "secret-of-admin");
        let wrong = json!({"user": "ben", "password": "x"});
        for _ in 0..10 {
            anyone.post("login", &wrong).expect(401);
        }
        assert_eq!(anyone.post("login", &right).expect(401)["error"], "error-login-blocked-for-user");

        clock.advance(-LEAP);
        anyone.post("login", &right).expect(200);
        // who showed their password then has not shown it for 400 days
        let change = admin.post("settings/Livechat_title", &json!({"value": "Talk"}));
        assert_eq!(change.expect(400)["errorType"], "totp-required");
    }

    fn a_clock_that_leaps_ends_nothing_until_somebody_says_that_it_is_right(engine: Engine) {
        let clock = Clock::fixed(Clock::system().now().plus_days(-DAYS));
        inside::go_by(&clock);
        let receiver = Receiver::answering(|_| Reply::status(500));
        let desk = Desk::open_with(HARK, engine, |setup| {
            setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
        });
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let policy = json!({"delaysMs": [86_400_000]});
        let body = json!({"url": receiver.url("/"), "events": ["chat.started"], "policy": policy});
        desk.admin.post("/api/hark/v1/endpoints", &body).expect(201);
        let anyone = desk.anyone();
        desk.new_chat("ana");
        let parked = "SELECT count(*) FROM delivery WHERE state = 1 AND attempts = $";
        let waits = |attempts: i64| {
            let sql = parked.replace('$', &attempts.to_string());
            eventually("a delivery that waits", || (desk.database.number(&sql) == 1).then_some(()));
        };
        waits(1);
        assert_eq!(ready(&anyone), "ready\n");

        clock.advance(LEAP);
        desk.server.wait_for_log("ahead of the time that has passed");
        let said = ready(&anyone);
        assert!(said.starts_with("ready\n") && said.contains("hark admin trust-clock"), "{said}");
        desk.admin.get("me").expect(200);
        // Its last attempt fails, and it is kept. Something new makes the lane look at the time.
        desk.new_chat("ben");
        waits(2);
        let state = desk.admin.get("/api/hark/v1/endpoints").expect(200);
        assert_eq!(state["items"][1]["state"], "active", "{state}");

        clock.advance(-LEAP);
        eventually("the clock to be believed", || (ready(&anyone) == "ready\n").then_some(()));
        desk.server.wait_for_log("believed again");
        desk.admin.get("me").expect(200);

        clock.advance(LEAP);
        let admin = Setup::new(BINARY).on(&desk.database);
        admin.command_line(&["admin", "trust-clock"], "").assert_done();
        eventually("the clock to be believed", || (ready(&anyone) == "ready\n").then_some(()));
        assert_eq!(desk.admin.get("me").status, 401);
    }

    fn a_clock_that_leaps_neither_ends_chats_nor_passes_them_on(engine: Engine) {
        let clock = Clock::fixed(Clock::system().now().plus_days(-DAYS));
        inside::go_by(&clock);
        let desk = Desk::open(HARK, engine);
        for (setting, value) in [
            ("Omnichannel_queue_delay_timeout", json!(1)),
            ("Livechat_accept_chats_with_no_agents", json!(true)),
            ("Livechat_allow_manual_on_hold", json!(true)),
            ("Livechat_auto_close_on_hold_chats_timeout", json!(600)),
            ("Livechat_abandoned_rooms_action", json!("close")),
            ("Livechat_visitor_inactivity_timeout", json!(600)),
            ("Livechat_max_queue_wait_time", json!(10)),
            ("Livechat_auto_transfer_chat_timeout", json!(600)),
        ] {
            desk.set(setting, value);
        }
        let amy = desk.agent("amy");
        let empty = desk.department("Empty", &[], &json!({}));
        let [held, owing, silent] = ["ann", "bob", "cat"].map(|token| desk.new_chat(token));
        desk.visitor("dan", &json!({"department": empty}));
        let waiting = text(&desk.chat("dan"), "/_id");
        for rid in [&held, &owing] {
            let answer = json!({"message": {"rid": rid, "msg": "how can I help?"}});
            amy.client.post("chat.sendMessage", &answer).expect(200);
        }
        amy.client.post("livechat/room.onHold", &json!({"roomId": held})).expect(200);
        desk.agent("ben");
        let foretold = || desk.room(&owing)["omnichannel"]["predictedVisitorAbandonmentAt"].is_string().then_some(());
        eventually("the end to be foretold", foretold);
        let rooms = [&held, &owing, &silent, &waiting];
        let seen = || {
            let states = rooms.map(|rid| {
                let room = desk.room(rid);
                (room.get("open").is_some(), room["servedBy"]["username"].clone())
            });
            (states, desk.room(&held)["onHold"].clone())
        };
        let before = seen();
        // A round that began before the leap may end behind it, so another one is waited for.
        let rounds = || {
            for _ in 0..2 {
                let began = Instant::now();
                eventually("a round of the chat worker", || {
                    (since_last_round(&desk, &clock) < began.elapsed()).then_some(())
                });
            }
        };
        rounds();
        clock.advance(LEAP);
        rounds();
        assert_eq!(seen(), before);
        clock.advance(-LEAP);
        eventually("the clock to be believed", || (ready(&desk.anyone()) == "ready\n").then_some(()));
        rounds();
        assert_eq!(seen(), before);

        // What is older than the leap and their time is due whatever the clock did.
        let age = LEAP + 700_000;
        for column in ["held_since", "visitor_silent_since", "abandoned_at", "unanswered_since"] {
            desk.database.execute(&format!("UPDATE room SET {column} = {column} - {age}"));
        }
        desk.database.execute(&format!("UPDATE inquiry SET queued_at = queued_at - {age}"));
        let is_open = |rid: &str| desk.room(rid).get("open").is_some();
        eventually("the chats to end", || {
            let ended = [&held, &owing, &waiting].iter().all(|rid| !is_open(rid));
            (ended && desk.room(&silent)["servedBy"]["username"] == "ben").then_some(())
        });
    }
}
