//! The audit: each change that somebody makes leaves one line, whoever looks for it finds it, and no secret
//! is in it.

use std::collections::BTreeSet;

use hark_testkit::form::{file_part, text_part};
use hark_testkit::{Agent, Client, Desk, Response, on_both_engines, text};
use hark_wire::table;
use serde_json::{Value, json};

use crate::HARK;

use crate::pictures::PNG;

const API: &str = "/api/hark/v1/";

/// What changes how things are set up: each is called below.
const CHANGES: &[&str] = &[
    "POST users.create",
    "POST users.update",
    "POST users.delete",
    "POST users.setActiveStatus",
    "POST users.updateOwnBasicInfo",
    "POST users.setAvatar",
    "POST users.resetAvatar",
    "POST roles.addUserToRole",
    "POST roles.removeUserFromRole",
    "POST livechat/users/agent",
    "POST livechat/users/manager",
    "DELETE livechat/users/{type}/{_id}",
    "POST permissions.update",
    "POST settings/{_id}",
    "POST livechat/appearance",
    "POST omnichannel/integrations",
    "POST livechat/department",
    "PUT livechat/department/{_id}",
    "DELETE livechat/department/{_id}",
    "POST livechat/department/{_id}/archive",
    "POST livechat/department/{_id}/unarchive",
    "POST livechat/department/{_id}/agents",
    "POST livechat/triggers",
    "DELETE livechat/triggers/{_id}",
    "PUT livechat/priorities/{priorityId}",
    "POST livechat/priorities.reset",
    "POST livechat/sla",
    "PUT livechat/sla/{slaId}",
    "DELETE livechat/sla/{slaId}",
    "POST livechat/units",
    "POST livechat/units/{id}",
    "DELETE livechat/units/{id}",
    "POST canned-responses",
    "DELETE canned-responses",
    "POST email-inbox",
    "DELETE email-inbox/{_id}",
    "POST mailer",
    "POST v4/livechat/webhooks",
    "PUT v4/livechat/webhooks/{id}",
    "DELETE v4/livechat/webhooks/{id}",
    "PATCH hark/v1/business-hours/{id}",
    "POST hark/v1/endpoints",
    "PATCH hark/v1/endpoints/{id}",
    "DELETE hark/v1/endpoints/{id}",
    "POST hark/v1/endpoints/{id}:pause",
    "POST hark/v1/endpoints/{id}:resume",
    "POST hark/v1/endpoints/{id}:rotate-secret",
    "POST hark/v1/endpoints/{id}:replay",
    "POST hark/v1/sites",
    "POST hark/v1/sites/{id}:rotate-secret",
    "DELETE hark/v1/sites/{id}",
    "DELETE hark/v1/visitors/{id}",
];

/// What happens in chats is in the log, with who did it.
const CHATS: &[&str] = &[
    "PUT livechat/webrtc.call/{callId}",
    "POST livechat/room/{rid}/priority",
    "DELETE livechat/room/{rid}/priority",
    "POST livechat/transcript/{rid}",
    "DELETE livechat/transcript/{rid}",
    "POST omnichannel/{rid}/request-transcript",
    "PUT livechat/inquiry.setSLA",
    "POST livechat/inquiries.take",
    "POST livechat/room.onHold",
    "POST livechat/room.resumeOnHold",
    "POST livechat/room.closeByUser",
    "POST livechat/room.forward",
    "POST livechat/room.saveInfo",
    "PUT livechat/room.visitor",
    "POST livechat/messages",
    "POST omnichannel/contact",
    "POST rooms.media/{rid}",
    "POST rooms.mediaConfirm/{rid}/{fileId}",
    "POST rooms.upload/{rid}",
    "POST chat.sendMessage",
    "POST chat.postMessage",
    "POST chat.update",
    "POST chat.delete",
    "POST chat.react",
    "POST chat.starMessage",
    "POST chat.unStarMessage",
    "POST chat.pinMessage",
    "POST chat.unPinMessage",
    "POST hark/v1/conversations/{rid}/notes",
    "POST hark/v1/conversations/{rid}/canned-responses/{id}:fill",
    "PATCH hark/v1/conversations/{rid}/notes/{id}",
    "DELETE hark/v1/conversations/{rid}/notes/{id}",
];

