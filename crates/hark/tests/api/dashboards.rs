//! Reports of chats: dashboards, the analytics page, agents, departments, and chats by what they have. What is
//! summed up is compared with a recount in `hark-chat`; here it is how each report says it.

use hark_store::{Clock, Timestamp};
use hark_testkit::{Agent, Client, Desk, Engine, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::{HARK, inside};

const DAY: &str = "start=2026-06-10T00:00:00.000Z&end=2026-06-10T23:59:59.999Z";
const FORBIDDEN: &str =
    "User does not have the permissions required for this action [error-unauthorized]";

fn answer(agent: &Agent, rid: &str) {
    let body = json!({"message": {"rid": rid, "msg": "yes"}});
    agent.client.post("chat.sendMessage", &body).expect(200);
}

/// Days of which the one in the middle is whole in UTC as well, so that it is read from the sums.
const AROUND: &str = "firstDay=2026-06-09&lastDay=2026-06-11";

/// A morning in June: of five chats one was abandoned, one waits, one is on hold, one is served by another than
/// at first, and one was ended by its visitor before anybody answered.
struct Morning {
    desk: Desk,
    clock: Clock,
    sales: String,
    amy: Agent,
    ben: Agent,
}

impl Morning {
    fn new(engine: Engine) -> Self {
        let clock = Clock::fixed(Timestamp::parse("2026-06-10T07:30:00.000Z").unwrap());
        inside::go_by(&clock);
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.set("Livechat_allow_manual_on_hold", true);
        desk.set("Livechat_visitor_inactivity_timeout", 60);
        desk.set("Default_Timezone_For_Reporting", "custom");
        desk.set("Default_Custom_Timezone", "Europe/Berlin");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let sales = desk.department(
            "Sales",
            &[&amy, &ben],
            &json!({"showOnRegistration": false}),
        );
        let wait = |seconds: i64| clock.advance(seconds * 1_000);

        desk.visitor("ann", &json!({"department": sales}));
        let ann = text(&desk.chat("ann"), "/_id");
        desk.say("ann", &ann, "hello");
        wait(30);
        desk.take(&amy, &ann).expect(200);
        wait(10);
        answer(&amy, &ann);
        wait(20);
        desk.say("ann", &ann, "and now?");
        wait(4);
        answer(&amy, &ann);
        wait(86);
        let close = json!({"rid": ann, "comment": "gone", "tags": ["slow", "sales"]});
        amy.client
            .post("livechat/room.closeByUser", &close)
            .expect(200);

        let bob = desk.new_chat("bob");
        desk.say("bob", &bob, "anybody?");

        desk.visitor("cat", &json!({"department": sales}));
        let cat = text(&desk.chat("cat"), "/_id");
        desk.say("cat", &cat, "hello");
        desk.take(&ben, &cat).expect(200);
        wait(6);
        answer(&ben, &cat);
        ben.client
            .post("livechat/room.onHold", &json!({"roomId": cat}))
            .expect(200);

        let dan = desk.new_chat("dan");
        desk.take(&ben, &dan).expect(200);
        let forward = json!({"roomId": dan, "userId": amy.id});
        desk.admin
            .post("livechat/room.forward", &forward)
            .expect(200);

        let eve = desk.new_chat("eve");
        wait(50);
        desk.anyone()
            .post("livechat/room.close", &json!({"token": "eve", "rid": eve}))
            .expect(200);
        Self {
            desk,
            clock,
            sales,
            amy,
            ben,
        }
    }

    fn report(&self, path: &str) -> Value {
        let mut body = self
            .desk
            .admin
            .get(&format!("livechat/analytics/{path}"))
            .expect(200);
        if let Some(members) = body.as_object_mut() {
            assert_eq!(members.remove("success"), Some(json!(true)));
        }
        body
    }

    fn of_day(&self, path: &str) -> Value {
        self.report(&format!("{path}?{DAY}"))
    }

    fn of_sales(&self, path: &str) -> Value {
        self.report(&format!("{path}?{DAY}&departmentId={}", self.sales))
    }
}

/// The entries of totals, as pairs.
fn entries(report: &Value) -> Vec<(&str, &Value)> {
    let entries = report
        .get("totalizers")
        .unwrap_or(report)
        .as_array()
        .unwrap();
    entries
        .iter()
        .map(|entry| (entry["title"].as_str().unwrap(), &entry["value"]))
        .collect()
}

fn rows<'r>(report: &'r Value, list: &str, key: &str, member: &str) -> Vec<(&'r Value, &'r Value)> {
    let rows = report[list].as_array().unwrap();
    rows.iter().map(|row| (&row[key], &row[member])).collect()
}

fn refused(client: &Client, path: &str, words: &str) {
    client
        .get(&format!("livechat/analytics/{path}"))
        .refused(400, words);
}

