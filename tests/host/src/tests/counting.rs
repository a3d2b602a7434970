// SPDX-License-Identifier: GPL-2.0
//! The counters: each event has its own, and Prometheus can read their text.

use super::{contract, raw::FAMILIES, raw::MODES};
use crate::counters::{self, CounterUpdate, Event};
use crate::drop_reason::DropReason;
use crate::metrics;
use crate::policy::age::{ActivityKind, Age, PeerActivity, BOUNDS};
use crate::policy::{census::SynKind, Mode};
use crate::prometheus::Sink;
use crate::wire::Family;
use std::collections::{BTreeMap, BTreeSet};

/// Every event once: four modes, with any window, and all reasons.
fn events() -> Vec<Event> {
    let modes = [MODES[0], MODES[2], MODES[3], MODES[5]].map(Event::Reply);
    modes
        .into_iter()
        .chain(DropReason::ALL.map(Event::Dropped))
        .collect()
}

/// Every kind of verified segment once, in each mode that holds a peer, by its own counters.
fn observed() -> Vec<(&'static str, Vec<usize>)> {
    let bounds = BOUNDS.map(|bound| ActivityKind::Probe(Age::Known(bound)));
    let signs = [
        ActivityKind::Handshake { timestamps: true },
        ActivityKind::Handshake { timestamps: false },
        ActivityKind::FirstContent(700),
        ActivityKind::KeepaliveAtUna,
        ActivityKind::Probe(Age::Known(u32::MAX >> 1)),
        ActivityKind::Probe(Age::Implausible),
        ActivityKind::Probe(Age::NoTimestamps),
    ];
    let all = |mode: Mode| {
        let signs = signs.into_iter().chain(bounds);
        signs.map(move |kind| {
            let observed = PeerActivity { kind, payload: 9 };
            let tally = CounterUpdate::new(mode, &observed).expect("a mode that holds");
            let indices = vec![tally.first, tally.first + 1, tally.kind];
            (mode.name(), indices)
        })
    };
    [MODES[0], MODES[2], MODES[3]]
        .into_iter()
        .flat_map(all)
        .collect()
}

/// The text if the counter `n` is `value(n)`.
pub(super) fn text_of(value: impl Fn(usize) -> u64) -> String {
    let mut text = Bytes(Vec::new());
    metrics::write(&mut text, value);
    String::from_utf8(text.0).expect("text")
}

/// The written text.
struct Bytes(Vec<u8>);

impl Sink for Bytes {
    fn write(&mut self, text: &[u8]) {
        self.0.extend_from_slice(text);
    }
}

/// The text if the counter `n` is 1000 + `n`.
pub(super) fn text() -> String {
    text_of(|number| 1000 + number as u64)
}

/// The samples of a text: name with labels, and value.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let before = samples.insert(series.to_owned(), value.parse().expect("a number"));
        assert_eq!(before, None, "twice: {series}");
    }
    samples
}

/// The samples after `segments` of one mode, each counted once.
fn after(mode: Mode, segments: &[PeerActivity]) -> BTreeMap<String, f64> {
    let mut values = vec![0_u64; counters::COUNT];
    for segment in segments {
        let tally = CounterUpdate::new(mode, segment).expect("a mode that holds");
        values[tally.first] += u64::from(tally.age);
        values[tally.first + 1] += u64::from(tally.payload);
        values[tally.kind] += 1;
    }
    samples(&text_of(|number| values[number]))
}

#[test]
fn events_and_counters_match_one_to_one() {
    let all = FAMILIES.into_iter().flat_map(|family| {
        let indices = events().into_iter().map(move |event| event.index(family));
        indices.collect::<Vec<_>>()
    });
    let mut all: Vec<usize> = all.collect();
    let first_of_peers = all.len();
    assert_eq!(BTreeSet::from_iter(all.clone()).len(), first_of_peers);
    for mode in ["tarpit", "persist", "honeypot"] {
        let of_mode = observed().into_iter().filter(|(name, _)| *name == mode);
        let of_mode = BTreeSet::from_iter(of_mode.flat_map(|(_, indices)| indices));
        // 2 handshakes, first content, 11 ranges, 3 without an age, the sum of ages, the payload.
        assert_eq!(of_mode.len(), 19, "{mode}");
        all.extend(of_mode);
    }
    let live = PeerActivity {
        kind: ActivityKind::Live,
        payload: 9,
    };
    let live = CounterUpdate::new(MODES[2], &live).expect("counted");
    all.extend([live.first, live.first + 1, live.kind]);
    for family in FAMILIES {
        for by in [counters::DEVICE, counters::HELPER, counters::XDP] {
            all.extend([true, false].map(|answered| counters::packet_by(by, family, answered)));
        }
        all.extend(SynKind::ALL.map(|kind| counters::syn(family, kind)));
    }
    assert_eq!(all.len(), counters::COUNT);
    assert_eq!(
        BTreeSet::from_iter(all),
        BTreeSet::from_iter(0..counters::COUNT)
    );
}

#[test]
fn replies_count_for_their_mode_whatever_its_window() {
    for family in FAMILIES {
        let index = |mode| Event::Reply(mode).index(family);
        assert_eq!(index(MODES[0]), index(MODES[1]));
        assert_eq!(index(MODES[3]), index(MODES[4]));
        assert_eq!(index(MODES[2]), index(MODES[6]));
    }
}

