//! The methods of the real-time API, called over HTTP, with a log-in and without one.

use hark_testkit::{Client, Desk, each, names, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

pub const MATCH_FAILED: (i64, &str) = (400, "Match.Error");

/// The number and the kind of what a method answers as its error.
pub fn wrong(answer: &Value) -> (i64, &str) {
    let error = &answer["error"];
    let number = error["error"]
        .as_i64()
        .unwrap_or_else(|| panic!("{answer}"));
    (number, error["errorType"].as_str().unwrap())
}

on_both_engines! {
    fn a_method_says_when_a_parameter_is_of_another_type(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.agent("amy");
        let room = desk.new_chat("t");
        for params in [json!([]), json!([1, room, "a@b.example", "x"]), json!(["t", null, "a@b.example", "x"]), json!(["t", room, {}, "x"])] {
            let answer = desk.admin.method("livechat:sendTranscript", &params);
            assert_eq!(wrong(&answer), MATCH_FAILED, "{params}");
        }
        assert_eq!(wrong(&desk.admin.method("livechat:saveCustomField", &json!([]))), MATCH_FAILED);
        let answer = desk.admin.person("uma", &["user"]).method("livechat:sendTranscript", &json!([]));
        assert_eq!((&answer["error"]["error"], &answer["error"]["errorType"]), (&json!("error-not-allowed"), &json!("Meteor.Error")));
    }

    fn triggers_and_transcripts_are_asked_for_by_methods(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let trigger = json!({
            "name": "hello", "description": "", "enabled": true, "runOnce": false,
            "conditions": [{"name": "time-on-site", "value": 5}],
            "actions": [{"name": "send-message", "params": {"sender": "custom", "msg": "Hello", "name": "Ann"}}],
        });
        let save = |client: &Client, trigger: &Value| client.method("livechat:saveTrigger", &json!([trigger]));
        assert_eq!(save(&desk.admin, &trigger)["result"], true);
        let kept = desk.admin.get("livechat/triggers").expect(200)["triggers"][0].clone();
        assert_eq!((&kept["name"], &kept["conditions"][0]["value"]), (&json!("hello"), &json!("5")));
        let mut renamed = trigger.clone();
        renamed["_id"] = kept["_id"].clone();
        renamed["name"] = json!("good day");
        assert_eq!(save(&desk.admin, &renamed)["result"], true);
        let triggers = desk.admin.get("livechat/triggers").expect(200);
        assert_eq!(each(&triggers["triggers"], "name"), ["good day"]);
        assert_eq!(wrong(&save(&desk.admin, &json!({"name": "x"}))), MATCH_FAILED);
        assert_eq!(save(&amy.client, &trigger)["error"]["error"], "error-not-allowed");

        let room = desk.new_chat("t");
        let request = |client: &Client, room: &str| {
            let params = json!([room, "ann@example.org", "What we said"]);
            client.method("livechat:requestTranscript", &params)
        };
        assert_eq!(request(&desk.admin, &room)["result"], true);
        let requested = desk.room(&room)["transcriptRequest"].clone();
        assert_eq!((&requested["email"], &requested["subject"]), (&json!("ann@example.org"), &json!("What we said")));
        assert_eq!(request(&desk.admin, &room)["error"]["error"], "error-transcript-already-requested");
        assert_eq!(request(&desk.admin, "nowhere")["error"]["error"], "error-invalid-room");
        assert_eq!(request(&amy.client, &room)["error"]["error"], "error-not-allowed");
    }

    fn older_widgets_register_and_read_by_methods_without_a_log_in(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.agent("amy");
        let method = |name: &str, params: Value| desk.anyone().anonymous_method(name, &params);
        let guest = json!([{"token": "t", "name": "Ann", "email": "ann@example.org"}]);
        let registered = method("livechat:registerGuest", guest)["result"].clone();
        assert_eq!(names(&registered), ["userId", "visitor"]);
        assert_eq!(registered["userId"], registered["visitor"]["_id"]);
        assert_eq!((&registered["visitor"]["token"], &registered["visitor"]["name"]), (&json!("t"), &json!("Ann")));
        assert_eq!(method("livechat:loginByToken", json!(["t"]))["result"]["_id"], registered["userId"]);
        assert_eq!(method("livechat:loginByToken", json!(["nobody"])).get("result"), Some(&Value::Null));
        let room = text(&desk.chat("t"), "/_id");
        for words in ["one", "two", "three"] {
            desk.say("t", &room, words);
        }
        let read = |asked: Value| method("livechat:loadHistory", json!([asked]));
        let history = read(json!({"token": "t", "rid": room, "limit": 2}))["result"].clone();
        assert_eq!(each(&history["messages"], "msg"), ["three", "two"]);
        assert!(history["messages"][0]["ts"]["$date"].is_i64());
        assert_eq!(read(json!({"token": "nobody", "rid": room}))["error"]["error"], "error-invalid-visitor");
        assert_eq!(read(json!({"token": "t", "rid": "nowhere"}))["error"]["error"], "error-invalid-room");
        assert_eq!(wrong(&method("livechat:registerGuest", json!([{"name": "Ann"}]))), MATCH_FAILED);
        assert_eq!(method("livechat:getRoutingConfig", json!([]))["error"]["error"], "error-invalid-user");
    }

    fn older_widgets_open_and_write_by_one_method(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let amy = desk.agent("amy");
        let bob = desk.agent("bob");
        desk.visitor("t", &json!({"name": "Ann"}));
        desk.visitor("u", &json!({}));
        let others = text(&desk.chat("u"), "/_id");
        let method = |name: &str, params: Value| desk.anyone().anonymous_method(name, &params);
        let say = |message: Value, agent: Value| method("sendMessageLivechat", json!([message, agent]));
        let first = json!({"token": "t", "_id": "m1", "rid": "chosen-by-the-widget", "msg": "Hello"});
        // Without a name for the agent it is no agent.
        assert_eq!(wrong(&say(first.clone(), json!({"agentId": bob.id}))), MATCH_FAILED);
        let wished = json!({"agentId": bob.id, "username": "bob"});
        let said = say(first, wished)["result"].clone();
        assert_eq!((&said["_id"], &said["msg"], &said["token"], &said["u"]["name"]), (&json!("m1"), &json!("Hello"), &json!("t"), &json!("Ann")));
        assert!(said["ts"]["$date"].is_i64());
        let room = text(&said, "/rid");
        assert_eq!(desk.inquiry(&room)["defaultAgent"]["agentId"], json!(bob.id));
        assert_eq!(desk.room(&room)["source"]["type"], "api");
        // It goes on in that chat: by its id, and by one that is another visitor's, of which they learn nothing.
        for (id, rid) in [("m2", room.as_str()), ("m3", &others), ("m4", "nowhere")] {
            let said = say(json!({"token": "t", "_id": id, "rid": rid, "msg": id}), Value::Null);
            assert_eq!(said["result"]["rid"], json!(room), "{said}");
        }
        // What is sent again is said once.
        let again = say(json!({"token": "t", "_id": "m4", "rid": room, "msg": "m4"}), Value::Null);
        assert_eq!(again["result"]["_id"], "m4");
        let words: Vec<String> = desk.story("t", &room).split_off(1);
        assert_eq!(words, ["guest-1: Hello", "guest-1: m2", "guest-1: m3", "guest-1: m4"]);
        assert_eq!(desk.history("u", &others).len(), 1);
        assert_eq!(say(json!({"token": "nobody", "_id": "m5", "rid": room, "msg": "x"}), Value::Null)["error"]["error"], "invalid-token");
        assert_eq!(wrong(&say(json!({"token": "t", "rid": room, "msg": "x"}), Value::Null)), MATCH_FAILED);

        let agent = |token: &str, room: &str| method("livechat:getAgentData", json!([{"token": token, "roomId": room}]));
        assert_eq!(agent("t", &room).get("result"), Some(&Value::Null));
        desk.take(&amy, &room).expect(200);
        assert_eq!(agent("t", &room)["result"]["username"], "amy");
        for (token, rid) in [("u", room.as_str()), ("nobody", &room), ("t", "nowhere")] {
            assert_eq!(agent(token, rid)["error"]["error"], "error-invalid-room");
        }

        let data = |token: &str| method("livechat:getInitialData", json!([token, null]))["result"].clone();
        let known = data("t");
        assert_eq!((&known["room"]["_id"], &known["visitor"]["name"], &known["agentData"]["username"]), (&json!(room), &json!("Ann"), &json!("amy")));
        assert!(known["room"].get("crmData").is_none() && known["room"]["ts"]["$date"].is_i64());
        let stranger = data("nobody");
        assert_eq!((&stranger["room"], &stranger["visitor"], stranger.get("agentData")), (&Value::Null, &Value::Null, None));
        let config = desk.anyone().get("livechat/config").expect(200)["config"].clone();
        for (name, group) in [("title", "theme"), ("registrationForm", "settings"), ("offlineMessage", "messages")] {
            assert_eq!(stranger[name], config[group][name], "{name}");
        }
        assert_eq!((&stranger["enabled"], &stranger["online"]), (&json!(true), &json!(true)));
        desk.set("Livechat_enabled", false);
        assert_eq!(data("t")["enabled"], false);
        desk.set("Livechat_enabled", true);

        // An agent ends it by a method, as they do over REST.
        let close = |client: &Client, params: Value| client.method("livechat:closeRoom", &params);
        assert_eq!(close(&desk.admin.person("uma", &["user"]), json!([room, "bye"]))["error"]["error"], "error-not-allowed");
        assert_eq!(close(&bob.client, json!([room, "bye"]))["error"]["error"], "error-not-authorized");
        assert_eq!(close(&amy.client, json!([room]))["error"]["error"], "error-comment-is-required");
        assert_eq!(close(&amy.client, json!(["nowhere", "bye"]))["error"]["error"], "error-invalid-room");
        assert_eq!(wrong(&close(&amy.client, json!([room, "bye", {"tags": "sold"}]))), MATCH_FAILED);
        assert_eq!(close(&amy.client, json!([room, "bye", {"tags": ["sold"]}]))["result"], true);
        assert_eq!(desk.room(&room)["tags"], json!(["sold"]));
        assert_eq!(close(&amy.client, json!([room, "bye"]))["error"]["error"], "error-room-already-closed");
        // Their next words open another one.
        let said = say(json!({"token": "t", "_id": "m6", "rid": room, "msg": "me again"}), Value::Null);
        assert_ne!(text(&said["result"], "/rid"), room);
    }

    fn methods_of_older_widgets_count_as_their_routes(engine: Engine) {
        let desk = Desk::open_with(HARK, engine, |setup| setup.env("HARK_RATE_LIMIT", "on"));
        desk.agent("amy");
        desk.visitor("t", &json!({}));
        let method = |name: &str, params: Value| desk.anyone().anonymous_method(name, &params);
        let refused = |answer: &Value| answer["error"]["error"] == "too-many-requests";
        let path = |name: &str, rid: &str| name.replace("{rid}", rid);
        let say = |number: i64| method("sendMessageLivechat", json!([{"token": "t", "_id": format!("m{number}"), "rid": "r", "msg": "x"}]));
        // A chat is looked for five times in a minute, by whichever door.
        let mut room = String::new();
        for number in 0..5 {
            room = text(&say(number)["result"], "/rid");
        }
        assert!(refused(&say(5)));
        assert_eq!(desk.anyone().get("livechat/room?token=t").status, 429);
        for (name, params, route) in [
            ("livechat:getAgentData", json!([{"token": "t", "roomId": room}]), "livechat/agent.info/{rid}/t"),
            ("livechat:getInitialData", json!(["t", null]), "livechat/config?token=t"),
        ] {
            let asked = (0..11).map(|_| refused(&method(name, params.clone())));
            let asked: Vec<bool> = asked.collect();
            assert_eq!(asked, [vec![false; 10], vec![true]].concat(), "{name}");
            assert_eq!(desk.anyone().get(&path(route, &room)).status, 429, "{route}");
        }
        desk.set("Livechat_visitor_entries_per_day", 1);
        let spent = method("sendMessageLivechat", json!([{"token": "t", "_id": "m9", "rid": room, "msg": "x"}]));
        assert_eq!(spent["error"]["error"], "error-quota-exceeded", "{spent}");
    }

    fn a_registration_by_a_method_counts_as_one_over_rest(engine: Engine) {
        let desk = Desk::open_with(HARK, engine, |setup| setup.env("HARK_RATE_LIMIT", "on"));
        let guest = json!([{"token": "t"}]);
        let outcomes: Vec<Value> = (0..6).map(|_| {
            desk.anyone().anonymous_method("livechat:registerGuest", &guest)["error"]["error"].clone()
        }).collect();
        assert_eq!(outcomes[..5], [(); 5].map(|()| Value::Null));
        assert_eq!(outcomes[5], "too-many-requests");
        assert_eq!(desk.anyone().post("livechat/visitor", &json!({"visitor": {"token": "t"}})).status, 429);
    }
}
