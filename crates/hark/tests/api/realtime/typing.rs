//! Who writes, said and heard without a socket.

use hark_testkit::{Client, Desk, Engine, Response, Socket, eventually, on_both_engines};
use serde_json::{Value, json};

use super::nodes::second_node;
use super::{NOTICES, is_ready, window};
use crate::HARK;

fn as_staff(client: &Client, rid: &str, body: &Value) -> Response {
    client.post(&format!("/api/hark/v1/conversations/{rid}/typing"), body)
}

fn as_visitor(client: &Client, rid: &str, token: &str, more: Option<bool>) -> Response {
    let mut body = json!({"token": token, "rid": rid});
    if let Some(writes) = more {
        body["typing"] = json!(writes);
    }
    client.post("/api/hark/v1/widget/typing", &body)
}

fn names(answer: &Response) -> Vec<String> {
    let names = answer.expect(200)["usernames"].clone();
    serde_json::from_value(names).unwrap()
}

on_both_engines! {
    fn who_writes_is_said_and_heard_without_a_socket(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let rid = desk.new_chat("guest");
        desk.take(&amy, &rid).expect(200);
        let anyone = desk.anyone();
        let guest = desk.room(&rid)["v"]["username"].as_str().unwrap().to_owned();
        let activity = format!("{rid}/user-activity");
        let log = desk.database.events().len();
        // One without a socket is heard by one who has one, and by one who has none.
        let mut socket = window(&desk, "guest", &rid);
        assert_eq!(names(&as_staff(&amy.client, &rid, &json!({"typing": true}))), [] as [&str; 0]);
        assert_eq!(socket.event(NOTICES, &activity), json!(["amy", ["user-typing"], {}]));
        assert_eq!(names(&as_visitor(&anyone, &rid, "guest", Some(true))), ["amy"]);
        assert_eq!(names(&as_staff(&amy.client, &rid, &json!({}))), [&*guest]);
        // Other windows of the same visitor hear it, and know the name.
        assert_eq!(socket.event(NOTICES, &activity), json!([guest, ["user-typing"], {}]));
        as_staff(&amy.client, &rid, &json!({"typing": false})).expect(200);
        assert_eq!(socket.event(NOTICES, &activity), json!(["amy", [], {}]));
        assert_eq!(names(&as_visitor(&anyone, &rid, "guest", None)), [] as [&str; 0]);
        // What was said over a socket is heard without one.
        let mut to_amy = Socket::of(&desk.server, &amy.client);
        to_amy.call(NOTICES, &json!([activity, "amy", ["user-typing"]]));
        assert_eq!(names(&as_visitor(&anyone, &rid, "guest", Some(false))), ["amy"]);
        assert_eq!(names(&as_staff(&amy.client, &rid, &json!({}))), [] as [&str; 0]);
        // Nobody else says or hears it, and nothing is kept.
        assert_eq!(as_staff(&ben.client, &rid, &json!({"typing": true})).status, 404);
        assert_eq!(as_staff(&amy.client, "x", &json!({})).status, 404);
        assert_eq!(as_staff(&anyone, &rid, &json!({})).status, 401);
        for (rid, token) in [(&*rid, "other"), ("x", "guest")] {
            let refused = as_visitor(&anyone, rid, token, Some(true));
            assert!((400..500).contains(&refused.status), "{refused:?}");
        }
        assert_eq!(names(&as_staff(&amy.client, &rid, &json!({}))), [] as [&str; 0]);
        assert_eq!(desk.database.events().len(), log);
    }
}

#[test]
fn writing_at_another_node_is_heard_without_a_socket_on_postgres() {
    let desk = Desk::open(HARK, Engine::Postgres);
    desk.set("Livechat_Routing_Method", "Manual_Selection");
    let amy = desk.agent("amy");
    let (two, _node) = second_node(&desk);
    let rid = desk.new_chat("guest");
    desk.take(&amy, &rid).expect(200);
    let mut to_amy = Socket::of(&two, &amy.client);
    let activity = format!("{rid}/user-activity");
    assert!(is_ready(&to_amy.subscribe(
        NOTICES,
        &activity,
        &Value::Null
    )));
    to_amy.call(NOTICES, &json!([activity, "amy", ["user-typing"]]));
    eventually("the other node knows", || {
        let heard = names(&as_visitor(&desk.anyone(), &rid, "guest", None));
        (heard == ["amy"]).then_some(())
    });
}
