//! Who of those who work here may see a room, take it, and hear of it.
//!
//! The role of a monitor counts in the departments of their units, and nowhere else: whatever asks for a
//! permission about a room, a place in the queue or a department asks here. Lists have the same border in their
//! statements ([`Policy::bound`]). What other roles grant somebody is as wide as ever.

use std::borrow::Cow;

use hark_store::{Result, View};

use crate::inquiries::{self, Inquiry, Status};
use crate::routing::{self, Method};
use crate::{subscriptions, units};
use hark_model::accounts::Account;
use hark_model::policy::MONITOR;
use hark_model::rooms::{self, Kind, Room};
use hark_model::visitors::Visitor;
use hark_model::{Context, Page, Policy, Refusal};

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

/// The roles of somebody that count for what is of a department, or of none.
fn roles_in<'a>(
    view: &mut View<'_>,
    account: &'a Account,
    department: Option<&str>,
) -> Result<Cow<'a, [String]>> {
    let is_monitor = |role: &String| role == MONITOR;
    if !account.roles.iter().any(is_monitor) {
        return Ok(Cow::Borrowed(&account.roles));
    }
    let is_within = match department {
        Some(department) => units::is_monitored(view, &account.id, department)?,
        None => false,
    };
    if is_within {
        return Ok(Cow::Borrowed(&account.roles));
    }
    let mut roles = account.roles.clone();
    roles.retain(|role| !is_monitor(role));
    Ok(Cow::Owned(roles))
}

/// Whether somebody holds a permission for what is of a department, or of none.
pub fn holds_in(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    permission: &str,
    department: Option<&str>,
) -> Result<bool> {
    let roles = roles_in(view, account, department)?;
    Ok(policy.grants(&roles, permission))
}

/// The same for the account that asks, and a room.
pub(crate) fn holds(cx: &mut Context<'_, '_>, room: &Room, permission: &str) -> Result<bool> {
    let department = room.department.as_deref();
    match cx.who.account() {
        Some(account) => holds_in(cx.tx, cx.policy, account, permission, department),
        None => Ok(false),
    }
}

/// That a department is not behind a border for the account that asks: to those for whom it is, there is
/// none.
pub fn check_department(
    cx: &mut Context<'_, '_>,
    permissions: &[&str],
    department: &str,
) -> Result<(), Refusal> {
    let account = cx.account()?;
    match cx.policy.bound_by_any(account, permissions) {
        Some(monitor) if !units::is_monitored(cx.tx, monitor, department)? => {
            Err(Refusal::NoSuchDepartment)
        }
        _ => Ok(()),
    }
}

fn may_see_live(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    room: &Room,
) -> Result<bool> {
    if room.is_served_by(&account.id) {
        return Ok(true);
    }
    let roles = roles_in(view, account, room.department.as_deref())?;
    let holds = |permission: &str| policy.grants(&roles, permission);
    if holds("view-livechat-rooms") {
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
    // Those who are in it stay until it leaves its department or they leave it.
    if policy.grants(&account.roles, "view-l-room")
        && subscriptions::find(view, &room.id, &account.id)?.is_some()
    {
        return Ok(true);
    }
    if !holds("view-l-room") {
        return Ok(false);
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
    let roles = roles_in(view, account, inquiry.department.as_deref())?;
    let holds = |permission: &str| policy.grants(&roles, permission);
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

/// Who may say where a chat goes, and how urgent it is: those who may take it, and those who may see one
/// that is over.
pub(crate) fn may_handle(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    room: &Room,
    inquiry: Option<&Inquiry>,
) -> Result<bool> {
    match inquiry {
        Some(inquiry) => may_take(view, policy, account, room, inquiry),
        None => may_see(view, policy, account, room),
    }
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
    if sees_all(policy, account) {
        return Ok(true);
    }
    let (rooms, _) = rooms::of_visitor(view, &visitor.id, None, LOOKED_THROUGH)?;
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
    sees_all(policy, account)
}

fn sees_all(policy: &Policy, account: &Account) -> bool {
    let permission = "view-livechat-rooms";
    policy.grants(&account.roles, permission) && policy.bound(account, permission).is_none()
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
