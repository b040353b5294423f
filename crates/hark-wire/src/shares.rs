//! What callers hold of something that there is only so much of, in all and at one address:
//! connections, sockets, memory for bodies.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hark_model::network;

/// Addresses of which the log says at the same time that they have as much as they may have.
const MOST_REPORTED: usize = 20;

pub struct Shares {
    /// What it is, in a line of the log.
    what: &'static str,
    most: usize,
    most_at_an_address: usize,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    all: usize,
    at_address: HashMap<IpAddr, usize>,
    /// The log says already that there is no more, until half of it is free again.
    is_full: bool,
    /// The same of addresses, a few of them.
    full_addresses: Vec<IpAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    Server,
    Address,
}

/// What one caller holds, until it is dropped.
pub struct Share {
    shares: Arc<Shares>,
    address: IpAddr,
    is_rationed: bool,
    held: usize,
}

impl Shares {
    pub fn new(what: &'static str, most: usize, most_at_an_address: usize) -> Arc<Self> {
        Arc::new(Self {
            what,
            most,
            most_at_an_address,
            inside: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing yet. `is_rationed`: whether an address may have only so much.
    pub fn open(self: &Arc<Self>, address: IpAddr, is_rationed: bool) -> Share {
        Share {
            shares: Arc::clone(self),
            address: network::of(address),
            is_rationed,
            held: 0,
        }
    }

    /// One of what is counted by the piece.
    pub fn enter(self: &Arc<Self>, address: IpAddr, is_rationed: bool) -> Result<Share, Full> {
        let mut share = self.open(address, is_rationed);
        share.grow(1).map(|()| share)
    }
}

impl Share {
    /// Takes so much more, or nothing.
    pub fn grow(&mut self, more: usize) -> Result<(), Full> {
        let shares = &self.shares;
        let mut inside = shares.lock();
        if inside.all.saturating_add(more) > shares.most {
            if !std::mem::replace(&mut inside.is_full, true) {
                tracing::warn!(
                    what = shares.what,
                    most = shares.most,
                    "all of it is in use; who asks for more is told to come back"
                );
            }
            return Err(Full::Server);
        }
        let here = inside.at_address.get(&self.address).copied().unwrap_or(0);
        if self.is_rationed && here.saturating_add(more) > shares.most_at_an_address {
            let known = &mut inside.full_addresses;
            if known.len() < MOST_REPORTED && !known.contains(&self.address) {
                known.push(self.address);
                tracing::warn!(what = shares.what, address = %self.address, most = shares.most_at_an_address, "an address has as much as it may have; if it is a proxy's, see --proxies");
            }
            return Err(Full::Address);
        }
        inside.all += more;
        inside.at_address.insert(self.address, here + more);
        drop(inside);
        self.held += more;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.held == 0 {
            return;
        }
        let mut inside = self.shares.lock();
        inside.all = inside.all.saturating_sub(self.held);
        if inside.all <= self.shares.most / 2 {
            inside.is_full = false;
        }
        let here = inside.at_address.get(&self.address).copied().unwrap_or(0);
        let left = here.saturating_sub(self.held);
        if left <= self.shares.most_at_an_address / 2 {
            let known = &mut inside.full_addresses;
            known.retain(|address| *address != self.address);
        }
        if left == 0 {
            inside.at_address.remove(&self.address);
        } else {
            inside.at_address.insert(self.address, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn address(last: u8) -> IpAddr {
        IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, last))
    }

    #[test]
    fn an_address_has_its_part_and_the_server_has_so_much() {
        let shares = Shares::new("places", 20_000, 1_000);
        let mut held = Vec::new();
        for office in 0..20 {
            let entered = (0..1_000).map(|_| shares.enter(address(office), true));
            held.extend(entered.map(|entered| entered.unwrap_or_else(|full| panic!("{full:?}"))));
        }
        assert_eq!(shares.enter(address(99), true).err(), Some(Full::Server));
        drop(held.pop());
        assert_eq!(shares.enter(address(0), true).err(), Some(Full::Address));
        assert!(shares.enter(address(0), false).is_ok());
        assert!(shares.enter(address(19), true).is_ok());
        drop(held);
        let inside = shares.lock();
        assert_eq!((inside.all, inside.at_address.len()), (0, 0));
    }

    #[test]
    fn a_share_grows_as_far_as_there_is_some_and_gives_all_of_it_back() {
        let shares = Shares::new("bytes", 100, 60);
        let mut one = shares.open(address(1), true);
        assert_eq!(one.grow(60), Ok(()));
        assert_eq!(one.grow(1), Err(Full::Address));
        let mut other = shares.open(address(2), true);
        assert_eq!(other.grow(41), Err(Full::Server));
        assert_eq!(other.grow(40), Ok(()));
        drop(one);
        assert_eq!(other.grow(20), Ok(()));
        drop(other);
        assert_eq!(shares.lock().all, 0);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let shares = Shares::new("places", 10, 1);
        let enter = |address: &str| shares.enter(address.parse().unwrap(), true);
        let first = enter("2001:db8:1:2::1");
        assert!(first.is_ok());
        assert_eq!(enter("2001:db8:1:2:ffff::9").err(), Some(Full::Address));
        assert!(enter("2001:db8:1:3::1").is_ok());
    }
}
