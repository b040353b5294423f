//! How many are connected at once, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::limits::network;

const MOST: usize = 20_000;
/// More than the windows of a large office, and few enough to leave room for others.
const MOST_AT_AN_ADDRESS: usize = 1_000;

#[derive(Default)]
pub(crate) struct Doors {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    all: usize,
    at_address: HashMap<IpAddr, usize>,
    /// The operator has been told that an address is full.
    told: bool,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    House,
    Address,
}

/// A place of one who is connected, until it is dropped.
pub(super) struct Place {
    doors: Arc<Doors>,
    address: IpAddr,
}

impl Doors {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `rationed`: whether an address may have only so many.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr, rationed: bool) -> Result<Place, Full> {
        let address = network(address);
        let mut inside = self.lock();
        if inside.all >= MOST {
            return Err(Full::House);
        }
        let here = inside.at_address.get(&address).copied().unwrap_or(0);
        if rationed && here >= MOST_AT_AN_ADDRESS {
            if !std::mem::replace(&mut inside.told, true) {
                tracing::warn!(%address, most = MOST_AT_AN_ADDRESS, "an address has as many sockets as it may have; if it is a proxy's, see --proxies");
            }
            return Err(Full::Address);
        }
        inside.all += 1;
        inside.at_address.insert(address, here + 1);
        Ok(Place {
            doors: Arc::clone(self),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.doors.lock();
        inside.all -= 1;
        let here = inside.at_address.get(&self.address).copied().unwrap_or(0);
        match here {
            0 | 1 => inside.at_address.remove(&self.address),
            more => inside.at_address.insert(self.address, more - 1),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn address(last: u8) -> IpAddr {
        IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, last))
    }

    #[test]
    fn an_address_has_a_thousand_places_and_the_house_twenty() {
        let doors = Arc::new(Doors::default());
        let mut places = Vec::new();
        for office in 0..20 {
            let entered = (0..MOST_AT_AN_ADDRESS).map(|_| doors.enter(address(office), true));
            places.extend(entered.map(Result::unwrap));
        }
        assert_eq!(doors.enter(address(99), true).err(), Some(Full::House));
        drop(places.pop());
        assert_eq!(doors.enter(address(0), true).err(), Some(Full::Address));
        drop(doors.enter(address(0), false).unwrap());
        drop(doors.enter(address(19), true).unwrap());
        drop(places);
        let inside = doors.lock();
        assert_eq!((inside.all, inside.at_address.len()), (0, 0));
    }
}
