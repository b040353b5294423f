//! Opens connections: the name is resolved once, every address is vetted, and one of exactly
//! those is connected to, so that a name cannot mean something else a moment later.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;
use tower::Service;

use crate::line::{Line, Opened, Wire};
use crate::{Allowed, Failure};

/// Names that are looked up at once: each has a thread until the system's resolver is done.
const LOOKUPS: usize = 64;
const LOOKUPS_OF_ONE: usize = 4;
/// Addresses of one name that are tried.
const MOST_ADDRESSES: usize = 8;
/// For opening a connection. A request has its own limit, but the pool goes on with a connection
/// that its request found it could do without.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long an address is waited for before the next is tried beside it.
const HEAD_START: Duration = Duration::from_millis(250);

#[derive(Clone)]
pub(crate) struct Connector(Arc<Shared>);

struct Shared {
    allowed: Allowed,
    proxies: Arc<Matcher>,
    tls: TlsConnector,
    /// Towards a proxy, which speaks HTTP/1.1 only.
    tls_to_proxy: TlsConnector,
    lookups: Arc<Semaphore>,
    /// Of each name: a name server that says nothing must not take the places of all others.
    lookups_of: Mutex<HashMap<String, Weak<Semaphore>>>,
}

tokio::task_local! {
    /// The request on whose behalf a connection is opened.
    pub(crate) static OPENING: Arc<Opening>;
}

/// How far the opening of a connection has come.
#[derive(Default)]
pub(crate) struct Opening(Mutex<Progress>);

#[derive(Clone, Copy, Default)]
pub(crate) struct Progress {
    pub(crate) doing: Doing,
    pub(crate) dns: Option<Duration>,
    pub(crate) connect: Option<Duration>,
    pub(crate) tls: Option<Duration>,
    pub(crate) address: Option<SocketAddr>,
}

#[derive(Clone, Copy, Default)]
pub(crate) enum Doing {
    #[default]
    Resolving,
    Connecting,
    Securing,
    Starting,
}

impl Doing {
    /// What the time was over while it was done.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Resolving => "the name was resolved",
            Self::Connecting => "connecting",
            Self::Securing => "TLS was set up",
            Self::Starting => "waiting for the answer",
        }
    }
}

