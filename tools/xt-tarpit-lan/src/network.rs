// SPDX-License-Identifier: GPL-2.0
//! What the host knows of its network, and which addresses it may take there.

use crate::frame::Mac;
use crate::range::{Prefix, Range};
use crate::settings::Settings;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The interface and the host's addresses, as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    pub mac: Mac,
    /// Whether the interface is there, up, and has a carrier.
    pub up: bool,
    /// The interface's own addresses with their prefixes.
    pub prefixes: Vec<Prefix>,
    /// The addresses of all interfaces.
    pub own: Vec<IpAddr>,
    /// The gateways of all routes.
    pub gateways: Vec<IpAddr>,
}

/// Why an address is never taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    NotInRange,
    Excluded,
    Own,
    Gateway,
    Network,
    Broadcast,
    OutsidePrefix,
    NoLinkLocal,
    NotUnicast,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotInRange => "in no range of the configuration",
            Self::Excluded => "excluded",
            Self::Own => "an address of this host",
            Self::Gateway => "a gateway",
            Self::Network => "the address of the network",
            Self::Broadcast => "the broadcast address",
            Self::OutsidePrefix => "outside the interface's own networks",
            Self::NoLinkLocal => "the interface has no link-local address to ask from",
            Self::NotUnicast => "not a unicast address",
        })
    }
}

impl Network {
    /// The own address from which to ask for `addr`, or why it is never taken.
    pub fn source_for(&self, settings: &Settings, addr: IpAddr) -> Result<IpAddr, Why> {
        let within = |ranges: &[Range]| ranges.iter().any(|range| range.contains(addr));
        if !within(&settings.ranges) {
            return Err(Why::NotInRange);
        }
        if within(&settings.exclude) {
            return Err(Why::Excluded);
        }
        if self.own.contains(&addr) || self.prefixes.iter().any(|own| own.addr == addr) {
            return Err(Why::Own);
        }
        if self.gateways.contains(&addr) {
            return Err(Why::Gateway);
        }
        self.asks_from(addr)
    }

    /// The own address from which to ask for `addr`, whatever the configuration says.
    pub fn asks_from(&self, addr: IpAddr) -> Result<IpAddr, Why> {
        match addr {
            IpAddr::V4(v4) => self.source_v4(v4),
            IpAddr::V6(v6) => self.source_v6(v6),
        }
    }

    fn source_v4(&self, addr: Ipv4Addr) -> Result<IpAddr, Why> {
        if addr.is_multicast() || addr.is_broadcast() || addr.is_unspecified() || addr.is_loopback()
        {
            return Err(Why::NotUnicast);
        }
        // Within a larger network, the network address of a smaller one is an ordinary address. But
        // no host has it.
        for own in self.prefixes.iter().filter(|own| own.len < 31) {
            let range = own.range();
            if range.first() == IpAddr::V4(addr) {
                return Err(Why::Network);
            }
            if range.last() == IpAddr::V4(addr) {
                return Err(Why::Broadcast);
            }
        }
        self.prefixes
            .iter()
            .find(|own| own.contains(addr.into()) && usable(own.addr))
            .map(|own| own.addr)
            .ok_or(Why::OutsidePrefix)
    }

    fn source_v6(&self, addr: Ipv6Addr) -> Result<IpAddr, Why> {
        if addr.is_multicast() || addr.is_unspecified() || addr.is_loopback() {
            return Err(Why::NotUnicast);
        }
        let mut within = self.prefixes.iter().filter(|own| own.contains(addr.into()));
        // The first address of a network is the routers' anycast address.
        if within
            .clone()
            .any(|own| own.range().first() == IpAddr::V6(addr))
        {
            return Err(Why::Network);
        }
        if within.next().is_none() {
            return Err(Why::OutsidePrefix);
        }
        self.link_local().map(IpAddr::V6).ok_or(Why::NoLinkLocal)
    }

    pub fn link_local(&self) -> Option<Ipv6Addr> {
        self.prefixes.iter().find_map(|own| match own.addr {
            IpAddr::V6(addr) if addr.is_unicast_link_local() => Some(addr),
            _ => None,
        })
    }

