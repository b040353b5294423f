//! Files, seen from outside: who may send which, who may have them, and how long they live.

use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use hark_testkit::form::{BOUNDARY, FORM, file_part, form, text_part};
use hark_testkit::{
    Bucket, Client, Connection, Database, Desk, Engine, Mount, Response, Server, Setup, eventually,
    on_both_engines,
};
use serde_json::{Value, json};

use crate::{BINARY, HARK};

/// A red picture of two pixels.
const PNG: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x02\x00\x00\x00\x01\x08\x02\x00\x00\x00\x7b\x40\xe8\xdd\x00\x00\x00\x0dIDATx\x9cc\xf8\xcf\xc0\x00D\x00\x08\xfe\x01\xff\xc6\x9ey\xf7\x00\x00\x00\x00IEND\xaeB\x60\x82";

fn upload(visitor: &Client, room: &str, name: &str, kind: &str, bytes: &[u8]) -> Response {
    let parts = [file_part("file", name, kind, bytes)];
    visitor.send_form(&format!("livechat/upload/{room}"), &parts)
}

fn link(message: &Value) -> String {
    message["attachments"][0]["title_link"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn as_visitor(link: &str, token: &str, room: &str) -> String {
    format!("{link}?rc_token={token}&rc_rid={room}&rc_room_type=l")
}

/// Every file that a data folder keeps.
fn kept(folder: &Path) -> Vec<PathBuf> {
    let Ok(shelves) = std::fs::read_dir(folder.join("uploads")) else {
        return Vec::new();
    };
    let files = shelves.flat_map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

on_both_engines! {
    fn a_visitor_sends_a_file_and_both_sides_have_it(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.agent("amy").client;
        let eve = admin.person("eve", &["user"]);
        let (ann, room) = server.visitor("t1");
        server.visitor("t2");
        let parts = [
            text_part("description", "a picture"),
            text_part("msg", "look"),
            file_part("file", "../a b.png", "image/png", PNG),
        ];
        let sent = ann.send_form(&format!("livechat/upload/{room}"), &parts).expect(200);
        assert_eq!(sent["success"], true);
        assert_eq!(sent["newRoom"], false);
        assert_eq!(sent["showConnecting"], false);
        assert_eq!(sent["rid"], room.as_str());
        assert_eq!(sent["msg"], "look");
        assert_eq!(sent["token"], "t1");
        let id = sent["file"]["_id"].as_str().unwrap();
        assert_eq!(sent["file"], json!({"_id": id, "name": "a b.png", "type": "image/png"}));
        assert_eq!(sent["files"], json!([sent["file"]]));
        let attachment = &sent["attachments"][0];
        let path = format!("/file-upload/{id}/a%20b.png");
        assert_eq!(attachment["title"], "a b.png");
        assert_eq!(attachment["description"], "a picture");
        assert_eq!(attachment["title_link"], path.as_str());
        assert_eq!(attachment["image_url"], path.as_str());
        assert_eq!(attachment["image_size"], PNG.len());
        assert_eq!(attachment["image_dimensions"], json!({"width": 2, "height": 1}));
        assert!(attachment["image_preview"].as_str().unwrap().starts_with("/9j"), "{attachment}");

        // every way in, and nobody else
        let nobody = server.client();
        let mine = as_visitor(&path, "t1", &room);
        let whole = nobody.get(&mine);
        assert_eq!((whole.status, whole.body.as_slice()), (200, PNG));
        for (name, value) in [
            ("content-type", "image/png"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("cache-control", "private, no-cache"),
            ("content-disposition", "inline; filename=\"a b.png\"; filename*=UTF-8''a%20b.png"),
        ] {
            assert_eq!(whole.header(name), Some(value));
        }
        let cookies = format!("rc_is_widget=t; rc_room_type=l; rc_rid={room}; rc_token=t1");
        assert_eq!(nobody.with("Cookie", &cookies).get(&path).body, PNG);
        assert_eq!(amy.get(&path).body, PNG);
        assert_eq!(admin.get(&path).body, PNG);
        let (uid, token) = (amy.header("X-User-Id").unwrap(), amy.header("X-Auth-Token").unwrap());
        assert_eq!(nobody.get(&format!("{path}?rc_uid={uid}&rc_token={token}")).body, PNG);
        let cookies = format!("rc_uid={uid}; rc_token={token}");
        assert_eq!(nobody.with("Cookie", &cookies).get(&path).body, PNG);
        let unknown = path.replace(id, "abcdefghijklmnopq");
        for (caller, path) in [
            (&nobody, path.clone()),
            (&nobody, as_visitor(&path, "t2", &room)),
            (&nobody, as_visitor(&path, "nobody", &room)),
            (&nobody, as_visitor(&path, "t1", "elsewhere")),
            (&nobody, mine.replace("rc_room_type=l", "rc_room_type=c")),
            (&nobody, format!("{path}?rc_uid={uid}&rc_token=wrong")),
            (&nobody, format!("{path}?token=a.b.c")),
            (&eve, path.clone()),
            (&nobody, unknown.clone()),
            (&admin, unknown),
        ] {
            let refused = caller.get(&path);
            assert_eq!((refused.status, refused.text().as_str()), (403, "Forbidden\n"), "{path}");
        }

        // what the visitor's client reads has a link that opens without anything else
        let read = nobody.get(&format!("livechat/messages.history/{room}?token=t1")).expect(200);
        let shared = read["messages"].as_array().unwrap().iter().find(|one| one["_id"] == sent["_id"]);
        let shared = &shared.unwrap()["fileUpload"];
        assert_eq!((&shared["type"], &shared["size"]), (&json!("image/png"), &json!(PNG.len())));
        let public = shared["publicFilePath"].as_str().unwrap();
        let opened = public.split_once("/file-upload/").unwrap().1;
        assert!(opened.starts_with(&format!("{id}/a%20b.png?token=")), "{public}");
        assert_eq!(nobody.get(&format!("/file-upload/{opened}")).body, PNG);
        let one = sent["_id"].as_str().unwrap();
        let one = nobody.get(&format!("livechat/message/{one}?token=t1&rid={room}")).expect(200);
        assert!(one["message"]["fileUpload"]["publicFilePath"].is_string());
        admin.set("FileUpload_Enable_json_web_token_for_files", false);
        assert_eq!(nobody.get(&format!("/file-upload/{opened}")).status, 403);
        admin.set("FileUpload_ProtectFiles", false);
        assert_eq!(nobody.get(&path).body, PNG);
        admin.set("FileUpload_ProtectFiles", true);
        admin.set("FileUpload_Restrict_to_room_members", false);
        assert_eq!(eve.get(&path).body, PNG);

        // parts, and what is known already
        let ask = |name: &str, value: &str| nobody.send("GET", &mine, &[(name, value)], b"");
        let some = ask("Range", "bytes=1-3");
        assert_eq!((some.status, some.body.as_slice()), (206, &b"PNG"[..]));
        let range = format!("bytes 1-3/{}", PNG.len());
        assert_eq!(some.header("content-range"), Some(range.as_str()));
        assert_eq!(ask("Range", "bytes=-2").body, &PNG[PNG.len() - 2..]);
        assert_eq!(ask("Range", "bytes=9999-").status, 416);
        assert_eq!(ask("Range", "bytes=0-1,3-4").body, PNG);
        let tag = whole.header("etag").unwrap();
        let known = ask("If-None-Match", tag);
        assert_eq!((known.status, known.body.len()), (304, 0));
        let head = nobody.send("HEAD", &mine, &[], b"");
        assert_eq!((head.status, head.header("content-length")), (200, whole.header("content-length")));

        // after the end of the chat it is still theirs, and it takes no more
        nobody.post("livechat/room.close", &json!({"rid": room, "token": "t1"})).expect(200);
        assert_eq!(nobody.get(&mine).body, PNG);
        assert_eq!(upload(&ann, &room, "a.png", "image/png", PNG).expect(403)["error"], "unauthorized");
    }

    fn what_is_refused(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        admin.agent("amy");
        let (ann, room) = server.visitor("t1");
        let (bob, _) = server.visitor("t2");
        for stranger in [server.client(), bob, server.client().with("x-visitor-token", "nobody")] {
            let refused = upload(&stranger, &room, "a.txt", "text/plain", b"x");
            assert_eq!(refused.expect(403), json!({"success": false, "error": "unauthorized"}));
        }
        let refused = upload(&ann, "no-room-of-theirs", "a.txt", "text/plain", b"x");
        assert_eq!(refused.expect(403)["error"], "unauthorized");

        let path = format!("livechat/upload/{room}");
        let file = || file_part("file", "a.txt", "text/plain", b"x");
        let error = |parts: &[Vec<u8>]| ann.send_form(&path, parts).expect(400)["error"].clone();
        assert_eq!(error(&[text_part("msg", "no file")]), "[No file uploaded]");
        assert_eq!(error(&[file_part("photo", "a", "text/plain", b"x")]), "[invalid-field]");
        assert_eq!(error(&[file(), text_part("rid", "x")]), "Match error: Unknown key in field rid");
        let no_form = ann.post(&path.to_string(), &json!({"file": "x"}));
        assert_eq!(no_form.expect(400)["error"], "[No file uploaded]");
        let cut = &form(&[file()])[..120];
        let cut = ann.send("POST", &format!("/api/v1/{path}"), &[("Content-Type", FORM)], cut);
        assert_eq!(cut.expect(400)["success"], false);

        let reason = |answer: Response| answer.expect(400)["reason"].clone();
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
        for claimed in ["image/svg+xml", "image/png", "text/plain"] {
            assert_eq!(reason(upload(&ann, &room, "a.png", claimed, svg)), "error-type-not-allowed");
        }
        let named = upload(&ann, &room, "a.txt", "image/svg+xml", b"only called so");
        assert_eq!(reason(named), "error-type-not-allowed");
        admin.set("FileUpload_MediaTypeWhiteList", "image/*, application/pdf");
        let page = b"<html><script>alert(1)</script></html>";
        assert_eq!(reason(upload(&ann, &room, "a.png", "image/png", page)), "error-type-not-allowed");
        assert_eq!(upload(&ann, &room, "a.png", "application/octet-stream", PNG).status, 200);
        admin.set("FileUpload_MediaTypeWhiteList", "");
        admin.set("FileUpload_MaxFileSize", 1536);
        let large = upload(&ann, &room, "a.txt", "text/plain", &[b'x'; 1537]).expect(400);
        let refusal = json!({"reason": "error-size-not-allowed", "sizeAllowed": "1.5 KB", "success": false});
        assert_eq!(large, refusal);
        assert_eq!(upload(&ann, &room, "a.txt", "text/plain", &vec![b'x'; 20 << 20]).expect(400), refusal);
        assert_eq!(upload(&ann, &room, "a.txt", "text/plain", &[b'x'; 1536]).status, 200);
        for id in ["Livechat_fileupload_enabled", "FileUpload_Enabled"] {
            admin.set(id, false);
            let off = upload(&ann, &room, "a.txt", "text/plain", b"x").expect(400);
            assert_eq!(off, json!({"reason": "error-file-upload-disabled", "success": false}));
            admin.set(id, true);
        }
        // nothing of all that was refused has stayed
        assert_eq!(kept(database.folder()).len(), 2);
    }

    fn what_could_run_is_only_saved(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        admin.agent("amy");
        let (ann, room) = server.visitor("t1");
        admin.set("FileUpload_MediaTypeBlackList", "");
        let html = b"<!doctype html><script>alert(1)</script>";
        let svg = b"<?xml version='1.0'?><svg onload='alert(1)'/>";
        for (claimed, bytes, media_type) in [
            ("image/png", &html[..], "text/html"),
            ("text/html", &html[..], "text/html"),
            ("image/png", &svg[..], "image/svg+xml"),
            ("image/gif", b"alert(1)", "text/plain"),
            ("image/gif", b"\x01\x02\x03", "application/octet-stream"),
            ("application/pdf", b"%PDF-1.7", "application/pdf"),
        ] {
            let name = "cv\u{202e}gnp.html";
            let sent = upload(&ann, &room, name, claimed, bytes).expect(200);
            assert_eq!(sent["file"]["name"], "cvgnp.html");
            assert_eq!(sent["file"]["type"], media_type);
            let saved = ann.get(&as_visitor(&link(&sent), "t1", &room));
            assert_eq!(saved.body, bytes);
            assert_eq!(saved.header("content-type"), Some(media_type));
            let way = saved.header("content-disposition").unwrap();
            assert!(way.starts_with("attachment; "), "{way}");
            assert_eq!(saved.header("x-content-type-options"), Some("nosniff"));
            assert!(saved.header("content-security-policy").unwrap().starts_with("sandbox"));
        }
    }

    fn an_agent_sends_files(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.agent("amy").client;
        let eve = admin.person("eve", &["user"]);
        let (_, room) = server.visitor("t1");
        let pdf = || [file_part("file", "q.PDF", "application/pdf", b"%PDF-1.7")];
        assert_eq!(server.client().send_form(&format!("rooms.media/{room}"), &pdf()).status, 401);
        assert_eq!(eve.send_form(&format!("rooms.media/{room}"), &pdf()).expect(403)["error"], "unauthorized");
        let put = amy.send_form(&format!("rooms.media/{room}"), &pdf()).expect(200);
        let id = put["file"]["_id"].as_str().unwrap().to_owned();
        let path = format!("/file-upload/{id}/q.PDF");
        assert_eq!(put, json!({"file": {"_id": id, "url": path}, "success": true}));
        // not sent yet: nobody's but hers
        assert_eq!(amy.get(&path).status, 200);
        assert_eq!(admin.get(&path).status, 403);
        assert_eq!(amy.get(&as_visitor(&path, "t1", &room)).status, 200);
        assert_eq!(server.client().get(&as_visitor(&path, "t1", &room)).status, 403);

        let confirm = |who: &Client, room: &str, id: &str, body: &Value| {
            who.post(&format!("rooms.mediaConfirm/{room}/{id}"), body)
        };
        let body = json!({"msg": "here", "description": "the contract"});
        assert_eq!(confirm(&admin, &room, &id, &body).expect(400)["errorType"], "invalid-file");
        assert_eq!(confirm(&amy, "elsewhere", &id, &body).expect(400)["error"], "[invalid-file]");
        let odd = confirm(&amy, &room, &id, &json!({"rid": "x"})).expect(400);
        assert_eq!(odd["error"], "Match error: Unknown key in field rid");
        let sent = confirm(&amy, &room, &id, &body).expect(200);
        let message = &sent["message"];
        assert_eq!(message["msg"], "here");
        assert_eq!(message["u"]["username"], "amy");
        assert_eq!(message["file"], json!({"_id": id, "name": "q.PDF", "type": "application/pdf", "size": 8, "format": ""}));
        assert_eq!(message["attachments"], json!([{
            "title": "q.PDF", "type": "file", "format": "pdf", "description": "the contract",
            "title_link": path, "title_link_download": true, "size": 8,
        }]));
        assert_eq!(confirm(&amy, &room, &id, &body).expect(400)["error"], "[invalid-file]");
        assert_eq!(server.client().get(&as_visitor(&path, "t1", &room)).body, b"%PDF-1.7");
        assert_eq!(admin.get(&path).status, 200);

        let old = amy.send_form(&format!("rooms.upload/{room}"), &[
            text_part("msg", "old way"),
            file_part("file", "p.png", "image/png", PNG),
        ]);
        assert!(old.header("x-deprecation-type").is_some());
        let old = old.expect(200);
        assert_eq!(old["message"]["file"]["format"], "png");
        assert_eq!(old["message"]["attachments"][0]["image_dimensions"]["width"], 2);
        admin.set("FileUpload_MaxFileSize", 4);
        let large = amy.send_form(&format!("rooms.media/{room}"), &pdf()).expect(400);
        assert_eq!(large["error"], "[error-file-too-large]");
        admin.set("FileUpload_Enabled", false);
        let off = amy.send_form(&format!("rooms.media/{room}"), &pdf()).expect(400);
        assert_eq!(off["errorType"], "error-file-upload-disabled");
    }

    fn a_file_goes_with_its_message_and_with_its_visitor(engine: Engine) {
        let (server, database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        admin.agent("amy");
        let (ann, room) = server.visitor("t1");
        let first = upload(&ann, &room, "a.png", "image/png", PNG).expect(200);
        let second = upload(&ann, &room, "b.png", "image/png", PNG).expect(200);
        assert_eq!(kept(database.folder()).len(), 2);
        let message = first["_id"].as_str().unwrap();
        let gone = json!({"rid": room, "token": "t1"});
        ann.delete(&format!("livechat/message/{message}"), &gone).expect(200);
        assert_eq!(ann.get(&as_visitor(&link(&first), "t1", &room)).status, 403);
        assert_eq!(ann.get(&as_visitor(&link(&second), "t1", &room)).status, 200);
        eventually("the bytes of the first file to go", || {
            (kept(database.folder()).len() == 1).then_some(())
        });
        ann.post("livechat/room.close", &gone).expect(200);
        ann.send("DELETE", "/api/v1/livechat/visitor/t1", &[], b"").expect(200);
        assert_eq!(ann.get(&as_visitor(&link(&second), "t1", &room)).status, 403);
        assert_eq!(admin.get(&link(&second)).status, 403);
        eventually("the bytes of the second file to go", || {
            kept(database.folder()).is_empty().then_some(())
        });
    }

    fn what_was_answered_survives_a_kill(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database);
        let server = setup.start();
        server.admin().agent("amy");
        let (ann, room) = server.visitor("t1");
        let sending = std::thread::spawn({
            let room = room.clone();
            move || {
                let mut acknowledged = Vec::new();
                for number in 0..10_000_u32 {
                    let text = format!("file {number}");
                    let path = format!("/api/v1/livechat/upload/{room}");
                    let body = form(&[file_part("file", "a.txt", "text/plain", text.as_bytes())]);
                    match ann.try_send("POST", &path, &[("Content-Type", FORM)], &body) {
                        Ok(answer) if answer.status == 200 => {
                            acknowledged.push((link(&answer.value()), text));
                        }
                        _ => break,
                    }
                }
                acknowledged
            }
        });
        eventually("some files", || (kept(database.folder()).len() > 20).then_some(()));
        server.kill();
        let acknowledged = sending.join().unwrap();
        assert!(acknowledged.len() > 10);
        let server = setup.start();
        for (link, text) in acknowledged {
            let found = server.client().get(&as_visitor(&link, "t1", &room));
            assert_eq!(found.text(), text);
        }
    }

    fn a_refused_file_is_answered_to_those_who_send_it_whole(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let agent = desk.agent("amy");
        let room = desk.new_chat("t");
        let parts = [file_part("file", "a.bin", "application/x-thing", &vec![b'a'; 8 << 20])];
        let send = |client: &Client, path: &str| client.send_form(path, &parts);
        let path = format!("livechat/upload/{room}");
        let visitor = |token: &str| desk.anyone().with("x-visitor-token", token);
        send(&desk.anyone(), &path).refused(403, "unauthorized");
        send(&visitor("nobody"), &path).refused(403, "unauthorized");
        assert_eq!(send(&desk.anyone(), &format!("rooms.media/{room}")).status, 401);
        send(&agent.client, "rooms.media/nowhere").refused(403, "unauthorized");
        desk.set("Livechat_fileupload_enabled", false);
        assert_eq!(
            send(&visitor("t"), &path).expect(400),
            json!({"reason": "error-file-upload-disabled", "success": false})
        );
    }
}

#[test]
fn a_large_file_passes_through_little_memory() {
    const SIZE: usize = 100 << 20;
    let (server, _database) = Server::fresh(BINARY, Engine::Sqlite);
    server.admin().agent("amy");
    let (ann, room) = server.visitor("t1");
    upload(&ann, &room, "small.bin", "application/x-thing", b"\x01").expect(200);
    let before = server.most_memory();
    let head = file_part("file", "large.bin", "application/x-thing", b"");
    let end = format!("\r\n--{BOUNDARY}--\r\n");
    let head = &head[..head.len() - 2];
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(
        stream,
        "POST /api/v1/livechat/upload/{room} HTTP/1.1\r\nHost: x\r\nx-visitor-token: t1\r\nContent-Type: {FORM}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        head.len() + SIZE + end.len()
    )
    .unwrap();
    stream.write_all(head).unwrap();
    let piece = vec![7; 1 << 20];
    for _ in 0..SIZE >> 20 {
        stream.write_all(&piece).unwrap();
    }
    stream.write_all(end.as_bytes()).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut stream, &mut text).unwrap();
    let body = text.split_once("\r\n\r\n").unwrap().1;
    let sent: Value = serde_json::from_str(body).unwrap();
    assert_eq!(sent["success"], true, "{sent}");
    let whole = ann.get(&as_visitor(&link(&sent), "t1", &room));
    assert_eq!(whole.body.len(), SIZE);
    assert!(whole.body.iter().all(|byte| *byte == 7));
    let grown = server.most_memory() - before;
    assert!(grown < 40, "it took {grown} MB of memory");
}

#[test]
fn a_picture_that_is_a_bomb_is_a_file_without_a_preview() {
    let (server, _database) = Server::fresh(BINARY, Engine::Sqlite);
    server.admin().agent("amy");
    let (ann, room) = server.visitor("t1");
    let before = server.most_memory();
    // A GIF that says it has 65535 × 65535 pixels.
    let bomb = b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;";
    let sent = upload(&ann, &room, "bomb.gif", "image/gif", bomb).expect(200);
    assert_eq!(sent["attachments"][0].get("image_preview"), None);
    let grown = server.most_memory() - before;
    assert!(grown < 40, "it took {grown} MB of memory");
}

#[test]
fn who_breaks_off_leaves_nothing() {
    let (server, database) = Server::fresh(HARK, Engine::Sqlite);
    server.admin().agent("amy");
    let (_, room) = server.visitor("t1");
    let landing = database.folder().join("uploads").join("incoming");
    let arriving = || std::fs::read_dir(&landing).map_or(0, Iterator::count);
    let part = file_part("file", "a.bin", "application/x-thing", &[1; 100_000]);
    let mut connection = Connection::open(server.address()).unwrap();
    let head = format!(
        "POST /api/v1/livechat/upload/{room} HTTP/1.1\r\nHost: x\r\nx-visitor-token: t1\r\nContent-Type: {FORM}\r\nContent-Length: 10000000\r\n\r\n"
    );
    connection.write(head.as_bytes()).unwrap();
    connection.write(&part).unwrap();
    eventually("the file to begin", || (arriving() == 1).then_some(()));
    drop(connection);
    eventually("the file to go", || (arriving() == 0).then_some(()));
    assert_eq!(kept(database.folder()), Vec::<PathBuf>::new());
}

#[test]
fn files_leave_room_for_the_database() {
    let disk = Mount::of_megabytes(300);
    let folder = disk.path().join("data");
    let server = Setup::new(HARK).env("HARK_DATA", &folder).start();
    let admin = server.admin();
    admin.agent("amy");
    let (ann, room) = server.visitor("t1");
    assert_eq!(upload(&ann, &room, "a.png", "image/png", PNG).status, 200);
    let ballast = disk.path().join("much");
    std::fs::write(&ballast, vec![0; 60 << 20]).unwrap();
    let refused = upload(&ann, &room, "a.png", "image/png", PNG);
    assert_eq!(refused.status, 503);
    assert!(
        refused.text().contains("disk is full"),
        "{}",
        refused.text()
    );
    admin.set("Livechat_title", "still works");
    assert_eq!(
        std::fs::read_dir(folder.join("uploads").join("incoming"))
            .unwrap()
            .count(),
        0
    );
    std::fs::remove_file(ballast).unwrap();
    assert_eq!(upload(&ann, &room, "a.png", "image/png", PNG).status, 200);
}

#[test]
fn files_can_be_kept_in_a_bucket() {
    let bucket = Bucket::start();
    let database = Database::fresh(Engine::Sqlite);
    let setup = Setup::new(BINARY)
        .on(&database)
        .env("HARK_UPLOADS", "s3://chats/hark")
        .env("HARK_UPLOADS_ENDPOINT", bucket.endpoint())
        .env("AWS_SECRET_ACCESS_KEY", "geheim");
    let outcome = setup.run();
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.stderr.contains("AWS_ACCESS_KEY_ID is not set"),
        "{}",
        outcome.stderr
    );
    let setup = setup.env("AWS_ACCESS_KEY_ID", "AKIA");
    let server = setup.start();
    server.admin().agent("amy");
    let (ann, room) = server.visitor("t1");
    let sent = upload(&ann, &room, "a.png", "image/png", PNG).expect(200);
    let path = format!("/chats/hark/{}", sent["file"]["_id"].as_str().unwrap());
    assert_eq!(bucket.object(&path).unwrap(), PNG);
    let mine = as_visitor(&link(&sent), "t1", &room);
    assert_eq!(ann.get(&mine).body, PNG);
    assert_eq!(
        ann.send("GET", &mine, &[("Range", "bytes=1-3")], b"").body,
        b"PNG"
    );
    bucket.tire(20);
    server.may_log_error("the bucket for files cannot be used");
    assert_eq!(ann.get(&mine).status, 503);
    assert_eq!(upload(&ann, &room, "b.png", "image/png", PNG).status, 503);
    bucket.tire(0);
    let doctor = setup.command_line(&["doctor"], "");
    assert!(
        doctor
            .stdout
            .contains("ok    the bucket for files s3://chats/hark can be written and read"),
        "{}",
        doctor.stdout
    );
    ann.post("livechat/room.close", &json!({"rid": room, "token": "t1"}))
        .expect(200);
    ann.send("DELETE", "/api/v1/livechat/visitor/t1", &[], b"")
        .expect(200);
    eventually("the bucket to be empty", || {
        bucket.paths().is_empty().then_some(())
    });
    assert_eq!(kept(database.folder()), Vec::<PathBuf>::new());
}

/// The same each time: what is odd is chosen by a number that goes round.
fn odd(number: &mut u64, most: usize) -> usize {
    *number = number
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*number >> 33).unwrap() % most
}

#[test]
fn whatever_form_comes_in_the_answer_is_one_of_ours() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    server.admin().agent("amy");
    let (ann, room) = server.visitor("t1");
    let path = format!("/api/v1/livechat/upload/{room}");
    let whole = form(&[
        text_part("msg", "look"),
        file_part("file", "a.png", "image/png", PNG),
        text_part("description", "x"),
    ]);
    let mut number = 20_261_121;
    let mut statuses = std::collections::BTreeMap::new();
    for _ in 0..400 {
        let mut body = whole.clone();
        for _ in 0..1 + odd(&mut number, 3) {
            let place = odd(&mut number, body.len());
            match odd(&mut number, 5) {
                0 => body.truncate(place.max(1)),
                1 => body[place] = u8::try_from(odd(&mut number, 256)).unwrap(),
                2 => drop(body.drain(place..(place + 7).min(body.len()))),
                3 => body.splice(place..place, *b"\r\n\r\n").for_each(drop),
                _ => {
                    let copy = body[place / 2..place].to_vec();
                    body.splice(place..place, copy).for_each(drop);
                }
            }
        }
        let kinds = [
            FORM,
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "text/plain",
        ];
        let kind = kinds[odd(&mut number, 20).min(3 * usize::from(odd(&mut number, 9) == 0))];
        let answer = ann.send("POST", &path, &[("Content-Type", kind)], &body);
        assert!(
            [200, 400].contains(&answer.status),
            "{} {}",
            answer.status,
            answer.text()
        );
        assert_eq!(answer.value()["success"], answer.status == 200);
        *statuses.entry(answer.status).or_insert(0) += 1;
    }
    assert!(statuses[&200] > 20 && statuses[&400] > 20, "{statuses:?}");
}
