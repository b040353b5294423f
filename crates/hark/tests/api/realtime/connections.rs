//! Connections: how they begin, log in and end, and what becomes of those that misbehave.

use hark_testkit::{Desk, Engine, Socket, on_both_engines, text};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::{CHAT, MESSAGES, NOTICES, OWN, QUEUE, ROOM, is_ready, window};
use crate::{BINARY, HARK};

#[test]
fn a_connection_says_its_version_and_is_answered() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let mut socket = Socket::open(&desk.server);
    socket.send(&json!({"msg": "connect", "version": "1", "support": ["1", "pre2", "pre1"]}));
    let connected = socket.frame();
    assert_eq!(connected["msg"], "connected");
    assert_eq!(text(&connected, "/session").len(), 17);
    socket.send(&json!({"msg": "ping"}));
    assert_eq!(socket.frame(), json!({"msg": "pong"}));
    socket.send(&json!({"msg": "ping", "id": "7"}));
    assert_eq!(socket.frame(), json!({"msg": "pong", "id": "7"}));
    socket.send(&json!({"msg": "what"}));
    assert_eq!(
        socket.frame(),
        json!({"msg": "error", "reason": "Bad request"})
    );
    // the same id again is no second subscription
    let sub = json!({"msg": "sub", "id": "a", "name": "stream-notify-all", "params": ["public-settings-changed", false]});
    socket.send(&sub);
    socket.send(&sub);
    socket.send(&json!({"msg": "unsub", "id": "a"}));
    assert_eq!(socket.frame(), json!({"msg": "ready", "subs": ["a"]}));
    assert_eq!(socket.frame(), json!({"msg": "nosub", "id": "a"}));
    let nothing = socket.subscribe("stream-nothing", "x", &Value::Null);
    assert_eq!(nothing["error"]["error"], 404, "{nothing}");

    let mut other = Socket::open(&desk.server);
    other.send(&json!({"msg": "connect", "version": "2", "support": ["2"]}));
    assert_eq!(other.frame(), json!({"msg": "failed", "version": "1"}));
    assert_eq!(other.closed().unwrap().0, 1008);
}

#[test]
fn a_log_in_by_password_or_by_token() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let amy = desk.agent("amy");
    let mut socket = Socket::greeted(&desk.server);
    let routing = json!([]);
    let refused = socket.call("livechat:getRoutingConfig", &routing);
    assert_eq!(refused["error"]["error"], "error-invalid-user", "{refused}");
    let by =
        |user: &str, password: &str| json!([{"user": {"username": user}, "password": password}]);
    let wrong = socket.call("login", &by("amy", "wrong"));
    assert_eq!(
        wrong["error"],
        json!({
            "isClientSafe": true, "error": 403, "reason": "Incorrect password",
            "message": "Incorrect password [403]", "errorType": "Meteor.Error",
        })
    );
    let nobody = socket.call("login", &by("nobody", "wrong"));
    assert_eq!(nobody["error"]["reason"], "User not found");
    let entered = socket.call("login", &by("amy", "secret-of-amy"));
    let result = &entered["result"];
    assert_eq!(
        (&result["id"], &result["type"]),
        (&json!(amy.id), &json!("password")),
        "{entered}"
    );
    assert!(result["tokenExpires"]["$date"].is_i64());
    assert_eq!(
        socket.call("livechat:getRoutingConfig", &routing)["result"]["autoAssignAgent"],
        true
    );

    let token = text(result, "/token");
    let mut second = Socket::greeted(&desk.server);
    let resumed = second.call("login", &json!([{"resume": token}]));
    assert_eq!(
        (&resumed["result"]["id"], &resumed["result"]["token"]),
        (&json!(amy.id), &json!(token))
    );
    assert_eq!(resumed["result"]["type"], "resume");
    assert!(is_ready(&second.subscribe(
        OWN,
        &format!("{}/rooms-changed", amy.id),
        &Value::Null
    )));

    // the log-in ends here, and with it what is heard there by its right
    assert!(socket.call("logout", &json!([])).get("error").is_none());
    let refused = second.call("livechat:getRoutingConfig", &routing);
    assert_eq!(refused["error"]["error"], "error-invalid-user");
    let lost = second.wait_for("nosub", |frame| frame["msg"] == "nosub");
    assert_eq!(lost["error"]["error"], "not-allowed");
    let again = second.call("login", &json!([{"resume": token}]));
    assert_eq!(again["error"]["error"], 403);
}

