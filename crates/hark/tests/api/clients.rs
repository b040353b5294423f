//! What the original's own clients and tools expect beyond what other tests here ask for.

use std::sync::Barrier;
use std::thread;

use hark_testkit::{
    Agent, Client, Desk, Engine, Mailbox, Response, each, eventually, names, on_both_engines, text,
};
use serde_json::{Value, json};

use crate::HARK;

const MATCH_FAILED: (i64, &str) = (400, "Match.Error");

/// The number and the kind of what a method answers as its error.
fn wrong(answer: &Value) -> (i64, &str) {
    let error = &answer["error"];
    let number = error["error"]
        .as_i64()
        .unwrap_or_else(|| panic!("{answer}"));
    (number, error["errorType"].as_str().unwrap())
}

fn hours(open: bool) -> Value {
    let days = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let days =
        days.map(|day| json!({"day": day, "start": "00:00", "finish": "24:00", "open": open}));
    json!({"type": "default", "active": true, "name": "", "workHours": days})
}

fn close(agent: &Agent, rid: &str) -> Response {
    let body = json!({"rid": rid, "comment": "done"});
    agent.client.post("livechat/room.closeByUser", &body)
}

/// What two say at once.
fn together(
    one: impl FnOnce() -> Response + Send,
    other: impl FnOnce() -> Response + Send,
) -> [Response; 2] {
    let start = Barrier::new(2);
    thread::scope(|scope| {
        let one = scope.spawn(|| {
            start.wait();
            one()
        });
        start.wait();
        let other = other();
        [one.join().unwrap(), other]
    })
}

fn status_of(client: &Client, id: &str) -> Value {
    client.get(&format!("users.info?userId={id}")).expect(200)["user"]["statusLivechat"].clone()
}

