//! A client of the public API, patient with a server that asks to wait.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::Sentence;

const PATIENCE: Duration = Duration::from_secs(30);
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// So often a busy server is asked again.
const MOST_TRIES: usize = 10;

/// Someone who calls: nobody in particular, until he has logged in.
#[derive(Clone)]
pub(super) struct Api {
    line: Arc<Line>,
    headers: HeaderMap,
}

type Gate = Arc<tokio::sync::Mutex<()>>;
type Answered = (StatusCode, HeaderMap, Value);

struct Line {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    /// One call of a route at a time: whoever is told to wait holds the others back as well.
    gates: Mutex<HashMap<(Method, String), Gate>>,
    limited: AtomicBool,
    /// Held by each call that is under way.
    calls: Arc<tokio::sync::RwLock<()>>,
}

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("the server declined {path}: {words}")]
    Refused { path: String, words: String },
    #[error("the server does not answer: {0}")]
    Gone(String),
}

impl Api {
    pub(super) fn new(url: &str) -> Result<Self, Sentence> {
        let base = url.trim_end_matches('/');
        let parsed: Uri = base
            .parse()
            .map_err(|error| format!("{url} is not a URL: {error}"))?;
        if parsed.scheme_str() != Some("http") || parsed.host().is_none() {
            return Err(format!(
                "the demo speaks plain HTTP; start it beside the server, with a URL such as http://127.0.0.1:3000 instead of {url}"
            )
            .into());
        }
        let line = Line {
            // No connection is kept, so none is found closed when the next call wants it.
            client: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build_http(),
            base: base.to_owned(),
            gates: Mutex::default(),
            limited: AtomicBool::new(false),
            calls: Arc::default(),
        };
        Ok(Self {
            line: Arc::new(line),
            headers: HeaderMap::new(),
        })
    }

    /// The same line, for someone who has not logged in.
    pub(super) fn of_nobody(other: &Self) -> Self {
        Self {
            line: Arc::clone(&other.line),
            headers: HeaderMap::new(),
        }
    }

    pub(super) fn base(&self) -> &str {
        &self.line.base
    }

    /// Whether the server counts how often it is called.
    pub(super) fn is_limited(&self) -> bool {
        self.line.limited.load(Ordering::Relaxed)
    }

    /// As the widget of a browser calls.
    pub(super) fn in_widget(&self) -> Self {
        let mut other = self.clone();
        let cookie = HeaderValue::from_static("rc_is_widget=t; rc_room_type=l");
        other.headers.insert(COOKIE, cookie);
        other
    }

    /// The same caller, who has shown a second factor.
    pub(super) fn confirmed_with(&self, password_digest: &str) -> Self {
        let mut other = self.clone();
        other.put("x-2fa-method", "password");
        other.put("x-2fa-code", password_digest);
        other
    }

    fn put(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
    }

