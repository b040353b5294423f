//! The borders between those who work here: what an agent learns of the chats of another department.

use hark_testkit::{Agent, Client, Desk, Engine, Response, Socket, on_both_engines, text};
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
pub fn names(route: &Route, name: &str) -> bool {
    let in_shape = match &route.params {
        Shape::Object(fields) | Shape::MeteorMatch(fields) | Shape::OpenObject(fields) => {
            fields.iter().any(|field| field.name == name)
        }
        _ => true,
    };
    in_shape || route.path_names().contains(&name)
}

pub fn all_of(answer: &Response) -> String {
    format!("{:?} {}", answer.headers, answer.text())
}

/// The methods of the real-time API that name a room, a message or a place in the queue.
pub fn methods(
    rid: &str,
    message: &str,
    inquiry: &str,
    visitor: &str,
) -> Vec<(&'static str, Value)> {
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
            // That another chat was closed may be heard of late.
            let heard = to_hana.wait_for(stream, |frame| {
                let fields = &frame["fields"];
                fields["eventName"] == event && fields["args"][0] != "removed"
            });
            let shown = &heard["fields"]["args"][1];
            assert_eq!(shown["v"]["token"], stand_in(&here.served), "{heard}");
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
