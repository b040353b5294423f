//! Mail to all who work here.

use hark_model::Page;
use hark_model::accounts::{self, Account, SortKey};
use hark_staff::circular::{self, Circular, WAY_OUT};
use hark_store::Timestamp;

use super::documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::params::params;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "mailer", Access::Permission("send-mail"), "Mail all who work here and want it", send),
    &route!(POST "mailer.unsubscribe", Access::User, "Get no such mail any more", unsubscribe)
        .per_minute(1),
];

params! {
    struct Mailing {
        /// The address that it comes from.
        from: String,
        /// The subject of the mail.
        subject: String,
        /// The mail, with `[unsubscribe]` where the link goes.
        body: String,
        /// `true`: only to the caller.
        dry_run as "dryrun": Option<bool>,
        _query as "query": Option<String>,
    }

    struct Recipient {
        /// The id in the link of the mail.
        id as "_id": String,
        /// The moment in the link of the mail.
        created_at as "createdAt": String,
    }
}

/// Accounts that are looked at in one go, and in all.
const STEP: i64 = 100;
const MOST: i64 = 10_000;
const LONGEST_SUBJECT: usize = 1_000;
const LARGEST_BODY: usize = 1 << 20;
/// What may be asked of those who get one.
const ASKABLE: &[&str] = &[
    "_id",
    "username",
    "name",
    "type",
    "status",
    "active",
    "roles",
    "emails.address",
];

async fn send(call: Call, mailing: Mailing) -> Answer {
    let address = mailing.from.rsplit_once('<');
    let address = address.map_or(mailing.from.as_str(), |(_, rest)| {
        rest.trim_end_matches('>')
    });
    let address = address.trim().to_owned();
    if !hark_chat::mail::is_address(&address) {
        return Err(Failure::coded(
            "Invalid from address [error-invalid-from-address]",
        ));
    }
    if !mailing.body.contains(WAY_OUT) {
        return Err(Failure::coded(
            "You must provide the [unsubscribe] link. [error-missing-unsubscribe-link]",
        ));
    }
    if mailing.subject.chars().nth(LONGEST_SUBJECT).is_some() || mailing.body.len() > LARGEST_BODY {
        return Err(Failure::invalid_params("must NOT have more characters"));
    }
    let query = paging::query(&call, ASKABLE, "view-full-other-user-info").await?;
    let circular = Circular {
        from: address.clone(),
        subject: mailing.subject,
        html: mailing.body,
    };
    if mailing.dry_run == Some(true) {
        // It goes to who has written it, and shows how it looks.
        let own = call.query(move |_, view| Ok(accounts::find_by_email(view, &address)?));
        let own: Vec<Account> = own.await?.into_iter().collect();
        put_out(&call, circular, own).await?;
        return Reply::done();
    }
    for offset in (0..MOST).step_by(STEP as usize) {
        let page = Page {
            offset,
            limit: STEP,
        };
        let found =
            call.query(move |_, view| Ok(accounts::list(view, SortKey::CreatedAt, false, page)?.0));
        let found = found.await?;
        let is_last = found.len() < STEP as usize;
        let people = found.into_iter().filter(|account| {
            let asked = || query.matches(&documents::person_in_full(account));
            circular::reaches(account) && asked()
        });
        put_out(&call, circular.clone(), people.collect()).await?;
        if is_last {
            break;
        }
    }
    Reply::done()
}

async fn put_out(call: &Call, circular: Circular, people: Vec<Account>) -> Result<(), Failure> {
    if people.is_empty() {
        return Ok(());
    }
    let put = call.command(move |call, cx| {
        let site_url = call.wire.options.site_url.trim_end_matches('/');
        circular::send(cx, &circular, &people, site_url)
    });
    Ok(put.await?)
}

/// A link that is none changes nothing, and its answer says no more than another one.
async fn unsubscribe(call: Call, recipient: Recipient) -> Answer {
    let made = recipient.created_at.parse().ok();
    let Some(made) = made.map(Timestamp::from_millis) else {
        return Reply::done();
    };
    call.done(move |_, cx| circular::unsubscribe(cx, &recipient.id, made))
        .await
}
