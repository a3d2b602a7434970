// SPDX-License-Identifier: GPL-2.0
//! Which lines are shown: those with all words of the filter.

use crate::line::Line;
use std::net::IpAddr;

/// The longest filter that can be typed.
pub const LONGEST: usize = 60;

/// Words that a line must have. A word is part of an address with its port, a mode, a country, or
/// a network such as `192.0.2.0/24`. Upper and lower case are the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(Vec<Word>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Text(String),
    Network(u128, u32, bool),
}

impl Filter {
    pub fn new(text: &str) -> Self {
        Self(text.split_whitespace().map(word).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn shows(&self, line: &Line) -> bool {
        self.0.iter().all(|word| match word {
            Word::Network(bits, shift, ipv6) => [Some(line.address), line.host]
                .into_iter()
                .flatten()
                .any(|address| within(address, (*bits, *shift, *ipv6))),
            Word::Text(text) => fields(line).any(|field| field.contains(text)),
        })
    }
}

fn word(text: &str) -> Word {
    network(text).unwrap_or_else(|| Word::Text(text.to_lowercase()))
}

/// ADDRESS/LENGTH: its bits, by how many they are shifted, and the family.
fn network(text: &str) -> Option<Word> {
    let (address, length) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let (bits, all) = bits(address);
    let shift = all.checked_sub(length.parse().ok()?)?;
    Some(Word::Network(
        bits.checked_shr(shift).unwrap_or(0),
        shift,
        address.is_ipv6(),
    ))
}

fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    }
}

fn within(address: IpAddr, (wanted, shift, ipv6): (u128, u32, bool)) -> bool {
    let (bits, _) = bits(address);
    address.is_ipv6() == ipv6 && bits.checked_shr(shift).unwrap_or(0) == wanted
}

/// What a word can be part of.
fn fields(line: &Line) -> impl Iterator<Item = String> + '_ {
    let country = line.country.map(|country| country.to_string());
    [
        end(Some(line.address), line.port),
        end(line.host, line.host_port),
        line.mode.clone(),
        country.unwrap_or_default(),
    ]
    .into_iter()
    .map(|field| field.to_lowercase())
}

/// An address and a port, as they are shown; a star is for any of several.
pub fn end(address: Option<IpAddr>, port: Option<u16>) -> String {
    let port = port.map_or_else(|| "*".to_owned(), |port| port.to_string());
    match address {
        None => format!("*:{port}"),
        Some(IpAddr::V4(v4)) => format!("{v4}:{port}"),
        Some(IpAddr::V6(v6)) => format!("[{v6}]:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::sample;
    use proptest::prelude::*;

    fn shows(filter: &str) -> bool {
        Filter::new(filter).shows(&sample(7, 51734, 10, 1))
    }

    #[test]
    fn words_are_parts_of_what_is_shown() {
        for filter in [
            "",
            "  ",
            "192.0.2",
            ":51734",
            ":23",
            "PERS",
            "de",
            "192 de persist",
        ] {
            assert!(shows(filter), "{filter}");
        }
        for filter in ["192.0.3", ":24", "tarpit", "fr", "192 fr"] {
            assert!(!shows(filter), "{filter}");
        }
    }

    #[test]
    fn a_network_has_a_length() {
        for filter in ["192.0.2.0/24", "192.0.2.7/32", "0.0.0.0/0", "198.51.0.0/16"] {
            assert!(shows(filter), "{filter}");
        }
        for filter in [
            "192.0.2.8/32",
            "192.0.3.0/24",
            "::/0",
            "192.0.2.0/33",
            "192.0.2.0/x",
        ] {
            assert!(!shows(filter), "{filter}");
        }
        let mut line = sample(7, 1, 1, 1);
        line.address = "2001:db8::7".parse().unwrap();
        assert!(Filter::new("2001:db8::/32").shows(&line));
        assert!(Filter::new("::/0").shows(&line));
        line.host = None;
        assert!(!Filter::new("0.0.0.0/0").shows(&line));
    }

    #[test]
    fn ends_of_sums_have_stars() {
        assert_eq!(end(Some([192, 0, 2, 7].into()), None), "192.0.2.7:*");
        assert_eq!(end(None, Some(23)), "*:23");
        assert_eq!(
            end(Some("fd00::1".parse().unwrap()), Some(9)),
            "[fd00::1]:9"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_filter(text in any::<String>()) {
            shows(&text);
        }

        #[test]
        fn an_address_is_in_each_network_around_it(address: u128, length in 0u32..=128) {
            let mut line = sample(7, 1, 1, 1);
            line.address = IpAddr::V6(address.into());
            let filter = format!("{}/{length}", line.address);
            prop_assert!(Filter::new(&filter).shows(&line));
        }
    }
}
