//! What a start needs, makes and refuses, and what it says.

use std::net::TcpListener;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileExt, PermissionsExt};

use hark_testkit::{Database, Engine, Server, Setup, on_both_engines};
use serde_json::json;

use crate::{HARK, log_in};

#[test]
fn a_start_prints_one_line_with_the_address() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let address = server.address().to_owned();
    assert_eq!(server.client().get("/").status, 200);
    let outcome = server.finish();
    outcome.assert_done();
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].ends_with(&format!("http://{address}/")));
}

#[test]
fn the_line_names_the_public_url_when_there_is_one() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database);
    let server = setup
        .env("HARK_SITE_URL", "https://chat.example.org/")
        .start();
    let line = &server.said()[0];
    assert!(line.contains(" https://chat.example.org/ "), "{line}");
    assert_eq!(server.client().get("/readyz").status, 200);
}

#[test]
fn what_is_misspelt_in_the_environment_is_said() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database);
    let setup = setup.env("HARK_LISTNE", "0.0.0.0:80");
    let server = setup.env("RUST_LOG", "hark=loud").start();
    server.wait_for_log("HARK_LISTNE");
    server.wait_for_log("RUST_LOG cannot be read");
    let known = |line: &String| line.contains("misspelt") && !line.contains("HARK_LISTNE");
    assert!(!server.log().iter().any(known), "{:?}", server.log());
    server.finish().assert_done();
}

#[test]
fn a_generated_password_is_printed_once_and_logs_in() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database).without("ADMIN_PASS");
    let server = setup.start();
    let said = server.said().to_vec();
    assert_eq!(said.len(), 2, "{said:?}");
    let password = said[0].split("password: ").nth(1).unwrap();
    let password = password.split_whitespace().next().unwrap().to_owned();
    server.client().login("admin", &password);
    server.finish().assert_done();
    let server = setup.start();
    assert_eq!(server.said().len(), 1, "{:?}", server.said());
    server.client().login("admin", &password);
}

#[test]
fn the_first_administrator_is_the_one_that_the_environment_names() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK)
        .on(&database)
        .env("ADMIN_USERNAME", "grace")
        .env("ADMIN_PASS", "chosen by the operator")
        .env("ADMIN_EMAIL", "grace@example.org")
        .env("ADMIN_NAME", "Grace Hopper")
        .env("ADMIN_ID", "an-id-of-our-own");
    let server = setup.start();
    assert_eq!(server.said().len(), 1, "{:?}", server.said());
    let grace = server.client().login("grace", "chosen by the operator");
    let me = grace.get("me").value();
    assert_eq!(me["_id"], "an-id-of-our-own");
    assert_eq!(me["name"], "Grace Hopper");
    assert_eq!(me["emails"][0]["address"], "grace@example.org");
    assert_eq!(me["roles"], json!(["admin"]));
    server.finish().assert_done();
    // Later starts leave accounts alone, whatever the environment says by then.
    let server = setup.env("ADMIN_PASS", "another").start();
    assert_eq!(log_in(&server.client(), "grace", "another"), 401);
    server.client().login("grace", "chosen by the operator");
}

#[test]
fn an_administrator_who_cannot_be_made_is_refused() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database).env("ADMIN_EMAIL", "nowhere");
    setup.run().assert_refused(&["ADMIN_EMAIL", "nowhere"]);
}

#[test]
fn a_taken_port_is_refused_before_a_password_is_shown() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database).without("ADMIN_PASS");
    let outcome = setup.env("HARK_LISTEN", &address).run();
    outcome.assert_refused(&[&address, "another program", "--listen"]);
    assert_eq!(outcome.stdout, "");
}

on_both_engines! {
    fn a_data_folder_in_use_names_the_process(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let process = format!("process {}", server.pid());
        Setup::new(HARK).on(&database).run().assert_refused(&["in use", &process, "--data"]);
        assert_eq!(server.client().get("/readyz").status, 200);
        server.kill();
        // The lock goes with the process, however it ends.
        Setup::new(HARK).on(&database).start();
    }
}

on_both_engines! {
    fn a_database_of_a_newer_version_is_refused(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database);
        setup.start().stop();
        const NEWER: &str = "INSERT INTO migration (version, applied_at) VALUES (999, 0)";
        database.execute(NEWER);
        let words = ["newer Hark", "999", "install"];
        setup.run().assert_refused(&words);
        setup.command_line(&["admin", "list"], "").assert_refused(&words);
        let doctor = setup.command_line(&["doctor"], "");
        doctor.assert_refused(&["wrong"]);
        assert!(doctor.stdout.contains("newer Hark"), "{doctor:?}");
    }
}

