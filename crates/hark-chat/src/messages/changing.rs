//! Taking something back: editing and removing. What a message was stays known as long as an
//! earlier event may have to be delivered again.

use hark_store::Tx;
use serde_json::Value;

use super::posting::{check_text, check_visitors_text, open_room_of};
use super::{Author, Edit, Message, System, quotes, rows};
use crate::{access, figures, uploads};
use hark_model::events::{Changed, Event, record_in_room};
use hark_model::rooms::{self, Room};
use hark_model::{Context, Refusal, Who, settings};

/// A visitor changes a message of their own, while their chat is open.
pub fn change_as_visitor(
    cx: &mut Context<'_, '_>,
    token: &str,
    room: &str,
    id: &str,
    text: &str,
) -> Result<Message, Refusal> {
    let (room, visitor) = open_room_of(cx.tx, token, room)?;
    let message = in_room(cx.tx, &room, id)?.ok_or(Refusal::InvalidMessage)?;
    if message.author.id != visitor.id
        || message.system.is_some()
        || !cx.policy.flag(settings::Message_AllowEditing)
    {
        return Err(Refusal::ActionNotAllowed);
    }
    check_visitors_text(cx.policy, text)?;
    edit(&mut cx.by(&Who::Visitor(visitor)), &room, message, text)
}

pub fn remove_as_visitor(
    cx: &mut Context<'_, '_>,
    token: &str,
    room: &str,
    id: &str,
) -> Result<Message, Refusal> {
    let (mut room, visitor) = open_room_of(cx.tx, token, room)?;
    let message = in_room(cx.tx, &room, id)?.ok_or(Refusal::InvalidMessage)?;
    if message.author.id != visitor.id
        || message.system.is_some()
        || !cx.policy.flag(settings::Message_AllowDeleting)
    {
        return Err(Refusal::ActionNotAllowed);
    }
    take_away(&mut cx.by(&Who::Visitor(visitor)), &mut room, message)
}

/// Someone who works here changes a message: their own, or another's with the permission for it.
pub fn change(
    cx: &mut Context<'_, '_>,
    room: &str,
    id: &str,
    text: &str,
) -> Result<Message, Refusal> {
    let account = cx.account()?;
    let (room, message) = seen_by(cx, room, id)?;
    let own = message.author.id == account.id && cx.policy.flag(settings::Message_AllowEditing);
    if message.system.is_some() || !(own || cx.may("edit-message")) {
        return Err(Refusal::ActionNotAllowed);
    }
    check_text(cx.policy, text)?;
    edit(cx, &room, message, text)
}

pub fn remove(cx: &mut Context<'_, '_>, room: &str, id: &str) -> Result<Message, Refusal> {
    let account = cx.account()?;
    let (mut room, message) = seen_by(cx, room, id)?;
    let own = message.author.id == account.id && cx.policy.flag(settings::Message_AllowDeleting);
    let may = own || cx.may("delete-message") || cx.may("force-delete-message");
    if message.system.is_some() || !may {
        return Err(Refusal::ActionNotAllowed);
    }
    take_away(cx, &mut room, message)
}

/// A message of a room that an account may see. A message that is elsewhere is said to be.
fn seen_by(cx: &mut Context<'_, '_>, room: &str, id: &str) -> Result<(Room, Message), Refusal> {
    let account = cx.account()?;
    let message = rows::find(cx.tx, id)?.ok_or_else(|| Refusal::NoSuchMessage(id.to_owned()))?;
    if message.room.as_deref() != Some(room) {
        return Err(Refusal::MessageElsewhere);
    }
    let room = rooms::lock(cx.tx, room)?.ok_or(Refusal::NoSuchRoom)?;
    if !access::may_see(cx.tx, cx.policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    // Read again behind the lock: someone may have changed it meanwhile.
    let message = rows::find(cx.tx, id)?.ok_or_else(|| Refusal::NoSuchMessage(id.to_owned()))?;
    Ok((room, message))
}

fn in_room(tx: &mut Tx<'_>, room: &Room, id: &str) -> Result<Option<Message>, Refusal> {
    let found = rows::find(tx, id)?;
    Ok(found.filter(|message| message.room.as_deref() == Some(&room.id)))
}

fn changed(message: &Message) -> Changed {
    Changed {
        message: message.id.clone(),
        by_visitor: message.by_visitor,
    }
}

fn edit(
    cx: &mut Context<'_, '_>,
    room: &Room,
    before: Message,
    text: &str,
) -> Result<Message, Refusal> {
    // Quotes belong to the text; files stay.
    let mut extra = before.extra.clone();
    if let Some(attachments) = extra
        .as_mut()
        .and_then(|extra| extra.get_mut("attachments"))
        .and_then(Value::as_array_mut)
    {
        attachments.retain(|one| one.get("message_link").is_none());
    }
    let extra = quotes::attach(cx, room, text, extra)?;
    put(cx, room, before, text, extra)
}

/// The notice of a call that is over says so.
pub(crate) fn end_call(
    cx: &mut Context<'_, '_>,
    room: &Room,
    before: Message,
    text: &str,
    end: Value,
) -> Result<Message, Refusal> {
    put(cx, room, before, text, Some(end))
}

fn put(
    cx: &mut Context<'_, '_>,
    room: &Room,
    before: Message,
    text: &str,
    extra: Option<Value>,
) -> Result<Message, Refusal> {
    let (by, changed) = (cx.who.actor(), changed(&before));
    let seq = record_in_room(cx.tx, cx.now, room, by, Event::MessageEdited, changed)?;
    rows::keep_past(cx.tx, &before, &room.id, seq)?;
    let message = Message {
        text: text.to_owned(),
        extra,
        edited: Some(Edit {
            at: cx.now,
            by: Author {
                name: None,
                ..Author::of(cx.who)
            },
        }),
        updated_at: cx.now,
        ..before
    };
    rows::edit_to(cx.tx, &message)?;
    rows::forget_words(cx.tx, &message)?;
    Ok(message)
}

/// A message that is gone stays counted in its room, as in the original only its trace shows.
fn take_away(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    message: Message,
) -> Result<Message, Refusal> {
    let (by, changed) = (cx.who.actor(), changed(&message));
    let seq = record_in_room(cx.tx, cx.now, room, by, Event::MessageDeleted, changed)?;
    rows::keep_past(cx.tx, &message, &room.id, seq)?;
    figures::changes(cx.tx, room)?;
    if cx.policy.flag(settings::Message_ShowDeletedStatus) {
        rows::make_system(
            cx.tx,
            cx.now,
            &message.id,
            System::Removed,
            &Author::of(cx.who),
        )?;
        rows::forget_words(cx.tx, &message)?;
        rooms::take_back(cx.tx, cx.now, &room.id, 0)?;
    } else {
        rows::remove(cx.tx, cx.now, &message, &room.id)?;
        rooms::take_back(cx.tx, cx.now, &room.id, 1)?;
        room.messages -= 1;
        if room.last_message_id.as_deref() == Some(&message.id) {
            room.last_message_id = rows::last_said(cx.tx, &room.id)?;
            rooms::set_last_message(cx.tx, room)?;
        }
    }
    if let Some(file) = super::carried_file(cx.tx, &message)? {
        uploads::discard(cx, &file.id)?;
    }
    Ok(message)
}
