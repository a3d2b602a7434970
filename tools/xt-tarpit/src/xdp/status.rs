// SPDX-License-Identifier: GPL-2.0
//! What an interface has attached, as a text and as JSON.

use super::ports::Ports;
use super::prefix::Prefix;
use serde::Serialize;
use std::fmt;

/// An interface with the program's files.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub interface: String,
    pub attached: Attached,
    pub by: By,
    /// The tarpit device, if frames go by one.
    pub device: Option<String>,
    pub mode: String,
    pub ports: Vec<Ports>,
    pub prefixes: Vec<Prefix>,
    pub leave: Vec<Prefix>,
    pub spare: Vec<Prefix>,
    pub limit: Option<LimitReport>,
    pub counters: Counters,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Attached {
    Native,
    Generic,
    /// The interface is in another network namespace.
    Elsewhere,
    /// Its files are there, but no interface has the program.
    No,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    Function,
    Device,
}

#[derive(Clone, Debug, Serialize)]
pub struct LimitReport {
    pub rate: String,
    pub burst: u32,
}

/// TCP frames, in the order of the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    pub by_port: u64,
    pub by_prefix: u64,
    pub left: u64,
    pub spared: u64,
    pub limited: u64,
}

impl Counters {
    pub fn of(values: [u64; 5]) -> Self {
        let [by_port, by_prefix, left, spared, limited] = values;
        Self {
            by_port,
            by_prefix,
            left,
            spared,
            limited,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attached = match self.attached {
            Attached::Native => "native",
            Attached::Generic => "generic",
            Attached::Elsewhere => "IN ANOTHER NETWORK NAMESPACE",
            Attached::No => "NOT ATTACHED",
        };
        let by = match (self.by, &self.device) {
            (By::Function, _) => "bpf_xdp_tarpit()".to_owned(),
            (By::Device, Some(device)) => format!("the device {device}"),
            (By::Device, None) => "a device, which is GONE".to_owned(),
        };
        writeln!(
            f,
            "{}: {attached}, by {by}, mode {}",
            self.interface, self.mode
        )?;
        writeln!(f, "  ports     {}", list(&self.ports))?;
        writeln!(f, "  prefixes  {}", list(&self.prefixes))?;
        writeln!(f, "  leave     {}", list(&self.leave))?;
        writeln!(f, "  spare     {}", list(&self.spare))?;
        match &self.limit {
            Some(limit) => writeln!(f, "  limit     {}, burst {}", limit.rate, limit.burst)?,
            None => writeln!(f, "  limit     none")?,
        }
        let Counters {
            by_port,
            by_prefix,
            left,
            spared,
            limited,
        } = self.counters;
        write!(
            f,
            "  frames    {by_port} by port, {by_prefix} by prefix, {left} left, {spared} spared, \
             {limited} over the limit"
        )
    }
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    match texts.is_empty() {
        true => "none".to_owned(),
        false => texts.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report {
            interface: "eth0".to_owned(),
            attached: Attached::Native,
            by: By::Function,
            device: None,
            mode: "persist".to_owned(),
            ports: vec!["23".parse().unwrap(), "8000-8100".parse().unwrap()],
            prefixes: vec!["203.0.113.0/24".parse().unwrap()],
            leave: vec![],
            spare: vec!["2001:db8::/32".parse().unwrap()],
            limit: Some(LimitReport {
                rate: "20/second".to_owned(),
                burst: 50,
            }),
            counters: Counters::of([1, 2, 3, 4, 5]),
        }
    }

    #[test]
    fn a_text_names_all() {
        assert_eq!(
            report().to_string(),
            "eth0: native, by bpf_xdp_tarpit(), mode persist\n\
             \x20 ports     23 8000-8100\n\
             \x20 prefixes  203.0.113.0/24\n\
             \x20 leave     none\n\
             \x20 spare     2001:db8::/32\n\
             \x20 limit     20/second, burst 50\n\
             \x20 frames    1 by port, 2 by prefix, 3 left, 4 spared, 5 over the limit"
        );
    }

    #[test]
    fn what_is_missing_stands_out() {
        let report = Report {
            attached: Attached::No,
            by: By::Device,
            limit: None,
            ..report()
        };
        let text = report.to_string();
        assert!(text.starts_with("eth0: NOT ATTACHED, by a device, which is GONE, mode"));
        assert!(text.contains("limit     none"));
        let report = Report {
            attached: Attached::Elsewhere,
            ..report
        };
        let text = report.to_string();
        assert!(text.starts_with("eth0: IN ANOTHER NETWORK NAMESPACE, by a device"));
    }

    #[test]
    fn json_has_the_same() {
        let json = serde_json::to_value(report()).unwrap();
        assert_eq!(json["attached"], "native");
        assert_eq!(json["by"], "function");
        assert_eq!(json["ports"][1], "8000-8100");
        assert_eq!(json["prefixes"][0], "203.0.113.0/24");
        assert_eq!(json["limit"]["burst"], 50);
        assert_eq!(json["counters"]["by_port"], 1);
        assert_eq!(json["counters"]["limited"], 5);
        assert_eq!(json["device"], serde_json::Value::Null);
    }

    #[test]
    fn counters_are_in_the_order_of_the_header() {
        let header = include_str!("../../../xdp/tarpit.h");
        let names: Vec<&str> = header
            .lines()
            .filter_map(|line| line.trim().strip_prefix("COUNTER_")?.split(',').next())
            .collect();
        assert_eq!(names.join(" "), "PORT PREFIX LEFT SPARED LIMITED");
    }
}
