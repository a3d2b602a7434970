// SPDX-License-Identifier: GPL-2.0
//! The entry of the map settings: tools/xdp/tarpit.h describes it.

use super::limit::{Limit, Rate};
use super::mode::Mode;

/// What the program reads at each frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub mode: Mode,
    pub by_device: bool,
    pub limit: Option<Limit>,
    /// The index of the tarpit device, or 0.
    pub device: u32,
}

impl Settings {
    /// The bytes of the entry.
    pub fn bytes(&self) -> Vec<u8> {
        let none = Limit {
            rate: Rate {
                count: 0,
                period: 0,
            },
            burst: 0,
        };
        let limit = self.limit.unwrap_or(none);
        [
            &self.mode.flags().to_ne_bytes()[..],
            &u32::from(self.by_device).to_ne_bytes(),
            &limit.interval().to_ne_bytes(),
            &limit.tolerance().to_ne_bytes(),
            &limit.rate.count.to_ne_bytes(),
            &limit.rate.period.to_ne_bytes(),
            &limit.burst.to_ne_bytes(),
            &self.device.to_ne_bytes(),
        ]
        .concat()
    }

    /// The settings in an entry.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let word = |at| number(bytes, at);
        let count = word(24)?;
        let rate = Rate {
            count,
            period: word(28)?,
        };
        let limit = Limit {
            rate,
            burst: word(32)?,
        };
        Some(Self {
            mode: Mode::from_flags(word(0)?)?,
            by_device: word(4)? != 0,
            limit: (count != 0).then_some(limit),
            device: Self::device_in(bytes)?,
        })
    }

    /// The index of the device in an entry, whose other fields may have any value.
    pub fn device_in(bytes: &[u8]) -> Option<u32> {
        number(bytes, 36)
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let (_, from) = bytes.split_at_checked(at)?;
    Some(u32::from_ne_bytes(*from.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xdp::mode::Kind;

    #[test]
    fn an_entry_has_the_fields_of_the_header_in_order() {
        let header = include_str!("../../../xdp/tarpit.h");
        let (_, from) = header.split_once("struct settings {").unwrap();
        let (body, _) = from.split_once('}').unwrap();
        let fields: Vec<&str> = body
            .lines()
            .filter_map(|line| line.split(';').next()?.trim().strip_prefix("__"))
            .collect();
        assert_eq!(
            fields.join(" "),
            "u32 flags u32 by_device u64 interval u64 tolerance u32 count u32 period \
             u32 burst u32 device"
        );
    }

    #[test]
    fn bytes_mean_the_settings() {
        let rate = "6/minute".parse().unwrap();
        for limit in [None, Some(Limit::new(rate, Some(9)).unwrap())] {
            let settings = Settings {
                mode: Mode::new(Kind::Persist, 300).unwrap(),
                by_device: limit.is_none(),
                limit,
                device: 7,
            };
            let bytes = settings.bytes();
            assert_eq!(bytes.len(), 40);
            assert_eq!(bytes[..4], ((300_u32 << 16) | 3).to_ne_bytes());
            let interval = limit.map_or(0, |limit| limit.interval());
            assert_eq!(bytes[8..16], interval.to_ne_bytes());
            assert_eq!(Settings::from_bytes(&bytes), Some(settings));
            assert_eq!(Settings::from_bytes(&bytes[..39]), None);
            let later = [&[255; 36], &bytes[36..]].concat();
            assert_eq!(Settings::from_bytes(&later), None);
            assert_eq!(Settings::device_in(&later), Some(7));
        }
    }
}
