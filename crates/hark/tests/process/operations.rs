//! What an operator does and sees: starting, stopping, watching, and the commands beside a
//! running server.

use std::collections::{HashMap, HashSet};
use std::net::{TcpListener, TcpStream};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hark_testkit::{
    Client, Connection, Database, Engine, Server, Setup, eventually, on_both_engines,
};
use serde_json::{Value, json};

use crate::{HARK, account};

fn setup() -> Setup {
    Setup::new(HARK)
}

fn fresh() -> (Server, Database) {
    Server::fresh(HARK, Engine::Sqlite)
}

fn set(admin: &Client, id: &str, value: &str) {
    let answer = admin.post(&format!("settings/{id}"), &json!({"value": value}));
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn setting(admin: &Client, id: &str) -> Value {
    admin.get(&format!("settings/{id}")).value()["value"].clone()
}

fn log_in(client: &Client, user: &str, password: &str) -> u16 {
    let body = json!({"user": user, "password": password});
    client.post("login", &body).status
}

/// A sample of `/metrics` by its name.
fn sample(client: &Client, name: &str) -> i64 {
    let text = client.get("/metrics").text();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap().parse().unwrap()
}

/// A request whose head the server has read, and whose body it waits for.
fn begin_upload(server: &Server, admin: &Client, body: &str) -> Connection {
    let mut connection = Connection::open(server.address()).unwrap();
    let length = body.len();
    let head = format!(
        "POST /api/v1/users.create HTTP/1.1\r\nHost: x\r\n{}Content-Type: application/json\r\n\
         Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n",
        admin.head()
    );
    connection.write(head.as_bytes()).unwrap();
    assert_eq!(connection.response().unwrap().status, 100);
    connection.write(&body.as_bytes()[..length / 2]).unwrap();
    connection
}

// === starting ===

#[test]
fn a_start_prints_one_line_with_the_address() {
    let (server, _database) = fresh();
    let address = server.address().to_owned();
    assert_eq!(server.client().get("/").status, 200);
    let outcome = server.finish();
    outcome.assert_done();
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].ends_with(&format!("http://{address}/")));
}

#[test]
fn the_line_names_the_public_url_when_there_is_one() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = setup().on(&database);
    let server = setup
        .env("HARK_SITE_URL", "https://chat.example.org/")
        .start();
    let line = &server.said()[0];
    assert!(line.contains(" https://chat.example.org/ "), "{line}");
    assert_eq!(server.client().get("/readyz").status, 200);
}

#[test]
fn a_generated_password_is_printed_once_and_logs_in() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = setup().on(&database).without("ADMIN_PASS");
    let server = setup.start();
    let said = server.said().to_vec();
    assert_eq!(said.len(), 2, "{said:?}");
    let password = said[0].split("password: ").nth(1).unwrap();
    let password = password.split_whitespace().next().unwrap().to_owned();
    server.client().login("admin", &password);
    server.finish().assert_done();
    let server = setup.start();
    assert_eq!(server.said().len(), 1, "{:?}", server.said());
    server.client().login("admin", &password);
}

#[test]
fn the_first_administrator_is_the_one_that_the_environment_names() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = setup()
        .on(&database)
        .env("ADMIN_USERNAME", "grace")
        .env("ADMIN_PASS", "chosen by the operator")
        .env("ADMIN_EMAIL", "grace@example.org")
        .env("ADMIN_NAME", "Grace Hopper")
        .env("ADMIN_ID", "an-id-of-our-own");
    let server = setup.start();
    assert_eq!(server.said().len(), 1, "{:?}", server.said());
    let grace = server.client().login("grace", "chosen by the operator");
    let me = grace.get("me").value();
    assert_eq!(me["_id"], "an-id-of-our-own");
    assert_eq!(me["name"], "Grace Hopper");
    assert_eq!(me["emails"][0]["address"], "grace@example.org");
    assert_eq!(me["roles"], json!(["admin"]));
    server.finish().assert_done();
    // Later starts leave accounts alone, whatever the environment says by then.
    let server = setup.env("ADMIN_PASS", "another").start();
    assert_eq!(log_in(&server.client(), "grace", "another"), 401);
    server.client().login("grace", "chosen by the operator");
}

#[test]
fn an_administrator_who_cannot_be_made_is_refused() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = setup().on(&database).env("ADMIN_EMAIL", "nowhere");
    setup.run().assert_refused(&["ADMIN_EMAIL", "nowhere"]);
}

#[test]
fn a_taken_port_is_refused_before_a_password_is_shown() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let database = Database::fresh(Engine::Sqlite);
    let setup = setup().on(&database).without("ADMIN_PASS");
    let outcome = setup.env("HARK_LISTEN", &address).run();
    outcome.assert_refused(&[&address, "another program", "--listen"]);
    assert_eq!(outcome.stdout, "");
}