on_both_engines! {
    fn dashboards_say_what_the_chats_of_a_day_were(engine: Engine) {
        let morning = Morning::new(engine);
        let totals = morning.of_day("dashboards/conversation-totalizers");
        assert_eq!(entries(&totals), [
            ("Total_conversations", &json!(5)),
            ("Open_conversations", &json!(2)),
            ("On_Hold_conversations", &json!(1)),
            ("Total_messages", &json!(7)),
            ("Total_visitors", &json!(5)),
        ]);
        let totals = morning.of_sales("dashboards/conversation-totalizers");
        let numbers: Vec<&Value> = entries(&totals).into_iter().map(|(_, number)| number).collect();
        assert_eq!(numbers, [2, 0, 1, 6, 2]);
        let totals = morning.of_day("dashboards/chats-totalizers");
        assert_eq!(entries(&totals), [
            ("Total_abandoned_chats", &json!(1)),
            ("Avg_of_abandoned_chats", &json!("20%")),
            ("Avg_of_chat_duration_time", &json!("00:01:40")),
        ]);
        let totals = morning.of_day("dashboards/productivity-totalizers");
        assert_eq!(entries(&totals), [
            ("Avg_response_time", &json!("00:00:14")),
            ("Avg_first_response_time", &json!("00:00:23")),
            ("Avg_reaction_time", &json!("00:00:08")),
            ("Avg_of_waiting_time", &json!("00:00:15")),
        ]);
        // half past nine in Berlin; both agents were there for these 206 seconds
        let totals = morning.of_day("dashboards/agents-productivity-totalizers");
        assert_eq!(entries(&totals), [
            ("Busiest_time", &json!("9AM- 10AM")),
            ("Avg_of_available_service_time", &json!("00:03:26")),
            ("Avg_of_service_time", &json!("00:02:00")),
        ]);
        let chart = |path: &str| morning.of_day(&format!("dashboards/charts/{path}"));
        assert_eq!(chart("chats"), json!({"open": 1, "closed": 2, "queued": 1, "onhold": 1}));
        let per_agent = json!({
            "amy": {"open": 1, "closed": 1},
            "ben": {"open": 0, "closed": 0, "onhold": 1},
        });
        assert_eq!(chart("chats-per-agent"), per_agent);
        assert_eq!(chart("chats-per-department"), json!({"Sales": {"open": 1, "closed": 1}}));
        assert_eq!(chart("timings"), json!({
            "response": {"avg": 14, "longest": 40.0},
            "reaction": {"avg": 8, "longest": 10.0},
            "chatDuration": {"avg": 100, "longest": 150.0},
        }));
        let status = "dashboards/charts/agents-status";
        let all = json!({"offline": 0, "away": 0, "busy": 0, "available": 2});
        assert_eq!(morning.report(status), all);
        morning.ben.client.post("livechat/agent.status", &json!({"status": "not-available"})).expect(200);
        let gone = json!({"offline": 1, "away": 0, "busy": 0, "available": 1});
        assert_eq!(morning.report(&format!("{status}?departmentId={}", morning.sales)), gone);
        let nobody = json!({"offline": 0, "away": 0, "busy": 0, "available": 0});
        assert_eq!(morning.report(&format!("{status}?departmentId=none")), nobody);

        // days on which nothing was
        let empty = "start=2026-06-11T00:00:00Z&end=2026-06-11T00:00:00Z";
        let totals = morning.report(&format!("dashboards/agents-productivity-totalizers?{empty}"));
        let values: Vec<&Value> = entries(&totals).into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, ["- -", "00:00:00", "00:00:00"]);
        let timings = morning.report(&format!("dashboards/charts/timings?{empty}"));
        assert_eq!(timings["reaction"], json!({"avg": 0, "longest": 0.0}));
    }

    fn who_may_not_manage_sees_no_figures_and_wrong_times_are_refused(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let path = "dashboards/conversation-totalizers";
        let ask = |query: &str| desk.admin.get(&format!("livechat/analytics/{path}?{query}"));
        amy.client.get(&format!("livechat/analytics/{path}?{DAY}")).refused(403, FORBIDDEN);
        ask("end=2026-06-10").refused_by_schema("must have required property 'start'");
        ask("start=2026-06-10").refused_by_schema("must have required property 'end'");
        ask(&format!("{DAY}&more=1")).refused_by_schema("must NOT have additional properties");
        let admin = &desk.admin;
        refused(admin, &format!("{path}?start=test&end=test"), "The \"start\" query parameter must be a valid date.");
        refused(admin, &format!("{path}?start=2026-01-01&end=2026-x1-02"), "The \"end\" query parameter must be a valid date.");
        let words = "The \"start\" query parameter must be before the \"end\" query parameter.";
        refused(admin, &format!("{path}?start=2026-01-02&end=2026-01-01"), words);
        let words = "The \"start\" and \"end\" query parameters must be less than 1 year apart.";
        refused(admin, &format!("{path}?start=2025-01-01&end=2026-02-01"), words);
        ask("start=2026-01-01&end=2026-01-02").expect(200);
    }

    fn the_analytics_page_has_an_overview_a_table_and_a_chart(engine: Engine) {
        let morning = Morning::new(engine);
        let days = "from=2026-06-09&to=2026-06-10";
        let overview = morning.report(&format!("overview?{days}&name=Conversations"));
        assert_eq!(entries(&overview), [
            ("Total_conversations", &json!(5)),
            ("Open_conversations", &json!(2)),
            ("On_Hold_conversations", &json!(1)),
            ("Total_messages", &json!(7)),
            ("Busiest_day", &json!("Wednesday")),
            ("Conversations_per_day", &json!("2.50")),
            ("Busiest_time", &json!("9AM- 10AM")),
        ]);
        let overview = morning.report(&format!("overview?{days}&name=Productivity&departmentId={}", morning.sales));
        assert_eq!(entries(&overview), [
            ("Avg_response_time", &json!("00:00:14")),
            ("Avg_first_response_time", &json!("00:00:23")),
            ("Avg_reaction_time", &json!("00:00:08")),
        ]);
        let table = |name: &str| morning.report(&format!("agent-overview?{days}&name={name}"));
        let row = |name: &str, value: Value| json!({"name": name, "value": value});
        for (name, column, data) in [
            ("Total_conversations", "%_of_conversations", [row("amy", json!("66.67%")), row("ben", json!("33.33%"))].to_vec()),
            ("Total_messages", "Total_messages", vec![row("amy", json!(4)), row("ben", json!(2))]),
            ("Avg_chat_duration", "Avg_chat_duration", vec![row("amy", json!("00:02:30"))]),
            ("Avg_first_response_time", "Avg_first_response_time", vec![row("ben", json!("00:00:06")), row("amy", json!("00:00:40"))]),
            ("Best_first_response_time", "Best_first_response_time", vec![row("ben", json!("00:00:06")), row("amy", json!("00:00:40"))]),
            ("Avg_response_time", "Avg_response_time", vec![row("ben", json!("00:00:06")), row("amy", json!("00:00:22"))]),
            ("Avg_reaction_time", "Avg_reaction_time", vec![row("ben", json!("00:00:06")), row("amy", json!("00:00:10"))]),
        ] {
            assert_eq!(table(name), json!({"head": [{"name": "Agent"}, {"name": column}], "data": data}), "{name}");
        }
        let chart = |from: &str, to: &str, name: &str| {
            let options = json!([{"daterange": {"from": from, "to": to}, "chartOptions": {"name": name}}]);
            morning.desk.admin.method("livechat:getAnalyticsChartData", &options)["result"].clone()
        };
        let each_day = json!({
            "chartLabel": "Total_conversations",
            "dataLabels": ["6/9", "6/10", "6/11"],
            "dataPoints": [0, 5, 0],
        });
        assert_eq!(chart("2026-06-09", "2026-06-11", "Total_conversations"), each_day);
        let each_hour = chart("2026-06-10", "2026-06-10", "Avg_first_response_time");
        let labels = each_hour["dataLabels"].as_array().unwrap();
        assert_eq!((labels.len(), &labels[0], &labels[9], &labels[23]), (24, &json!("12AM-1AM"), &json!("9AM-10AM"), &json!("11PM-12AM")));
        let points = each_hour["dataPoints"].as_array().unwrap();
        assert_eq!((&points[8], &points[9], &points[10]), (&json!(0.0), &json!(23.0), &json!(0.0)));
        for (from, name) in [("2026-06-09", "Nothing"), ("yesterday", "Total_messages")] {
            assert_eq!(chart(from, "2026-06-11", name), Value::Null);
        }

        // what is not known is not told
        for path in ["overview", "agent-overview"] {
            assert_eq!(morning.report(&format!("{path}?{days}&name=Nothing")), json!({}));
            assert_eq!(morning.report(&format!("{path}?from=yesterday&to=2026-06-10&name=Conversations")), json!({}));
            refused(&morning.desk.admin, &format!("{path}?{days}&name="), "invalid-chart-name");
            let missing = morning.desk.admin.get(&format!("livechat/analytics/{path}?{days}"));
            missing.refused_by_schema("must have required property 'name'");
            morning.amy.client.get(&format!("livechat/analytics/{path}?{days}&name=Conversations")).refused(403, FORBIDDEN);
            let words = "The \"from\" and \"to\" query parameters must be less than 1 year apart.";
            refused(&morning.desk.admin, &format!("{path}?from=2025-01-01&to=2026-06-10&name=Conversations"), words);
        }
        let backwards = morning.report("agent-overview?from=2026-06-11&to=2026-06-10&name=Total_messages");
        assert_eq!(backwards["data"], json!([]));
    }


    fn agents_and_departments_are_reported_on(engine: Engine) {
        let morning = Morning::new(engine);
        let amy = json!({"_id": morning.amy.id, "username": "amy", "name": "amy", "active": true});
        let of_agents = |path: &str, member: &str, value: i64| {
            let mut row = amy.clone();
            row[member] = json!(value);
            let expected = json!({"agents": [row], "count": 1, "offset": 0, "total": 1});
            assert_eq!(morning.of_day(&format!("agents/{path}")), expected, "{path}");
        };
        of_agents("average-service-time", "averageServiceTimeInSeconds", 120);
        of_agents("total-service-time", "serviceTimeDuration", 120);
        morning.ben.client.post("livechat/agent.status", &json!({"status": "not-available"})).expect(200);
        morning.clock.advance(14_000);
        let duty = morning.of_day("agents/available-for-service-history");
        let (amy, ben) = (json!(morning.amy.id), json!(morning.ben.id));
        assert_eq!(rows(&duty, "agents", "agentId", "availableTimeInSeconds"), [(&amy, &json!(220)), (&ben, &json!(206))]);
        assert_eq!(duty["agents"][0].get("serviceHistory"), None);
        let query = "agents/available-for-service-history?start=2026-06-10T07:31:00Z&end=2026-06-10T07:31:59.999Z";
        let minute = morning.report(&format!("{query}&fullReport=true&count=1&offset=1"));
        assert_eq!(rows(&minute, "agents", "agentId", "availableTimeInSeconds"), [(&ben, &json!(60))]);
        let history = json!([{"startedAt": "2026-06-10T07:30:00.000Z", "stoppedAt": "2026-06-10T07:33:26.000Z"}]);
        assert_eq!((&minute["agents"][0]["serviceHistory"], &minute["total"]), (&history, &json!(2)));

        let (none, sales) = (Value::Null, json!(morning.sales));
        for (path, member, of_none, of_sales) in [
            ("amount-of-chats", "rooms", Some(3), Some(2)),
            ("average-service-time", "averageServiceTimeInSeconds", None, Some(120)),
            ("average-chat-duration-time", "averageChatDurationTimeInSeconds", Some(50), Some(150)),
            ("total-service-time", "serviceTimeDuration", None, Some(120)),
            ("average-waiting-time", "averageWaitingTimeInSeconds", Some(0), Some(23)),
            ("total-transferred-chats", "numberOfTransferredRooms", Some(1), None),
            ("total-abandoned-chats", "abandonedRooms", None, Some(1)),
            ("percentage-abandoned-chats", "percentageOfAbandonedChats", Some(0), Some(50)),
        ] {
            let report = morning.of_day(&format!("departments/{path}"));
            let (of_none, of_sales) = (of_none.map(|number| json!(number)), of_sales.map(|number| json!(number)));
            let mut expected = Vec::new();
            expected.extend(of_none.as_ref().map(|number| (&none, number)));
            expected.extend(of_sales.as_ref().map(|number| (&sales, number)));
            assert_eq!(rows(&report, "departments", "_id", member), expected, "{path}");
            assert_eq!((&report["total"], &report["offset"]), (&json!(expected.len()), &json!(0)));
            let alone = morning.of_sales(&format!("departments/{path}"));
            assert_eq!(alone["total"], i64::from(of_sales.is_some()), "{path}");
            morning.amy.client.get(&format!("livechat/analytics/departments/{path}?{DAY}")).refused(403, FORBIDDEN);
            refused(&morning.desk.admin, &format!("departments/{path}?start=x&end=x"), "The \"start\" query parameter must be a valid date.");
        }
        let answered = |said: &str| {
            let report = morning.report(&format!("departments/amount-of-chats?{DAY}&answered={said}"));
            let rows = rows(&report, "departments", "_id", "rooms").into_iter();
            rows.map(|(id, number)| (id.clone(), number.clone())).collect::<Vec<_>>()
        };
        assert_eq!(answered("true"), [(sales, json!(2))]);
        assert_eq!(answered("false"), [(none.clone(), json!(3))]);
        let sort = "sort=%7B%22rooms%22%3A1%7D&count=1&offset=1";
        let last = morning.report(&format!("departments/amount-of-chats?{DAY}&{sort}"));
        assert_eq!(rows(&last, "departments", "_id", "rooms"), [(&none, &json!(3))]);
        assert_eq!(last["total"], 2);
    }


    fn chats_are_counted_by_what_they_have(engine: Engine) {
        let morning = Morning::new(engine);
        let by = |what: &str| morning.of_day(&format!("dashboards/conversations-by-{what}"));
        let each = |report: &Value| {
            let rows = rows(report, "data", "label", "value").into_iter();
            rows.map(|(label, value)| (label.as_str().unwrap().to_owned(), value.as_i64().unwrap())).collect::<Vec<_>>()
        };
        let named = |entries: &[(&str, i64)]| -> Vec<(String, i64)> {
            entries.iter().map(|(label, value)| ((*label).to_owned(), *value)).collect()
        };
        for (what, entries, unspecified) in [
            ("source", &[("api", 5)][..], None),
            ("status", &[("Closed", 2), ("On_Hold", 1), ("Open", 1), ("Queued", 1)][..], None),
            ("department", &[("Sales", 2)][..], Some(3)),
            ("tags", &[("sales", 1), ("slow", 1)][..], Some(4)),
            ("agent", &[("amy", 2), ("ben", 1)][..], Some(2)),
        ] {
            let report = by(what);
            assert_eq!((each(&report), &report["total"]), (named(entries), &json!(5)), "{what}");
            assert_eq!(report.get("unspecified").and_then(Value::as_i64), unspecified, "{what}");
            let path = format!("livechat/analytics/dashboards/conversations-by-{what}");
            morning.amy.client.get(&format!("{path}?{DAY}")).refused(403, FORBIDDEN);
            let nothing = morning.report(&format!("dashboards/conversations-by-{what}?start=2026-06-11&end=2026-06-11"));
            assert_eq!((&nothing["data"], &nothing["total"]), (&json!([]), &json!(0)), "{what}");
            let words = "The \"start\" and \"end\" query parameters must be less than 1 year apart.";
            refused(&morning.desk.admin, &format!("dashboards/conversations-by-{what}?start=2025-01-01&end=2026-06-10"), words);
        }
        let sorted = morning.report(&format!("dashboards/conversations-by-agent?{DAY}&sort=%7B%22value%22%3A1%7D"));
        assert_eq!(each(&sorted), named(&[("ben", 1), ("amy", 2)]));

        // what somebody changes of a closed chat is told at once, also when it was summed up
        let info = |tags: Value| {
            let room = morning.desk.admin.get("livechat/rooms?open=false&sort=%7B%22ts%22%3A1%7D").expect(200)["rooms"][0].clone();
            let body = json!({"guestData": {"_id": room["v"]["_id"]}, "roomData": {"_id": room["_id"], "tags": tags}});
            morning.desk.admin.post("livechat/room.saveInfo", &body).expect(200);
        };
        info(json!(["fast"]));
        assert_eq!(each(&by("tags")), named(&[("fast", 1)]));
        morning.desk.admin.method("livechat:removeAllClosedRooms", &json!([]));
        assert_eq!(by("tags")["total"], 3);
        assert_eq!(each(&by("status")), named(&[("On_Hold", 1), ("Open", 1), ("Queued", 1)]));
    }

    fn our_own_api_says_who_waits_and_when_chats_come(engine: Engine) {
        let morning = Morning::new(engine);
        let ask = |path: &str| morning.desk.admin.get(&format!("/api/hark/v1/figures/{path}"));
        morning.clock.advance(60_000);
        assert_eq!(ask("waits").expect(200), json!({
            "from": "2026-06-10T06:34:26.000Z",
            "to": "2026-06-10T07:34:26.000Z",
            "chats": 5,
            "answered": 2,
            "averageFirstResponseMs": 23_000,
            "longestFirstResponseMs": 40_000,
            "waiting": 1,
            "longestWaitMs": 116_000,
            "each": [
                {"department": null, "waitedMs": 50_000, "left": true},
                {"department": morning.sales, "waitedMs": 6_000, "left": false},
                {"department": morning.sales, "waitedMs": 40_000, "left": false},
            ],
        }));
        let of_sales = ask(&format!("waits?department={}", morning.sales)).expect(200);
        assert_eq!((&of_sales["chats"], &of_sales["waiting"], &of_sales["longestWaitMs"]), (&json!(2), &json!(0), &Value::Null));
        let week = ask("week?from=2026-06-08T00:00:00Z&to=2026-06-15T00:00:00Z").expect(200);
        assert_eq!((&week["zone"], &week["from"]), (&json!("Europe/Berlin"), &json!("2026-06-08T00:00:00.000Z")));
        let items = week["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]), (168, &json!({"weekday": 1, "hour": 0, "chats": 0, "messages": 0})));
        assert_eq!(items[2 * 24 + 9], json!({"weekday": 3, "hour": 9, "chats": 5, "messages": 7}));
        let chats: i64 = items.iter().map(|item| item["chats"].as_i64().unwrap()).sum();
        assert_eq!(chats, 5);
        for (query, status) in [
            ("week?from=yesterday&to=2026-06-15T00:00:00Z", 400),
            ("week?from=2026-06-15T00:00:00Z&to=2026-06-08T00:00:00Z", 400),
            ("week?from=2025-01-01T00:00:00Z&to=2026-06-08T00:00:00Z", 400),
            ("week?to=2026-06-08T00:00:00Z", 400),
            ("waits?more=1", 400),
        ] {
            assert_eq!(ask(query).status, status, "{query}");
        }
        for path in ["waits", "week?from=2026-06-08T00:00:00Z&to=2026-06-15T00:00:00Z"] {
            assert_eq!(morning.amy.client.get(&format!("/api/hark/v1/figures/{path}")).status, 403);
        }
    }

    fn our_own_api_says_what_goes_on_now(engine: Engine) {
        let morning = Morning::new(engine);
        let ask = |path: &str| morning.desk.admin.get(&format!("/api/hark/v1/figures/{path}"));
        let bob = morning.desk.admin.get("livechat/inquiries.list").expect(200)["inquiries"][0].clone();
        morning.desk.set("Livechat_maximum_chats_per_agent", 4);
        morning.clock.advance(60_000);
        let agent = |agent: &Agent, name: &str, [chats, held, waiting]: [i64; 3]| json!({
            "id": agent.id, "username": name, "name": name, "status": "online", "available": true,
            "departments": [morning.sales], "chats": chats, "held": held, "waiting": waiting,
            "longestWaitMs": (waiting > 0).then_some(110_000), "most": 4,
        });
        let mut now = ask("now").expect(200);
        let mut people = now["agents"].take();
        for person in people.as_array_mut().unwrap() {
            // whatever the desk calls them
            person["name"] = person["username"].clone();
            person["status"] = json!("online");
        }
        assert_eq!(people, json!([agent(&morning.amy, "amy", [1, 0, 1]), agent(&morning.ben, "ben", [0, 1, 0])]));
        now["agents"] = json!([]);
        assert_eq!(now, json!({
            "at": "2026-06-10T07:34:26.000Z",
            "queued": 1,
            "longestWaitMs": 116_000,
            "served": 1,
            "held": 1,
            "queue": [{"conversation": bob["rid"], "name": bob["name"], "department": null, "since": "2026-06-10T07:32:30.000Z", "due": null}],
            "agents": [],
        }));
        let of_sales = ask(&format!("now?department={}", morning.sales)).expect(200);
        assert_eq!((&of_sales["queued"], &of_sales["served"], &of_sales["held"]), (&json!(0), &json!(0), &json!(1)));
        assert_eq!(of_sales["agents"].as_array().unwrap().len(), 2);
        assert_eq!(ask("now?department=nowhere").expect(200)["agents"], json!([]));
        assert_eq!(morning.amy.client.get("/api/hark/v1/figures/now").status, 403);
    }

    fn our_own_api_sums_up_days(engine: Engine) {
        let morning = Morning::new(engine);
        let ask = |path: &str| morning.desk.admin.get(&format!("/api/hark/v1/figures/{path}"));
        let sums = |by: &str, more: &str| ask(&format!("sums?by={by}{more}")).expect(200);
        let today = sums("hour", "");
        assert_eq!((&today["from"], &today["to"]), (&json!("2026-06-09T22:00:00.000Z"), &json!("2026-06-10T22:00:00.000Z")));
        assert_eq!((&today["firstDay"], &today["lastDay"], &today["zone"]), (&json!("2026-06-10"), &json!("2026-06-10"), &json!("Europe/Berlin")));
        let items = today["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[9]["key"], &items[9]["sums"]["chats"]), (24, &json!("2026-06-10T09"), &json!(5)));
        assert_eq!(items[8]["sums"]["averageFirstResponseMs"], Value::Null);
        assert_eq!(today["total"], json!({
            "chats": 5, "open": 3, "answered": 2, "abandoned": 1, "transferred": 1, "messages": 7,
            "averageFirstResponseMs": 23_000, "longestFirstResponseMs": 40_000, "averageResponseMs": 14_000,
            "averageDurationMs": 100_000, "longestDurationMs": 150_000,
        }));
        let week = sums("day", "&firstDay=2026-06-08&lastDay=2026-06-14");
        let items = week["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[2]["key"], &items[2]["sums"]["chats"]), (7, &json!("2026-06-10"), &json!(5)));
        assert_eq!(sums("day", "&firstDay=2026-06-08&lastDay=2026-06-09")["total"]["chats"], 0);
        let named = |by: &str| -> Vec<(Value, i64)> {
            let items = sums(by, "")["items"].take();
            items.as_array().unwrap().iter().map(|one| (one["key"].clone(), one["sums"]["chats"].as_i64().unwrap())).collect()
        };
        assert_eq!(named("agent"), [(Value::Null, 2), (json!(morning.amy.id), 2), (json!(morning.ben.id), 1)]);
        assert_eq!(named("department"), [(Value::Null, 3), (json!(morning.sales), 2)]);
        assert_eq!(sums("department", &format!("&department={}", morning.sales))["items"][0]["name"], "Sales");
        for query in [
            "sums", "sums?by=year", "sums?by=day&firstDay=soon", "sums?by=day&firstDay=2026-06-10&lastDay=2026-06-09",
            "sums?by=day&firstDay=2025-01-01&lastDay=2026-06-08", "sums?by=hour&firstDay=2026-05-01&lastDay=2026-06-08", "ratings?firstDay=soon",
        ] {
            assert_eq!(ask(query).status, 400, "{query}");
        }
        assert_eq!(morning.amy.client.get("/api/hark/v1/figures/sums?by=day").status, 403);
        assert_eq!(morning.amy.client.get("/api/hark/v1/figures/ratings").status, 403);
    }

    fn our_own_api_says_how_times_are_spread(engine: Engine) {
        let morning = Morning::new(engine);
        let ask = |query: &str| morning.desk.admin.get(&format!("/api/hark/v1/figures/spreads{query}"));
        let chats = |spread: &Value| -> Vec<i64> {
            spread["items"].as_array().unwrap().iter().map(|one| one["chats"].as_i64().unwrap()).collect()
        };
        let spread = || {
            let found = ask("").expect(200);
            (chats(&found["firstAnswer"]), chats(&found["duration"]), found)
        };
        let (answers, lasted, found) = spread();
        // The first answers came after 6 and 40 seconds; what is over lasted for 50 and 150.
        assert_eq!((answers.as_slice(), lasted.as_slice()), ([1, 0, 1, 0, 0, 0].as_slice(), [1, 1, 0, 0, 0, 0].as_slice()));
        assert_eq!(found["firstAnswer"]["median"], json!({"fromMs": 0, "untilMs": 15_000, "chats": 1}));
        assert_eq!((&found["firstAnswer"]["chats"], &found["duration"]["chats"]), (&json!(2), &json!(2)));
        let bounds = |spread: &Value| -> Vec<Value> {
            spread["items"].as_array().unwrap().iter().map(|one| one["untilMs"].clone()).collect()
        };
        assert_eq!(json!(bounds(&found["firstAnswer"])), json!([15_000, 30_000, 60_000, 120_000, 300_000, null]));
        assert_eq!(json!(bounds(&found["duration"])), json!([120_000, 300_000, 600_000, 1_200_000, 2_400_000, null]));
        // The same once the chats that are over are summed up, and nothing of days without chats.
        let is_due = "SELECT count(*) FROM figure_due";
        eventually("the chats to be summed up", || (morning.desk.database.number(is_due) == 0).then_some(()));
        assert_eq!(spread(), (answers, lasted, found));
        let before = ask("?firstDay=2026-06-08&lastDay=2026-06-09").expect(200);
        assert_eq!((chats(&before["firstAnswer"]), &before["duration"]["median"]), (vec![0; 6], &Value::Null));
        assert_eq!(ask("?firstDay=soon").status, 400);
        assert_eq!(morning.amy.client.get("/api/hark/v1/figures/spreads").status, 403);
    }

    fn our_own_api_says_how_chats_were_rated(engine: Engine) {
        let morning = Morning::new(engine);
        let ask = |query: &str| morning.desk.admin.get(&format!("/api/hark/v1/figures/{query}"));
        let ratings = || -> Vec<i64> {
            let found = ask("ratings").expect(200);
            assert_eq!(found["chats"], 5);
            found["items"].as_array().unwrap().iter().map(|one| one["chats"].as_i64().unwrap()).collect()
        };
        let first = morning.desk.admin.get("livechat/rooms?sort=%7B%22ts%22%3A1%7D").expect(200)["rooms"][0]["_id"].clone();
        let waits = morning.desk.admin.get("livechat/inquiries.list").expect(200)["inquiries"][0]["rid"].clone();
        let rate = |token: &str, rid: Value, rating: &str| {
            let body = json!({"rid": rid, "token": token, "data": [{"name": "satisfaction", "value": rating}]});
            morning.desk.anyone().post("livechat/room.survey", &body).expect(200);
        };
        assert_eq!(ratings(), [0; 5]);
        // one that is closed, and one that goes on
        rate("ann", first.clone(), "5");
        rate("bob", waits, "2");
        assert_eq!(ratings(), [1, 0, 0, 1, 0]);
        // a visitor who rates again is counted once, also when the chat was summed up already
        let is_due = "SELECT count(*) FROM figure_due";
        eventually("the chats to be summed up", || (morning.desk.database.number(is_due) == 0).then_some(()));
        rate("ann", first, "4");
        assert_eq!(ratings(), [0, 1, 0, 1, 0]);
        // of one department, whether or not it is summed up
        let of_sales = || -> Vec<i64> {
            let found = ask(&format!("ratings?{AROUND}&department={}", morning.sales)).expect(200);
            assert_eq!(found["chats"], 2);
            found["items"].as_array().unwrap().iter().map(|one| one["chats"].as_i64().unwrap()).collect()
        };
        assert_eq!(of_sales(), [0, 1, 0, 0, 0]);
        eventually("the chat to be summed up again", || (morning.desk.database.number(is_due) == 0).then_some(()));
        assert_eq!(of_sales(), [0, 1, 0, 0, 0]);
        assert_eq!(ask("ratings?department=none").expect(200)["chats"], 0);
    }

    fn our_own_api_says_in_which_hours_of_a_week_chats_of_some_departments_began(engine: Engine) {
        let morning = Morning::new(engine);
        let ask = |query: &str| {
            let stretch = "from=2026-06-08T00:00:00Z&to=2026-06-15T00:00:00Z";
            morning.desk.admin.get(&format!("/api/hark/v1/figures/week?{stretch}{query}"))
        };
        let busy = |query: &str| -> Vec<Value> {
            let found = ask(query).expect(200);
            let hours = found["items"].as_array().unwrap().iter();
            let hours = hours.filter(|hour| hour["chats"] != 0);
            hours.map(|hour| json!([found["zone"], hour["weekday"], hour["hour"], hour["chats"]])).collect()
        };
        let of_sales = format!("&departments={}", morning.sales);
        let is_due = "SELECT count(*) FROM figure_due";
        for _ in 0..2 {
            assert_eq!(busy(""), [json!(["Europe/Berlin", 3, 9, 5])]);
            assert_eq!(busy(&of_sales), [json!(["Europe/Berlin", 3, 9, 2])]);
            assert_eq!(busy(&format!("{of_sales},none&zone=Asia/Tokyo")), [json!(["Asia/Tokyo", 3, 16, 2])]);
            assert_eq!(busy("&departments=none"), [] as [Value; 0]);
            assert_eq!(busy(&format!("&department={}", morning.sales)), [json!(["Europe/Berlin", 3, 9, 2])], "as it was called before");
            eventually("the chats to be summed up", || (morning.desk.database.number(is_due) == 0).then_some(()));
        }
        let wrong = ask("&zone=Nowhere").expect(400);
        assert_eq!(wrong["errors"][0]["parameter"], "zone");
    }

    fn our_own_api_says_which_tags_chats_have(engine: Engine) {
        let morning = Morning::new(engine);
        let tags = |query: &str| {
            let found = morning.desk.admin.get(&format!("/api/hark/v1/figures/tags?{AROUND}{query}")).expect(200);
            json!([found["chats"], found["tagged"], found["items"]])
        };
        let of_sales = format!("&department={}", morning.sales);
        let each = json!([{"tag": "sales", "chats": 1}, {"tag": "slow", "chats": 1}]);
        let is_due = "SELECT count(*) FROM figure_due";
        for _ in 0..2 {
            assert_eq!(tags(""), json!([5, 1, each]));
            assert_eq!(tags(&of_sales), json!([2, 1, each]));
            assert_eq!(tags("&department=none"), json!([0, 0, []]));
            // and the same when it is summed up
            eventually("the chats to be summed up", || (morning.desk.database.number(is_due) == 0).then_some(()));
        }
        // what was summed up by a version that knew nothing of departments is counted anew
        let counted = "SELECT count(*) FROM figure_department_label";
        let before = morning.desk.database.number(counted);
        assert!(before > 0);
        morning.desk.database.execute("DELETE FROM figure_department_label");
        assert_eq!(tags(&of_sales), json!([2, 1, []]));
        let counted_from = |query: &str| {
            let path = format!("/api/hark/v1/figures/sums?by=day{query}");
            morning.desk.admin.get(&path).expect(200)["countedFrom"].clone()
        };
        assert_eq!(counted_from(&format!("&{AROUND}{of_sales}")), Value::Null);
        morning.desk.database.execute("INSERT INTO figure_recount (day) SELECT DISTINCT at FROM figure_label");
        // and what is not there yet is known to be missing
        assert_eq!(counted_from(&format!("&{AROUND}{of_sales}")), "2026-06-12");
        assert_eq!(counted_from(&format!("&{AROUND}")), Value::Null);
        assert_eq!(counted_from(&format!("&firstDay=2026-06-13{of_sales}")), Value::Null);
        morning.desk.new_chat("eve");
        eventually("the day to be counted anew", || (morning.desk.database.number(counted) == before).then_some(()));
        assert_eq!(tags(&of_sales), json!([2, 1, each]));
        eventually("all days", || counted_from(&format!("&{AROUND}{of_sales}")).is_null().then_some(()));
        assert_eq!(morning.amy.client.get("/api/hark/v1/figures/tags").status, 403);
    }
}
