//! The way of a request. It is counted before its body is read, so that nobody has more read and
//! parsed than they may ask for; the answers come in the order that the contract demands: 413 and 400
//! for a body that cannot be read, 401, 429, 400 for the parameters, 403, the second factor, and only
//! then the handler. Only a 429 comes earlier than there, and for an address that has sent too
//! many bodies that nobody counts, a 401.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use hark_model::{Policy, Refusal, settings};
use hark_staff::sessions::Session;
use hark_store::{Error, Timestamp};
use serde_json::Value;

use crate::answer::{self, Failure};
use crate::call::{Call, Parts, who};
use crate::limits::{Allowance, Caller};
use crate::metrics::RequestSample;
use crate::quotas::{Entered, Exceeded};
use crate::route::{Leaves, Rate, Route};
use crate::shape::Shape;
use crate::surface::{Credentials, Surface};
use crate::wire::Wire;
use crate::{body, compressed, form, response, second_factor};

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
    let takes_compressed = compressed::is_accepted(request.headers());
    let route = routes.iter().find(|route| route.method == method).copied();
    let response = match route {
        Some(route) => {
            let answered = through(&wire, route, path, request, &id).await;
            answered.unwrap_or_else(|failure| surface.respond(Err(failure)))
        }
        None if method == Method::OPTIONS => {
            preflight(&wire, request.headers().get("origin").cloned()).await
        }
        None => surface.respond(Err(Failure::WrongMethod(allowed(&routes)))),
    };
    let response = compressed::give(response, takes_compressed, &wire.compressing).await;
    let name = route.map_or("", |route| route.name);
    counted(&wire, &method, name, started, &id, response)
}

/// What leads to no row of the table is counted and logged as well.
pub fn unrouted(wire: &Wire, request: &Request, response: Response) -> Response {
    let (started, id) = (std::time::Instant::now(), request_id(request.headers()));
    counted(wire, request.method(), "", started, &id, response)
}

/// Counts and logs a request whose answer is known.
fn counted(
    wire: &Wire,
    method: &Method,
    route: &'static str,
    started: std::time::Instant,
    id: &str,
    response: Response,
) -> Response {
    let response = response::with(response, [(REQUEST_ID, id)]);
    let sample = RequestSample {
        method: method.as_str(),
        route,
        status: response.status().as_u16(),
        elapsed: started.elapsed(),
    };
    wire.metrics.request(&sample);
    log(wire, &sample, id);
    response
}

/// Bodies in a minute from one address that are read before they are counted.
pub const MOST_BODIES: i64 = 2_000;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The caller's own, if it is one that can stand in a log; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = response::text(headers, REQUEST_ID);
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

