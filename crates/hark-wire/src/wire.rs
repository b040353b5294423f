use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, RawPathParams, Request};
use axum::response::Response;
use axum::routing::{any, get};
use hark_chat::passwords::{self, Offered};
use hark_chat::routing::Question;
use hark_chat::{Policies, Policy};
use hark_egress::Client;
use hark_files::Files;
use hark_realtime::Hub;
use hark_store::{Error, Store};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::answer::Failure;
use crate::external_routing::ExternalRouting;
use crate::limits::Limits;
use crate::mail_domains::MailDomains;
use crate::presence::Windows;
use crate::rocketchat::ddp::{self, Doors, Pass};
use crate::route::{Route, table};
use crate::surface::Surface;
use crate::{Metrics, dispatch, downloads, operations, widget};

/// Who follows the log at the same time.
const MOST_STREAMS: usize = 200;

/// What the operator decides about the wire.
#[derive(Debug, Clone)]
pub struct Options {
    /// How people reach this server, without a slash at the end.
    pub site_url: String,
    pub rate_limit: bool,
    /// How many proxies in front add to `X-Forwarded-For`.
    pub proxies: usize,
    /// The version and commit, for `/api/info` and the front page.
    pub version: &'static str,
}

/// What every request needs.
pub struct Wire {
    pub(crate) store: Store,
    pub(crate) policies: Arc<Policies>,
    pub(crate) options: Options,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) files: Arc<Files>,
    pub(crate) mail_domains: MailDomains,
    pub(crate) egress: Client,
    pub(crate) external_routing: ExternalRouting,
    /// Argon2 takes 19 MiB and a core: as many at once as there are cores to spare.
    hashing: Semaphore,
    /// Those who hash and those who wait for their turn. Who finds no place is told to come back.
    hashing_queue: Semaphore,
    /// Places for those who follow the log.
    pub(crate) streams: Arc<Semaphore>,
    /// Who is connected to the real-time API, and to what he listens.
    pub(crate) hub: Arc<Hub<Pass>>,
    /// Who of us has a window open.
    pub(crate) windows: Arc<Windows>,
    /// How many that may be.
    pub(crate) doors: Arc<Doors>,
    stop: watch::Sender<bool>,
    /// Memory for large bodies, in MiB.
    pub(crate) large_bodies: Semaphore,
    /// The same for callers without a token, who may announce much and send nothing.
    pub(crate) strangers_bodies: Semaphore,
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
            metrics,
            files,
            mail_domains: MailDomains::from_system(),
            external_routing: ExternalRouting::new(egress.clone()),
            egress,
            hashing: Semaphore::new(2),
            hashing_queue: Semaphore::new(64),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
            hub: Arc::default(),
            windows: Windows::new(),
            doors: Arc::default(),
            stop: watch::Sender::new(false),
            large_bodies: Semaphore::new(512),
            strangers_bodies: Semaphore::new(64),
        })
    }

    /// For background work, which goes by the same copy as the requests.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// For background work, which sends by the same client.
    pub const fn egress(&self) -> &Client {
        &self.egress
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

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
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
        let _place = self.hashing_queue.try_acquire().map_err(|_| Error::Busy)?;
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
        let told = self
            .options
            .proxies
            .checked_sub(1)
            .and_then(|back| forwarded.iter().rev().nth(back));
        told.and_then(|bytes| address_in(bytes))
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

/// The rows that a router cannot tell apart, by the verb at the end of their path.
struct Rows {
    surface: Surface,
    by_verb: BTreeMap<Option<&'static str>, Vec<&'static Route>>,
}

impl Rows {
    const fn of(surface: Surface) -> Self {
        Self {
            surface,
            by_verb: BTreeMap::new(),
        }
    }

    /// The rows that are meant, and the varying parts of the path without the verb.
    fn pick(&self, mut path: Vec<String>) -> (Arc<[&'static Route]>, Vec<String>) {
        let named = path.last().and_then(|last| last.rsplit_once(':'));
        let named = named.and_then(|(id, verb)| {
            let mut verbs = self.by_verb.iter();
            let (_, routes) = verbs.find(|(known, _)| **known == Some(verb))?;
            Some((id.to_owned(), routes))
        });
        let routes = match named {
            Some((id, routes)) => {
                path.pop();
                path.push(id);
                Some(routes)
            }
            None => self.by_verb.get(&None),
        };
        let routes = routes.map_or_else(Vec::new, Clone::clone);
        (routes.into(), path)
    }
}

/// Some rows of the table.
fn rows(wire: &Arc<Wire>, wanted: impl Fn(&Route) -> bool) -> Router {
    let mut by_pattern: BTreeMap<String, Rows> = BTreeMap::new();
    for route in table().into_iter().filter(|route| wanted(route)) {
        let (pattern, verb) = route.pattern();
        let rows = by_pattern
            .entry(format!("{}{pattern}", route.surface.base()))
            .or_insert_with(|| Rows::of(route.surface));
        rows.by_verb.entry(verb).or_default().push(route);
    }
    let mut router = Router::new();
    for (pattern, rows) in by_pattern {
        let (wire, rows) = (Arc::clone(wire), Arc::new(rows));
        let handle = move |parts: Result<RawPathParams, _>, request: Request| {
            // A name that is no text names nothing, and is answered as any such name. Zeros are
            // left out as they are of all parameters.
            let parts = parts.iter().flat_map(RawPathParams::iter);
            let path = parts.map(|(_, value)| value.replace('\0', "")).collect();
            let (routes, path) = rows.pick(path);
            dispatch::dispatch(Arc::clone(&wire), rows.surface, routes, path, request)
        };
        router = router.route(&pattern, any(handle));
    }
    router
}

/// What fits no path as it is written: one of Comm100's in letters of another case, or nothing.
async fn astray(comm100: Router, mut request: Request) -> Response {
    let path = request.uri().path();
    let usual = path.to_ascii_lowercase();
    let usual = usual.trim_end_matches('/');
    if Surface::of_path(path) == Surface::Comm100 && usual != path {
        let query = request.uri().query();
        let query = query.map_or(String::new(), |query| format!("?{query}"));
        if let Ok(uri) = format!("{usual}{query}").parse() {
            *request.uri_mut() = uri;
            let routed = comm100.oneshot(request).await;
            return routed.unwrap_or_else(|never| match never {});
        }
    }
    nowhere(&request)
}

fn nowhere(request: &Request) -> Response {
    let path = request.uri().path().to_owned();
    let method = request.method().to_string();
    Surface::of_path(&path).respond(Err(Failure::NoSuchPath { method, path }))
}

/// All routes of the house.
pub fn router(wire: &Arc<Wire>) -> Router {
    let router = rows(wire, |_| true);
    let comm100 = rows(wire, |route| route.surface == Surface::Comm100)
        .fallback(|request: Request| async move { nowhere(&request) });
    let with = |wire: &Arc<Wire>| Arc::clone(wire);
    let files = with(wire);
    let download = move |parts: Result<RawPathParams, _>, request: Request| {
        // Only the id counts; the name is for whoever saves the file.
        let id = parts.iter().flat_map(RawPathParams::iter).next();
        let id = id.map_or(String::new(), |(_, id)| id.to_owned());
        downloads::download(Arc::clone(&files), id, request)
    };
    let sockets = with(wire);
    let (ready, metrics, info, front, document) =
        (with(wire), with(wire), with(wire), with(wire), with(wire));
    let own_document = with(wire);
    router
        .route("/", get(move || operations::front(Arc::clone(&front))))
        .route("/file-upload/{id}/{name}", get(download))
        .route(
            "/websocket",
            get(move |request: Request| ddp::upgrade(Arc::clone(&sockets), request)),
        )
        .route("/healthz", get(operations::healthy))
        .route(
            "/readyz",
            get(move || operations::ready(Arc::clone(&ready))),
        )
        .route(
            "/metrics",
            get(move |request: Request| operations::metrics(Arc::clone(&metrics), request)),
        )
        .route("/icon.svg", get(operations::icon))
        .route(
            "/api/info",
            get(move |request: Request| operations::info(Arc::clone(&info), request)),
        )
        .route(
            "/api/hark/v1/rocketchat/openapi.json",
            get(move || operations::document(Arc::clone(&document))),
        )
        .route(
            "/api/hark/v1/openapi.json",
            get(move || operations::own_document(Arc::clone(&own_document))),
        )
        .merge(widget::routes(wire))
        .fallback(move |request: Request| astray(comm100.clone(), request))
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
