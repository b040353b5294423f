//! Transcripts: who may have one, when it goes, and what stands in it.

use hark_store::{Error, Timestamp, Tx, View};
use serde_json::{Value, json};

use super::letter::{self, Said};
use super::{Body, NewTranscript, is_address, is_configured, line, or_do_without, send_transcript};
use crate::accounts::{self, Account};
use crate::messages::{self, Author, Message, Notice, System};
use crate::rooms::{self, Room, story};
use crate::visitors::{self, Visitor};
use crate::{Actor, Policy, Refusal};

/// A conversation beyond this is cut; the mail says so. All of it is in memory while it is written.
const MOST_MESSAGES: i64 = 2_000;
const LARGEST: usize = 2 * 1024 * 1024;
const LONGEST_SUBJECT: usize = 200;
const SUBJECT: &str = "The transcript of your conversation";

/// A transcript that someone wants to have sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub email: String,
    pub subject: String,
    /// None: the visitor himself, or the house as the settings say.
    pub by: Option<Author>,
}

// === asked for at once ===

/// The visitor wants to have what was said so far, of a conversation of his own.
pub fn ask_as_visitor(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    token: &str,
    room: &str,
    email: &str,
) -> Result<(), Refusal> {
    let visitor = visitors::known(tx, token)?;
    let room = rooms::of_token(tx, &visitor, room)?;
    let wanted = Wanted {
        email: email.to_owned(),
        subject: String::new(),
        by: None,
    };
    send_now(tx, now, policy, &room, &Actor::visitor(&visitor), &wanted)
}

/// A colleague sends the visitor what was said so far.
pub fn ask_as_agent(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    token: &str,
    room: &str,
    (email, subject): (&str, &str),
) -> Result<(), Refusal> {
    let visitor = visitors::known(tx, token).map_err(as_no_room)?;
    let room = rooms::of_token(tx, &visitor, room)?;
    if !rooms::may_see(tx, policy, account, &room)? {
        return Err(Refusal::InvalidRoom);
    }
    let wanted = Wanted {
        email: email.to_owned(),
        subject: subject.to_owned(),
        by: Some(Author::account(account)),
    };
    send_now(tx, now, policy, &room, &account.actor(), &wanted)
}

fn as_no_room(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Store(error) => Refusal::Store(error),
        _ => Refusal::InvalidRoom,
    }
}

fn send_now(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &Room,
    who: &Actor,
    wanted: &Wanted,
) -> Result<(), Refusal> {
    check_address(&wanted.email)?;
    if !is_configured(policy) {
        return Err(Refusal::MailNotSetUp);
    }
    // The event's number is where the transcript ends.
    let more = json!({"email": wanted.email});
    let seq = story::tell(tx, now, "transcript.requested", room, who, more)?;
    post(tx, now, policy, room, seq, wanted)
}

fn check_address(email: &str) -> Result<(), Refusal> {
    match is_address(email) {
        true => Ok(()),
        false => Err(Refusal::Invalid {
            field: "Email",
            value: email.to_owned(),
        }),
    }
}

fn post(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &Room,
    up_to_seq: i64,
    wanted: &Wanted,
) -> Result<(), Refusal> {
    let given = [
        line(&wanted.subject, LONGEST_SUBJECT),
        line(
            &policy.text("Livechat_transcript_email_subject"),
            LONGEST_SUBJECT,
        ),
    ];
    let subject = given.iter().find(|subject| !subject.is_empty());
    let transcript = NewTranscript {
        recipient: &wanted.email,
        subject: subject.map_or(SUBJECT, String::as_str),
        room: &room.id,
        up_to_seq,
        notice: json!({"by": wanted.by.as_ref().map(|by| by.id.as_str())}),
    };
    send_transcript(tx, now, policy, &transcript)
}

// === asked for at the end ===

/// A colleague wants the visitor to have it when the conversation ends.
pub fn request(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    room: &str,
    (email, subject): (&str, &str),
) -> Result<(), Refusal> {
    let mut room = lock_open(tx, policy, account, room)?;
    if room.transcript_request.is_some() {
        return Err(Refusal::TranscriptRequested);
    }
    check_address(email)?;
    let subject = line(subject, LONGEST_SUBJECT);
    room.transcript_request = Some(json!({
        "requestedAt": Value::from(now),
        "requestedBy": {"_id": account.id, "username": account.username, "name": account.name},
        "email": email,
        "subject": subject,
    }));
    rooms::rows::save(tx, now, &room)?;
    let more = json!({"email": email});
    let kind = "transcript.requested";
    story::tell(tx, now, kind, &room, &account.actor(), more)?;
    Ok(())
}

/// Nobody wants it any more.
pub fn withdraw(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    room: &str,
) -> Result<(), Refusal> {
    let mut room = lock_open(tx, policy, account, room)?;
    if room.transcript_request.take().is_none() {
        return Err(Refusal::TranscriptNotRequested);
    }
    rooms::rows::save(tx, now, &room)?;
    let kind = "transcript.withdrawn";
    story::tell(tx, now, kind, &room, &account.actor(), Value::Null)?;
    Ok(())
}

fn lock_open(
    tx: &mut Tx<'_>,
    policy: &Policy,
    account: &Account,
    room: &str,
) -> Result<Room, Refusal> {
    let room = rooms::lock_live(tx, room)?;
    if !room.open || !rooms::may_see(tx, policy, account, &room)? {
        return Err(Refusal::InvalidRoom);
    }
    Ok(room)
}

