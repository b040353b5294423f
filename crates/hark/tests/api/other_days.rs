//! Days on which other hours hold than those of the week, seen from outside.

use hark_store::{Clock, Timestamp};
use hark_testkit::{Client, Desk, Engine, Response, each, on_both_engines, text};
use serde_json::{Value, json};

use crate::business_hours::status_of;
use crate::inside::{self, HARK};

const HOURS: &str = "/api/hark/v1/business-hours";

/// A Thursday, 13:00 in Berlin.
const NOON: &str = "2026-12-24T12:00:00Z";

fn week(kind: &str) -> Value {
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];
    let days =
        days.map(|day| json!({"day": day, "start": "09:00", "finish": "18:00", "open": true}));
    json!({"type": kind, "active": true, "name": "", "timezoneName": "Europe/Berlin", "workHours": days})
}

fn day(from: &str, until: &str, name: &str, hours: &[(&str, &str)]) -> Value {
    let hours = hours
        .iter()
        .map(|(start, finish)| json!({"start": start, "finish": finish}));
    json!({"from": from, "until": until, "name": name, "hours": hours.collect::<Vec<_>>()})
}

fn save(client: &Client, hour: &Value) {
    let saved = client.method("livechat:saveBusinessHour", &json!([hour]));
    assert_eq!(saved["result"], Value::Null, "{saved}");
}

fn put(client: &Client, path: &str, days: &Value) -> Response {
    client.json("PATCH", path, &json!({ "otherDays": days }))
}

/// A desk at noon of the day before Christmas, and the path of everybody's hours.
fn at_noon(engine: Engine) -> (Desk, Clock, String) {
    let clock = Clock::fixed(Timestamp::parse(NOON).unwrap());
    inside::go_by(&clock);
    let desk = Desk::open(HARK, engine);
    save(&desk.admin, &week("default"));
    let hours = desk.admin.get(HOURS).expect(200);
    let path = format!("{HOURS}/{}", text(&hours, "/items/0/id"));
    (desk, clock, path)
}

fn opening(desk: &Desk, path: &str) -> (Value, Value) {
    let hours = desk.admin.get(path).expect(200);
    (hours["isOpen"].clone(), hours["changesAt"].clone())
}

