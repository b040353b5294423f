//! Visitors who come again, and the agents who know them.

use hark_testkit::{Agent, Desk, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

/// Opens a chat and ends it at once; answers who had it.
fn visit(desk: &Desk, token: &str, agent: Option<&Agent>) -> Value {
    let asked = agent.map_or_else(String::new, |agent| format!("&agentId={}", agent.id));
    let path = format!("livechat/room?token={token}{asked}");
    let room = desk.anyone().get(&path).expect(200)["room"].clone();
    let rid = text(&room, "/_id");
    let server = desk.room(&rid)["servedBy"]["username"].clone();
    let end = json!({"rid": rid, "comment": "done"});
    desk.admin
        .post("livechat/room.closeByUser", &end)
        .expect(200);
    server
}

fn available(agent: &Agent, is: bool) {
    let status = if is { "available" } else { "not-available" };
    let body = json!({"status": status});
    agent
        .client
        .post("livechat/agent.status", &body)
        .expect(200);
}

on_both_engines! {
    fn they_get_the_one_who_looks_after_them_or_else_the_last_one(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Load_Rotation");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let cora = desk.agent("cora");
        desk.visitor("ann", &json!({}));
        // whose turn it is
        assert_eq!(visit(&desk, "ann", Some(&ben)), "ben");
        assert_eq!(visit(&desk, "ann", None), "amy");
        desk.set("Livechat_last_chatted_agent_routing", true);
        assert_eq!(visit(&desk, "ann", None), "amy");
        assert_eq!(visit(&desk, "ann", Some(&ben)), "ben");
        assert_eq!(visit(&desk, "ann", None), "ben");
        // the one who looks after them goes before that
        let manager = json!({"token": "ann", "name": "Ann", "contactManager": {"username": "cora"}});
        desk.admin.post("omnichannel/contact", &manager).expect(200);
        assert_eq!(visit(&desk, "ann", None), "cora");
        assert_eq!(visit(&desk, "ann", Some(&ben)), "ben");
        desk.set("Omnichannel_contact_manager_routing", false);
        assert_eq!(visit(&desk, "ann", None), "ben");
        desk.set("Omnichannel_contact_manager_routing", true);
        // who is not there, or full, is passed over
        available(&cora, false);
        assert_eq!(visit(&desk, "ann", None), "ben");
        available(&cora, true);
        let limit = |agent: &Agent, most: i64, departments: &[&str]| {
            let info = json!([agent.id, {"maxNumberSimultaneousChat": most}, departments]);
            assert_eq!(desk.admin.method("livechat:saveAgentInfo", &info)["result"], true);
        };
        limit(&cora, 1, &[]);
        desk.visitor("bob", &json!({}));
        let path = format!("livechat/room?token=bob&agentId={}", cora.id);
        let full = text(&desk.anyone().get(&path).expect(200), "/room/_id");
        assert_eq!(desk.room(&full)["servedBy"]["username"], "cora");
        let another = visit(&desk, "ann", None);
        assert!(another == "amy" || another == "ben", "{another}");
        limit(&cora, 0, &[]);
        // and who does not answer in the department that they chose
        let sales = desk.department("Sales", &[&amy], &json!({}));
        desk.visitor("ann", &json!({"department": sales}));
        assert_eq!(visit(&desk, "ann", None), "amy");
        limit(&cora, 0, &[&sales]);
        assert_eq!(visit(&desk, "ann", None), "cora");
    }
}
