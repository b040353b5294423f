//! How often somebody may call, and who is counted as whom.

use hark_testkit::{Database, Engine, Response, Server, Setup};
use serde_json::json;

use crate::HARK;
use crate::wire::{assert_page, not_logged_in};

/// The three numbers that a limited route shows.
fn allowance(answer: &Response) -> Option<(i64, i64, i64)> {
    let number = |name: &str| answer.header(name).map(|text| text.parse().unwrap());
    let limit = number("x-ratelimit-limit")?;
    let remaining = number("x-ratelimit-remaining")?;
    let reset = number("x-ratelimit-reset")?;
    Some((limit, remaining, reset))
}

pub fn with_limits() -> (Server, Database) {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database).env("HARK_RATE_LIMIT", "on");
    (setup.start(), database)
}

/// Reads the N of "You must wait N seconds" after making sure of everything around it.
#[track_caller]
fn seconds_to_wait(answer: &Response) -> i64 {
    let body = answer.expect(429);
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
    assert_eq!(body["success"], false);
    let error = body["error"].as_str().unwrap();
    let rest = error
        .strip_prefix("Error, too many requests. Please slow down. You must wait ")
        .unwrap();
    let number = rest
        .strip_suffix(" seconds before trying this endpoint again. [error-too-many-requests]")
        .unwrap();
    number.parse().unwrap()
}

#[test]
fn the_eleventh_call_of_a_minute_is_refused_and_administrators_are_not_counted() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    let user = admin.person("ursula", &["user"]);
    let before = hark_store::Clock::system().now().millis();
    let mut first_reset = None;
    for left in (0..10).rev() {
        let answer = user.get("me");
        answer.expect(200);
        let (limit, remaining, reset) = allowance(&answer).unwrap();
        assert_eq!((limit, remaining), (10, left));
        assert_eq!(
            reset,
            *first_reset.get_or_insert(reset),
            "one window for all"
        );
    }
    let reset = first_reset.unwrap();
    let after = hark_store::Clock::system().now().millis();
    assert!(
        (before + 60_000..=after + 60_000).contains(&reset),
        "milliseconds: {reset}"
    );
    let refused = user.get("me");
    assert!((1..=60).contains(&seconds_to_wait(&refused)));
    assert_eq!(allowance(&refused), Some((10, 0, reset)));
    // from the same address, no matter who it is; but not on another route
    let other = admin.person("otto", &["user"]);
    seconds_to_wait(&other.get("me"));
    assert_eq!(allowance(&other.get("users.getStatus")).unwrap().1, 9);
    for _ in 0..12 {
        let answer = admin.get("me");
        answer.expect(200);
        assert_eq!(allowance(&answer), None);
    }
    // strangers learn that they are not known, before how often they came, and are not counted
    for _ in 0..12 {
        let answer = server.client().get("roles.list");
        assert_eq!(answer.expect(401), not_logged_in());
        assert_eq!(allowance(&answer), None);
    }
    assert_eq!(allowance(&user.get("roles.list")).unwrap().1, 9);
    // methods of the real-time API have their own limits
    let frame = json!({"message": r#"{"msg":"method","id":"1","method":"nothing","params":[]}"#});
    for _ in 0..12 {
        let answer = user.post("method.call/nothing", &frame);
        answer.expect(200);
        assert_eq!(allowance(&answer), None);
    }
}

#[test]
fn too_many_comes_before_what_is_wrong_with_the_body_and_after_who_it_is() {
    let (server, _database) = with_limits();
    let user = server.admin().person("ursula", &["user"]);
    let path = "/api/v1/users.create";
    let wrong = json!({"odd": 1});
    for left in (0..10).rev() {
        let answer = user.post(path, &wrong);
        answer.refused_by_schema("must have required property 'email'");
        assert_eq!(allowance(&answer).unwrap().1, left);
    }
    seconds_to_wait(&user.post(path, &wrong));
    let json = [("Content-Type", "application/json")];
    seconds_to_wait(&user.send("POST", path, &json, b"{"));
    let broken = server.client().send("POST", path, &json, b"{");
    assert_page(&broken, 400, "Bad Request");
    assert_eq!(
        server.client().post(path, &wrong).expect(401),
        not_logged_in()
    );
}

#[test]
fn changed_limits_hold_for_the_next_call() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    let user = admin.person("ursula", &["user"]);
    let call = || user.get("users.getStatus");
    for _ in 0..10 {
        call().expect(200);
    }
    seconds_to_wait(&call());
    let limit = "API_Enable_Rate_Limiter_Limit_Calls_Default";
    admin.set(limit, 15);
    let answer = call();
    answer.expect(200);
    assert_eq!(
        allowance(&answer).map(|(limit, left, _)| (limit, left)),
        Some((15, 3))
    );
    admin.set(limit, 12);
    seconds_to_wait(&call());
    admin.set("API_Enable_Rate_Limiter", false);
    let answer = call();
    answer.expect(200);
    assert_eq!(allowance(&answer), None);
    admin.set("API_Enable_Rate_Limiter", true);
    seconds_to_wait(&call());
    // someone with the permission is exempt
    let bypass = json!([{"_id": "api-bypass-rate-limit", "roles": ["admin", "user"]}]);
    let update = json!({"permissions": bypass});
    admin.post("permissions.update", &update).expect(200);
    assert_eq!(allowance(&call()), None);
}

#[test]
fn an_address_is_what_the_own_proxies_say_and_nobody_else() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database).env("HARK_RATE_LIMIT", "on");
    let left = |server: &Server, forwarded: &str| {
        let client = server.client().with("X-Forwarded-For", forwarded);
        allowance(&client.get("settings.public?count=1")).unwrap().1
    };
    let server = setup.start();
    assert_eq!(left(&server, "192.0.2.1"), 9);
    assert_eq!(left(&server, "192.0.2.2"), 8);
    server.stop();
    let server = setup.env("HARK_PROXIES", "1").start();
    assert_eq!(left(&server, "192.0.2.1"), 9);
    assert_eq!(left(&server, "192.0.2.2"), 9);
    // what stands before the proxy's own word, the caller wrote themselves
    assert_eq!(left(&server, "203.0.113.9, 192.0.2.2"), 8);
    assert_eq!(left(&server, "::ffff:192.0.2.2"), 7);
}
