//! Accounts, roles, permissions and settings against a real store, on both engines.

use std::collections::HashMap;
use std::sync::Arc;

use crate::world::{NOW, World, person};
use hark_model::Page;
use hark_model::accounts::{self, Change, SortKey};
use hark_model::{Keyring, Policies, Refusal, Who, facts, keys, roles, settings};
use hark_staff::bootstrap;
use hark_staff::sessions::{self, Entry, Held, Login};
use hark_staff::totp;
use hark_store::{Timestamp, View, log};
use hark_testkit::{Engine, on_both_engines};
use serde_json::json;

on_both_engines! {
    fn preparing_twice_changes_nothing_that_people_changed(engine: Engine) {
        let world = World::with_admin(engine);
        let before = world.policy();
        assert!(before.grants(&["livechat-agent".into()], "view-l-room"));
        assert!(!before.grants(&["livechat-agent".into()], "transfer-livechat-guest"));
        let grants = vec![("view-l-room".to_owned(), vec!["admin".to_owned()])];
        world.command(move |cx| hark_staff::grant_permissions(cx, &grants)).unwrap();
        world.command_at(NOW.plus_days(9), bootstrap::prepare).unwrap();
        let after = world.policy();
        assert!(!after.grants(&["livechat-agent".into()], "view-l-room"));
        assert_eq!(after.founded_at, NOW);
        let second = person("bob", &["admin"]);
        assert!(!world.command(move |cx| bootstrap::first_administrator(cx, &second)).unwrap());
    }

    fn a_policy_is_read_again_when_it_changed_and_only_then(engine: Engine) {
        let world = World::with_admin(engine);
        let policies = Arc::new(Policies::new(Arc::clone(&world.keys), HashMap::new()));
        let look = || {
            let policies = Arc::clone(&policies);
            world.read(move |view| policies.at(view))
        };
        let first = look();
        assert!(Arc::ptr_eq(&first, &look()));
        let keys = Arc::clone(&world.keys);
        world.command(move |cx| hark_staff::change_setting(cx, &keys, "Livechat_title", &json!("Help"))).unwrap();
        assert_eq!(look().text(settings::Livechat_title), "Help");
        assert_eq!(first.text(settings::Livechat_title), "");
    }

    fn a_policy_that_was_never_committed_is_kept_for_nobody(engine: Engine) {
        let world = World::with_admin(engine);
        let policies = Arc::new(Policies::new(Arc::clone(&world.keys), HashMap::new()));
        let look = || {
            let policies = Arc::clone(&policies);
            world.read(move |view| policies.at(view))
        };
        let before = look();
        let inside = Arc::clone(&policies);
        let undone = world.write(move |tx| -> Result<(), Refusal> {
            let raised = tx.raise_revision("policy")?;
            assert_eq!(inside.at(tx)?.revision, raised);
            Err(Refusal::NotAllowed)
        });
        assert!(matches!(undone, Err(Refusal::NotAllowed)));
        assert!(Arc::ptr_eq(&look(), &before));
    }

    fn a_secret_setting_is_not_in_the_database_in_clear(engine: Engine) {
        let world = World::with_admin(engine);
        let keys = Arc::clone(&world.keys);
        world.command(move |cx| hark_staff::change_setting(cx, &keys, "Livechat_secret_token", &json!("s3cret-token"))).unwrap();
        assert_eq!(world.policy().text(settings::Livechat_secret_token), "s3cret-token");
        let events = world.read(log_of);
        assert!(events.iter().all(|event| !event.body.contains("s3cret-token")));
        let raw = world.read(raw_settings);
        assert!(raw.iter().all(|value| !value.contains("s3cret-token")), "{raw:?}");
    }

    fn names_and_addresses_belong_to_one(engine: Engine) {
        let world = World::with_admin(engine);
        let taken = |refused: Result<_, Refusal>, of: &str| {
            assert!(matches!(refused, Err(Refusal::Taken { field, .. }) if field == of));
        };
        taken(world.create(person("ADA", &["user"])).map(drop), "username");
        let mut other = person("bob", &["user"]);
        other.email = Some("Ada@Example.org".into());
        taken(world.create(other).map(drop), "email");
        let bad = world.create(person("no spaces", &["user"]));
        assert!(matches!(bad, Err(Refusal::Invalid { field: "Username", .. })));
        let bad = world.create(person("eve", &["wizard"]));
        assert!(matches!(bad, Err(Refusal::NoSuchRole(role)) if role == "wizard"));
        assert!(world.read(|view| accounts::find_by_username(view, "eve")).is_none());
    }

    fn the_last_administrator_stays(engine: Engine) {
        let world = World::with_admin(engine);
        let ada = world.account("ada");
        let (id, account) = (ada.id.clone(), ada);
        let refused = world.command(move |cx| {
            let admin = roles::find(cx.tx, "admin")?.unwrap();
            hark_staff::take_role(cx, &account, &admin)
        });
        assert!(matches!(refused, Err(Refusal::LastAdministrator)));
        let gone = id.clone();
        let refused = world.command(move |cx| hark_staff::accounts::delete(cx, &gone));
        assert!(matches!(refused, Err(Refusal::LastAdministrator)));
        world.create(person("bob", &["admin"])).unwrap();
        world.command(move |cx| hark_staff::accounts::delete(cx, &id)).unwrap();
        assert!(world.read(|view| accounts::find_by_email(view, "ada@example.org")).is_none());
    }

    fn failed_log_ins_hold_back_and_a_good_one_forgives(engine: Engine) {
        let world = World::with_admin(engine);
        let login = Login::Username("ada".into());
        let held = |at: Timestamp, login: Login, address: &'static str| {
            let policy = world.policy();
            world.read(move |view| sessions::candidate(view, &policy, at, &login, address)).1
        };
        for _ in 0..10 {
            assert_eq!(held(NOW, login.clone(), "192.0.2.1"), None);
            let login = login.clone();
            let counted = world.command(move |cx| sessions::fail(cx, &login, "192.0.2.1"));
            assert_eq!(counted.unwrap(), None);
        }
        // a look before the tenth had failed is refused where it is decided
        let late = login.clone();
        let turn = world.command(move |cx| sessions::turn(cx, &late, "192.0.2.9"));
        assert_eq!(turn.unwrap(), Some(Held::User));
        let late = login.clone();
        let failed = world.command(move |cx| sessions::fail(cx, &late, "192.0.2.9"));
        assert_eq!(failed.unwrap(), Some(Held::User));
        assert_eq!(held(NOW, Login::Username("ADA".into()), "192.0.2.9"), Some(Held::User));
        assert_eq!(held(NOW, Login::Username("bob".into()), "192.0.2.1"), None);
        assert_eq!(held(NOW.plus_seconds(301), login.clone(), "192.0.2.1"), None);
        let (ada, by) = (world.account("ada"), login.clone());
        world.command(move |cx| sessions::begin(cx, &ada, Some(Entry { login: &by, address: "192.0.2.1", user_agent: None }), "token")).unwrap();
        assert_eq!(held(NOW, login, "192.0.2.1"), None);
    }

    fn a_session_ends_with_time_with_the_password_and_with_its_owner(engine: Engine) {
        let world = World::with_admin(engine);
        let bob = world.create(person("bob", &["user"])).unwrap();
        let begin = |token: &'static str| {
            let bob = bob.clone();
            world.command(move |cx| sessions::begin(cx, &bob, None, token)).unwrap();
        };
        let valid = |token: &'static str, at: Timestamp| {
            let id = bob.id.clone();
            world.read(move |view| sessions::find(view, at, &id, token)).is_some()
        };
        begin("one");
        assert!(valid("one", NOW));
        assert!(!valid("two", NOW));
        assert!(!valid("one", NOW.plus_days(90)));
        let id = bob.id.clone();
        world.command(move |cx| hark_staff::accounts::set_password(cx, &id, "hash", false)).unwrap();
        assert!(!valid("one", NOW));
        begin("three");
        let who = Who::Account(bob.clone());
        world.command_as(who, NOW, |cx| sessions::add_personal_token(cx, "script", false, "personal")).unwrap();
        let id = bob.id.clone();
        world.command(move |cx| hark_staff::accounts::set_active(cx, &id, false)).unwrap();
        assert!(!valid("three", NOW) && !valid("personal", NOW));
        assert_eq!(world.write(|tx| Ok(sessions::tidy(tx, NOW.plus_days(91), 10)?)).unwrap(), 0);
    }

    fn a_code_is_good_once(engine: Engine) {
        let world = World::with_admin(engine);
        let ada = world.account("ada");
        let secret = totp::new_secret().unwrap();
        let codes: Vec<String> = totp::new_backup_codes().unwrap();
        let who = || Who::Account(ada.clone());
        let (keys, kept) = (Arc::clone(&world.keys), secret.clone());
        world.command_as(who(), NOW, move |cx| sessions::offer_totp(cx, &keys, &kept)).unwrap();
        let code = |at: Timestamp| totp::code_at(&secret, totp::step_of(at));
        let (keys, now, backup) = (Arc::clone(&world.keys), code(NOW), codes.clone());
        world.command_as(who(), NOW, move |cx| sessions::confirm_totp(cx, &keys, &now, &backup, NOW)).unwrap();
        assert!(world.account("ada").two_factor);
        let try_code_of = |code: String, at: Timestamp, sure: Timestamp| {
            let (keys, id) = (Arc::clone(&world.keys), ada.id.clone());
            world.command_at(at, move |cx| sessions::use_totp(cx, &keys, &id, &code, sure)).unwrap()
        };
        let try_code = |code: String, at: Timestamp| try_code_of(code, at, at);
        let later = NOW.plus_seconds(60);
        assert!(!try_code(code(NOW), NOW), "the code that confirmed is used up");
        assert!(try_code(code(later), later));
        assert!(!try_code(code(later), later));
        assert!(try_code(codes[3].clone(), later));
        assert!(!try_code(codes[3].clone(), later));
        // While the clock is doubted a code of the time that has passed is right, and afterwards too: what the
        // clock said meanwhile has used up none of them.
        let (leapt, sure) = (later.plus_days(400), later.plus_seconds(300));
        assert!(try_code_of(code(sure), leapt, sure));
        assert!(!try_code_of(code(sure), leapt, sure));
        assert!(!try_code_of(code(later.plus_days(200)), leapt, sure));
        let right = sure.plus_seconds(60);
        assert!(try_code(code(right), right));
        // It may also have been right.
        assert!(try_code_of(code(leapt), leapt, right));
        let id = ada.id.clone();
        assert_eq!(world.read(move |view| sessions::backup_codes_left(view, &id)), 11);
    }

    fn lists_are_sorted_and_cut(engine: Engine) {
        let world = World::with_admin(engine);
        for username in ["dora", "Bob", "carl"] {
            world.create(person(username, &["user", "livechat-agent"])).unwrap();
        }
        let id = world.account("carl").id;
        let change = Change { name: Some("Zoe".into()), ..Change::default() };
        world.command(move |cx| hark_staff::accounts::change(cx, &id, &change)).unwrap();
        let names = |sort: SortKey, descending: bool, offset: i64, limit: i64| {
            let (accounts, total) = world.read(move |view| accounts::list(view, sort, descending, Page { offset, limit }));
            assert_eq!(total, 5);
            accounts.into_iter().map(|account| account.username).collect::<Vec<_>>()
        };
        assert_eq!(names(SortKey::Username, false, 0, 50), ["ada", "Bob", "carl", "dora", "rocket.cat"]);
        assert_eq!(names(SortKey::Username, true, 2, 2), ["carl", "Bob"]);
        assert_eq!(names(SortKey::Name, true, 0, 1), ["dora"]);
        let (members, total) = world.read(|view| roles::members(view, "livechat-agent", Page { offset: 1, limit: 5 }));
        assert_eq!(total, 3);
        assert_eq!(members.len(), 2);
        assert_eq!(members[0].roles, ["livechat-agent", "user"]);
        assert_eq!(members[0].emails[0].address, "carl@example.org");
    }

    fn every_statement_is_prepared_and_walks_no_growing_table(engine: Engine) {
        let world = World::with_admin(engine);
        let statements = [
            hark_model::all_statements(),
            hark_chat::all_statements(),
            hark_staff::all_statements(),
        ];
        for statement in statements.concat() {
            let plan = world.write(move |tx| Ok(hark_store::explain::plan(tx, statement)?));
            let plan = plan.unwrap_or_else(|error| panic!("{}: {error}", statement.name()));
            assert_eq!(plan.full_scan(), None, "{}: {plan:#?}", statement.name());
        }
    }
}

