// SPDX-License-Identifier: GPL-2.0
//! What `status` says.

use super::metrics::{self, Counter};
use crate::machine::{Machine, State};
use crate::time::Time;
use serde::Serialize;
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
    #[serde(serialize_with = "metrics::by_name")]
    pub counters: Vec<Counter>,
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
            counters: metrics::counters(machine.counters()),
            addresses: machine
                .states()
                .map(|(addr, state)| address(addr.to_string(), state, now))
                .collect(),
        }
    }

    /// What `metrics-file` and `status --prometheus` say.
    pub fn metrics(&self) -> String {
        metrics::text(&self.interface, self.taken, self.alarm, &self.counters)
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
    fn the_text_says_what_is_out_of_the_ordinary() {
        let mut status = status();
        assert_eq!(status.text(), "eth0: 0 of at most 256 addresses taken\n");
        (status.dry_run, status.alarm) = (true, true);
        assert!(status.text().contains("dry run") && status.text().contains("ALARM"));
    }
}
