use std::sync::Arc;

use hark_chat::messages::{Author, Edit, Message, System};
use hark_chat::uploads::Upload;
use hark_model::events::Recorded;
use hark_model::{Keyring, Policy};
use hark_store::log::ConversationSeq;
use serde_json::{Value, json};

use super::*;
use crate::moment::{RenderContext, Said};

/// 2024-05-02T09:00:00.000Z
const NINE: i64 = 1_714_640_400_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NINE + seconds * 1_000)
}

fn context(but_for: &[(&'static str, Value)]) -> RenderContext {
    RenderContext {
        site_url: "https://chat.example.org".into(),
        policy: Arc::new(Policy::of_presets(but_for.iter().cloned())),
        keys: Arc::new(Keyring::of_examples()),
    }
}

fn room(more: &Value) -> Value {
    let room = json!({
        "id": "rA1", "kind": "l", "name": "Ana", "createdAt": NINE, "lastMessageAt": NINE, "open": true,
    });
    with(room, more)
}

fn visitor(more: &Value) -> Value {
    let visitor = json!({"id": "v1", "token": "tok-1", "username": "guest-7", "name": "Ana"});
    with(visitor, more)
}

fn with(mut document: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}

/// An event whose kind says nothing but what is in the body, as far as it may.
#[expect(
    clippy::needless_pass_by_value,
    reason = "tests write bodies where they are handed in"
)]
fn event(kind: &str, body: Value) -> Recorded {
    let least = json!({
        "first": true, "comment": "", "message": "m1", "emails": [], "phones": [], "scope": "agent",
        "from": {}, "person": {"id": "a9", "username": "bo"},
        "page": {"title": "Home", "change": "url", "address": "https://e.org"},
    });
    let stored = hark_store::Event {
        position: 9,
        at: at(120),
        kind: kind.into(),
        conversation: body.get("room").map(|_| ConversationSeq {
            conversation: "rA1".into(),
            seq: 3,
        }),
        visitor: None,
        agent: None,
        department: None,
        body: with(least, &body).to_string(),
    };
    Recorded::parse(stored).unwrap()
}

fn said(id: &str, author: (&str, &str, &str), text: &str) -> Said {
    let (author_id, username, name) = author;
    Said {
        message: Message {
            n: 1,
            id: id.into(),
            room: Some("rA1".into()),
            seq: 2,
            system: None,
            hidden: false,
            by_visitor: false,
            author: Author {
                id: author_id.into(),
                username: username.into(),
                name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            },
            text: text.into(),
            extra: None,
            edited: None,
            at: at(120),
            updated_at: at(120),
        },
        file: None,
    }
}

const ANA: (&str, &str, &str) = ("v1", "guest-7", "Ana");
const BO: (&str, &str, &str) = ("a9", "bo", "Bo");

fn written(context: &RenderContext, recorded: &Recorded, said: Vec<Said>) -> Option<String> {
    let moment = Moment {
        note: None,
        recorded,
        said,
        context,
    };
    Some(String::from_utf8(render(&moment)?).unwrap())
}

#[test]
fn a_chat_that_begins() {
    let body = json!({
        "room": room(&json!({"department": "dep1"})),
        "visitor": visitor(&json!({"department": "dep1", "emails": ["ana@example.org"]})),
    });
    let event = event("chat.started", body);
    assert_eq!(needs(&event.event), Needs::Nothing);
    assert_eq!(
        written(&context(&[]), &event, vec![]).unwrap(),
        concat!(
            r#"{"_id":"rA1","label":"Ana","createdAt":"2024-05-02T09:00:00.000Z","lastMessageAt":"2024-05-02T09:00:00.000Z","#,
            r#""visitor":{"_id":"v1","token":"tok-1","name":"Ana","username":"guest-7","department":"dep1","email":[{"address":"ana@example.org"}],"phone":null},"#,
            r#""type":"LivechatSessionStart","messages":[],"departmentId":"dep1"}"#
        )
    );
}

