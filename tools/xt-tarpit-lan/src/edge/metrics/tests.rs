// SPDX-License-Identifier: GPL-2.0
use super::super::report::Status;
use super::*;
use crate::machine::Machine;
use crate::network::Network;
use crate::settings::Settings;
use crate::time::Time;

fn status(interface: &str) -> Status {
    let machine = Machine::new(Time::default(), Settings::default(), Network::default());
    let mut status = Status::new(&machine, Time::default(), interface, false);
    let mut counted = Counters {
        captures: 11,
        questions: 12,
        answers: 13,
        handovers: 14,
        conflicts: 15,
        alarms: 16,
        ..Counters::default()
    };
    for (value, reason) in (1..).zip(Reason::ALL) {
        counted.releases.insert(reason, value);
    }
    for (value, reason) in (1..).zip(Suppressed::ALL.into_iter().skip(1)) {
        counted.suppressed.insert(reason, value);
    }
    status.counters = counters(&counted);
    (status.taken, status.alarm) = (7, true);
    status
}

#[test]
fn the_text_is_as_prometheus_reads_it() {
    // `promtool check metrics` accepts this file.
    assert_eq!(status("eth0").metrics(), include_str!("example.prom"));
}

#[test]
fn a_name_with_quotes_is_escaped() {
    let text = status("e\"0\\").metrics();
    let line = "xt_tarpit_lan_taken{interface=\"e\\\"0\\\\\"} 7";
    assert!(text.lines().any(|found| found == line), "{text}");
}

#[test]
fn json_has_each_counter_by_its_name() {
    let json = serde_json::to_value(status("eth0")).unwrap();
    let counted = json["counters"].as_object().unwrap();
    assert_eq!(counted.len(), 6 + Reason::ALL.len() + Suppressed::ALL.len());
    assert_eq!(counted["captures_total"], 11);
    assert_eq!(counted["releases_total{reason=\"found\"}"], 2);
}
