//! What our own API answers. Every member is always there; what there is none of is `null`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hark_chat::canned_responses;
use hark_chat::routing;
use hark_chat::sites::{self, Algorithm};
use hark_chat::subscriptions::Subscription;
use hark_chat::{messages, notes, reading, views};
use hark_model::accounts::Account;
use hark_model::audit;
use hark_model::rooms::{self, Person, Room};
use hark_model::vapid;
use hark_model::visitors::Visitor;
use hark_staff::sessions;
use hark_store::{Timestamp, text_enum};
use hark_webhooks::deliveries::{self, lists};
use hark_webhooks::dialects::{Dialect, Iso};
use hark_webhooks::endpoints::{self, Origin};
use hark_webhooks::replays;
use hark_webhooks::schedule::{self, Overrides, Success};
use hark_webhooks::signing::{Scheme, Secret};
use hark_webhooks::written;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::params::{Choice, choices};

choices! {
    ConversationState,
    Origin,
    Algorithm,
    Shared,
    Dialect,
    lists::State,
    replays::State,
    Scheme,
    Success,
}

/// One that was removed is not shown.
impl Choice for endpoints::State {
    const ALL: &'static [Self] = &[Self::Active, Self::Paused, Self::Disabled];
    const WORDS: &'static [&'static str] = &[
        Self::Active.as_str(),
        Self::Paused.as_str(),
        Self::Disabled.as_str(),
    ];

    fn word(self) -> &'static str {
        self.as_str()
    }
}

text_enum! {
    /// What the visitors of two chats have in common.
    pub(crate) enum Shared {
        /// They are one: the same token, or the same person by a site's word.
        Visitor = "visitor",
        Email = "email",
        Phone = "phone",
    }
}

text_enum! {
    /// What a conversation is doing.
    pub(crate) enum ConversationState {
        Queued = "queued",
        Served = "served",
        OnHold = "on-hold",
        Closed = "closed",
    }
}

impl ConversationState {
    fn of(room: &Room) -> Self {
        match (room.open, room.is_on_hold(), &room.served_by) {
            (_, true, _) => Self::OnHold,
            (false, ..) => Self::Closed,
            (true, _, Some(_)) => Self::Served,
            (true, _, None) => Self::Queued,
        }
    }

