//! How fast frames may come: of one socket, and of all sockets at an address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hark_model::network;
use tokio::time::Instant;

use crate::limits::MOST_ADDRESSES;

/// So many at once, and so many come to them in a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) at_once: f64,
    pub(crate) each_second: f64,
}

/// Frames of all sockets at an address. Beyond it they wait, so that after a restart a whole office
/// comes back; a socket that would have to wait for longer is closed.
pub(crate) const OF_AN_ADDRESS: Pace = Pace {
    at_once: 10_000.0,
    each_second: 1_000.0,
};
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// What somebody may send at the moment.
pub(crate) struct Allowance {
    left: f64,
    at: Instant,
}

impl Allowance {
    pub(crate) const fn whole(pace: Pace, now: Instant) -> Self {
        Self {
            left: pace.at_once,
            at: now,
        }
    }

    /// Takes so many, and answers how many are left: below 0 they were not there.
    pub(crate) fn take(&mut self, pace: Pace, many: f64, now: Instant) -> f64 {
        let rested = now.duration_since(self.at).as_secs_f64();
        self.at = now;
        self.left = (self.left + rested * pace.each_second).min(pace.at_once) - many;
        self.left
    }
}

/// What all sockets at an address may send together: those who are logged in, and apart from them
/// all others, so that strangers slow nobody down who works there.
pub(crate) struct Addresses {
    pace: Pace,
    /// A socket that would have to wait for longer is closed.
    longest: Duration,
    each: Mutex<HashMap<(IpAddr, bool), Allowance>>,
}

impl Addresses {
    pub(crate) fn new(pace: Pace, longest: Duration) -> Self {
        Self {
            pace,
            longest,
            each: Mutex::default(),
        }
    }

    /// How long to wait with what came; `None` where that is too long.
    pub(crate) fn take(
        &self,
        address: IpAddr,
        is_stranger: bool,
        many: f64,
        now: Instant,
    ) -> Option<Duration> {
        let key = (network::of(address), is_stranger);
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        // Memory is bounded, and nobody is slowed down for what others did.
        if each.len() >= MOST_ADDRESSES && !each.contains_key(&key) {
            each.clear();
        }
        let known = each.entry(key);
        let allowance = known.or_insert_with(|| Allowance::whole(self.pace, now));
        let left = allowance.take(self.pace, many, now);
        let wait = Duration::from_secs_f64((-left).max(0.0) / self.pace.each_second);
        if wait > self.longest {
            allowance.left += many;
            return None;
        }
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        at_once: 10.0,
        each_second: 2.0,
    };

    #[test]
    fn an_address_waits_for_its_turn_and_no_other_does() {
        let addresses = Addresses::new(PACE, Duration::from_secs(3));
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let now = Instant::now();
        let take = |address, is_stranger, after| {
            let now = now + Duration::from_secs(after);
            addresses.take(address, is_stranger, 5.0, now)
        };
        let wait = |millis| Some(Duration::from_millis(millis));
        assert_eq!(take(here, true, 0), wait(0));
        assert_eq!(take(here, true, 0), wait(0));
        assert_eq!(take(here, true, 0), wait(2_500));
        assert_eq!(take(here, true, 0), None);
        assert_eq!(take(here, false, 0), wait(0));
        assert_eq!(take(there, true, 0), wait(0));
        // one that was sent away took nothing
        assert_eq!(take(here, true, 5), wait(0));
        assert_eq!(take(here, true, 600), wait(0));
        assert_eq!(take(here, true, 600), wait(0));
        assert_eq!(take(here, true, 600), wait(2_500));
    }

    #[test]
    fn many_addresses_do_not_fill_the_memory() {
        let addresses = Addresses::new(PACE, Duration::from_secs(3));
        let now = Instant::now();
        for number in 0..60_000_u32 {
            let address = IpAddr::from(number.to_be_bytes());
            assert!(addresses.take(address, true, 1.0, now).is_some());
        }
        assert!(addresses.each.lock().unwrap().len() <= MOST_ADDRESSES);
    }
}
