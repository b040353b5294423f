//! How built files are sent to browsers: compressed as they were built, and not again when they are
//! known already.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::response::{self, with};

/// Names of assets change with their content.
pub(crate) const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What has one name for ever is asked for again after a while, and not sent again if it is the same.
pub(crate) const FOR_A_WHILE: &str = "public, max-age=600";

/// The way from a page to the root of the server: a proxy may have put all of it below a path that is
/// not known here.
pub(crate) fn root(path: &str) -> String {
    match path.matches('/').count() {
        0 | 1 => "./".to_owned(),
        depth => "../".repeat(depth - 1),
    }
}

pub(crate) fn accepted(headers: &HeaderMap) -> &str {
    response::text(headers, header::ACCEPT_ENCODING).unwrap_or_default()
}

pub(crate) fn give(file: Option<hark_ui::File>, kept: &str, headers: &HeaderMap) -> Response {
    let Some(file) = file else {
        return missing();
    };
    let tag = format!("\"{}\"", file.tag);
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let response = Body::from(file.bytes).into_response();
        with(response, [(header::CONTENT_TYPE, file.media_type)])
    };
    if let Some(encoding) = file.encoding
        && response.status() == StatusCode::OK
    {
        response = with(response, [(header::CONTENT_ENCODING, encoding)]);
    }
    let described = [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, kept),
        (header::VARY, "Accept-Encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    with(response, described)
}

/// Whether a caller has it already, by an `If-None-Match`.
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    response::text(headers, header::IF_NONE_MATCH).is_some_and(|tags| {
        let mut tags = tags
            .split(',')
            .map(|known| known.trim().trim_start_matches("W/"));
        tags.any(|known| known == "*" || known == tag)
    })
}

pub(crate) fn missing() -> Response {
    response::words(StatusCode::NOT_FOUND, "There is no such file.\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_finds_the_root_from_where_it_is() {
        for (path, way) in [
            ("/", "./"),
            ("/inbox", "./"),
            ("/inbox/abc", "../"),
            ("/a/b/c", "../../"),
        ] {
            assert_eq!(root(path), way, "{path}");
        }
    }
}
