//! An endpoint to which nothing arrives: who is told, how often, and that it is over.

use hark_testkit::{
    Database, Desk, Engine, Mailbox, Receiver, Reply, Server, Setup, Socket, eventually,
    on_both_engines, text,
};
use serde_json::{Value, json};

use crate::HARK;

const ENDPOINTS: &str = "/api/hark/v1/endpoints";

fn shown(desk: &Desk, id: &str) -> Value {
    desk.admin.get(&format!("{ENDPOINTS}/{id}")).expect(200)
}

/// How many lines of the log have these words.
fn lines(server: &Server, words: &str) -> usize {
    let log = server.log();
    log.iter().filter(|line| line.contains(words)).count()
}

fn kinds(database: &Database) -> Vec<String> {
    let events = database.events().into_iter();
    events.map(|(_, kind, _)| kind).collect()
}

/// Nothing waits for any endpoint.
fn settled(database: &Database) {
    eventually("the reader of the log, and nothing that waits", || {
        let last = database.number("SELECT max(position) FROM event");
        let read = "SELECT max(position) FROM event_reader WHERE name = 'webhooks'";
        let waiting = database.number("SELECT count(*) FROM delivery WHERE state < 2");
        // The reader does not write down each step over what nobody wants.
        (database.number(read) >= last - 1_000 && waiting == 0).then_some(())
    });
}

