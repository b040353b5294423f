//! People as colleagues see them: who is there, with what status and preferences.

use std::sync::Arc;

use hark_chat::accounts::{self, Presence};
use serde_json::{Value, json};

use super::{documents, named_or_refuse};
use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "users.setStatus", Access::User, "Say whether one is there, and a line about it", set_status).takes(SET_STATUS),
    &route!(GET "users.getStatus", Access::User, "Whether someone is there", get_status),
    &route!(GET "users.getPresence", Access::User, "Whether someone is there, as the sidebar asks", get_presence),
    &route!(GET "users.presence", Access::User, "Who of these is there", presence),
    &route!(POST "users.setPreferences", Access::User, "Change preferences", set_preferences).takes(SET_PREFERENCES),
    &route!(GET "users.autocomplete", Access::Permission("view-outside-room"), "Accounts that begin with a text", autocomplete),
];

const SET_STATUS: Shape = Shape::Object(&[
    Field::optional("status", Shape::Text),
    Field::optional("message", Shape::Text),
    Field::optional("userId", Shape::Text),
    Field::optional("username", Shape::Text),
    Field::optional("user", Shape::Text),
]);
const SET_PREFERENCES: Shape = Shape::Object(&[
    Field::optional("userId", Shape::Text),
    Field::required("data", Shape::Open),
]);
const LARGEST_PREFERENCES: usize = 64 * 1024;
const MOST_PEOPLE: usize = 1_000;

async fn set_status(call: Call) -> Answer {
    let target = named_or_self(&call).await?;
    if target.id != call.account()?.id && !call.may("edit-other-user-info") {
        return Err(Failure::Unauthorized);
    }
    let presence = match call.text("status") {
        Some(text) => Some(Presence::parse(text)?),
        None => None,
    };
    let message = call.text("message").map(str::to_owned);
    let (who, now, policy) = (call.actor()?, call.now, Arc::clone(&call.policy));
    call.write(move |tx| {
        let text = message.as_deref();
        accounts::set_status(tx, &who, now, &policy, &target.id, presence, text)
    })
    .await?;
    Reply::done()
}

/// Whoever is named, or oneself.
async fn named_or_self(call: &Call) -> Result<accounts::Account, Failure> {
    let names_someone = ["userId", "username", "user"]
        .iter()
        .any(|name| call.text(name).is_some());
    match names_someone {
        true => named_or_refuse(call).await,
        false => Ok(call.account()?.clone()),
    }
}

async fn get_status(call: Call) -> Answer {
    let account = named_or_self(&call).await?;
    Reply::object(json!({
        "_id": account.id,
        "message": account.status_text,
        "connectionStatus": account.status,
        "status": account.status,
    }))
}

async fn get_presence(call: Call) -> Answer {
    let account = named_or_self(&call).await?;
    let mut answer = json!({"presence": account.status});
    if account.id == call.account()?.id {
        answer["connectionStatus"] = json!(account.status);
        if let Some(at) = account.last_login_at {
            answer["lastLogin"] = at.into();
        }
    }
    Reply::object(answer)
}

async fn presence(call: Call) -> Answer {
    let ids: Option<Vec<String>> = match call.params.get("ids") {
        Some(Value::String(text)) => Some(text.split(',').map(str::to_owned).collect()),
        Some(Value::Array(_)) => call.texts("ids"),
        _ => None,
    };
    let people = call
        .read(move |view| match &ids {
            Some(ids) => accounts::find_many(view, &ids[..ids.len().min(MOST_PEOPLE)]),
            None => accounts::present(view),
        })
        .await?;
    let users: Vec<Value> = people.iter().map(documents::presence).collect();
    Reply::object(json!({"users": users, "full": true}))
}

async fn set_preferences(call: Call) -> Answer {
    let own = call.account()?.id.clone();
    let id = call
        .text("userId")
        .map_or_else(|| own.clone(), str::to_owned);
    if id != own && !call.may("edit-other-user-info") {
        return Err(Failure::coded(
            "Editing user is not allowed",
            "error-action-not-allowed",
        ));
    }
    let news = call.params.get("data").and_then(Value::as_object).cloned();
    let news = news.unwrap_or_default();
    if Value::Object(news.clone()).to_string().len() > LARGEST_PREFERENCES {
        return Err(Failure::coded(
            "Preferences may take 64 KiB at most",
            "invalid-params",
        ));
    }
    let now = call.now;
    let account = call
        .write(move |tx| accounts::set_preferences(tx, now, &id, &news))
        .await?;
    Reply::object(json!({"user": {
        "_id": account.id,
        "settings": {"preferences": documents::preferences(&account)},
    }}))
}

async fn autocomplete(call: Call) -> Answer {
    let selector = call.text("selector").unwrap_or_default();
    let Some(Value::Object(selector)) = body::json(selector) else {
        return Err(Failure::plain("The 'selector' param is required"));
    };
    let term = selector
        .get("term")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let except: Vec<String> = selector
        .get("exceptions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let found = call
        .read(move |view| accounts::beginning_with(view, &term, 10))
        .await?;
    let items = found
        .iter()
        .filter(|account| account.active && !except.contains(&account.username))
        .map(|account| {
            json!({
                "_id": account.id,
                "username": account.username,
                "name": account.name,
                "status": account.status,
            })
        });
    Reply::object(json!({"items": items.collect::<Vec<_>>()}))
}
