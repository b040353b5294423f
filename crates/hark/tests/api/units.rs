//! Business units, and the monitors who look after them.

use hark_testkit::{Client, Desk, Engine, each, names, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const UNITS: &str = "livechat/units";

/// A monitor, and their account's id.
pub(crate) fn monitor(desk: &Desk, name: &str) -> Client {
    desk.admin.person(name, &["user", "livechat-monitor"])
}

pub(crate) fn wanted(name: &str, monitors: &[&Client], departments: &[&str]) -> Value {
    let monitors = monitors.iter().map(|one| json!({"monitorId": one.id()}));
    let departments = departments.iter().map(|id| json!({"departmentId": id}));
    json!({
        "unitData": {"name": name, "visibility": "public"},
        "unitMonitors": monitors.collect::<Vec<_>>(),
        "unitDepartments": departments.collect::<Vec<_>>(),
    })
}

/// Makes a unit; answers its id.
pub(crate) fn unit(desk: &Desk, name: &str, monitors: &[&Client], departments: &[&str]) -> String {
    let made = desk.admin.post(UNITS, &wanted(name, monitors, departments));
    text(&made.expect(200), "/_id")
}

fn numbers(desk: &Desk, id: &str) -> (Value, Value) {
    let unit = desk.admin.get(&format!("{UNITS}/{id}")).expect(200);
    (unit["numMonitors"].clone(), unit["numDepartments"].clone())
}

/// What a department needs to be saved, and a unit that it is to be in.
fn department(name: &str, unit: &Value) -> Value {
    json!({
        "department": {"name": name, "email": "a@b.test", "enabled": true, "showOnRegistration": true, "showOnOfflineForm": true},
        "departmentUnit": unit,
    })
}

on_both_engines! {
    fn units_are_made_changed_and_removed(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (moni, mark) = (monitor(&desk, "moni"), monitor(&desk, "mark"));
        let [sales, help, shop] = ["Sales", "Help", "Shop"].map(|name| desk.department(name, &[], &json!({})));
        let amy = desk.agent("amy");
        for stranger in [&amy.client, &moni] {
            for path in [format!("{UNITS}?text="), format!("{UNITS}/none"), format!("{UNITS}/none/departments"), "livechat/monitors".to_owned()] {
                assert_eq!(stranger.get(&path).status, 403, "{path}");
            }
            let refused = stranger.post(UNITS, &wanted("North", &[&moni], &[&sales]));
            assert_eq!(refused.status, 403);
            for method in ["livechat:saveUnit", "livechat:removeUnit", "livechat:addMonitor", "livechat:removeMonitor"] {
                assert_eq!(stranger.method(method, &json!(["amy"]))["error"]["error"], "error-not-allowed", "{method}");
            }
        }
        let made = desk.admin.post(UNITS, &wanted(" North ", &[&moni], &[&sales, &help])).expect(200);
        assert_eq!(names(&made), ["_id", "_updatedAt", "name", "numDepartments", "numMonitors", "success", "type", "visibility"]);
        assert_eq!(
            (&made["name"], &made["visibility"], &made["type"], &made["numMonitors"], &made["numDepartments"]),
            (&json!("North"), &json!("public"), &json!("u"), &json!(1), &json!(2)),
        );
        let id = text(&made, "/_id");
        let path = format!("{UNITS}/{id}");
        let monitors = desk.admin.get(&format!("{path}/monitors")).expect(200)["monitors"].clone();
        assert_eq!(names(&monitors[0]), ["_id", "monitorId", "unitId", "username"]);
        assert_eq!((&monitors[0]["monitorId"], &monitors[0]["unitId"]), (&json!(moni.id()), &json!(id)));
        let departments = desk.admin.get(&format!("{path}/departments")).expect(200);
        assert_eq!(each(&departments["departments"], "name"), ["Help", "Sales"]);
        assert_eq!(departments["total"], 2);
        assert_eq!(
            (&departments["departments"][0]["type"], &departments["departments"][0]["parentId"], &departments["departments"][0]["ancestors"]),
            (&json!("d"), &json!(id), &json!([id])),
        );
        let other = unit(&desk, "South", &[&mark], &[&shop]);
        let available = |unit: &str, text: &str| -> Vec<String> {
            let path = format!("{UNITS}/{unit}/departments/available?text={text}&onlyMyDepartments=false");
            let found = desk.admin.get(&path).expect(200);
            each(&found["departments"], "name").into_iter().map(str::to_owned).collect()
        };
        assert_eq!(available(&id, ""), ["Help", "Sales"]);
        assert_eq!(available(&id, "sal"), ["Sales"]);
        assert_eq!(available("none", ""), [""; 0]);
        desk.admin.get(UNITS).refused_by_schema("must have required property 'text'");
        let listed = |text: &str| -> Vec<String> {
            let found = desk.admin.get(&format!("{UNITS}?text={text}")).expect(200);
            each(&found["units"], "name").into_iter().map(str::to_owned).collect()
        };
        assert_eq!(listed(""), ["North", "South"]);
        assert_eq!(listed("nOr"), ["North"]);

        // what is wrong changes nothing
        let before = desk.admin.get(&path).expect(200);
        for (unit, error) in [
            (wanted("North", &[&moni], &[]), "error-unit-cant-be-empty"),
            (wanted("North", &[], &[&sales]), "error-the-field-is-required"),
            (wanted(" ", &[&moni], &[&sales]), "error-the-field-is-required"),
            (wanted("North", &[&amy.client], &[&sales]), "error-invalid-user"),
            (wanted("North", &[&moni], &["none"]), "error-department-not-found"),
            (wanted("North", &[&moni], &[&sales, &shop]), "error-department-of-another-unit"),
        ] {
            let refused = desk.admin.post(&path, &unit).expect(400);
            assert_eq!(refused["errorType"], error, "{refused}");
        }
        assert_eq!(desk.admin.get(&path).expect(200), before);
        let unknown = desk.admin.post(&format!("{UNITS}/none"), &wanted("North", &[&moni], &[&sales]));
        unknown.refused_with_code("Unit not found", "error-unit-not-found");
        desk.admin.get(&format!("{UNITS}/none")).refused(404, "Unit with id none not found");

        // exactly these
        let changed = desk.admin.post(&path, &wanted("West", &[&mark, &moni, &mark], &[&help])).expect(200);
        assert_eq!((&changed["name"], &changed["numMonitors"], &changed["numDepartments"]), (&json!("West"), &json!(2), &json!(1)));
        assert_eq!(available(&other, ""), ["Sales", "Shop"]);
        let by_method = json!([id, {"name": "East", "visibility": "private"}, [{"monitorId": moni.id(), "username": "moni"}], [{"departmentId": help}]]);
        let saved = desk.admin.method("livechat:saveUnit", &by_method)["result"].clone();
        assert_eq!((&saved["_id"], &saved["visibility"], &saved["numMonitors"]), (&json!(id), &json!("private"), &json!(1)));

        let removed = desk.admin.delete(&path, &json!({}));
        assert_eq!((removed.status, removed.text()), (200, "1".to_owned()));
        desk.admin.delete(&path, &json!({})).refused_with_code("Unit not found", "error-unit-not-found");
        assert_eq!(available("none", ""), ["Help", "Sales"]);
        let removed = desk.admin.method("livechat:removeUnit", &json!([other]));
        assert_eq!(removed["result"], json!({"acknowledged": true, "deletedCount": 1}));
        assert_eq!(listed(""), [""; 0]);
    }

    fn a_monitor_is_whoever_has_the_role(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let mia = desk.admin.person("mia", &["user", "livechat-manager"]);
        let moni = desk.admin.person("moni", &["user"]);
        let shown = |query: &str| -> Vec<String> {
            let found = mia.get(&format!("livechat/monitors{query}")).expect(200);
            each(&found["monitors"], "username").into_iter().map(str::to_owned).collect()
        };
        assert_eq!(shown(""), [""; 0]);
        mia.get("livechat/monitors/moni").refused(404, "Monitor moni not found");
        let added = mia.method("livechat:addMonitor", &json!(["moni"]));
        assert_eq!((&added["result"]["_id"], &added["result"]["username"]), (&json!(moni.id()), &json!("moni")));
        mia.method("livechat:addMonitor", &json!(["moni"]));
        assert_eq!(mia.method("livechat:addMonitor", &json!(["nobody"]))["error"]["error"], "error-invalid-user");
        assert_eq!(shown(""), ["moni"]);
        assert_eq!(shown("?text=MON"), ["moni"]);
        assert_eq!(shown("?text=zoe"), [""; 0]);
        let one = mia.get("livechat/monitors/moni").expect(200);
        assert_eq!(names(&one), ["_id", "emails", "name", "status", "success", "username"]);
        let sales = desk.department("Sales", &[], &json!({}));
        let north = unit(&desk, "North", &[&moni], &[&sales]);
        assert_eq!(numbers(&desk, &north), (json!(1), json!(1)));
        // who loses the role, by whichever door, looks after nothing any more
        assert_eq!(mia.method("livechat:removeMonitor", &json!(["moni"]))["result"], true);
        assert_eq!(numbers(&desk, &north), (json!(0), json!(1)));
        assert_eq!(shown(""), [""; 0]);
        desk.admin.post(&format!("{UNITS}/{north}"), &wanted("North", &[&moni], &[&sales])).expect(400);
        for lose in [
            ("users.update", json!({"userId": moni.id(), "data": {"roles": ["user"]}})),
            ("users.delete", json!({"userId": moni.id()})),
        ] {
            mia.method("livechat:addMonitor", &json!(["moni"]));
            desk.admin.post(&format!("{UNITS}/{north}"), &wanted("North", &[&moni], &[&sales])).expect(200);
            assert_eq!(numbers(&desk, &north), (json!(1), json!(1)));
            desk.admin.post(lose.0, &lose.1).expect(200);
            assert_eq!(numbers(&desk, &north), (json!(0), json!(1)), "{}", lose.0);
        }
    }

    fn a_department_is_in_one_unit_at_most_and_its_chats_go_with_it(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let moni = monitor(&desk, "moni");
        let amy = desk.agent("amy");
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let help = desk.department("Help", &[&amy], &json!({}));
        let north = unit(&desk, "North", &[&moni], &[&sales]);
        let south = unit(&desk, "South", &[&moni], &[&help]);

        let mut shop = department("Shop", &json!({"_id": north}));
        shop["agents"] = json!([{"agentId": amy.id}]);
        let made = desk.admin.post("livechat/department", &shop).expect(200);
        let shop = text(&made, "/department/_id");
        assert_eq!(made["department"]["parentId"], json!(north));
        assert_eq!(numbers(&desk, &north), (json!(1), json!(2)));
        let path = format!("livechat/department/{shop}");
        let save = |path: &str, name: &str, unit: &Value| desk.admin.put(path, &department(name, unit));
        // not said: it stays where it is
        let stays = desk.admin.put(&path, &json!({"department": department("Shop", &json!(null))["department"]}));
        assert_eq!(stays.expect(200)["department"]["parentId"], json!(north));
        let refused = save(&path, "Shop", &json!({"_id": "none"}));
        refused.refused_with_code("Invalid department unit id provided", "error-invalid-department-unit");

        desk.visitor("ann", &json!({"department": shop}));
        let chat = desk.chat("ann");
        assert_eq!(chat["departmentAncestors"], json!([north]));
        let rid = text(&chat, "/_id");
        assert_eq!(desk.inquiry(&rid)["departmentAncestors"], json!([north]));
        save(&path, "Shop", &json!({"_id": south})).expect(200);
        assert_eq!((numbers(&desk, &north).1, numbers(&desk, &south).1), (json!(1), json!(2)));
        assert_eq!(desk.room(&rid)["departmentAncestors"], json!([south]));
        assert_eq!(desk.inquiry(&rid)["departmentAncestors"], json!([south]));
        let forward = json!({"roomId": rid, "departmentId": sales});
        desk.admin.post("livechat/room.forward", &forward).expect(200);
        assert_eq!(desk.room(&rid)["departmentAncestors"], json!([north]));

        // the last one stays, whichever way it would go
        let words = "The last department in a unit can't be removed";
        for unit in [json!({}), json!({"_id": south})] {
            save(&format!("livechat/department/{sales}"), "Sales", &unit).refused_with_code(words, "error-unit-cant-be-empty");
        }
        let out = save(&path, "Shop", &json!({})).expect(200);
        assert_eq!(out["department"].get("parentId"), None);
        assert_eq!(numbers(&desk, &south).1, json!(1));

        let offered = |unit: &str| -> Vec<String> {
            let config = desk.anyone().get(&format!("livechat/config?businessUnit={unit}")).expect(200);
            each(&config["config"]["departments"], "name").into_iter().map(str::to_owned).collect()
        };
        assert_eq!(offered(&north), ["Sales"]);
        assert_eq!(offered(""), ["Help", "Sales", "Shop"]);
        // what is gone is in no unit
        desk.admin.delete(&format!("livechat/department/{sales}"), &json!({})).expect(200);
        assert_eq!(numbers(&desk, &north), (json!(1), json!(0)));
        desk.admin.delete(&format!("{UNITS}/{south}"), &json!({})).expect(200);
        let help = desk.admin.get(&format!("livechat/department/{help}")).expect(200);
        assert_eq!(help["department"].get("ancestors"), None);
    }
}

#[test]
fn there_are_not_more_units_than_that() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
        INSERT INTO unit (id, name, visibility, updated_at) SELECT 'u' || i, 'U', 'public', 0 FROM n";
    assert_eq!(desk.database.execute(rows), 999);
    let moni = monitor(&desk, "moni");
    let [sales, help] = ["Sales", "Help"].map(|name| desk.department(name, &[], &json!({})));
    unit(&desk, "The last", &[&moni], &[&sales]);
    let more = desk.admin.post(UNITS, &wanted("More", &[&moni], &[&help]));
    assert_eq!(more.expect(400)["errorType"], "error-too-many");
}
