//! What has been kept long enough goes, a little at a time.

use std::collections::BTreeSet;

use hark_model::events::{EndpointShed, Event, Recorded, Subject, record_event};
use hark_store::{
    Position, Record as _, Result, Timestamp, Tx, View, log, params, record, sql, statements,
};

use crate::endpoints::{Asks, Brief};
use crate::stretches::{self, Stretch};
use crate::{READER, deliveries, endpoints};

/// For how many days it is known how it went with an endpoint in each half hour.
pub const HALF_HOURS_DAYS: i64 = 14;

statements! {
    /// Primary key, from its beginning.
    OLDEST = sql!("SELECT ", Aged::COLUMNS, " FROM delivery WHERE endpoint = $1 ORDER BY position LIMIT $2");
    /// Primary keys: a range from the beginning.
    DROP_ATTEMPTS = "DELETE FROM attempt WHERE endpoint = $1 AND position <= $2";
    DROP = "DELETE FROM delivery WHERE endpoint = $1 AND position <= $2";
    DROP_BODIES = "DELETE FROM delivery_body WHERE position IN (
        SELECT position FROM delivery_body WHERE position < $1 ORDER BY position LIMIT $2)";
    /// half_hour_by_time, from the oldest on.
    DROP_HALF_HOURS = "DELETE FROM half_hour WHERE (begins, endpoint) IN
        (SELECT begins, endpoint FROM half_hour WHERE begins < $1 ORDER BY begins, endpoint LIMIT $2)";
    /// Primary key of a small table.
    COUNT_SHED = "UPDATE lane SET given_up = given_up + $2, made = made + $3 WHERE endpoint = $1";
}

record! {
    /// One of the oldest deliveries of an endpoint.
    struct Aged from "delivery" {
        position: Position,
        at: Timestamp,
        state: i64,
        order_key: Option<String>,
    }
}

/// What goes of the deliveries of one endpoint.
#[derive(Debug, Default, PartialEq, Eq)]
struct Old {
    upto: Option<Position>,
    deliveries: u64,
    /// Of them those that never arrived.
    unsent: i64,
    /// Order keys of which one goes that others wait for.
    order_keys: BTreeSet<String>,
}

/// Of the oldest deliveries those that are older than a moment.
fn old(oldest: &[Aged], before: Timestamp) -> Old {
    let mut old = Old::default();
    for one in oldest.iter().take_while(|one| one.at < before) {
        old.upto = Some(one.position);
        old.deliveries += 1;
        old.unsent += i64::from(one.state < deliveries::DELIVERED);
        if one.state == deliveries::PARKED {
            old.order_keys.extend(one.order_key.clone());
        }
    }
    old
}

/// Removes at most about `limit` deliveries that are older than `before`, with their attempts, and
/// bodies that no delivery needs. Of what never arrived an event tells. Answers how many went.
pub fn prune(tx: &mut Tx<'_>, now: Timestamp, before: Timestamp, limit: usize) -> Result<u64> {
    let endpoints = endpoints::brief(tx)?;
    let mut gone = shed_from_log(tx, now, before, &endpoints, limit)?;
    let mut first_kept = log::reader(tx, READER)? + 1;
    for endpoint in endpoints {
        let number = endpoint.number;
        let mut oldest = oldest(tx, number, 1)?;
        if oldest.first().is_some_and(|first| first.at < before) {
            deliveries::lock(tx, number)?;
            oldest = self::oldest(tx, number, limit)?;
        }
        let old = old(&oldest, before);
        gone += old.deliveries;
        if let Some(upto) = old.upto {
            drop_upto(tx, number, upto)?;
        }
        let order_keys = old.order_keys.iter().map(String::as_str).collect();
        deliveries::promote(tx, now, number, &order_keys)?;
        if old.unsent > 0 {
            tx.execute(&COUNT_SHED, params![number, old.unsent, 0])?;
            record_shed(tx, now, &endpoint.id, old.unsent)?;
        }
        let kept = oldest.iter().find(|one| old.upto < Some(one.position));
        match kept {
            Some(one) => first_kept = first_kept.min(one.position),
            // There may be more behind those that were looked at.
            None if oldest.len() >= limit => first_kept = first_kept.min(old.upto.unwrap_or(0)),
            None => {}
        }
        if gone >= limit as u64 {
            return Ok(gone);
        }
    }
    gone += erase_removed(tx, limit)?;
    gone += tx.changed(
        &DROP_HALF_HOURS,
        params![now.plus_days(-HALF_HOURS_DAYS), limit as i64],
    )?;
    gone += tx.changed(&DROP_BODIES, params![first_kept, limit as i64])?;
    Ok(gone)
}

