//! What machines and people who watch the server see: health, metrics, the log.

use std::collections::{HashMap, HashSet};

use hark_testkit::{Client, Database, Engine, Server, Setup, eventually, on_both_engines};
use serde_json::{Value, json};

use crate::{HARK, log_in};

/// A sample of `/metrics` by its name.
pub fn sample(client: &Client, name: &str) -> i64 {
    let text = client.get("/metrics").text();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap().parse().unwrap()
}

on_both_engines! {
    fn health_readiness_and_metrics_are_there_for_machines(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let client = server.client();
        assert_eq!(client.get("/healthz").text(), "ok\n");
        assert_eq!(client.get("/readyz").text(), "ready\n");
        let admin = server.admin();
        admin.set("Livechat_title", "an event");
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
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
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
        let mut setup = Setup::new(HARK)
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
        admin.set("Livechat_secret_token", "secret-of-ours");
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

#[test]
fn a_start_says_what_it_is_and_each_request_is_logged_for_who_looks_for_a_fault() {
    let database = Database::fresh(Engine::Sqlite);
    let server = Setup::new(HARK)
        .on(&database)
        .env("RUST_LOG", "debug")
        .start();
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
