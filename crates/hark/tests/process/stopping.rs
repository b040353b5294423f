//! What a stop finishes, and what it does not wait for.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use hark_testkit::{Client, Connection, Engine, Server, eventually};

use crate::{HARK, account};

/// A request whose head the server has read, and whose body it waits for.
fn begin_upload(server: &Server, admin: &Client, body: &str) -> Connection {
    let mut connection = Connection::open(server.address()).unwrap();
    let length = body.len();
    let head = format!(
        "POST /api/v1/users.create HTTP/1.1\r\nHost: x\r\n{}Content-Type: application/json\r\n\
         Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n",
        admin.head()
    );
    connection.write(head.as_bytes()).unwrap();
    assert_eq!(connection.response().unwrap().status, 100);
    connection.write(&body.as_bytes()[..length / 2]).unwrap();
    connection
}

#[test]
fn a_stop_finishes_what_is_under_way_and_accepts_nothing_new() {
    let (server, database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let mut idle = Connection::open(server.address()).unwrap();
    idle.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    assert_eq!(idle.response().unwrap().status, 200);
    let mut unused = Connection::open(server.address()).unwrap();
    let body = account("last").to_string();
    let mut upload = begin_upload(&server, &admin, &body);
    server.signal("TERM");
    eventually("new connections to be refused", || {
        TcpStream::connect(server.address()).err()
    });
    assert!(idle.is_closed());
    assert!(unused.is_closed());
    upload.write(&body.as_bytes()[body.len() / 2..]).unwrap();
    let answer = upload.response().unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(upload.is_closed());
    let mut server = server;
    assert_eq!(server.wait(), Some(0));
    assert!(database.events().iter().any(|(_, kind, body)| {
        kind == "account.created" && body["account"]["username"] == "last"
    }));
}

#[test]
fn a_stop_waits_for_clients_that_do_not_go_on_for_seconds_only() {
    let (mut server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let _upload = begin_upload(&server, &admin, &account("never").to_string());
    let mut head = Connection::open(server.address()).unwrap();
    head.write(b"GET /healthz HT").unwrap();
    let started = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(15));
    assert!(head.is_closed());
}

#[test]
fn a_second_signal_stops_it_at_once() {
    let (mut server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let _upload = begin_upload(&server, &admin, &account("never").to_string());
    server.signal("INT");
    server.wait_for_log("stopping");
    let started = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_terminal_that_is_closed_ends_it_in_order() {
    let (mut server, _database) = Server::fresh(HARK, Engine::Sqlite);
    server.signal("HUP");
    assert_eq!(server.wait(), Some(0));
    server.wait_for_log("stopped");
}
