//! Saying something: the message, its event, and what it changes of its room.

use hark_store::{Timestamp, Tx};
use serde_json::{Value, json};

use super::{Author, Message, quotes, rows};
use crate::accounts::Account;
use crate::rooms::{self, Kind, ResponseBy, Room, story};
use crate::visitors::{self, Visitor};
use crate::{Actor, Policy, Refusal, subscriptions};

/// What a visitor may say at once where no setting says less.
const LONGEST_FROM_VISITORS: usize = 65_536;
const LONGEST_ID: usize = 128;
const MOST_ATTACHMENTS: usize = 100;
/// Of all that a message carries, as it is written down.
const LARGEST_EXTRA: usize = 200_000;

/// Something to be said.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Chosen by a client that may send it twice.
    pub id: Option<String>,
    pub text: String,
    pub extra: Option<Value>,
}

/// Who speaks.
pub(crate) enum Voice<'a> {
    Visitor(&'a Visitor),
    Account(&'a Account),
}

impl Voice<'_> {
    pub(super) fn author(&self) -> Author {
        match self {
            Self::Visitor(visitor) => Author::visitor(visitor),
            Self::Account(account) => Author::account(account),
        }
    }

    pub(super) fn actor(&self) -> Actor {
        match self {
            Self::Visitor(visitor) => Actor::visitor(visitor),
            Self::Account(account) => account.actor(),
        }
    }
}

/// A visitor says something in his open room. A message that he has sent before is answered as it
/// was, and is not said again.
pub fn post_as_visitor(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    token: &str,
    room: &str,
    draft: &Draft,
) -> Result<Message, Refusal> {
    let (mut room, visitor) = open_room_of(tx, token, room)?;
    check_visitors_text(policy, &draft.text)?;
    if let Some(said) = said_before(tx, &room, draft)? {
        return match said.author.id == visitor.id {
            true => Ok(said),
            false => Err(Refusal::MessageIdTaken),
        };
    }
    say(tx, now, policy, &mut room, &Voice::Visitor(&visitor), draft)
}

/// The open room that a token opens, locked. A wrong token is said before a wrong room.
pub(super) fn open_room_of(
    tx: &mut Tx<'_>,
    token: &str,
    room: &str,
) -> Result<(Room, Visitor), Refusal> {
    let found = rooms::rows::lock(tx, room)?.filter(|room| room.kind == Kind::Live);
    let own = found.and_then(|room| {
        let visitor = room.visitor.clone()?;
        (!token.is_empty() && visitor.token == token).then_some((room, visitor))
    });
    let Some((room, visitor)) = own else {
        visitors::known(tx, token)?;
        return Err(Refusal::InvalidRoom);
    };
    match room.open {
        true => Ok((room, visitor)),
        false => Err(Refusal::RoomClosed),
    }
}

pub(super) fn check_visitors_text(policy: &Policy, text: &str) -> Result<(), Refusal> {
    let most = match policy.flag("Livechat_enable_message_character_limit") {
        true => usize::try_from(policy.int("Livechat_message_character_limit")).unwrap_or(0),
        false => LONGEST_FROM_VISITORS,
    };
    match text.chars().nth(most.min(LONGEST_FROM_VISITORS)) {
        Some(_) => Err(Refusal::VisitorsTextTooLong),
        None => Ok(()),
    }
}

/// Someone who works here says something in a room that he may see.
pub fn post(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    room: &str,
    draft: &Draft,
) -> Result<Message, Refusal> {
    let mut room = rooms::rows::lock(tx, room)?.ok_or(Refusal::NoSuchRoom)?;
    if !rooms::may_see(tx, policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    if !room.open {
        return Err(Refusal::RoomClosed);
    }
    check_text(policy, &draft.text)?;
    check_extra(tx, policy, account, &room, draft)?;
    if let Some(said) = said_before(tx, &room, draft)? {
        return match said.author.id == account.id {
            true => Ok(said),
            false => Err(Refusal::MessageIdTaken),
        };
    }
    say(tx, now, policy, &mut room, &Voice::Account(account), draft)
}

pub(crate) fn check_text(policy: &Policy, text: &str) -> Result<(), Refusal> {
    let most = usize::try_from(policy.int("Message_MaxAllowedSize")).unwrap_or(0);
    match text.chars().nth(most) {
        Some(_) => Err(Refusal::TextTooLong),
        None => Ok(()),
    }
}

/// What a message carries besides its text: files and quotes, its thread, and for programs another
/// face than their own.
fn check_extra(
    tx: &mut Tx<'_>,
    policy: &Policy,
    account: &Account,
    room: &Room,
    draft: &Draft,
) -> Result<(), Refusal> {
    let Some(extra) = &draft.extra else {
        return Ok(());
    };
    for name in ["alias", "avatar", "emoji"] {
        match extra.get(name) {
            None => {}
            Some(Value::String(_)) if policy.grants(&account.roles, "message-impersonate") => {}
            Some(_) => return Err(Refusal::MayNotImpersonate),
        }
    }
    if let Some(attachments) = extra.get("attachments") {
        let attachments = attachments.as_array().ok_or(Refusal::NotAttachments)?;
        if attachments.len() > MOST_ATTACHMENTS || !attachments.iter().all(Value::is_object) {
            return Err(Refusal::NotAttachments);
        }
    }
    if let Some(thread) = extra.get("tmid") {
        let id = thread.as_str().unwrap_or_default();
        let parent = rows::find(tx, id)?.filter(|parent| parent.room.as_deref() == Some(&room.id));
        parent.ok_or_else(|| Refusal::NoSuchMessage(id.to_owned()))?;
    }
    match extra.to_string().len() > LARGEST_EXTRA {
        true => Err(Refusal::TextTooLong),
        false => Ok(()),
    }
}

fn said_before(tx: &mut Tx<'_>, room: &Room, draft: &Draft) -> Result<Option<Message>, Refusal> {
    let Some(id) = draft.id.as_deref() else {
        return Ok(None);
    };
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(Refusal::MessageIdTaken);
    }
    match rows::find(tx, id)? {
        None => Ok(None),
        Some(said) if said.room.as_deref() == Some(&room.id) => Ok(Some(said)),
        // Whose it is, and what it says, is nobody's business here.
        Some(_) => Err(Refusal::MessageIdTaken),
    }
}

