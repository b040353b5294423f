//! The second factor by an app that shows codes: setting it up, and taking it away.

use hark_staff::sessions::{self, Tried};
use hark_staff::totp;
use serde_json::json;

use super::methods::{Method, Outcome, method};
use crate::answer::Failure;
use crate::call::Call;
use crate::log_in::try_totp;
use crate::params::Lenient;
use crate::route::Access;
use crate::second_factor;
use crate::surface::Surface;

pub(crate) static METHODS: &[Method] = &[
    method!("2fa:enable", Access::User, begin_totp),
    method!("2fa:validateTempToken", Access::User, confirm_totp),
    method!("2fa:disable", Access::User, end_totp),
    method!("2fa:regenerateCodes", Access::User, renew_codes),
    method!("2fa:checkCodesRemaining", Access::User, codes_left),
];

/// A new secret, not in force until a code of it was sent back.
async fn begin_totp(call: &Call, (): ()) -> Outcome {
    second_factor::demand(call, Surface::RocketChat).await?;
    let username = &call.account()?.username;
    let secret = totp::new_secret().map_err(|error| Failure::plain(error.to_string()))?;
    let kept = secret.clone();
    call.command(move |call, cx| sessions::offer_totp(cx, call.wire.policies.keys(), &kept))
        .await?;
    let text = totp::base32(&secret);
    let issuer = "Hark";
    Ok(json!({
        "secret": text,
        "url": format!("otpauth://totp/{issuer}:{username}?secret={text}&issuer={issuer}"),
    }))
}

fn fresh_codes() -> Result<Vec<String>, Failure> {
    totp::new_backup_codes().map_err(|error| Failure::plain(error.to_string()))
}

async fn confirm_totp(call: &Call, (code,): (Lenient<String>,)) -> Outcome {
    let code = code.0.unwrap_or_default();
    let codes = fresh_codes()?;
    let kept = codes.clone();
    call.command(move |call, cx| {
        let keys = call.wire.policies.keys();
        sessions::confirm_totp(cx, keys, &code, &kept, call.sure())
    })
    .await?;
    Ok(json!({"codes": codes}))
}

/// Whether this code is right now; a wrong one counts as a failed log-in.
async fn spend(call: &Call, code: Lenient<String>) -> Result<bool, Failure> {
    let code = code.0.unwrap_or_default();
    let tried = try_totp(call, call.account()?.clone(), code).await?;
    Ok(tried == Tried::Right)
}

async fn end_totp(call: &Call, (code,): (Lenient<String>,)) -> Outcome {
    if !spend(call, code).await? {
        return Ok(json!(false));
    }
    call.command(|_, cx| {
        let account = cx.account()?;
        sessions::switch_totp_off(cx, &account.id)
    })
    .await?;
    Ok(json!(true))
}

async fn renew_codes(call: &Call, (code,): (Lenient<String>,)) -> Outcome {
    if !spend(call, code).await? {
        return Err(Failure::coded("[invalid-totp]"));
    }
    let codes = fresh_codes()?;
    let kept = codes.clone();
    call.command(move |_, cx| sessions::renew_backup_codes(cx, &kept))
        .await?;
    Ok(json!({"codes": codes}))
}

async fn codes_left(call: &Call, (): ()) -> Outcome {
    let id = call.account()?.id.clone();
    let left = call
        .query(move |_, view| Ok(sessions::backup_codes_left(view, &id)?))
        .await?;
    Ok(json!({"remaining": left}))
}
