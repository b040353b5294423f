//! People, seen from outside: coming and going, keeping accounts, roles and permissions, who is
//! there, and tokens for programs.

use hark_model::keys::hex_digest;
use hark_store::{Clock, Timestamp};
use hark_testkit::{Client, Database, Engine, Server, Setup, on_both_engines};
use serde_json::{Value, json};

use crate::inside::go_by;
use crate::{BINARY, HARK};

fn log_in(server: &Server, body: &Value) -> hark_testkit::Response {
    server.client().post("login", body)
}

/// Everything that `users.info` shows to this client of someone.
fn shown(client: &Client, username: &str) -> Value {
    let answer = client.get(&format!("users.info?username={username}"));
    answer.expect(200)["user"].clone()
}

fn id_of(client: &Client, username: &str) -> String {
    shown(client, username)["_id"].as_str().unwrap().to_owned()
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
}

/// Whom a proxy of our own says to be at an address.
fn at(server: &Server, address: &str) -> Client {
    server.client().with("X-Forwarded-For", address)
}

on_both_engines! {
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

on_both_engines! {
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

    fn me_shows_all_that_clients_look_for(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database).env("HARK_SITE_URL", "https://chat.example.org/");
        let server = setup.start();
        let me = server.admin().get("me").expect(200);
        for (name, value) in [
            ("name", json!("Ada Admin")),
            ("username", json!("admin")),
            ("emails", json!([{"address": "admin@example.org", "verified": true}])),
            ("email", json!("admin@example.org")),
            ("status", json!("offline")),
            ("statusDefault", json!("online")),
            ("statusText", json!("")),
            ("statusConnection", json!("offline")),
            ("utcOffset", json!(0)),
            ("roles", json!(["admin"])),
            ("active", json!(true)),
            ("avatarUrl", json!("https://chat.example.org/avatar/admin")),
            ("isOAuthUser", json!(false)),
            ("customFields", json!({})),
            ("requirePasswordChange", json!(false)),
            ("success", json!(true)),
        ] {
            assert_eq!(me[name], value, "{name}");
        }
        assert_eq!(me["_id"].as_str().unwrap().len(), 17);
        assert_eq!(me["services"]["password"], json!({"exists": true}));
        let preferences = &me["settings"]["preferences"];
        assert_eq!(preferences["omnichannelTranscriptEmail"], false);
        assert_eq!(preferences["omnichannelTranscriptPDF"], false);
        assert!(me["settings"]["profile"].is_object());
        let at = me["_updatedAt"].as_str().unwrap();
        assert_eq!(Timestamp::parse(at).unwrap().iso(), at);
    }

    fn an_account_is_made_shown_changed_and_deleted(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let body = json!({
            "name": "Grace Hopper",
            "email": "Grace@example.org",
            "username": "grace",
            "password": "cobol",
            "active": true,
            "roles": ["user", "livechat-agent"],
            "joinDefaultChannels": false,
            "requirePasswordChange": true,
            "sendWelcomeEmail": false,
            "verified": true,
            "customFields": {"team": "navy"},
            "bio": "Finds moths",
            "nickname": "Amazing",
            "statusText": "at sea",
        });
        let made = admin.post("users.create", &body).expect(200);
        assert_eq!(made["success"], true);
        let id = made["user"]["_id"].as_str().unwrap().to_owned();
        for (name, value) in [
            ("name", json!("Grace Hopper")),
            ("username", json!("grace")),
            ("emails", json!([{"address": "Grace@example.org", "verified": true}])),
            ("active", json!(true)),
            ("type", json!("user")),
            ("roles", json!(["livechat-agent", "user"])),
            ("requirePasswordChange", json!(true)),
            ("customFields", json!({"team": "navy"})),
            ("bio", json!("Finds moths")),
            ("nickname", json!("Amazing")),
            ("statusText", json!("at sea")),
        ] {
            assert_eq!(made["user"][name], value, "{name}");
            assert_eq!(shown(&admin, "grace")[name], value, "{name}");
        }
        let grace = server.client().login("grace", "cobol");
        assert_eq!(grace.get("me").expect(200)["requirePasswordChange"], true);

        // a colleague sees who it is, not how to reach her
        let user = admin.person("ursula", &["user"]);
        let seen = user.get(&format!("users.info?userId={id}")).expect(200);
        assert_eq!(seen["user"]["name"], "Grace Hopper");
        assert_eq!(seen["user"]["canViewAllInfo"], false);
        for hidden in ["emails", "customFields", "lastLogin", "requirePasswordChange"] {
            assert_eq!(seen["user"].get(hidden), None, "{hidden}");
        }
        let listed = user.get("users.list").expect(200);
        for one in listed["users"].as_array().unwrap() {
            let own = one["username"] == "ursula";
            assert_eq!(one.get("emails").is_some(), own, "{one}");
        }
        let nobody = user.get("users.info?username=nobody");
        assert_eq!(nobody.expect(400), json!({"success": false, "error": "User not found."}));

        let update = |data: &Value| admin.post("users.update", &json!({"userId": id, "data": data}));
        let changed = update(&json!({"name": "Rear Admiral", "email": "admiral@example.org", "username": "admiral"}));
        let changed = changed.expect(200)["user"].clone();
        assert_eq!(changed["name"], "Rear Admiral");
        // a new address was not verified
        assert_eq!(changed["emails"], json!([{"address": "admiral@example.org", "verified": false}]));
        assert_eq!(changed["bio"], "Finds moths");
        server.client().login("admiral", "cobol");
        grace.get("me").expect(200);
        // a new password throws out who knew the old one
        update(&json!({"password": "fortran", "requirePasswordChange": false})).expect(200);
        grace.get("me").expect(401);
        server.client().login("admiral", "fortran");

        let wrong = json!({"userId": "nobody", "data": {"name": "x"}});
        admin.post("users.update", &wrong).refused_with_code("Invalid user", "error-invalid-user");

        let admiral = server.client().login("admiral", "fortran");
        admin.post("users.delete", &json!({"username": "admiral"})).expect(200);
        admiral.get("me").expect(401);
        admin.get(&format!("users.info?userId={id}")).expect(400);
        // the name and the address are free again
        admin.post("users.create", &body).expect(200);
        let missing = admin.post("users.delete", &json!({"userId": id}));
        let words = "The required \"userId\" or \"username\" param provided does not match any users";
        missing.refused_with_code(words, "error-invalid-user");
        let refused = user.post("users.delete", &json!({"username": "grace"}));
        assert_eq!(refused.expect(403), json!({"success": false, "error": "unauthorized"}));
        assert_eq!(shown(&admin, "grace")["name"], "Grace Hopper");
    }

    fn an_account_that_cannot_be_is_refused_with_a_reason(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        admin.person("ursula", &["user"]);
        let otto = admin.person("otto", &["user"]);
        let id = id_of(&admin, "otto");
        let create = |changes: &Value| {
            let mut body = json!({"name": "N", "email": "n@example.org", "username": "n", "password": "p"});
            body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            admin.post("users.create", &body)
        };
        let update = |changes: &Value| {
            admin.post("users.update", &json!({"userId": id, "data": changes}))
        };
        for (changes, reason, code) in [
            (json!({"username": "URSULA"}), "URSULA is already in use :(", "error-field-unavailable"),
            (json!({"email": "Ursula@Example.org"}), "Ursula@Example.org is already in use :(", "error-field-unavailable"),
            (json!({"username": "two words"}), "two words is not a valid username", "error-input-is-not-a-valid-field"),
            (json!({"username": "all"}), "all is not a valid username", "error-input-is-not-a-valid-field"),
            (json!({"username": ""}), "The field Username is required", "error-the-field-is-required"),
            (json!({"name": "  "}), "The field Name is required", "error-the-field-is-required"),
            (json!({"password": " "}), "The field Password is required", "error-the-field-is-required"),
            (json!({"email": "nowhere"}), "Invalid email nowhere", "error-invalid-email"),
            (json!({"roles": ["pope"]}), "Role not found", "error-role-not-found"),
            (json!({"customFields": {"x": "y".repeat(70_000)}}), "customFields may take 64 KiB at most", "invalid-params"),
            (json!({"bio": "x".repeat(261)}), "Bio size exceeds 260 characters", "error-bio-size-exceeded"),
            (json!({"nickname": "é".repeat(121)}), "Nickname size exceeds 120 characters", "error-nickname-size-exceeded"),
            (json!({"name": "x".repeat(257)}), "Name size exceeds 256 characters", "error-input-is-not-a-valid-field"),
            (json!({"username": "x".repeat(101)}), "Username size exceeds 100 characters", "error-input-is-not-a-valid-field"),
        ] {
            create(&changes).refused_with_code(reason, code);
            update(&changes).refused_with_code(reason, code);
        }
        admin.get("users.info?username=n").expect(400);
        assert_eq!(shown(&admin, "otto")["name"], "otto");
        otto.get("me").expect(200);
        // a refusal does not repeat a flood
        let flood = create(&json!({"name": "x".repeat(900_000)}));
        flood.expect(400);
        assert!(flood.body.len() < 10_000, "{} bytes", flood.body.len());
    }
}