    /// Whether the interface is another one for the LAN: another MAC address, IPv4 address, network
    /// or link-local address, or no link. Other IPv6 addresses come and go (RFC 8981).
    pub fn moved_from(&self, old: &Self) -> bool {
        self.mac != old.mac
            || self.up != old.up
            || self.link_local() != old.link_local()
            || self.identity() != old.identity()
    }

    fn identity(&self) -> Vec<String> {
        let mut networks: Vec<String> = self
            .prefixes
            .iter()
            .map(|own| match own.addr {
                IpAddr::V4(_) => own.to_string(),
                IpAddr::V6(_) => own.range().to_string(),
            })
            .collect();
        networks.sort();
        networks.dedup();
        networks
    }
}

fn usable(addr: IpAddr) -> bool {
    !addr.is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network() -> Network {
        Network {
            mac: Mac([2, 0, 0, 0, 0, 1]),
            up: true,
            prefixes: ["192.0.2.1/24", "fe80::1/64", "2001:db8::1/64"]
                .map(|text| text.parse().unwrap())
                .to_vec(),
            own: ["192.0.2.1", "192.0.2.99", "2001:db8::1"]
                .map(|text| text.parse().unwrap())
                .to_vec(),
            gateways: vec![
                "192.0.2.254".parse().unwrap(),
                "2001:db8::fe".parse().unwrap(),
            ],
        }
    }

    fn settings() -> Settings {
        Settings {
            ranges: [
                "192.0.2.0/23",
                "2001:db8::/120",
                "2001:db9::/120",
                "224.0.0.0/28",
            ]
            .map(|text| text.parse().unwrap())
            .to_vec(),
            exclude: vec!["192.0.2.16/28".parse().unwrap()],
            ..Settings::default()
        }
    }

    #[test]
    fn each_forbidden_address_has_its_reason() {
        for (addr, why) in [
            ("198.51.100.7", Why::NotInRange),
            ("192.0.2.20", Why::Excluded),
            ("192.0.2.1", Why::Own),
            ("192.0.2.99", Why::Own),
            ("192.0.2.254", Why::Gateway),
            ("192.0.2.0", Why::Network),
            ("192.0.2.255", Why::Broadcast),
            ("192.0.3.7", Why::OutsidePrefix),
            ("224.0.0.1", Why::NotUnicast),
            ("2001:db8::1", Why::Own),
            ("2001:db8::fe", Why::Gateway),
            ("2001:db8::", Why::Network),
            ("2001:db9::7", Why::OutsidePrefix),
        ] {
            let got = network().source_for(&settings(), addr.parse().unwrap());
            assert_eq!(got, Err(why), "{addr}");
        }
    }

    #[test]
    fn questions_come_from_an_own_address_of_the_network() {
        let from = |addr: &str| network().source_for(&settings(), addr.parse().unwrap());
        assert_eq!(from("192.0.2.77"), Ok("192.0.2.1".parse().unwrap()));
        assert_eq!(from("2001:db8::77"), Ok("fe80::1".parse().unwrap()));
    }

    #[test]
    fn without_a_link_local_address_no_ipv6_address_is_taken() {
        let mut network = network();
        network.prefixes.remove(1);
        let got = network.source_for(&settings(), "2001:db8::77".parse().unwrap());
        assert_eq!(got, Err(Why::NoLinkLocal));
    }

    #[test]
    fn temporary_addresses_do_not_move_the_interface() {
        let old = network();
        let mut new = network();
        new.prefixes.push("2001:db8::abcd/64".parse().unwrap());
        new.own.push("2001:db8::abcd".parse().unwrap());
        assert!(!new.moved_from(&old));
        for change in [
            |n: &mut Network| n.mac = Mac([2, 0, 0, 0, 0, 9]),
            |n: &mut Network| n.up = false,
            |n: &mut Network| n.prefixes.push("198.51.100.1/24".parse().unwrap()),
            |n: &mut Network| n.prefixes.push("2001:db8:1::1/64".parse().unwrap()),
            |n: &mut Network| n.prefixes.truncate(1),
        ] {
            let mut new = network();
            change(&mut new);
            assert!(new.moved_from(&old));
        }
    }
}
