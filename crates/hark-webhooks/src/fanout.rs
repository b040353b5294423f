//! The reader of the event log that makes deliveries: which endpoints want an event, and what is
//! written to them, from the state of that moment. It looks and writes without holding up the chat:
//! bodies are rendered in a look at the store, and only rows are inserted in the command.
//!
//! Who keeps up gets deliveries at once. For the others the reader only counts what they want, and
//! remembers where that begins: a [stretch](crate::stretches), from which it makes their deliveries
//! ([`later`]) when they have room.

mod later;
mod pace;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hark_model::events::{Event, Kind, Recorded};
use hark_model::{Policies, Policy};
use hark_store::{Error, Position, Result, Timestamp, Tx, View, lease, log};

use self::later::Turns;
use self::pace::Pace;
use crate::deliveries::{self, Item, NewDeliveries};
use crate::dialects::Dialect;
use crate::endpoints::{self, Endpoint};
use crate::lane::{Intakes, Memory};
use crate::moment::{Moment, Needs, RenderContext};
use crate::parts::Parts;
use crate::stretches::{self, Stretch};
use crate::{LEASE, READER, catalogue};

const EVENTS_AT_ONCE: usize = 256;
/// Bodies of one round; the events after that have their turn in the next.
const BYTES_AT_ONCE: usize = 8 * 1024 * 1024;
/// How far, and for how long, the reader goes on without writing down where it is, when there is
/// nothing else to write.
const UNWRITTEN_EVENTS: i64 = 1_000;
const UNWRITTEN_TIME: Duration = Duration::from_secs(5);
/// How long it may be unwritten how many events wait in the log.
const UNCOUNTED_TIME: Duration = Duration::from_secs(1);
/// How much of the log is counted anew at a start, when nothing in it was wanted by those who wait.
const UNCOUNTED_EVENTS: i64 = 10_000;

/// What waits in the log for each endpoint that does not keep up, the oldest first.
type Behind = BTreeMap<i64, Vec<Stretch>>;

/// The endpoints as they are, and by which numbers that is known.
#[derive(Clone)]
pub(crate) struct Known {
    endpoints_revision: i64,
    policy: Arc<Policy>,
    pub(crate) endpoints: Arc<Vec<Arc<Endpoint>>>,
}

impl Known {
    pub(crate) fn look(
        view: &mut View<'_>,
        policies: &Policies,
        before: Option<&Self>,
    ) -> Result<Self> {
        let policy = policies.at(view)?;
        let endpoints_revision = view.revision(endpoints::REVISION)?.number;
        if let Some(before) = before
            && before.endpoints_revision == endpoints_revision
            && before.policy.revision == policy.revision
        {
            return Ok(before.clone());
        }
        let endpoints = endpoints::all(view, policies.keys(), &policy)?;
        Ok(Self {
            endpoints_revision,
            policy,
            endpoints: Arc::new(endpoints),
        })
    }

    /// Whether this is the same copy.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.endpoints, &other.endpoints)
    }
}

/// Deliveries that are to be made, and what they carry.
#[derive(Debug, Default)]
struct ToMake {
    bodies: Vec<(Position, Dialect, Bytes)>,
    bytes: usize,
    deliveries: Vec<NewDeliveries>,
}

/// Deliveries that were made, and the mark of each.
#[derive(Debug, Default)]
pub(crate) struct Made {
    to_make: Arc<ToMake>,
    marks: Vec<String>,
}

/// What one look at the log gave.
struct Round {
    known: Known,
    after: Position,
    upto: Position,
    to_make: ToMake,
    /// What waits in the log, by endpoint.
    held: BTreeMap<i64, Held>,
    /// Endpoints that are behind and ask for something else now.
    ended: Vec<i64>,
    news: News,
}

/// Events that wait in the log.
struct Held {
    endpoint: Arc<Endpoint>,
    first: Position,
    count: i64,
}

/// What follows from a piece of the log for the lanes and for replays.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// The last fresh delivery of each endpoint.
    pub(crate) fresh_to: HashMap<i64, Position>,
    pub(crate) made: Made,
    /// Someone asked for deliveries to be sent again.
    pub(crate) parked: bool,
    pub(crate) replays: bool,
    /// An endpoint or a setting was changed.
    changed: bool,
    pub(crate) more: bool,
}

pub(crate) struct Fanout {
    with: Parts,
    owner: Arc<str>,
    position: Position,
    written: Position,
    written_at: Instant,
    known: Known,
    behind: Arc<Behind>,
    /// What waits in the log and is not counted on disk yet, by endpoint.
    uncounted: BTreeMap<i64, i64>,
    counted_at: Instant,
    /// Up to here all is counted on disk.
    counted: Position,
    pace: Pace,
    turns: Turns,
}

