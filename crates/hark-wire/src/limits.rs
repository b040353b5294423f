//! How often a route may be called: by one address, and of a route that visitors call, by one visitor
//! at an address. A fixed window for each route, that ends for all together.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use hark_model::network;
use hark_store::Timestamp;

/// Addresses that are counted apart within one window. Those beyond share one count: a flood
/// from everywhere is held back as a whole, and memory stays bounded.
pub const MOST_ADDRESSES: usize = 50_000;
/// Visitors that are counted apart within one window. For those beyond only their address counts.
pub const MOST_VISITORS: usize = 50_000;
/// How often an address may call what each of its visitors may call: people of one company have
/// one address.
pub const VISITORS_AT_AN_ADDRESS: i64 = 20;

/// How often an address may call what the console of an agent calls for each chat that is opened, taken or
/// passed on, and again after a loss: those who answer in one office have one address.
pub const OF_A_DESK: i64 = 600;

#[derive(Default)]
pub struct Limits {
    windows: Mutex<HashMap<(&'static str, &'static str), Window>>,
    /// What visitors show is kept as a number that nobody else can compute.
    tokens: RandomState,
}

#[derive(Debug, Clone, Copy)]
pub struct Caller<'c> {
    pub address: IpAddr,
    /// The token that a visitor shows, on a route that visitors call.
    pub visitor: Option<&'c str>,
}

#[derive(Default)]
struct Window {
    ends_at: Timestamp,
    counts: Counts,
    /// All visitors of an address together.
    together: Counts,
    visitors: HashMap<(IpAddr, u64), i64>,
}

#[derive(Default)]
struct Counts {
    each: HashMap<IpAddr, i64>,
    /// All those together who are not counted apart.
    others: i64,
}

impl Counts {
    fn add(&mut self, address: IpAddr) -> i64 {
        let full = self.each.len() >= MOST_ADDRESSES;
        let count = match self.each.get_mut(&address) {
            Some(count) => count,
            None if full => &mut self.others,
            None => self.each.entry(address).or_insert(0),
        };
        *count += 1;
        *count
    }
}

impl Window {
    /// Calls so far, of a visitor and of all at their address. A visitor who has used up their own
    /// calls takes none from the others. A call beyond what all may have makes no entry for its
    /// visitor, so that made-up tokens fill no memory.
    fn add_visitor(&mut self, address: IpAddr, token: u64, limit: i64, most: i64) -> (i64, i64) {
        if let Some(count) = self.visitors.get(&(address, token))
            && *count >= limit
        {
            return (limit.saturating_add(1), 0);
        }
        let all = self.together.add(address);
        let full = self.visitors.len() >= MOST_VISITORS;
        let count = match self.visitors.get_mut(&(address, token)) {
            Some(count) => count,
            None if full || all > most => return (0, all),
            None => self.visitors.entry((address, token)).or_insert(0),
        };
        *count += 1;
        (*count, all)
    }
}

