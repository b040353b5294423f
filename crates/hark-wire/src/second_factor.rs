//! The second factor: asked for before what an intruder with a stolen token would like to do.

use std::sync::Arc;

use hark_chat::passwords::Offered;
use hark_chat::sessions::{self, Login, Tried};
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
    match attempt(call, method, code).await? {
        Tried::Right => {
            let (now, hash) = (call.now, session.hash.clone());
            call.write(move |tx| Ok(sessions::verified(tx, now, &hash)?))
                .await
        }
        Tried::Wrong => {
            Err(Failure::coded("TOTP Invalid", "totp-invalid")
                .with(json!({"method": method.name()})))
        }
        Tried::Held(_) => Err(Failure::coded(
            "Too many wrong codes. Wait a few minutes before you try again.",
            "error-login-blocked-for-user",
        )),
    }
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

async fn attempt(call: &Call, method: Method, code: String) -> Result<Tried, Failure> {
    let (policy, now, account, address) = (
        Arc::clone(&call.policy),
        call.now,
        call.account()?.clone(),
        call.address.to_string(),
    );
    match method {
        Method::Totp => {
            let keys = Arc::clone(call.wire.policies.keys());
            call.write(move |tx| {
                sessions::try_totp(tx, now, &keys, &policy, &account, &address, &code)
            })
            .await
        }
        Method::Password => {
            let (id, login) = (account.id, Login::Username(account.username));
            let stored = call.read(move |view| sessions::password(view, &id)).await?;
            let right = match stored {
                Some(stored) => {
                    let offered = Offered::Digest(code);
                    call.wire.verify_password(offered, stored).await?
                }
                None => false,
            };
            call.write(move |tx| {
                Ok(if right {
                    let held = sessions::turn(tx, &policy, now, &login, &address)?;
                    held.map_or(Tried::Right, Tried::Held)
                } else {
                    let held = sessions::fail(tx, &policy, now, &login, &address)?;
                    held.map_or(Tried::Wrong, Tried::Held)
                })
            })
            .await
        }
    }
}