impl Fanout {
    pub(crate) async fn begin(with: &Parts, owner: &Arc<str>) -> Result<Self> {
        let policies = Arc::clone(&with.policies);
        let look = move |view: &mut View<'_>| -> Result<_> {
            let position = log::reader(view, READER)?;
            let known = Known::look(view, &policies, None)?;
            let behind = stretches::all(view)?;
            let uncounted = later::uncounted(view, &known, &behind, position)?;
            Ok((position, known, behind, uncounted))
        };
        let (position, known, behind, uncounted) = with.store.read(look).await?;
        Ok(Self {
            with: with.clone(),
            owner: Arc::clone(owner),
            position,
            written: position,
            written_at: Instant::now(),
            known,
            counted: later::counted(&behind).unwrap_or(position),
            behind: Arc::new(behind),
            uncounted,
            counted_at: Instant::now(),
            pace: Pace::default(),
            turns: Turns::default(),
        })
    }

    pub(crate) const fn known(&self) -> &Known {
        &self.known
    }

    /// Up to here the deliveries of an endpoint are made.
    pub(crate) fn made_to(&self, endpoint: i64) -> Position {
        let waiting = self.behind.get(&endpoint).and_then(|all| all.first());
        waiting.map_or(self.position, |stretch| stretch.reached)
    }

    /// Whether somebody does not keep up.
    pub(crate) fn is_behind(&self) -> bool {
        !self.behind.is_empty()
    }

    /// When it is time to write down how much waits in the log.
    pub(crate) fn counts_in(&self) -> Option<Duration> {
        let left = || UNCOUNTED_TIME.saturating_sub(self.counted_at.elapsed());
        (!self.uncounted.is_empty()).then(left)
    }

    /// Goes through the next events. Answers what came of it.
    pub(crate) async fn turn(&mut self, lanes: &Intakes) -> Result<News> {
        let (with, known, position) = (self.with.clone(), self.known.clone(), self.position);
        let behind = Arc::clone(&self.behind);
        let slow = self.pace.slow(&self.known, &self.behind, lanes);
        let look = move |view: &mut View<'_>| round(view, &with, &known, &behind, &slow, position);
        let mut round = self.with.store.read(look).await?;
        let passed = round.upto - self.written;
        let is_due = !round.to_make.deliveries.is_empty()
            || round.news.changed
            || self.changes_stretches(&round)
            || self.counts_in() == Some(Duration::ZERO)
            || passed >= UNWRITTEN_EVENTS
            || (passed > 0 && self.written_at.elapsed() >= UNWRITTEN_TIME);
        let mut news = std::mem::take(&mut round.news);
        let (known, upto) = (round.known.clone(), round.upto);
        if is_due {
            news.made = self.write(round).await?;
        } else {
            self.note_held(&round);
        }
        self.known = known;
        self.position = upto;
        Ok(news)
    }

    /// Whether for some endpoint a stretch begins or ends.
    fn changes_stretches(&self, round: &Round) -> bool {
        let begins = |number: &i64| !self.goes_on(round, *number);
        !round.ended.is_empty() || round.held.keys().any(begins)
    }

    /// Whether what an endpoint wants waits in the stretch in which its events wait already.
    fn goes_on(&self, round: &Round, number: i64) -> bool {
        let is_open = |stretch: &Stretch| stretch.ended.is_none();
        let known = self.behind.get(&number).and_then(|all| all.last());
        known.is_some_and(is_open) && !round.ended.contains(&number)
    }

    fn is_counted(&mut self, upto: Position) {
        self.uncounted.clear();
        self.counted_at = Instant::now();
        self.counted = upto;
    }

    fn note_held(&mut self, round: &Round) {
        if self.uncounted.is_empty() {
            // Its time begins with the first.
            self.counted_at = Instant::now();
        }
        for (number, held) in &round.held {
            *self.uncounted.entry(*number).or_default() += held.count;
        }
    }

    /// Deliveries, what waits and the reader's position are written together, by the node that
    /// delivers, and only from the position at which the last ones ended: so that none is made twice.
    async fn write(&mut self, round: Round) -> Result<Made> {
        let now = self.with.store.clock().now();
        let (owner, from) = (Arc::clone(&self.owner), self.written);
        let (after, upto) = (round.after, round.upto);
        let changes = self.changes_stretches(&round);
        let is_counted = changes
            || self.counts_in() == Some(Duration::ZERO)
            || (self.is_behind() && upto - self.counted >= UNCOUNTED_EVENTS);
        if !is_counted {
            self.note_held(&round);
        }
        let begins: Vec<(i64, Position, Vec<String>)> = round
            .held
            .iter()
            .filter(|(number, _)| !self.goes_on(&round, **number))
            .map(|(number, held)| (*number, held.first - 1, held.endpoint.asked().to_vec()))
            .collect();
        let before = self.uncounted.clone();
        let held = round.held.iter();
        let more: BTreeMap<i64, i64> = held.map(|(number, held)| (*number, held.count)).collect();
        let Round { to_make, ended, .. } = round;
        let to_make = Arc::new(to_make);
        let made = Arc::clone(&to_make);
        let command = move |tx: &mut Tx<'_>| -> Result<(Vec<String>, Option<Behind>)> {
            guard(tx, now, &owner, from)?;
            if is_counted {
                stretches::count(tx, &before, after)?;
                for number in &ended {
                    stretches::end(tx, *number, after)?;
                }
                for (number, began, events) in &begins {
                    stretches::open(tx, *number, *began, events)?;
                }
                stretches::count(tx, &more, upto)?;
            }
            if changes {
                stretches::hold_log(tx, now)?;
            }
            let marks = deliveries::make(tx, &made.bodies, &made.deliveries)?;
            log::move_reader(tx, now, READER, upto)?;
            Ok((marks, changes.then(|| stretches::all(tx)).transpose()?))
        };
        let (marks, behind) = self.with.store.write(command).await?;
        self.pace.note(&to_make.deliveries);
        if let Some(behind) = behind {
            self.behind = Arc::new(behind);
        }
        if is_counted {
            self.is_counted(upto);
        }
        self.written = upto;
        self.written_at = Instant::now();
        Ok(Made { to_make, marks })
    }
}

