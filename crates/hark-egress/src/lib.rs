//! The one way out: every HTTP request that Hark sends on somebody's word goes through here.
//!
//! The one who names a URL is not trusted, and neither is whoever answers. Only public addresses
//! are connected to, unless the operator names others; a redirect is an answer like any other; a
//! request has one deadline, its body included; and of an answer no more than [`KEPT`] is kept.

mod allowed;
mod body;
mod connector;
mod failure;
mod line;

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
use tokio_rustls::TlsConnector;
use url::{ParseError, Position, Url};

pub use allowed::Allowed;
pub use body::KEPT;
pub use failure::Failure;
pub use hyper_util::client::proxy::matcher::Matcher as Proxies;
pub use rustls::pki_types::CertificateDer;

use connector::{Connector, Doing, OPENING, Opening};
use line::Opened;

/// How long a connection is kept that nothing is sent on.
const IDLE: Duration = Duration::from_secs(75);
/// Connections to one host that are kept while nothing is sent on them.
const MOST_IDLE: usize = 1_024;
/// How long the headers of an answer may be.
const HEADERS: usize = 64 << 10;

#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be set up: {0}")]
pub struct Error(#[from] rustls::Error);

/// Sends requests and keeps connections. A clone is the same client.
#[derive(Clone)]
pub struct Client {
    http: legacy::Client<Connector, Full<Bytes>>,
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

/// What a request came to.
#[derive(Debug)]
pub struct Exchange {
    pub outcome: Result<Response, Failure>,
    pub phases: Phases,
    /// Who was talked to, or tried: a proxy, if there is one.
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

/// How long each part took. What a reused connection had behind it is not counted again.
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
    /// Trusts whom the system trusts, and goes through the proxies that the environment names.
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

    /// Trusts exactly these roots, and goes through exactly these proxies.
    pub fn trusting(
        allowed: Allowed,
        roots: impl IntoIterator<Item = CertificateDer<'static>>,
        proxies: Proxies,
    ) -> Result<Self, Error> {
        let mut store = RootCertStore::empty();
        // A system's collection may hold certificates of another age.
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
            // As old receivers expect to find them.
            .http1_title_case_headers(true)
            .http2_max_header_list_size(HEADERS as u32)
            .http2_initial_stream_window_size(KEPT as u32)
            .http2_initial_connection_window_size(1 << 20)
            // A connection that died unnoticed is found while it has something to carry.
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(10))
            .build(connector);
        Ok(Self { http, proxies })
    }

    /// Sends a request, once, and waits for its answer, never longer than its timeout.
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
        let progress = opening.progress();
        let outcome = answer.unwrap_or_else(|_| {
            Err(Failure::Timeout(match (&first_byte, &opened) {
                (Some(_), _) => "the answer was read",
                (None, Some(_)) => Doing::Starting.words(),
                (None, None) => progress.doing.words(),
            }))
        });
        let mut exchange = Exchange {
            outcome,
            phases: Phases {
                first_byte,
                total: began.elapsed(),
                ..Phases::default()
            },
            address: progress.address,
            reused: false,
        };
        let opened = match opened {
            Some(opened) => {
                exchange.address = opened.address;
                exchange.reused = opened.used.swap(true, Ordering::Relaxed);
                (opened.dns, opened.connect, opened.tls)
            }
            None => (progress.dns, progress.connect, progress.tls),
        };
        if !exchange.reused {
            (
                exchange.phases.dns,
                exchange.phases.connect,
                exchange.phases.tls,
            ) = opened;
        }
        exchange
    }

    fn prepare(&self, request: Request) -> Result<http::Request<Full<Bytes>>, Failure> {
        let wrong = |why: &dyn std::fmt::Display| Failure::Url(why.to_string());
        let url = match Url::parse(&request.url) {
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
        let mut headers = request.headers;
        if !url.username().is_empty() || url.password().is_some() {
            headers
                .entry(AUTHORIZATION)
                .or_insert_with(|| basic(url.username(), url.password().unwrap_or_default()));
        }
        // To a secure target the proxy gets it with the way that it opens.
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

/// A text as a header's value, as browsers send it: a byte for each character. Nothing, if it has
/// characters that no header can hold.
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
