//! Conversations by the words that stand in them.

use hark_testkit::{Agent, Client, Desk, Engine, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::{HARK, units};

const API: &str = "/api/hark/v1/";

fn look(client: &Client, query: &str) -> Value {
    client
        .get(&format!("{API}conversations/search?{query}"))
        .expect(200)
}

/// The ids of the conversations on a page.
fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| text(item, "/conversation/id")).collect()
}

fn found(client: &Client, words: &str) -> Vec<String> {
    ids(&look(client, &format!("words={words}")))
}

/// The index is a second behind.
#[track_caller]
fn in_time(client: &Client, words: &str, wanted: &[&str]) {
    eventually(&format!("{words} is found there"), || {
        (found(client, words) == wanted).then_some(())
    });
}

/// The parts of a line that are marked.
fn marked(item: &Value) -> Vec<String> {
    let line: Vec<char> = text(item, "/line").chars().collect();
    let number = |mark: &Value, name: &str| usize::try_from(mark[name].as_u64().unwrap()).unwrap();
    let marks = item["marks"].as_array().unwrap().iter();
    let part = |mark: &Value| {
        let start = number(mark, "start");
        line[start..start + number(mark, "length")].iter().collect()
    };
    marks.map(part).collect()
}

/// How many messages the index itself has with a word.
fn in_index(desk: &Desk, engine: Engine, word: &str) -> i64 {
    desk.database.number(&match engine {
        Engine::Sqlite => {
            format!("SELECT count(*) FROM message_words WHERE message_words MATCH '{word}'")
        }
        Engine::Postgres => {
            format!("SELECT count(*) FROM message_words WHERE words @@ '{word}'::tsquery")
        }
    })
}

fn say_as(agent: &Agent, rid: &str, words: &str) -> String {
    let message = json!({"message": {"rid": rid, "msg": words}});
    text(
        &agent.client.post("chat.sendMessage", &message).expect(200),
        "/message/_id",
    )
}