/// Nothing is said to it by anyone: it finds that out at its next beat.
#[test]
fn a_quiet_socket_hears_that_its_log_in_was_ended_over_rest() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let amy = desk.agent("amy");
    let other = desk.anyone().login("amy", "secret-of-amy");
    let event = format!("{}/rooms-changed", amy.id);
    let [mut ended, mut kept] = [&other, &amy.client].map(|client| {
        let mut socket = Socket::of(&desk.server, client);
        assert!(is_ready(&socket.subscribe(OWN, &event, &Value::Null)));
        socket
    });
    other.post("logout", &json!({})).expect(200);
    let lost = ended.wait_for("nosub", |frame| frame["msg"] == "nosub");
    assert_eq!(lost["error"]["error"], "not-allowed");
    let heard = kept.up_to("sign of life", |frame| frame["msg"] == "ping");
    assert!(
        heard.iter().all(|frame| frame["msg"] != "nosub"),
        "{heard:?}"
    );
}

/// Attempts on the socket count as those over REST, and the other way round.
#[test]
fn someone_who_guesses_passwords_is_held_back() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    desk.agent("amy");
    desk.set(
        "Block_Multiple_Failed_Logins_Attempts_Until_Block_by_User",
        3,
    );
    let mut socket = Socket::greeted(&desk.server);
    let by = |password: &str| json!([{"user": {"username": "amy"}, "password": password}]);
    for _ in 0..3 {
        assert!(socket.call("login", &by("wrong")).get("error").is_some());
    }
    let held = socket.call("login", &by("secret-of-amy"));
    assert_eq!(
        held["error"]["error"], "error-login-blocked-for-user",
        "{held}"
    );
    let rest = desk.anyone().post(
        "login",
        &json!({"user": "amy", "password": "secret-of-amy"}),
    );
    assert_eq!(rest.value()["error"], "error-login-blocked-for-user");
}

/// Nor does a socket give more tries than REST does.
#[test]
fn passwords_are_counted_together() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, |setup| {
        setup.env("HARK_RATE_LIMIT", "on")
    });
    let mut socket = Socket::greeted(&desk.server);
    let wrong = json!([{"user": {"username": "nobody"}, "password": "wrong"}]);
    let mut tries = 0;
    let refused = loop {
        let answer = socket.call("login", &wrong);
        if answer["error"]["error"] != 403 {
            break answer;
        }
        tries += 1;
        assert!(tries < 20, "nobody counts");
    };
    assert_eq!(refused["error"]["error"], "too-many-requests", "{refused}");
    let rest = desk
        .anyone()
        .post("login", &json!({"user": "nobody", "password": "wrong"}));
    assert_eq!(rest.status, 429);
    // someone with a token comes back all the same
    let token = desk.admin.header("X-Auth-Token").unwrap();
    let resumed = socket.call("login", &json!([{"resume": token}]));
    assert_eq!(resumed["result"]["type"], "resume", "{resumed}");
}

/// Clients take the date for granted, and some break without it.
#[test]
fn a_personal_token_is_said_to_be_good_for_long() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let amy = desk.agent("amy");
    let made = json!({"tokenName": "desk"});
    let made = amy.client.post("users.generatePersonalAccessToken", &made);
    let token = text(&made.expect(200), "/token");
    let mut socket = Socket::greeted(&desk.server);
    let mut good_until = |way: Value| {
        let entered = socket.call("login", &json!([way]));
        let until = entered["result"]["tokenExpires"]["$date"].as_i64();
        until.unwrap_or_else(|| panic!("{entered}"))
    };
    let by_password = json!({"user": {"username": "amy"}, "password": "secret-of-amy"});
    assert!(good_until(json!({"resume": token})) > good_until(by_password));
}

on_both_engines! {
    fn whose_log_ins_are_ended_hears_it(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let mut socket = Socket::of(&desk.server, &amy.client);
        let event = format!("{}/force_logout", amy.id);
        assert!(is_ready(&socket.subscribe(OWN, &event, &Value::Null)));
        // which is for nobody else
        let mut other = Socket::of(&desk.server, &ben.client);
        assert_eq!(other.subscribe(OWN, &event, &Value::Null)["msg"], "nosub");
        let off = json!({"userId": amy.id, "activeStatus": false});
        desk.admin.post("users.setActiveStatus", &off).expect(200);
        assert_eq!(socket.event(OWN, &event), json!([]));
        let refused = socket.call("livechat:getRoutingConfig", &json!([]));
        assert_eq!(refused["error"]["error"], "error-invalid-user");
    }
}

