//! Comm100's webhooks, seen from outside: tokens, the resource, and what arrives at a receiver.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hark_staff::totp;
use hark_store::Clock;
use hark_testkit::{
    Client, Desk, Engine, Received, Receiver, Reply, Response, eventually, on_both_engines, text,
};
use serde_json::{Value, json};

use crate::HARK;

const HOOKS: &str = "/v4/livechat/webhooks";
const EVENTS: [&str; 7] = [
    "offlineMessageIsSubmitted",
    "chatStarts",
    "chatEnds",
    "chatIsWrappedUp",
    "agentStatusChanges",
    "chatIsRequested",
    "chatIsTransferred",
];

fn desk(engine: Engine) -> Desk {
    Desk::open_with(HARK, engine, |setup| {
        setup
            .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
            .env("Livechat_Routing_Method", "Manual_Selection")
            .env("Livechat_validate_offline_email", "false")
    })
}

/// What the token endpoint says to a form.
fn grant(client: &Client, form: &str) -> Response {
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    client.send("POST", "/oauth/token", &kind, form.as_bytes())
}

fn by_password(name: &str) -> String {
    format!("grant_type=password&email={name}%40example.org&password=secret-of-{name}&client_id=x")
}

fn bearing(desk: &Desk, token: &str) -> Client {
    desk.anyone()
        .with("Authorization", &format!("Bearer {token}"))
}

/// A client with the token of someone whose password is `secret-of-name`.
fn enter(desk: &Desk, name: &str) -> Client {
    let granted = grant(&desk.anyone(), &by_password(name)).expect(200);
    bearing(desk, &text(&granted, "/access_token"))
}

#[track_caller]
fn refused(answer: &Response, code: u64) -> String {
    let said = answer.value();
    assert_eq!(said["code"], code, "{said}");
    assert_eq!(u64::from(answer.status), code / 1_000, "{said}");
    assert_eq!(said.as_object().unwrap().len(), 2, "{said}");
    text(&said, "/message")
}

#[track_caller]
fn declined(answer: &Response, error: &str) -> String {
    let said = answer.expect(400);
    assert_eq!(said["error"], error, "{said}");
    text(&said, "/error_description")
}

fn make(client: &Client, event: &str, target: &str) -> String {
    let made = client.post(HOOKS, &json!({"event": event, "targetUrl": target}));
    text(&made.expect(201), "/id")
}

/// Webhooks of all seven events, each to a path of its own.
fn subscribe(client: &Client, receiver: &Receiver) {
    for event in EVENTS {
        make(client, event, &receiver.url(&format!("/{event}")));
    }
}

/// What came for each subscription.
fn arrived(receiver: &Receiver) -> BTreeMap<String, Vec<Value>> {
    let mut arrived: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for request in receiver.received() {
        let to = request.path().trim_start_matches('/').to_owned();
        arrived.entry(to).or_default().push(request.json());
    }
    arrived
}

fn is_guid(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    let digits = |letter: char| letter == '-' || matches!(letter, '0'..='9' | 'a'..='f');
    parts == [8, 4, 4, 4, 12] && text.chars().all(digits)
}

fn is_date(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let millis = text
        .strip_prefix("/Date(")
        .and_then(|text| text.strip_suffix(")/"));
    millis.is_some_and(|millis| millis.parse::<u64>().is_ok_and(|at| at > 1_700_000_000_000))
}

/// Turns the second factor on, and answers a code that is good once.
fn second_factor(client: &Client) -> String {
    let offer = client.method("2fa:enable", &json!([]));
    let shown = text(&offer, "/result/secret");
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = shown
        .chars()
        .map(|letter| LETTERS.find(letter).unwrap())
        .flat_map(|five| (0..5).rev().map(move |bit| (five >> bit & 1) as u8));
    let bits: Vec<u8> = bits.collect();
    let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte << 1 | bit);
    let secret: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
    let code = totp::code_at(&secret, totp::step_of(Clock::system().now()));
    let on = client.method("2fa:validateTempToken", &json!([code]));
    text(&on, "/result/codes/0")
}

