//! What the events of the log mean to those who are connected.

use std::sync::Arc;

use hark_chat::inquiries::{self, Inquiry};
use hark_chat::messages::{self, Message};
use hark_chat::rooms::{self, Kind, Room};
use hark_chat::routing::{self, Method, Presence};
use hark_chat::subscriptions::{self, Subscription};
use hark_chat::visitors;
use hark_realtime::{Hub, Push, Topic};
use hark_store::{Error, Event, View};
use serde_json::{Map, Value, json};

use super::super::visitor_rooms::hidden_kinds;
use super::super::{chat, chat_documents, team_rooms, widget};
use super::frames;
use super::streams::{CHAT, Gate, Look, MESSAGES, MY_MESSAGES, NOTICES, OWN, Pass, QUEUE, ROOM};
use crate::wire::Wire;

/// Agents that hear of one new chat at once, and chats of one agent whose visitors hear of him.
pub(super) const MOST: usize = 200;
/// Those of one queue who hear their places as it moves; others read them when they come back.
const LONGEST_LINE: i64 = 100;

pub(super) struct Teller {
    pub(super) wire: Arc<Wire>,
}

impl hark_realtime::Teller for Teller {
    type Pass = Pass;

    fn tell(
        &self,
        view: &mut View<'_>,
        hub: &Hub<Pass>,
        events: &[Event],
    ) -> Result<Vec<Push>, Error> {
        let policy = self.wire.policies.at(view)?;
        let now = self.wire.store.clock().now();
        let mut telling = Telling {
            look: Look::new(view, policy, now),
            hub,
            pushes: Vec::new(),
        };
        for event in events {
            telling.event(event)?;
        }
        Ok(telling.pushes)
    }
}

pub(super) struct Telling<'l, 'v> {
    pub(super) look: Look<'l, 'v>,
    pub(super) hub: &'l Hub<Pass>,
    pushes: Vec<Push>,
}

impl Telling<'_, '_> {
    /// Tells those who may still hear it. The arguments are only made if there is somebody.
    pub(super) fn push(
        &mut self,
        topic: &Topic,
        gate: &Gate,
        args: impl FnOnce(&mut Look<'_, '_>) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        let mut to = Vec::new();
        for listener in self.hub.listeners(topic) {
            if self.look.admits(gate, &listener.pass)? {
                to.push(listener.seat);
            }
        }
        if !to.is_empty() {
            let frame = frames::changed(topic, args(&mut self.look)?);
            self.pushes.push(Push { frame, to });
        }
        Ok(())
    }

    /// Tells somebody of what is his own.
    pub(super) fn push_own(
        &mut self,
        account: &str,
        event: &str,
        args: impl FnOnce(&mut Look<'_, '_>) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        let topic = Topic::new(OWN, format!("{account}/{event}"));
        self.push(&topic, &Gate::Account(account.to_owned()), args)
    }

    fn event(&mut self, event: &Event) -> Result<(), Error> {
        match event.kind.as_str() {
            "agent.status" => self.status(event),
            "account.loggedout" => self.logged_out(event),
            "department.agent" => self.department_link(event),
            "subscription.changed" => self.own_doing(event),
            "setting.changed" => self.setting(event),
            "permission.changed" => self.permission(event),
            "role.changed" => self.role(event),
            _ => match &event.conversation {
                Some(place) => match rooms::find(self.look.view, &place.conversation)? {
                    Some(room) => self.in_room(event, place.seq, &room),
                    None => Ok(()),
                },
                None => Ok(()),
            },
        }
    }

    // === a room ===

    /// In the order in which clients expect it: words first where somebody said something, and
    /// else what becomes of the queue and of people's places.
    fn in_room(&mut self, event: &Event, seq: i64, room: &Room) -> Result<(), Error> {
        let is_word = event.kind.starts_with("message.");
        if is_word {
            self.words(event, seq, room)?;
        }
        if room.kind == Kind::Live {
            self.queue(event, room)?;
        }
        self.places(event, room)?;
        if !is_word {
            self.words(event, seq, room)?;
        }
        if room.kind == Kind::Live {
            self.agent_of_chat(event, room)?;
            self.visitor_of_chat(event, room)?;
            self.lines(event, room)?;
            self.bells(event, room)?;
        }
        let topic = Topic::new(ROOM, room.id.as_str());
        let gate = gate(event, room, Gate::House);
        self.push(&topic, &gate, |look| {
            let policy = Arc::clone(&look.policy);
            Ok(json!([team_rooms::with_last(look.view, &policy, room)?]))
        })
    }

