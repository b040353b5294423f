//! Deliveries: one event for one endpoint, and the attempts to bring it there.
//!
//! Most deliveries arrive at the first attempt, so that is what costs least: a row at the end of a
//! table, changed once. What fails is *parked*: it gets a time for its next attempt, and what
//! comes after it in its order is parked behind it, without one. When it is settled, the next of
//! its order is due.

pub mod lists;
mod resending;
mod rows;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use hark_model::events::{CrmAnswered, Event, Kind, Recorded, Subject, record_event};
use hark_model::rooms;
use hark_store::{Param, Position, Record as _, Result, Timestamp, Tx, View, params, record};
use serde::Serialize;

use self::lists::{Tally, WAITED_UP_TO, stretch_of};
pub(crate) use self::resending::send_again;
pub use self::resending::{Resent, resend, resend_given_up};
pub(crate) use self::rows::ALL;
use crate::dialects::Dialect;
use crate::{Refusal, catalogue};

pub(crate) const FRESH: i64 = 0;
pub(crate) const PARKED: i64 = 1;
pub(crate) const DELIVERED: i64 = 2;
pub(crate) const GIVEN_UP: i64 = 3;
/// With this the mark of a sample's delivery begins, and so the last part of its id.
pub(crate) const SAMPLE: &str = "test_";
/// Deliveries that are sent at once when an endpoint goes on; the others come at their own time.
const MOST_HURRIED: i64 = 10_000;

/// The deliveries to be made of an event.
#[derive(Debug, Clone)]
pub(crate) struct NewDeliveries {
    pub(crate) endpoints: Vec<i64>,
    pub(crate) position: Position,
    pub(crate) kind: Kind,
    pub(crate) order_key: Option<Arc<str>>,
    pub(crate) seq: Option<i64>,
    pub(crate) at: Timestamp,
    /// Of something that did not happen.
    pub(crate) is_sample: bool,
}

impl NewDeliveries {
    pub(crate) fn of(endpoints: Vec<i64>, recorded: &Recorded) -> Self {
        let made = Self {
            endpoints,
            position: recorded.position,
            kind: recorded.kind(),
            order_key: catalogue::order_key(recorded).map(Arc::from),
            seq: recorded.seq(),
            at: recorded.at,
            is_sample: false,
        };
        match &recorded.event {
            // It is one of the kind of which it is a sample.
            Event::SampleTriggered(sample) => Self {
                kind: catalogue::find(&sample.kind).unwrap_or(made.kind),
                order_key: None,
                is_sample: true,
                ..made
            },
            _ => made,
        }
    }

    /// One of them as the lane of its endpoint holds it, once it is made.
    pub(crate) fn item(&self, mark: String, body: Option<Bytes>) -> Item {
        Item {
            position: self.position,
            mark,
            kind: self.kind.as_str().to_owned(),
            order_key: self.order_key.clone(),
            seq: self.seq,
            at: self.at,
            attempts: 0,
            attempts_before: 0,
            body,
            next_at: None,
        }
    }
}

record! {
    /// A delivery on its way, as a lane holds it.
    #[derive(Debug, Clone)]
    pub(crate) struct Item from "delivery" {
        pub(crate) position: Position,
        pub(crate) mark: String,
        pub(crate) kind: String,
        /// What it keeps its order with: a conversation, or an agent. Nothing: with none.
        pub(crate) order_key: Option<Arc<str>>
                => |key: Option<String>| key.map(Arc::from),
        pub(crate) seq: Option<i64>,
        pub(crate) at: Timestamp,
        pub(crate) attempts: i64,
        pub(crate) attempts_before: i64,
        /// Nothing when it is longer than asked for; then it is read when it is sent.
        pub(crate) body: Option<Bytes> = "CASE WHEN length(delivery_body.body) <= CAST($3 AS BIGINT) THEN delivery_body.body END"
                => |body: Option<Vec<u8>>| body.map(Bytes::from),
        /// Nothing of a fresh one.
        pub(crate) next_at: Option<Timestamp>,
    }
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

record! {
    /// One HTTP request, as it is kept and shown. Times are microseconds.
    #[derive(Debug, Clone, Default, Serialize)]
    pub struct Attempt from "attempt" {
        pub number: i64,
        pub at: Timestamp,
        pub url: String,
        pub request_headers: String,
        pub status: Option<i64>,
        pub response_headers: Option<String>,
        pub response: Option<String>,
        pub truncated: bool,
        /// The class of what went wrong.
        pub error: Option<Cow<'static, str>> => |error: Option<String>| error.map(Cow::Owned),
        pub detail: Option<String>,
        pub address: Option<String>,
        pub reused: bool,
        pub dns: Option<i64>,
        pub connect: Option<i64>,
        pub tls: Option<i64>,
        pub first_byte: Option<i64>,
        pub total: i64,
    }
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
    /// One ahead of it in its order is parked.
    Blocked,
}

/// What the statements of many rows are given, as [`rows`] reads it. Written straight from what there is: on SQLite this
/// is work of the one thread that writes.
#[derive(Serialize)]
struct BodyRow {
    position: Position,
    dialect: &'static str,
    begin: usize,
    length: usize,
}

#[derive(Serialize)]
struct DeliveryRows<'a> {
    endpoints: &'a [i64],
    position: Position,
    mark: String,
    kind: &'static str,
    order_key: Option<&'a str>,
    seq: Option<i64>,
    at: Timestamp,
}

