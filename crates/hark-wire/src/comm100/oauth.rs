//! `oauth/token`: a program shows its owner's password once, and then a token that it renews.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hark_model::Refusal;
use hark_staff::passwords::Offered;
use hark_staff::sessions::{self, Login, PROGRAM_SECONDS, Pair};
use hark_store::Error;
use serde_json::json;

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::comm100_answer;
use crate::handler::IntoAnswer;
use crate::log_in::{Begins, Declined, log_in};
use crate::response::with;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Comm100 POST "oauth/token", Access::Anyone, "An access token, for a password or a refresh token", token),
];

const LONGEST_NAME: usize = 300;
const LONGEST_SECRET: usize = 1_000;

enum Failure {
    /// In the words of OAuth: a code for programs, a sentence for people.
    Declined(&'static str, &'static str),
    Store(Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => Self::Store(error),
            _ => Failure::Declined("invalid_grant", "the account cannot be used"),
        }
    }
}

impl From<Declined> for Failure {
    fn from(declined: Declined) -> Self {
        let why = match declined {
            // One answer for both: someone who guesses learns no names.
            Declined::Unknown | Declined::WrongPassword => "the account or its password is wrong",
            Declined::NotActive => "the account is not active",
            Declined::Held(_) => "too many attempts; wait a few minutes before the next",
            Declined::CodeWanted => {
                "this account has a second factor; send its code as totp as well"
            }
            Declined::WrongCode => "the code of the second factor is wrong",
            Declined::Refused(refusal) => return refusal.into(),
        };
        Failure::Declined("invalid_grant", why)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Store(error) => comm100_answer::store_failure(&error),
            Self::Declined(code, why) => {
                let body = json!({"error": code, "error_description": why});
                comm100_answer::json_response(StatusCode::BAD_REQUEST, &body)
            }
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
        let response = comm100_answer::json_response(StatusCode::OK, &granted);
        with(response, [(header::PRAGMA, "no-cache")])
    }
}

impl IntoAnswer for Result<Granted, Failure> {
    fn into_answer(self) -> Answer {
        Ok(Reply::Whole(self.into_response()))
    }
}

async fn token(call: Call) -> Result<Granted, Failure> {
    match call.text("grant_type") {
        Some("password") => by_password(&call).await,
        Some("refresh_token") => by_refresh(&call).await,
        Some(_) => Err(Failure::Declined(
            "unsupported_grant_type",
            "grant_type should be password or refresh_token",
        )),
        None => Err(Failure::Declined(
            "invalid_request",
            "grant_type is required",
        )),
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
        return Err(Failure::Declined("invalid_request", why));
    };
    let login = if name.contains('@') {
        Login::Email(name.trim().to_owned())
    } else {
        Login::Username(name.trim().to_owned())
    };
    let offered = Offered::Plain(password.to_owned());
    let code = given(call, &["totp", "code"], LONGEST_SECRET).unwrap_or_default();
    let pair = Arc::new(Pair::make()?);
    let begins = Begins::Program(Arc::clone(&pair));
    log_in(call, login, offered, code, begins).await?;
    Ok(Granted(pair))
}

async fn by_refresh(call: &Call) -> Result<Granted, Failure> {
    let Some(shown) = given(call, &["refresh_token"], LONGEST_SECRET) else {
        return Err(Failure::Declined(
            "invalid_request",
            "refresh_token is required",
        ));
    };
    let shown = shown.to_owned();
    let pair = Arc::new(Pair::make()?);
    let kept = Arc::clone(&pair);
    let renewed = call
        .command(move |call, cx| sessions::renew_for_program(cx, &shown, &kept, call.sure()))
        .await?;
    renewed.map(|_| Granted(pair)).ok_or_else(|| {
        let why = "the refresh token is unknown, used already, or too old";
        Failure::Declined("invalid_grant", why)
    })
}
