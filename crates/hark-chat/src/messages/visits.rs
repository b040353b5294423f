//! Pages that a visitor looks at, as their browser reports them.

use serde_json::json;

use super::{Author, Message, System, rows};
use hark_model::events::{
    self, Event, Navigated, NavigatedOutside, Page, Subject, VisitorSnapshot, record_event,
    record_in_room,
};
use hark_model::{Actor, Context, Refusal, rooms, settings, visitors};

/// Before a visitor writes, so many of their pages wait for the room.
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

/// Writes a visit down, in the visitor's room if they have one. The token need not be known yet.
/// None: not of the kind that the settings ask for.
pub fn visited(
    cx: &mut Context<'_, '_>,
    token: &str,
    room: Option<&str>,
    visit: &Visit,
) -> Result<Option<Message>, Refusal> {
    if visit.change != cx.policy.text(settings::Livechat_history_monitor_type) {
        return Ok(None);
    }
    if token.chars().nth(visitors::LONGEST_TOKEN).is_some() {
        return Ok(None);
    }
    let title: String = visit.title.chars().take(LONGEST_TITLE).collect();
    let address: String = visit.address.chars().take(LONGEST_ADDRESS).collect();
    let visitor = visitors::find_by_token(cx.tx, token)?;
    let open = match (&visitor, room) {
        (Some(visitor), Some(room)) => {
            rooms::lock(cx.tx, room)?.filter(|room| room.open && room.is_of(visitor))
        }
        _ => None,
    };
    let navigation = json!({
        "page": {"title": title, "change": visit.change, "location": {"href": address}},
        "token": token,
    });
    let id = cx.tx.ids().id24_at(cx.now);
    let seen = events::Visit {
        message: Some(id.clone()),
        page: Page {
            title: title.clone(),
            change: visit.change.clone(),
            address: address.clone(),
        },
    };
    let seq = match (&open, &visitor) {
        (Some(room), Some(visitor)) => {
            let navigated = |seen| Event::VisitorNavigated(Navigated::InRoom(Box::new(seen)));
            let by = Actor::visitor(visitor);
            record_in_room(cx.tx, cx.now, room, by, navigated, seen)?
        }
        _ if rows::count_waiting(cx.tx, token)? >= MOST_WAITING => return Ok(None),
        (None, Some(visitor)) => {
            let seen = NavigatedOutside {
                visitor: VisitorSnapshot::of(visitor),
                by: Actor::visitor(visitor),
                visit: seen,
            };
            let subject = Subject {
                visitor: Some(&visitor.id),
                ..Subject::NONE
            };
            let navigated = Event::VisitorNavigated(Navigated::Outside(Box::new(seen)));
            record_event(cx.tx, cx.now, subject, &navigated)?;
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
        hidden: !cx
            .policy
            .flag(settings::Livechat_Visitor_navigation_as_a_message),
        by_visitor: false,
        author: Author::system(),
        text: format!("{title} - {address}"),
        extra: Some(json!({"navigation": navigation})),
        edited: None,
        at: cx.now,
        updated_at: cx.now,
    };
    let waits_for = open.is_none().then_some(token);
    rows::insert(cx.tx, &message, waits_for)?;
    if let Some(room) = &open {
        rooms::count_messages(cx.tx, cx.now, &room.id, 1)?;
    }
    Ok(Some(message))
}
