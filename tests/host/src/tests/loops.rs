// SPDX-License-Identifier: GPL-2.0
//! No loops: a reply that reaches another TARPIT rule causes only a few packets.
//!
//! The keyed hash makes nearly all of these exchanges impossible. Here the hash is an adversary
//! that picks each value to continue the exchange; the rules of the modes alone must end it.

use super::ages::stamps;
use super::given::Given;
use super::raw::{decide, emit, family_of, Raw, Seen, ACK, FAMILIES, FIN, MODES, SYN, WAY};
use super::strategies;
use crate::policy::{
    cookie::{Cookie, Cookies, Irs},
    Mode,
};
use crate::wire::{reply, Addresses, Flow, Segment, Seq};
use proptest::prelude::*;
use std::cell::RefCell;

/// More packets than any exchange that ends.
const ENDLESS: usize = 12;

/// Enumerates all sequences of choices: run, `next`, run again, until that is false.
#[derive(Default)]
struct Choices {
    made: RefCell<Vec<(usize, usize)>>,
    at: RefCell<usize>,
}

impl Choices {
    /// One of `count` possibilities.
    fn choose(&self, count: usize) -> usize {
        let (mut made, mut at) = (self.made.borrow_mut(), self.at.borrow_mut());
        if made.len() == *at {
            made.push((0, count));
        }
        *at += 1;
        made[*at - 1].0
    }

    /// Advances to the next sequence; `false` after the last.
    fn next(&self) -> bool {
        *self.at.borrow_mut() = 0;
        let mut made = self.made.borrow_mut();
        while let Some((choice, count)) = made.pop() {
            if choice + 1 < count {
                made.push((choice + 1, count));
                return true;
            }
        }
        false
    }
}

/// The adversary's hash.
struct Adversary<'a> {
    choices: &'a Choices,
    given: Given,
    /// Whether it also chooses the time between two packets.
    delays: bool,
    /// Values that matter for the current segment.
    tempting: RefCell<Vec<u32>>,
}

impl<'a> Adversary<'a> {
    fn new(choices: &'a Choices) -> Self {
        Self {
            choices,
            given: Given::default(),
            delays: false,
            tempting: RefCell::default(),
        }
    }

    fn look_at(&self, segment: &Segment<'_>) {
        let (seq, ack) = (segment.seq().0, segment.ack().0);
        let mut values: Vec<u32> = (0..4).map(|n| ack.wrapping_sub(n)).collect();
        values.extend((0..4).map(|n| seq.wrapping_add(n).wrapping_sub(2)));
        values.push(0x5555_5555);
        values.sort_unstable();
        values.dedup();
        self.tempting.replace(values);
    }
}

impl Cookies for Adversary<'_> {
    type Common = Flow;

    fn common(&self, flow: &Flow) -> Flow {
        *flow
    }

    fn cookie_of(&self, flow: Flow, irs: Irs) -> Cookie {
        self.given.cookie_of(flow, irs, || {
            let tempting = self.tempting.borrow();
            let iss = Seq(tempting[self.choices.choose(tempting.len())]);
            Cookie { iss, offset: 1 }
        })
    }

    fn now(&self) -> u32 {
        if self.delays {
            [0, 60_000][self.choices.choose(2)]
        } else {
            0
        }
    }
}

