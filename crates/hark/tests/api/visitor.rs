//! What a visitor's browser calls: registration, the chat, messages, what the widget asks. The
//! answers are those that integrators of Rocket.Chat know.

use hark_testkit::{Client, Desk, Response, names, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

#[track_caller]
fn is_moment(value: &Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("{value}"));
    assert!(text.len() == 24 && text.ends_with('Z'), "{text}");
}

#[track_caller]
fn is_id(value: &Value, length: usize) {
    let text = value.as_str().unwrap_or_else(|| panic!("{value}"));
    assert_eq!(text.len(), length, "{text}");
    match length {
        24 => assert!(text.bytes().all(|byte| b"0123456789abcdef".contains(&byte))),
        _ => assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric())),
    }
}

fn register(client: &Client, visitor: &Value) -> Response {
    client.post("livechat/visitor", &json!({"visitor": visitor}))
}

on_both_engines! {
    fn a_visitor_registers_and_is_recognised(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let nobody = desk.anyone();
        let sales = desk.department("Sales", &[], &json!({}));
        desk.field("plan", "visitor", &json!({}));
        desk.field("order", "room", &json!({}));

        // what is wrong is said as the older checker says it
        let wrong = |body: Value, words: &str| nobody.post("livechat/visitor", &body).refused(400, words);
        wrong(json!({}), "Match error: Missing key 'visitor'");
        wrong(json!({"visitor": "x"}), "Match error: Expected object, got string in field visitor");
        wrong(json!({"visitor": {}}), "Match error: Missing key 'token' in field visitor");
        wrong(json!({"visitor": {"token": 1}}), "Match error: Expected string, got number in field visitor.token");
        wrong(json!({"visitor": {"token": "t"}, "foo": 1}), "Match error: Unknown key in field foo");
        for blank in ["", "  "] {
            register(&nobody, &json!({"token": blank})).refused_with_code("Token cannot be empty", "error-invalid-token");
        }
        register(&nobody, &json!({"token": "t", "department": "x"}))
            .refused_with_code("The provided department is invalid", "error-invalid-department");
        register(&nobody, &json!({"token": "t", "email": "nonsense"})).refused_with_code("Invalid email nonsense", "error-invalid-email");

        // someone new
        let first = register(&nobody, &json!({"token": "token-1"})).expect(200);
        assert_eq!(first["success"], true);
        let first = &first["visitor"];
        is_id(&first["_id"], 24);
        is_moment(&first["ts"]);
        is_moment(&first["_updatedAt"]);
        assert_eq!(names(first), ["_id", "_updatedAt", "status", "token", "ts", "username"]);
        assert_eq!((&first["status"], &first["token"]), (&json!("online"), &json!("token-1")));
        let number: u64 = text(first, "/username").strip_prefix("guest-").unwrap().parse().unwrap();
        let whole = json!({
            "token": "token-2", "name": "Ann", "email": "  ANN@x.test ", "phone": "+1555", "department": "Sales",
            "username": "ann", "id": "ignored", "else": [1],
            "customFields": [
                {"key": "plan", "value": "gold", "overwrite": true},
                {"key": "order", "value": "7", "overwrite": true},
                {"key": "unknown", "value": "x", "overwrite": true},
            ],
        });
        let ann = register(&nobody, &whole).expect(200)["visitor"].clone();
        assert_eq!(ann["name"], "Ann");
        assert_eq!(ann["username"], "ann");
        assert_eq!(ann["visitorEmails"], json!([{"address": "ann@x.test"}]));
        assert_eq!(ann["phone"], json!([{"phoneNumber": "+1555"}]));
        assert_eq!(ann["department"], json!(sales));
        assert_eq!(ann["livechatData"], json!({"plan": "gold"}));
        let third = register(&nobody, &json!({"token": "token-3", "name": null, "email": null, "phone": null, "department": null, "customFields": null})).expect(200);
        assert_eq!(third["visitor"]["username"], json!(format!("guest-{}", number + 1)));

        // by their token: only what is given changes
        let again = register(&nobody, &json!({"token": "token-2", "name": "", "customFields": [{"key": "plan", "value": "silver", "overwrite": false}]}));
        let again = again.expect(200)["visitor"].clone();
        for name in ["_id", "name", "username", "visitorEmails", "phone", "department", "livechatData", "ts"] {
            assert_eq!(again[name], ann[name], "{name}");
        }
        let moved = register(&nobody, &json!({"token": "token-2", "name": "Anna", "email": "new@x.test", "phone": "+1666", "customFields": [{"key": "plan", "value": "silver", "overwrite": true}]}));
        let moved = moved.expect(200)["visitor"].clone();
        assert_eq!((&moved["_id"], &moved["name"]), (&ann["_id"], &json!("Anna")));
        assert_eq!(moved["visitorEmails"], json!([{"address": "new@x.test"}]));
        assert_eq!(moved["phone"], json!([{"phoneNumber": "+1666"}]));
        assert_eq!(moved["livechatData"], json!({"plan": "silver"}));
        // another token with their number or their address is somebody else, who gets nothing of theirs
        let theirs = nobody.get("livechat/visitor/token-2").expect(200)["visitor"].clone();
        for (token, of_theirs) in [("other-1", json!({"phone": "+1666"})), ("other-2", json!({"email": "NEW@x.test"})), ("other-3", json!({"phone": "+1666", "email": "new@x.test", "name": "Eve"}))] {
            let mut said = of_theirs.clone();
            said["token"] = json!(token);
            let answer = register(&nobody, &said);
            assert!(!answer.text().contains("token-2") && !answer.text().contains("Anna"), "{}", answer.text());
            let other = answer.expect(200)["visitor"].clone();
            assert_ne!(other["_id"], ann["_id"]);
            assert_eq!((&other["token"], other.get("lastChat")), (&json!(token), None));
            assert_eq!(nobody.get("livechat/visitor/token-2").expect(200)["visitor"], theirs);
        }
        // the one whose token is known is meant, whatever else they say
        let known = register(&nobody, &json!({"token": "token-1", "email": "new@x.test", "phone": "+1666"})).expect(200);
        assert_eq!(known["visitor"]["_id"], first["_id"]);

        // where they come from is kept only where the settings say so, and only of someone new
        desk.set("Livechat_Allow_collect_and_store_HTTP_header_informations", true);
        let seen = nobody.with("User-Agent", "Browser/1");
        let traced = register(&seen, &json!({"token": "token-5"})).expect(200)["visitor"].clone();
        assert_eq!((&traced["ip"], &traced["userAgent"]), (&json!("127.0.0.1"), &json!("Browser/1")));
        assert_eq!(traced["host"], json!(desk.server.address()));
        assert_eq!(register(&seen, &json!({"token": "token-1"})).expect(200)["visitor"].get("ip"), None);
    }

    fn where_the_operator_wants_it_visitors_are_recognised_by_what_they_type(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let nobody = desk.anyone();
        let ann = register(&nobody, &json!({"token": "token-2", "email": "new@x.test", "phone": "+1666"})).expect(200)["visitor"].clone();
        desk.set("Livechat_recognise_visitors_by_contact", true);
        // by their number they keep their own token, by their address they take the new one
        let by_phone = register(&nobody, &json!({"token": "other", "phone": "+1666", "email": "third@x.test"})).expect(200);
        assert_eq!((&by_phone["visitor"]["_id"], &by_phone["visitor"]["token"]), (&ann["_id"], &json!("token-2")));
        let by_email = register(&nobody, &json!({"token": "token-4", "email": "Third@X.test"})).expect(200);
        assert_eq!((&by_email["visitor"]["_id"], &by_email["visitor"]["token"]), (&ann["_id"], &json!("token-4")));
        nobody.get("livechat/visitor/token-2").refused_with_code("", "invalid-token");
        let read = nobody.get("livechat/visitor/token-4").expect(200);
        assert_eq!((&read["visitor"]["_id"], &read["success"]), (&ann["_id"], &json!(true)));
    }

    fn a_visitors_token_may_stand_in_a_header_wherever_it_would_stand_in_an_address(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_accept_chats_with_no_agents", true);
        desk.visitor("ann", &json!({"name": "Ann"}));
        let nobody = desk.anyone();
        let ann = nobody.with("x-visitor-token", "ann");
        let rid = text(&ann.get("livechat/room").expect(200), "/room/_id");
        let said = text(&desk.say("ann", &rid, "Hello"), "/_id");
        assert_eq!(ann.get("livechat/config").expect(200)["config"]["guest"]["name"], "Ann");
        let history = ann.get(&format!("livechat/messages.history/{rid}?limit=5")).expect(200);
        assert!(history["messages"].as_array().unwrap().iter().any(|message| message["msg"] == "Hello"));
        assert_eq!(ann.get(&format!("livechat/message/{said}?rid={rid}")).expect(200)["message"]["msg"], "Hello");
        assert_eq!(ann.get("livechat/visitor/-").expect(200)["visitor"]["token"], "ann");
        assert_ne!(ann.get(&format!("livechat/agent.info/{rid}/-")).value()["error"], "invalid-token");
        // It opens their own and nothing else, and what the address says counts.
        let bob = nobody.with("x-visitor-token", "bob");
        for other in [&bob, &nobody.with("x-visitor-token", ""), &nobody] {
            other.get(&format!("livechat/messages.history/{rid}?limit=5")).expect(400);
            other.get("livechat/visitor/-").refused_with_code("", "invalid-token");
            assert_eq!(other.get("livechat/config").expect(200)["config"].get("guest"), None);
        }
        ann.get(&format!("livechat/messages.history/{rid}?token=bob")).expect(400);
        // A visitor of that name is found by those who show no other.
        desk.visitor("-", &json!({"name": "Dash"}));
        assert_eq!(nobody.get("livechat/visitor/-").expect(200)["visitor"]["name"], "Dash");
        assert_eq!(ann.get("livechat/visitor/-").expect(200)["visitor"]["name"], "Ann");
        // Where an address takes no token, there is none.
        ann.get("livechat/rooms").expect(401);
        nobody.post("livechat/room.close", &json!({"token": "ann", "rid": rid})).expect(200);
        ann.delete("livechat/visitor/-", &json!({})).expect(200);
        ann.get("livechat/visitor/-").refused_with_code("", "invalid-token");
    }

    fn a_visitor_opens_writes_and_closes(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let nobody = desk.anyone();
        let amy = desk.agent("amy");
        let get = |query: &str| nobody.get(&format!("livechat/room?{query}"));
        get("").refused(400, "Match error: Missing key 'token'");
        get("token=t&foo=1").refused(400, "Match error: Unknown key in field foo");
        get("token=t").refused(400, "invalid-token");
        let ann = desk.visitor("ann", &json!({"name": "Ann", "phone": "+1555"}));
        desk.visitor("bob", &json!({}));
        desk.set("Livechat_enabled", false);
        get("token=ann").refused_with_code("", "error-omnichannel-is-disabled");
        assert_eq!(nobody.get("livechat/config?token=ann").expect(200), json!({"config": {"enabled": false}, "success": true}));
        desk.set("Livechat_enabled", true);
        amy.client.post("livechat/agent.status", &json!({"status": "not-available"})).expect(200);
        get("token=ann").refused_with_code("Sorry, no online agents", "no-agent-online");
        desk.set("Livechat_accept_chats_with_no_agents", true);

        let opened = get("token=ann").expect(200);
        assert_eq!((&opened["newRoom"], &opened["success"]), (&json!(true), &json!(true)));
        let room = &opened["room"];
        is_id(&room["_id"], 17);
        assert_eq!(names(room), [
            "_id", "_updatedAt", "cl", "estimatedWaitingTimeQueue", "fname", "lm", "msgs", "open", "priorityWeight",
            "queuedAt", "source", "t", "ts", "usersCount", "v", "waitingResponse",
        ]);
        for (name, value) in [
            ("t", json!("l")), ("fname", json!("Ann")), ("msgs", json!(1)), ("usersCount", json!(1)), ("cl", json!(false)),
            ("open", json!(true)), ("waitingResponse", json!(true)), ("source", json!({"type": "api"})),
            ("priorityWeight", json!(99)), ("estimatedWaitingTimeQueue", json!(9_999_999)),
        ] {
            assert_eq!(room[name], value, "{name}");
        }
        let guest = json!({"_id": ann["_id"], "username": ann["username"], "token": "ann", "status": "online", "name": "Ann", "phone": "+1555"});
        assert_eq!(room["v"], guest);
        let rid = text(room, "/_id");
        let again = get("token=ann").expect(200);
        assert_eq!((&again["newRoom"], &again["room"]["_id"]), (&json!(false), &json!(rid)));
        let named = get(&format!("token=ann&rid={rid}")).expect(200);
        assert_eq!((&named["newRoom"], &named["room"]["_id"]), (&json!(false), &json!(rid)));
        get(&format!("token=bob&rid={rid}")).refused(400, "invalid-room");
        get("token=ann&rid=x").refused(400, "invalid-room");
        let last = nobody.get("livechat/visitor/ann").expect(200)["visitor"]["lastChat"].clone();
        assert_eq!(last["_id"], json!(rid));
        is_moment(&last["ts"]);

        // a browser with both cookies is a widget, and so is what our own page asks
        let widget = json!({"type": "widget", "destination": desk.server.address()});
        for (name, value, source) in [
            ("Cookie", "rc_is_widget=t; rc_room_type=l", widget.clone()),
            ("Cookie", "rc_is_widget=t", json!({"type": "api"})),
            ("Cookie", "rc_room_type=l", json!({"type": "api"})),
            ("Referer", "https://chat.example/below/livechat?mode=popout", widget),
            ("Referer", "https://chat.example/", json!({"type": "api"})),
        ] {
            let other = nobody.with(name, value).get("livechat/room?token=bob").expect(200)["room"].clone();
            assert_eq!(other["source"], source);
            nobody.post("livechat/room.close", &json!({"rid": other["_id"], "token": "bob"})).expect(200);
        }

        // what they say
        let say = |body: Value| nobody.post("livechat/message", &body);
        say(json!({"token": "ann", "rid": rid})).refused_by_schema("must have required property 'msg'");
        say(json!({"token": "ann", "rid": rid, "msg": "x", "u": 1})).refused_by_schema("must NOT have additional properties");
        say(json!({"token": "x", "rid": rid, "msg": "x"})).refused(400, "invalid-token");
        say(json!({"token": "bob", "rid": rid, "msg": "x"})).refused(400, "invalid-room");
        say(json!({"token": "ann", "rid": "x", "msg": "x"})).refused(400, "invalid-room");
        let said = say(json!({"token": "ann", "rid": rid, "msg": "hello", "_id": "m1", "agent": {"agentId": amy.id, "username": "amy"}})).expect(200);
        let mut message = said["message"].clone();
        is_moment(&message["ts"]);
        is_moment(&message["_updatedAt"]);
        let parsed = json!([{"type": "PARAGRAPH", "value": [{"type": "PLAIN_TEXT", "value": "hello"}]}]);
        for name in ["ts", "_updatedAt"] {
            message.as_object_mut().unwrap().remove(name);
        }
        assert_eq!(message, json!({
            "_id": "m1", "rid": rid, "msg": "hello", "token": "ann", "alias": "Ann", "urls": [], "mentions": [], "channels": [], "md": parsed,
            "u": {"_id": ann["_id"], "username": ann["username"], "name": "Ann"},
        }));
        let twice = say(json!({"token": "ann", "rid": rid, "msg": "other", "_id": "m1"})).expect(200);
        assert_eq!(twice["message"]["msg"], "hello");
        is_id(&say(json!({"token": "ann", "rid": rid, "msg": ""})).expect(200)["message"]["_id"], 17);
        is_id(&say(json!({"token": "ann", "rid": rid, "msg": "5", "_id": ""})).expect(200)["message"]["_id"], 17);
        desk.set("Livechat_enable_message_character_limit", true);
        desk.set("Livechat_message_character_limit", 5);
        say(json!({"token": "ann", "rid": rid, "msg": "123456"})).refused(400, "message-length-exceeds-character-limit");
        say(json!({"token": "ann", "rid": rid, "msg": "12345"})).expect(200);
        assert_eq!(nobody.get("livechat/config").expect(200)["config"]["settings"]["limitTextLength"], 5);
        desk.set("Livechat_enable_message_character_limit", false);
        assert_eq!(desk.room(&rid)["msgs"], 5);

        // reading, changing, taking back
        let theirs = |method: &str, id: &str, token: &str, rid: &str, msg: Option<&str>| {
            if method == "GET" {
                return nobody.get(&format!("livechat/message/{id}?token={token}&rid={rid}"));
            }
            let mut body = json!({"token": token, "rid": rid});
            if let Some(msg) = msg {
                body["msg"] = json!(msg);
            }
            nobody.json(method, &format!("/api/v1/livechat/message/{id}"), &body)
        };
        let other = desk.new_chat("cid");
        let foreign = text(&desk.say("cid", &other, "mine"), "/_id");
        for (method, msg) in [("GET", None), ("PUT", Some("new")), ("DELETE", None)] {
            theirs(method, "m1", "x", &rid, msg).refused(400, "invalid-token");
            theirs(method, "m1", "bob", &rid, msg).refused(400, "invalid-room");
            theirs(method, "m1", "ann", "x", msg).refused(400, "invalid-room");
            theirs(method, "x", "ann", &rid, msg).refused(400, "invalid-message");
            theirs(method, &foreign, "ann", &rid, msg).refused(400, "invalid-message");
        }
        nobody.get("livechat/message/m1?rid=x").refused_by_schema("must have required property 'token'");
        theirs("PUT", "m1", "ann", &rid, None).refused_by_schema("must have required property 'msg'");
        assert_eq!(theirs("GET", "m1", "ann", &rid, None).expect(200)["message"]["msg"], "hello");
        let edited = theirs("PUT", "m1", "ann", &rid, Some("hallo")).expect(200)["message"].clone();
        assert_eq!((&edited["msg"], &edited["editedBy"]), (&json!("hallo"), &json!({"_id": ann["_id"], "username": ann["username"]})));
        is_moment(&edited["editedAt"]);
        // not what the server has said, nor where the settings forbid it
        let started = text(&desk.history("ann", &rid)[0], "/_id");
        for (method, msg) in [("PUT", Some("new")), ("DELETE", None)] {
            theirs(method, &started, "ann", &rid, msg).refused(400, "error-action-not-allowed");
        }
        desk.set("Message_AllowEditing", false);
        desk.set("Message_AllowDeleting", false);
        theirs("PUT", "m1", "ann", &rid, Some("x")).refused(400, "error-action-not-allowed");
        theirs("DELETE", "m1", "ann", &rid, None).refused(400, "error-action-not-allowed");
        desk.set("Message_AllowEditing", true);
        desk.set("Message_AllowDeleting", true);
        let removed = theirs("DELETE", "m1", "ann", &rid, None).expect(200);
        assert_eq!((&removed["message"]["_id"], names(&removed["message"])), (&json!("m1"), vec!["_id", "ts"]));
        is_moment(&removed["message"]["ts"]);
        theirs("GET", "m1", "ann", &rid, None).refused(400, "invalid-message");

        // what was said
        let history = |query: &str| nobody.get(&format!("livechat/messages.history/{rid}?{query}"));
        history("").refused_by_schema("must have required property 'token'");
        history("token=x").refused(400, "invalid-token");
        history("token=bob").refused(400, "invalid-room");
        let words = |answer: Value| -> Vec<String> {
            assert_eq!(names(&answer), ["messages", "success"]);
            answer["messages"].as_array().unwrap().iter().map(|one| text(one, "/msg")).collect()
        };
        assert_eq!(words(history("token=ann&sort=x&searchText=x&count=1").expect(200)), ["12345", "5", "", ""]);
        assert_eq!(words(history("token=ann&limit=1&offset=1").expect(200)), ["5"]);
        let at = text(&desk.history("ann", &rid)[2], "/ts");
        assert_eq!(words(history(&format!("token=ann&end={at}&ls={at}")).expect(200)), ["", ""]);
        desk.set("Hide_System_Messages", json!(["livechat-started"]));
        assert_eq!(words(history("token=ann").expect(200)), ["12345", "5", ""]);
        desk.set("Hide_System_Messages", json!([]));
        for number in 0..22 {
            desk.say("ann", &rid, &number.to_string());
        }
        assert_eq!(words(history("token=ann").expect(200)).len(), 20);

        // the end
        let close = |body: Value| nobody.post("livechat/room.close", &body);
        close(json!({"rid": rid})).refused_by_schema("must have required property 'token'");
        close(json!({"rid": rid, "token": "x"})).refused(400, "invalid-token");
        close(json!({"rid": rid, "token": "bob"})).refused(400, "invalid-room");
        desk.set("Omnichannel_allow_visitors_to_close_conversation", false);
        close(json!({"rid": rid, "token": "ann"})).refused(400, "error-not-allowed-to-close-conversation");
        desk.set("Omnichannel_allow_visitors_to_close_conversation", true);
        let closed = close(json!({"rid": rid, "token": "ann"})).expect(200);
        assert_eq!(closed, json!({"rid": rid, "comment": "Closed by visitor", "success": true}));
        close(json!({"rid": rid, "token": "ann"})).refused(400, "room-closed");
        say(json!({"token": "ann", "rid": rid, "msg": "x"})).refused(400, "room-closed");
        get(&format!("token=ann&rid={rid}")).refused(400, "invalid-room");
        let room = desk.room(&rid);
        assert_eq!((room.get("open"), &room["closer"]), (None, &json!("visitor")));
        assert_eq!(room["closedBy"], json!({"_id": ann["_id"], "username": ann["username"]}));
        assert_eq!(room["v"]["status"], "offline");
        is_moment(&room["closedAt"]);
        assert!(room["metrics"]["chatDuration"].is_number());
        let end = desk.history("ann", &rid).pop().unwrap();
        assert_eq!((&end["t"], &end["msg"], &end["token"]), (&json!("livechat-close"), &json!("Closed by visitor"), &json!("ann")));
        assert_eq!((&end["groupable"], &end["transcriptRequested"]), (&json!(false), &json!(false)));

        // what they thought of it, though it is closed
        let rate = |body: Value| nobody.post("livechat/room.survey", &body);
        let data = |name: &str, value: &str| json!([{"name": name, "value": value}]);
        let good = data("satisfaction", "5");
        rate(json!({"rid": rid, "token": "ann", "data": []})).refused_by_schema("must NOT have fewer than 1 items");
        rate(json!({"rid": rid, "token": "x", "data": good})).refused(400, "invalid-token");
        rate(json!({"rid": rid, "token": "bob", "data": good})).refused(400, "invalid-room");
        for (name, value) in [("satisfaction", "6"), ("other", "5"), ("agentResponsiveness", "5")] {
            rate(json!({"rid": rid, "token": "ann", "data": data(name, value)})).refused(400, "invalid-data");
        }
        let answers = json!([
            {"name": "satisfaction", "value": "5"}, {"name": "agentResposiveness", "value": "1"},
            {"name": "additionalFeedback", "value": "fine"}, {"name": "agentKnowledge", "value": "0"},
        ]);
        let rated = rate(json!({"rid": rid, "token": "ann", "data": answers})).expect(200);
        let accepted = json!({"satisfaction": "5", "agentResposiveness": "1", "additionalFeedback": "fine"});
        assert_eq!(rated, json!({"rid": rid, "data": accepted, "success": true}));
        assert_eq!(desk.room(&rid)["surveyFeedback"], accepted);

        // a new chat is a new room
        let next = get("token=ann").expect(200);
        assert_eq!(next["newRoom"], true);
        assert_ne!(next["room"]["_id"], json!(rid));
    }

    fn what_a_visitor_is_shown_before_a_chat(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let welcome = || desk.anyone().get("livechat/config").expect(200)["config"]["welcome"].clone();
        let amy = desk.agent("amy");
        let plain = json!({"greeting": "", "starts": [], "privacyLink": "", "agents": [{"name": amy.name, "username": "amy"}]});
        assert_eq!(welcome(), plain);
        desk.set("Livechat_welcome_greeting", "Ask us anything");
        desk.set("Livechat_quick_starts", "Where is my order?\n\n  Returns \nThree\nFour\nFive\nSix");
        desk.set("Livechat_privacy_link", "https://shop.example/privacy");
        let shown = welcome();
        assert_eq!(shown["greeting"], "Ask us anything");
        assert_eq!(shown["starts"], json!(["Where is my order?", "Returns", "Three", "Four", "Five"]));
        assert_eq!(shown["privacyLink"], "https://shop.example/privacy");
        let link = json!({"value": "javascript:alert(1)"});
        desk.admin.post("settings/Livechat_privacy_link", &link).expect(400);

        // who is there, only where visitors are shown who answers
        for hidden in ["Livechat_show_faces", "Livechat_show_agent_info"] {
            desk.set(hidden, false);
            assert_eq!(welcome()["agents"], json!([]), "{hidden}");
            desk.set(hidden, true);
        }
    }

    fn what_the_widget_asks(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let nobody = desk.anyone();
        let config = |query: &str| nobody.get(&format!("livechat/config{query}")).expect(200)["config"].clone();
        let bare = config("");
        assert_eq!(names(&bare), [
            "customFields", "departments", "enabled", "messages", "online", "resources", "settings", "survey", "theme", "triggers",
            "welcome",
        ]);
        assert_eq!((&bare["enabled"], &bare["online"]), (&json!(true), &json!(false)));
        assert_eq!(names(&bare["settings"]), [
            "agentHiddenInfo", "allowSwitchingDepartments", "clearLocalStorageWhenChatEnded", "displayOfflineForm",
            "emailFieldRegistrationForm", "fileUpload", "forceAcceptDataProcessingConsent", "hiddenSystemMessages",
            "hideWatermark", "historyMonitorType", "language", "limitTextLength", "livechatLogo", "nameFieldRegistrationForm",
            "registrationForm", "showConnecting", "transcript", "videoCall", "visitorsCanCloseChat",
        ]);
        let settings = &bare["settings"];
        for (name, value) in [
            ("registrationForm", json!(true)), ("allowSwitchingDepartments", json!(true)), ("nameFieldRegistrationForm", json!(true)),
            ("emailFieldRegistrationForm", json!(true)), ("displayOfflineForm", json!(true)), ("videoCall", json!(false)),
            ("fileUpload", json!(true)), ("transcript", json!(false)), ("historyMonitorType", json!("url")),
            ("forceAcceptDataProcessingConsent", json!(false)), ("showConnecting", json!(false)), ("agentHiddenInfo", json!(false)),
            ("clearLocalStorageWhenChatEnded", json!(false)), ("limitTextLength", json!(false)),
            ("hiddenSystemMessages", json!(["uj", "ul", "livechat-close"])), ("hideWatermark", json!(false)),
            ("visitorsCanCloseChat", json!(true)),
        ] {
            assert_eq!(settings[name], value, "{name}");
        }
        assert!(settings["livechatLogo"]["defaultUrl"].is_string());
        assert_eq!(names(&bare["theme"]), ["actionLinks", "background", "color", "offlineColor", "offlineTitle", "position", "title"]);
        assert_eq!(names(&bare["theme"]["actionLinks"]), ["jitsi", "webrtc"]);
        assert_eq!((&bare["theme"]["color"], &bare["theme"]["offlineColor"], &bare["theme"]["position"]), (&json!("#1F6F54"), &json!("#1F6F54"), &json!("right")));
        assert_eq!(names(&bare["messages"]), [
            "conversationFinishedMessage", "conversationFinishedText", "dataProcessingConsentText", "offlineMessage",
            "offlineSuccessMessage", "offlineUnavailableMessage", "registrationFormMessage", "transcriptMessage",
        ]);
        assert_eq!(bare["survey"], json!({
            "items": ["satisfaction", "agentKnowledge", "agentResposiveness", "agentFriendliness"],
            "values": ["1", "2", "3", "4", "5"],
        }));
        assert_eq!(bare["resources"]["emojis"], json!([]));
        assert!(text(&bare, "/resources/sound").ends_with("/sounds/chime.wav"));
        assert_eq!(config("?token=unknown"), bare);
        nobody.get("livechat/config?x=1").refused_by_schema("must NOT have additional properties");

        let amy = desk.agent("amy");
        desk.set("Livechat_show_agent_email", false);
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let empty = desk.department("Empty", &[], &json!({}));
        desk.department("Off", &[&amy], &json!({"enabled": false}));
        let trigger = json!({
            "name": "Hello", "description": "", "enabled": true, "runOnce": true,
            "conditions": [{"name": "time-on-site", "value": "5"}],
            "actions": [{"name": "send-message", "params": {"sender": "queue", "msg": "Hi", "name": ""}}],
        });
        desk.admin.post("livechat/triggers", &trigger).expect(200);
        let manned = config("");
        assert_eq!(manned["online"], true);
        assert_eq!(manned["departments"], json!([{"_id": sales, "name": "Sales", "showOnRegistration": true, "showOnOfflineForm": true}]));
        assert_eq!(manned["triggers"].as_array().unwrap().len(), 1);
        assert_eq!(names(&manned["triggers"][0]), ["_id", "actions", "conditions", "runOnce"]);
        assert_eq!(config(&format!("?department={sales}"))["online"], true);
        assert_eq!(config(&format!("?department={empty}"))["online"], false);

        // of a visitor, their chat and their agent
        let ann = desk.visitor("ann", &json!({"name": "Ann", "email": "ann@x.test", "department": sales}));
        let theirs = config("?token=ann");
        assert_eq!(theirs["guest"], json!({
            "_id": ann["_id"], "username": ann["username"], "name": "Ann", "token": "ann",
            "visitorEmails": [{"address": "ann@x.test"}], "department": sales,
        }));
        assert_eq!((theirs.get("room"), theirs.get("agent")), (None, None));
        let no_agent = nobody.get("livechat/agent.next/ann").expect(200);
        assert_eq!(no_agent["agent"], json!({"_id": amy.id, "name": "amy", "username": "amy", "status": "online"}));
        let rid = text(&desk.chat("ann"), "/_id");
        assert_eq!(nobody.get("livechat/agent.next/ann").expect(200), json!({"success": true}));
        let theirs = config("?token=ann");
        assert_eq!(names(&theirs["room"]), ["_id", "departmentId", "open", "servedBy"]);
        assert_eq!((&theirs["room"]["_id"], &theirs["room"]["departmentId"], &theirs["room"]["open"]), (&json!(rid), &json!(sales), &json!(true)));
        assert_eq!((&theirs["room"]["servedBy"]["_id"], &theirs["room"]["servedBy"]["username"]), (&json!(amy.id), &json!("amy")));
        let shown = json!({"_id": amy.id, "name": "amy", "username": "amy", "status": "online"});
        assert_eq!(theirs["agent"], shown);
        let info = |rid: &str, token: &str| nobody.get(&format!("livechat/agent.info/{rid}/{token}"));
        assert_eq!(info(&rid, "ann").expect(200), json!({"agent": shown, "success": true}));
        desk.set("Livechat_show_agent_email", true);
        assert_eq!(info(&rid, "ann").expect(200)["agent"]["emails"][0]["address"], "amy@example.org");
        desk.set("Livechat_show_agent_info", false);
        assert_eq!(info(&rid, "ann").expect(200), json!({"agent": {"hiddenInfo": true}, "success": true}));
        let hidden = config("?token=ann");
        assert_eq!((&hidden["agent"], &hidden["settings"]["agentHiddenInfo"]), (&json!({"hiddenInfo": true}), &json!(true)));
        desk.set("Livechat_show_agent_info", true);
        info(&rid, "x").refused(400, "invalid-token");
        info("x", "ann").refused(400, "invalid-room");
        desk.visitor("bob", &json!({}));
        info(&rid, "bob").refused(400, "invalid-room");
        // nobody chooses where agents choose themselves
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        nobody.get("livechat/agent.next/bob").refused(400, "agent-not-found");
        let manual = config("?token=ann");
        assert_eq!(manual["settings"]["showConnecting"], true);
        let waiting = text(&desk.chat("bob"), "/_id");
        info(&waiting, "bob").refused(400, "invalid-agent");

        // pages
        let visit = |token: &str, rid: Value, change: &str| {
            let page = json!({"title": "Shop", "change": change, "location": {"href": "https://shop.test/a"}});
            nobody.post("livechat/page.visited", &json!({"token": token, "rid": rid, "pageInfo": page}))
        };
        let navigation = json!({"page": {"title": "Shop", "change": "url", "location": {"href": "https://shop.test/a"}}, "token": "cid"});
        let page = json!({"msg": "Shop - https://shop.test/a", "navigation": navigation});
        assert_eq!(visit("cid", Value::Null, "url").expect(200), json!({"page": page, "success": true}));
        assert_eq!(visit("cid", Value::Null, "title").expect(200), json!({"success": true}));
        let bare = json!({"token": "cid", "pageInfo": {"title": "Shop", "change": "url"}});
        nobody.post("livechat/page.visited", &bare).refused_by_schema("must have required property 'location'");
        // those before the chat come into it, and count there
        let later = desk.new_chat("cid");
        assert_eq!(visit("cid", json!(later), "url").expect(200)["page"]["msg"], "Shop - https://shop.test/a");
        let seen = amy.client.get(&format!("livechat/visitors.pagesVisited/{later}")).expect(200);
        assert_eq!((&seen["total"], &seen["count"], &seen["pages"][0]["t"]), (&json!(2), &json!(2), &json!("livechat_navigation_history")));
        assert_eq!(seen["pages"][0]["u"]["username"], "rocket.cat");
        assert_eq!(desk.room(&later)["msgs"], 3);
        // hidden unless they are to be messages
        assert_eq!(desk.story("cid", &later).len(), 1);
        desk.set("Livechat_Visitor_navigation_as_a_message", true);
        visit("cid", json!(later), "url").expect(200);
        assert_eq!(desk.story("cid", &later).len(), 2);
        // a stranger's visit does not come into the room
        visit("bob", json!(later), "url").expect(200);
        assert_eq!(desk.story("cid", &later).len(), 2);
    }

    fn what_a_visitor_says_of_themselves(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let nobody = desk.anyone();
        desk.field("plan", "visitor", &json!({"regexp": "^[a-z]+$"}));
        desk.field("order", "room", &json!({}));
        desk.visitor("ann", &json!({}));
        let set = |token: &str, key: &str, value: &str, overwrite: bool| {
            nobody.post("livechat/custom.field", &json!({"token": token, "key": key, "value": value, "overwrite": overwrite}))
        };
        nobody.post("livechat/custom.field", &json!({"token": "ann", "key": "plan", "value": "x"}))
            .refused_by_schema("must have required property 'overwrite'");
        set("x", "plan", "gold", true).refused(400, "invalid-token");
        set("ann", "none", "gold", true).refused(400, "invalid-custom-field");
        set("ann", "plan", "GOLD", true).refused(400, "Invalid value for plan field");
        let field = json!({"key": "plan", "value": "gold", "overwrite": true});
        assert_eq!(set("ann", "plan", "gold", true).expect(200), json!({"field": field, "success": true}));
        let silent = json!({"success": false});
        assert_eq!(set("ann", "plan", "gold", true).expect(400), silent);
        assert_eq!(set("ann", "plan", "iron", false).expect(400), silent);
        assert_eq!(set("ann", "order", "7", true).expect(400), silent);
        let rid = text(&desk.chat("ann"), "/_id");
        set("ann", "order", "7", true).expect(200);
        assert_eq!(desk.room(&rid)["livechatData"], json!({"order": "7"}));
        let read = nobody.get("livechat/visitor/ann").expect(200);
        assert_eq!(read["visitor"]["livechatData"], json!({"plan": "gold"}));

        let all = |token: &str, fields: Value| nobody.post("livechat/custom.fields", &json!({"token": token, "customFields": fields}));
        let one = |key: &str, value: &str| json!({"key": key, "value": value, "overwrite": true});
        all("ann", json!([{"key": "plan", "value": "x"}])).refused_by_schema("must have required property 'overwrite'");
        all("x", json!([one("plan", "iron")])).refused(400, "invalid-token");
        all("ann", json!([one("none", "iron")])).refused(400, "invalid-custom-field");
        all("ann", json!([one("plan", "IRON")])).refused(400, "Invalid value for plan field");
        all("ann", json!([one("plan", "gold")])).refused(400, "error-setting-custom-field");
        let capital = |key: &str, value: &str| json!({"Key": key, "value": value, "overwrite": true});
        assert_eq!(
            all("ann", json!([one("plan", "iron"), one("order", "8")])).expect(200),
            json!({"fields": [capital("plan", "iron"), capital("order", "8")], "success": true})
        );

        // whether they are there, as their room and its place in the queue show it
        let status = |body: Value| nobody.post("livechat/visitor.status", &body);
        status(json!({"status": "away"})).refused(400, "Match error: Missing key 'token'");
        status(json!({"token": "ann", "status": 1})).refused(400, "Match error: Expected string, got number in field status");
        status(json!({"token": "ann", "status": "away", "x": 1})).refused(400, "Match error: Unknown key in field x");
        status(json!({"token": "x", "status": "away"})).refused_with_code("", "invalid-token");
        assert_eq!(status(json!({"token": "ann", "status": "away"})).expect(200), json!({"token": "ann", "status": "away", "success": true}));
        assert_eq!(desk.room(&rid)["v"]["status"], "away");
        assert_eq!(desk.inquiry(&rid)["v"]["status"], "away");
        assert_eq!(nobody.get("livechat/visitor/ann").expect(200)["visitor"]["status"], "online");

        // their name is that of their chat
        desk.visitor("ann", &json!({"name": "Ann"}));
        assert_eq!(desk.room(&rid)["fname"], "Ann");
        assert_eq!(desk.inquiry(&rid)["name"], "Ann");

        // they are forgotten, but not while they talk
        let forget = |token: &str| nobody.delete(&format!("livechat/visitor/{token}"), &json!({}));
        forget("x").refused_with_code("", "invalid-token");
        forget("ann").refused_with_code("Cannot remove visitors with opened rooms", "visitor-has-open-rooms");
        desk.say("ann", &rid, "my number is 0815");
        nobody.post("livechat/room.close", &json!({"rid": rid, "token": "ann"})).expect(200);
        let id = text(&read, "/visitor/_id");
        let gone = forget("ann").expect(200);
        assert_eq!(gone["visitor"]["_id"], json!(id));
        is_moment(&gone["visitor"]["ts"]);
        nobody.get("livechat/visitor/ann").refused_with_code("", "invalid-token");
        desk.admin.get(&format!("livechat/visitors.info?visitorId={id}")).refused(400, "visitor-not-found");
        assert_eq!(desk.admin.get(&format!("omnichannel/contact?contactId={id}")).expect(200)["contact"], Value::Null);
        assert_eq!(desk.admin.get("livechat/rooms?count=0").expect(200)["total"], 0);
        desk.admin.get(&format!("livechat/{rid}/messages")).refused(400, "invalid-room");
        // with open rooms, where what browsers say is kept
        let open = desk.new_chat("bob");
        desk.set("Livechat_Allow_collect_and_store_HTTP_header_informations", true);
        forget("bob").expect(200);
        assert_eq!(desk.inquiry(&open), Value::Null);
        // the token is free again, for someone who is somebody else
        assert_ne!(desk.visitor("ann", &json!({}))["_id"], json!(id));
    }

    fn messages_from_elsewhere_and_another_department(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let nobody = desk.anyone();
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let help = desk.department("Help", &[&ben], &json!({}));
        desk.department("Empty", &[], &json!({}));

        let import = |client: &Client, body: Value| client.post("livechat/messages", &body);
        let body = json!({"visitor": {"token": "offline"}, "messages": [{"msg": "one"}, {"msg": "two"}]});
        assert_eq!(import(&nobody, body.clone()).status, 401);
        // an account alone speaks for nobody
        import(&desk.admin.person("uma", &["user"]), body.clone()).refused(403, "User does not have the permissions required for this action [error-unauthorized]");
        import(&amy.client, json!({"visitor": {"token": "offline"}, "messages": []})).refused_by_schema("must NOT have fewer than 1 items");
        let said = import(&amy.client, body.clone()).expect(200)["messages"].clone();
        let (words, one) = (said.as_array().unwrap(), &said[0]);
        assert_eq!((words.len(), names(one), &one["msg"]), (2, vec!["msg", "ts", "username"], &json!("one")));
        is_moment(&one["ts"]);
        import(&amy.client, body).expect(200);
        let rid = text(&desk.chat("offline"), "/_id");
        assert_eq!(desk.history("offline", &rid).iter().filter(|message| message.get("t").is_none()).count(), 4);

        // the deprecated way to another department
        desk.visitor("ann", &json!({"department": "Sales"}));
        desk.visitor("bob", &json!({}));
        let rid = text(&desk.chat("ann"), "/_id");
        let transfer = |token: &str, rid: &str, to: &str| {
            nobody.post("livechat/room.transfer", &json!({"token": token, "rid": rid, "department": to}))
        };
        transfer("x", &rid, &help).refused(400, "invalid-token");
        transfer("bob", &rid, &help).refused(400, "invalid-room");
        transfer("ann", &rid, "x").refused(400, "error-invalid-department");
        transfer("ann", &rid, &sales).refused(400, "error-forwarding-chat-same-department");
        let moved = transfer("ann", &rid, &help);
        for (name, value) in [("x-deprecation-type", "endpoint-deprecation"), ("x-deprecation-version", "7.0.0")] {
            assert_eq!(moved.header(name), Some(value));
        }
        assert!(moved.header("x-deprecation-message").is_some());
        let moved = moved.expect(200);
        assert_eq!(names(&moved["room"]), ["_id", "departmentId", "open", "servedBy", "t", "ts", "v"]);
        assert_eq!((&moved["room"]["departmentId"], &moved["room"]["servedBy"]["username"]), (&json!(help), &json!("ben")));
        let history = desk.admin.get(&format!("livechat/transfer.history/{rid}")).expect(200)["history"][0].clone();
        assert_eq!((&history["transferredBy"]["userType"], &history["scope"]), (&json!("visitor"), &json!("department")));
        assert_eq!(history["nextDepartment"], json!({"_id": help, "name": "Help"}));
        nobody.post("livechat/room.close", &json!({"rid": rid, "token": "ann"})).expect(200);
        transfer("ann", &rid, &sales).refused(400, "invalid-room");
    }
}

