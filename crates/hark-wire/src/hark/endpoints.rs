//! Endpoints: where events go.

use std::borrow::Cow;

use hark_model::Actor;
use hark_model::events::Kind;
use hark_store::{Ids, Timestamp, Tx};
use hark_webhooks::catalogue::KINDS;
use hark_webhooks::deliveries::lists;
use hark_webhooks::dialects::comm100::Subscription;
use hark_webhooks::dialects::{Dialect, Iso};
use hark_webhooks::endpoints::{
    self, Draft, Endpoint, LONGEST_URL, New, Origin, covers, new_secret,
};
use hark_webhooks::schedule::{
    LONGEST_DELAY, LONGEST_TIMEOUT, MOST_CONCURRENT, Overrides, Success,
};
use hark_webhooks::signing::{Scheme, Secret};
use hark_webhooks::{Refusal, probe};

use super::answers::{self, AuditLine, EndpointInFull, EndpointWithSecret, Looked, Page, Tested};
use super::{
    LIMIT, Nothing, POLLED, PageOfEndpoints, Paging, WEBHOOKS, audit, command, endpoint, kinds,
    misfit, moment, overlap, query,
};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::handler::{Done, Made};
use crate::params::{AtLeastOne, Change as To, Choice, NonEmpty, params};
use crate::quiet::Quiet;
use crate::route::{Route, route};
use crate::shape::Shape;

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "endpoints", WEBHOOKS, "Where events go", list)
        .earlier(&[("kind", "kinds")])
        .per_minute(POLLED),
    &route!(Hark POST "endpoints", WEBHOOKS, "Make an endpoint; its secret is shown only now", create)
        .with_second_factor(),
    &route!(Hark GET "endpoints/{id}", WEBHOOKS, "One endpoint, and how it goes with it", one)
        .per_minute(POLLED),
    &route!(Hark GET "endpoints/{id}/half-hours", WEBHOOKS, "How it went with an endpoint in each half hour, the latest first", half_hours)
        .per_minute(POLLED),
    &route!(Hark GET "stats/half-hours", WEBHOOKS, "How it went with all endpoints together in each half hour, the latest first", half_hours_of_all)
        .per_minute(POLLED),
    &route!(Hark GET "endpoints/{id}/changes", WEBHOOKS, "Who changed an endpoint and when, latest first", changes)
        .per_minute(POLLED),
    &route!(Hark POST "endpoints/look", WEBHOOKS, "What is where a URL leads; nothing is sent there", look)
        .per_minute(60),
    &route!(Hark PATCH "endpoints/{id}", WEBHOOKS, "Change what is named", change)
        .with_second_factor(),
    &route!(Hark DELETE "endpoints/{id}", WEBHOOKS, "Remove an endpoint; what is on its way to it is not sent", remove),
    &route!(Hark POST "endpoints/{id}:pause", WEBHOOKS, "Send nothing for now; what happens is kept", pause),
    &route!(Hark POST "endpoints/{id}:resume", WEBHOOKS, "Send again, what was kept first", resume),
    &route!(Hark POST "endpoints/{id}:rotate-secret", WEBHOOKS, "A new secret, shown only now; the old ones stay good for a while", rotate_secret)
        .with_second_factor(),
    &route!(Hark POST "endpoints/{id}:test", WEBHOOKS, "Send a sample at once, and show what comes back", test)
        .per_minute(60),
];

