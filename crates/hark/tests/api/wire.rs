//! The wire's manners, seen from outside: headers, envelopes, the order of checks, bodies and
//! queries, lists, rate limits, what other sites' pages may do.

use hark_testkit::{Client, Database, Engine, Response, Server, Setup, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

const MIB: usize = 1 << 20;

fn serve() -> (Server, Database) {
    Server::fresh(HARK, Engine::Sqlite)
}

/// The page that the original's web server shows before the API has a word.
#[track_caller]
fn assert_page(answer: &Response, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    let kind = answer.header("content-type");
    assert_eq!(kind, Some("text/html; charset=utf-8"));
    let shown = format!("<pre>{words}</pre>");
    assert!(answer.text().contains(&shown), "{}", answer.text());
}

fn not_logged_in() -> Value {
    json!({"status": "error", "message": "You must be logged in to do this."})
}

fn forbidden() -> Value {
    json!({
        "success": false,
        "error": "User does not have the permissions required for this action [error-unauthorized]",
    })
}

#[test]
fn each_kind_of_answer_has_its_envelope_and_all_have_the_same_headers() {
    let (server, _database) = serve();
    let (nobody, admin) = (server.client(), server.admin());
    let user = admin.person("ursula", &["user"]);
    let dancing = json!({"status": "dancing"});
    for (answer, status, body) in [
        (
            user.post("users.setStatus", &json!({})),
            200,
            json!({"success": true}),
        ),
        // a text
        (
            user.get("users.info?userId=nobody"),
            400,
            json!({"success": false, "error": "User not found."}),
        ),
        // a code
        (
            user.post("users.setStatus", &dancing),
            400,
            json!({
                "success": false,
                "error": "Valid status types include online, away, offline, and busy. [error-invalid-status]",
                "errorType": "error-invalid-status",
            }),
        ),
        // a text and a type
        (
            admin.post("permissions.update", &json!({})),
            400,
            json!({
                "success": false,
                "error": "Invalid body params",
                "errorType": "error-invalid-body-params",
            }),
        ),
        // nothing
        (
            admin.get("settings/Nonsense"),
            400,
            json!({"success": false}),
        ),
        (
            user.post("users.setPreferences", &json!({})),
            400,
            json!({
                "success": false,
                "error": "must have required property 'data' [invalid-params]",
                "errorType": "invalid-params",
            }),
        ),
        (nobody.get("me"), 401, not_logged_in()),
        (
            nobody.post("login", &json!({})),
            401,
            json!({"status": "error", "error": "Unauthorized", "message": "Unauthorized"}),
        ),
        (
            user.get("roles.getUsersInRole?role=admin"),
            403,
            forbidden(),
        ),
        (
            user.get("settings/Language"),
            403,
            json!({"success": false, "error": "unauthorized"}),
        ),
        (
            user.get("nothing.here"),
            404,
            json!({"success": false, "error": "There is no endpoint GET /api/v1/nothing.here"}),
        ),
        (
            user.put("me", &json!({})),
            405,
            json!({"status": "error", "message": "API endpoint does not exist"}),
        ),
    ] {
        assert_eq!(answer.expect(status), body);
        let expected = [
            ("content-type", "application/json"),
            ("cache-control", "no-store"),
            ("pragma", "no-cache"),
            ("access-control-allow-origin", "*"),
            (
                "access-control-allow-headers",
                "Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token",
            ),
        ];
        for (name, value) in expected {
            let mut given = answer.headers.iter().filter(|(known, _)| known == name);
            assert_eq!(given.next().unwrap().1, value, "{name} of {body}");
            assert_eq!(given.next(), None, "{name} of {body} twice");
        }
    }
}

#[test]
fn the_version_is_shown_in_full_only_to_those_who_may_see_statistics() {
    let (server, _database) = serve();
    let admin = server.admin();
    let user = admin.person("ursula", &["user"]);
    for client in [server.client(), user] {
        let info = client.get("/api/info").expect(200);
        assert_eq!(info["version"], "6.14");
        assert!(info["minimumClientVersions"].is_object());
        assert_eq!(info["success"], true);
        assert_eq!(info.get("info"), None);
    }
    let info = admin.get("/api/info").expect(200);
    assert_eq!(info["version"], "6.14.0");
    assert_eq!(info["info"]["version"], "6.14.0");
}

#[test]
fn a_request_is_checked_in_the_order_of_the_original() {
    let (server, _database) = serve();
    let (nobody, admin) = (server.client(), server.admin());
    let user = admin.person("ursula", &["user"]);
    let path = "/api/v1/users.create";
    let json = [("Content-Type", "application/json")];
    // what is no JSON, or JSON but neither object nor list, before the question who it is
    for body in ["{", "{\"a\": 1,}", "\"text\"", "5", "true", "null", "{} {}"] {
        for client in [&nobody, &user, &admin] {
            let answer = client.send("POST", path, &json, body.as_bytes());
            assert_page(&answer, 400, "Bad Request");
        }
    }
    // who it is, before what is wrong with the parameters
    let wrong = json!({"name": []});
    assert_eq!(nobody.post(path, &wrong).expect(401), not_logged_in());
    // what is wrong, before whether they may
    user.post(path, &wrong)
        .refused_by_schema("must have required property 'email'");
    user.post(path, &json!([]))
        .refused_by_schema("must be object");
    let right = json!({"email": "a@example.org", "name": "a", "password": "p", "username": "a"});
    assert_eq!(user.post(path, &right).expect(403), forbidden());
    // whether they may, before the second factor
    let change = json!({"value": "x"});
    admin.set("Accounts_TwoFactorAuthentication_RememberFor", 0);
    let path = "/api/v1/settings/Livechat_title";
    assert_eq!(user.post(path, &change).expect(403), forbidden());
    // the second factor, before what the command has to say
    let path = "/api/v1/settings/Nonsense";
    let asked = admin.post(path, &change).expect(400);
    assert_eq!(asked["errorType"], "totp-required");
}

#[test]
fn both_headers_of_a_caller_have_to_be_right() {
    let (server, _database) = serve();
    let login = json!({"user": "admin", "password": "secret-of-admin"});
    let login = server.client().post("login", &login).expect(200);
    let id = login["data"]["userId"].as_str().unwrap();
    let token = login["data"]["authToken"].as_str().unwrap();
    let other = &token[..token.len() - 1];
    let nobody = server.client();
    let with_id = nobody.with("X-User-Id", id);
    let right = with_id.with("X-Auth-Token", token);
    assert_eq!(right.get("me").expect(200)["_id"], id);
    for client in [
        nobody.with("X-Auth-Token", token),
        with_id.with("X-Auth-Token", other),
        with_id.with("X-Auth-Token", ""),
        nobody
            .with("X-User-Id", "admin")
            .with("X-Auth-Token", token),
        nobody.with("X-User-Id", "").with("X-Auth-Token", token),
        nobody.with("Authorization", &format!("Bearer {token}")),
        with_id,
    ] {
        assert_eq!(client.get("me").expect(401), not_logged_in());
    }
}

#[test]
fn bodies_are_read_as_far_as_the_caller_is_trusted() {
    let (server, _database) = serve();
    let (nobody, admin) = (server.client(), server.admin());
    let json = [("Content-Type", "application/json")];
    let text_of = |length: usize| {
        let rest = length - br#"{"user":""}"#.len();
        format!(r#"{{"user":"{}"}}"#, "x".repeat(rest)).into_bytes()
    };
    // a stranger: a quarter of a mebibyte, before anything else is looked at
    let answer = nobody.send("POST", "/api/v1/login", &json, &text_of(MIB / 4));
    assert_eq!(answer.expect(401)["error"], "Unauthorized");
    for path in [
        "/api/v1/login",
        "/api/v1/users.create",
        "/api/v1/livechat/messages",
    ] {
        let answer = nobody.send("POST", path, &json, &text_of(MIB / 4 + 1));
        assert_page(&answer, 413, "Payload Too Large");
    }
    // a message may be long
    let path = "/api/v1/livechat/message";
    let answer = nobody.send("POST", path, &json, &text_of(MIB));
    assert_eq!(answer.status, 400, "{}", answer.text());
    let answer = nobody.send("POST", path, &json, &text_of(MIB + 1));
    assert_page(&answer, 413, "Payload Too Large");
    // someone with a valid token: one, and eight where many messages come at once
    let path = "/api/v1/users.setStatus";
    let answer = admin.send("POST", path, &json, &text_of(MIB));
    assert_eq!(answer.expect(400)["errorType"], "error-invalid-user");
    let answer = admin.send("POST", path, &json, &text_of(MIB + 1));
    assert_page(&answer, 413, "Payload Too Large");
    let path = "/api/v1/livechat/messages";
    let answer = admin.send("POST", path, &json, &text_of(8 * MIB));
    assert_eq!(answer.expect(400)["success"], false);
    let answer = admin.send("POST", path, &json, &text_of(8 * MIB + 1));
    assert_page(&answer, 413, "Payload Too Large");
    admin.get("me").expect(200);
}

#[test]
fn a_body_may_come_in_utf_8_only() {
    let (server, _database) = serve();
    let admin = server.admin();
    let send = |kind: &str| {
        let path = "/api/v1/users.setStatus";
        let body = r#"{"message": "über"}"#;
        admin.send("POST", path, &[("Content-Type", kind)], body.as_bytes())
    };
    for kind in [
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
        "application/x-www-form-urlencoded; charset=\"shift_jis\"",
    ] {
        assert_page(&send(kind), 415, "Unsupported Media Type");
    }
    for kind in [
        "application/json;charset=UTF-8",
        "Application/JSON; charset=\"utf-8\"",
    ] {
        assert_eq!(send(kind).expect(200), json!({"success": true}));
    }
    let status = admin.get("users.getStatus").expect(200);
    assert_eq!(status["message"], "über");
}

#[test]
fn forms_are_bodies_too_and_may_carry_a_whole_one_as_payload() {
    let (server, _database) = serve();
    let admin = server.admin();
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let path = "/api/v1/users.setStatus";
    let status = |client: &Client| {
        let status = client.get("users.getStatus").expect(200);
        format!("{} {}", status["status"], status["message"])
    };
    let login = b"user=admin&password=secret-of-admin";
    let login = server.client().send("POST", "/api/v1/login", &form, login);
    assert_eq!(login.expect(200)["status"], "success");

    let body = b"status=busy&message=in+a+meeting%2C+caf%C3%A9";
    admin.send("POST", path, &form, body).expect(200);
    assert_eq!(status(&admin), r#""busy" "in a meeting, café""#);

    let body = br#"payload=%7B%22status%22%3A%22away%22%7D"#;
    admin.send("POST", path, &form, body).expect(200);
    assert_eq!(status(&admin), r#""away" "in a meeting, café""#);

    // the payload stands for the whole body, of a JSON body as well
    let payload = json!({"message": "back soon"}).to_string();
    let body = json!({"status": "nonsense", "payload": payload});
    admin.post(path, &body).expect(200);
    assert_eq!(status(&admin), r#""away" "back soon""#);
    admin
        .post(path, &json!({"payload": "[1]"}))
        .refused_by_schema("must be object");
    server.may_log_error("\"status\":500");
    let broken = admin.post(path, &json!({"payload": "{"}));
    assert_page(&broken, 500, "Server error.");

    // any other kind of body, or none that is named, is an empty one
    let body = br#"{"status": "busy"}"#;
    for headers in [&[][..], &[("Content-Type", "text/plain")]] {
        admin.send("POST", path, headers, body).expect(200);
    }
    admin
        .send("POST", path, &[("Content-Type", "application/json")], b"")
        .expect(200);
    assert_eq!(status(&admin), r#""away" "back soon""#);
}

#[test]
fn queries_speak_in_brackets_and_scalars_are_coerced_but_never_to_lists() {
    let (server, _database) = serve();
    let admin = server.admin();
    for name in ["ada", "bob"] {
        admin.person(name, &["user"]);
    }
    let id = |name: &str| {
        let found = admin.get(&format!("users.info?username={name}"));
        let id = found.expect(200)["user"]["_id"].clone();
        id.as_str().unwrap().to_owned()
    };
    let (ada, bob) = (id("ada"), id("bob"));
    for query in [
        format!("ids[]={ada}&ids[]={bob}"),
        format!("ids%5B%5D={ada}&ids%5B%5D={bob}"),
        format!("ids[0]={ada}&ids[1]={bob}"),
        format!("ids={ada},{bob}"),
    ] {
        let found = admin.get(&format!("users.presence?{query}"));
        let found = found.expect(200);
        let names = found["users"].as_array().unwrap().iter();
        let names: Vec<_> = names.map(|user| &user["username"]).collect();
        assert_eq!(names, ["ada", "bob"], "{query}");
    }

    let create = |changes: &Value| {
        let mut body =
            json!({"email": "c@example.org", "name": "c", "password": "p", "username": "carl"});
        let members = body.as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        admin.post("users.create", &body)
    };
    for (changes, words) in [
        (json!({"odd": 1}), "must NOT have additional properties"),
        (json!({"name": {}}), "must be string"),
        (json!({"roles": "user"}), "must be array"),
        (json!({"active": "yes"}), "must be boolean"),
        (json!({"active": 2}), "must be boolean"),
        (json!({"customFields": []}), "must be object"),
    ] {
        create(&changes).refused_by_schema(words);
    }
    let coerced = json!({"name": 5, "active": 0, "verified": "true", "requirePasswordChange": null, "roles": []});
    let made = create(&coerced).expect(200)["user"].clone();
    assert_eq!(made["name"], "5");
    assert_eq!(made["active"], false);
    assert_eq!(made["emails"][0]["verified"], true);
    assert_eq!(made["requirePasswordChange"], false);

    for (query, words) in [
        ("", "must match exactly one schema in oneOf"),
        (
            "?userId=a&username=b",
            "must match exactly one schema in oneOf",
        ),
        ("?userId=a&odd=1", "must match exactly one schema in oneOf"),
    ] {
        admin
            .get(&format!("users.info{query}"))
            .refused_by_schema(words);
    }
    let list = |query: &str| admin.get(&format!("users.list?{query}"));
    list("odd=1").refused_by_schema("must NOT have additional properties");
    list("count=many").refused_by_schema("must be number");
    list("count[]=1").refused_by_schema("must be number");
    list("sort[name]=1").refused_by_schema("must be string");
    let many = list(&"count=1&".repeat(1_001));
    assert_page(&many, 400, "Bad Request");
    let deep = list(&format!("count{}=1", "[a]".repeat(30)));
    assert_page(&deep, 400, "Bad Request");
}

#[test]
fn paths_methods_and_names_of_requests() {
    let (server, _database) = serve();
    let admin = server.admin();
    for (method, path, allowed) in [
        ("DELETE", "me", "GET, OPTIONS"),
        ("HEAD", "me", "GET, OPTIONS"),
        ("GET", "login", "POST, OPTIONS"),
        ("PATCH", "settings/Language", "GET, POST, OPTIONS"),
    ] {
        let answer = admin.json(method, &format!("/api/v1/{path}"), &json!({}));
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
    }
    for path in ["/api/v1/", "/api/v1/me/", "/api/v2/me", "/api/v1/settings/"] {
        let answer = admin.get(path).expect(404);
        let words = format!("There is no endpoint GET {path}");
        assert_eq!(answer, json!({"success": false, "error": words}));
    }
    // a name that is no text names no setting
    let answer = admin.get("settings/%ff%fe");
    assert_eq!(answer.expect(400), json!({"success": false}));
    let answer = admin.get("settings/Livechat%5Ftitle");
    assert_eq!(answer.expect(200)["_id"], "Livechat_title");

    let named = |id: &str| {
        let answer = admin.with("X-Request-Id", id).get("me");
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(named("trace-7f.3_A"), "trace-7f.3_A");
    // what cannot stand in a line of a log is replaced
    for odd in ["two words", "a\tb", &"x".repeat(65), "\"}"] {
        let given = named(odd);
        assert_eq!(given.len(), 17, "{given}");
        assert_ne!(given, named(odd));
    }
    let refused = server.client().with("X-Request-Id", "abc").get("me");
    assert_eq!(refused.header("x-request-id"), Some("abc"));
}

#[test]
fn pages_of_other_sites_may_call_as_far_as_the_settings_say() {
    let (server, _database) = serve();
    let admin = server.admin();
    let ask = |origin: &str| {
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
        ];
        server
            .client()
            .send("OPTIONS", "/api/v1/users.create", &headers, b"")
    };
    let refused = ask("https://a.example");
    assert_eq!(refused.status, 405);
    assert!(refused.text().contains("General → REST API"));
    assert_eq!(
        refused.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(refused.header("access-control-allow-origin"), None);

    admin.set("API_Enable_CORS", true);
    let granted = ask("https://a.example");
    assert_eq!(granted.status, 200);
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        (
            "access-control-allow-methods",
            "GET, POST, PUT, DELETE, HEAD, PATCH",
        ),
        (
            "access-control-allow-headers",
            "Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token, x-visitor-token, Authorization",
        ),
    ] {
        assert_eq!(granted.header(name), Some(value));
    }

    let origins = json!("https://a.example, http://localhost:8080");
    admin.set("API_CORS_Origin", origins);
    for (origin, allowed) in [
        ("https://a.example", Some("https://a.example")),
        ("http://localhost:8080", Some("http://localhost:8080")),
        ("https://a.example.evil.example", None),
        ("https://a.exampl", None),
        ("null", None),
        ("", None),
    ] {
        let answer = ask(origin);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
}

/// What a list showed: how many, from where, of how many.
#[track_caller]
fn numbers(answer: &Value, list: &str) -> (usize, u64, u64) {
    let shown = answer[list].as_array().unwrap().len();
    assert_eq!(answer["count"], shown, "count is what came");
    let number = |name: &str| answer[name].as_u64().unwrap();
    (shown, number("offset"), number("total"))
}

#[test]
fn a_list_is_cut_into_pages_as_the_settings_say() {
    let (server, _database) = serve();
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
fn what_is_wrong_with_sort_fields_and_query_is_said_in_the_original_words() {
    let (server, _database) = serve();
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
    let (server, _database) = serve();
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

/// The three numbers that a limited route shows.
fn allowance(answer: &Response) -> Option<(i64, i64, i64)> {
    let number = |name: &str| answer.header(name).map(|text| text.parse().unwrap());
    let limit = number("x-ratelimit-limit")?;
    let remaining = number("x-ratelimit-remaining")?;
    let reset = number("x-ratelimit-reset")?;
    Some((limit, remaining, reset))
}

fn with_limits() -> (Server, Database) {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database).env("HARK_RATE_LIMIT", "on");
    (setup.start(), database)
}

/// Reads the N of "You must wait N seconds" after making sure of everything around it.
#[track_caller]
fn seconds_to_wait(answer: &Response) -> i64 {
    let body = answer.expect(429);
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
    assert_eq!(body["success"], false);
    let error = body["error"].as_str().unwrap();
    let rest = error
        .strip_prefix("Error, too many requests. Please slow down. You must wait ")
        .unwrap();
    let number = rest
        .strip_suffix(" seconds before trying this endpoint again. [error-too-many-requests]")
        .unwrap();
    number.parse().unwrap()
}

#[test]
fn the_eleventh_call_of_a_minute_is_refused_and_administrators_are_not_counted() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    let user = admin.person("ursula", &["user"]);
    let before = hark_store::Clock::system().now().millis();
    let mut first_reset = None;
    for left in (0..10).rev() {
        let answer = user.get("me");
        answer.expect(200);
        let (limit, remaining, reset) = allowance(&answer).unwrap();
        assert_eq!((limit, remaining), (10, left));
        assert_eq!(
            reset,
            *first_reset.get_or_insert(reset),
            "one window for all"
        );
    }
    let reset = first_reset.unwrap();
    let after = hark_store::Clock::system().now().millis();
    assert!(
        (before + 60_000..=after + 60_000).contains(&reset),
        "milliseconds: {reset}"
    );
    let refused = user.get("me");
    assert!((1..=60).contains(&seconds_to_wait(&refused)));
    assert_eq!(allowance(&refused), Some((10, 0, reset)));
    // from the same address, no matter who it is; but not on another route
    let other = admin.person("otto", &["user"]);
    seconds_to_wait(&other.get("me"));
    assert_eq!(allowance(&other.get("users.getStatus")).unwrap().1, 9);
    for _ in 0..12 {
        let answer = admin.get("me");
        answer.expect(200);
        assert_eq!(allowance(&answer), None);
    }
    // strangers learn that they are not known, before how often they came, and are not counted
    for _ in 0..12 {
        let answer = server.client().get("roles.list");
        assert_eq!(answer.expect(401), not_logged_in());
        assert_eq!(allowance(&answer), None);
    }
    assert_eq!(allowance(&user.get("roles.list")).unwrap().1, 9);
    // methods of the real-time API have their own limits
    let frame = json!({"message": r#"{"msg":"method","id":"1","method":"nothing","params":[]}"#});
    for _ in 0..12 {
        let answer = user.post("method.call/nothing", &frame);
        answer.expect(200);
        assert_eq!(allowance(&answer), None);
    }
}

#[test]
fn too_many_comes_before_what_is_wrong_with_the_body_and_after_who_it_is() {
    let (server, _database) = with_limits();
    let user = server.admin().person("ursula", &["user"]);
    let path = "/api/v1/users.create";
    let wrong = json!({"odd": 1});
    for left in (0..10).rev() {
        let answer = user.post(path, &wrong);
        answer.refused_by_schema("must have required property 'email'");
        assert_eq!(allowance(&answer).unwrap().1, left);
    }
    seconds_to_wait(&user.post(path, &wrong));
    let json = [("Content-Type", "application/json")];
    seconds_to_wait(&user.send("POST", path, &json, b"{"));
    let broken = server.client().send("POST", path, &json, b"{");
    assert_page(&broken, 400, "Bad Request");
    assert_eq!(
        server.client().post(path, &wrong).expect(401),
        not_logged_in()
    );
}

#[test]
fn changed_limits_hold_for_the_next_call() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    let user = admin.person("ursula", &["user"]);
    let call = || user.get("users.getStatus");
    for _ in 0..10 {
        call().expect(200);
    }
    seconds_to_wait(&call());
    let limit = "API_Enable_Rate_Limiter_Limit_Calls_Default";
    admin.set(limit, 15);
    let answer = call();
    answer.expect(200);
    assert_eq!(
        allowance(&answer).map(|(limit, left, _)| (limit, left)),
        Some((15, 3))
    );
    admin.set(limit, 12);
    seconds_to_wait(&call());
    admin.set("API_Enable_Rate_Limiter", false);
    let answer = call();
    answer.expect(200);
    assert_eq!(allowance(&answer), None);
    admin.set("API_Enable_Rate_Limiter", true);
    seconds_to_wait(&call());
    // someone with the permission is exempt
    let bypass = json!([{"_id": "api-bypass-rate-limit", "roles": ["admin", "user"]}]);
    let update = json!({"permissions": bypass});
    admin.post("permissions.update", &update).expect(200);
    assert_eq!(allowance(&call()), None);
}

#[test]
fn an_address_is_what_the_own_proxies_say_and_nobody_else() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database).env("HARK_RATE_LIMIT", "on");
    let left = |server: &Server, forwarded: &str| {
        let client = server.client().with("X-Forwarded-For", forwarded);
        allowance(&client.get("settings.public?count=1")).unwrap().1
    };
    let server = setup.start();
    assert_eq!(left(&server, "192.0.2.1"), 9);
    assert_eq!(left(&server, "192.0.2.2"), 8);
    server.stop();
    let server = setup.env("HARK_PROXIES", "1").start();
    assert_eq!(left(&server, "192.0.2.1"), 9);
    assert_eq!(left(&server, "192.0.2.2"), 9);
    // what stands before the proxy's own word, the caller wrote themselves
    assert_eq!(left(&server, "203.0.113.9, 192.0.2.2"), 8);
    assert_eq!(left(&server, "::ffff:192.0.2.2"), 7);
}
