//! A node that was stopped for longer than it holds the lease.

use hark_testkit::{Database, Engine, Receiver, Reply, Setup, eventually, text};
use serde_json::json;

use crate::HARK;

#[test]
fn a_node_that_was_stopped_sends_nothing_that_another_has_sent_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let receiver = Receiver::answering(|_| Reply::status(500));
    let setup = || {
        Setup::new(HARK)
            .on(&database)
            .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
            .env("Livechat_accept_chats_with_no_agents", "true")
    };
    let first = setup().start();
    let policy = json!({"delaysMs": [4_000, 4_000, 4_000]});
    let body = json!({"url": receiver.url("/"), "events": ["chat.started"], "policy": policy});
    // Each has a task of its own, and which of them wakes first after the stop is chance.
    let (admin, endpoints, chats) = (first.admin(), 60, 2);
    for _ in 0..endpoints {
        admin.post("/api/hark/v1/endpoints", &body).expect(201);
    }
    for number in 0..chats {
        first.visit(&format!("visitor-{number}"));
    }
    eventually("all to wait for their next attempt", || {
        let waiting = "SELECT count(*) FROM delivery WHERE state = 1";
        (database.number(waiting) == endpoints * chats).then_some(())
    });
    first.signal("STOP");
    receiver.answer(|_| Reply::status(200));
    // It has the same key, in a folder of its own.
    let own = tempfile::tempdir().unwrap();
    let keys = own.path().join("keys");
    std::fs::create_dir(&keys).unwrap();
    std::fs::copy(
        database.folder().join("keys").join("secrets.key"),
        keys.join("secrets.key"),
    )
    .unwrap();
    let second = setup().env("HARK_DATA", own.path()).start();
    eventually("the other node to deliver", || {
        let delivered = "SELECT count(*) FROM delivery WHERE state = 2";
        (database.number(delivered) == endpoints * chats).then_some(())
    });
    let before = receiver.received().len();
    first.signal("CONT");
    first.wait_for_log("a job pauses at this node");
    let late = text(&second.visit("late"), "/_id");
    receiver.wait(before + endpoints as usize);
    let after: Vec<String> = receiver.received()[before..]
        .iter()
        .map(|one| one.text().to_owned())
        .collect();
    let again: Vec<&String> = after.iter().filter(|one| !one.contains(&late)).collect();
    assert!(again.is_empty(), "{again:#?}");
}