    fn words(&mut self, event: &Event, seq: i64, room: &Room) -> Result<(), Error> {
        let topic = Topic::new(MESSAGES, room.id.as_str());
        let all = Topic::new(MESSAGES, MY_MESSAGES);
        let named = event.body["message"].as_str();
        if event.kind == "message.deleted" {
            let gone = Topic::new(NOTICES, format!("{}/deleteMessage", room.id));
            self.push(&gone, &gate(event, room, Gate::Room), |_| {
                Ok(json!([{"_id": named}]))
            })?;
        }
        if !self.hub.is_heard(&topic) && !self.hub.is_heard(&all) {
            return Ok(());
        }
        let view = &mut *self.look.view;
        let found = match event.kind.as_str() {
            "message.edited" | "message.deleted" => {
                let id = named.unwrap_or_default();
                messages::find(view, id)?.into_iter().collect()
            }
            _ => messages::of_event(view, &room.id, event.at, seq)?,
        };
        let hidden = hidden_kinds(&self.look.policy);
        let is_shown = |message: &Message| {
            let kind = message.system.map_or("", |system| system.as_str());
            !message.hidden && !hidden.iter().any(|hidden| hidden == kind)
        };
        for message in found.iter().filter(|message| is_shown(message)) {
            let document = chat::shown(message, room);
            let gate = gate(event, room, Gate::Room);
            self.push(&topic, &gate, |_| Ok(json!([document])))?;
            self.my_messages(&all, &gate, room, &document)?;
        }
        Ok(())
    }

    /// The same for those who hear of all their rooms at once, which says whether they are in it.
    fn my_messages(
        &mut self,
        topic: &Topic,
        gate: &Gate,
        room: &Room,
        message: &Value,
    ) -> Result<(), Error> {
        let (mut inside, mut beside) = (Vec::new(), Vec::new());
        for listener in self.hub.listeners(topic) {
            let Some(session) = self.look.session(&listener.pass)? else {
                continue;
            };
            if !self.look.admits(gate, &listener.pass)? {
                continue;
            }
            match subscriptions::find(self.look.view, &room.id, &session.account.id)? {
                Some(_) => inside.push(listener.seat),
                None => beside.push(listener.seat),
            }
        }
        for (to, participates) in [(inside, true), (beside, false)] {
            if !to.is_empty() {
                let more = json!({
                    "roomParticipant": participates,
                    "roomType": room.kind.letter(),
                    "roomName": room.name,
                });
                let frame = frames::changed(topic, json!([message, more]));
                self.pushes.push(Push { frame, to });
            }
        }
        Ok(())
    }

    /// The places of those who are in the room, or were until now.
    fn places(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
        if !self.hub.hears(OWN) {
            return Ok(());
        }
        for place in event.body["left"].as_array().into_iter().flatten() {
            let (id, account) = (&place["id"], text(&place["account"]));
            let gone =
                json!({"_id": id, "u": {"_id": account}, "rid": room.id, "t": room.kind.letter()});
            self.push_own(account, "subscriptions-changed", |_| {
                Ok(json!(["removed", gone]))
            })?;
        }
        let came = match event.kind.as_str() {
            "chat.taken" => event.agent.as_deref(),
            "chat.joined" => event.body["person"]["id"].as_str(),
            _ => None,
        };
        // A chat that begins, or that somebody gives up, has nobody in it at that moment.
        if matches!(
            event.kind.as_str(),
            "chat.started" | "chat.queued" | "chat.returned"
        ) {
            return Ok(());
        }
        for place in &*self.look.places(&room.id)? {
            let account = place.account.as_str();
            let action = match came == Some(account) {
                true => "inserted",
                false => "updated",
            };
            self.push_own(account, "subscriptions-changed", |look| {
                Ok(json!([action, own_place(look, place, room)?]))
            })?;
            self.push_own(account, "rooms-changed", |look| {
                let policy = Arc::clone(&look.policy);
                let document = team_rooms::with_last(look.view, &policy, room)?;
                Ok(json!(["updated", document]))
            })?;
        }
        Ok(())
    }

