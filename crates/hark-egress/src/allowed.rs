//! Which addresses may be connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Networks that may be reached besides public ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(Vec<IpNet>);

/// Networks that are not public, by IANA's registry of special-purpose addresses.
const CLOSED: &[IpNet] = &[
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    // Most clouds have here the service that gives a virtual machine its credentials.
    v4([169, 254, 0, 0], 16),
    // One cloud has it here, although the network is public.
    v4([168, 63, 129, 16], 32),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
    // Parts of the public IPv6: those of protocols (Teredo, benchmarks, hashes), and documentation.
    v6(0x2001, 0, 23),
    v6(0x2001, 0xdb8, 32),
    v6(0x3fff, 0, 20),
];

/// The only part of IPv6 that is assigned to the public.
const PUBLIC_V6: IpNet = v6(0x2000, 0, 3);

/// IPv6 addresses whose last four bytes are an IPv4 address, to which a gateway translates.
const NAT64: IpNet = v6(0x64, 0xff9b, 96);

const fn v4([a, b, c, d]: [u8; 4], bits: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits))
}

const fn v6(first: u16, second: u16, bits: u8) -> IpNet {
    let address = Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0);
    IpNet::V6(Ipv6Net::new_assert(address, bits))
}

impl Allowed {
    /// Reads `10.0.0.0/8,fd00::/8`; empty entries are skipped. The error is a sentence for the operator.
    pub fn parse(list: &str) -> Result<Self, String> {
        let given = list.split(',').map(str::trim);
        let networks = given.filter(|text| !text.is_empty()).map(|text| {
            let one_address = || text.parse::<IpAddr>().map(IpNet::from);
            text.parse().or_else(|_| one_address()).map_err(|_| {
                format!(
                    "{text} is not a network for webhooks: it should look like 10.0.0.0/8 or fd00::/8"
                )
            })
        });
        networks.collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address may be connected to. An IPv6 address that stands for an IPv4 address is
    /// judged by that one.
    pub fn admits(&self, address: IpAddr) -> bool {
        let meant = embedded_v4(address).map_or(address, IpAddr::V4);
        let named = |network: &IpNet| network.contains(&address) || network.contains(&meant);
        is_public(&meant) || self.0.iter().any(named)
    }
}

fn is_public(address: &IpAddr) -> bool {
    let is_assigned = address.is_ipv4() || PUBLIC_V6.contains(address);
    is_assigned && !CLOSED.iter().any(|network| network.contains(address))
}

/// The IPv4 address that an IPv6 address stands for: mapped, translated, or by 6to4.
fn embedded_v4(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(v6) = address else {
        return None;
    };
    if let Some(mapped) = v6.to_ipv4_mapped() {
        return Some(mapped);
    }
    let [a, b, c, d, e, f, .., w, x, y, z] = v6.octets();
    if NAT64.contains(&address) {
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
