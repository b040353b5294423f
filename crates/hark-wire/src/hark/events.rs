//! The log, as endpoints may hear of it: a page at a time, or as it grows.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::IntoResponse;
use futures_util::stream;
use hark_model::Policy;
use hark_model::events::Recorded;
use hark_store::{Error, Event, Position, Timestamp, View, log};
use hark_webhooks::catalogue;
use hark_webhooks::dialects::{Dialect, Iso};
use hark_webhooks::endpoints::covers;
use hark_webhooks::moment::{Moment, RenderContext};
use hark_webhooks::signing::{Secret, signature};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, MissedTickBehavior};

use super::answers::{EventCounts, EventPage};
use super::{LIMIT, Nothing, POLLED, WEBHOOKS, is_known_kind, kinds, limit, misfit, query};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::dispatch::identify;
use crate::handler::Done;
use crate::params::{AtLeastOne, NonEmpty, params};
use crate::response::with;
use crate::route::{Route, route};
use crate::surface::Surface;
use crate::wire::Wire;

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "events", WEBHOOKS, "What happened after a place in the log, oldest first", list)
        .per_minute(POLLED),
    &route!(Hark GET "events/counts", WEBHOOKS, "How many events of each kind there were in the last 24 hours", counts)
        .per_minute(60),
    &route!(Hark GET "events/stream", WEBHOOKS, "What happens, as it happens: Server-Sent Events", follow)
        .per_minute(60)
        .endless(),
];

params! {
    struct Events {
        after: Option<i64>,
        kinds: Option<AtLeastOne<NonEmpty>>,
        limit: Option<i64> = LIMIT,
    }

    struct Follow {
        after: Option<i64>,
        kinds: Option<AtLeastOne<NonEmpty>>,
    }
}

/// Events of the log that are looked at for one page.
const MOST_SCANNED: usize = 5_000;
/// Events of the log that are counted, the latest.
const MOST_COUNTED: i64 = 20_000;
const READ_AT_ONCE: usize = 250;
/// By which a reader brings a secret along.
const SECRET: &str = "webhook-secret";
/// Events of the log that a stream takes at once, and how many such pieces wait for its reader.
const PIECE: usize = 64;
const PIECES: usize = 2;
/// A reader who takes nothing for so long is left behind, and goes on later from where they were.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a stream shows that it lives, and its reader is looked at again.
const BEAT: Duration = Duration::from_secs(5);

/// The kinds that are asked for: all, unless some are named.
fn wanted(named: Option<AtLeastOne<NonEmpty>>) -> Result<Vec<String>, Failure> {
    let named = kinds(named)?;
    Ok(if named.is_empty() {
        vec!["*".to_owned()]
    } else {
        named
    })
}

fn after(given: Option<Position>) -> Result<Option<Position>, Failure> {
    match given {
        Some(position) if position < 0 => Err(misfit("after", "has to be 0 or more")),
        after => Ok(after),
    }
}

fn context(wire: &Wire, policy: &Arc<Policy>) -> RenderContext {
    RenderContext {
        site_url: wire.options.site_url.as_str().into(),
        policy: Arc::clone(policy),
        keys: Arc::clone(wire.policies.keys()),
    }
}

/// An event as the standard dialect writes it; nothing when it is not asked for, or gone.
fn written(
    view: &mut View<'_>,
    context: &RenderContext,
    wanted: &[String],
    event: Event,
) -> Result<Option<Vec<u8>>, Error> {
    let Some(recorded) = Recorded::parse_or_log(event) else {
        return Ok(None);
    };
    let is_wanted = wanted.iter().any(|wanted| covers(wanted, recorded.kind()));
    if !is_wanted || !catalogue::is_public(&recorded) {
        return Ok(None);
    }
    let needs = Dialect::Standard.needs(&recorded);
    let moment = Moment::look_up(view, context, &recorded, needs)?;
    Ok(Dialect::Standard.render(&moment))
}

async fn counts(call: Call, _: Nothing) -> Result<Done<EventCounts>, Failure> {
    let from = call.now.plus_days(-1);
    let look = query(&call, move |_, view| {
        let before = log::before(view, from)?;
        let after = before.max(log::last(view)? - MOST_COUNTED);
        Ok((log::counts(view, after)?, after == before))
    });
    let (kinds, whole) = look.await?;
    let public = |(kind, _): &(String, i64)| is_known_kind(kind);
    Ok(Done(EventCounts {
        from: Iso(from),
        whole,
        kinds: kinds.into_iter().filter(public).collect(),
    }))
}

async fn list(call: Call, events: Events) -> Result<Done<EventPage>, Failure> {
    let (wanted, limit) = (wanted(events.kinds)?, limit(events.limit));
    let after = after(events.after)?.unwrap_or(0);
    let context = context(&call.wire, &call.policy);
    let look = query(&call, move |_, view| {
        let (mut items, mut reached, mut scanned) = (Vec::new(), after, 0);
        while items.len() < limit && scanned < MOST_SCANNED {
            let events = log::after(view, reached, READ_AT_ONCE)?;
            let is_last = events.len() < READ_AT_ONCE;
            scanned += events.len();
            for event in events {
                if items.len() >= limit {
                    return Ok((items, reached, true));
                }
                reached = event.position;
                items.extend(written(view, &context, &wanted, event)?);
            }
            if is_last {
                return Ok((items, reached, false));
            }
        }
        Ok((items, reached, true))
    });
    let (items, reached, has_more) = look.await?;
    let items = items.iter();
    let items = items.filter_map(|body| serde_json::from_slice(body).ok());
    Ok(Done(EventPage {
        items: items.collect(),
        after: reached,
        has_more,
    }))
}

