//! A whole chat as an endpoint of the standard dialect hears of it: each event once and in order,
//! as the catalogue describes it, with a signature that the published packages accept.

use std::collections::BTreeSet;

use crate::schemas::Catalogue;
use hark_testkit::form::{file_part, text_part};
use hark_testkit::{
    Agent, Database, Desk, Engine, Received, Receiver, Verifier, eventually, on_both_engines, text,
};
use hark_webhooks::catalogue;
use serde_json::{Value, json};

use crate::HARK;

fn desk(engine: Engine) -> Desk {
    let desk = Desk::open_with(HARK, engine, |setup| {
        setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
    });
    desk.set("Livechat_Routing_Method", "Manual_Selection");
    desk.set("Livechat_Visitor_navigation_as_a_message", true);
    desk.set("Livechat_validate_offline_email", false);
    desk
}

const ENDPOINTS: &str = "/api/hark/v1/endpoints";

/// An endpoint that wants everything, as it is shown when it is made.
fn endpoint(desk: &Desk, dialect: &str, url: &str) -> Value {
    let body = json!({"name": "A CRM", "url": url, "dialect": dialect, "events": ["*"]});
    desk.admin.post(ENDPOINTS, &body).expect(201)
}

/// In every note.
const NOTED: &str = "zq7noted";

/// An agent notes something, says it otherwise, and takes it back.
fn take_notes(agent: &Agent, rid: &str) {
    let notes = format!("/api/hark/v1/conversations/{rid}/notes");
    let added = json!({"text": format!("{NOTED} for @admin and @nobody")});
    let note = agent.client.post(&notes, &added).expect(201);
    let path = format!("{notes}/{}", text(&note, "/id"));
    let changed = json!({"text": format!("{NOTED} again")});
    agent.client.json("PATCH", &path, &changed).expect(200);
    assert_eq!(agent.client.delete(&path, &json!({})).status, 204);
}