#[test]
fn what_is_no_frame_ends_the_connection_with_a_reason() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    for text in ["", "{", "null", "[]", "7", "{\"msg\":7}", "\u{0}"] {
        let mut socket = Socket::greeted(&desk.server);
        socket.send_text(text);
        let (code, reason) = socket.closed().unwrap();
        assert_eq!((code, reason.is_empty()), (1007, false), "{text:?}");
    }
    let mut socket = Socket::open(&desk.server);
    socket.send_bytes(vec![1, 2, 3]);
    assert_eq!(socket.closed().unwrap().0, 1003);
    let mut socket = Socket::open(&desk.server);
    socket.send(&json!({"msg": "sub", "id": "1", "name": MESSAGES, "params": []}));
    assert_eq!(socket.closed().unwrap(), (1008, "connect first".to_owned()));
    let mut socket = Socket::greeted(&desk.server);
    socket.send(&json!({"msg": "ping", "id": "x".repeat(200_000)}));
    assert_eq!(socket.closed().unwrap().0, 1009);
    let mut socket = Socket::greeted(&desk.server);
    socket.send(&json!({"msg": "sub", "id": "x".repeat(101), "name": MESSAGES, "params": []}));
    assert_eq!(socket.closed().unwrap().0, 1008);
    let mut socket = Socket::greeted(&desk.server);
    for number in 0..51 {
        let event = format!("{number}");
        socket.send(
            &json!({"msg": "sub", "id": event, "name": "stream-notify-all", "params": [event, {}]}),
        );
    }
    assert_eq!(
        socket.closed().unwrap(),
        (1008, "too many subscriptions".to_owned())
    );
    let mut socket = Socket::greeted(&desk.server);
    for _ in 0..2_000 {
        if !socket.try_send(&json!({"msg": "pong"})) {
            break;
        }
    }
    assert!(
        socket
            .closed()
            .is_none_or(|(code, reason)| (code, reason.as_str()) == (1008, "too many frames"))
    );
    // each person whose presence one wants to hear of is one
    let mut socket = Socket::of(&desk.server, &desk.agent("ann").client);
    for number in 0..3 {
        let people: Vec<String> = (0..400).map(|one| format!("{number}-{one}")).collect();
        let params = json!(["", {"added": people}]);
        socket.send(&json!({"msg": "sub", "id": format!("{number}"), "name": "stream-user-presence", "params": params}));
    }
    assert_eq!(
        socket.closed().unwrap(),
        (1008, "too many subscriptions".to_owned())
    );
    // odd but whole frames are answered
    let mut socket = Socket::greeted(&desk.server);
    for frame in [
        json!({"msg": "sub", "id": "a"}),
        json!({"msg": "sub", "id": "b", "name": {}, "params": {}}),
        json!({"msg": "sub", "id": "c", "name": NOTICES, "params": ["///", {"args": 7}]}),
        json!({"msg": "sub", "id": "d", "name": OWN, "params": ["x".repeat(1_000)]}),
    ] {
        socket.send(&frame);
        let answer = socket.frame();
        assert_eq!(
            (&answer["msg"], &answer["id"]),
            (&json!("nosub"), &frame["id"])
        );
    }
    for (method, params) in [
        ("login", json!([])),
        ("login", json!({})),
        ("login", json!([{"user": 7, "password": {}}])),
        ("login", json!([{"resume": "\u{0}"}])),
        (NOTICES, json!([])),
        (NOTICES, json!(["x", "y", "z"])),
        (NOTICES, json!(["x/user-activity", "y", [7]])),
        ("livechat:setUpConnection", json!([7])),
        ("no such method", json!([])),
        ("stream-room-messages", json!(["x"])),
    ] {
        let answer = socket.call(method, &params);
        assert!(answer["error"]["message"].is_string(), "{answer}");
    }
    // the server is still there for others
    assert!(is_ready(&Socket::greeted(&desk.server).subscribe(
        "stream-notify-all",
        "public-settings-changed",
        &Value::Null
    )));
}

