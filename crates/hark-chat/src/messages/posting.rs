//! Saying something: the message, its event, and what it changes of its room.

use hark_store::{Timestamp, Tx};
use serde_json::Value;

use super::{Author, Message, quotes, resuming, rows};
use crate::{access, email_inboxes, patience, sms, subscriptions};
use hark_model::accounts::Account;
use hark_model::events::{Event, Said, record_numbered};
use hark_model::rooms::{self, Kind, ResponseBy, Room};
use hark_model::visitors::{self, Visitor};
use hark_model::{Context, Policy, Refusal, Who, settings, tally};

/// What a visitor may say at once where no setting says less.
pub const LONGEST_FROM_VISITORS: usize = 65_536;
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

/// A visitor says something in their open room. A message that they have sent before is answered as it
/// was, and is not said again.
pub fn post_as_visitor(
    cx: &mut Context<'_, '_>,
    token: &str,
    room: &str,
    draft: &Draft,
) -> Result<Message, Refusal> {
    let (mut room, visitor) = open_room_of(cx.tx, token, room)?;
    check_visitors_text(cx.policy, &draft.text)?;
    say(&mut cx.by(&Who::Visitor(visitor)), &mut room, draft)
}

/// The open room that a token opens, locked. A wrong token is said before a wrong room.
pub(super) fn open_room_of(
    tx: &mut Tx<'_>,
    token: &str,
    room: &str,
) -> Result<(Room, Visitor), Refusal> {
    let found = rooms::lock(tx, room)?.filter(|room| room.kind == Kind::Live);
    let own = found.and_then(|room| {
        let visitor = room.visitor.clone()?;
        (!token.is_empty() && visitor.token == token).then_some((room, visitor))
    });
    let Some((room, visitor)) = own else {
        visitors::known(tx, token)?;
        return Err(Refusal::InvalidRoom);
    };
    if room.open {
        Ok((room, visitor))
    } else {
        Err(Refusal::RoomClosed)
    }
}

/// How long what a visitor says may be, where the settings limit it. A limit of nothing stands for that
/// of all messages.
pub fn character_limit(policy: &Policy) -> Option<usize> {
    if !policy.flag(settings::Livechat_enable_message_character_limit) {
        return None;
    }
    let limit = match policy.number(settings::Livechat_message_character_limit) {
        0 => policy.number(settings::Message_MaxAllowedSize),
        limit => limit,
    };
    Some(usize::try_from(limit).unwrap_or(0))
}

pub(super) fn check_visitors_text(policy: &Policy, text: &str) -> Result<(), Refusal> {
    let most = character_limit(policy).unwrap_or(LONGEST_FROM_VISITORS);
    match text.chars().nth(most.min(LONGEST_FROM_VISITORS)) {
        Some(_) => Err(Refusal::VisitorsTextTooLong),
        None => Ok(()),
    }
}

