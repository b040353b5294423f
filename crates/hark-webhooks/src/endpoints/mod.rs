//! Endpoints: where events go. The one that the settings describe is called the workspace webhook.

pub(crate) mod rows;

use std::sync::Arc;
use std::time::Duration;

use hark_chat::{Actor, Keyring, Policy};
use hark_store::{Error, Event, NewEvent, Position, Timestamp, Tx, View, log};
use serde_json::{Value, json};

use crate::Refusal;
use crate::catalogue;
use crate::dialects::Dialect;
use crate::schedule::{Schedule, Wishes};
use crate::signing::{Scheme, Secret};

/// The id of the workspace webhook.
pub const WORKSPACE: &str = "workspace";
pub const MOST: i64 = 1_000;
const LONGEST_NAME: usize = 200;
pub const LONGEST_URL: usize = 2_000;
/// Old secrets that may still be good.
const MOST_SECRETS: usize = 10;
/// The longest time for which an old secret stays good.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(7 * 86_400);

/// Who made an endpoint, and so by which door it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The settings.
    Workspace,
    /// Comm100's webhook API: one event, and nothing else that could be chosen.
    Comm100,
    /// Hark's own API.
    Hark,
}

impl Origin {
    const ALL: [Self; 3] = [Self::Workspace, Self::Comm100, Self::Hark];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Comm100 => "comm100",
            Self::Hark => "hark",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Active,
    /// By a person.
    Paused,
    /// By failures.
    Disabled,
    Removed,
}

impl State {
    const ALL: [Self; 4] = [Self::Active, Self::Paused, Self::Disabled, Self::Removed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
            Self::Removed => "removed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
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
    /// The word by which the workspace's receiver knows us.
    pub token: String,
    pub wishes: Wishes,
    pub schedule: Schedule,
    pub state: State,
    pub reason: Option<String>,
    pub state_since: Timestamp,
    /// It hears of what happens after this position of the log.
    pub since: Position,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Endpoint {
    /// Whether this event goes to it.
    pub fn wants(&self, event: &Event) -> bool {
        event.position > self.since && self.would_want(event)
    }

    /// Whether an event like this one goes to it, whenever it happened.
    pub fn would_want(&self, event: &Event) -> bool {
        if self.url.is_empty() || !catalogue::is_public(event) {
            return false;
        }
        let Some(topic) = self.dialect.topic(event) else {
            return false;
        };
        // An edit is told as the message that it is, and may be asked for by its own name too.
        self.events
            .iter()
            .any(|wanted| covers(wanted, topic) || covers(wanted, &event.kind))
    }

    /// Its address, without a password that stands in it.
    pub fn shown_url(&self) -> String {
        crate::request::shown_url(&self.url).to_string()
    }

    /// What is wrong with its address, in a sentence.
    pub fn complaint(&self) -> Option<String> {
        if self.url.is_empty() {
            return None;
        }
        url_complaint(&self.url)
    }
}

/// Whether a wish (`chat.closed`, `chat.*`, `*`) covers a kind.
pub fn covers(wanted: &str, kind: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(family) => kind.starts_with(family),
        None => wanted == kind,
    }
}

fn url_complaint(url: &str) -> Option<String> {
    let parsed = url.parse::<http::Uri>().ok();
    let known = parsed.as_ref().is_some_and(|url| {
        matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some()
    });
    (!known).then(|| {
        "it is not an http:// or https:// address, so nothing can be sent to it".to_owned()
    })
}

/// What whoever makes or changes an endpoint may choose.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: String,
    pub dialect: Dialect,
    pub url: String,
    pub events: Vec<String>,
    pub wishes: Wishes,
}

impl Draft {
    pub fn of(endpoint: &Endpoint) -> Self {
        Self {
            name: endpoint.name.clone(),
            dialect: endpoint.dialect,
            url: endpoint.url.clone(),
            events: endpoint.events.clone(),
            wishes: endpoint.wishes.clone(),
        }
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.name.chars().nth(LONGEST_NAME).is_some() {
            return Err(Refusal::invalid("name", "it is longer than 200 characters"));
        }
        if self.url.len() > LONGEST_URL {
            return Err(Refusal::invalid("url", "it is longer than 2000 characters"));
        }
        if let Some(why) = url_complaint(&self.url) {
            return Err(Refusal::invalid("url", why));
        }
        if self.events.is_empty() {
            let why = "name at least one kind of events, or \"*\" for all";
            return Err(Refusal::invalid("events", why));
        }
        for wanted in &self.events {
            let mut kinds = catalogue::KINDS
                .iter()
                .filter(|kind| covers(wanted, kind.name));
            let tells = |kind: &catalogue::Kind| catalogue::tells(kind.name, self.dialect);
            if !kinds.clone().any(tells) {
                let why = match kinds.next() {
                    Some(_) => format!("the dialect has no word for {wanted}"),
                    None => format!("there is no kind of events called {wanted}"),
                };
                return Err(Refusal::invalid("events", why));
            }
        }
        match self.wishes.complaint() {
            Some(why) => Err(Refusal::invalid("policy", why)),
            None => Ok(()),
        }
    }
}

