//! Every route with parameters that nobody in their senses sends: whatever comes in, the answer is
//! one of ours, and never that the server has failed. A fixed seed, so that a run can be repeated;
//! HARK_FUZZ_SEED and HARK_FUZZ_ROUNDS look elsewhere and longer.

use hark_model::permissions::catalogue::{PERMISSIONS, ROLES};
use hark_model::settings::catalogue::SETTINGS;
use hark_testkit::{Agent, Client, Desk, Response, Server, eventually, on_both_engines, text};
use hark_wire::{Route, Shape, Surface, table};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};

use crate::HARK;
use crate::described_answers::DescribedAnswers;

const SEED: u64 = 20_261_121;
/// For each route and each of those who call it.
const ROUNDS: u64 = 10;
/// Stands in a text for what `serde_json` cannot write: half of a pair of surrogates.
const LONE_SURROGATE: &str = "lone-surrogate";

/// Texts that have broken something somewhere.
const ODD: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "\u{202e}txt.exe",
    "\u{200f}\u{200b}\u{feff}",
    "é\u{301}\u{1f468}\u{200d}\u{1f469}",
    "\u{10ffff}\u{fffd}",
    LONE_SURROGATE,
    "' OR 1=1 --",
    "\"; DROP TABLE account; --",
    "$1 %s %n {0} ${x}",
    "../../etc/passwd",
    "__proto__",
    "null",
    "undefined",
    "NaN",
    "-1",
    "0",
    "1e308",
    "99999999999999999999999",
    "true",
    "[]",
    "{}",
    "{",
    r#"{"term":"\u0000","exceptions":[null,"\u0000"]}"#,
    r#"{"term":{"$gt":""}}"#,
    r#"{"username":-1,"\u0000":1}"#,
    r#"{"username":1,"name":-1}"#,
    r#"{"username":{"$regex":"(a+)+$","$options":"i"}}"#,
    r#"{"$or":[{"$and":[{"roles":{"$in":[1,null]}}]},7]}"#,
    r#"{"username":0,"_id":1}"#,
    r#"{"msg":"method","method":"2fa:enable","id":"1","params":[]}"#,
    r#"{"msg":"method","method":"2fa:validateTempToken","params":["\u0000"]}"#,
    r#"{"msg":"method","method":"2fa:disable","params":["123456"]}"#,
    r#"{"msg":"method","method":"2fa:regenerateCodes","params":[{}]}"#,
    r#"{"msg":"method","method":"2fa:checkCodesRemaining","params":{}}"#,
    "2026-11-21T00:00:00.000Z",
    "+275760-09-13T00:00:00Z",
    "-009999-01-01T00:00:00Z",
    "online",
    "victim",
    "VICTIM",
    "victim@example.org",
    "admin",
    "livechat-agent",
];

/// Names of members, besides those that a route takes.
const METHODS: &[&str] = &[
    "sendMessage",
    "updateMessage",
    "deleteMessage",
    "loadHistory",
    "loadSurroundingMessages",
    "readMessages",
    "getRoomByTypeAndName",
    "rooms/get",
    "subscriptions/get",
    "permissions/get",
    "public-settings/get",
    "livechat:getRoutingConfig",
    "livechat:takeInquiry",
    "livechat:returnAsInquiry",
    "livechat:removeRoom",
    "livechat:removeAllClosedRooms",
];
const NAMES: &[&str] = &[
    "value",
    "permissions",
    "message",
    "selector",
    "ids",
    "user",
    "username",
    "email",
    "password",
    "code",
    "resume",
    "updatedSince",
    "userId",
    "roleName",
    "data",
    "status",
    "sort",
    "fields",
    "query",
    "count",
    "offset",
    "_id",
    "roles",
    "digest",
    "algorithm",
    "token",
    "",
    "__proto__",
    "a\0b",
    "\u{202e}",
];

struct Fuzz {
    random: StdRng,
    /// The id of an account that may come to harm.
    victim: String,
    /// What there is on the server, by the names of parameters under which it is asked for.
    real: Vec<(&'static [&'static str], Vec<String>)>,
    /// The token of the caller, if it is a visitor.
    token: Option<String>,
}

