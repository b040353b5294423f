//! The places of those who are in a room, or were until now.

use std::sync::Arc;

use hark_chat::access;
use hark_chat::subscriptions::{self, Subscription};
use hark_model::events::{ChatSnapshot, Event, LeftPlace};
use hark_model::rooms::Room;
use hark_realtime::Topic;
use hark_store::{Error, Timestamp};
use serde_json::{Value, json};

use super::{Batch, own};
use crate::rocketchat::chat_documents;
use crate::rocketchat::ddp::frames;
use crate::rocketchat::ddp::streams::{CHAT, Gate, Look, OWN, READ, STAFF};

impl Batch<'_, '_> {
    /// How far one of those who are in a chat has read, to the others and to its visitor.
    pub(super) fn read_by_agent(&mut self, account: &str, room: &str) -> Result<(), Error> {
        let topic = Topic::new(STAFF, format!("{room}/{READ}"));
        let of_visitor = Topic::new(CHAT, room);
        if !self.hub.is_heard(&topic) && !self.hub.is_heard(&of_visitor) {
            return Ok(());
        }
        let found = subscriptions::find(self.look.view, room, account)?;
        let (Some(place), Some(reader), Some(room)) =
            (found, self.look.account(account)?, self.look.room(room)?)
        else {
            return Ok(());
        };
        let at = place.last_seen.map(Timestamp::iso);
        self.push(&of_visitor, &Gate::Guest(Arc::clone(&room)), |_| {
            Ok(json!([{"type": "agentRead", "seenAt": at}]))
        })?;
        self.push(&topic, &Gate::Staff(room), |_| {
            Ok(json!([{
                "by": "agent",
                "id": reader.id,
                "username": reader.username,
                "at": at,
            }]))
        })
    }

    /// The subscriptions of those who are in the room, or were until now.
    pub(super) fn subscriptions(
        &mut self,
        event: &Event,
        then: &ChatSnapshot,
        room: &Arc<Room>,
    ) -> Result<(), Error> {
        if !self.hub.hears(OWN) {
            return Ok(());
        }
        let left: &[LeftPlace] = match event {
            Event::ChatClosed(closed) => &closed.details.left,
            Event::ChatForwarded(forwarded) => &forwarded.details.left,
            Event::ChatReturned(returned) => &returned.details.left,
            _ => &[],
        };
        for LeftPlace { id, account } in left {
            let gone =
                json!({"_id": id, "u": {"_id": account}, "rid": room.id, "t": room.kind.as_str()});
            self.push_own(account, "subscriptions-changed", |_| {
                Ok(json!(["removed", gone]))
            })?;
        }
        let came = match event {
            Event::ChatTaken(_) => then.agent.as_ref().map(|agent| &agent.id),
            Event::ChatJoined(joined) => Some(&joined.details.person.id),
            // A chat that begins, or that somebody gives up, has nobody in it at that moment.
            Event::ChatStarted(_) | Event::ChatQueued(_) | Event::ChatReturned(_) => return Ok(()),
            _ => None,
        };
        for subscription in &*self.look.subscriptions(&room.id)? {
            let account = subscription.account.as_str();
            let action = if came == Some(&subscription.account) {
                "inserted"
            } else {
                "updated"
            };
            self.push_own(account, "subscriptions-changed", |look| {
                Ok(json!([action, own_subscription(look, subscription, room)?]))
            })?;
            let topic = own(account, "rooms-changed");
            if self.hub.is_heard(&topic) {
                let gate = Gate::Account(account.to_owned());
                self.push_shown(&topic, &gate, |look, with_token| {
                    let document = look.room_document(room, with_token)?;
                    Ok(frames::changed(&topic, &("updated", &*document)))
                })?;
            }
        }
        Ok(())
    }

    /// Someone has read a room, or wants it unread.
    pub(super) fn own_subscription_changed(
        &mut self,
        account: &str,
        rid: &str,
    ) -> Result<(), Error> {
        if !self.hub.hears(OWN) {
            return Ok(());
        }
        let subscription = subscriptions::find(self.look.view, rid, account)?;
        let Some((subscription, room)) = subscription.zip(self.look.room(rid)?) else {
            return Ok(());
        };
        self.push_own(account, "subscriptions-changed", |look| {
            Ok(json!([
                "updated",
                own_subscription(look, &subscription, &room)?
            ]))
        })
    }
}

fn own_subscription(
    look: &mut Look<'_, '_>,
    subscription: &Subscription,
    room: &Room,
) -> Result<Value, Error> {
    let owner = look.account(&subscription.account)?;
    let document = owner.map(|owner| {
        let with_token = access::may_see_tokens(&look.policy, &owner);
        let room = chat_documents::shown(room, with_token);
        chat_documents::subscription(subscription, &room, &owner)
    });
    Ok(document.unwrap_or(Value::Null))
}
