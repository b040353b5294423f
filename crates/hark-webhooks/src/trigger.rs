//! A sample of a kind of events goes the way of all deliveries, marked as one, to those who want the kind
//! or to one of them.

use std::sync::Arc;

use hark_model::events::{Event, SampleTriggered, Subject, record_event};
use hark_model::{Actor, Keyring, Policy};
use hark_store::{Timestamp, Tx};

use crate::Refusal;
use crate::catalogue;
use crate::endpoints::{self, Endpoint};

/// What is asked for.
pub struct Sample<'a> {
    pub kind: &'a str,
    /// Only to this one, whether it asks for the kind or not.
    pub endpoint: Option<&'a str>,
}

/// Has a sample sent. Answers to whom.
pub fn send(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    keys: &Keyring,
    policy: &Policy,
    sample: &Sample<'_>,
) -> Result<Vec<Arc<Endpoint>>, Refusal> {
    let why = || format!("there is no kind of events called {}", sample.kind);
    let kind = catalogue::find(sample.kind).ok_or_else(|| Refusal::invalid("kind", why()))?;
    let triggered = SampleTriggered {
        kind: kind.as_str().to_owned(),
        endpoint: sample.endpoint.map(str::to_owned),
        by: who.clone(),
    };
    let mut wanting = endpoints::all(tx, keys, policy)?;
    wanting.retain(|endpoint| endpoint.asks().wants_sample(kind, sample.endpoint));
    if wanting.is_empty() {
        return Err(match sample.endpoint {
            Some(_) => Refusal::Conflict(format!(
                "there is no endpoint of that id that has a URL and a dialect with a word for {kind}",
                kind = sample.kind
            )),
            None => Refusal::Conflict(format!("no endpoint asks for {}", sample.kind)),
        });
    }
    record_event(tx, now, Subject::NONE, &Event::SampleTriggered(triggered))?;
    Ok(wanting)
}
