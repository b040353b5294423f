//! Mail, seen from outside: what is asked for arrives, once, whatever happens on the way.

use std::net::TcpListener;

use hark_testkit::{
    Client, Database, Engine, Mail, Mailbox, Mood, Program, Server, Setup, eventually,
    on_both_engines,
};
use serde_json::{Value, json};

use crate::{BINARY, HARK};

const OFFLINE: &str = "/api/v1/livechat/offline.message";
const TRANSCRIPT: &str = "/api/v1/livechat/transcript";

/// A server that mails to a mailbox and whose chats need no agent.
fn setup(database: &Database, port: u16) -> Setup {
    setup_of(HARK, database, port)
}

fn setup_of(program: impl Into<Program>, database: &Database, port: u16) -> Setup {
    Setup::new(program)
        .on(database)
        .env("SMTP_Host", "127.0.0.1")
        .env("SMTP_Port", port.to_string())
        .env("Livechat_offline_email", "desk@example.org")
        .env("Livechat_validate_offline_email", "false")
        .env("Livechat_accept_chats_with_no_agents", "true")
        .env("Livechat_registration_form", "false")
        .env("Livechat_enable_transcript", "true")
}

struct Fixture {
    database: Database,
    mailbox: Mailbox,
    server: Server,
}

fn fresh(engine: Engine) -> Fixture {
    let database = Database::fresh(engine);
    let mailbox = Mailbox::open();
    let server = setup(&database, mailbox.port()).start();
    Fixture {
        database,
        mailbox,
        server,
    }
}

impl Fixture {
    fn mails(&self, number: usize) -> Vec<Mail> {
        arrived(&self.mailbox, number)
    }
}

fn arrived(mailbox: &Mailbox, number: usize) -> Vec<Mail> {
    eventually(&format!("{number} mails"), || {
        let caught = mailbox.caught();
        (caught.len() >= number).then_some(caught)
    })
}

fn set(server: &Server, id: &str, value: &Value) {
    let path = format!("/api/v1/settings/{id}");
    server
        .admin()
        .post(&path, &json!({"value": value}))
        .expect(200);
}

/// Also where a closed network's name server says of every name that there is none.
#[test]
fn a_name_server_that_knows_nothing_costs_nobody_their_message() {
    let database = Database::fresh(Engine::Sqlite);
    let server = Setup::new(HARK).on(&database).start();
    let form = json!({"name": "Ann", "email": "ann@example.com", "message": "Please call me."});
    leave(&server, &form);
    let left = database
        .events()
        .into_iter()
        .filter(|(_, kind, _)| kind == "offline.submitted");
    assert_eq!(left.count(), 1);
}

fn left_by(name: &str) -> Value {
    json!({"name": name, "email": "ann@x.example", "message": "Please call me."})
}

fn leave(server: &Server, form: &Value) {
    let answer = server.client().post(OFFLINE, form).expect(200);
    assert_eq!(
        answer,
        json!({"message": "Livechat offline message sent", "success": true})
    );
}

/// A visitor's open chat.
struct Chat {
    client: Client,
    token: String,
    room: String,
}

impl Chat {
    fn open(server: &Server, token: &str) -> Self {
        let client = server.client();
        // Visitors are known by their address as well.
        let email = format!("{}@x.example", token.trim_start_matches("token-of-"));
        let visitor = json!({"token": token, "name": "Ann", "email": email});
        let path = "/api/v1/livechat/visitor";
        client.post(path, &json!({"visitor": visitor})).expect(200);
        let path = format!("/api/v1/livechat/room?token={token}");
        let room = client.get(&path).expect(200)["room"]["_id"].clone();
        Self {
            client,
            token: token.into(),
            room: room.as_str().unwrap().into(),
        }
    }

    fn say(&self, text: &str) {
        let body = json!({"token": self.token, "rid": self.room, "msg": text});
        self.client.post("livechat/message", &body).expect(200);
    }

    fn close(&self) {
        let body = json!({"token": self.token, "rid": self.room});
        self.client.post("livechat/room.close", &body).expect(200);
    }

    fn ask(&self) -> Value {
        json!({"token": self.token, "rid": self.room, "email": "ann@x.example"})
    }

