//! A copy that somebody starts to have a look sends nothing.

use hark_testkit::{Database, Engine, Mailbox, Receiver, Server, Setup, eventually};
use serde_json::{Value, json};

use crate::HARK;

fn stats(server: &Server) -> Value {
    server.admin().get("/api/hark/v1/stats").expect(200)["quiet"].clone()
}

/// A chat, and a message that is left for somebody.
fn something_happens(server: &Server, token: &str) {
    server.visit(token);
    let form = json!({"name": "Ann", "email": "ann@x.example", "message": "Please call me."});
    let client = server.client();
    client.post("livechat/offline.message", &form).expect(200);
}

#[test]
fn a_restored_copy_sends_nothing_until_somebody_says_that_it_counts() {
    let (receiver, mailbox) = (Receiver::open(), Mailbox::open());
    let setup = |database: &Database| {
        Setup::new(HARK)
            .on(database)
            .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
            .env("SMTP_Host", "127.0.0.1")
            .env("SMTP_Port", mailbox.port().to_string())
            .env("Livechat_offline_email", "desk@example.org")
            .env("Livechat_validate_offline_email", "false")
            .env("Livechat_accept_chats_with_no_agents", "true")
    };
    let untouched = || {
        assert_eq!((receiver.connections(), mailbox.begun()), (0, 0));
    };
    let database = Database::fresh(Engine::Sqlite);
    let server = setup(&database).arg("--deliver=off").start();
    let said = |server: &Server, words: &str| {
        assert!(
            server.said().iter().any(|line| line.contains(words)),
            "{:?}",
            server.said()
        );
        let ready = server.client().get("/readyz");
        assert_eq!(ready.status, 200);
        assert!(ready.text().contains(words), "{}", ready.text());
        assert!(stats(server).as_str().unwrap().contains(words));
        server.wait_for_log(words);
    };
    said(&server, "--deliver off");
    let endpoint = json!({"url": receiver.url("/hook"), "events": ["chat.started"]});
    let admin = server.admin();
    admin.post("/api/hark/v1/endpoints", &endpoint).expect(201);
    let made = admin.get("/api/hark/v1/endpoints").expect(200);
    let made = made["items"].as_array().unwrap().iter();
    let id = made
        .filter_map(|one| one["id"].as_str())
        .next_back()
        .unwrap();
    let test = format!("/api/hark/v1/endpoints/{id}:test");
    let refused = |server: &Server, words: &str| {
        let answer = server.admin().post(&test, &json!({})).expect(409);
        assert!(
            answer["detail"].as_str().unwrap().contains(words),
            "{answer}"
        );
    };
    refused(&server, "--deliver off");
    something_happens(&server, "ana");
    let place = tempfile::tempdir().unwrap();
    let archive = place.path().join("copy").display().to_string();
    let ours = setup(&database);
    ours.command_line(&["admin", "backup", &archive], "")
        .assert_done();
    assert_eq!(server.stop(), Some(0));
    untouched();

    let elsewhere = Database::fresh(Engine::Sqlite);
    let theirs = setup(&elsewhere);
    let restored = theirs.command_line(&["admin", "restore", &archive], "");
    restored.assert_done();
    assert!(
        restored.stdout.contains("hark admin deliver"),
        "{restored:?}"
    );
    let copy = theirs.start();
    said(&copy, "restored copy");
    refused(&copy, "hark admin deliver");
    something_happens(&copy, "ben");
    eventually("the jobs that wait", || {
        let metrics = copy.client().get("/metrics").text();
        let up = |job: &str| metrics.contains(&format!("hark_job_up{{job=\"{job}\"}} 1"));
        (up("webhooks") && up("mail")).then_some(())
    });
    let doctor = theirs.command_line(&["doctor"], "");
    assert!(
        doctor
            .stdout
            .contains("note  no webhook and no mail is sent"),
        "{doctor:?}"
    );
    // The doctor asks the receiver whether it is there.
    let asked = receiver.received();
    assert!(asked.iter().all(|one| one.method() == "HEAD"), "{asked:?}");
    assert_eq!(mailbox.begun(), 0);

    theirs.command_line(&["admin", "deliver"], "").assert_done();
    let sent = eventually("both chats", || {
        let received = receiver.received().into_iter();
        let sent: Vec<_> = received.filter(|one| one.method() == "POST").collect();
        (sent.len() == 2).then_some(sent)
    });
    assert!(
        sent.iter()
            .all(|one| one.header("hark-event") == Some("chat.started"))
    );
    eventually("both mails", || (mailbox.caught().len() == 2).then_some(()));
    assert_eq!(stats(&copy), Value::Null);
    let again = theirs.command_line(&["admin", "deliver"], "");
    assert!(again.stdout.contains("Nothing held"), "{again:?}");
}

#[test]
fn a_start_says_that_a_copy_counts() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = || Setup::new(HARK).on(&database);
    drop(setup().start());
    let place = tempfile::tempdir().unwrap();
    let archive = place.path().join("copy").display().to_string();
    setup()
        .command_line(&["admin", "backup", &archive], "")
        .assert_done();
    let elsewhere = Database::fresh(Engine::Sqlite);
    let theirs = Setup::new(HARK).on(&elsewhere);
    theirs
        .command_line(&["admin", "restore", &archive], "")
        .assert_done();
    let server = Setup::new(HARK)
        .on(&elsewhere)
        .env("HARK_DELIVER", "on")
        .start();
    assert_eq!(server.client().get("/readyz").text(), "ready\n");
    drop(server);
    let server = theirs.start();
    assert_eq!(server.client().get("/readyz").text(), "ready\n");
}
