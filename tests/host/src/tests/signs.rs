// SPDX-License-Identifier: GPL-2.0
//! The kind of a verified segment: a handshake, the first content, a keepalive, a probe.

use super::ages::{anywhere, later, near, stamps, AT, BEFORE};
use super::raw::{Raw, FAMILIES, FIN, MODES};
use crate::counters::CounterUpdate;
use crate::policy::age::{ActivityKind, Age, SeqPosition};
use crate::wire::Family;

#[test]
fn an_empty_ack_at_una_is_the_handshakes_and_one_before_it_a_probe() {
    for family in FAMILIES {
        let mut raw = Raw::new(family);
        let no = ActivityKind::Handshake { timestamps: false };
        assert_eq!(near(&raw, 9, AT).kind, no);
        assert_eq!(
            near(&raw, 9, BEFORE).kind,
            ActivityKind::Probe(Age::NoTimestamps)
        );
        raw.options = stamps(4);
        let yes = ActivityKind::Handshake { timestamps: true };
        assert_eq!(near(&raw, 9, AT).kind, yes);
        assert_eq!(
            near(&raw, 9, BEFORE).kind,
            ActivityKind::Probe(Age::Known(5))
        );
    }
}

#[test]
fn an_empty_ack_at_una_is_a_keepalive_when_it_is_late() {
    let sign = |age| {
        let (raw, clock) = later(u32::MAX, age);
        near(&raw, clock, AT).kind
    };
    let yes = ActivityKind::Handshake { timestamps: true };
    assert_eq!([sign(0), sign(10_000)], [yes, yes]);
    assert_eq!(sign(10_001), ActivityKind::KeepaliveAtUna);
    assert_eq!(sign((1 << 31) - 1), ActivityKind::KeepaliveAtUna);
    let no = ActivityKind::Handshake { timestamps: false };
    assert_eq!(sign(1 << 31), no, "a clock that is not ours proves nothing");
}

/// It gets no reply, so the next probe that does has the whole time in its age.
#[test]
fn a_keepalive_at_una_adds_no_age_to_the_time_held() {
    let (raw, clock) = later(7, 50_000);
    let observed = near(&raw, clock, AT);
    for mode in [MODES[0], MODES[2]] {
        let tally = CounterUpdate::new(mode, &observed).expect("a mode that holds");
        assert_eq!((tally.age, tally.payload), (0, 0));
    }
}

#[test]
fn young_content_at_una_may_be_the_first() {
    for (payload, flags) in [(1, 0), (0, FIN), (1000, FIN)] {
        let sign = |age, place| {
            let (mut raw, clock) = later(u32::MAX - 5, age);
            raw.payload = payload;
            raw.flags |= flags;
            near(&raw, clock, place).kind
        };
        assert_eq!(sign(0, AT), ActivityKind::FirstContent(0));
        assert_eq!(sign(1_000, AT), ActivityKind::FirstContent(1_000));
        assert_eq!(sign(1_001, AT), ActivityKind::Probe(Age::Known(1_001)));
        assert_eq!(sign(1 << 31, AT), ActivityKind::Probe(Age::Implausible));
        for place in [BEFORE, SeqPosition::Anywhere] {
            assert_eq!(
                sign(5, place),
                ActivityKind::Probe(Age::Known(5)),
                "una proves it"
            );
        }
    }
}

#[test]
fn content_without_timestamps_is_a_probe_at_any_position() {
    for at_una in [AT, BEFORE] {
        let mut raw = Raw::new(Family::V6);
        raw.flags |= FIN;
        assert_eq!(
            near(&raw, 9, at_una).kind,
            ActivityKind::Probe(Age::NoTimestamps)
        );
        assert_eq!(
            anywhere(&raw, 9).kind,
            ActivityKind::Probe(Age::NoTimestamps)
        );
        let mut raw = Raw::new(Family::V6);
        raw.payload = 1;
        assert_eq!(
            near(&raw, 9, at_una).kind,
            ActivityKind::Probe(Age::NoTimestamps)
        );
        assert_eq!(
            anywhere(&raw, 9).kind,
            ActivityKind::Probe(Age::NoTimestamps)
        );
    }
}

#[test]
fn a_late_empty_ack_is_a_keepalive_if_una_is_unknown() {
    let sign = |age| {
        let (raw, clock) = later(u32::MAX, age);
        anywhere(&raw, clock).kind
    };
    let handshake = ActivityKind::Handshake { timestamps: true };
    assert_eq!(sign(0), handshake);
    assert_eq!(sign(10_000), handshake);
    assert_eq!(sign(10_001), ActivityKind::Probe(Age::Known(10_001)));
    let no = ActivityKind::Handshake { timestamps: false };
    assert_eq!(sign(1 << 31), no, "a clock that is not ours proves nothing");
    assert_eq!(anywhere(&Raw::new(Family::V4), 9).kind, no);
}