/// The two routes that a stranger may call, and cost something, are rationed apart.
#[test]
fn a_visitor_who_asks_too_often_learns_when_to_come_back() {
    let desk = Desk::open_with(HARK, hark_testkit::Engine::Sqlite, |setup| {
        setup.env("HARK_RATE_LIMIT", "on")
    });
    let nobody = desk.anyone();
    let header = |answer: &Response, name: &str| -> i64 {
        let value = answer.header(name).unwrap_or_else(|| panic!("no {name}"));
        value.parse().unwrap()
    };
    let register = |_: usize| {
        let visitor = json!({"visitor": {"token": "ann"}});
        nobody.post("livechat/visitor", &visitor)
    };
    let open = |_: usize| nobody.get("livechat/room?token=ann");
    let calls: [&dyn Fn(usize) -> Response; 2] = [&register, &open];
    for call in calls {
        for number in 1..=5 {
            let answer = call(0);
            assert_ne!(answer.status, 429);
            assert_eq!(header(&answer, "x-ratelimit-limit"), 5);
            assert_eq!(header(&answer, "x-ratelimit-remaining"), 5 - number);
            // milliseconds, not seconds
            assert!(header(&answer, "x-ratelimit-reset") > 1_700_000_000_000);
        }
        let late = call(0).expect(429);
        let words = text(&late, "/error");
        let start = "Error, too many requests. Please slow down. You must wait ";
        let end = " seconds before trying this endpoint again. [error-too-many-requests]";
        assert!(words.starts_with(start) && words.ends_with(end), "{words}");
    }
    // someone who may pass the limit passes this one too
    for _ in 0..6 {
        desk.admin.get("livechat/room?token=ann").expect(400);
    }
}