    fn history(&self) -> Vec<Value> {
        let (room, token) = (&self.room, &self.token);
        let path = format!("/api/v1/livechat/messages.history/{room}?token={token}&limit=100");
        let answer = self.client.get(&path).expect(200);
        answer["messages"].as_array().unwrap().clone()
    }

    /// The notice that a transcript was sent.
    fn notice(&self) -> Value {
        eventually("the notice of a transcript", || {
            let mut messages = self.history().into_iter();
            messages.find(|message| message["t"] == "livechat_transcript_history")
        })
    }
}

/// How many mails wait or were given up.
fn waiting(database: &Database) -> i64 {
    database.number("SELECT count(*) FROM mail")
}

/// Every mail that waits is due now, as if its pause were over.
fn end_pauses(database: &Database) {
    database.execute("UPDATE mail SET next_at = 1 WHERE next_at IS NOT NULL");
}

/// What the server said in channels.
fn said_by_the_server(database: &Database) -> Vec<String> {
    const SAID: &str = "SELECT text FROM message WHERE author_id = 'rocket.cat' AND kind IS NULL";
    match database.url() {
        Some(_) => {
            let rows = database.postgres().query(SAID, &[]).unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
        None => {
            let database = database.sqlite();
            let mut statement = database.prepare(SAID).unwrap();
            let rows = statement.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        }
    }
}

/// As many mails as may wait, all of them due in a far future.
fn fill(database: &Database) {
    database.execute(
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 10000)
        INSERT INTO mail (id, recipient, subject, html, plain, attempts, next_at, created_at)
        SELECT 'm' || n, 'a@b.example', '', '', '', 1, 9000000000000, 1 FROM number",
    );
}

