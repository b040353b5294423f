//! How many chats agents have at once.

use std::thread;

use hark_testkit::{Agent, Desk, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const FULL: &str = "error-max-number-simultaneous-chats-reached";

/// Whose chat it is, if it is anybody's.
fn server(desk: &Desk, rid: &str) -> Value {
    desk.room(rid)["servedBy"]["username"].clone()
}

fn end(agent: &Agent, rid: &str) {
    let body = json!({"rid": rid, "comment": "done"});
    agent
        .client
        .post("livechat/room.closeByUser", &body)
        .expect(200);
}

/// What was said of an agent alone.
fn limit(desk: &Desk, agent: &Agent, most: i64) {
    let info = json!([agent.id, {"maxNumberSimultaneousChat": most}, []]);
    assert_eq!(
        desk.admin.method("livechat:saveAgentInfo", &info)["result"],
        true
    );
}

fn capacity(agent: &Agent) -> Value {
    agent.client.get("/api/hark/v1/capacity").expect(200)
}

on_both_engines! {
    fn who_is_full_is_passed_over_until_a_chat_of_theirs_ends(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 1);
        desk.set("Livechat_maximum_chats_per_agent", 2);
        for method in ["Auto_Selection", "Load_Balancing", "Load_Rotation"] {
            desk.set("Livechat_Routing_Method", method);
            let amy = desk.agent(&format!("amy-{method}"));
            let rids = ["ann", "bob", "cat"].map(|name| desk.new_chat(&format!("{name}-{method}")));
            assert_eq!(server(&desk, &rids[0]), *amy.name);
            assert_eq!(server(&desk, &rids[1]), *amy.name);
            assert_eq!(server(&desk, &rids[2]), Value::Null);
            let mut answer = capacity(&amy);
            assert_eq!(answer, json!({"chats": 2, "most": 2, "full": true}));
            end(&amy, &rids[0]);
            eventually("the third one to have an agent", || {
                (server(&desk, &rids[2]) == *amy.name).then_some(())
            });
            // and somebody else has what is more than that
            let ben = desk.agent(&format!("ben-{method}"));
            let rid = desk.new_chat(&format!("dan-{method}"));
            assert_eq!(server(&desk, &rid), *ben.name);
            answer = capacity(&ben);
            assert_eq!(answer, json!({"chats": 1, "most": 2, "full": false}));
            for agent in [&amy, &ben] {
                let gone = json!({"status": "not-available"});
                agent.client.post("livechat/agent.status", &gone).expect(200);
            }
        }
    }

    fn an_agents_own_limit_goes_before_that_of_a_department_and_that_before_the_one_for_all(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_maximum_chats_per_agent", 1);
        let amy = desk.agent("amy");
        assert_eq!(capacity(&amy), json!({"chats": 0, "most": 1, "full": false}));
        let few = json!({"maxNumberSimultaneousChat": "2"});
        let sales = desk.department("Sales", &[&amy], &few);
        let shown = desk.admin.get(&format!("livechat/department/{sales}")).expect(200);
        assert_eq!(shown["department"]["maxNumberSimultaneousChat"], 2);
        let help = desk.department("Help", &[&amy], &json!({}));
        let open = |token: &str, department: &str| {
            desk.visitor(token, &json!({"department": department}));
            text(&desk.chat(token), "/_id")
        };
        // one of any department, two of Sales
        let first = open("ann", &help);
        assert_eq!(server(&desk, &first), "amy");
        assert_eq!(server(&desk, &open("bob", &help)), Value::Null);
        assert_eq!(server(&desk, &open("cat", &sales)), "amy");
        assert_eq!(server(&desk, &open("dan", &sales)), "amy");
        assert_eq!(server(&desk, &open("eve", &sales)), Value::Null);
        // what is said of herself counts everything
        let both = json!([amy.id, {"maxNumberSimultaneousChat": 4}, [sales, help]]);
        assert_eq!(desk.admin.method("livechat:saveAgentInfo", &both)["result"], true);
        assert_eq!(capacity(&amy), json!({"chats": 3, "most": 4, "full": false}));
        desk.set("Omnichannel_queue_delay_timeout", 1);
        eventually("that she has four", || (capacity(&amy)["chats"] == 4).then_some(()));
        let more = open("fay", &sales);
        assert_eq!(server(&desk, &more), Value::Null);
        // a chat on hold does not count
        let answer = json!({"message": {"rid": first, "msg": "one moment"}});
        amy.client.post("chat.sendMessage", &answer).expect(200);
        desk.set("Livechat_allow_manual_on_hold", true);
        amy.client.post("livechat/room.onHold", &json!({"roomId": first})).expect(200);
        eventually("that she has another one for it", || (capacity(&amy)["chats"] == 4).then_some(()));
        // and without a limit she has them all
        desk.set("Livechat_maximum_chats_per_agent", 0);
        let none = json!({"name": "Sales", "email": "a@example.org", "enabled": true, "showOnRegistration": true,
            "showOnOfflineForm": true, "maxNumberSimultaneousChat": ""});
        desk.admin.put(&format!("livechat/department/{sales}"), &json!({"department": none})).expect(200);
        let shown = desk.admin.get(&format!("livechat/department/{sales}")).expect(200);
        assert_eq!(shown["department"].get("maxNumberSimultaneousChat"), None);
        let info = json!([amy.id, {"maxNumberSimultaneousChat": ""}, [sales, help]]);
        assert_eq!(desk.admin.method("livechat:saveAgentInfo", &info)["result"], true);
        eventually("that nobody waits", || {
            let listed = desk.admin.get("livechat/rooms?queued=true").expect(200);
            (listed["total"] == 0).then_some(())
        });
        assert_eq!(capacity(&amy), json!({"chats": 5, "most": null, "full": false}));
    }

    fn nobody_takes_or_is_given_more_than_they_may_have(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let ursula = desk.admin.person("ursula", &["user"]);
        limit(&desk, &amy, 1);
        let rids = ["ann", "bob", "cat"].map(|token| desk.new_chat(token));
        desk.take(&amy, &rids[0]).expect(200);
        desk.take(&amy, &rids[1]).refused(400, FULL);
        assert_eq!(server(&desk, &rids[1]), Value::Null);
        desk.take(&ben, &rids[1]).expect(200);
        let forward = |rid: &str| {
            let body = json!({"roomId": rid, "userId": amy.id});
            desk.admin.post("livechat/room.forward", &body)
        };
        forward(&rids[1]).refused(400, FULL);
        assert_eq!(server(&desk, &rids[1]), "ben");
        end(&amy, &rids[0]);
        forward(&rids[1]).expect(200);
        assert_eq!(server(&desk, &rids[1]), "amy");
        // in a department as well, where she is named for it
        let sales = desk.department("Sales", &[&amy], &json!({}));
        limit_in(&desk, &amy, &sales);
        desk.set("Livechat_Routing_Method", "Auto_Selection");
        let named = json!({"roomId": rids[2], "userId": amy.id, "departmentId": sales});
        desk.admin.post("livechat/room.forward", &named).refused(400, FULL);
        let to_all = json!({"roomId": rids[2], "departmentId": sales});
        desk.admin.post("livechat/room.forward", &to_all).refused(400, "error-no-agents-online-in-department");
        ursula.get("/api/hark/v1/capacity").expect(403);
        desk.anyone().get("/api/hark/v1/capacity").expect(401);
    }

    fn of_several_who_are_given_to_one_agent_at_once_no_more_than_they_may_have_are(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let amy = desk.agent("amy");
        limit(&desk, &amy, 2);
        let rids: Vec<String> = (0..6).map(|number| desk.new_chat(&format!("guest-{number}"))).collect();
        let inquiries: Vec<String> = rids.iter().map(|rid| text(&desk.inquiry(rid), "/_id")).collect();
        thread::scope(|scope| {
            for inquiry in &inquiries {
                let client = &amy.client;
                scope.spawn(move || client.post("livechat/inquiries.take", &json!({"inquiryId": inquiry})));
            }
        });
        assert_eq!(capacity(&amy), json!({"chats": 2, "most": 2, "full": true}));
    }
}

/// The same, who answers in a department.
fn limit_in(desk: &Desk, agent: &Agent, department: &str) {
    let info = json!([agent.id, {"maxNumberSimultaneousChat": 1}, [department]]);
    let saved = desk.admin.method("livechat:saveAgentInfo", &info);
    assert_eq!(saved["result"], true);
}