    pub(crate) const fn state(self) -> rooms::State {
        match self {
            Self::Queued => rooms::State::Queued,
            Self::Served => rooms::State::Served,
            Self::OnHold => rooms::State::OnHold,
            Self::Closed => rooms::State::Closed,
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

written! {
    [#[derive(Serialize, JsonSchema)] #[serde(rename_all = "camelCase")] #[schemars(deny_unknown_fields)]]

    pub(crate) struct Endpoint of(endpoint: &endpoints::Endpoint, now: Timestamp) {
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

    pub(crate) struct EndpointTrouble of(trouble: &endpoints::Trouble) {
        error: String = trouble.class.clone(),
        reason: String = trouble.why.clone(),
        since: Iso = Iso(trouble.since),
    }

    pub(crate) struct EndpointSecret of(secret: &Secret) {
        scheme: Word<Scheme> = Word(secret.scheme),
        hint: String = format!("…{}", secret.hint()),
        until: Option<Iso> = secret.until.map(Iso),
    }

    pub(crate) struct Schedule of(schedule: &schedule::Schedule) {
        success: Word<Success> = Word(schedule.success),
        timeout_ms: u64 = schedule.timeout.as_millis() as u64,
        delays_ms: Vec<u64> = schedule.delays.iter().map(|delay| delay.as_millis() as u64).collect(),
        jitter: bool = schedule.jitter,
        heeds_receiver: bool = schedule.heeds_receiver,
        concurrency: usize = schedule.concurrency,
    }

    /// With how it goes with it.
    pub(crate) struct EndpointInFull {
        #[serde(flatten)]
        endpoint: Endpoint,
        stats: Stats,
    }

    /// With the secret that it has got: the only time that it is shown.
    pub(crate) struct EndpointWithSecret {
        #[serde(flatten)]
        endpoint: Endpoint,
        secret: Option<String>,
    }

    pub(crate) struct Stats of(stats: &lists::Stats) {
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

    pub(crate) struct Latency of(stats: &lists::Stats) {
        attempts: usize = stats.latencies.len(),
        p50: Option<f64> = stats.latency(0.5).map(millis),
        p95: Option<f64> = stats.latency(0.95).map(millis),
        max: Option<f64> = stats.latency(1.0).map(millis),
    }

    /// How it went with an endpoint in half an hour in which something was sent there.
    pub(crate) struct HalfHour of(half: &lists::HalfHour) {
        from: Iso = Iso(half.begins),
        delivered: i64 = half.delivered,
        failed_attempts: i64 = half.failed_attempts,
        /// Deliveries that were tried for the first time.
        first_requests: i64 = half.first_requests,
        /// From the event to this request.
        first_request_after_ms: Option<i64> = (half.first_requests > 0).then(|| half.waited / half.first_requests),
        longest_ms: Option<i64> = (half.first_requests > 0).then_some(half.longest),
    }

    /// What a pattern finds, and how long it looked for that.
    pub(crate) struct Trial {
        found: Vec<String>,
        micros: i64,
    }

    pub(crate) struct StatsOfEndpoint of(endpoint: &endpoints::Endpoint, of: &lists::Stats) {
        #[serde(flatten)]
        stats: Stats = Stats::of(of),
        endpoint: String = endpoint.id.clone(),
        name: String = endpoint.name.clone(),
        state: Word<endpoints::State> = Word(endpoint.state),
    }

    pub(crate) struct StatsPage {
        /// Why no webhook and no mail is sent, while that is so.
        quiet: Option<String>,
        items: Vec<StatsOfEndpoint>,
        next_cursor: Option<String>,
    }

    pub(crate) struct Delivery of(delivery: &lists::Delivery, to: Option<&endpoints::Endpoint>) {
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

    pub(crate) struct DeliveryEndpoint of(endpoint: &endpoints::Endpoint) {
        id: String = endpoint.id.clone(),
        name: String = endpoint.name.clone(),
        dialect: Word<Dialect> = Word(endpoint.dialect),
    }

    pub(crate) struct DeliveryInFull {
        #[serde(flatten)]
        delivery: Delivery,
        body: String,
        body_bytes: usize,
        body_truncated: bool,
        attempt_log: Vec<Attempt>,
    }

    pub(crate) struct Attempt of(attempt: &deliveries::Attempt) {
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

    pub(crate) struct Header {
        name: String,
        value: String,
    }

    pub(crate) struct Phases of(attempt: &deliveries::Attempt) {
        dns: Option<f64> = attempt.dns.map(millis),
        connect: Option<f64> = attempt.connect.map(millis),
        tls: Option<f64> = attempt.tls.map(millis),
        first_byte: Option<f64> = attempt.first_byte.map(millis),
        total: f64 = millis(attempt.total),
    }

    /// What came of a test.
    pub(crate) struct Tested {
        kind: &'static str,
        succeeded: bool,
        attempt: Attempt,
    }

    pub(crate) struct Replay of(replay: &replays::Replay, to: Option<&str>) {
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

    pub(crate) struct ReplayList {
        items: Vec<Replay>,
    }

    /// What a replay would be.
    pub(crate) struct Count {
        dry_run: bool,
        after_event: i64,
        until_event: i64,
        events: i64,
        queued: i64,
        is_partial: bool,
    }

    /// Events as the standard dialect writes them.
    pub(crate) struct EventPage {
        items: Vec<Map<String, Value>>,
        after: i64,
        has_more: bool,
    }

    /// How many events of each kind there were since a moment.
    pub(crate) struct EventCounts {
        from: Iso,
        /// Otherwise there were more of them than are counted, and these are the latest.
        whole: bool,
        kinds: BTreeMap<String, i64>,
    }

    /// The kinds of events.
    pub(crate) struct Catalogue {
        kinds: Vec<CatalogueKind>,
    }

    pub(crate) struct CatalogueKind {
        name: &'static str,
        summary: &'static str,
        /// By the names of the dialects that have a word for such events.
        #[schemars(with = "BTreeMap<String, CatalogueDialect>")]
        dialects: Map<String, Value>,
    }

    pub(crate) struct CatalogueDialect {
        schema: Map<String, Value>,
        example: Value,
    }

    /// A chat of the same visitor, or of somebody who has given the same address or number. Only
    /// that it is the same visitor is proven.
    pub(crate) struct RelatedChat of(room: &Room, same: &[Shared]) {
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
        /// By when an agent is promised to it, if it waits for one.
        due_at: Option<Iso> = room.due_at().map(Iso),
        last_message_at: Iso = Iso(room.last_message_at),
        ended_at: Option<Iso> = room.closing.as_ref().map(|closing| Iso(closing.at)),
    }

    pub(crate) struct Capacity of(capacity: &routing::Capacity) {
        /// Open ones that are not on hold.
        chats: i64 = capacity.chats,
        /// Without one, as many as they like.
        most: Option<i64> = capacity.most,
        full: bool = capacity.most.is_some_and(|most| capacity.chats >= most),
    }

    pub(crate) struct RelatedVisitor of(visitor: &Visitor) {
        id: String = visitor.id.clone(),
        name: String = visitor.shown_name().to_owned(),
    }

    /// All that is kept of a visitor.
    pub(crate) struct Export {
        visitor: Personal,
        items: Vec<ExportedConversation>,
        next_cursor: Option<String>,
    }

    /// What is known of who a visitor is.
    #[schemars(rename = "PersonalData")]
    pub(crate) struct Personal of(visitor: &Visitor) {
        id: String = visitor.id.clone(),
        username: String = visitor.username.clone(),
        name: Option<String> = visitor.name.clone(),
        emails: Vec<String> = visitor.emails.clone(),
        phones: Vec<String> = visitor.phones.clone(),
        /// By the id of the field.
        custom_fields: Map<String, Value> = visitor.custom.clone(),
        department: Option<String> = visitor.department.clone(),
        /// The site that vouches for them, and its own name for them.
        identity: Option<String> = visitor.identity.clone(),
        contact_manager: Option<String> = visitor.contact_manager.clone(),
        /// The months in which an agent has answered them: `2026-11`.
        active_in: Vec<String> = visitor.activity.clone(),
        ip: Option<String> = visitor.ip.clone(),
        user_agent: Option<String> = visitor.user_agent.clone(),
        host: Option<String> = visitor.host.clone(),
        first_seen_at: Iso = Iso(visitor.created_at),
    }

    /// A conversation and what was said in it, the latest first. One that is long goes on on the next page.
    pub(crate) struct ExportedConversation {
        conversation: Conversation,
        /// The pages that the visitor had looked at, on the first page on which the conversation is.
        pages: Vec<PageVisit>,
        messages: Vec<Message>,
    }

    /// A page of the site that a visitor had looked at.
    pub(crate) struct PageVisit of(message: &messages::Message) {
        title_and_url: String = message.text.clone(),
        at: Iso = Iso(message.at),
    }

    /// What agents write for each other. The visitor never sees it.
    #[schemars(rename = "ConversationNote")]
    pub(crate) struct Note of(note: &notes::Note) {
        id: String = note.id.clone(),
        conversation: String = note.room.clone(),
        /// The number of the conversation's event with which it came.
        sequence: i64 = note.seq,
        author: Writer = Writer::of(&note.author.id, &note.author.username, note.author.name.as_deref()),
        text: String = note.text.clone(),
        mentions: Vec<Named> = note.mentions.0.iter().map(Named::of).collect(),
        added_at: Iso = Iso(note.at),
        edited_at: Option<Iso> = note.edited_at.map(Iso),
    }

    pub(crate) struct Writer of(id: &str, username: &str, name: Option<&str>) {
        id: String = id.to_owned(),
        username: String = username.to_owned(),
        name: Option<String> = name.map(str::to_owned),
    }

    pub(crate) struct Named of(person: &Person) {
        id: String = person.id.clone(),
        username: String = person.username.clone(),
    }

    /// What was said in a conversation.
    #[schemars(rename = "ConversationMessage")]
    pub(crate) struct Message of(message: &messages::Message) {
        id: String = message.id.clone(),
        /// The number of the conversation's event with which it came.
        sequence: i64 = message.seq,
        /// What Hark says there by itself, as `stream-room-messages` calls it.
        notice: Option<String> = message.system.map(|system| system.as_str().to_owned()),
        by_visitor: bool = message.by_visitor,
        author: Writer = Writer::of(&message.author.id, &message.author.username, message.author.name.as_deref()),
        text: String = message.text.clone(),
        file: Option<MessageFile> = MessageFile::of(message),
        sent_at: Iso = Iso(message.at),
        edited_at: Option<Iso> = message.edited.as_ref().map(|edit| Iso(edit.at)),
    }

    pub(crate) struct MessageFile of(message: &messages::Message) -> Option {
        id: String = carried(message, "/file/_id")?,
        name: String = carried(message, "/file/name")?,
        media_type: Option<String> = carried(message, "/file/type"),
    }

    /// One of both.
    pub(crate) struct Entry {
        message: Option<Message>,
        note: Option<Note>,
    }

    /// Where somebody is mentioned, and whether they have seen it.
    pub(crate) struct Mention of(note: &notes::Note, room: &Room, read: bool) {
        note: Note = Note::of(note),
        /// What the visitor of the conversation is called.
        visitor: Option<String> = room.visitor.as_ref().map(|visitor| visitor.shown_name().to_owned()),
        read: bool = read,
    }

    /// Some of somebody's mentions, and how many of all they have not seen, up to a thousand.
    pub(crate) struct Mentions {
        items: Vec<Mention>,
        unread: i64,
        next_cursor: Option<String>,
    }

    /// How far a conversation was read.
    pub(crate) struct Reading {
        /// Nothing before their window has said so.
        visitor: Option<VisitorReading>,
        /// Those of us who are in the conversation.
        agents: Vec<AgentReading>,
    }

    pub(crate) struct VisitorReading of(reading: &reading::VisitorReading) {
        /// The last message that was on their screen.
        message: String = reading.message.clone(),
        sent_at: Iso = Iso(reading.message_at),
        at: Iso = Iso(reading.at),
    }

    pub(crate) struct AgentReading of(account: &Account, place: &Subscription) {
        id: String = account.id.clone(),
        username: String = account.username.clone(),
        /// Up to when they have read everything.
        at: Option<Iso> = place.last_seen.map(Iso),
        unread: i64 = place.unread,
    }

    /// Where somebody is logged in.
    pub(crate) struct LogIn of(log_in: &sessions::LogIn, own: &str) {
        id: String = log_in.id(),
        /// Whether the caller has shown this one.
        current: bool = log_in.hash == own,
        /// With which program, as it names itself.
        user_agent: Option<String> = log_in.user_agent.clone(),
        began_at: Iso = Iso(log_in.created_at),
        ends_at: Option<Iso> = log_in.expires_at.map(Iso),
    }

    pub(crate) struct LogIns {
        items: Vec<LogIn>,
    }

    /// By what push services know this server.
    pub(crate) struct PushKey of(key: &vapid::Key) {
        /// A point of P-256 in base64url: what browsers call `applicationServerKey`.
        public_key: String = key.public(),
    }

    pub(crate) struct PushSubscription of(id: &str) {
        id: String = id.to_owned(),
    }

    /// What one request changed, and who made it.
    pub(crate) struct AuditLine of(line: &audit::Line) {
        id: String = line.id.clone(),
        at: Iso = Iso(line.at),
        /// Nobody: the operator on the command line, or Hark by itself.
        by: Option<AuditedBy> = line.by.as_ref().map(AuditedBy::of),
        /// Of the first of its changes.
        kind: String = line.kind.clone(),
        changes: Vec<AuditedChange> = line.changes.iter().map(AuditedChange::of).collect(),
        /// How many changes are not listed.
        left_out: i64 = line.left_out,
    }

    pub(crate) struct AuditedBy of(person: &audit::Person) {
        id: String = person.id.clone(),
        username: String = person.username.clone(),
    }

    pub(crate) struct AuditedChange of(change: &audit::Change) {
        kind: String = change.kind.clone(),
        subject: String = change.subject.clone(),
        name: Option<String> = change.name.clone(),
        /// What there was; `null` where there was nothing, where it is a secret, and where only the fact is known.
        from: Value = change.from.clone().unwrap_or_default(),
        to: Value = change.to.clone().unwrap_or_default(),
    }

    #[schemars(rename = "FoundConversation")]
    pub(crate) struct Conversation of(room: &Room, last: Option<&messages::Message>) {
        id: String = room.id.clone(),
        /// What agents see it called.
        label: String = room.name.clone(),
        visitor: Option<RelatedVisitor> = room.visitor.as_ref().map(RelatedVisitor::of),
        state: Word<ConversationState> = Word(ConversationState::of(room)),
        department: Option<String> = room.department.clone(),
        served_by: Option<ServedBy> = room.served_by.as_ref().map(ServedBy::of),
        topic: Option<String> = room.topic.clone(),
        tags: Vec<String> = room.tags.clone(),
        messages: i64 = room.messages,
        /// Whether the visitor spoke last.
        waits_for_answer: bool = room.waiting_response,
        last_message: Option<Message> = last.map(Message::of),
        started_at: Iso = Iso(room.created_at),
        last_message_at: Iso = Iso(room.last_message_at),
        ended_at: Option<Iso> = room.closing.as_ref().map(|closing| Iso(closing.at)),
    }

    pub(crate) struct ServedBy of(agent: &rooms::ServedBy) {
        id: String = agent.id.clone(),
        username: String = agent.username.clone(),
        since: Iso = Iso(agent.at),
    }

    pub(crate) struct SavedView of(view: &views::SavedView) {
        id: String = view.id.clone(),
        name: String = view.name.clone(),
        /// What a list of conversations takes; nothing else is in it.
        filter: Value = view.filter.clone(),
        created_at: Iso = Iso(view.created_at),
        updated_at: Iso = Iso(view.updated_at),
    }

    /// A canned response as it is said in a chat.
    pub(crate) struct FilledResponse of(filled: &canned_responses::Filled) {
        text: String = filled.text.clone(),
        uses: i64 = filled.uses,
    }

    pub(crate) struct Site of(site: &sites::Site) {
        id: String = site.id.clone(),
        name: String = site.name.clone(),
        secrets: Vec<SiteSecret> = site.secrets.iter().map(SiteSecret::of).collect(),
        created_at: Iso = Iso(site.created_at),
        updated_at: Iso = Iso(site.updated_at),
    }

    pub(crate) struct SiteSecret of(secret: &sites::Secret) {
        algorithm: Word<Algorithm> = Word(secret.algorithm),
        hint: String = format!("…{}", secret.hint()),
        until: Option<Iso> = secret.until.map(Iso),
    }

    /// With the secret that it has got: the only time that it is shown. A key of its own is no secret.
    pub(crate) struct SiteWithSecret {
        #[serde(flatten)]
        site: Site,
        secret: Option<String>,
    }

    /// The visitor whom a site vouches for. Their token opens their chats from now on.
    pub(crate) struct Identified of(visitor: &Visitor) {
        id: String = visitor.id.clone(),
        token: String = visitor.token.clone(),
        username: String = visitor.username.clone(),
        name: Option<String> = visitor.name.clone(),
        email: Option<String> = visitor.emails.first().cloned(),
    }

    /// Of the visitors who came in the last hour, and of those in the queue now.
    pub(crate) struct Waits {
        from: Iso,
        to: Iso,
        chats: i64,
        answered: i64,
        average_first_response_ms: Option<i64>,
        longest_first_response_ms: Option<i64>,
        waiting: i64,
        longest_wait_ms: Option<i64>,
    }

    pub(crate) struct Week {
        from: Iso,
        to: Iso,
        /// The zone of the days and hours, as the settings name it.
        zone: String,
        items: Vec<HourOfWeek>,
    }

    /// An hour of the week; the first day is Monday.
    pub(crate) struct HourOfWeek {
        weekday: i8,
        hour: i8,
        chats: i64,
        messages: i64,
    }

    /// What the widget's script has to know.
    pub(crate) struct Launcher {
        enabled: bool,
        online: bool,
        language: String,
        theme: Theme,
        triggers: Vec<LauncherTrigger>,
    }

    pub(crate) struct Theme {
        title: String,
        color: String,
        offline_title: String,
        offline_color: String,
        #[schemars(extend("enum" = ["left", "right"]))]
        position: String,
    }

    pub(crate) struct LauncherTrigger {
        id: String,
        run_once: bool,
        conditions: Vec<Condition>,
    }

    pub(crate) struct Condition {
        #[schemars(extend("enum" = ["page-url", "time-on-site"]))]
        name: String,
        value: Value,
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

/// A text that a message carries besides what was written.
fn carried(message: &messages::Message, pointer: &str) -> Option<String> {
    let found = message.extra.as_ref()?.pointer(pointer)?;
    found.as_str().map(str::to_owned)
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
