//! The real-time API of Rocket.Chat's clients on `/websocket`: who is connected, log-ins,
//! subscriptions and methods.
//!
//! * [`frames`]: what goes out
//! * [`streams`]: what can be listened to, and by whom
//! * [`subscriptions`]: what one connection listens to
//! * [`pushes`]: what the events of the log mean to those who listen
//! * [`signals`]: what lasts only a moment and is for those who work here alone
//! * [`typing`]: who writes just now, here and on other nodes
//! * [`connection_methods`]: the methods that concern a connection; all others are those of [`super::methods`]
//!
//! A connection does one thing at a time, in the order of its frames. It is closed with a reason
//! when it sends what is no frame, too much, too often or nothing at all, or takes too little.

mod connection_methods;
mod frames;
mod pushes;
pub(crate) mod signals;
pub(crate) mod streams;
mod subscriptions;
pub(crate) mod typing;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use hark_jobs::Job;
use hark_realtime::{Feed, Seat};
use hark_staff::sessions::Session;
use hark_store::Timestamp;
use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, timeout};

use self::subscriptions::Subscribed;
use crate::answer::{self, Failure};
use crate::body::{self, Size};
use crate::call::{Call, Parts, who};
use crate::dispatch::identify;
use crate::json::{Bounds, Unreadable};
use crate::pace::{Allowance, Pace};
use crate::pass::Pass;
use crate::shares::Share;
use crate::surface::Credentials;
use crate::windows::{VisitorWindow, Window};
use crate::wire::Wire;

pub(crate) const LARGEST_FRAME: usize = 128 * 1024;
/// A frame of a socket on which nobody is logged in: visitors and log-ins need no more.
pub(crate) const OF_STRANGERS: Size = Size {
    bytes: 16 << 10,
    values: 500,
};
/// Frames in a row, and those that come to them in a second.
pub(crate) const OF_A_SOCKET: Pace = Pace {
    at_once: 300.0,
    each_second: 30.0,
};
/// What counts as one of an address's frames: a larger one counts as several.
pub(crate) const FRAME: usize = 1 << 10;
/// A frame of more than this is not parsed where all connections are served.
const LIGHT: usize = 4 << 10;
/// What one connection listens to, before and after a log-in.
pub(crate) const MOST_TOPICS: usize = 50;
pub(crate) const MOST_TOPICS_LOGGED_IN: usize = 1_000;
const LONGEST_EVENT: usize = 200;
/// Letters of what a visitor has not sent yet: a line to the other nodes has room for them, however they are
/// written.
pub(crate) const MOST_UNFINISHED: usize = 300;
/// A client that was silent for one beat is asked whether it is there, and is gone after some.
const BEAT: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(75);
/// How long a frame may take to leave.
pub(crate) const SLOWEST: Duration = Duration::from_secs(20);

/// What pushes to those who are connected to this node.
pub(crate) fn jobs(wire: &Arc<Wire>) -> [Job; 4] {
    let [pushes, places] = pushes::jobs(wire);
    [pushes, places, signals::job(wire), typing::job(wire)]
}

pub(crate) async fn upgrade(State(wire): State<Arc<Wire>>, request: Request) -> Response {
    let address = wire.address(&request);
    let (mut parts, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let slot = match wire.sockets.enter(address, wire.options.rate_limit) {
        Ok(slot) => slot,
        Err(full) => return answer::respond(Err(full.into())),
    };
    // What goes out is as large as an answer over HTTP would be, one at a time.
    // Most connections are idle: what they hold is small until they need more. For the same reason
    // the futures of rare steps are boxed, so that they are no part of each connection.
    let upgrade = upgrade
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_message_size(LARGEST_FRAME)
        .max_frame_size(LARGEST_FRAME);
    upgrade.on_upgrade(move |socket| async move {
        let (seat, feed) = wire.hub.join();
        let connection = Connection {
            wire,
            address,
            socket,
            seat,
            is_greeted: false,
            topics: HashMap::new(),
            login: None,
            seen_good: None,
            window: None,
            visitor: None,
            heard: Instant::now(),
            allowance: Allowance::whole(OF_A_SOCKET, Instant::now()),
        };
        connection.live(feed).await;
        drop(slot);
    })
}

/// What is read of a frame before anybody is asked anything.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_frame(text: &str) {
    let frame = body::json(text).unwrap_or_default();
    let name = |member: &str| frame[member].as_str().unwrap_or_default();
    let event = frame["params"][0].as_str().unwrap_or_default();
    let _unknown = streams::topic(name("name"), event);
}

