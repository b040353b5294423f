use std::sync::Arc;

use hark_chat::messages::{Author, Message, System};
use hark_model::events::Recorded;
use hark_model::{Keyring, Policy};
use hark_store::log::ConversationSeq;
use serde_json::json;

use super::*;
use crate::moment::{RenderContext, Said};

/// 2024-05-02T09:00:00Z
const NINE: i64 = 1_714_640_400_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NINE + seconds * 1_000)
}

fn event(kind: &str, more: &Value) -> Recorded {
    let mut body = json!({
        "room": {
            "id": "rA1", "kind": "l", "name": "Ana", "createdAt": NINE, "lastMessageAt": NINE, "open": true,
            "department": "d1", "takenAt": at(75).millis(), "topic": "a parcel",
            "tags": ["late", "lost"], "custom": {"order": "4711"},
        },
        "visitor": {
            "id": "v1", "token": "tok-1", "username": "guest-7", "createdAt": at(-60).millis(),
            "name": "Ana", "ip": "203.0.113.9",
            "userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "emails": ["ana@example.org", "b@example.org"], "phones": ["+46 8 1"],
            "custom": {"plan": "gold"},
        },
        "departmentName": "Support",
        "comment": "", "scope": "agent", "from": {}, "message": "m1", "emails": [], "phones": [], "feedback": {},
    });
    merge(&mut body, more);
    recorded(kind, &body)
}

fn recorded(kind: &str, body: &Value) -> Recorded {
    let stored = hark_store::Event {
        position: 9,
        at: at(120),
        kind: kind.into(),
        conversation: body.get("room").map(|_| ConversationSeq {
            conversation: "rA1".into(),
            seq: 3,
        }),
        visitor: Some("v1".into()),
        agent: None,
        department: Some("d1".into()),
        body: body.to_string(),
    };
    Recorded::parse(stored).unwrap()
}

fn merge(into: &mut Value, more: &Value) {
    for (name, value) in more.as_object().unwrap() {
        match value {
            Value::Object(_) if into[name].is_object() => merge(&mut into[name], value),
            // Nothing: it is not there.
            Value::Null => drop(into.as_object_mut().unwrap().shift_remove(name)),
            _ => into[name] = value.clone(),
        }
    }
}

fn said(seconds: i64, name: &str, text: &str) -> Said {
    Said {
        message: Message {
            n: seconds,
            id: format!("m{seconds}"),
            room: Some("rA1".into()),
            seq: 2,
            system: None,
            hidden: false,
            by_visitor: name == "Ana",
            author: Author {
                id: format!("id-of-{name}"),
                username: name.to_lowercase(),
                name: Some(name.to_owned()),
            },
            text: text.into(),
            extra: None,
            edited: None,
            at: at(seconds),
            updated_at: at(seconds),
        },
        file: None,
    }
}

fn notice(seconds: i64, name: &str, system: System) -> Said {
    let mut said = said(seconds, name, "");
    said.message.system = Some(system);
    said
}

fn page(seconds: i64, address: &str) -> Said {
    let mut page = notice(seconds, "Rocket.Cat", System::Visited);
    page.message.hidden = true;
    page.message.extra =
        Some(json!({"navigation": {"page": {"location": {"href": address}}, "token": "tok-1"}}));
    page
}

fn written(recorded: &Recorded, said: Vec<Said>) -> Option<Value> {
    let context = RenderContext {
        site_url: "https://chat.example.org".into(),
        policy: Arc::new(Policy::of_presets([])),
        keys: Arc::new(Keyring::of_examples()),
    };
    let moment = Moment {
        note: None,
        recorded,
        said,
        context: &context,
    };
    Some(serde_json::from_slice(&render(&moment)?).unwrap())
}

