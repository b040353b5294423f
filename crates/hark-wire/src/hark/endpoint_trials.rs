//! A sample for an endpoint that nobody has made yet: what its receiver makes of it, before it is kept.

use hark_store::Ids;
use hark_webhooks::dialects::Dialect;
use hark_webhooks::signing::Secret;
use hark_webhooks::{Refusal, probe, unmade};

use super::WEBHOOKS;
use super::answers::{self, Tested, Tried};
use super::endpoints::{Create, Policy, Signing};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::params::{AtLeastOne, NonEmpty, params};
use crate::quiet::Quiet;
use crate::route::{Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark POST "endpoints/try", WEBHOOKS, "Send a sample to where an endpoint would be, signed as it would be, and show what comes back; nothing is kept", try_it)
        .per_minute(60),
];

params! {
    struct Wanted {
        /// Where events would go, `http` or `https`.
        url: NonEmpty,
        /// How bodies are written; `standard` unless said otherwise.
        dialect: Option<Dialect>,
        /// Kinds of events, families (`chat.*`), or `*` for all.
        events: Option<AtLeastOne<NonEmpty>>,
        /// How deliveries would be tried; of that, what is success and how long it may take counts here.
        policy: Option<Policy>,
        /// The signing secret that the endpoint is to have, `whsec_…`; without one, one is made.
        secret: Option<NonEmpty>,
        /// How it is signed: `v1` with a shared secret, `v1a` with a key pair, `none` not at all.
        signing: Option<Signing>,
        /// Which kind of sample is sent; without it, the first that is asked for.
        kind: Option<NonEmpty>,
    }
}

async fn try_it(call: Call, wanted: Wanted) -> Result<Done<Tried>, Failure> {
    let kind = wanted.kind;
    let create = Create {
        name: None,
        url: wanted.url,
        dialect: wanted.dialect,
        events: wanted.events,
        policy: wanted.policy,
        secret: wanted.secret,
        signing: wanted.signing,
    };
    let (draft, secret) = create.read()?;
    let revealed = secret.as_ref().map(Secret::reveal);
    let endpoint = unmade(&draft, secret, call.now)?;
    if let Some(quiet) = Quiet::here(&call.wire).await? {
        return Err(Refusal::Conflict(quiet.to_string()).into());
    }
    let mark = Ids::from_system().id17();
    let kind = kind.as_deref();
    let probe = probe(&call.wire.egress, &endpoint, kind, &mark, call.now).await?;
    Ok(Done(Tried {
        tested: Tested {
            kind: probe.kind.as_str(),
            succeeded: probe.succeeded,
            attempt: answers::Attempt::of(&probe.attempt),
        },
        secret: revealed,
    }))
}
