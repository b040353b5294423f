//! What is heard of chats, by whom, and by whom not.

use hark_testkit::form::file_part;
use hark_testkit::{Desk, Engine, Socket, on_both_engines, text};
use serde_json::{Value, json};

use super::{
    CHAT, MESSAGES, NOTICES, OWN, QUEUE, ROOM, awaits, console, hears, is_ready, kept, short,
    shown, window,
};
use crate::HARK;
use crate::pictures::PNG;

on_both_engines! {
    fn a_whole_chat_as_both_sides_hear_it(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let (mut to_amy, mut to_ben) = (console(&desk, &amy), console(&desk, &ben));
        let rid = desk.new_chat("guest");
        let queued = hears(&mut to_amy, &["queue added queued", "notification"]);
        hears(&mut to_ben, &["queue added queued", "notification"]);
        let inquiry = &queued[0]["fields"]["args"][0];
        assert_eq!((&inquiry["rid"], &inquiry["_id"]), (&json!(rid), &desk.inquiry(&rid)["_id"]));
        assert!(inquiry["ts"]["$date"].is_i64(), "{inquiry}");
        let bell = &queued[1]["fields"]["args"][0]["payload"];
        assert_eq!((&bell["rid"], &bell["type"]), (&json!(rid), &json!("l")));

        // what is said before anybody takes it stands beside its place
        desk.say("guest", &rid, "is anybody there?");
        for socket in [&mut to_amy, &mut to_ben] {
            let heard = hears(socket, &["queue changed queued"]);
            let place = &heard[0]["fields"]["args"][0];
            assert_eq!((&place["_id"], &place["lastMessage"]["msg"]), (&inquiry["_id"], &json!("is anybody there?")));
            assert_eq!(place["lastMessage"].get("token"), None, "{place}");
        }

        // taken
        let mut to_guest = window(&desk, "guest", &rid);
        assert!(is_ready(&to_amy.subscribe(MESSAGES, &rid, &Value::Null)));
        let activity = format!("{rid}/user-activity");
        assert!(is_ready(&to_amy.subscribe(NOTICES, &activity, &Value::Null)));
        let taken = to_amy.call("livechat:takeInquiry", &json!([inquiry["_id"], {"clientAction": true}]));
        assert_eq!(taken["result"]["servedBy"]["username"], "amy", "{taken}");
        let heard = hears(&mut to_amy, &[
            "queue changed taken", "subscriptions-changed inserted", "rooms-changed updated", "message command", "message uj",
        ]);
        let place = heard[1]["fields"]["args"][1].clone();
        assert_eq!(place["rid"], rid);
        hears(&mut to_ben, &["queue changed taken"]);
        let heard = hears(&mut to_guest, &["message command", "message uj", "agentData \"amy\""]);
        assert_eq!(heard[0]["fields"]["args"][0]["msg"], "connected");

        // words
        let said = desk.say("guest", &rid, "hello");
        let heard = hears(&mut to_guest, &["message hello"]);
        let message = &heard[0]["fields"]["args"][0];
        assert_eq!((&message["_id"], &message["u"]), (&said["_id"], &said["u"]));
        assert!(message["ts"]["$date"].is_i64(), "{message}");
        let heard = hears(&mut to_amy, &["message hello", "subscriptions-changed updated", "rooms-changed updated", "notification"]);
        assert_eq!(heard[1]["fields"]["args"][1]["unread"], 2);
        assert_eq!(heard[2]["fields"]["args"][1]["lastMessage"]["msg"], "hello");
        // read in one window, and shown as read in all
        to_amy.call("readMessages", &json!([rid]));
        let heard = hears(&mut to_amy, &["subscriptions-changed updated"]);
        assert_eq!(heard[0]["fields"]["args"][1]["unread"], 0);
        to_amy.call("readMessages", &json!([rid]));
        let answer = to_amy.call("sendMessage", &json!([{"rid": rid, "msg": "hi"}]));
        let id = answer["result"]["_id"].clone();
        hears(&mut to_amy, &["message hi", "subscriptions-changed updated", "rooms-changed updated"]);
        amy.client.post("chat.update", &json!({"roomId": rid, "msgId": id, "text": "hi there"})).expect(200);
        // How far agents have read is told, too.
        let heard = hears(&mut to_guest, &["agentRead null", "message hi", "message hi there"]);
        let edited = &heard[2]["fields"]["args"][0];
        assert_eq!((&edited["_id"], &edited["editedBy"]["username"]), (&id, &json!("amy")));
        amy.client.post("chat.delete", &json!({"roomId": rid, "msgId": id})).expect(200);
        assert_eq!(to_guest.event(NOTICES, &format!("{rid}/deleteMessage")), json!([{"_id": id}]));

        // writing, which its author does not hear
        let guest = text(&said, "/u/username");
        let writes = to_guest.call(NOTICES, &json!([activity, guest, ["user-typing"], {"token": "guest"}]));
        assert!(writes.get("error").is_none(), "{writes}");
        assert_eq!(to_amy.event(NOTICES, &activity), json!([guest, ["user-typing"], {}]));
        to_amy.call(NOTICES, &json!([activity, "amy", ["user-typing"]]));
        assert_eq!(to_guest.event(NOTICES, &activity), json!(["amy", ["user-typing"], {}]));
        to_amy.call(NOTICES, &json!([activity, "amy", []]));
        assert_eq!(to_guest.event(NOTICES, &activity), json!(["amy", [], {}]));
        for pretended in [json!([activity, guest, ["user-typing"]]), json!([activity, "ben", []]), json!([format!("{rid}/typing"), guest, true])] {
            assert!(to_amy.call(NOTICES, &pretended).get("error").is_some(), "{pretended}");
        }

        // how they can be reached
        amy.client.post("users.setStatus", &json!({"status": "busy", "message": ""})).expect(200);
        assert_eq!(to_guest.event(CHAT, &rid), json!([{"type": "agentStatus", "status": "busy"}]));
        let own = to_amy.event(OWN, &format!("{}/userData", amy.id));
        assert_eq!((&own[0]["type"], &own[0]["diff"]["status"]), (&json!("updated"), &json!("busy")));

        // forwarded
        let mut to_amy = console(&desk, &amy);
        desk.admin.post("livechat/room.forward", &json!({"roomId": rid, "userId": ben.id})).expect(200);
        let heard = hears(&mut to_amy, &["queue changed taken", "subscriptions-changed removed"]);
        let gone = &heard[1]["fields"]["args"][1];
        assert_eq!((&gone["_id"], &gone["rid"], &gone["u"]["_id"]), (&place["_id"], &json!(rid), &json!(amy.id)));
        hears(&mut to_ben, &["queue changed taken", "subscriptions-changed inserted", "rooms-changed updated", "subscriptions-changed updated", "rooms-changed updated"]);
        hears(&mut to_guest, &["message command", "message uj", "agentData \"ben\"", "message livechat_transfer_history", "message ul"]);

        // given back
        let back = to_ben.call("livechat:returnAsInquiry", &json!([rid]));
        assert_eq!(back["result"], true, "{back}");
        hears(&mut to_ben, &["subscriptions-changed removed", "queue changed queued", "notification"]);
        let heard = hears(&mut to_guest, &["message livechat_transfer_history", "message ul", "agentData null"]);
        assert_eq!(heard[2]["fields"]["args"], json!([{"type": "agentData"}]));

        // closed
        desk.take(&ben, &rid).expect(200);
        hears(&mut to_ben, &["queue changed taken", "subscriptions-changed inserted", "rooms-changed updated"]);
        hears(&mut to_guest, &["message command", "message uj", "agentData \"ben\""]);
        assert!(is_ready(&to_ben.subscribe(MESSAGES, &rid, &Value::Null)));
        assert!(is_ready(&to_ben.subscribe(ROOM, &rid, &Value::Null)));
        ben.client.post("livechat/room.closeByUser", &json!({"rid": rid, "comment": "done"})).expect(200);
        let heard = hears(&mut to_ben, &["queue removed", "subscriptions-changed removed", "message livechat-close", "room"]);
        assert_eq!(heard[0]["fields"]["args"][0]["_id"], inquiry["_id"]);
        let heard = hears(&mut to_guest, &["message livechat-close"]);
        assert_eq!(heard[0]["fields"]["args"][0]["msg"], "done");
        let late = to_guest.subscribe(MESSAGES, &rid, &shown("guest"));
        assert_eq!(late["error"]["error"], "not-allowed");
    }

    /// A token opens its own chat, a log-in what its owner may see, and neither anything else.
    fn nobody_hears_what_is_not_his(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let plain = desk.admin.person("ursula", &["user"]);
        let rid = desk.new_chat("guest");
        desk.take(&amy, &rid).expect(200);
        let other = desk.new_chat("other");
        let mut thief = window(&desk, "other", &other);
        let mut nobody = Socket::greeted(&desk.server);
        let mut to_plain = Socket::of(&desk.server, &plain);
        let mut to_ben = Socket::of(&desk.server, &ben.client);
        let refused = |socket: &mut Socket, stream: &str, event: &str, shown: &Value| {
            let answer = socket.subscribe(stream, event, shown);
            assert_eq!((&answer["msg"], &answer["error"]["error"]), (&json!("nosub"), &json!("not-allowed")), "{stream} {event}");
        };
        let activity = format!("{rid}/user-activity");
        let of_room = [(MESSAGES, rid.as_str()), (NOTICES, &activity), (CHAT, &rid), (ROOM, &rid)];
        for (stream, event) in of_room {
            for token in [json!("other"), json!(""), json!(null), json!({"$ne": null}), json!(["guest"])] {
                refused(&mut thief, stream, event, &json!({"token": token, "visitorToken": token}));
            }
            refused(&mut thief, stream, event, &Value::Null);
            refused(&mut nobody, stream, event, &shown("nobody"));
            refused(&mut to_plain, stream, event, &Value::Null);
            refused(&mut to_ben, stream, event, &Value::Null);
        }
        refused(&mut thief, ROOM, &other, &shown("other"));
        refused(&mut nobody, MESSAGES, "__my_messages__", &shown("guest"));
        let own = format!("{}/subscriptions-changed", amy.id);
        for socket in [&mut nobody, &mut to_ben] {
            refused(socket, OWN, &own, &shown("guest"));
        }
        for event in ["public", "department/x", "y"] {
            refused(&mut nobody, QUEUE, event, &Value::Null);
            refused(&mut to_plain, QUEUE, event, &Value::Null);
        }
        refused(&mut to_ben, QUEUE, "department/x", &Value::Null);
        refused(&mut nobody, "stream-notify-logged", "user-status", &Value::Null);
        let pretends = thief.call(NOTICES, &json!([activity, "guest-1", ["user-typing"], {"token": "other"}]));
        assert_eq!(pretends["error"]["error"], "not-allowed");
        // a subscription to all of one's rooms brings those of others only to who may see them
        assert!(is_ready(&to_plain.subscribe(MESSAGES, "__my_messages__", &Value::Null)));
        assert!(is_ready(&to_ben.subscribe(MESSAGES, "__my_messages__", &Value::Null)));

        desk.say("guest", &rid, "a secret");
        desk.say("other", &other, "mine");
        awaits(&mut thief, "message mine");
        awaits(&mut to_ben, "message mine");
        amy.client.post("chat.sendMessage", &json!({"message": {"rid": "GENERAL", "msg": "to all"}})).expect(200);
        awaits(&mut to_plain, "message to all");
        for socket in [&thief, &nobody, &to_plain, &to_ben] {
            let strange = |frame: &&Value| {
                let frame = frame.to_string();
                frame.contains(&rid) || frame.contains("a secret")
            };
            assert_eq!(socket.kept().iter().find(strange), None);
        }
    }

    /// What gave somebody the right is looked at again for each push.
    fn rights_end_while_someone_listens(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let rid = desk.new_chat("guest");
        desk.take(&amy, &rid).expect(200);
        let mut to_amy = Socket::of(&desk.server, &amy.client);
        let mut to_boss = Socket::of(&desk.server, &desk.admin);
        let mut to_ben = Socket::of(&desk.server, &ben.client);
        for socket in [&mut to_amy, &mut to_boss] {
            assert!(is_ready(&socket.subscribe(MESSAGES, &rid, &Value::Null)));
        }
        desk.say("guest", &rid, "one");
        awaits(&mut to_amy, "message one");
        // another has it now
        desk.admin.post("livechat/room.forward", &json!({"roomId": rid, "userId": ben.id})).expect(200);
        assert!(is_ready(&to_ben.subscribe(MESSAGES, &rid, &Value::Null)));
        desk.say("guest", &rid, "two");
        awaits(&mut to_ben, "message two");
        // amy would have heard the second before this answer, had it been sent to them
        let general = to_amy.subscribe(MESSAGES, "GENERAL", &Value::Null);
        assert!(is_ready(&general));
        ben.client.post("chat.sendMessage", &json!({"message": {"rid": "GENERAL", "msg": "to all"}})).expect(200);
        awaits(&mut to_amy, "message to all");
        let heard = kept(&to_amy);
        assert!(!heard.contains(&"message two".to_owned()), "{heard:?}");
        // a log-in that ended hears nothing more
        ben.client.post("logout", &json!({})).expect(200);
        desk.say("guest", &rid, "three");
        awaits(&mut to_boss, "message three");
        let refused = to_ben.call("rooms/get", &json!([]));
        assert_eq!(refused["error"]["error"], "error-invalid-user");
        let heard = kept(&to_ben);
        assert!(!heard.contains(&"message three".to_owned()), "{heard:?}");
    }

    fn those_who_wait_hear_their_places(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.set("Livechat_waiting_queue", true);
        desk.set("Livechat_waiting_queue_message", "Soon");
        let amy = desk.agent("amy");
        let rids = ["first", "second", "third"].map(|token| desk.new_chat(token));
        let mut to_second = window(&desk, "second", &rids[1]);
        let mut to_third = window(&desk, "third", &rids[2]);
        desk.take(&amy, &rids[0]).expect(200);
        awaits(&mut to_second, "place 1");
        let place = to_third.wait_for("place 2", |frame| frame["msg"] == "changed" && short(frame) == "place 2");
        assert_eq!(place["fields"]["args"][0]["data"]["message"]["text"], "Soon");
        // the one before them gives up
        desk.anyone().post("livechat/room.close", &json!({"token": "second", "rid": rids[1]})).expect(200);
        awaits(&mut to_third, "place 1");
        let config = desk.anyone().get("livechat/config?token=third").expect(200);
        assert_eq!(config["config"]["queueInfo"]["spot"], 1);
        // and the first comes back, who had been there before them
        desk.admin.method("livechat:returnAsInquiry", &json!([rids[0]]));
        awaits(&mut to_third, "place 2");
    }

    fn who_begins_to_listen_hears_their_place_where_there_is_a_queue(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let amy = desk.agent("amy");
        let rids = ["first", "second"].map(|token| desk.new_chat(token));
        let place_of = |token: &str| {
            let config = desk.anyone().get(&format!("livechat/config?token={token}")).expect(200);
            config["config"]["queueInfo"]["spot"].clone()
        };
        // no queue: nobody is told of places
        let mut to_second = window(&desk, "second", &rids[1]);
        desk.take(&amy, &rids[0]).expect(200);
        desk.say("second", &rids[1], "hello?");
        awaits(&mut to_second, "message hello?");
        let is_place = |frame: &Value| frame["fields"]["args"][0]["type"] == "queueData";
        assert!(!to_second.kept().iter().any(is_place), "{:?}", kept(&to_second));
        assert_eq!(place_of("second"), Value::Null);

        desk.set("Livechat_waiting_queue", true);
        assert_eq!(place_of("second"), 1);
        // the queue has moved before this window listens, and does not move again
        let mut late = window(&desk, "second", &rids[1]);
        awaits(&mut late, "place 1");
        // nobody who has an agent is told
        let mut served = window(&desk, "first", &rids[0]);
        desk.say("first", &rids[0], "thanks");
        awaits(&mut served, "message thanks");
        assert!(!served.kept().iter().any(is_place), "{:?}", kept(&served));
    }

    fn what_is_known_of_a_visitor_changes_where_they_are_seen(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        desk.field("size", "visitor", &json!({}));
        let rid = desk.new_chat("guest");
        let mut to_guest = window(&desk, "guest", &rid);
        let mut to_amy = console(&desk, &amy);
        let nobody = desk.anyone();
        let visitor = json!({"visitor": {"token": "guest", "name": "Gus", "email": "gus@example.org"}});
        nobody.post("livechat/visitor", &visitor).expect(200);
        let field = json!({"token": "guest", "key": "size", "value": "XL", "overwrite": true});
        nobody.post("livechat/custom.field", &field).expect(200);
        // said again, nothing is new
        nobody.post("livechat/visitor", &visitor).expect(200);
        let guest = nobody.get("livechat/visitor/guest").expect(200);
        let info = json!({"guestData": {"_id": guest["visitor"]["_id"], "name": "Gustav"}, "roomData": {"_id": rid}});
        amy.client.post("livechat/room.saveInfo", &info).expect(200);
        desk.say("guest", &rid, "hello");
        let of_visitor = |frame: &Value| frame["fields"]["args"][0]["type"] == "visitorData";
        let heard = [(); 3].map(|()| to_guest.wait_for("what is known of them", of_visitor));
        let last = &heard[2]["fields"]["args"][0]["visitor"];
        assert_eq!((&last["name"], &last["livechatData"]["size"]), (&json!("Gustav"), &json!("XL")));
        awaits(&mut to_guest, "message hello");
        assert!(!to_guest.kept().iter().any(of_visitor), "{:?}", kept(&to_guest));
        assert_eq!(last["token"], "guest");
        let heard = to_amy.wait_for("a place", |frame| {
            frame["msg"] == "changed" && short(frame).starts_with("subscriptions-changed")
        });
        assert_eq!(heard["fields"]["args"][1]["rid"], rid);
    }
}

