//! A client of the public API, patient with a server that asks to wait.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::output::Output;
use crate::CliError;
use crate::http_client::{Answer, HttpClient, root_cause, server_url};

/// So often a busy server is asked again.
const MOST_TRIES: usize = 10;

/// Someone who calls: nobody in particular, until they have logged in.
#[derive(Clone)]
pub(super) struct Api {
    server: Arc<Server>,
    headers: HeaderMap,
}

type Gate = Arc<tokio::sync::Mutex<()>>;

struct Server {
    client: Arc<HttpClient>,
    base: String,
    /// One call of a route at a time: one that has to wait holds the others back as well.
    gates: Mutex<HashMap<(Method, String), Gate>>,
    limited: AtomicBool,
    /// The demo ends: whatever would have to wait is left.
    hurries: AtomicBool,
    output: Arc<Output>,
    /// Held by each call that is under way.
    calls: Arc<tokio::sync::RwLock<()>>,
}

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("the server declined {path}: {words}")]
    Refused { path: String, words: String },
    #[error("the server does not answer: {0}")]
    Gone(String),
}

impl Api {
    pub(super) fn new(url: &str, output: Arc<Output>) -> Result<Self, CliError> {
        let base = url.trim_end_matches('/');
        if server_url(base)?.scheme_str() != Some("http") {
            return Err(format!(
                "the demo speaks plain HTTP; start it beside the server, with a URL such as http://127.0.0.1:3000 instead of {url}"
            )
            .into());
        }
        let server = Server {
            client: Arc::new(HttpClient::with_fresh_connections()?),
            base: base.to_owned(),
            gates: Mutex::default(),
            limited: AtomicBool::new(false),
            hurries: AtomicBool::new(false),
            output,
            calls: Arc::default(),
        };
        Ok(Self {
            server: Arc::new(server),
            headers: HeaderMap::new(),
        })
    }

    /// The same server, for someone who has not logged in.
    pub(super) fn of_nobody(other: &Self) -> Self {
        Self {
            server: Arc::clone(&other.server),
            headers: HeaderMap::new(),
        }
    }

    pub(super) fn base(&self) -> &str {
        &self.server.base
    }

    /// Whether the server counts how often it is called.
    pub(super) fn is_limited(&self) -> bool {
        self.server.limited.load(Ordering::Relaxed)
    }

    /// From now on nobody waits where the server asks for a pause: what it does not do at once is not done.
    pub(super) fn hurry(&self) {
        self.server.hurries.store(true, Ordering::Relaxed);
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

    pub(super) async fn log_in(&self, user: &str, password: &str) -> Result<Self, ApiError> {
        let shown = json!({"user": user, "password": password});
        let answer = self.post("login", &shown).await?;
        let data = &answer["data"];
        let mut other = self.clone();
        other.put("x-user-id", &text(&data["userId"]));
        other.put("x-auth-token", &text(&data["authToken"]));
        Ok(other)
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, ApiError> {
        self.call(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, ApiError> {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(super) async fn put_to(&self, path: &str, body: &Value) -> Result<Value, ApiError> {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub(super) async fn patch(&self, path: &str, body: &Value) -> Result<Value, ApiError> {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub(super) async fn delete(&self, path: &str, body: &Value) -> Result<Value, ApiError> {
        let body = Some(body).filter(|body| !body.is_null());
        self.call(Method::DELETE, path, body).await
    }

    /// Calls a method of the real-time API.
    pub(super) async fn method(&self, name: &str, params: &Value) -> Result<Value, ApiError> {
        let frame = json!({"msg": "method", "id": "1", "method": name, "params": params});
        let path = format!("method.call/{name}");
        let answer = self
            .post(&path, &json!({"message": frame.to_string()}))
            .await?;
        let answer = answer["message"].as_str().unwrap_or_default();
        let answer: Value = serde_json::from_str(answer).unwrap_or_default();
        match &answer["error"] {
            Value::Null => Ok(answer["result"].clone()),
            error => Err(ApiError::Refused {
                path,
                words: text(&error["message"]),
            }),
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, ApiError> {
        let gate = self.gate(&method, path);
        let _turn = gate.lock().await;
        for _ in 0..MOST_TRIES {
            let request = self.request(&method, path, body)?;
            let answered = self.server.ask(request).await?;
            let (status, headers, answer) =
                (answered.status, &answered.headers, answered.document());
            if headers.contains_key("x-ratelimit-limit") {
                self.server.limited.store(true, Ordering::Relaxed);
            }
            if status.is_success() && answer["success"] != json!(false) {
                return Ok(answer);
            }
            let hurries = self.server.hurries.load(Ordering::Relaxed);
            match pause(status, headers, &answer).filter(|_| !hurries) {
                Some(pause) => {
                    self.server.output.waits(pause);
                    tokio::time::sleep(pause).await;
                }
                None => {
                    let said = [&answer["error"], &answer["message"]];
                    let said = said.into_iter().find(|said| said.is_string());
                    return Err(refused(path, status, said.map_or(String::new(), text)));
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
    ) -> Result<Request<Full<Bytes>>, ApiError> {
        let bytes = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let mut request = Request::new(Full::new(bytes));
        *request.method_mut() = method.clone();
        // Rocket.Chat's API; Hark's own for what that has no words for.
        let version = if path.starts_with("hark/") { "" } else { "v1/" };
        let uri = format!("{}/api/{version}{path}", self.server.base);
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
        drop(self.server.calls.write().await);
    }

    /// Ids stand behind the first two parts of a path, so that there are few gates.
    fn gate(&self, method: &Method, path: &str) -> Gate {
        let path = path.strip_prefix("hark/v1/").unwrap_or(path);
        let route = path.split('?').next().unwrap_or_default();
        let route: Vec<&str> = route.splitn(3, '/').take(2).collect();
        let mut gates = self
            .server
            .gates
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry((method.clone(), route.join("/"))).or_default();
        Arc::clone(gate)
    }
}

impl Server {
    /// A request that was begun goes on when its caller is stopped: the server does what it was
    /// asked, and the demo has to know when that is done.
    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Answer, ApiError> {
        let call = Arc::clone(&self.calls).read_owned().await;
        let client = Arc::clone(&self.client);
        let asked = tokio::spawn(async move {
            let _call = call;
            client.send(request).await
        });
        let asked = asked.await.map_err(|error| gone(&error))?;
        asked.map_err(ApiError::Gone)
    }
}

fn gone(error: &dyn std::error::Error) -> ApiError {
    ApiError::Gone(root_cause(error))
}

/// A text in an answer; empty where there is none.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn refused(path: &str, status: StatusCode, words: String) -> ApiError {
    let path = path.split('?').next().unwrap_or_default().to_owned();
    let words = if words.is_empty() {
        status.to_string()
    } else {
        words
    };
    ApiError::Refused { path, words }
}

/// How long the server asks to wait, if it does.
fn pause(status: StatusCode, headers: &HeaderMap, answer: &Value) -> Option<Duration> {
    const LONGEST: u64 = 90;
    let asked = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let seconds = match status {
        StatusCode::TOO_MANY_REQUESTS => asked.or_else(|| in_words(answer)).unwrap_or(10),
        StatusCode::SERVICE_UNAVAILABLE => asked?,
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
        let output = || Arc::new(Output::new(true, tokio::sync::watch::channel(false).0));
        assert!(Api::new("http://127.0.0.1:3000/", output()).is_ok());
        for wrong in [
            "https://chat.example",
            "127.0.0.1:3000",
            "http://",
            "nonsense here",
        ] {
            assert!(Api::new(wrong, output()).is_err(), "{wrong}");
        }
    }
}
