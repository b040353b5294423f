//! Tells browsers in which no page of ours is open of what their people should not miss: a new chat in their queue, a
//! new message in a chat of theirs. It is told once and soon, or not at all: what was missed is in the inbox.

mod message;

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use futures_util::{StreamExt, stream};
use hark_chat::routing::Method as Routing;
use hark_chat::{access, inquiries, messages, subscriptions};
use hark_egress::{Client, Request};
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_model::events::{Event, Recorded};
use hark_model::{Policy, accounts, rooms, vapid};
use hark_staff::push_subscriptions::{self, Browser, Subscription};
use hark_store::{Error, Position, Store, Timestamp, Tx, View, log};
use hark_wire::Wire;
use serde_json::{Value, json};
use tokio::sync::watch;
use url::Url;

const HELD: Duration = Duration::from_secs(20);
/// However much happens, it is looked four times a second at most.
const SHORTEST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(60);
const BATCH: usize = 64;
/// What is older rings for nobody.
const FRESH_MILLIS: i64 = 5 * 60_000;
/// So long a push service keeps it for a telephone that is off.
const KEPT_SECONDS: u32 = 3_600;
const PATIENCE: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 16;
const LONGEST_TEXT: usize = 300;
/// By which a later message of a chat takes the place of one that was not shown yet.
const LONGEST_TOPIC: usize = 32;

pub(super) fn job(store: &Store, wire: &Arc<Wire>, egress: &Client, site_url: &str) -> Job {
    let sender = Sender {
        moved: store.moved(),
        store: store.clone(),
        wire: Arc::clone(wire),
        egress: egress.clone(),
        key: Arc::new(vapid::Key::of(wire.policies.keys())),
        site_url: site_url.to_owned(),
        position: None,
    };
    Job::new("web push", sender).on_one_node(HELD)
}

#[derive(Clone)]
struct Sender {
    store: Store,
    wire: Arc<Wire>,
    egress: Client,
    key: Arc<vapid::Key>,
    site_url: String,
    moved: watch::Receiver<i64>,
    /// How far the log was read; nothing yet, and what was before rings for nobody.
    position: Option<Position>,
}

/// What one browser is told.
struct Ring {
    subscription: Subscription,
    browser: Browser,
    room: String,
    text: Arc<Value>,
}

impl Work for Sender {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        // Registered before looking: what is written between the two wakes us.
        self.moved.borrow_and_update();
        let mut position = match self.position {
            Some(position) => position,
            None => self.store.read(log::last).await?,
        };
        self.position = Some(position);
        while !turn.is_stopping() {
            let wire = Arc::clone(&self.wire);
            let now = self.store.clock().now();
            let look = move |view: &mut View<'_>| rings(view, &wire, position, now);
            let (rings, last) = self.store.read(look).await?;
            let Some(last) = last else { break };
            position = last;
            // Before it is sent: what breaks this off would break it off again.
            self.position = Some(position);
            let sent: Vec<_> = rings.into_iter().map(|ring| self.send(ring)).collect();
            let mut outcomes = stream::iter(sent).buffer_unordered(AT_ONCE);
            while let Some(outcome) = outcomes.next().await {
                outcome?;
            }
        }
        Ok(Rest::For(LONGEST_REST))
    }

    async fn woken(&mut self) {
        tokio::time::sleep(SHORTEST_REST).await;
        if self.moved.changed().await.is_err() {
            // The store is closed.
            std::future::pending::<()>().await;
        }
    }
}