params! {
    struct Listed {
        /// Only endpoints that ask for one of these kinds of events.
        kinds: Option<AtLeastOne<NonEmpty>>,
        limit: Option<i64> = LIMIT,
        cursor: Option<NonEmpty>,
    }

    struct Since {
        from: Option<NonEmpty>,
    }

    pub(super) struct Create {
        /// What people call it.
        name: Option<String>,
        /// Where events go, `http` or `https`.
        url: NonEmpty,
        /// How bodies are written; `standard` unless said otherwise.
        dialect: Option<Dialect>,
        /// Kinds of events, families (`chat.*`), or `*` for all.
        events: Option<AtLeastOne<NonEmpty>>,
        /// How deliveries are tried; what is left out is as the dialect has it.
        policy: Option<Policy>,
        /// A signing secret of your own, `whsec_…`; without one, one is made.
        secret: Option<NonEmpty>,
        /// How deliveries are signed: `v1` with a shared secret, `v1a` with a key pair, `none` not at all.
        signing: Option<Signing>,
    }

    struct Change {
        /// What people call it.
        name: Option<String>,
        /// Where events go from now on.
        url: Option<NonEmpty>,
        /// How bodies are written from now on.
        dialect: Option<Dialect>,
        /// Kinds of events, families (`chat.*`), or `*` for all.
        events: Option<AtLeastOne<NonEmpty>>,
        /// Only what is named is changed; `null` goes back to the dialect's own.
        policy: To<Policy>,
    }

    /// What is `null` goes back to the dialect's own way.
    pub(super) struct Policy {
        /// Which answers are taken for success.
        success: To<Success>,
        /// How long a whole request may take, in milliseconds.
        timeout_ms as "timeoutMs": To<i64> = TIMEOUT,
        /// The pauses before each further attempt, in milliseconds; at most 50.
        delays_ms as "delaysMs": To<Vec<i64>> = DELAYS,
        /// How many requests go to it at the same time.
        concurrency: To<i64> = CONCURRENCY,
    }

    struct Rotate {
        /// How long the secrets of before stay good.
        overlap_seconds as "overlapSeconds": Option<i64>,
        /// A signing secret of your own; without one, one is made.
        secret: Option<NonEmpty>,
        /// Whether the new one is a shared secret or a key pair.
        signing: Option<Scheme>,
    }

    struct Address {
        /// Where events would go.
        url: NonEmpty,
    }

    struct Test {
        /// Which kind of sample is sent; without it, the first that the endpoint asks for.
        kind: Option<NonEmpty>,
    }
}

// As an endpoint's schedule may be chosen: `Overrides::check` has the last word.
const TIMEOUT: Shape = Shape::Maybe(&Shape::Between(1, LONGEST_TIMEOUT.as_millis() as i64));
const DELAYS: Shape = Shape::Maybe(&Shape::List(&Shape::Between(
    0,
    LONGEST_DELAY.as_millis() as i64,
)));
const CONCURRENCY: Shape = Shape::Maybe(&Shape::Between(1, MOST_CONCURRENT as i64));

/// How a new endpoint's requests are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signing {
    By(Scheme),
    Nothing,
}

impl Choice for Signing {
    const ALL: &'static [Self] = &[
        Self::By(Scheme::Hmac),
        Self::By(Scheme::Ed25519),
        Self::Nothing,
    ];
    const WORDS: &'static [&'static str] =
        &[Scheme::Hmac.as_str(), Scheme::Ed25519.as_str(), "none"];

    fn word(self) -> &'static str {
        match self {
            Self::By(scheme) => scheme.as_str(),
            Self::Nothing => "none",
        }
    }
}

type Shown = Result<Done<answers::Endpoint>, Failure>;

async fn list(call: Call, listed: Listed) -> Result<Done<Page<answers::Endpoint>>, Failure> {
    let named = kinds(listed.kinds)?;
    let all = KINDS.iter().map(|public| public.kind);
    let wanted: Vec<Kind> = all
        .filter(|kind| named.iter().any(|name| covers(name, *kind)))
        .collect();
    let by = PageOfEndpoints::asked(&Paging {
        limit: listed.limit,
        cursor: listed.cursor,
    })?;
    let look = query(&call, move |call, view| {
        let mut all = super::endpoints(call, view)?;
        if !wanted.is_empty() {
            all.retain(|endpoint| wanted.iter().any(|kind| endpoint.wants_kind(*kind)));
        }
        Ok(by.cut(all))
    });
    let (found, next_cursor) = look.await?;
    let items = found.iter();
    let items = items.map(|one| answers::Endpoint::of(one, call.now));
    Ok(Done(Page {
        items: items.collect(),
        next_cursor,
    }))
}

async fn half_hours(call: Call, since: Since) -> Result<Done<Page<answers::HalfHour>>, Failure> {
    let from = moment("from", since.from.as_ref())?.unwrap_or_else(|| call.now.plus_days(-2));
    let look = query(&call, move |call, view| {
        let endpoint = endpoint(call, view, call.path(0))?;
        Ok(lists::half_hours(view, endpoint.number, from)?)
    });
    let found = look.await?;
    Ok(Done(Page {
        items: found.iter().map(answers::HalfHour::of).collect(),
        next_cursor: None,
    }))
}