on_both_engines! {
    fn a_custom_fields_visibility_is_any_word(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        for word in ["public", "visible", "hidden", ""] {
            let name = format!("of-{word}");
            desk.field(&name, "visitor", &json!({"visibility": word, "public": true}));
            let shown = desk.admin.get(&format!("livechat/custom-fields/{name}")).expect(200);
            assert_eq!(shown["customField"]["visibility"], word);
        }
        let config = desk.anyone().get("livechat/config").expect(200)["config"].clone();
        assert_eq!(each(&config["customFields"], "_id"), ["of-", "of-public", "of-visible"]);
    }

    fn a_refused_file_is_answered_to_those_who_send_it_whole(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let agent = desk.agent("amy");
        let room = desk.new_chat("t");
        let form = [
            b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n".to_vec(),
            vec![b'a'; 8 << 20],
            b"\r\n--x--\r\n".to_vec(),
        ].concat();
        let send = |client: &Client, path: &str| {
            client.send("POST", path, &[("Content-Type", "multipart/form-data; boundary=x")], &form)
        };
        let path = format!("/api/v1/livechat/upload/{room}");
        let visitor = |token: &str| desk.anyone().with("x-visitor-token", token);
        send(&desk.anyone(), &path).refused(403, "unauthorized");
        send(&visitor("nobody"), &path).refused(403, "unauthorized");
        assert_eq!(send(&desk.anyone(), &format!("/api/v1/rooms.media/{room}")).status, 401);
        send(&agent.client, "/api/v1/rooms.media/nowhere").refused(403, "unauthorized");
        desk.set("Livechat_fileupload_enabled", false);
        assert_eq!(
            send(&visitor("t"), &path).expect(400),
            json!({"reason": "error-file-upload-disabled", "success": false})
        );
    }

    fn whether_agents_take_chats_and_their_open_hours_are_told(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        assert_eq!(status_of(&desk.admin, &amy.id), "available");
        assert_eq!(status_of(&desk.admin.person("uma", &["user"]), &amy.id), "available");
        let me = || amy.client.get("me").expect(200);
        assert_eq!(me().get("openBusinessHours"), None);
        let saved = desk.admin.method("livechat:saveBusinessHour", &json!([hours(true)]));
        assert_eq!(saved["result"], Value::Null, "{saved}");
        desk.set("Livechat_enable_business_hours", true);
        let hour = desk.admin.get("livechat/business-hour").expect(200)["businessHour"]["_id"].clone();
        assert_eq!(me()["openBusinessHours"], json!([hour]));
        let logged_in = desk.anyone().post("login", &json!({"user": "amy", "password": "secret-of-amy"}));
        assert_eq!(logged_in.expect(200)["data"]["me"]["openBusinessHours"], json!([hour]));
        desk.admin.method("livechat:saveBusinessHour", &json!([hours(false)]));
        assert_eq!(me()["openBusinessHours"], json!([]));
        assert_eq!(desk.admin.get("me").expect(200).get("openBusinessHours"), None);
    }

    fn hours_without_a_zone_are_on_the_clocks_of_the_server(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let zone = || desk.admin.get("livechat/business-hour").expect(200)["businessHour"]["timezone"]["name"].clone();
        let before = zone();
        for given in [None, Some("")] {
            let mut elsewhere = hours(true);
            elsewhere["timezoneName"] = json!("Asia/Kolkata");
            desk.admin.method("livechat:saveBusinessHour", &json!([elsewhere]));
            assert_eq!(zone(), "Asia/Kolkata");
            let mut nowhere = hours(true);
            if let Some(given) = given {
                nowhere["timezoneName"] = json!(given);
            }
            let saved = desk.admin.method("livechat:saveBusinessHour", &json!([nowhere]));
            assert_eq!(saved["result"], Value::Null, "{saved}");
            assert_eq!(zone(), before);
        }
    }

    fn nobody_becomes_available_while_hours_are_closed(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.admin.method("livechat:saveBusinessHour", &json!([hours(false)]));
        desk.set("Livechat_enable_business_hours", true);
        let online = |name: &str, roles: &[&str]| {
            let client = desk.admin.person(name, roles);
            client.post("users.setStatus", &json!({"status": "online", "message": ""})).expect(200);
            client
        };
        let taken = |client: &Client| {
            client.post("livechat/agent.status", &json!({"status": "available"})).refused(400, "error-business-hours-are-closed");
            let answer = client.post("livechat/agent.status", &json!({"status": "not-available"})).expect(200);
            assert_eq!(answer["status"], "not-available");
            status_of(&desk.admin, &client.id())
        };
        // made with the role, made an agent afterwards, and made one again
        let amy = online("amy", &["user", "livechat-agent"]);
        assert_eq!(taken(&amy), "not-available");
        let ben = online("ben", &["user"]);
        for _ in 0..2 {
            desk.admin.post("livechat/users/agent", &json!({"username": "ben"})).expect(200);
            assert_eq!(taken(&ben), "not-available");
        }
        let cay = online("cay", &["user"]);
        desk.admin.post("roles.addUserToRole", &json!({"roleId": "livechat-agent", "username": "cay"})).expect(200);
        assert_eq!(taken(&cay), "not-available");
        let dan = online("dan", &["user"]);
        desk.admin.post("users.update", &json!({"userId": dan.id(), "data": {"roles": ["user", "livechat-agent"]}})).expect(200);
        assert_eq!(taken(&dan), "not-available");
        // programs work at any hour
        let bot = online("cog", &["bot"]);
        desk.admin.post("livechat/users/agent", &json!({"username": "cog"})).expect(200);
        assert_eq!(status_of(&desk.admin, &bot.id()), "available");
        desk.admin.method("livechat:saveBusinessHour", &json!([hours(true)]));
        assert_eq!(status_of(&desk.admin, &amy.id()), "available");
    }

    fn hours_of_departments_hold_for_agents_as_soon_as_they_come_in(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let closed = desk.department("Closed", &[], &json!({}));
        desk.set("Livechat_business_hour_type", "Multiple");
        desk.admin.method("livechat:saveBusinessHour", &json!([hours(true)]));
        let mut own = hours(false);
        own["type"] = json!("custom");
        own["name"] = json!("never");
        own["departmentsToApplyBusinessHour"] = json!(closed);
        let saved = desk.admin.method("livechat:saveBusinessHour", &json!([own]));
        assert_eq!(saved["result"], Value::Null, "{saved}");
        desk.set("Livechat_enable_business_hours", true);
        assert_eq!(status_of(&desk.admin, &amy.id), "available");
        let body = json!({"upsert": [{"agentId": amy.id, "username": "amy"}], "remove": []});
        desk.admin.post(&format!("livechat/department/{closed}/agents"), &body).expect(200);
        assert_eq!(status_of(&desk.admin, &amy.id), "not-available");
        desk.admin.method("livechat:saveAgentInfo", &json!([ben.id, {}, [closed]]));
        assert_eq!(status_of(&desk.admin, &ben.id), "not-available");
    }

    fn a_trigger_says_something_or_names_its_service_in_full(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let save = |action: Value| {
            let body = json!({
                "name": "t", "description": "", "enabled": true, "runOnce": false,
                "conditions": [{"name": "time-on-site", "value": "1"}], "actions": [action],
            });
            desk.admin.post("livechat/triggers", &body)
        };
        let message = json!({"sender": "custom", "name": "Ann", "msg": "hello"});
        let service = json!({"sender": "custom", "name": "Ann", "serviceUrl": "https://example.org/", "serviceTimeout": 1000, "serviceFallbackMessage": "later"});
        for (name, whole, needed) in [
            ("send-message", message, &["sender", "msg"][..]),
            ("use-external-service", service, &["serviceUrl", "serviceTimeout", "serviceFallbackMessage"]),
        ] {
            save(json!({"name": name, "params": whole})).expect(200);
            for member in needed {
                let mut params = whole.clone();
                params.as_object_mut().unwrap().remove(*member);
                save(json!({"name": name, "params": params})).refused_by_schema("must match exactly one schema in oneOf");
            }
        }
    }

    fn settings_take_what_clients_send_them(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let is = |id: &str| desk.admin.get(&format!("settings/{id}")).expect(200)["value"].clone();
        for (text, read) in [("afsdxcvxc", true), ("", false), ("true", true), ("false", false), ("0", false)] {
            desk.set("Livechat_validate_offline_email", !read);
            desk.set("Livechat_validate_offline_email", text);
            assert_eq!(is("Livechat_validate_offline_email"), read, "{text}");
        }
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.set("Livechat_Routing_Method", "");
        assert_eq!(is("Livechat_Routing_Method"), "Auto_Selection");
        for (id, nonsense) in [
            ("Livechat_Routing_Method", json!("By_Chance")),
            ("Livechat_validate_offline_email", json!([])),
            ("Livechat_http_timeout", json!("soon")),
            ("Livechat_title_color", json!("red")),
        ] {
            let refused = desk.admin.post(&format!("settings/{id}"), &json!({"value": nonsense}));
            assert_eq!(refused.expect(400)["errorType"], "error-invalid-setting-value", "{id}");
        }
    }

    fn a_character_limit_of_nothing_is_that_of_all_messages(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.agent("amy");
        let limit = || desk.anyone().get("livechat/config").expect(200)["config"]["settings"]["limitTextLength"].clone();
        desk.set("Livechat_message_character_limit", 0);
        assert_eq!(limit(), false);
        desk.set("Livechat_enable_message_character_limit", true);
        assert_eq!(limit(), 5000);
        desk.set("Message_MaxAllowedSize", 7);
        assert_eq!(limit(), 7);
        let room = desk.new_chat("t");
        let say = |msg: &str| desk.anyone().post("livechat/message", &json!({"token": "t", "rid": room, "msg": msg}));
        say("1234567").expect(200);
        say("12345678").refused(400, "message-length-exceeds-character-limit");
        desk.set("Livechat_message_character_limit", 3);
        assert_eq!(limit(), 3);
    }

    fn another_visitor_has_no_chats_in_a_room(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.agent("amy");
        let room = desk.new_chat("ann");
        let other = desk.visitor("ben", &json!({}))["_id"].clone();
        let search = |visitor: &str| desk.admin.get(&format!("livechat/visitors.searchChats/room/{room}/visitor/{visitor}"));
        for visitor in [other.as_str().unwrap(), "nobody"] {
            let found = search(visitor).expect(200);
            assert_eq!(found, json!({"history": [], "count": 0, "offset": 0, "total": 0, "success": true}));
        }
    }

    fn the_last_message_of_a_chat_that_was_passed_on_says_so(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let room = desk.new_chat("t");
        desk.say("t", &room, "hello");
        assert_eq!(desk.room(&room)["servedBy"]["username"], "amy");
        let ben = desk.agent("ben");
        let last = |forward: Value| {
            desk.admin.post("livechat/room.forward", &forward).expect(200);
            desk.admin.get(&format!("rooms.info?roomId={room}")).expect(200)["room"]["lastMessage"].clone()
        };
        let moved = last(json!({"roomId": room, "userId": ben.id, "comment": "for you"}));
        assert_eq!((&moved["t"], &moved["u"]["username"]), (&json!("livechat_transfer_history"), &json!("admin")));
        assert_eq!((&moved["transferData"]["scope"], &moved["transferData"]["comment"]), (&json!("agent"), &json!("for you")));
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let moved = last(json!({"roomId": room, "departmentId": sales}));
        assert_eq!(moved["transferData"]["nextDepartment"]["_id"], json!(sales));
        desk.say("t", &room, "and now?");
        let room = desk.admin.get(&format!("rooms.info?roomId={room}")).expect(200)["room"].clone();
        assert_eq!(room["lastMessage"]["msg"], "and now?");
    }

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

    fn visitors_and_chats_come_in_the_order_that_is_asked_for(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let agent = desk.agent("amy");
        for token in ["ann", "ben", "cay", "dan"] {
            desk.visitor(token, &json!({"name": token}));
        }
        for token in ["cay", "ann", "ben"] {
            let rid = text(&desk.chat(token), "/_id");
            if token == "ann" {
                close(&agent, &rid).expect(200);
            }
        }
        let names = |query: &str| {
            let found = desk.admin.get(&format!("livechat/visitors.search?term=&{query}")).expect(200);
            each(&found["visitors"], "name").join(" ")
        };
        assert_eq!(names(r#"sort={"lastChat.ts":-1}"#), "ben ann cay dan");
        assert_eq!(names(r#"sort={"lastChat.ts":1}"#), "dan cay ann ben");
        assert_eq!(names(r#"sort={"lastChat.ts":-1}&count=2&offset=1"#), "ann cay");
        assert_eq!(names(""), "dan cay ben ann");
        let chats = |query: &str| {
            let found = desk.admin.get(&format!("livechat/rooms?{query}")).expect(200);
            each(&found["rooms"], "fname").join(" ")
        };
        assert_eq!(chats(r#"sort={"open":1}"#), "ann cay ben");
        assert_eq!(chats(r#"sort={"open":-1}"#), "ben cay ann");
    }

    fn of_two_who_close_a_chat_at_once_one_is_told_to_try_again(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let mut met = [false; 2];
        for attempt in 0..60 {
            let token = format!("t{attempt}");
            let room = desk.new_chat(&token);
            let visitor = desk.anyone();
            let by_visitor = || visitor.post("livechat/room.close", &json!({"rid": room, "token": token}));
            let answers = if attempt % 2 == 0 {
                together(|| close(&amy, &room), || close(&amy, &room))
            } else {
                together(|| close(&amy, &room), by_visitor)
            };
            let refused = answers.iter().filter(|answer| answer.status != 200);
            for answer in refused {
                let words = answer.expect(400)["error"].as_str().unwrap().to_owned();
                let late = ["error-room-already-closed", "room-closed"].contains(&words.as_str());
                assert!(late || words == "error-room-cannot-be-closed-try-again", "{words}");
                met[attempt % 2] |= !late;
            }
            close(&amy, &room).refused(400, "error-room-already-closed");
            if met == [true, true] {
                return;
            }
        }
        panic!("the two never met: {met:?}");
    }

    fn chats_are_counted_as_unread_only_where_the_settings_want_it(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let room = desk.new_chat("t");
        let unread = || {
            let place = amy.client.get(&format!("subscriptions.getOne?roomId={room}")).expect(200)["subscription"].clone();
            (place["unread"].as_i64().unwrap(), place["alert"].as_bool().unwrap())
        };
        desk.say("t", &room, "one");
        assert_eq!(unread(), (2, true));
        amy.client.post("subscriptions.read", &json!({"rid": room})).expect(200);
        assert_eq!(unread(), (0, false));
        desk.set("Unread_Count_Omni", "mentions_only");
        desk.say("t", &room, "two");
        assert_eq!(unread(), (0, true));
        desk.set("Unread_Count_Omni", "all_messages");
        desk.say("t", &room, "three");
        assert_eq!(unread(), (1, true));
    }

    fn the_widgets_page_loads_what_a_manager_adds(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let page = || desk.anyone().get("/livechat");
        desk.set("Livechat_WidgetLayoutClasses", "http://my.css.example/my.css, https://b.example/c.css");
        desk.set("Livechat_AdditionalWidgetScripts", "http://my.js.example/my.js");
        let answer = page();
        let policy = answer.header("content-security-policy").unwrap();
        let (_, rest) = policy.split_once("script-src 'nonce-").unwrap();
        let nonce = rest.split_once('\'').unwrap().0;
        for tag in [
            format!("<link rel=\"stylesheet\" href=\"http://my.css.example/my.css\" nonce=\"{nonce}\">"),
            format!("<link rel=\"stylesheet\" href=\"https://b.example/c.css\" nonce=\"{nonce}\">"),
            format!("<script src=\"http://my.js.example/my.js\" nonce=\"{nonce}\"></script>"),
        ] {
            assert!(answer.text().contains(&tag), "{tag} in {}", answer.text());
        }
        desk.set("Livechat_WidgetLayoutClasses", "");
        desk.set("Livechat_AdditionalWidgetScripts", "");
        assert!(!page().text().contains("my.css") && !page().text().contains("my.js"));
        let refused = desk.admin.post("settings/Livechat_AdditionalWidgetScripts", &json!({"value": "javascript:alert(1)"}));
        assert_eq!(refused.expect(400)["errorType"], "error-invalid-setting-value");
    }

    fn who_may_not_change_a_departments_agents_is_told_before_what_is_wrong(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let sales = desk.department("Sales", &[], &json!({}));
        let path = format!("livechat/department/{sales}/agents");
        let words = "User does not have the permissions required for this action [error-unauthorized]";
        let amy = desk.agent("amy");
        for body in [json!({}), json!({"upsert": [{}], "remove": 1})] {
            amy.client.post(&path, &body).refused(403, words);
            assert_eq!(desk.anyone().post(&path, &body).status, 401);
        }
        desk.admin.post(&path, &json!({})).refused(400, "Match error: Missing key 'upsert'");
    }

    fn the_form_asks_for_fields_of_visitors_only(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.field("plan", "visitor", &json!({"public": true}));
        desk.field("order", "room", &json!({"public": true}));
        let config = desk.anyone().get("livechat/config").expect(200);
        assert_eq!(each(&config["config"]["customFields"], "_id"), ["plan"]);
    }

    fn agents_say_by_a_method_whether_they_take_chats(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let change = |client: &Client, params: Value| client.method("livechat:changeLivechatStatus", &params);
        assert_eq!(change(&amy.client, json!([]))["result"], "not-available");
        assert_eq!(status_of(&desk.admin, &amy.id), "not-available");
        assert_eq!(change(&amy.client, json!([{"status": "available"}]))["result"], "available");
        assert_eq!(change(&desk.admin, json!([{"status": "not-available", "agentId": ben.id}]))["result"], "not-available");
        assert_eq!(status_of(&desk.admin, &ben.id), "not-available");
        let refused = |client: &Client, params: Value| change(client, params)["error"]["error"].clone();
        assert_eq!(wrong(&change(&amy.client, json!([{"status": "asleep"}]))), MATCH_FAILED);
        assert_eq!(refused(&amy.client, json!([{"agentId": ben.id}])), "error-not-allowed");
        assert_eq!(refused(&desk.admin, json!([{"agentId": "nobody"}])), "error-not-allowed");
        assert_eq!(refused(&desk.admin.person("uma", &["user"]), json!([])), "error-not-allowed");
        desk.admin.method("livechat:saveBusinessHour", &json!([hours(false)]));
        desk.set("Livechat_enable_business_hours", true);
        assert_eq!(refused(&amy.client, json!([{"status": "available"}])), "error-business-hours-are-closed");
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

    fn a_chat_is_given_to_another_visitor(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let room = desk.new_chat("phone");
        let of = |token: &str| desk.anyone().get(&format!("livechat/visitor/{token}")).expect(200)["visitor"].clone();
        let (phone, known) = (of("phone"), desk.visitor("known", &json!({"name": "Ann"})));
        let (phone, known) = (text(&phone, "/_id"), text(&known, "/_id"));
        let change = |client: &Client, room: &str, old: &str, new: &str| {
            let body = json!({"rid": room, "oldVisitorId": old, "newVisitorId": new});
            client.put("livechat/room.visitor", &body)
        };
        change(&amy.client, &room, &phone, "nobody").refused(400, "visitor-not-found");
        change(&amy.client, "nowhere", &phone, &known).refused(400, "invalid-room");
        change(&amy.client, &room, &known, &known).refused(400, "invalid-room-visitor");
        assert_eq!(change(&desk.admin.person("uma", &["user"]), &room, &phone, &known).status, 403);
        let busy = desk.new_chat("busy");
        let other = text(&desk.room(&busy), "/v/_id");
        change(&amy.client, &room, &phone, &other).refused(400, "visitor-has-open-rooms");
        let changed = change(&amy.client, &room, &phone, &known);
        assert_eq!(changed.header("x-deprecation-version"), Some("7.0.0"));
        let shown = changed.expect(200)["room"].clone();
        assert_eq!((&shown["v"]["_id"], &shown["fname"]), (&json!(known), &json!("Ann")));
        // it is the other's now, and the first one's no longer
        desk.say("known", &room, "me again");
        let body = json!({"token": "phone", "rid": room, "msg": "still me?"});
        desk.anyone().post("livechat/message", &body).refused(400, "invalid-room");
    }

    fn a_video_call_rings_goes_on_and_ends(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.admin.person("uma", &["user"]));
        let room = desk.new_chat("t");
        let ring = || amy.client.get(&format!("livechat/webrtc.call?rid={room}"));
        ring().refused(400, "webRTC calling not enabled");
        desk.set("WebRTC_Enabled", true);
        ring().refused(400, "webRTC calling not enabled");
        desk.set("Omnichannel_call_provider", "WebRTC");
        amy.client.get("livechat/webrtc.call?rid=nowhere").refused(400, "invalid-room");
        assert_eq!(ben.get(&format!("livechat/webrtc.call?rid={room}")).status, 403);
        // twice is the same call
        for _ in 0..2 {
            let call = json!({"rid": room, "provider": "webrtc", "callStatus": "ringing"});
            assert_eq!(ring().expect(200), json!({"videoCall": call, "success": true}));
        }
        let calls = || -> Vec<Value> {
            let said = desk.history("t", &room).into_iter();
            said.filter(|message| message["t"] == "livechat_webrtc_video_call").collect()
        };
        assert_eq!(calls().len(), 1);
        let id = text(&calls()[0], "/_id");
        let say = |token: &str, status: &str| {
            let body = json!({"token": token, "rid": room, "callId": id, "callStatus": status});
            desk.anyone().post("livechat/visitor.callStatus", &body)
        };
        say("nobody", "inProgress").refused_with_code("", "invalid-token");
        say("t", "waving").refused(400, "invalid-data");
        assert_eq!(say("t", "inProgress").expect(200), json!({"token": "t", "callStatus": "inProgress", "success": true}));
        assert_eq!(desk.room(&room)["callStatus"], "inProgress");
        let config = desk.anyone().get("livechat/config?token=t").expect(200);
        assert_eq!(config["config"]["room"]["callStatus"], "inProgress");
        let end = |call: &str| {
            let body = json!({"rid": room, "status": "ended"});
            amy.client.put(&format!("livechat/webrtc.call/{call}"), &body)
        };
        end("nothing").refused(400, "invalid-callId");
        assert_eq!(end(&id).expect(200), json!({"status": "ended", "success": true}));
        assert_eq!(desk.room(&room)["callStatus"], "ended");
        assert!(calls()[0]["webRtcCallEndTs"].is_string(), "{:?}", calls());
        // and the next one is another
        ring().expect(200);
        assert_eq!(calls().len(), 2);
    }

    fn older_widgets_register_and_read_by_methods_without_a_log_in(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.agent("amy");
        let method = |name: &str, params: Value| {
            let frame = json!({"msg": "method", "id": "1", "method": name, "params": params});
            let path = format!("method.callAnon/{}", name.replace(':', "%3A"));
            let answer = desk.anyone().post(&path, &json!({"message": frame.to_string()})).expect(200);
            serde_json::from_str::<Value>(answer["message"].as_str().unwrap()).unwrap()
        };
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

    fn a_registration_by_a_method_counts_as_one_over_rest(engine: Engine) {
        let desk = Desk::open_with(HARK, engine, |setup| setup.env("HARK_RATE_LIMIT", "on"));
        let guest = json!([{"token": "t"}]);
        let frame = json!({"msg": "method", "id": "1", "method": "livechat:registerGuest", "params": guest});
        let body = json!({"message": frame.to_string()});
        let outcomes: Vec<Value> = (0..6).map(|_| {
            let answer = desk.anyone().post("method.callAnon/livechat%3AregisterGuest", &body).expect(200);
            let answer: Value = serde_json::from_str(answer["message"].as_str().unwrap()).unwrap();
            answer["error"]["error"].clone()
        }).collect();
        assert_eq!(outcomes[..5], [(); 5].map(|()| Value::Null));
        assert_eq!(outcomes[5], "too-many-requests");
        assert_eq!(desk.anyone().post("livechat/visitor", &json!({"visitor": {"token": "t"}})).status, 429);
    }

    fn an_administrator_mails_all_but_those_who_want_none(engine: Engine) {
        let mailbox = Mailbox::open();
        let port = mailbox.port().to_string();
        let desk = Desk::open_with(HARK, engine, |setup| {
            setup.env("SMTP_Host", "127.0.0.1").env("SMTP_Port", port.clone())
        });
        let amy = desk.admin.person("amy", &["user"]);
        desk.admin.person("ben", &["user"]);
        let letter = |more: Value| {
            let mut body = json!({
                "from": "Boss <boss@example.org>", "subject": "News",
                "body": "<p>Dear [name],</p><p><a href=\"[unsubscribe]\">no more</a></p>",
            });
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            body
        };
        let send = |client: &Client, more: Value| client.post("mailer", &letter(more));
        assert_eq!(send(&amy, json!({})).status, 403);
        send(&desk.admin, json!({"subject": []})).refused_by_schema("must be string");
        send(&desk.admin, json!({"from": "boss"})).refused_with_code("Invalid from address", "error-invalid-from-address");
        send(&desk.admin, json!({"body": "hello"})).refused_with_code("You must provide the [unsubscribe] link.", "error-missing-unsubscribe-link");
        let only = |name: &str| json!({"query": json!({"username": name}).to_string()});
        let done = json!({"success": true});
        assert_eq!(send(&desk.admin, only("amy")).expect(200), done);
        let mails = eventually("the mail", || Some(mailbox.caught()).filter(|mails| !mails.is_empty()));
        assert_eq!(mails[0].recipients, ["amy@example.org"]);
        assert_eq!(mails[0].header("Reply-To").unwrap(), "boss@example.org");
        let plain = mails[0].part("text/plain");
        assert!(plain.starts_with("Dear amy,"), "{plain}");
        let html = mails[0].part("text/html");
        let (_, link) = html.split_once("/mailer/unsubscribe/").unwrap();
        let link = format!("/mailer/unsubscribe/{}", link.split_once('"').unwrap().0);

        // the link asks first; what looks at links in mails unsubscribes nobody
        assert_eq!(desk.anyone().get(&link).status, 200);
        assert_eq!(desk.anyone().get("/mailer/unsubscribe/nobody/1").status, 404);
        assert_eq!(send(&desk.admin, only("amy")).expect(200), done);
        eventually("the second mail", || (mailbox.caught().len() == 2).then_some(()));
        assert_eq!(desk.anyone().send("POST", &link, &[], b"").status, 200);
        assert_eq!(send(&desk.admin, json!({})).expect(200), done);
        let mails = eventually("the mails to all", || Some(mailbox.caught()).filter(|mails| mails.len() >= 4));
        let to: Vec<&str> = mails[2..].iter().flat_map(|mail| mail.recipients.iter().map(String::as_str)).collect();
        assert!(to.contains(&"ben@example.org") && !to.contains(&"amy@example.org"), "{to:?}");

        // by the API, with what the link says
        let mut parts = link.trim_start_matches("/mailer/unsubscribe/").split('/');
        let (id, made) = (parts.next().unwrap(), parts.next().unwrap());
        assert_eq!(amy.post("mailer.unsubscribe", &json!({"_id": id, "createdAt": made})).expect(200), done);
        amy.post("mailer.unsubscribe", &json!({"_id": id})).refused_by_schema("must have required property 'createdAt'");
        // to see how it looks it goes to its writer alone, who here is nobody
        assert_eq!(send(&desk.admin, json!({"dryrun": true})).expect(200), done);
    }

    fn a_group_is_seen_by_its_members_until_it_is_deleted(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let person = |name: &str| desk.admin.person(name, &["user"]);
        let (amy, ben, eve) = (person("amy"), person("ben"), person("eve"));
        let create = |body: Value| amy.post("groups.create", &body);
        create(json!({})).refused(400, "Body param \"name\" is required");
        create(json!({"name": "x", "members": "ben"})).refused(400, "Body param \"members\" must be an array if provided");
        assert_eq!(create(json!({"name": "a b"})).expect(400)["errorType"], "error-invalid-room-name");
        let group = create(json!({"name": "team", "members": ["ben", "nobody"]})).expect(200)["group"].clone();
        assert_eq!(group["t"], "p");
        assert_eq!((&group["name"], &group["usersCount"], &group["u"]["username"]), (&json!("team"), &json!(2), &json!("amy")));
        assert_eq!(create(json!({"name": "team"})).expect(400)["errorType"], "error-duplicate-channel-name");
        let id = text(&group, "/_id");
        let say = |client: &Client| {
            let message = json!({"message": {"rid": id, "msg": "hello"}});
            client.post("chat.sendMessage", &message)
        };
        say(&ben).expect(200);
        say(&eve).expect(400);
        let info = format!("rooms.info?roomId={id}");
        assert_eq!(ben.get(&info).expect(200)["room"]["name"], "team");
        eve.get(&info).expect(400);
        for found in [&id, "team"] {
            eve.get(&format!("channels.info?roomId={found}")).expect(400);
        }
        let unknown = "The required \"roomId\" or \"roomName\" param provided does not match any group";
        let delete = |client: &Client, body: Value| client.post("groups.delete", &body);
        delete(&eve, json!({"roomId": id})).refused_with_code(unknown, "error-room-not-found");
        delete(&ben, json!({"roomId": id})).refused(400, "error-not-allowed");
        delete(&amy, json!({"roomId": "GENERAL"})).refused_with_code(unknown, "error-room-not-found");
        assert_eq!(delete(&amy, json!({"roomName": "team"})).expect(200), json!({"success": true}));
        amy.get(&info).expect(400);
        create(json!({"name": "team"})).expect(200);
    }
}

#[test]
fn browsers_find_the_icon_that_they_ask_for_by_themselves() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let answer = desk.anyone().get("/favicon.ico");
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("image/svg+xml"))
    );
}
