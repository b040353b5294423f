//! Roles and who has them.

use hark_model::roles::{self, Role};
use hark_model::{Refusal, accounts};
use serde_json::{Value, json};

use super::{date, documents, may_assign};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::paging;
use crate::params::{either, params};
use crate::route::{Access, Route, route};
use crate::second_factor;

const MANAGE: Access = Access::Permission("access-permissions");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "roles.list", Access::User, "All roles", list),
    &route!(GET "roles.sync", Access::User, "Roles changed since a moment", sync),
    &route!(POST "roles.addUserToRole", MANAGE, "Give someone a role", change::<true>),
    &route!(POST "roles.removeUserFromRole", MANAGE, "Take a role from someone", change::<false>),
    &route!(GET "roles.getUsersInRole", MANAGE, "Who has a role", members),
];

params! {
    struct Since {
        updated_since as "updatedSince": String,
    }

    struct ByRoleId {
        /// The id of the role.
        role_id as "roleId": String,
        username: String,
        _room_id as "roomId": Option<String>,
        _scope as "scope": Option<String>,
    }

    struct ByRoleName {
        /// The id of the role.
        role_name as "roleName": String,
        username: String,
        _room_id as "roomId": Option<String>,
        _scope as "scope": Option<String>,
    }

    struct Members {
        /// The id of the role.
        role: String,
        _room_id as "roomId": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT,
    }
}

either!(
    enum Member {
        RoleId(ByRoleId),
        RoleName(ByRoleName),
    }
);

async fn list(call: Call) -> Answer {
    let roles: Vec<Value> = call.policy.roles.iter().map(documents::role).collect();
    Reply::object(json!({"roles": roles}))
}

async fn sync(call: Call, since: Since) -> Answer {
    let code = "error-updatedSince-param-invalid";
    let since = date("updatedSince", &since.updated_since, code)?;
    let changed = call
        .policy
        .roles
        .iter()
        .filter(|role| role.updated_at > since);
    let changed: Vec<Value> = changed.map(documents::role).collect();
    Reply::object(json!({"roles": {"update": changed, "remove": []}}))
}

async fn change<const GIVE: bool>(call: Call, member: Member) -> Answer {
    // A role goes by its id and by its name.
    let (named, username) = match member {
        Member::RoleId(by) => (by.role_id, by.username),
        Member::RoleName(by) => (by.role_name, by.username),
    };
    if GIVE {
        let given = std::slice::from_ref(&named);
        may_assign(&call, given)?;
        second_factor::demand_for_roles(&call, given).await?;
    }
    let role: Role = call
        .command(move |_, cx| {
            let account = accounts::find_by_username(cx.tx, &username)?;
            let account = account.ok_or(Refusal::NoSuchAccount)?;
            let role = roles::find(cx.tx, &named)?;
            let role = role.ok_or_else(|| Refusal::NoSuchRole(named.clone()))?;
            if GIVE {
                hark_staff::give_role(cx, &account, &role)?;
            } else {
                hark_staff::take_role(cx, &account, &role)?;
            }
            Ok(role)
        })
        .await
        .map_err(|refusal| match refusal {
            Refusal::NoSuchAccount => {
                Failure::coded("There is no user with this username [error-invalid-user]")
            }
            other => other.into(),
        })?;
    Reply::object(json!({"role": documents::role(&role)}))
}

async fn members(call: Call, members: Members) -> Answer {
    let page = paging::page(&call);
    paging::sort(&call)?;
    let found = call.query(move |_, view| {
        let role = roles::find(view, &members.role)?;
        let members = role.map(|role| roles::members(view, &role.id, page));
        Ok(members.transpose()?)
    });
    let found = found.await?;
    let (accounts, total) =
        found.ok_or_else(|| Failure::coded("The role was not found [error-invalid-roleId]"))?;
    let in_full = call.may("view-full-other-user-info");
    let shown = if in_full {
        documents::person_in_full
    } else {
        documents::person
    };
    let users = accounts.iter().map(shown);
    paging::listed_last("users", users.collect(), page, total)
}