on_both_engines! {
    fn another_key_than_the_one_that_sealed_the_secrets_is_refused(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database);
        setup.start().stop();
        let key = database.folder().join("keys").join("secrets.key");
        let right = std::fs::read(&key).unwrap();
        std::fs::write(&key, "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=").unwrap();
        let words = ["another key", &key.display().to_string()];
        setup.run().assert_refused(&words);
        setup.command_line(&["admin", "list"], "").assert_refused(&words);
        let doctor = setup.command_line(&["doctor"], "");
        assert!(doctor.stdout.contains("another key"), "{doctor:?}");
        std::fs::write(&key, right).unwrap();
        setup.start();
    }
}

on_both_engines! {
    fn a_command_beside_the_server_never_makes_a_key_or_a_database(engine: Engine) {
        let database = Database::fresh(engine);
        let folder = database.folder().join("not-made-yet");
        let setup = Setup::new(HARK).on(&database).env("HARK_DATA", &folder);
        let place = folder.display().to_string();
        let list = setup.command_line(&["admin", "list"], "");
        list.assert_refused(&[&place, "no Hark", "--data"]);
        let doctor = setup.command_line(&["doctor"], "");
        doctor.assert_done();
        assert!(doctor.stdout.contains("the first start"), "{doctor:?}");
        assert!(!folder.exists());
    }
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database);
    setup.start().stop();
    let key = database.folder().join("keys").join("secrets.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let words = ["others may read it", "chmod 600"];
    setup.run().assert_refused(&words);
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["wrong"]);
    assert!(doctor.stdout.contains("chmod 600"), "{doctor:?}");
}

#[test]
fn nobody_else_can_read_the_database_even_in_an_open_folder() {
    let database = Database::fresh(Engine::Sqlite);
    std::fs::set_permissions(database.folder(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let setup = Setup::new(HARK).on(&database);
    let server = setup.start();
    server.admin().set("Livechat_title", "a write");
    for entry in std::fs::read_dir(database.folder()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{entry:?} {mode:o}");
    }
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["one thing is wrong"]);
    assert!(doctor.stdout.contains("chmod 700"), "{doctor:?}");
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let database = Database::fresh(Engine::Sqlite);
    let other = database.sqlite();
    other
        .execute_batch("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)")
        .unwrap();
    drop(other);
    let path = database.folder().join("hark.db");
    let before = std::fs::read(&path).unwrap();
    let setup = Setup::new(HARK).on(&database);
    setup
        .run()
        .assert_refused(&["not a Hark database", "--data"]);
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["wrong"]);
    assert!(doctor.stdout.contains("not a Hark database"), "{doctor:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_damaged_database_is_said_to_be_damaged() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database);
    setup.start().stop();
    let page = |sql: &str| -> u32 {
        let number = database.sqlite().query_row(sql, [], |row| row.get(0));
        number.unwrap()
    };
    let size = page("PRAGMA page_size");
    let root = page("SELECT rootpage FROM sqlite_schema WHERE name = 'account'");
    let path = database.folder().join("hark.db");
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(&vec![0xff; 4000], u64::from((root - 1) * size))
        .unwrap();
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["one thing is wrong"]);
    let shown = path.display().to_string();
    for words in [&shown, "damaged", "hark admin restore"] {
        assert!(doctor.stdout.contains(words), "{words}: {doctor:?}");
    }
    file.write_all_at(&[b'x'; 64], 0).unwrap();
    let words = [&*shown, "not a Hark database"];
    setup.run().assert_refused(&words);
    let doctor = setup.command_line(&["doctor"], "");
    doctor.assert_refused(&["one thing is wrong"]);
    assert!(doctor.stdout.contains(words[1]), "{doctor:?}");
}

#[test]
fn an_unknown_name_in_the_configuration_file_is_refused_without_showing_its_value() {
    let database = Database::fresh(Engine::Sqlite);
    let file = database.folder().join("hark.toml");
    let setup = Setup::new(HARK).on(&database).env("HARK_CONFIG", &file);
    std::fs::write(
        &file,
        "proxies = 1\ndatabse = \"postgres://hark:pw-of-pg@h/d\"\n",
    )
    .unwrap();
    let outcome = setup.run();
    let shown = file.display().to_string();
    outcome.assert_refused(&[&shown, "line 2", "databse", "keep_events"]);
    assert!(!outcome.stderr.contains("pw-of-pg"), "{outcome:?}");
    std::fs::write(&file, "site_url = \"https://from.the.file\"\n").unwrap();
    let server = setup.start();
    assert!(server.said()[0].contains("https://from.the.file/"));
}