on_both_engines! {
    fn an_address_that_is_closed_is_said_and_what_waits_goes_out_when_it_is_opened(engine: Engine) {
        let receiver = Receiver::open();
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let url = receiver.url("/hook");
        let body = json!({"url": url, "events": ["chat.started"], "policy": {"delaysMs": [3_600_000]}});
        let made = desk.admin.post(ENDPOINTS, &body).expect(201);
        let complaint = text(&made, "/complaint");
        assert!(complaint.contains("127.0.0.1 is no public address"), "{complaint}");
        assert!(complaint.contains("HARK_WEBHOOK_ALLOW"), "{complaint}");
        let id = text(&made, "/id");
        // A name is looked up.
        let named = url.replace("127.0.0.1", "localhost");
        let path = format!("{ENDPOINTS}/{id}");
        let named = desk.admin.json("PATCH", &path, &json!({"url": named})).expect(200);
        assert!(text(&named, "/complaint").contains("localhost is at"), "{named}");
        let open = desk.admin.json("PATCH", &path, &json!({"url": "https://192.0.0.0.example/"}));
        assert_eq!(open.expect(200)["complaint"], Value::Null);
        desk.admin.json("PATCH", &path, &json!({"url": url})).expect(200);
        // The workspace's has no answer to say it in.
        let integration = json!({"LivechatWebhookUrl": url, "LivechatWebhookOnStart": true});
        desk.admin.post("omnichannel/integrations", &integration).expect(200);
        for id in [&id, "workspace"] {
            let found = eventually("the state of an endpoint", || {
                let found = shown(&desk, id);
                (found["trouble"]["error"] == "forbidden").then_some(found)
            });
            assert_eq!(found["trouble"]["reason"], text(&found, "/complaint"));
            assert!(text(&found, "/complaint").contains("HARK_WEBHOOK_ALLOW"), "{found}");
        }
        // Another that is closed too is complained of by its own name.
        for (other, named) in [("http://10.0.0.9/hook", "10.0.0.9 is no"), (&*url, "127.0.0.1 is no")] {
            desk.admin.json("PATCH", &path, &json!({"url": other})).expect(200);
            eventually("what is wrong with another address", || {
                let found = shown(&desk, &id);
                found["complaint"].as_str().is_some_and(|why| why.contains(named)).then_some(())
            });
        }
        desk.new_chat("ana");
        eventually("an attempt", || {
            let attempts = desk.database.number("SELECT count(*) FROM attempt WHERE error = 'forbidden'");
            (attempts > 1).then_some(())
        });
        assert_eq!(receiver.connections(), 0);
        let Desk { server, database, .. } = desk;
        let warned = server.log();
        let mut warned: Vec<&String> =
            warned.iter().filter(|line| line.contains("nothing arrives at a webhook")).collect();
        warned.retain(|line| line.contains("\"endpoint\":\"workspace\""));
        assert_eq!(warned.len(), 1, "{warned:?}");
        assert!(warned[0].contains("HARK_WEBHOOK_ALLOW") && warned[0].contains("WARN"), "{warned:?}");
        server.stop();

        let server = Setup::new(HARK).on(&database).env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8").start();
        let sent = receiver.wait(1);
        assert!(sent[0].text().contains("ana") || sent[0].path() == "/hook");
        server.wait_for_log("a webhook works again");
        let found = eventually("the end of it", || {
            let found = server.admin().get(&path).expect(200);
            (found["trouble"] == Value::Null).then_some(found)
        });
        assert_eq!(found["complaint"], Value::Null);
    }

    fn who_is_to_know_hears_once_that_a_webhook_fails_and_once_that_it_works(engine: Engine) {
        let mailbox = Mailbox::open();
        let desk = Desk::open_with(HARK, engine, |setup| {
            setup
                .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
                .env("SMTP_Host", "127.0.0.1")
                .env("SMTP_Port", mailbox.port().to_string())
                .env("Livechat_webhook_alert_emails", "night@example.org")
        });
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let (bad, watch) = (Receiver::answering(|_| Reply::status(500)), Receiver::open());
        let made = |name: &str, url: String, events: Value| {
            let policy = json!({"delaysMs": [50, 50], "concurrency": 1});
            let body = json!({"name": name, "url": url, "events": events, "policy": policy});
            text(&desk.admin.post(ENDPOINTS, &body).expect(201), "/id")
        };
        made("Night watch", watch.url("/"), json!(["endpoint.*", "delivery.given-up"]));
        let id = made("The CRM", bad.url("/"), json!(["*"]));
        let rid = desk.new_chat("ana");
        desk.say("ana", &rid, "hello");
        settled(&desk.database);
        let heard = |kind: &str| -> Vec<Value> {
            let bodies = watch.received().into_iter().map(|one| one.json());
            bodies.filter(|body| body["type"] == kind).collect()
        };
        let failing = eventually("that it fails", || heard("endpoint.failing").pop());
        assert_eq!(failing["data"]["endpoint"], json!({"id": id, "name": "The CRM"}));
        assert_eq!(failing["data"]["error"], "status");
        assert_eq!(failing["data"]["reason"], "it answered with status 500");
        assert_eq!(failing["data"]["by"]["kind"], "system");
        let given_up = eventually("what was given up", || {
            let all = heard("delivery.given-up");
            all.iter().any(|body| body["data"]["delivery"]["kind"] == "message.visitor").then_some(all)
        });
        for body in &given_up {
            let delivery = &body["data"]["delivery"];
            assert_eq!((&delivery["attempts"], &delivery["status"]), (&json!(3), &json!(500)));
            let path = format!("/api/hark/v1/deliveries/{}", text(delivery, "/id"));
            let found = desk.admin.get(&path).expect(200);
            assert_eq!(found["kind"], delivery["kind"]);
            assert_eq!(found["eventId"], delivery["eventId"]);
            assert_eq!(found["conversation"], delivery["conversationId"]);
        }
        assert_eq!(shown(&desk, &id)["trouble"]["error"], "status");
        // Mails that wait at the same time may overtake each other.
        eventually("the first mail", || (mailbox.caught().len() == 1).then_some(()));
        bad.answer(|_| Reply::status(200));
        desk.say("ana", &rid, "still there?");
        eventually("that it works", || heard("endpoint.recovered").pop());
        desk.server.wait_for_log("a webhook works again");
        let mails = eventually("two mails", || {
            let caught = mailbox.caught();
            (caught.len() >= 2).then_some(caught)
        });
        let texts: Vec<String> = mails.iter().map(|mail| mail.part("text/plain")).collect();
        assert!(texts[0].contains("nothing arrives at the webhook “The CRM”"), "{texts:?}");
        assert!(texts[1].contains("works again: the webhook “The CRM”"), "{texts:?}");
        assert_eq!(lines(&desk.server, "nothing arrives at a webhook"), 1);
        assert_eq!(lines(&desk.server, "deliveries were given up"), 1);
        assert_eq!(lines(&desk.server, "a webhook works again"), 1);
        // Nobody hears of themselves.
        settled(&desk.database);
        let own = bad.received();
        assert!(own.iter().all(|one| !one.header("hark-event").unwrap().starts_with("endpoint.")));
        assert_eq!(mailbox.caught().len(), 2);
    }
}

