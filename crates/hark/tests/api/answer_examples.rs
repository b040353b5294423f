//! An example of what each operation of our own API answers, and of what each that takes a body is sent: really sent and
//! answered, with what chance has made replaced by something that reads as what it is. The API document shows them, and
//! this test fails when an operation has none, or takes or answers something of another shape.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;
use std::path::Path;

use hark_store::{Clock, Timestamp};
use hark_testkit::{
    Client, Desk, Engine, Mailbox, Receiver, Response, Stable, each, eventually, on_both_engines,
    text,
};
use serde_json::{Value, json};

use crate::inside::{self, HARK};
use crate::{identity, passwords, push};

const API: &str = "/api/hark/v1/";

/// So long after the beginning of the story tokens are still good.
const LATER: i64 = 1_800_050_000;

/// What stands in the place of what is measured, or made by chance without looking like an id: by the name of the member,
/// whose value has to be of the same kind.
fn replaced(name: &str) -> Option<Value> {
    Some(match name {
        "version" => json!("1.0.0"),
        "databaseBytes" => json!(2_097_152),
        "diskFreeBytes" => json!(48_000_000_000_i64),
        "hint" => json!("…ZSEh"),
        "identity" => json!("eyJhbGciOiJIUzI1NiJ9.a-word-of-the-site.as-an-example"),
        "token" => json!("a-token-of-example"),
        "p256dh" => json!("BPZ3dhgLw0dnUzLm-a-key-of-this-browser-as-an-example"),
        "auth" => json!("YW4gZXhhbXBsZSEh"),
        "publicKey" => json!("BPZ3dhgLw0dnUzLm-a-key-of-this-server-as-an-example"),
        "micros" | "millis" => json!(42),
        "p50" | "p95" | "max" => json!(42.0),
        // Whether a connection is still there is known to nobody before.
        "reusedConnection" => json!(false),
        "phasesMs" => {
            json!({"dns": 3.0, "connect": 8.0, "tls": 12.0, "firstByte": 17.0, "total": 42.0})
        }
        _ => return None,
    })
}

/// The requests and answers of one story, each by its operation. The clock goes a second on with each.
struct Examples {
    clock: Clock,
    stable: Stable,
    /// Where endpoints are, as an address and a port.
    receiver: String,
    found: BTreeMap<String, Value>,
    /// The bodies that were sent.
    sent: BTreeMap<String, Value>,
}

impl Examples {
    fn keep(&mut self, operation: &str, answer: &Response) -> Value {
        self.clock.advance(1_000);
        let said = answer.value();
        let taken = (200..300).contains(&answer.status);
        assert!(taken, "{operation}: {said}");
        let mut example = self.stable.document(&said);
        self.make_readable(&mut example);
        self.found.insert(operation.to_owned(), example);
        said
    }

    fn get(&mut self, operation: &str, client: &Client, path: &str) -> Value {
        let answer = client.get(&format!("{API}{path}"));
        self.keep(&format!("GET {operation}"), &answer)
    }

    fn send(&mut self, operation: &str, client: &Client, path: &str, body: &Value) -> Value {
        let answer = self.tell(operation, client, path, body);
        self.keep(operation, &answer)
    }

    /// Of an operation that answers nothing.
    fn tell(&mut self, operation: &str, client: &Client, path: &str, body: &Value) -> Response {
        let (method, _) = operation.split_once(' ').unwrap();
        let answer = client.json(method, &format!("{API}{path}"), body);
        assert!(
            (200..300).contains(&answer.status),
            "{operation}: {answer:?}"
        );
        self.note(operation, body);
        answer
    }

    fn note(&mut self, operation: &str, body: &Value) {
        let mut example = self.stable.document(body);
        self.make_readable(&mut example);
        self.sent.insert(operation.to_owned(), example);
    }

