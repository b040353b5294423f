//! The way of a request, in the order that the contract demands: the body is read and parsed,
//! then 401, 429, 400 for the parameters, 403, the second factor, and only then the handler.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use futures_util::FutureExt;
use hark_chat::Policy;
use hark_chat::sessions::Session;
use hark_store::{Error, Timestamp};
use serde_json::Value;

use crate::answer::{self, Failure};
use crate::call::Call;
use crate::limits::{Allowance, Caller};
use crate::metrics::Seen;
use crate::route::{Rate, Route};
use crate::surface::Surface;
use crate::wire::Wire;
use crate::{body, second_factor};

/// `routes` are the rows of one path, a method each.
pub async fn dispatch(
    wire: Arc<Wire>,
    surface: Surface,
    routes: Arc<[&'static Route]>,
    path: Vec<String>,
    request: Request,
) -> Response {
    let started = std::time::Instant::now();
    let method = request.method().clone();
    let id = request_id(request.headers());
    let route = routes.iter().find(|route| route.method == method).copied();
    let mut response = match route {
        Some(route) => through(&wire, route, path, request, &id).await,
        None if method == Method::OPTIONS => {
            preflight(&wire, request.headers().get("origin").cloned()).await
        }
        None => surface.respond(Err(Failure::WrongMethod(allowed(&routes)))),
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let name = route.map_or("", |route| route.name);
    let seen = Seen {
        method: method.as_str(),
        route: name,
        status: response.status().as_u16(),
        elapsed: started.elapsed(),
    };
    wire.metrics.request(&seen);
    log(&seen, &id);
    response
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The caller's own, if it is one that can stand in a log; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    let fits = |text: &&str| {
        (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    match given.filter(fits) {
        Some(text) => text.to_owned(),
        None => hark_store::Ids::from_system().id17(),
    }
}

fn log(seen: &Seen<'_>, id: &str) {
    let millis = seen.elapsed.as_millis() as u64;
    if seen.status >= 500 {
        tracing::error!(
            request = id,
            method = seen.method,
            route = seen.route,
            status = seen.status,
            millis,
            "request failed"
        );
    } else {
        tracing::debug!(
            request = id,
            method = seen.method,
            route = seen.route,
            status = seen.status,
            millis,
            "request"
        );
    }
}

fn allowed(routes: &[&'static Route]) -> String {
    let mut methods: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    methods.push("OPTIONS");
    methods.join(", ")
}

async fn through(
    wire: &Arc<Wire>,
    route: &'static Route,
    path: Vec<String>,
    request: Request,
    id: &str,
) -> Response {
    let now = wire.store.clock().now();
    let address = wire.address(&request);
    let surface = route.surface;
    let refuse = |failure| surface.respond(Err(failure));
    let (policy, session) = match identify(wire, surface, request.headers(), now).await {
        Ok(found) => found,
        Err(error) => return refuse(Failure::Store(error)),
    };
    let (parts, mut incoming) = request.into_parts();
    let query = body::query(parts.uri.query().unwrap_or_default());
    // Held until the answer is made: what a large body became is in memory until then.
    let mut _memory = None;
    let mut params = if route.method == Method::GET {
        match query {
            Some(query) => query,
            None => return refuse(Failure::Unreadable(StatusCode::BAD_REQUEST, "Bad Request")),
        }
    } else if route.file {
        Value::Object(serde_json::Map::new())
    } else {
        let limit = surface.largest_body(session.is_some());
        let memory = match session {
            Some(_) => &wire.large_bodies,
            None => &wire.strangers_bodies,
        };
        let size = body::size(&parts.headers, limit);
        _memory = match body::memory(memory, size) {
            Ok(permit) => permit,
            Err(error) => return refuse(Failure::Store(error)),
        };
        let incoming = std::mem::take(&mut incoming);
        match body::read(surface, &parts.headers, incoming, limit).await {
            Ok(body) => body,
            Err(failure) => return refuse(failure),
        }
    };

    if route.access.wants_login() && session.is_none() {
        return refuse(Failure::Unauthenticated);
    }
    let caller = Caller {
        address,
        visitor: visitor(route, &parts.headers, &path, &params),
    };
    let allowance = allowance(wire, route, &policy, session.as_ref(), caller, now);
    if let Some(allowance) = allowance
        && allowance.exceeded
    {
        let millis = allowance.resets_at.millis_since(now);
        let refused = refuse(Failure::TooMany(millis.div_euclid(1000) + 1));
        return with_allowance(refused, allowance);
    }
    let answer = match check(route, &policy, session.as_ref(), &mut params) {
        Ok(()) => {
            let call = Call {
                wire: Arc::clone(wire),
                policy,
                session,
                now,
                address,
                headers: parts.headers,
                path,
                params,
                body: Mutex::new(incoming),
            };
            surface.respond(handle(route, call, id).await)
        }
        Err(failure) => refuse(failure),
    };
    let answer = match route.deprecated {
        true => with_deprecation(answer, route),
        false => answer,
    };
    match allowance {
        Some(allowance) => with_allowance(answer, allowance),
        None => answer,
    }
}

fn with_deprecation(mut response: Response, route: &Route) -> Response {
    let words = format!("The endpoint {} goes away with version 7.0.0", route.path);
    let told = [
        ("x-deprecation-type", "endpoint-deprecation"),
        ("x-deprecation-message", words.as_str()),
        ("x-deprecation-version", "7.0.0"),
    ];
    for (name, text) in told {
        if let Ok(value) = HeaderValue::from_str(text) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// The policy and the caller, in one look at the store.
pub async fn identify(
    wire: &Arc<Wire>,
    surface: Surface,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(Arc<Policy>, Option<Session>), Error> {
    let shown = surface.shown(headers);
    let house = Arc::clone(wire);
    wire.store
        .read(move |view| {
            let policy = house.policies.at(view)?;
            let session = match &shown {
                Some(shown) => shown.find(view, now)?,
                None => None,
            };
            Ok((policy, session))
        })
        .await
}

fn check(
    route: &Route,
    policy: &Policy,
    session: Option<&Session>,
    params: &mut Value,
) -> Result<(), Failure> {
    route.surface.fit(&route.params, &route.method, params)?;
    let admitted = route.access.admits(|permission| {
        session.is_some_and(|session| policy.grants(&session.account.roles, permission))
    });
    match (admitted, route.curt) {
        (true, _) => Ok(()),
        (false, true) => Err(Failure::Unauthorized),
        (false, false) => Err(Failure::Forbidden),
    }
}

async fn handle(route: &'static Route, call: Call, id: &str) -> answer::Answer {
    if route.second_factor {
        second_factor::demand(&call).await?;
    }
    let handled = AssertUnwindSafe((route.handler)(call)).catch_unwind().await;
    handled.unwrap_or_else(|_| {
        tracing::error!(request = id, route = route.path, "a handler panicked");
        Err(Failure::Store(Error::Panicked("in a handler".into())))
    })
}

/// The token that a visitor shows, wherever the routes of visitors take it from. Whether it is
/// anybody's is not asked: it is only counted.
fn visitor<'c>(
    route: &Route,
    headers: &'c HeaderMap,
    path: &'c [String],
    params: &'c Value,
) -> Option<&'c str> {
    if !route.each_visitor {
        return None;
    }
    let mut named = route.path_names().into_iter().zip(path);
    let in_path = named.find_map(|(name, part)| (name == "token").then_some(part.as_str()));
    let in_params = [&params["token"], &params["visitor"]["token"]];
    let in_params = in_params.into_iter().find_map(Value::as_str);
    let in_headers = headers.get("x-visitor-token");
    let in_headers = in_headers.and_then(|value| value.to_str().ok());
    let shown = in_path.or(in_params).or(in_headers);
    shown.filter(|token| !token.is_empty())
}

/// Counts a call of a route; nothing where calls are not counted.
pub fn allowance(
    wire: &Wire,
    route: &'static Route,
    policy: &Policy,
    session: Option<&Session>,
    caller: Caller<'_>,
    now: Timestamp,
) -> Option<Allowance> {
    let exempt = session
        .is_some_and(|session| policy.grants(&session.account.roles, "api-bypass-rate-limit"));
    if !wire.options.rate_limit
        || route.rate == Rate::Unlimited
        || exempt
        || !policy.flag("API_Enable_Rate_Limiter")
    {
        return None;
    }
    let (limit, millis) = match route.rate {
        Rate::PerMinute(calls) => (calls, 60_000),
        Rate::Together(calls, seconds) => (calls, seconds * 1_000),
        Rate::Standard | Rate::Unlimited => (
            policy.int("API_Enable_Rate_Limiter_Limit_Calls_Default"),
            policy.int("API_Enable_Rate_Limiter_Limit_Time_Default"),
        ),
    };
    let method = route.method.as_str();
    // The method's text of a route in a static table is one of the few known ones.
    let method = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("GET");
    let counted = match route.rate {
        Rate::Together(..) => ("", route.surface.base()),
        _ => (method, route.name),
    };
    Some(wire.limits.count(counted, caller, now, limit, millis))
}

fn with_allowance(mut response: Response, allowance: Allowance) -> Response {
    let told = [
        ("x-ratelimit-limit", allowance.limit),
        ("x-ratelimit-remaining", allowance.remaining),
        ("x-ratelimit-reset", allowance.resets_at.millis()),
    ];
    for (name, number) in told {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from(number));
    }
    response
}

/// What a browser asks before it lets another site's page call us.
async fn preflight(wire: &Arc<Wire>, origin: Option<HeaderValue>) -> Response {
    let now = wire.store.clock().now();
    let policy = match identify(wire, Surface::RocketChat, &HeaderMap::new(), now).await {
        Ok((policy, _)) => policy,
        Err(error) => return answer::respond(Err(Failure::Store(error))),
    };
    if !policy.flag("API_Enable_CORS") {
        let words = "Calls from pages of other sites are switched off. An administrator can enable CORS under General → REST API.";
        let mut response = Response::new(axum::body::Body::from(words));
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        let kind = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert("content-type", kind);
        return response;
    }
    let mut response = Response::new(axum::body::Body::empty());
    let headers = response.headers_mut();
    headers.insert(
        "access-control-allow-methods",
        HeaderValue::from_static("GET, POST, PUT, DELETE, HEAD, PATCH"),
    );
    headers.insert(
        "access-control-allow-headers",
        HeaderValue::from_static("Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token, x-visitor-token, Authorization"),
    );
    let origins = policy.text("API_CORS_Origin");
    if origins == "*" {
        headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
        return response;
    }
    headers.insert("vary", HeaderValue::from_static("Origin"));
    let listed = |origin: &HeaderValue| {
        let text = origin.to_str().unwrap_or_default();
        !text.is_empty() && origins.split(',').any(|known| known.trim() == text)
    };
    if let Some(origin) = origin.filter(listed) {
        headers.insert("access-control-allow-origin", origin);
    }
    response
}
