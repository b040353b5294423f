//! The HTTP client of the commands that call a server: `listen`, `demo`, `doctor`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::{HeaderMap, Request, Response, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};

use crate::CliError;

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// Connections to one server that are kept for the next requests.
const KEPT: usize = 8;

pub(crate) struct HttpClient(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// What a server has answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl HttpClient {
    pub(crate) fn new() -> Result<Self, CliError> {
        Self::keeping(KEPT)
    }

    /// One of which no connection is found closed when the next call wants it.
    pub(crate) fn with_fresh_connections() -> Result<Self, CliError> {
        Self::keeping(0)
    }

    /// Trusts whom the system trusts; where it trusts nobody, http can be spoken still.
    fn keeping(connections: usize) -> Result<Self, CliError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self(
            Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_max_idle_per_host(connections)
                .build(connector),
        ))
    }

    /// The head of an answer; its body may go on for ever. `Err` says why there is none.
    pub(crate) async fn begin(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, String> {
        match tokio::time::timeout(PATIENCE, self.0.request(request)).await {
            Ok(answer) => answer.map_err(|error| root_cause(&error)),
            Err(_) => Err(no_answer()),
        }
    }

    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, String> {
        let answered = async { whole(self.begin(request).await?).await };
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        answered.unwrap_or_else(|_| Err(no_answer()))
    }
}

fn no_answer() -> String {
    format!("no answer in {} s", PATIENCE.as_secs())
}

/// The rest of an answer, whose connection can then be used again.
pub(crate) async fn whole(answer: Response<Incoming>) -> Result<Answer, String> {
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, LARGEST_ANSWER).collect().await;
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body: body.map_err(|error| root_cause(error.as_ref()))?.to_bytes(),
    })
}

impl Answer {
    /// The document in it, or `null`.
    pub(crate) fn document(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// The address of a server, without a slash at the end.
pub(crate) fn server_url(url: &str) -> Result<Uri, CliError> {
    let parsed: Option<Uri> = url.trim_end_matches('/').parse().ok();
    let known = parsed
        .filter(|url| matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some());
    known.ok_or_else(|| format!("{url} is not a URL that begins with http:// or https://").into())
}

/// What is at the bottom of an error: `connection refused` instead of a chain of wrappings.
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
