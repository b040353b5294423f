//! People, seen from outside: keeping accounts, roles and permissions, who is there, and tokens for
//! programs.

use hark_model::keys::hex_digest;
use hark_store::Timestamp;
use hark_testkit::{Client, Database, Desk, Engine, Server, Setup, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

/// Everything that `users.info` shows to this client of someone.
fn shown(client: &Client, username: &str) -> Value {
    let answer = client.get(&format!("users.info?username={username}"));
    answer.expect(200)["user"].clone()
}

pub fn id_of(client: &Client, username: &str) -> String {
    shown(client, username)["_id"].as_str().unwrap().to_owned()
}

on_both_engines! {
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
        assert_eq!(server.client().post("login", &old).expect(401)["message"], "Incorrect password");
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
        let told = admin.get("/api/hark/v1/permissions").expect(200);
        assert_eq!(told["items"].as_array().unwrap().len(), hark_model::permissions::catalogue::PERMISSIONS.len());
        assert_eq!(told["items"][0]["meaning"], "See the inbox, take chats and answer in one's own.");
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

    fn an_order_does_not_say_what_the_list_does_not(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let eve = desk.admin.person("zoe", &["user"]);
        desk.admin.person("amy", &["user"]);
        let names = |client: &Client, sort: &str| {
            let listed = client.get(&format!("users.list?sort={sort}")).expect(200);
            let users = listed["users"].as_array().unwrap().iter();
            let names = users.map(|user| text(user, "/username"));
            names.filter(|name| ["zoe", "amy"].contains(&name.as_str())).collect::<Vec<_>>()
        };
        for sort in ["{\"createdAt\":1}", "{\"createdAt\":1,\"lastLogin\":1}", "{\"createdAt\":1,\"name\":1}", "{\"lastLogin\":1}"] {
            assert_eq!(names(&desk.admin, sort), ["zoe", "amy"], "{sort}");
            assert_eq!(names(&eve, sort), ["amy", "zoe"], "{sort}");
        }
        assert_eq!(names(&eve, "{\"name\":-1}"), ["zoe", "amy"]);
    }
}
