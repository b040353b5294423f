//! Bodies and queries as the original's web server reads them: JSON, forms, brackets in names.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use hark_store::Error;
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::answer::Failure;
use crate::json::{self, Bounds, Unreadable};
use crate::response::text;
use crate::shares::Share;
use crate::zeros;

/// How much a body may be, and how much it may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub bytes: usize,
    /// Each text, number, list and object by itself.
    pub values: usize,
}

/// What anyone may send, and who is logged in.
pub const OF_STRANGERS: Size = Size {
    bytes: 256 << 10,
    values: 2_000,
};
pub const OF_ACCOUNTS: Size = Size {
    bytes: 1 << 20,
    values: 20_000,
};
/// What has a message in it, which may be as long as the settings can allow, each letter escaped.
pub const OF_A_MESSAGE: Size = Size {
    bytes: 1 << 20,
    values: 2_000,
};
/// Many messages at once.
pub const OF_AN_IMPORT: Size = Size {
    bytes: 8 << 20,
    values: 20_000,
};
/// What a value takes in memory besides its text: measured with objects in objects, which take most.
pub const EACH_VALUE: usize = 640;
/// Lists and objects inside of each other.
pub const DEEPEST: usize = 32;
/// What a text inside a parameter may become.
pub const INSIDE: Bounds = Bounds {
    values: 5_000,
    depth: DEEPEST,
};
/// How long a body may take to arrive.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// A body of more than this is not read where all requests are served.
const LIGHT: usize = 64 << 10;
/// Names and brackets of a query or a form, and how many of them one name may have.
pub const MOST_PARAMETERS: usize = 1_000;
pub const MOST_PARTS: usize = 4_000;
const DEEPEST_NAME: usize = 20;
/// So much of a body that is refused unread is thrown away, so that its sender reads the answer.
pub const MOST_DRAINED: usize = 1 << 20;
const DRAINING: Duration = Duration::from_secs(2);

const BAD: Failure = Failure::Unreadable(StatusCode::BAD_REQUEST, "Bad Request");
const TOO_LARGE: Failure = Failure::Unreadable(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large");

/// How a body is read on one surface, and within which bounds.
pub struct Reader<'r> {
    /// Whether it may be a form; else anything but JSON is refused.
    pub takes_forms: bool,
    pub headers: &'r HeaderMap,
    pub size: Size,
    /// The memory that it takes, charged before it is taken.
    pub memory: &'r mut Share,
    /// How many large ones are parsed at once.
    pub turns: &'r Semaphore,
    /// How many bytes it had.
    pub read: usize,
    /// Whether any of it was waited for. A client that asks first (`Expect`) sends it only then.
    pub awaited: bool,
}

impl Reader<'_> {
    /// The body as an object (or an array, which the shapes will refuse), or why it is none.
    pub async fn read(&mut self, body: &mut Body) -> Result<Value, Failure> {
        let content_type = text(self.headers, header::CONTENT_TYPE);
        let (kind, charset) = media_type(content_type.unwrap_or_default());
        let is_json = kind == "application/json";
        let is_form = self.takes_forms && kind == "application/x-www-form-urlencoded";
        let unsupported = || {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            Failure::Unreadable(status, "Unsupported Media Type")
        };
        if !is_json && !is_form {
            return if self.takes_forms || body.is_end_stream() {
                Ok(Value::Object(Map::new()))
            } else {
                Err(unsupported())
            };
        }
        if charset.is_some_and(|name| !matches!(name.as_str(), "utf-8" | "utf8" | "us-ascii")) {
            return Err(unsupported());
        }
        let arriving = tokio::time::timeout(PATIENCE, self.collect(body));
        let bytes = arriving.await.unwrap_or_else(|_| {
            let status = StatusCode::REQUEST_TIMEOUT;
            Err(Failure::Unreadable(status, "Request Timeout"))
        })?;
        let (takes_forms, values) = (self.takes_forms, self.size.values);
        self.memory.grow(charge(&bytes, values))?;
        let is_light = bytes.len() <= LIGHT;
        let parse = move || parsed(&bytes, is_json, takes_forms, values);
        if is_light {
            return parse();
        }
        elsewhere(self.turns, parse).await?
    }

    async fn collect(&mut self, body: &mut Body) -> Result<Vec<u8>, Failure> {
        let announced = text(self.headers, header::CONTENT_LENGTH);
        let announced = announced.and_then(|text| text.parse::<usize>().ok());
        if announced.is_some_and(|announced| announced > self.size.bytes) {
            return Err(TOO_LARGE);
        }
        self.awaited = true;
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(piece) = frame.map_err(|_| BAD)?.into_data() else {
                continue;
            };
            if bytes.len() + piece.len() > self.size.bytes {
                return Err(TOO_LARGE);
            }
            self.memory.grow(piece.len())?;
            bytes.extend_from_slice(&piece);
            self.read = bytes.len();
        }
        Ok(bytes)
    }
}

