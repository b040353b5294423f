//! The real-time API of Rocket.Chat's clients on `/websocket`: who is connected, log-ins,
//! subscriptions and methods.
//!
//! * [`doors`]: how many are connected
//! * [`frames`]: what goes out
//! * [`streams`]: what can be listened to, and by whom
//! * [`teller`]: what the events of the log mean to those who listen, and [`house`]: those that concern
//!   no room
//! * [`passing`]: what lasts only a moment, here and between nodes
//! * [`acts`]: the methods that concern a connection; all others are those of [`super::methods`]
//!
//! A connection does one thing at a time, in the order of its frames. It is closed with a reason
//! when it sends what is no frame, too much, too often or nothing at all, or takes too little.

mod acts;
mod doors;
mod frames;
mod house;
mod passing;
mod streams;
mod teller;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use hark_realtime::{Feed, Seat, Topic};
use hark_store::Error;
use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, timeout};

pub(crate) use self::doors::Doors;
use self::doors::Full;
pub(crate) use self::streams::Pass;
use self::streams::{Look, PRESENCE, topic};
use self::teller::Teller;
use crate::answer::{self, Failure};
use crate::call::Call;
use crate::presence::{VisitorWindow, Window};
use crate::wire::Wire;

/// The largest frame that is read.
const LARGEST_FRAME: usize = 128 * 1024;
/// Frames in a row, and those that come to them in a second.
const MOST_AT_ONCE: f64 = 300.0;
const EACH_SECOND: f64 = 30.0;
/// What one connection listens to, before and after a log-in.
const MOST_TOPICS: usize = 50;
const MOST_TOPICS_LOGGED_IN: usize = 1_000;
const LONGEST_ID: usize = 100;
/// People whose presence one subscription asks for.
const MOST_PEOPLE: usize = 500;
const LONGEST_EVENT: usize = 200;
/// Whoever was silent for one beat is asked whether he is there, and gone after some.
const BEAT: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(75);
/// After how many seconds whoever finds his address full may ask again.
const COME_BACK: i64 = 30;
/// How long a frame may take to leave.
const SLOWEST: Duration = Duration::from_secs(20);

/// Tells those who are connected what happens, until the server stops.
pub async fn tell(wire: Arc<Wire>) {
    let (store, hub, stopping) = (wire.store.clone(), Arc::clone(&wire.hub), wire.stopping());
    let teller = Arc::new(Teller {
        wire: Arc::clone(&wire),
    });
    tokio::select! {
        () = hark_realtime::read(store, hub, teller, stopping) => {}
        () = passing::relay(wire) => {}
    }
}

/// From a request to a connection.
pub(crate) async fn upgrade(wire: Arc<Wire>, request: Request) -> Response {
    let address = wire.address(&request);
    let (mut parts, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let place = match wire.doors.enter(address, wire.options.rate_limit) {
        Ok(place) => place,
        Err(Full::House) => return answer::respond(Err(Failure::Store(Error::Busy))),
        Err(Full::Address) => return answer::respond(Err(Failure::TooMany(COME_BACK))),
    };
    // What goes out is as large as an answer over HTTP would be, one at a time.
    // Most connections are idle: what they hold is small until they need more. For the same reason
    // the steps that are taken rarely have a place of their own, not one in each connection.
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
            window: None,
            visitor: None,
            heard: Instant::now(),
            allowance: MOST_AT_ONCE,
        };
        connection.live(feed).await;
        drop(place);
    })
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
    /// By which its owner is seen to be here.
    window: Option<Window>,
    /// By which a visitor is here as long as the connection is.
    visitor: Option<VisitorWindow>,
    heard: Instant,
    /// How many frames it may send at once.
    allowance: f64,
}

struct Subscribed {
    /// Its topics, as its seat counts them.
    numbers: Vec<u64>,
    by_login: bool,
}