/// What concerns only the one who calls: how they can be reached, what they have read, their own log-ins,
/// tokens and rooms.
const OWN: &[&str] = &[
    "POST logout",
    "POST users.setStatus",
    "POST users.setPreferences",
    "POST livechat/agent.status",
    "POST users.generatePersonalAccessToken",
    "POST users.regeneratePersonalAccessToken",
    "POST users.removePersonalAccessToken",
    "POST mailer.unsubscribe",
    "POST subscriptions.read",
    "POST subscriptions.unread",
    "POST rooms.leave",
    "POST groups.create",
    "POST groups.delete",
    "POST im.create",
    "POST hark/v1/mentions/read",
    "POST hark/v1/conversations/{rid}/typing",
    "DELETE hark/v1/sessions/{id}",
    "POST hark/v1/push/subscriptions",
    "DELETE hark/v1/push/subscriptions/{id}",
    "POST hark/v1/views",
    "PATCH hark/v1/views/{id}",
    "DELETE hark/v1/views/{id}",
];

/// What changes nothing: a trial, a delivery that is made again, a replay that ends sooner, what the original
/// has given up, and the door of methods, each of which leaves what the route of its name does.
const NOTHING: &[&str] = &[
    "POST livechat/webhook.test",
    "POST email-inbox.send-test/{_id}",
    "POST livechat/triggers/external-service/test",
    "POST hark/v1/patterns/try",
    "POST hark/v1/mail:test",
    "POST hark/v1/endpoints/{id}:test",
    "POST hark/v1/endpoints/look",
    "POST hark/v1/endpoints/try",
    "POST hark/v1/deliveries/resend",
    "POST hark/v1/deliveries/{id}:resend",
    "POST hark/v1/replays/{id}:cancel",
    "POST livechat/users/{type}",
    "POST omnichannel/contacts",
    "POST omnichannel/contacts.update",
    "POST omnichannel/contacts.conflicts",
    "POST method.call/{method}",
];

fn search(client: &Client, query: &str) -> Vec<Value> {
    let page = client.get(&format!("{API}audit{query}")).expect(200);
    page["items"].as_array().unwrap().clone()
}

/// Makes changes, and counts the line that each of them leaves.
struct Changing<'d> {
    desk: &'d Desk,
    called: BTreeSet<&'static str>,
}

impl Changing<'_> {
    fn lines(&self) -> i64 {
        self.desk.database.number("SELECT count(*) FROM audit")
    }

    /// The line that a call of a route leaves, which is one.
    #[track_caller]
    fn once(
        &mut self,
        route: &'static str,
        kind: &str,
        change: impl FnOnce(&Desk) -> Response,
    ) -> (Value, Value) {
        let before = self.lines();
        let answer = change(self.desk);
        assert!(answer.status < 300, "{route}: {answer:?}");
        assert_eq!(self.lines(), before + 1, "{route}");
        let line = search(&self.desk.admin, "?limit=1").remove(0);
        assert_eq!(line["kind"], kind, "{route}: {line}");
        let by = &line["by"];
        let who = (&by["id"], &by["username"]);
        assert_eq!(
            who,
            (&json!(self.desk.admin.id()), &json!("admin")),
            "{route}"
        );
        self.called.insert(route);
        let answer = if answer.text().is_empty() {
            Value::Null
        } else {
            answer.value()
        };
        (answer, line)
    }
}