#[test]
fn each_reply_and_drop_sample_shows_its_own_counter() {
    let samples = samples(&text());
    for (family, label) in [(Family::V4, "ipv4"), (Family::V6, "ipv6")] {
        for event in events() {
            let series = match event {
                Event::Reply(mode) => {
                    let mode = mode.name();
                    format!("xt_tarpit_replies_total{{family=\"{label}\",mode=\"{mode}\"}}")
                }
                Event::Dropped(reason) => {
                    let reason = reason.name();
                    format!("xt_tarpit_ignored_total{{family=\"{label}\",reason=\"{reason}\"}}")
                }
            };
            let value = 1000.0 + event.index(family) as f64;
            assert_eq!(samples.get(&series), Some(&value), "{series}");
        }
    }
}

fn signs_of_peers() -> [PeerActivity; 11] {
    [
        (ActivityKind::Handshake { timestamps: true }, 0),
        (ActivityKind::Handshake { timestamps: true }, 0),
        (ActivityKind::Handshake { timestamps: false }, 0),
        (ActivityKind::FirstContent(500), 3),
        (ActivityKind::FirstContent(1_000), 0),
        (ActivityKind::KeepaliveAtUna, 0),
        (ActivityKind::Probe(Age::Known(1_500)), 0),
        (ActivityKind::Probe(Age::Known(61_000)), 100),
        (ActivityKind::Probe(Age::Known(u32::MAX >> 1)), 1000),
        (ActivityKind::Probe(Age::Implausible), 0),
        (ActivityKind::Probe(Age::NoTimestamps), 7),
    ]
    .map(|(kind, payload)| PeerActivity { kind, payload })
}

#[test]
fn peer_activity_is_counted_for_its_mode_only() {
    for mode in [MODES[0], MODES[2], MODES[3]] {
        let after = after(mode, &signs_of_peers());
        let name = mode.name();
        let is = |series: &str, value: f64| {
            let series = format!("xt_tarpit_{}", series.replace("MODE", name));
            assert_eq!(after.get(&series), Some(&value), "{series}");
        };
        is("handshakes_total{mode=\"MODE\",timestamps=\"yes\"}", 2.0);
        is("handshakes_total{mode=\"MODE\",timestamps=\"no\"}", 1.0);
        if mode != MODES[3] {
            is("handshakes_by_content_total{mode=\"MODE\"}", 2.0);
        }
        is("payload_bytes_total{mode=\"MODE\"}", 1110.0);
        is("probes_total{mode=\"MODE\"}", 8.0);
        for reason in ["Implausible", "NoTimestamps", "AtUna"] {
            let series = format!("unaged_probes_total{{mode=\"MODE\",reason=\"{reason}\"}}");
            is(&series, 1.0);
        }
        let ranges = [("1", 2.0), ("10", 3.0), ("300", 4.0), ("+Inf", 5.0)];
        for (le, count) in ranges {
            let series = format!("probe_age_seconds_bucket{{mode=\"MODE\",le=\"{le}\"}}");
            is(&series, count);
        }
        is("probe_age_seconds_count{mode=\"MODE\"}", 5.0);
        is(
            "probe_age_seconds_sum{mode=\"MODE\"}",
            1.5 + 1.5 + 61.0 + 8100.0,
        );
        let persist = if matches!(mode, Mode::Persist { .. }) {
            8164.0
        } else {
            0.0
        };
        is("persist_seconds_total", persist);
        let mut other = after.iter().filter(|(series, _)| !series.contains(name));
        assert!(other.all(|(series, value)| *value == 0.0 || series.contains("persist_sec")));
    }
}

#[test]
fn a_histogram_rises_and_its_count_is_that_of_its_last_range() {
    let text = text();
    let buckets = |mode: &str| {
        let start = format!("xt_tarpit_probe_age_seconds_bucket{{mode=\"{mode}\",le=\"");
        let lines = text.lines().filter_map(|line| line.strip_prefix(&start));
        lines
            .map(|line| line.split_once("\"} ").unwrap())
            .collect::<Vec<_>>()
    };
    for mode in ["tarpit", "persist", "honeypot"] {
        let buckets = buckets(mode);
        let bounds = buckets.iter().map(|(le, _)| le.parse::<f64>().unwrap());
        assert!(bounds.is_sorted_by(|a, b| a < b));
        assert_eq!(buckets.last().unwrap().0, "+Inf");
        let counts = buckets
            .iter()
            .map(|(_, count)| count.parse::<u64>().unwrap());
        assert!(counts.is_sorted_by(|a, b| a <= b));
        let count = format!("xt_tarpit_probe_age_seconds_count{{mode=\"{mode}\"}}");
        assert_eq!(
            samples(&text)[&count].to_string(),
            buckets.last().unwrap().1
        );
    }
}

#[test]
fn reasons_and_modes_have_the_names_that_the_contract_uses() {
    let names: BTreeSet<&str> = DropReason::ALL.map(DropReason::name).into();
    assert_eq!(names.len(), DropReason::COUNT);
    for (number, reason) in DropReason::ALL.into_iter().enumerate() {
        assert_eq!(reason.number(), number);
        assert_eq!(reason.name(), format!("{reason:?}"));
    }
    let modes: [Mode; 4] = [MODES[0], MODES[2], MODES[3], MODES[5]];
    assert_eq!(
        modes.map(|mode| format!("--{}", mode.name())),
        contract::columns()
    );
}