/// Someone who reads nothing is let go, and those beside them hear everything.
#[test]
fn a_slow_reader_is_dropped() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    desk.agent("amy");
    let rid = desk.new_chat("guest");
    let mut slow = window(&desk, "guest", &rid);
    let mut quick = window(&desk, "guest", &rid);
    let words = "word ".repeat(900);
    // What the system's own buffers hold comes on top of what the server keeps for them.
    let mut count = 0;
    let seats = || {
        let page = desk.anyone().get("/metrics").text();
        let line = page
            .lines()
            .find(|line| line.starts_with("hark_sockets "))
            .unwrap()
            .to_owned();
        line.rsplit(' ').next().unwrap().parse::<i64>().unwrap()
    };
    while seats() == 2 {
        desk.say("guest", &rid, &format!("{count} {words}"));
        let message = quick.event(MESSAGES, &rid);
        assert!(
            message[0]["msg"]
                .as_str()
                .unwrap()
                .starts_with(&count.to_string()),
            "{count}"
        );
        count += 1;
        assert!(count < 5_000, "nothing bounds what is kept for them");
    }
    assert!(slow.closed().is_none_or(|(code, _)| code == 1013));
    desk.say("guest", &rid, "still here");
    assert_eq!(quick.event(MESSAGES, &rid)[0]["msg"], "still here");
}

/// Frames of every shape, by somebody who is logged in: each is answered, or ends the connection
/// with a reason, and nothing breaks inside.
#[test]
fn odd_frames_break_nothing() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let amy = desk.agent("amy");
    let rid = desk.new_chat("guest");
    let mut random = StdRng::seed_from_u64(7);
    for _ in 0..12 {
        let mut socket = Socket::of(&desk.server, &amy.client);
        for number in 0..200 {
            let mut frame = odd(&mut random, &rid, 0);
            if !frame.is_object() {
                frame = json!({"params": [frame]});
            }
            frame["msg"] = json!(
                ["sub", "unsub", "method", "ping", "pong", "connect"][random.random_range(0..6)]
            );
            frame["id"] = json!(format!("f{number}"));
            frame["name"] = json!(
                [
                    MESSAGES,
                    NOTICES,
                    CHAT,
                    ROOM,
                    OWN,
                    QUEUE,
                    "stream-user-presence"
                ][random.random_range(0..7)]
            );
            let methods = [
                NOTICES,
                "login",
                "sendMessage",
                "loadHistory",
                "readMessages",
                "livechat:takeInquiry",
                "livechat:setUpConnection",
                "UserPresence:setDefaultStatus",
                "livechat:loginByToken",
            ];
            frame["method"] = json!(methods[random.random_range(0..methods.len())]);
            socket.send(&frame);
        }
        socket.send(&json!({"msg": "ping", "id": "the end"}));
        socket.wait_for("the last answer", |frame| {
            frame["msg"] == "pong" && frame["id"] == "the end"
        });
    }
}

fn odd(random: &mut StdRng, rid: &str, depth: usize) -> Value {
    let texts = [
        rid,
        "",
        "guest",
        "\u{0}",
        "\u{202e}",
        "__my_messages__",
        "/",
        "department/",
        "public",
        "user-typing",
        "amy",
    ];
    let kinds = if depth > 3 { 5 } else { 8 };
    match random.random_range(0..kinds) {
        0 => Value::Null,
        1 => json!(random.random_range(-2_i64..3)),
        2 => json!(f64::MAX),
        3 => json!(texts[random.random_range(0..texts.len())]),
        4 => json!(format!(
            "{rid}/{}",
            ["user-activity", "deleteMessage", "typing"][random.random_range(0..3)]
        )),
        5 => (0..random.random_range(0..4))
            .map(|_| odd(random, rid, depth + 1))
            .collect(),
        _ => {
            let names = [
                "params",
                "token",
                "visitorToken",
                "args",
                "added",
                "user",
                "password",
                "resume",
                "rid",
                "msg",
                "_id",
                "totp",
                "$date",
            ];
            let members = (0..random.random_range(0..5)).map(|_| {
                let name = names[random.random_range(0..names.len())];
                (name.to_owned(), odd(random, rid, depth + 1))
            });
            Value::Object(members.collect())
        }
    }
}

/// Connections end with a reason when the server stops.
#[test]
fn a_server_that_stops_says_so() {
    let desk = Desk::open(BINARY, Engine::Sqlite);
    let mut socket = Socket::greeted(&desk.server);
    let Desk {
        server,
        database: _database,
        ..
    } = desk;
    server.signal("TERM");
    assert_eq!(
        socket.closed().unwrap(),
        (1001, "the server stops".to_owned())
    );
    assert_eq!(server.stop(), Some(0));
}
