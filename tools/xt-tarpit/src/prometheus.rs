// SPDX-License-Identifier: GPL-2.0
//! The addresses that are held for longest, as Prometheus' text for node_exporter.

use crate::json::seconds;
use crate::line::Line;
use crate::status::Status;
use std::fmt::Write;

/// The text of some addresses and of the status.
pub fn text(addresses: &[Line], status: &Status) -> String {
    let mut text = String::new();
    per_address(&mut text, addresses);
    let mut gauge = |name, help, value| own(&mut text, name, (help, "gauge"), value);
    let (rows, limit) = (to_u64(status.rows), to_u64(status.size));
    gauge("rows", "Connections in the table.", rows);
    gauge("rows_limit", "Connections that fit into the table.", limit);
    gauge(
        "sampling_ratio",
        "One of how many events is read.",
        status.ratio,
    );
    let mut counter = |name, help, value| own(&mut text, name, (help, "counter"), value);
    let (table, events) = (&status.table, &status.events);
    counter("held_total", "Connections that got a row.", table.held);
    counter(
        "evicted_total",
        "Rows that left the full table.",
        table.evicted,
    );
    counter("events_total", "Events of the tracepoints.", events.seen);
    counter("events_read_total", "Events that were read.", events.read);
    counter(
        "events_lost_total",
        "Events that were overwritten.",
        status.lost,
    );
    text
}

/// A metric without labels.
fn own(text: &mut String, name: &str, (help, kind): (&str, &str), value: u64) {
    head(text, name, help, kind);
    let _ = writeln!(text, "xt_tarpit_top_{name} {value}");
}

fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn head(text: &mut String, name: &str, help: &str, kind: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "# HELP xt_tarpit_top_{name} {help}");
    let _ = writeln!(text, "# TYPE xt_tarpit_top_{name} {kind}");
}

fn per_address(text: &mut String, addresses: &[Line]) {
    head(
        text,
        "connections",
        "Connections of an address that are held.",
        "gauge",
    );
    for line in addresses {
        sample(text, "connections", line, line.connections);
    }
    let help = "For how long the address is held, by its longest connection.";
    head(text, "held_seconds", help, "gauge");
    for line in addresses {
        sample(text, "held_seconds", line, seconds(line.held));
    }
    let help = "Packets of the held connections after their handshakes.";
    head(text, "probes", help, "gauge");
    for line in addresses {
        sample(text, "probes", line, line.probes);
    }
}

fn sample(text: &mut String, name: &str, line: &Line, value: impl std::fmt::Display) {
    let country = line.country.map(|country| country.to_string());
    let _ = writeln!(
        text,
        "xt_tarpit_top_{name}{{address=\"{}\",mode=\"{}\",country=\"{}\"}} {value}",
        line.address,
        escaped(&line.mode),
        country.unwrap_or_default()
    );
}

/// As the value of a label.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_three_samples() {
        let mut line = crate::line::sample(7, 9, 90_500, 4);
        line.mode = "a\"b\\".to_owned();
        let text = text(&[line], &Status::default());
        let labels = r#"{address="192.0.2.7",mode="a\"b\\",country="DE"}"#;
        for (name, value) in [
            ("connections", "1"),
            ("held_seconds", "90.5"),
            ("probes", "4"),
        ] {
            let wanted = format!("\nxt_tarpit_top_{name}{labels} {value}\n");
            assert!(text.contains(&wanted), "{wanted} is not in {text}");
        }
        assert!(text.contains("\nxt_tarpit_top_events_lost_total 0\n"));
    }

    #[test]
    fn each_sample_has_help_and_type_before_it() {
        let text = text(&[crate::line::sample(7, 9, 1, 1)], &Status::default());
        let mut declared = "";
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                declared = rest.split(' ').next().unwrap();
            } else if !line.starts_with('#') {
                assert!(line.starts_with(declared), "{line} is not of {declared}");
            }
        }
    }
}
