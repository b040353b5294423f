//! Taking something back: editing and removing. What a message was stays known as long as an
//! earlier event may have to be told again.

use hark_store::{Timestamp, Tx};
use serde_json::json;

use super::posting::{Voice, check_text, check_visitors_text, open_room_of};
use super::{Author, Edit, Message, System, quotes, rows};
use crate::accounts::Account;
use crate::rooms::{self, Room, story};
use crate::{Policy, Refusal, uploads};

/// A visitor changes a message of his own, while his chat is open.
pub fn change_as_visitor(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    token: &str,
    room: &str,
    id: &str,
    text: &str,
) -> Result<Message, Refusal> {
    let (room, visitor) = open_room_of(tx, token, room)?;
    let message = in_room(tx, &room, id)?.ok_or(Refusal::InvalidMessage)?;
    if message.author.id != visitor.id
        || message.system.is_some()
        || !policy.flag("Message_AllowEditing")
    {
        return Err(Refusal::ActionNotAllowed);
    }
    check_visitors_text(policy, text)?;
    edit(
        tx,
        now,
        policy,
        &room,
        &Voice::Visitor(&visitor),
        message,
        text,
    )
}

pub fn remove_as_visitor(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    token: &str,
    room: &str,
    id: &str,
) -> Result<Message, Refusal> {
    let (mut room, visitor) = open_room_of(tx, token, room)?;
    let message = in_room(tx, &room, id)?.ok_or(Refusal::InvalidMessage)?;
    if message.author.id != visitor.id
        || message.system.is_some()
        || !policy.flag("Message_AllowDeleting")
    {
        return Err(Refusal::ActionNotAllowed);
    }
    take_away(
        tx,
        now,
        policy,
        &mut room,
        &Voice::Visitor(&visitor),
        message,
    )
}

/// Someone who works here changes a message: his own, or another's with the permission for it.
pub fn change(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    room: &str,
    id: &str,
    text: &str,
) -> Result<Message, Refusal> {
    let (room, message) = seen_by(tx, policy, account, room, id)?;
    let own = message.author.id == account.id && policy.flag("Message_AllowEditing");
    if message.system.is_some() || !(own || policy.grants(&account.roles, "edit-message")) {
        return Err(Refusal::ActionNotAllowed);
    }
    check_text(policy, text)?;
    edit(
        tx,
        now,
        policy,
        &room,
        &Voice::Account(account),
        message,
        text,
    )
}

pub fn remove(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    account: &Account,
    room: &str,
    id: &str,
) -> Result<Message, Refusal> {
    let (mut room, message) = seen_by(tx, policy, account, room, id)?;
    let own = message.author.id == account.id && policy.flag("Message_AllowDeleting");
    let may = own
        || policy.grants(&account.roles, "delete-message")
        || policy.grants(&account.roles, "force-delete-message");
    if message.system.is_some() || !may {
        return Err(Refusal::ActionNotAllowed);
    }
    take_away(
        tx,
        now,
        policy,
        &mut room,
        &Voice::Account(account),
        message,
    )
}

/// A message of a room that an account may see. A message that is elsewhere is said to be.
fn seen_by(
    tx: &mut Tx<'_>,
    policy: &Policy,
    account: &Account,
    room: &str,
    id: &str,
) -> Result<(Room, Message), Refusal> {
    let message = rows::find(tx, id)?.ok_or_else(|| Refusal::NoSuchMessage(id.to_owned()))?;
    if message.room.as_deref() != Some(room) {
        return Err(Refusal::MessageElsewhere);
    }
    let room = rooms::rows::lock(tx, room)?.ok_or(Refusal::NoSuchRoom)?;
    if !rooms::may_see(tx, policy, account, &room)? {
        return Err(Refusal::NotAllowed);
    }
    // Read again behind the lock: someone may have changed it meanwhile.
    let message = rows::find(tx, id)?.ok_or_else(|| Refusal::NoSuchMessage(id.to_owned()))?;
    Ok((room, message))
}

fn in_room(tx: &mut Tx<'_>, room: &Room, id: &str) -> Result<Option<Message>, Refusal> {
    let found = rows::find(tx, id)?;
    Ok(found.filter(|message| message.room.as_deref() == Some(&room.id)))
}

fn edit(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &Room,
    voice: &Voice<'_>,
    before: Message,
    text: &str,
) -> Result<Message, Refusal> {
    let more = json!({"message": before.id, "byVisitor": before.by_visitor});
    let seq = story::tell(tx, now, "message.edited", room, &voice.actor(), more)?;
    rows::keep_past(tx, &before, &room.id, seq)?;
    let author = voice.author();
    // Quotes belong to the text; files stay.
    let mut extra = before.extra.clone();
    if let Some(attachments) = extra
        .as_mut()
        .and_then(|extra| extra.get_mut("attachments"))
        .and_then(serde_json::Value::as_array_mut)
    {
        attachments.retain(|one| one.get("message_link").is_none());
    }
    let message = Message {
        text: text.to_owned(),
        extra: quotes::attach(tx, policy, room, voice, text, extra)?,
        edited: Some(Edit {
            at: now,
            by: Author {
                name: None,
                ..author
            },
        }),
        updated_at: now,
        ..before
    };
    rows::edit_to(tx, &message)?;
    Ok(message)
}

/// A message that is gone stays counted in its room, as in the original only its trace shows.
fn take_away(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    room: &mut Room,
    voice: &Voice<'_>,
    message: Message,
) -> Result<Message, Refusal> {
    let more = json!({"message": message.id, "byVisitor": message.by_visitor});
    let seq = story::tell(tx, now, "message.deleted", room, &voice.actor(), more)?;
    rows::keep_past(tx, &message, &room.id, seq)?;
    if policy.flag("Message_ShowDeletedStatus") {
        rows::make_system(tx, now, &message.id, System::Removed, &voice.author())?;
    } else {
        rows::remove(tx, now, &message, &room.id)?;
        rooms::rows::count_messages(tx, now, &room.id, -1)?;
        room.messages -= 1;
        if room.last_message_id.as_deref() == Some(&message.id) {
            room.last_message_id = rows::last_said(tx, &room.id)?;
            rooms::rows::set_last_message(tx, room)?;
        }
    }
    uploads::leave(tx, now, &message)?;
    Ok(message)
}
