//! An example of what each operation of Rocket.Chat's API takes, as the API document shows it: each is sent, with the ids
//! of this server in the place of those that are made up. This test fails when an operation that takes a body has no
//! example, when an example belongs to none, and when one is refused.

use std::collections::{BTreeMap, BTreeSet};

use hark_testkit::form::file_part;
use hark_testkit::{Agent, Client, Desk, Engine, Mailbox, Receiver, Reply, Setup, text};
use serde_json::{Value, json};

use crate::HARK;

const EXAMPLES: &str = include_str!("../../../hark-wire/src/openapi/rocketchat_requests.json");

/// What no example can do, and why.
const NOT_SENT: &[(&str, &str)] = &[(
    "POST livechat/users/{type}",
    "it says of every other kind of people that there is none",
)];

/// The token of the visitor of the examples.
const ANN: &str = "a-long-random-text";

struct Story {
    examples: BTreeMap<String, Value>,
    /// What is made up in the examples, with what there is in its place.
    real: BTreeMap<&'static str, String>,
    sent: BTreeSet<String>,
}

impl Story {
    /// From now on this stands for that.
    fn is(&mut self, made_up: &'static str, real: impl Into<String>) {
        self.real.insert(made_up, real.into());
    }

    fn really<'a>(&'a self, word: &'a str) -> &'a str {
        self.real.get(word).map_or(word, String::as_str)
    }

    fn with_what_there_is(&self, example: &mut Value) {
        match example {
            Value::String(word) => *word = self.really(word).to_owned(),
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| self.with_what_there_is(item)),
            Value::Object(members) => members
                .values_mut()
                .for_each(|member| self.with_what_there_is(member)),
            _ => {}
        }
    }

    fn send(&mut self, client: &Client, operation: &str) -> Value {
        self.send_to(client, operation, &[])
    }

    /// `place`: what stands in the path where it varies.
    fn send_to(&mut self, client: &Client, operation: &str, place: &[&str]) -> Value {
        let example = self.examples.get(operation);
        let mut body = example
            .unwrap_or_else(|| panic!("{operation} has no example"))
            .clone();
        self.with_what_there_is(&mut body);
        let (method, mut path) = operation
            .split_once(' ')
            .map(|(method, path)| (method, path.to_owned()))
            .unwrap();
        for part in place {
            let (before, rest) = path.split_once('{').unwrap();
            let (_, after) = rest.split_once('}').unwrap();
            path = format!("{before}{}{after}", self.really(part));
        }
        let answer = client.json(method, &path, &body);
        let taken = (200..300).contains(&answer.status);
        assert!(taken, "{operation} {body}\n{}", answer.text());
        self.sent.insert(operation.to_owned());
        answer.value()
    }
}