#[derive(Serialize)]
struct OutcomeRow<'a> {
    position: Position,
    state: i64,
    attempts: i64,
    attempts_before: i64,
    next_at: Option<Timestamp>,
    status: Option<i64>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct AttemptRow<'a> {
    position: Position,
    #[serde(flatten)]
    attempt: &'a Attempt,
}

/// Writes down deliveries to be made, with their bodies, which all endpoints of a dialect share. Answers their marks.
pub(crate) fn make(
    tx: &mut Tx<'_>,
    bodies: &[(Position, Dialect, Bytes)],
    fresh: &[NewDeliveries],
) -> Result<Vec<String>> {
    if !bodies.is_empty() {
        let mut all = Vec::with_capacity(bodies.iter().map(|(_, _, body)| body.len()).sum());
        let mut places = Vec::with_capacity(bodies.len());
        for (position, dialect, body) in bodies {
            places.push(BodyRow {
                position: *position,
                dialect: dialect.as_str(),
                // SQL counts from one.
                begin: all.len() + 1,
                length: body.len(),
            });
            all.extend_from_slice(body);
        }
        tx.execute(&rows::INSERT_BODIES, params![Param::json(&places), &all])?;
    }
    if fresh.is_empty() {
        return Ok(Vec::new());
    }
    let mut made: BTreeMap<i64, i64> = BTreeMap::new();
    let mut deliveries = Vec::with_capacity(fresh.len());
    for one in fresh {
        let mut mark = tx.ids().id17();
        if one.is_sample {
            mark.insert_str(0, SAMPLE);
        }
        deliveries.push(DeliveryRows {
            endpoints: &one.endpoints,
            position: one.position,
            mark,
            kind: one.kind.as_str(),
            order_key: one.order_key.as_deref(),
            seq: one.seq,
            at: one.at,
        });
        for endpoint in &one.endpoints {
            *made.entry(*endpoint).or_default() += 1;
        }
    }
    tx.execute(&rows::INSERT, params![Param::json(&deliveries)])?;
    tx.execute(&rows::COUNT_MADE, params![Param::json(&made)])?;
    Ok(deliveries.into_iter().map(|row| row.mark).collect())
}

/// Those who change what is parked of an endpoint take turns.
pub(crate) fn lock(tx: &mut Tx<'_>, endpoint: i64) -> Result<()> {
    tx.one(&rows::LOCK, params![endpoint], |_| Ok(())).map(drop)
}

/// Fresh deliveries are parked, each in its place in its order.
pub(crate) fn block<'k>(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    positions: &[Position],
    order_keys: impl IntoIterator<Item = &'k str>,
) -> Result<()> {
    if positions.is_empty() {
        return Ok(());
    }
    tx.execute(&rows::BLOCK, params![endpoint, Param::json(positions), now])?;
    promote(tx, now, endpoint, &order_keys.into_iter().collect())
}

/// The first of those that keep their order by each of these keys may be sent now.
pub(crate) fn promote(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    order_keys: &BTreeSet<&str>,
) -> Result<()> {
    if order_keys.is_empty() {
        return Ok(());
    }
    let params = params![endpoint, Param::json(order_keys), now];
    tx.execute(&rows::PROMOTE, params)
}

/// The fresh deliveries of an endpoint after a position, with bodies that are not too long, and of each whether it has to wait for a
/// parked one.
pub(crate) fn fresh(
    view: &mut View<'_>,
    endpoint: i64,
    dialect: Dialect,
    longest: usize,
    after: Position,
    limit: usize,
) -> Result<Vec<(Item, bool)>> {
    let (longest, limit) = (longest as i64, limit as i64);
    let params = params![endpoint, dialect.as_str(), longest, after, limit];
    view.query(&rows::FRESH, params, |row| {
        Ok((Item::read(row)?, row.get(Item::WIDTH)?))
    })
}

