//! What responses of all kinds are put together from.

use axum::http::header::AsHeaderName;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Adds headers. What can stand in none is left out.
pub fn with<const N: usize>(mut response: Response, added: [(HeaderName, &str); N]) -> Response {
    for (name, value) in added {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A few words, which nobody keeps.
pub fn words(status: StatusCode, words: &'static str) -> Response {
    let response = (status, words).into_response();
    with(response, [(header::CACHE_CONTROL, "no-store")])
}

/// The text of a header, if it has one.
pub fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
