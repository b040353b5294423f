//! What waits in memory, in the order in which it may be sent: what has one order key (a
//! conversation) one after the other, everything else side by side.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use hark_store::{Position, Timestamp};

use crate::deliveries::Item;

/// Parked deliveries in memory: those that are due first.
const DUE_WINDOW: usize = 256;

#[derive(Default)]
pub(super) struct Queue {
    /// Fresh ones, the first of its order each, or without an order.
    pub(super) ready: VecDeque<Item>,
    /// Orders of which something is ready, on its way, or of which it is not written yet how it went.
    orders: HashMap<Arc<str>, Order>,
    behind: usize,
    /// Parked ones.
    pub(super) due: BTreeMap<(Timestamp, Position), Item>,
    /// When there were more than fit: up to when all are in memory.
    due_known_to: Option<Timestamp>,
    /// Parked ones on their way, or not yet written.
    pub(super) parked_out: HashSet<Position>,
    /// Whose turn it is when both kinds wait.
    fresh_next: bool,
}

#[derive(Default)]
struct Order {
    busy: Busy,
    /// The one that stands in `ready`.
    ready: Option<Position>,
    /// Fresh ones that follow.
    behind: VecDeque<Item>,
}

/// What is on its way of an order, or not yet written.
#[derive(Default, PartialEq, Eq, Clone, Copy)]
enum Busy {
    #[default]
    Nothing,
    Fresh,
    Parked,
}

impl Order {
    /// Whether fresh ones are in memory that have not arrived.
    fn has_fresh(&self) -> bool {
        self.busy == Busy::Fresh || self.ready.is_some() || !self.behind.is_empty()
    }
}

impl Queue {
    /// How many fresh ones wait for another one of their order.
    pub(super) const fn behind(&self) -> usize {
        self.behind
    }

    /// A fresh delivery that was loaded. It comes back when it has to be parked behind one that is
    /// parked on disk.
    pub(super) fn admit(&mut self, item: Item, is_blocked: bool) -> Option<Item> {
        let Some(key) = &item.order_key else {
            self.ready.push_back(item);
            return None;
        };
        match self.orders.entry(Arc::clone(key)) {
            // What is parked was sent before those in memory and is to be sent again: they do not
            // wait for it, and this one waits for them.
            Entry::Occupied(mut order) if !is_blocked || order.get().has_fresh() => {
                order.get_mut().behind.push_back(item);
                self.behind += 1;
            }
            _ if is_blocked => return Some(item),
            entry => {
                entry.or_default().ready = Some(item.position);
                self.ready.push_back(item);
            }
        }
        None
    }

    /// The next one to be sent, parked and fresh ones by turns. A probe does not wait until it is due.
    pub(super) fn next(&mut self, now: Timestamp, is_probe: bool) -> Option<Item> {
        let item = if self.fresh_next {
            self.next_fresh().or_else(|| self.next_due(now, is_probe))
        } else {
            self.next_due(now, is_probe).or_else(|| self.next_fresh())
        }?;
        self.fresh_next = !self.fresh_next;
        Some(item)
    }

    fn next_fresh(&mut self) -> Option<Item> {
        while let Some(item) = self.ready.pop_front() {
            let key = item.order_key.as_ref();
            let Some(order) = key.and_then(|key| self.orders.get_mut(key)) else {
                return Some(item);
            };
            order.ready = None;
            if order.busy == Busy::Nothing {
                order.busy = Busy::Fresh;
                return Some(item);
            }
            // An older one, parked, is on its way.
            order.behind.push_front(item);
            self.behind += 1;
        }
        None
    }

    fn next_due(&mut self, now: Timestamp, is_probe: bool) -> Option<Item> {
        let is_free = |item: &Item| {
            let order = item.order_key.as_ref().and_then(|key| self.orders.get(key));
            order.is_none_or(|order| {
                let is_first = order.ready.is_none_or(|first| first > item.position);
                order.busy == Busy::Nothing && is_first
            })
        };
        let key = self
            .due
            .iter()
            .take_while(|((at, _), _)| is_probe || *at <= now)
            .find(|(_, item)| is_free(item))
            .map(|(key, _)| *key)?;
        let item = self.due.remove(&key)?;
        if let Some(key) = &item.order_key {
            self.orders.entry(Arc::clone(key)).or_default().busy = Busy::Parked;
        }
        self.parked_out.insert(item.position);
        Some(item)
    }

