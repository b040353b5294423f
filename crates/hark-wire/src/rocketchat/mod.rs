//! The handlers of Rocket.Chat's REST surface, a file for each aggregate: its part of the route
//! table on top, then one function for each route.

pub(crate) mod agent_rooms;
pub(crate) mod agents;
pub(crate) mod appearance;
pub(crate) mod business_hours;
pub(crate) mod chat;
mod chat_documents;
pub(crate) mod chat_methods;
pub(crate) mod contacts;
pub(crate) mod custom_fields;
pub(crate) mod ddp;
pub(crate) mod departments;
pub(crate) mod direct_messages;
mod documents;
mod ejson;
pub(crate) mod inquiries;
pub(crate) mod integrations;
pub(crate) mod live_methods;
pub(crate) mod login;
pub(crate) mod methods;
pub(crate) mod offline;
pub(crate) mod people;
pub(crate) mod permissions;
pub(crate) mod roles;
pub(crate) mod settings;
pub(crate) mod subscriptions;
pub(crate) mod team_rooms;
pub(crate) mod tokens;
pub(crate) mod transcripts;
pub(crate) mod triggers;
pub(crate) mod uploads;
pub(crate) mod users;
pub(crate) mod visitor_rooms;
pub(crate) mod visitors;
pub(crate) mod widget;

use hark_chat::accounts::{self, Account};

use crate::answer::Failure;
use crate::call::Call;

/// The account that `userId` or `username` names, if there is one.
async fn named(call: &Call) -> Result<Option<Account>, Failure> {
    let id = call.text("userId").map(str::to_owned);
    let username = call
        .text("username")
        .or_else(|| call.text("user"))
        .map(str::to_owned);
    call.read(move |view| match (&id, &username) {
        (Some(id), _) => accounts::find(view, id),
        (None, Some(username)) => accounts::find_by_username(view, username),
        (None, None) => Ok(None),
    })
    .await
}

/// The account that is named, or the words of the original when there is none.
async fn named_or_refuse(call: &Call) -> Result<Account, Failure> {
    if ["userId", "username", "user"]
        .iter()
        .all(|name| call.text(name).is_none())
    {
        return Err(Failure::coded(
            "The required \"userId\" or \"username\" param was not provided",
            "error-user-param-not-provided",
        ));
    }
    named(call).await?.ok_or_else(|| {
        Failure::coded(
            "The required \"userId\" or \"username\" param provided does not match any users",
            "error-invalid-user",
        )
    })
}

/// Giving roles does not include making administrators: that has a permission of its own.
fn may_assign(call: &Call, roles: &[String]) -> Result<(), Failure> {
    if roles.iter().any(|role| role == "admin") && !call.may("assign-admin-role") {
        return Err(Failure::coded(
            "Assigning admin is not allowed",
            "error-action-not-allowed",
        ));
    }
    Ok(())
}
