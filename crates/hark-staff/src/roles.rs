//! Roles given and taken.

use hark_store::{Result, Tx};

use crate::{agents, giving};
use hark_chat::{OpenChats, units};
use hark_model::accounts::{self, Account};
use hark_model::events::{Event, RoleChanged, Subject, record_event};
use hark_model::roles::{self, Role};
use hark_model::rooms::Person;
use hark_model::{Context, Refusal};

/// Someone who becomes an agent in this way is available unless they are offline.
pub fn give_role(cx: &mut Context<'_, '_>, account: &Account, role: &Role) -> Result<(), Refusal> {
    giving::may_give(cx, &role.id)?;
    give(cx, account, role)
}

fn give(cx: &mut Context<'_, '_>, account: &Account, role: &Role) -> Result<(), Refusal> {
    accounts::lock(cx.tx, &account.id)?;
    if roles::give(cx.tx, &account.id, &role.id)? == 0 {
        return Err(Refusal::HasRole);
    }
    accounts::touch(cx.tx, cx.now, &account.id)?;
    if role.id == agents::ROLE {
        agents::appointed(cx, account, account.status != "offline")?;
    }
    record(cx, account, role, true)?;
    Ok(())
}

/// The last administrator stays one. Open chats of someone who answers visitors no longer are for
/// others.
pub fn take_role(cx: &mut Context<'_, '_>, account: &Account, role: &Role) -> Result<(), Refusal> {
    if !account.roles.contains(&role.id) {
        return Err(Refusal::LacksRole);
    }
    accounts::lock(cx.tx, &account.id)?;
    if role.id == "admin" {
        keep_an_administrator(cx.tx, account)?;
    }
    if roles::take(cx.tx, &account.id, &role.id)? == 0 {
        return Err(Refusal::LacksRole);
    }
    accounts::touch(cx.tx, cx.now, &account.id)?;
    if role.id == agents::ROLE {
        agents::dismissed(cx, account)?;
    }
    if role.id == agents::MONITOR {
        units::leave_all(cx.tx, &account.id)?;
    }
    record(cx, account, role, false)?;
    if role.id == agents::ROLE {
        hark_chat::agent_gone(cx, account, OpenChats::Requeue)?;
    }
    Ok(())
}

/// Someone's roles are others now. Anyone who becomes an agent in this way is available unless
/// they are offline.
pub(super) fn follow_roles(
    cx: &mut Context<'_, '_>,
    account: &Account,
    roles: &[String],
) -> Result<()> {
    if !roles.iter().any(|role| role == agents::MONITOR) {
        units::leave_all(cx.tx, &account.id)?;
    }
    let is_agent = roles.iter().any(|role| role == agents::ROLE);
    match (agents::has_role(account), is_agent) {
        (false, true) => agents::appointed(cx, account, account.status != "offline").map(drop),
        (true, false) => agents::dismissed(cx, account),
        _ => Ok(()),
    }
}

/// Makes someone an agent, a manager of the chat or a monitor, which they may be already: each has a permission
/// of its own. An agent is available at once, wherever they are, unless their hours are closed.
pub fn appoint(cx: &mut Context<'_, '_>, account: &Account, role: &str) -> Result<(), Refusal> {
    let role = roles::find(cx.tx, role)?.ok_or_else(|| Refusal::NoSuchRole(role.to_owned()))?;
    match give(cx, account, &role) {
        Ok(()) | Err(Refusal::HasRole) => {}
        Err(refusal) => return Err(refusal),
    }
    if role.id == agents::ROLE {
        agents::make_available(cx, account)?;
    }
    Ok(())
}

/// Makes someone no agent, no manager of the chat or no monitor any more.
pub fn dismiss(cx: &mut Context<'_, '_>, account: &Account, role: &str) -> Result<(), Refusal> {
    let role = roles::find(cx.tx, role)?.ok_or_else(|| Refusal::NoSuchRole(role.to_owned()))?;
    match take_role(cx, account, &role) {
        Ok(()) | Err(Refusal::LacksRole) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

fn record(cx: &mut Context<'_, '_>, account: &Account, role: &Role, given: bool) -> Result<()> {
    let changed = Event::RoleChanged(RoleChanged {
        account: Person::of(account),
        role: role.id.clone(),
        given,
        by: cx.who.actor(),
    });
    record_event(cx.tx, cx.now, Subject::NONE, &changed)
}

/// Someone has to be able to administrate when this account no longer does.
pub(super) fn keep_an_administrator(tx: &mut Tx<'_>, account: &Account) -> Result<(), Refusal> {
    if !account.active || !account.roles.iter().any(|role| role == "admin") {
        return Ok(());
    }
    roles::lock_administrators(tx)?;
    if accounts::count_active_administrators(tx)? <= 1 {
        return Err(Refusal::LastAdministrator);
    }
    Ok(())
}
