//! What waits in the log gets its deliveries, a piece at a time, when its endpoint has room for more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use hark_model::events::Recorded;
use hark_store::{Error, Position, Result, Tx, View, log};

use super::{BYTES_AT_ONCE, Behind, EVENTS_AT_ONCE, Fanout, Known, News, ToMake, guard};
use crate::READER;
use crate::deliveries;
use crate::endpoints::{Asks, Endpoint};
use crate::lane::Intakes;
use crate::parts::Parts;
use crate::stretches::{self, Stretch};

/// Deliveries of one piece, so that what happens now does not wait long for what happened before.
const MADE_AT_ONCE: usize = 256;
/// An endpoint at which nothing arrives gets so many: enough to see whether it is back.
const MADE_IN_TROUBLE: usize = 1;
/// Who asks for something else again and again while nothing can be sent gets deliveries all the same.
const MOST_STRETCHES: usize = 16;

/// Whose turn it is to get what waits.
#[derive(Default)]
pub(super) struct Turns {
    latest: i64,
    nearest_next: bool,
}

impl Turns {
    /// All of them one after the other, and between two of them the one that is nearest to keeping up:
    /// it does not wait until many have got what they will not take.
    fn next(&mut self, takers: &BTreeSet<i64>, behind: &Behind) -> Option<i64> {
        self.nearest_next = !self.nearest_next;
        if self.nearest_next {
            let reached = |number: &&i64| Some(behind.get(number)?.first()?.reached);
            return takers.iter().max_by_key(reached).copied();
        }
        let next = takers.range(self.latest + 1..).next();
        let next = next.or_else(|| takers.first()).copied();
        self.latest = next.unwrap_or(self.latest);
        next
    }
}

/// How far a stretch comes by one piece.
struct Step {
    stretch: Stretch,
    endpoint: Arc<Endpoint>,
    reached: Position,
    /// How many events were wanted up to there.
    settled: i64,
    /// How many more are made.
    left: usize,
}

impl Step {
    fn wants(&self, recorded: &Recorded) -> bool {
        let is_inside = self.stretch.reached < recorded.position
            && self
                .stretch
                .ended
                .is_none_or(|end| recorded.position <= end);
        is_inside && self.left > 0 && asks(&self.endpoint, &self.stretch).wants(recorded)
    }

    fn is_over(&self, position: Position) -> bool {
        self.reached >= self.stretch.ended.unwrap_or(position)
    }
}

/// What an endpoint asked for in a stretch.
fn asks<'e>(endpoint: &'e Endpoint, stretch: &'e Stretch) -> Asks<'e> {
    Asks {
        events: &stretch.events,
        ..endpoint.asks()
    }
}

/// A piece of what waits.
struct Piece {
    steps: Vec<Step>,
    to_make: ToMake,
}

impl Fanout {
    /// Makes deliveries of what waits for endpoints that have room. Answers what came of it.
    pub(crate) async fn make_later(&mut self, lanes: &Intakes) -> Result<News> {
        let takes_more = |number: &i64| lanes.get(number).is_some_and(|lane| lane.takes_more());
        let takers = self.behind.iter();
        let takers: BTreeSet<i64> = takers
            .filter(|(number, all)| takes_more(number) || all.len() > MOST_STRETCHES)
            .map(|(number, _)| *number)
            .collect();
        let Some(first) = self.turns.next(&takers, &self.behind) else {
            return Ok(News::default());
        };
        let (with, known, position) = (self.with.clone(), self.known.clone(), self.position);
        let look = move |view: &mut View<'_>| piece(view, &with, &known, &takers, first, position);
        let piece = self.with.store.read(look).await?;
        let mut news = News {
            more: true,
            ..News::default()
        };
        for step in &piece.steps {
            news.fresh_to.insert(step.stretch.endpoint, step.reached);
        }
        let now = self.with.store.clock().now();
        let (owner, from) = (Arc::clone(&self.owner), self.written);
        let uncounted = self.uncounted.clone();
        let command = move |tx: &mut Tx<'_>| -> Result<Behind> {
            guard(tx, now, &owner, from)?;
            stretches::count(tx, &uncounted, position)?;
            for step in &piece.steps {
                if !stretches::advance(tx, &step.stretch, step.reached, step.settled)? {
                    return Err(Error::Unavailable("what waits was removed".into()));
                }
                if step.is_over(position) {
                    stretches::forget(tx, &step.stretch)?;
                }
            }
            stretches::hold_log(tx, now)?;
            deliveries::make(tx, &piece.to_make.bodies, &piece.to_make.deliveries)?;
            log::move_reader(tx, now, READER, position)?;
            stretches::all(tx)
        };
        self.behind = Arc::new(self.with.store.write(command).await?);
        self.is_counted(position);
        self.written = position;
        self.written_at = Instant::now();
        Ok(news)
    }
}