#[test]
fn every_route_by_which_staff_changes_something_is_audited_or_has_a_reason() {
    let mutating = table().into_iter();
    let mutating = mutating.filter(|route| route.access.wants_login() && route.method != "GET");
    let known: Vec<&str> = [CHANGES, CHATS, OWN, NOTHING].concat();
    let mut routes: BTreeSet<String> = BTreeSet::new();
    for route in mutating {
        let name = format!("{} {}", route.method, route.name);
        assert!(
            known.contains(&&*name),
            "{name} is neither audited nor is there a reason why not"
        );
        routes.insert(name);
    }
    for name in known {
        assert!(routes.contains(name), "there is no route {name}");
    }
}

const SECRETS: [&str; 5] = [
    "zq7password",
    "zq7another",
    "zq7token",
    "zq7smtp",
    "zq7inurl",
];

on_both_engines! {
    fn each_change_leaves_one_line_without_a_secret(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let mut all = Changing { desk: &desk, called: BTreeSet::new() };
        people(&mut all);
        settings(&mut all);
        departments(&mut all, &amy);
        rest(&mut all);
        let mut secrets: Vec<String> = SECRETS.map(str::to_owned).into();
        secrets.extend(webhooks(&mut all));
        let called: Vec<&str> = all.called.iter().copied().collect();
        let mut wanted = CHANGES.to_vec();
        wanted.sort_unstable();
        assert_eq!(called, wanted);
        let lines = json!(search(&desk.admin, "?limit=200")).to_string();
        for secret in secrets {
            assert!(!lines.contains(&secret), "the audit has {secret}");
        }
    }

    fn who_may_see_the_audit_finds_what_they_look_for(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let mia = desk.admin.person("mia", &["user", "livechat-manager"]);
        let forbidden = mia.get(&format!("{API}audit")).expect(403);
        assert_eq!(forbidden["type"], "urn:hark:problem:forbidden");
        let begun = search(&desk.admin, "?limit=1")[0]["at"].as_str().unwrap().to_owned();
        let policy = json!({"name": "Gold", "dueTimeInMinutes": 5});
        let made = mia.post("livechat/sla", &policy).expect(200);
        let path = format!("livechat/sla/{}", text(&made, "/sla/_id"));
        mia.put(&path, &json!({"name": "Silver", "dueTimeInMinutes": 9})).expect(200);
        // What is refused, or changes nothing, leaves no line.
        mia.put("livechat/sla/none", &policy).expect(400);
        desk.set("Livechat_title", "Ask Zoë");
        desk.set("Livechat_title", "Ask Zoë");
        let kinds = |query: &str| -> Vec<String> {
            search(&desk.admin, query).iter().map(|line| text(line, "/kind")).collect()
        };
        let of_mia = format!("?person={}", mia.id());
        assert_eq!(kinds(&of_mia), ["sla.saved", "sla.saved"]);
        let silver = search(&desk.admin, &of_mia).remove(0);
        let gold = json!({"name": "Gold", "description": null, "dueTimeInMinutes": 5});
        assert_eq!(silver["changes"], json!([{
            "kind": "sla.saved", "subject": made["sla"]["_id"], "name": "Silver", "from": gold,
            "to": {"name": "Silver", "description": null, "dueTimeInMinutes": 9},
        }]));
        assert_eq!(silver["by"], json!({"id": mia.id(), "username": "mia", "name": "mia"}));
        let called = json!({"userId": mia.id(), "data": {"name": "Mia Olsen"}});
        desk.admin.post("users.update", &called).expect(200);
        let silver = search(&desk.admin, &of_mia).remove(0);
        assert_eq!(silver["by"]["name"], "Mia Olsen");
        assert_eq!(kinds("?kind=sla.saved").len(), 2);
        assert_eq!(kinds(&format!("{of_mia}&kind=setting.changed")), [""; 0]);
        assert_eq!(kinds("?text=ask+ZO%C3%8B"), ["setting.changed"]);
        // The history of one thing, and one line of it.
        let of_policy = format!("?subject={}", text(&made, "/sla/_id"));
        assert_eq!(search(&desk.admin, &of_policy)[0], silver);
        assert_eq!(kinds(&of_policy), ["sla.saved", "sla.saved"]);
        assert_eq!(kinds(&format!("{of_policy}&kind=sla.saved&person={}&text=silver", mia.id())).len(), 1);
        assert_eq!(kinds(&format!("{of_policy}&kind=setting.changed")), [""; 0]);
        assert_eq!(kinds(&format!("{of_policy}&person={}", desk.admin.id())), [""; 0]);
        assert_eq!(kinds("?subject=none"), [""; 0]);
        let line = format!("{API}audit/{}", text(&silver, "/id"));
        assert_eq!(desk.admin.get(&line).expect(200), silver);
        assert_eq!(mia.get(&line).expect(403)["type"], "urn:hark:problem:forbidden");
        assert_eq!(desk.admin.get(&format!("{API}audit/none")).expect(404)["type"], "urn:hark:problem:not-found");
        assert_eq!(kinds("?text=mia&kind=sla.saved").len(), 2);
        assert_eq!(kinds(&format!("?to={begun}&kind=sla.saved")), [""; 0]);
        assert_eq!(kinds(&format!("?from={begun}&kind=sla.saved")).len(), 2);
        let mut walked = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = desk.admin.get(&format!("{API}audit?limit=2{cursor}")).expect(200);
            walked.extend(page["items"].as_array().unwrap().clone());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(walked, search(&desk.admin, "?limit=200"));
        // What agents do in chats is no matter of the audit.
        let before = walked.len();
        let rid = desk.new_chat("ann");
        let answer = json!({"message": {"rid": rid, "msg": "Hello"}});
        amy.client.post("chat.sendMessage", &answer).expect(200);
        assert_eq!(search(&desk.admin, "?limit=200").len(), before);
        // Of somebody who is gone what they were called is gone as well.
        desk.admin.post("users.delete", &json!({"userId": mia.id()})).expect(200);
        let gone = json!({"id": mia.id(), "username": "mia", "name": null});
        assert_eq!(search(&desk.admin, &of_mia).remove(0)["by"], gone);
    }
}

