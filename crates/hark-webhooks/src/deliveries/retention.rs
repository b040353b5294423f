//! What has been kept long enough goes, a little at a time.

use hark_store::{Error, NewEvent, Position, Timestamp, Tx, View, log, params, statements};
use serde_json::json;

use crate::endpoints;
use crate::fanout::READER;

statements! {
    /// Primary key, from its beginning.
    OLDEST = "SELECT position, at, state FROM delivery WHERE endpoint = $1 ORDER BY position LIMIT $2";
    /// Primary keys: a range from the beginning.
    DROP_ATTEMPTS = "DELETE FROM attempt WHERE endpoint = $1 AND position <= $2";
    DROP = "DELETE FROM delivery WHERE endpoint = $1 AND position <= $2";
    DROP_BODIES = "DELETE FROM delivery_body WHERE position IN (
        SELECT position FROM delivery_body WHERE position < $1 ORDER BY position LIMIT $2)";
    /// Primary key of a small table.
    COUNT_SHED = "UPDATE lane SET given_up = given_up + $2 WHERE endpoint = $1";
}

/// What goes of the deliveries of one endpoint.
#[derive(Debug, Default, PartialEq, Eq)]
struct Old {
    upto: Option<Position>,
    deliveries: u64,
    /// Of them those that never arrived.
    unsent: i64,
}

/// Of the oldest deliveries those that are older than a moment.
fn old(oldest: &[(Position, Timestamp, i64)], before: Timestamp) -> Old {
    let mut old = Old::default();
    for (position, _, state) in oldest.iter().take_while(|(_, at, _)| *at < before) {
        old.upto = Some(*position);
        old.deliveries += 1;
        old.unsent += i64::from(*state < super::DELIVERED);
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
        let oldest = oldest(tx, number, limit)?;
        let old = old(&oldest, before);
        gone += old.deliveries;
        if let Some(upto) = old.upto {
            drop_upto(tx, number, upto)?;
        }
        if old.unsent > 0 {
            tracing::warn!(
                endpoint,
                deliveries = old.unsent,
                "deliveries that never arrived were removed at the end of their keep"
            );
            tx.execute(&COUNT_SHED, params![number, old.unsent])?;
            let body = json!({"endpoint": endpoint, "deliveries": old.unsent});
            log::append(tx, now, &NewEvent::plain("endpoint.shed", body))?;
        }
        let kept = oldest
            .iter()
            .find(|(position, _, _)| old.upto < Some(*position));
        match kept {
            Some((position, _, _)) => first_kept = first_kept.min(*position),
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

fn oldest(
    view: &mut View<'_>,
    endpoint: i64,
    limit: usize,
) -> Result<Vec<(Position, Timestamp, i64)>, Error> {
    view.query(&OLDEST, params![endpoint, limit as i64], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
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
    if let Some((last, _, _)) = oldest.last() {
        drop_upto(tx, number, *last)?;
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
        let oldest = [
            (3, at(10), 2),
            (4, at(20), 1),
            (7, at(30), 2),
            (8, at(5), 2),
        ];
        let found = old(&oldest, at(30));
        assert_eq!(
            found,
            Old {
                upto: Some(4),
                deliveries: 2,
                unsent: 1
            }
        );
        assert_eq!(old(&oldest, at(10)), Old::default());
    }
}
