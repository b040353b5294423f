//! What people who work here say and read, seen from outside.
#![expect(clippy::unwrap_used, reason = "tests")]

use hark_testkit::{Client, Response, Server, on_both_engines};
use serde_json::{Value, json};

const HARK: &str = env!("CARGO_BIN_EXE_hark");

fn api(path: &str) -> String {
    format!("/api/v1/{path}")
}

fn get(client: &Client, path: &str) -> Response {
    client.get(&api(path))
}

fn post(client: &Client, path: &str, body: &Value) -> Response {
    client.post(&api(path), body)
}

fn set(admin: &Client, id: &str, value: &Value) {
    post(admin, &format!("settings/{id}"), &json!({"value": value})).expect(200);
}

#[track_caller]
fn assert_error(answer: &Response, status: u16, words: &str) {
    assert_eq!(
        answer.expect(status),
        json!({"success": false, "error": words})
    );
}

/// Calls a method of the real-time API and answers its frame.
fn method(client: &Client, name: &str, params: &Value) -> Value {
    let frame = json!({"msg": "method", "id": "1", "method": name, "params": params});
    let body = json!({"message": frame.to_string()});
    let path = format!("method.call/{}", name.replace('/', "%2F"));
    let answer = post(client, &path, &body).expect(200);
    serde_json::from_str(answer["message"].as_str().unwrap()).unwrap()
}

/// Someone who takes chats, and is there.
fn agent(admin: &Client, name: &str) -> Client {
    let agent = admin.person(name, &["user", "livechat-agent"]);
    post(&agent, "users.setStatus", &json!({"status": "online"})).expect(200);
    post(
        &agent,
        "livechat/agent.status",
        &json!({"status": "available"}),
    )
    .expect(200);
    agent
}

/// A visitor with an open chat: the room.
fn visit(server: &Server, token: &str) -> Value {
    let visitor = server.client();
    let known = json!({"visitor": {"token": token, "name": "Ann"}});
    post(&visitor, "livechat/visitor", &known).expect(200);
    let opened = get(&visitor, &format!("livechat/room?token={token}"));
    opened.expect(200)["room"].clone()
}

fn is_moment(value: &Value) -> bool {
    value["$date"].is_i64()
}

on_both_engines! {
    fn an_agent_answers_and_gives_back(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = agent(&admin, "amy");
        let eve = admin.person("eve", &["user"]);
        let room = visit(&server, "t1");
        let rid = room["_id"].as_str().unwrap();
        assert_eq!(room["servedBy"]["username"], "amy");

        let message = json!({"rid": rid, "msg": "hello", "_id": "m1"});
        let said = post(&amy, "chat.sendMessage", &json!({"message": message})).expect(200);
        assert_eq!(said["message"]["_id"], "m1");
        assert_eq!(said["message"]["msg"], "hello");
        assert_eq!(said["message"]["u"]["username"], "amy");
        assert!(said["message"]["ts"].is_string());
        let again = post(&amy, "chat.sendMessage", &json!({"message": message})).expect(200);
        assert_eq!(again, said);
        assert_error(&post(&eve, "chat.sendMessage", &json!({"message": message})), 400, "error-not-allowed");

        let history = method(&amy, "loadHistory", &json!([rid, null, 50, {"$date": 0}]));
        assert_eq!(history["msg"], "result");
        let newest = &history["result"]["messages"][0];
        assert_eq!(newest["_id"], "m1");
        assert!(is_moment(&newest["ts"]), "{newest}");
        assert_eq!(method(&eve, "loadHistory", &json!([rid]))["result"], false);

        assert_eq!(method(&eve, "livechat:returnAsInquiry", &json!([rid]))["error"]["error"], "error-not-allowed");
        assert_eq!(method(&amy, "livechat:returnAsInquiry", &json!([rid]))["result"], true);
        assert_eq!(method(&admin, "livechat:returnAsInquiry", &json!([rid]))["result"], false);
        assert_eq!(method(&amy, "livechat:returnAsInquiry", &json!(["x"]))["error"]["error"], "error-invalid-room");
    }
}