fn people(all: &mut Changing<'_>) {
    let user = json!({"username": "zoe", "name": "Zoe", "email": "zoe@example.org", "password": "zq7password", "roles": ["user"]});
    let (made, line) = all.once("POST users.create", "account.created", |desk| {
        desk.admin.post("users.create", &user)
    });
    let zoe = text(&made, "/user/_id");
    assert_eq!(
        line["changes"][0]["to"]["emails"],
        json!(["zoe@example.org"])
    );
    let update = json!({"userId": zoe, "data": {"name": "Zoë", "password": "zq7another"}});
    let (_, line) = all.once("POST users.update", "account.changed", |desk| {
        desk.admin.post("users.update", &update)
    });
    let change = &line["changes"][0];
    assert_eq!(
        (&change["from"]["name"], &change["to"]["name"]),
        (&json!("Zoe"), &json!("Zoë"))
    );
    assert_eq!(change["to"]["password"], "another");
    let own = json!({"data": {"name": "Ada"}});
    all.once("POST users.updateOwnBasicInfo", "account.changed", |desk| {
        desk.admin.post("users.updateOwnBasicInfo", &own)
    });
    let picture = [
        text_part("userId", &zoe),
        file_part("image", "zoe.png", "image/png", PNG),
    ];
    all.once("POST users.setAvatar", "account.changed", |desk| {
        desk.admin.send_form("users.setAvatar", &picture)
    });
    let (_, line) = all.once("POST users.resetAvatar", "account.changed", |desk| {
        let whose = json!({"userId": zoe});
        desk.admin.post("users.resetAvatar", &whose)
    });
    assert_eq!(line["changes"][0]["to"]["picture"], Value::Null);
    let off = json!({"userId": zoe, "activeStatus": false});
    let (_, line) = all.once("POST users.setActiveStatus", "account.changed", |desk| {
        desk.admin.post("users.setActiveStatus", &off)
    });
    let change = &line["changes"][0];
    assert_eq!(
        (&change["from"]["active"], &change["to"]["active"]),
        (&json!(true), &json!(false))
    );
    let role = json!({"roleId": "livechat-monitor", "username": "zoe"});
    let (_, line) = all.once("POST roles.addUserToRole", "role.changed", |desk| {
        desk.admin.post("roles.addUserToRole", &role)
    });
    assert_eq!(line["changes"][0]["to"], "livechat-monitor");
    all.once("POST roles.removeUserFromRole", "role.changed", |desk| {
        desk.admin.post("roles.removeUserFromRole", &role)
    });
    let who = json!({"username": "zoe"});
    let on = json!({"userId": zoe, "activeStatus": true});
    all.desk
        .admin
        .post("users.setActiveStatus", &on)
        .expect(200);
    all.once("POST livechat/users/agent", "role.changed", |desk| {
        desk.admin.post("livechat/users/agent", &who)
    });
    all.once("POST livechat/users/manager", "role.changed", |desk| {
        desk.admin.post("livechat/users/manager", &who)
    });
    let path = format!("livechat/users/manager/{zoe}");
    all.once(
        "DELETE livechat/users/{type}/{_id}",
        "role.changed",
        |desk| desk.admin.delete(&path, &json!({})),
    );
    all.once("POST users.delete", "account.removed", |desk| {
        desk.admin.post("users.delete", &json!({"userId": zoe}))
    });
    all.desk.set("SMTP_Host", "127.0.0.1");
    all.desk.set("From_Email", "a@example.org");
    let circular = json!({"from": "a@example.org", "subject": "News", "body": "All is well [unsubscribe]", "dryrun": false, "query": ""});
    all.once("POST mailer", "circular.sent", |desk| {
        desk.admin.post("mailer", &circular)
    });
}