/// The parked deliveries that have a time, the next one first.
pub(crate) fn due(
    view: &mut View<'_>,
    endpoint: i64,
    dialect: Dialect,
    longest: usize,
    limit: usize,
) -> Result<Vec<Item>> {
    let (longest, limit) = (longest as i64, limit as i64);
    view.records(
        &rows::DUE,
        params![endpoint, dialect.as_str(), longest, limit],
    )
}

/// What is sent.
pub fn body(view: &mut View<'_>, position: Position, dialect: Dialect) -> Result<Option<Bytes>> {
    let params = params![position, dialect.as_str()];
    let body = view.one(&rows::BODY, params, |row| row.get::<Vec<u8>>(0))?;
    Ok(body.map(Bytes::from))
}

/// Which bodies there are after a position and up to another one.
pub(crate) fn written_bodies(
    view: &mut View<'_>,
    after: Position,
    upto: Position,
) -> Result<BTreeSet<(Position, Dialect)>> {
    let found = view.query(&rows::BODIES, params![after, upto], |row| {
        Ok((row.get(0)?, row.get::<String>(1)?))
    })?;
    let found = found.into_iter();
    Ok(found
        .filter_map(|(position, dialect)| Some((position, Dialect::parse(&dialect)?)))
        .collect())
}

/// Up to this position an endpoint has no fresh delivery.
pub(crate) fn cursor(view: &mut View<'_>, endpoint: i64) -> Result<Position> {
    let cursor = view.one(&rows::CURSOR, params![endpoint], |row| row.get(0))?;
    Ok(cursor.unwrap_or(0))
}

pub(crate) fn state_of(
    view: &mut View<'_>,
    endpoint: i64,
    position: Position,
) -> Result<Option<i64>> {
    view.one(&rows::STATE_OF, params![endpoint, position], |row| {
        row.get(0)
    })
}

/// What came of writing down.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// When something was given up: since when nothing has arrived.
    pub(crate) failing_since: Option<Timestamp>,
    /// Deliveries that are not any more what the lane took them for.
    pub(crate) stale: HashSet<Position>,
}

impl Written {
    /// Those of the steps by which a delivery was given up.
    pub(crate) fn given_up<'a>(&self, steps: &'a [Step]) -> Vec<&'a Step> {
        let given_up = steps.iter().filter(|step| {
            let is_last = matches!(step.what, What::Failed { next_at: None, .. });
            is_last && !self.stale.contains(&step.item.position)
        });
        given_up.collect()
    }
}

/// Writes down how it went: each thing once for all steps.
pub(crate) fn write_down(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    cursor: Position,
    steps: &[Step],
) -> Result<Written> {
    lock(tx, endpoint)?;
    let mut written = write_outcomes(tx, now, endpoint, steps)?;
    let is_stale = |step: &Step| written.stale.contains(&step.item.position);
    let mut tally = Tally::default();
    let mut waits = Waits::default();
    let mut said: BTreeMap<&str, &str> = BTreeMap::new();
    let mut attempts = Vec::with_capacity(steps.len());
    let mut blocked = Vec::new();
    // Of each of these orders the first may be another one now.
    let mut moved: BTreeSet<&str> = BTreeSet::new();
    for step in steps {
        let Step { item, what } = step;
        if let What::Delivered { crm, .. } = what
            && let Some((room, answer)) = crm
        {
            said.insert(room, answer);
        }
        let Some(attempt) = what.attempt() else {
            blocked.push(item.position);
            moved.extend(item.order_key.as_deref());
            continue;
        };
        if is_stale(step) {
            continue;
        }
        attempts.push(AttemptRow {
            position: item.position,
            attempt,
        });
        waits.note(item, attempt);
        let state = what.state();
        tally.attempts += 1;
        tally.delivered += i64::from(state == DELIVERED);
        tally.given_up += i64::from(state == GIVEN_UP);
        tally.failed_attempts += i64::from(state != DELIVERED);
        if what.settles() && item.next_at.is_some() {
            moved.extend(item.order_key.as_deref());
        }
    }
    if !attempts.is_empty() {
        let params = params![endpoint, Param::json(&attempts)];
        tx.execute(&rows::INSERT_ATTEMPTS, params)?;
        let half_hour = [
            tally.delivered,
            tally.failed_attempts,
            waits.first_requests,
            waits.waited,
            waits.longest,
        ];
        let numbers = half_hour.into_iter().chain(waits.spread);
        let mut params = vec![Param::from(endpoint), Param::from(half_hour_of(now))];
        params.extend(numbers.map(Param::from));
        tx.execute(&rows::NOTE_HALF_HOUR, &params)?;
    }
    if blocked.is_empty() {
        promote(tx, now, endpoint, &moved)?;
    } else {
        block(tx, now, endpoint, &blocked, moved)?;
    }
    let params = params![
        endpoint,
        cursor,
        tally.delivered,
        tally.given_up,
        tally.attempts,
        tally.failed_attempts,
        (tally.delivered > 0).then_some(now),
        (tally.failed_attempts > 0).then_some(now),
    ];
    let since = tx.change(&rows::NOTE, params, |row| row.get(0))?;
    written.failing_since = since.into_iter().next().flatten();
    // At last: a chat's row is not held longer than it has to be, and in one order by all.
    for (room, answer) in said {
        if rooms::keep_crm_data(tx, room, answer)? {
            let answered = Event::CrmAnswered(CrmAnswered {
                room: room.to_owned(),
            });
            record_event(tx, now, Subject::NONE, &answered)?;
        }
    }
    Ok(written)
}

