//! Kept files in a bucket that speaks S3: Amazon's, or any other at an address of its own.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use hark_store::Timestamp;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::signing::{Credentials, Unsigned, encode, sign};
use crate::{Error, FileStream, ReceivedFile};

const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const PIECE: usize = 64 << 10;
const CONNECTING: Duration = Duration::from_secs(10);
/// How long an answer may take to begin, once the request is out.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a file may take on its way into the bucket.
const SENDING: Duration = Duration::from_secs(15 * 60);
/// Before a bucket that asks to slow down, or fails for a moment, is tried again.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// Where a bucket is and what opens it.
#[derive(Default)]
pub struct BucketConfig {
    pub bucket: String,
    /// Before each id, without slashes at its ends.
    pub prefix: String,
    /// `https://host[:port]`; `None`: Amazon's.
    pub endpoint: Option<String>,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
    pub session_token: Option<String>,
}

type Body = UnsyncBoxBody<Bytes, std::io::Error>;

pub struct Bucket {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    /// `https://host`
    endpoint: String,
    host: String,
    /// `/bucket/prefix/`
    root: String,
    region: String,
    credentials: Credentials,
}

impl Bucket {
    pub fn new(config: BucketConfig) -> Result<Self, Error> {
        let endpoint = config
            .endpoint
            .unwrap_or_else(|| format!("https://s3.{}.amazonaws.com", config.region));
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        let uri: Uri = endpoint
            .parse()
            .map_err(|_| Error::Bucket(format!("{endpoint} is not a URL")))?;
        let host = match (uri.scheme_str(), uri.authority(), uri.path()) {
            (Some("http" | "https"), Some(host), "/" | "") => host.to_string(),
            _ => {
                return Err(Error::Bucket(format!(
                    "{endpoint} should look like https://storage.example.org"
                )));
            }
        };
        let mut root = format!("/{}/", config.bucket);
        if !config.prefix.is_empty() {
            root = format!("{root}{}/", config.prefix);
        }
        Ok(Self {
            client: client()?,
            endpoint,
            host,
            root: encode(&root),
            region: config.region,
            credentials: Credentials {
                access_key: config.access_key,
                secret_key: config.secret_key,
                session_token: config.session_token,
            },
        })
    }

    pub(crate) async fn keep(
        &self,
        id: &str,
        file: ReceivedFile,
        now: Timestamp,
    ) -> Result<(), Error> {
        let sending = async {
            let mut pauses = PAUSES.iter();
            loop {
                let opened = Some((&file, File::open(file.path()).await?));
                let request = self.request(&Method::PUT, id, None, now, opened)?;
                let answer = self.client.request(request).await;
                let wrong = match answer {
                    Ok(answer) if answer.status().is_success() => return Ok(()),
                    Ok(answer) => refused(answer).await,
                    Err(error) => (true, unreachable(&error)),
                };
                match (wrong, pauses.next()) {
                    ((true, _), Some(pause)) => tokio::time::sleep(*pause).await,
                    ((_, why), _) => return Err(Error::Bucket(why)),
                }
            }
        };
        let sent = tokio::time::timeout(SENDING, sending).await;
        sent.unwrap_or_else(|_| Err(Error::Bucket("it takes too long to take a file".into())))
    }

    pub(crate) async fn open(
        &self,
        id: &str,
        from: u64,
        to: u64,
        now: Timestamp,
        permit: OwnedSemaphorePermit,
    ) -> Result<Option<FileStream>, Error> {
        let length = to.saturating_sub(from);
        // A range cannot be empty.
        let range = (length > 0).then(|| format!("bytes={from}-{}", to - 1));
        let range = range.as_deref();
        let answer = self.send(&Method::GET, id, range, now).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !answer.status().is_success() {
            return Err(Error::Bucket(refused(answer).await.1));
        }
        if length > 0 && answer.status() != StatusCode::PARTIAL_CONTENT {
            return Err(Error::Bucket("it does not serve parts of files".into()));
        }
        let mut body = answer.into_body();
        Ok(Some(FileStream::produced_by(
            permit,
            async move |mut sender| {
                let mut left = length;
                while left > 0 {
                    let frame = tokio::time::timeout(PATIENCE, body.frame()).await?;
                    let Some(frame) = frame else {
                        return Err(std::io::ErrorKind::UnexpectedEof.into());
                    };
                    if let Ok(mut piece) = frame.map_err(std::io::Error::other)?.into_data() {
                        piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                        left -= piece.len() as u64;
                        sender.send(piece).await?;
                    }
                }
                Ok(())
            },
        )))
    }