/// Everything that a chat can go through over the wire.
fn chat(desk: &Desk) {
    let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
    let orders = desk.department("Orders", &[&amy, &ben], &json!({}));
    let returns = desk.department("Returns", &[&ben], &json!({}));
    desk.field("order", "room", &json!({}));
    desk.field("customer", "visitor", &json!({}));
    let anyone = desk.anyone();
    let about = json!({"name": "Ann", "phone": "+46 8 123", "department": orders});
    let ann = desk.visitor("ann", &about);
    let look = |rid: Option<&str>| {
        let page =
            json!({"change": "url", "title": "Parcels", "location": {"href": "https://x.test/"}});
        let mut visit = json!({"token": "ann", "pageInfo": page});
        if let Some(rid) = rid {
            visit["rid"] = json!(rid);
        }
        anyone.post("livechat/page.visited", &visit).expect(200);
    };
    look(None);
    let rid = text(&desk.chat("ann"), "/_id");
    desk.take(&amy, &rid).expect(200);
    let said = desk.say("ann", &rid, "héllo 🐇, write to ann@example.com");
    let path = format!("livechat/message/{}", text(&said, "/_id"));
    let edit = json!({"token": "ann", "rid": rid, "msg": "hello, write to ann@example.com"});
    anyone.put(&path, &edit).expect(200);
    let gone = text(&desk.say("ann", &rid, "oh"), "/_id");
    let gone = format!("livechat/message/{gone}");
    anyone
        .delete(&gone, &json!({"token": "ann", "rid": rid}))
        .expect(200);
    upload(desk, &rid);
    look(Some(&rid));
    let answer = json!({"message": {"rid": rid, "msg": "It is on its way"}});
    amy.client.post("chat.sendMessage", &answer).expect(200);
    let note = |topic: &str| {
        let guest = json!({"_id": ann["_id"], "livechatData": {"customer": "C-1"}});
        let room =
            json!({"_id": rid, "topic": topic, "tags": ["parcel"], "livechatData": {"order": "7"}});
        let body = json!({"guestData": guest, "roomData": room});
        desk.admin.post("livechat/room.saveInfo", &body).expect(200);
    };
    note("Order 7");
    take_notes(&amy, &rid);
    desk.set("Livechat_allow_manual_on_hold", true);
    let priorities = desk.admin.get("livechat/priorities").expect(200);
    let urgent = json!({"priorityId": priorities["priorities"][1]["_id"]});
    let of_chat = format!("livechat/room/{rid}/priority");
    amy.client.post(&of_chat, &urgent).expect(200);
    let policy = json!({"name": "Gold", "dueTimeInMinutes": 5});
    let policy = desk.admin.post("livechat/sla", &policy).expect(200);
    let promise = json!({"roomId": rid, "sla": policy["sla"]["_id"]});
    for step in ["onHold", "resumeOnHold"] {
        let path = format!("livechat/room.{step}");
        amy.client.post(&path, &json!({"roomId": rid})).expect(200);
    }
    desk.set("Omnichannel_queue_delay_timeout", 1);
    amy.client.post("chat.sendMessage", &answer).expect(200);
    let silent = format!("UPDATE room SET visitor_silent_since = 1000 WHERE id = '{rid}'");
    assert_eq!(desk.database.execute(&silent), 1);
    desk.set("Livechat_abandoned_rooms_action", "on-hold");
    eventually("that its visitor counts as gone", || {
        (desk.room(&rid)["onHold"] == true).then_some(())
    });
    desk.set("Livechat_abandoned_rooms_action", "none");
    let goes_on = json!({"roomId": rid});
    amy.client
        .post("livechat/room.resumeOnHold", &goes_on)
        .expect(200);
    let back = amy.client.method("livechat:returnAsInquiry", &json!([rid]));
    assert_eq!(back["result"], true);
    desk.admin
        .put("livechat/inquiry.setSLA", &promise)
        .expect(200);
    let passed = format!("UPDATE inquiry SET due_at = 1000 WHERE room_id = '{rid}'");
    assert_eq!(desk.database.execute(&passed), 1);
    let told = format!("SELECT count(*) FROM inquiry WHERE room_id = '{rid}' AND due_at IS NULL");
    eventually("that it is late", || {
        (desk.database.number(&told) == 1).then_some(())
    });
    desk.take(&amy, &rid).expect(200);
    let forward = |to: Value| desk.admin.post("livechat/room.forward", &to).expect(200);
    forward(json!({"roomId": rid, "userId": ben.id, "comment": "for you"}));
    forward(json!({"roomId": rid, "departmentId": returns}));
    desk.take(&ben, &rid).expect(200);
    let join = format!("livechat/room.join?roomId={rid}");
    desk.admin.get(&join).expect(200);
    let end = json!({"rid": rid, "comment": "Sent again", "tags": ["done"]});
    ben.client
        .post("livechat/room.closeByUser", &end)
        .expect(200);
    note("Order 7, again");
    let answers = [
        ("satisfaction", "5"),
        ("agentResposiveness", "4"),
        ("additionalFeedback", "!"),
    ];
    let answers = answers.map(|(name, value)| json!({"name": name, "value": value}));
    let survey = json!({"rid": rid, "token": "ann", "data": answers});
    anyone.post("livechat/room.survey", &survey).expect(200);
    let form = json!({
        "name": "Ilya", "email": "ilya@example.org", "message": "?", "department": "Orders", "host": "x.test",
    });
    anyone.post("livechat/offline.message", &form).expect(200);
    let away = json!({"status": "away", "message": "Back at three"});
    amy.client.post("users.setStatus", &away).expect(200);
    desk.visitor("cleo", &json!({"name": "Cleo"}));
    anyone
        .delete("livechat/visitor/cleo", &json!({}))
        .expect(200);
    // One that is opened and ended by its visitor.
    let second = desk.new_chat("bob");
    let end = json!({"token": "bob", "rid": second});
    anyone.post("livechat/room.close", &end).expect(200);
}

fn upload(desk: &Desk, rid: &str) {
    let visitor = desk.anyone().with("x-visitor-token", "ann");
    let parts = [
        text_part("description", "The slip"),
        file_part("file", "a b.txt", "text/plain", b"4711"),
    ];
    let sent = visitor.send_form(&format!("livechat/upload/{rid}"), &parts);
    sent.expect(200);
}