/// The room is locked, and the one who speaks may speak there.
pub(crate) fn say(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &mut Room,
    voice: &Voice<'_>,
    draft: &Draft,
) -> Result<Message, Refusal> {
    let author = voice.author();
    let by_visitor = matches!(voice, Voice::Visitor(_));
    let id = match &draft.id {
        Some(id) => id.clone(),
        None if by_visitor => tx.ids().id17_at(now),
        None => tx.ids().id24_at(now),
    };
    let extra = quotes::attach(tx, policy, room, voice, &draft.text, draft.extra.clone())?;
    let kind = match (room.kind, by_visitor) {
        (Kind::Live, true) => "message.visitor",
        (Kind::Live, false) => "message.agent",
        _ => "message.posted",
    };
    let seq = story::tell(tx, now, kind, room, &voice.actor(), json!({"message": id}))?;
    let mut message = Message {
        n: 0,
        id,
        room: Some(room.id.clone()),
        seq,
        system: None,
        hidden: false,
        by_visitor,
        author,
        text: draft.text.clone(),
        extra,
        edited: None,
        at: now,
        updated_at: now,
    };
    if rows::insert(tx, &message, None)? == 0 {
        return Err(Refusal::MessageIdTaken);
    }
    if room.kind == Kind::Live {
        match voice {
            Voice::Visitor(_) => heard_visitor(room, now),
            Voice::Account(account) => heard_agent(tx, room, account, now)?,
        }
    }
    room.last_message_at = now;
    room.last_message_id = Some(message.id.clone());
    room.messages += 1;
    rooms::rows::note_message(tx, now, room, 1, Some(&message.id))?;
    subscriptions::note_message(tx, now, room, &message.author.id)?;
    if by_visitor {
        super::leads::capture(tx, now, policy, room, &message)?;
    }
    message.updated_at = now;
    Ok(message)
}

fn heard_visitor(room: &mut Room, now: Timestamp) {
    room.visitor_last_message_at = Some(now);
    room.visitor_silent_since = None;
    if !room.waiting_response {
        room.response_by = None;
    }
    room.waiting_response = true;
    room.metrics.asked(now);
}

/// An agent who answers has answered, whoever was asked.
fn heard_agent(
    tx: &mut Tx<'_>,
    room: &mut Room,
    account: &Account,
    now: Timestamp,
) -> Result<(), Refusal> {
    let first_at = room
        .response_by
        .as_ref()
        .filter(|by| by.id == account.id)
        .map_or_else(|| now.millis(), |by| by.first_at);
    room.response_by = Some(ResponseBy {
        id: account.id.clone(),
        username: account.username.clone(),
        first_at,
        last_at: now.millis(),
    });
    room.waiting_response = false;
    // Where nobody has the chat, he waits for us, whoever spoke.
    if room.served_by.is_some() {
        room.visitor_silent_since = room.visitor_silent_since.or(Some(now));
    }
    let served_at = room.served_by.as_ref().map(|agent| agent.at);
    room.metrics.replied(now, served_at);
    let month: String = now.iso().chars().take(7).collect();
    if let Some(visitor) = &mut room.visitor
        && visitor.activity.last() != Some(&month)
    {
        visitor.activity.push(month);
        visitors::rows::note_activity(tx, &visitor.id, &visitor.activity)?;
    }
    Ok(())
}