/// A widget that is called can say no, though nobody can call it yet.
#[test]
fn a_call_is_declined() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    desk.agent("amy");
    let rid = desk.new_chat("guest");
    let mut to_guest = window(&desk, "guest", &rid);
    let call = format!("{rid}/call");
    let declined = to_guest.call(NOTICES, &json!([call, "decline"]));
    assert!(declined.get("error").is_none(), "{declined}");
    let else_said = to_guest.call(NOTICES, &json!([call, "accept"]));
    assert_eq!(else_said["error"]["error"], "not-allowed");
}

/// What is asked for may be far larger than what a client may send.
#[test]
fn a_long_history_comes_in_one_frame() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let amy = desk.agent("amy");
    let rid = desk.new_chat("guest");
    let words = "word ".repeat(900);
    for _ in 0..150 {
        desk.say("guest", &rid, &words);
    }
    let mut socket = Socket::of(&desk.server, &amy.client);
    let history = socket.call("loadHistory", &json!([rid, null, 1_000]));
    assert!(history.to_string().len() > 1_000_000);
    let messages = history["result"]["messages"].as_array().unwrap();
    assert_eq!(
        messages
            .iter()
            .filter(|message| message["t"].is_null())
            .count(),
        150
    );
    assert!(is_ready(&socket.subscribe(MESSAGES, &rid, &Value::Null)));
}