    /// Someone has read a room, or wants it unread.
    fn own_doing(&mut self, event: &Event) -> Result<(), Error> {
        let (account, rid) = (
            event.agent.as_deref().unwrap_or_default(),
            text(&event.body["room"]),
        );
        if !self.hub.hears(OWN) {
            return Ok(());
        }
        let place = subscriptions::find(self.look.view, rid, account)?;
        let Some((place, room)) = place.zip(rooms::find(self.look.view, rid)?) else {
            return Ok(());
        };
        self.push_own(account, "subscriptions-changed", |look| {
            Ok(json!(["updated", own_place(look, &place, &room)?]))
        })
    }

    // === the queue ===

    fn queue(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
        if !self.hub.hears(QUEUE) {
            return Ok(());
        }
        if event.kind == "chat.closed" {
            return self.out_of_queue(event, room);
        }
        // A chat that had an agent has stood in the queue before.
        let had_agent = !event.body["room"]["takenAt"].is_null();
        let is_new = event.kind == "chat.queued" && !had_agent;
        let moved_from = match event.kind.as_str() {
            "chat.forwarded" => event.body["from"]["department"]
                .as_str()
                .filter(|from| event.department.as_deref() != Some(from)),
            "chat.queued" | "chat.taken" | "chat.edited" => None,
            _ => return Ok(()),
        };
        if event.kind == "chat.forwarded" && moved_from.is_none() {
            return Ok(());
        }
        let Some(inquiry) = inquiries::of_room(self.look.view, &room.id)? else {
            return Ok(());
        };
        let document = in_queue(event, &inquiry, room);
        let mut short = document.clone();
        short["clientAction"] = json!(if is_new { "inserted" } else { "updated" });
        let of_one = Topic::new(QUEUE, inquiry.id.as_str());
        let permitted = Gate::Permission("view-l-room");
        self.push(&of_one, &permitted, |_| Ok(json!([short])))?;
        let kind = if is_new { "added" } else { "changed" };
        if let Some(from) = moved_from {
            return self.in_department(from, kind, document);
        }
        let department = inquiry.department.as_deref();
        if let Some(department) = department {
            self.in_department(department, kind, document.clone())?;
        }
        if department.is_none() || !is_new {
            let public = Topic::new(QUEUE, "public");
            self.push(&public, &permitted, |_| Ok(typed(kind, document)))?;
        }
        Ok(())
    }

    fn in_department(&mut self, id: &str, kind: &str, document: Value) -> Result<(), Error> {
        let topic = Topic::new(QUEUE, format!("department/{id}"));
        let gate = Gate::Department(id.to_owned());
        self.push(&topic, &gate, |_| Ok(typed(kind, document)))
    }

