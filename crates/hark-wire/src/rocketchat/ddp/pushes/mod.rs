//! What the events of the log mean to those who are connected.

mod accounts;
mod messages;
mod notes;
mod notifications;
mod places;
mod queue;
mod subscriptions;
mod visitor;
mod webhooks;

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_model::events::{ChatSnapshot, Event, Recorded};
use hark_model::rooms::{Kind, Room};
use hark_realtime::{Hub, Push, Reached, Topic};
use hark_store::{Error, View};
use serde_json::Value;

use self::places::MovedQueues;
use super::frames;
use super::streams::{Gate, Look, OWN, ROOM};
use crate::pass::Pass;
use crate::rocketchat::ejson;
use crate::wire::Wire;

/// Agents that hear of one new chat at once, and chats of one agent whose visitors hear of them.
const MOST: usize = 200;

/// What pushes the events of the log to those who are connected to this node, and their places to those
/// of them who stand in a queue.
pub(super) fn jobs(wire: &Arc<Wire>) -> [Job; 2] {
    let moved = Arc::new(MovedQueues::default());
    let pushes = Pushes {
        wire: Arc::clone(wire),
        reached: Arc::default(),
        moved: Arc::clone(&moved),
    };
    let pushes = Job::new("pushes", pushes).serves_connections();
    [pushes, places::job(wire, moved)]
}

#[derive(Clone)]
struct Pushes {
    wire: Arc<Wire>,
    /// Its next life goes on there: nobody reads again what was not pushed meanwhile.
    reached: Arc<Reached>,
    moved: Arc<MovedQueues>,
}

impl Work for Pushes {
    async fn turn(&mut self, _: &Turn) -> Result<Rest, JobError> {
        let pusher = Arc::new(Pusher {
            wire: Arc::clone(&self.wire),
            moved: Arc::clone(&self.moved),
        });
        hark_realtime::read(&self.wire.store, &self.wire.hub, &pusher, &self.reached).await;
        Ok(Rest::Ended)
    }
}

struct Pusher {
    wire: Arc<Wire>,
    moved: Arc<MovedQueues>,
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
        if events.iter().any(|one| may_end_log_in(&one.event)) {
            self.wire.log_in_ended();
        }
        let policy = self.wire.policies.at(view)?;
        let mut batch = Batch::new(Look::new(view, policy, self.wire.store.clock()), hub);
        for event in events {
            batch.event(event)?;
        }
        batch.given_up_ones()?;
        self.moved.add(batch.moved);
        Ok(batch.pushes)
    }
}

const fn may_end_log_in(event: &Event) -> bool {
    matches!(
        event,
        Event::AccountLoggedOut(_) | Event::AccountChanged(_) | Event::AccountRemoved(_)
    )
}

/// What a piece of the log means to those who listen.
struct Batch<'l, 'v> {
    look: Look<'l, 'v>,
    hub: &'l Hub<Pass>,
    pushes: Vec<Push>,
    /// The queues in which somebody has another place now.
    moved: BTreeSet<places::Queue>,
    /// There are more deliveries that were given up, or fewer.
    given_up: bool,
}

impl<'l, 'v> Batch<'l, 'v> {
    const fn new(look: Look<'l, 'v>, hub: &'l Hub<Pass>) -> Self {
        Self {
            look,
            hub,
            pushes: Vec::new(),
            moved: BTreeSet::new(),
            given_up: false,
        }
    }
}

impl Batch<'_, '_> {
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

    /// Pushes to those who may still hear it. The frame is only made if there is somebody.
    fn push_frame(
        &mut self,
        topic: &Topic,
        gate: &Gate,
        frame: impl FnOnce(&mut Look<'_, '_>) -> Result<Bytes, Error>,
    ) -> Result<(), Error> {
        let mut to = Vec::new();
        for listener in self.hub.listeners(topic) {
            if self.look.admits(gate, &listener.pass)? {
                to.push(listener.seat);
            }
        }
        if !to.is_empty() {
            let frame = frame(&mut self.look)?;
            self.pushes.push(Push { frame, to });
        }
        Ok(())
    }

    fn push(
        &mut self,
        topic: &Topic,
        gate: &Gate,
        args: impl FnOnce(&mut Look<'_, '_>) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        self.push_frame(topic, gate, |look| {
            Ok(frames::changed(topic, &ejson::written(args(look)?)))
        })
    }

    /// Pushes to somebody what is their own.
    fn push_own(
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

    fn event(&mut self, recorded: &Recorded) -> Result<(), Error> {
        match &recorded.event {
            Event::AgentStatus(status) => self.status(status),
            Event::AccountLoggedOut(out) => self.logged_out(&out.account.id),
            Event::AccountChanged(changed) if changed.picture => self.picture(&changed.account.id),
            Event::DepartmentAgent(link) => self.department_link(link),
            Event::SubscriptionChanged(changed) => {
                let account = recorded.agent.as_deref().unwrap_or_default();
                self.own_subscription_changed(account, &changed.room)?;
                self.read_by_agent(account, &changed.room)
            }
            Event::SettingChanged(changed) => self.setting(&changed.setting),
            Event::PriorityRenamed(renamed) => self.priority(renamed),
            Event::CannedResponseSaved(changed) | Event::CannedResponseRemoved(changed) => {
                self.canned_response(changed)
            }
            Event::DeliveryGivenUp(_)
            | Event::DeliveryResent(_)
            | Event::EndpointShed(_)
            | Event::EndpointRemoved(_) => {
                self.given_up = true;
                Ok(())
            }
            Event::CrmAnswered(answered) => match self.look.room(&answered.room)? {
                Some(room) => self.room_changed(&room, &Gate::Staff(Arc::clone(&room))),
                None => Ok(()),
            },
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
        // What its visitor never hears of goes no way that leads to them.
        if let Event::NoteAdded(noted) | Event::NoteEdited(noted) | Event::NoteDeleted(noted) =
            event
        {
            return self.note(event.kind(), &noted.details, room);
        }
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
            self.queue_moved(event, room)?;
            self.notifications(event, room)?;
        }
        self.room_changed(room, &gate(event, room, Gate::Staff))
    }

    fn room_changed(&mut self, room: &Arc<Room>, gate: &Gate) -> Result<(), Error> {
        let topic = Topic::new(ROOM, room.id.as_str());
        if self.hub.is_heard(&topic) {
            self.push_shown(&topic, gate, |look, with_token| {
                let document = look.room_document(room, with_token)?;
                Ok(frames::changed(&topic, &[&*document]))
            })?;
        }
        Ok(())
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