/// Someone who works here says something in a room that they may see.
pub fn post(cx: &mut Context<'_, '_>, room: &str, draft: &Draft) -> Result<Message, Refusal> {
    let account = cx.account()?;
    let mut room = rooms::lock(cx.tx, room)?.ok_or(Refusal::NoSuchRoom)?;
    if !access::may_see(cx.tx, cx.policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    if !room.open {
        return Err(Refusal::RoomClosed);
    }
    check_text(cx.policy, &draft.text)?;
    check_extra(cx, &room, draft)?;
    say(cx, &mut room, draft)
}

/// Hark itself says something in a room.
pub(crate) fn tell(
    cx: &mut Context<'_, '_>,
    room: &str,
    draft: &Draft,
) -> Result<Message, Refusal> {
    let mut room = rooms::lock(cx.tx, room)?.ok_or(Refusal::NoSuchRoom)?;
    say(cx, &mut room, draft)
}

pub(crate) fn check_text(policy: &Policy, text: &str) -> Result<(), Refusal> {
    let most = usize::try_from(policy.number(settings::Message_MaxAllowedSize)).unwrap_or(0);
    match text.chars().nth(most) {
        Some(_) => Err(Refusal::TextTooLong),
        None => Ok(()),
    }
}

/// What a message carries besides its text: files and quotes, its thread, and for programs another
/// face than their own.
fn check_extra(cx: &mut Context<'_, '_>, room: &Room, draft: &Draft) -> Result<(), Refusal> {
    let Some(extra) = &draft.extra else {
        return Ok(());
    };
    for name in ["alias", "avatar", "emoji"] {
        match extra.get(name) {
            None => {}
            Some(Value::String(_)) if cx.may("message-impersonate") => {}
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
        let parent =
            rows::find(cx.tx, id)?.filter(|parent| parent.room.as_deref() == Some(&room.id));
        parent.ok_or_else(|| Refusal::NoSuchMessage(id.to_owned()))?;
    }
    if extra.to_string().len() > LARGEST_EXTRA {
        Err(Refusal::TextTooLong)
    } else {
        Ok(())
    }
}

/// The message that has the id of this one already, if the same one has said it in the same room.
fn said_before(tx: &mut Tx<'_>, message: &Message) -> Result<Message, Refusal> {
    let said = rows::find(tx, &message.id)?;
    let own = said.filter(|said| said.room == message.room && said.author.id == message.author.id);
    // Whose it is otherwise, and what it says, is nobody's business here.
    own.ok_or(Refusal::MessageIdTaken)
}

/// The room is locked, and the one who speaks may speak there.
fn say(cx: &mut Context<'_, '_>, room: &mut Room, draft: &Draft) -> Result<Message, Refusal> {
    let by_visitor = cx.who.is_visitor();
    let id = match &draft.id {
        Some(id) if id.is_empty() || id.len() > LONGEST_ID => return Err(Refusal::MessageIdTaken),
        Some(id) => id.clone(),
        None if by_visitor => cx.tx.ids().id17_at(cx.now),
        None => cx.tx.ids().id24_at(cx.now),
    };
    let extra = quotes::attach(cx, room, &draft.text, draft.extra.clone())?;
    let seq = room.last_seq + 1;
    let mut message = Message {
        n: 0,
        id,
        room: Some(room.id.clone()),
        seq,
        system: None,
        hidden: false,
        by_visitor,
        author: Author::of(cx.who),
        text: draft.text.clone(),
        extra,
        edited: None,
        at: cx.now,
        updated_at: cx.now,
    };
    if draft.id.is_none() {
        rows::insert(cx.tx, &message, None)?;
    } else if !rows::insert_if_free(cx.tx, &message, None)? {
        return said_before(cx.tx, &message);
    }
    let event = match (room.kind, by_visitor) {
        (Kind::Live, true) => Event::MessageVisitor,
        (Kind::Live, false) => Event::MessageAgent,
        _ => Event::MessagePosted,
    };
    let said = Said {
        message: message.id.clone(),
    };
    record_numbered(cx.tx, cx.now, room, seq, cx.who.actor(), event, said)?;
    if room.kind == Kind::Live {
        match cx.who.account() {
            Some(account) => {
                heard_agent(cx, room, account)?;
                sms::answer(cx, room, &draft.text)?;
                email_inboxes::answer(cx, room, &draft.text, draft.extra.as_ref())?;
            }
            None => heard_visitor(room, cx.now),
        }
    }
    room.last_message_at = cx.now;
    room.last_message_id = Some(message.id.clone());
    room.messages += 1;
    room.last_seq = seq;
    rooms::note_message(cx.tx, cx.now, room, 1, Some(&message.id))?;
    subscriptions::note_message(cx, room, &message.author.id)?;
    if by_visitor {
        super::lead_capture::capture(cx, room, &message)?;
    }
    resuming::spoken_in(cx, room)?;
    message.updated_at = cx.now;
    Ok(message)
}

fn heard_visitor(room: &mut Room, now: Timestamp) {
    room.visitor_last_message_at = Some(now);
    room.expect_nothing();
    if !room.waiting_response {
        room.response_by = None;
    }
    room.waiting_response = true;
    room.metrics.asked(now);
}

/// An agent who answers has answered, no matter who was asked.
fn heard_agent(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    account: &Account,
) -> Result<(), Refusal> {
    let first_at = room
        .response_by
        .as_ref()
        .filter(|by| by.id == account.id)
        .map_or_else(|| cx.now.millis(), |by| by.first_at);
    room.response_by = Some(ResponseBy {
        id: account.id.clone(),
        username: account.username.clone(),
        first_at,
        last_at: cx.now.millis(),
    });
    room.waiting_response = false;
    room.unanswered_since = None;
    // Where nobody has the chat, they wait for us, no matter who spoke.
    if room.served_by.is_some() && room.visitor_silent_since.is_none() {
        room.visitor_silent_since = Some(cx.now);
        room.abandoned_at = patience::foretold(cx, room)?;
    }
    let served_at = room.served_by.as_ref().map(|agent| agent.at);
    room.metrics.replied(cx.now, served_at);
    let month: String = cx.now.iso().chars().take(7).collect();
    if let Some(visitor) = &mut room.visitor
        && visitor.activity.last() != Some(&month)
    {
        let mut counted = [tally::active_in(&month)];
        visitor.activity.push(month);
        visitors::note_activity(cx.tx, &visitor.id, &visitor.activity)?;
        tally::add(cx.tx, &visitor.id, &mut counted, 1)?;
    }
    Ok(())
}
