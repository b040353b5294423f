//! Endpoints of webhooks: how they are made, tried, changed, and how it goes with them.

use hark_store::Timestamp;
use hark_testkit::{Receiver, Reply, eventually, on_both_engines, text};
use hark_webhooks::signing::{Secret, signature};
use serde_json::{Value, json};

use super::{API, ask, desk, endpoint, items, patch, post, problem, settled};

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
}
