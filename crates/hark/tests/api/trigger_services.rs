//! Triggers whose words come from another program: what it is asked, and what its answers come to.

use std::time::Duration;

use hark_testkit::{Desk, Engine, Receiver, Reply, Response, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const INVALID: &str = "error-invalid-external-service-response";

fn desk(engine: Engine) -> Desk {
    Desk::open_with(HARK, engine, |setup| {
        setup
            .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
            .env("Livechat_secret_token", "between-us")
    })
}

fn trigger(url: &str, more: &Value) -> Value {
    let mut trigger = json!({
        "name": "asks", "description": "", "enabled": true, "runOnce": false,
        "conditions": [{"name": "chat-opened-by-visitor", "value": null}],
        "actions": [{"name": "use-external-service", "params": {
            "sender": "custom", "name": "Ann", "serviceUrl": url, "serviceTimeout": 5_000, "serviceFallbackMessage": "Write to us",
        }}],
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        trigger[name] = value.clone();
    }
    trigger
}

/// Saves it, and answers its id.
fn saved(desk: &Desk, trigger: &Value) -> String {
    desk.admin.post("livechat/triggers", trigger).expect(200);
    let kept = desk.admin.get("livechat/triggers").expect(200);
    let kept = kept["triggers"].as_array().unwrap();
    let found = kept.iter().find(|one| one["name"] == trigger["name"]);
    text(found.unwrap(), "/_id")
}

fn asked(desk: &Desk, id: &str) -> Response {
    let body = json!({"token": "t", "extraData": [{"key": "plan", "value": "gold"}]});
    let path = format!("livechat/triggers/{id}/external-service/call");
    desk.anyone().post(&path, &body)
}

/// Nothing came of it, and a visitor hears what is said instead, and not why.
#[track_caller]
fn fell_back(answer: &Response, id: &str, code: &str) {
    let wanted =
        json!({"success": false, "triggerId": id, "error": code, "fallbackMessage": "Write to us"});
    assert_eq!((answer.status, answer.value()), (400, wanted));
}

on_both_engines! {
    fn a_trigger_says_what_another_program_answers(engine: Engine) {
        let program = Receiver::answering(|_| Reply::status(200).json(&json!({
            "contents": [{"msg": "second", "order": 2}, {"msg": "first", "order": 1, "blocks": ["x"]}], "more": "x",
        })));
        let desk = desk(engine);
        let url = program.url("/say?key=1");
        let id = saved(&desk, &trigger(&url, &json!({})));
        let answer = asked(&desk, &id).expect(200);
        assert_eq!(answer, json!({
            "success": true, "triggerId": id,
            "response": {"statusCode": 200, "contents": [{"msg": "second", "order": 2}, {"msg": "first", "order": 1}]},
        }));
        let asked = program.wait(1).remove(0);
        assert_eq!(asked.line, "POST /say?key=1 HTTP/1.1");
        assert_eq!(asked.header("X-RocketChat-Livechat-Token"), Some("between-us"));
        assert_eq!(asked.header("Content-Type"), Some("application/json"));
        assert_eq!(asked.json(), json!({"metadata": [{"key": "plan", "value": "gold"}], "visitorToken": "t"}));
        // The widget knows that there is something to ask, and not where.
        let config = desk.anyone().get("livechat/config?token=t").expect(200);
        assert_eq!(config["config"]["triggers"][0]["actions"], json!([{
            "name": "use-external-service", "params": {"sender": "custom", "name": "Ann", "serviceFallbackMessage": "Write to us"},
        }]));
        assert!(!config.to_string().contains(&url), "{config}");
        let kept = desk.admin.get(&format!("livechat/triggers/{id}")).expect(200);
        assert_eq!(kept["trigger"]["actions"][0]["params"]["serviceUrl"], json!(url));
    }

    fn what_no_program_should_answer_is_not_said(engine: Engine) {
        let program = Receiver::open();
        let desk = desk(engine);
        let id = saved(&desk, &trigger(&program.url("/"), &json!({"actions": [{"name": "use-external-service", "params": {
            "serviceUrl": program.url("/"), "serviceTimeout": 1_500, "serviceFallbackMessage": "Write to us",
        }}]})));
        let long = json!({"contents": [{"msg": "x".repeat(5_001), "order": 1}]});
        let many = json!({"contents": vec![json!({"msg": "x"}); 21]});
        let huge = json!({"contents": [{"msg": "hello"}], "padding": "x".repeat(100_000)});
        let fine = json!({"contents": [{"msg": "hello"}]});
        for (reply, code) in [
            (Reply::status(200).json(&json!({"contents": "no list"})), INVALID),
            (Reply::status(200).body("no json"), INVALID),
            (Reply::status(200).json(&long), INVALID),
            (Reply::status(200).json(&many), INVALID),
            (Reply::status(200).json(&huge), INVALID),
            (Reply::status(201).json(&fine), INVALID),
            (Reply::status(500).json(&fine), INVALID),
            (Reply::status(302).header("Location", "/elsewhere"), INVALID),
            (Reply::raw("what?"), INVALID),
            (Reply::silence(), "error-timeout"),
            (Reply::status(200).json(&fine).dripping(Duration::from_millis(400)), "error-timeout"),
        ] {
            program.answer_next(reply);
            fell_back(&asked(&desk, &id), &id, code);
        }
        assert_eq!(program.received().len(), 11);
        // Where nobody may go, nobody goes.
        let inside = saved(&desk, &trigger("http://10.1.2.3/", &json!({"name": "inside"})));
        fell_back(&asked(&desk, &inside), &inside, INVALID);
    }

    fn only_a_trigger_that_is_on_and_asks_somebody_can_be_called(engine: Engine) {
        let program = Receiver::answering(|_| Reply::status(200).json(&json!({"contents": []})));
        let desk = desk(engine);
        let url = program.url("/");
        asked(&desk, "nothing").refused(400, "Invalid trigger");
        let off = saved(&desk, &trigger(&url, &json!({"name": "off", "enabled": false})));
        asked(&desk, &off).refused(400, "Invalid trigger");
        let says = json!([{"name": "send-message", "params": {"sender": "custom", "msg": "Hello", "name": "Ann"}}]);
        let says = saved(&desk, &trigger(&url, &json!({"name": "says", "actions": says})));
        asked(&desk, &says).refused(400, "Trigger is not configured to use an external service");
        let nowhere = saved(&desk, &trigger("", &json!({"name": "nowhere"})));
        asked(&desk, &nowhere).refused(400, "Invalid service URL");
        let id = saved(&desk, &trigger(&url, &json!({})));
        let path = format!("livechat/triggers/{id}/external-service/call");
        desk.anyone().post(&path, &json!({"extraData": []})).refused_by_schema("must have required property 'token'");
        desk.anyone().post(&path, &json!({"token": "t", "extraData": [{"key": "k"}]})).refused_by_schema("must have required property 'value'");
        desk.set("Livechat_secret_token", "");
        asked(&desk, &id).refused(400, "Livechat secret token is not configured");
        assert_eq!(program.connections(), 0);
    }

    fn a_service_is_tried_by_who_may_send_the_secret_somewhere(engine: Engine) {
        let program = Receiver::answering(|_| Reply::status(200).json(&json!({"contents": [{"msg": "hello", "order": 1}]})));
        let desk = desk(engine);
        let url = program.url("/try");
        let path = "livechat/triggers/external-service/test";
        let body = json!({"webhookUrl": url, "timeout": 5_000, "fallbackMessage": "later", "extraData": [{"key": "k", "value": "v"}]});
        let answer = desk.admin.post(path, &body).expect(200);
        assert_eq!((&answer["triggerId"], &answer["response"]), (&json!("test-trigger"), &json!({"statusCode": 200, "contents": [{"msg": "hello", "order": 1}]})));
        assert_eq!(program.wait(1)[0].json(), json!({"metadata": [{"key": "k", "value": "v"}], "visitorToken": "sample-token"}));
        // To those who set it up it is said why.
        program.answer_next(Reply::status(503));
        let wrong = desk.admin.post(path, &body).expect(400);
        assert_eq!(wrong, json!({"success": false, "triggerId": "test-trigger", "error": INVALID, "response": "it answered with status 503", "fallbackMessage": "later"}));
        desk.admin.post(path, &json!({"webhookUrl": url})).refused_by_schema("must have required property 'timeout'");

        // A monitor looks after triggers, and not after where the secret goes.
        let mona = desk.admin.person("mona", &["user", "livechat-monitor"]);
        assert_eq!(mona.post(path, &body).status, 403);
        let theirs = trigger(&url, &json!({}));
        assert_eq!(mona.post("livechat/triggers", &theirs).status, 403);
        assert_eq!(mona.method("livechat:saveTrigger", &json!([theirs]))["error"]["error"], "error-not-allowed");
        let mut kept = trigger(&url, &json!({}));
        kept["_id"] = json!(saved(&desk, &kept));
        kept["description"] = json!("by Mona");
        mona.post("livechat/triggers", &kept).expect(200);
        kept["actions"][0]["params"]["serviceUrl"] = json!(program.url("/elsewhere"));
        assert_eq!(mona.post("livechat/triggers", &kept).status, 403);
        // Of those who may, a second factor is asked for.
        let mia = desk.admin.person("mia", &["user", "livechat-manager"]);
        let token = json!({"tokenName": "plain", "bypassTwoFactor": false});
        let token = mia.post("users.generatePersonalAccessToken", &token).expect(200);
        let plain = desk.anyone().with("X-User-Id", &mia.id()).with("X-Auth-Token", &text(&token, "/token"));
        assert_eq!(plain.post(path, &body).expect(400)["errorType"], "totp-required");
        assert_eq!(plain.post("livechat/triggers", &kept).expect(400)["errorType"], "totp-required");
        assert_eq!(program.received().len(), 2);
    }

    fn a_program_is_asked_ten_times_a_minute_for_a_visitor(engine: Engine) {
        let program = Receiver::answering(|_| Reply::status(200).json(&json!({"contents": []})));
        let desk = Desk::open_with(HARK, engine, |setup| {
            setup
                .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
                .env("HARK_RATE_LIMIT", "on")
                .env("Livechat_secret_token", "between-us")
        });
        let id = saved(&desk, &trigger(&program.url("/"), &json!({})));
        let statuses: Vec<u16> = (0..11).map(|_| asked(&desk, &id).status).collect();
        assert_eq!(statuses, [vec![200; 10], vec![429]].concat());
        assert_eq!(program.received().len(), 10);
    }
}

#[test]
fn a_copy_of_a_server_asks_nobody() {
    let program = Receiver::open();
    let desk = Desk::open_with(HARK, Engine::Sqlite, |setup| {
        setup
            .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
            .env("HARK_DELIVER", "off")
            .env("Livechat_secret_token", "between-us")
    });
    let id = saved(&desk, &trigger(&program.url("/"), &json!({})));
    fell_back(&asked(&desk, &id), &id, INVALID);
    assert_eq!(program.connections(), 0);
}
