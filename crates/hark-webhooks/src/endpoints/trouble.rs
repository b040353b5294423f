//! An endpoint to which nothing arrives: it is said once when that begins, and once when it is over, in
//! the log of the program, as an event for other endpoints, and by mail to those whom a setting names.

use hark_chat::mail::{self, NewMail};
use hark_model::events::{
    DeliveryGivenUp, EndpointDisabled, EndpointFailing, EndpointRecovered, Event, Kind, Subject,
    record_event,
};
use hark_model::{Actor, Context, settings};
use hark_store::{Result, Timestamp, params};

use super::{Endpoint, State, Trouble, is_closed, lock_and_find, record, rows};
use crate::Refusal;
use crate::deliveries::{self, Item, Step, What};

/// Between two mails about one endpoint that bring bad news, so that one that comes and goes does not
/// fill anybody's box.
const BETWEEN_MAILS_MILLIS: i64 = 900_000;

/// What changed with an endpoint, for the log of the program.
#[derive(Debug)]
pub(crate) enum Turned {
    Failing(Trouble),
    Disabled(String),
    Recovered(Trouble),
}

impl Turned {
    /// One line; after it is on disk.
    pub(crate) fn log(&self, endpoint: &Endpoint) {
        let (endpoint, name) = (&endpoint.id, &endpoint.name);
        match self {
            Self::Failing(trouble) => tracing::warn!(
                endpoint,
                name,
                error = trouble.class,
                why = trouble.why,
                since = trouble.since.iso(),
                "nothing arrives at a webhook; it is tried again as its schedule says"
            ),
            Self::Disabled(why) => tracing::warn!(
                endpoint,
                name,
                why,
                "a webhook is disabled by failures; what happens is kept for it"
            ),
            Self::Recovered(trouble) => tracing::info!(
                endpoint,
                name,
                since = trouble.since.iso(),
                "a webhook works again"
            ),
        }
    }
}

/// Nothing arrives any more. Nothing new, if that is known.
pub(crate) fn begin(
    cx: &mut Context<'_, '_>,
    id: &str,
    trouble: &Trouble,
) -> Result<Option<Turned>, Refusal> {
    let stored = lock_and_find(cx.tx, id)?;
    let known = stored.trouble_class.as_deref();
    if known.is_some_and(|known| is_closed(known) == trouble.is_closed()) {
        if trouble.is_closed() && stored.trouble.as_deref() != Some(&*trouble.why) {
            // It has another address, to which nothing may be sent either.
            let trouble = Trouble {
                since: stored.trouble_since.unwrap_or(trouble.since),
                ..trouble.clone()
            };
            rows::set_trouble(cx.tx, stored.number, Some(&trouble))?;
        }
        return Ok(None);
    }
    rows::set_trouble(cx.tx, stored.number, Some(trouble))?;
    let failing = Event::EndpointFailing(EndpointFailing {
        endpoint: id.to_owned(),
        name: stored.name.clone(),
        since: trouble.since,
        error: trouble.class.clone(),
        reason: trouble.why.clone(),
    });
    record_event(cx.tx, cx.now, Subject::NONE, &failing)?;
    let known = [("Since", &*trouble.since.iso()), ("Error", &trouble.class)];
    alert(cx, &stored, "nothing arrives at", &known, &trouble.why)?;
    Ok(Some(Turned::Failing(trouble.clone())))
}

/// Failures stop the deliveries; what happens meanwhile is kept for later.
pub(crate) fn disable(
    cx: &mut Context<'_, '_>,
    id: &str,
    reason: &str,
) -> Result<Option<Turned>, Refusal> {
    let stored = lock_and_find(cx.tx, id)?;
    if stored.state != State::Active.as_str() {
        return Ok(None);
    }
    rows::set_state(cx.tx, cx.now, stored.number, State::Disabled, Some(reason))?;
    if stored.trouble_class.is_none() {
        let trouble = Trouble {
            class: "disabled".to_owned(),
            why: reason.to_owned(),
            since: cx.now,
        };
        rows::set_trouble(cx.tx, stored.number, Some(&trouble))?;
    }
    let disabled = Event::EndpointDisabled(EndpointDisabled {
        endpoint: id.to_owned(),
        by: Actor::System,
        reason: reason.to_owned(),
        name: stored.name.clone(),
    });
    record_event(cx.tx, cx.now, Subject::NONE, &disabled)?;
    // It is another thing to know than that it fails, so it does not wait for its turn.
    let stored = rows::Stored {
        alerted_at: None,
        ..stored
    };
    let words = format!(
        "{reason}\n\nWhat happens is kept for it. When its receiver is right again, \
        POST /api/hark/v1/endpoints/{id}:resume lets it go on."
    );
    alert(cx, &stored, "deliveries have stopped to", &[], &words)?;
    Ok(Some(Turned::Disabled(reason.to_owned())))
}