    /// Nothing of an order is on its way any more: the next fresh one is ready, before all others.
    pub(super) fn release(&mut self, key: Option<&Arc<str>>) {
        let Some((key, order)) = key.and_then(|key| Some((key, self.orders.get_mut(key)?))) else {
            return;
        };
        order.busy = Busy::Nothing;
        if order.ready.is_some() {
            return;
        }
        if let Some(next) = order.behind.pop_front() {
            self.behind -= 1;
            order.ready = Some(next.position);
            self.ready.push_front(next);
        } else {
            self.orders.remove(key);
        }
    }

    /// One that was to be sent could not be: it waits where it was.
    pub(super) fn put_back(&mut self, item: Item) {
        let Some(at) = item.next_at else {
            if let Some(key) = &item.order_key {
                let order = self.orders.entry(Arc::clone(key)).or_default();
                order.busy = Busy::Nothing;
                order.ready = Some(item.position);
            }
            return self.ready.push_front(item);
        };
        self.parked_out.remove(&item.position);
        self.release(item.order_key.as_ref());
        self.insert_due(at, item);
    }

    /// The fresh ones of these orders, which have to wait for parked ones.
    pub(super) fn take_behind(&mut self, keys: &HashSet<Arc<str>>) -> Vec<Item> {
        let mut taken = Vec::new();
        let mut are_ready = false;
        for key in keys {
            let Some(order) = self.orders.get_mut(key) else {
                continue;
            };
            self.behind -= order.behind.len();
            taken.extend(std::mem::take(&mut order.behind));
            are_ready |= order.ready.take().is_some();
            if order.busy == Busy::Nothing {
                self.orders.remove(key);
            }
        }
        if are_ready {
            let has_to_wait = |item: &Item| {
                item.order_key
                    .as_ref()
                    .is_some_and(|key| keys.contains(key))
            };
            let ready = std::mem::take(&mut self.ready);
            let (waiting, free): (VecDeque<Item>, VecDeque<Item>) =
                ready.into_iter().partition(has_to_wait);
            self.ready = free;
            taken.extend(waiting);
        }
        taken
    }

    /// How many parked ones are to be loaded. Those that are on their way are still due on disk.
    pub(super) fn due_limit(&self) -> usize {
        DUE_WINDOW + self.parked_out.len()
    }

    /// The parked ones that are due first, as they are on disk.
    pub(super) fn set_due(&mut self, found: Vec<Item>, limit: usize, latest: Timestamp) {
        let is_all = found.len() < limit;
        let last = found.last().and_then(|item| item.next_at);
        self.due_known_to = last.filter(|_| !is_all).map(|at| at.min(latest));
        self.due.clear();
        for item in found {
            if let Some(at) = item.next_at
                && !self.parked_out.contains(&item.position)
            {
                self.insert_due(at.min(latest), item);
            }
        }
    }

    /// A parked one, unless too many are due before it.
    pub(super) fn insert_due(&mut self, at: Timestamp, item: Item) {
        self.due.insert((at, item.position), item);
        while self.due.len() > 2 * DUE_WINDOW {
            let gone = self.due.pop_last().map(|((at, _), _)| at);
            self.due_known_to = self.due_known_to.into_iter().chain(gone).min();
        }
    }

    pub(super) fn has_no_parked(&self) -> bool {
        self.due.is_empty() && self.parked_out.is_empty()
    }

    pub(super) const fn due_known_to(&self) -> Option<Timestamp> {
        self.due_known_to
    }

    /// Whether some may be due of which only the disk knows.
    pub(super) fn wants_due(&self, now: Timestamp) -> bool {
        self.due_known_to.is_some_and(|to| to <= now) && {
            let are_due = self.due.keys().take_while(|(at, _)| *at <= now);
            are_due.take(DUE_WINDOW / 2).count() < DUE_WINDOW / 2
        }
    }

    pub(super) fn next_due_after(&self, now: Timestamp) -> Option<Timestamp> {
        let later = (now, Position::MAX)..;
        self.due.range(later).next().map(|((at, _), _)| *at)
    }
}
