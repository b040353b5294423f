//! Deliveries as people look at them: newest first, a page at a time, with their attempts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, VecDeque};

use hark_store::{
    Position, Record as _, Result, Row, Timestamp, View, log, params, record, sql, statements,
    text_enum,
};

use super::{Attempt, DELIVERED, parse_id};
use crate::classes::CLASSES;
use crate::{Refusal, stretches};

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

const PARKED_ONES: &str =
    " WHERE endpoint = $1 AND position < $2 AND state = 1 ORDER BY position DESC LIMIT $3";
const GIVEN_UP_ONES: &str =
    " WHERE endpoint = $1 AND position < $2 AND state = 3 ORDER BY position DESC LIMIT $3";

statements! {
    /// Primary key, from its end.
    NEWEST = sql!("SELECT ", Delivery::COLUMNS, " FROM delivery WHERE endpoint = $1 AND position < $2 ORDER BY position DESC LIMIT $3");
    /// delivery_parked, from its end. SQLite would take the primary key, and walk over all that has arrived.
    PARKED = sql!("SELECT ", Delivery::COLUMNS, " FROM delivery INDEXED BY delivery_parked", PARKED_ONES),
        postgres = sql!("SELECT ", Delivery::COLUMNS, " FROM delivery", PARKED_ONES);
    /// delivery_given_up, from its end, for the same reason.
    GIVEN_UP = sql!("SELECT ", Delivery::COLUMNS, " FROM delivery INDEXED BY delivery_given_up", GIVEN_UP_ONES),
        postgres = sql!("SELECT ", Delivery::COLUMNS, " FROM delivery", GIVEN_UP_ONES);
    /// Both of these.
    NOT_DELIVERED = sql!("SELECT ", Delivery::COLUMNS, " FROM (
            SELECT * FROM (SELECT ", Delivery::COLUMNS, " FROM delivery INDEXED BY delivery_parked", PARKED_ONES, ") AS parked
            UNION ALL
            SELECT * FROM (SELECT ", Delivery::COLUMNS, " FROM delivery INDEXED BY delivery_given_up", GIVEN_UP_ONES, ") AS given_up
        ) AS delivery ORDER BY position DESC LIMIT $3"),
        postgres = sql!("SELECT ", Delivery::COLUMNS, " FROM (
            SELECT * FROM (SELECT ", Delivery::COLUMNS, " FROM delivery", PARKED_ONES, ") AS parked
            UNION ALL
            SELECT * FROM (SELECT ", Delivery::COLUMNS, " FROM delivery", GIVEN_UP_ONES, ") AS given_up
        ) AS delivery ORDER BY position DESC LIMIT $3");
    /// event_by_conversation, from its end, then primary keys.
    OF_CONVERSATION = sql!("SELECT ", Delivery::COLUMNS, " FROM event JOIN delivery ON delivery.endpoint = $1 AND delivery.position = event.position
        WHERE event.conversation = $4 AND event.position < $2 ORDER BY event.seq DESC LIMIT $3");
    /// Primary key.
    ONE = sql!("SELECT ", Delivery::COLUMNS, " FROM delivery WHERE endpoint = $1 AND position = $2");
    /// Primary key, from its end.
    ATTEMPTS = sql!("SELECT ", Attempt::COLUMNS, " FROM attempt WHERE endpoint = $1 AND position = $2 ORDER BY number DESC LIMIT $3");
    TIMED = "SELECT total FROM attempt WHERE endpoint = $1 ORDER BY position DESC, number DESC LIMIT $2";
    /// Primary key, from its end.
    HALF_HOURS = sql!("SELECT ", HalfHour::COLUMNS, " FROM half_hour WHERE endpoint = $1 AND begins >= $2 ORDER BY begins DESC LIMIT $3");
    /// A small table.
    TALLIES = sql!("SELECT ", Tally::COLUMNS, ", lane.endpoint FROM lane ORDER BY endpoint");
    /// Primary key: up to the cursor none is fresh.
    OLDEST_FRESH = "SELECT at FROM delivery WHERE endpoint = $1 AND position > $2 AND state = 0 ORDER BY position LIMIT 1";
    /// Primary key.
    OLDEST_IN_LOG = "SELECT at FROM event WHERE position > $1 ORDER BY position LIMIT 1";
    /// delivery_parked.
    OLDEST_PARKED = "SELECT at FROM delivery INDEXED BY delivery_parked WHERE endpoint = $1 AND state = 1 ORDER BY position LIMIT 1",
        postgres = "SELECT at FROM delivery WHERE endpoint = $1 AND state = 1 ORDER BY position LIMIT 1";
}

text_enum! {
    pub enum State {
        /// It has not been sent yet, or is to be sent again.
        Pending = "pending",
        Delivered = "delivered",
        GivenUp = "given-up",
    }
}

impl State {
    const fn of(stored: i64) -> Self {
        match stored {
            DELIVERED => Self::Delivered,
            super::GIVEN_UP => Self::GivenUp,
            _ => Self::Pending,
        }
    }
}

text_enum! {
    /// By how it stands with them deliveries are looked for.
    pub enum Standing {
        Pending = "pending",
        Delivered = "delivered",
        GivenUp = "given-up",
        /// All that has not arrived: it waits, or was given up.
        NotDelivered = "not-delivered",
    }
}

impl Standing {
    fn admits(self, state: State) -> bool {
        match self {
            Self::Pending => state == State::Pending,
            Self::Delivered => state == State::Delivered,
            Self::GivenUp => state == State::GivenUp,
            Self::NotDelivered => state != State::Delivered,
        }
    }
}

record! {
    #[derive(Debug, Clone)]
    pub struct Delivery from "delivery" {
        pub endpoint: i64,
        pub position: Position,
        mark: String,
        pub kind: String,
        /// What it keeps its order with: a conversation, or an agent.
        pub order_key: Option<String>,
        pub seq: Option<i64>,
        /// When it happened of which it tells.
        pub at: Timestamp,
        pub state: State => State::of,
        pub attempts: i64,
        /// How many of them were before someone asked for it to be sent again.
        pub attempts_before: i64,
        pub next_at: Option<Timestamp>,
        pub settled_at: Option<Timestamp>,
        /// Of the last attempt.
        pub status: Option<i64>,
        pub error: Option<String>,
    }
}

impl Delivery {
    pub fn id(&self) -> String {
        super::id(self.endpoint, self.position, &self.mark)
    }

    pub fn conversation(&self) -> Option<&str> {
        self.order_key.as_deref().filter(|_| self.seq.is_some())
    }
}

record! {
    /// How it went with an endpoint in half an hour.
    #[derive(Debug, Clone)]
    pub struct HalfHour from "half_hour" {
        pub begins: Timestamp,
        pub delivered: i64,
        pub failed_attempts: i64,
        /// Of the deliveries that were first tried then: how many, how long they had waited together, and
        /// the longest of them, in milliseconds.
        pub first_requests: i64,
        pub waited: i64,
        pub longest: i64,
        pub spread: FirstRequests = record,
    }
}

record! {
    /// Of deliveries that were first tried: how many had waited for how long.
    #[derive(Debug, Clone, Default)]
    pub struct FirstRequests from "half_hour" {
        within_100: i64,
        within_200: i64,
        within_500: i64,
        within_1000: i64,
        within_2000: i64,
        within_5000: i64,
        within_15000: i64,
        within_60000: i64,
        within_300000: i64,
        later: i64,
    }
}

/// Up to how many milliseconds each of the counts of [`FirstRequests`] goes; the last one has no end.
pub(super) const WAITED_UP_TO: [i64; 9] =
    [100, 200, 500, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000];

/// Which of the counts a time is in.
pub(super) fn stretch_of(waited: i64) -> usize {
    let bounds = WAITED_UP_TO.iter();
    bounds.take_while(|bound| waited > **bound).count()
}

impl FirstRequests {
    /// How many had waited up to how many milliseconds and longer than those before; without a bound of the longest. What there is none
    /// of is left out.
    pub fn each(&self) -> Vec<(Option<i64>, i64)> {
        let bounds = WAITED_UP_TO.into_iter().map(Some).chain([None]);
        let each = bounds.zip(self.counts());
        each.filter(|(_, requests)| *requests > 0).collect()
    }

    const fn counts(&self) -> [i64; 10] {
        [
            self.within_100,
            self.within_200,
            self.within_500,
            self.within_1000,
            self.within_2000,
            self.within_5000,
            self.within_15000,
            self.within_60000,
            self.within_300000,
            self.later,
        ]
    }

    const fn add(&mut self, other: &Self) {
        self.within_100 += other.within_100;
        self.within_200 += other.within_200;
        self.within_500 += other.within_500;
        self.within_1000 += other.within_1000;
        self.within_2000 += other.within_2000;
        self.within_5000 += other.within_5000;
        self.within_15000 += other.within_15000;
        self.within_60000 += other.within_60000;
        self.within_300000 += other.within_300000;
        self.later += other.later;
    }
}

impl HalfHour {
    fn add(&mut self, other: &Self) {
        self.delivered += other.delivered;
        self.failed_attempts += other.failed_attempts;
        self.first_requests += other.first_requests;
        self.waited += other.waited;
        self.longest = self.longest.max(other.longest);
        self.spread.add(&other.spread);
    }
}

/// Half hours that are shown: two weeks.
const MOST_HALF_HOURS: i64 = 672;

/// The same of several endpoints together.
pub fn half_hours_of_all(
    view: &mut View<'_>,
    endpoints: &[i64],
    since: Timestamp,
) -> Result<Vec<HalfHour>> {
    let mut all: BTreeMap<Reverse<Timestamp>, HalfHour> = BTreeMap::new();
    for endpoint in endpoints {
        for half in half_hours(view, *endpoint, since)? {
            all.entry(Reverse(half.begins))
                .and_modify(|sum| sum.add(&half))
                .or_insert(half);
        }
    }
    Ok(all.into_values().collect())
}

/// How it went with an endpoint since a moment, the latest half hour first. One in which nothing was sent is left out.
pub fn half_hours(view: &mut View<'_>, endpoint: i64, since: Timestamp) -> Result<Vec<HalfHour>> {
    view.records(&HALF_HOURS, params![endpoint, since, MOST_HALF_HOURS])
}

/// Which deliveries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<Standing>,
    /// Some, or families of them (`chat.*`); all without any.
    pub kinds: Vec<String>,
    pub conversation: Option<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// What was answered last, any of these; whatever it was without any.
    pub answers: Vec<Answered>,
}

