//! Somebody who works here changes what is known of a contact. Its visitors are called what it is called, and
//! looked after by whom it is looked after.

use crate::contacts::{self, Arrival, Contact, Draft, MOST_VISITORS};
use crate::{access, visitors};
use hark_model::visitors as registered;
use hark_model::{Context, Refusal, accounts, rooms};

pub fn change_contact(
    cx: &mut Context<'_, '_>,
    id: &str,
    draft: &Draft,
) -> Result<Contact, Refusal> {
    changed(cx, id, |cx, contact| contacts::change(cx, contact, draft))
}

/// What holds where visitors have said something else than what is known; `all`: of every field.
pub fn resolve_conflicts(
    cx: &mut Context<'_, '_>,
    id: &str,
    draft: &Draft,
    all: bool,
) -> Result<Contact, Refusal> {
    changed(cx, id, |cx, contact| {
        contacts::resolve(cx, contact, draft, all)
    })
}

/// Those who may see no chat of any of its visitors change nothing of a contact.
fn changed(
    cx: &mut Context<'_, '_>,
    id: &str,
    change: impl FnOnce(&mut Context<'_, '_>, &mut Contact) -> Result<(), Refusal>,
) -> Result<Contact, Refusal> {
    let own = registered::of_contact(cx.tx, id, MOST_VISITORS)?;
    let account = cx.account()?;
    let mut may = own.is_empty();
    for visitor in &own {
        may = may || access::may_change(cx.tx, cx.policy, account, visitor)?;
    }
    // As for anyone who names a contact that is not there.
    if !may {
        return Err(Refusal::NoSuchContact);
    }
    for visitor in &own {
        rooms::lock_open_of(cx.tx, &visitor.id)?;
        registered::lock(cx.tx, &visitor.id)?;
    }
    let mut contact = contacts::lock(cx.tx, id)?.ok_or(Refusal::NoSuchContact)?;
    let was = contact.clone();
    change(cx, &mut contact)?;
    let manager = match &contact.manager {
        Some(id) => accounts::find(cx.tx, id)?.map(|account| account.username),
        None => None,
    };
    for visitor in &own {
        visitors::change(cx, &visitor.id, Arrival::Page, |visitor| {
            if contact.name != was.name && visitor.identity.is_none() {
                visitor.name = Some(contact.name.clone());
            }
            if contact.manager != was.manager {
                visitor.contact_manager.clone_from(&manager);
            }
        })?;
    }
    Ok(contact)
}
