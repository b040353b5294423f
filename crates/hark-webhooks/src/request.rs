//! One attempt: the request as it leaves, and what is kept of how it went.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use hark_egress::{Client, Exchange, Request};
use hark_store::Timestamp;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::deliveries::{Attempt, Item, SAMPLE, id};
use crate::dialects::Dialect;
use crate::endpoints::Endpoint;
use crate::endpoints::url::{self, MASKED};
use crate::headers;
use crate::signing;

const TOKEN: HeaderName = HeaderName::from_static("x-rocketchat-livechat-token");
/// What is kept of the headers.
const LONGEST_HEADERS: usize = 8 * 1024;

/// How an attempt went, for the lane, which decides what comes next.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) attempt: Attempt,
    pub(crate) succeeded: bool,
    pub(crate) status: Option<u16>,
    /// For how long the receiver asks not to be called.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) is_first: bool,
    /// From the event to the request.
    pub(crate) waited: Duration,
}

impl Outcome {
    fn new(item: &Item, attempt: Attempt) -> Self {
        let waited = attempt.at.millis_since(item.at).max(0);
        Self {
            attempt,
            succeeded: false,
            status: None,
            retry_after: None,
            is_first: item.attempts == 0,
            waited: Duration::from_millis(waited.unsigned_abs()),
        }
    }
}

/// Sends a delivery once.
pub(crate) async fn send(
    client: &Client,
    endpoint: &Endpoint,
    item: &Item,
    body: Bytes,
    now: Timestamp,
) -> Outcome {
    let headers = match headers(endpoint, item, &body, now) {
        Ok(headers) => headers,
        Err(why) => return not_sent(endpoint, item, now, why),
    };
    let request_headers = headers_as_text(&headers);
    let request = Request {
        method: Method::POST,
        url: endpoint.url.clone(),
        headers,
        body,
        timeout: endpoint.schedule.timeout,
    };
    let exchange = client.send(request).await;
    outcome_of(endpoint, item, now, request_headers, exchange)
}

/// The headers of an attempt. Signed at the last moment: a receiver refuses what is old.
fn headers(
    endpoint: &Endpoint,
    item: &Item,
    body: &[u8],
    now: Timestamp,
) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::with_capacity(12);
    if endpoint.dialect == Dialect::RocketChat && !endpoint.token.is_empty() {
        let value = hark_egress::header_value(&endpoint.token);
        let mut value = value.ok_or("the secret token has characters that no header takes")?;
        value.set_sensitive(true);
        headers.insert(TOKEN, value);
    }
    let content_type = match endpoint.dialect {
        Dialect::Comm100 => "application/json; charset=utf-8",
        Dialect::RocketChat | Dialect::Standard => "application/json",
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(USER_AGENT, HeaderValue::from_static(headers::AGENT));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip,deflate"));
    let id = id(endpoint.number, item.position, &item.mark);
    let seconds = now.millis().div_euclid(1000);
    let signature = signing::signature(&endpoint.secrets, now, &id, seconds, body);
    headers.insert(headers::WEBHOOK_ID, header(&id)?);
    headers.insert(headers::WEBHOOK_TIMESTAMP, HeaderValue::from(seconds));
    if let Some(signature) = signature {
        headers.insert(headers::WEBHOOK_SIGNATURE, header(&signature)?);
    }
    headers.insert(headers::EVENT, header(&item.kind)?);
    if let Some(seq) = item.seq {
        headers.insert(headers::SEQUENCE, HeaderValue::from(seq));
    }
    if item.mark.starts_with(SAMPLE) {
        headers.insert(headers::TEST, HeaderValue::from_static("true"));
    }
    headers.insert(headers::ATTEMPT, HeaderValue::from(item.attempts + 1));
    Ok(headers)
}

fn header(text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(text).map_err(|error| error.to_string())
}

