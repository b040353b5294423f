//! Whether mail goes out as the settings have it.

use std::time::{Duration, Instant};

use hark_chat::mail::{self, NewMail};
use hark_webhooks::Refusal;

use super::Nothing;
use super::answers::TestedMail;
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::quiet::Quiet;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark POST "mail:test", Access::Permission("edit-privileged-setting"), "Mail a test to the caller's own address, and say how it went", test)
        .per_minute(5),
];

const SUBJECT: &str = "A test from Hark";
/// How long the SMTP server may take before nobody waits for it any more.
const PATIENCE: Duration = Duration::from_secs(30);
/// Another node may have tried it, of which nobody tells this one.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// It goes the way of every mail. What did not go is taken back: nobody waits for it any more.
async fn test(call: Call, _: Nothing) -> Result<Done<TestedMail>, Failure> {
    let recipient = call.account()?.emails.first();
    let recipient = recipient.map(|email| email.address.clone());
    let recipient = recipient.filter(|address| mail::is_address(address));
    let recipient = recipient.ok_or_else(|| {
        Refusal::Conflict("Your account has no e-mail address: give it one first".into())
    })?;
    if let Some(quiet) = Quiet::here(&call.wire).await? {
        return Err(Refusal::Conflict(quiet.to_string()).into());
    }
    let since = Instant::now();
    let to = recipient.clone();
    let written = call.command(move |call, cx| {
        let by = call.account()?.username.clone();
        let site = call.wire.options.site_url.clone();
        let body = mail::note(
            SUBJECT,
            &[("Server", site.as_str()), ("Asked for by", by.as_str())],
            "Mail goes out as the settings have it.",
        );
        let mail = NewMail {
            recipient: &to,
            reply_to: None,
            subject: SUBJECT,
            body,
        };
        mail::send(cx, &mail)
    });
    let id = written.await?;
    call.wire.mail_awaited.notify_one();
    let error = outcome(&call, &id, since).await?;
    let millis = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
    Ok(Done(TestedMail {
        sent: error.is_none(),
        recipient,
        error,
        millis,
    }))
}

/// Why it could not be sent, if it could not.
async fn outcome(call: &Call, id: &str, since: Instant) -> Result<Option<String>, Failure> {
    loop {
        // Registered before looking: what is tried between the two wakes us.
        let tried = call.wire.mail_tried.notified();
        let mut tried = std::pin::pin!(tried);
        tried.as_mut().enable();
        let mail = id.to_owned();
        let found = call.query(move |_, view| Ok(mail::errors_of(view, &mail)?));
        let error = match found.await? {
            None => return Ok(None),
            Some(Some(error)) => error,
            Some(None) if since.elapsed() < PATIENCE => {
                // Whether it came in time is seen by the next look.
                drop(tokio::time::timeout(LOOK_AGAIN, tried).await);
                continue;
            }
            Some(None) => format!(
                "the SMTP server has not answered within {} seconds",
                PATIENCE.as_secs()
            ),
        };
        let mail = id.to_owned();
        call.command(move |_, cx| Ok(mail::delete(cx.tx, &mail)?))
            .await?;
        return Ok(Some(error));
    }
}
