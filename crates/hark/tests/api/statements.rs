//! What a message costs until all have heard it: the statements that the server runs for it.

use std::collections::BTreeMap;

use hark_testkit::{Desk, Engine, Socket, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

const MESSAGES: usize = 20;

/// How often each statement was run that has to do with chats, for each of the messages.
fn for_each_message(log: &[String]) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in log {
        let line: Value = serde_json::from_str(line).unwrap();
        let Some(name) = line["statement"].as_str() else {
            continue;
        };
        // what several parts of the program look for, each at its own pace
        let own_pace = [
            "hark_chat::mail",
            "hark_chat::figures",
            "hark_chat::words",
            "hark_store::revision",
            "hark_store::lease",
            "hark_store::log::AFTER",
            "hark_store::log::READER",
            "hark_staff::push_subscriptions",
        ];
        if own_pace.iter().any(|part| name.starts_with(part)) {
            continue;
        }
        let parts = name.split("::").skip(1).filter(|part| *part != "rows");
        *counts
            .entry(parts.collect::<Vec<_>>().join("::"))
            .or_default() += 1;
    }
    let rounded = |count: usize| (2 * count + MESSAGES) / (2 * MESSAGES);
    let each = counts
        .into_iter()
        .map(|(name, count)| (name, rounded(count)));
    each.filter(|(_, count)| *count > 0).collect()
}

fn hears(socket: &mut Socket, stream: &str, event: &str) {
    let args = socket.event(stream, event);
    assert!(args.is_array(), "{args}");
}

on_both_engines! {
    fn what_several_hear_is_read_once(engine: Engine) {
        let desk = Desk::open_with(HARK, engine, |setup| {
            setup.env("RUST_LOG", "info,hark_store::statements=trace")
        });
        let amy = desk.agent("amy");
        let rid = desk.new_chat("ann");
        let shown = json!({"token": "ann", "visitorToken": "ann"});
        let mut windows: Vec<Socket> = (0..2).map(|_| Socket::greeted(&desk.server)).collect();
        for window in &mut windows {
            let answer = window.subscribe("stream-room-messages", &rid, &shown);
            assert_eq!(answer["msg"], "ready");
        }
        let mut consoles: Vec<Socket> =
            (0..2).map(|_| Socket::of(&desk.server, &amy.client)).collect();
        let own = |event: &str| format!("{}/{event}", amy.id);
        for console in &mut consoles {
            console.subscribe("stream-room-messages", "__my_messages__", &Value::Null);
            console.subscribe("stream-room-messages", &rid, &Value::Null);
            for event in ["subscriptions-changed", "rooms-changed", "notification"] {
                console.subscribe("stream-notify-user", &own(event), &Value::Null);
            }
        }
        let mut say = |words: &str| {
            desk.say("ann", &rid, words);
            for window in &mut windows {
                hears(window, "stream-room-messages", &rid);
            }
            for console in &mut consoles {
                hears(console, "stream-room-messages", &rid);
                hears(console, "stream-room-messages", "__my_messages__");
                hears(console, "stream-notify-user", &own("rooms-changed"));
                hears(console, "stream-notify-user", &own("notification"));
            }
        };
        say("the first");
        let before = desk.server.log().len();
        for number in 0..MESSAGES {
            say(&format!("question {number}"));
        }
        let counts = for_each_message(&desk.server.log()[before..]);
        let expected = [
            // said
            ("rooms::FIND", 2),
            ("log::APPEND", 1),
            ("messages::insert", 1),
            ("rooms::NOTE_MESSAGE", 1),
            ("subscriptions::COUNT_UNREAD", 1),
            // heard
            ("sessions::FIND", 1),
            ("messages::FIND", 1),
            ("subscriptions::OF_ROOM", 1),
        ];
        // Only there somebody else could write.
        let locked = (engine == Engine::Postgres).then_some(("rooms::LOCK", 1));
        let expected = expected.into_iter().chain(locked);
        let expected: BTreeMap<String, usize> =
            expected.map(|(name, count)| (name.to_owned(), count)).collect();
        assert_eq!(counts, expected);
    }
}