/// Everything of the log that webhooks may say, after an endpoint was made, up to the end of
/// the second chat.
fn happened(database: &Database) -> BTreeSet<(i64, String)> {
    eventually("the end of the second chat", || {
        let events = database.events().into_iter();
        let since = events.skip_while(|(_, kind, _)| kind != "endpoint.created");
        let sent = since.filter(|(_, kind, body)| {
            let is_visitors = body["room"]["kind"].as_str().is_none_or(|kind| kind == "l");
            catalogue::find(kind).is_some() && is_visitors
        });
        let sent: BTreeSet<(i64, String)> =
            sent.map(|(position, kind, _)| (position, kind)).collect();
        let ends = sent.iter().filter(|(_, kind)| kind == "chat.closed");
        (ends.count() == 2).then_some(sent)
    })
}

fn position_and_kind(request: &Received) -> (i64, String) {
    let body = request.json();
    let position = body["data"]["eventId"].as_i64().unwrap();
    (position, text(&body, "/type"))
}

on_both_engines! {
    fn a_whole_chat_is_sent_in_order_as_described_and_signed(engine: Engine) {
        let desk = desk(engine);
        let receiver = Receiver::open();
        let secret = text(&endpoint(&desk, "standard", &receiver.url("/hook")), "/secret");
        chat(&desk);
        let wanted = happened(&desk.database);
        let received = receiver.wait(wanted.len());
        let arrived: BTreeSet<(i64, String)> = received.iter().map(position_and_kind).collect();
        assert_eq!(arrived, wanted);
        assert_eq!(received.len(), wanted.len());

        // No webhook fails.
        let described = Catalogue::read(&desk.admin);
        let kinds: BTreeSet<&str> = wanted.iter().map(|(_, kind)| kind.as_str()).collect();
        let mut missing = described.kinds("standard");
        missing.retain(|kind| !kinds.contains(kind));
        let webhooks_own = ["delivery.given-up", "endpoint.disabled", "endpoint.failing", "endpoint.recovered"];
        missing.retain(|kind| !webhooks_own.contains(kind));
        assert!(missing.is_empty(), "{missing:?}");

        for verifier in Verifier::ALL {
            let verdicts = verifier.verify(&secret, &received);
            for (request, verdict) in received.iter().zip(verdicts) {
                assert_eq!(verdict, Ok(position_and_kind(request).1));
            }
        }
        let mut sequences = std::collections::HashMap::new();
        for request in &received {
            described.assert_kept("standard", request);
            assert!(!request.text().contains("\"token\""), "{}", request.text());
            assert_eq!(request.header("content-type"), Some("application/json"));
            let body = request.json();
            let Some(conversation) = body.pointer("/data/conversation/id") else {
                assert_eq!(request.header("hark-sequence"), None);
                continue;
            };
            let sequence = body["data"]["sequence"].as_i64().unwrap();
            assert_eq!(request.header("hark-sequence"), Some(&*sequence.to_string()));
            let before = sequences.insert(conversation.to_string(), sequence);
            assert!(before.is_none_or(|before| before < sequence), "{sequence} after {before:?}");
        }
        assert_eq!(sequences.len(), 2);
        says_what_happened(&received);
    }
}