/// Only the node that delivers goes on, and only from where it ended.
fn guard(tx: &mut Tx<'_>, now: Timestamp, owner: &str, from: Position) -> Result<()> {
    if !lease::pin(tx, now, LEASE, owner)? || log::reader(tx, READER)? != from {
        return Err(Error::Unavailable("another node delivers now".into()));
    }
    Ok(())
}

fn round(
    view: &mut View<'_>,
    with: &Parts,
    known: &Known,
    behind: &Behind,
    slow: &HashSet<i64>,
    after: Position,
) -> Result<Round> {
    let known = Known::look(view, &with.policies, Some(known))?;
    let context = with.context(Arc::clone(&known.policy));
    let events = log::after(view, after, EVENTS_AT_ONCE)?;
    let endpoints = Arc::clone(&known.endpoints);
    let mut round = Round {
        after,
        upto: after,
        to_make: ToMake::default(),
        held: BTreeMap::new(),
        ended: ended(&known, behind),
        news: News {
            more: events.len() >= EVENTS_AT_ONCE,
            ..News::default()
        },
        known,
    };
    for event in events {
        if round.to_make.bytes >= BYTES_AT_ONCE {
            round.news.more = true;
            break;
        }
        round.upto = event.position;
        let Some(recorded) = Recorded::parse_or_log(event) else {
            continue;
        };
        round.news.note(recorded.kind());
        let mut wanting: Vec<&Arc<Endpoint>> = endpoints.iter().collect();
        wanting.retain(|endpoint| endpoint.wants(&recorded));
        let keeps_up = |endpoint: &&Arc<Endpoint>| {
            !behind.contains_key(&endpoint.number) && !slow.contains(&endpoint.number)
        };
        let (at_once, later): (Vec<_>, Vec<_>) = wanting.into_iter().partition(keeps_up);
        for endpoint in later {
            let held = round.held.entry(endpoint.number).or_insert_with(|| Held {
                endpoint: Arc::clone(endpoint),
                first: recorded.position,
                count: 0,
            });
            held.count += 1;
        }
        let made = round
            .to_make
            .add(view, &context, &recorded, &at_once, &BTreeSet::new())?;
        for number in made {
            round.news.fresh_to.insert(number, recorded.position);
        }
    }
    Ok(round)
}

impl Made {
    /// The deliveries of some endpoints as their lanes hold them. They share the bodies.
    pub(crate) fn items(
        self,
        takers: &HashMap<i64, Dialect>,
        memory: &Memory,
    ) -> HashMap<i64, Vec<Item>> {
        let mut items: HashMap<i64, Vec<Item>> = HashMap::new();
        if takers.is_empty() {
            return items;
        }
        let longest = memory.longest();
        let bodies = self.to_make.bodies.iter();
        let bodies: HashMap<(Position, Dialect), Bytes> = bodies
            .filter(|(_, _, body)| body.len() <= longest)
            .map(|(position, dialect, body)| ((*position, *dialect), memory.hold(body.clone())))
            .collect();
        for (made, mark) in self.to_make.deliveries.iter().zip(self.marks) {
            for number in &made.endpoints {
                if let Some(dialect) = takers.get(number) {
                    let body = bodies.get(&(made.position, *dialect)).cloned();
                    let item = made.item(mark.clone(), body);
                    items.entry(*number).or_default().push(item);
                }
            }
        }
        items
    }
}

