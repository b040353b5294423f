//! Who gets in where: every row of the route table, called by everyone.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hark_model::permissions::catalogue::PERMISSIONS;
use hark_testkit::{
    Client, Database, Desk, Engine, Response, Server, Setup, on_both_engines, text,
};
use hark_wire::{Access, Route, Shape, Surface, table};
use serde_json::{Map, Value, json};

use crate::HARK;

struct Caller {
    name: &'static str,
    shows: Shows,
}

enum Shows {
    Nothing,
    /// A visitor's token, in every place where a visitor's token may travel.
    VisitorToken(&'static str),
    /// A valid token of an account that has these roles.
    Account(&'static [&'static str]),
    /// A token that was valid until its owner logged out, though they are an administrator.
    EndedSession,
    /// The id of an administrator and the valid token of somebody else.
    OtherId,
}

const CALLERS: &[Caller] = &[
    caller("nobody", Shows::Nothing),
    caller("a visitor", Shows::VisitorToken("visitor-token-1")),
    caller("another visitor", Shows::VisitorToken("visitor-token-2")),
    caller("someone who logged out", Shows::EndedSession),
    caller("someone under another name", Shows::OtherId),
    caller("roleless", Shows::Account(&[])),
    caller("user", Shows::Account(&["user"])),
    caller("guest", Shows::Account(&["guest"])),
    caller("bot", Shows::Account(&["bot"])),
    caller("agent", Shows::Account(&["user", "livechat-agent"])),
    caller("monitor", Shows::Account(&["user", "livechat-monitor"])),
    caller("manager", Shows::Account(&["user", "livechat-manager"])),
    caller("administrator", Shows::Account(&["admin"])),
];

const fn caller(name: &'static str, shows: Shows) -> Caller {
    Caller { name, shows }
}

/// Open to anyone who is logged in, who then sees what is theirs; for all of it they need a
/// permission, and without it the answer is `unauthorized`.
const OWN_ONLY: &[(&str, &str, &str)] = &[("GET", "livechat/rooms", "view-livechat-rooms")];

/// Reports that are summed up for all departments together: those who may know of some only do not get them.
const OF_EVERYTHING: &[&str] = &[
    "livechat/analytics/dashboards/conversations-by-source",
    "livechat/analytics/dashboards/conversations-by-tags",
];

/// Not served, as by the original: anyone who may call them gets `unauthorized`.
fn is_served(route: &Route) -> bool {
    !route.path.starts_with("omnichannel/contacts")
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    NotLoggedIn,
    Forbidden,
    /// Said by the handler, in a word of its own.
    Unauthorized,
    Open,
}

fn verdict(route: &Route, answer: &Response) -> Verdict {
    match route.surface {
        Surface::RocketChat => verdict_of_rocketchat(answer),
        Surface::Comm100 => match answer.value()["code"].as_u64() {
            Some(401_000) => Verdict::NotLoggedIn,
            Some(403_000) => Verdict::Forbidden,
            _ => Verdict::Open,
        },
        Surface::Hark => verdict_of_hark(answer),
    }
}

fn verdict_of_hark(answer: &Response) -> Verdict {
    if !matches!(answer.status, 401 | 403) {
        return Verdict::Open;
    }
    let problem = answer.value();
    assert_eq!(problem["status"], answer.status, "{problem}");
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    match problem["type"].as_str().unwrap() {
        "urn:hark:problem:unauthenticated" => Verdict::NotLoggedIn,
        "urn:hark:problem:forbidden" => Verdict::Forbidden,
        _ => panic!("{problem}"),
    }
}

fn verdict_of_rocketchat(answer: &Response) -> Verdict {
    match answer.status {
        401 if answer.value()
            == json!({"status": "error", "message": "You must be logged in to do this."}) =>
        {
            Verdict::NotLoggedIn
        }
        403 if answer.value()["error"] == "unauthorized" => Verdict::Unauthorized,
        403 => {
            let words =
                "User does not have the permissions required for this action [error-unauthorized]";
            assert_eq!(answer.value(), json!({"success": false, "error": words}));
            Verdict::Forbidden
        }
        _ => Verdict::Open,
    }
}

