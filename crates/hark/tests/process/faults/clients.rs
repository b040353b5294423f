//! Clients that take their time, or come all at once.

use std::net::TcpStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use hark_testkit::{Connection, Database, Engine, Server, Setup, eventually};

use super::create;
use super::disks::create_large;
use crate::HARK;

#[test]
fn slow_clients_do_not_hold_others_up() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut heads: Vec<Connection> = (0..300)
        .map(|_| Connection::open(server.address()).unwrap())
        .collect();
    let mut bodies = Vec::new();
    for caller in [&admin, &server.client()] {
        for _ in 0..50 {
            let mut connection = Connection::open(server.address()).unwrap();
            let head = format!(
                "POST /api/v1/login HTTP/1.1\r\nHost: x\r\n{}Content-Type: application/json\r\n\
                 Content-Length: 60000\r\nExpect: 100-continue\r\n\r\n{{",
                caller.head()
            );
            connection.write(head.as_bytes()).unwrap();
            assert_eq!(connection.response().unwrap().status, 100);
            bodies.push(connection);
        }
    }
    for (number, byte) in request.iter().enumerate() {
        for slow in &mut heads {
            slow.write(&[*byte]).unwrap();
        }
        let started = Instant::now();
        assert_eq!(create(&admin, &format!("u{number}")).status, 200);
        assert_eq!(admin.get("me").status, 200);
        assert!(started.elapsed() < Duration::from_secs(2));
    }
    for slow in &mut heads {
        assert_eq!(slow.response().unwrap().status, 200);
    }
    assert_eq!(bodies.len(), 100);
}

#[test]
fn a_thousand_idle_connections_leave_room_for_one_more() {
    let database = Database::fresh(Engine::Sqlite);
    // What a service manager sets when nobody asks: few, and many on request.
    let setup = Setup::new(HARK)
        .on(&database)
        .through(&["prlimit", "--nofile=128:4096"]);
    let server = setup.start();
    let held: Vec<Connection> = (0..1000)
        .map(|_| Connection::open(server.address()).unwrap())
        .collect();
    assert_eq!(server.admin().get("me").status, 200);
    drop(held);
}

#[test]
fn connections_leave_some_of_few_open_files_to_others() {
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(HARK)
        .on(&database)
        .through(&["prlimit", "--nofile=128:128"]);
    let server = setup.start();
    let admin = server.admin();
    let mut early = Connection::open(server.address()).unwrap();
    let held: Vec<Connection> = (0..200)
        .map(|_| Connection::open(server.address()).unwrap())
        .collect();
    // Who is in is served, and the others wait in front of the door.
    let request = format!(
        "GET /api/v1/users.list HTTP/1.1\r\nHost: x\r\n{}\r\n",
        admin.head()
    );
    for _ in 0..20 {
        early.write(request.as_bytes()).unwrap();
        assert_eq!(early.response().unwrap().status, 200);
    }
    drop(held);
    // They are gone when the server has seen it.
    eventually("there is room for another connection", || {
        (admin.get("me").status == 200).then_some(())
    });
    for number in 0..10 {
        assert_eq!(create(&admin, &format!("after-{number}")).status, 200);
    }
    let log = server.log();
    let refused = |line: &&String| line.contains("no connection can be accepted");
    assert_eq!(log.iter().find(refused), None);
}

#[test]
fn visitors_who_all_come_back_at_once_find_room_to_wait() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let address = server.address().parse().unwrap();
    // As if it had not come to accepting anyone yet.
    server.signal("STOP");
    // Where there is no room it never connects; a packet that a busy machine drops is sent again after a second.
    let patience = Duration::from_secs(5);
    let waiting: Vec<TcpStream> = (0..1000)
        .map(|_| TcpStream::connect_timeout(&address, patience).unwrap())
        .collect();
    server.signal("CONT");
    assert_eq!(server.client().get("/readyz").status, 200);
    drop(waiting);
}

#[test]
fn strangers_who_send_much_take_no_room_from_those_who_are_known() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let head = "POST /api/v1/login HTTP/1.1\r\nHost: hark\r\nContent-Type: application/json\r\nContent-Length: 262144\r\n\r\n";
    // All but the last byte of it.
    let body = vec![b'x'; (256 << 10) - 1];
    let (answer, answers) = mpsc::channel();
    for _ in 0..520 {
        let mut connection = Connection::open(server.address()).unwrap();
        connection.write(head.as_bytes()).unwrap();
        // Who is refused in between hears so below.
        let _sent = connection.write(&body);
        let answer = answer.clone();
        // Those who have a place hear nothing while they keep it; who they are is chance.
        std::thread::spawn(move || drop(answer.send(connection.response())));
    }
    // Beyond their share strangers hear at once that there is no room.
    let refused = answers
        .recv_timeout(Duration::from_secs(20))
        .unwrap()
        .unwrap();
    assert_eq!(refused.status, 503);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(create_large(&admin, "known").status, 200);
}
