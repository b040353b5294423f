//! What every request needs, and background work beside them.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request};
use hark_chat::routing::Question;
use hark_egress::Client;
use hark_files::Files;
use hark_jobs::Board;
use hark_model::{Context, Policies, Policy, Who};
use hark_realtime::Hub;
use hark_staff::passwords::{self, Offered};
use hark_store::{Error, Store, Timestamp};
use tokio::sync::{Notify, Semaphore, watch};

use crate::Metrics;
use crate::external_routing::ExternalRouting;
use crate::limits::Limits;
use crate::mail_domains::MailDomains;
use crate::pace::{self, Addresses};
use crate::pass::Pass;
use crate::quotas::Quotas;
use crate::shares::Shares;
use crate::sightings::Sightings;
use crate::trigger_services::TriggerServices;
use crate::typists::Typists;
use crate::welcome;
use crate::windows::Windows;

/// Rocket.Chat's version whose wire this is.
pub const SPEAKS: &str = "6.14.0";

pub const MOST_SOCKETS: usize = 20_000;
/// More than the windows of a large office, and few enough to leave room for others.
pub const MOST_SOCKETS_AT_AN_ADDRESS: usize = 1_000;
/// Files that are on their way in, each with an open file: as many as `hark-files` receives.
pub const MOST_UPLOADS: usize = hark_files::MOST_RECEIVED;
pub const MOST_UPLOADS_AT_AN_ADDRESS: usize = 16;
pub const MOST_DOWNLOADS_AT_AN_ADDRESS: usize = 64;
/// Bytes that bodies take while their requests are answered, in what they become.
pub const MEMORY: usize = 512 << 20;
pub const MEMORY_OF_AN_ADDRESS: usize = 64 << 20;
pub const MEMORY_OF_STRANGERS: usize = 128 << 20;
pub const MEMORY_OF_STRANGERS_AT_AN_ADDRESS: usize = 8 << 20;
/// Large bodies that are parsed at once, and passwords that are hashed; and how many wait for that.
pub const MOST_PARSED: usize = 2;
/// Long answers that are compressed at once; others go out as they are.
pub const MOST_COMPRESSED: usize = 2;
pub const MOST_HASHED: usize = 2;
pub const MOST_WAITING_TO_HASH: usize = 64;
/// For how long nobody has to be turned away before the log says it again.
const QUIET: Duration = Duration::from_secs(60);
/// Who follows the log at the same time.
pub const MOST_STREAMS: usize = 200;

/// What the operator decides about the wire.
#[derive(Debug, Clone)]
pub struct Options {
    /// How people reach this server, without a slash at the end.
    pub site_url: String,
    /// Where the database is, or else its keys and files.
    pub data_folder: PathBuf,
    pub rate_limit: bool,
    /// Whether this server may send webhooks and mail.
    pub delivers: bool,
    /// How many proxies in front add to `X-Forwarded-For`.
    pub proxies: usize,
    /// The version and commit, for `/api/info` and the front page.
    pub version: &'static str,
}

