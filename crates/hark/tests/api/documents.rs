//! The documents of the Rocket.Chat API and the shape of every answer, kept as they are: clients
//! read these bodies, and a change of one is seen and judged before it is made.

use hark_store::{Clock, Timestamp};
use hark_testkit::{Client, Desk, Engine, Response, Setup, Stable, on_both_engines, text};
use serde_json::{Value, json};

use crate::inside::{self, HARK};

fn keep(name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path("snapshots/documents");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The same in each run, wherever it listens.
fn at_an_address(setup: Setup) -> Setup {
    setup.env("HARK_SITE_URL", "https://chat.example.org")
}

fn each_on_a_line(members: &Value) -> impl Iterator<Item = String> {
    let members = members.as_object().unwrap().iter();
    members.map(|(name, value)| format!("{name}: {value}"))
}

/// Leaves out the examples, which `answer_examples.rs` and `request_examples.rs` look at.
fn without_examples(document: &mut Value) {
    let operations = document["paths"].as_object_mut().unwrap().values_mut();
    for said in operations.flat_map(|methods| methods.as_object_mut().unwrap().values_mut()) {
        if let Some(body) = said.pointer_mut("/requestBody/content/application~1json") {
            body.as_object_mut().unwrap().remove("example");
        }
        for answer in said["responses"].as_object_mut().unwrap().values_mut() {
            if let Some(body) = answer.pointer_mut("/content/application~1json") {
                body.as_object_mut().unwrap().remove("example");
            }
        }
    }
}

/// A line for each path and each schema: there are many, and they are compared rather than
/// read.
fn keep_lines(name: &str, document: &Value) {
    let mut lines = Vec::new();
    for (part, value) in document.as_object().unwrap() {
        match part.as_str() {
            "paths" => lines.extend(each_on_a_line(value)),
            "components" => {
                let groups = value.as_object().unwrap().values();
                lines.extend(groups.flat_map(each_on_a_line));
            }
            "info" => lines.push(format!("info: {}", value["title"])),
            _ => lines.push(format!("{part}: {value}")),
        }
    }
    keep(name, &lines.join("\n"));
}

/// The answers of one story. Its clock goes a second on with each of them, and the same id has the
/// same number in all.
struct Album {
    stable: Stable,
    clock: Clock,
}

impl Album {
    /// For a server that this thread starts after it.
    fn begin() -> Self {
        let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
        inside::go_by(&clock);
        Self {
            stable: Stable::default(),
            clock,
        }
    }

    /// The status, and the body with what differs in each run taken out.
    fn keep(&mut self, name: &str, answer: &Response) {
        self.clock.advance(1_000);
        let body = self.stable.document(&answer.value());
        let text = serde_json::to_string_pretty(&body).unwrap();
        keep(name, &format!("{}\n{text}", answer.status));
    }

    fn get(&mut self, name: &str, client: &Client, path: &str) -> Value {
        let answer = client.get(path);
        self.keep(name, &answer);
        answer.value()
    }

    fn post(&mut self, name: &str, client: &Client, path: &str, body: &Value) -> Value {
        let answer = client.post(path, body);
        self.keep(name, &answer);
        answer.value()
    }
}

on_both_engines! {
    fn what_the_api_says_of_a_chat_is_as_before(engine: Engine) {
        let mut album = Album::begin();
        let desk = Desk::open_with(HARK, engine, at_an_address);
        let (admin, ann) = (&desk.admin, desk.anyone());
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        desk.field("order", "room", &json!({}));
        let support = desk.department("Support", &[&amy, &ben], &json!({}));

        // a visitor comes, and waits
        let visitor = json!({"visitor": {
            "token": "token-of-ann", "name": "Ann", "email": "ann@example.org", "phone": "+46 8 1",
            "department": support,
        }});
        album.post("visitor-registered", &ann, "livechat/visitor", &visitor);
        let room = album.get("room-opened", &ann, "livechat/room?token=token-of-ann");
        let rid = text(&room, "/room/_id");
        let hello = json!({"token": "token-of-ann", "rid": rid, "msg": "Where is *my* order?"});
        let said = album.post("message-of-visitor", &ann, "livechat/message", &hello);
        let by_id = format!("livechat/message/{}?token=token-of-ann&rid={rid}", text(&said, "/message/_id"));
        album.get("message-read", &ann, &by_id);
        album.get("inquiries-queued", &amy.client, "livechat/inquiries.queuedForUser");
        let waits = album.get("inquiry", admin, &format!("livechat/inquiries.getOne?roomId={rid}"));

        // an agent takes the chat
        let take = json!({"inquiryId": text(&waits, "/inquiry/_id")});
        album.post("inquiry-taken", &amy.client, "livechat/inquiries.take", &take);
        album.get("subscription", &amy.client, &format!("subscriptions.getOne?roomId={rid}"));
        album.get("agent-of-visitor", &ann, &format!("livechat/agent.info/{rid}/token-of-ann"));
        let answer = json!({"message": {"rid": rid, "msg": "It is on its way."}});
        album.post("message-of-agent", &amy.client, "chat.sendMessage", &answer);
        album.get("room-info", &amy.client, &format!("rooms.info?roomId={rid}"));
        let known = json!({
            "guestData": {"_id": text(&room, "/room/v/_id"), "name": "Ann B."},
            "roomData": {"_id": rid, "topic": "Order 4711", "tags": ["parcel"], "livechatData": {"order": "4711"}},
        });
        album.post("room-saved", &amy.client, "livechat/room.saveInfo", &known);

        // it is passed on, and ends
        let forward = json!({"roomId": rid, "userId": ben.id, "comment": "yours"});
        album.post("room-forwarded", admin, "livechat/room.forward", &forward);
        album.get("transfer-history", admin, &format!("livechat/transfer.history/{rid}"));
        let end = json!({"rid": rid, "token": "token-of-ann"});
        album.post("room-closed", &ann, "livechat/room.close", &end);
        album.get("rooms", admin, "livechat/rooms");
        album.get("messages-of-visitor", &ann, &format!("livechat/messages.history/{rid}?token=token-of-ann"));
        album.get("messages-of-agent", admin, &format!("livechat/{rid}/messages?sort={{\"ts\": 1}}"));

        // who there is
        album.get("visitor", &ann, "livechat/visitor/token-of-ann");
        let who = text(&room, "/room/v/_id");
        album.get("visitor-info", admin, &format!("livechat/visitors.info?visitorId={who}"));
        album.get("contact", admin, &format!("omnichannel/contact?contactId={who}"));
        album.get("agents", admin, "livechat/users/agent?sort={\"username\": 1}");
        album.get("agent", admin, &format!("livechat/users/agent/{}", amy.id));
        album.get("department", admin, &format!("livechat/department/{support}"));
        album.get("departments", admin, "livechat/department");
        album.get("account", admin, "users.info?username=amy");
        album.get("me", &amy.client, "me");
        album.get("config", &ann, "livechat/config?token=token-of-ann");
        album.get("custom-field", admin, "livechat/custom-fields/order");
        album.get("setting", admin, "settings/Livechat_title");
        album.get("integrations", admin, "livechat/integrations.settings");
    }
}

#[test]
fn each_kind_of_error_has_the_envelope_that_it_had() {
    let mut album = Album::begin();
    let desk = Desk::open(HARK, Engine::Sqlite);
    let (admin, anyone) = (&desk.admin, desk.anyone());
    let eve = admin.person("eve", &["user"]);
    album.get("error-not-logged-in", &anyone, "me");
    album.get("error-not-permitted", &eve, "livechat/rooms");
    album.get("error-not-permitted-by-code", &eve, "livechat/users/agent");
    album.get("error-no-such-setting", admin, "settings/Nonsense");
    album.get("error-schema-of-query", admin, "livechat/inquiries.getOne");
    album.post(
        "error-schema-of-body",
        admin,
        "livechat/inquiries.take",
        &json!({}),
    );
    album.post(
        "error-invalid-room",
        &anyone,
        "livechat/message",
        &json!({"token": "t", "rid": "r", "msg": "m"}),
    );
    album.post(
        "error-wrong-password",
        &anyone,
        "login",
        &json!({"user": "admin", "password": "x"}),
    );
    album.post("error-of-method", admin, "method.call/livechat%3AtakeInquiry", &json!({
        "message": json!({"msg": "method", "id": "1", "method": "livechat:takeInquiry", "params": ["x"]}).to_string(),
    }));
    album.get("problem-not-logged-in", &anyone, "/api/hark/v1/endpoints");
    album.get("problem-not-permitted", &eve, "/api/hark/v1/endpoints");
    album.get(
        "problem-not-found",
        admin,
        "/api/hark/v1/endpoints/00000000-0000-7000-8000-000000000000",
    );
    album.post(
        "problem-invalid",
        admin,
        "/api/hark/v1/endpoints",
        &json!({"url": 7}),
    );
    album.post("error-of-oauth", &anyone, "/oauth/token", &json!({}));
    album.get("error-of-comm100", &anyone, "/v4/livechat/webhooks");
}

/// What programs are generated from.
#[test]
fn the_openapi_documents_are_as_before() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, at_an_address);
    for (name, path) in [
        ("openapi-rocketchat", "/api/hark/v1/rocketchat/openapi.json"),
        ("openapi-hark", "/api/hark/v1/openapi.json"),
    ] {
        let mut document = desk.admin.get(path).expect(200);
        without_examples(&mut document);
        keep_lines(name, &document);
    }
}

