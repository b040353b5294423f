//! What breaks in the world around a server: full disks, dead processes, a database that comes
//! late, goes away or says nothing, and clients that take their time.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use hark_testkit::{
    Client, Connection, Database, Engine, Mount, Proxy, Response, Server, Setup, Tablespace,
    eventually, on_both_engines,
};
use serde_json::{Value, json};

use crate::{HARK, account};

/// What may be in the log when a disk has no room.
const FULL: &str = "the disk that holds the database is full";

fn setup() -> Setup {
    Setup::new(HARK)
}

fn create(admin: &Client, username: &str) -> Response {
    admin.post("users.create", &account(username))
}

/// Text that no engine can make smaller.
fn noise(length: usize) -> String {
    static SEED: AtomicU64 = AtomicU64::new(1);
    let mut state = SEED.fetch_add(1, Ordering::Relaxed);
    let mut text = String::new();
    while text.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!("{:08x}", state >> 32));
    }
    text
}

/// An account that takes about 60 KB.
fn create_large(admin: &Client, username: &str) -> Response {
    let mut new = account(username);
    new["customFields"] = json!({"noise": noise(60_000)});
    admin.post("users.create", &new)
}

/// Makes accounts until one is refused because there is no room.
fn until_full(admin: &Client, name: &str, there: &mut BTreeSet<String>) {
    for number in 0.. {
        let name = format!("{name}-{number}");
        let answer = create_large(admin, &name);
        if answer.status == 200 {
            there.insert(name);
            continue;
        }
        return is_later(&answer, "disk is full");
    }
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

/// The position of the newest event, as `/metrics` shows it.
fn position(client: &Client) -> i64 {
    let text = client.get("/metrics").text();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("hark_event_log_position "));
    line.unwrap().parse().unwrap()
}

// === disks ===

/// While nothing can be written. Something small may still find room, so that one more that does not
/// comes before each look.
fn not_ready(server: &Server, admin: &Client) {
    eventually("that it is not ready", || {
        let large = create_large(admin, "never");
        assert_ne!(large.status, 200, "{large:?}");
        let said = server.client().get("/readyz");
        (said.status == 503 && said.text().contains(FULL)).then_some(())
    });
}

fn ready_again(server: &Server) {
    eventually("that it is ready again", || {
        (server.client().get("/readyz").status == 200).then_some(())
    });
}

#[test]
fn a_full_disk_refuses_writes_and_nothing_else_until_there_is_room() {
    let disk = Mount::of_megabytes(12);
    let folder = disk.path().join("data");
    let setup = setup().env("HARK_DATA", &folder).may_log_error(FULL);
    let server = setup.start();
    let admin = server.admin();
    let mut there = BTreeSet::from(["admin".to_owned(), "before".to_owned()]);
    assert_eq!(create_large(&admin, "before").status, 200);

    let ballast = disk.fill();
    // The write-ahead log has some room left inside.
    until_full(&admin, "first", &mut there);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let admin = &admin;
            scope.spawn(move || {
                for number in 0..5 {
                    let answer = create_large(admin, &format!("never-{writer}-{number}"));
                    is_later(&answer, "disk is full");
                }
            });
        }
    });
    not_ready(&server, &admin);
    assert_eq!(admin.get("me").status, 200);
    assert_eq!(usernames(&admin), there);
    drop(ballast);
    ready_again(&server);

    for number in 0..20 {
        let name = format!("after-{number}");
        assert_eq!(create_large(&admin, &name).status, 200, "{name}");
        there.insert(name);
    }
    assert_eq!(usernames(&admin), there);

    // And once more, with an end that nobody had time to prepare.
    let ballast = disk.fill();
    until_full(&admin, "then", &mut there);
    server.kill();
    setup.run().assert_refused(&["disk", "full"]);
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["wrong"]);
    assert!(doctor.stdout.contains("make room"), "{doctor:?}");
    drop(ballast);
    let server = setup.start();
    let admin = admin.at(server.address());
    assert_eq!(usernames(&admin), there);
    assert_eq!(create_large(&admin, "last").status, 200);
    there.insert("last".to_owned());
    let restored = Database::in_folder(&folder);
    log_agrees(&restored, &there);
}

