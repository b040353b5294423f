//! What is on disk of one endpoint, as the statements of `deliveries/rows.rs` change it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use hark_store::{Position, Timestamp};

use crate::deliveries::{DELIVERED, FRESH, GIVEN_UP, Item, PARKED, Step, What, Written};

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) key: Option<Arc<str>>,
    pub(super) state: i64,
    pub(super) next_at: Option<Timestamp>,
    pub(super) attempts: i64,
    pub(super) attempts_before: i64,
    /// What comes after it does not wait for it: it was settled once, or was made late.
    pub(super) is_passed: bool,
}

impl Row {
    pub(super) fn is_settled(&self) -> bool {
        [DELIVERED, GIVEN_UP].contains(&self.state)
    }

    fn item(&self, position: Position) -> Item {
        Item {
            position,
            mark: String::new(),
            kind: String::new(),
            order_key: self.key.clone(),
            seq: None,
            at: Timestamp::from_millis(0),
            attempts: self.attempts,
            attempts_before: self.attempts_before,
            body: Some(Bytes::new()),
            next_at: self.next_at,
        }
    }
}

#[derive(Default)]
pub(super) struct Disk {
    pub(super) rows: BTreeMap<Position, Row>,
    pub(super) cursor: Position,
    pub(super) failing_since: Option<Timestamp>,
    last: Position,
}

impl Disk {
    /// Something happens. Between two such there is room for what is made late.
    pub(super) fn make(&mut self, key: Option<Arc<str>>) -> Position {
        self.last += 10;
        self.insert(self.last, key);
        self.last
    }

    fn insert(&mut self, position: Position, key: Option<Arc<str>>) {
        let row = Row {
            key,
            state: FRESH,
            next_at: None,
            attempts: 0,
            attempts_before: 0,
            is_passed: false,
        };
        self.rows.insert(position, row);
    }

    pub(super) const fn last(&self) -> Position {
        self.last
    }

    /// A replay makes what there was no endpoint for then.
    pub(super) fn make_late(
        &mut self,
        now: Timestamp,
        after: Position,
        key: Option<Arc<str>>,
    ) -> Option<Position> {
        let position = after + 1;
        if after <= 0 || after >= self.last || self.rows.contains_key(&position) {
            return None;
        }
        self.insert(position, key);
        self.block(now, position);
        self.row(position).is_passed = true;
        Some(position)
    }

    fn row(&mut self, position: Position) -> &mut Row {
        self.rows.get_mut(&position).unwrap()
    }

    fn is_behind(&self, position: Position, key: Option<&Arc<str>>) -> bool {
        let mut ahead = self.rows.range(..position);
        key.is_some() && ahead.any(|(_, row)| row.state == PARKED && row.key.as_ref() == key)
    }

    pub(super) fn fresh(&self, after: Position, limit: usize) -> Vec<(Item, bool)> {
        let fresh = self.rows.range(after + 1..);
        fresh
            .filter(|(_, row)| row.state == FRESH)
            .take(limit)
            .map(|(at, row)| (row.item(*at), self.is_behind(*at, row.key.as_ref())))
            .collect()
    }

    /// All that was made after a position.
    pub(super) fn made_after(&self, after: Position) -> Vec<Item> {
        let made = self.rows.range(after + 1..);
        made.map(|(at, row)| row.item(*at)).collect()
    }

    pub(super) fn due(&self, limit: usize) -> Vec<Item> {
        let parked = self.rows.iter().filter(|(_, row)| row.next_at.is_some());
        let mut due: Vec<Item> = parked.map(|(at, row)| row.item(*at)).collect();
        due.sort_by_key(|item| (item.next_at, item.position));
        due.truncate(limit);
        due
    }

    fn block(&mut self, now: Timestamp, position: Position) {
        let key = self.rows.get(&position).and_then(|row| row.key.clone());
        let next_at = (!self.is_behind(position, key.as_ref())).then_some(now);
        if let Some(row) = self
            .rows
            .get_mut(&position)
            .filter(|row| row.state == FRESH)
        {
            row.state = PARKED;
            row.next_at = next_at;
        }
    }

    fn promote(&mut self, now: Timestamp, key: Option<&Arc<str>>) {
        let of_key = |row: &&mut Row| row.state == PARKED && row.key.as_ref() == key;
        if let Some(first) = self
            .rows
            .values_mut()
            .find(of_key)
            .filter(|_| key.is_some())
        {
            first.next_at = first.next_at.or(Some(now));
        }
    }

    pub(super) fn record(&mut self, now: Timestamp, cursor: Position, steps: &[Step]) -> Written {
        let mut recorded = Written::default();
        let (mut delivered, mut given_up) = (false, false);
        for Step { item, what } in steps {
            let next_at = match what {
                What::Blocked => {
                    self.block(now, item.position);
                    continue;
                }
                What::Delivered { .. } => None,
                What::Failed { next_at, .. } => *next_at,
            };
            let known = (item.attempts, item.attempts_before);
            let row = self.rows.get_mut(&item.position);
            let Some(row) = row.filter(|row| (row.attempts, row.attempts_before) == known) else {
                recorded.stale.insert(item.position);
                continue;
            };
            row.attempts += 1;
            row.next_at = next_at;
            row.state = match what {
                What::Delivered { .. } => DELIVERED,
                _ if next_at.is_some() => PARKED,
                _ => GIVEN_UP,
            };
            row.is_passed |= row.is_settled();
            delivered |= row.state == DELIVERED;
            given_up |= row.state == GIVEN_UP;
            if row.is_settled() && item.next_at.is_some() {
                self.promote(now, item.order_key.as_ref());
            }
        }
        self.cursor = self.cursor.max(cursor);
        if delivered {
            self.failing_since = None;
        } else if given_up {
            self.failing_since = self.failing_since.or(Some(now));
        }
        recorded.failing_since = self.failing_since.filter(|_| given_up);
        recorded
    }

    /// False: it is on its way for the first time.
    pub(super) fn resend(&mut self, now: Timestamp, position: Position) -> bool {
        let Some(row) = self.rows.get(&position).filter(|row| row.state != FRESH) else {
            return false;
        };
        let is_behind = self.is_behind(position, row.key.clone().as_ref());
        let row = self.row(position);
        row.state = PARKED;
        row.attempts_before = row.attempts;
        row.next_at = (!is_behind).then_some(now);
        true
    }

    /// The endpoint goes on.
    pub(super) fn hurry(&mut self, now: Timestamp) {
        self.failing_since = None;
        for row in self.rows.values_mut() {
            row.next_at = row.next_at.map(|at| at.min(now));
        }
    }

    /// The oldest go.
    pub(super) fn prune(&mut self, now: Timestamp, upto: Position) {
        let kept = self.rows.split_off(&(upto + 1));
        let gone = std::mem::replace(&mut self.rows, kept);
        let keys: HashSet<_> = gone
            .into_values()
            .filter(|row| row.state == PARKED)
            .map(|row| row.key)
            .collect();
        for key in keys {
            self.promote(now, key.as_ref());
        }
    }
}