#[test]
fn a_file_of_an_agent() {
    let upload = Upload {
        id: "f1".into(),
        room_id: "rA1".into(),
        account_id: Some("a9".into()),
        name: "q.pdf".into(),
        media_type: "application/pdf".into(),
        size: 1200,
        sha256: String::new(),
        picture: None,
        attached: true,
        created_at: at(0),
    };
    let mut words = said("m5", BO, "");
    words.message.extra = Some(upload.in_message(None));
    words.file = Some(upload);
    let body = json!({
        "room": room(&json!({"lastMessageAt": NINE + 70_500, "servedBy": {"id": "a9", "username": "bo", "at": NINE}})),
        "visitor": visitor(&json!({})),
        "agent": {"id": "a9", "username": "bo", "name": "Bo", "email": "bo@example.org"},
    });
    let event = event("message.agent", body);
    assert_eq!(needs(&event.event), Needs::Message);
    let tell = |context: &RenderContext| written(context, &event, vec![words.clone()]).unwrap();
    let protected = context(&[]);
    let body = tell(&protected);
    assert_eq!(
        body,
        tell(&protected),
        "a link is the same whenever it is written"
    );
    let (before, rest) = body.split_once("?token=").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    let wanted = concat!(
        r#"{"_id":"rA1","label":"Ana","createdAt":"2024-05-02T09:00:00.000Z","lastMessageAt":"2024-05-02T09:01:10.500Z","#,
        r#""visitor":{"_id":"v1","token":"tok-1","name":"Ana","username":"guest-7","phone":null},"#,
        r#""agent":{"_id":"a9","username":"bo","name":"Bo","email":"bo@example.org"},"#,
        r#""type":"Message","messages":[{"u":{"_id":"a9","username":"bo","name":"Bo"},"_id":"m5","username":"bo","ts":"2024-05-02T09:02:00.000Z","rid":"rA1","agentId":"a9","#,
        r#""file":{"_id":"f1","name":"q.pdf","type":"application/pdf","size":1200,"format":""},"#,
        r#""attachments":[{"title":"q.pdf","type":"file","format":"pdf","title_link":"/file-upload/f1/q.pdf","title_link_download":true,"size":1200}],"#,
        r#""fileUpload":{"publicFilePath":"https://chat.example.org/file-upload/f1/q.pdf","type":"application/pdf","size":1200},"#,
        r#""_updatedAt":"2024-05-02T09:02:00.000Z"}]}"#
    );
    assert_eq!(format!("{before}\"{after}"), wanted);
    let open = context(&[("FileUpload_ProtectFiles", json!(false))]);
    assert_eq!(tell(&open), wanted);
    // The file is gone; what was said of it stays.
    words.file = None;
    let told: Value = serde_json::from_str(&written(&open, &event, vec![words]).unwrap()).unwrap();
    assert_eq!(told["messages"][0]["file"]["_id"], "f1");
    assert_eq!(told["messages"][0].get("fileUpload"), None);
}

/// What follows the messages.
fn tail(body: &str) -> &str {
    &body[body.rfind("],\"").unwrap() + 2..]
}

