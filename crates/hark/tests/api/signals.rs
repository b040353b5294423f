//! What lasts only a moment in a chat: who looks at it, who writes there, and what its visitor has not sent yet.

use hark_testkit::{Agent, Desk, Socket, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const STREAM: &str = "stream-hark-conversation";

fn listen(desk: &Desk, agent: &Agent, event: &str) -> Socket {
    let mut socket = Socket::of(&desk.server, &agent.client);
    assert_eq!(
        socket.subscribe(STREAM, event, &Value::Null)["msg"],
        "ready",
        "{event}"
    );
    socket
}

on_both_engines! {
    fn agents_hear_who_else_looks_at_a_chat_and_writes_there(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let mia = desk.admin.agent_with("mia", &["user", "livechat-agent", "livechat-manager"]);
        let rid = desk.new_chat("ann");
        desk.take(&amy, &rid).expect(200);
        let viewers = format!("{rid}/viewers");
        let mut to_amy = listen(&desk, &amy, &viewers);
        let mut from_mia = Socket::of(&desk.server, &mia.client);
        for state in ["looking", "writing", "gone"] {
            assert_eq!(from_mia.call(STREAM, &json!([viewers, state]))["result"], Value::Null);
            let heard = to_amy.event(STREAM, &viewers);
            assert_eq!(heard, json!([{"id": mia.id, "username": "mia", "name": "mia", "state": state}]));
        }
        let refused = |socket: &mut Socket, params: Value| {
            let answer = socket.call(STREAM, &params);
            assert_eq!(answer["error"]["error"], "not-allowed", "{params}: {answer}");
        };
        refused(&mut from_mia, json!([viewers, "dancing"]));
        refused(&mut from_mia, json!(["none/viewers", "looking"]));
        refused(&mut from_mia, json!([format!("{rid}/notes"), "looking"]));
        // Who may not see the chat neither says nor hears anything of it; nor does its visitor.
        let mut from_ben = Socket::of(&desk.server, &ben.client);
        refused(&mut from_ben, json!([viewers, "looking"]));
        assert_eq!(from_ben.subscribe(STREAM, &viewers, &Value::Null)["msg"], "nosub");
        let mut guest = Socket::greeted(&desk.server);
        refused(&mut guest, json!([viewers, "looking", {"token": "ann"}]));
        for event in ["viewers", "unfinished"] {
            let shown = json!({"visitorToken": "ann"});
            assert_eq!(guest.subscribe(STREAM, &format!("{rid}/{event}"), &shown)["msg"], "nosub");
        }
    }

    fn what_is_not_sent_is_shown_to_those_in_the_chat_where_visitors_have_consented(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let amy = desk.agent("amy");
        let mia = desk.admin.agent_with("mia", &["user", "livechat-agent", "livechat-manager"]);
        let rid = desk.new_chat("ann");
        desk.take(&amy, &rid).expect(200);
        let event = format!("{rid}/unfinished");
        let (mut to_amy, mut to_mia) = (listen(&desk, &amy, &event), listen(&desk, &mia, &event));
        let mut guest = Socket::greeted(&desk.server);
        let write = |guest: &mut Socket, words: &str| guest.call(STREAM, &json!([event, words, {"token": "ann"}]));
        let tells = || {
            let config = desk.anyone().get("livechat/config").expect(200);
            config["config"]["messages"].get("unfinishedWordsConsentText").is_some()
        };
        // Nobody is shown anything unless somebody has asked for it, and visitors are asked.
        for setting in ["", "Livechat_show_unfinished_words"] {
            if !setting.is_empty() {
                desk.set(setting, true);
            }
            assert_eq!(write(&mut guest, "zq7draft")["error"]["error"], "not-allowed");
            assert!(!tells());
        }
        desk.set("Livechat_force_accept_data_processing_consent", true);
        assert!(tells());
        let events = desk.database.events().len();
        assert_eq!(write(&mut guest, "zq7draft")["result"], Value::Null);
        assert_eq!(to_amy.event(STREAM, &event), json!([{"text": "zq7draft"}]));
        assert_eq!(write(&mut guest, &"é".repeat(1_000))["result"], Value::Null);
        assert_eq!(text(&to_amy.event(STREAM, &event)[0], "/text").chars().count(), 300);
        assert_eq!(desk.database.events().len(), events);
        for token in ["bob", ""] {
            let answer = guest.call(STREAM, &json!([event, "x", {"token": token}]));
            assert_eq!(answer["error"]["error"], "not-allowed", "{token}");
        }
        // One who may look into the chat and is not in it hears what comes once they are.
        mia.client.get(&format!("livechat/room.join?roomId={rid}")).expect(200);
        assert_eq!(write(&mut guest, "for both")["result"], Value::Null);
        assert_eq!(to_mia.event(STREAM, &event), json!([{"text": "for both"}]));
        assert!(!json!(to_mia.kept()).to_string().contains("zq7draft"));
        let log = desk.server.log().join("\n");
        assert!(!log.contains("zq7draft"));
    }
}
