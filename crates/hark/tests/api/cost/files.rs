//! Files: how many an address sends and fetches at once, and how much a day.

use std::io::{Read, Write};
use std::net::TcpStream;

use hark_testkit::{Connection, Database, Engine, Response, Server, Setup, on_both_engines};

use super::{FORM, from_address, upload};
use crate::rate_limits::with_limits;
use crate::{BINARY, HARK};

#[test]
fn a_form_without_a_content_is_not_kept_in_memory() {
    let (server, _database) = Server::fresh(BINARY, Engine::Sqlite);
    server.admin().agent("amy");
    let (visitor, room) = server.visitor("t1");
    upload(&visitor, &room, b"small").expect(200);
    let before = server.most_memory();
    let path = format!("/api/v1/livechat/upload/{room}");
    let large = vec![b'A'; 60 << 20];
    let header = b"--limit\r\nContent-Disposition: form-data; name=\"file\"; x=\"";
    for begins in [&b""[..], &b"--limit"[..], &header[..]] {
        let body = [begins, &large].concat();
        let answer = visitor.send("POST", &path, &[("Content-Type", FORM)], &body);
        let words = "The form with the file is not whole";
        assert_eq!(answer.expect(400)["error"], words);
    }
    let grown = server.most_memory() - before;
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
    let (one, room) = server.visitor("t1");
    let (other, room_of_other) = server.visitor("t2");
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
        let (ann, room) = server.visitor("t1");
        let (bob, room_of_bob) = server.visitor("t2");
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
on_both_engines! {
    fn the_files_of_an_address_have_a_bound_for_each_day(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database).env("HARK_RATE_LIMIT", "on");
        let server = setup.start();
        let admin = server.admin();
        admin.agent("amy");
        admin.set("FileUpload_MaxBytes_Address_Day", 2_500);
        let (ann, room) = server.visitor("t1");
        let (bob, room_of_bob) = server.visitor("t2");
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
fn an_address_fetches_so_many_files_at_once() {
    let (server, _database) = with_limits();
    server.admin().agent("amy");
    let (ann, room) = server.visitor("t1");
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
