//! Endpoints: where events go. The one that the settings describe is called the workspace webhook.

mod rows;
pub(crate) mod trouble;
pub(crate) mod url;

use std::sync::Arc;
use std::time::Duration;

use hark_model::events::{
    EndpointChanged, Event, Kind, Recorded, SecretRotated, Subject, record_event,
};
use hark_model::keys::LONGEST_OVERLAP;
use hark_model::settings::{self, Flag};
use hark_model::{Actor, Keyring, Policy, audit};
use hark_store::{Position, Result, Timestamp, Tx, View, log, params, text_enum};
use serde_json::{Value, json};

pub(crate) use self::rows::{ALL, Brief, WRITES, brief, erase, removed};
use crate::Refusal;
use crate::catalogue;
use crate::deliveries::{self, lists};
use crate::dialects::Dialect;
use crate::schedule::{Overrides, Schedule};
use crate::signing::{Scheme, Secret};

/// The id of the workspace webhook.
pub const WORKSPACE: &str = "workspace";
pub const MOST: i64 = 2_500;
const LONGEST_NAME: usize = 200;
pub const LONGEST_URL: usize = 2_000;
/// Old secrets that may still be good.
const MOST_SECRETS: usize = 10;

text_enum! {
    /// Who made an endpoint, and so where it is changed.
    pub enum Origin {
        /// The settings.
        Workspace = "workspace",
        /// Comm100's webhook API: one event, and nothing else that could be chosen.
        Comm100 = "comm100",
        /// Hark's own API.
        Hark = "hark",
    }

    pub enum State {
        Active = "active",
        /// By a person.
        Paused = "paused",
        /// By failures.
        Disabled = "disabled",
        Removed = "removed",
    }
}

/// Why nothing arrives at an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The class of what goes wrong, as attempts have it.
    pub class: String,
    /// In a sentence.
    pub why: String,
    pub since: Timestamp,
}

impl Trouble {
    fn of(class: Option<String>, why: Option<String>, since: Option<Timestamp>) -> Option<Self> {
        Some(Self {
            class: class?,
            why: why?,
            since: since?,
        })
    }

    /// Whether nothing is sent at all, whatever the receiver does.
    pub fn is_closed(&self) -> bool {
        is_closed(&self.class)
    }
}

/// Of the class of an attempt that failed.
pub(crate) fn is_closed(class: &str) -> bool {
    matches!(class, "forbidden" | "url")
}

/// An endpoint as it is at a moment.
#[derive(Clone)]
pub struct Endpoint {
    /// By which its deliveries know it.
    pub number: i64,
    pub id: String,
    pub origin: Origin,
    pub name: String,
    pub dialect: Dialect,
    /// Empty: nothing is sent to it, and nothing is kept for it.
    pub url: String,
    /// Kinds of events, `chat.*` for all of a family, `*` for all.
    pub events: Vec<String>,
    pub secrets: Vec<Secret>,
    /// The secret token by which the workspace's receiver knows us.
    pub token: String,
    pub overrides: Overrides,
    pub schedule: Schedule,
    pub state: State,
    pub reason: Option<String>,
    /// Why nothing arrives there, while that is so.
    pub trouble: Option<Trouble>,
    pub state_since: Timestamp,
    /// It gets what happens after this position of the log.
    pub since: Position,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Endpoint {
    /// Whether this event goes to it.
    pub(crate) fn wants(&self, recorded: &Recorded) -> bool {
        recorded.position > self.since && self.asks().wants(recorded)
    }

    /// Whether an event like this one goes to it, whenever it happened.
    pub(crate) fn would_want(&self, recorded: &Recorded) -> bool {
        recorded.kind() != Kind::SampleTriggered && self.asks().wants(recorded)
    }

    /// Whether it asks for a kind, and its dialect has a word for it. Without an address it asks for nothing.
    pub fn wants_kind(&self, kind: Kind) -> bool {
        let mut asked = self.asked().iter();
        asked.any(|wanted| covers(wanted, kind)) && catalogue::tells(kind, self.dialect)
    }

    /// What it asks for now. Without an address that is nothing.
    pub(crate) fn asked(&self) -> &[String] {
        if self.url.is_empty() {
            &[]
        } else {
            &self.events
        }
    }

    pub(crate) fn asks(&self) -> Asks<'_> {
        Asks {
            id: &self.id,
            dialect: self.dialect,
            events: self.asked(),
        }
    }

