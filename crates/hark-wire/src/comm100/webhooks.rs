//! `livechat/webhooks`: each is an endpoint of one kind of events, shown by three members.

use hark_model::events::Kind;
use hark_store::View;
use hark_webhooks::dialects::Dialect;
use hark_webhooks::dialects::comm100::Subscription;
use hark_webhooks::endpoints::{self as known, Draft, Endpoint, New, Origin};
use hark_webhooks::schedule::Overrides;
use hark_webhooks::{Refusal, guid};
use serde_json::{Value, json};

use crate::call::Call;
use crate::comm100_answer::{Failure, Reply};
use crate::route::{Access, Route, route};
use crate::webhook_store::{command, endpoint, endpoints, query};

/// What Comm100 calls Manage Integration.
const MANAGE: Access = Access::Permission("view-livechat-webhooks");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Comm100 GET "v4/livechat/webhooks", MANAGE, "All webhooks", list),
    &route!(Comm100 POST "v4/livechat/webhooks", MANAGE, "Make a webhook", create)
        .with_second_factor(),
    &route!(Comm100 GET "v4/livechat/webhooks/{id}", MANAGE, "One webhook", read),
    &route!(Comm100 PUT "v4/livechat/webhooks/{id}", MANAGE, "Change a webhook", update)
        .with_second_factor(),
    &route!(Comm100 DELETE "v4/livechat/webhooks/{id}", MANAGE, "Remove a webhook", remove),
];

type Answer = Result<Reply, Failure>;

struct Wanted {
    event: Subscription,
    target: String,
}

impl Wanted {
    /// Members and events are known in any case.
    fn of(call: &Call) -> Result<Self, Failure> {
        let body = &call.params;
        let event = text(body, "event").map_err(|failure| as_sent(call, failure))?;
        let target = text(body, "targetUrl").map_err(|failure| as_sent(call, failure))?;
        let event = Subscription::parse_in_any_case(event).ok_or_else(|| {
            let known = Subscription::ALL.map(Subscription::as_str).join(", ");
            Failure::Invalid(format!("event: it should be one of {known}"))
        })?;
        Ok(Self {
            event,
            target: target.to_owned(),
        })
    }

    fn draft(&self, overrides: Overrides) -> Draft {
        Draft {
            name: format!("Comm100 {}", self.event.as_str()),
            dialect: Dialect::Comm100,
            url: self.target.clone(),
            events: vec![self.event.kind().as_str().to_owned()],
            overrides,
        }
    }

    fn shown(&self, id: &str) -> Value {
        shown(id, self.event, &self.target)
    }
}

/// What was wrong with it, for a program that sends JSON and does not say so.
fn as_sent(call: &Call, failure: Failure) -> Failure {
    let kind = call.header("content-type").unwrap_or_default();
    match failure {
        Failure::Missing(name) if !kind.contains("json") => Failure::MissingInOther(name),
        other => other,
    }
}

fn member<'b>(body: &'b Value, name: &str) -> Option<&'b Value> {
    let mut members = body.as_object()?.iter();
    let (_, value) = members.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(value).filter(|value| !value.is_null())
}

fn text<'b>(body: &'b Value, name: &'static str) -> Result<&'b str, Failure> {
    let value = member(body, name).ok_or(Failure::Missing(name))?;
    match value.as_str().map(str::trim) {
        Some("") => Err(Failure::Missing(name)),
        Some(text) => Ok(text),
        None => Err(Failure::Invalid(format!("{name}: it should be a text"))),
    }
}

fn shown(id: &str, event: Subscription, target: &str) -> Value {
    json!({"id": id.to_ascii_uppercase(), "event": event.as_str(), "targetUrl": target})
}

/// An endpoint as a webhook; nothing when it is none.
fn as_webhook(endpoint: &Endpoint) -> Option<Value> {
    let [kind] = endpoint.events.as_slice() else {
        return None;
    };
    let event = Kind::parse(kind).and_then(Subscription::of_kind)?;
    (endpoint.origin == Origin::Comm100).then(|| shown(&endpoint.id, event, &endpoint.url))
}

/// The one that the path names. What was made elsewhere is not here.
fn named(view: &mut View<'_>, call: &Call, id: &str) -> Result<Endpoint, Refusal> {
    let endpoint = endpoint(call, view, id)?;
    match endpoint.origin {
        Origin::Comm100 => Ok(endpoint),
        Origin::Workspace | Origin::Hark => Err(Refusal::NotFound("endpoint")),
    }
}

/// The id in the path, as it is stored.
fn id(call: &Call) -> Result<String, Failure> {
    guid::parse(call.path(0)).ok_or(Failure::NotFound)
}

async fn list(call: Call) -> Answer {
    let found = query(&call, |call, view| Ok(endpoints(call, view)?)).await?;
    let webhooks = found.iter().filter_map(|endpoint| as_webhook(endpoint));
    Ok(Reply::Found(webhooks.collect()))
}

async fn read(call: Call) -> Answer {
    let id = id(&call)?;
    let endpoint = query(&call, move |call, view| named(view, call, &id)).await?;
    let webhook = as_webhook(&endpoint).ok_or(Failure::NotFound)?;
    Ok(Reply::Found(webhook))
}

async fn create(call: Call) -> Answer {
    let wanted = Wanted::of(&call)?;
    let draft = wanted.draft(Overrides::default());
    let made = command(&call, move |call, tx, who| {
        let id = guid::random(tx.ids());
        let new = New {
            id: &id,
            origin: Origin::Comm100,
            draft: &draft,
            secret: None,
        };
        known::create(tx, who, call.now, call.wire.policies.keys(), &new)?;
        Ok(id)
    });
    let id = made.await?;
    let site_url = &call.wire.options.site_url;
    let address = format!(
        "{site_url}/v4/livechat/webhooks/{}",
        id.to_ascii_uppercase()
    );
    Ok(Reply::Made(wanted.shown(&id), address))
}

async fn update(call: Call) -> Answer {
    let id = id(&call)?;
    let wanted = Wanted::of(&call)?;
    if let Some(other) = member(&call.params, "id") {
        let same = other.as_str().and_then(guid::parse).as_ref() == Some(&id);
        if !same {
            let why = "id: it is not the one in the path".to_owned();
            return Err(Failure::Invalid(why));
        }
    }
    let shown = wanted.shown(&id);
    let changed = command(&call, move |call, tx, who| {
        let before = named(tx, call, &id)?;
        // How it is delivered was chosen elsewhere and stays.
        let draft = wanted.draft(before.overrides);
        known::change(tx, who, call.now, &id, &draft)
    });
    changed.await?;
    Ok(Reply::Found(shown))
}

async fn remove(call: Call) -> Answer {
    let id = id(&call)?;
    let removed = command(&call, move |call, tx, who| {
        named(tx, call, &id)?;
        known::remove(tx, who, call.now, &id)
    });
    removed.await?;
    Ok(Reply::Gone)
}