struct Connection {
    wire: Arc<Wire>,
    address: IpAddr,
    socket: WebSocket,
    seat: Seat<Pass>,
    /// Whether it has said which version it speaks.
    is_greeted: bool,
    /// The client's ids of its subscriptions.
    topics: HashMap<String, Subscribed>,
    /// The token with which someone is logged in.
    login: Option<Arc<str>>,
    /// When that was last looked at, it was good.
    seen_good: Option<SeenGood>,
    /// By which its owner is seen to be here.
    window: Option<Window>,
    /// By which a visitor is here as long as the connection is.
    visitor: Option<VisitorWindow>,
    heard: Instant,
    /// How many frames it may send at the moment.
    allowance: Allowance,
}

/// A log-in that was good is not looked at again for a while if no account changes meanwhile: what it could hear is pushed
/// by its right at that moment, and what it asks for is answered by it.
struct SeenGood {
    login: Arc<str>,
    /// How many had ended by then.
    ended: u64,
    at: Instant,
    until: Option<Timestamp>,
}

enum End {
    /// It is gone already.
    Gone,
    Because(u16, &'static str),
}

type Going = Result<(), End>;

/// A token that was taken back on another node leaves no event: its owner is seen to be here for so long at most.
const LOOK_AGAIN: Duration = Duration::from_secs(300);
const STOPS: End = End::Because(close_code::AWAY, "the server stops");
const TOO_LARGE: End = End::Because(
    close_code::SIZE,
    "the frame is too large; who is logged in may send larger ones",
);
const BUSY: End = End::Because(
    close_code::AGAIN,
    "too much at once: come back a little later",
);

const fn against_rules(reason: &'static str) -> End {
    End::Because(close_code::POLICY, reason)
}

impl Connection {
    async fn live(mut self, mut feed: Feed) {
        let end = self.run(&mut feed).await;
        if let Err(End::Because(code, reason)) = end {
            tracing::debug!(code, reason, "a connection is closed");
            let reason = Utf8Bytes::from_static(reason);
            let farewell = Message::Close(Some(CloseFrame { code, reason }));
            // Anyone who does not take it is gone all the same.
            let _ended = timeout(SLOWEST, self.socket.send(farewell)).await;
        }
        let visitor = self.visitor.take();
        // Nothing is kept for them while their absence is written down.
        let wire = Arc::clone(&self.wire);
        drop((self, feed));
        if let Some(window) = visitor {
            Box::pin(connection_methods::close(&wire, window)).await;
        }
    }

    async fn run(&mut self, feed: &mut Feed) -> Going {
        let mut stopping = self.wire.stopping();
        if *stopping.borrow() {
            return Err(STOPS);
        }
        let mut beat = tokio::time::interval_at(Instant::now() + BEAT, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stopping.changed() => {
                    return Err(STOPS);
                }
                pushed = feed.next() => match pushed.map(Utf8Bytes::try_from) {
                    Some(Ok(frame)) => self.send(frame).await?,
                    _ => return Err(End::Because(close_code::AGAIN, "too slow: come back and read what you missed")),
                },
                heard = self.socket.recv() => match heard {
                    None => return Err(End::Gone),
                    Some(Err(error)) => return Err(unreadable(&error)),
                    Some(Ok(message)) => {
                        self.count_frame()?;
                        match message {
                            Message::Text(text) => Box::pin(self.frame(text)).await?,
                            Message::Binary(_) => return Err(End::Because(close_code::UNSUPPORTED, "frames are text")),
                            Message::Close(_) => return Err(End::Gone),
                            Message::Ping(_) | Message::Pong(_) => {}
                        }
                    }
                },
                _ = beat.tick() => Box::pin(self.beat()).await?,
            }
        }
    }

