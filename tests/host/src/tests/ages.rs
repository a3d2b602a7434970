// SPDX-License-Identifier: GPL-2.0
//! What a verified segment shows: handshake or probe, payload, and, from the echoed clock, for how
//! long the peer has been held.

use super::raw::{decide, Raw, Seen, FAMILIES, FIN, KEYED, MODES, RST, SYN};
use super::strategies;
use crate::counters::{self, CounterUpdate};
use crate::drop_reason::DropReason;
use crate::policy::age::{
    range, ActivityKind, Age, PeerActivity, SeqPosition, BOUNDS, CAP, RANGES,
};
use crate::policy::{self, Mode};
use crate::wire::Family;
use proptest::{prelude::*, sample::select};

pub(super) const AT: SeqPosition = SeqPosition::AtUna;
pub(super) const BEFORE: SeqPosition = SeqPosition::BeforeUna;

/// Timestamps as Linux writes them, with TSecr `echo`.
pub(super) fn stamps(echo: u32) -> Vec<u8> {
    [&[1, 1, 8, 10, 1, 2, 3, 4][..], &echo.to_be_bytes()].concat()
}

/// An empty ACK `age` milliseconds after our last reply, whose TSval was `answered`; and the TSval
/// that its sender would get now.
pub(super) fn later(answered: u32, age: u32) -> (Raw, u32) {
    let mut raw = Raw::new(Family::V4);
    raw.options = stamps(answered);
    (raw, answered.wrapping_add(age))
}

pub(super) fn near(raw: &Raw, clock: u32, place: SeqPosition) -> PeerActivity {
    raw.parsed(|segment| PeerActivity::new(segment, || clock, place))
}

pub(super) fn anywhere(raw: &Raw, clock: u32) -> PeerActivity {
    near(raw, clock, SeqPosition::Anywhere)
}

/// The milliseconds that a probe of this age adds in persist.
fn seconds_of(age: u32) -> u64 {
    let (raw, clock) = later(40, age);
    let observed = near(&raw, clock, BEFORE);
    assert_eq!(observed.kind, ActivityKind::Probe(Age::Known(age)));
    let tally = CounterUpdate::new(Mode::Persist { window: 0 }, &observed).expect("persist holds");
    u64::from(tally.age)
}

proptest! {
    #![proptest_config(strategies::config())]

    #[test]
    fn an_age_is_the_time_since_our_answer_also_across_the_wrap_of_the_clock(
        answered in strategies::number(), age in 0..1_u32 << 31,
    ) {
        let (raw, clock) = later(answered, age);
        prop_assert_eq!(near(&raw, clock, BEFORE).kind, ActivityKind::Probe(Age::Known(age)));
    }

    #[test]
    fn a_clock_ahead_of_ours_is_implausible(
        answered in strategies::number(), ahead in 1..=1_u32 << 31,
    ) {
        let (raw, clock) = later(answered, ahead.wrapping_neg());
        prop_assert_eq!(near(&raw, clock, BEFORE).kind, ActivityKind::Probe(Age::Implausible));
    }

    #[test]
    fn a_higher_age_never_falls_into_a_lower_range(one in any::<u32>(), other in any::<u32>()) {
        let (low, high) = (one.min(other), one.max(other));
        prop_assert!(range(low) <= range(high));
        prop_assert!(range(high) < RANGES);
    }

    /// Each probe is answered; the clock starts anywhere. The expected sum is the elapsed time.
    #[test]
    fn in_persist_the_ages_of_answered_probes_add_up_to_the_time_held(
        start in strategies::number(), waits in prop::collection::vec(0..=CAP, 0..50),
    ) {
        let (mut now, mut answered, mut sum) = (start, start, 0_u64);
        for wait in &waits {
            now = now.wrapping_add(*wait);
            sum += seconds_of(now.wrapping_sub(answered));
            answered = now;
        }
        prop_assert_eq!(sum, waits.iter().copied().map(u64::from).sum::<u64>());
    }

    /// A lost reply is not echoed, so the next probe repeats the age of the last one.
    #[test]
    fn a_lost_reply_counts_the_age_of_its_probe_twice(
        waits in prop::collection::vec((1..120_000_u32, prop::bool::weighted(0.2)), 1..50),
    ) {
        let (mut now, mut answered, mut sum, mut twice, mut open) = (0, 0, 0, 0, 0);
        for (wait, lost) in &waits {
            now += wait;
            twice += open;
            let age = seconds_of(now - answered);
            sum += age;
            open = if *lost { age } else { 0 };
            answered = if *lost { answered } else { now };
        }
        prop_assert_eq!(sum, u64::from(now) + twice);
    }

    #[test]
    fn a_forged_echo_counts_once_and_adds_at_most_the_cap(
        raw in strategies::raw(), clock in any::<u32>(), mode in strategies::mode(),
        place in select(&[AT, BEFORE, SeqPosition::Anywhere][..]),
    ) {
        let Some(tally) = CounterUpdate::new(mode, &near(&raw, clock, place)) else {
            prop_assert_eq!(mode, Mode::Reset);
            return Ok(());
        };
        prop_assert!(tally.age <= CAP && tally.payload <= raw.payload);
        let kinds = tally.first + 2..tally.first + 19;
        prop_assert!(kinds.contains(&tally.kind) && kinds.end <= counters::COUNT);
    }
}