/// The parts of a body in which kinds differ.
fn says_what_happened(received: &[Received]) {
    let of = |kind: &str| -> Vec<Value> {
        let bodies = received.iter().map(Received::json);
        let of_kind = bodies.filter(|body| body["type"] == kind);
        of_kind.map(|body| body["data"].clone()).collect()
    };
    let said = of("message.visitor");
    assert_eq!(
        said[0]["message"]["text"],
        "héllo 🐇, write to ann@example.com"
    );
    assert_eq!(said[0]["by"]["kind"], "visitor");
    let file = &said[2]["message"]["file"];
    assert_eq!(file["name"], "a b.txt");
    assert_eq!(file["description"], "The slip");
    assert!(text(file, "/url").contains("/a%20b.txt?token="));
    let edited = of("message.edited");
    assert_eq!(
        edited[0]["message"]["text"],
        "hello, write to ann@example.com"
    );
    assert!(edited[0]["message"]["editedAt"].is_string());
    let gone = &of("message.deleted")[0]["message"];
    assert_eq!(
        gone.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["id", "byVisitor"]
    );
    let lead = json!({"emails": ["ann@example.com"], "phones": []});
    assert_eq!(of("lead.captured")[0]["lead"], lead);
    let pages = of("visitor.navigated");
    assert_eq!(pages[0]["conversation"], Value::Null);
    assert_eq!(pages[0]["visitor"]["name"], "Ann");
    assert_eq!(pages[1]["page"]["url"], "https://x.test/");
    let noted = &of("note.added")[0];
    assert_eq!(
        noted["note"]["text"],
        format!("{NOTED} for @admin and @nobody")
    );
    assert_eq!(noted["note"]["mentions"][0]["username"], "admin");
    assert_eq!(noted["note"]["editedAt"], Value::Null);
    let edited = &of("note.edited")[0]["note"];
    assert_eq!(
        (&edited["text"], &edited["mentions"]),
        (&json!(format!("{NOTED} again")), &json!([]))
    );
    assert_eq!(
        of("note.deleted")[0]["note"],
        json!({"id": noted["note"]["id"]})
    );
    let forwarded = of("chat.forwarded");
    assert_eq!(forwarded[0]["comment"], "for you");
    assert_eq!(forwarded[0]["from"]["agent"]["username"], "amy");
    assert_eq!(forwarded[0]["to"]["agent"]["username"], "ben");
    assert_eq!(forwarded[1]["to"]["department"]["name"], "Returns");
    assert_eq!(of("chat.returned")[0]["from"]["agent"]["username"], "amy");
    let urgent = &of("chat.priority-changed")[0];
    assert_eq!(
        (&urgent["priority"]["name"], &urgent["priority"]["rank"]),
        (&json!("High"), &json!(2))
    );
    assert_eq!(urgent["from"], Value::Null);
    let promised = &of("chat.sla-changed")[0];
    assert_eq!(promised["sla"]["dueInMinutes"], 5);
    assert!(promised["dueAt"].is_string() && promised["from"].is_null());
    let late = &of("chat.overdue")[0];
    assert_eq!(
        (&late["sla"]["name"], &late["by"]["kind"]),
        (&json!("Gold"), &json!("system"))
    );
    assert_eq!(late["dueAt"], "1970-01-01T00:00:01.000Z");
    let silent = &of("chat.abandoned")[0];
    assert_eq!(silent["silentSince"], "1970-01-01T00:00:01.000Z");
    assert_eq!(
        (&silent["closes"], &silent["by"]["kind"]),
        (&json!(false), &json!("system"))
    );
    let tagged = of("chat.tagged");
    assert_eq!(
        (&tagged[0]["added"], &tagged[0]["removed"]),
        (&json!(["parcel"]), &json!([]))
    );
    assert_eq!(tagged[1]["added"], json!(["done"]));
    assert_eq!(tagged[1]["conversation"]["tags"], json!(["done", "parcel"]));
    let held = &of("chat.onhold")[0];
    assert_eq!(
        held["comment"],
        "The chat was manually placed On Hold by amy"
    );
    assert_eq!(held["conversation"]["onHold"], true);
    assert_eq!(of("chat.resumed")[0]["conversation"]["onHold"], false);
    let closed = of("chat.closed");
    assert_eq!(closed[0]["comment"], "Sent again");
    let closer = &closed[0]["conversation"]["closedBy"];
    assert_eq!(
        (&closer["kind"], &closer["username"]),
        (&json!("agent"), &json!("ben"))
    );
    assert_eq!(closed[1]["conversation"]["closedBy"]["kind"], "visitor");
    let edited = of("chat.edited");
    assert_eq!(
        edited[0]["conversation"]["customFields"],
        json!({"order": "7"})
    );
    assert_eq!(
        edited[0]["visitor"]["customFields"],
        json!({"customer": "C-1"})
    );
    let rating = &of("feedback.submitted")[0]["rating"];
    assert_eq!(
        (&rating["satisfaction"], &rating["agentResponsiveness"]),
        (&json!(5), &json!(4))
    );
    assert_eq!(rating["agentKnowledge"], Value::Null);
    let form = &of("offline.submitted")[0]["form"];
    assert_eq!(form["department"], "Orders");
    assert!(form["departmentId"].is_string());
    let status = of("agent.status").pop().unwrap();
    assert_eq!(status["status"]["presence"], "away");
    assert_eq!(status["status"]["text"], "Back at three");
}

