//! A test of an endpoint: a sample is sent to it once, signed and with the headers of a delivery,
//! and what came of it is shown and kept nowhere.

use bytes::Bytes;
use hark_egress::Client;
use hark_model::events::Kind;
use hark_store::Timestamp;

use crate::catalogue::{self, KINDS};
use crate::deliveries::{Attempt, Item, SAMPLE};
use crate::endpoints::{Draft, Endpoint, Origin, State, covers};
use crate::signing::Secret;
use crate::{Refusal, request};

pub struct Probe {
    pub kind: Kind,
    pub succeeded: bool,
    pub attempt: Attempt,
}

/// An endpoint as a draft would make it, which is kept nowhere.
pub fn unmade(draft: &Draft, secret: Option<Secret>, now: Timestamp) -> Result<Endpoint, Refusal> {
    draft.check()?;
    Ok(Endpoint {
        number: 0,
        id: String::new(),
        origin: Origin::Hark,
        name: draft.name.clone(),
        dialect: draft.dialect,
        url: draft.url.clone(),
        events: draft.events.clone(),
        secrets: secret.into_iter().collect(),
        token: String::new(),
        overrides: draft.overrides.clone(),
        schedule: draft.dialect.schedule().with(&draft.overrides),
        state: State::Active,
        reason: None,
        trouble: None,
        state_since: now,
        since: 0,
        created_at: now,
        updated_at: now,
    })
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
        mark: format!("{SAMPLE}{mark}"),
        kind: kind.as_str().to_owned(),
        order_key: None,
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
        attempt: outcome.attempt,
    })
}

fn sample(endpoint: &Endpoint, kind: Option<&str>) -> Result<(Kind, Vec<u8>), Refusal> {
    let is_wanted = |kind: &Kind| endpoint.events.iter().any(|wanted| covers(wanted, *kind));
    let choice: Vec<Kind> = if let Some(name) = kind {
        let why = || format!("there is no kind of events called {name}");
        vec![catalogue::find(name).ok_or_else(|| Refusal::invalid("kind", why()))?]
    } else {
        let mut all: Vec<Kind> = KINDS.iter().map(|public| public.kind).collect();
        all.sort_by_key(|kind| !is_wanted(kind));
        all
    };
    let found = choice
        .into_iter()
        .find_map(|kind| Some((kind, catalogue::example(kind, endpoint.dialect)?)));
    found.ok_or_else(|| {
        let dialect = endpoint.dialect.as_str();
        Refusal::invalid("kind", format!("{dialect} does not tell of it"))
    })
}
