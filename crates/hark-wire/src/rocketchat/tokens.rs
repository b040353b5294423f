//! Personal access tokens: for programs that act as a person.

use hark_staff::sessions::{self, Fresh};
use serde_json::{Value, json};

use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::{NonEmpty, params};
use crate::route::{Access, Route, route};

const PERMISSION: Access = Access::Permission("create-personal-access-tokens");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "users.generatePersonalAccessToken", PERMISSION, "Make a token; it is shown only now", generate)
        .with_second_factor(),
    &route!(POST "users.regeneratePersonalAccessToken", PERMISSION, "Replace a token by a new one of its name", regenerate)
        .with_second_factor(),
    &route!(GET "users.getPersonalAccessTokens", PERMISSION, "One's own tokens, by their last characters", list),
    &route!(POST "users.removePersonalAccessToken", PERMISSION, "Take a token back", remove)
        .with_second_factor(),
];

params! {
    struct Generate {
        /// What the token is called.
        token_name as "tokenName": NonEmpty,
        /// Whether calls with it are never asked for a second factor.
        bypass_two_factor as "bypassTwoFactor": Option<bool>,
    }

    struct Named {
        /// What the token is called.
        token_name as "tokenName": NonEmpty,
    }
}
const LONGEST_NAME: usize = 200;

fn check(name: &str) -> Result<(), Failure> {
    if name.chars().count() > LONGEST_NAME {
        return Err(Failure::invalid_params(
            "must NOT have more than 200 characters",
        ));
    }
    Ok(())
}

async fn generate(call: Call, wanted: Generate) -> Answer {
    check(&wanted.token_name)?;
    let token = Fresh::make()?.token;
    let kept = token.clone();
    call.command(move |_, cx| {
        let bypass = wanted.bypass_two_factor.unwrap_or(false);
        sessions::add_personal_token(cx, &wanted.token_name, bypass, &kept)
    })
    .await?;
    Reply::object(json!({"token": token}))
}

async fn regenerate(call: Call, named: Named) -> Answer {
    check(&named.token_name)?;
    let token = Fresh::make()?.token;
    let kept = token.clone();
    call.command(move |_, cx| sessions::renew_personal_token(cx, &named.token_name, &kept))
        .await?;
    Reply::object(json!({"token": token}))
}

async fn list(call: Call) -> Answer {
    let id = call.account()?.id.clone();
    let tokens = call
        .query(move |_, view| Ok(sessions::personal_tokens(view, &id)?))
        .await?;
    let tokens = tokens.iter().map(|token| {
        json!({
            "name": token.name,
            "createdAt": Value::from(token.created_at),
            "lastTokenPart": token.last_part,
            "bypassTwoFactor": token.bypass_two_factor,
        })
    });
    Reply::object(json!({"tokens": tokens.collect::<Vec<_>>()}))
}

async fn remove(call: Call, named: Named) -> Answer {
    check(&named.token_name)?;
    call.done(move |_, cx| sessions::remove_personal_token(cx, &named.token_name))
        .await
}
