//! What the events of the log mean to those who are connected.

use std::sync::Arc;

use bytes::Bytes;
use hark_chat::access;
use hark_chat::inquiries::{self, Inquiry};
use hark_chat::messages::Message;
use hark_chat::routing::{self, Method, Presence};
use hark_chat::subscriptions::{self, Subscription};
use hark_model::events::{ChatSnapshot, Event, LeftPlace, QueuePlace, Recorded};
use hark_model::rooms::{Kind, Room};
use hark_model::visitors;
use hark_realtime::{Hub, Push, SeatId, Topic};
use hark_store::{Error, View};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::super::visitor_rooms::hidden_kinds;
use super::super::{chat_documents, documents, ejson, widget};
use super::frames;
use super::streams::{CHAT, Gate, Look, MESSAGES, MY_MESSAGES, NOTICES, OWN, QUEUE, ROOM};
use crate::pass::Pass;
use crate::wire::Wire;

/// Agents that hear of one new chat at once, and chats of one agent whose visitors hear of them.
pub(super) const MOST: usize = 200;
/// Those of one queue who hear their positions as it moves; others read them when they come back.
const LONGEST_QUEUE: i64 = 100;

pub(super) struct Pusher {
    pub(super) wire: Arc<Wire>,
}

impl hark_realtime::Pusher for Pusher {
    type Pass = Pass;
    type Event = Recorded;

    fn parse(&self, event: hark_store::Event) -> Option<Recorded> {
        Recorded::parse_or_log(event)
    }

    fn pushes(
        &self,
        view: &mut View<'_>,
        hub: &Hub<Pass>,
        events: &[Recorded],
    ) -> Result<Vec<Push>, Error> {
        let policy = self.wire.policies.at(view)?;
        let mut batch = Batch {
            look: Look::new(view, policy, self.wire.store.clock()),
            hub,
            pushes: Vec::new(),
        };
        for event in events {
            batch.event(event)?;
        }
        Ok(batch.pushes)
    }
}

/// What a piece of the log means to those who listen.
pub(super) struct Batch<'l, 'v> {
    pub(super) look: Look<'l, 'v>,
    pub(super) hub: &'l Hub<Pass>,
    pushes: Vec<Push>,
}

impl Batch<'_, '_> {
    /// Those who listen and still may.
    fn admitted(&mut self, topic: &Topic, gate: &Gate) -> Result<Vec<SeatId>, Error> {
        let mut to = Vec::new();
        for listener in self.hub.listeners(topic) {
            if self.look.admits(gate, &listener.pass)? {
                to.push(listener.seat);
            }
        }
        Ok(to)
    }

    /// Pushes what is shown of a room to those who may still hear it: to visitors and to those who may
    /// see all chats with the visitor's token, to others with what stands for it.
    fn push_shown(
        &mut self,
        topic: &Topic,
        gate: &Gate,
        mut frame: impl FnMut(&mut Look<'_, '_>, bool) -> Result<Bytes, Error>,
    ) -> Result<(), Error> {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for listener in self.hub.listeners(topic) {
            if !self.look.admits(gate, &listener.pass)? {
                continue;
            }
            if self.look.sees_token(&listener.pass)? {
                with.push(listener.seat);
            } else {
                without.push(listener.seat);
            }
        }
        for (to, with_token) in [(with, true), (without, false)] {
            if !to.is_empty() {
                let frame = frame(&mut self.look, with_token)?;
                self.pushes.push(Push { frame, to });
            }
        }
        Ok(())
    }

    /// Pushes to those who may still hear it. The arguments are only made if there is somebody.
    pub(super) fn push(
        &mut self,
        topic: &Topic,
        gate: &Gate,
        args: impl FnOnce(&mut Look<'_, '_>) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        let to = self.admitted(topic, gate)?;
        if !to.is_empty() {
            let args = ejson::written(args(&mut self.look)?);
            let frame = frames::changed(topic, &args);
            self.pushes.push(Push { frame, to });
        }
        Ok(())
    }

    /// The same with arguments that are there, and written as the real-time API writes them.
    fn push_written(
        &mut self,
        topic: &Topic,
        gate: &Gate,
        args: &impl Serialize,
    ) -> Result<(), Error> {
        let to = self.admitted(topic, gate)?;
        if !to.is_empty() {
            let frame = frames::changed(topic, args);
            self.pushes.push(Push { frame, to });
        }
        Ok(())
    }

    /// Pushes to somebody what is their own.
    pub(super) fn push_own(
        &mut self,
        account: &str,
        event: &str,
        args: impl FnOnce(&mut Look<'_, '_>) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        self.push(
            &own(account, event),
            &Gate::Account(account.to_owned()),
            args,
        )
    }

    fn push_own_written(
        &mut self,
        account: &str,
        event: &str,
        args: &impl Serialize,
    ) -> Result<(), Error> {
        self.push_written(
            &own(account, event),
            &Gate::Account(account.to_owned()),
            args,
        )
    }

    fn event(&mut self, recorded: &Recorded) -> Result<(), Error> {
        match &recorded.event {
            Event::AgentStatus(status) => self.status(status),
            Event::AccountLoggedOut(out) => self.logged_out(&out.account.id),
            Event::DepartmentAgent(link) => self.department_link(link),
            Event::SubscriptionChanged(changed) => {
                let account = recorded.agent.as_deref().unwrap_or_default();
                self.own_subscription_changed(account, &changed.room)
            }
            Event::SettingChanged(changed) => self.setting(&changed.setting),
            Event::PermissionChanged(changed) => self.permission(&changed.permission),
            Event::RoleChanged(changed) => self.role(changed),
            event => match (event.chat(), recorded.seq()) {
                (Some(then), Some(seq)) => match self.look.room(&then.room.id)? {
                    Some(room) => self.in_room(recorded, then, seq, &room),
                    None => Ok(()),
                },
                _ => Ok(()),
            },
        }
    }