/// Whether a conversation that ends now is mailed, and to whom: as the one who closes it says, as
/// somebody has asked before, or to the visitor whenever the settings leave him no choice.
pub(crate) fn wanted_at_close(
    policy: &Policy,
    room: &Room,
    said_at_closing: Option<Wanted>,
) -> Option<Wanted> {
    let asked = || room.transcript_request.as_ref().and_then(as_asked);
    let always = || {
        let is_automatic = !policy.flag("Livechat_enable_transcript")
            && policy.flag("Livechat_transcript_send_always");
        let email = room.visitor.as_ref()?.emails.first()?;
        is_automatic.then(|| Wanted {
            email: email.clone(),
            subject: String::new(),
            by: None,
        })
    };
    said_at_closing.or_else(asked).or_else(always)
}

/// A request as it stands in a room.
fn as_asked(request: &Value) -> Option<Wanted> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let by = &request["requestedBy"];
    Some(Wanted {
        email: request["email"].as_str()?.to_owned(),
        subject: text(&request["subject"]),
        by: Some(Author {
            id: text(&by["_id"]),
            username: text(&by["username"]),
            name: by["name"].as_str().map(str::to_owned),
        }),
    })
}

/// Puts it into the outbox, up to the event that closed the conversation. A conversation ends
/// whether or not there is mail.
pub(crate) fn send_at_close(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &Room,
    closing_seq: i64,
    wanted: &Wanted,
) -> Result<(), Error> {
    let sent = match check_address(&wanted.email) {
        Ok(()) => post(tx, now, policy, room, closing_seq, wanted),
        Err(refusal) => Err(refusal),
    };
    or_do_without(sent, "a transcript").map(drop)
}

// === on its way ===

/// Tells the conversation that its transcript was sent. `notice` is what was kept for this.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &mut Room,
    notice: &Value,
) -> Result<(), Error> {
    let account = match notice["by"].as_str() {
        Some(id) => accounts::find(tx, id)?,
        None => None,
    };
    let (author, actor, kind) = match &account {
        Some(account) => (Author::account(account), account.actor(), "user"),
        None => (Author::house(), Actor::System, "visitor"),
    };
    let data = json!({
        "type": kind,
        "visitor": room.visitor.as_ref().map(in_notice),
        "user": account.as_ref().map(|account| json!({
            "_id": account.id, "username": account.username, "name": account.name,
        })),
    });
    let seq = story::tell(tx, now, "transcript.sent", room, &actor, Value::Null)?;
    let notice = Notice::new(System::TranscriptSent, author).with(json!({"requestData": data}));
    messages::notify(tx, now, room, seq, vec![notice])
}

fn in_notice(visitor: &Visitor) -> Value {
    json!({"_id": visitor.id, "username": visitor.username, "name": visitor.name})
}

/// The mail of a conversation; nothing when it is gone.
pub(super) fn written(
    view: &mut View<'_>,
    policy: &Policy,
    subject: &str,
    room: &str,
    up_to_seq: i64,
) -> Result<Option<Body>, Error> {
    if rooms::find_live(view, room)?.is_none() {
        return Ok(None);
    }
    let found = messages::up_to(view, room, up_to_seq, MOST_MESSAGES + 1)?;
    let (told, is_cut) = told(policy, &found);
    Ok(Some(letter::transcript(subject, &told, is_cut)))
}

/// What of a conversation the visitor gets to read, and whether there was more than fits.
fn told(policy: &Policy, messages: &[Message]) -> (Vec<Said>, bool) {
    let with_notes = policy.flag("Livechat_transcript_show_system_messages");
    let with_names = policy.flag("Livechat_show_agent_info");
    let mut told = Vec::new();
    let mut size = 0;
    for (index, message) in messages.iter().enumerate() {
        let Some(text) = words(message, with_notes) else {
            continue;
        };
        let said = Said {
            at: message.at,
            by: name(message, with_names),
            text: text.to_owned(),
            files: files(message),
            from_visitor: message.by_visitor,
            note: message.system.is_some(),
        };
        size += said.text.len() + said.by.len() + 100;
        if size > LARGEST || index >= MOST_MESSAGES as usize {
            return (told, true);
        }
        told.push(said);
    }
    (told, false)
}

fn words(message: &Message, with_notes: bool) -> Option<&str> {
    let Some(system) = message.system else {
        return (!message.hidden).then_some(&message.text);
    };
    let note = match system {
        System::Joined => "joined the conversation",
        System::Left => "left the conversation",
        System::Transferred | System::TransferFallback => "passed the conversation on",
        System::PutOnHold => "put the conversation on hold",
        System::Resumed => "resumed the conversation",
        System::Removed => "removed a message",
        System::Closed => "closed the conversation",
        System::Started | System::Command | System::Visited | System::TranscriptSent => {
            return None;
        }
    };
    (with_notes && !message.hidden).then_some(note)
}

fn name(message: &Message, with_names: bool) -> String {
    if !message.by_visitor && !with_names {
        return "Agent".to_owned();
    }
    let name = message.author.name.clone().filter(|name| !name.is_empty());
    name.unwrap_or_else(|| message.author.username.clone())
}

fn files(message: &Message) -> Vec<String> {
    let Some(extra) = &message.extra else {
        return Vec::new();
    };
    let name = |file: &Value| file["name"].as_str().map(str::to_owned);
    match extra["files"].as_array() {
        Some(files) if !files.is_empty() => files.iter().filter_map(name).collect(),
        _ => extra.get("file").and_then(name).into_iter().collect(),
    }
}