on_both_engines! {
    fn a_message_left_is_logged_and_mailed(engine: Engine) {
        let fixture = fresh(engine);
        let form = json!({"name": "Ann <b>\u{202e}", "email": "Ann@X.example", "message": "Call <me>\nsoon", "host": "https://shop.example"});
        leave(&fixture.server, &form);
        let events = eventually("the event", || {
            let events = fixture.database.events();
            let left: Vec<Value> = events.into_iter().filter(|(_, kind, _)| kind == "offline.submitted").map(|(_, _, body)| body).collect();
            (!left.is_empty()).then_some(left)
        });
        assert_eq!(events, [form]);
        let mail = &fixture.mails(1)[0];
        assert_eq!(mail.recipients, ["desk@example.org"]);
        assert_eq!(mail.header("To").unwrap(), "desk@example.org");
        assert_eq!(mail.header("Reply-To").unwrap(), "Ann@X.example");
        assert_eq!(mail.header("From").unwrap(), "no-reply@localhost");
        assert_eq!(mail.header("Subject").unwrap(), "Offline message from Ann <b>");
        let plain = mail.part("text/plain");
        assert!(plain.contains("Name: Ann <b>\n") && plain.contains("\nCall <me>\nsoon\n"), "{plain}");
        assert!(plain.contains("Site: https://shop.example\n"), "{plain}");
        let html = mail.part("text/html");
        assert!(html.contains("Call &lt;me&gt;<br>") && !html.contains("<b>"), "{html}");
    }

    fn what_a_form_needs(engine: Engine) {
        let fixture = fresh(engine);
        let client = fixture.server.client();
        let refused = |form: &Value| {
            let answer = client.post(OFFLINE, form).expect(400);
            assert_eq!(answer, json!({"success": false, "error": "Error sending Omnichannel offline message"}), "{form}");
        };
        for email in ["", "ann", "ann@", "a@b.example, c@d.example", "Ann <a@b.example>", "a@b.example\r\nBcc: c@d.example"] {
            refused(&json!({"name": "Ann", "email": email, "message": "x"}));
        }
        refused(&json!({"name": "n".repeat(2_000), "email": "a@b.example", "message": "x"}));
        let answer = client.post(OFFLINE, &json!({"name": "Ann", "email": "a@b.example"})).expect(400);
        assert_eq!(answer["error"], "must have required property 'message' [invalid-params]");
        assert_eq!(answer["errorType"], "invalid-params");
        set(&fixture.server, "Livechat_display_offline_form", &json!(false));
        refused(&left_by("Ann"));
        assert_eq!(waiting(&fixture.database), 0);
        assert_eq!(fixture.mailbox.begun(), 0);
    }

    fn a_message_is_left_without_mail_as_well(engine: Engine) {
        let fixture = fresh(engine);
        set(&fixture.server, "Livechat_offline_email", &json!(""));
        leave(&fixture.server, &left_by("Nobody's"));
        set(&fixture.server, "Livechat_offline_email", &json!("desk@example.org, boss@example.org"));
        set(&fixture.server, "SMTP_Host", &json!(""));
        leave(&fixture.server, &left_by("Unheard"));
        fixture.server.wait_for_log("no SMTP server is set up");
        set(&fixture.server, "SMTP_Host", &json!("localhost"));
        set(&fixture.server, "From_Email", &json!("Help <help@example.org>"));
        leave(&fixture.server, &left_by("Heard"));
        let mails = fixture.mails(1);
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].recipients, ["desk@example.org", "boss@example.org"]);
        assert_eq!(mails[0].header("From").unwrap(), "Help <help@example.org>");
        let left = fixture.database.events().into_iter().filter(|(_, kind, _)| kind == "offline.submitted");
        assert_eq!(left.count(), 3);
    }

    fn a_department_gets_what_is_left_for_it(engine: Engine) {
        let fixture = fresh(engine);
        let department = json!({"name": "Sales", "email": "sales@example.org", "enabled": true, "showOnRegistration": true, "showOnOfflineForm": true});
        let made = fixture.server.admin().post("livechat/department", &json!({"department": department, "agents": []})).expect(200);
        let id = made["department"]["_id"].clone();
        for named in [json!("Sales"), id, json!("Nowhere")] {
            let mut form = left_by("Ann");
            form["department"] = named;
            leave(&fixture.server, &form);
        }
        let mut recipients: Vec<String> = fixture.mails(3).into_iter().flat_map(|mail| mail.recipients).collect();
        recipients.sort();
        assert_eq!(recipients, ["desk@example.org", "sales@example.org", "sales@example.org"]);
    }

    fn no_name_and_no_message_reaches_the_head_of_a_mail(engine: Engine) {
        let fixture = fresh(engine);
        let hostile = "Ann\r\nBcc: victim@example.org\r\nContent-Type: text/html\r\n\r\n<script>";
        leave(&fixture.server, &json!({"name": hostile, "email": "ann@x.example", "message": "\r\n.\r\nRCPT TO:<victim@example.org>\r\n", "host": hostile}));
        let mail = &fixture.mails(1)[0];
        assert_eq!(mail.recipients, ["desk@example.org"]);
        assert!(mail.header("Bcc").is_none(), "{}", mail.head());
        assert!(mail.header("Content-Type").unwrap().starts_with("multipart/alternative"));
        assert!(mail.part("text/plain").contains("\n.\nRCPT TO:<victim@example.org>"), "{}", mail.text);
    }

    fn a_visitor_gets_what_was_said(engine: Engine) {
        let fixture = fresh(engine);
        let chat = Chat::open(&fixture.server, "token-of-ann");
        chat.say("Do you ship to <Berlin>?");
        chat.say("Second\nline");
        let answer = chat.client.post(TRANSCRIPT, &chat.ask()).expect(200);
        assert_eq!(answer, json!({"message": "Omnichannel transcript sent", "success": true}));
        // What is said later is not in it, however late it is written.
        chat.say("Not in it");
        let mail = &fixture.mails(1)[0];
        assert_eq!(mail.recipients, ["ann@x.example"]);
        assert_eq!(mail.header("Subject").unwrap(), "The transcript of your conversation");
        let plain = mail.part("text/plain");
        let (first, second) = (plain.find("Do you ship to <Berlin>?"), plain.find("    Second\n    line\n"));
        assert!(first.is_some() && first < second, "{plain}");
        assert!(plain.contains("  Ann\n") && !plain.contains("Not in it"), "{plain}");
        assert!(mail.part("text/html").contains("Do you ship to &lt;Berlin&gt;?"));
        let notice = chat.notice();
        assert_eq!(notice["u"]["username"], "rocket.cat");
        assert_eq!(notice["requestData"]["type"], "visitor");
        assert_eq!(notice["requestData"]["visitor"]["name"], "Ann");
        assert_eq!(waiting(&fixture.database), 0);
        assert_eq!(fixture.mailbox.caught().len(), 1);
    }

    fn nobody_gets_the_transcript_of_another(engine: Engine) {
        let fixture = fresh(engine);
        let chat = Chat::open(&fixture.server, "token-of-ann");
        let other = Chat::open(&fixture.server, "token-of-bob");
        for (token, room) in [(&other.token, &chat.room), (&chat.token, &"nowhere".to_owned()), (&"nobody".to_owned(), &chat.room)] {
            let body = json!({"token": token, "rid": room, "email": "bob@x.example"});
            let answer = chat.client.post(TRANSCRIPT, &body).expect(400);
            assert_eq!(answer, json!({"success": false, "error": "error-invalid-visitor"}));
        }
        let mut body = chat.ask();
        body["email"] = json!("no address\r\nBcc: x@y.z");
        let answer = chat.client.post(TRANSCRIPT, &body).expect(400);
        assert_eq!(answer["success"], false);
        assert!(answer["message"].is_string() && answer.get("error").is_none(), "{answer}");
        let answer = chat.client.post(TRANSCRIPT, &json!({"token": "x", "rid": "y"})).expect(400);
        assert_eq!(answer["error"], "must have required property 'email' [invalid-params]");
        set(&fixture.server, "SMTP_Host", &json!(""));
        let answer = chat.client.post(TRANSCRIPT, &chat.ask()).expect(400);
        assert_eq!(answer, json!({"message": "no SMTP server is set up, so mail cannot be sent", "success": false}));
        assert_eq!(waiting(&fixture.database), 0);
    }

    fn a_visitors_transcript_goes_to_their_own_address_and_once_a_minute(engine: Engine) {
        let fixture = fresh(engine);
        let admin = fixture.server.admin();
        let chat = Chat::open(&fixture.server, "token-of-ann");
        chat.say("Buy this");
        let to = |email: &str| {
            let mut body = chat.ask();
            body["email"] = json!(email);
            chat.client.post(TRANSCRIPT, &body)
        };
        to("bob@x.example").refused_with_code("A transcript goes only to the e-mail address that the visitor has registered", "error-not-allowed");
        set(&fixture.server, "Livechat_enable_transcript", &json!(false));
        to("ann@x.example").refused_with_code("Transcripts by mail are switched off", "error-not-allowed");
        set(&fixture.server, "Livechat_enable_transcript", &json!(true));
        to("ANN@x.example").expect(200);
        let again = to("ann@x.example");
        assert!(again.expect(429)["error"].as_str().unwrap().contains("You must wait "), "{}", again.text());
        // A colleague may name any address, with the visitor's setting off too, and waits as well.
        set(&fixture.server, "Livechat_enable_transcript", &json!(false));
        let send = || admin.method("livechat:sendTranscript", &json!([chat.token, chat.room, "boss@x.example", ""]));
        let soon = send();
        assert_eq!(soon["error"]["error"], "too-many-requests", "{soon}");
        fixture.database.execute("UPDATE room SET transcript_at = transcript_at - 60000");
        assert_eq!(send()["result"], true);
        let mails = fixture.mails(2);
        let mut recipients: Vec<&String> = mails.iter().flat_map(|mail| &mail.recipients).collect();
        recipients.sort_unstable();
        assert_eq!(recipients, ["ANN@x.example", "boss@x.example"]);
        // Another chat waits for nobody.
        set(&fixture.server, "Livechat_enable_transcript", &json!(true));
        let other = Chat::open(&fixture.server, "token-of-bob");
        let body = json!({"token": other.token, "rid": other.room, "email": "bob@x.example"});
        other.client.post(TRANSCRIPT, &body).expect(200);
    }

    fn visitors_at_one_address_ask_for_few_transcripts(engine: Engine) {
        let database = Database::fresh(engine);
        let server = setup(&database, 1).env("HARK_RATE_LIMIT", "on").start();
        let ask = |token: usize| {
            let body = json!({"token": format!("made-up-{token}"), "rid": "x", "email": "a@x.example"});
            server.client().post(TRANSCRIPT, &body).status
        };
        let answers: Vec<u16> = (0..7).map(ask).collect();
        assert_eq!(answers, [400, 400, 400, 400, 400, 429, 429]);
    }

    fn a_transcript_that_was_requested_goes_when_the_chat_ends(engine: Engine) {
        let fixture = fresh(engine);
        let admin = fixture.server.admin();
        let chat = Chat::open(&fixture.server, "token-of-ann");
        chat.say("hello");
        let path = format!("{TRANSCRIPT}/{}", chat.room);
        let request = json!({"email": "boss@x.example", "subject": "Your chat\r\nBcc: x@y.z"});
        let answer = admin.delete(&path, &json!({})).expect(400);
        assert_eq!(answer["errorType"], "error-transcript-not-requested");
        assert_eq!(admin.post(&path, &request).expect(200), json!({"success": true}));
        let answer = admin.post(&path, &request).expect(400);
        assert_eq!(answer, json!({"success": false, "error": "Transcript already requested [error-transcript-already-requested]", "errorType": "error-transcript-already-requested"}));
        assert_eq!(admin.delete(&path, &json!({})).expect(200), json!({"success": true}));
        admin.post(&path, &request).expect(200);
        let answer = admin.post(&format!("{TRANSCRIPT}/nowhere"), &request).expect(400);
        assert_eq!(answer["error"], "Invalid room [error-invalid-room]");
        let agent = admin.person("amy", &["livechat-agent"]);
        agent.post(&path, &request).expect(403);
        assert_eq!(fixture.mailbox.begun(), 0);
        chat.close();
        let mail = &fixture.mails(1)[0];
        assert_eq!(mail.recipients, ["boss@x.example"]);
        assert_eq!(mail.header("Subject").unwrap(), "Your chat Bcc: x@y.z");
        assert!(mail.part("text/plain").contains("    hello\n"));
        let notice = chat.notice();
        assert_eq!(notice["u"]["username"], "admin");
        assert_eq!(notice["requestData"]["type"], "user");
        assert_eq!(notice["requestData"]["user"]["username"], "admin");
        let ended = chat.history().into_iter().find(|message| message["t"] == "livechat-close");
        assert_eq!(ended.unwrap()["transcriptRequested"], true);
        let answer = admin.post(&path, &request).expect(400);
        assert_eq!(answer["errorType"], "error-invalid-room");
        assert_eq!(fixture.mailbox.caught().len(), 1);
    }

    fn who_closes_a_chat_can_send_its_transcript(engine: Engine) {
        let fixture = fresh(engine);
        let chat = Chat::open(&fixture.server, "token-of-ann");
        chat.say("hello");
        let closed = json!({"rid": chat.room, "comment": "internal remark", "transcriptEmail": {"sendToVisitor": true, "requestData": {"email": "ann@x.example", "subject": "All of it"}}});
        fixture.server.admin().post("livechat/room.closeByUser", &closed).expect(200);
        let mail = &fixture.mails(1)[0];
        assert_eq!(mail.header("Subject").unwrap(), "All of it");
        assert!(mail.part("text/plain").contains("    hello\n"));
        assert!(!mail.text.contains("internal remark"), "{}", mail.text);
        assert_eq!(chat.notice()["requestData"]["user"]["username"], "admin");
        assert_eq!(fixture.mailbox.caught().len(), 1);
    }

    fn a_message_left_is_posted_in_a_channel(engine: Engine) {
        let fixture = fresh(engine);
        set(&fixture.server, "Livechat_OfflineMessageToChannel_enabled", &json!(true));
        set(&fixture.server, "Livechat_OfflineMessageToChannel_channel_name", &json!("nowhere"));
        leave(&fixture.server, &left_by("Ann"));
        set(&fixture.server, "Livechat_OfflineMessageToChannel_channel_name", &json!("#general"));
        leave(&fixture.server, &left_by("Bob"));
        let posted = said_by_the_server(&fixture.database);
        assert_eq!(posted.len(), 1, "{posted:?}");
        for part in ["Name: Bob\n", "E-mail: ann@x.example\n", "Please call me."] {
            assert!(posted[0].contains(part), "{part} is not in {posted:?}");
        }
    }

    fn the_outbox_takes_so_much_and_no_more(engine: Engine) {
        let fixture = fresh(engine);
        // What waits is tried, and goes on waiting.
        fixture.mailbox.set_mood(Mood::Refuses("450 come back later"));
        fill(&fixture.database);
        let chat = Chat::open(&fixture.server, "token-of-ann");
        let answer = chat.client.post(TRANSCRIPT, &chat.ask()).expect(400);
        assert_eq!(answer, json!({"message": "too much mail is waiting to be sent", "success": false}));
        leave(&fixture.server, &left_by("Ann"));
        fixture.server.wait_for_log("too much mail is waiting");
        set(&fixture.server, "Livechat_enable_transcript", &json!(false));
        set(&fixture.server, "Livechat_transcript_send_always", &json!(true));
        chat.close();
        assert_eq!(waiting(&fixture.database), 10_000);
    }

    fn the_settings_can_send_one_after_every_chat(engine: Engine) {
        let fixture = fresh(engine);
        let first = Chat::open(&fixture.server, "token-of-ann");
        first.close();
        let ended = |chat: &Chat| {
            let found = chat.history().into_iter().find(|message| message["t"] == "livechat-close");
            found.unwrap()["transcriptRequested"].clone()
        };
        assert_eq!(ended(&first), false);
        set(&fixture.server, "Livechat_enable_transcript", &json!(false));
        set(&fixture.server, "Livechat_transcript_send_always", &json!(true));
        set(&fixture.server, "Livechat_transcript_show_system_messages", &json!(true));
        set(&fixture.server, "Livechat_transcript_email_subject", &json!("Ünsere Unterhaltung"));
        let second = Chat::open(&fixture.server, "token-of-bob");
        second.close();
        assert_eq!(ended(&second), true);
        let mail = &fixture.mails(1)[0];
        assert_eq!(mail.recipients, ["bob@x.example"]);
        assert!(mail.header("Subject").unwrap().starts_with("=?utf-8?"), "{}", mail.head());
        let plain = mail.part("text/plain");
        assert!(plain.starts_with("Ünsere Unterhaltung\n"), "{plain}");
        assert!(plain.contains("Ann closed the conversation\n"), "{plain}");
        assert_eq!(fixture.mailbox.caught().len(), 1);
    }

    fn a_colleague_sends_one_by_the_method_of_old(engine: Engine) {
        let fixture = fresh(engine);
        let chat = Chat::open(&fixture.server, "token-of-ann");
        chat.say("hello");
        let admin = fixture.server.admin();
        let call = |client: &Client, params: Value| {
            let frame = json!({"msg": "method", "id": "1", "method": "livechat:sendTranscript", "params": params});
            let answer = client.post("method.call/livechat%3AsendTranscript", &json!({"message": frame.to_string()})).expect(200);
            serde_json::from_str::<Value>(answer["message"].as_str().unwrap()).unwrap()
        };
        let params = json!([chat.token, chat.room, "ann@x.example", "From Ada"]);
        assert_eq!(call(&admin, params.clone())["result"], true);
        assert_eq!(fixture.mails(1)[0].header("Subject").unwrap(), "From Ada");
        let wrong = json!(["nobody", chat.room, "ann@x.example", "x"]);
        assert_eq!(call(&admin, wrong)["error"]["error"], "error-invalid-room");
        let agent = admin.person("amy", &["livechat-agent"]);
        assert_eq!(call(&agent, params)["error"]["error"], "error-not-allowed");
    }

    fn mail_waits_for_its_server_through_a_crash(engine: Engine) {
        let database = Database::fresh(engine);
        // A port on which nobody listens.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let setup = setup(&database, port);
        let server = setup.start();
        leave(&server, &left_by("Ann"));
        let chat = Chat::open(&server, "token-of-ann");
        chat.say("hello");
        chat.client.post(TRANSCRIPT, &chat.ask()).expect(200);
        server.wait_for_log("a mail could not be sent");
        server.kill();
        let mailbox = Mailbox::open_at(port);
        let server = setup.start();
        end_pauses(&database);
        let mails = eventually("both mails", || {
            let caught = mailbox.caught();
            (caught.len() >= 2).then_some(caught)
        });
        eventually("an empty outbox", || (waiting(&database) == 0).then_some(()));
        assert_eq!(mails.len(), 2);
        assert_eq!(server.stop(), Some(0));
    }

    fn a_crash_in_the_middle_sends_at_most_twice_under_one_name(engine: Engine) {
        let database = Database::fresh(engine);
        let mailbox = Mailbox::open();
        mailbox.set_mood(Mood::Hesitates);
        let setup = setup(&database, mailbox.port());
        let server = setup.start();
        leave(&server, &left_by("Ann"));
        eventually("a mail on its way", || (mailbox.begun() > 0).then_some(()));
        server.kill();
        mailbox.set_mood(Mood::Takes);
        end_pauses(&database);
        let _server = setup.start();
        eventually("an empty outbox", || (waiting(&database) == 0).then_some(()));
        let caught = mailbox.caught();
        assert!((1..=2).contains(&caught.len()), "{}", caught.len());
        let names: Vec<_> = caught.iter().map(|mail| mail.header("Message-ID").unwrap()).collect();
        assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
    }

    fn a_refusal_is_tried_again_or_believed(engine: Engine) {
        let fixture = fresh(engine);
        fixture.mailbox.set_mood(Mood::Refuses("450 come back later"));
        leave(&fixture.server, &left_by("Ann"));
        fixture.server.wait_for_log("come back later");
        fixture.mailbox.set_mood(Mood::Drops);
        end_pauses(&fixture.database);
        leave(&fixture.server, &left_by("Bob"));
        eventually("tries", || (fixture.mailbox.begun() >= 3).then_some(()));
        fixture.mailbox.set_mood(Mood::Takes);
        end_pauses(&fixture.database);
        leave(&fixture.server, &left_by("Cid"));
        fixture.mails(3);
        eventually("an empty outbox", || (waiting(&fixture.database) == 0).then_some(()));
        assert_eq!(fixture.mailbox.caught().len(), 3);
        fixture.mailbox.set_mood(Mood::Refuses("550 nobody of that name"));
        fixture.server.may_log_error("is given up");
        leave(&fixture.server, &left_by("Dan"));
        fixture.server.wait_for_log("is given up");
        assert_eq!(waiting(&fixture.database), 1);
    }

    fn what_is_on_its_way_arrives_before_the_end(engine: Engine) {
        let database = Database::fresh(engine);
        let mailbox = Mailbox::open();
        let mut server = setup_of(BINARY, &database, mailbox.port()).start();
        mailbox.set_mood(Mood::Hesitates);
        leave(&server, &left_by("Ann"));
        eventually("a mail on its way", || (mailbox.begun() > 0).then_some(()));
        server.signal("TERM");
        server.wait_for_log("stopping");
        mailbox.set_mood(Mood::Takes);
        assert_eq!(server.wait(), Some(0));
        assert_eq!(mailbox.caught().len(), 1);
        assert_eq!(waiting(&database), 0);
    }
}

