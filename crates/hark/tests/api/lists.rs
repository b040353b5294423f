//! Lists: pages, and `sort`, `fields` and `query` as old clients send them.

use hark_testkit::{Client, Engine, Response, Server, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

/// What a list showed: how many, from where, of how many.
#[track_caller]
fn numbers(answer: &Value, list: &str) -> (usize, u64, u64) {
    let shown = answer[list].as_array().unwrap().len();
    assert_eq!(answer["count"], shown, "count is what came");
    let number = |name: &str| answer[name].as_u64().unwrap();
    (shown, number("offset"), number("total"))
}

on_both_engines! {
    fn a_list_of_people_is_sorted_filtered_and_trimmed_as_old_clients_ask(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        for (username, name) in [("zoe", "Ada"), ("carl", "bert"), ("Dora", "Émile")] {
            let body = json!({
                "username": username,
                "name": name,
                "email": format!("{username}@example.org"),
                "password": "p",
                "roles": ["user", "livechat-agent"],
            });
            admin.post("users.create", &body).expect(200);
        }
        let names = |query: &str| {
            let answer = admin.get(&format!("users.list?{query}")).expect(200);
            let users = answer["users"].as_array().unwrap().iter();
            let names: Vec<_> = users.map(|user| user["username"].as_str().unwrap()).collect();
            format!("{} of {}", names.join(" "), answer["total"])
        };
        for (query, found) in [
            ("", "admin carl Dora rocket.cat zoe of 5"),
            (r#"sort={"username":-1}"#, "zoe rocket.cat Dora carl admin of 5"),
            (r#"sort={"name":1}"#, "zoe admin rocket.cat carl Dora of 5"),
            (r#"sort={"createdAt":-1}&count=2"#, "Dora carl of 5"),
            (r#"sort={"active":1,"name":-1}&offset=1&count=2"#, "carl rocket.cat of 5"),
            (r#"sort={"username":-1}&query={"roles":"livechat-agent"}"#, "zoe Dora carl of 3"),
            (r#"query={"roles":"livechat-agent"}&count=2"#, "carl Dora of 3"),
            (r#"query={"username":{"$regex":"^D"}}"#, "Dora of 1"),
            (r#"query={"$or":[{"name":"Ada"},{"emails.address":"carl@example.org"}]}"#, "carl zoe of 2"),
            (r#"query={"username":{"$regex":"("}}"#, " of 0"),
        ] {
            let query = query.replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
            assert_eq!(names(&query), found, "{query}");
        }
        let trimmed = admin.get("users.list?count=1&fields=%7B%22username%22:1%7D");
        let trimmed = trimmed.expect(200)["users"][0].clone();
        let left: Vec<_> = trimmed.as_object().unwrap().keys().collect();
        assert_eq!(left, ["_id", "username"]);
        let trimmed = admin.get("users.info?username=zoe&fields=%7B%22name%22:0%7D");
        let trimmed = trimmed.expect(200)["user"].clone();
        assert_eq!(trimmed["username"], "zoe");
        assert_eq!(trimmed.get("name"), None);
    }
}

#[test]
fn a_list_is_cut_into_pages_as_the_settings_say() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let list = |query: &str| {
        let answer = admin.get(&format!("settings?{query}"));
        numbers(&answer.expect(200), "settings")
    };
    let (all, _, total) = list("count=0");
    assert_eq!(all as u64, total);
    assert!(all > 120, "too few settings to see a page: {all}");
    for (query, shown, offset) in [
        ("", 50, 0),
        ("count=7", 7, 0),
        ("count=7&offset=3", 7, 3),
        ("count=101", 100, 0),
        ("count=1e300", 100, 0),
        ("count=-1", 50, 0),
        ("count=100&offset=-5", 100, 0),
    ] {
        assert_eq!(list(query), (shown, offset, total), "{query}");
    }
    let last = total - 2;
    assert_eq!(list(&format!("offset={last}")), (2, last, total));
    assert_eq!(list("offset=1000000"), (0, 1_000_000, total));

    admin.set("API_Default_Count", 20);
    admin.set("API_Upper_Count_Limit", 30);
    admin.set("API_Allow_Infinite_Count", false);
    for (query, shown) in [("", 20), ("count=31", 30), ("count=0", 20)] {
        assert_eq!(list(query), (shown, 0, total), "{query}");
    }
}

#[test]
fn what_is_wrong_with_sort_fields_and_query_is_said_in_the_original_words() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let user = admin.person("ursula", &["user"]);
    for (client, query, error, kind) in [
        (
            &admin,
            "sort=name",
            r#"Invalid sort parameter provided: "name""#,
            "error-invalid-sort",
        ),
        (
            &admin,
            "sort=[1]",
            r#"Invalid sort parameter provided: "[1]""#,
            "error-invalid-sort",
        ),
        (
            &admin,
            "sort=%7B%22name%22:2%7D",
            "Invalid sort parameter: name",
            "error-invalid-sort-parameter",
        ),
        (
            &admin,
            "sort=%7B%22name%22:%22up%22%7D",
            "Invalid sort parameter: name",
            "error-invalid-sort-parameter",
        ),
        (
            &admin,
            "fields=name",
            r#"Invalid fields parameter provided: "name""#,
            "error-invalid-fields",
        ),
        (
            &admin,
            "query=%7B",
            r#"Invalid query parameter provided: "{""#,
            "error-invalid-query",
        ),
        // what nobody may ask for, and what only some may
        (
            &admin,
            "query=%7B%22password%22:%22x%22%7D",
            r#"Invalid query parameter provided: "password""#,
            "error-invalid-query",
        ),
        (
            &user,
            "query=%7B%22emails.address%22:%22admin@example.org%22%7D",
            r#"Invalid query parameter provided: "emails.address""#,
            "error-invalid-query",
        ),
    ] {
        let answer = client.get(&format!("users.list?{query}"));
        let answer = answer.expect(400);
        assert_eq!(answer["error"], format!("{error} [{kind}]"), "{query}");
        assert_eq!(answer["errorType"], kind);
        assert_eq!(answer["success"], false);
    }
}

#[test]
fn what_sort_fields_and_query_may_be_is_bounded_and_patterns_are_for_those_who_see_the_list() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let (nobody, admin) = (server.client(), server.admin());
    let user = admin.person("ursula", &["user"]);
    let ask = |client: &Client, list: &str, name: &str, value: &Value| {
        let text = value.to_string();
        let mut bytes = String::new();
        for byte in text.bytes() {
            bytes.push_str(&format!("%{byte:02X}"));
        }
        client.get(&format!("{list}?{name}={bytes}"))
    };
    #[track_caller]
    fn assert_refused(answer: &Response, kind: &str, word: &str) {
        let body = answer.expect(400);
        assert_eq!(body["errorType"], kind, "{body}");
        assert!(body["error"].as_str().unwrap().contains(word), "{body}");
    }
    let kind = "error-invalid-query";
    let pattern = json!({"_id": {"$regex": "^Livechat_"}});
    for (client, list) in [
        (&nobody, "settings.public"),
        (&user, "settings.public"),
        (&user, "settings"),
        (&user, "users.list"),
    ] {
        let for_others = "Patterns ($regex) are for those who may see the whole list";
        assert_refused(&ask(client, list, "query", &pattern), kind, for_others);
    }
    for list in ["settings.public", "settings"] {
        let found = ask(&admin, list, "query", &pattern).expect(200);
        assert!(found["total"].as_i64().unwrap() > 10, "{found}");
    }
    // each for itself is cheap to write down
    let costly = json!({"_id": {"$regex": r"\pL{9}a"}});
    for (query, word) in [
        (json!({"$or": vec![pattern; 11]}), "10 patterns"),
        (json!({"_id": {"$regex": "a".repeat(201)}}), "of 200 bytes"),
        (json!({"_id": {"$regex": r"\pL{99}"}}), "131072 bytes"),
        (json!({"_id": {"$in": vec![1; 500]}}), "500 values"),
        (
            json!({"$or": [{"$or": [{"$or": [{"_id": "a"}]}]}]}),
            "6 deep",
        ),
        (json!({"_id": "a".repeat(16 << 10)}), "16384 bytes"),
    ] {
        for list in ["settings.public", "users.list"] {
            assert_refused(&ask(&admin, list, "query", &query), kind, word);
        }
        assert_refused(&ask(&nobody, "settings.public", "query", &query), kind, "");
    }
    assert_refused(&ask(&nobody, "settings.public", "query", &costly), kind, "");
    let names = (0..11).map(|name| (name.to_string(), json!(1)));
    let sort = Value::Object(names.collect());
    let too_much = ask(&nobody, "settings.public", "sort", &sort);
    assert_refused(&too_much, "error-invalid-sort", "10 names");
    let fields = json!(vec![1; 500]);
    let too_much = ask(&nobody, "settings.public", "fields", &fields);
    assert_refused(&too_much, "error-invalid-fields", "500 values");
    // what an old client asks is answered to anybody
    let usual = json!({"_id": {"$in": ["Livechat_title", "Livechat_enabled"]}});
    let found = ask(&nobody, "settings.public", "query", &usual).expect(200);
    assert_eq!(found["total"], 2);
}
