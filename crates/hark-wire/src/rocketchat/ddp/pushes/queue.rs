//! Chats that come into the queue and leave it, to those who may take them.

use hark_chat::inquiries::{self, Inquiry};
use hark_model::events::{Event, QueuePlace, Recorded};
use hark_model::rooms::Room;
use hark_realtime::Topic;
use hark_store::Error;
use serde_json::{Map, Value, json};

use super::Batch;
use crate::rocketchat::ddp::streams::{Gate, QUEUE};
use crate::rocketchat::{chat_documents, documents};

impl Batch<'_, '_> {
    pub(super) fn queue(&mut self, recorded: &Recorded, room: &Room) -> Result<(), Error> {
        if !self.hub.hears(QUEUE) {
            return Ok(());
        }
        let event = &recorded.event;
        let moved_from = match event {
            Event::ChatClosed(closed) => {
                return match &closed.details.inquiry {
                    Some(inquiry) => self.out_of_queue(inquiry, room),
                    None => Ok(()),
                };
            }
            Event::ChatForwarded(forwarded) => {
                let from = forwarded.details.from.department.as_deref();
                match from.filter(|from| recorded.department.as_deref() != Some(from)) {
                    Some(from) => Some(from),
                    None => return Ok(()),
                }
            }
            Event::ChatQueued(_)
            | Event::ChatTaken(_)
            | Event::ChatEdited(_)
            | Event::ChatPriorityChanged(_)
            | Event::ChatSlaChanged(_) => None,
            // What is said in a chat that waits is read beside its place; others read it in the chat.
            Event::MessageVisitor(_) if room.served_by.is_none() => None,
            _ => return Ok(()),
        };
        // A chat that had an agent has stood in the queue before.
        let is_new =
            matches!(event, Event::ChatQueued(queued) if queued.chat.room.taken_at.is_none());
        let Some(inquiry) = inquiries::of_room(self.look.view, &room.id)? else {
            return Ok(());
        };
        let mut document = in_queue(event, &inquiry, room);
        if let Event::MessageVisitor(said) = event {
            if document["status"] == "taken" {
                return Ok(());
            }
            let last = self.look.message(&said.details.message)?;
            document["lastMessage"] =
                last.map_or(Value::Null, |last| chat_documents::last_message(&last));
        }
        let of_one = Topic::new(QUEUE, inquiry.id.as_str());
        let department = inquiry.department.clone();
        let could_take = Gate::Queue(inquiry);
        self.push(&of_one, &could_take, |_| {
            let mut short = document.clone();
            short["clientAction"] = json!(if is_new { "inserted" } else { "updated" });
            Ok(json!([short]))
        })?;
        let kind = if is_new { "added" } else { "changed" };
        if let Some(from) = moved_from {
            // To those it has left it says where it went, and nothing else.
            let shown = [
                "_id",
                "rid",
                "t",
                "ts",
                "status",
                "department",
                "_updatedAt",
            ];
            return self.in_department(from, kind, documents::only(&document, &shown));
        }
        if let Some(department) = &department {
            self.in_department(department, kind, document.clone())?;
        }
        if department.is_none() || !is_new {
            let public = Topic::new(QUEUE, "public");
            self.push(&public, &could_take, |_| Ok(typed(kind, document)))?;
        }
        Ok(())
    }

    fn in_department(&mut self, id: &str, kind: &str, document: Value) -> Result<(), Error> {
        let topic = Topic::new(QUEUE, format!("department/{id}"));
        let gate = Gate::Department(id.to_owned());
        self.push(&topic, &gate, |_| Ok(typed(kind, document)))
    }

    /// A chat that is over has no place in the queue; the event says which one it had.
    fn out_of_queue(&mut self, inquiry: &QueuePlace, room: &Room) -> Result<(), Error> {
        let id = inquiry.id.as_str();
        let permitted = Gate::Permission("view-l-room");
        let of_one = Topic::new(QUEUE, id);
        self.push(&of_one, &permitted, |_| {
            Ok(json!([{"_id": id, "clientAction": "removed"}]))
        })?;
        let mut gone = json!({"_id": id, "rid": room.id});
        match inquiry.department.as_deref() {
            Some(department) => {
                gone["department"] = json!(department);
                self.in_department(department, "removed", gone)
            }
            None => {
                let public = Topic::new(QUEUE, "public");
                self.push(&public, &permitted, |_| Ok(typed("removed", gone)))
            }
        }
    }
}

/// A place in the queue as it was at the event, which may have been taken since. What is taken is
/// seen by the one who took it: to others it says no words of the chat.
fn in_queue(event: &Event, inquiry: &Inquiry, room: &Room) -> Value {
    let mut document = chat_documents::inquiry(inquiry, room);
    match event {
        Event::ChatTaken(_) => document["status"] = json!("taken"),
        Event::ChatQueued(_) if document["status"] == "taken" => {
            document["status"] = json!("queued");
        }
        _ => {}
    }
    if document["status"] == "taken" {
        document["message"] = json!("");
    }
    document
}

fn typed(kind: &str, document: Value) -> Value {
    let mut typed = Map::new();
    typed.insert("type".into(), json!(kind));
    if let Value::Object(members) = document {
        typed.extend(members);
    }
    json!([typed])
}
