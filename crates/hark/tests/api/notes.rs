//! Notes: what agents write for each other, whom it reaches, and that no visitor hears of it.

use hark_testkit::{
    Agent, Client, Desk, Engine, Mailbox, Response, Socket, eventually, on_both_engines, text,
};
use hark_wire::table;
use serde_json::{Value, json};

use crate::HARK;
use crate::access::call_with;

const API: &str = "/api/hark/v1/";
/// In every note.
const MARK: &str = "zq7noted";

fn desk(engine: Engine) -> Desk {
    let desk = Desk::open(HARK, engine);
    desk.set("Livechat_Routing_Method", "Manual_Selection");
    desk
}

fn ask(client: &Client, path: &str) -> Response {
    client.get(&format!("{API}{path}"))
}

fn add(agent: &Agent, rid: &str, words: &str) -> Response {
    let body = json!({"text": words});
    let path = format!("{API}conversations/{rid}/notes");
    agent.client.post(&path, &body)
}

fn change(agent: &Agent, rid: &str, id: &str, words: &str) -> Response {
    let path = format!("{API}conversations/{rid}/notes/{id}");
    agent.client.json("PATCH", &path, &json!({"text": words}))
}

fn remove(agent: &Agent, rid: &str, id: &str) -> Response {
    let path = format!("{API}conversations/{rid}/notes/{id}");
    agent.client.delete(&path, &json!({}))
}

