//! What agents and managers call: the queue, chats, what is known of visitors.

use hark_testkit::{Agent, Desk, Response, names, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

/// One member of each document in a list.
fn each(list: &Value, pointer: &str) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| text(one, pointer)).collect()
}

/// `count`, `offset`, `total` of a list.
fn figures(answer: &Value) -> (i64, i64, i64) {
    let number = |name: &str| {
        answer[name]
            .as_i64()
            .unwrap_or_else(|| panic!("{name}: {answer}"))
    };
    (number("count"), number("offset"), number("total"))
}

fn done() -> Value {
    json!({"success": true})
}

fn close(agent: &Agent, rid: &str, comment: &str) -> Response {
    agent.client.post(
        "livechat/room.closeByUser",
        &json!({"rid": rid, "comment": comment}),
    )
}

on_both_engines! {
    fn the_queue(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben, mia) = (desk.agent("amy"), desk.agent("ben"), desk.admin.agent_with("mia", &["user", "livechat-manager"]));
        let plain = desk.admin.person("ursula", &["user"]);
        let sales = desk.department("Sales", &[&amy], &json!({"showOnRegistration": false}));
        let help = desk.department("Help", &[&ben], &json!({"showOnRegistration": false}));
        let first = desk.new_chat("first");
        desk.visitor("second", &json!({"department": sales, "name": "Second"}));
        let second = text(&desk.chat("second"), "/_id");
        desk.visitor("third", &json!({"department": help}));
        let third = text(&desk.chat("third"), "/_id");

        // an inquiry
        let guest = desk.anyone().get("livechat/visitor/second").expect(200)["visitor"].clone();
        desk.say("second", &second, "hello");
        let inquiry = desk.inquiry(&second);
        assert_eq!(names(&inquiry), [
            "_id", "_updatedAt", "department", "estimatedWaitingTimeQueue", "lastMessage", "message", "name", "priorityWeight",
            "queuedAt", "rid", "source", "status", "t", "ts", "v",
        ]);
        for (name, value) in [
            ("rid", json!(second)), ("name", json!("Second")), ("department", json!(sales)), ("message", json!("")),
            ("status", json!("queued")), ("t", json!("l")), ("source", json!({"type": "api"})), ("priorityWeight", json!(99)),
            ("estimatedWaitingTimeQueue", json!(9_999_999)),
            ("v", json!({"_id": guest["_id"], "username": guest["username"], "status": "online"})),
        ] {
            assert_eq!(inquiry[name], value, "{name}");
        }
        assert_eq!(inquiry["lastMessage"]["msg"], "hello");
        assert_eq!(text(&inquiry, "/_id").len(), 24);
        assert_eq!(inquiry["lastMessage"].get("token"), None);
        let one = |agent: &Agent| agent.client.get(&format!("livechat/inquiries.getOne?roomId={second}")).expect(200)["inquiry"].clone();
        assert_eq!((one(&amy), one(&ben)), (inquiry.clone(), Value::Null));
        assert_eq!(desk.inquiry("x"), Value::Null);
        ben.client.get("livechat/inquiries.getOne").refused_by_schema("must have required property 'roomId'");

        // what an agent may take
        let queue = |agent: &Agent, query: &str| agent.client.get(&format!("livechat/inquiries.queuedForUser{query}"));
        let rooms = |answer: &Value| each(&answer["inquiries"], "/rid");
        let of_amy = queue(&amy, "").expect(200);
        assert_eq!((rooms(&of_amy), figures(&of_amy)), (vec![first.clone(), second.clone()], (2, 0, 2)));
        assert_eq!(rooms(&queue(&ben, "").expect(200)), [&*first, &*third]);
        assert_eq!(rooms(&queue(&amy, &format!("?department={sales}")).expect(200)), [&*second]);
        queue(&amy, &format!("?department={help}")).refused(400, "error-not-authorized");
        let page = queue(&amy, "?sort={\"ts\":-1}&count=1&offset=1").expect(200);
        assert_eq!((rooms(&page), figures(&page)), (vec![first.clone()], (1, 1, 2)));
        queue(&amy, "?sort=x").refused_with_code("Invalid sort parameter provided: \"x\"", "error-invalid-sort");
        let old = amy.client.get("livechat/inquiries.queued");
        assert_eq!(old.header("x-deprecation-type"), Some("endpoint-deprecation"));
        assert_eq!(old.header("x-deprecation-version"), Some("7.0.0"));
        assert_eq!(old.expect(200), queue(&amy, "").expect(200));
        assert_eq!(queue(&amy, "").header("x-deprecation-type"), None);
        let words = "User does not have the permissions required for this action [error-unauthorized]";
        plain.get("livechat/inquiries.queuedForUser").refused(403, words);
        // that of a department which is off is nobody's
        let off = |enabled: bool| {
            let body = json!({"department": {"name": "Sales", "email": "a@b.test", "enabled": enabled, "showOnRegistration": false, "showOnOfflineForm": true}, "agents": []});
            desk.admin.put(&format!("livechat/department/{sales}"), &body).expect(200);
        };
        off(false);
        assert_eq!(rooms(&queue(&amy, "").expect(200)), [&*first]);
        off(true);

        // what managers see
        let all = |query: &str| mia.client.get(&format!("livechat/inquiries.list{query}"));
        let listed = all("").expect(200);
        assert_eq!((rooms(&listed), figures(&listed)), (vec![third.clone(), second.clone(), first.clone()], (3, 0, 3)));
        assert_eq!(names(&listed["inquiries"][0]), ["_id", "department", "name", "rid", "status", "ts"]);
        assert_eq!(names(&listed["inquiries"][2]), ["_id", "name", "rid", "status", "ts"]);
        assert_eq!(rooms(&all("?department=Sales").expect(200)), [&*second]);
        assert_eq!(rooms(&all(&format!("?department={help}")).expect(200)), [&*third]);
        assert_eq!(figures(&all("?department=none").expect(200)).2, 3);
        amy.client.get("livechat/inquiries.list").refused(403, words);

        // taking
        let take = |agent: &Agent, body: Value| agent.client.post("livechat/inquiries.take", &body);
        take(&amy, json!({})).refused_by_schema("must have required property 'inquiryId'");
        take(&amy, json!({"inquiryId": "x"})).refused_with_code("Inquiry not found", "error-not-found");
        let id = text(&inquiry, "/_id");
        take(&amy, json!({"inquiryId": id, "userId": "x"})).refused(400, "The user is invalid");
        let ursula = text(&plain.get("me").expect(200), "/_id");
        take(&amy, json!({"inquiryId": id, "userId": ursula})).refused_with_code("Not allowed", "error-not-allowed");
        let away = |status: &str| amy.client.post("livechat/agent.status", &json!({"status": status})).expect(200);
        away("not-available");
        take(&amy, json!({"inquiryId": id}))
            .refused_with_code("Agent status is offline or Omnichannel service is not active", "error-agent-status-service-offline");
        away("available");
        // a manager who is no agent cannot serve
        take(&mia, json!({"inquiryId": id}))
            .refused_with_code("Agent status is offline or Omnichannel service is not active", "error-agent-status-service-offline");
        assert_eq!(take(&mia, json!({"inquiryId": id, "userId": amy.id})).expect(200), done());
        take(&amy, json!({"inquiryId": id})).refused_with_code("Inquiry already taken", "error-inquiry-taken");
        take(&ben, json!({"inquiryId": id})).refused_with_code("Inquiry not found", "error-not-found");
        let taken = desk.inquiry(&second);
        assert_eq!(taken["status"], "taken");
        assert!(taken["takenAt"].is_string());
        assert_eq!((taken.get("queuedAt"), taken.get("defaultAgent")), (None, None));
        let room = desk.room(&second);
        assert_eq!((&room["servedBy"]["_id"], &room["servedBy"]["username"]), (&json!(amy.id), &json!("amy")));
        assert!(room["servedBy"]["ts"].is_string());
        assert_eq!((room.get("queuedAt"), &room["usersCount"]), (None, &json!(2)));
        assert_eq!(desk.story("second", &second)[2..], ["amy command connected", "amy uj"]);

        // who has how many
        desk.take(&amy, &first).expect(200);
        desk.take(&ben, &third).expect(200);
        ben.client.post("users.setStatus", &json!({"status": "offline", "message": ""})).expect(200);
        let load = |query: &str| mia.client.get(&format!("livechat/queue{query}")).expect(200);
        let here = load("");
        assert_eq!(figures(&here), (2, 0, 2));
        for one in here["queue"].as_array().unwrap() {
            assert_eq!(one["user"], json!({"_id": amy.id, "username": "amy", "status": "online"}));
            assert_eq!(one["chats"], 1);
        }
        assert_eq!(figures(&load("?includeOfflineAgents=true")).2, 3);
        let of_ben = load(&format!("?includeOfflineAgents=true&agentId={}", ben.id));
        assert_eq!(of_ben["queue"][0]["department"], json!({"_id": help, "name": "Help"}));
        assert_eq!(figures(&load(&format!("?departmentId={sales}"))).2, 1);
    }

    fn the_list_of_chats(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.set("Livechat_request_comment_when_closing_conversation", false);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let sales = desk.department("Sales", &[&amy], &json!({"showOnRegistration": false}));
        desk.field("order", "room", &json!({}));
        let waiting = desk.new_chat("waiting");
        desk.visitor("served", &json!({"department": sales, "name": "Zoe Served"}));
        let served = text(&desk.chat("served"), "/_id");
        let closed = desk.new_chat("closed");
        desk.take(&amy, &served).expect(200);
        desk.take(&ben, &closed).expect(200);
        let order = json!({"token": "served", "key": "order", "value": "Number-77", "overwrite": true});
        desk.anyone().post("livechat/custom.field", &order).expect(200);
        let tags = json!({"rid": closed, "tags": ["vip", "late"]});
        ben.client.post("livechat/room.closeByUser", &tags).expect(200);

        let list = |query: &str| desk.admin.get(&format!("livechat/rooms?{query}"));
        let ids = |query: &str| each(&list(query).expect(200)["rooms"], "/_id");
        let whole = list("").expect(200);
        assert_eq!(figures(&whole), (3, 0, 3));
        assert_eq!(each(&whole["rooms"], "/_id"), [&*closed, &*served, &*waiting]);
        let one = &whole["rooms"][1];
        assert_eq!((&one["department"], &one["departmentId"]), (&json!({"_id": sales, "name": "Sales"}), &json!(sales)));
        assert_eq!(whole["rooms"][0].get("open"), None);
        for (query, wanted) in [
            ("open=true", vec![&served]), ("open=false", vec![&closed]), ("queued=true", vec![&waiting]), ("queued=t", vec![&waiting]),
            ("queued=1", vec![&waiting]), ("queued=1&open=true", vec![&waiting]), ("onhold=true", vec![]),
            ("open=maybe", vec![&closed, &served, &waiting]), ("queued=false", vec![&closed, &served, &waiting]),
            ("agents[]=amy", vec![&served]), (&format!("agents[]={}", ben.id), vec![&closed]), ("agents[]=amy&agents[]=ben", vec![&closed, &served]),
            ("agents[]=nobody", vec![]), ("roomName=oE sER", vec![&served]), ("roomName=%25", vec![]),
            (&format!("departmentId={sales}"), vec![&served]), ("departmentId=undefined", vec![&closed, &served, &waiting]),
            ("departmentId=x", vec![]), ("tags[]=vip&tags[]=other", vec![&closed]), ("tags[]=vi", vec![]),
            ("createdAt={\"start\":\"2020-01-01\"}", vec![&closed, &served, &waiting]), ("createdAt={\"end\":\"2020-01-01T00:00:00.000Z\"}", vec![]),
            ("closedAt={\"start\":\"2020-01-01\"}", vec![&closed]), ("closedAt={\"end\":\"2020-01-01\"}", vec![]),
            ("customFields={\"order\":\"number-7+$\"}", vec![&served]), ("customFields={\"order\":\"^7\"}", vec![]),
            ("fields={\"name\":1}", vec![&closed, &served, &waiting]), ("sort={\"ts\":1}", vec![&waiting, &served, &closed]),
            ("count=1&offset=1", vec![&served]),
        ] {
            let wanted: Vec<String> = wanted.into_iter().cloned().collect();
            assert_eq!(ids(query), wanted, "{query}");
        }
        assert_eq!(figures(&list("count=1&offset=1").expect(200)), (1, 1, 3));
        assert_eq!(figures(&list("tags[]=vip&count=5").expect(200)), (1, 0, 1));
        list("agents=amy").refused_by_schema("must be array");
        list("x=1").refused_by_schema("must NOT have additional properties");
        for (name, side) in [("createdAt", "start"), ("createdAt", "end"), ("closedAt", "start"), ("closedAt", "end")] {
            list(&format!("{name}={{\"{side}\":\"tomorrow\"}}")).refused(400, &format!("The \"{name}.{side}\" query parameter must be a valid date."));
        }
        assert_eq!(list("createdAt=x").status, 400);
        for wrong in ["x", "[]", "1"] {
            list(&format!("customFields={wrong}")).refused(400, "The \"customFields\" query parameter must be a valid JSON.");
        }
        // an agent sees their own, and asks for them
        let own = amy.client.get(&format!("livechat/rooms?agents[]={}", amy.id)).expect(200);
        assert_eq!(each(&own["rooms"], "/_id"), [&*served]);
        for query in [String::new(), format!("?agents[]={}", ben.id), format!("?agents[]={}&agents[]={}", amy.id, ben.id), "?customFields=x".into()] {
            amy.client.get(&format!("livechat/rooms{query}")).refused(403, "unauthorized");
        }
        // a wrong date is said to strangers too
        amy.client.get("livechat/rooms?createdAt={\"start\":\"x\"}").refused(400, "The \"createdAt.start\" query parameter must be a valid date.");

        let filters = amy.client.get("livechat/rooms/filters").expect(200);
        assert_eq!(filters, json!({"filters": [{"type": "api"}], "success": true}));
        let widget = desk.anyone().with("Cookie", "rc_is_widget=t; rc_room_type=l");
        desk.visitor("widget", &json!({}));
        widget.get("livechat/room?token=widget").expect(200);
        let filters = amy.client.get("livechat/rooms/filters").expect(200)["filters"].clone();
        let mut kinds = each(&filters, "/type");
        kinds.sort_unstable();
        assert_eq!(kinds, ["api", "widget"]);

        // what was said
        desk.say("served", &served, "Where is my Parcel");
        let said = |agent: &Agent, rid: &str, query: &str| agent.client.get(&format!("livechat/{rid}/messages{query}"));
        let found = said(&amy, &served, "?count=7").expect(200);
        assert_eq!((figures(&found), each(&found["messages"], "/msg")), ((7, 0, 1), vec!["Where is my Parcel".to_owned()]));
        assert_eq!(figures(&said(&amy, &served, "?searchTerm=pARCEL").expect(200)).2, 1);
        assert_eq!(figures(&said(&amy, &served, "?searchTerm=x").expect(200)).2, 0);
        said(&ben, &served, "").refused(400, "not-allowed");
        said(&amy, "x", "").refused(400, "invalid-room");
        let ended = said(&ben, &closed, "").expect(200);
        assert_eq!(ended["messages"][0]["t"], "livechat-close");
        // what waits may be looked at by those who could take it
        assert_eq!(figures(&said(&ben, &waiting, "").expect(200)).2, 0);
    }

    fn a_chat_is_closed(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let rid = desk.new_chat("ann");
        let served = text(&desk.room(&rid), "/servedBy/username");
        let (has, other) = if served == "amy" { (&amy, &ben) } else { (&ben, &amy) };
        let ask = |agent: &Agent, body: Value| agent.client.post("livechat/room.closeByUser", &body);
        ask(has, json!({})).refused_by_schema("must have required property 'rid'");
        for transcript in [json!({"sendToVisitor": true}), json!({"sendToVisitor": false, "requestData": {"email": "a@b.test", "subject": "s"}}), json!({})] {
            ask(has, json!({"rid": rid, "comment": "bye", "transcriptEmail": transcript})).refused_by_schema("must match exactly one schema in oneOf");
        }
        close(has, "x", "bye").refused(400, "error-invalid-room");
        close(other, &rid, "bye").refused(400, "error-not-authorized");
        close(has, &rid, "  ").refused(400, "error-comment-is-required");
        ask(has, json!({"rid": rid})).refused(400, "error-comment-is-required");
        let body = json!({"rid": rid, "comment": "bye", "tags": ["a", "b", "a"], "generateTranscriptPdf": false, "transcriptEmail": {"sendToVisitor": false}});
        assert_eq!(ask(has, body).expect(200), done());
        let room = desk.room(&rid);
        assert_eq!(room["tags"], json!(["a", "b"]));
        assert_eq!((room.get("open"), &room["closer"]), (None, &json!("user")));
        assert_eq!(room["closedBy"], json!({"_id": has.id, "username": served}));
        assert!(room["metrics"]["serviceTimeDuration"].is_number());
        assert_eq!(room["usersCount"], 1);
        assert_eq!(desk.inquiry(&rid), Value::Null);
        assert_eq!(desk.story("ann", &rid).last().unwrap(), &format!("{served} livechat-close bye"));
        close(has, &rid, "bye").refused(400, "error-room-already-closed");

        // a manager may, no matter who has it
        let mia = desk.admin.agent_with("mia", &["user", "livechat-manager"]);
        let second = desk.new_chat("ann");
        desk.set("Livechat_request_comment_when_closing_conversation", false);
        desk.set("Livechat_enable_transcript", true);
        ask(&mia, json!({"rid": second})).expect(200);
        let story = desk.story("ann", &second);
        assert_eq!(story[story.len() - 2..], ["mia livechat-close", "mia command promptTranscript"]);
        desk.set("Livechat_enable_transcript", false);

        // a department that wants tags
        let wanting = json!({"requestTagBeforeClosingChat": true, "chatClosingTags": ["closing"]});
        let sales = desk.department("Sales", &[&amy], &wanting);
        desk.visitor("bob", &json!({"department": sales}));
        let third = text(&desk.chat("bob"), "/_id");
        close(&amy, &third, "bye").refused(400, "error-tags-must-be-assigned-before-closing-chat");
        ask(&amy, json!({"rid": third, "comment": "bye", "tags": ["mine"]})).expect(200);
        assert_eq!(desk.room(&third)["tags"], json!(["mine", "closing"]));
        // of a visitor it asks none
        let fourth = text(&desk.chat("bob"), "/_id");
        desk.anyone().post("livechat/room.close", &json!({"rid": fourth, "token": "bob"})).expect(200);
        assert_eq!(desk.room(&fourth)["tags"], json!(["closing"]));
        desk.admin.person("ursula", &["user"]).post("livechat/room.closeByUser", &json!({"rid": third})).expect(403);
    }

    fn someone_joins_and_writes_down(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let ann = desk.visitor("ann", &json!({"name": "Ann", "email": "ann@x.test", "phone": "+1555"}));
        let rid = text(&desk.chat("ann"), "/_id");
        let (ben, mia) = (desk.agent("ben"), desk.admin.agent_with("mia", &["user", "livechat-manager"]));
        desk.field("plan", "visitor", &json!({"regexp": "^[a-z]+$"}));
        desk.field("order", "room", &json!({"regexp": "^[0-9]+$"}));

        let join = |agent: &Agent, rid: &str| agent.client.get(&format!("livechat/room.join?roomId={rid}"));
        join(&ben, "x").refused(400, "error-invalid-room");
        join(&ben, &rid).refused(400, "error-not-allowed");
        assert_eq!(join(&mia, &rid).expect(200), done());
        assert_eq!(join(&mia, &rid).expect(200), done());
        let room = desk.room(&rid);
        assert_eq!((&room["servedBy"]["username"], &room["usersCount"]), (&json!("amy"), &json!(3)));
        assert_eq!(desk.story("ann", &rid), [&*format!("{} livechat-started", text(&ann, "/username")), "amy command connected", "amy uj", "mia uj mia"]);

        let visitor = text(&ann, "/_id");
        let save = |agent: &Agent, guest: Value, room: Value| {
            let body = json!({"guestData": guest, "roomData": room});
            agent.client.post("livechat/room.saveInfo", &body)
        };
        let (guest, this) = (json!({"_id": visitor}), json!({"_id": rid}));
        amy.client.post("livechat/room.saveInfo", &json!({"guestData": guest})).refused_by_schema("must have required property 'roomData'");
        save(&amy, guest.clone(), json!({"_id": "x"})).refused(400, "error-invalid-room");
        save(&ben, guest.clone(), this.clone()).refused(403, "unauthorized");
        let read = || amy.client.get(&format!("livechat/visitors.info?visitorId={visitor}")).expect(200)["visitor"].clone();
        let both = json!({"_id": visitor, "name": " Anna ", "email": " New@X.test ", "phone": " 77 ", "livechatData": {"plan": " gold ", "order": "1", "none": "x"}});
        let about = json!({"_id": rid, "topic": " Parcel ", "tags": ["a", "b"], "livechatData": {"order": " 12 ", "plan": "x"}, "priorityId": "", "slaId": ""});
        assert_eq!(save(&mia, both, about).expect(200), done());
        let now = read();
        assert_eq!((&now["name"], &now["visitorEmails"]), (&json!("Anna"), &json!([{"address": "New@X.test"}])));
        assert_eq!((&now["phone"], &now["livechatData"]), (&json!([{"phoneNumber": "77"}]), &json!({"plan": "gold"})));
        let room = desk.room(&rid);
        assert_eq!((&room["topic"], &room["tags"], &room["livechatData"]), (&json!("Parcel"), &json!(["a", "b"]), &json!({"order": "12"})));
        // the room keeps its name
        // The chat is called as its visitor is.
        assert_eq!(room["fname"], "Anna");
        // absent and empty say nothing, but for the tags
        save(&amy, json!({"_id": visitor, "name": "", "email": ""}), this.clone()).expect(200);
        let room = desk.room(&rid);
        assert_eq!((&room["topic"], room.get("tags"), &room["livechatData"]), (&json!("Parcel"), None, &json!({"order": "12"})));
        assert_eq!(read()["name"], "Anna");
        // blanks say that there is none
        save(&amy, json!({"_id": visitor, "name": " ", "email": " ", "phone": " "}), json!({"_id": rid, "topic": " ", "livechatData": {"order": ""}})).expect(200);
        let (now, room) = (read(), desk.room(&rid));
        assert_eq!((now.get("name"), now.get("visitorEmails"), now.get("phone")), (None, None, None));
        assert_eq!((room.get("topic"), room.get("livechatData")), (None, None));
        save(&mia, guest.clone(), json!({"_id": rid, "livechatData": {"order": "x"}})).refused(400, "Invalid value for The order field");
        save(&mia, json!({"_id": visitor, "livechatData": {"plan": "1"}}), this.clone()).refused(400, "");
        save(&mia, json!({"_id": "x"}), this).refused(400, "");

        close(&amy, &rid, "bye").expect(200);
        join(&mia, &rid).refused(400, "room-closed");
        // what is closed may be edited too
        save(&amy, guest, json!({"_id": rid, "tags": ["later"]})).expect(200);
        assert_eq!(desk.room(&rid)["tags"], json!(["later"]));
    }

    fn what_is_known_of_visitors(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        desk.field("plan", "visitor", &json!({"regexp": "^[a-z]+$"}));
        let mut ann = desk.visitor("ann", &json!({"name": "Ann", "email": "ann@x.test", "phone": "+1555"}));
        // what opens their chats is not for those who may not see all of them
        ann.as_object_mut().unwrap().remove("token");
        desk.visitor("bob", &json!({"name": "Anton"}));
        desk.visitor("cid", &json!({"username": "cid"}));
        let id = text(&ann, "/_id");
        let ask = |path: String| amy.client.get(&path);
        ask("livechat/visitors.info?visitorId=x".into()).refused(400, "visitor-not-found");
        assert_eq!(ask(format!("livechat/visitors.info?visitorId={id}")).expect(200)["visitor"], ann);

        // earlier chats
        let first = text(&desk.chat("ann"), "/_id");
        desk.say("ann", &first, "about a Parcel");
        close(&amy, &first, "done").expect(200);
        let second = text(&desk.chat("ann"), "/_id");
        let history = |rid: &str| ask(format!("livechat/visitors.chatHistory/room/{rid}/visitor/{id}"));
        let found = history(&second).expect(200);
        assert_eq!((each(&found["history"], "/_id"), figures(&found)), (vec![second.clone(), first.clone()], (2, 0, 2)));
        history("x").refused(400, "invalid-room");
        let search = |query: &str| ask(format!("livechat/visitors.searchChats/room/{second}/visitor/{id}{query}")).expect(200);
        let found = search("?searchText=pARCEL");
        assert_eq!((each(&found["history"], "/_id"), figures(&found)), (vec![first], (1, 0, 1)));
        let chat = &found["history"][0];
        assert_eq!((&chat["closingMessage"]["msg"], &chat["closer"], &chat["fname"]), (&json!("done"), &json!("user"), &json!("Ann")));
        assert_eq!(figures(&search("")), (2, 0, 2));
        assert_eq!(figures(&search("?closedChatsOnly=true")).2, 1);
        assert_eq!(figures(&search("?closedChatsOnly=false&servedChatsOnly=true&source=api")).2, 2);
        assert_eq!(figures(&search("?source=widget")).2, 0);
        let ben = desk.agent("ben");
        ben.client.get(&format!("livechat/visitors.chatHistory/room/{second}/visitor/{id}")).refused(400, "error-not-allowed");
        ben.client.get(&format!("livechat/visitors.searchChats/room/{second}/visitor/{id}")).refused(400, "error-not-allowed");
        ask("livechat/visitors.pagesVisited/x".into()).refused(400, "invalid-room");
        let none = ask(format!("livechat/visitors.pagesVisited/{second}")).expect(200);
        assert_eq!((figures(&none), &none["pages"]), ((0, 0, 0), &json!([])));

        let open = |token: &str| desk.admin.get(&format!("livechat/visitor/{token}/room")).expect(200)["rooms"].clone();
        assert_eq!((&open("ann")[0]["_id"], names(&open("ann")[0])), (&json!(second), vec!["_id", "cl", "servedBy", "t"]));
        assert_eq!((open("bob"), open("unknown")), (json!([]), json!([])));

        // looking for someone
        let complete = |selector: Value| ask(format!("livechat/visitors.autocomplete?selector={selector}")).expect(200)["items"].clone();
        let items = complete(json!({"term": "aN"}));
        assert_eq!(each(&items, "/name"), ["Ann", "Anton"]);
        assert_eq!(names(&items[0]), ["_id", "custom_name", "name", "username"]);
        assert_eq!(each(&complete(json!({"term": "an", "exceptions": [id], "conditions": {}})), "/name"), ["Anton"]);
        assert_eq!(complete(json!({"term": "nn"})), json!([]));
        assert_eq!(complete(json!({"term": "%"})), json!([]));
        ask("livechat/visitors.autocomplete".into()).refused_by_schema("must have required property 'selector'");
        let find = |term: &str| ask(format!("livechat/visitors.search?term={term}")).expect(200);
        for (term, count) in [("ann@x.test", 1), ("ann@x", 0), ("%2B1555", 1), ("1555", 0), ("nto", 1), ("CID", 1), ("", 3), ("nobody", 0)] {
            assert_eq!(figures(&find(term)).2, count, "{term}");
        }
        assert_eq!(names(&find("ann@x.test")["visitors"][0]), ["_id", "lastChat", "name", "phone", "username", "visitorEmails"]);
        desk.anyone().post("livechat/custom.field", &json!({"token": "cid", "key": "plan", "value": "platinum", "overwrite": true})).expect(200);
        assert_eq!(figures(&find("platin")).2, 1);
        ask("livechat/visitors.search".into()).refused_by_schema("must have required property 'term'");

        // contacts
        let contact = |body: Value| amy.client.post("omnichannel/contact", &body);
        contact(json!({"name": "Dan"})).refused(400, "Match error: Missing key 'token'");
        contact(json!({"token": "dan"})).refused(400, "Match error: Missing key 'name'");
        contact(json!({"token": "dan", "name": "Dan", "x": 1})).refused(400, "Match error: Unknown key in field x");
        contact(json!({"token": "dan", "name": 1})).refused(400, "Match error: Expected string, got number in field name");
        let managed = |by: &str| contact(json!({"token": "dan", "name": "Dan", "contactManager": {"username": by}}));
        managed("nobody").refused_with_code("No user found with username nobody", "error-contact-manager-not-found");
        managed("admin").refused_with_code("The contact manager must have the role \"livechat-agent\"", "error-invalid-contact-manager");
        assert_eq!(contact(json!({"token": "dan", "name": "Dan", "customFields": {"plan": "1"}})).expect(400)["success"], false);
        let made = contact(json!({
            "token": "dan", "name": "Dan", "email": "dan@x.test", "phone": "+1777", "username": "dan",
            "customFields": {"plan": "gold", "none": "x"}, "contactManager": {"username": "amy"}, "_id": null,
        }));
        let dan = text(&made.expect(200), "/contact");
        let read = |id: &str| desk.admin.get(&format!("omnichannel/contact?contactId={id}")).expect(200)["contact"].clone();
        let shown = read(&dan);
        assert_eq!((&shown["username"], &shown["contactManager"]), (&json!("dan"), &json!({"username": "amy"})));
        assert_eq!((&shown["visitorEmails"], &shown["phone"]), (&json!([{"address": "dan@x.test"}]), &json!([{"phoneNumber": "+1777"}])));
        assert_eq!(shown["livechatData"], json!({"plan": "gold"}));
        assert_eq!(read("x"), Value::Null);
        ask("omnichannel/contact".into()).refused_by_schema("must have required property 'contactId'");
        // the same address with another token is somebody else
        let other = text(&contact(json!({"token": "eve", "name": "Eve", "email": "dan@x.test"})).expect(200), "/contact");
        assert!(other != dan && read(&dan) == shown, "{other}");
        // what is absent is gone, but for the number and the values
        assert_eq!(text(&contact(json!({"token": "dan", "name": "Daniel", "email": "dan@x.test"})).expect(200), "/contact"), dan);
        let shown = read(&dan);
        assert_eq!((&shown["name"], shown.get("contactManager")), (&json!("Daniel"), None));
        assert_eq!((&shown["livechatData"], &shown["phone"]), (&json!({"plan": "gold"}), &json!([{"phoneNumber": "+1777"}])));
        contact(json!({"token": "dan", "name": "Daniel", "phone": "", "customFields": {"plan": ""}})).expect(200);
        let shown = read(&dan);
        assert_eq!(shown.get("livechatData"), None);
        assert_eq!((shown.get("visitorEmails"), shown.get("phone")), (None, None));
        // their open chat bears their name
        assert_eq!(text(&contact(json!({"token": "ann", "name": "Annabel", "email": "ann@x.test"})).expect(200), "/contact"), id);
        assert_eq!(desk.room(&second)["fname"], "Annabel");
        let search = |query: &str| ask(format!("omnichannel/contact.search{query}"));
        search("").refused_with_code("", "error-invalid-params");
        search("?custom=x").refused_with_code("", "error-invalid-params-custom");
        assert_eq!(search("?email=ann@x.test").expect(200)["contact"]["_id"], json!(id));
        assert_eq!(search("?phone=%2B1555").expect(200)["contact"]["_id"], json!(id));
        assert_eq!(search("?email=no@x.test").expect(200)["contact"], Value::Null);
        assert_eq!(search("?custom={\"plan\":\"platinum\"}").expect(200)["contact"]["username"], "cid");
        // the newer contacts are not part of what is served
        let manager = desk.admin.agent_with("mia", &["user", "livechat-manager"]);
        let body = json!({"name": "x", "emails": ["x@x.test"], "phones": ["1"]});
        manager.client.post("omnichannel/contacts", &body).refused(403, "unauthorized");
        manager.client.post("omnichannel/contacts.update", &json!({"contactId": id})).refused(403, "unauthorized");
        for path in [&*format!("contacts.get?contactId={id}"), "contacts.search?searchText=a", &format!("contacts.history?contactId={id}")] {
            manager.client.get(&format!("omnichannel/{path}")).refused(403, "unauthorized");
        }
    }
}
