//! What the commands of a chat cost: the statements that each of them runs.

use hark_chat::messages::{MOST_LEADS, Message};
use hark_model::Refusal;
use hark_store::statements;
use hark_testkit::{Engine, Statements, on_both_engines};
use serde_json::json;

use crate::world::{NOW, World, named, text};

/// A world in which what is done runs these statements.
fn counted(engine: Engine) -> (World, Statements) {
    Statements::of(|| {
        let world = World::with_admin(engine);
        world.set("Livechat_Routing_Method", json!("Manual_Selection"));
        world
    })
}

/// `rooms::FIND` of `hark_model::rooms::rows::FIND`.
fn short(name: &str) -> String {
    let parts = name.split("::").skip(1).filter(|part| *part != "rows");
    parts.collect::<Vec<_>>().join("::")
}

/// How many have a name that ends so.
fn count(statements: &[String], name: &str) -> usize {
    let named = statements.iter().filter(|one| one.ends_with(name));
    named.count()
}

statements! {
    CONTACTS = "SELECT count(*) FROM visitor_contact";
}

on_both_engines! {
    fn who_gives_a_number_with_each_message_costs_no_more(engine: Engine) {
        const MESSAGES: usize = 200;
        let (world, statements) = counted(engine);
        let agent = world.agent("amy");
        let room = world.served("v", &agent);
        let say = |words: &str| world.say("v", &room.id, &text(words), NOW).unwrap();
        statements.take();
        say("a question");
        let without = statements.take().len() * MESSAGES;
        for number in 0..MESSAGES {
            say(&format!("call 99999-{:04} or 99999-{:04}", number, number + 1));
        }
        let numbers = statements.take();
        let with = numbers.len();
        assert!(with * 10 <= without * 11, "{with} against {without}");
        // each was written once, and none again
        assert_eq!(count(&numbers, "::ADD_CONTACT"), MOST_LEADS);
        assert_eq!(count(&numbers, "::REMOVE_CONTACTS"), 0);
        assert_eq!(world.number(&CONTACTS), i64::try_from(MOST_LEADS).unwrap());
        let visitor = world.room(&room.id).unwrap().visitor.unwrap();
        assert_eq!(visitor.phones.len(), MOST_LEADS);
        assert_eq!(visitor.phones[..2], ["99999-0000", "99999-0001"]);
        // an address has a place of its own
        world.say("v", &room.id, &text("or ann@example.org"), NOW).unwrap();
        let visitor = world.room(&room.id).unwrap().visitor.unwrap();
        assert_eq!(visitor.emails, ["ann@example.org"]);
    }

    fn what_a_message_costs(engine: Engine) {
        let (world, statements) = counted(engine);
        let agent = world.agent("amy");
        let (waiting, _) = world.queued("w");
        let served = world.served("s", &agent);
        let other = world.person("mia", &["livechat-manager"]);
        // the first of a month is written down
        world.reply(&agent, &served.id, &text("hello"), NOW).unwrap();
        let cost = |say: &dyn Fn() -> Result<Message, Refusal>| {
            statements.take();
            say().unwrap();
            let names = statements.take();
            names.iter().map(|name| short(name)).collect::<Vec<_>>()
        };
        // PostgreSQL answers the first with its `BEGIN`; only there somebody else could write
        let first = match engine {
            Engine::Sqlite => "revision::READ",
            Engine::Postgres => "rooms::LOCK",
        };
        let said = ["rooms::FIND", "messages::insert", "log::APPEND", "rooms::NOTE_MESSAGE"];
        // nobody is there who could read it
        let alone = [&[first], &said[..]].concat();
        assert_eq!(cost(&|| world.say("w", &waiting.id, &text("hello"), NOW)), alone);
        assert_eq!(cost(&|| world.reply(&agent, &served.id, &text("hello"), NOW)), alone);
        let heard = [&alone[..], &["subscriptions::COUNT_UNREAD"]].concat();
        assert_eq!(cost(&|| world.say("s", &served.id, &text("hello"), NOW)), heard);
        // each connection prepares its statements once
        let waits = (0..40).map(|_| {
            let before = world.store.stats().waits;
            world.say("s", &served.id, &text("hello"), NOW).unwrap();
            world.store.stats().waits - before
        });
        // for the room and the end
        let most = if engine == Engine::Postgres { 2 } else { 0 };
        assert_eq!(waits.min(), Some(most));
        // an id that a client has chosen may have come before, which only then is looked at
        let mut chosen = heard;
        for name in chosen.iter_mut().filter(|name| **name == "messages::insert") {
            *name = "messages::insert_if_free";
        }
        let say_named = |id: &str| world.say("s", &served.id, &named(id, "hello"), NOW);
        assert_eq!(cost(&|| say_named("m1")), chosen);
        let again = cost(&|| say_named("m1"));
        assert_eq!(again, [&chosen[..3], &["messages::FIND"]].concat());
        let waits = (0..40).map(|number| {
            let before = world.store.stats().waits;
            say_named(&format!("n{number}")).unwrap();
            world.store.stats().waits - before
        });
        // and for whether it is free
        let most = if engine == Engine::Postgres { 3 } else { 0 };
        assert_eq!(waits.min(), Some(most));
        world.join(&other, &served.id, NOW).unwrap();
        let reply = cost(&|| world.reply(&agent, &served.id, &text("hello"), NOW));
        assert_eq!(reply.last().unwrap(), "subscriptions::COUNT_UNREAD");
    }
}