/// A whole conversation in short, newest first, two entries at a time.
fn entries(client: &Client, rid: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("conversations/{rid}/messages?limit=2{cursor}");
        let page = ask(client, &path).expect(200);
        for entry in page["items"].as_array().unwrap() {
            all.push(match (&entry["message"], &entry["note"]) {
                (Value::Null, note) => format!("note {}", text(note, "/text")),
                (message, _) => match message["notice"].as_str() {
                    Some(notice) => format!("notice {notice}"),
                    None => format!("said {}", text(message, "/text")),
                },
            });
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

fn mentions(agent: &Agent) -> Value {
    ask(&agent.client, "mentions").expect(200)
}

#[track_caller]
fn problem(answer: &Response, status: u16, detail: &str) {
    assert_eq!(answer.expect(status)["detail"], detail);
}

on_both_engines! {
    fn notes_stand_among_what_was_said_and_are_their_writers(engine: Engine) {
        let desk = desk(engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let rid = desk.new_chat("ann");
        desk.take(&amy, &rid).expect(200);
        desk.say("ann", &rid, "first");
        let note = add(&amy, &rid, "Is that so?").expect(201);
        assert_eq!(note["author"], json!({"id": amy.id, "username": "amy", "name": "amy"}));
        assert_eq!((&note["conversation"], &note["mentions"], &note["editedAt"]), (&json!(rid), &json!([]), &Value::Null));
        desk.say("ann", &rid, "second");
        add(&amy, &rid, "It is").expect(201);
        desk.say("ann", &rid, "third");
        let now = ["said third", "note It is", "said second", "note Is that so?", "said first"];
        assert_eq!(entries(&amy.client, &rid)[..5], now);
        assert!(entries(&amy.client, &rid)[5..].iter().all(|one| one.starts_with("notice ")));

        let id = text(&note, "/id");
        let unread = || desk.room(&rid)["msgs"].clone();
        let before = unread();
        let changed = change(&amy, &rid, &id, "Is it?").expect(200);
        assert_eq!((&changed["text"], &changed["sequence"]), (&json!("Is it?"), &note["sequence"]));
        assert!(changed["editedAt"].is_string());
        assert_eq!(entries(&amy.client, &rid)[3], "note Is it?");
        problem(&change(&amy, &rid, &id, "  "), 400, "text: has to say something");
        problem(&add(&amy, &rid, &"x".repeat(5_001)), 400, "Message size exceeds Message_MaxAllowedSize");
        problem(&change(&amy, &rid, "none", "x"), 404, "There is no such note");
        // Who may not see the chat hears that there is none.
        for answer in [add(&ben, &rid, "x"), change(&ben, &rid, &id, "x"), remove(&ben, &rid, &id), add(&amy, "none", "x"), add(&amy, "GENERAL", "x")] {
            problem(&answer, 404, "There is no such conversation");
        }
        problem(&ask(&ben.client, &format!("conversations/{rid}/messages")), 404, "There is no such conversation");
        // Who may see it writes their own.
        let mia = desk.admin.agent_with("mia", &["user", "livechat-agent", "livechat-manager"]);
        for answer in [change(&mia, &rid, &id, "x"), remove(&mia, &rid, &id)] {
            problem(&answer, 400, "Only the one who wrote a note may change it");
        }
        assert_eq!(remove(&amy, &rid, &id).status, 204);
        problem(&remove(&amy, &rid, &id), 404, "There is no such note");
        assert_eq!(entries(&amy.client, &rid)[..4], ["said third", "note It is", "said second", "said first"]);
        assert_eq!(unread(), before);

        // Also when the chat is over; and they go with it.
        let end = json!({"rid": rid, "comment": "done"});
        amy.client.post("livechat/room.closeByUser", &end).expect(200);
        add(&amy, &rid, "Call back on Monday, @mia").expect(201);
        assert_eq!(entries(&amy.client, &rid)[0], "note Call back on Monday, @mia");
        let kept = || desk.database.number("SELECT (SELECT count(*) FROM note) + (SELECT count(*) FROM note_mention)");
        assert!(kept() > 0);
        desk.admin.method("livechat:removeRoom", &json!([rid]));
        assert_eq!(kept(), 0);
    }

    fn who_is_mentioned_hears_it_if_they_may_see_the_chat(engine: Engine) {
        let desk = desk(engine);
        let (amy, ben, cas) = (desk.agent("amy"), desk.agent("ben"), desk.agent("cas"));
        let sales = desk.department("Sales", &[&amy, &ben], &json!({}));
        desk.visitor("ann", &json!({"department": sales}));
        let rid = text(&desk.chat("ann"), "/_id");
        let listen = |agent: &Agent| {
            let mut socket = Socket::of(&desk.server, &agent.client);
            let own = format!("{}/notification", agent.id);
            assert_eq!(socket.subscribe("stream-notify-user", &own, &Value::Null)["msg"], "ready");
            socket
        };
        let (mut to_ben, mut to_cas) = (listen(&ben), listen(&cas));
        let notes = format!("{rid}/notes");
        assert_eq!(to_ben.subscribe("stream-hark-conversation", &notes, &Value::Null)["msg"], "ready");
        assert_eq!(to_cas.subscribe("stream-hark-conversation", &notes, &Value::Null)["msg"], "nosub");

        let note = add(&amy, &rid, "@ben and @cas, what of @amy? ask ann@ben.example").expect(201);
        assert_eq!(note["mentions"], json!([{"id": ben.id, "username": "ben"}]));
        let heard = to_ben.event("stream-hark-conversation", &notes);
        assert_eq!(heard, json!([{"action": "added", "id": note["id"], "note": note}]));
        let rung = to_ben.event("stream-notify-user", &format!("{}/notification", ben.id));
        assert_eq!((&rung[0]["payload"]["rid"], &rung[0]["text"]), (&json!(rid), &note["text"]));
        assert_eq!(rung[0]["payload"]["message"]["t"], "note");
        let of_ben = mentions(&ben);
        assert_eq!((&of_ben["unread"], &of_ben["items"]), (&json!(1), &json!([{"note": note, "visitor": "guest-1", "read": false}])));
        assert_eq!(mentions(&cas), json!({"items": [], "unread": 0, "nextCursor": null}));

        // What is changed rings for nobody again, and who is not mentioned any more is not.
        let id = text(&note, "/id");
        change(&amy, &rid, &id, "@ben, look").expect(200);
        let heard = to_ben.event("stream-hark-conversation", &notes);
        assert_eq!((&heard[0]["action"], &heard[0]["note"]["text"]), (&json!("edited"), &json!("@ben, look")));
        let second = add(&amy, &rid, "@Ben, and this").expect(201);
        to_ben.event("stream-hark-conversation", &notes);
        let rung = to_ben.event("stream-notify-user", &format!("{}/notification", ben.id));
        assert_eq!(rung[0]["text"], "@Ben, and this");
        assert_eq!(mentions(&ben)["unread"], 2);
        let page = ask(&ben.client, "mentions?limit=1").expect(200);
        assert_eq!(page["items"][0]["note"]["id"], second["id"]);
        let next = ask(&ben.client, &format!("mentions?limit=1&cursor={}", text(&page, "/nextCursor"))).expect(200);
        assert_eq!((&next["items"][0]["note"]["id"], &next["nextCursor"]), (&note["id"], &Value::Null));
        let seen = json!({"upTo": note["addedAt"]});
        assert_eq!(ben.client.post(&format!("{API}mentions/read"), &seen).status, 204);
        let shown = mentions(&ben);
        assert!(shown["unread"].as_i64() < Some(2) && shown["items"][1]["read"] == true, "{shown}");
        assert_eq!(ben.client.post(&format!("{API}mentions/read"), &json!({})).status, 204);
        assert_eq!(mentions(&ben)["unread"], 0);
        change(&amy, &rid, &id, "never mind").expect(200);
        assert_eq!(remove(&amy, &rid, &text(&second, "/id")).status, 204);
        assert_eq!(mentions(&ben)["items"], json!([]));

        // A chat that has gone elsewhere shows nothing of what was noted there.
        add(&amy, &rid, "@ben, still here").expect(201);
        assert_eq!(mentions(&ben)["items"].as_array().unwrap().len(), 1);
        let care = desk.department("Care", &[&cas], &json!({}));
        let forward = json!({"roomId": rid, "departmentId": care});
        desk.admin.post("livechat/room.forward", &forward).expect(200);
        let shown = mentions(&ben);
        assert_eq!((&shown["items"], &shown["unread"]), (&json!([]), &json!(1)));
        assert!(!json!(to_cas.kept()).to_string().contains("look"));
    }

    /// The visitor shows their token wherever it can be shown, and listens to all that there is.
    fn no_visitor_hears_of_a_note(engine: Engine) {
        let mailbox = Mailbox::open();
        let port = mailbox.port().to_string();
        let desk = Desk::open_with(HARK, engine, |setup| {
            setup
                .env("SMTP_Host", "127.0.0.1")
                .env("SMTP_Port", port.clone())
                .env("Livechat_enable_transcript", "true")
                .env("Store_Last_Message", "true")
        });
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, _) = (desk.agent("amy"), desk.agent("ben"));
        desk.visitor("ann", &json!({"email": "ann@x.example"}));
        let rid = text(&desk.chat("ann"), "/_id");
        desk.take(&amy, &rid).expect(200);
        desk.say("ann", &rid, "first of all");
        // This one is changed and removed by the routes that do so.
        let said = text(&desk.say("ann", &rid, "hello"), "/_id");
        let shown = json!({"token": "ann", "visitorToken": "ann"});
        let listen = |event: &str| {
            let mut socket = Socket::greeted(&desk.server);
            for stream in ["stream-room-messages", "stream-livechat-room", "stream-notify-room", "stream-room-data", "stream-hark-conversation", "stream-notify-user", "stream-notify-all"] {
                socket.subscribe(stream, event, &shown);
            }
            socket
        };
        let mut sockets: Vec<Socket> = ["", "/notes", "/user-activity", "/typing", "/deleteMessage"]
            .iter()
            .map(|kind| listen(&format!("{rid}{kind}")))
            .collect();
        let before = (desk.room(&rid), desk.history("ann", &rid));
        let note = text(&add(&amy, &rid, &format!("{MARK} @ben")).expect(201), "/id");
        change(&amy, &rid, &note, &format!("{MARK} other")).expect(200);
        let gone = text(&add(&amy, &rid, &format!("{MARK} gone")).expect(201), "/id");
        assert_eq!(remove(&amy, &rid, &gone).status, 204);
        // No document of the chat is another one for it.
        assert_eq!((desk.room(&rid), desk.history("ann", &rid)), before);
        let known = json!({
            "token": "ann", "rid": rid, "roomId": rid, "_id": said, "id": note, "messageId": note, "department": "x", "email": "ann@x.example",
            "lastUpdate": "2020-01-01T00:00:00.000Z", "name": "x", "key": "x", "value": "x", "msg": "more", "status": "away",
        });
        let cookies = format!("rc_token=ann; rc_rid={rid}; rc_room_type=l; rc_is_widget=t");
        let ann = desk.anyone().with("x-visitor-token", "ann").with("Cookie", &cookies);
        let visitors = table().into_iter().filter(|route| !route.access.wants_login());
        // What ends the chat comes last.
        let (last, first): (Vec<_>, Vec<_>) = visitors.partition(|route| route.method == "DELETE" || route.path.contains("close"));
        let mut asked = 0;
        for route in first.into_iter().chain(last) {
            for id in [&said, &note] {
                let mut known = known.clone();
                known["_id"] = json!(id);
                let answer = call_with(&ann, route, &known);
                let shown = format!("{:?} {}", answer.headers, answer.text());
                assert!(!shown.contains(MARK), "{} {} shows a note: {shown}", route.method, route.path);
                asked += 1;
            }
        }
        assert!(asked > 40, "{asked}");
        for path in [format!("file-upload/{note}/x"), format!("file-upload/{note}/x?rc_token=ann&rc_rid={rid}&rc_room_type=l")] {
            assert!(!ann.get(&format!("/{path}")).text().contains(MARK));
        }
        // Nor do the routes on which agents are shown what the visitor is shown.
        for path in [format!("livechat/{rid}/messages?searchText={MARK}"), format!("chat.search?roomId={rid}&searchText={MARK}"), format!("livechat/messages.history/{rid}?token=ann")] {
            let answer = amy.client.get(&path);
            assert!(!answer.text().contains(&format!("{MARK} ")), "{path}: {}", answer.text());
        }
        let mail = eventually("the transcript", || mailbox.caught().pop());
        assert!(mail.part("text/plain").contains("first of all") && !mail.text.contains(MARK), "{}", mail.text);
        // What is said at the end comes after all that was pushed.
        let end = json!({"rid": rid, "comment": "bye"});
        amy.client.post("livechat/room.closeByUser", &end);
        let heard = sockets[0].wait_for("the end of the chat", |frame| frame["fields"]["args"][0]["t"] == "livechat-close");
        assert_eq!(heard["fields"]["eventName"], json!(rid));
        for socket in &sockets {
            assert!(!json!(socket.kept()).to_string().contains(MARK));
        }
    }
}
