//! The handlers of our own API: its part of the route table on top of each file, then one function
//! for each row. Moments are written as ISO 8601, lists come in pages with a cursor.

pub(crate) mod deliveries;
pub(crate) mod documents;
pub(crate) mod endpoints;
pub(crate) mod events;
pub(crate) mod openapi;
pub(crate) mod replays;
mod schemas;
pub(crate) mod stats;
pub(crate) mod widget;

use std::sync::Arc;

use hark_chat::Policy;
use hark_store::{Error, Timestamp, Tx, View};
use hark_webhooks::Refusal;
use hark_webhooks::endpoints::{self as known, Endpoint};
use serde_json::Value;

use crate::answer::Failure;
use crate::call::Call;
use crate::route::Access;
use crate::shape::{Field, Shape};
use crate::wire::Wire;

/// Whoever looks after webhooks.
const WEBHOOKS: Access = Access::Permission("view-livechat-webhooks");
/// No parameters.
const NOTHING: Shape = Shape::Object(&[]);
const LIMIT: Field = Field::optional("limit", Shape::Integer);
const CURSOR: Field = Field::optional("cursor", Shape::NonEmpty);
const PAGE: Shape = Shape::Object(&[LIMIT, CURSOR]);
/// A console that shows several lists asks each of them every few seconds.
const POLLED: i64 = 600;

const USUAL_PAGE: usize = 50;
const LONGEST_PAGE: usize = 200;

/// How many entries a page may have.
fn limit(call: &Call) -> Result<usize, Failure> {
    let Some(given) = call.params.get("limit").and_then(Value::as_i64) else {
        return Ok(USUAL_PAGE);
    };
    let limit = usize::try_from(given).unwrap_or(0);
    match (1..=LONGEST_PAGE).contains(&limit) {
        true => Ok(limit),
        false => Err(misfit(
            "limit",
            format!("has to be from 1 to {LONGEST_PAGE}"),
        )),
    }
}

fn misfit(name: &str, detail: impl Into<String>) -> Failure {
    Failure::Misfit {
        pointer: format!("/{name}"),
        detail: detail.into(),
    }
}

/// Where the page before has ended, as numbers.
fn cursor<const N: usize>(call: &Call) -> Result<Option<[i64; N]>, Failure> {
    let Some(text) = call.text("cursor") else {
        return Ok(None);
    };
    let numbers: Option<Vec<i64>> = text.split('-').map(|part| part.parse().ok()).collect();
    let numbers = numbers.and_then(|numbers| <[i64; N]>::try_from(numbers).ok());
    match numbers {
        Some(numbers) => Ok(Some(numbers)),
        None => Err(misfit("cursor", "has to be one that a page has given")),
    }
}

/// A moment in a parameter.
fn moment(call: &Call, name: &str) -> Result<Option<Timestamp>, Failure> {
    let Some(text) = call.text(name) else {
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

async fn read<T: Send + 'static>(
    call: &Call,
    query: impl Fn(&mut View<'_>) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Failure> {
    Ok(call.wire.store.read(query).await?)
}

async fn write<T: Send + 'static>(
    call: &Call,
    command: impl Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Failure> {
    Ok(call.wire.store.write(command).await?)
}

/// What is needed to look at endpoints.
#[derive(Clone)]
struct Eyes {
    wire: Arc<Wire>,
    policy: Arc<Policy>,
}

impl Eyes {
    fn of(call: &Call) -> Self {
        Self {
            wire: Arc::clone(&call.wire),
            policy: Arc::clone(&call.policy),
        }
    }

    fn endpoint(&self, view: &mut View<'_>, id: &str) -> Result<Endpoint, Refusal> {
        known::find(view, self.wire.policies.keys(), &self.policy, id)
    }

    fn endpoints(&self, view: &mut View<'_>) -> Result<Vec<Arc<Endpoint>>, Error> {
        known::all(view, self.wire.policies.keys(), &self.policy)
    }
}
