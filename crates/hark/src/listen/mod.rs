//! `hark listen`: what happens, as it happens, on the terminal, and signed to a program on this
//! machine. It is a client of the public API and nothing else.

mod feed;
mod line;

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hark_store::Clock;
use hark_webhooks::signing::{Scheme, Secret, signature};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use self::feed::{Came, Feed};
use crate::Sentence;
use crate::cli::Listen;
use crate::password::ask_for_password;

/// How long the server may take to answer, and the local program.
const PATIENCE: Duration = Duration::from_secs(30);
/// The server gives a sign of life every few seconds.
const SILENCE: Duration = Duration::from_secs(20);
/// How long it is waited before the server is called again, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Of an answer.
const LARGEST_ANSWER: usize = 1 << 20;
const AGENT: &str = concat!("Hark/", env!("CARGO_PKG_VERSION"));

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const WEBHOOK_ID: HeaderName = HeaderName::from_static("webhook-id");
const WEBHOOK_TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const WEBHOOK_SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
const EVENT: HeaderName = HeaderName::from_static("hark-event");
const SEQUENCE: HeaderName = HeaderName::from_static("hark-sequence");
const ATTEMPT: HeaderName = HeaderName::from_static("hark-attempt");

type Line = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

pub(crate) fn listen(given: &Listen) -> Result<(), Sentence> {
    let secret = match &given.secret {
        Some(text) => Secret::parse(text).ok_or(
            "the secret should be whsec_ and 24 to 64 bytes in base64, or whsk_ and a key pair",
        )?,
        None => Secret::fresh(Scheme::Hmac)?,
    };
    let password = match (&given.token, &given.user, &given.password) {
        (Some(_), ..) => None,
        (None, Some(_), Some(password)) => Some(password.clone()),
        (None, Some(user), None) => {
            let missing = "the password is missing; give it in HARK_PASSWORD or with --password";
            Some(ask_for_password(user, missing)?)
        }
        (None, None, _) => {
            return Err(
                "who listens? Give a token with --token or in HARK_TOKEN, or a user with --user"
                    .into(),
            );
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(given, secret, password))
}

async fn run(given: &Listen, secret: Secret, password: Option<String>) -> Result<(), Sentence> {
    let line = line()?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let server = given.server.trim_end_matches('/').to_owned();
    checked(&server)?;
    let target = given.url.as_deref().map(checked).transpose()?;
    let mut listener = Listener {
        line,
        server,
        token: String::new(),
        kinds: given.events.clone(),
        target,
        secret,
        position: given.after,
        seen: 0,
        taken: 0,
    };
    let listening = async {
        listener.token = match (&given.token, &given.user, password) {
            (None, Some(user), Some(password)) => listener.log_in(user, &password).await?,
            _ => given.token.clone().unwrap_or_default(),
        };
        listener.listen().await
    };
    let ended = tokio::select! {
        ended = listening => ended,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    };
    say(&listener.farewell())?;
    ended
}

/// Trusts whom the system trusts; where it trusts nobody, http can be spoken still.
fn line() -> Result<Line, Sentence> {
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
    Ok(Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .build(connector))
}

/// An address of the web.
fn checked(url: &str) -> Result<Uri, Sentence> {
    let parsed: Option<Uri> = url.parse().ok();
    let known = parsed
        .filter(|url| matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some());
    known.ok_or_else(|| format!("{url} is not a URL that begins with http:// or https://").into())
}

/// A line on the terminal, or why there is none any more.
fn say(line: &str) -> Result<(), Sentence> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}

struct Listener {
    line: Line,
    server: String,
    token: String,
    /// All of them, if none are named.
    kinds: Vec<String>,
    /// Where events are forwarded.
    target: Option<Uri>,
    secret: Secret,
    /// How far the log was read; nothing before the server has said where it is.
    position: Option<i64>,
    seen: usize,
    taken: usize,
}

/// How a stretch of listening has ended.
enum Broken {
    /// It is tried again.
    Off(String),
    /// It would end so again.
    Refused(Sentence),
}