/// Why a connection ends.
enum End {
    /// It is gone already.
    Gone,
    Because(u16, &'static str),
}

type Going = Result<(), End>;

const STOPS: End = End::Because(close_code::AWAY, "the server stops");

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
            // Whoever does not take it is gone all the same.
            let _ended = timeout(SLOWEST, self.socket.send(farewell)).await;
        }
        let visitor = self.visitor.take();
        // Nothing is kept for him while his absence is written down.
        let wire = Arc::clone(&self.wire);
        drop((self, feed));
        if let Some(window) = visitor {
            Box::pin(acts::close(&wire, window)).await;
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
                        self.heard = self.count_frame()?;
                        match message {
                            Message::Text(text) => Box::pin(self.frame(&text)).await?,
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

    /// Counts what comes in; answers the moment.
    fn count_frame(&mut self) -> Result<Instant, End> {
        let now = Instant::now();
        let rested = now.duration_since(self.heard).as_secs_f64();
        self.allowance = (self.allowance + rested * EACH_SECOND).min(MOST_AT_ONCE) - 1.0;
        match self.allowance < 0.0 {
            true => Err(against_rules("too many frames")),
            false => Ok(now),
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
        if self.login.is_some()
            && let Ok(call) = self.call().await
            && call.session.is_none()
        {
            self.log_out().await?;
        }
        match silent >= BEAT {
            true => self.say(&json!({"msg": "ping"})).await,
            false => Ok(()),
        }
    }

    async fn frame(&mut self, text: &str) -> Going {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
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

    /// A call as the other surfaces know it, by whoever is logged in now.
    async fn call(&mut self) -> Result<Call, Failure> {
        let now = self.wire.store.clock().now();
        let (house, token) = (Arc::clone(&self.wire), self.login.clone());
        let look = self.wire.store.read(move |view| {
            let policy = house.policies.at(view)?;
            let session = match &token {
                Some(token) => hark_chat::sessions::find_by_token(view, now, token)?,
                None => None,
            };
            Ok::<_, Error>((policy, session))
        });
        let (policy, session) = look.await?;
        Ok(Call {
            wire: Arc::clone(&self.wire),
            policy,
            session,
            now,
            address: self.address,
            headers: HeaderMap::new(),
            path: Vec::new(),
            params: Value::Null,
            body: Mutex::new(Body::empty()),
        })
    }

    // === subscriptions ===

    async fn subscribe(&mut self, frame: &Value) -> Going {
        let id = id_of(frame)?;
        // After a reconnect clients repeat themselves.
        if self.topics.contains_key(id) {
            return Ok(());
        }
        let most = match self.login {
            Some(_) => MOST_TOPICS_LOGGED_IN,
            None => MOST_TOPICS,
        };
        // One of nobody's presence is a subscription too.
        let heard = self.topics.values().map(|one| one.numbers.len().max(1));
        let heard: usize = heard.sum();
        if heard >= most {
            return Err(against_rules("too many subscriptions"));
        }
        let stream = frame["name"].as_str().unwrap_or_default();
        let event = frame["params"][0].as_str().unwrap_or_default();
        let topic = topic(stream, event).filter(|_| event.len() <= LONGEST_EVENT);
        let Some(topic) = topic else {
            let unknown = Failure::coded(format!("Subscription '{stream}' not found"), "404");
            return self.say(&frames::nosub(id, Some(unknown))).await;
        };
        let passes = self.passes(&frame["params"][1]["args"][0]);
        let (house, sought) = (Arc::clone(&self.wire), topic.clone());
        let look = self.wire.store.read(move |view| {
            let policy = house.policies.at(view)?;
            let mut look = Look::new(view, policy, house.store.clock().now());
            let Some(gate) = look.gate(&sought)? else {
                return Ok(None);
            };
            for pass in &passes {
                if look.admits(&gate, pass)? {
                    return Ok(Some(pass.clone()));
                }
            }
            Ok::<_, Error>(None)
        });
        let refusal = match look.await {
            Ok(Some(pass)) => {
                let by_login = matches!(pass, Pass::Login(_));
                let topics = several(topic, &frame["params"][1]);
                if heard + topics.len() > most {
                    return Err(against_rules("too many subscriptions"));
                }
                let topics = topics.into_iter();
                let numbers = topics.map(|topic| self.seat.listen(topic, pass.clone()));
                let numbers = numbers.collect();
                let subscribed = Subscribed { numbers, by_login };
                self.topics.insert(id.to_owned(), subscribed);
                return self.say(&frames::ready(id)).await;
            }
            Ok(None) => frames::not_allowed(),
            Err(error) => error.into(),
        };
        self.say(&frames::nosub(id, Some(refusal))).await
    }

    /// What a client has to show: the token of a visitor in its arguments, its log-in, nothing.
    fn passes(&self, shown: &Value) -> Vec<Pass> {
        let token = ["visitorToken", "token"]
            .iter()
            .find_map(|name| shown[*name].as_str())
            .filter(|token| !token.is_empty() && token.len() <= LONGEST_EVENT);
        let visitor = token.map(|token| Pass::Visitor(token.into()));
        let login = self.login.clone().map(Pass::Login);
        visitor
            .into_iter()
            .chain(login)
            .chain([Pass::Nobody])
            .collect()
    }

    fn stop(&mut self, subscribed: &Subscribed) {
        for number in &subscribed.numbers {
            self.seat.stop(*number);
        }
    }

    async fn unsubscribe(&mut self, frame: &Value) -> Going {
        let id = id_of(frame)?;
        if let Some(subscribed) = self.topics.remove(id) {
            self.stop(&subscribed);
        }
        self.say(&frames::nosub(id, None)).await
    }

    /// The log-in is over, and with it all that was heard by its right.
    async fn log_out(&mut self) -> Going {
        (self.login, self.window) = (None, None);
        let gone = self.topics.extract_if(|_, subscribed| subscribed.by_login);
        let gone: Vec<(String, Subscribed)> = gone.collect();
        for (id, subscribed) in gone {
            self.stop(&subscribed);
            let why = Some(frames::not_allowed());
            self.say(&frames::nosub(&id, why)).await?;
        }
        Ok(())
    }

    async fn method(&mut self, frame: &Value) -> Going {
        let id = frame["id"].clone();
        let outcome = match frame["method"].as_str() {
            Some(name) => self.perform(name, &frame["params"]).await,
            None => Err(Failure::coded("Bad request", "400")),
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

/// Of people's presence several are heard of at once: those whom the client names beside.
fn several(topic: Topic, options: &Value) -> Vec<Topic> {
    if topic.stream != PRESENCE {
        return vec![topic];
    }
    let added = options["added"].as_array().into_iter().flatten();
    let people = added.filter_map(Value::as_str);
    let people = people.filter(|id| id.len() <= LONGEST_ID).take(MOST_PEOPLE);
    people.map(|id| Topic::new(topic.stream, id)).collect()
}

fn id_of(frame: &Value) -> Result<&str, End> {
    let id = frame["id"].as_str().filter(|id| id.len() <= LONGEST_ID);
    id.ok_or_else(|| against_rules("a subscription has an id"))
}

fn unreadable(error: &axum::Error) -> End {
    // Of what goes wrong below, only this one can be told to whoever caused it.
    let words = error.to_string();
    match words.contains("too long") || words.contains("too big") {
        true => End::Because(close_code::SIZE, "the frame is too large"),
        false => End::Gone,
    }
}
