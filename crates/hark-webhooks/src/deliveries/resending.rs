//! A delivery that was tried already is sent again, because somebody asks for it.

use hark_model::Actor;
use hark_model::events::{DeliveryResent, Event, Subject, record_event};
use hark_store::{Position, Result, Timestamp, Tx, params};

use super::lists::{self, Delivery, Filter, PageEnd, Standing};
use super::{DELIVERED, FRESH, PARKED, lock, rows, state_of};
use crate::Refusal;

/// A delivery is to be sent again, after what is ahead of it in its order. False: it has not been
/// sent for the first time.
pub(crate) fn send_again(
    tx: &mut Tx<'_>,
    now: Timestamp,
    endpoint: i64,
    position: Position,
) -> Result<bool> {
    lock(tx, endpoint)?;
    let state = state_of(tx, endpoint, position)?.filter(|state| *state != FRESH);
    let Some(state) = state else {
        return Ok(false);
    };
    let is_changed = tx.changed(&rows::AGAIN, params![endpoint, position, now, state])? > 0;
    if is_changed && state != PARKED {
        // It waits once more, and is counted once more when it is settled.
        tx.execute(&rows::TAKE_BACK, params![endpoint, state == DELIVERED])?;
    }
    Ok(is_changed)
}

/// What came of sending a page of deliveries again.
pub struct Resent {
    /// How many of those that were given up are on their way again.
    pub resent: i64,
    /// Where to go on, if there may be more.
    pub next: Option<PageEnd>,
}

/// Someone asks for all that was given up, and fits a filter, to be sent again: of so many at once, the newest first.
pub fn resend_given_up(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    endpoints: &[i64],
    filter: &Filter,
    after: Option<PageEnd>,
    limit: usize,
) -> Result<Resent, Refusal> {
    let filter = Filter {
        state: Some(Standing::GivenUp),
        ..filter.clone()
    };
    let page = lists::page(tx, endpoints, &filter, after, limit)?;
    // In one order by all who take turns at several endpoints.
    let mut ordered = page.deliveries;
    ordered.sort_by_key(|delivery| (delivery.endpoint, delivery.position));
    let mut resent = 0;
    for delivery in ordered {
        if send_again(tx, now, delivery.endpoint, delivery.position)? {
            note_resent(tx, who, now, &delivery.id())?;
            resent += 1;
        }
    }
    Ok(Resent {
        resent,
        next: page.next,
    })
}

fn note_resent(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<()> {
    let resent = Event::DeliveryResent(DeliveryResent {
        delivery: id.to_owned(),
        by: who.clone(),
    });
    record_event(tx, now, Subject::NONE, &resent)
}

/// Someone asks for a delivery to be sent again.
pub fn resend(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<Delivery, Refusal> {
    let delivery = lists::find(tx, id)?;
    if !send_again(tx, now, delivery.endpoint, delivery.position)? {
        let why = "it is on its way for the first time";
        return Err(Refusal::Conflict(why.into()));
    }
    note_resent(tx, who, now, id)?;
    lists::find(tx, id)
}