fn log(wire: &Wire, sample: &RequestSample<'_>, id: &str) {
    let millis = sample.elapsed.as_millis() as u64;
    if sample.status == StatusCode::SERVICE_UNAVAILABLE && wire.turns_away_anew() {
        tracing::warn!(
            request = id,
            method = sample.method,
            route = sample.route,
            status = sample.status,
            millis,
            "callers are told to come back later; said again when it was over for a minute"
        );
    } else if sample.status >= 500 && sample.status != StatusCode::SERVICE_UNAVAILABLE {
        tracing::error!(
            request = id,
            method = sample.method,
            route = sample.route,
            status = sample.status,
            millis,
            "request failed"
        );
    } else {
        tracing::debug!(
            request = id,
            method = sample.method,
            route = sample.route,
            status = sample.status,
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

/// `Err` is what ends a request before it is counted.
async fn through(
    wire: &Arc<Wire>,
    route: &'static Route,
    mut path: Vec<String>,
    request: Request,
    id: &str,
) -> Result<Response, Failure> {
    let now = wire.store.clock().now();
    let address = wire.address(&request);
    let surface = route.surface;
    let (policy, session) = identify(wire, surface.credentials(request.headers())).await?;
    let (parts, mut incoming) = request.into_parts();
    let is_stranger = session.is_none();
    let is_unwelcome = is_stranger && route.access.wants_login();
    let reads_body = route.method != Method::GET && route.file.is_none();
    let count = |visitor: Option<&str>| {
        let caller = Caller { address, visitor };
        allowance(wire, route, &policy, session.as_ref(), caller, now)
    };
    let too_many = |allowance: Allowance| {
        let millis = allowance.resets_at.millis_since(now);
        let too_many = Failure::TooMany(millis.div_euclid(1000) + 1);
        with_allowance(surface.respond(Err(too_many)), allowance)
    };
    put_into_path(route, &parts.headers, &mut path);
    let shown = visitor(route, &parts.headers, &path, &Value::Null);
    let mut counted = None;
    if reads_body && !is_unwelcome && (!route.each_visitor || shown.is_some()) {
        counted = count(shown);
        if let Some(allowance) = counted.filter(|allowance| allowance.exceeded) {
            body::refuse(&parts.headers, incoming).await;
            return Ok(too_many(allowance));
        }
    }
    if reads_body && is_stranger && counted.is_none() {
        let bodies = bodies_of(wire, &policy, address, now);
        if let Some(allowance) = bodies.filter(|allowance| allowance.exceeded) {
            body::refuse(&parts.headers, incoming).await;
            return if is_unwelcome {
                Err(Failure::Unauthenticated)
            } else {
                Ok(too_many(allowance))
            };
        }
    }

    let memory = if is_stranger {
        &wire.strangers_bodies
    } else {
        &wire.bodies
    };
    // Held until the answer is made: what a body became is in memory until then.
    let mut memory = memory.open(address, wire.options.rate_limit);
    let mut read = 0;
    let mut params = if reads_body {
        let mut reader = body::Reader {
            takes_forms: surface.takes_forms(),
            headers: &parts.headers,
            size: route.largest_body(!is_stranger),
            memory: &mut memory,
            turns: &wire.parsing,
            read: 0,
            awaited: false,
        };
        match reader.read(&mut incoming).await {
            Ok(params) => {
                read = reader.read;
                params
            }
            Err(failure) => {
                if reader.awaited {
                    body::drain(incoming).await;
                } else {
                    body::refuse(&parts.headers, incoming).await;
                }
                return Err(failure);
            }
        }
    } else if route.file.is_some() {
        Value::Object(serde_json::Map::new())
    } else {
        let query = body::query(parts.uri.query().unwrap_or_default());
        let bad = Failure::Unreadable(StatusCode::BAD_REQUEST, "Bad Request");
        let mut query = query.ok_or(bad)?;
        put_into_query(route, &parts.headers, &mut query);
        query
    };

    if is_unwelcome {
        refuse_file(route, &parts.headers, incoming).await;
        return Err(Failure::Unauthenticated);
    }
    let allowance = match counted {
        Some(allowance) => Some(allowance),
        None => count(visitor(route, &parts.headers, &path, &params)),
    };
    if let Some(allowance) = allowance.filter(|allowance| allowance.exceeded) {
        refuse_file(route, &parts.headers, incoming).await;
        return Ok(too_many(allowance));
    }
    let caller = Caller {
        address,
        visitor: visitor(route, &parts.headers, &path, &params),
    };
    let entered = enter(wire, route, &policy, session.as_ref(), caller, read, now)?;
    let answer = match check(route, &policy, session.as_ref(), &mut params) {
        Ok(()) => {
            let call = Call::new(Parts {
                wire: Arc::clone(wire),
                policy,
                who: who(session.as_ref()),
                session,
                now,
                address,
                headers: parts.headers,
                path,
                params,
                query_text: parts.uri.query().unwrap_or_default().to_owned(),
                body: Mutex::new(incoming),
            });
            let answer = handle(route, call.clone(), id).await;
            if answer.is_err() {
                refuse_file(route, &call.headers, call.take_body()).await;
            }
            answer
        }
        Err(failure) => {
            refuse_file(route, &parts.headers, incoming).await;
            Err(failure)
        }
    };
    if let Some(entered) = entered.filter(|_| answer.is_err()) {
        wire.quotas.take_back(&entered, now);
    }
    let answer = match answer {
        Err(failure) if route.method == Method::GET => Err(failure.in_query()),
        answer => answer,
    };
    let mut response = surface.respond(answer);
    if route.deprecated {
        response = with_deprecation(response, route);
    }
    if let Some(allowance) = allowance {
        response = with_allowance(response, allowance);
    }
    Ok(response)
}

/// A client that sends a file hears why it is refused only once it has sent it, unless it holds it back.
async fn refuse_file(route: &Route, headers: &HeaderMap, unread: Body) {
    if route.file.is_some() && !body::is_held_back(headers) {
        form::refuse(unread).await;
    }
}

fn with_deprecation(response: Response, route: &Route) -> Response {
    let words = format!("The endpoint {} goes away with version 7.0.0", route.path);
    let name = HeaderName::from_static;
    let added = [
        (name("x-deprecation-type"), "endpoint-deprecation"),
        (name("x-deprecation-message"), &words),
        (name("x-deprecation-version"), "7.0.0"),
    ];
    response::with(response, added)
}

/// The policy and the caller, in one look at the store.
pub async fn identify(
    wire: &Arc<Wire>,
    credentials: Option<Credentials>,
) -> Result<(Arc<Policy>, Option<Session>), Error> {
    let policies = Arc::clone(&wire.policies);
    // No session ends because a clock leapt.
    let now = wire.store.clock().sure();
    let look = wire.store.read(move |view| {
        let policy = policies.at(view)?;
        let credentials = credentials.as_ref();
        let session = credentials.map_or(Ok(None), |shown| shown.find(view, now))?;
        Ok((policy, session))
    });
    look.await
}

fn check(
    route: &Route,
    policy: &Policy,
    session: Option<&Session>,
    params: &mut Value,
) -> Result<(), Failure> {
    route.with_names_of_now(params);
    let fit = |params: &mut Value| route.surface.fit(&route.params, &route.method, params);
    // The older checker is part of a handler in the original, which those without the permission
    // never reach.
    let is_of_handler = matches!(route.params, Shape::MeteorMatch(_));
    if !is_of_handler {
        fit(params)?;
    }
    let admitted = route.access.admits(|permission| {
        session.is_some_and(|session| policy.grants(&session.account.roles, permission))
    });
    if admitted {
        if is_of_handler { fit(params) } else { Ok(()) }
    } else if route.hides_permission {
        Err(Failure::Unauthorized)
    } else {
        Err(Failure::Forbidden)
    }
}

async fn handle(route: &'static Route, call: Call, id: &str) -> answer::Answer {
    if route.second_factor {
        second_factor::demand(&call, route.surface).await?;
    }
    let handled = AssertUnwindSafe((route.handler)(call)).catch_unwind().await;
    handled.unwrap_or_else(|_| {
        tracing::error!(request = id, route = route.path, "a handler panicked");
        Err(Failure::Store(Error::Panicked("in a handler".into())))
    })
}

const VISITOR_TOKEN: HeaderName = HeaderName::from_static("x-visitor-token");

/// What stands in a path for a visitor's token that is in the header.
const IN_HEADER: &str = "-";

fn in_header<'h>(route: &Route, headers: &'h HeaderMap) -> Option<&'h str> {
    let shown = response::text(headers, VISITOR_TOKEN).filter(|token| !token.is_empty());
    shown.filter(|_| route.each_visitor)
}

/// Addresses are written down by proxies, so a visitor's token may stand in a header instead, on every
/// route that takes one in its path or its query.
fn put_into_path(route: &Route, headers: &HeaderMap, path: &mut [String]) {
    let Some(token) = in_header(route, headers) else {
        return;
    };
    for (name, part) in route.path_names().into_iter().zip(path) {
        if name == "token" && part == IN_HEADER {
            token.clone_into(part);
        }
    }
}

fn put_into_query(route: &Route, headers: &HeaderMap, query: &mut Value) {
    if let Some(token) = in_header(route, headers)
        && route.params.names("token")
        && let Some(members) = query.as_object_mut()
    {
        members.entry("token").or_insert_with(|| token.into());
    }
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
    let in_headers = || response::text(headers, VISITOR_TOKEN);
    let shown = in_path.or(in_params).or_else(in_headers);
    shown.filter(|token| !token.is_empty())
}

/// Counts what a stranger leaves behind by a call of a route, of so many bytes. What is refused later is
/// taken back.
pub fn enter(
    wire: &Wire,
    route: &Route,
    policy: &Policy,
    session: Option<&Session>,
    caller: Caller<'_>,
    bytes: usize,
    now: Timestamp,
) -> Result<Option<Entered>, Failure> {
    let leaves_something = match route.leaves {
        Leaves::AsItsMethodSays => route.each_visitor && route.method != Method::GET,
        Leaves::Something => true,
        Leaves::AnEnd | Leaves::NothingMore => false,
    };
    if !leaves_something || session.is_some() || !wire.options.rate_limit {
        return Ok(None);
    }
    let most = (
        policy.number(settings::Livechat_visitor_entries_per_day),
        policy.number(settings::Livechat_address_entries_per_day),
    );
    let entered = wire
        .quotas
        .enter(caller.address, caller.visitor, bytes, most, now);
    entered
        .map(Some)
        .map_err(|exceeded| used_up(wire, &exceeded, now))
}

fn used_up(wire: &Wire, exceeded: &Exceeded, now: Timestamp) -> Failure {
    let (whose, most) = match exceeded {
        Exceeded::Visitor(most) => ("One visitor", most),
        Exceeded::Address(most) => ("All visitors at one address together", most),
    };
    let words = format!("{whose} may send {most} entries in a day, and they are used up");
    wire.report_quota("entries of visitors", &words, now);
    Refusal::Quota(words).into()
}

/// Counts a body that is read before its request is: of somebody who may not even know that they
/// have to log in, or of a visitor whose token is in it.
fn bodies_of(wire: &Wire, policy: &Policy, address: IpAddr, now: Timestamp) -> Option<Allowance> {
    let is_counted = wire.options.rate_limit && policy.flag(settings::API_Enable_Rate_Limiter);
    is_counted.then(|| {
        let caller = Caller {
            address,
            visitor: None,
        };
        let together = ("", "bodies that are read before they are counted");
        wire.limits
            .count(together, caller, now, MOST_BODIES, 60_000)
    })
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
        || !policy.flag(settings::API_Enable_Rate_Limiter)
    {
        return None;
    }
    let (limit, millis) = match route.rate {
        Rate::PerMinute(calls) => (calls, 60_000),
        Rate::Together(calls, seconds) => (calls, seconds * 1_000),
        Rate::Standard | Rate::Unlimited => (
            policy.number(settings::API_Enable_Rate_Limiter_Limit_Calls_Default),
            policy.number(settings::API_Enable_Rate_Limiter_Limit_Time_Default),
        ),
    };
    let counted = match route.rate {
        Rate::Together(..) => ("", route.surface.base()),
        _ => (route.method.as_str(), route.name),
    };
    Some(wire.limits.count(counted, caller, now, limit, millis))
}

fn with_allowance(mut response: Response, allowance: Allowance) -> Response {
    let added = [
        ("x-ratelimit-limit", allowance.limit),
        ("x-ratelimit-remaining", allowance.remaining),
        ("x-ratelimit-reset", allowance.resets_at.millis()),
    ];
    for (name, number) in added {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from(number));
    }
    response
}

/// What a browser asks before it lets another site's page call us.
async fn preflight(wire: &Arc<Wire>, origin: Option<HeaderValue>) -> Response {
    let policy = match identify(wire, None).await {
        Ok((policy, _)) => policy,
        Err(error) => return answer::respond(Err(Failure::Store(error))),
    };
    if !policy.flag(settings::API_Enable_CORS) {
        let words = "Calls from pages of other sites are switched off. An administrator can enable CORS under General → REST API.";
        return (StatusCode::METHOD_NOT_ALLOWED, words).into_response();
    }
    let allowed = [
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, POST, PUT, DELETE, HEAD, PATCH",
        ),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token, x-visitor-token, Authorization",
        ),
    ];
    let mut response = response::with(StatusCode::OK.into_response(), allowed);
    let headers = response.headers_mut();
    let origins = policy.text(settings::API_CORS_Origin);
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
