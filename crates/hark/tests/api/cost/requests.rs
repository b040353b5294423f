//! Requests, their bodies, and the connections on which they come.

use std::io::{Read, Write};
use std::net::TcpStream;

use hark_testkit::{Connection, Database, Engine, Server, Setup};
use serde_json::{Value, json};

use super::{FORM, JSON, from_address, upload, without_limits};
use crate::BINARY;
use crate::rate_limits::with_limits;

/// Everything but the last byte of a request, or nothing of its body.
fn announced(server: &Server, path: &str, length: usize, begun: &[u8]) -> Connection {
    let mut connection = Connection::open(server.address()).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    connection.write(head.as_bytes()).unwrap();
    connection.write(begun).unwrap();
    connection
}

#[test]
fn who_comes_too_often_is_told_so_before_the_body_is_read() {
    let (server, _database) = with_limits();
    let wrong = json!({"user": "admin", "password": "wrong"});
    for _ in 0..10 {
        server.client().post("login", &wrong).expect(401);
    }
    // of this one nothing but the head comes
    let mut waiting = announced(&server, "/api/v1/login", 200_000, b"");
    assert_eq!(waiting.response().unwrap().status, 429);
    // and this one is not parsed
    let broken = server.client().send("POST", "/api/v1/login", &JSON, b"{");
    assert_eq!(broken.status, 429);
}

/// A client that waits with its body (`Expect: 100-continue`) gets the refusal instead of the word to send it.
#[test]
fn a_body_that_is_refused_by_its_head_is_not_asked_for() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    admin.agent("amy");
    let (_, room) = server.visitor("t1");
    let first = |path: &str, more: &str, length: usize| {
        let mut connection = Connection::open(server.address()).unwrap();
        let head = format!(
            "POST /api/v1/{path} HTTP/1.1\r\nHost: x\r\n{more}Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
        );
        connection.write(head.as_bytes()).unwrap();
        connection.response().unwrap().status
    };
    let json = "Content-Type: application/json\r\n";
    assert_eq!(first("livechat/visitor", json, 100), 100);
    assert_eq!(first("livechat/visitor", json, 300_000), 413);
    let of_admin = format!("{json}{}", admin.head());
    assert_eq!(first("users.create", &of_admin, 300_000), 100);
    assert_eq!(first("users.create", &of_admin, 2 << 20), 413);
    // Files, of visitors and of those who are none.
    let form = |token: &str| format!("Content-Type: {FORM}\r\nX-Visitor-Token: {token}\r\n");
    let upload = format!("livechat/upload/{room}");
    assert_eq!(first(&upload, &form("t1"), 1_000), 100);
    assert_eq!(first(&upload, &form("t1"), 200 << 20), 400);
    assert_eq!(first(&upload, &form("made up"), 1_000), 403);
    // And those who come too often.
    for _ in 0..10 {
        let wrong = json!({"user": "admin", "password": "wrong"});
        server.client().post("login", &wrong);
    }
    assert_eq!(first("login", json, 100), 429);
}

#[test]
fn bodies_that_nobody_counts_are_read_so_often() {
    let (server, _database) = with_limits();
    let nobody = server.client();
    let (create, broken) = ("/api/v1/users.create", b"{");
    let mut connection = Connection::open(server.address()).unwrap();
    let request = format!(
        "POST {create} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{{"
    );
    for _ in 0..2_000 {
        connection.write(request.as_bytes()).unwrap();
        assert_eq!(connection.response().unwrap().status, 400);
    }
    // without a log-in the answer is 401, whatever is sent
    assert_eq!(nobody.send("POST", create, &JSON, broken).status, 401);
    let message = json!({"token": "t", "rid": "r", "msg": "hello"});
    nobody.post("livechat/message", &message).expect(429);
    // who is logged in is not concerned
    let admin = server.admin();
    assert_eq!(admin.send("POST", create, &JSON, broken).status, 400);
}

