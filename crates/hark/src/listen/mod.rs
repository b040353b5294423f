//! `hark listen`: what happens, as it happens, on the terminal, and signed to a program on this
//! machine. It is a client of the public API and nothing else.

mod feed;
mod line;

use std::io::Write;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hark_store::Clock;
use hark_webhooks::headers;
use hark_webhooks::signing::{Scheme, Secret, signature};
use http_body_util::{BodyExt, Full};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use self::feed::{Feed, Received};
use crate::CliError;
use crate::cli::Listen;
use crate::http_client::{HttpClient, root_cause, server_url, whole};
use crate::installation::wait;
use crate::password::ask_for_password;

/// The server gives a sign of life every few seconds.
const SILENCE: Duration = Duration::from_secs(20);
/// How long it is waited before the server is called again, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

pub(crate) fn listen(given: &Listen) -> Result<(), CliError> {
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
    wait(run(given, secret, password))
}

async fn run(given: &Listen, secret: Secret, password: Option<String>) -> Result<(), CliError> {
    let client = HttpClient::new()?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let server = given.server.trim_end_matches('/').to_owned();
    server_url(&server)?;
    let target = given.url.as_deref().map(server_url).transpose()?;
    let mut listener = Listener {
        client,
        server,
        token: String::new(),
        kinds: given.kinds.clone(),
        target,
        secret,
        position: given.after,
        json: given.json,
        has_begun: false,
        was_away: false,
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
    listener.note(&listener.summary())?;
    ended
}

/// A line on the terminal, or why there is none any more.
fn say(line: &str) -> Result<(), CliError> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}

struct Listener {
    client: HttpClient,
    server: String,
    token: String,
    /// All of them, if none are named.
    kinds: Vec<String>,
    /// Where events are forwarded.
    target: Option<Uri>,
    secret: Secret,
    /// How far the log was read; nothing before the server has said where it is.
    position: Option<i64>,
    /// Bodies are printed, and nothing but them on that side of the terminal.
    json: bool,
    /// Nothing has come since the server was away.
    was_away: bool,
    /// The server has taken a call.
    has_begun: bool,
    seen: usize,
    taken: usize,
}

/// How a stretch of listening has ended.
enum Interruption {
    /// It is tried again.
    Off(String),
    /// It would end so again.
    Refused(CliError),
}