fn grants(roles: &[&str], permission: &str) -> bool {
    let known = PERMISSIONS.iter().find(|known| known.id == permission);
    let known = known.unwrap_or_else(|| panic!("there is no permission {permission}"));
    known.roles.iter().any(|role| roles.contains(role))
}

/// What the table says of a caller.
fn expected(route: &Route, shows: &Shows) -> Verdict {
    let Shows::Account(roles) = shows else {
        return if route.access.wants_login() {
            Verdict::NotLoggedIn
        } else if route.file.is_some() {
            // The room of this test's paths is nobody's, and files are for those who have one.
            Verdict::Unauthorized
        } else {
            Verdict::Open
        };
    };
    let own_only = OWN_ONLY
        .iter()
        .find(|(method, path, _)| *method == route.method.as_str() && *path == route.path);
    if let Some((_, _, permission)) = own_only
        && !grants(roles, permission)
    {
        return Verdict::Unauthorized;
    }
    if roles.contains(&"livechat-monitor") && OF_EVERYTHING.contains(&route.path) {
        return Verdict::Forbidden;
    }
    let admitted = route.access.admits(|permission| grants(roles, permission));
    if admitted && route.file.is_some() && route.path.contains("{rid}") {
        return Verdict::Unauthorized;
    }
    match (admitted, route.hides_permission) {
        (true, _) if !is_served(route) => Verdict::Unauthorized,
        (true, _) => Verdict::Open,
        (false, true) => Verdict::Unauthorized,
        (false, false) => Verdict::Forbidden,
    }
}

/// The smallest parameters that fit.
fn fitting(shape: &Shape) -> Value {
    match shape {
        Shape::Anything | Shape::Open => json!({}),
        Shape::Maybe(_) => Value::Null,
        Shape::Scalar => json!("x"),
        Shape::Text | Shape::NonEmpty => json!("x"),
        Shape::Number | Shape::Integer => json!(1),
        Shape::Between(low, _) | Shape::Clamped(low, _) => json!(low),
        Shape::Flag => json!(true),
        Shape::Only(position) => json!(position),
        Shape::OneOf(choices) => json!(choices[0]),
        Shape::List(_) => json!([]),
        Shape::SomeOf(of) => json!([fitting(of)]),
        Shape::Object(fields) | Shape::MeteorMatch(fields) | Shape::OpenObject(fields) => {
            let required = fields.iter().filter(|field| field.required);
            let members: Map<String, Value> = required
                .map(|field| (field.name.to_owned(), fitting(&field.shape)))
                .collect();
            Value::Object(members)
        }
        Shape::Either(shapes) => fitting(&shapes[0]),
    }
}

fn fits(shape: &Shape, params: &Value) -> bool {
    shape.fit(&mut params.clone()).is_ok()
}

fn path(route: &Route) -> String {
    route.url(|_| "x".to_owned())
}

fn call(client: &Client, route: &Route, params: &Value) -> Response {
    let (method, path) = (route.method.as_str(), path(route));
    if method != "GET" {
        return client.json(method, &path, params);
    }
    let pairs = params.as_object().into_iter().flatten();
    let pairs = pairs.map(|(name, value)| match value {
        Value::Array(_) => format!("{name}[]=x"),
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    });
    let query: Vec<String> = pairs.collect();
    client.get(&format!("{path}?{}", query.join("&")))
}

/// The same caller, who shows their token in each way that a surface knows.
fn bearing(client: &Client) -> Client {
    let token = client.header("X-Auth-Token").unwrap();
    client.with("Authorization", &format!("Bearer {token}"))
}

/// Everyone, ready to call; someone who logs out on the way is logged in again.
struct Company {
    server: Server,
    admin: Client,
    clients: Vec<Client>,
}

impl Company {
    fn gather(server: Server) -> Self {
        let admin = server.admin();
        for (number, caller) in CALLERS.iter().enumerate() {
            if let Shows::Account(roles) = caller.shows {
                admin.person(&format!("caller{number}"), roles);
            }
        }
        admin.person("somebody", &["user"]);
        let clients = Vec::new();
        let mut company = Self {
            server,
            admin,
            clients,
        };
        company.clients = (0..CALLERS.len())
            .map(|number| company.client(number))
            .collect();
        company
    }

