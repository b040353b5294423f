//! Transcripts: who may have one, when it goes, and what stands in it.

use hark_store::{Result, View};
use serde_json::{Value, json};

use crate::mail::{
    self, Body, Content, Mail, NewTranscript, Said, is_address, is_configured, one_line,
    or_do_without, send_transcript,
};
use crate::messages::{self, Author, Message, Notice, System};
use crate::{access, departments};
use hark_model::events::{Event, TranscriptRequested, record_in_room};
use hark_model::rooms::{self, Room};
use hark_model::text::key;
use hark_model::visitors::{self, Visitor};
use hark_model::{Actor, Context, Policy, Refusal, Who, accounts, settings};

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
    /// None: the visitor themselves, or Hark as the settings say.
    pub by: Option<Author>,
}

// === asked for at once ===

/// How long a conversation is not mailed again, no matter who asks: everybody can ask for mail to an address
/// that they have made up for themselves.
const PAUSE_SECONDS: i64 = 60;

/// The visitor wants to have what was said so far, of a conversation of their own. It goes to their
/// own address, so that nobody has Hark write to others.
pub fn ask_as_visitor(
    cx: &mut Context<'_, '_>,
    token: &str,
    room: &str,
    email: &str,
) -> Result<(), Refusal> {
    let visitor = visitors::known(cx.tx, token)?;
    let room = rooms::of_token(cx.tx, &visitor, room)?;
    check_address(email)?;
    if !cx.policy.flag(settings::Livechat_enable_transcript) {
        return Err(Refusal::TranscriptsOff);
    }
    let is_own = |own: &String| key(own) == key(email);
    if !visitor.emails.iter().any(is_own) {
        return Err(Refusal::TranscriptElsewhere);
    }
    let wanted = Wanted {
        email: email.to_owned(),
        subject: String::new(),
        by: None,
    };
    send_now(&mut cx.by(&Who::Visitor(visitor)), &room, &wanted)
}

/// A colleague sends the visitor what was said so far. `token` is the visitor's, or what stands for it
/// where the colleague is shown the room.
pub fn ask_as_agent(
    cx: &mut Context<'_, '_>,
    token: &str,
    room: &str,
    (email, subject): (&str, &str),
) -> Result<(), Refusal> {
    let account = cx.account()?;
    let found = rooms::find_live(cx.tx, room)?;
    let room = match found.filter(|room| room.token_stand_in() == token) {
        Some(room) => room,
        None => {
            let visitor = visitors::known(cx.tx, token).map_err(as_no_room)?;
            rooms::of_token(cx.tx, &visitor, room)?
        }
    };
    if !access::may_see(cx.tx, cx.policy, account, &room)? {
        return Err(Refusal::InvalidRoom);
    }
    let wanted = Wanted {
        email: email.to_owned(),
        subject: subject.to_owned(),
        by: Some(Author::account(account)),
    };
    send_now(cx, &room, &wanted)
}

fn as_no_room(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Store(error) => Refusal::Store(error),
        _ => Refusal::InvalidRoom,
    }
}

fn send_now(cx: &mut Context<'_, '_>, room: &Room, wanted: &Wanted) -> Result<(), Refusal> {
    check_address(&wanted.email)?;
    if !is_configured(cx.policy) {
        return Err(Refusal::MailNotSetUp);
    }
    let room = &rooms::lock_live(cx.tx, &room.id)?;
    if let Some(last) = room.transcript_at {
        let pause = last.plus_seconds(PAUSE_SECONDS);
        // One of the future was written by a clock that was wrong.
        if last <= cx.now && cx.now < pause {
            let millis = pause.millis() - cx.now.millis();
            return Err(Refusal::TooSoon(millis.div_euclid(1000) + 1));
        }
    }
    rooms::note_transcript(cx.tx, cx.now, &room.id)?;
    // The event's number is where the transcript ends.
    let seq = record_request(cx, room, &wanted.email)?;
    post(cx, room, seq, wanted)
}

