//! Signals: what lasts only a moment in a chat and is for those who work here alone. Those who look at the
//! chat hear it, on this node and on the others, and nobody later: it is in no log.

use std::sync::Arc;

use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_realtime::{Push, SeatId, Topic};
use hark_store::{Error, View};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::frames;
use super::streams::{Gate, Look, STAFF, UNFINISHED, is_of_staff};
use crate::pass::Pass;
use crate::wire::Wire;

/// What pushes to those who are connected here what is told at other nodes.
pub(super) fn job(wire: &Arc<Wire>) -> Job {
    let elsewhere = SignalsElsewhere {
        wire: Arc::clone(wire),
    };
    Job::new("signals", elsewhere).serves_connections()
}

#[derive(Clone)]
struct SignalsElsewhere {
    wire: Arc<Wire>,
}

impl Work for SignalsElsewhere {
    async fn turn(&mut self, _: &Turn) -> Result<Rest, JobError> {
        relay(&self.wire).await;
        Ok(Rest::Ended)
    }
}

/// Something to be told to those who look at a chat.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Signal {
    pub(crate) room: String,
    /// Under which event of our stream.
    pub(crate) kind: String,
    pub(crate) told: Value,
}

impl Signal {
    fn topic(&self) -> Topic {
        Topic::new(STAFF, format!("{}/{}", self.room, self.kind))
    }

    /// To all who may hear it, wherever they are connected. It is no loss if it does not arrive.
    pub(crate) async fn tell(self, wire: &Arc<Wire>) {
        wire.store.broadcast(&self.encode());
        self.push(wire).await;
    }

    async fn push(self, wire: &Arc<Wire>) {
        if !wire.hub.is_heard(&self.topic()) {
            return;
        }
        let (here, signal) = (Arc::clone(wire), self.clone());
        let look = wire.store.read(move |view| signal.hearers(&here, view));
        match look.await {
            Ok(to) => {
                let frame = frames::changed(&self.topic(), &[&self.told]);
                wire.hub.deliver(&Push { frame, to });
            }
            Err(error) => tracing::debug!(error = %error, "a signal was not pushed"),
        }
    }

    fn hearers(&self, wire: &Wire, view: &mut View<'_>) -> Result<Vec<SeatId>, Error> {
        let policy = wire.policies.at(view)?;
        let mut look = Look::new(view, policy, wire.store.clock());
        let Some(room) = look.room(&self.room)? else {
            return Ok(Vec::new());
        };
        let gate = Gate::Staff(room);
        let mut to = Vec::new();
        for listener in wire.hub.listeners(&self.topic()) {
            if look.admits(&gate, &listener.pass)? && self.is_for(&mut look, &listener.pass)? {
                to.push(listener.seat);
            }
        }
        Ok(to)
    }

    /// What a visitor has not sent is for those who are in the chat, and not for all who may look into it.
    fn is_for(&self, look: &mut Look<'_, '_>, pass: &Pass) -> Result<bool, Error> {
        if self.kind != UNFINISHED {
            return Ok(true);
        }
        match look.session(pass)? {
            Some(session) => look.is_inside(&session.account.id, &self.room),
            None => Ok(false),
        }
    }

    fn encode(&self) -> String {
        json!({"room": self.room, "signal": self.kind, "told": self.told}).to_string()
    }

    fn parse(line: &str) -> Option<Self> {
        let mut line: Value = serde_json::from_str(line).ok()?;
        let kind = line.get("signal")?.as_str()?.to_owned();
        let room = line.get("room")?.as_str()?.to_owned();
        is_of_staff(&kind).then(|| Self {
            room,
            kind,
            told: line["told"].take(),
        })
    }
}

async fn relay(wire: &Arc<Wire>) {
    let mut broadcasts = wire.store.broadcasts();
    loop {
        match broadcasts.recv().await {
            Ok(line) => {
                if let Some(signal) = Signal::parse(&line) {
                    signal.push(wire).await;
                }
            }
            Err(RecvError::Lagged(missed)) => {
                tracing::debug!(
                    missed,
                    "signals of other nodes come in faster than they can be pushed"
                );
            }
            Err(RecvError::Closed) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_node_tells_the_other_understands() {
        let signal = Signal {
            room: "r".to_owned(),
            kind: "read".to_owned(),
            told: json!({"by": "visitor"}),
        };
        assert_eq!(Signal::parse(&signal.encode()), Some(signal));
        for other in [
            "[\"r\", \"amy\", []]",
            "{}",
            "{\"room\": \"r\", \"signal\": \"notes\"}x",
        ] {
            assert_eq!(Signal::parse(other), None);
        }
    }
}
