//! Who is in which room, what they have not read there, and what becomes of the chats of an agent who
//! goes; seen from outside.

use hark_testkit::{Client, Desk, Server, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

fn say_as_visitor(server: &Server, token: &str, rid: &str, text: &str) {
    let body = json!({"token": token, "rid": rid, "msg": text});
    server.client().post("livechat/message", &body).expect(200);
}

fn channel(client: &Client, rid: &str) -> Value {
    client
        .get(&format!("channels.info?roomId={rid}"))
        .expect(200)["channel"]
        .clone()
}

/// The member of each item of a list, sorted.
fn sorted<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    let items = list.as_array().unwrap().iter();
    let mut found: Vec<&str> = items.map(|item| item[name].as_str().unwrap()).collect();
    found.sort_unstable();
    found
}

on_both_engines! {
    fn a_place_in_a_room_knows_what_is_unread(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.agent("amy").client;
        let eve = admin.person("eve", &["user"]);
        let rid = text(&server.visit("t1"), "/_id");
        let place = |client: &Client| {
            let one = client.get(&format!("subscriptions.getOne?roomId={rid}")).expect(200);
            one["subscription"].clone()
        };

        let fresh = place(&amy);
        for (name, value) in [
            ("rid", json!(rid)),
            ("t", json!("l")),
            ("name", json!("Ann")),
            ("fname", json!("Ann")),
            ("open", json!(true)),
            ("alert", json!(true)),
            ("unread", json!(1)),
            ("userMentions", json!(1)),
            ("groupMentions", json!(0)),
        ] {
            assert_eq!(fresh[name], value, "{name}");
        }
        assert_eq!(fresh["u"]["username"], "amy");
        assert_eq!(fresh["v"]["token"], format!("room:{rid}"));
        assert_eq!(place(&eve), Value::Null);
        let missing = amy.get("subscriptions.getOne");
        assert_eq!(missing.expect(400)["error"], "must have required property 'roomId' [invalid-params]");

        amy.post("subscriptions.read", &json!({"rid": rid})).expect(200);
        let read = place(&amy);
        assert_eq!((&read["unread"], &read["alert"]), (&json!(0), &json!(false)));
        say_as_visitor(&server, "t1", &rid, "one");
        say_as_visitor(&server, "t1", &rid, "two");
        assert_eq!(place(&amy)["unread"], 2);
        amy.post("subscriptions.read", &json!({"roomId": rid, "readThreads": true})).expect(200);
        assert_eq!(place(&amy)["unread"], 0);
        amy.post("subscriptions.unread", &json!({"roomId": rid})).expect(200);
        assert_eq!(place(&amy)["alert"], true);
        eve.post("subscriptions.read", &json!({"rid": rid})).refused(400, "error-invalid-subscription");
        amy.post("subscriptions.read", &json!({"rid": "x"})).refused(400, "error-invalid-subscription");
        amy.post("subscriptions.read", &json!({})).expect(400);
        eve.post("subscriptions.unread", &json!({"roomId": rid})).expect(400);
        amy.post("subscriptions.unread", &json!({"firstUnreadMessage": {"_id": "x"}})).expect(400);

        let places = amy.get("subscriptions.get").expect(200);
        let mut both = vec!["GENERAL", rid.as_str()];
        both.sort_unstable();
        assert_eq!(sorted(&places["update"], "rid"), both);
        for place in places["update"].as_array().unwrap() {
            let kind = if place["rid"] == "GENERAL" { "c" } else { "l" };
            assert_eq!(place["t"], kind);
        }
        assert_eq!(places["remove"], json!([]));
        let late = "updatedSince=2999-01-01T00:00:00.000Z";
        let none = amy.get(&format!("subscriptions.get?{late}")).expect(200);
        assert_eq!(none, json!({"update": [], "remove": [], "success": true}));
        let wrong = amy.get("subscriptions.get?updatedSince=x");
        wrong.refused_of("The \"lastUpdate\" query parameter must be a valid date. [error-roomId-param-invalid]", "error-roomId-param-invalid");

        let rooms = amy.get("rooms.get").expect(200);
        assert_eq!(sorted(&rooms["update"], "_id"), both);
        let live = rooms["update"].as_array().unwrap().iter().find(|room| room["t"] == "l").unwrap();
        assert_eq!(live["lastMessage"]["msg"], "two");
        assert_eq!(live["lastMessage"]["token"], format!("room:{rid}"));
        let none = amy.get(&format!("rooms.get?{late}")).expect(200);
        assert_eq!(none, json!({"update": [], "remove": [], "success": true}));
        let wrong = amy.get("rooms.get?updatedSince=x");
        wrong.refused_of("The \"updatedSince\" query parameter must be a valid date. [error-updatedSince-param-invalid]", "error-updatedSince-param-invalid");
        assert_eq!(sorted(&eve.get("rooms.get").expect(200)["update"], "_id"), ["GENERAL"]);
        admin.set("Store_Last_Message", false);
        let rooms = amy.get("rooms.get").expect(200);
        assert!(rooms["update"].as_array().unwrap().iter().all(|room| room.get("lastMessage").is_none()));
    }

    fn a_room_is_shown_to_anyone_who_may_see_it(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.agent("amy").client;
        let eve = admin.person("eve", &["user"]);
        let guest = admin.person("gus", &["guest"]);
        let rid = text(&server.visit("t1"), "/_id");
        say_as_visitor(&server, "t1", &rid, "secret");

        let info = |client: &Client, query: &str| client.get(&format!("rooms.info?{query}"));
        let of_rid = format!("roomId={rid}");
        let room = info(&amy, &of_rid).expect(200)["room"].clone();
        assert_eq!((&room["_id"], &room["lastMessage"]["msg"]), (&json!(rid), &json!("secret")));
        info(&eve, &of_rid).refused_of("not-allowed", "Not Allowed");
        assert_eq!(info(&eve, "roomName=general").expect(200)["room"]["_id"], "GENERAL");
        info(&guest, "roomId=GENERAL").refused_of("not-allowed", "Not Allowed");
        let unknown = "The required \"roomId\" or \"roomName\" param provided does not match any channel [error-room-not-found]";
        info(&eve, "roomId=x").refused_of(unknown, "error-room-not-found");
        let missing = "The parameter \"roomId\" or \"roomName\" is required [error-roomid-param-not-provided]";
        info(&eve, "").refused_of(missing, "error-roomid-param-not-provided");

        let whole = channel(&amy, &rid);
        assert_eq!((&whole["v"]["token"], &whole["lastMessage"]["msg"]), (&json!(format!("room:{rid}")), &json!("secret")));
        eve.get(&format!("channels.info?roomId={rid}")).refused_of(unknown, "error-room-not-found");
        guest.get("channels.info?roomId=GENERAL").refused(400, "error-not-allowed");
        eve.get("channels.info?roomId=x").refused_of(unknown, "error-room-not-found");
        eve.get("channels.info").refused_of(missing, "error-roomid-param-not-provided");
        let direct = amy.post("im.create", &json!({"username": "admin"})).expect(200);
        let direct = direct["room"]["_id"].as_str().unwrap();
        info(&eve, &format!("roomId={direct}")).refused_of("not-allowed", "Not Allowed");
        eve.get(&format!("channels.info?roomId={direct}")).refused_of(unknown, "error-room-not-found");

        let leave = |client: &Client, rid: &str| client.post("rooms.leave", &json!({"roomId": rid}));
        leave(&amy, &rid).refused_of("A live chat cannot be left. Use the close button [error-not-allowed]", "error-not-allowed");
        leave(&amy, direct).refused(400, "error-not-allowed");
        leave(&amy, "x").refused(400, "error-invalid-room");
        let before = channel(&eve, "GENERAL")["usersCount"].as_i64().unwrap();
        leave(&eve, "GENERAL").expect(200);
        assert_eq!(channel(&eve, "GENERAL")["usersCount"], before - 1);
        assert_eq!(leave(&eve, "GENERAL").expect(400)["errorType"], "error-user-not-in-room");
        assert_eq!(eve.get("rooms.get").expect(200)["update"], json!([]));
    }

    fn the_chats_of_an_agent_who_goes_are_closed_or_returned(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        admin.set("Livechat_Routing_Method", "Manual_Selection");
        admin.set("Livechat_accept_chats_with_no_agents", true);
        let serve = |agent: &Client, token: &str| {
            let rid = text(&server.visit(token), "/_id");
            let body = json!({"roomId": rid, "userId": agent.id()});
            admin.post("livechat/room.forward", &body).expect(200);
            assert_eq!(channel(&admin, &rid)["servedBy"]["_id"], body["userId"]);
            rid
        };
        let assert_returned = |rid: &str| {
            let room = channel(&admin, rid);
            assert_eq!(room["open"], true, "{room}");
            assert!(room.get("servedBy").is_none(), "{room}");
            let queued = admin.get("livechat/inquiries.queuedForUser").expect(200);
            assert!(sorted(&queued["inquiries"], "rid").contains(&rid), "{queued}");
        };

        let amy = admin.agent("amy").client;
        let rid = serve(&amy, "t1");
        let body = json!({"userId": amy.id(), "activeStatus": false});
        admin.post("users.setActiveStatus", &body).expect(200);
        let room = channel(&admin, &rid);
        assert!(room.get("open").is_none());
        assert_eq!(room["closedBy"]["username"], "amy");
        assert_eq!(room["closer"], "user");
        let found = admin.get(&format!("chat.search?roomId={rid}&searchText=deactivated")).expect(200);
        assert_eq!((&found["messages"][0]["t"], &found["messages"][0]["msg"]), (&json!("livechat-close"), &json!("Agent was deactivated")));

        let ben = admin.agent("ben").client;
        let rid = serve(&ben, "t2");
        let ben_id = ben.id();
        admin.delete(&format!("livechat/users/agent/{ben_id}"), &json!({})).expect(200);
        assert_returned(&rid);

        let cid = admin.agent("cid").client;
        let rid = serve(&cid, "t3");
        let body = json!({"roleId": "livechat-agent", "username": "cid"});
        admin.post("roles.removeUserFromRole", &body).expect(200);
        assert_returned(&rid);

        let dan = admin.agent("dan").client;
        let rid = serve(&dan, "t4");
        let body = json!({"userId": dan.id(), "data": {"roles": ["user"]}});
        admin.post("users.update", &body).expect(200);
        assert_returned(&rid);

        let fay = admin.agent("fay").client;
        let rid = serve(&fay, "t5");
        admin.post("users.delete", &json!({"userId": fay.id()})).expect(200);
        assert_returned(&rid);
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
}
