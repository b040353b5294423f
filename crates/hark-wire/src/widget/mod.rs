//! What browsers load of the visitors' widget: its script, its page in a frame, what these need, and
//! pictures of people. All of it is for anyone.

mod avatar;
mod look;
mod sites;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use hark_chat::keys;

pub(crate) use look::Look;
pub(crate) use sites::Sites;

use crate::answer::{Failure, respond};
use crate::range::{self, Part};
use crate::wire::Wire;

/// Below the root of the server; what the widget is told as the sound of a new message.
pub(crate) const SOUND: &str = "/sounds/chime.wav";

/// Names of assets change with their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What has one name for ever is asked for again after a while, and not sent again if it is the same.
const FOR_A_WHILE: &str = "public, max-age=600";

pub(crate) fn routes(wire: &Arc<Wire>) -> Router {
    let house = Arc::clone(wire);
    let avatars = |parts: Result<RawPathParams, _>| async move {
        // A name that is no text has a picture too: that of nobody.
        let name = parts.iter().flat_map(RawPathParams::iter).next();
        avatar::picture(name.map_or("", |(_, name)| name))
    };
    Router::new()
        .route(
            "/livechat",
            get(move |request: Request| page(Arc::clone(&house), request)),
        )
        .route("/livechat/", get(without_slash))
        .route("/livechat/rocketchat-livechat.min.js", get(loader))
        .route("/livechat/widget.js", get(loader))
        .route("/livechat/assets/{file}", get(asset))
        .route(SOUND, get(sound))
        .route("/avatar/{name}", get(avatars))
}

/// The page's own addresses are relative, and so is this one: a proxy may have put all of it below a
/// path that is not known here.
async fn without_slash(request: Request) -> Response {
    let query = request.uri().query();
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    put(
        &mut response,
        header::LOCATION,
        &format!("../livechat{query}"),
    );
    response
}

async fn page(wire: Arc<Wire>, request: Request) -> Response {
    let house = Arc::clone(&wire);
    let policy = match wire.store.read(move |view| house.policies.at(view)).await {
        Ok(policy) => policy,
        Err(error) => return respond(Err(Failure::Store(error))),
    };
    let sites = Sites::of(&policy);
    let site_url = &wire.options.site_url;
    if !sites.admit_referer(request.headers(), site_url) {
        let words = "The site that shows this page is not among those that may show the chat. A manager can add it under Livechat, Domains allowed.\n";
        let mut response = said(StatusCode::FORBIDDEN, words);
        let policy = "default-src 'none'; frame-ancestors 'none'";
        put(&mut response, header::CONTENT_SECURITY_POLICY, policy);
        return response;
    }
    let (file, nonce) = match (hark_ui::widget("index.html", ""), keys::token()) {
        (Some(file), Ok(nonce)) => (file, nonce),
        (None, _) => return missing(),
        (_, Err(error)) => {
            tracing::error!(error = %error, "a page could not be made");
            return said(
                StatusCode::SERVICE_UNAVAILABLE,
                "Not possible at the moment.\n",
            );
        }
    };
    let html = String::from_utf8_lossy(&file.bytes).replace("{{nonce}}", &nonce);
    let mut response = Response::new(Body::from(html));
    let policy = sites::security(&nonce, site_url, &sites);
    for (name, value) in [
        (header::CONTENT_TYPE, file.media_type),
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // What it asks us is known as asked by it, and other sites learn nothing.
        (header::REFERRER_POLICY, "same-origin"),
        // A nonce is for one answer.
        (header::CACHE_CONTROL, "no-store"),
    ] {
        put(&mut response, name, value);
    }
    response
}

async fn loader(headers: HeaderMap) -> Response {
    give("loader.js", FOR_A_WHILE, &headers)
}

async fn asset(
    parts: Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection>,
    headers: HeaderMap,
) -> Response {
    let name = parts.iter().flat_map(RawPathParams::iter).next();
    let name = name.map_or("", |(_, name)| name);
    give(&format!("assets/{name}"), FOR_EVER, &headers)
}

/// Some browsers play only what they can ask for in parts.
async fn sound(headers: HeaderMap) -> Response {
    let mut response = give("chime.wav", FOR_A_WHILE, &headers);
    let Some(file) = hark_ui::widget("chime.wav", "") else {
        return response;
    };
    put(&mut response, header::ACCEPT_RANGES, "bytes");
    let asked = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    let size = file.bytes.len() as u64;
    match asked.map_or(Part::Whole, |asked| range::part(asked, size)) {
        Part::Some(from, to) if response.status() == StatusCode::OK => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            put(
                &mut response,
                header::CONTENT_RANGE,
                &format!("bytes {from}-{}/{size}", to - 1),
            );
            let bytes = file.bytes.into_owned();
            // A part lies inside of the whole.
            *response.body_mut() = Body::from(bytes[from as usize..to as usize].to_vec());
        }
        _ => {}
    }
    response
}

fn give(path: &str, kept: &str, headers: &HeaderMap) -> Response {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let accepted = text(header::ACCEPT_ENCODING).unwrap_or_default();
    let Some(file) = hark_ui::widget(path, accepted) else {
        return missing();
    };
    let tag = format!("\"{}\"", file.tag);
    let mut response = match is_known(headers, &tag) {
        true => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        }
        false => {
            let mut response = Response::new(Body::from(file.bytes));
            put(&mut response, header::CONTENT_TYPE, file.media_type);
            if let Some(encoding) = file.encoding {
                put(&mut response, header::CONTENT_ENCODING, encoding);
            }
            response
        }
    };
    for (name, value) in [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, kept),
        (header::VARY, "Accept-Encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The pages of other sites load it, whatever they isolate themselves from.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ] {
        put(&mut response, name, value);
    }
    response
}

/// Whether a caller has it already, by an `If-None-Match`.
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    tags.is_some_and(|tags| {
        let mut tags = tags
            .split(',')
            .map(|known| known.trim().trim_start_matches("W/"));
        tags.any(|known| known == "*" || known == tag)
    })
}

fn missing() -> Response {
    said(StatusCode::NOT_FOUND, "There is no such file.\n")
}

fn said(status: StatusCode, words: &'static str) -> Response {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    put(
        &mut response,
        header::CONTENT_TYPE,
        "text/plain; charset=utf-8",
    );
    put(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
