//! Settings, seen from outside: what each is, who sees it, what it refuses, and what the operator
//! decides by the environment.

use std::path::Path;

use hark_model::settings::{catalogue, catalogue::Kind, catalogue::Preset, catalogue::Setting};
use hark_testkit::{Client, Database, Desk, Engine, Server, Setup, on_both_engines};
use serde_json::{Value, json};

use crate::{BINARY, HARK};

const MASK: &str = "••••••••";

fn path(id: &str) -> String {
    format!("/api/v1/settings/{id}")
}

#[track_caller]
fn read(client: &Client, id: &str) -> Value {
    let answer = client.get(&path(id)).expect(200);
    assert_eq!(answer["_id"], id);
    answer["value"].clone()
}

fn set(client: &Client, id: &str, value: &Value) -> hark_testkit::Response {
    client.post(&path(id), &json!({"value": value}))
}

/// All settings of a list, in its order.
fn list(client: &Client, query: &str) -> Vec<Value> {
    let answer = client.get(query).expect(200);
    let settings = answer["settings"].as_array().unwrap();
    assert_eq!(answer["count"], settings.len());
    settings.clone()
}

fn ids(settings: &[Value]) -> Vec<&str> {
    let ids = settings.iter().map(|setting| setting["_id"].as_str());
    ids.map(Option::unwrap).collect()
}

fn sorted(mut ids: Vec<&str>) -> Vec<&str> {
    ids.sort_unstable();
    ids
}

/// Another value than the first one, of those that the setting accepts.
fn another(setting: &Setting) -> Value {
    let number = |by: i64| match setting.preset {
        Preset::Int(number) => json!(number + by),
        _ => Value::Null,
    };
    let candidates = match setting.kind {
        Kind::Boolean => vec![json!(setting.preset != Preset::Bool(true))],
        Kind::Int => vec![number(1), number(-1)],
        Kind::Select(choices) => vec![json!(choices.first()), json!(choices.last())],
        Kind::MultiSelect(choices) => vec![json!([choices.last(), "of a later version"])],
        Kind::Color => vec![json!("#0aB")],
        Kind::String | Kind::Password | Kind::Code | Kind::RelativeUrl => [
            "Grüße, \"you\" \\ \u{202e}RTL",
            "https://chat.example.org/x?y=1",
            "https://chat.example.org",
            "ann@example.org",
            "chat.example.org",
            "{\"team\":{\"type\":\"text\"}}",
            "8080",
            "de-CH",
        ]
        .map(|text| json!(text))
        .to_vec(),
    };
    let preset = setting.preset.to_json();
    let mut fitting = candidates
        .into_iter()
        .filter(|value| *value != preset && setting.check(value).is_ok());
    let found = fitting.next();
    found.unwrap_or_else(|| panic!("this test knows no other value of {}", setting.id))
}

