//! Pages that a visitor looks at, as his browser tells of them.

use hark_store::{Timestamp, Tx};
use serde_json::json;

use super::{Author, Message, System, rows};
use crate::rooms::{self, story};
use crate::visitors;
use crate::{Actor, Policy, Refusal};

/// Before a visitor writes, so many of his pages wait for his room.
const MOST_WAITING: i64 = 100;
const LONGEST_TITLE: usize = 500;
const LONGEST_ADDRESS: usize = 2_000;

#[derive(Debug, Clone)]
pub struct Visit {
    pub title: String,
    /// `url` or `title`: what changed.
    pub change: String,
    pub address: String,
}

/// Writes a visit down, in the visitor's room if he has one. The token need not be known yet.
/// None: not of the kind that the settings ask for.
pub fn visited(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    token: &str,
    room: Option<&str>,
    visit: &Visit,
) -> Result<Option<Message>, Refusal> {
    if visit.change != policy.text("Livechat_history_monitor_type") {
        return Ok(None);
    }
    if token.chars().nth(visitors::LONGEST_TOKEN).is_some() {
        return Ok(None);
    }
    let title: String = visit.title.chars().take(LONGEST_TITLE).collect();
    let address: String = visit.address.chars().take(LONGEST_ADDRESS).collect();
    let visitor = visitors::find_by_token(tx, token)?;
    let open = match (&visitor, room) {
        (Some(visitor), Some(room)) => {
            rooms::rows::lock(tx, room)?.filter(|room| room.open && room.is_of(visitor))
        }
        _ => None,
    };
    let navigation = json!({
        "page": {"title": title, "change": visit.change, "location": {"href": address}},
        "token": token,
    });
    let id = tx.ids().id24_at(now);
    let told = json!({
        "message": id,
        "page": {"title": title, "change": visit.change, "address": address},
    });
    let seq = match (&open, &visitor) {
        (Some(room), Some(visitor)) => story::tell(
            tx,
            now,
            "visitor.navigated",
            room,
            &Actor::visitor(visitor),
            told,
        )?,
        _ if rows::count_waiting(tx, token)? >= MOST_WAITING => return Ok(None),
        (None, Some(visitor)) => {
            story::tell_outside(tx, now, "visitor.navigated", visitor, told)?;
            0
        }
        _ => 0,
    };
    let message = Message {
        n: 0,
        id,
        room: open.as_ref().map(|room| room.id.clone()),
        seq,
        system: Some(System::Visited),
        hidden: !policy.flag("Livechat_Visitor_navigation_as_a_message"),
        by_visitor: false,
        author: Author::house(),
        text: format!("{title} - {address}"),
        extra: Some(json!({"navigation": navigation})),
        edited: None,
        at: now,
        updated_at: now,
    };
    let waits_for = open.is_none().then_some(token);
    rows::insert(tx, &message, waits_for)?;
    if let Some(room) = &open {
        rooms::rows::count_messages(tx, now, &room.id, 1)?;
    }
    Ok(Some(message))
}