/// Headers as people read them, without passwords and tokens.
fn headers_as_text(headers: &HeaderMap) -> String {
    let mut lines = String::with_capacity(320);
    for (name, value) in headers {
        let value = if value.is_sensitive() || *name == AUTHORIZATION {
            MASKED.into()
        } else {
            String::from_utf8_lossy(value.as_bytes())
        };
        // Writing to a String cannot fail.
        let _infallible = writeln!(lines, "{name}: {value}");
        if lines.len() > LONGEST_HEADERS {
            break;
        }
    }
    lines
}

/// What is known of an attempt before it is made.
fn begun(endpoint: &Endpoint, item: &Item, now: Timestamp) -> Attempt {
    Attempt {
        number: item.attempts + 1,
        at: now,
        url: url::shown(&endpoint.url),
        ..Attempt::default()
    }
}

/// An attempt that fails before anything is sent.
pub(crate) fn not_sent(endpoint: &Endpoint, item: &Item, now: Timestamp, why: String) -> Outcome {
    let attempt = Attempt {
        error: Some("request".into()),
        detail: Some(why),
        ..begun(endpoint, item, now)
    };
    Outcome::new(item, attempt)
}

fn outcome_of(
    endpoint: &Endpoint,
    item: &Item,
    now: Timestamp,
    request_headers: String,
    exchange: Exchange,
) -> Outcome {
    let phases = exchange.phases;
    let mut attempt = Attempt {
        request_headers,
        address: exchange.address.map(|address| address.to_string()),
        reused: exchange.reused,
        dns: phases.dns.map(micros),
        connect: phases.connect.map(micros),
        tls: phases.tls.map(micros),
        first_byte: phases.first_byte.map(micros),
        total: micros(phases.total),
        ..begun(endpoint, item, now)
    };
    let response = match exchange.outcome {
        Ok(response) => response,
        Err(failure) => {
            attempt.error = Some(failure.class().into());
            attempt.detail = Some(failure.to_string());
            return Outcome::new(item, attempt);
        }
    };
    let succeeded = endpoint.schedule.is_success(response.status);
    attempt.status = Some(i64::from(response.status));
    attempt.response_headers = Some(headers_as_text(&response.headers));
    attempt.response = Some(text_of(&response.body));
    attempt.truncated = response.truncated;
    if !succeeded {
        let (class, detail) = failure_of(response.status);
        attempt.error = Some(class.into());
        attempt.detail = detail.map(str::to_owned);
    }
    Outcome {
        succeeded,
        status: Some(response.status),
        retry_after: retry_after(&response.headers, now),
        ..Outcome::new(item, attempt)
    }
}

/// An answer as text, no longer than what was kept of it. SQL's text has no zeros on one of the
/// engines.
fn text_of(body: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(body).replace('\0', "\u{FFFD}");
    let mut end = text.len().min(hark_egress::KEPT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// The class of a status that is no success, and what people should know of it.
pub(crate) const fn failure_of(status: u16) -> (&'static str, Option<&'static str>) {
    match status {
        300..=399 => {
            let why = "redirects are not followed; enter the address where it leads";
            ("redirect", Some(why))
        }
        200..=299 => ("not-200", Some("only status 200 counts as success here")),
        _ => ("status", None),
    }
}

/// `Retry-After`, in seconds or as a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = Timestamp::parse_http_date(text)?;
    u64::try_from(at.millis_since(now))
        .ok()
        .map(Duration::from_millis)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receivers_ask_for_time_in_seconds_or_by_a_date() {
        let now = Timestamp::parse("2026-11-21T10:00:00Z").unwrap();
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(asked("120"), Some(Duration::from_secs(120)));
        assert_eq!(
            asked("Sat, 21 Nov 2026 10:00:30 GMT"),
            Some(Duration::from_secs(30))
        );
        assert_eq!(asked("Sat, 21 Nov 2026 09:00:30 GMT"), None);
        assert_eq!(asked("soon"), None);
    }
}
