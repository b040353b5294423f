//! Cost before identity: what a stranger, a visitor and an account can make the server read, parse,
//! hold and store.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use hark_testkit::{
    Client, Connection, Database, Engine, Response, Server, Setup, Socket, on_both_engines, text,
};
use serde_json::{Value, json};

use crate::{BINARY, HARK};

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

fn with_limits() -> (Server, Database) {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK).on(&database).env("HARK_RATE_LIMIT", "on");
    (setup.start(), database)
}

fn without_limits() -> (Server, Database) {
    Server::fresh(HARK, Engine::Sqlite)
}

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

/// Who asks first whether to send a body (`Expect: 100-continue`) is told so before they have sent any of
/// it, and not after they were told to go on.
#[test]
fn a_body_that_is_refused_by_its_head_is_not_asked_for() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    admin.agent("amy");
    let (_, room) = visit(&server, "t1");
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
    // who is not known is told that, whatever they send
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

/// A connection from another of the addresses that this machine has.
fn from_address(address: &str, server: &Server) -> std::io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let connecting = async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(format!("{address}:0").parse().unwrap())?;
        // So that the system does not take for it what it does not.
        socket.set_recv_buffer_size(4_096)?;
        socket
            .connect(server.address().parse().unwrap())
            .await?
            .into_std()
    };
    let stream = runtime.block_on(connecting)?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
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
    let (visitor, room) = visit(&server, "t1");
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

const FORM: &str = "multipart/form-data; boundary=limit";

fn visit(server: &Server, token: &str) -> (Client, String) {
    let room = server.visit(token)["_id"].as_str().unwrap().to_owned();
    (server.client().with("x-visitor-token", token), room)
}

fn upload(visitor: &Client, room: &str, bytes: &[u8]) -> Response {
    let mut form = b"--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: application/x-thing\r\n\r\n".to_vec();
    form.extend_from_slice(bytes);
    form.extend_from_slice(b"\r\n--limit--\r\n");
    let path = format!("/api/v1/livechat/upload/{room}");
    visitor.send("POST", &path, &[("Content-Type", FORM)], &form)
}

/// The most memory that a process has had, in mebibytes.
fn most_memory(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line
        .and_then(|line| line.split_whitespace().nth(1))
        .unwrap();
    kilobytes.parse::<u64>().unwrap() / 1_024
}

#[test]
fn a_form_without_a_content_is_not_kept_in_memory() {
    let (server, _database) = Server::fresh(BINARY, Engine::Sqlite);
    server.admin().agent("amy");
    let (visitor, room) = visit(&server, "t1");
    upload(&visitor, &room, b"small").expect(200);
    let before = most_memory(&server);
    let path = format!("/api/v1/livechat/upload/{room}");
    let large = vec![b'A'; 60 << 20];
    let header = b"--limit\r\nContent-Disposition: form-data; name=\"file\"; x=\"";
    for begins in [&b""[..], &b"--limit"[..], &header[..]] {
        let body = [begins, &large].concat();
        let answer = visitor.send("POST", &path, &[("Content-Type", FORM)], &body);
        let words = "The form with the file is not whole";
        assert_eq!(answer.expect(400)["error"], words);
    }
    let grown = most_memory(&server) - before;
    assert!(grown < 20, "it took {grown} MiB of memory");
    // what may stand before a content may stand before each
    let mut form = Vec::new();
    for name in ["msg", "description"] {
        let filler = "x".repeat(15 << 10);
        form.extend_from_slice(format!("--limit\r\nX: {filler}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\ny\r\n").as_bytes());
    }
    form.extend_from_slice(b"--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\nz\r\n--limit--\r\n");
    let answer = visitor.send("POST", &path, &[("Content-Type", FORM)], &form);
    assert_eq!(answer.status, 200);
}

#[test]
fn an_address_sends_so_many_files_at_once() {
    let (server, _database) = with_limits();
    server.admin().agent("amy");
    let (one, room) = visit(&server, "t1");
    let (other, room_of_other) = visit(&server, "t2");
    let head = |token: &str, room: &str| {
        format!(
            "POST /api/v1/livechat/upload/{room} HTTP/1.1\r\nHost: x\r\nx-visitor-token: {token}\r\nContent-Type: {FORM}\r\nContent-Length: 100000\r\n\r\n--limit\r\n"
        )
    };
    let held: Vec<Connection> = (0..16)
        .map(|number| {
            let (token, room) = match number % 2 {
                0 => ("t1", &room),
                _ => ("t2", &room_of_other),
            };
            let mut connection = Connection::open(server.address()).unwrap();
            connection.write(head(token, room).as_bytes()).unwrap();
            connection
        })
        .collect();
    hark_testkit::eventually("all of them have begun", || {
        let answer = upload(&one, &room, b"one more");
        (answer.status == 429).then_some(())
    });
    server.wait_for_log("places for files");
    drop(held);
    hark_testkit::eventually("there is room again", || {
        let answer = upload(&other, &room_of_other, b"later");
        (answer.status == 200).then_some(())
    });
}

