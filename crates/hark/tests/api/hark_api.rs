//! Hark's own API: endpoints, what became of their deliveries, the log.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use hark_store::Timestamp;
use hark_testkit::{
    Client, Desk, Engine, Receiver, Reply, Response, eventually, on_both_engines, text,
};
use hark_webhooks::signing::{Secret, signature};
use serde_json::{Value, json};

use crate::HARK;

const API: &str = "/api/hark/v1/";

/// Chats are taken although nobody is there.
fn desk(engine: Engine) -> Desk {
    let desk = Desk::open_with(HARK, engine, |setup| {
        setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
    });
    desk.set("Livechat_accept_chats_with_no_agents", true);
    desk
}

fn ask(client: &Client, path: &str) -> Response {
    client.get(&format!("{API}{path}"))
}

fn post(client: &Client, path: &str, body: &Value) -> Response {
    client.json("POST", &format!("{API}{path}"), body)
}

fn patch(client: &Client, path: &str, body: &Value) -> Response {
    client.json("PATCH", &format!("{API}{path}"), body)
}

/// Makes an endpoint; answers its id.
fn endpoint(desk: &Desk, url: &str, more: &Value) -> String {
    let mut body = json!({"name": "crm", "url": url});
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    text(&post(&desk.admin, "endpoints", &body).expect(201), "/id")
}

fn items(answer: &Value) -> Vec<Value> {
    answer["items"].as_array().unwrap().clone()
}

/// Waits until an endpoint has nothing on its way, and so many delivered.
fn settled(desk: &Desk, id: &str, delivered: i64) -> Value {
    eventually("everything is delivered", || {
        let stats = ask(&desk.admin, &format!("endpoints/{id}")).expect(200)["stats"].clone();
        (stats["backlog"] == 0 && stats["delivered"] == delivered).then_some(stats)
    })
}

#[track_caller]
fn problem(answer: &Response, status: u16, kind: &str) -> Value {
    let problem = answer.expect(status);
    let header = answer.header("content-type");
    assert_eq!(header, Some("application/problem+json"));
    assert_eq!(
        problem["type"],
        format!("urn:hark:problem:{kind}"),
        "{problem}"
    );
    assert_eq!(problem["status"], status);
    assert!(
        problem["title"].is_string() && problem["detail"].is_string(),
        "{problem}"
    );
    problem
}

#[test]
fn what_is_not_there_is_a_problem_of_our_own_with_a_slash_or_without() {
    let desk = desk(Engine::Sqlite);
    for path in [
        "/api/hark",
        "/api/hark/",
        "/api/hark/v1",
        "/api/hark/v1/",
        "/api/hark/v2/me",
    ] {
        problem(&desk.admin.get(path), 404, "not-found");
    }
}

