//! Another program says who gets a chat: what it is asked, and what its answers come to.

use std::sync::atomic::{AtomicUsize, Ordering};

use hark_testkit::{Desk, Engine, Receiver, Reply, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const NOBODY: &str = "Sorry, no online agents";
const NOBODY_CODE: &str = "no-agent-online";

/// A desk whose chats are routed by the receiver.
fn desk(engine: Engine, router: &Receiver) -> Desk {
    let url = router.url("/route?key=1");
    Desk::open_with(HARK, engine, |setup| {
        setup
            .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
            .env("Livechat_Routing_Method", "External")
            .env("Livechat_External_Queue_URL", &url)
            .env("Livechat_External_Queue_Token", "between-us")
            .env("Omnichannel_queue_delay_timeout", "1")
    })
}

fn naming(username: &str) -> Reply {
    Reply::status(200).json(&json!({"username": username}))
}

fn served_by(room: &Value) -> Option<&str> {
    room.pointer("/servedBy/username").and_then(Value::as_str)
}

fn was_asked(router: &Receiver, question: &str) {
    let received = router.received();
    let found = received.iter().any(|one| one.line.contains(question));
    assert!(found, "{question}: {received:#?}");
}

on_both_engines! {
    fn the_agent_it_names_gets_the_chat(engine: Engine) {
        let router = Receiver::answering(|_| naming("bob"));
        let desk = desk(engine, &router);
        let _amy = desk.agent("amy");
        let bob = desk.agent("bob");
        let sales = desk.department("Sales", &[&bob], &json!({}));
        desk.visitor("v1", &json!({"department": sales}));
        let room = desk.chat("v1");
        assert_eq!(served_by(&room), Some("bob"));
        assert_eq!(room["departmentId"], json!(sales));
        let asked = router.wait(1);
        let line = format!("GET /route?key=1&departmentId={sales}&ignoreAgentId= HTTP/1.1");
        for one in &asked {
            assert_eq!(one.line, line);
            assert_eq!(one.header("X-RocketChat-Secret-Token"), Some("between-us"));
            assert_eq!(one.header("Accept"), Some("application/json"));
        }
        assert!(asked.len() <= 10, "{}", asked.len());
        // The open chat is found, and nobody is asked.
        let other = Receiver::open();
        desk.set("Livechat_External_Queue_URL", other.url("/"));
        assert_eq!(desk.chat("v1")["_id"], room["_id"]);
        assert_eq!(other.connections(), 0);
    }

    fn ten_answers_are_heard_before_it_has_named_nobody(engine: Engine) {
        let turn = AtomicUsize::new(0);
        let router = Receiver::answering(move |_| {
            match turn.fetch_add(1, Ordering::SeqCst) {
                0 => naming("nobody-of-this-name"),
                1 => naming("cid"),
                2 => Reply::status(500),
                3 => Reply::status(200).body("no json"),
                4 => Reply::status(200).json(&json!({"username": 7})),
                5 => Reply::status(200).json(&json!([])),
                6 => Reply::status(302).header("Location", "/elsewhere"),
                7 => Reply::raw("what?"),
                8 => naming(""),
                _ => naming("amy"),
            }
        });
        let desk = desk(engine, &router);
        let amy = desk.agent("amy");
        let cid = desk.agent("cid");
        let gone = json!({"status": "not-available"});
        cid.client.post("livechat/agent.status", &gone).expect(200);
        desk.visitor("v1", &json!({}));
        let room = desk.chat("v1");
        assert_eq!(room["servedBy"]["_id"], json!(amy.id));
        assert_eq!(router.received().len(), 10);
    }

    fn a_chat_that_nobody_is_named_for_is_not_opened(engine: Engine) {
        let router = Receiver::answering(|_| Reply::status(200).json(&json!({})));
        let desk = desk(engine, &router);
        let _amy = desk.agent("amy");
        desk.visitor("v1", &json!({}));
        let anyone = desk.anyone();
        anyone.get("livechat/room?token=v1").refused_with_code(NOBODY, NOBODY_CODE);
        assert_eq!(router.received().len(), 10);
        // Another time it names somebody.
        router.answer(|_| naming("amy"));
        assert_eq!(served_by(&desk.chat("v1")), Some("amy"));
    }

    fn a_chat_that_is_accepted_anyway_waits_until_somebody_is_named(engine: Engine) {
        let router = Receiver::answering(|_| Reply::status(404));
        let desk = desk(engine, &router);
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let _amy = desk.agent("amy");
        let rid = desk.new_chat("v1");
        assert_eq!(desk.inquiry(&rid)["status"], "ready");
        // They wait for an agent as those in the queue do: every count of them and the list have them.
        let hark = |path: &str| desk.admin.get(&format!("/api/hark/v1/{path}")).expect(200);
        let now = hark("figures/now");
        let listed = now["queue"].as_array().unwrap().iter().map(|one| &one["conversation"]);
        assert_eq!((&now["queued"], listed.collect::<Vec<_>>()), (&json!(1), vec![&json!(rid)]));
        assert!(now["longestWaitMs"].as_i64().is_some(), "{now}");
        assert_eq!(hark("health")["queuedChats"], 1);
        let metrics = desk.admin.get("/metrics").text();
        assert!(metrics.contains("\nhark_chats_queued 1\n"), "{metrics}");
        router.answer(|_| naming("amy"));
        eventually("an agent for the chat that waits", || {
            (served_by(&desk.room(&rid)) == Some("amy")).then_some(())
        });
    }

    fn an_agent_who_is_wished_for_needs_no_other_word(engine: Engine) {
        let router = Receiver::answering(|_| naming("bob"));
        let desk = desk(engine, &router);
        let amy = desk.agent("amy");
        let _bob = desk.agent("bob");
        desk.visitor("v1", &json!({}));
        let path = format!("livechat/room?token=v1&agentId={}", amy.id);
        let room = desk.anyone().get(&path).expect(200)["room"].clone();
        assert_eq!(served_by(&room), Some("amy"));
        assert_eq!(router.received().len(), 0);
    }

    fn a_chat_that_goes_to_a_department_gets_whom_it_names(engine: Engine) {
        let router = Receiver::answering(|_| naming("amy"));
        let desk = desk(engine, &router);
        let amy = desk.agent("amy");
        let bob = desk.agent("bob");
        let cid = desk.agent("cid");
        let sales = desk.department("Sales", &[&bob], &json!({}));
        let help = desk.department("Help", &[&bob, &cid], &json!({"showOnRegistration": false}));
        let rid = desk.new_chat("v1");
        assert_eq!(desk.room(&rid)["servedBy"]["_id"], json!(amy.id));
        router.answer(|_| naming("cid"));
        let to = json!({"roomId": rid, "departmentId": help});
        desk.admin.post("livechat/room.forward", &to).expect(200);
        assert_eq!(served_by(&desk.room(&rid)), Some("cid"));
        let question = format!("departmentId={help}&ignoreAgentId={} ", amy.id);
        was_asked(&router, &question);
        // The visitor goes on alone.
        router.answer(|_| naming("bob"));
        let to = json!({"token": "v1", "rid": rid, "department": sales});
        desk.anyone().post("livechat/room.transfer", &to).expect(200);
        assert_eq!(served_by(&desk.room(&rid)), Some("bob"));
    }

    fn the_chat_of_an_agent_who_has_gone_gets_whom_it_names(engine: Engine) {
        let router = Receiver::answering(|_| naming("amy"));
        let desk = desk(engine, &router);
        let amy = desk.agent("amy");
        let _bob = desk.agent("bob");
        let rid = desk.new_chat("v1");
        assert_eq!(served_by(&desk.room(&rid)), Some("amy"));
        router.answer(|_| naming("bob"));
        desk.set("Livechat_agent_leave_action_timeout", 1);
        desk.set("Livechat_agent_leave_action", "forward");
        let offline = json!({"status": "offline", "message": ""});
        amy.client.post("users.setStatus", &offline).expect(200);
        eventually("her chat to be bob's", || {
            (served_by(&desk.room(&rid)) == Some("bob")).then_some(())
        });
        was_asked(&router, &format!("departmentId=&ignoreAgentId={} ", amy.id));
    }

    fn who_would_be_next_is_whom_it_names(engine: Engine) {
        let router = Receiver::answering(|_| naming("bob"));
        let desk = desk(engine, &router);
        let _amy = desk.agent("amy");
        let _bob = desk.agent("bob");
        let answer = desk.anyone().get("livechat/agent.next/v1").expect(200);
        assert_eq!(text(&answer, "/agent/username"), "bob");
        router.answer(|_| Reply::status(200));
        let anyone = desk.anyone();
        anyone.get("livechat/agent.next/v1").refused_with_code(NOBODY, NOBODY_CODE);
    }

    fn a_program_that_says_nothing_keeps_nobody_waiting_for_ever(engine: Engine) {
        let router = Receiver::answering(|_| Reply::silence());
        let desk = desk(engine, &router);
        let _amy = desk.agent("amy");
        desk.visitor("v1", &json!({}));
        let anyone = desk.anyone();
        anyone.get("livechat/room?token=v1").refused_with_code(NOBODY, NOBODY_CODE);
    }

    fn a_program_in_a_private_network_is_not_asked_unless_allowed(engine: Engine) {
        let router = Receiver::answering(|_| naming("amy"));
        let url = router.url("/route");
        let desk = Desk::open_with(HARK, engine, |setup| {
            setup
                .env("Livechat_Routing_Method", "External")
                .env("Livechat_External_Queue_URL", &url)
        });
        let _amy = desk.agent("amy");
        desk.visitor("v1", &json!({}));
        let anyone = desk.anyone();
        anyone.get("livechat/room?token=v1").refused_with_code(NOBODY, NOBODY_CODE);
        assert_eq!(router.connections(), 0);
        eventually("the reason in the log", || {
            let log = desk.server.log();
            log.iter().any(|line| line.contains("HARK_WEBHOOK_ALLOW")).then_some(())
        });
    }
}