/// The operations of the document that take JSON.
fn takes_json(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            if !said["requestBody"]["content"]["application/json"].is_null() {
                let path = path.strip_prefix("/api/v1/").unwrap();
                found.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    found
}

/// What is off until somebody switches it on, and servers on this machine.
fn everything_on(setup: Setup, mailbox: &Mailbox) -> Setup {
    let port = mailbox.port().to_string();
    [
        ("HARK_WEBHOOK_ALLOW", "127.0.0.0/8"),
        ("SMTP_Host", "127.0.0.1"),
        ("SMTP_Port", &port),
        ("SMS_Enabled", "true"),
        ("SMS_Service", "voxtelesys"),
        ("SMS_Incoming_Secret", "known-to-two"),
        ("Livechat_Routing_Method", "Manual_Selection"),
        ("Livechat_allow_manual_on_hold", "true"),
        ("Livechat_contacts_enabled", "true"),
        ("Livechat_enable_transcript", "true"),
        ("Livechat_validate_offline_email", "false"),
        ("Omnichannel_call_provider", "WebRTC"),
        ("WebRTC_Enabled", "true"),
    ]
    .into_iter()
    .fold(setup, |setup, (name, value)| setup.env(name, value))
}

#[test]
fn every_operation_that_takes_a_body_has_an_example_of_it() {
    let mailbox = Mailbox::open();
    let program = Receiver::answering(|_| {
        Reply::status(200).json(&json!({"contents": [{"msg": "Good day!", "order": 1}]}))
    });
    let desk = Desk::open_with(HARK, Engine::Sqlite, |setup| everything_on(setup, &mailbox));
    let mut story = Story {
        examples: serde_json::from_str(EXAMPLES).unwrap(),
        real: BTreeMap::new(),
        sent: BTreeSet::new(),
    };
    for (made_up, path) in [
        ("https://hooks.example.org/rocketchat", "/rocketchat"),
        ("https://shop.example.org/greeting", "/greeting"),
    ] {
        story.is(made_up, program.url(path));
    }
    let amy = desk.agent("amy");
    story.is("anIdOfAnAgent", &amy.id);
    let ben = a_colleague_comes(&mut story, &desk);
    the_workspace_is_set_up(&mut story, &desk, &amy, &ben, &program);
    a_visitor_asks(&mut story, &desk);
    an_agent_answers(&mut story, &desk, &amy, &ben);
    other_chats_end(&mut story, &desk);
    contacts_are_kept(&mut story, &desk.admin);
    colleagues_talk(&mut story, &desk, &amy.client);
    a_colleague_goes(&mut story, &desk);

    let path = "/api/hark/v1/rocketchat/openapi.json";
    let mut takes = takes_json(&desk.admin.get(path).expect(200));
    for (operation, why) in NOT_SENT {
        assert!(takes.remove(*operation), "{operation} takes nothing: {why}");
    }
    assert_eq!(story.sent, takes);
    let known: BTreeSet<String> = story.examples.into_keys().collect();
    assert_eq!(known, takes);
}

/// Ben gets an account, and is there.
fn a_colleague_comes(story: &mut Story, desk: &Desk) -> Client {
    let admin = &desk.admin;
    let ben = text(&story.send(admin, "POST users.create"), "/user/_id");
    story.is("anIdOfAnAccount", &ben);
    story.is("anIdOfAnotherAgent", &ben);
    let session = story.send(&desk.anyone(), "POST login");
    let client = desk
        .anyone()
        .with("X-User-Id", &ben)
        .with("X-Auth-Token", &text(&session, "/data/authToken"));
    for operation in [
        "POST users.setStatus",
        "POST livechat/agent.status",
        "POST users.updateOwnBasicInfo",
        "POST users.setPreferences",
        "POST mailer.unsubscribe",
    ] {
        story.send(&client, operation);
    }
    for operation in [
        "POST users.update",
        "POST users.resetAvatar",
        "POST roles.addUserToRole",
        "POST roles.removeUserFromRole",
        "POST users.generatePersonalAccessToken",
        "POST users.regeneratePersonalAccessToken",
        "POST users.removePersonalAccessToken",
    ] {
        story.send(admin, operation);
    }
    client
}

fn the_workspace_is_set_up(
    story: &mut Story,
    desk: &Desk,
    amy: &Agent,
    ben: &Client,
    program: &Receiver,
) {
    let admin = &desk.admin;
    let ben = Agent {
        client: ben.clone(),
        id: ben.id(),
        name: "ben".to_owned(),
    };
    let other = desk.department("Returns", &[amy, &ben], &json!({}));
    story.is("anIdOfAnotherDepartment", other);
    let made = story.send(admin, "POST livechat/department");
    story.is("anIdOfADepartment", text(&made, "/department/_id"));
    for operation in [
        "PUT livechat/department/{_id}",
        "POST livechat/department/{_id}/agents",
    ] {
        story.send_to(admin, operation, &["anIdOfADepartment"]);
    }
    let mona = admin.person("mona", &["user", "livechat-monitor"]);
    story.is("anIdOfAMonitor", mona.id());
    let unit = text(&story.send(admin, "POST livechat/units"), "/_id");
    story.send_to(admin, "POST livechat/units/{id}", &[&unit]);

    let made = story.send(admin, "POST livechat/sla");
    story.is("anIdOfAnSlaPolicy", text(&made, "/sla/_id"));
    story.send_to(admin, "PUT livechat/sla/{slaId}", &["anIdOfAnSlaPolicy"]);
    let kept = admin.get("livechat/priorities").expect(200);
    story.is("anIdOfAPriority", text(&kept, "/priorities/0/_id"));
    let operation = "PUT livechat/priorities/{priorityId}";
    story.send_to(admin, operation, &["anIdOfAPriority"]);
    story.send(admin, "POST canned-responses");
    let kept = admin.get("canned-responses").expect(200);
    story.is(
        "anIdOfACannedResponse",
        text(&kept, "/cannedResponses/0/_id"),
    );
    story.send(admin, "DELETE canned-responses");

    let operation = "POST method.call/{method}";
    let called = story.send_to(admin, operation, &["livechat%3AsaveCustomField"]);
    has_a_result(&called);
    desk.field("plan", "visitor", &json!({}));
    desk.field("company", "visitor", &json!({}));
    story.send(admin, "POST permissions.update");
    story.send_to(admin, "POST settings/{_id}", &["Livechat_title"]);
    story.send(admin, "POST livechat/appearance");
    story.send(admin, "POST omnichannel/integrations");
    story.send(admin, "POST mailer");
    // Nobody listens there, and nothing that comes of it is waited for.
    story.is("imap.example.org", "127.0.0.1");
    story.is("smtp.example.org", "127.0.0.1");
    story.send(admin, "POST email-inbox");

    story.send(admin, "POST livechat/triggers");
    let operation = "POST livechat/triggers/external-service/test";
    story.send(admin, operation);
    let asks = json!({
        "name": "Asks", "description": "", "enabled": true, "runOnce": false,
        "conditions": [{"name": "chat-opened-by-visitor", "value": null}],
        "actions": [{"name": "use-external-service", "params": {
            "serviceUrl": program.url("/greeting"), "serviceTimeout": 5_000, "serviceFallbackMessage": "",
        }}],
    });
    admin.post("livechat/triggers", &asks).expect(200);
    let kept = admin.get("livechat/triggers").expect(200);
    let mut kept = kept["triggers"].as_array().unwrap().iter();
    let asks = kept.find(|trigger| trigger["name"] == "Asks");
    let asks = text(asks.unwrap(), "/_id");
    let operation = "POST livechat/triggers/{_id}/external-service/call";
    story.send_to(&desk.anyone(), operation, &[&asks]);
}

/// A method that fails answers 200, too.
fn has_a_result(called: &Value) {
    let frame: Value = serde_json::from_str(&text(called, "/message")).unwrap();
    assert!(frame.get("error").is_none(), "{frame}");
}

/// Ann opens a chat, which waits.
fn a_visitor_asks(story: &mut Story, desk: &Desk) {
    let ann = &desk.anyone();
    story.send(ann, "POST livechat/offline.message");
    let made = story.send(ann, "POST livechat/visitor");
    story.is("anIdOfAVisitor", text(&made, "/visitor/_id"));
    let operation = "POST method.callAnon/{method}";
    let called = story.send_to(ann, operation, &["livechat%3AregisterGuest"]);
    has_a_result(&called);
    story.send(ann, "POST livechat/custom.field");
    story.send(ann, "POST livechat/custom.fields");
    story.is("anIdOfAChat", text(&desk.chat(ANN), "/_id"));
    story.send(ann, "POST livechat/visitor.status");
    story.send(ann, "POST livechat/page.visited");
    let said = story.send(ann, "POST livechat/message");
    let said = text(&said, "/message/_id");
    story.send_to(ann, "PUT livechat/message/{_id}", &[&said]);
    story.send_to(ann, "DELETE livechat/message/{_id}", &[&said]);
    story.send(ann, "POST livechat/room.transfer");
    story.send(ann, "POST livechat/transcript");
    let carrier = "voxtelesys?secret=known-to-two";
    let operation = "POST livechat/sms-incoming/{service}";
    story.send_to(ann, operation, &[carrier]);
}

/// Amy takes the chat, it is passed on to Ben, and he ends it.
fn an_agent_answers(story: &mut Story, desk: &Desk, amy: &Agent, ben: &Client) {
    let (ann, admin, amy) = (&desk.anyone(), &desk.admin, &amy.client);
    let rid = story.really("anIdOfAChat").to_owned();
    story.send(amy, "PUT livechat/inquiry.setSLA");
    let operation = "POST livechat/room/{rid}/priority";
    story.send_to(amy, operation, &[&rid]);
    story.is("anIdOfAnInquiry", text(&desk.inquiry(&rid), "/_id"));
    story.send(amy, "POST livechat/inquiries.take");
    story.send(amy, "POST livechat/messages");
    story.send(amy, "POST subscriptions.unread");
    story.send(amy, "POST subscriptions.read");
    let said = story.send(amy, "POST chat.sendMessage");
    story.is("anIdOfAMessage", text(&said, "/message/_id"));
    for operation in [
        "POST chat.update",
        "POST chat.react",
        "POST chat.starMessage",
        "POST chat.unStarMessage",
    ] {
        story.send(amy, operation);
    }
    story.send(admin, "POST chat.pinMessage");
    story.send(admin, "POST chat.unPinMessage");
    story.send(amy, "POST livechat/room.onHold");
    story.send(amy, "POST livechat/room.resumeOnHold");
    story.send(amy, "POST chat.delete");
    let invoice = file_part("file", "invoice.pdf", "application/pdf", b"%PDF-1.7");
    let put = amy.send_form(&format!("rooms.media/{rid}"), &[invoice]);
    let file = text(&put.expect(200), "/file/_id");
    let operation = "POST rooms.mediaConfirm/{rid}/{fileId}";
    story.send_to(amy, operation, &[&rid, &file]);
    amy.get(&format!("livechat/webrtc.call?rid={rid}"))
        .expect(200);
    let said = desk.history(ANN, &rid);
    let mut said = said.iter();
    let call = said.find(|message| message["t"] == "livechat_webrtc_video_call");
    story.is("anIdOfACall", text(call.unwrap(), "/_id"));
    story.send(ann, "POST livechat/visitor.callStatus");
    let operation = "PUT livechat/webrtc.call/{callId}";
    story.send_to(amy, operation, &["anIdOfACall"]);
    story.send(amy, "POST livechat/room.saveInfo");
    let operation = "POST livechat/transcript/{rid}";
    story.send_to(admin, operation, &[&rid]);
    story.send(admin, "POST livechat/room.forward");
    story.send(ann, "POST livechat/room.survey");
    story.send(ben, "POST livechat/room.closeByUser");
}

/// One becomes another visitor's, and one is ended by Ann herself.
fn other_chats_end(story: &mut Story, desk: &Desk) {
    story.is("anIdOfAChat", text(&desk.chat(ANN), "/_id"));
    let other = desk.visitor("of-another-browser", &json!({}));
    story.is("anIdOfAnotherVisitor", text(&other, "/_id"));
    story.send(&desk.admin, "PUT livechat/room.visitor");
    story.is("anIdOfAChat", text(&desk.chat(ANN), "/_id"));
    story.send(&desk.anyone(), "POST livechat/room.close");
}

fn contacts_are_kept(story: &mut Story, admin: &Client) {
    story.send(admin, "POST omnichannel/contact");
    let made = story.send(admin, "POST omnichannel/contacts");
    story.is("anIdOfAContact", text(&made, "/contactId"));
    story.send(admin, "POST omnichannel/contacts.update");
    story.send(admin, "POST omnichannel/contacts.conflicts");
}

fn colleagues_talk(story: &mut Story, desk: &Desk, amy: &Client) {
    story.send(amy, "POST chat.postMessage");
    story.is("anIdOfARoom", "GENERAL");
    story.send(amy, "POST rooms.leave");
    for operation in ["POST im.create", "POST groups.create", "POST groups.delete"] {
        story.send(&desk.admin, operation);
    }
}

/// Uma becomes an agent and a manager, and leaves.
fn a_colleague_goes(story: &mut Story, desk: &Desk) {
    let uma = desk.admin.person("uma", &["user"]);
    story.is("anIdOfAnAccount", uma.id());
    for operation in [
        "POST livechat/users/agent",
        "POST livechat/users/manager",
        "POST users.setActiveStatus",
        "POST users.delete",
    ] {
        story.send(&desk.admin, operation);
    }
}
