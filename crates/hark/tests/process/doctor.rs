//! `hark doctor` looks whether webhooks can go where they are to go.

use hark_testkit::{
    Database, Engine, Outcome, Receiver, Reply, Server, Setup, on_both_engines, text,
};
use serde_json::json;

use crate::HARK;

on_both_engines! {
    fn a_key_that_is_gone_is_said_to_be_missing(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        server.stop();
        let key = database.folder().join("keys").join("secrets.key");
        std::fs::remove_file(&key).unwrap();
        let said = Setup::new(HARK).on(&database).command_line(&["doctor"], "");
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.stdout.contains("secrets.key"), "{said:?}");
        assert!(said.stdout.contains("put the folder `keys` back"), "{said:?}");
        assert!(!said.stdout.contains("first start"), "{said:?}");
        assert!(!key.exists());
    }

    fn each_webhook_is_asked_and_what_to_do_is_said(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database);
        let server = setup.start();
        let doctor = |allowed: &str| -> Outcome {
            let setup = Setup::new(HARK).on(&database).env("HARK_WEBHOOK_ALLOW", allowed);
            setup.command_line(&["doctor"], "")
        };
        let said = |outcome: &Outcome, words: &[&str]| {
            let found = outcome.stdout.lines().any(|line| words.iter().all(|word| line.contains(word)));
            assert!(found, "{words:?} in {}", outcome.stdout);
        };
        let none = doctor("");
        assert_eq!(none.code, Some(0), "{none:?}");
        said(&none, &["no webhook has a URL"]);

        let receiver = Receiver::open();
        let admin = server.admin();
        let make = |name: &str, url: &str| {
            let made = admin.post("/api/hark/v1/endpoints", &json!({"name": name, "url": url}));
            text(&made.expect(201), "/id")
        };
        let good = make("good", &receiver.url("/hook"));
        // not from here
        let fine = doctor("127.0.0.0/8");
        assert_eq!(fine.code, Some(0), "{fine:?}");
        said(&fine, &["ok", "good", "answers"]);
        assert_eq!(receiver.received()[0].method(), "HEAD");
        let closed = doctor("");
        assert_eq!(closed.code, Some(1));
        said(&closed, &["WRONG", "good", "no public address", "HARK_WEBHOOK_ALLOW"]);

        // what the settings take and nothing can be sent to
        admin.post("omnichannel/integrations", &json!({"LivechatWebhookUrl": "8000"})).expect(200);
        let gone = Receiver::open();
        make("gone", &gone.url("/"));
        drop(gone);
        let moved = Receiver::answering(|_| Reply::status(301).header("Location", "http://x/"));
        make("moved", &moved.url("/"));
        admin.post(&format!("/api/hark/v1/endpoints/{good}:pause"), &json!({})).expect(200);
        let ill = doctor("127.0.0.0/8");
        assert_eq!(ill.code, Some(1));
        said(&ill, &["WRONG", "Workspace webhook", "8000", "does not begin with http:// or https://"]);
        said(&ill, &["WRONG", "gone", "cannot be reached"]);
        said(&ill, &["WRONG", "moved", "redirect"]);
        said(&ill, &["note", "good", "paused", ":resume"]);
    }

    fn the_doctor_finds_nothing_wrong_with_an_installation_in_order(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let setup = Setup::new(HARK).on(&database);
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
    let setup = Setup::new(HARK).on(&database);
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

#[test]
fn who_reads_nothing_of_the_doctor_learns_whether_something_is_wrong() {
    let (server, database) = Server::fresh(HARK, Engine::Sqlite);
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
