//! Processes that are killed, and nodes beside each other.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::mpsc;

use hark_testkit::{Client, Database, Engine, Server, Setup, eventually, on_both_engines};
use serde_json::{Value, json};

use super::{create, events_of, log_agrees, usernames};
use crate::watching::sample;
use crate::{HARK, account};

/// What was answered with 200 before a server was killed.
#[derive(Default)]
struct Acknowledged {
    accounts: BTreeSet<String>,
    tokens: BTreeMap<String, String>,
}

enum Done {
    Account(String),
    Token(String, String),
}

/// Many callers at once, until `enough` answers have come; then the server is killed wherever
/// each of them happens to be.
fn work_and_kill(server: Server, admin: &Client, round: usize, enough: usize) -> Acknowledged {
    let mut acknowledged = Acknowledged::default();
    std::thread::scope(|scope| {
        let (done, heard) = mpsc::channel();
        for writer in 0..6 {
            let done = done.clone();
            scope.spawn(move || {
                for number in 0.. {
                    let name = format!("r{round}-{writer}-{number}");
                    let (path, body) = match writer % 2 {
                        0 => ("users.create", account(&name)),
                        _ => (
                            "users.generatePersonalAccessToken",
                            json!({"tokenName": name}),
                        ),
                    };
                    let headers = [("Content-Type", "application/json")];
                    let path = format!("/api/v1/{path}");
                    let body = body.to_string();
                    let sent = admin.try_send("POST", &path, &headers, body.as_bytes());
                    let Ok(answer) = sent else {
                        return;
                    };
                    // A head without its body is no acknowledgement.
                    let Ok(value) = serde_json::from_slice::<Value>(&answer.body) else {
                        return;
                    };
                    assert_eq!(answer.status, 200, "{answer:?}");
                    let outcome = match value["token"].as_str() {
                        Some(token) => Done::Token(name, token.to_owned()),
                        None => Done::Account(name),
                    };
                    if done.send(outcome).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let mut keep = |outcome| match outcome {
            Done::Account(name) => drop(acknowledged.accounts.insert(name)),
            Done::Token(name, token) => drop(acknowledged.tokens.insert(name, token)),
        };
        heard.iter().take(enough).for_each(&mut keep);
        server.kill();
        heard.iter().for_each(keep);
    });
    acknowledged
}

on_both_engines! {
    fn nothing_acknowledged_is_lost_by_kill_9(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database);
        let mut server = setup.start();
        let mut admin = server.admin();
        let id = admin.get("me").value()["_id"].as_str().unwrap().to_owned();
        let mut accounts = BTreeSet::from(["admin".to_owned()]);
        let random = RandomState::new();
        for round in 0..6 {
            let enough = 5 + usize::try_from(random.hash_one(round) % 60).unwrap();
            let done = work_and_kill(server, &admin, round, enough);
            accounts.extend(done.accounts);
            server = setup.start();
            admin = admin.at(server.address());
            let there = usernames(&admin);
            let lost: Vec<_> = accounts.difference(&there).collect();
            assert!(lost.is_empty(), "killed after {enough} answers: {lost:?}");
            let listed = admin.get("users.getPersonalAccessTokens").value();
            let listed = listed["tokens"].as_array().unwrap();
            for (name, token) in done.tokens {
                assert!(listed.iter().any(|listed| listed["name"] == *name), "{name}");
                let robot = server.client().with("X-User-Id", &id).with("X-Auth-Token", &token);
                assert_eq!(robot.get("me").status, 200);
            }
            eventually("the log to be whole", || {
                let newest = database.events().len() as i64;
                (newest >= events_of(&there) && sample(&admin, "hark_event_log_position") == newest).then_some(())
            });
            log_agrees(&database, &there);
        }
    }
}

#[test]
fn what_one_node_changes_holds_for_the_very_next_request_at_another_on_postgres() {
    let (one, database) = Server::fresh(HARK, Engine::Postgres);
    let node = database.other_node();
    let other = Setup::new(HARK).on(&node).start();
    let here = one.admin();
    let there = here.at(other.address());
    assert_eq!(there.get("me").status, 200);
    assert_eq!(create(&here, "manager").status, 200);
    let manager = other.client().login("manager", "a-password-of-theirs");
    for round in 0..50 {
        let (writer, reader) = if round % 2 == 0 {
            (&here, &there)
        } else {
            (&there, &here)
        };
        let title = json!({"value": format!("round {round}")});
        let answer = writer.post("settings/Livechat_title", &title);
        assert_eq!(answer.status, 200, "{answer:?}");
        let seen = reader.get("settings/Livechat_title").value();
        assert_eq!(seen["value"], title["value"]);

        let may = round % 3 == 0;
        let roles = if may {
            json!(["admin", "user"])
        } else {
            json!(["admin"])
        };
        let grant = json!({"permissions": [{"_id": "view-privileged-setting", "roles": roles}]});
        let answer = here.post("permissions.update", &grant);
        assert_eq!(answer.status, 200, "{answer:?}");
        let answer = manager.get("settings/Livechat_title");
        assert_eq!(answer.status, if may { 200 } else { 403 });
    }
    // Someone who logs out at one node is logged out at the other.
    let leaving = manager.at(one.address());
    assert_eq!(leaving.post("logout", &json!({})).status, 200);
    assert_eq!(manager.get("me").status, 401);
}

#[test]
fn the_events_of_a_node_that_dies_are_placed_by_another_on_postgres() {
    let (one, database) = Server::fresh(HARK, Engine::Postgres);
    let node = database.other_node();
    let other = Setup::new(HARK).on(&node).start();
    let admin = one.admin();
    let done = work_and_kill(one, &admin, 0, 25);
    let admin = admin.at(other.address());
    let there = usernames(&admin);
    assert!(there.is_superset(&done.accounts));
    eventually("the events of the dead node", || {
        (sample(&admin, "hark_event_log_position") == events_of(&there)).then_some(())
    });
    log_agrees(&database, &there);
}
