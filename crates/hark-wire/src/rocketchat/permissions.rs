//! Permissions and the roles that have them.

use hark_chat::permissions;
use hark_store::Timestamp;
use serde_json::{Value, json};

use super::documents;
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "permissions.listAll", Access::User, "All permissions, or those changed since a moment", list)
        .takes(Shape::Object(&[Field::optional("updatedSince", Shape::Text)])),
    &route!(POST "permissions.update", Access::Permission("access-permissions"), "Grant permissions to exactly these roles", update),
];

async fn list(call: Call) -> Answer {
    let since = match call.text("updatedSince") {
        None => None,
        Some(text) => Some(Timestamp::parse(text).ok_or_else(|| {
            Failure::coded(
                "The \"updatedSince\" query parameter must be a valid date.",
                "error-roomId-param-invalid",
            )
        })?),
    };
    let update: Vec<Value> = call
        .policy
        .permissions
        .values()
        .filter(|permission| since.is_none_or(|since| permission.updated_at > since))
        .map(documents::permission)
        .collect();
    Reply::object(json!({"update": update, "remove": []}))
}

async fn update(call: Call) -> Answer {
    let grants = grants(&call.params)
        .ok_or_else(|| Failure::Typed("Invalid body params".into(), "error-invalid-body-params"))?;
    let (who, now) = (call.actor()?, call.now);
    call.write(move |tx| permissions::update(tx, &who, now, &grants))
        .await
        .map_err(in_words)?;
    let policies = std::sync::Arc::clone(&call.wire);
    let policy = call.read(move |view| policies.policies.at(view)).await?;
    let all: Vec<Value> = policy
        .permissions
        .values()
        .map(documents::permission)
        .collect();
    Reply::object(json!({"permissions": all}))
}

/// `{permissions: [{_id, roles}]}`, with at least one of them and nothing else.
fn grants(params: &Value) -> Option<Vec<(String, Vec<String>)>> {
    let items = params.get("permissions")?.as_array()?;
    let grants: Option<Vec<_>> = items
        .iter()
        .map(|item| {
            let id = item.get("_id")?.as_str()?.to_owned();
            let roles = item.get("roles")?.as_array()?.iter();
            let roles: Option<Vec<String>> =
                roles.map(|role| role.as_str().map(str::to_owned)).collect();
            Some((id, roles?))
        })
        .collect();
    grants.filter(|grants| !grants.is_empty())
}

fn in_words(failure: Failure) -> Failure {
    match failure {
        Failure::Coded {
            code: "error-role-not-found",
            ..
        } => Failure::Typed("Invalid role".into(), "error-invalid-role"),
        other => other,
    }
}
