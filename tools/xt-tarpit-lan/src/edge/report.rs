// SPDX-License-Identifier: GPL-2.0
//! What `status` and the metrics say.

use crate::machine::{Counters, Machine, Reason, State, Suppressed};
use crate::time::Time;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Everything that is known, for `status --json`.
#[derive(Debug, Serialize)]
pub struct Status {
    pub interface: String,
    pub dry_run: bool,
    pub paused: bool,
    pub alarm: bool,
    pub taken: usize,
    pub max: usize,
    pub counters: BTreeMap<String, u64>,
    pub addresses: Vec<Address>,
}

/// One address of which something is known.
#[derive(Debug, Serialize)]
pub struct Address {
    pub address: String,
    pub state: &'static str,
    /// Seconds since it was taken, or for which it is left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Whether a peer sends to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use: Option<bool>,
}

impl Status {
    pub fn new(machine: &Machine, now: Time, interface: &str, dry_run: bool) -> Self {
        Self {
            interface: interface.to_string(),
            dry_run,
            paused: machine.paused(now),
            alarm: machine.alarmed(),
            taken: machine.taken(),
            max: machine.settings().max,
            counters: counters(machine.counters()),
            addresses: machine
                .states()
                .map(|(addr, state)| address(addr.to_string(), state, now))
                .collect(),
        }
    }

    pub fn text(&self) -> String {
        let mut text = format!(
            "{}: {} of at most {} addresses taken",
            self.interface, self.taken, self.max
        );
        for (set, words) in [
            (self.dry_run, "dry run: nothing is answered"),
            (
                self.paused,
                "paused: no link, or the network has just changed",
            ),
            (self.alarm, "ALARM: nothing more is taken; see the journal"),
        ] {
            if set {
                let _ = write!(text, "\n{words}");
            }
        }
        text.push('\n');
        for entry in &self.addresses {
            let _ = write!(text, "{:<40}{:<9}", entry.address, entry.state);
            if let Some(seconds) = entry.seconds {
                let _ = write!(text, "{:>8}", span(seconds));
            }
            if entry.in_use == Some(true) {
                text.push_str("  in use");
            }
            if let Some(owner) = &entry.owner {
                let _ = write!(text, "  {owner}");
            }
            text.push('\n');
        }
        text
    }
}

fn address(address: String, state: &State, now: Time) -> Address {
    let mut entry = Address {
        address,
        state: "free",
        seconds: None,
        owner: None,
        in_use: None,
    };
    match state {
        State::Free { .. } => {}
        State::Probing { .. } => entry.state = "probing",
        State::Taken(taken) => {
            entry.state = "taken";
            entry.seconds = Some(now.since(taken.since) / 1_000);
            entry.in_use = Some(taken.holds_peer(now));
        }
        State::Held(held) => {
            entry.state = "held";
            entry.seconds = Some(held.until.since(now) / 1_000);
            entry.owner = held.owner.map(|mac| mac.to_string());
        }
    }
    entry
}

fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        _ => format!("{}h", seconds / 3_600),
    }
}

/// The counters by the names of their metrics, without the common start.
fn counters(counters: &Counters) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    for (name, value) in [
        ("captures_total", counters.captures),
        ("questions_total", counters.questions),
        ("answers_total", counters.answers),
        ("handovers_total", counters.handovers),
        ("conflicts_total", counters.conflicts),
        ("alarms_total", counters.alarms),
    ] {
        all.insert(name.to_string(), value);
    }
    for reason in Reason::ALL {
        let value = counters.releases.get(&reason).copied().unwrap_or(0);
        all.insert(
            format!("releases_total{{reason=\"{}\"}}", reason.word()),
            value,
        );
    }
    for reason in Suppressed::ALL {
        let value = counters.suppressed.get(&reason).copied().unwrap_or(0);
        all.insert(
            format!("suppressed_total{{reason=\"{}\"}}", reason.word()),
            value,
        );
    }
    all
}

const HELP: [(&str, &str, &str); 10] = [
    ("taken", "gauge", "Addresses that are taken now."),
    ("alarm", "gauge", "1 while the conflict alarm is on."),
    ("captures_total", "counter", "Addresses that were taken."),
    (
        "questions_total",
        "counter",
        "ARP requests and neighbour solicitations that were sent.",
    ),
    (
        "answers_total",
        "counter",
        "Answers that were sent for taken addresses.",
    ),
    (
        "handovers_total",
        "counter",
        "Peers that were told of a new owner.",
    ),
    (
        "conflicts_total",
        "counter",
        "Owners that were found for taken addresses.",
    ),
    ("alarms_total", "counter", "Conflict alarms."),
    (
        "releases_total",
        "counter",
        "Addresses that were given back, by reason.",
    ),
    (
        "suppressed_total",
        "counter",
        "Questions that were not answered or followed, by reason.",
    ),
];

/// The text for node_exporter's textfile collector.
pub fn metrics(status: &Status) -> String {
    let mut text = String::new();
    for (name, kind, help) in HELP {
        let _ = writeln!(text, "# HELP xt_tarpit_lan_{name} {help}");
        let _ = writeln!(text, "# TYPE xt_tarpit_lan_{name} {kind}");
        let gauge = match name {
            "taken" => u64::try_from(status.taken).ok(),
            "alarm" => Some(u64::from(status.alarm)),
            _ => None,
        };
        let counted = status
            .counters
            .iter()
            .filter(|(key, _)| key.split('{').next() == Some(name));
        let gauge = gauge.map(|value| (name.to_string(), value));
        for (key, value) in counted
            .map(|(key, &value)| (key.clone(), value))
            .chain(gauge)
        {
            let label = format!("interface=\"{}\"", status.interface);
            let labelled = match key.split_once('{') {
                Some((name, rest)) => format!("{name}{{{label},{rest}"),
                None => format!("{key}{{{label}}}"),
            };
            let _ = writeln!(text, "xt_tarpit_lan_{labelled} {value}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;
    use crate::settings::Settings;

    fn status() -> Status {
        let mut machine = Machine::new(Time::default(), Settings::default(), Network::default());
        machine.network(
            Time::default(),
            Network {
                up: true,
                ..Network::default()
            },
        );
        Status::new(&machine, Time::at(90_000), "eth0", false)
    }

    #[test]
    fn each_metric_has_help_a_type_and_a_value() {
        let text = metrics(&status());
        assert_eq!(text.matches("# HELP").count(), HELP.len());
        let values = text.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(
            values.count(),
            8 + Reason::ALL.len() + Suppressed::ALL.len()
        );
        let line = "xt_tarpit_lan_releases_total{interface=\"eth0\",reason=\"claim\"} 0\n";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("xt_tarpit_lan_taken{interface=\"eth0\"} 0\n"));
    }

    #[test]
    fn the_text_says_what_is_out_of_the_ordinary() {
        let mut status = status();
        assert_eq!(status.text(), "eth0: 0 of at most 256 addresses taken\n");
        (status.dry_run, status.alarm) = (true, true);
        assert!(status.text().contains("dry run") && status.text().contains("ALARM"));
    }
}
