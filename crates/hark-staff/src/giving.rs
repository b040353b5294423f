//! What somebody may give away: nobody grants what they do not hold. An administrator holds
//! everything; what Hark does by itself, or an operator on its command line, is asked nothing.

use crate::agents;
use hark_model::accounts::Account;
use hark_model::{Context, Refusal};

/// What every account has.
const EVERYONES: &str = "user";

/// The permission that is for giving one role alone.
fn own_permission(role: &str) -> Option<&'static str> {
    match role {
        "admin" => Some("assign-admin-role"),
        agents::ROLE => Some("manage-livechat-agents"),
        agents::MANAGER => Some("manage-livechat-managers"),
        agents::MONITOR => Some("manage-livechat-monitors"),
        _ => None,
    }
}

/// Who gives, where it is somebody who does not hold everything.
fn giver<'a>(cx: &Context<'a, '_>) -> Option<&'a Account> {
    let is_administrator = |account: &&Account| account.roles.iter().any(|role| role == "admin");
    cx.who
        .account()
        .filter(|account| !is_administrator(account))
}

/// That they may grant a permission.
pub(crate) fn may_grant(cx: &Context<'_, '_>, permission: &str) -> Result<(), Refusal> {
    match giver(cx) {
        Some(giver) if !cx.policy.grants(&giver.roles, permission) => {
            Err(Refusal::GrantsMore(permission.to_owned()))
        }
        _ => Ok(()),
    }
}

/// That they may give a role, by its id: they hold all that it grants, or what is for giving it.
pub(crate) fn may_give(cx: &Context<'_, '_>, role: &str) -> Result<(), Refusal> {
    let Some(giver) = giver(cx).filter(|_| role != EVERYONES) else {
        return Ok(());
    };
    let holds = |permission: &str| cx.policy.grants(&giver.roles, permission);
    if own_permission(role).is_some_and(holds) {
        return Ok(());
    }
    let mut permissions = cx.policy.permissions.values();
    let lacking = permissions.find(|permission| {
        permission.roles.iter().any(|holder| holder == role) && !holds(&permission.id)
    });
    match lacking {
        Some(permission) => Err(Refusal::GivesMore {
            role: role.to_owned(),
            permission: permission.id.clone(),
        }),
        None => Ok(()),
    }
}

/// That they may choose how somebody else comes in, by a password or an address: they could come in
/// as that one then.
pub(crate) fn may_stand_for(cx: &Context<'_, '_>, account: &Account) -> Result<(), Refusal> {
    if cx.who.is(&account.id) {
        return Ok(());
    }
    let mut roles = account.roles.iter();
    roles.try_for_each(|role| may_give(cx, role))
}
