//! Bodies and queries as the original's web server reads them: JSON, forms, brackets in names.

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, StatusCode, header};
use hark_store::Error;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Map, Value};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::answer::Failure;
use crate::surface::Surface;

/// What a caller with a valid token may send, and what anyone may.
pub const LARGEST: usize = 50 << 20;
pub const LARGEST_FROM_STRANGERS: usize = 1 << 20;
/// How long a body may take to arrive.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
const DEEPEST: usize = 20;
const MOST_PARAMETERS: usize = 1_000;

/// How much a body may turn out to be: what it says, or the limit when it does not say.
pub fn size(headers: &HeaderMap, limit: usize) -> usize {
    let said = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    said.unwrap_or(limit).min(limit)
}

/// A share of the memory for large bodies; the small ones, which nearly all are, need none.
pub fn memory(budget: &Semaphore, size: usize) -> Result<Option<SemaphorePermit<'_>>, Error> {
    const SMALL: usize = 64 << 10;
    if size <= SMALL {
        return Ok(None);
    }
    let mebibytes = u32::try_from(size.div_ceil(1 << 20)).unwrap_or(u32::MAX);
    let share = budget.try_acquire_many(mebibytes);
    share.map(Some).map_err(|_| Error::Busy)
}

/// The body as an object (or an array, which the shapes will refuse), or why it is none.
pub async fn read(
    surface: Surface,
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<Value, Failure> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (kind, charset) = media_type(content_type);
    let is_json = kind == "application/json";
    let is_form = surface.takes_forms() && kind == "application/x-www-form-urlencoded";
    let unsupported = || {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Failure::Unreadable(status, "Unsupported Media Type")
    };
    if !is_json && !is_form {
        return match surface.takes_forms() || body.is_end_stream() {
            true => Ok(Value::Object(Map::new())),
            false => Err(unsupported()),
        };
    }
    if charset.is_some_and(|name| !matches!(name.as_str(), "utf-8" | "utf8" | "us-ascii")) {
        return Err(unsupported());
    }
    let collected = tokio::time::timeout(PATIENCE, Limited::new(body, limit).collect()).await;
    let bytes = match collected {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return Err(Failure::Unreadable(
                StatusCode::PAYLOAD_TOO_LARGE,
                "Payload Too Large",
            ));
        }
        Ok(Err(_)) => return Err(Failure::Unreadable(StatusCode::BAD_REQUEST, "Bad Request")),
        Err(_) => {
            return Err(Failure::Unreadable(
                StatusCode::REQUEST_TIMEOUT,
                "Request Timeout",
            ));
        }
    };
    let parsed = if bytes.is_empty() {
        Some(Value::Object(Map::new()))
    } else if is_json {
        serde_json::from_slice(&bytes)
            .ok()
            .filter(|value| matches!(value, Value::Object(_) | Value::Array(_)))
    } else {
        std::str::from_utf8(&bytes).ok().and_then(query)
    };
    let mut value =
        parsed.ok_or_else(|| Failure::Unreadable(StatusCode::BAD_REQUEST, "Bad Request"))?;
    // A form may carry the whole body as the text of one member.
    if surface.takes_forms()
        && let Some(Value::String(payload)) = value.get("payload")
    {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        value = json(payload).ok_or(Failure::Unreadable(status, "Server error."))?;
    }
    remove_zeros(&mut value);
    Ok(value)
}

/// JSON that stands as text inside a parameter.
pub fn json(text: &str) -> Option<Value> {
    let mut value = serde_json::from_str(text).ok()?;
    remove_zeros(&mut value);
    Some(value)
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
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    for (number, pair) in pairs.enumerate() {
        if number >= MOST_PARAMETERS {
            return None;
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name, true), decode(value, true));
        let path = split_name(&name);
        if path.len() > DEEPEST {
            return None;
        }
        insert(&mut root, &path, Value::String(value));
    }
    remove_zeros(&mut root);
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

fn insert(place: &mut Value, path: &[&str], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        match place {
            // The same name again makes a list of it.
            Value::Array(items) => items.push(value),
            Value::Null => *place = value,
            _ => *place = Value::Array(vec![place.take(), value]),
        }
        return;
    };
    if first.is_empty() || first.parse::<usize>().is_ok() && !matches!(place, Value::Object(_)) {
        if !matches!(place, Value::Array(_)) {
            *place = Value::Array(Vec::new());
        }
        if let Value::Array(items) = place {
            let mut item = Value::Null;
            insert(&mut item, rest, value);
            items.push(item);
        }
        return;
    }
    if !matches!(place, Value::Object(_)) {
        *place = Value::Object(Map::new());
    }
    if let Value::Object(members) = place {
        insert(
            members.entry((*first).to_owned()).or_insert(Value::Null),
            rest,
            value,
        );
    }
}

/// Percent-decoded; in a form a plus is a blank.
pub fn decode(text: &str, form: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex
            .filter(|_| *first == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(if form && *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// No text in the house holds a zero character: one of the engines cannot store it, and it
/// means nothing in any of them.
fn remove_zeros(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => text.retain(|letter| letter != '\0'),
        Value::Array(items) => items.iter_mut().for_each(remove_zeros),
        Value::Object(members) => {
            if members.keys().any(|name| name.contains('\0')) {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(name, value)| (name.replace('\0', ""), value))
                    .collect();
            }
            members.values_mut().for_each(remove_zeros);
        }
        _ => {}
    }
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
    }
}
