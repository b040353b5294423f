//! How it goes with the server, for those who look after it: what waits, what is wrong, and whether mail goes out.

use std::net::TcpListener;

use hark_testkit::{Database, Engine, Mailbox, Mood, Setup, on_both_engines};
use serde_json::{Value, json};

use crate::{BINARY, HARK};

const HEALTH: &str = "/api/hark/v1/health";
const TEST: &str = "/api/hark/v1/mail:test";

/// The kinds of what is found.
fn findings(health: &Value) -> Vec<&str> {
    let found = health["findings"].as_array().unwrap().iter();
    found.map(|one| one["kind"].as_str().unwrap()).collect()
}

on_both_engines! {
    fn the_health_page_says_what_is_there_and_what_to_look_at(engine: Engine) {
        let database = Database::fresh(engine);
        let server = Setup::new(HARK).on(&database).start();
        let admin = server.admin();
        let health = admin.get(HEALTH).expect(200);
        let name = if matches!(engine, Engine::Sqlite) { "sqlite" } else { "postgres" };
        assert_eq!(health["engine"], name);
        assert!(health["databaseBytes"].as_i64().unwrap() > 100_000, "{health}");
        assert!(health["diskFreeBytes"].as_i64().unwrap() > 0, "{health}");
        assert_eq!(health["backedUpAt"], Value::Null);
        assert_eq!(health["mail"], json!({"waiting": 0, "oldestAt": null}));
        let jobs = health["jobs"].as_array().unwrap();
        assert!(jobs.iter().any(|job| job["name"] == "mail"), "{health}");
        // No mail server is named; the database is too young for a backup to be missed.
        assert_eq!(findings(&health), ["mail-not-set-up"]);
        admin.person("amy", &["livechat-manager"]);
        let manager = server.client().login("amy", "secret-of-amy");
        manager.get(HEALTH).expect(403);
    }

    fn a_test_of_mail_answers_what_the_mail_server_said(engine: Engine) {
        let database = Database::fresh(engine);
        let mailbox = Mailbox::open();
        let server = Setup::new(HARK)
            .on(&database)
            .env("SMTP_Host", "127.0.0.1")
            .env("SMTP_Port", mailbox.port().to_string())
            .start();
        let admin = server.admin();
        let went = admin.post(TEST, &json!({})).expect(200);
        assert_eq!((&went["sent"], &went["error"]), (&json!(true), &Value::Null));
        let caught = mailbox.caught();
        assert_eq!(caught.len(), 1);
        let recipient = went["recipient"].as_str().unwrap();
        assert!(caught[0].recipients.iter().any(|one| one.contains(recipient)), "{recipient}");

        server.may_log_error("a mail could not be sent and is given up");
        mailbox.set_mood(Mood::Refuses("550 nobody of that name"));
        let refused = admin.post(TEST, &json!({})).expect(200);
        assert_eq!(refused["sent"], false);
        assert!(refused["error"].as_str().unwrap().contains("nobody of that name"), "{refused}");
        // It is not tried again.
        assert_eq!(admin.get(HEALTH).expect(200)["mail"]["waiting"], 0);

        admin.person("amy", &["livechat-manager"]);
        let manager = server.client().login("amy", "secret-of-amy");
        manager.post(TEST, &json!({})).expect(403);
    }
}

#[test]
fn mail_that_nobody_takes_is_found_by_the_health_page() {
    let database = Database::fresh(Engine::Sqlite);
    // Where nobody listens any more.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let server = Setup::new(HARK)
        .on(&database)
        .env("SMTP_Host", "127.0.0.1")
        .env("SMTP_Port", port.to_string())
        .env("Livechat_offline_email", "desk@example.org")
        .env("Livechat_validate_offline_email", "false")
        .start();
    let left = json!({"name": "Ann", "email": "ann@x.example", "message": "Please call me."});
    let visitor = server.client();
    visitor.post("livechat/offline.message", &left).expect(200);
    let admin = server.admin();
    let health = hark_testkit::eventually("a mail that was tried", || {
        let health = admin.get(HEALTH).expect(200);
        findings(&health)
            .contains(&"mail-failing")
            .then_some(health)
    });
    assert_eq!(health["mail"]["waiting"], 1);
    assert_ne!(health["mail"]["oldestAt"], Value::Null);
}

#[test]
fn a_backup_is_known_afterwards() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(BINARY).on(&database);
    let server = setup.start();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("hark.tar").display().to_string();
    setup
        .command_line(&["admin", "backup", &file], "")
        .assert_done();
    let health = server.admin().get(HEALTH).expect(200);
    assert_ne!(health["backedUpAt"], Value::Null);
}
