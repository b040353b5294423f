//! Whom an address stands for.

use std::net::{IpAddr, Ipv6Addr};

/// The network by which a caller is counted and known again: of IPv6 everybody has a whole one, the
/// first half of their addresses.
pub const fn of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(one) => IpAddr::V6(Ipv6Addr::from_bits(one.to_bits() & (u128::MAX << 64))),
    }
}