/// Something arrived, or may arrive now: `at_once`, what waits is sent without regard to its time. One
/// that was disabled is served again.
pub(crate) fn end(
    cx: &mut Context<'_, '_>,
    id: &str,
    at_once: bool,
) -> Result<Option<Turned>, Refusal> {
    let stored = lock_and_find(cx.tx, id)?;
    let is_disabled = stored.state == State::Disabled.as_str();
    if is_disabled {
        rows::set_state(cx.tx, cx.now, stored.number, State::Active, None)?;
        record(cx.tx, &Actor::System, cx.now, Event::EndpointResumed, id)?;
    }
    if is_disabled || (at_once && stored.trouble_class.is_some()) {
        deliveries::start_afresh(cx.tx, cx.now, stored.number)?;
    }
    let trouble = Trouble::of(
        stored.trouble_class.clone(),
        stored.trouble.clone(),
        stored.trouble_since,
    );
    let Some(trouble) = trouble else {
        return Ok(None);
    };
    rows::set_trouble(cx.tx, stored.number, None)?;
    let recovered = Event::EndpointRecovered(EndpointRecovered {
        endpoint: id.to_owned(),
        name: stored.name.clone(),
        since: trouble.since,
    });
    record_event(cx.tx, cx.now, Subject::NONE, &recovered)?;
    if stored.alerted_at.is_some_and(|at| at >= trouble.since) {
        let known = [("Since", &*trouble.since.iso()), ("Error", &trouble.class)];
        let words = "It is over: what waits is sent. What was given up meanwhile is sent by a replay \
            (POST /api/hark/v1/endpoints/{id}:replay with failedOnly).";
        send(
            cx,
            &stored,
            "works again:",
            &known,
            &words.replace("{id}", id),
        )?;
    }
    Ok(Some(Turned::Recovered(trouble)))
}

/// Whether a delivery is about webhooks. That one of these did not arrive is reported to nobody: two
/// endpoints that report on each other would never come to an end.
fn is_about_webhooks(kind: &str) -> bool {
    matches!(
        Kind::parse(kind),
        Some(
            Kind::EndpointFailing
                | Kind::EndpointDisabled
                | Kind::EndpointRecovered
                | Kind::DeliveryGivenUp
        )
    )
}

/// Of these some were given up.
pub(crate) fn give_up(
    cx: &mut Context<'_, '_>,
    endpoint: &Endpoint,
    given_up: &[&Step],
) -> Result<()> {
    for step in given_up {
        let Step { item, what } = step;
        let (What::Failed { attempt, .. }, false) = (what, is_about_webhooks(&item.kind)) else {
            continue;
        };
        let given_up = Event::DeliveryGivenUp(DeliveryGivenUp {
            delivery: deliveries::id(endpoint.number, item.position, &item.mark),
            endpoint: endpoint.id.clone(),
            name: endpoint.name.clone(),
            event: item.position,
            kind: item.kind.clone(),
            conversation: conversation(item),
            attempts: item.attempts + 1,
            status: attempt.status,
            error: attempt.error.as_deref().map(str::to_owned),
        });
        record_event(cx.tx, cx.now, Subject::NONE, &given_up)?;
    }
    let stored: Option<rows::Stored> = cx.tx.record(&rows::FIND, params![&endpoint.id])?;
    let Some(stored) = stored.filter(|stored| stored.trouble_class.is_none()) else {
        // It is known that nothing arrives.
        return Ok(());
    };
    let words = format!(
        "{} did not arrive and will not be tried again by itself; the attempts and their answers are at \
        /api/hark/v1/endpoints/{}/deliveries?state=given-up.",
        match given_up.len() {
            1 => "One delivery".to_owned(),
            many => format!("{many} deliveries"),
        },
        endpoint.id
    );
    alert(cx, &stored, "something was given up of", &[], &words)
}

fn conversation(item: &Item) -> Option<String> {
    let key = item.order_key.as_ref().filter(|_| item.seq.is_some());
    key.map(ToString::to_string)
}

/// Bad news, unless there was some lately.
fn alert(
    cx: &mut Context<'_, '_>,
    stored: &rows::Stored,
    what: &str,
    known: &[(&str, &str)],
    words: &str,
) -> Result<()> {
    let lately = |at: Timestamp| cx.now.millis_since(at) < BETWEEN_MAILS_MILLIS;
    if stored.alerted_at.is_some_and(lately) {
        return Ok(());
    }
    if send(cx, stored, what, known, words)? {
        rows::set_alerted(cx.tx, cx.now, stored.number)?;
    }
    Ok(())
}

fn send(
    cx: &mut Context<'_, '_>,
    stored: &rows::Stored,
    what: &str,
    known: &[(&str, &str)],
    words: &str,
) -> Result<bool> {
    let to = cx
        .policy
        .text(settings::Livechat_webhook_alert_emails)
        .trim();
    if to.is_empty() {
        return Ok(false);
    }
    let name = if stored.name.is_empty() {
        &stored.id
    } else {
        &stored.name
    };
    let subject = mail::one_line(&format!("Hark: {what} the webhook “{name}”"), 200);
    let body = mail::note(&subject, known, words);
    let mail = NewMail {
        recipient: to,
        reply_to: None,
        subject: &subject,
        body,
    };
    mail::or_do_without(mail::send(cx, &mail), "an alert about a webhook")
}
