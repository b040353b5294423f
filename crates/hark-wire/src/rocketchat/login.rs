//! Coming and going: `login`, `logout`, `me`.

use std::sync::Arc;

use hark_chat::passwords::Offered;
use hark_chat::sessions::{self, Candidate, Fresh, Held, Login, Tried};
use serde_json::{Value, json};

use super::documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "login", Access::Anyone, "Log in with a password, its SHA-256, or a token to resume", login),
    &route!(POST "logout", Access::User, "End this session", logout),
    &route!(GET "logout", Access::User, "End this session", logout),
    &route!(GET "me", Access::User, "Who is logged in", me),
];

/// A stored password that nobody has: an unknown user takes as long as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Zl9zJ6tqkHVUjn0T8kD2yqv2Qm9XPXaP7u4Vw8o1m1k";

async fn login(call: Call) -> Answer {
    if let Some(token) = call.text("resume") {
        let token = token.to_owned();
        return resume(&call, token).await;
    }
    let (Some(login), Some(offered)) = (who(&call.params), password(&call.params)) else {
        call.wire.metrics.log_in("incomplete");
        return Err(unauthorized());
    };
    let (policy, now, address) = (Arc::clone(&call.policy), call.now, call.address.to_string());
    let asked = (login.clone(), address.clone());
    let (candidate, held) = call
        .read(move |view| sessions::candidate(view, &policy, now, &asked.0, &asked.1))
        .await?;
    if let Some(held) = held {
        call.wire.metrics.log_in("held back");
        return Err(held_back(held));
    }
    let stored = candidate
        .as_ref()
        .and_then(|candidate| candidate.password.clone());
    let known = stored.is_some();
    let right = call
        .wire
        .verify_password(offered, stored.unwrap_or_else(|| NOBODY.to_owned()))
        .await?;
    let login = candidate.as_ref().map_or(login, Candidate::login);
    let policy = Arc::clone(&call.policy);
    let Some(candidate) = candidate.filter(|_| known && right) else {
        let held = call
            .write(move |tx| Ok(sessions::fail(tx, &policy, now, &login, &address)?))
            .await?;
        if let Some(held) = held {
            call.wire.metrics.log_in("held back");
            return Err(held_back(held));
        }
        call.wire.metrics.log_in("refused");
        return Err(if known {
            wrong_password()
        } else {
            unauthorized()
        });
    };
    if !candidate.account.active {
        call.wire.metrics.log_in("not active");
        return Err(Failure::login(
            "error-user-is-not-activated",
            "User is not activated [error-user-is-not-activated]",
        ));
    }
    second_factor(&call, &candidate, &address).await?;
    let token = Fresh::make().map_err(Failure::from)?.token;
    let (account, kept) = (candidate.account.clone(), token.clone());
    let held = call
        .write(move |tx| {
            let held = sessions::turn(tx, &policy, now, &login, &address)?;
            if held.is_none() {
                sessions::begin(tx, now, &policy, &account, Some(&login), &kept)?;
            }
            Ok(held)
        })
        .await?;
    if let Some(held) = held {
        call.wire.metrics.log_in("held back");
        return Err(held_back(held));
    }
    call.wire.metrics.log_in("done");
    welcome(&call, &candidate.account, &token)
}

/// The answer of a log-in has an envelope of its own.
fn welcome(call: &Call, account: &hark_chat::accounts::Account, token: &str) -> Answer {
    Ok(Reply::Bare(json!({
        "status": "success",
        "data": {
            "userId": account.id,
            "authToken": token,
            "me": documents::me(account, &call.wire.options.site_url),
        },
    })))
}

async fn resume(call: &Call, token: String) -> Answer {
    let (now, shown) = (call.now, token.clone());
    let session = call
        .read(move |view| sessions::find_by_token(view, now, &shown))
        .await?;
    match session {
        Some(session) => {
            call.wire.metrics.log_in("resumed");
            welcome(call, &session.account, &token)
        }
        None => {
            call.wire.metrics.log_in("refused");
            Err(Failure::login(
                403,
                "You've been logged out by the server. Please log in again.",
            ))
        }
    }
}