on_both_engines! {
    fn a_data_folder_in_use_names_the_process(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let process = format!("process {}", server.pid());
        setup().on(&database).run().assert_refused(&["in use", &process, "--data"]);
        assert_eq!(server.client().get("/readyz").status, 200);
        server.kill();
        // The lock goes with the process, however it ends.
        setup().on(&database).start();
    }

    fn a_database_of_a_newer_version_is_refused(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = setup().on(&database);
        setup.start().stop();
        const NEWER: &str = "INSERT INTO migration (version, applied_at) VALUES (999, 0)";
        database.execute(NEWER);
        let words = ["newer Hark", "999", "install"];
        setup.run().assert_refused(&words);
        setup.command_line(&["admin", "list"], "").assert_refused(&words);
        let doctor = setup.command_line(&["doctor"], "");
        doctor.assert_refused(&["wrong"]);
        assert!(doctor.stdout.contains("newer Hark"), "{doctor:?}");
    }

    fn another_key_than_the_one_that_sealed_the_secrets_is_refused(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = setup().on(&database);
        setup.start().stop();
        let key = database.folder().join("keys").join("secrets.key");
        let right = std::fs::read(&key).unwrap();
        std::fs::write(&key, "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=").unwrap();
        let words = ["another key", &key.display().to_string()];
        setup.run().assert_refused(&words);
        setup.command_line(&["admin", "list"], "").assert_refused(&words);
        let doctor = setup.command_line(&["doctor"], "");
        assert!(doctor.stdout.contains("another key"), "{doctor:?}");
        std::fs::write(&key, right).unwrap();
        setup.start();
    }
}

on_both_engines! {
    fn a_command_beside_the_server_never_makes_a_key_or_a_database(engine: Engine) {
        let database = Database::fresh(engine);
        let folder = database.folder().join("not-made-yet");
        let setup = setup().on(&database).env("HARK_DATA", &folder);
        let place = folder.display().to_string();
        let list = setup.command_line(&["admin", "list"], "");
        list.assert_refused(&[&place, "no Hark", "--data"]);
        let doctor = setup.command_line(&["doctor"], "");
        doctor.assert_done();
        assert!(doctor.stdout.contains("the first start"), "{doctor:?}");
        assert!(!folder.exists());
    }
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = setup().on(&database);
    setup.start().stop();
    let key = database.folder().join("keys").join("secrets.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let words = ["others may read it", "chmod 600"];
    setup.run().assert_refused(&words);
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["wrong"]);
    assert!(doctor.stdout.contains("chmod 600"), "{doctor:?}");
}

#[test]
fn nobody_else_can_read_the_database_even_in_an_open_folder() {
    let database = Database::fresh(Engine::Sqlite);
    std::fs::set_permissions(database.folder(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let setup = setup().on(&database);
    let server = setup.start();
    set(&server.admin(), "Livechat_title", "a write");
    for entry in std::fs::read_dir(database.folder()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{entry:?} {mode:o}");
    }
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["one thing is wrong"]);
    assert!(doctor.stdout.contains("chmod 700"), "{doctor:?}");
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let database = Database::fresh(Engine::Sqlite);
    let other = database.sqlite();
    other
        .execute_batch("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)")
        .unwrap();
    drop(other);
    let path = database.folder().join("hark.db");
    let before = std::fs::read(&path).unwrap();
    let setup = setup().on(&database);
    setup
        .run()
        .assert_refused(&["not a Hark database", "--data"]);
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["wrong"]);
    assert!(doctor.stdout.contains("not a Hark database"), "{doctor:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_damaged_database_is_said_to_be_damaged() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = setup().on(&database);
    setup.start().stop();
    let page = |sql: &str| -> u32 {
        let number = database.sqlite().query_row(sql, [], |row| row.get(0));
        number.unwrap()
    };
    let size = page("PRAGMA page_size");
    let root = page("SELECT rootpage FROM sqlite_schema WHERE name = 'account'");
    let path = database.folder().join("hark.db");
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(&vec![0xff; 4000], u64::from((root - 1) * size))
        .unwrap();
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["one thing is wrong"]);
    let shown = path.display().to_string();
    for words in [&shown, "damaged", "hark admin restore"] {
        assert!(doctor.stdout.contains(words), "{words}: {doctor:?}");
    }
    file.write_all_at(&[b'x'; 64], 0).unwrap();
    let words = [&*shown, "not a Hark database"];
    setup.run().assert_refused(&words);
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["one thing is wrong"]);
    assert!(doctor.stdout.contains(words[1]), "{doctor:?}");
}

