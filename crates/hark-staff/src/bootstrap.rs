//! The first start: roles and permissions of the catalogue, the first administrator. Each later
//! start adds what a newer version brings and leaves alone what people have changed.

use hark_store::{Result, View};

use super::accounts::create;
use hark_chat::messages;
use hark_model::accounts::{self, NewAccount};
use hark_model::permissions::{self, catalogue};
use hark_model::{Context, Refusal, facts, policy, roles};

/// Brings in what the catalogues have and the database has not.
pub fn prepare(cx: &mut Context<'_, '_>) -> Result<(), Refusal> {
    facts::begun(cx.tx, cx.now)?;
    hark_chat::make_general(cx)?;
    let mut news = 0;
    for role in catalogue::ROLES {
        news += roles::add(cx.tx, cx.now, role)?;
    }
    for permission in catalogue::PERMISSIONS {
        news += permissions::add(cx.tx, cx.now, permission)?;
    }
    if news > 0 {
        policy::raise(cx.tx)?;
    }
    make_the_bot(cx)
}

/// The account in whose name Hark itself speaks; nobody can log in as it.
fn make_the_bot(cx: &mut Context<'_, '_>) -> Result<(), Refusal> {
    if accounts::find(cx.tx, messages::BOT)?.is_some()
        || accounts::find_by_username(cx.tx, messages::BOT)?.is_some()
    {
        return Ok(());
    }
    let bot = NewAccount {
        id: Some(messages::BOT.to_owned()),
        roles: vec!["bot".to_owned()],
        ..NewAccount::person(messages::BOT, messages::BOT_NAME)
    };
    create(cx, &bot)?;
    accounts::make_bot(cx.tx, cx.now, messages::BOT)?;
    Ok(())
}

/// Whether nobody can administrate yet.
pub fn lacks_administrator(view: &mut View<'_>) -> Result<bool> {
    Ok(roles::count(view, "admin")? == 0)
}

/// Makes the first administrator, unless there is one. True: made.
pub fn first_administrator(cx: &mut Context<'_, '_>, new: &NewAccount) -> Result<bool, Refusal> {
    if !lacks_administrator(cx.tx)? {
        return Ok(false);
    }
    create(cx, new)?;
    Ok(true)
}
