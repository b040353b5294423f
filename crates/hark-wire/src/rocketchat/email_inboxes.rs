//! Mailboxes whose mails are chats.

use std::time::{Duration, SystemTime};

use hark_chat::email_inboxes::{self, Draft, EmailInbox, MailServer};
use hark_mailbox::smtp::{self, Letter};
use hark_model::Refusal;
use serde_json::{Value, json};

use super::documents::{MASK, given};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::mail_servers;
use crate::paging;
use crate::params::{filled, params};
use crate::quiet::Quiet;
use crate::route::{Access, Route, route};
use crate::shape::Shape;

const MANAGE: Access = Access::Permission("manage-email-inbox");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "email-inbox.list", MANAGE, "The e-mail inboxes", list),
    &route!(GET "email-inbox.search", MANAGE, "The e-mail inbox of an address", search),
    &route!(POST "email-inbox", MANAGE, "Make or change an e-mail inbox", save)
        .with_second_factor(),
    &route!(GET "email-inbox/{_id}", MANAGE, "One e-mail inbox", one),
    &route!(DELETE "email-inbox/{_id}", MANAGE, "Remove an e-mail inbox; its chats stay", remove),
    &route!(POST "email-inbox.send-test/{_id}", MANAGE, "A mail goes to the caller by the inbox's SMTP server", send_test),
];

