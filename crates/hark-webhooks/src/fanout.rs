//! The reader of the event log that makes deliveries: which endpoints want an event, and what is
//! written to them, from the state of that moment. It looks and writes without holding up the chat:
//! bodies are rendered in a look at the store, and only rows are inserted in the command.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hark_model::events::{Event, Kind, Recorded, SampleTriggered};
use hark_model::{Policies, Policy};
use hark_store::{Error, Position, Result, Tx, View, lease, log};

use crate::deliveries::{self, NewDeliveries};
use crate::dialects::Dialect;
use crate::endpoints::{self, Endpoint};
use crate::moment::{Moment, Needs, RenderContext};
use crate::parts::Parts;
use crate::{LEASE, READER, catalogue, trigger};

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

/// What one look at the log gave.
struct Round {
    known: Known,
    upto: Position,
    bodies: Vec<(Position, Dialect, Bytes)>,
    fresh: Vec<NewDeliveries>,
    news: News,
}

/// What follows from a piece of the log for the lanes and for replays.
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
    with: Parts,
    owner: String,
    position: Position,
    written: Position,
    written_at: Instant,
    known: Known,
}

impl Fanout {
    pub(crate) async fn begin(with: &Parts, owner: &str) -> Result<Self> {
        let policies = Arc::clone(&with.policies);
        let look = move |view: &mut View<'_>| -> Result<_> {
            let position = log::reader(view, READER)?;
            Ok((position, Known::look(view, &policies, None)?))
        };
        let (position, known) = with.store.read(look).await?;
        Ok(Self {
            with: with.clone(),
            owner: owner.to_owned(),
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
    pub(crate) async fn turn(&mut self) -> Result<News> {
        let (with, known, position) = (self.with.clone(), self.known.clone(), self.position);
        let look = move |view: &mut View<'_>| round(view, &with, &known, position);
        let round = self.with.store.read(look).await?;
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

    /// Deliveries and the reader's position are written together, by the node that delivers, and
    /// only from the position at which the last ones ended: so that none is made twice.
    async fn write(&mut self, round: Round) -> Result<()> {
        let now = self.with.store.clock().now();
        let (owner, from, upto) = (self.owner.clone(), self.written, round.upto);
        let command = move |tx: &mut Tx<'_>| -> Result<()> {
            if !lease::pin(tx, now, LEASE, &owner)? || log::reader(tx, READER)? != from {
                return Err(Error::Unavailable("another node delivers now".into()));
            }
            deliveries::make(tx, &round.bodies, &round.fresh)?;
            log::move_reader(tx, now, READER, upto)
        };
        self.with.store.write(command).await?;
        self.written = upto;
        self.written_at = Instant::now();
        Ok(())
    }
}

fn round(view: &mut View<'_>, with: &Parts, known: &Known, after: Position) -> Result<Round> {
    let known = Known::look(view, &with.policies, Some(known))?;
    let context = with.context(Arc::clone(&known.policy));
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
        if let Some(recorded) = Recorded::parse_or_log(event) {
            round.news.note(recorded.kind());
            bytes += deliver(view, &context, &recorded, &mut round)?;
        }
    }
    Ok(round)
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

/// Makes the deliveries of one event. Answers how many bytes they are.
fn deliver(
    view: &mut View<'_>,
    context: &RenderContext,
    recorded: &Recorded,
    round: &mut Round,
) -> Result<usize> {
    if let Event::SampleTriggered(sample) = &recorded.event {
        return Ok(deliver_sample(recorded, sample, round));
    }
    let endpoints = Arc::clone(&round.known.endpoints);
    let mut wanting: Vec<&Arc<Endpoint>> = endpoints.iter().collect();
    wanting.retain(|endpoint| endpoint.wants(recorded));
    let written = bodies(view, context, recorded, &wanting)?;
    wanting.retain(|endpoint| {
        written
            .iter()
            .any(|(dialect, _)| *dialect == endpoint.dialect)
    });
    let numbers: Vec<i64> = wanting.iter().map(|endpoint| endpoint.number).collect();
    for number in &numbers {
        round.news.fresh_to.insert(*number, recorded.position);
    }
    if !numbers.is_empty() {
        round.fresh.push(NewDeliveries::of(numbers, recorded));
    }
    let bytes = written.iter().map(|(_, body)| body.len()).sum();
    let bodies = written.into_iter();
    round
        .bodies
        .extend(bodies.map(|(dialect, body)| (recorded.position, dialect, body)));
    Ok(bytes)
}

/// Makes the deliveries of a sample, whose body is that of the catalogue. Answers how many bytes they are.
fn deliver_sample(recorded: &Recorded, sample: &SampleTriggered, round: &mut Round) -> usize {
    let Some(kind) = catalogue::find(&sample.kind) else {
        return 0;
    };
    let endpoints = Arc::clone(&round.known.endpoints);
    let mut wanting: Vec<&Arc<Endpoint>> = endpoints.iter().collect();
    wanting.retain(|endpoint| trigger::is_for(endpoint, kind, sample.endpoint.as_deref()));
    let mut dialects: Vec<Dialect> = wanting.iter().map(|endpoint| endpoint.dialect).collect();
    dialects.sort_unstable();
    dialects.dedup();
    let mut bytes = 0;
    for dialect in dialects {
        let body = catalogue::example(kind, dialect).unwrap_or_default();
        bytes += body.len();
        round
            .bodies
            .push((recorded.position, dialect, Bytes::from(body)));
    }
    let numbers: Vec<i64> = wanting.iter().map(|endpoint| endpoint.number).collect();
    for number in &numbers {
        round.news.fresh_to.insert(*number, recorded.position);
    }
    if !numbers.is_empty() {
        let fresh = NewDeliveries::of_sample(numbers, recorded, kind);
        round.fresh.push(fresh);
    }
    bytes
}

/// What each of the dialects of these endpoints says of an event.
pub(crate) fn bodies(
    view: &mut View<'_>,
    context: &RenderContext,
    recorded: &Recorded,
    endpoints: &[&Arc<Endpoint>],
) -> Result<Vec<(Dialect, Bytes)>> {
    let mut dialects: Vec<Dialect> = endpoints.iter().map(|endpoint| endpoint.dialect).collect();
    dialects.sort_unstable();
    dialects.dedup();
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
