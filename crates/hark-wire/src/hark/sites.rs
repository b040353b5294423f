//! Sites that say who their visitors are: the secrets and keys by which their word is known.

use hark_chat::sites::{self, Secret, Site};
use hark_model::Refusal;

use super::answers::{self, Page, SiteWithSecret};
use super::{Nothing, WEBHOOKS, misfit, overlap};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::handler::{Done, Made};
use crate::params::{NonEmpty, params};
use crate::route::{Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "sites", WEBHOOKS, "Sites whose word counts for who a visitor is", list),
    &route!(Hark POST "sites", WEBHOOKS, "Make a secret for a site, which is shown only now, or take its public key", create)
        .with_second_factor(),
    &route!(Hark POST "sites/{id}:rotate-secret", WEBHOOKS, "A new secret, shown only now, or another public key; the old ones stay good for a while", rotate_secret)
        .with_second_factor(),
    &route!(Hark DELETE "sites/{id}", WEBHOOKS, "Remove a site; what it has signed counts no more", remove)
        .with_second_factor(),
];

params! {
    struct Create {
        /// What people call the site.
        name: Option<String>,
        /// The site's own Ed25519 key, as PEM or base64; without one, a shared secret is made.
        public_key as "publicKey": Option<NonEmpty>,
    }

    struct Rotate {
        /// The site's new Ed25519 key; without one, a shared secret is made.
        public_key as "publicKey": Option<NonEmpty>,
        /// How long the keys of before stay good.
        overlap_seconds as "overlapSeconds": Option<i64>,
    }
}

async fn list(call: Call, _: Nothing) -> Result<Done<Page<answers::Site>>, Failure> {
    let found = call.query(|call, view| {
        let keys = call.wire.policies.keys();
        Ok(sites::all(view, keys, call.sure())?)
    });
    let found = found.await?;
    Ok(Done(Page {
        items: found.iter().map(answers::Site::of).collect(),
        next_cursor: None,
    }))
}

/// A fresh secret, or the key that the site has given.
fn secret(public_key: Option<&NonEmpty>) -> Result<Secret, Failure> {
    match public_key {
        Some(pem) => Secret::public(pem).ok_or_else(|| {
            let wanted =
                "has to be an Ed25519 public key in PEM, as `openssl pkey -pubout` writes it";
            misfit("publicKey", wanted)
        }),
        None => Ok(Secret::fresh().map_err(Refusal::from)?),
    }
}

fn with_secret(site: &Site, secret: &Secret) -> SiteWithSecret {
    SiteWithSecret {
        site: answers::Site::of(site),
        secret: secret.reveal(),
    }
}

async fn create(call: Call, create: Create) -> Result<Made<SiteWithSecret>, Failure> {
    let secret = secret(create.public_key.as_ref())?;
    let name = create.name.unwrap_or_default();
    let made = secret.clone();
    let site = call.command(move |call, cx| {
        let keys = call.wire.policies.keys();
        sites::create(cx, keys, &name, &made)
    });
    let site = site.await?;
    log_change(
        &call,
        &site.id,
        "a site was made that vouches for its visitors",
    );
    Ok(Made(with_secret(&site, &secret)))
}

async fn rotate_secret(call: Call, rotate: Rotate) -> Result<Done<SiteWithSecret>, Failure> {
    let overlap = overlap(rotate.overlap_seconds)?;
    let secret = secret(rotate.public_key.as_ref())?;
    let made = secret.clone();
    let site = call.command(move |call, cx| {
        let keys = call.wire.policies.keys();
        sites::rotate_secret(cx, keys, call.path(0), &made, overlap, call.sure())
    });
    let site = site.await?;
    let what = "a site that vouches for its visitors has another secret";
    log_change(&call, &site.id, what);
    Ok(Done(with_secret(&site, &secret)))
}

async fn remove(call: Call, _: Nothing) -> Answer {
    let removed = call.command(|call, cx| sites::remove(cx, call.path(0)));
    removed.await?;
    let what = "a site was removed that vouched for its visitors";
    log_change(&call, call.path(0), what);
    Ok(Reply::Nothing)
}

/// Anyone who knows a site's secret speaks for any of its visitors, so the operator sees who has made one.
fn log_change(call: &Call, site: &str, what: &str) {
    let by = call.who.account().map(|account| account.id.as_str());
    tracing::info!(site, by, "{what}");
}
