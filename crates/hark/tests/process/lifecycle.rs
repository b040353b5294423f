//! The life of a chat as stories: who gets it, through whose hands it goes, how it ends, and what
//! the server does when nobody asks for anything.

use hark_testkit::{Agent, Desk, Engine, Setup, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

fn served_by(desk: &Desk, rid: &str) -> Option<String> {
    let room = desk.room(rid);
    room.pointer("/servedBy/username")
        .map(|name| name.as_str().unwrap().to_owned())
}

fn forward(by: &Agent, body: &Value) -> hark_testkit::Response {
    by.client.post("livechat/room.forward", body)
}

fn available(agent: &Agent, is: bool) {
    let status = if is { "available" } else { "not-available" };
    agent
        .client
        .post("livechat/agent.status", &json!({"status": status}))
        .expect(200);
}

fn presence(agent: &Agent, status: &str) {
    agent
        .client
        .post("users.setStatus", &json!({"status": status, "message": ""}))
        .expect(200);
}

/// The end of what was said in a chat.
#[track_caller]
fn ends_with(desk: &Desk, token: &str, rid: &str, wanted: &[&str]) {
    let story = desk.story(token, rid);
    let from = story.len().saturating_sub(wanted.len());
    assert_eq!(story[from..], *wanted, "{story:#?}");
}

fn open(desk: &Desk, token: &str, query: &str) -> hark_testkit::Response {
    desk.anyone()
        .get(&format!("livechat/room?token={token}{query}"))
}

on_both_engines! {
    fn who_gets_a_new_chat(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        // the server must not be quicker than the test
        desk.set("Omnichannel_queue_delay_timeout", 3600);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let next = |number: usize| {
            let token = format!("visitor-{number}");
            let rid = desk.new_chat(&token);
            served_by(&desk, &rid)
        };
        // the one who was given the fewest, then by name
        let turns: Vec<_> = (0..4).map(next).map(Option::unwrap).collect();
        assert_eq!(turns, ["amy", "ben", "amy", "ben"]);
        // who counts as there
        available(&amy, false);
        assert_eq!(next(4).unwrap(), "ben");
        available(&amy, true);
        presence(&ben, "offline");
        for number in 5..8 {
            assert_eq!(next(number).unwrap(), "amy");
        }
        presence(&ben, "away");
        presence(&amy, "busy");
        assert_eq!(next(8).unwrap(), "ben");
        let config = |query: &str| desk.anyone().get(&format!("livechat/config{query}")).expect(200)["config"]["online"].clone();
        assert_eq!(config(""), true);
        presence(&ben, "offline");
        presence(&amy, "offline");
        assert_eq!(config(""), false);
        desk.visitor("late", &json!({}));
        open(&desk, "late", "").refused_with_code("Sorry, no online agents", "no-agent-online");
        desk.set("Livechat_accept_chats_with_no_agents", true);
        assert_eq!(config(""), true);
        let late = text(&desk.chat("late"), "/_id");
        assert_eq!((served_by(&desk, &late), desk.inquiry(&late)["status"].clone()), (None, json!("ready")));
        // agents do not see what routing is to give out, but may be given it
        let queue = amy.client.get("livechat/inquiries.queuedForUser").expect(200);
        assert_eq!(queue["total"], 0);
        amy.client.get(&format!("livechat/room.join?roomId={late}")).refused(400, "error-not-allowed");
        // who may be idle may take, though they look offline
        desk.take(&amy, &late).expect(200);
        desk.set("Livechat_accept_chats_with_no_agents", false);

        // the agent who is asked for
        presence(&ben, "online");
        desk.visitor("choosy", &json!({}));
        open(&desk, "choosy", &format!("&agentId={}", amy.id)).refused_with_code("Sorry, no online agents", "no-agent-online");
        presence(&amy, "online");
        desk.set("Livechat_Routing_Method", "Load_Balancing");
        let room = open(&desk, "choosy", &format!("&agentId={}", amy.id)).expect(200)["room"].clone();
        assert_eq!(room["servedBy"]["username"], "amy");
        // one who does not exist is as good as none: ben has fewer
        desk.visitor("dreamy", &json!({}));
        let room = open(&desk, "dreamy", "&agentId=x").expect(200)["room"].clone();
        assert_eq!(room["servedBy"]["username"], "ben");
        // the one who has waited longest
        desk.set("Livechat_Routing_Method", "Load_Rotation");
        let turns: Vec<_> = (9..13).map(next).map(Option::unwrap).collect();
        assert!(turns == ["amy", "ben", "amy", "ben"] || turns == ["ben", "amy", "ben", "amy"], "{turns:?}");

        // of a department nobody gets a chat who is gone, as long as somebody is there
        desk.set("Livechat_Routing_Method", "Auto_Selection");
        let both = desk.department("Both", &[&amy, &ben], &json!({}));
        let inside = |number: usize| {
            let token = format!("inside{number}");
            desk.visitor(&token, &json!({"department": both}));
            served_by(&desk, &desk.new_chat(&token))
        };
        presence(&amy, "offline");
        for number in 0..3 {
            assert_eq!(inside(number).unwrap(), "ben");
        }
        presence(&amy, "online");

        // a bot comes first, even where agents choose themselves
        let bot = desk.admin.agent_with("robby", &["bot", "livechat-agent"]);
        presence(&bot, "offline");
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        assert_eq!(next(13), None);
        desk.set("Livechat_assign_new_conversation_to_bot", true);
        assert_eq!(next(14).unwrap(), "robby");
        available(&amy, false);
        available(&ben, false);
        assert_eq!(config(""), true);
        assert_eq!(next(15).unwrap(), "robby");
        available(&bot, false);
        assert_eq!(config(""), false);
    }

    fn departments_stand_in_for_each_other(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 3600);
        let (amy, ben, cid) = (desk.agent("amy"), desk.agent("ben"), desk.agent("cid"));
        let night = desk.department("Night", &[&amy], &json!({"showOnRegistration": false}));
        let day = desk.department("Day", &[&ben], &json!({"fallbackForwardDepartment": night}));
        let empty = desk.department("Empty", &[], &json!({}));
        let config = |department: &str| desk.anyone().get(&format!("livechat/config?department={department}")).expect(200)["config"]["online"].clone();

        // someone who has chosen none comes to the first of the form where someone is; their record stays
        let rid = desk.new_chat("ann");
        assert_eq!(desk.room(&rid)["departmentId"], json!(day));
        assert_eq!(served_by(&desk, &rid).unwrap(), "ben");
        let ann = desk.anyone().get("livechat/visitor/ann").expect(200)["visitor"].clone();
        assert_eq!(ann.get("department"), None);
        assert_eq!(ann["lastAgent"]["username"], "ben");
        assert_eq!(ann["lastAgent"]["agentId"], json!(ben.id));

        // the room is where someone is, its place in the queue where it was asked for
        available(&ben, false);
        assert_eq!((config(&day), config(&empty)), (json!(true), json!(false)));
        desk.visitor("bob", &json!({"department": "Day"}));
        let rid = text(&desk.chat("bob"), "/_id");
        assert_eq!((desk.room(&rid)["departmentId"].clone(), desk.inquiry(&rid)["department"].clone()), (json!(night), json!(day)));
        assert_eq!(served_by(&desk, &rid).unwrap(), "amy");
        desk.visitor("dot", &json!({"department": empty}));
        open(&desk, "dot", "").refused_with_code("Sorry, no online agents", "no-agent-online");

        // forwarded to where nobody is
        let mia = desk.admin.agent_with("mia", &["user", "livechat-manager"]);
        let rid = desk.new_chat("eve");
        let first = served_by(&desk, &rid).unwrap();
        let to = |department: &str| forward(&mia, &json!({"roomId": rid, "departmentId": department, "comment": "please"}));
        to("x").refused(400, "error-invalid-department");
        to(&empty).refused(400, "error-no-agents-online-in-department");
        assert_eq!(served_by(&desk, &rid).unwrap(), first);
        if first == "amy" {
            forward(&mia, &json!({"roomId": rid, "userId": cid.id})).expect(200);
        }
        let before = served_by(&desk, &rid).unwrap();
        mia.client.get(&format!("livechat/room.join?roomId={rid}")).expect(200);
        assert_eq!(to(&day).expect(200), json!({"success": true}));
        let room = desk.room(&rid);
        assert_eq!((&room["departmentId"], &room["servedBy"]["username"]), (&json!(night), &json!("amy")));
        // neither the old agent nor the one who had joined came along
        assert_eq!(room["usersCount"], 2);
        assert_eq!(desk.inquiry(&rid)["department"], json!(night));
        let left = format!("{before} ul {before}");
        ends_with(&desk, "eve", &rid, &[
            "amy command connected", "amy uj", "mia livechat_transfer_history", "mia livechat_transfer_history_fallback", &left,
        ]);
        let history = desk.history("eve", &rid);
        let moved = &history[history.len() - 3]["transferData"];
        assert_eq!((&moved["nextDepartment"], &moved["comment"], &moved["scope"]), (&json!({"_id": night, "name": "Night"}), &json!("please"), &json!("department")));
        let missed = &history[history.len() - 2]["transferData"];
        assert_eq!((&missed["prevDepartment"], &missed["nextDepartment"]["_id"]), (&json!("Day"), &json!(night)));
        to(&night).refused(400, "error-forwarding-chat-same-department");
        // the only one there has it already
        let solo = desk.department("Solo", &[&amy], &json!({"showOnRegistration": false}));
        to(&solo).refused(400, "error-no-agents-online-in-department");
        // a department that takes chats while nobody is there keeps them in its queue
        let patient = desk.department("Patient", &[&ben], &json!({"allowReceiveForwardOffline": true, "showOnRegistration": false}));
        forward(&mia, &json!({"roomId": rid, "departmentId": patient, "userId": cid.id})).refused(400, "error-user-not-belong-to-department");
        to(&patient).expect(200);
        let (room, inquiry) = (desk.room(&rid), desk.inquiry(&rid));
        assert_eq!((room.get("servedBy"), &room["departmentId"], &room["usersCount"]), (None, &json!(patient), &json!(1)));
        assert!(room["queuedAt"].is_string());
        assert_eq!((&inquiry["status"], &inquiry["department"]), (&json!("queued"), &json!(patient)));
        ends_with(&desk, "eve", &rid, &["mia livechat_transfer_history", "amy ul amy"]);
        // a department that is removed is gone from its chats
        desk.admin.delete(&format!("livechat/department/{patient}"), &json!({})).expect(200);
        eventually("the chat to have no department", || desk.room(&rid).get("departmentId").is_none().then_some(()));
        desk.admin.delete(&format!("livechat/department/{empty}"), &json!({})).expect(200);
        open(&desk, "dot", "").expect(200);
    }

    fn through_many_hands(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 3600);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let mia = desk.admin.agent_with("mia", &["user", "livechat-manager", "livechat-agent"]);
        available(&mia, false);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let rid = desk.new_chat("ann");
        desk.take(&amy, &rid).expect(200);
        let words = "User does not have the permissions required for this action [error-unauthorized]";
        forward(&amy, &json!({"roomId": rid, "userId": ben.id})).refused(403, words);
        let grant = json!({"permissions": [{"_id": "transfer-livechat-guest", "roles": ["admin", "livechat-manager", "livechat-agent"]}]});
        desk.admin.post("permissions.update", &grant).expect(200);

        // to an agent
        let to = |by: &Agent, who: &str| forward(by, &json!({"roomId": rid, "userId": who, "comment": "yours", "clientAction": true}));
        forward(&amy, &json!({})).refused_by_schema("must have required property 'roomId'");
        forward(&amy, &json!({"roomId": "x", "userId": ben.id})).refused(400, "error-invalid-room");
        forward(&amy, &json!({"roomId": rid})).refused(400, "error-forwarding-chat");
        to(&amy, "x").refused(400, "error-user-is-offline");
        presence(&ben, "offline");
        to(&amy, &ben.id).refused(400, "error-user-is-offline");
        presence(&ben, "online");
        to(&amy, &amy.id).refused(400, "error-selected-agent-room-agent-are-same");
        assert_eq!(to(&amy, &ben.id).expect(200), json!({"success": true}));
        ends_with(&desk, "ann", &rid, &["ben command connected", "ben uj", "amy livechat_transfer_history", "amy ul amy"]);
        let history = desk.history("ann", &rid);
        let mut data = history[history.len() - 2]["transferData"].clone();
        assert!(data["ts"].take().is_string());
        assert_eq!(data, json!({
            "transferredBy": {"_id": amy.id, "username": "amy", "name": "amy", "userType": "agent"}, "ts": null, "scope": "agent", "comment": "yours",
            "transferredTo": {"_id": ben.id, "username": "ben", "name": "ben"},
        }));
        let room = desk.room(&rid);
        assert_eq!((&room["servedBy"]["username"], &room["usersCount"]), (&json!("ben"), &json!(2)));
        assert_eq!(desk.inquiry(&rid)["status"], "taken");
        let gone = amy.client.get(&format!("subscriptions.getOne?roomId={rid}")).expect(200);
        assert_eq!(gone["subscription"], Value::Null);
        let mine = ben.client.get(&format!("subscriptions.getOne?roomId={rid}")).expect(200)["subscription"].clone();
        assert_eq!((&mine["alert"], &mine["unread"], &mine["userMentions"], &mine["open"]), (&json!(true), &json!(1), &json!(1), &json!(true)));

        // to a department that chooses itself
        let sales = desk.department("Sales", &[&amy], &json!({"showOnRegistration": false}));
        forward(&mia, &json!({"roomId": rid, "departmentId": sales, "userId": ben.id})).refused(400, "error-user-not-belong-to-department");
        forward(&mia, &json!({"roomId": rid, "departmentId": sales, "userId": amy.id})).expect(200);
        let (room, inquiry) = (desk.room(&rid), desk.inquiry(&rid));
        assert_eq!((room.get("servedBy"), &room["departmentId"]), (None, &json!(sales)));
        assert_eq!((&inquiry["status"], &inquiry["defaultAgent"]), (&json!("queued"), &json!({"agentId": amy.id, "username": "amy"})));
        ends_with(&desk, "ann", &rid, &["mia livechat_transfer_history", "ben ul ben"]);
        let history = desk.history("ann", &rid);
        let data = history[history.len() - 2]["transferData"].clone();
        assert_eq!(data["transferredBy"], json!({"_id": mia.id, "username": "mia", "name": "mia", "userType": "user"}));
        assert_eq!(data["nextDepartment"], json!({"_id": sales, "name": "Sales"}));
        assert_eq!(data["transferredTo"], json!({"_id": amy.id, "username": "amy", "name": "amy"}));
        desk.take(&amy, &rid).expect(200);

        // back into the queue
        let back = |by: &Agent, params: Value| by.client.method("livechat:returnAsInquiry", &params);
        let refusal = |answer: Value| text(&answer, "/error/error");
        assert_eq!(refusal(back(&amy, json!(["x"]))), "error-invalid-room");
        assert_eq!(refusal(back(&ben, json!([rid]))), "error-not-allowed");
        assert_eq!(back(&amy, json!([rid]))["result"], true);
        assert_eq!(back(&mia, json!([rid]))["result"], false);
        let (room, inquiry) = (desk.room(&rid), desk.inquiry(&rid));
        assert_eq!((room.get("servedBy"), &room["departmentId"], &inquiry["status"]), (None, &json!(sales), &json!("queued")));
        assert!(room["queuedAt"].is_string());
        ends_with(&desk, "ann", &rid, &["amy livechat_transfer_history", "amy ul amy"]);
        let help = desk.department("Help", &[&ben], &json!({"showOnRegistration": false}));
        desk.take(&amy, &rid).expect(200);
        assert_eq!(back(&amy, json!([rid, help]))["result"], true);
        let history = desk.history("ann", &rid);
        let data = &history[history.len() - 2]["transferData"];
        assert_eq!((&data["scope"], &data["previousDepartment"]), (&json!("queue"), &json!(sales)));
        assert_eq!(desk.room(&rid)["departmentId"], json!(help));
        assert_eq!(desk.inquiry(&rid)["department"], json!(help));

        // all of it, oldest first
        let history = desk.admin.get(&format!("livechat/transfer.history/{rid}")).expect(200);
        assert_eq!((&history["total"], &history["count"], &history["offset"]), (&json!(4), &json!(4), &json!(0)));
        let scopes: Vec<&Value> = history["history"].as_array().unwrap().iter().map(|one| &one["scope"]).collect();
        assert_eq!(scopes, ["agent", "department", "queue", "queue"]);
        let last = desk.admin.get(&format!("livechat/transfer.history/{rid}?sort={{\"ts\":-1}}&count=1")).expect(200);
        assert_eq!(last["history"][0]["previousDepartment"], json!(sales));
        desk.admin.get("livechat/transfer.history/x").refused(400, "invalid-room");
        amy.client.get(&format!("livechat/transfer.history/{rid}")).refused(403, words);

        desk.take(&ben, &rid).expect(200);
        desk.admin.post("livechat/room.closeByUser", &json!({"rid": rid, "comment": "bye"})).expect(200);
        forward(&ben, &json!({"roomId": rid, "userId": amy.id})).refused(400, "This_conversation_is_already_closed");
        // to those who may not see it, it is none
        forward(&amy, &json!({"roomId": rid, "userId": ben.id})).refused(400, "error-invalid-room");
        assert_eq!(refusal(back(&mia, json!([rid]))), "room-closed");
    }

    fn what_words_do(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 3600);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        available(&ben, false);
        desk.visitor("ann", &json!({"name": "Ann"}));
        let rid = text(&desk.chat("ann"), "/_id");
        let unread = || amy.client.get(&format!("subscriptions.getOne?roomId={rid}")).expect(200)["subscription"]["unread"].clone();
        assert_eq!(unread(), 1);
        desk.say("ann", &rid, "call 0815 4711 or write to Ann@X.test");
        assert_eq!(unread(), 2);
        let room = desk.room(&rid);
        assert_eq!((&room["waitingResponse"], room.get("responseBy")), (&json!(true), None));
        assert!(room["v"]["lastMessageTs"].is_string() && room["metrics"]["v"]["lq"].is_string());
        assert_eq!(room["msgs"], 4);
        let emails = desk.anyone().get("livechat/visitor/ann").expect(200)["visitor"]["visitorEmails"].clone();
        assert_eq!(emails[0]["address"].as_str().unwrap().to_lowercase(), "ann@x.test");
        assert_eq!(desk.inquiry(&rid)["lastMessage"]["msg"], "call 0815 4711 or write to Ann@X.test");

        let answer = |words: &str| amy.client.post("chat.sendMessage", &json!({"message": {"rid": rid, "msg": words}})).expect(200);
        answer("hello");
        let room = desk.room(&rid);
        assert_eq!((room.get("waitingResponse"), &room["responseBy"]["username"]), (None, &json!("amy")));
        assert!(room["responseBy"]["firstResponseTs"].is_string() && room["responseBy"]["lastMessageTs"].is_string());
        assert_eq!(room["metrics"]["response"]["total"], 1);
        assert!(room["metrics"]["response"]["ft"].is_number() && room["metrics"]["reaction"]["ft"].is_number());
        let month = text(&room, "/ts")[..7].to_owned();
        assert_eq!(room["v"]["activity"], json!([month]));
        answer("are you there?");
        assert_eq!(desk.room(&rid)["metrics"]["response"]["total"], 1);
        desk.say("ann", &rid, "yes");
        let room = desk.room(&rid);
        assert_eq!((&room["waitingResponse"], room.get("responseBy")), (&json!(true), None));

        // who is not in the chat does not hear of it, unless they may
        ben.client.post("chat.sendMessage", &json!({"message": {"rid": rid, "msg": "me too"}})).expect(400);
        assert_eq!(served_by(&desk, &rid).unwrap(), "amy");

        // and once it is over, those of its department and those who may see all
        let sees = |agent: &Agent| agent.client.get(&format!("livechat/{rid}/messages")).status == 200;
        let grant = |permission: &str, roles: Value| {
            desk.admin.post("permissions.update", &json!({"permissions": [{"_id": permission, "roles": roles}]})).expect(200);
        };
        assert!(sees(&amy) && !sees(&ben));
        amy.client.post("livechat/room.closeByUser", &json!({"rid": rid, "comment": "bye"})).expect(200);
        assert!(sees(&amy) && !sees(&ben));
        grant("view-livechat-room-closed-by-another-agent", json!(["admin", "livechat-agent"]));
        assert!(sees(&ben));
        grant("view-livechat-room-closed-by-another-agent", json!(["admin"]));
        let sales = desk.department("Sales", &[&amy], &json!({}));
        desk.visitor("bob", &json!({"department": sales}));
        let second = text(&desk.chat("bob"), "/_id");
        amy.client.post("livechat/room.closeByUser", &json!({"rid": second, "comment": "bye"})).expect(200);
        grant("view-livechat-room-closed-same-department", json!(["admin", "livechat-agent"]));
        let sees = |rid: &str| ben.client.get(&format!("livechat/{rid}/messages")).status == 200;
        assert!(!sees(&second));
        desk.admin.post(&format!("livechat/department/{sales}/agents"), &json!({"upsert": [{"agentId": ben.id, "username": "ben"}], "remove": []})).expect(200);
        assert!(sees(&second) && !sees(&rid));
        // an open chat is its agent's, and theirs who may see all
        available(&amy, true);
        let third = text(&desk.chat("bob"), "/_id");
        assert_eq!(served_by(&desk, &third).unwrap(), "amy");
        assert!(!sees(&third));
        grant("view-livechat-rooms", json!(["admin", "livechat-manager", "livechat-agent"]));
        assert!(sees(&third));
    }

    fn what_nobody_asks_for_is_done_in_time(engine: Engine) {
        let mut desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 1);
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let sales_agent = desk.agent("sam");
        available(&sales_agent, false);
        let sales = desk.department("Sales", &[&sales_agent], &json!({"showOnRegistration": false}));
        let waiting = desk.new_chat("ann");
        desk.visitor("bob", &json!({"department": sales}));
        let of_sales = text(&desk.chat("bob"), "/_id");
        assert_eq!(served_by(&desk, &waiting), None);
        // the first to come gets what waits, though the server was away meanwhile
        let database = desk.database;
        desk.server.kill();
        let server = Setup::new(HARK).on(&database).start();
        let admin = server.admin();
        desk = Desk { server, admin, database };
        let amy = desk.agent("amy");
        eventually("the chat that waits to have an agent", || served_by(&desk, &waiting));
        assert_eq!(served_by(&desk, &waiting).unwrap(), "amy");
        assert_eq!(served_by(&desk, &of_sales), None);
        assert_eq!(desk.inquiry(&waiting)["status"], "taken");
        // one turn after the other, and not twice
        let story = desk.story("ann", &waiting);
        assert_eq!(story[1..], ["amy command connected", "amy uj"]);
        let sam = Agent { client: sales_agent.client.at(desk.server.address()), ..sales_agent };
        available(&sam, true);
        eventually("the department's chat to have an agent", || served_by(&desk, &of_sales));

        // an agent goes
        desk.set("Livechat_agent_leave_comment", "nobody is here");
        desk.set("Livechat_agent_leave_action_timeout", 1);
        desk.set("Livechat_agent_leave_action", "forward");
        let ben = desk.agent("ben");
        presence(&amy, "offline");
        eventually("her chat to be ben's", || served_by(&desk, &waiting).filter(|name| name != "amy"));
        let next = served_by(&desk, &waiting).unwrap();
        let story = desk.story("ann", &waiting);
        let connected = format!("{next} command connected");
        let joined = format!("{next} uj");
        assert_eq!(story[3..], [&*connected, &joined, "rocket.cat livechat_transfer_history", "amy ul amy"]);
        let history = desk.history("ann", &waiting);
        assert_eq!(history[history.len() - 2]["transferData"]["comment"], "nobody is here");
        desk.set("Livechat_agent_leave_action", "close");
        let last = if next == "ben" { &ben } else { &sam };
        last.client.post("logout", &json!({})).expect(200);
        presence_by_admin(&desk, last);
        eventually("their chat to be closed", || desk.room(&waiting).get("open").is_none().then_some(()));
        ends_with(&desk, "ann", &waiting, &["rocket.cat livechat-close nobody is here"]);
        assert_eq!(desk.room(&waiting)["closer"], "user");

        // a visitor goes
        presence(&amy, "online");
        available(&amy, true);
        desk.set("Livechat_agent_leave_action", "none");
        let silent = desk.new_chat("eve");
        let talking = desk.new_chat("fay");
        for rid in [&silent, &talking] {
            eventually("an agent", || served_by(&desk, rid));
            desk.admin.post("chat.sendMessage", &json!({"message": {"rid": rid, "msg": "how can I help?"}})).expect(200);
        }
        desk.say("fay", &talking, "a moment");
        desk.set("Livechat_visitor_inactivity_timeout", 1);
        desk.set("Livechat_abandoned_rooms_closed_custom_message", "you are gone");
        desk.set("Livechat_abandoned_rooms_action", "close");
        eventually("the silent chat to be closed", || desk.room(&silent).get("open").is_none().then_some(()));
        ends_with(&desk, "eve", &silent, &["rocket.cat livechat-close you are gone"]);
        assert_eq!(desk.room(&talking)["open"], true);
    }
}