on_both_engines! {
    fn the_files_of_visitors_have_a_bound_for_each_day(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let agent = admin.agent("amy");
        let (ann, room) = visit(&server, "t1");
        let (bob, room_of_bob) = visit(&server, "t2");
        #[track_caller]
        fn assert_used_up(answer: &Response, whose: &str) {
            let body = answer.expect(400);
            assert_eq!(body["errorType"], "error-quota-exceeded", "{body}");
            assert!(body["error"].as_str().unwrap().starts_with(whose), "{body}");
        }
        let kilobyte = [b'x'; 1_000];
        let bound = |which: &str, bytes: i64| admin.set(&format!("FileUpload_MaxBytes_{which}"), bytes);
        bound("Visitor_Day", 2_500);
        upload(&ann, &room, &kilobyte).expect(200);
        upload(&ann, &room, &kilobyte).expect(200);
        // not more than is left, and the others have theirs
        assert_used_up(&upload(&ann, &room, &kilobyte), "Today 500 B");
        upload(&ann, &room, &kilobyte[..500]).expect(200);
        assert_used_up(&upload(&ann, &room, b"x"), "The files of one visitor may have 2.44 KB");
        upload(&bob, &room_of_bob, &kilobyte).expect(200);
        server.wait_for_log("a quota is used up");
        bound("Visitor_Day", -1);
        bound("Chat_Day", 2_500);
        assert_used_up(&upload(&ann, &room, b"x"), "The files in one chat");
        upload(&bob, &room_of_bob, &kilobyte).expect(200);
        bound("Day", 4_600);
        assert_used_up(&upload(&bob, &room_of_bob, &kilobyte), "Today 100 B");
        // an agent's files are not counted
        let path = format!("/api/v1/rooms.media/{room}");
        let form = b"--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--limit--\r\n";
        let sent = agent.client.send("POST", &path, &[("Content-Type", FORM)], form);
        assert_ne!(sent.value()["errorType"], "error-quota-exceeded");
        let log = server.log();
        let told = log.iter().filter(|line| line.contains("a quota is used up"));
        assert_eq!(told.count(), 1);
    }
}

#[test]
fn what_visitors_leave_behind_in_a_day_is_bounded() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    admin.agent("amy");
    admin.set("Livechat_visitor_entries_per_day", 6);
    // a registration and a chat
    let (one, room) = visit(&server, "t1");
    let say = |words: &str| {
        one.post(
            "livechat/message",
            &json!({"token": "t1", "rid": room, "msg": words}),
        )
    };
    say("one").expect(200);
    // a long one counts as several
    say(&"long".repeat(1_200)).expect(200);
    say("five").expect(200);
    let refused = say("six").expect(400);
    assert_eq!(
        refused["error"],
        "One visitor may send 6 entries in a day, and they are used up [error-quota-exceeded]"
    );
    server.wait_for_log("a quota is used up");
    // what leaves nothing behind is answered, and the others go on
    one.get(&format!("livechat/messages.history/{room}?token=t1"))
        .expect(200);
    visit(&server, "t2");
    admin.set("Livechat_address_entries_per_day", 8);
    let visit = json!({"visitor": {"token": "t3"}});
    server.client().post("livechat/visitor", &visit).expect(400);
    admin.set("Livechat_address_entries_per_day", -1);
    server.client().post("livechat/visitor", &visit).expect(200);
}

