//! What agents' clients ring for.

use std::sync::Arc;

use hark_chat::routing::{self, Method, Presence};
use hark_model::events::Event;
use hark_model::rooms::Room;
use hark_store::Error;
use serde_json::{Value, json};

use super::{Batch, MOST, own};
use crate::rocketchat::ddp::frames;
use crate::rocketchat::ddp::streams::{Gate, OWN};

impl Batch<'_, '_> {
    /// What agents' clients ring for: a visitor's message, and a chat that they may take.
    pub(super) fn notifications(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
        if !self.hub.hears(OWN) {
            return Ok(());
        }
        match event {
            Event::MessageVisitor(said) => {
                let Some(message) = self.look.message(&said.details.message)? else {
                    return Ok(());
                };
                let notification = notification(room, &message.text, Some(&message.id));
                for subscription in &*self.look.subscriptions(&room.id)? {
                    self.notify(&subscription.account, &notification)?;
                }
                Ok(())
            }
            Event::ChatQueued(_) if Method::of(&self.look.policy) == Method::Manual => {
                let (policy, department) =
                    (Arc::clone(&self.look.policy), room.department.as_deref());
                let there = Presence::There;
                let agents = routing::online(self.look.view, &policy, department, there)?;
                let notification = notification(room, "New chat in queue", None);
                for agent in agents.iter().take(MOST) {
                    self.notify(&agent.id, &notification)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn notify(&mut self, account: &str, notification: &Value) -> Result<(), Error> {
        let topic = own(account, "notification");
        let gate = Gate::Account(account.to_owned());
        self.push_frame(&topic, &gate, |_| {
            Ok(frames::changed(&topic, &[notification]))
        })
    }
}

fn notification(room: &Room, words: &str, message: Option<&str>) -> Value {
    let sender = room
        .visitor
        .as_ref()
        .map(|guest| json!({"_id": guest.id, "username": guest.username, "name": guest.name}));
    json!({
        "title": room.name,
        "text": words,
        "payload": {
            "_id": message,
            "rid": room.id,
            "sender": sender,
            "type": room.kind.as_str(),
            "name": room.name,
            "message": {"msg": words},
        },
    })
}
