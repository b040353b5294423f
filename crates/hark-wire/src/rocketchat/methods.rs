//! Methods of the real-time API, called over HTTP: the body carries the text of a frame, the
//! answer the text of a frame, and a method that fails still answers 200.

use std::pin::Pin;
use std::sync::Arc;

use hark_chat::sessions::{self, Tried};
use hark_chat::totp;
use hark_store::Error;
use serde_json::{Value, json};

use super::{
    agents, business_hours, chat_methods, custom_fields, departments, live_methods, transcripts,
};
use crate::answer::{Answer, Failure, Reply, coded_text};
use crate::body;
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::second_factor;

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "method.call/{method}", Access::User, "Call a method of the real-time API", call).unlimited(),
    &route!(POST "method.callAnon/{method}", Access::Anyone, "Call a method of the real-time API without a log-in", call).unlimited(),
];

/// One method of the real-time API. Who may call it is declared as for a route.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) access: Access,
    pub(crate) perform: Perform,
}

type Perform =
    for<'c> fn(&'c Call, &'c [Value]) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'c>>;
pub(crate) type Outcome = Result<Value, Failure>;

/// Writes a row: `method!("livechat:takeInquiry", Access::User, take)`.
macro_rules! method {
    ($name:literal, $access:expr, $perform:path) => {
        $crate::rocketchat::methods::Method {
            name: $name,
            access: $access,
            perform: |call, params| Box::pin($perform(call, params)),
        }
    };
}
pub(crate) use method;

static METHODS: &[Method] = &[
    method!("2fa:enable", Access::User, begin_totp),
    method!("2fa:validateTempToken", Access::User, confirm_totp),
    method!("2fa:disable", Access::User, end_totp),
    method!("2fa:regenerateCodes", Access::User, renew_codes),
    method!("2fa:checkCodesRemaining", Access::User, codes_left),
];

fn table() -> impl Iterator<Item = &'static Method> {
    [
        METHODS,
        agents::METHODS,
        business_hours::METHODS,
        chat_methods::METHODS,
        custom_fields::METHODS,
        departments::METHODS,
        transcripts::METHODS,
        live_methods::METHODS,
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
        Err(failure) => json!({"msg": "result", "id": id, "error": in_words(failure)}),
    };
    Reply::object(json!({"message": result.to_string()}))
}

pub(super) async fn perform(call: &Call, name: &str, params: &[Value]) -> Outcome {
    let method = table()
        .find(|method| method.name == name)
        .ok_or_else(|| Failure::Coded {
            reason: format!("Method '{name}' not found"),
            code: "404",
            details: None,
        })?;
    if method.access.wants_login() && call.session.is_none() {
        return Err(Failure::coded("Invalid user", "error-invalid-user"));
    }
    if !method.access.admits(|permission| call.may(permission)) {
        return Err(
            Failure::coded("Not allowed", "error-not-allowed").with(json!({"method": name}))
        );
    }
    (method.perform)(call, params).await
}

/// A parameter that is a text.
pub(crate) fn text(params: &[Value], index: usize) -> Option<&str> {
    params.get(index).and_then(Value::as_str)
}

/// A parameter of another type than the method takes.
pub(crate) fn match_failed() -> Failure {
    Failure::coded("Match failed", "400")
}

/// A new secret, not in force until a code of it was sent back.
async fn begin_totp(call: &Call, _: &[Value]) -> Outcome {
    second_factor::demand(call).await?;
    let account = call.account()?.clone();
    let secret = totp::new_secret().map_err(|error| Failure::plain(error.to_string()))?;
    let (keys, kept) = (Arc::clone(call.wire.policies.keys()), secret.clone());
    let username = account.username.clone();
    call.write(move |tx| sessions::offer_totp(tx, &keys, &account, &kept))
        .await?;
    let text = totp::base32(&secret);
    let issuer = "Hark";
    Ok(json!({
        "secret": text,
        "url": format!("otpauth://totp/{issuer}:{username}?secret={text}&issuer={issuer}"),
    }))
}

