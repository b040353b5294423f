//! Deliveries: one event for one endpoint, and the attempts to bring it there.

use std::collections::BTreeSet;
use std::sync::Arc;

use hark_model::rooms;
use hark_store::View;
use hark_webhooks::Refusal;
use hark_webhooks::deliveries::lists::{self, Answered, Delivery, Filter, PageEnd, Standing};
use hark_webhooks::deliveries::{body, resend as send_again, resend_given_up as send_all_again};
use hark_webhooks::endpoints::Endpoint;

use super::answers::{self, DeliveryInFull, Page, Resent};
use super::{
    LIMIT, Nothing, POLLED, WEBHOOKS, command, cursor, endpoint, endpoints, in_order, kinds, limit,
    misfit, moment, query,
};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::params::{AtLeastOne, NonEmpty, params};
use crate::route::{Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "deliveries", WEBHOOKS, "Deliveries to all endpoints, newest first", list)
        .earlier(&[("kind", "kinds")])
        .per_minute(POLLED),
    &route!(Hark GET "endpoints/{id}/deliveries", WEBHOOKS, "Deliveries to one endpoint, newest first", of_endpoint)
        .earlier(&[("kind", "kinds")])
        .per_minute(POLLED),
    &route!(Hark GET "conversations/{rid}/deliveries", WEBHOOKS, "Who learned of a chat, when, and what was answered", of_conversation)
        .earlier(&[("kind", "kinds")])
        .per_minute(POLLED),
    &route!(Hark GET "deliveries/{id}", WEBHOOKS, "One delivery: its body and its attempts", one)
        .per_minute(POLLED),
    &route!(Hark POST "deliveries/resend", WEBHOOKS, "Send again what was given up, the newest first, up to 200 at once", resend_given_up),
    &route!(Hark POST "deliveries/{id}:resend", WEBHOOKS, "Send a delivery again", resend)
        .per_minute(POLLED),
];

params! {
    struct Wanted {
        /// How it stands with the deliveries; `not-delivered` is all that waits or was given up.
        state: Option<Standing>,
        kinds: Option<AtLeastOne<NonEmpty>>,
        /// What came of the last attempt, with commas between: `503`, `5xx`, or a class such as `timeout`.
        answers: Option<AtLeastOne<NonEmpty>>,
        conversation: Option<NonEmpty>,
        from: Option<NonEmpty>,
        to: Option<NonEmpty>,
        limit: Option<i64> = LIMIT,
        cursor: Option<NonEmpty>,
    }

    struct WantedOfConversation {
        /// How it stands with the deliveries; `not-delivered` is all that waits or was given up.
        state: Option<Standing>,
        kinds: Option<AtLeastOne<NonEmpty>>,
        from: Option<NonEmpty>,
        to: Option<NonEmpty>,
        limit: Option<i64> = LIMIT,
        cursor: Option<NonEmpty>,
    }

    struct GivenUp {
        /// The id of an endpoint; without it, those to all of them.
        endpoint: Option<NonEmpty>,
        kinds: Option<AtLeastOne<NonEmpty>>,
        /// What came of the last attempt: `503`, `5xx`, or a class such as `timeout`.
        answers: Option<AtLeastOne<NonEmpty>>,
        conversation: Option<NonEmpty>,
        from: Option<NonEmpty>,
        to: Option<NonEmpty>,
        limit: Option<i64> = LIMIT,
        cursor: Option<NonEmpty>,
    }
}

/// What is shown of a body.
const LONGEST_BODY: usize = 1 << 20;

type Deliveries = Result<Done<Page<answers::Delivery>>, Failure>;

async fn list(call: Call, wanted: Wanted) -> Deliveries {
    page(&call, None, wanted).await
}

async fn of_endpoint(call: Call, wanted: Wanted) -> Deliveries {
    page(&call, Some(call.path(0).to_owned()), wanted).await
}

async fn of_conversation(call: Call, wanted: WantedOfConversation) -> Deliveries {
    let wanted = Wanted {
        state: wanted.state,
        kinds: wanted.kinds,
        answers: None,
        conversation: Some(NonEmpty(call.path(0).to_owned())),
        from: wanted.from,
        to: wanted.to,
        limit: wanted.limit,
        cursor: wanted.cursor,
    };
    let page = page(&call, None, wanted).await?;
    // Of a chat that is removed there may be deliveries still.
    if page.0.items.is_empty() {
        let look = query(&call, |call, view| Ok(rooms::find(view, call.path(0))?));
        if look.await?.is_none() {
            return Err(Refusal::NotFound("conversation").into());
        }
    }
    Ok(page)
}

