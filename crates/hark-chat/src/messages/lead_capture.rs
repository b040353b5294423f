//! Addresses and telephone numbers that a visitor mentions go into their record.

use super::Message;
use hark_model::events::{Event, LeadCaptured, record_in_room};
use hark_model::rooms::Room;
use hark_model::text::key;
use hark_model::visitors::{Visitor, add_contacts, lock};
use hark_model::{Actor, Context, Refusal};

/// Addresses in one record, and numbers. What is said beyond that stands in the messages alone.
pub const MOST_LEADS: usize = 20;

/// What a record does not have yet.
struct News {
    emails: Vec<String>,
    phones: Vec<String>,
}

impl News {
    fn of(visitor: &Visitor, emails: &[String], phones: &[String]) -> Option<Self> {
        let emails = new(&visitor.emails, emails);
        let phones = new(&visitor.phones, phones);
        let is_some = !emails.is_empty() || !phones.is_empty();
        is_some.then_some(Self { emails, phones })
    }
}

fn new(kept: &[String], found: &[String]) -> Vec<String> {
    let mut news: Vec<String> = Vec::new();
    for one in found {
        if kept.len() + news.len() >= MOST_LEADS {
            break;
        }
        if !kept.iter().chain(&news).any(|known| key(known) == key(one)) {
            news.push(one.clone());
        }
    }
    news
}

/// Adds to the visitor what their message holds and their record does not.
pub(super) fn capture(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    message: &Message,
) -> Result<(), Refusal> {
    let (emails, phones) = cx.policy.leads().find(&message.text);
    // Most find nothing, or nothing new, and do not touch the record.
    if News::of(room.guest()?, &emails, &phones).is_none() {
        return Ok(());
    }
    let Some(mut visitor) = lock(cx.tx, &room.guest()?.id)? else {
        return Ok(());
    };
    let Some(News { emails, phones }) = News::of(&visitor, &emails, &phones) else {
        return Ok(());
    };
    visitor.emails.extend_from_slice(&emails);
    visitor.phones.extend_from_slice(&phones);
    add_contacts(cx.tx, cx.now, &visitor, &emails, &phones)?;
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