/// By whichever door it comes, and also without a token.
#[test]
fn what_strangers_leave_behind_by_methods_and_forms_is_counted_too() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    let nobody = server.client();
    let used_up = "All visitors at one address together may send 3 entries in a day, and they are used up [error-quota-exceeded]";
    admin.set("Livechat_address_entries_per_day", 3);
    let mut socket = Socket::greeted(&server);
    let mut over_socket = |token: &str, email: &str| {
        let guest = json!([{"token": token, "email": email}]);
        socket.call("livechat:registerGuest", &guest)
    };
    let over_http = |token: &str| {
        let frame = json!({"msg": "method", "method": "livechat:registerGuest", "id": "1", "params": [{"token": token}]});
        let body = json!({"message": frame.to_string()});
        let answer = nobody.post("method.callAnon/livechat%3AregisterGuest", &body);
        text(&answer.expect(200), "/message")
    };
    let offline = || {
        let left = json!({"name": "Ann", "email": "ann@example.org", "message": "Call me"});
        nobody.post("livechat/offline.message", &left)
    };
    // What is refused leaves nothing behind.
    for _ in 0..4 {
        assert_eq!(
            over_socket("t0", "nobody")["error"]["error"],
            "error-invalid-email"
        );
    }
    assert!(over_socket("t1", "ann@example.org")["error"].is_null());
    assert!(!over_http("t2").contains("error"));
    offline().expect(200);
    assert_eq!(
        over_socket("t3", "ann@example.org")["error"]["message"],
        used_up
    );
    assert!(over_http("t3").contains(used_up));
    assert_eq!(offline().expect(400)["error"], used_up);
    admin.set("Livechat_address_entries_per_day", -1);
    assert!(over_socket("t3", "ann@example.org")["error"].is_null());
    offline().expect(200);
}

#[test]
fn made_up_tokens_use_up_nothing_and_a_chat_can_always_be_ended() {
    let (server, _database) = with_limits();
    let admin = server.admin();
    admin.agent("amy");
    // a registration and a chat
    let (one, room) = visit(&server, "t1");
    admin.set("Livechat_address_entries_per_day", 3);
    for number in 0..20 {
        let token = format!("made up {number}");
        let message = json!({"token": token, "rid": room, "msg": "hello"});
        let refused = server.client().post("livechat/message", &message);
        let body = refused.expect(400);
        assert_ne!(body["errorType"], "error-quota-exceeded", "{body}");
    }
    let message = json!({"token": "t1", "rid": room, "msg": "hello"});
    one.post("livechat/message", &message).expect(200);
    // now they are used up, and what ends a chat leaves nothing more behind
    one.post("livechat/message", &message).expect(400);
    let close = json!({"token": "t1", "rid": room});
    one.post("livechat/room.close", &close).expect(200);
}

on_both_engines! {
    fn the_files_of_an_address_have_a_bound_for_each_day(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database).env("HARK_RATE_LIMIT", "on");
        let server = setup.start();
        let admin = server.admin();
        admin.agent("amy");
        admin.set("FileUpload_MaxBytes_Address_Day", 2_500);
        let (ann, room) = visit(&server, "t1");
        let (bob, room_of_bob) = visit(&server, "t2");
        let kilobyte = [b'x'; 1_000];
        upload(&ann, &room, &kilobyte).expect(200);
        upload(&bob, &room_of_bob, &kilobyte).expect(200);
        let refused = upload(&ann, &room, &kilobyte);
        assert_eq!(refused.expect(400)["errorType"], "error-quota-exceeded");
        upload(&ann, &room, &kilobyte[..500]).expect(200);
        let refused = upload(&bob, &room_of_bob, b"x");
        let words = refused.expect(400)["error"].as_str().unwrap().to_owned();
        assert!(words.starts_with("The files of all visitors at one address together"), "{words}");
    }
}

#[test]
fn a_frame_before_a_log_in_is_small() {
    let (server, _database) = without_limits();
    let agent = server.admin().agent("amy");
    let budget = budget();
    let figure = |place: &str| usize::try_from(budget[place]).unwrap();
    let (bytes, values) = (
        figure("ddp::OF_STRANGERS.bytes"),
        figure("ddp::OF_STRANGERS.values"),
    );
    let of_bytes = |bytes: usize| {
        let around = json!({"msg": "ping", "junk": ""}).to_string().len();
        json!({"msg": "ping", "junk": "x".repeat(bytes - around)})
    };
    let of_values = |values: usize| json!({"msg": "ping", "junk": vec![0; values - 3]});
    let mut stranger = Socket::greeted(&server);
    for frame in [of_bytes(bytes), of_values(values)] {
        stranger.send(&frame);
        assert_eq!(stranger.frame(), json!({"msg": "pong"}));
    }
    for frame in [of_bytes(bytes + 1), of_values(values + 1)] {
        let mut stranger = Socket::greeted(&server);
        stranger.send(&frame);
        assert_eq!(stranger.closed().unwrap().0, 1009);
    }
    let (bytes, values) = (figure("ddp::LARGEST_FRAME"), figure("body::INSIDE.values"));
    let mut known = Socket::of(&server, &agent.client);
    for frame in [of_bytes(bytes), of_values(values)] {
        known.send(&frame);
        known.wait_for("pong", |frame| frame["msg"] == "pong");
    }
    known.send(&of_values(values + 1));
    assert_eq!(known.closed().unwrap().0, 1009);
}

