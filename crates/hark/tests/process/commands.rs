//! What an operator does from the command line, beside a server that runs.

use hark_testkit::{Engine, Receiver, Server, Setup, eventually, on_both_engines, text};
use serde_json::json;

use crate::watching::sample;
use crate::{HARK, account, log_in};

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
        // Who is made an agent takes chats as soon as they are there.
        let takes = || {
            let agents = admin.get("livechat/users/agent").expect(200);
            let agents = agents["users"].as_array().unwrap().clone();
            agents.iter().find(|agent| agent["username"] == "dora").map(|agent| agent["statusLivechat"].clone())
        };
        assert_eq!(takes(), Some(json!("available")));
        run(&["remove-role", "dora", "livechat-agent"]).assert_done();
        assert_eq!(takes(), None);
        assert_eq!(roles(), json!(["user"]));
        run(&["remove-role", "dora", "livechat-agent"]).assert_refused(&["role"]);
        run(&["remove-role", "admin", "admin"]).assert_refused(&["admin"]);

        let made = run(&["token", "dora", "--name", "for a script"]);
        made.assert_done();
        let token = made.stdout.trim_end();
        let id = text(&admin.get("users.info?username=dora").expect(200), "/user/_id");
        let dora = server.client().with("X-User-Id", &id).with("X-Auth-Token", token);
        assert_eq!(dora.get("me").expect(200)["username"], "dora");
        run(&["token", "dora", "--name", "for a script"]).assert_refused(&["--name"]);
        run(&["token", "dora", "--name", " "]).assert_refused(&["a token needs a name"]);

        run(&["deactivate", "dora"]).assert_done();
        dora.get("me").expect(401);
        run(&["activate", "dora"]).assert_done();
        run(&["delete", "dora"]).assert_done();
        admin.get("users.info?username=dora").expect(400);
        run(&["delete", "dora"]).assert_refused(&["there is no user dora"]);

        // Without an e-mail address of one's own, the answer says that a test mail needs one.
        setup.command_line(&["admin", "create-user", "zoe", "--role", "admin", "--password-stdin"], "secret-of-zoe\n").assert_done();
        let zoe = server.client().login("zoe", "secret-of-zoe");
        let refused = zoe.post("/api/hark/v1/mail:test", &json!({})).expect(409);
        assert_eq!(refused["type"], "urn:hark:problem:conflict");
        assert_eq!(refused["detail"], "Your account has no e-mail address: give it one first");
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

    fn accounts_kept_from_the_command_line_hold_at_once_in_the_running_server(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let setup = Setup::new(HARK).on(&database);
        let run = |arguments: &[&str], input: &str| {
            let all = [&["admin"], arguments].concat();
            setup.command_line(&all, input)
        };
        let client = server.client();

        let create = ["create-user", "bob", "--email", "bob@example.org", "--password-stdin"];
        let made = run(&create, "first-of-bob\n");
        made.assert_done();
        assert!(!made.stdout.contains("first-of-bob"));
        let bob = client.login("bob", "first-of-bob");
        let before = database.events().len() as i64;
        eventually("the event of another process", || {
            (sample(&client, "hark_event_log_position") == before).then_some(())
        });

        // guesses that have closed the name count for nothing then
        for _ in 0..11 {
            assert_eq!(log_in(&client, "bob", "guess"), 401);
        }
        assert_eq!(log_in(&client, "bob", "first-of-bob"), 401);
        run(&["reset-password", "bob", "--password-stdin"], "second-of-bob\n").assert_done();
        assert_eq!(bob.get("me").status, 401);
        assert_eq!(log_in(&client, "bob", "first-of-bob"), 401);
        let bob = client.login("bob", "second-of-bob");

        let admins_only = "/api/v1/settings/Livechat_title";
        assert_eq!(bob.get(admins_only).status, 403);
        run(&["add-role", "bob", "admin"], "").assert_done();
        assert_eq!(bob.get(admins_only).status, 200);

        let made = run(&["create-user", "carol", "--role", "livechat-agent", "--role", "user"], "");
        made.assert_done();
        let password = made.stdout.split("Password: ").nth(1).unwrap();
        let carol = client.login("carol", password.split_whitespace().next().unwrap());
        assert_eq!(carol.get("me").value()["roles"], json!(["livechat-agent", "user"]));

        let all = run(&["list"], "").stdout;
        for word in ["admin", "bob", "carol", "bob@example.org", "4 accounts"] {
            assert!(all.contains(word), "{word}: {all}");
        }
        let agents = run(&["list", "--role", "livechat-agent"], "").stdout;
        assert!(agents.contains("carol") && !agents.contains("bob"), "{agents}");

        assert!(run(&["list", "--role", "livechat-agent"], "").stdout.contains("1 account\n"));
        let roles = run(&["list-roles"], "").stdout;
        let managers = roles.lines().find(|line| line.starts_with("livechat-manager "));
        let managers: Vec<&str> = managers.unwrap().split_whitespace().collect();
        assert_eq!(managers[1], "0", "{roles}");

        run(&["settings", "Livechat_title", "Kiln & Clay"], "").assert_done();
        let title = || bob.get(admins_only).value()["value"].clone();
        eventually("the title of another process", || {
            (title() == "Kiln & Clay").then_some(())
        });
        run(&["settings", "Livechat_secret_token", "only-we-know"], "").assert_done();
        let all = run(&["settings"], "").stdout;
        assert!(all.contains(r#"Livechat_title = "Kiln & Clay""#), "{all}");
        assert!(all.contains(r#"Livechat_secret_token = "(not shown)""#), "{all}");
        let one = run(&["settings", "Livechat_enabled"], "").stdout;
        assert!(one.contains("First value: "), "{one}");
        run(&["settings", "Livechat_titel"], "").assert_refused(&["no setting Livechat_titel"]);
        run(&["settings", "Livechat_enabled", "perhaps"], "").assert_refused(&["Livechat_enabled"]);

        run(&["create-user", "BOB"], "").assert_refused(&["BOB", "already in use"]);
        run(&["create-user", "dora", "--role", "queen"], "").assert_refused(&["no role queen"]);
        run(&["create-user", "dora", "--password-stdin"], "\n").assert_refused(&["no password"]);
        // of which no log-in would take as much
        let long = "x".repeat(1_001);
        run(&["create-user", "dora", "--password-stdin"], &long).assert_refused(&["Password", "1000"]);
        run(&["list", "--role", "queen"], "").assert_refused(&["no role queen"]);
        run(&["add-role", "bob", "queen"], "").assert_refused(&["no role queen"]);
        run(&["add-role", "nobody", "admin"], "").assert_refused(&["nobody", "hark admin list"]);
        run(&["reset-password", "nobody"], "").assert_refused(&["nobody", "hark admin list"]);
        assert!(run(&["list"], "").stdout.contains("4 accounts"));
        server.finish().assert_done();
        run(&["list"], "").assert_done();
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

#[test]
fn the_version_names_the_commit() {
    let outcome = Setup::new(HARK).command_line(&["--version"], "");
    outcome.assert_done();
    let (name, commit) = outcome.stdout.trim().split_once(" (").unwrap();
    assert_eq!(name, concat!("hark ", env!("CARGO_PKG_VERSION")));
    let commit = commit.strip_suffix(')').unwrap();
    assert!(
        commit == "unknown" || commit.len() == 12 && commit.chars().all(|c| c.is_ascii_hexdigit()),
        "{commit}"
    );
}

#[test]
fn completions_are_printed_for_each_shell() {
    for (shell, words) in [
        ("bash", "complete -F _hark"),
        ("zsh", "#compdef hark"),
        ("fish", "complete -c hark"),
    ] {
        let outcome = Setup::new(HARK).command_line(&["completions", shell], "");
        outcome.assert_done();
        assert!(outcome.stdout.contains(words), "{shell}");
        assert!(outcome.stdout.contains("webhook-allow"), "{shell}");
    }
}

#[test]
fn the_help_lists_every_flag_with_its_variable_and_default() {
    let help = Setup::new(HARK).command_line(&["serve", "--help"], "");
    help.assert_done();
    let text = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for (flag, variable, preset) in [
        ("--data", "HARK_DATA", "./hark-data"),
        ("--database", "HARK_DATABASE", ""),
        ("--config", "HARK_CONFIG", "./hark.toml, if it is there"),
        ("--listen", "HARK_LISTEN", "127.0.0.1:3000"),
        ("--site-url", "HARK_SITE_URL", "http:// and the address"),
        ("--webhook-allow", "HARK_WEBHOOK_ALLOW", "none"),
        ("--rate-limit", "HARK_RATE_LIMIT", "on"),
        ("--proxies", "HARK_PROXIES", "0"),
        ("--keep-events", "HARK_KEEP_EVENTS", "30"),
        ("--log", "HARK_LOG", "text on a terminal, json elsewhere"),
    ] {
        let (_, after) = text.split_once(&format!(" {flag} <")).expect(flag);
        let (mine, _) = after.split_once(&format!("[env: {variable}")).expect(flag);
        assert!(!mine.contains(" --"), "{flag}: {mine}");
        if !preset.is_empty() {
            assert!(mine.contains(&format!("[default: {preset}]")), "{mine}");
        }
    }
    for variable in ["ADMIN_PASS", "ADMIN_ID", "OVERWRITE_SETTING_", "RUST_LOG"] {
        assert!(text.contains(variable), "{variable}");
    }
}

#[test]
fn the_help_does_not_show_what_the_environment_says_of_the_database() {
    let setup = Setup::new(HARK).env("HARK_DATABASE", "postgres://hark:pw-of-pg@h/d");
    let help = setup.command_line(&["serve", "--help"], "");
    help.assert_done();
    assert!(!help.stdout.contains("pw-of-pg"));
}

#[test]
fn who_reads_only_the_beginning_sees_no_fault() {
    let piped = std::process::Command::new("sh")
        .args([
            "-c",
            "\"$0\" completions bash | head -c 1; \"$0\" completions bash > /dev/full",
        ])
        .arg(HARK)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&piped.stderr);
    assert!(!said.contains("panicked"), "{said}");
    assert!(said.contains("No space left"), "{said}");
}
