//! The waiting queue: chats stand in it with every way of routing, and go to agents in its order.

use hark_testkit::{Agent, Client, Desk, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

/// Whose chat it is, if it is anybody's.
fn server(desk: &Desk, rid: &str) -> Value {
    desk.room(rid)["servedBy"]["username"].clone()
}

fn served(desk: &Desk, rid: &str, agent: &Agent) {
    eventually("the chat to have its agent", || {
        (server(desk, rid) == *agent.name).then_some(())
    });
}

fn end(agent: &Agent, rid: &str) {
    let body = json!({"rid": rid, "comment": "done"});
    let path = "livechat/room.closeByUser";
    agent.client.post(path, &body).expect(200);
}

/// The kinds of what happened in a chat.
fn happened(desk: &Desk, rid: &str) -> Vec<String> {
    let events = desk.database.events().into_iter();
    let of_room = events.filter(|(_, _, body)| body["room"]["id"] == rid);
    of_room.map(|(_, kind, _)| kind).collect()
}

fn status(desk: &Desk, rid: &str) -> String {
    text(&desk.inquiry(rid), "/status")
}

fn place(desk: &Desk, token: &str) -> Value {
    let path = format!("livechat/config?token={token}");
    let config = desk.anyone().get(&path).expect(200);
    config["config"]["queueInfo"].clone()
}

on_both_engines! {
    fn chats_stand_in_it_and_are_given_out_in_its_order_as_soon_as_somebody_has_room(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 10);
        desk.set("Livechat_waiting_queue", true);
        desk.set("Livechat_maximum_chats_per_agent", 1);
        desk.set("Omnichannel_sorting_mechanism", "Priority");
        let amy = desk.agent("amy");
        let first = desk.new_chat("ann");
        served(&desk, &first, &amy);
        assert_eq!(happened(&desk, &first), ["chat.started", "chat.queued", "chat.taken"]);
        let rids = ["bob", "cat", "dan"].map(|token| desk.new_chat(token));
        for rid in &rids {
            assert_eq!(status(&desk, rid), "queued");
        }
        let priorities = desk.admin.get("livechat/priorities").expect(200);
        let urgent = json!({"priorityId": priorities["priorities"][0]["_id"]});
        desk.admin.post(&format!("livechat/room/{}/priority", rids[2]), &urgent).expect(200);
        // long before the next round, at least once
        let mut waited = Vec::new();
        let mut before = &first;
        for rid in [&rids[2], &rids[0], &rids[1]] {
            end(&amy, before);
            served(&desk, rid, &amy);
            let times = format!("SELECT (SELECT served_at FROM room WHERE id = '{rid}')
                - (SELECT closed_at FROM room WHERE id = '{before}')");
            waited.push(desk.database.number(&times));
            before = rid;
        }
        assert!(waited.iter().any(|took| *took < 5_000), "{waited:?}");
        // a bot that meets visitors first meets them at once
        let bot = desk.admin.agent_with("bot", &["livechat-agent", "bot"]);
        desk.set("Livechat_assign_new_conversation_to_bot", true);
        for token in ["eve", "fay"] {
            let rid = desk.new_chat(token);
            assert_eq!(server(&desk, &rid), *bot.name);
        }
    }

    fn what_goes_back_or_to_a_department_whose_agents_are_full_stands_in_it(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_waiting_queue", true);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let info = json!([ben.id, {"maxNumberSimultaneousChat": 1}, []]);
        assert_eq!(desk.admin.method("livechat:saveAgentInfo", &info)["result"], true);
        let sales = desk.department("Sales", &[], &json!({"showOnRegistration": false}));
        let in_sales = json!([ben.id, {"maxNumberSimultaneousChat": 1}, [sales]]);
        assert_eq!(desk.admin.method("livechat:saveAgentInfo", &in_sales)["result"], true);
        let gone = json!({"status": "not-available"});
        ben.client.post("livechat/agent.status", &gone).expect(200);
        let rids = ["ann", "bob"].map(|token| desk.new_chat(token));
        for rid in &rids {
            served(&desk, rid, &amy);
        }
        ben.client.post("livechat/agent.status", &json!({"status": "available"})).expect(200);
        let forward = |rid: &str| {
            let body = json!({"roomId": rid, "departmentId": sales});
            desk.admin.post("livechat/room.forward", &body)
        };
        forward(&rids[0]).expect(200);
        assert_eq!(server(&desk, &rids[0]), "ben");
        forward(&rids[1]).expect(200);
        assert_eq!((server(&desk, &rids[1]), status(&desk, &rids[1])), (Value::Null, "queued".into()));
        assert_eq!(desk.room(&rids[1])["departmentId"], json!(sales));
        end(&ben, &rids[0]);
        served(&desk, &rids[1], &ben);
        // and nobody is there at all
        let rid = desk.new_chat("cat");
        served(&desk, &rid, &amy);
        ben.client.post("livechat/agent.status", &gone).expect(200);
        forward(&rid).refused(400, "error-no-agents-online-in-department");
    }

    fn visitors_know_their_place_and_how_long_it_will_probably_take(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.set("Livechat_waiting_queue", true);
        desk.set("Livechat_waiting_queue_message", "Soon");
        let amy = desk.agent("amy");
        let own = json!({"waitingQueueMessage": "Sales comes soon", "showOnRegistration": false});
        let sales = desk.department("Sales", &[&amy], &own);
        let (past, busy) = (desk.new_chat("ann"), desk.new_chat("bob"));
        assert_eq!(place(&desk, "bob"), json!({
            "spot": 2,
            "message": {"text": "Soon", "user": {"_id": "rocket.cat", "username": "rocket.cat"}},
        }));
        for rid in [&past, &busy] {
            desk.take(&amy, rid).expect(200);
        }
        end(&amy, &past);
        let took = format!("UPDATE room SET created_at = closed_at - 120900 WHERE id = '{past}'");
        assert_eq!(desk.database.execute(&took), 1);
        for token in ["cat", "dan"] {
            desk.new_chat(token);
        }
        let wait = |token: &str| place(&desk, token)["estimatedWaitTimeSeconds"].clone();
        assert_eq!((wait("cat"), wait("dan")), (json!(120), json!(240)));
        assert_eq!(place(&desk, "bob"), Value::Null);
        // a department has words and chats of its own
        desk.visitor("eve", &json!({"department": sales}));
        desk.chat("eve");
        let of_sales = place(&desk, "eve");
        assert_eq!((&of_sales["spot"], &of_sales["message"]["text"]), (&json!(1), &json!("Sales comes soon")));
        assert_eq!(of_sales.get("estimatedWaitTimeSeconds"), None);
        // nobody wants to know
        desk.set("Livechat_number_most_recent_chats_estimate_wait_time", 0);
        assert_eq!(wait("cat"), Value::Null);
        desk.set("Livechat_number_most_recent_chats_estimate_wait_time", 1);
        assert_eq!(wait("cat"), 120);
        desk.set("Omnichannel_calculate_dispatch_service_queue_statistics", false);
        assert_eq!(wait("cat"), Value::Null);
    }

    fn a_chat_that_nobody_has_had_for_too_long_ends(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.set("Omnichannel_queue_delay_timeout", 1);
        let amy = desk.agent("amy");
        let rids = ["ann", "bob", "cat"].map(|token| desk.new_chat(token));
        desk.take(&amy, &rids[2]).expect(200);
        let pass = |rid: &str| {
            let passed = format!("UPDATE inquiry SET queued_at = queued_at - 600000 WHERE room_id = '{rid}'");
            desk.database.execute(&passed)
        };
        assert_eq!((pass(&rids[0]), pass(&rids[2])), (1, 1));
        desk.set("Livechat_max_queue_wait_time", 9);
        let closed = eventually("the chat to be closed", || {
            let room = desk.room(&rids[0]);
            room.get("open").is_none().then_some(room)
        });
        assert_eq!(closed["closedBy"], json!({"_id": "rocket.cat", "username": "rocket.cat"}));
        assert_eq!(closed["closer"], "user");
        let said = desk.history("ann", &rids[0]).pop().unwrap();
        assert_eq!(said["msg"], "Closed because no agent became free in time");
        assert_eq!(desk.room(&rids[1])["open"], true);
        assert_eq!(desk.room(&rids[2])["open"], true);
        // what goes back waits anew
        desk.admin.method("livechat:returnAsInquiry", &json!([rids[2]]));
        assert_eq!(pass(&rids[1]), 1);
        eventually("the other one to be closed", || {
            desk.room(&rids[1]).get("open").is_none().then_some(())
        });
        assert_eq!(desk.room(&rids[2])["open"], true);
    }

    fn an_agent_sees_what_was_taken_of_late_from_the_queues_that_they_see(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.set("Livechat_maximum_chats_per_agent", 3);
        let (amy, ben, cleo) = (desk.agent("amy"), desk.agent("ben"), desk.agent("cleo"));
        let sales = desk.department("Sales", &[&amy, &ben], &json!({}));
        let billing = desk.department("Billing", &[&cleo], &json!({}));
        let taken = |client: &Client| client.get("/api/hark/v1/figures/taken").expect(200);
        let counts = |client: &Client| {
            let found = taken(client);
            (found["chats"].clone(), found["own"].clone())
        };
        let nothing = taken(&amy.client);
        assert_eq!((&nothing["chats"], &nothing["last"], &nothing["medianFirstResponseMs"]), (&json!(0), &Value::Null, &Value::Null));
        let chat = |token: &str, department: &str, agent: &Agent| {
            desk.visitor(token, &json!({"name": token, "department": department}));
            let rid = text(&desk.chat(token), "/_id");
            desk.say(token, &rid, "hello");
            desk.take(agent, &rid).expect(200);
            rid
        };
        let first = chat("ann", &sales, &amy);
        amy.client.post("chat.sendMessage", &json!({"message": {"rid": first, "msg": "hello"}})).expect(200);
        chat("bob", &sales, &ben);
        chat("cat", &billing, &cleo);
        // a chat that is over counts as well, and takes no place
        end(&amy, &first);
        assert_eq!(counts(&amy.client), (json!(2), json!(1)));
        assert_eq!(counts(&ben.client), (json!(2), json!(1)));
        assert_eq!(counts(&cleo.client), (json!(1), json!(1)));
        assert_eq!(counts(&desk.admin), (json!(3), json!(0)));
        let seen = taken(&amy.client);
        assert!(seen["medianFirstResponseMs"].is_u64(), "{seen}");
        assert_eq!((&seen["last"]["name"], &seen["last"]["agent"]), (&json!("bob"), &json!("ben")));
        assert!(seen["last"]["waitedMs"].is_u64(), "{seen}");
        assert_eq!((&seen["available"], &seen["agents"], &seen["freeSlots"]), (&json!(3), &json!(3), &json!(7)));
        cleo.client.post("livechat/agent.status", &json!({"status": "not-available"})).expect(200);
        let seen = taken(&amy.client);
        assert_eq!((&seen["available"], &seen["agents"], &seen["freeSlots"]), (&json!(2), &json!(3), &json!(5)));
        desk.set("Livechat_maximum_chats_per_agent", 0);
        assert_eq!(taken(&amy.client)["freeSlots"], Value::Null);
        // what was taken more than an hour ago does not count, and those who see no queue are refused
        desk.database.execute("UPDATE room SET metrics = replace(metrics, '\"taken_at\":', '\"taken_at\":1,\"was\":')");
        assert_eq!(counts(&desk.admin), (json!(0), json!(0)));
        let mia = desk.admin.person("mia", &["user"]);
        assert_eq!(mia.get("/api/hark/v1/figures/taken").status, 403);
    }
}