#[test]
fn rights_over_accounts_are_granted_one_by_one() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    admin.person("otto", &["user"]);
    let ursula = admin.person("ursula", &["livechat-manager"]);
    let (otto, own) = (id_of(&admin, "otto"), id_of(&admin, "ursula"));
    let grant = |permission: &str, roles: &[&str]| {
        let grants = json!({"permissions": [{"_id": permission, "roles": roles}]});
        admin.post("permissions.update", &grants).expect(200);
    };
    for permission in ["create-user", "edit-other-user-info"] {
        grant(permission, &["admin", "livechat-manager"]);
    }
    let update =
        |id: &str, data: &Value| ursula.post("users.update", &json!({"userId": id, "data": data}));
    update(&otto, &json!({"name": "Otto"})).expect(200);
    let code = "error-action-not-allowed";
    for (data, reason) in [
        (json!({"roles": ["user"]}), "Assigning roles is not allowed"),
        (
            json!({"password": "mine"}),
            "Editing user password is not allowed",
        ),
        (
            json!({"active": false}),
            "Editing the active status is not allowed",
        ),
    ] {
        update(&otto, &data).refused_with_code(reason, code);
    }
    let body = json!({"name": "N", "email": "n@example.org", "username": "n", "password": "p", "roles": ["user"]});
    let refused = ursula.post("users.create", &body);
    refused.refused_with_code("Assigning roles is not allowed", code);

    // who may give roles may not make administrators, least of all of themselves
    grant("assign-roles", &["admin", "livechat-manager"]);
    grant("access-permissions", &["admin", "livechat-manager"]);
    update(&otto, &json!({"roles": ["user", "livechat-agent"]})).expect(200);
    let reason = "Assigning admin is not allowed";
    let admins = json!({"roles": ["livechat-manager", "admin"]});
    update(&own, &admins).refused_with_code(reason, code);
    let mut body = body;
    body["roles"] = json!(["admin"]);
    ursula
        .post("users.create", &body)
        .refused_with_code(reason, code);
    let role = json!({"roleName": "admin", "username": "ursula"});
    let refused = ursula.post("roles.addUserToRole", &role);
    refused.refused_with_code(reason, code);
    assert_eq!(
        shown(&admin, "ursula")["roles"],
        json!(["livechat-manager"])
    );
    grant("assign-admin-role", &["admin", "livechat-manager"]);
    update(&own, &admins).expect(200);
    assert_eq!(
        shown(&admin, "ursula")["roles"],
        json!(["admin", "livechat-manager"])
    );
}

