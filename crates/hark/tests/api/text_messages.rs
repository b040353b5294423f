//! Text messages: they come as those who carry them hand them in, and answers go out as each wants them.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hark_testkit::{
    Client, Desk, Engine, Receiver, Reply, Response, eventually, on_both_engines, text,
};
use serde_json::{Value, json};

use crate::HARK;

const SITE: &str = "https://chat.example.org";
const THEIRS: &str = "+4915550199";
const OURS: &str = "+4915550100";

fn desk(engine: Engine, service: &str, carrier: &Receiver) -> Desk {
    Desk::open_with(HARK, engine, |setup| {
        setup
            .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
            .env("HARK_SITE_URL", SITE)
            .env("SMS_Enabled", "true")
            .env("SMS_Service", service)
            .env("SMS_Incoming_Secret", "known-to-two")
            .env("SMS_Twilio_Account_SID", "AC4711")
            .env("SMS_Twilio_authToken", "twilio-token")
            .env("SMS_Twilio_URL", carrier.url(""))
            .env("SMS_Voxtelesys_authToken", "voxtelesys-token")
            .env("SMS_Voxtelesys_URL", carrier.url("/api/v1/sms"))
            .env("SMS_Mobex_gateway_address", carrier.url("/gateway"))
            .env("SMS_Mobex_username", "hark")
            .env("SMS_Mobex_password", "mobex&password")
    })
}

fn written(pairs: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        text.bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect::<String>()
    };
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// As Twilio sends it: signed with its address and the members in their order.
fn twilio(client: &Client, query: &str, pairs: &[(&str, &str)], key: &str) -> Response {
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    let path = format!("/api/v1/livechat/sms-incoming/twilio{query}");
    let mut signed = format!("{SITE}{path}");
    for (name, value) in sorted {
        signed.push_str(name);
        signed.push_str(value);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    let signature = BASE64_STANDARD.encode(hmac::sign(&key, signed.as_bytes()));
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("X-Twilio-Signature", signature.as_str()),
    ];
    client.send("POST", &path, &headers, written(pairs).as_bytes())
}

fn message<'m>(id: &'m str, body: &'m str) -> Vec<(&'m str, &'m str)> {
    vec![
        ("MessageSid", id),
        ("From", THEIRS),
        ("To", OURS),
        ("Body", body),
        ("NumMedia", "0"),
    ]
}

/// The only chat.
fn chat(desk: &Desk) -> Value {
    let rooms = desk.admin.get("livechat/rooms?count=0").expect(200);
    let rooms = rooms["rooms"].as_array().unwrap();
    assert_eq!(rooms.len(), 1, "{rooms:?}");
    rooms[0].clone()
}

/// What was said in it by people, oldest first.
fn said(desk: &Desk, rid: &str) -> Vec<String> {
    let messages = desk
        .admin
        .get(&format!("livechat/{rid}/messages"))
        .expect(200);
    let messages = messages["messages"].as_array().unwrap().iter();
    let words = messages.filter(|one| one.get("t").is_none());
    words.rev().map(|one| text(one, "/msg")).collect()
}

fn answer(client: &Client, rid: &str, words: &str) {
    let body = json!({"message": {"rid": rid, "msg": words}});
    client.post("chat.sendMessage", &body).expect(200);
}

