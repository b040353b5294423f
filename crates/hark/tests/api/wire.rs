//! The wire's manners, seen from outside: headers, envelopes, the order of checks, bodies and
//! queries, what other sites' pages may do.

use std::io::Read;

use flate2::read::GzDecoder;
use hark_testkit::{Client, Database, Engine, Response, Server};
use serde_json::{Value, json};

use crate::HARK;

const MIB: usize = 1 << 20;

fn serve() -> (Server, Database) {
    Server::fresh(HARK, Engine::Sqlite)
}

/// The page that the original's web server shows before the API has a word.
#[track_caller]
pub fn assert_page(answer: &Response, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    let kind = answer.header("content-type");
    assert_eq!(kind, Some("text/html; charset=utf-8"));
    let shown = format!("<pre>{words}</pre>");
    assert!(answer.text().contains(&shown), "{}", answer.text());
}

pub fn not_logged_in() -> Value {
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
fn the_front_page_tells_strangers_nothing_of_what_runs_here() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let page = server.client().get("/about");
    assert_eq!(page.status, 200);
    let page = page.text();
    assert!(page.contains("Ready."), "{page}");
    let script = format!("src=\"http://{}/livechat/widget.js\"", server.address());
    assert!(page.contains(&script), "{page}");
    for word in ["Version", "SQLite", "PostgreSQL", "event log", "{{"] {
        assert!(!page.contains(word), "{word}: {page}");
    }
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
    // Or one header of ours, which is whole by itself.
    let bearing = nobody.with("Authorization", &format!("Bearer {token}"));
    for client in [right, bearing] {
        assert_eq!(client.get("me").expect(200)["_id"], id);
    }
    for client in [
        nobody.with("X-Auth-Token", token),
        with_id.with("X-Auth-Token", other),
        with_id.with("X-Auth-Token", ""),
        nobody
            .with("X-User-Id", "admin")
            .with("X-Auth-Token", token),
        nobody.with("X-User-Id", "").with("X-Auth-Token", token),
        nobody.with("Authorization", &format!("Bearer {other}")),
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

#[test]
fn a_long_answer_is_compressed_for_those_who_take_it_so() {
    let (server, _database) = serve();
    let admin = server.admin();
    let long = "settings?count=1000";
    let plain = admin.get(long);
    assert!(plain.body.len() > 50 << 10);
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.header("vary"), Some("Accept-Encoding"));
    let accepting = |accepted: &str| admin.with("Accept-Encoding", accepted);
    for accepted in ["gzip, deflate, br, zstd", "GZIP;q=0.5"] {
        let answer = accepting(accepted).get(long);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
        assert_eq!(answer.header("content-type"), plain.header("content-type"));
        assert!(
            answer.body.len() < plain.body.len() / 4,
            "{}",
            answer.body.len()
        );
        let mut whole = Vec::new();
        let mut decoder = GzDecoder::new(answer.body.as_slice());
        decoder.read_to_end(&mut whole).unwrap();
        assert_eq!(whole, plain.body);
    }
    for accepted in ["br", "gzip;q=0", "identity"] {
        let answer = accepting(accepted).get(long);
        assert_eq!(answer.header("content-encoding"), None, "{accepted}");
        assert_eq!(answer.body, plain.body);
    }
    // A short one would hardly become shorter.
    let short = accepting("gzip").get("me");
    assert_eq!(short.header("content-encoding"), None);
    assert_eq!(short.header("vary"), None);
}