impl Listener {
    async fn log_in(&self, user: &str, password: &str) -> Result<String, CliError> {
        let body = json!({"user": user, "password": password}).to_string();
        let mut request = self.request(Method::POST, "/api/v1/login", body)?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        let answer = self.client.send(request).await;
        let answer = answer
            .map_err(|why| format!("cannot log in at {}: {why}", self.server))?
            .document();
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
    ) -> Result<Request<Full<Bytes>>, CliError> {
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}{path}", self.server).parse()?;
        let agent = HeaderValue::from_static(headers::AGENT);
        request.headers_mut().insert(USER_AGENT, agent);
        Ok(request)
    }

    /// Once the server has taken the first call.
    fn greet(&mut self) -> Result<(), CliError> {
        let kinds = if self.kinds.is_empty() {
            "everything".to_owned()
        } else {
            self.kinds.join(", ")
        };
        self.note(&format!(
            "Listening to {} for {kinds}. Ctrl-C ends it.",
            self.server
        ))?;
        if let Some(target) = &self.target {
            self.note(&format!(
                "Events go to {target}, signed with {}",
                self.secret.reveal()
            ))?;
        }
        Ok(())
    }

    /// For ever, unless the server refuses.
    async fn listen(&mut self) -> Result<(), CliError> {
        let mut pause = FIRST_PAUSE;
        loop {
            let before = self.position;
            match self.follow().await {
                Interruption::Refused(why) => return Err(why),
                Interruption::Off(why) => {
                    if before != self.position {
                        pause = FIRST_PAUSE;
                    }
                    if !self.was_away {
                        self.note(&format!("({why}; trying again until it is back)"))?;
                    }
                    self.was_away = true;
                }
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    /// Follows the stream until it breaks off.
    async fn follow(&mut self) -> Interruption {
        let request = match self.stream_request() {
            Ok(request) => request,
            Err(why) => return Interruption::Refused(why),
        };
        let answer = match self.client.begin(request).await {
            Ok(answer) => answer,
            Err(why) => return Interruption::Off(format!("no connection: {why}")),
        };
        let status = answer.status();
        if status != StatusCode::OK {
            let answer = whole(answer).await;
            let said = answer.map_or(Value::Null, |answer| answer.document());
            return self.declined(status, &said);
        }
        let was_away = std::mem::take(&mut self.was_away);
        let said = match (self.has_begun, was_away) {
            (false, _) => self.greet(),
            (true, true) => self.note("(connected again)"),
            (true, false) => Ok(()),
        };
        self.has_begun = true;
        if let Err(why) = said {
            return Interruption::Refused(why);
        }
        let mut body = answer.into_body();
        let mut feed = Feed::default();
        loop {
            let piece = match tokio::time::timeout(SILENCE, body.frame()).await {
                Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
                Ok(Some(Err(error))) => return Interruption::Off(root_cause(&error)),
                Ok(None) => return Interruption::Off("the server has ended the stream".into()),
                Err(_) => return Interruption::Off("the server says nothing any more".into()),
            };
            let Some(came) = feed.take(&piece) else {
                let why = format!("what {} sends is no stream of events", self.server);
                return Interruption::Refused(why.into());
            };
            for one in came {
                if let Err(why) = self.take(one).await {
                    return Interruption::Refused(why);
                }
            }
        }
    }

    fn stream_request(&self) -> Result<Request<Full<Bytes>>, CliError> {
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

    fn declined(&self, status: StatusCode, said: &Value) -> Interruption {
        let detail = said["detail"].as_str().unwrap_or_default();
        match status.as_u16() {
            401 => Interruption::Refused("the token is not valid, or no longer; make a new one".into()),
            403 => Interruption::Refused("this account may not look after webhooks; it needs the permission view-livechat-webhooks".into()),
            400 => Interruption::Refused(format!("the server declines: {detail}").into()),
            429 | 500.. => Interruption::Off(format!("the server answers {status}")),
            _ => Interruption::Refused(format!("{} answers {status}; is it a Hark server?", self.server).into()),
        }
    }

    async fn take(&mut self, came: Received) -> Result<(), CliError> {
        match came {
            Received::Reached(position) => self.position = Some(position),
            Received::Event { id, data } => {
                let event: Value = serde_json::from_str(&data).unwrap_or_default();
                let mut shown = line::of(id, &event);
                self.seen += 1;
                if self.json {
                    say(&data)?;
                }
                if let Some(target) = self.target.clone() {
                    let answer = self.forward(target, id, &event, data).await;
                    shown.push_str(&format!("  → {answer}"));
                }
                if !self.json {
                    say(&shown)?;
                }
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
        match self.client.send(request).await {
            Ok(answer) => {
                self.taken += usize::from(answer.status.is_success());
                let millis = began.elapsed().as_millis();
                format!("{} in {millis} ms", answer.status.as_u16())
            }
            Err(why) => why,
        }
    }

    fn signed(
        &self,
        target: Uri,
        id: Option<i64>,
        event: &Value,
        data: String,
    ) -> Result<Request<Full<Bytes>>, CliError> {
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
        let given = request.headers_mut();
        given.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        given.insert(USER_AGENT, HeaderValue::from_static(headers::AGENT));
        given.insert(headers::WEBHOOK_ID, HeaderValue::from_str(&id)?);
        given.insert(headers::WEBHOOK_TIMESTAMP, HeaderValue::from(seconds));
        if let Some(signed) = signed {
            given.insert(headers::WEBHOOK_SIGNATURE, HeaderValue::from_str(&signed)?);
        }
        given.insert(headers::EVENT, HeaderValue::from_str(kind)?);
        if let Some(sequence) = sequence {
            given.insert(headers::SEQUENCE, HeaderValue::from(sequence));
        }
        given.insert(headers::ATTEMPT, HeaderValue::from_static("1"));
        Ok(request)
    }

    /// What is no event.
    fn note(&self, line: &str) -> Result<(), CliError> {
        if self.json {
            return Ok(writeln!(std::io::stderr().lock(), "{line}")?);
        }
        say(line)
    }

    fn summary(&self) -> String {
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
