//! What the widget's script has to know before anybody clicks.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use hark_chat::triggers::{self, Trigger};
use hark_chat::{keys, routing};
use serde_json::{Value, json};

use super::NOTHING;
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::widget::{Look, Sites, is_known};

pub(crate) static ROUTES: &[&Route] = &[
    // Each visitor asks once a minute at most, and many of them may come by one address.
    &route!(Hark GET "widget", Access::Anyone, "What the widget's script has to know: whether somebody is there, how it looks, when it speaks first", launcher)
        .answers(200, "Launcher")
        .takes(NOTHING)
        .per_minute(600),
];

async fn launcher(call: Call) -> Answer {
    let sites = Sites::of(&call.policy);
    let admitted = sites.admit_origin(&call.headers, &call.wire.options.site_url);
    let enabled = admitted && call.policy.flag("Livechat_enabled");
    let policy = Arc::clone(&call.policy);
    let (online, triggers) = match enabled {
        false => (false, Vec::new()),
        true => {
            call.read(move |view| {
                let online = routing::is_staffed(view, &policy, None)?;
                Ok((online, triggers::enabled(view)?))
            })
            .await?
        }
    };
    let look = Look::of(&call.policy);
    let document = json!({
        "enabled": enabled,
        "online": online,
        "language": call.policy.text("Language"),
        "theme": {
            "title": look.title,
            "color": look.color,
            "offlineTitle": look.offline_title,
            "offlineColor": look.offline_color,
            "position": look.position,
        },
        "triggers": triggers.iter().filter_map(seen_from_the_page).collect::<Vec<_>>(),
    });
    Ok(Reply::Whole(cacheable(&call, &sites, &document)))
}

/// A trigger whose moment the page sees; of the others the panel learns when it is open.
fn seen_from_the_page(trigger: &Trigger) -> Option<Value> {
    // Of several conditions widgets heed the first.
    let condition = trigger.conditions.get(0)?;
    let seen = ["page-url", "time-on-site"];
    if !condition["name"]
        .as_str()
        .is_some_and(|name| seen.contains(&name))
    {
        return None;
    }
    let condition = json!({"name": condition["name"], "value": condition["value"]});
    Some(json!({"id": trigger.id, "runOnce": trigger.run_once, "conditions": [condition]}))
}

fn cacheable(call: &Call, sites: &Sites, document: &Value) -> Response {
    let text = document.to_string();
    let tag = format!("\"{}\"", &keys::hex_digest(&text)[..24]);
    let mut response = match is_known(&call.headers, &tag) {
        true => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        }
        false => Response::new(Body::from(text)),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=60"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !sites.are_all() {
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}