impl Fuzz {
    fn one_in(&mut self, count: usize) -> bool {
        self.random.random_range(0..count) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.random.random_range(0..from.len())]
    }

    /// Something that there is, of the kind that a parameter of this name means.
    fn real(&mut self, name: &str) -> Option<String> {
        if let (true, Some(token)) = (name == "token", &self.token) {
            return Some(token.clone());
        }
        let kinds = self.real.iter();
        let known = kinds.filter(|(names, _)| names.contains(&name));
        let known: Vec<&String> = known.flat_map(|(_, ids)| ids).collect();
        match known.as_slice() {
            [] => None,
            known => Some(known[self.random.random_range(0..known.len())].clone()),
        }
    }

    fn anything_real(&mut self) -> String {
        let known: Vec<&String> = self.real.iter().flat_map(|(_, ids)| ids).collect();
        known[self.random.random_range(0..known.len())].clone()
    }

    fn text(&mut self) -> String {
        match self.random.random_range(0..24) {
            20..24 => self.anything_real(),
            0 => self.victim.clone(),
            1 => "x".repeat(self.random.random_range(200..3_000)),
            2 => {
                let length = self.random.random_range(0..40);
                (0..length).map(|_| self.random.random::<char>()).collect()
            }
            3 => ROLES[self.random.random_range(0..ROLES.len())]
                .id
                .to_owned(),
            _ => self.pick(ODD).to_owned(),
        }
    }

    fn number(&mut self) -> Value {
        match self.random.random_range(0..9) {
            0 => json!(0),
            1 => json!(-1),
            2 => json!(1),
            3 => json!(i64::MIN),
            4 => json!(i64::MAX),
            5 => json!(u64::MAX),
            6 => json!(-0.0),
            7 => json!(1e308),
            _ => json!(0.1),
        }
    }

    /// Any JSON.
    fn value(&mut self, depth: usize) -> Value {
        match self.random.random_range(0..if depth == 0 { 4 } else { 6 }) {
            0 => Value::Null,
            1 => json!(self.one_in(2)),
            2 => self.number(),
            3 => json!(self.text()),
            4 => {
                let items = (0..self.random.random_range(0..4)).map(|_| self.value(depth - 1));
                Value::Array(items.collect())
            }
            _ => {
                let members = (0..self.random.random_range(0..4))
                    .map(|_| (self.pick(NAMES).to_owned(), self.value(depth - 1)));
                Value::Object(members.collect())
            }
        }
    }

    /// What nearly fits, so that it comes as far as the handler.
    fn near(&mut self, shape: &Shape) -> Value {
        if self.one_in(12) {
            return self.value(3);
        }
        match shape {
            Shape::Anything | Shape::Open => {
                let members = (0..self.random.random_range(0..5))
                    .map(|_| (self.pick(NAMES).to_owned(), self.value(3)));
                Value::Object(members.collect())
            }
            Shape::Text | Shape::NonEmpty => json!(self.text()),
            Shape::Number | Shape::Integer | Shape::Between(..) | Shape::Clamped(..) => {
                self.number()
            }
            Shape::Flag | Shape::Only(_) => json!(self.one_in(2)),
            Shape::OneOf(choices) => json!(self.pick(choices)),
            Shape::List(of) | Shape::SomeOf(of) => {
                let items = (0..self.random.random_range(0..4)).map(|_| self.near(of));
                Value::Array(items.collect())
            }
            Shape::Maybe(of) => {
                if self.one_in(3) {
                    Value::Null
                } else {
                    self.near(of)
                }
            }
            Shape::Scalar => self.value(0),
            Shape::Object(fields) | Shape::MeteorMatch(fields) | Shape::OpenObject(fields) => {
                let mut members = Map::new();
                for field in *fields {
                    let left_out = if field.required { 15 } else { 2 };
                    if self.one_in(left_out) {
                        continue;
                    }
                    let value = if self.one_in(4) {
                        None
                    } else {
                        self.real(field.name).filter(|_| takes_text(&field.shape))
                    };
                    let value = match value {
                        Some(text) => json!(text),
                        None => self.near(&field.shape),
                    };
                    members.insert(field.name.to_owned(), value);
                }
                if self.one_in(15) {
                    members.insert(self.pick(NAMES).to_owned(), self.value(3));
                }
                Value::Object(members)
            }
            Shape::Either(shapes) => {
                let place = self.random.random_range(0..shapes.len());
                self.near(&shapes[place])
            }
        }
    }

    /// The body of routes that look at it themselves: what they look for, too.
    fn params(&mut self, route: &Route) -> Value {
        if !matches!(route.params, Shape::Anything) || self.one_in(3) {
            return self.near(&route.params);
        }
        match route.path {
            "permissions.update" => {
                let permission = PERMISSIONS[self.random.random_range(0..60)].id;
                let grant = json!({"_id": permission, "roles": ["admin", self.pick(ODD)]});
                let odd = self.value(2);
                json!({"permissions": if self.one_in(2) { json!([grant]) } else { json!([grant, odd]) }})
            }
            "login" => {
                json!({"user": self.value(1), "password": self.value(1), "code": self.value(0)})
            }
            "users.autocomplete" => json!({"selector": self.text()}),
            "users.presence" => json!({"ids": [self.text(), self.text()]}),
            path if path.starts_with("method.call") => {
                let (method, params) = (self.pick(METHODS), [self.value(2), self.value(1)]);
                let frame = json!({"msg": "method", "id": "1", "method": method, "params": params});
                json!({"message": if self.one_in(3) { self.text() } else { frame.to_string() }})
            }
            "chat.sendMessage" => {
                let mut message = json!({"rid": "GENERAL", "msg": self.value(0)});
                for name in ["_id", "attachments", "tmid", "alias", "t"] {
                    if self.one_in(4) {
                        message[name] = self.value(2);
                    }
                }
                json!({"message": message})
            }
            "chat.postMessage" => {
                json!({"channel": [self.pick(&["#general", "@admin", "@x"]), self.text()], "text": self.value(0), "attachments": self.value(2)})
            }
            "chat.syncMessages" => {
                json!({"roomId": "GENERAL", "lastUpdate": self.text(), "type": "UPDATED", "next": self.value(0)})
            }
            path if path.starts_with("chat.") => {
                json!({"roomId": "GENERAL", "messageId": self.text(), "msgId": self.text(), "searchText": self.text(), "emoji": self.text()})
            }
            path if path.starts_with("settings") => json!({"value": self.value(2)}),
            path if path.starts_with("v4/") => {
                let event = self.pick(&["chatStarts", "CHATENDS", "x"]);
                let event = if self.one_in(3) {
                    self.value(1)
                } else {
                    json!(event)
                };
                let target = if self.one_in(3) {
                    self.value(1)
                } else {
                    json!("http://127.0.0.1:9/")
                };
                json!({"event": event, "targetUrl": target})
            }
            "oauth/token" => {
                let grant = self.pick(&["password", "refresh_token", "x"]);
                json!({"grant_type": grant, "username": self.value(0), "password": self.value(1), "refresh_token": self.value(1), "totp": self.value(0)})
            }
            _ => self.near(&route.params),
        }
    }

    fn path(&mut self, route: &Route) -> String {
        let is_setting = route.path.starts_with("settings");
        route.url(|name| {
            if name == "_id" && is_setting && !self.one_in(4) {
                let place = self.random.random_range(0..SETTINGS.len());
                return SETTINGS[place].id.to_owned();
            }
            let real = if self.one_in(4) {
                None
            } else {
                self.real(name)
            };
            let text = real.unwrap_or_else(|| self.text());
            escape(text.as_bytes(), "none")
        })
    }

    /// A query of these parameters, with brackets as a client would write them, or not quite.
    fn query(&mut self, params: &Value) -> String {
        let mut pairs = Vec::new();
        for (name, value) in params.as_object().into_iter().flatten() {
            let name = escape(name.as_bytes(), name);
            let text = |value: &Value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            match value {
                Value::Array(items) if !self.one_in(5) => {
                    for item in items {
                        pairs.push(format!("{name}[]={}", escape(text(item).as_bytes(), "")));
                    }
                }
                Value::Object(members) if !self.one_in(5) => {
                    for (inner, value) in members {
                        let inner = escape(inner.as_bytes(), inner);
                        pairs.push(format!(
                            "{name}[{inner}]={}",
                            escape(text(value).as_bytes(), "")
                        ));
                    }
                }
                value => pairs.push(format!("{name}={}", escape(text(value).as_bytes(), ""))),
            }
        }
        if self.one_in(10) {
            let bytes: Vec<u8> = (0..20).map(|_| self.random.random()).collect();
            pairs.push(escape(&bytes, ""));
        }
        if self.one_in(10) {
            pairs.push(
                self.pick(&[
                    "%",
                    "%zz",
                    "=",
                    "&&",
                    "[]",
                    "[",
                    "a[=1",
                    "[a]=1",
                    "a[][b]=1&a[0]=2&a=3",
                ])
                .to_owned(),
            );
        }
        pairs.join("&")
    }

    /// The bytes of a body: mostly JSON, sometimes of a kind that `serde_json` does not write.
    fn body(&mut self, params: &Value) -> Vec<u8> {
        let text = params.to_string().replace(LONE_SURROGATE, "\\ud800");
        match self.random.random_range(0..40) {
            0 => format!("{}{text}{}", "[".repeat(100), "]".repeat(100)).into_bytes(),
            1 => format!("{}{text}", "{\"a\":".repeat(100_000)).into_bytes(),
            2 => text.replace(':', ":1e999,\"b\":").into_bytes(),
            3 => text.into_bytes()[1..].to_vec(),
            4 => (0..300).map(|_| self.random.random()).collect(),
            5 => text
                .replace("\"x", "\"\u{fffd}\\u0000")
                .replace('x', "y")
                .into_bytes(),
            6 => text
                .replace('"', &format!("\"{}", "z".repeat(60_000)))
                .into_bytes(),
            _ => text.into_bytes(),
        }
    }
}