/// What becomes of people and of settings.
#[test]
fn changes_of_settings_are_sent_to_those_who_are_logged_in() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
    let mut to_amy = Socket::of(&desk.server, &amy.client);
    for event in [
        "user-status",
        "permissions-changed",
        "roles-change",
        "updateAvatar",
    ] {
        assert!(is_ready(&to_amy.subscribe(
            "stream-notify-logged",
            event,
            &Value::Null
        )));
    }
    let all = ("stream-notify-all", "public-settings-changed");
    let mut nobody = Socket::greeted(&desk.server);
    assert!(is_ready(&nobody.subscribe(all.0, all.1, &Value::Null)));
    let presence = "stream-user-presence";
    to_amy.send(&json!({"msg": "sub", "id": "p", "name": presence, "params": ["", {"added": [ben.id, amy.id]}]}));
    to_amy.wait_for("ready", |frame| frame["subs"] == json!(["p"]));
    let links = format!("{}/departmentAgentData", amy.id);
    assert!(is_ready(&to_amy.subscribe(OWN, &links, &Value::Null)));

    let mut to_ben = Socket::of(&desk.server, &ben.client);
    assert!(
        to_ben
            .call("UserPresence:away", &json!([]))
            .get("error")
            .is_none()
    );
    assert_eq!(to_amy.event(presence, &ben.id), json!([["ben", 2, ""]]));
    let heard = to_amy.event("stream-notify-logged", "user-status");
    assert_eq!(heard[0][0], json!(ben.id), "{heard}");
    assert_eq!(
        (&heard[0][1], &heard[0][2], &heard[0][4]),
        (&json!("ben"), &json!(2), &json!("ben"))
    );
    let picture = [file_part("image", "me.png", "image/png", PNG)];
    ben.client
        .send_form("users.setAvatar", &picture)
        .expect(200);
    let heard = to_amy.event("stream-notify-logged", "updateAvatar");
    let me = ben.client.get("me").expect(200);
    assert_eq!(
        heard,
        json!([{"username": "ben", "etag": me["avatarETag"]}])
    );
    // Another change of the account is none of the picture.
    let name = json!({"data": {"name": "Ben Field"}});
    ben.client
        .post("users.updateOwnBasicInfo", &name)
        .expect(200);
    ben.client.post("users.resetAvatar", &json!({})).expect(200);
    let heard = to_amy.event("stream-notify-logged", "updateAvatar");
    assert_eq!(heard, json!([{"username": "ben"}]));
    let sales = desk.department("Sales", &[&amy], &json!({}));
    let link = to_amy.event(OWN, &links);
    assert_eq!(
        (&link[0]["action"], &link[0]["departmentId"]),
        (&json!("inserted"), &json!(sales))
    );
    desk.set("Livechat_title", "Ask us");
    let heard = nobody.event(all.0, all.1);
    assert_eq!(
        (&heard[0], &heard[1]["_id"], &heard[1]["value"]),
        (
            &json!("updated"),
            &json!("Livechat_title"),
            &json!("Ask us")
        )
    );
    let grants = json!({"permissions": [{"_id": "view-c-room", "roles": ["admin", "user", "livechat-agent"]}]});
    desk.admin.post("permissions.update", &grants).expect(200);
    let heard = to_amy.event("stream-notify-logged", "permissions-changed");
    assert_eq!(
        (&heard[0], &heard[1]["_id"]),
        (&json!("updated"), &json!("view-c-room"))
    );
}

