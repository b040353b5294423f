//! Roles and who has them.

use std::sync::Arc;

use hark_chat::accounts;
use hark_chat::roles::{self, Role};
use hark_chat::{Refusal, rooms};
use hark_store::Timestamp;
use serde_json::{Value, json};

use super::{documents, may_assign};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const MANAGE: Access = Access::Permission("access-permissions");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "roles.list", Access::User, "All roles", list),
    &route!(GET "roles.sync", Access::User, "Roles changed since a moment", sync).takes(
        Shape::Object(&[Field::required("updatedSince", Shape::Text)]),
    ),
    &route!(POST "roles.addUserToRole", MANAGE, "Give someone a role", add).takes(MEMBER),
    &route!(POST "roles.removeUserFromRole", MANAGE, "Take a role from someone", remove)
        .takes(MEMBER),
    &route!(GET "roles.getUsersInRole", MANAGE, "Who has a role", members).takes(MEMBERS),
];

const MEMBER: Shape = Shape::Either(&[
    Shape::Object(&[
        Field::required("roleId", Shape::Text),
        Field::required("username", Shape::Text),
        Field::optional("roomId", Shape::Text),
        Field::optional("scope", Shape::Text),
    ]),
    Shape::Object(&[
        Field::required("roleName", Shape::Text),
        Field::required("username", Shape::Text),
        Field::optional("roomId", Shape::Text),
        Field::optional("scope", Shape::Text),
    ]),
]);
const MEMBERS: Shape = Shape::Object(&[
    Field::required("role", Shape::Text),
    Field::optional("roomId", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
]);

async fn list(call: Call) -> Answer {
    let roles: Vec<Value> = call.policy.roles.iter().map(documents::role).collect();
    Reply::object(json!({"roles": roles}))
}

async fn sync(call: Call) -> Answer {
    let text = call.text("updatedSince").unwrap_or_default();
    let since = Timestamp::parse(text).ok_or_else(|| {
        Failure::coded(
            "The \"updatedSince\" query parameter must be a valid date.",
            "error-updatedSince-param-invalid",
        )
    })?;
    let changed = call
        .policy
        .roles
        .iter()
        .filter(|role| role.updated_at > since);
    let changed: Vec<Value> = changed.map(documents::role).collect();
    Reply::object(json!({"roles": {"update": changed, "remove": []}}))
}

async fn add(call: Call) -> Answer {
    change(&call, true).await
}

async fn remove(call: Call) -> Answer {
    change(&call, false).await
}

async fn change(call: &Call, give: bool) -> Answer {
    let username = call.text("username").unwrap_or_default().to_owned();
    let named = call.text("roleId").or_else(|| call.text("roleName"));
    let named = named.unwrap_or_default().to_owned();
    if give {
        may_assign(call, std::slice::from_ref(&named))?;
    }
    let (who, now, policy) = (call.actor()?, call.now, Arc::clone(&call.policy));
    let role: Role = call
        .write(move |tx| {
            let account = accounts::find_by_username(tx, &username)?;
            let account = account.ok_or(Refusal::NoSuchAccount)?;
            let role = roles::find(tx, &named)?;
            let role = role.ok_or_else(|| Refusal::NoSuchRole(named.clone()))?;
            match give {
                true => roles::give(tx, &who, now, &account, &role)?,
                false => rooms::settling(tx, now, &policy, &account.id, |tx| {
                    roles::take(tx, &who, now, &account, &role)
                })?,
            }
            Ok(role)
        })
        .await
        .map_err(in_words)?;
    Reply::object(json!({"role": documents::role(&role)}))
}

/// This aggregate's own words where they differ from the general ones.
fn in_words(failure: Failure) -> Failure {
    match failure {
        Failure::Coded {
            code: "error-invalid-user",
            ..
        } => Failure::coded("There is no user with this username", "error-invalid-user"),
        other => other,
    }
}

async fn members(call: Call) -> Answer {
    let page = paging::page(&call);
    paging::sort(&call)?;
    let named = call.text("role").unwrap_or_default().to_owned();
    let found = call
        .read(move |view| {
            let Some(role) = roles::find(view, &named)? else {
                return Ok(None);
            };
            roles::members(view, &role.id, page).map(Some)
        })
        .await?;
    let (accounts, total) =
        found.ok_or_else(|| Failure::coded("The role was not found", "error-invalid-roleId"))?;
    let in_full = call.may("view-full-other-user-info");
    let users = accounts.iter().map(|account| match in_full {
        true => documents::person_in_full(account),
        false => documents::person(account),
    });
    let users: Vec<_> = users.collect();
    Reply::object(json!({
        "count": users.len(),
        "offset": page.offset,
        "total": total,
        "users": users,
    }))
}