fn takes_text(shape: &Shape) -> bool {
    match shape {
        Shape::Text | Shape::NonEmpty => true,
        Shape::Maybe(of) => takes_text(of),
        _ => false,
    }
}

/// Percent-encoded, unless it is one of the plain texts that may stand as they are.
fn escape(bytes: &[u8], plain: &str) -> String {
    let is_plain = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_plain && bytes == plain.as_bytes() {
        return plain.to_owned();
    }
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

/// One of ours: JSON with the headers of the API, or the small page.
fn assert_ours(route: &Route, answer: &Response, what: &str) {
    assert!(
        answer.status < 500,
        "{what}\nanswers {} {}",
        answer.status,
        answer.text()
    );
    match answer.header("content-type") {
        None if answer.status == 204 => assert_ne!(route.surface, Surface::RocketChat),
        // where a picture is
        None if answer.status == 307 => assert!(answer.header("location").is_some(), "{what}"),
        Some("application/json; charset=utf-8") if route.surface == Surface::Comm100 => {
            let said = answer.value();
            let code = said["code"].as_u64().map(|code| code / 1_000);
            let is_error =
                said["error_description"].is_string() || code == Some(answer.status.into());
            assert_eq!(
                is_error,
                answer.status >= 400,
                "{what}\nanswers {} {said}",
                answer.status
            );
        }
        Some("application/json") if route.surface == Surface::Hark => {
            assert!([200, 201].contains(&answer.status), "{what}");
            answer.value();
        }
        Some("application/problem+json") => {
            let problem = answer.value();
            assert_eq!(problem["status"], answer.status, "{what}");
            assert!(problem["detail"].is_string(), "{what}");
            let kind = text(&problem, "/type");
            let described = kind
                .strip_prefix("urn:hark:problem:")
                .is_some_and(|name| hark_wire::PROBLEMS.iter().any(|one| one.0 == name));
            assert!(described, "{what}\n{kind} is in no reference");
        }
        Some("application/json") => {
            let value: Value = serde_json::from_slice(&answer.body)
                .unwrap_or_else(|error| panic!("{what}\nanswers {error}"));
            let known = value["success"].is_boolean() || value["status"].is_string();
            assert!(known, "{what}\nanswers {value}");
            let good = value["success"] == true || value["status"] == "success";
            assert_eq!(
                good,
                answer.status == 200,
                "{what}\nanswers {} {value}",
                answer.status
            );
        }
        Some("text/html; charset=utf-8") => {
            assert!(
                [400, 413, 415].contains(&answer.status),
                "{what}\nanswers {}",
                answer.status
            );
            assert!(answer.text().contains("<pre>"), "{what}");
        }
        other => panic!(
            "{what}\nanswers {} {other:?} {}",
            answer.status,
            answer.text()
        ),
    }
}

/// A client that stays in whatever happens: its token does not end with a log-out, and passes
/// the second factor.
fn steady(server: &Server, name: &str) -> Client {
    let client = server.client().login(name, &format!("secret-of-{name}"));
    let id = client.get("me").expect(200)["_id"].clone();
    let body = json!({"tokenName": "steady", "bypassTwoFactor": true});
    let made = client
        .post("users.generatePersonalAccessToken", &body)
        .expect(200);
    server
        .client()
        .with("X-User-Id", id.as_str().unwrap())
        .with("X-Auth-Token", made["token"].as_str().unwrap())
        .with(
            "Authorization",
            &format!("Bearer {}", made["token"].as_str().unwrap()),
        )
}

/// Stands in everything that only one visitor, and those who serve them, may know.
const MARK: &str = "zq7secret";
const OTHER: &str = "another-visitors-token";

/// A visitor with an open chat and an earlier one, an agent in both, and all that could betray them;
/// and another visitor, who knows every id there is.
fn furnish(desk: &Desk, amy: &Agent) -> Vec<(&'static [&'static str], Vec<String>)> {
    let sales = desk.department("Sales", &[amy], &json!({}));
    desk.field("plan", "visitor", &json!({}));
    desk.field("order", "room", &json!({}));
    let own = format!("{MARK}-token");
    let known = json!({
        "name": format!("{MARK} name"), "username": format!("{MARK}-username"), "email": format!("{MARK}@example.org"),
        "phone": format!("{MARK}-0815"), "customFields": [{"key": "plan", "value": format!("{MARK} plan"), "overwrite": true}],
    });
    let visitor = text(&desk.visitor(&own, &known), "/_id");
    let mut rooms = Vec::new();
    let mut messages = Vec::new();
    for open in [false, true] {
        let rid = text(&desk.chat(&own), "/_id");
        messages.push(text(&desk.say(&own, &rid, &format!("{MARK} said")), "/_id"));
        let answer = json!({"message": {"rid": rid, "msg": format!("{MARK} answered")}});
        let answer = amy.client.post("chat.sendMessage", &answer).expect(200);
        messages.push(text(&answer, "/message/_id"));
        let order = json!({"token": own, "key": "order", "value": format!("{MARK} order"), "overwrite": true});
        desk.anyone()
            .post("livechat/custom.field", &order)
            .expect(200);
        let page = json!({"title": format!("{MARK} page"), "change": "url", "location": {"href": format!("https://x.test/{MARK}")}});
        desk.anyone()
            .post(
                "livechat/page.visited",
                &json!({"token": own, "rid": rid, "pageInfo": page}),
            )
            .expect(200);
        if !open {
            let survey = json!({"rid": rid, "token": own, "data": [{"name": "additionalFeedback", "value": format!("{MARK} felt")}]});
            desk.anyone()
                .post("livechat/room.survey", &survey)
                .expect(200);
            let bye = json!({"rid": rid, "comment": format!("{MARK} bye"), "tags": [format!("{MARK}-tag")]});
            amy.client
                .post("livechat/room.closeByUser", &bye)
                .expect(200);
        }
        rooms.push(rid);
    }
    let inquiry = text(&desk.inquiry(&rooms[1]), "/_id");
    let (his_room, his_message, his_id) = other_visitor(desk);
    rooms.push(his_room);
    messages.push(his_message);
    vec![
        (&["token", "x-visitor-token"], vec![OTHER.to_owned()]),
        (&["rid", "roomId", "name"], rooms),
        (&["_id", "id", "msgId", "messageId"], messages),
        (&["inquiryId", "_id"], vec![inquiry]),
        (&["department", "departmentId", "_id", "id"], vec![sales]),
        (&["agentId", "userId", "_id"], vec![amy.id.clone()]),
        (&["username", "agent"], vec![amy.name.clone()]),
        (&["visitorId", "contactId", "_id"], vec![visitor, his_id]),
        (
            &["key", "field"],
            vec!["plan".to_owned(), "order".to_owned()],
        ),
    ]
}

