//! The second factor: asked for before what an intruder with a stolen token would like to do.

use hark_model::roles::Role;
use hark_model::settings;
use hark_staff::passwords::Offered;
use hark_staff::sessions::{self, Tried};
use serde_json::json;

use crate::answer::Failure;
use crate::call::Call;
use crate::log_in::{try_password, try_totp};
use crate::surface::Surface;

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
pub async fn demand(call: &Call, surface: Surface) -> Result<(), Failure> {
    let session = call.session()?;
    let policy = &call.policy;
    let is_on = policy.flag(settings::Accounts_TwoFactorAuthentication_Enabled);
    if !is_on || session.bypass_two_factor {
        return Ok(());
    }
    let remembered = policy.number(settings::Accounts_TwoFactorAuthentication_RememberFor);
    // What is later by more than that was written by a clock that was ahead.
    let is_near = |at| call.now.millis_since(at).abs() < remembered.saturating_mul(1_000);
    if session.verified_at.is_some_and(is_near) {
        return Ok(());
    }
    let account = &session.account;
    // Comm100's clients know no codes: a program's token was given for what the log-in asks for. An
    // API key gets no further there than elsewhere.
    if surface == Surface::Comm100 && session.for_program {
        return Ok(());
    }
    let method = if account.two_factor
        && policy.flag(settings::Accounts_TwoFactorAuthentication_By_TOTP_Enabled)
    {
        Method::Totp
    } else if account.has_password
        && policy.flag(settings::Accounts_TwoFactorAuthentication_Enforce_Password_Fallback)
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
            let hash = session.hash.clone();
            let noted = call.command(move |_, cx| sessions::verified(cx, &hash));
            Ok(noted.await?)
        }
        Tried::Wrong => {
            Err(Failure::coded("TOTP Invalid [totp-invalid]")
                .with(json!({"method": method.name()})))
        }
        Tried::Held(_) => Err(held_back()),
    }
}

/// The permissions with which somebody makes administrators, changes what others may do, or sends
/// data elsewhere: the acts that are asked for a second factor.
const POWERFUL: &[&str] = &[
    "access-permissions",
    "assign-admin-role",
    "assign-roles",
    "create-user",
    "edit-other-user-2fa",
    "edit-other-user-info",
    "edit-other-user-password",
    "edit-privileged-setting",
    "manage-livechat-managers",
    SENDS_ELSEWHERE,
];

/// Asks before roles are given, by id or name, with which their holder could do such acts.
pub async fn demand_for_roles(call: &Call, given: &[String]) -> Result<(), Failure> {
    let named = |role: &&Role| {
        given
            .iter()
            .any(|name| *name == role.id || *name == role.name)
    };
    let roles: Vec<String> = call
        .policy
        .roles
        .iter()
        .filter(named)
        .map(|role| role.id.clone())
        .collect();
    if POWERFUL
        .iter()
        .any(|permission| call.policy.grants(&roles, permission))
    {
        demand(call, Surface::RocketChat).await?;
    }
    Ok(())
}

/// Who says where data is sent.
pub const SENDS_ELSEWHERE: &str = "view-livechat-webhooks";

/// Asks before an address is changed to which visitors' words are mailed.
pub async fn demand_for_address(call: &Call) -> Result<(), Failure> {
    if !call.may(SENDS_ELSEWHERE) {
        return Err(Failure::Forbidden);
    }
    demand(call, Surface::RocketChat).await
}

fn required(method: Method) -> Failure {
    let available = match method {
        Method::Totp => vec!["totp"],
        Method::Password => vec![],
    };
    Failure::coded("TOTP Required [totp-required]").with(json!({
        "method": method.name(),
        "codeGenerated": false,
        "availableMethods": available,
    }))
}

pub fn held_back() -> Failure {
    Failure::coded(
        "Too many wrong codes. Wait a few minutes before you try again. [error-login-blocked-for-user]",
    )
}

async fn attempt(call: &Call, method: Method, code: String) -> Result<Tried, Failure> {
    let account = call.account()?.clone();
    if method == Method::Totp {
        return Ok(try_totp(call, account, code).await?);
    }
    Ok(try_password(call, &account, Offered::Digest(code)).await?)
}