async fn half_hours_of_all(
    call: Call,
    since: Since,
) -> Result<Done<Page<answers::HalfHour>>, Failure> {
    let from = moment("from", since.from.as_ref())?.unwrap_or_else(|| call.now.plus_days(-2));
    let look = query(&call, move |call, view| {
        let endpoints = super::endpoints(call, view)?;
        let numbers: Vec<i64> = endpoints.iter().map(|one| one.number).collect();
        Ok(lists::half_hours_of_all(view, &numbers, from)?)
    });
    let found = look.await?;
    Ok(Done(Page {
        items: found.iter().map(answers::HalfHour::of).collect(),
        next_cursor: None,
    }))
}

/// Those who look after webhooks see what was changed of them, without the rest of the audit.
async fn changes(call: Call, paging: Paging) -> Result<Done<Page<AuditLine>>, Failure> {
    let id = call.path(0).to_owned();
    query(&call, |call, view| endpoint(call, view, call.path(0))).await?;
    audit::lines_of(&call, id, paging.limit, paging.cursor.as_ref()).await
}

/// Asks the way out as a request would, so that it says no more of other networks than a delivery does.
async fn look(call: Call, address: Address) -> Result<Done<Looked>, Failure> {
    let url = address.url.trim();
    if url.len() > LONGEST_URL {
        return Err(misfit("url", format!("may have {LONGEST_URL} bytes")));
    }
    let client = &call.wire.egress;
    let nothing = Looked {
        complaint: None,
        reached: None,
        error: None,
        detail: None,
        address: None,
        is_public: None,
        certificate_until: None,
    };
    if let Some(objection) = client.objection(url).await {
        return Ok(Done(Looked {
            complaint: Some(objection.to_string()),
            error: Some(objection.class().to_owned()),
            ..nothing
        }));
    }
    if Quiet::here(&call.wire).await?.is_some() {
        return Ok(Done(nothing));
    }
    let found = client.look(url).await;
    let failure = found.outcome.err();
    let until = found.good_until.and_then(|at| i64::try_from(at).ok());
    Ok(Done(Looked {
        reached: Some(failure.is_none()),
        error: failure.as_ref().map(|failure| failure.class().to_owned()),
        detail: failure.map(|failure| failure.to_string()),
        address: found.address.map(|address| address.ip().to_string()),
        is_public: found.address.map(|_| found.is_public),
        certificate_until: until.map(|at| Iso(Timestamp::from_millis(at.saturating_mul(1000)))),
        ..nothing
    }))
}

async fn one(call: Call, _: Nothing) -> Result<Done<EndpointInFull>, Failure> {
    let look = query(&call, |call, view| {
        let endpoint = endpoint(call, view, call.path(0))?;
        let stats = lists::stats(view, &[endpoint.number])?;
        let stats = stats.first().ok_or(Refusal::NotFound("endpoint"))?;
        Ok(EndpointInFull {
            endpoint: answers::Endpoint::of(&endpoint, call.now),
            stats: answers::Stats::of(stats),
        })
    });
    Ok(Done(look.await?))
}

/// The secret that is asked for: one that is brought along, or a fresh one of a kind.
fn secret(
    given: Option<&NonEmpty>,
    scheme: Option<Scheme>,
    usual: Scheme,
) -> Result<Secret, Failure> {
    let secret = new_secret(scheme.unwrap_or(usual), given.map(|text| &**text))?;
    match scheme {
        Some(scheme) if scheme != secret.scheme => Err(misfit(
            "secret",
            format!("is not one of the scheme {}", scheme.as_str()),
        )),
        _ => Ok(secret),
    }
}

/// A number that may not be below zero.
fn natural<T: TryFrom<i64>>(place: &str, number: i64) -> Result<T, Refusal> {
    T::try_from(number).map_err(|_| Refusal::Invalid {
        field: format!("policy/{place}").into(),
        why: "has to be 0 or more".to_owned(),
    })
}