/// Widgets of before say of typing yes or no, under a name of its own.
#[test]
fn older_and_newer_widgets_hear_each_other_type() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let amy = desk.agent("amy");
    let rid = desk.new_chat("guest");
    let guest = text(&desk.room(&rid), "/v/username");
    let (newer, older) = (format!("{rid}/user-activity"), format!("{rid}/typing"));
    let mut console = Socket::of(&desk.server, &amy.client);
    assert!(is_ready(&console.subscribe(NOTICES, &newer, &Value::Null)));
    let mut widget = Socket::greeted(&desk.server);
    assert!(is_ready(&widget.subscribe(
        NOTICES,
        &older,
        &shown("guest")
    )));
    let mut second = Socket::greeted(&desk.server);
    assert!(is_ready(&second.subscribe(
        NOTICES,
        &older,
        &shown("guest")
    )));

    let by_guest = |writes: Value| json!([older, guest, writes, {"token": "guest"}]);
    for (writes, activities) in [(true, json!(["user-typing"])), (false, json!([]))] {
        let answer = widget.call(NOTICES, &by_guest(json!(writes)));
        assert!(answer.get("error").is_none(), "{answer}");
        assert_eq!(
            console.event(NOTICES, &newer),
            json!([guest, activities, {}])
        );
        assert_eq!(second.event(NOTICES, &older), json!([guest, writes]));
    }
    for (activities, writes) in [
        (json!(["user-typing", "user-recording"]), true),
        (json!(["user-uploading"]), false),
    ] {
        console.call(NOTICES, &json!([newer, "amy", activities]));
        assert_eq!(widget.event(NOTICES, &older), json!(["amy", writes]));
    }
    // its own words came to none of them, and what is neither yes nor no is passed on to nobody
    assert!(kept(&widget).is_empty() && kept(&console).is_empty());
    let odd = widget.call(NOTICES, &by_guest(json!(["user-typing"])));
    assert_eq!(odd["error"]["error"], 400, "{odd}");
    let mut stranger = Socket::greeted(&desk.server);
    let refused = stranger.subscribe(NOTICES, &older, &shown("another"));
    assert_eq!(refused["error"]["error"], "not-allowed", "{refused}");
}

