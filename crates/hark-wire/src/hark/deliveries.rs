//! Deliveries: one event for one endpoint, and the attempts to bring it there.

use std::sync::Arc;

use hark_store::View;
use hark_webhooks::Refusal;
use hark_webhooks::deliveries::lists::{self, Delivery, Filter, Place, State};
use hark_webhooks::deliveries::resend as send_again;
use hark_webhooks::endpoints::Endpoint;
use serde_json::{Value, json};

use super::{
    CURSOR, Eyes, LIMIT, NOTHING, POLLED, WEBHOOKS, cursor, documents, limit, moment, read, write,
};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "deliveries", WEBHOOKS, "Deliveries to all endpoints, newest first", list)
        .answers(200, "DeliveryPage")
        .takes(FILTER)
        .per_minute(POLLED),
    &route!(Hark GET "endpoints/{id}/deliveries", WEBHOOKS, "Deliveries to one endpoint, newest first", of_endpoint)
        .answers(200, "DeliveryPage")
        .takes(FILTER)
        .per_minute(POLLED),
    &route!(Hark GET "conversations/{rid}/deliveries", WEBHOOKS, "Who learned of a chat, when, and what was answered", of_conversation)
        .answers(200, "DeliveryPage")
        .takes(OF_CONVERSATION)
        .per_minute(POLLED),
    &route!(Hark GET "deliveries/{id}", WEBHOOKS, "One delivery: its body and its attempts", one)
        .answers(200, "DeliveryInFull")
        .takes(NOTHING)
        .per_minute(POLLED),
    &route!(Hark POST "deliveries/{id}:resend", WEBHOOKS, "Send a delivery again", resend)
        .answers(200, "Delivery")
        .takes(NOTHING)
        .per_minute(POLLED),
];

const STATE: Field = Field::optional("state", Shape::OneOf(&["pending", "delivered", "given-up"]));
const KIND: Field = Field::optional("kind", Shape::NonEmpty);
const FROM: Field = Field::optional("from", Shape::NonEmpty);
const TO: Field = Field::optional("to", Shape::NonEmpty);
const FILTER: Shape = Shape::Object(&[
    STATE,
    KIND,
    Field::optional("conversation", Shape::NonEmpty),
    FROM,
    TO,
    LIMIT,
    CURSOR,
]);
const OF_CONVERSATION: Shape = Shape::Object(&[STATE, KIND, FROM, TO, LIMIT, CURSOR]);
/// What is shown of a body.
const LONGEST_BODY: usize = 1 << 20;

async fn list(call: Call) -> Answer {
    let conversation = call.text("conversation").map(str::to_owned);
    page(&call, None, conversation).await
}

async fn of_endpoint(call: Call) -> Answer {
    let conversation = call.text("conversation").map(str::to_owned);
    page(&call, Some(call.path(0).to_owned()), conversation).await
}

async fn of_conversation(call: Call) -> Answer {
    page(&call, None, Some(call.path(0).to_owned())).await
}

fn filter(call: &Call, conversation: Option<String>) -> Result<Filter, Failure> {
    Ok(Filter {
        state: call.text("state").and_then(State::parse),
        kind: call.text("kind").map(str::to_owned),
        conversation,
        from: moment(call, "from")?,
        to: moment(call, "to")?,
    })
}

async fn page(call: &Call, endpoint: Option<String>, conversation: Option<String>) -> Answer {
    let (filter, limit) = (filter(call, conversation)?, limit(call)?);
    let after = cursor(call)?.map(|[position, endpoint]| Place { position, endpoint });
    let eyes = Eyes::of(call);
    let look = read(call, move |view| {
        let endpoints = match &endpoint {
            Some(id) => vec![Arc::new(eyes.endpoint(view, id)?)],
            None => eyes.endpoints(view)?,
        };
        let numbers: Vec<i64> = endpoints.iter().map(|one| one.number).collect();
        let page = lists::page(view, &numbers, &filter, after, limit)?;
        Ok((endpoints, page))
    });
    let (endpoints, page) = look.await?;
    let endpoint = |delivery: &Delivery| {
        let mut known = endpoints.iter();
        known
            .find(|one| one.number == delivery.endpoint)
            .map(AsRef::as_ref)
    };
    let items = page.deliveries.iter();
    let items = items.map(|delivery| documents::delivery(delivery, endpoint(delivery)));
    let next = page
        .next
        .map(|place| format!("{}-{}", place.position, place.endpoint));
    Reply::object(json!({"items": items.collect::<Vec<_>>(), "nextCursor": next}))
}

/// A delivery and its endpoint. What was on its way to an endpoint that is removed is gone.
fn named(view: &mut View<'_>, eyes: &Eyes, id: &str) -> Result<(Delivery, Arc<Endpoint>), Refusal> {
    let delivery = lists::find(view, id)?;
    let known = eyes.endpoints(view)?.into_iter();
    let endpoint = known
        .into_iter()
        .find(|one| one.number == delivery.endpoint);
    let endpoint = endpoint.ok_or(Refusal::NotFound("delivery"))?;
    Ok((delivery, endpoint))
}

async fn one(call: Call) -> Answer {
    let (eyes, id) = (Eyes::of(&call), call.path(0).to_owned());
    let look = read(&call, move |view| {
        let (delivery, endpoint) = named(view, &eyes, &id)?;
        let body = lists::body(view, &delivery, endpoint.dialect)?;
        let attempts = lists::attempts(view, &delivery)?;
        Ok((delivery, endpoint, body, attempts))
    });
    let (delivery, endpoint, body, attempts) = look.await?;
    let mut document = documents::delivery(&delivery, Some(&endpoint));
    let bytes = body.unwrap_or_default();
    let shown = &bytes[..bytes.len().min(LONGEST_BODY)];
    document["body"] = json!(String::from_utf8_lossy(shown));
    document["bodyBytes"] = json!(bytes.len());
    document["bodyTruncated"] = json!(bytes.len() > LONGEST_BODY);
    document["attemptLog"] = attempts.iter().map(documents::attempt).collect::<Value>();
    Reply::object(document)
}

async fn resend(call: Call) -> Answer {
    let (eyes, id) = (Eyes::of(&call), call.path(0).to_owned());
    let (who, now) = (call.actor()?, call.now);
    let sent = write(&call, move |tx| {
        let (_, endpoint) = named(tx, &eyes, &id)?;
        Ok((send_again(tx, &who, now, &id)?, endpoint))
    });
    let (delivery, endpoint) = sent.await?;
    Reply::object(documents::delivery(&delivery, Some(&endpoint)))
}