/// An endpoint that nothing reaches, what is on its way to it, and a replay.
fn webhooks(desk: &Desk, endpoint: String) -> Vec<String> {
    let delivery = eventually("something is on its way", || {
        let page = desk.admin.get("/api/hark/v1/deliveries").expect(200);
        page["items"][0]["id"].as_str().map(str::to_owned)
    });
    let replay = format!("/api/hark/v1/endpoints/{endpoint}:replay");
    let replay = desk.admin.post(&replay, &json!({"afterEvent": 0}));
    let replay = text(&replay.expect(201), "/id");
    vec![endpoint, "workspace".to_owned(), delivery, replay]
}

/// The other one as they should be: known, with an open chat and something said in it.
fn other_visitor(desk: &Desk) -> (String, String, String) {
    let id = text(&desk.visitor(OTHER, &json!({})), "/_id");
    let rid = text(&desk.chat(OTHER), "/_id");
    let message = text(&desk.say(OTHER, &rid, "mine"), "/_id");
    (rid, message, id)
}

/// One call; answers what was sent, for people, and what came back.
fn call(fuzz: &mut Fuzz, client: &Client, route: &Route) -> (String, Response) {
    let params = fuzz.params(route);
    let path = fuzz.path(route);
    let method = route.method.as_str();
    if method == "GET" {
        let path = format!("{path}?{}", fuzz.query(&params));
        let answer = client.get(&path);
        return (format!("GET {path}"), answer);
    }
    let body = fuzz.body(&params);
    let form = fuzz.one_in(10);
    let kind = if form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    let answer = client.send(method, &path, &[("Content-Type", kind)], &body);
    let shown = body[..body.len().min(2_000)].to_vec();
    let sent = format!("{method} {path} {kind} {}", String::from_utf8_lossy(&shown));
    (sent, answer)
}

