//! The second factor: asked for before what an intruder with a stolen token would like to do.

use hark_chat::passwords::Offered;
use hark_chat::sessions::{self, Login};
use serde_json::json;

use crate::answer::Failure;
use crate::call::Call;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Totp,
    Password,
}

impl Method {
    const fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Password => "password",
        }
    }
}

/// Lets the call through if its session was verified lately or if it carries a code that is
/// right; else says what is asked for.
pub async fn demand(call: &Call) -> Result<(), Failure> {
    let session = call.session()?;
    if !call.policy.flag("Accounts_TwoFactorAuthentication_Enabled") || session.bypass_two_factor {
        return Ok(());
    }
    let remembered = call
        .policy
        .int("Accounts_TwoFactorAuthentication_RememberFor");
    if session
        .verified_at
        .is_some_and(|at| call.now < at.plus_seconds(remembered))
    {
        return Ok(());
    }
    let account = &session.account;
    let method = if account.two_factor
        && call
            .policy
            .flag("Accounts_TwoFactorAuthentication_By_TOTP_Enabled")
    {
        Method::Totp
    } else if account.has_password
        && call
            .policy
            .flag("Accounts_TwoFactorAuthentication_Enforce_Password_Fallback")
    {
        Method::Password
    } else {
        return Ok(());
    };
    let code = call.header("x-2fa-code").unwrap_or_default().to_owned();
    if code.is_empty() || call.header("x-2fa-method") != Some(method.name()) {
        return Err(required(method));
    }
    if held_back(call).await? {
        return Err(Failure::coded(
            "Too many wrong codes. Wait a few minutes before you try again.",
            "error-login-blocked-for-user",
        ));
    }
    if !right(call, method, code).await? {
        let (now, login, address) = (call.now, login(call)?, call.address.to_string());
        call.write(move |tx| Ok(sessions::fail(tx, now, &login, &address)?))
            .await?;
        return Err(
            Failure::coded("TOTP Invalid", "totp-invalid").with(json!({"method": method.name()}))
        );
    }
    let (now, hash) = (call.now, session.hash.clone());
    call.write(move |tx| Ok(sessions::verified(tx, now, &hash)?))
        .await
}

fn required(method: Method) -> Failure {
    let available = match method {
        Method::Totp => vec!["totp"],
        Method::Password => vec![],
    };
    Failure::coded("TOTP Required", "totp-required").with(json!({
        "method": method.name(),
        "codeGenerated": false,
        "availableMethods": available,
    }))
}

fn login(call: &Call) -> Result<Login, Failure> {
    Ok(Login::Username(call.account()?.username.clone()))
}

/// Six digits are soon guessed by whoever may try without end.
async fn held_back(call: &Call) -> Result<bool, Failure> {
    let (policy, now, login, address) = (
        std::sync::Arc::clone(&call.policy),
        call.now,
        login(call)?,
        call.address.to_string(),
    );
    let (_, held) = call
        .read(move |view| sessions::candidate(view, &policy, now, &login, &address))
        .await?;
    Ok(held.is_some())
}

async fn right(call: &Call, method: Method, code: String) -> Result<bool, Failure> {
    let account = call.account()?.id.clone();
    match method {
        Method::Totp => {
            let (keys, policy, now) = (
                std::sync::Arc::clone(call.wire.policies.keys()),
                std::sync::Arc::clone(&call.policy),
                call.now,
            );
            call.write(move |tx| sessions::use_totp(tx, now, &keys, &policy, &account, &code))
                .await
        }
        Method::Password => {
            let stored = call
                .read(move |view| sessions::password(view, &account))
                .await?;
            match stored {
                Some(stored) => Ok(call
                    .wire
                    .verify_password(Offered::Digest(code), stored)
                    .await?),
                None => Ok(false),
            }
        }
    }
}
