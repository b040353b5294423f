//! Transcripts of closed chats as documents.

use hark_testkit::{Agent, Client, Desk, Response, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

fn request(client: &Client, rid: &str) -> Response {
    client.post(&format!("omnichannel/{rid}/request-transcript"), &json!({}))
}

fn close(agent: &Agent, rid: &str, more: &Value) {
    let mut body = json!({"rid": rid, "comment": "bye"});
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    agent
        .client
        .post("livechat/room.closeByUser", &body)
        .expect(200);
}

/// What Hark says to somebody in a room of their own, oldest first.
fn told(client: &Client) -> Vec<Value> {
    let rooms = client.get("im.list").expect(200);
    let Some(room) = rooms["ims"].as_array().unwrap().first().cloned() else {
        return Vec::new();
    };
    let path = format!("im.messages?roomId={}", text(&room, "/_id"));
    let messages = client.get(&path).expect(200);
    let mut messages = messages["messages"].as_array().unwrap().clone();
    messages.reverse();
    messages
}

/// Waits for the document of a room, and gives its id.
fn document(desk: &Desk, rid: &str) -> String {
    eventually("a document", || {
        let room = desk.room(rid);
        let is_waiting = room.get("pdfTranscriptRequested").is_some();
        let file = room["pdfTranscriptFileId"].as_str().map(str::to_owned);
        file.filter(|_| !is_waiting)
    })
}

on_both_engines! {
    fn the_transcript_of_a_chat_that_is_over_becomes_a_document(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        desk.visitor("t", &json!({"name": "ليلى Ann"}));
        let rid = text(&desk.chat("t"), "/_id");
        desk.say("t", &rid, "مرحبا، هل الطلب 4711 في الطريق؟");
        amy.client.post("chat.sendMessage", &json!({"message": {"rid": rid, "msg": "It is on its way."}})).expect(200);
        request(&amy.client, &rid).refused(400, "room-still-open");
        close(&amy, &rid, &json!({}));
        assert_eq!(desk.room(&rid).get("pdfTranscriptFileId"), None);
        // Twice, which makes one.
        request(&amy.client, &rid).expect(200);
        request(&amy.client, &rid).expect(200);
        let file = document(&desk, &rid);
        let said = eventually("a message of it", || told(&amy.client).pop());
        assert_eq!(said["u"]["username"], "rocket.cat");
        assert!(text(&said, "/msg").starts_with("The transcript of your conversation with ليلى Ann is ready: http"), "{said}");
        let link = text(&said, "/attachments/0/title_link");
        assert!(link.contains(&file), "{link}");
        let download = |client: &Client| client.get(&link);
        let pdf = download(&amy.client);
        assert_eq!((pdf.status, pdf.header("content-type")), (200, Some("application/pdf")));
        assert!(pdf.body.starts_with(b"%PDF-"));
        // Whoever may not see the chat has nothing of it.
        let bob = desk.agent("bob");
        assert_eq!(download(&bob.client).status, 403);
        request(&bob.client, &rid).refused(400, "error-invalid-room");
        request(&bob.client, "nowhere").refused(400, "error-invalid-room");
        assert_eq!(request(&desk.admin.person("uma", &["user"]), &rid).status, 403);
        assert_eq!(request(&desk.anyone(), &rid).status, 401);
        // Another one takes its place, and is told to who asked for it.
        request(&desk.admin, &rid).expect(200);
        let second = eventually("another document", || Some(document(&desk, &rid)).filter(|id| *id != file));
        assert_eq!(download(&amy.client).status, 403);
        let said = eventually("a message to the other", || told(&desk.admin).pop());
        assert!(text(&said, "/attachments/0/title_link").contains(&second));
        assert_eq!(told(&amy.client).len(), 1);
        // The visitor hears nothing of it.
        let history = desk.history("t", &rid);
        assert!(!json!(history).to_string().contains(&second));
        // With the chat the document goes.
        desk.admin.method("livechat:removeRoom", &json!([rid]));
        let gone = text(&said, "/attachments/0/title_link");
        assert_eq!(desk.admin.get(&gone).status, 403);
    }

    fn whoever_closes_a_chat_may_want_it_with_that(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let rid = desk.new_chat("t");
        close(&amy, &rid, &json!({"generateTranscriptPdf": true}));
        document(&desk, &rid);
        assert_eq!(eventually("a message of it", || Some(told(&amy.client)).filter(|told| !told.is_empty())).len(), 1);
        // By the method as well; without the permission the chat ends, and that is all.
        let second = desk.new_chat("u");
        let params = json!([second, "bye", {"generateTranscriptPdf": true}]);
        assert_eq!(amy.client.method("livechat:closeRoom", &params)["result"], true);
        document(&desk, &second);
        let nobody = json!({"permissions": [{"_id": "request-pdf-transcript", "roles": ["admin"]}]});
        desk.admin.post("permissions.update", &nobody).expect(200);
        let third = desk.new_chat("v");
        close(&amy, &third, &json!({"generateTranscriptPdf": true}));
        let room = desk.room(&third);
        assert_eq!((room.get("pdfTranscriptRequested"), room.get("pdfTranscriptFileId"), room.get("open")), (None, None, None));
        assert_eq!(request(&amy.client, &third).status, 403);
    }
}