impl Listener {
    async fn log_in(&self, user: &str, password: &str) -> Result<String, Sentence> {
        let body = json!({"user": user, "password": password}).to_string();
        let mut request = self.request(Method::POST, "/api/v1/login", body)?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        let asked = tokio::time::timeout(PATIENCE, async {
            let answer = self
                .line
                .request(request)
                .await
                .map_err(|error| root(&error))?;
            document(answer).await
        });
        let answer = asked.await.map_err(|_| "it does not answer".to_owned());
        let answer = answer
            .and_then(|answer| answer)
            .map_err(|why| format!("cannot log in at {}: {why}", self.server))?;
        match answer["data"]["authToken"].as_str() {
            Some(token) => Ok(token.to_owned()),
            None if answer["error"] == "totp-required" => Err("this account asks for a second factor; make a personal access token and give it with --token".into()),
            None => {
                let said = [&answer["message"], &answer["error"]];
                let why = said.into_iter().find_map(|said| said.as_str());
                let why = why.unwrap_or("it was declined");
                Err(format!("cannot log in as {user} at {}: {why}", self.server).into())
            }
        }
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<Request<Full<Bytes>>, Sentence> {
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}{path}", self.server).parse()?;
        let agent = HeaderValue::from_static(AGENT);
        request.headers_mut().insert(USER_AGENT, agent);
        Ok(request)
    }

