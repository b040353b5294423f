//! Chats as wholes: how they are found and listed, passed on, given to somebody else and closed.

use std::sync::Barrier;
use std::thread;

use hark_testkit::{Agent, Client, Desk, Response, each, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

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

on_both_engines! {
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
}
