//! The index of words is fed behind the log: a message costs nothing more for it. What was said before there was an
//! index is read from its end to its beginning, beside that. Each step writes down how far it has come together
//! with what it has put there.

use std::collections::BTreeSet;

use hark_store::{Result, Timestamp, Tx, View, log};

use super::rows::{self, Said};
use super::{lines, split};
use crate::messages::System;
use hark_model::events::{Kind, Recorded};
use hark_model::rooms;

const READER: &str = "words";
/// Events, and messages of before, that are read for one step.
const AT_ONCE: usize = 200;

/// What one look has found to be put into the index.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Messages with their words, oldest first: the index takes numbers that grow.
    found: Vec<(Said, String)>,
    /// Up to where the log was read, if there was anything.
    position: Option<log::Position>,
    /// Up to which number messages are still to be read, if that has changed.
    walked_to: Option<i64>,
    /// Whether there were as many events as are read for one step, or more.
    pub is_full: bool,
}

/// How far the index is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Events that were not looked at yet.
    pub events: i64,
    /// Messages of before that may be missing.
    pub messages: i64,
}

impl Batch {
    pub const fn is_empty(&self) -> bool {
        self.position.is_none() && self.walked_to.is_none()
    }

    /// Whether there is more to be read than this.
    pub fn leaves_more(&self) -> bool {
        self.is_full || self.walked_to.is_some_and(|left| left > 0)
    }
}

pub fn lag(view: &mut View<'_>) -> Result<Lag> {
    let Some(messages) = rows::walked_to(view)? else {
        return Ok(Lag {
            events: 0,
            messages: rows::last(view)?,
        });
    };
    let events = log::last(view)? - log::reader(view, READER)?;
    Ok(Lag {
        events: events.max(0),
        messages,
    })
}

/// What is to be put into the index next.
pub fn look(view: &mut View<'_>) -> Result<Batch> {
    let Some(walked_to) = rows::walked_to(view)? else {
        // What happens from now on is in the log behind this place, and all before it is to be read.
        return Ok(Batch {
            position: Some(log::last(view)?),
            walked_to: Some(rows::last(view)?),
            ..Batch::default()
        });
    };
    let mut found = Vec::new();
    let position = log::reader(view, READER)?;
    let events = log::after(view, position, AT_ONCE)?;
    let position = events.last().map(|event| event.position);
    let is_full = events.len() == AT_ONCE;
    let (mut messages, mut rooms) = (BTreeSet::new(), BTreeSet::new());
    for event in events {
        match Kind::parse(&event.kind) {
            Some(
                Kind::MessageVisitor
                | Kind::MessageAgent
                | Kind::MessagePosted
                | Kind::MessageEdited,
            ) => {
                let event = Recorded::parse_or_log(event);
                messages.extend(event.and_then(|one| one.event.message().map(str::to_owned)));
            }
            Some(
                Kind::ChatStarted | Kind::ChatEdited | Kind::ChatClosed | Kind::VisitorChanged,
            ) => {
                rooms.extend(event.conversation.map(|place| place.conversation));
            }
            _ => {}
        }
    }
    let mut said = Vec::new();
    if !messages.is_empty() {
        let messages: Vec<String> = messages.into_iter().collect();
        said = rows::named(view, &messages)?;
    }
    for room in rooms {
        said.extend(rows::beginning(view, &room)?);
    }
    let earlier = if walked_to > 0 {
        rows::up_to(view, walked_to, AT_ONCE as i64)?
    } else {
        Vec::new()
    };
    let next = earlier.last().map_or(0, |last| last.n - 1);
    let walked_to = (walked_to > 0).then_some(next);
    said.extend(earlier);
    said.sort_by_key(|one| one.n);
    said.dedup_by_key(|one| one.n);
    for one in said {
        let words = words_of(view, &one)?;
        if !words.is_empty() {
            found.push((one, words));
        }
    }
    Ok(Batch {
        found,
        position,
        walked_to,
        is_full,
    })
}

fn words_of(view: &mut View<'_>, said: &Said) -> Result<String> {
    if said.kind.as_deref() != Some(System::Started.as_str()) {
        return Ok(split::gathered([said.text.as_str()]));
    }
    let room = rooms::find(view, &said.room)?;
    Ok(room.map_or_else(String::new, |room| lines::words_of_chat(&room)))
}

pub fn keep(tx: &mut Tx<'_>, now: Timestamp, batch: &Batch) -> Result<()> {
    for (said, words) in &batch.found {
        rows::put(tx, said, words)?;
    }
    if let Some(position) = batch.position {
        log::move_reader(tx, now, READER, position)?;
    }
    if let Some(upto) = batch.walked_to {
        rows::walk_on(tx, upto)?;
    }
    Ok(())
}