    // === a room ===

    /// In the order in which clients expect it: messages first where somebody said something, and
    /// else what becomes of the queue and of subscriptions.
    fn in_room(
        &mut self,
        recorded: &Recorded,
        then: &ChatSnapshot,
        seq: i64,
        room: &Arc<Room>,
    ) -> Result<(), Error> {
        let event = &recorded.event;
        let is_live = room.kind == Kind::Live;
        let is_message = matches!(
            event,
            Event::MessageVisitor(_)
                | Event::MessageAgent(_)
                | Event::MessagePosted(_)
                | Event::MessageEdited(_)
                | Event::MessageDeleted(_)
        );
        if is_message {
            self.messages(recorded, seq, room)?;
        }
        if is_live {
            self.queue(recorded, room)?;
        }
        self.subscriptions(event, then, room)?;
        if !is_message {
            self.messages(recorded, seq, room)?;
        }
        if is_live {
            self.agent_of_chat(event, room)?;
            self.visitor_of_chat(event, room)?;
            self.queue_positions(event, room)?;
            self.notifications(event, room)?;
        }
        let topic = Topic::new(ROOM, room.id.as_str());
        if self.hub.is_heard(&topic) {
            let gate = gate(event, room, Gate::Staff);
            self.push_shown(&topic, &gate, |look, with_token| {
                let document = look.room_document(room, with_token)?;
                Ok(frames::changed(&topic, &[&*document]))
            })?;
        }
        Ok(())
    }

    fn messages(&mut self, recorded: &Recorded, seq: i64, room: &Arc<Room>) -> Result<(), Error> {
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
                    "roomType": room.kind.letter(),
                    "roomName": room.name,
                });
                let frame = frames::changed(topic, &(message.written(with_token), more));
                self.pushes.push(Push { frame, to });
            }
        }
        Ok(())
    }

    /// The subscriptions of those who are in the room, or were until now.
    fn subscriptions(
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
                json!({"_id": id, "u": {"_id": account}, "rid": room.id, "t": room.kind.letter()});
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
    fn own_subscription_changed(&mut self, account: &str, rid: &str) -> Result<(), Error> {
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

    // === the queue ===

    fn queue(&mut self, recorded: &Recorded, room: &Room) -> Result<(), Error> {
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
            Event::ChatQueued(_) | Event::ChatTaken(_) | Event::ChatEdited(_) => None,
            _ => return Ok(()),
        };
        // A chat that had an agent has stood in the queue before.
        let is_new =
            matches!(event, Event::ChatQueued(queued) if queued.chat.room.taken_at.is_none());
        let Some(inquiry) = inquiries::of_room(self.look.view, &room.id)? else {
            return Ok(());
        };
        let document = in_queue(event, &inquiry, room);
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

    // === the visitor's window ===

    /// Who answers the visitor now, or that nobody does.
    fn agent_of_chat(&mut self, event: &Event, room: &Arc<Room>) -> Result<(), Error> {
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
    fn visitor_of_chat(&mut self, event: &Event, room: &Arc<Room>) -> Result<(), Error> {
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

    /// Somebody came into a queue or left it: those who stand in it hear their positions.
    fn queue_positions(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
        if !self.hub.hears(CHAT) || !widget::tells_places(&self.look.policy) {
            return Ok(());
        }
        let of_queue = match event {
            Event::ChatQueued(_) | Event::ChatTaken(_) => room.department.as_deref(),
            Event::ChatForwarded(forwarded) => forwarded.details.from.department.as_deref(),
            Event::ChatClosed(closed) if closed.chat.room.served_by.is_none() => {
                let inquiry = closed.details.inquiry.as_ref();
                inquiry.and_then(|inquiry| inquiry.department.as_deref())
            }
            _ => return Ok(()),
        };
        let policy = Arc::clone(&self.look.policy);
        let queue = inquiries::queue_in_order(self.look.view, &policy, of_queue, LONGEST_QUEUE)?;
        for (before, inquiry) in queue.iter().enumerate() {
            let topic = Topic::new(CHAT, inquiry.room.as_str());
            if !self.hub.is_heard(&topic) {
                continue;
            }
            if let Some(room) = self.look.room(&inquiry.room)? {
                let spot = before as i64 + 1;
                self.push(&topic, &Gate::Guest(room), |look| {
                    let position = widget::queue_position(&look.policy, spot);
                    Ok(json!([{"type": "queueData", "data": position}]))
                })?;
            }
        }
        Ok(())
    }

    // === notifications ===

    /// What agents' clients ring for: a visitor's message, and a chat that they may take.
    fn notifications(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
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
                    self.push_own_written(&subscription.account, "notification", &[&notification])?;
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
                    self.push_own_written(&agent.id, "notification", &[&notification])?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
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

/// The gate of what happened in a room: what ends a chat still reaches those who were in it.
fn gate(event: &Event, room: &Arc<Room>, usual: fn(Arc<Room>) -> Gate) -> Gate {
    let room = Arc::clone(room);
    let Event::ChatClosed(closed) = event else {
        return usual(room);
    };
    let left = closed.details.left.iter();
    Gate::Ending(room, left.map(|one| one.account.clone()).collect())
}

fn own(account: &str, event: &str) -> Topic {
    Topic::new(OWN, format!("{account}/{event}"))
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
            "type": room.kind.letter(),
            "name": room.name,
            "message": {"msg": words},
        },
    })
}