    fn client(&self, number: usize) -> Client {
        let plain = self.server.client();
        match CALLERS[number].shows {
            Shows::Nothing => plain,
            Shows::VisitorToken(token) => plain
                .with("x-visitor-token", token)
                .with(
                    "Cookie",
                    &format!("rc_token={token}; rc_room_type=l; rc_is_widget=t"),
                )
                .with("X-Auth-Token", token)
                .with("X-User-Id", token)
                .with("Authorization", &format!("Bearer {token}")),
            Shows::Account(_) => {
                let name = format!("caller{number}");
                bearing(&plain.login(&name, &format!("secret-of-{name}")))
            }
            Shows::EndedSession => {
                let client = bearing(&self.server.admin());
                client.post("logout", &json!({})).expect(200);
                client
            }
            Shows::OtherId => {
                let login = json!({"user": "somebody", "password": "secret-of-somebody"});
                let login = plain.post("login", &login).expect(200);
                let id = self.admin.get("me").expect(200)["_id"].clone();
                let token = login["data"]["authToken"].as_str().unwrap();
                let pair = BASE64.encode(format!("admin:{token}"));
                plain
                    .with("X-User-Id", id.as_str().unwrap())
                    .with("X-Auth-Token", token)
                    .with("Authorization", &format!("Basic {pair}"))
            }
        }
    }

    fn call(&mut self, number: usize, route: &Route, params: &Value) -> Response {
        let mut params = params.clone();
        if let (Shows::VisitorToken(token), Some(members)) =
            (&CALLERS[number].shows, params.as_object_mut())
        {
            members.insert("token".into(), json!(token));
        }
        let answer = call(&self.clients[number], route, &params);
        if route.path == "logout" && answer.status == 200 {
            self.clients[number] = self.client(number);
        }
        answer
    }

    /// What nobody but an administrator may have changed.
    fn belongings(&self) -> Vec<Value> {
        let look = |path: &str| self.admin.get(path).expect(200);
        let mut people =
            look("users.list?count=0&fields=%7B%22username%22:1,%22roles%22:1,%22active%22:1%7D");
        people.as_object_mut().unwrap().remove("count");
        vec![
            people,
            look("settings?count=0"),
            look("permissions.listAll"),
            look("roles.list"),
        ]
    }
}

/// The smallest parameters that fit, with these values wherever a member or a part of the path is
/// called so.
fn filled(shape: &Shape, known: &Value) -> Value {
    let (Shape::Object(fields) | Shape::MeteorMatch(fields) | Shape::OpenObject(fields)) = shape
    else {
        return fitting(shape);
    };
    let mut members = Map::new();
    for field in *fields {
        let is_text = match field.shape {
            Shape::Maybe(of) => matches!(of, Shape::Text),
            ref shape => matches!(shape, Shape::Text | Shape::NonEmpty),
        };
        match &known[field.name] {
            Value::String(text) if is_text => drop(members.insert(field.name.into(), json!(text))),
            _ if field.required => {
                drop(members.insert(field.name.into(), filled(&field.shape, known)));
            }
            _ => {}
        }
    }
    Value::Object(members)
}

pub fn call_with(client: &Client, route: &Route, known: &Value) -> Response {
    let mut params = filled(&route.params, known);
    if matches!(route.params, Shape::Anything) {
        params = known.clone();
    }
    let path = route.url(|name| known[name].as_str().unwrap_or("x").to_owned());
    if route.method != "GET" {
        return client.json(route.method.as_str(), &path, &params);
    }
    let pairs = params.as_object().into_iter().flatten();
    let pairs = pairs.map(|(name, value)| match value.as_str() {
        Some(text) => format!("{name}={text}"),
        None => format!("{name}={value}"),
    });
    client.get(&format!("{path}?{}", pairs.collect::<Vec<_>>().join("&")))
}