    /// A chat that is over has no place in the queue; the event says which one it had.
    fn out_of_queue(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
        let inquiry = &event.body["inquiry"];
        let Some(id) = inquiry["id"].as_str() else {
            return Ok(());
        };
        let permitted = Gate::Permission("view-l-room");
        let of_one = Topic::new(QUEUE, id);
        self.push(&of_one, &permitted, |_| {
            Ok(json!([{"_id": id, "clientAction": "removed"}]))
        })?;
        let mut gone = json!({"_id": id, "rid": room.id});
        match inquiry["department"].as_str() {
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
    fn agent_of_chat(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
        let agent = match event.kind.as_str() {
            "chat.taken" => event.agent.as_deref(),
            "chat.queued" if !event.body["room"]["takenAt"].is_null() => None,
            _ => return Ok(()),
        };
        let topic = Topic::new(CHAT, room.id.as_str());
        self.push(&topic, &Gate::Guest(Box::new(room.clone())), |look| {
            let account = match agent {
                Some(id) => look.account(id)?,
                None => None,
            };
            let mut told = json!({"type": "agentData"});
            if let Some(account) = account {
                told["data"] = widget::shown_agent(&look.policy, &account);
            }
            Ok(json!([told]))
        })
    }

    /// What is known of the visitor was changed, by himself or by an agent.
    fn visitor_of_chat(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
        if !matches!(event.kind.as_str(), "visitor.changed" | "chat.edited") {
            return Ok(());
        }
        let Some(guest) = &room.visitor else {
            return Ok(());
        };
        let topic = Topic::new(CHAT, room.id.as_str());
        self.push(&topic, &Gate::Guest(Box::new(room.clone())), |look| {
            let visitor = visitors::find(look.view, &guest.id)?;
            let document = visitor.as_ref().map(chat_documents::visitor);
            Ok(json!([{"type": "visitorData", "visitor": document}]))
        })
    }

    /// Somebody came into a queue or left it: those who stand in it hear their places.
    fn lines(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
        let was_in_line = !event.body["room"]["servedBy"].is_object();
        let moves = match event.kind.as_str() {
            "chat.queued" | "chat.taken" | "chat.forwarded" => true,
            "chat.closed" => was_in_line,
            _ => false,
        };
        if !moves || !self.hub.hears(CHAT) {
            return Ok(());
        }
        let of_queue = match event.kind.as_str() {
            "chat.closed" => event.body["inquiry"]["department"].as_str(),
            "chat.forwarded" => event.body["from"]["department"].as_str(),
            _ => room.department.as_deref(),
        };
        let policy = Arc::clone(&self.look.policy);
        let line = inquiries::line(self.look.view, &policy, of_queue, LONGEST_LINE)?;
        for (place, inquiry) in line.iter().enumerate() {
            let topic = Topic::new(CHAT, inquiry.room.as_str());
            if !self.hub.is_heard(&topic) {
                continue;
            }
            if let Some(room) = rooms::find(self.look.view, &inquiry.room)? {
                let spot = place as i64 + 1;
                self.push(&topic, &Gate::Guest(Box::new(room)), |look| {
                    let place = widget::place_in_line(&look.policy, spot);
                    Ok(json!([{"type": "queueData", "data": place}]))
                })?;
            }
        }
        Ok(())
    }

    // === bells ===

    /// What agents' clients ring for: a visitor's words, and a chat that they may take.
    fn bells(&mut self, event: &Event, room: &Room) -> Result<(), Error> {
        if !self.hub.hears(OWN) {
            return Ok(());
        }
        match event.kind.as_str() {
            "message.visitor" => {
                let id = event.body["message"].as_str().unwrap_or_default();
                let Some(message) = messages::find(self.look.view, id)? else {
                    return Ok(());
                };
                let bell = bell(room, &message.text, &json!(message.id));
                for place in &*self.look.places(&room.id)? {
                    let bell = bell.clone();
                    self.push_own(&place.account, "notification", |_| Ok(json!([bell])))?;
                }
                Ok(())
            }
            "chat.queued" if Method::of(&self.look.policy) == Method::Manual => {
                let (policy, department) =
                    (Arc::clone(&self.look.policy), room.department.as_deref());
                let there = Presence::There;
                let agents = routing::online(self.look.view, &policy, department, there)?;
                let bell = bell(room, "New chat in queue", &Value::Null);
                for agent in agents.iter().take(MOST) {
                    let bell = bell.clone();
                    self.push_own(&agent.id, "notification", |_| Ok(json!([bell])))?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// The gate of what happened in a room: what ends a chat still reaches those who were in it.
fn gate(event: &Event, room: &Room, usual: fn(Box<Room>) -> Gate) -> Gate {
    let room = Box::new(room.clone());
    if event.kind != "chat.closed" {
        return usual(room);
    }
    let left = event.body["left"].as_array().into_iter().flatten();
    let people = left.map(|place| text(&place["account"]).to_owned());
    Gate::Ending(room, people.collect())
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn own_place(look: &mut Look<'_, '_>, place: &Subscription, room: &Room) -> Result<Value, Error> {
    let owner = look.account(&place.account)?;
    let document = owner.map(|owner| chat_documents::subscription(place, room, &owner));
    Ok(document.unwrap_or(Value::Null))
}

/// A place in the queue as it was at the event, which may have been taken since.
fn in_queue(event: &Event, inquiry: &Inquiry, room: &Room) -> Value {
    let mut document = chat_documents::inquiry(inquiry, room);
    let then = match event.kind.as_str() {
        "chat.taken" => "taken",
        "chat.queued" if document["status"] == "taken" => "queued",
        _ => return document,
    };
    document["status"] = json!(then);
    document
}

fn typed(kind: &str, document: Value) -> Value {
    let mut told = Map::new();
    told.insert("type".into(), json!(kind));
    if let Value::Object(members) = document {
        told.extend(members);
    }
    json!([told])
}

fn bell(room: &Room, words: &str, message: &Value) -> Value {
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
