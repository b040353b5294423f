//! What our own API answers of webhooks: endpoints, deliveries, replays, the catalogue.

use std::collections::BTreeMap;

use hark_store::Timestamp;
use hark_webhooks::deliveries::{self, lists};
use hark_webhooks::dialects::{Dialect, Iso};
use hark_webhooks::endpoints::{self, Origin};
use hark_webhooks::replays;
use hark_webhooks::schedule::{self, Overrides, Success};
use hark_webhooks::signing::{Scheme, Secret};
use hark_webhooks::written;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Word;

/// The beginning of time is that of what was always there.
fn since(at: Timestamp) -> Option<Iso> {
    (at.millis() != 0).then_some(Iso(at))
}

written! {
    [#[derive(Serialize, JsonSchema)] #[serde(rename_all = "camelCase")] #[schemars(deny_unknown_fields)]]

    pub(crate) struct Endpoint of(endpoint: &endpoints::Endpoint, now: Timestamp) {
        /// Its id; `workspace` for the workspace's webhook.
        id: String = endpoint.id.clone(),
        /// Who made it: the workspace's settings, Comm100's API, or this API and the console.
        origin: Word<Origin> = Word(endpoint.origin),
        /// What people call it.
        name: String = endpoint.name.clone(),
        /// How its bodies are written.
        dialect: Word<Dialect> = Word(endpoint.dialect),
        /// Where its events go; secrets in it are masked.
        url: String = endpoint.shown_url(),
        /// Kinds, families (`chat.*`), or `*` for all.
        events: Vec<String> = endpoint.events.clone(),
        /// `active`, `paused` by a person, or `disabled` by failures.
        state: Word<endpoints::State> = Word(endpoint.state),
        /// Why it is in this state, where somebody or something said so.
        reason: Option<String> = endpoint.reason.clone(),
        /// Since when it is in this state.
        state_since: Option<Iso> = since(endpoint.state_since),
        /// What keeps its URL from being used.
        complaint: Option<String> = endpoint.complaint(),
        /// Why nothing arrives there, while that is so.
        trouble: Option<EndpointTrouble> = endpoint.trouble.as_ref().map(EndpointTrouble::of),
        /// The secrets that are good now, without what they are.
        secrets: Vec<EndpointSecret> = good(endpoint, now).map(EndpointSecret::of).collect(),
        /// The keys by which `v1a` signatures are verified.
        public_keys: Vec<String> = good(endpoint, now).filter_map(Secret::public_key).collect(),
        /// Whether requests carry a word by which the receiver knows us, as those of the workspace's webhook may.
        has_token: bool = endpoint.origin == Origin::Workspace && !endpoint.token.is_empty(),
        /// What was chosen by hand of how deliveries are tried.
        policy: Map<String, Value> = chosen(&endpoint.overrides),
        /// How deliveries are tried, with what was chosen and what the dialect says.
        schedule: Schedule = Schedule::of(&endpoint.schedule),
        /// Events behind this place in the log go to it.
        since_event: i64 = endpoint.since,
        /// When it was made; `null` for what was always there.
        created_at: Option<Iso> = since(endpoint.created_at),
        /// When it was changed last.
        updated_at: Option<Iso> = since(endpoint.updated_at),
    }

    pub(crate) struct EndpointTrouble of(trouble: &endpoints::Trouble) {
        /// The class of what goes wrong, as attempts have it.
        error: String = trouble.class.clone(),
        /// The same as a sentence.
        reason: String = trouble.why.clone(),
        /// Since when it goes wrong.
        since: Iso = Iso(trouble.since),
    }

    pub(crate) struct EndpointSecret of(secret: &Secret) {
        /// A shared secret, or a key pair.
        scheme: Word<Scheme> = Word(secret.scheme),
        /// Its last characters.
        hint: String = format!("…{}", secret.hint()),
        /// Until when it is good, once another one has followed it.
        until: Option<Iso> = secret.until.map(Iso),
    }

    pub(crate) struct Schedule of(schedule: &schedule::Schedule) {
        /// Which answers are success.
        success: Word<Success> = Word(schedule.success),
        /// How long a whole request may take.
        timeout_ms: u64 = schedule.timeout.as_millis() as u64,
        /// The pauses before each further attempt.
        delays_ms: Vec<u64> = schedule.delays.iter().map(|delay| delay.as_millis() as u64).collect(),
        /// Whether pauses are a little longer or shorter, by chance.
        jitter: bool = schedule.jitter,
        /// Whether `Retry-After`, 410 and slowing answers are heeded.
        heeds_receiver: bool = schedule.heeds_receiver,
        /// How many requests go to it at the same time.
        concurrency: usize = schedule.concurrency,
    }

    /// With how it goes with it.
    pub(crate) struct EndpointInFull {
        #[serde(flatten)]
        endpoint: Endpoint,
        /// How it goes with it.
        stats: Stats,
    }

    /// With the secret that it has got: the only time that it is shown.
    pub(crate) struct EndpointWithSecret {
        #[serde(flatten)]
        endpoint: Endpoint,
        /// The secret; `null` where nothing is signed.
        secret: Option<String>,
    }

    pub(crate) struct Stats of(stats: &lists::Stats) {
        /// How many deliveries are on their way.
        backlog: i64 = stats.tally.backlog(),
        /// When the oldest of them happened.
        oldest_pending_at: Option<Iso> = stats.oldest_pending.map(Iso),
        /// How many deliveries there were.
        made: i64 = stats.tally.made,
        /// How many arrived.
        delivered: i64 = stats.tally.delivered,
        /// How many were given up.
        given_up: i64 = stats.tally.given_up,
        /// Those that arrived among those that are settled, from 0 to 1.
        success_share: Option<f64> = success_share(&stats.tally),
        /// How many requests were made.
        attempts: i64 = stats.tally.attempts,
        /// How many of these failed.
        failed_attempts: i64 = stats.tally.failed_attempts,
        /// When something arrived last.
        last_success_at: Option<Iso> = stats.tally.last_success_at.map(Iso),
        /// When a request failed last.
        last_failure_at: Option<Iso> = stats.tally.last_failure_at.map(Iso),
        /// Since when no request has succeeded.
        failing_since: Option<Iso> = stats.tally.failing_since.map(Iso),
        /// How long the latest requests took.
        latency_ms: Latency = Latency::of(stats),
    }

    pub(crate) struct Latency of(stats: &lists::Stats) {
        /// Of how many requests the figures are.
        attempts: usize = stats.latencies.len(),
        /// Half of them took no longer.
        p50: Option<f64> = stats.latency(0.5).map(millis),
        /// Nineteen of twenty took no longer.
        p95: Option<f64> = stats.latency(0.95).map(millis),
        /// The longest one.
        max: Option<f64> = stats.latency(1.0).map(millis),
    }

    /// How it went with an endpoint in half an hour in which something was sent there.
    pub(crate) struct HalfHour of(half: &lists::HalfHour) {
        /// When the half hour begins.
        from: Iso = Iso(half.begins),
        /// How many deliveries arrived in it.
        delivered: i64 = half.delivered,
        /// How many requests failed in it.
        failed_attempts: i64 = half.failed_attempts,
        /// Deliveries that were tried for the first time.
        first_requests: i64 = half.first_requests,
        /// From the event to this request.
        first_request_after_ms: Option<i64> = (half.first_requests > 0).then(|| half.waited / half.first_requests),
        /// The longest way from an event to its first request.
        longest_ms: Option<i64> = (half.first_requests > 0).then_some(half.longest),
        /// How many of the deliveries that were tried for the first time had waited for how long, the shortest time first, as far as there are any.
        first_requests_within: Vec<FirstRequests> = half.spread.each().into_iter().map(FirstRequests::of).collect(),
    }

    /// Deliveries that were tried for the first time up to so long after their events, and later than those of the entry before.
    pub(crate) struct FirstRequests of(counted: (Option<i64>, i64)) {
        /// The longest time that is in it: 100, 200, 500, 1000, 2000, 5000, 15000, 60000 or 300000 milliseconds; `null` of all that took longer.
        until_ms: Option<i64> = counted.0,
        /// How many they are.
        requests: i64 = counted.1,
    }

    /// What a pattern finds, and how long it looked for that.
    pub(crate) struct Trial {
        /// What it finds, in order.
        found: Vec<String>,
        /// How long it looked, in microseconds.
        micros: i64,
    }

    pub(crate) struct StatsOfEndpoint of(endpoint: &endpoints::Endpoint, of: &lists::Stats) {
        #[serde(flatten)]
        stats: Stats = Stats::of(of),
        /// The id of the endpoint.
        endpoint: String = endpoint.id.clone(),
        /// What people call it.
        name: String = endpoint.name.clone(),
        /// `active`, `paused` or `disabled`.
        state: Word<endpoints::State> = Word(endpoint.state),
    }

    pub(crate) struct StatsPage {
        /// Why no webhook and no mail is sent, while that is so.
        quiet: Option<String>,
        /// An entry for each endpoint.
        items: Vec<StatsOfEndpoint>,
        /// What `cursor` has to be for the next page.
        next_cursor: Option<String>,
    }

    pub(crate) struct Delivery of(delivery: &lists::Delivery, to: Option<&endpoints::Endpoint>, visitor: Option<&str>) {
        /// Its id, which is the `webhook-id` of its requests.
        id: String = delivery.id(),
        /// Where it goes; `null` for an endpoint that is gone.
        endpoint: Option<DeliveryEndpoint> = to.map(DeliveryEndpoint::of),
        /// The event's place in the log.
        event_id: i64 = delivery.position,
        /// The kind of the event.
        kind: String = delivery.kind.clone(),
        /// The id of the chat, if it is about one.
        conversation: Option<String> = delivery.conversation().map(str::to_owned),
        /// The name of the visitor whose chat it is; `null` without one, and of a chat that is gone.
        visitor: Option<String> = visitor.map(str::to_owned),
        /// The number of the event inside its conversation.
        sequence: Option<i64> = delivery.seq,
        /// When the event happened.
        happened_at: Iso = Iso(delivery.at),
        /// Whether it is on its way, has arrived, or was given up.
        state: Word<lists::State> = Word(delivery.state),
        /// How many requests were made for it since it was last sent again.
        attempts: i64 = delivery.attempts,
        /// How many were made before that.
        attempts_before: i64 = delivery.attempts_before,
        /// When it is tried again.
        next_attempt_at: Option<Iso> = delivery.next_at.map(Iso),
        /// When it arrived or was given up.
        settled_at: Option<Iso> = delivery.settled_at.map(Iso),
        /// The status of the last answer.
        status: Option<i64> = delivery.status,
        /// The class of what went wrong last.
        error: Option<String> = delivery.error.clone(),
    }

    pub(crate) struct DeliveryEndpoint of(endpoint: &endpoints::Endpoint) {
        /// The id of the endpoint.
        id: String = endpoint.id.clone(),
        /// What people call it.
        name: String = endpoint.name.clone(),
        /// How its bodies are written.
        dialect: Word<Dialect> = Word(endpoint.dialect),
    }

    pub(crate) struct DeliveryInFull {
        #[serde(flatten)]
        delivery: Delivery,
        /// The bytes that are sent, as text.
        body: String,
        /// How many bytes they are.
        body_bytes: usize,
        /// Whether more is sent than is shown here.
        body_truncated: bool,
        /// Its requests, the first one first.
        attempt_log: Vec<Attempt>,
    }

    pub(crate) struct Attempt of(attempt: &deliveries::Attempt) {
        /// 1 for the first one.
        number: i64 = attempt.number,
        /// When it began.
        at: Iso = Iso(attempt.at),
        /// Where it went.
        url: String = attempt.url.clone(),
        /// What was sent besides the body.
        request_headers: Vec<Header> = headers(&attempt.request_headers),
        /// The status of the answer; `null` where there was none.
        status: Option<i64> = attempt.status,
        /// The headers of the answer.
        response_headers: Option<Vec<Header>> = attempt.response_headers.as_deref().map(headers),
        /// The body of the answer, as far as it is kept.
        response: Option<String> = attempt.response.clone(),
        /// Whether there was more of it.
        response_truncated: bool = attempt.truncated,
        /// The class of what went wrong; `null` for success.
        error: Option<String> = attempt.error.as_deref().map(str::to_owned),
        /// The same as a sentence.
        detail: Option<String> = attempt.detail.clone(),
        /// The address that it was connected to.
        address: Option<String> = attempt.address.clone(),
        /// Whether a connection was there already.
        reused_connection: bool = attempt.reused,
        /// How long each part of it took.
        phases_ms: Phases = Phases::of(attempt),
    }

    pub(crate) struct Header {
        /// The name of the header.
        name: String,
        /// Its value; secrets are masked.
        value: String,
    }

    pub(crate) struct Phases of(attempt: &deliveries::Attempt) {
        /// Until the name had an address.
        dns: Option<f64> = attempt.dns.map(millis),
        /// Until it was connected.
        connect: Option<f64> = attempt.connect.map(millis),
        /// Until the connection was secured.
        tls: Option<f64> = attempt.tls.map(millis),
        /// From the request to the first byte of the answer.
        first_byte: Option<f64> = attempt.first_byte.map(millis),
        /// All of it.
        total: f64 = millis(attempt.total),
    }

    /// What came of a test.
    pub(crate) struct Tested {
        /// The kind of the sample.
        kind: &'static str,
        /// Whether the answer was one of success.
        succeeded: bool,
        /// The request and its answer.
        attempt: Attempt,
    }

    /// A test of an endpoint that nobody has made yet.
    pub(crate) struct Tried {
        #[serde(flatten)]
        tested: Tested,
        /// The secret by which it was signed: an endpoint that is made with it signs as this test did. `null` where nothing is
        /// signed.
        secret: Option<String>,
    }

    pub(crate) struct Replay of(replay: &replays::Replay, to: Option<&str>) {
        /// The id of the replay.
        id: String = replay.id.clone(),
        /// The id of the endpoint; `null` for one that is gone.
        endpoint: Option<String> = to.map(str::to_owned),
        /// How far it is.
        state: Word<replays::State> = Word(replay.state),
        /// Events behind this place in the log.
        after_event: i64 = replay.after,
        /// Events up to this place.
        until_event: i64 = replay.until,
        /// Whether only what did not arrive is sent again.
        failed_only: bool = replay.failed_only,
        /// From 0 to 1.
        progress: f64 = progress(replay),
        /// How far in the log it has come.
        reached_event: i64 = replay.reached,
        /// How many events it has looked at.
        events: i64 = replay.events,
        /// How many deliveries it has made.
        queued: i64 = replay.queued,
        /// When it was asked for.
        created_at: Iso = Iso(replay.created_at),
        /// When it ended.
        finished_at: Option<Iso> = replay.finished_at.map(Iso),
    }

    pub(crate) struct ReplayList {
        /// The latest ones first.
        items: Vec<Replay>,
    }

    /// What a replay would be.
    pub(crate) struct Count {
        /// Always `true`: nothing was sent.
        dry_run: bool,
        /// Events behind this place in the log.
        after_event: i64,
        /// Events up to this place.
        until_event: i64,
        /// How many events there are.
        events: i64,
        /// How many deliveries would be made.
        queued: i64,
        /// How many of them there are of each kind.
        kinds: BTreeMap<&'static str, i64>,
        /// Of how many chats they tell.
        conversations: usize,
        /// Whether there are more than were counted.
        is_partial: bool,
    }

    /// What came of sending again what was given up.
    pub(crate) struct Resent {
        /// How many deliveries are on their way again.
        resent: i64,
        /// What `cursor` has to be for those that come next; `null` when these were all.
        next_cursor: Option<String>,
    }

    /// What was found where a URL leads.
    pub(crate) struct Looked {
        /// Why nothing would ever be sent there, as an endpoint with this URL would say it.
        complaint: Option<String>,
        /// Whether somebody takes connections there; `null` where that was not looked at.
        reached: Option<bool>,
        /// The class of what went wrong.
        error: Option<String>,
        /// The same as a sentence.
        detail: Option<String>,
        /// The address that was connected to or tried.
        address: Option<String>,
        /// Whether it is a public one; otherwise `HARK_WEBHOOK_ALLOW` names its network.
        is_public: Option<bool>,
        /// Until when the certificate is good; `null` without one.
        certificate_until: Option<Iso>,
    }

    /// Events as the standard dialect writes them.
    pub(crate) struct EventPage {
        /// The events, the first one first.
        items: Vec<Map<String, Value>>,
        /// What `after` has to be for the next page.
        after: i64,
        /// Whether there are more already.
        has_more: bool,
    }

    /// How many events of each kind there were since a moment.
    pub(crate) struct EventCounts {
        /// Since when.
        from: Iso,
        /// Otherwise there were more of them than are counted, and these are the latest.
        whole: bool,
        /// How many, by kind.
        kinds: BTreeMap<String, i64>,
    }

    /// The kinds of events.
    pub(crate) struct Catalogue {
        /// Every kind that a webhook may ask for.
        kinds: Vec<CatalogueKind>,
        /// How deliveries of each dialect are tried, unless an endpoint wants it otherwise.
        schedules: BTreeMap<&'static str, Schedule>,
    }

    pub(crate) struct CatalogueKind {
        /// The name of the kind.
        name: &'static str,
        /// When it happens.
        summary: &'static str,
        /// By the names of the dialects that have a word for such events.
        #[schemars(with = "BTreeMap<String, CatalogueDialect>")]
        dialects: Map<String, Value>,
    }

    pub(crate) struct CatalogueDialect {
        /// The JSON Schema of the body.
        schema: Map<String, Value>,
        /// A body.
        example: Value,
    }
}

impl Endpoint {
    pub(crate) fn with_complaint(self, complaint: Option<String>) -> Self {
        Self { complaint, ..self }
    }
}

/// Those that are good at a moment.
fn good(endpoint: &endpoints::Endpoint, now: Timestamp) -> impl Iterator<Item = &Secret> {
    let secrets = endpoint.secrets.iter();
    secrets.filter(move |secret| secret.is_good_at(now))
}

/// What of the policy was chosen by hand.
fn chosen(overrides: &Overrides) -> Map<String, Value> {
    match json!(overrides) {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn success_share(tally: &lists::Tally) -> Option<f64> {
    let settled = tally.delivered + tally.given_up;
    (settled > 0).then(|| tally.delivered as f64 / settled as f64)
}

/// Of microseconds.
fn millis(micros: i64) -> f64 {
    micros as f64 / 1000.0
}

fn headers(lines: &str) -> Vec<Header> {
    let pairs = lines.lines().filter_map(|line| line.split_once(": "));
    pairs
        .map(|(name, value)| Header {
            name: name.to_owned(),
            value: value.to_owned(),
        })
        .collect()
}

fn progress(replay: &replays::Replay) -> f64 {
    let stretch = replay.until - replay.after;
    match (replay.state, stretch) {
        (replays::State::Done, _) | (_, 0) => 1.0,
        _ => (replay.reached - replay.after) as f64 / stretch as f64,
    }
}