on_both_engines! {
    fn a_webhook_is_made_shown_changed_and_removed(engine: Engine) {
        let desk = desk(engine);
        let client = enter(&desk, "admin");
        assert_eq!(client.get(HOOKS).expect(200), json!([]));

        let made = client.post(HOOKS, &json!({"event": "chatStarts", "targetUrl": "http://crm.example.org/x?y=1"}));
        let webhook = made.expect(201);
        let id = text(&webhook, "/id");
        assert_eq!(webhook, json!({"id": id, "event": "chatStarts", "targetUrl": "http://crm.example.org/x?y=1"}));
        assert!(is_guid(&json!(id.to_lowercase())) && id == id.to_uppercase(), "{id}");
        assert_eq!(made.header("content-type"), Some("application/json; charset=utf-8"));
        let location = made.header("location").unwrap();
        let one = format!("{HOOKS}/{id}");
        assert!(location.starts_with("http://") && location.ends_with(&one), "{location}");

        // in any case, with a slash at the end, and with what other accounts are asked for
        let paths = [one.clone(), one.to_lowercase(), one.to_uppercase(), format!("/v4/LiveChat/webhooks/{id}/"), format!("{one}?siteId=100")];
        for path in &paths {
            assert_eq!(client.get(path).expect(200), webhook, "{path}");
        }
        assert_eq!(client.get("/V4/LiveChat/WebHooks").expect(200), json!([webhook]));

        // names and values in any case; an id in the body says nothing new
        let other = json!({"EVENT": "CHATENDS", "TargetURL": "https://crm.example.org/", "Id": "x", "zapId": 7});
        let second = client.post("/v4/livechat/Webhooks", &other).expect(201);
        assert_eq!((&second["event"], second["id"] == "x"), (&json!("chatEnds"), false));
        assert_eq!(second.as_object().unwrap().len(), 3);

        let news = json!({"id": id.to_lowercase(), "event": "chatIsTransferred", "targetUrl": "https://crm.example.org/2"});
        let changed = client.json("PUT", &one.to_lowercase(), &news).expect(200);
        assert_eq!(changed, json!({"id": id, "event": "chatIsTransferred", "targetUrl": "https://crm.example.org/2"}));
        assert_eq!(client.get(&one).expect(200), changed);
        assert_eq!(client.get(HOOKS).expect(200), json!([changed, second]));

        let gone = client.send("DELETE", &one, &[], b"");
        assert_eq!((gone.status, gone.text().as_str()), (204, ""));
        for answer in [client.get(&one), client.send("DELETE", &one, &[], b""), client.put(&one, &news)] {
            refused(&answer, 404_000);
        }
        assert_eq!(client.get(HOOKS).expect(200), json!([second]));
    }

    fn what_is_wrong_is_said_with_a_number(engine: Engine) {
        let desk = desk(engine);
        let client = enter(&desk, "admin");
        let good = "https://crm.example.org/";
        let id = make(&client, "chatEnds", good);
        let one = format!("{HOOKS}/{id}");
        let long = format!("{good}{}", "x".repeat(2_000));
        for (code, names, body) in [
            (400_000, "event", json!({"targetUrl": good})),
            (400_000, "event", json!({"event": null, "targetUrl": good})),
            (400_000, "event", json!({"event": " ", "targetUrl": good})),
            (400_000, "event", json!([])),
            (400_001, "event", json!({"event": "chatStarted", "targetUrl": good})),
            (400_001, "event", json!({"event": ["chatStarts"], "targetUrl": good})),
            (400_000, "targetUrl", json!({"event": "chatStarts"})),
            (400_000, "targetUrl", json!({"event": "chatStarts", "targetUrl": ""})),
            (400_001, "targetUrl", json!({"event": "chatStarts", "targetUrl": 8000})),
            (400_001, "targetUrl", json!({"event": "chatStarts", "targetUrl": "/hook"})),
            (400_001, "targetUrl", json!({"event": "chatStarts", "targetUrl": "ftp://crm.example.org/"})),
            (400_001, "targetUrl", json!({"event": "chatStarts", "targetUrl": long})),
        ] {
            for answer in [client.post(HOOKS, &body), client.put(&one, &body)] {
                let why = refused(&answer, code);
                assert!(why.starts_with(names), "{body}: {why}");
            }
        }
        let other = json!({"id": "69FAB2B6-1189-4B96-BD06-1CBDADBC1164", "event": "chatStarts", "targetUrl": good});
        refused(&client.put(&one, &other), 400_001);
        let json = [("Content-Type", "application/json")];
        refused(&client.send("POST", HOOKS, &json, b"{"), 400_001);
        let large = json!({"event": "chatStarts", "targetUrl": "x".repeat(70_000)});
        refused(&client.post(HOOKS, &large), 413_000);
        let kept = client.get(HOOKS).expect(200);
        assert_eq!(kept, json!([{"id": id, "event": "chatEnds", "targetUrl": good}]));

        // nothing that another API has made is here
        for id in ["69FAB2B6-1189-4B96-BD06-1CBDADBC1164", "workspace", "x"] {
            refused(&client.get(&format!("{HOOKS}/{id}")), 404_000);
            refused(&client.send("DELETE", &format!("{HOOKS}/{id}"), &[], b""), 404_000);
        }
        refused(&client.get("/v4/livechat/nothing"), 404_000);
        refused(&client.get("/OAUTH/nothing"), 404_000);
        let wrong = client.json("PATCH", HOOKS, &json!({}));
        refused(&wrong, 405_000);
        assert_eq!(wrong.header("allow"), Some("GET, POST, OPTIONS"));
    }

    /// As curl does that is told nothing of it.
    fn who_sends_json_as_something_else_is_told_how(engine: Engine) {
        let desk = desk(engine);
        let client = enter(&desk, "admin");
        let one = format!("{HOOKS}/{}", make(&client, "chatEnds", "https://crm.example.org/"));
        let body = br#"{"event": "chatStarts", "targetUrl": "https://crm.example.org/"}"#;
        let hint = "event is required; send the body as JSON, with Content-Type: application/json";
        for kind in [&[("Content-Type", "application/x-www-form-urlencoded")][..], &[("Content-Type", "text/plain")], &[]] {
            for (method, path) in [("POST", HOOKS), ("PUT", &one)] {
                assert_eq!(refused(&client.send(method, path, kind, body), 400_000), hint, "{kind:?}");
            }
        }
        // Who has said so hears only what is missing.
        assert_eq!(refused(&client.post(HOOKS, &json!({})), 400_000), "event is required");
        assert_eq!(client.get(HOOKS).expect(200).as_array().unwrap().len(), 1);
    }

    fn only_who_may_manage_integrations_gets_in(engine: Engine) {
        let desk = desk(engine);
        desk.admin.person("max", &["livechat-manager"]);
        desk.admin.person("amy", &["user", "livechat-agent"]);
        let manager = enter(&desk, "max");
        let id = make(&manager, "chatEnds", "https://crm.example.org/");
        let one = format!("{HOOKS}/{id}");
        let body = json!({"event": "chatStarts", "targetUrl": "https://evil.example.org/"});
        let each = |client: &Client| {
            [client.get(HOOKS), client.get(&one), client.post(HOOKS, &body), client.put(&one, &body), client.send("DELETE", &one, &[], b"")]
        };
        for answer in each(&enter(&desk, "amy")) {
            refused(&answer, 403_000);
        }
        let key = json!({"tokenName": "hooks", "bypassTwoFactor": true});
        let key = text(&desk.admin.post("users.generatePersonalAccessToken", &key).expect(200), "/token");
        let basic = |name: &str, key: &str| {
            desk.anyone().with("Authorization", &format!("Basic {}", BASE64.encode(format!("{name}:{key}"))))
        };
        let session = desk.admin.header("X-Auth-Token").unwrap();
        let strangers = [
            desk.anyone(),
            bearing(&desk, "nonsense"),
            bearing(&desk, ""),
            desk.anyone().with("Authorization", "Digest x"),
            // another's name, a wrong key, a password, and what is no key but a log-in
            basic("max", &key),
            basic("admin", &key[1..]),
            basic("admin", "secret-of-admin"),
            basic("admin", session),
        ];
        for client in &strangers {
            for answer in each(client) {
                refused(&answer, 401_000);
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            }
        }
        for client in [basic("admin", &key), basic("Admin@Example.org", &key), bearing(&desk, &key)] {
            let path = format!("{HOOKS}?siteId=100");
            assert_eq!(client.get(&path).expect(200)[0]["id"], id);
        }
        // a token ends with its account
        let max = json!({"username": "max"});
        desk.admin.post("users.delete", &max).expect(200);
        refused(&manager.get(HOOKS), 401_000);
    }

    fn tokens_are_given_for_a_password_and_renewed_once(engine: Engine) {
        let desk = desk(engine);
        desk.admin.person("max", &["livechat-manager"]);
        let anyone = desk.anyone();
        let granted = grant(&anyone, &by_password("max"));
        assert_eq!(granted.header("cache-control"), Some("no-store"));
        let granted = granted.expect(200);
        let names: Vec<&String> = granted.as_object().unwrap().keys().collect();
        assert_eq!(names, ["access_token", "token_type", "expires_in", "refresh_token"]);
        assert_eq!((&granted["token_type"], &granted["expires_in"]), (&json!("bearer"), &json!(43_199)));
        let (access, refresh) = (text(&granted, "/access_token"), text(&granted, "/refresh_token"));
        bearing(&desk, &access).get(HOOKS).expect(200);
        // what renews opens nothing
        refused(&bearing(&desk, &refresh).get(HOOKS), 401_000);

        let renewal = format!("grant_type=refresh_token&refresh_token={refresh}&client_id=x");
        let renewed = grant(&anyone, &renewal).expect(200);
        assert_ne!(renewed["access_token"], granted["access_token"]);
        bearing(&desk, &text(&renewed, "/access_token")).get(HOOKS).expect(200);
        declined(&grant(&anyone, &renewal), "invalid_grant");
        declined(&grant(&anyone, &format!("grant_type=refresh_token&refresh_token={access}")), "invalid_grant");

        // by user name too, and in JSON
        let body = json!({"grant_type": "password", "username": "max", "password": "secret-of-max"});
        anyone.post("/OAuth/Token", &body).expect(200);

        for (error, form) in [
            ("invalid_request", ""),
            ("invalid_request", "grant_type=password&email=max%40example.org"),
            ("invalid_request", "grant_type=refresh_token"),
            ("unsupported_grant_type", "grant_type=authorization_code&code=x"),
            ("invalid_grant", "grant_type=password&email=max%40example.org&password=wrong"),
            ("invalid_grant", "grant_type=password&username=nobody&password=wrong"),
        ] {
            declined(&grant(&anyone, form), error);
        }

        // with a new password neither the token nor what renews it is good
        let again = text(&renewed, "/refresh_token");
        let max = desk.admin.get("users.info?username=max").expect(200)["user"]["_id"].clone();
        let news = json!({"userId": max, "data": {"password": "another-secret-of-max"}});
        desk.admin.post("users.update", &news).expect(200);
        refused(&bearing(&desk, &access).get(HOOKS), 401_000);
        declined(&grant(&anyone, &format!("grant_type=refresh_token&refresh_token={again}")), "invalid_grant");
    }

    fn a_token_that_has_run_out_opens_nothing(engine: Engine) {
        let desk = desk(engine);
        let client = enter(&desk, "admin");
        client.get(HOOKS).expect(200);
        const AGE: &str = "UPDATE session SET expires_at = 1 WHERE for_program";
        desk.database.execute(AGE);
        refused(&client.get(HOOKS), 401_000);
    }

    fn who_guesses_is_held_back_and_the_second_factor_stays(engine: Engine) {
        let desk = desk(engine);
        desk.set("Block_Multiple_Failed_Logins_Attempts_Until_Block_by_User", 3);
        desk.set("Block_Multiple_Failed_Logins_By_Ip", false);
        desk.admin.person("max", &["livechat-manager"]);
        let anyone = desk.anyone();
        for _ in 0..3 {
            declined(&grant(&anyone, "grant_type=password&username=max&password=wrong"), "invalid_grant");
        }
        let why = declined(&grant(&anyone, &by_password("max")), "invalid_grant");
        assert!(why.contains("too many attempts"), "{why}");
        // on the other API, too
        let login = json!({"user": "max", "password": "secret-of-max"});
        assert_eq!(anyone.post("login", &login).expect(401)["error"], "error-login-blocked-for-user");

        let sue = desk.admin.person("sue", &["livechat-manager"]);
        let code = second_factor(&sue);
        let form = by_password("sue");
        let why = declined(&grant(&anyone, &form), "invalid_grant");
        assert!(why.contains("totp"), "{why}");
        declined(&grant(&anyone, &format!("{form}&totp=000")), "invalid_grant");
        let granted = grant(&anyone, &format!("{form}&totp={code}")).expect(200);
        bearing(&desk, &text(&granted, "/access_token")).get(HOOKS).expect(200);
        // each code is good once
        declined(&grant(&anyone, &format!("{form}&code={code}")), "invalid_grant");
    }

    fn a_program_makes_nobody_present(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        amy.client.post("logout", &json!({})).expect(200);
        let went = |(_, kind, body): &(i64, String, Value)| kind == "agent.status" && body["because"] == "logged out";
        let before = eventually("her log-out to be in the log", || {
            let events = desk.database.events();
            events.iter().any(went).then_some(events.len())
        });
        let granted = grant(&desk.anyone(), &by_password("amy")).expect(200);
        refused(&bearing(&desk, &text(&granted, "/access_token")).get(HOOKS), 403_000);
        let events = desk.database.events();
        let came = events[before..].iter().filter(|(_, kind, _)| kind == "agent.status");
        assert_eq!(came.count(), 0);
    }

    fn one_address_makes_so_many_calls(engine: Engine) {
        let desk = Desk::open_with(HARK, engine, |setup| setup.env("HARK_RATE_LIMIT", "on"));
        let client = desk.admin.person("max", &["livechat-manager"]);
        let token = client.header("X-Auth-Token").unwrap();
        let client = bearing(&desk, token);
        // all routes together
        for number in 0..300 {
            match number % 2 {
                0 => drop(client.get(HOOKS).expect(200)),
                _ => drop(declined(&grant(&client, "grant_type=x"), "unsupported_grant_type")),
            }
        }
        let late = client.get(HOOKS);
        refused(&late, 403_001);
        assert!(late.header("retry-after").is_some());
        refused(&grant(&client, "grant_type=x"), 403_001);
    }

    fn each_event_arrives_as_receivers_know_it(engine: Engine) {
        let receiver = Receiver::open();
        let desk = desk(engine);
        let (amy, bob) = (desk.agent("amy"), desk.agent("bob"));
        let support = desk.department("Support", &[&amy, &bob], &json!({}));
        desk.field("plan", "visitor", &json!({}));
        desk.field("order", "room", &json!({}));
        subscribe(&enter(&desk, "admin"), &receiver);

        for status in ["away", "online", "offline", "online"] {
            let status = json!({"status": status, "message": "a line"});
            amy.client.post("users.setStatus", &status).expect(200);
        }
        // the same again, in other words, is no change
        let same = json!({"status": "online", "message": "another line"});
        amy.client.post("users.setStatus", &same).expect(200);

        let ann = json!({"name": "Ann", "email": "ann@example.org", "phone": "+46 8 1", "department": support, "customFields": [{"key": "plan", "value": "gold", "overwrite": true}]});
        let visitor = desk.visitor("t1", &ann);
        for page in ["https://shop.example.org/", "https://shop.example.org/parcels"] {
            let visit = json!({"token": "t1", "pageInfo": {"change": "url", "title": "Shop", "location": {"href": page}}});
            desk.anyone().post("livechat/page.visited", &visit).expect(200);
        }
        let rid = text(&desk.chat("t1"), "/_id");
        desk.take(&amy, &rid).expect(200);
        desk.say("t1", &rid, "hi\u{2299}[00:00:00] amy: you win\n[00:00:00] amy: a car");
        amy.client.post("chat.sendMessage", &json!({"message": {"rid": rid, "msg": "one moment"}})).expect(200);
        let note = json!({
            "guestData": {"_id": visitor["_id"], "livechatData": {}},
            "roomData": {"_id": rid, "topic": "a parcel", "tags": ["lost"], "livechatData": {"order": "4711"}},
        });
        amy.client.post("livechat/room.saveInfo", &note).expect(200);
        desk.admin.post("livechat/room.forward", &json!({"roomId": rid, "userId": bob.id})).expect(200);
        let end = json!({"rid": rid, "comment": "solved", "tags": ["late"]});
        bob.client.post("livechat/room.closeByUser", &end).expect(200);

        // a chat that nobody takes was missed
        let missed = desk.new_chat("t2");
        desk.anyone().post("livechat/room.close", &json!({"rid": missed, "token": "t2"})).expect(200);
        let form = json!({"name": "Ilya", "email": "ilya@example.org", "message": "Norway?", "department": support});
        desk.anyone().post("livechat/offline.message", &form).expect(200);
        // and another, so that what should not come for the missed one would have come before
        let last = desk.new_chat("t3");
        desk.take(&amy, &last).expect(200);
        desk.anyone().post("livechat/room.close", &json!({"rid": last, "token": "t3"})).expect(200);

        receiver.wait(14);
        let came = arrived(&receiver);
        let events = |name: &str| -> Vec<&str> {
            came[name].iter().map(|body| body["event"].as_str().unwrap()).collect()
        };
        assert_eq!(events("agentStatusChanges"), ["away", "online", "logout", "login"]);
        assert_eq!(events("chatIsRequested"), ["chat_requested"; 3]);
        assert_eq!(events("chatStarts"), ["chat_started"; 2]);
        assert_eq!(events("chatIsTransferred"), ["chat_transferred"]);
        assert_eq!(events("chatIsWrappedUp"), ["chat_wrapped_up"]);
        assert_eq!(events("chatEnds"), ["chat_ended"; 2]);
        assert_eq!(events("offlineMessageIsSubmitted"), ["offline_message_submitted"]);

        let statuses = &came["agentStatusChanges"];
        assert!(statuses.iter().all(|body| body.as_object().unwrap().len() == 2 && is_guid(&body["operator_id"])));
        let id = &came["chatIsRequested"][0]["visitor"]["chat_id"];
        assert!(is_guid(id));
        for (name, members, status) in [
            ("chatIsRequested", &["event", "visitor"][..], 0),
            ("chatStarts", &["event", "visitor"], 2),
            ("chatIsTransferred", &["event", "visitor", "chat"], 2),
            ("chatIsWrappedUp", &["event", "chat_id", "visitor", "wrapup"], 2),
            ("chatEnds", &["event", "visitor", "chat"], 9),
            ("offlineMessageIsSubmitted", &["event", "offline_message", "visitor"], 10),
        ] {
            let body = &came[name][0];
            let names: Vec<&String> = body.as_object().unwrap().keys().collect();
            assert_eq!(names, members, "{name}");
            let visitor = &body["visitor"];
            assert_eq!(visitor["status"], status, "{name}");
            assert!(is_guid(&visitor["id"]) && is_guid(&visitor["department"]) && is_date(&visitor["visit_time"]), "{visitor}");
            if name != "offlineMessageIsSubmitted" {
                assert_eq!(&visitor["chat_id"], id, "{name}");
                assert_eq!((&visitor["name"], &visitor["email"], &visitor["phone"]), (&json!("Ann"), &json!("ann@example.org"), &json!("+46 8 1")));
                assert_eq!(visitor["custom_variables"], json!([{"name": "plan", "value": "gold"}]));
            }
        }
        let started = &came["chatStarts"][0]["visitor"];
        assert_eq!((&started["page_views"], &started["landing_page"], &started["current_browsing"]), (&json!(2), &json!("https://shop.example.org/"), &json!("https://shop.example.org/parcels")));

        let wrapped = &came["chatIsWrappedUp"][0];
        assert_eq!(&wrapped["chat_id"], id);
        let notes = &wrapped["wrapup"];
        assert_eq!((&notes["category"], &notes["comment"], &notes["fields"][0]["value"]), (&json!("lost"), &json!("a parcel"), &json!("4711")));
        assert!(is_date(&notes["time"]));

        let transferred = &came["chatIsTransferred"][0]["chat"];
        assert_eq!((&transferred["end_time"], &transferred["department"]), (&json!(""), &json!("Support")));
        let chat = &came["chatEnds"][0]["chat"];
        assert_eq!(&chat["id"], id);
        assert_eq!((&chat["operators"], &chat["operator_comment"], &chat["department"]), (&json!("amy,bob"), &json!("solved"), &json!("Support")));
        assert!(is_date(&chat["start_time"]) && is_date(&chat["end_time"]) && chat["attachment"] == json!([]));
        assert_eq!(chat["wrap_up"]["category"], "late, lost");
        assert_eq!(chat["custom_variable"], json!([{"name": "plan", "value": "gold"}]));
        let transcript = text(chat, "/chat_transcript");
        let lines: Vec<&str> = transcript.split('\u{2299}').map(|line| line.split_once("] ").map_or(line, |(_, line)| line)).collect();
        assert_eq!(lines, ["amy joined the chat", "Ann: hi\u{29bf}[00:00:00] amy: you win [00:00:00] amy: a car", "amy: one moment", "bob joined the chat", "Ada Admin passed the chat on", "amy left the chat", "bob ended the chat"]);
        assert!(!transcript.contains('\n'));

        let message = &came["offlineMessageIsSubmitted"][0]["offline_message"];
        assert_eq!((&message["content"], &message["department"], &message["attachment"]), (&json!("Norway?"), &json!("Support"), &json!({"name": "", "uri": ""})));

        // how it is sent
        let one = &receiver.received()[0];
        assert_eq!(one.method(), "POST");
        assert_eq!(one.header("content-type"), Some("application/json; charset=utf-8"));
        assert!(one.header("webhook-id").is_some() && one.header("webhook-signature").is_none());
    }

    fn a_second_taking_is_no_second_start(engine: Engine) {
        let receiver = Receiver::open();
        let desk = desk(engine);
        let (amy, bob) = (desk.agent("amy"), desk.agent("bob"));
        let client = enter(&desk, "admin");
        for event in ["chatStarts", "chatEnds"] {
            make(&client, event, &receiver.url("/all"));
        }
        let rid = desk.new_chat("t1");
        desk.take(&amy, &rid).expect(200);
        let back = amy.client.method("livechat:returnAsInquiry", &json!([rid]));
        assert_eq!(back["result"], true, "{back}");
        desk.take(&bob, &rid).expect(200);
        // back in the queue it still had an agent
        bob.client.method("livechat:returnAsInquiry", &json!([rid]));
        desk.anyone().post("livechat/room.close", &json!({"rid": rid, "token": "t1"})).expect(200);
        let bodies: Vec<Value> = receiver.wait(2).iter().map(Received::json).collect();
        let events: Vec<&Value> = bodies.iter().map(|body| &body["event"]).collect();
        assert_eq!(events, ["chat_started", "chat_ended"]);
        assert_eq!(bodies[1]["chat"]["operators"], "amy,bob");
    }

    fn what_fails_is_tried_again_after_a_minute_and_a_removed_webhook_hears_nothing(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(500));
        let desk = desk(engine);
        desk.agent("amy");
        let client = enter(&desk, "admin");
        let id = make(&client, "chatIsRequested", &receiver.url("/fails"));
        desk.new_chat("t1");
        receiver.wait(1);
        const WAITS: &str = "SELECT next_at, settled_at FROM delivery WHERE attempts = 1 AND next_at IS NOT NULL";
        const TRIED: &str = "SELECT min(at) FROM attempt";
        let (next, tried) = eventually("the delivery to wait", || match engine {
            Engine::Sqlite => {
                let database = desk.database.sqlite();
                let next: i64 = database.query_row(WAITS, [], |row| row.get(0)).ok()?;
                Some((next, database.query_row(TRIED, [], |row| row.get::<_, i64>(0)).ok()?))
            }
            Engine::Postgres => {
                let mut database = desk.database.postgres();
                let next: i64 = database.query_opt(WAITS, &[]).unwrap()?.get(0);
                Some((next, database.query_one(TRIED, &[]).unwrap().get(0)))
            }
        });
        let wait = next - tried;
        assert!((60_000..90_000).contains(&wait), "{wait} ms");

        // another webhook with the same address hears of what happens from now on
        receiver.answer(|_| Reply::status(204));
        make(&client, "chatIsRequested", &receiver.url("/fails"));
        let gone = client.send("DELETE", &format!("{HOOKS}/{id}"), &[], b"");
        assert_eq!(gone.status, 204);
        desk.new_chat("t2");
        desk.new_chat("t3");
        let received = receiver.wait(3);
        assert_eq!(received.len(), 3);
    }

    fn an_installation_takes_two_thousand_five_hundred_endpoints(engine: Engine) {
        let desk = desk(engine);
        let client = enter(&desk, "admin");
        make(&client, "chatStarts", "https://crm.example.org/");
        // with this one and the workspace's own it is full
        const MANY: &str = "WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
            INSERT INTO endpoint (number, id, origin, name, dialect, url, events, policy, state, state_since, since, created_at, updated_at)
            SELECT 100000 + i, 'e' || i, 'hark', '', 'standard', 'https://crm.example.org/', '[\"*\"]', '{}', 'paused', 0, 0, 0, 0 FROM n";
        desk.database.execute(MANY);
        let body = json!({"event": "chatStarts", "targetUrl": "https://crm.example.org/"});
        refused(&client.post(HOOKS, &body), 409_000);
        assert_eq!(client.get(HOOKS).expect(200).as_array().unwrap().len(), 1);
    }
}
