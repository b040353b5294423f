//! Deliveries as people look at them: newest first, a page at a time, with their attempts.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use hark_store::{Error, Position, Row, Timestamp, View, log, params, statements};

use super::{Attempt, DELIVERED, GIVEN_UP, parse_id, rows};
use crate::Refusal;
use crate::dialects::Dialect;
use crate::endpoints;

/// Deliveries that are looked at for one page; when few of them are wanted, the page ends early and
/// says where to go on.
const MOST_SCANNED: usize = 20_000;
/// Deliveries that are read at once, for all endpoints together.
const READ_AT_ONCE: usize = 4_000;
/// By how much the times of events may differ from their order.
const SLACK_SECONDS: i64 = 60;
/// Attempts that are shown of a delivery: the latest.
const MOST_ATTEMPTS: i64 = 200;
/// Attempts that say how fast an endpoint is: the latest.
const MOST_TIMED: i64 = 100;

macro_rules! columns {
    () => {
        "delivery.endpoint, delivery.position, delivery.mark, delivery.kind, delivery.line, delivery.seq, delivery.at, delivery.state,
            delivery.attempts, delivery.attempts_before, delivery.next_at, delivery.settled_at, delivery.status, delivery.error"
    };
}

statements! {
    /// Primary key, from its end.
    NEWEST = concat!("SELECT ", columns!(), " FROM delivery WHERE endpoint = $1 AND position < $2 ORDER BY position DESC LIMIT $3");
    /// delivery_parked, from its end.
    PARKED = concat!("SELECT ", columns!(), " FROM delivery WHERE endpoint = $1 AND position < $2 AND state = 1 ORDER BY position DESC LIMIT $3");
    /// delivery_given_up, from its end.
    GIVEN_UP_ONES = concat!("SELECT ", columns!(), " FROM delivery WHERE endpoint = $1 AND position < $2 AND state = 3 ORDER BY position DESC LIMIT $3");
    /// event_by_conversation, from its end, then primary keys.
    OF_CONVERSATION = concat!("SELECT ", columns!(), " FROM event JOIN delivery ON delivery.endpoint = $1 AND delivery.position = event.position
        WHERE event.conversation = $4 AND event.position < $2 ORDER BY event.seq DESC LIMIT $3");
    /// Primary key.
    ONE = concat!("SELECT ", columns!(), " FROM delivery WHERE endpoint = $1 AND position = $2");
    /// Primary key, from its end.
    ATTEMPTS = "SELECT number, at, url, request_headers, status, response_headers, response, truncated, error, detail, address,
            reused, dns, connect, tls, first_byte, total
        FROM attempt WHERE endpoint = $1 AND position = $2 ORDER BY number DESC LIMIT $3";
    TIMED = "SELECT total FROM attempt WHERE endpoint = $1 ORDER BY position DESC, number DESC LIMIT $2";
    /// A small table.
    TALLIES = "SELECT endpoint, cursor, made, delivered, given_up, attempts, failed_attempts, last_success_at, last_failure_at, failing_since
        FROM lane ORDER BY endpoint";
    /// Primary key: up to the cursor none is fresh.
    OLDEST_FRESH = "SELECT at FROM delivery WHERE endpoint = $1 AND position > $2 AND state = 0 ORDER BY position LIMIT 1";
    /// delivery_parked.
    OLDEST_PARKED = "SELECT at FROM delivery WHERE endpoint = $1 AND state = 1 ORDER BY position LIMIT 1";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It has not been sent yet, or is to be sent again.
    Pending,
    Delivered,
    GivenUp,
}

impl State {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::GivenUp];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::GivenUp => "given-up",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    const fn of(stored: i64) -> Self {
        match stored {
            DELIVERED => Self::Delivered,
            GIVEN_UP => Self::GivenUp,
            _ => Self::Pending,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Delivery {
    pub endpoint: i64,
    pub position: Position,
    mark: String,
    pub kind: String,
    /// What it keeps its order with: a conversation, or an agent.
    pub line: Option<String>,
    pub seq: Option<i64>,
    /// When it happened of which it tells.
    pub at: Timestamp,
    pub state: State,
    pub attempts: i64,
    /// How many of them were before someone asked for it to be sent again.
    pub attempts_before: i64,
    pub next_at: Option<Timestamp>,
    pub settled_at: Option<Timestamp>,
    /// Of the last attempt.
    pub status: Option<i64>,
    pub error: Option<String>,
}

impl Delivery {
    pub fn id(&self) -> String {
        super::id(self.endpoint, self.position, &self.mark)
    }

    pub fn conversation(&self) -> Option<&str> {
        self.line.as_deref().filter(|_| self.seq.is_some())
    }
}

/// Which deliveries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub kind: Option<String>,
    pub conversation: Option<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Filter {
    fn admits(&self, delivery: &Delivery) -> bool {
        let kind = self.kind.as_ref();
        let conversation = self.conversation.as_deref();
        self.state.is_none_or(|state| delivery.state == state)
            && kind.is_none_or(|kind| delivery.kind == *kind)
            && conversation.is_none_or(|id| delivery.conversation() == Some(id))
            && self.from.is_none_or(|from| delivery.at >= from)
            && self.to.is_none_or(|to| delivery.at <= to)
    }
}

/// Where a page ends. At one position the endpoint with the smaller number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub position: Position,
    pub endpoint: i64,
}

#[derive(Debug, Default)]
pub struct Page {
    pub deliveries: Vec<Delivery>,
    /// Where to go on, if there may be more.
    pub next: Option<Place>,
}

/// The deliveries of some endpoints, newest first.
pub fn page(
    view: &mut View<'_>,
    endpoints: &[i64],
    filter: &Filter,
    after: Option<Place>,
    limit: usize,
) -> Result<Page, Error> {
    let latest = match filter.to {
        Some(to) => log::before(view, to.plus_seconds(SLACK_SECONDS))?,
        None => Position::MAX - 1,
    };
    let at_once = (READ_AT_ONCE / endpoints.len().max(1)).clamp(8, 500);
    let cursors = match filter.state {
        Some(State::Pending) => tallies(view)?,
        _ => HashMap::new(),
    };
    let mut streams = Vec::with_capacity(endpoints.len());
    let mut heads = BinaryHeap::new();
    for endpoint in endpoints {
        let mut before = latest + 1;
        if let Some(place) = after {
            // At the place itself only those that come after it.
            let is_behind = *endpoint > place.endpoint;
            let behind = place.position.saturating_add(i64::from(is_behind));
            before = before.min(behind);
        }
        let mut stream = Stream {
            endpoint: *endpoint,
            before,
            fresh_after: cursors.get(endpoint).map_or(0, |tally| tally.cursor),
            at_once,
            read: VecDeque::new(),
            has_ended: false,
        };
        if let Some(first) = stream.head(view, filter)? {
            heads.push((first, Reverse(*endpoint), streams.len()));
        }
        streams.push(stream);
    }
    let mut page = Page::default();
    let mut scanned = 0;
    while let Some((_, _, index)) = heads.pop() {
        let stream = &mut streams[index];
        let Some(delivery) = stream.read.pop_front() else {
            continue;
        };
        let place = Place {
            position: delivery.position,
            endpoint: delivery.endpoint,
        };
        let is_too_old = filter
            .from
            .is_some_and(|from| delivery.at < from.plus_seconds(-SLACK_SECONDS));
        if is_too_old {
            return Ok(page);
        }
        if let Some(next) = stream.head(view, filter)? {
            heads.push((next, Reverse(stream.endpoint), index));
        }
        scanned += 1;
        if filter.admits(&delivery) {
            page.deliveries.push(delivery);
        }
        if page.deliveries.len() >= limit || scanned >= MOST_SCANNED {
            page.next = (!heads.is_empty()).then_some(place);
            return Ok(page);
        }
    }
    Ok(page)
}

/// The deliveries of one endpoint, read a piece at a time.
struct Stream {
    endpoint: i64,
    before: Position,
    /// After it there may be fresh ones, which are in no index.
    fresh_after: Position,
    at_once: usize,
    read: VecDeque<Delivery>,
    has_ended: bool,
}

impl Stream {
    /// The position of the next one.
    fn head(&mut self, view: &mut View<'_>, filter: &Filter) -> Result<Option<Position>, Error> {
        while self.read.is_empty() && !self.has_ended {
            self.read_on(view, filter)?;
        }
        Ok(self.read.front().map(|delivery| delivery.position))
    }

    fn read_on(&mut self, view: &mut View<'_>, filter: &Filter) -> Result<(), Error> {
        let limit = self.at_once as i64;
        let (endpoint, before) = (self.endpoint, self.before);
        let common = params![endpoint, before, limit];
        let is_fresh_part = before - 1 > self.fresh_after;
        let found = match (&filter.conversation, filter.state) {
            (Some(conversation), _) => {
                let params = params![endpoint, before, limit, conversation];
                view.query(&OF_CONVERSATION, params, read)?
            }
            (None, Some(State::GivenUp)) => view.query(&GIVEN_UP_ONES, common, read)?,
            (None, Some(State::Pending)) if !is_fresh_part => view.query(&PARKED, common, read)?,
            _ => view.query(&NEWEST, common, read)?,
        };
        self.has_ended = found.len() < self.at_once;
        if let Some(last) = found.last() {
            self.before = last.position;
        }
        self.read.extend(found);
        Ok(())
    }
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Delivery, Refusal> {
    let parts = parse_id(id).ok_or(Refusal::NotFound("delivery"))?;
    let (endpoint, position, mark) = parts;
    let found = view.one(&ONE, params![endpoint, position], read)?;
    found
        .filter(|delivery| delivery.mark == mark)
        .ok_or(Refusal::NotFound("delivery"))
}

/// What is sent.
pub fn body(
    view: &mut View<'_>,
    delivery: &Delivery,
    dialect: Dialect,
) -> Result<Option<Vec<u8>>, Error> {
    rows::body(view, delivery.position, dialect.as_str())
}

/// One HTTP request, as it is shown. Times are microseconds.
#[derive(Debug, Clone)]
pub struct Record {
    pub number: i64,
    pub at: Timestamp,
    pub url: String,
    pub request_headers: String,
    pub status: Option<i64>,
    pub response_headers: Option<String>,
    pub response: Option<String>,
    pub truncated: bool,
    pub error: Option<String>,
    pub detail: Option<String>,
    pub address: Option<String>,
    pub reused: bool,
    pub dns: Option<i64>,
    pub connect: Option<i64>,
    pub tls: Option<i64>,
    pub first_byte: Option<i64>,
    pub total: i64,
}

impl Record {
    /// Of an attempt that is kept nowhere.
    pub(crate) fn of(attempt: Attempt) -> Self {
        Self {
            number: 1,
            at: attempt.at,
            url: attempt.url.to_string(),
            request_headers: attempt.request_headers,
            status: attempt.status,
            response_headers: attempt.response_headers,
            response: attempt.response,
            truncated: attempt.truncated,
            error: attempt.error.map(str::to_owned),
            detail: attempt.detail,
            address: attempt.address,
            reused: attempt.reused,
            dns: attempt.dns,
            connect: attempt.connect,
            tls: attempt.tls,
            first_byte: attempt.first_byte,
            total: attempt.total,
        }
    }
}

/// The latest attempts of a delivery, the first of them first.
pub fn attempts(view: &mut View<'_>, delivery: &Delivery) -> Result<Vec<Record>, Error> {
    let params = params![delivery.endpoint, delivery.position, MOST_ATTEMPTS];
    let mut found = view.query(&ATTEMPTS, params, read_attempt)?;
    found.reverse();
    Ok(found)
}

/// How it goes with an endpoint.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    pub tally: Tally,
    pub oldest_pending: Option<Timestamp>,
    /// How long the latest attempts took, in microseconds, in order.
    pub latencies: Vec<i64>,
}

#[derive(Debug, Clone, Default)]
pub struct Tally {
    cursor: Position,
    pub made: i64,
    pub delivered: i64,
    pub given_up: i64,
    pub attempts: i64,
    pub failed_attempts: i64,
    pub last_success_at: Option<Timestamp>,
    pub last_failure_at: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
}

impl Tally {
    /// Deliveries that wait.
    pub fn backlog(&self) -> i64 {
        (self.made - self.delivered - self.given_up).max(0)
    }
}

impl Stats {
    /// The time within which this share of the latest attempts ended.
    pub fn latency(&self, share: f64) -> Option<i64> {
        let last = self.latencies.len().checked_sub(1)?;
        let index = (share.clamp(0.0, 1.0) * last as f64).round();
        self.latencies.get(index as usize).copied()
    }
}

fn tallies(view: &mut View<'_>) -> Result<HashMap<i64, Tally>, Error> {
    let found = view.query(&TALLIES, params![], |row| {
        let mut columns = row.columns_from(0);
        let endpoint: i64 = columns.next()?;
        let tally = Tally {
            cursor: columns.next()?,
            made: columns.next()?,
            delivered: columns.next()?,
            given_up: columns.next()?,
            attempts: columns.next()?,
            failed_attempts: columns.next()?,
            last_success_at: columns.next()?,
            last_failure_at: columns.next()?,
            failing_since: columns.next()?,
        };
        Ok((endpoint, tally))
    })?;
    Ok(found.into_iter().collect())
}

/// Of these endpoints, in their order.
pub fn stats(view: &mut View<'_>, endpoints: &[i64]) -> Result<Vec<Stats>, Error> {
    let mut tallies = tallies(view)?;
    let mut all = Vec::with_capacity(endpoints.len());
    for endpoint in endpoints {
        let tally = tallies.remove(endpoint).unwrap_or_default();
        let oldest_pending = oldest_pending(view, *endpoint, &tally)?;
        let timed = params![*endpoint, MOST_TIMED];
        let mut latencies = view.query(&TIMED, timed, |row| row.get(0))?;
        latencies.sort_unstable();
        all.push(Stats {
            tally,
            oldest_pending,
            latencies,
        });
    }
    Ok(all)
}

/// What waits for an endpoint.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub endpoint: String,
    pub is_disabled: bool,
    pub deliveries: i64,
    pub oldest: Option<Timestamp>,
}

/// Of every endpoint; cheap where nothing waits.
pub fn waiting(view: &mut View<'_>) -> Result<Vec<Waiting>, Error> {
    let mut tallies = tallies(view)?;
    let mut all = Vec::new();
    for (number, endpoint, is_disabled) in endpoints::rows::brief(view)? {
        let tally = tallies.remove(&number).unwrap_or_default();
        let deliveries = tally.backlog();
        let oldest = match deliveries {
            0 => None,
            _ => oldest_pending(view, number, &tally)?,
        };
        all.push(Waiting {
            endpoint,
            is_disabled,
            deliveries,
            oldest,
        });
    }
    Ok(all)
}

fn oldest_pending(
    view: &mut View<'_>,
    endpoint: i64,
    tally: &Tally,
) -> Result<Option<Timestamp>, Error> {
    let at = |row: &Row<'_>| row.get::<Timestamp>(0);
    let fresh = view.one(&OLDEST_FRESH, params![endpoint, tally.cursor], at)?;
    let parked = view.one(&OLDEST_PARKED, params![endpoint], at)?;
    Ok(fresh.into_iter().chain(parked).min())
}

fn read(row: &Row<'_>) -> Result<Delivery, Error> {
    let mut columns = row.columns_from(0);
    Ok(Delivery {
        endpoint: columns.next()?,
        position: columns.next()?,
        mark: columns.next()?,
        kind: columns.next()?,
        line: columns.next()?,
        seq: columns.next()?,
        at: columns.next()?,
        state: State::of(columns.next()?),
        attempts: columns.next()?,
        attempts_before: columns.next()?,
        next_at: columns.next()?,
        settled_at: columns.next()?,
        status: columns.next()?,
        error: columns.next()?,
    })
}

fn read_attempt(row: &Row<'_>) -> Result<Record, Error> {
    let mut columns = row.columns_from(0);
    Ok(Record {
        number: columns.next()?,
        at: columns.next()?,
        url: columns.next()?,
        request_headers: columns.next()?,
        status: columns.next()?,
        response_headers: columns.next()?,
        response: columns.next()?,
        truncated: columns.next()?,
        error: columns.next()?,
        detail: columns.next()?,
        address: columns.next()?,
        reused: columns.next()?,
        dns: columns.next()?,
        connect: columns.next()?,
        tls: columns.next()?,
        first_byte: columns.next()?,
        total: columns.next()?,
    })
}