/// Parses what is large where no request is served, in its turn.
pub async fn elsewhere<T: Send + 'static>(
    turns: &Semaphore,
    parse: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    // Closed only with the process; and how many wait, the memory bounds.
    let _turn = turns.acquire().await.map_err(|_| Error::Busy)?;
    let parsing = tokio::task::spawn_blocking(parse).await;
    parsing.map_err(|error| Error::Panicked(error.to_string()))
}

/// What is charged for that which a text becomes, of so many values at most.
pub fn charge(bytes: &[u8], values: usize) -> usize {
    values_in(bytes).min(values) * EACH_VALUE
}

/// How many values there may be in a body: what stands before each of them is counted, wherever it
/// stands.
fn values_in(bytes: &[u8]) -> usize {
    let begins = |byte: &&u8| b"[{,:&=".contains(byte);
    1 + bytes.iter().filter(begins).count()
}

pub fn parsed(
    bytes: &[u8],
    is_json: bool,
    takes_forms: bool,
    values: usize,
) -> Result<Value, Failure> {
    let bounds = Bounds {
        values,
        depth: DEEPEST,
    };
    let mut value = if bytes.is_empty() {
        Value::Object(Map::new())
    } else if is_json {
        json::read(bytes, bounds).map_err(|unreadable| match unreadable {
            Unreadable::Broken => BAD,
            Unreadable::TooMuch => TOO_LARGE,
        })?
    } else {
        std::str::from_utf8(bytes).ok().and_then(query).ok_or(BAD)?
    };
    if !matches!(value, Value::Object(_) | Value::Array(_)) {
        return Err(BAD);
    }
    // A form may carry the whole body as the text of one member.
    if takes_forms && let Some(Value::String(payload)) = value.get("payload") {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let broken = Failure::Unreadable(status, "Server error.");
        value = json::read(payload.as_bytes(), bounds).map_err(|_| broken)?;
    }
    Ok(value)
}

/// Whether the sender holds a body back until it is waited for (`100 Continue`). Of one that is refused
/// unread nothing is sent then.
pub fn is_held_back(headers: &HeaderMap) -> bool {
    text(headers, header::EXPECT) == Some("100-continue")
}

/// Refuses a body unread.
pub async fn refuse(headers: &HeaderMap, body: Body) {
    if !is_held_back(headers) {
        drain(body).await;
    }
}

/// Throws away what comes of a body that is not wanted, within bounds: who sends more, or too
/// slowly, does without the answer.
pub async fn drain(mut body: Body) {
    let throwing_away = async {
        let mut left = MOST_DRAINED;
        while let Some(Ok(frame)) = body.frame().await {
            let size = frame.data_ref().map_or(0, Bytes::len);
            left = left.saturating_sub(size);
            if left == 0 {
                break;
            }
        }
    };
    let _enough = tokio::time::timeout(DRAINING, throwing_away).await;
}

/// JSON that stands as text inside a parameter.
pub fn json(text: &str) -> Option<Value> {
    json_within(text, INSIDE).ok()
}

