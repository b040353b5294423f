//! Forgotten passwords. Nobody is told whether there is such an account.

use hark_model::Who;
use hark_staff::{forgotten, passwords};

use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::{NonEmpty, params};
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark POST "passwords/forgotten", Access::Anyone, "Mail a link to whoever has this user name or address; the answer is the same if nobody has", forgotten)
        .per_minute(5),
    &route!(Hark POST "passwords/renew", Access::Anyone, "Choose a new password behind such a link; it ends all sessions", renew)
        .per_minute(10),
];

params! {
    struct Forgotten {
        /// The user name or the address of the account.
        login: NonEmpty,
    }

    struct Renewal {
        /// What the link in the mail holds.
        token: NonEmpty,
        /// The new password.
        password: NonEmpty,
    }
}

async fn forgotten(call: Call, forgotten: Forgotten) -> Answer {
    let page = format!("{}/login/new-password", call.wire.options.site_url);
    let written = call.command(move |call, cx| {
        let keys = call.wire.policies.keys();
        forgotten::write(cx, keys, &forgotten.login, &page)
    });
    written.await?;
    Ok(Reply::Nothing)
}

async fn renew(call: Call, Renewal { token, password }: Renewal) -> Answer {
    let shown = token.0.clone();
    let owner = call.query(move |call, view| {
        let keys = call.wire.policies.keys();
        Ok(forgotten::owner_of_link(view, call.now, keys, &shown)?)
    });
    let owner = owner.await?.ok_or_else(over)?;
    // Off the transaction: hashing takes its time on purpose.
    let hashed = call.wire.hashing_work(move || passwords::choose(&password));
    let (hash, who, own) = (hashed.await??, Who::Account(owner), call.clone());
    let renewed = call.wire.store.write(move |tx| {
        let policies = &own.wire.policies;
        policies.command(tx, own.now, &who, |cx| {
            forgotten::renew_password(cx, policies.keys(), &token, &hash)
        })
    });
    if !renewed.await? {
        return Err(over());
    }
    Ok(Reply::Nothing)
}

fn over() -> Failure {
    Failure::NotFound("This link is not good, or not any more".into())
}