/// How long deliveries have waited for their first requests, in milliseconds.
#[derive(Debug, Default)]
struct Waits {
    first_requests: i64,
    waited: i64,
    longest: i64,
    /// How many of them are in which stretch.
    spread: [i64; WAITED_UP_TO.len() + 1],
}

impl Waits {
    fn note(&mut self, item: &Item, attempt: &Attempt) {
        if attempt.number == 1 {
            let waited = attempt.at.millis_since(item.at).max(0);
            self.first_requests += 1;
            self.waited += waited;
            self.longest = self.longest.max(waited);
            self.spread[stretch_of(waited)] += 1;
        }
    }
}

const HALF_HOUR_MILLIS: i64 = 1_800_000;

/// When the half hour of a moment began.
fn half_hour_of(at: Timestamp) -> Timestamp {
    let millis = at.millis();
    Timestamp::from_millis(millis - millis.rem_euclid(HALF_HOUR_MILLIS))
}

/// What each delivery that was tried is now.
fn write_outcomes(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    steps: &[Step],
) -> Result<Written> {
    let tried = steps
        .iter()
        .filter_map(|step| Some((&step.item, &step.what, step.what.attempt()?)));
    let mut written = Written::default();
    let mut outcomes = Vec::with_capacity(steps.len());
    for (item, what, attempt) in tried {
        written.stale.insert(item.position);
        outcomes.push(OutcomeRow {
            position: item.position,
            state: what.state(),
            attempts: item.attempts,
            attempts_before: item.attempts_before,
            next_at: what.next_at(),
            status: attempt.status,
            error: attempt.error.as_deref(),
        });
    }
    if !outcomes.is_empty() {
        let params = params![endpoint, Param::json(&outcomes), now];
        for position in tx.change(&rows::WRITE, params, |row| row.get::<Position>(0))? {
            written.stale.remove(&position);
        }
    }
    Ok(written)
}

impl What {
    /// Nothing of one that has to wait.
    const fn attempt(&self) -> Option<&Attempt> {
        match self {
            Self::Delivered { attempt, .. } | Self::Failed { attempt, .. } => Some(attempt),
            Self::Blocked => None,
        }
    }

    const fn state(&self) -> i64 {
        match self {
            Self::Delivered { .. } => DELIVERED,
            Self::Failed { next_at: None, .. } => GIVEN_UP,
            Self::Failed { .. } | Self::Blocked => PARKED,
        }
    }

    const fn next_at(&self) -> Option<Timestamp> {
        match self {
            Self::Failed { next_at, .. } => *next_at,
            Self::Delivered { .. } | Self::Blocked => None,
        }
    }

    /// Whether the delivery needs nothing more.
    pub(crate) const fn settles(&self) -> bool {
        matches!(
            self,
            Self::Delivered { .. } | Self::Failed { next_at: None, .. }
        )
    }
}

/// An endpoint goes on: what it owes is forgotten, and what has waited is sent.
pub(crate) fn start_afresh(tx: &mut Tx<'_>, now: Timestamp, endpoint: i64) -> Result<(), Refusal> {
    lock(tx, endpoint)?;
    tx.execute(&rows::START_AFRESH, params![endpoint])?;
    tx.execute(&rows::HURRY, params![endpoint, now, MOST_HURRIED])?;
    Ok(())
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