fn record_request(cx: &mut Context<'_, '_>, room: &Room, email: &str) -> Result<i64> {
    let details = TranscriptRequested {
        email: email.to_owned(),
    };
    let by = cx.who.actor();
    record_in_room(cx.tx, cx.now, room, by, Event::TranscriptRequested, details)
}

fn check_address(email: &str) -> Result<(), Refusal> {
    if is_address(email) {
        return Ok(());
    }
    Err(Refusal::Invalid {
        field: "Email",
        value: email.to_owned(),
    })
}

fn post(
    cx: &mut Context<'_, '_>,
    room: &Room,
    up_to_seq: i64,
    wanted: &Wanted,
) -> Result<(), Refusal> {
    let given = [
        one_line(&wanted.subject, LONGEST_SUBJECT),
        one_line(
            cx.policy.text(settings::Livechat_transcript_email_subject),
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
    send_transcript(cx, &transcript)
}

// === asked for at the end ===

/// A colleague wants the visitor to have it when the conversation ends.
pub fn request(
    cx: &mut Context<'_, '_>,
    room: &str,
    (email, subject): (&str, &str),
) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut room = lock_open(cx, room)?;
    if room.transcript_request.is_some() {
        return Err(Refusal::TranscriptRequested);
    }
    check_address(email)?;
    let subject = one_line(subject, LONGEST_SUBJECT);
    room.transcript_request = Some(json!({
        "requestedAt": Value::from(cx.now),
        "requestedBy": {"_id": account.id, "username": account.username, "name": account.name},
        "email": email,
        "subject": subject,
    }));
    rooms::save(cx.tx, cx.now, &room)?;
    record_request(cx, &room, email)?;
    Ok(())
}

/// Nobody wants it any more.
pub fn withdraw(cx: &mut Context<'_, '_>, room: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut room = lock_open(cx, room)?;
    if room.transcript_request.take().is_none() {
        return Err(Refusal::TranscriptNotRequested);
    }
    rooms::save(cx.tx, cx.now, &room)?;
    record_in_room(
        cx.tx,
        cx.now,
        &room,
        Actor::account(account),
        Event::TranscriptWithdrawn,
        (),
    )?;
    Ok(())
}

fn lock_open(cx: &mut Context<'_, '_>, room: &str) -> Result<Room, Refusal> {
    let account = cx.account()?;
    let room = rooms::lock_live(cx.tx, room)?;
    if !room.open || !access::may_see(cx.tx, cx.policy, account, &room)? {
        return Err(Refusal::InvalidRoom);
    }
    Ok(room)
}

/// Whether a conversation that ends now is mailed, and to whom: as the one who closes it says, as
/// somebody has asked before, or to the visitor whenever the settings leave them no choice.
pub(crate) fn wanted_at_close(
    policy: &Policy,
    room: &Room,
    said_at_closing: Option<Wanted>,
) -> Option<Wanted> {
    let asked = || room.transcript_request.as_ref().and_then(as_asked);
    let always = || {
        let is_automatic = !policy.flag(settings::Livechat_enable_transcript)
            && policy.flag(settings::Livechat_transcript_send_always);
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
    cx: &mut Context<'_, '_>,
    room: &Room,
    closing_seq: i64,
    wanted: &Wanted,
) -> Result<()> {
    let sent = match check_address(&wanted.email) {
        Ok(()) => post(cx, room, closing_seq, wanted),
        Err(refusal) => Err(refusal),
    };
    or_do_without(sent, "a transcript").map(drop)
}

// === on its way ===

/// What a mail says; nothing when its conversation is gone.
pub fn body(view: &mut View<'_>, policy: &Policy, mail: &Mail) -> Result<Option<Body>> {
    match &mail.content {
        Content::Written(body) => Ok(Some(body.clone())),
        Content::Transcript {
            room, up_to_seq, ..
        } => written(view, policy, &mail.subject, room, *up_to_seq),
    }
}

/// The SMTP server has taken it. Its conversation says that the transcript is on its way.
pub fn sent(cx: &mut Context<'_, '_>, mail: &Mail) -> Result<(), Refusal> {
    let Content::Transcript { room, notice, .. } = &mail.content else {
        mail::delete(cx.tx, &mail.id)?;
        return Ok(());
    };
    let room = rooms::lock(cx.tx, room)?;
    let was_there = mail::delete(cx.tx, &mail.id)? > 0;
    match room {
        Some(mut room) if was_there => Ok(notify_sent(cx, &mut room, notice)?),
        _ => Ok(()),
    }
}

/// Says in the conversation that its transcript was sent. `notice` is what was kept for this.
fn notify_sent(cx: &mut Context<'_, '_>, room: &mut Room, notice: &Value) -> Result<()> {
    let account = match notice["by"].as_str() {
        Some(id) => accounts::find(cx.tx, id)?,
        None => None,
    };
    let (author, actor, kind) = match &account {
        Some(account) => (Author::account(account), Actor::account(account), "user"),
        None => (Author::system(), Actor::System, "visitor"),
    };
    let data = json!({
        "type": kind,
        "visitor": room.visitor.as_ref().map(in_notice),
        "user": account.as_ref().map(|account| json!({
            "_id": account.id, "username": account.username, "name": account.name,
        })),
    });
    let seq = record_in_room(cx.tx, cx.now, room, actor, Event::TranscriptSent, ())?;
    let notice = Notice::new(System::TranscriptSent, author).with(json!({"requestData": data}));
    messages::notify(cx, room, seq, vec![notice])
}

fn in_notice(visitor: &Visitor) -> Value {
    json!({"_id": visitor.id, "username": visitor.username, "name": visitor.name})
}

/// A conversation as its visitor gets to read it.
#[derive(Debug, Clone)]
pub struct Conversation {
    pub room: Room,
    pub said: Vec<Said>,
    /// Whether there was more than fits.
    pub is_cut: bool,
    /// Who served it, as visitors may know them.
    pub agent: Option<String>,
    /// The name of its department.
    pub department: Option<String>,
}

/// What was said in a conversation up to one of its events; nothing when it is gone.
pub fn conversation(
    view: &mut View<'_>,
    policy: &Policy,
    room: &str,
    up_to_seq: i64,
) -> Result<Option<Conversation>> {
    let Some(room) = rooms::find_live(view, room)? else {
        return Ok(None);
    };
    let found = messages::up_to(view, &room.id, up_to_seq, MOST_MESSAGES + 1)?;
    let (said, is_cut) = said(policy, &found);
    let shows_agent = policy.flag(settings::Livechat_show_agent_info);
    let agent = room.served_by.as_ref().filter(|_| shows_agent);
    let agent = agent.map(|agent| {
        let name = agent.name.clone().filter(|name| !name.is_empty());
        name.unwrap_or_else(|| agent.username.clone())
    });
    let department = match &room.department {
        Some(id) => departments::find(view, id)?.map(|department| department.name),
        None => None,
    };
    Ok(Some(Conversation {
        room,
        said,
        is_cut,
        agent,
        department,
    }))
}

/// The mail of a conversation; nothing when it is gone.
fn written(
    view: &mut View<'_>,
    policy: &Policy,
    subject: &str,
    room: &str,
    up_to_seq: i64,
) -> Result<Option<Body>> {
    let found = conversation(view, policy, room, up_to_seq)?;
    Ok(found.map(|found| mail::transcript(subject, &found.said, found.is_cut)))
}

/// What of a conversation the visitor gets to read, and whether there was more than fits.
fn said(policy: &Policy, messages: &[Message]) -> (Vec<Said>, bool) {
    let with_notes = policy.flag(settings::Livechat_transcript_show_system_messages);
    let with_names = policy.flag(settings::Livechat_show_agent_info);
    let mut lines = Vec::new();
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
            return (lines, true);
        }
        lines.push(said);
    }
    (lines, false)
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
        System::Called => "called the visitor",
        System::Closed => "closed the conversation",
        System::Started
        | System::Command
        | System::Visited
        | System::TranscriptSent
        | System::Prioritized
        | System::Promised => return None,
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