/// A document's operations: the path, the method, what is said of it.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let each = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, said)| (path.clone(), method.clone(), said.clone()))
    });
    each.collect()
}

/// Each member of a schema that says nothing of its meaning, by the way to it.
fn members_without_words(schema: &Value, way: &str, found: &mut Vec<String>) {
    match schema {
        Value::Object(parts) => {
            let members = parts.get("properties").and_then(Value::as_object);
            for (name, member) in members.into_iter().flatten() {
                let words = member["description"].as_str().unwrap_or_default();
                if words.is_empty() && member["const"].is_null() {
                    found.push(format!("{way}/{name}"));
                }
            }
            for (name, part) in parts {
                members_without_words(part, &format!("{way}/{name}"), found);
            }
        }
        Value::Array(parts) => {
            for part in parts {
                members_without_words(part, way, found);
            }
        }
        _ => {}
    }
}

/// What is counted says from where and up to where, and what is a moment that it is one.
fn check_bounds(at: &str, parameter: &Value) {
    let (name, schema) = (text(parameter, "/name"), &parameter["schema"]);
    let is_own = at.starts_with("/api/hark/");
    let is_moment = match name.as_str() {
        "from" | "to" => is_own,
        "latest" | "oldest" | "start" | "end" | "updatedSince" => !is_own,
        _ => false,
    };
    if is_moment {
        assert_eq!(schema["format"], "date-time", "{at}: {name}");
    }
    if name == "limit" {
        let most = if is_own { 200 } else { 1_000 };
        let bounds = (&schema["minimum"], &schema["maximum"]);
        assert_eq!(bounds, (&json!(1), &json!(most)), "{at}");
    }
    let is_used = parameter["description"] != "Taken and not used";
    if ["count", "offset"].contains(&name.as_str()) && is_used {
        assert_eq!(schema["minimum"], 0, "{at}: {name}");
    }
}