/// The next piece of the log that waits for an endpoint, and for others that have come as far. The log
/// was read up to a position.
fn piece(
    view: &mut View<'_>,
    with: &Parts,
    known: &Known,
    takers: &BTreeSet<i64>,
    first: i64,
    position: Position,
) -> Result<Piece> {
    let mut behind = stretches::all(view)?;
    let mut steps = Vec::with_capacity(takers.len());
    for endpoint in known.endpoints.iter() {
        let waiting = behind.remove(&endpoint.number).unwrap_or_default();
        let first = waiting.into_iter().next();
        if let Some(stretch) = first.filter(|_| takers.contains(&endpoint.number)) {
            steps.push(Step {
                reached: stretch.reached,
                stretch,
                endpoint: Arc::clone(endpoint),
                settled: 0,
                left: match endpoint.trouble {
                    Some(_) => MADE_IN_TROUBLE,
                    None => MADE_AT_ONCE,
                },
            });
        }
    }
    let mut piece = Piece {
        steps,
        to_make: ToMake::default(),
    };
    let mut steps = piece.steps.iter();
    let Some(after) = steps.find(|step| step.endpoint.number == first) else {
        piece.steps.clear();
        return Ok(piece);
    };
    let after = after.reached;
    piece.steps.retain(|step| step.reached >= after);
    let context = with.context(Arc::clone(&known.policy));
    let mut events = log::after(view, after, EVENTS_AT_ONCE)?;
    let is_all = events.len() < EVENTS_AT_ONCE;
    events.retain(|event| event.position <= position);
    let last = events.last().map_or(after, |event| event.position);
    let mut upto = if is_all { position } else { last };
    let written = deliveries::written_bodies(view, after, last)?;
    let mut made = 0;
    for recorded in Recorded::parse_all(events) {
        let wanting: Vec<&mut Step> = piece
            .steps
            .iter_mut()
            .filter(|step| step.wants(&recorded))
            .collect();
        let mut endpoints = Vec::with_capacity(wanting.len());
        for step in wanting {
            step.settled += 1;
            step.left -= 1;
            step.reached = recorded.position;
            endpoints.push(Arc::clone(&step.endpoint));
        }
        let endpoints: Vec<&Arc<Endpoint>> = endpoints.iter().collect();
        made += piece
            .to_make
            .add(view, &context, &recorded, &endpoints, &written)?
            .len();
        if made >= MADE_AT_ONCE || piece.to_make.bytes >= BYTES_AT_ONCE {
            upto = recorded.position;
            break;
        }
    }
    for step in &mut piece.steps {
        // One that got all that it gets now goes on behind that.
        if step.left > 0 {
            let end = step.stretch.ended.unwrap_or(position);
            step.reached = step.reached.max(upto.min(end));
        }
    }
    Ok(piece)
}

/// Up to here it is on disk how much waits, if something does.
pub(super) fn counted(behind: &Behind) -> Option<Position> {
    let last = behind.values().filter_map(|all| all.last());
    let open = last.filter(|stretch| stretch.ended.is_none());
    open.map(|stretch| stretch.counted).min()
}

/// What waits and was not counted when the one before died.
pub(super) fn uncounted(
    view: &mut View<'_>,
    known: &Known,
    behind: &Behind,
    position: Position,
) -> Result<BTreeMap<i64, i64>> {
    let open = |endpoint: &Arc<Endpoint>| {
        let stretch = behind.get(&endpoint.number)?.last()?;
        let is_open = stretch.ended.is_none() && stretch.counted < position;
        is_open.then(|| (Arc::clone(endpoint), stretch.clone()))
    };
    let open: Vec<(Arc<Endpoint>, Stretch)> = known.endpoints.iter().filter_map(open).collect();
    let mut uncounted = BTreeMap::new();
    let Some(mut after) = open.iter().map(|(_, stretch)| stretch.counted).min() else {
        return Ok(uncounted);
    };
    while after < position {
        let events = log::after(view, after, EVENTS_AT_ONCE)?;
        after = events.last().map_or(position, |event| event.position);
        for recorded in Recorded::parse_all(events) {
            for (endpoint, stretch) in &open {
                let is_new = (stretch.counted + 1..=position).contains(&recorded.position);
                if is_new && asks(endpoint, stretch).wants(&recorded) {
                    *uncounted.entry(endpoint.number).or_default() += 1;
                }
            }
        }
    }
    Ok(uncounted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_turn_and_the_nearest_every_other() {
        let stretch = |endpoint, reached| Stretch {
            endpoint,
            began: 0,
            reached,
            ended: None,
            events: Vec::new(),
            counted: 0,
        };
        let reached = [(1, 10), (2, 500), (3, 20), (4, 30)];
        let behind: Behind = reached
            .map(|(endpoint, reached)| (endpoint, vec![stretch(endpoint, reached)]))
            .into();
        let takers = BTreeSet::from([1, 2, 3]);
        let mut turns = Turns::default();
        let order: Vec<Option<i64>> = (0..8).map(|_| turns.next(&takers, &behind)).collect();
        assert_eq!(order, [2, 1, 2, 2, 2, 3, 2, 1].map(Some));
        assert_eq!(turns.next(&BTreeSet::new(), &behind), None);
    }
}
