//! `oauth/token`: a program shows its owner's password once, and then a token that it renews.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hark_chat::accounts::Account;
use hark_chat::passwords::Offered;
use hark_chat::sessions::{self, Login, PROGRAM_SECONDS, Pair};
use hark_chat::{Policy, Refusal};
use hark_store::{Error, Tx};
use serde_json::json;

use super::{CALLS, WINDOW};
use crate::call::Call;
use crate::log_in::{Declined, log_in};
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Comm100 POST "oauth/token", Access::Anyone, "An access token, for a password or a refresh token", token)
        .together(CALLS, WINDOW),
];

const LONGEST_NAME: usize = 300;
const LONGEST_SECRET: usize = 1_000;

/// In the words of OAuth: a code for programs, a sentence for people.
struct Declination {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

enum Failure {
    Declined(Declination),
    Store(Error),
}

const fn invalid(error: &'static str, description: &'static str) -> Failure {
    Failure::Declined(Declination {
        status: StatusCode::BAD_REQUEST,
        error,
        description,
    })
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => Self::Store(error),
            _ => invalid("invalid_grant", "the account cannot be used"),
        }
    }
}

impl From<Declined> for Failure {
    fn from(declined: Declined) -> Self {
        let why = match declined {
            // One answer for both: whoever guesses learns no names.
            Declined::Unknown | Declined::WrongPassword => "the account or its password is wrong",
            Declined::NotActive => "the account is not active",
            Declined::Held(_) => "too many attempts; wait a few minutes before the next",
            Declined::CodeWanted => {
                "this account has a second factor; send its code as totp as well"
            }
            Declined::WrongCode => "the code of the second factor is wrong",
            Declined::Refused(refusal) => return refusal.into(),
        };
        invalid("invalid_grant", why)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Store(error) => super::broken(&error),
            Self::Declined(declined) => super::said(
                declined.status,
                &json!({"error": declined.error, "error_description": declined.description}),
            ),
        }
    }
}

struct Granted(Arc<Pair>);

impl IntoResponse for Granted {
    fn into_response(self) -> Response {
        let granted = json!({
            "access_token": self.0.access.token,
            "token_type": "bearer",
            "expires_in": PROGRAM_SECONDS,
            "refresh_token": self.0.refresh.token,
        });
        let mut response = super::said(StatusCode::OK, &granted);
        let uncached = axum::http::HeaderValue::from_static("no-cache");
        response.headers_mut().insert(header::PRAGMA, uncached);
        response
    }
}

async fn token(call: Call) -> Result<Granted, Failure> {
    match call.text("grant_type") {
        Some("password") => by_password(&call).await,
        Some("refresh_token") => by_refresh(&call).await,
        Some(_) => Err(invalid(
            "unsupported_grant_type",
            "grant_type should be password or refresh_token",
        )),
        None => Err(invalid("invalid_request", "grant_type is required")),
    }
}

fn given<'c>(call: &'c Call, names: &[&str], longest: usize) -> Option<&'c str> {
    let mut texts = names.iter().filter_map(|name| call.text(name));
    texts.find(|text| !text.trim().is_empty() && text.len() <= longest)
}

async fn by_password(call: &Call) -> Result<Granted, Failure> {
    let name = given(call, &["email", "username"], LONGEST_NAME);
    let password = given(call, &["password"], LONGEST_SECRET);
    let (Some(name), Some(password)) = (name, password) else {
        let why = "email (or username) and password are required";
        return Err(invalid("invalid_request", why));
    };
    let login = match name.contains('@') {
        true => Login::Email(name.trim().to_owned()),
        false => Login::Username(name.trim().to_owned()),
    };
    let offered = Offered::Plain(password.to_owned());
    let code = given(call, &["totp", "code"], LONGEST_SECRET).unwrap_or_default();
    let pair = Arc::new(Pair::make()?);
    let kept = Arc::clone(&pair);
    let begin = move |tx: &mut Tx<'_>, now, policy: &Policy, account: &Account, login: &Login| {
        sessions::begin_for_program(tx, now, policy, account, login, &kept)
    };
    log_in(call, login, offered, code, begin).await?;
    Ok(Granted(pair))
}

async fn by_refresh(call: &Call) -> Result<Granted, Failure> {
    let Some(shown) = given(call, &["refresh_token"], LONGEST_SECRET) else {
        return Err(invalid("invalid_request", "refresh_token is required"));
    };
    let (shown, policy, now) = (shown.to_owned(), Arc::clone(&call.policy), call.now);
    let pair = Arc::new(Pair::make()?);
    let kept = Arc::clone(&pair);
    let renew = move |tx: &mut Tx<'_>| -> Result<_, Refusal> {
        Ok(sessions::renew_for_program(
            tx, now, &policy, &shown, &kept,
        )?)
    };
    let renewed = call.wire.store.write(renew).await?;
    renewed.map(|_| Granted(pair)).ok_or_else(|| {
        let why = "the refresh token is unknown, used already, or too old";
        invalid("invalid_grant", why)
    })
}
