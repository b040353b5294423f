//! The guarded client: every request to a URL that somebody has entered goes through here, and every
//! connection to a mail server that somebody has named.
//!
//! Neither the person who enters a URL nor the server that answers is trusted. Only public
//! addresses are connected to, unless the operator allows others; a redirect is not followed; one
//! deadline holds for the whole exchange; and no more than [`KEPT`] of an answer is kept.

mod allowed;
mod body;
mod connection;
mod connector;
mod failure;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, PROXY_AUTHORIZATION};
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue, Method, Uri};
use http_body_util::Full;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use percent_encoding::percent_decode_str;
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::{ParseError, Position, Url};

pub use allowed::Allowed;
pub use body::KEPT;
#[cfg(feature = "fuzzing")]
pub use body::unpack;
pub use failure::Failure;
pub use hyper_util::client::proxy::matcher::Matcher as Proxies;
pub use rustls::pki_types::CertificateDer;

use connection::Opened;
use connector::{Connector, OPENING, Opening};

/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(75);
/// Idle connections that are kept to one host.
const MOST_IDLE: usize = 1_024;
/// How long a look at where a URL leads may take.
const LOOK: Duration = Duration::from_secs(3);
/// How long the headers of an answer may be.
const HEADERS: usize = 64 << 10;

#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be set up: {0}")]
pub struct Error(#[from] rustls::Error);

/// Sends requests and keeps connections open. Clones share them.
#[derive(Clone)]
pub struct Client {
    http: legacy::Client<Connector, Full<Bytes>>,
    connector: Connector,
    proxies: Arc<Proxies>,
}

pub struct Request {
    pub method: Method,
    /// `http` or `https`. A name and password in it are sent as Basic authorization, unless
    /// `headers` say otherwise.
    pub url: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// For the whole exchange, the last byte of the answer included.
    pub timeout: Duration,
}

/// A request's outcome, and what it took.
#[derive(Debug)]
pub struct Exchange {
    pub outcome: Result<Response, Failure>,
    pub phases: Phases,
    /// The address that was connected to or tried: the proxy's, if there is one.
    pub address: Option<SocketAddr>,
    /// Whether the connection had carried a request before.
    pub reused: bool,
}

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub version: http::Version,
    pub headers: HeaderMap,
    /// Decoded, and at most [`KEPT`].
    pub body: Bytes,
    /// Whether there was more of the body.
    pub truncated: bool,
}

/// What was found where a URL leads.
#[derive(Debug)]
pub struct Look {
    pub outcome: Result<(), Failure>,
    /// The address that was connected to or tried: the proxy's, if there is one.
    pub address: Option<SocketAddr>,
    /// Otherwise it is reached because the operator has allowed its network.
    pub is_public: bool,
    /// Until when the certificate is good, in seconds since 1970.
    pub good_until: Option<u64>,
}

/// How long each part took. A reused connection has no times for opening it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phases {
    pub dns: Option<Duration>,
    pub connect: Option<Duration>,
    pub tls: Option<Duration>,
    /// From the start to the head of the answer.
    pub first_byte: Option<Duration>,
    pub total: Duration,
}

impl Client {
    /// Trusts the system's root certificates, and uses the proxies that the environment names.
    pub fn new(allowed: Allowed) -> Result<Self, Error> {
        let native = rustls_native_certs::load_native_certs();
        if native.certs.is_empty() {
            tracing::warn!(
                errors = ?native.errors,
                "this system has no root certificates, so no https URL can be reached"
            );
        }
        Self::trusting(allowed, native.certs, Proxies::from_env())
    }

