//! Notes: what those who work here write for each other in a conversation, beside what is said there.

use std::iter::Peekable;

use hark_chat::messages::{self, Message};
use hark_chat::notes::{self, Note};
use hark_model::rooms;
use hark_store::Timestamp;

use super::answers::{self, Entry, Mention, Mentions, Page};
use super::conversations::{named, sees};
use super::{Nothing, POLLED, Paging, cursor, limit, misfit, moment};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::handler::{Done, Made};
use crate::limits::OF_A_DESK;
use crate::params::{NonEmpty, params};
use crate::route::{Access, Route, route};

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "conversations/{rid}/messages", AGENT, "What was said in a conversation and noted there, newest first", list)
        .per_minute(POLLED),
    &route!(Hark POST "conversations/{rid}/notes", AGENT, "Note something for those who work here; the visitor never sees it", add)
        .per_minute(OF_A_DESK),
    &route!(Hark PATCH "conversations/{rid}/notes/{id}", AGENT, "Change a note of one's own", change)
        .per_minute(OF_A_DESK),
    &route!(Hark DELETE "conversations/{rid}/notes/{id}", AGENT, "Remove a note of one's own", remove)
        .per_minute(OF_A_DESK),
    &route!(Hark GET "mentions", AGENT, "Notes in which one is mentioned, newest first", mentions)
        .per_minute(POLLED),
    &route!(Hark POST "mentions/read", AGENT, "One has seen where one is mentioned, up to a moment or up to now", read)
        .per_minute(POLLED),
];

params! {
    struct Words {
        /// What is noted; `@` before a user name mentions somebody.
        text: NonEmpty,
    }

    struct Seen {
        /// The id of the latest note that was seen; without one, all of them.
        up_to as "upTo": Option<NonEmpty>,
    }
}

const END: i64 = i64::MAX;

/// A place in a conversation: in what was said, and in what was noted.
#[derive(Clone, Copy)]
struct Place {
    message: (Timestamp, i64),
    note: i64,
}

/// What was said and what was noted, the one beside the other.
struct Merged<M: Iterator, N: Iterator> {
    messages: Peekable<M>,
    notes: Peekable<N>,
    place: Place,
}

impl<M: Iterator<Item = Message>, N: Iterator<Item = Note>> Iterator for Merged<M, N> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let takes_note = match (self.messages.peek(), self.notes.peek()) {
            (Some(message), Some(note)) => (note.at, note.seq) > (message.at, message.seq),
            (_, note) => note.is_some(),
        };
        if takes_note {
            let note = self.notes.next()?;
            self.place.note = note.seq;
            return Some(Entry {
                message: None,
                note: Some(answers::Note::of(&note)),
            });
        }
        let message = self.messages.next()?;
        self.place.message = (message.at, message.n);
        Some(Entry {
            message: Some(answers::Message::of(&message)),
            note: None,
        })
    }
}

async fn list(call: Call, paging: Paging) -> Result<Done<Page<Entry>>, Failure> {
    let limit = limit(paging.limit);
    let [at, n, note] = cursor(paging.cursor.as_ref())?.unwrap_or([END; 3]);
    let message = (Timestamp::from_millis(at), n);
    let look = call.query(move |call, view| {
        let room = named(call, view)?;
        let more = limit as i64 + 1;
        let said = messages::before(view, &room.id, message, more)?;
        let noted = notes::latest(view, &room.id, note, more)?;
        Ok((said, noted))
    });
    let (said, noted) = look.await?;
    let mut merged = Merged {
        messages: said.into_iter().peekable(),
        notes: noted.into_iter().peekable(),
        place: Place { message, note },
    };
    let items: Vec<Entry> = merged.by_ref().take(limit).collect();
    let Place {
        message: (at, n),
        note,
    } = merged.place;
    let next_cursor = merged.next().map(|_| format!("{}-{n}-{note}", at.millis()));
    Ok(Done(Page { items, next_cursor }))
}

async fn add(call: Call, words: Words) -> Result<Made<answers::Note>, Failure> {
    let note = call.command(move |call, cx| notes::add(cx, call.path(0), &words.text));
    Ok(Made(answers::Note::of(&note.await?)))
}

async fn change(call: Call, words: Words) -> Result<Done<answers::Note>, Failure> {
    let note =
        call.command(move |call, cx| notes::change(cx, call.path(0), call.path(1), &words.text));
    Ok(Done(answers::Note::of(&note.await?)))
}

async fn remove(call: Call, _: Nothing) -> Answer {
    let removed = call.command(|call, cx| notes::remove(cx, call.path(0), call.path(1)));
    removed.await?;
    Ok(Reply::Nothing)
}

/// What the caller may not see any more is left out, so that a page may have fewer entries than its limit.
async fn mentions(call: Call, paging: Paging) -> Result<Done<Mentions>, Failure> {
    let limit = limit(paging.limit);
    let after = match &paging.cursor {
        None => (Timestamp::from_millis(END), String::new()),
        Some(cursor) => {
            let place = cursor.split_once('-');
            let place = place.and_then(|(at, note)| Some((at.parse().ok()?, note)));
            let (at, note) =
                place.ok_or_else(|| misfit("cursor", "has to be one that a page has given"))?;
            (Timestamp::from_millis(at), note.to_owned())
        }
    };
    let look = call.query(move |call, view| {
        let account = &call.account()?.id;
        let unread = notes::unread_mentions(view, account)?;
        let place = (after.0, after.1.as_str());
        let mut found = notes::mentions_of(view, account, place, limit as i64 + 1)?;
        let has_more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| has_more);
        let next_cursor = last.map(|last| format!("{}-{}", last.at.millis(), last.note));
        let mut items = Vec::new();
        for mention in &found {
            let (Some(note), Some(room)) = (
                notes::find(view, &mention.note)?,
                rooms::find(view, &mention.room)?,
            ) else {
                continue;
            };
            if sees(call, view, &room)? {
                items.push(Mention::of(&note, &room, mention.read_at.is_some()));
            }
        }
        Ok(Mentions {
            items,
            unread,
            next_cursor,
        })
    });
    Ok(Done(look.await?))
}

async fn read(call: Call, seen: Seen) -> Answer {
    let up_to = moment("upTo", seen.up_to.as_ref())?.unwrap_or(call.now);
    let read = call.command(move |_, cx| notes::read_mentions(cx, up_to));
    read.await?;
    Ok(Reply::Nothing)
}
