//! Hark's own API: how it words what is wrong, what its document says, and what stands beside chats.

mod deliveries;
mod endpoints;
mod log;

use hark_store::Timestamp;
use hark_testkit::{
    Client, Desk, Engine, Receiver, Reply, Response, eventually, on_both_engines, text,
};
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
