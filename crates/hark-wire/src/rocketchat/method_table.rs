//! All methods of the real-time API, and how they are called over HTTP: the body carries the text of
//! a frame, the answer the text of a frame, and a method that fails still answers 200.

use serde_json::{Value, json};

use super::methods::{self, Method, Outcome};
use super::{
    agents, analytics, business_hours, chat_methods, custom_fields, departments, live_methods,
    tags, totp_methods, transcripts, triggers, units, visitor_methods,
};
use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "method.call/{method}", Access::User, "Call a method of the real-time API", call).reads(FRAME).unlimited(),
    &route!(POST "method.callAnon/{method}", Access::Anyone, "Call a method of the real-time API without a log-in", call).reads(FRAME).unlimited(),
];

const FRAME: &[Field] = &[Field::required("message", Shape::Text).about(
    "A frame as JSON text: `{\"msg\": \"method\", \"id\": \"1\", \"method\": \"…\", \"params\": […]}`",
)];

fn table() -> impl Iterator<Item = &'static Method> {
    [
        agents::METHODS,
        analytics::METHODS,
        business_hours::METHODS,
        chat_methods::METHODS,
        custom_fields::METHODS,
        departments::METHODS,
        tags::METHODS,
        transcripts::METHODS,
        live_methods::METHODS,
        totp_methods::METHODS,
        triggers::METHODS,
        units::METHODS,
        visitor_methods::METHODS,
    ]
    .into_iter()
    .flatten()
}

async fn call(call: Call) -> Answer {
    let Some(frame) = call.text("message").and_then(body::json) else {
        return Err(Failure::invalid_params(
            "must have required property 'message'",
        ));
    };
    let id = frame.get("id").cloned().unwrap_or(Value::Null);
    // The frame names the method; the path says it again for those who read logs.
    let named = frame.get("method").and_then(Value::as_str);
    let method = named.unwrap_or_else(|| call.path(0)).to_owned();
    let params = frame.get("params").and_then(Value::as_array).cloned();
    let outcome = perform(&call, &method, &params.unwrap_or_default()).await;
    let result = match outcome {
        Ok(result) => json!({"msg": "result", "id": id, "result": result}),
        Err(Failure::Store(error)) => return Err(Failure::Store(error)),
        Err(failure) => {
            let error = methods::over_http(methods::in_words(failure));
            json!({"msg": "result", "id": id, "error": error})
        }
    };
    Reply::object(json!({"message": result.to_string()}))
}

pub(super) async fn perform(call: &Call, name: &str, params: &[Value]) -> Outcome {
    let method = table()
        .find(|method| method.name == name)
        .ok_or_else(|| Failure::coded(format!("Method '{name}' not found [404]")))?;
    if method.access.wants_login() && call.session.is_none() {
        return Err(Failure::coded("Invalid user [error-invalid-user]"));
    }
    if !method.access.admits(|permission| call.may(permission)) {
        return Err(Failure::coded("Not allowed [error-not-allowed]").with(json!({"method": name})));
    }
    (method.perform)(call, params).await
}