/// Endpoints that ask for something else than in the stretch in which their events wait.
fn ended(known: &Known, behind: &Behind) -> Vec<i64> {
    let asks_anew = |endpoint: &&Arc<Endpoint>| {
        let stretch = behind.get(&endpoint.number).and_then(|all| all.last());
        stretch.is_some_and(|one| one.ended.is_none() && one.events != endpoint.asked())
    };
    let endpoints = known.endpoints.iter().filter(asks_anew);
    endpoints.map(|endpoint| endpoint.number).collect()
}

impl ToMake {
    /// The deliveries of one event for those who want it. Bodies that are written already are not
    /// written again. Answers which endpoints get one: what an event tells of may be gone.
    fn add(
        &mut self,
        view: &mut View<'_>,
        context: &RenderContext,
        recorded: &Recorded,
        wanting: &[&Arc<Endpoint>],
        written: &BTreeSet<(Position, Dialect)>,
    ) -> Result<Vec<i64>> {
        let is_written = |dialect: Dialect| written.contains(&(recorded.position, dialect));
        let mut dialects: Vec<Dialect> = wanting.iter().map(|endpoint| endpoint.dialect).collect();
        dialects.retain(|dialect| !is_written(*dialect));
        let bodies = bodies(view, context, recorded, dialects)?;
        let has_body = |endpoint: &&&Arc<Endpoint>| {
            let mut made = bodies.iter().map(|(dialect, _)| *dialect);
            is_written(endpoint.dialect) || made.any(|dialect| dialect == endpoint.dialect)
        };
        let getting = wanting.iter().filter(has_body);
        let numbers: Vec<i64> = getting.map(|endpoint| endpoint.number).collect();
        self.bytes += bodies.iter().map(|(_, body)| body.len()).sum::<usize>();
        let bodies = bodies.into_iter();
        self.bodies
            .extend(bodies.map(|(dialect, body)| (recorded.position, dialect, body)));
        if !numbers.is_empty() {
            let deliveries = NewDeliveries::of(numbers.clone(), recorded);
            self.deliveries.push(deliveries);
        }
        Ok(numbers)
    }
}

impl News {
    fn note(&mut self, kind: Kind) {
        match kind {
            Kind::EndpointCreated
            | Kind::EndpointChanged
            | Kind::EndpointRemoved
            | Kind::EndpointPaused
            | Kind::EndpointDisabled
            | Kind::EndpointFailing
            | Kind::EndpointSecretRotated
            | Kind::SettingChanged => self.changed = true,
            Kind::EndpointResumed | Kind::EndpointRecovered | Kind::EndpointShed => {
                self.changed = true;
                self.parked = true;
            }
            Kind::DeliveryResent => self.parked = true,
            Kind::ReplayStarted => self.replays = true,
            _ => {}
        }
    }
}

/// What each of some dialects says of an event.
pub(crate) fn bodies(
    view: &mut View<'_>,
    context: &RenderContext,
    recorded: &Recorded,
    mut dialects: Vec<Dialect>,
) -> Result<Vec<(Dialect, Bytes)>> {
    dialects.sort_unstable();
    dialects.dedup();
    if let Event::SampleTriggered(sample) = &recorded.event {
        // Its body is that of the catalogue.
        let kind = catalogue::find(&sample.kind);
        let example = |dialect| Some((dialect, catalogue::example(kind?, dialect)?.into()));
        return Ok(dialects.into_iter().filter_map(example).collect());
    }
    let mut written = Vec::new();
    let mut moment: Option<(Needs, Moment<'_>)> = None;
    for dialect in dialects {
        let needs = dialect.needs(recorded);
        // Looked up once for all dialects that need the same.
        let looked_up = match moment.take() {
            Some((known, moment)) if known == needs => moment,
            _ => Moment::look_up(view, context, recorded, needs)?,
        };
        match rendered(dialect, &looked_up) {
            Some(body) => written.push((dialect, Bytes::from(body))),
            None => tracing::debug!(
                position = recorded.position,
                kind = recorded.kind().as_str(),
                dialect = dialect.as_str(),
                "what an event tells of is gone"
            ),
        }
        moment = Some((needs, looked_up));
    }
    Ok(written)
}

/// One event that a dialect cannot cope with must not hold up all that come after it.
fn rendered(dialect: Dialect, moment: &Moment<'_>) -> Option<Vec<u8>> {
    let render = AssertUnwindSafe(|| dialect.render(moment));
    catch_unwind(render).unwrap_or_else(|_| {
        tracing::error!(
            position = moment.recorded.position,
            kind = moment.recorded.kind().as_str(),
            dialect = dialect.as_str(),
            "an event could not be written for webhooks; it is left out"
        );
        None
    })
}