on_both_engines! {
    /// Who knows every id of a chat, and shows no token or another's, reads nothing of it and
    /// changes nothing in it.
    fn a_visitors_token_opens_their_own_chat_and_no_other(engine: Engine) {
        const MARK: &str = "zq7secret";
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        desk.field("plan", "visitor", &json!({}));
        let own = format!("{MARK}-token");
        let ann = desk.visitor(&own, &json!({"name": format!("{MARK} name"), "email": format!("{MARK}@example.org")}));
        let rid = text(&desk.chat(&own), "/_id");
        let message = text(&desk.say(&own, &rid, &format!("{MARK} said")), "/_id");
        let answer = json!({"message": {"rid": rid, "msg": format!("{MARK} answered")}});
        amy.client.post("chat.sendMessage", &answer).expect(200);
        let sales = desk.department("Sales", &[&amy], &json!({}));
        desk.visitor("another", &json!({}));
        let state = || {
            let visitor = desk.admin.get(&format!("livechat/visitors.info?visitorId={}", text(&ann, "/_id"))).expect(200);
            (visitor, desk.room(&rid), desk.history(&own, &rid))
        };
        let before = state();
        let strangers = table().into_iter().filter(|route| !route.access.wants_login());
        let known = |token: &str| json!({
            "token": token, "rid": rid, "roomId": rid, "_id": message, "department": sales, "key": "plan", "value": "x", "msg": "mine now",
            "visitorId": ann["_id"], "email": "another@example.org", "status": "away", "name": "x", "message": "x",
        });
        let cookies = |token: &str| format!("rc_token={token}; rc_rid={rid}; rc_room_type=l; rc_is_widget=t");
        for route in strangers {
            for token in ["another", "unknown", ""] {
                let client = desk.anyone().with("x-visitor-token", token).with("Cookie", &cookies(token));
                let what = format!("{} {} with the token {token:?}", route.method, route.path);
                // what there is of their own may be gone with the call before
                desk.visitor("another", &json!({}));
                let answer = call_with(&client, route, &known(token));
                assert!(!answer.text().contains(MARK), "{what} lets a stranger know {}", answer.text());
                let names_room = route.path.contains("{rid}") || matches!(&route.params, Shape::Object(fields) | Shape::MeteorMatch(fields)
                    if fields.iter().any(|field| field.name == "rid"));
                // any page may be visited by anybody; it stays out of the chat
                if names_room && route.path != "livechat/page.visited" {
                    assert!([400, 401, 403].contains(&answer.status), "{what} answers {} {}", answer.status, answer.text());
                }
                assert_eq!(state(), before, "{what} changed something");
            }
        }
        // with their own it is theirs
        for (path, wanted) in [(format!("livechat/message/{message}?token={own}&rid={rid}"), 200), (format!("livechat/agent.info/{rid}/{own}"), 200)] {
            desk.anyone().get(&path).expect(wanted);
        }
    }

    fn each_row_of_the_table_opens_to_whom_it_says(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let mut company = Company::gather(server);
        let before = company.belongings();
        for (number, caller) in CALLERS.iter().enumerate() {
            if caller.name == "administrator" {
                assert_eq!(before, company.belongings(), "changed by someone who may not");
            }
            for route in table() {
                let expected = expected(route, &caller.shows);
                let what = format!("{} {} as {}", route.method, route.path, caller.name);
                let right = fitting(&route.params);
                assert!(fits(&route.params, &right), "{what}: this test does not know the shape");
                // what never ends is looked at where there is a test for it
                if route.endless && expected == Verdict::Open {
                    continue;
                }
                assert_eq!(verdict(route, &company.call(number, route, &right)), expected, "{what}");
                // garbage lets nobody in, and says what is wrong only to whom may hear it
                for garbage in [json!({"odd": ["x"]}), json!({"userId": ["x"], "data": ["x"], "value": ["x"]}), json!([])] {
                    if garbage.is_array() && route.method == "GET" {
                        continue;
                    }
                    let answer = company.call(number, route, &garbage);
                    let what = format!("{what} with {garbage}");
                    // What the original's handlers look at by themselves, nobody sees who may not call them.
                    let is_of_handler = matches!(route.params, Shape::MeteorMatch(_));
                    let comes_first = expected == Verdict::NotLoggedIn
                        || (is_of_handler && expected != Verdict::Open);
                    if comes_first || fits(&route.params, &garbage) {
                        assert_eq!(verdict(route, &answer), expected, "{what}");
                    } else {
                        let refused = answer.expect(400);
                        if route.surface == Surface::Hark {
                            assert_eq!(refused["type"], "urn:hark:problem:invalid", "{what}");
                            continue;
                        }
                        let matched = refused["error"].as_str().unwrap().starts_with("Match error: ");
                        assert!(matched || refused["errorType"] == "invalid-params", "{what}");
                    }
                }
                if route.method != "GET" && route.file.is_none() {
                    let json = [("Content-Type", "application/json")];
                    let answer = company.clients[number].send(route.method.as_str(), &path(route), &json, b"{");
                    assert_eq!(answer.status, 400, "{what} with broken JSON");
                    let kind = match route.surface {
                        Surface::RocketChat => "text/html; charset=utf-8",
                        Surface::Comm100 => "application/json; charset=utf-8",
                        Surface::Hark => "application/problem+json",
                    };
                    assert_eq!(answer.header("content-type"), Some(kind), "{what}");
                }
            }
        }
    }

    fn a_permission_that_is_taken_away_closes_its_routes_for_the_next_call(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let mut company = Company::gather(server);
        let grant = |client: &Client, permission: &str, roles: &[&str]| {
            let grants = json!({"permissions": [{"_id": permission, "roles": roles}]});
            client.post("permissions.update", &grants)
        };
        let mut guarded: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
        for route in table() {
            if let Access::Permission(permission) = route.access
                && is_served(route)
                && !route.endless
            {
                guarded.entry(permission).or_default().push(route);
            }
        }
        let place = |name: &str| CALLERS.iter().position(|caller| caller.name == name).unwrap();
        let (administrator, agent) = (place("administrator"), place("agent"));
        // the one that gives them back goes last
        let last = guarded.remove_entry("access-permissions").unwrap();
        for (permission, routes) in guarded.into_iter().chain([last]) {
            let known = PERMISSIONS.iter().find(|known| known.id == permission).unwrap();
            let is_open = |company: &mut Company, who: usize, route: &Route| {
                let params = fitting(&route.params);
                verdict(route, &company.call(who, route, &params)) == Verdict::Open
            };
            for route in &routes {
                assert!(is_open(&mut company, administrator, route), "{permission}: {}", route.path);
            }
            grant(&company.admin, permission, &["livechat-agent"]).expect(200);
            for route in &routes {
                assert!(!is_open(&mut company, administrator, route), "{permission}: {}", route.path);
                assert!(is_open(&mut company, agent, route), "{permission}: {}", route.path);
            }
            let granter = match permission {
                "access-permissions" => &company.clients[agent],
                _ => &company.admin,
            };
            grant(granter, permission, known.roles).expect(200);
            for route in &routes {
                assert!(is_open(&mut company, administrator, route), "{permission}: {}", route.path);
                let allowed = known.roles.iter().any(|role| ["user", "livechat-agent"].contains(role));
                assert_eq!(is_open(&mut company, agent, route), allowed, "{permission}: {}", route.path);
            }
        }
    }
}

#[test]
fn what_one_node_changes_holds_for_the_next_call_on_another_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let setup = || Setup::new(HARK).on(&database);
    let one = setup().start();
    // nodes that share a database share the key, and have a data folder each
    let node = database.other_node();
    let two = setup().on(&node).start();

    let admin = one.admin();
    admin.person("ursula", &["user"]);
    let ursula = two.client().login("ursula", "secret-of-ursula");
    for round in 0..10 {
        for (roles, status) in [(json!(["admin"]), 403), (json!(["admin", "user"]), 200)] {
            let grants = json!({"permissions": [{"_id": "view-d-room", "roles": roles}]});
            admin.post("permissions.update", &grants).expect(200);
            ursula.get("users.list").expect(status);
        }
        let title = json!({"value": format!("title {round}")});
        admin.post("settings/Livechat_title", &title).expect(200);
        let public = "/api/v1/settings.public?_id=Livechat_title";
        let shown = two.client().get(public).expect(200)["settings"][0]["value"].clone();
        assert_eq!(shown, title["value"]);
    }
    // an account that is gone on one is out on the other
    ursula.get("me").expect(200);
    let body = json!({"username": "ursula"});
    admin.post("users.delete", &body).expect(200);
    ursula.get("me").expect(401);
}
