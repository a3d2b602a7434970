// SPDX-License-Identifier: GPL-2.0
//! Lines of JSON for a log or a SIEM: each is one object.
//!
//! `held` when a peer gets a row, `update` for each row that had a packet since the last report,
//! `gone` when a row leaves, `status` at each report.

use crate::line::Line;
use crate::stamp::rfc3339;
use crate::status::Status;
use crate::table::Why;
use serde::Serialize;
use std::net::IpAddr;
use std::time::SystemTime;

#[derive(Serialize)]
struct Peer<'a> {
    time: String,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    address: IpAddr,
    port: Option<u16>,
    host: Option<IpAddr>,
    host_port: Option<u16>,
    mode: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    held_seconds: f64,
    /// Whether it was held for longer than the program can know.
    at_least: bool,
    quiet_seconds: f64,
    probes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// Whether the numbers are estimates from samples.
    estimated: bool,
}

#[derive(Serialize)]
struct Report {
    time: String,
    event: &'static str,
    rows: usize,
    table_size: usize,
    held: u64,
    reset: u64,
    closed: u64,
    quiet: u64,
    evicted: u64,
    events: u64,
    events_read: u64,
    events_lost: u64,
    events_per_second: u64,
    one_of: u64,
}

/// What a line about a peer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Held,
    Update,
    Gone(Why),
}

/// A line about a peer.
pub fn peer(time: SystemTime, what: What, line: &Line) -> serde_json::Result<String> {
    let (event, why) = match what {
        What::Held => ("held", None),
        What::Update => ("update", None),
        What::Gone(why) => ("gone", Some(word(why))),
    };
    serde_json::to_string(&Peer {
        time: rfc3339(time),
        event,
        why,
        address: line.address,
        port: line.port,
        host: line.host,
        host_port: line.host_port,
        mode: &line.mode,
        country: line.country.map(|country| country.to_string()),
        held_seconds: seconds(line.held),
        at_least: line.at_least,
        quiet_seconds: seconds(line.last),
        probes: line.probes,
        bytes: line.bytes,
        estimated: line.estimated,
    })
}

fn word(why: Why) -> &'static str {
    match why {
        Why::Reset => "reset",
        Why::Closed => "closed",
        Why::Quiet => "quiet",
        Why::Evicted => "evicted",
    }
}

/// A line about the program itself.
pub fn status(time: SystemTime, status: &Status) -> serde_json::Result<String> {
    serde_json::to_string(&Report {
        time: rfc3339(time),
        event: "status",
        rows: status.rows,
        table_size: status.size,
        held: status.table.held,
        reset: status.table.reset,
        closed: status.table.closed,
        quiet: status.table.quiet,
        evicted: status.table.evicted,
        events: status.events.seen,
        events_read: status.events.read,
        events_lost: status.lost,
        events_per_second: status.events.per_second,
        one_of: status.ratio,
    })
}

/// Milliseconds as seconds. Both halves are small enough to be exact.
pub fn seconds(millis: i64) -> f64 {
    let whole = i32::try_from(millis / 1000).unwrap_or(i32::MAX);
    let part = i32::try_from(millis % 1000).unwrap_or(0);
    f64::from(whole) + f64::from(part) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::sample;
    use serde_json::{json, Value};
    use std::time::UNIX_EPOCH;

    fn read(text: &str) -> Value {
        assert!(!text.contains('\n'));
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_line_has_all_of_a_peer() {
        let text = peer(UNIX_EPOCH, What::Gone(Why::Reset), &sample(7, 9, 1500, 3)).unwrap();
        assert_eq!(
            read(&text),
            json!({
                "time": "1970-01-01T00:00:00.000Z", "event": "gone", "why": "reset",
                "address": "192.0.2.7", "port": 9, "host": "198.51.100.1", "host_port": 23,
                "mode": "persist", "country": "DE", "held_seconds": 1.5, "at_least": false,
                "quiet_seconds": 0.005, "probes": 3, "estimated": false,
            })
        );
    }

    #[test]
    fn hostile_text_stays_within_its_string() {
        let mut line = sample(7, 9, 1, 1);
        line.mode = "\"},\n{\"event".to_owned();
        let text = peer(UNIX_EPOCH, What::Held, &line).unwrap();
        assert_eq!(read(&text)["mode"], line.mode);
        assert_eq!(read(&text)["event"], "held");
    }

    #[test]
    fn the_status_says_what_was_missed() {
        let mut all = Status {
            ratio: 5,
            lost: 7,
            ..Status::default()
        };
        all.table.evicted = 2;
        let value = read(&status(UNIX_EPOCH, &all).unwrap());
        assert_eq!(value["one_of"], 5);
        assert_eq!(value["events_lost"], 7);
        assert_eq!(value["evicted"], 2);
    }
}
