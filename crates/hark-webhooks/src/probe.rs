//! A test of an endpoint: a sample is sent to it once, signed and with the headers of a delivery,
//! and what came of it is shown and kept nowhere.

use bytes::Bytes;
use hark_egress::Client;
use hark_store::Timestamp;

use crate::catalogue::{self, KINDS, Kind};
use crate::deliveries::Item;
use crate::deliveries::lists::Record;
use crate::endpoints::{Endpoint, covers};
use crate::{Refusal, request};

pub struct Probe {
    pub kind: &'static str,
    pub succeeded: bool,
    pub record: Record,
}

/// Sends the sample of a kind: of the one that is named, or of the first that the endpoint asks for.
/// `mark` makes the delivery's id different from all others.
pub async fn probe(
    client: &Client,
    endpoint: &Endpoint,
    kind: Option<&str>,
    mark: &str,
    now: Timestamp,
) -> Result<Probe, Refusal> {
    if endpoint.url.is_empty() {
        return Err(Refusal::Conflict("the endpoint has no URL yet".into()));
    }
    let (kind, body) = sample(endpoint, kind)?;
    let item = Item {
        position: 0,
        mark: mark.to_owned(),
        kind: kind.to_owned(),
        line: None,
        seq: None,
        at: now,
        attempts: 0,
        attempts_before: 0,
        body: None,
        next_at: None,
    };
    let outcome = request::send(client, endpoint, &item, Bytes::from(body), now).await;
    Ok(Probe {
        kind,
        succeeded: outcome.succeeded,
        record: Record::of(outcome.attempt),
    })
}

fn sample(endpoint: &Endpoint, kind: Option<&str>) -> Result<(&'static str, Vec<u8>), Refusal> {
    let named = match kind {
        Some(name) => {
            let why = || format!("there is no kind of events called {name}");
            Some(catalogue::find(name).ok_or_else(|| Refusal::invalid("kind", why()))?)
        }
        None => None,
    };
    let is_wanted = |kind: &&Kind| {
        endpoint
            .events
            .iter()
            .any(|wanted| covers(wanted, kind.name))
    };
    let choice: Vec<&Kind> = match named {
        Some(kind) => vec![kind],
        None => {
            let (wanted, others): (Vec<&Kind>, Vec<&Kind>) = KINDS.iter().partition(is_wanted);
            [wanted, others].concat()
        }
    };
    let found = choice.into_iter().find_map(|kind| {
        let body = catalogue::example(kind.name, endpoint.dialect)?;
        Some((kind.name, body))
    });
    found.ok_or_else(|| {
        let dialect = endpoint.dialect.as_str();
        Refusal::invalid("kind", format!("{dialect} does not tell of it"))
    })
}
