//! How requests are made, and what becomes of those that are not answered with 200.

use hark_testkit::{Engine, Received, Reply, Socket, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::crm::Crm;

fn words(one: &Received) -> String {
    text(&one.json(), "/messages/0/msg")
}

fn attempt(one: &Received) -> &str {
    one.header("hark-attempt").unwrap()
}

/// A chat of which the CRM has heard already.
fn chat(crm: &Crm, token: &str) -> String {
    crm.set("Livechat_accept_chats_with_no_agents", true);
    let rid = crm.new_chat(token);
    crm.hears(&["LivechatSessionStart"]);
    rid
}

on_both_engines! {
    fn only_200_is_success_and_the_rest_comes_again(engine: Engine) {
        let crm = Crm::open(engine);
        let rid = chat(&crm, "ana");
        crm.retry_after(&[100, 100]);
        for status in [201, 204, 302, 400, 404, 410, 500, 503] {
            let elsewhere = crm.receiver.url("/elsewhere");
            crm.receiver.answer_next(Reply::status(status).header("Location", &elsewhere));
            crm.say("ana", &rid, &format!("{status}"));
            let twice = crm.hears(&["Message", "Message"]);
            assert_eq!(twice[0].body, twice[1].body, "{status}");
            assert_eq!((attempt(&twice[0]), attempt(&twice[1])), ("1", "2"));
            assert_eq!(twice[0].path(), twice[1].path());
            for same in ["webhook-id", "hark-event", "hark-sequence"] {
                assert!(twice[0].header(same).is_some());
                assert_eq!(twice[0].header(same), twice[1].header(same), "{same}");
            }
        }
        // So does what is not answered, or not in time.
        for reply in [Reply::raw(""), Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), Reply::silence()] {
            crm.receiver.answer_next(reply);
            crm.integrate(&json!({"LivechatHttpTimeout": 2_000}));
            crm.say("ana", &rid, "again");
            let twice = crm.hears(&["Message", "Message"]);
            assert_eq!(twice[0].body, twice[1].body);
        }
        crm.integrate(&json!({"LivechatHttpTimeout": 60_000}));
        // What is given up does not hold up what follows; until then nothing overtakes it.
        for _ in 0..3 {
            crm.receiver.answer_next(Reply::status(500));
        }
        crm.say("ana", &rid, "lost");
        crm.say("ana", &rid, "next");
        crm.say("ana", &rid, "last");
        let all = crm.hears(&["Message"; 5]);
        let sent: Vec<(String, &str)> = all.iter().map(|one| (words(one), attempt(one))).collect();
        let wanted = [("lost", "1"), ("lost", "2"), ("lost", "3"), ("next", "1"), ("last", "1")];
        assert_eq!(sent, wanted.map(|(words, attempt)| (words.to_owned(), attempt)));
    }

    fn the_answer_is_kept_on_the_room_and_sent_back(engine: Engine) {
        let crm = Crm::open(engine);
        let rid = chat(&crm, "ana");
        crm.retry_after(&[50]);
        let kept = |wanted: Option<&str>| eventually("the answer on the room", || {
            let room = crm.room(&rid);
            (room.get("crmData").and_then(Value::as_str) == wanted).then_some(())
        });
        let crm_data = |crm: &Crm| crm.hears_one("Message").get("crmData").cloned();
        kept(None);
        crm.receiver.answer_next(Reply::status(200).body(r#"{"contact":"https://crm.example.org/7"}"#));
        let mut looks = Socket::of(&crm.desk.server, &crm.desk.admin);
        looks.subscribe("stream-room-data", &rid, &Value::Null);
        crm.say("ana", &rid, "one");
        assert_eq!(crm_data(&crm), None);
        kept(Some(r#"{"contact":"https://crm.example.org/7"}"#));
        // Whoever looks at the chat sees it without anything else having happened.
        looks.wait_for("the answer beside the chat", |frame| {
            frame["fields"]["args"][0]["crmData"] == r#"{"contact":"https://crm.example.org/7"}"#
        });
        // By whichever attempt it came.
        crm.receiver.answer_next(Reply::status(500).body("sorry"));
        crm.receiver.answer_next(Reply::status(200).body("the second time"));
        crm.say("ana", &rid, "two");
        let twice = crm.hears(&["Message", "Message"]);
        assert_eq!(twice[1].json()["crmData"], r#"{"contact":"https://crm.example.org/7"}"#);
        kept(Some("the second time"));
        crm.receiver.answer_next(Reply::status(200).body("x".repeat(200_000)));
        crm.say("ana", &rid, "three");
        assert_eq!(crm_data(&crm), Some(json!("the second time")));
        kept(Some(&"x".repeat(64 * 1024)));
        // No answer is one, too: there is nothing to send back.
        crm.say("ana", &rid, "four");
        assert_eq!(crm_data(&crm), Some(json!("x".repeat(64 * 1024))));
        kept(None);
        crm.say("ana", &rid, "five");
        assert_eq!(crm_data(&crm), None);
    }
}

#[test]
fn a_request_has_the_headers_of_the_original_and_our_own() {
    let crm = Crm::open(Engine::Sqlite);
    let rid = chat(&crm, "ana");
    crm.integrate(&json!({"LivechatSecretToken": "s3cret word"}));
    crm.say("ana", &rid, "with a word");
    let one = crm.hears(&["Message"]).remove(0);
    assert_eq!(one.line, "POST /hook?from=hark HTTP/1.1");
    assert_eq!(one.header("content-type"), Some("application/json"));
    assert_eq!(one.header("accept"), Some("*/*"));
    assert_eq!(
        one.header("content-length"),
        Some(one.body.len().to_string().as_str())
    );
    assert_eq!(
        one.header("x-rocketchat-livechat-token"),
        Some("s3cret word")
    );
    assert_eq!(one.header("hark-event"), Some("message.visitor"));
    assert_eq!(one.header("hark-attempt"), Some("1"));
    assert!(one.header("webhook-timestamp").is_some());
    let id = one.header("webhook-id").unwrap().to_owned();
    crm.integrate(&json!({"LivechatSecretToken": ""}));
    // A password in the address goes where passwords go.
    let url = crm.receiver.url("/else").replace("http://", "http://u:p@");
    crm.point_to(&url);
    crm.say("ana", &rid, "without");
    let next = crm.hears(&["Message"]).remove(0);
    assert_eq!(next.header("x-rocketchat-livechat-token"), None);
    assert_eq!(
        (next.path(), next.header("authorization")),
        ("/else", Some("Basic dTpw"))
    );
    assert_ne!(next.header("webhook-id"), Some(id.as_str()));
    let number = |one: &Received| one.header("hark-sequence").unwrap().parse::<i64>().unwrap();
    assert_eq!(number(&next), number(&one) + 1);
}

#[test]
fn without_an_address_nothing_is_sent_and_nothing_is_wrong() {
    let crm = Crm::silent(Engine::Sqlite);
    crm.switch_all(true);
    crm.set("Livechat_accept_chats_with_no_agents", true);
    let form = json!({"name": "Eve", "email": "eve@example.org", "message": "Call me"});
    // A number is an address of no kind, too.
    for url in [
        json!(""),
        json!(8000),
        json!("example.org/x"),
        json!("ftp://127.0.0.1/x"),
    ] {
        crm.integrate(&json!({"LivechatWebhookUrl": url}));
        let token = format!("visitor {url}").replace(['"', ' ', '/', ':', '.'], "-");
        let rid = crm.new_chat(&token);
        crm.say(&token, &rid, "mail@example.org");
        crm.anyone()
            .post("livechat/offline.message", &form)
            .expect(200);
        crm.close_as_visitor(&token, &rid);
        crm.settle();
        let complaint = crm.endpoint()["complaint"].clone();
        assert_eq!(complaint.is_null(), url == "", "{url}: {complaint}");
    }
    let settings = crm.admin.get("livechat/integrations.settings").expect(200);
    let stored = settings["settings"].as_array().unwrap().iter();
    let url = stored.filter(|one| one["_id"] == "Livechat_webhookUrl");
    assert_eq!(
        url.map(|one| &one["value"]).collect::<Vec<_>>(),
        ["ftp://127.0.0.1/x"]
    );
    // What waits for its next attempt to an impossible address goes out to a good one, and does not keep
    // others waiting.
    crm.point_to(&crm.receiver.url("/hook"));
    let late = crm.new_chat("late");
    let (mut early, mut is_there) = (false, false);
    eventually("what waited, and what is new", || {
        for one in crm.receiver.received() {
            let room = one.json()["_id"].clone();
            early |= room != late;
            is_there |= room == late;
        }
        (early && is_there).then_some(())
    });
    assert_eq!(crm.endpoint()["complaint"], Value::Null);
}

#[test]
fn a_chat_does_not_wait_for_its_webhook() {
    let crm = Crm::open(Engine::Sqlite);
    crm.set("Livechat_accept_chats_with_no_agents", true);
    // For a minute, which is longer than a caller of the test waits for an answer.
    crm.receiver.answer(|_| Reply::silence());
    let rid = crm.new_chat("ana");
    crm.receiver.wait(1);
    crm.say("ana", &rid, "Hi");
    crm.close_as_visitor("ana", &rid);
    crm.note(&rid, "noted");
    // Nor does another chat.
    crm.new_chat("ben");
    let received = crm.receiver.wait(2);
    let rooms: Vec<String> = received
        .iter()
        .map(|one| text(&one.json(), "/_id"))
        .collect();
    assert_eq!(rooms.len(), 2, "nothing overtakes what is on its way");
    assert_eq!((rooms[0] == rid, rooms[1] == rid), (true, false));
}

#[test]
fn unless_set_otherwise_it_tries_again_after_ten_seconds() {
    let crm = Crm::open(Engine::Sqlite);
    let rid = chat(&crm, "ana");
    crm.receiver.answer_next(Reply::status(500));
    crm.say("ana", &rid, "Hi");
    let twice = crm.hears(&["Message", "Message"]);
    assert_eq!(twice[0].body, twice[1].body);
    let pause = twice[1].at - twice[0].at;
    assert!(pause.as_millis() >= 9_900, "{pause:?}");
}

#[test]
fn how_often_it_tries_and_what_it_takes_for_success_can_be_chosen() {
    let crm = Crm::open(Engine::Sqlite);
    let rid = chat(&crm, "ana");
    crm.serve_by(&json!({"success": "2xx", "delaysMs": []}));
    for status in [201, 204, 302, 500] {
        crm.receiver.answer_next(Reply::status(status));
        crm.say("ana", &rid, &format!("{status}"));
    }
    // What the settings say does not touch it.
    crm.integrate(&json!({"LivechatSecretToken": "another"}));
    crm.say("ana", &rid, "after all");
    let all = crm.hears(&["Message"; 5]);
    let sent: Vec<(String, &str)> = all.iter().map(|one| (words(one), attempt(one))).collect();
    let wanted = ["201", "204", "302", "500", "after all"];
    assert_eq!(sent, wanted.map(|words| (words.to_owned(), "1")));
    assert_eq!(crm.endpoint()["policy"]["delaysMs"], json!([]));
}

#[test]
fn what_waits_outlives_the_server() {
    let crm = Crm::open(Engine::Sqlite);
    let rid = chat(&crm, "ana");
    crm.retry_after(&[1_500]);
    crm.receiver.answer_next(Reply::status(500));
    crm.say("ana", &rid, "Hi");
    crm.say("ana", &rid, "there");
    crm.receiver.wait(2);
    let Crm { desk, receiver, .. } = crm;
    desk.server.kill();
    let again = hark_testkit::Setup::new(crate::HARK)
        .on(&desk.database)
        .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
        .start();
    let all = receiver.wait(4);
    assert_eq!(
        all.iter().skip(1).map(words).collect::<Vec<_>>(),
        ["Hi", "Hi", "there"]
    );
    assert_eq!(all[1].header("webhook-id"), all[2].header("webhook-id"));
    assert_eq!(all[1].body, all[2].body);
    drop(again);
}
