//! Opening hours, seen from outside.

use hark_testkit::{Client, Database, Engine, Server, Setup, eventually, on_both_engines};
use serde_json::{Value, json};

use crate::{BINARY, HARK};

const PATH: &str = "/api/v1/livechat/business-hour";
const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// What a method answers, or its error.
fn call(client: &Client, method: &str, params: &Value) -> Result<Value, Value> {
    let frame = json!({"msg": "method", "id": "1", "method": method, "params": params});
    let answer = client.post(
        &format!("method.call/{}", method.replace(':', "%3A")),
        &json!({"message": frame.to_string()}),
    );
    let answer = answer.expect(200);
    let frame: Value = serde_json::from_str(answer["message"].as_str().unwrap()).unwrap();
    match frame.get("error") {
        Some(error) => Err(error["error"].clone()),
        None => Ok(frame["result"].clone()),
    }
}

fn save(client: &Client, hour: &Value) -> Result<Value, Value> {
    call(client, "livechat:saveBusinessHour", &json!([hour]))
}

fn every_day(kind: &str, start: &str, finish: &str, open: bool) -> Value {
    let days = DAYS.map(|day| json!({"day": day, "start": start, "finish": finish, "open": open}));
    json!({"type": kind, "active": true, "name": "", "timezoneName": "Asia/Kolkata", "workHours": days})
}

/// How often the log says so, if it does.
fn number_of(database: &Database, kind: &str) -> Option<usize> {
    let events = database.events();
    let count = events.iter().filter(|(_, found, _)| found == kind).count();
    (count > 0).then_some(count)
}

/// Past Hark, on either engine.
/// Whether agents became available, in the order of the log.
fn turns(database: &Database) -> Vec<Value> {
    let events = database.events().into_iter();
    // What people say of themselves has a text.
    let turns =
        events.filter(|(_, kind, body)| kind == "agent.status" && body.get("text").is_none());
    turns
        .map(|(_, _, body)| json!([body["agent"]["username"], body["available"]]))
        .collect()
}