/// What a piece of the log means to browsers, and where the next begins; nowhere if there was nothing.
fn rings(
    view: &mut View<'_>,
    wire: &Wire,
    position: Position,
    now: Timestamp,
) -> Result<(Vec<Ring>, Option<Position>), Error> {
    let events = log::after(view, position, BATCH)?;
    let last = events.last().map(|event| event.position);
    let mut rings = Vec::new();
    if last.is_none() || !push_subscriptions::any(view)? {
        return Ok((rings, last));
    }
    let policy = wire.policies.at(view)?;
    for event in events.into_iter().filter_map(Recorded::parse_or_log) {
        if now.millis_since(event.at) > FRESH_MILLIS {
            continue;
        }
        let Some(chat) = event.event.chat() else {
            continue;
        };
        let room = chat.room.id.clone();
        let (people, text) = match &event.event {
            Event::MessageVisitor(said) => message_of(view, &room, &said.details.message)?,
            Event::ChatQueued(_) if Routing::of(&policy) == Routing::Manual => {
                waiting(view, &policy, &room)?
            }
            _ => continue,
        };
        let text = Arc::new(text);
        for account in people {
            for subscription in push_subscriptions::away(view, &account)? {
                if let Some(browser) = subscription.browser(wire.policies.keys()) {
                    rings.push(Ring {
                        subscription,
                        browser,
                        room: room.clone(),
                        text: Arc::clone(&text),
                    });
                }
            }
        }
    }
    Ok((rings, last))
}

/// Those who are in a chat, and what its visitor says.
fn message_of(
    view: &mut View<'_>,
    room: &str,
    message: &str,
) -> Result<(Vec<String>, Value), Error> {
    let Some(message) = messages::find(view, message)? else {
        return Ok((Vec::new(), Value::Null));
    };
    let name = rooms::find(view, room)?.map(|room| room.name);
    let said: String = message.text.chars().take(LONGEST_TEXT).collect();
    let text = json!({"kind": "message", "room": room, "title": name, "body": said});
    let inside = subscriptions::of_room(view, room)?.into_iter();
    Ok((inside.map(|place| place.account).collect(), text))
}

/// Those who may take a chat that waits.
fn waiting(
    view: &mut View<'_>,
    policy: &Policy,
    room: &str,
) -> Result<(Vec<String>, Value), Error> {
    let mut people = Vec::new();
    let Some(inquiry) = inquiries::of_room(view, room)? else {
        return Ok((people, Value::Null));
    };
    let name = rooms::find(view, room)?.map(|room| room.name);
    for id in push_subscriptions::hearers(view)? {
        if let Some(account) = accounts::find(view, &id)?
            && access::may_follow(view, policy, &account, &inquiry)?
        {
            people.push(id);
        }
    }
    let text = json!({"kind": "waits", "room": room, "title": name});
    Ok((people, text))
}

impl Sender {
    async fn send(&self, ring: Ring) -> Result<(), JobError> {
        let id = ring.subscription.id.clone();
        let Some(request) = self.request(&ring) else {
            tracing::debug!(subscription = id, "a browser cannot be written to");
            return Ok(());
        };
        match self.egress.send(request).await.outcome {
            Ok(answer) if matches!(answer.status, 404 | 410) => {
                let gone = move |tx: &mut Tx<'_>| push_subscriptions::drop_dead(tx, &id);
                self.store.write(gone).await?;
            }
            Ok(answer) => {
                tracing::debug!(
                    subscription = id,
                    status = answer.status,
                    "a browser was told"
                );
            }
            Err(failure) => {
                tracing::debug!(subscription = id, error = %failure, "a browser could not be told");
            }
        }
        Ok(())
    }

    fn request(&self, ring: &Ring) -> Option<Request> {
        let text = ring.text.to_string();
        let plain = text.as_bytes();
        if plain.len() > message::LONGEST {
            return None;
        }
        let body = message::encrypted(&ring.browser, plain).ok()?;
        let url = Url::parse(&ring.browser.address).ok()?;
        let origin = url.origin().ascii_serialization();
        let now = self.store.clock().now();
        let shown = self.key.authorization(&origin, &self.site_url, now).ok()?;
        let mut authorization = HeaderValue::from_str(&shown).ok()?;
        authorization.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization);
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        );
        headers.insert(
            HeaderName::from_static("ttl"),
            HeaderValue::from(KEPT_SECONDS),
        );
        headers.insert(
            HeaderName::from_static("urgency"),
            HeaderValue::from_static("high"),
        );
        if ring.room.len() <= LONGEST_TOPIC
            && let Ok(topic) = HeaderValue::from_str(&ring.room)
        {
            headers.insert(HeaderName::from_static("topic"), topic);
        }
        Some(Request {
            method: Method::POST,
            url: ring.browser.address.clone(),
            headers,
            body: body.into(),
            timeout: PATIENCE,
        })
    }
}
