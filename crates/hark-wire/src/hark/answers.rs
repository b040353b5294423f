//! What our own API answers. Every member is always there; what there is none of is `null`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hark_chat::sites::{self, Algorithm};
use hark_model::rooms::Room;
use hark_model::visitors::Visitor;
use hark_store::Timestamp;
use hark_webhooks::deliveries::{self, lists};
use hark_webhooks::dialects::{Dialect, Iso};
use hark_webhooks::endpoints::{self, Origin};
use hark_webhooks::replays;
use hark_webhooks::schedule::{self, Overrides, Success};
use hark_webhooks::signing::{Scheme, Secret};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::params::{Choice, choice};

choice!(Origin: Workspace, Comm100, Hark);
choice!(Algorithm: Hs256, EdDsa);
choice!(Shared: Visitor, Email, Phone);
choice!(Dialect: RocketChat, Comm100, Standard);
// One that was removed is not shown.
choice!(endpoints::State: Active, Paused, Disabled; not Removed);
choice!(lists::State: Pending, Delivered, GivenUp);
choice!(replays::State: Running, Done, Cancelled);
choice!(Scheme: Hmac, Ed25519);
choice!(Success: Exactly200, Any2xx);

/// What the visitors of two chats have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shared {
    /// They are one: the same token, or the same person by a site's word.
    Visitor,
    Email,
    Phone,
}

impl Shared {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// The beginning of time is that of what was always there.
fn since(at: Timestamp) -> Option<Iso> {
    (at.millis() != 0).then_some(Iso(at))
}

/// One of a few words.
#[derive(Clone, Copy)]
pub(crate) struct Word<C>(C);

impl<C: Choice> Serialize for Word<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<C: Choice> JsonSchema for Word<C> {
    fn schema_name() -> Cow<'static, str> {
        "Word".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": C::WORDS})
    }
}

/// Some entries of a list, and where the next ones begin.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields, rename = "{T}Page")]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_cursor: Option<String>,
}