#[test]
fn a_full_disk_under_postgres_refuses_writes_and_nothing_else_until_there_is_room() {
    let space = Tablespace::of_megabytes(40);
    let database = Database::fresh_in(&space);
    let setup = setup().on(&database);
    let server = setup.may_log_error(FULL).start();
    let admin = server.admin();
    let mut there = BTreeSet::from(["admin".to_owned()]);
    let ballast = space.mount().fill();
    // Its tables have some room left inside.
    until_full(&admin, "until-full", &mut there);
    not_ready(&server, &admin);
    assert_eq!(usernames(&admin), there);
    drop(ballast);
    ready_again(&server);
    for number in 0..20 {
        let name = format!("after-{number}");
        assert_eq!(create_large(&admin, &name).status, 200, "{name}");
        there.insert(name);
    }
    assert_eq!(usernames(&admin), there);
    eventually("all events to be placed", || {
        let created = database.events();
        let created = created.iter().filter(|event| event.1 == "account.created");
        (created.count() as i64 == events_of(&there)).then_some(())
    });
    log_agrees(&database, &there);
}

#[test]
fn a_backup_that_finds_no_room_says_so_and_leaves_nothing() {
    let (server, database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    for number in 0..60 {
        assert_eq!(create_large(&admin, &format!("u{number}")).status, 200);
    }
    let setup = setup().on(&database);
    let whole = database.folder().join("whole").display().to_string();
    let made = setup.command_line(&["admin", "backup", &whole], "");
    assert_eq!(made.code, Some(0), "{made:?}");
    // Neither a copy of the database fits, nor, on the second, the archive beside it.
    for megabytes in [2, 7] {
        let disk = Mount::of_megabytes(megabytes);
        let file = disk.path().join("backup").display().to_string();
        let outcome = setup.command_line(&["admin", "backup", &file], "");
        outcome.assert_refused(&[&file, "full"]);
        assert_eq!(std::fs::read_dir(disk.path()).unwrap().count(), 0);
    }
    let disk = Mount::of_megabytes(2);
    let folder = disk.path().join("data");
    let outcome = setup
        .env("HARK_DATA", &folder)
        .command_line(&["admin", "restore", &whole], "");
    outcome.assert_refused(&[&folder.display().to_string(), "full"]);
    assert!(!folder.join("hark.db").exists());
}

#[test]
fn a_read_only_file_system_is_refused_at_the_start() {
    let disk = Mount::of_megabytes(12);
    let begun = disk.path().join("begun");
    setup().env("HARK_DATA", &begun).start().stop();
    disk.make_read_only();
    for folder in [begun, disk.path().join("not-begun")] {
        let outcome = setup().env("HARK_DATA", &folder).run();
        let shown = folder.display().to_string();
        outcome.assert_refused(&[&shown, "cannot be used as a data folder"]);
        assert!(
            outcome.stderr.to_lowercase().contains("read-only"),
            "{outcome:?}"
        );
    }
}

// === a database that comes late ===

#[test]
fn a_postgres_that_is_not_up_yet_is_waited_for() {
    let database = Database::fresh(Engine::Postgres);
    let proxy = Proxy::closed(&database);
    let setup = setup()
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
        let outcome = setup().on(&database).env("HARK_DATABASE", url).run();
        let advice = "check the user, the password and the name of the database";
        outcome.assert_refused(&[words, advice]);
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}

// === a database that goes away ===

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
fn fewer_connections_than_it_would_like_are_enough_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let proxy = Proxy::closed(&database);
    proxy.forward_at_most(12);
    let setup = setup()
        .on(&database)
        .env("HARK_DATABASE", proxy.url(&database));
    let server = setup.start();
    let admin = server.admin();
    server.wait_for_log("PostgreSQL takes no further connection");
    std::thread::scope(|scope| {
        for writer in 0..16 {
            let admin = &admin;
            scope.spawn(move || {
                for number in 0..8 {
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
        (position(&client) >= events_of(&there)).then_some(())
    });
    log_agrees(&database, &there);
}

#[test]
fn a_postgres_that_says_nothing_holds_no_request_and_no_stop_for_ever() {
    let database = Database::fresh(Engine::Postgres);
    let proxy = Proxy::closed(&database);
    proxy.forward();
    let setup = setup()
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

// === dead processes ===

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
        let setup = setup().on(&database);
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
                (newest >= events_of(&there) && position(&admin) == newest).then_some(())
            });
            log_agrees(&database, &there);
        }
    }
}

// === two nodes ===

#[test]
fn what_one_node_changes_holds_for_the_very_next_request_at_another_on_postgres() {
    let (one, database) = Server::fresh(HARK, Engine::Postgres);
    let node = database.other_node();
    let other = setup().on(&node).start();
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
    let other = setup().on(&node).start();
    let admin = one.admin();
    let done = work_and_kill(one, &admin, 0, 25);
    let admin = admin.at(other.address());
    let there = usernames(&admin);
    assert!(there.is_superset(&done.accounts));
    eventually("the events of the dead node", || {
        (position(&admin) == events_of(&there)).then_some(())
    });
    log_agrees(&database, &there);
}

