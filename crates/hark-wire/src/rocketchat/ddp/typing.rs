//! Typing: who writes just now. Those who look at the room hear of it, on this node and on the others,
//! and nobody later: it is in no log. Those whom no socket tells say it over HTTP, and ask.

use std::sync::Arc;

use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_model::rooms::Room;
use hark_realtime::{Push, SeatId, Topic};
use hark_store::Error;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use super::frames;
use super::streams::{ACTIVITY, Gate, Look, NOTICES, TYPING};
use crate::answer::Failure;
use crate::call::Call;
use crate::wire::Wire;

pub(super) const WRITES: &str = "user-typing";

/// What pushes to those who are connected here what is done at other nodes.
pub(super) fn job(wire: &Arc<Wire>) -> Job {
    let elsewhere = TypingElsewhere {
        wire: Arc::clone(wire),
    };
    Job::new("typing", elsewhere).serves_connections()
}

/// Who writes at other nodes.
#[derive(Clone)]
struct TypingElsewhere {
    wire: Arc<Wire>,
}

impl Work for TypingElsewhere {
    async fn turn(&mut self, _: &Turn) -> Result<Rest, JobError> {
        relay(&self.wire).await;
        Ok(Rest::Ended)
    }
}

/// Somebody does something in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Activity {
    pub(super) room: String,
    pub(super) username: String,
    pub(super) activities: Vec<String>,
}

/// Those who hear of it, under each of its topics.
pub(super) type Hearers = [Vec<SeatId>; 2];

impl Activity {
    /// What newer widgets listen to, and what older ones do.
    fn topics(&self) -> [Topic; 2] {
        [ACTIVITY, TYPING].map(|kind| Topic::new(NOTICES, format!("{}/{kind}", self.room)))
    }

    fn is_heard(&self, wire: &Wire) -> bool {
        let topics = self.topics();
        topics.iter().any(|topic| wire.hub.is_heard(topic))
    }

    pub(super) fn hearers(
        &self,
        wire: &Wire,
        look: &mut Look<'_, '_>,
        gate: &Gate,
    ) -> Result<Hearers, Error> {
        let mut to = Hearers::default();
        for (topic, to) in self.topics().iter().zip(&mut to) {
            for listener in wire.hub.listeners(topic) {
                if look.admits(gate, &listener.pass)? {
                    to.push(listener.seat);
                }
            }
        }
        Ok(to)
    }

    fn writes(&self) -> bool {
        self.activities.iter().any(|activity| activity == WRITES)
    }

    /// For those who ask.
    fn note(&self, wire: &Wire) {
        wire.typists.note(&self.room, &self.username, self.writes());
    }

    /// To those who are connected to this node and to others, but not to its author.
    pub(super) fn tell(&self, wire: &Wire, to: Hearers, author: Option<SeatId>) {
        self.note(wire);
        self.push(wire, to, author);
        wire.store.broadcast(&self.encode());
    }

    /// To those who are connected here, but not to its author.
    fn push(&self, wire: &Wire, to: Hearers, author: Option<SeatId>) {
        let writes = self.writes();
        let args = [
            json!([self.username, self.activities, {}]),
            json!([self.username, writes]),
        ];
        for ((topic, args), mut to) in self.topics().iter().zip(args).zip(to) {
            to.retain(|seat| Some(*seat) != author);
            let frame = frames::changed(topic, &args);
            wire.hub.deliver(&Push { frame, to });
        }
    }

    fn encode(&self) -> String {
        json!([self.room, self.username, self.activities]).to_string()
    }

    fn parse(word: &str) -> Option<Self> {
        let (room, username, activities) = serde_json::from_str(word).ok()?;
        Some(Self {
            room,
            username,
            activities,
        })
    }
}

/// Somebody who has no socket writes or has stopped, if they say so; answers who else writes in the room. That they
/// may speak there is known.
pub(crate) async fn without_socket(
    call: &Call,
    room: Room,
    username: String,
    writes: Option<bool>,
) -> Result<Vec<String>, Failure> {
    let wire = &call.wire;
    let others = wire.typists.of(&room.id, &username);
    let Some(writes) = writes else {
        return Ok(others);
    };
    let activity = Activity {
        room: room.id.clone(),
        username,
        activities: writes.then(|| WRITES.to_owned()).into_iter().collect(),
    };
    let mut to = Hearers::default();
    if activity.is_heard(wire) {
        let (heard, gate) = (activity.clone(), Gate::Room(Arc::new(room)));
        let look = call.query(move |call, view| {
            let clock = call.wire.store.clock();
            let mut look = Look::new(view, Arc::clone(&call.policy), clock);
            Ok(heard.hearers(&call.wire, &mut look, &gate)?)
        });
        to = look.await?;
    }
    activity.tell(wire, to, None);
    Ok(others)
}

async fn relay(wire: &Arc<Wire>) {
    let mut broadcasts = wire.store.broadcasts();
    loop {
        match broadcasts.recv().await {
            Ok(word) => {
                let Some(activity) = Activity::parse(&word) else {
                    continue;
                };
                activity.note(wire);
                if activity.is_heard(wire) {
                    push_from_elsewhere(wire, activity).await;
                }
            }
            Err(RecvError::Lagged(missed)) => {
                tracing::debug!(
                    missed,
                    "typing at other nodes comes in faster than it can be pushed"
                );
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn push_from_elsewhere(wire: &Arc<Wire>, activity: Activity) {
    let (here, heard) = (Arc::clone(wire), activity.clone());
    let look = wire.store.read(move |view| {
        let policy = here.policies.at(view)?;
        let mut look = Look::new(view, policy, here.store.clock());
        match look.gate(&heard.topics()[0])? {
            Some(gate) => heard.hearers(&here, &mut look, &gate),
            None => Ok(Hearers::default()),
        }
    });
    match look.await {
        Ok(to) => activity.push(wire, to, None),
        Err(error) => tracing::debug!(error = %error, "typing was not pushed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_node_says_the_other_understands() {
        let activity = Activity {
            room: "r".to_owned(),
            username: "amy".to_owned(),
            activities: vec![WRITES.to_owned()],
        };
        assert_eq!(Activity::parse(&activity.encode()), Some(activity));
        assert_eq!(Activity::parse("[]"), None);
    }
}
