//! What an operator's dashboard reads. The families are made here and handed in; nothing is global.

mod classic;
mod process;

use std::sync::atomic::Ordering;
use std::time::Duration;

use hark_jobs::{State, Status};
use hark_store::{Stats, Timestamp};
use hark_webhooks::endpoints::Waiting;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry, Unit};

use self::process::Process;

pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<Label, Histogram, fn() -> Histogram>,
    log_ins: Family<Label, Counter>,
    commands: Counter,
    groups: Counter,
    statements: Counter,
    waits: Counter,
    waiting: Family<Label, Gauge>,
    position: Gauge,
    sockets: Gauge,
    backlog: Family<Label<String>, Gauge>,
    oldest: Family<Label<String>, Gauge>,
    given_up: Family<Label<String>, Counter>,
    disabled: Gauge,
    open_chats: Gauge,
    queued_chats: Gauge,
    agents: Gauge,
    failing_inboxes: Gauge,
    process: Process,
    job_up: Family<Label, Gauge>,
    job_here: Family<Label, Gauge>,
    job_restarts: Family<Label, Counter>,
    job_succeeded: Family<Label, Gauge>,
}

/// One label: its name and its value.
type Label<V = &'static str> = [(&'static str, V); 1];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: &'static str,
    status: u16,
}

pub struct RequestSample<'a> {
    pub method: &'a str,
    pub route: &'static str,
    pub status: u16,
    pub elapsed: Duration,
}

/// What there is to do, and who is there to do it.
pub struct Work {
    pub open_chats: i64,
    pub queued_chats: i64,
    pub agents: i64,
    pub failing_inboxes: i64,
}

impl Metrics {
    pub fn new(version: &'static str) -> Self {
        let mut registry = Registry::with_prefix("hark");
        let all = &mut registry;
        all.register(
            "build",
            "Which program this is",
            Info::new([("version", version)]),
        );
        let seconds = Family::new_with_constructor(buckets as fn() -> Histogram);
        // They are shown in this order.
        Self {
            sockets: counted(all, "sockets", "Connections to the real-time API"),
            requests: counted(all, "http_requests", "Requests answered"),
            seconds: in_seconds(
                all,
                "http_request",
                "Time from the request's head to the answer",
                seconds,
            ),
            log_ins: counted(all, "log_ins", "Attempts to log in"),
            commands: counted(
                all,
                "store_commands",
                "Commands that the store has answered",
            ),
            groups: counted(all, "store_commits", "Commits that they shared"),
            statements: counted(
                all,
                "store_statements",
                "Statements of commands and queries",
            ),
            waits: counted(
                all,
                "store_round_trips",
                "How often an answer of PostgreSQL was waited for",
            ),
            waiting: counted(
                all,
                "store_waiting",
                "Commands and queries in the store's queues",
            ),
            position: counted(all, "event_log_position", "Position of the newest event"),
            backlog: counted(
                all,
                "webhook_backlog",
                "Deliveries that wait for an endpoint",
            ),
            oldest: in_seconds(
                all,
                "webhook_oldest",
                "Age of the oldest delivery that waits for an endpoint",
                Family::default(),
            ),
            given_up: counted(
                all,
                "webhook_given_up",
                "Deliveries to an endpoint that were given up",
            ),
            disabled: counted(
                all,
                "webhook_endpoints_disabled",
                "Endpoints that failures have disabled",
            ),
            open_chats: counted(all, "chats_open", "Chats that go on"),
            queued_chats: counted(all, "chats_queued", "Chats that wait for an agent"),
            agents: counted(all, "agents_there", "Agents who are there for a chat"),
            failing_inboxes: counted(
                all,
                "email_inboxes_failing",
                "E-mail inboxes that cannot be read",
            ),
            process: Process::new(),
            job_up: counted(
                all,
                "job_up",
                "Whether a job does its work, here or at another node",
            ),
            job_here: counted(all, "job_here", "Whether it is this node that does it"),
            job_restarts: counted(
                all,
                "job_restarts",
                "How often a job broke off and was started again",
            ),
            job_succeeded: in_seconds(
                all,
                "job_last_success_timestamp",
                "When a job last did its work at this node",
                Family::default(),
            ),
            registry,
        }
    }
}

