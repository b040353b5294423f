//! Mailboxes whose mails are chats: where they are, how far each was read, and which mails have come and gone.

mod answers;
mod rows;

pub(crate) use self::answers::answer;
pub(crate) use self::rows::{ALL, WRITES};
pub use self::rows::{all, failed, find, find_by_email, progress, well};
pub(crate) use self::rows::{forget_room, known, note};
use hark_store::{Result, Timestamp, Tx, View, json_columns, record};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::departments;
use crate::mail::{self, is_address};
use hark_model::events::{EmailInboxChanged, Event, Subject, record_event};
use hark_model::text::check_size;
use hark_model::{Context, Keyring, Refusal, audit};

/// Each has a connection that stays open.
pub const MOST: usize = 50;
const LONGEST_NAME: usize = 200;
const LONGEST_DESCRIPTION: usize = 5_000;
const LONGEST_HOST: usize = 253;
const LONGEST_SECRET: usize = 1_000;
const LONGEST_ERROR: usize = 500;
/// For so long it is known which mails have come, should a mailbox number them anew.
const KEEP_DAYS: i64 = 400;
/// From so long ago on it is read then.
pub const LOOK_BACK_DAYS: i64 = 30;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct EmailInbox from "email_inbox" {
        pub id: String,
        pub active: bool,
        pub name: String,
        /// In lower case.
        pub email: String,
        pub description: Option<String>,
        /// As whom it writes.
        pub sender_info: Option<String>,
        pub department: Option<String> = "email_inbox.department_id",
        pub smtp: MailServer,
        pub imap: MailServer,
        /// Sealed.
        pub passwords: Vec<u8>,
        pub created_by: String = "email_inbox.created_by_id",
        pub created_by_username: String,
        pub uid_validity: i64,
        pub last_uid: i64,
        pub trouble: Option<String>,
        pub trouble_since: Option<Timestamp>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

/// Where somebody has a mailbox; what opens it is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailServer {
    pub server: String,
    pub port: u16,
    pub username: String,
    pub secure: bool,
    /// After so many failures in a row it is tried only now and then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<i64>,
}

json_columns!(MailServer);

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passwords {
    pub smtp: String,
    pub imap: String,
}

/// One as somebody wants it.
#[derive(Clone)]
pub struct Draft {
    pub active: bool,
    pub name: String,
    pub email: String,
    pub description: Option<String>,
    pub sender_info: Option<String>,
    /// An id or a name.
    pub department: Option<String>,
    pub smtp: MailServer,
    pub imap: MailServer,
    /// None of either: the one that there is stays.
    pub smtp_password: Option<String>,
    pub imap_password: Option<String>,
}

fn sealing_context(id: &str) -> String {
    format!("email-inbox:{id}")
}

impl EmailInbox {
    /// What opens both servers; nothing, if it cannot be unsealed.
    pub fn passwords(&self, keys: &Keyring) -> Option<Passwords> {
        let opened = keys
            .unseal(&sealing_context(&self.id), &self.passwords)
            .ok();
        let opened = opened.and_then(|plain| serde_json::from_slice(&plain).ok());
        if opened.is_none() {
            tracing::error!(
                inbox = self.id,
                "the passwords of an e-mail inbox cannot be opened"
            );
        }
        opened
    }

    /// For the audit.
    fn shown(&self, has_other_passwords: bool) -> Value {
        let mut shown = json!({
            "active": self.active,
            "name": self.name,
            "email": self.email,
            "description": self.description,
            "senderInfo": self.sender_info,
            "department": self.department,
            "smtp": self.smtp,
            "imap": self.imap,
        });
        if has_other_passwords {
            shown["passwords"] = json!("others");
        }
        shown
    }
}