#[test]
fn an_unknown_name_in_the_configuration_file_is_refused_without_showing_its_value() {
    let database = Database::fresh(Engine::Sqlite);
    let file = database.folder().join("hark.toml");
    let setup = setup().on(&database).env("HARK_CONFIG", &file);
    std::fs::write(
        &file,
        "proxies = 1\ndatabse = \"postgres://hark:pw-of-pg@h/d\"\n",
    )
    .unwrap();
    let outcome = setup.run();
    let shown = file.display().to_string();
    outcome.assert_refused(&[&shown, "line 2", "databse", "keep_events"]);
    assert!(!outcome.stderr.contains("pw-of-pg"), "{outcome:?}");
    std::fs::write(&file, "site_url = \"https://from.the.file\"\n").unwrap();
    let server = setup.start();
    assert!(server.said()[0].contains("https://from.the.file/"));
}

#[test]
fn flags_that_can_never_work_are_refused() {
    let database = Database::fresh(Engine::Sqlite);
    for (flag, value, words) in [
        ("--listen", "3000", "127.0.0.1:3000"),
        ("--listen", "nowhere.invalid:3000", "nowhere.invalid"),
        ("--listen", "192.0.2.1:0", "no such address"),
        ("--site-url", "chat.example.org", "https://"),
        ("--webhook-allow", "10.0.0.0/8,home", "home"),
        ("--keep-events", "0", "1 to 3650"),
        ("--database", "mysql://host/name", "postgres://"),
        ("--database", "postgres://", "host"),
        ("--data", "/dev/null/data", "/dev/null/data"),
    ] {
        let setup = setup().on(&database).arg(flag).arg(value);
        setup.without("HARK_LISTEN").run().assert_refused(&[words]);
    }
    let unknown = setup().on(&database).arg("--rate-limit").arg("maybe").run();
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("on, off"), "{unknown:?}");
}

#[test]
fn a_wrong_database_url_does_not_show_its_password() {
    let database = Database::fresh(Engine::Sqlite);
    for url in [
        "postgres://hark:pw:of-pg@localhost:x/hark",
        "postgres://hark:pw-of-pg@localhost/hark?colour=pw-of-pg",
    ] {
        let outcome = setup().on(&database).arg("--database").arg(url).run();
        outcome.assert_refused(&["the address of the database", "postgres://user"]);
        assert!(!outcome.stderr.contains("of-pg"), "{outcome:?}");
    }
}

#[test]
fn settings_of_the_environment_are_checked_before_anything_else() {
    let database = Database::fresh(Engine::Sqlite);
    for (name, value, words) in [
        ("Livechat_http_timeout", "soon", "Livechat_http_timeout"),
        ("OVERWRITE_SETTING_Livechat_titel", "x", "Livechat_titel"),
    ] {
        let setup = setup().on(&database).env(name, value);
        setup.run().assert_refused(&[words]);
        let doctor = setup.command_line(&["doctor"], "");
        doctor.assert_refused(&["one thing is wrong"]);
        assert!(doctor.stdout.contains(words), "{doctor:?}");
    }
    assert!(!database.folder().join("hark.db").exists());
}

#[test]
fn settings_of_the_environment_hold_and_letters_that_are_none_do_no_harm() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = setup()
        .on(&database)
        .env("Livechat_title", "the first one")
        .env("OVERWRITE_SETTING_Livechat_offline_title", "for ever")
        .env("SOMETHING", std::ffi::OsString::from_vec(vec![0xff, 0xfe]));
    let server = setup.start();
    let admin = server.admin();
    assert_eq!(setting(&admin, "Livechat_title"), "the first one");
    set(&admin, "Livechat_title", "ours");
    let forced = json!({"value": "ours"});
    let answer = admin.post("settings/Livechat_offline_title", &forced);
    assert_eq!(answer.status, 400);
    server.finish().assert_done();
    setup.command_line(&["doctor"], "").assert_done();
    let server = setup.start();
    let admin = server.admin();
    assert_eq!(setting(&admin, "Livechat_title"), "ours");
    assert_eq!(setting(&admin, "Livechat_offline_title"), "for ever");
}

// === stopping ===

#[test]
fn a_stop_finishes_what_is_under_way_and_accepts_nothing_new() {
    let (server, database) = fresh();
    let admin = server.admin();
    let mut idle = Connection::open(server.address()).unwrap();
    idle.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    assert_eq!(idle.response().unwrap().status, 200);
    let mut unused = Connection::open(server.address()).unwrap();
    let body = account("last").to_string();
    let mut upload = begin_upload(&server, &admin, &body);
    server.signal("TERM");
    eventually("new connections to be refused", || {
        TcpStream::connect(server.address()).err()
    });
    assert!(idle.is_closed());
    assert!(unused.is_closed());
    upload.write(&body.as_bytes()[body.len() / 2..]).unwrap();
    let answer = upload.response().unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(upload.is_closed());
    let mut server = server;
    assert_eq!(server.wait(), Some(0));
    assert!(database.events().iter().any(|(_, kind, body)| {
        kind == "account.created" && body["account"]["username"] == "last"
    }));
}

