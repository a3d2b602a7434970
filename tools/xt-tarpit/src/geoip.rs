// SPDX-License-Identifier: GPL-2.0
//! The country of an address, from a file of the user.

use maxminddb::{geoip2, Reader};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;

/// The two letters of ISO 3166.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Country([u8; 2]);

impl Country {
    /// Only two capital letters: a damaged file cannot say anything else.
    pub fn new(code: &str) -> Option<Self> {
        let code: [u8; 2] = code.as_bytes().try_into().ok()?;
        code.iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(code))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b] = self.0;
        f.pad(&String::from_iter([char::from(a), char::from(b)]))
    }
}

/// A database of countries, or none.
pub struct Countries(Option<Reader<Vec<u8>>>);

impl Countries {
    /// Without a file, no address has a country.
    pub fn open(path: Option<&Path>) -> Result<Self, String> {
        let Some(path) = path else {
            return Ok(Self(None));
        };
        Reader::open_readfile(path)
            .map(|reader| Self(Some(reader)))
            .map_err(|error| {
                format!(
                    "{} cannot be read as a GeoIP database ({error}); name an .mmdb file",
                    path.display()
                )
            })
    }

    pub fn of(&self, address: IpAddr) -> Option<Country> {
        let reader = self.0.as_ref()?;
        // The reader would take the first bits of an IPv6 address for an IPv4 address.
        if address.is_ipv6() && reader.metadata.ip_version == 4 {
            return None;
        }
        let found: geoip2::Country = reader.lookup(address).ok()??;
        Country::new(found.country?.iso_code?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_capital_letters() {
        assert_eq!(Country::new("DE").unwrap().to_string(), "DE");
        for other in ["", "D", "de", "DEU", "\x1b[", "É"] {
            assert_eq!(Country::new(other), None);
        }
    }

    /// A text as the format MaxMind DB has it.
    fn text(text: &str) -> Vec<u8> {
        let mut bytes = vec![0x40 | u8::try_from(text.len()).unwrap().min(29)];
        if text.len() >= 29 {
            bytes.push(u8::try_from(text.len() - 29).unwrap());
        }
        bytes.extend(text.as_bytes());
        bytes
    }

    fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = vec![0xe0 | u8::try_from(pairs.len()).unwrap()];
        for (key, value) in pairs {
            bytes.extend(text(key));
            bytes.extend(value);
        }
        bytes
    }

    /// A database with one node: the lower half of all IPv4 addresses is `low`, the other `high`.
    fn database(low: &str, high: &str) -> Countries {
        let country = |code| map(&[("country", map(&[("iso_code", text(code))]))]);
        let (first, second) = (country(low), country(high));
        let at = u8::try_from(1 + 16 + first.len()).unwrap();
        let mut bytes = vec![0, 0, 17, 0, 0, at];
        bytes.extend([0; 16]);
        bytes.extend(first);
        bytes.extend(second);
        bytes.extend(b"\xab\xcd\xefMaxMind.com");
        bytes.extend(map(&[
            ("binary_format_major_version", vec![0xa1, 2]),
            ("binary_format_minor_version", vec![0xa1, 0]),
            ("build_epoch", vec![1, 2, 9]),
            ("database_type", text("Country")),
            ("description", map(&[])),
            ("ip_version", vec![0xa1, 4]),
            ("languages", vec![0, 4]),
            ("node_count", vec![0xc1, 1]),
            ("record_size", vec![0xa1, 24]),
        ]));
        Countries(Some(Reader::from_source(bytes).unwrap()))
    }

    #[test]
    fn the_database_says_the_country() {
        let countries = database("DE", "FR");
        assert_eq!(countries.of([10, 0, 0, 1].into()), Country::new("DE"));
        assert_eq!(countries.of([192, 0, 2, 7].into()), Country::new("FR"));
        assert_eq!(countries.of("2001:db8::7".parse().unwrap()), None);
        let hostile = database("\x1b[2J", "??");
        assert_eq!(hostile.of([10, 0, 0, 1].into()), None);
    }

    #[test]
    fn without_a_file_no_address_has_a_country() {
        let none = Countries::open(None).unwrap();
        assert_eq!(none.of([192, 0, 2, 7].into()), None);
    }

    #[test]
    fn a_file_of_something_else_is_refused_with_a_sentence() {
        let error = Countries::open(Some(Path::new("Cargo.toml")))
            .err()
            .unwrap();
        assert!(
            error.starts_with("Cargo.toml cannot be read as a GeoIP database"),
            "{error}"
        );
    }
}