pub struct Wire {
    pub(crate) store: Store,
    /// Background work goes by the same copy as the requests.
    pub policies: Arc<Policies>,
    pub(crate) options: Options,
    pub(crate) limits: Limits,
    pub(crate) quotas: Quotas,
    pub(crate) metrics: Metrics,
    pub(crate) files: Arc<Files>,
    pub(crate) mail_domains: MailDomains,
    pub(crate) egress: Client,
    pub(crate) external_routing: ExternalRouting,
    pub(crate) trigger_services: TriggerServices,
    /// Argon2 takes 19 MiB and a core: as many at once as there are cores to spare.
    hashing: Semaphore,
    /// Those who hash and those who wait for their turn. Anyone beyond that has to come back.
    hashing_queue: Semaphore,
    /// How many may follow the log.
    pub(crate) streams: Arc<Semaphore>,
    /// Who is connected to the real-time API, and what they listen to.
    pub(crate) hub: Arc<Hub<Pass>>,
    /// Who of us has a window open.
    pub(crate) windows: Arc<Windows>,
    /// How often a log-in may have ended, as far as this node knows: connections look at theirs again when it was raised.
    log_ins_ended: AtomicU64,
    pub(crate) typists: Typists,
    /// How many may be connected to the real-time API.
    pub(crate) sockets: Arc<Shares>,
    /// How fast frames may come from an address.
    pub(crate) frames: Addresses,
    /// Somebody waits for a mail in the outbox, of which the log says nothing.
    pub mail_awaited: Notify,
    /// A mail was tried, whatever became of it.
    pub mail_tried: Notify,
    /// Where the jobs of this node say how they are doing.
    pub jobs: Board,
    stop: watch::Sender<bool>,
    /// How many files may be on their way out, and in.
    pub(crate) downloads: Arc<Shares>,
    pub(crate) uploads: Arc<Shares>,
    /// Memory for the bodies of those who are logged in, and of all others.
    pub(crate) bodies: Arc<Shares>,
    pub(crate) strangers_bodies: Arc<Shares>,
    /// How many large bodies are parsed at once.
    pub(crate) parsing: Semaphore,
    /// How many long answers are compressed at once.
    pub(crate) compressing: Semaphore,
    /// What visitors are shown before a chat.
    pub(crate) welcome: welcome::Kept,
    /// On which sites the widget was seen lately.
    pub(crate) sightings: Sightings,
    /// The API documents as they are sent, once somebody has asked: they are large, and always the same.
    pub(crate) hark_document: OnceLock<Bytes>,
    pub(crate) rocketchat_document: OnceLock<Bytes>,
    /// When somebody was last asked to come back later.
    turned_away: Mutex<Option<Instant>>,
}

