//! Endpoints: where events go.

use std::time::Duration;

use hark_chat::Actor;
use hark_store::{Ids, Timestamp, Tx};
use hark_webhooks::deliveries::lists;
use hark_webhooks::dialects::Dialect;
use hark_webhooks::dialects::comm100::Subscription;
use hark_webhooks::endpoints::{self, Draft, Endpoint, LONGEST_OVERLAP, New, Origin, new_secret};
use hark_webhooks::schedule::Wishes;
use hark_webhooks::signing::{Scheme, Secret};
use hark_webhooks::{Refusal, probe};
use serde_json::{Map, Value, json};

use super::{Eyes, NOTHING, PAGE, POLLED, WEBHOOKS, cursor, documents, limit, misfit, read, write};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "endpoints", WEBHOOKS, "Where events go", list)
        .answers(200, "EndpointPage")
        .takes(PAGE)
        .per_minute(POLLED),
    &route!(Hark POST "endpoints", WEBHOOKS, "Make an endpoint; its secret is shown only now", create)
        .answers(201, "EndpointWithSecret")
        .takes(CREATE),
    &route!(Hark GET "endpoints/{id}", WEBHOOKS, "One endpoint, and how it goes with it", one)
        .answers(200, "EndpointInFull")
        .takes(NOTHING)
        .per_minute(POLLED),
    &route!(Hark PATCH "endpoints/{id}", WEBHOOKS, "Change what is named", change).answers(200, "Endpoint")
        .takes(CHANGE),
    &route!(Hark DELETE "endpoints/{id}", WEBHOOKS, "Remove an endpoint; what is on its way to it is not sent", remove)
        .takes(NOTHING),
    &route!(Hark POST "endpoints/{id}:pause", WEBHOOKS, "Send nothing for now; what happens is kept", pause)
        .answers(200, "Endpoint")
        .takes(NOTHING),
    &route!(Hark POST "endpoints/{id}:resume", WEBHOOKS, "Send again, what was kept first", resume)
        .answers(200, "Endpoint")
        .takes(NOTHING),
    &route!(Hark POST "endpoints/{id}:rotate-secret", WEBHOOKS, "A new secret, shown only now; the old ones stay good for a while", rotate_secret)
        .answers(200, "EndpointWithSecret")
        .takes(ROTATE),
    &route!(Hark POST "endpoints/{id}:test", WEBHOOKS, "Send a sample at once, and show what comes back", test)
        .answers(200, "Tested")
        .takes(TEST)
        .per_minute(60),
];

const DIALECT: Shape = Shape::OneOf(&["rocketchat", "comm100", "standard"]);
const EVENTS: Shape = Shape::SomeOf(&Shape::NonEmpty);
const SIGNING: Shape = Shape::OneOf(&["v1", "v1a", "none"]);
/// What is `null` goes back to the dialect's own way.
const POLICY: Shape = Shape::Object(&[
    Field::optional("success", Shape::Maybe(&Shape::OneOf(&["200", "2xx"]))),
    Field::optional("timeoutMs", Shape::Maybe(&Shape::Integer)),
    Field::optional("delaysMs", Shape::Maybe(&Shape::List(&Shape::Integer))),
    Field::optional("concurrency", Shape::Maybe(&Shape::Integer)),
]);
const CREATE: Shape = Shape::Object(&[
    Field::optional("name", Shape::Text),
    Field::required("url", Shape::NonEmpty),
    Field::optional("dialect", DIALECT),
    Field::optional("events", EVENTS),
    Field::optional("policy", POLICY),
    Field::optional("secret", Shape::NonEmpty),
    Field::optional("signing", SIGNING),
]);
const CHANGE: Shape = Shape::Object(&[
    Field::optional("name", Shape::Text),
    Field::optional("url", Shape::NonEmpty),
    Field::optional("dialect", DIALECT),
    Field::optional("events", EVENTS),
    Field::optional("policy", POLICY),
]);
const ROTATE: Shape = Shape::Object(&[
    Field::optional("overlapSeconds", Shape::Integer),
    Field::optional("secret", Shape::NonEmpty),
    Field::optional("signing", Shape::OneOf(&["v1", "v1a"])),
]);
const TEST: Shape = Shape::Object(&[Field::optional("kind", Shape::NonEmpty)]);

/// How long a secret that was replaced stays good, unless it is said.
const USUAL_OVERLAP: Duration = Duration::from_secs(86_400);

