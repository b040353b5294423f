//! What the fuzz targets reach: whatever reads the bytes of strangers, without a server around it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use bytes::Bytes;
use futures_util::stream;
use hark_files::Files;
use serde_json::Value;

use crate::query::Query;
use crate::rocketchat::ddp;
use crate::route_table::table;
use crate::{body, downloads, form, paging, range};

/// A body, as JSON and as a form, against the shape of each route.
pub fn body(bytes: &[u8]) {
    for is_json in [true, false] {
        let values = body::OF_STRANGERS.values;
        let Ok(value) = body::parsed(bytes, is_json, true, values) else {
            continue;
        };
        fit(&value, |method| method != Method::GET);
    }
}

fn fit(value: &Value, wanted: impl Fn(&Method) -> bool) {
    for route in table() {
        if wanted(&route.method) {
            let mut params = value.clone();
            let _refused = route.surface.fit(&route.params, &route.method, &mut params);
        }
    }
}

/// The query of a URL, and what `query` means in a list.
pub fn query(text: &str) {
    if let Some(params) = body::query(text) {
        fit(&params, |method| method == Method::GET);
    }
    if let Ok(Value::Object(conditions)) = body::json_within(text, paging::BOUNDS)
        && let Ok(query) = Query::made(conditions, true)
    {
        let document = serde_json::json!({
            "_id": "Livechat_title",
            "username": "ada",
            "roles": ["admin", "user"],
            "emails": [{"address": "ada@example.org", "verified": true}],
        });
        query.matches(&document);
    }
}

/// A frame of the real-time API, as far as it is read before anybody is asked anything.
pub fn frame(text: &str) {
    ddp::read_frame(text);
}

/// The headers by which a browser opens a file.
pub fn cookies(line: &[u8], query: &str) {
    let Ok(line) = HeaderValue::from_bytes(line) else {
        return;
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, line);
    range::part(query, 1_000);
    let query = body::query(query).unwrap_or(Value::Null);
    downloads::read_credentials(&headers, &query);
}

/// A form with a file, in these pieces.
pub async fn form(files: &Files, pieces: Vec<Bytes>) {
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_static("multipart/form-data; boundary=x");
    headers.insert(header::CONTENT_TYPE, kind);
    let pieces = pieces.into_iter().map(Ok::<_, std::io::Error>);
    let body = Body::from_stream(stream::iter(pieces));
    let bounds = form::Bounds {
        field: "file",
        largest: Some(1 << 20),
        names: None,
        reserve: 0,
    };
    let _refused = form::read(files, &headers, body, bounds).await;
}
