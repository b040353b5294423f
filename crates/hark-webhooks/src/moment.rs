//! The moment of which an event tells, for the dialects: the event with its snapshot, and the
//! words that it only names, as they were then.

use std::sync::Arc;

use hark_chat::messages::{self, Message};
use hark_chat::uploads::{self, Upload};
use hark_chat::{Keyring, Policy};
use hark_store::{Error, Event, View};

/// What has to be looked up before an event can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    Nothing,
    /// The message that the event names.
    Message,
    /// Everything that had been said.
    History,
    /// That, and the pages that the visitor had looked at, also where nobody is shown them.
    HistoryAndPages,
}

/// Messages of a conversation that go into one body, and how long they may be together. Of a longer
/// one the end is sent: it is what the receiver does not know yet.
const LONGEST_HISTORY: i64 = 5_000;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What a body depends on besides its event.
#[derive(Clone)]
pub struct House {
    pub site_url: Arc<str>,
    pub policy: Arc<Policy>,
    pub keys: Arc<Keyring>,
}

#[derive(Debug, Clone)]
pub struct Said {
    pub message: Message,
    pub file: Option<Upload>,
}

pub struct Moment {
    pub event: Event,
    pub said: Vec<Said>,
    pub house: House,
}

impl Moment {
    pub fn look_up(
        view: &mut View<'_>,
        house: &House,
        event: Event,
        needs: Needs,
    ) -> Result<Self, Error> {
        let place = event.conversation.as_ref();
        let messages = match (needs, place, event.body["message"].as_str()) {
            (Needs::Message, Some(place), Some(id)) => {
                messages::as_of(view, &place.conversation, id, place.seq)?
                    .into_iter()
                    .collect()
            }
            (Needs::History, Some(place), _) => {
                messages::latest_up_to(view, &place.conversation, place.seq, LONGEST_HISTORY)?
            }
            (Needs::HistoryAndPages, Some(place), _) => {
                let (room, seq) = (&place.conversation, place.seq);
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
            let file = uploads::carried_by(view, &message)?;
            said.push(Said { message, file });
        }
        Ok(Self {
            event,
            said,
            house: house.clone(),
        })
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
