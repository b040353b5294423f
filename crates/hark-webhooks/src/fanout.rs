//! The reader of the event log that makes deliveries: which endpoints want an event, and what is
//! written to them, from the state of that moment. It looks and writes without holding up the chat:
//! bodies are rendered in a look at the store, and only rows are inserted in the command.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hark_chat::{Policies, Policy};
use hark_store::{Error, Event, Position, Store, Tx, View, lease, log};

use crate::catalogue;
use crate::deliveries::{self, Fresh};
use crate::dialects::Dialect;
use crate::dispatcher::LEASE;
use crate::endpoints::{self, Endpoint};
use crate::moment::{House, Moment};

/// The name of this reader of the log.
pub(crate) const READER: &str = "webhooks";
const EVENTS_AT_ONCE: usize = 256;
/// Bodies of one round; the events after that have their turn in the next.
const BYTES_AT_ONCE: usize = 8 * 1024 * 1024;
/// How far, and for how long, the reader goes on without writing down where it is, when there is
/// nothing else to write.
const UNWRITTEN_EVENTS: i64 = 1_000;
const UNWRITTEN_TIME: Duration = Duration::from_secs(5);

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
    ) -> Result<Self, Error> {
        let policy = policies.at(view)?;
        let endpoints_revision = endpoints::revision(view)?;
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

/// What one look at the log gave.
struct Round {
    known: Known,
    upto: Position,
    bodies: Vec<(Position, Dialect, Bytes)>,
    fresh: Vec<Fresh>,
    news: News,
}

/// What the lanes and others have to hear of besides fresh deliveries.
#[derive(Debug, Clone, Default)]
pub(crate) struct News {
    /// The last fresh delivery of each endpoint.
    pub(crate) fresh_to: HashMap<i64, Position>,
    /// Someone asked for deliveries to be sent again.
    pub(crate) parked: bool,
    pub(crate) replays: bool,
    /// An endpoint or a setting was changed.
    changed: bool,
    pub(crate) more: bool,
}

pub(crate) struct Fanout {
    store: Store,
    policies: Arc<Policies>,
    site_url: Arc<str>,
    owner: String,
    position: Position,
    written: Position,
    written_at: Instant,
    known: Known,
}

impl Fanout {
    pub(crate) async fn begin(
        store: Store,
        policies: Arc<Policies>,
        site_url: Arc<str>,
        owner: String,
    ) -> Result<Self, Error> {
        let look = {
            let policies = Arc::clone(&policies);
            move |view: &mut View<'_>| -> Result<_, Error> {
                let position = log::reader(view, READER)?;
                Ok((position, Known::look(view, &policies, None)?))
            }
        };
        let (position, known) = store.read(look).await?;
        Ok(Self {
            store,
            policies,
            site_url,
            owner,
            position,
            written: position,
            written_at: Instant::now(),
            known,
        })
    }

    pub(crate) const fn known(&self) -> &Known {
        &self.known
    }

    pub(crate) const fn position(&self) -> Position {
        self.position
    }

    /// Goes through the next events. Answers what came of it.
    pub(crate) async fn turn(&mut self) -> Result<News, Error> {
        let look = {
            let (policies, known) = (Arc::clone(&self.policies), self.known.clone());
            let (site_url, position) = (Arc::clone(&self.site_url), self.position);
            move |view: &mut View<'_>| round(view, &policies, &known, &site_url, position)
        };
        let round = self.store.read(look).await?;
        let passed = round.upto - self.written;
        let is_due = !round.fresh.is_empty()
            || round.news.changed
            || passed >= UNWRITTEN_EVENTS
            || (passed > 0 && self.written_at.elapsed() >= UNWRITTEN_TIME);
        let news = round.news.clone();
        let (known, upto) = (round.known.clone(), round.upto);
        if is_due {
            self.write(round).await?;
        }
        self.known = known;
        self.position = upto;
        Ok(news)
    }

    /// Deliveries and the place of the reader are written together, by the one who delivers, and
    /// only from the place where the last ones ended: so that none is made twice.
    async fn write(&mut self, round: Round) -> Result<(), Error> {
        let now = self.store.clock().now();
        let (owner, from, upto) = (self.owner.clone(), self.written, round.upto);
        let command = move |tx: &mut Tx<'_>| -> Result<(), Error> {
            if !lease::pin(tx, now, LEASE, &owner)? || log::reader(tx, READER)? != from {
                return Err(Error::Unavailable("another node delivers now".into()));
            }
            deliveries::make(tx, &round.bodies, &round.fresh)?;
            log::move_reader(tx, now, READER, upto)
        };
        self.store.write(command).await?;
        self.written = upto;
        self.written_at = Instant::now();
        Ok(())
    }
}

