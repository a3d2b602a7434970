// SPDX-License-Identifier: GPL-2.0
//! Prefixes of addresses, as a map of the kernel's has them.

use serde::{Serialize, Serializer};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An address with the length of its network; the bits behind that are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix {
    address: IpAddr,
    length: u8,
}

impl Prefix {
    fn new(address: IpAddr, length: u8) -> Option<Self> {
        let address = match address {
            IpAddr::V4(address) => {
                let rest = 32_u32.checked_sub(length.into())?;
                let mask = u32::MAX.checked_shl(rest).unwrap_or(0);
                Ipv4Addr::from(u32::from(address) & mask).into()
            }
            IpAddr::V6(address) => {
                let rest = 128_u32.checked_sub(length.into())?;
                let mask = u128::MAX.checked_shl(rest).unwrap_or(0);
                Ipv6Addr::from(u128::from(address) & mask).into()
            }
        };
        Some(Self { address, length })
    }

    pub fn is_ipv6(&self) -> bool {
        self.address.is_ipv6()
    }

    /// The key in a trie: the length in this machine's order, then the address.
    pub fn key(&self) -> Vec<u8> {
        let mut key = u32::from(self.length).to_ne_bytes().to_vec();
        match self.address {
            IpAddr::V4(address) => key.extend(address.octets()),
            IpAddr::V6(address) => key.extend(address.octets()),
        }
        key
    }

    /// The prefix of a key.
    pub fn from_key(key: &[u8]) -> Option<Self> {
        let (length, address) = key.split_first_chunk::<4>()?;
        let length = u32::from_ne_bytes(*length).try_into().ok()?;
        let address = match address.len() {
            4 => IpAddr::from(<[u8; 4]>::try_from(address).ok()?),
            16 => IpAddr::from(<[u8; 16]>::try_from(address).ok()?),
            _ => return None,
        };
        Self::new(address, length)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

impl FromStr for Prefix {
    type Err = String;

    /// Reads an address, or a prefix ADDRESS/LENGTH.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is no prefix such as 192.0.2.0/24 or 2001:db8::/32");
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let length = match length {
            Some(length) => length.parse().map_err(|_| wrong())?,
            None if address.is_ipv6() => 128,
            None => 32,
        };
        Self::new(address, length).ok_or_else(wrong)
    }
}

impl Serialize for Prefix {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prefixes_are_read_and_shown_without_the_bits_of_hosts() {
        for (text, shown) in [
            ("192.0.2.77", "192.0.2.77/32"),
            ("192.0.2.77/24", "192.0.2.0/24"),
            ("192.0.2.77/0", "0.0.0.0/0"),
            ("2001:db8::7", "2001:db8::7/128"),
            ("2001:db8::7/33", "2001:db8::/33"),
            ("::1/0", "::/0"),
        ] {
            assert_eq!(text.parse::<Prefix>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_prefix_is_refused_with_an_example() {
        for text in [
            "",
            "192.0.2",
            "192.0.2.0/33",
            "::/129",
            "192.0.2.0/",
            "a/8",
            "::/-1",
        ] {
            let error = text.parse::<Prefix>().unwrap_err();
            assert!(error.contains("no prefix such as 192.0.2.0/24"), "{error}");
        }
    }

    #[test]
    fn a_key_is_the_length_and_the_address() {
        let key = "192.0.2.0/24".parse::<Prefix>().unwrap().key();
        assert_eq!(key, [&24_u32.to_ne_bytes()[..], &[192, 0, 2, 0]].concat());
        assert_eq!("::/0".parse::<Prefix>().unwrap().key(), [0; 20]);
        assert_eq!(Prefix::from_key(&key[1..]), None);
        assert_eq!(Prefix::from_key(&33_u32.to_ne_bytes()), None);
    }

    proptest! {
        #[test]
        fn a_key_and_a_text_mean_the_prefix(address: u128, length in 0..=128_u8, v4: bool) {
            let address = match v4 {
                true => Ipv4Addr::from(address.to_be_bytes().last_chunk().copied().unwrap()).into(),
                false => IpAddr::from(Ipv6Addr::from(address)),
            };
            if let Some(prefix) = Prefix::new(address, length) {
                prop_assert_eq!(Prefix::from_key(&prefix.key()), Some(prefix));
                prop_assert_eq!(prefix.to_string().parse(), Ok(prefix));
            } else {
                prop_assert!(v4 && length > 32);
            }
        }
    }
}
