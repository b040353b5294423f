//! What is said in rooms, to those who listen to one or to all of theirs.

use std::sync::Arc;

use hark_chat::access;
use hark_chat::messages::Message;
use hark_model::events::{Event, Recorded};
use hark_model::rooms::Room;
use hark_realtime::{Push, SeatId, Topic};
use hark_store::Error;
use serde_json::json;
use serde_json::value::RawValue;

use super::{Batch, gate};
use crate::rocketchat::chat_documents;
use crate::rocketchat::ddp::frames;
use crate::rocketchat::ddp::streams::{Gate, MESSAGES, MY_MESSAGES, NOTICES};
use crate::rocketchat::visitor_rooms::hidden_kinds;

impl Batch<'_, '_> {
    pub(super) fn messages(
        &mut self,
        recorded: &Recorded,
        seq: i64,
        room: &Arc<Room>,
    ) -> Result<(), Error> {
        let topic = Topic::new(MESSAGES, room.id.as_str());
        let all = Topic::new(MESSAGES, MY_MESSAGES);
        let gate = gate(&recorded.event, room, Gate::Room);
        if let Event::MessageDeleted(deleted) = &recorded.event {
            let gone = Topic::new(NOTICES, format!("{}/deleteMessage", room.id));
            self.push(&gone, &gate, |_| {
                Ok(json!([{"_id": deleted.details.message}]))
            })?;
        }
        if !self.hub.is_heard(&topic) && !self.hub.is_heard(&all) {
            return Ok(());
        }
        let found = match &recorded.event {
            Event::MessageVisitor(said)
            | Event::MessageAgent(said)
            | Event::MessagePosted(said) => {
                let message = self.look.message(&said.details.message)?;
                message.into_iter().collect()
            }
            Event::MessageEdited(changed) | Event::MessageDeleted(changed) => {
                let message = self.look.message(&changed.details.message)?;
                message.into_iter().collect()
            }
            _ => self.look.messages_of_event(&room.id, recorded.at, seq)?,
        };
        let policy = Arc::clone(&self.look.policy);
        let hidden = hidden_kinds(&policy);
        let is_shown = |message: &Message| {
            let kind = message.system.map_or("", |system| system.as_str());
            !message.hidden && !hidden.contains(&kind)
        };
        for message in found.iter().filter(|message| is_shown(message)) {
            let mut shown = ShownMessage {
                message,
                room,
                written: [None, None],
            };
            self.push_shown(&topic, &gate, |_, with_token| {
                Ok(frames::changed(&topic, &[shown.written(with_token)]))
            })?;
            self.my_messages(&all, &gate, room, &mut shown)?;
        }
        Ok(())
    }

    /// The same for those who hear of all their rooms at once, which says whether they are in it.
    fn my_messages(
        &mut self,
        topic: &Topic,
        gate: &Gate,
        room: &Room,
        message: &mut ShownMessage<'_>,
    ) -> Result<(), Error> {
        let mut heard: [(bool, bool, Vec<SeatId>); 4] =
            [(true, true), (true, false), (false, true), (false, false)]
                .map(|(participates, with_token)| (participates, with_token, Vec::new()));
        for listener in self.hub.listeners(topic) {
            let Some(session) = self.look.session(&listener.pass)? else {
                continue;
            };
            if !self.look.admits(gate, &listener.pass)? {
                continue;
            }
            let account = &session.account;
            let is_inside = self.look.is_inside(&account.id, &room.id)?;
            let sees_token = access::may_see_tokens(&self.look.policy, account);
            for (participates, with_token, to) in &mut heard {
                if (*participates, *with_token) == (is_inside, sees_token) {
                    to.push(listener.seat);
                }
            }
        }
        for (participates, with_token, to) in heard {
            if !to.is_empty() {
                let more = json!({
                    "roomParticipant": participates,
                    "roomType": room.kind.as_str(),
                    "roomName": room.name,
                });
                let frame = frames::changed(topic, &(message.written(with_token), more));
                self.pushes.push(Push { frame, to });
            }
        }
        Ok(())
    }
}

/// A message as it is pushed to several: with the visitor's token, and with what stands for it.
struct ShownMessage<'m> {
    message: &'m Message,
    room: &'m Room,
    written: [Option<Arc<RawValue>>; 2],
}

impl ShownMessage<'_> {
    fn written(&mut self, with_token: bool) -> &RawValue {
        let Self {
            message,
            room,
            written,
        } = self;
        written[usize::from(with_token)].get_or_insert_with(|| {
            let token = chat_documents::shown_token(room, with_token);
            frames::written(chat_documents::message(message, &token))
        })
    }
}