#[test]
fn a_stop_waits_for_clients_that_do_not_go_on_for_seconds_only() {
    let (mut server, _database) = fresh();
    let admin = server.admin();
    let _upload = begin_upload(&server, &admin, &account("never").to_string());
    let mut head = Connection::open(server.address()).unwrap();
    head.write(b"GET /healthz HT").unwrap();
    let started = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(15));
    assert!(head.is_closed());
}

#[test]
fn a_second_signal_stops_it_at_once() {
    let (mut server, _database) = fresh();
    let admin = server.admin();
    let _upload = begin_upload(&server, &admin, &account("never").to_string());
    server.signal("INT");
    server.wait_for_log("stopping");
    let started = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(3));
}

// === watching ===

on_both_engines! {
    fn health_readiness_and_metrics_are_there_for_machines(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let client = server.client();
        assert_eq!(client.get("/healthz").text(), "ok\n");
        assert_eq!(client.get("/readyz").text(), "ready\n");
        let admin = server.admin();
        set(&admin, "Livechat_title", "an event");
        eventually("the log's position", || {
            let shown = sample(&client, "hark_event_log_position");
            (shown == database.events().len() as i64).then_some(())
        });
        let asking = client.with("Accept", "application/openmetrics-text; version=1.0.0");
        let answer = asking.get("/metrics");
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        assert_eq!(answer.header("content-type"), Some(kind));
        is_open_metrics(&answer.text());
        admin.json("PATCH", "/api/hark/v1/endpoints/nothing", &json!({})).expect(404);
        is_classic(&client.get("/metrics").text());
    }
}

/// What a parser of the older format reads: each family is described by the name of its samples.
fn is_classic(text: &str) {
    let mut kinds: HashMap<&str, &str> = HashMap::new();
    for line in text.lines() {
        if let Some(described) = line.strip_prefix("# TYPE ") {
            let (name, kind) = described.split_once(' ').unwrap();
            assert!(
                ["counter", "gauge", "histogram", "untyped"].contains(&kind),
                "{line}"
            );
            assert!(kinds.insert(name, kind).is_none(), "{line}");
        } else if !line.starts_with("# HELP ") {
            assert!(!line.starts_with('#'), "{line}");
            let name = line.split(['{', ' ']).next().unwrap();
            let of = |suffix: &str| name.strip_suffix(suffix).and_then(|name| kinds.get(name));
            let is_part = ["_bucket", "_sum", "_count"]
                .iter()
                .any(|suffix| of(suffix) == Some(&"histogram"));
            assert!(
                is_part || kinds.contains_key(name),
                "{line} is of no family"
            );
        }
    }
    for (name, kind) in [
        ("hark_http_requests_total", "counter"),
        ("hark_store_commands_total", "counter"),
        ("hark_store_commits_total", "counter"),
        ("hark_store_statements_total", "counter"),
        ("hark_store_round_trips_total", "counter"),
        ("hark_build_info", "gauge"),
        ("hark_chats_open", "gauge"),
        ("hark_chats_queued", "gauge"),
        ("hark_agents_there", "gauge"),
        ("process_resident_memory_bytes", "gauge"),
        ("process_cpu_seconds_total", "counter"),
        ("process_open_fds", "gauge"),
    ] {
        assert_eq!(kinds.get(name), Some(&kind), "{name}");
    }
    let patched = text.lines().find(|line| line.contains("method=\"PATCH\""));
    assert!(
        patched.is_some_and(|line| line.contains("status=\"404\"")),
        "{text}"
    );
}

