//! Deliveries: one event for one endpoint, and the attempts to bring it there.
//!
//! Most deliveries arrive at the first attempt, so that is what costs least: a row at the end of a
//! table, changed once. What fails is *parked*: it gets a time for its next attempt, and what
//! comes after it in its line is parked behind it, without one. When it is settled, the next of
//! its line gets its turn.

pub mod lists;
mod retention;
pub(crate) mod rows;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use hark_chat::{Actor, rooms};
use hark_store::{Error, NewEvent, Position, Timestamp, Tx, View, log};
use serde_json::json;

use self::lists::Delivery;

pub(crate) use self::retention::ALL as RETENTION;
pub use self::retention::prune;
use crate::Refusal;
use crate::dialects::Dialect;

pub(crate) const FRESH: i64 = 0;
pub(crate) const PARKED: i64 = 1;
pub(crate) const DELIVERED: i64 = 2;
pub(crate) const GIVEN_UP: i64 = 3;
/// Deliveries that are sent at once when an endpoint goes on; the others come at their own time.
const MOST_HURRIED: i64 = 10_000;

/// The deliveries to be made of an event.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    pub(crate) endpoints: Vec<i64>,
    pub(crate) position: Position,
    pub(crate) kind: String,
    pub(crate) line: Option<String>,
    pub(crate) seq: Option<i64>,
    pub(crate) at: Timestamp,
}

/// A delivery on its way, as a lane holds it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) position: Position,
    pub(crate) mark: String,
    pub(crate) kind: String,
    pub(crate) line: Option<Arc<str>>,
    pub(crate) seq: Option<i64>,
    pub(crate) at: Timestamp,
    pub(crate) attempts: i64,
    pub(crate) attempts_before: i64,
    /// Nothing when it is long; then it is read when it is sent.
    pub(crate) body: Option<Bytes>,
    /// Nothing of a fresh one.
    pub(crate) next_at: Option<Timestamp>,
}

/// The id of a delivery, the same for all of its attempts: what receivers tell repeats by.
pub fn id(endpoint: i64, position: Position, mark: &str) -> String {
    format!("msg_{endpoint}_{position}_{mark}")
}

/// The parts of a delivery's id: endpoint, position, mark.
pub fn parse_id(id: &str) -> Option<(i64, Position, &str)> {
    let mut parts = id.strip_prefix("msg_")?.splitn(3, '_');
    let endpoint = parts.next()?.parse().ok()?;
    let position = parts.next()?.parse().ok()?;
    Some((endpoint, position, parts.next()?))
}

/// One HTTP request, as it is kept. Times are microseconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attempt {
    pub(crate) at: Timestamp,
    pub(crate) url: Arc<str>,
    pub(crate) request_headers: String,
    pub(crate) status: Option<i64>,
    pub(crate) response_headers: Option<String>,
    pub(crate) response: Option<String>,
    pub(crate) truncated: bool,
    /// The class of what went wrong.
    pub(crate) error: Option<&'static str>,
    pub(crate) detail: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) reused: bool,
    pub(crate) dns: Option<i64>,
    pub(crate) connect: Option<i64>,
    pub(crate) tls: Option<i64>,
    pub(crate) first_byte: Option<i64>,
    pub(crate) total: i64,
}

/// What is to be written down of a delivery.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) item: Item,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Delivered {
        attempt: Attempt,
        /// What the customer's CRM says of a room.
        crm: Option<(String, String)>,
    },
    Failed {
        attempt: Attempt,
        /// Nothing when it is given up.
        next_at: Option<Timestamp>,
    },
    /// One ahead of it in its line is parked.
    Blocked,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) delivered: i64,
    pub(crate) given_up: i64,
    pub(crate) attempts: i64,
    pub(crate) failed_attempts: i64,
}

/// Writes down deliveries to be made, with their bodies, which all endpoints of a dialect share.
pub(crate) fn make(
    tx: &mut Tx<'_>,
    bodies: &[(Position, Dialect, Bytes)],
    fresh: &[Fresh],
) -> Result<(), Error> {
    for (position, dialect, body) in bodies {
        rows::insert_body(tx, *position, dialect.as_str(), body)?;
    }
    let mut made: BTreeMap<i64, i64> = BTreeMap::new();
    for one in fresh {
        rows::insert(tx, one)?;
        for endpoint in &one.endpoints {
            *made.entry(*endpoint).or_default() += 1;
        }
    }
    // Mostly all have the same number.
    let mut alike: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (endpoint, count) in made {
        alike.entry(count).or_default().push(endpoint);
    }
    for (count, endpoints) in alike {
        rows::count_made(tx, &endpoints, count)?;
    }
    Ok(())
}

/// A delivery that was made late goes to the parked ones, in its place in the line.
pub(crate) fn park(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    fresh: &Fresh,
) -> Result<(), Error> {
    let line = fresh.line.as_deref();
    rows::block(tx, now, endpoint, fresh.position, line)
}

/// Whoever changes what is parked of an endpoint takes turns.
pub(crate) fn lock(tx: &mut Tx<'_>, endpoint: i64) -> Result<(), Error> {
    rows::lock(tx, endpoint)
}

/// The fresh deliveries of an endpoint after a position, and of each whether it has to wait for a
/// parked one.
pub(crate) fn fresh(
    view: &mut View<'_>,
    endpoint: i64,
    dialect: Dialect,
    after: Position,
    limit: usize,
) -> Result<Vec<(Item, bool)>, Error> {
    rows::fresh(view, endpoint, dialect.as_str(), after, limit as i64)
}