    pub(crate) async fn remove(&self, id: &str, now: Timestamp) -> Result<(), Error> {
        let answer = self.send(&Method::DELETE, id, None, now).await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            _ => Err(Error::Bucket(refused(answer).await.1)),
        }
    }

    async fn send(
        &self,
        method: &Method,
        id: &str,
        range: Option<&str>,
        now: Timestamp,
    ) -> Result<Response<Incoming>, Error> {
        let request = self.request(method, id, range, now, None)?;
        match tokio::time::timeout(PATIENCE, self.client.request(request)).await {
            Ok(answer) => answer.map_err(|error| Error::Bucket(unreachable(&error))),
            Err(_) => Err(Error::Bucket("it does not answer".into())),
        }
    }

    fn request(
        &self,
        method: &Method,
        id: &str,
        range: Option<&str>,
        now: Timestamp,
        file: Option<(&ReceivedFile, File)>,
    ) -> Result<Request<Body>, Error> {
        let path = format!("{}{}", self.root, encode(id));
        let unsigned = Unsigned {
            method: method.as_str(),
            host: &self.host,
            path: &path,
            region: &self.region,
            body_sha256: file
                .as_ref()
                .map_or(EMPTY_SHA256, |(file, _)| file.sha256()),
            range,
            now,
        };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint))
            .header("host", &self.host);
        for (name, value) in sign(&unsigned, &self.credentials) {
            request = request.header(name, value);
        }
        if let Some(range) = range {
            request = request.header("range", range);
        }
        let body = match file {
            Some((file, opened)) => {
                request = request.header("content-length", file.size());
                of_file(opened)
            }
            None => Empty::new().map_err(|never| match never {}).boxed_unsync(),
        };
        let made = request.body(body);
        made.map_err(|error| Error::Bucket(format!("its address is not usable: {error}")))
    }
}

fn client() -> Result<Client<HttpsConnector<HttpConnector>, Body>, Error> {
    let mut http = HttpConnector::new();
    http.set_connect_timeout(Some(CONNECTING));
    http.set_nodelay(true);
    http.enforce_http(false);
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(provider)
        .map_err(|error| Error::Bucket(format!("no certificates to check it by: {error}")))?
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    Ok(Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(Duration::from_secs(30))
        .build(connector))
}

fn of_file(file: File) -> Body {
    let pieces = stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok((read > 0).then(|| (Frame::data(Bytes::from(piece)), file)))
    });
    StreamBody::new(pieces).boxed_unsync()
}

/// Whether it may go better the next time, and what the operator should read.
async fn refused(answer: Response<Incoming>) -> (bool, String) {
    let status = answer.status();
    let again = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    let read = http_body_util::Limited::new(answer.into_body(), 4096).collect();
    let body = match tokio::time::timeout(CONNECTING, read).await {
        Ok(Ok(body)) => body.to_bytes(),
        _ => Bytes::new(),
    };
    let text = String::from_utf8_lossy(&body);
    let inside = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (inside, _) = rest.split_once(&format!("</{name}>"))?;
        Some(inside.to_owned())
    };
    let why = [inside("Code"), inside("Message")];
    let why: Vec<String> = why.into_iter().flatten().collect();
    (again, format!("it answers {status} {}", why.join(": ")))
}

fn unreachable(error: &hyper_util::client::legacy::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
