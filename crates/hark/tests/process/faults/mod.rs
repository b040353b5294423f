//! What breaks in the world around a server: full disks, dead processes, a database that comes
//! late, goes away or says nothing, and clients that take their time.

mod clients;
mod databases;
mod disks;
mod nodes;

use std::collections::{BTreeMap, BTreeSet};

use hark_testkit::{Client, Database, Response};

use crate::account;

fn create(admin: &Client, username: &str) -> Response {
    admin.post("users.create", &account(username))
}

/// Try again later, in words that a person understands.
#[track_caller]
fn is_later(answer: &Response, words: &str) {
    assert_eq!(answer.status, 503, "{answer:?}");
    let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
    assert!(answer.text().contains(words), "{words}: {answer:?}");
}

fn usernames(admin: &Client) -> BTreeSet<String> {
    let answer = admin.get("users.list?count=0");
    assert_eq!(answer.status, 200, "{answer:?}");
    let value = answer.value();
    let users = value["users"].as_array().unwrap();
    assert_eq!(value["total"], users.len());
    let names = users.iter().map(|user| user["username"].as_str().unwrap());
    // The server's own account is always there.
    let people = names.filter(|name| *name != "rocket.cat");
    people.map(str::to_owned).collect()
}

/// How many events tell of these people, and of the server's own account.
fn events_of(there: &BTreeSet<String>) -> i64 {
    there.len() as i64 + 1
}

/// The log has every account that there is exactly once, and no other, and has no gap.
#[track_caller]
fn log_agrees(database: &Database, there: &BTreeSet<String>) {
    let events = database.events();
    let positions: Vec<i64> = events.iter().map(|(position, _, _)| *position).collect();
    let expected: Vec<i64> = (1..=events.len() as i64).collect();
    assert_eq!(positions, expected);
    let mut logged = BTreeMap::new();
    for (_, _, body) in events.iter().filter(|(_, kind, body)| {
        kind == "account.created" && body["account"]["username"] != "rocket.cat"
    }) {
        let username = body["account"]["username"].as_str().unwrap().to_owned();
        *logged.entry(username).or_insert(0) += 1;
    }
    assert!(logged.values().all(|times| *times == 1), "{logged:?}");
    assert_eq!(logged.into_keys().collect::<BTreeSet<_>>(), *there);
}
