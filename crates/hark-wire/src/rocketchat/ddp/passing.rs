//! What lasts only a moment: that somebody writes. It is told to those who look at the room now, on
//! this node and on the others, and to nobody later. It is in no log.

use std::sync::Arc;

use hark_realtime::{Push, SeatId, Topic};
use hark_store::Error;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use super::frames;
use super::streams::{ACTIVITY, Gate, Look, NOTICES, TYPING};
use crate::wire::Wire;

pub(super) const WRITES: &str = "user-typing";

/// Somebody does something in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doing {
    pub(super) room: String,
    pub(super) username: String,
    pub(super) activities: Vec<String>,
}

/// Those who hear of it, under each of its topics.
pub(super) type Hearers = [Vec<SeatId>; 2];

impl Doing {
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

    /// To those who are connected here; its author is spared it.
    pub(super) fn tell(&self, wire: &Wire, to: Hearers, author: Option<SeatId>) {
        let writes = self.activities.iter().any(|activity| activity == WRITES);
        let told = [
            json!([self.username, self.activities, {}]),
            json!([self.username, writes]),
        ];
        for ((topic, args), mut to) in self.topics().iter().zip(told).zip(to) {
            to.retain(|seat| Some(*seat) != author);
            let frame = frames::changed(topic, args);
            wire.hub.deliver(&Push { frame, to });
        }
    }

    /// To those who are connected to other nodes.
    pub(super) fn pass_on(&self, wire: &Wire) {
        wire.store.whisper(&self.word());
    }

    fn word(&self) -> String {
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

/// Tells those who are connected here what is done at other nodes.
pub(super) async fn relay(wire: Arc<Wire>) {
    let mut whispers = wire.store.whispers();
    loop {
        match whispers.recv().await {
            Ok(word) => {
                if let Some(doing) = Doing::parse(&word).filter(|doing| doing.is_heard(&wire)) {
                    hand_on(&wire, doing).await;
                }
            }
            Err(RecvError::Lagged(missed)) => {
                tracing::debug!(missed, "others write faster than it can be told");
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn hand_on(wire: &Arc<Wire>, doing: Doing) {
    let (house, seen) = (Arc::clone(wire), doing.clone());
    let look = wire.store.read(move |view| {
        let policy = house.policies.at(view)?;
        let mut look = Look::new(view, policy, house.store.clock().now());
        match look.gate(&seen.topics()[0])? {
            Some(gate) => seen.hearers(&house, &mut look, &gate),
            None => Ok(Hearers::default()),
        }
    });
    match look.await {
        Ok(to) => doing.tell(wire, to, None),
        Err(error) => tracing::debug!(error = %error, "that somebody writes was not told"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_node_says_the_other_understands() {
        let doing = Doing {
            room: "r".to_owned(),
            username: "amy".to_owned(),
            activities: vec![WRITES.to_owned()],
        };
        assert_eq!(Doing::parse(&doing.word()), Some(doing));
        assert_eq!(Doing::parse("[]"), None);
    }
}
