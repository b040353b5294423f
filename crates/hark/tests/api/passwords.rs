//! Forgotten passwords, and where somebody is logged in.

use hark_testkit::{
    Client, Database, Engine, Mailbox, Response, Server, Setup, eventually, on_both_engines,
};
use serde_json::{Value, json};

use crate::HARK;

const FORGOTTEN: &str = "/api/hark/v1/passwords/forgotten";
const RENEW: &str = "/api/hark/v1/passwords/renew";
const SESSIONS: &str = "/api/hark/v1/sessions";

fn fresh(engine: Engine) -> (Server, Mailbox, Database) {
    let database = Database::fresh(engine);
    let mailbox = Mailbox::open();
    let server = Setup::new(HARK)
        .on(&database)
        .env("SMTP_Host", "127.0.0.1")
        .env("SMTP_Port", mailbox.port().to_string())
        .start();
    (server, mailbox, database)
}

fn forget(server: &Server, login: &str) {
    let answer = server.client().post(FORGOTTEN, &json!({"login": login}));
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (204, ""),
        "{login}"
    );
}

fn renew(server: &Server, token: &str, password: &str) -> Response {
    let body = json!({"token": token, "password": password});
    server.client().post(RENEW, &body)
}

fn log_in(server: &Server, name: &str, password: &str) -> Response {
    let body = json!({"user": name, "password": password});
    server
        .client()
        .with("User-Agent", "Kettle/1.0")
        .post("login", &body)
}

fn client(server: &Server, answer: &Value) -> Client {
    let of = |name: &str| answer["data"][name].as_str().unwrap().to_owned();
    server
        .client()
        .with("X-User-Id", &of("userId"))
        .with("X-Auth-Token", &of("authToken"))
}

/// The token of the link in the mail of this number.
pub(crate) fn token(mailbox: &Mailbox, number: usize) -> String {
    let mails = eventually("a mail", || {
        let caught = mailbox.caught();
        (caught.len() >= number).then_some(caught)
    });
    let mail = &mails[number - 1];
    assert_eq!(mail.recipients, ["amy@example.org"]);
    let text = mail.text.replace("=\n", "").replace("=3D", "=");
    let (_, link) = text.split_once("/login/new-password#").unwrap();
    let end = link.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-' && sign != '_');
    link[..end.unwrap()].to_owned()
}

on_both_engines! {
    fn whoever_forgot_their_password_chooses_another_behind_a_link_once(engine: Engine) {
        let (server, mailbox, database) = fresh(engine);
        let amy = server.admin().person("amy", &["user", "livechat-agent"]);
        forget(&server, "amy");
        let link = token(&mailbox, 1);
        // What it was sealed to is what it was, and nothing opens it otherwise.
        for wrong in ["", "x", &link[1..], &format!("{link}A")] {
            let status = if wrong.is_empty() { 400 } else { 404 };
            assert_eq!(renew(&server, wrong, "another-secret").status, status, "{wrong}");
        }
        assert_eq!(renew(&server, &link, "  ").status, 400);
        assert_eq!(renew(&server, &link, "another-secret").status, 204);
        assert_eq!(amy.get("me").status, 401);
        assert_eq!(log_in(&server, "amy", "secret-of-amy").status, 401);
        log_in(&server, "amy", "another-secret").expect(200);
        assert_eq!(renew(&server, &link, "a-third-secret").status, 404);
        // Who changed it is written down, as of any other change of an account.
        let audit = server.admin().get("/api/hark/v1/audit?kind=account.changed").expect(200);
        assert_eq!(audit["items"][0]["by"]["username"], "amy");
        assert_eq!(audit["items"][0]["changes"][0]["to"]["password"], "another");

        // By the address as well; a later password ends the link that was not used.
        forget(&server, "AMY@example.org");
        let link = token(&mailbox, 2);
        let own = client(&server, &log_in(&server, "amy", "another-secret").expect(200));
        let change = json!({"data": {"currentPassword": "another-secret", "newPassword": "a-third-secret"}});
        own.post("users.updateOwnBasicInfo", &change).expect(200);
        assert_eq!(renew(&server, &link, "a-fourth-secret").status, 404);
        assert!(!database.events().iter().any(|(_, _, body)| body.to_string().contains(&link)));
    }

    fn nothing_says_whether_there_is_such_an_account(engine: Engine) {
        let (server, mailbox, _database) = fresh(engine);
        let amy = server.admin().person("amy", &["user"]);
        server.admin().person("gone", &["user"]);
        server.admin().post("users.setActiveStatus", &json!({"userId": crate::accounts::id_of(&server.admin(), "gone"), "activeStatus": false})).expect(200);
        for name in ["nobody", "gone", "nobody@example.org", &"x".repeat(2_000)] {
            forget(&server, name);
        }
        for _ in 0..7 {
            forget(&server, "amy");
        }
        server.admin().post("/api/v1/settings/Accounts_PasswordReset", &json!({"value": false})).expect(200);
        let link = token(&mailbox, 5);
        assert_eq!(renew(&server, &link, "another-secret").status, 404);
        forget(&server, "amy");
        server.admin().post("/api/v1/settings/Accounts_PasswordReset", &json!({"value": true})).expect(200);
        assert_eq!(renew(&server, &link, "another-secret").status, 204);
        assert_eq!(amy.get("me").status, 401);
        assert_eq!(mailbox.caught().len(), 5);
    }

    fn somebody_sees_where_they_are_logged_in_and_ends_one_of_these(engine: Engine) {
        let (server, _mailbox, _database) = fresh(engine);
        server.admin().person("amy", &["user"]);
        let first = client(&server, &log_in(&server, "amy", "secret-of-amy").expect(200));
        let second = client(&server, &log_in(&server, "amy", "secret-of-amy").expect(200));
        let listed = |client: &Client| client.get(SESSIONS).expect(200)["items"].as_array().unwrap().clone();
        let shown = listed(&second);
        let kettles = shown.iter().filter(|one| one["userAgent"] == "Kettle/1.0");
        assert_eq!((shown.len(), kettles.count()), (3, 2));
        assert_eq!(shown.iter().filter(|one| one["current"] == true).count(), 1);
        let id = |client: &Client| {
            let shown = listed(client);
            let own = shown.iter().find(|one| one["current"] == true).unwrap();
            own["id"].as_str().unwrap().to_owned()
        };
        let path = format!("{SESSIONS}/{}", id(&first));
        // Another's is one that there is not.
        assert_eq!(server.admin().delete(&path, &json!({})).status, 404);
        assert_eq!(second.delete(&path, &json!({})).status, 204);
        assert_eq!(second.delete(&path, &json!({})).status, 404);
        assert_eq!(first.get("me").status, 401);
        assert_eq!(listed(&second).len(), 2);
        let own = format!("{SESSIONS}/{}", id(&second));
        assert_eq!(second.delete(&own, &json!({})).status, 204);
        assert_eq!(second.get("me").status, 401);
    }
}
