//! Accounts, roles, permissions and settings against a real store, on both engines.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::HashMap;
use std::sync::Arc;

use common::{House, NOW, person};
use hark_chat::accounts::{self, Change, Page, SortKey};
use hark_chat::sessions::{self, Held, Login};
use hark_chat::{
    Actor, Keyring, Policies, Refusal, founding, keys, permissions, roles, settings, totp,
};
use hark_store::{Timestamp, View, log};
use hark_testkit::{Engine, on_both_engines};
use serde_json::json;

on_both_engines! {
    fn founding_twice_changes_nothing_that_people_changed(engine: Engine) {
        let house = House::new(engine);
        let before = house.policy();
        assert!(before.grants(&["livechat-agent".into()], "view-l-room"));
        assert!(!before.grants(&["livechat-agent".into()], "transfer-livechat-guest"));
        let grants = vec![("view-l-room".to_owned(), vec!["admin".to_owned()])];
        house.write(move |tx| permissions::update(tx, &Actor::System, NOW, &grants)).unwrap();
        house.write(|tx| founding::found(tx, NOW.plus_days(9))).unwrap();
        let after = house.policy();
        assert!(!after.grants(&["livechat-agent".into()], "view-l-room"));
        assert_eq!(after.founded_at, NOW);
        let second = person("bob", &["admin"]);
        assert!(!house.write(move |tx| founding::first_administrator(tx, NOW, &second)).unwrap());
    }

    fn a_policy_is_read_again_when_it_changed_and_only_then(engine: Engine) {
        let house = House::new(engine);
        let policies = Arc::new(Policies::new(Arc::clone(&house.keys), HashMap::new()));
        let look = || {
            let policies = Arc::clone(&policies);
            house.read(move |view| policies.at(view))
        };
        let first = look();
        assert!(Arc::ptr_eq(&first, &look()));
        let (keys, policy) = (Arc::clone(&house.keys), Arc::clone(&first));
        house.write(move |tx| settings::change(tx, &Actor::System, NOW, &keys, &policy, "Livechat_title", &json!("Help"))).unwrap();
        assert_eq!(look().text("Livechat_title"), "Help");
        assert_eq!(first.text("Livechat_title"), "Rocket.Chat");
    }

    fn a_secret_setting_is_not_in_the_database_in_clear(engine: Engine) {
        let house = House::new(engine);
        let (keys, policy) = (Arc::clone(&house.keys), house.policy());
        house.write(move |tx| settings::change(tx, &Actor::System, NOW, &keys, &policy, "Livechat_secret_token", &json!("s3cret-token"))).unwrap();
        assert_eq!(house.policy().text("Livechat_secret_token"), "s3cret-token");
        let events = house.read(log_of);
        assert!(events.iter().all(|event| !event.body.to_string().contains("s3cret-token")));
        let raw = house.read(raw_settings);
        assert!(raw.iter().all(|value| !value.contains("s3cret-token")), "{raw:?}");
    }

    fn names_and_addresses_belong_to_one(engine: Engine) {
        let house = House::new(engine);
        let taken = |refused: Result<_, Refusal>, of: &str| {
            assert!(matches!(refused, Err(Refusal::Taken { field, .. }) if field == of));
        };
        taken(house.create(person("ADA", &["user"])).map(drop), "username");
        let mut other = person("bob", &["user"]);
        other.email = Some("Ada@Example.org".into());
        taken(house.create(other).map(drop), "email");
        let bad = house.create(person("no spaces", &["user"]));
        assert!(matches!(bad, Err(Refusal::Invalid { field: "Username", .. })));
        let bad = house.create(person("eve", &["wizard"]));
        assert!(matches!(bad, Err(Refusal::NoSuchRole(role)) if role == "wizard"));
        assert!(house.read(|view| accounts::find_by_username(view, "eve")).is_none());
    }

    fn the_last_administrator_stays(engine: Engine) {
        let house = House::new(engine);
        let ada = house.account("ada");
        let (id, account) = (ada.id.clone(), ada);
        let refused = house.write(move |tx| {
            let admin = roles::find(tx, "admin")?.unwrap();
            roles::take(tx, &Actor::System, NOW, &account, &admin)
        });
        assert!(matches!(refused, Err(Refusal::LastAdministrator)));
        let gone = id.clone();
        let refused = house.write(move |tx| accounts::delete(tx, &Actor::System, NOW, &gone));
        assert!(matches!(refused, Err(Refusal::LastAdministrator)));
        house.create(person("bob", &["admin"])).unwrap();
        house.write(move |tx| accounts::delete(tx, &Actor::System, NOW, &id)).unwrap();
        assert!(house.read(|view| accounts::find_by_email(view, "ada@example.org")).is_none());
    }

    fn failed_log_ins_hold_back_and_a_good_one_forgives(engine: Engine) {
        let house = House::new(engine);
        let login = Login::Username("ada".into());
        let held = |at: Timestamp, login: Login, address: &'static str| {
            let policy = house.policy();
            house.read(move |view| sessions::candidate(view, &policy, at, &login, address)).1
        };
        for _ in 0..10 {
            assert_eq!(held(NOW, login.clone(), "192.0.2.1"), None);
            let (policy, login) = (house.policy(), login.clone());
            let counted = house.write(move |tx| Ok(sessions::fail(tx, &policy, NOW, &login, "192.0.2.1")?));
            assert_eq!(counted.unwrap(), None);
        }
        // whoever looked before the tenth had failed is held back where it is decided
        let (policy, late) = (house.policy(), login.clone());
        let turn = house.write(move |tx| Ok(sessions::turn(tx, &policy, NOW, &late, "192.0.2.9")?));
        assert_eq!(turn.unwrap(), Some(Held::User));
        let (policy, late) = (house.policy(), login.clone());
        let failed = house.write(move |tx| Ok(sessions::fail(tx, &policy, NOW, &late, "192.0.2.9")?));
        assert_eq!(failed.unwrap(), Some(Held::User));
        assert_eq!(held(NOW, Login::Username("ADA".into()), "192.0.2.9"), Some(Held::User));
        assert_eq!(held(NOW, Login::Username("bob".into()), "192.0.2.1"), None);
        assert_eq!(held(NOW.plus_seconds(301), login.clone(), "192.0.2.1"), None);
        let (policy, ada, by) = (house.policy(), house.account("ada"), login.clone());
        house.write(move |tx| Ok(sessions::begin(tx, NOW, &policy, &ada, Some(&by), "token")?)).unwrap();
        assert_eq!(held(NOW, login, "192.0.2.1"), None);
    }

    fn a_session_ends_with_time_with_the_password_and_with_its_owner(engine: Engine) {
        let house = House::new(engine);
        let bob = house.create(person("bob", &["user"])).unwrap();
        let begin = |token: &'static str| {
            let (policy, bob) = (house.policy(), bob.clone());
            house.write(move |tx| Ok(sessions::begin(tx, NOW, &policy, &bob, None, token)?)).unwrap();
        };
        let valid = |token: &'static str, at: Timestamp| {
            let id = bob.id.clone();
            house.read(move |view| sessions::find(view, at, &id, token)).is_some()
        };
        begin("one");
        assert!(valid("one", NOW));
        assert!(!valid("two", NOW));
        assert!(!valid("one", NOW.plus_days(90)));
        let id = bob.id.clone();
        house.write(move |tx| accounts::set_password(tx, &Actor::System, NOW, &id, "hash", false)).unwrap();
        assert!(!valid("one", NOW));
        begin("three");
        let id = bob.id.clone();
        house.write(move |tx| sessions::add_personal_token(tx, NOW, &id, "script", false, "personal")).unwrap();
        let id = bob.id.clone();
        house.write(move |tx| accounts::set_active(tx, &Actor::System, NOW, &id, false)).unwrap();
        assert!(!valid("three", NOW) && !valid("personal", NOW));
        assert_eq!(house.write(|tx| Ok(sessions::tidy(tx, NOW.plus_days(91), 10)?)).unwrap(), 0);
    }

    fn a_code_is_good_once(engine: Engine) {
        let house = House::new(engine);
        let ada = house.account("ada");
        let secret = totp::new_secret().unwrap();
        let codes: Vec<String> = totp::new_backup_codes().unwrap();
        let (keys, account, kept) = (Arc::clone(&house.keys), ada.clone(), secret.clone());
        house.write(move |tx| sessions::offer_totp(tx, &keys, &account, &kept)).unwrap();
        let code = |at: Timestamp| totp::code_at(&secret, totp::step_of(at));
        let (keys, policy, account, now, backup) = (Arc::clone(&house.keys), house.policy(), ada.clone(), code(NOW), codes.clone());
        house.write(move |tx| sessions::confirm_totp(tx, NOW, &keys, &policy, &account, &now, &backup)).unwrap();
        assert!(house.account("ada").two_factor);
        let try_code = |code: String, at: Timestamp| {
            let (keys, policy, id) = (Arc::clone(&house.keys), house.policy(), ada.id.clone());
            house.write(move |tx| sessions::use_totp(tx, at, &keys, &policy, &id, &code)).unwrap()
        };
        let later = NOW.plus_seconds(60);
        assert!(!try_code(code(NOW), NOW), "the code that confirmed is used up");
        assert!(try_code(code(later), later));
        assert!(!try_code(code(later), later));
        assert!(try_code(codes[3].clone(), later));
        assert!(!try_code(codes[3].clone(), later));
        let id = ada.id.clone();
        assert_eq!(house.read(move |view| sessions::backup_codes_left(view, &id)), 11);
    }

    fn lists_are_sorted_and_cut(engine: Engine) {
        let house = House::new(engine);
        for username in ["dora", "Bob", "carl"] {
            house.create(person(username, &["user", "livechat-agent"])).unwrap();
        }
        let id = house.account("carl").id;
        let change = Change { name: Some("Zoe".into()), ..Change::default() };
        house.write(move |tx| accounts::change(tx, &Actor::System, NOW, &id, &change)).unwrap();
        let names = |sort: SortKey, descending: bool, offset: i64, limit: i64| {
            let (accounts, total) = house.read(move |view| accounts::list(view, sort, descending, Page { offset, limit }));
            assert_eq!(total, 5);
            accounts.into_iter().map(|account| account.username).collect::<Vec<_>>()
        };
        assert_eq!(names(SortKey::Username, false, 0, 50), ["ada", "Bob", "carl", "dora", "rocket.cat"]);
        assert_eq!(names(SortKey::Username, true, 2, 2), ["carl", "Bob"]);
        assert_eq!(names(SortKey::Name, true, 0, 1), ["dora"]);
        let (members, total) = house.read(|view| roles::members(view, "livechat-agent", Page { offset: 1, limit: 5 }));
        assert_eq!(total, 3);
        assert_eq!(members.len(), 2);
        assert_eq!(members[0].roles, ["livechat-agent", "user"]);
        assert_eq!(members[0].emails[0].address, "carl@example.org");
    }

    fn every_statement_is_prepared_and_walks_no_growing_table(engine: Engine) {
        let house = House::new(engine);
        for statement in hark_chat::all_statements() {
            let plan = house.write(move |tx| Ok(hark_store::explain::plan(tx, statement)?));
            let plan = plan.unwrap_or_else(|error| panic!("{}: {error}", statement.name()));
            assert_eq!(plan.full_scan(), None, "{}: {plan:#?}", statement.name());
        }
    }
}

#[test]
fn another_key_is_noticed() {
    let house = House::new(Engine::Sqlite);
    let keys = Arc::clone(&house.keys);
    assert!(
        house
            .write(move |tx| Ok(founding::same_key(tx, &keys)?))
            .unwrap()
    );
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Keyring::open(elsewhere.path()).unwrap();
    assert_ne!(
        keys::hash(other.fingerprint()),
        keys::hash(house.keys.fingerprint())
    );
    assert!(
        !house
            .write(move |tx| Ok(founding::same_key(tx, &other)?))
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
