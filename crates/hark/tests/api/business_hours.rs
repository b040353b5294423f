//! Opening hours, seen from outside.

use hark_testkit::{Client, Database, Desk, Engine, Server, Setup, eventually, on_both_engines};
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
    let frame = client.method(method, params);
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

/// All day on every day, or never.
pub fn all_day(open: bool) -> Value {
    let mut hour = every_day("default", "00:00", "24:00", open);
    hour.as_object_mut().unwrap().remove("timezoneName");
    hour
}

/// Whether an agent takes chats.
pub fn status_of(client: &Client, id: &str) -> Value {
    client.get(&format!("users.info?userId={id}")).expect(200)["user"]["statusLivechat"].clone()
}

/// How often the log says so, if it does.
fn number_of(database: &Database, kind: &str) -> Option<usize> {
    let events = database.events();
    let count = events.iter().filter(|(_, found, _)| found == kind).count();
    (count > 0).then_some(count)
}

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

    fn visitors_are_told_when_somebody_is_there(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let welcome = |query: &str| {
            let config = desk.anyone().get(&format!("livechat/config{query}")).expect(200);
            config["config"]["welcome"].clone()
        };
        assert_eq!(welcome("").get("hours"), None);
        assert_eq!(save(&desk.admin, &every_day("default", "00:00", "24:00", true)), Ok(Value::Null));
        // What was read last is kept for a while; a change of a setting does not wait for that.
        desk.set("Livechat_enable_business_hours", true);
        let open = welcome("")["hours"].clone();
        assert_eq!((&open["isOpen"], open.get("changesAt")), (&json!(true), None));
        let week = open["week"].as_array().unwrap();
        assert_eq!(week.len(), 7);
        for (day, next) in week.iter().zip(&week[1..]) {
            assert_eq!(day["until"], next["from"]);
            assert!(day["from"].as_str().unwrap().ends_with("T18:30:00.000Z"));
        }

        // A department can have its own, and one that has none has the default ones.
        let mut never = every_day("custom", "08:00", "09:00", false);
        never["name"] = json!("Never");
        never["departmentsToApplyBusinessHour"] = json!(sales);
        assert_eq!(save(&desk.admin, &never), Ok(Value::Null));
        desk.set("Livechat_business_hour_type", "Multiple");
        let of_sales = format!("?department={sales}");
        assert_eq!(welcome(&of_sales)["hours"], json!({"isOpen": false, "week": []}));
        // Nobody is there now, so those are shown who will be.
        assert_eq!(welcome(&of_sales)["agents"], json!([{"name": amy.name, "username": "amy"}]));
        assert_eq!(welcome("")["hours"]["isOpen"], true);
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

    fn whether_agents_take_chats_and_their_open_hours_are_told(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        assert_eq!(status_of(&desk.admin, &amy.id), "available");
        assert_eq!(status_of(&desk.admin.person("uma", &["user"]), &amy.id), "available");
        let me = || amy.client.get("me").expect(200);
        assert_eq!(me().get("openBusinessHours"), None);
        let saved = desk.admin.method("livechat:saveBusinessHour", &json!([all_day(true)]));
        assert_eq!(saved["result"], Value::Null, "{saved}");
        desk.set("Livechat_enable_business_hours", true);
        let hour = desk.admin.get("livechat/business-hour").expect(200)["businessHour"]["_id"].clone();
        assert_eq!(me()["openBusinessHours"], json!([hour]));
        let logged_in = desk.anyone().post("login", &json!({"user": "amy", "password": "secret-of-amy"}));
        assert_eq!(logged_in.expect(200)["data"]["me"]["openBusinessHours"], json!([hour]));
        desk.admin.method("livechat:saveBusinessHour", &json!([all_day(false)]));
        assert_eq!(me()["openBusinessHours"], json!([]));
        assert_eq!(desk.admin.get("me").expect(200).get("openBusinessHours"), None);
    }

    fn hours_without_a_zone_are_on_the_clocks_of_the_server(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let zone = || desk.admin.get("livechat/business-hour").expect(200)["businessHour"]["timezone"]["name"].clone();
        let before = zone();
        for given in [None, Some("")] {
            let mut elsewhere = all_day(true);
            elsewhere["timezoneName"] = json!("Asia/Kolkata");
            desk.admin.method("livechat:saveBusinessHour", &json!([elsewhere]));
            assert_eq!(zone(), "Asia/Kolkata");
            let mut nowhere = all_day(true);
            if let Some(given) = given {
                nowhere["timezoneName"] = json!(given);
            }
            let saved = desk.admin.method("livechat:saveBusinessHour", &json!([nowhere]));
            assert_eq!(saved["result"], Value::Null, "{saved}");
            assert_eq!(zone(), before);
        }
    }

    fn all_hours_are_listed_and_found_by_their_names(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (sales, support) = (desk.department("Sales", &[], &json!({})), desk.department("Support", &[], &json!({})));
        for (name, start, departments) in [("Late", "20:00", vec![&sales, &support]), ("Idle", "06:00", vec![])] {
            let mut hour = every_day("custom", start, "23:59", true);
            hour["name"] = json!(name);
            hour["departmentsToApplyBusinessHour"] = json!(departments);
            assert_eq!(save(&desk.admin, &hour), Ok(Value::Null));
        }
        let list = |query: &str| {
            let answer = desk.admin.get(&format!("livechat/business-hours{query}")).expect(200);
            let hours = answer["businessHours"].as_array().unwrap().clone();
            let names: Vec<Value> = hours.iter().map(|hour| hour["name"].clone()).collect();
            (hours, names, answer)
        };
        let (hours, names, answer) = list("");
        assert_eq!(names, ["", "Late", "Idle"]);
        assert_eq!((&answer["count"], &answer["offset"], &answer["total"]), (&json!(3), &json!(0), &json!(3)));
        let late = &hours[1];
        let one = desk.admin.get(&format!("{PATH}?type=custom&_id={}", late["_id"].as_str().unwrap())).expect(200);
        assert_eq!(*late, one["businessHour"]);
        assert_eq!(late["departments"], json!([{"_id": sales, "name": "Sales"}, {"_id": support, "name": "Support"}]));
        assert_eq!(hours[2]["departments"], json!([]));
        assert_eq!(hours[0].get("departments"), None);
        assert_eq!(list("?name=lAt").1, ["Late"]);
        assert_eq!(list("?name=none").1, Vec::<Value>::new());
        assert_eq!(list("?sort={\"name\":-1}&count=1&offset=1").1, ["Idle"]);
        desk.agent("amy").client.get("livechat/business-hours").expect(403);
    }

    fn nobody_becomes_available_while_hours_are_closed(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.admin.method("livechat:saveBusinessHour", &json!([all_day(false)]));
        desk.set("Livechat_enable_business_hours", true);
        let online = |name: &str, roles: &[&str]| {
            let client = desk.admin.person(name, roles);
            client.post("users.setStatus", &json!({"status": "online", "message": ""})).expect(200);
            client
        };
        let taken = |client: &Client| {
            client.post("livechat/agent.status", &json!({"status": "available"})).refused(400, "error-business-hours-are-closed");
            let answer = client.post("livechat/agent.status", &json!({"status": "not-available"})).expect(200);
            assert_eq!(answer["status"], "not-available");
            status_of(&desk.admin, &client.id())
        };
        // made with the role, made an agent afterwards, and made one again
        let amy = online("amy", &["user", "livechat-agent"]);
        assert_eq!(taken(&amy), "not-available");
        let ben = online("ben", &["user"]);
        for _ in 0..2 {
            desk.admin.post("livechat/users/agent", &json!({"username": "ben"})).expect(200);
            assert_eq!(taken(&ben), "not-available");
        }
        let cay = online("cay", &["user"]);
        desk.admin.post("roles.addUserToRole", &json!({"roleId": "livechat-agent", "username": "cay"})).expect(200);
        assert_eq!(taken(&cay), "not-available");
        let dan = online("dan", &["user"]);
        desk.admin.post("users.update", &json!({"userId": dan.id(), "data": {"roles": ["user", "livechat-agent"]}})).expect(200);
        assert_eq!(taken(&dan), "not-available");
        // programs work at any hour
        let bot = online("cog", &["bot"]);
        desk.admin.post("livechat/users/agent", &json!({"username": "cog"})).expect(200);
        assert_eq!(status_of(&desk.admin, &bot.id()), "available");
        desk.admin.method("livechat:saveBusinessHour", &json!([all_day(true)]));
        assert_eq!(status_of(&desk.admin, &amy.id()), "available");
    }

    fn hours_of_departments_hold_for_agents_as_soon_as_they_come_in(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let closed = desk.department("Closed", &[], &json!({}));
        desk.set("Livechat_business_hour_type", "Multiple");
        desk.admin.method("livechat:saveBusinessHour", &json!([all_day(true)]));
        let mut own = all_day(false);
        own["type"] = json!("custom");
        own["name"] = json!("never");
        own["departmentsToApplyBusinessHour"] = json!(closed);
        let saved = desk.admin.method("livechat:saveBusinessHour", &json!([own]));
        assert_eq!(saved["result"], Value::Null, "{saved}");
        desk.set("Livechat_enable_business_hours", true);
        assert_eq!(status_of(&desk.admin, &amy.id), "available");
        let body = json!({"upsert": [{"agentId": amy.id, "username": "amy"}], "remove": []});
        desk.admin.post(&format!("livechat/department/{closed}/agents"), &body).expect(200);
        assert_eq!(status_of(&desk.admin, &amy.id), "not-available");
        desk.admin.method("livechat:saveAgentInfo", &json!([ben.id, {}, [closed]]));
        assert_eq!(status_of(&desk.admin, &ben.id), "not-available");
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
