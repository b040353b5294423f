//! Replays: what happened in a stretch of the log is sent to an endpoint again, or for the first
//! time. A replay is on disk and goes on where it was, whichever node dies meanwhile.

mod rows;
mod worker;

use std::collections::{BTreeMap, HashSet};

use hark_model::Actor;
use hark_model::events::{self, Recorded, ReplayStarted, Subject, record_event};
use hark_store::{Event, Position, Result, Timestamp, Tx, View, log, params, record, text_enum};

pub(crate) use self::rows::{ALL, WRITES};
pub(crate) use self::worker::{RETRY_PAUSE, Worker};
use crate::deliveries;
use crate::endpoints::Endpoint;
use crate::{READER, Refusal, stretches};

const EVENTS_AT_ONCE: usize = 256;
const MOST_RUNNING: i64 = 10;
/// A dry run looks at so many events and then says that there are more.
const MOST_COUNTED: usize = 200_000;

text_enum! {
    pub enum State {
        Running = "running",
        Done = "done",
        Cancelled = "cancelled",
    }
}

record! {
    #[derive(Debug, Clone)]
    pub struct Replay from "replay" {
        pub id: String,
        pub endpoint: i64,
        /// The stretch of the log: after the first position and up to the second.
        pub after: Position = "replay.after_position",
        pub until: Position = "replay.until_position",
        /// Only what was given up, not what arrived or was never sent.
        pub failed_only: bool,
        pub state: State,
        /// How far it has come.
        pub reached: Position,
        /// Events of the stretch that the endpoint wants, and those of them that are sent.
        pub events: i64,
        pub queued: i64,
        pub created_at: Timestamp,
        pub finished_at: Option<Timestamp>,
    }
}

/// What a dry run says.
#[derive(Debug, Clone, Default)]
pub struct Count {
    /// Events that the endpoint wants.
    pub events: i64,
    /// Those of them that would be sent.
    pub queued: i64,
    /// How many of these there are of each kind.
    pub kinds: BTreeMap<&'static str, i64>,
    /// Of how many conversations they tell.
    pub conversations: usize,
    /// Whether there are more than were counted.
    pub is_partial: bool,
}

/// Begins a replay.
pub fn start(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    endpoint: &Endpoint,
    after: Position,
    until: Position,
    failed_only: bool,
) -> Result<Replay, Refusal> {
    if tx.number(&rows::COUNT_RUNNING, params![])? >= MOST_RUNNING {
        let why = format!("{MOST_RUNNING} replays are running; wait until one has ended");
        return Err(Refusal::Conflict(why));
    }
    // Of later events the deliveries are not made yet: they are sent without a replay.
    let until = until
        .min(log::reader(tx, READER)?)
        .min(made_to(tx, endpoint)?);
    let replay = Replay {
        id: tx.ids().id24_at(now),
        endpoint: endpoint.number,
        after,
        until: until.max(after),
        failed_only,
        state: State::Running,
        reached: after,
        events: 0,
        queued: 0,
        created_at: now,
        finished_at: None,
    };
    let asked_by = match who {
        Actor::Account { username, .. } => Some(username.as_str()),
        Actor::Visitor { .. } | Actor::System => None,
    };
    rows::insert(tx, now, &replay, asked_by)?;
    let started = events::Event::ReplayStarted(ReplayStarted {
        replay: replay.id.clone(),
        endpoint: endpoint.id.clone(),
        by: who.clone(),
    });
    record_event(tx, now, Subject::NONE, &started)?;
    Ok(replay)
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Replay, Refusal> {
    let found = view.record(&rows::FIND, params![id])?;
    found.ok_or(Refusal::NotFound("replay"))
}

/// The latest first.
pub fn of_endpoint(view: &mut View<'_>, endpoint: i64, limit: i64) -> Result<Vec<Replay>> {
    view.records(&rows::OF_ENDPOINT, params![endpoint, limit])
}

/// Ends a replay early. What it has queued is sent.
pub fn cancel(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<Replay, Refusal> {
    tx.execute(&rows::CANCEL, params![id, now])?;
    find(tx, id)
}

/// Replays that ended long ago.
pub fn tidy(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64> {
    tx.changed(&rows::PRUNE, params![before, limit])
}

/// What a replay would do.
pub fn dry_run(
    view: &mut View<'_>,
    endpoint: &Endpoint,
    after: Position,
    until: Position,
    failed_only: bool,
) -> Result<Count> {
    let mut count = Count::default();
    let until = until.min(made_to(view, endpoint)?);
    let mut conversations = HashSet::new();
    let (mut reached, mut looked_at) = (after, 0);
    loop {
        let events = stretch(view, reached, until)?;
        let Some(last) = events.last() else {
            count.conversations = conversations.len();
            return Ok(count);
        };
        reached = last.position;
        looked_at += events.len();
        for recorded in Recorded::parse_all(events) {
            if endpoint.would_want(&recorded) {
                count.events += 1;
                let state = deliveries::state_of(view, endpoint.number, recorded.position)?;
                if Plan::of(state, failed_only) != Plan::Leave {
                    count.queued += 1;
                    *count.kinds.entry(recorded.kind().as_str()).or_default() += 1;
                    conversations.extend(recorded.conversation.map(|place| place.conversation));
                }
            }
        }
        if looked_at >= MOST_COUNTED {
            count.is_partial = true;
            count.conversations = conversations.len();
            return Ok(count);
        }
    }
}

/// What waits in the log for an endpoint is sent without a replay.
fn made_to(view: &mut View<'_>, endpoint: &Endpoint) -> Result<Position> {
    let reached = stretches::reached(view, endpoint.number)?;
    Ok(reached.unwrap_or(Position::MAX))
}

/// The next events of a stretch of the log.
fn stretch(view: &mut View<'_>, after: Position, until: Position) -> Result<Vec<Event>> {
    let mut events = log::after(view, after, EVENTS_AT_ONCE)?;
    events.retain(|event| event.position <= until);
    Ok(events)
}

/// What a replay does with an event, by the state of its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// It is on its way already, or not asked for.
    Leave,
    /// The delivery is sent again.
    Again,
    /// There was none; it is made.
    Make,
}

impl Plan {
    const fn of(state: Option<i64>, failed_only: bool) -> Self {
        match state {
            Some(deliveries::GIVEN_UP) => Self::Again,
            Some(deliveries::DELIVERED) if !failed_only => Self::Again,
            None if !failed_only => Self::Make,
            _ => Self::Leave,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_its_way_is_left_alone() {
        for failed_only in [true, false] {
            for waiting in [0, 1] {
                assert_eq!(Plan::of(Some(waiting), failed_only), Plan::Leave);
            }
            assert_eq!(
                Plan::of(Some(deliveries::GIVEN_UP), failed_only),
                Plan::Again
            );
        }
        assert_eq!(Plan::of(Some(deliveries::DELIVERED), true), Plan::Leave);
        assert_eq!(Plan::of(None, true), Plan::Leave);
        assert_eq!(Plan::of(None, false), Plan::Make);
    }
}
