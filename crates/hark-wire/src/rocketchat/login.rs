//! Coming and going: `login`, `logout`, `me`.

use hark_chat::Policy;
use hark_chat::accounts::Account;
use hark_chat::passwords::Offered;
use hark_chat::sessions::{self, Fresh, Held, Login};
use hark_store::Tx;
use serde_json::{Value, json};

use super::documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::log_in::{Declined, log_in};
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "login", Access::Anyone, "Log in with a password, its SHA-256, or a token to resume", login),
    &route!(POST "logout", Access::User, "End this session", logout),
    &route!(GET "logout", Access::User, "End this session", logout),
    &route!(GET "me", Access::User, "Who is logged in", me),
];

async fn login(call: Call) -> Answer {
    if let Some(token) = call.text("resume") {
        let token = token.to_owned();
        return resume(&call, token).await;
    }
    let (Some(login), Some(offered)) = (who(&call.params), password(&call.params)) else {
        call.wire.metrics.log_in("incomplete");
        return Err(unauthorized());
    };
    let code = call.text("code").or_else(|| call.header("x-2fa-code"));
    let token = Fresh::make()?.token;
    let kept = token.clone();
    let begin = move |tx: &mut Tx<'_>, now, policy: &Policy, account: &Account, login: &Login| {
        sessions::begin(tx, now, policy, account, Some(login), &kept).map(drop)
    };
    let entered = log_in(&call, login, offered, code.unwrap_or_default(), begin).await;
    welcome(&call, &entered.map_err(declined)?, &token)
}

/// The answer of a log-in has an envelope of its own.
fn welcome(call: &Call, account: &Account, token: &str) -> Answer {
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

/// `user` may be a text or an object; a text with an @ may be either.
pub(super) fn who(params: &Value) -> Option<Login> {
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

pub(super) fn password(params: &Value) -> Option<Offered> {
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

pub(super) fn unauthorized() -> Failure {
    Failure::login("Unauthorized", "Unauthorized")
}

pub(super) fn declined(declined: Declined) -> Failure {
    match declined {
        Declined::Held(held) => held_back(held),
        Declined::Unknown => unauthorized(),
        Declined::WrongPassword => Failure::login(403, "Incorrect password"),
        Declined::NotActive => Failure::login(
            "error-user-is-not-activated",
            "User is not activated [error-user-is-not-activated]",
        ),
        Declined::CodeWanted => Failure::login("totp-required", "TOTP Required [totp-required]")
            .with(json!({
                "method": "totp",
                "codeGenerated": false,
                "availableMethods": ["totp"],
            })),
        Declined::WrongCode => Failure::login("totp-invalid", "TOTP Invalid [totp-invalid]")
            .with(json!({"method": "totp"})),
        Declined::Refused(refusal) => refusal.into(),
    }
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
