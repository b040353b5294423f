//! A chat is put on hold and goes on: it waits for something outside of it, and is not counted as its
//! agent's work meanwhile. A message lets it go on as well ([`messages`]).

use serde_json::json;

use crate::messages::{self, Author, Notice, System};
use crate::{access, subscriptions};
use hark_model::accounts::Account;
use hark_model::events::{Commented, Event, record_in_room};
use hark_model::rooms::{self, Room, lock_live};
use hark_model::{Context, Refusal, settings};

/// An agent puts a chat on hold, where the settings let agents do that.
pub fn put_on_hold(cx: &mut Context<'_, '_>, room: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut room = lock_live(cx.tx, room)?;
    check_holder(cx, account, &room)?;
    if !room.open {
        return Err(Refusal::RoomClosedAlready);
    }
    if room.is_on_hold() {
        return Err(Refusal::OnHoldAlready);
    }
    let allowed = cx.policy.flag(settings::Livechat_allow_manual_on_hold);
    let only_answered = cx
        .policy
        .flag(settings::Livechat_allow_manual_on_hold_upon_agent_engagement_only);
    let is_owed = only_answered && room.waiting_response;
    if !allowed || room.served_by.is_none() || is_owed {
        return Err(Refusal::CannotHold);
    }
    let comment = format!(
        "The chat was manually placed On Hold by {}",
        called(account)
    );
    hold(cx, &mut room, &comment)
}

/// Somebody says that a chat goes on.
pub fn resume(cx: &mut Context<'_, '_>, room: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut room = lock_live(cx.tx, room)?;
    check_holder(cx, account, &room)?;
    if !room.is_on_hold() {
        return Err(Refusal::NotOnHold);
    }
    let comment = format!(
        "The chat was manually resumed from On Hold by {}",
        called(account)
    );
    messages::go_on(cx, &mut room, &comment)
}

/// Those who are in a chat decide about it; others need a permission for that.
fn check_holder(cx: &mut Context<'_, '_>, account: &Account, room: &Room) -> Result<(), Refusal> {
    if access::holds(cx, room, "on-hold-others-livechat-room")?
        || subscriptions::find(cx.tx, &room.id, &account.id)?.is_some()
    {
        return Ok(());
    }
    Err(Refusal::MayNotHold)
}

fn called(account: &Account) -> String {
    match account.name.as_str() {
        "" => format!("@{}", account.username),
        name => name.to_owned(),
    }
}

/// The room is locked, open and not on hold.
pub(crate) fn hold(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    comment: &str,
) -> Result<(), Refusal> {
    room.held_since = Some(cx.now);
    // Nobody is waited for, so that nobody is late.
    room.expect_nothing();
    room.unanswered_since = None;
    rooms::save(cx.tx, cx.now, room)?;
    let details = Commented {
        comment: comment.to_owned(),
    };
    let by = cx.who.actor();
    let seq = record_in_room(cx.tx, cx.now, room, by, Event::ChatOnHold, details)?;
    let notice =
        Notice::new(System::PutOnHold, Author::of(cx.who)).with(json!({"comment": comment}));
    messages::notify(cx, room, seq, vec![notice])?;
    Ok(())
}