/// The same within bounds of its own.
pub fn json_within(text: &str, bounds: Bounds) -> Result<Value, Unreadable> {
    json::read(text.as_bytes(), bounds)
}

fn media_type(text: &str) -> (String, Option<String>) {
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    let kind = parts.next().unwrap_or_default();
    let charset = parts.find_map(|part| {
        part.strip_prefix("charset=")
            .map(|name| name.trim_matches('"').to_owned())
    });
    (kind, charset)
}

/// The query of a URL: `a[]=1&a[]=2` is a list, `a[b]=c` an object. `None` when there is too much.
pub fn query(text: &str) -> Option<Value> {
    let mut root = Value::Object(Map::new());
    let mut parts = 0;
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    for (number, pair) in pairs.enumerate() {
        if number >= MOST_PARAMETERS {
            return None;
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name, true), decode(value, true));
        let path = split_name(&name);
        parts += path.len();
        if path.len() > DEEPEST_NAME || parts > MOST_PARTS {
            return None;
        }
        insert(&mut root, &path, Value::String(value));
    }
    Some(root)
}

/// `a[b][]` → `a`, `b`, ``; a name without an end bracket is taken as it stands.
fn split_name(name: &str) -> Vec<&str> {
    let Some((first, rest)) = name.split_once('[') else {
        return vec![name];
    };
    let Some(inner) = rest.strip_suffix(']') else {
        return vec![name];
    };
    let mut path = vec![first];
    path.extend(inner.split("]["));
    path
}

fn insert(target: &mut Value, path: &[&str], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        match target {
            // The same name again makes a list of it.
            Value::Array(items) => items.push(value),
            Value::Null => *target = value,
            _ => *target = Value::Array(vec![target.take(), value]),
        }
        return;
    };
    if first.is_empty() || first.parse::<usize>().is_ok() && !matches!(target, Value::Object(_)) {
        if !matches!(target, Value::Array(_)) {
            *target = Value::Array(Vec::new());
        }
        if let Value::Array(items) = target {
            let mut item = Value::Null;
            insert(&mut item, rest, value);
            items.push(item);
        }
        return;
    }
    if !matches!(target, Value::Object(_)) {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(members) = target {
        insert(
            members.entry((*first).to_owned()).or_insert(Value::Null),
            rest,
            value,
        );
    }
}

/// Percent-decoded; in a form a plus is a blank.
pub fn decode(text: &str, form: bool) -> String {
    let spaced = if form {
        text.replace('+', " ")
    } else {
        text.to_owned()
    };
    zeros::without(percent_decode_str(&spaced).decode_utf8_lossy())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_make_lists_and_objects() {
        for (text, value) in [
            ("", json!({})),
            (
                "a=1&b=two+words&c=%C3%A9%zz",
                json!({"a": "1", "b": "two words", "c": "é%zz"}),
            ),
            ("agents[]=a&agents[]=b", json!({"agents": ["a", "b"]})),
            ("agents%5B%5D=a", json!({"agents": ["a"]})),
            ("agents[0]=a&agents[1]=b", json!({"agents": ["a", "b"]})),
            ("a[b]=c&a[d][]=e", json!({"a": {"b": "c", "d": ["e"]}})),
            ("a=1&a=2", json!({"a": ["1", "2"]})),
            ("flag", json!({"flag": ""})),
            ("a[b=1", json!({"a[b": "1"})),
            ("a=x%00y", json!({"a": "xy"})),
        ] {
            assert_eq!(query(text), Some(value), "{text}");
        }
        assert_eq!(query(&"a=1&".repeat(1_001)), None);
        assert_eq!(query(&format!("a{}=1", "[b]".repeat(30))), None);
        let many = |names: usize| format!("a{}=1&", "[b]".repeat(9)).repeat(names);
        assert!(query(&many(400)).is_some());
        assert_eq!(query(&many(401)), None);
    }
}