on_both_engines! {
    fn there_is_always_an_administrator_who_can_log_in(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let id = id_of(&admin, "admin");
        admin.person("second", &["admin"]);
        let second = id_of(&admin, "second");
        let active = |id: &str, active: bool| {
            admin.post("users.setActiveStatus", &json!({"userId": id, "activeStatus": active}))
        };
        let role = json!({"roleName": "admin", "username": "second"});
        let own_role = json!({"roleName": "admin", "username": "admin"});
        // an administrator who is switched off administrates nothing
        let off = active(&second, false).expect(200);
        assert_eq!(off["user"], json!({"_id": second, "active": false}));
        let reason = "Leaving the app without admins is not allowed";
        for refused in [
            active(&id, false),
            admin.post("users.delete", &json!({"userId": id})),
            admin.post("users.update", &json!({"userId": id, "data": {"roles": ["user"]}})),
            admin.post("users.update", &json!({"userId": id, "data": {"active": false}})),
            admin.post("roles.removeUserFromRole", &own_role),
        ] {
            refused.refused_with_code(reason, "error-action-not-allowed");
        }
        // and can lose the role for the same reason
        admin.post("roles.removeUserFromRole", &role).expect(200);
        assert_eq!(shown(&admin, "second")["roles"], json!([]));
        admin.post("roles.addUserToRole", &role).expect(200);
        let plain = json!({"userId": second, "data": {"roles": ["user"]}});
        admin.post("users.update", &plain).expect(200);
        admin.post("roles.addUserToRole", &role).expect(200);
        active(&second, true).expect(200);
        admin.post("roles.removeUserFromRole", &own_role).expect(200);
        active(&second, false).expect(403);
    }

    fn people_say_whether_they_are_there(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let ursula = admin.person("ursula", &["user"]);
        let (id, other) = (id_of(&admin, "ursula"), id_of(&admin, "admin"));
        let say = |client: &Client, body: &Value| client.post("users.setStatus", body);
        say(&ursula, &json!({"status": "busy", "message": "  in a meeting "})).expect(200);
        let status = json!({"_id": id, "message": "in a meeting", "connectionStatus": "busy", "status": "busy", "success": true});
        for path in ["users.getStatus".to_owned(), format!("users.getStatus?userId={id}"), "users.getStatus?username=ursula".to_owned()] {
            assert_eq!(ursula.get(&path.to_string()).expect(200), status);
        }
        let presence = ursula.get("users.getPresence").expect(200);
        assert_eq!(presence["presence"], "busy");
        assert_eq!(presence["connectionStatus"], "busy");
        let presence = admin.get(&format!("users.getPresence?userId={id}")).expect(200);
        assert_eq!(presence, json!({"presence": "busy", "success": true}));
        let them = admin.get(&format!("users.presence?ids[]={id}&ids[]=nobody")).expect(200);
        let shown = json!({"_id": id, "username": "ursula", "name": "ursula", "status": "busy", "utcOffset": 0, "statusText": "in a meeting", "avatarETag": ""});
        assert_eq!(them, json!({"users": [shown], "full": true, "success": true}));
        // without ids: everyone who is there, and the server's own account always is
        let there = || {
            let them = admin.get("users.presence").expect(200);
            let names = them["users"].as_array().unwrap().iter().map(|user| user["username"].to_string());
            names.collect::<Vec<_>>()
        };
        assert_eq!(there(), ["\"ursula\"", "\"rocket.cat\""]);
        say(&admin, &json!({"status": "online"})).expect(200);
        assert_eq!(there().len(), 3);

        // of someone else
        say(&admin, &json!({"status": "away", "userId": id})).expect(200);
        let answer = ursula.get("users.getStatus").expect(200);
        assert_eq!((&answer["status"], &answer["message"]), (&json!("away"), &json!("in a meeting")));
        let refused = say(&ursula, &json!({"status": "offline", "userId": other}));
        assert_eq!(refused.expect(403), json!({"success": false, "error": "unauthorized"}));
        let answer = ursula.get(&format!("users.getStatus?userId={other}")).expect(200);
        assert_eq!(answer["status"], "online");

        let valid = "Valid status types include online, away, offline, and busy.";
        say(&ursula, &json!({"status": "dancing"})).refused_with_code(valid, "error-invalid-status");
        say(&ursula, &json!({"status": "offline"})).expect(200);
        admin.set("Accounts_AllowInvisibleStatusOption", false);
        let refused = say(&ursula, &json!({"status": "offline"}));
        refused.refused_with_code("Invisible status is disabled", "error-status-not-allowed");
        admin.set("Accounts_AllowUserStatusMessageChange", false);
        let refused = say(&ursula, &json!({"status": "online", "message": "hi"}));
        refused.refused_with_code("Change status is not allowed", "error-not-allowed");
        let own = json!({"data": {"statusText": "hi"}});
        let refused = ursula.post("users.updateOwnBasicInfo", &own);
        refused.refused_with_code("Change status is not allowed", "error-not-allowed");
        let answer = ursula.get("users.getStatus").expect(200);
        assert_eq!(answer["message"], "in a meeting");
    }

    fn preferences_are_laid_over_those_that_were_there(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let ursula = admin.person("ursula", &["user"]);
        let otto = admin.person("otto", &["user"]);
        let id = id_of(&admin, "ursula");
        let prefer = |client: &Client, body: &Value| client.post("users.setPreferences", body);
        let answer = prefer(&ursula, &json!({"data": {"omnichannelTranscriptEmail": true, "newRoomNotification": "chelle"}}));
        let answer = answer.expect(200);
        assert_eq!(answer["user"]["_id"], id);
        assert_eq!(answer["user"]["settings"]["preferences"]["omnichannelTranscriptEmail"], true);
        prefer(&admin, &json!({"userId": id, "data": {"omnichannelTranscriptPDF": true}})).expect(200);
        let me = ursula.get("me").expect(200);
        let preferences = &me["settings"]["preferences"];
        for (name, value) in [
            ("omnichannelTranscriptEmail", json!(true)),
            ("omnichannelTranscriptPDF", json!(true)),
            ("newRoomNotification", json!("chelle")),
            ("sendOnEnter", json!("normal")),
        ] {
            assert_eq!(preferences[name], value, "{name}");
        }
        let refused = prefer(&otto, &json!({"userId": id, "data": {"sendOnEnter": "never"}}));
        refused.refused_with_code("Editing user is not allowed", "error-action-not-allowed");
        let refused = prefer(&admin, &json!({"userId": "nobody", "data": {}}));
        refused.refused_with_code("Invalid user", "error-invalid-user");
        let refused = prefer(&otto, &json!({"data": {"x": "y".repeat(70_000)}}));
        refused.refused_with_code("Preferences may take 64 KiB at most", "invalid-params");
    }

    fn a_field_completes_names_of_people_who_can_be_reached(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        for name in ["ursula", "Urs", "ulf", "olga"] {
            admin.person(name, &["user"]);
        }
        let off = json!({"userId": id_of(&admin, "ulf"), "activeStatus": false});
        admin.post("users.setActiveStatus", &off).expect(200);
        let complete = |selector: &Value| {
            let text = selector.to_string();
            let text: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let answer = admin.get(&format!("users.autocomplete?selector={text}"));
            let answer = answer.expect(200);
            let items = answer["items"].as_array().unwrap().iter();
            items.map(|item| item["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(complete(&json!({"term": "u"})), ["Urs", "ursula"]);
        assert_eq!(complete(&json!({"term": "URS"})), ["Urs", "ursula"]);
        assert_eq!(complete(&json!({"term": "u", "exceptions": ["Urs"]})), ["ursula"]);
        assert_eq!(complete(&json!({"term": "ur%"})), [""; 0]);
        assert_eq!(complete(&json!({"term": "\0urs"})), ["Urs", "ursula"]);
        let refused = admin.get("users.autocomplete");
        assert_eq!(refused.expect(400), json!({"success": false, "error": "The 'selector' param is required"}));
    }

    fn one_changes_ones_own_name_and_password(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let ursula = admin.person("ursula", &["user"]);
        let other = server.client().login("ursula", "secret-of-ursula");
        let change = |data: &Value| ursula.post("users.updateOwnBasicInfo", &json!({"data": data}));
        let answer = change(&json!({"name": "Ursula K.", "nickname": "U", "bio": "writes", "statusText": "far away"}));
        let user = answer.expect(200)["user"].clone();
        for (name, value) in [("name", "Ursula K."), ("nickname", "U"), ("bio", "writes"), ("statusText", "far away")] {
            assert_eq!(user[name], value, "{name}");
        }
        for data in [
            json!({"newPassword": "new"}),
            json!({"newPassword": "new", "currentPassword": "guess"}),
            json!({"newPassword": "new", "currentPassword": hex_digest("guess")}),
        ] {
            change(&data).refused_with_code("Invalid password", "error-invalid-password");
        }
        // what one may not change of oneself is no parameter
        let roles = change(&json!({"roles": ["admin"]})).expect(400);
        assert_eq!(roles["errorType"], "invalid-params");
        change(&json!({"newPassword": "new", "currentPassword": hex_digest("secret-of-ursula")})).expect(200);
        other.get("me").expect(401);
        let old = json!({"user": "ursula", "password": "secret-of-ursula"});
        assert_eq!(log_in(&server, &old).expect(401)["message"], "Incorrect password");
        server.client().login("ursula", "new");
    }

    fn roles_are_given_and_taken_and_say_who_has_them(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let ursula = admin.person("ursula", &["user"]);
        let listed = ursula.get("roles.list").expect(200);
        let roles = listed["roles"].as_array().unwrap();
        for name in [
            "admin", "moderator", "leader", "owner", "user", "bot", "app", "guest", "anonymous",
            "livechat-agent", "livechat-manager", "livechat-monitor",
        ] {
            let role = roles.iter().find(|role| role["_id"] == name).unwrap();
            assert_eq!(role["name"], name);
            for member in ["scope", "description"] {
                assert!(role[member].is_string(), "{name} {member}");
            }
            assert_eq!((&role["protected"], &role["mandatory2fa"]), (&json!(true), &json!(false)));
        }
        let synced = ursula.get("roles.sync?updatedSince=2020-01-01T00:00:00.000Z").expect(200);
        assert_eq!(synced["roles"]["update"].as_array().unwrap().len(), roles.len());
        assert_eq!(synced["roles"]["remove"], json!([]));
        let synced = ursula.get("roles.sync?updatedSince=2099-01-01T00:00:00.000Z").expect(200);
        assert_eq!(synced["roles"], json!({"update": [], "remove": []}));
        let words = "The \"updatedSince\" query parameter must be a valid date.";
        let refused = ursula.get("roles.sync?updatedSince=yesterday");
        refused.refused_with_code(words, "error-updatedSince-param-invalid");

        let queue = || ursula.get("roles.getUsersInRole?role=livechat-manager").status;
        assert_eq!(queue(), 403);
        let give = |body: &Value| admin.post("roles.addUserToRole", body);
        let take = |body: &Value| admin.post("roles.removeUserFromRole", body);
        let given = give(&json!({"roleId": "livechat-manager", "username": "Ursula"})).expect(200);
        assert_eq!(given["role"]["_id"], "livechat-manager");
        let role = json!({"roleName": "livechat-manager", "username": "ursula"});
        give(&role).refused_with_code("User already in role", "error-user-already-in-role");
        let members = admin.get("roles.getUsersInRole?role=livechat-manager").expect(200);
        assert_eq!(members["users"][0]["username"], "ursula");
        let numbers = (&members["count"], &members["offset"], &members["total"]);
        assert_eq!(numbers, (&json!(1), &json!(0), &json!(1)));
        let members = admin.get("roles.getUsersInRole?role=livechat-manager&offset=1").expect(200);
        assert_eq!((&members["users"], &members["total"]), (&json!([]), &json!(1)));
        // the role is in force for the session that was there before
        let grants = json!({"permissions": [{"_id": "access-permissions", "roles": ["admin", "livechat-manager"]}]});
        admin.post("permissions.update", &grants).expect(200);
        assert_eq!(queue(), 200);
        take(&role).expect(200);
        assert_eq!(queue(), 403);
        take(&role).refused_with_code("User is not in this role", "error-user-not-in-role");
        let pope = json!({"roleName": "pope", "username": "ursula"});
        give(&pope).refused_with_code("Role not found", "error-role-not-found");
        let nobody = json!({"roleName": "bot", "username": "nobody"});
        let words = "There is no user with this username";
        give(&nobody).refused_with_code(words, "error-invalid-user");
        let refused = admin.get("roles.getUsersInRole?role=pope");
        refused.refused_with_code("The role was not found", "error-invalid-roleId");
    }

    fn permissions_are_listed_and_a_change_holds_for_the_next_call(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let ursula = admin.person("ursula", &["user"]);
        let listed = ursula.get("permissions.listAll").expect(200);
        assert_eq!(listed["remove"], json!([]));
        let update = listed["update"].as_array().unwrap();
        for known in hark_model::permissions::catalogue::PERMISSIONS {
            let shown = update.iter().find(|shown| shown["_id"] == known.id);
            let shown = shown.unwrap_or_else(|| panic!("{} is not listed", known.id));
            assert_eq!(shown["roles"], json!(known.roles), "{}", known.id);
        }
        let since = update.iter().map(|shown| shown["_updatedAt"].as_str().unwrap()).max().unwrap();
        let news = |since: &str| {
            let answer = ursula.get(&format!("permissions.listAll?updatedSince={since}"));
            let answer = answer.expect(200);
            let ids = answer["update"].as_array().unwrap().iter();
            ids.map(|shown| shown["_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(news(since), [""; 0]);
        let refused = ursula.get("permissions.listAll?updatedSince=yesterday");
        let words = "The \"updatedSince\" query parameter must be a valid date.";
        refused.refused_with_code(words, "error-roomId-param-invalid");

        let change = |permissions: &Value| admin.post("permissions.update", &json!({"permissions": permissions}));
        ursula.get("users.list").expect(200);
        let answer = change(&json!([{"_id": "view-d-room", "roles": ["admin", "bot"]}])).expect(200);
        let all = answer["permissions"].as_array().unwrap();
        assert_eq!(all.len(), update.len());
        let shown = all.iter().find(|shown| shown["_id"] == "view-d-room").unwrap();
        assert_eq!(shown["roles"], json!(["admin", "bot"]));
        ursula.get("users.list").expect(403);
        assert_eq!(news(since), ["view-d-room"]);

        let body = |error: &str, kind: &str| json!({"success": false, "error": error, "errorType": kind});
        for (permissions, refused) in [
            (json!([]), body("Invalid body params", "error-invalid-body-params")),
            (json!("view-d-room"), body("Invalid body params", "error-invalid-body-params")),
            (json!([{"_id": "view-d-room"}]), body("Invalid body params", "error-invalid-body-params")),
            (json!([{"_id": "view-d-room", "roles": "user"}]), body("Invalid body params", "error-invalid-body-params")),
            (json!([{"_id": "view-d-room", "roles": [1]}]), body("Invalid body params", "error-invalid-body-params")),
            (json!([{"_id": "fly", "roles": ["user"]}]), body("Invalid permission", "error-invalid-permission")),
            // all or nothing
            (
                json!([{"_id": "view-d-room", "roles": ["user"]}, {"_id": "view-l-room", "roles": ["pope"]}]),
                body("Invalid role", "error-invalid-role"),
            ),
        ] {
            assert_eq!(change(&permissions).expect(400), refused, "{permissions}");
        }
        ursula.get("users.list").expect(403);
    }

    fn programs_act_with_a_token_that_is_shown_once(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database);
        let server = setup.start();
        let ursula = server.admin().person("ursula", &["user"]);
        let id = id_of(&ursula, "ursula");
        let call = |verb: &str, body: &Value| {
            ursula.post(&format!("users.{verb}PersonalAccessToken"), body)
        };
        let token = |answer: &Value| answer["token"].as_str().unwrap().to_owned();
        let made = token(&call("generate", &json!({"tokenName": "crm"})).expect(200));
        assert_eq!(made.len(), 43);
        call("generate", &json!({"tokenName": "backup", "bypassTwoFactor": true})).expect(200);
        let taken = call("generate", &json!({"tokenName": "crm"}));
        taken.refused_with_code("A token with this name already exists", "error-token-already-exists");
        for name in [json!(""), json!({}), json!("x".repeat(201))] {
            let refused = call("generate", &json!({"tokenName": name})).expect(400);
            assert_eq!(refused["errorType"], "invalid-params", "{name}");
        }

        let list = ursula.get("users.getPersonalAccessTokens");
        assert!(!list.text().contains(&made), "shown a second time");
        let list = list.expect(200)["tokens"].clone();
        let crm = list.as_array().unwrap().iter().find(|token| token["name"] == "crm").unwrap();
        assert_eq!(crm["lastTokenPart"], made[made.len() - 6..]);
        assert_eq!(crm["bypassTwoFactor"], false);
        assert!(Timestamp::parse(crm["createdAt"].as_str().unwrap()).is_some());
        assert_eq!(list.as_array().unwrap().len(), 2);

        let with = |server: &Server, token: &str| server.client().with("X-User-Id", &id).with("X-Auth-Token", token);
        assert_eq!(with(&server, &made).get("me").expect(200)["username"], "ursula");
        // logging out ends a session, and this is none
        with(&server, &made).post("logout", &json!({})).expect(200);
        with(&server, &made).get("me").expect(200);

        let renewed = token(&call("regenerate", &json!({"tokenName": "crm"})).expect(200));
        assert_ne!(renewed, made);
        with(&server, &made).get("me").expect(401);
        with(&server, &renewed).get("me").expect(200);
        let missing = call("regenerate", &json!({"tokenName": "nothing"}));
        missing.refused_with_code("Token does not exist", "error-token-does-not-exists");

        // it outlives a restart, and ends with its name
        server.kill();
        let server = setup.start();
        with(&server, &renewed).get("me").expect(200);
        let ursula = server.client().login("ursula", "secret-of-ursula");
        let remove = || ursula.post("users.removePersonalAccessToken", &json!({"tokenName": "crm"}));
        remove().expect(200);
        with(&server, &renewed).get("me").expect(401);
        remove().refused_with_code("Token does not exist", "error-token-does-not-exists");
    }
}