#[test]
fn frames_of_all_sockets_at_an_address_have_one_pace() {
    let (server, _database) = with_limits();
    let budget = budget();
    let begun = std::time::Instant::now();
    let frame = json!({"msg": "ping", "junk": "x".repeat(16_000)});
    // 16 KiB count as 16 frames
    let (sockets, each) = (3, 290);
    for _ in 0..sockets {
        let mut socket = Socket::greeted(&server);
        for _ in 0..each {
            socket.send(&frame);
        }
        for _ in 0..each {
            assert_eq!(socket.frame(), json!({"msg": "pong"}));
        }
    }
    let beyond = sockets * each * 16 - budget["pace::OF_AN_ADDRESS.at_once"];
    let least = beyond / budget["pace::OF_AN_ADDRESS.each_second"];
    assert!(begun.elapsed() >= Duration::from_secs(least));
}

#[test]
fn an_address_fetches_so_many_files_at_once() {
    let (server, _database) = with_limits();
    server.admin().agent("amy");
    let (ann, room) = visit(&server, "t1");
    let sent = upload(&ann, &room, &vec![b'x'; 24 << 20]).expect(200);
    let link = sent["attachments"][0]["title_link"].as_str().unwrap();
    let path = format!("{link}?rc_token=t1&rc_rid={room}&rc_room_type=l");
    // Each takes the beginning and then nothing more.
    let held: Vec<(TcpStream, String)> = (0..65)
        .map(|_| {
            let mut connection = from_address("127.0.0.1", &server).unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            connection.write_all(request.as_bytes()).unwrap();
            let mut begun = [0; 12];
            connection.read_exact(&mut begun).unwrap();
            (connection, String::from_utf8(begun.to_vec()).unwrap())
        })
        .collect();
    let answers: Vec<&str> = held.iter().map(|(_, begun)| begun.as_str()).collect();
    assert_eq!(answers[..64], ["HTTP/1.1 200"; 64]);
    assert_eq!(answers[64], "HTTP/1.1 429");
    drop(held);
    hark_testkit::eventually("there is room again", || {
        let answer = server.client().get(&path);
        (answer.status == 200).then_some(())
    });
}

#[test]
fn a_filter_of_chats_is_small() {
    let (server, _database) = without_limits();
    let agent = server.admin().agent("amy");
    let budget = budget();
    let figure = |place: &str| usize::try_from(budget[place]).unwrap();
    let own = agent.id.as_str();
    let list = |name: &str, given: &Value| {
        let given = given.to_string();
        let escaped: String = given.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("livechat/rooms?agents[]={own}&{name}={escaped}");
        agent.client.get(&path).status
    };
    let patterns = |number: usize, pattern: &str| {
        let members = (0..number).map(|number| (number.to_string(), json!(pattern)));
        list("customFields", &Value::Object(members.collect()))
    };
    let (most, longest) = (
        figure("query::MOST_PATTERNS"),
        figure("query::LONGEST_PATTERN"),
    );
    assert_eq!(patterns(most, &"x".repeat(longest)), 200);
    assert_eq!(patterns(most + 1, "x"), 400);
    assert_eq!(patterns(1, &"x".repeat(longest + 1)), 400);
    assert_eq!(patterns(1, "(x{100}){100}"), 400);
    let period = |values: usize| {
        list(
            "createdAt",
            &json!({"end": "2020-01-01", "junk": vec![0; values]}),
        )
    };
    let most = figure("paging::BOUNDS.values");
    assert_eq!((period(most - 3), period(most - 2)), (200, 400));
}

/// A row of the budget in `docs/security.md`: the figure, and the place that keeps it.
fn budget() -> BTreeMap<String, u64> {
    let page = include_str!("../../../../docs/security.md");
    let (_, table) = page.split_once("| what | whose | at most |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let mut budget = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, _, most, _, place] = cells[..] else {
            panic!("{row} has {} cells", cells.len());
        };
        let place = place.trim_matches('`').to_owned();
        let known = budget.insert(place, number(most));
        assert_eq!(known, None, "{row} stands there twice");
    }
    budget
}

/// `64 KiB`, `20,000`, `30 min`.
fn number(text: &str) -> u64 {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let number: u64 = number
        .replace(',', "")
        .parse()
        .unwrap_or_else(|_| panic!("{text}"));
    number
        * match unit {
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            "min" => 60,
            "" | "s" | "bytes" | "letters" => 1,
            other => panic!("{other} in {text}"),
        }
}

