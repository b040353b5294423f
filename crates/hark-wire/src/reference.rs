//! The page that shows the API documents, for anyone: what is in them, anyone may read.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Redirect, Response};
use axum::routing::get;

use crate::assets::accepted;
use crate::console::{give_asset, give_page};
use crate::front::Front;
use crate::wire::Wire;

pub(crate) fn routes() -> Router<Arc<Wire>> {
    Router::new()
        .route("/docs", get(page))
        .route("/docs/", get(async || Redirect::permanent("../docs")))
        .route("/docs/assets/{file}", get(asset))
}

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

async fn page(State(wire): State<Arc<Wire>>, uri: Uri) -> Response {
    let file = hark_ui::reference("index.html", "");
    give_page(file, &uri, POLICY, Front::of(&wire)).await
}

async fn asset(name: Result<Path<String>, PathRejection>, headers: HeaderMap) -> Response {
    let name = name.as_deref().map_or("", String::as_str);
    let file = hark_ui::reference(&format!("assets/{name}"), accepted(&headers));
    give_asset(file, &headers)
}
