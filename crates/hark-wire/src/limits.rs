//! How often one address may call a route: a fixed window for each route, that ends for all
//! addresses together.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use hark_store::Timestamp;

/// Addresses that are counted apart within one window. Those beyond share one count: a flood
/// from everywhere is held back as a whole, and memory stays bounded.
const MOST_ADDRESSES: usize = 50_000;

#[derive(Default)]
pub struct Limits {
    windows: Mutex<HashMap<(&'static str, &'static str), Window>>,
}

struct Window {
    ends_at: Timestamp,
    counts: HashMap<IpAddr, i64>,
    /// The count of those who found no place.
    others: i64,
}

/// What a caller is told about his allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub limit: i64,
    pub remaining: i64,
    pub resets_at: Timestamp,
    pub exceeded: bool,
}

impl Limits {
    pub fn count(
        &self,
        route: (&'static str, &'static str),
        address: IpAddr,
        now: Timestamp,
        limit: i64,
        millis: i64,
    ) -> Allowance {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(route).or_insert_with(|| Window {
            ends_at: now,
            counts: HashMap::new(),
            others: 0,
        });
        if now >= window.ends_at {
            window.ends_at = now.plus_millis(millis);
            window.counts.clear();
            window.others = 0;
        }
        let full = window.counts.len() >= MOST_ADDRESSES;
        let count = match window.counts.get_mut(&address) {
            Some(count) => count,
            None if full => &mut window.others,
            None => window.counts.entry(address).or_insert(0),
        };
        *count += 1;
        Allowance {
            limit,
            remaining: (limit - *count).max(0),
            resets_at: window.ends_at,
            exceeded: *count > limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE: (&str, &str) = ("GET", "me");
    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    #[test]
    fn the_eleventh_call_of_a_window_is_one_too_many() {
        let limits = Limits::default();
        let (one, two) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let call = |address, at| limits.count(ROUTE, address, at, 10, 60_000);
        for used in 1..=10 {
            let allowance = call(one, NOW);
            assert!(!allowance.exceeded);
            assert_eq!(allowance.remaining, 10 - used);
        }
        assert!(call(one, NOW.plus_millis(59_999)).exceeded);
        assert!(!call(two, NOW).exceeded);
        assert_eq!(call(two, NOW).resets_at, NOW.plus_millis(60_000));
        assert!(!call(one, NOW.plus_millis(60_000)).exceeded);
    }

    #[test]
    fn a_flood_of_addresses_does_not_fill_the_memory() {
        let limits = Limits::default();
        for number in 0..60_000_u32 {
            limits.count(ROUTE, IpAddr::from(number.to_be_bytes()), NOW, 10, 60_000);
        }
        let late = limits.count(ROUTE, IpAddr::from([203, 0, 113, 1]), NOW, 10, 60_000);
        assert!(late.exceeded);
        let windows = limits.windows.lock().unwrap();
        assert_eq!(windows[&ROUTE].counts.len(), MOST_ADDRESSES);
    }
}
