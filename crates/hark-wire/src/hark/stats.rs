//! How it goes with all endpoints, and what there is to hear of.

use std::sync::LazyLock;

use hark_webhooks::catalogue;
use hark_webhooks::deliveries::lists;
use serde_json::{Value, json};

use super::{Eyes, NOTHING, PAGE, POLLED, WEBHOOKS, cursor, documents, limit, read};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::route::{Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "stats", WEBHOOKS, "Backlog, success and latency of each endpoint", stats)
        .answers(200, "StatsPage")
        .takes(PAGE)
        .per_minute(POLLED),
    &route!(Hark GET "catalogue", WEBHOOKS, "Each kind of events, with JSON Schema and example in each dialect", kinds)
        .answers(200, "Catalogue")
        .takes(NOTHING),
];

static CATALOGUE: LazyLock<Value> = LazyLock::new(catalogue::document);

async fn stats(call: Call) -> Answer {
    let (limit, after) = (limit(&call)?, cursor(&call)?);
    let after = after.map_or(0, |[number]| number);
    let eyes = Eyes::of(&call);
    let look = read(&call, move |view| {
        let mut endpoints = eyes.endpoints(view)?;
        endpoints.retain(|endpoint| endpoint.number > after);
        let has_more = endpoints.len() > limit;
        endpoints.truncate(limit);
        let numbers: Vec<i64> = endpoints.iter().map(|one| one.number).collect();
        let stats = lists::stats(view, &numbers)?;
        Ok((endpoints, stats, has_more))
    });
    let (endpoints, stats, has_more) = look.await?;
    let last = endpoints.last().filter(|_| has_more);
    let next = last.map(|endpoint| endpoint.number.to_string());
    let items = endpoints.iter().zip(&stats).map(|(endpoint, stats)| {
        let mut document = documents::stats(stats);
        document["endpoint"] = json!(endpoint.id);
        document["name"] = json!(endpoint.name);
        document["state"] = json!(endpoint.state.as_str());
        document
    });
    Reply::object(json!({"items": items.collect::<Vec<_>>(), "nextCursor": next}))
}

async fn kinds(_: Call) -> Answer {
    Ok(Reply::Bare(CATALOGUE.clone()))
}