on_both_engines! {
    fn an_endpoint_is_made_read_changed_and_removed(engine: Engine) {
        let desk = desk(engine);
        let admin = &desk.admin;
        let body = json!({"name": "crm", "url": "https://crm.example.org/hook", "events": ["chat.*", "message.agent"], "policy": {"timeoutMs": 2_000}});
        let made = post(admin, "endpoints", &body).expect(201);
        let id = text(&made, "/id");
        let secret = text(&made, "/secret");
        assert!(secret.starts_with("whsec_"), "{secret}");
        assert_eq!((&made["dialect"], &made["state"], &made["complaint"]), (&json!("standard"), &json!("active"), &Value::Null));
        assert_eq!(made["schedule"]["timeoutMs"], 2_000);
        assert_eq!(made["schedule"]["success"], "2xx");

        let read = ask(admin, &format!("endpoints/{id}"));
        let shown = read.text();
        let read = read.expect(200);
        assert!(!shown.contains(&secret) && !shown.contains("whsec_"), "{shown}");
        let hint = secret.trim_end_matches('=');
        assert_eq!(read["secrets"][0]["hint"], format!("…{}", &hint[hint.len() - 4..]));
        assert_eq!(read["secrets"][0]["scheme"], "v1");
        assert_eq!(read["stats"]["backlog"], 0);

        let changes = json!({"name": "other", "policy": {"timeoutMs": null, "delaysMs": [10, 20]}});
        let changed = patch(admin, &format!("endpoints/{id}"), &changes).expect(200);
        assert_eq!(changed["name"], "other");
        assert_eq!(changed["url"], "https://crm.example.org/hook");
        assert_eq!(changed["policy"], json!({"delaysMs": [10, 20]}));
        assert_eq!(changed["schedule"]["timeoutMs"], 15_000);

        let paused = post(admin, &format!("endpoints/{id}:pause"), &json!({})).expect(200);
        assert_eq!(paused["state"], "paused");
        let resumed = post(admin, &format!("endpoints/{id}:resume"), &json!({})).expect(200);
        assert_eq!(resumed["state"], "active");

        let listed = items(&ask(admin, "endpoints").expect(200));
        let ids: Vec<&str> = listed.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["workspace", &id]);
        let gone = admin.delete(&format!("{API}endpoints/{id}"), &json!({}));
        assert_eq!((gone.status, gone.text().as_str()), (204, ""));
        problem(&ask(admin, &format!("endpoints/{id}")), 404, "not-found");
    }

    fn agents_see_what_else_was_said_by_those_who_gave_the_same_address(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        let ben = desk.agent("ben");
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let care = desk.department("Care", &[&ben], &json!({}));
        let open = |token: &str, said: Value, agent: &str| {
            desk.visitor(token, &said);
            let rid = text(&desk.chat(token), "/_id");
            let served = desk.room(&rid)["servedBy"]["username"].clone();
            assert_eq!(served, agent, "{rid}");
            rid
        };
        let close = |token: &str, rid: &str| drop(desk.anyone().post("livechat/room.close", &json!({"token": token, "rid": rid})).expect(200));
        let vera = json!({"name": "Vera", "email": "vera@x.test", "phone": "+1555", "department": sales});
        let first = open("vera", vera, "amy");
        close("vera", &first);
        // somebody types her address and number, in another department
        let eve = open("eve", json!({"name": "Eve", "email": "VERA@x.test", "phone": "+1555", "department": care}), "ben");
        close("eve", &eve);
        let dan = open("dan", json!({"name": "Dan", "phone": "+1555", "department": sales}), "amy");
        open("bob", json!({"email": "bob@x.test", "department": sales}), "amy");
        let second = open("vera", json!({}), "amy");

        let related = |client: &Client, rid: &str| items(&ask(client, &format!("conversations/{rid}/related")).expect(200));
        let brief = |items: &[Value]| -> Vec<Value> {
            items.iter().map(|one| json!([one["id"], one["proven"], one["same"]])).collect()
        };
        let of_eve = json!([eve, false, ["email", "phone"]]);
        let all = [json!([dan, false, ["phone"]]), of_eve, json!([first, true, ["visitor", "email", "phone"]])];
        let shown = related(&desk.admin, &second);
        assert_eq!(brief(&shown), all);
        assert_eq!((&shown[1]["visitor"]["name"], shown[1].get("dueAt")), (&json!("Eve"), Some(&Value::Null)));
        // one that waits is promised an agent by some moment
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let policy = json!({"name": "Gold", "dueTimeInMinutes": 5});
        let sla = text(&desk.admin.post("livechat/sla", &policy).expect(200), "/sla/_id");
        desk.visitor("fay", &json!({"phone": "+1555", "department": care}));
        let waits = text(&desk.chat("fay"), "/_id");
        desk.admin.put("livechat/inquiry.setSLA", &json!({"roomId": waits, "sla": sla})).expect(200);
        let due = related(&desk.admin, &second)[0]["dueAt"].clone();
        let since = format!("SELECT queued_at FROM room WHERE id = '{waits}'");
        let at = Timestamp::from_millis(desk.database.number(&since) + 300_000);
        assert_eq!(due, json!(at.iso()));
        desk.anyone().post("livechat/room.close", &json!({"token": "fay", "rid": waits})).expect(200);
        desk.set("Livechat_Routing_Method", "Auto_Selection");
        let answer = ask(&desk.admin, &format!("conversations/{second}/related")).text();
        for token in ["\"eve\"", "\"dan\"", "\"vera\""] {
            assert!(!answer.contains(token), "{answer}");
        }
        // An agent sees of them what they may see at all.
        assert_eq!(brief(&related(&amy.client, &second)), [all[0].clone(), all[2].clone()]);
        for (client, rid) in [(&ben.client, &*second), (&amy.client, "nowhere"), (&desk.admin, "GENERAL")] {
            problem(&ask(client, &format!("conversations/{rid}/related")), 404, "not-found");
        }
    }

    fn what_is_wrong_is_said_with_the_place_that_is_wrong(engine: Engine) {
        let desk = desk(engine);
        let admin = &desk.admin;
        let wrong = |answer: &Response| problem(answer, 400, "invalid")["errors"][0].clone();
        let with_policy = |policy: Value| post(admin, "endpoints", &json!({"url": "https://crm.example.org/", "policy": policy}));
        for (policy, pointer, detail) in [
            (json!({"delaysMs": [5, -1]}), "/policy/delaysMs/1", "has to be a whole number from 0 to 604800000"),
            (json!({"concurrency": -1}), "/policy/concurrency", "has to be a whole number from 1 to 1024"),
            (json!({"concurrency": 0}), "/policy/concurrency", "has to be a whole number from 1 to 1024"),
            (json!({"timeoutMs": 60_001}), "/policy/timeoutMs", "has to be a whole number from 1 to 60000"),
            (json!({"delaysMs": [1, 604_800_001]}), "/policy/delaysMs/1", "has to be a whole number from 0 to 604800000"),
        ] {
            assert_eq!(wrong(&with_policy(policy)), json!({"pointer": pointer, "detail": detail}));
        }
        let events = post(admin, "endpoints", &json!({"url": "https://crm.example.org/", "events": ["chat.*", "chat.danced"]}));
        assert_eq!(wrong(&events)["pointer"], "/events/1");
        let broken = admin.send("POST", &format!("{API}endpoints"), &[("Content-Type", "application/json")], b"{");
        let said = problem(&broken, 400, "unreadable");
        assert!(said["detail"].as_str().unwrap().contains("JSON object"), "{said}");
        // a query has no pointers
        for (path, parameter, detail) in [
            ("deliveries?limit=0", "limit", "has to be a whole number from 1 to 200"),
            ("deliveries?limit=many", "limit", "has to be a whole number from 1 to 200"),
            ("deliveries?from=yesterday", "from", "has to be a moment with its zone, such as 2026-11-21T10:00:00Z"),
            ("deliveries?kinds=chat.nope", "kinds", "has one that is not known: chat.nope"),
            ("deliveries?from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z", "from", "has to be before to"),
            ("events?after=-1", "after", "has to be 0 or more"),
            ("events?kinds=chat.closed,chat.nope", "kinds", "has one that is not known: chat.nope"),
        ] {
            assert_eq!(wrong(&ask(admin, path)), json!({"parameter": parameter, "detail": detail}), "{path}");
        }
        let made = with_policy(json!({"concurrency": 3, "delaysMs": []})).expect(201);
        let endpoint = format!("endpoints/{}", text(&made, "/id"));
        let replay = post(admin, &format!("{endpoint}:replay"), &json!({}));
        assert_eq!(wrong(&replay), json!({"pointer": "/from", "detail": "is required, or else afterEvent"}));
        let replay = post(admin, &format!("{endpoint}:replay"), &json!({"from": "2026-11-22T00:00:00Z", "to": "2026-11-21T00:00:00Z"}));
        assert_eq!(wrong(&replay)["pointer"], "/from");
        // all of a policy goes back to what is usual
        assert_eq!(patch(admin, &endpoint, &json!({"policy": {}})).expect(200)["policy"]["concurrency"], 3);
        assert_eq!(patch(admin, &endpoint, &json!({"policy": null})).expect(200)["policy"], json!({}));
    }

    fn how_it_went_with_an_endpoint_is_known_by_the_half_hour_and_who_wants_a_kind(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(200));
        let desk = desk(engine);
        let id = endpoint(&desk, &receiver.url("/"), &json!({"events": ["chat.started", "message.*"]}));
        let half_hours = || items(&ask(&desk.admin, &format!("endpoints/{id}/half-hours")).expect(200));
        assert_eq!(half_hours(), [] as [Value; 0]);
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "hello");
        settled(&desk, &id, 2);
        let sum = |half_hours: &[Value], name: &str| -> i64 {
            half_hours.iter().map(|one| one[name].as_i64().unwrap()).sum()
        };
        let good = half_hours();
        let sums = ["delivered", "failedAttempts", "firstRequests"].map(|name| sum(&good, name));
        assert_eq!(sums, [2, 0, 2]);
        assert!(good[0]["firstRequestAfterMs"].as_i64() <= good[0]["longestMs"].as_i64());
        let within = |half_hours: &[Value]| -> i64 {
            let all = half_hours.iter().flat_map(|one| one["firstRequestsWithin"].as_array().unwrap());
            all.map(|one| one["requests"].as_i64().unwrap()).sum()
        };
        assert_eq!(within(&good), 2, "{good:?}");
        assert!(text(&good[0], "/from").ends_with("0:00.000Z"), "{good:?}");
        receiver.answer(|_| Reply::status(500));
        desk.say("ann", &rid, "again");
        eventually("a failed attempt", || (sum(&half_hours(), "failedAttempts") == 1).then_some(()));
        assert_eq!(sum(&half_hours(), "delivered"), 2);
        let later = ask(&desk.admin, &format!("endpoints/{id}/half-hours?from=2100-01-01T00:00:00Z"));
        assert_eq!(later.expect(200)["items"], json!([]));
        problem(&ask(&desk.admin, "endpoints/none/half-hours"), 404, "not-found");
        let together = || items(&ask(&desk.admin, "stats/half-hours").expect(200));
        assert_eq!(sum(&together(), "delivered"), 2);
        assert_eq!(within(&together()), 3);
        let well = Receiver::answering(|_| Reply::status(200));
        let other = endpoint(&desk, &well.url("/"), &json!({"events": ["message.visitor"]}));
        desk.say("ann", &rid, "and again");
        settled(&desk, &other, 1);
        assert_eq!(sum(&together(), "delivered"), 3, "of both");

        let who = |kind: &str| -> Vec<String> {
            let page = ask(&desk.admin, &format!("endpoints?kinds={kind}")).expect(200);
            items(&page).iter().map(|one| text(one, "/id")).collect()
        };
        let all = endpoint(&desk, &receiver.url("/all"), &json!({"events": ["*"]}));
        assert_eq!(who("chat.started"), [id.clone(), all.clone()]);
        assert_eq!(who("message.agent"), [id, all.clone()]);
        assert_eq!(who("note.added"), [all]);
        assert_eq!(problem(&ask(&desk.admin, "endpoints?kinds=chat.nope"), 400, "invalid")["errors"][0]["parameter"], "kinds");
        // as it was called before
        assert_eq!(problem(&ask(&desk.admin, "endpoints?kind=chat.nope"), 400, "invalid")["errors"][0]["parameter"], "kinds");
    }

    fn what_happened_in_a_day_is_counted_by_its_kind(engine: Engine) {
        let desk = desk(engine);
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "hello");
        desk.say("ann", &rid, "again");
        desk.set("Livechat_webhook_on_start", true);
        // what is committed stands in the log a moment later
        let counts = eventually("all are counted", || {
            let counts = ask(&desk.admin, "events/counts").expect(200);
            (counts["kinds"]["message.visitor"] == 2).then_some(counts)
        });
        assert_eq!(counts["kinds"]["chat.started"], 1);
        assert_eq!(counts["whole"], true);
        // Of what no webhook is told of nothing is said here either.
        assert_eq!(counts["kinds"]["setting.changed"], Value::Null);
    }

    fn a_pattern_is_tried_before_somebody_relies_on_it(engine: Engine) {
        let desk = desk(engine);
        let amy = desk.agent("amy");
        let tried = |body: Value| post(&desk.admin, "patterns/try", &body);
        let shown = tried(json!({"pattern": "\\d+(?=,)", "text": "orders 4711 and 12, not 13"})).expect(200);
        assert_eq!(shown["found"], json!(["12"]));
        assert!(shown["micros"].as_i64() >= Some(0));
        let shown = tried(json!({"pattern": "ANN", "text": "ann", "ignoreCase": true})).expect(200);
        assert_eq!(shown["found"], json!(["ann"]));
        // One that takes too long ends, as it does for a message.
        let slow = tried(json!({"pattern": "(?=a)(a+)+\\1b$", "text": "a".repeat(5_000)})).expect(200);
        assert_eq!(slow["found"], json!([]));
        for (body, pointer) in [
            (json!({"pattern": "(", "text": ""}), "/pattern"),
            (json!({"pattern": "a".repeat(1_001), "text": ""}), "/pattern"),
            (json!({"pattern": "a", "text": "a".repeat(5_121)}), "/text"),
        ] {
            assert_eq!(problem(&tried(body), 400, "invalid")["errors"][0]["pointer"], pointer);
        }
        problem(&post(&amy.client, "patterns/try", &json!({"pattern": "a", "text": "a"})), 403, "forbidden");
    }

    fn deliveries_are_found_by_families_and_only_of_chats_that_are_there(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(200));
        let desk = desk(engine);
        post(&desk.admin, "endpoints", &json!({"url": receiver.url("/")})).expect(201);
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "hello");
        let kinds = |query: &str| -> Vec<String> {
            let page = ask(&desk.admin, &format!("conversations/{rid}/deliveries{query}")).expect(200);
            items(&page).iter().map(|one| text(one, "/kind")).collect()
        };
        eventually("the deliveries", || kinds("").contains(&"message.visitor".to_owned()).then_some(()));
        assert_eq!(kinds("?kind=message.*"), ["message.visitor"]);
        assert!(kinds("?kind=chat.*").iter().all(|kind| kind.starts_with("chat.")));
        assert!(!kinds("?kind=chat.*").is_empty());
        problem(&ask(&desk.admin, "conversations/nope/deliveries"), 404, "not-found");
    }

    fn what_is_wrong_is_said_with_its_place(engine: Engine) {
        let desk = desk(engine);
        let admin = &desk.admin;
        let good = json!({"url": "https://crm.example.org/"});
        let with = |name: &str, value: Value| {
            let mut body = good.clone();
            body[name] = value;
            post(admin, "endpoints", &body)
        };
        for (name, value) in [
            ("url", json!("8000")),
            ("url", json!(8000)),
            ("url", json!(null)),
            ("events", json!([])),
            ("events", json!(["chat.danced"])),
            ("events", json!("chat.*")),
            ("dialect", json!("morse")),
            ("name", json!("x".repeat(201))),
            ("policy", json!({"timeoutMs": 0})),
            ("policy", json!({"delaysMs": [-1]})),
            ("policy", json!({"speed": 1})),
            ("secret", json!("whsec_short")),
            ("signing", json!("v9")),
            ("colour", json!("red")),
        ] {
            let answer = with(name, value.clone());
            let problem = problem(&answer, 400, "invalid");
            let pointer = text(&problem, "/errors/0/pointer");
            assert!(pointer.starts_with(&format!("/{name}")), "{value}: {problem}");
        }
        let missing = problem(&post(admin, "endpoints", &json!({})), 400, "invalid");
        assert_eq!(missing["errors"][0], json!({"pointer": "/url", "detail": "is required"}));
        for path in ["deliveries?state=lost", "deliveries?from=yesterday", "deliveries?limit=0", "deliveries?cursor=x", "deliveries?colour=red", "events?after=-1", "events?kinds=chat.danced"] {
            problem(&ask(admin, path), 400, "invalid");
        }
        problem(&ask(admin, "endpoints/nobody"), 404, "not-found");
        problem(&ask(admin, "nothing"), 404, "not-found");
        problem(&ask(admin, "deliveries/msg_1_1_x"), 404, "not-found");
        problem(&post(admin, "endpoints/workspace:dance", &json!({})), 404, "not-found");
        let text_body = admin.send("POST", &format!("{API}endpoints"), &[("Content-Type", "text/plain")], b"hello");
        problem(&text_body, 415, "unreadable");
        // the workspace webhook is in the settings, but for its policy
        problem(&patch(admin, "endpoints/workspace", &json!({"url": "https://x.example/"})), 400, "invalid");
        problem(&admin.delete(&format!("{API}endpoints/workspace"), &json!({})), 409, "conflict");
        let changed = patch(admin, "endpoints/workspace", &json!({"policy": {"success": "2xx"}})).expect(200);
        assert_eq!(changed["schedule"]["success"], "2xx");
    }

    fn someone_who_may_not_look_after_webhooks_sees_nothing_of_them(engine: Engine) {
        let desk = desk(engine);
        problem(&ask(&desk.anyone(), "endpoints"), 401, "unauthenticated");
        let amy = desk.agent("amy");
        for path in ["endpoints", "deliveries", "events", "events/stream", "stats"] {
            problem(&ask(&amy.client, path), 403, "forbidden");
        }
        // which kinds there are stands in the source
        ask(&desk.anyone(), "catalogue").expect(200);
        let max = desk.admin.person("max", &["livechat-manager"]);
        ask(&max, "endpoints").expect(200);
        // a token alone is enough
        let token = max.header("X-Auth-Token").unwrap();
        ask(&desk.anyone().with("Authorization", &format!("bearer {token}")), "endpoints").expect(200);
        problem(&ask(&desk.anyone().with("Authorization", "Bearer x"), "endpoints"), 401, "unauthenticated");
        problem(&ask(&desk.anyone().with("Authorization", &format!("Basic {token}")), "endpoints"), 401, "unauthenticated");
    }

    fn deliveries_are_seen_with_their_attempts_and_sent_again(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(200).header("X-Said", "yes").body("thanks"));
        let desk = desk(engine);
        let id = endpoint(&desk, &receiver.url("/hook"), &json!({"events": ["chat.started", "message.visitor"]}));
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "hello there");
        let other = desk.new_chat("bob");
        settled(&desk, &id, 3);

        let all = items(&ask(&desk.admin, "deliveries").expect(200));
        let kinds: Vec<&str> = all.iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["chat.started", "message.visitor", "chat.started"], "newest first");
        for one in &all {
            assert_eq!(one["endpoint"]["id"], id);
            assert_eq!((&one["state"], &one["status"], &one["attempts"]), (&json!("delivered"), &json!(200), &json!(1)));
        }
        let of = |query: &str| items(&ask(&desk.admin, query).expect(200)).len();
        assert_eq!(of(&format!("endpoints/{id}/deliveries")), 3);
        assert_eq!(of("endpoints/workspace/deliveries"), 0);
        assert_eq!(of("deliveries?state=delivered"), 3);
        assert_eq!(of("deliveries?state=pending"), 0);
        assert_eq!(of("deliveries?state=given-up"), 0);
        assert_eq!(of("deliveries?state=not-delivered"), 0);
        assert_eq!(of("deliveries?kinds=message.visitor"), 1);
        assert_eq!(of("deliveries?kinds=message.visitor,note.*"), 1);
        assert_eq!(of("deliveries?kind=message.visitor"), 1, "as it was called before");
        assert_eq!(of(&format!("deliveries?conversation={rid}")), 2);
        assert_eq!(of(&format!("conversations/{rid}/deliveries?kind=chat.started")), 1);
        assert_eq!(of(&format!("conversations/{other}/deliveries")), 1);
        assert_eq!(of("deliveries?from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z"), 3);
        assert_eq!(of("deliveries?to=2020-01-01T00:00:00Z"), 0);
        assert_eq!(of("deliveries?from=2099-01-01T00:00:00Z"), 0);
        for (answers, found) in [("200", 3), ("2xx", 3), ("2xx,timeout", 3), ("201", 0), ("5xx", 0), ("status", 0)] {
            assert_eq!(of(&format!("deliveries?answers={answers}")), found, "{answers}");
        }
        for wrong in ["6xx", "99", "600", "mild"] {
            assert_eq!(problem(&ask(&desk.admin, &format!("deliveries?answers={wrong}")), 400, "invalid")["errors"][0]["parameter"], "answers");
        }
        let visitors: Vec<&Value> = all.iter().map(|one| &one["visitor"]).collect();
        assert_eq!(visitors, ["guest-2", "guest-1", "guest-1"], "whose chats they are");

        // a page at a time, each of them once
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ask(&desk.admin, &format!("deliveries?limit=2{cursor}")).expect(200);
            seen.extend(items(&page).iter().map(|one| text(one, "/id")));
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, all.iter().map(|one| text(one, "/id")).collect::<Vec<_>>());

        let said = text(&all[1], "/id");
        let one = ask(&desk.admin, &format!("deliveries/{said}")).expect(200);
        let sent = receiver.received().into_iter().find(|request| request.header("webhook-id") == Some(&said)).unwrap();
        assert_eq!(one["body"], sent.text());
        assert!(sent.text().contains("hello there"));
        let attempt = &one["attemptLog"][0];
        assert_eq!((&attempt["status"], &attempt["response"], &attempt["error"]), (&json!(200), &json!("thanks"), &Value::Null));
        let header = |list: &Value, name: &str| list.as_array().unwrap().iter().find(|one| one["name"].as_str().unwrap().eq_ignore_ascii_case(name)).map(|one| one["value"].clone());
        assert_eq!(header(&attempt["requestHeaders"], "webhook-id"), Some(json!(said)));
        assert_eq!(header(&attempt["responseHeaders"], "x-said"), Some(json!("yes")));
        assert!(attempt["phasesMs"]["total"].as_f64().unwrap() > 0.0);

        let again = post(&desk.admin, &format!("deliveries/{said}:resend"), &json!({})).expect(200);
        assert_eq!(again["state"], "pending");
        settled(&desk, &id, 3);
        let twice: Vec<_> = receiver.received().into_iter().filter(|request| request.header("webhook-id") == Some(&said)).collect();
        assert_eq!(twice.len(), 2);
        assert_eq!(twice[0].body, twice[1].body);
        let one = ask(&desk.admin, &format!("deliveries/{said}")).expect(200);
        assert_eq!(one["attemptLog"].as_array().unwrap().len(), 2);
        let stats = items(&ask(&desk.admin, "stats").expect(200));
        assert_eq!((&stats[1]["endpoint"], &stats[1]["attempts"], &stats[1]["successShare"]), (&json!(id), &json!(4), &json!(1.0)));
        assert!(stats[1]["latencyMs"]["p50"].as_f64().unwrap() > 0.0);
    }

    fn what_waits_is_seen_and_pages_go_over_endpoints(engine: Engine) {
        let bad = Receiver::answering(|_| Reply::status(503));
        let desk = desk(engine);
        let (fine, down) = (Receiver::open(), bad.url("/"));
        let paused = endpoint(&desk, &fine.url("/"), &json!({"events": ["message.visitor"]}));
        post(&desk.admin, &format!("endpoints/{paused}:pause"), &json!({})).expect(200);
        let failing = endpoint(&desk, &down, &json!({"events": ["message.visitor"], "dialect": "rocketchat", "policy": {"delaysMs": [3_600_000]}}));
        let taking = endpoint(&desk, &fine.url("/"), &json!({"events": ["message.visitor"]}));
        endpoint(&desk, &bad.url("/lost"), &json!({"events": ["message.visitor"], "policy": {"delaysMs": []}}));
        let rid = desk.new_chat("ann");
        for words in ["one", "two", "three"] {
            desk.say("ann", &rid, words);
        }
        settled(&desk, &taking, 3);
        let given_up = || items(&ask(&desk.admin, "deliveries?state=given-up").expect(200));
        eventually("others are given up", || (given_up().len() == 3).then_some(()));
        let pending = |id: &str| items(&ask(&desk.admin, &format!("endpoints/{id}/deliveries?state=pending")).expect(200));
        assert_eq!((pending(&paused).len(), pending(&taking).len()), (3, 0));
        let parked = eventually("the first has failed, and the others stand behind it", || {
            let found = pending(&failing);
            (found.len() == 3 && found[2]["attempts"] == 1).then_some(found)
        });
        assert!(parked[2]["nextAttemptAt"].is_string() && parked[1]["nextAttemptAt"].is_null(), "{parked:#?}");
        assert_eq!((&parked[2]["status"], &parked[2]["error"], &parked[1]["attempts"]), (&json!(503), &json!("status"), &json!(0)));
        let stats = ask(&desk.admin, &format!("endpoints/{failing}")).expect(200)["stats"].clone();
        assert_eq!((&stats["backlog"], &stats["failedAttempts"]), (&json!(3), &json!(1)));
        assert_eq!(stats["oldestPendingAt"], parked[2]["happenedAt"]);
        // what was not sent for the first time cannot be sent again
        let waiting = text(&pending(&paused)[0], "/id");
        problem(&post(&desk.admin, &format!("deliveries/{waiting}:resend"), &json!({})), 409, "conflict");

        let walk = |limit: usize, filter: &str| {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = ask(&desk.admin, &format!("deliveries?limit={limit}{filter}{cursor}")).expect(200);
                seen.extend(items(&page).iter().map(|one| (one["eventId"].as_i64().unwrap(), text(one, "/endpoint/id"))));
                match page["nextCursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => return seen,
                }
            }
        };
        for (filter, count) in [("", 12), ("&state=pending", 6), ("&state=delivered", 3), ("&state=given-up", 3), ("&state=not-delivered", 9)] {
            let whole = walk(200, filter);
            assert_eq!(whole.len(), count, "{filter}");
            assert!(whole.is_sorted_by(|one, next| one.0 >= next.0), "newest first: {whole:?}");
            for limit in 1..5 {
                assert_eq!(walk(limit, filter), whole, "{filter} by {limit}");
            }
        }
        // places that nothing is at lead nowhere
        for cursor in ["0-0", "9223372036854775807-9223372036854775807"] {
            ask(&desk.admin, &format!("deliveries?cursor={cursor}")).expect(200);
        }
    }

    fn a_password_in_a_url_is_not_shown(engine: Engine) {
        let desk = desk(engine);
        let id = endpoint(&desk, "https://crm:geheim@crm.example.org/hook", &json!({}));
        for path in [format!("endpoints/{id}"), "endpoints".to_owned()] {
            let shown = ask(&desk.admin, &path).text();
            assert!(shown.contains("@crm.example.org/hook") && !shown.contains("geheim"), "{shown}");
        }
        let changed = patch(&desk.admin, &format!("endpoints/{id}"), &json!({"name": "x"})).expect(200);
        // what is shown is no address to be entered
        problem(&patch(&desk.admin, &format!("endpoints/{id}"), &json!({"url": changed["url"]})), 400, "invalid");
    }

    fn what_failed_is_seen_replayed_and_arrives(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(500).body("no"));
        let desk = desk(engine);
        let id = endpoint(&desk, &receiver.url("/"), &json!({"events": ["message.visitor"], "policy": {"delaysMs": []}}));
        let rid = desk.new_chat("ann");
        for words in ["one", "two", "three"] {
            desk.say("ann", &rid, words);
        }
        eventually("all are given up", || {
            let page = ask(&desk.admin, "deliveries?state=given-up").expect(200);
            (items(&page).len() == 3).then_some(())
        });
        let stats = ask(&desk.admin, &format!("endpoints/{id}")).expect(200)["stats"].clone();
        assert_eq!((&stats["givenUp"], &stats["backlog"], &stats["successShare"]), (&json!(3), &json!(0), &json!(0.0)));
        receiver.answer(|_| Reply::status(200));

        let replay = format!("endpoints/{id}:replay");
        problem(&post(&desk.admin, &replay, &json!({})), 400, "invalid");
        problem(&post(&desk.admin, &replay, &json!({"afterEvent": 0, "fromTime": "2026-01-01T00:00:00Z"})), 400, "invalid");
        let dry = post(&desk.admin, &replay, &json!({"fromTime": "2020-01-01T00:00:00Z", "failedOnly": true, "dryRun": true})).expect(200);
        assert_eq!((&dry["events"], &dry["queued"], &dry["isPartial"]), (&json!(3), &json!(3), &json!(false)));
        assert_eq!((&dry["kinds"], &dry["conversations"]), (&json!({"message.visitor": 3}), &json!(1)));
        assert_eq!(receiver.received().len(), 3, "a dry run sends nothing");
        let none = post(&desk.admin, &replay, &json!({"fromTime": "2099-01-01T00:00:00Z", "dryRun": true})).expect(200);
        assert_eq!(none["queued"], 0);

        let begun = post(&desk.admin, &replay, &json!({"afterEvent": 0, "failedOnly": true})).expect(201);
        let job = text(&begun, "/id");
        let done = eventually("the replay is done", || {
            let job = ask(&desk.admin, &format!("replays/{job}")).expect(200);
            (job["state"] == "done").then_some(job)
        });
        assert_eq!((&done["queued"], &done["progress"], &done["endpoint"]), (&json!(3), &json!(1.0), &json!(id)));
        settled(&desk, &id, 3);
        let words: Vec<String> = receiver.received()[3..].iter().map(|request| text(&request.json(), "/data/message/text")).collect();
        assert_eq!(words, ["one", "two", "three"]);
        let listed = items(&ask(&desk.admin, &format!("endpoints/{id}/replays")).expect(200));
        assert_eq!(listed, [done]);
        let ended = post(&desk.admin, &format!("replays/{job}:cancel"), &json!({})).expect(200);
        assert_eq!(ended["state"], "done", "what is done cannot be cancelled");
    }

    fn what_was_given_up_is_sent_again_by_what_it_is(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(500));
        let desk = desk(engine);
        let of_one = json!({"events": ["message.visitor", "chat.started"], "policy": {"delaysMs": []}});
        let id = endpoint(&desk, &receiver.url("/"), &of_one);
        endpoint(&desk, &receiver.url("/other"), &of_one);
        let rid = desk.new_chat("ann");
        for words in ["one", "two"] {
            desk.say("ann", &rid, words);
        }
        let given_up = || items(&ask(&desk.admin, "deliveries?state=given-up").expect(200));
        eventually("all are given up", || (given_up().len() == 6).then_some(()));
        receiver.answer(|_| Reply::status(200));

        let resend = |body: Value| post(&desk.admin, "deliveries/resend", &body).expect(200);
        for (none, why) in [
            (json!({"answers": ["4xx"]}), "of another answer"),
            (json!({"kinds": ["chat.closed"]}), "of another kind"),
            (json!({"from": "2099-01-01T00:00:00Z"}), "of another time"),
            (json!({"conversation": "none"}), "of another chat"),
            (json!({"endpoint": "workspace"}), "to another endpoint"),
        ] {
            assert_eq!(resend(none), json!({"resent": 0, "nextCursor": null}), "{why}");
        }
        problem(&post(&desk.admin, "deliveries/resend", &json!({"endpoint": "none"})), 404, "not-found");
        problem(&post(&desk.admin, "deliveries/resend", &json!({"answers": ["mild"]})), 400, "invalid");
        assert_eq!(resend(json!({"endpoint": id, "kinds": ["message.*"], "answers": ["5xx"]}))["resent"], 2);
        settled(&desk, &id, 2);
        assert_eq!(given_up().len(), 4);
        // a page at a time
        let first = resend(json!({"limit": 3}));
        assert_eq!(first["resent"], 3);
        let rest = resend(json!({"limit": 3, "cursor": first["nextCursor"]}));
        assert_eq!((&rest["resent"], &rest["nextCursor"]), (&json!(1), &Value::Null));
        settled(&desk, &id, 3);
        assert_eq!(given_up(), [] as [Value; 0]);
    }

    fn where_an_address_leads_is_seen_before_an_endpoint_is_made(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(200));
        let desk = desk(engine);
        let look = |url: &str| post(&desk.admin, "endpoints/look", &json!({"url": url})).expect(200);
        let good = look(&receiver.url("/hook"));
        assert_eq!((&good["complaint"], &good["reached"], &good["address"]), (&Value::Null, &json!(true), &json!("127.0.0.1")));
        assert_eq!((&good["isPublic"], &good["certificateUntil"]), (&json!(false), &Value::Null), "it was let through");
        // of a network that nobody has let in it says what the endpoint itself would say, and asks nobody
        for url in ["http://10.1.2.3/hook", "https://[fd00::1]/", "ftp://example.com/", "mailto:x"] {
            let closed = look(url);
            let made = post(&desk.admin, "endpoints", &json!({"url": url}));
            if made.status == 201 {
                assert_eq!(closed["complaint"], made.value()["complaint"], "{url}");
            }
            assert!(closed["complaint"].is_string(), "{url}: {closed}");
            assert_eq!((&closed["reached"], &closed["address"]), (&Value::Null, &Value::Null), "{url}");
        }
        // nobody is there
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let nobody = look(&format!("http://{address}/"));
        assert_eq!((&nobody["reached"], &nobody["error"]), (&json!(false), &json!("connect")));
        // and this one speaks no TLS
        let plain = look(&receiver.url("/").replace("http:", "https:"));
        assert_eq!((&plain["reached"], &plain["error"]), (&json!(false), &json!("tls")));
        assert_eq!(receiver.received().len(), 0, "nothing was sent");
        problem(&post(&desk.admin, "endpoints/look", &json!({"url": format!("http://{}.example/", "x".repeat(2_000))})), 400, "invalid");
        let agent = desk.agent("amy");
        problem(&post(&agent.client, "endpoints/look", &json!({"url": receiver.url("/")})), 403, "forbidden");
    }

    fn those_who_look_after_webhooks_see_who_changed_an_endpoint(engine: Engine) {
        let desk = desk(engine);
        let id = endpoint(&desk, "https://crm.example.org/hook", &json!({}));
        let other = endpoint(&desk, "https://erp.example.org/hook", &json!({}));
        let manager = desk.admin.person("mia", &["livechat-manager"]);
        patch(&manager, &format!("endpoints/{id}"), &json!({"name": "orders"})).expect(200);
        let changes = |id: &str| items(&ask(&manager, &format!("endpoints/{id}/changes")).expect(200));
        let mine = changes(&id);
        let who: Vec<&str> = mine.iter().map(|line| line["by"]["username"].as_str().unwrap()).collect();
        assert_eq!(who, ["mia", "admin"], "latest first");
        assert_eq!(mine[0]["changes"][0]["to"]["name"], "orders", "{mine:?}");
        assert_eq!(changes(&other).len(), 1);
        problem(&ask(&manager, "endpoints/none/changes"), 404, "not-found");
        let page = ask(&manager, &format!("endpoints/{id}/changes?limit=1")).expect(200);
        let next = ask(&manager, &format!("endpoints/{id}/changes?limit=1&cursor={}", text(&page, "/nextCursor"))).expect(200);
        assert_eq!([items(&page), items(&next)].concat(), mine);
    }

    fn a_test_goes_out_signed_and_shows_what_came_back(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(418).body("I am a teapot"));
        let desk = desk(engine);
        let made = post(&desk.admin, "endpoints", &json!({"url": receiver.url("/t"), "signing": "v1a"})).expect(201);
        assert!(text(&made, "/secret").starts_with("whsk_"));
        assert!(text(&made, "/publicKeys/0").starts_with("whpk_"));
        let id = text(&made, "/id");
        let tested = post(&desk.admin, &format!("endpoints/{id}:test"), &json!({"kind": "chat.closed"})).expect(200);
        assert_eq!((&tested["succeeded"], &tested["kind"]), (&json!(false), &json!("chat.closed")));
        assert_eq!((&tested["attempt"]["status"], &tested["attempt"]["response"]), (&json!(418), &json!("I am a teapot")));
        let request = &receiver.received()[0];
        assert_eq!(request.json()["type"], "chat.closed");
        assert!(request.header("webhook-signature").unwrap().starts_with("v1a,"));
        assert_eq!(request.header("hark-event"), Some("chat.closed"));
        problem(&post(&desk.admin, &format!("endpoints/{id}:test"), &json!({"kind": "chat.danced"})), 400, "invalid");
        problem(&post(&desk.admin, "endpoints/workspace:test", &json!({})), 409, "conflict");
        // nothing of it is kept
        assert_eq!(items(&ask(&desk.admin, "deliveries").expect(200)).len(), 0);
    }

    fn an_endpoint_is_tried_before_it_is_made_and_nothing_of_that_is_kept(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(202).body("taken"));
        let desk = desk(engine);
        let signed = |index: usize, secret: &str| {
            let request = &receiver.received()[index];
            let secret = Secret::parse(secret).unwrap();
            let (id, at) = (request.header("webhook-id").unwrap(), request.header("webhook-timestamp").unwrap());
            let now = Timestamp::from_millis(at.parse::<i64>().unwrap() * 1000);
            let signature = signature(&[secret], now, id, at.parse().unwrap(), &request.body).unwrap();
            request.header("webhook-signature") == Some(&signature)
        };
        let wanted = json!({"url": receiver.url("/t"), "events": ["chat.*"], "kind": "chat.closed"});
        let tried = post(&desk.admin, "endpoints/try", &wanted).expect(200);
        assert_eq!((&tried["succeeded"], &tried["kind"]), (&json!(true), &json!("chat.closed")));
        assert_eq!((&tried["attempt"]["status"], &tried["attempt"]["response"]), (&json!(202), &json!("taken")));
        let secret = text(&tried, "/secret");
        assert!(signed(0, &secret));
        assert_eq!(receiver.received()[0].header("hark-test"), Some("true"));
        // The endpoint that is made with that secret signs in the same way.
        let made = post(&desk.admin, "endpoints", &json!({"url": receiver.url("/t"), "secret": secret})).expect(201);
        assert_eq!(made["secret"], *secret);
        post(&desk.admin, &format!("endpoints/{}:test", text(&made, "/id")), &json!({})).expect(200);
        assert!(signed(1, &secret));
        desk.admin.delete(&format!("{API}endpoints/{}", text(&made, "/id")), &json!({}));
        // By its own secret, by a pair of keys, not at all, and as it is to count.
        let again = post(&desk.admin, "endpoints/try", &json!({"url": receiver.url("/t"), "secret": secret, "policy": {"success": "200"}})).expect(200);
        assert_eq!((&again["secret"], &again["succeeded"]), (&json!(secret), &json!(false)));
        let pair = post(&desk.admin, "endpoints/try", &json!({"url": receiver.url("/t"), "signing": "v1a"})).expect(200);
        assert!(text(&pair, "/secret").starts_with("whsk_"));
        let open = post(&desk.admin, "endpoints/try", &json!({"url": receiver.url("/t"), "signing": "none"})).expect(200);
        assert_eq!((&open["secret"], receiver.received()[4].header("webhook-signature")), (&Value::Null, None));
        // Where nothing may be sent nothing is, and what is wrong is named.
        let inside = post(&desk.admin, "endpoints/try", &json!({"url": "http://10.1.2.3/hook"})).expect(200);
        assert_eq!((&inside["succeeded"], &inside["attempt"]["error"]), (&json!(false), &json!("forbidden")));
        for wrong in [
            json!({"url": "ftp://example.org/"}),
            json!({"url": receiver.url("/t"), "events": ["chat.danced"]}),
            json!({"url": receiver.url("/t"), "kind": "chat.danced"}),
            json!({"url": receiver.url("/t"), "secret": "whsec_short"}),
            json!({"url": receiver.url("/t"), "secret": secret, "signing": "none"}),
        ] {
            problem(&post(&desk.admin, "endpoints/try", &wrong), 400, "invalid");
        }
        let agent = desk.agent("amy");
        problem(&post(&agent.client, "endpoints/try", &wanted), 403, "forbidden");
        assert_eq!(receiver.received().len(), 5);
        assert_eq!(items(&ask(&desk.admin, "deliveries").expect(200)).len(), 0);
        assert_eq!(items(&ask(&desk.admin, "endpoints").expect(200)).len(), 1, "the workspace's alone");
    }

    fn a_secret_that_was_replaced_is_good_for_a_while(engine: Engine) {
        let receiver = Receiver::open();
        let desk = desk(engine);
        let made = post(&desk.admin, "endpoints", &json!({"url": receiver.url("/"), "events": ["chat.started"]})).expect(201);
        let id = text(&made, "/id");
        let path = format!("endpoints/{id}:rotate-secret");
        for seconds in [-1, 604_801] {
            problem(&post(&desk.admin, &path, &json!({"overlapSeconds": seconds})), 400, "invalid");
        }
        let rotated = post(&desk.admin, &path, &json!({})).expect(200);
        assert_ne!(rotated["secret"], made["secret"]);
        assert_eq!(rotated["secrets"].as_array().unwrap().len(), 2);
        assert!(rotated["secrets"][0]["until"].is_null() && rotated["secrets"][1]["until"].is_string(), "{rotated}");
        desk.new_chat("ann");
        settled(&desk, &id, 1);
        let entries = |request: &hark_testkit::Received| request.header("webhook-signature").unwrap().split(' ').count();
        assert_eq!(entries(&receiver.received()[0]), 2);
        // and one that is replaced at once is not
        let rotated = post(&desk.admin, &path, &json!({"overlapSeconds": 0, "secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="})).expect(200);
        assert_eq!(rotated["secrets"].as_array().unwrap().len(), 1);
        desk.new_chat("bob");
        settled(&desk, &id, 2);
        assert_eq!(entries(&receiver.received()[1]), 1);
    }

    fn the_log_is_read_by_cursor_and_has_only_what_is_public(engine: Engine) {
        let desk = desk(engine);
        desk.set("Livechat_title", "not for everyone");
        let rid = desk.new_chat("ann");
        for number in 0..5 {
            desk.say("ann", &rid, &format!("words {number}"));
        }
        // what is committed stands in the log a moment later
        let all = eventually("all stand in the log", || {
            let all = ask(&desk.admin, "events").expect(200);
            let said = items(&all).iter().filter(|event| event["type"] == "message.visitor").count();
            (said == 5).then_some(all)
        });
        let events = items(&all);
        assert!(events.iter().all(|event| event["type"] != "setting.changed"), "{events:#?}");
        assert_eq!(all["hasMore"], false);
        let said = items(&ask(&desk.admin, "events?kinds=message.visitor").expect(200));
        let words: Vec<String> = said.iter().map(|event| text(event, "/data/message/text")).collect();
        assert_eq!(words, ["words 0", "words 1", "words 2", "words 3", "words 4"]);
        let (mut after, mut seen) = (0, Vec::new());
        loop {
            let page = ask(&desk.admin, &format!("events?kinds=chat.*,message.visitor&limit=2&after={after}")).expect(200);
            after = page["after"].as_i64().unwrap();
            seen.extend(items(&page));
            if page["hasMore"] == false {
                break;
            }
        }
        let wanted: Vec<Value> = events.into_iter().filter(|event| event["type"].as_str().unwrap().starts_with("chat.") || event["type"] == "message.visitor").collect();
        assert_eq!(seen, wanted);
        let nothing = ask(&desk.admin, &format!("events?after={after}")).expect(200);
        assert_eq!((items(&nothing).len(), &nothing["after"]), (0, &json!(after)));
    }

    fn the_stream_says_what_happens_and_ends_with_the_token(engine: Engine) {
        let desk = desk(engine);
        let max = desk.admin.person("max", &["livechat-manager"]);
        let mut stream = Stream::open(desk.server.address(), &max, "events/stream?kinds=message.visitor", &[]);
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "first");
        let (first, event) = stream.event().unwrap();
        assert_eq!((&event["type"], &event["data"]["message"]["text"]), (&json!("message.visitor"), &json!("first")));
        assert_eq!(event["data"]["eventId"], first);
        desk.say("ann", &rid, "second");
        let (_, event) = stream.event().unwrap();
        assert_eq!(event["data"]["message"]["text"], "second");
        // someone who comes back goes on where they were
        let first = first.to_string();
        let mut back = Stream::open(desk.server.address(), &max, "events/stream?kinds=message.visitor", &[("Last-Event-ID", &first)]);
        assert_eq!(back.event().unwrap().1["data"]["message"]["text"], "second");
        // and someone who is logged out hears no more
        max.post("logout", &json!({})).expect(200);
        assert_eq!(stream.event(), None);
        assert_eq!(back.event(), None);
        let admin = desk.server.admin();
        let mut last = Stream::open(desk.server.address(), &admin, "events/stream", &[]);
        // a stream does not hold up the end
        assert_eq!(desk.server.stop(), Some(0));
        assert_eq!(last.event(), None);
    }

    fn the_stream_is_signed_with_the_secret_that_its_reader_brings(engine: Engine) {
        let desk = desk(engine);
        let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let path = "events/stream?kinds=chat.started";
        let mut stream = Stream::open(desk.server.address(), &desk.admin, path, &[("webhook-secret", secret)]);
        desk.new_chat("ann");
        let mut fields = HashMap::new();
        while !fields.contains_key("data") {
            let line = stream.line().unwrap();
            if let Some((name, value)) = line.split_once(": ") {
                fields.insert(name.to_owned(), value.to_owned());
            }
        }
        let seconds: i64 = fields["webhook-timestamp"].parse().unwrap();
        let now = Timestamp::from_millis(seconds * 1000);
        assert_eq!(fields["webhook-id"], format!("event_{}", fields["id"]));
        let secrets = [Secret::parse(secret).unwrap()];
        let by_us = signature(&secrets, now, &fields["webhook-id"], seconds, fields["data"].as_bytes());
        assert_eq!(by_us.as_ref(), Some(&fields["webhook-signature"]));
        let mut refused = Stream::begin(desk.server.address(), &desk.admin, path, &[("webhook-secret", "whsec_short")]);
        assert!(refused.line().unwrap().contains(" 400 "));
    }

    fn only_so_many_follow_the_log_at_once(engine: Engine) {
        let desk = desk(engine);
        let open = || Stream::open(desk.server.address(), &desk.admin, "events/stream", &[]);
        let mut held: Vec<Stream> = (0..200).map(|_| open()).collect();
        let refused = ask(&desk.admin, "events/stream");
        problem(&refused, 503, "unavailable");
        assert_eq!(refused.header("retry-after"), Some("2"));
        // all of them hear of what happens
        desk.new_chat("ann");
        for stream in &mut held {
            assert_eq!(stream.event().unwrap().1["type"], "chat.started");
        }
        // and one that goes makes room
        held.truncate(199);
        eventually("there is room again", || {
            let mut stream = Stream::begin(desk.server.address(), &desk.admin, "events/stream", &[]);
            stream.line().filter(|line| line.contains(" 200 "))
        });
    }

    fn answers_are_as_the_document_says(engine: Engine) {
        let receiver = Receiver::answering(|_| Reply::status(500).body("no"));
        let desk = desk(engine);
        let document = desk.anyone().get(&format!("{API}openapi.json")).expect(200);
        assert_eq!(document["openapi"], "3.1.0");
        let is_said = |method: &str, path: &str, answer: &Response| {
            let path = format!("{API}{path}").replace('/', "~1");
            let said = &document["paths"].pointer(&format!("/{path}")).unwrap()[method]["responses"][answer.status.to_string()];
            let content = said["content"].as_object().unwrap_or_else(|| panic!("{method} {path} does not say {}", answer.status));
            let (kind, said) = content.iter().next().unwrap();
            assert_eq!(answer.header("content-type"), Some(kind.as_str()));
            let mut schema = said["schema"].clone();
            schema["components"] = document["components"].clone();
            let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
            let value = answer.value();
            let wrong: Vec<String> = validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(wrong.is_empty(), "{method} {path}: {wrong:#?} {value}");
        };
        let made = post(&desk.admin, "endpoints", &json!({"url": receiver.url("/"), "signing": "v1a", "policy": {"delaysMs": []}}));
        is_said("post", "endpoints", &made);
        let id = text(&made.value(), "/id");
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "hello");
        let page = eventually("something is given up", || {
            let page = ask(&desk.admin, "deliveries?state=given-up");
            (!items(&page.value()).is_empty()).then_some(page)
        });
        is_said("get", "deliveries", &page);
        let delivery = text(&page.value(), "/items/0/id");
        is_said("get", "deliveries/{id}", &ask(&desk.admin, &format!("deliveries/{delivery}")));
        is_said("get", "conversations/{rid}/deliveries", &ask(&desk.admin, &format!("conversations/{rid}/deliveries")));
        is_said("get", "endpoints/{id}/deliveries", &ask(&desk.admin, &format!("endpoints/{id}/deliveries")));
        is_said("get", "endpoints/{id}/deliveries", &ask(&desk.admin, "endpoints/x/deliveries"));
        is_said("post", "deliveries/resend", &post(&desk.admin, "deliveries/resend", &json!({})));
        is_said("post", "endpoints/look", &post(&desk.admin, "endpoints/look", &json!({"url": receiver.url("/")})));
        is_said("get", "stats/half-hours", &ask(&desk.admin, "stats/half-hours"));
        is_said("get", "endpoints/{id}/changes", &ask(&desk.admin, &format!("endpoints/{id}/changes")));
        is_said("post", "deliveries/{id}:resend", &post(&desk.admin, &format!("deliveries/{delivery}:resend"), &json!({})));
        for path in ["endpoints", "stats", "catalogue", "events", "deliveries"] {
            is_said("get", path, &ask(&desk.admin, path));
            is_said("get", path, &ask(&desk.admin, &format!("{path}?colour=red")));
            is_said("get", path, &ask(&desk.anyone(), path));
        }
        is_said("get", "widget", &ask(&desk.anyone(), "widget"));
        is_said("get", "widget", &ask(&desk.anyone(), "widget?colour=red"));
        is_said("get", "endpoints/{id}", &ask(&desk.admin, &format!("endpoints/{id}")));
        is_said("get", "endpoints/{id}", &ask(&desk.admin, "endpoints/workspace"));
        is_said("patch", "endpoints/{id}", &patch(&desk.admin, &format!("endpoints/{id}"), &json!({"name": "x"})));
        for (verb, body) in [("pause", json!({})), ("resume", json!({})), ("rotate-secret", json!({})), ("test", json!({})), ("replay", json!({"afterEvent": 0, "dryRun": true}))] {
            is_said("post", &format!("endpoints/{{id}}:{verb}"), &post(&desk.admin, &format!("endpoints/{id}:{verb}"), &body));
        }
        let replay = post(&desk.admin, &format!("endpoints/{id}:replay"), &json!({"afterEvent": 0}));
        is_said("post", "endpoints/{id}:replay", &replay);
        let job = text(&replay.value(), "/id");
        is_said("get", "replays/{id}", &ask(&desk.admin, &format!("replays/{job}")));
        is_said("get", "endpoints/{id}/replays", &ask(&desk.admin, &format!("endpoints/{id}/replays")));
        is_said("post", "replays/{id}:cancel", &post(&desk.admin, &format!("replays/{job}:cancel"), &json!({})));

        // and what is sent is as its part about webhooks says
        for request in receiver.received() {
            let body = request.json();
            let kind = body["type"].as_str().unwrap();
            let said = &document["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"];
            let mut schema = said["schema"].clone();
            schema["components"] = document["components"].clone();
            let validator = jsonschema::draft202012::new(&schema).unwrap();
            assert!(validator.is_valid(&body), "{kind}: {body}");
            assert!(validator.is_valid(&said["example"]), "{kind}");
        }
    }

    fn the_catalogue_has_every_kind_with_schema_and_example(engine: Engine) {
        let desk = desk(engine);
        let catalogue = ask(&desk.admin, "catalogue").expect(200);
        let kinds = catalogue["kinds"].as_array().unwrap();
        assert!(kinds.len() >= 19);
        let id = endpoint(&desk, "https://crm.example.org/", &json!({"dialect": "comm100"}));
        let usual = &ask(&desk.admin, &format!("endpoints/{id}")).expect(200)["schedule"];
        assert_eq!(&catalogue["schedules"]["comm100"], usual);
        for kind in kinds {
            let standard = &kind["dialects"]["standard"];
            assert_eq!(standard["example"]["type"], kind["name"]);
            assert!(standard["schema"]["properties"]["data"].is_object(), "{kind}");
        }
    }
}

/// A stream of Server-Sent Events.
struct Stream(BufReader<TcpStream>);

impl Stream {
    fn begin(address: &str, client: &Client, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let mut head = format!("GET {API}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        let own = ["X-User-Id", "X-Auth-Token"].map(|name| (name, client.header(name).unwrap()));
        for (name, value) in own.iter().chain(headers) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        Self(BufReader::new(stream))
    }

    fn open(address: &str, client: &Client, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut opened = Self::begin(address, client, path, headers);
        let line = opened.line().unwrap();
        assert!(line.contains(" 200 "), "{line}");
        // the first sign of life says that the log is watched
        while opened.line().is_some_and(|line| !line.starts_with(':')) {}
        opened
    }

    /// Nothing when it has ended.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).ok()?;
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// The next event, with its id.
    fn event(&mut self) -> Option<(i64, Value)> {
        let mut id = 0;
        loop {
            let line = self.line()?;
            if let Some(text) = line.strip_prefix("id: ") {
                id = text.parse().unwrap();
            }
            if let Some(text) = line.strip_prefix("data: ") {
                return Some((id, serde_json::from_str(text).unwrap()));
            }
        }
    }
}