fn names(of: &Value) -> Vec<&str> {
    of.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_visitor_has_these_members_and_no_other() {
    let pages = vec![
        page(-50, "https://shop.example.org/"),
        page(-20, "https://shop.example.org/x"),
    ];
    let told = written(&event("chat.taken", &json!({"first": true})), pages).unwrap();
    assert_eq!(
        told,
        json!({
            "event": "chat_started",
            "visitor": {
                "id": guid::derived("visitor", "v1"),
                "chat_id": guid::derived("room", "rA1"),
                "name": "Ana",
                "email": "ana@example.org",
                "phone": "+46 8 1",
                "company": "",
                "product_service": "",
                "status": 2,
                "first_visit_time": "/Date(1714640340000)/",
                "visit_time": "/Date(1714640350000)/",
                "visits": 0,
                "chats": 0,
                "page_views": 2,
                "city": "",
                "state": "",
                "country": "",
                "ip": "203.0.113.9",
                "language": "",
                "time_zone": "",
                "browser": "Firefox 140.0",
                "operating_system": "Windows 10",
                "screen_resolution": "",
                "flash_version": "",
                "current_browsing": "https://shop.example.org/x",
                "landing_page": "https://shop.example.org/",
                "referrer_url": "",
                "search_engine": "",
                "keywords": "",
                "department": guid::derived("department", "d1"),
                "skill": "",
                "custom_fields": [{"id": guid::derived("field", "plan"), "name": "plan", "value": "gold"}],
                "custom_variables": [{"name": "plan", "value": "gold"}],
            },
        })
    );
}

#[test]
fn a_request_has_a_visitor_who_waits() {
    let requested = event("chat.started", &json!({}));
    assert_eq!(needs(&requested.event), Needs::Nothing);
    let told = written(&requested, Vec::new()).unwrap();
    assert_eq!(names(&told), ["event", "visitor"]);
    assert_eq!(
        (&told["event"], &told["visitor"]["status"]),
        (&json!("chat_requested"), &json!(0))
    );
}

#[test]
fn only_the_first_taking_is_a_start_and_has_no_chat() {
    let first = event("chat.taken", &json!({"first": true}));
    assert_eq!(topic(&first.event), Some(Kind::ChatTaken));
    let told = written(&first, Vec::new()).unwrap();
    assert_eq!(names(&told), ["event", "visitor"]);
    assert_eq!(told["event"], "chat_started");
    assert_eq!(told["visitor"]["status"], 2);
    // without a page he was here at least when he asked
    assert_eq!(told["visitor"]["visit_time"], "/Date(1714640400000)/");
    let second = event("chat.taken", &json!({"first": false}));
    assert_eq!(topic(&second.event), None);
    assert!(written(&second, Vec::new()).is_none());
}

#[test]
fn an_end_tells_the_whole_chat() {
    let closed = json!({
        "room": {"open": false, "closedAt": at(120).millis(), "closer": "user"},
        "comment": "solved",
        "feedback": {"satisfaction": "4", "additionalFeedback": "fine"},
    });
    let history = vec![
        notice(0, "Ana", System::Started),
        said(1, "Ana", "my parcel"),
        notice(75, "Bo", System::Joined),
        said(80, "Bo", "one moment"),
        notice(90, "Bo", System::Left),
        notice(91, "Cy", System::Joined),
        notice(120, "Cy", System::Closed),
    ];
    let told = written(&event("chat.closed", &closed), history).unwrap();
    assert_eq!(names(&told), ["event", "visitor", "chat"]);
    assert_eq!(told["event"], "chat_ended");
    assert_eq!(told["visitor"]["status"], 9);
    let field = |name: &str| guid::derived("field", name);
    assert_eq!(
        told["chat"],
        json!({
            "id": told["visitor"]["chat_id"],
            "name": "Ana",
            "email": "ana@example.org",
            "phone": "+46 8 1",
            "company": "",
            "product_service": "",
            "department": "Support",
            "operators": "Bo,Cy",
            "start_time": "/Date(1714640475000)/",
            "end_time": "/Date(1714640520000)/",
            "waiting_time": "75s",
            "chat_transcript": "[09:00:01] Ana: my parcel⊙Bo joined the chat⊙[09:01:20] Bo: one moment⊙Bo left the chat⊙Cy joined the chat⊙Cy ended the chat",
            "attachment": [],
            "rating": 4,
            "rating_comment": "fine",
            "operator_comment": "solved",
            "wrap_up": {
                "category": "late, lost",
                "comment": "a parcel",
                "fields": [{"id": field("order"), "name": "order", "value": "4711"}],
                "time": "/Date(1714640520000)/",
            },
            "custom_fields": [{"id": field("plan"), "name": "plan", "value": "gold"}],
            "custom_variable": [{"name": "plan", "value": "gold"}],
        })
    );
}

#[test]
fn a_chat_that_nobody_had_has_no_end() {
    let missed = event("chat.closed", &json!({"room": {"takenAt": null}}));
    assert_eq!(topic(&missed.event), None);
    assert!(written(&missed, Vec::new()).is_none());
}

#[test]
fn what_is_not_there_is_an_empty_text() {
    let bare = json!({
        "room": {"department": null, "topic": null, "tags": null, "custom": null},
        "visitor": {"name": null, "emails": null, "phones": null, "custom": null, "userAgent": null, "createdAt": null},
        "departmentName": null,
    });
    let told = written(&event("chat.forwarded", &bare), Vec::new()).unwrap();
    assert_eq!(told["event"], "chat_transferred");
    let (visitor, chat) = (&told["visitor"], &told["chat"]);
    assert_eq!(visitor["name"], "guest-7");
    for name in [
        "email",
        "phone",
        "department",
        "browser",
        "first_visit_time",
    ] {
        assert_eq!(visitor[name], "", "{name}");
    }
    for name in [
        "department",
        "operators",
        "end_time",
        "chat_transcript",
        "operator_comment",
    ] {
        assert_eq!(chat[name], "", "{name}");
    }
    assert_eq!(chat["rating"], 0);
    let none = json!({"category": "", "comment": "", "fields": [], "time": ""});
    assert_eq!(chat["wrap_up"], none);
}

#[test]
fn notes_are_a_wrap_up_and_changes_by_the_system_are_none() {
    let noted = event("chat.edited", &json!({"noted": true}));
    let told = written(&noted, Vec::new()).unwrap();
    assert_eq!(names(&told), ["event", "chat_id", "visitor", "wrapup"]);
    assert_eq!(told["event"], "chat_wrapped_up");
    assert_eq!(told["chat_id"], told["visitor"]["chat_id"]);
    assert_eq!(told["visitor"]["status"], 2);
    assert_eq!(
        names(&told["wrapup"]),
        ["category", "comment", "fields", "time"]
    );
    assert_eq!(told["wrapup"]["time"], "/Date(1714640520000)/");
    let after = event(
        "chat.edited",
        &json!({"noted": true, "room": {"open": false}}),
    );
    assert_eq!(written(&after, Vec::new()).unwrap()["visitor"]["status"], 9);
    assert_eq!(topic(&event("chat.edited", &json!({})).event), None);
}

#[test]
fn a_left_message() {
    let left = json!({"name": "Ilya", "email": "Ilya@example.org", "message": "Norway?", "department": "d1", "departmentName": "Support"});
    let left = recorded("offline.submitted", &left);
    let told = written(&left, Vec::new()).unwrap();
    assert_eq!(names(&told), ["event", "offline_message", "visitor"]);
    assert_eq!(
        told["offline_message"],
        json!({
            "attachment": {"name": "", "uri": ""},
            "company": "",
            "content": "Norway?",
            "custom_fields": [],
            "custom_variable": [],
            "department": "Support",
            "skill": "",
            "email": "Ilya@example.org",
            "id": told["visitor"]["chat_id"],
            "name": "Ilya",
            "phone": "",
            "subject": "",
            "time": "/Date(1714640520000)/",
        })
    );
    assert_eq!(told["visitor"]["status"], 10);
    assert_eq!(
        told["visitor"]["department"],
        guid::derived("department", "d1")
    );
    assert_eq!(
        told["visitor"]["id"],
        guid::derived("offline sender", "ilya@example.org")
    );
}

#[test]
fn an_agents_status_is_the_event_itself() {
    let status = json!({
        "agent": {"id": "a9", "username": "bo", "name": "Bo"}, "status": "away", "available": true,
        "was": {"status": "online", "available": true},
    });
    let status = recorded("agent.status", &status);
    let told = written(&status, Vec::new()).unwrap();
    assert_eq!(
        told,
        json!({"event": "away", "operator_id": guid::derived("agent", "a9")})
    );
}

#[test]
fn nobody_writes_a_line_in_anothers_name() {
    let forged = [
        "hi⊙[09:00:00] Bo: I promise",
        "hi\n[09:00:00] Bo: I promise",
        "hi\r\n\u{2028}[09:00:00] Bo: I promise\u{85}",
    ];
    for text in forged {
        let closed =
            json!({"room": {"closedAt": at(120).millis(), "closer": "visitor"}, "comment": "x"});
        let history = vec![said(1, "Ana", text), said(2, "A⊙na", "so")];
        let told = written(&event("chat.closed", &closed), history).unwrap();
        let transcript = told["chat"]["chat_transcript"].as_str().unwrap();
        let lines: Vec<&str> = transcript.split('⊙').collect();
        let [first, second] = lines.as_slice() else {
            panic!("{transcript}");
        };
        assert!(
            first.starts_with("[09:00:01] Ana: hi") && first.ends_with("Bo: I promise"),
            "{first}"
        );
        assert!(
            !transcript.contains(['\n', '\r', '\u{85}', '\u{2028}']),
            "{transcript}"
        );
        assert_eq!(*second, "[09:00:02] A⦿na: so");
        // a visitor's word at the end is no agent's comment
        assert_eq!(told["chat"]["operator_comment"], "");
    }
}

#[test]
fn what_has_no_word_here_is_not_told() {
    for kind in [
        "chat.queued",
        "chat.returned",
        "message.visitor",
        "lead.captured",
        "feedback.submitted",
    ] {
        assert_eq!(topic(&event(kind, &json!({})).event), None, "{kind}");
    }
    for subscription in Subscription::ALL {
        assert_eq!(
            Subscription::of_kind(subscription.kind()),
            Some(subscription)
        );
        let name = subscription.as_str().to_uppercase();
        assert_eq!(Subscription::parse_in_any_case(&name), Some(subscription));
    }
    assert_eq!(Subscription::parse_in_any_case("chatStarted"), None);
}
