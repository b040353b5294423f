//! Who is in which room, what he has not read there, and what becomes of the chats of an agent who
//! goes; seen from outside.
#![expect(clippy::unwrap_used, reason = "tests")]

use hark_testkit::{Client, Response, Server, on_both_engines};
use serde_json::{Value, json};

const HARK: &str = env!("CARGO_BIN_EXE_hark");

fn api(path: &str) -> String {
    format!("/api/v1/{path}")
}

fn get(client: &Client, path: &str) -> Response {
    client.get(&api(path))
}

fn post(client: &Client, path: &str, body: &Value) -> Response {
    client.post(&api(path), body)
}

fn set(admin: &Client, id: &str, value: &Value) {
    post(admin, &format!("settings/{id}"), &json!({"value": value})).expect(200);
}

#[track_caller]
fn assert_error(answer: &Response, words: &str) {
    assert_eq!(
        answer.expect(400),
        json!({"success": false, "error": words})
    );
}

#[track_caller]
fn assert_error_of(answer: &Response, words: &str, kind: &str) {
    assert_eq!(
        answer.expect(400),
        json!({"success": false, "error": words, "errorType": kind})
    );
}

/// Someone who takes chats, and is there.
fn agent(admin: &Client, name: &str) -> Client {
    let agent = admin.person(name, &["user", "livechat-agent"]);
    post(&agent, "users.setStatus", &json!({"status": "online"})).expect(200);
    post(
        &agent,
        "livechat/agent.status",
        &json!({"status": "available"}),
    )
    .expect(200);
    agent
}

fn id_of(client: &Client) -> String {
    let me = get(client, "me").expect(200);
    me["_id"].as_str().unwrap().to_owned()
}

/// A visitor with an open chat: the room's id.
fn visit(server: &Server, token: &str) -> String {
    let visitor = server.client();
    let known = json!({"visitor": {"token": token, "name": "Ann"}});
    post(&visitor, "livechat/visitor", &known).expect(200);
    let opened = get(&visitor, &format!("livechat/room?token={token}")).expect(200);
    opened["room"]["_id"].as_str().unwrap().to_owned()
}

fn say_as_visitor(server: &Server, token: &str, rid: &str, text: &str) {
    let body = json!({"token": token, "rid": rid, "msg": text});
    post(&server.client(), "livechat/message", &body).expect(200);
}

fn channel(client: &Client, rid: &str) -> Value {
    get(client, &format!("channels.info?roomId={rid}")).expect(200)["channel"].clone()
}

/// The member of each item of a list, sorted.
fn each<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    let items = list.as_array().unwrap().iter();
    let mut found: Vec<&str> = items.map(|item| item[name].as_str().unwrap()).collect();
    found.sort_unstable();
    found
}