/// What callers hear about their allowance.
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
        caller: Caller<'_>,
        now: Timestamp,
        limit: i64,
        millis: i64,
    ) -> Allowance {
        let address = network::of(caller.address);
        let token = caller.visitor.map(|token| self.tokens.hash_one(token));
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(route).or_default();
        // One that ends later than it could was begun by a clock that was ahead.
        let left = window.ends_at.millis_since(now);
        if left <= 0 || left > millis {
            *window = Window {
                ends_at: now.plus_millis(millis),
                ..Window::default()
            };
        }
        let most = limit.saturating_mul(VISITORS_AT_AN_ADDRESS);
        let (count, all) = match token {
            Some(token) => window.add_visitor(address, token, limit, most),
            None => (window.counts.add(address), 0),
        };
        let exceeded = count > limit || all > most;
        let remaining = if exceeded {
            0
        } else {
            (limit - count).min(most - all)
        };
        Allowance {
            limit,
            remaining,
            resets_at: window.ends_at,
            exceeded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE: (&str, &str) = ("GET", "me");
    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    const fn stranger(address: IpAddr) -> Caller<'static> {
        Caller {
            address,
            visitor: None,
        }
    }

    #[test]
    fn the_eleventh_call_of_a_window_is_one_too_many() {
        let limits = Limits::default();
        let (one, two) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let call = |address, at| limits.count(ROUTE, stranger(address), at, 10, 60_000);
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
    fn a_window_of_a_clock_that_was_ahead_is_over_when_it_is_set_right() {
        let limits = Limits::default();
        let here = stranger(IpAddr::from([192, 0, 2, 1]));
        let call = |at: Timestamp| limits.count(ROUTE, here, at, 10, 60_000);
        for _ in 0..11 {
            call(NOW.plus_days(400));
        }
        assert!(call(NOW.plus_days(400)).exceeded);
        let allowance = call(NOW);
        assert_eq!((allowance.exceeded, allowance.remaining), (false, 9));
        assert_eq!(allowance.resets_at, NOW.plus_millis(60_000));
    }

    #[test]
    fn a_flood_of_addresses_does_not_fill_the_memory() {
        let limits = Limits::default();
        for number in 0..60_000_u32 {
            let caller = stranger(IpAddr::from(number.to_be_bytes()));
            limits.count(ROUTE, caller, NOW, 10, 60_000);
        }
        let late = stranger(IpAddr::from([203, 0, 113, 1]));
        assert!(limits.count(ROUTE, late, NOW, 10, 60_000).exceeded);
        let windows = limits.windows.lock().unwrap();
        assert_eq!(windows[&ROUTE].counts.each.len(), MOST_ADDRESSES);
    }

    #[test]
    fn visitors_behind_one_address_do_not_count_for_each_other() {
        let limits = Limits::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let call = |token: &str| {
            let visitor = Some(token);
            limits.count(ROUTE, Caller { address, visitor }, NOW, 5, 60_000)
        };
        for number in 0..19 {
            for used in 1..=5 {
                let allowance = call(&number.to_string());
                assert_eq!((allowance.exceeded, allowance.remaining), (false, 5 - used));
            }
        }
        assert!(call("0").exceeded);
        // but all together may not ask without end
        for _ in 0..5 {
            assert!(!call("late").exceeded);
        }
        assert!(call("late").exceeded);
        assert!(call("later").exceeded);
        assert!(
            !limits
                .count(ROUTE, stranger(address), NOW, 5, 60_000)
                .exceeded
        );
        for number in 0..10_000 {
            assert!(call(&format!("made up {number}")).exceeded);
        }
        assert_eq!(limits.windows.lock().unwrap()[&ROUTE].visitors.len(), 20);
    }

    #[test]
    fn one_who_does_not_stop_leaves_room_for_the_others() {
        let limits = Limits::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let call = |token: &str| {
            let visitor = Some(token);
            limits.count(ROUTE, Caller { address, visitor }, NOW, 10, 60_000)
        };
        for _ in 0..1_000 {
            call("in a loop");
        }
        assert!(call("in a loop").exceeded);
        assert!(!call("another").exceeded);
    }

    #[test]
    fn a_network_of_ipv6_is_one_caller() {
        let limits = Limits::default();
        let call = |address: &str| {
            let caller = stranger(address.parse().unwrap());
            limits.count(ROUTE, caller, NOW, 10, 60_000).remaining
        };
        assert_eq!(call("2001:db8:1:2::1"), 9);
        assert_eq!(call("2001:db8:1:2:ffff::9"), 8);
        assert_eq!(call("2001:db8:1:3::1"), 9);
    }

    #[test]
    fn many_visitors_do_not_fill_the_memory() {
        let limits = Limits::default();
        for number in 0..60_000_u32 {
            let caller = Caller {
                address: IpAddr::from(number.to_be_bytes()),
                visitor: Some("token"),
            };
            limits.count(ROUTE, caller, NOW, 10, 60_000);
        }
        let windows = limits.windows.lock().unwrap();
        let window = &windows[&ROUTE];
        assert_eq!(window.visitors.len(), MOST_VISITORS);
        assert_eq!(window.together.each.len(), MOST_ADDRESSES);
    }
}