on_both_engines! {
    fn a_text_message_is_a_chat_and_the_answer_goes_back_by_twilio(engine: Engine) {
        let carrier = Receiver::answering(|_| Reply::status(201).json(&json!({"sid": "SM9"})));
        let desk = desk(engine, "twilio", &carrier);
        let amy = desk.agent("amy");
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let anyone = desk.anyone();
        let query = format!("?department={sales}");
        let come = |id: &str, body: &str| twilio(&anyone, &query, &message(id, body), "twilio-token");
        let taken = come("SM1", "Grüße & hello?");
        assert_eq!((taken.status, taken.header("content-type"), taken.text().as_str()), (200, Some("text/xml"), "<Response></Response>"));
        let room = chat(&desk);
        assert_eq!(room["source"], json!({"type": "sms", "id": THEIRS, "alias": "twilio", "destination": OURS}));
        assert_eq!((&room["sms"], &room["departmentId"], &room["v"]["phone"]), (&json!({"from": OURS}), &json!(sales), &json!(THEIRS)));
        assert_eq!(room["servedBy"]["username"], "amy");
        let rid = text(&room, "/_id");
        // The same again, as when our answer was lost; and another with a picture.
        assert_eq!(come("SM1", "Grüße & hello?").status, 200);
        let mut pictured = message("SM2", "");
        pictured.retain(|(name, _)| *name != "NumMedia");
        pictured.extend([("NumMedia", "2"), ("MediaUrl0", "https://media.example/1"), ("MediaUrl1", "javascript:x")]);
        assert_eq!(twilio(&anyone, "", &pictured, "twilio-token").status, 200);
        assert_eq!(said(&desk, &rid), ["Grüße & hello?", "https://media.example/1"]);
        assert_eq!(chat(&desk)["_id"], json!(rid));

        answer(&amy.client, &rid, "On its way & soon");
        let sent = carrier.wait(1).remove(0);
        assert_eq!(sent.line, "POST /2010-04-01/Accounts/AC4711/Messages.json HTTP/1.1");
        assert_eq!(sent.header("Authorization"), Some(format!("Basic {}", BASE64_STANDARD.encode("AC4711:twilio-token")).as_str()));
        assert_eq!(sent.text(), "To=%2B4915550199&From=%2B4915550100&Body=On+its+way+%26+soon");
        // What the visitor says and what Hark says goes nowhere; what is long goes in parts.
        answer(&amy.client, &rid, &"x".repeat(1_600));
        let parts = carrier.wait(3);
        assert_eq!(parts[1..].iter().map(|one| one.text().split("Body=").nth(1).unwrap().len()).collect::<Vec<_>>(), [1_500, 100]);

        // Nobody else can write in their name.
        let forged = twilio(&anyone, "", &message("SM3", "me"), "another-token");
        forged.refused(400, "Invalid request");
        let path = "/api/v1/livechat/sms-incoming/twilio";
        anyone.post(path, &json!({"From": THEIRS, "To": OURS, "Body": "me"})).refused(400, "Invalid request");
        let odd = [("From", "<script>"), ("To", OURS), ("Body", "me")];
        twilio(&anyone, "", &odd, "twilio-token").refused(400, "Invalid request");
        for other in ["mobex", "voxtelesys", "carrier-pigeon"] {
            anyone.post(&format!("livechat/sms-incoming/{other}?secret=known-to-two"), &json!({})).refused(400, "Invalid service");
        }
        desk.set("SMS_Enabled", false);
        come("SM4", "x").refused(400, "Invalid service");
        assert_eq!(said(&desk, &rid).len(), 4);
        assert_eq!(carrier.received().len(), 3);
    }

    fn the_others_know_a_secret_and_have_their_own_shapes(engine: Engine) {
        let carrier = Receiver::open();
        let desk = desk(engine, "voxtelesys", &carrier);
        let amy = desk.agent("amy");
        let anyone = desk.anyone();
        let come = |service: &str, secret: &str, body: &Value| {
            anyone.post(&format!("/api/v1/livechat/sms-incoming/{service}?secret={secret}"), body)
        };
        let theirs = json!({"id": "v1", "from": THEIRS, "to": OURS, "body": "hello", "media": ["https://media.example/2", 7], "received_at": "x"});
        for wrong in ["", "another", "known-to-two-and-more"] {
            come("voxtelesys", wrong, &theirs).refused(400, "Invalid request");
        }
        assert_eq!(come("voxtelesys", "known-to-two", &theirs).expect(200), json!({"success": true}));
        let rid = text(&chat(&desk), "/_id");
        assert_eq!(said(&desk, &rid), ["hello\nhttps://media.example/2"]);
        answer(&amy.client, &rid, "hi");
        let sent = carrier.wait(1).remove(0);
        assert_eq!((sent.line.as_str(), sent.header("Authorization")), ("POST /api/v1/sms HTTP/1.1", Some("Bearer voxtelesys-token")));
        assert_eq!(sent.json(), json!({"to": [THEIRS], "from": OURS, "body": "hi"}));

        // Another carrier of the same number goes on in the same chat.
        desk.set("SMS_Service", "mobex");
        let theirs = json!({"from": THEIRS, "to": OURS, "content": "me again"});
        come("mobex", "known-to-two", &theirs).expect(200);
        assert_eq!(said(&desk, &rid).last().unwrap(), "me again");
        answer(&amy.client, &rid, "yes?");
        let sent = carrier.wait(2).remove(1);
        assert_eq!(sent.line, "GET /gateway/send?username=hark&password=mobex%26password&to=4915550199&from=%2B4915550100&content=yes%3F HTTP/1.1");
        // Without a secret nobody knows it.
        desk.set("SMS_Incoming_Secret", "");
        come("mobex", "", &theirs).refused(400, "Invalid request");
    }

    fn an_answer_that_cannot_be_sent_is_tried_again_or_given_up_in_words(engine: Engine) {
        let carrier = Receiver::answering(|_| Reply::status(201));
        let desk = desk(engine, "twilio", &carrier);
        desk.server.may_log_error("a text message could not be sent and is given up");
        let amy = desk.agent("amy");
        let come = twilio(&desk.anyone(), "", &message("SM1", "hello"), "twilio-token");
        assert_eq!(come.status, 200);
        let rid = text(&chat(&desk), "/_id");
        carrier.answer_next(Reply::status(503));
        answer(&amy.client, &rid, "one");
        carrier.wait(1);
        desk.server.wait_for_log("a text message could not be sent");
        desk.database.execute("UPDATE sms SET next_at = 1");
        // What else is written wakes the one who sends.
        answer(&amy.client, &rid, "two");
        let sent = carrier.wait(3);
        let bodies: Vec<&str> = sent.iter().map(|one| one.text().split("Body=").nth(1).unwrap()).collect();
        assert_eq!(bodies, ["one", "one", "two"]);
        // A number that cannot be reached is no better the next time; its agent is told.
        carrier.answer_next(Reply::status(400));
        answer(&amy.client, &rid, "three");
        let told = eventually("a message about it", || {
            let rooms = amy.client.get("im.list").expect(200);
            let room = rooms["ims"].as_array().unwrap().first().cloned()?;
            let path = format!("im.messages?roomId={}", text(&room, "/_id"));
            Some(text(&amy.client.get(&path).expect(200), "/messages/0/msg"))
        });
        assert_eq!(told, format!("Your text message to {THEIRS} was not sent: twilio answered with status 400\n> three"));
        assert_eq!(carrier.received().len(), 4);
    }
}
