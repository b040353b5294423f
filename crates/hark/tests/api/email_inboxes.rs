//! E-mail inboxes: what comes into a mailbox is a chat, and what is answered there is a mail of the same thread.

use hark_testkit::form::{file_part, text_part};
use hark_testkit::{
    Agent, Client, Desk, Engine, ImapServer, Mail, Mailbox, Mood, Setup, eventually,
    on_both_engines, text,
};
use serde_json::{Value, json};

use crate::{BINARY, HARK};

fn desk(engine: Engine) -> Desk {
    Desk::open_with(HARK, engine, near)
}

/// Servers on this machine may be connected to.
fn near(setup: Setup) -> Setup {
    setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
}

/// An inbox as somebody sets it up.
fn inbox(imap: &ImapServer, smtp: &Mailbox, more: &Value) -> Value {
    let mut inbox = json!({
        "active": true,
        "name": "Help",
        "email": "Help@example.org",
        "senderInfo": "The helpers",
        "smtp": {"server": "127.0.0.1", "port": smtp.port(), "username": "", "password": "", "secure": false},
        "imap": {
            "server": "127.0.0.1", "port": imap.port(), "username": imap.username(),
            "password": imap.password(), "secure": false, "maxRetries": 1_000,
        },
    });
    for (name, value) in more.as_object().unwrap() {
        inbox[name] = value.clone();
    }
    inbox
}

fn save(client: &Client, inbox: &Value) -> String {
    text(&client.post("email-inbox", inbox).expect(200), "/_id")
}

fn letter(id: &str, from: &str, answers: &[&str], words: &str) -> String {
    let references: Vec<String> = answers.iter().map(|id| format!("<{id}>")).collect();
    let answers = match references.last() {
        Some(last) => format!(
            "In-Reply-To: {last}\nReferences: {}\n",
            references.join(" ")
        ),
        None => String::new(),
    };
    format!(
        "From: {from}\nTo: help@example.org\nSubject: Order 5\nMessage-ID: <{id}>\n{answers}Content-Type: text/plain; charset=utf-8\n\n{words}\n"
    )
}

const ANN: &str = "Ann Müller <Ann@x.example>";

/// The chats that there are, once there are so many, the oldest first.
fn chats(desk: &Desk, number: usize) -> Vec<Value> {
    eventually(&format!("{number} chats"), || {
        let rooms = desk
            .admin
            .get("livechat/rooms?count=0&sort=%7B%22ts%22%3A1%7D");
        let rooms = rooms.expect(200)["rooms"].as_array().unwrap().clone();
        assert!(rooms.len() <= number, "{rooms:?}");
        (rooms.len() == number).then_some(rooms)
    })
}

/// What was said in a chat by people, once it is so much, oldest first.
fn said(desk: &Desk, rid: &str, number: usize) -> Vec<Value> {
    eventually(&format!("{number} messages"), || {
        let path = format!("livechat/{rid}/messages");
        let messages = desk.admin.get(&path).expect(200);
        let messages = messages["messages"].as_array().unwrap().iter();
        let mut words: Vec<Value> = messages
            .filter(|one| one.get("t").is_none())
            .cloned()
            .collect();
        words.reverse();
        (words.len() >= number).then_some(words)
    })
}

fn words(desk: &Desk, rid: &str, number: usize) -> Vec<String> {
    let said = said(desk, rid, number);
    said.iter().map(|one| text(one, "/msg")).collect()
}

fn answer(agent: &Agent, rid: &str, words: &str) {
    let body = json!({"message": {"rid": rid, "msg": words}});
    agent.client.post("chat.sendMessage", &body).expect(200);
}

fn close(agent: &Agent, rid: &str) {
    let body = json!({"rid": rid, "comment": "done"});
    agent
        .client
        .post("livechat/room.closeByUser", &body)
        .expect(200);
}