async fn list(call: Call) -> Answer {
    let (limit, after) = (limit(&call)?, cursor(&call)?);
    let after = after.map_or(0, |[number]| number);
    let eyes = Eyes::of(&call);
    let mut found = read(&call, move |view| Ok(eyes.endpoints(view)?)).await?;
    found.retain(|endpoint| endpoint.number > after);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| has_more);
    let next = last.map(|endpoint| endpoint.number.to_string());
    let items = found.iter().map(|one| documents::endpoint(one, call.now));
    Reply::object(json!({"items": items.collect::<Vec<_>>(), "nextCursor": next}))
}

async fn one(call: Call) -> Answer {
    let (eyes, id) = (Eyes::of(&call), call.path(0).to_owned());
    let look = read(&call, move |view| {
        let endpoint = eyes.endpoint(view, &id)?;
        let stats = lists::stats(view, &[endpoint.number])?;
        Ok((endpoint, stats))
    });
    let (endpoint, stats) = look.await?;
    let mut document = documents::endpoint(&endpoint, call.now);
    document["stats"] = stats.first().map_or(Value::Null, documents::stats);
    Reply::object(document)
}

/// The secret that is asked for: one that is brought along, or a fresh one of a kind.
fn secret(call: &Call, usual: Scheme) -> Result<Option<Secret>, Failure> {
    let given = call.text("secret");
    let signing = call.text("signing");
    if signing == Some("none") {
        return match given {
            None => Ok(None),
            Some(_) => Err(misfit("secret", "is of no use when nothing is signed")),
        };
    }
    let scheme = signing.and_then(Scheme::parse);
    let secret = new_secret(scheme.unwrap_or(usual), given)?;
    match scheme {
        Some(scheme) if scheme != secret.scheme => Err(misfit(
            "secret",
            format!("is not one of the scheme {}", scheme.as_str()),
        )),
        _ => Ok(Some(secret)),
    }
}

/// An endpoint together with the secret that it has got: the only time that it is shown.
fn with_secret(mut document: Value, secret: Option<&Secret>) -> Value {
    document["secret"] = secret.map_or(Value::Null, |secret| json!(secret.reveal()));
    document
}

