//! What an operator does from the command line, beside a server that runs.

use hark_testkit::{Engine, Receiver, Server, Setup, eventually, on_both_engines, text};
use serde_json::json;

use crate::{HARK, account};

on_both_engines! {
    fn accounts_are_looked_after_beside_a_server(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        admin.post("users.create", &account("dora")).expect(200);
        let setup = Setup::new(HARK).on(&database);
        let run = |arguments: &[&str]| setup.command_line(&[&["admin"], arguments].concat(), "");
        let roles = || {
            let found = admin.get("users.info?username=dora").expect(200);
            found["user"]["roles"].clone()
        };
        run(&["add-role", "dora", "livechat-agent"]).assert_done();
        run(&["remove-role", "dora", "livechat-agent"]).assert_done();
        assert_eq!(roles(), json!(["user"]));
        run(&["remove-role", "dora", "livechat-agent"]).assert_refused(&["role"]);
        run(&["remove-role", "admin", "admin"]).assert_refused(&["admin"]);

        let made = run(&["token", "dora", "--name", "for a script"]);
        made.assert_done();
        let token = made.stdout.lines().find_map(|line| line.strip_prefix("Token: ")).unwrap();
        let token = token.split_whitespace().next().unwrap();
        let id = text(&admin.get("users.info?username=dora").expect(200), "/user/_id");
        let dora = server.client().with("X-User-Id", &id).with("X-Auth-Token", token);
        assert_eq!(dora.get("me").expect(200)["username"], "dora");
        run(&["token", "dora", "--name", "for a script"]).assert_refused(&["--name"]);

        run(&["deactivate", "dora"]).assert_done();
        dora.get("me").expect(401);
        run(&["activate", "dora"]).assert_done();
        run(&["delete", "dora"]).assert_done();
        admin.get("users.info?username=dora").expect(400);
        run(&["delete", "dora"]).assert_refused(&["there is no user dora"]);
    }

    fn a_sample_goes_to_webhooks_as_any_event_does(engine: Engine) {
        let database = hark_testkit::Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database).env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8");
        let server = setup.start();
        let (closes, opens) = (Receiver::open(), Receiver::open());
        let admin = server.admin();
        let make = |receiver: &Receiver, kind: &str| {
            let body = json!({"url": receiver.url("/"), "events": [kind]});
            text(&admin.post("/api/hark/v1/endpoints", &body).expect(201), "/id")
        };
        let first = make(&closes, "chat.closed");
        let other = make(&opens, "chat.started");
        let trigger = |arguments: &[&str]| setup.command_line(&[&["trigger"], arguments].concat(), "");
        let done = trigger(&["chat.closed"]);
        done.assert_done();
        assert!(done.stdout.contains(&first) && !done.stdout.contains(&other), "{done:?}");
        let sent = closes.wait(1).remove(0);
        assert_eq!(sent.header("hark-event"), Some("chat.closed"));
        assert_eq!(sent.header("hark-test"), Some("true"));
        assert!(sent.header("webhook-signature").is_some());
        assert_eq!(sent.json()["type"], "chat.closed");
        let id = sent.header("webhook-id").unwrap();
        assert!(id.contains("_test_"), "{id}");
        eventually("the delivery in the list", || {
            let found = admin.get(&format!("/api/hark/v1/deliveries/{id}")).expect(200);
            (found["state"] == "delivered").then_some(())
        });
        assert_eq!(opens.received().len(), 0);
        trigger(&["chat.closed", "--endpoint", &other]).assert_done();
        assert_eq!(opens.wait(1)[0].header("hark-event"), Some("chat.closed"));
        trigger(&["chat.nope"]).assert_refused(&["chat.nope"]);
        trigger(&["chat.taken"]).assert_refused(&["no endpoint asks for chat.taken"]);
    }
}

#[test]
fn flags_may_stand_behind_what_is_to_be_done() {
    let (server, database) = Server::fresh(HARK, Engine::Sqlite);
    let folder = database.folder().display().to_string();
    let plain = Setup::new(HARK);
    for arguments in [
        ["admin", "list", "--data", &folder],
        ["admin", "--data", &folder, "list"],
    ] {
        let listed = plain.command_line(&arguments, "");
        listed.assert_done();
        assert!(listed.stdout.contains("admin"), "{listed:?}");
    }
    drop(server);
}
