//! The border of a monitor: they see what is in their units, and nothing of what is in others.

use hark_testkit::{Agent, Client, Desk, Engine, Socket, each, on_both_engines, text};
use hark_wire::table;
use serde_json::{Value, json};

use crate::HARK;
use crate::access::call_with;
use crate::borders::{all_of, methods, names};
use crate::units;

/// In all that is of the monitor's unit, and in all that is of the other one.
const OURS: &str = "zq8ours";
const THEIRS: &str = "zq8theirs";

/// A unit with a department, its agent, and a chat of each kind.
struct Side {
    mark: &'static str,
    agent: Agent,
    department: String,
    unit: String,
    waiting: String,
    served: String,
    closed: String,
    /// Between the first of its chats and the last.
    from: String,
    to: String,
}

struct Units {
    desk: Desk,
    moni: Client,
    ours: Side,
    theirs: Side,
}

fn token(mark: &str, of: &str) -> String {
    format!("{mark}-token-{of}")
}

impl Side {
    fn open(desk: &Desk, mark: &'static str, monitors: &[&Client]) -> Self {
        let agent = desk.agent(&format!("{mark}-agent"));
        let hidden = json!({"showOnRegistration": false});
        let department = desk.department(&format!("{mark} department"), &[&agent], &hidden);
        let unit = units::unit(desk, &format!("{mark} unit"), monitors, &[&department]);
        let mut began = Vec::new();
        let [waiting, served, closed] = ["waiting", "served", "closed"].map(|of| {
            let token = token(mark, of);
            let more = json!({"department": department, "email": format!("{of}@example.org")});
            desk.visitor(&token, &more);
            let room = desk.chat(&token);
            began.push(text(&room, "/ts"));
            let rid = text(&room, "/_id");
            desk.say(&token, &rid, &format!("{mark} asked"));
            let info = json!({
                "guestData": {"_id": room["v"]["_id"]},
                "roomData": {"_id": rid, "topic": format!("{mark} topic"), "tags": [format!("{mark} tag")]},
            });
            desk.admin.post("livechat/room.saveInfo", &info).expect(200);
            let note = json!({"text": format!("{mark} note")});
            let noted = desk.admin.post(&format!("/api/hark/v1/conversations/{rid}/notes"), &note);
            assert_eq!(noted.status, 201, "{noted:?}");
            rid
        });
        for rid in [&served, &closed] {
            desk.take(&agent, rid).expect(200);
        }
        let ending = json!({"rid": closed, "comment": format!("{mark} ended")});
        let ended = agent.client.post("livechat/room.closeByUser", &ending);
        ended.expect(200);
        Self {
            mark,
            agent,
            department,
            unit,
            waiting,
            served,
            closed,
            from: began[0].clone(),
            to: began[2].clone(),
        }
    }

