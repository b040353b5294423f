//! Chats that are put on hold, and what lets them go on or end.

use hark_testkit::{Agent, Desk, Response, Socket, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

fn hold(agent: &Agent, rid: &str) -> Response {
    agent
        .client
        .post("livechat/room.onHold", &json!({"roomId": rid}))
}

fn resume(agent: &Agent, rid: &str) -> Response {
    agent
        .client
        .post("livechat/room.resumeOnHold", &json!({"roomId": rid}))
}

fn answer(agent: &Agent, rid: &str, words: &str) {
    let body = json!({"message": {"rid": rid, "msg": words}});
    agent.client.post("chat.sendMessage", &body).expect(200);
}

/// The last messages of a chat, with what is noted on them.
fn last(desk: &Desk, token: &str, rid: &str, count: usize) -> Vec<(String, String, String)> {
    let history = desk.history(token, rid);
    let last = &history[history.len() - count..];
    let word = |message: &Value, name: &str| message[name].as_str().unwrap_or_default().to_owned();
    last.iter()
        .map(|message| {
            let author = text(message, "/u/username");
            let kind = message["t"].as_str();
            let words = kind.map_or_else(|| word(message, "msg"), str::to_owned);
            (author, words, word(message, "comment"))
        })
        .collect()
}

fn line(author: &str, words: &str, comment: &str) -> (String, String, String) {
    (author.to_owned(), words.to_owned(), comment.to_owned())
}

const PUT: &str = "omnichannel_placed_chat_on_hold";
const RESUMED: &str = "omnichannel_on_hold_chat_resumed";

on_both_engines! {
    fn a_chat_waits_on_hold_until_somebody_says_or_writes_that_it_goes_on(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let mia = desk.admin.agent_with("mia", &["user", "livechat-manager"]);
        let ursula = desk.admin.person("ursula", &["user"]);
        let rid = desk.new_chat("ann");

        // what it takes
        let path = "livechat/room.onHold";
        amy.client.post(path, &json!({})).refused_by_schema("must have required property 'roomId'");
        let words = "User does not have the permissions required for this action [error-unauthorized]";
        ursula.post(path, &json!({"roomId": rid})).refused(403, words);
        ursula.post("livechat/room.resumeOnHold", &json!({"roomId": rid})).refused(403, words);
        hold(&mia, "nowhere").refused(400, "error-invalid-room");
        hold(&mia, "GENERAL").refused(400, "error-invalid-room");
        resume(&mia, "nowhere").refused(400, "error-invalid-room");
        resume(&mia, "  ").refused(400, "invalid-param");
        hold(&mia, &rid).refused(400, "error-cannot-place-chat-on-hold");
        desk.set("Livechat_allow_manual_on_hold", true);
        // nobody has it
        hold(&mia, &rid).refused(400, "error-cannot-place-chat-on-hold");
        desk.take(&amy, &rid).expect(200);
        // the visitor has had no answer
        hold(&amy, &rid).refused(400, "error-cannot-place-chat-on-hold");
        answer(&amy, &rid, "one moment");
        hold(&ben, &rid).refused(400, "Not_authorized");
        resume(&ben, &rid).refused(400, "Not_authorized");
        resume(&amy, &rid).refused(400, "error-room-not-on-hold");
        assert_eq!(hold(&amy, &rid).expect(200), json!({"success": true}));
        hold(&amy, &rid).refused(400, "error-room-is-already-on-hold");

        // as it is meanwhile
        let by_amy = line("amy", PUT, "The chat was manually placed On Hold by amy");
        assert_eq!(last(&desk, "ann", &rid, 1), [by_amy]);
        assert_eq!(desk.room(&rid)["onHold"], true);
        let own = amy.client.get(&format!("subscriptions.getOne?roomId={rid}")).expect(200);
        assert_eq!(own["subscription"]["onHold"], true);
        let count = |query: &str| {
            let listed = desk.admin.get(&format!("livechat/rooms?{query}")).expect(200);
            listed["total"].as_i64().unwrap()
        };
        assert_eq!((count("onhold=true"), count("open=true"), count("open=true&onhold=true")), (1, 0, 1));
        let forward = json!({"roomId": rid, "userId": ben.id});
        desk.admin.post("livechat/room.forward", &forward).refused(400, "error-room-onHold");
        let back = amy.client.method("livechat:returnAsInquiry", &json!([rid]));
        assert_eq!(back["error"]["error"], "error-room-onHold");

        // it goes on when somebody says so
        assert_eq!(resume(&mia, &rid).expect(200), json!({"success": true}));
        let by_mia = line("mia", RESUMED, "The chat was manually resumed from On Hold by mia");
        assert_eq!(last(&desk, "ann", &rid, 1), [by_mia]);
        assert_eq!(desk.room(&rid).get("onHold"), None);
        assert_eq!((count("onhold=true"), count("open=true")), (0, 1));

        // when its visitor writes, and when its agent does
        hold(&amy, &rid).expect(200);
        desk.say("ann", &rid, "still there?");
        let guest = text(&desk.anyone().get("livechat/visitor/ann").expect(200), "/visitor/username");
        let comment = |name: &str| {
            format!("The chat was automatically resumed from On Hold because {name} has written")
        };
        let resumed = line(&guest, RESUMED, &comment(&guest));
        assert_eq!(last(&desk, "ann", &rid, 2), [line(&guest, "still there?", ""), resumed]);
        hold(&amy, &rid).refused(400, "error-cannot-place-chat-on-hold");
        desk.set("Livechat_allow_manual_on_hold_upon_agent_engagement_only", false);
        hold(&amy, &rid).expect(200);
        answer(&amy, &rid, "yes");
        let resumed = line("amy", RESUMED, &comment("amy"));
        assert_eq!(last(&desk, "ann", &rid, 2), [line("amy", "yes", ""), resumed]);
        assert_eq!(desk.room(&rid).get("onHold"), None);

        // and is over when it is closed
        hold(&amy, &rid).expect(200);
        let end = json!({"rid": rid, "comment": "done"});
        amy.client.post("livechat/room.closeByUser", &end).expect(200);
        assert_eq!(desk.room(&rid).get("onHold"), None);
        hold(&mia, &rid).refused(400, "error-room-already-closed");
        resume(&mia, &rid).refused(400, "error-room-not-on-hold");
    }

    fn those_who_are_connected_see_that_a_chat_is_on_hold(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_allow_manual_on_hold", true);
        let amy = desk.agent("amy");
        let rid = desk.new_chat("ann");
        answer(&amy, &rid, "one moment");
        let mut console = Socket::of(&desk.server, &amy.client);
        let own = format!("{}/subscriptions-changed", amy.id);
        for (stream, event) in [
            ("stream-notify-user", &*own),
            ("stream-room-messages", &*rid),
            ("stream-room-data", &*rid),
        ] {
            assert_eq!(console.subscribe(stream, event, &Value::Null)["msg"], "ready");
        }
        hold(&amy, &rid).expect(200);
        let changed = console.event("stream-notify-user", &own);
        assert_eq!((&changed[0], &changed[1]["onHold"]), (&json!("updated"), &json!(true)));
        assert_eq!(console.event("stream-room-messages", &rid)[0]["t"], PUT);
        assert_eq!(console.event("stream-room-data", &rid)[0]["onHold"], true);
        resume(&amy, &rid).expect(200);
        assert_eq!(console.event("stream-notify-user", &own)[1].get("onHold"), None);
        assert_eq!(console.event("stream-room-messages", &rid)[0]["t"], RESUMED);
        assert_eq!(console.event("stream-room-data", &rid)[0].get("onHold"), None);
    }

    fn a_visitors_silence_puts_a_chat_on_hold_and_ends_it_after_a_time(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 1);
        desk.set("Livechat_auto_close_on_hold_chats_timeout", 0);
        let amy = desk.agent("amy");
        let (silent, talking) = (desk.new_chat("ann"), desk.new_chat("bob"));
        for rid in [&silent, &talking] {
            answer(&amy, rid, "how can I help?");
        }
        desk.say("bob", &talking, "a moment");
        desk.set("Livechat_visitor_inactivity_timeout", 1);
        desk.set("Livechat_abandoned_rooms_action", "on-hold");
        eventually("the silent chat to be on hold", || {
            (desk.room(&silent)["onHold"] == true).then_some(())
        });
        let guest = text(&desk.anyone().get("livechat/visitor/ann").expect(200), "/visitor/username");
        let comment = format!("The chat was automatically placed On Hold because we haven't received any reply from {guest} in 1 seconds");
        assert_eq!(last(&desk, "ann", &silent, 1), [line("rocket.cat", PUT, &comment)]);
        assert_eq!(desk.room(&talking).get("onHold"), None);

        desk.set("Livechat_auto_close_on_hold_chats_custom_message", "you are gone");
        desk.set("Livechat_auto_close_on_hold_chats_timeout", 1);
        eventually("the chat on hold to be closed", || {
            desk.room(&silent).get("open").is_none().then_some(())
        });
        let end = line("rocket.cat", "livechat-close", "");
        assert_eq!(last(&desk, "ann", &silent, 1), [end]);
        assert_eq!(desk.history("ann", &silent).pop().unwrap()["msg"], "you are gone");
        assert_eq!(desk.room(&talking)["open"], true);
    }

    /// Whoever had it is gone: what the settings say of such chats holds for this one as well.
    fn a_chat_whose_agent_has_gone_meanwhile_goes_to_another_when_its_visitor_writes(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 1);
        desk.set("Livechat_allow_manual_on_hold", true);
        desk.set("Livechat_agent_leave_action", "forward");
        desk.set("Livechat_agent_leave_action_timeout", 1);
        let amy = desk.agent("amy");
        let rid = desk.new_chat("ann");
        answer(&amy, &rid, "one moment");
        hold(&amy, &rid).expect(200);
        let ben = desk.agent("ben");
        let gone = json!({"status": "offline", "message": ""});
        amy.client.post("users.setStatus", &gone).expect(200);
        let of_amy = format!("SELECT count(*) FROM agent WHERE account_id = '{}' AND left_at IS NULL", amy.id);
        eventually("what happens to the chats of those who are gone", || {
            (desk.database.number(&of_amy) == 1).then_some(())
        });
        assert_eq!(desk.room(&rid)["servedBy"]["username"], "amy");
        desk.say("ann", &rid, "still there?");
        eventually("another agent", || {
            (desk.room(&rid)["servedBy"]["_id"] == *ben.id).then_some(())
        });
    }
}
