//! The places of those who stand in a queue. A queue that moves is looked at a little later, once for all
//! that has happened in it meanwhile.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hark_chat::inquiries;
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_realtime::{Push, Topic};
use hark_store::{Error, Locked, View};
use serde_json::json;
use tokio::sync::Notify;

use super::Batch;
use crate::rocketchat::ddp::streams::{CHAT, Gate, Look};
use crate::rocketchat::widget;
use crate::wire::Wire;

/// Those of one queue who hear their places as it moves; others read them when they come back.
const LONGEST_QUEUE: i64 = 100;
/// Queues that are looked at together.
const AT_ONCE: usize = 20;
/// However much happens in them, those who stand in queues hear of it four times a second at most.
const SHORTEST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(60);

/// A queue: of which department it is, or of none.
pub(super) type Queue = Option<String>;

/// Queues whose people have to hear where they stand now.
#[derive(Default)]
pub(super) struct MovedQueues {
    queues: Locked<BTreeSet<Queue>>,
    added: Notify,
}

impl MovedQueues {
    pub(super) fn add(&self, queues: impl IntoIterator<Item = Queue>) {
        let mut all = self.queues.lock();
        let before = all.len();
        all.extend(queues);
        if all.len() > before {
            self.added.notify_one();
        }
    }

    fn take(&self) -> BTreeSet<Queue> {
        let mut all = self.queues.lock();
        let mut taken = BTreeSet::new();
        while taken.len() < AT_ONCE
            && let Some(queue) = all.pop_first()
        {
            taken.insert(queue);
        }
        taken
    }
}

pub(super) fn job(wire: &Arc<Wire>, moved: Arc<MovedQueues>) -> Job {
    let places = Places {
        wire: Arc::clone(wire),
        moved,
    };
    Job::new("places", places)
}

#[derive(Clone)]
struct Places {
    wire: Arc<Wire>,
    moved: Arc<MovedQueues>,
}

impl Work for Places {
    async fn turn(&mut self, _: &Turn) -> Result<Rest, JobError> {
        let queues = Arc::new(self.moved.take());
        if queues.is_empty() {
            return Ok(Rest::For(LONGEST_REST));
        }
        let (wire, looked_at) = (Arc::clone(&self.wire), Arc::clone(&queues));
        let pushes = self
            .wire
            .store
            .read(move |view| pushes(&wire, view, &looked_at));
        match pushes.await {
            Ok(pushes) => pushes.iter().for_each(|push| self.wire.hub.deliver(push)),
            Err(error) => {
                self.moved.add(queues.iter().cloned());
                return Err(error.into());
            }
        }
        Ok(Rest::For(if queues.len() == AT_ONCE {
            SHORTEST_REST
        } else {
            LONGEST_REST
        }))
    }

    async fn woken(&mut self) {
        tokio::time::sleep(SHORTEST_REST).await;
        self.moved.added.notified().await;
    }
}

fn pushes(wire: &Wire, view: &mut View<'_>, queues: &BTreeSet<Queue>) -> Result<Vec<Push>, Error> {
    let policy = wire.policies.at(view)?;
    if !widget::shows_places(&policy) {
        return Ok(Vec::new());
    }
    let mut batch = Batch::new(Look::new(view, policy, wire.store.clock()), &wire.hub);
    for queue in queues {
        batch.places(queue.as_deref())?;
    }
    Ok(batch.pushes)
}

impl Batch<'_, '_> {
    /// Those who stand in a queue and listen hear their places.
    fn places(&mut self, queue: Option<&str>) -> Result<(), Error> {
        let policy = Arc::clone(&self.look.policy);
        let rooms = inquiries::rooms_in_order(self.look.view, &policy, queue, LONGEST_QUEUE)?;
        let mut told = None;
        for (before, room) in rooms.into_iter().enumerate() {
            let topic = Topic::new(CHAT, room.id.as_str());
            if !self.hub.is_heard(&topic) {
                continue;
            }
            let told = match &told {
                Some(told) => told,
                None => told.insert(widget::Queue::of(self.look.view, &policy, queue)?),
            };
            let place = told.place(before as i64 + 1);
            self.push(&topic, &Gate::Guest(Arc::new(room)), |_| {
                Ok(json!([{"type": "queueData", "data": place}]))
            })?;
        }
        Ok(())
    }
}
