//! What the operator watches: attempts by class, and how long an event waits for its first byte.

use std::borrow::Cow;
use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::endpoints::Endpoint;
use crate::request::Outcome;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Class {
    dialect: &'static str,
    class: Cow<'static, str>,
}

pub struct Metrics {
    attempts: Family<Class, Counter>,
    first_byte: Histogram,
}

impl Metrics {
    pub fn registered(registry: &mut Registry) -> Arc<Self> {
        let metrics = Self {
            attempts: Family::default(),
            // From a millisecond to about a day.
            first_byte: Histogram::new(exponential_buckets(0.001, 3.0, 17)),
        };
        registry.register(
            "webhook_attempts",
            "Requests to endpoints, by what came of them",
            metrics.attempts.clone(),
        );
        registry.register_with_unit(
            "webhook_first_byte",
            "From an event to the first request that tells an endpoint of it",
            Unit::Seconds,
            metrics.first_byte.clone(),
        );
        Arc::new(metrics)
    }

    pub(crate) fn attempted(&self, endpoint: &Endpoint, outcome: &Outcome) {
        let class = Class {
            dialect: endpoint.dialect.as_str(),
            class: outcome
                .attempt
                .error
                .clone()
                .unwrap_or(Cow::Borrowed("success")),
        };
        self.attempts.get_or_create(&class).inc();
        if outcome.is_first {
            self.first_byte.observe(outcome.waited.as_secs_f64());
        }
    }
}