// === clients that take their time ===

#[test]
fn slow_clients_do_not_hold_others_up() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut heads: Vec<Connection> = (0..300)
        .map(|_| Connection::open(server.address()).unwrap())
        .collect();
    let mut bodies = Vec::new();
    for caller in [&admin, &server.client()] {
        for _ in 0..50 {
            let mut connection = Connection::open(server.address()).unwrap();
            let head = format!(
                "POST /api/v1/login HTTP/1.1\r\nHost: x\r\n{}Content-Type: application/json\r\n\
                 Content-Length: 60000\r\nExpect: 100-continue\r\n\r\n{{",
                caller.head()
            );
            connection.write(head.as_bytes()).unwrap();
            assert_eq!(connection.response().unwrap().status, 100);
            bodies.push(connection);
        }
    }
    for (number, byte) in request.iter().enumerate() {
        for slow in &mut heads {
            slow.write(&[*byte]).unwrap();
        }
        let started = Instant::now();
        assert_eq!(create(&admin, &format!("u{number}")).status, 200);
        assert_eq!(admin.get("me").status, 200);
        assert!(started.elapsed() < Duration::from_secs(2));
    }
    for slow in &mut heads {
        assert_eq!(slow.response().unwrap().status, 200);
    }
    assert_eq!(bodies.len(), 100);
}

#[test]
fn a_thousand_idle_connections_leave_room_for_one_more() {
    let database = Database::fresh(Engine::Sqlite);
    // What a service manager sets when nobody asks: few, and many on request.
    let setup = setup()
        .on(&database)
        .through(&["prlimit", "--nofile=128:4096"]);
    let server = setup.start();
    let held: Vec<Connection> = (0..1000)
        .map(|_| Connection::open(server.address()).unwrap())
        .collect();
    assert_eq!(server.admin().get("me").status, 200);
    drop(held);
}

#[test]
fn connections_leave_some_of_few_open_files_to_others() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = setup()
        .on(&database)
        .through(&["prlimit", "--nofile=128:128"]);
    let server = setup.start();
    let admin = server.admin();
    let mut early = Connection::open(server.address()).unwrap();
    let held: Vec<Connection> = (0..200)
        .map(|_| Connection::open(server.address()).unwrap())
        .collect();
    // Who is in is served, and the others wait in front of the door.
    let request = format!(
        "GET /api/v1/users.list HTTP/1.1\r\nHost: x\r\n{}\r\n",
        admin.head()
    );
    for _ in 0..20 {
        early.write(request.as_bytes()).unwrap();
        assert_eq!(early.response().unwrap().status, 200);
    }
    drop(held);
    for number in 0..10 {
        assert_eq!(create(&admin, &format!("after-{number}")).status, 200);
    }
    let log = server.log();
    let refused = |line: &&String| line.contains("no connection can be accepted");
    assert_eq!(log.iter().find(refused), None);
}

#[test]
fn visitors_who_all_come_back_at_once_find_room_to_wait() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let address = server.address().parse().unwrap();
    // As if it had not come to accepting anyone yet.
    server.signal("STOP");
    let second = Duration::from_secs(1);
    let waiting: Vec<TcpStream> = (0..1000)
        .map(|_| TcpStream::connect_timeout(&address, second).unwrap())
        .collect();
    server.signal("CONT");
    assert_eq!(server.client().get("/readyz").status, 200);
    drop(waiting);
}

#[test]
fn strangers_who_send_much_take_no_room_from_those_who_are_known() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let head = "POST /api/v1/login HTTP/1.1\r\nHost: hark\r\nContent-Type: application/json\r\nContent-Length: 262144\r\n\r\n";
    // All but the last byte of it.
    let body = vec![b'x'; (256 << 10) - 1];
    let (answer, answers) = mpsc::channel();
    for _ in 0..520 {
        let mut connection = Connection::open(server.address()).unwrap();
        connection.write(head.as_bytes()).unwrap();
        // Who is refused in between hears so below.
        let _sent = connection.write(&body);
        let answer = answer.clone();
        // Those who have a place hear nothing while they keep it; who they are is chance.
        std::thread::spawn(move || drop(answer.send(connection.response())));
    }
    // Beyond their share strangers hear at once that there is no room.
    let refused = answers
        .recv_timeout(Duration::from_secs(20))
        .unwrap()
        .unwrap();
    assert_eq!(refused.status, 503);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(create_large(&admin, "known").status, 200);
}