/// What came of the last attempt of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    Status(i64),
    /// A hundred of them: 5 for 500 to 599.
    Hundred(i64),
    /// There was no answer, for a reason of this class.
    Nothing(String),
}

impl Answered {
    /// `503`, `5xx`, or a class such as `timeout`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(hundred) = text.strip_suffix("xx") {
            let hundred = hundred.parse().ok();
            return hundred
                .filter(|one| (1..=5).contains(one))
                .map(Self::Hundred);
        }
        match text.parse() {
            Ok(status) => (100..600).contains(&status).then_some(Self::Status(status)),
            Err(_) => {
                let known = CLASSES.iter().any(|class| class.name == text);
                known.then(|| Self::Nothing(text.to_owned()))
            }
        }
    }

    fn is_of(&self, delivery: &Delivery) -> bool {
        match self {
            Self::Status(status) => delivery.status == Some(*status),
            Self::Hundred(hundred) => delivery
                .status
                .is_some_and(|status| status / 100 == *hundred),
            Self::Nothing(class) => delivery.error.as_ref() == Some(class),
        }
    }
}

fn names(wanted: &str, kind: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(family) => kind.starts_with(family),
        None => wanted == kind,
    }
}

impl Filter {
    fn admits(&self, delivery: &Delivery) -> bool {
        let kinds = &self.kinds;
        let conversation = self.conversation.as_deref();
        self.state.is_none_or(|state| state.admits(delivery.state))
            && (kinds.is_empty() || kinds.iter().any(|kind| names(kind, &delivery.kind)))
            && conversation.is_none_or(|id| delivery.conversation() == Some(id))
            && self.from.is_none_or(|from| delivery.at >= from)
            && self.to.is_none_or(|to| delivery.at <= to)
            && (self.answers.is_empty() || self.answers.iter().any(|one| one.is_of(delivery)))
    }
}

