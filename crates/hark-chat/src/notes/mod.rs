//! Notes: what those who work here write for each other in a chat. No visitor ever hears of one, which
//! is why they are no messages: nothing that shows messages has a way to show a note.

mod mentions;
mod rows;

pub use self::mentions::read_mentions;
pub(crate) use self::rows::{ALL, WRITES};
pub use self::rows::{as_of, find, latest, mentions_of, unread_mentions};
use hark_store::{Timestamp, Tx, json_columns, record};
use serde::{Deserialize, Serialize};

use crate::{access, messages};
use hark_model::accounts::Account;
use hark_model::events::{Event, Noted, record_in_room};
use hark_model::rooms::{self, Kind, Person, Room};
use hark_model::{Context, Refusal};

/// Notes of one conversation.
pub const MOST: usize = 1_000;
/// Mentions that somebody has not seen; more are not counted.
pub const MOST_UNREAD: i64 = 1_000;

record! {
    /// A note as it was from one event of its conversation on.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Note from "note" {
        pub id: String,
        pub room: String = "note.room_id",
        /// The number of the conversation's event with which it came.
        pub seq: i64,
        /// The number of the one with which it became what it is.
        pub version_seq: i64,
        pub author: Writer = record,
        pub text: String,
        pub mentions: Mentions,
        pub at: Timestamp,
        pub edited_at: Option<Timestamp>,
    }
}

record! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Writer from "note" {
        pub id: String = "note.author_id",
        pub username: String = "note.author_username",
        pub name: Option<String> = "note.author_name",
    }
}

record! {
    /// Where somebody is mentioned.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Mention from "note_mention" {
        pub note: String = "note_mention.note_id",
        pub room: String = "note_mention.room_id",
        pub at: Timestamp,
        pub read_at: Option<Timestamp>,
    }
}

/// Those whom a note mentions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mentions(pub Vec<Person>);

json_columns!(Mentions);

/// Someone who may see a chat, also one that is over, notes something there.
pub fn add(cx: &mut Context<'_, '_>, room: &str, text: &str) -> Result<Note, Refusal> {
    let account = cx.account()?;
    let room = seen(cx, room)?;
    check(cx, text)?;
    if rows::count(cx.tx, &room.id)? >= MOST as i64 {
        return Err(Refusal::TooMany {
            what: "notes in this conversation",
            most: MOST,
        });
    }
    let mentions = mentions::of(cx, &room, text)?;
    let id = cx.tx.ids().id24_at(cx.now);
    let noted = Noted {
        note: id.clone(),
        mentions: mentions.clone(),
    };
    let seq = record_in_room(
        cx.tx,
        cx.now,
        &room,
        cx.who.actor(),
        Event::NoteAdded,
        noted,
    )?;
    mentions::add(cx, &room, &id, &mentions)?;
    let note = Note {
        id,
        room: room.id,
        seq,
        version_seq: seq,
        author: Writer {
            id: account.id.clone(),
            username: account.username.clone(),
            name: Some(account.name.clone()).filter(|name| !name.is_empty()),
        },
        text: text.to_owned(),
        mentions: Mentions(mentions),
        at: cx.now,
        edited_at: None,
    };
    rows::insert(cx.tx, &note)?;
    Ok(note)
}

/// Somebody changes what they have noted. Only who is mentioned anew hears of it.
pub fn change(cx: &mut Context<'_, '_>, room: &str, id: &str, text: &str) -> Result<Note, Refusal> {
    let account = cx.account()?;
    let room = seen(cx, room)?;
    let before = own(cx.tx, account, &room, id)?;
    check(cx, text)?;
    if before.text == text {
        return Ok(before);
    }
    let mentions = mentions::of(cx, &room, text)?;
    let is_new = |person: &&Person| !before.mentions.0.contains(person);
    let added: Vec<Person> = mentions.iter().filter(is_new).cloned().collect();
    let noted = Noted {
        note: before.id.clone(),
        mentions: added.clone(),
    };
    let seq = record_in_room(
        cx.tx,
        cx.now,
        &room,
        cx.who.actor(),
        Event::NoteEdited,
        noted,
    )?;
    for person in before
        .mentions
        .0
        .iter()
        .filter(|one| !mentions.contains(one))
    {
        rows::remove_mention(cx.tx, &person.id, &before.id)?;
    }
    mentions::add(cx, &room, &before.id, &added)?;
    rows::end(cx.tx, &before.id, seq)?;
    let note = Note {
        version_seq: seq,
        text: text.to_owned(),
        mentions: Mentions(mentions),
        edited_at: Some(cx.now),
        ..before
    };
    rows::insert(cx.tx, &note)?;
    Ok(note)
}

pub fn remove(cx: &mut Context<'_, '_>, room: &str, id: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    let room = seen(cx, room)?;
    let note = own(cx.tx, account, &room, id)?;
    let noted = Noted {
        note: note.id.clone(),
        mentions: Vec::new(),
    };
    let seq = record_in_room(
        cx.tx,
        cx.now,
        &room,
        cx.who.actor(),
        Event::NoteDeleted,
        noted,
    )?;
    rows::end(cx.tx, &note.id, seq)?;
    rows::remove_mentions(cx.tx, &note.id)?;
    Ok(())
}

/// A visitor's chat that the caller may see, locked.
fn seen(cx: &mut Context<'_, '_>, room: &str) -> Result<Room, Refusal> {
    let account = cx.account()?;
    let room = rooms::lock(cx.tx, room)?.filter(|room| room.kind == Kind::Live);
    let room = room.ok_or(Refusal::NoSuchConversation)?;
    if access::may_see(cx.tx, cx.policy, account, &room)? {
        Ok(room)
    } else {
        Err(Refusal::NoSuchConversation)
    }
}

fn own(tx: &mut Tx<'_>, account: &Account, room: &Room, id: &str) -> Result<Note, Refusal> {
    let note = find(tx, id)?.filter(|note| note.room == room.id);
    let note = note.ok_or(Refusal::NoSuchNote)?;
    if note.author.id == account.id {
        Ok(note)
    } else {
        Err(Refusal::AnothersNote)
    }
}

fn check(cx: &Context<'_, '_>, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::EmptyNote);
    }
    messages::check_text(cx.policy, text)
}
