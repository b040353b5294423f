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

/// Messages of a conversation that go into one body. Of a longer one the first are sent.
const LONGEST_HISTORY: i64 = 20_000;

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
                messages::up_to(view, &place.conversation, place.seq, LONGEST_HISTORY)?
            }
            (Needs::HistoryAndPages, Some(place), _) => {
                let (room, seq) = (&place.conversation, place.seq);
                let mut all = messages::up_to(view, room, seq, LONGEST_HISTORY)?;
                let pages = messages::hidden_visits_up_to(view, room, seq, LONGEST_HISTORY)?;
                all.extend(pages);
                all.sort_by_key(|message| (message.at, message.n));
                all
            }
            _ => Vec::new(),
        };
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
