//! Personal access tokens: for programs that act as a person.

use hark_chat::sessions::{self, Fresh};
use serde_json::{Value, json};

use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const PERMISSION: Access = Access::Permission("create-personal-access-tokens");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "users.generatePersonalAccessToken", PERMISSION, "Make a token; it is shown only now", generate)
        .takes(GENERATE)
        .with_second_factor(),
    &route!(POST "users.regeneratePersonalAccessToken", PERMISSION, "Replace a token by a new one of its name", regenerate)
        .takes(NAMED)
        .with_second_factor(),
    &route!(GET "users.getPersonalAccessTokens", PERMISSION, "One's own tokens, by their last characters", list),
    &route!(POST "users.removePersonalAccessToken", PERMISSION, "Take a token back", remove)
        .takes(NAMED)
        .with_second_factor(),
];

const GENERATE: Shape = Shape::Object(&[
    Field::required("tokenName", Shape::NonEmpty),
    Field::optional("bypassTwoFactor", Shape::Flag),
]);
const NAMED: Shape = Shape::Object(&[Field::required("tokenName", Shape::NonEmpty)]);
const LONGEST_NAME: usize = 200;

fn name(call: &Call) -> Result<String, Failure> {
    let name = call.text("tokenName").unwrap_or_default();
    if name.chars().count() > LONGEST_NAME {
        return Err(Failure::invalid_params(
            "must NOT have more than 200 characters",
        ));
    }
    Ok(name.to_owned())
}

async fn generate(call: Call) -> Answer {
    let (id, name, now) = (call.account()?.id.clone(), name(&call)?, call.now);
    let bypass = call.flag("bypassTwoFactor").unwrap_or(false);
    let token = Fresh::make()?.token;
    let kept = token.clone();
    call.write(move |tx| sessions::add_personal_token(tx, now, &id, &name, bypass, &kept))
        .await?;
    Reply::object(json!({"token": token}))
}

async fn regenerate(call: Call) -> Answer {
    let (id, name, now) = (call.account()?.id.clone(), name(&call)?, call.now);
    let token = Fresh::make()?.token;
    let kept = token.clone();
    call.write(move |tx| sessions::renew_personal_token(tx, now, &id, &name, &kept))
        .await?;
    Reply::object(json!({"token": token}))
}

async fn list(call: Call) -> Answer {
    let id = call.account()?.id.clone();
    let tokens = call
        .read(move |view| sessions::personal_tokens(view, &id))
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

async fn remove(call: Call) -> Answer {
    let (id, name) = (call.account()?.id.clone(), name(&call)?);
    call.write(move |tx| sessions::remove_personal_token(tx, &id, &name))
        .await?;
    Reply::done()
}