/// Where a page ends. At one position the endpoint with the smaller number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageEnd {
    pub position: Position,
    pub endpoint: i64,
}

#[derive(Debug, Default)]
pub struct Page {
    pub deliveries: Vec<Delivery>,
    /// Where to go on, if there may be more.
    pub next: Option<PageEnd>,
}

/// The deliveries of some endpoints, newest first.
pub fn page(
    view: &mut View<'_>,
    endpoints: &[i64],
    filter: &Filter,
    after: Option<PageEnd>,
    limit: usize,
) -> Result<Page> {
    let latest = match filter.to {
        Some(to) => log::before(view, to.plus_seconds(SLACK_SECONDS))?,
        None => Position::MAX - 1,
    };
    let at_once = (READ_AT_ONCE / endpoints.len().max(1)).clamp(8, 500);
    let cursors = match filter.state {
        Some(Standing::Pending | Standing::NotDelivered) => tallies(view)?,
        _ => HashMap::new(),
    };
    let mut streams = Vec::with_capacity(endpoints.len());
    let mut heads = BinaryHeap::new();
    for endpoint in endpoints {
        let mut before = latest + 1;
        if let Some(end) = after {
            // At the position itself only those of the endpoints that come after it.
            let is_behind = *endpoint > end.endpoint;
            before = before.min(end.position.saturating_add(i64::from(is_behind)));
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
        let end = PageEnd {
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
            page.next = (!heads.is_empty()).then_some(end);
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
    fn head(&mut self, view: &mut View<'_>, filter: &Filter) -> Result<Option<Position>> {
        while self.read.is_empty() && !self.has_ended {
            self.read_on(view, filter)?;
        }
        Ok(self.read.front().map(|delivery| delivery.position))
    }

    fn read_on(&mut self, view: &mut View<'_>, filter: &Filter) -> Result<()> {
        let limit = self.at_once as i64;
        let (endpoint, before) = (self.endpoint, self.before);
        let common = params![endpoint, before, limit];
        let is_fresh_part = before - 1 > self.fresh_after;
        let found: Vec<Delivery> = match (&filter.conversation, filter.state) {
            (Some(conversation), _) => {
                let params = params![endpoint, before, limit, conversation];
                view.records(&OF_CONVERSATION, params)?
            }
            (None, Some(Standing::GivenUp)) => view.records(&GIVEN_UP, common)?,
            (None, Some(Standing::Pending)) if !is_fresh_part => view.records(&PARKED, common)?,
            (None, Some(Standing::NotDelivered)) if !is_fresh_part => {
                view.records(&NOT_DELIVERED, common)?
            }
            _ => view.records(&NEWEST, common)?,
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
    let (endpoint, position, mark) = parse_id(id).ok_or(Refusal::NotFound("delivery"))?;
    let found = view.record(&ONE, params![endpoint, position])?;
    found
        .filter(|delivery: &Delivery| delivery.mark == mark)
        .ok_or(Refusal::NotFound("delivery"))
}

/// The latest attempts of a delivery, the first of them first.
pub fn attempts(view: &mut View<'_>, delivery: &Delivery) -> Result<Vec<Attempt>> {
    let params = params![delivery.endpoint, delivery.position, MOST_ATTEMPTS];
    let mut found = view.records(&ATTEMPTS, params)?;
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

record! {
    #[derive(Debug, Clone, Default)]
    pub struct Tally from "lane" {
        cursor: Position,
        /// With those that wait in the log and are made when the endpoint can take them.
        pub made: i64 = "lane.made + CAST(coalesce((SELECT sum(stretch.waiting) FROM stretch WHERE stretch.endpoint = lane.endpoint), 0) AS BIGINT)",
        pub delivered: i64,
        pub given_up: i64,
        pub attempts: i64,
        pub failed_attempts: i64,
        pub last_success_at: Option<Timestamp>,
        pub last_failure_at: Option<Timestamp>,
        pub failing_since: Option<Timestamp>,
    }
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

fn tallies(view: &mut View<'_>) -> Result<HashMap<i64, Tally>> {
    let found = view.query(&TALLIES, params![], |row| {
        Ok((row.get(Tally::WIDTH)?, Tally::read(row)?))
    })?;
    Ok(found.into_iter().collect())
}

/// Of these endpoints, in their order.
pub fn stats(view: &mut View<'_>, endpoints: &[i64]) -> Result<Vec<Stats>> {
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

/// What waits for an endpoint, and what was given up.
#[derive(Default)]
pub(crate) struct Backlog {
    pub(crate) deliveries: i64,
    pub(crate) oldest: Option<Timestamp>,
    pub(crate) given_up: i64,
}

/// What waits for each endpoint: how many deliveries, and since when the oldest of them. Cheap where
/// nothing waits.
pub(crate) fn backlogs(view: &mut View<'_>) -> Result<HashMap<i64, Backlog>> {
    let mut backlogs = HashMap::new();
    for (endpoint, tally) in tallies(view)? {
        let deliveries = tally.backlog();
        let oldest = match deliveries {
            0 => None,
            _ => oldest_pending(view, endpoint, &tally)?,
        };
        let backlog = Backlog {
            deliveries,
            oldest,
            given_up: tally.given_up,
        };
        backlogs.insert(endpoint, backlog);
    }
    Ok(backlogs)
}

fn oldest_pending(view: &mut View<'_>, endpoint: i64, tally: &Tally) -> Result<Option<Timestamp>> {
    let at = |row: &Row<'_>| row.get::<Timestamp>(0);
    let fresh = view.one(&OLDEST_FRESH, params![endpoint, tally.cursor], at)?;
    let parked = view.one(&OLDEST_PARKED, params![endpoint], at)?;
    let in_log = match stretches::reached(view, endpoint)? {
        Some(reached) => view.one(&OLDEST_IN_LOG, params![reached], at)?,
        None => None,
    };
    Ok(fresh.into_iter().chain(parked).chain(in_log).min())
}