    /// Counts what comes in.
    fn count_frame(&mut self) -> Going {
        self.heard = Instant::now();
        if self.allowance.take(OF_A_SOCKET, 1.0, self.heard) < 0.0 {
            Err(against_rules("too many frames"))
        } else {
            Ok(())
        }
    }

    /// Waits until it is the turn of a frame, among those of all sockets at its address.
    async fn wait_for_turn(&mut self, bytes: usize) -> Going {
        if !self.wire.options.rate_limit {
            return Ok(());
        }
        let (is_stranger, many) = (self.login.is_none(), 1 + bytes / FRAME);
        let taken = self
            .wire
            .frames
            .take(self.address, is_stranger, many as f64, Instant::now());
        let wait = taken.ok_or_else(|| against_rules("too many frames from this address"))?;
        if wait.is_zero() {
            return Ok(());
        }
        let mut stopping = self.wire.stopping();
        tokio::select! {
            _ = stopping.wait_for(|stops| *stops) => Err(STOPS),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }

    async fn send(&mut self, frame: Utf8Bytes) -> Going {
        match timeout(SLOWEST, self.socket.send(Message::Text(frame))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }

    async fn say(&mut self, frame: &Value) -> Going {
        self.send(frame.to_string().into()).await
    }

    /// A sign of life, and whether the log-in still holds.
    async fn beat(&mut self) -> Going {
        if !self.is_greeted {
            return Err(against_rules("connect first"));
        }
        let silent = self.heard.elapsed();
        if silent >= PATIENCE {
            return Err(against_rules("silent for too long"));
        }
        self.look_at_login().await?;
        if silent >= BEAT {
            self.say(&json!({"msg": "ping"})).await
        } else {
            Ok(())
        }
    }

    async fn look_at_login(&mut self) -> Going {
        let Some(login) = self.login.clone() else {
            return Ok(());
        };
        let ended = self.wire.log_ins_ended();
        let now = self.wire.store.clock().now();
        let is_good = |seen: &SeenGood| {
            seen.login == login
                && seen.ended == ended
                && seen.at.elapsed() < LOOK_AGAIN
                && seen.until.is_none_or(|until| now < until)
        };
        if self.seen_good.as_ref().is_some_and(is_good) {
            return Ok(());
        }
        let Ok(call) = self.call().await else {
            return Ok(());
        };
        match &call.session {
            None => self.log_out().await,
            Some(session) => {
                self.saw_good(session, ended);
                Ok(())
            }
        }
    }

    /// `ended`: how many had ended before it was looked at.
    fn saw_good(&mut self, session: &Session, ended: u64) {
        self.seen_good = self.login.clone().map(|login| SeenGood {
            login,
            ended,
            at: Instant::now(),
            until: session.expires_at,
        });
    }

    /// How much a frame may be.
    const fn size(&self) -> Size {
        match self.login {
            None => OF_STRANGERS,
            Some(_) => Size {
                bytes: LARGEST_FRAME,
                values: body::INSIDE.values,
            },
        }
    }

    /// What a frame says, `Null` for what is none; and the memory that it holds until it is answered.
    async fn read(&mut self, text: Utf8Bytes) -> Result<(Value, Share), End> {
        let wire = &self.wire;
        let shares = match self.login {
            None => &wire.strangers_bodies,
            Some(_) => &wire.bodies,
        };
        let mut memory = shares.open(self.address, wire.options.rate_limit);
        let size = self.size();
        let is_light = text.len() <= LIGHT;
        if !is_light {
            let much = text.len() + body::charge(text.as_bytes(), size.values);
            memory.grow(much).map_err(|_| BUSY)?;
        }
        let bounds = Bounds {
            values: size.values,
            depth: body::DEEPEST,
        };
        let parse = move || body::json_within(&text, bounds);
        let parsed = if is_light {
            parse()
        } else {
            let parsing = body::elsewhere(&wire.parsing, parse).await;
            parsing.map_err(|_| BUSY)?
        };
        match parsed {
            Ok(frame) => Ok((frame, memory)),
            Err(Unreadable::Broken) => Ok((Value::Null, memory)),
            Err(Unreadable::TooMuch) => Err(TOO_LARGE),
        }
    }

    async fn frame(&mut self, text: Utf8Bytes) -> Going {
        if text.len() > self.size().bytes {
            return Err(TOO_LARGE);
        }
        self.wait_for_turn(text.len()).await?;
        let (frame, _memory) = self.read(text).await?;
        let Some(kind) = frame["msg"].as_str() else {
            return Err(End::Because(
                close_code::INVALID,
                "frames are JSON objects with a msg",
            ));
        };
        match kind {
            "ping" => {
                let mut pong = json!({"msg": "pong"});
                if let Some(id) = frame.get("id") {
                    pong["id"] = id.clone();
                }
                self.say(&pong).await
            }
            "pong" => Ok(()),
            "connect" => self.greet(&frame).await,
            _ if !self.is_greeted => Err(against_rules("connect first")),
            "sub" => self.subscribe(&frame).await,
            "unsub" => self.unsubscribe(&frame).await,
            "method" => self.method(&frame).await,
            _ => {
                self.say(&json!({"msg": "error", "reason": "Bad request"}))
                    .await
            }
        }
    }

    async fn greet(&mut self, frame: &Value) -> Going {
        if self.is_greeted {
            let again = json!({"msg": "error", "reason": "Already connected"});
            return self.say(&again).await;
        }
        let offered = frame["support"].as_array().into_iter().flatten();
        let mut offered = offered.chain([&frame["version"]]);
        if !offered.any(|version| version == "1") {
            self.say(&json!({"msg": "failed", "version": "1"})).await?;
            return Err(against_rules("version 1 is spoken here"));
        }
        self.is_greeted = true;
        let session = hark_store::Ids::from_system().id17();
        self.say(&json!({"msg": "connected", "session": session}))
            .await
    }

    /// A call as the other surfaces know it, by the one who is logged in now.
    async fn call(&mut self) -> Result<Call, Failure> {
        let now = self.wire.store.clock().now();
        let token = self.login.as_ref();
        let shown = token.map(|token| Credentials::Token(token.to_string()));
        let (policy, session) = identify(&self.wire, shown).await?;
        Ok(Call::new(Parts {
            wire: Arc::clone(&self.wire),
            policy,
            who: who(session.as_ref()),
            session,
            now,
            address: self.address,
            headers: HeaderMap::new(),
            path: Vec::new(),
            params: Value::Null,
            query_text: String::new(),
            body: Mutex::new(Body::empty()),
        }))
    }

    async fn method(&mut self, frame: &Value) -> Going {
        let id = frame["id"].clone();
        let outcome = match frame["method"].as_str() {
            Some(name) => self.perform(name, &frame["params"]).await,
            None => Err(Failure::coded("Bad request [400]")),
        };
        if self.login.is_none() {
            self.log_out().await?;
        }
        for frame in frames::result(&id, outcome) {
            self.say(&frame).await?;
        }
        Ok(())
    }
}

fn unreadable(error: &axum::Error) -> End {
    // Of what goes wrong below, only this can be said to the one who caused it.
    let words = error.to_string();
    if words.contains("too long") || words.contains("too big") {
        End::Because(close_code::SIZE, "the frame is too large")
    } else {
        End::Gone
    }
}
