//! What those who work here note in chats, to those of them who may see the chat.

use std::sync::Arc;

use hark_chat::notes::{self, Note};
use hark_model::events::{Kind, Noted};
use hark_model::rooms::{Person, Room};
use hark_realtime::Topic;
use hark_store::{Error, Timestamp};
use serde_json::{Value, json};

use super::Batch;
use crate::rocketchat::ddp::streams::{Gate, NOTES, OWN, STAFF};

impl Batch<'_, '_> {
    pub(super) fn note(
        &mut self,
        kind: Kind,
        noted: &Noted,
        room: &Arc<Room>,
    ) -> Result<(), Error> {
        let topic = Topic::new(STAFF, format!("{}/{NOTES}", room.id));
        let rings = !noted.mentions.is_empty() && self.hub.hears(OWN);
        if !rings && !self.hub.is_heard(&topic) {
            return Ok(());
        }
        let note = notes::find(self.look.view, &noted.note)?;
        let action = match kind {
            Kind::NoteAdded => "added",
            Kind::NoteEdited => "edited",
            _ => "deleted",
        };
        self.push(&topic, &Gate::Staff(Arc::clone(room)), |_| {
            let document = note.as_ref().map(document);
            Ok(json!([{"action": action, "id": noted.note, "note": document}]))
        })?;
        match note {
            Some(note) if rings => self.mentions(&note, noted, room),
            _ => Ok(()),
        }
    }

    /// Rings for those who are mentioned, unless the chat has gone where they may not see it.
    fn mentions(&mut self, note: &Note, noted: &Noted, room: &Room) -> Result<(), Error> {
        let author = &note.author;
        let notification = json!({
            "title": room.name,
            "text": note.text,
            "payload": {
                "_id": note.id,
                "rid": room.id,
                "sender": {"_id": author.id, "username": author.username, "name": author.name},
                "type": room.kind.as_str(),
                "name": room.name,
                "message": {"msg": note.text, "t": "note"},
            },
        });
        for person in &noted.mentions {
            if let Some(account) = self.look.account(&person.id)?
                && self.look.may_see(&account, room)?
            {
                self.notify(&account.id, &notification)?;
            }
        }
        Ok(())
    }
}

/// As our own API shows it.
fn document(note: &Note) -> Value {
    let person = |one: &Person| json!({"id": one.id, "username": one.username});
    json!({
        "id": note.id,
        "conversation": note.room,
        "sequence": note.seq,
        "author": {"id": note.author.id, "username": note.author.username, "name": note.author.name},
        "text": note.text,
        "mentions": note.mentions.0.iter().map(person).collect::<Vec<_>>(),
        "addedAt": note.at.iso(),
        "editedAt": note.edited_at.map(Timestamp::iso),
    })
}