/// Makes one, or changes the one that is named. What it could not be read for before counts no more.
pub fn save(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    named: Option<&str>,
    draft: &Draft,
) -> Result<EmailInbox, Refusal> {
    let account = cx.account()?;
    check(draft)?;
    let email = draft.email.trim().to_lowercase();
    let before = match named {
        Some(id) => Some(rows::lock(cx.tx, id)?.ok_or(Refusal::NoSuchEmailInbox)?),
        None => None,
    };
    let department = match draft.department.as_deref() {
        Some(named) => {
            let found = departments::find_by_id_or_name(cx.tx, named)?;
            Some(found.ok_or(Refusal::InvalidDepartment)?.id)
        }
        None => None,
    };
    let other = find_by_email(cx.tx, &email)?;
    if other.is_some_and(|other| before.as_ref().is_none_or(|before| before.id != other.id)) {
        return Err(taken(&email));
    }
    let id = match &before {
        Some(before) => before.id.clone(),
        None => cx.tx.ids().id24_at(cx.now),
    };
    let was = before.as_ref().and_then(|before| before.passwords(keys));
    let was = was.unwrap_or_default();
    let passwords = Passwords {
        smtp: draft
            .smtp_password
            .clone()
            .unwrap_or_else(|| was.smtp.clone()),
        imap: draft
            .imap_password
            .clone()
            .unwrap_or_else(|| was.imap.clone()),
    };
    if let Some(before) = &before {
        // A password goes only to whom it was given for.
        let is_moved = |one: &MailServer, other: &MailServer| {
            one.server != other.server || one.username != other.username
        };
        if is_moved(&before.smtp, &draft.smtp) && draft.smtp_password.is_none() {
            return Err(Refusal::Required("smtp.password"));
        }
        if is_moved(&before.imap, &draft.imap) && draft.imap_password.is_none() {
            return Err(Refusal::Required("imap.password"));
        }
    }
    let plain = json!(passwords).to_string();
    let is_another_mailbox = before.as_ref().is_some_and(|before| {
        before.imap.server != draft.imap.server || before.imap.username != draft.imap.username
    });
    let from = before.as_ref().map(|before| before.shown(false));
    let is_new = before.is_none();
    let mut inbox = EmailInbox {
        active: draft.active,
        name: draft.name.trim().to_owned(),
        email,
        description: draft.description.clone(),
        sender_info: draft.sender_info.clone(),
        department,
        smtp: draft.smtp.clone(),
        imap: draft.imap.clone(),
        passwords: keys.seal(&sealing_context(&id), plain.as_bytes())?,
        trouble: None,
        trouble_since: None,
        updated_at: cx.now,
        ..before.unwrap_or_else(|| EmailInbox {
            id,
            active: draft.active,
            name: String::new(),
            email: String::new(),
            description: None,
            sender_info: None,
            department: None,
            smtp: draft.smtp.clone(),
            imap: draft.imap.clone(),
            passwords: Vec::new(),
            created_by: account.id.clone(),
            created_by_username: account.username.clone(),
            uid_validity: 0,
            last_uid: 0,
            trouble: None,
            trouble_since: None,
            created_at: cx.now,
            updated_at: cx.now,
        })
    };
    if is_another_mailbox {
        (inbox.uid_validity, inbox.last_uid) = (0, 0);
    }
    if is_new {
        if rows::count(cx.tx)? >= MOST as i64 {
            return Err(Refusal::TooMany {
                what: "e-mail inboxes",
                most: MOST,
            });
        }
        if !rows::add(cx.tx, &inbox)? {
            return Err(taken(&inbox.email));
        }
    } else {
        rows::change(cx.tx, &inbox)?;
        // What could not be sent as it was may go now.
        mail::hurry(cx.tx, cx.now)?;
    }
    let to = Some(inbox.shown(!is_new && passwords != was));
    audit::differs(cx.tx, &inbox.id, Some(&inbox.name), from, to);
    record(cx, Event::EmailInboxSaved, &inbox.id)?;
    Ok(inbox)
}

/// Its chats stay, and nothing is sent in them any more.
pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    let before = rows::lock(cx.tx, id)?.ok_or(Refusal::NoSuchEmailInbox)?;
    rows::remove(cx.tx, id)?;
    let (name, from) = (Some(before.name.as_str()), Some(before.shown(false)));
    audit::differs(cx.tx, id, name, from, None);
    Ok(record(cx, Event::EmailInboxRemoved, id)?)
}

fn taken(email: &str) -> Refusal {
    Refusal::Taken {
        field: "email",
        value: email.to_owned(),
    }
}

fn check(draft: &Draft) -> Result<(), Refusal> {
    check_size("name", &draft.name, LONGEST_NAME)?;
    if draft.name.trim().is_empty() {
        return Err(Refusal::Required("name"));
    }
    if !is_address(draft.email.trim()) {
        return Err(Refusal::Invalid {
            field: "Email",
            value: draft.email.clone(),
        });
    }
    let description = draft.description.as_deref().unwrap_or_default();
    check_size("description", description, LONGEST_DESCRIPTION)?;
    let sender = draft.sender_info.as_deref().unwrap_or_default();
    check_size("senderInfo", sender, LONGEST_NAME)?;
    check_server("smtp.server", &draft.smtp, draft.smtp_password.as_deref())?;
    check_server("imap.server", &draft.imap, draft.imap_password.as_deref())?;
    if draft.imap.username.trim().is_empty() {
        return Err(Refusal::Required("imap.username"));
    }
    Ok(())
}

fn check_server(
    field: &'static str,
    server: &MailServer,
    password: Option<&str>,
) -> Result<(), Refusal> {
    let host = server.server.as_str();
    if host.is_empty() {
        return Err(Refusal::Required(field));
    }
    check_size(field, host, LONGEST_HOST)?;
    let fits = |letter: char| letter.is_ascii_alphanumeric() || ".-_:[]".contains(letter);
    if !host.chars().all(fits) {
        return Err(Refusal::Invalid {
            field,
            value: host.to_owned(),
        });
    }
    check_size("username", &server.username, LONGEST_SECRET)?;
    check_size("password", password.unwrap_or_default(), LONGEST_SECRET)
}

/// Forgets which mails came long ago.
pub fn tidy(tx: &mut Tx<'_>, now: Timestamp, most: i64) -> Result<u64> {
    rows::prune(tx, now.plus_days(-KEEP_DAYS), most)
}

/// How many that are read cannot be read at the moment.
pub fn in_trouble(view: &mut View<'_>) -> Result<i64> {
    let all = all(view)?;
    let failing = all.iter().filter(|one| one.active && one.trouble.is_some());
    Ok(failing.count() as i64)
}

fn record(cx: &mut Context<'_, '_>, event: fn(EmailInboxChanged) -> Event, id: &str) -> Result<()> {
    let changed = EmailInboxChanged {
        email_inbox: id.to_owned(),
        by: cx.who.actor(),
    };
    record_event(cx.tx, cx.now, Subject::NONE, &event(changed))
}
