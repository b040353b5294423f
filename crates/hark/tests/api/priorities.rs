//! Priorities: what they are called, which chat has one, and who comes first by them.

use hark_testkit::{Agent, Desk, Response, Socket, names, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const PRIORITIES: &str = "livechat/priorities";
const RESET: &str = "livechat/priorities.reset";

/// The ids, the most urgent first.
fn ids(desk: &Desk) -> Vec<String> {
    let all = desk.admin.get(PRIORITIES).expect(200);
    let all = all["priorities"].as_array().unwrap().iter();
    all.map(|one| text(one, "/_id")).collect()
}

fn give(agent: &Agent, rid: &str, priority: &str) -> Response {
    let body = json!({"priorityId": priority});
    agent
        .client
        .post(&format!("livechat/room/{rid}/priority"), &body)
}

fn take_away(agent: &Agent, rid: &str) -> Response {
    let path = format!("livechat/room/{rid}/priority");
    agent.client.delete(&path, &json!({}))
}

on_both_engines! {
    fn five_priorities_are_renamed_and_called_as_they_came_again(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let ursula = desk.admin.person("ursula", &["user"]);
        let whole = amy.client.get(PRIORITIES).expect(200);
        let labels = |answer: &Value| -> Vec<String> {
            let all = answer["priorities"].as_array().unwrap().iter();
            all.map(|one| text(one, "/i18n")).collect()
        };
        assert_eq!(labels(&whole), ["Highest", "High", "Medium", "Low", "Lowest"]);
        assert_eq!((&whole["count"], &whole["offset"], &whole["total"]), (&json!(5), &json!(0), &json!(5)));
        let first = &whole["priorities"][0];
        assert_eq!(names(first), ["_id", "dirty", "i18n", "sortItem"]);
        assert_eq!((&first["sortItem"], &first["dirty"]), (&json!(1), &json!(false)));
        assert_eq!(text(first, "/_id").len(), 24);
        let listed = |query: &str| labels(&amy.client.get(&format!("{PRIORITIES}?{query}")).expect(200));
        assert_eq!(listed("sort={\"sortItem\":-1}&count=2"), ["Lowest", "Low"]);
        assert_eq!(listed("text=HIGH"), ["Highest", "High"]);
        let words = "User does not have the permissions required for this action [error-unauthorized]";
        ursula.get(PRIORITIES).refused(403, words);

        let ids = ids(&desk);
        let of = |id: &str| format!("{PRIORITIES}/{id}");
        let mut alone = amy.client.get(&of(&ids[0])).expect(200);
        assert_eq!(alone["success"], true);
        alone.as_object_mut().unwrap().remove("success");
        assert_eq!(alone, *first);
        amy.client.get(&of("none")).refused(404, "Priority with id none not found");

        // other names
        let put = |id: &str, body: Value| desk.admin.put(&of(id), &body);
        let done = json!({"success": true});
        amy.client.put(&of(&ids[0]), &json!({"name": "Now"})).refused(403, words);
        assert_eq!(put(&ids[0], json!({"name": " Now "})).expect(200), done);
        let now = amy.client.get(&of(&ids[0])).expect(200);
        assert_eq!((&now["name"], &now["dirty"], &now["i18n"]), (&json!("Now"), &json!(true), &json!("Highest")));
        assert_eq!(listed("text=now"), ["Highest"]);
        put(&ids[1], json!({"name": "NOW"})).refused(400, "error-duplicate-priority-name");
        put(&ids[0], json!({"name": "now"})).expect(200);
        put("none", json!({"name": "Later"})).refused(400, "error-invalid-priority");
        put("none", json!({"reset": true})).refused(400, "error-invalid-priority");
        put(&ids[1], json!({"name": "  "}))
            .refused_with_code("The field name is required", "error-the-field-is-required");
        let one_of = "must match exactly one schema in oneOf";
        for wrong in [json!({}), json!({"name": "Soon", "reset": true}), json!({"name": {"a": 1}}), json!({"reset": false})] {
            put(&ids[1], wrong).refused_by_schema(one_of);
        }
        put(&ids[1], json!({"name": false})).expect(200);
        assert_eq!(amy.client.get(&of(&ids[1])).expect(200)["name"], "false");

        // and back
        let is_renamed = || desk.admin.get(RESET).expect(200)["reset"].clone();
        assert_eq!(is_renamed(), true);
        put(&ids[0], json!({"reset": true})).expect(200);
        assert_eq!(amy.client.get(&of(&ids[0])).expect(200).get("name"), None);
        assert_eq!(is_renamed(), true);
        amy.client.post(RESET, &json!({})).refused(403, words);
        amy.client.get(RESET).refused(403, words);
        for _ in 0..2 {
            assert_eq!(desk.admin.post(RESET, &json!({})).expect(200), done);
            assert_eq!(is_renamed(), false);
        }
        assert_eq!(amy.client.get(PRIORITIES).expect(200), whole);
    }

    fn who_is_more_urgent_comes_first(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let sales = desk.department("Sales", &[&amy], &json!({"showOnRegistration": false}));
        let rids: Vec<String> = ["ann", "bob", "cat"]
            .iter()
            .map(|token| {
                desk.visitor(token, &json!({"department": sales}));
                text(&desk.chat(token), "/_id")
            })
            .collect();
        let ids = ids(&desk);
        desk.admin.put(&format!("{PRIORITIES}/{}", ids[0]), &json!({"name": "Now"})).expect(200);

        give(&amy, &rids[0], "none").refused(400, "error-invalid-priority");
        give(&amy, "none", &ids[0]).refused(400, "error-invalid-room");
        // who may not see a chat does not find it
        give(&ben, &rids[0], &ids[0]).refused(400, "error-invalid-room");
        take_away(&ben, &rids[0]).refused(400, "error-invalid-room");
        amy.client.post(&format!("livechat/room/{}/priority", rids[0]), &json!({}))
            .refused_by_schema("must have required property 'priorityId'");
        let queue = |query: &str| -> Vec<String> {
            let path = format!("livechat/inquiries.queuedForUser{query}");
            let found = amy.client.get(&path).expect(200);
            let found = found["inquiries"].as_array().unwrap().iter();
            found.map(|one| text(one, "/rid")).collect()
        };
        assert_eq!(give(&amy, &rids[1], &ids[2]).expect(200), json!({"success": true}));
        give(&amy, &rids[2], &ids[0]).expect(200);
        // by the time, as long as the settings say nothing else
        assert_eq!(queue(""), rids);
        desk.set("Omnichannel_sorting_mechanism", "Priority");
        let by_priority = [rids[2].clone(), rids[1].clone(), rids[0].clone()];
        assert_eq!(queue(""), by_priority);
        assert_eq!(queue(&format!("?department={sales}")), by_priority);

        let (room, inquiry) = (desk.room(&rids[2]), desk.inquiry(&rids[2]));
        for document in [&room, &inquiry] {
            assert_eq!((&document["priorityId"], &document["priorityWeight"]), (&json!(ids[0]), &json!(1)));
        }
        let last = || desk.history("cat", &rids[2]).pop().unwrap();
        let said = last();
        assert_eq!((&said["t"], &said["msg"]), (&json!("omnichannel_priority_change_history"), &json!("")));
        assert_eq!(said["priorityData"], json!({
            "definedBy": {"_id": amy.id, "username": "amy"}, "priority": {"i18n": "Highest", "name": "Now"},
        }));
        // what changes nothing says nothing
        give(&amy, &rids[2], &ids[0]).expect(200);
        assert_eq!(last()["_id"], said["_id"]);

        take_away(&amy, &rids[2]).expect(200);
        assert_eq!(last()["priorityData"], json!({"definedBy": {"_id": amy.id, "username": "amy"}}));
        let room = desk.room(&rids[2]);
        assert_eq!((room.get("priorityId"), &room["priorityWeight"]), (None, &json!(99)));
        take_away(&amy, &rids[2]).expect(200);
        assert_eq!(queue(""), [rids[1].clone(), rids[0].clone(), rids[2].clone()]);

        // with what is noted about a chat
        desk.take(&amy, &rids[0]).expect(200);
        let save = |priority: Value| {
            let guest = text(&desk.room(&rids[0]), "/v/_id");
            let mut room = json!({"_id": rids[0]});
            if !priority.is_null() {
                room["priorityId"] = priority;
            }
            let body = json!({"guestData": {"_id": guest}, "roomData": room});
            amy.client.post("livechat/room.saveInfo", &body)
        };
        let has = || desk.room(&rids[0])["priorityId"].clone();
        save(json!(ids[4])).expect(200);
        assert_eq!(has(), *ids[4]);
        save(Value::Null).expect(200);
        assert_eq!(has(), *ids[4]);
        save(json!("none")).refused(400, "error-invalid-priority");
        save(json!("")).expect(200);
        assert_eq!(has(), Value::Null);
    }

    fn those_who_are_connected_hear_of_priorities(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let amy = desk.agent("amy");
        let rid = desk.new_chat("ann");
        let ids = ids(&desk);
        let mut console = Socket::of(&desk.server, &amy.client);
        let (queue, logged) = ("stream-livechat-inquiry-queue-observer", "stream-notify-logged");
        let renamed = "omnichannel.priority-changed";
        for (stream, event) in [(queue, "public"), (logged, renamed)] {
            assert_eq!(console.subscribe(stream, event, &Value::Null)["msg"], "ready");
        }
        give(&amy, &rid, &ids[1]).expect(200);
        let changed = console.event(queue, "public")[0].clone();
        assert_eq!((&changed["type"], &changed["rid"]), (&json!("changed"), &json!(rid)));
        assert_eq!((&changed["priorityId"], &changed["priorityWeight"]), (&json!(ids[1]), &json!(2)));
        let path = format!("{PRIORITIES}/{}", ids[1]);
        desk.admin.put(&path, &json!({"name": "Soon"})).expect(200);
        let heard = json!([{"id": ids[1], "clientAction": "updated", "name": "Soon"}]);
        assert_eq!(console.event(logged, renamed), heard);
        desk.admin.post(RESET, &json!({})).expect(200);
        assert_eq!(console.event(logged, renamed), json!([{"id": ids[1], "clientAction": "updated"}]));
    }
}