#[test]
fn two_nodes_send_each_mail_once_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let mailbox = Mailbox::open();
    let first = setup(&database, mailbox.port()).start();
    let second_folder = tempfile::tempdir().unwrap();
    let keys = second_folder.path().join("keys");
    std::fs::create_dir(&keys).unwrap();
    for file in std::fs::read_dir(database.folder().join("keys")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), keys.join(file.file_name())).unwrap();
    }
    let second = setup(&database, mailbox.port())
        .env("HARK_DATA", second_folder.path())
        .start();
    for number in 0..20 {
        let server = if number % 2 == 0 { &first } else { &second };
        leave(server, &left_by(&format!("Visitor {number}")));
    }
    arrived(&mailbox, 20);
    eventually("an empty outbox", || {
        (waiting(&database) == 0).then_some(())
    });
    let mut subjects: Vec<String> = mailbox
        .caught()
        .iter()
        .map(|mail| mail.header("Subject").unwrap())
        .collect();
    assert_eq!(subjects.len(), 20);
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), 20);
}

#[test]
fn a_host_without_a_mail_exchanger_takes_its_own_mail() {
    let database = Database::fresh(Engine::Sqlite);
    let mailbox = Mailbox::open();
    let server = setup(&database, mailbox.port())
        .env("Livechat_validate_offline_email", "true")
        .start();
    // The one name that is known wherever this runs.
    leave(
        &server,
        &json!({"name": "Ann", "email": "ann@localhost", "message": "x"}),
    );
    arrived(&mailbox, 1);
}