fn presence_by_admin(desk: &Desk, agent: &Agent) {
    let body = json!({"status": "offline", "message": "", "userId": agent.id});
    desk.admin.post("users.setStatus", &body).expect(200);
}

/// Two nodes on one database: each chat is given out once, and when the node that does it is
/// killed, the other goes on.
#[test]
fn two_nodes_attend_once_on_postgres() {
    let desk = Desk::open(HARK, Engine::Postgres);
    desk.set("Omnichannel_queue_delay_timeout", 1);
    desk.set("Livechat_accept_chats_with_no_agents", true);
    let node = desk.database.other_node();
    let two = Setup::new(HARK).on(&node).start();
    let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
    available(&amy, false);
    available(&ben, false);
    let chats: Vec<(String, String)> = (0..20)
        .map(|number| {
            let token = format!("visitor-{number}");
            let rid = desk.new_chat(&token);
            (token, rid)
        })
        .collect();
    available(&amy, true);
    available(&ben, true);
    let agents = |desk: &Desk| -> Option<Vec<String>> {
        let chats = chats.iter();
        chats.map(|(_, rid)| served_by(desk, rid)).collect()
    };
    let given = eventually("all chats to have an agent", || agents(&desk));
    let of_amy = given.iter().filter(|name| *name == "amy").count();
    assert_eq!(of_amy, 10, "{given:?}");
    for ((token, rid), agent) in chats.iter().zip(&given) {
        let story = desk.story(token, rid);
        let wanted = [format!("{agent} command connected"), format!("{agent} uj")];
        assert_eq!(story[1..], wanted, "{story:?}");
    }
    // the one that answered so far dies, whichever of them attended
    available(&amy, false);
    available(&ben, false);
    let late = desk.new_chat("late");
    let Desk {
        server, database, ..
    } = desk;
    server.kill();
    let admin = two.admin();
    let desk = Desk {
        server: two,
        admin,
        database,
    };
    let amy = Agent {
        client: amy.client.at(desk.server.address()),
        ..amy
    };
    available(&amy, true);
    let start = std::time::Instant::now();
    while served_by(&desk, &late).is_none() {
        assert!(start.elapsed().as_secs() < 60, "nobody attends");
        std::thread::park_timeout(std::time::Duration::from_millis(50));
    }
    assert_eq!(served_by(&desk, &late).unwrap(), "amy");
}

/// More chats than routing looks at in one round wait for a department where nobody is.
#[test]
fn a_queue_that_nobody_attends_to_holds_up_no_other() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    desk.set("Livechat_accept_chats_with_no_agents", true);
    let sales = desk.department("Sales", &[], &json!({}));
    for number in 0..205 {
        let token = format!("visitor-{number}");
        desk.visitor(&token, &json!({"department": sales}));
        desk.chat(&token);
    }
    let late = desk.new_chat("late");
    assert_eq!(served_by(&desk, &late), None);
    desk.agent("amy");
    eventually("the last to have an agent", || served_by(&desk, &late));
}