    /// Its address, without a password that stands in it.
    pub fn shown_url(&self) -> String {
        url::shown(&self.url)
    }

    /// What is wrong with its address, in a sentence.
    pub fn complaint(&self) -> Option<String> {
        if self.url.is_empty() {
            return None;
        }
        let closed = self.trouble.as_ref().filter(|trouble| trouble.is_closed());
        url::complaint(&self.url).or_else(|| Some(closed?.why.clone()))
    }
}

/// Who asks for which events.
pub(crate) struct Asks<'e> {
    pub(crate) id: &'e str,
    pub(crate) dialect: Dialect,
    pub(crate) events: &'e [String],
}

impl Asks<'_> {
    pub(crate) fn wants(&self, recorded: &Recorded) -> bool {
        if let Event::SampleTriggered(sample) = &recorded.event {
            let kind = catalogue::find(&sample.kind);
            return kind.is_some_and(|kind| self.wants_sample(kind, sample.endpoint.as_deref()));
        }
        // Nobody hears of their own failures: each would bring the next.
        if !catalogue::is_public(recorded) || recorded.event.endpoint() == Some(self.id) {
            return false;
        }
        let Some(topic) = self.dialect.topic(recorded) else {
            return false;
        };
        // An edit is sent as the message that it is, and may be asked for by its own name too.
        self.events
            .iter()
            .any(|wanted| covers(wanted, topic) || covers(wanted, recorded.kind()))
    }

    /// A sample for one goes there, whether it asks for the kind or not; but not without an address.
    pub(crate) fn wants_sample(&self, kind: Kind, chosen: Option<&str>) -> bool {
        let is_meant = match chosen {
            Some(id) => self.id == id && !self.events.is_empty(),
            None => self.events.iter().any(|wanted| covers(wanted, kind)),
        };
        is_meant && catalogue::tells(kind, self.dialect)
    }
}

/// Whether what an endpoint asks for (`chat.closed`, `chat.*`, `*`) covers a kind.
pub fn covers(wanted: &str, kind: Kind) -> bool {
    match wanted.strip_suffix('*') {
        Some(family) => kind.as_str().starts_with(family),
        None => wanted == kind.as_str(),
    }
}

/// What a person who makes or changes an endpoint may choose.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: String,
    pub dialect: Dialect,
    pub url: String,
    pub events: Vec<String>,
    pub overrides: Overrides,
}

impl Draft {
    /// For the audit, without a password that stands in its address.
    fn shown(&self) -> Value {
        json!({
            "name": self.name,
            "dialect": self.dialect.as_str(),
            "url": url::shown(&self.url),
            "events": self.events,
            "policy": self.overrides,
        })
    }

