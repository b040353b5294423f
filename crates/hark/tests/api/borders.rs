//! The borders between those who work here: what an agent learns of the chats of another department,
//! and what a role may give away.

use hark_testkit::{
    Agent, Client, Database, Desk, Engine, Response, Server, Setup, Socket, on_both_engines, text,
};
use hark_wire::{Route, Shape, table};
use serde_json::{Value, json};

use crate::HARK;
use crate::access::call_with;

/// In all that was said in the chats of the other department.
const WORDS: &str = "zq7words";
/// In the tokens of their visitors.
const TOKEN: &str = "zq7token";

/// A department with a chat of each kind, and an agent of another one.
struct Departments {
    desk: Desk,
    hana: Agent,
    sam: Agent,
    people: String,
    sales: String,
    waiting: String,
    served: String,
    closed: String,
}

fn token(of: &str) -> String {
    format!("{TOKEN}-{of}")
}

impl Departments {
    fn open(engine: Engine) -> Self {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (hana, sam) = (desk.agent("hana"), desk.agent("sam"));
        // no chat goes to one of them by itself
        let hidden = json!({"showOnRegistration": false});
        let people = desk.department("People", &[&hana], &hidden);
        let sales = desk.department("Sales", &[&sam], &hidden);
        let chat = |of: &str| {
            let email = format!("{of}@example.org");
            let phone = format!("+1555{}", of.bytes().map(u32::from).sum::<u32>());
            let more = json!({"department": people, "email": email, "phone": phone});
            desk.visitor(&token(of), &more);
            let rid = text(&desk.chat(&token(of)), "/_id");
            desk.say(&token(of), &rid, &format!("{WORDS} asked"));
            let page =
                json!({"change": "url", "title": WORDS, "location": {"href": "https://a.test/"}});
            let visit = json!({"token": token(of), "rid": rid, "pageInfo": page});
            let visited = desk.anyone().post("livechat/page.visited", &visit);
            visited.expect(200);
            rid
        };
        let [waiting, served, closed] = ["waiting", "served", "closed"].map(chat);
        for rid in [&served, &closed] {
            desk.take(&hana, rid).expect(200);
            let answer = json!({"message": {"rid": rid, "msg": format!("{WORDS} answered")}});
            hana.client.post("chat.sendMessage", &answer).expect(200);
        }
        let ending = json!({"rid": closed, "comment": format!("{WORDS} ended")});
        hana.client
            .post("livechat/room.closeByUser", &ending)
            .expect(200);
        Self {
            desk,
            hana,
            sam,
            people,
            sales,
            waiting,
            served,
            closed,
        }
    }

    fn visitor(&self, of: &str) -> Value {
        let path = format!("livechat/visitor/{}", token(of));
        self.desk.anyone().get(&path).expect(200)["visitor"].clone()
    }
}

#[track_caller]
fn gives_nothing_away(what: &str, shown: &str) {
    for mark in [WORDS, TOKEN] {
        assert!(!shown.contains(mark), "{what} gives {mark} away: {shown}");
    }
}

/// Whether a parameter or a part of the path is called so.
fn names(route: &Route, name: &str) -> bool {
    let in_shape = match &route.params {
        Shape::Object(fields) | Shape::MeteorMatch(fields) | Shape::OpenObject(fields) => {
            fields.iter().any(|field| field.name == name)
        }
        _ => true,
    };
    in_shape || route.path_names().contains(&name)
}

fn all_of(answer: &Response) -> String {
    format!("{:?} {}", answer.headers, answer.text())
}

/// The methods of the real-time API that name a room, a message or a place in the queue.
fn methods(rid: &str, message: &str, inquiry: &str, visitor: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("loadHistory", json!([rid, null, 50, null])),
        (
            "loadSurroundingMessages",
            json!([{"_id": message, "rid": rid}, 50]),
        ),
        ("getRoomByTypeAndName", json!(["l", rid])),
        ("readMessages", json!([rid])),
        ("sendMessage", json!({"rid": rid, "msg": "in"})),
        (
            "updateMessage",
            json!([{"_id": message, "rid": rid, "msg": "mine"}]),
        ),
        ("deleteMessage", json!([{"_id": message}])),
        ("livechat:takeInquiry", json!([inquiry])),
        ("livechat:returnAsInquiry", json!([rid, null])),
        (
            "livechat:sendTranscript",
            json!([visitor, rid, "a@b.test", "x"]),
        ),
        ("rooms/get", json!([])),
        ("subscriptions/get", json!([])),
    ]
}