/// People of one company share an address: one who asks too often is not in the way of the others,
/// wherever they show their token, and all together may not ask without end.
#[test]
fn visitors_behind_one_address_are_rationed_apart() {
    let desk = Desk::open_with(HARK, hark_testkit::Engine::Sqlite, |setup| {
        setup.env("HARK_RATE_LIMIT", "on")
    });
    let nobody = desk.anyone();
    let left = |answer: &Response| -> i64 {
        let value = answer.header("x-ratelimit-remaining");
        value.expect("a route that is rationed").parse().unwrap()
    };
    let of_body = |token: &str| {
        nobody.post("livechat/page.visited", &json!({"token": token, "pageInfo": {"change": "url", "title": "x", "location": {"href": "https://example.org/"}}}))
    };
    let of_query = |token: &str| nobody.get(&format!("livechat/config?token={token}"));
    let of_path = |token: &str| nobody.get(&format!("livechat/visitor/{token}"));
    let of_member =
        |token: &str| nobody.post("livechat/visitor", &json!({"visitor": {"token": token}}));
    let of_header = |token: &str| {
        let visitor = nobody.with("x-visitor-token", token);
        visitor.post("livechat/upload/nowhere", &json!({}))
    };
    let calls: [&dyn Fn(&str) -> Response; 5] =
        [&of_body, &of_query, &of_path, &of_member, &of_header];
    for (call, limit) in calls.into_iter().zip([10, 10, 10, 5, 10]) {
        for used in 1..=limit {
            let answer = call("ann");
            assert_ne!(answer.status, 429);
            assert_eq!(left(&answer), limit - used);
        }
        assert_eq!(call("ann").status, 429);
        let other = call("bob");
        assert_ne!(other.status, 429);
        assert_eq!(left(&other), limit - 1);
    }
    let open = |token: &str| nobody.get(&format!("livechat/room?token={token}")).status;
    let refused = (0..101).map(|number| open(&number.to_string()) == 429);
    let refused: Vec<bool> = refused.collect();
    assert_eq!(refused.iter().position(|refused| *refused), Some(100));
    // who shows no token is counted by their address alone
    let late = nobody.get("livechat/config");
    assert_eq!((late.status, left(&late)), (200, 9));
}
