//! What people who work here say and read, seen from outside.
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
fn assert_error(answer: &Response, status: u16, words: &str) {
    assert_eq!(
        answer.expect(status),
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

fn each<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item[name].as_str().unwrap()).collect()
}

fn ids(list: &Value) -> Vec<&str> {
    each(list, "_id")
}

fn texts(list: &Value) -> Vec<&str> {
    each(list, "msg")
}

/// Calls a method of the real-time API and answers its frame.
fn method(client: &Client, name: &str, params: &Value) -> Value {
    let frame = json!({"msg": "method", "id": "1", "method": name, "params": params});
    let body = json!({"message": frame.to_string()});
    let path = format!("method.call/{}", name.replace('/', "%2F"));
    let answer = post(client, &path, &body).expect(200);
    serde_json::from_str(answer["message"].as_str().unwrap()).unwrap()
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

/// A visitor with an open chat: the room.
fn visit(server: &Server, token: &str) -> Value {
    let visitor = server.client();
    let known = json!({"visitor": {"token": token, "name": "Ann"}});
    post(&visitor, "livechat/visitor", &known).expect(200);
    let opened = get(&visitor, &format!("livechat/room?token={token}"));
    opened.expect(200)["room"].clone()
}

fn is_moment(value: &Value) -> bool {
    value["$date"].is_i64()
}

on_both_engines! {
    fn an_agent_answers_and_gives_back(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = agent(&admin, "amy");
        let eve = admin.person("eve", &["user"]);
        let room = visit(&server, "t1");
        let rid = room["_id"].as_str().unwrap();
        assert_eq!(room["servedBy"]["username"], "amy");

        let message = json!({"rid": rid, "msg": "hello", "_id": "m1"});
        let said = post(&amy, "chat.sendMessage", &json!({"message": message})).expect(200);
        assert_eq!(said["message"]["_id"], "m1");
        assert_eq!(said["message"]["msg"], "hello");
        assert_eq!(said["message"]["u"]["username"], "amy");
        assert!(said["message"]["ts"].is_string());
        let again = post(&amy, "chat.sendMessage", &json!({"message": message})).expect(200);
        assert_eq!(again, said);
        assert_error(&post(&eve, "chat.sendMessage", &json!({"message": message})), 400, "error-not-allowed");

        let history = method(&amy, "loadHistory", &json!([rid, null, 50, {"$date": 0}]));
        assert_eq!(history["msg"], "result");
        let newest = &history["result"]["messages"][0];
        assert_eq!(newest["_id"], "m1");
        assert!(is_moment(&newest["ts"]), "{newest}");
        assert_eq!(method(&eve, "loadHistory", &json!([rid]))["result"], false);

        assert_eq!(method(&eve, "livechat:returnAsInquiry", &json!([rid]))["error"]["error"], "error-not-allowed");
        assert_eq!(method(&amy, "livechat:returnAsInquiry", &json!([rid]))["result"], true);
        assert_eq!(method(&admin, "livechat:returnAsInquiry", &json!([rid]))["result"], false);
        assert_eq!(method(&amy, "livechat:returnAsInquiry", &json!(["x"]))["error"]["error"], "error-invalid-room");
    }

    fn messages_are_written_changed_and_marked(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = agent(&admin, "amy");
        let eve = admin.person("eve", &["user"]);
        let bot = admin.person("robo", &["bot"]);
        let room = visit(&server, "t1");
        let rid = room["_id"].as_str().unwrap();
        let send = |client: &Client, message: Value| {
            post(client, "chat.sendMessage", &json!({"message": message}))
        };

        let missing = post(&amy, "chat.sendMessage", &json!({"message": null}));
        assert_error_of(&missing, "The \"message\" parameter must be provided. [error-invalid-params]", "error-invalid-params");
        assert_error(&send(&amy, json!({"rid": rid, "t": "uj"})), 400, "Cannot send system messages using 'chat.sendMessage'");
        assert_error(&send(&amy, json!({"rid": "x", "msg": "x"})), 400, "error-invalid-room");
        assert_error(&send(&eve, json!({"rid": rid, "msg": "x"})), 400, "error-not-allowed");
        let long = send(&amy, json!({"rid": rid, "msg": "x".repeat(5001)}));
        assert_error_of(&long, "Message size exceeds Message_MaxAllowedSize [error-message-size-exceeded]", "error-message-size-exceeded");
        assert_error(&send(&amy, json!({"rid": rid, "msg": "x", "alias": "Boss"})), 400, "Not enough permission");
        let alias = send(&bot, json!({"rid": "GENERAL", "msg": "x", "alias": "Boss"})).expect(200);
        assert_eq!(alias["message"]["alias"], "Boss");
        assert_eq!(send(&amy, json!({"rid": rid, "attachments": "x"})).expect(400)["errorType"], "error-invalid-attachments");
        send(&amy, json!({"rid": rid, "msg": "x", "tmid": "nothing"})).expect(400);
        assert_error(&send(&amy, json!({"msg": "x"})), 400, "The 'rid' property on the message object is missing.");

        let first = send(&amy, json!({"rid": rid, "_id": "m1", "msg": "first", "attachments": [{"text": "a"}]})).expect(200);
        assert_eq!(first["message"]["attachments"], json!([{"text": "a"}]));
        assert_eq!(first["message"]["md"][0]["type"], "PARAGRAPH");
        let reply = send(&amy, json!({"rid": rid, "_id": "m2", "msg": "reply", "tmid": "m1"})).expect(200);
        assert_eq!(reply["message"]["tmid"], "m1");

        let change = |client: &Client, rid: &str, id: &str, text: &str| {
            post(client, "chat.update", &json!({"roomId": rid, "msgId": id, "text": text}))
        };
        let changed = change(&amy, rid, "m1", "second").expect(200);
        assert_eq!(changed["message"]["msg"], "second");
        assert_eq!(changed["message"]["editedBy"]["username"], "amy");
        assert_error(&change(&amy, rid, "x", "y"), 400, "No message found with the id of \"x\".");
        assert_error(&change(&amy, "GENERAL", "m1", "y"), 400, "The room id provided does not match where the message is from.");
        assert_error(&change(&eve, rid, "m1", "y"), 400, "error-not-allowed");
        let short = post(&amy, "chat.update", &json!({"roomId": rid}));
        assert_eq!(short.expect(400)["error"], "must have required property 'msgId' [invalid-params]");

        let read = |client: &Client, query: &str| get(client, &format!("chat.getMessage{query}"));
        assert_eq!(read(&amy, "?msgId=m1").expect(200)["message"]["msg"], "second");
        assert_error(&read(&amy, ""), 400, "The \"msgId\" query parameter must be provided.");
        assert_eq!(read(&amy, "?msgId=x").expect(400), json!({"success": false}));
        assert_error(&read(&eve, "?msgId=m1"), 400, "error-not-allowed");

        let found = get(&amy, &format!("chat.search?roomId={rid}&searchText=SEC")).expect(200);
        assert_eq!(ids(&found["messages"]), ["m1"]);
        let missing = get(&amy, "chat.search?searchText=a");
        assert_error_of(&missing, "The required \"roomId\" query param is missing. [error-roomId-param-not-provided]", "error-roomId-param-not-provided");
        assert_error(&get(&eve, &format!("chat.search?roomId={rid}&searchText=SEC")), 400, "error-not-allowed");

        let mark = |client: &Client, route: &str, more: Value| {
            let mut body = json!({"messageId": "m1"});
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            post(client, &format!("chat.{route}"), &body)
        };
        mark(&amy, "react", json!({"emoji": ":smile:"})).expect(200);
        mark(&admin, "react", json!({"reaction": "smile", "shouldReact": true})).expect(200);
        mark(&amy, "starMessage", json!({})).expect(200);
        let pinned = mark(&admin, "pinMessage", json!({})).expect(200);
        assert_eq!(pinned["message"]["pinned"], true);
        assert_error(&mark(&amy, "pinMessage", json!({})), 400, "error-action-not-allowed");
        let message = read(&amy, "?msgId=m1").expect(200)["message"].clone();
        assert_eq!(message["reactions"], json!({":smile:": {"usernames": ["amy", "admin"]}}));
        assert_eq!(message["starred"].as_array().unwrap().len(), 1);
        assert_eq!(message["pinnedBy"]["username"], "admin");
        mark(&amy, "react", json!({"emoji": ":smile:", "shouldReact": false})).expect(200);
        mark(&amy, "unStarMessage", json!({})).expect(200);
        mark(&admin, "unPinMessage", json!({})).expect(200);
        let message = read(&amy, "?msgId=m1").expect(200)["message"].clone();
        assert_eq!(message["reactions"], json!({":smile:": {"usernames": ["admin"]}}));
        assert_eq!((&message["starred"], &message["pinned"]), (&json!([]), &json!(false)));
        for route in ["react", "starMessage", "unStarMessage", "pinMessage", "unPinMessage"] {
            let gone = post(&amy, &format!("chat.{route}"), &json!({"messageId": "x", "emoji": ":a:"}));
            assert_error_of(&gone, "The provided \"messageId\" does not match any existing message. [error-message-not-found]", "error-message-not-found");
            let none = post(&amy, &format!("chat.{route}"), &json!({}));
            assert_eq!(none.expect(400)["errorType"], "error-messageid-param-not-provided");
            assert_error(&mark(&eve, route, json!({"emoji": ":a:"})), 400, "error-not-allowed");
        }
        assert_eq!(mark(&amy, "react", json!({})).expect(400)["errorType"], "error-emoji-param-not-provided");

        let remove = |client: &Client, rid: &str, id: &str| {
            post(client, "chat.delete", &json!({"roomId": rid, "msgId": id}))
        };
        assert_error(&remove(&eve, rid, "m2"), 400, "error-not-allowed");
        assert_error(&remove(&amy, "GENERAL", "m2"), 400, "The room id provided does not match where the message is from.");
        let removed = remove(&amy, rid, "m2").expect(200);
        assert_eq!(removed["_id"], "m2");
        assert!(removed["ts"].as_str().unwrap().parse::<i64>().is_ok());
        assert_eq!(removed["message"]["u"]["username"], "amy");
        assert_error(&remove(&amy, rid, "m2"), 400, "No message found with the id of \"m2\".");

        let sync = |client: &Client, query: &str| get(client, &format!("chat.syncMessages{query}"));
        let news = sync(&amy, &format!("?roomId={rid}&lastUpdate=2020-01-01T00:00:00.000Z")).expect(200);
        assert!(ids(&news["result"]["updated"]).contains(&"m1"));
        assert_eq!(ids(&news["result"]["deleted"]), ["m2"]);
        assert_error_of(&sync(&amy, ""), "The required \"roomId\" query param is missing. [error-roomId-param-not-provided]", "error-roomId-param-not-provided");
        assert_error_of(&sync(&amy, &format!("?roomId={rid}")), "The required \"lastUpdate\" query param is missing. [error-lastUpdate-param-not-provided]", "error-lastUpdate-param-not-provided");
        assert_eq!(sync(&amy, &format!("?roomId={rid}&lastUpdate=x")).expect(400)["errorType"], "error-roomId-param-invalid");
        assert_error(&sync(&eve, &format!("?roomId={rid}&lastUpdate=2020-01-01T00:00:00.000Z")), 400, "error-not-allowed");
        let page = sync(&amy, &format!("?roomId={rid}&type=UPDATED&next=0&count=1")).expect(200);
        assert_eq!(page["result"]["updated"].as_array().unwrap().len(), 1);
        let next = page["result"]["cursor"]["next"].as_str().unwrap();
        sync(&amy, &format!("?roomId={rid}&type=DELETED&next={next}&count=1")).expect(200);
    }

    fn a_message_goes_to_channels_and_people(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.person("amy", &["user"]);
        let ben = admin.person("ben", &["user"]);
        let eve = admin.person("eve", &["user"]);
        let to = |client: &Client, body: Value| post(client, "chat.postMessage", &body);

        let said = to(&amy, json!({"channel": "#general", "text": " hello "})).expect(200);
        assert_eq!(said["channel"], "#general");
        assert_eq!((&said["message"]["rid"], &said["message"]["msg"]), (&json!("GENERAL"), &json!("hello")));
        assert!(said["ts"].is_i64());
        for place in ["GENERAL", "general", "#GENERAL"] {
            let said = to(&amy, json!({"roomId": place, "msg": "x", "attachments": []})).expect(200);
            assert_eq!(said["message"]["rid"], "GENERAL");
        }
        let direct = to(&amy, json!({"channel": "@ben", "text": "you"})).expect(200);
        let rid = direct["message"]["rid"].as_str().unwrap();
        let both = to(&amy, json!({"channel": ["@ben", "#general"], "text": "all"})).expect(200);
        assert_eq!(both["message"]["rid"], rid);
        for body in [json!({"channel": "#nowhere", "text": "x"}), json!({"roomId": "@nobody", "text": "x"}), json!({"text": "x"}), json!({"channel": [5]})] {
            assert_error_of(&to(&amy, body), "[invalid-channel]", "invalid-channel");
        }
        assert_error(&to(&eve, json!({"roomId": rid, "text": "x"})), 400, "error-not-allowed");
        assert_error(&to(&amy, json!({"channel": "#general", "text": "x", "emoji": ":x:"})), 400, "Not enough permission");

        let again = post(&ben, "im.create", &json!({"username": "amy"})).expect(200);
        assert_eq!(again["room"]["_id"], rid);
        assert_eq!(again["room"]["rid"], rid);
        assert_eq!(again["room"]["t"], "d");
        let mut names: Vec<&str> = again["room"]["usernames"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["amy", "ben"]);
        let several = post(&ben, "im.create", &json!({"usernames": "amy, eve"})).expect(200);
        assert_ne!(several["room"]["_id"], rid);
        assert_error_of(&post(&ben, "im.create", &json!({"username": "nobody"})), "Invalid user [error-invalid-user]", "error-invalid-user");

        let history = get(&ben, &format!("im.history?roomId={rid}")).expect(200);
        assert_eq!(texts(&history["messages"]), ["all", "you"]);
        let oldest = history["messages"][1]["ts"].as_str().unwrap();
        let since = get(&ben, &format!("im.history?roomId={rid}&oldest={oldest}&unreads=true")).expect(200);
        assert_eq!(since["unreadNotLoaded"], 0);
        let since = get(&ben, &format!("im.history?roomId={rid}&oldest={oldest}&inclusive=true&count=1")).expect(200);
        assert_eq!(texts(&since["messages"]), ["all"]);
        let page = get(&ben, "im.messages?username=amy&count=1").expect(200);
        assert_eq!(texts(&page["messages"]), ["all"]);
        assert_eq!((&page["count"], &page["offset"], &page["total"]), (&json!(1), &json!(0), &json!(2)));
        assert_error(&get(&eve, &format!("im.history?roomId={rid}")), 400, "error-not-allowed");
        assert_error(&get(&eve, &format!("im.messages?roomId={rid}")), 400, "error-not-allowed");
        assert_eq!(get(&eve, "im.messages?roomId=GENERAL").expect(400)["errorType"], "error-room-not-found");
        assert_eq!(get(&eve, "im.messages").expect(400)["errorType"], "error-room-param-not-provided");
        let mine = get(&ben, "im.list").expect(200);
        assert_eq!(mine["total"], 2);
        assert!(mine["ims"].as_array().unwrap().iter().any(|room| room["lastMessage"]["msg"] == "all"));
        assert_eq!(get(&admin, "im.list").expect(200)["total"], 0);
    }

    fn methods_read_and_write_too(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        set(&admin, "Livechat_Routing_Method", &json!("Manual_Selection"));
        let amy = agent(&admin, "amy");
        let ben = agent(&admin, "ben");
        let eve = admin.person("eve", &["user"]);
        let room = visit(&server, "t1");
        let rid = room["_id"].as_str().unwrap();
        assert!(room.get("servedBy").is_none());
        let error = |frame: &Value| frame["error"]["error"].clone();

        let manual = json!({"previewRoom": true, "showConnecting": true, "showQueue": true, "showQueueLink": false, "returnQueue": true, "enableTriggerAction": false, "autoAssignAgent": false});
        assert_eq!(method(&amy, "livechat:getRoutingConfig", &json!([]))["result"], manual);

        let unknown = method(&amy, "livechat:takeInquiry", &json!(["x"]));
        assert_eq!(unknown["error"]["message"], "Inquiry not found [error-not-found]");
        assert_eq!(error(&method(&amy, "livechat:takeInquiry", &json!([]))), 400);
        assert_eq!(error(&method(&eve, "livechat:takeInquiry", &json!(["x"]))), "error-not-allowed");

        let message = method(&amy, "sendMessage", &json!([{"_id": "m1", "rid": rid, "msg": "one"}]))["result"].clone();
        assert_eq!(message["_id"], "m1");
        assert!(is_moment(&message["ts"]) && is_moment(&message["_updatedAt"]));
        assert_eq!(error(&method(&eve, "sendMessage", &json!([{"rid": rid, "msg": "x"}]))), "error-not-allowed");
        assert_eq!(error(&method(&amy, "sendMessage", &json!([{"rid": rid, "t": "uj"}]))), "error-invalid-message");
        for number in 2..=5 {
            let draft = json!({"_id": format!("m{number}"), "rid": rid, "msg": "more"});
            method(&amy, "sendMessage", &json!([draft]));
        }
        assert_eq!(method(&amy, "updateMessage", &json!([{"_id": "m1", "msg": "uno"}]))["result"], Value::Null);
        assert_eq!(method(&amy, "updateMessage", &json!([{"_id": "x", "msg": "uno"}]))["result"], Value::Null);
        assert_eq!(error(&method(&eve, "updateMessage", &json!([{"_id": "m1", "msg": "x"}]))), "error-not-allowed");
        assert_eq!(error(&method(&ben, "updateMessage", &json!([{"_id": "m1", "msg": "x"}]))), "error-action-not-allowed");
        assert_eq!(error(&method(&ben, "deleteMessage", &json!([{"_id": "m5"}]))), "error-action-not-allowed");
        assert_eq!(error(&method(&amy, "deleteMessage", &json!([{"_id": "x"}]))), "error-action-not-allowed");
        assert_eq!(method(&amy, "deleteMessage", &json!([{"_id": "m5"}]))["result"], Value::Null);

        let history = method(&amy, "loadHistory", &json!([rid, null, 2, {"$date": 0}]))["result"].clone();
        assert_eq!(ids(&history["messages"]), ["m4", "m3"]);
        assert_eq!(history["firstUnread"]["t"], "livechat-started");
        assert!(history["unreadNotLoaded"].as_i64().unwrap() >= 1);
        let around = method(&amy, "loadSurroundingMessages", &json!([{"_id": "m3", "rid": rid}, 3]))["result"].clone();
        assert_eq!(ids(&around["messages"]), ["m3", "m2", "m4"]);
        assert_eq!((&around["moreBefore"], &around["moreAfter"]), (&json!(true), &json!(true)));
        assert_eq!(method(&eve, "loadSurroundingMessages", &json!([{"_id": "m3"}]))["result"], false);
        assert_eq!(method(&eve, "loadHistory", &json!([rid]))["result"], false);
        assert_eq!(method(&amy, "loadHistory", &json!(["x"]))["result"], false);

        let found = method(&amy, "getRoomByTypeAndName", &json!(["l", rid]))["result"].clone();
        assert_eq!(found["_id"], rid);
        assert!(is_moment(&found["ts"]) && is_moment(&found["lastMessage"]["ts"]));
        assert_eq!(method(&eve, "getRoomByTypeAndName", &json!(["c", "general"]))["result"]["_id"], "GENERAL");
        assert_eq!(error(&method(&eve, "getRoomByTypeAndName", &json!(["l", rid]))), "error-not-allowed");
        assert_eq!(error(&method(&amy, "getRoomByTypeAndName", &json!(["c", rid]))), "error-invalid-room");

        assert_eq!(error(&method(&amy, "readMessages", &json!([rid]))), "error-invalid-subscription");
        assert_eq!(method(&amy, "readMessages", &json!(["GENERAL"]))["result"], Value::Null);
        let rooms = method(&amy, "rooms/get", &json!([]))["result"].clone();
        assert_eq!(ids(&rooms), ["GENERAL"]);
        let rooms = method(&amy, "rooms/get", &json!([{"$date": 0}]))["result"].clone();
        assert_eq!((ids(&rooms["update"]), &rooms["remove"]), (vec!["GENERAL"], &json!([])));
        let places = method(&amy, "subscriptions/get", &json!([]))["result"].clone();
        assert_eq!(places[0]["rid"], "GENERAL");
        assert!(is_moment(&places[0]["ls"]));
        let late = json!([{"$date": 4_000_000_000_000_i64}]);
        for name in ["rooms/get", "subscriptions/get", "permissions/get", "public-settings/get"] {
            assert_eq!(method(&amy, name, &late)["result"], json!({"update": [], "remove": []}), "{name}");
        }
        let permissions = method(&amy, "permissions/get", &json!([]))["result"].clone();
        assert!(permissions.as_array().unwrap().len() > 50 && is_moment(&permissions[0]["_updatedAt"]));
        let settings = method(&amy, "public-settings/get", &json!([]))["result"].clone();
        assert!(ids(&settings).contains(&"Livechat_enabled"));

        let open = method(&admin, "livechat:removeRoom", &json!([rid]));
        assert_eq!(open["error"]["message"], "Room is not closed [error-room-is-not-closed]");
        assert_eq!(error(&method(&admin, "livechat:removeRoom", &json!(["GENERAL"]))), "error-this-is-not-a-livechat-room");
        assert_eq!(error(&method(&admin, "livechat:removeRoom", &json!(["x"]))), "error-invalid-room");
        assert_eq!(error(&method(&amy, "livechat:removeRoom", &json!([rid]))), "error-not-allowed");
        let close = |rid: &str, token: &str| {
            post(&server.client(), "livechat/room.close", &json!({"rid": rid, "token": token})).expect(200);
        };
        close(rid, "t1");
        assert_eq!(method(&admin, "livechat:removeRoom", &json!([rid]))["result"], Value::Null);
        assert_eq!(error(&method(&admin, "livechat:removeRoom", &json!([rid]))), "error-invalid-room");
        for token in ["t2", "t3"] {
            let room = visit(&server, token);
            close(room["_id"].as_str().unwrap(), token);
        }
        visit(&server, "t4");
        assert_eq!(error(&method(&amy, "livechat:removeAllClosedRooms", &json!([]))), "error-not-allowed");
        assert_eq!(method(&admin, "livechat:removeAllClosedRooms", &json!([["x"]]))["result"], 0);
        assert_eq!(method(&admin, "livechat:removeAllClosedRooms", &json!([]))["result"], 2);
        assert_eq!(method(&admin, "livechat:removeAllClosedRooms", &json!([]))["result"], 0);
    }
}
