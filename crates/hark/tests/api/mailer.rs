//! Mails of an administrator to everybody.

use hark_testkit::{Client, Desk, Mailbox, eventually, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

on_both_engines! {
    fn an_administrator_mails_all_but_those_who_want_none(engine: Engine) {
        let mailbox = Mailbox::open();
        let port = mailbox.port().to_string();
        let desk = Desk::open_with(HARK, engine, |setup| {
            setup.env("SMTP_Host", "127.0.0.1").env("SMTP_Port", port.clone())
        });
        let amy = desk.admin.person("amy", &["user"]);
        desk.admin.person("ben", &["user"]);
        let letter = |more: Value| {
            let mut body = json!({
                "from": "Boss <boss@example.org>", "subject": "News",
                "body": "<p>Dear [name],</p><p><a href=\"[unsubscribe]\">no more</a></p>",
            });
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            body
        };
        let send = |client: &Client, more: Value| client.post("mailer", &letter(more));
        assert_eq!(send(&amy, json!({})).status, 403);
        send(&desk.admin, json!({"subject": []})).refused_by_schema("must be string");
        send(&desk.admin, json!({"from": "boss"})).refused_with_code("Invalid from address", "error-invalid-from-address");
        send(&desk.admin, json!({"body": "hello"})).refused_with_code("You must provide the [unsubscribe] link.", "error-missing-unsubscribe-link");
        let only = |name: &str| json!({"query": json!({"username": name}).to_string()});
        let done = json!({"success": true});
        assert_eq!(send(&desk.admin, only("amy")).expect(200), done);
        let mails = eventually("the mail", || Some(mailbox.caught()).filter(|mails| !mails.is_empty()));
        assert_eq!(mails[0].recipients, ["amy@example.org"]);
        assert_eq!(mails[0].header("Reply-To").unwrap(), "boss@example.org");
        let plain = mails[0].part("text/plain");
        assert!(plain.starts_with("Dear amy,"), "{plain}");
        let html = mails[0].part("text/html");
        let (_, link) = html.split_once("/mailer/unsubscribe/").unwrap();
        let link = format!("/mailer/unsubscribe/{}", link.split_once('"').unwrap().0);

        // the link asks first; what looks at links in mails unsubscribes nobody
        assert_eq!(desk.anyone().get(&link).status, 200);
        assert_eq!(desk.anyone().get("/mailer/unsubscribe/nobody/1").status, 404);
        assert_eq!(send(&desk.admin, only("amy")).expect(200), done);
        eventually("the second mail", || (mailbox.caught().len() == 2).then_some(()));
        assert_eq!(desk.anyone().send("POST", &link, &[], b"").status, 200);
        assert_eq!(send(&desk.admin, json!({})).expect(200), done);
        let mails = eventually("the mails to all", || Some(mailbox.caught()).filter(|mails| mails.len() >= 4));
        let to: Vec<&str> = mails[2..].iter().flat_map(|mail| mail.recipients.iter().map(String::as_str)).collect();
        assert!(to.contains(&"ben@example.org") && !to.contains(&"amy@example.org"), "{to:?}");

        // by the API, with what the link says
        let mut parts = link.trim_start_matches("/mailer/unsubscribe/").split('/');
        let (id, made) = (parts.next().unwrap(), parts.next().unwrap());
        assert_eq!(amy.post("mailer.unsubscribe", &json!({"_id": id, "createdAt": made})).expect(200), done);
        amy.post("mailer.unsubscribe", &json!({"_id": id})).refused_by_schema("must have required property 'createdAt'");
        // to see how it looks it goes to its writer alone, who here is nobody
        assert_eq!(send(&desk.admin, json!({"dryrun": true})).expect(200), done);
    }
}