impl Opening {
    pub(crate) fn progress(&self) -> Progress {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Connector {
    pub(crate) fn new(
        allowed: Allowed,
        proxies: Arc<Matcher>,
        tls: TlsConnector,
        tls_to_proxy: TlsConnector,
    ) -> Self {
        Self(Arc::new(Shared {
            allowed,
            proxies,
            tls,
            tls_to_proxy,
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
            lookups_of: Mutex::default(),
        }))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Line>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let shared = Arc::clone(&self.0);
        let opening = OPENING.try_with(Arc::clone).unwrap_or_default();
        Box::pin(async move {
            let line = tokio::time::timeout(PATIENCE, shared.open(&target, &opening)).await;
            let line =
                line.unwrap_or_else(|_| Err(Failure::Timeout(opening.progress().doing.words())));
            line.map(TokioIo::new)
        })
    }
}

impl Shared {
    async fn open(self: &Arc<Self>, target: &Uri, opening: &Arc<Opening>) -> Result<Line, Failure> {
        let host = host(target)?;
        let secure = target.scheme() == Some(&Scheme::HTTPS);
        if let Ok(literal) = host.parse() {
            self.vet(host, literal)?;
        }
        let proxy = self.proxies.intercept(target);
        let mut wire = match &proxy {
            None => Wire::Plain(self.dial(target, true, opening).await?),
            Some(proxy) if secure => self.tunnel(proxy, target, opening).await?,
            Some(proxy) => self.reach(proxy.uri(), opening).await?,
        };
        let mut speaks_h2 = false;
        if secure {
            let (stream, took) = secured(&self.tls, host, wire, opening).await?;
            speaks_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            opening.note(|progress| progress.tls = Some(took));
            wire = Wire::Secure(Box::new(stream));
        }
        opening.note(|progress| progress.doing = Doing::Starting);
        let progress = opening.progress();
        Ok(Line {
            wire,
            opened: Arc::new(Opened {
                dns: progress.dns,
                connect: progress.connect,
                tls: progress.tls,
                address: progress.address,
                used: false.into(),
            }),
            speaks_h2,
            proxied: proxy.is_some() && !secure,
        })
    }

    fn vet(&self, host: &str, address: IpAddr) -> Result<(), Failure> {
        match self.allowed.admits(address) {
            true => Ok(()),
            false => Err(Failure::Forbidden {
                host: host.to_owned(),
                address,
            }),
        }
    }

    /// A connection to the proxy itself, which is the operator's choice and not vetted.
    async fn reach(&self, proxy: &Uri, opening: &Opening) -> Result<Wire, Failure> {
        let wire = Wire::Plain(self.dial(proxy, false, opening).await?);
        match proxy.scheme_str() {
            Some("http") => Ok(wire),
            Some("https") => {
                let (stream, _) = secured(&self.tls_to_proxy, host(proxy)?, wire, opening).await?;
                Ok(Wire::Secure(Box::new(stream)))
            }
            _ => Err(Failure::Connect(format!(
                "the proxy {proxy} speaks another protocol than HTTP"
            ))),
        }
    }

    /// A way through the proxy to a target that is only named, not resolved.
    async fn tunnel(
        self: &Arc<Self>,
        proxy: &Intercept,
        target: &Uri,
        opening: &Arc<Opening>,
    ) -> Result<Wire, Failure> {
        let (shared, heard) = (Arc::clone(self), Arc::clone(opening));
        let reach = tower::service_fn(move |proxy: Uri| {
            let (shared, opening) = (Arc::clone(&shared), Arc::clone(&heard));
            async move { shared.reach(&proxy, &opening).await.map(TokioIo::new) }
        });
        let mut tunnel = Tunnel::new(proxy.uri().clone(), reach);
        if let Some(credentials) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        let began = Instant::now();
        let through = tunnel.call(target.clone()).await.map_err(|error| {
            let own = std::error::Error::source(&error).and_then(|source| source.downcast_ref());
            own.cloned()
                .unwrap_or_else(|| Failure::Connect(format!("the proxy {}: {error}", proxy.uri())))
        })?;
        opening.note(|progress| {
            let resolving = progress.dns.unwrap_or_default();
            progress.connect = Some(began.elapsed().saturating_sub(resolving));
        });
        Ok(through.into_inner())
    }

    async fn dial(&self, to: &Uri, vetted: bool, opening: &Opening) -> Result<TcpStream, Failure> {
        let host = host(to)?;
        let port = to.port_u16().unwrap_or_else(|| match to.scheme_str() {
            Some("https") => 443,
            _ => 80,
        });
        let addresses = match host.parse::<IpAddr>() {
            Ok(literal) => vec![SocketAddr::new(literal, port)],
            Err(_) => {
                let began = Instant::now();
                let addresses = self.resolve(host, port).await?;
                opening.note(|progress| progress.dns = Some(began.elapsed()));
                addresses
            }
        };
        if vetted {
            for address in &addresses {
                self.vet(host, address.ip())?;
            }
        }
        opening.note(|progress| {
            progress.doing = Doing::Connecting;
            progress.address = addresses.first().copied();
        });
        let began = Instant::now();
        let (stream, address) = connect(addresses).await?;
        opening.note(|progress| {
            progress.connect = Some(began.elapsed());
            progress.address = Some(address);
        });
        Ok(stream)
    }

    fn lookups_of(&self, host: &str) -> Arc<Semaphore> {
        let known = self.lookups_of.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = known.get(host).and_then(Weak::upgrade) {
            return places;
        }
        known.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(LOOKUPS_OF_ONE));
        known.insert(host.to_owned(), Arc::downgrade(&places));
        places
    }

    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
        let wrong = |why: &dyn std::fmt::Display| Failure::Dns(format!("{host}: {why}"));
        let own = self.lookups_of(host).acquire_owned().await;
        let own = own.map_err(|error| wrong(&error))?;
        let turn = Arc::clone(&self.lookups).acquire_owned().await;
        let turn = turn.map_err(|error| wrong(&error))?;
        let name = host.to_owned();
        let looking = tokio::task::spawn_blocking(move || {
            let found = (name.as_str(), port).to_socket_addrs();
            // Not before: a request that gave up leaves its thread behind.
            drop((own, turn));
            found.map(Iterator::collect::<Vec<_>>)
        });
        let found = looking.await.map_err(|error| wrong(&error))?;
        match found {
            Ok(addresses) if addresses.is_empty() => Err(wrong(&"it has no address")),
            Ok(addresses) => Ok(addresses),
            Err(error) => Err(wrong(&error)),
        }
    }
}