#[test]
fn the_budget_that_is_written_down_is_the_one_that_is_kept() {
    let (written, kept) = (budget(), hark::budget::figures());
    assert!(written.len() > 60, "{}", written.len());
    for (place, figure) in &kept {
        assert_eq!(
            written.get(*place),
            Some(figure),
            "{place} in docs/security.md"
        );
    }
    let kept: Vec<&str> = kept.iter().map(|(place, _)| *place).collect();
    for place in written.keys() {
        assert!(kept.contains(&place.as_str()), "nothing keeps {place}");
    }
}

/// A bound is tried from both sides: what is allowed is not refused for its size, and one more is.
#[test]
fn the_budget_holds_where_it_is_cheap_to_try() {
    let budget = budget();
    let figure = |place: &str| usize::try_from(budget[place]).unwrap();
    let (server, _database) = without_limits();
    let (nobody, admin) = (server.client(), server.admin());
    let bytes = |client: &Client, path: &str, size: usize| {
        let around = br#"{"junk":""}"#.len();
        let body = format!(r#"{{"junk":"{}"}}"#, "x".repeat(size - around));
        client.send("POST", path, &JSON, body.as_bytes()).status
    };
    let values = |client: &Client, path: &str, number: usize| {
        let body = json!({"junk": vec![0; number - 2]}).to_string();
        client.send("POST", path, &JSON, body.as_bytes()).status
    };
    let (login, message) = ("/api/v1/login", "/api/v1/livechat/message");
    let (status, import) = ("/api/v1/users.setStatus", "/api/v1/livechat/messages");
    for (client, path, size) in [
        (&nobody, login, "OF_STRANGERS"),
        (&nobody, message, "OF_A_MESSAGE"),
        (&admin, status, "OF_ACCOUNTS"),
        (&admin, import, "OF_AN_IMPORT"),
    ] {
        let most = figure(&format!("body::{size}.bytes"));
        assert_ne!(bytes(client, path, most), 413, "{size}");
        assert_eq!(bytes(client, path, most + 1), 413, "{size}");
        let most = figure(&format!("body::{size}.values"));
        assert_ne!(values(client, path, most), 413, "{size}");
        assert_eq!(values(client, path, most + 1), 413, "{size}");
    }
    let most = figure("comm100_answer::LARGEST_BODY.bytes");
    assert_ne!(bytes(&nobody, "/oauth/token", most), 413);
    assert_eq!(bytes(&nobody, "/oauth/token", most + 1), 413);
    let nested = |depth: usize| {
        let text = format!(
            r#"{{"a":{}{}}}"#,
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        );
        nobody.send("POST", login, &JSON, text.as_bytes()).status
    };
    let deepest = figure("body::DEEPEST");
    assert_eq!((nested(deepest), nested(deepest + 1)), (401, 413));
    let parameters = |number: usize| {
        let query = "count=1&".repeat(number);
        nobody.get(&format!("settings.public?{query}")).status
    };
    let most = figure("body::MOST_PARAMETERS");
    assert_eq!(nobody.get("settings.public?count=1").status, 200);
    assert_eq!(parameters(most + 1), 400);
    let query = |client: &Client, query: &Value| {
        let query = query.to_string().replace('"', "%22");
        let query = query
            .replace('{', "%7B")
            .replace('}', "%7D")
            .replace('^', "%5E");
        client.get(&format!("settings.public?query={query}")).status
    };
    let longest = figure("paging::LONGEST") - r#"{"_id":""}"#.len();
    assert_eq!(query(&nobody, &json!({"_id": "x".repeat(longest)})), 200);
    assert_eq!(
        query(&nobody, &json!({"_id": "x".repeat(longest + 1)})),
        400
    );
    let among = |number: usize| json!({"_id": {"$in": vec![1; number]}});
    let most = figure("paging::BOUNDS.values") - 3;
    assert_eq!(query(&nobody, &among(most)), 200);
    assert_eq!(query(&nobody, &among(most + 1)), 400);
    let patterns = |number: usize, length: usize| {
        let pattern = json!({"_id": {"$regex": "x".repeat(length)}});
        json!({"$or": vec![pattern; number]})
    };
    let (most, longest) = (
        figure("query::MOST_PATTERNS"),
        figure("query::LONGEST_PATTERN"),
    );
    assert_eq!(query(&admin, &patterns(most, longest)), 200);
    assert_eq!(query(&admin, &patterns(most + 1, longest)), 400);
    assert_eq!(query(&admin, &patterns(most, longest + 1)), 400);
}