    fn rooms(&self) -> [(&'static str, &String); 3] {
        [
            ("waiting", &self.waiting),
            ("served", &self.served),
            ("closed", &self.closed),
        ]
    }

    /// What nobody of the other unit changes.
    fn state(&self, desk: &Desk) -> Value {
        let rooms = self.rooms().map(|(of, rid)| {
            let room = desk.room(rid);
            let members = [
                "open",
                "servedBy",
                "departmentId",
                "queuedAt",
                "msgs",
                "usersCount",
                "topic",
                "tags",
                "priorityId",
                "slaId",
                "onHold",
                "closedAt",
                "v",
            ];
            let history = desk.history(&token(self.mark, of), rid);
            json!([members.map(|name| room[name].clone()), history])
        });
        let get = |path: String| desk.admin.get(&path).expect(200);
        json!([
            rooms,
            get(format!("livechat/department/{}", self.department)),
            get(format!("livechat/users/agent/{}", self.agent.id)),
            get(format!("livechat/agents/{}/departments", self.agent.id)),
            get(format!("livechat/units/{}", self.unit)),
        ])
    }
}

impl Units {
    fn open(engine: Engine) -> Self {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (moni, other) = (
            units::monitor(&desk, "moni"),
            units::monitor(&desk, "other"),
        );
        let ours = Side::open(&desk, OURS, &[&moni]);
        let theirs = Side::open(&desk, THEIRS, &[&other]);
        Self {
            desk,
            moni,
            ours,
            theirs,
        }
    }
}

/// Routes of the people who work here, whom everyone who has an account knows.
fn is_of_people(path: &str) -> bool {
    ["users.", "roles.", "im.", "chat.postMessage"]
        .iter()
        .any(|family| path.starts_with(family))
}

on_both_engines! {
    /// A monitor who knows every id of another unit walks through all routes, methods and streams.
    fn a_monitor_learns_nothing_of_other_units(engine: Engine) {
        let here = Units::open(engine);
        let (desk, moni, theirs) = (&here.desk, &here.moni, &here.theirs);
        let gives_nothing_away = |what: &str, shown: &str| {
            assert!(!shown.contains(THEIRS), "{what} gives it away: {shown}");
        };
        let mut socket = Socket::of(&desk.server, moni);
        let mut streams = vec![
            ("stream-livechat-inquiry-queue-observer", "public".to_owned()),
            ("stream-livechat-inquiry-queue-observer", format!("department/{}", theirs.department)),
            ("stream-room-messages", "__my_messages__".to_owned()),
        ];
        for own in ["notification", "rooms-changed", "subscriptions-changed", "message", "userData"] {
            streams.push(("stream-notify-user", format!("{}/{own}", moni.id())));
            streams.push(("stream-notify-user", format!("{}/{own}", theirs.agent.id)));
        }
        let before = theirs.state(desk);
        for (of, rid) in theirs.rooms() {
            let guest = desk.anyone().get(&format!("livechat/visitor/{}", token(THEIRS, of))).expect(200)["visitor"].clone();
            let messages = desk.history(&token(THEIRS, of), rid);
            let message = text(messages.iter().find(|one| one["msg"] != "").unwrap(), "/_id");
            let inquiry = desk.inquiry(rid)["_id"].as_str().unwrap_or("none").to_owned();
            let known = json!({
                "token": "monis-own", "rid": rid, "roomId": rid, "roomid": rid, "room": rid, "inquiryId": inquiry, "visitorId": guest["_id"],
                "contactId": guest["_id"], "msgId": message, "messageId": message, "fileId": message, "agentId": theirs.agent.id,
                "searchText": "zq8", "searchTerm": "zq8", "term": of, "text": "", "type": "agent", "unitId": theirs.unit,
                "lastUpdate": "2020-01-01T00:00:00.000Z", "selector": "{\"term\":\"\"}", "ids": [theirs.department],
                "department": theirs.department, "departmentId": theirs.department, "name": "Total_conversations", "comment": "x", "msg": "in",
                "start": theirs.from, "end": theirs.to, "from": theirs.from.get(..10), "to": theirs.to.get(..10), "visitor": guest["_id"],
                "agent": theirs.agent.id, "includeOfflineAgents": "true", "upsert": [], "remove": [{"agentId": theirs.agent.id}],
            });
            let everywhere = |known: &Value| {
                let mut all = known.clone();
                for name in ["department", "departmentId", "visitor", "agent", "agentId"] {
                    all[name] = json!("");
                }
                all
            };
            for route in table().into_iter().filter(|route| route.access.wants_login() && !route.endless) {
                let ids = [rid, &theirs.department, &theirs.unit, &theirs.agent.id, &message, &inquiry];
                let varies = names(route, "_id") || names(route, "id");
                for id in &ids[..if varies { 6 } else { 1 }] {
                    for mut known in [known.clone(), everywhere(&known)] {
                        known["_id"] = json!(id);
                        known["id"] = json!(id);
                        let client = if route.path.contains("log") {
                            &desk.anyone().login("moni", "secret-of-moni")
                        } else {
                            moni
                        };
                        let answer = call_with(client, route, &known);
                        if !is_of_people(route.path) {
                            let what = format!("{} {} with {id} of {of}", route.method, route.path);
                            gives_nothing_away(&what, &all_of(&answer));
                        }
                    }
                }
            }
            let dates = json!({"from": theirs.from.get(..10), "to": theirs.to.get(..10)});
            let chart = json!({"daterange": dates, "chartOptions": {"name": "Total_conversations"}, "departmentId": theirs.department});
            let department = json!({"name": "Taken", "email": "a@b.test", "enabled": false, "showOnRegistration": false, "showOnOfflineForm": false});
            let mut all = methods(rid, &message, &inquiry, &text(&guest, "/_id"));
            all.extend([
                ("livechat:closeRoom", json!([rid, "over", {}])),
                ("livechat:removeRoom", json!([rid])),
                ("livechat:removeAllClosedRooms", json!([[theirs.department]])),
                ("livechat:saveAgentInfo", json!([theirs.agent.id, {"maxNumberSimultaneousChat": 1}, [here.ours.department]])),
                ("livechat:changeLivechatStatus", json!([{"status": "not-available", "agentId": theirs.agent.id}])),
                ("livechat:saveDepartment", json!([theirs.department, department, []])),
                ("livechat:saveUnit", json!([theirs.unit, {"name": "Taken"}, [], []])),
                ("livechat:removeUnit", json!([theirs.unit])),
            ]);
            for (method, params) in all {
                gives_nothing_away(method, &moni.method(method, &params).to_string());
                gives_nothing_away(method, &socket.call(method, &params).to_string());
            }
            let points = moni.method("livechat:getAnalyticsChartData", &json!([chart]));
            let points = points["result"]["dataPoints"].as_array().unwrap();
            assert!(points.iter().all(|point| point == 0), "{points:?}");
            assert_eq!(theirs.state(desk), before, "moni changed something of {of}");
            for event in [rid.clone(), format!("{rid}/user-activity"), format!("{rid}/deleteMessage"), format!("{rid}/notes"), inquiry] {
                for stream in ["stream-room-messages", "stream-room-data", "stream-notify-room", "stream-hark-conversation", "stream-livechat-inquiry-queue-observer"] {
                    streams.push((stream, event.clone()));
                }
            }
        }
        let mut sockets: Vec<Socket> = Vec::new();
        for some in streams.chunks(40) {
            let mut socket = Socket::of(&desk.server, moni);
            for (stream, event) in some {
                socket.subscribe(stream, event, &json!({}));
            }
            sockets.push(socket);
        }
        // all that can happen to a chat
        let agent = &theirs.agent;
        for (of, rid) in [("waiting", &theirs.waiting), ("served", &theirs.served)] {
            desk.say(&token(THEIRS, of), rid, &format!("{THEIRS} more"));
        }
        desk.take(agent, &theirs.waiting).expect(200);
        let back = agent.client.method("livechat:returnAsInquiry", &json!([theirs.waiting, null]));
        assert_eq!(back["result"], true, "{back}");
        let ending = json!({"rid": theirs.served, "comment": format!("{THEIRS} over")});
        agent.client.post("livechat/room.closeByUser", &ending).expect(200);
        for mut socket in sockets {
            socket.subscribe("stream-notify-user", &format!("{}/userData", moni.id()), &json!({}));
            for status in ["busy", "online"] {
                moni.post("users.setStatus", &json!({"status": status, "message": ""})).expect(200);
            }
            socket.wait_for("moni's own status", |frame| frame["fields"]["args"][0]["diff"]["status"] == "online");
            gives_nothing_away("a stream", &json!(socket.kept()).to_string());
        }
    }

    /// What is in their units they see, count and handle.
    fn a_monitor_sees_their_units_whole(engine: Engine) {
        let here = Units::open(engine);
        let (desk, moni, ours, theirs) = (&here.desk, &here.moni, &here.ours, &here.theirs);
        let get = |client: &Client, path: &str| client.get(path).expect(200);
        let total = |client: &Client, path: &str| get(client, path)["total"].clone();

        // chats, and their places in the queue
        for (query, number) in [("", 3), ("?open=true", 1), ("?open=false", 1), ("?queued=true", 1), ("?roomName=guest", 3)] {
            let rooms = get(moni, &format!("livechat/rooms{query}"));
            assert_eq!(rooms["total"], number, "{query}: {rooms}");
            assert_eq!(rooms["rooms"].as_array().unwrap().len(), number, "{query}");
        }
        assert_eq!(total(moni, &format!("livechat/rooms?departmentId={}", ours.department)), 3);
        assert_eq!(total(moni, &format!("livechat/rooms?departmentId={}", theirs.department)), 0);
        assert_eq!(total(moni, &format!("livechat/rooms?agents[]={}", theirs.agent.id)), 0);
        assert_eq!(total(&desk.admin, "livechat/rooms"), 6);
        for path in ["livechat/inquiries.list", "livechat/inquiries.queuedForUser"] {
            let queue = get(moni, path);
            assert_eq!(each(&queue["inquiries"], "rid"), [&ours.waiting], "{path}");
            assert_eq!(queue["total"], 1, "{path}");
        }
        assert_eq!(total(moni, &format!("livechat/inquiries.queuedForUser?department={}", ours.department)), 1);
        assert_eq!(total(moni, &format!("livechat/inquiries.list?department={}", theirs.department)), 0);
        let refused = moni.get(&format!("livechat/inquiries.queuedForUser?department={}", theirs.department));
        assert_eq!(refused.status, 400);
        let found = get(moni, "/api/hark/v1/conversations");
        assert_eq!(found["items"].as_array().unwrap().len(), 3);
        let said = get(moni, &format!("livechat/{}/messages?searchTerm=asked", ours.served));
        assert_eq!(text(&said, "/messages/0/msg"), format!("{OURS} asked"));

        // departments and agents
        for path in ["livechat/department", "livechat/department?text=zq8"] {
            assert_eq!(each(&get(moni, path)["departments"], "_id"), [&ours.department], "{path}");
        }
        let shown = |id: &str| get(moni, &format!("livechat/department/{id}"));
        assert_eq!(text(&shown(&ours.department), "/department/_id"), ours.department);
        assert_eq!(text(&shown(&ours.department), "/agents/0/agentId"), ours.agent.id);
        assert_eq!(shown(&theirs.department), json!({"department": null, "agents": [], "success": true}));
        let agents = get(moni, "livechat/users/agent");
        assert_eq!(each(&agents["users"], "_id"), [&ours.agent.id]);
        assert_eq!(total(moni, "livechat/queue?includeOfflineAgents=true"), 1);
        assert_eq!(get(moni, &format!("livechat/users/agent/{}", theirs.agent.id))["user"], Value::Null);
        assert_eq!(get(moni, &format!("livechat/users/agent/{}", ours.agent.id))["user"]["_id"], json!(ours.agent.id));

        // figures and reports
        let stretch = format!("start={}&end={}", ours.from, theirs.to);
        let report = |client: &Client, path: &str| get(client, &format!("livechat/analytics/{path}?{stretch}"));
        for (client, number) in [(moni, 3), (&desk.admin, 6)] {
            let totals = report(client, "dashboards/conversation-totalizers");
            assert_eq!(totals["totalizers"][0]["value"], number, "{totals}");
            assert_eq!(report(client, "dashboards/conversations-by-status")["total"], number);
        }
        assert_eq!(report(moni, "dashboards/charts/chats"), json!({"open": 1, "closed": 1, "queued": 1, "onhold": 0, "success": true}));
        let per_agent = report(moni, "dashboards/charts/chats-per-agent");
        assert_eq!(hark_testkit::names(&per_agent), ["success", &ours.agent.name]);
        let per_department = report(moni, "dashboards/charts/chats-per-department");
        assert_eq!(hark_testkit::names(&per_department), ["success", "zq8ours department"]);
        let amount = report(moni, "departments/amount-of-chats");
        assert_eq!(amount["departments"], json!([{"_id": ours.department, "name": "zq8ours department", "rooms": 3}]));
        let by_agent = report(moni, "dashboards/conversations-by-agent");
        assert_eq!((&by_agent["total"], &by_agent["data"][0]["value"]), (&json!(3), &json!(2)));
        assert_eq!(each(&report(moni, "agents/available-for-service-history")["agents"], "username"), [&ours.agent.name]);
        let status = get(moni, "livechat/analytics/dashboards/charts/agents-status");
        assert_eq!(status["available"], 1);
        // what is summed up for everybody together is refused
        for path in ["conversations-by-source", "conversations-by-tags"] {
            let refused = moni.get(&format!("livechat/analytics/dashboards/{path}?{stretch}"));
            assert_eq!(refused.status, 403, "{path}");
        }
        let waits = get(moni, "/api/hark/v1/figures/waits");
        assert_eq!((&waits["chats"], &waits["waiting"]), (&json!(3), &json!(1)));
        assert_eq!(waits["each"].as_array().unwrap().len(), 1);
        let now = get(moni, "/api/hark/v1/figures/now");
        assert_eq!((&now["queued"], &now["served"]), (&json!(1), &json!(1)));
        assert_eq!(now["queue"][0]["conversation"], json!(ours.waiting));
        assert_eq!(each(&now["agents"], "username"), [&ours.agent.name]);
        for by in ["department", "agent"] {
            let sums = get(moni, &format!("/api/hark/v1/figures/sums?by={by}&firstDay=2020-01-01&lastDay=2020-01-02"));
            assert_eq!(sums["total"]["chats"], 0, "{by}");
            let sums = get(moni, &format!("/api/hark/v1/figures/sums?by={by}"));
            assert_eq!(sums["total"]["chats"], 3, "{by}");
            assert!(!sums.to_string().contains(&theirs.department), "{sums}");
        }
        assert_eq!(get(moni, "/api/hark/v1/figures/ratings")["chats"], 3);
        assert_eq!(get(moni, "/api/hark/v1/figures/tags")["chats"], 3);
        let none = get(moni, &format!("/api/hark/v1/figures/ratings?department={}", theirs.department));
        assert_eq!(none["chats"], 0);
        assert_eq!(get(moni, "/api/hark/v1/figures/spreads")["duration"]["chats"], 1);

        // and they handle it
        let info = json!({"guestData": {"_id": desk.room(&ours.served)["v"]["_id"]}, "roomData": {"_id": ours.served, "topic": "Seen"}});
        moni.post("livechat/room.saveInfo", &info).expect(200);
        let mut socket = Socket::of(&desk.server, moni);
        socket.subscribe("stream-livechat-inquiry-queue-observer", &format!("department/{}", ours.department), &json!({}));
        let taken = json!({"inquiryId": desk.inquiry(&ours.waiting)["_id"], "userId": ours.agent.id});
        moni.post("livechat/inquiries.take", &taken).expect(200);
        // What others of their chats had to tell may still be on its way.
        socket.wait_for("the chat that was taken", |frame| {
            frame["collection"] == "stream-livechat-inquiry-queue-observer" && frame["fields"]["args"][0]["rid"] == json!(ours.waiting)
        });
        moni.post("livechat/room.closeByUser", &json!({"rid": ours.served, "comment": "over"})).expect(200);
        let made = |unit: &str| {
            let department = json!({"name": "New", "email": "a@b.test", "enabled": true, "showOnRegistration": false, "showOnOfflineForm": false});
            moni.post("livechat/department", &json!({"department": department, "departmentUnit": {"_id": unit}}))
        };
        made(&ours.unit).expect(200);
        made(&theirs.unit).refused_with_code("Invalid department unit id provided", "error-invalid-department-unit");
        let removed = moni.method("livechat:removeAllClosedRooms", &json!([]));
        assert_eq!(removed["result"], 2);
        assert_eq!(total(&desk.admin, "livechat/rooms?open=false"), 1);
    }

    /// Who has no unit sees nothing, what moves into a unit is seen, and a wider role is as wide as ever.
    fn the_border_is_where_the_units_are_now(engine: Engine) {
        let here = Units::open(engine);
        let (desk, ours, theirs) = (&here.desk, &here.ours, &here.theirs);
        let seen = |client: &Client| {
            let rooms = client.get("livechat/rooms").expect(200)["total"].clone();
            let departments = client.get("livechat/department").expect(200)["total"].clone();
            (rooms, departments)
        };
        let nobody = units::monitor(desk, "nobody");
        assert_eq!(seen(&nobody), (json!(0), json!(0)));
        for rid in [&ours.waiting, &ours.closed] {
            assert_eq!(nobody.get(&format!("livechat/{rid}/messages")).status, 400);
        }
        let wide = desk.admin.person("wide", &["user", "livechat-monitor", "livechat-manager"]);
        assert_eq!(seen(&wide), (json!(6), json!(2)));
        // an agent sees what agents see, and the units besides
        let both = desk.admin.agent_with("both", &["user", "livechat-monitor", "livechat-agent"]);
        assert_eq!(both.client.get(&format!("livechat/{}/messages", theirs.served)).status, 400);
        units::unit(desk, "Third", &[&both.client], &[&desk.department("Third", &[], &json!({}))]);
        let public = desk.new_chat("for-everyone");
        both.client.get(&format!("livechat/{public}/messages")).expect(200);
        assert_eq!(here.moni.get(&format!("livechat/{public}/messages")).status, 400);

        // a department moves, with all of its chats
        let more = desk.department("More", &[], &json!({"showOnRegistration": false}));
        let unit = units::wanted("zq8theirs unit", &[&nobody], &[&theirs.department, &more]);
        let path = format!("livechat/units/{}", theirs.unit);
        desk.admin.post(&path, &unit).expect(200);
        assert_eq!(seen(&nobody), (json!(3), json!(2)));
        desk.admin.post(&path, &units::wanted("zq8theirs unit", &[&nobody], &[&more])).expect(200);
        assert_eq!(seen(&nobody), (json!(0), json!(1)));
        let unit = units::wanted("zq8ours unit", &[&here.moni], &[&ours.department, &theirs.department]);
        desk.admin.post(&format!("livechat/units/{}", ours.unit), &unit).expect(200);
        assert_eq!(seen(&here.moni), (json!(6), json!(2)));
        here.moni.get(&format!("livechat/{}/messages", theirs.closed)).expect(200);

        // what is of everything is not granted to monitors, whoever tries
        let grant = json!({"permissions": [{"_id": "can-audit-log", "roles": ["admin", "livechat-monitor"]}]});
        desk.admin.post("permissions.update", &grant).expect(200);
        assert_eq!(here.moni.get("/api/hark/v1/audit").status, 403);
    }
}
