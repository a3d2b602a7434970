// SPDX-License-Identifier: GPL-2.0
//! Rules of every reply, for any segment and even with an adversary's hash.

use super::raw::{emit, Raw, ACK, FAMILIES, FIN, KEYED, MODES, RST, SYN, WAY};
use super::read;
use super::strategies;
use crate::drop_reason::DropReason;
use crate::policy::cookie::{Cookie, Cookies, Irs};
use crate::policy::Mode;
use crate::wire::{reply, Flow, Reply, Seq};
use proptest::prelude::*;

/// Cookies that verify every number, at una or before it, as `at_una` says.
struct Yes {
    iss: Seq,
}

impl Cookies for Yes {
    type Common = ();

    fn common(&self, _flow: &Flow) {}

    fn cookie_of(&self, _common: (), _irs: Irs) -> Cookie {
        Cookie {
            iss: self.iss,
            offset: 5,
        }
    }

    fn now(&self) -> u32 {
        0
    }
}

/// The length of the reply to `raw`, 0 for none.
fn bytes(raw: &Raw, mode: Mode, numbers: &impl Cookies) -> usize {
    let Ok(reply) = raw.decide(mode, numbers) else {
        return 0;
    };
    let mut buffer = [0; 80];
    emit(&reply, &raw.flow().reversed(), WAY, &mut buffer).len()
}

/// All orders of `items`.
fn orders(items: &[&'static [u8]]) -> Vec<Vec<u8>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in 0..items.len() {
        let mut others = items.to_vec();
        let first = others.remove(first);
        all.extend(
            orders(&others)
                .into_iter()
                .map(|rest| [first, &rest].concat()),
        );
    }
    all
}

/// Every subset of the options that we answer, in every order, without padding between them.
fn tightest_options() -> Vec<Vec<u8>> {
    let four: [&'static [u8]; 4] = [
        &[2, 4, 5, 180],
        &[3, 3, 7],
        &[4, 2],
        &[8, 10, 0, 0, 0, 1, 0, 0, 0, 2],
    ];
    let subset = |bits: usize| {
        let chosen = (0..4)
            .filter(|bit| bits & 1 << bit != 0)
            .map(|bit| four[bit]);
        orders(&chosen.collect::<Vec<_>>())
    };
    (0..16).flat_map(subset).collect()
}

#[test]
fn no_reply_is_larger_than_the_smallest_segment_that_can_cause_it() {
    for (family, options) in FAMILIES
        .iter()
        .flat_map(|f| tightest_options().into_iter().map(move |o| (*f, o)))
    {
        for flags in 0..=u8::MAX {
            let mut raw = Raw::new(family);
            (raw.flags, raw.options) = (flags, options.clone());
            for mode in MODES {
                let size = bytes(&raw, mode, &Yes { iss: Seq(u32::MAX) });
                assert!(size <= raw.length() as usize, "{size}: {mode:?} {raw:?}");
            }
        }
    }
}

#[test]
fn a_number_that_is_off_by_one_is_never_answered() {
    for irs in [0, 1, u32::MAX, 0x8000_0000] {
        for (mode, flags) in all_but_reset().flat_map(|m| plain_acks().map(move |f| (m, f))) {
            for (payload, window) in [(0, 0), (0, 9), (1, 0), (1, 9), (1400, 65535)] {
                let mut raw = Raw::new(FAMILIES[0]);
                (raw.flags, raw.payload, raw.window) = (flags, payload, window);
                let iss = raw.number(mode, irs, &KEYED).iss;
                for off in [0, 2, 3, u32::MAX] {
                    (raw.seq, raw.ack) = (irs.wrapping_add(1), iss.plus(off).0);
                    let silence = raw.decide(mode, &KEYED).expect_err("silence");
                    let finished = off == 2 && mode.name() == "honeypot";
                    let wanted = if finished {
                        DropReason::Finished
                    } else {
                        DropReason::Unverified
                    };
                    assert_eq!(silence, wanted, "{mode:?} {raw:?}");
                }
            }
        }
    }
}

#[test]
fn a_right_number_at_a_wrong_position_is_never_answered() {
    let by_irs = || {
        MODES
            .into_iter()
            .filter(|m| matches!(m, Mode::Tarpit { .. } | Mode::Persist { .. }))
    };
    for irs in [0, 1, u32::MAX, 0x8000_0000] {
        for (mode, flags) in by_irs().flat_map(|m| plain_acks().map(move |f| (m, f))) {
            let mut raw = Raw::new(FAMILIES[1]);
            (raw.flags, raw.payload) = (flags, 1);
            raw.ack = raw.number(mode, irs, &KEYED).iss.plus(1).0;
            for off in [2, 3, u32::MAX, 1000] {
                raw.seq = irs.wrapping_add(off);
                assert_eq!(
                    raw.decide(mode, &KEYED),
                    Err(DropReason::Unverified),
                    "{off}"
                );
            }
            for good in [0, 1] {
                raw.seq = irs.wrapping_add(good);
                assert_ne!(
                    raw.decide(mode, &KEYED),
                    Err(DropReason::Unverified),
                    "{good}"
                );
            }
        }
    }
}

