//! How much visitors may leave behind in a day: what each of them says and does, and all that one
//! address does. Counted here and not in the database, in which each of them is a row already.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use hark_model::network;
use hark_store::Timestamp;

/// What counts as one entry: a body of more counts as several.
pub const ENTRY: usize = 4 << 10;
/// Addresses, and visitors, that are counted apart. With one more the day begins anew: memory is
/// bounded, and nobody is refused for what others did.
pub const MOST_COUNTED: usize = 100_000;
const DAY_MILLIS: i64 = 86_400_000;

#[derive(Default)]
pub struct Quotas {
    today: Mutex<Today>,
    /// What visitors show is kept as a number that nobody else can compute.
    tokens: RandomState,
}

#[derive(Default)]
struct Today {
    ends_at: Timestamp,
    at_address: HashMap<IpAddr, i64>,
    of_visitor: HashMap<u64, i64>,
    /// What the log says already.
    reported: Vec<String>,
}

/// What was counted, for whom.
#[derive(Debug, PartialEq, Eq)]
pub struct Entered {
    address: IpAddr,
    visitor: Option<u64>,
    entries: i64,
}

/// Whose entries are used up, and how many there are.
#[derive(Debug, PartialEq, Eq)]
pub enum Exceeded {
    Visitor(i64),
    Address(i64),
}

impl Quotas {
    /// Counts what comes from an address. What is refused here is not counted; who refuses it
    /// later calls [`Quotas::take_back`]. A bound below 0 is none.
    pub fn enter(
        &self,
        address: IpAddr,
        token: Option<&str>,
        bytes: usize,
        most: (i64, i64),
        now: Timestamp,
    ) -> Result<Entered, Exceeded> {
        let (most_of_visitor, most_at_address) = most;
        let entries = 1 + i64::try_from(bytes / ENTRY).unwrap_or(i64::MAX / 2);
        let address = network::of(address);
        let visitor = token.map(|token| self.tokens.hash_one(token));
        let mut today = self.at(now);
        let here = after(&today.at_address, &address, entries);
        if most_at_address >= 0 && here > most_at_address {
            return Err(Exceeded::Address(most_at_address));
        }
        if let Some(visitor) = visitor {
            let own = after(&today.of_visitor, &visitor, entries);
            if most_of_visitor >= 0 && own > most_of_visitor {
                return Err(Exceeded::Visitor(most_of_visitor));
            }
            today.of_visitor.insert(visitor, own);
        }
        today.at_address.insert(address, here);
        if today.at_address.len() > MOST_COUNTED || today.of_visitor.len() > MOST_COUNTED {
            today.at_address.clear();
            today.of_visitor.clear();
        }
        drop(today);
        Ok(Entered {
            address,
            visitor,
            entries,
        })
    }

    /// What was refused has left nothing behind: made-up tokens use up nothing of what those at the
    /// same address may send who have one.
    pub fn take_back(&self, entered: &Entered, now: Timestamp) {
        let mut today = self.at(now);
        take_from(&mut today.at_address, &entered.address, entered.entries);
        if let Some(visitor) = entered.visitor {
            take_from(&mut today.of_visitor, &visitor, entered.entries);
        }
    }

    /// Whether this has to be reported to an administrator for the first time today.
    pub fn is_news(&self, what: &str, now: Timestamp) -> bool {
        const MOST_REPORTED: usize = 20;
        let mut today = self.at(now);
        let is_news = today.reported.len() < MOST_REPORTED
            && !today.reported.iter().any(|known| known == what);
        if is_news {
            today.reported.push(what.to_owned());
        }
        is_news
    }

    fn at(&self, now: Timestamp) -> std::sync::MutexGuard<'_, Today> {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        // A day that ends later than it could was begun by a clock that was ahead.
        let left = today.ends_at.millis_since(now);
        if left <= 0 || left > DAY_MILLIS {
            *today = Today {
                ends_at: now.plus_millis(DAY_MILLIS),
                ..Today::default()
            };
        }
        today
    }
}

fn after<K: Eq + Hash>(counts: &HashMap<K, i64>, key: &K, entries: i64) -> i64 {
    counts
        .get(key)
        .copied()
        .unwrap_or(0)
        .saturating_add(entries)
}

