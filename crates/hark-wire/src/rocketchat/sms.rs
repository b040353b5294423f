//! Text messages, as those who carry them hand them in.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY};
use axum::http::header;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hark_chat::sms::Service;
use hark_chat::texting::{self, Incoming};
use hark_model::settings;
use serde_json::{Value, json};

use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

/// Of all that one carrier hands in: all of it comes from a few addresses.
pub(crate) const IN_A_MINUTE: i64 = 600;

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "livechat/sms-incoming/{service}", Access::Anyone, "A text message has come", incoming)
        .reads(TEXTED)
        .leaves_something()
        .per_minute(IN_A_MINUTE),
];

/// Of each carrier its own names; one sends forms, the others JSON.
const TEXTED: &[Field] = &[
    Field::optional("From", Shape::Text).about("Twilio: the number that writes"),
    Field::optional("To", Shape::Text).about("Twilio: the number that was written to"),
    Field::optional("Body", Shape::Text).about("Twilio: the text"),
    Field::optional("MessageSid", Shape::Text)
        .about("Twilio: the id of the message, by which it is taken once"),
    Field::optional("NumMedia", Shape::Text)
        .about("Twilio: how many of `MediaUrl0`, `MediaUrl1`, … there are"),
    Field::optional("from", Shape::Text).about("Voxtelesys and Mobex: the number that writes"),
    Field::optional("to", Shape::Text)
        .about("Voxtelesys and Mobex: the number that was written to"),
    Field::optional("body", Shape::Text).about("Voxtelesys: the text"),
    Field::optional("media", Shape::List(&Shape::Text)).about("Voxtelesys: addresses of pictures"),
    Field::optional("content", Shape::Text).about("Mobex: the text"),
    Field::optional("id", Shape::Text)
        .about("Voxtelesys and Mobex: the id of the message, by which it is taken once"),
];

/// What the key is for with which visitors' tokens are made of their numbers.
const TOKENS: &str = "tokens of telephone numbers";

async fn incoming(call: Call, given: Value) -> Answer {
    let service = Service::of(&call.policy);
    let service = service.filter(|service| service.as_str() == call.path(0));
    let service = service.ok_or_else(|| Failure::plain("Invalid service"))?;
    let query = body::query(&call.query_text).unwrap_or(Value::Null);
    let is_theirs = match service {
        Service::Twilio => is_signed(&call, &given),
        Service::Voxtelesys | Service::Mobex => knows_secret(&call, &query),
    };
    if !is_theirs {
        return Err(Failure::plain("Invalid request"));
    }
    let read = match service {
        Service::Twilio => of_twilio(&given),
        Service::Voxtelesys => of_voxtelesys(&given),
        Service::Mobex => of_mobex(&given),
    };
    let incoming = read.ok_or_else(|| Failure::plain("Invalid request"))?;
    let named = query["department"].as_str().map(str::to_owned);
    let token = texting::token(&call.wire.policies.keys().derive(TOKENS), &incoming.from);
    let mut opening = texting::opening(service, &incoming);
    let (asked, shown) = (opening.clone(), token.clone());
    opening.suggested = call
        .suggested(move |call, view| hark_chat::question(view, &call.policy, &shown, &asked))
        .await?;
    call.command(move |_, cx| texting::receive(cx, &token, named.as_deref(), &incoming, &opening))
        .await?;
    match service {
        // Nothing is to be answered by itself.
        Service::Twilio => {
            let xml = [(header::CONTENT_TYPE, "text/xml")];
            Ok(Reply::Whole((xml, "<Response></Response>").into_response()))
        }
        Service::Voxtelesys | Service::Mobex => Reply::object(json!({})),
    }
}

/// Twilio signs the address that it calls, with its query, and what it sends.
fn is_signed(call: &Call, given: &Value) -> bool {
    let token = call.policy.text(settings::SMS_Twilio_authToken);
    let signature = call.header("x-twilio-signature");
    let signature = signature.and_then(|text| BASE64_STANDARD.decode(text).ok());
    let (Some(signature), Some(members)) = (signature, given.as_object()) else {
        return false;
    };
    let mut signed = format!(
        "{}/api/v1/livechat/sms-incoming/twilio",
        call.wire.options.site_url
    );
    if !call.query_text.is_empty() {
        signed.push('?');
        signed.push_str(&call.query_text);
    }
    let mut names: Vec<&String> = members.keys().collect();
    names.sort_unstable();
    for name in names {
        signed.push_str(name);
        signed.push_str(members[name].as_str().unwrap_or_default());
    }
    let key = hmac::Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    !token.is_empty() && hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
}

/// The others sign nothing: they are given an address with a secret in it.
fn knows_secret(call: &Call, query: &Value) -> bool {
    let secret = call.policy.text(settings::SMS_Incoming_Secret);
    let shown = query["secret"].as_str().unwrap_or_default();
    !secret.is_empty() && verify_slices_are_equal(secret.as_bytes(), shown.as_bytes()).is_ok()
}

fn text(given: &Value, name: &str) -> String {
    given[name].as_str().unwrap_or_default().to_owned()
}

/// Who writes to which number; nothing, if one of them is none.
fn between(given: &Value, from: &str, to: &str) -> Option<Incoming> {
    Some(Incoming {
        from: texting::number(given[from].as_str()?)?,
        to: texting::number(given[to].as_str()?)?,
        ..Incoming::default()
    })
}

/// As the id of a message; only what a carrier could have given.
fn id(service: Service, given: &Value) -> Option<String> {
    let id = given.as_str()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_id = (1..=64).contains(&id.len()) && id.bytes().all(fits);
    is_id.then(|| format!("{}-{id}", service.as_str()))
}

fn of_twilio(given: &Value) -> Option<Incoming> {
    let count = given["NumMedia"]
        .as_str()
        .and_then(|count| count.parse().ok());
    let count = count.unwrap_or(0).min(texting::MOST_LINKS);
    Some(Incoming {
        id: id(Service::Twilio, &given["MessageSid"]),
        text: text(given, "Body"),
        links: (0..count)
            .map(|number| text(given, &format!("MediaUrl{number}")))
            .collect(),
        ..between(given, "From", "To")?
    })
}

fn of_voxtelesys(given: &Value) -> Option<Incoming> {
    let media = given["media"].as_array().into_iter().flatten();
    let media = media.filter_map(Value::as_str).take(texting::MOST_LINKS);
    Some(Incoming {
        id: id(Service::Voxtelesys, &given["id"]),
        text: text(given, "body"),
        links: media.map(str::to_owned).collect(),
        ..between(given, "from", "to")?
    })
}

fn of_mobex(given: &Value) -> Option<Incoming> {
    Some(Incoming {
        id: id(Service::Mobex, &given["id"]),
        text: text(given, "content"),
        ..between(given, "from", "to")?
    })
}