on_both_engines! {
    /// An agent of another department, who knows every id, walks through all routes, methods and
    /// streams.
    fn who_may_not_see_a_chat_gets_nothing_of_it_that_would_let_them_in(engine: Engine) {
        let here = Departments::open(engine);
        let (desk, sam) = (&here.desk, &here.sam);
        let mut socket = Socket::of(&desk.server, &sam.client);
        let of = [("waiting", &here.waiting), ("served", &here.served), ("closed", &here.closed)];
        let mut streams = vec![
            ("stream-livechat-inquiry-queue-observer", "public".to_owned()),
            ("stream-livechat-inquiry-queue-observer", format!("department/{}", here.people)),
            ("stream-livechat-inquiry-queue-observer", format!("department/{}", here.sales)),
            ("stream-room-messages", "__my_messages__".to_owned()),
            ("stream-notify-logged", "user-status".to_owned()),
        ];
        for own in ["notification", "rooms-changed", "subscriptions-changed", "message", "userData"] {
            streams.push(("stream-notify-user", format!("{}/{own}", sam.id)));
            streams.push(("stream-notify-user", format!("{}/{own}", here.hana.id)));
        }
        for (visitor, rid) in of {
            let guest = here.visitor(visitor);
            let messages = desk.history(&token(visitor), rid);
            let message = text(messages.iter().find(|one| one["msg"] != "").unwrap(), "/_id");
            let inquiry = desk.inquiry(rid)["_id"].as_str().unwrap_or("none").to_owned();
            // what contacts are called is for all who work here; the chat is not
            let state = || {
                let room = desk.room(rid);
                let members = ["open", "servedBy", "departmentId", "queuedAt", "msgs", "usersCount", "topic", "tags", "closedAt"];
                (members.map(|name| room[name].clone()), desk.history(&token(visitor), rid))
            };
            let before = state();
            let known = json!({
                "token": "sams-own", "rid": rid, "roomId": rid, "roomid": rid, "room": rid, "inquiryId": inquiry, "visitorId": guest["_id"], "contactId": guest["_id"],
                "msgId": message, "messageId": message, "fileId": message,
                "phone": text(&guest, "/phone/0/phoneNumber"), "searchText": "zq7", "searchTerm": "zq7", "term": visitor, "text": "zq7",
                "lastUpdate": "2020-01-01T00:00:00.000Z", "selector": format!("{{\"term\":\"{}\"}}", text(&guest, "/username")),
                "department": here.people, "departmentId": here.people, "name": "zq", "comment": "x", "msg": "in",
            });
            for route in table().into_iter().filter(|route| route.access.wants_login() && !route.endless) {
                let ids = [&text(&guest, "/_id"), rid, &message, &inquiry];
                for id in &ids[..if names(route, "_id") { 4 } else { 1 }] {
                    for user in &[None, Some(&sam.id)][..if names(route, "userId") || names(route, "agents") { 2 } else { 1 }] {
                        let mut known = known.clone();
                        known["_id"] = json!(id);
                        if route.method == "GET" {
                            known["email"] = guest["visitorEmails"][0]["address"].clone();
                        }
                        if let Some(user) = user {
                            known["userId"] = json!(user);
                            known["agents"] = json!([user]);
                        }
                        // where somebody logs out, it is another log-in
                        let client = if route.path.contains("log") {
                            &desk.anyone().login("sam", "secret-of-sam")
                        } else {
                            &sam.client
                        };
                        let answer = call_with(client, route, &known);
                        let what = format!("{} {} with {id} of {visitor}", route.method, route.path);
                        gives_nothing_away(&what, &all_of(&answer));
                    }
                }
            }
            for (method, params) in methods(rid, &message, &inquiry, &text(&guest, "/_id")) {
                gives_nothing_away(method, &sam.client.method(method, &params).to_string());
                gives_nothing_away(method, &socket.call(method, &params).to_string());
            }
            assert_eq!(state(), before, "sam changed the chat {visitor}");
            for event in [rid.clone(), format!("{rid}/user-activity"), format!("{rid}/deleteMessage"), inquiry] {
                for stream in ["stream-room-messages", "stream-room-data", "stream-livechat-room", "stream-notify-room", "stream-livechat-inquiry-queue-observer"] {
                    streams.push((stream, event.clone()));
                }
            }
        }
        // a connection has so many subscriptions and no more
        let mut sockets: Vec<Socket> = Vec::new();
        for some in streams.chunks(40) {
            let mut socket = Socket::of(&desk.server, &sam.client);
            for (stream, event) in some {
                socket.subscribe(stream, event, &json!({}));
            }
            sockets.push(socket);
        }

        // all that can happen to a chat
        let say = |of: &str, rid: &str| desk.say(&token(of), rid, &format!("{WORDS} more"));
        say("waiting", &here.waiting);
        say("served", &here.served);
        let answer = json!({"message": {"rid": here.served, "msg": format!("{WORDS} again")}});
        here.hana.client.post("chat.sendMessage", &answer).expect(200);
        desk.take(&here.hana, &here.waiting).expect(200);
        let back = here.hana.client.method("livechat:returnAsInquiry", &json!([here.waiting, null]));
        assert_eq!(back["result"], true, "{back}");
        desk.visitor(&token("later"), &json!({"department": here.people}));
        let later = text(&desk.chat(&token("later")), "/_id");
        say("later", &later);
        let more = desk.department("More", &[&here.hana], &json!({"showOnRegistration": false}));
        let forward = json!({"roomId": later, "departmentId": more});
        desk.admin.post("livechat/room.forward", &forward).expect(200);
        for rid in [&later, &here.served] {
            let ending = json!({"rid": rid, "comment": format!("{WORDS} over")});
            desk.admin.post("livechat/room.closeByUser", &ending).expect(200);
        }
        // what is for everyone comes through
        let open = desk.new_chat("for-everyone");
        let came = sockets[0].event("stream-livechat-inquiry-queue-observer", "public");
        assert_eq!((&came[0]["rid"], &came[0]["type"], came[0]["v"].get("token")), (&json!(open), &json!("added"), None), "{came}");
        for socket in &mut sockets {
            socket.subscribe("stream-notify-user", &format!("{}/userData", sam.id), &json!({}));
        }
        sam.client.post("users.setStatus", &json!({"status": "busy", "message": ""})).expect(200);
        for mut socket in sockets {
            socket.wait_for("sam's own status", |frame| frame["fields"]["args"][0]["diff"]["status"] == "busy");
            gives_nothing_away("a stream", &json!(socket.kept()).to_string());
        }
    }

    /// An agent who may give chats to other visitors makes none of them one of those whose chats they
    /// may not see.
    fn a_chat_is_given_only_to_visitors_whose_chats_the_agent_may_see(engine: Engine) {
        let here = Departments::open(engine);
        let desk = &here.desk;
        let give = |agent: &Agent, to: &Value| {
            let guest = desk.visitor(&format!("guest-of-{}", agent.id), &json!({}));
            let rid = text(&desk.chat(&text(&guest, "/token")), "/_id");
            if desk.room(&rid)["servedBy"].is_null() {
                desk.take(agent, &rid).expect(200);
            }
            let body = json!({"rid": rid, "oldVisitorId": guest["_id"], "newVisitorId": to["_id"]});
            (agent.client.put("livechat/room.visitor", &body), rid)
        };
        let known = here.visitor("closed");
        let (refused, rid) = give(&here.sam, &known);
        refused.refused(400, "visitor-not-found");
        assert_ne!(desk.room(&rid)["v"]["_id"], known["_id"]);
        let (given, rid) = give(&here.hana, &known);
        given.expect(200);
        assert_eq!(desk.room(&rid)["v"]["_id"], known["_id"]);
        // One who has not had a chat is behind no border.
        let (given, _) = give(&here.sam, &desk.visitor("new", &json!({})));
        given.expect(200);
    }

    /// The agent of a visitor's chat has with it no key to the visitor's other chats: on no route, by
    /// no method, on no stream.
    fn the_agent_of_a_chat_is_not_shown_its_visitors_token(engine: Engine) {
        let here = Departments::open(engine);
        let (desk, hana) = (&here.desk, &here.hana);
        let of = [("served", &here.served), ("closed", &here.closed), ("waiting", &here.waiting)];
        let stand_in = |rid: &str| format!("room:{rid}");
        let shows_no_token = |what: &str, shown: &str| {
            assert!(!shown.contains(TOKEN), "{what} shows it: {shown}");
        };

        let subscribed = |mut socket: Socket, shown: &Value| {
            let rid = &here.served;
            let mut streams = vec![("stream-room-messages", rid.clone())];
            if shown.is_null() {
                streams.extend([("stream-room-messages", "__my_messages__".to_owned()), ("stream-room-data", rid.clone())]);
                let own = ["rooms-changed", "subscriptions-changed", "notification", "message"];
                streams.extend(own.map(|own| ("stream-notify-user", format!("{}/{own}", hana.id))));
            }
            for (stream, event) in streams {
                let answer = socket.subscribe(stream, &event, shown);
                assert_eq!(answer["msg"], "ready", "{stream} {event}: {answer}");
            }
            socket
        };
        let mut to_hana = subscribed(Socket::of(&desk.server, &hana.client), &Value::Null);
        let mut to_guest = subscribed(Socket::greeted(&desk.server), &json!({"visitorToken": token("served")}));
        desk.say(&token("served"), &here.served, "said now");
        let said = |frame: &Value| frame["fields"]["args"][0]["msg"] == "said now";
        for _ in 0..2 {
            let heard = to_hana.wait_for("what was said, in the chat and in all", said);
            assert_eq!(heard["fields"]["args"][0]["token"], stand_in(&here.served), "{heard}");
        }
        let heard = to_guest.wait_for("what they said", said);
        assert_eq!(heard["fields"]["args"][0]["token"], token("served"), "{heard}");
        for stream in ["rooms-changed", "subscriptions-changed"] {
            let event = format!("{}/{stream}", hana.id);
            let heard = to_hana.event("stream-notify-user", &event);
            assert_eq!(heard[1]["v"]["token"], stand_in(&here.served), "{heard}");
        }
        let room = to_hana.event("stream-room-data", &here.served);
        assert_eq!(room[0]["v"]["token"], stand_in(&here.served), "{room}");
        shows_no_token("a stream", &json!(to_hana.kept()).to_string());

        // those who may see all chats are shown it
        assert_eq!(desk.room(&here.served)["v"]["token"], token("served"));
        let grants = json!({"permissions": [{"_id": "send-omnichannel-chat-transcript", "roles": ["admin", "livechat-agent"]}]});
        desk.admin.post("permissions.update", &grants).expect(200);
        let mut seen = 0;
        let routes = || table().into_iter().filter(|route| route.access.wants_login() && !route.endless);
        // what is only read first
        for is_read in [true, false] {
            for (visitor, rid) in of {
                let guest = here.visitor(visitor);
                let message = desk.history(&token(visitor), rid).last().map_or_else(String::new, |message| text(message, "/_id"));
                for route in routes().filter(|route| (route.method == "GET") == is_read) {
                    let known = json!({
                        "_id": guest["_id"], "token": "hanas-own", "rid": rid, "roomId": rid, "roomid": rid, "room": rid,
                        "visitorId": guest["_id"], "contactId": guest["_id"], "msgId": message, "messageId": message,
                        "searchText": "zq7", "searchTerm": "zq7", "term": visitor, "text": "said", "msg": "in", "agents": [hana.id],
                        "lastUpdate": "2020-01-01T00:00:00.000Z", "selector": format!("{{\"term\":\"{}\"}}", text(&guest, "/username")),
                        "departmentId": here.people, "name": "zq", "comment": "x",
                    });
                    let client = if route.path.contains("log") {
                        &desk.anyone().login("hana", "secret-of-hana")
                    } else {
                        &hana.client
                    };
                    let answer = all_of(&call_with(client, route, &known));
                    shows_no_token(&format!("{} {} of {visitor}", route.method, route.path), &answer);
                    seen += usize::from(answer.contains(&stand_in(rid)));
                }
                if is_read {
                    for (method, params) in methods(rid, &message, "none", &text(&guest, "/_id")) {
                        if !["deleteMessage", "livechat:returnAsInquiry"].contains(&method) {
                            shows_no_token(method, &hana.client.method(method, &params).to_string());
                        }
                    }
                    // by what stands for it a transcript is sent, of this room alone
                    let send = |token: &str| {
                        let sent = hana.client.method("livechat:sendTranscript", &json!([token, rid, "a@b.test", ""]));
                        sent["error"]["error"].clone()
                    };
                    assert_eq!(send(&stand_in(rid)), send(&token(visitor)), "{visitor}");
                    assert_ne!(send(&stand_in(rid)), "error-invalid-room", "{visitor}");
                    assert_eq!(send(&stand_in("other")), "error-invalid-room");
                    // and nothing else is opened by it
                    let path = format!("livechat/messages.history/{rid}?token={}", stand_in(rid));
                    desk.anyone().get(&path).refused(400, "invalid-token");
                }
            }
        }
        assert!(seen > 10, "{seen}");
    }

    /// One visitor, whom another department had before.
    fn the_earlier_chats_of_a_visitor_show_no_words_across_departments(engine: Engine) {
        let here = Departments::open(engine);
        let desk = &here.desk;
        let guest = text(&here.visitor("closed"), "/_id");
        desk.visitor(&token("closed"), &json!({"department": here.sales}));
        let rid = text(&desk.chat(&token("closed")), "/_id");
        desk.take(&here.sam, &rid).expect(200);
        let list = |client: &Client, what: &str| {
            let history = client.get(&format!("livechat/visitors.{what}/room/{rid}/visitor/{guest}")).expect(200);
            let found = history["history"].as_array().unwrap().clone();
            let earlier = found.iter().find(|room| room["_id"] == *here.closed).cloned();
            (earlier, found.len(), history.to_string())
        };
        for what in ["chatHistory", "searchChats"] {
            let (earlier, number, all) = list(&here.sam.client, what);
            let earlier = earlier.unwrap();
            assert_eq!(number, 2);
            assert!(!all.contains(WORDS), "{all}");
            assert_eq!((earlier.get("v"), &earlier["servedBy"]["username"]), (None, &json!("hana")));
            assert!(earlier["closedAt"].is_string());
        }
        assert_eq!(list(&desk.admin, "searchChats").0.unwrap()["closingMessage"]["msg"], format!("{WORDS} ended"));
        // nor does a search say what was said there
        let search = |client: &Client| {
            let path = format!("livechat/visitors.searchChats/room/{rid}/visitor/{guest}?searchText={WORDS}");
            client.get(&path).expect(200)["total"].clone()
        };
        assert_eq!((search(&here.sam.client), search(&desk.admin)), (json!(0), json!(1)));
    }

    fn a_chat_of_another_department_is_not_taken_and_not_given_away(engine: Engine) {
        let here = Departments::open(engine);
        let (desk, sam, hana) = (&here.desk, &here.sam, &here.hana);
        let grants = json!({"permissions": [{"_id": "transfer-livechat-guest", "roles": ["admin", "livechat-agent"]}]});
        desk.admin.post("permissions.update", &grants).expect(200);
        let inquiry = text(&desk.inquiry(&here.waiting), "/_id");
        for method in ["Manual_Selection", "Auto_Selection"] {
            desk.set("Livechat_Routing_Method", method);
            for body in [json!({"inquiryId": inquiry}), json!({"inquiryId": inquiry, "userId": sam.id}), json!({"inquiryId": inquiry, "userId": hana.id})] {
                sam.client.post("livechat/inquiries.take", &body).refused_with_code("Inquiry not found", "error-not-found");
            }
            let taken = sam.client.method("livechat:takeInquiry", &json!([inquiry]));
            assert_eq!(taken["error"]["error"], "error-not-found", "{taken}");
            for rid in [&here.waiting, &here.served] {
                for to in [json!({"userId": sam.id}), json!({"departmentId": here.sales})] {
                    let mut forward = to.clone();
                    forward["roomId"] = json!(rid);
                    sam.client.post("livechat/room.forward", &forward).refused(400, "error-invalid-room");
                }
            }
            assert_eq!(sam.client.get(&format!("livechat/inquiries.getOne?roomId={}", here.waiting)).expect(200)["inquiry"], Value::Null);
            sam.client.get(&format!("livechat/visitors.pagesVisited/{}", here.waiting)).refused(400, "invalid-room");
        }
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        // who is in the department takes it, also for others, and anyone who comes late hears so
        hana.client.post("livechat/inquiries.take", &json!({"inquiryId": inquiry, "userId": sam.id})).expect(200);
        hana.client.post("livechat/inquiries.take", &json!({"inquiryId": inquiry})).refused_with_code("Inquiry already taken", "error-inquiry-taken");
        // and what one has one may pass on
        sam.client.post("livechat/room.forward", &json!({"roomId": here.waiting, "userId": hana.id})).expect(200);
        sam.client.post("livechat/room.forward", &json!({"roomId": here.waiting, "userId": sam.id})).refused(400, "error-invalid-room");
    }

    /// A client that was shown no token makes one up, and says by its id which contact it means.
    fn a_contact_is_changed_without_its_token(engine: Engine) {
        let here = Departments::open(engine);
        let (desk, sam, hana) = (&here.desk, &here.sam, &here.hana);
        let guest = here.visitor("waiting");
        let id = text(&guest, "/_id");
        for path in ["omnichannel/contact?contactId=", "livechat/visitors.info?visitorId="] {
            let shown = |client: &Client| {
                let answer = client.get(&format!("{path}{id}")).expect(200);
                let found = answer.get("contact").or_else(|| answer.get("visitor"));
                found.unwrap().clone()
            };
            let (agents, managers) = (shown(&sam.client), shown(&desk.admin));
            assert_eq!(agents.get("token"), None);
            assert_eq!(managers["token"], token("waiting"));
            assert_eq!(agents["visitorEmails"], managers["visitorEmails"]);
        }
        let changed = json!({"_id": id, "token": "made-up", "name": "Wanda", "email": "waiting@example.org"});
        assert_eq!(hana.client.post("omnichannel/contact", &changed).expect(200)["contact"], id);
        let now = here.visitor("waiting");
        assert_eq!((&now["name"], &now["token"]), (&json!("Wanda"), &json!(token("waiting"))));
        desk.anyone().get("livechat/visitor/made-up").refused_with_code("", "invalid-token");
        // those of another department change nothing, and hear no more than of one who is not there
        for of in ["waiting", "served", "closed"] {
            let before = here.visitor(of);
            for (id, token) in [(before["_id"].clone(), "made-up".to_owned()), (json!("nobody"), "made-up".to_owned()), (Value::Null, token(of))] {
                let changed = json!({"_id": id, "token": token, "name": "x", "email": "me@evil.test", "phone": "+1"});
                sam.client.post("omnichannel/contact", &changed).refused(400, "error-invalid-visitor");
            }
            // nor as whom they would be taken for by an address
            desk.set("Livechat_recognise_visitors_by_contact", true);
            let taken = json!({"token": "made-up", "name": "x", "email": format!("{of}@example.org")});
            sam.client.post("omnichannel/contact", &taken).refused(400, "error-invalid-visitor");
            desk.set("Livechat_recognise_visitors_by_contact", false);
            assert_eq!(here.visitor(of), before);
        }
        // one who has had no chat is behind no border
        let made = json!({"token": "new", "name": "Nora"});
        let made = text(&sam.client.post("omnichannel/contact", &made).expect(200), "/contact");
        let changed = json!({"_id": made, "token": "made-up", "name": "Noora"});
        assert_eq!(hana.client.post("omnichannel/contact", &changed).expect(200)["contact"], made);
    }
}

