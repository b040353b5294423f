//! The handlers of our own API: its part of the route table on top of each file, then one function
//! for each row. Moments are written as ISO 8601, lists come in pages with a cursor.

mod answers;
pub(crate) mod audit;
pub(crate) mod business_hours;
pub(crate) mod canned_responses;
pub(crate) mod capacity;
pub(crate) mod conversations;
pub(crate) mod deliveries;
pub(crate) mod endpoint_trials;
pub(crate) mod endpoints;
pub(crate) mod events;
pub(crate) mod figures;
pub(crate) mod health;
pub(crate) mod log_ins;
pub(crate) mod mail;
pub(crate) mod notes;
pub(crate) mod passwords;
pub(crate) mod patterns;
pub(crate) mod permissions;
pub(crate) mod push;
pub(crate) mod replays;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod sites;
pub(crate) mod stats;
pub(crate) mod sums;
pub(crate) mod typing;
pub(crate) mod views;
pub(crate) mod visitors;
pub(crate) mod widget;

use std::sync::Arc;
use std::time::Duration;

use hark_model::keys::LONGEST_OVERLAP;
use hark_store::Timestamp;
use hark_webhooks::catalogue::KINDS;
use hark_webhooks::endpoints::{Endpoint, covers};

use crate::answer::Failure;
use crate::params::{AtLeastOne, NonEmpty, params};
use crate::route::Access;
use crate::shape::Shape;
use crate::webhook_store::{command, endpoint, endpoints, query};

/// Those who look after webhooks, and after the secrets by which sites are known.
const WEBHOOKS: Access = Access::Permission("view-livechat-webhooks");
/// A console that shows several lists asks each of them every few seconds.
const POLLED: i64 = 600;

const USUAL_OVERLAP: Duration = Duration::from_secs(86_400);

const USUAL_PAGE: usize = 50;
const LONGEST_PAGE: usize = 200;

/// How many entries one page may have.
const LIMIT: Shape = Shape::Between(1, LONGEST_PAGE as i64);

params! {
    struct Nothing {}

    struct Paging {
        limit: Option<i64> = LIMIT,
        cursor: Option<NonEmpty>,
    }
}

/// Has its shape already.
fn limit(given: Option<i64>) -> usize {
    let given = given.and_then(|given| usize::try_from(given).ok());
    given.map_or(USUAL_PAGE, |given| given.min(LONGEST_PAGE))
}

fn misfit(name: &str, detail: impl Into<String>) -> Failure {
    Failure::Misfit {
        pointer: format!("/{name}"),
        detail: detail.into(),
    }
}

/// How long an old secret stays good beside the one that takes its place.
fn overlap(seconds: Option<i64>) -> Result<Duration, Failure> {
    let Some(seconds) = seconds else {
        return Ok(USUAL_OVERLAP);
    };
    let overlap = u64::try_from(seconds).ok().map(Duration::from_secs);
    let overlap = overlap.filter(|overlap| *overlap <= LONGEST_OVERLAP);
    overlap.ok_or_else(|| misfit("overlapSeconds", "has to be from 0 to 604800"))
}

/// Two moments, the second of which is not before the first.
fn in_order(
    (from_name, from): (&str, Option<Timestamp>),
    (to_name, to): (&str, Option<Timestamp>),
) -> Result<(), Failure> {
    match (from, to) {
        (Some(from), Some(to)) if from > to => {
            Err(misfit(from_name, format!("has to be before {to_name}")))
        }
        _ => Ok(()),
    }
}

/// Whether a name or a family of kinds (`chat.*`) is known.
fn is_known_kind(name: &str) -> bool {
    KINDS.iter().any(|kind| covers(name, kind.kind))
}

/// The kinds, and families of them, that are named; none of them is unknown.
fn kinds(named: Option<AtLeastOne<NonEmpty>>) -> Result<Vec<String>, Failure> {
    let named = named.map_or_else(Vec::new, |named| named.0);
    let named: Vec<String> = named.into_iter().map(|kind| kind.0).collect();
    match named.iter().find(|name| !is_known_kind(name)) {
        Some(name) => Err(misfit(
            "kinds",
            format!("has one that is not known: {name}"),
        )),
        None => Ok(named),
    }
}

/// Where the page before has ended, as numbers.
fn cursor<const N: usize>(given: Option<&NonEmpty>) -> Result<Option<[i64; N]>, Failure> {
    let Some(text) = given else {
        return Ok(None);
    };
    let numbers: Option<Vec<i64>> = text.split('-').map(|part| part.parse().ok()).collect();
    let numbers = numbers.and_then(|numbers| <[i64; N]>::try_from(numbers).ok());
    match numbers {
        Some(numbers) => Ok(Some(numbers)),
        None => Err(misfit("cursor", "has to be one that a page has given")),
    }
}

/// The part of a list of endpoints that is asked for. They go by their numbers.
#[derive(Clone, Copy)]
struct PageOfEndpoints {
    after: i64,
    limit: usize,
}

impl PageOfEndpoints {
    fn asked(paging: &Paging) -> Result<Self, Failure> {
        let limit = limit(paging.limit);
        let after = cursor(paging.cursor.as_ref())?.map_or(0, |[number]| number);
        Ok(Self { after, limit })
    }

    /// Its entries, and where the next page begins.
    fn cut(self, mut all: Vec<Arc<Endpoint>>) -> (Vec<Arc<Endpoint>>, Option<String>) {
        all.retain(|endpoint| endpoint.number > self.after);
        let has_more = all.len() > self.limit;
        all.truncate(self.limit);
        let last = all.last().filter(|_| has_more);
        let next = last.map(|endpoint| endpoint.number.to_string());
        (all, next)
    }
}

fn moment(name: &str, given: Option<&NonEmpty>) -> Result<Option<Timestamp>, Failure> {
    let Some(text) = given else {
        return Ok(None);
    };
    match Timestamp::parse(text) {
        Some(at) => Ok(Some(at)),
        None => Err(misfit(
            name,
            "has to be a moment with its zone, such as 2026-11-21T10:00:00Z",
        )),
    }
}