impl Wire {
    pub fn new(
        store: Store,
        policies: Arc<Policies>,
        options: Options,
        metrics: Metrics,
        files: Arc<Files>,
        egress: Client,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            policies,
            options,
            limits: Limits::default(),
            quotas: Quotas::default(),
            metrics,
            files,
            mail_domains: MailDomains::from_system(),
            external_routing: ExternalRouting::new(egress.clone()),
            trigger_services: TriggerServices::new(egress.clone()),
            egress,
            hashing: Semaphore::new(MOST_HASHED),
            hashing_queue: Semaphore::new(MOST_WAITING_TO_HASH),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
            hub: Arc::default(),
            windows: Windows::new(),
            log_ins_ended: AtomicU64::new(0),
            typists: Typists::default(),
            sockets: Shares::new("sockets", MOST_SOCKETS, MOST_SOCKETS_AT_AN_ADDRESS),
            frames: Addresses::new(pace::OF_AN_ADDRESS, pace::LONGEST_WAIT),
            mail_awaited: Notify::new(),
            mail_tried: Notify::new(),
            jobs: Board::default(),
            welcome: welcome::Kept::default(),
            sightings: Sightings::default(),
            hark_document: OnceLock::new(),
            rocketchat_document: OnceLock::new(),
            stop: watch::Sender::new(false),
            downloads: Shares::new(
                "files on their way out",
                hark_files::MOST_READ,
                MOST_DOWNLOADS_AT_AN_ADDRESS,
            ),
            uploads: Shares::new("places for files", MOST_UPLOADS, MOST_UPLOADS_AT_AN_ADDRESS),
            bodies: Shares::new("memory for bodies", MEMORY, MEMORY_OF_AN_ADDRESS),
            strangers_bodies: Shares::new(
                "memory for bodies of strangers",
                MEMORY_OF_STRANGERS,
                MEMORY_OF_STRANGERS_AT_AN_ADDRESS,
            ),
            parsing: Semaphore::new(MOST_PARSED),
            compressing: Semaphore::new(MOST_COMPRESSED),
            turned_away: Mutex::default(),
        })
    }

    /// Runs a command that no request asks for, and answers when it is durable.
    pub async fn command<T, E>(
        self: &Arc<Self>,
        who: Who,
        command: impl Fn(&mut Context<'_, '_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (now, wire) = (self.store.clock().now(), Arc::clone(self));
        let done = self
            .store
            .write(move |tx| wire.policies.command(tx, now, &who, &command));
        done.await
    }

    /// Who gets a chat, where another program says it: the account of an agent who is there.
    pub async fn suggested(
        &self,
        policy: &Arc<Policy>,
        question: &Question,
    ) -> Result<Option<String>, Error> {
        self.external_routing
            .ask(&self.store, policy, question)
            .await
    }

    /// Ends what would go on for ever.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(crate) fn log_ins_ended(&self) -> u64 {
        self.log_ins_ended.load(Ordering::Relaxed)
    }

    /// A log-in was taken back, or may have been.
    pub(crate) fn log_in_ended(&self) {
        self.log_ins_ended.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Logs that a quota is used up, of each kind once a day.
    pub(crate) fn report_quota(&self, kind: &str, words: &str, now: Timestamp) {
        if self.quotas.is_news(kind, now) {
            tracing::warn!(
                quota = kind,
                why = words,
                "a quota is used up, so that visitors are refused; the settings say how much it is. Said once a day"
            );
        }
    }

    /// Whether somebody is asked to come back later for the first time since a while. Anybody may
    /// cause it as often as they like.
    pub(crate) fn turns_away_anew(&self) -> bool {
        let now = Instant::now();
        let mut last = self
            .turned_away
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = last.replace(now);
        before.is_none_or(|before| now.duration_since(before) > QUIET)
    }

    /// Checks a password off the async threads, a few at a time.
    pub(crate) async fn verify_password(
        &self,
        offered: Offered,
        stored: String,
    ) -> Result<bool, Error> {
        self.hashing_work(move || passwords::verify(&offered, &stored))
            .await
    }

    pub(crate) async fn hashing_work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _queued = self.hashing_queue.try_acquire().map_err(|_| Error::Busy)?;
        // Closed only with the process.
        let _turn = self.hashing.acquire().await.map_err(|_| Error::Busy)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Error::Panicked(error.to_string()))
    }

    /// Whose request it is: the peer, or whom our own proxies say they speak for.
    pub(crate) fn address(&self, request: &Request) -> IpAddr {
        let peer = request
            .extensions()
            .get::<ConnectInfo<std::net::SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        // In bytes: what a client wrote there need not be text, and does not hide what follows.
        let forwarded = request.headers().get_all("x-forwarded-for").iter();
        let forwarded = forwarded.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
        let forwarded: Vec<&[u8]> = forwarded.collect();
        // Counted from the end: what stands before our proxies' own words, anyone can write.
        let named = self
            .options
            .proxies
            .checked_sub(1)
            .and_then(|back| forwarded.iter().rev().nth(back));
        named
            .and_then(|bytes| address_in(bytes))
            .unwrap_or(peer)
            .to_canonical()
    }
}

/// An address as proxies write it: alone, in brackets, or with a port.
fn address_in(bytes: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse()
        .ok()
        .or_else(|| Some(text.parse::<std::net::SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (written, read) in [
            (&b" 192.0.2.1 "[..], Some("192.0.2.1")),
            (b"192.0.2.1:4711", Some("192.0.2.1")),
            (b"2001:db8::1", Some("2001:db8::1")),
            (b"[2001:db8::1]", Some("2001:db8::1")),
            (b"[2001:db8::1]:4711", Some("2001:db8::1")),
            (b"\xff", None),
            (b"unknown", None),
            (b"", None),
        ] {
            let read = read.map(|text| text.parse::<IpAddr>().unwrap());
            assert_eq!(address_in(written), read, "{written:?}");
        }
    }
}
