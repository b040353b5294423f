//! The log, as endpoints may hear of it: a page at a time, or as it grows.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::stream;
use hark_chat::Policy;
use hark_store::{Error, Event, Position, View, log};
use hark_webhooks::catalogue::{self, KINDS};
use hark_webhooks::dialects::Dialect;
use hark_webhooks::endpoints::covers;
use hark_webhooks::moment::{House, Moment};
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, MissedTickBehavior};

use super::{LIMIT, POLLED, WEBHOOKS, limit, misfit};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::dispatch::identify;
use crate::route::{Route, route};
use crate::shape::{Field, Shape};
use crate::surface::Surface;
use crate::wire::Wire;

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "events", WEBHOOKS, "What happened after a place in the log, oldest first", list)
        .answers(200, "EventPage")
        .takes(EVENTS)
        .per_minute(POLLED),
    &route!(Hark GET "events/stream", WEBHOOKS, "What happens, as it happens: Server-Sent Events", follow)
        .takes(FOLLOW)
        .per_minute(60)
        .endless(),
];

const AFTER: Field = Field::optional("after", Shape::Integer);
const WANTED: Field = Field::optional("kinds", Shape::SomeOf(&Shape::NonEmpty));
const EVENTS: Shape = Shape::Object(&[AFTER, WANTED, LIMIT]);
const FOLLOW: Shape = Shape::Object(&[AFTER, WANTED]);

/// Events of the log that are looked at for one page.
const MOST_SCANNED: usize = 5_000;
const READ_AT_ONCE: usize = 250;
/// Events of the log that a stream takes at once, and how many such pieces wait for its reader.
const PIECE: usize = 64;
const PIECES: usize = 2;
/// Who takes nothing for so long is left behind; he goes on later from where he was.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a stream shows that it lives, and its reader is looked at again.
const BEAT: Duration = Duration::from_secs(5);

/// The kinds that are asked for: all, unless some are named.
fn wanted(call: &Call) -> Result<Vec<String>, Failure> {
    let wanted = call.texts("kinds").unwrap_or_else(|| vec!["*".to_owned()]);
    let is_known = |name: &String| KINDS.iter().any(|kind| covers(name, kind.name));
    match wanted.iter().find(|name| !is_known(name)) {
        Some(name) => Err(misfit(
            "kinds",
            format!("has one that is not known: {name}"),
        )),
        None => Ok(wanted),
    }
}

fn after(call: &Call) -> Result<Option<Position>, Failure> {
    match call.params.get("after").and_then(Value::as_i64) {
        Some(position) if position < 0 => Err(misfit("after", "has to be 0 or more")),
        after => Ok(after),
    }
}

fn house(wire: &Wire, policy: &Arc<Policy>) -> House {
    House {
        site_url: wire.options.site_url.as_str().into(),
        policy: Arc::clone(policy),
        keys: Arc::clone(wire.policies.keys()),
    }
}

/// An event as the standard dialect writes it; nothing when it is not asked for, or gone.
fn tell(
    view: &mut View<'_>,
    house: &House,
    wanted: &[String],
    event: Event,
) -> Result<Option<Vec<u8>>, Error> {
    let is_wanted = wanted.iter().any(|wanted| covers(wanted, &event.kind));
    if !is_wanted || !catalogue::is_public(&event) {
        return Ok(None);
    }
    let needs = Dialect::Standard.needs(&event);
    let moment = Moment::look_up(view, house, event, needs)?;
    Ok(Dialect::Standard.render(&moment))
}

async fn list(call: Call) -> Answer {
    let (wanted, limit) = (wanted(&call)?, limit(&call)?);
    let after = after(&call)?.unwrap_or(0);
    let house = house(&call.wire, &call.policy);
    let look = call.read(move |view| {
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
                items.extend(tell(view, &house, &wanted, event)?);
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
    Reply::object(json!({
        "items": items.collect::<Vec<Value>>(),
        "after": reached,
        "hasMore": has_more,
    }))
}

async fn follow(call: Call) -> Answer {
    let streams = Arc::clone(&call.wire.streams);
    let place = streams.try_acquire_owned().map_err(|_| Error::Busy)?;
    let wanted = wanted(&call)?;
    // A reader who comes back says how far he had come.
    let last_seen = call.header("last-event-id");
    let last_seen = last_seen.and_then(|text| text.trim().parse::<Position>().ok());
    let position = match last_seen.filter(|position| *position >= 0) {
        Some(position) => position,
        None => match after(&call)? {
            Some(position) => position,
            None => call.read(log::last).await?,
        },
    };
    let (pieces, waiting) = mpsc::channel(PIECES);
    let feed = Feed {
        wire: Arc::clone(&call.wire),
        policy: Arc::clone(&call.policy),
        headers: call.headers.clone(),
        account: call.account()?.id.clone(),
        wanted: wanted.into(),
        position,
        pieces,
        _place: place,
    };
    tokio::spawn(feed.run());
    let pieces = stream::unfold(waiting, |mut waiting| async move {
        let piece: Bytes = waiting.recv().await?;
        Some((Ok::<_, Infallible>(piece), waiting))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    // Proxies that collect answers would make it late.
    let unbuffered = HeaderValue::from_static("no");
    response
        .headers_mut()
        .insert("x-accel-buffering", unbuffered);
    Ok(Reply::Whole(response))
}

/// One reader of the log as it grows.
struct Feed {
    wire: Arc<Wire>,
    policy: Arc<Policy>,
    /// As he has shown who he is.
    headers: HeaderMap,
    account: String,
    wanted: Arc<[String]>,
    position: Position,
    pieces: mpsc::Sender<Bytes>,
    _place: OwnedSemaphorePermit,
}

impl Feed {
    /// Until the reader goes, may no longer read, is too slow, or the server stops.
    async fn run(mut self) {
        let mut stopping = self.wire.stopping();
        let mut moved = self.wire.store.moved();
        let mut beat = tokio::time::interval_at(Instant::now() + BEAT, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let sender = self.pieces.clone();
        // Whoever breaks off before the first event knows where to come back to.
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
        let (house, wanted) = (house(&self.wire, &self.policy), Arc::clone(&self.wanted));
        let after = self.position;
        let look = self.wire.store.read(move |view| -> Result<_, Error> {
            let events = log::after(view, after, PIECE)?;
            let (count, mut reached) = (events.len(), after);
            let mut piece = String::new();
            for event in events {
                reached = event.position;
                if let Some(body) = tell(view, &house, &wanted, event)? {
                    let body = String::from_utf8_lossy(&body);
                    piece.push_str(&format!("id: {reached}\ndata: {body}\n\n"));
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

    /// Whether he would be let in now.
    async fn may_read(&mut self) -> bool {
        let now = self.wire.store.clock().now();
        let found = identify(&self.wire, Surface::Hark, &self.headers, now).await;
        let Ok((policy, Some(session))) = found else {
            return false;
        };
        self.policy = policy;
        let roles = &session.account.roles;
        session.account.id == self.account
            && WEBHOOKS.admits(|permission| self.policy.grants(roles, permission))
    }
}
