//! Permissions and the roles that have them.

use hark_model::Refusal;
use serde_json::{Value, json};

use super::{date, documents};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::params;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "permissions.listAll", Access::User, "All permissions, or those changed since a moment", list),
    &route!(POST "permissions.update", Access::Permission("access-permissions"), "Grant permissions to exactly these roles", update)
        .reads(GRANTS)
        .with_second_factor(),
];

const GRANTS: &[Field] = &[Field::required(
    "permissions",
    Shape::SomeOf(&Shape::OpenObject(&[
        Field::required("_id", Shape::Text).about("The permission"),
        Field::required("roles", Shape::List(&Shape::Text))
            .about("The ids of all roles that have it from now on"),
    ])),
)
.about("Permissions that change")];

params! {
    struct Since {
        updated_since as "updatedSince": Option<String>,
    }
}

async fn list(call: Call, since: Since) -> Answer {
    let code = "error-roomId-param-invalid";
    let since = since.updated_since;
    let since = since
        .map(|text| date("updatedSince", &text, code))
        .transpose()?;
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
    call.command(move |_, cx| hark_staff::grant_permissions(cx, &grants))
        .await
        .map_err(|refusal| match refusal {
            Refusal::NoSuchRole(_) => Failure::Typed("Invalid role".into(), "error-invalid-role"),
            other => other.into(),
        })?;
    let policy = call
        .query(|call, view| Ok(call.wire.policies.at(view)?))
        .await?;
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
