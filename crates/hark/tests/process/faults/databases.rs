//! A PostgreSQL that comes late, goes away or says nothing.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use hark_testkit::{Database, Engine, Proxy, Server, Setup, eventually};
use serde_json::json;

use super::{create, events_of, is_later, log_agrees, usernames};
use crate::HARK;
use crate::watching::sample;

#[test]
fn a_postgres_that_is_not_up_yet_is_waited_for() {
    let database = Database::fresh(Engine::Postgres);
    let proxy = Proxy::closed(&database);
    let setup = Setup::new(HARK)
        .on(&database)
        .env("HARK_DATABASE", proxy.url(&database));
    let starting = setup.launch();
    starting.wait_for_log("PostgreSQL does not answer; trying again");
    proxy.refuse("57P03", "the database system is starting up");
    starting.wait_for_log("the database system is starting up");
    proxy.forward();
    let server = starting.ready();
    assert_eq!(server.admin().get("me").status, 200);
}

#[test]
fn a_postgres_that_refuses_is_not_waited_for() {
    let database = Database::fresh(Engine::Postgres);
    let url = database.url().unwrap();
    let (server, name) = url.rsplit_once('/').unwrap();
    let proxy = Proxy::closed(&database);
    proxy.refuse("28P01", "password authentication failed for user \"hark\"");
    for (url, words) in [
        (url.replace("hark@", "eve@"), "eve"),
        (format!("{server}/no_such_{name}"), "no_such_"),
        (proxy.url(&database), "password authentication failed"),
    ] {
        let started = Instant::now();
        let outcome = Setup::new(HARK)
            .on(&database)
            .env("HARK_DATABASE", url)
            .run();
        let advice = "check the user, the password and the name of the database";
        outcome.assert_refused(&[words, advice]);
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn connections_that_broke_while_they_were_idle_cost_no_request_on_postgres() {
    let (server, database) = Server::fresh(HARK, Engine::Postgres);
    let admin = server.admin();
    // As many as it has connections, at least: each of them finds its own end.
    for round in 0..2 {
        database.cut(false);
        for number in 0..20 {
            let name = format!("robot-{round}-{number}");
            let token = json!({"tokenName": name});
            let answer = admin.post("users.generatePersonalAccessToken", &token);
            assert_eq!(answer.status, 200, "{answer:?}");
        }
    }
}

#[test]
fn three_connections_are_enough_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let proxy = Proxy::closed(&database);
    // Two that the start closes again, and one each for reading, writing and the order of the log.
    proxy.forward_at_most(5);
    let setup = Setup::new(HARK)
        .on(&database)
        .env("HARK_DATABASE", proxy.url(&database));
    let server = setup.start();
    let admin = server.admin();
    server.wait_for_log("PostgreSQL takes no further connection");
    std::thread::scope(|scope| {
        for writer in 0..16 {
            let admin = &admin;
            scope.spawn(move || {
                for number in 0..4 {
                    let name = json!({"tokenName": format!("robot-{writer}-{number}")});
                    let answer = admin.post("users.generatePersonalAccessToken", &name);
                    assert_eq!(answer.status, 200, "{answer:?}");
                }
            });
        }
    });
}

#[test]
fn a_postgres_that_goes_away_is_missed_politely_and_taken_back() {
    let (server, database) = Server::fresh(HARK, Engine::Postgres);
    let (client, admin) = (server.client(), server.admin());
    let enough = AtomicBool::new(false);
    let slowest = AtomicU64::new(0);
    let mut acknowledged = BTreeSet::from(["admin".to_owned()]);
    std::thread::scope(|scope| {
        let (acknowledge, made) = mpsc::channel();
        let (refuse, turned_away) = mpsc::channel();
        for writer in 0..4 {
            let (admin, enough, slowest) = (&admin, &enough, &slowest);
            let (acknowledge, refuse) = (acknowledge.clone(), refuse.clone());
            scope.spawn(move || {
                for number in 0.. {
                    if enough.load(Ordering::Relaxed) {
                        return;
                    }
                    let name = format!("u{writer}-{number}");
                    let started = Instant::now();
                    let answer = create(admin, &name);
                    let millis = started.elapsed().as_millis() as u64;
                    slowest.fetch_max(millis, Ordering::Relaxed);
                    if answer.status == 200 {
                        acknowledge.send(name).unwrap();
                    } else {
                        is_later(&answer, "database cannot be reached");
                        refuse.send(()).unwrap();
                    }
                }
            });
        }
        for _ in 0..3 {
            let patience = Duration::from_secs(20);
            // Under load when it goes, and again after it is back.
            for _ in 0..10 {
                acknowledged.insert(made.recv_timeout(patience).unwrap());
            }
            database.cut(true);
            turned_away.recv_timeout(patience).unwrap();
            let ready = client.get("/readyz");
            assert_eq!(ready.status, 503);
            assert!(ready.text().starts_with("not ready: "), "{ready:?}");
            is_later(&admin.get("me"), "database cannot be reached");
            assert_eq!(client.get("/healthz").status, 200);
            database.allow();
            eventually("readiness", || {
                (client.get("/readyz").status == 200).then_some(())
            });
        }
        enough.store(true, Ordering::Relaxed);
        drop(acknowledge);
        acknowledged.extend(made.iter());
    });
    assert!(slowest.into_inner() < 5_000);
    server.wait_for_log("PostgreSQL is back");
    // It went away three times.
    let log = server.log();
    let warned: Vec<&String> = log
        .iter()
        .filter(|line| line.contains("\"WARN\""))
        .collect();
    assert!(warned.len() < 60, "{warned:#?}");
    let there = usernames(&admin);
    assert!(there.is_superset(&acknowledged));
    eventually("all events to be placed", || {
        (sample(&client, "hark_event_log_position") >= events_of(&there)).then_some(())
    });
    log_agrees(&database, &there);
}

#[test]
fn a_postgres_that_says_nothing_holds_no_request_and_no_stop_for_ever() {
    let database = Database::fresh(Engine::Postgres);
    let proxy = Proxy::closed(&database);
    proxy.forward();
    let setup = Setup::new(HARK)
        .on(&database)
        .env("HARK_DATABASE", proxy.url(&database));
    let mut server = setup.start();
    let (client, admin) = (server.client(), server.admin());
    proxy.fall_silent();
    let started = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| assert_eq!(client.get("/readyz").status, 503));
        scope.spawn(|| is_later(&admin.get("me"), "database cannot be reached"));
        scope.spawn(|| is_later(&create(&admin, "unknown"), "database cannot be reached"));
    });
    assert!(started.elapsed() < Duration::from_secs(20));
    proxy.forward();
    eventually("readiness", || {
        (client.get("/readyz").status == 200).then_some(())
    });
    assert_eq!(create(&admin, "known").status, 200);
    proxy.fall_silent();
    let started = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(15));
}
