//! Opens connections. A name is resolved once, each of its addresses is checked, and one of those
//! is connected to: the name cannot stand for another address a moment later.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower::Service;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use crate::connection::{Connection, Opened, Progress, Step, Stream};
use crate::{Allowed, Failure};

/// Names that are looked up at the same time. Each takes a thread until the system's resolver answers.
const LOOKUPS: usize = 64;
const LOOKUPS_OF_ONE: usize = 4;
/// Addresses of one name that are tried.
const MOST_ADDRESSES: usize = 8;
/// For opening a connection. A request has its own timeout, but the pool may go on opening a
/// connection whose request was sent on another one.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long one address is tried alone before the next is tried as well.
const HEAD_START: Duration = Duration::from_millis(250);

#[derive(Clone)]
pub(crate) struct Connector(Arc<Shared>);

struct Shared {
    allowed: Allowed,
    proxies: Arc<Matcher>,
    tls: TlsConnector,
    /// For connections that do not offer HTTP/2: those to a proxy, and those that speak no HTTP.
    tls_to_proxy: TlsConnector,
    lookups: Arc<Semaphore>,
    /// By name: a name server that does not answer must not use up the lookups of all others.
    lookups_of: Mutex<HashMap<String, Weak<Semaphore>>>,
}

tokio::task_local! {
    /// The request on whose behalf a connection is opened.
    pub(crate) static OPENING: Arc<Opening>;
}

#[derive(Default)]
pub(crate) struct Opening(Mutex<Progress>);

impl Opening {
    pub(crate) fn progress(&self) -> Progress {
        *lock(&self.0)
    }

    fn update(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut lock(&self.0));
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

    /// Whether a target is one that may be connected to. A proxy decides itself about names.
    pub(crate) async fn check(&self, target: &Uri) -> Result<(), Failure> {
        let shared = &self.0;
        let host = host(target)?;
        if let Ok(literal) = host.parse() {
            return shared.check_address(host, literal);
        }
        if shared.proxies.intercept(target).is_some() {
            return Ok(());
        }
        for address in shared.resolve(host, 0).await? {
            shared.check_address(host, address.ip())?;
        }
        Ok(())
    }

    pub(crate) async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Failure> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return Err(Failure::Url("it names no host".to_owned()));
        }
        let opening = Opening::default();
        let dialling = self.0.dial(host, port, true, &opening);
        let dialled = tokio::time::timeout(PATIENCE, dialling).await;
        dialled.unwrap_or_else(|_| Err(Failure::Timeout(opening.progress().step.describe())))
    }

    pub(crate) async fn secure<S>(&self, host: &str, stream: S) -> Result<TlsStream<S>, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let (stream, _) = secured(&self.0.tls_to_proxy, host, stream, &Opening::default()).await?;
        Ok(stream)
    }
}

impl Connector {
    /// Opens a connection as a request would, and sends nothing on it.
    pub(crate) async fn look(
        &self,
        target: &Uri,
        patience: Duration,
    ) -> (Progress, Result<(), Failure>) {
        let opening = Arc::new(Opening::default());
        let opened = tokio::time::timeout(patience, self.0.open(target, &opening)).await;
        let progress = opening.progress();
        let outcome = match opened {
            Ok(opened) => opened.map(drop),
            Err(_) => Err(Failure::Timeout(progress.step.describe())),
        };
        (progress, outcome)
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Connection>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let shared = Arc::clone(&self.0);
        let opening = OPENING.try_with(Arc::clone).unwrap_or_default();
        Box::pin(async move {
            let opened = tokio::time::timeout(PATIENCE, shared.open(&target, &opening)).await;
            let opened = opened
                .unwrap_or_else(|_| Err(Failure::Timeout(opening.progress().step.describe())));
            opened.map(TokioIo::new)
        })
    }
}

impl Shared {
    async fn open(
        self: &Arc<Self>,
        target: &Uri,
        opening: &Arc<Opening>,
    ) -> Result<Connection, Failure> {
        let host = host(target)?;
        let secure = target.scheme() == Some(&Scheme::HTTPS);
        if let Ok(literal) = host.parse() {
            self.check_address(host, literal)?;
        }
        let proxy = self.proxies.intercept(target);
        let mut stream = match &proxy {
            None => Box::new(self.dial_uri(target, true, opening).await?),
            Some(proxy) if secure => self.tunnel(proxy, target, opening).await?,
            Some(proxy) => self.reach(proxy.uri(), opening).await?,
        };
        let mut speaks_h2 = false;
        if secure {
            let (secure, took) = secured(&self.tls, host, stream, opening).await?;
            speaks_h2 = secure.get_ref().1.alpn_protocol() == Some(b"h2");
            let certificates = secure.get_ref().1.peer_certificates();
            let good_until = certificates
                .and_then(|chain| chain.first())
                .and_then(good_until);
            opening.update(|progress| {
                progress.tls = Some(took);
                progress.good_until = good_until;
            });
            stream = Box::new(secure);
        }
        opening.update(|progress| progress.step = Step::Starting);
        Ok(Connection {
            stream,
            opened: Arc::new(Opened {
                progress: opening.progress(),
                used: false.into(),
            }),
            speaks_h2,
            proxied: proxy.is_some() && !secure,
        })
    }

    fn check_address(&self, host: &str, address: IpAddr) -> Result<(), Failure> {
        if self.allowed.admits(address) {
            return Ok(());
        }
        Err(Failure::Forbidden {
            host: host.to_owned(),
            address,
        })
    }

