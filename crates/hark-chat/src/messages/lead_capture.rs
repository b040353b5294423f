//! Addresses and telephone numbers that a visitor mentions go into their record.

use super::Message;
use hark_model::events::{Event, LeadCaptured, record_in_room};
use hark_model::rooms::Room;
use hark_model::text::key;
use hark_model::visitors::{lock, save};
use hark_model::{Actor, Context, Refusal};

/// In one record.
const MOST_KEPT: usize = 50;

/// Adds to the visitor what their message holds and their record does not.
pub(super) fn capture(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    message: &Message,
) -> Result<(), Refusal> {
    let (emails, phones) = cx.policy.leads().find(&message.text);
    if emails.is_empty() && phones.is_empty() {
        return Ok(());
    }
    let Some(mut visitor) = lock(cx.tx, &room.guest()?.id)? else {
        return Ok(());
    };
    let add = |kept: &mut Vec<String>, found: Vec<String>| {
        let mut news = Vec::new();
        for one in found {
            if kept.len() < MOST_KEPT && !kept.iter().any(|known| key(known) == key(&one)) {
                kept.push(one.clone());
                news.push(one);
            }
        }
        news
    };
    let emails = add(&mut visitor.emails, emails);
    let phones = add(&mut visitor.phones, phones);
    if emails.is_empty() && phones.is_empty() {
        return Ok(());
    }
    save(cx.tx, cx.now, &visitor, true)?;
    let by = Actor::visitor(&visitor);
    room.visitor = Some(visitor);
    let lead = LeadCaptured {
        message: message.id.clone(),
        emails,
        phones,
    };
    record_in_room(cx.tx, cx.now, room, by, Event::LeadCaptured, lead)?;
    Ok(())
}
