//! `livechat/webhooks`: each is an endpoint of one kind of events, shown by three members.

use std::sync::Arc;

use hark_store::{Tx, View};
use hark_webhooks::dialects::Dialect;
use hark_webhooks::dialects::comm100::Subscription;
use hark_webhooks::endpoints::{self, Draft, Endpoint, New, Origin};
use hark_webhooks::schedule::Wishes;
use hark_webhooks::{Refusal, guid};
use serde_json::{Value, json};

use super::{CALLS, Failure, Reply, WINDOW};
use crate::call::Call;
use crate::route::{Access, Route, route};

/// What Comm100 calls Manage Integration.
const MANAGE: Access = Access::Permission("view-livechat-webhooks");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Comm100 GET "v4/livechat/webhooks", MANAGE, "All webhooks", list)
        .together(CALLS, WINDOW),
    &route!(Comm100 POST "v4/livechat/webhooks", MANAGE, "Make a webhook", create)
        .together(CALLS, WINDOW),
    &route!(Comm100 GET "v4/livechat/webhooks/{id}", MANAGE, "One webhook", read)
        .together(CALLS, WINDOW),
    &route!(Comm100 PUT "v4/livechat/webhooks/{id}", MANAGE, "Change a webhook", update)
        .together(CALLS, WINDOW),
    &route!(Comm100 DELETE "v4/livechat/webhooks/{id}", MANAGE, "Remove a webhook", remove)
        .together(CALLS, WINDOW),
];

type Answer = Result<Reply, Failure>;

/// What a client may choose.
struct Wanted {
    event: Subscription,
    target: String,
}

impl Wanted {
    /// Members and events are known in any case.
    fn of(body: &Value) -> Result<Self, Failure> {
        let event = text(body, "event")?;
        let target = text(body, "targetUrl")?;
        let event = Subscription::parse(event).ok_or_else(|| {
            let known = Subscription::ALL.map(Subscription::as_str).join(", ");
            Failure::Invalid(format!("event: it should be one of {known}"))
        })?;
        Ok(Self {
            event,
            target: target.to_owned(),
        })
    }

    fn draft(&self, wishes: Wishes) -> Draft {
        Draft {
            name: format!("Comm100 {}", self.event.as_str()),
            dialect: Dialect::Comm100,
            url: self.target.clone(),
            events: vec![self.event.kind().to_owned()],
            wishes,
        }
    }

    fn shown(&self, id: &str) -> Value {
        shown(id, self.event, &self.target)
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
    let event = Subscription::of_kind(kind)?;
    (endpoint.origin == Origin::Comm100).then(|| shown(&endpoint.id, event, &endpoint.url))
}

/// The one that the path names. What another door has made is not here.
fn named(view: &mut View<'_>, call: &Known, id: &str) -> Result<Endpoint, Refusal> {
    let endpoint = endpoints::find(view, &call.keys, &call.policy, id)?;
    match endpoint.origin {
        Origin::Comm100 => Ok(endpoint),
        Origin::Workspace | Origin::Hark => Err(Refusal::NotFound("endpoint")),
    }
}

/// What opens an endpoint.
#[derive(Clone)]
struct Known {
    keys: Arc<hark_chat::Keyring>,
    policy: Arc<hark_chat::Policy>,
}

impl Known {
    fn by(call: &Call) -> Self {
        Self {
            keys: Arc::clone(call.wire.policies.keys()),
            policy: Arc::clone(&call.policy),
        }
    }
}

/// The id in the path, as it is stored.
fn id(call: &Call) -> Result<String, Failure> {
    guid::parse(call.path(0)).ok_or(Failure::NotFound)
}

async fn list(call: Call) -> Answer {
    let known = Known::by(&call);
    let look = move |view: &mut View<'_>| endpoints::all(view, &known.keys, &known.policy);
    let endpoints = call.wire.store.read(look).await?;
    let webhooks = endpoints.iter().filter_map(|endpoint| as_webhook(endpoint));
    Ok(Reply::Found(webhooks.collect()))
}

async fn read(call: Call) -> Answer {
    let (known, id) = (Known::by(&call), id(&call)?);
    let look = move |view: &mut View<'_>| named(view, &known, &id);
    let endpoint = call.wire.store.read(look).await?;
    let webhook = as_webhook(&endpoint).ok_or(Failure::NotFound)?;
    Ok(Reply::Found(webhook))
}

async fn create(call: Call) -> Answer {
    let wanted = Wanted::of(&call.params)?;
    let (draft, keys) = (wanted.draft(Wishes::default()), Known::by(&call).keys);
    let (who, now) = (actor(&call)?, call.now);
    let make = move |tx: &mut Tx<'_>| -> Result<String, Refusal> {
        let id = guid::random(tx.ids());
        endpoints::create(
            tx,
            &who,
            now,
            &keys,
            &New {
                id: &id,
                origin: Origin::Comm100,
                draft: &draft,
                secret: None,
            },
        )?;
        Ok(id)
    };
    let id = call.wire.store.write(make).await?;
    let made = wanted.shown(&id);
    let address = format!(
        "{}/v4/livechat/webhooks/{}",
        call.wire.options.site_url,
        id.to_ascii_uppercase()
    );
    Ok(Reply::Made(made, address))
}

async fn update(call: Call) -> Answer {
    let (known, id) = (Known::by(&call), id(&call)?);
    let wanted = Wanted::of(&call.params)?;
    if let Some(other) = member(&call.params, "id") {
        let same = other.as_str().and_then(guid::parse).as_ref() == Some(&id);
        if !same {
            let why = "id: it is not the one in the path".to_owned();
            return Err(Failure::Invalid(why));
        }
    }
    let shown = wanted.shown(&id);
    let (who, now) = (actor(&call)?, call.now);
    let change = move |tx: &mut Tx<'_>| -> Result<(), Refusal> {
        let before = named(tx, &known, &id)?;
        // How it is delivered was chosen elsewhere and stays.
        let draft = wanted.draft(before.wishes);
        endpoints::change(tx, &who, now, &id, &draft)
    };
    call.wire.store.write(change).await?;
    Ok(Reply::Found(shown))
}

async fn remove(call: Call) -> Answer {
    let (known, id) = (Known::by(&call), id(&call)?);
    let (who, now) = (actor(&call)?, call.now);
    let remove = move |tx: &mut Tx<'_>| -> Result<(), Refusal> {
        named(tx, &known, &id)?;
        endpoints::remove(tx, &who, now, &id)
    };
    call.wire.store.write(remove).await?;
    Ok(Reply::Gone)
}

/// The table lets nobody in who is not logged in.
fn actor(call: &Call) -> Result<hark_chat::Actor, Failure> {
    call.actor().map_err(|_| Failure::NotFound)
}