impl Policy {
    fn apply(&self, overrides: &mut Overrides) -> Result<(), Refusal> {
        self.success
            .apply(&mut overrides.success, |success| Ok::<_, Refusal>(*success))?;
        self.timeout_ms
            .apply(&mut overrides.timeout_ms, |ms| natural("timeoutMs", *ms))?;
        self.delays_ms.apply(&mut overrides.delays_ms, |delays| {
            let delays = delays.iter().enumerate();
            delays
                .map(|(place, ms)| natural(&format!("delaysMs/{place}"), *ms))
                .collect()
        })?;
        self.concurrency.apply(&mut overrides.concurrency, |most| {
            natural("concurrency", *most)
        })
    }
}

impl Change {
    /// Puts what is named into a draft.
    fn apply(&self, draft: &mut Draft) -> Result<(), Refusal> {
        if let Some(name) = &self.name {
            draft.name = name.trim().to_owned();
        }
        if let Some(url) = &self.url {
            draft.url = url.trim().to_owned();
        }
        if let Some(dialect) = self.dialect {
            draft.dialect = dialect;
        }
        if let Some(events) = &self.events {
            draft.events = events.0.iter().map(|kind| kind.0.clone()).collect();
        }
        match &self.policy {
            To::Keep => Ok(()),
            // Everything goes back to the dialect's own way.
            To::Reset => {
                draft.overrides = Overrides::default();
                Ok(())
            }
            To::To(policy) => policy.apply(&mut draft.overrides),
        }
    }

    /// What was made through another API is changed through that API.
    fn is_allowed(&self, endpoint: &Endpoint) -> Result<(), Refusal> {
        let refuse = |field, why: &str| {
            let why = why.to_owned();
            Err(Refusal::Invalid {
                field: Cow::Borrowed(field),
                why,
            })
        };
        let events = self.events.as_ref();
        match endpoint.origin {
            Origin::Workspace => {
                let fields = [
                    ("name", self.name.is_some()),
                    ("url", self.url.is_some()),
                    ("dialect", self.dialect.is_some()),
                    ("events", events.is_some()),
                ];
                match fields.iter().find(|(_, is_named)| *is_named) {
                    Some((field, _)) => {
                        refuse(*field, "of the workspace webhook is in the settings")
                    }
                    None => Ok(()),
                }
            }
            Origin::Comm100 => match events.map_or(&[][..], |events| &events.0[..]) {
                [] => Ok(()),
                [kind] if !kind.ends_with('*') => {
                    match Kind::parse(kind).and_then(Subscription::of_kind) {
                        Some(_) => Ok(()),
                        None => refuse("events", "is a kind that Comm100's API has no name for"),
                    }
                }
                _ => refuse(
                    "events",
                    "of a webhook of Comm100's API can only be one kind",
                ),
            },
            Origin::Hark => Ok(()),
        }
    }
}

impl Create {
    /// What is to be made, and the secret that it is to have.
    pub(super) fn read(self) -> Result<(Draft, Option<Secret>), Failure> {
        let secret = match self.signing {
            Some(Signing::Nothing) if self.secret.is_some() => {
                return Err(misfit("secret", "is of no use when nothing is signed"));
            }
            Some(Signing::Nothing) => None,
            Some(Signing::By(scheme)) => Some(secret(self.secret.as_ref(), Some(scheme), scheme)?),
            None => Some(secret(self.secret.as_ref(), None, Scheme::Hmac)?),
        };
        let mut draft = Draft {
            name: String::new(),
            dialect: Dialect::Standard,
            url: String::new(),
            events: vec!["*".to_owned()],
            overrides: Overrides::default(),
        };
        let wanted = Change {
            name: self.name,
            url: Some(self.url),
            dialect: self.dialect,
            events: self.events,
            policy: self.policy.map_or(To::Keep, To::To),
        };
        wanted.apply(&mut draft)?;
        Ok((draft, secret))
    }
}

async fn create(call: Call, create: Create) -> Result<Made<EndpointWithSecret>, Failure> {
    let (draft, secret) = create.read()?;
    let revealed = secret.as_ref().map(Secret::reveal);
    let made = command(&call, move |call, tx, who| {
        let id = tx.ids().id24_at(call.now);
        let new = New {
            id: &id,
            origin: Origin::Hark,
            draft: &draft,
            secret: secret.as_ref(),
        };
        endpoints::create(tx, who, call.now, call.wire.policies.keys(), &new)?;
        endpoint(call, tx, &id)
    });
    let made = made.await?;
    Ok(Made(EndpointWithSecret {
        endpoint: looked_at(&call, &made).await,
        secret: revealed,
    }))
}