/// Each family is described once and before its samples, no sample stands twice, and the end
/// is marked.
fn is_open_metrics(text: &str) {
    let body = text.strip_suffix("# EOF\n").unwrap();
    let (mut families, mut seen) = (HashSet::new(), HashSet::new());
    let mut current = "";
    for line in body.lines() {
        if let Some(described) = line.strip_prefix("# ") {
            let mut words = described.split(' ');
            let (what, name) = (words.next().unwrap(), words.next().unwrap());
            assert!(["HELP", "TYPE", "UNIT"].contains(&what), "{line}");
            if name != current {
                assert!(families.insert(name), "{name} is described twice");
                current = name;
            }
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
        assert!(sample.starts_with(current) && !current.is_empty(), "{line}");
        assert!(seen.insert(sample), "{sample} stands twice");
    }
    assert!(families.contains("hark_http_requests"), "{text}");
    assert!(seen.contains("hark_store_commits_total"), "{text}");
}

#[test]
fn each_answer_carries_an_id_and_the_caller_may_choose_it() {
    let (server, _database) = fresh();
    let client = server.client();
    let id = |client: &Client| {
        let answer = client.get("me");
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(id(&client.with("X-Request-Id", "mine-1.a_b")), "mine-1.a_b");
    assert_ne!(id(&client), id(&client));
    for odd in ["", "two words", "{\"a\":1}", &"x".repeat(65)] {
        let made = id(&client.with("X-Request-Id", odd));
        assert_ne!(made, odd);
        assert_eq!(made.len(), 17);
    }
}

on_both_engines! {
    fn logs_are_json_and_hold_no_secret(engine: Engine) {
        let database = Database::fresh(engine);
        let mut setup = setup()
            .on(&database)
            .env("RUST_LOG", "debug")
            .env("ADMIN_PASS", "pw-of-admin")
            .env("Livechat_External_Queue_Token", "secret-from-outside");
        if let Some(url) = database.url() {
            setup = setup.env("HARK_DATABASE", url.replace("hark@", "hark:pw-of-pg@"));
        }
        let server = setup.start();
        let client = server.client();
        assert_eq!(log_in(&client, "admin", "pw-that-is-wrong"), 401);
        let admin = client.login("admin", "pw-of-admin");
        set(&admin, "Livechat_secret_token", "secret-of-ours");
        let name = json!({"tokenName": "robot"});
        let token = admin
            .post("users.generatePersonalAccessToken", &name)
            .value()["token"]
            .as_str()
            .unwrap()
            .to_owned();
        let mut hidden = vec![
            "pw-of-admin".to_owned(),
            "pw-that-is-wrong".to_owned(),
            "pw-of-pg".to_owned(),
            "secret-of-ours".to_owned(),
            "secret-from-outside".to_owned(),
            token,
        ];
        hidden.extend(admin.header("X-Auth-Token").map(str::to_owned));
        assert_eq!(hidden.len(), 7);
        // Something has to fail for a line to be looked for.
        if engine == Engine::Postgres {
            database.cut(true);
            let failed = admin.with("X-Request-Id", "the-one").get("me");
            assert_eq!(failed.status, 503);
            database.allow();
        }
        let outcome = server.finish();
        outcome.assert_done();
        let mut lines = Vec::new();
        for line in outcome.stderr.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert!(value["timestamp"].is_string(), "{line}");
            lines.push(value);
        }
        assert!(lines.iter().any(|line| line["message"] == "request"), "{lines:?}");
        if engine == Engine::Postgres {
            let failed = lines.iter().find(|line| line["request"] == "the-one");
            let failed = failed.unwrap();
            assert_eq!(failed["level"], "WARN");
            assert_eq!(failed["status"], 503);
            assert_eq!(failed["route"], "me");
        }
        for secret in &hidden {
            assert!(!outcome.stderr.contains(secret), "{secret} is in the log");
            assert!(!outcome.stdout.contains(secret), "{secret} was printed");
        }
    }
}

// === the command line ===

#[test]
fn the_version_names_the_commit() {
    let outcome = setup().command_line(&["--version"], "");
    outcome.assert_done();
    let (name, commit) = outcome.stdout.trim().split_once(" (").unwrap();
    assert_eq!(name, concat!("hark ", env!("CARGO_PKG_VERSION")));
    let commit = commit.strip_suffix(')').unwrap();
    assert!(
        commit == "unknown" || commit.len() == 12 && commit.chars().all(|c| c.is_ascii_hexdigit()),
        "{commit}"
    );
}

#[test]
fn completions_are_printed_for_each_shell() {
    for (shell, words) in [
        ("bash", "complete -F _hark"),
        ("zsh", "#compdef hark"),
        ("fish", "complete -c hark"),
    ] {
        let outcome = setup().command_line(&["completions", shell], "");
        outcome.assert_done();
        assert!(outcome.stdout.contains(words), "{shell}");
        assert!(outcome.stdout.contains("webhook-allow"), "{shell}");
    }
}

#[test]
fn the_help_lists_every_flag_with_its_variable_and_default() {
    let help = setup().command_line(&["serve", "--help"], "");
    help.assert_done();
    let text = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for (flag, variable, preset) in [
        ("--data", "HARK_DATA", "./hark-data"),
        ("--database", "HARK_DATABASE", ""),
        ("--config", "HARK_CONFIG", "./hark.toml, if it is there"),
        ("--listen", "HARK_LISTEN", "127.0.0.1:3000"),
        ("--site-url", "HARK_SITE_URL", "http:// and the address"),
        ("--webhook-allow", "HARK_WEBHOOK_ALLOW", "none"),
        ("--rate-limit", "HARK_RATE_LIMIT", "on"),
        ("--proxies", "HARK_PROXIES", "0"),
        ("--keep-events", "HARK_KEEP_EVENTS", "30"),
        ("--log", "HARK_LOG", "text on a terminal, json elsewhere"),
    ] {
        let (_, after) = text.split_once(&format!(" {flag} <")).expect(flag);
        let (mine, _) = after.split_once(&format!("[env: {variable}")).expect(flag);
        assert!(!mine.contains(" --"), "{flag}: {mine}");
        if !preset.is_empty() {
            assert!(mine.contains(&format!("[default: {preset}]")), "{mine}");
        }
    }
    for variable in ["ADMIN_PASS", "ADMIN_ID", "OVERWRITE_SETTING_", "RUST_LOG"] {
        assert!(text.contains(variable), "{variable}");
    }
}

#[test]
fn the_help_does_not_show_what_the_environment_says_of_the_database() {
    let setup = setup().env("HARK_DATABASE", "postgres://hark:pw-of-pg@h/d");
    let help = setup.command_line(&["serve", "--help"], "");
    help.assert_done();
    assert!(!help.stdout.contains("pw-of-pg"));
}

on_both_engines! {
    fn accounts_kept_from_the_command_line_hold_at_once_in_the_running_server(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let setup = setup().on(&database);
        let run = |arguments: &[&str], input: &str| {
            let all = [&["admin"], arguments].concat();
            setup.command_line(&all, input)
        };
        let client = server.client();

        let create = ["create-user", "bob", "--email", "bob@example.org", "--password-stdin"];
        let made = run(&create, "first-of-bob\n");
        made.assert_done();
        assert!(!made.stdout.contains("first-of-bob"));
        let bob = client.login("bob", "first-of-bob");
        let before = database.events().len() as i64;
        eventually("the event of another process", || {
            (sample(&client, "hark_event_log_position") == before).then_some(())
        });

        // guesses that have closed the name count for nothing then
        for _ in 0..11 {
            assert_eq!(log_in(&client, "bob", "guess"), 401);
        }
        assert_eq!(log_in(&client, "bob", "first-of-bob"), 401);
        run(&["reset-password", "bob", "--password-stdin"], "second-of-bob\n").assert_done();
        assert_eq!(bob.get("me").status, 401);
        assert_eq!(log_in(&client, "bob", "first-of-bob"), 401);
        let bob = client.login("bob", "second-of-bob");

        let admins_only = "/api/v1/settings/Livechat_title";
        assert_eq!(bob.get(admins_only).status, 403);
        run(&["add-role", "bob", "admin"], "").assert_done();
        assert_eq!(bob.get(admins_only).status, 200);

        let made = run(&["create-user", "carol", "--role", "livechat-agent", "--role", "user"], "");
        made.assert_done();
        let password = made.stdout.split("Password: ").nth(1).unwrap();
        let carol = client.login("carol", password.split_whitespace().next().unwrap());
        assert_eq!(carol.get("me").value()["roles"], json!(["livechat-agent", "user"]));

        let all = run(&["list"], "").stdout;
        for word in ["admin", "bob", "carol", "bob@example.org", "4 accounts"] {
            assert!(all.contains(word), "{word}: {all}");
        }
        let agents = run(&["list", "--role", "livechat-agent"], "").stdout;
        assert!(agents.contains("carol") && !agents.contains("bob"), "{agents}");

        run(&["create-user", "BOB"], "").assert_refused(&["BOB", "already in use"]);
        run(&["create-user", "dora", "--role", "queen"], "").assert_refused(&["no role queen"]);
        run(&["create-user", "dora", "--password-stdin"], "\n").assert_refused(&["no password"]);
        // of which no log-in would take as much
        let long = "x".repeat(1_001);
        run(&["create-user", "dora", "--password-stdin"], &long).assert_refused(&["Password", "1000"]);
        run(&["list", "--role", "queen"], "").assert_refused(&["no role queen"]);
        run(&["add-role", "bob", "queen"], "").assert_refused(&["no role queen"]);
        run(&["add-role", "nobody", "admin"], "").assert_refused(&["nobody", "hark admin list"]);
        run(&["reset-password", "nobody"], "").assert_refused(&["nobody", "hark admin list"]);
        assert!(run(&["list"], "").stdout.contains("4 accounts"));
        server.finish().assert_done();
        run(&["list"], "").assert_done();
    }

    fn the_doctor_finds_nothing_wrong_with_an_installation_in_order(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let setup = setup().on(&database);
        let running = setup.command_line(&["doctor"], "");
        running.assert_done();
        assert!(running.stdout.contains("Nothing is wrong."), "{running:?}");
        assert_eq!(server.client().get("/readyz").status, 200);
        server.stop();
        setup.command_line(&["doctor"], "").assert_done();
    }
}

#[test]
fn the_doctor_says_when_the_database_does_not_answer_or_has_other_doors_on_postgres() {
    let (server, database) = Server::fresh(HARK, Engine::Postgres);
    server.stop();
    let setup = setup().on(&database);
    database.cut(true);
    let doctor = setup.command_line(&["doctor"], "");
    database.allow();
    doctor.assert_refused(&["one thing is wrong"]);
    assert!(
        doctor.stdout.contains("PostgreSQL at 127.0.0.1"),
        "{doctor:?}"
    );
    let wrong = setup.env(
        "HARK_DATABASE",
        database.url().unwrap().replace("hark@", "eve@"),
    );
    let doctor = wrong.command_line(&["doctor"], "");
    doctor.assert_refused(&["one thing is wrong"]);
    assert!(doctor.stdout.contains("eve"), "{doctor:?}");
}

// === backup ===

#[test]
fn a_backup_made_while_others_write_brings_everything_to_another_folder() {
    let (server, database) = fresh();
    let admin = server.admin();
    set(&admin, "Livechat_secret_token", "sealed-and-carried");
    set(&admin, "Livechat_title", "before the backup");
    let made = admin.post("users.create", &account("dora"));
    assert_eq!(made.status, 200, "{made:?}");
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("hark.backup");
    let archive = file.display().to_string();
    let ours = setup().on(&database);
    let enough = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (written, writes) = std::sync::mpsc::channel();
        for writer in 0..2 {
            let (admin, enough, written) = (&admin, &enough, written.clone());
            scope.spawn(move || {
                for number in 0.. {
                    set(
                        admin,
                        "Livechat_offline_title",
                        &format!("{writer} {number}"),
                    );
                    let _nobody_counts_any_more = written.send(());
                    if enough.load(Ordering::Relaxed) {
                        return;
                    }
                }
            });
        }
        writes.iter().take(20).for_each(drop);
        let backed_up = ours.command_line(&["admin", "backup", &archive], "");
        enough.store(true, Ordering::Relaxed);
        backed_up.assert_done();
    });
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(names(place.path()), ["hark.backup"]);
    let again = ours.command_line(&["admin", "backup", &archive], "");
    again.assert_refused(&[&archive, "there already"]);
    let events = database.events();
    server.finish().assert_done();

    let elsewhere = Database::fresh(Engine::Sqlite);
    let theirs = setup().on(&elsewhere);
    theirs
        .command_line(&["admin", "restore", &archive], "")
        .assert_done();
    assert_eq!(names(elsewhere.folder()), ["hark.db", "keys"]);
    for file in ["hark.db", "keys/secrets.key"] {
        let path = elsewhere.folder().join(file);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let server = theirs.start();
    // The same session, the same password, the same settings.
    let admin = admin.at(server.address());
    assert_eq!(admin.get("me").status, 200);
    server.client().login("dora", "a-password-of-theirs");
    assert_eq!(setting(&admin, "Livechat_title"), "before the backup");
    // One that the key does not open would count as not set.
    assert_eq!(setting(&admin, "Livechat_secret_token"), "••••••••");
    let carried = elsewhere.events();
    assert!(carried.len() >= 20 && events.starts_with(&carried));

    let again = theirs.command_line(&["admin", "restore", &archive], "");
    again.assert_refused(&["has a Hark in it", "empty folder"]);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_not_a_whole_backup_is_refused_and_leaves_nothing_behind() {
    let (server, database) = fresh();
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).display().to_string();
    let whole = path("whole");
    setup()
        .on(&database)
        .command_line(&["admin", "backup", &whole], "")
        .assert_done();
    server.stop();
    let bytes = std::fs::read(&whole).unwrap();
    let database_ends = bytes.len() - 2048;

    let elsewhere = Database::fresh(Engine::Sqlite);
    let theirs = setup().on(&elsewhere);
    let restore = |name: &str| theirs.command_line(&["admin", "restore", &path(name)], "");
    let page = |sql: &str| -> u32 {
        let number = database.sqlite().query_row(sql, [], |row| row.get(0));
        number.unwrap()
    };
    let root = page("SELECT rootpage FROM sqlite_schema WHERE name = 'account'");
    let page = 512 + ((root - 1) * page("PRAGMA page_size")) as usize;
    let mut flipped = bytes.clone();
    flipped[page..page + 4000].fill(0xff);
    let foreign = {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(3);
        tar.append_data(&mut header, "notes.txt", &b"hi\n"[..])
            .unwrap();
        tar.into_inner().unwrap()
    };
    for (name, content) in [
        ("empty", &b""[..]),
        ("text", &b"this is not an archive at all\n".repeat(100)[..]),
        ("foreign", &foreign[..]),
        ("damaged", &flipped[..]),
        ("cut early", &bytes[..3000]),
        ("cut in the database", &bytes[..bytes.len() / 2]),
        ("cut after the database", &bytes[..database_ends]),
        ("cut in the key", &bytes[..database_ends + 512 + 20]),
    ] {
        std::fs::write(path(name), content).unwrap();
        let outcome = restore(name);
        outcome.assert_refused(&[&path(name), "backup of Hark"]);
        let left: Vec<String> = names(elsewhere.folder());
        assert!(left.is_empty() || left == ["keys"], "{name}: {left:?}");
    }
    restore("not there").assert_refused(&["not there", "cannot be read"]);
    restore("whole").assert_done();
    theirs.start().admin();
}