on_both_engines! {
    fn a_day_on_which_it_is_closed_is_closed_for_visitors_and_agents(engine: Engine) {
        let (desk, clock, path) = at_noon(engine);
        let amy = desk.agent("amy");
        desk.set("Livechat_enable_business_hours", true);
        let told = || {
            let config = desk.anyone().get("livechat/config").expect(200)["config"].clone();
            (config["online"].clone(), config["welcome"]["hours"]["changesAt"].clone())
        };
        assert_eq!(opening(&desk, &path), (json!(true), json!("2026-12-24T17:00:00.000Z")));
        assert_eq!(told().0, true);
        let christmas = json!([
            day("2026-12-25", "2026-12-27", "Christmas", &[]),
            day("2026-12-24", "2026-12-24", "Christmas Eve", &[("09:00", "12:30")]),
        ]);
        let saved = put(&desk.admin, &path, &christmas).expect(200);
        // In their order, and at once.
        assert_eq!(saved["otherDays"], json!([christmas[1], christmas[0]]));
        assert_eq!((&saved["isOpen"], &saved["changesAt"]), (&json!(false), &json!("2026-12-28T08:00:00.000Z")));
        assert_eq!(status_of(&desk.admin, &amy.id), "not-available");
        amy.client.post("livechat/agent.status", &json!({"status": "available"})).refused(400, "error-business-hours-are-closed");
        // The answer to visitors is cached for a moment; changing a setting empties the cache.
        desk.set("Livechat_title", "Ask us");
        assert_eq!(told(), (json!(false), json!("2026-12-28T08:00:00.000Z")));
        let left = desk.anyone().post("livechat/room?token=ann", &json!({}));
        assert_ne!(left.status, 200);

        // Saving the week as Rocket.Chat's clients do leaves them.
        save(&desk.admin, &week("default"));
        assert_eq!(opening(&desk, &path).0, false);
        // And what is over does nothing any more, but can be seen.
        let over = json!([day("2025-12-24", "2025-12-31", "Last year", &[])]);
        assert_eq!(put(&desk.admin, &path, &over).expect(200)["otherDays"], over);
        assert_eq!(opening(&desk, &path), (json!(true), json!("2026-12-24T17:00:00.000Z")));
        assert_eq!(status_of(&desk.admin, &amy.id), "available");

        // A day that is open where the week is closed.
        clock.advance(3 * 86_400_000);
        assert_eq!(opening(&desk, &path), (json!(false), json!("2026-12-28T08:00:00.000Z")));
        let market = json!([day("2026-12-27", "2026-12-27", "Market", &[("10:00", "22:00")])]);
        let saved = put(&desk.admin, &path, &market).expect(200);
        assert_eq!((&saved["isOpen"], &saved["changesAt"]), (&json!(true), &json!("2026-12-27T21:00:00.000Z")));
        assert_eq!(status_of(&desk.admin, &amy.id), "available");
    }

    fn departments_have_other_days_of_their_own_which_go_with_their_hours(engine: Engine) {
        let (desk, clock, path) = at_noon(engine);
        clock.advance(1_000);
        let sales = desk.department("Sales", &[], &json!({}));
        let mut own = week("custom");
        own["name"] = json!("Sales");
        own["departmentsToApplyBusinessHour"] = json!(sales);
        save(&desk.admin, &own);
        let all = desk.admin.get(HOURS).expect(200);
        assert_eq!(each(&all["items"], "name"), ["", "Sales"]);
        assert_eq!(all["items"][0].get("otherDays"), None);
        let of_sales = text(&all, "/items/1/id");
        let at = format!("{HOURS}/{of_sales}");
        let closed = json!([day("2026-12-24", "2026-12-24", "Stocktaking", &[])]);
        put(&desk.admin, &at, &closed).expect(200);
        assert_eq!((opening(&desk, &at).0, opening(&desk, &path).0), (json!(false), json!(true)));
        desk.set("Livechat_enable_business_hours", true);
        desk.set("Livechat_business_hour_type", "Multiple");
        let of = |query: &str| {
            let config = desk.anyone().get(&format!("livechat/config{query}")).expect(200);
            config["config"]["welcome"]["hours"]["isOpen"].clone()
        };
        assert_eq!((of(&format!("?department={sales}")), of("")), (json!(false), json!(true)));
        desk.admin.method("livechat:removeBusinessHour", &json!([of_sales, "custom"]));
        desk.admin.get(&at).expect(404);
        assert_eq!(desk.database.number("SELECT count(*) FROM other_day"), 0);
    }

    fn other_days_have_to_be_days_and_not_those_of_others(engine: Engine) {
        let (desk, _, path) = at_noon(engine);
        let fine = |from: &str, until: &str| day(from, until, "", &[]);
        let many = |count: usize| -> Vec<Value> {
            let days = (0..count).map(|index| {
                let date = format!("{}-{:02}-{:02}", 2030 + index / 300, index % 300 / 25 + 1, index % 25 + 1);
                fine(&date, &date)
            });
            days.collect()
        };
        for (days, pointer) in [
            (json!([fine("24.12.2026", "2026-12-24")]), "/otherDays/0/from"),
            (json!([fine("2026-02-29", "2026-03-01")]), "/otherDays/0/from"),
            (json!([fine("2026-12-24", "+02026-12-24")]), "/otherDays/0/until"),
            (json!([fine("2026-12-24", "2026-12-23")]), "/otherDays/0/until"),
            (json!([fine("2026-12-24", "2027-12-25")]), "/otherDays/0/until"),
            (json!([fine("2026-12-24", "2026-12-26"), fine("2026-12-26", "2026-12-27")]), "/otherDays/1/from"),
            (json!([day("2026-12-24", "2026-12-24", &"x".repeat(201), &[])]), "/otherDays/0/name"),
            (json!([day("2026-12-24", "2026-12-24", "", &[("12:00", "12:00")])]), "/otherDays/0/hours"),
            (json!([day("2026-12-24", "2026-12-24", "", &[("22:00", "25:00")])]), "/otherDays/0/hours"),
            (json!([day("2026-12-24", "2026-12-24", "", &[("01:00", "02:00"); 5])]), "/otherDays/0/hours"),
            (json!(many(201)), "/otherDays"),
        ] {
            let problem = put(&desk.admin, &path, &days).expect(400);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert_eq!(desk.admin.get(&path).expect(200)["otherDays"], json!([]));
        put(&desk.admin, &path, &json!(many(200))).expect(200);
        put(&desk.admin, &format!("{HOURS}/none"), &json!([])).expect(404);
        desk.admin.get(&format!("{HOURS}/none")).expect(404);
        let amy = desk.agent("amy");
        for answer in [amy.client.get(HOURS), amy.client.get(&path), put(&amy.client, &path, &json!([]))] {
            answer.expect(403);
        }
        // A monitor changes nothing that is of everybody.
        let moni = desk.admin.person("moni", &["user", "livechat-monitor"]);
        put(&moni, &path, &json!([])).expect(400);
    }
}