fn settings(all: &mut Changing<'_>) {
    let (_, line) = all.once("POST settings/{_id}", "setting.changed", |desk| {
        desk.admin
            .post("settings/Livechat_title", &json!({"value": "Ask"}))
    });
    let change = &line["changes"][0];
    assert_eq!(
        (&change["subject"], &change["from"], &change["to"]),
        (&json!("Livechat_title"), &json!(""), &json!("Ask"))
    );
    all.desk.set("SMTP_Password", "zq7smtp");
    let line = search(&all.desk.admin, "?limit=1").remove(0);
    let change = &line["changes"][0];
    assert_eq!(
        (&change["subject"], &change["from"], &change["to"]),
        (&json!("SMTP_Password"), &Value::Null, &Value::Null)
    );
    let looks = json!([{"_id": "Livechat_title", "value": "Well"}, {"_id": "Livechat_title_color", "value": "#112233"}]);
    let (_, line) = all.once("POST livechat/appearance", "setting.changed", |desk| {
        desk.admin.post("livechat/appearance", &looks)
    });
    assert_eq!(line["changes"].as_array().unwrap().len(), 2);
    let hook = json!({"LivechatWebhookUrl": "https://crm.example.org/", "LivechatSecretToken": "zq7token"});
    all.once("POST omnichannel/integrations", "setting.changed", |desk| {
        desk.admin.post("omnichannel/integrations", &hook)
    });
    let grants =
        json!({"permissions": [{"_id": "view-l-room", "roles": ["admin", "livechat-agent"]}]});
    let (_, line) = all.once("POST permissions.update", "permission.changed", |desk| {
        desk.admin.post("permissions.update", &grants)
    });
    let change = &line["changes"][0];
    assert_eq!(change["to"], json!(["admin", "livechat-agent"]));
    assert!(change["from"].as_array().unwrap().len() > 2, "{change}");
}