/// Lets rules answer each other, with `mode` giving the mode of each step; returns how many packets
/// we send after the peer's segment `first`.
fn packets(
    first: &Raw,
    mode: impl Fn(usize) -> Mode,
    numbers: &impl Cookies,
    look: impl Fn(&Segment<'_>),
) -> usize {
    let family = family_of(&first.addresses);
    let (mut bytes, mut length) = (first.headers(), first.length());
    for sent in 0..ENDLESS {
        let segment = Segment::parse(family, &bytes, length).expect("a segment");
        look(&segment);
        let Ok(reply) = decide(mode(sent), &segment, numbers, &Seen::good()) else {
            return sent;
        };
        let mut buffer = [0; 80];
        let back = segment.flow().reversed();
        let answer = emit(&reply, &back, WAY, &mut buffer).to_vec();
        (length, bytes) = (answer.len() as u32, answer);
    }
    ENDLESS
}

/// The longest exchange that the adversary can cause.
fn longest(first: &Raw, mode: impl Fn(&Choices, usize) -> Mode) -> usize {
    let choices = Choices::default();
    // Without timestamps the time is never read.
    let delays = !first.options.is_empty();
    let mut longest = 0;
    loop {
        let adversary = Adversary {
            delays,
            ..Adversary::new(&choices)
        };
        let sent = packets(
            first,
            |step| mode(&choices, step),
            &adversary,
            |segment| adversary.look_at(segment),
        );
        longest = longest.max(sent);
        if longest == ENDLESS || !choices.next() {
            return longest;
        }
    }
}

/// The flows that an attacker can forge: between two hosts, and from one to itself.
fn flows() -> Vec<Raw> {
    let land = Raw {
        addresses: Addresses::V4 {
            source: 0x0a00_0001,
            destination: 0x0a00_0001,
        },
        source: 80,
        destination: 80,
        ..Raw::new(FAMILIES[0])
    };
    vec![Raw::new(FAMILIES[0]), Raw::new(FAMILIES[1]), land]
}

/// First segments of all kinds: numbers equal, near and far from each other, and near the wrap.
fn first_segments() -> impl Iterator<Item = Raw> {
    let flags = [
        SYN,
        ACK,
        SYN | ACK,
        FIN | ACK,
        FIN,
        SYN | FIN,
        0,
        SYN | FIN | ACK,
    ];
    let contents = [(0, 0), (0, 1), (1, 0), (2, 77)];
    let distances = [0, 1, 2, u32::MAX, 0x1234_5678];
    flows().into_iter().flat_map(move |flow| {
        let kinds = flags
            .into_iter()
            .flat_map(move |f| contents.map(|c| (f, c)));
        kinds.flat_map(move |(flags, (payload, window))| {
            distances.map(|distance| Raw {
                seq: u32::MAX,
                ack: distance.wrapping_sub(1),
                flags,
                payload,
                window,
                ..flow.clone()
            })
        })
    })
}

#[test]
fn a_reply_causes_at_most_one_more_packet_between_two_rules() {
    let mut all = Vec::new();
    for first in first_segments() {
        for (here, there) in MODES.into_iter().flat_map(|a| MODES.map(|b| (a, b))) {
            let sent = longest(&first, |_, step| if step % 2 == 0 { here } else { there });
            assert!(
                sent <= 2,
                "{sent} packets, {here:?} and {there:?}: {first:?}"
            );
            all.push(sent);
        }
    }
    // The limit is exact: the adversary reaches it.
    assert!([0, 1, 2].iter().all(|count| all.contains(count)));
}

#[test]
fn a_reply_causes_at_most_three_packets_if_the_adversary_picks_each_rule() {
    // Rules may change meanwhile, or be chosen by flag: FIN+ACK, FIN+ACK, ACK, RST.
    for first in first_segments() {
        let sent = longest(&first, |choices, _| MODES[choices.choose(MODES.len())]);
        assert!(sent <= 4, "{sent} packets: {first:?}");
    }
}

#[test]
fn a_late_keepalive_starts_no_loop_whatever_the_delays() {
    let mut answered = false;
    for first in first_segments().filter(|raw| raw.flags & !FIN == ACK && raw.window != 0) {
        // It echoes a clock that is 59.999 seconds old, or of the future.
        let first = Raw {
            options: stamps(1_u32.wrapping_sub(59_999)),
            ..first
        };
        for (here, there) in MODES.into_iter().flat_map(|a| MODES.map(|b| (a, b))) {
            let sent = longest(&first, |_, step| if step % 2 == 0 { here } else { there });
            assert!(
                sent <= 2,
                "{sent} packets, {here:?} and {there:?}: {first:?}"
            );
            answered |= sent > 0 && first.payload == 0 && first.flags == ACK;
        }
    }
    assert!(answered, "no keepalive was answered");
}

#[test]
fn two_persist_rules_do_not_answer_each_other() {
    for first in first_segments() {
        assert!(
            longest(&first, |_, _| Mode::Persist { window: 0 }) <= 2,
            "{first:?}"
        );
    }
}

proptest! {
    #![proptest_config(strategies::config())]

    #[test]
    fn no_segment_starts_a_loop_between_two_rules(
        mut first in strategies::raw(),
        (here, there) in (strategies::mode(), strategies::mode()),
        same_end in any::<bool>(),
        numbers in strategies::crowded(),
    ) {
        if same_end {
            first.source = first.destination;
        }
        let mode = |step| if step % 2 == 0 { here } else { there };
        let sent = packets(&first, mode, &numbers, |_| ());
        prop_assert!(sent <= 2, "{} packets", sent);
    }
}