on_both_engines! {
    fn every_setting_is_shown_as_the_catalogue_has_it(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let documents = list(&admin, "settings?count=0");
        let known = catalogue::SETTINGS.iter().map(|setting| setting.id).collect();
        assert_eq!(ids(&documents), sorted(known));
        for setting in catalogue::SETTINGS {
            let id = setting.id;
            let document = documents.iter().find(|document| document["_id"] == id).unwrap();
            let preset = setting.preset.to_json();
            for (name, value) in [
                ("type", json!(setting.kind.wire_name())),
                ("value", preset.clone()),
                ("packageValue", preset.clone()),
                ("valueSource", json!("packageValue")),
                ("public", json!(setting.public)),
                ("secret", json!(setting.secret)),
                ("enterprise", json!(setting.premium)),
                ("group", json!(setting.group)),
                ("section", json!(setting.section)),
                ("i18nLabel", json!(setting.label)),
                ("hidden", json!(false)),
                ("blocked", json!(false)),
            ] {
                assert_eq!(document[name], value, "{name} of {id}");
            }
            for name in ["i18nDescription", "ts", "createdAt", "_updatedAt"] {
                assert!(document[name].is_string(), "{name} of {id}");
            }
            assert!(document["sorter"].is_u64(), "{id}");
            let choices = match setting.kind {
                Kind::Select(choices) | Kind::MultiSelect(choices) => Some(choices),
                _ => None,
            };
            let offered = choices.map(|choices| {
                let each = choices.iter().map(|choice| json!({"key": choice, "i18nLabel": choice}));
                Value::Array(each.collect())
            });
            assert_eq!(document.get("values"), offered.as_ref(), "{id}");
            assert_eq!(document.get("modules").is_some(), setting.premium, "{id}");
            assert_eq!(read(&admin, id), preset);
        }
    }

    fn every_setting_takes_another_value_and_refuses_nonsense_with_a_sentence(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let before = list(&admin, "settings?count=0");
        for setting in catalogue::SETTINGS {
            let id = setting.id;
            let refused = set(&admin, id, &json!({})).expect(400);
            assert_eq!(refused["errorType"], "error-invalid-setting-value", "{id}");
            let sentence = refused["error"].as_str().unwrap();
            let sentence = sentence.strip_suffix(" [error-invalid-setting-value]").unwrap();
            assert!(sentence.starts_with(&format!("{id} must be ")), "{sentence}");
            assert!(sentence.ends_with('.'), "{sentence}");
            assert_eq!(read(&admin, id), setting.preset.to_json());
        }
        // those that switch the walk itself off come last
        let (guards, others): (Vec<_>, Vec<_>) = catalogue::SETTINGS
            .iter()
            .partition(|setting| setting.id.starts_with("Accounts_TwoFactor"));
        for setting in others.into_iter().chain(guards) {
            let (id, value) = (setting.id, another(setting));
            let done = set(&admin, id, &value);
            assert_eq!(done.expect(200), json!({"success": true}), "{id}");
            let shown = if setting.secret { json!(MASK) } else { value };
            assert_eq!(read(&admin, id), shown);
        }
        let path = "settings?count=0&offset=0";
        set(&admin, "API_Allow_Infinite_Count", &json!(true)).expect(200);
        for (old, new) in before.iter().zip(list(&admin, path)) {
            let id = &new["_id"];
            assert_eq!(old["_id"], *id);
            if id == "API_Allow_Infinite_Count" {
                continue;
            }
            assert_ne!(old["value"], new["value"], "{id}");
            assert_eq!(old["packageValue"], new["packageValue"], "{id}");
            assert_eq!(old["createdAt"], old["_updatedAt"], "{id}");
            let at = |document: &Value, name: &str| document[name].as_str().unwrap().to_owned();
            assert!(at(&new, "_updatedAt") > at(old, "_updatedAt"), "{id}");
        }
    }

    fn everyone_sees_the_public_settings_and_only_some_the_others(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let (nobody, admin) = (server.client(), server.admin());
        let ursula = admin.person("ursula", &["user"]);
        let public = catalogue::SETTINGS.iter().filter(|setting| setting.public);
        let public = sorted(public.map(|setting| setting.id).collect());
        let private = catalogue::SETTINGS.iter().find(|setting| !setting.public).unwrap().id;

        for client in [&nobody, &ursula, &admin] {
            let shown = list(client, "settings.public?count=0");
            assert_eq!(ids(&shown), public);
            for setting in &shown {
                let known = catalogue::find(setting["_id"].as_str().unwrap()).unwrap();
                assert_eq!(setting["value"], known.preset.to_json());
                assert_eq!(setting["enterprise"], known.premium);
                assert_eq!(setting.as_object().unwrap().len(), 3, "{setting}");
            }
        }
        assert_eq!(ids(&list(&ursula, "settings?count=0")), public);
        assert_eq!(list(&admin, "settings?count=0").len(), catalogue::SETTINGS.len());
        nobody.get("settings").expect(401);

        // by name, as widgets ask
        let asked = list(&nobody, &format!("settings.public?_id=Livechat_title,%20{private},Site_Name"));
        assert_eq!(ids(&asked), ["Livechat_title", "Site_Name"]);
        let query = format!("%7B%22_id%22:%7B%22$in%22:[%22Livechat_title%22,%22{private}%22]%7D%7D");
        assert_eq!(ids(&list(&nobody, &format!("settings.public?query={query}"))), ["Livechat_title"]);
        // nobody finds out what a private one is by asking for it
        let query = "settings.public?query=%7B%22value%22:%22x%22%7D";
        let refused = nobody.get(query).expect(400);
        assert_eq!(refused["errorType"], "error-invalid-query");

        let unauthorized = json!({"success": false, "error": "unauthorized"});
        for id in ["Livechat_title", private, "Nonsense"] {
            assert_eq!(ursula.get(&path(id)).expect(403), unauthorized);
            nobody.get(&path(id)).expect(401);
            set(&ursula, id, &json!("x")).expect(403);
            set(&nobody, id, &json!("x")).expect(401);
        }
        for id in ["Nonsense", "livechat_title", "Livechat_title%20"] {
            assert_eq!(admin.get(&path(id)).expect(400), json!({"success": false}));
            assert_eq!(set(&admin, id, &json!("x")).expect(400), json!({"success": false}));
        }
        // the right to see them is a permission like any other, and that to change them another
        let grants = json!({"permissions": [{"_id": "view-privileged-setting", "roles": ["admin", "user"]}]});
        admin.post("permissions.update", &grants).expect(200);
        assert_eq!(list(&ursula, "settings?count=0").len(), catalogue::SETTINGS.len());
        assert_eq!(read(&ursula, "Livechat_title"), "");
        set(&ursula, "Livechat_title", &json!("x")).expect(403);
    }

    fn a_change_holds_for_the_next_call_and_after_a_restart(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database);
        let server = setup.start();
        let admin = server.admin();
        let shown = |server: &Server| {
            list(&server.client(), "settings.public?_id=Livechat_title")[0]["value"].clone()
        };
        set(&admin, "Livechat_title", &json!("Help")).expect(200);
        assert_eq!(shown(&server), "Help");
        // as forms, old scripts and colour pickers send it
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        admin.send("POST", &path("Livechat_enabled"), &form, b"value=false").expect(200);
        assert_eq!(read(&admin, "Livechat_enabled"), false);
        admin.send("POST", &path("Message_MaxAllowedSize"), &form, b"value=300").expect(200);
        assert_eq!(read(&admin, "Message_MaxAllowedSize"), 300);
        let colour = json!({"value": "#123456", "editor": "color"});
        admin.post(&path("Livechat_title_color"), &colour).expect(200);
        assert_eq!(read(&admin, "Livechat_title_color"), "#123456");
        // a URL that is none is kept as the text that it is
        set(&admin, "Livechat_webhookUrl", &json!(8000)).expect(200);
        assert_eq!(read(&admin, "Livechat_webhookUrl"), "8000");
        set(&admin, "Livechat_http_timeout", &Value::Null).expect(200);
        assert_eq!(read(&admin, "Livechat_http_timeout"), Value::Null);
        set(&admin, "Livechat_http_timeout", &json!(2000.0)).expect(200);
        assert_eq!(read(&admin, "Livechat_http_timeout"), 2000);
        set(&admin, "Livechat_offline_message", &json!("zero\0byte, \u{1f980}")).expect(200);
        assert_eq!(read(&admin, "Livechat_offline_message"), "zerobyte, \u{1f980}");

        for (id, value, words) in [
            ("Livechat_http_timeout", json!(60_001), "a whole number from 1 to 60000, or null for the default 5000."),
            ("Livechat_http_timeout", json!(1.5), "a whole number from 1 to 60000, or null for the default 5000."),
            ("Livechat_title_color", json!("red"), "a colour such as #C1272D or #FFF."),
            ("Livechat_Routing_Method", json!("Nobody"), "one of Auto_Selection, Manual_Selection, External, Load_Balancing, Load_Rotation."),
            ("Livechat_enabled", json!(2), "true or false."),
            ("Livechat_enabled", Value::Null, "true or false."),
        ] {
            let before = read(&admin, id);
            let refused = set(&admin, id, &value).expect(400);
            let words = format!("{id} must be {words} [error-invalid-setting-value]");
            assert_eq!(refused["error"], words);
            assert_eq!(read(&admin, id), before);
        }
        for body in [json!({}), json!([]), json!({"Value": 1})] {
            let refused = admin.post(&path("Livechat_title"), &body).expect(400);
            assert_eq!(refused["errorType"], "invalid-params", "{body}");
        }
        server.kill();
        let server = setup.start();
        assert_eq!(shown(&server), "Help");
        assert_eq!(read(&server.admin(), "Livechat_http_timeout"), 2000);
    }

    fn the_environment_gives_first_values_and_fixes_others(engine: Engine) {
        let database = Database::fresh(engine);
        let plain = || Setup::new(HARK).on(&database);
        let setup = plain()
            .env("Livechat_title", "From outside")
            .env("Livechat_http_timeout", "3000")
            .env("Livechat_enabled", "false")
            .env("Hide_System_Messages", "[\"uj\"]")
            .env("OVERWRITE_SETTING_Livechat_offline_title", "Fixed");
        let server = setup.start();
        let admin = server.admin();
        assert_eq!(read(&admin, "Livechat_title"), "From outside");
        assert_eq!(read(&admin, "Livechat_http_timeout"), 3000);
        assert_eq!(read(&admin, "Livechat_enabled"), false);
        assert_eq!(read(&admin, "Hide_System_Messages"), json!(["uj"]));
        assert_eq!(read(&admin, "Livechat_offline_title"), "Fixed");
        let document = |admin: &Client, id: &str| {
            let query = format!("settings?query=%7B%22_id%22:%22{id}%22%7D");
            list(admin, &query).remove(0)
        };
        let fixed = document(&admin, "Livechat_offline_title");
        assert_eq!((&fixed["blocked"], &fixed["valueSource"]), (&json!(true), &json!("processEnvValue")));
        assert_eq!(fixed["packageValue"], "Leave a message");
        let first = document(&admin, "Livechat_title");
        assert_eq!((&first["blocked"], &first["packageValue"]), (&json!(false), &json!("")));

        let refused = set(&admin, "Livechat_offline_title", &json!("Mine")).expect(400);
        assert_eq!(refused["errorType"], "error-setting-forced");
        assert!(refused["error"].as_str().unwrap().contains("OVERWRITE_SETTING_Livechat_offline_title"));
        assert_eq!(read(&admin, "Livechat_offline_title"), "Fixed");
        // a first value is the first, not the last
        set(&admin, "Livechat_title", &json!("Mine")).expect(200);
        server.stop();
        let server = setup.env("Livechat_title", "Again").start();
        assert_eq!(read(&server.admin(), "Livechat_title"), "Mine");
        server.stop();
        // what was fixed is as it was before
        let server = plain().start();
        let admin = server.admin();
        assert_eq!(read(&admin, "Livechat_offline_title"), "Leave a message");
        set(&admin, "Livechat_offline_title", &json!("Mine")).expect(200);
        assert_eq!(read(&admin, "Livechat_enabled"), false);
    }

    fn each_setting_says_what_it_is_for_and_who_fixes_it(engine: Engine) {
        let database = Database::fresh(engine);
        let server = Setup::new(HARK)
            .on(&database)
            .env("OVERWRITE_SETTING_Livechat_offline_title", "Fixed")
            .start();
        let admin = server.admin();
        admin.set("Livechat_title", "Kiln & Clay");
        admin.set("Livechat_secret_token", "s3cret");
        let mut all = Vec::new();
        let mut page = admin.get("/api/hark/v1/settings?limit=50").expect(200);
        loop {
            all.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["nextCursor"].as_str() else {
                break;
            };
            let path = format!("/api/hark/v1/settings?limit=50&cursor={next}");
            page = admin.get(&path).expect(200);
        }
        assert_eq!(all.len(), catalogue::SETTINGS.len());
        let of = |id: &str| all.iter().find(|one| one["id"] == id).unwrap();
        for setting in catalogue::SETTINGS {
            let shown = of(setting.id);
            assert_eq!(shown["meaning"], setting.meaning);
            assert_eq!(shown["default"], setting.preset.to_json());
            assert_ne!(shown["name"], "");
        }
        let fixed = of("Livechat_offline_title");
        assert_eq!(fixed["value"], "Fixed");
        assert_eq!(fixed["fixedBy"], "OVERWRITE_SETTING_Livechat_offline_title");
        let title = of("Livechat_title");
        assert_eq!((&title["value"], &title["default"], &title["fixedBy"]), (&json!("Kiln & Clay"), &json!(""), &Value::Null));
        assert_ne!(title["changedAt"], Value::Null);
        assert_eq!(of("Livechat_registration_form")["name"], "Show preregistration form");
        assert_eq!(of("Livechat_offline_title")["choices"], Value::Null);
        assert_eq!(of("Livechat_widget_position")["choices"], json!(["left", "right"]));
        assert_eq!(of("Livechat_secret_token")["value"], MASK);
        admin.person("amy", &["livechat-manager"]);
        server.client().login("amy", "secret-of-amy").get("/api/hark/v1/settings").expect(403);
    }

    fn a_secret_is_shown_masked_and_lies_nowhere_in_clear(engine: Engine) {
        const SECRETS: [&str; 4] = ["s3cret-from-rest", "s3cret-from-form", "s3cret-first-value", "s3cret-fixed"];
        let database = Database::fresh(engine);
        let server = Setup::new(HARK)
            .on(&database)
            .env("RUST_LOG", "trace")
            .env("SMTP_Password", SECRETS[2])
            .env("OVERWRITE_SETTING_Livechat_External_Queue_Token", SECRETS[3])
            .start();
        let admin = server.admin();
        let id = "Livechat_secret_token";
        assert_eq!(read(&admin, id), "");
        set(&admin, id, &json!(SECRETS[0])).expect(200);
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        let body = format!("value={}", SECRETS[1]);
        admin.send("POST", &path(id), &form, body.as_bytes()).expect(200);
        set(&admin, id, &json!({"token": SECRETS[0]})).expect(400);
        for id in [id, "SMTP_Password", "Livechat_External_Queue_Token"] {
            assert_eq!(read(&admin, id), MASK);
        }
        // what was shown may be sent back without doing harm
        let changed = |id: &str| {
            let query = format!("settings?query=%7B%22_id%22:%22{id}%22%7D");
            list(&admin, &query).remove(0)["_updatedAt"].clone()
        };
        let before = changed(id);
        set(&admin, id, &json!(MASK)).expect(200);
        assert_eq!(changed(id), before);
        let everything = admin.get("settings?count=0");
        let public = admin.get("settings.public?count=0");
        let metrics = admin.get("/metrics");
        let ursula = admin.person("ursula", &["user"]);
        let token = ursula.post("users.generatePersonalAccessToken", &json!({"tokenName": "x"}));
        let token = token.expect(200)["token"].as_str().unwrap().to_owned();
        let login = json!({"user": "ursula", "password": "secret-of-ursula"});
        let login = server.client().post("login", &login).expect(200);
        let session = login["data"]["authToken"].as_str().unwrap().to_owned();
        let guess = json!({"user": "ursula", "password": "a-password-that-is-none"});
        server.client().post("login", &guess).expect(401);
        // emptied, it shows that there is none
        set(&admin, "SMTP_Password", &json!("")).expect(200);
        assert_eq!(read(&admin, "SMTP_Password"), "");
        set(&admin, "SMTP_Password", &json!(SECRETS[2])).expect(200);

        let outcome = server.finish();
        assert!(outcome.stderr.contains("settings/{_id}"), "nothing was logged");
        let stored = at_rest(&database);
        let holds = |place: &[u8], text: &str| place.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(holds(&stored, "Livechat_secret_token"), "this is not what was stored");
        let words = ["secret-of-ursula", "secret-of-admin", "a-password-that-is-none", &token, &session];
        for secret in SECRETS.iter().chain(&words) {
            for (place, bytes) in [
                ("the database", stored.as_slice()),
                ("the log", outcome.stderr.as_bytes()),
                ("the output", outcome.stdout.as_bytes()),
                ("settings", &everything.body),
                ("settings.public", &public.body),
                ("the metrics", &metrics.body),
            ] {
                assert!(!holds(bytes, secret), "{secret} is in {place}");
            }
        }
    }

    fn settings_take_what_clients_send_them(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let is = |id: &str| desk.admin.get(&format!("settings/{id}")).expect(200)["value"].clone();
        for (text, read) in [("afsdxcvxc", true), ("", false), ("true", true), ("false", false), ("0", false)] {
            desk.set("Livechat_validate_offline_email", !read);
            desk.set("Livechat_validate_offline_email", text);
            assert_eq!(is("Livechat_validate_offline_email"), read, "{text}");
        }
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.set("Livechat_Routing_Method", "");
        assert_eq!(is("Livechat_Routing_Method"), "Auto_Selection");
        for (id, nonsense) in [
            ("Livechat_Routing_Method", json!("By_Chance")),
            ("Livechat_validate_offline_email", json!([])),
            ("Livechat_http_timeout", json!("soon")),
            ("Livechat_title_color", json!("red")),
        ] {
            let refused = desk.admin.post(&format!("settings/{id}"), &json!({"value": nonsense}));
            assert_eq!(refused.expect(400)["errorType"], "error-invalid-setting-value", "{id}");
        }
    }

    fn a_character_limit_of_nothing_is_that_of_all_messages(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.agent("amy");
        let limit = || desk.anyone().get("livechat/config").expect(200)["config"]["settings"]["limitTextLength"].clone();
        desk.set("Livechat_message_character_limit", 0);
        assert_eq!(limit(), false);
        desk.set("Livechat_enable_message_character_limit", true);
        assert_eq!(limit(), 5000);
        desk.set("Message_MaxAllowedSize", 7);
        assert_eq!(limit(), 7);
        let room = desk.new_chat("t");
        let say = |msg: &str| desk.anyone().post("livechat/message", &json!({"token": "t", "rid": room, "msg": msg}));
        say("1234567").expect(200);
        say("12345678").refused(400, "message-length-exceeds-character-limit");
        desk.set("Livechat_message_character_limit", 3);
        assert_eq!(limit(), 3);
    }
}

