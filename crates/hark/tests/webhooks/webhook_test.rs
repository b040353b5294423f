//! The test of the workspace's webhook: a sample goes out, once, and only 200 is an answer.

use hark_testkit::{Client, Desk, Engine, Receiver, Reply, Response, eventually, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

const PATH: &str = "livechat/webhook.test";
const BAD: &str = "error-invalid-webhook-response";

fn desk(engine: Engine) -> Desk {
    Desk::open_with(HARK, engine, |setup| {
        setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
    })
}

fn test(client: &Client) -> Response {
    client.post(PATH, &json!({}))
}

fn goes_to(desk: &Desk, url: impl Into<Value>) {
    desk.admin
        .post(
            "omnichannel/integrations",
            &json!({"LivechatWebhookUrl": url.into()}),
        )
        .expect(200);
}

#[test]
fn a_server_that_sends_nothing_sends_no_sample() {
    let receiver = Receiver::open();
    let desk = Desk::open_with(HARK, Engine::Sqlite, |setup| {
        setup
            .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
            .arg("--deliver=off")
    });
    goes_to(&desk, receiver.url("/hook"));
    let refused = test(&desk.admin).expect(400);
    let words = refused["error"].as_str().unwrap();
    assert!(words.contains("--deliver off"), "{refused}");
    assert_eq!(receiver.connections(), 0);
}

on_both_engines! {
    fn a_sample_goes_out_as_receivers_know_it(engine: Engine) {
        let receiver = Receiver::open();
        let desk = desk(engine);
        goes_to(&desk, receiver.url("/hook?from=chat#part"));
        let manager = desk.admin.person("max", &["livechat-manager"]);
        let answer = test(&manager).expect(200);
        assert_eq!(answer, json!({"success": true}));
        let received = receiver.received();
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].line, "POST /hook?from=chat HTTP/1.1");
        // Sent even if there is none.
        assert_eq!(received[0].header("X-RocketChat-Livechat-Token"), Some(""));
        assert_eq!(received[0].header("Content-Type"), Some("application/json"));
        assert_eq!(received[0].header("Accept"), Some("application/json"));
        let sample = received[0].json();
        let now = sample["createdAt"].as_str().unwrap();
        assert!(now.len() == 24 && now.ends_with('Z'), "{now}");
        let expected = format!(
            concat!(
                r#"{{"type":"LivechatSession","_id":"fasd6f5a4sd6f8a4sdf","label":"title","topic":"asiodojf","#,
                r#""createdAt":"{0}","lastMessageAt":"{0}","tags":["tag1","tag2","tag3"],"#,
                r#""customFields":{{"productId":"123456"}},"visitor":{{"_id":"","name":"visitor name","#,
                r#""username":"visitor-username","department":"department","email":"email@address.com","#,
                r#""phone":"192873192873","ip":"123.456.7.89","browser":"Chrome","os":"Linux","#,
                r#""customFields":{{"customerId":"123456"}}}},"agent":{{"_id":"asdf89as6df8","#,
                r#""username":"agent.username","name":"Agent Name","email":"agent@email.com"}},"#,
                r#""messages":[{{"username":"visitor-username","msg":"message content","ts":"{0}"}},"#,
                r#"{{"username":"agent.username","agentId":"asdf89as6df8","#,
                r#""msg":"message content from agent","ts":"{0}"}}]}}"#,
            ),
            now
        );
        assert_eq!(received[0].text(), expected);
    }

    fn the_secret_goes_with_it(engine: Engine) {
        let receiver = Receiver::open();
        let desk = desk(engine);
        goes_to(&desk, receiver.url("/"));
        let secret = |secret: &str| {
            let body = json!({"LivechatSecretToken": secret});
            desk.admin.post("omnichannel/integrations", &body).expect(200);
        };
        secret("s3cret with spaces");
        test(&desk.admin).expect(200);
        let received = receiver.received();
        let sent = received[0].header("X-RocketChat-Livechat-Token");
        assert_eq!(sent, Some("s3cret with spaces"));
        for none_that_a_header_holds in ["two\nlines", "снег"] {
            secret(none_that_a_header_holds);
            test(&desk.admin).refused(400, BAD);
        }
        assert_eq!(receiver.received().len(), 1);
    }

    fn only_200_is_an_answer_and_no_other_is_shown(engine: Engine) {
        let receiver = Receiver::open();
        let desk = desk(engine);
        goes_to(&desk, receiver.url("/"));
        let elsewhere = receiver.url("/elsewhere");
        for reply in [
            Reply::status(201).body("made"),
            Reply::status(202),
            Reply::status(204),
            Reply::status(301).header("Location", &elsewhere),
            Reply::status(302).header("Location", &elsewhere),
            Reply::status(307).header("Location", &elsewhere),
            Reply::status(400).body("private words"),
            Reply::status(404),
            Reply::status(500),
            Reply::raw("what?"),
            Reply::raw(""),
            Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"),
        ] {
            let before = receiver.received().len();
            receiver.answer_next(reply);
            test(&desk.admin).refused(400, BAD);
            // Once, and nowhere else.
            assert_eq!(receiver.received().len(), before + 1);
        }
        assert!(receiver.received().iter().all(|one| one.path() == "/"));
        test(&desk.admin).expect(200);
    }

    fn what_cannot_be_reached_is_no_answer(engine: Engine) {
        let desk = desk(engine);
        let nobody = Receiver::open();
        let url = nobody.url("/");
        drop(nobody);
        for url in [json!(url), json!(8000), json!("example.com/x"), json!("ftp://127.0.0.1/"), json!("http://10.0.0.1/")] {
            goes_to(&desk, url);
            test(&desk.admin).refused(400, BAD);
        }
        eventually("the reason in the log", || {
            let log = desk.server.log();
            log.iter().any(|line| line.contains("HARK_WEBHOOK_ALLOW")).then_some(())
        });
    }

    fn who_may_not_and_what_is_wrong_before_anything_is_sent(engine: Engine) {
        let receiver = Receiver::open();
        let desk = desk(engine);
        test(&desk.admin).refused(400, "Webhook_URL_not_set");
        goes_to(&desk, receiver.url("/"));
        goes_to(&desk, Value::Null);
        test(&desk.admin).refused(400, "Webhook_URL_not_set");
        goes_to(&desk, receiver.url("/"));
        assert_eq!(test(&desk.anyone()).expect(401), json!({
            "status": "error", "message": "You must be logged in to do this.",
        }));
        for role in ["livechat-agent", "livechat-monitor", "user"] {
            let other = desk.admin.person(&format!("a-{role}"), &[role]);
            test(&other).refused(403, "User does not have the permissions required for this action [error-unauthorized]");
        }
        let path = format!("/api/v1/{PATH}");
        let broken = desk.admin.send("POST", &path, &[("Content-Type", "application/json")], b"{");
        assert_eq!(broken.status, 400);
        assert_eq!(broken.header("content-type"), Some("text/html; charset=utf-8"));
        let wrong = desk.admin.get(PATH);
        assert_eq!((wrong.status, wrong.header("allow")), (405, Some("POST, OPTIONS")));
        assert_eq!(receiver.received().len(), 0);
        // What is said is not looked at.
        for body in [json!({"unknown": 1}), json!([1]), json!({"LivechatWebhookUrl": 1})] {
            desk.admin.post(PATH, &body).expect(200);
        }
    }

    fn it_is_tried_ten_times_a_minute(engine: Engine) {
        let receiver = Receiver::open();
        let desk = Desk::open_with(HARK, engine, |setup| {
            let setup = setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8");
            setup.env("HARK_RATE_LIMIT", "on")
        });
        goes_to(&desk, receiver.url("/"));
        let manager = desk.admin.person("max", &["livechat-manager"]);
        for left in (0..10).rev() {
            let answer = test(&manager);
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("x-ratelimit-limit"), Some("10"));
            assert_eq!(answer.header("x-ratelimit-remaining"), Some(&*left.to_string()));
        }
        let refused = test(&manager).expect(429);
        let words = refused["error"].as_str().unwrap();
        assert!(words.ends_with("[error-too-many-requests]"), "{words}");
        assert_eq!(receiver.received().len(), 10);
    }
}
