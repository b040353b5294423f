//! Backups, and what becomes of what is none.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use hark_testkit::{Database, Engine, Server, Setup};

use crate::{HARK, account};

#[test]
fn a_backup_made_while_others_write_brings_everything_to_another_folder() {
    let (server, database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    admin.set("Livechat_secret_token", "sealed-and-carried");
    admin.set("Livechat_title", "before the backup");
    let made = admin.post("users.create", &account("dora"));
    assert_eq!(made.status, 200, "{made:?}");
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("hark.backup");
    let archive = file.display().to_string();
    let ours = Setup::new(HARK).on(&database);
    let enough = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (written, writes) = std::sync::mpsc::channel();
        for writer in 0..2 {
            let (admin, enough, written) = (&admin, &enough, written.clone());
            scope.spawn(move || {
                for number in 0.. {
                    admin.set("Livechat_offline_title", format!("{writer} {number}"));
                    let _nobody_counts_any_more = written.send(());
                    if enough.load(Ordering::Relaxed) {
                        return;
                    }
                }
            });
        }
        writes.iter().take(20).for_each(drop);
        let backed_up = ours.command_line(&["admin", "backup", &archive], "");
        enough.store(true, Ordering::Relaxed);
        backed_up.assert_done();
    });
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(names(place.path()), ["hark.backup"]);
    let again = ours.command_line(&["admin", "backup", &archive], "");
    again.assert_refused(&[&archive, "there already"]);
    let events = database.events();
    server.finish().assert_done();

    let elsewhere = Database::fresh(Engine::Sqlite);
    let theirs = Setup::new(HARK).on(&elsewhere);
    theirs
        .command_line(&["admin", "restore", &archive], "")
        .assert_done();
    assert_eq!(names(elsewhere.folder()), ["hark.db", "keys"]);
    for file in ["hark.db", "keys/secrets.key"] {
        let path = elsewhere.folder().join(file);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let server = theirs.start();
    // The same session, the same password, the same settings.
    let admin = admin.at(server.address());
    assert_eq!(admin.get("me").status, 200);
    server.client().login("dora", "a-password-of-theirs");
    assert_eq!(
        admin.get("settings/Livechat_title").expect(200)["value"],
        "before the backup"
    );
    // One that the key does not open would count as not set.
    assert_eq!(
        admin.get("settings/Livechat_secret_token").expect(200)["value"],
        "••••••••"
    );
    let carried = elsewhere.events();
    assert!(carried.len() >= 20 && events.starts_with(&carried));

    let again = theirs.command_line(&["admin", "restore", &archive], "");
    again.assert_refused(&["has a Hark in it", "empty folder"]);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_not_a_whole_backup_is_refused_and_leaves_nothing_behind() {
    let (server, database) = Server::fresh(HARK, Engine::Sqlite);
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).display().to_string();
    let whole = path("whole");
    Setup::new(HARK)
        .on(&database)
        .command_line(&["admin", "backup", &whole], "")
        .assert_done();
    server.stop();
    let bytes = std::fs::read(&whole).unwrap();
    let database_ends = bytes.len() - 2048;

    let elsewhere = Database::fresh(Engine::Sqlite);
    let theirs = Setup::new(HARK).on(&elsewhere);
    let restore = |name: &str| theirs.command_line(&["admin", "restore", &path(name)], "");
    let page = |sql: &str| -> u32 {
        let number = database.sqlite().query_row(sql, [], |row| row.get(0));
        number.unwrap()
    };
    let root = page("SELECT rootpage FROM sqlite_schema WHERE name = 'account'");
    let page = 512 + ((root - 1) * page("PRAGMA page_size")) as usize;
    let mut flipped = bytes.clone();
    flipped[page..page + 4000].fill(0xff);
    let foreign = {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(3);
        tar.append_data(&mut header, "notes.txt", &b"hi\n"[..])
            .unwrap();
        tar.into_inner().unwrap()
    };
    for (name, content) in [
        ("empty", &b""[..]),
        ("text", &b"this is not an archive at all\n".repeat(100)[..]),
        ("foreign", &foreign[..]),
        ("damaged", &flipped[..]),
        ("cut early", &bytes[..3000]),
        ("cut in the database", &bytes[..bytes.len() / 2]),
        ("cut after the database", &bytes[..database_ends]),
        ("cut in the key", &bytes[..database_ends + 512 + 20]),
    ] {
        std::fs::write(path(name), content).unwrap();
        let outcome = restore(name);
        outcome.assert_refused(&[&path(name), "backup of Hark"]);
        let left: Vec<String> = names(elsewhere.folder());
        assert!(left.is_empty() || left == ["keys"], "{name}: {left:?}");
    }
    restore("not there").assert_refused(&["not there", "cannot be read"]);
    restore("whole").assert_done();
    theirs.start().admin();
}

#[test]
fn the_backup_of_postgres_is_left_to_its_own_tools() {
    let (_server, database) = Server::fresh(HARK, Engine::Postgres);
    let setup = Setup::new(HARK).on(&database);
    let backup = setup.command_line(&["admin", "backup", "never-made"], "");
    backup.assert_refused(&["pg_dump", "secrets.key"]);
    let restore = setup.command_line(&["admin", "restore", "never-made"], "");
    restore.assert_refused(&["pg_restore", "keys"]);
    assert!(!Path::new("never-made").exists());
}

#[test]
fn a_backup_of_nothing_is_refused() {
    let database = Database::fresh(Engine::Sqlite);
    let file = database.folder().join("never-made");
    let outcome = Setup::new(HARK)
        .on(&database)
        .command_line(&["admin", "backup", &file.display().to_string()], "");
    outcome.assert_refused(&["no Hark", "to back up"]);
    assert!(!file.exists());
}