/// What is wished otherwise than before.
fn wishes(before: &Wishes, changes: &Map<String, Value>) -> Result<Wishes, Refusal> {
    let mut members = json!(before);
    if let Some(members) = members.as_object_mut() {
        for (name, value) in changes {
            members.insert(name.clone(), value.clone());
        }
    }
    serde_json::from_value(members).map_err(|error| Refusal::Invalid {
        field: "policy",
        why: error.to_string(),
    })
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Puts what is named into a draft.
fn apply(draft: &mut Draft, params: &Value) -> Result<(), Refusal> {
    if let Some(name) = params["name"].as_str() {
        draft.name = name.trim().to_owned();
    }
    if let Some(url) = params["url"].as_str() {
        draft.url = url.trim().to_owned();
    }
    if let Some(dialect) = params["dialect"].as_str().and_then(Dialect::parse) {
        draft.dialect = dialect;
    }
    if let Some(events) = params.get("events") {
        draft.events = texts(events);
    }
    if let Some(policy) = params["policy"].as_object() {
        draft.wishes = wishes(&draft.wishes, policy)?;
    }
    Ok(())
}

async fn create(call: Call) -> Answer {
    let secret = secret(&call, Scheme::Hmac)?;
    let mut draft = Draft {
        name: String::new(),
        dialect: Dialect::Standard,
        url: String::new(),
        events: vec!["*".to_owned()],
        wishes: Wishes::default(),
    };
    apply(&mut draft, &call.params)?;
    let (eyes, who, now) = (Eyes::of(&call), call.actor()?, call.now);
    let kept = secret.clone();
    let made = write(&call, move |tx| {
        let id = tx.ids().id24_at(now);
        let new = New {
            id: &id,
            origin: Origin::Hark,
            draft: &draft,
            secret: kept.as_ref(),
        };
        endpoints::create(tx, &who, now, eyes.wire.policies.keys(), &new)?;
        eyes.endpoint(tx, &id)
    });
    let document = documents::endpoint(&made.await?, now);
    Ok(Reply::Made(with_secret(document, secret.as_ref())))
}

async fn change(call: Call) -> Answer {
    let (eyes, who, now) = (Eyes::of(&call), call.actor()?, call.now);
    let (id, params) = (call.path(0).to_owned(), call.params.clone());
    let changed = write(&call, move |tx| {
        let endpoint = eyes.endpoint(tx, &id)?;
        may_be_changed(&endpoint, &params)?;
        let mut draft = Draft::of(&endpoint);
        apply(&mut draft, &params)?;
        endpoints::change(tx, &who, now, &id, &draft)?;
        eyes.endpoint(tx, &id)
    });
    Reply::object(documents::endpoint(&changed.await?, now))
}

/// What comes in by another door is changed by that door.
fn may_be_changed(endpoint: &Endpoint, params: &Value) -> Result<(), Refusal> {
    let refuse = |field, why: &str| {
        let why = why.to_owned();
        Err(Refusal::Invalid { field, why })
    };
    for field in ["name", "url", "dialect", "events"] {
        if endpoint.origin == Origin::Workspace && params.get(field).is_some() {
            return refuse(field, "of the workspace webhook is in the settings");
        }
    }
    let has_many = params["events"].as_array().is_some_and(|all| {
        all.len() > 1
            || all
                .iter()
                .any(|one| one.as_str().is_some_and(|text| text.ends_with('*')))
    });
    if endpoint.origin == Origin::Comm100 && has_many {
        return refuse(
            "events",
            "of a webhook of Comm100's API can only be one kind",
        );
    }
    let kind = params["events"][0].as_str();
    let is_strange = kind.is_some_and(|kind| Subscription::of_kind(kind).is_none());
    if endpoint.origin == Origin::Comm100 && is_strange {
        return refuse("events", "is a kind that Comm100's API has no name for");
    }
    Ok(())
}

/// A command on the endpoint that the path names; answers the endpoint.
async fn on_endpoint(
    call: &Call,
    command: fn(&mut Tx<'_>, &Actor, Timestamp, &str) -> Result<(), Refusal>,
) -> Answer {
    let (eyes, who, now) = (Eyes::of(call), call.actor()?, call.now);
    let id = call.path(0).to_owned();
    let done = write(call, move |tx| {
        command(tx, &who, now, &id)?;
        eyes.endpoint(tx, &id)
    });
    Reply::object(documents::endpoint(&done.await?, now))
}

async fn pause(call: Call) -> Answer {
    on_endpoint(&call, endpoints::pause).await
}

async fn resume(call: Call) -> Answer {
    on_endpoint(&call, endpoints::resume).await
}

async fn remove(call: Call) -> Answer {
    let (who, now, id) = (call.actor()?, call.now, call.path(0).to_owned());
    write(&call, move |tx| endpoints::remove(tx, &who, now, &id)).await?;
    Ok(Reply::Nothing)
}

async fn rotate_secret(call: Call) -> Answer {
    let overlap = match call.params.get("overlapSeconds").and_then(Value::as_i64) {
        None => USUAL_OVERLAP,
        Some(seconds) => {
            let overlap = u64::try_from(seconds).ok().map(Duration::from_secs);
            let overlap = overlap.filter(|overlap| *overlap <= LONGEST_OVERLAP);
            overlap.ok_or_else(|| misfit("overlapSeconds", "has to be from 0 to 604800"))?
        }
    };
    let (eyes, id) = (Eyes::of(&call), call.path(0).to_owned());
    let before = read(&call, move |view| eyes.endpoint(view, &id)).await?;
    let usual = before
        .secrets
        .first()
        .map_or(Scheme::Hmac, |one| one.scheme);
    let Some(secret) = secret(&call, usual)? else {
        return Err(misfit("signing", "has to be v1 or v1a"));
    };
    let (eyes, who, now) = (Eyes::of(&call), call.actor()?, call.now);
    let (id, kept) = (call.path(0).to_owned(), secret.clone());
    let rotated = write(&call, move |tx| {
        let keys = eyes.wire.policies.keys();
        endpoints::rotate_secret(tx, &who, now, keys, &id, &kept, overlap)?;
        eyes.endpoint(tx, &id)
    });
    let document = documents::endpoint(&rotated.await?, now);
    Reply::object(with_secret(document, Some(&secret)))
}

async fn test(call: Call) -> Answer {
    let (eyes, id) = (Eyes::of(&call), call.path(0).to_owned());
    let endpoint = read(&call, move |view| eyes.endpoint(view, &id)).await?;
    let mark = Ids::from_system().id17();
    let client = &call.wire.egress;
    let probe = probe(client, &endpoint, call.text("kind"), &mark, call.now).await?;
    Reply::object(json!({
        "kind": probe.kind,
        "succeeded": probe.succeeded,
        "attempt": documents::attempt(&probe.record),
    }))
}