#[test]
fn a_chat_that_goes_on_to_another() {
    let context = context(&[]);
    let tell = |scope: &str, from: Value| {
        let body = json!({
            "room": room(&json!({"department": "dep1", "servedBy": {"id": "a10", "username": "cy", "at": NINE}})),
            "visitor": visitor(&json!({})),
            "scope": scope,
            "from": from,
        });
        let event = event("chat.forwarded", body);
        assert_eq!(needs(&event.event), Needs::History);
        written(&context, &event, vec![said("m1", ANA, "Hi")]).unwrap()
    };
    let bo = json!({"id": "a9", "username": "bo", "at": NINE - 1_000});
    let cy = r#""departmentId":"dep1","servedBy":{"_id":"a10","username":"cy","ts":"2024-05-02T09:00:00.000Z"}"#;
    let told = tell("agent", json!({"department": "dep1", "servedBy": bo}));
    assert_eq!(
        tail(&told),
        format!(
            r#"{cy},"oldServedBy":{{"_id":"a9","username":"bo","ts":"2024-05-02T08:59:59.000Z"}}}}"#
        )
    );
    assert_eq!(
        tail(&tell("agent", json!({"department": "dep1"}))),
        format!("{cy}}}")
    );
    for scope in ["department", "queue"] {
        let told = tell(scope, json!({"department": "dep0", "servedBy": bo}));
        assert_eq!(tail(&told), format!(r#"{cy},"oldDepartmentId":"dep0"}}"#));
    }
    assert_eq!(tail(&tell("department", json!({}))), format!("{cy}}}"));
}

#[test]
fn a_chat_that_ends() {
    let mut last = said("m9", BO, "Solved");
    last.message.system = Some(System::Closed);
    let body = json!({
        "room": room(&json!({
            "open": false, "department": "dep1", "tags": ["a"], "topic": "T", "custom": {"k": "v"}, "crmData": "{}",
            "servedBy": {"id": "a9", "username": "bo", "at": NINE},
            "closedAt": NINE + 120_000, "closer": "user", "closedBy": {"id": "a9", "username": "bo"},
        })),
        "visitor": visitor(&json!({})),
    });
    let context = context(&[]);
    let told = written(
        &context,
        &event("chat.closed", body.clone()),
        vec![last.clone()],
    )
    .unwrap();
    assert_eq!(
        told,
        concat!(
            r#"{"_id":"rA1","label":"Ana","topic":"T","createdAt":"2024-05-02T09:00:00.000Z","lastMessageAt":"2024-05-02T09:00:00.000Z","#,
            r#""tags":["a"],"customFields":{"k":"v"},"visitor":{"_id":"v1","token":"tok-1","name":"Ana","username":"guest-7","phone":null},"#,
            r#""crmData":"{}","type":"LivechatSession","messages":[{"u":{"_id":"a9","username":"bo","name":"Bo"},"_id":"m9","username":"bo","msg":"Solved","#,
            r#""ts":"2024-05-02T09:02:00.000Z","rid":"rA1","agentId":"a9","closingMessage":true,"_updatedAt":"2024-05-02T09:02:00.000Z"}],"#,
            r#""departmentId":"dep1","servedBy":{"_id":"a9","username":"bo","ts":"2024-05-02T09:00:00.000Z"},"#,
            r#""closedAt":"2024-05-02T09:02:00.000Z","closedBy":{"_id":"a9","username":"bo"},"closer":"user"}"#
        )
    );
    // What is noted afterwards has no more members than a message, and the close is its last word.
    let edited = event("chat.edited", body);
    assert_eq!(topic(&edited.event), Some(Kind::ChatEdited));
    let told: Value =
        serde_json::from_str(&written(&context, &edited, vec![last]).unwrap()).unwrap();
    assert_eq!(told["type"], "LivechatEdit");
    assert_eq!(told["lastMessageAt"], "2024-05-02T09:02:00.000Z");
    assert_eq!(
        told.as_object().unwrap().keys().next_back().unwrap(),
        "messages"
    );
}

#[test]
fn what_has_no_word_is_nobodys_topic() {
    let of = |kind: &str, body: Value| topic(&event(kind, body).event);
    for kind in [
        "chat.joined",
        "chat.onhold",
        "chat.resumed",
        "chat.returned",
        "message.deleted",
    ] {
        assert_eq!(of(kind, json!({"room": room(&json!({}))})), None, "{kind}");
    }
    assert_eq!(of("chat.edited", json!({"room": room(&json!({}))})), None);
    let status = json!({"agent": {"id": "a9", "username": "bo", "name": "Bo"}, "status": "away"});
    assert_eq!(of("agent.status", status), None);
    let outside = json!({"visitor": visitor(&json!({}))});
    assert_eq!(of("visitor.navigated", outside), None);
    for (by_visitor, kind) in [(true, Kind::MessageVisitor), (false, Kind::MessageAgent)] {
        let body = json!({"room": room(&json!({})), "byVisitor": by_visitor});
        assert_eq!(of("message.edited", body), Some(kind));
    }
}

#[test]
fn what_the_system_says_is_left_out_but_for_the_end_and_the_pages() {
    let mut page = said(
        "m2",
        ("rocket.cat", "rocket.cat", "Rocket.Cat"),
        "Home - https://e.org",
    );
    page.message.system = Some(System::Visited);
    page.message.extra = Some(json!({"navigation": {"page": {"title": "Home"}, "token": "tok-1"}}));
    let mut secret = page.clone();
    secret.message.hidden = true;
    let mut changed = said("m3", ANA, "Hello");
    changed.message.edited = Some(Edit {
        at: at(130),
        by: Author::default(),
    });
    // A reaction is no change.
    changed.message.updated_at = at(140);
    let mut all = vec![page, secret, changed, said("m4", ("a7", "eve", ""), "")];
    for system in [
        System::Started,
        System::Command,
        System::Joined,
        System::Left,
        System::Transferred,
        System::Removed,
    ] {
        let mut notice = said("m0", BO, "words");
        notice.message.system = Some(system);
        all.push(notice);
    }
    let body = json!({"room": room(&json!({})), "visitor": visitor(&json!({}))});
    let taken = event("chat.taken", body.clone());
    let both: &[(&str, Value)] = &[
        (
            "Send_visitor_navigation_history_livechat_webhook_request",
            json!(true),
        ),
        ("Livechat_Visitor_navigation_as_a_message", json!(true)),
    ];
    let told = |context: &RenderContext| -> Value {
        serde_json::from_str(&written(context, &taken, all.clone()).unwrap()).unwrap()
    };
    let told = told(&context(both));
    assert_eq!(
        told["messages"].to_string(),
        concat!(
            r#"[{"u":{"_id":"rocket.cat","username":"rocket.cat","name":"Rocket.Cat"},"_id":"m2","username":"rocket.cat","msg":"Home - https://e.org","ts":"2024-05-02T09:02:00.000Z","rid":"rA1","agentId":"rocket.cat","navigation":{"page":{"title":"Home"},"token":"tok-1"},"_updatedAt":"2024-05-02T09:02:00.000Z"},"#,
            r#"{"u":{"_id":"v1","username":"guest-7","name":"Ana"},"_id":"m3","username":"guest-7","msg":"Hello","ts":"2024-05-02T09:02:00.000Z","rid":"rA1","editedAt":"2024-05-02T09:02:10.000Z","_updatedAt":"2024-05-02T09:02:10.000Z"},"#,
            r#"{"u":{"_id":"a7","username":"eve"},"_id":"m4","username":"eve","ts":"2024-05-02T09:02:00.000Z","rid":"rA1","agentId":"a7","_updatedAt":"2024-05-02T09:02:00.000Z"}]"#
        )
    );
    for one in both {
        let half = context(std::slice::from_ref(one));
        let pages = written(&half, &taken, all.clone()).unwrap();
        assert!(!pages.contains("navigation"), "{pages}");
        // And as a request of its own it is not sent at all.
        let visit = event("visitor.navigated", body.clone());
        assert_eq!(written(&half, &visit, vec![all[0].clone()]), None);
    }
}

#[test]
fn people_are_told_of_as_far_as_they_are_known() {
    let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36";
    let body = |agent: Value| {
        json!({
            "room": room(&json!({})),
            "visitor": visitor(&json!({
                "ip": "203.0.113.9", "userAgent": chrome, "custom": {"plan": "gold"},
                "emails": ["a@e.org", "b@e.org"], "phones": ["+49 1"],
            })),
            "agent": agent,
        })
    };
    let declared =
        json!({"crm": {"type": "text", "sendToIntegrations": true}, "shoe": {"type": "text"}});
    let context = context(&[("Accounts_CustomFields", json!(declared.to_string()))]);
    let tell = |agent: Value| -> Value {
        let event = event("lead.captured", body(agent));
        serde_json::from_str(&written(&context, &event, vec![]).unwrap()).unwrap()
    };
    let agent = json!({"id": "a9", "username": "bo", "email": "bo@e.org", "customFields": {"crm": "7", "shoe": "42"}});
    let told = tell(agent);
    assert_eq!(told["type"], "LeadCapture");
    assert_eq!(
        told["visitor"].to_string(),
        concat!(
            r#"{"_id":"v1","token":"tok-1","name":"Ana","username":"guest-7","ip":"203.0.113.9","os":"Windows 10","browser":"Chrome 128.0.0.0","#,
            r#""customFields":{"plan":"gold"},"email":[{"address":"a@e.org"},{"address":"b@e.org"}],"phone":[{"phoneNumber":"+49 1"}]}"#
        )
    );
    assert_eq!(
        told["agent"].to_string(),
        r#"{"_id":"a9","username":"bo","customFields":{"crm":"7"},"email":"bo@e.org"}"#
    );
    let told = tell(json!({"id": "a9", "username": "bo", "customFields": {"shoe": "42"}}));
    assert_eq!(told["agent"]["customFields"], json!({}));
    // An account that is gone has no name left.
    assert_eq!(tell(json!({"id": "a9", "username": ""})).get("agent"), None);
}

#[test]
fn a_message_that_was_left() {
    let body = json!({"name": " Ana", "email": "Ana@Example.org", "message": "Call me", "department": "d", "host": "h"});
    assert_eq!(
        written(&context(&[]), &event("offline.submitted", body), vec![]).unwrap(),
        r#"{"type":"LivechatOfflineMessage","sentAt":"2024-05-02T09:02:00.000Z","visitor":{"name":" Ana","email":"Ana@Example.org"},"message":"Call me"}"#
    );
}

#[test]
fn a_message_that_is_gone_is_not_told_of() {
    let body = json!({"room": room(&json!({})), "visitor": visitor(&json!({}))});
    assert_eq!(
        written(&context(&[]), &event("message.visitor", body), vec![]),
        None
    );
}