/// What has waited in the log for too long goes without a delivery. Answers how many events are passed.
/// A command that changes stretches and lanes changes the stretches first.
fn shed_from_log(
    tx: &mut Tx<'_>,
    now: Timestamp,
    before: Timestamp,
    endpoints: &[Brief],
    limit: usize,
) -> Result<u64> {
    let mut waiting = stretches::all(tx)?;
    let mut first = Vec::new();
    for endpoint in endpoints {
        let stretches = waiting.remove(&endpoint.number).unwrap_or_default();
        first.extend(stretches.into_iter().next().map(|one| (endpoint, one)));
    }
    // What is left belongs to those that were removed.
    for number in waiting.into_keys() {
        stretches::forget_all_of(tx, number)?;
    }
    // Read once for all whose first event is among them.
    let reached = first.iter().map(|(_, stretch)| stretch.reached).min();
    let mut events = match reached {
        Some(reached) => log::after(tx, reached, limit)?,
        None => Vec::new(),
    };
    let old = events.iter().take_while(|event| event.at < before).count();
    events.truncate(old);
    let last = events.last().map(|event| event.position);
    let events = Recorded::parse_all(events);
    let mut passed = 0;
    let mut shed = Vec::new();
    for (endpoint, stretch) in first {
        let end = stretch.ended.unwrap_or(stretch.counted);
        let Some(upto) = last.map(|last| last.min(end)) else {
            continue;
        };
        let unsent = wanted(endpoint, &stretch, &events, upto);
        // Otherwise its deliveries were just made.
        if upto > stretch.reached && stretches::advance(tx, &stretch, upto, unsent)? {
            if stretch.ended == Some(upto) {
                stretches::forget(tx, &stretch)?;
            }
            shed.push((endpoint, unsent));
            passed = old as u64;
        }
    }
    stretches::hold_log(tx, now)?;
    shed.retain(|(_, unsent)| *unsent > 0);
    for (endpoint, unsent) in shed {
        tx.execute(&COUNT_SHED, params![endpoint.number, unsent, unsent])?;
        record_shed(tx, now, &endpoint.id, unsent)?;
    }
    Ok(passed)
}

/// How many of these events wait in a stretch up to a position.
fn wanted(endpoint: &Brief, stretch: &Stretch, events: &[Recorded], upto: Position) -> i64 {
    let Some(dialect) = endpoint.dialect else {
        return 0;
    };
    let asks = Asks {
        id: &endpoint.id,
        dialect,
        events: &stretch.events,
    };
    let waits = |event: &&Recorded| {
        (stretch.reached + 1..=upto).contains(&event.position) && asks.wants(event)
    };
    events.iter().filter(waits).count() as i64
}

fn record_shed(tx: &mut Tx<'_>, now: Timestamp, endpoint: &str, unsent: i64) -> Result<()> {
    tracing::warn!(
        endpoint,
        deliveries = unsent,
        "deliveries that never arrived were removed at the end of their keep"
    );
    let shed = Event::EndpointShed(EndpointShed {
        endpoint: endpoint.to_owned(),
        deliveries: unsent,
    });
    record_event(tx, now, Subject::NONE, &shed)
}

fn oldest(view: &mut View<'_>, endpoint: i64, limit: usize) -> Result<Vec<Aged>> {
    view.records(&OLDEST, params![endpoint, limit as i64])
}

fn drop_upto(tx: &mut Tx<'_>, endpoint: i64, upto: Position) -> Result<()> {
    tx.execute(&DROP_ATTEMPTS, params![endpoint, upto])?;
    tx.execute(&DROP, params![endpoint, upto])
}

/// What is left of an endpoint that someone removed.
fn erase_removed(tx: &mut Tx<'_>, limit: usize) -> Result<u64> {
    let Some(number) = endpoints::removed(tx)? else {
        return Ok(0);
    };
    let oldest = oldest(tx, number, limit)?;
    if let Some(last) = oldest.last() {
        drop_upto(tx, number, last.position)?;
    }
    if oldest.len() < limit {
        endpoints::erase(tx, number)?;
        tracing::debug!(number, "an endpoint is gone for good");
    }
    Ok(oldest.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_ones_go_up_to_the_first_that_is_kept() {
        let at = Timestamp::from_millis;
        let aged = |position, millis, state| Aged {
            position,
            at: at(millis),
            state,
            order_key: Some(format!("c{position}")),
        };
        let oldest = [
            aged(3, 10, 2),
            aged(4, 20, 1),
            aged(7, 30, 2),
            aged(8, 5, 2),
        ];
        let found = old(&oldest, at(30));
        let expected = Old {
            upto: Some(4),
            deliveries: 2,
            unsent: 1,
            order_keys: BTreeSet::from(["c4".to_owned()]),
        };
        assert_eq!(found, expected);
        assert_eq!(old(&oldest, at(10)), Old::default());
    }
}