#[test]
fn the_backup_of_postgres_is_left_to_its_own_tools() {
    let (_server, database) = Server::fresh(HARK, Engine::Postgres);
    let setup = setup().on(&database);
    let backup = setup.command_line(&["admin", "backup", "never-made"], "");
    backup.assert_refused(&["pg_dump", "secrets.key"]);
    let restore = setup.command_line(&["admin", "restore", "never-made"], "");
    restore.assert_refused(&["pg_restore", "keys"]);
    assert!(!Path::new("never-made").exists());
}

#[test]
fn a_backup_of_nothing_is_refused() {
    let database = Database::fresh(Engine::Sqlite);
    let file = database.folder().join("never-made");
    let outcome = setup()
        .on(&database)
        .command_line(&["admin", "backup", &file.display().to_string()], "");
    outcome.assert_refused(&["no Hark", "to back up"]);
    assert!(!file.exists());
}

on_both_engines! {
    fn a_start_without_its_key_makes_no_other_one(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        assert_eq!(server.stop(), Some(0));
        let key = database.folder().join("keys").join("secrets.key");
        std::fs::remove_file(&key).unwrap();
        let outcome = setup().on(&database).run();
        outcome.assert_refused(&["secrets.key", "put the folder `keys` back"]);
        assert!(!key.exists());
    }
}

