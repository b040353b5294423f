//! Long answers go out compressed to callers who take them so. A list of a thousand chats is more than a megabyte of JSON that
//! says the same names again and again, and on most lines it would be on its way for seconds.
//!
//! How long a compressed answer is tells something of what is in it, to those who can make somebody else's browser ask and put
//! words of their own into the answer. Nobody can: log-ins go out in headers, which only our own pages send.

use std::io::Write;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::Semaphore;

use crate::response;

/// What is shorter is not on its way for long.
const LEAST: usize = 16 << 10;

const GZIP: &str = "gzip";

/// Whether a caller takes it, by an `Accept-Encoding`.
pub fn is_accepted(headers: &HeaderMap) -> bool {
    response::text(headers, header::ACCEPT_ENCODING)
        .is_some_and(|accepted| hark_ui::accepts(accepted, GZIP))
}

/// Which form of an answer a caller gets depends on what they accept, and caches have to know that.
pub async fn give(mut answer: Response, is_accepted: bool, turns: &Semaphore) -> Response {
    let Some(size) = compressible(&answer) else {
        return answer;
    };
    let varies = HeaderValue::from_static("Accept-Encoding");
    answer.headers_mut().append(header::VARY, varies);
    // Where others wait for it, an answer is sooner there as it is.
    let Some(_turn) = is_accepted.then(|| turns.try_acquire().ok()).flatten() else {
        return answer;
    };
    let (mut parts, body) = answer.into_parts();
    // All of it is there, so that nothing is waited for and nothing can fail.
    let whole = to_bytes(body, size).await.unwrap_or_default();
    let plain = whole.clone();
    let compressing = tokio::task::spawn_blocking(move || gzip(&plain)).await;
    let Ok(Ok(compressed)) = compressing else {
        return Response::from_parts(parts, Body::from(whole));
    };
    let encoding = HeaderValue::from_static(GZIP);
    parts.headers.insert(header::CONTENT_ENCODING, encoding);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(compressed))
}

/// How long an answer is that is worth it: JSON, whole and long.
fn compressible(answer: &Response) -> Option<usize> {
    let kind = response::text(answer.headers(), header::CONTENT_TYPE)?;
    let is_encoded = answer.headers().contains_key(header::CONTENT_ENCODING);
    let size = usize::try_from(answer.body().size_hint().exact()?).ok()?;
    (kind.starts_with("application/json") && !is_encoded && size >= LEAST).then_some(size)
}

/// Fast rather than small: the last tenth would take as long as all the others.
fn gzip(plain: &[u8]) -> std::io::Result<Bytes> {
    let room = Vec::with_capacity(plain.len() / 8);
    let mut encoder = GzEncoder::new(room, Compression::fast());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?.into())
}
