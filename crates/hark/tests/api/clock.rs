//! A clock that leaps ends nothing.

use hark_store::Clock;
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
        let file = concat!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n",
            "Content-Type: text/plain\r\n\r\nhello\r\n--x--\r\n",
        );
        let form = [("Content-Type", "multipart/form-data; boundary=x")];
        let path = format!("/api/v1/livechat/upload/{rid}");
        let guest = anyone.with("x-visitor-token", "guest");
        let sent = guest.send("POST", &path, &form, file.as_bytes()).expect(200);
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
}