fn round(
    view: &mut View<'_>,
    policies: &Policies,
    known: &Known,
    site_url: &Arc<str>,
    after: Position,
) -> Result<Round, Error> {
    let known = Known::look(view, policies, Some(known))?;
    let house = House {
        site_url: Arc::clone(site_url),
        policy: Arc::clone(&known.policy),
        keys: Arc::clone(policies.keys()),
    };
    let events = log::after(view, after, EVENTS_AT_ONCE)?;
    let mut round = Round {
        upto: after,
        bodies: Vec::new(),
        fresh: Vec::new(),
        news: News {
            more: events.len() >= EVENTS_AT_ONCE,
            ..News::default()
        },
        known,
    };
    let mut bytes = 0;
    for event in events {
        if bytes >= BYTES_AT_ONCE {
            round.news.more = true;
            break;
        }
        round.upto = event.position;
        round.news.hear(&event.kind);
        bytes += tell(view, &house, &event, &mut round)?;
    }
    Ok(round)
}

impl News {
    fn hear(&mut self, kind: &str) {
        self.changed |= kind.starts_with("endpoint.") || kind == "setting.changed";
        self.parked |=
            kind.starts_with("delivery.") || ["endpoint.resumed", "endpoint.shed"].contains(&kind);
        self.replays |= kind == "replay.started";
    }
}

/// Makes the deliveries of one event. Answers how many bytes they are.
fn tell(
    view: &mut View<'_>,
    house: &House,
    event: &Event,
    round: &mut Round,
) -> Result<usize, Error> {
    let endpoints = Arc::clone(&round.known.endpoints);
    let wanting = endpoints.iter().filter(|endpoint| endpoint.wants(event));
    let wanting: Vec<&Arc<Endpoint>> = wanting.collect();
    let written = bodies(view, house, event, &wanting)?;
    let mut bytes = 0;
    let told = |endpoint: &&Arc<Endpoint>| {
        let mut dialects = written.iter().map(|(dialect, _)| *dialect);
        dialects.any(|dialect| dialect == endpoint.dialect)
    };
    let numbers: Vec<i64> = wanting
        .into_iter()
        .filter(told)
        .map(|endpoint| endpoint.number)
        .collect();
    for number in &numbers {
        round.news.fresh_to.insert(*number, event.position);
    }
    if !numbers.is_empty() {
        round.fresh.push(fresh(numbers, event));
    }
    for (dialect, body) in written {
        bytes += body.len();
        round.bodies.push((event.position, dialect, body));
    }
    Ok(bytes)
}

/// What each of the dialects of these endpoints says of an event.
pub(crate) fn bodies(
    view: &mut View<'_>,
    house: &House,
    event: &Event,
    endpoints: &[&Arc<Endpoint>],
) -> Result<Vec<(Dialect, Bytes)>, Error> {
    let mut dialects: Vec<Dialect> = endpoints.iter().map(|endpoint| endpoint.dialect).collect();
    dialects.sort_unstable();
    dialects.dedup();
    let mut written = Vec::new();
    let mut moment: Option<(crate::moment::Needs, Moment)> = None;
    for dialect in dialects {
        let needs = dialect.needs(event);
        // Looked up once for all dialects that need the same.
        let looked_up = match moment.take() {
            Some((known, moment)) if known == needs => moment,
            _ => Moment::look_up(view, house, event.clone(), needs)?,
        };
        match rendered(dialect, &looked_up) {
            Some(body) => written.push((dialect, Bytes::from(body))),
            None => tracing::debug!(
                position = event.position,
                kind = event.kind,
                dialect = dialect.as_str(),
                "there is nothing to tell of an event any more"
            ),
        }
        moment = Some((needs, looked_up));
    }
    Ok(written)
}

/// One event that a dialect cannot cope with must not hold up all that come after it.
fn rendered(dialect: Dialect, moment: &Moment) -> Option<Vec<u8>> {
    let render = AssertUnwindSafe(|| dialect.render(moment));
    catch_unwind(render).unwrap_or_else(|_| {
        tracing::error!(
            position = moment.event.position,
            kind = moment.event.kind,
            dialect = dialect.as_str(),
            "an event could not be written for webhooks; it is left out"
        );
        None
    })
}

/// The deliveries of an event to these endpoints.
pub(crate) fn fresh(endpoints: Vec<i64>, event: &Event) -> Fresh {
    let place = event.conversation.as_ref();
    Fresh {
        endpoints,
        position: event.position,
        kind: event.kind.clone(),
        line: catalogue::line(event),
        seq: place.map(|place| place.seq),
        at: event.at,
    }
}