on_both_engines! {
    fn those_who_look_after_webhooks_hear_that_something_was_given_up_and_sent_again(engine: Engine) {
        let desk = Desk::open_with(HARK, engine, |setup| setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8"));
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let (stream, event) = ("stream-hark-webhooks", "given-up");
        let mut admin = Socket::of(&desk.server, &desk.admin);
        assert_eq!(admin.subscribe(stream, event, &Value::Null)["msg"], "ready");
        assert_eq!(admin.subscribe(stream, "everything", &Value::Null)["msg"], "nosub");
        let amy = desk.agent("amy");
        let mut amy = Socket::of(&desk.server, &amy.client);
        assert_eq!(amy.subscribe(stream, event, &Value::Null)["msg"], "nosub");
        let bad = Receiver::answering(|_| Reply::status(500));
        let body = json!({"url": bad.url("/"), "events": ["chat.started"], "policy": {"delaysMs": []}});
        desk.admin.post(ENDPOINTS, &body).expect(201);
        desk.new_chat("ana");
        assert_eq!(admin.event(stream, event), json!([{"type": "changed"}]));
        let stats = desk.admin.get("/api/hark/v1/stats").expect(200);
        let given_up = stats["items"].as_array().unwrap().iter().filter_map(|one| one["givenUp"].as_i64());
        assert_eq!(given_up.sum::<i64>(), 1);
        let sent = desk.admin.get("/api/hark/v1/deliveries?state=given-up").expect(200);
        let path = format!("/api/hark/v1/deliveries/{}:resend", text(&sent, "/items/0/id"));
        desk.admin.post(&path, &json!({})).expect(200);
        assert_eq!(admin.event(stream, event), json!([{"type": "changed"}]));
    }
}

#[test]
fn one_that_says_it_is_gone_is_said_to_be_disabled() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, |setup| {
        setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
    });
    desk.set("Livechat_accept_chats_with_no_agents", true);
    let (gone, watch) = (
        Receiver::answering(|_| Reply::status(410)),
        Receiver::open(),
    );
    let body = json!({"url": watch.url("/"), "events": ["endpoint.disabled"]});
    desk.admin.post(ENDPOINTS, &body).expect(201);
    let body = json!({"name": "Old", "url": gone.url("/"), "events": ["chat.started"]});
    let id = text(&desk.admin.post(ENDPOINTS, &body).expect(201), "/id");
    desk.new_chat("ana");
    let heard = watch.wait(1)[0].json();
    assert_eq!(heard["type"], "endpoint.disabled");
    assert_eq!(heard["data"]["endpoint"], json!({"id": id, "name": "Old"}));
    assert!(text(&heard, "/data/reason").contains("410"));
    desk.server
        .wait_for_log("a webhook is disabled by failures");
    assert_eq!(shown(&desk, &id)["trouble"]["error"], "disabled");
}

#[test]
fn two_that_hear_of_each_others_failures_come_to_an_end() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, |setup| {
        setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
    });
    desk.set("Livechat_accept_chats_with_no_agents", true);
    let bad = Receiver::answering(|_| Reply::status(500));
    for name in ["one", "other"] {
        let policy = json!({"delaysMs": []});
        let body = json!({"name": name, "url": bad.url("/"), "events": ["*"], "policy": policy});
        desk.admin.post(ENDPOINTS, &body).expect(201);
    }
    desk.new_chat("ana");
    eventually("both fail", || {
        let all = kinds(&desk.database);
        let failing = all.iter().filter(|kind| *kind == "endpoint.failing");
        (failing.count() == 2).then_some(())
    });
    settled(&desk.database);
    let events = desk.database.events();
    let given_up: Vec<&Value> = events
        .iter()
        .filter(|(_, kind, _)| kind == "delivery.given-up")
        .map(|(_, _, body)| &body["kind"])
        .collect();
    assert!(!given_up.is_empty());
    assert!(
        given_up
            .iter()
            .all(|kind| *kind != "delivery.given-up" && *kind != "endpoint.failing")
    );
}