/// A segment of a verified peer at `place` after the SYN with number 99.
fn verified(mode: Mode, place: SeqPosition) -> Raw {
    let mut raw = Raw::new(Family::V6);
    raw.seq = if place == BEFORE { 99 } else { 100 };
    raw.ack = raw.number(mode, 99, &KEYED).iss.0.wrapping_add(1);
    raw
}

#[test]
fn a_verified_segment_is_observed_once_with_the_clock_of_our_replies() {
    for mode in [MODES[0], MODES[1], MODES[2], MODES[3]] {
        for place in [AT, BEFORE] {
            for flags in [0, FIN] {
                let mut raw = verified(mode, place);
                raw.flags |= flags;
                let clock = raw.number(mode, 99, &KEYED).clock(&KEYED);
                let honeypot = matches!(mode, Mode::Honeypot { .. });
                let told = if honeypot {
                    SeqPosition::Anywhere
                } else {
                    place
                };
                assert_eq!(
                    raw.decide_and_observe(mode, &KEYED).1,
                    [(clock, told)],
                    "{mode:?}"
                );
            }
        }
    }
}

#[test]
fn unverified_damaged_finished_and_reply_like_segments_are_not_observed() {
    for mode in MODES {
        let nothing = |raw: Raw| assert_eq!(raw.decide_and_observe(mode, &KEYED).1, [], "{mode:?}");
        for place in [AT, BEFORE] {
            for (add, flags) in [(1, 0), (1, FIN), (0, SYN), (0, RST), (u32::MAX, 0)] {
                let mut raw = verified(mode, place);
                raw.ack = raw.ack.wrapping_add(add);
                raw.flags |= flags;
                nothing(raw);
            }
        }
        let seen = Seen::damaged();
        let raw = verified(mode, AT);
        let _ = raw.parsed(|segment| decide(mode, segment, &KEYED, &seen));
        assert_eq!(seen.observed(), []);
    }
    let mut raw = verified(Mode::Persist { window: 0 }, BEFORE);
    raw.window = 0;
    assert_eq!(
        raw.decide_and_observe(Mode::Persist { window: 0 }, &KEYED),
        (Err(DropReason::WindowShut), vec![])
    );
}

#[test]
fn in_persist_a_probe_is_counted_if_and_only_if_it_is_answered() {
    for (payload, flags, place) in [(0, 0, BEFORE), (1, 0, AT), (0, FIN, AT), (0, 0, AT)] {
        let mut raw = verified(Mode::Persist { window: 0 }, place);
        raw.payload = payload;
        raw.flags |= flags;
        let (reply, observed) = raw.decide_and_observe(Mode::Persist { window: 0 }, &KEYED);
        let (clock, place) = observed[0];
        let probe = !matches!(
            near(&raw, clock, place).kind,
            ActivityKind::Handshake { .. }
        );
        assert_eq!(reply.is_ok(), probe);
    }
}

#[test]
fn a_sum_takes_no_more_than_the_cap_from_one_segment() {
    for (age, adds) in [
        (0, 0),
        (1, 1),
        (CAP - 1, CAP - 1),
        (CAP, CAP),
        (CAP + 1, CAP),
        ((1 << 31) - 1, CAP),
    ] {
        assert_eq!(seconds_of(age), u64::from(adds), "{age}");
    }
}

#[test]
fn a_range_includes_its_upper_bound() {
    for (number, bound) in BOUNDS.into_iter().enumerate() {
        assert_eq!(range(bound), number);
        assert_eq!(range(bound + 1), number + 1);
    }
    assert_eq!(range(0), 0);
    assert_eq!(range(u32::MAX), RANGES - 1);
    assert!(BOUNDS.is_sorted_by(|a, b| a < b));
    assert!(
        BOUNDS.iter().all(|bound| bound % 1000 == 0),
        "told in seconds"
    );
}

#[test]
fn payload_counts_but_for_the_byte_of_a_keepalive() {
    let mut raw = Raw::new(Family::V4);
    for (payload, at, before) in [(0, 0, 0), (1, 1, 0), (2, 2, 1), (200_000, 200_000, 199_999)] {
        raw.payload = payload;
        assert_eq!(near(&raw, 9, AT).payload, at);
        assert_eq!(near(&raw, 9, BEFORE).payload, before);
        assert_eq!(anywhere(&raw, 9).payload, payload);
    }
}

#[test]
fn only_holding_modes_count_peer_activity() {
    let observed = near(&Raw::new(Family::V4), 9, AT);
    for mode in MODES {
        assert_eq!(
            CounterUpdate::new(mode, &observed).is_none(),
            mode == Mode::Reset
        );
    }
}

#[test]
fn an_unknown_age_has_no_milliseconds() {
    assert_eq!(Age::Known(7).milliseconds(), Some(7));
    assert_eq!(Age::Implausible.milliseconds(), None);
    assert_eq!(Age::NoTimestamps.milliseconds(), None);
}
