//! SLA policies: what chats that wait are promised, who comes first by it, and what is late.

use hark_testkit::{
    Agent, Client, Desk, Response, Socket, eventually, names, on_both_engines, text,
};
use serde_json::{Value, json};

use crate::HARK;

const SLA: &str = "livechat/sla";
const SET: &str = "livechat/inquiry.setSLA";

/// A policy of so many minutes; answers its id.
fn policy(desk: &Desk, name: &str, minutes: i64) -> String {
    let body = json!({"name": name, "dueTimeInMinutes": minutes});
    text(&desk.admin.post(SLA, &body).expect(200), "/sla/_id")
}

fn promise(agent: &Agent, rid: &str, sla: &Value) -> Response {
    let body = json!({"roomId": rid, "sla": sla});
    agent.client.put(SET, &body)
}

/// Three who wait, the first first.
fn queue(desk: &Desk) -> Vec<String> {
    let each = ["ann", "bob", "cat"].iter();
    each.map(|token| desk.new_chat(token)).collect()
}

on_both_engines! {
    fn policies_are_made_changed_and_removed(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let ursula = desk.admin.person("ursula", &["user"]);
        let words = "User does not have the permissions required for this action [error-unauthorized]";
        let gold = json!({"name": "Gold", "description": "Who pays most", "dueTimeInMinutes": 5});
        amy.client.post(SLA, &gold).refused(403, words);
        ursula.get(SLA).refused(403, words);
        for (body, wrong) in [
            (json!({"dueTimeInMinutes": 5}), "must have required property 'name'"),
            (json!({"name": "Gold"}), "must have required property 'dueTimeInMinutes'"),
            (json!({"name": "Gold", "dueTimeInMinutes": "soon"}), "must be integer"),
            (json!({"name": "Gold", "dueTimeInMinutes": 0}), "must be >= 1"),
            (json!({"name": "Gold", "dueTimeInMinutes": 600_000}), "must be <= 525600"),
            (json!({"name": "Gold", "dueTimeInMinutes": 5, "more": 1}), "must NOT have additional properties"),
        ] {
            desk.admin.post(SLA, &body).refused_by_schema(wrong);
        }
        let blank = json!({"name": " ", "dueTimeInMinutes": 5});
        desk.admin.post(SLA, &blank).refused_with_code("The field name is required", "error-the-field-is-required");
        let made = desk.admin.post(SLA, &gold).expect(200)["sla"].clone();
        assert_eq!(names(&made), ["_id", "_updatedAt", "description", "dueTimeInMinutes", "name"]);
        for name in ["name", "description", "dueTimeInMinutes"] {
            assert_eq!(made[name], gold[name], "{name}");
        }
        let id = text(&made, "/_id");
        assert_eq!(id.len(), 24);
        let bronze = policy(&desk, "Bronze", 60);

        let listed = |query: &str| amy.client.get(&format!("{SLA}{query}")).expect(200);
        let called = |answer: &Value| -> Vec<String> {
            answer["sla"].as_array().unwrap().iter().map(|one| text(one, "/name")).collect()
        };
        let whole = listed("");
        assert_eq!((called(&whole), &whole["total"]), (vec!["Bronze".to_owned(), "Gold".to_owned()], &json!(2)));
        assert_eq!(called(&listed("?text=PAYS")), ["Gold"]);
        assert_eq!(called(&listed("?count=1&offset=1")), ["Gold"]);
        let path = format!("{SLA}/{id}");
        let mut alone = amy.client.get(&path).expect(200);
        alone.as_object_mut().unwrap().remove("success");
        assert_eq!(alone, made);
        amy.client.get(&format!("{SLA}/none")).refused(404, "SLA with id none not found");

        let change = json!({"name": "Golden", "dueTimeInMinutes": "7"});
        amy.client.put(&path, &change).refused(403, words);
        let changed = desk.admin.put(&path, &change).expect(200)["sla"].clone();
        assert_eq!((&changed["name"], &changed["dueTimeInMinutes"]), (&json!("Golden"), &json!(7)));
        assert_eq!(changed.get("description"), None);
        desk.admin.put(&format!("{SLA}/none"), &change).refused(400, "error-invalid-sla");
        amy.client.delete(&path, &json!({})).refused(403, words);
        assert_eq!(desk.admin.delete(&path, &json!({})).expect(200), json!({"success": true}));
        desk.admin.delete(&path, &json!({})).refused(400, "error-invalid-sla");
        assert_eq!(called(&listed("")), ["Bronze"]);
        assert_eq!(listed("")["sla"][0]["_id"], *bronze);
    }

    fn who_is_promised_an_agent_sooner_comes_first(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let sales = desk.department("Sales", &[&amy], &json!({"showOnRegistration": false}));
        let rids = queue(&desk);
        desk.visitor("dan", &json!({"department": sales}));
        let other = text(&desk.chat("dan"), "/_id");
        let (gold, bronze) = (policy(&desk, "Gold", 5), policy(&desk, "Bronze", 60));

        amy.client.put(SET, &json!({"sla": gold})).refused(400, "The 'roomId' param is required");
        promise(&amy, "none", &json!(gold)).refused(400, "error-invalid-room");
        promise(&amy, &rids[0], &json!("none")).refused(400, "error-invalid-sla");
        // who may not see a chat does not find it
        promise(&ben, &other, &json!(gold)).refused(400, "error-invalid-room");
        assert_eq!(promise(&amy, &rids[1], &json!(bronze)).expect(200), json!({"success": true}));
        promise(&amy, &rids[2], &json!(gold)).expect(200);
        let waiting = || -> Vec<String> {
            let found = ben.client.get("livechat/inquiries.queuedForUser").expect(200);
            found["inquiries"].as_array().unwrap().iter().map(|one| text(one, "/rid")).collect()
        };
        // by the time, as long as the settings say nothing else
        assert_eq!(waiting(), rids);
        desk.set("Omnichannel_sorting_mechanism", "SLAs");
        let by_promise = [rids[2].clone(), rids[1].clone(), rids[0].clone()];
        assert_eq!(waiting(), by_promise);
        for (document, minutes) in [(desk.room(&rids[2]), 5), (desk.inquiry(&rids[2]), 5)] {
            assert_eq!((&document["slaId"], &document["estimatedWaitingTimeQueue"]), (&json!(gold), &json!(minutes)));
        }
        let last = |token: &str, rid: &str| desk.history(token, rid).pop().unwrap();
        let said = last("cat", &rids[2]);
        assert_eq!(said["t"], "omnichannel_sla_change_history");
        let by = json!({"_id": amy.id, "username": "amy"});
        assert_eq!(said["slaData"], json!({"definedBy": by, "sla": {"name": "Gold"}}));

        // a policy that changes changes what it has promised
        let slower = json!({"name": "Gold", "dueTimeInMinutes": 90});
        desk.admin.put(&format!("{SLA}/{gold}"), &slower).expect(200);
        assert_eq!(desk.room(&rids[2])["estimatedWaitingTimeQueue"], 90);
        assert_eq!(waiting(), [rids[1].clone(), rids[2].clone(), rids[0].clone()]);
        let due = |rid: &str| {
            let minutes = "(due_at - queued_at) / 60000";
            desk.database.number(&format!("SELECT coalesce({minutes}, -1) FROM inquiry WHERE room_id = '{rid}'"))
        };
        assert_eq!((due(&rids[0]), due(&rids[1]), due(&rids[2])), (-1, 60, 90));
        desk.admin.delete(&format!("{SLA}/{gold}"), &json!({})).expect(200);
        let (room, inquiry) = (desk.room(&rids[2]), desk.inquiry(&rids[2]));
        for document in [&room, &inquiry] {
            assert_eq!((document.get("slaId"), &document["estimatedWaitingTimeQueue"]), (None, &json!(9_999_999)));
        }
        assert_eq!(due(&rids[2]), -1);

        // and can be taken away, as long as it waits
        promise(&amy, &rids[1], &json!("")).expect(200);
        assert_eq!(last("bob", &rids[1])["slaData"], json!({"definedBy": by}));
        assert_eq!(desk.room(&rids[1]).get("slaId"), None);
        promise(&amy, &rids[1], &json!(bronze)).expect(200);
        desk.take(&amy, &rids[1]).expect(200);
        promise(&amy, &rids[1], &json!("")).refused_with_code("Inquiry already taken", "error-inquiry-taken");
        let save = |sla: &str| {
            let guest = text(&desk.room(&rids[1]), "/v/_id");
            let body = json!({"guestData": {"_id": guest}, "roomData": {"_id": rids[1], "slaId": sla}});
            amy.client.post("livechat/room.saveInfo", &body)
        };
        save("none").refused(400, "error-invalid-sla");
        save("").expect(200);
        assert_eq!(desk.room(&rids[1]).get("slaId"), None);
        save(&bronze).expect(200);
        assert_eq!(desk.room(&rids[1])["estimatedWaitingTimeQueue"], 60);
        assert_eq!(due(&rids[1]), -1);
        // back in the queue it is promised the same, from now on
        let back = amy.client.method("livechat:returnAsInquiry", &json!([rids[1]]));
        assert_eq!((&back["result"], due(&rids[1])), (&json!(true), 60));
        let end = json!({"token": "bob", "rid": rids[1]});
        desk.anyone().post("livechat/room.close", &end).expect(200);
        promise(&amy, &rids[1], &json!(bronze)).refused(400, "error-invalid-room");
    }

    fn those_who_are_connected_hear_what_a_chat_is_promised(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let amy = desk.agent("amy");
        let rid = desk.new_chat("ann");
        let gold = policy(&desk, "Gold", 5);
        let mut console = Socket::of(&desk.server, &amy.client);
        let queue = "stream-livechat-inquiry-queue-observer";
        assert_eq!(console.subscribe(queue, "public", &Value::Null)["msg"], "ready");
        promise(&amy, &rid, &json!(gold)).expect(200);
        let changed = console.event(queue, "public")[0].clone();
        assert_eq!((&changed["type"], &changed["rid"]), (&json!("changed"), &json!(rid)));
        assert_eq!((&changed["slaId"], &changed["estimatedWaitingTimeQueue"]), (&json!(gold), &json!(5)));
    }

    fn that_a_promise_was_not_kept_is_told_once(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.set("Omnichannel_queue_delay_timeout", 1);
        let amy = desk.agent("amy");
        let (late, early) = (desk.new_chat("ann"), desk.new_chat("bob"));
        let gold = policy(&desk, "Gold", 5);
        for rid in [&late, &early] {
            promise(&amy, rid, &json!(gold)).expect(200);
        }
        let told = || {
            let events = desk.database.events().into_iter();
            let told = events.filter(|(_, kind, _)| kind == "chat.overdue");
            told.map(|(_, _, body)| body).collect::<Vec<Value>>()
        };
        let pass = |rid: &str| {
            let passed = format!("UPDATE inquiry SET due_at = 1000 WHERE room_id = '{rid}'");
            assert_eq!(desk.database.execute(&passed), 1);
        };
        pass(&late);
        let first = eventually("that it is late", || told().pop());
        assert_eq!((&first["room"]["id"], &first["dueAt"]), (&json!(late), &json!(1000)));
        assert_eq!(first["promise"], json!({"id": gold, "name": "Gold", "minutes": 5}));
        assert_eq!(first["by"], Value::Null);
        // and the one that is late next is told next
        pass(&early);
        let both = eventually("that the other is late, too", || {
            let told = told();
            (told.len() > 1).then_some(told)
        });
        let rooms: Vec<&Value> = both.iter().map(|body| &body["room"]["id"]).collect();
        assert_eq!(rooms, [&json!(late), &json!(early)]);
    }

    fn a_visitor_does_not_say_where_in_the_queue_they_come(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let amy = desk.agent("amy");
        let ursula = desk.admin.person("ursula", &["user"]);
        let gold = policy(&desk, "Gold", 5);
        let priorities = desk.admin.get("livechat/priorities").expect(200);
        let highest = text(&priorities, "/priorities/0/_id");
        let open = |client: &Client, token: &str, sla: &str, priority: &str| {
            desk.visitor(token, &json!({}));
            client.get(&format!("livechat/room?token={token}&sla={sla}&priority={priority}"))
        };
        let urgency = |rid: &str| {
            let (room, inquiry) = (desk.room(rid), desk.inquiry(rid));
            for name in ["priorityWeight", "estimatedWaitingTimeQueue", "priorityId", "slaId"] {
                assert_eq!(room.get(name), inquiry.get(name), "{name}");
            }
            (room["priorityWeight"].clone(), room["estimatedWaitingTimeQueue"].clone())
        };
        // of them, and of those who could not give it afterwards, it is not heard, right or wrong
        for (client, token) in [(desk.anyone(), "ann"), (ursula, "bob")] {
            open(&client, token, "none", &highest).expect(200);
            let again = open(&client, token, &gold, &highest).expect(200);
            let rid = text(&again, "/room/_id");
            assert_eq!(urgency(&rid), (json!(99), json!(9_999_999)));
        }
        open(&amy.client, "cat", "none", &highest).refused(400, "error-invalid-sla");
        open(&amy.client, "cat", &gold, "none").refused(400, "error-invalid-priority");
        let opened = open(&amy.client, "cat", &gold, &highest).expect(200);
        assert_eq!(opened["newRoom"], true);
        let rid = text(&opened, "/room/_id");
        assert_eq!((&opened["room"]["priorityId"], &opened["room"]["slaId"]), (&json!(highest), &json!(gold)));
        assert_eq!(urgency(&rid), (json!(1), json!(5)));
        let due = format!("SELECT due_at - queued_at FROM inquiry WHERE room_id = '{rid}'");
        assert_eq!(desk.database.number(&due), 300_000);
        // a chat that is open stays as it is
        let again = open(&amy.client, "ann", &gold, &highest).expect(200);
        assert_eq!(again["newRoom"], false);
        assert_eq!(urgency(&text(&again, "/room/_id")), (json!(99), json!(9_999_999)));
    }
}
