// SPDX-License-Identifier: GPL-2.0
//! Ranges of addresses as the configuration names them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// All addresses from `first` to `last`, of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    first: IpAddr,
    last: IpAddr,
}

impl Range {
    pub fn contains(&self, addr: IpAddr) -> bool {
        same_family(self.first, addr) && self.first <= addr && addr <= self.last
    }

    /// The number of its addresses; `u64::MAX` if there are more.
    pub fn len(&self) -> u64 {
        let last = number(self.last).saturating_sub(number(self.first));
        u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1)
    }

    pub fn is_empty(&self) -> bool {
        false
    }

    pub fn is_ipv6(&self) -> bool {
        self.first.is_ipv6()
    }

    pub fn first(&self) -> IpAddr {
        self.first
    }

    pub fn last(&self) -> IpAddr {
        self.last
    }

    /// Its addresses in order.
    pub fn iter(&self) -> impl Iterator<Item = IpAddr> {
        let v6 = self.is_ipv6();
        (number(self.first)..=number(self.last)).map(move |n| address(n, v6))
    }
}

impl From<IpAddr> for Range {
    fn from(addr: IpAddr) -> Self {
        Self {
            first: addr,
            last: addr,
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

impl FromStr for Range {
    type Err = String;

    /// Reads an address, FIRST-LAST, or a prefix ADDRESS/LENGTH.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((base, length)) = text.split_once('/') {
            return Prefix::from_str(&format!("{base}/{length}")).map(|prefix| prefix.range());
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (parse(first)?, parse(last)?);
        if !same_family(first, last) || first > last {
            return Err(format!("{text} is no range: it ends before it starts"));
        }
        Ok(Self { first, last })
    }
}

/// An address with the length of its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    pub addr: IpAddr,
    pub len: u8,
}

impl Prefix {
    pub fn contains(&self, addr: IpAddr) -> bool {
        self.range().contains(addr)
    }

    /// From the network address to the last address.
    pub fn range(&self) -> Range {
        let v6 = self.addr.is_ipv6();
        let bits: u32 = if v6 { 128 } else { 32 };
        let host = bits.saturating_sub(u32::from(self.len));
        let mask = u128::MAX.checked_shl(host).unwrap_or(0);
        let first = number(self.addr) & mask;
        let ones = !mask & if v6 { u128::MAX } else { u128::from(u32::MAX) };
        Range {
            first: address(first, v6),
            last: address(first | ones, v6),
        }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.addr, self.len)
    }
}

impl FromStr for Prefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (addr, len) = text
            .split_once('/')
            .ok_or_else(|| format!("{text} has no prefix length"))?;
        let addr = parse(addr)?;
        match len.parse() {
            Ok(len) if len <= if addr.is_ipv6() { 128 } else { 32 } => Ok(Self { addr, len }),
            _ => Err(format!("{text} has no valid prefix length")),
        }
    }
}

fn parse(text: &str) -> Result<IpAddr, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("{text} is not an address"))
}

fn same_family(a: IpAddr, b: IpAddr) -> bool {
    a.is_ipv6() == b.is_ipv6()
}

fn number(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(addr) => u128::from(u32::from(addr)),
        IpAddr::V6(addr) => u128::from(addr),
    }
}

fn address(number: u128, v6: bool) -> IpAddr {
    if v6 {
        Ipv6Addr::from(number).into()
    } else {
        Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_in_three_forms() {
        for (text, first, last, len) in [
            ("192.0.2.7", "192.0.2.7", "192.0.2.7", 1),
            ("192.0.2.10-192.0.2.19", "192.0.2.10", "192.0.2.19", 10),
            ("192.0.2.77/28", "192.0.2.64", "192.0.2.79", 16),
            ("0.0.0.0/0", "0.0.0.0", "255.255.255.255", 1 << 32),
            ("2001:db8::/120", "2001:db8::", "2001:db8::ff", 256),
            (
                "2001:db8::10-2001:db8::1f",
                "2001:db8::10",
                "2001:db8::1f",
                16,
            ),
        ] {
            let range: Range = text.parse().unwrap();
            assert_eq!(range.first(), first.parse::<IpAddr>().unwrap(), "{text}");
            assert_eq!(range.last(), last.parse::<IpAddr>().unwrap(), "{text}");
            assert_eq!(range.len(), len, "{text}");
        }
        assert_eq!("::/0".parse::<Range>().unwrap().len(), u64::MAX);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "192.0.2",
            "192.0.2.9-192.0.2.1",
            "192.0.2.1-2001:db8::1",
            "192.0.2.0/33",
            "2001:db8::/129",
            "192.0.2.0/",
            "192.0.2.0/-1",
            "-",
        ] {
            assert!(text.parse::<Range>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_range_contains_what_it_lists() {
        let range: Range = "192.0.2.254-192.0.3.1".parse().unwrap();
        assert_eq!(range.iter().count(), 4);
        assert!(range.iter().all(|addr| range.contains(addr)));
        assert!(!range.contains("192.0.2.253".parse().unwrap()));
        assert!(!range.contains("::192.0.2.254".parse().unwrap()));
    }
}
