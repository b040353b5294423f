//! Disks that are full, or only to be read.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use hark_testkit::{
    Client, Database, Engine, Mount, Response, Server, Setup, Tablespace, eventually,
};
use serde_json::json;

use super::{events_of, is_later, log_agrees, usernames};
use crate::{HARK, account};

/// What may be in the log when a disk has no room.
const FULL: &str = "the disk that holds the database is full";

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
pub(super) fn create_large(admin: &Client, username: &str) -> Response {
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

/// There is room again.
fn make_more(admin: &Client, there: &mut BTreeSet<String>) {
    for number in 0..20 {
        let name = format!("after-{number}");
        assert_eq!(create_large(admin, &name).status, 200, "{name}");
        there.insert(name);
    }
}

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
    // What is written stands in the write-ahead log and in the database for a while, and has to have room in both.
    let disk = Mount::of_megabytes(24);
    let folder = disk.path().join("data");
    let setup = Setup::new(HARK)
        .env("HARK_DATA", &folder)
        .may_log_error(FULL);
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

    make_more(&admin, &mut there);
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
    let setup = Setup::new(HARK).on(&database);
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
    make_more(&admin, &mut there);
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
    let setup = Setup::new(HARK).on(&database);
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
    Setup::new(HARK).env("HARK_DATA", &begun).start().stop();
    disk.make_read_only();
    for folder in [begun, disk.path().join("not-begun")] {
        let outcome = Setup::new(HARK).env("HARK_DATA", &folder).run();
        let shown = folder.display().to_string();
        outcome.assert_refused(&[&shown, "cannot be used as a data folder"]);
        assert!(
            outcome.stderr.to_lowercase().contains("read-only"),
            "{outcome:?}"
        );
    }
}
