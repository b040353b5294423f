//! What browsers load of the visitors' widget: its script, its page in a frame, what these need, and
//! pictures of people. All of it is for anyone.

mod added;
mod appearance;
mod avatar;
mod sites;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hark_model::keys;

use added::Added;
pub(crate) use added::attribute;
pub(crate) use appearance::{Appearance, shows_unfinished_words};
pub(crate) use sites::{Sites, sockets};

use crate::answer::{Failure, respond};
use crate::assets::{FOR_A_WHILE, FOR_EVER, accepted, give, missing};
use crate::range::{self, Part};
use crate::response::{self, with};
use crate::wire::Wire;
use crate::zeros;

/// Below the root of the server; what the widget plays as the sound of a new message.
pub(crate) const SOUND: &str = "/sounds/chime.wav";

pub(crate) fn routes() -> Router<Arc<Wire>> {
    Router::new()
        .route("/livechat", get(page))
        .route("/livechat/", get(without_slash))
        .route("/livechat/rocketchat-livechat.min.js", get(loader))
        .route("/livechat/widget.js", get(loader))
        .route("/livechat/assets/{file}", get(asset))
        .route(SOUND, get(sound))
        .route("/avatar/{name}", get(avatar))
}

/// A name that is no text has a picture too: that of nobody.
async fn avatar(
    State(wire): State<Arc<Wire>>,
    name: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let name = zeros::without(name.as_deref().map_or("", String::as_str));
    let (headers, address) = (request.headers().clone(), wire.address(&request));
    avatar::picture(&wire, &name, &headers, address).await
}

/// The page's own addresses are relative, and so is this one: a proxy may have put all of it below a
/// path that is not known here.
async fn without_slash(request: Request) -> Response {
    let query = request.uri().query();
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    let location = format!("../livechat{query}");
    let response = StatusCode::PERMANENT_REDIRECT.into_response();
    with(response, [(header::LOCATION, &location)])
}

async fn page(State(wire): State<Arc<Wire>>, request: Request) -> Response {
    let policies = Arc::clone(&wire.policies);
    let policy = match wire.store.read(move |view| policies.at(view)).await {
        Ok(policy) => policy,
        Err(error) => return respond(Err(Failure::Store(error))),
    };
    let sites = Sites::of(&policy);
    let site_url = &wire.options.site_url;
    if !sites.admit_referer(request.headers(), site_url) {
        let words = "The site that shows this page is not among those that may show the chat. A manager can add it under Livechat, Domains allowed.\n";
        let policy = "default-src 'none'; frame-ancestors 'none'";
        let response = response::words(StatusCode::FORBIDDEN, words);
        return with(response, [(header::CONTENT_SECURITY_POLICY, policy)]);
    }
    let (file, nonce) = match (hark_ui::widget("index.html", ""), keys::token()) {
        (Some(file), Ok(nonce)) => (file, nonce),
        (None, _) => return missing(),
        (_, Err(error)) => {
            tracing::error!(error = %error, "a page could not be made");
            let words = "Not possible at the moment.\n";
            return response::words(StatusCode::SERVICE_UNAVAILABLE, words);
        }
    };
    let added = Added::of(&policy);
    let html = String::from_utf8_lossy(&file.bytes)
        .replace("</head>", &format!("{}</head>", added.styles()))
        .replace("</body>", &format!("{}</body>", added.scripts()))
        .replace("{{nonce}}", &nonce);
    let policy = sites::security(&nonce, site_url, &sites);
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // What it asks us is known as asked by it, and other sites learn nothing.
        (header::REFERRER_POLICY, "same-origin"),
        // A nonce is for one answer.
        (header::CACHE_CONTROL, "no-store"),
    ];
    with(html.into_response(), headers)
}

async fn loader(headers: HeaderMap) -> Response {
    let file = hark_ui::widget("loader.js", accepted(&headers));
    to_every_site(give(file, FOR_A_WHILE, &headers))
}

async fn asset(name: Result<Path<String>, PathRejection>, headers: HeaderMap) -> Response {
    let name = name.as_deref().map_or("", String::as_str);
    let (path, accepted) = (format!("assets/{name}"), accepted(&headers));
    to_every_site(match hark_ui::widget(&path, accepted) {
        None => {
            let now = hark_ui::frame_of_another_build(&path, accepted);
            give(now, "no-store", &headers)
        }
        found => give(found, FOR_EVER, &headers),
    })
}

/// Some browsers play only what they can ask for in parts.
async fn sound(headers: HeaderMap) -> Response {
    let Some(file) = hark_ui::widget("chime.wav", "") else {
        return missing();
    };
    let whole = file.bytes.clone();
    let response = to_every_site(give(Some(file), FOR_A_WHILE, &headers));
    let mut response = with(response, [(header::ACCEPT_RANGES, "bytes")]);
    let asked = response::text(&headers, header::RANGE);
    let size = whole.len() as u64;
    if let Some(Part::Some(from, to)) = asked.map(|asked| range::part(asked, size))
        && response.status() == StatusCode::OK
    {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        // A part lies inside of the whole.
        *response.body_mut() = Body::from(whole[from as usize..to as usize].to_vec());
        let range = format!("bytes {from}-{}/{size}", to - 1);
        response = with(response, [(header::CONTENT_RANGE, &range)]);
    }
    response
}

/// The pages of other sites load it, whatever they isolate themselves from.
fn to_every_site(response: Response) -> Response {
    let open = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    with(response, open)
}
