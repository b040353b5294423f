//! What somebody may give away, and what asks for the second factor.

use hark_testkit::{Client, Desk, Response, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;
use crate::units::wanted;

/// Someone's token for a program, shown as each surface wants it.
fn program(desk: &Desk, owner: &Client, name: &str, bypass: bool) -> Client {
    let made = json!({"tokenName": name, "bypassTwoFactor": bypass});
    let made = owner.post("users.generatePersonalAccessToken", &made);
    let token = text(&made.expect(200), "/token");
    desk.anyone()
        .with("X-User-Id", &owner.id())
        .with("X-Auth-Token", &token)
        .with("Authorization", &format!("Bearer {token}"))
}

on_both_engines! {
    fn nobody_gives_away_what_they_do_not_hold(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let admin = &desk.admin;
        let grant = |client: &Client, permission: &str, roles: &[&str]| {
            client.post("permissions.update", &json!({"permissions": [{"_id": permission, "roles": roles}]}))
        };
        let mo = admin.person("mo", &["user", "livechat-monitor"]);
        let mia = admin.person("mia", &["user", "livechat-manager"]);
        let (amy, eve) = (desk.agent("amy"), admin.person("eve", &["user"]));
        let forbidden = "User does not have the permissions required for this action [error-unauthorized]";

        // a monitor as they come
        mo.post("livechat/users/manager", &json!({"username": "mo"})).refused(403, forbidden);
        mo.delete(&format!("livechat/users/manager/{}", mia.id()), &json!({})).refused(403, forbidden);
        assert_eq!(mo.get(&format!("livechat/users/manager/{}", mia.id())).expect(200)["user"]["username"], "mia");
        mo.post("livechat/users/agent", &json!({"username": "eve"})).expect(200);
        // who is in none of their units is not there for them
        mo.delete(&format!("livechat/users/agent/{}", eve.id()), &json!({})).expect(400);
        mia.delete(&format!("livechat/users/agent/{}", eve.id()), &json!({})).expect(200);
        mia.post("livechat/users/manager", &json!({"username": "eve"})).expect(200);
        mia.delete(&format!("livechat/users/manager/{}", eve.id()), &json!({})).expect(200);
        // the workspace's webhook
        desk.set("Livechat_secret_token", "s3cret");
        let secret = |client: &Client| {
            let answer = client.get("livechat/integrations.settings").expect(200);
            let found = answer["settings"].as_array().unwrap().iter();
            let mut found = found.filter(|setting| setting["_id"] == "Livechat_secret_token");
            found.next().unwrap()["value"].clone()
        };
        assert_eq!((secret(&mo), secret(&mia)), (json!("••••••••"), json!("s3cret")));
        let elsewhere = json!({"LivechatWebhookUrl": "https://elsewhere.test/"});
        mo.post("omnichannel/integrations", &elsewhere).refused(403, forbidden);
        mia.post("omnichannel/integrations", &elsewhere).expect(200);

        // one who has been trusted with accounts, roles and permissions, but not with everything
        for permission in ["create-user", "assign-roles", "edit-other-user-info", "edit-other-user-password", "access-permissions"] {
            grant(admin, permission, &["admin", "livechat-monitor"]).expect(200);
        }
        let new = |name: &str, roles: &[&str]| mo.post("users.create", &json!({
            "username": name, "name": name, "email": format!("{name}@x.test"), "password": "secret-of-x", "roles": roles,
        }));
        let lacks = |role: &str, permission: &str| format!("The role {role} grants {permission}, which you do not hold [error-action-not-allowed]");
        let of_managers = lacks("livechat-manager", "change-livechat-room-visitor");
        let refused = |answer: &Response, words: &str| {
            let body = answer.expect(400);
            assert_eq!((&body["error"], &body["errorType"]), (&json!(words), &json!("error-action-not-allowed")), "{body}");
        };
        refused(&new("max", &["user", "livechat-manager"]), &of_managers);
        new("max", &["user"]).expect(200);
        refused(&mo.post("roles.addUserToRole", &json!({"roleId": "livechat-manager", "username": "mo"})), &of_managers);
        let update = |id: &str, data: Value| mo.post("users.update", &json!({"userId": id, "data": data}));
        refused(&update(&mo.id(), json!({"roles": ["user", "livechat-monitor", "livechat-manager"]})), &of_managers);
        // what they hold they may give, and what somebody has already is not given
        update(&eve.id(), json!({"roles": ["user", "livechat-monitor"]})).expect(200);
        update(&mia.id(), json!({"roles": ["livechat-manager"]})).expect(200);
        // nor do they come in as somebody who holds more
        for data in [json!({"password": "another-secret"}), json!({"email": "mine@x.test"})] {
            refused(&update(&mia.id(), data.clone()), &of_managers);
            let body = update(&admin.id(), data.clone()).expect(400);
            assert!(body["error"].as_str().unwrap().starts_with("The role admin grants "), "{body}");
            update(&eve.id(), data).expect(200);
        }
        // who may make agents may help them
        update(&amy.id, json!({"password": "another-secret"})).expect(200);
        new("zoe", &["user", "livechat-agent"]).expect(200);
        let words = "You do not hold view-livechat-webhooks, so you cannot grant it [error-edit-permissions-not-allowed]";
        let body = grant(&mo, "view-livechat-webhooks", &["admin", "livechat-manager", "livechat-monitor"]).expect(400);
        assert_eq!(body["error"], words);
        mo.get("/api/hark/v1/endpoints").expect(403);
        grant(&mo, "create-user", &["admin", "livechat-monitor", "livechat-manager"]).expect(200);
        // to take away is not to give
        grant(&mo, "view-livechat-webhooks", &["admin"]).expect(200);
        // an administrator gives what is others' alone, too
        grant(admin, "inbound-voip-calls", &["livechat-agent", "livechat-manager"]).expect(200);
    }

    fn what_makes_administrators_or_sends_data_elsewhere_asks_for_the_second_factor(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (admin, eve) = (&desk.admin, desk.admin.person("eve", &["user"]));
        let plain = program(&desk, admin, "plain", false);
        let trusted = program(&desk, admin, "trusted", true);
        let person = |name: &str, roles: &[&str]| json!({"username": name, "name": name, "email": format!("{name}@x.test"), "password": "secret-of-x", "roles": roles});
        let endpoint = json!({"url": "https://receiver.test/", "name": "one"});
        let made = admin.post("/api/hark/v1/endpoints", &endpoint).expect(201);
        let path = format!("/api/hark/v1/endpoints/{}", text(&made, "/id"));
        let grants = json!({"permissions": [{"_id": "create-user", "roles": ["admin"]}]});
        let acts = [
            ("POST", "users.create".to_owned(), person("max", &["admin"]), 400),
            ("POST", "users.create".to_owned(), person("kim", &["user", "livechat-manager"]), 400),
            ("POST", "users.update".to_owned(), json!({"userId": eve.id(), "data": {"name": "Eve"}}), 400),
            ("POST", "roles.addUserToRole".to_owned(), json!({"roleId": "admin", "username": "eve"}), 400),
            ("POST", "roles.addUserToRole".to_owned(), json!({"roleName": "livechat-manager", "username": "eve"}), 400),
            ("POST", "livechat/users/manager".to_owned(), json!({"username": "eve"}), 400),
            ("POST", "permissions.update".to_owned(), grants, 400),
            ("POST", "omnichannel/integrations".to_owned(), json!({"LivechatWebhookUrl": "https://elsewhere.test/"}), 400),
            ("POST", "settings/Livechat_title".to_owned(), json!({"value": "a"}), 400),
            ("POST", "/api/hark/v1/endpoints".to_owned(), endpoint, 403),
            ("PATCH", path.clone(), json!({"url": "https://elsewhere.test/"}), 403),
            ("POST", format!("{path}:rotate-secret"), json!({}), 403),
        ];
        for (method, path, body, status) in &acts {
            let asked = plain.json(method, path, body).expect(*status);
            match status {
                400 => assert_eq!(asked["errorType"], "totp-required", "{path}"),
                _ => {
                    assert_eq!(asked["type"], "urn:hark:problem:second-factor", "{path}");
                    assert!(asked["detail"].as_str().unwrap().contains("X-2fa-Method: password"), "{asked}");
                }
            }
        }
        let eves = admin.get(&format!("users.info?userId={}", eve.id())).expect(200)["user"]["roles"].clone();
        assert_eq!(eves, json!(["user"]));
        for (method, path, body, _) in &acts {
            let done = trusted.json(method, path, body).status;
            assert!([200, 201].contains(&done), "{method} {path}: {done}");
        }
        // what gives no power away is not asked for one
        plain.post("users.create", &person("ann", &["user", "livechat-agent"])).expect(200);
        plain.post("roles.addUserToRole", &json!({"roleId": "livechat-agent", "username": "max"})).expect(200);
        plain.get("/api/hark/v1/endpoints").expect(200);
        // the code is the password's, where there is no authenticator
        let digest = hark_model::keys::hex_digest("secret-of-kim");
        let kim = desk.anyone().login("kim", "secret-of-x");
        let kims = program(&desk, &kim, "kims", false);
        let wrong = kims.with("X-2fa-Method", "password").with("X-2fa-Code", &digest);
        assert_eq!(wrong.post("omnichannel/integrations", &json!({})).expect(400)["errorType"], "totp-invalid");
        let right = hark_model::keys::hex_digest("secret-of-x");
        let right = kims.with("X-2fa-Method", "password").with("X-2fa-Code", &right);
        right.post("omnichannel/integrations", &json!({})).expect(200);
    }

    /// Monitors look after departments and the widget's looks, but what visitors leave is mailed where
    /// managers say.
    fn where_mail_goes_is_said_by_those_who_send_data_elsewhere_and_with_the_second_factor(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let mo = desk.admin.person("mo", &["user", "livechat-monitor"]);
        let mia = desk.admin.person("mia", &["user", "livechat-manager"]);
        let id = desk.department("Sales", &[&amy], &json!({"email": "sales@x.test"}));
        let unit = text(&desk.admin.post("livechat/units", &wanted("North", &[&mo], &[&id])).expect(200), "/_id");
        desk.set("Livechat_offline_email", "desk@x.test");
        let department = |email: &str, name: &str| json!({
            "name": name, "email": email, "enabled": true, "showOnRegistration": true, "showOnOfflineForm": true,
        });
        let change = |client: &Client, email: &str, name: &str| {
            let body = json!({"department": department(email, name)});
            client.put(&format!("/api/v1/livechat/department/{id}"), &body)
        };
        let by_method = |client: &Client, email: &str| client.method("livechat:saveDepartment", &json!([id, department(email, "Sales"), []]));
        let looks = |client: &Client, email: &str, title: &str| {
            let items = json!([{"_id": "Livechat_title", "value": title}, {"_id": "Livechat_offline_email", "value": email}]);
            client.post("livechat/appearance", &items)
        };
        let now = || {
            let department = desk.admin.get(&format!("livechat/department/{id}")).expect(200)["department"].clone();
            let setting = desk.admin.get("settings/Livechat_offline_email").expect(200)["value"].clone();
            (department["email"].clone(), setting)
        };
        let before = now();
        assert_eq!(before, (json!("sales@x.test"), json!("desk@x.test")));
        let forbidden = "User does not have the permissions required for this action [error-unauthorized]";
        change(&mo, "evil@x.test", "Sales").refused(403, forbidden);
        looks(&mo, "evil@x.test", "a").refused(403, forbidden);
        let refused = by_method(&mo, "evil@x.test");
        assert!(refused.get("error").is_some(), "{refused}");
        let plain = program(&desk, &mia, "plain", false);
        for asked in [change(&plain, "evil@x.test", "Sales"), looks(&plain, "evil@x.test", "a")] {
            assert_eq!(asked.expect(400)["errorType"], "totp-required");
        }
        assert_eq!(by_method(&plain, "evil@x.test")["error"]["error"], "totp-required");
        assert_eq!(now(), before);
        // what a page sends unchanged is no change, and a new department takes nobody's mail
        for client in [&mo, &plain] {
            change(client, "sales@x.test", "Sale").expect(200);
            looks(client, "desk@x.test", "b").expect(200);
            let mut made = json!({"department": department("new@x.test", &client.id())});
            if client.id() == mo.id() {
                made["departmentUnit"] = json!({"_id": unit});
            }
            client.post("livechat/department", &made).expect(200);
        }
        change(&mia, "shop@x.test", "Shop").expect(200);
        looks(&mia, "shop@x.test", "c").expect(200);
        assert_eq!(now(), (json!("shop@x.test"), json!("shop@x.test")));
    }
}