/// The host without the brackets of IPv6.
fn host(target: &Uri) -> Result<&str, Failure> {
    let host = target.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.is_empty() {
        true => Err(Failure::Url("it names no host".to_owned())),
        false => Ok(host),
    }
}

/// Tries one after another, each with a head start before the next joins; the first that answers
/// wins. The families take turns, so that one that leads nowhere costs a moment only.
async fn connect(addresses: Vec<SocketAddr>) -> Result<(TcpStream, SocketAddr), Failure> {
    let mut waiting = in_turn(addresses).into_iter();
    let mut trying = FuturesUnordered::new();
    let mut failed = None;
    loop {
        if let Some(next) = waiting.next() {
            trying.push(async move { (next, TcpStream::connect(next).await) });
        }
        tokio::select! {
            Some((address, result)) = trying.next() => match result {
                Ok(stream) => {
                    // Without it a small request waits for the acknowledgement of the one before.
                    drop(stream.set_nodelay(true));
                    return Ok((stream, address));
                }
                Err(error) => failed = Some(format!("{address}: {error}")),
            },
            () = tokio::time::sleep(HEAD_START), if waiting.len() > 0 => {}
            else => return Err(Failure::Connect(failed.unwrap_or_default())),
        }
    }
}

fn in_turn(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, other): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut first = first.into_iter();
    let mut other = other.into_iter();
    let mut turns = Vec::new();
    while turns.len() < MOST_ADDRESSES {
        let before = turns.len();
        turns.extend(first.next());
        turns.extend(other.next());
        if turns.len() == before {
            break;
        }
    }
    turns
}

async fn secured(
    tls: &TlsConnector,
    host: &str,
    wire: Wire,
    opening: &Opening,
) -> Result<(tokio_rustls::client::TlsStream<Wire>, Duration), Failure> {
    opening.note(|progress| progress.doing = Doing::Securing);
    let began = Instant::now();
    let name = ServerName::try_from(host.to_owned());
    let name = name.map_err(|error| Failure::Tls(format!("{host}: {error}")))?;
    let stream = tls.connect(name, wire).await;
    let stream = stream.map_err(|error| Failure::Tls(error.to_string()))?;
    Ok((stream, began.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns_and_a_long_list_is_cut() {
        let given = |list: &[&str]| -> Vec<SocketAddr> {
            list.iter().map(|text| text.parse().unwrap()).collect()
        };
        let turns = in_turn(given(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"]));
        assert_eq!(
            turns,
            given(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"])
        );
        let many: Vec<SocketAddr> = (0..100).map(|n| ([10, 0, 0, n], 80).into()).collect();
        assert_eq!(in_turn(many.clone()), many[..MOST_ADDRESSES]);
        assert_eq!(in_turn(Vec::new()), Vec::new());
    }
}
