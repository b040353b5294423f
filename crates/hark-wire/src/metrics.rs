//! What an operator's dashboard reads. The families are made here and handed in; nothing is global.

use std::time::Duration;

use hark_store::{Stats, Timestamp};
use hark_webhooks::deliveries::lists::Waiting;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
    log_ins: Family<OutcomeLabels, Counter>,
    commands: Gauge,
    groups: Gauge,
    waiting: Family<QueueLabels, Gauge>,
    position: Gauge,
    sockets: Gauge,
    backlog: Family<EndpointLabels, Gauge>,
    oldest: Family<EndpointLabels, Gauge>,
    disabled: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    route: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct QueueLabels {
    queue: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct EndpointLabels {
    endpoint: String,
}

/// A request that has been answered.
pub struct Seen<'a> {
    pub method: &'a str,
    pub route: &'static str,
    pub status: u16,
    pub elapsed: Duration,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("hark");
        let requests = Family::default();
        let seconds = Family::new_with_constructor(buckets as fn() -> Histogram);
        let (log_ins, waiting) = (Family::default(), Family::default());
        let (commands, groups, position) = (Gauge::default(), Gauge::default(), Gauge::default());
        let sockets = Gauge::default();
        registry.register(
            "sockets",
            "Connections to the real-time API",
            sockets.clone(),
        );
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "http_request",
            "Time from the request's head to the answer",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("log_ins", "Attempts to log in", log_ins.clone());
        registry.register(
            "store_commands",
            "Commands that the store has answered",
            commands.clone(),
        );
        registry.register("store_commits", "Commits that they shared", groups.clone());
        registry.register(
            "store_waiting",
            "Commands and queries in the store's queues",
            waiting.clone(),
        );
        registry.register(
            "event_log_position",
            "Position of the newest event",
            position.clone(),
        );
        let (backlog, oldest) = (Family::default(), Family::default());
        let disabled = Gauge::default();
        registry.register(
            "webhook_backlog",
            "Deliveries that wait for an endpoint",
            backlog.clone(),
        );
        registry.register_with_unit(
            "webhook_oldest",
            "Age of the oldest delivery that waits for an endpoint",
            Unit::Seconds,
            oldest.clone(),
        );
        registry.register(
            "webhook_endpoints_disabled",
            "Endpoints that failures have disabled",
            disabled.clone(),
        );
        Self {
            registry,
            requests,
            seconds,
            log_ins,
            commands,
            groups,
            waiting,
            position,
            sockets,
            backlog,
            oldest,
            disabled,
        }
    }
}

fn buckets() -> Histogram {
    Histogram::new([
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
    ])
}

impl Metrics {
    /// For the families of those who have figures of their own.
    pub const fn registry(&mut self) -> &mut Registry {
        &mut self.registry
    }

    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn request(&self, seen: &Seen<'_>) {
        // Whatever a stranger writes as a method must not become a label.
        let method = match seen.method {
            "GET" | "POST" | "PUT" | "DELETE" | "OPTIONS" => seen.method,
            _ => "other",
        };
        self.requests
            .get_or_create(&RequestLabels {
                method: method.to_owned(),
                route: seen.route,
                status: seen.status,
            })
            .inc();
        self.seconds
            .get_or_create(&RouteLabels { route: seen.route })
            .observe(seen.elapsed.as_secs_f64());
    }

    pub(crate) fn log_in(&self, outcome: &'static str) {
        self.log_ins.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    /// What waits for endpoints at this moment.
    pub(crate) fn endpoints(&self, waiting: Vec<Waiting>, now: Timestamp) {
        self.backlog.clear();
        self.oldest.clear();
        let disabled = waiting.iter().filter(|one| one.is_disabled).count();
        self.disabled.set(disabled as i64);
        for one in waiting {
            let oldest = one
                .oldest
                .map_or(0, |at| now.millis_since(at).max(0) / 1000);
            let labels = EndpointLabels {
                endpoint: one.endpoint,
            };
            self.backlog.get_or_create(&labels).set(one.deliveries);
            self.oldest.get_or_create(&labels).set(oldest);
        }
    }

    /// Prometheus' text, with the store's numbers of this moment and how many are connected.
    pub(crate) fn text(&self, stats: Stats, sockets: usize) -> String {
        self.sockets.set(sockets as i64);
        self.commands.set(stats.commands as i64);
        self.groups.set(stats.groups as i64);
        self.position.set(stats.position);
        let waiting = |queue| self.waiting.get_or_create(&QueueLabels { queue }).clone();
        waiting("write").set(stats.waiting_writes as i64);
        waiting("read").set(stats.waiting_reads as i64);
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(error) => {
                tracing::error!(error = %error, "the metrics could not be written");
                String::new()
            }
        }
    }
}