params! {
    struct All {
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Address {
        /// The address of the mailbox.
        email: String,
    }

    struct Saved {
        /// The id of what is changed; without one, it is new.
        id as "_id": Option<String>,
        /// Whether mail is fetched.
        active: bool,
        /// What it is called.
        name: String,
        /// The address of the mailbox.
        email: String,
        /// What it is for.
        description: Option<String>,
        /// The name that answers come from.
        sender_info as "senderInfo": Option<String>,
        department: Option<String>,
        /// The server that answers go out by.
        smtp: Smtp,
        /// The server that mail is fetched from.
        imap: Imap,
    }

    struct Smtp {
        /// The host of the mail server.
        server: String,
        /// Its port.
        port: i64 = Shape::Between(1, 65_535),
        /// The name for its log-in.
        username: String,
        /// The password for its log-in; kept sealed. Without one, it stays as it was.
        password: Option<String>,
        /// Whether the connection is encrypted from its beginning.
        secure: bool,
    }

    struct Imap {
        /// The host of the mail server.
        server: String,
        /// Its port.
        port: i64 = Shape::Between(1, 65_535),
        /// The name for its log-in.
        username: String,
        /// The password for its log-in; kept sealed. Without one, it stays as it was.
        password: Option<String>,
        /// Whether the connection is encrypted from its beginning.
        secure: bool,
        /// How often a connection that fails is tried again.
        max_retries as "maxRetries": Option<i64> = Shape::Maybe(&Shape::Between(0, 1_000)),
    }
}

/// Its passwords are never shown again.
fn document(inbox: &EmailInbox) -> Value {
    let server = |server: &MailServer| {
        given(json!({
            "server": server.server,
            "port": server.port,
            "username": server.username,
            "password": MASK,
            "secure": server.secure,
            "maxRetries": server.max_retries,
        }))
    };
    let trouble = inbox.trouble.as_ref().zip(inbox.trouble_since);
    given(json!({
        "_id": inbox.id,
        "active": inbox.active,
        "name": inbox.name,
        "email": inbox.email,
        "description": inbox.description,
        "senderInfo": inbox.sender_info,
        "department": inbox.department,
        "smtp": server(&inbox.smtp),
        "imap": server(&inbox.imap),
        "trouble": trouble.map(|(error, since)| json!({"error": error, "since": Value::from(since)})),
        "_createdAt": Value::from(inbox.created_at),
        "_createdBy": {"_id": inbox.created_by, "username": inbox.created_by_username},
        "_updatedAt": Value::from(inbox.updated_at),
    }))
}

async fn list(call: Call, _all: All) -> Answer {
    let found = call.query(|_, view| Ok(email_inboxes::all(view)?)).await?;
    let found = found.iter().map(document).collect();
    paging::small_list(&call, "emailInboxes", found)
}

async fn search(call: Call, address: Address) -> Answer {
    let email = address.email.trim().to_lowercase();
    let found = call.query(move |_, view| Ok(email_inboxes::find_by_email(view, &email)?));
    Reply::object(json!({"emailInbox": found.await?.as_ref().map(document)}))
}

async fn one(call: Call) -> Answer {
    Reply::object(document(&found(&call).await?))
}

async fn found(call: &Call) -> Result<EmailInbox, Failure> {
    let found = call.query(|call, view| Ok(email_inboxes::find(view, call.path(0))?));
    let found = found.await?;
    found.ok_or_else(|| Failure::NotFound("There is no such e-mail inbox".into()))
}

/// What stands for the password that there is leaves it as it is.
fn changed(password: Option<String>) -> Option<String> {
    filled(password).filter(|password| password != MASK)
}

async fn save(call: Call, saved: Saved) -> Answer {
    let named = filled(saved.id);
    let (smtp, imap) = (saved.smtp, saved.imap);
    let server =
        |server: String, port: i64, username: String, secure: bool, max_retries| MailServer {
            server: server.trim().to_owned(),
            port: u16::try_from(port).unwrap_or_default(),
            username: username.trim().to_owned(),
            secure,
            max_retries,
        };
    let draft = Draft {
        active: saved.active,
        name: saved.name,
        email: saved.email,
        description: filled(saved.description),
        sender_info: filled(saved.sender_info),
        department: filled(saved.department),
        smtp: server(smtp.server, smtp.port, smtp.username, smtp.secure, None),
        imap: server(
            imap.server,
            imap.port,
            imap.username,
            imap.secure,
            imap.max_retries,
        ),
        smtp_password: changed(smtp.password),
        imap_password: changed(imap.password),
    };
    let saved = call.command(move |call, cx| {
        let keys = call.wire.policies.keys();
        email_inboxes::save(cx, keys, named.as_deref(), &draft)
    });
    Reply::object(json!({"_id": saved.await?.id}))
}

async fn remove(call: Call) -> Answer {
    let gone = call.command(|call, cx| email_inboxes::remove(cx, call.path(0)));
    gone.await.map_err(|refusal| match refusal {
        Refusal::NoSuchEmailInbox => Failure::NotFound("There is no such e-mail inbox".into()),
        other => other.into(),
    })?;
    Reply::object(json!({"_id": call.path(0)}))
}

async fn send_test(call: Call) -> Answer {
    let inbox = found(&call).await?;
    let wrong = |why: String| Failure::coded(format!("{why} [error-email-inbox-test]"));
    let recipient = call.account()?.emails.first();
    let recipient = recipient.ok_or_else(|| {
        wrong("The test goes to your own e-mail address, and your account has none".to_owned())
    })?;
    if let Some(quiet) = Quiet::here(&call.wire).await? {
        return Err(wrong(quiet.to_string()));
    }
    let server = mail_servers::smtp(&inbox, call.wire.policies.keys());
    let server = server.ok_or_else(|| {
        wrong("The password of this inbox cannot be opened; save it again".to_owned())
    })?;
    let words = format!(
        "This mail tries the SMTP server of the e-mail inbox {} ({}). It has arrived.",
        inbox.name, inbox.email
    );
    let millis = call.now.millis().max(0).unsigned_abs();
    let domain = inbox.email.rsplit('@').next().unwrap_or("localhost");
    let letter = Letter {
        name: inbox.sender_info.clone(),
        address: inbox.email.clone(),
        recipient: recipient.address.clone(),
        subject: format!("Test of the e-mail inbox {}", inbox.name),
        html: format!(
            "<p>{}</p>",
            words.replace('&', "&amp;").replace('<', "&lt;")
        ),
        plain: words,
        id: format!("test-{millis}@{domain}"),
        in_reply_to: None,
        references: Vec::new(),
        at: SystemTime::UNIX_EPOCH + Duration::from_millis(millis),
        is_automatic: true,
        file: None,
    };
    match smtp::send(&call.wire.egress, &server, &letter).await {
        Ok(()) => Reply::object(json!({"_id": inbox.id})),
        Err(failure) => Err(wrong(format!(
            "The mail was not sent by {} port {}: {failure}",
            inbox.smtp.server, inbox.smtp.port
        ))),
    }
}