fn code(params: &[Value]) -> String {
    text(params, 0).unwrap_or_default().to_owned()
}

fn fresh_codes() -> Result<Vec<String>, Failure> {
    totp::new_backup_codes().map_err(|error| Failure::plain(error.to_string()))
}

async fn confirm_totp(call: &Call, params: &[Value]) -> Outcome {
    let code = code(params);
    let (keys, policy, now, account) = (
        Arc::clone(call.wire.policies.keys()),
        Arc::clone(&call.policy),
        call.now,
        call.account()?.clone(),
    );
    let codes = fresh_codes()?;
    let kept = codes.clone();
    call.write(move |tx| sessions::confirm_totp(tx, now, &keys, &policy, &account, &code, &kept))
        .await?;
    Ok(json!({"codes": codes}))
}

/// Whether this code is right now; a wrong one counts as a failed log-in.
async fn spend(call: &Call, code: String) -> Result<bool, Failure> {
    let (keys, policy, now, account, address) = (
        Arc::clone(call.wire.policies.keys()),
        Arc::clone(&call.policy),
        call.now,
        call.account()?.clone(),
        call.address.to_string(),
    );
    let tried = call
        .write(move |tx| sessions::try_totp(tx, now, &keys, &policy, &account, &address, &code))
        .await?;
    Ok(tried == Tried::Right)
}

async fn end_totp(call: &Call, params: &[Value]) -> Outcome {
    if !spend(call, code(params)).await? {
        return Ok(json!(false));
    }
    let id = call.account()?.id.clone();
    call.write(move |tx| Ok(sessions::switch_totp_off(tx, &id)?))
        .await?;
    Ok(json!(true))
}

async fn renew_codes(call: &Call, params: &[Value]) -> Outcome {
    if !spend(call, code(params)).await? {
        return Err(Failure::coded("", "invalid-totp"));
    }
    let (id, codes) = (call.account()?.id.clone(), fresh_codes()?);
    let kept = codes.clone();
    call.write(move |tx| Ok(sessions::renew_backup_codes(tx, &id, &kept)?))
        .await?;
    Ok(json!({"codes": codes}))
}

async fn codes_left(call: &Call, _: &[Value]) -> Outcome {
    let id = call.account()?.id.clone();
    let left = call
        .read(move |view| sessions::backup_codes_left(view, &id))
        .await?;
    Ok(json!({"remaining": left}))
}

/// An error as it stands in a frame.
pub(super) fn in_words(failure: Failure) -> Value {
    let (error, reason, details) = match failure {
        Failure::Coded {
            reason,
            code,
            details,
        } => {
            let error = code
                .parse::<i64>()
                .map_or_else(|_| json!(code), |code| json!(code));
            (error, reason, details)
        }
        Failure::Plain(text) | Failure::Typed(text, _) | Failure::Message(text) => {
            (json!(text), String::new(), None)
        }
        Failure::Login(mut body) => {
            let details = body.get("details").cloned();
            let reason = body["message"].as_str().unwrap_or_default();
            // Of the two forms of these words the longer one ends with the code.
            let reason = reason.split(" [").next().unwrap_or_default().to_owned();
            (body["error"].take(), reason, details)
        }
        Failure::Store(error) => {
            let code = if matches!(error, Error::Busy) {
                503
            } else {
                500
            };
            (json!(code), "Internal server error".to_owned(), None)
        }
        _ => (json!("error-not-allowed"), "Not allowed".to_owned(), None),
    };
    let code = match &error {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut words = json!({"isClientSafe": true, "error": error});
    if !reason.is_empty() {
        words["reason"] = json!(reason);
    }
    if let Some(details) = details {
        words["details"] = details;
    }
    words["message"] = json!(coded_text(&reason, &code));
    words["errorType"] = json!("Meteor.Error");
    words
}