    /// For ever, unless the server refuses.
    async fn listen(&mut self) -> Result<(), Sentence> {
        let kinds = match self.kinds.is_empty() {
            true => "everything".to_owned(),
            false => self.kinds.join(", "),
        };
        say(&format!(
            "Listening to {} for {kinds}. Ctrl-C ends it.",
            self.server
        ))?;
        if let Some(target) = &self.target {
            say(&format!(
                "Events go to {target}, signed with {}",
                self.secret.reveal()
            ))?;
        }
        let mut pause = FIRST_PAUSE;
        loop {
            let before = self.position;
            match self.follow().await {
                Broken::Refused(why) => return Err(why),
                Broken::Off(why) => {
                    if before != self.position {
                        pause = FIRST_PAUSE;
                    }
                    say(&format!("({why}; trying again)"))?;
                }
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    /// Follows the stream until it breaks off.
    async fn follow(&mut self) -> Broken {
        let request = match self.stream_request() {
            Ok(request) => request,
            Err(why) => return Broken::Refused(why),
        };
        let asked = tokio::time::timeout(PATIENCE, self.line.request(request)).await;
        let answer = match asked {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Broken::Off(format!("no connection: {}", root(&error))),
            Err(_) => return Broken::Off("the server does not answer".into()),
        };
        let status = answer.status();
        if status != StatusCode::OK {
            let told = document(answer).await.unwrap_or_default();
            return self.declined(status, &told);
        }
        let mut body = answer.into_body();
        let mut feed = Feed::default();
        loop {
            let piece = match tokio::time::timeout(SILENCE, body.frame()).await {
                Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
                Ok(Some(Err(error))) => return Broken::Off(root(&error)),
                Ok(None) => return Broken::Off("the server has ended the stream".into()),
                Err(_) => return Broken::Off("the server says nothing any more".into()),
            };
            let Some(came) = feed.take(&piece) else {
                let why = format!("what {} sends is no stream of events", self.server);
                return Broken::Refused(why.into());
            };
            for one in came {
                if let Err(why) = self.take(one).await {
                    return Broken::Refused(why);
                }
            }
        }
    }

    fn stream_request(&self) -> Result<Request<Full<Bytes>>, Sentence> {
        let mut path = "/api/hark/v1/events/stream".to_owned();
        if !self.kinds.is_empty() {
            path.push_str(&format!("?kinds={}", self.kinds.join(",")));
        }
        let mut request = self.request(Method::GET, &path, String::new())?;
        let token = HeaderValue::from_str(&format!("Bearer {}", self.token));
        let mut token = token.map_err(|_| "the token has characters that no header takes")?;
        token.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, token);
        if let Some(position) = self.position {
            let position = HeaderValue::from(position);
            request.headers_mut().insert(LAST_EVENT_ID, position);
        }
        Ok(request)
    }

    fn declined(&self, status: StatusCode, told: &Value) -> Broken {
        let detail = told["detail"].as_str().unwrap_or_default();
        match status.as_u16() {
            401 => Broken::Refused("the token is not valid, or no longer; make a new one".into()),
            403 => Broken::Refused("this account may not look after webhooks; it needs the permission view-livechat-webhooks".into()),
            400 => Broken::Refused(format!("the server declines: {detail}").into()),
            429 | 500.. => Broken::Off(format!("the server answers {status}")),
            _ => Broken::Refused(format!("{} answers {status}; is it a Hark server?", self.server).into()),
        }
    }

    async fn take(&mut self, came: Came) -> Result<(), Sentence> {
        match came {
            Came::Reached(position) => self.position = Some(position),
            Came::Event { id, data } => {
                let event: Value = serde_json::from_str(&data).unwrap_or_default();
                let mut shown = line::of(&event);
                self.seen += 1;
                if let Some(target) = self.target.clone() {
                    let answer = self.forward(target, id, &event, data).await;
                    shown.push_str(&format!("  → {answer}"));
                }
                say(&shown)?;
                self.position = id.or(self.position);
            }
        }
        Ok(())
    }

    /// Sends an event on, as an endpoint would get it; says what came back.
    async fn forward(
        &mut self,
        target: Uri,
        id: Option<i64>,
        event: &Value,
        data: String,
    ) -> String {
        let request = match self.signed(target, id, event, data) {
            Ok(request) => request,
            Err(why) => return why.to_string(),
        };
        let began = Instant::now();
        let asked = tokio::time::timeout(PATIENCE, async {
            let answer = self
                .line
                .request(request)
                .await
                .map_err(|error| root(&error))?;
            let status = answer.status();
            // Read, so that the connection can be used again.
            let _read = Limited::new(answer.into_body(), LARGEST_ANSWER)
                .collect()
                .await;
            Ok::<_, String>(status)
        });
        match asked.await {
            Ok(Ok(status)) => {
                self.taken += usize::from(status.is_success());
                format!("{} in {} ms", status.as_u16(), began.elapsed().as_millis())
            }
            Ok(Err(why)) => why,
            Err(_) => format!("no answer in {} s", PATIENCE.as_secs()),
        }
    }

    fn signed(
        &self,
        target: Uri,
        id: Option<i64>,
        event: &Value,
        data: String,
    ) -> Result<Request<Full<Bytes>>, Sentence> {
        let now = Clock::system().now();
        let seconds = now.millis().div_euclid(1000);
        let id = format!("msg_listen_{}", id.unwrap_or_default());
        let secrets = std::slice::from_ref(&self.secret);
        let signed = signature(secrets, now, &id, seconds, data.as_bytes());
        let kind = event["type"].as_str().unwrap_or_default();
        let sequence = event["data"]["sequence"].as_i64();
        let mut request = Request::new(Full::new(Bytes::from(data)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = target;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(WEBHOOK_ID, HeaderValue::from_str(&id)?);
        headers.insert(WEBHOOK_TIMESTAMP, HeaderValue::from(seconds));
        if let Some(signed) = signed {
            headers.insert(WEBHOOK_SIGNATURE, HeaderValue::from_str(&signed)?);
        }
        headers.insert(EVENT, HeaderValue::from_str(kind)?);
        if let Some(sequence) = sequence {
            headers.insert(SEQUENCE, HeaderValue::from(sequence));
        }
        headers.insert(ATTEMPT, HeaderValue::from_static("1"));
        Ok(request)
    }

    fn farewell(&self) -> String {
        let events = match self.seen {
            1 => "1 event".to_owned(),
            many => format!("{many} events"),
        };
        match self.target {
            Some(_) => format!("\n{events}, {} taken.", self.taken),
            None => format!("\n{events}."),
        }
    }
}

/// The body of an answer.
async fn document(answer: Response<Incoming>) -> Result<Value, String> {
    let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect();
    let body = body.await.map_err(|error| error.to_string())?.to_bytes();
    Ok(serde_json::from_slice(&body).unwrap_or_default())
}

/// What is at the bottom of an error: `connection refused` instead of a chain of wrappings.
fn root(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