/// As it is shown to the one who has set its address: with what is wrong with where that leads.
async fn looked_at(call: &Call, endpoint: &Endpoint) -> answers::Endpoint {
    // What was wrong with another address is not wrong with this one.
    let objection = call.wire.egress.objection(&endpoint.url).await;
    let complaint = objection.map(|failure| failure.to_string());
    answers::Endpoint::of(endpoint, call.now).with_complaint(complaint)
}

/// Runs a command on the endpoint that the path names, and answers how that is then.
async fn on_endpoint(
    call: &Call,
    work: impl Fn(&Call, &mut Tx<'_>, &Actor) -> Result<(), Refusal> + Send + 'static,
) -> Result<Endpoint, Failure> {
    let done = command(call, move |call, tx, who| {
        work(call, tx, who)?;
        endpoint(call, tx, call.path(0))
    });
    Ok(done.await?)
}

async fn change(call: Call, change: Change) -> Shown {
    let sets_url = change.url.is_some();
    let changed = on_endpoint(&call, move |call, tx, who| {
        let endpoint = endpoint(call, tx, call.path(0))?;
        change.is_allowed(&endpoint)?;
        let mut draft = Draft::of(&endpoint);
        change.apply(&mut draft)?;
        endpoints::change(tx, who, call.now, call.path(0), &draft)
    });
    let changed = changed.await?;
    Ok(Done(if sets_url {
        looked_at(&call, &changed).await
    } else {
        answers::Endpoint::of(&changed, call.now)
    }))
}

async fn pause(call: Call, _: Nothing) -> Shown {
    let paused = on_endpoint(&call, |call, tx, who| {
        endpoints::pause(tx, who, call.now, call.path(0))
    });
    Ok(Done(answers::Endpoint::of(&paused.await?, call.now)))
}

async fn resume(call: Call, _: Nothing) -> Shown {
    let resumed = on_endpoint(&call, |call, tx, who| {
        endpoints::resume(tx, who, call.now, call.path(0))
    });
    Ok(Done(answers::Endpoint::of(&resumed.await?, call.now)))
}

async fn remove(call: Call, _: Nothing) -> Answer {
    let removed = command(&call, |call, tx, who| {
        endpoints::remove(tx, who, call.now, call.path(0))
    });
    removed.await?;
    Ok(Reply::Nothing)
}

async fn rotate_secret(call: Call, rotate: Rotate) -> Result<Done<EndpointWithSecret>, Failure> {
    let overlap = overlap(rotate.overlap_seconds)?;
    let before = query(&call, |call, view| endpoint(call, view, call.path(0))).await?;
    let usual = before
        .secrets
        .first()
        .map_or(Scheme::Hmac, |one| one.scheme);
    let secret = secret(rotate.secret.as_ref(), rotate.signing, usual)?;
    let revealed = secret.reveal();
    let rotated = on_endpoint(&call, move |call, tx, who| {
        let keys = call.wire.policies.keys();
        endpoints::rotate_secret(tx, who, call.now, keys, call.path(0), &secret, overlap)
    });
    Ok(Done(EndpointWithSecret {
        endpoint: answers::Endpoint::of(&rotated.await?, call.now),
        secret: Some(revealed),
    }))
}

async fn test(call: Call, test: Test) -> Result<Done<Tested>, Failure> {
    let endpoint = query(&call, |call, view| endpoint(call, view, call.path(0))).await?;
    if let Some(quiet) = Quiet::here(&call.wire).await? {
        return Err(Refusal::Conflict(quiet.to_string()).into());
    }
    let mark = Ids::from_system().id17();
    let client = &call.wire.egress;
    let kind = test.kind.as_deref();
    let probe = probe(client, &endpoint, kind, &mark, call.now).await?;
    Ok(Done(Tested {
        kind: probe.kind.as_str(),
        succeeded: probe.succeeded,
        attempt: answers::Attempt::of(&probe.attempt),
    }))
}
