//! Chats whose agents do not say a word.

use hark_testkit::{Agent, Desk, eventually, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

fn answer(agent: &Agent, rid: &str) {
    let body = json!({"message": {"rid": rid, "msg": "hello"}});
    agent.client.post("chat.sendMessage", &body).expect(200);
}

/// Its agent has had it for some time.
fn pass(desk: &Desk, rid: &str) -> u64 {
    desk.database.execute(&format!(
        "UPDATE room SET unanswered_since = unanswered_since - 600000 WHERE id = '{rid}' AND unanswered_since IS NOT NULL"
    ))
}

/// What was said of the last transfer.
fn transfer(desk: &Desk, token: &str, rid: &str) -> Value {
    let history = desk.history(token, rid).into_iter().rev();
    let mut transfers = history.filter(|message| message["t"] == "livechat_transfer_history");
    transfers.next().unwrap()["transferData"].clone()
}

on_both_engines! {
    fn they_go_on_to_another_agent_once(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 1);
        let amy = desk.agent("amy");
        let before = desk.new_chat("old");
        desk.set("Livechat_auto_transfer_chat_timeout", 300);
        let (silent, answered) = (desk.new_chat("ann"), desk.new_chat("bob"));
        assert_eq!(desk.room(&before).get("autoTransferOngoing"), None);
        for rid in [&silent, &answered] {
            assert_eq!(desk.room(rid)["autoTransferOngoing"], true);
            assert_eq!(desk.room(rid).get("autoTransferredAt"), None);
        }
        answer(&amy, &answered);
        assert_eq!(desk.room(&answered).get("autoTransferOngoing"), None);
        assert_eq!((pass(&desk, &silent), pass(&desk, &answered)), (1, 0));
        // nobody else is there, so that it stays and has its time anew
        let anew = format!("SELECT count(*) FROM room WHERE id = '{silent}' AND unanswered_since > served_at - 300000");
        eventually("that it has its time anew", || (desk.database.number(&anew) == 1).then_some(()));
        assert_eq!(desk.room(&silent)["servedBy"]["username"], "amy");
        let ben = desk.agent("ben");
        assert_eq!(pass(&desk, &silent), 1);
        let moved = eventually("the other agent", || {
            let room = desk.room(&silent);
            (room["servedBy"]["_id"] == *ben.id).then_some(room)
        });
        assert_eq!(moved.get("autoTransferOngoing"), None);
        assert!(moved["autoTransferredAt"].is_string());
        let data = transfer(&desk, "ann", &silent);
        assert_eq!(data["scope"], "autoTransferUnansweredChatsToAgent");
        assert_eq!((&data["comment"], &data["transferredTo"]["username"]), (&json!("300"), &json!("ben")));
        assert_eq!(data["transferredBy"]["username"], "rocket.cat");
        assert_eq!(desk.room(&answered)["servedBy"]["username"], "amy");
        assert_eq!(pass(&desk, &silent), 0);
    }

    fn they_go_back_into_the_queue_where_agents_take_chats_themselves(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.set("Omnichannel_queue_delay_timeout", 1);
        desk.set("Livechat_auto_transfer_chat_timeout", 300);
        let amy = desk.agent("amy");
        let rid = desk.new_chat("ann");
        assert_eq!(desk.room(&rid).get("autoTransferOngoing"), None);
        desk.take(&amy, &rid).expect(200);
        assert_eq!(pass(&desk, &rid), 1);
        let back = eventually("the chat to be back", || {
            let room = desk.room(&rid);
            room.get("servedBy").is_none().then_some(room)
        });
        assert!(back["autoTransferredAt"].is_string());
        assert_eq!(desk.inquiry(&rid)["status"], "queued");
        let data = transfer(&desk, "ann", &rid);
        assert_eq!((&data["scope"], &data["comment"]), (&json!("autoTransferUnansweredChatsToQueue"), &json!("300")));
        assert_eq!(data["transferredBy"]["username"], "rocket.cat");
        // whoever has it now keeps it
        desk.take(&amy, &rid).expect(200);
        assert_eq!(pass(&desk, &rid), 0);
    }
}
