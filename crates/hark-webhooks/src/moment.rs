//! The moment of which an event tells, for the dialects: the event with its snapshot, and the
//! words that it only names, as they were then.

use std::sync::Arc;

use hark_chat::messages::{self, Author, Message};
use hark_chat::notes::{self, Note};
use hark_chat::uploads::{Upload, links};
use hark_model::events::Recorded;
use hark_model::{Keyring, Policy};
use hark_store::{Result, View};
use serde_json::Value;

/// What has to be looked up before an event can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    Nothing,
    /// The note that the event names.
    Note,
    /// The message that the event names.
    Message,
    /// Everything that had been said.
    History,
    /// That, and the pages that the visitor had looked at, also where nobody is shown them.
    HistoryAndPages,
}

/// Messages of a conversation that go into one body, and how long they may be together. Of a longer
/// one the end is sent: it is what the receiver does not know yet.
pub const LONGEST_HISTORY: i64 = 5_000;
pub const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What a body depends on besides its event.
#[derive(Clone)]
pub struct RenderContext {
    pub site_url: Arc<str>,
    pub policy: Arc<Policy>,
    pub keys: Arc<Keyring>,
}

#[derive(Debug, Clone)]
pub struct Said {
    pub message: Message,
    pub file: Option<Upload>,
}

pub struct Moment<'m> {
    pub recorded: &'m Recorded,
    pub said: Vec<Said>,
    pub note: Option<Note>,
    pub context: &'m RenderContext,
}

impl<'m> Moment<'m> {
    pub fn look_up(
        view: &mut View<'_>,
        context: &'m RenderContext,
        recorded: &'m Recorded,
        needs: Needs,
    ) -> Result<Self> {
        let conversation = recorded.conversation.as_ref();
        let room_and_seq = conversation.map(|known| (&known.conversation, known.seq));
        let note = match (needs, room_and_seq, recorded.event.note()) {
            (Needs::Note, Some((room, seq)), Some(id)) => notes::as_of(view, room, id, seq)?,
            _ => None,
        };
        let messages = match (needs, room_and_seq, recorded.event.message()) {
            (Needs::Message, Some((room, seq)), Some(id)) => {
                let message = messages::as_of(view, room, id, seq)?;
                message.into_iter().collect()
            }
            (Needs::History, Some((room, seq)), _) => {
                messages::latest_up_to(view, room, seq, LONGEST_HISTORY)?
            }
            (Needs::HistoryAndPages, Some((room, seq)), _) => {
                let mut all = messages::latest_up_to(view, room, seq, LONGEST_HISTORY)?;
                let pages = messages::hidden_visits_up_to(view, room, seq, LONGEST_HISTORY)?;
                all.extend(pages);
                all.sort_by_key(|message| (message.at, message.n));
                all
            }
            _ => Vec::new(),
        };
        let messages = latest_that_fit(messages);
        let mut said = Vec::with_capacity(messages.len());
        for message in messages {
            let file = messages::carried_file(view, &message)?;
            said.push(Said { message, file });
        }
        Ok(Self {
            recorded,
            said,
            note,
            context,
        })
    }

    /// With what a client fetches a file. Its hour begins with the event, so that the body is
    /// the same whenever it is written.
    pub fn file_upload(&self, file: &Upload, author: &Author) -> Value {
        let RenderContext {
            site_url,
            policy,
            keys,
        } = self.context;
        links::file_upload(policy, keys, site_url, file, &author.id, self.recorded.at)
    }

    /// Where a file is fetched.
    pub fn link(&self, file: &Upload, author: &Author) -> String {
        let upload = self.file_upload(file, author);
        upload["publicFilePath"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

fn latest_that_fit(mut messages: Vec<Message>) -> Vec<Message> {
    let mut left = MOST_BYTES;
    let fitting = messages.iter().rev().take_while(|message| {
        let known = left.checked_sub(message.text.len());
        left = known.unwrap_or(0);
        known.is_some()
    });
    let first = messages.len() - fitting.count();
    messages.drain(..first);
    messages
}
