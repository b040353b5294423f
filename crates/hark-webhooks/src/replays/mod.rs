//! Replays: what happened in a stretch of the log is sent to an endpoint again, or for the first
//! time. A replay is a job on disk that goes on where it was, whoever dies meanwhile.

pub(crate) mod rows;
mod worker;

use hark_chat::Actor;
use hark_store::{Error, Event, NewEvent, Position, Timestamp, Tx, View, log};
use serde_json::json;

pub(crate) use self::worker::Worker;
use crate::Refusal;
use crate::deliveries;
use crate::endpoints::Endpoint;
use crate::fanout::READER;

const EVENTS_AT_ONCE: usize = 256;
const MOST_RUNNING: i64 = 10;
/// A dry run looks at so many events and then says that there are more.
const MOST_COUNTED: usize = 200_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Running,
    Done,
    Cancelled,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "running" => Self::Running,
            "done" => Self::Done,
            _ => Self::Cancelled,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Replay {
    pub id: String,
    pub endpoint: i64,
    /// After the first and up to the second.
    pub after: Position,
    pub until: Position,
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

/// What a dry run says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    /// Events that the endpoint wants.
    pub events: i64,
    /// Those of them that would be sent.
    pub queued: i64,
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
    if rows::count_running(tx)? >= MOST_RUNNING {
        let why = format!("{MOST_RUNNING} replays are running; wait until one has ended");
        return Err(Refusal::Conflict(why));
    }
    // What was not fanned out yet goes by itself, after what is ahead of it.
    let until = until.min(log::reader(tx, READER)?);
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
    let body = json!({"replay": replay.id, "endpoint": endpoint.id, "by": who.to_json()});
    log::append(tx, now, &NewEvent::plain("replay.started", body))?;
    Ok(replay)
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Replay, Refusal> {
    rows::find(view, id)?.ok_or(Refusal::NotFound("replay"))
}

/// The latest first.
pub fn of_endpoint(view: &mut View<'_>, endpoint: i64, limit: i64) -> Result<Vec<Replay>, Error> {
    rows::of_endpoint(view, endpoint, limit)
}

/// Ends a replay early. What it has queued is sent.
pub fn cancel(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<Replay, Refusal> {
    rows::cancel(tx, now, id)?;
    find(tx, id)
}

/// Replays that ended long ago.
pub fn tidy(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64, Error> {
    rows::prune(tx, before, limit)
}

/// What a replay would do.
pub fn dry_run(
    view: &mut View<'_>,
    endpoint: &Endpoint,
    after: Position,
    until: Position,
    failed_only: bool,
) -> Result<Count, Error> {
    let mut count = Count::default();
    let (mut reached, mut looked_at) = (after, 0);
    loop {
        let events = stretch(view, reached, until)?;
        let Some(last) = events.last() else {
            return Ok(count);
        };
        reached = last.position;
        looked_at += events.len();
        for event in &events {
            if endpoint.would_want(event) {
                count.events += 1;
                let state = deliveries::rows::state_of(view, endpoint.number, event.position)?;
                count.queued += i64::from(Plan::of(state, failed_only) != Plan::Leave);
            }
        }
        if looked_at >= MOST_COUNTED {
            count.is_partial = true;
            return Ok(count);
        }
    }
}

/// The next events of a stretch, those of before the endpoint was made among them.
fn stretch(view: &mut View<'_>, after: Position, until: Position) -> Result<Vec<Event>, Error> {
    let mut events = log::after(view, after, EVENTS_AT_ONCE)?;
    events.retain(|event| event.position <= until);
    Ok(events)
}

/// What a replay does with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Leave,
    Again,
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
