//! What is heard at other nodes.

use hark_testkit::{Database, Desk, Engine, Server, Setup, Socket, text};
use serde_json::{Value, json};

use super::{MESSAGES, NOTICES, is_ready, kept, short, shown, window};
use crate::HARK;

/// Another server on the same database, with a folder of its own.
pub(super) fn second_node(desk: &Desk) -> (Server, Database) {
    let node = desk.database.other_node();
    (Setup::new(HARK).on(&node).start(), node)
}

/// Who writes at one node is seen at another, by those who may see it, and nobody keeps it.
#[test]
fn writing_is_seen_at_other_nodes_on_postgres() {
    let desk = Desk::open(HARK, Engine::Postgres);
    let amy = desk.agent("amy");
    let (two, _node) = second_node(&desk);
    let rid = desk.new_chat("guest");
    let activity = format!("{rid}/user-activity");
    let mut to_guest = window(&desk, "guest", &rid);
    let mut to_amy = Socket::of(&two, &amy.client);
    assert!(is_ready(&to_amy.subscribe(
        NOTICES,
        &activity,
        &Value::Null
    )));
    let log = desk.database.events().len();
    let writes = json!([activity, "amy", ["user-typing"]]);
    let heard = json!(["amy", ["user-typing"], {}]);
    to_amy.call(NOTICES, &writes);
    assert_eq!(to_guest.event(NOTICES, &activity), heard);
    to_amy.call(NOTICES, &json!([activity, "amy", []]));
    assert_eq!(to_guest.event(NOTICES, &activity), json!(["amy", [], {}]));
    let older = format!("{rid}/typing");
    assert!(is_ready(&to_guest.subscribe(
        NOTICES,
        &older,
        &shown("guest")
    )));
    to_amy.call(NOTICES, &writes);
    assert_eq!(to_guest.event(NOTICES, &older), json!(["amy", true]));
    let guest = text(
        &desk.anyone().get("livechat/visitor/guest").value(),
        "/visitor/username",
    );
    let shows = json!({"token": "guest"});
    to_guest.call(NOTICES, &json!([activity, guest, ["user-typing"], shows]));
    assert_eq!(
        to_amy.event(NOTICES, &activity),
        json!([guest, ["user-typing"], {}])
    );
    assert_eq!(desk.database.events().len(), log);
    // nobody hears themselves, here or by way of the other node
    to_amy.call("livechat:getRoutingConfig", &json!([]));
    assert!(kept(&to_amy).is_empty(), "{:?}", to_amy.kept());
}

/// Two nodes on one database: who is connected to one hears what was said at the other.
#[test]
fn two_nodes_send_the_same_on_postgres() {
    let desk = Desk::open(HARK, Engine::Postgres);
    let amy = desk.agent("amy");
    let (two, _node) = second_node(&desk);
    let rid = desk.new_chat("guest");
    let mut to_guest = window(&desk, "guest", &rid);
    let mut to_amy = Socket::of(&two, &amy.client);
    assert!(is_ready(&to_amy.subscribe(MESSAGES, &rid, &Value::Null)));
    let wanted: Vec<String> = (0..50).map(|number| format!("message {number}")).collect();
    let beside = amy.client.at(two.address());
    for number in 0..50 {
        match number % 2 {
            0 => drop(desk.say("guest", &rid, &number.to_string())),
            _ => {
                let message = json!({"message": {"rid": rid, "msg": number.to_string()}});
                beside.post("chat.sendMessage", &message).expect(200);
            }
        }
    }
    for socket in [&mut to_guest, &mut to_amy] {
        let frames = socket.up_to("the last", |frame| {
            frame["msg"] == "changed" && short(frame) == "message 49"
        });
        let pushes = frames.iter().filter(|frame| frame["msg"] == "changed");
        // what was before they subscribed may still have been on its way
        let heard: Vec<String> = pushes
            .map(short)
            .filter(|heard| wanted.contains(heard))
            .collect();
        assert_eq!(heard, wanted);
    }
}
