//! What the visitor's window shows: who answers, what is known of them, and that the queue has moved
//! in which they stand.

use std::sync::Arc;

use hark_chat::inquiries;
use hark_model::events::Event;
use hark_model::rooms::Room;
use hark_model::visitors;
use hark_realtime::Topic;
use hark_store::Error;
use serde_json::json;

use super::Batch;
use crate::rocketchat::ddp::streams::{CHAT, Gate};
use crate::rocketchat::{chat_documents, widget};

impl Batch<'_, '_> {
    /// Who answers the visitor now, or that nobody does.
    pub(super) fn agent_of_chat(&mut self, event: &Event, room: &Arc<Room>) -> Result<(), Error> {
        let agent = match event {
            Event::ChatTaken(taken) => taken.chat.agent.as_ref(),
            Event::ChatQueued(queued) if queued.chat.room.taken_at.is_some() => None,
            _ => return Ok(()),
        };
        let topic = Topic::new(CHAT, room.id.as_str());
        self.push(&topic, &Gate::Guest(Arc::clone(room)), |look| {
            let account = agent.map_or(Ok(None), |agent| look.account(&agent.id))?;
            let mut data = json!({"type": "agentData"});
            if let Some(account) = account {
                data["data"] = widget::shown_agent(&look.policy, &account);
            }
            Ok(json!([data]))
        })
    }

    /// What is known of the visitor was changed, by them or by an agent.
    pub(super) fn visitor_of_chat(&mut self, event: &Event, room: &Arc<Room>) -> Result<(), Error> {
        if !matches!(event, Event::VisitorChanged(_) | Event::ChatEdited(_)) {
            return Ok(());
        }
        let Some(guest) = &room.visitor else {
            return Ok(());
        };
        let topic = Topic::new(CHAT, room.id.as_str());
        self.push(&topic, &Gate::Guest(Arc::clone(room)), |look| {
            let visitor = visitors::find(look.view, &guest.id)?;
            let document = visitor.as_ref().map(chat_documents::visitor);
            Ok(json!([{"type": "visitorData", "visitor": document}]))
        })
    }

    /// Somebody came into a queue or left it: those who stand in it will hear their places.
    pub(super) fn queue_moved(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
        if !self.hub.hears(CHAT) || !widget::shows_places(&self.look.policy) {
            return Ok(());
        }
        let of_queue = match event {
            Event::ChatQueued(_) | Event::ChatTaken(_) => room.department.clone(),
            Event::ChatPriorityChanged(_) | Event::ChatSlaChanged(_)
                if room.served_by.is_none() =>
            {
                room.department.clone()
            }
            Event::ChatForwarded(forwarded) => forwarded.details.from.department.clone(),
            Event::ChatClosed(closed) if closed.chat.room.served_by.is_none() => {
                let inquiry = closed.details.inquiry.as_ref();
                inquiry.and_then(|inquiry| inquiry.department.clone())
            }
            _ => return Ok(()),
        };
        // The queue is that of the department which was asked for; another may stand in for it.
        if let Some(inquiry) = inquiries::of_room(self.look.view, &room.id)? {
            self.moved.insert(inquiry.department);
        }
        self.moved.insert(of_queue);
        Ok(())
    }
}
