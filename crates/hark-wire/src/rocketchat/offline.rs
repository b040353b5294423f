//! Messages left while nobody is there.

use hark_chat::offline::{self, Form};
use hark_model::{Refusal, settings};
use serde_json::json;

use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::params;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "livechat/offline.message", Access::Anyone, "Leave a message while nobody is there", submit)
        .leaves_something(),
];

params! {
    struct Left {
        /// The visitor's name.
        name: String,
        /// The visitor's address.
        email: String,
        /// What they have written.
        message: String,
        /// The department, by its name or id.
        department: Option<String>,
        /// The site on which they were.
        host: Option<String>,
    }
}

async fn submit(call: Call, left: Left) -> Answer {
    let form = Form {
        name: left.name,
        email: left.email,
        message: left.message,
        department: left.department,
        host: left.host,
    };
    offline::check(&call.policy, &form).map_err(in_one_sentence)?;
    if call.policy.flag(settings::Livechat_validate_offline_email)
        && !call.wire.mail_domains.may_take_mail(&form.email).await
    {
        return Err(Failure::plain(FAILED));
    }
    call.command(move |_, cx| offline::submit(cx, &form))
        .await
        .map_err(in_one_sentence)?;
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
