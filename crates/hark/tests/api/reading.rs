//! How far a chat was read: by its visitor, as their window says, and by those who work here.

use hark_testkit::{Client, Desk, Engine, Response, Socket, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;
use crate::rate_limits::with_limits;

const API: &str = "/api/hark/v1/";

fn desk(engine: Engine) -> Desk {
    let desk = Desk::open(HARK, engine);
    desk.set("Livechat_Routing_Method", "Manual_Selection");
    desk
}

fn tell(client: &Client, token: &str, rid: &str, message: &str) -> Response {
    let body = json!({"token": token, "rid": rid, "message": message});
    client.post(&format!("{API}widget/read"), &body)
}

fn reading(client: &Client, rid: &str) -> Response {
    client.get(&format!("{API}conversations/{rid}/reading"))
}

on_both_engines! {
    fn how_far_both_sides_have_read_is_known_and_only_grows(engine: Engine) {
        let desk = desk(engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let rid = desk.new_chat("ann");
        desk.take(&amy, &rid).expect(200);
        let anyone = desk.anyone();
        let mut console = Socket::of(&desk.server, &amy.client);
        let event = format!("{rid}/read");
        assert_eq!(console.subscribe("stream-hark-conversation", &event, &Value::Null)["msg"], "ready");
        let mut guest = Socket::greeted(&desk.server);
        assert_eq!(guest.subscribe("stream-hark-conversation", &event, &json!({"visitorToken": "ann"}))["msg"], "nosub");
        let says = |words: &str| {
            let body = json!({"message": {"rid": rid, "msg": words}});
            text(&amy.client.post("chat.sendMessage", &body).expect(200), "/message/_id")
        };
        assert_eq!(reading(&amy.client, &rid).expect(200)["visitor"], Value::Null);
        let (first, second) = (says("Good day"), says("How are you?"));
        let events = desk.database.events().len();
        let read = tell(&anyone, "ann", &rid, &second).expect(200);
        assert_eq!(read["message"], second);
        assert_eq!(console.event("stream-hark-conversation", &event), json!([{"by": "visitor", "reading": read}]));
        assert_eq!(reading(&amy.client, &rid).expect(200)["visitor"], read);
        // Nobody has read less than before, and nothing of it is in the log.
        assert_eq!(tell(&anyone, "ann", &rid, &first).expect(200), read);
        assert_eq!(tell(&anyone, "ann", &rid, &second).expect(200), read);
        assert_eq!(reading(&amy.client, &rid).expect(200)["visitor"], read);
        assert_eq!(desk.database.events().len(), events);

        // What is not theirs is none.
        let other = desk.new_chat("bob");
        let elsewhere = text(&desk.say("bob", &other, "hello"), "/_id");
        for (token, rid, message, detail) in [
            ("bob", &rid, &second, "invalid-room"),
            ("nobody", &rid, &second, "invalid-token"),
            ("ann", &other, &second, "invalid-room"),
            ("ann", &rid, &elsewhere, "invalid-message"),
            ("ann", &rid, &rid, "invalid-message"),
        ] {
            let refused = tell(&anyone, token, rid, message).expect(400);
            assert_eq!(refused["detail"], detail, "{token}");
        }

        // Those who work here read by the original's route.
        desk.say("ann", &rid, "Well");
        let shown = reading(&amy.client, &rid).expect(200);
        assert_eq!((&shown["agents"][0]["username"], &shown["agents"][0]["unread"]), (&json!("amy"), &json!(2)));
        amy.client.post("subscriptions.read", &json!({"rid": rid})).expect(200);
        let told = console.event("stream-hark-conversation", &event);
        let shown = reading(&amy.client, &rid).expect(200);
        assert_eq!(shown["agents"], json!([{"id": amy.id, "username": "amy", "at": told[0]["at"], "unread": 0}]));
        assert_eq!((&told[0]["by"], &told[0]["id"]), (&json!("agent"), &json!(amy.id)));
        assert!(told[0]["at"].is_string());

        // Their visitor hears of it as well, and how far it is, nothing more.
        let chat = "stream-livechat-room";
        assert_eq!(guest.subscribe(chat, &rid, &json!({"visitorToken": "ann"}))["msg"], "ready");
        desk.say("ann", &rid, "And?");
        amy.client.post("subscriptions.read", &json!({"rid": rid})).expect(200);
        let config = || anyone.get("livechat/config?token=ann").expect(200)["config"]["room"].clone();
        let heard = guest.event(chat, &rid);
        assert_eq!(heard, json!([{"type": "agentRead", "seenAt": config()["seenAt"]}]));
        assert_ne!(heard[0]["seenAt"], told[0]["at"]);
        assert_eq!(reading(&ben.client, &rid).expect(404)["detail"], "There is no such conversation");
    }
}

#[test]
fn a_visitor_who_reads_uses_up_nothing_of_what_they_may_send() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    admin.agent("amy");
    admin.set("Livechat_visitor_entries_per_day", 4);
    let (one, room) = server.visitor("t1");
    let say = |words: &str| {
        let body = json!({"token": "t1", "rid": room, "msg": words});
        one.post("livechat/message", &body)
    };
    let said = text(&say("one").expect(200), "/message/_id");
    for _ in 0..10 {
        tell(&one, "t1", &room, &said).expect(200);
    }
    say("two").expect(200);
    say("three").expect(400);
}