/// As those who check such documents do, and programs that make clients from them need it.
#[test]
fn the_openapi_documents_can_be_used_by_generators() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    for path in [
        "/api/hark/v1/rocketchat/openapi.json",
        "/api/hark/v1/openapi.json",
    ] {
        let document = desk.admin.get(path).expect(200);
        let listed: Vec<&str> = hark_testkit::each(&document["tags"], "name");
        let mut ids = std::collections::BTreeSet::new();
        for (at, method, said) in operations(&document) {
            let place = format!("{method} {at}");
            let id = text(&said, "/operationId");
            assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
            assert!(ids.insert(id.clone()), "{id} stands twice");
            let tags = said["tags"].as_array().unwrap();
            assert!(
                tags.len() == 1 && listed.contains(&tags[0].as_str().unwrap()),
                "{place}"
            );
            let mut names = std::collections::BTreeSet::new();
            let parameters = said["parameters"].as_array().into_iter().flatten();
            for parameter in parameters {
                let name = (text(parameter, "/in"), text(parameter, "/name"));
                let described = parameter["description"]
                    .as_str()
                    .is_some_and(|words| !words.is_empty());
                assert!(described, "{place}: {name:?} is not described");
                check_bounds(&at, parameter);
                assert!(names.insert(name.clone()), "{place}: {name:?} stands twice");
            }
            let in_path = at.matches('{').count();
            assert_eq!(
                names.iter().filter(|(place, _)| place == "path").count(),
                in_path,
                "{place}"
            );
            // whatever is answered has a schema that says more than that it is an object
            for (status, answer) in said["responses"].as_object().unwrap() {
                for content in answer["content"].as_object().into_iter().flatten() {
                    assert_ne!(
                        content.1["schema"],
                        json!({"type": "object"}),
                        "{place} {status}"
                    );
                }
            }
        }
        assert!(ids.len() > 20);
        // what Rocket.Chat's routes answer is named as there, and the names say the most
        let mut found = Vec::new();
        let ours = path == "/api/hark/v1/openapi.json";
        for (at, _, said) in operations(&document) {
            members_without_words(&said["requestBody"], &at, &mut found);
        }
        if ours {
            members_without_words(&document, "", &mut found);
        }
        assert!(found.is_empty(), "{path}: what do these mean? {found:#?}");
        let faults = hark_testkit::faults_of_openapi(&document);
        assert!(faults.is_empty(), "{path}: {faults:#?}");
    }
}