fn departments(all: &mut Changing<'_>, amy: &Agent) {
    let department = |name: &str| json!({"department": {"name": name, "email": "d@example.org", "enabled": true, "showOnRegistration": true, "showOnOfflineForm": true}, "agents": [{"agentId": amy.id}]});
    let (made, line) = all.once("POST livechat/department", "department.created", |desk| {
        desk.admin.post("livechat/department", &department("Sales"))
    });
    assert_eq!(line["changes"][1]["to"]["agent"], "amy");
    let path = format!("livechat/department/{}", text(&made, "/department/_id"));
    let (_, line) = all.once(
        "PUT livechat/department/{_id}",
        "department.changed",
        |desk| desk.admin.put(&path, &department("Care")),
    );
    let change = &line["changes"][0];
    assert_eq!(
        (&change["from"]["name"], &change["to"]["name"]),
        (&json!("Sales"), &json!("Care"))
    );
    let agents = json!({"upsert": [], "remove": [{"agentId": amy.id, "username": "amy"}]});
    all.once(
        "POST livechat/department/{_id}/agents",
        "department.agent",
        |desk| desk.admin.post(&format!("{path}/agents"), &agents),
    );
    for (route, verb) in [
        ("POST livechat/department/{_id}/archive", "archive"),
        ("POST livechat/department/{_id}/unarchive", "unarchive"),
    ] {
        let (_, line) = all.once(route, "department.changed", |desk| {
            desk.admin.post(&format!("{path}/{verb}"), &json!({}))
        });
        let change = &line["changes"][0];
        assert_ne!(change["from"]["archived"], change["to"]["archived"]);
    }
    all.desk.set("Omnichannel_enable_department_removal", true);
    all.once(
        "DELETE livechat/department/{_id}",
        "department.removed",
        |desk| desk.admin.delete(&path, &json!({})),
    );
}

fn units(all: &mut Changing<'_>) {
    all.desk.admin.person("moni", &["user", "livechat-monitor"]);
    let moni = all.desk.admin.get("livechat/monitors/moni").expect(200);
    let department = all.desk.department("In a unit", &[], &json!({}));
    let unit = json!({
        "unitData": {"name": "North", "visibility": "public"},
        "unitMonitors": [{"monitorId": moni["_id"], "username": "moni"}],
        "unitDepartments": [{"departmentId": department}],
    });
    let (made, line) = all.once("POST livechat/units", "unit.saved", |desk| {
        desk.admin.post("livechat/units", &unit)
    });
    let shown = json!({"name": "North", "visibility": "public", "monitors": ["moni"], "departments": [department]});
    assert_eq!(line["changes"][0]["to"], shown);
    let path = format!("livechat/units/{}", text(&made, "/_id"));
    let mut south = unit;
    south["unitData"]["name"] = json!("South");
    all.once("POST livechat/units/{id}", "unit.saved", |desk| {
        desk.admin.post(&path, &south)
    });
    let (_, line) = all.once("DELETE livechat/units/{id}", "unit.removed", |desk| {
        desk.admin.delete(&path, &json!({}))
    });
    assert_eq!(line["changes"][0]["from"]["name"], "South");
}