    /// A connection to the proxy itself. The operator chose it, so that its address is not checked.
    async fn reach(&self, proxy: &Uri, opening: &Opening) -> Result<Stream, Failure> {
        let stream: Stream = Box::new(self.dial_uri(proxy, false, opening).await?);
        match proxy.scheme_str() {
            Some("http") => Ok(stream),
            Some("https") => {
                let (secure, _) =
                    secured(&self.tls_to_proxy, host(proxy)?, stream, opening).await?;
                Ok(Box::new(secure))
            }
            _ => Err(Failure::Connect(format!(
                "the proxy {proxy} speaks another protocol than HTTP"
            ))),
        }
    }

    /// A tunnel through the proxy, which resolves the target's name itself.
    async fn tunnel(
        self: &Arc<Self>,
        proxy: &Intercept,
        target: &Uri,
        opening: &Arc<Opening>,
    ) -> Result<Stream, Failure> {
        let (shared, progress) = (Arc::clone(self), Arc::clone(opening));
        let reach = tower::service_fn(move |proxy: Uri| {
            let (shared, opening) = (Arc::clone(&shared), Arc::clone(&progress));
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
        opening.update(|progress| {
            let resolving = progress.dns.unwrap_or_default();
            progress.connect = Some(began.elapsed().saturating_sub(resolving));
        });
        Ok(through.into_inner())
    }

    async fn dial_uri(
        &self,
        to: &Uri,
        checked: bool,
        opening: &Opening,
    ) -> Result<TcpStream, Failure> {
        let port = to.port_u16().unwrap_or_else(|| match to.scheme_str() {
            Some("https") => 443,
            _ => 80,
        });
        self.dial(host(to)?, port, checked, opening).await
    }

    async fn dial(
        &self,
        host: &str,
        port: u16,
        checked: bool,
        opening: &Opening,
    ) -> Result<TcpStream, Failure> {
        let addresses = match host.parse::<IpAddr>() {
            Ok(literal) => vec![SocketAddr::new(literal, port)],
            Err(_) => {
                let began = Instant::now();
                let addresses = self.resolve(host, port).await?;
                opening.update(|progress| progress.dns = Some(began.elapsed()));
                addresses
            }
        };
        if checked {
            for address in &addresses {
                self.check_address(host, address.ip())?;
            }
        }
        opening.update(|progress| {
            progress.step = Step::Connecting;
            progress.address = addresses.first().copied();
        });
        let began = Instant::now();
        let (stream, address) = connect(addresses).await?;
        opening.update(|progress| {
            progress.connect = Some(began.elapsed());
            progress.address = Some(address);
        });
        Ok(stream)
    }

    fn lookups_of(&self, host: &str) -> Arc<Semaphore> {
        let mut known = lock(&self.lookups_of);
        if let Some(lookups) = known.get(host).and_then(Weak::upgrade) {
            return lookups;
        }
        known.retain(|_, lookups| lookups.strong_count() > 0);
        let lookups = Arc::new(Semaphore::new(LOOKUPS_OF_ONE));
        known.insert(host.to_owned(), Arc::downgrade(&lookups));
        lookups
    }

    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
        let wrong = |why: &dyn std::fmt::Display| Failure::Dns(format!("{host}: {why}"));
        let of_name = self.lookups_of(host).acquire_owned().await;
        let of_name = of_name.map_err(|error| wrong(&error))?;
        let of_all = Arc::clone(&self.lookups).acquire_owned().await;
        let of_all = of_all.map_err(|error| wrong(&error))?;
        let name = host.to_owned();
        let looking = tokio::task::spawn_blocking(move || {
            let found = (name.as_str(), port).to_socket_addrs();
            // Not earlier: a request that gives up leaves its thread running.
            drop((of_name, of_all));
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
    if host.is_empty() {
        return Err(Failure::Url("it names no host".to_owned()));
    }
    Ok(host)
}

/// Until when a certificate is good, in seconds since 1970.
fn good_until(certificate: &CertificateDer<'_>) -> Option<u64> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let validity = certificate.tbs_certificate.validity;
    Some(validity.not_after.to_unix_duration().as_secs())
}

/// A panic elsewhere leaves nothing half-changed behind these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tries the addresses one after another, each with a head start before the next is tried as well;
/// the first that answers wins. IPv4 and IPv6 alternate, so that a family without a route costs a
/// moment only.
async fn connect(addresses: Vec<SocketAddr>) -> Result<(TcpStream, SocketAddr), Failure> {
    let mut waiting = alternate(addresses).into_iter();
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

fn alternate(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
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

async fn secured<S>(
    tls: &TlsConnector,
    host: &str,
    stream: S,
    opening: &Opening,
) -> Result<(TlsStream<S>, Duration), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    opening.update(|progress| progress.step = Step::Securing);
    let began = Instant::now();
    let name = ServerName::try_from(host.to_owned());
    let name = name.map_err(|error| Failure::Tls(format!("{host}: {error}")))?;
    let stream = tls.connect(name, stream).await;
    let stream = stream.map_err(|error| Failure::Tls(error.to_string()))?;
    Ok((stream, began.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_alternate_and_a_long_list_is_cut() {
        let given = |list: &[&str]| -> Vec<SocketAddr> {
            list.iter().map(|text| text.parse().unwrap()).collect()
        };
        let turns = alternate(given(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"]));
        assert_eq!(
            turns,
            given(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"])
        );
        let many: Vec<SocketAddr> = (0..100).map(|n| ([10, 0, 0, n], 80).into()).collect();
        assert_eq!(alternate(many.clone()), many[..MOST_ADDRESSES]);
        assert_eq!(alternate(Vec::new()), Vec::new());
    }
}