#[test]
fn a_body_becomes_only_so_much() {
    let (server, _database) = without_limits();
    let (nobody, admin) = (server.client(), server.admin());
    let login = |junk: &Value| {
        nobody.post(
            "login",
            &json!({"user": "admin", "password": "x", "junk": junk}),
        )
    };
    assert_eq!(login(&json!(vec![0; 1_996])).status, 401);
    assert_eq!(login(&json!(vec![0; 1_997])).status, 413);
    let status = |junk: usize| {
        let body = json!({"message": "x", "junk": vec![0; junk]});
        admin.post("users.setStatus", &body).status
    };
    assert_eq!((status(19_997), status(19_998)), (400, 413));
    let nested = |depth: usize| {
        let text = format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        nobody
            .send("POST", "/api/v1/login", &JSON, text.as_bytes())
            .status
    };
    assert_eq!((nested(31), nested(32)), (401, 413));
    // the same inside of a text, and in a form
    let frame = |values: usize| {
        let frame = json!({"msg": "method", "id": "1", "method": "x", "params": vec![0; values]});
        let body = json!({"message": frame.to_string()});
        nobody.post("method.callAnon/x", &body).status
    };
    assert_eq!((frame(4_990), frame(5_000)), (200, 400));
    let form = format!("a{}=1&", "[b]".repeat(19)).repeat(201);
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = nobody.send("POST", "/api/v1/login", &kind, form.as_bytes());
    assert_eq!(answer.status, 400);
}

#[test]
fn bodies_that_do_not_come_hold_no_memory() {
    let (server, _database) = without_limits();
    let held: Vec<_> = (0..300)
        .map(|_| announced(&server, "/api/v1/login", 256 << 10, b"{"))
        .collect();
    let text = r#"{"user":"admin","password":"wrong"}"#;
    let mut chunked = Connection::open(server.address()).unwrap();
    let head = "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("{:x}\r\n{text}\r\n0\r\n\r\n", text.len());
    chunked.write(format!("{head}{chunk}").as_bytes()).unwrap();
    assert_eq!(chunked.response().unwrap().status, 401);
    drop(held);
}

#[test]
fn an_address_holds_a_part_of_the_memory_and_is_told_to_come_back() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    // 8 MiB are for an address; of each of these all but the last byte is there
    let body = vec![b'x'; (256 << 10) - 1];
    let held: Vec<_> = (0..32)
        .map(|_| announced(&server, "/api/v1/users.create", 256 << 10, &body))
        .collect();
    let nobody = server.client();
    let refused = hark_testkit::eventually("the address is full", || {
        let answer = nobody.post("users.create", &json!({}));
        (answer.status != 401).then_some(answer)
    });
    refused.expect(429);
    // memory of those who are logged in is apart
    admin
        .post("users.setStatus", &json!({"message": "x"}))
        .expect(200);
    server.wait_for_log("an address has as much as it may have");
    drop(held);
    hark_testkit::eventually("there is room again", || {
        let answer = nobody.post("users.create", &json!({}));
        (answer.status == 401).then_some(())
    });
}

#[test]
fn one_address_leaves_connections_and_files_to_the_others() {
    let database = Database::fresh(Engine::Sqlite);
    let few_files = ["sh", "-c", "ulimit -n 1024; exec \"$@\"", "sh"];
    let server = Setup::new(BINARY)
        .on(&database)
        .env("HARK_RATE_LIMIT", "on")
        .through(&few_files)
        .start();
    let held: Vec<TcpStream> = (0..1_100)
        .map(|_| from_address("127.0.0.2", &server).unwrap())
        .collect();
    server.wait_for_log("an address has as much as it may have");
    // it is told so
    let mut refused = from_address("127.0.0.2", &server).unwrap();
    let mut answer = String::new();
    refused.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
    // and the others have what they need, files included
    let admin = server.admin();
    admin.agent("amy");
    let (visitor, room) = server.visitor("t1");
    upload(&visitor, &room, b"PNG").expect(200);
    drop(held);
    hark_testkit::eventually("there is room again", || {
        let mut one = from_address("127.0.0.2", &server).ok()?;
        let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        one.write_all(request).ok()?;
        let mut answer = String::new();
        one.read_to_string(&mut answer).ok()?;
        answer.starts_with("HTTP/1.1 200 ").then_some(())
    });
}

#[test]
fn a_request_names_one_host() {
    let (server, _database) = without_limits();
    let ask = |head: &str| {
        let mut connection = Connection::open(server.address()).unwrap();
        connection.write(head.as_bytes()).unwrap();
        connection.response().unwrap().status
    };
    for (head, status) in [
        ("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("GET /healthz HTTP/1.1\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET /healthz HTTP/1.0\r\n\r\n", 200),
        ("GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ] {
        assert_eq!(ask(head), status, "{head}");
    }
}