fn rest(all: &mut Changing<'_>) {
    let trigger = json!({"name": "Hi", "description": "", "enabled": true, "runOnce": false,
        "conditions": [{"name": "time-on-site", "value": "5"}],
        "actions": [{"name": "send-message", "params": {"sender": "queue", "msg": "Hello", "name": ""}}]});
    all.once("POST livechat/triggers", "trigger.saved", |desk| {
        desk.admin.post("livechat/triggers", &trigger)
    });
    let found = all.desk.admin.get("livechat/triggers").expect(200);
    let path = format!("livechat/triggers/{}", text(&found, "/triggers/0/_id"));
    let (_, line) = all.once(
        "DELETE livechat/triggers/{_id}",
        "trigger.removed",
        |desk| desk.admin.delete(&path, &json!({})),
    );
    assert_eq!(line["changes"][0]["from"]["name"], "Hi");
    let found = all.desk.admin.get("livechat/priorities").expect(200);
    let path = format!("livechat/priorities/{}", text(&found, "/priorities/0/_id"));
    let (_, line) = all.once(
        "PUT livechat/priorities/{priorityId}",
        "priority.renamed",
        |desk| desk.admin.put(&path, &json!({"name": "Now"})),
    );
    assert_eq!(line["changes"][0]["to"], "Now");
    all.once(
        "POST livechat/priorities.reset",
        "priority.renamed",
        |desk| desk.admin.post("livechat/priorities.reset", &json!({})),
    );
    let policy = |minutes: i64| json!({"name": "Gold", "dueTimeInMinutes": minutes});
    let (made, _) = all.once("POST livechat/sla", "sla.saved", |desk| {
        desk.admin.post("livechat/sla", &policy(5))
    });
    let path = format!("livechat/sla/{}", text(&made, "/sla/_id"));
    all.once("PUT livechat/sla/{slaId}", "sla.saved", |desk| {
        desk.admin.put(&path, &policy(6))
    });
    all.once("DELETE livechat/sla/{slaId}", "sla.removed", |desk| {
        desk.admin.delete(&path, &json!({}))
    });
    units(all);
    let hour = all.desk.admin.get("livechat/business-hour").expect(200);
    let path = format!("{API}business-hours/{}", text(&hour, "/businessHour/_id"));
    let day =
        json!({"from": "2026-12-25", "until": "2026-12-26", "name": "Christmas", "hours": []});
    let (_, line) = all.once(
        "PATCH hark/v1/business-hours/{id}",
        "business-hour.saved",
        |desk| {
            desk.admin
                .json("PATCH", &path, &json!({"otherDays": [day]}))
        },
    );
    assert_eq!(line["changes"][0]["to"], json!({"otherDays": [day]}));
    let canned = json!({"shortcut": "bye", "text": "Goodbye.", "scope": "global"});
    all.once("POST canned-responses", "canned-response.saved", |desk| {
        desk.admin.post("canned-responses", &canned)
    });
    let found = all.desk.admin.get("canned-responses.get").expect(200);
    let gone = json!({"_id": text(&found, "/responses/0/_id")});
    let (_, line) = all.once(
        "DELETE canned-responses",
        "canned-response.removed",
        |desk| desk.admin.delete("canned-responses", &gone),
    );
    assert_eq!(line["changes"][0]["from"]["text"], "Goodbye.");
    let server = json!({"server": "mail.example", "port": 993, "username": "help", "password": "of-help", "secure": true});
    let mut inbox = json!({"active": false, "name": "Help", "email": "help@example.org", "smtp": server, "imap": server});
    let (made, _) = all.once("POST email-inbox", "email-inbox.saved", |desk| {
        desk.admin.post("email-inbox", &inbox)
    });
    inbox["_id"] = json!(text(&made, "/_id"));
    inbox["imap"]["password"] = json!("another-of-help");
    let (_, line) = all.once("POST email-inbox", "email-inbox.saved", |desk| {
        desk.admin.post("email-inbox", &inbox)
    });
    assert_eq!(line["changes"][0]["to"]["passwords"], "others");
    assert!(!line.to_string().contains("of-help"));
    let path = format!("email-inbox/{}", text(&inbox, "/_id"));
    let (_, line) = all.once("DELETE email-inbox/{_id}", "email-inbox.removed", |desk| {
        desk.admin.delete(&path, &json!({}))
    });
    assert_eq!(line["changes"][0]["from"]["email"], "help@example.org");
    // Methods leave what routes do.
    let before = all.lines();
    all.desk.field("plan", "visitor", &json!({}));
    assert_eq!(all.lines(), before + 1);
    let line = search(&all.desk.admin, "?limit=1").remove(0);
    assert_eq!(
        (&line["kind"], &line["changes"][0]["name"]),
        (&json!("custom-field.saved"), &json!("The plan"))
    );
}