fn sent(smtp: &Mailbox, number: usize) -> Vec<Mail> {
    eventually(&format!("{number} mails"), || {
        let caught = smtp.caught();
        (caught.len() >= number).then_some(caught)
    })
}

/// What an inbox says of itself, once that is so.
fn trouble(desk: &Desk, id: &str, is_there: bool) -> Value {
    eventually("what is wrong with it", || {
        let inbox = desk.admin.get(&format!("email-inbox/{id}")).expect(200);
        let trouble = inbox["trouble"].clone();
        (trouble.is_object() == is_there).then_some(trouble)
    })
}

on_both_engines! {
    fn inboxes_are_set_up_and_their_passwords_shown_to_nobody(engine: Engine) {
        let desk = desk(engine);
        let (imap, smtp) = (ImapServer::open(), Mailbox::open());
        let amy = desk.agent("amy");
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let smtp_at = json!({"server": "127.0.0.1", "port": smtp.port(), "username": "help", "password": "smtp-secret", "secure": false});
        let wanted = inbox(&imap, &smtp, &json!({"active": false, "department": "Sales", "smtp": smtp_at}));
        amy.client.post("email-inbox", &wanted).expect(403);
        let id = save(&desk.admin, &wanted);
        let shown = desk.admin.get(&format!("email-inbox/{id}"));
        for secret in ["smtp-secret", imap.password()] {
            assert!(!shown.text().contains(secret));
        }
        let shown = shown.expect(200);
        assert_eq!((&shown["email"], &shown["department"], &shown["active"]), (&json!("help@example.org"), &json!(sales), &json!(false)));
        assert_eq!(shown["imap"], json!({"server": "127.0.0.1", "port": imap.port(), "username": "help", "password": "••••••••", "secure": false, "maxRetries": 1_000}));
        assert_eq!(shown["_createdBy"]["username"], "admin");
        let listed = desk.admin.get("email-inbox.list").expect(200);
        assert_eq!((listed["emailInboxes"][0]["_id"].as_str(), &listed["total"]), (Some(id.as_str()), &json!(1)));
        let found = desk.admin.get("email-inbox.search?email=HELP%40example.org").expect(200);
        assert_eq!(text(&found, "/emailInbox/_id"), id);
        let found = desk.admin.get("email-inbox.search?email=other%40example.org").expect(200);
        assert_eq!(found["emailInbox"], Value::Null);

        desk.admin.post("email-inbox", &wanted).refused_with_code("help@example.org is already in use :(", "error-field-unavailable");
        // What stands for a password leaves it; a password goes to no other server.
        let mut other = shown;
        for name in ["success", "_createdAt", "_createdBy", "_updatedAt"] {
            other.as_object_mut().unwrap().remove(name);
        }
        other["name"] = json!("Help me");
        assert_eq!(save(&desk.admin, &other), id);
        other["imap"]["server"] = json!("elsewhere.example");
        desk.admin.post("email-inbox", &other).refused_with_code("The field imap.password is required", "error-the-field-is-required");
        other["imap"]["server"] = json!("http://x/");
        desk.admin.post("email-inbox", &other).refused_with_code("http://x/ is not a valid imap.server", "error-input-is-not-a-valid-field");
        let unknown = inbox(&imap, &smtp, &json!({"_id": "nobody", "email": "x@example.org"}));
        desk.admin.post("email-inbox", &unknown).refused_with_code("There is no such e-mail inbox any more", "error-invalid-email-inbox");
        let kept = desk.database.events();
        assert!(!format!("{kept:?}").contains("smtp-secret"));

        desk.admin.delete(&format!("email-inbox/{id}"), &json!({})).expect(200);
        desk.admin.get(&format!("email-inbox/{id}")).refused(404, "There is no such e-mail inbox");
        desk.admin.delete(&format!("email-inbox/{id}"), &json!({})).refused(404, "There is no such e-mail inbox");
    }

    fn a_mail_is_a_chat_and_its_answer_a_mail_of_the_same_thread(engine: Engine) {
        let desk = desk(engine);
        let (imap, smtp) = (ImapServer::open(), Mailbox::open());
        let amy = desk.agent("amy");
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let id = save(&desk.admin, &inbox(&imap, &smtp, &json!({"department": sales})));
        imap.deliver(&letter("a1@x.example", ANN, &[], "Where is it?\n\n> not a quote"));
        let room = chats(&desk, 1).remove(0);
        let rid = text(&room, "/_id");
        assert_eq!(room["source"], json!({"type": "email", "id": id, "alias": "Help", "destination": "help@example.org"}));
        assert_eq!(room["email"], json!({"thread": "a1@x.example", "replyTo": "ann@x.example", "subject": "Order 5"}));
        assert_eq!((&room["fname"], &room["departmentId"], &room["servedBy"]["username"]), (&json!("Ann Müller"), &json!(sales), &json!("amy")));
        assert_eq!(words(&desk, &rid, 1), ["Order 5\n\nWhere is it?\n\n> not a quote"]);

        answer(&amy, &rid, "On its way & <soon>\nAmy");
        let first = sent(&smtp, 1).remove(0);
        assert_eq!((first.sender.as_str(), first.recipients.as_slice()), ("help@example.org", ["ann@x.example".to_owned()].as_slice()));
        let head = |name: &str| first.header(name).unwrap();
        assert_eq!(head("From"), "\"The helpers\" <help@example.org>");
        assert_eq!((head("To"), head("Subject")), ("ann@x.example".to_owned(), "Re: Order 5".to_owned()));
        assert_eq!((head("In-Reply-To"), head("References")), ("<a1@x.example>".to_owned(), "<a1@x.example>".to_owned()));
        assert_eq!(first.part("text/plain"), "On its way & <soon>\nAmy");
        assert!(first.part("text/html").contains("On its way &amp; &lt;soon&gt;<br>"));
        let ours = head("Message-ID").trim_matches(['<', '>']).to_owned();

        // The reply goes on in the same chat, without what stands below it; what comes again is said once.
        let reply = letter("a2@x.example", ANN, &["a1@x.example", &ours], "Thanks!\n\nOn Monday, The helpers wrote:\n> On its way");
        imap.deliver(&reply);
        imap.deliver(&reply);
        assert_eq!(words(&desk, &rid, 3).last().unwrap(), "Thanks!");
        answer(&amy, &rid, "Bye");
        let second = sent(&smtp, 2).remove(1);
        assert_eq!(second.header("In-Reply-To").unwrap(), "<a2@x.example>");
        assert_eq!(second.header("References").unwrap(), format!("<a1@x.example> <{ours}> <a2@x.example>"));
        close(&amy, &rid);

        // Nobody gets into somebody's chats by their address, nor by what they were written.
        imap.deliver(&letter("s1@y.example", ANN, &[], "It is me"));
        let strangers = text(&chats(&desk, 2)[1], "/_id");
        imap.deliver(&letter("s2@y.example", "mallory@y.example", &[&ours], "It is me, too"));
        chats(&desk, 3);
        // The reply to a chat that is over opens the next one of the same visitor.
        imap.deliver(&letter("a3@x.example", ANN, &["a1@x.example", &ours], "One more thing"));
        let rooms = chats(&desk, 4);
        let visitor = |room: &Value| text(room, "/v/_id");
        assert_eq!(visitor(&rooms[3]), visitor(&room));
        for other in &rooms[1..3] {
            assert_ne!(visitor(other), visitor(&room));
        }
        assert_eq!(words(&desk, &text(&rooms[3], "/_id"), 1), ["Order 5\n\nOne more thing"]);
        assert_eq!(words(&desk, &rid, 4).len(), 4);
        answer(&amy, &strangers, "Hello?");
        assert_eq!(sent(&smtp, 3)[2].recipients, ["ann@x.example"]);

        // What no person has written opens nothing.
        for (number, head) in ["Auto-Submitted: auto-replied", "Precedence: bulk", "Return-Path: <>"].into_iter().enumerate() {
            imap.deliver(&letter(&format!("p{number}@x.example"), &format!("robot@x.example\n{head}"), &[], "beep"));
        }
        imap.deliver(&letter("own@example.org", "help@example.org", &[], "me"));
        imap.deliver(&letter("b1@x.example", "ben@x.example", &[], "Hi"));
        assert_eq!(chats(&desk, 5)[4]["fname"].as_str().map(|name| name.starts_with("guest-")), Some(true));
        assert_eq!(desk.database.number("SELECT count(*) FROM email_message WHERE room_id IS NULL"), 4);
    }

    fn files_go_both_ways(engine: Engine) {
        let desk = desk(engine);
        let (imap, smtp) = (ImapServer::open(), Mailbox::open());
        let amy = desk.agent("amy");
        desk.set("FileUpload_MediaTypeBlackList", "text/html");
        save(&desk.admin, &inbox(&imap, &smtp, &json!({})));
        imap.deliver(&format!(
            "From: {ANN}\nSubject: Files\nMessage-ID: <f1@x.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>See <b>these</b></p>\n--b\nContent-Type: text/plain; name=note.txt\nContent-Disposition: attachment; filename=note.txt\n\nhello\n--b\nContent-Type: text/html\nContent-Disposition: attachment; filename=page.html\n\n<p>x</p>\n--b--\n"
        ));
        let rid = text(&chats(&desk, 1)[0], "/_id");
        let said = said(&desk, &rid, 3);
        assert_eq!(text(&said[0], "/msg"), "Files\n\nSee these");
        assert_eq!(text(&said[1], "/file/name"), "note.txt");
        let link = text(&said[1], "/attachments/0/title_link");
        assert_eq!(amy.client.get(&link).text(), "hello");
        assert_eq!(text(&said[2], "/msg"), "[page.html was left out: files of this type are not accepted]");

        let parts = [text_part("msg", "Here you are"), file_part("file", "bill.txt", "text/plain", b"42 euros")];
        let path = format!("rooms.upload/{rid}");
        amy.client.send_form(&path, &parts).expect(200);
        let mail = sent(&smtp, 1).remove(0);
        assert!(mail.text.contains("filename=\"bill.txt\"") && mail.text.contains("Here you are"), "{}", mail.text);
        assert!(mail.text.contains("42 euros"), "{}", mail.text);
    }

    fn what_is_wrong_with_an_inbox_is_said_where_it_is_listed(engine: Engine) {
        let desk = desk(engine);
        let (mut imap, smtp) = (ImapServer::open(), Mailbox::open());
        let amy = desk.agent("amy");
        let mut wanted = inbox(&imap, &smtp, &json!({}));
        wanted["imap"]["password"] = json!("wrong");
        let id = save(&desk.admin, &wanted);
        let wrong = trouble(&desk, &id, true);
        assert!(text(&wrong, "/error").starts_with("the server refuses the user name or the password: "), "{wrong}");
        assert!(wrong["since"].is_string());
        let metrics = desk.anyone().get("/metrics").text();
        assert!(metrics.contains("hark_email_inboxes_failing 1\n"), "{metrics}");
        wanted["_id"] = json!(id);
        wanted["imap"]["password"] = json!(imap.password());
        save(&desk.admin, &wanted);
        trouble(&desk, &id, false);
        imap.deliver(&letter("a1@x.example", ANN, &[], "one"));
        let rid = text(&chats(&desk, 1)[0], "/_id");

        // A server that goes away is found again; numbered anew, its mails are no others.
        imap.stop();
        trouble(&desk, &id, true);
        imap.deliver(&letter("a2@x.example", ANN, &["a1@x.example"], "two"));
        imap.number_anew();
        assert_eq!(words(&desk, &rid, 2), ["Order 5\n\none", "two"]);
        trouble(&desk, &id, false);
        assert_eq!(desk.database.number("SELECT uid_validity FROM email_inbox"), 1_234_567);
        imap.deliver(&letter("a3@x.example", ANN, &["a1@x.example"], "three"));
        assert_eq!(words(&desk, &rid, 3).len(), 3);
        chats(&desk, 1);

        // An answer that its server does not take comes back to whoever wrote it.
        desk.server.may_log_error("a mail could not be sent and is given up");
        smtp.set_mood(Mood::Refuses("550 nobody of this name"));
        answer(&amy, &rid, "Are you there?");
        let told = eventually("a message about it", || {
            let rooms = amy.client.get("im.list").expect(200);
            let room = rooms["ims"].as_array().unwrap().first().cloned()?;
            let path = format!("im.messages?roomId={}", text(&room, "/_id"));
            Some(text(&amy.client.get(&path).expect(200), "/messages/0/msg"))
        });
        assert!(told.starts_with("Your e-mail to ann@x.example was not sent: ") && told.ends_with("\n> Are you there?"), "{told}");
        let refused = desk.admin.post(&format!("email-inbox.send-test/{id}"), &json!({})).expect(400);
        assert!(text(&refused, "/error").contains("nobody of this name"), "{refused}");
        smtp.set_mood(Mood::Takes);
        let tested = desk.admin.post(&format!("email-inbox.send-test/{id}"), &json!({})).expect(200);
        assert_eq!(text(&tested, "/_id"), id);
        let test = sent(&smtp, 1).remove(0);
        assert_eq!((test.recipients, test.text.contains("Auto-Submitted: auto-generated")), (vec!["admin@example.org".to_owned()], true));
        desk.admin.delete(&format!("email-inbox/{id}"), &json!({})).expect(200);
        let body = json!({"message": {"rid": rid, "msg": "x"}});
        amy.client.post("chat.sendMessage", &body).refused_with_code("There is no such e-mail inbox any more", "error-invalid-email-inbox");
    }

    fn over_tls_and_after_a_sudden_end_no_mail_is_lost_or_said_twice(engine: Engine) {
        let imap = ImapServer::open();
        let smtp = Mailbox::open_secure(imap.certificate_bytes(), imap.key_bytes());
        let trusting = |setup: Setup| near(setup).env("SSL_CERT_FILE", imap.certificate().to_str().unwrap());
        let Desk { server, admin, database } = Desk::open_with(BINARY, engine, trusting);
        let amy = admin.agent("amy");
        let smtp_at = json!({"server": "localhost", "port": smtp.port(), "username": "", "password": "", "secure": true});
        let imap_at = json!({
            "server": "localhost", "port": imap.secure_port(), "username": imap.username(), "password": imap.password(), "secure": true,
        });
        save(&admin, &inbox(&imap, &smtp, &json!({"imap": imap_at, "smtp": smtp_at})));
        imap.deliver(&letter("a1@x.example", ANN, &[], "one"));
        let desk = Desk { server, admin, database };
        let rid = text(&chats(&desk, 1)[0], "/_id");
        answer(&amy, &rid, "here it is");
        assert!(sent(&smtp, 1)[0].text.contains("here it is"));
        // As if it had ended before it wrote down how far it had read.
        let Desk { server, database, .. } = desk;
        server.kill();
        database.execute("UPDATE email_inbox SET last_uid = 0");
        imap.deliver(&letter("a2@x.example", ANN, &["a1@x.example"], "two"));
        let server = trusting(Setup::new(BINARY).on(&database)).start();
        let admin = server.admin();
        let desk = Desk { server, admin, database };
        assert_eq!(words(&desk, &rid, 3), ["Order 5\n\none", "here it is", "two"]);
        chats(&desk, 1);
    }
}