/// As the headers of a webhook are, in fields of which readers of streams take no notice.
fn signed(secret: &Secret, now: Timestamp, position: Position, body: &[u8]) -> Option<String> {
    let (id, seconds) = (format!("event_{position}"), now.millis() / 1000);
    let signature = signature(std::slice::from_ref(secret), now, &id, seconds, body)?;
    Some(format!(
        "webhook-id: {id}\nwebhook-timestamp: {seconds}\nwebhook-signature: {signature}\n"
    ))
}

async fn follow(call: Call, follow: Follow) -> Answer {
    let streams = Arc::clone(&call.wire.streams);
    let slot = streams.try_acquire_owned().map_err(|_| Error::Busy)?;
    let wanted = wanted(follow.kinds)?;
    // A reader who comes back says how far they had come.
    let last_seen = call.header("last-event-id");
    let last_seen = last_seen.and_then(|text| text.trim().parse::<Position>().ok());
    let position = match last_seen.filter(|position| *position >= 0) {
        Some(position) => position,
        None => match after(follow.after)? {
            Some(position) => position,
            None => query(&call, |_, view| Ok(log::last(view)?)).await?,
        },
    };
    let secret = match call.header(SECRET) {
        Some(text) => Some(
            Secret::parse(text.trim())
                .ok_or_else(|| misfit(SECRET, "has to be whsec_ or whsk_ and a key in base64"))?,
        ),
        None => None,
    };
    let (pieces, waiting) = mpsc::channel(PIECES);
    let feed = Feed {
        wire: Arc::clone(&call.wire),
        policy: Arc::clone(&call.policy),
        headers: call.headers.clone(),
        account: call.account()?.id.clone(),
        wanted: wanted.into(),
        secret,
        position,
        pieces,
        _slot: slot,
    };
    tokio::spawn(feed.run());
    let pieces = stream::unfold(waiting, |mut waiting| async move {
        let piece: Bytes = waiting.recv().await?;
        Some((Ok::<_, Infallible>(piece), waiting))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        // Proxies that collect answers would make it late.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let response = with(Body::from_stream(pieces).into_response(), headers);
    Ok(Reply::Whole(response))
}

/// One reader of the log as it grows.
struct Feed {
    wire: Arc<Wire>,
    policy: Arc<Policy>,
    /// As the reader has shown who they are.
    headers: HeaderMap,
    account: String,
    wanted: Arc<[String]>,
    /// The reader's own, with which what they are sent is signed.
    secret: Option<Secret>,
    position: Position,
    pieces: mpsc::Sender<Bytes>,
    _slot: OwnedSemaphorePermit,
}

impl Feed {
    /// Until the reader goes, may no longer read, is too slow, or the server stops.
    async fn run(mut self) {
        let mut stopping = self.wire.stopping();
        let mut moved = self.wire.store.moved();
        let mut beat = tokio::time::interval_at(Instant::now() + BEAT, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let sender = self.pieces.clone();
        // A reader who breaks off before the first event knows where to come back to.
        if !self.say(self.pulse()).await {
            return;
        }
        while !*stopping.borrow() {
            // Registered before looking: what is committed between the two wakes us.
            moved.borrow_and_update();
            let Some(has_more) = self.go_on().await else {
                return;
            };
            tokio::select! {
                biased;
                _ = stopping.changed() => return,
                () = sender.closed() => return,
                _ = beat.tick() => {
                    if !self.may_read().await || !self.say(self.pulse()).await {
                        return;
                    }
                }
                () = std::future::ready(()), if has_more => {}
                changed = moved.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// A sign of life that brings no event, but says how far the log was read.
    fn pulse(&self) -> String {
        format!(": here\nid: {}\n\n", self.position)
    }

    /// Sends what there is; says whether there is more. Nothing: it is over.
    async fn go_on(&mut self) -> Option<bool> {
        let context = context(&self.wire, &self.policy);
        let wanted = Arc::clone(&self.wanted);
        let secret = self.secret.clone();
        let now = self.wire.store.clock().now();
        let after = self.position;
        let look = self.wire.store.read(move |view| -> Result<_, Error> {
            let events = log::after(view, after, PIECE)?;
            let (count, mut reached) = (events.len(), after);
            let mut piece = String::new();
            for event in events {
                reached = event.position;
                if let Some(body) = written(view, &context, &wanted, event)? {
                    let headers = secret
                        .as_ref()
                        .and_then(|secret| signed(secret, now, reached, &body));
                    let (headers, body) =
                        (headers.unwrap_or_default(), String::from_utf8_lossy(&body));
                    piece.push_str(&format!("id: {reached}\n{headers}data: {body}\n\n"));
                }
            }
            Ok((piece, reached, count >= PIECE))
        });
        match look.await {
            Ok((piece, reached, has_more)) => {
                self.position = reached;
                (piece.is_empty() || self.say(piece).await).then_some(has_more)
            }
            Err(error) => {
                tracing::debug!(error = %error, "a stream of events breaks off; its reader comes back");
                None
            }
        }
    }

    async fn say(&self, piece: String) -> bool {
        let sent = tokio::time::timeout(PATIENCE, self.pieces.send(piece.into())).await;
        matches!(sent, Ok(Ok(())))
    }

    /// Whether the reader would be let in now.
    async fn may_read(&mut self) -> bool {
        let found = identify(&self.wire, Surface::Hark.credentials(&self.headers)).await;
        let Ok((policy, Some(session))) = found else {
            return false;
        };
        self.policy = policy;
        let roles = &session.account.roles;
        session.account.id == self.account
            && WEBHOOKS.admits(|permission| self.policy.grants(roles, permission))
    }
}