async fn page(call: &Call, id: Option<String>, wanted: Wanted) -> Deliveries {
    let limit = limit(wanted.limit);
    let after = page_end(wanted.cursor.as_ref())?;
    let filter = filter(wanted)?;
    let look = query(call, move |call, view| {
        let endpoints = match &id {
            Some(id) => vec![Arc::new(endpoint(call, view, id)?)],
            None => endpoints(call, view)?,
        };
        let numbers: Vec<i64> = endpoints.iter().map(|one| one.number).collect();
        let page = lists::page(view, &numbers, &filter, after, limit)?;
        let chats = page.deliveries.iter();
        let chats: BTreeSet<&str> = chats.filter_map(Delivery::conversation).collect();
        let visitors = rooms::names(view, &chats)?;
        Ok((endpoints, visitors, page))
    });
    let (endpoints, visitors, page) = look.await?;
    let visitor = |delivery: &Delivery| {
        let name = delivery.conversation().and_then(|chat| visitors.get(chat));
        name.map(String::as_str)
    };
    let endpoint = |delivery: &Delivery| {
        let mut known = endpoints.iter();
        known
            .find(|one| one.number == delivery.endpoint)
            .map(AsRef::as_ref)
    };
    let items = page.deliveries.iter();
    let items = items
        .map(|delivery| answers::Delivery::of(delivery, endpoint(delivery), visitor(delivery)));
    Ok(Done(Page {
        items: items.collect(),
        next_cursor: page.next.map(shown_end),
    }))
}

fn page_end(given: Option<&NonEmpty>) -> Result<Option<PageEnd>, Failure> {
    let end = cursor(given)?;
    Ok(end.map(|[position, endpoint]| PageEnd { position, endpoint }))
}

fn shown_end(end: PageEnd) -> String {
    format!("{}-{}", end.position, end.endpoint)
}

fn filter(wanted: Wanted) -> Result<Filter, Failure> {
    let kinds = kinds(wanted.kinds)?;
    let from = moment("from", wanted.from.as_ref())?;
    let to = moment("to", wanted.to.as_ref())?;
    in_order(("from", from), ("to", to))?;
    let answers = wanted.answers.map_or_else(Vec::new, |named| named.0);
    let answers = answers.iter().map(|text| {
        let known = Answered::parse(text);
        known.ok_or_else(|| misfit("answers", format!("has one that is not known: {}", text.0)))
    });
    Ok(Filter {
        state: wanted.state,
        from,
        to,
        kinds,
        conversation: wanted.conversation.map(|id| id.0),
        answers: answers.collect::<Result<_, _>>()?,
    })
}

/// The name of the visitor whose chat a delivery tells of.
fn visitor(view: &mut View<'_>, delivery: &Delivery) -> Result<Option<String>, Refusal> {
    let Some(chat) = delivery.conversation() else {
        return Ok(None);
    };
    Ok(rooms::names(view, &BTreeSet::from([chat]))?.remove(chat))
}

/// A delivery and its endpoint. What was on its way to an endpoint that is removed is gone.
fn named(call: &Call, view: &mut View<'_>) -> Result<(Delivery, Arc<Endpoint>), Refusal> {
    let delivery = lists::find(view, call.path(0))?;
    let mut known = endpoints(call, view)?.into_iter();
    let endpoint = known.find(|one| one.number == delivery.endpoint);
    let endpoint = endpoint.ok_or(Refusal::NotFound("delivery"))?;
    Ok((delivery, endpoint))
}

async fn one(call: Call, _: Nothing) -> Result<Done<DeliveryInFull>, Failure> {
    let look = query(&call, |call, view| {
        let (delivery, endpoint) = named(call, view)?;
        let body = body(view, delivery.position, endpoint.dialect)?;
        let attempts = lists::attempts(view, &delivery)?;
        let visitor = visitor(view, &delivery)?;
        let shown = answers::Delivery::of(&delivery, Some(&endpoint), visitor.as_deref());
        Ok((shown, body, attempts))
    });
    let (delivery, body, attempts) = look.await?;
    let bytes = body.unwrap_or_default();
    let shown = &bytes[..bytes.len().min(LONGEST_BODY)];
    Ok(Done(DeliveryInFull {
        delivery,
        body: String::from_utf8_lossy(shown).into_owned(),
        body_bytes: bytes.len(),
        body_truncated: bytes.len() > LONGEST_BODY,
        attempt_log: attempts.iter().map(answers::Attempt::of).collect(),
    }))
}

async fn resend(call: Call, _: Nothing) -> Result<Done<answers::Delivery>, Failure> {
    let sent = command(&call, |call, tx, who| {
        let (_, endpoint) = named(call, tx)?;
        let delivery = send_again(tx, who, call.now, call.path(0))?;
        let visitor = visitor(tx, &delivery)?;
        Ok(answers::Delivery::of(
            &delivery,
            Some(&endpoint),
            visitor.as_deref(),
        ))
    });
    Ok(Done(sent.await?))
}

async fn resend_given_up(call: Call, given_up: GivenUp) -> Result<Done<Resent>, Failure> {
    let limit = limit(given_up.limit);
    let after = page_end(given_up.cursor.as_ref())?;
    let id = given_up.endpoint;
    let filter = filter(Wanted {
        state: None,
        kinds: given_up.kinds,
        answers: given_up.answers,
        conversation: given_up.conversation,
        from: given_up.from,
        to: given_up.to,
        limit: None,
        cursor: None,
    })?;
    let sent = command(&call, move |call, tx, who| {
        let numbers = match &id {
            Some(id) => vec![endpoint(call, tx, id)?.number],
            None => endpoints(call, tx)?.iter().map(|one| one.number).collect(),
        };
        send_all_again(tx, who, call.now, &numbers, &filter, after, limit)
    });
    let sent = sent.await?;
    Ok(Done(Resent {
        resent: sent.resent,
        next_cursor: sent.next.map(shown_end),
    }))
}