#[test]
fn flags_that_can_never_work_are_refused() {
    let database = Database::fresh(Engine::Sqlite);
    for (flag, value, words) in [
        ("--listen", "3000", "127.0.0.1:3000"),
        ("--listen", "nowhere.invalid:3000", "nowhere.invalid"),
        ("--listen", "192.0.2.1:0", "no such address"),
        ("--site-url", "chat.example.org", "https://"),
        ("--webhook-allow", "10.0.0.0/8,home", "home"),
        ("--keep-events", "0", "1 to 3650"),
        ("--database", "mysql://host/name", "postgres://"),
        ("--database", "postgres://", "host"),
        ("--data", "/dev/null/data", "/dev/null/data"),
    ] {
        let setup = Setup::new(HARK).on(&database).arg(flag).arg(value);
        setup.without("HARK_LISTEN").run().assert_refused(&[words]);
    }
    let unknown = Setup::new(HARK)
        .on(&database)
        .arg("--rate-limit")
        .arg("maybe")
        .run();
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("on, off"), "{unknown:?}");
}

#[test]
fn a_wrong_database_url_does_not_show_its_password() {
    let database = Database::fresh(Engine::Sqlite);
    for url in [
        "postgres://hark:pw:of-pg@localhost:x/hark",
        "postgres://hark:pw-of-pg@localhost/hark?colour=pw-of-pg",
    ] {
        let outcome = Setup::new(HARK)
            .on(&database)
            .arg("--database")
            .arg(url)
            .run();
        outcome.assert_refused(&["the address of the database", "postgres://user"]);
        assert!(!outcome.stderr.contains("of-pg"), "{outcome:?}");
    }
}

#[test]
fn settings_of_the_environment_are_checked_before_anything_else() {
    let database = Database::fresh(Engine::Sqlite);
    for (name, value, words) in [
        ("Livechat_http_timeout", "soon", "Livechat_http_timeout"),
        ("OVERWRITE_SETTING_Livechat_titel", "x", "Livechat_titel"),
    ] {
        let setup = Setup::new(HARK).on(&database).env(name, value);
        setup.run().assert_refused(&[words]);
        let doctor = setup.command_line(&["doctor"], "");
        doctor.assert_refused(&["one thing is wrong"]);
        assert!(doctor.stdout.contains(words), "{doctor:?}");
    }
    assert!(!database.folder().join("hark.db").exists());
}

#[test]
fn settings_of_the_environment_hold_and_letters_that_are_none_do_no_harm() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK)
        .on(&database)
        .env("Livechat_title", "the first one")
        .env("OVERWRITE_SETTING_Livechat_offline_title", "for ever")
        .env("SOMETHING", std::ffi::OsString::from_vec(vec![0xff, 0xfe]));
    let server = setup.start();
    let admin = server.admin();
    assert_eq!(
        admin.get("settings/Livechat_title").expect(200)["value"],
        "the first one"
    );
    admin.set("Livechat_title", "ours");
    let forced = json!({"value": "ours"});
    let answer = admin.post("settings/Livechat_offline_title", &forced);
    assert_eq!(answer.status, 400);
    server.finish().assert_done();
    setup.command_line(&["doctor"], "").assert_done();
    let server = setup.start();
    let admin = server.admin();
    assert_eq!(
        admin.get("settings/Livechat_title").expect(200)["value"],
        "ours"
    );
    assert_eq!(
        admin.get("settings/Livechat_offline_title").expect(200)["value"],
        "for ever"
    );
}

on_both_engines! {
    fn a_start_without_its_key_makes_no_other_one(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        assert_eq!(server.stop(), Some(0));
        let key = database.folder().join("keys").join("secrets.key");
        std::fs::remove_file(&key).unwrap();
        let outcome = Setup::new(HARK).on(&database).run();
        outcome.assert_refused(&["secrets.key", "put the folder `keys` back"]);
        assert!(!key.exists());
    }
}

#[test]
fn what_cannot_begin_makes_no_folder() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let theirs = Setup::new(HARK)
        .env("HARK_DATA", &folder)
        .env("HARK_LISTEN", taken.local_addr().unwrap().to_string());
    theirs
        .run()
        .assert_refused(&["another program uses this port"]);
    assert!(!folder.exists());
    let archive = place.path().join("broken");
    std::fs::write(&archive, "nothing of ours").unwrap();
    let archive = archive.display().to_string();
    theirs
        .command_line(&["admin", "restore", &archive], "")
        .assert_refused(&["backup of Hark"]);
    assert!(!folder.exists());
}