on_both_engines! {
    fn the_workspace_webhook_sends_what_the_catalogue_describes(engine: Engine) {
        let desk = desk(engine);
        let receiver = Receiver::open();
        let switches = [
            "Start", "Close", "ChatTaken", "ChatQueued", "Forward", "OfflineMsg", "VisitorMessage", "AgentMessage",
        ];
        let mut on = json!({"LivechatWebhookUrl": receiver.url("/")});
        for switch in switches {
            on[format!("LivechatWebhookOn{switch}")] = json!(true);
        }
        desk.admin.post("omnichannel/integrations", &on).expect(200);
        desk.set("Livechat_webhook_on_capture", true);
        desk.set("Send_visitor_navigation_history_livechat_webhook_request", true);
        chat(&desk);
        let described = Catalogue::read(&desk.admin);
        await_all(&receiver, &described.kinds("rocketchat"));
        for request in receiver.received() {
            described.assert_kept("rocketchat", &request);
            assert!(!request.text().contains(NOTED), "{}", request.text());
        }
    }

    fn an_endpoint_of_comm100s_dialect_sends_what_the_catalogue_describes(engine: Engine) {
        let desk = desk(engine);
        let receiver = Receiver::open();
        endpoint(&desk, "comm100", &receiver.url("/"));
        chat(&desk);
        let described = Catalogue::read(&desk.admin);
        await_all(&receiver, &described.kinds("comm100"));
        for request in receiver.received() {
            described.assert_kept("comm100", &request);
            assert!(!request.text().contains(NOTED), "{}", request.text());
        }
    }

    fn a_secret_is_changed_without_missing_anything(engine: Engine) {
        let desk = desk(engine);
        let receiver = Receiver::open();
        let made = endpoint(&desk, "standard", &receiver.url("/"));
        let first = text(&made, "/secret");
        let path = format!("{ENDPOINTS}/{}", text(&made, "/id"));
        assert_eq!(desk.admin.get(&path).expect(200).get("secret"), None);
        let rotate = |how: Value| {
            desk.admin.post(&format!("{path}:rotate-secret"), &how).expect(200)
        };
        desk.agent("amy");
        let rid = desk.new_chat("ann");
        let next = || {
            let before = desk.say("ann", &rid, "hello");
            let id = text(&before, "/_id");
            eventually("a message", || {
                let all = receiver.received();
                all.into_iter().find(|one| one.json()["data"]["message"]["id"] == *id)
            })
        };
        let accepts = |key: &str, request: &Received| -> Vec<bool> {
            let requests = std::slice::from_ref(request);
            let all = Verifier::ALL.map(|verifier| verifier.verify(key, requests).remove(0).is_ok());
            all.to_vec()
        };
        assert_eq!(accepts(&first, &next()), [true, true]);

        let second = text(&rotate(json!({"overlapSeconds": 3600})), "/secret");
        let request = next();
        assert_eq!(accepts(&first, &request), [true, true]);
        assert_eq!(accepts(&second, &request), [true, true]);

        // The one before has leaked.
        let third = text(&rotate(json!({"overlapSeconds": 0})), "/secret");
        let request = next();
        assert_eq!(accepts(&third, &request), [true, true]);
        assert_eq!(accepts(&first, &request), [false, false]);
        assert_eq!(accepts(&second, &request), [false, false]);

        // To a key pair, whose public half anyone may read who may read the endpoint.
        rotate(json!({"overlapSeconds": 0, "signing": "v1a"}));
        let public = text(&desk.admin.get(&path).expect(200), "/publicKeys/0");
        let request = next();
        let of_node = Verifier::Node.verify(&public, std::slice::from_ref(&request)).remove(0);
        assert_eq!(of_node, Ok("message.visitor".to_owned()));
        assert_eq!(accepts(&third, &request), [false, false]);
    }
}

/// Until each kind has come.
fn await_all(receiver: &Receiver, kinds: &[&str]) {
    eventually("each kind", || {
        let received = receiver.received();
        let come = |kind: &&str| {
            received
                .iter()
                .any(|one| one.header("hark-event") == Some(*kind))
        };
        kinds.iter().all(come).then_some(())
    });
}
