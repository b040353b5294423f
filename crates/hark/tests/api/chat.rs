//! What people who work here say and read, seen from outside.

use hark_testkit::{Client, Server, each, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

fn is_moment(value: &Value) -> bool {
    value["$date"].is_i64()
}

on_both_engines! {
    fn an_agent_answers_and_gives_back(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.agent("amy").client;
        let eve = admin.person("eve", &["user"]);
        let room = server.visit("t1");
        let rid = room["_id"].as_str().unwrap();
        assert_eq!(room["servedBy"]["username"], "amy");

        let message = json!({"rid": rid, "msg": "hello", "_id": "m1"});
        let said = amy.post("chat.sendMessage", &json!({"message": message})).expect(200);
        assert_eq!(said["message"]["_id"], "m1");
        assert_eq!(said["message"]["msg"], "hello");
        assert_eq!(said["message"]["u"]["username"], "amy");
        assert!(said["message"]["ts"].is_string());
        let again = amy.post("chat.sendMessage", &json!({"message": message})).expect(200);
        assert_eq!(again, said);
        eve.post("chat.sendMessage", &json!({"message": message})).refused(400, "error-not-allowed");

        let history = amy.method("loadHistory", &json!([rid, null, 50, {"$date": 0}]));
        assert_eq!(history["msg"], "result");
        let newest = &history["result"]["messages"][0];
        assert_eq!(newest["_id"], "m1");
        assert!(is_moment(&newest["ts"]), "{newest}");
        assert_eq!(eve.method("loadHistory", &json!([rid]))["result"], false);

        assert_eq!(eve.method("livechat:returnAsInquiry", &json!([rid]))["error"]["error"], "error-not-allowed");
        assert_eq!(amy.method("livechat:returnAsInquiry", &json!([rid]))["result"], true);
        assert_eq!(admin.method("livechat:returnAsInquiry", &json!([rid]))["result"], false);
        assert_eq!(amy.method("livechat:returnAsInquiry", &json!(["x"]))["error"]["error"], "error-invalid-room");
    }

    fn messages_are_written_changed_and_marked(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.agent("amy").client;
        let eve = admin.person("eve", &["user"]);
        let bot = admin.person("robo", &["bot"]);
        let room = server.visit("t1");
        let rid = room["_id"].as_str().unwrap();
        let send = |client: &Client, message: Value| {
            client.post("chat.sendMessage", &json!({"message": message}))
        };

        let missing = amy.post("chat.sendMessage", &json!({"message": null}));
        missing.refused_of("The \"message\" parameter must be provided. [error-invalid-params]", "error-invalid-params");
        send(&amy, json!({"rid": rid, "t": "uj"})).refused(400, "Cannot send system messages using 'chat.sendMessage'");
        send(&amy, json!({"rid": "x", "msg": "x"})).refused(400, "error-invalid-room");
        send(&eve, json!({"rid": rid, "msg": "x"})).refused(400, "error-not-allowed");
        let long = send(&amy, json!({"rid": rid, "msg": "x".repeat(5001)}));
        long.refused_of("Message size exceeds Message_MaxAllowedSize [error-message-size-exceeded]", "error-message-size-exceeded");
        send(&amy, json!({"rid": rid, "msg": "x", "alias": "Boss"})).refused(400, "Not enough permission");
        let alias = send(&bot, json!({"rid": "GENERAL", "msg": "x", "alias": "Boss"})).expect(200);
        assert_eq!(alias["message"]["alias"], "Boss");
        assert_eq!(send(&amy, json!({"rid": rid, "attachments": "x"})).expect(400)["errorType"], "error-invalid-attachments");
        send(&amy, json!({"rid": rid, "msg": "x", "tmid": "nothing"})).expect(400);
        send(&amy, json!({"msg": "x"})).refused(400, "The 'rid' property on the message object is missing.");

        let first = send(&amy, json!({"rid": rid, "_id": "m1", "msg": "first", "attachments": [{"text": "a"}]})).expect(200);
        assert_eq!(first["message"]["attachments"], json!([{"text": "a"}]));
        assert_eq!(first["message"]["md"][0]["type"], "PARAGRAPH");
        let reply = send(&amy, json!({"rid": rid, "_id": "m2", "msg": "reply", "tmid": "m1"})).expect(200);
        assert_eq!(reply["message"]["tmid"], "m1");

        let change = |client: &Client, rid: &str, id: &str, text: &str| {
            client.post("chat.update", &json!({"roomId": rid, "msgId": id, "text": text}))
        };
        let changed = change(&amy, rid, "m1", "second").expect(200);
        assert_eq!(changed["message"]["msg"], "second");
        assert_eq!(changed["message"]["editedBy"]["username"], "amy");
        change(&amy, rid, "x", "y").refused(400, "No message found with the id of \"x\".");
        change(&amy, "GENERAL", "m1", "y").refused(400, "The room id provided does not match where the message is from.");
        change(&eve, rid, "m1", "y").refused(400, "error-not-allowed");
        let short = amy.post("chat.update", &json!({"roomId": rid}));
        assert_eq!(short.expect(400)["error"], "must have required property 'msgId' [invalid-params]");

        let read = |client: &Client, query: &str| client.get(&format!("chat.getMessage{query}"));
        assert_eq!(read(&amy, "?msgId=m1").expect(200)["message"]["msg"], "second");
        read(&amy, "").refused(400, "The \"msgId\" query parameter must be provided.");
        assert_eq!(read(&amy, "?msgId=x").expect(400), json!({"success": false}));
        read(&eve, "?msgId=m1").refused(400, "error-not-allowed");

        let found = amy.get(&format!("chat.search?roomId={rid}&searchText=SEC")).expect(200);
        assert_eq!(each(&found["messages"], "_id"), ["m1"]);
        let missing = amy.get("chat.search?searchText=a");
        missing.refused_of("The required \"roomId\" query param is missing. [error-roomId-param-not-provided]", "error-roomId-param-not-provided");
        eve.get(&format!("chat.search?roomId={rid}&searchText=SEC")).refused(400, "error-not-allowed");

        let mark = |client: &Client, route: &str, more: Value| {
            let mut body = json!({"messageId": "m1"});
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            client.post(&format!("chat.{route}"), &body)
        };
        mark(&amy, "react", json!({"emoji": ":smile:"})).expect(200);
        mark(&admin, "react", json!({"reaction": "smile", "shouldReact": true})).expect(200);
        mark(&amy, "starMessage", json!({})).expect(200);
        let pinned = mark(&admin, "pinMessage", json!({})).expect(200);
        assert_eq!(pinned["message"]["pinned"], true);
        mark(&amy, "pinMessage", json!({})).refused(400, "error-action-not-allowed");
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
            let gone = amy.post(&format!("chat.{route}"), &json!({"messageId": "x", "emoji": ":a:"}));
            gone.refused_of("The provided \"messageId\" does not match any existing message. [error-message-not-found]", "error-message-not-found");
            let none = amy.post(&format!("chat.{route}"), &json!({}));
            assert_eq!(none.expect(400)["errorType"], "error-messageid-param-not-provided");
            mark(&eve, route, json!({"emoji": ":a:"})).refused(400, "error-not-allowed");
        }
        assert_eq!(mark(&amy, "react", json!({})).expect(400)["errorType"], "error-emoji-param-not-provided");

        let remove = |client: &Client, rid: &str, id: &str| {
            client.post("chat.delete", &json!({"roomId": rid, "msgId": id}))
        };
        remove(&eve, rid, "m2").refused(400, "error-not-allowed");
        remove(&amy, "GENERAL", "m2").refused(400, "The room id provided does not match where the message is from.");
        let removed = remove(&amy, rid, "m2").expect(200);
        assert_eq!(removed["_id"], "m2");
        assert!(removed["ts"].as_str().unwrap().parse::<i64>().is_ok());
        assert_eq!(removed["message"]["u"]["username"], "amy");
        remove(&amy, rid, "m2").refused(400, "No message found with the id of \"m2\".");

        let sync = |client: &Client, query: &str| client.get(&format!("chat.syncMessages{query}"));
        let news = sync(&amy, &format!("?roomId={rid}&lastUpdate=2020-01-01T00:00:00.000Z")).expect(200);
        assert!(each(&news["result"]["updated"], "_id").contains(&"m1"));
        assert_eq!(each(&news["result"]["deleted"], "_id"), ["m2"]);
        sync(&amy, "").refused_of("The required \"roomId\" query param is missing. [error-roomId-param-not-provided]", "error-roomId-param-not-provided");
        sync(&amy, &format!("?roomId={rid}")).refused_of("The required \"lastUpdate\" query param is missing. [error-lastUpdate-param-not-provided]", "error-lastUpdate-param-not-provided");
        assert_eq!(sync(&amy, &format!("?roomId={rid}&lastUpdate=x")).expect(400)["errorType"], "error-roomId-param-invalid");
        sync(&eve, &format!("?roomId={rid}&lastUpdate=2020-01-01T00:00:00.000Z")).refused(400, "error-not-allowed");
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
        let to = |client: &Client, body: Value| client.post("chat.postMessage", &body);

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
            to(&amy, body).refused_of("[invalid-channel]", "invalid-channel");
        }
        to(&eve, json!({"roomId": rid, "text": "x"})).refused(400, "error-not-allowed");
        to(&amy, json!({"channel": "#general", "text": "x", "emoji": ":x:"})).refused(400, "Not enough permission");

        let again = ben.post("im.create", &json!({"username": "amy"})).expect(200);
        assert_eq!(again["room"]["_id"], rid);
        assert_eq!(again["room"]["rid"], rid);
        assert_eq!(again["room"]["t"], "d");
        let mut names: Vec<&str> = again["room"]["usernames"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["amy", "ben"]);
        let several = ben.post("im.create", &json!({"usernames": "amy, eve"})).expect(200);
        assert_ne!(several["room"]["_id"], rid);
        ben.post("im.create", &json!({"username": "nobody"})).refused_of("Invalid user [error-invalid-user]", "error-invalid-user");

        let history = ben.get(&format!("im.history?roomId={rid}")).expect(200);
        assert_eq!(each(&history["messages"], "msg"), ["all", "you"]);
        let oldest = history["messages"][1]["ts"].as_str().unwrap();
        let since = ben.get(&format!("im.history?roomId={rid}&oldest={oldest}&unreads=true")).expect(200);
        assert_eq!(since["unreadNotLoaded"], 0);
        let since = ben.get(&format!("im.history?roomId={rid}&oldest={oldest}&inclusive=true&count=1")).expect(200);
        assert_eq!(each(&since["messages"], "msg"), ["all"]);
        let page = ben.get("im.messages?username=amy&count=1").expect(200);
        assert_eq!(each(&page["messages"], "msg"), ["all"]);
        assert_eq!((&page["count"], &page["offset"], &page["total"]), (&json!(1), &json!(0), &json!(2)));
        eve.get(&format!("im.history?roomId={rid}")).refused(400, "error-not-allowed");
        eve.get(&format!("im.messages?roomId={rid}")).refused(400, "error-not-allowed");
        assert_eq!(eve.get("im.messages?roomId=GENERAL").expect(400)["errorType"], "error-room-not-found");
        assert_eq!(eve.get("im.messages").expect(400)["errorType"], "error-room-param-not-provided");
        let mine = ben.get("im.list").expect(200);
        assert_eq!(mine["total"], 2);
        assert!(mine["ims"].as_array().unwrap().iter().any(|room| room["lastMessage"]["msg"] == "all"));
        assert_eq!(admin.get("im.list").expect(200)["total"], 0);
    }

    fn methods_read_and_write_too(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        admin.set("Livechat_Routing_Method", "Manual_Selection");
        let amy = admin.agent("amy").client;
        let ben = admin.agent("ben").client;
        let eve = admin.person("eve", &["user"]);
        let room = server.visit("t1");
        let rid = room["_id"].as_str().unwrap();
        assert!(room.get("servedBy").is_none());
        let error = |frame: &Value| frame["error"]["error"].clone();

        let manual = json!({"previewRoom": true, "showConnecting": true, "showQueue": true, "showQueueLink": false, "returnQueue": true, "enableTriggerAction": false, "autoAssignAgent": false});
        assert_eq!(amy.method("livechat:getRoutingConfig", &json!([]))["result"], manual);

        let unknown = amy.method("livechat:takeInquiry", &json!(["x"]));
        assert_eq!(unknown["error"]["message"], "Inquiry not found [error-not-found]");
        assert_eq!(error(&amy.method("livechat:takeInquiry", &json!([]))), 400);
        assert_eq!(error(&eve.method("livechat:takeInquiry", &json!(["x"]))), "error-not-allowed");

        let message = amy.method("sendMessage", &json!([{"_id": "m1", "rid": rid, "msg": "one"}]))["result"].clone();
        assert_eq!(message["_id"], "m1");
        assert!(is_moment(&message["ts"]) && is_moment(&message["_updatedAt"]));
        assert_eq!(error(&eve.method("sendMessage", &json!([{"rid": rid, "msg": "x"}]))), "error-not-allowed");
        assert_eq!(error(&amy.method("sendMessage", &json!([{"rid": rid, "t": "uj"}]))), "error-invalid-message");
        for number in 2..=5 {
            let draft = json!({"_id": format!("m{number}"), "rid": rid, "msg": "more"});
            amy.method("sendMessage", &json!([draft]));
        }
        assert_eq!(amy.method("updateMessage", &json!([{"_id": "m1", "msg": "uno"}]))["result"], Value::Null);
        assert_eq!(amy.method("updateMessage", &json!([{"_id": "x", "msg": "uno"}]))["result"], Value::Null);
        assert_eq!(error(&eve.method("updateMessage", &json!([{"_id": "m1", "msg": "x"}]))), "error-not-allowed");
        assert_eq!(error(&ben.method("updateMessage", &json!([{"_id": "m1", "msg": "x"}]))), "error-action-not-allowed");
        assert_eq!(error(&ben.method("deleteMessage", &json!([{"_id": "m5"}]))), "error-action-not-allowed");
        assert_eq!(error(&amy.method("deleteMessage", &json!([{"_id": "x"}]))), "error-action-not-allowed");
        assert_eq!(amy.method("deleteMessage", &json!([{"_id": "m5"}]))["result"], Value::Null);

        let history = amy.method("loadHistory", &json!([rid, null, 2, {"$date": 0}]))["result"].clone();
        assert_eq!(each(&history["messages"], "_id"), ["m4", "m3"]);
        assert_eq!(history["firstUnread"]["t"], "livechat-started");
        assert!(history["unreadNotLoaded"].as_i64().unwrap() >= 1);
        let around = amy.method("loadSurroundingMessages", &json!([{"_id": "m3", "rid": rid}, 3]))["result"].clone();
        assert_eq!(each(&around["messages"], "_id"), ["m3", "m2", "m4"]);
        assert_eq!((&around["moreBefore"], &around["moreAfter"]), (&json!(true), &json!(true)));
        assert_eq!(eve.method("loadSurroundingMessages", &json!([{"_id": "m3"}]))["result"], false);
        assert_eq!(eve.method("loadHistory", &json!([rid]))["result"], false);
        assert_eq!(amy.method("loadHistory", &json!(["x"]))["result"], false);

        let found = amy.method("getRoomByTypeAndName", &json!(["l", rid]))["result"].clone();
        assert_eq!(found["_id"], rid);
        assert!(is_moment(&found["ts"]) && is_moment(&found["lastMessage"]["ts"]));
        assert_eq!(eve.method("getRoomByTypeAndName", &json!(["c", "general"]))["result"]["_id"], "GENERAL");
        assert_eq!(error(&eve.method("getRoomByTypeAndName", &json!(["l", rid]))), "error-not-allowed");
        assert_eq!(error(&amy.method("getRoomByTypeAndName", &json!(["c", rid]))), "error-invalid-room");

        assert_eq!(error(&amy.method("readMessages", &json!([rid]))), "error-invalid-subscription");
        assert_eq!(amy.method("readMessages", &json!(["GENERAL"]))["result"], Value::Null);
        let rooms = amy.method("rooms/get", &json!([]))["result"].clone();
        assert_eq!(each(&rooms, "_id"), ["GENERAL"]);
        let rooms = amy.method("rooms/get", &json!([{"$date": 0}]))["result"].clone();
        assert_eq!((each(&rooms["update"], "_id"), &rooms["remove"]), (vec!["GENERAL"], &json!([])));
        let places = amy.method("subscriptions/get", &json!([]))["result"].clone();
        assert_eq!(places[0]["rid"], "GENERAL");
        assert!(is_moment(&places[0]["ls"]));
        let late = json!([{"$date": 4_000_000_000_000_i64}]);
        for name in ["rooms/get", "subscriptions/get", "permissions/get", "public-settings/get"] {
            assert_eq!(amy.method(name, &late)["result"], json!({"update": [], "remove": []}), "{name}");
        }
        let permissions = amy.method("permissions/get", &json!([]))["result"].clone();
        assert!(permissions.as_array().unwrap().len() > 50 && is_moment(&permissions[0]["_updatedAt"]));
        let settings = amy.method("public-settings/get", &json!([]))["result"].clone();
        assert!(each(&settings, "_id").contains(&"Livechat_enabled"));

        let open = admin.method("livechat:removeRoom", &json!([rid]));
        assert_eq!(open["error"]["message"], "Room is not closed [error-room-is-not-closed]");
        assert_eq!(error(&admin.method("livechat:removeRoom", &json!(["GENERAL"]))), "error-this-is-not-a-livechat-room");
        assert_eq!(error(&admin.method("livechat:removeRoom", &json!(["x"]))), "error-invalid-room");
        assert_eq!(error(&amy.method("livechat:removeRoom", &json!([rid]))), "error-not-allowed");
        let close = |rid: &str, token: &str| {
            server.client().post("livechat/room.close", &json!({"rid": rid, "token": token})).expect(200);
        };
        close(rid, "t1");
        assert_eq!(admin.method("livechat:removeRoom", &json!([rid]))["result"], Value::Null);
        assert_eq!(error(&admin.method("livechat:removeRoom", &json!([rid]))), "error-invalid-room");
        for token in ["t2", "t3"] {
            let room = server.visit(token);
            close(room["_id"].as_str().unwrap(), token);
        }
        server.visit("t4");
        assert_eq!(error(&amy.method("livechat:removeAllClosedRooms", &json!([]))), "error-not-allowed");
        assert_eq!(admin.method("livechat:removeAllClosedRooms", &json!([["x"]]))["result"], 0);
        assert_eq!(admin.method("livechat:removeAllClosedRooms", &json!([]))["result"], 2);
        assert_eq!(admin.method("livechat:removeAllClosedRooms", &json!([]))["result"], 0);
    }
}
