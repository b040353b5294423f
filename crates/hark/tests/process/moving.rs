//! `hark admin move`: from the embedded database to PostgreSQL.

use std::collections::BTreeSet;

use hark_testkit::{Database, Engine, Server, Setup, eventually, text};
use serde_json::json;

use crate::HARK;

/// What stands in every table of both, but for what belongs to one database alone.
fn counts(database: &Database, tables: &BTreeSet<String>) -> Vec<(String, i64)> {
    let count = |table: &String| database.number(&format!("SELECT count(*) FROM {table}"));
    tables
        .iter()
        .map(|table| (table.clone(), count(table)))
        .collect()
}

fn tables(embedded: &Database) -> BTreeSet<String> {
    let connection = embedded.sqlite();
    let mut names = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        .unwrap();
    let names = names.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let alone = ["migration", "lease", "guest_number", "fact"];
    names
        .map(Result::unwrap)
        .filter(|name| !alone.contains(&name.as_str()) && !name.starts_with("message_words"))
        .collect()
}

#[test]
fn everything_moves_to_an_empty_postgres_and_goes_on_there() {
    const ODD: &str = "a\\b\tc\nd \\N é 🐇";
    let (server, embedded) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    admin.set("Livechat_offline_message", ODD);
    admin.set("Livechat_secret_token", "sealed-and-carried");
    admin.set("Livechat_accept_chats_with_no_agents", true);
    let hook = json!({"url": "https://hooks.example.org/", "events": ["chat.*"]});
    let hook = admin.post("/api/hark/v1/endpoints", &hook).expect(201);
    let (ann, rid) = server.visitor("token-of-ann");
    let said = json!({"token": "token-of-ann", "rid": rid, "msg": ODD});
    ann.post("livechat/message", &said).expect(200);
    let name_of = |server: &Server, token: &str| text(&server.visit(token), "/v/username");
    assert_eq!(name_of(&server, "second"), "guest-2");

    let target = Database::fresh(Engine::Postgres);
    let url = target.url().unwrap();
    let ours = Setup::new(HARK).on(&embedded);
    // not while somebody uses it
    let beside = ours.command_line(&["admin", "move", url], "");
    beside.assert_refused(&["in use by another process"]);
    server.finish().assert_done();
    let (events, tables) = (embedded.events(), tables(&embedded));
    let kept = counts(&embedded, &tables);
    assert!(tables.len() > 40 && events.len() > 4, "{tables:?}");

    ours.command_line(&["admin", "move", url], "").assert_done();
    assert_eq!(counts(&target, &tables), kept);
    assert_eq!(target.events(), events);
    // once only
    let again = ours.command_line(&["admin", "move", url], "");
    again.assert_refused(&["has a Hark in it already"]);

    let moved = Setup::new(HARK)
        .on(&embedded)
        .env("HARK_DATABASE", url)
        .start();
    let admin = moved.admin();
    let setting = admin.get("settings/Livechat_offline_message").expect(200);
    assert_eq!(setting["value"], ODD);
    let secret = admin.get("livechat/integrations.settings").text();
    assert!(secret.contains("sealed-and-carried"), "{secret}");
    let path = format!("/api/hark/v1/endpoints/{}", text(&hook, "/id"));
    assert_eq!(
        admin.get(&path).expect(200)["url"],
        "https://hooks.example.org/"
    );
    // the chat goes on, and numbers behind those that were given out
    let ann = moved.client();
    ann.post("livechat/message", &said).expect(200);
    let story = ann.get(&format!(
        "livechat/messages.history/{rid}?token=token-of-ann"
    ));
    let story = story.expect(200);
    let mut words = hark_testkit::each(&story["messages"], "msg");
    words.retain(|words| !words.is_empty());
    assert_eq!(words, [ODD, ODD]);
    assert_eq!(name_of(&moved, "third"), "guest-3");
    // Words are gathered there anew, those of before as well.
    eventually("both are found", || {
        let found = admin
            .get("/api/hark/v1/conversations/search?words=b%20c%20d")
            .expect(200);
        let both = "SELECT count(*) FROM message_words WHERE words @@ 'b & c & d'::tsquery";
        (found["items"][0]["conversation"]["id"] == rid.as_str() && target.number(both) == 2)
            .then_some(())
    });
    let goes_on = target.events();
    assert_eq!(goes_on[..events.len()], events);
    assert!(goes_on.len() > events.len());
    moved.finish().assert_done();

    // and what is left behind sends nothing
    let left = Setup::new(HARK).on(&embedded).start();
    let stats = left.admin().get("/api/hark/v1/stats").expect(200);
    assert!(stats["quiet"].is_string(), "{stats}");
}
