//! Log-ins, seen from outside: by which name and with what, how often somebody may guess, and how
//! long one is good.

use hark_model::keys::hex_digest;
use hark_store::{Clock, Timestamp};
use hark_testkit::{Client, Database, Engine, Response, Server, Setup, on_both_engines};
use serde_json::{Value, json};

use crate::accounts::id_of;
use crate::inside::go_by;
use crate::{BINARY, HARK};

fn log_in(server: &Server, body: &Value) -> Response {
    server.client().post("login", body)
}

/// Whom a proxy of our own says to be at an address.
fn at(server: &Server, address: &str) -> Client {
    server.client().with("X-Forwarded-For", address)
}

on_both_engines! {
    fn people_log_in_by_each_of_their_names_with_the_password_or_its_digest(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        server.admin().person("Ursula.K", &["user"]);
        let plain = "secret-of-Ursula.K";
        let digest = |hex: String| json!({"digest": hex, "algorithm": "sha-256"});
        let hex = hex_digest(plain);
        for (number, body) in [
            json!({"user": "Ursula.K", "password": plain}),
            json!({"user": "ursula.k", "password": plain}),
            json!({"username": "Ursula.K", "password": plain}),
            json!({"email": "ursula.k@EXAMPLE.org", "password": plain}),
            json!({"user": "Ursula.K@example.org", "password": plain}),
            json!({"user": {"username": "Ursula.K"}, "password": plain}),
            json!({"user": {"email": "Ursula.K@example.org"}, "password": plain}),
            json!({"user": "Ursula.K", "password": digest(hex.to_uppercase())}),
            json!({"user": "Ursula.K", "password": digest(hex)}),
        ]
        .into_iter()
        .enumerate()
        {
            let answer = log_in(&server, &body).expect(200);
            // an envelope of its own
            let names: Vec<_> = answer.as_object().unwrap().keys().collect();
            assert_eq!(names, ["status", "data"], "{body}");
            assert_eq!(answer["status"], "success");
            let data = &answer["data"];
            let names: Vec<_> = data.as_object().unwrap().keys().collect();
            assert_eq!(names, ["userId", "authToken", "me"]);
            assert_eq!(data["me"]["username"], "Ursula.K");
            assert_eq!(data["me"]["_id"], data["userId"]);
            let token = data["authToken"].as_str().unwrap();
            assert_eq!(token.len(), 43);
            let client = server
                .client()
                .with("X-User-Id", data["userId"].as_str().unwrap())
                .with("X-Auth-Token", token);
            assert_eq!(client.get("me").expect(200)["username"], "Ursula.K");
            if number == 0 {
                let resumed = log_in(&server, &json!({"resume": token})).expect(200);
                assert_eq!(resumed["data"]["authToken"], token);
                assert_eq!(resumed["data"]["me"]["_id"], data["userId"]);
            }
        }
    }

    fn a_log_in_that_fails_says_so_in_the_original_words(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        admin.person("ursula", &["user"]);
        let unknown = json!({"status": "error", "error": "Unauthorized", "message": "Unauthorized"});
        let wrong = json!({"status": "error", "error": 403, "message": "Incorrect password"});
        let ended = json!({
            "status": "error",
            "error": 403,
            "message": "You've been logged out by the server. Please log in again.",
        });
        for (body, refused) in [
            (json!({"user": "nobody", "password": "x"}), &unknown),
            (json!({"user": "nobody@example.org", "password": "x"}), &unknown),
            (json!({"user": "ursula"}), &unknown),
            (json!({"password": "secret-of-ursula"}), &unknown),
            (json!({"user": ["ursula"], "password": "secret-of-ursula"}), &unknown),
            (json!({"user": "ursula", "password": ["secret-of-ursula"]}), &unknown),
            (json!({}), &unknown),
            (json!([]), &unknown),
            (json!({"user": "ursula", "password": "secret-of-Ursula"}), &wrong),
            (json!({"user": "ursula", "password": ""}), &wrong),
            (json!({"user": "ursula", "password": {"digest": "0".repeat(64), "algorithm": "sha-256"}}), &wrong),
            (json!({"user": "ursula", "password": {"digest": hex_digest("secret-of-ursula"), "algorithm": "md5"}}), &unknown),
            // the digest is not itself a password
            (json!({"user": "ursula", "password": hex_digest("secret-of-ursula")}), &wrong),
            (json!({"resume": "x".repeat(43)}), &ended),
            (json!({"resume": ""}), &ended),
        ] {
            assert_eq!(log_in(&server, &body).expect(401), *refused, "{body}");
        }

        let id = id_of(&admin, "ursula");
        let off = json!({"userId": id, "activeStatus": false});
        admin.post("users.setActiveStatus", &off).expect(200);
        let inactive = json!({
            "status": "error",
            "error": "error-user-is-not-activated",
            "message": "User is not activated [error-user-is-not-activated]",
        });
        let right = json!({"user": "ursula", "password": "secret-of-ursula"});
        assert_eq!(log_in(&server, &right).expect(401), inactive);
        // only who knows the password learns that the account is switched off
        let guess = json!({"user": "ursula", "password": "x"});
        assert_eq!(log_in(&server, &guess).expect(401), wrong);
        let on = json!({"userId": id, "activeStatus": true});
        admin.post("users.setActiveStatus", &on).expect(200);
        log_in(&server, &right).expect(200);
    }

    fn ten_wrong_passwords_close_a_name_for_a_while_and_a_restart_does_not_open_it(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database);
        let server = setup.start();
        let admin = server.admin();
        admin.person("ursula", &["user"]);
        admin.person("otto", &["user"]);
        let right = json!({"user": "ursula", "password": "secret-of-ursula"});
        let by_address = json!({"user": "ursula@example.org", "password": "secret-of-ursula"});
        let wrong = json!({"user": "URSULA", "password": "x"});
        for _ in 0..9 {
            assert_eq!(log_in(&server, &wrong).expect(401)["error"], 403);
        }
        // one who gets in before the tenth has a clean slate
        log_in(&server, &right).expect(200);
        for _ in 0..10 {
            assert_eq!(log_in(&server, &wrong).expect(401)["error"], 403);
        }
        let closed = json!({
            "status": "error",
            "error": "error-login-blocked-for-user",
            "message": "Login has been temporarily blocked For User [error-login-blocked-for-user]",
        });
        assert_eq!(log_in(&server, &right).expect(401), closed);
        // the same person by another of their names
        assert_eq!(log_in(&server, &by_address).expect(401), closed);
        let otto = json!({"user": "otto", "password": "secret-of-otto"});
        log_in(&server, &otto).expect(200);
        server.kill();

        let server = setup.start();
        assert_eq!(log_in(&server, &right).expect(401), closed);
        server.admin().set("Block_Multiple_Failed_Logins_By_User", false);
        log_in(&server, &right).expect(200);
    }

    fn a_block_ends_and_strangers_keep_nobody_out_where_they_come_from(engine: Engine) {
        let database = Database::fresh(engine);
        let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
        go_by(&clock);
        let server = Setup::new(HARK).on(&database).env("HARK_PROXIES", "1").start();
        go_by(&Clock::system());
        let admin = server.admin();
        admin.person("ursula", &["user"]);
        let right = json!({"user": "ursula", "password": "secret-of-ursula"});
        let wrong = json!({"user": "ursula", "password": "x"});
        let try_at = |address: &str, body: &Value| at(&server, address).post("login", body);
        let blocked = "error-login-blocked-for-user";
        try_at("192.0.2.1", &right).expect(200);
        try_at("2001:db8:1:1::1", &right).expect(200);

        // ten guesses close the name for strangers, from whatever address
        for number in 0..10 {
            assert_eq!(try_at(&format!("198.51.100.{number}"), &wrong).expect(401)["error"], 403);
        }
        assert_eq!(try_at("198.51.100.77", &right).expect(401)["error"], blocked);
        // where its owner came in before it is open, also to others of that network
        try_at("192.0.2.1", &right).expect(200);
        try_at("2001:db8:1:1:2::3", &right).expect(200);
        assert_eq!(try_at("2001:db8:1:2::1", &right).expect(401)["error"], blocked);
        // that opens it to nobody else, and guesses from there are counted as well
        assert_eq!(try_at("198.51.100.77", &right).expect(401)["error"], blocked);
        for _ in 0..10 {
            assert_eq!(try_at("192.0.2.1", &wrong).expect(401)["error"], 403);
        }
        assert_eq!(try_at("192.0.2.1", &right).expect(401)["error"], blocked);

        // when the block is over, the count begins anew
        clock.advance(301_000);
        for _ in 0..9 {
            assert_eq!(try_at("198.51.100.77", &wrong).expect(401)["error"], 403);
        }
        try_at("198.51.100.78", &right).expect(200);

        // a new password lifts every block
        for address in ["198.51.100.79", "192.0.2.1"] {
            for _ in 0..10 {
                try_at(address, &wrong).expect(401);
            }
            assert_eq!(try_at(address, &right).expect(401)["error"], blocked);
        }
        let new = json!({"userId": id_of(&admin, "ursula"), "data": {"password": "another-of-ursula"}});
        admin.post("users.update", &new).expect(200);
        let right = json!({"user": "ursula", "password": "another-of-ursula"});
        for address in ["198.51.100.79", "192.0.2.1"] {
            try_at(address, &right).expect(200);
        }

        // so many places are known, those seen last
        for number in 0..30 {
            clock.advance(1_000);
            try_at(&format!("203.0.113.{number}"), &right).expect(200);
        }
        let known = "SELECT count(*) FROM known_place JOIN account ON account.id = account_id WHERE username = 'ursula'";
        assert_eq!(database.number(known), 10);
        for _ in 0..10 {
            try_at("198.51.100.80", &wrong).expect(401);
        }
        try_at("203.0.113.29", &right).expect(200);
        assert_eq!(try_at("203.0.113.19", &right).expect(401)["error"], blocked);
    }

    fn guesses_at_an_address_keep_nobody_out_who_has_logged_in_there(engine: Engine) {
        let database = Database::fresh(engine);
        let server = Setup::new(HARK).on(&database).env("HARK_PROXIES", "1").start();
        let admin = server.admin();
        admin.set("Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip", 5);
        for name in ["ursula", "otto"] {
            admin.person(name, &["user"]);
        }
        let try_at = |address: &str, name: &str, password: &str| {
            at(&server, address).post("login", &json!({"user": name, "password": password}))
        };
        let blocked = "error-login-blocked-for-ip";
        try_at("2001:db8:1:1::1", "ursula", "secret-of-ursula").expect(200);
        // a network of addresses is one
        for number in 0..5 {
            let guess = try_at(&format!("2001:db8:1:1:5::{number}"), &format!("guess{number}"), "x");
            assert_eq!(guess.expect(401)["error"], "Unauthorized");
        }
        let otto = || try_at("2001:db8:1:1::3", "otto", "secret-of-otto");
        assert_eq!(otto().expect(401)["error"], blocked);
        try_at("2001:db8:1:1::4", "ursula", "secret-of-ursula").expect(200);
        // the operator lifts it
        let operator = Setup::new(BINARY).on(&database);
        let reset = ["admin", "reset-password", "ursula", "--password-stdin"];
        operator.command_line(&reset, "another-of-ursula\n").assert_done();
        otto().expect(200);
    }

    fn guesses_of_the_current_password_are_counted_as_log_ins_are(engine: Engine) {
        let database = Database::fresh(engine);
        let server = Setup::new(HARK).on(&database).env("HARK_PROXIES", "1").start();
        let ursula = server.admin().person("ursula", &["user"]);
        let change = |current: &str| {
            let data = json!({"currentPassword": current, "newPassword": "mine-from-now-on"});
            ursula.with("X-Forwarded-For", "198.51.100.1").post("users.updateOwnBasicInfo", &json!({"data": data}))
        };
        for _ in 0..10 {
            assert_eq!(change("guess").expect(400)["errorType"], "error-invalid-password");
        }
        for current in ["guess", "secret-of-ursula"] {
            assert_eq!(change(current).expect(400)["errorType"], "error-login-blocked-for-user");
        }
        let right = json!({"user": "ursula", "password": "secret-of-ursula"});
        assert_eq!(at(&server, "198.51.100.2").post("login", &right).expect(401)["error"], "error-login-blocked-for-user");
    }

    fn what_was_good_before_a_new_password_is_good_no_longer(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let ursula = admin.person("ursula", &["user"]);
        let id = ursula.id();
        let token = |name: &str| {
            let owner = server.client().login("ursula", "secret-of-ursula");
            let made = owner.post("users.generatePersonalAccessToken", &json!({"tokenName": name}));
            let token = made.expect(200)["token"].as_str().unwrap().to_owned();
            server.client().with("X-User-Id", &id).with("X-Auth-Token", &token)
        };
        let active = |active: bool| {
            admin.post("users.setActiveStatus", &json!({"userId": id, "activeStatus": active})).expect(200);
        };
        let renew = || {
            let data = json!({"password": "secret-of-ursula"});
            admin.post("users.update", &json!({"userId": id, "data": data})).expect(200);
        };
        for end in [&renew as &dyn Fn(), &|| { active(false); active(true) }] {
            let program = token("crm");
            program.get("me").expect(200);
            end();
            program.get("me").expect(401);
        }
        // as the original has it, where somebody wants that
        admin.set("Accounts_personal_tokens_outlive_password", true);
        let program = token("crm");
        renew();
        active(false);
        program.get("me").expect(401);
        active(true);
        program.get("me").expect(200);
    }

    fn guesses_that_are_made_at_once_are_counted_one_by_one(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        server.admin().person("ursula", &["user"]);
        let guess = json!({"user": "ursula", "password": "x"});
        let client = server.client();
        // all are let in to try before the first has failed
        let learned = std::thread::scope(|scope| {
            let guesses: Vec<_> = (0..24)
                .map(|_| scope.spawn(|| client.post("login", &guess).expect(401)))
                .collect();
            let answers = guesses.into_iter().map(|guess| guess.join().unwrap());
            answers.filter(|answer| answer["error"] == 403).count()
        });
        assert_eq!(learned, 10, "guesses that learned whether they were right");
    }

    fn logging_out_ends_this_session_and_no_other(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let login = || server.client().login("admin", "secret-of-admin");
        let (one, two, three) = (login(), login(), login());
        let done = json!({"status": "success", "data": {"message": "You've been logged out!"}});
        assert_eq!(one.post("logout", &json!({})).expect(200), done);
        one.get("me").expect(401);
        one.post("logout", &json!({})).expect(401);
        assert_eq!(two.get("logout").expect(200), done);
        two.get("me").expect(401);
        three.get("me").expect(200);
    }
}

