//! Who of those who work here may see a room.

use hark_store::{Error, View};

use super::{Kind, Room};
use crate::accounts::Account;
use crate::inquiries::{self, Inquiry, Status};
use crate::routing::{self, Method};
use crate::{Policy, subscriptions};

pub fn may_see(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    room: &Room,
) -> Result<bool, Error> {
    match room.kind {
        Kind::Live => may_see_live(view, policy, account, room),
        Kind::Channel => Ok(policy.grants(&account.roles, "view-c-room")),
        Kind::Direct => {
            let people = room.people.as_deref().unwrap_or_default();
            Ok(people.split(',').any(|id| id == account.id))
        }
    }
}

fn may_see_live(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    room: &Room,
) -> Result<bool, Error> {
    let holds = |permission: &str| policy.grants(&account.roles, permission);
    if holds("view-livechat-rooms") || room.is_served_by(&account.id) {
        return Ok(true);
    }
    if !room.open {
        if holds("view-livechat-room-closed-by-another-agent") {
            return Ok(true);
        }
        return match &room.department {
            Some(department) if holds("view-livechat-room-closed-same-department") => {
                routing::is_member(view, department, &account.id)
            }
            _ => Ok(false),
        };
    }
    if !holds("view-l-room") {
        return Ok(false);
    }
    if subscriptions::find(view, &room.id, &account.id)?.is_some() {
        return Ok(true);
    }
    match inquiries::of_room(view, &room.id)? {
        Some(inquiry) => may_preview(view, policy, account, &inquiry),
        None => Ok(false),
    }
}

/// Where agents choose their chats, they may look at what they could take.
fn may_preview(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    inquiry: &Inquiry,
) -> Result<bool, Error> {
    if inquiry.status != Status::Queued || Method::of(policy) != Method::Manual {
        return Ok(false);
    }
    let is_manager = account.roles.iter().any(|role| role == "livechat-manager");
    match &inquiry.department {
        None => Ok(true),
        _ if is_manager || inquiry.default_agent.as_deref() == Some(&account.id) => Ok(true),
        Some(department) => routing::is_member(view, department, &account.id),
    }
}