/// Not below nothing: the day may have begun anew meanwhile.
fn take_from<K: Eq + Hash>(counts: &mut HashMap<K, i64>, key: &K, entries: i64) {
    if let Some(count) = counts.get_mut(key) {
        *count -= entries;
        if *count <= 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    #[test]
    fn a_visitor_and_an_address_leave_so_much_behind_in_a_day() {
        let quotas = Quotas::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let enter = |token: &str, bytes, now| {
            let token = Some(token).filter(|token| !token.is_empty());
            let entered = quotas.enter(address, token, bytes, (3, 8), now);
            entered.map(drop)
        };
        for _ in 0..3 {
            assert_eq!(enter("a", 100, NOW), Ok(()));
        }
        assert_eq!(enter("a", 100, NOW), Err(Exceeded::Visitor(3)));
        // what is large counts as much
        assert_eq!(enter("b", 3 * ENTRY, NOW), Err(Exceeded::Visitor(3)));
        assert_eq!(enter("b", 2 * ENTRY, NOW), Ok(()));
        assert_eq!(enter("", 1, NOW), Ok(()));
        assert_eq!(enter("c", 1, NOW), Ok(()));
        assert_eq!(enter("d", 1, NOW), Err(Exceeded::Address(8)));
        let elsewhere = IpAddr::from([192, 0, 2, 2]);
        assert!(quotas.enter(elsewhere, None, 1, (3, 8), NOW).is_ok());
        assert!(quotas.enter(address, None, 1, (-1, -1), NOW).is_ok());
        assert_eq!(enter("a", 100, NOW.plus_millis(DAY_MILLIS)), Ok(()));
    }

    #[test]
    fn what_is_taken_back_is_not_counted() {
        let quotas = Quotas::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        for number in 0..100 {
            let token = number.to_string();
            let entered = quotas.enter(address, Some(&token), 1, (1, 2), NOW).unwrap();
            quotas.take_back(&entered, NOW);
        }
        assert_eq!(quotas.at(NOW).at_address.len(), 0);
        assert_eq!(quotas.at(NOW).of_visitor.len(), 0);
        // of another day there is nothing to take back
        let entered = quotas.enter(address, None, 1, (1, 2), NOW).unwrap();
        let tomorrow = NOW.plus_millis(DAY_MILLIS);
        assert!(quotas.enter(address, None, 1, (1, 2), tomorrow).is_ok());
        quotas.take_back(&entered, tomorrow);
        quotas.take_back(&entered, tomorrow);
        for _ in 0..2 {
            assert!(quotas.enter(address, None, 1, (1, 2), tomorrow).is_ok());
        }
        assert!(quotas.enter(address, None, 1, (1, 2), tomorrow).is_err());
    }

    #[test]
    fn a_day_of_a_clock_that_was_ahead_is_over_when_it_is_set_right() {
        let quotas = Quotas::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let enter = |now| quotas.enter(address, None, 1, (1, 1), now);
        let ahead = NOW.plus_days(400);
        assert!(enter(ahead).is_ok());
        assert!(enter(ahead).is_err());
        assert!(quotas.is_news("files", ahead));
        assert!(enter(NOW).is_ok());
        assert!(quotas.is_news("files", NOW));
        assert!(enter(NOW).is_err());
    }

    #[test]
    fn an_administrator_is_told_once_a_day() {
        let quotas = Quotas::default();
        assert!(quotas.is_news("files", NOW));
        assert!(!quotas.is_news("files", NOW));
        assert!(quotas.is_news("entries", NOW));
        assert!(quotas.is_news("files", NOW.plus_millis(DAY_MILLIS)));
    }

    #[test]
    fn many_addresses_do_not_fill_the_memory_and_keep_nobody_out() {
        let quotas = Quotas::default();
        for number in 0..250_000_u32 {
            let address = IpAddr::from(number.to_be_bytes());
            assert!(quotas.enter(address, None, 1, (3, 8), NOW).is_ok());
        }
        assert!(quotas.at(NOW).at_address.len() <= MOST_COUNTED);
    }
}