/// The window of a visitor who said that it was theirs, before or after they registered.
#[test]
fn a_visitor_whose_window_closes_is_gone() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    desk.agent("amy");
    for is_known in [true, false] {
        let guest = format!("guest {is_known}");
        if is_known {
            desk.visitor(&guest, &json!({}));
        }
        let mut socket = Socket::greeted(&desk.server);
        let set_up = socket.call("livechat:setUpConnection", &json!([{"token": guest}]));
        assert!(set_up.get("error").is_none(), "{set_up}");
        desk.visitor(&guest, &json!({}));
        let rid = text(&desk.chat(&guest), "/_id");
        let known = socket.call("livechat:loginByToken", &json!([guest]));
        let room = desk.room(&rid);
        assert_eq!(text(&known, "/result/_id"), text(&room, "/v/_id"));
        assert_eq!(room["v"]["status"], "online");
        // another tab: the first is closed, and what it left to be written is
        let mut other = Socket::greeted(&desk.server);
        other.call("livechat:setUpConnection", &json!([{"token": guest}]));
        drop(socket);
        hark_testkit::eventually("the first tab to be gone", || {
            let metrics = desk.anyone().get("/metrics").text();
            metrics
                .lines()
                .any(|line| line == "hark_sockets 1")
                .then_some(())
        });
        desk.say(&guest, &rid, "still here");
        assert_eq!(desk.room(&rid)["v"]["status"], "online");
        // the last one closes, or is another's from now on
        if is_known {
            drop(other);
        } else {
            other.call("livechat:setUpConnection", &json!([{"token": "another"}]));
        }
        hark_testkit::eventually("them to be gone", || {
            (desk.room(&rid)["v"]["status"] == "offline").then_some(())
        });
    }
    let mut stranger = Socket::greeted(&desk.server);
    let endless = json!([{"token": "x".repeat(10_000)}]);
    let set_up = stranger.call("livechat:setUpConnection", &endless);
    assert!(set_up.get("error").is_none(), "{set_up}");
}