async fn second_factor(call: &Call, candidate: &Candidate, address: &str) -> Result<(), Failure> {
    if !candidate.account.two_factor
        || !call.policy.flag("Accounts_TwoFactorAuthentication_Enabled")
        || !call
            .policy
            .flag("Accounts_TwoFactorAuthentication_By_TOTP_Enabled")
    {
        return Ok(());
    }
    let code = call
        .text("code")
        .or_else(|| call.header("x-2fa-code"))
        .unwrap_or_default()
        .to_owned();
    if code.is_empty() {
        call.wire.metrics.log_in("code asked for");
        return Err(
            Failure::login("totp-required", "TOTP Required [totp-required]").with(json!({
                "method": "totp",
                "codeGenerated": false,
                "availableMethods": ["totp"],
            })),
        );
    }
    let (keys, policy, now, account, address) = (
        Arc::clone(call.wire.policies.keys()),
        Arc::clone(&call.policy),
        call.now,
        candidate.account.clone(),
        address.to_owned(),
    );
    let tried = call
        .write(move |tx| sessions::try_totp(tx, now, &keys, &policy, &account, &address, &code))
        .await?;
    match tried {
        Tried::Right => Ok(()),
        Tried::Held(held) => {
            call.wire.metrics.log_in("held back");
            Err(held_back(held))
        }
        Tried::Wrong => {
            call.wire.metrics.log_in("refused");
            Err(
                Failure::login("totp-invalid", "TOTP Invalid [totp-invalid]")
                    .with(json!({"method": "totp"})),
            )
        }
    }
}

/// `user` may be a text or an object; a text with an @ may be either.
fn who(params: &Value) -> Option<Login> {
    let text = |value: Option<&Value>| {
        let text = value?.as_str()?.trim();
        (!text.is_empty() && text.len() <= 300).then(|| text.to_owned())
    };
    let user = params.get("user");
    if let Some(email) = text(params.get("email")).or_else(|| text(user?.get("email"))) {
        return Some(Login::Email(email));
    }
    let name = text(params.get("username"))
        .or_else(|| text(user))
        .or_else(|| text(user?.get("username")))?;
    Some(if name.contains('@') {
        Login::Email(name)
    } else {
        Login::Username(name)
    })
}

fn password(params: &Value) -> Option<Offered> {
    match params.get("password")? {
        Value::String(text) if text.len() <= 1_000 => Some(Offered::Plain(text.clone())),
        Value::Object(parts) => {
            let digest = parts.get("digest")?.as_str()?;
            let known = parts.get("algorithm").and_then(Value::as_str) == Some("sha-256");
            (known && digest.len() == 64).then(|| Offered::Digest(digest.to_owned()))
        }
        _ => None,
    }
}

fn unauthorized() -> Failure {
    Failure::login("Unauthorized", "Unauthorized")
}

fn wrong_password() -> Failure {
    Failure::login(403, "Incorrect password")
}

fn held_back(held: Held) -> Failure {
    let (code, whom) = match held {
        Held::User => ("error-login-blocked-for-user", "User"),
        Held::Address => ("error-login-blocked-for-ip", "IP"),
    };
    Failure::login(
        code,
        &format!("Login has been temporarily blocked For {whom} [{code}]"),
    )
}

async fn logout(call: Call) -> Answer {
    let session = call.session()?;
    // A personal access token is taken back by its name, not by using it.
    if !session.personal {
        let hash = session.hash.clone();
        let now = call.now;
        call.write(move |tx| Ok(sessions::end(tx, now, &hash)?))
            .await?;
    }
    Ok(Reply::Bare(json!({
        "status": "success",
        "data": {"message": "You've been logged out!"},
    })))
}

async fn me(call: Call) -> Answer {
    let account = call.account()?;
    Ok(Reply::Object(documents::me(
        account,
        &call.wire.options.site_url,
    )))
}