#[test]
fn too_many_wrong_passwords_close_an_address_too() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    // who has not logged in yet
    let otto = json!({"username": "otto", "name": "Otto", "email": "otto@example.org", "password": "secret-of-otto"});
    admin.post("users.create", &otto).expect(200);
    let limit = "Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip";
    admin.set(limit, 3);
    for number in 0..3 {
        let guess = json!({"user": format!("guess{number}"), "password": "x"});
        assert_eq!(log_in(&server, &guess).expect(401)["error"], "Unauthorized");
    }
    let right = json!({"user": "otto", "password": "secret-of-otto"});
    let closed = log_in(&server, &right).expect(401);
    assert_eq!(closed["error"], "error-login-blocked-for-ip");
    assert_eq!(closed["status"], "error");
    // someone who is in stays in, and can open it
    admin.set("Block_Multiple_Failed_Logins_Enabled", false);
    log_in(&server, &right).expect(200);
}

#[test]
fn a_short_password_of_the_first_administrator_is_taken_with_a_word() {
    for (password, warned) in [("short", true), ("long enough", false)] {
        let database = Database::fresh(Engine::Sqlite);
        let setup = Setup::new(HARK).on(&database).env("ADMIN_PASS", password);
        let server = setup.start();
        server.client().login("admin", password);
        let says = |line: &String| line.contains("fewer than 8 characters");
        assert_eq!(server.log().iter().any(says), warned, "{password}");
        assert!(!server.log().iter().any(|line| line.contains(password)));
    }
}