#[test]
fn another_key_is_noticed() {
    let world = World::with_admin(Engine::Sqlite);
    let keys = Arc::clone(&world.keys);
    assert!(
        world
            .write(move |tx| Ok(facts::same_key(tx, &keys)?))
            .unwrap()
    );
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Keyring::open(elsewhere.path()).unwrap();
    assert_ne!(
        keys::hash(other.fingerprint()),
        keys::hash(world.keys.fingerprint())
    );
    assert!(
        !world
            .write(move |tx| Ok(facts::same_key(tx, &other)?))
            .unwrap()
    );
}

#[test]
fn the_environment_gives_first_and_forced_values() {
    let given = |name: &str, value: &str| {
        settings::from_environment([(name.to_owned(), value.to_owned())].into_iter())
    };
    let first = given("Livechat_title", "Help").unwrap().first;
    assert_eq!(
        (first[0].0.id, &first[0].1),
        ("Livechat_title", &json!("Help"))
    );
    let forced = given("OVERWRITE_SETTING_Livechat_enabled", "false")
        .unwrap()
        .forced;
    assert_eq!(forced["Livechat_enabled"], json!(false));
    assert!(given("PATH", "/usr/bin").unwrap().first.is_empty());
    let refused = given("Livechat_http_timeout", "-1").err().unwrap();
    assert!(
        refused.contains("Livechat_http_timeout") && refused.contains("1 to 60000"),
        "{refused}"
    );
    assert!(given("OVERWRITE_SETTING_Nope", "1").is_err());
}

fn log_of(view: &mut View<'_>) -> Result<Vec<hark_store::Event>, hark_store::Error> {
    log::after(view, 0, 100)
}

fn raw_settings(view: &mut View<'_>) -> Result<Vec<String>, hark_store::Error> {
    static RAW: hark_store::Statement =
        hark_store::Statement::new("raw", "SELECT value FROM setting", None);
    view.query(&RAW, hark_store::params![], |row| row.get(0))
}
