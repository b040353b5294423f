//! Who of those who work here may see a room, take it, and hear of it.

use hark_store::{Result, View};

use crate::inquiries::{self, Inquiry, Status};
use crate::routing::{self, Method};
use crate::subscriptions;
use hark_model::accounts::Account;
use hark_model::rooms::{self, Kind, Room};
use hark_model::visitors::Visitor;
use hark_model::{Page, Policy};

pub fn may_see(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    room: &Room,
) -> Result<bool> {
    match room.kind {
        Kind::Live => may_see_live(view, policy, account, room),
        Kind::Channel => Ok(policy.grants(&account.roles, "view-c-room")),
        Kind::Group => Ok(subscriptions::find(view, &room.id, &account.id)?.is_some()),
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
) -> Result<bool> {
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
) -> Result<bool> {
    if inquiry.status != Status::Queued || Method::of(policy) != Method::Manual {
        return Ok(false);
    }
    is_for(view, account, inquiry)
}

/// Whether a place in the queue is one from which they could take the chat: it is for everyone, for
/// their department, for them.
fn is_for(view: &mut View<'_>, account: &Account, inquiry: &Inquiry) -> Result<bool> {
    let is_manager = account.roles.iter().any(|role| role == "livechat-manager");
    match &inquiry.department {
        None => Ok(true),
        _ if is_manager || inquiry.default_agent.as_deref() == Some(&account.id) => Ok(true),
        Some(department) => routing::is_member(view, department, &account.id),
    }
}

/// Who hears what becomes of a chat's place in the queue: those who could take it from there,
/// however chats find their agents.
pub fn may_follow(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    inquiry: &Inquiry,
) -> Result<bool> {
    let holds = |permission: &str| policy.grants(&account.roles, permission);
    if holds("view-livechat-rooms") {
        return Ok(true);
    }
    Ok(holds("view-l-room") && is_for(view, account, inquiry)?)
}

/// Who may take an open chat and give it to others: those who may see it, and those for whom it
/// waits.
pub fn may_take(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    room: &Room,
    inquiry: &Inquiry,
) -> Result<bool> {
    if inquiry.status != Status::Taken && may_follow(view, policy, account, inquiry)? {
        return Ok(true);
    }
    may_see(view, policy, account, room)
}

/// So many of a visitor's chats are looked through, the latest first.
const LOOKED_THROUGH: Page = Page {
    offset: 0,
    limit: 100,
};

/// Who may change what is known of a visitor, and make further chats theirs: those who may see one of
/// their chats. One who has had none is behind no border.
pub fn may_change(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    visitor: &Visitor,
) -> Result<bool> {
    if policy.grants(&account.roles, "view-livechat-rooms") {
        return Ok(true);
    }
    let (rooms, _) = rooms::of_visitor(view, &visitor.id, LOOKED_THROUGH)?;
    for room in &rooms {
        if may_see(view, policy, account, room)? {
            return Ok(true);
        }
    }
    Ok(rooms.is_empty())
}

/// Who is shown with a visitor the token that opens all of their chats: those who may see all of
/// them anyway.
pub fn may_see_tokens(policy: &Policy, account: &Account) -> bool {
    policy.grants(&account.roles, "view-livechat-rooms")
}

/// A room as somebody is shown it who may see it: one chat of a visitor is not the key to their
/// others.
pub fn as_shown(policy: &Policy, account: &Account, room: Room) -> Room {
    if may_see_tokens(policy, account) {
        room
    } else {
        without_token(room)
    }
}

/// A room with what stands for its visitor's token.
pub fn without_token(mut room: Room) -> Room {
    let stand_in = room.token_stand_in();
    if let Some(visitor) = &mut room.visitor {
        visitor.token = stand_in;
    }
    room
}
