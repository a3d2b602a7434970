// SPDX-License-Identifier: GPL-2.0
//! Sets of ports: ranges on the command line, bits in the map.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The ports of a word of the map.
pub const A_WORD: u16 = 64;
/// The words of the map.
pub const WORDS: u32 = 1024;

/// The ports from `first` to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    first: u16,
    last: u16,
}

impl Ports {
    /// The words that these ports touch, each with its bits.
    pub fn words(self) -> impl Iterator<Item = (u32, u64)> {
        (self.first / A_WORD..=self.last / A_WORD).map(move |word| {
            let bits = (0..A_WORD)
                .filter(|bit| (self.first..=self.last).contains(&(word * A_WORD + bit)))
                .fold(0, |bits, bit| bits | (1_u64 << bit));
            (word.into(), bits)
        })
    }

    /// The ranges of the ports in all words of the map.
    pub fn of_words(words: impl Iterator<Item = u64>) -> Vec<Self> {
        let bits = words.flat_map(|word| (0..A_WORD).map(move |bit| (word >> bit) & 1 == 1));
        let mut ranges: Vec<Self> = Vec::new();
        for (port, _) in (0..=u16::MAX).zip(bits).filter(|(_, set)| *set) {
            match ranges.last_mut() {
                Some(range) if range.last.checked_add(1) == Some(port) => range.last = port,
                _ => ranges.push(Self {
                    first: port,
                    last: port,
                }),
            }
        }
        ranges
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(f, "{}", self.first),
            false => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

impl FromStr for Ports {
    type Err = String;

    /// Reads a port or a range FIRST-LAST.
    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (first.parse(), last.parse()) {
            (Ok(first), Ok(last)) if first <= last => Ok(Self { first, last }),
            _ => Err(format!("{text} is no port such as 23 or 8000-8100")),
        }
    }
}

impl Serialize for Ports {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ports {
    /// A number or a text.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Given {
            One(i64),
            Text(String),
        }
        let text = match Given::deserialize(from)? {
            Given::One(port) => port.to_string(),
            Given::Text(text) => text,
        };
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(ranges: &[Ports]) -> [u64; 1024] {
        let mut words = [0; 1024];
        for (word, bits) in ranges.iter().flat_map(|range| range.words()) {
            words[usize::try_from(word).unwrap()] |= bits;
        }
        words
    }

    #[test]
    fn ports_are_read_and_shown() {
        for text in ["0", "23", "65535", "8000-8100", "0-65535"] {
            assert_eq!(text.parse::<Ports>().unwrap().to_string(), text);
        }
        assert_eq!("7-7".parse::<Ports>().unwrap().to_string(), "7");
    }

    #[test]
    fn what_is_no_port_is_refused_with_an_example() {
        for text in ["", "-", "-1", "65536", "9-8", "1-2-3", "ssh"] {
            let error = text.parse::<Ports>().unwrap_err();
            assert_eq!(error, format!("{text} is no port such as 23 or 8000-8100"));
        }
    }

    #[test]
    fn a_word_has_the_bits_of_its_ports() {
        let words: Vec<_> = Ports {
            first: 62,
            last: 65,
        }
        .words()
        .collect();
        assert_eq!(words, [(0, 3 << 62), (1, 3)]);
        let all: Vec<_> = Ports {
            first: 0,
            last: u16::MAX,
        }
        .words()
        .collect();
        assert_eq!(all.len(), 1024);
        assert!(all.iter().all(|(_, bits)| *bits == u64::MAX));
    }

    #[test]
    fn neighbours_are_one_range() {
        let some: Vec<Ports> = ["23", "1-5", "6", "64-127", "128", "65535"]
            .map(|text| text.parse().unwrap())
            .to_vec();
        let shown = Ports::of_words(set(&some).into_iter());
        let shown: Vec<String> = shown.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["1-6", "23", "64-128", "65535"]);
    }

    proptest! {
        #[test]
        fn the_map_has_these_ports_and_no_other(first: u16, last: u16, port: u16) {
            prop_assume!(first <= last);
            let words = set(&[Ports { first, last }]);
            let bit = (words[usize::from(port / 64)] >> (port % 64)) & 1;
            prop_assert_eq!(bit == 1, (first..=last).contains(&port));
        }
    }
}
