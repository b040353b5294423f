//! Deliveries: looked for, seen with their attempts, and sent again.

use hark_testkit::{Receiver, Reply, eventually, on_both_engines, text};
use serde_json::{Value, json};

use super::{ask, desk, endpoint, items, post, problem, settled};

on_both_engines! {
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
}