#[test]
fn a_cookie_of_another_mode_or_direction_or_port_is_not_ours() {
    let mut raw = Raw::new(FAMILIES[0]);
    (raw.seq, raw.payload) = (1001, 1);
    for (given, asked) in all_but_reset().flat_map(|a| all_but_reset().map(move |b| (a, b))) {
        let mut others = [raw.clone(), raw.clone(), raw.clone()];
        others[1].destination += 1;
        (others[2].source, others[2].destination) = (raw.destination, raw.source);
        for (at, other) in others.iter().enumerate() {
            raw.ack = other.number(given, 1000, &KEYED).iss.plus(1).0;
            let verified = raw.decide(asked, &KEYED) != Err(DropReason::Unverified);
            assert_eq!(
                verified,
                at == 0 && given.name() == asked.name(),
                "{given:?} {asked:?}"
            );
        }
    }
}

fn all_but_reset() -> impl Iterator<Item = Mode> {
    MODES.into_iter().filter(|mode| mode.name() != "reset")
}

/// Every flag byte of a segment that must be verified by its number.
fn plain_acks() -> impl Iterator<Item = u8> {
    (0..=u8::MAX).filter(|flags| flags & (ACK | SYN | RST) == ACK)
}

#[test]
fn tarpit_sends_one_syn_ack_and_nothing_else_ever() {
    for (flags, payload) in (0..=u8::MAX).flat_map(|flags| [0, 1, 1400].map(|p| (flags, p))) {
        let mut raw = Raw::new(FAMILIES[0]);
        (raw.flags, raw.payload) = (flags, payload);
        if let Ok(reply) = raw.decide(MODES[0], &Yes { iss: Seq(u32::MAX) }) {
            assert!(matches!(reply, Reply::SynAck(_)) && flags & (SYN | ACK | FIN | RST) == SYN);
        }
    }
}

proptest! {
    #![proptest_config(strategies::config())]

    #[test]
    fn no_reply_is_larger_than_its_segment_whatever_the_options(
        mut raw in strategies::raw(), mode in strategies::mode(), number in strategies::crowded(),
    ) {
        raw.payload = 0;
        let length = raw.length() as usize;
        let yes = Yes { iss: Seq(raw.ack).minus(1) };
        prop_assert!(bytes(&raw, mode, &number) <= length);
        prop_assert!(bytes(&raw, mode, &yes) <= length);
    }

    #[test]
    fn a_reply_has_only_options_that_its_segment_had(
        raw in strategies::raw(), mode in strategies::mode(),
    ) {
        let numbers = Yes { iss: Seq(raw.ack).minus(1) };
        let Ok(reply) = raw.decide(mode, &numbers) else { return Ok(()) };
        let has = raw.parsed(|segment| segment.options());
        let flags = read::emitted(&reply, &raw.flow().reversed()).flags;
        for option in read::emitted(&reply, &raw.flow().reversed()).options {
            use etherparse::TcpOptionElement as Element;
            prop_assert!(flags & RST == 0);
            prop_assert!(flags & SYN != 0 || matches!(option, Element::Timestamp(..)));
            let good = match option {
                Element::MaximumSegmentSize(_) => has.mss,
                Element::WindowScale(shift) => has.window_scale && shift == 0,
                Element::SelectiveAcknowledgementPermitted => has.sack_permitted,
                Element::Timestamp(_, echo) => has.timestamps.is_some_and(|t| t.value == echo),
                _ => false,
            };
            prop_assert!(good);
        }
    }

    #[test]
    fn a_reply_goes_back_where_the_segment_came_from(
        raw in strategies::raw(), mode in strategies::mode(),
    ) {
        let Ok(reply) = raw.decide(mode, &KEYED) else { return Ok(()) };
        let (there, back) = (raw.flow(), read::emitted(&reply, &raw.flow().reversed()).flow);
        prop_assert_eq!((back.source, back.destination), (there.destination, there.source));
        prop_assert_eq!(back.addresses.reversed(), there.addresses);
        prop_assert_eq!(back.reversed(), there);
    }

    #[test]
    fn the_same_segment_gets_the_same_answer_again(
        raw in strategies::raw(), mode in strategies::mode(), numbers in strategies::crowded(),
    ) {
        prop_assert_eq!(raw.decide(mode, &numbers), raw.decide(mode, &numbers));
    }

    #[test]
    fn a_reset_is_never_answered_by_any_mode(
        mut raw in strategies::raw(), mode in strategies::mode(), numbers in strategies::crowded(),
    ) {
        raw.flags |= RST;
        prop_assert_eq!(raw.decide(mode, &numbers), Err(DropReason::IsReset));
    }
}
