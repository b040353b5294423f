//! What browsers load of the console, in which those who work here answer. Its page is for anyone: who
//! may see what, the API says.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::assets::{FOR_A_WHILE, FOR_EVER, accepted, give, root};
use crate::front::Front;
use crate::response::{with, words};
use crate::widget::sockets;
use crate::wire::Wire;

/// Each address at which the console has a page.
const PAGES: &[&str] = &[
    "/",
    "/login",
    "/login/forgotten",
    "/login/new-password",
    "/setup",
    "/setup/{step}",
    "/inbox",
    "/inbox/{rid}",
    "/chats",
    "/webhooks/endpoints",
    "/webhooks/endpoints/{id}",
    "/webhooks/endpoints/{id}/{part}",
    "/webhooks/crm",
    "/webhooks/deliveries",
    "/webhooks/given-up",
    "/webhooks/live",
    "/webhooks/catalogue",
    "/webhooks/check",
    "/webhooks/tokens",
    "/monitor",
    "/reports/{kind}",
    "/reports/saved/{id}",
    "/admin/{page}",
    "/admin/{page}/{id}",
    "/me",
    // Other addresses of pages, which they replace by their own.
    "/login/code",
    "/inbox/{rid}/deliveries",
    "/visitors/{id}",
    "/webhooks",
    "/webhooks/new",
    "/webhooks/tail",
    "/webhooks/signature",
    "/webhooks/catalogue/{kind}",
    "/webhooks/{id}/{part}",
    "/reports",
];

pub(crate) fn routes() -> Router<Arc<Wire>> {
    let pages = PAGES
        .iter()
        .fold(Router::new(), |router, path| router.route(path, get(page)));
    pages
        .route("/try", get(trial))
        .route("/console/assets/{file}", get(asset))
        .route("/service-worker.js", get(service_worker))
        .route("/manifest.webmanifest", get(manifest))
}

async fn page(State(wire): State<Arc<Wire>>, uri: Uri) -> Response {
    let policy = security(&wire.options.site_url);
    let file = hark_ui::console("index.html", "");
    give_page(file, &uri, &policy, Front::of(&wire)).await
}

/// It says that there is no such page, and leads to those that there are.
pub(crate) async fn no_such_page(wire: &Wire, uri: &Uri) -> Response {
    let policy = security(&wire.options.site_url);
    let file = hark_ui::console("index.html", "");
    let mut page = give_page(file, uri, &policy, Front::of(wire)).await;
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

/// A shop's page with the widget in it, to try it on. The console shows it in a frame.
async fn trial(State(wire): State<Arc<Wire>>, uri: Uri) -> Response {
    let file = hark_ui::console("try.html", "");
    give_page(file, &uri, TRIAL, Front::of(&wire)).await
}

/// A server whose pages were not built says at its own address what is here, and of the others that they are missing.
pub(crate) async fn give_page(
    file: Option<hark_ui::File>,
    uri: &Uri,
    policy: &str,
    front: impl Future<Output = Front<'_>>,
) -> Response {
    let Some(file) = file else {
        return match uri.path() {
            "/" => front.await.page("/"),
            _ => words(
                StatusCode::NOT_FOUND,
                "This page is not part of this build. Build it with `npm --prefix web run build`, or start Hark with ./run.\n",
            ),
        };
    };
    let html = String::from_utf8_lossy(&file.bytes).replace("{{root}}", &root(uri.path()));
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        // It names the files of this build.
        (header::CACHE_CONTROL, "no-store"),
    ];
    with(html.into_response(), headers)
}

async fn asset(name: Result<Path<String>, PathRejection>, headers: HeaderMap) -> Response {
    let name = name.as_deref().map_or("", String::as_str);
    let file = hark_ui::console(&format!("assets/{name}"), accepted(&headers));
    give_asset(file, &headers)
}

/// What only pages of ours load.
pub(crate) fn give_asset(file: Option<hark_ui::File>, headers: &HeaderMap) -> Response {
    let own = HeaderName::from_static("cross-origin-resource-policy");
    with(give(file, FOR_EVER, headers), [(own, "same-origin")])
}

/// What runs in a browser while no page is open. It speaks for all pages, so it lies above them; browsers ask again
/// whether it is another.
async fn service_worker(headers: HeaderMap) -> Response {
    let file = hark_ui::console("service-worker.js", accepted(&headers));
    give(file, "no-cache", &headers)
}

/// By which a telephone keeps the console among its programs. Its addresses begin where it lies.
const MANIFEST: &str = r##"{
  "name": "Hark",
  "id": "inbox",
  "start_url": "inbox",
  "scope": "./",
  "display": "standalone",
  "background_color": "#f7f6f2",
  "theme_color": "#1b6e4b",
  "icons": [{"src": "icon.svg", "type": "image/svg+xml", "sizes": "any"}]
}
"##;

async fn manifest() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::CACHE_CONTROL, FOR_A_WHILE),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    with(MANIFEST.into_response(), headers)
}

/// What the widget asks of a site, and nothing else.
const TRIAL: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                     img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; \
                     frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

fn security(site_url: &str) -> String {
    let sockets = sockets(site_url);
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'{sockets}; \
         img-src 'self' blob:; media-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; \
         worker-src 'self'; manifest-src 'self'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types hark-worker"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_its_pages_a_server_says_what_is_here_at_its_own_address_alone() {
        for (path, status, begins) in [
            ("/", StatusCode::OK, "<!doctype html>"),
            ("/docs", StatusCode::NOT_FOUND, "This page is not"),
            ("/try", StatusCode::NOT_FOUND, "This page is not"),
            ("/inbox/abc", StatusCode::NOT_FOUND, "This page is not"),
        ] {
            let front = async {
                Front {
                    is_ready: true,
                    site_url: "https://chat.example.org",
                    has_reference: false,
                }
            };
            let answer = give_page(None, &path.parse().unwrap(), "", front).await;
            assert_eq!(answer.status(), status, "{path}");
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX)
                .await
                .unwrap();
            let body = String::from_utf8_lossy(&body);
            assert!(body.starts_with(begins), "{path}: {body}");
        }
    }
}
