//! Visitors who owe an answer and count as gone after a time.

use hark_testkit::{Agent, Desk, eventually, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

fn answer(agent: &Agent, rid: &str, words: &str) {
    let body = json!({"message": {"rid": rid, "msg": words}});
    agent.client.post("chat.sendMessage", &body).expect(200);
}

/// When the visitor counts as gone, and since when they owe an answer, in milliseconds.
fn foretold(desk: &Desk, rid: &str) -> (Value, i64) {
    let since = format!("SELECT coalesce(visitor_silent_since, 0) FROM room WHERE id = '{rid}'");
    let at = desk.room(rid)["omnichannel"]["predictedVisitorAbandonmentAt"].clone();
    (at, desk.database.number(&since))
}

fn moment(millis: i64) -> Value {
    json!(hark_store::Timestamp::from_millis(millis).iso())
}

/// The clock of the chat goes on.
fn pass(desk: &Desk, rid: &str, seconds: i64) {
    let millis = seconds * 1000;
    let passed = format!(
        "UPDATE room SET visitor_silent_since = visitor_silent_since - {millis},
            abandoned_at = abandoned_at - {millis} WHERE id = '{rid}'"
    );
    assert_eq!(desk.database.execute(&passed), 1);
}

on_both_engines! {
    fn a_room_says_when_its_visitor_counts_as_gone_as_long_as_they_owe_an_answer(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 1);
        let amy = desk.agent("amy");
        let own = json!({"visitorInactivityTimeoutInSeconds": "120", "showOnRegistration": false});
        let sales = desk.department("Sales", &[&amy], &own);
        let shown = desk.admin.get(&format!("livechat/department/{sales}")).expect(200);
        assert_eq!(shown["department"]["visitorInactivityTimeoutInSeconds"], 120);
        let rid = desk.new_chat("ann");
        answer(&amy, &rid, "how can I help?");
        // nobody wants to know
        assert_eq!(foretold(&desk, &rid).0, Value::Null);
        desk.set("Livechat_visitor_inactivity_timeout", 600);
        desk.set("Livechat_abandoned_rooms_action", "close");
        let is_foretold = |rid: &str, seconds: i64| {
            eventually("that it says when", || {
                let (at, since) = foretold(&desk, rid);
                (at == moment(since + seconds * 1000)).then_some(())
            });
        };
        is_foretold(&rid, 600);
        desk.say("ann", &rid, "a moment");
        assert_eq!(foretold(&desk, &rid), (Value::Null, 0));
        answer(&amy, &rid, "yes?");
        let (at, since) = foretold(&desk, &rid);
        assert_eq!(at, moment(since + 600_000));
        // a further word of the agent does not put it off, and another setting is heard of
        answer(&amy, &rid, "hello?");
        assert_eq!(foretold(&desk, &rid), (at, since));
        desk.set("Livechat_visitor_inactivity_timeout", 0);
        eventually("that it says nothing", || foretold(&desk, &rid).0.is_null().then_some(()));
        desk.set("Livechat_visitor_inactivity_timeout", 900);
        is_foretold(&rid, 900);
        // a department may say something else
        desk.visitor("bob", &json!({"department": sales}));
        let of_sales = desk.chat("bob")["_id"].as_str().unwrap().to_owned();
        answer(&amy, &of_sales, "how can I help?");
        let (at, since) = foretold(&desk, &of_sales);
        assert_eq!(at, moment(since + 120_000));
        // who goes back into the queue owes nothing
        desk.admin.method("livechat:returnAsInquiry", &json!([rid]));
        assert_eq!(foretold(&desk, &rid), (Value::Null, 0));
    }

    fn a_chat_whose_visitor_counts_as_gone_is_closed_in_the_words_that_are_set(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Omnichannel_queue_delay_timeout", 1);
        desk.set("Livechat_abandoned_rooms_action", "close");
        desk.set("Livechat_visitor_inactivity_timeout", 600);
        let amy = desk.agent("amy");
        let own = json!({
            "visitorInactivityTimeoutInSeconds": 60,
            "abandonedRoomsCloseCustomMessage": "Sales is gone",
            "showOnRegistration": false,
        });
        let sales = desk.department("Sales", &[&amy], &own);
        let chat = |token: &str, more: &Value| {
            desk.visitor(token, more);
            let rid = desk.chat(token)["_id"].as_str().unwrap().to_owned();
            answer(&amy, &rid, "how can I help?");
            rid
        };
        let of_sales = chat("ann", &json!({"department": sales, "name": "Ann"}));
        let (usual, early) = (chat("bob", &json!({"name": "Bob"})), chat("cat", &json!({})));
        let last = |token: &str, rid: &str| desk.history(token, rid).pop().unwrap();
        let closed = |token: &str, rid: &str| {
            eventually("the chat to be closed", || desk.room(rid).get("open").is_none().then_some(()));
            let said = last(token, rid);
            assert_eq!((&said["t"], &said["u"]["username"]), (&json!("livechat-close"), &json!("rocket.cat")));
            said["msg"].clone()
        };
        pass(&desk, &of_sales, 61);
        assert_eq!(closed("ann", &of_sales), "Sales is gone");
        pass(&desk, &early, 500);
        pass(&desk, &usual, 601);
        let words = "The chat was automatically closed because we haven't received any reply from Bob in 600 seconds";
        assert_eq!(closed("bob", &usual), words);
        assert_eq!(desk.room(&early)["open"], true);
        desk.set("Livechat_abandoned_rooms_closed_custom_message", "Nobody is there");
        pass(&desk, &early, 101);
        assert_eq!(closed("cat", &early), "Nobody is there");
        // and it is told
        let events = desk.database.events().into_iter();
        let told = events.filter(|(_, kind, _)| kind == "chat.abandoned");
        let told: Vec<Value> = told.map(|(_, _, body)| body).collect();
        let rooms: Vec<&Value> = told.iter().map(|body| &body["room"]["id"]).collect();
        assert_eq!(rooms, [&json!(of_sales), &json!(usual), &json!(early)]);
        assert!(told.iter().all(|body| body["closes"] == true && body["by"].is_null()), "{told:?}");
        assert!(told[0]["silentSince"].is_i64());
    }
}