    fn make_readable(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match replaced(name).filter(|other| discriminant(other) == discriminant(member))
                    {
                        Some(other) => *member = other,
                        None => self.make_readable(member),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.make_readable(item)),
            Value::String(words) => {
                *words = words
                    .replace(
                        &format!("http://{}", self.receiver),
                        "https://hooks.example.org",
                    )
                    .replace(&self.receiver, "192.0.2.7:443")
                    .replace("127.0.0.1", "192.0.2.7");
                for prefix in ["whsec_", "hark_id_"] {
                    if words.starts_with(prefix) {
                        *words = format!("{prefix}bm90IGEgc2VjcmV0IGF0IGFsbCwgYW4gZXhhbXBsZSEh");
                    }
                }
                for (kind, of_an_example) in
                    [("id", "anIdOfExample"), ("secret", "aSecretOfExample")]
                {
                    while let Some((before, rest)) = words.split_once(&format!("<{kind} "))
                        && let Some((number, after)) = rest.split_once('>')
                    {
                        *words = format!("{before}{of_an_example}{number:0>4}{after}");
                    }
                }
            }
            _ => {}
        }
    }

    /// Leaves the first items of a long list, which show what all are like.
    fn shorten(&mut self, operation: &str, list: &str, items: usize) {
        let example = self.found.get_mut(operation).unwrap();
        example[list].as_array_mut().unwrap().truncate(items);
    }
}

/// What a client relies on: the members, and the kind of each value. Of a list, each shape that its items have.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("boolean"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
        Value::Array(items) => {
            let shapes: BTreeSet<String> =
                items.iter().map(|item| shape(item).to_string()).collect();
            json!([shapes])
        }
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, member)| (name.clone(), shape(member)))
                .collect()
        }
    }
}

fn has_shape_of(kept: Option<&Value>, found: &Value) -> bool {
    kept.is_some_and(|kept| shape(kept) == shape(found))
}