/// The parked deliveries that have a turn, the next one first.
pub(crate) fn due(
    view: &mut View<'_>,
    endpoint: i64,
    dialect: Dialect,
    limit: usize,
) -> Result<Vec<Item>, Error> {
    rows::due(view, endpoint, dialect.as_str(), limit as i64)
}

pub(crate) fn body(
    view: &mut View<'_>,
    position: Position,
    dialect: Dialect,
) -> Result<Option<Bytes>, Error> {
    let body = rows::body(view, position, dialect.as_str())?;
    Ok(body.map(Bytes::from))
}

/// Up to this position an endpoint has no fresh delivery.
pub(crate) fn cursor(view: &mut View<'_>, endpoint: i64) -> Result<Position, Error> {
    rows::cursor(view, endpoint)
}

/// What came of writing down.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    /// When something was given up: since when nothing has arrived.
    pub(crate) failing_since: Option<Timestamp>,
    /// Deliveries that are not any more what the lane took them for.
    pub(crate) stale: HashSet<Position>,
}

/// Writes down how it went.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    cursor: Position,
    steps: &[Step],
) -> Result<Recorded, Error> {
    rows::lock(tx, endpoint)?;
    let mut tally = Tally::default();
    let mut recorded = Recorded::default();
    let mut said: BTreeMap<&str, &str> = BTreeMap::new();
    for Step { item, what } in steps {
        let changed = match what {
            What::Delivered { attempt, crm } => {
                if let Some((room, answer)) = crm {
                    said.insert(room, answer);
                }
                rows::settle(tx, now, endpoint, item, DELIVERED, attempt)?
            }
            What::Failed { attempt, next_at } => match next_at {
                Some(next_at) => rows::park(tx, endpoint, item, *next_at, attempt)?,
                None => rows::settle(tx, now, endpoint, item, GIVEN_UP, attempt)?,
            },
            What::Blocked => {
                let line = item.line.as_deref();
                rows::block(tx, now, endpoint, item.position, line)?;
                continue;
            }
        };
        if changed == 0 {
            recorded.stale.insert(item.position);
            continue;
        }
        if let What::Delivered { attempt, .. } | What::Failed { attempt, .. } = what {
            rows::insert_attempt(tx, endpoint, item, attempt)?;
        }
        tally.count(what);
        if what.settles() && item.next_at.is_some() {
            pass_on(tx, now, endpoint, item.line.as_deref())?;
        }
    }
    recorded.failing_since = rows::note(tx, now, endpoint, cursor, &tally)?;
    // At last: a chat's row is not held longer than it has to be, and in one order by all.
    for (room, answer) in said {
        rooms::keep_crm_data(tx, room, answer)?;
    }
    Ok(recorded)
}

impl Tally {
    const fn count(&mut self, what: &What) {
        match what {
            What::Delivered { .. } => self.delivered += 1,
            What::Failed { next_at, .. } => {
                self.failed_attempts += 1;
                if next_at.is_none() {
                    self.given_up += 1;
                }
            }
            What::Blocked => return,
        }
        self.attempts += 1;
    }
}

impl What {
    /// Whether the delivery needs nothing more.
    pub(crate) const fn settles(&self) -> bool {
        matches!(
            self,
            Self::Delivered { .. } | Self::Failed { next_at: None, .. }
        )
    }
}

/// The next of a line has its turn.
fn pass_on(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    line: Option<&str>,
) -> Result<(), Error> {
    match line {
        Some(line) => rows::promote(tx, now, endpoint, line).map(drop),
        None => Ok(()),
    }
}

/// An endpoint goes on: what it owes is forgotten, and what has waited is sent.
pub(crate) fn start_afresh(tx: &mut Tx<'_>, now: Timestamp, endpoint: i64) -> Result<(), Refusal> {
    rows::lock(tx, endpoint)?;
    rows::start_afresh(tx, endpoint)?;
    rows::hurry(tx, now, endpoint, MOST_HURRIED)?;
    Ok(())
}

/// A delivery is to be sent again, after what is ahead of it in its line. False: it has not been
/// sent for the first time.
pub(crate) fn send_again(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    position: Position,
) -> Result<bool, Error> {
    rows::lock(tx, endpoint)?;
    let Some(state) = rows::state_of(tx, endpoint, position)?.filter(|state| *state != FRESH)
    else {
        return Ok(false);
    };
    let is_changed = rows::again(tx, now, endpoint, position, state)? > 0;
    if is_changed && state != PARKED {
        // It waits once more, and is counted once more when it is settled.
        rows::take_back(tx, endpoint, state == DELIVERED)?;
    }
    Ok(is_changed)
}

/// Someone asks for a delivery to be sent again.
pub fn resend(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<Delivery, Refusal> {
    let delivery = lists::find(tx, id)?;
    if !send_again(tx, now, delivery.endpoint, delivery.position)? {
        let why = "it is on its way for the first time";
        return Err(Refusal::Conflict(why.into()));
    }
    let body = json!({"delivery": id, "by": who.to_json()});
    log::append(tx, now, &NewEvent::plain("delivery.resent", body))?;
    lists::find(tx, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let id = id(7, 12_345, "aBc");
        assert_eq!(parse_id(&id), Some((7, 12_345, "aBc")));
        assert!(!id.contains('.'));
        for wrong in ["", "msg_", "msg_7_x_y", "7_8_9", "msg_7_8"] {
            assert_eq!(parse_id(wrong), None, "{wrong}");
        }
    }
}
