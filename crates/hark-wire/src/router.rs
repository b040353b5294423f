//! From a path to the rows of the route table, and to what is no row of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::http::{Method, header};
use axum::response::Response;
use axum::routing::{any, get};
use tower::ServiceExt;

use crate::answer::Failure;
use crate::response::text;
use crate::rocketchat::ddp;
use crate::route::Route;
use crate::route_table::table;
use crate::surface::Surface;
use crate::wire::Wire;
use crate::{
    console, dispatch, downloads, front, operations, reference, unsubscribe, widget, zeros,
};

/// The rows that a router cannot tell apart, by the verb at the end of their path.
struct Rows {
    surface: Surface,
    by_verb: BTreeMap<Option<&'static str>, Vec<&'static Route>>,
}

impl Rows {
    const fn of(surface: Surface) -> Self {
        Self {
            surface,
            by_verb: BTreeMap::new(),
        }
    }

    /// The rows that are meant, and the varying parts of the path without the verb.
    /// Nothing: the path ends with a verb that is none.
    fn pick(&self, mut path: Vec<String>) -> Option<(Arc<[&'static Route]>, Vec<String>)> {
        let named = path.last().and_then(|last| last.rsplit_once(':'));
        let named = named.and_then(|(id, verb)| {
            let mut verbs = self.by_verb.iter();
            let (_, routes) = verbs.find(|(known, _)| **known == Some(verb))?;
            Some((id.to_owned(), routes))
        });
        let has_verbs = self.by_verb.keys().any(Option::is_some);
        let routes = match named {
            None if has_verbs && path.last().is_some_and(|last| last.contains(':')) => return None,
            Some((id, routes)) => {
                path.pop();
                path.push(id);
                Some(routes)
            }
            None => self.by_verb.get(&None),
        };
        let routes = routes.map_or_else(Vec::new, Clone::clone);
        Some((routes.into(), path))
    }
}

/// Some rows of the table.
fn rows(wire: &Arc<Wire>, wanted: impl Fn(&Route) -> bool) -> Router {
    let mut by_pattern: BTreeMap<String, Rows> = BTreeMap::new();
    for route in table().into_iter().filter(|route| wanted(route)) {
        let (pattern, verb) = route.pattern();
        let rows = by_pattern
            .entry(format!("{}{pattern}", route.surface.base()))
            .or_insert_with(|| Rows::of(route.surface));
        rows.by_verb.entry(verb).or_default().push(route);
    }
    let mut router = Router::new();
    for (pattern, rows) in by_pattern {
        let (wire, rows) = (Arc::clone(wire), Arc::new(rows));
        let handle = move |parts: Result<RawPathParams, _>, request: Request| {
            // A name that is no text names nothing, and is answered as any such name.
            let parts = parts.iter().flat_map(RawPathParams::iter);
            let path = parts.map(|(_, value)| zeros::without(value)).collect();
            let picked = rows.pick(path);
            let (wire, surface) = (Arc::clone(&wire), rows.surface);
            async move {
                match picked {
                    Some((routes, path)) => {
                        dispatch::dispatch(wire, surface, routes, path, request).await
                    }
                    None => no_such_path(&wire, &request),
                }
            }
        };
        router = router.route(&pattern, any(handle));
    }
    router
}

/// What fits no path as it is written: one of Comm100's in letters of another case, or nothing.
async fn no_exact_path(wire: Arc<Wire>, comm100: Router, mut request: Request) -> Response {
    let path = request.uri().path();
    let usual = path.to_ascii_lowercase();
    let usual = usual.trim_end_matches('/');
    if Surface::of_path(path) == Surface::Comm100 && usual != path {
        let query = request.uri().query();
        let query = query.map_or(String::new(), |query| format!("?{query}"));
        if let Ok(uri) = format!("{usual}{query}").parse() {
            *request.uri_mut() = uri;
            let routed = comm100.oneshot(request).await;
            return routed.unwrap_or_else(|never| match never {});
        }
    }
    if is_for_people(&request) {
        let response = console::no_such_page(&wire, request.uri()).await;
        return dispatch::unrouted(&wire, &request, response);
    }
    no_such_path(&wire, &request)
}

/// Somebody has typed or followed an address that is below no API, and reads what comes.
fn is_for_people(request: &Request) -> bool {
    let path = request.uri().path();
    let accept = text(request.headers(), header::ACCEPT).unwrap_or_default();
    request.method() == Method::GET
        && accept.contains("text/html")
        && !path.starts_with("/api/")
        && Surface::of_path(path) == Surface::RocketChat
}

fn no_such_path(wire: &Wire, request: &Request) -> Response {
    let path = request.uri().path().to_owned();
    let method = request.method().to_string();
    let surface = Surface::of_path(&path);
    let response = surface.respond(Err(Failure::NoSuchPath { method, path }));
    dispatch::unrouted(wire, request, response)
}

pub fn router(wire: &Arc<Wire>) -> Router {
    let router = rows(wire, |_| true);
    let comm100 = rows(wire, |route| route.surface == Surface::Comm100).fallback({
        let wire = Arc::clone(wire);
        move |request: Request| {
            let wire = Arc::clone(&wire);
            async move { no_such_path(&wire, &request) }
        }
    });
    let fallback_wire = Arc::clone(wire);
    Router::new()
        .route("/about", get(front::about))
        .route("/file-upload/{id}/{name}", get(downloads::download))
        .route("/websocket", get(ddp::upgrade))
        .route("/healthz", get(operations::healthy))
        .route("/readyz", get(operations::ready))
        .route("/metrics", get(operations::metrics))
        .route("/icon.svg", get(operations::icon))
        // Browsers and widgets ask for it without being told to.
        .route("/favicon.ico", get(operations::icon))
        .route(
            "/mailer/unsubscribe/{id}/{made}",
            get(unsubscribe::ask).post(unsubscribe::unsubscribe),
        )
        .route("/api/info", get(operations::info))
        .route(
            "/api/hark/v1/rocketchat/openapi.json",
            get(operations::rocketchat_openapi),
        )
        .route("/api/hark/v1/openapi.json", get(operations::hark_openapi))
        .merge(widget::routes())
        .merge(console::routes())
        .merge(reference::routes())
        .with_state(Arc::clone(wire))
        .merge(router)
        .fallback(move |request: Request| {
            no_exact_path(Arc::clone(&fallback_wire), comm100.clone(), request)
        })
}