    pub(super) async fn log_in(&self, user: &str, password: &str) -> Result<Self, Trouble> {
        let shown = json!({"user": user, "password": password});
        let answer = self.post("login", &shown).await?;
        let text = |name: &str| answer["data"][name].as_str().unwrap_or_default().to_owned();
        let mut other = self.clone();
        other.put("x-user-id", &text("userId"));
        other.put("x-auth-token", &text("authToken"));
        Ok(other)
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Trouble> {
        self.call(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Trouble> {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(super) async fn put_to(&self, path: &str, body: &Value) -> Result<Value, Trouble> {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// Calls a method of the real-time API.
    pub(super) async fn method(&self, name: &str, params: &Value) -> Result<Value, Trouble> {
        let frame = json!({"msg": "method", "id": "1", "method": name, "params": params});
        let path = format!("method.call/{name}");
        let answer = self
            .post(&path, &json!({"message": frame.to_string()}))
            .await?;
        let answer = answer["message"].as_str().unwrap_or_default();
        let answer: Value = serde_json::from_str(answer).unwrap_or_default();
        match &answer["error"] {
            Value::Null => Ok(answer["result"].clone()),
            error => Err(Trouble::Refused {
                path,
                words: words(error, "message"),
            }),
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Trouble> {
        let gate = self.gate(&method, path);
        let _turn = gate.lock().await;
        for _ in 0..MOST_TRIES {
            let request = self.request(&method, path, body)?;
            let (status, headers, answer) = self.line.ask(request).await?;
            if headers.contains_key("x-ratelimit-limit") {
                self.line.limited.store(true, Ordering::Relaxed);
            }
            if status.is_success() && answer["success"] != json!(false) {
                return Ok(answer);
            }
            match pause(status, &headers, &answer) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => {
                    let error = answer["error"].as_str().map(str::to_owned);
                    let words = error.unwrap_or_else(|| words(&answer, "message"));
                    return Err(refused(path, status, words));
                }
            }
        }
        Err(refused(path, StatusCode::TOO_MANY_REQUESTS, String::new()))
    }

    fn request(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Request<Full<Bytes>>, Trouble> {
        let bytes = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let mut request = Request::new(Full::new(bytes));
        *request.method_mut() = method.clone();
        let uri = format!("{}/api/v1/{path}", self.line.base);
        *request.uri_mut() = uri.parse().map_err(|error| gone(&error))?;
        *request.headers_mut() = self.headers.clone();
        if body.is_some() {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, json);
        }
        Ok(request)
    }

    /// Waits until every call that was begun is answered, also those whose answer nobody wants.
    pub(super) async fn settled(&self) {
        drop(self.line.calls.write().await);
    }

    /// Ids stand behind the first two parts of a path, so that there are few gates.
    fn gate(&self, method: &Method, path: &str) -> Gate {
        let route = path.split('?').next().unwrap_or_default();
        let route: Vec<&str> = route.splitn(3, '/').take(2).collect();
        let mut gates = self
            .line
            .gates
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry((method.clone(), route.join("/"))).or_default();
        Arc::clone(gate)
    }
}

impl Line {
    /// A request that was begun goes on when its caller is stopped: the server does what it was
    /// asked, and the demo has to know when that is done.
    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Answered, Trouble> {
        let call = Arc::clone(&self.calls).read_owned().await;
        let answer = self.client.request(request);
        let asked = tokio::spawn(async move {
            let _call = call;
            tokio::time::timeout(PATIENCE, answered(answer)).await
        });
        let asked = asked.await.map_err(|error| gone(&error))?;
        asked.map_err(|_| Trouble::Gone("not within half a minute".into()))?
    }
}

async fn answered(answer: ResponseFuture) -> Result<Answered, Trouble> {
    let (parts, body) = answer.await.map_err(|error| gone(&error))?.into_parts();
    let body = Limited::new(body, LARGEST_ANSWER).collect().await;
    let body = body.map_err(|error| gone(error.as_ref()))?.to_bytes();
    let answer = serde_json::from_slice(&body).unwrap_or_default();
    Ok((parts.status, parts.headers, answer))
}

fn gone(error: &dyn std::error::Error) -> Trouble {
    Trouble::Gone(root(error))
}

fn words(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn refused(path: &str, status: StatusCode, words: String) -> Trouble {
    let path = path.split('?').next().unwrap_or_default().to_owned();
    let words = if words.is_empty() {
        status.to_string()
    } else {
        words
    };
    Trouble::Refused { path, words }
}

/// How long the server asks to wait, if it does.
fn pause(status: StatusCode, headers: &HeaderMap, answer: &Value) -> Option<Duration> {
    const LONGEST: u64 = 90;
    let told = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let seconds = match status {
        StatusCode::TOO_MANY_REQUESTS => told.or_else(|| in_words(answer)).unwrap_or(10),
        StatusCode::SERVICE_UNAVAILABLE => told?,
        _ => return None,
    };
    Some(Duration::from_secs(seconds.clamp(1, LONGEST)))
}

/// `… You must wait 23 seconds …`
fn in_words(answer: &Value) -> Option<u64> {
    let words = answer["error"].as_str()?;
    let (_, rest) = words.split_once("must wait ")?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What is at the bottom of an error: `connection refused` instead of a chain of wrappings.
fn root(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_as_it_is_told() {
        let words = json!({"error": "Error, too many requests. Please slow down. You must wait 23 seconds before trying this endpoint again. [error-too-many-requests]"});
        let held = StatusCode::TOO_MANY_REQUESTS;
        let none = HeaderMap::new();
        let seconds = |pause: Option<Duration>| pause.map(|pause| pause.as_secs());
        assert_eq!(seconds(pause(held, &none, &words)), Some(23));
        assert_eq!(seconds(pause(held, &none, &Value::Null)), Some(10));
        assert_eq!(seconds(pause(StatusCode::BAD_REQUEST, &none, &words)), None);
        let mut later = HeaderMap::new();
        later.insert(RETRY_AFTER, HeaderValue::from_static("3600"));
        let busy = StatusCode::SERVICE_UNAVAILABLE;
        assert_eq!(seconds(pause(busy, &later, &Value::Null)), Some(90));
        assert_eq!(seconds(pause(busy, &none, &Value::Null)), None);
    }

    #[test]
    fn a_url_is_checked_before_anyone_calls() {
        assert!(Api::new("http://127.0.0.1:3000/").is_ok());
        for wrong in [
            "https://chat.example",
            "127.0.0.1:3000",
            "http://",
            "nonsense here",
        ] {
            assert!(Api::new(wrong).is_err(), "{wrong}");
        }
    }
}
