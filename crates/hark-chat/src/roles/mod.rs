//! Roles, and who has them.

pub(crate) mod rows;

use hark_store::{Error, NewEvent, Timestamp, Tx, View, log};
use serde_json::json;

use crate::accounts::{self, Account, Page};
use crate::{Actor, Refusal, agents};

#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    pub id: String,
    pub name: String,
    pub scope: String,
    pub description: String,
    pub protected: bool,
    pub mandatory2fa: bool,
    pub updated_at: Timestamp,
}

pub fn all(view: &mut View<'_>) -> Result<Vec<Role>, Error> {
    rows::all(view)
}

/// Clients name a role by its id or by its name.
pub fn find(view: &mut View<'_>, id_or_name: &str) -> Result<Option<Role>, Error> {
    rows::find(view, id_or_name)
}

pub fn give(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    role: &Role,
) -> Result<(), Refusal> {
    accounts::rows::lock(tx, &account.id)?;
    if rows::give(tx, &account.id, &role.id)? == 0 {
        return Err(Refusal::HasRole);
    }
    accounts::rows::touch(tx, now, &account.id)?;
    if role.id == agents::ROLE {
        agents::appointed(tx, who, now, account, account.status != "offline")?;
    }
    tell(tx, who, now, account, role, true)?;
    Ok(())
}

/// The last administrator stays one.
pub fn take(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    role: &Role,
) -> Result<(), Refusal> {
    if !account.roles.contains(&role.id) {
        return Err(Refusal::LacksRole);
    }
    accounts::rows::lock(tx, &account.id)?;
    if role.id == "admin" {
        accounts::keep_an_administrator(tx, account)?;
    }
    if rows::take(tx, &account.id, &role.id)? == 0 {
        return Err(Refusal::LacksRole);
    }
    accounts::rows::touch(tx, now, &account.id)?;
    if role.id == agents::ROLE {
        agents::dismissed(tx, who, now, account)?;
    }
    tell(tx, who, now, account, role, false)?;
    Ok(())
}

fn tell(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    role: &Role,
    given: bool,
) -> Result<(), Error> {
    let body = json!({
        "account": {"id": account.id, "username": account.username},
        "role": role.id,
        "given": given,
        "by": who.to_json(),
    });
    log::append(tx, now, &NewEvent::plain("role.changed", body)).map(drop)
}

/// Those who have a role, by user name, and how many they are.
pub fn members(view: &mut View<'_>, role: &str, page: Page) -> Result<(Vec<Account>, i64), Error> {
    let members = rows::members(view, role, page)?;
    Ok((members, rows::count(view, role)?))
}
