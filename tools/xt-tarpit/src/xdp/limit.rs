// SPDX-License-Identifier: GPL-2.0
//! The limit of a source: so many frames in a span of time.

use serde::{Deserialize, Deserializer};
use std::fmt;
use std::str::FromStr;

const SECOND: u64 = 1_000_000_000;
const UNITS: [(&str, u32); 3] = [("second", 1), ("minute", 60), ("hour", 3600)];
/// As hashlimit's, if none is given.
const BURST: u32 = 5;

/// So many frames in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub count: u32,
    pub period: u32,
}

/// A rate with its burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub rate: Rate,
    pub burst: u32,
}

impl Limit {
    /// A limit; the burst is at least one frame.
    pub fn new(rate: Rate, burst: Option<u32>) -> Result<Self, String> {
        match burst.unwrap_or(BURST) {
            0 => Err("a burst of 0 would drop everything; name at least 1".to_owned()),
            burst => Ok(Self { rate, burst }),
        }
    }

    /// The nanoseconds between two frames at the rate.
    pub fn interval(&self) -> u64 {
        let period = SECOND.saturating_mul(self.rate.period.into());
        period.checked_div(self.rate.count.into()).unwrap_or(0)
    }

    /// The nanoseconds of the frames of a burst behind the first.
    pub fn tolerance(&self) -> u64 {
        let behind = u64::from(self.burst).saturating_sub(1);
        self.interval().saturating_mul(behind)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, period)| *period == self.period) {
            Some((unit, _)) => write!(f, "{}/{unit}", self.count),
            None => write!(f, "{} in {} seconds", self.count, self.period),
        }
    }
}

impl FromStr for Rate {
    type Err = String;

    /// Reads N, N/second, N/minute or N/hour, where a unit may be cut short.
    fn from_str(text: &str) -> Result<Self, String> {
        let (count, unit) = text.split_once('/').unwrap_or((text, "second"));
        let found = UNITS
            .iter()
            .find(|(name, _)| !unit.is_empty() && name.starts_with(unit));
        match (count.parse(), found) {
            (Ok(count @ 1..=1_000_000), Some((_, period))) => Ok(Self {
                count,
                period: *period,
            }),
            _ => Err(format!(
                "{text} is no rate such as 20/second or 6/minute, up to 1000000"
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(rate: &str, burst: u32) -> Limit {
        Limit::new(rate.parse().unwrap(), Some(burst)).unwrap()
    }

    #[test]
    fn rates_are_read_and_shown() {
        for (text, shown) in [
            ("20", "20/second"),
            ("20/s", "20/second"),
            ("6/min", "6/minute"),
            ("1/hour", "1/hour"),
            ("1000000/second", "1000000/second"),
        ] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), shown);
        }
        let odd = Rate {
            count: 3,
            period: 7,
        };
        assert_eq!(odd.to_string(), "3 in 7 seconds");
    }

    #[test]
    fn what_is_no_rate_is_refused_with_an_example() {
        for text in ["", "0", "-1", "5/", "5/day", "1000001", "5/seconds", "x/s"] {
            let error = text.parse::<Rate>().unwrap_err();
            assert!(error.contains("no rate such as 20/second"), "{error}");
        }
    }

    #[test]
    fn a_limit_is_an_interval_and_a_tolerance() {
        assert_eq!(limit("20", 1).interval(), 50_000_000);
        assert_eq!(limit("20", 1).tolerance(), 0);
        assert_eq!(limit("6/minute", 10).interval(), 10 * SECOND);
        assert_eq!(limit("6/minute", 10).tolerance(), 90 * SECOND);
        assert_eq!(limit("1000000", 5).tolerance(), 4_000);
        assert!(limit("1/hour", u32::MAX).tolerance() > limit("1/hour", 9).tolerance());
    }

    #[test]
    fn a_burst_has_a_frame_at_least() {
        let rate = Rate {
            count: 1,
            period: 1,
        };
        assert_eq!(Limit::new(rate, None).unwrap().burst, 5);
        assert!(Limit::new(rate, Some(0))
            .unwrap_err()
            .contains("at least 1"));
    }
}
