//! Which addresses may be connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks that may be reached besides public ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(Vec<Network>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

/// Networks of IPv4 that are nobody's or not everybody's, by the registry of special addresses.
const CLOSED_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // The service that tells a virtual machine its secrets is here, in most clouds.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    // And in one of them here, as if it were public.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The only part of IPv6 that is given out to the public.
const OPEN_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What of it is not: protocols' own (with Teredo, benchmarks and hashes), and documentation.
const CLOSED_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

impl Allowed {
    /// Reads `10.0.0.0/8,fd00::/8`; nothing between the commas is nothing. What cannot be read
    /// is told in a sentence for the operator.
    pub fn parse(list: &str) -> Result<Self, String> {
        let given = list
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let networks = given.map(|text| {
            Network::parse(text).ok_or_else(|| {
                format!(
                    "{text} is not a network for webhooks: it should look like 10.0.0.0/8 or fd00::/8"
                )
            })
        });
        networks.collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address may be connected to. One that carries an address of IPv4 inside is
    /// judged by that.
    pub fn admits(&self, address: IpAddr) -> bool {
        let meant = carried(address).map_or(address, IpAddr::V4);
        let named = |network: &Network| network.contains(address) || network.contains(meant);
        is_public(meant) || self.0.iter().any(named)
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        (bits <= most).then_some(Self { address, bits })
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => within_v4(address, (network, self.bits)),
            (IpAddr::V6(network), IpAddr::V6(address)) => within_v6(address, (network, self.bits)),
            _ => false,
        }
    }
}

fn within_v4(address: Ipv4Addr, (network, bits): (Ipv4Addr, u32)) -> bool {
    let differ = address.to_bits() ^ network.to_bits();
    differ.checked_shr(32 - bits).unwrap_or(0) == 0
}

fn within_v6(address: Ipv6Addr, (network, bits): (Ipv6Addr, u32)) -> bool {
    let differ = address.to_bits() ^ network.to_bits();
    differ.checked_shr(128 - bits).unwrap_or(0) == 0
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !CLOSED_V4.iter().any(|closed| within_v4(address, *closed)),
        IpAddr::V6(address) => {
            within_v6(address, OPEN_V6)
                && !CLOSED_V6.iter().any(|closed| within_v6(address, *closed))
        }
    }
}

/// The address of IPv4 that packets to one of IPv6 end at: mapped, translated, or by 6to4.
fn carried(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else {
        return None;
    };
    if let Some(mapped) = address.to_ipv4_mapped() {
        return Some(mapped);
    }
    let [a, b, c, d, e, f, .., w, x, y, z] = address.octets();
    if within_v6(address, NAT64) {
        return Some(Ipv4Addr::new(w, x, y, z));
    }
    (a == 0x20 && b == 0x02).then(|| Ipv4Addr::new(c, d, e, f))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(list: &str, address: &str) -> bool {
        let allowed = Allowed::parse(list).unwrap();
        allowed.admits(address.parse().unwrap())
    }

    #[test]
    fn public_addresses_are_open() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700:4700::1111",
            "3ffe::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert!(admits("", address), "{address}");
        }
    }

    #[test]
    fn everything_else_is_closed_however_it_is_spelled() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            // of no network, this machine, old spellings of IPv4
            "::",
            "::1",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:0:8.8.8.8",
            // mapped
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            // translated
            "64:ff9b::10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::8.8.8.8",
            "64:ff9b:1:a::a00:1",
            // 6to4 and Teredo
            "2002:7f00:1::1",
            "2002:a00:1::",
            "2002:c0a8:101::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            // protocols' own, benchmarks, hashes, documentation, discard
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "3fff::1",
            "100::1",
            // segments, unique and link-local, the old site-local, many at once
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
            // given out to nobody
            "4000::1",
            "1::1",
        ] {
            assert!(!admits("", address), "{address}");
        }
    }

    #[test]
    fn what_the_operator_names_is_open_and_nothing_beside_it() {
        assert!(admits("127.0.0.0/8", "127.0.0.1"));
        assert!(admits("127.0.0.0/8", "::ffff:127.0.0.1"));
        assert!(admits("127.0.0.0/8", "64:ff9b::127.0.0.1"));
        assert!(!admits("127.0.0.0/8", "10.0.0.1"));
        assert!(!admits("127.0.0.0/8", "::1"));
        assert!(admits(" 10.9.8.7/8 , ::1/128", "10.0.0.1"));
        assert!(admits(" 10.9.8.7/8 , ::1/128", "::1"));
        assert!(!admits("10.0.0.4/31", "10.0.0.6"));
        assert!(admits("192.168.0.5", "192.168.0.5"));
        assert!(!admits("192.168.0.5", "192.168.0.4"));
        assert!(admits("fd00::/8", "fdff::1"));
        assert!(admits("0.0.0.0/0", "127.0.0.1"));
        assert!(!admits("0.0.0.0/0", "fe80::1"));
        assert!(admits("::/0", "fe80::1"));
        assert!(!admits("::/0", "127.0.0.1"));
    }

    #[test]
    fn what_is_no_network_is_named() {
        for wrong in [
            "home",
            "10.0.0.0/33",
            "::/129",
            "10.0.0/8",
            "10.0.0.0/",
            "10.0.0.0/-1",
        ] {
            let sentence = Allowed::parse(&format!("10.0.0.0/8,{wrong}")).unwrap_err();
            assert!(
                sentence.starts_with(&format!("{wrong} is not a network")),
                "{sentence}"
            );
        }
        assert_eq!(Allowed::parse("").unwrap(), Allowed::default());
        assert_eq!(Allowed::parse(" , ").unwrap(), Allowed::default());
    }
}
