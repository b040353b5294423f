//! Conversations as agents look for them, and what they look for again and again.

use hark_testkit::{Client, Desk, Response, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const API: &str = "/api/hark/v1/";

/// The ids of all that a list shows, two at a time.
fn found(client: &Client, query: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{API}conversations?limit=2&{query}{cursor}");
        let page = client.get(&path).expect(200);
        let items = page["items"].as_array().unwrap();
        all.extend(items.iter().map(|one| text(one, "/id")));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[track_caller]
fn misfit(answer: &Response, name: &str) {
    let problem = answer.expect(400);
    let place = &problem["errors"][0];
    assert!(
        place["parameter"] == name || place["pointer"] == format!("/{name}"),
        "{problem}"
    );
}

on_both_engines! {
    fn conversations_are_found_by_what_is_asked_for_and_by_those_who_may_see_them(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let sales = desk.department("Sales", &[&amy], &json!({"showOnRegistration": false}));
        let open = |token: &str, more: Value| {
            desk.visitor(token, &more);
            text(&desk.chat(token), "/_id")
        };
        let waiting = open("ann", json!({"name": "Ann Moreau", "department": sales}));
        let served = open("bob", json!({"name": "Bob", "department": sales}));
        let closed = open("cat", json!({"name": "Cat"}));
        let fourth = open("dan", json!({"name": "Dan"}));
        desk.say("bob", &served, "Where is Parcel 4711?");
        desk.take(&amy, &served).expect(200);
        desk.take(&ben, &closed).expect(200);
        let end = json!({"rid": closed, "comment": "done", "tags": ["refund"]});
        ben.client.post("livechat/room.closeByUser", &end).expect(200);

        let all = [fourth.clone(), closed.clone(), served.clone(), waiting.clone()];
        let admin = &desk.admin;
        assert_eq!(found(admin, ""), all);
        for (query, wanted) in [
            ("state=queued".to_owned(), vec![&fourth, &waiting]),
            ("state=served".to_owned(), vec![&served]),
            ("state=closed".to_owned(), vec![&closed]),
            ("state=on-hold".to_owned(), vec![]),
            (format!("agent={}", amy.id), vec![&served]),
            (format!("agent={}&state=closed", ben.id), vec![&closed]),
            (format!("department={sales}"), vec![&served, &waiting]),
            ("tag=refund".to_owned(), vec![&closed]),
            ("text=moreau".to_owned(), vec![&waiting]),
            ("text=parcel+4711".to_owned(), vec![&served]),
            ("text=REFUND".to_owned(), vec![&closed]),
            ("to=2020-01-01T00:00:00Z".to_owned(), vec![]),
            ("from=2020-01-01T00:00:00Z&state=served".to_owned(), vec![&served]),
        ] {
            assert_eq!(found(admin, &query), wanted.into_iter().cloned().collect::<Vec<_>>(), "{query}");
        }
        let bob = text(&desk.room(&served), "/v/_id");
        assert_eq!(found(admin, &format!("visitor={bob}")), std::slice::from_ref(&served));
        assert_eq!(found(admin, &format!("visitor={bob}&state=closed")), [""; 0]);
        // An agent finds what they may see.
        assert_eq!(found(&amy.client, ""), [fourth, served, waiting]);
        assert_eq!(found(&ben.client, "text=4711"), [""; 0]);

        let page = admin.get(&format!("{API}conversations?state=served")).expect(200);
        let shown = &page["items"][0];
        assert_eq!((&shown["label"], &shown["state"], &shown["waitsForAnswer"]), (&json!("Bob"), &json!("served"), &json!(true)));
        assert_eq!(shown["lastMessage"]["text"], "Where is Parcel 4711?");
        assert_eq!(shown["servedBy"]["username"], "amy");
        assert!(!page.to_string().contains("\"bob\""), "{page}");
        for (query, name) in [
            ("state=lost", "state"),
            ("cursor=x", "cursor"),
            ("from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z", "from"),
            (&*format!("text={}", "x".repeat(201)), "text"),
        ] {
            misfit(&admin.get(&format!("{API}conversations?{query}")), name);
        }
    }

    fn views_are_saved_by_their_owner_and_seen_by_nobody_else(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let views = format!("{API}views");
        let save = |client: &Client, name: &str, filter: Value| client.post(&views, &json!({"name": name, "filter": filter}));
        let filter = json!({"state": "queued", "tag": "refund", "from": "2026-11-21T00:00:00Z"});
        let made = save(&amy.client, " Refunds ", filter).expect(201);
        let kept = json!({"state": "queued", "tag": "refund", "from": "2026-11-21T00:00:00.000Z"});
        assert_eq!((&made["name"], &made["filter"]), (&json!("Refunds"), &kept));
        save(&amy.client, "All", json!({})).expect(201);
        let names = |client: &Client| -> Vec<String> {
            let page = client.get(&views).expect(200);
            page["items"].as_array().unwrap().iter().map(|one| text(one, "/name")).collect()
        };
        assert_eq!(names(&amy.client), ["All", "Refunds"]);
        assert_eq!(names(&ben.client), [""; 0]);
        let path = format!("{views}/{}", text(&made, "/id"));
        let changed = amy.client.json("PATCH", &path, &json!({"name": "Money"})).expect(200);
        assert_eq!((&changed["name"], &changed["filter"]), (&json!("Money"), &kept));
        let changed = amy.client.json("PATCH", &path, &json!({"filter": {"text": "money"}})).expect(200);
        assert_eq!((&changed["name"], &changed["filter"]), (&json!("Money"), &json!({"text": "money"})));
        let gone = "There is no such saved view";
        assert_eq!(ben.client.json("PATCH", &path, &json!({"name": "x"})).expect(404)["detail"], gone);
        assert_eq!(ben.client.delete(&path, &json!({})).expect(404)["detail"], gone);
        misfit(&save(&amy.client, "x", json!({"state": "lost"})), "filter/state");
        misfit(&save(&amy.client, "x", json!({"from": "soon"})), "filter/from");
        misfit(&save(&amy.client, "x", json!({"text": "x".repeat(201)})), "filter/text");
        let report = |of: Value| amy.client.post(&views, &json!({"name": "Mondays", "report": of}));
        let made = report(json!({"kind": "agents", "days": 7, "against": "before", "department": "sales"})).expect(201);
        assert_eq!((&made["filter"], &made["report"]["kind"], &made["report"]["days"]), (&json!({}), &json!("agents"), &json!(7)));
        let own = format!("{views}/{}", text(&made, "/id"));
        let fixed = json!({"kind": "tags", "from": "2026-11-01", "until": "2026-11-30"});
        assert_eq!(amy.client.json("PATCH", &own, &json!({"report": fixed})).expect(200)["report"], fixed);
        assert_eq!(amy.client.json("PATCH", &own, &json!({"name": "November"})).expect(200)["report"], fixed);
        misfit(&report(json!({"kind": "weather", "days": 7})), "report/kind");
        misfit(&report(json!({"kind": "tags", "days": 370})), "report/days");
        misfit(&report(json!({"kind": "tags", "from": "soon", "until": "2026-11-30"})), "report/from");
        misfit(&report(json!({"kind": "tags", "from": "2026-11-30", "until": "2026-11-01"})), "report");
        misfit(&report(json!({"kind": "tags"})), "report");
        misfit(&amy.client.post(&views, &json!({"name": "x", "filter": {}, "report": fixed})), "report");
        misfit(&amy.client.post(&views, &json!({"name": "x"})), "filter");
        assert_eq!(amy.client.delete(&own, &json!({})).status, 204);
        assert_eq!(amy.client.delete(&path, &json!({})).status, 204);
        for number in 1..50 {
            save(&amy.client, &format!("{number}"), json!({})).expect(201);
        }
        assert_eq!(save(&amy.client, "one more", json!({})).expect(400)["reason"], "error-too-many");
        save(&ben.client, "one", json!({})).expect(201);
    }
}