    pub fn of(endpoint: &Endpoint) -> Self {
        Self {
            name: endpoint.name.clone(),
            dialect: endpoint.dialect,
            url: endpoint.url.clone(),
            events: endpoint.events.clone(),
            overrides: endpoint.overrides.clone(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if self.name.chars().nth(LONGEST_NAME).is_some() {
            return Err(Refusal::invalid("name", "it is longer than 200 characters"));
        }
        if self.url.len() > LONGEST_URL {
            return Err(Refusal::invalid("url", "it is longer than 2000 characters"));
        }
        if let Some(why) = url::complaint(&self.url) {
            return Err(Refusal::invalid("url", why));
        }
        if self.events.is_empty() {
            let why = "name at least one kind of events, or \"*\" for all";
            return Err(Refusal::invalid("events", why));
        }
        for (place, wanted) in self.events.iter().enumerate() {
            let mut kinds = catalogue::KINDS
                .iter()
                .map(|public| public.kind)
                .filter(|kind| covers(wanted, *kind));
            let tells = |kind: Kind| catalogue::tells(kind, self.dialect);
            if !kinds.clone().any(tells) {
                let why = match kinds.next() {
                    Some(_) => format!("the dialect has no word for {wanted}"),
                    None => format!("there is no kind of events called {wanted}"),
                };
                return Err(Refusal::invalid(format!("events/{place}"), why));
            }
        }
        self.overrides.check()
    }
}

/// Grows with every change of an endpoint. The row's lock makes those who change them take turns.
pub const REVISION: &str = "endpoints";

/// All of them, the workspace webhook first.
pub fn all(view: &mut View<'_>, keys: &Keyring, policy: &Policy) -> Result<Vec<Arc<Endpoint>>> {
    let stored: Vec<rows::Stored> = view.records(&rows::ALL_OF_THEM, params![])?;
    Ok(stored
        .into_iter()
        .filter_map(|row| open(row, keys, policy))
        .map(Arc::new)
        .collect())
}

/// What waits for an endpoint.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub endpoint: String,
    pub is_disabled: bool,
    pub deliveries: i64,
    pub oldest: Option<Timestamp>,
    /// In all.
    pub given_up: i64,
}

pub fn waiting(view: &mut View<'_>) -> Result<Vec<Waiting>> {
    let mut backlogs = lists::backlogs(view)?;
    let mut all = Vec::new();
    for endpoint in brief(view)? {
        let backlog = backlogs.remove(&endpoint.number).unwrap_or_default();
        all.push(Waiting {
            endpoint: endpoint.id,
            is_disabled: endpoint.is_disabled,
            deliveries: backlog.deliveries,
            oldest: backlog.oldest,
            given_up: backlog.given_up,
        });
    }
    Ok(all)
}

pub fn find(
    view: &mut View<'_>,
    keys: &Keyring,
    policy: &Policy,
    id: &str,
) -> Result<Endpoint, Refusal> {
    let stored = view.record(&rows::FIND, params![id])?;
    stored
        .and_then(|row| open(row, keys, policy))
        .ok_or(Refusal::NotFound("endpoint"))
}

impl rows::Stored {
    /// As a draft shows it.
    fn shown(&self) -> Value {
        json!({
            "name": self.name,
            "dialect": self.dialect,
            "url": url::shown(&self.url),
            "events": self.events,
            "policy": self.policy,
        })
    }
}

fn sealing_context(id: &str) -> String {
    format!("endpoint:{id}")
}

fn open(row: rows::Stored, keys: &Keyring, policy: &Policy) -> Option<Endpoint> {
    let dialect = Dialect::parse(&row.dialect)?;
    let secrets = row.secrets.as_ref().map_or_else(Vec::new, |sealed| {
        let opened = keys.unseal(&sealing_context(&row.id), sealed).ok();
        let parsed: Option<Vec<Value>> =
            opened.and_then(|plain| serde_json::from_slice(&plain).ok());
        if parsed.is_none() {
            tracing::error!(
                endpoint = row.id,
                "the secrets of an endpoint cannot be opened"
            );
        }
        let parsed = parsed.unwrap_or_default();
        parsed.iter().filter_map(Secret::from_json).collect()
    });
    let overrides: Overrides = serde_json::from_value(row.policy).unwrap_or_default();
    let mut endpoint = Endpoint {
        number: row.number,
        id: row.id,
        origin: Origin::parse(&row.origin)?,
        name: row.name,
        dialect,
        url: row.url,
        events: row.events,
        secrets,
        token: String::new(),
        schedule: dialect.schedule().with(&overrides),
        overrides,
        state: State::parse(&row.state)?,
        reason: row.reason,
        trouble: Trouble::of(row.trouble_class, row.trouble, row.trouble_since),
        state_since: row.state_since,
        since: row.since,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    if endpoint.origin == Origin::Workspace {
        apply_settings(&mut endpoint, policy);
    }
    Some(endpoint)
}

/// Which switch of the settings asks for which kind.
const SWITCHES: &[(Flag, Kind)] = &[
    (settings::Livechat_webhook_on_start, Kind::ChatStarted),
    (settings::Livechat_webhook_on_chat_queued, Kind::ChatQueued),
    (settings::Livechat_webhook_on_chat_taken, Kind::ChatTaken),
    (settings::Livechat_webhook_on_forward, Kind::ChatForwarded),
    (settings::Livechat_webhook_on_close, Kind::ChatClosed),
    (
        settings::Livechat_webhook_on_visitor_message,
        Kind::MessageVisitor,
    ),
    (
        settings::Livechat_webhook_on_agent_message,
        Kind::MessageAgent,
    ),
    (settings::Livechat_webhook_on_capture, Kind::LeadCaptured),
    (
        settings::Livechat_webhook_on_offline_msg,
        Kind::OfflineSubmitted,
    ),
];

/// The workspace webhook is what the settings say now.
fn apply_settings(endpoint: &mut Endpoint, policy: &Policy) {
    endpoint.url = policy.text(settings::Livechat_webhookUrl).to_owned();
    endpoint.token = policy.text(settings::Livechat_secret_token).to_owned();
    let timeout = policy.number(settings::Livechat_http_timeout);
    if let Some(ms) = u64::try_from(timeout).ok().filter(|ms| *ms > 0) {
        endpoint.schedule.timeout = Duration::from_millis(ms);
    }
    let switched = SWITCHES.iter().filter(|(switch, _)| policy.flag(*switch));
    let mut kinds: Vec<Kind> = switched.map(|(_, kind)| *kind).collect();
    // There is no switch for what is changed after the end.
    kinds.push(Kind::ChatEdited);
    if policy.flag(settings::Send_visitor_navigation_history_livechat_webhook_request)
        && policy.flag(settings::Livechat_Visitor_navigation_as_a_message)
    {
        kinds.push(Kind::VisitorNavigated);
    }
    endpoint.events = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
}

fn seal(keys: &Keyring, id: &str, secrets: &[Secret]) -> Result<Vec<u8>, Refusal> {
    let plain: Vec<Value> = secrets.iter().map(Secret::to_json).collect();
    let plain = Value::Array(plain).to_string();
    Ok(keys.seal(&sealing_context(id), plain.as_bytes())?)
}

/// An endpoint to be made.
pub struct New<'a> {
    pub id: &'a str,
    pub origin: Origin,
    pub draft: &'a Draft,
    pub secret: Option<&'a Secret>,
}

/// Makes an endpoint. It gets what happens from now on.
pub fn create(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    keys: &Keyring,
    new: &New<'_>,
) -> Result<(), Refusal> {
    new.draft.check()?;
    let number = tx.raise_revision(REVISION)?;
    if tx.number(&rows::COUNT, params![])? >= MOST {
        return Err(Refusal::Conflict(format!(
            "there are {MOST} endpoints, and no more are taken; remove some first"
        )));
    }
    let since = log::last(tx)?;
    let secrets = new.secret.map(std::slice::from_ref);
    let sealed = secrets
        .map(|secrets| seal(keys, new.id, secrets))
        .transpose()?;
    rows::insert(tx, now, number, new, sealed.as_ref(), since)?;
    rows::insert_lane(tx, number, since)?;
    audit::differs(
        tx,
        new.id,
        Some(&new.draft.name),
        None,
        Some(new.draft.shown()),
    );
    record(tx, who, now, Event::EndpointCreated, new.id)
}

fn record(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    event: fn(EndpointChanged) -> Event,
    id: &str,
) -> Result<(), Refusal> {
    let changed = EndpointChanged {
        endpoint: id.to_owned(),
        by: who.clone(),
    };
    Ok(record_event(tx, now, Subject::NONE, &event(changed))?)
}

/// The row of an endpoint, behind the lock that all changes take.
fn lock_and_find(tx: &mut Tx<'_>, id: &str) -> Result<rows::Stored, Refusal> {
    tx.raise_revision(REVISION)?;
    let stored = tx.record(&rows::FIND, params![id])?;
    stored.ok_or(Refusal::NotFound("endpoint"))
}

/// Changes what can be chosen. Of the workspace webhook that is the policy alone: the rest is in
/// the settings.
pub fn change(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    id: &str,
    draft: &Draft,
) -> Result<(), Refusal> {
    let stored = lock_and_find(tx, id)?;
    audit::differs(
        tx,
        id,
        Some(&draft.name),
        Some(stored.shown()),
        Some(draft.shown()),
    );
    if stored.origin == Origin::Workspace.as_str() {
        draft.overrides.check()?;
        let kept = Draft {
            name: stored.name,
            url: String::new(),
            events: Vec::new(),
            ..draft.clone()
        };
        rows::change(tx, now, stored.number, &kept)?;
    } else {
        draft.check()?;
        if stored.dialect != draft.dialect.as_str() {
            let why = "what is on its way is written already; make another endpoint instead";
            return Err(Refusal::invalid("dialect", why));
        }
        rows::change(tx, now, stored.number, draft)?;
    }
    record(tx, who, now, Event::EndpointChanged, id)
}

/// Gives an endpoint a secret. Those before it stay good for a while.
pub fn rotate_secret(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    keys: &Keyring,
    id: &str,
    secret: &Secret,
    overlap: Duration,
) -> Result<(), Refusal> {
    let stored = lock_and_find(tx, id)?;
    let sealed = stored.secrets.as_ref();
    let plain = sealed
        .map(|sealed| keys.unseal(&sealing_context(id), sealed))
        .transpose()?;
    let known = plain.and_then(|plain| serde_json::from_slice::<Vec<Value>>(&plain).ok());
    let until = now.plus(overlap.min(LONGEST_OVERLAP));
    let mut secrets = vec![secret.clone()];
    for mut old in known.iter().flatten().filter_map(Secret::from_json) {
        old.until = Some(old.until.map_or(until, |sooner| sooner.min(until)));
        if old.is_good_at(now) && secrets.len() <= MOST_SECRETS {
            secrets.push(old);
        }
    }
    let sealed = seal(keys, id, &secrets)?;
    rows::set_secrets(tx, now, stored.number, &sealed)?;
    let rotated = Event::EndpointSecretRotated(SecretRotated {
        endpoint: id.to_owned(),
        by: who.clone(),
        scheme: secret.scheme.as_str().to_owned(),
    });
    Ok(record_event(tx, now, Subject::NONE, &rotated)?)
}

/// A person stops the deliveries; what happens meanwhile is kept for later.
pub fn pause(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    let stored = lock_and_find(tx, id)?;
    let (from, to) = (json!(stored.state), json!(State::Paused.as_str()));
    audit::differs(tx, id, Some(&stored.name), Some(from), Some(to));
    rows::set_state(tx, now, stored.number, State::Paused, None)?;
    record(tx, who, now, Event::EndpointPaused, id)
}

/// Deliveries go on, what was kept first.
pub fn resume(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    let stored = lock_and_find(tx, id)?;
    let (from, to) = (json!(stored.state), json!(State::Active.as_str()));
    audit::differs(tx, id, Some(&stored.name), Some(from), Some(to));
    rows::set_state(tx, now, stored.number, State::Active, None)?;
    deliveries::start_afresh(tx, now, stored.number)?;
    record(tx, who, now, Event::EndpointResumed, id)
}

/// Removes an endpoint. What was on its way to it is not sent.
pub fn remove(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    if id == WORKSPACE {
        return Err(Refusal::Conflict(
            "the workspace webhook is part of the settings; clear its URL instead".into(),
        ));
    }
    let stored = lock_and_find(tx, id)?;
    audit::differs(tx, id, Some(&stored.name), Some(stored.shown()), None);
    rows::set_state(tx, now, stored.number, State::Removed, None)?;
    // Housekeeping removes the deliveries, by number.
    record(tx, who, now, Event::EndpointRemoved, id)
}

/// A secret of the asked kind, or one that is brought along.
pub fn new_secret(scheme: Scheme, given: Option<&str>) -> Result<Secret, Refusal> {
    match given {
        Some(text) => Secret::parse(text).ok_or_else(|| {
            Refusal::invalid(
                "secret",
                "it should be whsec_ and 24 to 64 bytes in base64, or whsk_ and a key pair",
            )
        }),
        None => Ok(Secret::fresh(scheme)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_families_cover_kinds() {
        assert!(covers("*", Kind::ChatClosed));
        assert!(covers("chat.*", Kind::ChatClosed));
        assert!(!covers("chat.*", Kind::MessageAgent));
        assert!(covers("chat.closed", Kind::ChatClosed));
        assert!(!covers("chat", Kind::ChatClosed));
    }
}
