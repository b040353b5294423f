//! What has been kept long enough goes, a little at a time.

use std::collections::BTreeSet;

use hark_store::{Error, NewEvent, Position, Timestamp, Tx, View, log, params, statements};
use serde_json::json;

use super::rows;
use crate::endpoints;
use crate::fanout::READER;

statements! {
    /// Primary key, from its beginning.
    OLDEST = "SELECT position, at, state, line FROM delivery WHERE endpoint = $1 ORDER BY position LIMIT $2";
    /// Primary keys: a range from the beginning.
    DROP_ATTEMPTS = "DELETE FROM attempt WHERE endpoint = $1 AND position <= $2";
    DROP = "DELETE FROM delivery WHERE endpoint = $1 AND position <= $2";
    DROP_BODIES = "DELETE FROM delivery_body WHERE position IN (
        SELECT position FROM delivery_body WHERE position < $1 ORDER BY position LIMIT $2)";
    /// Primary key of a small table.
    COUNT_SHED = "UPDATE lane SET given_up = given_up + $2 WHERE endpoint = $1";
}

/// One of the oldest deliveries of an endpoint.
#[derive(Debug, Clone)]
struct Aged {
    position: Position,
    at: Timestamp,
    state: i64,
    line: Option<String>,
}

/// What goes of the deliveries of one endpoint.
#[derive(Debug, Default, PartialEq, Eq)]
struct Old {
    upto: Option<Position>,
    deliveries: u64,
    /// Of them those that never arrived.
    unsent: i64,
    /// Lines of which one goes that others wait for.
    lines: BTreeSet<String>,
}

/// Of the oldest deliveries those that are older than a moment.
fn old(oldest: &[Aged], before: Timestamp) -> Old {
    let mut old = Old::default();
    for one in oldest.iter().take_while(|one| one.at < before) {
        old.upto = Some(one.position);
        old.deliveries += 1;
        old.unsent += i64::from(one.state < super::DELIVERED);
        if one.state == super::PARKED {
            old.lines.extend(one.line.clone());
        }
    }
    old
}

/// Removes at most about `limit` deliveries that are older than `before`, with their attempts, and
/// bodies that no delivery needs. What never arrived is said, not lost in silence. Answers how
/// many went.
pub fn prune(
    tx: &mut Tx<'_>,
    now: Timestamp,
    before: Timestamp,
    limit: usize,
) -> Result<u64, Error> {
    let mut gone = 0;
    let mut first_kept = log::reader(tx, READER)? + 1;
    for (number, endpoint, _) in endpoints::rows::brief(tx)? {
        let mut oldest = oldest(tx, number, 1)?;
        if oldest.first().is_some_and(|first| first.at < before) {
            rows::lock(tx, number)?;
            oldest = self::oldest(tx, number, limit)?;
        }
        let old = old(&oldest, before);
        gone += old.deliveries;
        if let Some(upto) = old.upto {
            drop_upto(tx, number, upto)?;
        }
        for line in &old.lines {
            rows::promote(tx, now, number, line)?;
        }
        if old.unsent > 0 {
            say(tx, now, number, &endpoint, old.unsent)?;
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
    gone += tx.execute(&DROP_BODIES, params![first_kept, limit as i64])?;
    Ok(gone)
}

fn say(
    tx: &mut Tx<'_>,
    now: Timestamp,
    number: i64,
    endpoint: &str,
    unsent: i64,
) -> Result<(), Error> {
    tracing::warn!(
        endpoint,
        deliveries = unsent,
        "deliveries that never arrived were removed at the end of their keep"
    );
    tx.execute(&COUNT_SHED, params![number, unsent])?;
    let body = json!({"endpoint": endpoint, "deliveries": unsent});
    log::append(tx, now, &NewEvent::plain("endpoint.shed", body)).map(drop)
}

fn oldest(view: &mut View<'_>, endpoint: i64, limit: usize) -> Result<Vec<Aged>, Error> {
    view.query(&OLDEST, params![endpoint, limit as i64], |row| {
        Ok(Aged {
            position: row.get(0)?,
            at: row.get(1)?,
            state: row.get(2)?,
            line: row.get(3)?,
        })
    })
}

fn drop_upto(tx: &mut Tx<'_>, endpoint: i64, upto: Position) -> Result<(), Error> {
    tx.execute(&DROP_ATTEMPTS, params![endpoint, upto])?;
    tx.execute(&DROP, params![endpoint, upto]).map(drop)
}

/// What is left of an endpoint that someone removed.
fn erase_removed(tx: &mut Tx<'_>, limit: usize) -> Result<u64, Error> {
    let Some(number) = endpoints::rows::removed(tx)? else {
        return Ok(0);
    };
    let oldest = oldest(tx, number, limit)?;
    if let Some(last) = oldest.last() {
        drop_upto(tx, number, last.position)?;
    }
    if oldest.len() < limit {
        endpoints::rows::erase(tx, number)?;
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
            line: Some(format!("c{position}")),
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
            lines: BTreeSet::from(["c4".to_owned()]),
        };
        assert_eq!(found, expected);
        assert_eq!(old(&oldest, at(10)), Old::default());
    }
}
