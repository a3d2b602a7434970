// SPDX-License-Identifier: GPL-2.0
//! The commands for nftables.

use crate::frame::Mac;
use std::fmt::Write;
use std::net::IpAddr;

/// The seconds after which elements time out if the daemon stops refreshing them.
pub const LIFETIME: u64 = 30;

/// The table of an interface, and what its rules name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub interface: String,
    pub device: String,
    pub mac: Mac,
    pub max: usize,
}

impl Table {
    fn name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let interface: String = self.interface.chars().map(plain).collect();
        format!("netdev xt_tarpit_lan_{interface}")
    }

    /// Makes the table. It ends with the process, and others cannot change it. Each object has a
    /// command of its own: libnftables 1.0.6 takes only flags from the braces of `create table`.
    pub fn create(&self) -> String {
        let Self {
            interface,
            device,
            mac,
            max,
        } = self;
        let name = self.name();
        let rule = |kind: &str, set: &str, rest: &str| {
            format!("add rule {name} in ether daddr {mac} {kind} daddr @{set} {rest}\n")
        };
        let (v4, v6) = ("ether type ip ip", "ether type ip6 ip6");
        let fwd = format!("meta l4proto tcp fwd to \"{device}\"");
        format!(
            "create table {name} {{ flags owner; }}\n\
             add set {name} c4 {{ type ipv4_addr; size {max}; timeout {LIFETIME}s; }}\n\
             add set {name} c6 {{ type ipv6_addr; size {max}; timeout {LIFETIME}s; }}\n\
             add chain {name} in {{ type filter hook ingress device \"{interface}\" \
             priority -300; }}\n\
             {}{}{}{}",
            rule(v4, "c4", &fwd),
            rule(v4, "c4", "drop"),
            rule(v6, "c6", &fwd),
            rule(v6, "c6", "meta l4proto != ipv6-icmp drop"),
        )
    }

    pub fn delete(&self) -> String {
        format!("delete table {}\n", self.name())
    }

    /// Gives the sets exactly these elements, each for its whole lifetime, in one transaction.
    pub fn fill<'a>(&self, addrs: impl Iterator<Item = &'a IpAddr> + Clone) -> String {
        let name = self.name();
        let mut text = String::new();
        for (set, v6) in [("c4", false), ("c6", true)] {
            let _ = writeln!(text, "flush set {name} {set}");
            let of_family = addrs.clone().filter(|addr| addr.is_ipv6() == v6);
            let elements: Vec<String> = of_family.map(ToString::to_string).collect();
            if !elements.is_empty() {
                let _ = writeln!(
                    text,
                    "add element {name} {set} {{ {} }}",
                    elements.join(", ")
                );
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table {
            interface: "eth0.10".to_string(),
            device: "tarpit0".to_string(),
            mac: Mac([2, 0, 0, 0, 0, 1]),
            max: 7,
        }
    }

    #[test]
    fn the_table_has_an_owner_and_drops_no_neighbour_discovery() {
        let text = table().create();
        assert!(text.starts_with("create table netdev xt_tarpit_lan_eth0_10 { flags owner; }\n"));
        // Debian 12's libnftables needs a command for each object.
        let rest = text.lines().skip(1);
        assert_eq!(rest.filter(|line| line.starts_with("add ")).count(), 7);
        assert_eq!(text.lines().count(), 8);
        assert!(text.contains("ip6 daddr @c6 meta l4proto != ipv6-icmp drop"));
        assert!(text.contains("device \"eth0.10\""));
        assert_eq!(text.matches("ether daddr 02:00:00:00:00:01").count(), 4);
    }

    #[test]
    fn sets_get_exactly_these_elements_by_family() {
        let addrs: [IpAddr; 3] =
            ["192.0.2.7", "2001:db8::7", "192.0.2.8"].map(|a| a.parse().unwrap());
        let name = "netdev xt_tarpit_lan_eth0_10";
        assert_eq!(
            table().fill(addrs.iter()),
            format!(
                "flush set {name} c4\nadd element {name} c4 {{ 192.0.2.7, 192.0.2.8 }}\n\
                 flush set {name} c6\nadd element {name} c6 {{ 2001:db8::7 }}\n"
            )
        );
        let empty = table().fill([].iter());
        assert_eq!(empty, format!("flush set {name} c4\nflush set {name} c6\n"));
    }
}
