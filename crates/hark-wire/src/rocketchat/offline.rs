//! Messages left while nobody is there.

use std::sync::Arc;

use hark_chat::Refusal;
use hark_chat::offline::{self, Form};
use serde_json::json;

use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "livechat/offline.message", Access::Anyone, "Leave a message while nobody is there", submit)
        .takes(FORM),
];

const FORM: Shape = Shape::Object(&[
    Field::required("name", Shape::Text),
    Field::required("email", Shape::Text),
    Field::required("message", Shape::Text),
    Field::optional("department", Shape::Text),
    Field::optional("host", Shape::Text),
]);

async fn submit(call: Call) -> Answer {
    let text = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let form = Form {
        name: text("name"),
        email: text("email"),
        message: text("message"),
        department: call.text("department").map(str::to_owned),
        host: call.text("host").map(str::to_owned),
    };
    offline::check(&call.policy, &form).map_err(in_one_sentence)?;
    if call.policy.flag("Livechat_validate_offline_email")
        && !call.wire.mail_domains.may_take_mail(&form.email).await
    {
        return Err(Failure::plain(FAILED));
    }
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    let submitted = call
        .wire
        .store
        .write(move |tx| offline::submit(tx, now, &policy, &form))
        .await;
    submitted.map_err(in_one_sentence)?;
    Reply::object(json!({"message": "Livechat offline message sent"}))
}

const FAILED: &str = "Error sending Omnichannel offline message";

/// The widget knows one sentence for whatever is wrong.
fn in_one_sentence(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Store(error) => Failure::Store(error),
        _ => Failure::plain(FAILED),
    }
}