/// Grows with every change of an endpoint.
pub fn revision(view: &mut View<'_>) -> Result<i64, Error> {
    rows::revision(view)
}

/// All of them, the workspace webhook first.
pub fn all(
    view: &mut View<'_>,
    keys: &Keyring,
    policy: &Policy,
) -> Result<Vec<Arc<Endpoint>>, Error> {
    let stored = rows::all(view)?;
    Ok(stored
        .into_iter()
        .filter_map(|row| open(row, keys, policy))
        .map(Arc::new)
        .collect())
}

pub fn find(
    view: &mut View<'_>,
    keys: &Keyring,
    policy: &Policy,
    id: &str,
) -> Result<Endpoint, Refusal> {
    let stored = rows::find(view, id)?;
    stored
        .and_then(|row| open(row, keys, policy))
        .ok_or(Refusal::NotFound("endpoint"))
}

fn place(id: &str) -> String {
    format!("endpoint:{id}")
}

fn open(row: rows::Stored, keys: &Keyring, policy: &Policy) -> Option<Endpoint> {
    let dialect = Dialect::parse(&row.dialect)?;
    let secrets = row.secrets.as_ref().map_or_else(Vec::new, |sealed| {
        let opened = keys.unseal(&place(&row.id), sealed).ok();
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
    let wishes: Wishes = serde_json::from_value(row.policy).unwrap_or_default();
    let events = row.events.as_array().into_iter().flatten();
    let mut endpoint = Endpoint {
        number: row.number,
        id: row.id,
        origin: Origin::parse(&row.origin)?,
        name: row.name,
        dialect,
        url: row.url,
        events: events
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        secrets,
        token: String::new(),
        schedule: Schedule::of(dialect, &wishes),
        wishes,
        state: State::parse(&row.state)?,
        reason: row.reason,
        state_since: row.state_since,
        since: row.since,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    if endpoint.origin == Origin::Workspace {
        describe(&mut endpoint, policy);
    }
    Some(endpoint)
}

/// Which switch of the settings asks for which kind.
const SWITCHES: &[(&str, &str)] = &[
    ("Livechat_webhook_on_start", "chat.started"),
    ("Livechat_webhook_on_chat_queued", "chat.queued"),
    ("Livechat_webhook_on_chat_taken", "chat.taken"),
    ("Livechat_webhook_on_forward", "chat.forwarded"),
    ("Livechat_webhook_on_close", "chat.closed"),
    ("Livechat_webhook_on_visitor_message", "message.visitor"),
    ("Livechat_webhook_on_agent_message", "message.agent"),
    ("Livechat_webhook_on_capture", "lead.captured"),
    ("Livechat_webhook_on_offline_msg", "offline.submitted"),
];

/// The workspace webhook is what the settings say now.
fn describe(endpoint: &mut Endpoint, policy: &Policy) {
    endpoint.url = policy.text("Livechat_webhookUrl");
    endpoint.token = policy.text("Livechat_secret_token");
    let timeout = policy.int("Livechat_http_timeout");
    if let Some(ms) = u64::try_from(timeout).ok().filter(|ms| *ms > 0) {
        endpoint.schedule.timeout = Duration::from_millis(ms);
    }
    let switched = SWITCHES.iter().filter(|(switch, _)| policy.flag(switch));
    endpoint.events = switched.map(|(_, kind)| (*kind).to_owned()).collect();
    // There is no switch for what is changed after the end.
    endpoint.events.push("chat.edited".to_owned());
    if policy.flag("Send_visitor_navigation_history_livechat_webhook_request")
        && policy.flag("Livechat_Visitor_navigation_as_a_message")
    {
        endpoint.events.push("visitor.navigated".to_owned());
    }
}

fn seal(keys: &Keyring, id: &str, secrets: &[Secret]) -> Result<Vec<u8>, Refusal> {
    let plain: Vec<Value> = secrets.iter().map(Secret::to_json).collect();
    let plain = Value::Array(plain).to_string();
    Ok(keys.seal(&place(id), plain.as_bytes())?)
}

/// An endpoint to be made.
pub struct New<'a> {
    pub id: &'a str,
    pub origin: Origin,
    pub draft: &'a Draft,
    pub secret: Option<&'a Secret>,
}

/// Makes an endpoint. It hears of what happens from now on.
pub fn create(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    keys: &Keyring,
    new: &New<'_>,
) -> Result<(), Refusal> {
    new.draft.check()?;
    let number = rows::raise(tx)?;
    if rows::count(tx)? >= MOST {
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
    tell(tx, who, now, "endpoint.created", new.id, json!({}))
}

fn tell(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    kind: &str,
    id: &str,
    more: Value,
) -> Result<(), Refusal> {
    let mut body = json!({"endpoint": id, "by": who.to_json()});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    log::append(tx, now, &NewEvent::plain(kind, body))?;
    Ok(())
}

/// The row of an endpoint, behind the lock that all changes take.
fn take_turn(tx: &mut Tx<'_>, id: &str) -> Result<rows::Stored, Refusal> {
    rows::raise(tx)?;
    rows::find(tx, id)?.ok_or(Refusal::NotFound("endpoint"))
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
    let stored = take_turn(tx, id)?;
    if stored.origin == Origin::Workspace.as_str() {
        if let Some(why) = draft.wishes.complaint() {
            return Err(Refusal::invalid("policy", why));
        }
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
    tell(tx, who, now, "endpoint.changed", id, json!({}))
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
    let stored = take_turn(tx, id)?;
    let known: Vec<Value> = match &stored.secrets {
        Some(sealed) => {
            let plain = keys.unseal(&place(id), sealed)?;
            serde_json::from_slice(&plain).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let overlap = overlap.min(LONGEST_OVERLAP);
    let until = now.plus_millis(i64::try_from(overlap.as_millis()).unwrap_or(0));
    let mut secrets = vec![secret.clone()];
    for mut old in known.iter().filter_map(Secret::from_json) {
        old.until = Some(old.until.map_or(until, |sooner| sooner.min(until)));
        if old.is_good_at(now) && secrets.len() <= MOST_SECRETS {
            secrets.push(old);
        }
    }
    let sealed = seal(keys, id, &secrets)?;
    rows::set_secrets(tx, now, stored.number, &sealed)?;
    let more = json!({"scheme": secret.scheme.as_str()});
    tell(tx, who, now, "endpoint.secret-rotated", id, more)
}

/// A person stops the deliveries; what happens meanwhile is kept for later.
pub fn pause(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    let stored = take_turn(tx, id)?;
    rows::set_state(tx, now, stored.number, State::Paused, None)?;
    tell(tx, who, now, "endpoint.paused", id, json!({}))
}

/// Deliveries go on, what was kept first.
pub fn resume(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    let stored = take_turn(tx, id)?;
    rows::set_state(tx, now, stored.number, State::Active, None)?;
    crate::deliveries::start_afresh(tx, now, stored.number)?;
    tell(tx, who, now, "endpoint.resumed", id, json!({}))
}

/// Failures stop the deliveries; what happens meanwhile is kept for later.
pub(crate) fn disable(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: &str,
    reason: &str,
) -> Result<(), Refusal> {
    let stored = take_turn(tx, id)?;
    if stored.state != State::Active.as_str() {
        return Ok(());
    }
    rows::set_state(tx, now, stored.number, State::Disabled, Some(reason))?;
    let more = json!({"reason": reason});
    tell(tx, &Actor::System, now, "endpoint.disabled", id, more)
}

/// A disabled endpoint took something: it is served again.
pub(crate) fn come_back(tx: &mut Tx<'_>, now: Timestamp, id: &str) -> Result<(), Refusal> {
    match rows::find(tx, id)? {
        Some(stored) if stored.state == State::Disabled.as_str() => {
            resume(tx, &Actor::System, now, id)
        }
        _ => Ok(()),
    }
}

/// Removes an endpoint. What was on its way to it is not sent.
pub fn remove(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    if id == WORKSPACE {
        return Err(Refusal::Conflict(
            "the workspace webhook is part of the settings; clear its URL instead".into(),
        ));
    }
    let stored = take_turn(tx, id)?;
    rows::set_state(tx, now, stored.number, State::Removed, None)?;
    // Housekeeping removes the deliveries, by number.
    tell(tx, who, now, "endpoint.removed", id, json!({}))
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
    fn wishes_cover_kinds_and_families() {
        assert!(covers("*", "chat.closed"));
        assert!(covers("chat.*", "chat.closed"));
        assert!(!covers("chat.*", "message.agent"));
        assert!(covers("chat.closed", "chat.closed"));
        assert!(!covers("chat", "chat.closed"));
    }

    #[test]
    fn only_addresses_of_the_web_are_taken() {
        for good in [
            "http://a/",
            "https://crm.example.org/x?y=1",
            "http://[::1]:8000/",
        ] {
            assert_eq!(url_complaint(good), None, "{good}");
        }
        for bad in [
            "8000",
            "ftp://a/",
            "example.org/x",
            "http://",
            "/x",
            "https:///x",
        ] {
            assert!(url_complaint(bad).is_some(), "{bad}");
        }
    }
}
