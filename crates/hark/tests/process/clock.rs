//! A start at a time that is far beyond the last one that is known.

use hark_store::Clock;
use hark_testkit::{Database, Engine, Server, Setup, eventually};

use crate::HARK;

/// Waits until what has run out was looked for.
fn looked(server: &Server) {
    eventually("a turn of the housekeeping", || {
        let metrics = server.client().get("/metrics").text();
        let done = "hark_job_last_success_timestamp_seconds{job=\"housekeeping\"}";
        metrics
            .lines()
            .any(|line| line.starts_with(done))
            .then_some(())
    });
}

#[test]
fn a_start_far_beyond_the_last_known_time_removes_nothing_until_it_is_confirmed() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = || Setup::new(HARK).on(&database);
    let server = setup().start();
    server.admin();
    server.stop();
    let now = Clock::system().now();
    let set = |sql: &str, at: i64| {
        let changed = database.sqlite().execute(sql, [at]).unwrap();
        assert!(changed > 0, "{sql}");
    };
    set("UPDATE event SET at = ?1", now.plus_days(-100).millis());
    let seen = "INSERT INTO fact (name, value) VALUES ('seen_at', CAST(?1 AS TEXT))
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    set(seen, now.plus_days(-20).millis());
    let events = || database.number("SELECT count(*) FROM event");
    let before = events();

    let server = setup().start();
    server.wait_for_log("ahead of the time that has passed");
    looked(&server);
    assert_eq!(events(), before);
    let said = server.client().get("/readyz").text();
    assert!(said.contains("hark admin trust-clock"), "{said}");
    let doctor = setup().command_line(&["doctor"], "");
    assert_eq!(doctor.code, Some(1));
    assert!(
        doctor.stdout.contains("hark admin trust-clock"),
        "{doctor:?}"
    );

    setup()
        .command_line(&["admin", "trust-clock"], "")
        .assert_done();
    eventually("the clock to be believed", || {
        (server.client().get("/readyz").text() == "ready\n").then_some(())
    });
    server.stop();
    let server = setup().start();
    looked(&server);
    eventually("what is old to go", || (events() < before).then_some(()));
    let doctor = setup().command_line(&["doctor"], "");
    assert_eq!(doctor.code, Some(0), "{doctor:?}");
}
