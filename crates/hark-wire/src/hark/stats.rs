//! How it goes with all endpoints, and what there is to hear of.

use std::sync::LazyLock;

use hark_webhooks::catalogue::{self, KINDS, PublicKind};
use hark_webhooks::deliveries::lists;
use hark_webhooks::dialects::Dialect;
use serde_json::{Map, Value, json};

use super::answers::{
    Catalogue, CatalogueDialect, CatalogueKind, Schedule, StatsOfEndpoint, StatsPage,
};
use super::{Nothing, POLLED, PageOfEndpoints, Paging, WEBHOOKS, endpoints, query};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::quiet::Quiet;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "stats", WEBHOOKS, "Backlog, success and latency of each endpoint", stats)
        .per_minute(POLLED),
    &route!(Hark GET "catalogue", Access::Anyone, "Each kind of events, with JSON Schema and example in each dialect", kinds)
        .per_minute(POLLED),
];

async fn stats(call: Call, paging: Paging) -> Result<Done<StatsPage>, Failure> {
    let by = PageOfEndpoints::asked(&paging)?;
    let look = query(&call, move |call, view| {
        let (endpoints, next_cursor) = by.cut(endpoints(call, view)?);
        let numbers: Vec<i64> = endpoints.iter().map(|one| one.number).collect();
        let quiet = Quiet::at(view, call.wire.options.delivers)?;
        let stats = lists::stats(view, &numbers)?;
        Ok((stats, endpoints, next_cursor, quiet))
    });
    let (stats, endpoints, next_cursor, quiet) = look.await?;
    let items = endpoints.iter().zip(&stats);
    let items = items.map(|(endpoint, stats)| StatsOfEndpoint::of(endpoint, stats));
    Ok(Done(StatsPage {
        quiet: quiet.map(|quiet| quiet.to_string()),
        items: items.collect(),
        next_cursor,
    }))
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue {
    kinds: KINDS.iter().map(described).collect(),
    schedules: Dialect::ALL
        .into_iter()
        .map(|dialect| (dialect.as_str(), Schedule::of(&dialect.schedule())))
        .collect(),
});

fn described(public: &PublicKind) -> CatalogueKind {
    let mut dialects = Map::new();
    for dialect in Dialect::ALL {
        let example = catalogue::example(public.kind, dialect);
        let example = example.and_then(|body| serde_json::from_slice::<Value>(&body).ok());
        let schema = catalogue::schema(public.kind, dialect);
        if let (Some(Value::Object(schema)), Some(example)) = (schema, example) {
            let described = CatalogueDialect { schema, example };
            dialects.insert(dialect.as_str().to_owned(), json!(described));
        }
    }
    CatalogueKind {
        name: public.kind.as_str(),
        summary: public.summary,
        dialects,
    }
}

async fn kinds(_: Call, _: Nothing) -> Result<Done<&'static Catalogue>, Failure> {
    Ok(Done(&CATALOGUE))
}