#[test]
fn a_terminal_that_is_closed_ends_it_in_order() {
    let (mut server, _database) = fresh();
    server.signal("HUP");
    assert_eq!(server.wait(), Some(0));
    server.wait_for_log("stopped");
}

#[test]
fn what_cannot_begin_makes_no_folder() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let theirs = setup()
        .env("HARK_DATA", &folder)
        .env("HARK_LISTEN", taken.local_addr().unwrap().to_string());
    theirs
        .run()
        .assert_refused(&["another program uses this port"]);
    assert!(!folder.exists());
    let archive = place.path().join("broken");
    std::fs::write(&archive, "nothing of ours").unwrap();
    let archive = archive.display().to_string();
    theirs
        .command_line(&["admin", "restore", &archive], "")
        .assert_refused(&["backup of Hark"]);
    assert!(!folder.exists());
}

#[test]
fn a_start_says_what_it_is_and_each_request_is_logged_for_who_looks_for_a_fault() {
    let database = Database::fresh(Engine::Sqlite);
    let server = setup().on(&database).env("RUST_LOG", "debug").start();
    let begun = server.log();
    let begun = begun
        .iter()
        .find(|line| line.contains("Hark begins"))
        .unwrap();
    let begun: Value = serde_json::from_str(begun).unwrap();
    assert_eq!(begun["engine"], "sqlite");
    assert_eq!(begun["folder"], database.folder().display().to_string());
    assert_eq!(begun["proxies"], 0);
    let nowhere = server.client().with("X-Request-Id", "looked-for");
    nowhere.get("/api/v1/nope").expect(404);
    server.wait_for_log("looked-for");
}

#[test]
fn who_reads_nothing_of_the_doctor_learns_whether_something_is_wrong() {
    let (server, database) = fresh();
    let mut doctor = std::process::Command::new(HARK)
        .args(["doctor", "--data"])
        .arg(database.folder())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(doctor.stdout.take());
    let output = doctor.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    drop(server);
}

#[test]
fn who_reads_only_the_beginning_sees_no_fault() {
    let piped = std::process::Command::new("sh")
        .args([
            "-c",
            "\"$0\" completions bash | head -c 1; \"$0\" completions bash > /dev/full",
        ])
        .arg(HARK)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&piped.stderr);
    assert!(!said.contains("panicked"), "{said}");
    assert!(said.contains("No space left"), "{said}");
}
