// SPDX-License-Identifier: GPL-2.0
//! Compares the decision on any valid segment in every mode with the oracle's, with our own cookies
//! and with an adversary's; checks the observed activity of the peer and its counter.

use crate::chosen::{Chosen, Tempted};
use crate::counters::{self, CounterUpdate};
use crate::input::Input;
use crate::oracle::{self, Wanted};
use crate::policy::{
    age::{ActivityKind, Age, PeerActivity, SeqPosition, CAP},
    live::Tracked,
    Mode,
};
use crate::raw::{self, Raw, Seen, ACK, FIN, KEYED, MODES};
use crate::read;
use crate::wire::{Segment, Seq};

pub fn decide(data: &[u8]) {
    let mut input = Input(data);
    let (how, mode) = (input.byte(), input.mode());
    let choices: [u8; 8] = input.array();
    let mut raw = any_segment(&mut input);
    let whole = how & 1 == 0;
    let tracked = (how & 0x40 != 0).then(|| any_tracked(&mut input, &raw));
    if how & 2 == 0 {
        each_mode(&raw, &Chosen::new(&choices), (whole, tracked));
    } else {
        // The rule's own number, or one near it.
        let irs = raw
            .seq
            .wrapping_sub(u32::from(how >> 2 & 3))
            .wrapping_add(1);
        let steps = u32::from(how >> 4 & 3);
        raw.ack = raw.number(mode, irs, &KEYED).iss.plus(steps).0;
        each_mode(&raw, &KEYED, (whole, tracked));
    }
}

fn any_segment(input: &mut Input<'_>) -> Raw {
    let flow = input.flow();
    let flags = match input.byte() {
        near if near & 0xe0 == 0 => near,
        near if near & 0x80 == 0 => ACK | near & FIN,
        any => any ^ 0xc0,
    };
    let seq = input.near(0);
    let (ack, window) = (input.near(seq), input.short());
    let payload = if input.bit() { input.word() >> 8 } else { 0 };
    Raw {
        addresses: flow.addresses,
        source: flow.source,
        destination: flow.destination,
        seq,
        ack,
        flags,
        window,
        payload,
        options: input.bytes(40),
    }
}

/// A connection whose numbers are near the segment's, or anywhere.
fn any_tracked(input: &mut Input<'_>, raw: &Raw) -> Tracked {
    let una = Seq(input.near(raw.seq));
    let next = Seq(input.near(raw.ack));
    let mut window = || input.word() >> (input.byte() & 31);
    Tracked {
        una,
        next,
        our_window: window(),
        peer_window: window(),
    }
}

fn each_mode(raw: &Raw, numbers: &impl Tempted, (whole, tracked): (bool, Option<Tracked>)) {
    raw.parsed(|segment| {
        for mode in MODES {
            numbers.look_at(segment);
            let seen = if whole { Seen::good() } else { Seen::damaged() };
            let seen = tracked.into_iter().fold(seen, Seen::with);
            let reply = raw::decide(mode, segment, numbers, &seen);
            let reply = reply.map(|reply| {
                let read = read::emitted(&reply, &segment.flow().reversed());
                (read.flags, read.seq, read.ack, read.window)
            });
            let observed = seen.observed();
            assert!(observed.len() < 2, "one segment is observed twice");
            let observed = observed.first().copied();
            if let Some((clock, place)) = observed {
                count(mode, segment, (clock, place));
            }
            assert_eq!(
                Wanted { reply, observed },
                oracle::decision(mode, raw, numbers, (whole, tracked)),
                "{mode:?} {raw:?}"
            );
        }
    });
}

/// Checks that a segment is counted once, in an existing counter, with plausible values.
fn count(mode: Mode, segment: &Segment<'_>, (clock, place): (u32, SeqPosition)) {
    let observed = PeerActivity::new(segment, || clock, place);
    let tally = CounterUpdate::new(mode, &observed).expect("a mode that holds a peer");
    assert!(tally.first + 1 < tally.kind && tally.kind < counters::COUNT);
    assert!(tally.age <= CAP && tally.payload <= segment.payload);
    let echoed = segment
        .options()
        .timestamps
        .map(|t| clock.wrapping_sub(t.echo));
    let age = match echoed {
        None => Age::NoTimestamps,
        Some(age) if age < 1 << 31 => Age::Known(age),
        Some(_) => Age::Implausible,
    };
    assert_eq!(Age::of(segment, || clock), age);
    let content = segment.len() != 0;
    let sign = match (place, content, age) {
        (SeqPosition::AtUna, true, Age::Known(age @ ..=1_000)) => ActivityKind::FirstContent(age),
        (SeqPosition::BeforeUna, ..) | (_, true, _) => ActivityKind::Probe(age),
        (_, false, Age::Known(..=10_000)) => ActivityKind::Handshake { timestamps: true },
        (SeqPosition::AtUna, false, Age::Known(_)) => ActivityKind::KeepaliveAtUna,
        (SeqPosition::Anywhere, false, Age::Known(_)) => ActivityKind::Probe(age),
        (_, false, _) => ActivityKind::Handshake { timestamps: false },
    };
    assert_eq!(observed.kind, sign);
    let keepalive = u32::from(place == SeqPosition::BeforeUna && segment.payload > 0);
    assert_eq!(observed.payload, segment.payload - keepalive);
}