fn counted<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

fn in_seconds<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register_with_unit(name, help, Unit::Seconds, metric.clone());
    metric
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

    pub(crate) fn request(&self, sample: &RequestSample<'_>) {
        // Whatever a stranger writes as a method must not become a label.
        let method = match sample.method {
            "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "HEAD" => sample.method,
            _ => "other",
        };
        self.requests
            .get_or_create(&RequestLabels {
                method: method.to_owned(),
                route: sample.route,
                status: sample.status,
            })
            .inc();
        self.seconds
            .get_or_create(&[("route", sample.route)])
            .observe(sample.elapsed.as_secs_f64());
    }

    pub(crate) fn log_in(&self, outcome: &'static str) {
        self.log_ins.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// What waits for endpoints at this moment.
    pub(crate) fn endpoints(&self, waiting: Vec<Waiting>, now: Timestamp) {
        self.backlog.clear();
        self.oldest.clear();
        self.given_up.clear();
        let disabled = waiting.iter().filter(|one| one.is_disabled).count();
        self.disabled.set(disabled as i64);
        for one in waiting {
            let oldest = one
                .oldest
                .map_or(0, |at| now.millis_since(at).max(0) / 1000);
            let label = [("endpoint", one.endpoint)];
            self.backlog.get_or_create(&label).set(one.deliveries);
            self.oldest.get_or_create(&label).set(oldest);
            raise(&self.given_up.get_or_create(&label), one.given_up);
        }
    }

    pub(crate) fn work(&self, work: &Work) {
        self.open_chats.set(work.open_chats);
        self.queued_chats.set(work.queued_chats);
        self.agents.set(work.agents);
        self.failing_inboxes.set(work.failing_inboxes);
    }

    fn jobs(&self, jobs: &[Status], now: Timestamp) {
        for job in jobs {
            let label = [("job", job.name)];
            let is_failing = matches!(job.state, State::Failing { .. });
            let is_elsewhere = job.state == State::Elsewhere;
            let set = |family: &Family<Label, Gauge>, value: i64| {
                family.get_or_create(&label).set(value);
            };
            set(&self.job_up, i64::from(!is_failing));
            set(&self.job_here, i64::from(!is_elsewhere));
            let restarts = self.job_restarts.get_or_create(&label);
            restarts.inner().store(job.restarts, Ordering::Relaxed);
            if let Some(ago) = job.succeeded {
                let millis = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
                set(
                    &self.job_succeeded,
                    now.plus_millis(-millis).millis() / 1000,
                );
            }
        }
    }

    /// OpenMetrics' text, with the numbers of this moment: the store's, how many are connected, the jobs'.
    pub(crate) fn text(
        &self,
        stats: Stats,
        sockets: usize,
        jobs: &[Status],
        now: Timestamp,
    ) -> String {
        self.jobs(jobs, now);
        self.sockets.set(sockets as i64);
        raise(&self.commands, stats.commands as i64);
        raise(&self.groups, stats.groups as i64);
        raise(&self.statements, stats.statements as i64);
        raise(&self.waits, stats.waits as i64);
        self.process.look();
        self.position.set(stats.position);
        let waiting = |queue, length| {
            self.waiting.get_or_create(&[("queue", queue)]).set(length);
        };
        waiting("write", stats.waiting_writes as i64);
        waiting("read", stats.waiting_reads as i64);
        let mut text = String::new();
        let written = encode_registry(&mut text, &self.registry)
            .and_then(|()| encode_registry(&mut text, &self.process.registry))
            .and_then(|()| encode_eof(&mut text));
        match written {
            Ok(()) => text,
            Err(error) => {
                tracing::error!(error = %error, "the metrics could not be written");
                String::new()
            }
        }
    }
}

pub(crate) use self::classic::classic;

/// A count that is kept elsewhere.
fn raise(counter: &Counter, count: i64) {
    let count = u64::try_from(count).unwrap_or(0);
    counter.inner().store(count, Ordering::Relaxed);
}