/// Writes down answers: all members are always there, and no others. Before a struct may
/// stand what it is made from, and then each member says how: `after_event: i64 = replay.after`.
macro_rules! answers {
    (@struct [$($meta:tt)*] $name:ident {
        $($(#[$about:meta])* $field:ident: $is:ty $(= $value:expr)?),* $(,)?
    }) => {
        #[derive(Serialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        #[schemars(deny_unknown_fields)]
        $($meta)*
        pub(crate) struct $name {
            $($(#[$about])* pub(crate) $field: $is,)*
        }
    };
    (@of $name:ident ($($from:ident: $given:ty),+) {
        $($(#[$about:meta])* $field:ident: $is:ty = $value:expr),* $(,)?
    }) => {
        impl $name {
            pub(crate) fn of($($from: $given),+) -> Self {
                Self { $($field: $value),* }
            }
        }
    };
    ($($(#[$meta:meta])* $(from $from:tt)? struct $name:ident $members:tt)+) => {$(
        answers!(@struct [$(#[$meta])*] $name $members);
        $(answers!(@of $name $from $members);)?
    )+};
}

answers! {
    from (endpoint: &endpoints::Endpoint, now: Timestamp)
    struct Endpoint {
        id: String = endpoint.id.clone(),
        origin: Word<Origin> = Word(endpoint.origin),
        name: String = endpoint.name.clone(),
        dialect: Word<Dialect> = Word(endpoint.dialect),
        url: String = endpoint.shown_url(),
        events: Vec<String> = endpoint.events.clone(),
        state: Word<endpoints::State> = Word(endpoint.state),
        reason: Option<String> = endpoint.reason.clone(),
        state_since: Option<Iso> = since(endpoint.state_since),
        complaint: Option<String> = endpoint.complaint(),
        /// Why nothing arrives there, while that is so.
        trouble: Option<EndpointTrouble> = endpoint.trouble.as_ref().map(EndpointTrouble::of),
        secrets: Vec<EndpointSecret> = good(endpoint, now).map(EndpointSecret::of).collect(),
        public_keys: Vec<String> = good(endpoint, now).filter_map(Secret::public_key).collect(),
        // The workspace's receiver knows us by a word of the settings.
        has_token: bool = endpoint.origin == Origin::Workspace && !endpoint.token.is_empty(),
        policy: Map<String, Value> = chosen(&endpoint.overrides),
        schedule: Schedule = Schedule::of(&endpoint.schedule),
        since_event: i64 = endpoint.since,
        created_at: Option<Iso> = since(endpoint.created_at),
        updated_at: Option<Iso> = since(endpoint.updated_at),
    }

    from (trouble: &endpoints::Trouble)
    struct EndpointTrouble {
        error: String = trouble.class.clone(),
        reason: String = trouble.why.clone(),
        since: Iso = Iso(trouble.since),
    }

    from (secret: &Secret)
    struct EndpointSecret {
        scheme: Word<Scheme> = Word(secret.scheme),
        hint: String = format!("…{}", secret.hint()),
        until: Option<Iso> = secret.until.map(Iso),
    }

    from (schedule: &schedule::Schedule)
    struct Schedule {
        success: Word<Success> = Word(schedule.success),
        timeout_ms: u64 = schedule.timeout.as_millis() as u64,
        delays_ms: Vec<u64> = schedule.delays.iter().map(|delay| delay.as_millis() as u64).collect(),
        jitter: bool = schedule.jitter,
        heeds_receiver: bool = schedule.heeds_receiver,
        concurrency: usize = schedule.concurrency,
    }

    /// With how it goes with it.
    struct EndpointInFull {
        #[serde(flatten)]
        endpoint: Endpoint,
        stats: Stats,
    }

    /// With the secret that it has got: the only time that it is shown.
    struct EndpointWithSecret {
        #[serde(flatten)]
        endpoint: Endpoint,
        secret: Option<String>,
    }

    from (stats: &lists::Stats)
    struct Stats {
        backlog: i64 = stats.tally.backlog(),
        oldest_pending_at: Option<Iso> = stats.oldest_pending.map(Iso),
        made: i64 = stats.tally.made,
        delivered: i64 = stats.tally.delivered,
        given_up: i64 = stats.tally.given_up,
        success_share: Option<f64> = success_share(&stats.tally),
        attempts: i64 = stats.tally.attempts,
        failed_attempts: i64 = stats.tally.failed_attempts,
        last_success_at: Option<Iso> = stats.tally.last_success_at.map(Iso),
        last_failure_at: Option<Iso> = stats.tally.last_failure_at.map(Iso),
        failing_since: Option<Iso> = stats.tally.failing_since.map(Iso),
        latency_ms: Latency = Latency::of(stats),
    }

    from (stats: &lists::Stats)
    struct Latency {
        attempts: usize = stats.latencies.len(),
        p50: Option<f64> = stats.latency(0.5).map(millis),
        p95: Option<f64> = stats.latency(0.95).map(millis),
        max: Option<f64> = stats.latency(1.0).map(millis),
    }

    from (endpoint: &endpoints::Endpoint, of: &lists::Stats)
    struct StatsOfEndpoint {
        #[serde(flatten)]
        stats: Stats = Stats::of(of),
        endpoint: String = endpoint.id.clone(),
        name: String = endpoint.name.clone(),
        state: Word<endpoints::State> = Word(endpoint.state),
    }

    struct StatsPage {
        /// Why no webhook and no mail is sent, while that is so.
        quiet: Option<String>,
        items: Vec<StatsOfEndpoint>,
        next_cursor: Option<String>,
    }

    from (delivery: &lists::Delivery, to: Option<&endpoints::Endpoint>)
    struct Delivery {
        id: String = delivery.id(),
        endpoint: Option<DeliveryEndpoint> = to.map(DeliveryEndpoint::of),
        event_id: i64 = delivery.position,
        kind: String = delivery.kind.clone(),
        conversation: Option<String> = delivery.conversation().map(str::to_owned),
        sequence: Option<i64> = delivery.seq,
        happened_at: Iso = Iso(delivery.at),
        state: Word<lists::State> = Word(delivery.state),
        attempts: i64 = delivery.attempts,
        attempts_before: i64 = delivery.attempts_before,
        next_attempt_at: Option<Iso> = delivery.next_at.map(Iso),
        settled_at: Option<Iso> = delivery.settled_at.map(Iso),
        status: Option<i64> = delivery.status,
        error: Option<String> = delivery.error.clone(),
    }

    from (endpoint: &endpoints::Endpoint)
    struct DeliveryEndpoint {
        id: String = endpoint.id.clone(),
        name: String = endpoint.name.clone(),
        dialect: Word<Dialect> = Word(endpoint.dialect),
    }

    struct DeliveryInFull {
        #[serde(flatten)]
        delivery: Delivery,
        body: String,
        body_bytes: usize,
        body_truncated: bool,
        attempt_log: Vec<Attempt>,
    }

    from (attempt: &deliveries::Attempt)
    struct Attempt {
        number: i64 = attempt.number,
        at: Iso = Iso(attempt.at),
        url: String = attempt.url.clone(),
        request_headers: Vec<Header> = headers(&attempt.request_headers),
        status: Option<i64> = attempt.status,
        response_headers: Option<Vec<Header>> = attempt.response_headers.as_deref().map(headers),
        response: Option<String> = attempt.response.clone(),
        response_truncated: bool = attempt.truncated,
        error: Option<String> = attempt.error.as_deref().map(str::to_owned),
        detail: Option<String> = attempt.detail.clone(),
        address: Option<String> = attempt.address.clone(),
        reused_connection: bool = attempt.reused,
        phases_ms: Phases = Phases::of(attempt),
    }

    struct Header {
        name: String,
        value: String,
    }

    from (attempt: &deliveries::Attempt)
    struct Phases {
        dns: Option<f64> = attempt.dns.map(millis),
        connect: Option<f64> = attempt.connect.map(millis),
        tls: Option<f64> = attempt.tls.map(millis),
        first_byte: Option<f64> = attempt.first_byte.map(millis),
        total: f64 = millis(attempt.total),
    }

    /// What came of a test.
    struct Tested {
        kind: &'static str,
        succeeded: bool,
        attempt: Attempt,
    }

    from (replay: &replays::Replay, to: Option<&str>)
    struct Replay {
        id: String = replay.id.clone(),
        endpoint: Option<String> = to.map(str::to_owned),
        state: Word<replays::State> = Word(replay.state),
        after_event: i64 = replay.after,
        until_event: i64 = replay.until,
        failed_only: bool = replay.failed_only,
        progress: f64 = progress(replay),
        reached_event: i64 = replay.reached,
        events: i64 = replay.events,
        queued: i64 = replay.queued,
        created_at: Iso = Iso(replay.created_at),
        finished_at: Option<Iso> = replay.finished_at.map(Iso),
    }

    struct ReplayList {
        items: Vec<Replay>,
    }

    /// What a replay would be.
    struct Count {
        dry_run: bool,
        after_event: i64,
        until_event: i64,
        events: i64,
        queued: i64,
        is_partial: bool,
    }

    /// Events as the standard dialect writes them.
    struct EventPage {
        items: Vec<Map<String, Value>>,
        after: i64,
        has_more: bool,
    }

    /// The kinds of events.
    struct Catalogue {
        kinds: Vec<CatalogueKind>,
    }

    struct CatalogueKind {
        name: &'static str,
        summary: &'static str,
        /// By the names of the dialects that have a word for such events.
        #[schemars(with = "BTreeMap<String, CatalogueDialect>")]
        dialects: Map<String, Value>,
    }

    struct CatalogueDialect {
        schema: Map<String, Value>,
        example: Value,
    }

    /// A chat of the same visitor, or of somebody who has given the same address or number. Only
    /// that it is the same visitor is proven.
    from (room: &Room, same: &[Shared])
    struct RelatedChat {
        id: String = room.id.clone(),
        proven: bool = same.contains(&Shared::Visitor),
        same: Vec<Word<Shared>> = same.iter().copied().map(Word).collect(),
        visitor: Option<RelatedVisitor> = room.visitor.as_ref().map(RelatedVisitor::of),
        open: bool = room.open,
        department: Option<String> = room.department.clone(),
        served_by: Option<String> = room.served_by.as_ref().map(|agent| agent.username.clone()),
        topic: Option<String> = room.topic.clone(),
        tags: Vec<String> = room.tags.clone(),
        messages: i64 = room.messages,
        started_at: Iso = Iso(room.created_at),
        last_message_at: Iso = Iso(room.last_message_at),
        ended_at: Option<Iso> = room.closing.as_ref().map(|closing| Iso(closing.at)),
    }

    from (visitor: &Visitor)
    struct RelatedVisitor {
        id: String = visitor.id.clone(),
        name: String = visitor.shown_name().to_owned(),
    }

    from (site: &sites::Site)
    struct Site {
        id: String = site.id.clone(),
        name: String = site.name.clone(),
        secrets: Vec<SiteSecret> = site.secrets.iter().map(SiteSecret::of).collect(),
        created_at: Iso = Iso(site.created_at),
        updated_at: Iso = Iso(site.updated_at),
    }

    from (secret: &sites::Secret)
    struct SiteSecret {
        algorithm: Word<Algorithm> = Word(secret.algorithm),
        hint: String = format!("…{}", secret.hint()),
        until: Option<Iso> = secret.until.map(Iso),
    }

    /// With the secret that it has got: the only time that it is shown. A key of its own is no secret.
    struct SiteWithSecret {
        #[serde(flatten)]
        site: Site,
        secret: Option<String>,
    }

    /// The visitor whom a site vouches for. Their token opens their chats from now on.
    from (visitor: &Visitor)
    struct Identified {
        id: String = visitor.id.clone(),
        token: String = visitor.token.clone(),
        username: String = visitor.username.clone(),
        name: Option<String> = visitor.name.clone(),
        email: Option<String> = visitor.emails.first().cloned(),
    }

    /// What the widget's script has to know.
    struct Launcher {
        enabled: bool,
        online: bool,
        language: String,
        theme: Theme,
        triggers: Vec<LauncherTrigger>,
    }

    struct Theme {
        title: String,
        color: String,
        offline_title: String,
        offline_color: String,
        #[schemars(extend("enum" = ["left", "right"]))]
        position: String,
    }

    struct LauncherTrigger {
        id: String,
        run_once: bool,
        conditions: Vec<Condition>,
    }

    struct Condition {
        #[schemars(extend("enum" = ["page-url", "time-on-site"]))]
        name: String,
        value: Value,
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