on_both_engines! {
    fn a_place_in_a_room_knows_what_is_unread(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = agent(&admin, "amy");
        let eve = admin.person("eve", &["user"]);
        let rid = visit(&server, "t1");
        let place = |client: &Client| {
            let one = get(client, &format!("subscriptions.getOne?roomId={rid}")).expect(200);
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
        assert_eq!(fresh["v"]["token"], "t1");
        assert_eq!(place(&eve), Value::Null);
        let missing = get(&amy, "subscriptions.getOne");
        assert_eq!(missing.expect(400)["error"], "must have required property 'roomId' [invalid-params]");

        post(&amy, "subscriptions.read", &json!({"rid": rid})).expect(200);
        let read = place(&amy);
        assert_eq!((&read["unread"], &read["alert"]), (&json!(0), &json!(false)));
        say_as_visitor(&server, "t1", &rid, "one");
        say_as_visitor(&server, "t1", &rid, "two");
        assert_eq!(place(&amy)["unread"], 2);
        post(&amy, "subscriptions.read", &json!({"roomId": rid, "readThreads": true})).expect(200);
        assert_eq!(place(&amy)["unread"], 0);
        post(&amy, "subscriptions.unread", &json!({"roomId": rid})).expect(200);
        assert_eq!(place(&amy)["alert"], true);
        assert_error(&post(&eve, "subscriptions.read", &json!({"rid": rid})), "error-invalid-subscription");
        assert_error(&post(&amy, "subscriptions.read", &json!({"rid": "x"})), "error-invalid-subscription");
        post(&amy, "subscriptions.read", &json!({})).expect(400);
        post(&eve, "subscriptions.unread", &json!({"roomId": rid})).expect(400);
        post(&amy, "subscriptions.unread", &json!({"firstUnreadMessage": {"_id": "x"}})).expect(400);

        let places = get(&amy, "subscriptions.get").expect(200);
        let mut both = vec!["GENERAL", rid.as_str()];
        both.sort_unstable();
        assert_eq!(each(&places["update"], "rid"), both);
        for place in places["update"].as_array().unwrap() {
            let kind = if place["rid"] == "GENERAL" { "c" } else { "l" };
            assert_eq!(place["t"], kind);
        }
        assert_eq!(places["remove"], json!([]));
        let late = "updatedSince=2999-01-01T00:00:00.000Z";
        let none = get(&amy, &format!("subscriptions.get?{late}")).expect(200);
        assert_eq!(none, json!({"update": [], "remove": [], "success": true}));
        let wrong = get(&amy, "subscriptions.get?updatedSince=x");
        assert_error_of(&wrong, "The \"lastUpdate\" query parameter must be a valid date. [error-roomId-param-invalid]", "error-roomId-param-invalid");

        let rooms = get(&amy, "rooms.get").expect(200);
        assert_eq!(each(&rooms["update"], "_id"), both);
        let live = rooms["update"].as_array().unwrap().iter().find(|room| room["t"] == "l").unwrap();
        assert_eq!(live["lastMessage"]["msg"], "two");
        assert_eq!(live["lastMessage"]["token"], "t1");
        let none = get(&amy, &format!("rooms.get?{late}")).expect(200);
        assert_eq!(none, json!({"update": [], "remove": [], "success": true}));
        let wrong = get(&amy, "rooms.get?updatedSince=x");
        assert_error_of(&wrong, "The \"updatedSince\" query parameter must be a valid date. [error-updatedSince-param-invalid]", "error-updatedSince-param-invalid");
        assert_eq!(each(&get(&eve, "rooms.get").expect(200)["update"], "_id"), ["GENERAL"]);
        set(&admin, "Store_Last_Message", &json!(false));
        let rooms = get(&amy, "rooms.get").expect(200);
        assert!(rooms["update"].as_array().unwrap().iter().all(|room| room.get("lastMessage").is_none()));
    }

    fn a_room_is_shown_to_whoever_may_see_it(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = agent(&admin, "amy");
        let eve = admin.person("eve", &["user"]);
        let guest = admin.person("gus", &["guest"]);
        let rid = visit(&server, "t1");
        say_as_visitor(&server, "t1", &rid, "secret");

        let info = |client: &Client, query: &str| get(client, &format!("rooms.info?{query}"));
        let of_rid = format!("roomId={rid}");
        let room = info(&amy, &of_rid).expect(200)["room"].clone();
        assert_eq!((&room["_id"], &room["lastMessage"]["msg"]), (&json!(rid), &json!("secret")));
        assert_error_of(&info(&eve, &of_rid), "not-allowed", "Not Allowed");
        assert_eq!(info(&eve, "roomName=general").expect(200)["room"]["_id"], "GENERAL");
        assert_error_of(&info(&guest, "roomId=GENERAL"), "not-allowed", "Not Allowed");
        let unknown = "The required \"roomId\" or \"roomName\" param provided does not match any channel [error-room-not-found]";
        assert_error_of(&info(&eve, "roomId=x"), unknown, "error-room-not-found");
        let missing = "The parameter \"roomId\" or \"roomName\" is required [error-roomid-param-not-provided]";
        assert_error_of(&info(&eve, ""), missing, "error-roomid-param-not-provided");

        let whole = channel(&amy, &rid);
        assert_eq!((&whole["v"]["token"], &whole["lastMessage"]["msg"]), (&json!("t1"), &json!("secret")));
        let part = channel(&eve, &rid);
        assert_eq!((&part["_id"], &part["open"]), (&json!(rid), &json!(true)));
        assert_eq!(part["servedBy"]["username"], "amy");
        assert!(part["v"].get("token").is_none() && part.get("lastMessage").is_none());
        assert_error(&get(&guest, "channels.info?roomId=GENERAL"), "error-not-allowed");
        assert_error_of(&get(&eve, "channels.info?roomId=x"), unknown, "error-room-not-found");
        assert_error_of(&get(&eve, "channels.info"), missing, "error-roomid-param-not-provided");
        let direct = post(&amy, "im.create", &json!({"username": "admin"})).expect(200);
        let direct = direct["room"]["_id"].as_str().unwrap();
        assert_error_of(&info(&eve, &format!("roomId={direct}")), "not-allowed", "Not Allowed");
        assert_error_of(&get(&eve, &format!("channels.info?roomId={direct}")), unknown, "error-room-not-found");

        let leave = |client: &Client, rid: &str| post(client, "rooms.leave", &json!({"roomId": rid}));
        assert_error_of(&leave(&amy, &rid), "A live chat cannot be left. Use the close button [error-not-allowed]", "error-not-allowed");
        assert_error(&leave(&amy, direct), "error-not-allowed");
        assert_error(&leave(&amy, "x"), "error-invalid-room");
        let before = channel(&eve, "GENERAL")["usersCount"].as_i64().unwrap();
        leave(&eve, "GENERAL").expect(200);
        assert_eq!(channel(&eve, "GENERAL")["usersCount"], before - 1);
        assert_eq!(leave(&eve, "GENERAL").expect(400)["errorType"], "error-user-not-in-room");
        assert_eq!(get(&eve, "rooms.get").expect(200)["update"], json!([]));
    }

    fn the_chats_of_an_agent_who_goes_are_closed_or_returned(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        set(&admin, "Livechat_Routing_Method", &json!("Manual_Selection"));
        set(&admin, "Livechat_accept_chats_with_no_agents", &json!(true));
        let serve = |agent: &Client, token: &str| {
            let rid = visit(&server, token);
            let body = json!({"roomId": rid, "userId": id_of(agent)});
            post(&admin, "livechat/room.forward", &body).expect(200);
            assert_eq!(channel(&admin, &rid)["servedBy"]["_id"], body["userId"]);
            rid
        };
        let assert_returned = |rid: &str| {
            let room = channel(&admin, rid);
            assert_eq!(room["open"], true, "{room}");
            assert!(room.get("servedBy").is_none(), "{room}");
            let queued = get(&admin, "livechat/inquiries.queuedForUser").expect(200);
            assert!(each(&queued["inquiries"], "rid").contains(&rid), "{queued}");
        };

        let amy = agent(&admin, "amy");
        let rid = serve(&amy, "t1");
        let body = json!({"userId": id_of(&amy), "activeStatus": false});
        post(&admin, "users.setActiveStatus", &body).expect(200);
        let room = channel(&admin, &rid);
        assert!(room.get("open").is_none());
        assert_eq!(room["closedBy"]["username"], "amy");
        assert_eq!(room["closer"], "user");
        let found = get(&admin, &format!("chat.search?roomId={rid}&searchText=deactivated")).expect(200);
        assert_eq!((&found["messages"][0]["t"], &found["messages"][0]["msg"]), (&json!("livechat-close"), &json!("Agent was deactivated")));

        let ben = agent(&admin, "ben");
        let rid = serve(&ben, "t2");
        let ben_id = id_of(&ben);
        admin.json("DELETE", &api(&format!("livechat/users/agent/{ben_id}")), &json!({})).expect(200);
        assert_returned(&rid);

        let cid = agent(&admin, "cid");
        let rid = serve(&cid, "t3");
        let body = json!({"roleId": "livechat-agent", "username": "cid"});
        post(&admin, "roles.removeUserFromRole", &body).expect(200);
        assert_returned(&rid);

        let dan = agent(&admin, "dan");
        let rid = serve(&dan, "t4");
        let body = json!({"userId": id_of(&dan), "data": {"roles": ["user"]}});
        post(&admin, "users.update", &body).expect(200);
        assert_returned(&rid);

        let fay = agent(&admin, "fay");
        let rid = serve(&fay, "t5");
        post(&admin, "users.delete", &json!({"userId": id_of(&fay)})).expect(200);
        assert_returned(&rid);
    }
}