    /// Trusts exactly these root certificates, and uses exactly these proxies.
    pub fn trusting(
        allowed: Allowed,
        roots: impl IntoIterator<Item = CertificateDer<'static>>,
        proxies: Proxies,
    ) -> Result<Self, Error> {
        let mut store = RootCertStore::empty();
        // A system's store may hold old certificates that cannot be read.
        store.add_parsable_certificates(roots);
        let mut tls =
            rustls::ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
                .with_safe_default_protocol_versions()?
                .with_root_certificates(store)
                .with_no_client_auth();
        let tls_to_proxy = TlsConnector::from(Arc::new(tls.clone()));
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let tls = TlsConnector::from(Arc::new(tls));
        let proxies = Arc::new(proxies);
        let connector = Connector::new(allowed, Arc::clone(&proxies), tls, tls_to_proxy);
        let http = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MOST_IDLE)
            .http1_max_buf_size(HEADERS)
            // Old receivers compare the names of headers with regard to case.
            .http1_title_case_headers(true)
            .http2_max_header_list_size(HEADERS as u32)
            .http2_initial_stream_window_size(KEPT as u32)
            .http2_initial_connection_window_size(1 << 20)
            // Finds out that a connection is dead while a request waits on it.
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(10))
            .build(connector.clone());
        Ok(Self {
            http,
            connector,
            proxies,
        })
    }

    /// Why nothing is ever sent to this URL as things are, however its receiver answers: it is no
    /// address of the web, or leads where nobody may go. A name that cannot be resolved now may lead
    /// anywhere, and is no objection.
    pub async fn objection(&self, url: &str) -> Option<Failure> {
        let target = match target(url) {
            Ok((_, target)) => target,
            Err(failure) => return Some(failure),
        };
        let looked = tokio::time::timeout(LOOK, self.connector.check(&target));
        match looked.await {
            Ok(Err(failure @ (Failure::Url(_) | Failure::Forbidden { .. }))) => Some(failure),
            _ => None,
        }
    }

    /// Whether a URL leads to somebody who takes connections, and until when their certificate is good. Nothing is
    /// sent: it ends where a request would begin.
    pub async fn look(&self, url: &str) -> Look {
        let target = match target(url) {
            Ok((_, target)) => target,
            Err(failure) => {
                return Look {
                    outcome: Err(failure),
                    address: None,
                    is_public: true,
                    good_until: None,
                };
            }
        };
        let (progress, outcome) = self.connector.look(&target, LOOK).await;
        Look {
            outcome,
            address: progress.address,
            is_public: progress
                .address
                .is_none_or(|address| Allowed::default().admits(address.ip())),
            good_until: progress.good_until,
        }
    }

    /// A connection for what is not HTTP, to an address that may be reached. No proxy carries it.
    pub async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Failure> {
        self.connector.connect(host, port).await
    }

    /// TLS on a connection, with the certificate of that host.
    pub async fn secure<S>(&self, host: &str, stream: S) -> Result<TlsStream<S>, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.connector.secure(host, stream).await
    }

    /// Sends a request once, and waits for the answer no longer than its timeout.
    pub async fn send(&self, request: Request) -> Exchange {
        let began = Instant::now();
        let timeout = request.timeout;
        let mut request = match self.prepare(request) {
            Ok(request) => request,
            Err(failure) => {
                return Exchange {
                    outcome: Err(failure),
                    phases: Phases::default(),
                    address: None,
                    reused: false,
                };
            }
        };
        let carried = capture_connection(&mut request);
        let opening = Arc::new(Opening::default());
        let asking = OPENING.scope(Arc::clone(&opening), self.http.request(request));
        let mut first_byte = None;
        let answer = tokio::time::timeout(timeout, async {
            let answer = asking.await.map_err(|error| Failure::of_request(&error))?;
            first_byte = Some(began.elapsed());
            let (head, body) = answer.into_parts();
            let (body, truncated) = body::read(&head.headers, body).await?;
            Ok(Response {
                status: head.status.as_u16(),
                version: head.version,
                headers: head.headers,
                body,
                truncated,
            })
        })
        .await;
        let opened = carried
            .connection_metadata()
            .as_ref()
            .and_then(|connected| {
                let mut extras = http::Extensions::new();
                connected.get_extras(&mut extras);
                extras.remove::<Arc<Opened>>()
            });
        let (progress, reused) = match opened {
            Some(opened) => (opened.progress, opened.used.swap(true, Ordering::Relaxed)),
            None => (opening.progress(), false),
        };
        let outcome = answer.unwrap_or_else(|_| {
            Err(Failure::Timeout(match first_byte {
                Some(_) => "the answer was read",
                None => progress.step.describe(),
            }))
        });
        Exchange {
            outcome,
            phases: Phases {
                dns: progress.dns.filter(|_| !reused),
                connect: progress.connect.filter(|_| !reused),
                tls: progress.tls.filter(|_| !reused),
                first_byte,
                total: began.elapsed(),
            },
            address: progress.address,
            reused,
        }
    }

    fn prepare(&self, request: Request) -> Result<http::Request<Full<Bytes>>, Failure> {
        let (url, uri) = target(&request.url)?;
        let mut headers = request.headers;
        if !url.username().is_empty() || url.password().is_some() {
            headers
                .entry(AUTHORIZATION)
                .or_insert_with(|| basic(url.username(), url.password().unwrap_or_default()));
        }
        // For an https target the tunnel's request carries it.
        if uri.scheme() == Some(&Scheme::HTTP)
            && let Some(proxy) = self.proxies.intercept(&uri)
            && let Some(credentials) = proxy.basic_auth()
        {
            headers.insert(PROXY_AUTHORIZATION, credentials.clone());
        }
        let mut sent = http::Request::new(Full::new(request.body));
        *sent.method_mut() = request.method;
        *sent.uri_mut() = uri;
        *sent.headers_mut() = headers;
        Ok(sent)
    }
}

/// Where a URL leads, without what stands before the host in it.
fn target(url: &str) -> Result<(Url, Uri), Failure> {
    let wrong = |why: &dyn std::fmt::Display| Failure::Url(why.to_string());
    let url = match Url::parse(url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => url,
        Ok(_) | Err(ParseError::RelativeUrlWithoutBase) => {
            return Err(wrong(&"it does not begin with http:// or https://"));
        }
        Err(error) => return Err(wrong(&error)),
    };
    let uri = format!(
        "{}://{}",
        url.scheme(),
        &url[Position::BeforeHost..Position::AfterQuery]
    );
    let uri = Uri::try_from(uri).map_err(|error| wrong(&error))?;
    Ok((url, uri))
}

/// A text as a header's value, as browsers send it: one byte for each character. `None` if a
/// character does not fit.
pub fn header_value(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = text.chars().map(|one| u8::try_from(one).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

fn basic(name: &str, password: &str) -> HeaderValue {
    let mut pair: Vec<u8> = percent_decode_str(name).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(password));
    let text = format!("Basic {}", BASE64_STANDARD.encode(pair));
    // Base64 is always fit for a header.
    let mut value = HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}
