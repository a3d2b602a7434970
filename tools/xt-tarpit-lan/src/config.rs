// SPDX-License-Identifier: GPL-2.0
//! The configuration file, as settings that are within their limits.

use crate::range::Range;
use crate::settings::{Settings, LEAST_HOLD, LONGEST_HOLD};
use crate::time::{Ms, DAY, HOUR, MINUTE, SECOND};
use serde::{Deserialize, Deserializer};
use std::path::PathBuf;
use std::str::FromStr;

/// The most addresses that the ranges of IPv4, and a range of IPv6, may have.
const IPV4_ADDRESSES: u64 = 65_536;
const IPV6_ADDRESSES: u64 = 256;

/// The file, word for word.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    interface: Option<String>,
    #[serde(default)]
    ranges: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    #[serde(default)]
    ignore_askers: Vec<String>,
    #[serde(default)]
    ignore_macs: Vec<String>,
    gap: Option<Span>,
    window: Option<Span>,
    probes: Option<u8>,
    probe_interval: Option<Span>,
    recheck: Option<Span>,
    idle: Option<Span>,
    hold: Option<Span>,
    seen: Option<Span>,
    dhcp_quiet: Option<Span>,
    max: Option<usize>,
    arp_rate: Option<u32>,
    device: Option<String>,
    router: Option<bool>,
    state_file: Option<PathBuf>,
    metrics_file: Option<PathBuf>,
    control: Option<PathBuf>,
}

/// What the daemon needs beside the state machine's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub settings: Settings,
    pub interface: String,
    /// The tarpit device.
    pub device: String,
    /// The operator knows that this host is the LAN's router.
    pub router: bool,
    pub state_file: Option<PathBuf>,
    pub metrics_file: Option<PathBuf>,
    pub control: PathBuf,
}

pub const CONTROL: &str = "/run/xt-tarpit-lan/control";

/// A span of time such as 400ms, 1.5s, 10m, 1h or 1d.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span(Ms);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match text.strip_prefix(digits) {
            Some("ms") => 1,
            Some("s") => SECOND,
            Some("m") => MINUTE,
            Some("h") => HOUR,
            Some("d") => DAY,
            _ => 0,
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let thousandths: Option<u64> = format!("{part:0<3}").parse().ok();
        match (
            whole.parse::<u64>(),
            thousandths,
            part.len() <= 3 && unit > 0,
        ) {
            (Ok(whole), Some(part), true) => {
                let part = part.saturating_mul(unit) / 1_000;
                Ok(Self(whole.saturating_mul(unit).saturating_add(part)))
            }
            _ => Err(format!(
                "{text} is no span of time such as 400ms, 1.5s, 10m or 1h"
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Config {
    /// Reads the text of a file. `interface` is that of the command line, if it names one.
    pub fn read(text: &str, interface: Option<&str>) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let interface = interface
            .map(str::to_string)
            .or_else(|| file.interface.clone())
            .ok_or("no interface is named; set interface = \"eth0\"")?;
        Ok(Self {
            settings: file.settings()?,
            interface,
            device: file.device.unwrap_or_else(|| "tarpit0".to_string()),
            router: file.router.unwrap_or(false),
            state_file: file.state_file,
            metrics_file: file.metrics_file,
            control: file.control.unwrap_or_else(|| CONTROL.into()),
        })
    }
}

impl File {
    fn settings(&self) -> Result<Settings, String> {
        let usual = Settings::default();
        let settings = Settings {
            ranges: all(&self.ranges)?,
            exclude: all(&self.exclude)?,
            ignore_askers: all(&self.ignore_askers)?,
            ignore_macs: all(&self.ignore_macs)?,
            probes: number("probes", self.probes, usual.probes, 3, 100)?,
            max: number("max", self.max, usual.max, 1, 4_096)?,
            arp_rate: number("arp-rate", self.arp_rate, usual.arp_rate, 1, 1_000)?,
            ..self.times(usual)?
        };
        limit(&settings.ranges)?;
        Ok(settings)
    }

    fn times(&self, usual: Settings) -> Result<Settings, String> {
        let interval = self.probe_interval;
        Ok(Settings {
            gap: span("gap", self.gap, usual.gap, 0, MINUTE)?,
            window: span("window", self.window, usual.window, SECOND, HOUR)?,
            probe_interval: span(
                "probe-interval",
                interval,
                usual.probe_interval,
                200,
                MINUTE,
            )?,
            recheck: span("recheck", self.recheck, usual.recheck, SECOND, MINUTE)?,
            idle: span("idle", self.idle, usual.idle, MINUTE, DAY)?,
            hold: span("hold", self.hold, usual.hold, LEAST_HOLD, LONGEST_HOLD)?,
            seen: span("seen", self.seen, usual.seen, LEAST_HOLD, LONGEST_HOLD)?,
            dhcp_quiet: span(
                "dhcp-quiet",
                self.dhcp_quiet,
                usual.dhcp_quiet,
                SECOND,
                MINUTE,
            )?,
            ..usual
        })
    }
}

fn span(name: &str, given: Option<Span>, usual: Ms, least: Ms, most: Ms) -> Result<Ms, String> {
    let value = given.map_or(usual, |span| span.0);
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(format!(
        "{name} is {value} ms; it must be {least} ms to {most} ms"
    ))
}

fn all<T: FromStr<Err: ToString>>(texts: &[String]) -> Result<Vec<T>, String> {
    let read = |text: &String| {
        text.parse()
            .map_err(|error: T::Err| format!("{text:?}: {}", error.to_string()))
    };
    texts.iter().map(read).collect()
}

fn number<T: PartialOrd + std::fmt::Display>(
    name: &str,
    given: Option<T>,
    usual: T,
    least: T,
    most: T,
) -> Result<T, String> {
    match given {
        None => Ok(usual),
        Some(value) if value >= least && value <= most => Ok(value),
        Some(value) => Err(format!("{name} is {value}; it must be {least} to {most}")),
    }
}

/// Ranges must be named, and may not be so large that memory or multicast groups run out.
fn limit(ranges: &[Range]) -> Result<(), String> {
    if ranges.is_empty() {
        return Err("no ranges are named; set ranges = [\"192.0.2.0/24\"]".to_string());
    }
    let (v6, v4): (Vec<&Range>, Vec<&Range>) = ranges.iter().partition(|range| range.is_ipv6());
    let all: u64 = v4
        .iter()
        .map(|range| range.len())
        .fold(0, u64::saturating_add);
    if all > IPV4_ADDRESSES {
        return Err(format!(
            "the ranges have {all} addresses; at most {IPV4_ADDRESSES} can be taken"
        ));
    }
    match v6.iter().find(|range| range.len() > IPV6_ADDRESSES) {
        Some(range) => Err(format!(
            "{range} has more than {IPV6_ADDRESSES} addresses; name a small range of IPv6"
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