on_both_engines! {
    fn whatever_comes_in_the_answer_is_one_of_ours(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let admin = &desk.admin;
        admin.person("ursula", &["user", "livechat-agent"]);
        admin.person("victim", &["user"]);
        let victim = admin.get("users.info?username=victim").expect(200);
        let victim = victim["user"]["_id"].as_str().unwrap().to_owned();
        let amy = desk.agent("amy");
        let hook = json!({"url": "http://127.0.0.1:9/", "events": ["*"]});
        let hook = text(&admin.post("/api/hark/v1/endpoints", &hook).expect(201), "/id");
        let mut real = furnish(&desk, &amy);
        real.push((&["id"], webhooks(&desk, hook)));
        let number = |name: &str, usual: u64| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
        let (seed, rounds) = (number("HARK_FUZZ_SEED", SEED), number("HARK_FUZZ_ROUNDS", ROUNDS));
        let mut fuzz = Fuzz { random: StdRng::seed_from_u64(seed), victim, real, token: None };
        let mut statuses = std::collections::BTreeMap::new();
        let described = DescribedAnswers::of(&desk.anyone());

        // those who are not logged in come first: so far nobody has let them in anywhere
        let nobody = desk.anyone();
        let cookies = format!("rc_token={OTHER}; rc_room_type=l; rc_is_widget=t");
        let other = nobody.with("x-visitor-token", OTHER).with("Cookie", &cookies);
        for route in table() {
            for (name, client) in [("nobody", &nobody), ("another visitor", &other)] {
                let is_visitor = name != "nobody";
                let rounds = match (route.access.wants_login(), is_visitor) {
                    (true, false) => rounds / 8,
                    (true, true) => 2,
                    (false, _) => rounds * 2,
                };
                for round in 0..rounds {
                    if is_visitor && round % 10 == 0 {
                        fuzz.token = Some(OTHER.to_owned());
                        // they may have been forgotten, and their chat closed
                        other_visitor(&desk);
                    }
                    let (sent, answer) = call(&mut fuzz, client, route);
                    *statuses.entry(answer.status).or_insert(0) += 1;
                    let what = format!("{name}: {sent}");
                    assert_ours(route, &answer, &what);
                    described.check(route, &answer, &what);
                    assert!(!answer.text().contains(MARK), "{what}\nlets a stranger know {}", answer.text());
                }
                fuzz.token = None;
            }
        }
        // and what is the visitor's is as it was
        let own = format!("{MARK}-token");
        let visitor = nobody.get(&format!("livechat/visitor/{own}")).expect(200)["visitor"].clone();
        assert_eq!((&visitor["name"], &visitor["livechatData"]["plan"]), (&json!(format!("{MARK} name")), &json!(format!("{MARK} plan"))));
        let rid = text(&visitor, "/lastChat/_id");
        let said = desk.story(&own, &rid);
        assert!(said.contains(&format!("{MARK}-username: {MARK} said")) && said.contains(&format!("amy: {MARK} answered")), "{said:#?}");

        let callers = [("user", steady(&desk.server, "ursula")), ("admin", steady(&desk.server, "admin"))];
        for route in table().into_iter().filter(|route| !route.endless) {
            for (name, client) in &callers {
                for _ in 0..rounds {
                    let (sent, answer) = call(&mut fuzz, client, route);
                    *statuses.entry(answer.status).or_insert(0) += 1;
                    let what = format!("{name}: {sent}");
                    assert_ours(route, &answer, &what);
                    described.check(route, &answer, &what);
                }
            }
        }
        // what came as far as a handler, and what was turned away, was enough of each to mean something
        for status in [200, 400, 401, 403] {
            assert!(statuses.get(&status).is_some_and(|count| *count > 100), "{statuses:?}");
        }
        assert_eq!(callers[1].1.get("me").expect(200)["active"], true);
        assert_eq!(desk.server.stop(), Some(0));
    }
}
