//! What was said before there was an index of words is read into it, whatever happens meanwhile.

use hark_testkit::{Database, Desk, Engine, Setup, eventually, on_both_engines};

use crate::HARK;

/// Messages of before, in hundreds.
const HUNDREDS: i64 = 60;

fn of_index(database: &Database, engine: Engine) -> i64 {
    database.number(match engine {
        Engine::Sqlite => "SELECT count(*) FROM message_words WHERE message_words MATCH 'earlier'",
        Engine::Postgres => "SELECT count(*) FROM message_words WHERE words @@ 'earlier'::tsquery",
    })
}

on_both_engines! {
    fn reading_what_was_said_before_goes_on_after_a_kill(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.agent("amy");
        let rid = desk.new_chat("ann");
        desk.say("ann", &rid, "an earlier word");
        let database = desk.database;
        desk.server.stop();
        database.execute(&format!(
            "INSERT INTO message (id, room_id, seq, hidden, by_visitor, author_id, author_username, text, at, updated_at)
                WITH RECURSIVE ten(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM ten WHERE i < 9),
                    many(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM many WHERE i < {HUNDREDS} - 1)
                SELECT 'copy-' || one.i || '-' || two.i || '-' || many.i, room_id, seq, hidden, by_visitor, author_id, author_username,
                    text || ' ' || many.i, at, updated_at
                FROM message, ten AS one, ten AS two, many WHERE text = 'an earlier word'"
        ));
        database.execute("DELETE FROM message_words");
        database.execute("DELETE FROM message_words_walk");
        let server = Setup::new(HARK).on(&database).start();
        server.wait_for_log("earlier messages are read to be found by their words");
        server.kill();
        let server = Setup::new(HARK).on(&database).start();
        let all = HUNDREDS * 100 + 1;
        eventually("all of them are in the index", || (of_index(&database, engine) == all).then_some(()));
        server.wait_for_log("all messages are found by their words");
        assert_eq!(database.number("SELECT upto FROM message_words_walk"), 0);
        server.stop();
    }
}
