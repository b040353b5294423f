//! Coming and going: `login`, `logout`, `me`.

use hark_model::accounts::Account;
use hark_model::settings;
use hark_staff::hours;
use hark_staff::passwords::{self, Offered};
use hark_staff::sessions::{self, Fresh, Held, Login};
use serde_json::{Value, json};

use super::documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::log_in::{Begins, Declined, log_in};
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

/// What is tried here is counted, whichever way it comes.
pub(super) static LOG_IN: Route = route!(POST "login", Access::Anyone, "Log in with a password, its SHA-256, or a token to resume", login).reads(CREDENTIALS);

const CREDENTIALS: &[Field] = &[
    Field::optional(
        "user",
        Shape::Either(&[
            Shape::Text,
            Shape::OpenObject(&[
                Field::optional("username", Shape::Text),
                Field::optional("email", Shape::Text).about("The account's address"),
            ]),
        ]),
    )
    .about("A user name or an address, or an object with one of them"),
    Field::optional("username", Shape::Text).about("The same as a text in `user`"),
    Field::optional("email", Shape::Text).about("The account's address, instead of `user`"),
    Field::optional(
        "password",
        Shape::Either(&[
            Shape::Text,
            Shape::OpenObject(&[
                Field::required("digest", Shape::Text)
                    .about("Its SHA-256 as 64 hexadecimal digits"),
                Field::required("algorithm", Shape::OneOf(&["sha-256"]))
                    .about("How the digest was made"),
            ]),
        ]),
    )
    .about("The password, or its digest"),
    Field::optional("code", Shape::Text)
        .about("The second factor, if the account has one; also as the header `X-2fa-code`"),
    Field::optional("resume", Shape::Text)
        .about("The token of an earlier log-in, instead of user and password"),
];

pub(crate) static ROUTES: &[&Route] = &[
    &LOG_IN,
    &route!(POST "logout", Access::User, "End this session", logout),
    &route!(GET "logout", Access::User, "End this session", logout),
    &route!(GET "me", Access::User, "Who is logged in", me),
];

async fn login(call: Call) -> Answer {
    if let Some(token) = call.text("resume") {
        return resume(&call, token).await;
    }
    let (Some(login), Some(offered)) = (who(&call.params), password(&call.params)) else {
        call.wire.metrics.log_in("incomplete");
        return Err(unauthorized());
    };
    let code = call.text("code").or_else(|| call.header("x-2fa-code"));
    let token = Fresh::make()?.token;
    let begins = Begins::Session(token.clone());
    let entered = log_in(&call, login, offered, code.unwrap_or_default(), begins).await;
    welcome(&call, &entered.map_err(declined)?, &token).await
}

/// The answer of a log-in has an envelope of its own.
async fn welcome(call: &Call, account: &Account, token: &str) -> Answer {
    Ok(Reply::Bare(json!({
        "status": "success",
        "data": {
            "userId": account.id,
            "authToken": token,
            "me": own_document(call, account).await?,
        },
    })))
}

async fn resume(call: &Call, token: &str) -> Answer {
    let shown = token.to_owned();
    let session = call
        .query(move |call, view| Ok(sessions::find_by_token(view, call.sure(), &shown)?))
        .await?;
    match session {
        Some(session) => {
            call.wire.metrics.log_in("resumed");
            welcome(call, &session.account, token).await
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
        Value::String(text) if text.len() <= passwords::LONGEST => {
            Some(Offered::Plain(text.clone()))
        }
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
        call.command(move |_, cx| sessions::end(cx, &hash)).await?;
        call.wire.log_in_ended();
    }
    Ok(Reply::Bare(json!({
        "status": "success",
        "data": {"message": "You've been logged out!"},
    })))
}

async fn me(call: Call) -> Answer {
    let account = call.account()?;
    Reply::object(own_document(&call, account).await?)
}

async fn own_document(call: &Call, account: &Account) -> Result<Value, Failure> {
    let keeps_hours = call.policy.flag(settings::Livechat_enable_business_hours);
    let open = if keeps_hours && account.available.is_some() {
        let id = account.id.clone();
        let open = call.query(move |call, view| Ok(hours::open_of(view, &call.policy, &id)?));
        Some(open.await?)
    } else {
        None
    };
    let site = &call.wire.options.site_url;
    Ok(documents::me(account, open.as_deref(), site))
}