/// Compares what was found with what the API document shows. An example that is still good stays as it is.
fn compare(engine: Engine, file: &str, found: &BTreeMap<String, Value>) {
    let file = format!("../hark-wire/src/openapi/{file}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let mut kept: BTreeMap<String, Value> =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let is_update = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    // Only one of the two writes.
    if is_update && matches!(engine, Engine::Sqlite) {
        kept.retain(|operation, example| {
            found
                .get(operation)
                .is_some_and(|now| has_shape_of(Some(example), now))
        });
        for (operation, example) in found {
            kept.entry(operation.clone())
                .or_insert_with(|| example.clone());
        }
        let now = serde_json::to_string_pretty(&kept).unwrap() + "\n";
        std::fs::write(&file, now).unwrap();
    }
    for (operation, example) in found {
        let shown = kept.get(operation);
        assert!(
            has_shape_of(shown, example),
            "{operation} has {example:#}\nand the API document shows {shown:#?}; INSTA_UPDATE=always takes it over"
        );
    }
    let none: Vec<&String> = kept
        .keys()
        .filter(|operation| !found.contains_key(*operation))
        .collect();
    assert!(
        none.is_empty(),
        "examples of operations that are none: {none:?}"
    );
}

/// Whether it answers with a document.
fn answers_something(said: &Value) -> bool {
    let answers = said["responses"].as_object().unwrap().iter();
    let mut answers = answers.filter(|(status, _)| status.starts_with('2'));
    answers.any(|(_, answer)| !answer["content"]["application/json"].is_null())
}

fn takes_something(said: &Value) -> bool {
    !said["requestBody"]["content"]["application/json"].is_null()
}

/// The operations of a document of which something is true.
fn operations_that(document: &Value, is_so: impl Fn(&Value) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            if is_so(said) {
                let path = path.strip_prefix(API).unwrap();
                found.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    found.sort();
    found
}

on_both_engines! {
    fn every_operation_has_an_example_of_its_answer_and_of_what_it_takes(engine: Engine) {
        let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
        inside::go_by(&clock);
        let desk = Desk::open_with(HARK, engine, |setup| {
            setup
                .env("HARK_SITE_URL", "https://chat.example.org")
                .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
        });
        let receiver = Receiver::open();
        let mut story = Examples {
            clock,
            stable: Stable::default(),
            receiver: receiver.url("").replace("http://", ""),
            found: BTreeMap::new(),
            sent: BTreeMap::new(),
        };
        let admin = &desk.admin;
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let rid = a_chat_with_notes(&mut story, &desk);
        of_webhooks(&mut story, &desk, &receiver, &rid);
        of_the_log(&mut story, admin);
        of_views_and_figures(&mut story, &desk, &rid);
        of_business_hours(&mut story, admin);
        of_sites(&mut story, &desk);
        of_the_server(&mut story, &desk);
        let document = admin.get(&format!("{API}openapi.json")).expect(200);
        let found: Vec<&String> = story.found.keys().collect();
        assert_eq!(found, operations_that(&document, answers_something).iter().collect::<Vec<_>>());
        // What takes a body that may be empty was perhaps sent none.
        let takes = operations_that(&document, takes_something);
        story.sent.retain(|operation, _| takes.contains(operation));
        let sent: Vec<&String> = story.sent.keys().collect();
        assert_eq!(sent, takes.iter().collect::<Vec<_>>());
        compare(engine, "hark_answers.json", &story.found);
        compare(engine, "hark_requests.json", &story.sent);
    }
}

/// What those who work there see and write down of a chat.
fn a_chat_with_notes(story: &mut Examples, desk: &Desk) -> String {
    let amy = desk.agent("amy");
    let client = &amy.client;
    let ann = json!({"name": "Ann", "email": "ann@example.org"});
    let visitor = text(&desk.visitor("ann", &ann), "/_id");
    let first = desk.new_chat("ann");
    desk.anyone()
        .post(
            "livechat/room.close",
            &json!({"token": "ann", "rid": first}),
        )
        .expect(200);
    // Chats of one moment would stand in any order.
    story.clock.advance(5_000);
    let rid = text(&desk.chat("ann"), "/_id");
    story.clock.advance(2_000);
    desk.say("ann", &rid, "Where is my order?");
    story.clock.advance(3_000);
    desk.take(&amy, &rid).expect(200);
    story.clock.advance(2_000);
    let words = json!({"message": {"rid": rid, "msg": "On its way, Ann."}});
    let said = client.post("chat.sendMessage", &words).expect(200);
    let seen = json!({"token": "ann", "rid": rid, "message": said["message"]["_id"]});
    story.send("POST widget/read", &desk.anyone(), "widget/read", &seen);
    client
        .post("subscriptions.read", &json!({"rid": rid}))
        .expect(200);
    let of_room = format!("conversations/{rid}");
    let writes = json!({"token": "ann", "rid": rid, "typing": true});
    story.send(
        "POST widget/typing",
        &desk.anyone(),
        "widget/typing",
        &writes,
    );
    let writes = json!({"typing": true});
    let path = format!("{of_room}/typing");
    story.send("POST conversations/{rid}/typing", client, &path, &writes);
    let notes = format!("{of_room}/notes");
    let note = json!({"text": "Asked before, @amy"});
    let note = story.send("POST conversations/{rid}/notes", &desk.admin, &notes, &note);
    let path = format!("{notes}/{}", text(&note, "/id"));
    let better = json!({"text": "Asked twice before, @amy"});
    story.send(
        "PATCH conversations/{rid}/notes/{id}",
        &desk.admin,
        &path,
        &better,
    );
    let mentions = story.get("mentions", client, "mentions");
    let seen = json!({"upTo": mentions["items"][0]["note"]["addedAt"]});
    story.tell("POST mentions/read", client, "mentions/read", &seen);
    story.get(
        "conversations/{rid}/messages",
        client,
        &format!("{of_room}/messages"),
    );
    story.get(
        "conversations/{rid}/reading",
        client,
        &format!("{of_room}/reading"),
    );
    story.get(
        "conversations/{rid}/related",
        &desk.admin,
        &format!("{of_room}/related"),
    );
    story.get("conversations", client, "conversations?limit=1");
    eventually("the words are known", || {
        let path = format!("{API}conversations/search?words=order");
        let found = client.get(&path).expect(200);
        (found["items"]
            .as_array()
            .is_some_and(|items| !items.is_empty()))
        .then_some(())
    });
    let path = "conversations/search?words=order&limit=1";
    story.get("conversations/search", client, path);
    story.get("capacity", client, "capacity");
    story.get(
        "visitors/{id}/export",
        &desk.admin,
        &format!("visitors/{visitor}/export?limit=2"),
    );
    let hello =
        json!({"shortcut": "hello", "text": "Good day, {{contact.name}}!", "scope": "global"});
    desk.admin.post("canned-responses", &hello).expect(200);
    let kept = desk.admin.get("canned-responses").expect(200);
    let hello = each(&kept["cannedResponses"], "_id");
    let path = format!("{of_room}/canned-responses/{}:fill", hello[0]);
    let operation = "POST conversations/{rid}/canned-responses/{id}:fill";
    story.send(operation, client, &path, &json!({}));
    rid
}

/// Endpoints, what they were sent, and what is sent again.
fn of_webhooks(story: &mut Examples, desk: &Desk, receiver: &Receiver, rid: &str) {
    let admin = &desk.admin;
    let new = json!({"name": "CRM", "url": receiver.url("/hark"), "events": ["message.*"]});
    let endpoint = text(
        &story.send("POST endpoints", admin, "endpoints", &new),
        "/id",
    );
    let of_endpoint = format!("endpoints/{endpoint}");
    desk.say("ann", rid, "Thank you!");
    eventually("it has arrived", || {
        let stats = admin.get(&format!("{API}{of_endpoint}")).expect(200)["stats"].clone();
        (stats["delivered"] == 1).then_some(())
    });
    story.get("endpoints", admin, "endpoints");
    story.get("endpoints/{id}", admin, &of_endpoint);
    let path = format!("{of_endpoint}/half-hours");
    story.get("endpoints/{id}/half-hours", admin, &path);
    story.get("stats", admin, "stats");
    story.get("stats/half-hours", admin, "stats/half-hours");
    let changes = json!({"policy": {"timeoutMs": 5_000, "delaysMs": [1_000, 60_000]}});
    story.send("PATCH endpoints/{id}", admin, &of_endpoint, &changes);
    let path = format!("{of_endpoint}/changes?limit=1");
    story.get("endpoints/{id}/changes", admin, &path);
    let there = json!({"url": receiver.url("/hark")});
    story.send("POST endpoints/look", admin, "endpoints/look", &there);
    story.send("POST endpoints/try", admin, "endpoints/try", &there);
    let sample = json!({"kind": "message.visitor"});
    for (verb, body) in [
        ("pause", json!({})),
        ("resume", json!({})),
        ("test", sample),
    ] {
        let operation = format!("POST endpoints/{{id}}:{verb}");
        story.send(&operation, admin, &format!("{of_endpoint}:{verb}"), &body);
    }
    let found = story.get("deliveries", admin, "deliveries?limit=1");
    story.get(
        "endpoints/{id}/deliveries",
        admin,
        &format!("{of_endpoint}/deliveries?limit=1"),
    );
    let path = format!("conversations/{rid}/deliveries?limit=1");
    story.get("conversations/{rid}/deliveries", admin, &path);
    let delivery = text(&found, "/items/0/id");
    story.get("deliveries/{id}", admin, &format!("deliveries/{delivery}"));
    let again = format!("deliveries/{delivery}:resend");
    story.send("POST deliveries/{id}:resend", admin, &again, &json!({}));
    story.send(
        "POST deliveries/resend",
        admin,
        "deliveries/resend",
        &json!({"answers": ["5xx"], "from": "2027-01-15T00:00:00Z"}),
    );
    // Paused, so that what the replay brings stays there. It may be done before it is cancelled.
    admin
        .post(&format!("{API}{of_endpoint}:pause"), &json!({}))
        .expect(200);
    let past = json!({"from": "2027-01-15T00:00:00Z"});
    let path = format!("{of_endpoint}:replay");
    let replay = story.send("POST endpoints/{id}:replay", admin, &path, &past);
    let replay = format!("replays/{}", text(&replay, "/id"));
    story.send(
        "POST replays/{id}:cancel",
        admin,
        &format!("{replay}:cancel"),
        &json!({}),
    );
    story.get(
        "endpoints/{id}/replays",
        admin,
        &format!("{of_endpoint}/replays"),
    );
    story.get("replays/{id}", admin, &replay);
    let soon = json!({"overlapSeconds": 3_600});
    let path = format!("{of_endpoint}:rotate-secret");
    story.send("POST endpoints/{id}:rotate-secret", admin, &path, &soon);
    // This waits until the endpoint is resumed.
    desk.say("ann", rid, "Good bye!");
}

fn of_the_log(story: &mut Examples, admin: &Client) {
    story.get("events", admin, "events?kinds=message.visitor&limit=1");
    story.get("events/counts", admin, "events/counts");
    let lines = story.get("audit", admin, "audit?limit=1");
    let line = format!("audit/{}", text(&lines, "/items/0/id"));
    story.get("audit/{id}", admin, &line);
    story.get("catalogue", admin, "catalogue");
    story.shorten("GET catalogue", "kinds", 1);
    let kind = &mut story.found.get_mut("GET catalogue").unwrap()["kinds"][0];
    // A schema inside of an example would be taken for one of the document.
    kind["dialects"] = json!({"standard": kind["dialects"]["standard"]});
    kind["dialects"]["standard"]["schema"] = json!({"type": "object"});
    let pattern = json!({"pattern": "\\bORD-\\d{6}\\b", "text": "Where is ORD-123456?"});
    story.send("POST patterns/try", admin, "patterns/try", &pattern);
}

fn of_views_and_figures(story: &mut Examples, desk: &Desk, rid: &str) {
    let admin = &desk.admin;
    // One in the queue, and one that was rated.
    desk.new_chat("bob");
    let rating =
        json!({"rid": rid, "token": "ann", "data": [{"name": "satisfaction", "value": "5"}]});
    desk.anyone()
        .post("livechat/room.survey", &rating)
        .expect(200);
    let view = json!({"name": "Waiting", "filter": {"state": "queued"}});
    let view = text(&story.send("POST views", admin, "views", &view), "/id");
    let name = json!({"name": "Waiting for us"});
    story.send("PATCH views/{id}", admin, &format!("views/{view}"), &name);
    let report = json!({"name": "This week", "report": {"kind": "overview", "days": 7, "against": "before"}});
    admin.post(&format!("{API}views"), &report).expect(201);
    story.get("views", admin, "views");
    story.get("figures/waits", admin, "figures/waits");
    story.get("figures/now", admin, "figures/now");
    story.get("figures/taken", admin, "figures/taken");
    story.get("figures/sums", admin, "figures/sums?by=agent");
    story.get("figures/ratings", admin, "figures/ratings");
    story.get("figures/tags", admin, "figures/tags");
    story.get("figures/spreads", admin, "figures/spreads");
    let week = "figures/week?from=2027-01-11T00:00:00Z&to=2027-01-18T00:00:00Z";
    story.get("figures/week", admin, week);
    story.shorten("GET figures/week", "items", 3);
    story.get("sessions", admin, "sessions");
    story.get("push", admin, "push");
    let browser = push::Browser::new().subscription("https://push.example.org/a-browser");
    story.send(
        "POST push/subscriptions",
        admin,
        "push/subscriptions",
        &browser,
    );
}

fn of_business_hours(story: &mut Examples, admin: &Client) {
    let hours = story.get("business-hours", admin, "business-hours");
    let path = format!("business-hours/{}", text(&hours, "/items/0/id"));
    let days = json!({"otherDays": [
        {"from": "2027-01-22", "until": "2027-01-22", "name": "Stocktaking", "hours": [{"start": "09:00", "finish": "12:30"}]},
    ]});
    story.send("PATCH business-hours/{id}", admin, &path, &days);
    story.get("business-hours/{id}", admin, &path);
}

fn of_sites(story: &mut Examples, desk: &Desk) {
    let shop = json!({"name": "www.example.org"});
    let made = story.send("POST sites", &desk.admin, "sites", &shop);
    let (site, secret) = (text(&made, "/id"), text(&made, "/secret"));
    let bea = json!({"sub": "7", "email": "bea@example.org", "name": "Bea", "exp": LATER});
    let word = json!({"identity": identity::signed(&secret, &bea)});
    story.send(
        "POST widget/identity",
        &desk.anyone(),
        "widget/identity",
        &word,
    );
    story.get("sites", &desk.admin, "sites");
    let path = format!("sites/{site}:rotate-secret");
    let soon = json!({"overlapSeconds": 3_600});
    story.send("POST sites/{id}:rotate-secret", &desk.admin, &path, &soon);
    let page = desk.anyone().with("origin", "https://www.example.org");
    story.get("widget", &page, "widget?loader=1.0.0");
    story.get("widget/sites", &desk.admin, "widget/sites");
}

fn of_the_server(story: &mut Examples, desk: &Desk) {
    let admin = &desk.admin;
    story.get("settings", admin, "settings?limit=2");
    story.get("permissions", admin, "permissions");
    story.shorten("GET permissions", "items", 2);
    eventually("jobs have run, and a delivery waits", || {
        let health = admin.get(&format!("{API}health")).expect(200);
        let ran = health["jobs"][0]["succeededAt"].is_string();
        (ran && health["webhooks"]["oldestAt"].is_string()).then_some(())
    });
    story.get("health", admin, "health");
    story.shorten("GET health", "jobs", 1);
    let mailbox = Mailbox::open();
    admin.set("SMTP_Host", "127.0.0.1");
    admin.set("SMTP_Port", mailbox.port().to_string());
    story.send("POST mail:test", admin, "mail:test", &json!({}));
    let anyone = desk.anyone();
    let forgotten = json!({"login": "amy"});
    story.tell(
        "POST passwords/forgotten",
        &anyone,
        "passwords/forgotten",
        &forgotten,
    );
    let new = json!({"token": passwords::token(&mailbox, 2), "password": "longer-than-before"});
    story.tell("POST passwords/renew", &anyone, "passwords/renew", &new);
}