/// Answers the secrets that were made.
fn webhooks(all: &mut Changing<'_>) -> Vec<String> {
    let mut secrets = Vec::new();
    let body = json!({"name": "A CRM", "url": "https://user:zq7inurl@crm.example.org/hook"});
    let endpoints = format!("{API}endpoints");
    let (made, line) = all.once("POST hark/v1/endpoints", "endpoint.created", |desk| {
        desk.admin.post(&endpoints, &body)
    });
    secrets.push(text(&made, "/secret"));
    assert_eq!(line["changes"][0]["name"], "A CRM");
    let path = format!("{endpoints}/{}", text(&made, "/id"));
    let events = json!({"events": ["chat.closed"]});
    let (_, line) = all.once("PATCH hark/v1/endpoints/{id}", "endpoint.changed", |desk| {
        desk.admin.json("PATCH", &path, &events)
    });
    let change = &line["changes"][0];
    assert_eq!(
        (&change["from"]["events"], &change["to"]["events"]),
        (&json!(["*"]), &json!(["chat.closed"]))
    );
    for (route, verb, kind, body) in [
        (
            "POST hark/v1/endpoints/{id}:pause",
            "pause",
            "endpoint.paused",
            json!({}),
        ),
        (
            "POST hark/v1/endpoints/{id}:resume",
            "resume",
            "endpoint.resumed",
            json!({}),
        ),
        (
            "POST hark/v1/endpoints/{id}:rotate-secret",
            "rotate-secret",
            "endpoint.secret-rotated",
            json!({}),
        ),
        (
            "POST hark/v1/endpoints/{id}:replay",
            "replay",
            "replay.started",
            json!({"afterEvent": 0}),
        ),
    ] {
        let (answer, _) = all.once(route, kind, |desk| {
            desk.admin.post(&format!("{path}:{verb}"), &body)
        });
        secrets.extend(answer["secret"].as_str().map(str::to_owned));
    }
    all.once(
        "DELETE hark/v1/endpoints/{id}",
        "endpoint.removed",
        |desk| desk.admin.delete(&path, &json!({})),
    );
    let sites = format!("{API}sites");
    let (made, _) = all.once("POST hark/v1/sites", "site.created", |desk| {
        desk.admin.post(&sites, &json!({"name": "Shop"}))
    });
    secrets.push(text(&made, "/secret"));
    let path = format!("{sites}/{}", text(&made, "/id"));
    let (made, _) = all.once(
        "POST hark/v1/sites/{id}:rotate-secret",
        "site.secret-rotated",
        |desk| {
            desk.admin
                .post(&format!("{path}:rotate-secret"), &json!({}))
        },
    );
    secrets.push(text(&made, "/secret"));
    all.once("DELETE hark/v1/sites/{id}", "site.removed", |desk| {
        desk.admin.delete(&path, &json!({}))
    });
    let visitor = text(&all.desk.visitor("forgotten", &json!({})), "/_id");
    let path = format!("{API}visitors/{visitor}");
    all.once("DELETE hark/v1/visitors/{id}", "visitor.erased", |desk| {
        desk.admin.delete(&path, &json!({}))
    });
    let webhooks = "/v4/livechat/webhooks";
    let hook = |to: &str| json!({"event": "chatStarts", "targetUrl": to});
    let bearing = |desk: &Desk| {
        let token = desk.admin.header("X-Auth-Token").unwrap().to_owned();
        desk.anyone()
            .with("Authorization", &format!("Bearer {token}"))
    };
    let (made, _) = all.once("POST v4/livechat/webhooks", "endpoint.created", |desk| {
        bearing(desk).json("POST", webhooks, &hook("https://a.example.org/"))
    });
    let path = format!("{webhooks}/{}", text(&made, "/id"));
    all.once(
        "PUT v4/livechat/webhooks/{id}",
        "endpoint.changed",
        |desk| bearing(desk).json("PUT", &path, &hook("https://b.example.org/")),
    );
    all.once(
        "DELETE v4/livechat/webhooks/{id}",
        "endpoint.removed",
        |desk| bearing(desk).delete(&path, &json!({})),
    );
    secrets
}
