//! What a lane has taken in, and whether it takes more: by this the reader of the log knows for whom
//! deliveries are made at once, and for whom of those that are behind. A lane that has taken in all is
//! handed what was made, so that it need not read it from disk.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hark_store::Position;

use crate::deliveries::Item;

/// Of each endpoint's lane, by the number of the endpoint.
pub(crate) type Intakes = HashMap<i64, Arc<Intake>>;

/// Deliveries that a lane is handed and has not looked at. What is more it reads from disk.
const MOST_HANDED: usize = 256;

#[derive(Default)]
pub(crate) struct Intake {
    loaded_to: AtomicI64,
    takes_more: AtomicBool,
    handed: Mutex<Vec<Handed>>,
}

/// Fresh deliveries that are on disk now, in their order.
#[derive(Debug)]
pub(crate) struct Handed {
    /// Between this position and the first of them the endpoint has no fresh ones.
    pub(crate) follow: Position,
    pub(crate) items: Vec<Item>,
}

impl Intake {
    /// Up to here it has loaded what is made.
    pub(crate) fn loaded_to(&self) -> Position {
        self.loaded_to.load(Ordering::Relaxed)
    }

    /// Whether it has loaded all that is made, and could do with more.
    pub(crate) fn takes_more(&self) -> bool {
        self.takes_more.load(Ordering::Relaxed)
    }

    /// Whether all up to a position was taken in, or is handed to the lane: then it is handed what follows.
    pub(crate) fn goes_on_from(&self, position: Position) -> bool {
        let handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        let last = handed.last().and_then(|some| some.items.last());
        let handed_to = last.map(|item| item.position);
        self.loaded_to().max(handed_to.unwrap_or_default()) >= position
    }

    /// What does not fit, or is not taken in, the lane reads from disk.
    pub(crate) fn hand(&self, deliveries: Handed) {
        let mut handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting: usize = handed.iter().map(|some| some.items.len()).sum();
        if waiting + deliveries.items.len() <= MOST_HANDED {
            handed.push(deliveries);
        }
    }

    pub(super) fn take_handed(&self) -> Vec<Handed> {
        let mut handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut handed)
    }

    /// Answers whether it takes more now, and did not before.
    pub(super) fn note(&self, loaded_to: Position, takes_more: bool) -> bool {
        self.loaded_to.store(loaded_to, Ordering::Relaxed);
        let did = self.takes_more.swap(takes_more, Ordering::Relaxed);
        takes_more && !did
    }
}

#[cfg(test)]
mod tests {
    use hark_store::Timestamp;

    use super::*;

    fn handed(follow: Position, positions: std::ops::RangeInclusive<Position>) -> Handed {
        let item = |position| Item {
            position,
            mark: String::new(),
            kind: String::new(),
            order_key: None,
            seq: None,
            at: Timestamp::from_millis(0),
            attempts: 0,
            attempts_before: 0,
            body: None,
            next_at: None,
        };
        let items = positions.map(item).collect();
        Handed { follow, items }
    }

    #[test]
    fn a_lane_that_is_busy_is_handed_what_follows_until_too_much_waits_for_it() {
        let intake = Intake::default();
        intake.note(5, true);
        assert!(intake.goes_on_from(5));
        assert!(!intake.goes_on_from(6));
        intake.hand(handed(5, 6..=100));
        assert!(intake.goes_on_from(100));
        intake.hand(handed(100, 101..=300));
        assert!(!intake.goes_on_from(300), "it did not fit");
        let taken = intake.take_handed();
        let positions = taken.iter().flat_map(|some| &some.items);
        assert_eq!(positions.count(), 95);
        assert!(!intake.goes_on_from(100), "it was not taken in");
        intake.note(100, true);
        assert!(intake.goes_on_from(100));
    }
}