on_both_engines! {
    fn a_chat_is_found_by_what_was_said_and_by_what_its_visitor_gave(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let admin = &desk.admin;
        let amy = desk.agent("amy");
        desk.visitor("ann", &json!({"name": "Ann Müller", "email": "ann@example.org", "phone": "+41 44 668 18 00"}));
        let ann = text(&desk.chat("ann"), "/_id");
        desk.say("ann", &ann, "Hello! My Bowl has a crack.");
        let bob = desk.new_chat("bob");
        desk.say("bob", &bob, "Is the glaze of this bowl safe?");
        desk.take(&amy, &ann).expect(200);
        let answer = say_as(&amy, &ann, &format!("{} the glaze is \"safe\" OR so.", "Well, ".repeat(60)));

        // the chat with the latest line first, and each once
        in_time(admin, "glaze", &[&ann, &bob]);
        assert_eq!(found(admin, "bowl"), [&*bob, &*ann]);
        assert_eq!(found(admin, "BOWL%20Crack"), [&*ann]);
        assert_eq!(found(admin, "glaze%20crack"), [] as [&str; 0]);
        // the last word may be the beginning of one; others not, and no short one
        assert_eq!(found(admin, "bowl%20cra"), [&*ann]);
        assert_eq!(found(admin, "cra%20bowl"), [] as [&str; 0]);
        assert_eq!(found(admin, "cr"), [] as [&str; 0]);
        assert_eq!(found(admin, "a"), [&*ann]);
        // where it is
        let page = look(admin, "words=safe");
        let item = &page["items"][0];
        assert_eq!((&item["place"], &item["message"]["id"]), (&json!("message"), &json!(answer)));
        assert_eq!(item["message"]["author"]["username"], "amy");
        assert_eq!((text(item, "/line").chars().count(), marked(item)), (201, vec!["safe".to_owned()]));
        assert_eq!((&page["nextCursor"], &page["isComplete"]), (&Value::Null, &json!(true)));
        // what engines would take for operators are words or blanks
        for odd in ["safe*", "%22safe%22", "safe%20OR", "safe%20%26%20or", "NOT(safe)", "safe%3A", "words%3Asafe", "%27safe", "safe%5C"] {
            let page = look(admin, &format!("words={odd}"));
            assert!(ids(&page).len() < 3, "{odd}: {page}");
        }
        assert_eq!(found(admin, "safe%20OR"), [&*ann]);

        // what the visitor gave
        for (words, place, marks) in [
            ("muller", "name", vec!["Müller"]),
            ("MÜLLER%20ann", "name", vec!["Ann", "Müller"]),
            ("example.org", "email", vec!["example", "org"]),
            ("668%2018", "phone", vec!["668", "18"]),
        ] {
            let page = look(admin, &format!("words={words}"));
            assert_eq!(ids(&page), [&*ann], "{words}");
            let item = &page["items"][0];
            assert_eq!((&item["place"], &item["message"], marked(item)), (&json!(place), &Value::Null, marks.iter().map(|mark| (*mark).to_owned()).collect()), "{words}");
        }
        let changed = json!({"guestData": {"_id": desk.room(&ann)["v"]["_id"], "name": "Ann Moreau"}, "roomData": {"_id": ann, "topic": "Broken porcelain"}});
        amy.client.post("livechat/room.saveInfo", &changed).expect(200);
        in_time(admin, "porcelain", &[&ann]);
        assert_eq!(look(admin, "words=porcelain")["items"][0]["place"], "topic");
        in_time(admin, "moreau", &[&ann]);
        assert_eq!(found(admin, "muller"), [] as [&str; 0]);

        // filters are those of the list
        for (query, wanted) in [
            ("words=bowl&state=queued".to_owned(), vec![&*bob]),
            (format!("words=bowl&agent={}", amy.id), vec![&*ann]),
            ("words=bowl&tag=none".to_owned(), vec![]),
            ("words=bowl&to=2001-01-01T00:00:00Z".to_owned(), vec![]),
            ("words=bowl&department=none".to_owned(), vec![]),
        ] {
            assert_eq!(ids(&look(admin, &query)), wanted, "{query}");
        }
        // a page at a time
        let first = look(admin, "words=bowl&limit=1");
        assert_eq!(ids(&first), [&*bob]);
        let second = look(admin, &format!("words=bowl&limit=1&cursor={}", text(&first, "/nextCursor")));
        assert_eq!((ids(&second), &second["nextCursor"]), (vec![ann], &Value::Null));
        // bounds
        for (query, name) in [
            (format!("words={}", "x".repeat(201)), "words"),
            (format!("words={}", "x%20".repeat(11)), "words"),
            ("words=%22%25".to_owned(), "words"),
            ("words=x&cursor=x".to_owned(), "cursor"),
            ("words=x&limit=201".to_owned(), "limit"),
            ("limit=1".to_owned(), "words"),
        ] {
            let problem = admin.get(&format!("{API}conversations/search?{query}")).expect(400);
            let place = &problem["errors"][0];
            assert!(place["parameter"] == name || place["pointer"] == format!("/{name}"), "{query}: {problem}");
        }
        desk.admin.person("ursula", &["user"]).get(&format!("{API}conversations/search?words=x")).expect(403);
        desk.anyone().get(&format!("{API}conversations/search?words=x")).expect(401);
    }

    fn what_was_taken_back_is_found_by_nobody(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let admin = &desk.admin;
        let amy = desk.agent("amy");
        let rid = desk.new_chat("ann");
        desk.take(&amy, &rid).expect(200);
        let kept = say_as(&amy, &rid, "a kept secret");
        let edited = say_as(&amy, &rid, "a mistaken secret");
        let removed = say_as(&amy, &rid, "a removed secret");
        in_time(admin, "removed", &[&rid]);
        assert_eq!(found(admin, "mistaken"), [&*rid]);
        let change = json!({"roomId": rid, "msgId": edited, "text": "better so"});
        amy.client.post("chat.update", &change).expect(200);
        amy.client.post("chat.delete", &json!({"roomId": rid, "msgId": removed})).expect(200);
        // At once, whatever the index does.
        assert_eq!((found(admin, "mistaken"), found(admin, "removed")), (vec![], vec![]));
        assert_eq!(look(admin, "words=secret")["items"][0]["message"]["id"], json!(kept));
        in_time(admin, "better", &[&rid]);
        // Nor does the index keep it.
        assert_eq!(in_index(&desk, engine, "mistaken"), 0);
        assert_eq!(in_index(&desk, engine, "removed"), 0);
        assert_eq!(in_index(&desk, engine, "secret"), 1);

        let visitor = text(&desk.room(&rid), "/v/_id");
        amy.client.post("livechat/room.closeByUser", &json!({"rid": rid, "comment": "done"})).expect(200);
        assert_eq!(admin.delete(&format!("{API}visitors/{visitor}"), &json!({})).status, 204);
        assert_eq!((found(admin, "secret"), found(admin, "ann")), (vec![], vec![]));
        assert_eq!(in_index(&desk, engine, "secret"), 0);
    }

    fn a_page_begins_wherever_it_is_asked_to_and_a_sentence_without_blanks_is_looked_for(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.agent("amy");
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "返品の手続きを教えてください");
        in_time(&desk.admin, "返品の手続きを教えてください", &[&rid]);
        assert_eq!(found(&desk.admin, "手続き"), [&*rid]);
        assert_eq!(found(&desk.admin, "続手き"), [] as [&str; 0]);
        desk.say("ann", &rid, "one more bowl");
        in_time(&desk.admin, "bowl", &[&rid]);
        for (cursor, wanted) in [(i64::MAX, vec![rid.clone()]), (0, vec![])] {
            let page = look(&desk.admin, &format!("words=bowl&cursor={cursor}"));
            assert_eq!(ids(&page), wanted, "{cursor}");
        }
        if engine == Engine::Postgres {
            // Among many, so that walking their numbers seems to be a way to look, too. No message has these.
            desk.database.execute("ALTER TABLE message_words DROP CONSTRAINT message_words_n_fkey");
            desk.database.execute(
                "INSERT INTO message_words (n, words) SELECT -number, array_to_tsvector(ARRAY['often', 'said']) FROM generate_series(1, 50000) AS number",
            );
            desk.database.execute("ANALYZE message_words");
            let used = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'message_words_by_word'";
            let before = desk.database.number(used);
            eventually("the index of the words was asked", || {
                assert_eq!(found(&desk.admin, "bowl"), [&*rid]);
                (desk.database.number(used) > before).then_some(())
            });
        }
    }

    fn a_field_that_was_filled_in_during_a_chat_finds_it_once_it_is_over(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.field("order", "room", &json!({}));
        let amy = desk.agent("amy");
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "a bowl");
        in_time(&desk.admin, "bowl", &[&rid]);
        let order = json!({"token": "ann", "key": "order", "value": "KC4711", "overwrite": true});
        desk.anyone().post("livechat/custom.field", &order).expect(200);
        desk.take(&amy, &rid).expect(200);
        amy.client.post("livechat/room.closeByUser", &json!({"rid": rid, "comment": "done"})).expect(200);
        in_time(&desk.admin, "kc4711", &[&rid]);
        assert_eq!(look(&desk.admin, "words=kc4711")["items"][0]["place"], "field");
    }

    fn nobody_finds_what_they_may_not_see(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let sales = desk.department("Sales", &[&amy], &json!({"showOnRegistration": false}));
        let help = desk.department("Help", &[&ben], &json!({"showOnRegistration": false}));
        let open = |token: &str, department: &str| {
            desk.visitor(token, &json!({"department": department}));
            let rid = text(&desk.chat(token), "/_id");
            desk.say(token, &rid, "the same word");
            rid
        };
        let of_sales = open("ann", &sales);
        let of_help = open("bob", &help);
        in_time(&desk.admin, "same%20word", &[&of_help, &of_sales]);
        assert_eq!(found(&amy.client, "word"), [&*of_sales]);
        assert_eq!(found(&ben.client, "word"), [&*of_help]);
        desk.take(&amy, &of_sales).expect(200);
        assert_eq!(found(&ben.client, "word"), [&*of_help]);
        // A monitor sees the departments of their units.
        let mia = desk.admin.person("mia", &["user", "livechat-monitor"]);
        assert_eq!(found(&mia, "word"), [] as [&str; 0]);
        units::unit(&desk, "North", &[&mia], &[&sales]);
        assert_eq!(found(&mia, "word"), [&*of_sales]);
        // A room of those who work here is no chat.
        let direct = text(&amy.client.post("im.create", &json!({"username": "ben"})).expect(200), "/room/_id");
        say_as(&amy, &direct, "a word between us");
        let later = open("eve", &sales);
        in_time(&desk.admin, "word", &[&later, &of_help, &of_sales]);
    }
    fn what_was_said_before_there_was_an_index_is_found_too(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let admin = &desk.admin;
        desk.agent("amy");
        let ann = desk.new_chat("ann");
        desk.say("ann", &ann, "an earlier word");
        in_time(admin, "earlier", &[&ann]);
        // A database of before.
        desk.database.execute("DELETE FROM message_words");
        desk.database.execute("DELETE FROM message_words_walk");
        let page = look(admin, "words=earlier");
        assert_eq!((ids(&page), &page["isComplete"]), (vec![], &json!(false)));
        let health = |member: &str| admin.get(&format!("{API}health")).expect(200)["search"][member].clone();
        assert!(health("messagesLeft").as_i64().unwrap() > 0);
        let bob = desk.new_chat("bob");
        desk.say("bob", &bob, "not earlier");
        in_time(admin, "earlier", &[&bob, &ann]);
        eventually("nothing is left", || (health("messagesLeft") == 0 && health("eventsBehind") == 0).then_some(()));
        desk.server.wait_for_log("all messages are found by their words");
    }
}