/// Every byte that the server left behind, its key aside.
fn at_rest(database: &Database) -> Vec<u8> {
    fn collect(folder: &Path, bytes: &mut Vec<u8>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, bytes);
            } else {
                bytes.extend(std::fs::read(path).unwrap());
            }
        }
    }
    let mut bytes = Vec::new();
    collect(database.folder(), &mut bytes);
    if database.url().is_some() {
        let mut client = database.postgres();
        let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
        for table in client.query(tables, &[]).unwrap() {
            let table: String = table.get(0);
            let rows = format!("SELECT t::text FROM \"{table}\" AS t");
            for row in client.query(&rows, &[]).unwrap() {
                bytes.extend(row.get::<_, String>(0).into_bytes());
            }
        }
    }
    bytes
}

#[test]
fn a_value_of_the_environment_that_can_never_work_stops_the_start_with_a_sentence() {
    for (name, value, words) in [
        (
            "Livechat_http_timeout",
            "soon",
            "Livechat_http_timeout: Livechat_http_timeout must be a whole number",
        ),
        (
            "OVERWRITE_SETTING_Livechat_enabled",
            "perhaps",
            "OVERWRITE_SETTING_Livechat_enabled: Livechat_enabled must be true or false.",
        ),
        (
            "OVERWRITE_SETTING_Nonsense",
            "x",
            "OVERWRITE_SETTING_Nonsense: there is no setting Nonsense",
        ),
    ] {
        let database = Database::fresh(Engine::Sqlite);
        let outcome = Setup::new(BINARY).on(&database).env(name, value).run();
        assert_ne!(outcome.code, Some(0), "{name}");
        assert!(outcome.stderr.contains(words), "{}", outcome.stderr);
        assert!(!outcome.stdout.contains("ready"), "{}", outcome.stdout);
    }
}