/// Someone's token for a program, shown as each surface wants it.
fn program(desk: &Desk, owner: &Client, name: &str, bypass: bool) -> Client {
    let made = json!({"tokenName": name, "bypassTwoFactor": bypass});
    let made = owner.post("users.generatePersonalAccessToken", &made);
    let token = text(&made.expect(200), "/token");
    desk.anyone()
        .with("X-User-Id", &owner.id())
        .with("X-Auth-Token", &token)
        .with("Authorization", &format!("Bearer {token}"))
}

on_both_engines! {
    fn nobody_gives_away_what_they_do_not_hold(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let admin = &desk.admin;
        let grant = |client: &Client, permission: &str, roles: &[&str]| {
            client.post("permissions.update", &json!({"permissions": [{"_id": permission, "roles": roles}]}))
        };
        let mo = admin.person("mo", &["user", "livechat-monitor"]);
        let mia = admin.person("mia", &["user", "livechat-manager"]);
        let (amy, eve) = (desk.agent("amy"), admin.person("eve", &["user"]));
        let forbidden = "User does not have the permissions required for this action [error-unauthorized]";

        // a monitor as they come
        mo.post("livechat/users/manager", &json!({"username": "mo"})).refused(403, forbidden);
        mo.delete(&format!("livechat/users/manager/{}", mia.id()), &json!({})).refused(403, forbidden);
        assert_eq!(mo.get(&format!("livechat/users/manager/{}", mia.id())).expect(200)["user"]["username"], "mia");
        mo.post("livechat/users/agent", &json!({"username": "eve"})).expect(200);
        mo.delete(&format!("livechat/users/agent/{}", eve.id()), &json!({})).expect(200);
        mia.post("livechat/users/manager", &json!({"username": "eve"})).expect(200);
        mia.delete(&format!("livechat/users/manager/{}", eve.id()), &json!({})).expect(200);
        // the workspace's webhook
        desk.set("Livechat_secret_token", "s3cret");
        let secret = |client: &Client| {
            let answer = client.get("livechat/integrations.settings").expect(200);
            let found = answer["settings"].as_array().unwrap().iter();
            let mut found = found.filter(|setting| setting["_id"] == "Livechat_secret_token");
            found.next().unwrap()["value"].clone()
        };
        assert_eq!((secret(&mo), secret(&mia)), (json!("••••••••"), json!("s3cret")));
        let elsewhere = json!({"LivechatWebhookUrl": "https://elsewhere.test/"});
        mo.post("omnichannel/integrations", &elsewhere).refused(403, forbidden);
        mia.post("omnichannel/integrations", &elsewhere).expect(200);

        // one who has been trusted with accounts, roles and permissions, but not with everything
        for permission in ["create-user", "assign-roles", "edit-other-user-info", "edit-other-user-password", "access-permissions"] {
            grant(admin, permission, &["admin", "livechat-monitor"]).expect(200);
        }
        let new = |name: &str, roles: &[&str]| mo.post("users.create", &json!({
            "username": name, "name": name, "email": format!("{name}@x.test"), "password": "secret-of-x", "roles": roles,
        }));
        let lacks = |role: &str, permission: &str| format!("The role {role} grants {permission}, which you do not hold [error-action-not-allowed]");
        let of_managers = lacks("livechat-manager", "change-livechat-room-visitor");
        let refused = |answer: &Response, words: &str| {
            let body = answer.expect(400);
            assert_eq!((&body["error"], &body["errorType"]), (&json!(words), &json!("error-action-not-allowed")), "{body}");
        };
        refused(&new("max", &["user", "livechat-manager"]), &of_managers);
        new("max", &["user"]).expect(200);
        refused(&mo.post("roles.addUserToRole", &json!({"roleId": "livechat-manager", "username": "mo"})), &of_managers);
        let update = |id: &str, data: Value| mo.post("users.update", &json!({"userId": id, "data": data}));
        refused(&update(&mo.id(), json!({"roles": ["user", "livechat-monitor", "livechat-manager"]})), &of_managers);
        // what they hold they may give, and what somebody has already is not given
        update(&eve.id(), json!({"roles": ["user", "livechat-monitor"]})).expect(200);
        update(&mia.id(), json!({"roles": ["livechat-manager"]})).expect(200);
        // nor do they come in as somebody who holds more
        for data in [json!({"password": "another-secret"}), json!({"email": "mine@x.test"})] {
            refused(&update(&mia.id(), data.clone()), &of_managers);
            let body = update(&admin.id(), data.clone()).expect(400);
            assert!(body["error"].as_str().unwrap().starts_with("The role admin grants "), "{body}");
            update(&eve.id(), data).expect(200);
        }
        // who may make agents may help them
        update(&amy.id, json!({"password": "another-secret"})).expect(200);
        new("zoe", &["user", "livechat-agent"]).expect(200);
        let words = "You do not hold view-livechat-webhooks, so you cannot grant it [error-edit-permissions-not-allowed]";
        let body = grant(&mo, "view-livechat-webhooks", &["admin", "livechat-manager", "livechat-monitor"]).expect(400);
        assert_eq!(body["error"], words);
        mo.get("/api/hark/v1/endpoints").expect(403);
        grant(&mo, "create-user", &["admin", "livechat-monitor", "livechat-manager"]).expect(200);
        // to take away is not to give
        grant(&mo, "view-livechat-webhooks", &["admin"]).expect(200);
        // an administrator gives what is others' alone, too
        grant(admin, "inbound-voip-calls", &["livechat-agent", "livechat-manager"]).expect(200);
    }

    fn what_makes_administrators_or_sends_data_elsewhere_asks_for_the_second_factor(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (admin, eve) = (&desk.admin, desk.admin.person("eve", &["user"]));
        let plain = program(&desk, admin, "plain", false);
        let trusted = program(&desk, admin, "trusted", true);
        let person = |name: &str, roles: &[&str]| json!({"username": name, "name": name, "email": format!("{name}@x.test"), "password": "secret-of-x", "roles": roles});
        let endpoint = json!({"url": "https://receiver.test/", "name": "one"});
        let made = admin.post("/api/hark/v1/endpoints", &endpoint).expect(201);
        let path = format!("/api/hark/v1/endpoints/{}", text(&made, "/id"));
        let grants = json!({"permissions": [{"_id": "create-user", "roles": ["admin"]}]});
        let acts = [
            ("POST", "users.create".to_owned(), person("max", &["admin"]), 400),
            ("POST", "users.create".to_owned(), person("kim", &["user", "livechat-manager"]), 400),
            ("POST", "users.update".to_owned(), json!({"userId": eve.id(), "data": {"name": "Eve"}}), 400),
            ("POST", "roles.addUserToRole".to_owned(), json!({"roleId": "admin", "username": "eve"}), 400),
            ("POST", "roles.addUserToRole".to_owned(), json!({"roleName": "livechat-manager", "username": "eve"}), 400),
            ("POST", "livechat/users/manager".to_owned(), json!({"username": "eve"}), 400),
            ("POST", "permissions.update".to_owned(), grants, 400),
            ("POST", "omnichannel/integrations".to_owned(), json!({"LivechatWebhookUrl": "https://elsewhere.test/"}), 400),
            ("POST", "settings/Livechat_title".to_owned(), json!({"value": "a"}), 400),
            ("POST", "/api/hark/v1/endpoints".to_owned(), endpoint, 403),
            ("PATCH", path.clone(), json!({"url": "https://elsewhere.test/"}), 403),
            ("POST", format!("{path}:rotate-secret"), json!({}), 403),
        ];
        for (method, path, body, status) in &acts {
            let asked = plain.json(method, path, body).expect(*status);
            match status {
                400 => assert_eq!(asked["errorType"], "totp-required", "{path}"),
                _ => {
                    assert_eq!(asked["type"], "urn:hark:problem:second-factor", "{path}");
                    assert!(asked["detail"].as_str().unwrap().contains("X-2fa-Method: password"), "{asked}");
                }
            }
        }
        let eves = admin.get(&format!("users.info?userId={}", eve.id())).expect(200)["user"]["roles"].clone();
        assert_eq!(eves, json!(["user"]));
        for (method, path, body, _) in &acts {
            let done = trusted.json(method, path, body).status;
            assert!([200, 201].contains(&done), "{method} {path}: {done}");
        }
        // what gives no power away is not asked for one
        plain.post("users.create", &person("ann", &["user", "livechat-agent"])).expect(200);
        plain.post("roles.addUserToRole", &json!({"roleId": "livechat-agent", "username": "max"})).expect(200);
        plain.get("/api/hark/v1/endpoints").expect(200);
        // the code is the password's, where there is no authenticator
        let digest = hark_model::keys::hex_digest("secret-of-kim");
        let kim = desk.anyone().login("kim", "secret-of-x");
        let kims = program(&desk, &kim, "kims", false);
        let wrong = kims.with("X-2fa-Method", "password").with("X-2fa-Code", &digest);
        assert_eq!(wrong.post("omnichannel/integrations", &json!({})).expect(400)["errorType"], "totp-invalid");
        let right = hark_model::keys::hex_digest("secret-of-x");
        let right = kims.with("X-2fa-Method", "password").with("X-2fa-Code", &right);
        right.post("omnichannel/integrations", &json!({})).expect(200);
    }

    /// Monitors look after departments and the widget's looks, but what visitors leave is mailed where
    /// managers say.
    fn where_mail_goes_is_said_by_those_who_send_data_elsewhere_and_with_the_second_factor(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let mo = desk.admin.person("mo", &["user", "livechat-monitor"]);
        let mia = desk.admin.person("mia", &["user", "livechat-manager"]);
        let id = desk.department("Sales", &[&amy], &json!({"email": "sales@x.test"}));
        desk.set("Livechat_offline_email", "desk@x.test");
        let department = |email: &str, name: &str| json!({
            "name": name, "email": email, "enabled": true, "showOnRegistration": true, "showOnOfflineForm": true,
        });
        let change = |client: &Client, email: &str, name: &str| {
            let body = json!({"department": department(email, name)});
            client.put(&format!("/api/v1/livechat/department/{id}"), &body)
        };
        let by_method = |client: &Client, email: &str| client.method("livechat:saveDepartment", &json!([id, department(email, "Sales"), []]));
        let looks = |client: &Client, email: &str, title: &str| {
            let items = json!([{"_id": "Livechat_title", "value": title}, {"_id": "Livechat_offline_email", "value": email}]);
            client.post("livechat/appearance", &items)
        };
        let now = || {
            let department = desk.admin.get(&format!("livechat/department/{id}")).expect(200)["department"].clone();
            let setting = desk.admin.get("settings/Livechat_offline_email").expect(200)["value"].clone();
            (department["email"].clone(), setting)
        };
        let before = now();
        assert_eq!(before, (json!("sales@x.test"), json!("desk@x.test")));
        let forbidden = "User does not have the permissions required for this action [error-unauthorized]";
        change(&mo, "evil@x.test", "Sales").refused(403, forbidden);
        looks(&mo, "evil@x.test", "a").refused(403, forbidden);
        let refused = by_method(&mo, "evil@x.test");
        assert!(refused.get("error").is_some(), "{refused}");
        let plain = program(&desk, &mia, "plain", false);
        for asked in [change(&plain, "evil@x.test", "Sales"), looks(&plain, "evil@x.test", "a")] {
            assert_eq!(asked.expect(400)["errorType"], "totp-required");
        }
        assert_eq!(by_method(&plain, "evil@x.test")["error"]["error"], "totp-required");
        assert_eq!(now(), before);
        // what a page sends unchanged is no change, and a new department takes nobody's mail
        for client in [&mo, &plain] {
            change(client, "sales@x.test", "Sale").expect(200);
            looks(client, "desk@x.test", "b").expect(200);
            let made = json!({"department": department("new@x.test", &client.id())});
            client.post("livechat/department", &made).expect(200);
        }
        change(&mia, "shop@x.test", "Shop").expect(200);
        looks(&mia, "shop@x.test", "c").expect(200);
        assert_eq!(now(), (json!("shop@x.test"), json!("shop@x.test")));
    }

    fn an_order_does_not_say_what_the_list_does_not(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let eve = desk.admin.person("zoe", &["user"]);
        desk.admin.person("amy", &["user"]);
        let names = |client: &Client, sort: &str| {
            let listed = client.get(&format!("users.list?sort={sort}")).expect(200);
            let users = listed["users"].as_array().unwrap().iter();
            let names = users.map(|user| text(user, "/username"));
            names.filter(|name| ["zoe", "amy"].contains(&name.as_str())).collect::<Vec<_>>()
        };
        for sort in ["{\"createdAt\":1}", "{\"createdAt\":1,\"lastLogin\":1}", "{\"createdAt\":1,\"name\":1}", "{\"lastLogin\":1}"] {
            assert_eq!(names(&desk.admin, sort), ["zoe", "amy"], "{sort}");
            assert_eq!(names(&eve, sort), ["amy", "zoe"], "{sort}");
        }
        assert_eq!(names(&eve, "{\"name\":-1}"), ["zoe", "amy"]);
    }

    /// Anyone who asks who would be next moves nothing on.
    fn a_look_at_who_is_next_is_nobodys_turn(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (_amy, _ben) = (desk.agent("amy"), desk.agent("ben"));
        let next = || text(&desk.anyone().get("livechat/agent.next/nobody").expect(200), "/agent/username");
        for method in ["Auto_Selection", "Load_Balancing", "Load_Rotation"] {
            desk.set("Livechat_Routing_Method", method);
            let first = next();
            assert_eq!((next(), next()), (first.clone(), first.clone()), "{method}");
            // who was named gets the chat, and only then it is another's turn
            let rid = desk.new_chat(&format!("visitor-of-{method}"));
            assert_eq!(desk.room(&rid)["servedBy"]["username"], first, "{method}");
            assert_ne!(next(), first, "{method}");
        }
    }
}

#[test]
fn the_front_page_tells_strangers_nothing_of_what_runs_here() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let page = server.client().get("/about");
    assert_eq!(page.status, 200);
    let page = page.text();
    assert!(page.contains("Ready."), "{page}");
    for word in ["Version", "SQLite", "PostgreSQL", "event log", "{{"] {
        assert!(!page.contains(word), "{word}: {page}");
    }
}

#[test]
fn a_short_password_of_the_first_administrator_is_taken_with_a_word() {
    for (password, warned) in [("short", true), ("long enough", false)] {
        let database = Database::fresh(Engine::Sqlite);
        let setup = Setup::new(HARK).on(&database).env("ADMIN_PASS", password);
        let server = setup.start();
        server.client().login("admin", password);
        let says = |line: &String| line.contains("fewer than 8 characters");
        assert_eq!(server.log().iter().any(says), warned, "{password}");
        assert!(!server.log().iter().any(|line| line.contains(password)));
    }
}