on_both_engines! {
    fn the_default_hours_are_there_from_the_start_and_are_changed_by_a_method(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let hour = admin.get(PATH).expect(200)["businessHour"].clone();
        assert_eq!(hour["_id"].as_str().unwrap().len(), 24);
        assert_eq!((&hour["name"], &hour["active"], &hour["type"]), (&json!(""), &json!(true), &json!("default")));
        assert!(hour["ts"].is_string() && hour["timezone"]["name"].is_string());
        assert!(hour["timezone"]["utc"].as_str().unwrap().parse::<f64>().is_ok());
        let days = hour["workHours"].as_array().unwrap();
        assert_eq!(days.len(), 7);
        for (day, code) in days.iter().zip(1..) {
            assert_eq!(day["day"], DAYS[code - 1]);
            assert_eq!(day["open"], code <= 5);
            assert_eq!(day["code"], code);
            assert_eq!((&day["start"]["time"], &day["finish"]["time"]), (&json!("08:00"), &json!("20:00")));
            assert!(day["start"]["utc"]["time"].is_string() && day["finish"]["cron"]["dayOfWeek"].is_string());
        }
        assert_eq!(hour.get("departments"), None);
        assert_eq!(save(&admin, &every_day("default", "03:00", "23:59", true)), Ok(Value::Null));
        let saved = admin.get(&format!("{PATH}?type=default")).expect(200)["businessHour"].clone();
        assert_eq!(saved["_id"], hour["_id"]);
        assert_eq!(saved["timezone"], json!({"name": "Asia/Kolkata", "utc": "+05:30"}));
        assert_eq!(saved["workHours"][0], json!({
            "day": "Monday", "open": true,
            "start": {"time": "03:00", "utc": {"dayOfWeek": "Sunday", "time": "21:30"}, "cron": {"dayOfWeek": "Sunday", "time": "21:30"}},
            "finish": {"time": "23:59", "utc": {"dayOfWeek": "Monday", "time": "18:29"}, "cron": {"dayOfWeek": "Monday", "time": "18:29"}},
        }));
        for query in ["?type=custom", "?type=custom&_id=none", "?type=else"] {
            let answer = admin.get(&format!("{PATH}{query}")).expect(200);
            assert_eq!(answer, json!({"businessHour": null, "success": true}));
        }
        for (start, finish, words) in [
            ("22:00", "06:00", "error-business-hour-finish-time-before-start-time"),
            ("08:00", "08:00", "error-business-hour-finish-time-equals-start-time"),
        ] {
            assert_eq!(save(&admin, &every_day("default", start, finish, true)), Err(json!(words)));
        }
        let mut elsewhere = every_day("default", "08:00", "09:00", true);
        elsewhere["timezoneName"] = json!("Mars/Olympus");
        assert_eq!(save(&admin, &elsewhere), Err(json!("error-invalid-timezone")));
        assert_eq!(save(&admin, &json!({"type": "default"})), Err(json!(400)));
        let remove = "livechat:removeBusinessHour";
        assert_eq!(call(&admin, remove, &json!([hour["_id"], "default"])), Err(json!("error-not-allowed")));
        assert_eq!(call(&admin, remove, &json!(["none", "custom"])), Ok(Value::Null));
        let agent = admin.person("amy", &["livechat-agent"]);
        agent.get(PATH).expect(403);
        assert_eq!(save(&agent, &every_day("default", "08:00", "09:00", true)), Err(json!("error-not-allowed")));
    }

    fn opening_and_closing_are_in_the_log(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let number_of = |kind: &str| number_of(&database, kind);
        save(&admin, &every_day("default", "00:00", "24:00", true)).unwrap();
        assert_eq!(number_of("business-hour.opened"), None);
        admin.set("Livechat_enable_business_hours", true);
        eventually("the opening", || number_of("business-hour.opened"));
        save(&admin, &every_day("default", "00:00", "24:00", false)).unwrap();
        eventually("the closing", || number_of("business-hour.closed"));
        drop(server);
        // the next start finds it done
        let server = Setup::new(HARK).on(&database).start();
        save(&server.admin(), &every_day("default", "00:00", "24:00", true)).unwrap();
        eventually("the next opening", || number_of("business-hour.opened").filter(|count| *count == 2));
        assert_eq!(number_of("business-hour.closed"), Some(1));
    }

    fn a_start_finds_what_is_due_and_agents_follow(engine: Engine) {
        let database = Database::fresh(engine);
        let with_hours = |on: &str| {
            Setup::new(HARK).on(&database).env("OVERWRITE_SETTING_Livechat_enable_business_hours", on).start()
        };
        let server = with_hours("false");
        let admin = server.admin();
        save(&admin, &every_day("default", "00:00", "24:00", true)).unwrap();
        let amy = admin.person("amy", &["user", "livechat-agent"]);
        amy.post("users.setStatus", &json!({"status": "online", "message": ""})).expect(200);
        assert_eq!(server.stop(), Some(0));
        database.execute("INSERT INTO agent (account_id, available, paused_by_system, assigned, updated_at)
            SELECT id, false, false, 0, 0 FROM account WHERE username = 'amy'
            ON CONFLICT (account_id) DO UPDATE SET available = false");
        let server = with_hours("true");
        eventually("amy", || (turns(&database) == [json!(["amy", true])]).then_some(()));
        let admin = server.admin();
        save(&admin, &every_day("default", "00:00", "24:00", false)).unwrap();
        let both = [json!(["amy", true]), json!(["amy", false])];
        eventually("amy's going", || (turns(&database) == both).then_some(()));
        assert_eq!(server.stop(), Some(0));
        assert_eq!(with_hours("true").stop(), Some(0));
        assert_eq!(turns(&database), both);
        assert_eq!((number_of(&database, "business-hour.opened"), number_of(&database, "business-hour.closed")), (Some(1), Some(1)));
    }
}

#[test]
fn the_first_hours_are_on_the_clocks_of_the_server() {
    for (zone, shown) in [
        ("Asia/Tokyo", json!({"name": "Asia/Tokyo", "utc": "9"})),
        ("Mars/Olympus", json!({"name": "UTC", "utc": "0"})),
    ] {
        let database = Database::fresh(Engine::Sqlite);
        let server = Setup::new(BINARY).on(&database).env("TZ", zone).start();
        let hour = server.admin().get(PATH).expect(200);
        assert_eq!(hour["businessHour"]["timezone"], shown);
    }
}

#[test]
fn several_nodes_open_once_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let setup = || Setup::new(HARK).on(&database);
    let first = setup().start();
    save(
        &first.admin(),
        &every_day("default", "00:00", "24:00", true),
    )
    .unwrap();
    assert_eq!(first.stop(), Some(0));
    let node = database.other_node();
    let on = || setup().env("OVERWRITE_SETTING_Livechat_enable_business_hours", "true");
    let (one, two) = (on().start(), on().on(&node).start());
    eventually("the opening", || {
        number_of(&database, "business-hour.opened")
    });
    // the other one takes over from the one that leaves, and finds it done
    assert_eq!(one.stop(), Some(0));
    save(&two.admin(), &every_day("default", "00:00", "24:00", false)).unwrap();
    eventually("the closing", || {
        number_of(&database, "business-hour.closed")
    });
    assert_eq!(number_of(&database, "business-hour.opened"), Some(1));
}
